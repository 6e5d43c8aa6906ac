"""The shapes: each one passes the valid record and is broken by a case, alike in both engines."""

from __future__ import annotations

import multiprocessing
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import rdflib
import shape_cases
from shape_cases import (
    BIOTHINGS,
    CASES,
    FIGID,
    FIGURE,
    PASSING,
    UNKNOWN,
    VALID,
    Case,
    Edit,
    add,
    damaged,
    drop,
    ntriples,
)

from kg.errors import UsageError
from kg.resources import resource
from kg.shapes import Checker, Violation, report_graph
from kg.vocab import KG, PREFIXES, SHAPES

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
KGSH = rdflib.Namespace(SHAPES)
FILES = sorted(resource("shapes").glob("*.ttl"))
DAMAGES = 1_000


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker()


@pytest.fixture(scope="module")
def reference() -> Iterator[dict[str, list[Violation]]]:
    """What the reference engine says of each graph that these tests look at, on all cores: it is slow."""
    edits = [*PASSING, *(case.edit for case in CASES)]
    graphs = [VALID, *(edit(VALID) for edit in edits), *map(_damage, range(DAMAGES))]
    texts = [ntriples(graph) for graph in graphs]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        yield dict(zip(texts, pool.map(shape_cases.by_reference, texts, chunksize=10), strict=True))


def _damage(seed: int) -> frozenset[str]:
    return damaged(random.Random(seed), BIOTHINGS(VALID) if seed % 3 == 0 else VALID)


def _broken(violations: list[Violation]) -> set[str]:
    return {violation.shape.removeprefix(SHAPES) for violation in violations}


def _graph() -> rdflib.Graph:
    graph = rdflib.Graph()
    for file in FILES:
        graph.parse(file, format="turtle")
    return graph


def _reporting(graph: rdflib.Graph) -> set[rdflib.term.Node]:
    """The shapes whose IRI a validation result can name: those with targets, and their property shapes."""
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    nodes = {shape for target in targets for shape in graph.subjects(target)}
    return nodes | {part for shape in nodes for part in graph.objects(shape, SH.property)}


# --- passing and failing cases ----------------------------------------------------------------------------


def test_the_valid_record_breaks_nothing(checker: Checker, reference: dict[str, list[Violation]]) -> None:
    assert checker.check(ntriples(VALID)) == []
    assert reference[ntriples(VALID)] == []


@pytest.mark.parametrize("edit", PASSING)
def test_what_is_as_good_breaks_nothing_in_either_engine(
    edit: Edit, checker: Checker, reference: dict[str, list[Violation]]
) -> None:
    assert checker.check(ntriples(edit(VALID))) == []
    assert reference[ntriples(edit(VALID))] == []


@pytest.mark.parametrize("case", CASES, ids=[f"{n}-{case.shape}" for n, case in enumerate(CASES)])
def test_a_case_breaks_its_shape_alike_in_both_engines(
    case: Case, checker: Checker, reference: dict[str, list[Violation]]
) -> None:
    text = ntriples(case.edit(VALID))
    violations = checker.check(text)
    broken = _broken(violations)
    families = tuple(name[:-1] for name in case.also if name.endswith("*"))  # "GeneShape-*": any of these
    others = {name for name in broken - {case.shape} if not name.startswith(families)}
    assert case.shape in broken
    assert others == {name for name in case.also if not name.endswith("*") and not name.startswith(families)}
    assert violations == reference[text]


def test_each_shape_that_can_report_has_a_failing_case() -> None:
    reporting = {str(shape).removeprefix(SHAPES) for shape in _reporting(_graph())}
    silent = {"GeneHgncShape", "BioThingsFigureShape"} | {name for name in reporting if name.endswith("LinkShape")}
    # … have targets, but no constraint of their own beside their property shape
    assert reporting - silent == {case.shape for case in CASES}


@pytest.mark.parametrize("seed", range(DAMAGES))
def test_random_damage_is_seen_alike_by_both_engines(
    seed: int, checker: Checker, reference: dict[str, list[Violation]]
) -> None:
    text = ntriples(_damage(seed))
    assert checker.check(text) == reference[text]


def test_two_records_in_one_graph_break_nothing(checker: Checker) -> None:
    # The same genes in another figure by other evidence: links of one figure are no matter of the other's.
    other = frozenset(line.replace(FIGID, "PMC4033995__f2") for line in VALID)
    assert checker.check(ntriples(VALID | other)) == []


# --- the shape files --------------------------------------------------------------------------------------


def test_there_is_one_file_for_each_class() -> None:
    names = "chemical disease figure gene journal mention organism paper publisher source"
    assert [file.stem for file in FILES] == names.split()


def test_each_shape_has_an_iri_and_words_for_a_person() -> None:
    graph = _graph()
    reporting = _reporting(graph)
    assert all(isinstance(shape, rdflib.URIRef) and shape in KGSH for shape in reporting)
    for shape in reporting:
        node_shape = (shape, rdflib.RDF.type, SH.NodeShape) in graph
        if node_shape:
            assert graph.value(shape, rdflib.RDFS.label), shape
            assert graph.value(shape, rdflib.RDFS.comment), shape
        constraints = set(graph.predicates(shape)) - {
            rdflib.RDF.type,
            rdflib.RDFS.label,
            rdflib.RDFS.comment,
            SH.targetClass,
            SH.targetSubjectsOf,
            SH.targetObjectsOf,
            SH.property,
        }
        if constraints:
            for word in (SH.name, SH.message, rdflib.URIRef(KG + "advice")):
                assert len(list(graph.objects(shape, word))) == 1, (shape, word)


