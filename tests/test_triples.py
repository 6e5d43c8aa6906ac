"""One record to triples: IRIs, edges, and every property that docs/graph.md promises."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad
from records import (
    FAMILY,
    IRI,
    LEFT_OUT,
    MOUSE,
    SYMBOL,
    SYNONYM,
    ZEBRAFISH,
    Graph,
    gene,
    inline,
    write,
)

from kg.triples import canonical_double, dataset_triples

GraphOf = Callable[..., Graph]
FIGURE = "PMC1__f1"
DOUBLE = NamedNode("http://www.w3.org/2001/XMLSchema#double")


# Figure and paper


def test_figure(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(
        write(
            tmp_path,
            ndex="de2b66b6-de8e-11ea-99da-0ac135e8bacf",
            wpid="WP5283",
            organisms=["Mus musculus", "Plants", "NA"],
            organisms_ner=["Homo sapiens", "Xenopus Oocyte"],
            caption="Another text.",
        )
    )
    expected = {
        "schema:identifier": {"PMC1__f1"},
        "schema:alternateName": {"PMC1__F1"},
        "schema:name": {"Signaling in a cell"},
        "schema:caption": {"Another text."},
        "schema:description": {"A signal passes through a cell."},
        "schema:position": {"F1"},
        "schema:url": {"https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/figure/f1/"},
        "schema:contentUrl": {"https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/bin/f1.jpg"},
        "kg:figureType": {"Figure"},
        "kg:pathwayScore": {"0.75"},
        "schema:isPartOf": {"pmc:PMC1"},
        "schema:about": {"taxon:10090"},
        "kg:organismName": {"Plants"},
        "kg:mentionsOrganism": {"taxon:9606"},
        "kg:mentionsOrganismName": {"Xenopus Oocyte"},
        "rdfs:seeAlso": {
            "https://identifiers.org/ndex/de2b66b6-de8e-11ea-99da-0ac135e8bacf",
            "https://identifiers.org/wikipathways/WP5283",
        },
        "rdf:type": {"schema:ImageObject", "http://purl.org/spar/doco/Figure"},
    }
    said: dict[str, set[str]] = {}
    for predicate, value in graph.select(
        f"SELECT ?p ?o {{ <https://pfocr.wikipathways.org/figures/{FIGURE}.html> ?p ?o }}"
    ):
        said.setdefault(str(predicate), set()).add(str(value))
    assert said == expected


def test_paper(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, doi="10.1000/ABC.1"))
    said: dict[str, set[str]] = {}
    for predicate, value in graph.select("SELECT ?p ?o { <https://identifiers.org/pmc/PMC1> ?p ?o }"):
        said.setdefault(str(predicate), set()).add(str(value))
    assert said == {
        "rdf:type": {
            "schema:ScholarlyArticle",
            "http://purl.org/spar/fabio/JournalArticle",
            "wp:PublicationReference",
        },
        "schema:name": {"How a signal passes through a cell."},
        "schema:datePublished": {"2020"},
        "dcterms:bibliographicCitation": {"Ann Example, et al. J Ex. 2020;1:1."},
        "schema:isPartOf": {"https://w3id.org/pathway-figure-kg/journal/Journal_of_Examples"},
        "schema:publisher": {"https://w3id.org/pathway-figure-kg/publisher/Example_House"},
        "schema:keywords": {"signal", "cell"},
        "schema:sameAs": {"https://doi.org/10.1000/abc.1"},
    }
    journal = "<https://w3id.org/pathway-figure-kg/journal/Journal_of_Examples>"
    assert set(graph.select(f"SELECT ?p ?o {{ {journal} ?p ?o }}")) == {
        ("rdf:type", "schema:Periodical"),
        ("schema:name", "Journal of Examples"),
        ("schema:alternateName", "J Ex"),
    }
    publisher = "<https://w3id.org/pathway-figure-kg/publisher/Example_House>"
    assert set(graph.select(f"SELECT ?p ?o {{ {publisher} ?p ?o }}")) == {
        ("rdf:type", "schema:Organization"),
        ("schema:name", "Example House"),
    }


def test_year_is_a_gyear_and_score_a_double(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path))
    types = graph.select(
        "SELECT (DATATYPE(?year) AS ?y) (DATATYPE(?score) AS ?s) "
        "{ ?paper schema:datePublished ?year . ?figure kg:pathwayScore ?score }"
    )
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert types == [(f"{xsd}gYear", f"{xsd}double")]


def test_a_description_like_the_caption_is_said_once(tmp_path: Path, graph_of: GraphOf) -> None:
    assert graph_of(write(tmp_path)).values(FIGURE, "schema:description") == set()


@pytest.mark.parametrize("link", ["/pmc/articles/PMC1/figure/F2/", "pmc/articles/PMC1/figure/F2/"])
def test_figlink_with_or_without_its_first_slash(tmp_path: Path, graph_of: GraphOf, link: str) -> None:
    graph = graph_of(write(tmp_path, figlink=link))
    assert graph.value(FIGURE, "schema:url") == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/figure/F2/"


def test_what_breaks_iris_is_percent_encoded(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(
        write(
            tmp_path,
            doi="10.1002/(SICI)1097-0142<1::AID-X>3.0.CO;2-#",
            filename="fig 1%[a]é.jpg",
            figlink="/pmc/a b/{x}|^`\\",
            journal_title='A "journal" <of> x/y',
            publisher_name="Ä & B",
        )
    )
    assert graph.value("pmc:PMC1", "schema:sameAs") == (
        "https://doi.org/10.1002/(sici)1097-0142%3C1::aid-x%3E3.0.co;2-%23"
    )
    assert graph.value(FIGURE, "schema:contentUrl") == (
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/bin/fig%201%25%5Ba%5Dé.jpg"
    )
    assert graph.value(FIGURE, "schema:url") == "https://www.ncbi.nlm.nih.gov/pmc/a%20b/%7Bx%7D%7C%5E%60%5C"
    assert graph.value("pmc:PMC1", "schema:isPartOf") == (
        "https://w3id.org/pathway-figure-kg/journal/A_%22journal%22_%3Cof%3E_x%2Fy"
    )
    assert graph.value("pmc:PMC1", "schema:publisher") == ("https://w3id.org/pathway-figure-kg/publisher/Ä_&_B")


ODD = "\u00a0 \u200b\u2028\ufeff\ufffd\U000e0001\u0085\x7f"


def test_odd_characters_in_iris_can_be_read_back_by_rdflib(tmp_path: Path, graph_of: GraphOf) -> None:
    import rdflib

    graph = graph_of(write(tmp_path, filename=f"a{ODD}b.jpg", doi=f"10.1000/x{ODD}y", publisher_name=f"P{ODD}Q"))
    text = graph.store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    assert text is not None
    again = rdflib.Graph().parse(data=text.decode(), format="nt")
    assert len(again) == len(graph.store)


def test_texts_are_kept_to_the_letter(tmp_path: Path, graph_of: GraphOf) -> None:
    title = 'Title  with "quotes", \\backslash, two  spaces, β‐catenin and\ta tab?.'
    assert graph_of(write(tmp_path, figtitle=title)).value(FIGURE, "schema:name") == title


@pytest.mark.parametrize("value", ["NA", ".na.character", "", ["NA"], None])
def test_not_known_never_becomes_a_literal(tmp_path: Path, graph_of: GraphOf, value: object) -> None:
    optional = (
        "number caption reftext year doi journal_title journal_nlm_ta publisher_name keywords figid_alias "
        "figtype ndex automl_pathway organisms organisms_ner filename figlink"
    ).split()
    graph = graph_of(
        write(
            tmp_path,
            genes=[gene("BRA", "BRA", "NA", 20997, SYNONYM, MOUSE)],
            chemicals=[("x", "mesh:D000255", "NA", "NA", "NA")],
            fields=dict.fromkeys(optional, value) | {"schema-jsonld": {"description": value, "keywords": value}},
        )
    )
    literals = {str(quad.object.value) for quad in graph.store if isinstance(quad.object, Literal)}
    assert not literals & {"NA", ".na.character", ""}


def test_a_record_alone_has_no_mentions_and_no_edges(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, "PMC2__x", fields={"schema-jsonld": {}}))
    assert graph.mentions() == []
    assert graph.edges("PMC2__x") == set()


# Mentions


def test_mention_iri_is_the_hash_of_what_it_says(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(
        write(
            tmp_path,
            genes=[gene("(Jak ", "JAK", "JAK2", 3717, FAMILY), gene("x", "", "STAT3", 6774, SYMBOL)],
            chemicals=[("STZ ", "mesh:D013311", "NA", "NA", "NA"), ("y", "NA", "NA", "NA", "NA")],
            keywords=["PTPRC", "no gene at all"],
        )
    )
    said = [
        ("https://identifiers.org/ncbigene/3717", "(Jak ", "JAK", "famplex_relations"),
        ("https://identifiers.org/ncbigene/6774", "x", "", "ncbigene_symbol"),
        ("http://id.nlm.nih.gov/mesh/D013311", "STZ ", "", "mesh"),
        ("y", "", "not_stated"),
        ("https://identifiers.org/ncbigene/5788", "PTPRC", "", "keyword"),
        ("no gene at all", "", "keyword"),
    ]
    start = f"https://pfocr.wikipathways.org/figures/{FIGURE}.html#mention-"
    expected = {start + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16] for parts in said}
    found = {
        quad.subject.value
        for quad in graph.store.quads_for_pattern(None, None, NamedNode(IRI["oa"] + "Annotation"), None)
    }
    assert found == expected


def test_candidates_are_in_the_hash_sorted(tmp_path: Path, graph_of: GraphOf) -> None:
    from kg.lexicon import Lexicon

    gene_info = tmp_path / "cow.gene_info"
    gene_info.write_text("#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\n9913\t538598\tIRS1\t-\t-\n", encoding="utf-8")
    graph = graph_of(
        write(tmp_path, keywords=["IRS1"], organisms_ner=["Homo sapiens", "Bos taurus"]),
        lexicon=Lexicon.load([gene_info]),
    )
    text = "\x1f".join(
        [
            "https://identifiers.org/ncbigene/3667",
            "https://identifiers.org/ncbigene/538598",
            "IRS1",
            "",
            "keyword",
        ]
    )
    (found,) = graph.store.quads_for_pattern(None, None, NamedNode(IRI["oa"] + "Annotation"), None)
    assert found.subject.value.endswith("#mention-" + hashlib.sha256(text.encode()).hexdigest()[:16])


def test_a_mention_says_all_it_has(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, genes=[gene("(Jak", "JAK", "JAK2", 3717, FAMILY)]))
    (subject,) = {q.subject for q in graph.store.quads_for_pattern(None, NamedNode(IRI["kg"] + "word"), None, None)}
    said = {
        (quad.predicate.value, quad.object.value) for quad in graph.store.quads_for_pattern(subject, None, None, None)
    }
    assert said == {
        (IRI["rdf"] + "type", IRI["oa"] + "Annotation"),
        (IRI["oa"] + "hasTarget", f"https://pfocr.wikipathways.org/figures/{FIGURE}.html"),
        (IRI["oa"] + "hasBody", IRI["ncbigene"] + "3717"),
        (IRI["kg"] + "word", "(Jak"),
        (IRI["kg"] + "match", "JAK"),
        (IRI["kg"] + "statedIn", IRI["kg"] + "sidecar"),
        (IRI["dcterms"] + "source", IRI["kg"] + "source-famplex_relations"),
    }


def test_repeated_rows_are_one_mention(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [gene("STAT3", "STAT3", "STAT3", 6774)] * 3
    assert len(graph_of(write(tmp_path, genes=rows)).mentions()) == 1


def test_rows_that_differ_only_in_source_are_two_mentions(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [gene("NRAS", "NRAS", "Nras", 18176, source, MOUSE) for source in (SYMBOL, SYNONYM)]
    found = graph_of(write(tmp_path, genes=rows)).mentions()
    assert {seen.source for seen in found} == {SYMBOL, SYNONYM}
    assert {seen.ambiguity for seen in found} == {None}


# Edges


EDGES: list[tuple[list[tuple[str, str]], str, bool]] = [
    # (source, match) of the mentions of gene 1; tier of the pair; specific?
    ([(SYMBOL, "A")], "Symbol", True),
    ([(SYNONYM, "A")], "Synonym", True),
    ([(FAMILY, "A")], "Family", False),
    ([(SYMBOL, "A"), (SYNONYM, "B"), (FAMILY, "C")], "Symbol", True),
    ([(FAMILY, "C"), (SYNONYM, "B")], "Synonym", True),
    ([(SYNONYM, "X")], "Synonym", False),
    ([(SYNONYM, "X"), (SYNONYM, "A")], "Synonym", True),
    ([(SYNONYM, "X"), (FAMILY, "C")], "Synonym", False),
    ([(SYNONYM, "X"), (SYMBOL, "A")], "Symbol", True),
]


@pytest.mark.parametrize(("mentions", "tier", "specific"), EDGES)
def test_tier_edge_is_that_of_the_best_mention(
    tmp_path: Path, graph_of: GraphOf, mentions: list[tuple[str, str]], tier: str, specific: bool
) -> None:
    rows = [gene(match.lower(), match, "JAK2", 3717, source) for source, match in mentions]
    rows.append(gene("x", "X", "SOAT1", 6646, SYMBOL))  # X is another gene's symbol
    for order in (rows, rows[::-1]):
        graph = graph_of(write(tmp_path, genes=order))
        expected = {("mentions", "ncbigene:3717"), (f"mentions{tier}", "ncbigene:3717")}
        if specific:
            expected.add(("mentionsSpecifically", "ncbigene:3717"))
        assert {edge for edge in graph.edges(FIGURE) if edge[1] == "ncbigene:3717"} == expected


def test_edges_of_a_keyword_a_candidate_and_none(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, keywords=["PTPRC", "nothing"]))
    assert graph.edges(FIGURE) == {("mentions", "ncbigene:5788"), ("mentionsKeyword", "ncbigene:5788")}
    graph = graph_of(write(tmp_path, keywords=["PTPRC"], organisms_ner=["Homo sapiens", "Danio rerio"]))
    assert graph.edges(FIGURE) == {("mentionsCandidate", "ncbigene:5788")}


def test_a_keyword_does_not_lower_a_pair(tmp_path: Path, graph_of: GraphOf) -> None:
    # The table knows gene 5788 under another symbol than the keyword, so the keyword makes a mention.
    rows = [gene("CD45", "CD45", "CD45", 5788, FAMILY)]
    graph = graph_of(write(tmp_path, genes=rows, keywords=["PTPRC"]))
    assert graph.tier(FIGURE, "ncbigene:5788") == "Family"
    assert {seen.tier for seen in graph.mentions(body="ncbigene:5788")} == {"family", "keyword"}


def test_chemicals_and_diseases_have_the_plain_edge_alone(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(
        write(
            tmp_path,
            chemicals=[("ATP", "mesh:D000255", "Adenosine Triphosphate", "ATP", "chebi:15422")],
            diseases=[("LPS", "mesh:C536528", "Van der Woude syndrome", "NA", "doid:0060239")],
        )
    )
    edges = graph.select(f"SELECT ?p ?o {{ <https://pfocr.wikipathways.org/figures/{FIGURE}.html> ?p ?o }}")
    assert {edge for edge in edges if str(edge[1]).partition(":")[0] in ("chebi", "mesh", "doid")} == {
        ("schema:mentions", "chebi:15422"),
        ("schema:mentions", "doid:0060239"),
    }
    assert graph.value("chebi:15422", "skos:exactMatch") == "mesh:D000255"
    assert graph.value("doid:0060239", "skos:exactMatch") == "mesh:C536528"
    assert graph.value("chebi:15422", "rdf:type") == "schema:ChemicalSubstance"
    assert graph.value("doid:0060239", "rdf:type") == "schema:MedicalCondition"
    assert graph.mention(word="ATP").source == "mesh"
    assert graph.mention(word="ATP").tier is None


@pytest.mark.parametrize(
    ("identifier", "source", "body", "reason"),
    [
        ("D013311", "MESH", "mesh:D013311", None),
        ("MESH:D013311", "Chemical", "mesh:D013311", None),
        ("CHEBI:15422", "x", "chebi:15422", None),
        ("", "", None, "no identifier"),
        ("12345", "", None, "identifier not understood"),
        ("DOID:1", "x", None, "identifier not understood"),
        ("drugbank:DB1", "x", None, "identifier not understood"),
        ("D013311 x", "MESH", None, "identifier not understood"),
    ],
)
def test_ids_of_inline_chemicals(
    tmp_path: Path, graph_of: GraphOf, identifier: str, source: str, body: str | None, reason: str | None
) -> None:
    entry = {"word": "w", "source": source, "identifier": identifier}
    seen = graph_of(write(tmp_path, fields={"chemicals": [entry]})).mention(word="w")
    assert (seen.body, seen.reason) == (body, reason)


def test_one_word_without_an_id_for_two_reasons_is_one_mention(tmp_path: Path, graph_of: GraphOf) -> None:
    """The mention's IRI knows nothing of the reason; the more telling one stays, in whatever order they come."""
    entries = [{"word": "w", "source": "", "identifier": text} for text in ("", "12345")]
    for order in (entries, entries[::-1]):
        graph = graph_of(write(tmp_path, fields={"chemicals": order}))
        assert graph.mention(word="w").reason == "identifier not understood"


