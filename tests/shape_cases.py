"""The record graph that the shape tests damage, and one way of breaking each shape.

``VALID`` is one record's triples, written by hand: genes by symbol, by synonym with ambiguity, by family and
by keyword, two keywords that stay open, a chemical, a disease, a paper with journal and publisher, organisms.
``CASES`` are edits of ``VALID``, each with the shape that it breaks and the other shapes that break with it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import pyoxigraph as ox

from kg.shapes import Checker, Violation
from kg.vocab import PREFIXES, figure_iri, mention_iri

FIGID = "PMC4033995__nihms-1__F1"
FIGURE = figure_iri(FIGID)
NCBI = PREFIXES["ncbigene"]
PREFIX = {
    **PREFIXES,
    "taxon": PREFIXES["obo"] + "NCBITaxon_",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "doid": PREFIXES["obo"] + "DOID_",
    "home": "https://w3id.org/pathway-figure-kg/",
    "ids": "https://identifiers.org/",
}
_HEADER = "".join(f"@prefix {name}: <{start}> .\n" for name, start in PREFIX.items())


def _mention(bodies: list[str], seen: str, match: str | None, source: str) -> str:
    expanded = [iri.replace("ncbigene:", NCBI) for iri in bodies]
    return mention_iri(FIGURE, expanded, seen, match, source)


JAK2, PTPRC, SOAT1, STAT3, PSMA1, STAT1B = (
    f"ncbigene:{number}" for number in ("3717", "5788", "6646", "6774", "5682", "368481")
)
EGFR, IRS1, COW = "ncbigene:1956", "ncbigene:3667", "ncbigene:538598"

BY_SYMBOL = _mention([JAK2], "JAK2", "JAK2", "ncbigene_symbol")
BY_SYNONYM = _mention([PTPRC], "CD45", "CD45", "ncbigene_synonym")
AMBIGUOUS = _mention([SOAT1], "STAT", "STAT", "ncbigene_synonym")
BY_FAMILY = _mention([STAT3], "STAT", "STAT", "famplex_relations")
JAK2_FAMILY = _mention([JAK2], "JAK", "JAK", "famplex_relations")
BY_KEYWORD = _mention([EGFR], "EGFR", None, "keyword")
OPEN = _mention([IRS1, COW], "IRS1", None, "keyword")
UNKNOWN = _mention([], "Receptor", None, "keyword")
CHEMICAL = _mention(["https://identifiers.org/chebi/CHEBI:15422"], "ATP", "ATP", "mesh")
DISEASE = _mention(["http://id.nlm.nih.gov/mesh/D003920"], "DIABETES", "diabetes", "mesh")

TURTLE = f"""{_HEADER}
<{FIGURE}> a schema:ImageObject , doco:Figure ;
  schema:identifier "{FIGID}" ; schema:alternateName "PMC4033995__F1" ; schema:name "The JAK-STAT pathway" ;
  schema:caption "How JAK2 acts." ; schema:description "How JAK2 acts on STAT." ; schema:position "F1" ;
  schema:url <https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/figure/F1/> ;
  schema:contentUrl <https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/bin/nihms-1.jpg> ;
  kg:figureType "Figure" ; kg:pathwayScore "0.9734"^^xsd:double ; schema:isPartOf pmc:PMC4033995 ;
  schema:about taxon:9606 ; kg:organismName "Plants" ; kg:mentionsOrganism taxon:9606 , taxon:7955 ;
  kg:mentionsOrganismName "Xenopus Oocyte" ;
  rdfs:seeAlso <https://identifiers.org/ndex/de2b66b6-de8e-11ea-99da-0ac135e8bacf> ,
    <https://identifiers.org/wikipathways/WP5283> ;
  schema:mentions {JAK2} , {PTPRC} , {SOAT1} , {STAT3} , {EGFR} ,
    <https://identifiers.org/chebi/CHEBI:15422> ,
    mesh:D003920 ;
  kg:mentionsSymbol {JAK2} ; kg:mentionsSynonym {PTPRC} , {SOAT1} ; kg:mentionsFamily {STAT3} ;
  kg:mentionsKeyword {EGFR} ; kg:mentionsSpecifically {JAK2} , {PTPRC} ;
  kg:mentionsCandidate {IRS1} , {COW} .

<{BY_SYMBOL}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody {JAK2} ; kg:word "JAK2" ;
  kg:match "JAK2" ;
  kg:statedIn kg:sidecar , kg:inline ; dcterms:source kg:source-ncbigene_symbol .
<{JAK2_FAMILY}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody {JAK2} ; kg:word "JAK" ;
  kg:match "JAK" ;
  kg:statedIn kg:sidecar ; dcterms:source kg:source-famplex_relations .
<{BY_SYNONYM}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody {PTPRC} ; kg:word "CD45" ;
  kg:match "CD45" ;
  kg:statedIn kg:sidecar ; dcterms:source kg:source-ncbigene_synonym ;
    kg:suspect kg:rewritten , kg:caseOnly .
<{AMBIGUOUS}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody {SOAT1} ; kg:word "STAT" ;
  kg:match "STAT" ;
  kg:statedIn kg:sidecar ; dcterms:source kg:source-ncbigene_synonym ; kg:ambiguity kg:familyWord .
