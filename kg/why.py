"""``--why``: the chain word → match → lexicon → gene of each mention behind an answer."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pyoxigraph import NamedNode

from kg.binding import Cell, bind
from kg.catalogue import get
from kg.lookup import Ask
from kg.ordering import ordered, split
from kg.results import Row, Table, Term, literal
from kg.views import NOT_PUBLISHED, Asked, Shown, collect, local
from kg.vocab import figid_of

_QUESTION = "why-gene-in-figure"
"""The stored question that tells the mentions of a gene in a figure; here it is asked of many at once."""
_PAIRS = 400
"""Pairs of figure and gene a query, so that its text stays small enough for any server."""
_TOLD = ("gene", "symbol", "organism", "support", "word", "keyword", "match", "tier", "lexicon", "stated_in")
_AGAINST = ("ambiguity", "doubts", "reason")

Pair = tuple[str, str]
"""IRIs of a figure and a gene."""


def with_reasons(shown: Shown, asked: Asked, ask: Ask) -> Shown:
    """The answer with a row for each mention: its own columns, and ``why_word``, ``why_match`` … of the mention.

    A person sees the chain alone. Rows without a gene in a figure stay as they are.
    """
    pairs_of = [_pairs(shown.full.columns, row, asked) for row in shown.full.rows]
    chains = _chains(ask, list(dict.fromkeys(pair for pairs in pairs_of for pair in pairs)))
    columns = (*_TOLD, *_AGAINST)
    full: list[Row] = []
    short: list[Row] = []
    for row, pairs in zip(shown.full.rows, pairs_of, strict=True):
        found = [(pair, mention) for pair in pairs for mention in chains[pair]]
        full += [(*row, *(mention[name] for name in columns)) for _, mention in found] or [
            (*row, *(None for _ in columns))
        ]
        short += [_short(figure, mention) for (figure, _), mention in found]
    return shown._replace(
        full=Table((*shown.full.columns, *(f"why_{name}" for name in columns)), full),
        short=Table(("figure", "word", "match", "lexicon", "gene", "organism", "note"), short),
    )


def _pairs(columns: tuple[str, ...], row: Row, asked: Asked) -> list[Pair]:
    cells = dict(zip(columns, row, strict=True))
    figures, genes = (
        [term.value] if (term := cells.get(kind)) else _asked_for(asked, kind) for kind in ("figure", "gene")
    )
    return [(figure, gene) for figure in figures for gene in genes]


def _asked_for(asked: Asked, kind: str) -> list[str]:
    names = {param.name for param in asked.query.params if param.type == kind and not param.option}
    return [iri for each in asked.inputs if each.param in names and each.found for iri in each.found.iris]


def _chains(ask: Ask, pairs: list[Pair]) -> dict[Pair, list[dict[str, Any]]]:
    query = get(_QUESTION)
    found: dict[Pair, list[dict[str, Any]]] = defaultdict(list)
    for start in range(0, len(pairs), _PAIRS):
        nodes: list[tuple[Cell, ...] | Cell] = [
            (NamedNode(figure), NamedNode(gene)) for figure, gene in pairs[start : start + _PAIRS]
        ]
        text, keys = split(bind(query.text, {"figure gene": nodes}))
        table = collect(ordered(ask(text), keys), query.collect)
        for row in table.rows:
            mention: dict[str, Any] = dict(zip(table.columns, row, strict=True))
            found[mention["figure"].value, mention["gene"].value].append(mention)
    return found


def _short(figure: str, mention: dict[str, Any]) -> tuple[Term | None, ...]:
    against = [local(mention[name]) for name in _AGAINST if mention[name] is not None]
    said = mention["word"] or literal(f"{mention['keyword'].value} ({NOT_PUBLISHED})")
    return (
        literal(figid_of(figure)),
        said,
        mention["match"],
        literal(f"{local(mention['tier'])}: {mention['lexicon'].value}"),
        mention["symbol"],
        literal(f"{mention['organism'].value} ({mention['support'].value})"),
        literal(", ".join(against)) if against else None,
    )
