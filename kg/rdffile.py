"""RDF files that are read: the syntax that a name says, and the bytes, unpacked where the name says so."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import RdfFormat

from kg.dump import COMPRESSIONS, ENDINGS
from kg.errors import CannotRun, UsageError

READ = (*ENDINGS, ".rdf")
"""Endings of names, before that of a compression. RDF/XML is read, and not written."""
_CHUNK = 1 << 17


def syntax(path: str | Path) -> RdfFormat | None:
    """The syntax that a file's name says by its ending (``.ttl``, ``.nt.gz`` …); None if that is none of `READ`."""
    ending = _ending(Path(path).name)
    return RdfFormat.from_extension(ending.lstrip(".")) if ending in READ else None


def _ending(name: str) -> str:
    name = name.lower()
    for compression in COMPRESSIONS:
        name = name.removesuffix(compression)
    return Path(name).suffix


@contextlib.contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked, for a parser.

    Raises UsageError for a file that is not there, cannot be read, is damaged, or, as the parser finds, holds something
    else than its name says; CannotRun where Zstandard is not installed.
    """
    damaged = _damaged(path)
    try:
        with path.open("rb") as raw, _unpacked(raw, path.suffix.lower()) as stream:
            yield stream
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file or folder") from None
    except SyntaxError as error:
        found = syntax(path)
        raise UsageError(f"{path}: not {found.name if found else 'RDF'}: {error}") from None
    except damaged as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


@contextlib.contextmanager
def _unpacked(raw: IO[bytes], ending: str) -> Iterator[IO[bytes]]:
    if ending == ".gz":
        with gzip.GzipFile(fileobj=raw) as plain:
            yield cast(IO[bytes], plain)
    elif ending == ".zst":
        yield io.BufferedReader(_Zstandard(raw), _CHUNK)
    else:
        yield raw


class _Zstandard(io.RawIOBase):
    """Unpacks one frame after the other. The library's own reader takes a file that is cut short for a whole one."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._make = _zstandard().ZstdDecompressor().decompressobj
        self._frame: Any = None  # the one that has begun
        self._rest = b""  # packed: what stands after the last frame
        self._left = memoryview(b"")  # unpacked, and not yet read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises EOFError at the end of a file that is cut short, ZstdError where it is damaged."""
        while not self._left:
            chunk = self._rest or self._packed.read(_CHUNK)
            self._rest = b""
            if not chunk:
                if self._frame is not None:
                    raise EOFError("it is cut short")
                return 0
            self._frame = self._frame or self._make()
            self._left = memoryview(self._frame.decompress(chunk))
            if self._frame.eof:
                self._rest, self._frame = self._frame.unused_data, None
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def _damaged(path: Path) -> tuple[type[Exception], ...]:
    """What is raised where a file cannot be read, or unpacked."""
    plain = (OSError, EOFError, zlib.error)
    return (*plain, _zstandard().ZstdError) if path.suffix.lower() == ".zst" else plain


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise CannotRun("Zstandard needs the extra: pip install 'pathway-figure-kg[zst]'") from None
    return zstandard
