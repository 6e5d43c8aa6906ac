"""What a worker process does: some items in, checked and serialised triples out. Knows nothing of other batches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import pyoxigraph

from kg.dump import Format, fragment
from kg.errors import RecordError
from kg.lexicon import Lexicon
from kg.model import Record, SharedFacts
from kg.noise import load_noise
from kg.normalise import normalise
from kg.read import TEXT_FIELDS, Item, read_record
from kg.shapes import Checker, Engine, Violation
from kg.terms import Statement, ntriples
from kg.triples import SharedFact, fact_triples, figure_triples, paper_triples, source_triples
from kg.vocab import stated

F = TypeVar("F", bound="SharedFact | str")


class Reason(NamedTuple):
    """One reason why a record is not in the graph. ``shape`` is empty if it failed before the shapes.

    ``value`` is as the record has it. ``summary`` is field and message without what differs from record to record.
    """

    field: str
    value: str
    message: str
    summary: str
    advice: str = ""
    shape: str = ""
    file: str = ""


class Reject(NamedTuple):
    """A record that is left out, and why."""

    file: str
    figid: str
    reasons: tuple[Reason, ...]

    def as_json(self) -> str:
        """One line of the reject report (JSON Lines)."""
        reasons = [{k: v for k, v in reason._asdict().items() if v} for reason in self.reasons]
        return json.dumps({"file": self.file, "figid": self.figid, "reasons": reasons}, ensure_ascii=False)

    def __str__(self) -> str:
        first = self.reasons[0]
        more = f" (and {len(self.reasons) - 1} more)" if len(self.reasons) > 1 else ""
        where = first.file if first.file and first.file != self.file else ""
        parts = (where, first.field, first.value and repr(first.value[:60]), first.message)
        return f"{self.file}: {' '.join(part for part in parts if part)}{more}"


class Setup(NamedTuple):
    """What a worker needs to know; sent once to each."""

    lexicon: Lexicon
    noise: dict[str, str]
    engine: Engine | None
    formats: tuple[Format, ...]


class Batch(NamedTuple):
    """What comes back of a batch: pieces of each format, shared facts in order of figid, rejects."""

    pieces: tuple[bytes, ...]
    facts: list[tuple[str, SharedFacts]]
    rejects: list[Reject]
    unknown_keys: Counter[str]
    repeated_keys: Counter[str]
    triples: int


class Worker:
    """Turns items into checked triples; one for each process.

    What records share (a gene, an organism) comes again in most of them: its triples are made once, and it is sent
    to the parent once.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._checker = Checker(setup.engine) if setup.engine else None
        self._texts: dict[SharedFact, str] = {}
        self._sent: set[SharedFact | str] = set()

    def batch(self, items: Sequence[Item]) -> Batch:
        """Read, normalise, check and serialise some records. Broken ones come back as rejects."""
        accepted: list[Statement] = []
        texts: list[str] = []
        facts: list[tuple[str, SharedFacts]] = []
        rejects: list[Reject] = []
        unknown: Counter[str] = Counter()
        repeated: Counter[str] = Counter()
        for item in items:
            try:
                record, own, shared = self.record(item)
            except RecordError as error:
                rejects.append(rejected(item, error))
                continue
            unknown.update(record.unknown_keys)
            repeated.update(record.repeated_keys)
            text = ntriples(own)
            reasons = self._check(record, self.graph(text, shared)) if self._checker else ()
            if reasons:
                rejects.append(Reject(item.path, item.figid, reasons))
                continue
            accepted += own
            texts.append(text)
            facts.append((item.figid, self._unsent(shared)))
        pieces = tuple(
            "".join(texts).encode() if format in ("ntriples", "nquads") else fragment(accepted, format)
            for format in self._setup.formats
        )
        return Batch(pieces, facts, rejects, unknown, repeated, len(accepted))

    def record(self, item: Item) -> tuple[Record, list[Statement], SharedFacts]:
        """A record, its own triples, and its shared facts. Raises RecordError."""
        record = read_record(item)
        figure = normalise(record, self._setup.lexicon, self._setup.noise)
        return record, figure_triples(figure), figure.shared

    def graph(self, own: str, shared: SharedFacts) -> str:
        """A record as a graph of its own, in N-Triples: what the shapes are held against."""
        parts = [own]
        if shared.paper:
            parts.append(ntriples(paper_triples(shared.paper)))
        facts: tuple[SharedFact, ...] = (*shared.journals, *shared.genes, *shared.terms, *shared.organisms)
        for fact in facts:
            text = self._texts.get(fact)
            if text is None:
                text = ntriples(fact_triples(fact, self._setup.lexicon))
                self._texts[fact] = text
            parts.append(text)
        parts.append(ntriples(t for source in shared.sources for t in source_triples(source)))
        return "".join(parts)

    def _check(self, record: Record, graph: str) -> tuple[Reason, ...]:
        assert self._checker is not None
        found = self._checker.check(graph)
        return tuple(violation_reason(v, record) for v in found if v.severity.endswith("Violation"))

    def _unsent(self, shared: SharedFacts) -> SharedFacts:
        """The facts that the parent has not had from this worker; a paper's always, since records may disagree."""

        def new(facts: Iterable[F]) -> tuple[F, ...]:
            fresh = tuple(fact for fact in facts if fact not in self._sent)
            self._sent.update(fresh)
            return fresh

        return SharedFacts(
            paper=shared.paper,
            journals=new(shared.journals),
            genes=new(shared.genes),
            terms=new(shared.terms),
            organisms=new(shared.organisms),
            sources=new(shared.sources),
        )


