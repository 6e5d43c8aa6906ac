"""In a worker process: a query to an answer, in the form that the client accepts, within limits.

An answer beyond the limits is refused, not cut: a client could not tell a cut one from a whole one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat

from kg import vocab
from kg.answer import columns, rows, run
from kg.dump import Document, fragment
from kg.errors import CannotRun, UsageError
from kg.results import Row, RowFormat, write_boolean, write_rows
from kg.terms import statement
from kg.web.accept import best
from kg.web.reply import Refused, Reply

ROW_TYPES: dict[str, RowFormat] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Media types of tables, the best first."""
GRAPH_TYPES: dict[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
    "text/plain": "ntriples",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
}
"""Media types of graphs, the best first."""
DESCRIPTION_TYPES = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
WITH_CHARSET = ("text/csv", "text/tab-separated-values", "text/turtle", "text/plain", "text/xml", "text/html")


class Limits(NamedTuple):
    """What an answer may be at most: rows (or triples), bytes; and how many seconds it may take."""

    rows: int
    bytes: int
    seconds: float


def typed(media_type: str) -> str:
    """The media type as a header says it."""
    return f"{media_type}; charset=utf-8" if media_type in WITH_CHARSET else media_type


def answer(
    store: pyoxigraph.Store,
    query: str,
    accept: str | None,
    default_graphs: Sequence[str] | None,
    named_graphs: Sequence[str] | None,
    limits: Limits,
) -> Reply:
    """The answer to any query. Raises Refused with the status that the protocol has for what is wrong."""
    if asks_service(query):
        raise Refused(403, "SERVICE is refused: this endpoint asks no other")
    try:
        found = run(store, query, default_graphs=_graphs(default_graphs), named_graphs=_graphs(named_graphs))
        if isinstance(found, pyoxigraph.QueryTriples):
            chosen = _accepted(accept, GRAPH_TYPES)
            return Reply(200, typed(chosen), _graph(found, GRAPH_TYPES[chosen], limits))
        chosen = _accepted(accept, ROW_TYPES)
        out = _Bounded(limits.bytes)
        if isinstance(found, pyoxigraph.QueryBoolean):
            write_boolean(bool(found), ROW_TYPES[chosen], out)
        else:
            write_rows(columns(found), _counted(rows(found), limits), ROW_TYPES[chosen], out)
        return Reply(200, typed(chosen), out.getvalue().encode("utf-8", "replace"))
    except UsageError as error:
        raise Refused(400, str(error)) from None
    except CannotRun as error:
        raise Refused(500, str(error)) from None


