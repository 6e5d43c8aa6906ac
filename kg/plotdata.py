"""What plots show, as plain values: a network of genes, figures per year, the overlap of gene lists.

All of it comes from the answers to stored questions, so that a plot counts as `kg query` does: specific evidence and
human genes unless told otherwise, pairs through two different matches. Each has a title, a line that says what evidence
it counts, and itself as a table. Nothing here draws: that is `kg.plotting`'s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from kg.answer import answer, ask_store
from kg.arguments import Options, assign, read_list, resolve, values, wanted_parts
from kg.binding import bind
from kg.catalogue import get
from kg.errors import AmbiguousName, NotInGraph, UsageError
from kg.lookup import ANY_ORGANISM, Ask, Found, Lookup
from kg.store import open_store, user_genes
from kg.views import collect, local
from kg.vocab import Tier

MOST_GENES = 60
"""Most genes around one in a network: more are a tangle."""
MOST_LINES = 8
"""Most genes in a plot of years: as many as there are colours and marks to tell apart."""
MOST_LISTS = 10
_FORGIVEN = "rewritten"
"""The doubt that rankings forgive: OCR's own way of spelling (``docs/evidence.md``)."""

Cells = tuple[str | int, ...]


class Edge(NamedTuple):
    """Two genes, and the figures that name both by two different matches of which none is in doubt."""

    one: str
    other: str
    figures: int


class Network(NamedTuple):
    """Genes seen with a gene: symbol to figures shared with it (the gene itself: all that name it), and all pairs."""

    title: str
    evidence: str
    gene: str
    genes: dict[str, int]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]

    @property
    def table(self) -> tuple[Cells, list[Cells]]:
        """Head and rows."""
        return ("gene", "other gene", "figures"), [tuple(edge) for edge in self.edges]


class Years(NamedTuple):
    """Figures per year: symbol to year to figures; all years from the first to the last of any."""

    title: str
    evidence: str
    genes: dict[str, dict[int, int]]
    notes: tuple[str, ...]

    @property
    def years(self) -> range:
        """From the first to the last."""
        told = [year for counts in self.genes.values() for year in counts]
        return range(min(told), max(told) + 1)

    @property
    def table(self) -> tuple[Cells, list[Cells]]:
        """Head and rows."""
        rows: list[Cells] = [
            (str(year), *(counts.get(year, 0) for counts in self.genes.values())) for year in self.years
        ]
        return ("year", *self.genes), rows


class Overlap(NamedTuple):
    """Gene lists: name to symbols; and the genes that exactly these lists share, largest share first."""

    title: str
    evidence: str
    lists: dict[str, frozenset[str]]
    shares: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    notes: tuple[str, ...]

    @property
    def table(self) -> tuple[Cells, list[Cells]]:
        """Head and rows."""
        rows: list[Cells] = [(", ".join(names), len(genes), ", ".join(genes)) for names, genes in self.shares]
        return ("in these lists alone", "genes", "which"), rows


class _Mention(NamedTuple):
    figure: str
    year: int | None
    gene: str
    match: str
    clear: bool


