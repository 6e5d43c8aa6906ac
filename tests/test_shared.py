"""Facts that several records state: settled alike in any order, and what loses is kept."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from records import COW, FLY, MOUSE, SYMBOL, SYNONYM, Graph, gene, write

from kg.model import GeneFacts, JournalFacts, OrganismFacts, PaperFacts, SharedFacts, SourceFacts, TermFacts
from kg.shared import Settler
from kg.terms import Statement

if TYPE_CHECKING:
    from kg.lexicon import Lexicon

GraphOf = Callable[..., Graph]
PMC1, PMC2 = "https://identifiers.org/pmc/PMC1", "https://identifiers.org/pmc/PMC2"


def paper(iri: str = PMC1, **said: Any) -> PaperFacts:
    nothing = PaperFacts(iri, None, None, None, None, None, None, ())
    return nothing._replace(**({"title": "T", "year": "2020"} | said))


def facts(paper: PaperFacts | None = None, **said: Any) -> SharedFacts:
    return SharedFacts(paper, tuple(fact for each in said.values() for fact in each))


def add(settler: Settler, figid: str, said: SharedFacts) -> list[Statement]:
    for fact in said.things:
        settler.add(fact)
    return settler.add_paper(figid, said.paper) if said.paper else []


def settle(lexicon: Lexicon, stated: Iterable[tuple[str, SharedFacts]]) -> tuple[list[Statement], list[str]]:
    settler = Settler(lexicon)
    triples = [triple for figid, said in stated for triple in add(settler, figid, said)]
    return [*triples, *settler.finish()], [text for texts in settler.warnings.values() for text in texts]


STATED = [
    (
        "PMC1__a",
        facts(
            paper(year=None, keywords=("x",), journal="https://j/1"),
            journals=(JournalFacts("https://j/1", "journal", "J one", "J1"),),
            genes=(GeneFacts("3491", ("9606",), ("CYR61",)), GeneFacts("99999999", ("9606",), ("zz",))),
            terms=(TermFacts("http://id.nlm.nih.gov/mesh/C1", ("chemical",), ("b",), ()),),
            organisms=(OrganismFacts("9606", ("Homo sapiens",)), OrganismFacts("99999999", ("b",))),
            sources=(SourceFacts("keyword"),),
        ),
    ),
    (
        "PMC1__b",
        facts(
            paper(title="Other title", year="2019", keywords=("y", "x")),
            genes=(GeneFacts("3491", ("9606",), ("CCN1",)), GeneFacts("99999999", ("9606",), ("aa", "zz"))),
            terms=(TermFacts("http://id.nlm.nih.gov/mesh/C1", ("disease",), ("a",), ("x:y",)),),
            organisms=(OrganismFacts("99999999", ("a",)),),
            sources=(SourceFacts("keyword"), SourceFacts("mesh")),
        ),
    ),
    (
        "PMC1__c",
        facts(
            paper(title="Third title", doi="https://doi.org/10.1/a", year="2021"),
            journals=(JournalFacts("https://j/1", "journal", "J one", "J. one"),),
            genes=(GeneFacts("99999999", ("7227",), ()),),
        ),
    ),
]
OTHER = ("PMC2__a", facts(paper(PMC2, title="Of another paper"), genes=(GeneFacts("3491", ("9606",), ("x",)),)))


def test_any_order_of_a_papers_records_settles_alike(lexicon: Lexicon) -> None:
    outcomes = {
        (frozenset(triples), tuple(sorted(warnings)))
        for order in itertools.permutations(STATED)
        for triples, warnings in (settle(lexicon, [*order, OTHER]), settle(lexicon, [OTHER, *order]))
    }
    assert len(outcomes) == 1
    ((triples, _),) = outcomes
    assert len(triples) > 30


def test_nothing_is_given_twice(lexicon: Lexicon) -> None:
    papers = [t for t in settle(lexicon, STATED)[0] if t[0] == f"<{PMC1}>"]
    assert len(papers) == len(set(papers))


def test_a_paper_is_settled_when_the_next_begins(lexicon: Lexicon) -> None:
    settler = Settler(lexicon)
    assert [add(settler, figid, said) for figid, said in STATED] == [[], [], []]
    assert {subject for subject, _, _ in add(settler, *OTHER)} == {f"<{PMC1}>"}
    assert {t[0] for t in settler.finish() if "/pmc/" in t[0]} == {f"<{PMC2}>"}


def test_the_smallest_figid_decides_and_losers_are_kept(lexicon: Lexicon) -> None:
    triples, warnings = settle(lexicon, reversed(STATED))
    graph = Graph(triples)
    # figid a says no year, so b's counts; the title is a's; c alone says a DOI
    assert graph.values("pmc:PMC1", "schema:name") == {"T"}
    assert graph.values("pmc:PMC1", "schema:alternateName") == {"Other title", "Third title"}
    assert graph.values("pmc:PMC1", "schema:datePublished") == {"2019"}
    assert graph.values("pmc:PMC1", "kg:alsoStated") == {"year 2021, by PMC1__c"}
    assert graph.values("pmc:PMC1", "schema:sameAs") == {"https://doi.org/10.1/a"}
    assert graph.values("pmc:PMC1", "schema:keywords") == {"x", "y"}
    assert len([w for w in warnings if "PMC1" in w]) == 1


def test_papers_that_agree_give_no_warning(lexicon: Lexicon) -> None:
    same = [("PMC1__a", facts(paper())), ("PMC1__b", facts(paper()))]
    triples, warnings = settle(lexicon, same)
    assert warnings == []
    assert Graph(triples).values("pmc:PMC1", "kg:alsoStated") == set()


@pytest.mark.parametrize(
    ("field", "predicate", "kept", "lost"),
    [
        ("citation", "dcterms:bibliographicCitation", "A. 2020.", "B. 2020."),
        ("doi", "schema:sameAs", "https://doi.org/10.1000/1", "https://doi.org/10.1000/2"),
        ("journal", "schema:isPartOf", "https://j/1", "https://j/2"),
        ("publisher", "schema:publisher", "https://p/1", "https://p/2"),
    ],
)
def test_each_property_of_a_paper(lexicon: Lexicon, field: str, predicate: str, kept: str, lost: str) -> None:
    stated = [("PMC1__b", facts(paper(**{field: lost}))), ("PMC1__a", facts(paper(**{field: kept})))]
    graph = Graph(settle(lexicon, stated)[0])
    assert graph.values("pmc:PMC1", predicate) == {kept}
    assert graph.values("pmc:PMC1", "kg:alsoStated") == {f"{field} {lost}, by PMC1__b"}


def test_gene_names_and_other_symbols(lexicon: Lexicon) -> None:
    graph = Graph(settle(lexicon, [*STATED, OTHER])[0])
    assert graph.values("ncbigene:3491", "rdfs:label") == {"CCN1"}
    assert graph.values("ncbigene:3491", "skos:altLabel") == {"CYR61", "x"}
    assert graph.values("ncbigene:99999999", "schema:name") == {"aa"}
    assert graph.values("ncbigene:99999999", "skos:altLabel") == {"zz"}


def test_a_gene_stated_of_two_organisms_keeps_one_and_warns(lexicon: Lexicon) -> None:
    triples, warnings = settle(lexicon, STATED)
    assert Graph(triples).values("ncbigene:99999999", "schema:taxonomicRange") == {"taxon:7227"}
    assert [w for w in warnings if "99999999" in w and "7227, 9606" in w]
    human = facts(genes=(GeneFacts("3717", ("7227", "9606"), ("JAK2",)),))
    triples, warnings = settle(lexicon, [("PMC1__a", human)])
    assert Graph(triples).values("ncbigene:3717", "schema:taxonomicRange") == {"taxon:9606"}
    assert len(warnings) == 1


def test_a_gene_of_no_known_organism_is_no_crash(lexicon: Lexicon) -> None:
    triples, _ = settle(lexicon, [("PMC1__a", facts(genes=(GeneFacts("99999999", (), ("x",)),)))])
    assert Graph(triples).values("ncbigene:99999999", "schema:taxonomicRange") == set()


def test_terms_organisms_journals_and_sources(lexicon: Lexicon) -> None:
    graph = Graph(settle(lexicon, STATED)[0])
    assert graph.values("mesh:C1", "rdf:type") == {"schema:ChemicalSubstance", "schema:MedicalCondition"}
    assert graph.values("mesh:C1", "schema:name") == {"a"}
    assert graph.values("mesh:C1", "skos:altLabel") == {"b"}
    assert graph.values("mesh:C1", "skos:exactMatch") == {"x:y"}
    assert graph.values("taxon:99999999", "schema:name") == {"a"}
    assert graph.values("taxon:9606", "schema:name") == {"Homo sapiens"}
    assert set(graph.select("SELECT ?n { <https://j/1> schema:alternateName ?n }")) == {("J1",), ("J. one",)}
    assert set(graph.select("SELECT ?s { ?s a kg:MentionSource }")) == {("kg:source-keyword",), ("kg:source-mesh",)}


def test_records_of_one_paper_from_files(tmp_path: Path, graph_of: GraphOf) -> None:
    write(tmp_path, "PMC1__b", papertitle="A title..", year="2021", doi="10.1000/B")
    write(tmp_path, "PMC1__a", papertitle="A title.", year="2020", doi="NA")
    graph = graph_of(tmp_path)
    assert graph.value("pmc:PMC1", "schema:name") == "A title."
    assert graph.value("pmc:PMC1", "schema:alternateName") == "A title.."
    assert graph.value("pmc:PMC1", "schema:datePublished") == "2020"
    assert graph.value("pmc:PMC1", "kg:alsoStated") == "year 2021, by PMC1__b"
    assert graph.value("pmc:PMC1", "schema:sameAs") == "https://doi.org/10.1000/b"


def test_symbols_of_one_gene_from_several_records(tmp_path: Path, graph_of: GraphOf) -> None:
    write(tmp_path, "PMC1__a", genes=[gene("x", "X", "IRS1", 538598, SYMBOL, COW)])
    write(tmp_path, "PMC2__a", genes=[gene("x", "X", "NA", 538598, SYNONYM, COW)])
    write(tmp_path, "PMC3__a", genes=[gene("x", "X", "BIRS", 538598, SYNONYM, COW)])
    graph = graph_of(tmp_path)
    assert graph.value("ncbigene:538598", "schema:name") == "BIRS"
    assert graph.values("ncbigene:538598", "skos:altLabel") == {"IRS1"}


def test_a_name_comes_from_the_lexicon_not_from_the_first_record(tmp_path: Path, graph_of: GraphOf) -> None:
    write(tmp_path, "PMC1__a", genes=[gene("x", "X", "AAA", 16452, SYMBOL, MOUSE)])
    write(tmp_path, "PMC2__a", genes=[gene("x", "X", "hop", 32080, SYMBOL, FLY)])
    graph = graph_of(tmp_path)
    assert graph.value("ncbigene:16452", "rdfs:label") == "Jak2"
    assert graph.value("ncbigene:16452", "skos:altLabel") == "AAA"
