"""`kg serve` asked by Comunica, a client in JavaScript that takes queries apart and joins the answers itself.

It is installed by ``npm ci`` in ``tests/comunica`` (``.ci/run`` does that), and asks what it is given to ask, nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pyoxigraph
import pytest
from conftest import ROOT
from question_records import fixture_store
from servers import needed
from serving import Served, served

HERE = ROOT / "tests" / "comunica"
PREFIXES = """
PREFIX kg: <https://w3id.org/pathway-figure-kg/vocab#>
PREFIX schema: <https://schema.org/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX gene: <https://identifiers.org/ncbigene/>
PREFIX figure: <https://pfocr.wikipathways.org/figures/>
"""
FIGURE = "https://pfocr.wikipathways.org/figures/"
PAPER = "https://identifiers.org/pmc/"
STAT3_BY_YEAR = """
SELECT ?figure ?paper ?year WHERE {
  ?figure kg:mentionsSymbol gene:6774 ; schema:isPartOf ?paper .
  ?paper schema:datePublished ?year .
}"""
STAT3_BY_YEAR_ROWS = {
    (f"{FIGURE}PMC1__f1.html", f"{PAPER}PMC1", "2020"),
    (f"{FIGURE}PMC1__f2.html", f"{PAPER}PMC1", "2020"),
    (f"{FIGURE}PMC2__f1.html", f"{PAPER}PMC2", "2021"),
}
"""By the table of records (`question_records`): those whose table has STAT3 as a symbol of the human gene, 6774."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    needed("node", "nodejs")
    if not (HERE / "node_modules").is_dir():
        told = f"Comunica is not installed: npm ci --prefix {HERE} (.ci/run does)"
        if os.environ.get("KG_TEST_ALL"):
            pytest.fail(told)
        pytest.skip(told)
    with served(fixture_store()) as running:
        yield running


def ask(query: str, *servers: Served) -> bytes:
    """What Comunica answers."""
    asked = {"sources": [f"{server.url}/sparql" for server in servers], "query": PREFIXES + query}
    ran = subprocess.run(
        ["node", "ask.mjs"], cwd=HERE, input=json.dumps(asked).encode(), capture_output=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode("utf-8", "replace")
    return ran.stdout


def rows(answer: bytes) -> list[tuple[str, ...]]:
    """The values of a table, in the order of its columns."""
    document: Any = json.loads(answer)
    names = document["head"]["vars"]
    return [tuple(binding[name]["value"] for name in names) for binding in document["results"]["bindings"]]


def test_select(server: Served) -> None:
    found = rows(ask("SELECT ?f WHERE { ?f kg:mentionsSymbol gene:3717 }", server))
    assert found == [(f"{FIGURE}PMC1__f1.html",)]  # others have human JAK2 in a family, or as a keyword


def test_order_and_types(server: Served) -> None:
    answer = ask(
        "SELECT ?label ?score WHERE { figure:PMC4__f1.html kg:mentionsSymbol ?g ; kg:pathwayScore ?score . "
        "?g rdfs:label ?label } ORDER BY DESC(?label)",
        server,
    )
    assert rows(answer) == [("Stat3", "0.75"), ("Jak2", "0.75"), ("Il6", "0.75")]
    score = json.loads(answer)["results"]["bindings"][0]["score"]
    assert score["datatype"] == "http://www.w3.org/2001/XMLSchema#double"


def test_a_join_of_several_patterns(server: Served) -> None:
    found = rows(ask(STAT3_BY_YEAR, server))
    assert (len(found), set(found)) == (3, STAT3_BY_YEAR_ROWS)


def test_a_join_that_comunica_makes(server: Served) -> None:
    """Of two endpoints: each pattern is asked of both, with the values that the other patterns gave."""
    with served(fixture_store(), "--log") as other:
        found = rows(ask(STAT3_BY_YEAR.replace("SELECT", "SELECT DISTINCT"), server, other))
        asked = sum(" /sparql" in line and " 200 " in line for line in other.lines)
    assert (len(found), set(found)) == (3, STAT3_BY_YEAR_ROWS)
    assert asked > 3  # the patterns came apart


@pytest.mark.parametrize(("gene", "said"), [("gene:3717", True), ("gene:1", False)])
def test_ask(server: Served, gene: str, said: bool) -> None:
    assert json.loads(ask(f"ASK {{ ?figure kg:mentionsSymbol {gene} }}", server))["boolean"] is said


def test_construct(server: Served) -> None:
    answer = ask(
        "CONSTRUCT { ?paper kg:mentionsSymbol ?gene } "
        "WHERE { ?figure kg:mentionsSymbol ?gene ; schema:isPartOf ?paper ; schema:about ?taxon . "
        "FILTER(?taxon = <http://purl.obolibrary.org/obo/NCBITaxon_10090>) }",
        server,
    )
    triples = {str(quad.triple) for quad in pyoxigraph.parse(answer, format=pyoxigraph.RdfFormat.N_QUADS)}
    assert triples == {
        f"<{PAPER}PMC4> <https://w3id.org/pathway-figure-kg/vocab#mentionsSymbol> <https://identifiers.org/ncbigene/{gene}>"
        for gene in (16452, 20848, 16193)  # Jak2, Stat3 and Il6 of the mouse
    }
