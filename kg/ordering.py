"""Rows in the order of a query's last ORDER BY, sorted here rather than by the engine.

Oxigraph reads each IRI and long text from disk anew at every comparison (``decisions/0015-two-blocks.md``). And every
engine's rows come in the one order, also where engines differ (capital letters, IRIs beside literals). What is compared
as in https://www.w3.org/TR/sparql11-query/#modOrderBy: nothing bound, then blank nodes, IRIs, and literals; numbers by
their values, all else by characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.results import Row, Table, Term
from kg.vocab import XSD

_ONE = r"\s+(?:\?\w+|(?:DESC|ASC)\(\?\w+\))"
_LAST = re.compile(rf"^\}}[^{{}}]*?\n(?P<order>ORDER BY(?P<keys>(?:{_ONE})+)\s*)\Z", re.MULTILINE)
"""An ORDER BY at the end of a query whose last group ends at the start of a line, by variables alone."""
_KEY = re.compile(r"(?P<way>DESC|ASC)?\(?\?(?P<name>\w+)\)?")
_SELECT = re.compile(r"^SELECT\b(?P<head>[^{]*)", re.MULTILINE)
_NUMERIC = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))


class Key(NamedTuple):
    """A variable to sort by, and whether its largest value comes first."""

    name: str
    descending: bool


def split(text: str) -> tuple[str, tuple[Key, ...]]:
    """A query without its last ORDER BY, and the keys of that; as it is, without keys, where they are no columns."""
    found = _LAST.search(text)
    head = _SELECT.search(text)
    if found is None or head is None:
        return text, ()
    keys = tuple(Key(key["name"], key["way"] == "DESC") for key in _KEY.finditer(found["keys"]))
    columns = set(re.findall(r"\?(\w+)", re.sub(r"\(.*? AS (\?\w+)\)", r"\1", head["head"])))
    if not {key.name for key in keys} <= columns:
        return text, ()
    return text[: found.start("order")], keys


def ordered(table: Table, keys: Sequence[Key]) -> Table:
    """The rows by these keys; rows that are alike in all of them stay as they came."""
    rows: list[Row] = list(table.rows)
    for key in reversed(keys):
        place = table.columns.index(key.name)
        rows.sort(key=lambda row: _rank(row[place]), reverse=key.descending)
    return Table(table.columns, rows)


def _rank(term: Term | None) -> tuple[int, float, str]:
    if term is None:
        return (0, 0, "")
    if isinstance(term, BlankNode):
        return (1, 0, term.value)
    if isinstance(term, NamedNode):
        return (2, 0, term.value)
    if isinstance(term, Literal) and term.datatype.value in _NUMERIC:
        try:
            return (3, float(term.value), "")
        except ValueError:  # an ill-typed literal of somebody's own store: "many"^^xsd:integer
            pass
    return (4, 0, term.value)
