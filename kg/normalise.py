"""Words and ids of a record to entities: `Record` in, `Figure` out.

What a mention means, which keyword may be resolved, and what is only a candidate follows the rules of
``docs/evidence.md``; the section numbers in comments are its.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import attrgetter

from kg import vocab
from kg.errors import RecordError
from kg.lexicon import Lexicon
from kg.model import (
    Fact,
    Figure,
    GeneFacts,
    GeneRow,
    JournalFacts,
    Mention,
    OrganismFacts,
    PaperFacts,
    Record,
    SharedFacts,
    SourceFacts,
    StatedIn,
    TermFacts,
    TermKind,
    TermRow,
)
from kg.noise import FLAGS, core, suspicions
from kg.support import support
from kg.terms import KEPT
from kg.vocab import Tier

GENE_SOURCES: dict[str, Tier] = {
    "hgnc_symbol": Tier.SYMBOL,
    "hgnc_alias_symbol": Tier.SYNONYM,
    "hgnc_prev_symbol": Tier.SYNONYM,
    "bioentities_symbol": Tier.FAMILY,
    "ncbigene_symbol": Tier.SYMBOL,
    "ncbigene_synonym": Tier.SYNONYM,
    "famplex_relations": Tier.FAMILY,
    "keyword": Tier.KEYWORD,
    # Its releases merge what was found by symbol, synonym and family: how a gene was found is not known.
    vocab.BIOTHINGS_GENE: Tier.KEYWORD,
}
"""Source of a gene mention to tier. Source: PFOCR's tables; the first four are of 2021, the next three of 2023."""

RELEASES: dict[str, str] = {
    name: "2021" if name.startswith(("hgnc_", "bioentities_")) else "2023"
    for name, tier in GENE_SOURCES.items()
    if tier is not Tier.KEYWORD
}
"""Source of a gene mention to the PFOCR release whose tables or lists have it."""

KEYWORD = "keyword"

INCOMPLETE = "lexicon incomplete"
SEVERAL = "several genes"
NO_ORGANISM = "no organism known"
NO_SYMBOL = "no such symbol"
NO_ID = "no identifier"
ODD_ID = "identifier not understood"
_REASONS = (ODD_ID, NO_ID, SEVERAL, INCOMPLETE, NO_ORGANISM, NO_SYMBOL)
_AMBIGUITIES = ("familyWord", "shadowed", "several")
"""The more telling first."""

_TERM_ID: dict[str, tuple[re.Pattern[str], str]] = {
    "chebi": (re.compile(r"(?:CHEBI:)?(\d+)", re.IGNORECASE), "chebi"),
    "mesh": (re.compile(r"([A-Z]\d{4,})"), "mesh"),
    "doid": (re.compile(r"(?:DOID:)?(\d+)", re.IGNORECASE), "doid"),
}