<{BY_FAMILY}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody {STAT3} ; kg:word "STAT" ;
  kg:match "STAT" ;
  kg:statedIn kg:sidecar ; dcterms:source kg:source-famplex_relations .
<{BY_KEYWORD}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody {EGFR} ; kg:keyword "EGFR" ;
  kg:statedIn kg:keywordList ; dcterms:source kg:source-keyword .
<{OPEN}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; kg:candidate {IRS1} , {COW} ; kg:keyword "IRS1" ;
  kg:reason "several genes" ; kg:statedIn kg:keywordList ; dcterms:source kg:source-keyword .
<{UNKNOWN}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; kg:keyword "Receptor" ; kg:reason "no such symbol" ;
  kg:statedIn kg:keywordList ; dcterms:source kg:source-keyword .
<{CHEMICAL}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ;
  oa:hasBody <https://identifiers.org/chebi/CHEBI:15422> ;
  kg:word "ATP" ; kg:match "ATP" ; kg:statedIn kg:sidecar ; dcterms:source kg:source-mesh .
<{DISEASE}> a oa:Annotation ; oa:hasTarget <{FIGURE}> ; oa:hasBody mesh:D003920 ;
  kg:word "DIABETES" ; kg:match "diabetes" ; kg:statedIn kg:sidecar ; dcterms:source kg:source-mesh .

{JAK2} a schema:Gene , wp:GeneProduct ; schema:name "JAK2" ; rdfs:label "JAK2" ; skos:altLabel "JTK10" ;
  schema:taxonomicRange taxon:9606 ; wp:bdbHgncSymbol <https://identifiers.org/hgnc.symbol/JAK2> .
{PTPRC} a schema:Gene , wp:GeneProduct ; schema:name "PTPRC" ; rdfs:label "PTPRC" ;
  schema:taxonomicRange taxon:9606 ; wp:bdbHgncSymbol <https://identifiers.org/hgnc.symbol/PTPRC> .
{SOAT1} a schema:Gene , wp:GeneProduct ; schema:name "SOAT1" ; rdfs:label "SOAT1" ;
  schema:taxonomicRange taxon:9606 ; kg:idStatus kg:notCurrent ; dcterms:isReplacedBy ncbigene:6647 .
{STAT3} a schema:Gene , wp:GeneProduct ; schema:name "STAT3" ; rdfs:label "STAT3" ;
  schema:taxonomicRange taxon:9606 .
{EGFR} a schema:Gene , wp:GeneProduct ; schema:name "EGFR" ; rdfs:label "EGFR" ;
  schema:taxonomicRange taxon:9606 .
{IRS1} a schema:Gene , wp:GeneProduct ; schema:name "IRS1" ; rdfs:label "IRS1" ;
  schema:taxonomicRange taxon:9606 .
{COW} a schema:Gene , wp:GeneProduct ; schema:name "IRS1" ; rdfs:label "IRS1" ;
  schema:taxonomicRange taxon:9913 .

taxon:9606 a schema:Taxon ; schema:name "Homo sapiens" ; rdfs:label "Homo sapiens" .
taxon:7955 a schema:Taxon ; schema:name "Danio rerio" ; rdfs:label "Danio rerio" .
taxon:9913 a schema:Taxon ; schema:name "Bos taurus" ; rdfs:label "Bos taurus" ;
  schema:parentTaxon taxon:9903 .

<https://identifiers.org/chebi/CHEBI:15422> a schema:ChemicalSubstance ; schema:name "ATP" ;
  rdfs:label "ATP" ;
  skos:altLabel "adenosine triphosphate" ; skos:exactMatch mesh:D000255 .
mesh:D003920 a schema:MedicalCondition ; schema:name "Diabetes Mellitus" ; rdfs:label "Diabetes Mellitus" ;
  skos:altLabel "diabetes" ; skos:exactMatch mesh:D003924 .

pmc:PMC4033995 a schema:ScholarlyArticle , fabio:JournalArticle , wp:PublicationReference ;
  schema:name "JAK and STAT in zebrafish" ; schema:datePublished "2014"^^xsd:gYear ;
  dcterms:bibliographicCitation "A. Author. J Sig. 2014" ; schema:isPartOf <{PREFIX["home"]}journal/J_Sig> ;
  schema:publisher <{PREFIX["home"]}publisher/Sig_Press> ; schema:keywords "signalling" , "İNOS" ;
  schema:sameAs <https://doi.org/10.1002/(sici)1097%3C1::aid-x%3E3.0.co;2-%23> ;
  schema:alternateName "JAK & STAT" ; kg:alsoStated "year 2013, by PMC4033995__f2" .
<{PREFIX["home"]}journal/J_Sig> a schema:Periodical ; schema:name "J Sig" ; schema:alternateName "J. Sig." .
<{PREFIX["home"]}publisher/Sig_Press> a schema:Organization ; schema:name "Sig Press" .

kg:source-ncbigene_symbol a kg:MentionSource ; rdfs:label "NCBI Gene symbol" ; kg:tier kg:symbol ;
  kg:release "2023" .
kg:source-ncbigene_synonym a kg:MentionSource ; rdfs:label "NCBI Gene synonym" ; kg:tier kg:synonym ;
  kg:release "2023" .
