"""A graph as files: N-Quads shards under any path that fsspec knows, and a manifest that says which they are.

    part-00042-1f3a9c07.nq.gz     what some records say
    shared-1f3a9c07.nq.gz         what several records say together: papers, genes, organisms, and the dataset
    manifest.json                 all of these in order, with triples, bytes and SHA-256

The hexadecimal digits are of the build. A shard has its name only when it is whole; a batch that is done again writes
the same bytes under the same name. The manifest is written last: who sees it sees a whole result, and until it is
replaced an earlier build's result stays whole. Tasks of a build that was stopped may go on for a while, and write
nothing that a later build would take for its own.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import re
import secrets
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, cast

import fsspec
import fsspec.core

from kg.errors import CannotRun, UsageError

MANIFEST = "manifest.json"
_FORMAT = "pathway-figure-kg shards, version 1"
_OURS = re.compile(r"(?:part-\d{5,}|shared)-([0-9a-f]{8})\.nq\.gz(?:\.[0-9a-f]{8}\.tmp)?")
_OBJECT_STORES = frozenset("s3 s3a gs gcs abfs abfss az adl oss oci tos memory".split())
"""Where a file is there when all of it has come; elsewhere it is written under another name and renamed."""
_LEVEL = 3
"""Of gzip: level 6 takes twice as long, for files that are an eighth smaller."""


class Shard(NamedTuple):
    """One file of the result: its name, number of triples, size and SHA-256."""

    file: str
    triples: int
    bytes: int
    sha256: str


class Shards:
    """The shards of one build under ``url``. Goes to worker processes, which write theirs; the client does the rest.

    with Shards("s3://bucket/prefix") as shards:
        shard = shards.write("part-00000", chunks)      # in a worker
        shards.add(shard)                               # in order
        shards.add(shards.write("shared", chunks))
        shards.commit({"figures": 1})

    Without ``commit`` what was written is removed. Raises UsageError for a URL of unknown kind; CannotRun if it cannot
    be read or written, or holds files that are not of such a build.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = str(url)
        self._build = secrets.token_hex(4)
        self._shards: list[Shard] = []
        self._whole = False
        try:
            self._fs, self._root = fsspec.core.url_to_fs(self.url)
        except ValueError as error:
            raise UsageError(f"{self.url}: not a path for shards: {error}") from None
        except ImportError as error:
            raise CannotRun(f"{self.url}: {error}") from None
        protocols = self._fs.protocol
        self._is_object_store = not _OBJECT_STORES.isdisjoint([protocols] if isinstance(protocols, str) else protocols)

    @property
    def build(self) -> str:
        """What names this build."""
        return self._build

    def __enter__(self) -> Self:
        with self._telling("written"):
            if self._fs.isfile(self._root):
                raise CannotRun(f"{self.url} is a file: name a folder for the shards")
            names = self._names()
            foreign = sorted(name for name in names if not _OURS.fullmatch(name))
            if foreign and not (MANIFEST in foreign and self._is_ours()):
                raise CannotRun(
                    f"{self.url} is not empty and holds no shards that kg made ({foreign[0]}): name another place "
                    "with --shards"
                )
            if not self._is_object_store:
                self._fs.makedirs(self._root, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._whole:
            with contextlib.suppress(OSError):  # the trouble that brought us here is the one to tell
                self._remove(name for name in self._names() if self._is_of_this_build(name))
                if not self._is_object_store and not self._names():
                    self._fs.rmdir(self._root)

    # --- writing

    def write(self, name: str, chunks: Iterable[bytes]) -> Shard:
        """Write some N-Triples (which are N-Quads of the default graph) as one file."""
        file = f"{name}-{self._build}.nq.gz"
        triples = 0
        with self._telling("written"), tempfile.NamedTemporaryFile(suffix=".nq.gz") as plain:
            with gzip.GzipFile(filename="", fileobj=plain, mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
                for chunk in chunks:
                    packed.write(chunk)
                    triples += chunk.count(b"\n")
            size = plain.tell()
            plain.seek(0)
            digest = hashlib.file_digest(cast(Any, plain), "sha256").hexdigest()
            self._put(Path(plain.name), file)
        return Shard(file, triples, size, digest)

    def add(self, shard: Shard) -> None:
        """Take a shard that is written into the result."""
        self._shards.append(shard)

    def commit(self, info: dict[str, Any]) -> None:
        """Write the manifest, with what is known of the build, and remove what earlier builds left."""
        with self._telling("read"):
            names = set(self._names())
        missing = [shard.file for shard in self._shards if shard.file not in names]
        if missing:
            raise CannotRun(
                f"{self.url}: {missing[0]} was written and is not there. All workers and this process must see the "
                "same files there, and no other build may write there meanwhile"
            )
        document = {"format": _FORMAT, "build": info, "shards": [shard._asdict() for shard in self._shards]}
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as plain:
            json.dump(document, plain, indent=1, ensure_ascii=False)
            plain.flush()
            self._put(Path(plain.name), MANIFEST)
        self._whole = True
        kept = {shard.file for shard in self._shards}
        with self._telling("written"):
            self._remove(name for name in names if _OURS.fullmatch(name) and name not in kept)

    # --- reading

    def chunks(self) -> Iterator[bytes]:
        """All triples as N-Triples, shard by shard."""
        for shard in self._shards:
            digest = hashlib.sha256()
            unpacker = zlib.decompressobj(wbits=31)
            with self._telling("read"), self._fs.open(self._path(shard.file), "rb") as packed:
                while piece := packed.read(1 << 18):
                    digest.update(piece)
                    yield unpacker.decompress(piece)
            yield unpacker.flush()
            if digest.hexdigest() != shard.sha256:
                raise CannotRun(f"{self.url}: {shard.file} is not what was written: has another build written there?")

    # --- the folder

    def _put(self, plain: Path, name: str) -> None:
        with self._telling("written"):
            if self._is_object_store:
                self._fs.put_file(str(plain), self._path(name))
                return
            part = self._path(f"{name}.{secrets.token_hex(4)}.tmp")
            self._fs.put_file(str(plain), part)
            self._fs.mv(part, self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _names(self) -> list[str]:
        """Names of what lies there; none if there is no such folder."""
        self._fs.invalidate_cache()  # else what others wrote is not seen
        try:
            paths = self._fs.ls(self._root, detail=False)
        except FileNotFoundError:
            return []
        # Some object stores list the folder itself.
        return [path.rpartition("/")[2] for path in paths if path.strip("/") != self._root.strip("/")]

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._fs.rm_file(self._path(name))

    def _is_ours(self) -> bool:
        try:
            document = json.loads(self._fs.cat_file(self._path(MANIFEST)))
        except ValueError:
            return False
        return isinstance(document, dict) and document.get("format") == _FORMAT

    def _is_of_this_build(self, name: str) -> bool:
        found = _OURS.fullmatch(name)
        return found is not None and found[1] == self._build

    @contextlib.contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Turn a file system's errors into CannotRun. Those of object stores are OSErrors too (s3fs, gcsfs, adlfs)."""
        try:
            yield
        except (OSError, ImportError) as error:
            strerror = getattr(error, "strerror", None)
            raise CannotRun(f"{self.url}: cannot be {what}: {strerror or error or type(error).__name__}") from None
