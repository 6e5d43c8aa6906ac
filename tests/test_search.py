"""`kg search`: what people type finds what the records say, on the records of `question_records` and some of its own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from question_records import fixture_store, run
from records import SYMBOL, gene, write

import kg
from kg.errors import AmbiguousName, CannotRun, NotInGraph, UsageError
from kg.fulltext import FILE, index_path, is_made, keep_spare, remove_parts
from kg.nearest import distance
from kg.searching import complete
from kg.spelling import spelling


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five figures, whose texts spell one thing in several ways."""
    folder = tmp_path_factory.mktemp("search")
    human = {"organisms": ["Homo sapiens"]}
    mouse = {"organisms": ["Mus musculus"], "organisms_ner": ["Homo sapiens"]}
    tgf = [gene("TGFB1", "TGFB1", "TGFB1", 7040, SYMBOL)]
    ctnnb1 = [gene("b-catenin", "CTNNB1", "CTNNB1", 1499, SYMBOL)]
    captions = {
        "PMC11__a": ("Fibrosis", "TGF-β1 drives fibrosis of the liver.", "2010", tgf, human),
        "PMC12__b": ("Scars", "How TGFbeta1 makes scars.", "2015", tgf, mouse),
        "PMC13__c": ("Wnt", "Wnt signaling by β-catenin; NF-κB is left out.", "2020", ctnnb1, human),
        "PMC14__d": ("<script>alert(1)</script>", "Naïve T cells", "2021", ctnnb1, human),
        "PMC15__e": ("Phosphorylation", "Kinases of the cell " + "and more of it " * 40 + "end in apoptosis.", "2021", ctnnb1, human),
    }  # fmt: skip
    for figid, (title, caption, year, genes, organisms) in captions.items():
        paper = {"papertitle": f"On {title.lower()}, a study", "year": year, "doi": f"10.1000/{figid}", **organisms}
        write(folder / "records", figid, figtitle=title, caption=caption, genes=genes, fields=paper)
    assert kg.build([folder / "records"], store=folder / "kg.store", jobs=1).figures == 5
    return folder / "kg.store"


def figures(text: str, store: Path, **options: object) -> set[str]:
    return {hit.id for hit in kg.search(text, kinds=["figure"], store=store, **options).hits}  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["TGF-β1", "TGFβ1", "tgf-beta1", "TGFbeta1", "TGF beta1", "Tgf-Β1", "tgf‐beta1"])
def test_greek_letters_and_hyphens_find_each_other(typed: str, store: Path) -> None:
    wanted = {"PMC11__a", "PMC12__b"} if typed != "TGF beta1" else {"PMC11__a"}
    assert figures(typed, store) == wanted
    assert kg.search(typed, store=store).notes == ()


@pytest.mark.parametrize("typed", ["NF-κB", "NFκB", "NFkB", "NF-kappaB", "nfkappab"])
def test_greek_letters_are_also_typed_as_latin_ones(typed: str, store: Path) -> None:
    assert figures(typed, store) == {"PMC13__c"}


def test_each_greek_spelling_finds_the_same_in_the_same_order_and_latin_ones_after(tmp_path: Path) -> None:
    captions = {
        "PMC1__latin": "Made by TGF-B alone.",
        "PMC2__joined": "Made by TGFB/SMAD alone.",
        "PMC3__letter": "Made by TGF-β alone.",
        "PMC4__name": "Made by TGF-beta/SMAD alone.",
        "PMC5__one": "Made by TGFbeta alone.",
        "PMC6__blank": "Made by TGF beta alone.",
        "PMC7__other": "Made by TGF-α and B cells, not by β cells.",
    }
    for figid, caption in captions.items():
        write(tmp_path / "records", figid, figtitle="Made", caption=caption)
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)

    def found(typed: str) -> list[str]:
        return [hit.id.partition("__")[2] for hit in kg.search(typed, kinds=["figure"], store=tmp_path / "s").hits]

    greek = found("TGF-β")
    assert set(greek[:4]) == {"letter", "name", "one", "blank"}
    assert set(greek[4:]) == {"latin", "joined"}
    assert all(found(typed) == greek for typed in ("TGFβ", "TGF-beta", "TGFbeta", "tgf‐Β"))
    latin = found("TGFB")
    assert set(latin) == set(greek)
    # The Greek letter is in the index as a Latin one, too: these come before what has its name alone.
    assert set(latin[:3]) == {"latin", "joined", "letter"}
    assert found("TGF-B") == latin


