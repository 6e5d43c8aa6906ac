"""Answers about words, disagreements and what a curator should look at."""

from __future__ import annotations

from answers import Row, asked
from answers_evidence import HS
from question_records import CAPTION

FISH = "Danio rerio"
MM = "Mus musculus"

# --- words-for-many-genes: match, organism, genes, figures, symbols
#
# Of human genes, JAK stands for four in PMC1__f2, PMC2__f1 and PMC3__f1, STAT for four in PMC3__f1; WNT, OCT4, BCR and AKT
# for two.

JAKS: Row = ("JAK", HS, "4", "3", "JAK1, JAK2, JAK3, TYK2")
STATS: Row = ("STAT", HS, "4", "1", "SOAT1, STAT1, STAT3, STAT4")
STATS_OF_FISH: Row = ("STAT", FISH, "2", "1", "stat1b, stat4")
MANY = "words-for-many-genes"
asked("words for five genes", MANY, rows=[])
asked("words for four genes", MANY, named={"least": "4"}, rows=[JAKS, STATS])
asked("words for two genes of the fish", MANY, named={"least": "2"}, organism="zebrafish", rows=[STATS_OF_FISH])
asked("words for four genes of any organism", MANY, named={"least": "4"}, organism="any", rows=[JAKS, STATS])

# --- figures-of-word: figure, title, year, organism, tier, genes, terms, words, ambiguity, reason, candidates

FIGURE_3 = ("PMC3__f1", "STAT in fish and man", "2019")
NO_REASON = (None, None)
asked(
    "figures of STAT",
    "figures-of-word",
    "STAT",
    rows=[
        (*FIGURE_3, FISH, "kg:synonym", "stat1b, stat4", None, "STAT", "several", *NO_REASON),
        (*FIGURE_3, HS, "kg:family", "STAT1, STAT3, STAT4", None, "STAT", None, *NO_REASON),
        (*FIGURE_3, HS, "kg:synonym", "SOAT1", None, "STAT", "familyWord", *NO_REASON),
    ],
)
JAK = (HS, "kg:family", "JAK1, JAK2, JAK3, TYK2", None)
# PMC2__f1 has it in one word with STAT3, which it matched as well.
JAK_FIGURES: list[Row] = [
    ("PMC2__f1", "Jak/Stat3 in cancer", "2021", *JAK, "Jak/Stat3", None, *NO_REASON),
    ("PMC1__f2", "The JAK family", "2020", *JAK, "JAK", None, *NO_REASON),
    (*FIGURE_3, *JAK, "JAK", None, *NO_REASON),
]
asked("figures of JAK", "figures-of-word", "JAK", rows=JAK_FIGURES)
asked("figures of JAK, until 2020", "figures-of-word", "JAK", until=2020, rows=JAK_FIGURES[1:])
asked(
    "figures of a word by its match",
    "figures-of-word",
    "PI3K",
    rows=[("PMC8__f1", "Words to doubt", "2023", HS, "kg:family", "PIK3CA", None, "P13K", None, *NO_REASON)],
)
asked("figures of no word", "figures-of-word", "jak", rows=[])
# A word that a chemical and a gene were made of, and the same chemical elsewhere.
asked(
    "figures of a word for a chemical",
    "figures-of-word",
    "ATP",
    rows=[
        ("PMC8__f1", "Words to doubt", "2023", None, None, None, "ATP", "ATP.", None, *NO_REASON),
        ("PMC8__f1", "Words to doubt", "2023", HS, "kg:synonym", "ATP8A2", None, "ATP.", None, *NO_REASON),
        ("PMC1__f1", "JAK2 activates STAT3", "2020", None, None, None, "ATP", "ATP", None, *NO_REASON),
    ],
)
# Words, a keyword that is resolved, and one that only may be the gene.
STAT3 = ("STAT3", None, "STAT3", None, *NO_REASON)
FISH_AND_MAN = ("PMC7__f1", "Keywords of fish and man", "2022")
asked(
    "figures of a word and keyword",
    "figures-of-word",
    "STAT3",
    rows=[
        (*FISH_AND_MAN, None, "kg:keyword", None, None, "STAT3", None, "lexicon incomplete", "STAT3"),
        ("PMC2__f1", "Jak/Stat3 in cancer", "2021", HS, "kg:symbol", "STAT3", None, "Jak/Stat3", None, *NO_REASON),
        ("PMC1__f1", "JAK2 activates STAT3", "2020", HS, "kg:symbol", *STAT3),
        ("PMC1__f2", "The JAK family", "2020", HS, "kg:symbol", *STAT3),
        ("PMC6__f1", "Keywords of man", "2018", HS, "kg:keyword", *STAT3),
    ],
)
NO_SYMBOL = (None, "kg:keyword", None, None, "NOTAGENE", None, "no such symbol", None)
asked(
    "figures of an unresolved keyword",
    "figures-of-word",
    "NOTAGENE",
    rows=[
        (*FISH_AND_MAN, None, "kg:keyword", None, None, "NOTAGENE", None, "lexicon incomplete", None),
        ("PMC1__f1", "JAK2 activates STAT3", "2020", *NO_SYMBOL),
        ("PMC6__f1", "Keywords of man", "2018", *NO_SYMBOL),
    ],
)
asked(
    "figures of an unresolved word",
    "figures-of-word",
    "drug X",
    rows=[
        ("PMC8__f1", "Words to doubt", "2023", None, None, None, None, "drug X", None, "no identifier", None),
    ],
)

# --- record-and-table-disagree: figure, title, gene, symbol, organism, stated in, release, words

