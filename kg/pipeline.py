"""Records in, checked graph out: the pipeline of the other modules, over worker processes.

    find_items ─▶ batches ─▶ worker: read ▸ normalise ▸ triples ▸ check ▸ serialise ─▶ settle ─▶ store, dump

A worker turns a batch of items into bytes and shared facts and knows nothing of other batches; this process
keeps the order, settles shared facts, feeds the store's bulk loader and writes dump and reject report. What
is held at a time is a few batches, whatever the size of the corpus.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO

from pyoxigraph import Triple

from kg import __version__
from kg.dump import Document, Format, format_of, fragment, open_output
from kg.errors import CannotRun, RecordError
from kg.lexicon import Lexicon
from kg.noise import load_noise
from kg.processes import pool
from kg.read import Item, content_hash, find_items
from kg.shapes import Engine
from kg.shared import Settler
from kg.store import StoreWriter, default_path, writing
from kg.triples import dataset_triples
from kg.vocab import HUMAN
from kg.worker import Batch, Reason, Reject, Setup, Worker, rejected

BATCH = 32
"""Records a batch: some 10,000 triples, so that sending a batch costs little beside making it."""


@dataclass(frozen=True)
class BuildResult:
    """What a build did. ``records`` = ``figures`` + ``rejected`` + ``repeats``, always.

    ``repeats`` are records that stand twice in the sources with the same content (in the graph once).
    ``reasons`` counts rejected records by their first reason; ``unknown_keys`` counts keys that no one knows.
    """

    records: int
    figures: int
    rejected: int
    repeats: int
    triples: int
    seconds: float
    store: str | None
    dump: str | None
    reject_file: str | None
    reasons: dict[str, int] = field(default_factory=dict)
    unknown_keys: dict[str, int] = field(default_factory=dict)
    orphan_tables: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rejects: tuple[Reject, ...] = ()


_worker: Worker | None = None


def _start_worker(setup: Setup) -> None:
    global _worker
    _worker = Worker(setup)


def _run_batch(items: Sequence[Item]) -> Batch:
    assert _worker is not None
    return _worker.batch(items)


Progress = Callable[[int, int], None]
"""Called with records done and records in all."""


def build(
    sources: Sequence[str | Path],
    *,
    store: str | Path | None = None,
    dump: str | Path | None = None,
    no_store: bool = False,
    check: bool = True,
    engine: Engine = "shacl",
    jobs: int | None = None,
    reject_file: str | Path | None = None,
    lexicon: Sequence[str | Path] = (),
    noise: str | Path | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Build the graph of some PFOCR records: into a store, a dump, or both.

    ``sources`` are record files, folders of them, or checkouts of the PFOCR repository. A record that is
    broken or fails the shapes is left out and written to ``reject_file`` (JSON Lines; made only if there
    is one to write), and the rest goes on. ``lexicon`` are NCBI gene_info files.

    Raises UsageError for sources that cannot be read and RecordError for lexicon files that are broken;
    CannotRun if store or dump cannot be written, or a worker process dies. The store is swapped in at the
    end, so that after an error it is what it was before.
    """
    start = time.monotonic()
    dump_format = format_of(dump) if dump else None
    listing = find_items(sources)
    items, rejects, repeats = _without_doubles(listing.items)
    formats: tuple[Format, ...] = (dump_format,) if dump_format else ()
    if not no_store:
        formats = ("ntriples", *formats)  # what the store's bulk loader takes
    setup = Setup(
        lexicon=Lexicon.load(lexicon),
        noise=load_noise(noise),
        engine=engine if check else None,
        formats=formats,
    )
    run = _Run(setup, total=len(listing.items), rejects=rejects, reject_file=reject_file, progress=progress)
    run.done(len(rejects) + repeats)
    target = None if no_store else Path(store) if store else default_path()
    with contextlib.ExitStack() as stack:
        writer = stack.enter_context(StoreWriter(target)) if target else None
        # Files are closed, and so written to the end, before the store is swapped in.
        with contextlib.closing(_batches(items, setup, jobs)) as batches, run:
            if dump and dump_format:
                run.write_dump(dump, dump_format)
            chunks = run.chunks(batches)
            if writer:
                writer.load(chunks)
            else:
                for _ in chunks:
                    pass
            run.close_dump()
        result = run.result(
            repeats=repeats,
            seconds=time.monotonic() - start,
            triples=writer.triples if writer else run.triples,
            store=str(target) if target else None,
            dump=str(dump) if dump else None,
            orphan_tables=tuple(listing.orphan_tables),
        )
        if writer:
            writer.commit(_info(result, setup), setup.lexicon.user_genes(run.taxa))
    return result


def _info(result: BuildResult, setup: Setup) -> dict[str, object]:
    """What the store keeps of its build; nothing that differs between two builds of the same sources."""
    counts = asdict(result)
    return {
        "version": __version__,
        "lexicon": setup.lexicon.fingerprint,
        "lexicon_tables": [table._asdict() for table in setup.lexicon.tables],
        **{key: counts[key] for key in ("records", "figures", "rejected", "repeats", "triples")},
        "warnings": list(result.warnings),
    }


def _without_doubles(items: Sequence[Item]) -> tuple[list[Item], list[Reject], int]:
    """One item a figid. Of several, sorted by path, the first stays; others repeat it or are rejected."""
    kept: list[Item] = []
    rejects: list[Reject] = []
    repeats = 0
    for figid, group in itertools.groupby(items, key=lambda item: item.figid):
        first, *others = group
        kept.append(first)
        for other in others:
            try:
                same = content_hash(other) == content_hash(first)
            except RecordError as error:
                rejects.append(rejected(other, error))
                continue
            if same:
                repeats += 1
                continue
            message = (
                f"{figid!r} comes twice with different content; the one in {first.path} is in the graph. "
                "Keep one of the two"
            )
            rejects.append(Reject(other.path, figid, (Reason("figid", "", message),)))
    return kept, rejects, repeats