@pytest.mark.parametrize(
    ("typed", "latin"), [("TNF-α", "TNFA"), ("IFN-γ", "IFNY"), ("NF-κB", "NFKB"), ("IL-1β", "IL1B")]
)
def test_names_of_greek_letters_on_names_of_many_parts(typed: str, latin: str, tmp_path: Path) -> None:
    letters = {"α": "alpha", "β": "beta", "γ": "gamma", "κ": "kappa"}
    named = "".join(letters.get(ch, ch) for ch in typed)
    spellings = [typed, typed.replace("-", ""), named, named.replace("-", ""), typed.replace("-", " "), latin]
    for i, spelled in enumerate(spellings, 1):
        write(tmp_path / "records", f"PMC{i}__f", figtitle="Seen", caption=f"Much of {spelled}.")
    write(tmp_path / "records", "PMC9__f", figtitle="Seen", caption="TNF, a cytokine; IFN; NF; IL-1.")
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    found = [kg.search(each, kinds=["figure"], store=tmp_path / "s").hits for each in spellings[:4]]
    ids = [[hit.id for hit in hits] for hits in found]
    assert ids == [ids[0]] * 4
    assert set(ids[0][:5]) == {f"PMC{i}__f" for i in range(1, 6)}
    assert ids[0][5:] == ["PMC6__f"]
    assert figures(latin, tmp_path / "s") == set(ids[0])


def test_case_accents_and_plural_do_not_matter(store: Path) -> None:
    assert figures("naive CELL", store) == {"PMC14__d"}
    assert figures("kinase", store) == {"PMC15__e"}


def test_all_words_must_be_found_and_a_phrase_in_its_order(store: Path) -> None:
    assert figures("wnt catenin", store) == {"PMC13__c"}
    assert figures('"wnt signaling"', store) == {"PMC13__c"}
    assert figures('"signaling wnt"', store) == set()


def test_a_beginning_is_enough_where_nothing_else_is_found(store: Path) -> None:
    assert figures("phosphoryl", store) == {"PMC15__e"}


@pytest.mark.parametrize("typed", ["fibrsois", "fibosis", "fibroosis", "fibrozis", "phosphorrylationn"])
def test_a_mistyped_word_finds_the_nearest_and_says_so(typed: str, store: Path) -> None:
    found = kg.search(typed, kinds=["figure"], store=store)
    taken, figid = ("fibrosis", "PMC11__a") if typed.startswith("f") else ("phosphorylation", "PMC15__e")
    assert found.notes == (f'"{typed}" is in no text; taken for "{taken}"',)
    assert {hit.id for hit in found.hits} == {figid}


@pytest.mark.parametrize("typed", ["fibrin", "zzzz", "phosforilazion"])
def test_another_word_is_not_taken_for_one(typed: str, store: Path) -> None:
    assert kg.search(typed, store=store) == ((), 0, (), ())


def test_some_of_the_words_where_no_text_has_all(store: Path) -> None:
    found = kg.search("fibrosis wnt", kinds=["figure"], store=store)
    assert {hit.id for hit in found.hits} == {"PMC11__a", "PMC13__c"}
    assert found.notes == ("no text has all of these words; these have some",)


def test_a_gene_is_found_by_names_that_no_record_has(store: Path) -> None:
    best = kg.search("CTNNB", store=store).hits[0]
    assert (best.kind, best.title, best.id, best.detail, best.figures) == (
        "gene",
        "CTNNB1",
        "ncbigene:1499",
        "Homo sapiens",
        3,
    )
    assert kg.search("ncbigene:1499", store=store).hits[0].title == "CTNNB1"


