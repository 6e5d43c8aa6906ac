"""The shipped tables and NCBI gene_info: known answers, and files that are broken."""

from __future__ import annotations

import csv
import gzip
import hashlib
import pickle
import re
from importlib import resources
from pathlib import Path

import pytest

from kg.errors import RecordError
from kg.lexicon import Lexicon

HUMAN, MOUSE, FLY, COW = "9606", "10090", "7227", "9913"
HEADER = "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def gene_info(path: Path, *rows: str, header: str = HEADER) -> Path:
    text = "\n".join((header, *rows)) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize(
    ("taxon", "symbol", "gene_id"),
    [  # NCBI Gene
        (HUMAN, "JAK2", "3717"),
        (HUMAN, "STAT3", "6774"),
        (HUMAN, "SOAT1", "6646"),
        (HUMAN, "PTPRC", "5788"),
        (HUMAN, "CISH", "1154"),
        (HUMAN, "PTS", "5805"),
        (HUMAN, "MT-CO1", "4512"),
        (HUMAN, "COX1", "4512"),  # NCBI's symbol
        (HUMAN, "CYTB", "4519"),
        (HUMAN, "CCN1", "3491"),
        (MOUSE, "Jak2", "16452"),
        (MOUSE, "Stat3", "20848"),
        (MOUSE, "COX1", "17708"),
        (MOUSE, "Ccn1", "16007"),  # Cyr61 in the table of 2016
        (MOUSE, "Sting1", "72512"),  # Tmem173
        (MOUSE, "Spaca9", "69987"),  # 1700026L06Rik; so in PMC4033995's table
        (HUMAN, "RNR1", "6052"),  # HGNC's; NCBI's other name of MT-RNR1 (4549) is not taken
        (FLY, "COX2", "19893535"),
    ],
)
def test_known_symbols(lexicon: Lexicon, taxon: str, symbol: str, gene_id: str) -> None:
    assert lexicon.by_symbol(taxon, symbol) == (gene_id,)
    entry = lexicon.gene(gene_id)
    assert entry is not None
    assert entry.taxon == taxon


@pytest.mark.parametrize("name", ["il6", "Jak2", "STAT", "CYR61", "jak", "", "CD45"])
def test_what_is_no_current_human_symbol(lexicon: Lexicon, name: str) -> None:
    # other case; a withdrawn row of HGNC; an earlier symbol; an alias
    assert lexicon.by_symbol(HUMAN, name) == ()


def test_coverage(lexicon: Lexicon) -> None:
    assert all(lexicon.covers(taxon) for taxon in (HUMAN, MOUSE))
    assert not lexicon.covers("7955")
    assert not lexicon.covers("10116")
    assert lexicon.by_symbol("7955", "stat4") == ()


def test_names_in_any_case_and_how_they_name(lexicon: Lexicon) -> None:
    def found(text: str) -> list[tuple[str, str]]:
        return [(entry.gene_id, how) for entry, how in lexicon.find(text, HUMAN)]

    assert found("jak2") == [("3717", "symbol")]
    assert found("cyr61") == [("3491", "previous symbol")]
    assert found("COX1") == [("4512", "ncbi symbol"), ("5742", "alias")]
    assert found("CCN1") == [("3491", "symbol"), ("890", "previous symbol")]  # CCNA2 was CCN1 once
    assert found("no such gene") == []


def test_a_renamed_gene_has_its_new_symbol(lexicon: Lexicon) -> None:
    entry = lexicon.gene("3491")
    assert entry is not None
    assert (entry.symbol, entry.hgnc) == ("CCN1", True)
    assert "CYR61" in entry.previous


def test_a_mouse_gene_keeps_its_symbol_of_2016_as_previous(lexicon: Lexicon) -> None:
    assert lexicon.by_symbol(MOUSE, "Cyr61") == ()
    assert [(entry.gene_id, how) for entry, how in lexicon.find("cyr61", MOUSE)] == [("16007", "previous symbol")]


