"""Answers about figures, genes and the evidence between them; the first questions of the catalogue."""

from __future__ import annotations

from answers import Row, asked
from question_records import K12

SYM, SYN, FAM, KEY = "symbol", "synonym", "family", "keyword"
ART, TAB = "article", "table only"

# --- figures-mentioning-genes: figure, title, year, then tier, words, note and organism support of each gene
#
# JAK2 and STAT3 both stand in PMC1__f1 (symbol, symbol), PMC2__f1 and PMC1__f2 (family, symbol), PMC3__f1 (family,
# family), PMC6__f1 (keywords resolved) and PMC7__f1 (keywords that may be them). Best evidence first; where it is equal,
# the newest (2021 before 2020). The articles of PMC3 and PMC7 name no organism; human is in their tables.

F11: Row = ("PMC1__f1", "JAK2 activates STAT3", "2020", SYM, "JAK2", None, ART, SYM, "STAT3", None, ART)
F21: Row = ("PMC2__f1", "Jak/Stat3 in cancer", "2021", FAM, "Jak/Stat3", None, ART, SYM, "Jak/Stat3", None, ART)
F12: Row = ("PMC1__f2", "The JAK family", "2020", FAM, "JAK", None, ART, SYM, "STAT3", None, ART)
F31: Row = ("PMC3__f1", "STAT in fish and man", "2019", FAM, "JAK", None, TAB, FAM, "STAT", None, TAB)
F61: Row = ("PMC6__f1", "Keywords of man", "2018", KEY, None, None, ART, KEY, None, None, ART)
OPEN = "candidate: lexicon incomplete"
F71: Row = ("PMC7__f1", "Keywords of fish and man", "2022", KEY, None, OPEN, TAB, KEY, None, OPEN, TAB)

for tier, found in {
    None: [F11, F21, F12, F31, F61, F71],
    "all": [F11, F21, F12, F31, F61, F71],
    "keyword": [F11, F21, F12, F31, F61, F71],
    "family": [F11, F21, F12, F31],
    "synonym": [F11],
    "symbol": [F11],
}.items():
    asked(f"both genes, tier {tier}", "figures-mentioning-genes", "JAK2", "STAT3", tier=tier, rows=found)
asked("both genes, specific", "figures-mentioning-genes", "JAK2", "STAT3", specific=True, rows=[F11])
asked("both genes, limited", "figures-mentioning-genes", "JAK2", "STAT3", limit=2, rows=[F11, F21])
asked("none, please", "figures-mentioning-genes", "JAK2", "STAT3", limit=0, rows=[])
asked(
    "the order of the genes is that of the arguments",
    "figures-mentioning-genes",
    "stat3",
    "https://identifiers.org/ncbigene/3717",
    tier="family",
    rows=[row[:3] + row[7:] + row[3:7] for row in (F11, F21, F12, F31)],
)
asked("said twice is asked once", "figures-mentioning-genes", "JAK2", "jak2", tier="symbol", rows=[F11[:7]])
asked(
    "of the mouse",
    "figures-mentioning-genes",
    "JAK2",
    "STAT3",
    organism="mouse",
    rows=[("PMC4__f1", "Signals of the mouse", "2022", SYM, "Jak2", None, ART, SYM, "Stat3", None, ART)],
)
asked(
    "genes of two organisms, by CURIE",
    "figures-mentioning-genes",
    "NCBIGene:6774",
    "ncbigene:368519",
    # PMC3__f1 has STAT as a family of STAT3, and as a synonym of two genes of the fish.
    rows=[("PMC3__f1", "STAT in fish and man", "2019", FAM, "STAT", None, TAB, SYN, "STAT", "several", TAB)],
)
# SOAT1 is named by STAT alone, a synonym that is a family, too: a synonym mention, but not a specific one.
SOAT1: Row = ("PMC3__f1", "STAT in fish and man", "2019", SYN, "STAT", "familyWord", TAB)
asked("a doubtful synonym", "figures-mentioning-genes", "SOAT1", tier="synonym", rows=[SOAT1])
asked("a doubtful synonym is not specific", "figures-mentioning-genes", "SOAT1", specific=True, rows=[])
asked(
    "a clear synonym is specific",
    "figures-mentioning-genes",
    "PTPRC",
    specific=True,
    rows=[("PMC5__f1", "Signals of 2010", "2010", SYN, "CD45", None, ART)],
)
# In PMC5__f1 AKT is a synonym of AKT1 and a family of it: the pair has the better tier, and its doubt.
asked(
    "the best tier counts",
    "figures-mentioning-genes",
    "AKT1",
    rows=[("PMC5__f1", "Signals of 2010", "2010", SYN, "AKT", "familyWord", ART)],
)
asked(
    # A synonym that means one gene alone, but of a word that is a metabolite, and a chemical of the record.
    "a doubt stands beside the word",
    "figures-mentioning-genes",
    "ATP8A2",
    rows=[("PMC8__f1", "Words to doubt", "2023", SYN, "ATP.", "alsoOther, metaboliteOrIon", ART)],
)
asked(
    "the organism of a strain is that of the article on the species",
    "figures-mentioning-genes",
    "ncbigene:947170",
    rows=[("PMC9__f2", "A graphical abstract", "2016", SYM, "recA", None, ART)],
)

