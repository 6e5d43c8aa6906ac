"""The features of SHACL Core that the shapes use, one by one: both engines say what the recommendation says.

Each case is a shape, data, and the results that https://www.w3.org/TR/shacl/ asks for, worked out by hand: focus node,
value (None where the component has none) and constraint component. The shapes have IRIs, as those of the project have.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
import rdflib

from kg.resources import resource
from kg.shapes import SH, Checker

EX = "http://example.org/"
PREFIXES = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
)
P = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . ex:P a sh:PropertyShape ; sh:path ex:p ; "
N = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; "


class Case(NamedTuple):
    """``results``: (focus node, value, component), IRIs of ``ex:`` by their local name."""

    shapes: str
    data: str
    results: set[tuple[str, str | None, str]]
    severity: str = "Violation"


CASES = {
    # targets
    "targetClass": Case(N + "sh:nodeKind sh:Literal .", "ex:a a ex:C . ex:b a ex:D .", {("a", "a", "NodeKind")}),
    "targetSubjectsOf": Case(
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:Literal .",
        "ex:a ex:p ex:b . ex:c ex:q ex:d .",
        {("a", "a", "NodeKind")},
    ),
    "targetObjectsOf": Case(
        "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:nodeKind sh:Literal .",
        'ex:a ex:p ex:b , "text" . ex:c ex:q ex:d .',
        {("b", "b", "NodeKind")},
    ),
    # a target of two kinds is looked at once
    "two targets": Case(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:targetSubjectsOf ex:p ; sh:nodeKind sh:Literal .",
        "ex:a a ex:C ; ex:p 1 .",
        {("a", "a", "NodeKind")},
    ),
    # cardinality
    "minCount": Case(P + "sh:minCount 1 .", "ex:a a ex:C . ex:b a ex:C ; ex:p 1 .", {("a", None, "MinCount")}),
    "severity": Case(
        P + "sh:minCount 1 ; sh:severity sh:Warning .", "ex:a a ex:C .", {("a", None, "MinCount")}, "Warning"
    ),
    "maxCount": Case(
        P + "sh:maxCount 1 .", "ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:p 1 .", {("a", None, "MaxCount")}
    ),
    "maxCount 0": Case(P + "sh:maxCount 0 .", "ex:a a ex:C ; ex:p 1 . ex:b a ex:C .", {("a", None, "MaxCount")}),
    # values
    "class": Case(
        P + "sh:class ex:D .",
        'ex:a a ex:C ; ex:p ex:d , ex:e , "d" . ex:d a ex:D . ex:e a ex:E .',
        {("a", "e", "Class"), ("a", '"d"', "Class")},
    ),
    "two classes": Case(P + "sh:class ex:D , ex:E .", "ex:a a ex:C ; ex:p ex:d . ex:d a ex:D .", {("a", "d", "Class")}),
    "datatype": Case(
        P + "sh:datatype xsd:gYear .",
        'ex:a a ex:C ; ex:p "2020"^^xsd:gYear , "2020" , ex:d .',
        {("a", '"2020"', "Datatype"), ("a", "d", "Datatype")},
    ),
    "datatype, ill-typed": Case(
        P + "sh:datatype xsd:double .",
        'ex:a a ex:C ; ex:p "0.5"^^xsd:double , "high"^^xsd:double .',
        {("a", '"high"^^<http://www.w3.org/2001/XMLSchema#double>', "Datatype")},
    ),
    "datatype, language": Case(
        P + "sh:datatype xsd:string .", 'ex:a a ex:C ; ex:p "x" , "y"@en .', {("a", '"y"@en', "Datatype")}
    ),
    "nodeKind": Case(P + "sh:nodeKind sh:IRI .", 'ex:a a ex:C ; ex:p ex:d , "d" .', {("a", '"d"', "NodeKind")}),
    "minInclusive": Case(
        P + "sh:minInclusive 0 .",
        'ex:a a ex:C ; ex:p 0 , -1 , "0.5"^^xsd:double , "x" .',
        {("a", '"-1"^^<http://www.w3.org/2001/XMLSchema#integer>', "MinInclusive"), ("a", '"x"', "MinInclusive")},
    ),
    "maxInclusive": Case(
        P + "sh:maxInclusive 1 .",
        'ex:a a ex:C ; ex:p "1"^^xsd:double , "1.5"^^xsd:double .',
        {("a", '"1.5"^^<http://www.w3.org/2001/XMLSchema#double>', "MaxInclusive")},
    ),
    "minLength": Case(P + "sh:minLength 1 .", 'ex:a a ex:C ; ex:p "" , "x" .', {("a", '""', "MinLength")}),
    "maxLength": Case(P + "sh:maxLength 3 .", 'ex:a a ex:C ; ex:p "βγδ" , "abcd" .', {("a", '"abcd"', "MaxLength")}),
    "pattern": Case(
        P + 'sh:pattern "^PMC[0-9]+$" .', 'ex:a a ex:C ; ex:p "PMC1" , "xPMC1" .', {("a", '"xPMC1"', "Pattern")}
    ),
    "pattern on an IRI": Case(
        P + 'sh:pattern "/d[0-9]$" .', "ex:a a ex:C ; ex:p ex:d1 , ex:d .", {("a", "d", "Pattern")}
    ),
    "in": Case(P + "sh:in ( ex:x 1 ) .", "ex:a a ex:C ; ex:p ex:x , 1 , ex:y .", {("a", "y", "In")}),
    "hasValue": Case(
        P + "sh:hasValue ex:x .",
        "ex:a a ex:C ; ex:p ex:y . ex:b a ex:C ; ex:p ex:x , ex:y . ex:c a ex:C .",
        {("a", None, "HasValue"), ("c", None, "HasValue")},
    ),
    # pairs of properties
    "equals": Case(
        P + "sh:equals ex:q .",
        "ex:a a ex:C ; ex:p 1 ; ex:q 1 . ex:b a ex:C ; ex:p ex:x ; ex:q ex:y .",
        {("b", "x", "Equals"), ("b", "y", "Equals")},
    ),
    "disjoint": Case(
        P + "sh:disjoint ex:q .", "ex:a a ex:C ; ex:p ex:x , ex:y ; ex:q ex:x .", {("a", "x", "Disjoint")}
    ),
    # logic
    "or": Case(
        P + "sh:or ( ex:T ex:U ) . ex:T a sh:NodeShape ; sh:class ex:D . ex:U a sh:NodeShape ; sh:class ex:E .",
        "ex:a a ex:C ; ex:p ex:d , ex:e , ex:f . ex:d a ex:D . ex:e a ex:E .",
        {("a", "f", "Or")},
    ),
    "or on a node": Case(
        N + "sh:or ( ex:T ex:U ) . ex:T sh:path ex:p ; sh:minCount 1 . ex:U sh:path ex:q ; sh:maxCount 0 .",
        "ex:a a ex:C ; ex:q 1 . ex:b a ex:C ; ex:p 1 ; ex:q 1 .",
        {("a", "a", "Or")},
    ),
    "and": Case(
        N + "sh:and ( ex:T ex:U ) . ex:T sh:path ex:p ; sh:minCount 1 . ex:U sh:path ex:q ; sh:maxCount 0 .",
        "ex:a a ex:C ; ex:p 1 ; ex:q 1 . ex:b a ex:C ; ex:p 1 .",
        {("a", "a", "And")},
    ),
    "not": Case(
        N + "sh:not ex:T . ex:T a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 .",
        "ex:a a ex:C ; ex:p 1 . ex:b a ex:C .",
        {("a", "a", "Not")},
    ),
    "two nots": Case(
        N + "sh:not ex:T , ex:U . ex:T sh:path ex:p ; sh:minCount 1 . ex:U sh:path ex:q ; sh:minCount 1 .",
        "ex:a a ex:C ; ex:q 1 . ex:b a ex:C .",
        {("a", "a", "Not")},
    ),
    # shapes of shapes
    "node": Case(
        P + "sh:node ex:T . ex:T a sh:NodeShape ; sh:property ex:U . ex:U sh:path ex:q ; sh:minCount 1 .",
        "ex:a a ex:C ; ex:p ex:x , ex:y . ex:x ex:q 1 .",
        {("a", "y", "Node")},
    ),
    "property": Case(
        N + "sh:property ex:P , ex:Q . ex:P sh:path ex:p ; sh:minCount 1 . ex:Q sh:path ex:q ; sh:maxCount 0 .",
        "ex:a a ex:C ; ex:q 1 .",
        {("a", None, "MinCount"), ("a", None, "MaxCount")},
    ),
    "qualifiedValueShape": Case(
        P + "sh:qualifiedValueShape ex:T ; sh:qualifiedMinCount 1 . ex:T a sh:NodeShape ; sh:class ex:D .",
        "ex:a a ex:C ; ex:p ex:x . ex:b a ex:C ; ex:p ex:x , ex:d . ex:d a ex:D .",
        {("a", None, "QualifiedMinCount")},
    ),
    "closed": Case(
        N + "sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property ex:P . ex:P sh:path ex:p .",
        "ex:a a ex:C ; ex:p 1 ; ex:q ex:x .",
        {("a", "x", "Closed")},
    ),
    # paths
    "inversePath": Case(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . "
        "ex:P sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 .",
        "ex:a a ex:C . ex:x ex:p ex:a . ex:y ex:p ex:a .",
        {("a", None, "MaxCount")},
    ),
    "alternativePath": Case(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . "
        "ex:P sh:path [ sh:alternativePath ( ex:p ex:q ) ] ; sh:maxCount 1 .",
        # 1 by both is one value
        "ex:a a ex:C ; ex:p 1 ; ex:q 1 . ex:b a ex:C ; ex:p 1 ; ex:q 2 .",
        {("b", None, "MaxCount")},
    ),
    "sequence": Case(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . "
        "ex:P sh:path ( ex:p [ sh:inversePath ex:q ] ) ; sh:disjoint ex:r .",
        "ex:a a ex:C ; ex:p ex:x ; ex:r ex:y . ex:y ex:q ex:x . ex:z ex:q ex:x .",
        {("a", "y", "Disjoint")},
    ),
    "alternatives of which one is a sequence": Case(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . "
        "ex:P sh:path [ sh:alternativePath ( ex:p ( [ sh:inversePath ex:q ] ex:r ) ) ] ; sh:minCount 1 .",
        "ex:a a ex:C ; ex:p 1 . ex:b a ex:C . ex:x ex:q ex:b ; ex:r 1 . ex:c a ex:C . ex:y ex:q ex:c . ex:z ex:r 1 .",
        {("c", None, "MinCount")},
    ),
    "sequence with alternatives of inverses": Case(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . "
        "ex:P sh:path ( ex:p [ sh:alternativePath ( [ sh:inversePath ex:q ] [ sh:inversePath ex:r ] ) ] ) ; "
        "sh:nodeKind sh:Literal .",
        "ex:a a ex:C ; ex:p ex:x . ex:y ex:q ex:x . ex:z ex:r ex:x .",
        {("a", "y", "NodeKind"), ("a", "z", "NodeKind")},
    ),
}


def _short(text: str | None) -> str | None:
    if text is None:
        return None
    return text.removeprefix("<").removesuffix(">").removeprefix(EX) if text.startswith(("<" + EX, EX)) else text


@pytest.mark.parametrize("engine", ["shacl", "pyshacl"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_feature_is_as_the_recommendation_has_it(tmp_path: Path, case: Case, engine: str) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "a.ttl").write_text(PREFIXES + case.shapes, encoding="utf-8")
    data = rdflib.Graph().parse(data=PREFIXES + case.data, format="turtle").serialize(format="nt")
    found = Checker(engine, folder).check(data)  # type: ignore[arg-type]
    assert {
        (
            _short(one.focus),
            _short(one.value),
            one.component.removeprefix(SH).removesuffix("ConstraintComponent"),
        )
        for one in found
    } == case.results
    assert {one.severity for one in found} <= {SH + case.severity}


def test_every_feature_that_the_shapes_use_has_a_case() -> None:
    words = {"name", "message", "PropertyShape", "NodeShape", "IRI", "path"}  # for people, classes, and in every case
    used = {
        word
        for file in resource("shapes").glob("*.ttl")
        for word in re.findall(r"\bsh:(\w+)", re.sub(r"#.*|\"[^\"]*\"", "", file.read_text("utf-8")))
    }
    covered = {word for case in CASES.values() for word in re.findall(r"\bsh:(\w+)", case.shapes)}
    assert used - words <= covered
