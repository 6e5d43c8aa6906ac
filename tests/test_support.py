"""Organism support (EVIDENCE 3): worked out by hand, and the same from the function, the stored queries and `kg show`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pyoxigraph
import pytest
from question_records import K12, answer_rows, run
from records import FLY, HUMAN, LEFT_OUT, MOUSE, gene, write

import kg
from kg.catalogue import catalogue, get
from kg.support import SUPPORTS, Support, support
from kg.vocab import PREFIXES

COLI, HS, MM = "Escherichia coli", "Homo sapiens", "Mus musculus"
O157 = "Escherichia coli O157:H7"
REC_A = ("511145", K12, "Bacteria", "recA", "recA", "recA", "947170", "ncbigene_symbol", "1", "2", "3")
REC_A_COLI = ("562", COLI, "Bacteria", "recA", "recA", "recA", "66672700", "ncbigene_symbol", "1", "2", "3")
JAK2, JAK2_MOUSE = gene("JAK2", "JAK2", "JAK2", 3717), gene("Jak2", "Jak2", "Jak2", 16452, taxon=MOUSE)


class Case(NamedTuple):
    row: tuple[str, ...]
    organisms: list[str]
    organisms_ner: list[str]
    expected: Support


CASES = {
    "the article's": Case(JAK2, [HS], [HS], "article"),
    "the article's, though not in the table's list": Case(JAK2, [HS], ["NA"], "article"),
    "one of the article's": Case(JAK2_MOUSE, [HS, MM], [HS], "article"),
    "another than the article's": Case(JAK2_MOUSE, [HS], [HS, MM], "table only"),
    "the article tells none": Case(JAK2, ["NA"], [HS], "table only"),
    "the table alone, with nothing in its list": Case(JAK2, ["NA"], ["NA"], "table only"),
    "neither names it": Case(gene("hop", "hop", "hop", 32080, taxon=FLY), [HS], [MM], "unknown"),
    "a strain of the article's species": Case(REC_A, [COLI], [K12], "article"),
    "a strain, with nothing in the table's list": Case(REC_A, [COLI], ["NA"], "article"),
    "a strain that the article names": Case(REC_A, [K12], [K12], "article"),
    "a strain, and an article on another strain": Case(REC_A, [O157], [K12], "table only"),
    "a species, and an article on a strain": Case(REC_A_COLI, [K12], [COLI], "table only"),
    "a strain, and an article on another species": Case(REC_A, [HS], [HS], "unknown"),
    "a strain of a species that is in the table alone": Case(REC_A, ["NA"], [COLI], "unknown"),
}
NAMES = {HS: HUMAN, MM: MOUSE, COLI: "562", K12: "511145", O157: "83334"}
SPECIES = {"511145": "562", "83334": "562"}
FIGID = {title: f"PMC{n}__f1" for n, title in enumerate(CASES, 1)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("support")
    for title, case in CASES.items():
        fields = {"organisms": case.organisms, "organisms_ner": case.organisms_ner, "doi": LEFT_OUT}
        write(folder / "r", FIGID[title], genes=[case.row], fields=fields)
    assert kg.build([folder / "r"], store=folder / "s", jobs=1).rejects == ()
    return folder / "s"


@pytest.mark.parametrize("title", CASES)
def test_the_function(title: str) -> None:
    case = CASES[title]
    about, table = ({NAMES[name] for name in names if name != "NA"} for names in (case.organisms, case.organisms_ner))
    taxon = case.row[0]
    table = table or {taxon}  # a record that does not list its table's organisms has the table itself
    assert support(taxon, SPECIES.get(taxon), about=about, table=table) == case.expected


def test_without_an_organism_nothing_is_known() -> None:
    assert support(None, None, about={HUMAN}, table={HUMAN}) == "unknown"
    assert SUPPORTS == ("article", "table only", "unknown")


@pytest.mark.parametrize("title", CASES)
def test_the_queries_say_the_same(store: Path, title: str) -> None:
    case, figid = CASES[title], FIGID[title]
    curie = f"ncbigene:{case.row[6]}"
    for name, arguments in (("genes-of-figure", (figid,)), ("why-gene-in-figure", (figid, curie))):
        (row,) = kg.query(name, *arguments, store=store).records()
        assert row["support"] == case.expected, name
    for name in ("figures-mentioning-genes", "figures-mentioning-any-gene"):
        rows = kg.query(name, curie, store=store).records()
        (said,) = (row[f"{case.row[5]}_support"] for row in rows if f"/{figid}.html" in str(row["figure"]))
        assert said == case.expected, name
        ran = run("query", name, curie, store=store)
        (line,) = (line for line in ran.lines if f" {figid} " in line)
        assert line.endswith(f"  {case.expected}")


@pytest.mark.parametrize("title", CASES)
def test_show_says_the_same(store: Path, title: str) -> None:
    text = run("show", FIGID[title], store=store).out
    said = {"article": None, "table only": "organism in the table only", "unknown": "organism support unknown"}
    expected = said[CASES[title].expected]
    assert re.findall(r"organism (?:in the table only|support \w+)", text) == ([expected] if expected else [])


def test_the_count_by_organism_and_year_says_the_same(tmp_path: Path) -> None:
    """Of a figure's organisms each is the article's or the table's; K-12 is E. coli."""
    for n, title in enumerate(("a strain of the article's species", "a strain, and an article on another strain"), 1):
        case = CASES[title]
        fields = {"organisms": case.organisms, "organisms_ner": case.organisms_ner}
        write(tmp_path / "r", f"PMC{n}__f1", genes=[case.row], fields=fields)
    kg.build([tmp_path / "r"], store=tmp_path / "s", jobs=1)
    assert answer_rows("figures-per-organism-and-year", store=tmp_path / "s") == [
        (COLI, "2020", "1", "0"),
        (O157, "2020", "1", "0"),
        (K12, "2020", "1", "1"),  # of the article's species, and beside an article on another strain
    ]


