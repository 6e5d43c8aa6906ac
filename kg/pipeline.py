"""Records in, checked graph out: the pipeline of the other modules, over worker processes.

    find_items ─▶ batches ─▶ worker: read ▸ normalise ▸ triples ▸ check ▸ serialise ─▶ settle ─▶ store, dump
                                                                                   └─▶ ledger, reject report

A worker turns a batch of items into bytes and outcomes and knows nothing of other batches; this process keeps the
order, settles shared facts, feeds the store's bulk loader and writes dump, ledger and reject report. What is held at a
time is a few batches, whatever the size of the corpus. A build into a store that is there takes over from it what has
not changed (`kg.increment`). Over a Dask cluster (`kg.cluster`), workers write their triples into shards (`kg.shards`)
themselves, and only what is to be settled comes here; the store is loaded from the shards when all are there.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg import __version__
from kg.disk import Scratch
from kg.dump import Document, Format, format_of, fragment, open_output
from kg.errors import CannotRun, UsageError
from kg.garbage import uncollected
from kg.increment import amend, changes_since
from kg.ledger import Ledger
from kg.lexicon import Lexicon
from kg.noise import load_noise
from kg.read import Doubles, Sources, as_paths, find_items, without_doubles
from kg.resources import code, resource
from kg.shapes import Engine
from kg.shared import Settler
from kg.store import LEDGER, StoreWriter, build_info, default_path, writing
from kg.tally import BuildResult, Progress, Tally
from kg.terms import Statement
from kg.triples import dataset_triples
from kg.vocab import HUMAN
from kg.worker import Batch, Setup, rejected
from kg.workers import Workers

if TYPE_CHECKING:
    from kg.cluster import Cluster
    from kg.shards import Shards


def build(
    sources: Sources,
    *,
    store: str | Path | None = None,
    dump: str | Path | None = None,
    no_store: bool = False,
    check: bool = True,
    engine: Engine = "shacl",
    jobs: int | None = None,
    reject_file: str | Path | None = None,
    lexicon: Sources = (),
    noise: str | Path | None = None,
    full: bool = False,
    dask: str | None = None,
    shards: str | Path | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Build the graph of some PFOCR records: into a store, a dump, or both.

    ``sources`` are record files, folders of them, checkouts of the PFOCR repository or archives of one (``.zip``,
    ``.tar``, ``.tar.gz``), or BioThings releases (``.ndjson``): one or several. A record that is broken or fails the
    shapes is left out and written to ``reject_file`` (JSON Lines; made only if there is one to write), and the rest
    goes on. ``lexicon`` are NCBI gene_info files.

    Where the store is there and was built in the same way (version, lexicon, shapes, options), only records that are
    new, changed or gone since are read, unless these are many or ``full`` says to read all.

    ``dask`` is the address of a Dask scheduler (``tcp://host:8786``), whose workers read all records and write their
    triples as gzipped N-Quads under ``shards``, any URL that fsspec knows; what records share and a manifest are
    written at the end. Then the store is loaded from there, and ``dump`` written from the store; with ``no_store``
    shards are all. They stay. Workers must see sources and shards under the same paths as this process.

    Raises UsageError for sources that cannot be read, where nothing would be kept (``no_store`` without ``dump`` or
    ``shards``), and where all records are rejected but the store has figures; RecordError for lexicon files that are
    broken; CannotRun if store, dump or shards cannot be written, a worker process dies, or the cluster is lost. The
    store is swapped in at the end, so that after an error it is what it was before.
    """
    start = time.monotonic()
    _refuse(sources, dump, no_store, dask, shards)
    dump_format = format_of(dump) if dump else None
    on_the_way = None if dask else dump_format  # a cluster's triples do not come by here
    formats: tuple[Format, ...] = (on_the_way,) if on_the_way else ()
    if dask or not no_store:
        formats = ("ntriples", *formats)  # what the store's bulk loader takes
    setup = Setup(
        lexicon=Lexicon.load(as_paths(lexicon)),
        noise=load_noise(noise),
        engine=engine if check else None,
        formats=formats,
    )
    target = None if no_store else Path(store) if store else default_path()

    def result(triples: int, warnings: dict[str, list[str]], **more: Any) -> BuildResult:
        return tally.result(
            repeats=doubles.repeats,
            seconds=time.monotonic() - start,
            triples=triples,
            store=target,
            dump=dump,
            shards=shards,
            orphan_tables=tuple(listing.orphan_tables),
            warnings=tuple(text for _, texts in sorted(warnings.items()) for text in texts),
            **more,
        )

    with contextlib.ExitStack() as stack:
        stack.enter_context(uncollected())
        scratch = stack.enter_context(Scratch(_folder(target, dump)))
        listing = find_items(sources, scratch)
        doubles = without_doubles(listing.items)
        tally = Tally(len(listing.items), reject_file, progress)
        writer = stack.enter_context(StoreWriter(target)) if target else None
        parts: Shards | None = None
        workers: Workers | Cluster
        if dask and shards:
            parts, workers = _over_dask(stack, dask, shards, setup)
        else:
            workers = stack.enter_context(Workers(setup, jobs, len(doubles.items)))
        # Files are closed, and so written to the end, before the store is swapped in.
        with tally:
            _tell_doubles(tally, doubles)
            # Shards are of the whole graph, so that a cluster takes over nothing.
            as_before = writer and not full and build_info(target).get("inputs") == _inputs(setup)
            if writer and as_before and isinstance(workers, Workers):
                changes = changes_since(writer.path / LEDGER, doubles.items, workers)
                if changes.are_few:
                    amended = amend(writer, changes, setup, workers, tally)
                    done = result(amended.triples, amended.warnings, changes=changes.counts)
                    _refuse_nothing(done)
                    writer.commit(_info(done, setup), _user_genes(setup, amended.taxa))
                    _export(dump, target)
                    return done
            run = _Run(setup, tally)
            listing.items.clear()  # all is in the other list, which is emptied batch by batch
            batches = workers.batches(doubles.items)
            ledger: Ledger | None = None
            if writer:
                writer.start()
                with writing(writer.path):
                    ledger = Ledger.create(writer.folder / LEDGER)
            with run.dumping(dump, on_the_way):
                chunks = run.chunks(batches, ledger)
                if parts:
                    parts.add(parts.write("shared", chunks))
                    parts.commit(_info(result(run.triples, run.warnings), setup))
                    chunks = parts.chunks() if writer else iter(())
                if writer:
                    writer.load(chunks)
                else:
                    for _ in chunks:
                        pass
            triples = run.triples
            if writer and ledger:
                triples = writer.finish()
                with writing(writer.path):
                    ledger.warn(run.warnings)
                    ledger.close()
        done = result(triples, run.warnings)
        if writer:
            _refuse_nothing(done)
            writer.commit(_info(done, setup), _user_genes(setup, run.taxa))
    if parts:
        _export(dump, target)
    return done


