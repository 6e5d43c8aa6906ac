"""A build's --lexicon is understood when asking: names that only the user's gene_info has find their genes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from question_records import run
from records import COW, FAMILY, RAT, SYMBOL, gene, write

import kg
from kg.lexicon import Lexicon
from kg.store import build_info, user_genes

HEADER = "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs"
ROWS = (
    "9913\t493719\tIRS1\t-\tIRS-1|cowalias\t-",
    "9913\t525246\tJAK2\t-\t-\t-",
    "9606\t3717\tJAK2\t-\tNEWNAME\t-",
    "9606\t6774\tSTAT3\t-\t-\t-",
    "10116\t24514\tJak2\t-\tratalias\t-",  # of an organism that is not in the graph
)
RECORD = [
    gene("IRS1", "IRS1", "IRS1", 493719, SYMBOL, COW),
    gene("JAK", "JAK", "JAK2", 3717, FAMILY),
    gene("STAT3", "STAT3", "STAT3", 6774),
]


def gene_info(path: Path, *rows: str) -> Path:
    path.write_bytes(gzip.compress("\n".join((HEADER, *rows, "")).encode()))
    return path


@pytest.fixture
def built(tmp_path: Path) -> Path:
    write(tmp_path / "r", genes=RECORD)
    info = gene_info(tmp_path / "my.gene_info.gz", *ROWS)
    ran = run("build", tmp_path / "r", "--lexicon", info, "--jobs", "1", store=tmp_path / "s")
    assert ran.code == 0
    info.unlink()  # the store needs it no more
    return tmp_path / "s"


@pytest.mark.parametrize(
    ("text", "options", "figid", "note"),
    [
        ("NEWNAME", (), "PMC1__f1", "NEWNAME: taken as JAK2 (ncbigene:3717), of which it is an alias"),
        ("newname", (), "PMC1__f1", "newname: taken as JAK2 (ncbigene:3717), of which it is an alias"),
        ("cowalias", ("--organism", "cow"), "PMC1__f1", "taken as IRS1 (ncbigene:493719), of which it is an alias"),
        ("JTK10", (), "PMC1__f1", "JTK10: taken as JAK2 (ncbigene:3717)"),  # HGNC's alias stays
    ],
)
def test_an_alias_of_the_user_finds_its_gene(
    built: Path, text: str, options: tuple[str, ...], figid: str, note: str
) -> None:
    ran = run("query", "figures-mentioning-genes", text, *options, store=built)
    assert ran.code == 0, ran.err
    assert figid in ran.out
    assert note in ran.err
    shown = run("show", text, *options, store=built)
    assert shown.code == 0, shown.err
    assert note in shown.err


def test_without_the_lexicon_the_alias_is_not_known(built: Path, tmp_path: Path) -> None:
    """The next build in its place is without it, in the same process, too."""
    assert run("show", "NEWNAME", store=built).code == 0
    kg.build([tmp_path / "r"], store=built, jobs=1)
    ran = run("show", "NEWNAME", store=built)
    assert ran.code == 2
    assert '"NEWNAME" in this graph' in ran.err
    assert user_genes(built) is None
    kg.build([tmp_path / "r"], store=built, jobs=1, lexicon=[gene_info(tmp_path / "b.gz", ROWS[3])])
    assert run("show", "NEWNAME", store=built).code == 2


def test_what_is_kept_is_what_can_be_asked_for(built: Path) -> None:
    """The rows of the organisms of the graph, and of human, as a gene_info file that says the same."""
    kept = user_genes(built)
    assert kept is not None
    assert gzip.decompress(kept.read_bytes()).decode().splitlines() == [
        "#tax_id\tGeneID\tSymbol\tSynonyms",
        "9606\t3717\tJAK2\tNEWNAME",
        "9606\t6774\tSTAT3\t-",
        "9913\t493719\tIRS1\tIRS-1|cowalias",
        "9913\t525246\tJAK2\t-",
    ]
    again = Lexicon.load([kept])
    assert again.by_symbol(COW, "IRS1") == ("493719",)
    assert not again.covers(RAT)
    assert len(build_info(built)["lexicon"]) == 64  # of the whole lexicon, as it was


def test_two_builds_keep_the_same_bytes(built: Path, tmp_path: Path) -> None:
    other = gene_info(tmp_path / "other.gz", *reversed(ROWS))
    kg.build([tmp_path / "r"], store=tmp_path / "t", jobs=1, lexicon=[other])
    one, two = user_genes(built), user_genes(tmp_path / "t")
    assert one is not None
    assert two is not None
    assert one.read_bytes() == two.read_bytes()


def test_several_files_are_kept_as_one(tmp_path: Path) -> None:
    """A later file's row of a gene replaces an earlier one's."""
    write(tmp_path / "r", genes=RECORD)
    one = gene_info(tmp_path / "one", *ROWS[:1]).rename(tmp_path / "one.gz")
    two = gene_info(tmp_path / "two.gz", "9606\t3717\tJAK2\t-\tOLDNAME\t-")
    three = gene_info(tmp_path / "three.gz", ROWS[2])
    kg.build([tmp_path / "r"], store=tmp_path / "s", jobs=1, lexicon=[one, two, three])
    assert run("show", "cowalias", "--organism", "cow", store=tmp_path / "s").code == 0
    assert run("show", "NEWNAME", store=tmp_path / "s").code == 0
    assert run("show", "OLDNAME", store=tmp_path / "s").code == 2


def test_a_store_whose_genes_are_damaged_says_what_to_do(built: Path) -> None:
    kept = user_genes(built)
    assert kept is not None
    kept.write_bytes(b"not gzip")
    ran = run("query", "figures-mentioning-genes", "JAK2", store=built)
    assert (ran.code, ran.out) == (3, "")
    assert "Make the store anew with kg build" in ran.err
