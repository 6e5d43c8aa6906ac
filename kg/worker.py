"""What a worker process does: some items in, checked and serialised triples out. Knows nothing of other batches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyoxigraph

from kg.dump import Format, piece
from kg.errors import RecordError
from kg.lexicon import Lexicon
from kg.model import Fact, Record, SharedFacts
from kg.noise import load_noise
from kg.normalise import Normaliser
from kg.outcome import Outcome, Reason, Reject
from kg.read import TEXT_FIELDS, Content, Item, content_hash, load, read_record
from kg.shapes import Engine, Violation
from kg.terms import Block, blocks_ntriples
from kg.triples import figure_blocks
from kg.verdict import RecordChecker, record_graph
from kg.vocab import stated


class Setup(NamedTuple):
    """What a worker needs to know; sent once to each."""

    lexicon: Lexicon
    noise: dict[str, str]
    engine: Engine | None
    formats: tuple[Format, ...]


class Batch(NamedTuple):
    """What comes back of a batch: pieces of each format, what became of each record (in order of figid), and those
    shared facts, by digest, that this worker has not sent before.
    """

    pieces: tuple[bytes, ...]
    outcomes: list[Outcome]
    facts: dict[int, Fact]
    triples: int


class Worker:
    """Turns items into checked triples; one for each process.

    What records share (a gene, an organism) comes again in most of them: its triples are made once, and it is sent
    to the parent once (once a batch with ``resend``, for workers whose batches may be lost).
    """

    def __init__(self, setup: Setup, *, resend: bool = False) -> None:
        self._setup = setup
        self._checker = RecordChecker(setup.engine, setup.lexicon) if setup.engine else None
        self._normaliser = Normaliser(setup.lexicon, setup.noise)
        self._digests: dict[Fact, int] = {}
        self._resend = resend

    def batch(self, items: Sequence[Item]) -> Batch:
        """Read, normalise, check and serialise some records. Broken ones come back as rejects."""
        accepted: list[Block] = []
        outcomes: list[Outcome] = []
        facts: dict[int, Fact] = {}
        if self._resend:
            self._digests.clear()
        for item in items:
            hashed = ""
            try:
                content = load(item)
                hashed = content_hash(content)
                record, own, shared = self.record(item, content)
            except RecordError as error:
                outcomes.append(Outcome(item.figid, item.file, hashed, rejected(item, error)))
                continue
            found = self._checker.check(own, shared) if self._checker else ()
            reasons = tuple(violation_reason(v, record) for v in found if v.severity.endswith("Violation"))
            keys = record.unknown_keys, record.repeated_keys
            if reasons:
                reject = Reject(item.file, item.figid, reasons)
                outcomes.append(Outcome(item.figid, item.file, hashed, reject, None, (), *keys))
                continue
            accepted += own
            digests = self._stated(shared.things, facts)
            outcomes.append(Outcome(item.figid, item.file, hashed, None, shared.paper, digests, *keys))
        pieces = tuple(piece(accepted, format) for format in self._setup.formats)
        triples = sum(len(block.head) + len(block.rest) for block in accepted)
        return Batch(pieces, outcomes, facts, triples)

    def record(self, item: Item, content: Content | None = None) -> tuple[Record, list[Block], SharedFacts]:
        """A record, what it alone states, and its shared facts. Raises RecordError."""
        record = read_record(item, content)
        figure = self._normaliser.figure(record)
        return record, figure_blocks(figure), figure.shared

    def _stated(self, things: Sequence[Fact], new: dict[int, Fact]) -> tuple[int, ...]:
        """Digests of facts; those that have not been sent are added to ``new``."""
        digests = []
        for fact in things:
            found = self._digests.get(fact)
            if found is None:
                found = self._digests[fact] = digest(fact)
                new[found] = fact
            digests.append(found)
        return tuple(digests)


def digest(fact: Fact) -> int:
    """64 bits that stand for a fact, the same in every process."""
    text = json.dumps([type(fact).__name__, *fact], ensure_ascii=False)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def hashes(items: Sequence[Item]) -> list[str]:
    """Content hash of each item; '' for one that cannot be read."""

    def hashed(item: Item) -> str:
        try:
            return content_hash(load(item))
        except RecordError:
            return ""

    return [hashed(item) for item in items]


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
    return Reject(item.file, error.record or item.figid, (error_reason(item, error),))


def error_reason(item: Item, error: RecordError) -> Reason:
    """Why a record cannot be read. ``file`` is told where it is not the record's: a table beside it."""
    return Reason(
        error.field, error.value, error.message, error.summary, file=error.file if error.file != item.file else ""
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
        yield item, Alone(record, record_graph(blocks_ntriples(own), shared, lexicon), shared)
