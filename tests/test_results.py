"""Answers as text: what is written can be read back by other people's parsers, and shown on a terminal unharmed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat
from question_records import environment, fixture_store, run, to_oxigraph
from rdflib.query import Result
from records import inline, write

import kg
from kg.results import FORMATS, Format, Table, literal, text, write_boolean, write_rows
from kg.results import write as write_table

XSD = "http://www.w3.org/2001/XMLSchema#"
ODD = (
    "plain",
    "",
    "tab\there",
    "line\nbreak",
    "carriage\rreturn",
    "both\r\nof them",
    'a "quoted" word',
    "it's",
    "back\\slash \\n \\t",
    "comma, semicolon; pipe|",
    "[O]",
    "[bold]not markup[/bold]",
    "<b>&amp;</b> ]]>",
    "β-catenin, IκBα, TNF‐α",
    "İNOS",
    "😀",
    " blanks around ",
    "NA",
    "?x",
    "http://example.org/not-an-iri",
    "_:b0",
    "1",
    "true",
)
CONTROL = ("bell\x07", "\x1b[31mred\x1b[0m", "null-like \x01\x02", "del\x7f", "c1 \x85\x9b")
IRIS = ("https://identifiers.org/ncbigene/3717", "http://example.org/a?b=c&d=%20", "https://example.org/β")


def table_of(words: tuple[str, ...]) -> Table:
    """A row for each word, beside an IRI, a number, and a value that is not always there."""
    rows = [
        (
            NamedNode(IRIS[n % len(IRIS)]),
            Literal(word),
            Literal(str(n), datatype=NamedNode(XSD + "integer")),
            Literal("Wort", language="de") if n % 2 else None,
        )
        for n, word in enumerate(words)
    ]
    return Table(("figure", "word", "count", "sometimes"), rows)


def written(table: Table, format: Format) -> str:
    out = io.StringIO(newline="")
    write_table(table, format, out)
    return out.getvalue()


def read_by_oxigraph(text: str, format: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    kinds = {"tsv": QueryResultsFormat.TSV, "json": QueryResultsFormat.JSON, "xml": QueryResultsFormat.XML}
    found = pyoxigraph.parse_query_results(text.encode(), format=kinds[format])
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return tuple(v.value for v in found.variables), [tuple(row) for row in found]


def read_by_rdflib(text: str, format: str) -> list[tuple[Any, ...]]:
    result = Result.parse(io.BytesIO(text.encode()), format=format)
    names = [str(variable) for variable in result.vars or ()]
    return [tuple(to_oxigraph(binding.get(rdflib.Variable(name))) for name in names) for binding in result.bindings]


@pytest.mark.parametrize("format", ["tsv", "json", "xml"])
def test_oxigraph_reads_what_is_written(format: Format) -> None:
    table = table_of(ODD)
    assert read_by_oxigraph(written(table, format), format) == (table.columns, list(table.rows))


@pytest.mark.parametrize("format", ["tsv", "json"])
def test_control_characters_survive_where_the_format_has_a_place_for_them(format: Format) -> None:
    table = table_of(CONTROL)
    assert read_by_oxigraph(written(table, format), format)[1] == list(table.rows)


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=200, deadline=None)
def test_any_text_survives_tsv_and_json(word: str) -> None:
    table = Table(("word",), [(Literal(word),)])
    for format in ("tsv", "json"):
        assert read_by_oxigraph(written(table, format), format)[1] == [(Literal(word),)]
    rows = list(csv.reader(io.StringIO(written(table, "csv"), newline="")))
    assert rows == [["word"], [word]] or (word == "" and rows == [["word"], []])
    assert len(list(rows)) == 2


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=200, deadline=None)
def test_any_text_makes_xml_that_parses(word: str) -> None:
    (row,) = read_by_oxigraph(written(Table(("word",), [(Literal(word),)]), "xml"), "xml")[1]
    kept = "".join(ch for ch in word if ch >= " " or ch in "\t\n\r")
    assert row[0].value == "".join(ch for ch in kept if ch not in "\ufffe\uffff")


@pytest.mark.parametrize("format", ["json", "xml"])
def test_rdflib_reads_what_is_written(format: Format) -> None:
    table = table_of(ODD)
    assert read_by_rdflib(written(table, format), format) == list(table.rows)


def test_rdflib_reads_tsv() -> None:
    """Its reader ends a row at a line end of any kind and takes no empty text; words of figures have neither."""
    table = table_of(tuple(word for word in ODD if word))
    assert read_by_rdflib(written(table, "tsv"), "tsv") == list(table.rows)


def test_rdflib_reads_csv() -> None:
    """CSV has no types: texts alone are told apart, and an empty one is nothing."""
    read = Result.parse(io.BytesIO(written(table_of(ODD), "csv").encode()), format="csv")
    words = [str(binding.get(rdflib.Variable("word"), "")) for binding in read.bindings]
    assert words == list(ODD)


def test_csv_is_that_of_rfc_4180() -> None:
    said = written(Table(("a", "b"), [(Literal('say "a", "b"'), None), (NamedNode("x:y"), BlankNode("z"))]), "csv")
    assert said == 'a,b\r\n"say ""a"", ""b""",\r\nx:y,_:z\r\n'


