"""What ``import kg`` gives: the public names, and the same answers as the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import rdflib
from question_records import FIGURES, environment, fixture_store, rdflib_graph, run, to_oxigraph, write_records
from rdflib.namespace import RDF, RDFS

import kg

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

SCHEMA = rdflib.Namespace("https://schema.org/")
KG = rdflib.Namespace("https://w3id.org/pathway-figure-kg/vocab#")
NCBIGENE = rdflib.Namespace("https://identifiers.org/ncbigene/")
FIGURE = rdflib.Namespace("https://pfocr.wikipathways.org/figures/")

PUBLIC = """
AmbiguousName Answer BuildResult CannotRun Endpoint EndpointError KgError Loaded NoSuchGraph NotInGraph RecordError Report Table
UsageError __version__ build check export load open_graph query search sparql
""".split()


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


def python(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


# --- names


def test_public_names() -> None:
    assert sorted(kg.__all__) == sorted(PUBLIC)
    assert len(set(kg.__all__)) == len(kg.__all__)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_can_be_imported_on_its_own(name: str) -> None:
    """In a process of its own: no other import has made it ready."""
    assert python(f"from kg import {name}; print({name} is not None)") == "True\n"


def test_all_at_once_and_in_any_order() -> None:
    code = f"""
import kg
from kg import *
assert set({PUBLIC!r}) <= set(dir()), dir()
for name in {PUBLIC!r}: assert getattr(kg, name) is globals()[name], name
"""
    python(code)
    python("import kg.checking, kg.exporting, kg.pipeline, kg\nassert callable(kg.check) and callable(kg.export)")
    python(
        "import kg\nassert callable(kg.build)\nimport kg.cli, kg.checking\nassert callable(kg.build) and callable(kg.check)"
    )


def test_a_name_that_is_none() -> None:
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        kg.frobnicate  # noqa: B018


def test_importing_is_cheap() -> None:
    heavy = "{'requests', 'rdflib', 'pyoxigraph', 'yaml', 'pyshacl', 'shacl', 'rich', 'click'}"
    assert python(f"import kg, sys; print(sorted({heavy} & set(sys.modules)))") == "[]\n"


def test_every_error_is_a_kg_error() -> None:
    for error in (kg.AmbiguousName, kg.CannotRun, kg.NoSuchGraph, kg.NotInGraph, kg.RecordError, kg.UsageError):
        assert issubclass(error, kg.KgError)


# --- building, asking


def test_from_records_to_an_answer(tmp_path: Path) -> None:
    result = kg.build([write_records(tmp_path / "records")], store=tmp_path / "kg.store", jobs=1)
    assert isinstance(result, kg.BuildResult)
    assert (result.records, result.figures, result.rejected, result.repeats) == (11, 11, 0, 0)
    assert result.store == str(tmp_path / "kg.store")
    assert len(kg.query("figures-mentioning-genes", "JAK2", "STAT3", store=tmp_path / "kg.store").records()) == 6


def test_records_of_an_answer(store: Path) -> None:
    answer = kg.query("figures-mentioning-genes", "JAK2", "STAT3", tier="symbol", store=store)
    assert isinstance(answer, kg.Answer)
    assert answer.records() == [
        {
            "figure": "https://pfocr.wikipathways.org/figures/PMC1__f1.html",
            "title": "JAK2 activates STAT3",
            "year": "2020",
            "JAK2_tier": "symbol",
            "JAK2_words": "JAK2",
            "JAK2_note": None,
            "JAK2_support": "article",
            "STAT3_tier": "symbol",
            "STAT3_words": "STAT3",
            "STAT3_note": None,
            "STAT3_support": "article",
        }
    ]
    assert isinstance(answer.table, kg.Table)
    assert answer.table.columns == tuple(answer.records()[0])
    assert answer.shown.summary == "1 figure: 1 name both, 0 one, 0 neither"
    assert any("Jak2 (Mus musculus" in note for note in answer.notes)


def test_options_are_those_of_the_command(store: Path) -> None:
    name = "most-figured-genes"
    assert [row["symbol"] for row in kg.query(name, limit=2, store=store).records()] == ["STAT3", "JAK2"]
    assert len(kg.query(name, organism="mouse", store=store).records()) == 4
    assert len(kg.query(name, specific=True, store=str(store)).records()) == 9
    with pytest.raises(kg.UsageError, match="no tier 'gold'"):
        kg.query(name, tier="gold", store=store)
    with pytest.raises(kg.UsageError, match="exclude"):
        kg.query(name, tier="symbol", specific=True, store=store)
    with pytest.raises(kg.UsageError, match="less than none"):
        kg.query(name, limit=-1, store=store)
    with pytest.raises(kg.UsageError, match="takes no --organism"):
        kg.query("family-words", organism="mouse", store=store)


def test_errors_say_what_the_command_says(store: Path) -> None:
    for arguments, kind in (
        (("figures-mentioning-genes", "JAK22"), kg.NotInGraph),
        (("figures-mentioning-genes", "COX1"), kg.AmbiguousName),
        (("figures-mentioning-genes",), kg.UsageError),
        (("no-such-question",), kg.UsageError),
    ):
        with pytest.raises(kind) as raised:
            kg.query(*arguments, store=store)
        assert run("query", *arguments, store=store).err == f"kg: {raised.value}\n"


def test_no_store(tmp_path: Path) -> None:
    for ask in (
        lambda: kg.query("most-figured-genes", store=tmp_path / "none"),
        lambda: kg.sparql("ASK {}", store=tmp_path / "none"),
        lambda: kg.open_graph(tmp_path / "none"),
        lambda: kg.check(store=tmp_path / "none"),
        lambda: kg.export(tmp_path / "x.nt", store=tmp_path / "none"),
    ):
        with pytest.raises(kg.CannotRun, match="no store at"):
            ask()


def test_sparql(store: Path) -> None:
    table = kg.sparql("SELECT ?n { ncbigene:3717 rdfs:label ?n }", store=store)
    assert (table.columns, [[term.value for term in row if term] for row in table.rows]) == (("n",), [["JAK2"]])
    for text in ("ASK {}", "DESCRIBE ncbigene:3717", "CONSTRUCT WHERE { ?s ?p ?o }"):
        with pytest.raises(kg.UsageError, match=r"not a SELECT query.*kg\.open_graph"):
            kg.sparql(text, store=store)
    for text in ("nonsense", "INSERT DATA { <x:a> <x:b> <x:c> }"):
        with pytest.raises(kg.UsageError, match="not a"):
            kg.sparql(text, store=store)


def test_the_store_of_the_environment(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE", str(store))
    assert len(kg.query("papers-with-most-figures").records()) == 9
    assert len(kg.open_graph()) == len(rdflib_graph(store))


# --- the graph


def terms(graph: rdflib.Graph) -> set[tuple[Any, ...]]:
    """Its triples; to rdflib a text with and without its datatype, xsd:string, are two."""
    return {tuple(to_oxigraph(term) for term in triple) for triple in graph}


@pytest.fixture
def graph(store: Path) -> rdflib.Graph:
    return kg.open_graph(store)


def test_the_graph_is_one_of_rdflib(graph: rdflib.Graph, store: Path) -> None:
    assert isinstance(graph, rdflib.Graph)
    assert len(graph) == len(rdflib_graph(store))
    assert terms(graph) == terms(rdflib_graph(store))
    assert set(graph.subjects(RDF.type, SCHEMA.ImageObject)) == {FIGURE[f"{figid}.html"] for figid in FIGURES}
    assert str(graph.value(NCBIGENE["3717"], RDFS.label)) == "JAK2"
    assert graph.value(None, RDFS.label, rdflib.Literal("JAK2")) == NCBIGENE["3717"]
    # To rdflib a literal with and without xsd:string are two; the README says which it gets.
    assert graph.value(NCBIGENE["3717"], RDFS.label) == rdflib.Literal("JAK2", datatype=rdflib.XSD.string)
    assert graph.value(NCBIGENE["3717"], RDFS.label) != rdflib.Literal("JAK2")
    assert (FIGURE["PMC1__f1.html"], KG.mentionsSymbol, NCBIGENE["3717"]) in graph
    assert (FIGURE["PMC1__f2.html"], KG.mentionsSymbol, NCBIGENE["3717"]) not in graph


def test_the_graph_answers_sparql_with_the_prefixes_of_the_graph(graph: rdflib.Graph) -> None:
    query = "SELECT ?figure { ?figure kg:mentionsFamily ncbigene:3717 } ORDER BY ?figure"
    assert [str(row[0])[-13:-5] for row in graph.query(query)] == ["PMC1__f2", "PMC2__f1", "PMC3__f1"]
    assert graph.query("ASK { ncbigene:7157 a schema:Gene }").askAnswer is True
    told = graph.query("CONSTRUCT { ?g rdfs:label ?l } WHERE { ?g a schema:Gene ; rdfs:label ?l }").graph
    assert told is not None
    assert len(told) == 30
    (row,) = graph.query("SELECT ?g ?l { ?g rdfs:label ?l }", initBindings={"g": NCBIGENE["7157"]})
    assert str(row[1]) == "TP53"


def test_the_graph_can_be_written_in_rdflibs_formats(graph: rdflib.Graph, store: Path) -> None:
    again = rdflib.Graph().parse(data=graph.serialize(format="nt"), format="nt")
    assert terms(again) == terms(rdflib_graph(store))


def test_the_graph_cannot_be_written_to(graph: rdflib.Graph, store: Path) -> None:
    before = len(graph)
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever rdflib makes of a store that is read-only
        graph.add((NCBIGENE["1"], RDFS.label, rdflib.Literal("x")))
    assert len(kg.open_graph(store)) == before


def test_two_graphs_at_once(store: Path) -> None:
    first, second = kg.open_graph(store), kg.open_graph(store)
    assert len(first) == len(second)


def test_an_argument_that_is_no_text_is_wrong_usage(store: Path) -> None:
    for argument in (["JAK2", "STAT3"], 3717, None):
        with pytest.raises(kg.UsageError, match="one by one"):
            kg.query("figures-mentioning-genes", argument, store=store)  # type: ignore[arg-type]