# --- figures-mentioning-any-gene
#
# PTPRC: PMC5__f1. SOAT1: PMC3__f1. WNT1 by WNT: PMC1__f1, PMC1__f2, PMC2__f1, PMC3__f1, PMC5__f1, PMC8__f1.
# Two of the three: PMC3__f1 (synonym, family), PMC5__f1 (synonym, family): the newer first. One: the families, newest
# first, and PMC1__f1 before PMC1__f2.


def any_of(
    figure: str, title: str, year: str, ptprc: Row = (None,) * 4, soat1: Row = (None,) * 4, support: str = ART
) -> Row:
    return (figure, title, year, *ptprc, *soat1, FAM, "WNT", None, support)


ANY_OF = [
    any_of("PMC3__f1", "STAT in fish and man", "2019", soat1=SOAT1[3:], support=TAB),
    any_of("PMC5__f1", "Signals of 2010", "2010", ptprc=(SYN, "CD45", None, ART)),
    any_of("PMC8__f1", "Words to doubt", "2023"),
    any_of("PMC2__f1", "Jak/Stat3 in cancer", "2021"),
    any_of("PMC1__f1", "JAK2 activates STAT3", "2020"),
    any_of("PMC1__f2", "The JAK family", "2020"),
]
asked("any gene", "figures-mentioning-any-gene", "PTPRC", "SOAT1", "WNT1", rows=ANY_OF)
asked(
    "any gene, by synonym",
    "figures-mentioning-any-gene",
    "PTPRC",
    "SOAT1",
    "WNT1",
    tier="synonym",
    # The newest first: 2019, then 2010. What names WNT1 is a family, and not asked for.
    rows=[
        ("PMC3__f1", "STAT in fish and man", "2019", *(None,) * 4, *SOAT1[3:], *(None,) * 4),
        ("PMC5__f1", "Signals of 2010", "2010", SYN, "CD45", None, ART, *(None,) * 8),
    ],
)

# --- figures-of-paper: figure, position, title, specific genes, all genes
#
# PMC1__f1: JAK2, STAT3 by symbol; with WNT1 and WNT3A four. PMC1__f2: STAT3; with four JAKs and two WNTs seven.

PAPER1: list[Row] = [
    ("PMC1__f1", "F1", "JAK2 activates STAT3", "2", "4"),
    ("PMC1__f2", "F2", "The JAK family", "1", "7"),
]
for said in (
    "PMC1",
    "pmc1",
    "pmc:PMC1",
    "https://identifiers.org/pmc/PMC1",
    "10.1000/ONE",
    "https://doi.org/10.1000/one",
):
    asked(f"the figures of {said}", "figures-of-paper", said, rows=PAPER1)
