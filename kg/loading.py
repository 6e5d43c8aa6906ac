"""``kg load``: the store, or an RDF file, into a triple store that runs elsewhere.

    kg.load("http://127.0.0.1:7878", preset="oxigraph")
    kg.load("http://127.0.0.1:8890", preset="virtuoso", graph="https://example.org/figures", replace=True)

**In parts** (`kg.loadsource`): POSTs of the Graph Store Protocol with 50,000 triples each; where that is not spoken,
SPARQL Updates of 1,000 (`kg.graphserver`).

**Before.** The server counts the graph. If it holds something that is not of this source, nothing is sent, unless
``add`` says that it belongs there.

**Again after trouble.** To add triples that are there changes nothing, so a part may be sent again (`kg.http`). The
next run after a break sends what is missing: what the server has taken is remembered here (`kg.taken`), and believed
only as far as the server's count allows, and some triples of each part are found there. In doubt all is sent again.

**The count.** At the end the server counts the graph. It must hold as many triples as the source; with ``add``, as many
as before and the new ones (some may have been there: then nobody can tell from the count, which is said). If it
is too small, what an earlier run had sent is sent again, once; if that does not help, it is an error.

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
from kg.graphserver import Server
from kg.http import Client, TooSlow, checked_url, login_for
from kg.loadadvice import advice
from kg.loadsource import Part, Source
from kg.presets import GENERIC, PRESETS, Preset, base_url
from kg.remote import graph_iri
from kg.taken import Taken

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
    sizes = (batch or known.batch, min(batch or known.update_batch, known.update_batch))
    task = _Load(server, triples, target, sizes, progress or _quiet, notify or _silent)
    try:
        return task.run(replace=replace, add=add, moves=known.moves)
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
        self._source = source
        self._graph = graph
        self._post_size, self._insert_size = sizes
        self._progress = progress
        self._notify = notify
        self._notes: list[str] = []
        self._by_post = False
        self.accepted = False
        """Whether the server has taken anything."""

    def run(self, *, replace: bool, add: bool, moves: bool) -> Loaded:
        self._by_post = self._server.speaks_graph_store(self._graph)
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
        except (_Occupied, _TooMany):  # left by a load of something else that broke; nobody else uses this graph
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
            if left == 0 and there == self._all:
                Taken(self._server.query_url, aside).becomes(Taken(self._server.query_url, self._graph))
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
        """Bring all of the source into a graph; gives its count at the end, which is right, or raises an error."""
        taken = Taken(self._server.query_url, graph)
        before = self._server.count(graph)
        there: set[int] = set()
        if before and taken.size is not None:
            there = self._already_there(graph, taken, before, add=add)
        elif before and not add:
            raise self._occupied(graph, before)
        else:
            taken.begin(self._post_size)
        skipped = self._send_all(graph, taken, there)
        count = self._server.count(graph)
        if count < self._all and skipped:
            self._note("it has lost some of what it took in an earlier run: all is sent again")
            taken.doubt()
            skipped = self._send_all(graph, taken, set())
            count = self._server.count(graph)
        if not taken.works:
            self._note("what was sent cannot be remembered (no place to write): after a break all would be sent again")
        self._compare(graph, count, before - skipped if add else 0)
        return count

    def _already_there(self, graph: str | None, taken: Taken, before: int, *, add: bool) -> set[int]:
        """Numbers of the parts that need not be sent, since an earlier run did, and the server still has them.

        Reads all of the source. Raises _Occupied if the graph holds something else, and ``add`` does not allow that.
        """
        assert taken.size is not None
        digests: set[str] = set()
        there: set[int] = set()
        size, whole = 0, True
        for number, part in enumerate(self._source.parts(taken.size)):
            digests.add(part.digest)
            if whole and part.digest in taken.taken:
                there.add(number)
                size += len(part.triples)
                whole = self._server.holds(graph, part.sample())
        if not add and (not taken.sent.keys() <= digests or before > sum(taken.sent.values())):
            raise self._occupied(graph, before)
        if whole and before >= size:
            return there
        self._note("the graph does not hold all that was sent there earlier: all is sent again")
        taken.doubt()
        return set()

    def _send_all(self, graph: str | None, taken: Taken, there: set[int]) -> int:
        """Send the source, without the parts of these numbers; gives the number of triples left out."""
        assert taken.size is not None
        if there and len(there) * taken.size >= self._all:
            self._progress(self._all, self._all)
            self._note("all triples were there from an earlier run: none was sent again")
            return self._all
        done = skipped = 0
        for number, part in enumerate(self._source.parts(taken.size)):
            size = len(part.triples)
            if number in there:
                skipped += size
            else:
                taken.sending(part.digest, size)
                self._send(graph, part)
                taken.took(part.digest)
            done += size
            self._progress(done, self._source.count or 0)
        if skipped:
            self._note(f"{skipped:,} triples were there from an earlier run, and were not sent again")
        return skipped

    def _send(self, graph: str | None, part: Part) -> None:
        for piece in part.pieces(self._post_size if self._by_post else self._insert_size):
            if self._by_post:
                self._server.post(graph, piece)
            else:
                self._server.insert(graph, piece)
                if not self.accepted:
                    self._note("no Graph Store Protocol there: SPARQL Updates in small parts, which takes longer")
            self.accepted = True

    def _compare(self, graph: str | None, count: int, others: int) -> None:
        """Compare the count at the end with that of the source and of ``others`` that were there before."""
        where = f"{self._server.query_url}: {_called(graph)}"
        if count < max(self._all, others):
            raise EndpointError(
                f"{where} holds {count:,} triples after {self._all:,} were sent"
                f"{f' to {others:,}' if others else ''}: the server has lost some, or the file has some twice. "
                "Run the command again; if the count stays, look into the server's log"
            )
        if count > self._all + others:
            raise _TooMany(
                f"{where} holds {count:,} triples, {count - self._all - others:,} more than it should: something else "
                "writes to it. With --replace it holds these alone; with --add the others belong there"
            )
        if count < self._all + others:
            self._note(
                f"{_called(graph)} held {others:,} triples: {count - others:,} of {self._all:,} are new. The others "
                "were there already; that none was lost cannot be seen from the count"
            )

    def _occupied(self, graph: str | None, count: int) -> _Occupied:
        return _Occupied(
            f"{self._server.query_url}: {_called(graph)} holds {count:,} triples already, and not (or not only) "
            "those that an earlier run from here has sent of this source. Nothing was sent. With --add they stay and "
            "these join them; with --replace the graph holds these alone; or name another with --graph"
        )

    def _note(self, text: str) -> None:
        self._notes.append(text)
        self._notify(text)


class _Occupied(UsageError):
    """A graph holds something else; nothing was sent."""


class _TooMany(EndpointError):
    """A graph holds more than was loaded."""


def _number(count: int | None) -> str:
    return "an unknown number of" if count is None else f"{count:,}"


def _called(graph: str | None) -> str:
    return f"graph {graph}" if graph is not None else "the default graph"
