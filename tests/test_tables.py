"""The TSV tables beside a record: every layout, words to the letter, faults named by row and column."""

from __future__ import annotations

import pytest

from kg.errors import RecordError
from kg.model import GeneRow, TermKind, TermRow
from kg.tables import gene_rows, known, term_rows, verbatim

FILE = "PMC1__f1-genes.tsv"
HEADER_11 = (
    "organism_id\torganism_name\torganism_group\tword\tmatch\tncbigene_symbol\tncbigene_id\tsource\t"
    "count_direct\tcount_synonym\tcount_match\n"
)
HEADER_10 = HEADER_11.replace("count_synonym\t", "")
ROW_11 = "9606\tHomo sapiens\tPrimates\t(MPL)\tMPL\tMPL\t4352\tncbigene_symbol\t3\tNA\t3\n"
ROW_10 = "10090\tMus musculus\tRodents\tYAP/TEAD,\tYAP\tYap1\t22601\tncbigene_synonym\t13\t9\n"


def genes(text: str | bytes) -> list[GeneRow]:
    return gene_rows(text.encode() if isinstance(text, str) else text, file=FILE)[0]


def row(**changes: str) -> GeneRow:
    """The gene row of a table with one row, some of its cells changed."""
    cells = dict(zip(HEADER_11.strip().split("\t"), ROW_11.strip().split("\t"), strict=True)) | changes
    return genes(HEADER_11 + "\t".join(cells.values()) + "\n")[0]


def refused(text: str | bytes) -> RecordError:
    with pytest.raises(RecordError) as caught:
        genes(text)
    assert caught.value.file == FILE
    return caught.value


# Genes


def test_genes_with_11_columns() -> None:
    assert genes(HEADER_11 + ROW_11) == [
        GeneRow("(MPL)", "MPL", "MPL", "4352", "9606", "Homo sapiens", "ncbigene_symbol", "sidecar")
    ]


def test_genes_with_10_columns() -> None:
    assert genes(HEADER_10 + ROW_10) == [
        GeneRow("YAP/TEAD,", "YAP", "Yap1", "22601", "10090", "Mus musculus", "ncbigene_synonym", "sidecar")
    ]


def test_columns_are_read_by_name_not_by_place() -> None:
    text = "source\tword\tncbigene_id\tmatch\torganism_name\tncbigene_symbol\torganism_id\nS\tW\t1\tM\tN\tY\t2\n"
    assert genes(text) == [GeneRow("W", "M", "Y", "1", "2", "N", "S", "sidecar")]


def test_a_table_may_be_empty() -> None:
    assert genes(HEADER_11) == []


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark(ends: str, start: str) -> None:
    text = start + (HEADER_11 + ROW_11).replace("\n", ends)
    assert genes(text) == genes(text.rstrip("\r\n")) == genes(HEADER_11 + ROW_11)


@pytest.mark.parametrize(
    "word",
    ["Me  Me  Me ", " Src", "|TH|T", '"JAK', "*Tpi", "İNOS", "a\u2028b", "x\x0cy", "Na+", "\u00a0p53", "NA", "'"],
)
def test_words_are_kept_to_the_letter(word: str) -> None:
    assert row(word=word).word == word


def test_a_quote_does_not_join_rows() -> None:
    quoted = ROW_11.replace("(MPL)", '"MPL')
    assert [r.word for r in genes(HEADER_11 + quoted + ROW_11)] == ['"MPL', "(MPL)"]


@pytest.mark.parametrize("text", ["NA", ".na.character"])
def test_not_known_as_match_is_the_text_itself(text: str) -> None:
    assert row(match=text).match == text


@pytest.mark.parametrize("text", ["NA", "", ".na.character", " NA "])
@pytest.mark.parametrize(
    ("column", "attribute"),
    [
        ("ncbigene_symbol", "symbol"),
        ("ncbigene_id", "gene_id"),
        ("organism_id", "taxon_id"),
        ("organism_name", "taxon_name"),
    ],
)
def test_not_known_in_id_symbol_and_organism_columns(column: str, attribute: str, text: str) -> None:
    assert getattr(row(**{column: text}), attribute) is None


@pytest.mark.parametrize("text", ["NA", "", "many", "-1", "2.5"])
def test_counts_do_not_matter(text: str) -> None:
    assert row(count_direct=text, count_synonym=text, count_match=text) == row()