class Normaliser:
    """Resolves words, keywords and organisms of records, by one lexicon and one list of words to doubt (`kg.noise`).

    One for each process: rows of gene tables come again in record after record, and what follows from a row alone is
    kept.
    """

    def __init__(self, lexicon: Lexicon, noise: Mapping[str, str]) -> None:
        self._lexicon = lexicon
        self._noise = noise
        self._gene_mention = lru_cache(KEPT)(self._new_gene_mention)
        self._gene_fact = lru_cache(KEPT)(self._new_gene_fact)

    def figure(self, record: Record) -> Figure:
        """A record understood.

        Raises RecordError for a gene row whose source is none that PFOCR uses: without it there is no tier; and for a
        gene of a BioThings document that the lexicon does not know: without it there is neither name nor organism.
        """
        lexicon, noise = self._lexicon, self._noise
        if record.from_biothings:
            _known_genes(record, lexicon)
        about, about_names = _organisms(record.organisms, lexicon)
        mentioned, mentioned_names = _organisms(record.organisms_ner, lexicon)
        table = mentioned if record.organisms_ner else _organisms_of_table(record)
        rows = self._gene_mentions(record, about, about_names)
        terms = [_term_mention(row) for row in record.terms]
        keywords = _keyword_mentions(
            record,
            lexicon,
            noise,
            *((mentioned, mentioned_names) if record.organisms_ner else (about, about_names)),
        )
        mentions = _merged([*rows, *terms, *keywords])
        genes = self._gene_facts(record, keywords)
        return Figure(
            record=record,
            about=about,
            about_names=about_names,
            mentioned=table,
            mentioned_names=mentioned_names,
            mentions=mentions,
            shared=_shared(record, mentions, genes, {*about, *table}),
        )

    def _gene_mentions(self, record: Record, about: Sequence[str], about_names: Sequence[str]) -> list[Mention]:
        by_match: dict[tuple[str | None, str], list[GeneRow]] = {}
        for row in record.genes:
            if row.source not in RELEASES and row.stated_in != "bioThings":
                raise _no_source(record, row)
            if row.match:
                by_match.setdefault(_match(row), []).append(row)
        other_words = _other_words(record)
        disagrees = dict.fromkeys((row.taxon_id for row in record.genes), False)
        if about or about_names:
            disagrees = {taxon: not _in_article(about, taxon, self._lexicon) for taxon in disagrees}
        return [
            self._gene_mention(
                row,
                _ambiguity(row, by_match) if GENE_SOURCES[row.source] is Tier.SYNONYM else None,
                bool(other_words) and row.word is not None and core(row.word) in other_words,
                disagrees[row.taxon_id],
            )
            for row in record.genes
        ]

    def _new_gene_mention(
        self, row: GeneRow, ambiguity: str | None, also_other: bool, article_disagrees: bool
    ) -> Mention:
        flags: tuple[str, ...] = ()
        if row.word:
            flags = suspicions(
                row.word, row.match, noise=self._noise, also_other=also_other, article_disagrees=article_disagrees
            )
        return Mention(
            body=vocab.gene_iri(row.gene_id) if row.gene_id else None,
            candidates=(),
            reason=None if row.gene_id else NO_ID,
            word=row.word,
            keyword=None,
            match=row.match,
            source=row.source,
            stated_in=(row.stated_in,),
            ambiguity=ambiguity,
            suspect=flags,
        )

    def _gene_facts(self, record: Record, keywords: Sequence[Mention]) -> list[GeneFacts]:
        """What a record says of its genes, by its rows and by keywords that stand for genes; sorted by id."""
        found: dict[str, GeneFacts] = {}

        def add(fact: GeneFacts) -> None:
            before = found.setdefault(fact.gene_id, fact)
            if before is not fact and before != fact:
                taxa, symbols = ({*one, *other} for one, other in zip(before[1:], fact[1:], strict=True))
                found[fact.gene_id] = GeneFacts(fact.gene_id, tuple(sorted(taxa)), tuple(sorted(symbols)))

        for row in record.genes:
            if row.gene_id is not None:
                add(self._gene_fact(row))
        start = len(vocab.CURIES["ncbigene"])
        for mention in keywords:
            for iri in (mention.body, *mention.candidates):
                entry = self._lexicon.gene(iri[start:]) if iri else None
                if entry and mention.keyword:
                    add(GeneFacts(entry.gene_id, (entry.taxon,), (mention.keyword,)))
        return [found[gene_id] for gene_id in sorted(found)]

    def _new_gene_fact(self, row: GeneRow) -> GeneFacts:
        """What a row with an id says of its gene."""
        assert row.gene_id is not None
        taxon = row.taxon_id
        if taxon is None and (entry := self._lexicon.gene(row.gene_id)):
            taxon = entry.taxon
        return GeneFacts(row.gene_id, (taxon,) if taxon else (), (row.symbol,) if row.symbol else ())


def _known_genes(record: Record, lexicon: Lexicon) -> None:
    unknown = [row.gene_id for row in record.genes if row.gene_id and lexicon.gene(row.gene_id) is None]
    if unknown:
        raise RecordError(
            "is not in the lexicon, and a BioThings document gives neither name nor organism. NCBI's gene_info of its "
            "organism may have it: --lexicon gene_info.gz",
            file=record.origin,
            record=record.figid,
            field="associatedWith.mentions.genes.ncbigene",
            value=", ".join(unknown),
        )