def _graphs(iris: Sequence[str] | None) -> list[NamedNode] | None:
    try:
        return None if iris is None else [NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise UsageError(f"a graph must be an absolute IRI: {error}") from None


def _accepted(accept: str | None, offered: dict[str, Any]) -> str:
    chosen = best(accept, list(offered))
    if chosen is None:
        raise Refused(406, f"this answer is to be had as {', '.join(offered)}")
    return chosen


def _counted(found: Iterator[Row], limits: Limits) -> Iterator[Row]:
    for n, row in enumerate(found):
        if n >= limits.rows:
            raise too_many("rows", limits)
        yield row


def too_many(what: str, limits: Limits) -> Refused:
    """How an answer beyond the limit is refused."""
    return Refused(500, f"the answer has more than {limits.rows:,} {what}, which is refused: ask with LIMIT and OFFSET")


def _graph(found: pyoxigraph.QueryTriples, format: str, limits: Limits) -> bytes:
    triples: set[pyoxigraph.Triple] = set()
    try:
        for triple in found:  # a construct can repeat itself, and has no order
            triples.add(triple)
            if len(triples) > limits.rows:
                raise too_many("triples", limits)
    except (OSError, RuntimeError) as error:
        raise CannotRun(f"the query cannot be run: {error}") from None
    try:
        body = graph_bytes(sorted(triples, key=str), format)
    except UsageError as error:  # the format has no place for what there is
        raise Refused(406, str(error)) from None
    if len(body) > limits.bytes:
        raise _too_large(limits.bytes)
    return body


def graph_bytes(triples: Sequence[pyoxigraph.Triple], format: str) -> bytes:
    """Triples as a document; those of one subject must stand together."""
    if format == "rdfxml":
        return pyoxigraph.serialize(triples, format=RdfFormat.RDF_XML, prefixes=vocab.PREFIXES)  # type: ignore[return-value]
    document = Document(format)  # type: ignore[arg-type]
    piece = fragment(map(statement, triples), document.format)
    return document.header() + document.join(piece) + document.footer()


class _Bounded(io.StringIO):
    """Text up to a number of bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(newline="")
        self._most = most
        self._bytes = 0

    def write(self, text: str, /) -> int:
        self._bytes += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if self._bytes > self._most:
            raise _too_large(self._most)
        return super().write(text)


def _too_large(most: int) -> Refused:
    return Refused(500, f"the answer has more than {most:,} bytes, which is refused: ask with LIMIT and OFFSET")


_TOKEN = re.compile(
    r"""
      <[^<>"{}|^`\x00-\x20]*>                           # an IRI, escapes and all
    | \#[^\r\n]*                                       # a comment
    | '''(?:'{0,2}(?:[^'\\]|\\.))*''' | \"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
    | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*"
    | [?$]\w+                                           # a variable
    | @[A-Za-z]+(?:-[A-Za-z0-9]+)*                      # a language
    | (?P<word>(?:[^\W\d](?:[\w.-]*[\w-])?)?(?=:))      # a prefix
      :(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)?
    | (?P<other>\w+)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def asks_service(query: str) -> bool:
    """Whether a query may have the keyword SERVICE, as it stands or with its code point escapes read (section 19.2 of
    SPARQL). Texts, IRIs, comments, variables and local names do not count; words that have it in them do, since the
    engine needs no blank around a keyword.

    >>> asks_service("SELECT * { SERVICE <x:y> { ?s ?p ?o } }"), asks_service("SELECT * { ?s ?p 1service<x:y> {} }")
    (True, True)
    >>> asks_service('SELECT ?service { ?service wp:service "SERVICE" } # SERVICE')
    False
    """
    read = _ESCAPE.sub(_character, query)
    return any(
        "SERVICE" in (token["word"] or token["other"] or "").upper()
        for text in dict.fromkeys((query, read))
        for token in _TOKEN.finditer(text)
    )


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code <= 0x10FFFF else escape[0]


def description(endpoint: str, triples: int, accept: str | None) -> Reply:
    """What this endpoint is, in the vocabulary of https://www.w3.org/TR/sparql11-service-description/.

    Raises Refused.
    """
    chosen = best(accept, DESCRIPTION_TYPES)
    if chosen is None:
        raise Refused(406, f"no query; the description of this service is to be had as {', '.join(DESCRIPTION_TYPES)}")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    formats = "http://www.w3.org/ns/formats/"
    rdf, void = vocab.PREFIXES["rdf"], vocab.PREFIXES["void"]
    service, dataset, graph = (NamedNode(endpoint + part) for part in ("", "#dataset", "#graph"))
    said: list[tuple[NamedNode, str, Any]] = [
        (service, rdf + "type", NamedNode(sd + "Service")),
        (service, sd + "endpoint", service),
        (service, sd + "supportedLanguage", NamedNode(sd + "SPARQL11Query")),
        *(
            (service, sd + "resultFormat", NamedNode(formats + name))
            for name in (
                "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV "
                "Turtle N-Triples JSON-LD RDF_XML"
            ).split()
        ),
        (service, sd + "defaultDataset", dataset),
        (dataset, rdf + "type", NamedNode(sd + "Dataset")),
        (dataset, sd + "defaultGraph", graph),
        (graph, rdf + "type", NamedNode(sd + "Graph")),
        (graph, rdf + "type", NamedNode(void + "Dataset")),
        (graph, void + "triples", pyoxigraph.Literal(triples)),
    ]
    triples_ = [pyoxigraph.Triple(s, NamedNode(p), o) for s, p, o in said]
    return Reply(200, typed(chosen), graph_bytes(triples_, GRAPH_TYPES[chosen]))
