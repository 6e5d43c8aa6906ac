"""What `kg load` sends: triples of the store or of an RDF file, in parts.

    for part in Source("figures.nt.gz", None).parts(50_000):
        part.digest, len(part.triples), part.ntriples

The order is the same each time, so a part is known again by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, RdfFormat, Triple

from kg.dump import COMPRESSIONS
from kg.errors import UsageError
from kg.rdffile import READ, reading, syntax
from kg.store import open_store
from kg.terms import ntriples, statement
from kg.vocab import XSD

_STRING = NamedNode(XSD + "string")
_SAMPLE = 100
"""Triples of a part that are looked for in the server. Virtuoso takes 200 in one query; 1 in 500 of a usual part."""


class Part:
    """Some triples of a source."""

    def __init__(self, triples: list[Triple]) -> None:
        self.triples = triples

    @cached_property
    def ntriples(self) -> str:
        """All of it."""
        return ntriples(map(statement, self.triples))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its N-Triples."""
        return hashlib.sha256(self.ntriples.encode()).hexdigest()

    def pieces(self, size: int) -> Iterator[str]:
        """All of it as N-Triples, so many triples in each."""
        if size >= len(self.triples):
            yield self.ntriples
            return
        lines = self.ntriples.split("\n")[:-1]
        for start in range(0, len(lines), size):
            yield "\n".join(lines[start : start + size]) + "\n"

    def sample(self) -> list[Triple]:
        """Some of its triples, from all over it: with IRIs and strings, since servers write numbers as they like."""
        some = self.triples[:: -(-len(self.triples) // _SAMPLE)]
        return [triple for triple in some if _is_plain(triple)]


def _is_plain(triple: Triple) -> bool:
    value = triple.object
    return isinstance(value, NamedNode) or (isinstance(value, Literal) and value.datatype == _STRING)


class Source:
    """Triples to load: those of the store, or of an RDF file.

    Raises UsageError for a file that is none, or has blank nodes; CannotRun without a store.
    """

    def __init__(self, file: str | Path | None, store: str | Path | None) -> None:
        if file is not None and store is not None:
            raise UsageError("a file and a store exclude each other: one of them is loaded")
        self._file = Path(file) if file is not None else None
        self._format = _syntax(self._file) if self._file is not None else None
        self._store = open_store(store) if self._file is None else None
        self.count: int | None = len(self._store) if self._store is not None else None
        """Number of triples; of a file, known when it has been read to its end."""

    def is_empty(self) -> bool:
        """Whether there is not one triple."""
        return next(self._quads(), None) is None

    def parts(self, size: int) -> Iterator[Part]:
        """All triples, so many in each part; fewer in the last."""
        triples = iter(self)
        while part := list(islice(triples, size)):
            yield Part(part)

    def __iter__(self) -> Iterator[Triple]:
        number = 0
        for number, quad in enumerate(self._quads(), 1):  # noqa: B007 - counted at the end
            if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                raise UsageError(
                    f"{self._file}: has blank nodes, which a server takes for new ones in each part. Load it with the "
                    "server's own loader (docs/triple-stores.md)"
                )
            yield quad.triple
        self.count = number

    def _quads(self) -> Iterator[pyoxigraph.Quad]:
        if self._store is not None:
            yield from self._store.quads_for_pattern(None, None, None, DefaultGraph())
            return
        assert self._file is not None
        with reading(self._file) as stream:
            yield from pyoxigraph.parse(input=stream, format=self._format)


def _syntax(path: Path) -> RdfFormat:
    found = syntax(path)
    if found is None:
        raise UsageError(
            f"{path}: what format? The name must end in one of {', '.join(READ)}, with or without "
            f"{' or '.join(COMPRESSIONS)}"
        )
    return found