def _folder(store: Path | None, dump: str | Path | None) -> Path | None:
    """Where a packed archive is unpacked to: beside what is written, where there is room; not beside a device."""
    if store:
        return store.parent
    return Path(dump).parent if dump and (Path(dump).is_file() or not Path(dump).exists()) else None


def _refuse(
    sources: Sources, dump: str | Path | None, no_store: bool, dask: str | None, shards: str | Path | None
) -> None:
    """Raise UsageError for what does not go together."""
    if bool(dask) != bool(shards):
        raise UsageError(
            "a cluster and a place for its shards go together: dask=…, shards=… (--dask ADDRESS --shards URL)"
        )
    if no_store and dask and dump:
        raise UsageError("a cluster's dump is its shards, or is written from the store: leave out dump or no_store")
    if no_store and not (dump or dask):
        raise UsageError(
            "without a store and without a dump, nothing would be kept: name one with dump=… (--dump FILE)"
        )
    packed = [str(source) for source in as_paths(sources) if str(source).lower().endswith((".gz", ".tgz"))]
    if dask and packed:
        raise UsageError(f"{packed[0]}: would be unpacked here, where the cluster does not see it: unpack it first")


def _refuse_nothing(done: BuildResult) -> None:
    """Raise UsageError where a store that has figures would become one that has none, since all is rejected."""
    known = build_info(Path(done.store)).get("figures", 0) if done.store else 0
    if known and done.rejected and not done.figures:
        raise UsageError(
            f"none of {done.records:,} records can be taken into the graph (why: {done.reject_file}), so that "
            f"{done.store} is left as it was, with {known:,} figure{'' if known == 1 else 's'}. Are these PFOCR "
            "records? To have it empty, remove it first"
        )