@pytest.mark.parametrize("text", ["x12", "12.0", "-5", "1e3", "٣", "²", "12 13", "ncbigene:12", "0x1F"])
@pytest.mark.parametrize("column", ["ncbigene_id", "organism_id"])
def test_an_id_that_is_no_number_is_refused_with_row_and_column(column: str, text: str) -> None:
    bad = ROW_11.replace("4352" if column == "ncbigene_id" else "9606", text)
    error = refused(HEADER_11 + ROW_11 + ROW_11 + bad)
    assert error.field == f"row 4, column {column}"
    assert error.value == text
    assert repr(text) in str(error)


def test_leading_zeros_are_not_another_gene() -> None:
    assert row(ncbigene_id="003717").gene_id == "3717"


@pytest.mark.parametrize("column", ["organism_id", "ncbigene_id"])
@pytest.mark.parametrize("text", ["0", "000"])
def test_ids_start_at_1(column: str, text: str) -> None:
    error = refused(HEADER_11 + ROW_11.replace("4352" if column == "ncbigene_id" else "9606", text))
    assert (error.field, error.value) == (f"row 2, column {column}", text)
    assert str(error) == (
        f"{FILE}: row 2, column {column}: {text!r} is not an NCBI id: they start at 1 (write NA if it is not known)"
    )
    assert error.summary == f"{column} is not an NCBI id: they start at 1 (write NA if it is not known)"


@pytest.mark.parametrize(
    "column", ["organism_id", "organism_name", "word", "match", "ncbigene_symbol", "ncbigene_id", "source"]
)
def test_a_missing_column_is_named(column: str) -> None:
    columns = HEADER_11.strip().split("\t")
    at = columns.index(column)
    lines = [line.split("\t") for line in (HEADER_11 + ROW_11).splitlines()]
    error = refused("".join("\t".join(cells[:at] + cells[at + 1 :]) + "\n" for cells in lines))
    assert error.field == "header"
    assert f"no column {column}." in str(error)


@pytest.mark.parametrize("text", ["", "\n", "word\n", HEADER_11.replace("\t", ",")])
def test_what_is_no_gene_table_is_refused(text: str) -> None:
    assert refused(text).field == "header"


@pytest.mark.parametrize("change", [-1, 1, -10], ids=["short", "long", "one cell"])
def test_a_row_of_another_length_is_refused(change: int) -> None:
    cells = ROW_11.strip().split("\t")
    cells = cells[:change] if change < 0 else [*cells, "x"]
    error = refused(HEADER_11 + ROW_11 + "\t".join(cells) + "\n")
    assert error.field == "row 3"
    assert f"{11 + change} cells" in str(error)
    assert "11 columns" in str(error)


def test_rows_are_numbered_as_lines_of_the_file() -> None:
    assert refused(HEADER_11 + "\n\n" + ROW_11 + "x\n").field == "row 5"


def test_unknown_columns_are_reported_and_the_known_left_out_are_not() -> None:
    text = HEADER_11.replace("\n", "\tscore\tlink\n") + ROW_11.replace("\n", "\t0.5\tx\n")
    rows, unknown = gene_rows(text.encode(), file=FILE)
    assert rows == genes(HEADER_11 + ROW_11)
    assert unknown == ["score", "link"]
    assert gene_rows((HEADER_11 + ROW_11).encode(), file=FILE)[1] == []


def test_a_table_that_is_not_utf8() -> None:
    assert "line 2" in str(refused((HEADER_11 + ROW_11).replace("(MPL)", "Å").encode("latin-1")))


# Chemicals and diseases


def terms(kind: TermKind, text: str) -> list[TermRow]:
    return term_rows(text.encode(), kind, file=FILE)[0]


