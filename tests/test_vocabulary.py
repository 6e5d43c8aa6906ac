"""The vocabulary file defines our own terms: all that are used, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS

import kg
from kg import vocab
from kg.dump import fragment
from kg.resources import resource
from kg.triples import source_triples

PACKAGE = Path(kg.__file__).parent
GRAPH_MD = resource("shapes").parent / "docs" / "graph.md"
KG = rdflib.Namespace(vocab.KG)
SCHEMA = rdflib.Namespace(vocab.SCHEMA)

NOT_IN_THE_GRAPH = {"advice", "rank", "Ambiguity", "IdStatus", "Place", "Suspicion", "Tier"}
"""Terms that order the vocabulary, or stand on shapes and reports; docs/graph.md has no need of them."""


@pytest.fixture(scope="module")
def vocabulary() -> rdflib.Graph:
    return rdflib.Graph().parse(PACKAGE / "data" / "vocabulary.ttl", format="turtle")


def _defined(vocabulary: rdflib.Graph) -> set[str]:
    """Terms of ours, without the sources of mentions: their names are data, and tested by themselves."""
    terms = {str(term).removeprefix(vocab.KG) for term in vocabulary.subjects(RDF.type) if term in KG}
    return {term for term in terms if not term.startswith("source-")}


def _named(text: str) -> set[str]:
    """Terms of ours in a text: ``kg:word``, or ``KG + "word"`` in code. ``kg:source-…`` is data."""
    found = re.findall(r"\bkg:([A-Za-z]+)\b(?!-)", text) + re.findall(r'\bKG \+ "([A-Za-z]+)"(?! \+)', text)
    return set(found)


def test_each_term_has_a_label_and_a_comment(vocabulary: rdflib.Graph) -> None:
    for term in vocabulary.subjects(RDF.type):
        if term in KG:
            assert len(list(vocabulary.objects(term, RDFS.label))) == 1, term
            assert len(list(vocabulary.objects(term, RDFS.comment))) == 1, term


def test_the_header_names_version_and_licence(vocabulary: rdflib.Graph) -> None:
    (header,) = vocabulary.subjects(RDF.type, OWL.Ontology)
    assert str(header) == vocab.KG.rstrip("#")
    assert str(vocabulary.value(header, OWL.versionInfo)) == "0.1.0"
    assert "publicdomain/zero" in str(vocabulary.value(header, rdflib.DCTERMS.license))
    assert vocabulary.value(header, rdflib.DCTERMS.title)


def test_each_term_that_is_used_is_defined(vocabulary: rdflib.Graph) -> None:
    defined = _defined(vocabulary)
    files = [
        GRAPH_MD,
        *sorted(resource("shapes").glob("*.ttl")),
        *sorted(resource("queries").glob("*.rq")),
        *sorted(PACKAGE.glob("*.py")),
    ]
    missing = {file.name: _named(file.read_text(encoding="utf-8")) - defined for file in files}
    assert not {name: terms for name, terms in missing.items() if terms}


def test_each_term_that_is_defined_is_in_the_documentation(vocabulary: rdflib.Graph) -> None:
    assert _defined(vocabulary) - _named(GRAPH_MD.read_text(encoding="utf-8")) == NOT_IN_THE_GRAPH


def test_tiers_and_their_links_are_those_of_the_code(vocabulary: rdflib.Graph) -> None:
    ranks = {str(term): int(str(rank)) for term, rank in vocabulary.subject_objects(KG.rank)}
    assert ranks == {tier.iri: tier.value for tier in vocab.Tier}
    assert set(map(str, vocabulary.subjects(RDF.type, KG.Tier))) == set(ranks)
    links = {str(term) for term in vocabulary.subjects(RDFS.subPropertyOf, SCHEMA.mentions)}
    assert links == {tier.edge for tier in vocab.Tier} | {vocab.KG + "mentionsSpecifically"}


SOURCES = {
    "hgnc_symbol": ("symbol", "2021"),
    "hgnc_alias_symbol": ("synonym", "2021"),
    "hgnc_prev_symbol": ("synonym", "2021"),
    "bioentities_symbol": ("family", "2021"),
    "ncbigene_symbol": ("symbol", "2023"),
    "ncbigene_synonym": ("synonym", "2023"),
    "famplex_relations": ("family", "2023"),
    "keyword": ("keyword", None),
    "biothings_gene": ("keyword", None),
    "biothings_term": (None, None),
    "mesh": (None, None),
    "chebi": (None, None),
    "doid": (None, None),
    "not_stated": (None, None),
}
"""Tier and release of each source, by docs/graph.md."""


def test_the_sources_of_mentions_are_listed(vocabulary: rdflib.Graph) -> None:
    named = {
        str(source).removeprefix(vocab.KG + "source-") for source in vocabulary.subjects(RDF.type, KG.MentionSource)
    }
    assert named == SOURCES.keys()
    for name, (tier, release) in SOURCES.items():
        source = KG[f"source-{name}"]
        assert vocabulary.value(source, KG.tier) == (KG[tier] if tier else None)
        assert vocabulary.value(source, KG.release) == (rdflib.Literal(release) if release else None)
        assert all(name in GRAPH_MD.read_text(encoding="utf-8") for name in SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_a_graph_states_of_a_source_what_the_vocabulary_states(vocabulary: rdflib.Graph, name: str) -> None:
    text = fragment(source_triples(name), "ntriples").decode()
    said = set(rdflib.Graph().parse(data=text, format="nt"))
    source = KG[f"source-{name}"]
    listed = {triple for triple in vocabulary.triples((source, None, None)) if triple[1] != RDFS.comment}
    assert said == listed


def test_the_values_that_the_shapes_allow_are_those_of_the_vocabulary(vocabulary: rdflib.Graph) -> None:
    shapes = rdflib.Graph()
    for file in resource("shapes").glob("*.ttl"):
        shapes.parse(file, format="turtle")
    sh, kgsh = rdflib.Namespace("http://www.w3.org/ns/shacl#"), rdflib.Namespace(vocab.SHAPES)
    for shape, cls in {
        "MentionShape-statedIn": KG.Place,
        "MentionShape-ambiguity": KG.Ambiguity,
        "MentionShape-suspect": KG.Suspicion,
        "SourceShape-tier": KG.Tier,
        "GeneShape-idStatus": KG.IdStatus,
    }.items():
        head = shapes.value(kgsh[shape], sh["in"])
        assert head is not None
        assert set(shapes.items(head)) == set(vocabulary.subjects(RDF.type, cls))
