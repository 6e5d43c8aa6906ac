"""Batches of records over the workers of a Dask cluster, in order, a bounded number under way at a time.

The same work as in worker processes of this machine (`kg.worker`), and the same interface as `kg.workers`. Each batch
is larger, though, and its triples go from the worker into a shard (`kg.shards`); what comes back is what became of its
records and the shared facts that they state. So neither scheduler nor client sees the triples.

A worker that dies takes with it what it was at, and results that were not yet fetched: Dask runs these batches again
elsewhere, each writing its shard anew. A batch is counted when its result comes here, which happens once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, NamedTuple, Self

from distributed import Client, Future, KilledWorker, WorkerPlugin
from distributed.comm.core import CommClosedError

from kg.archives import file_of, in_file
from kg.errors import CannotRun, UsageError
from kg.lexicon import Lexicon
from kg.model import Fact
from kg.outcome import Outcome
from kg.read import Item
from kg.resources import code, resource
from kg.shards import Shard, Shards
from kg.worker import Batch, Setup, Worker
from kg.workers import BATCH, parts

RECORDS = 1024
"""Records a batch, and so a shard: two seconds of work, some 4 MB; 100,000 shards for a hundred million figures."""
CONNECT = 10.0
"""Seconds in which a scheduler must answer."""
PATIENCE = 600.0
"""Seconds to wait for a cluster that has no worker: one that grows on demand needs some time for the first."""
_RETRIES = 3
"""Times that a batch is done again which failed, say because an object store did not answer."""
_SIZE = 5.0
"""Seconds for which the cluster's size, once asked for, is taken to be the same."""
_LOOK = 30.0
"""Seconds to wait for a batch before looking whether there is any worker at all. Who computes is slow to answer."""


class Cluster:
    """The workers of the Dask cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    Workers and scheduler must have this version of kg; workers must see sources and shards under the same paths as
    this process. Raises UsageError for what is no address; CannotRun if there is no scheduler, if it or all workers are
    lost, if workers have another version of kg, or if a batch kills each worker that it is given to.
    """

    def __init__(self, address: str, setup: Setup, shards: Shards) -> None:
        self._address = address
        self._setup = setup
        self._shards = shards
        self._client: _Client | None = None
        self._limit = 0
        self._looked = 0.0

    def __enter__(self) -> Self:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other versions of Dask: it says so itself where it matters
                self._client = _Client(self._address, timeout=CONNECT, set_as_default=False, name="kg")
        except ValueError as error:
            raise UsageError(
                f"{self._address}: not the address of a Dask scheduler (tcp://HOST:8786): {error}"
            ) from None
        except OSError:
            raise CannotRun(
                f"{self._address}: no Dask scheduler answers there. Start one with: dask scheduler; dask worker ADDRESS"
            ) from None
        try:
            with self._telling():
                self._client.register_plugin(_Plugin(self._setup, self._shards))
        except ImportError as error:
            self._close()
            raise CannotRun(f"{self._address}: the workers need what this process has: {error}") from None
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        assert self._client is not None
        with contextlib.suppress(OSError, TimeoutError, CancelledError):
            if self._client.status == "running":
                self._client.cancel(list(self._client.futures.values()))
                # With it workers lose what they need to put a shard that they are still at.
                self._client.unregister_worker_plugin(_plugin_name(self._shards.build))
        with contextlib.suppress(OSError, TimeoutError, CancelledError):
            self._client.close(timeout=5)

    def batches(self, items: Sequence[Item]) -> Iterator[Batch]:
        """Records read, checked and written to shards; the batches have no pieces. Work begins now."""
        todo = enumerate(parts(items, RECORDS))
        under_way: deque[_Task] = deque()
        self._fill(under_way, todo)
        return self._drawn(under_way, todo)

    def _drawn(self, under_way: deque[_Task], todo: Iterator[tuple[int, Sequence[Item]]]) -> Iterator[Batch]:
        while under_way:
            batch, shard = self._result(under_way[0])
            under_way.popleft()
            self._fill(under_way, todo)
            self._shards.add(shard)
            yield batch

    def _fill(self, under_way: deque[_Task], todo: Iterator[tuple[int, Sequence[Item]]]) -> None:
        """Submit batches until enough are under way for all threads of the cluster, whose number may change."""
        with self._telling():
            if time.monotonic() - self._looked > _SIZE:
                self._limit = 4 + 3 * self._threads()
                self._looked = time.monotonic()
            while len(under_way) < self._limit and (part := next(todo, None)):
                under_way.append(self._submitted(*part))

    def _submitted(self, number: int, items: Sequence[Item]) -> _Task:
        assert self._client is not None
        build, name = self._shards.build, f"part-{number:05d}"
        future = self._client.submit(
            shard,
            build,
            name,
            pickle.dumps([_absolute(item) for item in items]),  # bytes, which the scheduler need not look into
            key=f"kg-{build}-{name}",
            pure=False,
            retries=_RETRIES,
        )
        return _Task(future, items[0].figid, items[-1].figid, len(items))

    def _threads(self) -> int:
        assert self._client is not None
        return sum(self._client.nthreads().values())

    def _result(self, task: _Task) -> tuple[Batch, Shard]:
        seen = time.monotonic()
        while True:
            with self._telling():
                try:
                    result: tuple[Batch, Shard] = task.future.result(timeout=_LOOK)
                    return result
                except TimeoutError:  # ours, unless the batch ended with one
                    if task.future.status == "error":
                        raise
                except KilledWorker as error:
                    raise CannotRun(
                        f"{self._address}: {error.allowed_failures + 1} workers died one after the other at the "
                        f"{task.records:,} records from {task.first} to {task.last} (out of memory, or killed); the "
                        f"last was {error.last_worker.address}, whose log may say why. The store is as it was"
                    ) from None
                if self._threads():
                    seen = time.monotonic()
            if time.monotonic() - seen > PATIENCE:
                raise CannotRun(f"{self._address}: the cluster has had no worker for {PATIENCE:.0f} seconds")

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (CancelledError, CommClosedError) as error:
            raise CannotRun(
                f"{self._address}: the Dask scheduler is gone, or has dropped this build's work ({error}). The store "
                "is as it was"
            ) from None


