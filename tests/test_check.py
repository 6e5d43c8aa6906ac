"""``kg check``: what it finds in records, RDF files and the store, how it says so, and with which exit code."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import rdflib
import zstandard
from question_records import FIGURES, SEED_FILE, fixture_store, run, seeded_store
from rdflib.namespace import RDF, SH
from records import HUMAN, MOUSE, SYMBOL, gene, write

import kg
from kg import checking
from kg.errors import CannotRun, UsageError
from kg.store import StoreWriter

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
    assert doi == "  doi  '10,3390/x'  is not one DOI  [shapes/paper.ttl, PaperShape-sameAs]"


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


STATED = {
    "doi": "10,3390/Ab c",
    "pmcid": "pmc1",
    "figlink": "https://evil.example/x",
    "ndex": "not a uuid",
    "wpid": "WP 1",
}
"""Field to a value that is wrong, as the record has it."""
FOUND = {key: "ndex / wpid" if key in ("ndex", "wpid") else key for key in STATED}
OF_THE_GRAPH = STATED | {"doi": "10,3390/ab c", "figlink": "/https://evil.example/x"}
"""The same as far as the graph tells: a DOI is in lower case there, and a path at NCBI has its slash."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("key", STATED)
def test_values_are_shown_as_the_record_has_them(tmp_path: Path, key: str, engine: checking.Engine) -> None:
    path = write(tmp_path, fields={key: STATED[key]})
    report = kg.check(path, engine=engine)
    assert (FOUND[key], STATED[key]) in {(finding.field, finding.value) for finding in report.findings}
    assert not any("identifiers.org" in f.value or "doi.org" in f.value for f in report.findings)
    (reject,) = kg.build(path, no_store=True, dump=tmp_path / "x.nt", engine=engine).rejects
    assert (FOUND[key], STATED[key]) in {(reason.field, reason.value) for reason in reject.reasons}


@pytest.mark.parametrize("key", STATED)
def test_values_of_a_graph_are_shown_without_what_makes_them_iris(tmp_path: Path, key: str) -> None:
    kg.build(write(tmp_path, fields={key: STATED[key]}), no_store=True, dump=tmp_path / "x.nt", check=False)
    findings = kg.check(tmp_path / "x.nt").findings
    assert (FOUND[key], OF_THE_GRAPH[key]) in {(finding.field, finding.value) for finding in findings}


def test_both_wrong_links_are_told_apart(tmp_path: Path) -> None:
    report = kg.check(write(tmp_path, ndex="x", wpid="y"))
    assert {finding.value for finding in report.findings} == {"x", "y"}


def test_a_value_stands_once_in_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, genes=[gene("x", "X", "X", "abc")])
    assert (
        run("check", path)
        .lines[1]
        .endswith(
            "genes.tsv: row 2, column ncbigene_id  'abc'  is not a number (an NCBI id is digits alone; "
            "write NA if it is not known)"
        )
    )
    ran = run("build", path, "--reject-file", tmp_path / "r", store=tmp_path / "s")
    assert ran.err.count("abc") == 1


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


def test_two_records_with_one_figid_are_told_as_in_a_build(tmp_path: Path) -> None:
    first = write(tmp_path / "a", figtitle="First")
    second = write(tmp_path / "b", figtitle="Second")
    write(tmp_path / "c", figtitle="First")  # the same as the first
    (reject,) = kg.build(tmp_path, store=tmp_path / "s").rejects
    report = kg.check(tmp_path)
    (finding,) = report.findings
    assert (report.records, report.conforms) == (3, False)
    assert (finding.record, finding.field, finding.value) == (str(second), "figid", "PMC1__f1")
    assert (reject.file, reject.reasons[0].message) == (finding.record, finding.message)
    assert str(first) in finding.message
    (result,) = report.results
    assert result.value == '"PMC1__f1"'


def test_a_human_gene_stated_of_mouse_is_kept_and_told(tmp_path: Path) -> None:
    """3717 is JAK2 of human at NCBI and HGNC."""
    path = write(tmp_path / "r", genes=[gene("JAK2", "JAK2", "Jak2", 3717, SYMBOL, MOUSE)])
    ran = run("check", path)
    assert (ran.code, ran.err.strip()) == (0, "1 record, 0 violations, 1 warning")
    assert ran.lines[1] == (
        "  genes: organism_id  '10090'  warning: is not the organism of gene 3717, which is JAK2 of 9606 in the lexicon"
    )
    result = kg.build(path, store=tmp_path / "s")
    assert (result.figures, result.rejected) == (1, 0)
    assert result.warnings == (
        "gene 3717 is stated of organism 10090, and is JAK2 of organism 9606 in the lexicon; kept 10090",
    )
    query = "SELECT ?p ?o { <https://identifiers.org/ncbigene/3717> ?p ?o }"
    said = {(p.value.rpartition("/")[2], o.value) for p, o in kg.sparql(query, store=tmp_path / "s").rows}  # type: ignore[union-attr]
    assert ("taxonomicRange", "http://purl.obolibrary.org/obo/NCBITaxon_10090") in said
    assert ("name", "JAK2") in said
    assert not any("hgnc" in value for _, value in said)
    assert kg.check(store=tmp_path / "s").conforms