asked(
    # OCT4 stands for two genes, neither specifically.
    "figures without a specific gene",
    "figures-of-paper",
    "PMC9",
    rows=[("PMC9__f1", "F1", "A tumour suppressor", "1", "3"), ("PMC9__f2", "GA1", "A graphical abstract", "1", "1")],
)
asked("a paper whose figure names nothing", "figures-of-paper", "PMC7", rows=[("PMC7__f1", "F1", F71[1], "0", "0")])

# --- genes-of-figure: gene, symbol, organism, tier, word, match, ambiguity, doubts, support; best tier first, then
# organism, symbol

HS, MM, DR = "Homo sapiens", "Mus musculus", "Danio rerio"
asked(
    "genes of a figure",
    "genes-of-figure",
    "PMC3__f1",
    rows=[
        ("ncbigene:368481", "stat1b", DR, "kg:synonym", "STAT", "STAT", "kg:several", None, TAB),
        ("ncbigene:368519", "stat4", DR, "kg:synonym", "STAT", "STAT", "kg:several", None, TAB),
        ("ncbigene:6646", "SOAT1", HS, "kg:synonym", "STAT", "STAT", "kg:familyWord", None, TAB),
        ("ncbigene:3716", "JAK1", HS, "kg:family", "JAK", "JAK", None, None, TAB),
        ("ncbigene:3717", "JAK2", HS, "kg:family", "JAK", "JAK", None, None, TAB),
        ("ncbigene:3718", "JAK3", HS, "kg:family", "JAK", "JAK", None, None, TAB),
        ("ncbigene:6772", "STAT1", HS, "kg:family", "STAT", "STAT", None, None, TAB),
        ("ncbigene:6774", "STAT3", HS, "kg:family", "STAT", "STAT", None, None, TAB),
        ("ncbigene:6775", "STAT4", HS, "kg:family", "STAT", "STAT", None, None, TAB),
        ("ncbigene:7297", "TYK2", HS, "kg:family", "JAK", "JAK", None, None, TAB),
        ("ncbigene:7471", "WNT1", HS, "kg:family", "WNT", "WNT", None, None, TAB),
        ("ncbigene:89780", "WNT3A", HS, "kg:family", "WNT", "WNT", None, None, TAB),
    ],
)
asked(
    # A keyword has no word and no match; NOTAGENE stands for no gene.
    "genes of a figure of which keywords alone are known",
    "genes-of-figure",
    "PMC6__f1",
    rows=[
        ("ncbigene:3717", "JAK2", HS, "kg:keyword", None, None, None, None, ART),
        ("ncbigene:6774", "STAT3", HS, "kg:keyword", None, None, None, None, ART),
    ],
)
asked(
    # Two mentions of AKT1 are two rows.
    "genes of a figure of 2021",
    "genes-of-figure",
    "https://pfocr.wikipathways.org/figures/PMC5__f1.html",
    rows=[
        ("ncbigene:3491", "CCN1", HS, "kg:symbol", "Cyr61", "CYR61", None, None, ART),
        ("ncbigene:207", "AKT1", HS, "kg:synonym", "AKT", "AKT", "kg:familyWord", None, ART),
        ("ncbigene:5788", "PTPRC", HS, "kg:synonym", "CD45", "CD45", None, None, ART),
        ("ncbigene:207", "AKT1", HS, "kg:family", "AKT", "AKT", None, None, ART),
        ("ncbigene:208", "AKT2", HS, "kg:family", "AKT", "AKT", None, None, ART),
        ("ncbigene:7471", "WNT1", HS, "kg:family", "WNT", "WNT", None, None, ART),
        ("ncbigene:89780", "WNT3A", HS, "kg:family", "WNT", "WNT", None, None, ART),
    ],
)
asked(
    # Two doubts of one mention are one row.
    "genes of a figure with doubts",
    "genes-of-figure",
    "PMC8__f1",
    rows=[
        ("ncbigene:613", "BCR", HS, "kg:symbol", "BCR", "BCR", None, None, ART),
        ("ncbigene:117153", "MIA2", HS, "kg:symbol", "MIA2", "MIA2", None, None, ART),
        ("ncbigene:4512", "MT-CO1", HS, "kg:symbol", "COX1", "COX1", None, None, ART),
        ("ncbigene:51761", "ATP8A2", HS, "kg:synonym", "ATP.", "ATP", None, "alsoOther, metaboliteOrIon", ART),
        ("ncbigene:5460", "POU5F1", HS, "kg:synonym", "OCT4", "OCT4", "kg:several", None, ART),
        ("ncbigene:642559", "POU5F1P3", HS, "kg:synonym", "OCT4", "OCT4", "kg:several", None, ART),
        ("ncbigene:106480993", "RN7SL263P", HS, "kg:synonym", "BCR", "BCR", "kg:shadowed", None, ART),
        ("ncbigene:5290", "PIK3CA", HS, "kg:family", "P13K", "PI3K", None, "rewritten", ART),
        ("ncbigene:7471", "WNT1", HS, "kg:family", "WNT", "WNT", None, None, ART),
        ("ncbigene:89780", "WNT3A", HS, "kg:family", "WNT", "WNT", None, None, ART),
    ],
)