def test_tsv_has_terms_in_turtle() -> None:
    rows = [(NamedNode("x:y"), Literal("a\tb\n"), None), (BlankNode("z"), Literal("Wort", language="de"), literal(3))]
    assert written(Table(("a", "b", "c"), rows), "tsv") == (
        f'?a\t?b\t?c\n<x:y>\t"a\\tb\\n"\t\n_:z\t"Wort"@de\t"3"^^<{XSD}integer>\n'
    )


def test_json_is_one_document() -> None:
    document = json.loads(written(table_of(("β",)), "json"))
    assert document["head"] == {"vars": ["figure", "word", "count", "sometimes"]}
    assert document["results"]["bindings"] == [
        {
            "figure": {"type": "uri", "value": "https://identifiers.org/ncbigene/3717"},
            "word": {"type": "literal", "value": "β"},
            "count": {"type": "literal", "value": "0", "datatype": XSD + "integer"},
        }
    ]


@pytest.mark.parametrize("format", ["tsv", "json", "xml"])
def test_no_rows(format: Format) -> None:
    assert read_by_oxigraph(written(Table(("a", "b"), []), format), format) == (("a", "b"), [])


@pytest.mark.parametrize("format", ["tsv", "json", "xml"])
def test_a_triple_in_an_answer(format: Format) -> None:
    triple = pyoxigraph.Triple(NamedNode("x:s"), NamedNode("x:p"), Literal("o"))
    row = (triple,)
    out = io.StringIO()
    write_rows(("t",), [row], format, out)  # type: ignore[list-item, arg-type]
    assert read_by_oxigraph(out.getvalue(), format) == (("t",), [row])


@pytest.mark.parametrize(("format", "expected"), [("table", "true"), ("csv", "true"), ("tsv", "true")])
def test_a_boolean_as_text(format: Format, expected: str) -> None:
    out = io.StringIO()
    write_boolean(True, format, out)
    assert out.getvalue() == expected + "\n"


@pytest.mark.parametrize(("format", "kind"), [("json", QueryResultsFormat.JSON), ("xml", QueryResultsFormat.XML)])
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_that_can_be_read(format: Format, kind: QueryResultsFormat, value: bool) -> None:
    out = io.StringIO()
    write_boolean(value, format, out)
    assert bool(pyoxigraph.parse_query_results(out.getvalue().encode(), format=kind)) is value


# --- for a person


def test_a_table_for_a_person_has_a_line_a_row() -> None:
    lines = written(table_of((*ODD, *CONTROL)), "table").splitlines()
    assert len(lines) == 1 + len(ODD) + len(CONTROL)
    assert all(line.isprintable() for line in lines)


def test_words_are_not_taken_for_markup() -> None:
    words = ("[O]", "[bold]not markup[/bold]", "[/]", "[red]", "\\[x]", ":smile:", "[link=x:y]z[/link]")
    lines = written(Table(("[b]word[/b]",), [(Literal(word),) for word in words]), "table").splitlines()
    assert [line.strip() for line in lines] == ["[b]word[/b]", *words]


def test_iris_are_shown_as_curies() -> None:
    rows = [
        (NamedNode("https://identifiers.org/ncbigene/3717"),),
        (NamedNode("https://pfocr.wikipathways.org/figures/PMC1__f1.html"),),
        (NamedNode("http://purl.obolibrary.org/obo/NCBITaxon_9606"),),
        (NamedNode("https://schema.org/name"),),
        (NamedNode("https://example.org/x"),),
    ]
    assert [line.strip() for line in written(Table(("thing",), rows), "table").splitlines()[1:]] == [
        "ncbigene:3717",
        "PMC1__f1",
        "ncbitaxon:9606",
        "schema:name",
        "https://example.org/x",
    ]


def test_numbers_stand_at_the_right() -> None:
    lines = written(
        Table(("n", "w"), [(literal(5), literal("a")), (literal(1000), literal("b"))]), "table"
    ).splitlines()
    assert lines == ["     n  w", "     5  a", "  1000  b"]


def test_a_table_fits_the_width_that_it_is_given() -> None:
    out = io.StringIO()
    write_table(Table(("a", "b"), [(literal("x" * 100), literal("y" * 100))]), "table", out, width=60)
    lines = out.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 62  # two blanks before it
    assert "…" in lines[1]


def test_nothing_of_nothing() -> None:
    assert written(Table((), []), "table") == ""
    assert text(None) == ""


# --- on the command line