TERM_TABLES: list[tuple[TermKind, str, TermRow]] = [
    (
        "chemical",
        "word\tmesh\tmatch\tname\tchebi\nATP\tmesh:D000255\tAdenosine Triphosphate\tATP\tchebi:15422\n",
        TermRow(
            "chemical",
            "ATP",
            "Adenosine Triphosphate",
            "ATP",
            ("chebi:15422", "mesh:D000255"),
            "mesh",
            "sidecar",
        ),
    ),
    (
        "chemical",
        "word\tmesh\tmatch\tname\tchebi\nMe  Me \tmesh:C526611\tNA\tNA\tNA\n",
        TermRow("chemical", "Me  Me ", None, None, ("mesh:C526611",), "mesh", "sidecar"),
    ),
    (
        "chemical",
        "word\tmesh\tmatch\tname\tchebi\nNAD NADH\tmesh:D009243\tNA\tNAD(+)\tchebi:15846\n",
        TermRow("chemical", "NAD NADH", "NA", "NAD(+)", ("chebi:15846", "mesh:D009243"), "mesh", "sidecar"),
    ),
    (
        "chemical",
        "word\tmesh\tmatch\tname\tchebi\nx\tNA\tNA\tNA\tNA\n",
        TermRow("chemical", "x", None, None, (), "not_stated", "sidecar"),
    ),
    (
        "chemical",
        "word\tsource\tidentifier\nFatty Acid\tMESH\tD005227\n",
        TermRow("chemical", "Fatty Acid", None, None, ("MESH:D005227",), "mesh", "sidecar"),
    ),
    (
        "chemical",
        "word\ttype\tidentifier\nSTZ\tChemical\tMESH:D013311\n",
        TermRow("chemical", "STZ", None, None, ("MESH:D013311",), "mesh", "sidecar"),
    ),
    (
        "chemical",
        "word\tsource\tidentifier\nx\tNA\tNA\n",
        TermRow("chemical", "x", None, None, (), "not_stated", "sidecar"),
    ),
    (
        "disease",
        "word\tmesh\tmatch\tname\tdoid\nLPS\tmesh:C536528\tVan der Woude syndrome\tVan der Woude syndrome\t"
        "doid:0060239\n",
        TermRow(
            "disease",
            "LPS",
            "Van der Woude syndrome",
            "Van der Woude syndrome",
            ("doid:0060239", "mesh:C536528"),
            "mesh",
            "sidecar",
        ),
    ),
    (
        "disease",
        "word\ttype\tidentifier\nOXIDATIVE\tDisease\tMESH:D004194\n",
        TermRow("disease", "OXIDATIVE", None, None, ("MESH:D004194",), "mesh", "sidecar"),
    ),
    (
        "disease",
        "word\tsource\tidentifier\nCancer\t\t\n",
        TermRow("disease", "Cancer", None, None, (), "not_stated", "sidecar"),
    ),
]


@pytest.mark.parametrize(("kind", "text", "expected"), TERM_TABLES)
def test_every_layout_of_chemicals_and_diseases(kind: TermKind, text: str, expected: TermRow) -> None:
    assert terms(kind, text) == [expected]
    assert terms(kind, "\ufeff" + text.replace("\n", "\r\n")) == [expected]


def test_repeated_rows_are_all_read() -> None:
    line = "STZ\tChemical\tMESH:D013311\n"
    assert len(terms("chemical", "word\ttype\tidentifier\n" + line + line)) == 2


@pytest.mark.parametrize(
    ("kind", "header", "missing"),
    [
        ("chemical", "word\tmesh\tmatch\tname", "chebi"),
        ("chemical", "word\tmesh\tmatch\tname\tdoid", "chebi"),
        ("disease", "word\tmesh\tmatch\tname\tchebi", "doid"),
        ("chemical", "mesh\tmatch\tname\tchebi", "word"),
        ("disease", "word\tidentifier", "type"),
        ("disease", "source\tidentifier", "word"),
        ("chemical", "", "word, mesh, match, name, chebi"),
    ],
)
def test_a_missing_column_of_a_term_table_is_named(kind: TermKind, header: str, missing: str) -> None:
    with pytest.raises(RecordError) as caught:
        terms(kind, header + "\n")
    assert f"no column {missing}." in str(caught.value)


def test_a_short_row_of_a_term_table() -> None:
    with pytest.raises(RecordError) as caught:
        terms("chemical", "word\tmesh\tmatch\tname\tchebi\nATP\tmesh:D000255\n")
    assert caught.value.field == "row 2"


def test_unknown_columns_of_a_term_table_are_reported() -> None:
    text = "word\ttype\tidentifier\tpage\nSTZ\tChemical\tMESH:D013311\t3\n"
    assert term_rows(text.encode(), "chemical", file=FILE)[1] == ["page"]


# Single values


@pytest.mark.parametrize("text", ["", " ", "NA", " NA\t", ".na.character", None])
def test_not_known(text: str | None) -> None:
    assert known(text) is None


@pytest.mark.parametrize("text", ["na", "N/A", "Na", "NAA", "n.a.", "0", "-"])
def test_what_only_looks_like_not_known(text: str) -> None:
    assert known(text) == text


@pytest.mark.parametrize(("text", "kept"), [("NA", "NA"), (" x ", " x "), ("", None), ("  ", None)])
def test_verbatim(text: str, kept: str | None) -> None:
    assert verbatim(text) == kept
