"""From the rows of a query to the rows that people read: evidence gathered, best first.

A view is named in a query's header; it takes the raw table and what was asked, and gives the table to show
and one line that sums it up. ``rows`` shows the table as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from kg.arguments import Input
from kg.catalogue import StoredQuery
from kg.lookup import Found, Lookup
from kg.results import Row, Table, Term, literal
from kg.support import SUPPORTS
from kg.vocab import KG, Tier, figid_of

NOT_PUBLISHED = "word not published"


class Shown(NamedTuple):
    """``full`` goes to programs, ``short`` to a person's terminal; ``summary`` and ``next_step`` to stderr."""

    full: Table
    short: Table
    summary: str
    next_step: str = ""


class Asked(NamedTuple):
    """What was asked, for views: what was taken for what, the plain texts of all arguments by name, the tables of the
    questions that the query's header names under ``also``, and where more can be looked up.
    """

    query: StoredQuery
    inputs: tuple[Input, ...]
    given: Mapping[str, tuple[str, ...]]
    also: Mapping[str, Table]
    lookup: Lookup

    @property
    def found(self) -> list[Found]:
        """The things that were asked for, each once; those given by name (``--without``) are not."""
        by_name = {param.name for param in self.query.params if param.option}
        return list(dict.fromkeys(each.found for each in self.inputs if each.found and each.param not in by_name))


def local(term: Any) -> str:
    """The local name of one of our own terms, a literal's text, '' for nothing."""
    return "" if term is None else local_name(term.value)


def local_name(text: str | None) -> str:
    """`local` of a term's text."""
    return (text or "").removeprefix(KG)


def collect(table: Table, columns: Sequence[str]) -> Table:
    """Rows that differ in ``columns`` alone become one, with their values sorted and joined by ``, ``."""
    if not columns:
        return table
    gathered = [table.columns.index(column) for column in columns]
    merged: dict[tuple[Term | None, ...], list[set[str]]] = {}
    for row in table.rows:
        key = tuple(None if i in gathered else term for i, term in enumerate(row))
        sets = merged.setdefault(key, [set() for _ in gathered])
        for values, i in zip(sets, gathered, strict=True):
            if row[i] is not None:
                values.add(local(row[i]))
    rows = []
    for key, sets in merged.items():
        cells = list(key)
        for values, i in zip(sets, gathered, strict=True):
            cells[i] = literal(", ".join(sorted(values))) if values else None
        rows.append(tuple(cells))
    return Table(table.columns, rows)


def counted(n: int, one: str) -> str:
    """``3 figures``."""
    return f"{n:,} {one}{'' if n == 1 else 's'}"


def rows(table: Table, _asked: Asked) -> Shown:
    """The table as it comes; a person sees the local names of our own terms."""
    short = Table(
        table.columns,
        [
            tuple(literal(local(t)) if t is not None and t.value.startswith(KG) else t for t in row)
            for row in table.rows
        ],
    )
    return Shown(table, short, counted(len(table.rows), "row"))


class _Evidence(NamedTuple):
    """Best evidence for one gene in one figure.

    Of two ``rank``s the smaller is better: a keyword that only may be the gene comes last. ``cells`` are its `_PARTS`
    for programs, ``shown`` is all but the support in one text for a person.
    """

    tier: Tier
    support: str
    rank: int
    cells: Row
    shown: Term


class _Mention(NamedTuple):
    """A row about one mention; where a mention has several doubts, it has a row for each."""

    tier: Tier
    word: str | None
    against: tuple[str, ...]
    support: str
    reason: str


_CELLS = ("figure", "gene", "tier", "word", "ambiguity", "doubts", "support", "reason")
_TIERS = {tier.iri: tier for tier in Tier}


