"""Co-mention counts and rankings on 2,659 figures, against counts made straight from the list of their mentions.

Nothing of the graph is used for what is expected: words, matches and lexica are read from ``mentions.tsv.gz``, and the
rules are those of ``docs/evidence.md``, section 1.
"""

from __future__ import annotations

import csv
import gzip
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from scipy.stats import fisher_exact
from test_corpus import made

import kg
from kg.vocab import figid_of

pytestmark = pytest.mark.needs_shared

TIER_OF = {"hgnc_symbol": 1, "hgnc_alias_symbol": 2, "hgnc_prev_symbol": 2, "bioentities_symbol": 3}
TIERS = {"symbol": 1, "synonym": 2, "family": 3}
GENES = 20
PAIRS = 10
"""Pairs of each gene: 200 in all."""


class Named(NamedTuple):
    """One row of the list: what a word matched, by which kind of lexicon, whether it means this gene alone."""

    match: str
    tier: int
    specific: bool


Figure = dict[str, list[Named]]
"""Gene ids to what names them in a figure."""


def read(path: Path) -> dict[str, Figure]:
    rows: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[row["figid"]].append((row["symbol"], TIER_OF[row["source"]], row["entrez"]))
    figures: dict[str, Figure] = {}
    for figid, listed in rows.items():
        figure: Figure = defaultdict(list)
        for match, tier, gene in listed:
            same = [(t, g) for m, t, g in listed if m.lower() == match.lower()]  # a match is one in any case
            ambiguous = tier == 2 and (
                any(t == 3 for t, _ in same)
                or any(t == 1 and g != gene for t, g in same)
                or len({g for t, g in same if t == 2}) > 1
            )
            figure[gene].append(Named(match.lower(), tier, tier == 1 or (tier == 2 and not ambiguous)))
        figures[figid] = figure
    return figures


@pytest.fixture(scope="module")
def figures(shared: Path) -> dict[str, Figure]:
    return read(shared / "pfocr" / "mentions.tsv.gz")


