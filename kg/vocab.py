"""Namespaces, terms, the prefix table, and how IRIs and CURIEs are made.

The only module that knows what an IRI of the graph looks like. The shapes of the IRIs are promises to
users (``docs/graph.md``): change none of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

BASE: Final = "https://w3id.org/pathway-figure-kg/"
KG: Final = BASE + "vocab#"
SHAPES: Final = BASE + "shapes#"
DATASET: Final = BASE

PREFIXES: Final[dict[str, str]] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "schema": "https://schema.org/",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "pav": "http://purl.org/pav/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wp": "http://vocabularies.wikipathways.org/wp#",
    "doco": "http://purl.org/spar/doco/",
    "fabio": "http://purl.org/spar/fabio/",
    "obo": "http://purl.obolibrary.org/obo/",
    "kg": KG,
    "ncbigene": "https://identifiers.org/ncbigene/",
    "pmc": "https://identifiers.org/pmc/",
    "figure": "https://pfocr.wikipathways.org/figures/",
}
"""Prefix table of every dump, query and shape file: prefix to namespace."""

RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
XSD: Final = PREFIXES["xsd"]
SCHEMA: Final = PREFIXES["schema"]
OA: Final = PREFIXES["oa"]
DCTERMS: Final = PREFIXES["dcterms"]
SKOS: Final = PREFIXES["skos"]
WP: Final = PREFIXES["wp"]
DOCO: Final = PREFIXES["doco"]
FABIO: Final = PREFIXES["fabio"]

CURIES: Final[dict[str, str]] = {
    "ncbigene": "https://identifiers.org/ncbigene/",
    "pmc": "https://identifiers.org/pmc/",
    "ncbitaxon": "http://purl.obolibrary.org/obo/NCBITaxon_",
    "chebi": "https://identifiers.org/chebi/CHEBI:",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "doid": "http://purl.obolibrary.org/obo/DOID_",
    "pfocr": "https://pfocr.wikipathways.org/figures/",
}
"""CURIE prefix (lower case; any case is accepted on input) to IRI start."""

_DOI: Final = "https://doi.org/"
_NCBI: Final = "https://www.ncbi.nlm.nih.gov/"
_HGNC: Final = "https://identifiers.org/hgnc.symbol/"
_NDEX: Final = "https://identifiers.org/ndex/"
_WIKIPATHWAYS: Final = "https://identifiers.org/wikipathways/"
_JOURNAL: Final = BASE + "journal/"
_PUBLISHER: Final = BASE + "publisher/"
_SOURCE: Final = KG + "source-"

HUMAN: Final = "9606"

BIOTHINGS_GENE: Final = "biothings_gene"
BIOTHINGS_TERM: Final = "biothings_term"
"""Sources of mentions in a BioThings release, which lists ids and says neither words nor how they were matched."""

FIGID: Final = re.compile(r"PMC\d+__[A-Za-z0-9._-]+")
"""What a figid looks like (every figid seen does); anything else is rejected by the reader."""

_PMC_IRI: Final = re.compile(re.escape(CURIES["pmc"]) + r"PMC\d+")


class Tier(IntEnum):
    """Which kind of lexicon made a mention; the smaller, the better the evidence.

    Source: the PFOCR tables' ``source`` column; see ``docs/evidence.md``.
    """

    SYMBOL = 1
    SYNONYM = 2
    FAMILY = 3
    KEYWORD = 4

    @property
    def label(self) -> str:
        """Lower-case name, as on the command line."""
        return self.name.lower()

    @property
    def iri(self) -> str:
        """``kg:symbol``, ``kg:synonym``, ``kg:family`` or ``kg:keyword``."""
        return KG + self.label

    @property
    def edge(self) -> str:
        """The shortcut edge of this tier, ``kg:mentionsSymbol`` and so on."""
        return KG + "mentions" + self.name.capitalize()


_NOT_IN_IRI: Final = re.compile(
    r"[^A-Za-z0-9/:@!$&'()*+,;=\-._~\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(rf"\U{plane:04x}0000-\U{plane:04x}fffd" for plane in range(1, 14))
    + r"]|[\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""Characters that an IRI cannot have as they are (RFC 3987, ucschar) or that mean something in one; and blanks of any
script and characters without a shape, which it can have, but which parsers stumble over and people do not see."""


def encode(text: str) -> str:
    """Percent-encode what an IRI must not contain; leave letters of any script as they are.

    >>> encode("10.1002/(sici)1097<1::aid-x>3.0.co;2-#")
    '10.1002/(sici)1097%3C1::aid-x%3E3.0.co;2-%23'
    """
    return _NOT_IN_IRI.sub(lambda found: quote(found[0], safe=""), text)


def figure_iri(figid: str) -> str:
    """IRI of a figure: the records' own ``@id``."""
    return f"{PREFIXES['figure']}{figid}.html"


def figid_of(iri: str) -> str:
    """The figid inside a figure IRI (the IRI itself if it is none).

    >>> figid_of("https://pfocr.wikipathways.org/figures/PMC1__f1.html")
    'PMC1__f1'
    """
    start = PREFIXES["figure"]
    return iri[len(start) : -len(".html")] if iri.startswith(start) and iri.endswith(".html") else iri


def paper_iri(pmcid: str) -> str:
    """IRI of a paper from its PMC id (``PMC123``)."""
    return CURIES["pmc"] + encode(pmcid)


@lru_cache(maxsize=20_000)
def gene_iri(gene_id: str) -> str:
    """IRI of a gene from its NCBI Gene id."""
    return CURIES["ncbigene"] + encode(gene_id)


