"""Views that rank: figures by how like a gene list they are, genes by how specific to a gene.

Both stand on a background that is stated: the genes that occur at the evidence and in the organism asked for
(``gene-frequencies``), and the figures that have one (``figures-with-genes``). See ``docs/evidence.md``, section 2.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from kg.results import Row, Table, literal
from kg.views import Asked, Shown, counted
from kg.vocab import figid_of

STATS = "p and q need the extra: pip install 'pathway-figure-kg[stats]'. Ranked by cosine"


class Background(NamedTuple):
    """What rankings stand on: genes (IRIs) to their figures, and to their symbols; and how many figures there are."""

    figures_of: Mapping[str, int]
    symbols: Mapping[str, str]
    figures: int

    @classmethod
    def of(cls, asked: Asked) -> Background:
        """From the tables of the questions that stand beside."""
        rows: list[Any] = list(asked.also["gene-frequencies"].rows)
        (total,) = (int(row[0].value) for row in _bound(asked.also["figures-with-genes"]))
        return cls(
            {gene.value: int(figures.value) for gene, _, figures in rows},
            {gene.value: symbol.value for gene, symbol, _ in rows},
            total,
        )

    @property
    def told(self) -> str:
        """For a person."""
        return f"background: {len(self.figures_of):,} genes in {self.figures:,} figures, at this evidence and organism"


class Likeness(NamedTuple):
    """How like a list a figure's genes are; ``p`` and ``q`` None where nothing computes them."""

    overlap: int
    cosine: float
    p: float | None
    q: float | None


def _bound(table: Table) -> list[Any]:
    return [row for row in table.rows if row[0] is not None]


def figures_like(table: Table, asked: Asked) -> Shown:
    """Figures by hypergeometric p, then by cosine, then by name; each with its overlap, set sizes and shared genes."""
    background = Background.of(asked)
    genes_of: dict[str, set[str]] = defaultdict(set)
    told: dict[str, dict[str, Any]] = {}
    for row in table.rows:
        entry: dict[str, Any] = dict(zip(table.columns, row, strict=True))
        told[entry["figure"].value] = entry
        genes_of[entry["figure"].value].add(entry["member"].value)
    wanted = _wanted(asked, background, genes_of)
    likeness = alike(genes_of, wanted, background)
    scored = all(found.p is not None for found in likeness.values())
    asked.lookup.notes.append(background.told if scored else f"{background.told}. {STATS}")

    def order(figure: str) -> tuple[Any, ...]:
        found = likeness[figure]
        return (found.p if scored else 0, -found.cosine, figure)

    rows: list[Row] = []
    for figure in sorted(likeness, key=order):
        found = likeness[figure]
        shared = sorted(background.symbols[gene] for gene in genes_of[figure] & wanted)
        rows.append(
            (
                told[figure]["figure"],
                told[figure]["title"],
                told[figure]["year"],
                literal(found.overlap),
                literal(len(genes_of[figure])),
                literal(len(wanted)),
                _number(found.cosine),
                _number(found.p),
                _number(found.q),
                literal(", ".join(shared)),
            )
        )
    columns = ("figure", "title", "year", "overlap", "figure_genes", "list_genes", "cosine", "p", "q", "shared")
    full = Table(columns, rows)
    keep = [columns.index(name) for name in columns if name != "title"]
    short = Table(
        tuple(columns[i] for i in keep),
        [tuple(literal(figid_of(row[0].value)) if i == 0 else row[i] for i in keep) for row in rows],  # type: ignore[union-attr]
    )
    return Shown(full, short, counted(len(rows), "figure"))


