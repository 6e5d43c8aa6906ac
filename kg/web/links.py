"""Where a thing of the graph is shown: on which page here, and where else."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from pyoxigraph import NamedNode

from kg import vocab
from kg.results import Term, text
from kg.vocab import CURIES

_PAGES = {"ncbigene": "gene", "pmc": "paper", "ncbitaxon": "organism"}


def page_of(iri: str) -> str | None:
    """The path of a thing's page; None if things of its kind have none.

    >>> page_of("https://identifiers.org/ncbigene/3717"), page_of("http://id.nlm.nih.gov/mesh/D003920")
    ('/gene/3717', '/term/mesh:D003920')
    """
    if iri.startswith(CURIES["pfocr"]):
        return f"/figure/{quote(vocab.figid_of(iri), safe='')}"
    for prefix, start in CURIES.items():
        if iri.startswith(start):
            local = iri[len(start) :]
            if prefix in _PAGES:
                return f"/{_PAGES[prefix]}/{quote(local, safe='')}"
            return f"/term/{prefix}:{quote(local, safe='')}"
    return None


def outside(iri: str) -> tuple[str, str] | None:
    """What knows more of a thing, and where; None if nobody does."""
    curie = vocab.curie(iri)
    prefix, _, local = curie.partition(":")
    local = quote(local, safe="")
    known = {
        "ncbigene": ("NCBI Gene", f"https://www.ncbi.nlm.nih.gov/gene/{local}"),
        "pmc": ("PubMed Central", f"https://pmc.ncbi.nlm.nih.gov/articles/{local}/"),
        "ncbitaxon": ("NCBI Taxonomy", f"https://www.ncbi.nlm.nih.gov/datasets/taxonomy/{local}/"),
        "chebi": ("ChEBI", f"https://www.ebi.ac.uk/chebi/CHEBI:{local}"),
        "mesh": ("MeSH", f"https://id.nlm.nih.gov/mesh/{local}.html"),
        "doid": ("Disease Ontology", f"https://disease-ontology.org/?id=DOID:{local}"),
    }
    return known.get(prefix)


class Cell(NamedTuple):
    """A cell of a table: its text, where it leads ('' nowhere), whether that is elsewhere, and a number to sort by."""

    text: str
    href: str
    away: bool
    number: float | None


def cell(term: Term | None) -> Cell:
    """A term for a person."""
    shown = text(term)
    if isinstance(term, NamedNode):
        page = page_of(term.value)
        if page is not None:
            return Cell(shown, page, False, None)
        away = term.value.startswith(("https://", "http://"))
        return Cell(shown, term.value if away else "", away, None)
    if vocab.FIGID.fullmatch(shown):
        return Cell(shown, f"/figure/{quote(shown, safe='')}", False, None)
    try:
        return Cell(shown, "", False, float(shown))
    except ValueError:
        return Cell(shown, "", False, None)
