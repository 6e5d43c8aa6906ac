"""Questions of a user's own: folders by `--queries` and `KG_QUERIES` join the catalogue, and are asked like ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from question_records import Ran, fixture_store, run
from records import short

import kg
from kg.catalogue import catalogue

HEADED = """#+ title: Words for a gene
#+ description: The words that figures have for a gene.
#+ category: ours
#+ keywords: [word]
#+ params:
#+   - {name: gene, type: gene, example: JAK2, help: a symbol}
#+ columns:
#+   word: the word

PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX kg: <https://w3id.org/pathway-figure-kg/vocab#>
SELECT DISTINCT ?word WHERE {
  VALUES ?gene { <https://identifiers.org/ncbigene/3717> }
  ?mention oa:hasBody ?gene ; kg:word ?word .
}
ORDER BY ?word
"""
PLAIN = "SELECT ?figure WHERE { ?figure schema:isPartOf pmc:PMC9 } ORDER BY ?figure"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "words-for-gene.rq").write_text(HEADED, "utf-8")
    (folder / "figures-of-nine.rq").write_text(PLAIN, "utf-8")
    return folder


def ask(*arguments: str | Path) -> Ran:
    return run("query", *arguments, store=fixture_store())


def test_a_folder_joins_the_catalogue(own: Path) -> None:
    assert set(catalogue((own,))) - set(catalogue()) == {"words-for-gene", "figures-of-nine"}
    listed = run("query", "--queries", own)
    assert listed.code == 0
    assert "ours\n  words-for-gene GENE" in listed.out
    assert "Words for a gene" in listed.out
    assert "most-figured-genes" in listed.out
    helped = run("query", "--queries", own, "words-for-gene", "--help")
    assert helped.code == 0
    assert "GENE: a symbol" in helped.out
    assert "word: the word" in helped.out


def test_its_questions_are_asked_like_ours(own: Path) -> None:
    """JAK2 is JAK2 in PMC1__f1, JAK in PMC1__f2 and PMC3__f1, Jak/Stat3 in PMC2__f1; a CURIE does as well."""
    for gene in ("jak2", "ncbigene:3717"):
        ran = ask("--queries", own, "words-for-gene", gene, "--format", "csv")
        assert (ran.code, ran.lines) == (0, ["word", "JAK", "JAK2", "Jak/Stat3"])
    found = kg.query("words-for-gene", "STAT3", store=fixture_store(), queries=[own])
    assert [row["word"] for row in found.records()] == ["Jak/Stat3", "STAT", "STAT3"]
    assert 'COX1" is two human genes' in ask("--queries", own, "words-for-gene", "COX1").err
    assert "no gene" in ask("--queries", own, "words-for-gene", "NOTAGENE").err


def test_a_file_without_a_header_is_a_question_without_arguments(own: Path) -> None:
    """It is called by its name, and need not declare the prefixes of the graph."""
    ran = ask("--queries", own, "figures-of-nine", "--format", "csv")
    assert ran.code == 0
    assert [short(line) for line in ran.lines] == ["figure", "PMC9__f1", "PMC9__f2"]
    ran = ask("--queries", own, "figures-of-nine", "JAK2")
    assert ran.code == 2
    assert "figures-of-nine takes no argument; too many: JAK2" in ran.err


def test_the_environment_names_folders_as_well(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "another.rq").write_text(PLAIN, "utf-8")
    monkeypatch.setenv("KG_QUERIES", os.pathsep.join([str(own), str(other)]))
    assert ask("figures-of-nine").code == 0
    assert ask("another").code == 0
    # What is named goes instead.
    assert ask("--queries", other, "figures-of-nine").code == 2
    assert ask("--queries", other, "--queries", own, "figures-of-nine").code == 0


def test_a_name_that_is_taken_is_refused(own: Path) -> None:
    clash = own / "most-figured-genes.rq"
    clash.write_text(PLAIN, "utf-8")
    for arguments in ((), ("figures-of-nine",), ("most-figured-genes",)):
        ran = ask("--queries", own, *arguments) if arguments else run("query", "--queries", own)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"kg: {clash}: a question of that name is there: ")
        assert ran.err.endswith("Rename the file\n")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("#+ title: Words for a gene\n", ""), "'title' is missing"),
        (("type: gene", "type: planet"), "parameter type 'planet' is none of gene,"),
        (("name: gene,", "name: genes, var: genes,"), "params: genes: no VALUES block has ?genes"),
        (("[word]", "[word"), "expected"),
    ],
)
def test_a_broken_header_is_named(own: Path, change: tuple[str, str], told: str) -> None:
    file = own / "words-for-gene.rq"
    assert change[0] in HEADED
    file.write_text(HEADED.replace(*change), "utf-8")
    for ran in (run("query", "--queries", own), ask("--queries", own, "words-for-gene", "JAK2")):
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"kg: {file}: the #+ header is not as it must be: ")
        assert told in ran.err
    # One broken file does not keep others from being asked.
    assert ask("--queries", own, "most-figured-genes").code == 0


def test_a_text_that_is_no_query_is_named(own: Path) -> None:
    (own / "broken.rq").write_text("SELECT ?x WHERE { ?x ?p }", "utf-8")
    ran = ask("--queries", own, "broken")
    assert (ran.code, ran.out) == (2, "")
    assert "not a SPARQL query" in ran.err
    (own / "update.rq").write_text("DELETE WHERE { ?s ?p ?o }", "utf-8")
    ran = ask("--queries", own, "update")
    assert (ran.code, ran.out) == (2, "")
    assert ask("most-figured-genes").code == 0


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    ran = ask("--queries", tmp_path / "nowhere", "most-figured-genes")
    assert ran.code == 2
    assert "no such folder of questions (--queries, KG_QUERIES)" in ran.err
