"""Terms as text: what the writers here write is what other parsers read."""

from __future__ import annotations

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat

from kg.dump import Document, fragment
from kg.terms import Statement, iri, literal, ntriples, short, turtle
from kg.vocab import PREFIXES, XSD

THING = iri("https://example.org/thing")
SAYS = iri("https://schema.org/name")

locals_ = st.text(st.sampled_from("aZ09_-.:/~é#"), max_size=8).filter(lambda text: text.count("#") < 2)
iris = st.builds(
    lambda start, local: iri(start + local),
    st.sampled_from(["http://x.example/", *(n for n in PREFIXES.values() if not n.endswith("#"))]),
    locals_,
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
literals = st.builds(literal, texts, st.sampled_from([None, XSD + "double", PREFIXES["kg"] + "odd.", "urn:x"]))
statements = st.lists(st.tuples(iris, iris, iris | literals), max_size=12)


def parsed(text: str, format: RdfFormat) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in pyoxigraph.parse(text, format=format)}


@given(statements)
def test_turtle_says_what_ntriples_say(given: list[Statement]) -> None:
    document = Document("turtle")
    text = (document.header() + document.join(fragment(sorted(given), "turtle")) + document.footer()).decode()
    wanted = parsed(ntriples(given), RdfFormat.N_TRIPLES)
    assert parsed(text, RdfFormat.TURTLE) == wanted
    assert len(wanted) == len(set(given))


def test_rdflib_reads_it_too() -> None:
    odd = [literal(text) for text in ('"', "\\", "\n\r\t", "é β 𝛽", "a . b", "'''", '"""', "x^^<y>")]
    given = [(THING, SAYS, value) for value in [*odd, literal("0.5", XSD + "double")]]
    graph = rdflib.Graph()
    graph.parse(data="\n".join(f"@prefix {p}: <{n}> ." for p, n in PREFIXES.items()) + "\n" + turtle(given))
    assert {str(value) for value in graph.objects()} == {
        '"', "\\", "\n\r\t", "é β 𝛽", "a . b", "'''", '"""', "x^^<y>", "0.5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (PREFIXES["ncbigene"] + "3717", "ncbigene:3717"),
        (PREFIXES["obo"] + "NCBITaxon_9606", "obo:NCBITaxon_9606"),
        (PREFIXES["figure"] + "PMC1__f-1.html", "figure:PMC1__f-1.html"),
        (PREFIXES["figure"] + "PMC1__f-1.html#mention-0", f"<{PREFIXES['figure']}PMC1__f-1.html#mention-0>"),
        (PREFIXES["schema"] + "ends.", f"<{PREFIXES['schema']}ends.>"),
        (PREFIXES["schema"], f"<{PREFIXES['schema']}>"),
        ("https://doi.org/10.1/x(1)", "<https://doi.org/10.1/x(1)>"),
    ],
)
def test_iris_take_a_prefix_where_one_fits(text: str, written: str) -> None:
    assert short(iri(text)) == written


def test_a_type_takes_a_prefix_and_the_text_does_not() -> None:
    assert short(literal("<a>^^<b>", XSD + "gYear")) == '"<a>^^<b>"^^xsd:gYear'


@pytest.mark.parametrize("text", ["no scheme", "https://x/<y>", "https://x/a b", ""])
def test_what_is_no_iri_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        iri(text)


def test_a_block_a_subject() -> None:
    other = iri("https://example.org/other")
    given = [
        (THING, SAYS, literal("a")),
        (THING, SAYS, literal("b")),
        (THING, THING, other),
        (other, SAYS, literal("c")),
    ]
    assert turtle(given) == (
        '<https://example.org/thing> schema:name "a" , "b" ;\n\t<https://example.org/thing> <https://example.org/other> .\n'
        '<https://example.org/other> schema:name "c" .\n'
    )
    assert turtle([]) == ""
