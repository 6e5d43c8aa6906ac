"""The embedded Oxigraph store: the only module that owns it.

A store is a symbolic link (``kg.store``) to a folder beside it (``.kg.store-<hex>``) that holds the RocksDB
files. A build fills a new folder and then swaps the link with one rename, so a reader sees the old graph
or the new one, never half of one.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from kg.disk import writing as writing  # for those that write beside a store
from kg.errors import CannotRun
from kg.vocab import OA

if TYPE_CHECKING:
    import pyoxigraph

DEFAULT = "kg.store"
_META = "build.json"
_GENES = "gene_info.gz"
_DATA = "oxigraph"
LEDGER = "ledger.sqlite"
"""File of the ledger (`kg.ledger`) in a store's folder."""


def default_path() -> Path:
    """``$KG_STORE``, else ``kg.store`` in the working directory."""
    return Path(os.environ.get("KG_STORE") or DEFAULT)


def open_store(path: str | Path | None = None) -> pyoxigraph.Store:
    """Open a store for reading. Raises CannotRun if there is none or it cannot be opened."""
    import pyoxigraph

    data = engine_folder(path)
    try:
        return pyoxigraph.Store.read_only(str(data))
    except (OSError, RuntimeError) as error:  # a RocksDB that is corrupt is a RuntimeError
        raise CannotRun(f"{data.parent}: the store cannot be opened: {error}. Make it anew with kg build") from None


def engine_folder(path: str | Path | None = None) -> Path:
    """Where the engine keeps a store. Raises CannotRun if there is none."""
    place = Path(path) if path else default_path()
    data = place / _DATA
    if not data.is_dir():
        if place.exists():
            raise CannotRun(f"{place} is not a store that kg made. Make one with: kg build SOURCE --store FOLDER")
        raise CannotRun(f"no store at {place}. Make one with: kg build SOURCE (or say which with --store)")
    return data


def build_info(path: str | Path | None = None) -> dict[str, Any]:
    """What the build that made the store wrote down: version, counts, lexicon. Empty if it wrote nothing."""
    place = Path(path) if path else default_path()
    try:
        info: dict[str, Any] = json.loads((place / _META).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return info


def user_genes(path: str | Path | None = None) -> Path | None:
    """The gene_info file with the user's genes that the store was built with; None if there were none."""
    genes = (Path(path) if path else default_path()).resolve() / _GENES
    return genes if genes.is_file() else None


class StoreWriter:
    """Fills a new store beside the target and swaps it in at the end.

    with StoreWriter(path) as writer:
        writer.start()               # empty; or writer.start(copy=True), with what the target holds
        writer.load(chunks)          # N-Triples
        writer.finish()              # the number of triples
        writer.commit({"figures": 1})

    Without ``commit`` (an exception, Ctrl-C) the target stays as it was and the new folder is removed.
    Raises CannotRun if another process is writing the same store, or the disk does not let us.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.folder = self.path.parent / f".{self.path.name}-{secrets.token_hex(4)}"
        self._lock: IO[str] | None = None
        self._store: pyoxigraph.Store | None = None

    def __enter__(self) -> Self:
        if self.path.exists() and not self.path.is_symlink():
            raise CannotRun(
                f"{self.path} exists and is not a store that kg made: move it away, or name another with --store"
            )
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Left in place: to remove it would let two writers each lock a file of that name.
            lock = self.path.parent / f".{self.path.name}.lock"
            self._lock = lock.open("a", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise CannotRun(
                f"{self.path} is locked: another kg build is writing it. Wait for it, or name another store "
                "with --store"
            ) from None
        self._clear()  # what builds left that were killed
        return self

    def _clear(self) -> None:
        """Remove what builds made beside this store, other than what is in use."""
        used = self.path.readlink().name if self.path.is_symlink() else None
        ours = re.compile(rf"\.{re.escape(self.path.name)}-(link-)?[0-9a-f]{{8}}")
        for entry in list(self.path.parent.iterdir()):
            if ours.fullmatch(entry.name) and entry.name != used:
                if entry.is_symlink():
                    entry.unlink(missing_ok=True)
                else:
                    shutil.rmtree(entry, ignore_errors=True)

    def start(self, *, copy: bool = False) -> None:
        """Make the new store: empty, or a copy of the target's data and ledger (hard links, so it takes no time)."""
        import pyoxigraph

        with writing(self.path):
            self.folder.mkdir()
            if copy:
                pyoxigraph.Store.read_only(str(self.path / _DATA)).backup(str(self.folder / _DATA))
                shutil.copyfile(self.path / LEDGER, self.folder / LEDGER)
            self._store = pyoxigraph.Store(str(self.folder / _DATA))

    def load(self, chunks: Iterable[bytes]) -> None:
        """Load N-Triples, as they come, through Oxigraph's bulk loader. It does not ask again whether IRIs are IRIs."""
        import pyoxigraph

        with writing(self.path):
            source = _Chunks(chunks)
            try:
                stream = io.BufferedReader(source, 1 << 20)
                self._open.bulk_load(input=stream, format=pyoxigraph.RdfFormat.N_TRIPLES, lenient=True)
            except OSError:
                if source.error is not None:  # the loader saw only that reading failed
                    raise source.error from None
                raise

    def remove(self, things: Iterable[str], *, with_targets: bool = False) -> None:
        """Remove what is said of some things (IRIs), and of what targets them (the mentions of a figure)."""
        import pyoxigraph

        target = pyoxigraph.NamedNode(OA + "hasTarget")
        with writing(self.path):
            for thing in things:
                node = pyoxigraph.NamedNode(thing)
                subjects: list[Any] = [node]
                if with_targets:
                    subjects += [quad.subject for quad in self._open.quads_for_pattern(None, target, node, None)]
                for subject in subjects:
                    for quad in list(self._open.quads_for_pattern(subject, None, None, None)):
                        self._open.remove(quad)

    def finish(self, *, optimize: bool = True) -> int:
        """All is loaded: compact the data (worth it after many triples), and close it. Gives the number of triples."""
        with writing(self.path):
            if optimize:
                self._open.optimize()
            triples = len(self._open)
            self._open.flush()
            self._store = None
        return triples

    @property
    def _open(self) -> pyoxigraph.Store:
        if self._store is None:
            raise RuntimeError("the writer has not been started")
        return self._store

    def commit(self, info: dict[str, Any], genes: bytes = b"") -> None:
        """Write down what was built, and make this the store.

        ``genes`` are the user's genes (a gzipped gene_info file), so that who asks understands the same names.
        """
        if self._store is not None:
            self.finish()
        with writing(self.path):
            if genes:
                (self.folder / _GENES).write_bytes(genes)
            (self.folder / _META).write_text(json.dumps(info, indent=1, sort_keys=True) + "\n", "utf-8")
            link = self.path.parent / f".{self.path.name}-link-{secrets.token_hex(4)}"
            link.symlink_to(self.folder.name)
            link.replace(self.path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store = None
        self._clear()
        if self._lock is not None:
            self._lock.close()


class _Chunks(io.RawIOBase):
    """An iterable of bytes as a readable stream, holding one chunk at a time."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            try:
                chunk = next(self._chunks, None)
            except BaseException as error:
                self.error = error
                raise
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n
