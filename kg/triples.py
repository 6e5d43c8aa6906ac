"""One understood record to statements (`kg.terms`). Pure: the same input gives the same statements.

    figure_blocks(figure)         what this record alone says: the figure and its mentions
    paper_triples(paper)          what other records may say too: of its paper,
    fact_triples(fact, lexicon)   of genes, chemicals, diseases, organisms, journals, publishers, sources of mentions

Numbers are written as Oxigraph's store gives them back, so that a dump made while building and an export
of the store hold the same triples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

from kg import vocab
from kg.lexicon import Lexicon
from kg.model import (
    Fact,
    Figure,
    GeneFacts,
    JournalFacts,
    Mention,
    OrganismFacts,
    PaperFacts,
    SourceFacts,
    TermFacts,
)
from kg.normalise import GENE_SOURCES, RELEASES
from kg.terms import KEPT, Block, Kept, Said, Statement, iri, literal
from kg.vocab import DCTERMS, DOCO, FABIO, KG, OA, RDF, RDFS, SCHEMA, SKOS, WP, XSD, Tier

_TYPE = iri(RDF + "type")
_LABEL = iri(RDFS + "label")
_SEE_ALSO = iri(RDFS + "seeAlso")
_NAME = iri(SCHEMA + "name")
_ALTERNATE_NAME = iri(SCHEMA + "alternateName")
_IDENTIFIER = iri(SCHEMA + "identifier")
_CAPTION = iri(SCHEMA + "caption")
_DESCRIPTION = iri(SCHEMA + "description")
_POSITION = iri(SCHEMA + "position")
_URL = iri(SCHEMA + "url")
_CONTENT_URL = iri(SCHEMA + "contentUrl")
_IS_PART_OF = iri(SCHEMA + "isPartOf")
_ABOUT = iri(SCHEMA + "about")
_MENTIONS = iri(SCHEMA + "mentions")
_PUBLISHED = iri(SCHEMA + "datePublished")
_PUBLISHER = iri(SCHEMA + "publisher")
_KEYWORDS = iri(SCHEMA + "keywords")
_SAME_AS = iri(SCHEMA + "sameAs")
_RANGE = iri(SCHEMA + "taxonomicRange")
_PARENT = iri(SCHEMA + "parentTaxon")
_CITATION = iri(DCTERMS + "bibliographicCitation")
_SOURCE = iri(DCTERMS + "source")
_REPLACED = iri(DCTERMS + "isReplacedBy")
_ALT_LABEL = iri(SKOS + "altLabel")
_EXACT_MATCH = iri(SKOS + "exactMatch")
_TARGET = iri(OA + "hasTarget")
_BODY = iri(OA + "hasBody")
_IMAGE = iri(SCHEMA + "ImageObject")
_FIGURE = iri(DOCO + "Figure")
_ANNOTATION = iri(OA + "Annotation")
_HGNC = iri(WP + "bdbHgncSymbol")
_DOUBLE = XSD + "double"
_YEAR = XSD + "gYear"
_FIGURE_TYPE = iri(KG + "figureType")
_SCORE = iri(KG + "pathwayScore")
_ORGANISM_NAME = iri(KG + "organismName")
_MENTIONS_ORGANISM = iri(KG + "mentionsOrganism")
_MENTIONS_ORGANISM_NAME = iri(KG + "mentionsOrganismName")
_MENTIONS_CANDIDATE = iri(KG + "mentionsCandidate")
_MENTIONS_SPECIFICALLY = iri(KG + "mentionsSpecifically")
_CANDIDATE = iri(KG + "candidate")
_REASON = iri(KG + "reason")
_WORD = iri(KG + "word")
_KEYWORD = iri(KG + "keyword")
_MATCH = iri(KG + "match")
_STATED_IN = iri(KG + "statedIn")
_AMBIGUITY = iri(KG + "ambiguity")
_SUSPECT = iri(KG + "suspect")
_TIER = iri(KG + "tier")
_RELEASE = iri(KG + "release")
_ID_STATUS = iri(KG + "idStatus")
_ALSO_STATED = iri(KG + "alsoStated")
_KNOWN_FROM = iri(KG + "knownFrom")
_WITHOUT_WORDS = iri(KG + "withoutWords")
_EDGES = {tier: iri(tier.edge) for tier in Tier}

_TERM_CLASS = {"chemical": iri(SCHEMA + "ChemicalSubstance"), "disease": iri(SCHEMA + "MedicalCondition")}


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


def figure_blocks(figure: Figure) -> list[Block]:
    """Blocks of one record: first the figure with its links to things, then each mention; none of a shared thing."""
    found = [_figure(figure)]
    this = found[0].subject
    head = head_of_mention(this)
    for mention in figure.mentions:
        fragment, said = _mention(mention)
        found.append(Block(f"{this[:-1]}{fragment}>", head, said))
    return found


def head_of_mention(figure: str) -> Said:
    """What each mention of a figure (its term) says: that it is one."""
    return (_TYPE, _ANNOTATION), (_TARGET, figure)


def _figure(figure: Figure) -> Block:
    record = figure.record
    this = iri(vocab.figure_iri(record.figid))
    found = [
        (_TYPE, _IMAGE),
        (_TYPE, _FIGURE),
        (_IDENTIFIER, literal(record.figid)),
    ]
    texts = (
        (_ALTERNATE_NAME, record.alias),
        (_NAME, record.title),
        (_CAPTION, record.caption),
        (_DESCRIPTION, record.description if record.description != record.caption else None),
        (_POSITION, record.number),
        (_FIGURE_TYPE, record.figure_type),
    )
    found += [(predicate, literal(text)) for predicate, text in texts if text]
    if record.from_biothings:
        found.append((_KNOWN_FROM, _own("bioThings")))
    if record.score:
        found.append((_SCORE, literal(canonical_double(record.score), _DOUBLE)))
    if record.pmcid:
        found.append((_IS_PART_OF, iri(vocab.paper_iri(record.pmcid))))
    if record.figlink:
        found.append((_URL, iri(vocab.figlink_iri(record.figlink))))
    if record.filename and record.pmcid:
        found.append((_CONTENT_URL, iri(vocab.image_iri(record.pmcid, record.filename))))
    if record.ndex:
        found.append((_SEE_ALSO, iri(vocab.ndex_iri(record.ndex))))
    if record.wpid:
        found.append((_SEE_ALSO, iri(vocab.wikipathways_iri(record.wpid))))
    found += [(_ABOUT, iri(vocab.taxon_iri(taxon))) for taxon in figure.about]
    found += [(_ORGANISM_NAME, literal(name)) for name in figure.about_names]
    found += [(_MENTIONS_ORGANISM, iri(vocab.taxon_iri(taxon))) for taxon in figure.mentioned]
    found += [(_MENTIONS_ORGANISM_NAME, literal(name)) for name in figure.mentioned_names]
    found += _shortcuts(figure.mentions)
    return Block(this, tuple(found))


def _shortcuts(mentions: Iterable[Mention]) -> Iterator[tuple[str, str]]:
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
        yield from _edges(body, tier, body in specific)
    for body in sorted(candidates):
        yield _MENTIONS_CANDIDATE, iri(body)


@lru_cache(maxsize=KEPT)
def _edges(body: str, tier: Tier | None, specific: bool) -> Said:
    """Edges to one thing, by the best tier of its mentions."""
    thing = iri(body)
    found = [(_MENTIONS, thing)]
    if tier:
        found.append((_EDGES[tier], thing))
    if specific:
        found.append((_MENTIONS_SPECIFICALLY, thing))
    return tuple(found)


@lru_cache(maxsize=KEPT)
def _mention(mention: Mention) -> tuple[str, Said]:
    """The end of its IRI, and what it says besides that it is a mention of a figure; both come again in others."""
    bodies = (mention.body,) if mention.body else mention.candidates
    fragment = vocab.mention_iri("", bodies, mention.word or mention.keyword or "", mention.match, mention.source)
    found: list[tuple[str, str]] = []
    if mention.body:
        found.append((_BODY, iri(mention.body)))
    found += [(_CANDIDATE, iri(candidate)) for candidate in mention.candidates]
    texts = (
        (_REASON, mention.reason),
        (_WORD, mention.word),
        (_KEYWORD, mention.keyword),
        (_MATCH, mention.match),
    )
    found += [(predicate, literal(text)) for predicate, text in texts if text]
    found += [(_STATED_IN, _own(place)) for place in mention.stated_in]
    found.append((_SOURCE, _source(mention.source)))
    if mention.ambiguity:
        found.append((_AMBIGUITY, _own(mention.ambiguity)))
    found += [(_SUSPECT, _own(flag)) for flag in mention.suspect]
    return fragment, Kept(found)


@lru_cache(maxsize=100)
def _own(name: str) -> str:
    return iri(KG + name)


@lru_cache(maxsize=100)
def _source(name: str) -> str:
    return iri(vocab.source_iri(name))


def fact_triples(fact: Fact, lexicon: Lexicon) -> Iterator[Statement]:
    """One gene, chemical or disease, organism, journal or publisher, or source of mentions."""
    if isinstance(fact, GeneFacts):
        return gene_triples(fact, lexicon)
    if isinstance(fact, TermFacts):
        return term_triples(fact, lexicon)
    if isinstance(fact, OrganismFacts):
        return organism_triples(fact, lexicon)
    if isinstance(fact, JournalFacts):
        return journal_triples(fact)
    return source_triples(fact.name)


def iri_of_fact(fact: Fact) -> str:
    """IRI of the thing that a fact is of."""
    if isinstance(fact, GeneFacts):
        return vocab.gene_iri(fact.gene_id)
    if isinstance(fact, OrganismFacts):
        return vocab.taxon_iri(fact.taxon_id)
    if isinstance(fact, SourceFacts):
        return vocab.source_iri(fact.name)
    return fact.iri


def paper_triples(
    paper: PaperFacts, other_titles: Iterable[str] = (), also_stated: Iterable[str] = ()
) -> Iterator[Statement]:
    """A paper; ``other_titles`` and ``also_stated`` are what further records say differently."""
    this = iri(paper.iri)
    for cls in (SCHEMA + "ScholarlyArticle", FABIO + "JournalArticle", WP + "PublicationReference"):
        yield this, _TYPE, iri(cls)
    if paper.title:
        yield this, _NAME, literal(paper.title)
    if paper.year:
        yield this, _PUBLISHED, literal(paper.year, _YEAR)
    if paper.citation:
        yield this, _CITATION, literal(paper.citation)
    if paper.journal:
        yield this, _IS_PART_OF, iri(paper.journal)
    if paper.publisher:
        yield this, _PUBLISHER, iri(paper.publisher)
    if paper.doi:
        yield this, _SAME_AS, iri(paper.doi)
    for keyword in dict.fromkeys(paper.keywords):
        yield this, _KEYWORDS, literal(keyword)
    for title in other_titles:
        yield this, _ALTERNATE_NAME, literal(title)
    for text in also_stated:
        yield this, _ALSO_STATED, literal(text)


def journal_triples(journal: JournalFacts) -> Iterator[Statement]:
    """A journal or a publisher."""
    this = iri(journal.iri)
    cls = "Periodical" if journal.kind == "journal" else "Organization"
    yield this, _TYPE, iri(SCHEMA + cls)
    yield this, _NAME, literal(journal.name)
    if journal.abbreviation:
        yield this, _ALTERNATE_NAME, literal(journal.abbreviation)


def gene_triples(gene: GeneFacts, lexicon: Lexicon) -> Iterator[Statement]:
    """A gene: named by a lexicon of today by id, else by the smallest symbol that records use, else by a lexicon of
    earlier days, else by its CURIE.
    """
    this = iri(vocab.gene_iri(gene.gene_id))
    entry = lexicon.gene(gene.gene_id)
    name = lexicon.todays_symbol(gene.gene_id) or next(iter(gene.symbols), None)
    name = name or (entry.symbol if entry else f"ncbigene:{gene.gene_id}")
    yield this, _TYPE, iri(SCHEMA + "Gene")
    yield this, _TYPE, iri(WP + "GeneProduct")
    yield this, _NAME, literal(name)
    yield this, _LABEL, literal(name)
    for symbol in gene.symbols:
        if symbol != name:
            yield this, _ALT_LABEL, literal(symbol)
    for taxon in gene.taxa:
        yield this, _RANGE, iri(vocab.taxon_iri(taxon))
    if entry and entry.hgnc and vocab.HUMAN in gene.taxa:  # a record may state a human id of another organism
        yield this, _HGNC, iri(vocab.hgnc_symbol_iri(entry.symbol))
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
            yield this, _ID_STATUS, iri(KG + "notCurrent")
            if status.replaced_by:
                yield this, _REPLACED, iri(vocab.gene_iri(status.replaced_by))


def term_triples(term: TermFacts, lexicon: Lexicon) -> Iterator[Statement]:
    """A chemical or disease: named by the lexicon, else by the smallest name, else by its CURIE."""
    this = iri(term.iri)
    curie = vocab.curie(term.iri)
    name = lexicon.term_name(curie) or next(iter(term.names), curie)
    for kind in term.kinds:
        yield this, _TYPE, _TERM_CLASS[kind]
    yield this, _NAME, literal(name)
    yield this, _LABEL, literal(name)
    for other in term.names:
        if other != name:
            yield this, _ALT_LABEL, literal(other)
    for same in term.exact_match:
        yield this, _EXACT_MATCH, iri(same)


def organism_triples(organism: OrganismFacts, lexicon: Lexicon) -> Iterator[Statement]:
    """An organism: named by the lexicon, else by the smallest name that records use, else by its CURIE."""
    this = iri(vocab.taxon_iri(organism.taxon_id))
    entry = lexicon.organism(organism.taxon_id)
    name = entry.name if entry else next(iter(organism.names), f"ncbitaxon:{organism.taxon_id}")
    yield this, _TYPE, iri(SCHEMA + "Taxon")
    yield this, _NAME, literal(name)
    yield this, _LABEL, literal(name)
    if entry and entry.parent:
        yield this, _PARENT, iri(vocab.taxon_iri(entry.parent))


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
    vocab.BIOTHINGS_GENE: "BioThings release, genes (word not published)",
    vocab.BIOTHINGS_TERM: "BioThings release, chemicals and diseases (word not published)",
}


def source_triples(name: str) -> Iterator[Statement]:
    """A source of mentions with its tier and release."""
    this = iri(vocab.source_iri(name))
    yield this, _TYPE, iri(KG + "MentionSource")
    yield this, _LABEL, literal(_SOURCE_LABELS[name])
    if name in GENE_SOURCES:
        yield this, _TIER, iri(GENE_SOURCES[name].iri)
    if name in RELEASES:
        yield this, _RELEASE, literal(RELEASES[name])
    if name in (vocab.BIOTHINGS_GENE, vocab.BIOTHINGS_TERM):
        yield this, _WITHOUT_WORDS, literal("true", XSD + "boolean")


def dataset_triples(version: str) -> Iterator[Statement]:
    """The description of the whole dataset. CC0 is the licence of the records, not of the images."""
    this = iri(vocab.DATASET)
    void, dcat, pav = (vocab.PREFIXES[p] for p in ("void", "dcat", "pav"))
    yield this, _TYPE, iri(void + "Dataset")
    yield this, _TYPE, iri(dcat + "Dataset")
    yield this, iri(DCTERMS + "title"), literal("Knowledge graph of published pathway figures")
    yield (
        this,
        iri(DCTERMS + "description"),
        literal(
            "Records of PFOCR (Pathway Figure OCR) as RDF: figures, papers, genes, organisms, chemicals, "
            "diseases, and the evidence for each mention. The licence is that of the records; the "
            "published images have licences of their own."
        ),
    )
    yield this, iri(DCTERMS + "license"), iri("https://creativecommons.org/publicdomain/zero/1.0/")
    yield this, _SOURCE, iri("https://pfocr.wikipathways.org/")
    yield this, iri(pav + "createdWith"), iri(f"{vocab.BASE}release/{version}")
    for space in ("schema", "oa", "kg", "wp"):
        yield this, iri(void + "vocabulary"), iri(vocab.PREFIXES[space])