def test_no_ncbi_symbol_is_another_human_genes_own_or_previous_one(lexicon: Lexicon) -> None:
    folder = Path(__file__).parent.parent / "kg" / "data" / "lexicon"
    with gzip.open(folder / "genes-9606.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    taken = {row["symbol"] for row in rows}.union(*(row["previous"].split("|") for row in rows)) - {""}
    assert [row["symbol"] for row in rows if row["ncbi_symbol"] in taken] == []
    assert all(row["symbol"].startswith("MT-") for row in rows if row["ncbi_symbol"])


def test_an_id_that_is_not_current(lexicon: Lexicon) -> None:
    status = lexicon.id_status("117153", HUMAN, "MIA2")
    assert status is not None
    assert status.replaced_by == "4253"
    assert lexicon.id_status("3717", HUMAN, "JAK2") is None
    assert lexicon.id_status("117153", HUMAN, None) is None
    assert lexicon.id_status("99999999", HUMAN, "NOSUCHSYMBOL") is None
    # A table of 2016 cannot tell.
    assert lexicon.id_status("99999999", MOUSE, "Jak2") is None


def test_shared_aliases_of_hgnc(lexicon: Lexicon) -> None:
    """HGNC has 1,458 aliases and previous symbols that several genes with an NCBI id share."""
    genes: dict[str, set[str]] = {}
    folder = Path(__file__).parent.parent / "kg" / "data" / "lexicon"
    with gzip.open(folder / "genes-9606.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            for name in filter(None, (row["aliases"] + "|" + row["previous"]).split("|")):
                genes.setdefault(name, set()).add(row["gene_id"])
    shared = {name for name, ids in genes.items() if len(ids) > 1}
    # The count of EVIDENCE includes the 72 genes without an NCBI id, which share a few more.
    assert 1_430 <= len(shared) <= 1_458
    name = min(name for name in shared if name.isalnum() and not lexicon.by_symbol(HUMAN, name))
    assert {entry.gene_id for entry, _ in lexicon.find(name, HUMAN)} >= genes[name]


def test_families(lexicon: Lexicon) -> None:
    jak = lexicon.family("jak")
    assert jak is not None
    assert set(jak.members) == {"3716", "3717", "3718", "7297"}
    stat = lexicon.family("STAT")
    assert stat is not None
    assert {"6772", "6773", "6774", "6775", "6776", "6777", "6778"} == set(stat.members)
    assert lexicon.family("JAK2") is None
    assert lexicon.family("hh") is None
    assert {family.family_id for family in lexicon.families("hh")} == {"Hedgehog", "HRH"}


@pytest.mark.parametrize(
    ("name", "taxon"),
    [
        ("Homo sapiens", HUMAN),
        ("Mus musculus", MOUSE),
        ("Danio rerio", "7955"),
        ("Escherichia coli str. K-12 substr. MG1655", "511145"),
        ("Saccharomyces cerevisiae S288C", "559292"),
        ("Human T-cell leukemia virus type I", "11908"),
        ("C. elegans", "6239"),
        ("Oryza sativa L.", "4530"),
        (" Escherichia coli", "562"),
    ],
)
def test_organisms_as_records_write_them(lexicon: Lexicon, name: str, taxon: str) -> None:
    assert lexicon.organism_id(name) == taxon


@pytest.mark.parametrize("name", ["Plants", "Xenopus Oocyte", "Microbes", "organism", "NA", "human", ""])
def test_names_that_are_no_organism_stay_unknown(lexicon: Lexicon, name: str) -> None:
    assert lexicon.organism_id(name) is None


@pytest.mark.parametrize("text", ["mouse", "Mouse", "mus musculus", "10090", "NCBITaxon:10090"])
def test_organisms_as_people_type_them(lexicon: Lexicon, text: str) -> None:
    organism = lexicon.find_organism(text)
    assert organism is not None
    assert (organism.taxon, organism.name) == (MOUSE, "Mus musculus")


@pytest.mark.parametrize(
    ("text", "taxon"),
    [("arabidopsis", "3702"), ("yeast", "4932"), ("fly", FLY), ("worm", "6239"), ("rat", "10116"), ("E. coli", "562")],
)
def test_common_names(lexicon: Lexicon, text: str, taxon: str) -> None:
    organism = lexicon.find_organism(text)
    assert organism is not None
    assert organism.taxon == taxon


def test_strains_have_their_species(lexicon: Lexicon) -> None:
    strain, yeast = lexicon.organism("511145"), lexicon.organism("559292")
    assert strain is not None
    assert yeast is not None
    assert (strain.parent, yeast.parent) == ("562", "4932")


def test_names_of_terms(lexicon: Lexicon) -> None:
    assert lexicon.term_name("mesh:D003920") == "Diabetes Mellitus"
    assert lexicon.term_name("doid:0060239") == "Van der Woude syndrome"
    assert lexicon.term_name("chebi:15422") == "ATP"
    assert lexicon.term_name("mesh:D99999999") is None


def test_tables_say_where_they_come_from(lexicon: Lexicon) -> None:
    folder = Path(__file__).parent.parent / "kg" / "data" / "lexicon"
    assert {table.name for table in lexicon.tables} == {p.name[: -len(".tsv.gz")] for p in folder.glob("*.tsv.gz")}
    for table in lexicon.tables:
        text = gzip.decompress((folder / f"{table.name}.tsv.gz").read_bytes())
        assert hashlib.sha256(text).hexdigest() == table.sha256
        assert text.count(b"\n") - 1 == table.rows
        assert table.source
        assert table.date
        assert table.terms


def test_a_users_table_adds_an_organism(tmp_path: Path, lexicon: Lexicon) -> None:
    path = gene_info(
        tmp_path / "cow.gene_info.gz",
        "9913\t493719\tIRS1\t-\tIRS-1|IRS\t-",
        "9913\t525246\tJAK2\t-\t-\t-",
        "9913\t999\tNEWENTRY\t-\t-\t-",
    )
    cow = Lexicon.load([path])
    assert cow.covers(COW)
    assert cow.by_symbol(COW, "IRS1") == ("493719",)
    assert cow.by_symbol(COW, "NEWENTRY") == ()
    assert [(e.gene_id, how) for e, how in cow.find("irs", COW)] == [("493719", "alias")]
    assert cow.by_symbol(HUMAN, "IRS1") == lexicon.by_symbol(HUMAN, "IRS1")
    assert cow.fingerprint != lexicon.fingerprint


def test_a_users_table_replaces_the_shipped_one_but_keeps_hgncs_names(tmp_path: Path) -> None:
    path = gene_info(
        tmp_path / "gene_info",
        "9606\t3717\tJAK2X\t-\tnew alias\t-",
        "10090\t16452\tJak2new\t-\t-\t-",
    )
    lexicon = Lexicon.load([path])
    human = lexicon.gene("3717")
    assert human is not None
    assert (human.symbol, human.ncbi_symbol, human.hgnc) == ("JAK2", "JAK2X", True)
    assert "new alias" in human.aliases
    assert lexicon.by_symbol(HUMAN, "JAK2X") == ("3717",)
    assert lexicon.by_symbol(MOUSE, "Jak2") == ()
    assert lexicon.by_symbol(MOUSE, "Jak2new") == ("16452",)
    # What the user's table does not have is not there; and an id of yesterday can be told.
    assert lexicon.gene("20848") is None
    status = lexicon.id_status("1", MOUSE, "Jak2new")
    assert status is not None
    assert status.replaced_by == "16452"


@pytest.mark.parametrize(
    ("rows", "header", "says"),
    [
        (["9606\t1\tA\t-\t-\t-"], "tax\tid\tname", "no column #tax_id, GeneID, Symbol, Synonyms"),
        (["9606\t1\tA"], HEADER, "line 2: has 3 cells, the header 6"),
        (["9606\tx1\tA\t-\t-\t-"], HEADER, "line 2, column GeneID: 'x1' is not a number"),
        (["human\t1\tA\t-\t-\t-"], HEADER, "line 2, column #tax_id: 'human' is not a number"),
        ([], HEADER, "has no genes"),
    ],
)
def test_broken_gene_info(tmp_path: Path, rows: list[str], header: str, says: str) -> None:
    path = gene_info(tmp_path / "gene_info", *rows, header=header)
    with pytest.raises(RecordError) as error:
        Lexicon.load([path])
    assert says in str(error.value)
    assert str(path) in str(error.value)


def test_gene_info_that_cannot_be_read(tmp_path: Path) -> None:
    plain = tmp_path / "gene_info.gz"
    plain.write_text(HEADER, "utf-8")
    with pytest.raises(RecordError, match="is not gzip"):
        Lexicon.load([plain])
    packed = gzip.compress("\n".join((HEADER, *(f"9913\t{n}\tA{n}\t-\t-\t-" for n in range(1, 5000)))).encode())
    for broken in (packed[: len(packed) // 2], packed[:200] + bytes(300) + packed[500:]):  # cut off; damaged
        plain.write_bytes(broken)
        with pytest.raises(RecordError, match="is not gzip"):
            Lexicon.load([plain])
    with pytest.raises(RecordError, match="No such file"):
        Lexicon.load([tmp_path / "missing"])
    latin = tmp_path / "latin"
    latin.write_bytes(HEADER.encode() + b"\n9606\t1\t\xe9\t-\t-\t-\n")
    with pytest.raises(RecordError, match="not UTF-8"):
        Lexicon.load([latin])


def test_it_travels_to_worker_processes(lexicon: Lexicon) -> None:
    copy = pickle.loads(pickle.dumps(lexicon))
    assert copy.by_symbol(HUMAN, "JAK2") == ("3717",)
    assert copy.fingerprint == lexicon.fingerprint


NAMES = (
    "JAK2",
    "jak2",
    "p53",
    "COX1",
    "STAT",
    "TGF-b",
    "NF-κB",
    "ß",
    "A|B",
    "1",
    "no such gene",
    "\t",
    "\n7157\t",
    "İ",
    "",
)


@pytest.mark.parametrize("taxon", [HUMAN, MOUSE, FLY])
@pytest.mark.parametrize("text", NAMES)
def test_the_first_few_and_the_many_are_answered_alike(lexicon: Lexicon, taxon: str, text: str) -> None:
    """The first few names are looked for in the text of a table, later ones in an index."""
    lexicon.index()
    first = Lexicon.load()
    assert first.find(text, taxon) == lexicon.find(text, taxon)


@pytest.mark.parametrize(
    "gene_id", ["3717", "7157", "16452", "1", "2", "31151", "999999999", "", "JAK2", "03717", "٣٧١٧", "9" * 5000]
)
def test_the_first_ids_and_the_many_are_answered_alike(gene_id: str) -> None:
    indexed = Lexicon.load()
    indexed.index()
    found = Lexicon.load().gene(gene_id)
    assert found == indexed.gene(gene_id)
    assert (found is not None) == (gene_id in ("3717", "7157", "16452", "1", "2", "31151"))


@pytest.mark.parametrize("taxon", [HUMAN, MOUSE, FLY])
def test_ids_of_a_shipped_table_are_numbers_that_an_index_has_room_for(taxon: str) -> None:
    with gzip.open(resources.files("kg") / f"data/lexicon/genes-{taxon}.tsv.gz", "rt", encoding="utf-8") as file:  # type: ignore[call-overload]
        ids = [line.partition("\t")[0] for line in file][1:]
    assert all(re.fullmatch(r"[1-9]\d{0,8}", gene_id) for gene_id in ids)


@pytest.mark.parametrize("taxon", [HUMAN, MOUSE, FLY])
def test_a_shipped_table_without_case_has_each_character_at_its_place(taxon: str) -> None:
    """As looking through it assumes."""
    with gzip.open(resources.files("kg") / f"data/lexicon/genes-{taxon}.tsv.gz", "rt", encoding="utf-8") as file:  # type: ignore[call-overload]
        assert all(len(character.casefold()) == 1 for character in set(file.read()))
