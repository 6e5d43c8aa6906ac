"""``kg load``: the store, or an RDF file, into a triple store that runs elsewhere.

    kg.load("http://127.0.0.1:7878", preset="oxigraph")
    kg.load("http://127.0.0.1:8890", preset="virtuoso", graph="https://example.org/figures", replace=True)

How a graph is filled, and when it is right: `kg.filling`. What an earlier run has sent is not sent again.

**Replacing.** The new graph is loaded under another name (`staging`), counted, and takes the place of the old one with
one MOVE. Virtuoso refuses that for large graphs (SR325): the old one is then emptied first, and there is a while
without a graph. If that is refused too, or a server knows no MOVE, there is a time when the graph holds a part. All of
this is said. MOVE is sent once: a second one, of a graph that has moved, empties the target in Virtuoso. What became of
it is counted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from kg import vocab
from kg.errors import EndpointError, UsageError
from kg.filling import Filler, Occupied, TooMany, called
from kg.graphserver import Server
from kg.http import Client, TooSlow, checked_url, login_for
from kg.loadadvice import advice
from kg.loadsource import Source
from kg.presets import GENERIC, PRESETS, Preset, base_url
from kg.remote import graph_iri
from kg.taken import Taken, alone

TIMEOUT = 300.0

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

    Raises UsageError for arguments that do not fit, or a graph that holds something else; CannotRun without a source;
    EndpointError where the server does not do it, or where its count is not the right one.
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
    base = base_url(endpoint, known)
    client = client or Client(login_for(endpoint, environ), timeout=timeout, notify=notify)
    update = update_url or base + known.update
    server = Server(
        client,
        query=base + known.query,
        update=update,
        graphs=graphs_url or (base + known.graphs if known.graphs is not None else None),
        post_option=known.post_option,
    )
    triples = Source(source, store)
    if replace and triples.is_empty():
        raise UsageError(
            f"{source or 'the store'} has not one triple, and no graph is replaced by nothing. To empty it, "
            "send the server an update (CLEAR)"
        )
    sizes = (batch or known.batch, min(batch or known.update_batch, known.update_batch))
    task = _Load(server, triples, target, sizes, progress or _quiet, notify or _silent)
    try:
        with alone(server.query_url, target):
            return task.run(replace=replace, add=add, known=known)
    except EndpointError as error:
        if task.accepted:
            raise
        others = {"--from": source, "--store": store, "--replace": replace, "--add": add}
        told = (
            advice(endpoint, client.seen, preset=preset, update=checked_url(update), graph=target, options=others)
            if client.seen
            else ""
        )
        raise EndpointError(f"{error}{told}", error.status) from None


def _preset(name: str | None) -> Preset:
    if name is None:
        return GENERIC
    if name not in PRESETS:
        raise UsageError(f"no preset {name!r}: {', '.join(PRESETS)}")
    return PRESETS[name]


def _quiet(done: int, total: int) -> None:
    pass


def _silent(text: str) -> None:
    pass


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
        self._graph = graph
        self._notify = notify
        self._notes: list[str] = []
        self._filler = Filler(server, source, sizes, progress=progress, note=self._note)

    @property
    def accepted(self) -> bool:
        """Whether the server has taken anything."""
        return self._filler.accepted

    def run(self, *, replace: bool, add: bool, known: Preset) -> Loaded:
        self._filler.by_post = self._server.speaks_graph_store(self._graph)
        if not replace:
            count = self._filler.fill(self._graph, add=add)
        elif not known.moves:
            self._note("no MOVE there: until the end the graph holds a part of the new one")
            self._server.empty(self._graph)
            count = self._filler.fill(self._graph)
        else:
            count = self._replace(staging(self._graph), known.moves_most)
        return Loaded(self._server.query_url, self._graph, self._filler.all, count, tuple(self._notes))

    def _replace(self, aside: str, most: int | None) -> int:
        """Fill a graph aside, and put it into the place of the old one with as little in between as the server can."""
        try:
            self._filler.fill(aside)
        except (Occupied, TooMany):  # left by a load of something else that broke; nobody else uses this graph
            self._server.empty(aside)
            self._filler.fill(aside)
        there = self._server.count(self._graph) if most is not None else 0
        if most is not None and there and there + self._filler.all > most:
            both = f"{there + self._filler.all:,}"
            self._note(f"both graphs have {both} triples: more than the server replaces in one step")
        elif self._moved(aside):
            return self._filler.all
        self._note("the old graph is emptied first: for a while there is none")
        self._server.empty(self._graph)
        if self._moved(aside):
            return self._filler.all
        self._note("the new graph is loaded into its place: until the end it holds a part")
        count = self._filler.fill(self._graph)
        self._server.empty(aside)
        Taken(self._server.query_url, aside).forget()
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
            if left == 0 and there == self._filler.all:
                Taken(self._server.query_url, aside).becomes(Taken(self._server.query_url, self._graph))
                return True
            if look == 0 and looks > 1:
                self._note(f"no answer to MOVE yet; looking every {_BETWEEN_LOOKS} s whether it is done")
        if left == self._filler.all and looks == 1 and refusal is not None and refusal.status is not None:
            self._note(f"not replaced in one step: {refusal}")
            return False
        said = f" ({refusal})" if refusal is not None else ""
        raise EndpointError(
            f"{self._server.query_url}: {called(self._graph)} was to be replaced by graph {aside}{said}. The former "
            f"holds {_number(there)} triples now, the latter {_number(left)} of {self._filler.all:,}; the server may "
            "still be at work. When it has come to rest, run the command again"
        )

    def _look(self, graph: str | None) -> int | None:
        """The count of a graph; None where the server keeps us waiting for it, as Virtuoso does while it moves."""
        try:
            return self._server.count(graph)
        except TooSlow:
            return None

    def _note(self, text: str) -> None:
        self._notes.append(text)
        self._notify(text)


def _number(count: int | None) -> str:
    return "an unknown number of" if count is None else f"{count:,}"