# --- why-gene-in-figure: gene, symbol, organism, support, word, keyword, match, tier, lexicon, stated in, ambiguity,
# doubts, reason

SYNONYM_2023, FAMILY_2023 = "NCBI Gene synonym (PFOCR 2023)", "FamPlex family or complex (PFOCR 2023)"
SYMBOL_2023 = "NCBI Gene symbol (PFOCR 2023)"
ONLY_KEYWORDS = "keyword list of the record (word not published)"


def why(
    figure: str,
    gene: str,
    symbol: str,
    organism: str,
    support: str,
    text: str,
    tier: str,
    lexicon: str,
    stated_in: str = "sidecar",
    *,
    match: str | None = None,
    ambiguity: str | None = None,
    doubts: str | None = None,
    reason: str | None = None,
) -> Row:
    word, keyword = (None, text) if tier == KEY else (text, None)
    tail = (f"kg:{tier}", lexicon, stated_in, ambiguity, doubts, reason)
    return (figure, gene, symbol, organism, support, word, keyword, match, *tail)


asked(
    # The article's organism is not known; the table names man.
    "why SOAT1",
    "why-gene-in-figure",
    "PMC3__f1",
    "SOAT1",
    rows=[
        why(
            "PMC3__f1",
            "ncbigene:6646",
            "SOAT1",
            HS,
            "table only",
            "STAT",
            SYN,
            SYNONYM_2023,
            match="STAT",
            ambiguity="kg:familyWord",
        )
    ],
)
asked(
    "why ATP8A2",
    "why-gene-in-figure",
    "PMC8__f1",
    "ATP8A2",
    rows=[
        why(
            "PMC8__f1",
            *("ncbigene:51761", "ATP8A2", HS, "article", "ATP.", SYN, SYNONYM_2023),
            match="ATP",
            doubts="alsoOther, metaboliteOrIon",
        )
    ],
)
asked(
    # A strain whose species is what the article is about.
    "why a gene of a strain",
    "why-gene-in-figure",
    "PMC9__f2",
    "recA",
    rows=[why("PMC9__f2", "ncbigene:947170", "recA", K12, "article", "recA", SYM, SYMBOL_2023, match="recA")],
)
asked(
    "why a candidate",
    "why-gene-in-figure",
    "PMC7__f1",
    "JAK2",
    rows=[
        why(
            "PMC7__f1",
            *("ncbigene:3717", "JAK2", HS, "table only", "JAK2", KEY, ONLY_KEYWORDS, "keywordList"),
            reason="lexicon incomplete",
        )
    ],
)
asked(
    "why twice",
    "why-gene-in-figure",
    "PMC5__f1",
    "AKT1",
    # Ordered by tier as its IRI reads: kg:family, kg:synonym.
    rows=[
        why(
            "PMC5__f1",
            *(
                "ncbigene:207",
                "AKT1",
                HS,
                "article",
                "AKT",
                FAM,
                "Bioentities family or complex (PFOCR 2021)",
                "inline",
            ),
            match="AKT",
        ),
        why(
            "PMC5__f1",
            *("ncbigene:207", "AKT1", HS, "article", "AKT", SYN, "HGNC alias symbol (PFOCR 2021)", "inline"),
            match="AKT",
            ambiguity="kg:familyWord",
        ),
    ],
)
asked(
    "why a gene of the mouse",
    "why-gene-in-figure",
    "PMC4__f1",
    "Jak2",
    organism="Mus musculus",
    rows=[why("PMC4__f1", "ncbigene:16452", "Jak2", MM, "article", "Jak2", SYM, SYMBOL_2023, match="Jak2")],
)
asked("why not", "why-gene-in-figure", "PMC1__f1", "TP53", rows=[])

