"""Nothing that a user types changes what is asked: every question, every parameter, with texts made to break out.

Two ways are closed: the binding of terms, where the parsed query must be the same but for the rows of its VALUES, and
the look-up of names, whose queries must be those that harmless names make.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode
from question_records import fixture_store, run
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

import kg
from kg.answer import answer_with, ask_store
from kg.arguments import Options
from kg.binding import bind, blocks, cells
from kg.catalogue import Param, StoredQuery, catalogue, get
from kg.results import Table
from kg.store import open_store

NO_CHARACTER = "\udc80"
"""What Python makes of a byte that is not UTF-8."""
HOSTILE = [
    '"} INSERT DATA { <x:a> <x:b> <x:c> } #',
    'JAK2" } UNION { ?s ?p ?o } #',
    "JAK2' } UNION { ?s ?p ?o } #",
    '"""',
    '") } ?s ?p ?o . VALUES ?x { ("',
    "<>",
    "<x:y>",
    "https://identifiers.org/ncbigene/3717> . ?s ?p ?o . <x:y",
    "http://identifiers.org/ncbigene/3717>) } DROP ALL #",
    "ncbigene:3717> } DROP ALL #",
    "hgnc.symbol:JAK2> ?p ?o . ?s <x:p",
    "chebi:15422> ?p ?o #",
    "PMC1__f1.html> ?p ?o #",
    "PMC1> } #",
    "10.1000/one> } DROP ALL #",
    "https://doi.org/10.1000/one> <x:p> ?o . ?s <x:p",
    "JAK2\nSTAT3",
    "JAK2\r\n} #",
    "a\tb",
    "\\",
    '\\" } #',
    "\\u0022 } #",
    '"@en',
    '"^^<x:y>',
    "?gene",
    "$gene",
    "UNDEF",
    ") (",
    "\x00",
    "JAK2\x1b[2J",
    "\u202e2KAJ",
    NO_CHARACTER,
    "{{gene}}",
    "9" * 400,
    "-9" + "9" * 5_000,
    "x" * 10_000,
    '"' * 10_000,
    "ncbigene:" + "9" * 10_000,
    "https://identifiers.org/ncbigene/" + "9" * 10_000,
]
HARMLESS = ("NOSUCHNAME", "JAK22", "ncbigene:1", "hgnc.symbol:NOSUCH", "https://identifiers.org/ncbigene/1", "https://doi.org/10.1/x",
            "10.1/x", "PMC77", "PMC77__f1", "chebi:1", "mesh:D1", "doid:1", "ncbitaxon:1", "http://x.y/z", "no such name")  # fmt: skip

PLACES = [(query.name, param.name) for query in catalogue().values() for param in query.params]


def skeleton(part: Any) -> Any:
    """What a parsed query is but for its terms: names of things, and the rows of VALUES, are left out."""
    if isinstance(part, CompValue):
        if part.name == "InlineData":
            return ("VALUES", tuple(map(str, part["var"])))
        return (part.name, tuple((key, skeleton(part[key])) for key in sorted(part)))
    if isinstance(part, rdflib.Variable):
        return f"?{part}"
    if isinstance(part, rdflib.term.Node):
        return type(part).__name__
    if isinstance(part, str):
        return str(part)
    if hasattr(part, "__iter__"):
        return tuple(map(skeleton, part))
    return part


@cache
def parsed(text: str) -> Any:
    prologue, query = parseQuery(text)
    assert query.name == "SelectQuery"
    return skeleton(prologue), skeleton(query)


@pytest.mark.parametrize("name", catalogue())
def test_a_bound_term_is_a_row_and_nothing_else(name: str) -> None:
    """Whatever a text has in it, as a literal; an IRI that could break out is no IRI at all."""
    text = get(name).text
    before = parsed(text)
    texts = [hostile for hostile in HOSTILE if hostile != NO_CHARACTER]
    for variable in sorted(get(name).variables):
        values: dict[str, Any] = {each: [None] for each in get(name).variables}
        bound = bind(text, values | {variable: [Literal(hostile) for hostile in texts]}, ["figures", "order"])
        assert parsed(bound) == before
        for block in blocks(bound):
            rows = cells(bound, block)
            assert len(rows) == (len(texts) if variable in block.variables else 1)
            assert {"UNDEF"} >= {cell for row in rows for cell in row if not cell.startswith('"')}


def test_what_could_break_out_is_no_term() -> None:
    with pytest.raises(ValueError, match="literal"):
        Literal(NO_CHARACTER)
    for hostile in HOSTILE:
        if any(ch in hostile for ch in '<>"{}\\ \n\t'):
            with pytest.raises(ValueError, match="IRI"):
                NamedNode(f"x:{hostile}")


def asked_texts(query: StoredQuery, arguments: list[str], named: dict[str, list[str]]) -> list[str]:
    """All that is sent to the store for a question."""
    sent: list[str] = []
    ask = ask_store(open_store(fixture_store()))

    def recorded(text: str) -> Table:
        sent.append(text)
        return ask(text)

    try:
        answer_with(recorded, query, arguments, Options(named=named))
    except kg.KgError:
        return sent
    return sent