def _organisms(names: Sequence[str], lexicon: Lexicon) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Taxon ids of the names that are known, and the names that are not."""
    known: list[str] = []
    unknown: list[str] = []
    for name in names:
        taxon = lexicon.organism_id(name)
        parts = [lexicon.organism_id(part) for part in name.split(", ")]
        if taxon:
            known.append(taxon)
        elif all(parts):  # records of 2021 can have "Homo sapiens, Danio rerio" as one text
            known.extend(part for part in parts if part)
        else:
            unknown.append(name)
    return tuple(dict.fromkeys(known)), tuple(unknown)


def _organisms_of_table(record: Record) -> tuple[str, ...]:
    """Organisms of the table beside a record of 2021, which has no key that repeats them (PMC100003: all fly)."""
    rows = (row for row in record.genes if row.stated_in == "sidecar")
    return tuple(dict.fromkeys(row.taxon_id for row in rows if row.taxon_id))


def _no_source(record: Record, row: GeneRow) -> RecordError:
    missing = "none that PFOCR uses" if row.source else "missing"
    return RecordError(
        f"is {missing}, for the gene {row.symbol or row.gene_id or '?'}: without it there is no tier "
        f"(PFOCR uses {', '.join(RELEASES)})",
        file=record.origin,
        record=record.figid,
        field="genes: source",
        value=row.source,
        summary=f"is {missing}",
    )


@lru_cache(maxsize=KEPT)
def _match(row: GeneRow) -> tuple[str | None, str]:
    """Organism and match of a row, by which its like are found."""
    return row.taxon_id, (row.match or "").casefold()


def _other_words(record: Record) -> frozenset[str]:
    """The record's words for chemicals and diseases."""
    return frozenset(core(row.word) for row in record.terms if row.word) - {""}


def _ambiguity(row: GeneRow, by_match: Mapping[tuple[str | None, str], Sequence[GeneRow]]) -> str | None:
    """Section 1: how far a synonym is to be trusted, from the rows that share its organism and match."""
    same_match = by_match[_match(row)] if row.match else ()
    if any(GENE_SOURCES[other.source] is Tier.FAMILY for other in same_match):
        return "familyWord"
    others = [other for other in same_match if other.gene_id != row.gene_id]
    if any(GENE_SOURCES[other.source] is Tier.SYMBOL for other in others):
        return "shadowed"
    if any(GENE_SOURCES[other.source] is Tier.SYNONYM for other in others):
        return "several"
    return None


def _in_article(about: Sequence[str], taxon: str | None, lexicon: Lexicon) -> bool:
    organism = lexicon.organism(taxon) if taxon else None
    return support(taxon, organism.parent if organism else None, about=about, table=()) == "article"


def _term_mention(row: TermRow) -> Mention:
    bodies = [iri for text in row.ids if (iri := term_iri(text, row.kind))]
    reason = None if bodies else ODD_ID if row.ids else NO_ID
    return Mention(
        body=bodies[0] if bodies else None,
        candidates=(),
        reason=reason,
        word=row.word,
        keyword=None,
        match=row.match,
        source=row.source if row.source in (*_TERM_ID, vocab.BIOTHINGS_TERM) else "not_stated",
        stated_in=(row.stated_in,),
    )


def term_iri(text: str, kind: TermKind) -> str | None:
    """IRI of a chemical or disease id as the tables write it; None if it is of no scheme that fits the kind.

    >>> term_iri("MESH:D013311", "chemical"), term_iri("doid:0060239", "chemical")
    ('http://id.nlm.nih.gov/mesh/D013311', None)
    """
    prefix, _, local = text.partition(":")
    pattern, scheme = _TERM_ID.get(prefix.lower(), (None, ""))
    found = pattern.fullmatch(local) if pattern else None
    if found is None or scheme == ("doid" if kind == "chemical" else "chebi"):
        return None
    return vocab.CURIES[scheme] + found[1]


def _keyword_mentions(
    record: Record, lexicon: Lexicon, noise: Mapping[str, str], taxa: Sequence[str], unknown_names: Sequence[str]
) -> list[Mention]:
    """Section 4: keywords that no row of the record names, looked up as exact symbols or left open."""
    named = {row.symbol for row in record.genes}
    for term in record.terms:
        named |= {term.word, term.word and term.word.strip(), term.match, term.name}
    other_words = _other_words(record)
    mentions = []
    for keyword in record.keywords:
        if keyword in named:
            continue
        hits = {vocab.gene_iri(gene_id): taxon for taxon in taxa for gene_id in lexicon.by_symbol(taxon, keyword)}
        reason = _why_open(tuple(hits.values()), taxa, unknown_names, lexicon)
        mentions.append(
            Mention(
                body=next(iter(hits)) if reason is None else None,
                candidates=() if reason is None else tuple(sorted(hits)),
                reason=reason,
                word=None,
                keyword=keyword,
                match=None,
                source=KEYWORD,
                stated_in=("keywordList",),
                # A keyword is a symbol: CAMP may be the figure's cAMP. What it was rewritten from is not known.
                suspect=suspicions(
                    keyword, None, noise=noise, also_other=core(keyword) in other_words, article_disagrees=False
                )
                if hits
                else (),
            )
        )
    return mentions


