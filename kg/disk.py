"""Writing to disk: errors that say what to do, and temporary files that do not stay behind."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from kg.errors import CannotRun

_NAME = ".kg-unpacked-"


@contextlib.contextmanager
def writing(what: Path) -> Iterator[None]:
    """Turn the operating system's errors while writing into CannotRun with what to do."""
    try:
        yield
    except OSError as error:
        text = str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in text:
            raise CannotRun(f"{what}: the disk is full. Free some space and run the command again") from None
        if error.errno == errno.EFBIG or "File too large" in text:
            raise CannotRun(f"{what}: the file grew past what this system or user may write") from None
        raise CannotRun(f"{what}: cannot be written: {error.strerror or text}") from None


class Scratch:
    """Temporary files of one run, removed at its end, also after an error or Ctrl-C.

        with Scratch(folder) as scratch:
            spool = scratch.spool()
            spool.write(b"…")
            spool.close()             # what is written can be read now, by other processes too

    They are made in ``folder`` (else in $TMPDIR) when the first is asked for. What a run left that was killed is
    removed by the next one in that folder: each file is locked while its run lives.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._spools: list[Spool] = []

    def spool(self) -> Spool:
        """A new file. Raises CannotRun if it cannot be made."""
        folder = self._folder or Path(tempfile.gettempdir())
        with writing(folder):
            if not self._spools:
                folder.mkdir(parents=True, exist_ok=True)
                remove_left(folder, _NAME)
            spool = Spool(folder / f"{_NAME}{secrets.token_hex(8)}")
        self._spools.append(spool)
        return spool

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._spools:
            self._spools.pop().remove()


class Spool:
    """One temporary file: written once, from beginning to end. Made by `Scratch`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._file: IO[bytes] = path.open("xb")
        self._lock = hold(path)  # it outlives the writing

    def write(self, data: bytes) -> None:
        """Write on. Raises CannotRun if the disk does not let us."""
        with writing(self.path):
            self._file.write(data)
        self.size += len(data)

    def close(self) -> None:
        """All is written. Raises CannotRun if the disk does not let us."""
        with writing(self.path):
            self._file.close()

    def remove(self) -> None:
        """Remove the file, written to the end or not."""
        with contextlib.suppress(OSError):  # what is still in the buffer of a disk that is full
            self._file.close()
        self.path.unlink(missing_ok=True)
        os.close(self._lock)


def hold(path: Path) -> int:
    """A handle of a file by which others see that its run lives, until it is closed. See `remove_left`."""
    handle = os.open(path, os.O_RDONLY)
    with contextlib.suppress(OSError):  # a file system without locks: then the file may be left after a kill
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def remove_left(folder: Path, start: str) -> None:
    """Remove files of a folder whose names start so, and whose runs were killed: nobody holds them any more."""
    for path in folder.glob(f"{start}*"):
        with contextlib.suppress(OSError):  # another user's, or gone by now
            handle = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
            finally:
                os.close(handle)
