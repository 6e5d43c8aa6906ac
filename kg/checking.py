"""SHACL check of a store, of RDF files or of record files, each record as a graph of its own.

A record's verdict never depends on what else is in the graph: its figure, mentions and the things they name
are cut out and checked alone, as in a build. What belongs to no figure (a mention without a target) is checked
as one rest. Rules over the whole graph give warnings and reject nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode, Store, Triple

from kg import vocab
from kg.answer import select
from kg.disk import Scratch
from kg.errors import CannotRun, RecordError, UsageError
from kg.lexicon import Lexicon
from kg.model import GeneFacts, Record
from kg.processes import pool
from kg.rdffile import reading, syntax
from kg.read import Item, Sources, as_paths, find_items, without_doubles
from kg.shapes import SH, Checker, Engine, Violation
from kg.shared import other_organism
from kg.store import default_path, open_store
from kg.terms import ntriples, statement
from kg.vocab import DCTERMS, KG, OA, RDF, SCHEMA, Tier
from kg.worker import Alone, error_reason, records_alone, value_of

_TYPE = NamedNode(RDF + "type")
_FIGURE = NamedNode(SCHEMA + "ImageObject")
_TARGET = NamedNode(OA + "hasTarget")
_FOLLOWED = frozenset(
    NamedNode(iri)
    for iri in (
        *(tier.edge for tier in Tier),
        SCHEMA + "mentions",
        SCHEMA + "isPartOf",
        SCHEMA + "publisher",
        SCHEMA + "about",
        SCHEMA + "taxonomicRange",
        KG + "mentionsOrganism",
        KG + "mentionsCandidate",
        KG + "mentionsSpecifically",
        KG + "candidate",
        OA + "hasBody",
        DCTERMS + "source",
    )
)
"""Properties whose objects a record states something of, too."""

_DATASET = NamedNode(vocab.DATASET)


class Finding(NamedTuple):
    """One thing that is wrong, or worth a look: in which record (or file), in which field, and what to do."""

    record: str
    field: str
    value: str
    message: str
    advice: str
    severity: str
    shape: str
    file: str


class Report(NamedTuple):
    """What a check found. ``results`` are the SHACL results behind the findings that come from shapes."""

    records: int
    findings: tuple[Finding, ...]
    results: tuple[Violation, ...]

    @property
    def violations(self) -> int:
        """How many findings are violations; the others are warnings."""
        return sum(finding.severity == "violation" for finding in self.findings)

    @property
    def conforms(self) -> bool:
        """Whether nothing is violated."""
        return self.violations == 0


def check(
    sources: Sources = (),
    *,
    store: str | Path | None = None,
    engine: Engine = "shacl",
    lexicon: Sources = (),
    jobs: int | None = None,
) -> Report:
    """Check RDF files or PFOCR records, or (without sources) the store, with ``jobs`` processes.

    ``sources`` are one or several: what a build takes, and RDF files. Raises UsageError for a source that cannot be
    read as what its name says, and for a graph that holds nothing to check; CannotRun without a store.
    """
    checker = Checker(engine)
    paths = as_paths(sources)
    if not paths:
        place = store or default_path()
        return _check_graph(checker, open_store(place), str(place), place=place, jobs=jobs)
    reports = []
    records = [path for path in paths if not _is_rdf(Path(path))]
    if records:
        with Scratch() as scratch:
            reports.append(_check_records(checker, records, Lexicon.load(as_paths(lexicon)), scratch))
    for path in map(Path, paths):
        if _is_rdf(path):
            reports.append(_check_graph(checker, _load(path), str(path)))
    return Report(
        sum(r.records for r in reports),
        tuple(f for r in reports for f in r.findings),
        tuple(v for r in reports for v in r.results),
    )


def _is_rdf(path: Path) -> bool:
    return syntax(path) is not None and not path.is_dir()


def _load(path: Path) -> Store:
    store = Store()
    with reading(path) as file:
        store.bulk_load(input=file, format=syntax(path))
    return store


def _check_records(checker: Checker, sources: Sequence[str | Path], lexicon: Lexicon, scratch: Scratch) -> Report:
    findings: list[Finding] = []
    results: list[Violation] = []

    def unreadable(item: Item, error: RecordError) -> None:
        reason = error_reason(item, error)
        field = ": ".join(part for part in (reason.file, reason.field) if part)
        findings.append(Finding(item.file, field, reason.value, reason.message, "", "violation", "", ""))
        results.append(_unreadable(item.figid, field, error))

    items = find_items(sources, scratch).items
    doubles = without_doubles(items)
    for item, error in doubles.errors:
        unreadable(item, error)
    for item, alone in records_alone(doubles.items, lexicon):
        if isinstance(alone, RecordError):
            unreadable(item, alone)
            continue
        found = checker.check(alone.graph)
        results += found
        findings += (_finding(item.file, violation, alone.record) for violation in found)
        findings += _doubts(item.file, alone, lexicon)
    return Report(len(items), tuple(findings), tuple(results))


def _doubts(path: str, alone: Alone, lexicon: Lexicon) -> Iterator[Finding]:
    """What is kept as the record has it, and is worth a look. Of no shape: a record alone does not tell."""
    for key in alone.record.repeated_keys:
        yield Finding(path, key, "", "stands twice; the last one counts", "Keep one of the two.", "warning", "", "")
    for gene in (fact for fact in alone.shared.things if isinstance(fact, GeneFacts)):
        entry = other_organism(gene, lexicon)
        if entry:
            yield Finding(
                path,
                "genes: organism_id",
                ", ".join(gene.taxa),
                f"is not the organism of gene {gene.gene_id}, which is {entry.symbol} of {entry.taxon} in the lexicon",
                "Correct the gene's id or its organism; till then the gene is of the organism that the record says.",
                "warning",
                "",
                "",
            )


def _unreadable(figid: str, field: str, error: RecordError) -> Violation:
    """A record that no shape was held against, as a SHACL result: a report without one would say that all is well."""
    return Violation(
        focus=vocab.PREFIXES["figure"] + vocab.encode(figid) + ".html",
        path=None,
        value=str(Literal(error.value)) if error.value else None,
        component=vocab.SHAPES + "ReadableConstraintComponent",
        severity=SH + "Violation",
        shape=vocab.SHAPES + "ReadableRecord",
        message=": ".join(part for part in (field, error.message) if part),
        field="",
        advice="",
        file="",
    )


def _finding(name: str, violation: Violation, record: Record | None = None) -> Finding:
    return Finding(
        record=name,
        field=violation.field,
        value=value_of(violation, record),
        message=violation.message,
        advice=violation.advice,
        severity=violation.severity.rpartition("#")[2].lower(),
        shape=violation.shape,
        file=violation.file,
    )


# --- a graph ----------------------------------------------------------------------------------------------


BATCH = 64
"""Figures a task of a worker process: some tenths of a second, so that the last one to end is not waited for."""
_KEPT = 20_000
"""Shared things whose text is kept: genes and organisms come again in most figures, a paper in its own alone."""


class _Outcome(NamedTuple):
    """What came of some figures.

    ``quads`` counts what is said of figures and mentions, ``shared`` what is said of each thing they lead to, so that
    it is known without another look whether anything is left. ``odd`` says that it is not: something was counted twice.
    """

    found: list[tuple[str, list[Violation]]]
    quads: int
    shared: dict[str, int]
    odd: bool


class _Shared(NamedTuple):
    """What is said of a shared thing, as N-Triples, and where it leads."""

    text: str
    leads_to: tuple[NamedNode, ...]
    quads: int
    odd: bool


def _check_graph(
    checker: Checker, graph: Store, name: str, *, place: str | Path | None = None, jobs: int | None = None
) -> Report:
    """Each figure of a graph as a record of its own, what is in no figure, and what only the whole tells.

    A store on disk, at ``place``, is read by several processes.
    """
    figures = _figures(graph)
    if not figures and not _looked_at(checker, graph):
        raise UsageError(f"{name}: holds no figure (schema:ImageObject): nothing to check")
    batches = [figures[i : i + BATCH] for i in range(0, len(figures), BATCH)]
    workers = min(jobs or os.cpu_count() or 1, len(batches)) if place else 1
    found: list[tuple[str, list[Violation]]] = []
    shared: dict[str, int] = {}
    quads, odd = 0, False
    with contextlib.closing(_outcomes(checker, graph, batches, place, workers)) as outcomes:
        for outcome in outcomes:
            found += outcome.found
            quads += outcome.quads
            shared |= outcome.shared
            odd |= outcome.odd
    shared.setdefault(_DATASET.value, _count(graph.quads_for_pattern(_DATASET, None, None, None)))
    if odd or quads + sum(shared.values()) != len(graph):
        rest = _rest(graph, shared)
        if rest:
            found.append(("(in no figure)", checker.check(rest)))
    return Report(
        len(figures),
        (*(_finding(name, violation) for name, violations in found for violation in violations), *_whole_graph(graph)),
        tuple(violation for _, violations in found for violation in violations),
    )


def _figures(graph: Store) -> list[str]:
    quads = graph.quads_for_pattern(None, _TYPE, _FIGURE, None)
    return sorted({q.subject.value for q in quads if isinstance(q.subject, NamedNode)})


def _looked_at(checker: Checker, graph: Store) -> bool:
    """Whether there is anything that a shape looks at."""
    patterns = [
        *((_TYPE, NamedNode(iri)) for iri in checker.targets.classes),
        *((NamedNode(iri), None) for iri in checker.targets.properties),
    ]
    return any(next(iter(graph.quads_for_pattern(None, *pattern, None)), None) is not None for pattern in patterns)


def _count(quads: Iterable[object]) -> int:
    return sum(1 for _ in quads)


_judge: _Judge | None = None


def _start_judge(place: str | Path, engine: Engine) -> None:
    global _judge
    _judge = _Judge(Checker(engine), open_store(place))


def _judged(figures: Sequence[str]) -> _Outcome:
    assert _judge is not None
    return _judge.outcome(figures)


def _outcomes(
    checker: Checker, graph: Store, batches: Sequence[Sequence[str]], place: str | Path | None, workers: int
) -> Generator[_Outcome, None, None]:
    """What comes of each batch of figures, in order."""
    if place is None or workers <= 1:
        judge = _Judge(checker, graph)
        for batch in batches:
            yield judge.outcome(batch)
        return
    judges = pool(workers, _start_judge, place, checker.engine)
    try:
        yield from judges.map(_judged, batches)
    except BrokenProcessPool:
        raise CannotRun("a worker process died (out of memory, or killed). Run the command again") from None
    finally:
        judges.shutdown(wait=True, cancel_futures=True)


class _Judge:
    """Cuts figures out of a graph and holds the shapes against each; one for each process."""

    def __init__(self, checker: Checker, graph: Store) -> None:
        self._checker = checker
        self._graph = graph
        self._shared = lru_cache(_KEPT)(self._read_shared)
        self._told: set[str] = set()

    def outcome(self, figures: Sequence[str]) -> _Outcome:
        """What these figures break."""
        found: list[tuple[str, list[Violation]]] = []
        quads, shared, odd = 0, dict[str, int](), False
        for iri in figures:
            this = NamedNode(iri)
            mentions = [q.subject for q in self._graph.quads_for_pattern(None, _TARGET, this, None)]
            own, leads_to = _said_of(self._graph, [this, *mentions])
            quads += len(own)
            # Another figure's part may have the mention too.
            odd |= any(not str(mention).startswith(f"<{iri}#") for mention in mentions)
            texts = [ntriples(map(statement, own))]
            seen: set[object] = {this, *mentions}
            todo = list(leads_to)
            while todo:
                thing = todo.pop()
                if thing in seen:
                    continue
                seen.add(thing)
                said = self._shared(thing)
                texts.append(said.text)
                todo += said.leads_to
                odd |= said.odd
                if thing.value not in self._told:
                    self._told.add(thing.value)
                    shared[thing.value] = said.quads
            violations = self._checker.check("".join(texts))
            if violations:
                found.append((vocab.figid_of(iri), violations))
        return _Outcome(found, quads, shared, odd)

    def _read_shared(self, thing: NamedNode) -> _Shared:
        said, leads_to = _said_of(self._graph, [thing])
        odd = any(t.predicate == _TARGET or t.object == _FIGURE for t in said)  # a part of its own as well
        return _Shared(ntriples(map(statement, said)), leads_to, len(said), odd)


def _said_of(graph: Store, nodes: Iterable[Any]) -> tuple[list[Triple], tuple[NamedNode, ...]]:
    """What is said of some nodes, and what of it leads to things of which more is said."""
    said = [quad.triple for node in nodes for quad in graph.quads_for_pattern(node, None, None, None)]
    things = {t.object: None for t in said if t.predicate in _FOLLOWED and isinstance(t.object, NamedNode)}
    return said, tuple(things)


def _rest(graph: Store, shared: Container[str]) -> str:
    """What is in no figure and is nothing that a figure leads to, with what it leads to itself, as N-Triples."""
    nodes = [
        subject
        for subject in dict.fromkeys(q.subject for q in graph)
        if not (isinstance(subject, NamedNode) and subject.value in shared) and not _in_figure(graph, subject)
    ]
    said: list[Triple] = []
    seen: set[object] = set()
    while nodes:
        seen.update(nodes)
        more, leads_to = _said_of(graph, nodes)
        said += more
        nodes = [thing for thing in leads_to if thing not in seen]
    return ntriples(map(statement, said))


def _in_figure(graph: Store, subject: Any) -> bool:
    """Whether the subject is a figure, or targets one."""
    nodes = [subject, *(q.object for q in graph.quads_for_pattern(subject, _TARGET, None, None))]
    return any(
        next(iter(graph.quads_for_pattern(node, _TYPE, _FIGURE, None)), None) is not None
        for node in nodes
        if not isinstance(node, Literal)
    )


_WARNINGS = (
    (
        "papertitle / year / doi",
        "records of this paper disagree",
        "Compare the records; the smallest figid's statement is the one in the graph.",
        f"SELECT ?x ?v WHERE {{ ?x a <{SCHEMA}ScholarlyArticle> ; <{SCHEMA}alternateName>|<{KG}alsoStated> ?v }}",
    ),
    (
        "papertitle",
        "is one of several titles of this paper",
        "A paper has one title: correct the records, or build them together.",
        f"SELECT ?x ?v WHERE {{ {{ SELECT ?x WHERE {{ ?x a <{SCHEMA}ScholarlyArticle> ; <{SCHEMA}name> ?n }} GROUP BY "
        f"?x HAVING (COUNT(DISTINCT ?n) > 1) }} ?x <{SCHEMA}name> ?v }}",
    ),
    (
        "organism_id",
        "is one of several organisms of this gene",
        "An NCBI Gene id belongs to one organism: correct the tables.",
        f"SELECT ?x ?v WHERE {{ {{ SELECT ?x WHERE {{ ?x <{SCHEMA}taxonomicRange> ?t }} GROUP BY "
        f"?x HAVING (COUNT(DISTINCT ?t) > 1) }} ?x <{SCHEMA}taxonomicRange> ?v }}",
    ),
)


def _whole_graph(store: Store) -> list[Finding]:
    """What only the whole graph can tell. Warnings, never a reason to reject."""
    findings = []
    for field, message, advice, query in _WARNINGS:
        for thing, value in sorted(select(store, query).rows, key=str):
            if thing is not None and value is not None:
                findings.append(
                    Finding(vocab.curie(thing.value), field, value.value, message, advice, "warning", "", "")
                )
    return findings
