"""Rows in the order that SPARQL defines, also where a store has what it should not."""

from __future__ import annotations

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from kg.ordering import Key, ordered, split
from kg.results import Table, Term
from kg.vocab import XSD


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


IN_ORDER: list[Term | None] = [
    None,
    BlankNode("b"),
    NamedNode("https://example.org/a"),
    typed("-3", "integer"),
    typed("2.5", "decimal"),
    typed("10", "integer"),
    typed("1e3", "double"),
    Literal("10"),
    typed("many", "integer"),
    Literal("words"),
]
"""Lowest first (https://www.w3.org/TR/sparql11-query/#modOrderBy); what is no number among the texts."""


@pytest.mark.parametrize("descending", [False, True])
def test_terms_of_all_kinds_come_in_one_order(descending: bool) -> None:
    table = Table(("x",), [(term,) for term in (*IN_ORDER[5:], *IN_ORDER[:5])])
    rows = [row[0] for row in ordered(table, [Key("x", descending)]).rows]
    assert rows == (IN_ORDER[::-1] if descending else IN_ORDER)


def test_the_first_key_counts_first_and_equal_rows_stay_as_they_came() -> None:
    table = Table(
        ("a", "b", "c"),
        [
            (Literal(a), typed(b, "integer"), Literal(c))
            for a, b, c in (("x", "2", "p"), ("y", "10", "q"), ("y", "9", "r"), ("y", "9", "s"))
        ],
    )
    rows = ordered(table, [Key("a", True), Key("b", False)]).rows
    assert [row[2] for row in rows] == [Literal("r"), Literal("s"), Literal("q"), Literal("p")]


def test_an_order_by_what_is_no_column_is_left_to_the_engine() -> None:
    text = "SELECT ?a\nWHERE {\n  ?a ?p ?b\n}\nORDER BY ?b"
    assert split(text) == (text, ())
