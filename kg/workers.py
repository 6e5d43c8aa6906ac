"""Batches of records over worker processes of this machine, in order, a bounded number under way at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self, TypeVar

from kg import garbage
from kg.errors import CannotRun
from kg.processes import pool
from kg.read import Item
from kg.worker import Batch, Setup, Worker, hashes

T = TypeVar("T")

BATCH = 16
"""Records a batch: some 5,000 triples, so that sending a batch costs little beside making it, and is a megabyte."""
_HASHED = 512
"""Records a batch where they are only looked at."""

_worker: Worker | None = None


def _start(setup: Setup) -> None:
    global _worker
    _worker = Worker(setup)
    garbage.settle()


def _batch(items: Sequence[Item]) -> Batch:
    assert _worker is not None
    batch = _worker.batch(items)
    garbage.sweep()
    return batch


class Workers:
    """Worker processes (this process alone, if one is enough). They start with the first work, which must be given
    before this process opens a store: see `kg.processes`.
    """

    def __init__(self, setup: Setup, jobs: int | None, records: int) -> None:
        self._setup = setup
        self._count = min(jobs or os.cpu_count() or 1, -(-records // BATCH))
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._count > 1:
            self._setup.lexicon.load_all()  # what is loaded now is shared by workers that are forked
            self._pool = pool(self._count, _start, self._setup)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def batches(self, items: list[Item]) -> Iterator[Batch]:
        """Records read, checked and serialised: the last work. Raises CannotRun if a worker dies.

        The list is emptied on the way: 100,000 paths take as much memory as all else that is held at a time.
        """
        batches = _taken(items, BATCH)
        if self._pool is None:
            worker = Worker(self._setup)
            return map(worker.batch, batches)
        return self._ended(self._pool, self._results(_batch, batches))

    @staticmethod
    def _ended(pool: ProcessPoolExecutor, results: Iterator[T]) -> Iterator[T]:
        """The results; once all are there, workers end while the last of them are dealt with."""
        yield from results
        pool.shutdown(wait=False)

    def hashes(self, items: Sequence[Item]) -> list[str]:
        """Content hash of each item, '' for one that cannot be read. Raises CannotRun if a worker dies."""
        batches = parts(items, _HASHED)
        results = map(hashes, batches) if self._pool is None else self._results(hashes, batches)
        return [each for result in results for each in result]

    def _results(self, function: Callable[[Sequence[Item]], T], parts: Iterator[Sequence[Item]]) -> Iterator[T]:
        """``function`` of each part, in order; work begins now, not when the first result is asked for."""
        assert self._pool is not None
        under_way: deque[Future[T]] = deque()
        for part in parts:
            under_way.append(self._pool.submit(function, part))
            if len(under_way) == 3 * self._count:
                break
        return self._drawn(function, under_way, parts)

    def _drawn(
        self, function: Callable[[Sequence[Item]], T], under_way: deque[Future[T]], parts: Iterable[Sequence[Item]]
    ) -> Iterator[T]:
        assert self._pool is not None
        try:
            for part in parts:
                result = under_way.popleft().result()
                under_way.append(self._pool.submit(function, part))
                yield result
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool:
            raise CannotRun(
                "a worker process died (out of memory, or killed). The store is as it was; try fewer --jobs"
            ) from None


def _taken(items: list[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, so many at a time, out of the list."""
    items.reverse()
    while items:
        part = items[: -size - 1 : -1]
        del items[-size:]
        yield part


def parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))
