"""Answers as text: a table for people, and the W3C result formats (CSV, TSV, JSON, XML) for programs.

The formats are those of https://www.w3.org/TR/sparql11-results-csv-tsv/, …/sparql11-results-json/ and
…/rdf-sparql-XMLres/. `Table` is what all of them start from.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any, Literal, NamedTuple

import pyoxigraph

from kg.terms import written
from kg.vocab import XSD, curie

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal
Row = tuple[Term | None, ...]
RowFormat = Literal["csv", "tsv", "json", "xml"]
Format = Literal["table"] | RowFormat
FORMATS: tuple[Format, ...] = ("table", "csv", "tsv", "json", "xml")


class Table(NamedTuple):
    """Columns (SPARQL variable names, without ``?``) and rows of RDF terms, None where nothing is bound."""

    columns: tuple[str, ...]
    rows: Sequence[Row]


def literal(value: str | int | float) -> pyoxigraph.Literal:
    """A plain value as a literal of the datatype that fits."""
    return pyoxigraph.Literal(value)


def text(term: Any) -> str:
    """What a term holds, for a person: a CURIE where there is one, a literal's text, '' for nothing."""
    if term is None:
        return ""
    if isinstance(term, pyoxigraph.NamedNode):
        return curie(term.value)
    return written(term) if isinstance(term, pyoxigraph.Triple) else str(term.value)


def write(table: Table, format: Format, out: IO[str], *, width: int | None = None) -> None:
    """Write a table in one of `FORMATS`. ``width`` bounds the lines of ``table`` (None: no bound)."""
    if format == "table":
        _write_table(table, out, width)
    else:
        write_rows(table.columns, table.rows, format, out)


def write_rows(columns: Sequence[str], rows: Iterable[Row], format: RowFormat, out: IO[str]) -> None:
    """Write rows as they come, holding one at a time."""
    writer = {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}[format]
    for piece in writer(columns, rows):
        out.write(piece)


def write_boolean(value: bool, format: Format, out: IO[str]) -> None:
    """Write the answer of an ASK query."""
    if format == "json":
        out.write(json.dumps({"head": {}, "boolean": value}) + "\n")
    elif format == "xml":
        body = f"<head/><boolean>{str(value).lower()}</boolean>"
        out.write(f'<?xml version="1.0"?>\n<sparql xmlns="{_XML}">{body}</sparql>\n')
    else:
        out.write(f"{str(value).lower()}\n")


def _write_table(table: Table, out: IO[str], width: int | None) -> None:
    if not table.columns:
        return
    heads = [printable(column.replace("_", " ")) for column in table.columns]
    rows = [[printable(text(term)) for term in row] for row in table.rows]
    right = [bool(table.rows) and all(_is_number(row[i]) for row in table.rows) for i in range(len(heads))]
    colour = width is not None and out.isatty() and os.environ.get("TERM") != "dumb"
    widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
    if width is not None and 2 + sum(widths) + 2 * (len(widths) - 1) > width:
        _write_narrow(heads, rows, right, out, width, colour=colour)
        return
    for i, line in enumerate((heads, *rows)):
        cells = (
            " " * (wide - _width(cell)) + cell if to_right else cell + " " * (wide - _width(cell))
            for cell, wide, to_right in zip(line, widths, right, strict=True)
        )
        written = "  ".join(cells).rstrip()
        out.write(f"  \x1b[1m{written}\x1b[0m\n" if colour and i == 0 else f"  {written}\n")


def _width(value: str) -> int:
    """How many places of a terminal a text takes."""
    if value.isascii():
        return len(value)
    from rich.cells import cell_len

    return cell_len(value)


