"""The store as a file: RDF in any format, for other stores and tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.dump import Document, format_of, fragment, open_output
from kg.store import open_store
from kg.terms import Statement, statement

_PIECE = 50_000


def export(output: str | Path, *, store: str | Path | None = None) -> int:
    """Write the whole graph to a file, in the format of its ending; gives the number of triples.

    ``.ttl``, ``.jsonld``, ``.nt``, ``.nq`` or ``.trig``, with or without ``.gz`` or ``.zst``. Memory does not grow
    with the graph. Raises UsageError for another ending, CannotRun if store or file do not let us.
    """
    format = format_of(output)
    source = open_store(store)
    with open_output(output) as out:
        document = Document(format)
        out.write(document.header())
        count = 0
        for piece in _pieces(source):
            count += len(piece)
            out.write(document.join(fragment(piece, format)))
        out.write(document.footer())
    return count


def _pieces(store: Store) -> Iterator[list[Statement]]:
    """All triples, subject by subject; a subject is never cut in two."""
    piece: list[Statement] = []
    last: NamedNode | None = None
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        if len(piece) >= _PIECE and quad.subject != last:
            yield piece
            piece = []
        piece.append(statement(quad.triple))
        last = quad.subject  # type: ignore[assignment]
    if piece:
        yield piece