def _why_open(hits: Sequence[str], taxa: Sequence[str], unknown_names: Sequence[str], lexicon: Lexicon) -> str | None:
    """Why a keyword with hits in these organisms stays open; None if it is resolved: it has one hit, and no other
    organism of the record can have a gene of that symbol which the lexicon lacks.
    """
    if not taxa and not unknown_names:
        return NO_ORGANISM
    uncovered = {taxon for taxon in taxa if not lexicon.covers(taxon)}
    if len(hits) == 1 and not unknown_names and uncovered <= set(hits):
        return None
    if uncovered or unknown_names or not (hits or all(lexicon.is_complete(taxon) for taxon in taxa)):
        return INCOMPLETE
    return SEVERAL if hits else NO_SYMBOL


_SAME = attrgetter("body", "candidates", "word", "keyword", "match", "source")


def _merged(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The same statement once, with every place that makes it: tables repeat rows, releases repeat tables.

    What makes it the same is what its IRI is made of; of what is said besides, the more telling stays.
    """
    keys = [_SAME(mention) for mention in mentions]
    merged = dict(zip(keys, mentions, strict=True))
    if len(merged) == len(mentions):
        return tuple(mentions)
    merged = {}
    for key, mention in zip(keys, mentions, strict=True):
        before = merged.get(key)
        if before is not None:
            places: tuple[StatedIn, ...] = tuple(sorted({*before.stated_in, *mention.stated_in}))
            mention = before._replace(
                stated_in=places,
                reason=_first(_REASONS, before.reason, mention.reason),
                ambiguity=_first(_AMBIGUITIES, before.ambiguity, mention.ambiguity),
                suspect=tuple(flag for flag in FLAGS if flag in before.suspect or flag in mention.suspect),
            )
        merged[key] = mention
    return tuple(merged.values())


def _first(order: Sequence[str], one: str | None, other: str | None) -> str | None:
    return next((text for text in order if text in (one, other)), None)


def _shared(record: Record, mentions: Sequence[Mention], genes: Sequence[GeneFacts], taxa: set[str]) -> SharedFacts:
    organisms = {taxon: set[str]() for taxon in taxa}
    for fact in genes:
        for taxon in fact.taxa:
            organisms.setdefault(taxon, set())
    for taxon_id, name in {(row.taxon_id, row.taxon_name) for row in record.genes}:
        if taxon_id in organisms and name:
            organisms[taxon_id].add(name)
    paper, journals = _paper_facts(record)
    things: tuple[Fact, ...] = (
        *journals,
        *genes,
        *_term_facts(record),
        *(OrganismFacts(taxon, tuple(sorted(names))) for taxon, names in sorted(organisms.items())),
        *(SourceFacts(name) for name in sorted({mention.source for mention in mentions})),
    )
    return SharedFacts(paper, things)


def _term_facts(record: Record) -> tuple[TermFacts, ...]:
    kinds: dict[str, set[TermKind]] = {}
    names: dict[str, set[str]] = {}
    matches: dict[str, set[str]] = {}
    for row in record.terms:
        iris = [iri for text in row.ids if (iri := term_iri(text, row.kind))]
        if iris:
            kinds.setdefault(iris[0], set()).add(row.kind)
            names.setdefault(iris[0], set()).update(name for name in (row.name, row.match) if name)
            matches.setdefault(iris[0], set()).update(iris[1:])
    return tuple(
        TermFacts(iri, tuple(sorted(kinds[iri])), tuple(sorted(names[iri])), tuple(sorted(matches[iri])))
        for iri in sorted(kinds)
    )


def _paper_facts(record: Record) -> tuple[PaperFacts | None, tuple[JournalFacts, ...]]:
    if record.pmcid is None:
        return None, ()
    journals = []
    name = record.journal or record.journal_abbreviation
    if name:
        short = record.journal_abbreviation
        journals.append(JournalFacts(vocab.journal_iri(name), "journal", name, short if short != name else None))
    if record.publisher:
        journals.append(JournalFacts(vocab.publisher_iri(record.publisher), "publisher", record.publisher, None))
    paper = PaperFacts(
        iri=vocab.paper_iri(record.pmcid),
        title=record.paper_title,
        year=record.year,
        citation=record.citation,
        doi=vocab.doi_iri(record.doi) if record.doi else None,
        journal=vocab.journal_iri(name) if name else None,
        publisher=vocab.publisher_iri(record.publisher) if record.publisher else None,
        keywords=record.paper_keywords,
    )
    return paper, tuple(journals)