def taxon_iri(taxon_id: str) -> str:
    """IRI of an organism from its NCBI Taxonomy id."""
    return CURIES["ncbitaxon"] + encode(taxon_id)


def hgnc_symbol_iri(symbol: str) -> str:
    """What ``wp:bdbHgncSymbol`` points to in WikiPathways' RDF."""
    return _HGNC + encode(symbol)


def doi_iri(doi: str) -> str:
    """IRI of a DOI. DOIs are case-insensitive (DOI Handbook 2.4), so lower case is the one form."""
    return _DOI + encode(doi.lower())


def figlink_iri(path: str) -> str:
    """IRI of a figure's page from its path at NCBI; some records leave out the slash in front.

    What is no such path gives no address of another host, but one that the shapes refuse.

    >>> figlink_iri("/pmc/articles/PMC1/figure/F1/")
    'https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/figure/F1/'
    >>> figlink_iri("//evil.example/x")
    'https://www.ncbi.nlm.nih.gov//evil.example/x'
    """
    return _NCBI + encode(path.removeprefix("/"))


def image_iri(pmcid: str, filename: str) -> str:
    """IRI of a figure's image in PMC."""
    return f"{_NCBI}pmc/articles/{encode(pmcid)}/bin/{encode(filename)}"


def _segment(name: str) -> str:
    return encode(name.replace(" ", "_")).replace("/", "%2F")


def journal_iri(name: str) -> str:
    """IRI of a journal, minted from its name."""
    return _JOURNAL + _segment(name)


def publisher_iri(name: str) -> str:
    """IRI of a publisher, minted from its name."""
    return _PUBLISHER + _segment(name)


def ndex_iri(uuid: str) -> str:
    """IRI of a network in NDEx."""
    return _NDEX + encode(uuid)


def wikipathways_iri(wpid: str) -> str:
    """IRI of a pathway in WikiPathways, as its RDF has it since 2023."""
    return _WIKIPATHWAYS + encode(wpid)


def source_iri(name: str) -> str:
    """IRI of a source of mentions (``ncbigene_synonym`` to ``kg:source-ncbigene_synonym``)."""
    return _SOURCE + encode(name)


_STATED: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(re.escape(_NCBI) + r"pmc/articles/[^/]*/bin/(?=.)"), ""),
    (re.compile(re.escape(_NCBI)), "/"),
    (re.compile(re.escape(CURIES["chebi"])), "chebi:"),
    (re.compile(re.escape(CURIES["mesh"])), "mesh:"),
    (re.compile(re.escape(CURIES["doid"])), "doid:"),
    *(
        (re.compile(re.escape(start)), "")
        for start in (
            _DOI,
            _HGNC,
            _NDEX,
            _WIKIPATHWAYS,
            _SOURCE,
            CURIES["pmc"],
            CURIES["ncbigene"],
            CURIES["ncbitaxon"],
        )
    ),
)
"""How the IRIs above begin, and what records have in place of that."""


def stated(iri: str) -> str:
    """The value of a record that an IRI of the graph was made of; another IRI as it is.

    Two things cannot be told from the IRI: a DOI's upper case, and whether a path at NCBI had a slash in front.

    >>> stated("https://doi.org/10,3390/x"), stated("https://identifiers.org/pmc/PMC%201")
    ('10,3390/x', 'PMC 1')
    >>> stated("http://id.nlm.nih.gov/mesh/D003920"), stated("http://example.org/x")
    ('mesh:D003920', 'http://example.org/x')
    """
    if iri.startswith(PREFIXES["figure"]):
        return figid_of(iri)
    for pattern, instead in _STATED:
        found = pattern.match(iri)
        if found:
            rest = iri[found.end() :]
            plain = unquote(rest)
            # An escape that `encode` does not write was in no record: it may be what is wrong.
            return instead + (plain if encode(plain) == rest else rest)
    for start in (_JOURNAL, _PUBLISHER):
        if iri.startswith(start):
            return unquote(iri[len(start) :]).replace("_", " ")
    return iri


def mention_iri(figure: str, bodies: Iterable[str], word_or_keyword: str, match: str | None, source: str) -> str:
    """IRI of a mention: ``{figure}#mention-{first 16 hex of SHA-256}``.

    The hash is over the U+001F-joined body or candidates, word or keyword, match ('' if none) and source
    name, so that the same statement is the same mention wherever it is read.
    """
    text = "\x1f".join((*bodies, word_or_keyword, match or "", source))
    return f"{figure}#mention-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def curie(iri: str) -> str:
    """The short form of an IRI, or the IRI itself if no prefix fits.

    >>> curie("https://identifiers.org/ncbigene/3717")
    'ncbigene:3717'
    """
    if iri.startswith(CURIES["pfocr"]):
        return figid_of(iri)
    for prefix, start in CURIES.items():
        if iri.startswith(start):
            return f"{prefix}:{iri[len(start) :]}"
    for prefix, start in PREFIXES.items():
        if iri.startswith(start):
            return f"{prefix}:{iri[len(start) :]}"
    return iri


def expand_curie(text: str) -> str | None:
    """The IRI of a CURIE with one of our prefixes (any case), else None.

    >>> expand_curie("NCBIGene:3717")
    'https://identifiers.org/ncbigene/3717'
    >>> expand_curie("CHEBI:15422")
    'https://identifiers.org/chebi/CHEBI:15422'
    """
    prefix, colon, local = text.partition(":")
    start = CURIES.get(prefix.lower())
    if not colon or start is None or not local:
        return None
    if prefix.lower() == "chebi" and local.upper().startswith("CHEBI:"):
        local = local[len("CHEBI:") :]
    return start + encode(local)