kg:source-famplex_relations a kg:MentionSource ; rdfs:label "FamPlex" ; kg:tier kg:family ;
  kg:release "2023" .
kg:source-keyword a kg:MentionSource ; rdfs:label "keyword list" ; kg:tier kg:keyword .
kg:source-mesh a kg:MentionSource ; rdfs:label "MeSH" .
"""


def triples(turtle: str) -> frozenset[str]:
    """The triples of a Turtle text, as lines of N-Triples."""
    return frozenset(f"{quad.triple} ." for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE))


VALID = triples(TURTLE)


def ntriples(graph: frozenset[str]) -> str:
    """The text of a graph."""
    return "\n".join(sorted(graph)) + "\n"


Edit = Callable[[frozenset[str]], frozenset[str]]


def add(turtle: str) -> Edit:
    """State these triples as well."""
    return lambda graph: graph | triples(_HEADER + turtle)


def drop(turtle: str) -> Edit:
    """Leave these triples out; they must be there."""

    def edit(graph: frozenset[str]) -> frozenset[str]:
        gone = triples(_HEADER + turtle)
        assert gone <= graph, gone - graph
        return graph - gone

    return edit


def both(*edits: Edit) -> Edit:
    """One edit after another."""

    def edit(graph: frozenset[str]) -> frozenset[str]:
        for one in edits:
            graph = one(graph)
        return graph

    return edit


def swap(before: str, after: str) -> Edit:
    """State ``after`` in place of ``before``."""
    return both(drop(before), add(after))


def rename(before: str, after: str) -> Edit:
    """Another IRI for a thing, everywhere."""
    return lambda graph: frozenset(line.replace(f"<{before}>", f"<{after}>") for line in graph)


class Case(NamedTuple):
    """A way of breaking the shape ``shape``; ``also`` are the other shapes that must break with it."""

    shape: str
    edit: Edit
    also: frozenset[str] = frozenset()


OTHER = figure_iri("PMC5__b1")
LISTED = mention_iri(OTHER, [NCBI + "3717"], "", None, "biothings_gene")
LISTED_TERM = mention_iri(OTHER, ["http://id.nlm.nih.gov/mesh/D003920"], "", None, "biothings_term")
TITLE = 'pmc:PMC5 schema:name "A title from another record" .'
BIOTHINGS = add(f"""
<{OTHER}> a schema:ImageObject , doco:Figure ; schema:identifier "PMC5__b1" ; schema:name "A pathway" ;
  schema:isPartOf pmc:PMC5 ; kg:knownFrom kg:bioThings ; schema:mentions {JAK2} , mesh:D003920 ; kg:mentionsKeyword {JAK2} .
<{LISTED}> a oa:Annotation ; oa:hasTarget <{OTHER}> ; oa:hasBody {JAK2} ; kg:statedIn kg:bioThings ;
  dcterms:source kg:source-biothings_gene .
<{LISTED_TERM}> a oa:Annotation ; oa:hasTarget <{OTHER}> ; oa:hasBody mesh:D003920 ; kg:statedIn kg:bioThings ;
  dcterms:source kg:source-biothings_term .
