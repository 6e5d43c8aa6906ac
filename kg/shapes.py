"""The SHACL check: the only module that knows SHACL engines.

    checker = Checker()                    the shapes, compiled once
    violations = checker.check(ntriples)   one record's triples as a data graph of their own
    report_graph(violations)               the same as a sh:ValidationReport, in rdflib

Two engines give the same violations: ``shacl`` (the default, native code) and ``pyshacl`` (the reference).
Neither they nor rdflib are imported before they are needed. See ``decisions/0002-shacl-engine.md``.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from kg.errors import CannotRun, UsageError
from kg.resources import resource
from kg.vocab import KG, RDF

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

SH: Final = "http://www.w3.org/ns/shacl#"
ADVICE: Final = KG + "advice"
BLANK: Final = "[]"
"""How a blank node is written in a violation: its label says nothing outside the graph it was read from."""

Engine = Literal["shacl", "pyshacl"]
"""Which engine applies the shapes; both give the same violations."""


class Violation(NamedTuple):
    """One validation result, with the words for a person that stand beside the shape.

    ``focus`` is the IRI of the focus node. ``path`` is the result path: an IRI, or SPARQL property path text
    for a path of several steps. ``value`` is an RDF term in N-Triples syntax. ``component``, ``severity`` and
    ``shape`` (the source shape) are IRIs. ``field`` names the field of the record that the values come from,
    ``message`` what is wrong with it, ``advice`` what to do; ``file`` is where the shape stands.
    """

    focus: str
    path: str | None
    value: str | None
    component: str
    severity: str
    shape: str
    message: str
    field: str
    advice: str
    file: str


class _Result(NamedTuple):
    """What an engine says, in the terms of Violation."""

    focus: str
    path: str | None
    value: str | None
    component: str
    severity: str
    shape: str


class Targets(NamedTuple):
    """IRIs by which the shapes choose what they look at: classes, and properties of which they take one side."""

    classes: frozenset[str]
    properties: frozenset[str]


class _Words(NamedTuple):
    """What the shapes say about themselves, for people."""

    path: str | None
    message: str
    field: str
    advice: str
    file: str


_Check = Callable[[str], Iterable[_Result]]


class Checker:
    """The shapes, compiled once and used for many data graphs.

    ``shapes`` is a folder of Turtle files; without it, the shapes of this package. Each shape that can report must have
    an IRI.
    """

    def __init__(self, engine: Engine = "shacl", shapes: Path | None = None) -> None:
        """Read and compile the shapes. Raises UsageError if there are none."""
        folder = resource("shapes") if shapes is None else shapes
        there = sorted(folder.glob("*.ttl")) if folder.is_dir() else []
        if not there:
            raise UsageError(f"{folder}: no folder with SHACL shapes (*.ttl)")
        self.engine: Engine = engine
        self._texts = {f"{folder.name}/{file.name}": file.read_text(encoding="utf-8") for file in there}
        if engine == "shacl":
            self._run: _Check = _shacl(self._texts)
        elif engine == "pyshacl":
            self._run = _pyshacl(self._texts)
        else:
            raise UsageError(f"no SHACL engine {engine!r}: shacl or pyshacl")

    def check(self, ntriples: str) -> list[Violation]:
        """What one data graph, in N-Triples syntax, breaks: sorted, each violation once."""
        found = self._run(ntriples)
        return sorted({self._explained(result) for result in found}, key=_order) if found else []

    def _explained(self, result: _Result) -> Violation:
        words = self._words.get(result.shape, _Words(None, "breaks a shape", "", "", ""))
        return Violation(*result, words.message, words.field, words.advice, words.file)

    @cached_property
    def targets(self) -> Targets:
        """What the shapes look at: a graph that has none of it conforms because nothing was checked."""
        import pyoxigraph as ox

        found: dict[str, set[str]] = defaultdict(set)
        for text in self._texts.values():
            for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
                if isinstance(quad.object, ox.NamedNode):
                    found[quad.predicate.value].add(quad.object.value)
        properties = found[SH + "targetSubjectsOf"] | found[SH + "targetObjectsOf"]
        return Targets(frozenset(found[SH + "targetClass"]), frozenset(properties))

    @cached_property
    def _words(self) -> dict[str, _Words]:
        return _index(self._texts)


def _order(violation: Violation) -> tuple[str, ...]:
    # A path of several steps stands where its first property does.
    return tuple((text or "").lstrip("(^<") for text in violation)


# --- the engines ------------------------------------------------------------------------------------------


def _shacl(texts: dict[str, str]) -> _Check:
    """The engine of the `shacl` package."""
    import shacl

    try:
        shapes = shacl.Shapes.from_turtle("\n".join(texts.values()))
    except ValueError as error:
        raise UsageError(f"{', '.join(texts)}: not SHACL shapes in Turtle: {error}") from error

    def check(ntriples: str) -> Iterable[_Result]:
        try:
            report = shapes.validate_text(ntriples, format="ntriples")
        except ValueError as error:
            raise UsageError(f"not N-Triples: {error}") from error
        if not len(report):  # the common case; `results` makes a Python object of each
            return ()
        return [
            _Result(
                focus=_focus(result.focus_node),
                path=_bare(result.path) if result.path else None,
                value=_term_text(result.value) if result.value is not None else None,
                component=result.component_iri,
                severity=result.severity_iri,
                shape=_bare(result.root_shape or result.source_shape or BLANK),
            )
            for result in report.results
        ]

    return check


def _pyshacl(texts: dict[str, str]) -> _Check:
    """The engine of the `pyshacl` package, fed without rdflib's rewriting of literals."""
    import pyshacl
    import rdflib

    try:
        shapes = _rdflib_graph("\n".join(texts.values()), "turtle")
        words = _index(texts)
    except SyntaxError as error:
        raise UsageError(f"{', '.join(texts)}: not SHACL shapes in Turtle: {error}") from error
    sh = rdflib.Namespace(SH)

    def check(ntriples: str) -> Iterable[_Result]:
        with _quiet():
            try:
                data = _rdflib_graph(ntriples, "n-triples")
            except SyntaxError as error:
                raise UsageError(f"not N-Triples: {error}") from error
            conforms, report, text = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
        if conforms:
            return ()
        if not isinstance(report, rdflib.Graph):
            raise CannotRun(f"pySHACL could not apply the shapes: {text}")
        found = []
        for result in report.objects(None, sh.result):
            shape = str(report.value(result, sh.sourceShape))
            path: Any = report.value(result, sh.resultPath)
            value = report.value(result, sh.value)
            found.append(
                _Result(
                    focus=_focus(_rdflib_text(report.value(result, sh.focusNode))),
                    path=str(path) if isinstance(path, rdflib.URIRef) else path and words[shape].path,
                    value=_rdflib_text(value) if value is not None else None,
                    component=str(report.value(result, sh.sourceConstraintComponent)),
                    severity=str(report.value(result, sh.resultSeverity)),
                    shape=shape,
                )
            )
        return found

    return check


