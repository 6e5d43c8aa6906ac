"""Where a query's text is cut: keywords in strings, comments, IRIs and sub-selects are none."""

from __future__ import annotations

import re

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.catalogue import catalogue
from kg.errors import UsageError
from kg.querytext import parse

TRICKY = """\
#+ title: a SELECT in a comment, LIMIT 3
PREFIX x: <http://x.example/#SELECT>
PREFIX : <http://x.example/>
SELECT ?s ("a } LIMIT 5 \\" ORDER BY ?x" AS ?t) # LIMIT 7
WHERE {
  { SELECT ?s WHERE { ?s x:limit 'FROM { <http://y.example/>' } ORDER BY ?s LIMIT 9 }
  FILTER(?s < 5 && 3 > 2)
  ?s :order '''it's "LIMIT 1" ''' .
}
"""


def test_keywords_within_something_else_are_none() -> None:
    query = parse(TRICKY)
    assert query.form == "SELECT"
    assert query.text[query.body :].startswith("SELECT ?s (")
    assert (query.limit, query.ordered, query.datasets, query.tail) == (None, False, (), len(TRICKY))
    assert query.undeclared == set()
    pyoxigraph.Store().query(query.limited(10))
    pyoxigraph.Store().query(query.page(("s", "t"), 10, 20))


@pytest.mark.parametrize(
    ("text", "form", "ordered", "limit"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT", False, None),
        ("select * { ?s ?p ?o } order by ?s limit 12 offset 3", "SELECT", True, 12),
        ("SELECT * { ?s ?p ?o } OFFSET 3 LIMIT 12", "SELECT", False, 12),
        ("BASE <http://x/> SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1)", "SELECT", False, None),
        ("SELECT ?s { ?s ?p ?o } LIMIT 4 VALUES ?s { <x:a> }", "SELECT", False, 4),
        ("SELECT ?s { ?s ?p ?o } ORDER BY ?s VALUES ?s { <x:a> }", "SELECT", True, None),
        ("ASK { ?s ?p ?o }", "ASK", False, None),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 2", "CONSTRUCT", False, 2),
        ("DESCRIBE <x:a>", "DESCRIBE", False, None),
    ],
)
def test_what_is_seen_of_a_query(text: str, form: str, ordered: bool, limit: int | None) -> None:
    query = parse(text)
    assert (query.form, query.ordered, query.limit) == (form, ordered, limit)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s ?p ?o { ?s ?p ?o }",
        "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY DESC(?o) # a comment at the end",
        "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 40",
        "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?o LIMIT 40 OFFSET 5",
        "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?o VALUES ?p { <x:p> }",
        "PREFIX x: <x:> SELECT ?s ?p ?o FROM <x:g> FROM NAMED x:h WHERE { ?s ?p ?o } ORDER BY ?o",
        "SELECT ?p (COUNT(*) AS ?s) ?o { ?x ?p ?o } GROUP BY ?p ?o",
    ],
)
def test_pages_are_the_whole(text: str) -> None:
    """Worked out by Oxigraph: all pages together are the answer, in an order that the query allows."""
    store = pyoxigraph.Store()
    for graph in (pyoxigraph.DefaultGraph(), pyoxigraph.NamedNode("x:g")):
        for n in range(50):
            quad = (pyoxigraph.NamedNode(f"x:{n}"), pyoxigraph.NamedNode("x:p"), pyoxigraph.Literal(n % 7), graph)
            store.add(pyoxigraph.Quad(*quad))
    columns = ("s", "p", "o")

    def rows(query: str) -> list[str]:
        found = store.query(query)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        return [str([row[column] for column in columns]) for row in found]

    query = parse(text)
    whole = rows(text)
    pages = [rows(query.page(columns, 8, start)) for start in range(0, 64, 8)]
    assert [len(page) for page in pages] == [8] * (len(whole) // 8) + [len(whole) % 8] + [0] * (7 - len(whole) // 8)
    if query.limit is None:  # else the query leaves open which rows they are
        assert sorted(row for page in pages for row in page) == sorted(whole)
    assert len({row for page in pages for row in page}) == len(whole)
    assert len(rows(query.limited(8))) == (min(8, len(whole)) if query.limit is None else len(whole))


def test_prefixes_that_are_used_and_known_are_declared() -> None:
    known = {"kg": "http://k/", "oa": "http://o/", "x": "http://x/"}
    query = parse("PREFIX oa: <http://mine/> SELECT * { ?s kg:p oa:q ; y:z '''x:a''' }").with_prefixes(known)
    assert re.findall(r"PREFIX (\w+): <(\S+)>", query.text) == [("kg", "http://k/"), ("oa", "http://mine/")]
    assert query.form == "SELECT"


@pytest.mark.parametrize("name", list(catalogue()))
def test_the_stored_questions_are_understood(name: str) -> None:
    stored = catalogue()[name]
    query = parse(stored.text)
    assert (query.form, query.ordered, query.limit, query.undeclared) == ("SELECT", True, None, set())
    pyoxigraph.Store().query(query.limited(5))
    pyoxigraph.Store().query(query.page(tuple(stored.columns), 5, 0))


@pytest.mark.parametrize(
    "text",
    ["", "  # SELECT", "INSERT DATA { }", "CLEAR ALL", "DELETE WHERE { ?s ?p ?o }", "LOAD <x:y>", "'SELECT'", "hello"],
)
def test_what_is_no_query(text: str) -> None:
    with pytest.raises(UsageError, match="not a SPARQL query"):
        parse(text)


@given(st.text(alphabet="\"'\\{}()<>#?$: \nSELECTlimit1a.-_@^", max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for tried in (text, f"SELECT * {{ {text} }}"):
        try:
            query = parse(tried)
        except UsageError:
            continue
        query.limited(1)
        query.page(("a",), 1, 0)