def with_text(query: StoredQuery, param: Param, text: str) -> tuple[list[str], dict[str, list[str]]]:
    """Arguments of the question's example, with this text for one of them."""
    values = {each: [text] if each == param else list(each.example) for each in query.params}
    return (
        [value for each in query.params if not each.option for value in values[each]],
        {each.name: values[each] for each in query.params if each.option},
    )


@cache
def harmless(kind: str) -> frozenset[Any]:
    """What look-ups of names of this kind ask, whatever the name."""
    found: set[Any] = set()
    for query in catalogue().values():
        for param in query.params:
            if param.type == kind:
                for name in HARMLESS:
                    found |= {parsed(text) for text in asked_texts(query, *with_text(query, param, name))}
                for text in asked_texts(query, *with_text(query, param, param.example[0])):
                    found.add(parsed(text))
    return frozenset(found)


@pytest.mark.parametrize(("name", "of"), PLACES, ids=map(" ".join, PLACES))
def test_what_is_asked_of_the_store_is_what_harmless_names_ask(name: str, of: str) -> None:
    query = get(name)
    (param,) = (each for each in query.params if each.name == of)
    for hostile in HOSTILE:
        for text in asked_texts(query, *with_text(query, param, hostile)):
            assert parsed(text) in harmless(param.type), (hostile[:60], text[:2000])


@pytest.mark.parametrize(("name", "of"), PLACES, ids=map(" ".join, PLACES))
def test_a_clear_error_and_no_traceback(name: str, of: str) -> None:
    query = get(name)
    (param,) = (each for each in query.params if each.name == of)
    before = len(open_store(fixture_store()))
    for hostile in HOSTILE:
        positional, named = with_text(query, param, hostile)
        options = [part for key, values in named.items() for value in values for part in (f"--{key}", value)]
        ran = run("query", name, "--store", str(fixture_store()), *options, "--", *positional)
        if param.type == "text" or param.lenient:
            assert ran.code in (0, 2), hostile[:60]
        else:
            assert (ran.code, ran.out) == (2, ""), hostile[:60]
        assert "Traceback" not in ran.err
        assert ran.err.strip()
        assert all(len(line) < 1000 for line in ran.err.splitlines()), "10,000 characters are not said again"
        assert all(ch.isprintable() or ch == "\n" for ch in ran.err)
    assert len(open_store(fixture_store())) == before


@pytest.mark.parametrize("option", ["--organism", "--tier", "--min-score", "--since", "--until", "--limit", "--format"])
def test_options_are_as_safe(option: str) -> None:
    for hostile in HOSTILE:
        ran = run("query", "figures-mentioning-genes", "JAK2", f"{option}={hostile}", store=fixture_store())
        if option == "--limit" and hostile.isdecimal():  # many rows, then
            assert ran.code == 0
            continue
        assert (ran.code, ran.out) == (2, ""), hostile[:60]
        assert "Traceback" not in ran.err
        assert ran.err.strip()


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_parameter_that_is_a_text_takes_it_as_one(hostile: str, tmp_path: Path) -> None:
    """A question of one's own, whose parameter is any text: no row, no error, or that it is not UTF-8."""
    (tmp_path / "by-word.rq").write_text(BY_WORD, "utf-8")
    ran = run(
        "query", "--store", str(fixture_store()), "--queries", tmp_path, "by-word", "--format", "csv", "--", hostile
    )
    if hostile == NO_CHARACTER:
        assert (ran.code, ran.out) == (2, "")
        assert "is not UTF-8" in ran.err
    else:
        assert (ran.code, ran.lines) == (0, ["figure"])
    assert "Traceback" not in ran.err


BY_WORD = """#+ title: By word
#+ description: Figures with this word.
#+ category: own
#+ params:
#+   - {name: word, type: text, example: JAK2, help: a word}
#+ columns:
#+   figure: the figure

SELECT ?figure WHERE { VALUES (?word) { ("JAK2") } ?m kg:word ?word ; oa:hasTarget ?figure }
"""


def test_names_from_a_file_are_as_safe(tmp_path: Path) -> None:
    file = tmp_path / "genes.txt"
    for hostile in HOSTILE:
        file.write_bytes(hostile.encode("utf-8", "surrogateescape"))
        ran = run("query", "figures-mentioning-genes", f"@{file}", store=fixture_store())
        assert (ran.code, ran.out) == (2, "") or hostile.split()[0] == "JAK2", hostile[:60]
        assert "Traceback" not in ran.err
    for name in ("\x00", "x" * 10_000, '"} INSERT'):
        ran = run("query", "figures-mentioning-genes", f"@{name}", store=fixture_store())
        assert (ran.code, ran.out) == (2, "")
        assert "cannot be read" in ran.err


def test_the_name_of_a_question_is_as_safe() -> None:
    for hostile in HOSTILE:
        ran = run("query", "--", hostile)
        assert (ran.code, ran.out) == (2, ""), hostile[:60]
        assert "Traceback" not in ran.err
