"""The stored queries as data: headers that are whole and true, arguments bound as terms."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Variable
from question_records import ROOT, run
from rdflib.plugins.sparql import prepareQuery

from kg.binding import bind, blocks, parts
from kg.catalogue import OPTIONS, StoredQuery, catalogue, get, parse
from kg.errors import UsageError
from kg.views import VIEWS

NAMES = """
ambiguous-words caption-confirms-family chemicals-seen-with-gene doubtful-words evidence-side-by-side family-words
figures-by-chemical figures-by-disease figures-like-figure figures-like-genes figures-mentioning-any-gene
figures-mentioning-genes figures-mentioning-some-genes figures-of-paper figures-of-word figures-per-organism-and-year
figures-with-and-without figures-with-genes figures-without-doi gene-frequencies gene-in-any-species gene-over-years
genes-of-figure genes-seen-with-gene genes-specific-to-gene how-my-list-is-covered most-figured-genes
near-duplicate-figures organism-differences papers-with-most-figures record-and-table-disagree unresolved-keywords
what-to-curate-first why-gene-in-figure words-for-many-genes
""".split()


@pytest.fixture(params=NAMES)
def query(request: pytest.FixtureRequest) -> StoredQuery:
    return get(request.param)


def test_the_catalogue() -> None:
    """Names are promises to users."""
    assert list(catalogue()) == sorted(NAMES)
    assert {path.stem for path in (ROOT / "queries").iterdir()} == set(NAMES)


def test_the_header_is_whole(query: StoredQuery) -> None:
    assert re.fullmatch(r"[A-Z].*[^.]", query.title)
    assert re.fullmatch(r"[A-Z].*\.", query.description)
    assert re.fullmatch(r"[a-z]+", query.category)
    assert query.keywords
    assert all(query.columns.values())
    assert query.view in VIEWS
    assert len({param.name for param in query.params}) == len(query.params)
    for param in query.params:
        assert param.help
        assert param.example
        assert param.many or len(param.example) == 1


def test_columns_are_those_of_the_select(query: StoredQuery) -> None:
    found = pyoxigraph.Store().query(query.text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert [variable.value for variable in found.variables] == list(query.columns)
    assert [str(variable) for variable in prepareQuery(query.text).algebra["PV"]] == list(query.columns)
    assert set(query.collect) <= set(query.columns)


def test_parameters_and_options_are_those_of_the_values_blocks(query: StoredQuery) -> None:
    variables = query.variables
    given = {param.var for param in query.params}
    assert given <= variables
    assert variables - given - {"arg", "wanted"} <= {name for option in query.options for name in OPTIONS[option]}
    assert ("tier" in query.options) == bool(variables & OPTIONS["tier"])
    assert ("figures" in query.options) == (OPTIONS["figures"] <= variables)
    assert ("figures" in query.options) == ("figures" in parts(query.text))
    # An organism is what is counted, or else what symbols mean.
    assert "organism" not in query.options or "organism" in variables or any(p.type == "gene" for p in query.params)
    assert not query.counts or {"tier", "organism"} <= set(query.options)


def test_what_is_asked_once_is_in_one_part(query: StoredQuery) -> None:
    marked = "\n".join(re.findall(r"#\? once(.*?)#\.", query.text, re.DOTALL))
    assert set(query.once) <= set(query.columns)
    assert bool(query.once) == bool(marked)
    assert all(re.search(rf"\?{column}\b", marked) for column in query.once)
    assert query.union or not query.once


def test_values_lead_to_a_question_that_takes_them(query: StoredQuery) -> None:
    for column, name in query.leads.items():
        assert column in query.columns
        (param,) = get(name).params
        assert param.type == "text"
        assert not param.option


def test_a_block_leads_its_group(query: StoredQuery) -> None:
    """So that any engine starts from what is asked for."""
    assert len(re.findall(r"\bVALUES\b", query.text)) == len(blocks(query.text))
    assert len(re.findall(r"\{\s*VALUES\b", query.text)) == len(blocks(query.text))


def test_the_query_declares_its_own_prefixes(query: StoredQuery) -> None:
    """It runs in a server that knows none of ours."""
    pyoxigraph.Store().query(query.text)  # a SyntaxError, if one is missing
    used = set(re.findall(r"(?<![<\w])([a-z]+):(?=\w)", re.sub(r"#.*|<[^>\s]*>|\"[^\"]*\"", "", query.text)))
    declared = set(re.findall(r"PREFIX (\w+):", query.text))
    assert used == declared


def test_the_query_is_ordered(query: StoredQuery) -> None:
    """Two runs give the same rows in the same order."""
    assert re.search(r"\n\}\n(GROUP BY .*\n)?(HAVING .*\n)?ORDER BY ", query.text)


def test_help_tells_arguments_and_columns(query: StoredQuery) -> None:
    told = run("query", query.name, "--help")
    assert told.code == 0
    assert query.title in told.out
    for name in query.columns:
        assert re.search(rf"\b{name}: ", told.out)
    for param in query.params:
        assert (f"--{param.name} " if param.option else f"{param.name.upper()}: ") in told.out
    assert ("--tier" in told.out) == ("--specific" in told.out) == ("tier" in query.options)
    assert ("--organism" in told.out) == ("organism" in query.options)
    assert " ".join(["kg query", query.name, *query.example]) in " ".join(told.out.split())


# --- headers that are wrong


HEADER = """#+ title: A question
#+ description: What it tells.
#+ category: genes
#+ keywords: [gene]
#+ params:
#+   - {name: gene, type: gene, example: JAK2, help: "a symbol"}
#+ options: [tier]
#+ columns:
#+   x: a thing