def _write_narrow(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[bool],
    out: IO[str],
    width: int,
    *,
    colour: bool,
) -> None:
    """A table that is wider than the terminal: columns are narrowed, and their texts cut."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for head, to_right in zip(heads, right, strict=True):
        shown.add_column(Text(head), justify="right" if to_right else "left", overflow="ellipsis")
    for row in rows:
        shown.add_row(*map(Text, row))  # Text, not str: words of figures such as "[O]" would be taken for markup
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, force_terminal=colour, highlight=False, soft_wrap=False)
    console.print(shown)
    for line in buffer.getvalue().splitlines():
        out.write("  " + line.rstrip() + "\n")


def printable(value: str) -> str:
    """On one line, and without characters that steer a terminal."""
    return value if value.isprintable() else "".join(ch if ch.isprintable() else " " for ch in value)


_NUMERIC = frozenset(XSD + t for t in ("integer", "decimal", "double", "float"))


def _is_number(term: Any) -> bool:
    return term is None or (isinstance(term, pyoxigraph.Literal) and term.datatype.value in _NUMERIC)


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")  # RFC 4180, as the W3C format asks
    for row in _lines(columns, rows, _csv_value):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _lines(head: Sequence[str], rows: Iterable[Row], value: Callable[[Any], str]) -> Iterator[list[str]]:
    yield list(head)
    for row in rows:
        yield [value(term) for term in row]


def _csv_value(term: Any) -> str:
    if term is None:
        return ""
    return written(term) if isinstance(term, pyoxigraph.BlankNode | pyoxigraph.Triple) else str(term.value)


def _tsv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    for row in _lines([f"?{column}" for column in columns], rows, _tsv_value):
        yield "\t".join(row) + "\n"


def _tsv_value(term: Any) -> str:
    """The term in Turtle; the library escapes line ends and quotes, a tab is left to us."""
    return "" if term is None else written(term).replace("\t", "\\t")


def _json(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    yield json.dumps({"vars": list(columns)}).join(('{"head": ', ',\n"results": {"bindings": ['))
    for n, row in enumerate(rows):
        binding = {column: _json_term(term) for column, term in zip(columns, row, strict=True) if term is not None}
        yield (",\n" if n else "\n") + json.dumps(binding, ensure_ascii=False)
    yield "\n]}}\n"


def _json_term(term: Any) -> dict[str, Any]:
    if isinstance(term, pyoxigraph.Triple):
        return {"type": "triple", "value": {place: _json_term(part) for place, part in zip(_PLACES, term, strict=True)}}
    if isinstance(term, pyoxigraph.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, pyoxigraph.BlankNode):
        return {"type": "bnode", "value": term.value}
    described = {"type": "literal", "value": term.value}
    if term.language:
        described["xml:lang"] = term.language
    elif term.datatype.value != XSD + "string":
        described["datatype"] = term.datatype.value
    return described


_PLACES = ("subject", "predicate", "object")
_XML = "http://www.w3.org/2005/sparql-results#"


def _xml(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    head = "".join(f"<variable name={_attribute(column)}/>" for column in columns)
    yield f'<?xml version="1.0"?>\n<sparql xmlns="{_XML}"><head>{head}</head><results>\n'
    for row in rows:
        bindings = "".join(
            f"<binding name={_attribute(column)}>{_xml_term(term)}</binding>"
            for column, term in zip(columns, row, strict=True)
            if term is not None
        )
        yield f"<result>{bindings}</result>\n"
    yield "</results></sparql>\n"


_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OUTER_BLANKS = re.compile(r"\A[ \t\n]+|[ \t\n]+\Z")


def _xml_text(value: str) -> str:
    """Text for XML 1.0, which has no place for most control characters, not even escaped.

    Words of figures end in blanks, which some readers trim unless they are written as references.
    """
    escaped = html.escape(_NOT_IN_XML.sub("", value), quote=False).replace("\r", "&#13;")
    return _OUTER_BLANKS.sub(lambda blanks: "".join(f"&#{ord(ch)};" for ch in blanks[0]), escaped)


def _attribute(value: str) -> str:
    """A name, IRI or language tag as the value of an attribute."""
    return f'"{html.escape(value)}"'


def _xml_term(term: Any) -> str:
    if isinstance(term, pyoxigraph.Triple):
        parts = (f"<{place}>{_xml_term(part)}</{place}>" for place, part in zip(_PLACES, term, strict=True))
        return f"<triple>{''.join(parts)}</triple>"
    value = _xml_text(term.value)
    if isinstance(term, pyoxigraph.NamedNode):
        return f"<uri>{value}</uri>"
    if isinstance(term, pyoxigraph.BlankNode):
        return f"<bnode>{value}</bnode>"
    if term.language:
        return f"<literal xml:lang={_attribute(term.language)}>{value}</literal>"
    if term.datatype.value != XSD + "string":
        return f"<literal datatype={_attribute(term.datatype.value)}>{value}</literal>"
    return f"<literal>{value}</literal>"
