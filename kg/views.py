"""From the rows of a query to the rows that people read: evidence gathered, best first.

A view is named in a query's header; it takes the raw table and what was asked, and gives the table to show
and one line that sums it up. ``rows`` shows the table as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from kg.arguments import Input
from kg.catalogue import StoredQuery
from kg.lookup import Found, Lookup
from kg.results import Table, Term, literal
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
    if term is None:
        return ""
    value: str = term.value
    return value.removeprefix(KG)


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
    """Best evidence for one gene in one figure; ``notes`` say what speaks against all of it."""

    tier: Tier
    words: tuple[str, ...]
    notes: tuple[str, ...]
    support: str
    resolved: bool

    @property
    def rank(self) -> int:
        """The smaller, the better; a keyword that only may be the gene comes last."""
        return self.tier if self.resolved else len(Tier) + 1

    @property
    def shown(self) -> str:
        words = ", ".join(self.words)
        if self.tier is Tier.KEYWORD:
            return ", ".join(("keyword", NOT_PUBLISHED, *self.notes))
        noted = f" ({', '.join(self.notes)})" if self.notes else ""
        return f"{self.tier.label} · {words}{noted}"


def _best(mentions: Sequence[dict[str, Any]]) -> _Evidence:
    tiers = [Tier[local(m["tier"]).upper()] for m in mentions]
    best = min(tiers)
    chosen = [m for m, tier in zip(mentions, tiers, strict=True) if tier is best]
    chosen = [m for m in chosen if m["reason"] is None] or chosen
    against = [_against(m) for m in chosen]
    notes = set().union(*against) if all(against) else set()  # one word without a doubt is enough
    notes |= {f"candidate: {local(m['reason'])}" for m in chosen if m["reason"] is not None}
    words = sorted({m["word"].value for m in chosen if m["word"] is not None})
    support = min((local(m["support"]) for m in chosen), key=SUPPORTS.index)
    return _Evidence(
        best, tuple(words), tuple(sorted(notes)), support, resolved=all(m["reason"] is None for m in chosen)
    )


def _against(mention: dict[str, Any]) -> set[str]:
    """Ambiguity and doubts of one mention; the latter come joined, as `collect` does it."""
    doubts = mention["doubts"].value.split(", ") if mention["doubts"] is not None else []
    return {local(mention["ambiguity"]), *doubts} - {""}


_PARTS = ("tier", "words", "note", "support")


def figures_by_genes(table: Table, asked: Asked) -> Shown:
    """One row a figure, best evidence first; for each gene asked for, its best tier, the words and what speaks against
    them, and whether the article supports its organism.
    """
    args = asked.found
    of = {iri: i for i, found in enumerate(args) for iri in found.iris}
    figures: dict[str, dict[str, Any]] = {}
    evidence: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for row in table.rows:
        entry: dict[str, Any] = dict(zip(table.columns, row, strict=True))
        figure = entry["figure"].value
        figures[figure] = entry
        evidence.setdefault(figure, {}).setdefault(of[entry["gene"].value], []).append(entry)
    best = {f: {i: _best(mentions) for i, mentions in genes.items()} for f, genes in evidence.items()}

    def order(figure: str) -> tuple[Any, ...]:
        found = best[figure]
        ranks = sum(evidence.rank for evidence in found.values())
        year = figures[figure]["year"]
        newest = -int(year.value) if year and year.value.isdecimal() else 0
        return (len(args) - len(found), ranks, newest, figure)

    ordered = sorted(figures, key=order)
    heads = _heads([found.label for found in args])
    full = Table(
        (
            "figure",
            "title",
            "year",
            *(f"{head}_{part}" for head in heads for part in _PARTS),
        ),
        [_full_row(figures[f], best[f], len(args)) for f in ordered],
    )
    short = Table(
        ("figure", "year", *(found.label for found in args), "organism_support"),
        [
            (
                literal(figid_of(f)),
                figures[f]["year"],
                *(literal(best[f][i].shown) if i in best[f] else None for i in range(len(args))),
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


def _full_row(entry: dict[str, Any], best: dict[int, _Evidence], genes: int) -> tuple[Term | None, ...]:
    cells: list[Term | None] = [entry["figure"], entry["title"], entry["year"]]
    for i in range(genes):
        found = best.get(i)
        if found is None:
            cells += [None] * len(_PARTS)
            continue
        cells.append(literal(found.tier.label))
        cells.append(literal(", ".join(found.words)) if found.words else None)
        cells.append(literal(", ".join(found.notes)) if found.notes else None)
        cells.append(literal(found.support))
    return tuple(cells)


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