def test_a_human_gene_stated_of_mouse_and_of_human_is_human(tmp_path: Path) -> None:
    write(tmp_path / "r", "PMC1__a", genes=[gene("JAK2", "JAK2", "Jak2", 3717, SYMBOL, MOUSE)])
    write(tmp_path / "r", "PMC2__b", genes=[gene("JAK2", "JAK2", "JAK2", 3717)])
    result = kg.build(tmp_path / "r", store=tmp_path / "s")
    assert result.warnings == ("gene 3717 is stated of organisms 9606, 10090; kept 9606",)
    query = "SELECT ?o { <https://identifiers.org/ncbigene/3717> wp:bdbHgncSymbol|schema:taxonomicRange ?o }"
    assert {o.value for (o,) in kg.sparql(query, store=tmp_path / "s").rows} == {  # type: ignore[union-attr]
        "http://purl.obolibrary.org/obo/NCBITaxon_9606",
        "https://identifiers.org/hgnc.symbol/JAK2",
    }


def test_a_key_that_stands_twice_is_a_warning(good: Path) -> None:
    text = good.read_text("utf-8")
    good.write_text(text.replace("number: F1\n", "number: F1\nnumber: F2\n"), "utf-8")
    ran = run("check", good)
    assert (ran.code, ran.err.strip()) == (0, "1 record, 0 violations, 1 warning")
    assert ran.lines[1] == "  number  warning: stands twice; the last one counts"


# --- RDF files


@pytest.mark.parametrize("ending", [".ttl", ".nt", ".nq", ".trig", ".jsonld", ".ttl.gz", ".nt.zst", ".NT"])
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


@pytest.mark.parametrize("content", ["", "<x:a> <x:b> <x:c> .\n", "<x:a> <https://schema.org/name> 'a name' .\n"])
def test_a_file_that_holds_nothing_to_check(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.ttl"
    path.write_text(content)
    ran = run("check", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip() == f"kg: {path}: holds no figure (schema:ImageObject): nothing to check"


TAXON = "<http://purl.obolibrary.org/obo/NCBITaxon_9606>"


@pytest.mark.parametrize(("name", "code"), [("Homo sapiens", 0), ("", 1)])
def test_a_file_without_a_figure_but_with_things_that_shapes_look_at(tmp_path: Path, name: str, code: int) -> None:
    (tmp_path / "x.ttl").write_text(
        f"@prefix schema: <https://schema.org/> . {TAXON} a schema:Taxon ; schema:name '{name}' ; "
        f"<http://www.w3.org/2000/01/rdf-schema#label> '{name}' ."
    )
    ran = run("check", tmp_path / "x.ttl")
    assert ran.code == code
    assert ran.err.startswith("0 records, ")


def test_what_is_left_is_found_beside_a_mention_of_two_figures(good: Path, tmp_path: Path) -> None:
    """Such a mention is in both figures' parts: counting alone would hide as many triples that are in none."""
    write(good.parent.parent, "PMC3__f1", genes=[gene("JAK2", "JAK2", "JAK2", 3717)])
    kg.build(good.parent, no_store=True, dump=tmp_path / "graph.nt")
    graph = (tmp_path / "graph.nt").read_text("utf-8")
    mention = next(line.split(" ")[0] for line in graph.splitlines() if "PMC2__f1" in line and "oa#hasBody" in line)
    said = sum(line.startswith(mention) for line in graph.splitlines()) + 1
    strays = "".join(f'<x:{n}> <https://schema.org/datePublished> "1" .\n' for n in range(said))
    target = f"{mention} <http://www.w3.org/ns/oa#hasTarget> <https://pfocr.wikipathways.org/figures/PMC3__f1.html> .\n"
    found = checked(graph + target + strays, tmp_path)
    assert {record for record, _ in found} >= {"PMC2__f1", "PMC3__f1", "(in no figure)"}


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
        ("x.ttl.zst", b"x", "cannot be read"),
        ("y.nt.zst", zstandard.compress(b"<x:a> <x:b> <x:c> .\n" * 50)[:-12], "cannot be read"),
        ("y.nt.gz", gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 50, mtime=0)[:-12], "y.nt.gz"),
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


def test_processes_do_not_matter(bad: Path, graph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records, one of them bad, a mention without a figure, and a gene that is no figure's."""
    write(bad.parent.parent, "PMC1__y", genes=[gene("JAK2", "JAK2", "JAK2", 3717)])
    kg.build(bad.parent, no_store=True, dump=tmp_path / "x.nt", check=False)
    stray = "<https://identifiers.org/ncbigene/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://schema.org/Gene> .\n"
    mention = "<x:mention> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/oa#Annotation> .\n"
    with StoreWriter(tmp_path / "s") as writer:
        writer.start()
        writer.load([(tmp_path / "x.nt").read_bytes(), graph.encode(), (stray + mention).encode()])
        writer.commit({})
    monkeypatch.setattr(checking, "BATCH", 1)
    one, two = (kg.check(store=tmp_path / "s", jobs=jobs) for jobs in (1, 2))
    assert one == two
    assert one.records == 3
    assert {finding.record for finding in one.findings} == {"PMC1__x", "PMC1__y", "(in no figure)", "pmc:PMC1"}


def test_a_store_of_rejected_records_alone_holds_nothing_to_check(tmp_path: Path) -> None:
    kg.build(write(tmp_path, figtitle="NA"), store=tmp_path / "s")
    ran = run("check", store=tmp_path / "s")
    assert (ran.code, ran.out) == (2, "")
    assert "holds no figure" in ran.err


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
