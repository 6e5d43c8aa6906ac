"""Bringing triples into one graph of a server, in parts, until it holds them all: what `kg load` does to each graph.

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
"""

from __future__ import annotations

from collections.abc import Callable

from kg.errors import EndpointError, UsageError
from kg.graphserver import Server
from kg.loadsource import Part, Source
from kg.taken import Taken


class Occupied(UsageError):
    """A graph holds something else; nothing was sent."""


class TooMany(EndpointError):
    """A graph holds more than was loaded."""


class Filler:
    """Fills graphs with the triples of one source.

    ``sizes``: most triples in a POST, and in an update. ``progress`` is told the number of triples done and of all,
    ``note`` lines for a person.
    """

    def __init__(
        self,
        server: Server,
        source: Source,
        sizes: tuple[int, int],
        *,
        progress: Callable[[int, int], None],
        note: Callable[[str], None],
    ) -> None:
        self._server = server
        self._source = source
        self._sizes = sizes
        self._progress = progress
        self._note = note
        self.by_post = False
        """Whether the server speaks the Graph Store Protocol."""
        self.accepted = False
        """Whether it has taken anything."""

    @property
    def all(self) -> int:
        """Number of triples of the source, once it was read."""
        assert self._source.count is not None, "the source has been read"
        return self._source.count

    def fill(self, graph: str | None, *, add: bool = False) -> int:
        """Bring all of the source into a graph; gives its count at the end, which is right.

        Raises Occupied where it holds something else, TooMany or another EndpointError where the count is wrong.
        """
        taken = Taken(self._server.query_url, graph)
        before = self._server.count(graph)
        there: set[int] = set()
        if before and taken.size is not None:
            there = self._already_there(graph, taken, before, add=add)
        elif before and not add:
            raise self._occupied(graph, before)
        else:
            taken.begin(self._sizes[0])
        skipped = self._send_all(graph, taken, there)
        self.accepted = True
        count = self._server.count(graph)
        if count < self.all and skipped:
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

        Reads all of the source. Raises Occupied if the graph holds something else, and ``add`` does not allow that.
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
        if there and len(there) * taken.size >= self.all:
            self._progress(self.all, self.all)
            self._note("all triples were there from an earlier run: none was sent again")
            return self.all
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
        for piece in part.pieces(self._sizes[0] if self.by_post else self._sizes[1]):
            if self.by_post:
                self._server.post(graph, piece)
            else:
                self._server.insert(graph, piece)
                if not self.accepted:
                    self._note("no Graph Store Protocol there: SPARQL Updates in small parts, which takes longer")
            self.accepted = True

    def _compare(self, graph: str | None, count: int, others: int) -> None:
        """Compare the count at the end with that of the source and of ``others`` that were there before."""
        where = f"{self._server.query_url}: {called(graph)}"
        if count < max(self.all, others):
            raise EndpointError(
                f"{where} holds {count:,} triples after {self.all:,} were sent"
                f"{f' to {others:,}' if others else ''}: the server has lost some, or the file has some twice. "
                "Run the command again; if the count stays, look into the server's log"
            )
        if count > self.all + others:
            raise TooMany(
                f"{where} holds {count:,} triples, {count - self.all - others:,} more than it should: something else "
                "writes to it. With --replace it holds these alone; with --add the others belong there"
            )
        if count < self.all + others:
            self._note(
                f"{called(graph)} held {others:,} triples: {count - others:,} of {self.all:,} are new. The others "
                "were there already; that none was lost cannot be seen from the count"
            )

    def _occupied(self, graph: str | None, count: int) -> Occupied:
        return Occupied(
            f"{self._server.query_url}: {called(graph)} holds {count:,} triples already, and not (or not only) "
            "those that an earlier run from here has sent of this source. Nothing was sent. With --add they stay and "
            "these join them; with --replace the graph holds these alone; or name another with --graph"
        )


def called(graph: str | None) -> str:
    """A graph, for a person."""
    return f"graph {graph}" if graph is not None else "the default graph"