def network(gene: str, options: Options, *, most: int = 20, store: str | Path | None = None) -> Network:
    """Genes most seen with a gene, and how often each two of them are seen together.

    Raises the errors of `kg.answer`; NotInGraph where no gene is seen with it.
    """
    if not 1 <= most <= MOST_GENES:
        raise UsageError(f"{most} genes: 1 to {MOST_GENES} can be told apart in a network")
    found = answer("genes-seen-with-gene", [gene], options, store=store)
    rows = [row for row in found.records() if int(row["clear_figures"] or 0)]
    shown = [str(row["other"]) for row in rows[:most]]
    if not shown:
        raise NotInGraph(f"no gene is seen with {gene} by {_evidence(options)}. Other evidence: --tier all")
    mentions, things, _ = _mentions([gene, *shown], options, store)
    labels = _labels(things)
    named: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for mention in mentions:
        if mention.clear:
            named[mention.figure][labels[mention.gene]].add(mention.match.lower())
    pairs: Counter[tuple[str, str]] = Counter()
    order = list(dict.fromkeys(labels.values()))
    for matches in named.values():
        here = [name for name in order if name in matches]
        pairs.update((a, b) for a, b in combinations(here, 2) if len(matches[a] | matches[b]) > 1)
    edges = sorted((Edge(a, b, n) for (a, b), n in pairs.items()), key=lambda e: (-e.figures, e.one, e.other))
    name = order[0]
    counts = {name: sum(name in matches for matches in named.values())}
    counts |= {other: pairs[name, other] for other in order[1:]}
    told = f"{len(rows):,} gene{'' if len(rows) == 1 else 's'}"
    told = f"{len(shown)} of {told}" if len(shown) < len(rows) else told
    return Network(
        f"Genes seen together with {name}",
        f"{_evidence(options)}; figures that name both by two different matches without doubts; {told}",
        name,
        counts,
        tuple(edges),
        found.notes,
    )


def years(genes: Sequence[str], options: Options, *, store: str | Path | None = None) -> Years:
    """Figures per year that name each gene. Raises the errors of `kg.answer`; NotInGraph where there is no figure."""
    mentions, found, notes = _mentions(genes, options, store)
    if len(found) > MOST_LINES:
        raise UsageError(f"{len(found)} genes: {MOST_LINES} at most can be told apart")
    labels = _labels(found)
    figures: dict[str, dict[str, int | None]] = {label: {} for label in labels.values()}
    for mention in mentions:
        figures[labels[mention.gene]][mention.figure] = mention.year
    counts = {label: Counter(year for year in of.values() if year is not None) for label, of in figures.items()}
    if not any(counts.values()):
        raise NotInGraph(f"no figure names {_listed(list(counts))} by {_evidence(options)}. Other evidence: --tier all")
    sums = _listed([f"{label} {len(of):,}" for label, of in figures.items()])
    undated = sum(year is None for of in figures.values() for year in of.values())
    return Years(
        f"Figures per year that name {_listed(list(counts))}",
        f"{_evidence(options)}; figures: {sums}" + (f"; {undated:,} without a year left out" if undated else ""),
        {label: dict(sorted(of.items())) for label, of in counts.items()},
        notes,
    )


def overlap(lists: Sequence[str], options: Options, *, store: str | Path | None = None) -> Overlap:
    """What lists of genes share: ``NAME=@FILE`` or ``@FILE`` is a list in a file, else a figure, whose genes are meant.

    Names are understood as in questions; those that cannot be are told in the notes. Raises UsageError for lists that
    are not to be had, and the errors of `kg.answer`.
    """
    if not 2 <= len(lists) <= MOST_LISTS:
        raise UsageError(f"{len(lists)} list{'' if len(lists) == 1 else 's'}: 2 to {MOST_LISTS} can be compared")
    ask = ask_store(open_store(store))
    lookup = Lookup(ask, options.organism, user_genes(store))
    notes: list[str] = []
    sets: dict[str, frozenset[str]] = {}
    for text in lists:
        name, genes, missing = _list(text, lookup, options, ask, store)
        if name in sets:
            raise UsageError(f"two lists are called {name}: say what each is to be called, as in mine=@genes.txt")
        sets[name] = genes
        notes += [f"{name}: left out: {each}" for each in missing]
    shares: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for gene in sorted(frozenset().union(*sets.values())):
        shares[tuple(name for name, genes in sets.items() if gene in genes)].append(gene)
    ordered = sorted(shares.items(), key=lambda share: (-len(share[1]), len(share[0]), share[0]))
    total = sum(map(len, shares.values()))
    if not total:
        raise NotInGraph("no list has a gene of this graph")
    of_figures = f"; of figures: {_evidence(options)}" if any("@" not in text for text in lists) else ""
    return Overlap(
        f"Overlap of {len(lists)} gene lists",
        f"{total:,} {_organism(options)} of this graph{of_figures}"
        + (f"; {len(notes):,} name{'' if len(notes) == 1 else 's'} left out" if notes else ""),
        sets,
        tuple((names, tuple(genes)) for names, genes in ordered),
        (*lookup.notes, *notes),
    )