def test_one_term_used_as_chemical_and_as_disease(tmp_path: Path, graph_of: GraphOf) -> None:
    row = ("x", "mesh:D000255", "NA", "NA", "NA")
    graph = graph_of(write(tmp_path, chemicals=[row], diseases=[row]))
    assert graph.values("mesh:D000255", "rdf:type") == {"schema:ChemicalSubstance", "schema:MedicalCondition"}


def test_sources_say_tier_and_release_once(tmp_path: Path, graph_of: GraphOf) -> None:
    names = {
        "hgnc_symbol": ("symbol", "2021"),
        "hgnc_alias_symbol": ("synonym", "2021"),
        "hgnc_prev_symbol": ("synonym", "2021"),
        "bioentities_symbol": ("family", "2021"),
        "ncbigene_symbol": ("symbol", "2023"),
        "ncbigene_synonym": ("synonym", "2023"),
        "famplex_relations": ("family", "2023"),
    }
    genes = [inline(f"w{n}", f"M{n}", name, "JAK2", "3717") for n, name in enumerate(names)]
    graph = graph_of(
        write(tmp_path, inline=genes[:4], genes=[gene("w", "M", "JAK2", 3717, n) for n in list(names)[4:]])
    )
    for name, (tier, release) in names.items():
        assert graph.values(f"kg:source-{name}", "kg:tier") == {f"kg:{tier}"}
        assert graph.values(f"kg:source-{name}", "kg:release") == {release}
        assert graph.values(f"kg:source-{name}", "rdf:type") == {"kg:MentionSource"}
    for seen in graph.mentions():
        assert (seen.tier, seen.release) == names[seen.source]