# --- genes-seen-with-gene: gene, symbol, figures by two different matches without a doubt, with one, and at any tier
#
# By default only PMC1__f1 names JAK2 specifically, and STAT3 besides. Both are mentioned in PMC1__f1, PMC1__f2, PMC2__f1,
# PMC3__f1 and PMC6__f1; PMC7__f1 has candidates, which are no mentions.
# At all tiers: STAT3 in those five, by another match each time (`Jak/Stat3` has two); WNT1 and WNT3A in PMC1__f1,
# PMC1__f2, PMC2__f1, PMC3__f1; SOAT1, STAT1, STAT4 in PMC3__f1. JAK1, JAK3, TYK2 share its only match, JAK.

STAT3_SEEN: Row = ("ncbigene:6774", "STAT3", "1", "1", "5")
JAK2_SEEN: list[Row] = [
    ("ncbigene:6774", "STAT3", "5", "5", "5"),
    ("ncbigene:7471", "WNT1", "4", "4", "4"),
    ("ncbigene:89780", "WNT3A", "4", "4", "4"),
    ("ncbigene:6646", "SOAT1", "1", "1", "1"),
    ("ncbigene:6772", "STAT1", "1", "1", "1"),
    ("ncbigene:6775", "STAT4", "1", "1", "1"),
]
asked("seen with", "genes-seen-with-gene", "JAK2", rows=[STAT3_SEEN])
asked("seen with, specific", "genes-seen-with-gene", "JAK2", specific=True, rows=[STAT3_SEEN])
asked("seen with, by symbol", "genes-seen-with-gene", "JAK2", tier="symbol", rows=[STAT3_SEEN])
asked("seen with, all tiers", "genes-seen-with-gene", "JAK2", tier="all", rows=JAK2_SEEN)
asked(
    # Without keywords there is no PMC6__f1.
    "seen with, families",
    "genes-seen-with-gene",
    "JAK2",
    tier="family",
    rows=[("ncbigene:6774", "STAT3", "4", "4", "5"), *JAK2_SEEN[1:]],
)
asked(
    "seen with, any organism",
    "genes-seen-with-gene",
    "ncbigene:3717",
    tier="all",
    organism="any",
    rows=[*JAK2_SEEN, ("ncbigene:368481", "stat1b", "1", "1", "1"), ("ncbigene:368519", "stat4", "1", "1", "1")],
)
asked(
    # STAT in PMC3__f1 is one match: SOAT1, STAT1 and STAT4 are not seen with STAT3.
    "one match makes no pair",
    "genes-seen-with-gene",
    "STAT3",
    tier="all",
    rows=[
        ("ncbigene:3717", "JAK2", "5", "5", "5"),
        ("ncbigene:7471", "WNT1", "4", "4", "4"),
        ("ncbigene:89780", "WNT3A", "4", "4", "4"),
        ("ncbigene:3716", "JAK1", "3", "3", "3"),
        ("ncbigene:3718", "JAK3", "3", "3", "3"),
        ("ncbigene:7297", "TYK2", "3", "3", "3"),
    ],
)
# In PMC8__f1 ATP8A2 is named by ATP alone, a metabolite: it comes last, and whoever is seen with it is not clearly so.
asked(
    "seen with, in doubt",
    "genes-seen-with-gene",
    "BCR",
    rows=[
        ("ncbigene:117153", "MIA2", "1", "1", "1"),
        ("ncbigene:4512", "MT-CO1", "1", "1", "1"),
        ("ncbigene:51761", "ATP8A2", "0", "1", "1"),
    ],
)
asked(
    "seen with, itself in doubt",
    "genes-seen-with-gene",
    "ATP8A2",
    rows=[
        ("ncbigene:613", "BCR", "0", "1", "1"),
        ("ncbigene:117153", "MIA2", "0", "1", "1"),
        ("ncbigene:4512", "MT-CO1", "0", "1", "1"),
    ],
)
asked(
    "seen with, mouse",
    "genes-seen-with-gene",
    "Jak2",
    organism="mouse",
    rows=[
        ("ncbigene:16193", "Il6", "1", "1", "1"),
        ("ncbigene:19264", "Ptprc", "1", "1", "1"),
        ("ncbigene:20848", "Stat3", "1", "1", "1"),
    ],
)

