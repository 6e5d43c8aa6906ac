"""Answers that options restrict: years, pathway scores, a least number of genes."""

from __future__ import annotations

from answers import Row, asked
from answers_evidence import ART, F11, F12, F21, F31, F61, F71, FAM, TAB

# --- since, until and min score: of the six figures of JAK2 and STAT3, these are of 2020, 2021, 2020, 2019, 2018, 2022

BOTH = ("figures-mentioning-genes", "JAK2", "STAT3")
asked("both genes, since 2020", *BOTH, since=2020, rows=[F11, F21, F12, F71])
asked("both genes, until 2019", *BOTH, until=2019, rows=[F31, F61])
asked("both genes, of one year", *BOTH, since=2021, until=2021, rows=[F21])
asked("both genes, of a high score", *BOTH, min_score=0.9, rows=[F21])
# PMC7__f1 has no score.
asked("both genes, of a score", *BOTH, min_score=0.75, rows=[F11, F21, F12, F31, F61])
asked("both genes, of a score, and lately", *BOTH, min_score=0.75, since=2021, tier="family", rows=[F21])
asked(
    "any gene, until 2018",
    "figures-mentioning-any-gene",
    "JAK2",
    "TP53",
    until=2018,
    rows=[
        ("PMC9__f1", "A tumour suppressor", "2016", None, None, None, None, "symbol", "TP53", None, ART),
        ("PMC6__f1", "Keywords of man", "2018", "keyword", None, None, ART, None, None, None, None),
    ],
)

# --- figures-mentioning-some-genes: as figures-mentioning-genes
#
# WNT stands in PMC1__f1, PMC1__f2, PMC2__f1, PMC3__f1, PMC5__f1 and PMC8__f1; the last two have neither JAK2 nor STAT3.

WNT: Row = (FAM, "WNT", None, ART)
ALL_THREE = [F11 + WNT, F21 + WNT, F12 + WNT, (*F31, FAM, "WNT", None, TAB)]
NO_WNT: Row = (None, None, None, None)
SOME = "figures-mentioning-some-genes"
asked(
    "two of three genes", SOME, "2", "JAK2", "STAT3", "WNT1", rows=[*ALL_THREE, *(row + NO_WNT for row in (F61, F71))]
)
asked("three of three genes", SOME, "3", "JAK2", "STAT3", "WNT1", rows=ALL_THREE)
asked("two of three genes, by symbol", SOME, "2", "JAK2", "STAT3", "WNT1", tier="symbol", rows=[F11 + WNT])