def _list(
    text: str, lookup: Lookup, options: Options, ask: Ask, store: str | Path | None
) -> tuple[str, frozenset[str], list[str]]:
    """Name, symbols and what was left out of a list."""
    name, given, rest = text.partition("=")
    source = rest if given else text
    if source.startswith("@"):
        genes, missing = set(), []
        for typed in read_list(source[1:]):
            try:
                genes.add(lookup.find("gene", typed).label)
            except (NotInGraph, AmbiguousName, UsageError) as error:
                missing.append(str(error))
        return (name if given else Path(source[1:]).stem), frozenset(genes), missing
    found = lookup.find("figure", source)
    table = answer("genes-of-figure", [found.iris[0]], Options(), store=store).records()
    # Notes are of what people type alone, so that a look-up of its own finds the organism's name.
    organism = None if lookup.taxon is None else Lookup(ask).organism(lookup.taxon).label
    symbols = {
        str(row["symbol"])
        for row in table
        if organism in (None, row["organism"]) and _counts(str(row["tier"]), row["ambiguity"], options)
    }
    return (name if given else found.label), frozenset(symbols), []


def _mentions(
    genes: Sequence[str], options: Options, store: str | Path | None
) -> tuple[list[_Mention], list[Found], tuple[str, ...]]:
    """The mentions of genes that count at the evidence asked for: rows of the question for any of them, unviewed."""
    query = get("figures-mentioning-any-gene")
    counted = options if options.tier else options._replace(specific=True)
    ask = ask_store(open_store(store))
    lookup = Lookup(ask, options.organism, user_genes(store))
    given = assign(query, genes, {})
    inputs = resolve(given, lookup)
    table = ask(bind(query.text, values(query, given, inputs, counted, lookup), wanted_parts(options)))
    found = [each.found for of in inputs.values() for each in of if each.found]
    mentions = []
    for row in collect(table, query.collect).rows:
        cell: dict[str, Any] = dict(zip(table.columns, row, strict=True))
        if cell["reason"] is None and _counts(local(cell["tier"]), cell["ambiguity"], options):
            match = cell["match"] or cell["symbol"]  # a keyword has no match but itself
            doubts = set(local(cell["doubts"]).split(", ")) - {"", _FORGIVEN}
            year = int(cell["year"].value) if cell["year"] is not None else None
            mentions.append(_Mention(cell["figure"].value, year, cell["gene"].value, match.value, not doubts))
    return mentions, found, tuple(lookup.notes)


def _counts(tier: str, ambiguity: object, options: Options) -> bool:
    """Whether a mention counts at the evidence asked for: specific, or that tier or better."""
    rank = Tier[tier.rpartition("#")[2].upper()]
    if options.tier is None:
        return rank <= Tier.SYNONYM and ambiguity is None
    return options.tier == "all" or rank <= Tier[options.tier.upper()]


def _labels(found: Sequence[Found]) -> dict[str, str]:
    """IRI to symbol; where two genes have one symbol, with the end of the IRI."""
    often = Counter(each.label for each in found)
    return {
        iri: each.label if often[each.label] == 1 else f"{each.label} ({each.iris[0].rpartition('/')[2]})"
        for each in found
        for iri in each.iris
    }


def _evidence(options: Options) -> str:
    kind = {None: "specific evidence", "all": "all evidence", "symbol": "evidence by symbol"}
    return f"{kind.get(options.tier, f'evidence by {options.tier} or better')}, {_organism(options)}"


def _organism(options: Options) -> str:
    if options.organism is None:
        return "human genes"
    if options.organism.lower() == ANY_ORGANISM:
        return "genes of all organisms"
    return f"genes of {options.organism}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
