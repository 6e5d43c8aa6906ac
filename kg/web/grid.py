"""A table on a page: which rows of it are shown, in which order, and where the heads and the pager lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from kg.results import Table
from kg.web.links import Cell, cell

PAGE = 100
"""Rows of a page of an answer."""
FIGURES = 25
"""Figures on a page of something else."""

Fields = Mapping[str, Sequence[str]]
"""Fields of a URL's query, each with its values."""


class Head(NamedTuple):
    """The head of a column: where a click on it leads ('' nowhere); ``sorted`` is ascending, descending or ''."""

    text: str
    meaning: str
    href: str
    number: bool
    sorted: str


class Grid(NamedTuple):
    """A table as the templates take it."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Pager(NamedTuple):
    """Rows ``first`` to ``last`` of ``total``; ``previous`` and ``next`` are links, '' at an end."""

    first: int
    last: int
    total: int
    previous: str
    next: str


def link(path: str, fields: Fields, **changes: str | int | None) -> str:
    """A path with fields, some of them changed (None: left out).

    >>> link("/search", {"q": ["a b"], "page": ["2"]}, page=3)
    '/search?q=a+b&page=3'
    """
    kept = [(name, value) for name, values in fields.items() if name not in changes for value in values if value]
    kept += [(name, str(value)) for name, value in changes.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


def number(fields: Fields, name: str, most: int = 1_000_000) -> int:
    """A field as a number from 1; 1 if it is none."""
    text = next(iter(fields.get(name, ())), "")
    return min(most, max(1, int(text))) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


def pager(path: str, fields: Fields, total: int, size: int = FIGURES) -> Pager:
    """The pager of the page that the fields ask for."""
    page = min(number(fields, "page"), max(1, -(-total // size)))
    return Pager(
        first=min(total, (page - 1) * size + 1),
        last=min(total, page * size),
        total=total,
        previous=link(path, fields, page=page - 1) if page > 1 else "",
        next=link(path, fields, page=page + 1) if page * size < total else "",
    )


def plain(table: Table, caption: str) -> Grid:
    """A whole table, as it comes."""
    cells = [tuple(map(cell, row)) for row in table.rows]
    numbers = _numbers(cells, len(table.columns))
    heads = (Head(_shown(column), "", "", numbers[i], "") for i, column in enumerate(table.columns))
    return Grid(caption, tuple(heads), tuple(cells))


def paged(
    table: Table,
    caption: str,
    path: str,
    fields: Fields,
    meanings: Mapping[str, str] | None = None,
    leads: Mapping[str, Callable[[str], str]] | None = None,
) -> tuple[Grid, Pager]:
    """The part of a table that the fields ask for (``sort``, ``page``), and its pager.

    ``meanings`` are of columns; ``leads`` makes of a value in a column the path that it leads to.
    """
    cells = [tuple(map(cell, row)) for row in table.rows]
    numbers = _numbers(cells, len(table.columns))
    sort = next(iter(fields.get("sort", ())), "")
    column, down = sort.removeprefix("-"), sort.startswith("-")
    heads = []
    for i, name in enumerate(table.columns):
        state = ("descending" if down else "ascending") if name == column else ""
        # Of numbers the largest are wanted first.
        first_down = numbers[i]
        then = name if (state and down) or (not state and not first_down) else f"-{name}"
        href = link(path, fields, sort=then, page=None)
        heads.append(Head(_shown(name), (meanings or {}).get(name, ""), href, numbers[i], state))
    if column in table.columns:
        i = table.columns.index(column)
        filled = [row for row in cells if row[i].text]
        empty = [row for row in cells if not row[i].text]
        if numbers[i]:
            filled.sort(key=lambda row: row[i].number or 0.0, reverse=down)
        else:
            filled.sort(key=lambda row: (row[i].text.casefold(), row[i].text), reverse=down)
        cells = filled + empty
    shown = pager(path, fields, len(cells), PAGE)
    led = [(leads or {}).get(column) for column in table.columns]
    rows = cells[shown.first - 1 : shown.last] if cells else []
    rows = [tuple(_leading(each, lead) for each, lead in zip(row, led, strict=True)) for row in rows]
    return Grid(caption, tuple(heads), tuple(rows)), shown


def _leading(shown: Cell, lead: Callable[[str], str] | None) -> Cell:
    return shown._replace(href=lead(shown.text)) if lead and shown.text and not shown.href else shown


def _shown(column: str) -> str:
    return column.replace("_", " ")


def _numbers(cells: Sequence[Sequence[Cell]], width: int) -> list[bool]:
    """Which columns hold numbers alone."""
    return [
        any(row[i].text for row in cells) and all(row[i].number is not None for row in cells if row[i].text)
        for i in range(width)
    ]