def test_what_is_called_so_comes_first() -> None:
    hits = kg.search("stat3", store=fixture_store()).hits
    # The human gene is in more figures (five) than the mouse's (one).
    assert [(hit.id, hit.figures) for hit in hits[:2]] == [("ncbigene:6774", 5), ("ncbigene:20848", 1)]


def test_a_paper_by_id_and_doi(store: Path) -> None:
    for typed in ("PMC13", "10.1000/pmc13__c"):
        assert kg.search(typed, store=store).hits[0].id == "pmc:PMC13"


@pytest.mark.parametrize(("year", "wanted"), [("2015", {"PMC12__b"}), ("2011-", {"PMC12__b"}), ("-2014", {"PMC11__a"}), ("2010-2015", {"PMC11__a", "PMC12__b"}), ("2016-2030", set())])  # fmt: skip
def test_years(year: str, wanted: set[str], store: Path) -> None:
    assert figures("TGF-β1", store, year=year) == wanted


def test_organism_and_gene(store: Path) -> None:
    assert figures("TGF-β1", store, organism="mouse") == {"PMC12__b"}
    assert figures("cell", store, gene="TGFB1") == set()
    assert figures("cell", store, gene="CTNNB1", year=2021) == {"PMC14__d", "PMC15__e"}
    papers = kg.search("study", kinds=["paper"], gene="TGFB1", store=store)
    assert {hit.id for hit in papers.hits} == {"pmc:PMC11", "pmc:PMC12"}


def test_the_passage_is_the_part_with_the_words(store: Path) -> None:
    (hit,) = kg.search("apoptosis", store=store).hits
    assert hit.where == "caption"
    assert "".join(piece.text for piece in hit.passage).endswith("of it end in apoptosis.")
    assert [piece.text for piece in hit.passage if piece.found] == ["apoptosis"]
    (hit,) = kg.search("NFkB", store=store).hits
    assert [piece.text for piece in hit.passage if piece.found] == ["NF-κB"]


def test_the_passage_of_what_has_the_words_in_its_title_alone_is_the_title(store: Path) -> None:
    (hit,) = kg.search("scars", kinds=["figure"], store=store).hits  # in its caption as well
    assert (hit.where, [piece.text for piece in hit.passage if piece.found]) == ("caption", ["scars"])
    (hit,) = kg.search("phosphorylation", kinds=["figure"], store=store).hits  # in the paper's title as well
    assert (hit.where, [piece.text for piece in hit.passage if piece.found]) == ("paper", ["phosphorylation"])
    (hit,) = kg.search("phosphorylation study", kinds=["paper"], store=store).hits
    assert hit.where == "title"
    assert [(piece.text, piece.found) for piece in hit.passage] == [
        ("On ", False),
        ("phosphorylation", True),
        (", a ", False),
        ("study", True),
    ]
    assert run("search", "phosphorylation", "--kind", "paper", store=store).lines == [
        "On phosphorylation, a study",
        "  paper · pmc:PMC15 · Journal of Examples 2021 · 1 figure",
    ]


def test_a_phrase_is_marked_as_one_and_its_parts_alone_are_not(store: Path) -> None:
    (hit,) = kg.search("NF-κB β-catenin", kinds=["figure"], store=store).hits
    assert [piece.text for piece in hit.passage if piece.found] == ["β-catenin", "NF-κB"]


def test_limit_offset_and_total(store: Path) -> None:
    everything = kg.search("study", kinds=["paper"], store=store)
    assert everything.total == 5
    second = kg.search("study", kinds=["paper"], limit=1, offset=1, store=store)
    assert (second.total, second.hits) == (5, everything.hits[1:2])


@pytest.mark.parametrize(
    ("text", "options"),
    [("", {}), ("  ", {}), ("-- !", {}), ("x" * 1001, {}), ("a " * 33, {}), ("x", {"year": "late"}), ("x", {"year": "2020-2010"}), ("x", {"kinds": ["pathway"]})],
)  # fmt: skip
def test_what_cannot_be_looked_for_is_said(text: str, options: dict[str, object], store: Path) -> None:
    with pytest.raises(UsageError):
        kg.search(text, store=store, **options)  # type: ignore[arg-type]


