"""In a worker process, before it answers: what it would come to hold by and by is read at once.

The engine keeps what it has read up to a limit, Python's code and tables are shared with the nursery until they are
first written to (a counter of references is), and space that an answer has taken is kept for the next. So a worker
grows for its first hundreds of answers. Warmed, it is as large at the start as it will be, and its first pages are as
quick as later ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pyoxigraph import NamedNode

from kg.answer import rows, run
from kg.fulltext import connect
from kg.web.endpoint import Limits, answer
from kg.web.links import page_of
from kg.web.reply import Refused
from kg.web.worker import Visit

if TYPE_CHECKING:
    from kg.web.pages import Site

_Page = tuple[str, tuple[tuple[str, str], ...]]
"""A path, and the fields of its form."""

_READ = (
    "SELECT (COUNT(*) AS ?n) { SELECT * { ?s ?p ?o } LIMIT 1000000 }",  # the index
    "SELECT (SUM(STRLEN(STR(?o))) AS ?n) { SELECT ?o { ?s ?p ?o } LIMIT 300000 }",  # the texts
)
"""Half a second each, whatever the size of the store."""

_ASKED = (
    "SELECT ?thing ?name { ?thing schema:name ?name } LIMIT 100",
    "ASK { ?thing schema:name ?name }",
    "CONSTRUCT WHERE { ?thing schema:name ?name } LIMIT 100",
)
_CLASSES = {"ImageObject": 8, "ScholarlyArticle": 4, "Taxon": 1}
"""Classes of schema.org, and of how many of their things pages are made."""
_LARGE, _LOOKED_AT = 4, 2_000
"""Of how many figures with many words, among so many."""
_GENES = 4
_FIGURES = 1_000
"""Of a gene, at the most: of thousands a page is hardly larger and takes seconds."""
_OFTEN = 10
"""How often each, as Python rewrites code for the types that it has seen in some calls (PEP 659)."""
_MOST = 4.0
"""Seconds after which no other page is begun: a store that is read for the first time is on a slow disk perhaps."""


def warm(site: Site, limits: Limits, *, pages: bool) -> None:
    """Read much of the store, and answer much of what will be asked for: pages, or else queries."""
    end = time.monotonic() + _MOST
    for query in _READ:
        for _ in rows(run(site.store, query)):  # type: ignore[arg-type]  # it is a SELECT
            pass
    if not pages:
        for query in _ASKED * _OFTEN:
            with suppress(Refused):  # the limits may be small
                answer(site.store, query, None, None, None, limits)
    for path, fields in _pages(site) if pages else _questions(site):
        if time.monotonic() > end:
            return
        with suppress(Refused):
            site.visit(Visit("http://localhost", unquote(path), fields, None), limits)


def _pages(site: Site) -> Iterator[_Page]:
    """Pages of each kind."""
    for path in ("/", "/questions", "/query", "/complete"):
        yield path, ()
    for kind, count in _CLASSES.items():
        found = rows(run(site.store, f"SELECT ?x {{ ?x a schema:{kind} }} LIMIT {count}"))  # type: ignore[arg-type]
        for thing in [row[0] for row in found]:
            if isinstance(thing, NamedNode):
                yield page_of(thing.value) or "/", ()
    for iri in _large_figures(site):
        yield page_of(iri) or "/", ()
    for iri, symbol in _genes(site):
        yield page_of(iri) or "/", ()
        for end in range(1, len(symbol) + 1):
            yield "/complete", (("q", symbol[:end]),)
        yield "/search", (("q", symbol),)


def _questions(site: Site) -> Iterator[_Page]:
    """What pages ask for, with the same genes."""
    genes = _genes(site)
    for (iri, one), (_, other) in zip(genes, genes[1:] + genes[:1], strict=True):
        yield "/question/figures-mentioning-genes", (("genes", f"{one} {other}"),)
        yield f"{page_of(iri)}/network.json", ()


def _large_figures(site: Site) -> list[str]:
    query = (
        "SELECT iri FROM (SELECT iri, words FROM doc WHERE kind = 'figure' LIMIT ?) "
        "ORDER BY length(words) DESC, iri LIMIT ?"
    )
    with closing(connect(site.folder)) as db:
        return [iri for (iri,) in db.execute(query, [_LOOKED_AT, _LARGE])]


def _genes(site: Site) -> list[tuple[str, str]]:
    """IRIs and symbols of genes that many figures have, as these make the largest pages."""
    query = "SELECT iri, title FROM doc WHERE kind = 'gene' AND figures <= ? ORDER BY figures DESC, id LIMIT ?"
    with closing(connect(site.folder)) as db:
        return db.execute(query, [_FIGURES, _GENES]).fetchall()