def _mentions(table: Table) -> Iterator[tuple[str, str, _Mention]]:
    """Each row's figure, gene and mention. Texts are taken out of terms once, which is most of the work."""
    pick: Callable[[Row], Row] = itemgetter(*map(table.columns.index, _CELLS))
    for row in table.rows:
        figure, gene, tier, word, ambiguity, doubts, support, reason = (term and term.value for term in pick(row))
        against = tuple(each.removeprefix(KG) for each in (ambiguity, doubts) if each)
        # Only a graph that was never checked has a mention without a tier: that is no better than the last.
        mention = _Mention(
            _TIERS.get(tier or "", Tier.KEYWORD), word, against, support or "unknown", local_name(reason)
        )
        yield figure or "", gene or "", mention


_PARTS = ("tier", "words", "note", "support")


@lru_cache(maxsize=500)  # of a family's words, many figures have the same
def _best(mentions: tuple[_Mention, ...]) -> _Evidence:
    tier = min(m.tier for m in mentions)
    chosen = [m for m in mentions if m.tier is tier]
    chosen = [m for m in chosen if not m.reason] or chosen
    against: set[str] = set()
    if all(m.against for m in chosen):  # one word without a doubt is enough
        against.update(*(m.against for m in chosen))
    reasons = {m.reason for m in chosen if m.reason}
    notes = sorted(against | {f"candidate: {reason}" for reason in reasons})
    words = ", ".join(sorted({m.word for m in chosen if m.word is not None}))
    support = min((m.support for m in chosen), key=SUPPORTS.index)
    if tier is Tier.KEYWORD:
        shown = ", ".join((tier.label, NOT_PUBLISHED, *notes))
    else:
        shown = f"{tier.label} · {words}" + (f" ({', '.join(notes)})" if notes else "")
    cells = (
        literal(tier.label),
        literal(words) if words else None,
        literal(", ".join(notes)) if notes else None,
        literal(support),
    )
    return _Evidence(tier, support, len(Tier) + 1 if reasons else tier, cells, literal(shown))


def figures_by_genes(table: Table, asked: Asked) -> Shown:
    """One row a figure, best evidence first; for each gene asked for, its best tier, the words and what speaks against
    them, and whether the article supports its organism.
    """
    args = asked.found
    of = {iri: i for i, found in enumerate(args) for iri in found.iris}
    told: dict[str, Row] = {}
    evidence: dict[str, dict[int, list[_Mention]]] = {}
    for row, (figure, gene, mention) in zip(table.rows, _mentions(table), strict=True):
        told[figure] = row
        evidence.setdefault(figure, {}).setdefault(of[gene], []).append(mention)
    head: Callable[[Row], Row] = itemgetter(*map(table.columns.index, ("figure", "title", "year")))
    figures = {figure: head(row) for figure, row in told.items()}
    best = {f: {i: _best(tuple(mentions)) for i, mentions in genes.items()} for f, genes in evidence.items()}

    def order(figure: str) -> tuple[Any, ...]:
        found = best[figure]
        ranks = sum(evidence.rank for evidence in found.values())
        _, _, year = figures[figure]
        newest = -int(year.value) if year and year.value.isdecimal() else 0
        return (len(args) - len(found), ranks, newest, figure)

    ordered = sorted(figures, key=order)
    heads = _heads([found.label for found in args])
    nothing: Row = (None,) * len(_PARTS)
    full = Table(
        (
            "figure",
            "title",
            "year",
            *(f"{head}_{part}" for head in heads for part in _PARTS),
        ),
        [
            (*figures[f], *(cell for i in range(len(args)) for cell in (best[f][i].cells if i in best[f] else nothing)))
            for f in ordered
        ],
    )
    short = Table(
        ("figure", "year", *(found.label for found in args), "organism_support"),
        [
            (
                literal(figid_of(f)),
                figures[f][2],
                *(best[f][i].shown if i in best[f] else None for i in range(len(args))),
                # Mostly the same for all genes of a row, so that it is said once.
                literal(", ".join(dict.fromkeys(best[f][i].support for i in sorted(best[f])))),
            )
            for f in ordered
        ],
    )
    return Shown(full, short, _by_symbol(best, len(args)), _next(ordered, best, len(args)))