def test_gene_and_organism_are_not_guessed_at(store: Path) -> None:
    with pytest.raises(NotInGraph):
        kg.search("x", organism="Danio rerio", store=store)
    with pytest.raises(AmbiguousName):
        kg.search("x", gene="COX1", store=store)


@pytest.mark.parametrize("text", ['" OR 1', "title:x", "NEAR(a b)", "a*", "'; DROP TABLE doc --", "{title} : wnt", "^wnt", "wnt\x00", "wnt\ud800"])  # fmt: skip
def test_syntax_of_the_index_is_text(text: str, store: Path) -> None:
    kg.search(text, store=store)
    complete(text, store=store)


def test_completion() -> None:
    store = fixture_store()
    assert [(hit.kind, hit.title) for hit in complete("jak2", store=store)][:2] == [("gene", "JAK2"), ("gene", "Jak2")]
    assert complete("STAT", store=store)[0].title == "STAT3"  # of more figures than the others
    assert complete("escherichia", store=store)[0].title == "Escherichia coli"
    assert [hit.id for hit in complete("tumour supp", store=store)] == ["PMC9__f1"]
    assert [hit.kind for hit in complete("pmc9", kinds=["paper"], store=store)] == ["paper"]
    assert complete("", store=store) == []
    assert complete("p", store=store) == []
    assert len(complete("pa", limit=3, store=store)) == 3


def test_a_new_build_has_a_new_index(tmp_path: Path) -> None:
    write(tmp_path / "records", "PMC1__f1", figtitle="Before")
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    assert figures("before", tmp_path / "s") == {"PMC1__f1"}
    write(tmp_path / "records", "PMC1__f1", figtitle="After")
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    assert figures("before", tmp_path / "s") == set()
    assert figures("after", tmp_path / "s") == {"PMC1__f1"}


