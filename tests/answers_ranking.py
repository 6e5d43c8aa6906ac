"""Answers that rank, and answers to lists.

Genes that are named specifically, by symbol or by a synonym that means one gene alone; of man:

    PMC1__f1  JAK2 STAT3          PMC5__f1  CCN1 PTPRC
    PMC1__f2  STAT3               PMC8__f1  ATP8A2 BCR MT-CO1 MIA2
    PMC2__f1  STAT3               PMC9__f1  TP53

so 9 genes in 6 figures; of the mouse PMC4__f1 (Jak2 Stat3 Il6 Ptprc), of E. coli PMC9__f2 (recA).
"""

from __future__ import annotations

from math import log, sqrt

from answers import Row, asked
from answers_evidence import F11, F12, F21, F31, F61, F71, HS, MM

# --- gene-frequencies: gene, symbol, figures; figures-with-genes

ONCE = {
    "ATP8A2": 51761,
    "BCR": 613,
    "CCN1": 3491,
    "JAK2": 3717,
    "MIA2": 117153,
    "MT-CO1": 4512,
    "PTPRC": 5788,
    "TP53": 7157,
}
asked(
    "how often genes are named",
    "gene-frequencies",
    rows=[("ncbigene:6774", "STAT3", "3"), *((f"ncbigene:{number}", name, "1") for name, number in ONCE.items())],
)
asked(
    "how often genes are named since 2022",
    "gene-frequencies",
    since=2022,
    rows=[(f"ncbigene:{ONCE[name]}", name, "1") for name in ("ATP8A2", "BCR", "MIA2", "MT-CO1")],
)
asked("figures that name a gene", "figures-with-genes", rows=[("6",)])
asked("figures that name a gene of the mouse", "figures-with-genes", organism="mouse", rows=[("1",)])

# --- figures-like-genes: figure, title, year, overlap, genes of the figure, of the list, cosine, p, q, shared
#
# A gene of one figure weighs ln 6, STAT3 ln 2. p: two of three listed genes among 9, drawn in two: 3 / 36; one: 3 / 9.
# The four p are 1/12, 1/3, 1/3, 1/3, beside two figures with p = 1: after Benjamini and Hochberg, all are 1/3 · 6 / 4.

RARE, STAT3 = log(6), log(2)


def digits(value: float) -> str:
    return str(float(f"{value:.4g}"))


LISTED = sqrt(2 * RARE**2 + STAT3**2)
LIKE_LIST: list[Row] = [
    (
        *("PMC1__f1", "JAK2 activates STAT3", "2020", "2", "2", "3"),
        *(digits(sqrt(RARE**2 + STAT3**2) / LISTED), "0.08333", "0.5", "JAK2, STAT3"),
    ),
    ("PMC9__f1", "A tumour suppressor", "2016", "1", "1", "3", digits(RARE / LISTED), "0.3333", "0.5", "TP53"),
    ("PMC1__f2", "The JAK family", "2020", "1", "1", "3", digits(STAT3 / LISTED), "0.3333", "0.5", "STAT3"),
    ("PMC2__f1", "Jak/Stat3 in cancer", "2021", "1", "1", "3", digits(STAT3 / LISTED), "0.3333", "0.5", "STAT3"),
]
asked("figures like a list", "figures-like-genes", "JAK2", "STAT3", "TP53", rows=LIKE_LIST)
asked(
    "names that are none change nothing", "figures-like-genes", "JAK2", "STAT3", "TP53", "JAK", "WNT1", rows=LIKE_LIST
)
asked("figures like nothing", "figures-like-genes", "WNT1", rows=[])
# Of the list of three, PMC1__f1 shares two with the two figures that are left.
LIKE_FIGURE = (digits(STAT3 / sqrt(RARE**2 + STAT3**2)), "0.2222", "0.6667", "STAT3")
asked(
    "figures like a figure",
    "figures-like-figure",
    "PMC1__f1",
    rows=[
        ("PMC1__f2", "The JAK family", "2020", "1", "1", "2", *LIKE_FIGURE),
        ("PMC2__f1", "Jak/Stat3 in cancer", "2021", "1", "1", "2", *LIKE_FIGURE),
    ],
)
asked("figures like a figure without genes", "figures-like-figure", "PMC3__f1", rows=[])

# --- genes-specific-to-gene: other, symbol, figures of both, of the other, lift = 1 · 6 / (1 · 3)

SEEN: list[Row] = [("ncbigene:6774", "STAT3", "1", "3", "2")]
asked("genes specific to JAK2", "genes-specific-to-gene", "JAK2", named={"least": "1"}, rows=SEEN)
asked("genes specific to JAK2 in three figures", "genes-specific-to-gene", "JAK2", rows=[])
# One JAK is no pair of JAK1 and JAK2.
asked("no gene is specific to JAK1", "genes-specific-to-gene", "JAK1", named={"least": "1"}, rows=[])