SELECT ?x WHERE { VALUES (?gene ?edge) { (<x:example> true) } ?x ?p ?gene }
"""


def stored(folder: Path, text: str = HEADER) -> StoredQuery:
    path = folder / "a-question.rq"
    path.write_text(text, encoding="utf-8")
    return parse(path)


def test_a_header_is_read(tmp_path: Path) -> None:
    query = stored(tmp_path)
    assert (query.name, query.title, query.category, query.keywords) == ("a-question", "A question", "genes", ("gene",))
    (param,) = query.params
    assert (param.name, param.var, param.type, param.many, param.example) == ("gene", "gene", "gene", False, ("JAK2",))
    assert (query.columns, query.counts, query.view, query.collect) == ({"x": "a thing"}, False, "rows", ())
    assert query.variables == {"gene", "edge"}


@pytest.mark.parametrize(
    "change",
    [
        ("#+ title: A question\n", ""),
        ("#+ category: genes\n", ""),
        ("#+   x: a thing", "#+   - x"),
        ("type: gene", "type: planet"),
        (', help: "a symbol"', ""),
        ("#+ title: A question", "#+ title: [A question"),
        ("#+ title: A question", "#+ title: A: question"),
        ("?gene ?edge", "?flag ?edge"),
        ("?gene ?edge", "?gene ?flag"),
        ("options: [tier]", "options: [planets]"),
        ("options: [tier]", "options: [tier]\n#+ union: gene"),
        ("options: [tier]", "options: [tier]\n#+ once: [x]"),
        ("options: [tier]", "options: [tier]\n#+ leads: {y: figures-of-word}"),
        ("options: [tier]", "options: [tier]\n#+ leads: figures-of-word"),
    ],
)
def test_a_broken_header_names_its_file(tmp_path: Path, change: tuple[str, str]) -> None:
    assert change[0] in HEADER
    with pytest.raises(UsageError, match=r"a-question\.rq"):
        stored(tmp_path, HEADER.replace(*change))


# --- binding


def asked(store: pyoxigraph.Store, text: str) -> set[str]:
    found = store.query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return {row[Variable("x")].value for row in found}


def test_bound_values_are_a_product(tmp_path: Path) -> None:
    text = bind(
        stored(tmp_path).text,
        {"gene": [NamedNode("x:a"), NamedNode("x:b")], "edge": [Literal(True), None]},
    )
    rows = re.findall(r"\((<[^>]*>) (\S+)\)", text)
    assert len(rows) == 4
    assert {row[0] for row in rows} == {"<x:a>", "<x:b>"}
    assert [row[1] for row in rows].count("UNDEF") == 2
    assert "x:example" not in text


def test_values_that_belong_together_stay_together(tmp_path: Path) -> None:
    pairs = [(Literal(str(n)), NamedNode(f"x:{name}")) for n, name in enumerate("ab")]
    text = bind(stored(tmp_path).text, {"edge gene": pairs})
    assert re.findall(r'\(<x:(\w)> "(\d)"\)', text) == [("a", "0"), ("b", "1")]


ODD = ['"', "'", "\\", "\n", "\r\n", "\t", '" } INSERT', "}", "{", "?x", "#", "β", "\x01", '"""', "\\u0022"]


@pytest.mark.parametrize("word", ODD)
def test_any_text_can_be_bound(tmp_path: Path, word: str) -> None:
    store = pyoxigraph.Store()
    store.add(pyoxigraph.Quad(NamedNode("x:hit"), NamedNode("x:p"), Literal(word)))
    store.add(pyoxigraph.Quad(NamedNode("x:other"), NamedNode("x:p"), Literal("other")))
    text = bind(stored(tmp_path).text, {"gene": [Literal(word)], "edge": [None]})
    assert asked(store, text) == {"x:hit"}


def test_no_values_no_rows(tmp_path: Path) -> None:
    text = bind(stored(tmp_path).text, {"gene": [], "edge": [None]})
    store = pyoxigraph.Store()
    store.add(pyoxigraph.Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("o")))
    assert asked(store, text) == set()


def test_a_query_without_arguments_stays_as_it_is(tmp_path: Path) -> None:
    query = stored(tmp_path, "SELECT ?x WHERE { ?x ?p ?o }")
    assert (query.title, query.params, query.columns) == ("a-question", (), {})
    assert bind(query.text, {}) == query.text


# --- names


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("figures-mentioning-gene", "figures-mentioning-genes"),
        ("most-figured", "most-figured-genes"),
        ("figures-by-chemicals", "figures-by-chemical"),
        ("AMBIGUOUS-words", "ambiguous-words"),
    ],
)
def test_an_unknown_question_names_near_ones(typed: str, near: str) -> None:
    ran = run("query", typed)
    assert (ran.code, ran.out) == (2, "")
    assert f'no stored query "{typed}"' in ran.err
    assert near in ran.err
    assert "kg query" in ran.err


def test_an_unknown_question_like_none(tmp_path: Path) -> None:
    ran = run("query", "xyzzy")
    assert ran.code == 2
    assert "Near" not in ran.err


def test_kg_query_lists_the_questions() -> None:
    ran = run("query")
    assert ran.code == 0
    told = [line for line in ran.lines if line.startswith("  ")]
    assert sorted(line.split()[0] for line in told) == sorted(NAMES)
    assert {line for line in ran.lines if line not in told} == {get(name).category for name in NAMES}
    for line in told:
        assert get(line.split()[0]).title in line
    helped = run("query", "--help")
    assert helped.code == 0
    assert all(name in helped.out for name in NAMES)