@contextmanager
def _quiet() -> Iterator[None]:
    """No word from rdflib about literals that are ill-typed: saying so is the shapes' task."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        logger.setLevel(level)


def _rdflib_graph(text: str, syntax: Literal["turtle", "n-triples"]) -> rdflib.Graph:
    """The graph, each literal as it is written: rdflib's own parser would make `0.50` of `0.5`."""
    import pyoxigraph as ox
    import rdflib

    def term(node: Any) -> rdflib.term.Node:
        if isinstance(node, ox.NamedNode):
            return rdflib.URIRef(node.value)
        if isinstance(node, ox.BlankNode):
            return rdflib.BNode(node.value)
        if node.language:
            return rdflib.Literal(node.value, lang=node.language, normalize=False)
        if node.datatype.value == str(rdflib.XSD.string):
            return rdflib.Literal(node.value)
        return rdflib.Literal(node.value, datatype=rdflib.URIRef(node.datatype.value), normalize=False)

    graph = rdflib.Graph(bind_namespaces="none")
    for quad in ox.parse(text, format=_format(syntax)):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph


def _format(syntax: Literal["turtle", "n-triples"]) -> ox.RdfFormat:
    import pyoxigraph as ox

    return ox.RdfFormat.TURTLE if syntax == "turtle" else ox.RdfFormat.N_TRIPLES


def _rdflib_text(term: Any) -> str:
    """N-Triples text of an rdflib term, in pyoxigraph's spelling."""
    import pyoxigraph as ox
    import rdflib

    if isinstance(term, rdflib.BNode):
        return BLANK
    if isinstance(term, rdflib.Literal):
        if term.language:
            return str(ox.Literal(str(term), language=term.language))
        return str(ox.Literal(str(term), datatype=ox.NamedNode(term.datatype) if term.datatype else None))
    return f"<{term}>"


