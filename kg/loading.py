"""``kg load``: the store, or an RDF file, into a triple store that runs elsewhere.

    kg.load("http://127.0.0.1:7878", preset="oxigraph")
    kg.load("http://127.0.0.1:8890", preset="virtuoso", graph="https://example.org/figures", replace=True)

**In parts.** POSTs of the Graph Store Protocol with 50,000 triples each
(https://www.w3.org/TR/sparql11-http-rdf-update/); where that is not spoken, SPARQL Updates of 1,000.

**Again after trouble.** To add triples that are there changes nothing, so a part may be sent again (`kg.http`), and so
may all of them by the next run after a break. That run sends every part: a graph that looks like the one to load, by
its count and by some of its triples, may be an older version of it.

**The count.** At the end the server counts the graph. All was sent and taken; so if the count is that of the source,
the graph is the source, and otherwise it is an error. If the count is larger, the graph held other triples; that is an
error too, unless ``add`` says that they belong there (then only a count that is too small is seen to be wrong).

**Replacing.** The new graph is loaded under another name (`staging`), counted, and takes the place of the old one with
one MOVE. Virtuoso refuses that for large graphs (SR325): the old one is then emptied first, and there is a while
without a graph. If that is refused too, or a server knows no MOVE, there is a time when the graph holds a part. All of
this is said. MOVE is sent once: a second one, of a graph that has moved, empties the target in Virtuoso. What became of
it is counted.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, RdfFormat, Triple

from kg import vocab
from kg.dump import Format, format_of
from kg.errors import CannotRun, EndpointError, UsageError
from kg.http import Client, Reply, TooSlow, checked_url, login_for, refused
from kg.presets import GENERIC, PRESETS, Preset
from kg.remote import Endpoint, graph_iri
from kg.store import open_store
from kg.terms import ntriples, statement

TIMEOUT = 300.0

_FORMATS: dict[Format, RdfFormat] = {
    "turtle": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
}
_NOT_SPOKEN = frozenset((404, 405, 501))
"""Statuses by which a server says that it knows no Graph Store Protocol."""
_DONE = frozenset((200, 201, 202, 204))
_LOOKS, _BETWEEN_LOOKS = 60, 15
"""How often, and after how many seconds, to look what became of a MOVE that went on past the time limit."""


class Loaded(NamedTuple):
    """What a load did: triples of the source, what the server counted at the end, and what a person should know."""

    endpoint: str
    graph: str | None
    triples: int
    counted: int
    notes: tuple[str, ...]


def load(
    endpoint: str,
    *,
    preset: str | None = None,
    graph: str | None = None,
    replace: bool = False,
    add: bool = False,
    source: str | Path | None = None,
    store: str | Path | None = None,
    update_url: str | None = None,
    graphs_url: str | None = None,
    batch: int | None = None,
    timeout: float = TIMEOUT,
    progress: Callable[[int, int], None] | None = None,
    notify: Callable[[str], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    client: Client | None = None,
) -> Loaded:
    """Load the store, or the RDF file ``source``, into the triple store at ``endpoint``.

    ``preset`` is one of `kg.presets.PRESETS`; without one, ``endpoint`` takes queries, ``update_url`` updates (else
    ``endpoint`` does), and ``graphs_url`` the Graph Store Protocol, if given. ``graph`` is the named graph to load,
    None for the default graph. ``replace`` makes the graph hold these triples and no others; ``add`` lets others stay.
    ``batch`` bounds the triples in one request. ``progress`` is told the number of triples done and of all, ``notify``
    lines for a person. Login: `kg.http`.

    Raises UsageError for arguments that do not fit; CannotRun without a source, EndpointError where the server does
    not do it, or where its count is not the right one.
    """
    known = _preset(preset)
    if replace and add:
        raise UsageError("replace and add exclude each other: what else the graph holds goes, or stays")
    if batch is not None and batch < 1:
        raise UsageError("a request must hold one triple at least")
    target = graph_iri(graph)
    if target is None and known.needs_graph:
        raise UsageError(
            f"{known.title} has no default graph to load into (or it is the union of all graphs): "
            f"name one with --graph, such as {vocab.DATASET}"
        )
    base = _base(endpoint, known)
    server = Server(
        client or Client(login_for(endpoint, environ), timeout=timeout, notify=notify),
        query=base + known.query,
        update=update_url or base + known.update,
        graphs=graphs_url or (base + known.graphs if known.graphs is not None else None),
        post_option=known.post_option,
    )
    triples = Source(source, store)
    sizes = (batch or known.batch, min(batch or known.update_batch, known.update_batch))
    return _Load(server, triples, target, sizes, progress or _quiet, notify or _silent).run(
        replace=replace, add=add, moves=known.moves
    )


def _preset(name: str | None) -> Preset:
    if name is None:
        return GENERIC
    if name not in PRESETS:
        raise UsageError(f"no preset {name!r}: {', '.join(PRESETS)}")
    return PRESETS[name]


def _base(url: str, preset: Preset) -> str:
    """The address that a preset's paths are appended to, also where one of them is given."""
    base = checked_url(url).rstrip("/")
    for path in (preset.query, preset.update, preset.graphs or ""):
        stripped = path.rstrip("/")
        if stripped and base.endswith(stripped):
            return base.removesuffix(stripped)
    return base