def _batches(items: Sequence[Item], setup: Setup, jobs: int | None) -> Generator[tuple[int, Batch], None, None]:
    """Batches in order, each with its number of items; a bounded number is under way at a time."""
    pending = [items[i : i + BATCH] for i in range(0, len(items), BATCH)]
    workers = min(jobs or os.cpu_count() or 1, len(pending))
    if workers <= 1:
        worker = Worker(setup)
        for batch in pending:
            yield len(batch), worker.batch(batch)
        return
    workers_pool = pool(workers, _start_worker, setup)
    try:
        under_way: deque[tuple[int, Future[Batch]]] = deque()
        for batch in pending:
            under_way.append((len(batch), workers_pool.submit(_run_batch, batch)))
            if len(under_way) >= 3 * workers:
                size, future = under_way.popleft()
                yield size, future.result()
        for size, future in under_way:
            yield size, future.result()
    except BrokenProcessPool:
        raise CannotRun(
            "a worker process died (out of memory, or killed). The store is as it was; try fewer --jobs"
        ) from None
    finally:
        workers_pool.shutdown(wait=True, cancel_futures=True)


class _Run:
    """What one build gathers on the way."""

    def __init__(
        self,
        setup: Setup,
        *,
        total: int,
        rejects: Iterable[Reject],
        reject_file: str | Path | None,
        progress: Progress | None,
    ) -> None:
        self.triples = 0
        self._setup = setup
        self._settler = Settler(setup.lexicon)
        self._figures = 0
        self._done = 0
        self._total = total
        self._progress = progress
        self._reasons: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._rejected = 0
        self._samples: list[Reject] = []
        self._reject_file = Path(reject_file) if reject_file else None
        self._report: IO[bytes] | None = None
        self._stack = contextlib.ExitStack()
        self._dump: IO[bytes] | None = None
        self._dump_path = Path()
        self._document: Document | None = None
        self._first_rejects = list(rejects)

    def __enter__(self) -> _Run:
        if self._reject_file and self._reject_file.is_file():
            with writing(self._reject_file):
                self._reject_file.unlink()  # a report of an earlier build would mislead
        for reject in self._first_rejects:
            self._reject(reject)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def taxa(self) -> frozenset[str]:
        """Organisms whose names may be asked for: those of the graph, and human, which a name means by itself."""
        return self._settler.taxa | {HUMAN}

    def done(self, records: int) -> None:
        """Count records, and tell how far we are."""
        self._done += records
        if self._progress:
            self._progress(self._done, self._total)

    def write_dump(self, path: str | Path, format: Format) -> None:
        """From now on, write what comes to this file too."""
        self._dump_path = Path(path)
        self._dump, self._document = self._stack.enter_context(open_output(path)), Document(format)
        self._to_dump(self._document.header())

    def close_dump(self) -> None:
        """All is written."""
        if self._document:
            self._to_dump(self._document.footer())

    def _to_dump(self, data: bytes) -> None:
        # Told here, as a trouble of the dump: the store's loader, which draws the triples, would call it its own.
        if self._dump:
            with writing(self._dump_path):
                self._dump.write(data)

    def chunks(self, batches: Iterable[tuple[int, Batch]]) -> Iterator[bytes]:
        """All triples as N-Triples for the store (empty chunks if there is none), dumping on the way."""
        for size, batch in batches:
            self._figures += len(batch.facts)
            self.triples += batch.triples
            self._unknown.update(batch.unknown_keys)
            for reject in batch.rejects:
                self._reject(reject)
            yield from self._pass_on(batch.pieces)
            settled = [t for figid, facts in batch.facts for t in self._settler.add(figid, facts)]
            yield from self._own(settled)
            self.done(size)
        yield from self._own(self._settler.finish())
        yield from self._own(dataset_triples(__version__))

    def _own(self, triples: Iterable[Triple]) -> Iterator[bytes]:
        unique = list(dict.fromkeys(triples))
        self.triples += len(unique)
        yield from self._pass_on(tuple(fragment(unique, format) for format in self._setup.formats))

    def _pass_on(self, pieces: tuple[bytes, ...]) -> Iterator[bytes]:
        if self._document:
            *rest, piece = pieces
            self._to_dump(self._document.join(piece))
            yield from rest
        else:
            yield from pieces

    def _reject(self, reject: Reject) -> None:
        self._rejected += 1
        first = reject.reasons[0]
        self._reasons[f"{first.field}: {first.message}" if first.shape else first.field or first.message] += 1
        if len(self._samples) < 1000:
            self._samples.append(reject)
        if self._reject_file:
            if self._report is None:
                self._report = self._stack.enter_context(open_output(self._reject_file))
            with writing(self._reject_file):
                self._report.write(reject.as_json().encode() + b"\n")

    def result(
        self,
        *,
        repeats: int,
        seconds: float,
        triples: int,
        store: str | None,
        dump: str | None,
        orphan_tables: tuple[str, ...],
    ) -> BuildResult:
        """The counts. Every record is in the graph, rejected, or a repeat of one that is."""
        return BuildResult(
            records=self._total,
            figures=self._figures,
            rejected=self._rejected,
            repeats=repeats,
            triples=triples,
            seconds=seconds,
            store=store,
            dump=dump,
            reject_file=str(self._reject_file) if self._report else None,
            reasons=dict(self._reasons.most_common()),
            unknown_keys=dict(sorted(self._unknown.items())),
            orphan_tables=orphan_tables,
            warnings=tuple(self._settler.warnings),
            rejects=tuple(self._samples),
        )
