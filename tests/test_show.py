"""``kg show`` and ``kg stats``: sheets for a person, and counts, on the records of `question_records`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from question_records import FIGURES, SEED, cells, fixture_store, put_seed, rdflib_graph, run
from rdflib.namespace import RDF, VOID
from records import FAMILY, FLY, MOUSE, SYMBOL, SYNONYM, gene, write

import kg


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


def sheet(thing: str, store: Path, *options: str) -> tuple[list[str], list[list[str]]]:
    """Lines of text, and rows of the table (its head first)."""
    ran = run("show", thing, *options, store=store)
    assert ran.code == 0, ran.err
    text = [line for line in ran.lines if not line.startswith("  ")]
    return text, [cells(line) for line in ran.lines if line.startswith("  ")]


def test_a_figure(store: Path) -> None:
    text, table = sheet("PMC8__f1", store)
    assert text[0] == "Words to doubt"
    assert text[1] == "F1 of PMC8, J Ex 2023 · doi:10.1000/eight · pathway score 0.75 · article on Homo sapiens"
    # A row for each word and what is taken for what by which lexicon; a word stands once. By word, whatever its case.
    assert table == [
        ["word", "stands for", "lexicon", "note"],
        ["ATP.", "ATP8A2", "synonym", "also a chemical or disease here; metabolite or ion"],
        ["BCR", "BCR", "symbol"],
        ["RN7SL263P", "synonym", "the word is another gene's symbol"],
        ["COX1", "MT-CO1", "symbol"],
        ["MIA2", "MIA2", "symbol"],
        ["OCT4", "POU5F1, POU5F1P3", "synonym", "several genes"],
        ["P13K", "PIK3CA", "family (FamPlex)", "read as PI3K"],
        ["WNT", "WNT1, WNT3A", "family (FamPlex)"],
    ]
    assert "chemicals and diseases: ATP. → ATP (chebi:15422)" in text
    assert "unresolved (no identifier): drug X" in text
    assert "caption: A signal passes through a cell." in text
    assert text[-1].startswith("PFOCR https://pfocr.wikipathways.org/figures/PMC8__f1.html · PMC https://www.ncbi.nlm")


def test_a_figure_of_an_article_on_nothing_known(store: Path) -> None:
    text, table = sheet("PMC3__f1", store)
    assert "organisms of the article not known" in text[1]
    assert text[2] == "all genes: organism in the table only"  # said once, of human genes as well
    assert table == [
        ["word", "stands for", "lexicon", "note"],
        ["JAK", "JAK1, JAK2, JAK3, TYK2", "family (FamPlex)"],
        ["STAT", "SOAT1", "synonym", "the word also stands for a family"],
        ["stat1b, stat4 (Danio rerio)", "synonym", "several genes"],
        ["STAT1, STAT3, STAT4", "family (FamPlex)"],
        ["WNT", "WNT1, WNT3A", "family (FamPlex)"],
    ]


def test_a_figure_of_keywords(store: Path) -> None:
    text, table = sheet("PMC6__f1", store)
    assert table == [
        ["word", "stands for", "lexicon", "note"],
        ["(keyword)", "JAK2, STAT3", "keyword", "word not published"],
    ]
    assert "unresolved (no such symbol): NOTAGENE" in text


def test_candidates_are_shown_as_such(store: Path) -> None:
    text, table = sheet("PMC7__f1", store)
    assert table[1:] == [["(keyword)", "JAK2, STAT3", "keyword", "word not published; candidate: lexicon incomplete"]]
    assert "unresolved (lexicon incomplete): NOTAGENE, stat4" in text


def test_a_figure_of_2021(store: Path) -> None:
    text, table = sheet("PMC5__f1", store)
    assert text[1] == "F1 of PMC5, 2010 · pathway score 0.75 · article on Homo sapiens"
    assert ["AKT", "AKT1", "synonym", "the word also stands for a family"] in table
    assert ["AKT1, AKT2", "family (Bioentities)"] in table
    assert ["Cyr61", "CCN1", "symbol"] in table


def test_genes_of_a_strain_of_the_articles_species_need_no_note(store: Path) -> None:
    text, table = sheet("PMC9__f2", store)
    assert text[1].startswith("GA1 of PMC9, J Ex 2016")
    assert "article on Escherichia coli" in text[1]
    assert table[1:] == [["recA", "recA (Escherichia coli str. K-12 substr. MG1655)", "symbol"]]


def test_the_organism_of_a_gene_that_the_article_is_not_about(tmp_path: Path) -> None:
    rows = [gene("Jak2", "Jak2", "Jak2", 16452, SYMBOL, MOUSE), gene("hop", "hop", "hop", 32080, SYNONYM, FLY)]
    names = {"organisms": ["Homo sapiens"], "organisms_ner": ["Mus musculus"]}
    write(tmp_path, genes=rows, fields=names)
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    _, table = sheet("PMC1__f1", tmp_path / "s")
    assert table[1] == ["hop", "hop (Drosophila melanogaster)", "synonym", "organism support unknown"]
    assert table[2] == ["Jak2", "Jak2 (Mus musculus)", "symbol", "organism in the table only"]


def test_the_seed_figure_with_its_table(tmp_path: Path) -> None:
    kg.build([put_seed(tmp_path / "r", table=True)], store=tmp_path / "s", jobs=1)
    text, table = sheet(SEED, tmp_path / "s")
    assert text[0].startswith("Exploring the JAK/STAT Signaling Pathway in Hepatocellular Carcinoma")
    assert text[1] == (
        "F1 of PMC10531214, Int J Mol Sci 2023 · doi:10.3390/ijms241813764 · pathway score 0.96 · "
        "organisms of the article not known"
    )
    families = [row for row in table if "family (FamPlex)" in row]
    assert families == [
        ["JAK", "JAK1, JAK2, JAK3, TYK2", "family (FamPlex)"],
        ["STAT1, STAT2, STAT3, STAT4, STAT5A, STAT5B, STAT6", "family (FamPlex)"],
    ]


def test_a_paper(store: Path) -> None:
    text, table = sheet("PMC9", store)
    assert text[0] == "Paper nine."
    assert text[1] == "pmc:PMC9 · Ann Example, et al. J Ex. 2020;1:1. · doi:10.1000/nine"
    assert table == [
        ["figure", "position", "title", "genes"],
        ["PMC9__f1", "F1", "A tumour suppressor", "3"],
        ["PMC9__f2", "GA1", "A graphical abstract", "1"],
    ]
    assert "also titled: Paper nine, revised." in text
    assert "also stated: year 2015, by PMC9__f2" in text
    assert "keywords: cell, signal" in text


@pytest.mark.parametrize(
    "thing", ["pmc9", "pmc:PMC9", "10.1000/NINE", "https://identifiers.org/pmc/PMC9", "doi:10.1000/nine"]
)
def test_a_paper_by_any_name(store: Path, thing: str) -> None:
    assert sheet(thing, store)[0][0] == "Paper nine."


def test_a_gene(store: Path) -> None:
    text, table = sheet("JAK2", store)
    assert text[0] == "JAK2 · Homo sapiens · ncbigene:3717"
    # Symbol in PMC1__f1; family by two words, JAK and Jak/Stat3, in PMC1__f2, PMC2__f1, PMC3__f1; keyword, without a
    # word, in PMC6__f1. The candidate in PMC7__f1 is no mention.
    assert table == [
        ["mentioned by", "figures", "words"],
        ["symbol", "1", "1"],
        ["family", "3", "2"],
        ["keyword", "1", "0"],
        ["candidate", "1", "0"],
    ]
    assert "specifically named (by symbol, or by a synonym without ambiguity): figures 1" in text
    assert "its figures: kg query figures-mentioning-genes JAK2" in text


def test_a_gene_of_another_organism_is_asked_for_by_its_id(store: Path) -> None:
    """Jak2 by itself means the human gene."""
    text, _ = sheet("ncbigene:16452", store)
    assert "its figures: kg query figures-mentioning-genes ncbigene:16452" in text


def test_a_gene_named_in_doubt_alone_says_so(store: Path) -> None:
    """ATP8A2 is named by ATP, a metabolite, in one figure."""
    text, _ = sheet("ATP8A2", store)
    assert "specifically named (by symbol, or by a synonym without ambiguity): figures 1, with a doubt 1" in text


def test_a_gene_of_another_name(store: Path) -> None:
    text, _ = sheet("CYR61", store)
    assert text[0] == "CCN1 · Homo sapiens · ncbigene:3491"
    assert text[1] == "in records also: CYR61"


def test_a_gene_whose_id_is_not_current(store: Path) -> None:
    text, table = sheet("ncbigene:117153", store)
    assert text[:2] == ["MIA2 · Homo sapiens · ncbigene:117153", "no longer current, see ncbigene:4253"]
    assert table[1:] == [["symbol", "1", "1"]]


def test_a_gene_of_the_mouse(store: Path) -> None:
    assert sheet("JAK2", store, "--organism", "mouse")[0][0] == "Jak2 · Mus musculus · ncbigene:16452"
    text, _ = sheet("https://identifiers.org/ncbigene/16452", store)
    assert text[0] == "Jak2 · Mus musculus · ncbigene:16452"


def test_a_gene_that_one_word_names_twice_is_shown_once(tmp_path: Path) -> None:
    """By the better lexicon, unless that has an ambiguity which the other has not."""
    rows = [
        gene("STAT3", "STAT3", "STAT3", 6774),
        gene("STAT3", "APRF", "STAT3", 6774, SYNONYM),  # the same word, corrected to an alias
        gene("STAT3", "APRF", "IL6", 3569, SYNONYM),
        gene("AKT", "AKT", "AKT1", 207, SYNONYM),
        gene("AKT", "AKT", "AKT1", 207, FAMILY),
        gene("AKT", "AKT", "AKT2", 208, FAMILY),
        gene("AKT", "Akt1", "Akt1", 11651, SYMBOL, MOUSE),
        gene("Akt", "AKT", "AKT1", 207, FAMILY),  # another word
        gene("PKB", "PKBalpha", "AKT1", 207, SYNONYM),  # a synonym without ambiguity
        gene("PKB", "PKB", "AKT1", 207, FAMILY),
        gene("PKB", "PKB", "AKT2", 208, FAMILY),
    ]
    write(tmp_path, genes=rows, fields={"organisms": ["Homo sapiens", "Mus musculus"]})
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    _, table = sheet("PMC1__f1", tmp_path / "s")
    assert table[1:] == [
        ["AKT", "Akt1 (Mus musculus)", "symbol", "read as Akt1"],
        ["AKT1", "synonym", "the word also stands for a family"],
        ["AKT1, AKT2", "family (FamPlex)"],
        ["Akt", "AKT1", "family (FamPlex)"],
        ["PKB", "AKT1", "synonym", "read as PKBalpha"],
        ["AKT2", "family (FamPlex)"],
        ["STAT3", "STAT3", "symbol"],
        ["IL6", "synonym", "several genes; read as APRF"],
    ]


def test_doubts_of_keywords_are_shown(tmp_path: Path) -> None:
    write(tmp_path, keywords=["CAMP", "REST", "JAK2"], fields={"organisms": ["Homo sapiens"]})
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    _, table = sheet("PMC1__f1", tmp_path / "s")
    assert table[1:] == [
        ["(keyword)", "JAK2", "keyword", "word not published"],
        ["REST", "keyword", "word not published; common word"],
        ["CAMP", "keyword", "word not published; metabolite or ion"],
    ]


def test_a_term_without_a_name_is_shown_once(tmp_path: Path) -> None:
    write(tmp_path, diseases=[("odd", "mesh:D99999999", "NA", "NA", "NA")])
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    text, _ = sheet("PMC1__f1", tmp_path / "s")
    assert "chemicals and diseases: odd → mesh:D99999999" in text
    text, table = sheet("mesh:D99999999", tmp_path / "s")
    assert text[0] == "disease · mesh:D99999999"
    assert table == [["word", "figures"], ["odd", "1"]]


@pytest.mark.parametrize(
    "thing", ["chebi:15422", "CHEBI:15422", "mesh:D000255", "https://identifiers.org/chebi/CHEBI:15422"]
)
def test_a_chemical(store: Path, thing: str) -> None:
    text, table = sheet(thing, store)
    assert text == [
        "ATP · chemical · chebi:15422",
        "the same as mesh:D000255 · in records also: Adenosine Triphosphate",
        "its figures: kg query figures-by-chemical chebi:15422",
    ]
    assert table == [["word", "figures"], ["ATP", "1"], ["ATP.", "1"]]


@pytest.mark.parametrize("thing", ["mesh:D003920", "http://id.nlm.nih.gov/mesh/D003920"])
def test_a_disease(store: Path, thing: str) -> None:
    """An id of MeSH can be a chemical's or a disease's."""
    text, table = sheet(thing, store)
    assert text == [
        "Diabetes Mellitus · disease · mesh:D003920",
        "in records also: DIABETES",
        "its figures: kg query figures-by-disease mesh:D003920",
    ]
    assert table == [["word", "figures"], ["DIABETES", "1"]]


def test_an_organism(store: Path) -> None:
    # PMC4__f1 alone, its Jak2, Stat3, Il6, Ptprc; and the strain of PMC9__f2, whose article is on the species.
    text, table = sheet("ncbitaxon:10090", store)
    assert text == [
        "Mus musculus · ncbitaxon:10090",
        'its genes: kg query most-figured-genes --organism "Mus musculus"',
    ]
    assert table[1:] == [
        ["genes in figures", "4"],
        ["figures whose article is about it", "1"],
        ["figures whose gene table names it", "1"],
    ]
    text, table = sheet("http://purl.obolibrary.org/obo/NCBITaxon_511145", store)
    assert text[0] == "Escherichia coli str. K-12 substr. MG1655 · ncbitaxon:511145 · of the species ncbitaxon:562"
    assert [row[1] for row in table[1:]] == ["1", "0", "1"]


@pytest.mark.parametrize("thing", FIGURES)
def test_every_figure_can_be_shown(store: Path, thing: str) -> None:
    assert run("show", thing, store=store).code == 0


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ("PMC9__F1", '"PMC9__F1" is the alias of several figures: PMC9__f1, PMC9__f2'),
        ("PMC9__f9", 'no figure "PMC9__f9" in this graph. Figures of PMC9: PMC9__f1, PMC9__f2'),
        ("PMC77", 'no paper "PMC77" in this graph'),
        ("JAK22", 'no gene, organism, chemical or disease "JAK22" in this graph'),
        ("JAK", "family or complex"),
        ("COX1", "two human genes"),
        # A human pseudogene, not a PMC id.
        ("PMCHL1", "PMCHL1 (ncbigene:5369) is named by no figure"),
        ("PMCH", "PMCH (ncbigene:5367) is named by no figure"),
        ("ncbigene:1", "ncbigene:1 is no gene of this graph"),
        ("chebi:99", 'no chemical "chebi:99" in this graph'),
        ("mesh:D99", 'no chemical or disease "mesh:D99" in this graph'),
        ("ncbitaxon:4932", 'no organism "ncbitaxon:4932" in this graph'),
        ("entrez:3717", "If you mean the NCBI Gene id, say ncbigene:3717"),
        ("", "empty gene"),
    ],
)
def test_what_cannot_be_shown(store: Path, thing: str, said: str) -> None:
    ran = run("show", thing, store=store)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_record_that_was_not_checked_can_be_shown(tmp_path: Path) -> None:
    """With --no-check anything gets in: what is no number is shown as it is."""
    write(tmp_path, genes=[gene("JAK2", "JAK2", "JAK2", 3717)], automl_pathway="high", year="20x3")
    write(tmp_path, "PMC2__f1", genes=[gene("JAK2", "JAK2", "JAK2", 3717)], year="2001")
    assert run("build", tmp_path, "--no-check", "--jobs", "1", store=tmp_path / "s").code == 0
    text, _ = sheet("PMC1__f1", tmp_path / "s")
    assert "pathway score high" in text[1]
    assert "20x3" in text[1]
    ran = run("query", "figures-mentioning-genes", "JAK2", store=tmp_path / "s")
    assert ran.code == 0
    assert [cells(line)[:2] for line in ran.lines[1:]] == [["PMC2__f1", "2001"], ["PMC1__f1", "20x3"]]


# --- stats
#
# Figures 11, papers 9, one journal (PMC5__f1, of 2021, names none).
# Genes: JAK1 JAK2 JAK3 TYK2 STAT1 STAT3 STAT4 SOAT1 WNT1 WNT3A (10), CCN1 PTPRC AKT1 AKT2 (14), ATP8A2 PIK3CA POU5F1
# POU5F1P3 BCR RN7SL263P MT-CO1 MIA2 (22), TP53 (23); of the mouse Jak2 Stat3 Il6 Ptprc (27); of the fish stat1b
# stat4 (29); recA (30). Organisms: human, mouse, zebrafish, E. coli and K-12.
# Chemical: ATP. Diseases: diabetes, cancer.
#
# Mentions: PMC1__f1 JAK2, STAT3, two of WNT, ATP, NOTAGENE: 6.        PMC1__f2 four of JAK, STAT3, WNT, diabetes: 8.
# PMC2__f1 the same with tumour: 8.   PMC3__f1 SOAT1, STAT1, STAT3, STAT4, two of the fish, four of JAK, WNT: 12.
# PMC4__f1: 4.   PMC5__f1 CYR61, CD45, three of AKT, WNT: 7.   PMC6__f1: 3.   PMC7__f1: 4.
# PMC8__f1 ATP, P13K, two of OCT4, two of BCR, COX1, MIA2, WNT, ATP and drug X as chemicals: 12.
# PMC9__f1 TP53, OCT4: 3.   PMC9__f2: 1.   Together 68.
# Without a thing: NOTAGENE twice, in PMC7__f1 stat4 and NOTAGENE, drug X: 5; with candidates JAK2 and STAT3 there: 2.
#
# Pairs by tier. Symbol: PMC1__f1 2, PMC1__f2 1, PMC2__f1 1, PMC4__f1 3, PMC5__f1 1, PMC8__f1 BCR COX1 MIA2 3, PMC9__f1 1,
# PMC9__f2 1: 13. Synonym: PMC3__f1 SOAT1 and two of the fish 3, PMC4__f1 1, PMC5__f1 PTPRC AKT1 2, PMC8__f1 ATP8A2, OCT4
# two, RN7SL263P 4, PMC9__f1 2: 12. Family: PMC1__f1 2, PMC1__f2 6, PMC2__f1 6, PMC3__f1 STAT1 STAT3 STAT4, JAK 4, WNT 2: 9,
# PMC5__f1 AKT2, WNT 3, PMC8__f1 PIK3CA, WNT 3: 29. Keyword: PMC6__f1 2.
# Specific: the 13, and of the synonyms Cd45, CD45 and ATP: 16.

COUNTS = {
    "figures": 11,
    "papers": 9,
    "journals": 1,
    "genes": 30,
    "organisms": 5,
    "chemicals": 1,
    "diseases": 2,
    "mentions": 68,
    "figure-gene pairs by symbol": 13,
    "figure-gene pairs by synonym": 12,
    "figure-gene pairs by family": 29,
    "figure-gene pairs by keyword": 2,
    "figure-gene pairs, specific": 16,
    "mentions resolved": 61,
    "mentions with candidates": 2,
    "mentions unresolved": 5,
}


def test_counts(store: Path) -> None:
    ran = run("stats", "--format", "json", store=store)
    counts = {row["what"]["value"]: int(row["count"]["value"]) for row in json.loads(ran.out)["results"]["bindings"]}
    assert counts.pop("triples") == len(rdflib_graph(store))
    assert counts.pop("records rejected by the build") == 0
    assert counts == COUNTS
    assert sum(counts[f"figure-gene pairs by {tier}"] for tier in ("symbol", "synonym", "family", "keyword")) == 56


def test_counts_for_a_person(store: Path) -> None:
    ran = run("stats", store=store)
    assert ran.code == 0
    assert cells(ran.lines[1]) == ["figures", "11"]


def test_what_the_build_left_out_is_told(tmp_path: Path) -> None:
    write(tmp_path, "PMC1__f1")
    write(tmp_path, "PMC2__f1", year="20233")
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    assert cells(run("stats", store=tmp_path / "s").lines[-1]) == ["records rejected by the build", "1"]


def test_void(store: Path) -> None:
    ran = run("stats", "--format", "void", store=store)
    assert ran.code == 0
    graph = rdflib.Graph().parse(data=ran.out, format="turtle")
    (dataset,) = graph.subjects(RDF.type, VOID.Dataset)
    source = rdflib_graph(store)
    assert graph.value(dataset, VOID.triples).toPython() == len(source)
    by_class = {
        str(graph.value(part, VOID["class"])): graph.value(part, VOID.entities).toPython()
        for part in graph.objects(dataset, VOID.classPartition)
    }
    assert by_class["https://schema.org/Gene"] == COUNTS["genes"]
    assert by_class["http://www.w3.org/ns/oa#Annotation"] == COUNTS["mentions"]
    assert set(by_class) == {str(cls) for cls in source.objects(None, RDF.type)}
    by_property = {
        graph.value(part, VOID.property): graph.value(part, VOID.triples).toPython()
        for part in graph.objects(dataset, VOID.propertyPartition)
    }
    assert by_property == {p: sum(1 for _ in source.triples((None, p, None))) for p in set(source.predicates())}
    assert sum(by_property.values()) == len(source)


@pytest.mark.parametrize(("text", "head"), [("mouse", "Mus musculus"), ("diabetes", "Diabetes Mellitus")])
def test_other_things_are_shown_by_their_names(store: Path, text: str, head: str) -> None:
    assert sheet(text, store)[0][0].startswith(head)


def test_genes_in_one_argument_are_told_apart(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "JAK2,STAT3", store=store)
    assert (ran.code, ran.out) == (2, "")
    assert "Several genes are given one by one: JAK2 STAT3" in ran.err