# --- most-figured-genes: gene, symbol, figures without a doubt, figures, figures by whatever evidence
#
# Specific: STAT3 in PMC1__f1, PMC1__f2, PMC2__f1; JAK2 in PMC1__f1; CCN1 and PTPRC in PMC5__f1; ATP8A2 (its synonym
# has no ambiguity, though a doubt: it comes last), BCR, COX1 and MIA2 in PMC8__f1; TP53 in PMC9__f1. WNT stands in six
# figures, more than anything else, and is never specific.

RANKED: list[Row] = [
    ("ncbigene:6774", "STAT3", "3", "3", "5"),
    ("ncbigene:3717", "JAK2", "1", "1", "5"),
    ("ncbigene:613", "BCR", "1", "1", "1"),
    ("ncbigene:3491", "CCN1", "1", "1", "1"),
    ("ncbigene:117153", "MIA2", "1", "1", "1"),
    ("ncbigene:4512", "MT-CO1", "1", "1", "1"),
    ("ncbigene:5788", "PTPRC", "1", "1", "1"),
    ("ncbigene:7157", "TP53", "1", "1", "1"),
    ("ncbigene:51761", "ATP8A2", "0", "1", "1"),
]
asked("most figured genes", "most-figured-genes", rows=RANKED)
asked("most figured genes, specific", "most-figured-genes", specific=True, rows=RANKED)
asked("most figured genes, limited", "most-figured-genes", limit=1, rows=RANKED[:1])
asked(
    # All synonyms: PTPRC and ATP8A2 are out.
    "most figured genes, by symbol",
    "most-figured-genes",
    tier="symbol",
    rows=[row for row in RANKED if row[1] not in ("ATP8A2", "PTPRC")],
)
asked(
    "most figured genes, all tiers",
    "most-figured-genes",
    tier="all",
    rows=[
        ("ncbigene:7471", "WNT1", "6", "6", "6"),
        ("ncbigene:89780", "WNT3A", "6", "6", "6"),
        ("ncbigene:3717", "JAK2", "5", "5", "5"),
        ("ncbigene:6774", "STAT3", "5", "5", "5"),
        ("ncbigene:3716", "JAK1", "3", "3", "3"),
        ("ncbigene:3718", "JAK3", "3", "3", "3"),
        ("ncbigene:7297", "TYK2", "3", "3", "3"),
        ("ncbigene:5460", "POU5F1", "2", "2", "2"),
        ("ncbigene:642559", "POU5F1P3", "2", "2", "2"),
        ("ncbigene:207", "AKT1", "1", "1", "1"),
        ("ncbigene:208", "AKT2", "1", "1", "1"),
        ("ncbigene:613", "BCR", "1", "1", "1"),
        ("ncbigene:3491", "CCN1", "1", "1", "1"),
        ("ncbigene:117153", "MIA2", "1", "1", "1"),
        ("ncbigene:4512", "MT-CO1", "1", "1", "1"),
        ("ncbigene:5290", "PIK3CA", "1", "1", "1"),  # by P13K, rewritten, which is OCR's way
        ("ncbigene:5788", "PTPRC", "1", "1", "1"),
        ("ncbigene:106480993", "RN7SL263P", "1", "1", "1"),
        ("ncbigene:6646", "SOAT1", "1", "1", "1"),
        ("ncbigene:6772", "STAT1", "1", "1", "1"),
        ("ncbigene:6775", "STAT4", "1", "1", "1"),
        ("ncbigene:7157", "TP53", "1", "1", "1"),
        ("ncbigene:51761", "ATP8A2", "0", "1", "1"),
    ],
)
MOUSE_RANKED: list[Row] = [
    ("ncbigene:16193", "Il6", "1", "1", "1"),
    ("ncbigene:16452", "Jak2", "1", "1", "1"),
    ("ncbigene:19264", "Ptprc", "1", "1", "1"),
    ("ncbigene:20848", "Stat3", "1", "1", "1"),
]
asked("most figured genes of the mouse", "most-figured-genes", organism="mouse", rows=MOUSE_RANKED)
# The fish's genes have no specific mention.
asked("most figured genes of the fish", "most-figured-genes", organism="zebrafish", rows=[])
asked(
    # Capital letters come before small ones.
    "most figured genes of any organism",
    "most-figured-genes",
    organism="any",
    rows=sorted(
        [*RANKED, *MOUSE_RANKED, ("ncbigene:947170", "recA", "1", "1", "1")],
        key=lambda row: (*(-int(count or 0) for count in row[2:]), row[1] or ""),
    ),
)