class _Client(Client):
    """A client that is closed at once if it cannot start.

    Else the garbage collector closes it, maybe while another one starts: that one holds a lock for which it then waits.
    """

    def start(self, **kwargs: Any) -> Any:
        """Connect to the scheduler."""
        try:
            return super().start(**kwargs)
        except BaseException:
            self.close(timeout=5)
            raise


class _Task(NamedTuple):
    """A batch under way: its future, its first and last record, and number of records, which are in order of figid."""

    future: Future[Any]
    first: str
    last: str
    records: int


def _absolute(item: Item) -> Item:
    """The item as a process in another folder finds it."""
    refs = (ref and in_file(ref, os.path.abspath(file_of(ref))) for ref in item[1:])  # noqa: PTH100 - resolve() follows links
    return type(item)._make((item.figid, *refs))


# --- what runs in the cluster's worker processes


class _Build:
    """What a worker process keeps of a build: a `Worker` for each of its threads."""

    def __init__(self, setup: Setup, shards: Shards) -> None:
        self.shards = shards
        self._setup = setup
        self._threads = threading.local()

    @property
    def worker(self) -> Worker:
        """This thread's."""
        found: Worker | None = getattr(self._threads, "worker", None)
        if found is None:
            found = self._threads.worker = Worker(self._setup, resend=True)
        return found


_builds: dict[str, _Build] = {}


def _installed() -> str:
    """A hash over what triples and verdicts follow from and a process takes from its own installation."""
    texts = [code(), Lexicon.load().fingerprint]
    texts += [file.read_text("utf-8") for file in sorted(resource("shapes").glob("*.ttl"))]
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _plugin_name(build: str) -> str:
    return f"kg-{build}"


class _Plugin(WorkerPlugin):
    """Brings the setup to each worker process once, to those too that come later or are started again."""

    def __init__(self, setup: Setup, shards: Shards) -> None:
        self.name = _plugin_name(shards.build)
        self._build = _Build(setup, shards)
        self._installed = _installed()

    def __getstate__(self) -> tuple[Any, ...]:
        return self.name, self._installed, self._build._setup, self._build.shards

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.name, self._installed, setup, shards = state
        self._build = _Build(setup, shards)

    def setup(self, worker: object) -> None:
        """Called once in each worker process."""
        if _installed() != self._installed:
            raise CannotRun("a worker of the cluster has another version of kg: the same triples must come of each")
        _builds[self._build.shards.build] = self._build

    def teardown(self, worker: object) -> None:
        """Called when the build is over."""
        _builds.pop(self._build.shards.build, None)


def shard(build: str, name: str, pickled: bytes) -> tuple[Batch, Shard]:
    """One batch: its records' triples go to a shard, the rest comes back. Runs in a worker of the cluster."""
    here = _here(build)
    items: list[Item] = pickle.loads(pickled)
    outcomes: list[Outcome] = []
    facts: dict[int, Fact] = {}

    def pieces() -> Iterator[bytes]:
        for some in parts(items, BATCH):  # no more than this in memory
            batch = here.worker.batch(some)
            _look(some, batch.outcomes)
            outcomes.extend(batch.outcomes)
            facts.update(batch.facts)
            yield from batch.pieces
        _here(build)  # raises if the build was given up meanwhile

    written = here.shards.write(name, pieces())
    return Batch((), outcomes, facts, written.triples), written


def _here(build: str) -> _Build:
    found = _builds.get(build)
    if found is None:
        raise CannotRun("a worker of the cluster was not told of this build: has it another version of kg?")
    return found


def _look(items: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
    """Raise CannotRun where a file is not there for this worker: it would be told as a broken record."""
    for item, outcome in zip(items, outcomes, strict=True):
        if not outcome.hash:
            for file in (file_of(ref) for ref in item[1:] if ref):
                if not os.path.lexists(file):  # a link that leads nowhere is the record's own fault
                    raise CannotRun(
                        f"{file}: not there for a worker of the cluster. Workers must see the sources under the same "
                        "paths as this process (a shared file system)"
                    )
