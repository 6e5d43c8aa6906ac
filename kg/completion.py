"""What a shell offers while an argument is being typed: names of the store's things that start so."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal

from kg.answer import ask_store
from kg.arguments import TIERS
from kg.catalogue import ParamType
from kg.errors import KgError
from kg.results import text
from kg.store import open_store
from kg.vocab import KG, RDFS, SCHEMA

MOST = 50
"""Most names that are offered."""

_PATTERNS: dict[str, str] = {
    "gene": "?x a schema:Gene ; rdfs:label ?name . OPTIONAL { ?x schema:taxonomicRange/rdfs:label ?told }",
    "organism": "?x a schema:Taxon ; rdfs:label ?name",
    "chemical": "?x a schema:ChemicalSubstance ; rdfs:label ?name",
    "disease": "?x a schema:MedicalCondition ; rdfs:label ?name",
    "figure": "?x a schema:ImageObject ; schema:identifier ?name ; schema:name ?told",
    "paper": "?x a schema:ScholarlyArticle . OPTIONAL { ?x schema:name ?told } "
    'BIND(REPLACE(STR(?x), "^.*/", "") AS ?name)',
}


def completions(kind: ParamType, start: str, *, store: str | Path | None = None) -> list[tuple[str, str]]:
    """Names of this kind that start so, in any case, and what to tell of each; none where there is no store.

    A shell that completes has nowhere to show an error.
    """
    if kind == "tier":
        return [(tier, "") for tier in TIERS if tier.startswith(start)]
    if kind not in _PATTERNS:
        return []
    try:
        table = ask_store(open_store(store))(
            f"PREFIX rdfs: <{RDFS}> PREFIX schema: <{SCHEMA}> PREFIX kg: <{KG}> "
            f"SELECT DISTINCT ?name ?told WHERE {{ {_PATTERNS[kind]} "
            f"FILTER(STRSTARTS(LCASE(?name), LCASE({Literal(start)}))) }} ORDER BY STRLEN(?name) ?name LIMIT {MOST}"
        )
    except (KgError, ValueError):
        return []
    found: dict[str, list[str]] = {}
    for name, told in table.rows:
        found.setdefault(text(name), []).extend([text(told)] if told is not None else [])
    return [(name, ", ".join(dict.fromkeys(told))) for name, told in found.items()]
