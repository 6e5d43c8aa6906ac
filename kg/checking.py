"""SHACL check of a store, of RDF files or of record files, each record as a graph of its own.

A record's verdict never depends on what else is in the graph: its figure, mentions and the things they name
are cut out and checked alone, as in a build. What belongs to no figure (a mention without a target) is checked
as one rest. Rules over the whole graph give warnings and reject nothing.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store, Triple

from kg import vocab
from kg.answer import select
from kg.dump import ENDINGS
from kg.errors import RecordError, UsageError
from kg.read import find_items
from kg.shapes import SH, Checker, Engine, Violation
from kg.store import open_store
from kg.terms import ntriples, statement
from kg.vocab import DCTERMS, KG, OA, RDF, SCHEMA, Tier
from kg.worker import plain, record_graphs

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
_RDF_FORMATS = {**dict.fromkeys(ENDINGS), ".rdf": None}


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
    sources: Sequence[str | Path] = (),
    *,
    store: str | Path | None = None,
    engine: Engine = "shacl",
    lexicon: Sequence[str | Path] = (),
) -> Report:
    """Check RDF files or PFOCR records, or (without sources) the store.

    Raises UsageError for a source that cannot be read as what its name says, CannotRun without a store.
    """
    checker = Checker(engine)
    if not sources:
        return _report(checker, _graph_parts(open_store(store)), warn=open_store(store))
    rdf = [Path(s) for s in sources if _rdf_ending(Path(s)) is not None]
    records = [s for s in sources if _rdf_ending(Path(s)) is None]
    reports = []
    if records:
        reports.append(_check_records(checker, records, lexicon))
    for path in rdf:
        graph = _load(path)
        reports.append(_report(checker, _graph_parts(graph), warn=graph))
    return Report(
        sum(r.records for r in reports),
        tuple(f for r in reports for f in r.findings),
        tuple(v for r in reports for v in r.results),
    )


def _rdf_ending(path: Path) -> str | None:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix if Path(name).suffix in _RDF_FORMATS and not path.is_dir() else None


def _load(path: Path) -> Store:
    format = RdfFormat.from_extension((_rdf_ending(path) or "").lstrip("."))
    if format is None:
        raise UsageError(f"{path}: not an RDF format that can be read")
    store = Store()
    try:
        with path.open("rb") as raw:
            file: Any = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            store.bulk_load(input=file, format=format)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file or folder") from None
    except SyntaxError as error:
        raise UsageError(f"{path}: not {format.name}: {error}") from None
    except (OSError, EOFError, zlib.error) as error:  # the last two: a broken .gz
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return store


def _check_records(checker: Checker, sources: Sequence[str | Path], lexicon: Sequence[str | Path]) -> Report:
    findings: list[Finding] = []
    results: list[Violation] = []
    items = find_items(sources).items
    for item, graph in record_graphs(items, lexicon=lexicon):
        if isinstance(graph, RecordError):
            where = graph.file if graph.file != item.path else ""
            field = f"{where}: {graph.field}" if where else graph.field
            findings.append(Finding(item.path, field, graph.value, graph.message, "", "violation", "", ""))
            results.append(_unreadable(item.figid, f"{field}: {graph.message}" if field else graph.message))
            continue
        found = checker.check(graph)
        results += found
        findings += (_finding(item.path, violation) for violation in found)
    return Report(len(items), tuple(findings), tuple(results))


def _unreadable(figid: str, message: str) -> Violation:
    """A record that no shape was held against, as a SHACL result: a report without one would say that all is well."""
    return Violation(
        focus=vocab.PREFIXES["figure"] + vocab.encode(figid) + ".html",
        path=None,
        value=None,
        component=vocab.SHAPES + "ReadableConstraintComponent",
        severity=SH + "Violation",
        shape=vocab.SHAPES + "ReadableRecord",
        message=message,
        field="",
        advice="",
        file="",
    )


def _finding(record: str, violation: Violation) -> Finding:
    return Finding(
        record=record,
        field=violation.field,
        value=plain(violation.value),
        message=violation.message,
        advice=violation.advice,
        severity=violation.severity.rpartition("#")[2].lower(),
        shape=violation.shape,
        file=violation.file,
    )


def _report(checker: Checker, parts: Iterable[tuple[str, list[Triple]]], *, warn: Store) -> Report:
    findings: list[Finding] = []
    results: list[Violation] = []
    records = 0
    for name, triples in parts:
        records += bool(name)
        found = checker.check(ntriples(map(statement, triples)))
        results += found
        findings += (_finding(name or "(in no figure)", violation) for violation in found)
    findings += _whole_graph(warn)
    return Report(records, tuple(findings), tuple(results))


def _graph_parts(store: Store) -> Iterator[tuple[str, list[Triple]]]:
    """Each figure's part of a graph, named by its figid; last, without a name, what is in no figure."""
    figures = sorted(
        {
            q.subject.value
            for q in store.quads_for_pattern(None, _TYPE, _FIGURE, None)
            if isinstance(q.subject, NamedNode)
        }
    )
    covered: set[object] = {_DATASET}
    for iri in figures:
        this = NamedNode(iri)
        mentions = [q.subject for q in store.quads_for_pattern(None, _TARGET, this, None)]
        triples, seen = _described(store, [this, *mentions])
        covered |= seen - {this, *mentions}
        yield vocab.figid_of(iri), triples
    rest = [
        subject
        for subject in dict.fromkeys(q.subject for q in store)
        if subject not in covered and not _in_figure(store, subject)
    ]
    if rest:
        yield "", _described(store, rest)[0]


def _in_figure(store: Store, subject: object) -> bool:
    """Whether the subject is a figure, or targets one."""
    nodes = [subject, *(q.object for q in store.quads_for_pattern(subject, _TARGET, None, None))]  # type: ignore[arg-type]
    return any(
        next(iter(store.quads_for_pattern(node, _TYPE, _FIGURE, None)), None) is not None  # type: ignore[arg-type]
        for node in nodes
        if not isinstance(node, pyoxigraph.Literal)
    )


def _described(store: Store, start: Sequence[object]) -> tuple[list[Triple], set[object]]:
    """All that is said of these nodes and of the shared things that they lead to."""
    triples: list[Triple] = []
    seen: set[object] = set(start)
    todo = list(start)
    while todo:
        for quad in store.quads_for_pattern(todo.pop(), None, None, None):  # type: ignore[arg-type]
            triples.append(quad.triple)
            if quad.predicate in _FOLLOWED and quad.object not in seen and isinstance(quad.object, NamedNode):
                seen.add(quad.object)
                todo.append(quad.object)
    return triples, seen


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
