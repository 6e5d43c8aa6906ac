"""The documents say what is so: the reference is fresh, the README shows what is printed, links lead somewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pyoxigraph
import pytest
from question_records import ROOT, run
from records import FAMILY, GENE_COLUMNS, SYNONYM, ZEBRAFISH, gene, table, write

import kg
from kg import errors
from kg.catalogue import catalogue
from kg.read import JSONLD_LEFT_OUT, LEFT_OUT, OTHER_FIELDS, TEXT_FIELDS
from kg.tables import GENE_LEFT_OUT
from kg.vocab import figid_of

FOLDERS = ("", "docs", "decisions", "kg/data", "kg/data/lexicon", "bench", "shapes", "queries", "seeds")
DOCUMENTS = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).glob("*.md") if not path.name.startswith("PMC")
)
STATS = ("STAT1", "STAT2", "STAT3", "STAT4", "STAT5A", "STAT5B", "STAT6")
README = (ROOT / "README.md").read_text("utf-8")
GRAPH = (ROOT / "docs" / "graph.md").read_text("utf-8")


def test_the_reference_of_the_command_line_is_fresh() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "make_cli_docs.py"))["reference"]()
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == made, "make docs"


def test_the_questions_are_those_of_the_catalogue_with_the_answers_of_today() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "make_question_docs.py"))["reference"]()
    assert (ROOT / "docs" / "questions.md").read_text("utf-8") == made, "make docs"
    for name, query in catalogue().items():
        (found,) = re.findall(rf"^## {name}\n(.*?)(?=^## |\Z)", made, re.MULTILINE | re.DOTALL)
        assert query.description in found
        assert f"$ kg query {name}" in found
        assert f"](../queries/{name}.rq)" in found
        assert all(f"| {column} |" in found for column in query.columns)


def blocks(text: str) -> list[list[str]]:
    """The lines of each console block."""
    return [block.splitlines() for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)]


def same_but_for_time(line: str) -> str:
    """A line without what differs from run to run: blanks of the layout, seconds, and the place of the store."""
    line = re.sub(r"· \d+(\.\d+)? s →.*", "· TIME → STORE", line)
    return " ".join(line.split())


def test_the_readme_shows_what_make_demo_prints(tmp_path: Path) -> None:
    """`make demo` builds the seeds and asks for JAK2 and STAT3; whatever kg prints then stands in the README."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "kg build seeds" in makefile
    assert "kg query figures-mentioning-genes JAK2 STAT3" in makefile
    (shown,) = (block for block in blocks(README) if any("kg build seeds" in line for line in block))
    in_readme = {same_but_for_time(line) for line in shown}
    built = run("build", ROOT / "seeds", "--reject-file", tmp_path / "r", "--jobs", "1", store=tmp_path / "kg.store")
    asked = run("query", "figures-mentioning-genes", "JAK2", "STAT3", store=tmp_path / "kg.store")
    printed = [line for ran in (built, asked) for line in (ran.out + ran.err).splitlines() if line.strip()]
    assert len(printed) == 4
    for line in printed:
        assert same_but_for_time(line) in in_readme


def test_the_readme_shows_what_kg_show_prints(tmp_path: Path) -> None:
    """The words of the seed figure's own table, as `kg show` prints them beside its record."""
    (seed,) = (ROOT / "seeds").glob("PMC*.md")
    rows = [
        *(
            gene("JAK", "JAK", s, n, FAMILY)
            for s, n in (("JAK1", 3716), ("JAK2", 3717), ("JAK3", 3718), ("TYK2", 7297))
        ),
        gene("STAT", "STAT", "SOAT1", 6646, SYNONYM),
        *(gene("STAT", "STAT", s, n, FAMILY) for s, n in zip(STATS, range(6772, 6779), strict=True)),
        gene("STAT", "STAT", "stat1b", 368481, SYNONYM, ZEBRAFISH),
        gene("STAT", "STAT", "stat4", 368519, SYNONYM, ZEBRAFISH),
    ]
    (tmp_path / seed.name).write_bytes(seed.read_bytes())
    (tmp_path / f"{seed.stem}-genes.tsv").write_text(table(GENE_COLUMNS, rows))
    run("build", tmp_path, "--reject-file", tmp_path / "r", "--jobs", "1", store=tmp_path / "kg.store")
    printed = [" ".join(line.split()) for line in run("show", seed.stem, store=tmp_path / "kg.store").out.splitlines()]
    shown = README.partition("`kg show` says:\n\n```\n")[2].partition("```")[0].splitlines()
    start = printed.index("word stands for lexicon note")
    assert [" ".join(line.split()) for line in shown] == printed[start : start + len(shown)]
    assert printed[start + len(shown)].startswith("(keyword)")
    assert "all genes: organism in the table only" in printed


def test_the_readme_begins_with_the_two_commands() -> None:
    assert "$ make demo" in README
    assert "$ make test" in README