def _heads(labels: Sequence[str]) -> list[str]:
    """Labels as SPARQL variable names, each once."""
    heads: list[str] = []
    for label in labels:
        head = re.sub(r"\W", "_", label) or "gene"
        while head in heads:
            head += "_"
        heads.append(head)
    return heads


def _by_symbol(best: dict[str, dict[int, _Evidence]], genes: int) -> str:
    """How many figures name how many of the genes by their symbols."""
    total = counted(len(best), "figure")
    if genes == 1 or not best:
        named = sum(found[0].tier is Tier.SYMBOL for found in best.values())
        return f"{total}: {named} by symbol" if best else total
    counts = [0] * (genes + 1)
    for found in best.values():
        counts[sum(e.tier is Tier.SYMBOL for e in found.values())] += 1
    if genes == 2:
        return f"{total}: {counts[2]} name both, {counts[1]} one, {counts[0]} neither"
    parts = [f"{counts[genes]} name all {genes}"]
    parts += [f"{counts[n]} {n}" for n in range(genes - 1, 0, -1) if counts[n]]
    return f"{total}: {', '.join(parts)}, {counts[0]} none"


def _next(ordered: Sequence[str], best: dict[str, dict[int, _Evidence]], genes: int) -> str:
    if not ordered:
        return ""
    named = sum(len(found) == genes and all(e.tier is Tier.SYMBOL for e in found.values()) for found in best.values())
    if genes > 1 and 0 < named < len(best):
        return f"Only those that name {'both' if genes == 2 else 'all'} by symbol: --tier symbol"
    return f"Why: kg show {figid_of(ordered[0])}"


def coverage(table: Table, asked: Asked) -> Shown:
    """A row for each name of a list: what it was taken for, and the figures of that gene, or why there is none."""
    figures: dict[str, dict[str, Any]] = {}
    for row in table.rows:
        entry: dict[str, Any] = dict(zip(table.columns, row, strict=True))
        figures[entry["gene"].value] = entry
    tiers = ("by_symbol", "by_synonym", "by_family", "by_keyword")
    rows: list[tuple[Term | None, ...]] = []
    for given in asked.inputs:
        found = [figures[iri] for iri in given.found.iris if iri in figures] if given.found else []
        status = "found" if found else "no figure" if given.found else given.problem
        gene = found[0]["gene"] if found else None
        # Under an id of earlier days, records name the same gene; a figure has one id or the other.
        counts = [literal(sum(int(entry[tier].value) for entry in found)) if found else None for tier in tiers]
        label = literal(given.found.label) if given.found else None
        typed = given.text.encode("utf-8", "backslashreplace").decode()  # what a shell gives need not be UTF-8
        rows.append((literal(typed), label, gene, literal(status), *counts))
    full = Table(("input", "taken_as", "gene", "status", *tiers), rows)
    named = sum(bool(row[2]) for row in rows)
    return Shown(full, full, f"{counted(len(rows), 'name')}: {named} found, {len(rows) - named} not")


def _ranking(name: str) -> Callable[[Table, Asked], Shown]:
    """A view of `kg.ranking`, which is imported when it is used."""

    def view(table: Table, asked: Asked) -> Shown:
        from kg import ranking

        found: Shown = getattr(ranking, name)(table, asked)
        return found

    return view


VIEWS: dict[str, Callable[[Table, Asked], Shown]] = {
    "rows": rows,
    "figures-by-genes": figures_by_genes,
    "coverage": coverage,
    "figures-like": _ranking("figures_like"),
    "lift": _ranking("lift"),
}
"""Name in a query's header to view."""

ORDERED_BY_VIEW = frozenset({"figures-by-genes", "coverage"})
"""Views whose answer is the same in whatever order the rows come."""