def test_an_index_made_by_several_processes_is_the_same(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = []
    for few in (10**9, 0):
        place = tmp_path / str(few)
        shutil.copytree(store.resolve(), place, ignore=shutil.ignore_patterns("search*"))
        monkeypatch.setattr("kg.fulltext._FEW", few)
        monkeypatch.setattr("os.cpu_count", lambda: 2)
        with closing(sqlite3.connect(index_path(place))) as db:
            contents.append(list(db.iterdump()))
    alone, together = contents
    assert any("PMC11__a" in line for line in alone)
    assert together == alone


def test_how_far_an_index_is_told(tmp_path: Path, store: Path) -> None:
    """Of five figures of five papers, two genes and two organisms."""
    shutil.copytree(store.resolve(), tmp_path / "s", ignore=shutil.ignore_patterns("search*"))
    told: list[tuple[int, int]] = []
    index_path(tmp_path / "s", lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    (total,) = {total for _, total in told}
    assert [done for done, _ in told][-2:] == [14, total]


def test_a_store_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "records", "PMC1__f1", figtitle="Here")
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    assert figures("here", tmp_path / "s") == {"PMC1__f1"}
    assert not list((tmp_path / "s").glob("*search*"))


def test_others_may_have_the_index_of_such_a_store(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(store.resolve(), tmp_path / "s", ignore=shutil.ignore_patterns("search*"))
    monkeypatch.setattr("kg.fulltext._spare", None)
    keep_spare(tmp_path / "spare")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert not is_made(tmp_path / "s")
    made = index_path(tmp_path / "s")
    assert (tmp_path / "spare" in made.parents, is_made(tmp_path / "s")) == (True, True)
    os.utime(tmp_path / "s", (1, 1))  # another build, at the same place
    assert not is_made(tmp_path / "s")


def test_what_was_left_of_an_index_goes(tmp_path: Path, store: Path) -> None:
    """By a process that was killed; not what one is still at work on."""
    place = tmp_path / "s"
    shutil.copytree(store.resolve(), place, ignore=shutil.ignore_patterns("search*"))
    code = (
        "import os, signal, sys, time, kg.fulltext as f\n"
        "def fill(part, place, progress):\n"
        "    print(part.name, flush=True)\n"
        "    if sys.argv[2] == 'killed': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    time.sleep(60)\n"
        "f._fill = fill\n"
        "f.index_path(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", code, str(place)]
    killed = subprocess.run([*command, "killed"], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    with subprocess.Popen([*command, "at work"], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        kept = other.stdout.readline().strip()
        try:
            assert killed.stdout.strip() != kept
            index_path(place)
            assert {path.name for path in place.glob("*search*")} == {FILE, kept}
        finally:
            other.kill()
    remove_parts(place)
    assert {path.name for path in place.glob("*search*")} == {FILE}


@pytest.mark.parametrize(("letters", "latin"), [(3, 8), (4, 2), (200, 2)])
def test_letters_that_are_read_in_two_ways(letters: int, latin: int) -> None:
    """Of three γ all readings, gamma by g or y; of more, which nobody types, all by one."""
    found = spelling("γ" * letters)
    assert found is not None
    assert ("gamma" * letters,) in found.greek
    in_one = {phrase for phrase in found.latin if len(phrase) == 1}
    assert len(in_one) == latin
    assert {("g" * letters,), ("y" * letters,)} <= in_one


def test_without_a_store(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no store"):
        kg.search("x", store=tmp_path / "none")


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "records", "PMC1__f1")
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.fulltext._fill", full)
    with pytest.raises(CannotRun, match="No space left"):
        kg.search("x", store=tmp_path / "s")
    assert not list((tmp_path / "s").glob(".search*"))


def test_the_command(store: Path) -> None:
    ran = run("search", "TGF-beta1", "fibrosis", store=store)
    assert ran.code == 0
    assert ran.lines[0] == "Fibrosis"
    assert ran.lines[1].startswith("  figure · PMC11__a · 2010")
    assert ran.lines[2] == "  caption: TGF-β1 drives fibrosis of the liver."
    assert "1 found" in ran.err
    ran = run("search", "nothinghere", store=store)
    assert (ran.code, ran.out) == (0, "")
    assert "nothing found" in ran.err
    assert run("search", "x", "--year", "late", store=store).code == 2


@pytest.mark.parametrize(("typed", "said"), [("jak", "JAK"), ("ATP", "ATP"), ("notagene", "NOTAGENE"), ('"drug x"', "'drug X'")])  # fmt: skip
def test_the_command_leads_to_the_figures_of_a_word(typed: str, said: str) -> None:
    """Whether it stands for a gene, for other things, or for nothing."""
    ran = run("search", typed, store=fixture_store())
    assert f"kg query figures-of-word {said}\n" in ran.err
    asked = shlex.split(ran.err.rpartition("kg query ")[2])
    ran = run("query", *asked, store=fixture_store())
    assert ran.code == 0
    assert "PMC" in ran.out


def test_a_text_that_is_no_word_of_a_figure_leads_nowhere() -> None:
    assert kg.search("tumour suppressor", store=fixture_store()).words == ()
    assert kg.search("tumour", store=fixture_store()).words == ("tumour",)


def test_the_command_in_json(store: Path) -> None:
    said = json.loads(run("search", "fibrsois", "--kind", "figure", "--format", "json", store=store).out)
    assert said["total"] == 1
    assert said["hits"][0]["iri"] == "https://pfocr.wikipathways.org/figures/PMC11__a.html"
    assert {"text": "fibrosis", "found": True} in said["hits"][0]["passage"]
    assert said["notes"]


def test_distance() -> None:
    cases = {("", ""): 0, ("jak2", "jka2"): 1, ("stat3", "stat"): 1, ("abc", "xyz"): 3, ("kitten", "sitting"): 3}
    assert {pair: distance(*pair) for pair in cases} == cases


def test_a_copied_store_keeps_working(tmp_path: Path, store: Path) -> None:
    shutil.copytree(store.resolve(), tmp_path / "copy")
    assert figures("naive", tmp_path / "copy") == {"PMC14__d"}
