"""The values that flow through the pipeline: records as read, mentions as understood, facts as shared.

All are immutable. Texts are as the record has them; "not known" (``NA``, ``''``, ``.na.character``) is None
or an empty tuple, never a text. Identifiers are plain digits where the field's authority uses numbers
(NCBI Gene, NCBI Taxonomy).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

StatedIn = Literal["sidecar", "inline", "keywordList", "bioThings"]
"""Where a mention is stated: a table beside the record, a list inside it, its untyped keyword list, or a document of a
BioThings release."""

TermKind = Literal["chemical", "disease"]


class GeneRow(NamedTuple):
    """One row of a gene table, one item of a record's inline ``genes`` list, or one id of a BioThings document."""

    word: str | None
    match: str | None
    symbol: str | None
    gene_id: str | None
    taxon_id: str | None
    taxon_name: str | None
    source: str
    stated_in: StatedIn


class TermRow(NamedTuple):
    """One row of a chemical or disease table, one item of the inline list, or one id of a BioThings document.

    ``ids`` are CURIE-like texts as found (``mesh:D047310``, ``chebi:18388``, ``MESH:D013311``), the best
    first; ``source`` is the source of the id in lower case (``mesh``), ``not_stated``, or BioThings.
    """

    kind: TermKind
    word: str | None
    match: str | None
    name: str | None
    ids: tuple[str, ...]
    source: str
    stated_in: StatedIn


@dataclass(frozen=True, slots=True)
class Record:
    """One PFOCR record with the tables beside it, or one document of a BioThings release, as read.

    ``origin`` is the file, as the user named it.
    """

    figid: str
    origin: str
    title: str | None = None
    alias: str | None = None
    pmcid: str | None = None
    filename: str | None = None
    figlink: str | None = None
    number: str | None = None
    caption: str | None = None
    description: str | None = None
    figure_type: str | None = None
    score: str | None = None
    ndex: str | None = None
    wpid: str | None = None
    paper_title: str | None = None
    citation: str | None = None
    year: str | None = None
    doi: str | None = None
    journal: str | None = None
    journal_abbreviation: str | None = None
    publisher: str | None = None
    paper_keywords: tuple[str, ...] = ()
    organisms: tuple[str, ...] = ()
    organisms_ner: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    genes: tuple[GeneRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
    unknown_keys: tuple[str, ...] = ()
    repeated_keys: tuple[str, ...] = ()
    from_biothings: bool = False


class Mention(NamedTuple):
    """One statement that a figure names something (an ``oa:Annotation`` of the graph).

    Exactly one of these holds: ``body`` is the IRI of the thing; ``candidates`` are IRIs of which none is
    chosen; both are empty and ``reason`` says why. ``word`` is text of the figure; ``keyword`` is PFOCR's
    output (the word is not published); BioThings publishes neither. ``ambiguity`` and ``suspect`` are local
    names of ``kg:`` terms.
    """

    body: str | None
    candidates: tuple[str, ...]
    reason: str | None
    word: str | None
    keyword: str | None
    match: str | None
    source: str
    stated_in: tuple[StatedIn, ...]
    ambiguity: str | None = None
    suspect: tuple[str, ...] = ()


class PaperFacts(NamedTuple):
    """What one record says of its paper. IRIs where the graph has a node, texts elsewhere."""

    iri: str
    title: str | None
    year: str | None
    citation: str | None
    doi: str | None
    journal: str | None
    publisher: str | None
    keywords: tuple[str, ...]


class JournalFacts(NamedTuple):
    """A journal's or publisher's IRI and name; ``abbreviation`` is NLM's (journals only)."""

    iri: str
    kind: Literal["journal", "publisher"]
    name: str
    abbreviation: str | None


class GeneFacts(NamedTuple):
    """What one record says of a gene: NCBI Gene id, taxon ids, and the symbols it uses (sorted)."""

    gene_id: str
    taxa: tuple[str, ...]
    symbols: tuple[str, ...]


class TermFacts(NamedTuple):
    """What one record says of a chemical or disease: IRI, what it is used as (MeSH has things that are taken
    for either), names used (sorted), MeSH IRIs beside a ChEBI or DOID one.
    """

    iri: str
    kinds: tuple[TermKind, ...]
    names: tuple[str, ...]
    exact_match: tuple[str, ...]


class OrganismFacts(NamedTuple):
    """An organism's NCBI Taxonomy id and the names that the record uses (sorted)."""

    taxon_id: str
    names: tuple[str, ...]


class SourceFacts(NamedTuple):
    """That mentions come from a source (``ncbigene_symbol``); what it is follows from its name."""

    name: str


Fact = JournalFacts | GeneFacts | TermFacts | OrganismFacts | SourceFacts
"""What one record says of a thing that other records speak of too, other than of its paper."""


class SharedFacts(NamedTuple):
    """What one record says of things that other records speak of too; settled over all records in `shared`."""

    paper: PaperFacts | None
    things: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A record understood: its mentions, its organisms as taxon ids, and the facts it shares with others.

    ``about`` are the article's organisms (taxon ids), ``mentioned`` those of the gene table; names that no
    table knows stay in ``about_names`` and ``mentioned_names``.
    """

    record: Record
    about: tuple[str, ...]
    about_names: tuple[str, ...]
    mentioned: tuple[str, ...]
    mentioned_names: tuple[str, ...]
    mentions: tuple[Mention, ...]
    shared: SharedFacts