def _term_text(text: str) -> str:
    """The term in pyoxigraph's spelling of N-Triples (escapes differ between writers)."""
    import pyoxigraph as ox

    if text.startswith("_:"):
        return BLANK
    quad = next(iter(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    return str(quad.object)


def _bare(text: str) -> str:
    """An IRI without its angle brackets; path text of several steps as it is."""
    return text[1:-1] if re.fullmatch(r"<[^<>]*>", text) else text


def _focus(text: str) -> str:
    return BLANK if text.startswith("_:") else _bare(text)


# --- what the shapes say about themselves -----------------------------------------------------------------


def _index(texts: dict[str, str]) -> dict[str, _Words]:
    """Shape IRI to its words; the file is where the shape's type or path is stated."""
    import pyoxigraph as ox

    words = {}
    for file, text in texts.items():
        graph: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
            graph[str(quad.subject)][quad.predicate.value].append(quad.object)
        for subject, says in list(graph.items()):
            kinds = {kind.value for kind in says[RDF + "type"]}
            if not kinds & {SH + "NodeShape", SH + "PropertyShape"} and not says[SH + "path"]:
                continue

            def first(predicate: str, says: dict[str, list[Any]] = says) -> str:
                return min((term.value for term in says[predicate]), default="")

            paths = says[SH + "path"]
            words[_bare(subject)] = _Words(
                path=_bare(_path_text(graph, paths[0])) if paths else None,
                message=first(SH + "message"),
                field=first(SH + "name"),
                advice=first(ADVICE),
                file=file,
            )
    return words


_POSTFIX: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def _path_text(graph: dict[str, dict[str, list[Any]]], node: Any) -> str:
    """A SHACL path as a SPARQL property path, spelled as the `shacl` engine spells it."""
    says = graph.get(str(node))
    if says is None or str(node).startswith("<"):
        return str(node)
    if says[RDF + "first"]:
        return "(" + "/".join(_path_text(graph, step) for step in _members(graph, node)) + ")"
    for choice in says[SH + "alternativePath"]:
        return "(" + "|".join(_path_text(graph, step) for step in _members(graph, choice)) + ")"
    for step in says[SH + "inversePath"]:
        return "^" + _path_text(graph, step)
    for name, sign in _POSTFIX.items():
        for step in says[SH + name]:
            return f"({_path_text(graph, step)}){sign}"
    return str(node)


def _members(graph: dict[str, dict[str, list[Any]]], head: Any) -> Iterator[Any]:
    while str(head) in graph and graph[str(head)][RDF + "first"]:
        yield graph[str(head)][RDF + "first"][0]
        head = graph[str(head)][RDF + "rest"][0]


# --- the report as RDF ------------------------------------------------------------------------------------


def report_graph(violations: Iterable[Violation]) -> rdflib.Graph:
    """The violations as a ``sh:ValidationReport``; the same violations give the same triples."""
    import rdflib
    from rdflib.util import from_n3

    sh = rdflib.Namespace(SH)
    graph = rdflib.Graph(bind_namespaces="core")
    graph.bind("sh", sh)
    graph.bind("kg", KG)
    report = rdflib.BNode("report")
    ordered = sorted(set(violations), key=_order)
    graph.add((report, rdflib.RDF.type, sh.ValidationReport))
    graph.add((report, sh.conforms, rdflib.Literal(not ordered)))
    for number, violation in enumerate(ordered, 1):
        result = rdflib.BNode(f"result{number}")

        def say(predicate: rdflib.URIRef, term: Any, result: rdflib.BNode = result) -> None:
            graph.add((result, predicate, term))

        def node(text: str, label: str = f"result{number}") -> Any:
            return rdflib.BNode(label + "node") if text == BLANK else rdflib.URIRef(text)

        graph.add((report, sh.result, result))
        say(rdflib.RDF.type, sh.ValidationResult)
        say(sh.focusNode, node(violation.focus))
        say(sh.resultSeverity, rdflib.URIRef(violation.severity))
        say(sh.sourceConstraintComponent, rdflib.URIRef(violation.component))
        say(sh.sourceShape, node(violation.shape, f"result{number}shape"))
        if violation.path is not None:
            say(sh.resultPath, _path_node(graph, violation.path, f"result{number}path"))
        if violation.value == BLANK:
            say(sh.value, rdflib.BNode(f"result{number}value"))
        elif violation.value is not None:
            say(sh.value, from_n3(violation.value))
        if violation.message:
            say(sh.resultMessage, rdflib.Literal(violation.message))
        if violation.advice:
            say(rdflib.URIRef(ADVICE), rdflib.Literal(violation.advice))
    return graph


_TOKEN: Final = re.compile(r"<([^<>]*)>|[()^/|*+?]")


def _path_node(graph: rdflib.Graph, text: str, label: str) -> Any:
    """Property path text back to a SHACL path; the nodes are named after the result that they belong to."""
    import rdflib

    sh = rdflib.Namespace(SH)
    tokens = list(_TOKEN.finditer(text))
    if "".join(token[0] for token in tokens) != text:  # a bare IRI
        return rdflib.URIRef(text)
    names = iter(f"{label}{number}" for number in range(len(tokens) + 1))

    def many(steps: Sequence[Any]) -> rdflib.BNode:
        nodes = [rdflib.BNode(next(names)) for _ in steps]
        for place, (this, step) in enumerate(zip(nodes, steps, strict=True)):
            graph.add((this, rdflib.RDF.first, step))
            rest = nodes[place + 1] if place + 1 < len(nodes) else rdflib.RDF.nil
            graph.add((this, rdflib.RDF.rest, rest))
        return nodes[0]

    def one(kind: str, step: Any) -> rdflib.BNode:
        this = rdflib.BNode(next(names))
        graph.add((this, sh[kind], step))
        return this

    def path() -> Any:
        token = tokens.pop(0)
        if token[0] == "^":
            return one("inversePath", path())
        if token[0] != "(":
            return rdflib.URIRef(token[1])
        steps = [path()]
        sign = tokens.pop(0)[0]
        kind = sign
        while sign != ")":
            steps.append(path())
            sign = tokens.pop(0)[0]
        postfix = {mark: name for name, mark in _POSTFIX.items()}
        if tokens and tokens[0][0] in postfix:
            return one(postfix[tokens.pop(0)[0]], steps[0])
        return one("alternativePath", many(steps)) if kind == "|" else many(steps)

    return path()