pmc:PMC5 a schema:ScholarlyArticle , fabio:JournalArticle , wp:PublicationReference . {TITLE}
kg:source-biothings_gene a kg:MentionSource ; rdfs:label "BioThings, genes" ; kg:tier kg:keyword ; kg:withoutWords true .
kg:source-biothings_term a kg:MentionSource ; rdfs:label "BioThings, terms" ; kg:withoutWords true .
""")
"""A figure beside ``VALID`` that is known from BioThings: its mentions have no words, and its paper needs no title."""

F, P = f"<{FIGURE}>", "pmc:PMC4033995"
CHEBI = "https://identifiers.org/chebi/CHEBI:15422"
MESH = PREFIX["mesh"]
JOURNAL, PUBLISHER = f"{PREFIX['home']}journal/J_Sig", f"{PREFIX['home']}publisher/Sig_Press"
SYMBOL = PREFIX["kg"] + "source-ncbigene_symbol"
OTHER_MENTION = FIGURE + "#mention-0123456789abcdef"


def case(shape: str, edit: Edit, *also: str) -> Case:
    """A Case, its other shapes one by one."""
    return Case(shape, edit, frozenset(also))


CASES = [
    # figure
    case("FigureShape", rename(FIGURE, "https://pfocr.wikipathways.org/figures/a%20b.html")),
    case("FigureShape", rename(FIGURE, FIGURE.replace("PMC", "PCM"))),
    case("FigureShape-type", drop(f"{F} a doco:Figure .")),
    case(
        "FigureShape-type",
        drop(f"{F} a doco:Figure , schema:ImageObject ."),
        "MentionShape-hasTarget-value",
    ),
    case("FigureShape-identifier", drop(f'{F} schema:identifier "{FIGID}" .')),
    case("FigureShape-identifier-value", add(f'{F} schema:identifier "PMC1__f1" .')),
    case(
        "FigureShape-identifier-value",
        swap(f'{F} schema:identifier "{FIGID}" .', f'{F} schema:identifier "a b<c>" .'),
    ),
    case(
        "FigureShape-identifier-value",
        swap(f'{F} schema:identifier "{FIGID}" .', f'{F} schema:identifier "{FIGID}\\n" .'),
    ),
    case("FigureShape-name", drop(f'{F} schema:name "The JAK-STAT pathway" .')),
    case("FigureShape-name-value", swap(f'{F} schema:name "The JAK-STAT pathway" .', f'{F} schema:name " " .')),
    case("FigureShape-name-value", add(f'{F} schema:name "Another" .')),
    case("FigureShape-isPartOf", drop(f"{F} schema:isPartOf {P} .")),
    case("FigureShape-isPartOf-value", swap(f"{F} schema:isPartOf {P} .", f"{F} schema:isPartOf pmc:PMC1 .")),
    case("FigureShape-alternateName", add(f'{F} schema:alternateName "b" .')),
    case("FigureShape-caption", add(f'{F} schema:caption "b" .')),
    case("FigureShape-description", add(f'{F} schema:description "b"@en .')),
    case("FigureShape-position", add(f'{F} schema:position "F2" .')),
    case("FigureShape-figureType", add(f"{F} kg:figureType 1 .")),
    case("FigureShape-url", add(f"{F} schema:url <https://www.ncbi.nlm.nih.gov/other> .")),
    case(
        "FigureShape-url",
        swap(
            f"{F} schema:url <https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/figure/F1/> .",
            f"{F} schema:url <http://example.org/F1> .",
        ),
    ),
    *(
        case(
            "FigureShape-url",
            swap(
                f"{F} schema:url <https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/figure/F1/> .",
                f"{F} schema:url <https://www.ncbi.nlm.nih.gov/{path}> .",
            ),
        )
        for path in (
            "",
            "/evil.example/x",
            "https://evil.example/x",
            "http:evil.example",
            "pmc//figure/F1/",
        )
    ),
    case(
        "FigureShape-contentUrl",
        swap(
            f"{F} schema:contentUrl <https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/bin/nihms-1.jpg> .",
            f'{F} schema:contentUrl "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/bin/nihms-1.jpg" .',
        ),
    ),
    *(
        case(
            "FigureShape-pathwayScore",
            swap(f'{F} kg:pathwayScore "0.9734"^^xsd:double .', f"{F} kg:pathwayScore {score} ."),
        )
        for score in (
            *(
                f'"{text}"^^xsd:double'
                for text in (
                    "1.0001",
                    "-0.1",
                    "NaN",
                    "INF",
                    "high",
                    "",
                    " 0.5",
                    "0.5\\n",
                    "0_1",
                    "٠.٥",
                    "inf",
                )
            ),
            "0.5",
            '"0.5"',
            "ncbigene:1",
        )
    ),
    case("FigureShape-pathwayScore", add(f'{F} kg:pathwayScore "0.5"^^xsd:double .')),
    case("FigureShape-about", add(f'{F} schema:about "Homo sapiens" .'), "OrganismShape", "OrganismShape-*"),
    case("FigureShape-organismName", add(f'{F} kg:organismName "" .')),
    case(
        "FigureShape-mentionsOrganism",
        add(f"{F} kg:mentionsOrganism {JAK2} ."),
        "OrganismShape",
        "OrganismShape-*",
    ),
    case("FigureShape-mentionsOrganismName", add(f"{F} kg:mentionsOrganismName taxon:9606 .")),
    case("FigureShape-seeAlso", add(f"{F} rdfs:seeAlso <https://identifiers.org/ndex/1> .")),
    case("FigureShape-mentions", add(f"{F} schema:mentions {IRS1} .")),
    case("FigureShape-mentions", drop(f"{F} schema:mentions {JAK2} .")),
    case("FigureShape-mentions", drop(f"{F} schema:mentions mesh:D003920 .")),
    case("FigureShape-mentionsCandidate", add(f"{F} kg:mentionsCandidate {JAK2} .")),
    case("FigureShape-mentionsCandidate", drop(f"{F} kg:mentionsCandidate {COW} .")),
    # the two ways together: links by tier, and mentions
    case("FigureShape-mentionsSymbol", add(f"{F} kg:mentionsFamily {JAK2} .")),
    case("FigureShape-mentionsSynonym", add(f"{F} kg:mentionsFamily {SOAT1} ."), "FamilyLinkShape-mention"),
    case("FigureShape-mentionsFamily", add(f"{F} kg:mentionsKeyword {STAT3} ."), "KeywordLinkShape-mention"),
    case(
        "FigureShape-mentionsKeyword",
        add(f"{F} kg:mentionsKeyword mesh:D003920 ."),
        "KeywordLinkShape-mention",
        "GeneShape",
        "GeneShape-*",
    ),
    case(
        "SymbolLinkShape-mention",
        swap(f"{F} kg:mentionsFamily {STAT3} .", f"{F} kg:mentionsSymbol {STAT3} ."),
    ),
    case(
        "SynonymLinkShape-mention",
        swap(f"{F} kg:mentionsKeyword {EGFR} .", f"{F} kg:mentionsSynonym {EGFR} ."),
    ),
    case(
        "FamilyLinkShape-mention",
        swap(f"{F} kg:mentionsKeyword {EGFR} .", f"{F} kg:mentionsFamily {EGFR} ."),
    ),
    case(
        "KeywordLinkShape-mention",
        swap(f"{F} kg:mentionsFamily {STAT3} .", f"{F} kg:mentionsKeyword {STAT3} ."),
        "MentionTierShape",
    ),
    case("SpecificLinkShape-mention", add(f"{F} kg:mentionsSpecifically {SOAT1} .")),
    case("SpecificLinkShape-mention", add(f"{F} kg:mentionsSpecifically {STAT3} .")),
    case("MentionTierShape", swap(f"{F} kg:mentionsSymbol {JAK2} .", f"{F} kg:mentionsFamily {JAK2} .")),
    case("MentionTierShape", drop(f"{F} kg:mentionsSymbol {JAK2} .")),
    case("MentionTierShape", drop(f"{F} kg:mentionsSynonym {SOAT1} .")),
    case("MentionTierShape", drop(f"{F} kg:mentionsFamily {STAT3} .")),
    case("MentionTierShape", drop(f"{F} kg:mentionsKeyword {EGFR} .")),
    case("MentionSpecificShape", drop(f"{F} kg:mentionsSpecifically {JAK2} .")),
    case("MentionSpecificShape", drop(f"<{AMBIGUOUS}> kg:ambiguity kg:familyWord .")),
    # mention
    case("MentionShape", rename(BY_SYMBOL, FIGURE + "#mention-1")),
    case("MentionShape", rename(BY_SYMBOL, OTHER_MENTION.upper())),
    case("MentionShape-type", drop(f"<{BY_SYMBOL}> a oa:Annotation .")),
    case("MentionShape-type", add(f"<{BY_SYMBOL}> a schema:Thing .")),
    case(
        "MentionShape-hasTarget",
        drop(f"<{UNKNOWN}> oa:hasTarget {F} ."),
    ),
    case(
        "MentionShape-hasTarget",
        drop(f"<{BY_SYMBOL}> oa:hasTarget {F} ."),
        "MentionTierShape",
        "MentionSpecificShape",
    ),
    case(
        "MentionShape-hasTarget-value",
        add(f"<{UNKNOWN}> oa:hasTarget <https://pfocr.wikipathways.org/figures/PMC1__f1.html> ."),
        "FigureShape-*",
    ),
    case("MentionShape-source", drop(f"<{CHEMICAL}> dcterms:source kg:source-mesh .")),
    case(
        "MentionShape-source-value",
        swap(f"<{CHEMICAL}> dcterms:source kg:source-mesh .", f"<{CHEMICAL}> dcterms:source kg:source-msh ."),
    ),
    case(
        "MentionShape-source-value",
        add(f"<{CHEMICAL}> dcterms:source kg:source-mesh , kg:source-keyword ."),
        "MentionKeywordShape",
        "MentionTierShape",
    ),
    case(
        "MentionShape-hasBody",
        both(add(f"<{CHEMICAL}> oa:hasBody mesh:D003920 .")),
        "MentionShape-outcome",
    ),
    case("MentionShape-hasBody", drop("mesh:D003920 a schema:MedicalCondition .")),
    case(
        "MentionShape-candidate",
        both(add(f"<{OPEN}> kg:candidate mesh:D003920 . {F} kg:mentionsCandidate mesh:D003920 .")),
        "GeneShape",
        "GeneShape-*",
    ),
    case("MentionShape-outcome", drop(f'<{UNKNOWN}> kg:reason "no such symbol" .')),
    case("MentionShape-outcome", add(f'<{CHEMICAL}> kg:reason "no identifier" .')),
    case(
        "MentionShape-reason",
        swap(f'<{UNKNOWN}> kg:reason "no such symbol" .', f'<{UNKNOWN}> kg:reason "because" .'),
    ),
    case("MentionShape-seen", drop(f'<{CHEMICAL}> kg:word "ATP" .')),
    case("MentionShape-seen", drop(f'<{UNKNOWN}> kg:keyword "Receptor" .'), "MentionKeywordShape"),
    case("MentionShape-seen-value", add(f'<{UNKNOWN}> kg:word "receptor" .')),
    case("MentionShape-seen-value", add(f'<{CHEMICAL}> kg:word "atp" .')),
    # BioThings
    case(
        "MentionShape-seen",
        both(BIOTHINGS, drop("kg:source-biothings_gene kg:withoutWords true .")),
        "MentionKeywordShape",
    ),
    case(
        "MentionShape-seen",
        both(
            BIOTHINGS,
            swap(
                f"<{LISTED_TERM}> dcterms:source kg:source-biothings_term .",
                f"<{LISTED_TERM}> dcterms:source kg:source-mesh .",
            ),
        ),
        "MentionKeywordShape",
    ),
    case(
        "MentionKeywordShape",
        both(BIOTHINGS, swap(f"<{LISTED}> kg:statedIn kg:bioThings .", f"<{LISTED}> kg:statedIn kg:sidecar .")),
        "BioThingsFigureShape-mentions",
    ),
    case(
        "MentionKeywordShape",
        both(
            BIOTHINGS, swap(f"<{LISTED_TERM}> kg:statedIn kg:bioThings .", f"<{LISTED_TERM}> kg:statedIn kg:inline .")
        ),
        "BioThingsFigureShape-mentions",
    ),
    case("MentionKeywordShape", both(BIOTHINGS, add(f'<{LISTED}> kg:keyword "JAK2" .'))),
    case("MentionKeywordShape", both(BIOTHINGS, drop(f"<{OTHER}> kg:knownFrom kg:bioThings ."))),
    case(
        "MentionKeywordShape",
        swap(f"<{CHEMICAL}> kg:statedIn kg:sidecar .", f"<{CHEMICAL}> kg:statedIn kg:bioThings ."),
    ),
    case("MentionTierShape", both(BIOTHINGS, drop(f"<{OTHER}> kg:mentionsKeyword {JAK2} ."))),
    case("FigureShape-knownFrom", add(f"{F} kg:knownFrom kg:sidecar ."), "BioThingsFigureShape-mentions"),
    case("BioThingsFigureShape-mentions", add(f"{F} kg:knownFrom kg:bioThings .")),
    case("BioThingsFigureShape-title", both(BIOTHINGS, drop(TITLE))),
    case(
        "PaperShape-name",
        both(BIOTHINGS, drop(TITLE), drop(f"<{OTHER}> kg:knownFrom kg:bioThings .")),
        "MentionKeywordShape",
    ),
    case("PaperShape-name-value", both(BIOTHINGS, add('pmc:PMC5 schema:name "b" .'))),
    case(
        "SourceShape-withoutWords",
        both(
            BIOTHINGS,
            swap("kg:source-biothings_term kg:withoutWords true .", "kg:source-biothings_term kg:withoutWords false ."),
        ),
    ),
    case("WordlessSourceShape", add("kg:source-keyword kg:withoutWords true ."), "MentionKeywordShape"),
    case("WordlessSourceShape", add("kg:source-mesh kg:withoutWords true ."), "MentionKeywordShape"),
    case("MentionShape-word", add(f'<{UNKNOWN}> kg:word "Receptor" .')),
    case("MentionShape-word", swap(f'<{CHEMICAL}> kg:word "ATP" .', f'<{CHEMICAL}> kg:word "" .')),
    case("MentionShape-keyword", swap(f'<{UNKNOWN}> kg:keyword "Receptor" .', f"<{UNKNOWN}> kg:keyword 1 .")),
    case("MentionShape-match", add(f'<{CHEMICAL}> kg:match "B" .')),
    case("MentionShape-statedIn", drop(f"<{CHEMICAL}> kg:statedIn kg:sidecar .")),
    case("MentionShape-statedIn", add(f"<{CHEMICAL}> kg:statedIn kg:elsewhere .")),
    case("MentionShape-ambiguity", add(f"<{AMBIGUOUS}> kg:ambiguity kg:several .")),
    case(
        "MentionShape-ambiguity",
        swap(f"<{AMBIGUOUS}> kg:ambiguity kg:familyWord .", f"<{AMBIGUOUS}> kg:ambiguity kg:maybe ."),
    ),
    case("MentionShape-suspect", add(f"<{BY_SYNONYM}> kg:suspect kg:odd .")),
    case("MentionPropertiesShape", add(f'<{CHEMICAL}> kg:words "ATP" .')),
    case(
        "MentionCandidateShape",
        both(
            drop(f'<{OPEN}> kg:reason "several genes" .'),
            add(f"<{OPEN}> oa:hasBody {EGFR} ."),
        ),
    ),
    case("MentionKeywordShape", add(f"<{UNKNOWN}> kg:statedIn kg:sidecar .")),
    case("MentionKeywordShape", add(f"<{CHEMICAL}> kg:statedIn kg:keywordList .")),
    case(
        "MentionKeywordShape",
        swap(f'<{UNKNOWN}> kg:keyword "Receptor" .', f'<{UNKNOWN}> kg:word "Receptor" .'),
    ),
    case("MentionAmbiguityShape", add(f"<{BY_FAMILY}> kg:ambiguity kg:several .")),
    case("MentionSuspectShape", add(f"<{CHEMICAL}> kg:suspect kg:caseOnly .")),
    case(
        "MentionGeneShape",
        swap(f"<{CHEMICAL}> oa:hasBody <{CHEBI}> .", f"<{CHEMICAL}> oa:hasBody {JAK2} ."),
        "FigureShape-mentions",
    ),
    # paper
    case("PaperShape", rename(PREFIX["pmc"] + "PMC4033995", PREFIX["pmc"] + "4033995")),
    case("PaperShape", rename(PREFIX["pmc"] + "PMC4033995", PREFIX["pmc"] + "PMC4033995a")),
    case("PaperShape-type", drop(f"{P} a wp:PublicationReference .")),
    case("PaperShape-type", drop(f"{P} a schema:ScholarlyArticle ."), "FigureShape-isPartOf-value"),
    case("PaperShape-name", drop(f'{P} schema:name "JAK and STAT in zebrafish" .')),
    case("PaperShape-name-value", add(f'{P} schema:name "b" .')),
    *(
        case(
            "PaperShape-datePublished",
            swap(f'{P} schema:datePublished "2014"^^xsd:gYear .', f"{P} schema:datePublished {year} ."),
        )
        for year in (
            *(f'"{text}"^^xsd:gYear' for text in ("20233", "1799", "2100", "214", "2014Z", "2014\\n", " 2014", "x")),
            "2014",
            '"2014"',
            '"2014-01-01"^^xsd:date',
        )
    ),
    case("PaperShape-bibliographicCitation", add(f'{P} dcterms:bibliographicCitation "b" .')),
    case("PaperShape-isPartOf", add(f'{P} schema:isPartOf "Nature" .')),
    case("PaperShape-publisher", drop(f"<{PUBLISHER}> a schema:Organization .")),
    case("PaperShape-keywords", add(f'{P} schema:keywords "" .')),
    *(
        case(
            "PaperShape-sameAs",
            swap(
                f"{P} schema:sameAs <https://doi.org/10.1002/(sici)1097%3C1::aid-x%3E3.0.co;2-%23> .",
                f"{P} schema:sameAs {doi} .",
            ),
        )
        for doi in (
            "<https://doi.org/10.1002/ABC>",
            "<https://doi.org/10.12/abc>",
            "<https://doi.org/10.1002>",
            "<http://doi.org/10.1002/abc>",
            "<https://doi.org/10.1002/a%3c>",
            '"https://doi.org/10.1002/abc"',
        )
    ),
    case("PaperShape-alternateName", add(f"{P} schema:alternateName 2 .")),
    case("PaperShape-alsoStated", add(f'{P} kg:alsoStated "" .')),
    # journal, publisher
    case("JournalShape", rename(JOURNAL, "http://example.org/J_Sig")),
    case("JournalShape-name", drop(f'<{JOURNAL}> schema:name "J Sig" .')),
    case("JournalShape-name", add(f'<{JOURNAL}> schema:name "J" .')),
    case("JournalShape-alternateName", add(f'<{JOURNAL}> schema:alternateName "" .')),
    case("PublisherShape", rename(PUBLISHER, PREFIX["home"] + "publisher/")),
    case("PublisherShape-name", drop(f'<{PUBLISHER}> schema:name "Sig Press" .')),
    # gene
    case("GeneShape", rename(NCBI + "3717", NCBI + "JAK2")),
    case("GeneShape", rename(NCBI + "3717", NCBI.replace("https", "http") + "3717")),
    case("GeneShape", rename(NCBI + "3717", NCBI + "0")),
    case("GeneShape", rename(NCBI + "3717", NCBI + "03717")),
    case("GeneShape-type", drop(f"{JAK2} a wp:GeneProduct .")),
    case(
        "GeneShape-type",
        drop(f"{JAK2} a wp:GeneProduct , schema:Gene ."),
        "FigureShape-mentionsSymbol",
        "MentionShape-hasBody",
    ),
    case("GeneShape-name", drop(f'{JAK2} schema:name "JAK2" .'), "GeneShape-label"),
    case("GeneShape-name", add(f'{JAK2} schema:name "JAK-2" .'), "GeneShape-label"),
    case("GeneShape-label", drop(f'{JAK2} rdfs:label "JAK2" .')),
    case("GeneShape-label", drop(f'{JAK2} rdfs:label "JAK2" ; schema:name "JAK2" .'), "GeneShape-name"),
    case("GeneShape-altLabel", add(f'{JAK2} skos:altLabel "" .')),
    case("GeneShape-taxonomicRange", drop(f"{STAT3} schema:taxonomicRange taxon:9606 .")),
    case("GeneShape-taxonomicRange-value", add(f"{STAT3} schema:taxonomicRange taxon:7955 .")),
    case("GeneShape-bdbHgncSymbol", add(f'{STAT3} wp:bdbHgncSymbol "STAT3" .')),
    case("GeneShape-idStatus", add(f"{JAK2} kg:idStatus kg:current .")),
    case("GeneShape-isReplacedBy", add(f"{JAK2} dcterms:isReplacedBy <{CHEBI}> .")),
    case(
        "GeneHgncShape-taxonomicRange",
        add(f"{COW} wp:bdbHgncSymbol <https://identifiers.org/hgnc.symbol/IRS1> ."),
    ),
    # organism
    case("OrganismShape", rename(PREFIX["taxon"] + "9913", "http://purl.obolibrary.org/obo/NCBITaxon_Bos")),
    case("OrganismShape", rename(PREFIX["taxon"] + "9913", "http://purl.obolibrary.org/obo/NCBITaxon_0")),
    case(
        "OrganismShape-type",
        drop("taxon:9913 a schema:Taxon ."),
        "GeneShape-taxonomicRange-value",
    ),
    case("OrganismShape-name", add('taxon:9913 schema:name "cow" .'), "OrganismShape-label"),
    case("OrganismShape-label", drop('taxon:9913 rdfs:label "Bos taurus" .')),
    case("OrganismShape-parentTaxon", add(f"taxon:9913 schema:parentTaxon {JAK2} .")),
    # chemical, disease
    case("ChemicalShape", rename(CHEBI, "https://identifiers.org/chebi/15422")),
    case("ChemicalShape-name", drop(f'<{CHEBI}> schema:name "ATP" .'), "ChemicalShape-label"),
    case("ChemicalShape-label", swap(f'<{CHEBI}> rdfs:label "ATP" .', f'<{CHEBI}> rdfs:label "atp" .')),
    case("ChemicalShape-altLabel", add(f'<{CHEBI}> skos:altLabel "" .')),
    case("ChemicalShape-exactMatch", add(f"<{CHEBI}> skos:exactMatch doid:1 .")),
    case("DiseaseShape", rename(MESH + "D003920", MESH + "X")),
    case("DiseaseShape-name", add('mesh:D003920 schema:name "b" .'), "DiseaseShape-label"),
    case("DiseaseShape-label", drop('mesh:D003920 rdfs:label "Diabetes Mellitus" .')),
    case("DiseaseShape-altLabel", add('mesh:D003920 skos:altLabel "b"@en .')),
    case("DiseaseShape-exactMatch", add(f"mesh:D003920 skos:exactMatch <{CHEBI}> .")),
    # source
    case("SourceShape", rename(SYMBOL, PREFIX["kg"] + "ncbigene_symbol")),
    case("SourceShape-type", drop(f"<{SYMBOL}> a kg:MentionSource ."), "MentionShape-source-value"),
    case("SourceShape-label", drop(f'<{SYMBOL}> rdfs:label "NCBI Gene symbol" .')),
    case(
        "SourceShape-tier",
        add("kg:source-mesh kg:tier kg:guess ."),
        "MentionTierShape",
        "MentionSpecificShape",
    ),
    case("SourceShape-release", add('kg:source-mesh kg:release "23" .')),
    case("SourceShape-release", add('kg:source-mesh kg:release "2023 beta" .')),
]


PASSING = [
    BIOTHINGS,
    both(BIOTHINGS, add(f'<{LISTED}> kg:word "JAK2" .')),
    *(
        swap(
            f"{F} schema:url <https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4033995/figure/F1/> .",
            f"{F} schema:url <https://www.ncbi.nlm.nih.gov/{path}> .",
        )
        for path in (
            "pmc/articles/PMC4033995/figure/F1",
            "pmc/articles/PMC4033995/figure/fig:1/",
            "pmc/",
            "books/NBK1%3F",
        )
    ),
]
"""Edits of ``VALID`` that break nothing."""


# --- random damage ----------------------------------------------------------------------------------------

_TEXTS = [
    "",
    " ",
    "\n",
    "NA",
    "2014",
    "20233",
    "0.5",
    "-1",
    "NaN",
    "INF",
    "1e3",
    "١٩٩٩",
    "a b<c>",
    "é\u2010\U0001f600",
]
_DATATYPES = ["string", "double", "gYear", "integer", "decimal", "boolean", "dateTime", "float", "date"]
_IRIS = [
    *(PREFIX["kg"] + name for name in ("symbol", "sidecar", "keywordList", "several", "source-mesh", "mentionsX")),
    *(PREFIX["schema"] + name for name in ("Gene", "Taxon", "Thing", "ImageObject")),
    FIGURE,
    NCBI + "3717",
    NCBI + "x",
    "http://example.org/é",
    "https://doi.org/10.1000/abc",
]


def _damaged_literal(dice: random.Random, text: str) -> ox.Literal:
    ways = [
        lambda: ox.Literal(dice.choice(_TEXTS)),
        lambda: ox.Literal(text + dice.choice(_TEXTS)),
        lambda: ox.Literal(text, language=dice.choice(["en", "de-CH"])),
        lambda: ox.Literal(
            dice.choice([text, *_TEXTS]), datatype=ox.NamedNode(PREFIX["xsd"] + dice.choice(_DATATYPES))
        ),
    ]
    return dice.choice(ways)()


def damaged(dice: random.Random, graph: frozenset[str]) -> frozenset[str]:
    """The graph with one to four triples dropped, retyped, misspelt, or otherwise spoilt."""
    lines = sorted(graph)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(lines))
        triple = next(iter(ox.parse(lines[place], format=ox.RdfFormat.N_TRIPLES))).triple
        other = next(iter(ox.parse(dice.choice(lines), format=ox.RdfFormat.N_TRIPLES))).triple
        this, predicate, value = triple.subject, triple.predicate, triple.object
        text = value.value
        iri = ox.NamedNode(dice.choice(_IRIS))
        way = dice.randrange(11)
        new = None
        if way == 0:
            lines.pop(place)  # dropped
            continue
        if way == 1:
            new = ox.Triple(this, predicate, other.object)
        elif way == 2:
            new = ox.Triple(this, other.predicate, value)
        elif way == 3:
            new = ox.Triple(other.subject, predicate, value)
        elif way == 4:
            new = ox.Triple(this, predicate, iri)
        elif way in (5, 6, 7):
            new = ox.Triple(this, predicate, _damaged_literal(dice, text))
        elif way == 8:
            new = ox.Triple(this, predicate, ox.BlankNode(f"b{dice.randint(1, 3)}"))
        elif way == 9:
            new = ox.Triple(this, ox.NamedNode(predicate.value + "X"), value)
        else:
            kind = ox.NamedNode(PREFIX["rdf"] + "type")
            new = ox.Triple(this, kind, iri)
        if dice.random() < 0.5:
            lines[place] = f"{new} ."  # in place of the old one
        else:
            lines.append(f"{new} .")  # beside it
    return frozenset(lines)


# --- the reference engine in a process of its own ---------------------------------------------------------


@cache
def _reference() -> Checker:
    return Checker("pyshacl")


def by_reference(text: str) -> list[Violation]:
    """What pySHACL says of a graph; a function that a process pool can call."""
    return _reference().check(text)
