"""Sources to records: which files make a record, and what each key becomes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from records import FAMILY, LEFT_OUT, SYMBOL, front_matter, gene, inline, table, write

from kg.errors import RecordError, UsageError
from kg.model import GeneRow, Record, TermRow
from kg.read import LEFT_OUT as KEYS_LEFT_OUT
from kg.read import Item, content_hash, find_items, load, read_record

JAK2 = gene("JAK", "JAK", "JAK2", 3717, FAMILY)
ATP = ("ATP", "mesh:D000255", "Adenosine Triphosphate", "ATP", "chebi:15422")
DIABETES = ("DIABETES", "mesh:D003920", "NA", "NA", "NA")


def only(*sources: Path) -> Item:
    (item,) = find_items(sources).items
    return item


def read(path: Path) -> Record:
    return read_record(only(path))


def refused(path: Path) -> RecordError:
    with pytest.raises(RecordError) as caught:
        read(path)
    return caught.value


# Which files


def test_checkout(tmp_path: Path) -> None:
    path = write(tmp_path, genes=[JAK2], chemicals=[ATP], diseases=[DIABETES])
    data = tmp_path / "_data"
    item = Item(
        "PMC1__f1",
        str(path),
        str(data / "PMC1__f1-genes.tsv"),
        str(data / "PMC1__f1-chemicals.tsv"),
        str(data / "PMC1__f1-diseases.tsv"),
    )
    for source in (tmp_path, tmp_path / "_figures", path):
        assert find_items([source]) == ([item], [])


def test_checkout_with_other_pages_takes_figures_alone(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "README.md").write_text("# PFOCR\n")
    (tmp_path / "_pages").mkdir()
    (tmp_path / "_pages" / "about.md").write_text("---\ntitle: About\n---\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.md").write_text("x")
    assert [item.figid for item in find_items([tmp_path]).items] == ["PMC1__f1"]


def test_plain_folder_with_tables_beside_the_records(tmp_path: Path) -> None:
    path = write(tmp_path, genes=[JAK2]).rename(tmp_path / "PMC1__f1.md")
    (tmp_path / "_data" / "PMC1__f1-genes.tsv").rename(tmp_path / "PMC1__f1-genes.tsv")
    for empty in ("_figures", "_data"):
        (tmp_path / empty).rmdir()
    assert only(tmp_path).genes == str(tmp_path / "PMC1__f1-genes.tsv")
    assert only(path) == only(tmp_path)
    assert [row.gene_id for row in read(path).genes] == ["3717"]


def test_plain_folder_with_a_data_folder_inside(tmp_path: Path) -> None:
    write(tmp_path, genes=[JAK2]).rename(tmp_path / "PMC1__f1.md")
    (tmp_path / "_figures").rmdir()
    assert only(tmp_path).genes == str(tmp_path / "_data" / "PMC1__f1-genes.tsv")


def test_from_inside_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, genes=[JAK2])
    monkeypatch.chdir(tmp_path / "_figures")
    for source in (".", "PMC1__f1.md", "../_figures", "../_figures/PMC1__f1.md", ".."):
        assert [row.gene_id for row in read(Path(source)).genes] == ["3717"], source


def test_records_beside_a_checkout_are_not_lost(tmp_path: Path) -> None:
    write(tmp_path / "pfocr", "PMC1__a")
    (tmp_path / "pfocr" / "about.md").write_text("no record")
    write(tmp_path, "PMC2__b").rename(tmp_path / "PMC2__b.md")
    (tmp_path / "_figures").rmdir()
    assert [item.figid for item in find_items([tmp_path]).items] == ["PMC1__a", "PMC2__b"]


def test_records_in_folders_of_any_depth(tmp_path: Path) -> None:
    for name in ("PMC1__a", "PMC2__b"):
        place = tmp_path / "x" / name
        write(place / "y", name, genes=[JAK2])
    items = find_items([tmp_path]).items
    assert [item.figid for item in items] == ["PMC1__a", "PMC2__b"]
    assert all(item.genes for item in items)


@pytest.mark.parametrize("name", ["README.md", "readme.md", "CHANGELOG.md", "INDEX.md", "LICENSE.md"])
def test_pages_about_the_folder_are_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path).rename(tmp_path / "PMC1__f1.md")
    (tmp_path / "_figures").rmdir()
    (tmp_path / name).write_text("# Not a record\n")
    assert only(tmp_path).figid == "PMC1__f1"


def test_any_other_page_is_taken_for_a_record(tmp_path: Path) -> None:
    # Or a record with a misspelt name would vanish without a word.
    write(tmp_path, name="notes")
    assert only(tmp_path).figid == "notes"
    assert refused(tmp_path).field == "figid"


def test_records_come_sorted_by_figid_whatever_the_sources_order(tmp_path: Path) -> None:
    for folder, names in (("b", ["PMC2__x", "PMC10__x"]), ("a", ["PMC3__x", "PMC1__x"])):
        for name in names:
            write(tmp_path / folder, name)
    there, back = (
        [item.figid for item in find_items(sources).items]
        for sources in ([tmp_path / "a", tmp_path / "b"], [tmp_path / "b", tmp_path / "a"])
    )
    assert there == back == ["PMC10__x", "PMC1__x", "PMC2__x", "PMC3__x"]


def test_the_same_file_named_twice_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "_figures")
    relative = Path(os.path.relpath(path))
    assert len(find_items([path, path, tmp_path, link, relative]).items) == 1


def test_tables_without_a_record_are_listed(tmp_path: Path) -> None:
    write(tmp_path, genes=[JAK2])
    lonely = tmp_path / "_data" / "PMC9__x-chemicals.tsv"
    lonely.write_text("word\n")
    (tmp_path / "_data" / "PMC1__f1-notes.txt").write_text("not a table")
    assert find_items([tmp_path]).orphan_tables == [str(lonely)]
    assert find_items([tmp_path, tmp_path]).orphan_tables == [str(lonely)]


def test_tables_of_other_records_are_no_orphans_of_one(tmp_path: Path) -> None:
    path = write(tmp_path, "PMC1__a", genes=[JAK2])
    write(tmp_path, "PMC2__b", genes=[JAK2])
    assert find_items([path]).orphan_tables == []


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no records in this folder"):
        find_items([tmp_path])


def test_folder_without_records_beside_a_good_one(tmp_path: Path) -> None:
    write(tmp_path / "good")
    (tmp_path / "bad").mkdir()
    with pytest.raises(UsageError, match="bad"):
        find_items([tmp_path / "good", tmp_path / "bad"])


def test_missing_source(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder") as caught:
        find_items([tmp_path / "nowhere"])
    assert caught.value.exit_code == 2


def test_a_file_that_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "PMC1__f1-genes.tsv"
    path.write_text("x")
    with pytest.raises(UsageError, match="not a record file"):
        find_items([path])


def test_a_folder_that_cannot_be_read_is_an_error_not_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)

    def refuse(path: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UsageError, match="Permission denied"):
        find_items([tmp_path])


def test_a_record_that_goes_away_while_reading(tmp_path: Path) -> None:
    item = only(write(tmp_path))
    Path(item.path).unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        read_record(item)


def test_a_folder_with_the_name_of_a_record(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "_figures" / "PMC2__f2.md").mkdir()
    items = find_items([tmp_path]).items
    for item in items:
        if item.figid == "PMC2__f2":
            with pytest.raises(RecordError, match="cannot be read"):
                read_record(item)


def test_content_hash_covers_record_and_tables(tmp_path: Path) -> None:
    def hashed(folder: str, **given: Any) -> str:
        return content_hash(load(only(write(tmp_path / folder, **given))))

    whole = hashed("a", genes=[JAK2], chemicals=[ATP])
    assert whole == hashed("b", genes=[JAK2], chemicals=[ATP])
    others = {
        hashed("c", genes=[JAK2]),
        hashed("d", genes=[JAK2], chemicals=[]),
        hashed("e", genes=[JAK2, JAK2], chemicals=[ATP]),
        hashed("f", genes=[JAK2], chemicals=[ATP], figtitle="x"),
        hashed("g", genes=[JAK2], diseases=[ATP]),
    }
    assert len(others) == 5
    assert whole not in others


# What a record says


def test_every_field_of_a_record_of_2023(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        genes=[JAK2],
        chemicals=[ATP],
        diseases=[DIABETES],
        keywords=["JAK2", "ATP"],
        organisms=["Mus musculus", "NA", "Plants"],
        organisms_ner=["Homo sapiens", "Mus musculus"],
        ndex="de2b66b6-de8e-11ea-99da-0ac135e8bacf",
        wpid="WP5283",
    )
    assert read(path) == Record(
        figid="PMC1__f1",
        origin=str(path),
        title="Signaling in a cell",
        alias="PMC1__F1",
        pmcid="PMC1",
        filename="f1.jpg",
        figlink="/pmc/articles/PMC1/figure/f1/",
        number="F1",
        caption="A signal passes through a cell.",
        description="A signal passes through a cell.",
        figure_type="Figure",
        score="0.75",
        ndex="de2b66b6-de8e-11ea-99da-0ac135e8bacf",
        wpid="WP5283",
        paper_title="How a signal passes through a cell.",
        citation="Ann Example, et al. J Ex. 2020;1:1.",
        year="2020",
        doi="10.1000/example.1",
        journal="Journal of Examples",
        journal_abbreviation="J Ex",
        publisher="Example House",
        paper_keywords=("signal", "cell"),
        organisms=("Mus musculus", "Plants"),
        organisms_ner=("Homo sapiens", "Mus musculus"),
        keywords=("JAK2", "ATP"),
        genes=(GeneRow("JAK", "JAK", "JAK2", "3717", "9606", "Homo sapiens", "famplex_relations", "sidecar"),),
        terms=(
            TermRow(
                "chemical",
                "ATP",
                "Adenosine Triphosphate",
                "ATP",
                ("chebi:15422", "mesh:D000255"),
                "mesh",
                "sidecar",
            ),
            TermRow("disease", "DIABETES", None, None, ("mesh:D003920",), "mesh", "sidecar"),
        ),
    )


def test_a_record_of_2021(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        inline=[inline("(Src", "SRC", "hgnc_symbol", "SRC", "6714")],
        keywords=["SRC", "bombesin"],
        chemicals=None,
        organisms="Homo sapiens",
    )
    document = yaml.safe_load(path.read_text().strip("-\n"))
    document["chemicals"] = [{"word": "bombesin", "source": "MESH", "identifier": "D001839"}]
    document["diseases"] = [{"word": "Cancer", "source": "", "identifier": ""}]
    path.write_text(front_matter(document))
    record = read(path)
    assert record.score == "0.75"
    assert record.organisms == ("Homo sapiens",)
    assert record.doi is record.journal is record.publisher is None
    assert record.genes == (GeneRow("(Src", "SRC", "SRC", "6714", "9606", "Homo sapiens", "hgnc_symbol", "inline"),)
    assert record.terms == (
        TermRow("chemical", "bombesin", None, None, ("MESH:D001839",), "mesh", "inline"),
        TermRow("disease", "Cancer", None, None, (), "not_stated", "inline"),
    )
    assert record.unknown_keys == ()


def test_inline_and_table_together_are_a_union(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        inline=[inline("AR*", "AR", "hgnc_symbol", "AR", "367")],
        genes=[JAK2],
        chemicals=[ATP],
    )
    record = read(path)
    assert [(row.gene_id, row.stated_in) for row in record.genes] == [("367", "inline"), ("3717", "sidecar")]
    assert [row.stated_in for row in record.terms] == ["sidecar"]


@pytest.mark.parametrize("missing", ["genes", "chemicals", "diseases"])
def test_each_table_may_be_missing(tmp_path: Path, missing: str) -> None:
    tables = {"genes": [JAK2], "chemicals": [ATP], "diseases": [DIABETES]}
    record = read(write(tmp_path, **{k: v for k, v in tables.items() if k != missing}))
    kinds = ["genes"] * len(record.genes) + [f"{row.kind}s" for row in record.terms]
    assert kinds == [kind for kind in tables if kind != missing]


def test_the_record_alone(tmp_path: Path) -> None:
    record = read(write(tmp_path, keywords=["JAK2"]))
    assert record.genes == record.terms == ()
    assert record.keywords == ("JAK2",)


TEXTS = {
    "figtitle": "title",
    "figid_alias": "alias",
    "filename": "filename",
    "figlink": "figlink",
    "number": "number",
    "caption": "caption",
    "figtype": "figure_type",
    "ndex": "ndex",
    "wpid": "wpid",
    "papertitle": "paper_title",
    "reftext": "citation",
    "year": "year",
    "doi": "doi",
    "journal_title": "journal",
    "journal_nlm_ta": "journal_abbreviation",
    "publisher_name": "publisher",
    "pmcid": "pmcid",
    "automl_pathway": "score",
    "pathway_score": "score",
}


@pytest.mark.parametrize("value", ["NA", ".na.character", "", ["NA"], None, LEFT_OUT, " NA ", [".na.character"]])
@pytest.mark.parametrize("key", TEXTS)
def test_not_known_in_every_text_field(tmp_path: Path, key: str, value: object) -> None:
    changes = {"automl_pathway": LEFT_OUT} if key == "pathway_score" else {}
    record = read(write(tmp_path, **(changes | {key: value})))
    assert getattr(record, TEXTS[key]) is None


@pytest.mark.parametrize("value", ["NA", ".na.character", "", ["NA"], [], None, LEFT_OUT, ["NA", ""]])
@pytest.mark.parametrize("key", ["organisms", "organisms_ner", "keywords"])
def test_not_known_in_every_list_field(tmp_path: Path, key: str, value: object) -> None:
    record = read(write(tmp_path, fields={key: value}))
    assert getattr(record, {"keywords": "paper_keywords"}.get(key, key)) == ()


@pytest.mark.parametrize("value", ["NA", ".na.character", "", ["NA"], None, LEFT_OUT])
@pytest.mark.parametrize("key", ["description", "keywords"])
def test_not_known_inside_schema_jsonld(tmp_path: Path, key: str, value: object) -> None:
    record = read(write(tmp_path, **{"schema-jsonld": {key: value} if value is not LEFT_OUT else {}}))
    assert not getattr(record, key)


@pytest.mark.parametrize("value", ["NA", ".na.character", ""])
@pytest.mark.parametrize(("key", "attribute"), [("hgnc_symbol", "symbol"), ("entrez", "gene_id"), ("source", "source")])
def test_not_known_in_inline_genes(tmp_path: Path, key: str, attribute: str, value: str) -> None:
    entry = inline("w", "m", "hgnc_symbol", "AR", "367") | {key: value}
    (row,) = read(write(tmp_path, inline=[entry])).genes
    assert not getattr(row, attribute)


def test_word_and_match_of_inline_genes_keep_not_known(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path, inline=[inline("NA", "NA", "hgnc_symbol", "x", "1")])).genes
    assert (row.word, row.match) == ("NA", "NA")


def test_not_known_among_known_ones_is_left_out(tmp_path: Path) -> None:
    record = read(
        write(
            tmp_path,
            organisms=["Homo sapiens", "NA", "Mus musculus"],
            keywords=["A", ".na.character", "NA", "B"],
        )
    )
    assert record.organisms == ("Homo sapiens", "Mus musculus")
    assert record.keywords == ("A", "B")


def test_paper_keywords_are_split_and_their_line_breaks_mended(tmp_path: Path) -> None:
    record = read(write(tmp_path / "a"))
    path = tmp_path / "a" / "_figures" / "PMC1__f1.md"
    path.write_text(path.read_text().replace("keywords: signal | cell", "keywords: |-\n  C-H\n  activation | a|b | NA"))
    assert record.paper_keywords == ("signal", "cell")
    assert read(path).paper_keywords == ("C-H activation", "a|b")


@pytest.mark.parametrize("value", [2020, 2020.0, "2020"])
def test_numbers_are_accepted_where_text_is_wanted(tmp_path: Path, value: object) -> None:
    assert read(write(tmp_path, year=value)).year == str(value)


@pytest.mark.parametrize("key", [key for key in TEXTS if key != "pmcid"])
@pytest.mark.parametrize("value", [True, False])
def test_booleans_are_refused_with_the_field(tmp_path: Path, key: str, value: bool) -> None:
    changes = {"automl_pathway": LEFT_OUT} if key == "pathway_score" else {}
    error = refused(write(tmp_path, **(changes | {key: value})))
    assert error.field == key
    assert error.record == "PMC1__f1"
    assert "boolean" in error.message


def test_a_bare_yaml_word_among_keywords_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, keywords=["A", "XXX", "B"])
    path.write_text(path.read_text().replace("- XXX", "- NO"))
    error = refused(path)
    assert error.field == "schema-jsonld: keywords, item 2"
    assert "NO" in error.message


def test_a_number_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text().replace("year: '2020'", f"year: &y 0x{'F' * 5000}"))
    assert refused(path).field == "year"


def test_quoted_yaml_words_are_words(tmp_path: Path) -> None:
    words = ["On", "NO", "year", "yes", "null", "~", "1.0", "017", "12:30:00"]
    assert read(write(tmp_path, keywords=words)).keywords == tuple(words)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"figtitle": ["a", "b"]}, "figtitle"),
        ({"caption": {"a": "b"}}, "caption"),
        ({"organisms": {"a": "b"}}, "organisms"),
        ({"organisms": [["a"]]}, "organisms"),
        ({"organisms": ["a", ["b"]]}, "organisms, item 2"),
        ({"schema-jsonld": "x"}, "schema-jsonld"),
        ({"schema-jsonld": ["x"]}, "schema-jsonld"),
        ({"schema-jsonld": {"keywords": {"a": 1}}}, "schema-jsonld: keywords"),
        ({"genes": "x"}, "genes"),
        ({"genes": {"word": "x"}}, "genes"),
        ({"genes": ["x"]}, "genes, item 1"),
        ({"genes": [inline("w", "m", "s", "g", "1"), ["x"]]}, "genes, item 2"),
        ({"genes": [inline("w", "m", "s", "g", "1") | {"word": ["x"]}]}, "genes, item 1, word"),
        ({"genes": [inline("w", "m", "s", "g", "1") | {"word": True}]}, "genes, item 1, word"),
        ({"genes": [inline("w", "m", "s", "g", "one")]}, "genes, item 1, entrez"),
        ({"chemicals": "x"}, "chemicals"),
        ({"chemicals": [{"word": {"a": 1}}]}, "chemicals, item 1, word"),
        ({"diseases": [{"word": "x", "identifier": ["x", "y"]}]}, "diseases, item 1, identifier"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_field(
    tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    error = refused(write(tmp_path, fields=changes))
    assert error.field == field
    assert error.record == "PMC1__f1"
    assert error.file.endswith("PMC1__f1.md")


def test_unknown_keys_are_reported_and_the_record_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, genes=[JAK2], colour="red", licence="CC0")
    document = yaml.safe_load(path.read_text().strip("-\n"))
    document["schema-jsonld"]["version"] = "2"
    path.write_text(front_matter(document))
    data = tmp_path / "_data" / "PMC1__f1-genes.tsv"
    header, row = data.read_text().splitlines()
    data.write_text(f"{header}\tpage\n{row}\t7\n")
    record = read(path)
    assert set(record.unknown_keys) == {"colour", "licence", "schema-jsonld: version", "genes table: page"}
    assert len(record.genes) == 1


@pytest.mark.parametrize("key", sorted(KEYS_LEFT_OUT))
def test_keys_left_out_on_purpose_are_in_the_docs_and_not_reported(tmp_path: Path, key: str) -> None:
    docs = Path(__file__).parent.parent / "docs" / "graph.md"
    left_out = docs.read_text("utf-8").partition("## Record keys that are not in the graph")[2]
    assert f"`{key}`" in left_out
    assert read(write(tmp_path, **{key: "x"})).unknown_keys == ()


# The figid


@pytest.mark.parametrize("value", [LEFT_OUT, "", "NA", None, []])
def test_figid_missing(tmp_path: Path, value: object) -> None:
    assert refused(_with(tmp_path, value)).field == "figid"


def _with(folder: Path, figid: object) -> Path:
    """A record ``PMC1__f1.md`` that says another figid."""
    path = write(folder)
    document = yaml.safe_load(path.read_text().strip("-\n"))
    if figid is LEFT_OUT:
        del document["figid"]
    else:
        document["figid"] = figid
    path.write_text(front_matter(document))
    return path


def test_figid_that_is_not_the_file_name(tmp_path: Path) -> None:
    error = refused(_with(tmp_path, "PMC1__f2"))
    assert error.field == "figid"
    assert error.value == error.record == "PMC1__f2"
    assert "PMC1__f1.md" in error.message


@pytest.mark.parametrize(
    "figid",
    [
        "a b<c>",
        "PMC1__a b",
        "PMC1__a>b",
        'PMC1__"',
        "PMC1__a/b",
        "PMC1__é",
        "PMC1_f1",
        "pmc1__f1",
        "PMC__f1",
        "PMC1__",
        "PMC1__a\nb",
        "PMC1__f#1",
        "PMC１__f1",
        "xPMC1__f1",
    ],
)
def test_figid_that_breaks_an_iri_or_is_none(tmp_path: Path, figid: str) -> None:
    error = refused(_with(tmp_path, figid))
    assert error.field == "figid"
    assert "not a figid" in error.message


@pytest.mark.parametrize("figid", ["PMC2864807__09_173_.de_ref2", "PMC1__x-y.z_0", "PMC123456789012__ga1"])
def test_odd_figids_that_are_fine(tmp_path: Path, figid: str) -> None:
    assert read(write(tmp_path, figid)).figid == figid


def test_figid_is_a_list_of_one(tmp_path: Path) -> None:
    assert read(_with(tmp_path, ["PMC1__f1"])).figid == "PMC1__f1"


@pytest.mark.parametrize("figid", [True, {"a": 1}, ["PMC1__f1", "PMC1__f2"]])
def test_figid_of_the_wrong_kind(tmp_path: Path, figid: object) -> None:
    assert refused(_with(tmp_path, figid)).field == "figid"


def test_pmcid_of_another_paper_than_the_figids(tmp_path: Path) -> None:
    error = refused(write(tmp_path, pmcid="PMC2"))
    assert (error.field, error.value, error.record) == ("pmcid", "PMC2", "PMC1__f1")
    assert "PMC1" in error.message


def test_pmcid_whose_start_is_the_figids_is_another_paper(tmp_path: Path) -> None:
    assert refused(write(tmp_path, "PMC12__f1", pmcid="PMC1")).field == "pmcid"
    assert refused(write(tmp_path, "PMC1__f1", pmcid="PMC12")).field == "pmcid"


# Broken tables


@pytest.mark.parametrize("kind", ["genes", "chemicals", "diseases"])
def test_a_broken_table_names_itself_and_the_record(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, **{kind: []})
    data = tmp_path / "_data" / f"PMC1__f1-{kind}.tsv"
    data.write_text(data.read_text() + "x\n")
    error = refused(path)
    assert error.file == str(data)
    assert error.record == "PMC1__f1"
    assert error.field == "row 2"


def test_names_with_spaces_and_other_letters(tmp_path: Path) -> None:
    path = write(tmp_path / "Daten für Åse (1)", genes=[gene("β", "B", "X", 1, SYMBOL)])
    assert read(path).genes[0].word == "β"


def test_table_helper_writes_what_pfocr_writes() -> None:
    assert table(["a", "b"], [("1", "x ")]) == "a\tb\n1\tx \n"