@pytest.mark.parametrize("name", ["figures-mentioning-genes", "figures-mentioning-any-gene"])
def test_a_gene_of_which_no_organism_is_known_is_not_the_articles(name: str) -> None:
    """A graph made without the check can have one."""
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
    graph = pyoxigraph.Store()
    graph.update(
        prefixes + "INSERT DATA { <x:f> schema:about obo:NCBITaxon_9606 ; kg:mentionsOrganism obo:NCBITaxon_9606 ; "
        "kg:mentionsSymbol ncbigene:3717 , ncbigene:6774 . "
        "<x:m> oa:hasTarget <x:f> ; oa:hasBody ncbigene:3717 . <x:n> oa:hasTarget <x:f> ; oa:hasBody ncbigene:6774 . "
        "ncbigene:6774 schema:taxonomicRange obo:NCBITaxon_9606 }"
    )
    found = graph.query(get(name).text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    said = [(row["gene"].value.rpartition("/")[2], row["support"].value) for row in found]
    assert said == [("3717", "unknown"), ("6774", "article")]


def test_the_rule_is_the_same_text_in_every_query() -> None:
    texts = {}
    for name, query in catalogue().items():
        if "?support" in query.text:
            found = re.search(r"BIND\(IF\(!BOUND\(\?taxon\).*?AS \?support\)", query.text, re.DOTALL)
            assert found is not None, name
            # Where mentions are many, the species was found before, once for each gene.
            texts[name] = " ".join(found[0].split()).replace("?taxon schema:parentTaxon ?species . ", "")
            before = "(COALESCE(?parent, ?taxon) AS ?species)" in query.text
            assert before == ("OPTIONAL { ?taxon schema:parentTaxon ?parent }" in query.text), name
            assert before != ("?taxon schema:parentTaxon ?species . " in found[0]), name
    assert len(set(texts.values())) == 1
    assert set(texts) == {
        "figures-mentioning-any-gene",
        "figures-mentioning-genes",
        "figures-mentioning-some-genes",
        "figures-per-organism-and-year",
        "figures-with-and-without",
        "genes-of-figure",
        "why-gene-in-figure",
    }