asked("no figure has two lists", "record-and-table-disagree", rows=[])
TWO_LISTS = ("PMC20__f1", "Two lists")
DISPUTED: list[Row] = [
    (*TWO_LISTS, "ncbigene:207", "AKT1", HS, "kg:inline", "2021", "AKT"),
    (*TWO_LISTS, "ncbigene:6774", "STAT3", HS, "kg:sidecar", "2023", "STAT"),
    (*TWO_LISTS, "ncbigene:6775", "STAT4", HS, "kg:sidecar", "2023", "STAT"),
]
asked("two lists disagree", "record-and-table-disagree", disputed=True, rows=DISPUTED)
asked("two lists of 2021", "record-and-table-disagree", disputed=True, since=2021, until=2021, rows=DISPUTED)
asked("two lists of a high score", "record-and-table-disagree", disputed=True, min_score=0.9, rows=[])

# --- organism-differences: figure, title, year, article's organisms, organism, genes, symbols
#
# The table of PMC9__f2 names a strain of the article's species; PMC3__f1 and PMC7__f1 do not say what they are about.

asked("no organism differs", "organism-differences", rows=[])
asked(
    "an organism of the table alone",
    "organism-differences",
    disputed=True,
    rows=[("PMC21__f1", "Two species", "2022", HS, MM, "2", "Jak2, Stat3")],
)
asked("an organism of the table alone, until 2021", "organism-differences", disputed=True, until=2021, rows=[])

# --- chemicals-seen-with-gene: thing, name, kind, figures, raw figures

CHEMICALS = "chemicals-seen-with-gene"
ATP = ("chebi:15422", "ATP", "chemical")
asked("chemicals seen with ATP8A2", CHEMICALS, "ATP8A2", rows=[(*ATP, "1", "1")])
# JAK2 by symbol in PMC1__f1 (ATP), by the family in PMC2__f1 (tumour) and PMC1__f2 (diabetes).
DISEASES: list[tuple[str, str, str]] = [
    ("doid:162", "cancer", "disease"),
    ("mesh:D003920", "Diabetes Mellitus", "disease"),
]
asked("chemicals seen with JAK2", CHEMICALS, "JAK2", rows=[(*ATP, "1", "1"), *((*d, "0", "1") for d in DISEASES[::-1])])
asked(
    "chemicals seen with JAK2 as a family",
    CHEMICALS,
    "JAK2",
    tier="family",
    since=2021,
    rows=[(*DISEASES[0], "1", "1")],
)

# --- figures-without-doi: figure, title, paper, its title, year

PMC5: Row = ("PMC5__f1", "Signals of 2010", "pmc:PMC5", "Paper five.", "2010")
asked("without DOI", "figures-without-doi", rows=[PMC5])
asked("without DOI, since 2011", "figures-without-doi", since=2011, rows=[])

# --- what-to-curate-first: figure, title, year, points, doubtful, ambiguous, open
#
# A match counts once. PMC8__f1: ATP is doubtful (3); OCT4 and BCR are ambiguous (4); drug X is open (1). P13K was rewritten,
# which is no doubt. PMC7__f1: four open keywords. PMC3__f1: STAT (2). PMC5__f1: AKT. PMC9__f1: OCT4. PMC1__f1 and
# PMC6__f1: NOTAGENE.

TO_CURATE: list[Row] = [
    ("PMC8__f1", "Words to doubt", "2023", "8", "1", "2", "1"),
    ("PMC7__f1", "Keywords of fish and man", "2022", "4", "0", "0", "4"),
    (*FIGURE_3, "2", "0", "1", "0"),
    ("PMC5__f1", "Signals of 2010", "2010", "2", "0", "1", "0"),
    ("PMC9__f1", "A tumour suppressor", "2016", "2", "0", "1", "0"),
    ("PMC1__f1", "JAK2 activates STAT3", "2020", "1", "0", "0", "1"),
    ("PMC6__f1", "Keywords of man", "2018", "1", "0", "0", "1"),
]
asked("what to curate first", "what-to-curate-first", rows=TO_CURATE)
asked("what to curate first, of late", "what-to-curate-first", since=2020, rows=[TO_CURATE[i] for i in (0, 1, 5)])

# --- caption-confirms-family: figure, title, year, gene, symbol, phrase
#
# The caption has STAT4; STAT3 only as Stat3.

AT = CAPTION.index("STAT4")
PHRASE = CAPTION[AT - 61 : AT + len("STAT4") + 61]  # a character that ends the word, and 60 more
asked(
    "a caption confirms",
    "caption-confirms-family",
    "STAT3",
    "STAT4",
    disputed=True,
    rows=[("PMC20__f1", "Two lists", "2021", "ncbigene:6775", "STAT4", PHRASE)],
)
asked("a caption confirms nothing", "caption-confirms-family", "STAT3", rows=[])

# --- options of older questions

asked(
    "the chemical, since 2021",
    "figures-by-chemical",
    "ATP",
    since=2021,
    rows=[("PMC8__f1", "Words to doubt", "2023", "ATP", "ATP.")],
)
asked("the disease, of a high score", "figures-by-disease", "diabetes", min_score=0.9, rows=[])
asked(
    "papers, since 2022",
    "papers-with-most-figures",
    since=2022,
    rows=[
        ("pmc:PMC4", "Paper four.", "2022", "1"),
        ("pmc:PMC7", "Paper seven.", "2022", "1"),
        ("pmc:PMC8", "Paper eight.", "2023", "1"),
    ],
)
asked("organisms, since 2023", "figures-per-organism-and-year", since=2023, rows=[(HS, "2023", "1", "0")])
asked(
    "figures of a paper, of a high score",
    "figures-of-paper",
    "PMC1",
    min_score=0.9,
    rows=[],
)