def test_a_gene_source_that_no_one_knows_is_an_error(tmp_path: Path, graph_of: GraphOf) -> None:
    from kg.errors import RecordError

    for source in ("mystery", "NA"):
        with pytest.raises(RecordError) as caught:
            graph_of(write(tmp_path, genes=[gene("w", "M", "JAK2", 3717, source)]))
        assert caught.value.record == FIGURE
        assert "source" in caught.value.field


def test_gene_without_an_id_is_a_mention_with_a_reason(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, genes=[gene("w", "M", "X", "NA", SYMBOL)]))
    seen = graph.mention(word="w")
    assert (seen.body, seen.candidates, seen.reason) == (None, frozenset(), "no identifier")
    assert graph.edges(FIGURE) == set()


# The whole


def everything(folder: Path) -> Path:
    return write(
        folder,
        inline=[inline("(Src", "SRC", "hgnc_symbol", "SRC", "6714")],
        genes=[gene("STAT", "STAT", "SOAT1", 6646, SYNONYM), gene("STAT", "STAT", "STAT3", 6774, FAMILY)],
        chemicals=[("ATP", "mesh:D000255", "Adenosine Triphosphate", "ATP", "chebi:15422")],
        diseases=[("LPS", "mesh:C536528", "Van der Woude syndrome", "NA", "doid:0060239")],
        keywords=["PTPRC", "nothing"],
        organisms=["Homo sapiens", "Plants"],
    )