def violation_reason(violation: Violation, record: Record | None = None) -> Reason:
    """A SHACL result as a reason of the reject report, its value as the record has it."""
    return Reason(
        field=violation.field,
        value=value_of(violation, record),
        message=violation.message,
        summary=f"{violation.field} {violation.message}".strip(),
        advice=violation.advice,
        shape=violation.shape,
    )


_FIELDS = TEXT_FIELDS | {"pathway_score": "score"}


def value_of(violation: Violation, record: Record | None = None) -> str:
    """What is violated, as the record has it; without the record, as its IRI or literal tells; "" for nothing."""
    if violation.value is None:
        return ""
    value = _plain(violation.value)
    if record is None:
        return value
    named = (getattr(record, _FIELDS[key]) for key in violation.field.split(" / ") if key in _FIELDS)
    texts = [text for text in named if text is not None]
    return texts[0] if len(texts) == 1 else value


def _plain(term: str) -> str:
    """What a term in N-Triples syntax stands for: a record's value that became the IRI, or the literal's text."""
    if term.startswith('"'):
        quad = next(iter(pyoxigraph.parse(f"<x:s> <x:p> {term} .", format=pyoxigraph.RdfFormat.N_TRIPLES)))
        return str(quad.object.value)
    return stated(term[1:-1]) if term.startswith("<") else term


def rejected(item: Item, error: RecordError) -> Reject:
    """A record that cannot be read, as a reject."""
    return Reject(item.path, error.record or item.figid, (error_reason(item, error),))


def error_reason(item: Item, error: RecordError) -> Reason:
    """Why a record cannot be read. ``file`` is told where it is not the record's: a table beside it."""
    return Reason(
        error.field, error.value, error.message, error.summary, file=error.file if error.file != item.path else ""
    )


class Alone(NamedTuple):
    """One record by itself: as read, its graph in N-Triples, and what it states of shared things."""

    record: Record
    graph: str
    shared: SharedFacts


def records_alone(items: Iterable[Item], lexicon: Lexicon) -> Iterator[tuple[Item, Alone | RecordError]]:
    """Each record by itself, or why it cannot be read. For `kg.checking`."""
    worker = Worker(Setup(lexicon, load_noise(), None, ()))
    for item in items:
        try:
            record, own, shared = worker.record(item)
        except RecordError as error:
            yield item, error
            continue
        yield item, Alone(record, worker.graph(ntriples(own), shared), shared)
