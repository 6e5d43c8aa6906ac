"""Reasons to doubt a mention: each rule of EVIDENCE section 6, and words that must not be doubted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import RecordError
from kg.noise import core, load_noise, rewritten, suspicions


def flags(word: str, match: str | None, *, others: tuple[str, ...] = (), disagrees: bool = False) -> tuple[str, ...]:
    return suspicions(
        word,
        match,
        noise=load_noise(),
        also_other=core(word) in {core(other) for other in others},
        article_disagrees=disagrees,
    )


@pytest.mark.parametrize(
    ("word", "match"),
    [("P13K", "PI3K"), ("Glia", "GIIA"), ("AngII", "ANG2"), ("Cl", "C1"), ("Ca", "CAM"), ("TNFa", "TNFB")],
)
def test_a_match_with_letters_that_the_word_lacks_is_rewritten(word: str, match: str) -> None:
    assert rewritten(word, match)
    assert "rewritten" in flags(word, match)


@pytest.mark.parametrize(
    ("word", "match"),
    [
        ("(Src", "SRC"),
        ("Akt", "AKT"),
        ("AKT/PKB", "AKT"),
        ("CoX-1", "COX1"),
        ("IL6", "IL-6"),
        ("PI 3-K", "PI3K"),
        ("İNOS", "INOS"),
        ("NF-κB", "NF-kappaB"),
        ("TGFβ1", "TGF-beta-1"),
        ("TGFΒ1", "TGFBETA1"),
        ("ﬁbronectin", "fibronectin"),
        ("S6K¹", "S6K1"),
        ("pDČS", "PDCS"),
        ("", ""),
    ],
)
def test_case_punctuation_greek_and_accents_are_not_rewriting(word: str, match: str) -> None:
    assert not rewritten(word, match)


def test_a_letter_twice_must_be_there_twice() -> None:
    assert rewritten("AK", "AKK")
    assert not rewritten("AKK", "AKK")


@given(st.text(max_size=20))
def test_a_word_is_never_rewritten_to_itself_or_a_part_of_itself(word: str) -> None:
    assert not rewritten(word, word)
    assert not rewritten(word + "JAK2", word)


@pytest.mark.parametrize("word", ["and", "AND", "(and)", "And,", "kinases", "receptor", "on"])
def test_common_words(word: str) -> None:
    assert "commonWord" in flags(word, core(word).upper())


@pytest.mark.parametrize("word", ["ATP", "ATP.", "atp", "(ATP)", "Cl", "Cl-", "Ca2+", "cAMP"])
def test_metabolites_and_ions(word: str) -> None:
    assert "metaboliteOrIon" in flags(word, core(word).upper())


@pytest.mark.parametrize("word", ["REST", "Set", "cat", "IMPACT", "She", "SON", "Find", "last", "ctrl"])
def test_everyday_words_that_are_a_gene_as_well(word: str) -> None:
    assert "commonWord" in flags(word, word.upper())


def test_a_nucleotide_that_is_an_alias_as_well() -> None:
    assert "metaboliteOrIon" in flags("IMP", "IMP")


@pytest.mark.parametrize("word", "MET KIT JUN FOS MAX BAD BID APP RAN STAR CLOCK NOTCH ROCK NUMB TRAIL ACE".split())
def test_english_words_by_which_figures_mean_the_gene(word: str) -> None:
    assert flags(word, word) == ()


@pytest.mark.parametrize("word", ["STAT3", "JAK", "IL6", "ATPase", "ATP8A2", "CLK", "ANDX"])
def test_words_that_only_begin_like_noise(word: str) -> None:
    assert flags(word, word) == ()


def test_a_word_that_is_a_chemical_or_disease_of_the_record_too() -> None:
    assert flags("STZ", "STZ", others=("STZ",)) == ("alsoOther",)
    assert flags("(DIABETES)", "DIABETES", others=("diabetes",)) == ("alsoOther",)
    assert flags("STZ", "STZ", others=("STZ-rat",)) == ()


def test_only_case_makes_the_match_and_the_article_disagrees() -> None:
    assert flags("xylem,", "XYLEM", disagrees=True) == ("caseOnly",)
    assert flags("xylem,", "XYLEM", disagrees=False) == ()
    assert flags("XYLEM", "XYLEM", disagrees=True) == ()
    assert flags("CoX-1", "COX1", disagrees=True) == ()


def test_without_a_match_the_word_is_judged_alone() -> None:
    assert flags("and", None, disagrees=True) == ("commonWord",)


def test_flags_come_in_a_fixed_order() -> None:
    assert flags("cl", "C1", others=("Cl",), disagrees=True) == ("rewritten", "metaboliteOrIon", "alsoOther")


def test_the_list_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "noise.tsv"
    path.write_text("# mine\nword\tflag\n\nWnt\tcommonWord\nxyz\tmetaboliteOrIon\n")
    noise = load_noise(path)
    assert noise == {"wnt": "commonWord", "xyz": "metaboliteOrIon"}
    found = suspicions("WNT,", "WNT", noise=noise, also_other=False, article_disagrees=False)
    assert found == ("commonWord",)
    found = suspicions("and", "AND", noise=noise, also_other=False, article_disagrees=False)
    assert found == ()


@pytest.mark.parametrize(
    ("text", "line"), [("and\n", 1), ("# x\nand\tnoise\n", 2), ("and\tcommonWord\tx\n", 1), ("and commonWord\n", 1)]
)
def test_a_broken_list_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "noise.tsv"
    path.write_text(text)
    with pytest.raises(RecordError) as caught:
        load_noise(path)
    assert (caught.value.file, caught.value.field) == (str(path), f"line {line}")


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as caught:
        load_noise(tmp_path / "none.tsv")
    assert str(caught.value) == f"{tmp_path / 'none.tsv'}: cannot be read: No such file or directory"


def test_a_list_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "noise.tsv"
    path.write_bytes(b"caf\xe9\tcommonWord\n")
    with pytest.raises(RecordError, match="cannot be read: not UTF-8, byte at offset 3"):
        load_noise(path)


def test_the_shipped_list_has_each_word_once_and_no_gene_symbol_of_weight() -> None:
    path = Path(__file__).parent.parent / "kg" / "data" / "noise.tsv"
    words = [
        line.split("\t")[0]
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#") and line != "word\tflag"
    ]
    assert len(words) == len(set(words)) == len(load_noise())
    assert not {"jak", "stat", "akt", "ras", "src", "myc", "p53", "pi3k", "mtor", "erk"} & set(words)