def slug(heading: str) -> str:
    """The anchor that a heading gets on the usual servers."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    return {slug(found) for found in re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_of_the_repository(path: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`(?!\]\()", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), f"{path.name}: {target}"
        assert there.is_relative_to(ROOT), f"{path.name}: {target}"
        if anchor:
            assert anchor in anchors(there), f"{path.name}: {target}"


def test_files_that_documents_name_are_there() -> None:
    """Names in backticks that look like a file of the repository."""
    for path in DOCUMENTS:
        for name in re.findall(
            r"`((?:kg|docs|shapes|queries|scripts|tests|decisions|bench)/[\w./-]+)`", path.read_text("utf-8")
        ):
            assert (ROOT / name).exists() or "NAME" in name, f"{path.name}: {name}"


WIKIPATHWAYS = """
@prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix wp: <http://vocabularies.wikipathways.org/wp#> .
<https://rdf.wikipathways.org/Pathway/WP1_r1> a wp:Pathway ; dc:title "A pathway"@en .
<x:sod1> dcterms:isPartOf <https://rdf.wikipathways.org/Pathway/WP1_r1> ;
  wp:bdbEntrezGene <SCHEME://identifiers.org/ncbigene/6647> .
<x:casp3> dcterms:isPartOf <https://rdf.wikipathways.org/Pathway/WP1_r1> ;
  wp:bdbEntrezGene <SCHEME://identifiers.org/ncbigene/836> .
"""


def joined_with_wikipathways(turtle: str, folder: Path) -> list[tuple[str, str, str, str]]:
    """The query of the document, on WikiPathways' RDF and two figures: SOD1, CASP3 and JAK2; SOD1 and STAT3."""
    sod1 = gene("SOD1", "SOD1", "SOD1", 6647)
    write(
        folder / "r", "PMC1__f1", genes=[sod1, gene("CASP3", "CASP3", "CASP3", 836), gene("JAK2", "JAK2", "JAK2", 3717)]
    )
    write(folder / "r", "PMC2__f1", genes=[sod1, gene("STAT3", "STAT3", "STAT3", 6774)])
    kg.build([folder / "r"], no_store=True, dump=folder / "ours.nt", jobs=1)
    store = pyoxigraph.Store()
    store.load(path=folder / "ours.nt", format=pyoxigraph.RdfFormat.N_TRIPLES)
    store.load(input=turtle, format=pyoxigraph.RdfFormat.TURTLE)
    (query,) = re.findall(r"```sparql\n(.*?)```", section(GRAPH, "Joining WikiPathways"), re.DOTALL)
    found = store.query(query)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    rows = [
        (row["title"].value, figid_of(row["figure"].value), row["shared"].value, row["symbols"].value) for row in found
    ]
    return [(title, figid, shared, ", ".join(sorted(symbols.split(", ")))) for title, figid, shared, symbols in rows]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_query_that_joins_wikipathways(tmp_path: Path, scheme: str) -> None:
    rows = joined_with_wikipathways(WIKIPATHWAYS.replace("SCHEME", scheme), tmp_path)
    assert rows == [("A pathway", "PMC1__f1", "2", "CASP3, SOD1"), ("A pathway", "PMC2__f1", "1", "SOD1")]


@pytest.mark.needs_shared
def test_the_query_that_joins_wikipathways_on_a_real_pathway(tmp_path: Path, shared: Path) -> None:
    """WP2447, ALS: it has SOD1 and CASP3, and neither JAK2 nor STAT3; its IRIs are of `http:`."""
    rows = joined_with_wikipathways((shared / "wikipathways" / "WP2447_r75221.ttl").read_text("utf-8"), tmp_path)
    title = "Amyotrophic lateral sclerosis (ALS)"
    assert rows == [(title, "PMC1__f1", "2", "CASP3, SOD1"), (title, "PMC2__f1", "1", "SOD1")]


def section(text: str, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_keys_that_are_left_out_are_those_of_the_table() -> None:
    """`docs/graph.md` gives the reason for each; the code leaves out no other."""
    keys, of_jsonld, of_tables = set(), set(), set()
    rows = section(GRAPH, "Record keys that are not in the graph").splitlines()
    for row in rows:
        cell = row.split("|")[1] if row.startswith("|") else ""
        own, in_jsonld, rest = cell.partition("`schema-jsonld`:")
        names = set(re.findall(r"`([^`]+)`", own))
        (of_tables if "(tables)" in own else keys).update(names)
        if in_jsonld:
            of_jsonld |= set(re.findall(r"`([^`]+)`", rest))
    assert keys == LEFT_OUT
    assert of_jsonld == JSONLD_LEFT_OUT
    assert of_tables == GENE_LEFT_OUT


def test_every_key_that_is_read_is_told_of() -> None:
    told = set(re.findall(r"`([^`|]+)`", GRAPH.replace("schema-jsonld: ", "")))
    assert {*TEXT_FIELDS, *OTHER_FIELDS} - {"genes", "chemicals", "diseases", "schema-jsonld"} <= told


def test_the_reference_has_every_stored_query() -> None:
    reference = (ROOT / "docs" / "cli.md").read_text("utf-8")
    for name, query in catalogue().items():
        assert f"\n## kg query {name}\n" in reference
        assert query.title in reference


def test_the_tree_of_errors_is_the_one_of_its_module() -> None:
    """The module opens with its tree: each class with the exit code that it has."""
    told = dict(re.findall(r"^\W*(\w+) +\((\d)\)", errors.__doc__ or "", re.MULTILINE))
    classes = {
        name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert set(told) == set(classes) - {"KgError"}
    for name, code in told.items():
        assert classes[name].exit_code == int(code)  # type: ignore[attr-defined]


def test_the_modules_that_contributors_are_told_of_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = text.partition("| module | for |")[2].partition("\n\n")[0]
    told = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    there = {path.stem for path in (ROOT / "kg").glob("*.py")} - {"__init__", "__main__"}
    assert told == there
