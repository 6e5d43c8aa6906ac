"""Questions to a SPARQL endpoint that is not ours: one more thing that answers SELECT queries with tables.

    endpoint = Endpoint("http://127.0.0.1:7878/query", graph="https://example.org/figures")
    kg.query("most-figured-genes", endpoint=endpoint).records()

SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), the query in a form: a POST body of
``application/sparql-query`` hangs Virtuoso. Login, time limit and trying again: `kg.http`.

A long answer comes page by page. The first request asks for ``page_size`` rows; if that many come, or as many as the
server gives at most, the answer is asked for anew, in pages, in an order that leaves nothing open (`QueryText.page`).
So an answer is whole, or an error: servers cut without a word, at round numbers mostly, and such are asked for more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeVar

import pyoxigraph
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Triple

from kg import vocab
from kg.errors import EndpointError, NoSuchGraph, UsageError
from kg.http import Client, Reply, checked_url, login_for, refused
from kg.lookup import is_unicode
from kg.querytext import QueryText, parse
from kg.results import Row, Table

F = TypeVar("F")

TIMEOUT = 60.0
PAGE_SIZE = 10_000
"""Most rows in one answer. More cannot be sorted by a Virtuoso with its usual settings."""

_MOST_LISTED = 20
"""Most graphs that are listed to somebody who has named one that is empty."""
_NAMES_GRAPHS = re.compile(r"\b(GRAPH|FROM)\b", re.IGNORECASE)
_VIRTUOSOS = ("http://localhost:8890/sparql", "http://www.w3.org/2002/07/owl#", "http://www.w3.org/ns/ldp#")
_ROUND = 100
"""An answer whose number of rows is a multiple of this may have been cut by the server."""
_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
}
_GRAPHS = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/plain": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_ACCEPT: Mapping[str, str] = {
    "results": "application/sparql-results+json, application/sparql-results+xml;q=0.8",
    "graphs": "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5",
}


class Endpoint:
    """A SPARQL endpoint.

    ``graph`` is the named graph that questions are about, for stores whose default graph is not all that they hold
    (the protocol's ``default-graph-uri``). The login is taken from the URL, the environment (``KG_ENDPOINT_USER`` and
    ``KG_ENDPOINT_PASSWORD``, or ``KG_ENDPOINT_TOKEN``) or a netrc file. Raises UsageError for a URL or graph that
    is none. A client of one's own (`kg.http.Client`) may be given instead of ``timeout``.
    """

    def __init__(
        self,
        url: str,
        *,
        graph: str | None = None,
        timeout: float = TIMEOUT,
        page_size: int = PAGE_SIZE,
        environ: Mapping[str, str] = os.environ,
        notify: Callable[[str], None] | None = None,
        client: Client | None = None,
    ) -> None:
        self.url = checked_url(url)
        self.graph = graph_iri(graph)
        if timeout <= 0 or page_size <= 0:
            raise UsageError("time limit and page size must be above 0")
        self.page_size = page_size
        self._graph_is_there = False
        self._client = client or Client(login_for(url, environ), timeout=timeout, notify=notify)

    def ask(self, text: str) -> Table:
        """The table of a SELECT query, whole.

        Raises UsageError if it is none; NoSuchGraph if it finds nothing because the graph is empty or not there;
        EndpointError if no answer comes.
        """
        table = self._ask(text)
        if not table.rows:
            self._look_for_graph(text)
        return table

    def _ask(self, text: str) -> Table:
        query = parse(text)
        if query.form != "SELECT":
            raise UsageError("not a SELECT query: ASK, CONSTRUCT and DESCRIBE have no table")
        query = query.with_prefixes(vocab.PREFIXES)
        first, cap = self._rows(query.limited(self.page_size))
        if not self._is_cut(len(first.rows), cap, query) or not first.columns:
            return first
        rows: list[Row] = []
        for page in self._pages(query, first.columns, cap):
            rows += page
        return Table(first.columns, rows)

    def run(self, text: str) -> Table | bool | list[Triple]:
        """The answer to a query of any form; triples are sorted, each once. Raises errors as `ask` does."""
        query = parse(text)
        if query.form == "SELECT":
            return self.ask(text)
        query = query.with_prefixes(vocab.PREFIXES)
        if query.form == "ASK":
            found = self._boolean(query.text)
            if not found:
                self._look_for_graph(text)
            return found
        reply = self._send(query.text, "graphs")
        format = self._format(reply, _GRAPHS)
        try:
            triples = {quad.triple for quad in pyoxigraph.parse(reply.body, format=format)}
        except SyntaxError as error:
            raise EndpointError(f"{self.url}: the answer is no RDF: {error}") from None
        if (cap := _cap(reply)) and len(triples) >= cap:
            raise EndpointError(
                f"{self.url}: the server cuts graphs at {cap:,} rows, and so this one: ask for it in parts, with "
                "ORDER BY, LIMIT and OFFSET"
            )
        if not triples:
            self._look_for_graph(text)
        return sorted(triples, key=str)

    def _look_for_graph(self, text: str) -> None:
        """After an answer that has nothing: is it the graph that has nothing? Raises NoSuchGraph if so.

        Asked until the graph was seen to hold something. A query that names graphs itself is about those.
        """
        if self._graph_is_there or (self.graph is None and _NAMES_GRAPHS.search(text)):
            return
        try:
            self._graph_is_there = self._boolean("ASK { ?s ?p ?o }")
        except (EndpointError, UsageError):  # nothing is known, and the answer stands
            return
        if self._graph_is_there:
            return
        try:
            everywhere = Endpoint(self.url, client=self._client)
            rows = everywhere.ask(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {_MOST_LISTED}").rows
        except (EndpointError, UsageError):  # too many to list in time, or not to be seen
            rows = []
        names = sorted(cell.value for (cell,) in rows if isinstance(cell, NamedNode) and not _is_of_server(cell.value))
        if self.graph is not None:
            others = f"Graphs there: {' '.join(names)}" if names else "No other graph is to be seen there"
            raise NoSuchGraph(
                f"{self.url}: graph {self.graph} is empty, or is not there. {others}. Without --graph, the server's "
                "default graph is asked"
            )
        if names:
            raise NoSuchGraph(
                f"{self.url}: the default graph is empty. Name a graph with --graph. Graphs there: {' '.join(names)}"
            )

    # --- tables

    def _pages(self, query: QueryText, columns: tuple[str, ...], cap: int | None) -> Iterator[list[Row]]:
        size = min(self.page_size, cap or self.page_size)
        offset = 0
        while True:
            page, cap = self._rows(query.page(columns, size, offset))
            rows = page.rows
            if page.columns != columns:
                places = [page.columns.index(column) for column in columns]
                rows = [tuple(row[place] for place in places) for row in rows]
            yield list(rows)
            offset += len(rows)
            if not rows or (len(rows) < size and not self._is_cut(len(rows), cap)):
                return

    def _is_cut(self, rows: int, cap: int | None, query: QueryText | None = None) -> bool:
        """Whether there may be more rows than came. A query that asked for so many has all that it asked for."""
        if rows == 0 or (query is not None and query.limit == rows):
            return False
        return rows % _ROUND == 0 or rows >= min(self.page_size, cap or self.page_size)

    def _rows(self, text: str) -> tuple[Table, int | None]:
        """The table of one request, and the most rows that the server ever gives, if it says so."""
        reply = self._send(text, "results")
        found = self._results(reply)
        if isinstance(found, pyoxigraph.QueryBoolean):
            raise EndpointError(f"{self.url}: a SELECT query is answered with a boolean: that is no SPARQL endpoint")
        try:
            columns = tuple(variable.value for variable in found.variables)
            return Table(columns, [tuple(row) for row in found]), _cap(reply)
        except (SyntaxError, ValueError) as error:
            raise self._no_results(error) from None

    def _boolean(self, text: str) -> bool:
        found = self._results(self._send(text, "results"))
        if isinstance(found, pyoxigraph.QueryBoolean):
            return bool(found)
        rows = [tuple(row) for row in found]  # Virtuoso: a table with one cell, 1 or 0
        if len(rows) == 1 and len(rows[0]) == 1 and rows[0][0] is not None:
            return rows[0][0].value in ("1", "true")
        return bool(rows)

    def _results(self, reply: Reply) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean:
        format = self._format(reply, _RESULTS)
        try:
            return pyoxigraph.parse_query_results(reply.body, format=format)
        except SyntaxError as error:
            raise self._no_results(error) from None

    def _no_results(self, error: Exception) -> EndpointError:
        return EndpointError(f"{self.url}: the answer cannot be read, or is only half there: {str(error)[:200]}")

    # --- requests

    def _send(self, text: str, kind: Literal["results", "graphs"]) -> Reply:
        if not is_unicode(text):
            raise UsageError("not a SPARQL query: it is not UTF-8")
        form = {"query": text}
        if self.graph:
            form["default-graph-uri"] = self.graph
        reply = self._client.send("POST", self.url, form=form, headers={"Accept": _ACCEPT[kind]})
        if reply.status == 400:
            raise UsageError(f"{self.url}: the server does not take this query: {reply.text or 'it says no more'}")
        if reply.status != 200:
            raise refused(reply, self.url)
        if "S1TAT" in reply.headers.get("X-SQL-State", ""):  # Virtuoso's "anytime" answers
            raise EndpointError(
                f"{self.url}: the server ran out of its own time and gave a part of the answer. Ask for less"
            )
        return reply

    def _format(self, reply: Reply, known: Mapping[str, F]) -> F:
        media_type = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media_type not in known:
            raise EndpointError(
                f"{self.url}: an answer of type {media_type or 'not said'} is no answer to SPARQL. Is that the address "
                "of the endpoint itself?"
            )
        return known[media_type]


def graph_iri(text: str | None) -> str | None:
    """The IRI of a named graph, None for none. Raises UsageError if it is no IRI."""
    if text is None:
        return None
    try:
        return NamedNode(text).value
    except ValueError:
        raise UsageError(f"{text[:100]!r} is not the IRI of a graph, such as https://example.org/figures") from None


def _is_of_server(graph: str) -> bool:
    """Whether a graph is one of Virtuoso's own, which it lists with the others."""
    return graph.startswith("http://www.openlinksw.com/schemas/") or graph.endswith("/DAV/") or graph in _VIRTUOSOS


def _cap(reply: Reply) -> int | None:
    """Virtuoso says how many rows it gives at most."""
    said = reply.headers.get("X-SPARQL-MaxRows", "").strip()
    return int(said) if said.isdecimal() and int(said) > 0 else None