@pytest.fixture(scope="module")
def odd_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A figure for each odd word, as a record of 2021 can have it: its list is YAML, which has a place for all."""
    folder = tmp_path_factory.mktemp("odd")
    words = [word for word in (*ODD, *CONTROL) if word.strip()]
    for n, word in enumerate(words, 1):
        fields = {"figtitle": f"Title {word}", "caption": word, "papertitle": f"Paper {word}", "year": "2020"}
        row = inline(word, word, "hgnc_alias_symbol", "JAK2", "3717")
        write(folder, f"PMC{n}__f1", inline=[row], fields=fields)
    result = kg.build([folder], store=folder / "kg.store", jobs=1)
    assert (result.figures, result.rejects) == (len(words), ())
    return folder / "kg.store"


def test_odd_words_come_out_as_they_went_in(odd_store: Path) -> None:
    expected = {word for word in (*ODD, *CONTROL) if word.strip()}
    ran = run("query", "figures-mentioning-genes", "JAK2", "--format", "json", store=odd_store)
    assert {row["JAK2_words"]["value"] for row in json.loads(ran.out)["results"]["bindings"]} == expected
    ran = run("query", "figures-mentioning-genes", "JAK2", "--format", "tsv", store=odd_store)
    columns, rows = read_by_oxigraph(ran.out, "tsv")
    assert {row[columns.index("JAK2_words")].value for row in rows} == expected


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_every_row(odd_store: Path, format: Format) -> None:
    ran = run("query", "figures-mentioning-genes", "JAK2", "--format", format, store=odd_store)
    assert ran.code == 0
    rows = sum(bool(word.strip()) for word in (*ODD, *CONTROL))
    if format == "table":
        assert len(ran.lines) == 1 + rows
        assert all(line.isprintable() for line in ran.lines)
        assert any("[bold]not markup[/bold]" in line for line in ran.lines)
    elif format == "csv":
        assert len(list(csv.reader(io.StringIO(ran.out, newline="")))) == 1 + rows
    else:
        assert len(read_by_oxigraph(ran.out, format)[1]) == rows


@pytest.mark.parametrize(
    "command", [("query", "figures-mentioning-genes", "JAK2"), ("sparql", "SELECT * { ?s ?p ?o }")]
)
@pytest.mark.parametrize("format", ["csv", "tsv", "json", "xml"])
def test_both_commands_write_alike(command: tuple[str, ...], format: str, odd_store: Path) -> None:
    ran = run(*command, "--format", format, store=odd_store)
    assert ran.code == 0
    if format != "csv":
        assert read_by_oxigraph(ran.out, format)[1]
        if format != "tsv":
            assert read_by_rdflib(ran.out, format)


@pytest.mark.parametrize(
    "thing", ["PMC1__f1", "JAK2", *(f"PMC{n}" for n in range(1, 27)), *(f"PMC{n}__f1" for n in range(2, 27))]
)
def test_show_steers_no_terminal(odd_store: Path, thing: str) -> None:
    ran = run("show", thing, store=odd_store)
    assert ran.code == 0
    assert all(line.isprintable() for line in ran.out.split("\n"))


def test_the_first_column_of_tsv_can_be_cut() -> None:
    ran = run("query", "figures-mentioning-genes", "JAK2", "STAT3", "--format", "tsv", store=fixture_store())
    first = [line.split("\t")[0] for line in ran.lines]
    assert first == ["?figure"] + [
        f"<https://pfocr.wikipathways.org/figures/{figid}.html>"
        for figid in ("PMC1__f1", "PMC2__f1", "PMC1__f2", "PMC3__f1", "PMC6__f1", "PMC7__f1")
    ]


COMMANDS = {
    "a table": ("query", "most-figured-genes", "--tier", "all"),
    "tsv": ("query", "most-figured-genes", "--format", "tsv"),
    "the catalogue": ("query",),
    "a long answer": ("sparql", "SELECT * { ?s ?p ?o . ?s ?q ?r }", "--format", "json"),
    "a graph": ("sparql", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
    "a sheet": ("show", "PMC8__f1"),
    "help": ("--help",),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_reader_that_has_enough_sees_no_traceback(command: str, buffered: str) -> None:
    store = () if command in ("help", "the catalogue") else ("--store", str(fixture_store()))
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", *COMMANDS[command], *store],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PYTHONUNBUFFERED=buffered),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    told = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 141  # as the shell says it: 128 + SIGPIPE
    assert "Traceback" not in told
    assert "Error" not in told
    assert "Exception ignored" not in told


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_full_disk_is_said(command: str, buffered: str) -> None:
    store = () if command in ("help", "the catalogue") else ("--store", str(fixture_store()))
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "kg", *COMMANDS[command], *store],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(PYTHONUNBUFFERED=buffered),
            check=False,
        )
    told = ran.stderr.decode()
    assert ran.returncode == 3
    assert told.splitlines()[-1] == "kg: the output: cannot be written: No space left on device"
    assert "Traceback" not in told
