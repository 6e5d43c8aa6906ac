"""What a page says of its thing to search engines: schema.org as JSON-LD, of a few plain facts.

Of genes a figure is said to mention only those that it names specifically; the whole graph of a thing is to be had by
content negotiation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kg.figure import Facts, Thing

_CONTEXT = "https://schema.org/"
_MOST = 200
"""Things that are mentioned, at most."""


def _of(kind: str, iri: str, **facts: Any) -> dict[str, Any]:
    said = {name: value for name, value in facts.items() if value}
    return {"@context": _CONTEXT, "@type": kind, "@id": iri, **said}


def _named(kind: str, things: Iterable[Thing]) -> list[dict[str, str]]:
    return [{"@type": kind, "@id": thing.iri, "name": thing.label} for thing in list(things)[:_MOST]]


def figure(facts: Facts, about: Sequence[Thing], specific: Sequence[Thing]) -> dict[str, Any]:
    """A figure."""
    paper = {"@type": "ScholarlyArticle", "@id": facts.paper, "name": facts.paper_title}
    paper |= {k: v for k, v in {"datePublished": facts.year, "sameAs": facts.doi}.items() if v}
    return _of(
        "ImageObject",
        facts.iri,
        identifier=facts.figid,
        name=facts.title,
        caption=facts.caption,
        url=facts.url,
        contentUrl=facts.image,
        isPartOf=paper,
        about=_named("Taxon", about),
        mentions=_named("Gene", specific),
    )


def gene(iri: str, label: str, other: Sequence[str], organism: Thing) -> dict[str, Any]:
    """A gene."""
    return _of("Gene", iri, name=label, alternateName=list(other), taxonomicRange=_named("Taxon", [organism]))


def paper(iri: str, title: str, year: str, doi: str, journal: str, figures: Sequence[Thing]) -> dict[str, Any]:
    """A paper."""
    return _of(
        "ScholarlyArticle",
        iri,
        name=title,
        datePublished=year,
        sameAs=doi,
        isPartOf={"@type": "Periodical", "name": journal} if journal else None,
        hasPart=_named("ImageObject", figures),
    )


def named(kind: str, iri: str, label: str, other: Sequence[str]) -> dict[str, Any]:
    """An organism, chemical or disease."""
    return _of(kind, iri, name=label, alternateName=list(other))