# --- ambiguous-words: match, ambiguity, organism, figures, genes

asked(
    "ambiguous words",
    "ambiguous-words",
    rows=[
        ("OCT4", "kg:several", HS, "2", "POU5F1, POU5F1P3"),
        ("AKT", "kg:familyWord", HS, "1", "AKT1"),
        ("BCR", "kg:shadowed", HS, "1", "RN7SL263P"),
        ("STAT", "kg:familyWord", HS, "1", "SOAT1"),
        ("STAT", "kg:several", DR, "1", "stat1b, stat4"),
    ],
)

# --- doubtful-words: word, doubt, figures, genes

asked(
    "doubtful words",
    "doubtful-words",
    rows=[
        ("ATP.", "kg:alsoOther", "1", "ATP8A2"),
        ("ATP.", "kg:metaboliteOrIon", "1", "ATP8A2"),
        ("P13K", "kg:rewritten", "1", "PIK3CA"),
    ],
)

# --- family-words: match, figures, how many genes, which, and of which it is a synonym

asked(
    "family words",
    "family-words",
    rows=[
        ("WNT", "6", "2", "WNT1, WNT3A", None),
        ("JAK", "3", "4", "JAK1, JAK2, JAK3, TYK2", None),
        ("AKT", "1", "2", "AKT1, AKT2", "AKT1"),
        ("PI3K", "1", "1", "PIK3CA", None),
        ("STAT", "1", "3", "STAT1, STAT3, STAT4", "SOAT1"),
    ],
)

