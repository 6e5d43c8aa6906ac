"""A triple store that takes data: what to send where, for `kg load`.

Graph Store Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/) where it is spoken, SPARQL Update elsewhere.
"""

from __future__ import annotations

import re

from pyoxigraph import NamedNode, Triple

from kg.errors import EndpointError, UsageError
from kg.http import Client, Reply, checked_url, refused
from kg.remote import Endpoint

_NOT_SPOKEN = frozenset((404, 405, 501))
"""Statuses by which a server says that it knows no Graph Store Protocol."""
_DONE = frozenset((200, 201, 202, 204))
_TOO_LARGE = 413
_NUMBER = re.compile(r"[0-9]{1,18}")


class Server:
    """A triple store that takes data: what to send where. Raises EndpointError where it does not do what it should."""

    def __init__(self, client: Client, *, query: str, update: str, graphs: str | None, post_option: str = "") -> None:
        self.query_url = checked_url(query)
        self._client = client
        self._update_url = checked_url(update)
        self._graphs_url = checked_url(graphs) if graphs is not None else None
        self._post_option = {post_option: ""} if post_option else {}
        self._endpoint = Endpoint(query, client=client)

    def speaks_graph_store(self, graph: str | None) -> bool:
        """Whether there is a Graph Store Protocol: nothing is posted to the graph. Logs in, before much is sent."""
        if self._graphs_url is None:
            return False
        reply = self._ask_graphs(self._graphs_url, "POST", graph, b"")
        if reply.status in _NOT_SPOKEN:
            return False
        self._check(reply, self._graphs_url)
        return True

    def post(self, graph: str | None, triples: str) -> None:
        """Add triples, given as N-Triples, by the Graph Store Protocol."""
        assert self._graphs_url is not None
        self._check(self._ask_graphs(self._graphs_url, "POST", graph, triples.encode()), self._graphs_url)

    def _ask_graphs(self, url: str, method: str, graph: str | None, body: bytes | None = None) -> Reply:
        return self._client.send(
            method,
            url,
            body=body,
            params={
                **({"graph": graph} if graph is not None else {"default": ""}),
                **(self._post_option if method == "POST" else {}),
            },
            headers={"Content-Type": "application/n-triples"} if body is not None else {},
            retry_timeouts=True,
        )

    def insert(self, graph: str | None, triples: str) -> None:
        """Add triples, given as N-Triples that pyoxigraph has written, by SPARQL Update."""
        self.update(f"INSERT DATA {{ {_within(graph, triples)} }}")

    def empty(self, graph: str | None) -> None:
        """Remove all triples of a graph. Not by CLEAR, which QLever does not know."""
        if self._graphs_url is not None:
            reply = self._ask_graphs(self._graphs_url, "DELETE", graph)
            if reply.status in _DONE or (reply.status == 404 and self.count(graph) == 0):
                return
        self.update(f"DELETE WHERE {{ {_within(graph, '?s ?p ?o')} }}")

    def move(self, source: str, target: str | None) -> None:
        """Put a graph into another's place. Sent once: see the module."""
        self.update(f"MOVE GRAPH {NamedNode(source)} TO {_named(target)}", tries=1)

    def update(self, text: str, *, tries: int | None = None) -> None:
        """A SPARQL Update."""
        reply = self._client.send(
            "POST", self._update_url, form={"update": text}, tries=tries, retry_timeouts=tries is None
        )
        self._check(reply, self._update_url)

    def count(self, graph: str | None) -> int:
        """Number of triples of a graph."""
        return self._number(_within(graph, "?s ?p ?o"))

    def holds(self, graph: str | None, triples: list[Triple]) -> bool:
        """Whether a graph has all of these, which are few (Virtuoso takes some hundreds of rows in one query).

        False, too, where the server does not answer that.
        """
        rows = " ".join(f"({triple.subject} {triple.predicate} {triple.object})" for triple in triples)
        try:
            return self._number(f"VALUES (?s ?p ?o) {{ {rows} }} {_within(graph, '?s ?p ?o')}") == len(triples)
        except EndpointError:
            return False

    def _number(self, pattern: str) -> int:
        try:
            rows = self._endpoint.ask(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}").rows
        except UsageError as error:  # status 400; the query is none of the user's
            raise EndpointError(str(error), 400) from None
        if len(rows) != 1 or rows[0][0] is None or not _NUMBER.fullmatch(rows[0][0].value):
            raise EndpointError(f"{self.query_url}: a question for a number is answered with something else")
        return int(rows[0][0].value)

    def pause(self, seconds: float) -> None:
        """Let the server work."""
        self._client.pause(seconds)

    def _check(self, reply: Reply, url: str) -> None:
        if reply.status == _TOO_LARGE:
            raise EndpointError(
                f"{checked_url(url)}: the request is too large for the server ({reply.text or 413}): send less at once "
                "with --batch",
                reply.status,
            )
        if reply.status not in _DONE:
            raise refused(reply, url)


def _named(graph: str | None) -> str:
    return f"GRAPH {NamedNode(graph)}" if graph is not None else "DEFAULT"


def _within(graph: str | None, pattern: str) -> str:
    return f"GRAPH {NamedNode(graph)} {{ {pattern} }}" if graph is not None else pattern
