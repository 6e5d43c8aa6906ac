"""``kg check``: what it finds in records, RDF files and the store, how it says so, and with which exit code."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import rdflib
from question_records import FIGURES, SEED_FILE, fixture_store, run, seeded_store
from rdflib.namespace import RDF, SH
from records import HUMAN, SYMBOL, gene, write

import kg
from kg.errors import CannotRun, UsageError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

SHAPES = "https://w3id.org/pathway-figure-kg/shapes#"
ENGINES = ("shacl", "pyshacl")


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A record with a year of five digits and a DOI with a comma."""
    rows = [gene("JAK2", "JAK2", "JAK2", 3717)]
    return write(tmp_path / "bad", "PMC1__x", year="20233", doi="10,3390/x", genes=rows)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path / "good", "PMC2__f1", genes=[gene("JAK2", "JAK2", "JAK2", 3717)])


@pytest.fixture
def graph(good: Path, tmp_path: Path) -> str:
    """One good record as N-Triples."""
    kg.build([good], dump=tmp_path / "graph.nt", no_store=True, jobs=1)
    return (tmp_path / "graph.nt").read_text("utf-8")


# --- records


def test_a_bad_record_as_text(bad: Path) -> None:
    ran = run("check", bad)
    assert ran.code == 1
    assert ran.err.strip() == "1 record, 2 violations, 0 warnings"
    assert ran.lines[0] == str(bad)
    year, advice, doi, _ = ran.lines[1:]
    assert year.split()[:2] == ["year", "'20233'"]
    assert "shapes/paper.ttl" in year
    assert "four digits" in advice
    assert doi.split()[0] == "doi"
    assert "10,3390/x" in doi
    assert "shapes/paper.ttl" in doi


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_record_as_json(bad: Path, engine: str) -> None:
    ran = run("check", bad, "--format", "json", "--engine", engine)
    assert ran.code == 1
    document = json.loads(ran.out)
    assert (document["conforms"], document["records"]) == (False, 1)
    found = {(f["field"], f["record"], f["severity"], f["file"]) for f in document["findings"]}
    assert found == {(field, str(bad), "violation", "shapes/paper.ttl") for field in ("year", "doi")}
    for finding in document["findings"]:
        assert finding["message"]
        assert finding["advice"]
        assert finding["shape"].startswith(SHAPES + "PaperShape")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_record_as_turtle(bad: Path, engine: str) -> None:
    ran = run("check", bad, "--format", "turtle", "--engine", engine)
    assert ran.code == 1
    report = rdflib.Graph().parse(data=ran.out, format="turtle")
    (node,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(node, SH.conforms).toPython() is False
    paths = {str(report.value(result, SH.resultPath)) for result in report.objects(node, SH.result)}
    assert paths == {"https://schema.org/datePublished", "https://schema.org/sameAs"}
    focus = {str(report.value(result, SH.focusNode)) for result in report.objects(node, SH.result)}
    assert focus == {"https://identifiers.org/pmc/PMC1"}


def test_both_engines_find_the_same(bad: Path) -> None:
    first, second = (kg.check([bad], engine=engine) for engine in ("shacl", "pyshacl"))
    assert set(first.findings) == set(second.findings)


def test_a_good_record(good: Path) -> None:
    ran = run("check", good)
    assert (ran.code, ran.out, ran.err.strip()) == (0, "", "1 record, 0 violations, 0 warnings")
    ran = run("check", good, "--format", "turtle")
    report = rdflib.Graph().parse(data=ran.out, format="turtle")
    assert [value.toPython() for value in report.objects(None, SH.conforms)] == [True]
    assert json.loads(run("check", good, "--format", "json").out) == {"conforms": True, "records": 1, "findings": []}


def test_the_seed_record_is_good() -> None:
    assert run("check", SEED_FILE).code == 0


def test_a_folder_of_good_and_bad(bad: Path, good: Path, tmp_path: Path) -> None:
    ran = run("check", tmp_path)
    assert ran.code == 1
    assert ran.err.strip() == "2 records, 2 violations, 0 warnings"
    assert [line for line in ran.lines if not line.startswith(" ")] == [str(bad)]


BROKEN = {
    "not UTF-8": (b"---\nfigid: \xff\n---\n", "UTF-8"),
    "no front matter": (b"figid: x\n", "front matter"),
    "no YAML": (b"---\nfigid: [\n---\n", "YAML"),
    "another figid": (b"---\nfigid: PMC2__f2\n---\n", "file name"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_record_that_cannot_be_read_is_a_violation(good: Path, case: str) -> None:
    content, said = BROKEN[case]
    broken = good.with_name("PMC9__f1.md")
    broken.write_bytes(content)
    ran = run("check", good.parent)
    assert ran.code == 1
    assert ran.err.strip() == "2 records, 1 violation, 0 warnings"
    assert ran.lines[0] == str(broken)
    assert said in ran.out
    (finding,) = json.loads(run("check", good.parent, "--format", "json").out)["findings"]
    assert finding["record"] == str(broken)
    report = rdflib.Graph().parse(data=run("check", broken, "--format", "turtle").out, format="turtle")
    (node,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(node, SH.conforms).toPython() is False
    (result,) = report.objects(node, SH.result)
    assert said in str(report.value(result, SH.resultMessage))


def test_a_broken_table_names_the_table(good: Path) -> None:
    table = good.parent.parent / "_data" / "PMC2__f1-genes.tsv"
    table.write_text(table.read_text().replace("3717", "JAK2"))
    ran = run("check", good)
    assert ran.code == 1
    assert str(table) in ran.out
    assert "row 2, column ncbigene_id" in ran.out


def test_a_lexicon_that_is_broken(good: Path, tmp_path: Path) -> None:
    (tmp_path / "gene_info").write_text("tax_id\tGeneID\n")
    ran = run("check", good, "--lexicon", tmp_path / "gene_info")
    assert ran.code == 2
    assert str(tmp_path / "gene_info") in ran.err


def test_checking_agrees_with_building(bad: Path, good: Path, tmp_path: Path) -> None:
    result = kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    (reject,) = result.rejects
    report = kg.check([tmp_path])
    assert [reason.field for reason in reject.reasons] == [finding.field for finding in report.findings]
    assert {finding.record for finding in report.findings} == {reject.file} == {str(bad)}


# --- RDF files


@pytest.mark.parametrize("ending", [".ttl", ".nt", ".nq", ".trig", ".jsonld", ".ttl.gz", ".NT"])
def test_an_export_is_good(store: Path, tmp_path: Path, ending: str) -> None:
    kg.export(tmp_path / f"graph{ending}", store=store)
    ran = run("check", tmp_path / f"graph{ending}")
    assert ran.code == 0
    # The two records of PMC9 disagree on its title and year.
    assert ran.err.strip() == f"{len(FIGURES)} records, 0 violations, 2 warnings"


def test_rdf_xml(good: Path, graph: str, tmp_path: Path) -> None:
    rdflib.Graph().parse(data=graph, format="nt").serialize(tmp_path / "graph.rdf", format="xml")
    assert run("check", tmp_path / "graph.rdf").err.strip() == "1 record, 0 violations, 0 warnings"


def checked(graph: str, tmp_path: Path) -> list[tuple[str, str]]:
    """What is found in a graph, as record and field."""
    (tmp_path / "changed.nt").write_text(graph, encoding="utf-8")
    report = kg.check([tmp_path / "changed.nt"])
    assert report.conforms == (not report.violations)
    return [(finding.record, finding.field) for finding in report.findings]


def without(graph: str, part: str) -> str:
    lines = [line for line in graph.splitlines() if part not in line]
    assert len(lines) < len(graph.splitlines())
    return "\n".join(lines) + "\n"


def test_the_graph_of_a_record_is_good(graph: str, tmp_path: Path) -> None:
    assert checked(graph, tmp_path) == []


def test_a_mention_without_a_target_is_found(graph: str, tmp_path: Path) -> None:
    """It belongs to no figure, so that no part of the graph that is a figure's has it."""
    found = checked(without(graph, "oa#hasTarget"), tmp_path)
    assert any(record == "(in no figure)" for record, _ in found)
    # The figure's edge has lost its mention.
    assert any(record == "PMC2__f1" for record, _ in found)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("kg/vocab#word>", "word"),
        ("schema.org/taxonomicRange", "organism_id"),
        ("purl.org/dc/terms/source", "source"),
        ("hasBody", None),
        ("vocab#mentionsSymbol", None),
        ("schema.org/mentions>", None),
        ("schema.org/isPartOf> <https://identifiers.org/pmc", None),
    ],
)
def test_what_is_missing_in_a_figure_is_told_by_its_figid(
    graph: str, tmp_path: Path, part: str, field: str | None
) -> None:
    found = checked(without(graph, part), tmp_path)
    assert found
    assert {record for record, _ in found} <= {"PMC2__f1", "(in no figure)"}
    assert ("PMC2__f1" in {record for record, _ in found}) or part.startswith("schema.org/isPartOf")
    if field:
        assert any(field in said for _, said in found)


def test_a_gene_that_no_figure_names_is_checked_too(graph: str, tmp_path: Path) -> None:
    stray = "<https://identifiers.org/ncbigene/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Gene> .\n"
    found = checked(graph + stray, tmp_path)
    assert found
    assert {record for record, _ in found} == {"(in no figure)"}


def test_named_graphs_are_looked_into(graph: str, tmp_path: Path) -> None:
    quads = without(graph, "oa#hasTarget").replace(" .\n", " <x:graph> .\n")
    (tmp_path / "changed.nq").write_text(quads, encoding="utf-8")
    assert run("check", tmp_path / "changed.nq").code == 1


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "empty.nt").touch()
    ran = run("check", tmp_path / "empty.nt")
    assert (ran.code, ran.err.strip()) == (0, "0 records, 0 violations, 0 warnings")


def test_files_and_records_together(bad: Path, graph: str, tmp_path: Path) -> None:
    ran = run("check", bad, tmp_path / "graph.nt")
    assert ran.code == 1
    assert ran.err.strip() == "2 records, 2 violations, 0 warnings"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.ttl", b"x", "not Turtle"),
        ("x.nt", b"<x:a> <x:b> .\n", "not N-Triples"),
        ("x.jsonld", b"[", "not JSON-LD"),
        ("x.rdf", b"x", "not RDF/XML"),
        ("x.ttl.gz", b"x", "cannot be read"),
        ("y.nt.gz", gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 50)[:-12], "y.nt.gz"),
        ("x.txt", b"x", "not a record file"),
        ("x.csv", b"x", "not a record file"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    ran = run("check", tmp_path / name)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize("name", ["none.ttl", "none.md", "none"])
def test_a_file_that_is_not_there(tmp_path: Path, name: str) -> None:
    ran = run("check", tmp_path / name)
    assert ran.code == 2
    assert "no such file or folder" in ran.err


# --- the store


@pytest.mark.parametrize("engine", ENGINES)
def test_the_store(store: Path, engine: str) -> None:
    ran = run("check", "--engine", engine, store=store)
    assert ran.code == 0
    assert ran.err.strip() == f"{len(FIGURES)} records, 0 violations, 2 warnings"


def test_two_titles_of_a_paper_are_a_warning(store: Path) -> None:
    ran = run("check", "--format", "json", store=store)
    assert ran.code == 0
    document = json.loads(ran.out)
    assert document["conforms"] is True
    assert {(f["record"], f["severity"], f["value"]) for f in document["findings"]} == {
        ("pmc:PMC9", "warning", "Paper nine, revised."),
        ("pmc:PMC9", "warning", "year 2015, by PMC9__f2"),
    }
    assert "warning: records of this paper disagree" in run("check", store=store).out


def test_two_titles_and_two_organisms_in_a_file_are_told(graph: str, tmp_path: Path) -> None:
    """What another tool joins from two graphs: each alone is a violation of its record, and a warning of the whole."""
    more = (
        '<https://identifiers.org/pmc/PMC2> <https://schema.org/name> "Another title" .\n'
        "<https://identifiers.org/ncbigene/3717> <https://schema.org/taxonomicRange> "
        "<http://purl.obolibrary.org/obo/NCBITaxon_10090> .\n"
    )
    found = checked(graph + more, tmp_path)
    assert ("pmc:PMC2", "papertitle") in found
    assert ("ncbigene:3717", "organism_id") in found


def test_a_store_that_was_not_checked(bad: Path, tmp_path: Path) -> None:
    assert run("build", bad, "--no-check", "--jobs", "1", store=tmp_path / "s").code == 0
    ran = run("check", store=tmp_path / "s")
    assert ran.code == 1
    assert ran.lines[0] == "PMC1__x"
    assert ran.err.strip() == "1 record, 2 violations, 0 warnings"


def test_a_verdict_does_not_depend_on_other_records(bad: Path, tmp_path: Path) -> None:
    """A good figure of the paper whose other record has a bad year is judged with the paper as it is settled."""
    write(bad.parent.parent, "PMC1__y", genes=[gene("JAK2", "JAK2", "JAK2", 3717)])
    report = kg.check([bad.parent])
    assert {finding.record for finding in report.findings} == {str(bad)}


def test_no_store(tmp_path: Path) -> None:
    ran = run("check", store=tmp_path / "none")
    assert (ran.code, ran.out) == (3, "")
    assert "kg build" in ran.err


def test_the_seed_figure_among_the_others_is_good() -> None:
    assert run("check", store=seeded_store()).code == 0


# --- from Python


def test_from_python(bad: Path, good: Path, store: Path, tmp_path: Path) -> None:
    report = kg.check([str(bad)])
    assert (report.records, report.violations, report.conforms) == (1, 2, False)
    assert {violation.path for violation in report.results} == {
        "https://schema.org/datePublished",
        "https://schema.org/sameAs",
    }
    assert kg.check([good]).conforms
    assert kg.check(store=store).conforms
    with pytest.raises(CannotRun):
        kg.check(store=tmp_path / "none")
    with pytest.raises(UsageError):
        kg.check([tmp_path / "none.ttl"])


def test_an_organism_that_is_not_stated(tmp_path: Path) -> None:
    row = ("NA", "NA", "NA", "X", "X", "XYZZY", "999999999", SYMBOL, "1", "2", "3")
    path = write(tmp_path, genes=[row, gene("JAK2", "JAK2", "JAK2", 3717, SYMBOL, HUMAN)])
    ran = run("check", path)
    assert ran.code == 1
    assert "organism" in ran.out
