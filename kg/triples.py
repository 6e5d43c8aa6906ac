"""One understood record to triples, in pyoxigraph terms. Pure: the same input gives the same triples.

    figure_triples(figure)            what this record alone says: the figure and its mentions
    shared_triples(facts, lexicon)    what other records may say too: paper, genes, organisms, …

Numbers are written as Oxigraph's store gives them back, so that a dump made while building and an export
of the store hold the same triples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Triple

from kg import vocab
from kg.lexicon import Lexicon
from kg.model import (
    Figure,
    GeneFacts,
    JournalFacts,
    Mention,
    OrganismFacts,
    PaperFacts,
    SharedFacts,
    TermFacts,
)
from kg.normalise import GENE_SOURCES, RELEASES
from kg.vocab import DCTERMS, DOCO, FABIO, KG, OA, RDF, RDFS, SCHEMA, SKOS, WP, XSD, Tier


@lru_cache(maxsize=200_000)
def node(iri: str) -> NamedNode:
    """The IRI as a term; kept, since most IRIs come again."""
    return NamedNode(iri)


_TYPE = node(RDF + "type")
_LABEL = node(RDFS + "label")
_SEE_ALSO = node(RDFS + "seeAlso")
_NAME = node(SCHEMA + "name")
_ALTERNATE_NAME = node(SCHEMA + "alternateName")
_IDENTIFIER = node(SCHEMA + "identifier")
_CAPTION = node(SCHEMA + "caption")
_DESCRIPTION = node(SCHEMA + "description")
_POSITION = node(SCHEMA + "position")
_URL = node(SCHEMA + "url")
_CONTENT_URL = node(SCHEMA + "contentUrl")
_IS_PART_OF = node(SCHEMA + "isPartOf")
_ABOUT = node(SCHEMA + "about")
_MENTIONS = node(SCHEMA + "mentions")
_PUBLISHED = node(SCHEMA + "datePublished")
_PUBLISHER = node(SCHEMA + "publisher")
_KEYWORDS = node(SCHEMA + "keywords")
_SAME_AS = node(SCHEMA + "sameAs")
_RANGE = node(SCHEMA + "taxonomicRange")
_PARENT = node(SCHEMA + "parentTaxon")
_CITATION = node(DCTERMS + "bibliographicCitation")
_SOURCE = node(DCTERMS + "source")
_REPLACED = node(DCTERMS + "isReplacedBy")
_ALT_LABEL = node(SKOS + "altLabel")
_EXACT_MATCH = node(SKOS + "exactMatch")
_TARGET = node(OA + "hasTarget")
_BODY = node(OA + "hasBody")
_ANNOTATION = node(OA + "Annotation")
_HGNC = node(WP + "bdbHgncSymbol")
_DOUBLE = node(XSD + "double")
_YEAR = node(XSD + "gYear")
_FIGURE_TYPE = node(KG + "figureType")
_SCORE = node(KG + "pathwayScore")
_ORGANISM_NAME = node(KG + "organismName")
_MENTIONS_ORGANISM = node(KG + "mentionsOrganism")
_MENTIONS_ORGANISM_NAME = node(KG + "mentionsOrganismName")
_MENTIONS_CANDIDATE = node(KG + "mentionsCandidate")
_MENTIONS_SPECIFICALLY = node(KG + "mentionsSpecifically")
_CANDIDATE = node(KG + "candidate")
_REASON = node(KG + "reason")
_WORD = node(KG + "word")
_KEYWORD = node(KG + "keyword")
_MATCH = node(KG + "match")
_STATED_IN = node(KG + "statedIn")
_AMBIGUITY = node(KG + "ambiguity")
_SUSPECT = node(KG + "suspect")
_TIER = node(KG + "tier")
_RELEASE = node(KG + "release")
_ID_STATUS = node(KG + "idStatus")
_ALSO_STATED = node(KG + "alsoStated")
_EDGES = {tier: node(tier.edge) for tier in Tier}

_TERM_CLASS = {"chemical": node(SCHEMA + "ChemicalSubstance"), "disease": node(SCHEMA + "MedicalCondition")}


def canonical_double(text: str) -> str:
    """The form in which Oxigraph gives an xsd:double back: shortest digits, never an exponent.

    Text that is no number is left alone (the shapes say so to its author).

    >>> canonical_double("5e-5"), canonical_double("1.0"), canonical_double("high")
    ('0.00005', '1', 'high')
    """
    try:
        number = float(text)
    except ValueError:
        return text
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "INF" if number > 0 else "-INF"
    digits = format(Decimal(repr(number)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def figure_triples(figure: Figure) -> list[Triple]:
    """The figure, its links to things, and its mentions; no triple of a shared thing."""
    record = figure.record
    iri = vocab.figure_iri(record.figid)
    this = node(iri)
    triples = [
        Triple(this, _TYPE, node(SCHEMA + "ImageObject")),
        Triple(this, _TYPE, node(DOCO + "Figure")),
        Triple(this, _IDENTIFIER, Literal(record.figid)),
    ]
    texts = (
        (_ALTERNATE_NAME, record.alias),
        (_NAME, record.title),
        (_CAPTION, record.caption),
        (_DESCRIPTION, record.description if record.description != record.caption else None),
        (_POSITION, record.number),
        (_FIGURE_TYPE, record.figure_type),
    )
    triples += [Triple(this, predicate, Literal(text)) for predicate, text in texts if text]
    if record.score:
        score = Literal(canonical_double(record.score), datatype=_DOUBLE)
        triples.append(Triple(this, _SCORE, score))
    if record.pmcid:
        triples.append(Triple(this, _IS_PART_OF, node(vocab.paper_iri(record.pmcid))))
    if record.figlink:
        triples.append(Triple(this, _URL, NamedNode(vocab.figlink_iri(record.figlink))))
    if record.filename and record.pmcid:
        triples.append(Triple(this, _CONTENT_URL, NamedNode(vocab.image_iri(record.pmcid, record.filename))))
    if record.ndex:
        triples.append(Triple(this, _SEE_ALSO, NamedNode(vocab.ndex_iri(record.ndex))))
    if record.wpid:
        triples.append(Triple(this, _SEE_ALSO, NamedNode(vocab.wikipathways_iri(record.wpid))))
    triples += [Triple(this, _ABOUT, node(vocab.taxon_iri(taxon))) for taxon in figure.about]
    triples += [Triple(this, _ORGANISM_NAME, Literal(name)) for name in figure.about_names]
    triples += [Triple(this, _MENTIONS_ORGANISM, node(vocab.taxon_iri(taxon))) for taxon in figure.mentioned]
    triples += [Triple(this, _MENTIONS_ORGANISM_NAME, Literal(name)) for name in figure.mentioned_names]
    triples += _shortcuts(this, figure.mentions)
    for mention in figure.mentions:
        triples += _mention(iri, this, mention)
    return triples


def _shortcuts(this: NamedNode, mentions: Iterable[Mention]) -> Iterator[Triple]:
    """Edges from the figure to things: what its mentions say, without their evidence."""
    tiers: dict[str, Tier | None] = {}
    specific: set[str] = set()
    candidates: set[str] = set()
    for mention in mentions:
        candidates.update(mention.candidates)
        body = mention.body
        if body is None:
            continue
        tier = GENE_SOURCES.get(mention.source)
        best = tiers.get(body)
        tiers[body] = tier if best is None else min(best, tier) if tier else best
        if tier is Tier.SYMBOL or (tier is Tier.SYNONYM and mention.ambiguity is None):
            specific.add(body)
    for body, tier in tiers.items():
        thing = node(body)
        yield Triple(this, _MENTIONS, thing)
        if tier:
            yield Triple(this, _EDGES[tier], thing)
        if body in specific:
            yield Triple(this, _MENTIONS_SPECIFICALLY, thing)
    for body in sorted(candidates):
        yield Triple(this, _MENTIONS_CANDIDATE, node(body))


def _mention(figure: str, target: NamedNode, mention: Mention) -> Iterator[Triple]:
    this = NamedNode(
        vocab.mention_iri(
            figure,
            (mention.body,) if mention.body else mention.candidates,
            mention.word or mention.keyword or "",
            mention.match,
            mention.source,
        )
    )
    yield Triple(this, _TYPE, _ANNOTATION)
    yield Triple(this, _TARGET, target)
    if mention.body:
        yield Triple(this, _BODY, node(mention.body))
    for candidate in mention.candidates:
        yield Triple(this, _CANDIDATE, node(candidate))
    if mention.reason:
        yield Triple(this, _REASON, Literal(mention.reason))
    if mention.word:
        yield Triple(this, _WORD, Literal(mention.word))
    if mention.keyword:
        yield Triple(this, _KEYWORD, Literal(mention.keyword))
    if mention.match:
        yield Triple(this, _MATCH, Literal(mention.match))
    for place in mention.stated_in:
        yield Triple(this, _STATED_IN, node(KG + place))
    yield Triple(this, _SOURCE, node(vocab.source_iri(mention.source)))
    if mention.ambiguity:
        yield Triple(this, _AMBIGUITY, node(KG + mention.ambiguity))
    for flag in mention.suspect:
        yield Triple(this, _SUSPECT, node(KG + flag))


SharedFact = GeneFacts | TermFacts | OrganismFacts | JournalFacts
"""What records state of things other than their paper."""


def fact_triples(fact: SharedFact, lexicon: Lexicon) -> Iterator[Triple]:
    """One gene, chemical or disease, organism, journal or publisher."""
    if isinstance(fact, GeneFacts):
        return gene_triples(fact, lexicon)
    if isinstance(fact, TermFacts):
        return term_triples(fact, lexicon)
    if isinstance(fact, OrganismFacts):
        return organism_triples(fact, lexicon)
    return journal_triples(fact)


def shared_triples(facts: SharedFacts, lexicon: Lexicon) -> list[Triple]:
    """All shared things of one record, as that record states them."""
    triples: list[Triple] = []
    if facts.paper:
        triples += paper_triples(facts.paper)
    things: tuple[SharedFact, ...] = (*facts.journals, *facts.genes, *facts.terms, *facts.organisms)
    for fact in things:
        triples += fact_triples(fact, lexicon)
    for source in facts.sources:
        triples += source_triples(source)
    return triples


def paper_triples(
    paper: PaperFacts, other_titles: Iterable[str] = (), also_stated: Iterable[str] = ()
) -> Iterator[Triple]:
    """A paper; ``other_titles`` and ``also_stated`` are what further records say differently."""
    this = node(paper.iri)
    for cls in (SCHEMA + "ScholarlyArticle", FABIO + "JournalArticle", WP + "PublicationReference"):
        yield Triple(this, _TYPE, node(cls))
    if paper.title:
        yield Triple(this, _NAME, Literal(paper.title))
    if paper.year:
        yield Triple(this, _PUBLISHED, Literal(paper.year, datatype=_YEAR))
    if paper.citation:
        yield Triple(this, _CITATION, Literal(paper.citation))
    if paper.journal:
        yield Triple(this, _IS_PART_OF, node(paper.journal))
    if paper.publisher:
        yield Triple(this, _PUBLISHER, node(paper.publisher))
    if paper.doi:
        yield Triple(this, _SAME_AS, NamedNode(paper.doi))
    for keyword in dict.fromkeys(paper.keywords):
        yield Triple(this, _KEYWORDS, Literal(keyword))
    for title in other_titles:
        yield Triple(this, _ALTERNATE_NAME, Literal(title))
    for text in also_stated:
        yield Triple(this, _ALSO_STATED, Literal(text))


def journal_triples(journal: JournalFacts) -> Iterator[Triple]:
    """A journal or a publisher."""
    this = node(journal.iri)
    cls = "Periodical" if journal.kind == "journal" else "Organization"
    yield Triple(this, _TYPE, node(SCHEMA + cls))
    yield Triple(this, _NAME, Literal(journal.name))
    if journal.abbreviation:
        yield Triple(this, _ALTERNATE_NAME, Literal(journal.abbreviation))


def gene_triples(gene: GeneFacts, lexicon: Lexicon) -> Iterator[Triple]:
    """A gene: named by the lexicon by id, else by the smallest symbol, else by its CURIE."""
    this = node(vocab.gene_iri(gene.gene_id))
    entry = lexicon.gene(gene.gene_id)
    name = entry.symbol if entry else next(iter(gene.symbols), f"ncbigene:{gene.gene_id}")
    yield Triple(this, _TYPE, node(SCHEMA + "Gene"))
    yield Triple(this, _TYPE, node(WP + "GeneProduct"))
    yield Triple(this, _NAME, Literal(name))
    yield Triple(this, _LABEL, Literal(name))
    for symbol in gene.symbols:
        if symbol != name:
            yield Triple(this, _ALT_LABEL, Literal(symbol))
    for taxon in gene.taxa:
        yield Triple(this, _RANGE, node(vocab.taxon_iri(taxon)))
    if entry and entry.hgnc and vocab.HUMAN in gene.taxa:  # a record may state a human id of another organism
        yield Triple(this, _HGNC, NamedNode(vocab.hgnc_symbol_iri(entry.symbol)))
    if entry is None:
        status = next(
            (
                found
                for taxon in gene.taxa
                for symbol in gene.symbols
                if (found := lexicon.id_status(gene.gene_id, taxon, symbol))
            ),
            None,
        )
        if status:
            yield Triple(this, _ID_STATUS, node(KG + "notCurrent"))
            if status.replaced_by:
                yield Triple(this, _REPLACED, node(vocab.gene_iri(status.replaced_by)))


def term_triples(term: TermFacts, lexicon: Lexicon) -> Iterator[Triple]:
    """A chemical or disease: named by the lexicon, else by the smallest name, else by its CURIE."""
    this = node(term.iri)
    short = vocab.curie(term.iri)
    name = lexicon.term_name(short) or next(iter(term.names), short)
    for kind in term.kinds:
        yield Triple(this, _TYPE, _TERM_CLASS[kind])
    yield Triple(this, _NAME, Literal(name))
    yield Triple(this, _LABEL, Literal(name))
    for other in term.names:
        if other != name:
            yield Triple(this, _ALT_LABEL, Literal(other))
    for iri in term.exact_match:
        yield Triple(this, _EXACT_MATCH, node(iri))


def organism_triples(organism: OrganismFacts, lexicon: Lexicon) -> Iterator[Triple]:
    """An organism: named by the lexicon, else by the smallest name that records use, else by its CURIE."""
    this = node(vocab.taxon_iri(organism.taxon_id))
    entry = lexicon.organism(organism.taxon_id)
    name = entry.name if entry else next(iter(organism.names), f"ncbitaxon:{organism.taxon_id}")
    yield Triple(this, _TYPE, node(SCHEMA + "Taxon"))
    yield Triple(this, _NAME, Literal(name))
    yield Triple(this, _LABEL, Literal(name))
    if entry and entry.parent:
        yield Triple(this, _PARENT, node(vocab.taxon_iri(entry.parent)))


_SOURCE_LABELS = {
    "hgnc_symbol": "HGNC approved symbol (PFOCR 2021)",
    "hgnc_alias_symbol": "HGNC alias symbol (PFOCR 2021)",
    "hgnc_prev_symbol": "HGNC previous symbol (PFOCR 2021)",
    "bioentities_symbol": "Bioentities family or complex (PFOCR 2021)",
    "ncbigene_symbol": "NCBI Gene symbol (PFOCR 2023)",
    "ncbigene_synonym": "NCBI Gene synonym (PFOCR 2023)",
    "famplex_relations": "FamPlex family or complex (PFOCR 2023)",
    "keyword": "keyword list of the record (word not published)",
    "mesh": "MeSH",
    "chebi": "ChEBI",
    "doid": "Human Disease Ontology",
    "not_stated": "source not stated",
}


def source_triples(name: str) -> Iterator[Triple]:
    """A source of mentions with its tier and release."""
    this = node(vocab.source_iri(name))
    yield Triple(this, _TYPE, node(KG + "MentionSource"))
    yield Triple(this, _LABEL, Literal(_SOURCE_LABELS[name]))
    if name in GENE_SOURCES:
        yield Triple(this, _TIER, node(GENE_SOURCES[name].iri))
    if name in RELEASES:
        yield Triple(this, _RELEASE, Literal(RELEASES[name]))


def dataset_triples(version: str) -> Iterator[Triple]:
    """The description of the whole dataset. CC0 is the licence of the records, not of the images."""
    this = node(vocab.DATASET)
    void, dcat, pav = (vocab.PREFIXES[p] for p in ("void", "dcat", "pav"))
    yield Triple(this, _TYPE, node(void + "Dataset"))
    yield Triple(this, _TYPE, node(dcat + "Dataset"))
    yield Triple(this, node(DCTERMS + "title"), Literal("Knowledge graph of published pathway figures"))
    yield Triple(
        this,
        node(DCTERMS + "description"),
        Literal(
            "Records of PFOCR (Pathway Figure OCR) as RDF: figures, papers, genes, organisms, chemicals, "
            "diseases, and the evidence for each mention. The licence is that of the records; the "
            "published images have licences of their own."
        ),
    )
    yield Triple(this, node(DCTERMS + "license"), node("https://creativecommons.org/publicdomain/zero/1.0/"))
    yield Triple(this, _SOURCE, node("https://pfocr.wikipathways.org/"))
    yield Triple(this, node(pav + "createdWith"), node(f"{vocab.BASE}release/{version}"))
    for space in ("schema", "oa", "kg", "wp"):
        yield Triple(this, node(void + "vocabulary"), node(vocab.PREFIXES[space]))
