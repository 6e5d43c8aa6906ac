"""`kg plot`: the numbers that are drawn, worked out by hand, and what a drawing says; not how it looks."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from question_records import fixture_store, run

import kg
from kg.arguments import Options
from kg.plotdata import network, overlap, years

STORE = fixture_store
SVG = "{http://www.w3.org/2000/svg}"


def texts(file: Path) -> list[str]:
    """The text of an SVG file, or of the drawing in a page."""
    content = file.read_text("utf-8")
    drawing = content[content.index("<svg") : content.index("</svg>") + len("</svg>")]
    return ["".join(each.itertext()).strip() for each in ET.fromstring(drawing).iter(f"{SVG}text")]


# --- network


def test_the_network_of_specific_evidence() -> None:
    """JAK2 is named by its symbol in PMC1__f1 alone, where STAT3 is, too; its other words are families."""
    made = network("JAK2", Options(), store=STORE())
    assert made.genes == {"JAK2": 1, "STAT3": 1}
    assert made.edges == (("JAK2", "STAT3", 1),)
    assert made.title == "Genes seen together with JAK2"
    assert made.evidence.startswith("specific evidence, human genes; figures that name both by two different matches")
    assert made.evidence.endswith("; 1 gene")


def test_the_network_of_families_needs_two_matches() -> None:
    """JAK and WNT, and STAT3 or STAT, in PMC1__f1, PMC1__f2, PMC2__f1 and PMC3__f1.

    No JAK1-JAK2 by one JAK, no WNT1-WNT3A by one WNT, no STAT1-STAT3 by one STAT (PMC3__f1).
    """
    made = network("JAK2", Options(tier="family"), store=STORE())
    assert made.genes == {"JAK2": 4, "STAT3": 4, "WNT1": 4, "WNT3A": 4, "SOAT1": 1, "STAT1": 1, "STAT4": 1}
    four = {("JAK2", "STAT3"), ("JAK2", "WNT1"), ("JAK2", "WNT3A"), ("STAT3", "WNT1"), ("STAT3", "WNT3A")}
    once = {(a, b) for a in ("SOAT1", "STAT1", "STAT4") for b in ("JAK2", "WNT1", "WNT3A")}
    assert {frozenset(edge[:2]): edge.figures for edge in made.edges} == (
        {frozenset(pair): 4 for pair in four} | {frozenset(pair): 1 for pair in once}
    )
    assert made.evidence.startswith("evidence by family or better, human genes")
    fewer = network("JAK2", Options(tier="family"), most=2, store=STORE())
    assert len(fewer.genes) == 3
    assert fewer.evidence.endswith("; 2 of 6 genes")


@pytest.mark.parametrize("tier", [None, "symbol", "synonym", "family", "keyword", "all"])
@pytest.mark.parametrize("gene", ["JAK2", "STAT3", "WNT1", "BCR", "AKT2", "PTPRC"])
def test_a_network_counts_as_the_question_does(gene: str, tier: str | None) -> None:
    asked = kg.query("genes-seen-with-gene", gene, tier=tier, store=STORE()).records()
    counts = {row["symbol"]: int(row["clear_figures"] or 0) for row in asked if row["clear_figures"] != "0"}
    if not counts:
        with pytest.raises(kg.NotInGraph, match="Other evidence: --tier all"):
            network(gene, Options(tier=tier), store=STORE())
        return
    made = network(gene, Options(tier=tier), store=STORE())
    assert {name: count for name, count in made.genes.items() if name != made.gene} == counts


def test_a_network_of_the_mouse() -> None:
    """PMC4__f1: Jak2, Stat3, Il6 by symbol, Ptprc by Cd45, which means it alone."""
    made = network("Jak2", Options(organism="mouse"), store=STORE())
    assert set(made.genes) == {"Jak2", "Stat3", "Il6", "Ptprc"}
    assert len(made.edges) == 6
    assert made.evidence.startswith("specific evidence, genes of mouse")


# --- years


def test_figures_per_year() -> None:
    """By symbol: JAK2 in PMC1__f1 (2020); STAT3 there, in PMC1__f2 (2020) and PMC2__f1 (2021)."""
    made = years(["JAK2", "stat3"], Options(), store=STORE())
    assert made.genes == {"JAK2": {2020: 1}, "STAT3": {2020: 2, 2021: 1}}
    assert made.title == "Figures per year that name JAK2 and STAT3"
    assert made.evidence == "specific evidence, human genes; figures: JAK2 1 and STAT3 3"
    assert made.table == (("year", "JAK2", "STAT3"), [("2020", 1, 2), ("2021", 0, 1)])


def test_figures_per_year_of_all_evidence() -> None:
    """Families as well: PMC3__f1 (2019); the keyword of PMC6__f1 (2018). That of PMC7__f1 only may be JAK2."""
    made = years(["JAK2"], Options(tier="all"), store=STORE())
    assert made.genes == {"JAK2": {2018: 1, 2019: 1, 2020: 2, 2021: 1}}
    assert made.evidence == "all evidence, human genes; figures: JAK2 5"
    assert years(["JAK2"], Options(tier="all", since=2020), store=STORE()).genes == {"JAK2": {2020: 2, 2021: 1}}
    assert years(["JAK2"], Options(tier="family", min_score=0.9), store=STORE()).genes == {"JAK2": {2021: 1}}


# --- overlap


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.txt"
    file.write_text("JAK2\nstat3\nCYR61\nNOSUCH\n", "utf-8")
    return file


def test_what_lists_and_figures_share(mine: Path) -> None:
    """PMC1__f1 has JAK2 and STAT3 by symbol (WNT by family); PMC5__f1 CCN1, once CYR61, and PTPRC (AKT may be a family)."""
    made = overlap([f"@{mine}", "PMC1__f1", "five=PMC5__f1"], Options(), store=STORE())
    assert made.lists == {"mine": {"JAK2", "STAT3", "CCN1"}, "PMC1__f1": {"JAK2", "STAT3"}, "five": {"CCN1", "PTPRC"}}
    assert made.shares == (
        (("mine", "PMC1__f1"), ("JAK2", "STAT3")),
        (("five",), ("PTPRC",)),
        (("mine", "five"), ("CCN1",)),
    )
    assert made.title == "Overlap of 3 gene lists"
    assert made.evidence == ("4 human genes of this graph; of figures: specific evidence, human genes; 1 name left out")
    assert any("CYR61: taken as CCN1" in note for note in made.notes)
    assert any(note.startswith('mine: left out: no gene "NOSUCH"') for note in made.notes)
    families = overlap([f"@{mine}", "PMC1__f1"], Options(tier="family"), store=STORE())
    assert families.lists["PMC1__f1"] == {"JAK2", "STAT3", "WNT1", "WNT3A"}


def test_a_figure_of_mouse_genes_has_no_human_ones(mine: Path) -> None:
    """PMC4__f1 is of the mouse; PMC3__f1 has stat1b and stat4 of the fish, several genes by one word."""
    made = overlap([f"@{mine}", "PMC4__f1"], Options(), store=STORE())
    assert made.lists["PMC4__f1"] == frozenset()
    both = overlap(["PMC3__f1", "PMC4__f1"], Options(organism="any", tier="synonym"), store=STORE())
    assert both.lists["PMC4__f1"] == {"Jak2", "Stat3", "Il6", "Ptprc"}
    assert both.lists["PMC3__f1"] == {"SOAT1", "stat1b", "stat4"}


# --- drawings


def test_a_drawing_says_what_it_counts(tmp_path: Path, mine: Path) -> None:
    cases = {
        ("network", "JAK2", "--tier", "family"): (
            "Genes seen together with JAK2",
            ["JAK2 (4)", "STAT3 (4)", "SOAT1 (1)"],
        ),
        ("years", "JAK2", "STAT3"): ("Figures per year that name JAK2 and STAT3", ["JAK2 (1)", "STAT3 (3)", "figures"]),
        ("overlap", f"@{mine}", "PMC1__f1"): ("Overlap of 2 gene lists", ["mine", "PMC1__f1", "3", "2"]),
    }
    for arguments, (title, said) in cases.items():
        for ending in ("svg", "html"):
            file = tmp_path / f"{arguments[0]}.{ending}"
            ran = run("plot", *arguments, "-o", file, store=STORE())
            assert (ran.code, ran.out) == (0, "")
            assert ran.err.splitlines()[-1].startswith(f"  {title}: ")
            assert ran.err.splitlines()[-1].endswith(f" → {file}")
            found = texts(file)
            assert title in found
            assert set(said) <= set(found)
            assert "human genes" in " ".join(found)
        file = tmp_path / f"{arguments[0]}.png"
        assert run("plot", *arguments, "-o", file, store=STORE()).code == 0
        assert file.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_page_has_the_numbers_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "years.html"
    run("plot", "years", "JAK2", "STAT3", "-o", file, store=STORE())
    page = file.read_text("utf-8")
    assert re.findall(r"<tr>(?:<td>([^<]*)</td>)(?:<td>([^<]*)</td>)(?:<td>([^<]*)</td>)</tr>", page) == [
        ("2020", "1", "2"),
        ("2021", "0", "1"),
    ]
    assert '<svg role="img" aria-label="Figures per year that name JAK2 and STAT3"' in page
    assert not re.search(r"<(script|link|img)\b|\bsrc=|@import", page)  # it needs nothing else


def test_what_people_call_their_lists_is_text(tmp_path: Path, mine: Path) -> None:
    """Neither markup nor mathematics."""
    file = tmp_path / "o.html"
    name = "<b>$x^2$ & co"
    assert run("plot", "overlap", f"{name}=@{mine}", "PMC1__f1", "-o", file, store=STORE()).code == 0
    assert name in texts(file)
    assert "<b>" not in file.read_text("utf-8")


def test_two_drawings_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg"):
        run("plot", "network", "JAK2", "--tier", "family", "-o", tmp_path / name, store=STORE())
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


# --- what cannot be drawn


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("network", "JAK2", "-o", "x.pdf"), "x.pdf: the ending says the format: .png, .svg, .html"),
        (("network", "NOSUCH", "-o", "x.svg"), 'no gene "NOSUCH" in this graph'),
        (("network", "TP53", "-o", "x.svg"), "no gene is seen with TP53 by specific evidence, human genes"),
        (("years", "WNT1", "-o", "x.svg"), "no figure names WNT1 by specific evidence, human genes. Other evidence:"),
        (("years", *"JAK1 JAK2 JAK3 TYK2 STAT1 STAT3 STAT4 WNT1 TP53".split(), "-o", "x.svg"), "9 genes: 8 at most"),
        (("overlap", "PMC1__f1", "-o", "x.svg"), "1 list: 2 to 10 can be compared"),
        (("overlap", "PMC1__f1", "PMC1__f1", "-o", "x.svg"), "two lists are called PMC1__f1"),
        (("overlap", "PMC1__f1", "@nowhere.txt", "-o", "x.svg"), "nowhere.txt: cannot be read"),
        (("overlap", "PMC4__f1", "PMC9__f2", "-o", "x.svg"), "no list has a gene of this graph"),
        (("network", "JAK2"), "Missing option '-o'"),
    ],
)
def test_what_cannot_be_drawn(
    arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("plot", *arguments, store=STORE())
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    ran = run("plot", "years", "JAK2", "-o", tmp_path / "no" / "x.svg", store=STORE())
    assert ran.code == 3
    assert f"{tmp_path / 'no' / 'x.svg'}: cannot be written" in ran.err


@pytest.mark.parametrize("package", ["matplotlib", "networkx"])
def test_without_the_extra(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    ran = run("plot", "network", "JAK2", "-o", tmp_path / "x.svg", store=STORE())
    assert (ran.code, ran.err) == (3, "kg: plots need the extra: pip install 'pathway-figure-kg[plot]'\n")