def test_no_shape_is_named_and_not_defined_or_defined_and_not_used() -> None:
    graph = _graph()
    defined = {shape for shape in graph.subjects() if isinstance(shape, rdflib.URIRef)}
    named = {term for term in graph.objects() if isinstance(term, rdflib.URIRef) and term in KGSH}
    assert named <= defined
    assert defined == named | _reporting(graph)


def test_shapes_are_shacl_core_alone() -> None:
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"sh:(sparql|js|select|ask|rule|expression|target)\b", text), file


# --- what the checker says --------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_a_violation_names_the_field_and_says_what_to_do(engine: str) -> None:
    edit = add(f'<{FIGURE}> kg:pathwayScore "1.5"^^xsd:double .')
    first, second = Checker(engine).check(ntriples(edit(VALID)))  # type: ignore[arg-type]
    assert first.value is None
    assert first.component == SH + "MaxCountConstraintComponent"
    assert second == Violation(
        focus=FIGURE,
        path=KG + "pathwayScore",
        value='"1.5"^^<http://www.w3.org/2001/XMLSchema#double>',
        component=SH + "NodeConstraintComponent",
        severity=str(SH.Violation),
        shape=SHAPES + "FigureShape-pathwayScore",
        message="is not one number from 0 to 1",
        field="automl_pathway / pathway_score",
        advice="Give at most one score, a decimal number such as 0.93.",
        file="shapes/figure.ttl",
    )


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_a_path_of_several_steps_is_sparql_and_a_blank_node_has_no_label(engine: str) -> None:
    graph = add(f"<{FIGURE}> schema:mentions _:thing .")(VALID)
    (violation,) = Checker(engine).check(ntriples(graph))  # type: ignore[arg-type]
    oa = PREFIXES["oa"]
    assert violation.path == f"(^<{oa}hasTarget>/<{oa}hasBody>)"
    assert violation.value == "[]"


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
def test_what_is_no_ntriples_is_said_so(engine: str) -> None:
    with pytest.raises(UsageError, match="not N-Triples"):
        Checker(engine).check("<http://example.org/a> nonsense\n")  # type: ignore[arg-type]


def test_a_folder_without_shapes_and_an_unknown_engine_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder with SHACL shapes"):
        Checker(shapes=tmp_path)
    with pytest.raises(UsageError, match="no SHACL engine"):
        Checker("other")  # type: ignore[arg-type]


def test_shapes_of_ones_own(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .\n"
        "ex:P sh:path ( ex:a [ sh:zeroOrMorePath [ sh:inversePath ex:b ] ] ) ; sh:minCount 1 ;\n"
        '  sh:severity sh:Warning ; sh:message "x" .\n'
    )
    data = f"<http://example.org/c> <{rdflib.RDF.type}> <http://example.org/C> .\n"
    found = Checker("shacl", folder).check(data)
    assert found == Checker("pyshacl", folder).check(data)
    assert [(one.severity, one.message, one.file) for one in found] == [(SH + "Warning", "x", "own/a.ttl")]


# --- the report -------------------------------------------------------------------------------------------


def _report(violations: list[Violation]) -> rdflib.Graph:
    graph = report_graph(violations)
    return rdflib.Graph().parse(data=graph.serialize(format="turtle"), format="turtle")


def test_the_report_of_nothing_conforms() -> None:
    graph = _report([])
    assert list(graph.objects(None, SH.conforms)) == [rdflib.Literal(True)]
    assert not list(graph.objects(None, SH.result))


def test_the_report_is_a_validation_report_whose_paths_are_paths(checker: Checker) -> None:
    edited = add(f'<{FIGURE}> schema:mentions _:thing ; kg:figureType "a\\"\\n"@en .')(
        drop(f'<{UNKNOWN}> kg:keyword "Receptor" .')(VALID)
    )
    violations = checker.check(ntriples(edited))
    graph = _report(violations)
    assert list(graph.objects(None, SH.conforms)) == [rdflib.Literal(False)]
    assert len(list(graph.objects(None, SH.result))) == len(violations)
    shapes = _graph()
    for result in graph.objects(None, SH.result):
        shape = graph.value(result, SH.sourceShape)
        path = shapes.value(shape, SH.path)
        if path is not None:
            assert _cbd(graph, graph.value(result, SH.resultPath)) == _cbd(shapes, path)
    assert set(report_graph(violations)) == set(report_graph(violations[::-1]))


def _cbd(graph: rdflib.Graph, node: rdflib.term.Node | None) -> object:
    """A node with all that hangs below it, blank nodes without their labels."""
    if not isinstance(node, rdflib.BNode):
        return node
    return frozenset((str(p), _cbd(graph, o)) for p, o in graph.predicate_objects(node))


def test_importing_the_module_imports_no_engine() -> None:
    code = "import sys, kg.shapes; print([m for m in ('rdflib', 'pyshacl', 'shacl') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_check_that_passes_imports_no_rdflib() -> None:
    code = "import sys, kg.shapes as s; s.Checker().check(''); print('rdflib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