def _wanted(asked: Asked, background: Background, genes_of: dict[str, set[str]]) -> set[str]:
    """The genes that figures are held against: those of a list, or of a figure, which is then taken out.

    Those of a list that the background lacks are told.
    """
    if any(param.type == "figure" for param in asked.query.params):
        (figure,) = asked.found[0].iris
        return genes_of.pop(figure, set())
    listed = {iri: found.label for found in asked.found for iri in found.iris}
    outside = sorted(label for iri, label in listed.items() if iri not in background.figures_of)
    if outside:
        asked.lookup.notes.append(f"not in the background, so not counted: {', '.join(outside)}")
    return {iri for iri in listed if iri in background.figures_of}


def alike(
    genes_of: Mapping[str, Collection[str]], wanted: Collection[str], background: Background
) -> dict[str, Likeness]:
    """Figures that share a gene with a list, by how like it they are.

    ``cosine`` is that of the two sets as vectors over genes, each weighted by ln(figures / figures of the gene). ``p``
    is that of drawing so many of the list's genes or more (`scipy.stats.hypergeom`: as many genes as the figure has, of
    the background); ``q`` is p after Benjamini and Hochberg over all figures of the background, those that share
    nothing having p = 1.
    """
    weight = {gene: math.log(background.figures / n) ** 2 for gene, n in background.figures_of.items()}
    length = math.sqrt(sum(weight[gene] for gene in wanted))
    shared = {figure: [gene for gene in genes if gene in wanted] for figure, genes in genes_of.items()}
    figures = [figure for figure, genes in shared.items() if genes]
    cosines = []
    for figure in figures:
        norm = math.sqrt(sum(weight[gene] for gene in genes_of[figure])) * length
        cosines.append(sum(weight[gene] for gene in shared[figure]) / norm if norm else 0.0)
    overlaps = [len(shared[figure]) for figure in figures]
    sizes = [len(genes_of[figure]) for figure in figures]
    p, q = _significance(overlaps, sizes, len(wanted), len(background.figures_of), background.figures)
    return {
        figure: Likeness(overlap, cosine, p[i] if p else None, q[i] if q else None)
        for i, (figure, overlap, cosine) in enumerate(zip(figures, overlaps, cosines, strict=True))
    }


def _significance(
    overlaps: Sequence[int], sizes: Sequence[int], listed: int, genes: int, tests: int
) -> tuple[list[float], list[float]]:
    """p and q of each; nothing without scipy."""
    try:
        import numpy as np
        from scipy.stats import false_discovery_control, hypergeom
    except ModuleNotFoundError:
        return [], []
    if not overlaps:
        return [], []
    p = np.clip(hypergeom.sf(np.array(overlaps) - 1, genes, np.array(sizes), listed), 0, 1)
    q = false_discovery_control(np.concatenate([p, np.ones(max(0, tests - len(p)))]))[: len(p)]
    return [float(each) for each in p], [float(each) for each in q]


def lift(table: Table, asked: Asked) -> Shown:
    """Genes by lift, then by figures, then by name."""
    background = Background.of(asked)
    own = sum(background.figures_of.get(iri, 0) for iri in asked.found[0].iris)
    asked.lookup.notes.append(f"{asked.found[0].label}: {counted(own, 'figure')}; {background.told}")
    ranked = []
    for other, symbol, figures in _bound(table):
        of_other = background.figures_of.get(other.value, 0)
        together = int(figures.value)
        # A gene's figures can be none where tables were asked with other options; then nothing can be said.
        value = together * background.figures / (own * of_other) if own and of_other else 0.0
        ranked.append((-value, -together, symbol.value, other, symbol, figures, of_other))
    ranked.sort(key=lambda entry: (*entry[:3], entry[3].value))
    rows: list[Row] = [
        (other, symbol, figures, literal(of_other), _number(-negative))
        for negative, _, _, other, symbol, figures, of_other in ranked
    ]
    full = Table(("other", "symbol", "figures", "other_figures", "lift"), rows)
    return Shown(full, full, counted(len(rows), "gene"))


def _number(value: float | None) -> Any:
    """A number for a table: four digits that count."""
    return None if value is None else literal(float(f"{value:.4g}"))
