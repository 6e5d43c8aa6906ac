"""RDF files: which format a name asks for, and documents that are written piece by piece.

A piece (`fragment`) is made from some triples alone, so that worker processes can make them; the document
is header, pieces, footer.
"""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Literal, cast

from kg import jsonld, terms
from kg.errors import CannotRun, UsageError
from kg.store import writing
from kg.terms import Block, Statement
from kg.vocab import PREFIXES

Format = Literal["turtle", "jsonld", "ntriples", "nquads", "trig"]

ENDINGS: dict[str, Format] = {
    ".ttl": "turtle",
    ".jsonld": "jsonld",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".trig": "trig",
}
MEDIA_TYPES: dict[Format, str] = {
    "turtle": "text/turtle",
    "jsonld": "application/ld+json",
    "ntriples": "application/n-triples",
    "nquads": "application/n-quads",
    "trig": "application/trig",
}
COMPRESSIONS = (".gz", ".zst")


def format_of(path: str | Path) -> Format:
    """The format that a file name asks for by its ending (``.ttl``, ``.nt.gz`` …). Raises UsageError."""
    name = Path(path).name.lower()
    for ending in COMPRESSIONS:
        name = name.removesuffix(ending)
    found = ENDINGS.get(Path(name).suffix)
    if found is None:
        raise UsageError(
            f"{path}: what format? The name must end in one of {', '.join(ENDINGS)}, with or without "
            f"{' or '.join(COMPRESSIONS)}"
        )
    return found


@contextlib.contextmanager
def open_output(path: str | Path) -> Iterator[IO[bytes]]:
    """A file to write, compressed as its name asks. Gzip has no time stamp: same graph, same bytes.

    What was there is replaced only when all is written. Raises CannotRun if it cannot be written.
    """
    target = Path(path)
    # A device (/dev/stdout, /dev/full) is written as it is; a file under another name first.
    plain = target.exists() and not target.is_file()
    part = target if plain else target.with_name(target.name + ".part")
    try:
        with writing(target), part.open("wb") as raw, _compressed(raw, target.suffix) as out:
            yield out
        if not plain:
            with writing(target):
                part.replace(target)
    except BaseException:
        if not plain:
            part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _compressed(raw: IO[bytes], ending: str) -> Iterator[IO[bytes]]:
    if ending == ".gz":
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed:
            yield cast(IO[bytes], packed)
    elif ending == ".zst":
        try:
            import zstandard
        except ImportError:
            raise CannotRun("Zstandard needs the extra: pip install 'pathway-figure-kg[zst]', or write .gz") from None
        with zstandard.ZstdCompressor(level=6).stream_writer(raw, closefd=False) as zst:
            yield cast(IO[bytes], zst)
    else:
        yield raw


class Document:
    """Writes one RDF document of a format, piece by piece."""

    def __init__(self, format: Format) -> None:
        self.format = format
        self._first = True

    def header(self) -> bytes:
        """What stands before all pieces."""
        if self.format in ("turtle", "trig"):
            return "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in sorted(PREFIXES.items())).encode()
        return jsonld.header().encode() if self.format == "jsonld" else b""

    def join(self, piece: bytes) -> bytes:
        """A piece as it stands in the document, after those before."""
        if self.format == "jsonld" and piece:
            piece, self._first = (piece if self._first else b",\n" + piece), False
        return piece

    def footer(self) -> bytes:
        """What stands after all pieces."""
        return jsonld.FOOTER.encode() if self.format == "jsonld" else b""


def fragment(statements: Iterable[Statement], format: Format) -> bytes:
    """Some statements as a piece of a document; those of one subject must stand together. No state."""
    return piece(terms.blocks(statements), format)


def piece(blocks: Iterable[Block], format: Format) -> bytes:
    """The same of statements that are blocks already."""
    if format == "jsonld":
        return ",\n".join(jsonld.nodes(terms.triples(terms.statements(blocks)))).encode()
    if format in ("ntriples", "nquads"):  # the same for the default graph
        return terms.blocks_ntriples(blocks).encode()
    return terms.blocks_turtle(blocks).encode()