# --- unresolved-keywords: text, keyword or word, reason, figures, candidates

asked(
    "unresolved keywords",
    "unresolved-keywords",
    rows=[
        ("NOTAGENE", "keyword", "no such symbol", "2", None),
        ("JAK2", "keyword", "lexicon incomplete", "1", "JAK2"),
        ("NOTAGENE", "keyword", "lexicon incomplete", "1", None),
        ("STAT3", "keyword", "lexicon incomplete", "1", "STAT3"),
        ("drug X", "word", "no identifier", "1", None),
        ("stat4", "keyword", "lexicon incomplete", "1", None),
    ],
)

# --- figures-by-chemical, figures-by-disease: figure, title, year, name, words; newest first

ATP: list[Row] = [
    ("PMC8__f1", "Words to doubt", "2023", "ATP", "ATP."),
    ("PMC1__f1", "JAK2 activates STAT3", "2020", "ATP", "ATP"),
]
for said in ("chebi:15422", "CHEBI:15422", "ATP", "atp", "ATP.", "mesh:D000255", "http://id.nlm.nih.gov/mesh/D000255"):
    asked(f"the chemical {said}", "figures-by-chemical", said, rows=ATP)
DIABETES: Row = ("PMC1__f2", "The JAK family", "2020", "Diabetes Mellitus", "DIABETES")
for said in ("mesh:D003920", "diabetes", "Diabetes Mellitus"):
    asked(f"the disease {said}", "figures-by-disease", said, rows=[DIABETES])
TUMOUR: Row = ("PMC2__f1", "Jak/Stat3 in cancer", "2021", "cancer", "tumour")
for said in ("doid:162", "DOID:162", "mesh:D009369", "tumour", "neoplasms", "Cancer"):
    asked(f"the disease {said}", "figures-by-disease", said, rows=[TUMOUR])

# --- figures-per-organism-and-year: organism, year, figures whose article, figures of which the table alone names it
#
# The two figures of PMC9 are of 2016, since the first record of a paper decides.

asked(
    "organisms and years",
    "figures-per-organism-and-year",
    rows=[
        (DR, "2019", "0", "1"),  # PMC3__f1
        (DR, "2022", "0", "1"),  # PMC7__f1
        ("Escherichia coli", "2016", "1", "0"),  # PMC9__f2
        (K12, "2016", "1", "0"),  # PMC9__f2, of an article on the species
        (HS, "2010", "1", "0"),  # PMC5__f1
        (HS, "2016", "1", "0"),  # PMC9__f1
        (HS, "2018", "1", "0"),  # PMC6__f1
        (HS, "2019", "0", "1"),  # PMC3__f1
        (HS, "2020", "2", "0"),  # PMC1__f1, PMC1__f2
        (HS, "2021", "1", "0"),  # PMC2__f1
        (HS, "2022", "0", "1"),  # PMC7__f1
        (HS, "2023", "1", "0"),  # PMC8__f1
        (MM, "2022", "1", "0"),  # PMC4__f1
    ],
)

# --- papers-with-most-figures: paper, title, year, figures

asked(
    "papers",
    "papers-with-most-figures",
    rows=[
        ("pmc:PMC1", "Paper one.", "2020", "2"),
        ("pmc:PMC9", "Paper nine.", "2016", "2"),
        ("pmc:PMC2", "Paper two.", "2021", "1"),
        ("pmc:PMC3", "Paper three.", "2019", "1"),
        ("pmc:PMC4", "Paper four.", "2022", "1"),
        ("pmc:PMC5", "Paper five.", "2010", "1"),
        ("pmc:PMC6", "Paper six.", "2018", "1"),
        ("pmc:PMC7", "Paper seven.", "2022", "1"),
        ("pmc:PMC8", "Paper eight.", "2023", "1"),
    ],
)