def _over_dask(
    stack: contextlib.ExitStack, address: str, url: str | Path, setup: Setup
) -> tuple[Shards, Workers | Cluster]:
    try:
        from kg.cluster import Cluster
        from kg.shards import Shards
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in ("distributed", "dask", "fsspec"):
            raise CannotRun("Dask needs the extra: pip install 'pathway-figure-kg[dask]'") from None
        raise
    shards = stack.enter_context(Shards(url))
    return shards, stack.enter_context(Cluster(address, setup, shards))


def _user_genes(setup: Setup, taxa: frozenset[str]) -> bytes:
    """What the store keeps of the user's lexicon: genes of its organisms, and human ones, which a name alone means."""
    return setup.lexicon.user_genes(taxa | {HUMAN})


def _tell_doubles(tally: Tally, doubles: Doubles) -> None:
    for item, error in doubles.errors:
        tally.reject(rejected(item, error))
    tally.done(len(doubles.errors) + doubles.repeats)


def _export(dump: str | Path | None, store: Path | None) -> None:
    if dump:
        from kg.exporting import export

        export(dump, store=store)


def _info(result: BuildResult, setup: Setup) -> dict[str, object]:
    """What the store keeps of its build; nothing that differs between two builds of the same sources."""
    counts = asdict(result)
    return {
        "version": __version__,
        "inputs": _inputs(setup),
        "lexicon": setup.lexicon.fingerprint,
        "lexicon_tables": [table._asdict() for table in setup.lexicon.tables],
        **{key: counts[key] for key in ("records", "figures", "rejected", "repeats", "triples")},
        "warnings": list(result.warnings),
    }


def _inputs(setup: Setup) -> str:
    """A hash over all that a record's triples and verdict follow from, other than the record."""
    parts = [code(), setup.lexicon.fingerprint, repr(sorted(setup.noise.items())), str(setup.engine)]
    if setup.engine:
        parts += [file.read_text("utf-8") for file in sorted(resource("shapes").glob("*.ttl"))]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class _Run:
    """A build that reads every record: its triples as they come, into a store, a dump, or both."""

    def __init__(self, setup: Setup, tally: Tally) -> None:
        self.triples = 0
        self._setup = setup
        self._tally = tally
        self._settler = Settler(setup.lexicon)
        self._dump: IO[bytes] | None = None
        self._dump_path = Path()
        self._document: Document | None = None

    @property
    def warnings(self) -> dict[str, list[str]]:
        """Warnings by the thing that they are of."""
        return self._settler.warnings

    @property
    def taxa(self) -> frozenset[str]:
        """Taxon ids of the graph's organisms."""
        return self._settler.taxa

    @contextlib.contextmanager
    def dumping(self, path: str | Path | None, format: Format | None) -> Iterator[None]:
        """Meanwhile, write what comes to this file too."""
        if path is None or format is None:
            yield
            return
        with open_output(path) as self._dump:
            self._dump_path, self._document = Path(path), Document(format)
            self._to_dump(self._document.header())
            yield
            self._to_dump(self._document.footer())

    def _to_dump(self, data: bytes) -> None:
        # Told here, as a trouble of the dump: the store's loader, which draws the triples, would call it its own.
        if self._dump:
            with writing(self._dump_path):
                self._dump.write(data)

    def chunks(self, batches: Iterable[Batch], ledger: Ledger | None) -> Iterator[bytes]:
        """All triples as N-Triples for the store (empty chunks if there is none), dumping on the way."""
        for batch in batches:
            self.triples += batch.triples
            yield from self._pass_on(batch.pieces)
            if ledger:
                ledger.add(batch.outcomes, batch.facts)
            settled: list[Statement] = []
            for outcome in batch.outcomes:
                self._tally.take(outcome)
                if outcome.paper:
                    settled += self._settler.add_paper(outcome.figid, outcome.paper)
            for fact in batch.facts.values():
                self._settler.add(fact)
            yield from self._own(settled)
            self._tally.done(len(batch.outcomes))
        yield from self._own(self._settler.finish())
        yield from self._own(dataset_triples(__version__))

    def _own(self, triples: Iterable[Statement]) -> Iterator[bytes]:
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