def test_no_blank_nodes_and_no_triple_twice(tmp_path: Path, lexicon: Any, noise: dict[str, str]) -> None:
    from kg.read import find_items
    from kg.terms import blocks_ntriples, ntriples
    from kg.verdict import record_graph
    from kg.worker import Setup, Worker

    (item,) = find_items([everything(tmp_path)]).items
    worker = Worker(Setup(lexicon, noise, None, ()))
    _, own, shared = worker.record(item)
    text = record_graph(blocks_ntriples(own), shared, lexicon) + ntriples(dataset_triples("1"))
    triples = [quad.triple for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES)]
    assert len(triples) > 60
    assert not any(
        isinstance(term, pyoxigraph.BlankNode) for triple in triples for term in (triple.subject, triple.object)
    )
    assert len(triples) == len(set(triples))


def test_same_record_same_triples(tmp_path: Path, graph_of: GraphOf) -> None:
    first, second = (set(graph_of(everything(tmp_path / name)).store) for name in ("a", "b"))
    assert first == second


def test_dataset_is_cc0_and_says_that_images_are_not(graph_of: GraphOf) -> None:
    graph = Graph(dataset_triples("0.0.1"))
    rows = graph.select(
        "SELECT ?licence ?text { <https://w3id.org/pathway-figure-kg/> dcterms:license ?licence ; "
        "dcterms:description ?text ; a <http://rdfs.org/ns/void#Dataset>, <http://www.w3.org/ns/dcat#Dataset> }"
    )
    ((licence, text),) = rows
    assert licence == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert "images have licences of their own" in str(text)


