"""The stored questions in Apache Jena: the same rows as from the store, from an engine that shares no code with ours.

`test_questions` holds the same answers of the store (Oxigraph) and of rdflib against what was worked out by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from answers import all_asked
from jena import Refused, jena_ask
from question_records import fixture_store, seeded_store
from records import short

import kg
from kg.answer import answer_with
from kg.catalogue import catalogue, get

ASKED = all_asked()


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


@pytest.mark.parametrize("title", ASKED)
def test_jena_gives_the_answer_worked_out_by_hand(title: str) -> None:
    one = ASKED[title]
    found = answer_with(jena_ask(one.store), get(one.name), one.arguments, one.as_options)
    rows = [tuple(None if v is None else short(v) for v in record.values()) for record in found.records()]
    assert rows == one.rows
    in_store = kg.query(one.name, *one.arguments, **one.keywords)
    assert found.records() == in_store.records()
    assert found.shown.summary == in_store.shown.summary
    assert found.notes == in_store.notes


@pytest.mark.parametrize("name", catalogue())
def test_jena_runs_the_file_as_it_is(name: str) -> None:
    """With its example values, in Jena's strict SPARQL 1.1; in the order of the file's own ORDER BY."""
    store = seeded_store()
    text = get(name).path.read_text("utf-8")
    found = jena_ask(store)(text)
    ours = kg.sparql(text, store=store)
    assert found.columns == ours.columns == tuple(get(name).columns)
    assert sorted(map(repr, found.rows)) == sorted(map(repr, ours.rows))
    assert found.rows


def test_jena_refuses_what_is_no_query(store: Path) -> None:
    """Else the tests above would say nothing of a text that it does not understand."""
    with pytest.raises(Refused):
        jena_ask(store)("SELECT ?x WHERE { ?x bif:contains 'x' }")
    assert len(jena_ask(store)("SELECT * WHERE { ?s ?p ?o } LIMIT 3").rows) == 3