@pytest.fixture(scope="module")
def store(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("sidecar", shared, tmp_path_factory).records.parent / "kg.store"


def counts_of(named: list[Named], evidence: str) -> set[str]:
    """Matches that name a gene at some evidence."""
    if evidence == "specific":
        return {each.match for each in named if each.specific}
    return {each.match for each in named if each.tier <= TIERS[evidence]}


def pairs(figures: dict[str, Figure]) -> Iterator[tuple[str, list[str]]]:
    """Genes, each with some that share a figure with it; the same at each run."""
    dice = random.Random(20)
    often = sorted(gene for gene, n in frequencies(figures, "family").items() if 5 <= n <= 150)
    for gene in dice.sample(often, GENES):
        beside = sorted({other for figure in figures.values() if gene in figure for other in figure} - {gene})
        yield gene, dice.sample(beside, PAIRS)


def frequencies(figures: dict[str, Figure], evidence: str) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for figure in figures.values():
        for gene, named in figure.items():
            found[gene] += bool(counts_of(named, evidence))
    return {gene: n for gene, n in found.items() if n}


@pytest.mark.parametrize("evidence", [*TIERS, "specific"])
def test_pairs_of_genes(figures: dict[str, Figure], store: Path, evidence: str) -> None:
    """Figures that name both, and those that name both through two different matches."""
    tier = {} if evidence == "specific" else {"tier": evidence}
    compared = 0
    for gene, others in pairs(figures):
        seen = kg.query("genes-seen-with-gene", f"ncbigene:{gene}", store=store, **tier).records()
        together = {row["other"]: row["figures"] for row in seen}
        for other in others:
            named = [
                (counts_of(figure[gene], evidence), counts_of(figure[other], evidence))
                for figure in figures.values()
                if gene in figure and other in figure
            ]
            both = sum(bool(one and two) for one, two in named)
            apart = sum(any(a != b for a in one for b in two) for one, two in named)
            asked = {"specific": True} if evidence == "specific" else tier
            found = kg.query(
                "figures-mentioning-genes", f"ncbigene:{gene}", f"ncbigene:{other}", store=store, **asked
            ).records()
            assert len(found) == both
            assert int(together.get(f"https://identifiers.org/ncbigene/{other}") or 0) == apart
            compared += 1
    assert compared == GENES * PAIRS


@pytest.mark.parametrize("evidence", ["specific", "symbol", "family"])
def test_figures_of_each_gene(figures: dict[str, Figure], store: Path, evidence: str) -> None:
    tier = {} if evidence == "specific" else {"tier": evidence}
    found = kg.query("gene-frequencies", store=store, **tier).records()
    expected = frequencies(figures, evidence)
    assert {str(row["gene"]).rpartition("/")[2]: int(row["figures"] or 0) for row in found} == expected
    ranked = kg.query("most-figured-genes", store=store, **tier).records()
    assert {str(row["gene"]).rpartition("/")[2]: int(row["figures"] or 0) for row in ranked} == expected
    (total,) = kg.query("figures-with-genes", store=store, **tier).records()
    assert int(total["figures"] or 0) == sum(
        any(counts_of(named, evidence) for named in figure.values()) for figure in figures.values()
    )


def test_figures_like_a_list(figures: dict[str, Figure], store: Path) -> None:
    """Overlaps, cosines, p (Fisher's exact test, one-sided, is the same) and q."""
    of = frequencies(figures, "specific")
    listed = set(random.Random(5).sample(sorted(gene for gene, n in of.items() if n > 20), 15))
    sets = {
        figid: {gene for gene, named in figure.items() if counts_of(named, "specific")}
        for figid, figure in figures.items()
    }
    sets = {figid: genes for figid, genes in sets.items() if genes}
    idf = {gene: math.log(len(sets) / n) for gene, n in of.items()}

    def length(genes: set[str]) -> float:
        return math.sqrt(sum(idf[gene] ** 2 for gene in genes))

    expected = {}
    for figid, genes in sets.items():
        both = len(genes & listed)
        if both:
            rest = len(of) - len(genes | listed)
            table = [[both, len(genes) - both], [len(listed) - both, rest]]
            p = fisher_exact(table, alternative="greater").pvalue
            expected[figid] = (both, length(genes & listed) ** 2 / (length(genes) * length(listed)), p)
    found = kg.query("figures-like-genes", *(f"ncbigene:{gene}" for gene in sorted(listed)), store=store)
    rows = {figid_of(str(row["figure"])): row for row in found.records()}
    assert set(rows) == set(expected)
    ordered = sorted(expected, key=lambda figid: (expected[figid][2], -expected[figid][1]))
    lowest = 1.0
    for rank in range(len(ordered), 0, -1):  # Benjamini and Hochberg, from the largest p down
        figid = ordered[rank - 1]
        both, cosine, p = expected[figid]
        lowest = min(lowest, p * len(sets) / rank)
        row = rows[figid]
        assert (int(row["overlap"] or 0), int(row["figure_genes"] or 0)) == (both, len(sets[figid]))
        assert float(row["cosine"] or 0) == pytest.approx(cosine, rel=1e-3)
        assert float(row["p"] or 0) == pytest.approx(p, rel=1e-3)
        assert float(row["q"] or 0) == pytest.approx(lowest, rel=1e-3)
    shown = [float(row["p"] or 0) for row in found.records()]
    assert shown == sorted(shown)


def test_genes_by_lift(figures: dict[str, Figure], store: Path) -> None:
    of = frequencies(figures, "specific")
    total = sum(any(counts_of(n, "specific") for n in figure.values()) for figure in figures.values())
    rows = kg.query("genes-specific-to-gene", "ncbigene:3717", store=store).records()
    expected = {}
    for other in of.keys() - {"3717"}:
        apart = sum(
            any(a != b for a in counts_of(f["3717"], "specific") for b in counts_of(f[other], "specific"))
            for f in figures.values()
            if "3717" in f and other in f
        )
        if apart >= 3:
            expected[other] = apart * total / (of["3717"] * of[other])
    assert {
        str(row["other"]).rpartition("/")[2]: pytest.approx(float(row["lift"] or 0), rel=1e-3) for row in rows
    } == expected


def test_what_leads_the_most_figured_genes(store: Path) -> None:
    """WNTs (a family word for each of them) and ATP8A2 (the word ATP) would, if all evidence counted."""
    ranked = [str(row["symbol"]) for row in kg.query("most-figured-genes", store=store).records()]
    assert not [symbol for symbol in ranked[:100] if symbol.startswith("WNT") or symbol == "ATP8A2"]
    raw = kg.query("most-figured-genes", store=store, tier="all").records()
    raw.sort(key=lambda row: -int(row["raw_figures"] or 0))
    assert [row for row in raw[:20] if str(row["symbol"]).startswith("WNT")]