@pytest.mark.parametrize("score", [LEFT_OUT, "0", "1", "0.5", "5e-5", "1.0", "0.9553206"])
def test_scores_pass_the_shapes(tmp_path: Path, graph_of: GraphOf, score: object) -> None:
    graph = graph_of(write(tmp_path, automl_pathway=score))
    value = graph.value(FIGURE, "kg:pathwayScore")
    assert value is None if score is LEFT_OUT else value is not None and float(value) == float(str(score))


def through_a_store(text: str) -> str:
    """How Oxigraph gives a double back."""
    store = pyoxigraph.Store()
    subject = NamedNode("x:s")
    store.add(Quad(subject, subject, Literal(text, datatype=DOUBLE)))
    (quad,) = store
    return str(quad.object.value)


def check_double(text: str) -> None:
    canonical = canonical_double(text)
    assert through_a_store(canonical) == canonical
    assert through_a_store(text) == canonical


@given(st.floats())
def test_doubles_are_written_as_the_store_gives_them_back(value: float) -> None:
    check_double(
        "INF" if value == math.inf else "-INF" if value == -math.inf else "NaN" if value != value else repr(value)
    )


@given(st.floats(0, 1).map(lambda x: f"{x:.7f}") | st.floats(0, 1).map(lambda x: f"{x:.3e}"))
def test_scores_are_written_as_the_store_gives_them_back(text: str) -> None:
    check_double(text)


@pytest.mark.parametrize("text", ["5e-5", "1.0", "0", "-0.0", "0.9553206", "1E-7", ".5", "1.", "+1", "1e22", "1e300"])
def test_doubles_of_every_spelling(text: str) -> None:
    check_double(text)


@pytest.mark.parametrize("text", ["high", "", "1,5", "0x10"])
def test_what_is_no_number_is_left_for_the_shapes(text: str) -> None:
    assert canonical_double(text) == text


def test_zebrafish_genes_keep_their_organism(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, genes=[gene("STAT", "STAT", "stat4", 368519, SYNONYM, ZEBRAFISH)]))
    assert graph.value("ncbigene:368519", "schema:taxonomicRange") == "taxon:7955"
    assert graph.value("taxon:7955", "schema:name") == "Danio rerio"
    assert graph.value("ncbigene:368519", "wp:bdbHgncSymbol") is None
