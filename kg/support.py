"""Whether the article is about the organism of a gene that its figure mentions.

Section 3 of ``docs/evidence.md``. The stored queries that show it say the same in SPARQL (``?support``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Support = Literal["article", "table only", "unknown"]
SUPPORTS: tuple[Support, ...] = ("article", "table only", "unknown")
"""Best first."""


def support(taxon: str | None, species: str | None, *, about: Collection[str], table: Collection[str]) -> Support:
    """How far a record supports a gene's organism, ``taxon``; ``species`` is that of a strain, if it is known.

    ``about`` are the organisms of the article, ``table`` those that only the gene table names; all of them taxon
    ids, or all of them IRIs.

    >>> support("511145", "562", about={"562"}, table=())
    'article'
    >>> support("9606", None, about={"10090"}, table={"9606"})
    'table only'
    """
    if taxon is None:
        return "unknown"
    if taxon in about or species in about:
        return "article"
    return "table only" if taxon in table else "unknown"