# --- evidence-side-by-side: gene, symbol, direct, specific, synonym, family, keyword, everything

asked(
    "evidence side by side",
    "evidence-side-by-side",
    "WNT1",
    "JAK2",
    "PTPRC",
    rows=[
        ("ncbigene:3717", "JAK2", "1", "1", "0", "3", "1", "5"),  # the candidate of PMC7__f1 does not count
        ("ncbigene:7471", "WNT1", "0", "0", "0", "6", "0", "6"),
        ("ncbigene:5788", "PTPRC", "0", "1", "1", "0", "0", "1"),
    ],
)
asked(
    "evidence side by side, until 2019",
    "evidence-side-by-side",
    "JAK2",
    until=2019,
    rows=[("ncbigene:3717", "JAK2", "0", "0", "0", "1", "1", "2")],
)

# --- gene-over-years: gene, symbol, year, figures, papers, raw figures

YEARS = "gene-over-years"
OF_STAT3 = ("ncbigene:6774", "STAT3")
LATE: list[Row] = [(*OF_STAT3, "2020", "2", "1", "2"), (*OF_STAT3, "2021", "1", "1", "1")]
asked(
    "STAT3 over the years",
    YEARS,
    "STAT3",
    rows=[(*OF_STAT3, "2018", "0", "0", "1"), (*OF_STAT3, "2019", "0", "0", "1"), *LATE],
)
asked("STAT3 since 2020", YEARS, "STAT3", since=2020, rows=LATE)
asked(
    "STAT3 over the years, families too",
    YEARS,
    "STAT3",
    tier="family",
    until=2019,
    rows=[(*OF_STAT3, "2018", "0", "0", "1"), (*OF_STAT3, "2019", "1", "1", "1")],
)

# --- gene-in-any-species: gene, symbol, organism, specific, everything

FISH_STAT4: Row = ("ncbigene:368519", "stat4", "Danio rerio", "0", "1")
asked(
    "Stat4 in any species", "gene-in-any-species", "Stat4", rows=[FISH_STAT4, ("ncbigene:6775", "STAT4", HS, "0", "1")]
)
asked(
    "JAK2 in any species",
    "gene-in-any-species",
    "jak2",
    rows=[("ncbigene:3717", "JAK2", HS, "1", "5"), ("ncbigene:16452", "Jak2", MM, "1", "1")],
)

# --- near-duplicate-figures: figure, title, other, its title, genes, same paper

STAT3_ALONE: Row = ("PMC1__f2", "The JAK family", "PMC2__f1", "Jak/Stat3 in cancer", "1", "no")
asked("figures with the same gene", "near-duplicate-figures", named={"least": "1"}, rows=[STAT3_ALONE])
asked("figures with the same five genes", "near-duplicate-figures", rows=[])

# --- how-my-list-is-covered: input, taken as, gene, status, figures by symbol, synonym, family, keyword

asked(
    "a list is covered",
    "how-my-list-is-covered",
    "JAK2",
    "JAK",
    "CD45",
    "TP63",
    "jak2",
    rows=[
        ("JAK2", "JAK2", "ncbigene:3717", "found", "1", "0", "3", "1"),
        (
            *("JAK", None, None),
            '"JAK" is a family or complex, not a gene: JAK1, JAK2, JAK3, TYK2. Ask for its genes',
            *(None, None, None, None),
        ),
        ("CD45", "PTPRC", "ncbigene:5788", "found", "0", "1", "0", "0"),
        ("TP63", None, None, "TP63 (ncbigene:8626) is named by no figure of this graph", None, None, None, None),
        ("jak2", "JAK2", "ncbigene:3717", "found", "1", "0", "3", "1"),
    ],
)

# --- figures-with-and-without: as figures-mentioning-genes
#
# WNT stands in all figures of JAK2 and STAT3 but PMC6__f1 and PMC7__f1, TP53 in none of them.

APART = ("figures-with-and-without", "JAK2", "STAT3")
asked("with two genes, without WNT1", *APART, named={"without": ["WNT1"]}, rows=[F61, F71])
asked("with two genes, without TP53", *APART, named={"without": ["TP53"]}, rows=[F11, F21, F12, F31, F61, F71])
asked("with two genes, without nothing", *APART, rows=[F11, F21, F12, F31, F61, F71])
asked(
    "with two genes by symbol, without JAK1",
    *APART,
    named={"without": ["JAK1", "TP53"], "least": "2"},
    tier="symbol",
    rows=[F11],
)