def _quiet(done: int, total: int) -> None:
    pass


def _silent(text: str) -> None:
    pass


class Source:
    """Triples to load, in an order that is the same each time: those of the store, or of an RDF file."""

    def __init__(self, file: str | Path | None, store: str | Path | None) -> None:
        if file is not None and store is not None:
            raise UsageError("a file and a store exclude each other: one of them is loaded")
        self._file = Path(file) if file is not None else None
        self._format = _FORMATS[format_of(self._file)] if self._file is not None else None
        self._store = open_store(store) if self._file is None else None
        self.count: int | None = len(self._store) if self._store is not None else None
        """Number of triples; of a file, known when it has been read to its end."""

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
        try:
            with _opened(self._file) as stream:
                yield from pyoxigraph.parse(input=stream, format=self._format)
        except SyntaxError as error:
            raise UsageError(f"{self._file}: no RDF of that kind: {error}") from None
        except (OSError, EOFError) as error:
            raise UsageError(f"{self._file}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if path.suffix == ".zst":
        try:
            import zstandard
        except ImportError:
            raise CannotRun("Zstandard needs the extra: pip install 'pathway-figure-kg[zst]'") from None
        return cast(IO[bytes], zstandard.open(path, "rb"))
    return path.open("rb")


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

    def post(self, graph: str | None, triples: list[Triple]) -> None:
        """Add triples by the Graph Store Protocol."""
        assert self._graphs_url is not None
        body = ntriples(map(statement, triples)).encode()
        self._check(self._ask_graphs(self._graphs_url, "POST", graph, body), self._graphs_url)

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

    def insert(self, graph: str | None, triples: list[Triple]) -> None:
        """Add triples by SPARQL Update; the terms are written by pyoxigraph."""
        data = ntriples(map(statement, triples))
        self.update(f"INSERT DATA {{ {_within(graph, data)} }}")

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
        row = self._endpoint.ask(f"SELECT (COUNT(*) AS ?n) WHERE {{ {_within(graph, '?s ?p ?o')} }}").rows[0]
        return int(row[0].value) if row[0] is not None else 0

    def pause(self, seconds: float) -> None:
        """Let the server work."""
        self._client.pause(seconds)

    def _check(self, reply: Reply, url: str) -> None:
        if reply.status not in _DONE:
            raise refused(reply, url)


def _named(graph: str | None) -> str:
    return f"GRAPH {NamedNode(graph)}" if graph is not None else "DEFAULT"


def _within(graph: str | None, pattern: str) -> str:
    return f"GRAPH {NamedNode(graph)} {{ {pattern} }}" if graph is not None else pattern


def staging(graph: str | None) -> str:
    """The graph that a new one is loaded into before it takes the place of ``graph``."""
    return f"{graph or vocab.DATASET}#kg-load"


class _Load:
    """One load, and what it knows while it runs."""

    def __init__(
        self,
        server: Server,
        source: Source,
        graph: str | None,
        sizes: tuple[int, int],
        progress: Callable[[int, int], None],
        notify: Callable[[str], None],
    ) -> None:
        self._server = server
        self._source = source
        self._graph = graph
        self._post_size, self._insert_size = sizes
        self._progress = progress
        self._notify = notify
        self._notes: list[str] = []
        self._by_post = False

    def run(self, *, replace: bool, add: bool, moves: bool) -> Loaded:
        self._by_post = self._server.speaks_graph_store(self._graph)
        if not self._by_post:
            self._note("no Graph Store Protocol there: SPARQL Updates in small parts, which takes longer")
        if not replace:
            count = self._fill(self._graph, add=add)
        elif not moves:
            self._note("no MOVE there: until the end the graph holds a part of the new one")
            self._server.empty(self._graph)
            count = self._fill(self._graph)
        else:
            count = self._replace(staging(self._graph))
        return Loaded(self._server.query_url, self._graph, self._all, count, tuple(self._notes))

    @property
    def _all(self) -> int:
        assert self._source.count is not None, "the source has been read"
        return self._source.count

    def _replace(self, aside: str) -> int:
        """Fill a graph aside, and put it into the place of the old one with as little in between as the server can."""
        try:
            self._fill(aside)
        except _TooMany:  # left by a load of something else that broke; nobody else uses this graph
            self._server.empty(aside)
            self._fill(aside)
        if self._all and self._moved(aside):
            return self._all
        self._note("the old graph is emptied first: for a while there is none")
        self._server.empty(self._graph)
        if not self._all or self._moved(aside):
            return self._all
        self._note("the new graph is loaded into its place: until the end it holds a part")
        count = self._fill(self._graph)
        self._server.empty(aside)
        return count

    def _moved(self, aside: str) -> bool:
        """Try to put the graph aside into the other's place. Whether it has happened is what the server counts.

        False if it has refused: both are as they were. Raises EndpointError where nobody knows.
        """
        try:
            self._server.move(aside, self._graph)
            refusal = None
        except EndpointError as error:
            if error.status in (401, 403, 404, 405):
                raise
            refusal = error
        # 502 to 504 come from something between us and the server, which may still be at work.
        looks = _LOOKS if isinstance(refusal, TooSlow) or (refusal and refusal.status in (502, 503, 504)) else 1
        for look in range(looks):
            if look:
                self._server.pause(_BETWEEN_LOOKS)
            left, there = self._look(aside), self._look(self._graph)
            if left == 0 and there == self._all:
                return True
            if look == 0 and looks > 1:
                self._note(f"no answer to MOVE yet; looking every {_BETWEEN_LOOKS} s whether it is done")
        if left == self._all and looks == 1 and refusal is not None and refusal.status is not None:
            self._note(f"not replaced in one step: {refusal}")
            return False
        said = f" ({refusal})" if refusal is not None else ""
        raise EndpointError(
            f"{self._server.query_url}: {_called(self._graph)} was to be replaced by graph {aside}{said}. The former "
            f"holds {_number(there)} triples now, the latter {_number(left)} of {self._all:,}; the server may still be "
            "at work. When it has come to rest, run the command again"
        )

    def _look(self, graph: str | None) -> int | None:
        """The count of a graph; None where the server keeps us waiting for it, as Virtuoso does while it moves."""
        try:
            return self._server.count(graph)
        except TooSlow:
            return None

    def _fill(self, graph: str | None, *, add: bool = False) -> int:
        """Send all to a graph; gives its count at the end, which is right, or raises EndpointError."""
        done = 0
        triples = iter(self._source)
        while part := list(islice(triples, self._post_size)):
            self._send(graph, part)
            done += len(part)
            self._progress(done, self._source.count or 0)
        count = self._server.count(graph)
        where = f"{self._server.query_url}: {_called(graph)}"
        if count < self._all:
            raise EndpointError(
                f"{where} holds {count:,} triples after {self._all:,} were sent: the server has lost some, or the file "
                "has some twice. Run the command again; if the count stays, look into the server's log"
            )
        if count > self._all and not add:
            raise _TooMany(
                f"{where} holds {count:,} triples, {count - self._all:,} more than were loaded: it was not empty. With "
                "--replace it holds these alone; with --add the others belong there"
            )
        if count > self._all:
            self._note(f"{_called(graph)} held other triples: the counts cannot be compared exactly")
        return count

    def _send(self, graph: str | None, part: list[Triple]) -> None:
        if self._by_post:
            self._server.post(graph, part)
            return
        for start in range(0, len(part), self._insert_size):
            self._server.insert(graph, part[start : start + self._insert_size])

    def _note(self, text: str) -> None:
        self._notes.append(text)
        self._notify(text)


class _TooMany(EndpointError):
    """A graph holds more than was loaded."""


def _number(count: int | None) -> str:
    return "an unknown number of" if count is None else f"{count:,}"


def _called(graph: str | None) -> str:
    return f"graph {graph}" if graph is not None else "the default graph"
