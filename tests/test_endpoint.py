"""Questions to servers that are not ours: the same rows as from the embedded store, or an error; never half an answer."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from faulty import FaultyServer
from pyoxigraph import Literal, NamedNode, Quad
from question_records import FIGURES, ROOT, run, seeded_store
from servers import Server

import kg
from kg.catalogue import StoredQuery, catalogue
from kg.errors import EndpointError, UsageError
from kg.http import Client, Login, login_for
from kg.results import Table

GRAPH = "https://example.org/figures"
STORES = ("oxigraph", "virtuoso")

LIMITS = {
    (row["store"], row["question"]): row["reason"]
    for row in csv.DictReader((ROOT / "tests" / "data" / "known-limits.tsv").open(encoding="utf-8"), delimiter="\t")
}
"""Questions that a server cannot answer as the embedded store does, with the reason."""


def ntriples(store: Path) -> bytes:
    from kg.store import open_store

    found = open_store(store).dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    assert found is not None
    return found


@pytest.fixture(scope="module", params=STORES)
def server(request: pytest.FixtureRequest) -> Server:
    """A server that holds the records of the tests in a named graph, and something else in another."""
    found: Server = request.getfixturevalue(f"{request.param}_server")
    found.put(ntriples(seeded_store()), GRAPH)
    found.put(b'<https://example.org/other> <https://schema.org/name> "JAK2" .\n', "https://example.org/other-graph")
    return found


@pytest.fixture(scope="module")
def endpoint(server: Server) -> kg.Endpoint:
    return kg.Endpoint(server.query, graph=GRAPH, timeout=20)


# --- the same rows


def ways_to_ask(question: StoredQuery) -> Iterator[dict[str, Any]]:
    """With its own defaults, and with each value of its options."""
    tiers: list[dict[str, Any]] = [{}]
    organisms: list[dict[str, Any]] = [{}]
    if "tier" in question.options:
        tiers += [{"specific": True}, *({"tier": tier} for tier in ("symbol", "synonym", "family", "keyword", "all"))]
    if "organism" in question.options:
        organisms += [{"organism": "any"}, {"organism": "mouse"}]
    for tier, organism in itertools.product(tiers, organisms):
        yield {**tier, **organism}
    if "figures" in question.options:
        yield {"since": 2018, "min_score": 0.5}


def example_of(question: StoredQuery) -> tuple[list[str], dict[str, Any]]:
    """The arguments of its example, those by position and those by name."""
    by_name = {param.name: list(param.example) for param in question.params if param.option}
    return [text for param in question.params if not param.option for text in param.example], by_name


def said(ask: Callable[[], kg.Answer]) -> Any:
    """An answer as columns, rows and notes, or the error in its place."""
    try:
        answer = ask()
    except kg.KgError as error:
        return type(error), str(error)
    return answer.table.columns, list(answer.table.rows), answer.notes


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_question_has_the_same_answer(server: Server, endpoint: kg.Endpoint, name: str) -> None:
    question = catalogue()[name]
    example, named = example_of(question)
    if (server.name, name) in LIMITS:
        with pytest.raises(AssertionError):  # else the reason no longer holds, and the line has to go
            assert_same(name, example, named, endpoint)
        return
    found = kg.query(name, *example, store=seeded_store(), **named)
    assert found.table.rows or not example, "an example must find something"
    for options in ways_to_ask(question):
        assert_same(name, example, {**named, **options}, endpoint)


def assert_same(name: str, arguments: list[str], options: dict[str, Any], endpoint: kg.Endpoint) -> None:
    ours = said(lambda: kg.query(name, *arguments, store=seeded_store(), **options))
    theirs = said(lambda: kg.query(name, *arguments, endpoint=endpoint, **options))
    assert theirs == ours, options


def test_limits_are_of_questions_that_exist() -> None:
    assert {store for store, _ in LIMITS} <= set(STORES)
    assert {name for _, name in LIMITS} <= set(catalogue())
    assert all(LIMITS.values())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("figures-mentioning-genes", ["CYR61", "AKT2"]),
        ("figures-mentioning-genes", ["COX1"]),
        ("figures-mentioning-genes", ["JAK22"]),
        ("figures-mentioning-any-gene", ["stat4", "hgnc.symbol:JAK2", "ncbigene:6646"]),
        ("figures-by-chemical", ["Adenosine Triphosphate"]),
        ("figures-by-chemical", ["mesh:D000255"]),
        ("figures-by-disease", ["doid:162"]),
        ("figures-by-disease", ["neoplasm"]),
        ("figures-of-paper", ["10.1000/One"]),
        ("genes-of-figure", ["PMC9__F1"]),
        ("genes-of-figure", ["PMC8__f1"]),
        ("why-gene-in-figure", ["PMC3__f1", "SOAT1"]),
    ],
)
def test_what_people_type_means_the_same(endpoint: kg.Endpoint, name: str, arguments: list[str]) -> None:
    assert_same(name, arguments, {}, endpoint)


@pytest.mark.parametrize(
    "thing", "PMC1__f1 PMC3__f1 PMC8__f1 PMC9 JAK2 SOAT1 chebi:15422 doid:162 ncbitaxon:511145 PMC77__f1".split()
)
def test_show_shows_the_same(server: Server, thing: str) -> None:
    ours = run("show", thing, store=seeded_store())
    assert run("show", thing, "--endpoint", server.query, "--graph", GRAPH) == ours


# --- the command line


def test_the_command_line_asks_an_endpoint(server: Server) -> None:
    asked = ["query", "figures-mentioning-genes", "JAK2", "STAT3", "--format", "tsv"]
    ours = run(*asked, store=seeded_store())
    assert ours.code == 0
    assert run(*asked, "--endpoint", server.query, "--graph", GRAPH) == ours


def test_other_graphs_do_not_answer(endpoint: kg.Endpoint) -> None:
    text = 'SELECT ?s WHERE { ?s schema:name "JAK2" }'
    found = kg.sparql(text, endpoint=endpoint).rows
    assert sorted(map(str, found)) == sorted(map(str, kg.sparql(text, store=seeded_store()).rows))


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "most-figured-genes"),
        ("query", "figures-mentioning-genes", "JAK2", "STAT3"),
        ("show", "PMC1__f1"),
        ("sparql", "SELECT * WHERE { ?s ?p ?o }"),
        ("sparql", "ASK { ?s ?p ?o }"),
        ("sparql", "CONSTRUCT WHERE { ?s ?p ?o }"),
    ],
)
def test_a_graph_that_is_not_there_is_wrong_use(server: Server, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments, "--endpoint", server.query, "--graph", "https://example.org/figurs")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"kg: {server.query}: graph https://example.org/figurs is empty, or is not there. Graphs")
    assert {GRAPH, "https://example.org/other-graph"} <= set(ran.err.replace(". Without", " Without").split())
    assert "openlinksw" not in ran.err


def test_a_default_graph_that_is_empty_beside_others_is_told(oxigraph_server: Server) -> None:
    """So it is in Oxigraph after a load into a named graph."""
    oxigraph_server.put(ntriples(seeded_store()), GRAPH)
    for asked in (("most-figured-genes",), ("figures-mentioning-genes", "JAK2")):
        ran = run("query", *asked, "--endpoint", oxigraph_server.query)
        assert (ran.code, ran.out) == (2, "")
        assert f"{oxigraph_server.query}: the default graph is empty. Name a graph with --graph. Graphs" in ran.err
        assert GRAPH in ran.err.split()
    # A query that names its graphs is not about the default graph.
    ran = run("sparql", "ASK { GRAPH ?g { ?s <x:none> ?o } }", "--endpoint", oxigraph_server.query)
    assert (ran.code, ran.out) == (0, "false\n")


def test_a_graph_that_is_there_may_have_no_answer(server: Server) -> None:
    for text, out in (("SELECT ?s ?o { ?s <x:none> ?o }", "s,o\n"), ("ASK { ?s <x:none> ?o }", "false\n")):
        ran = run("sparql", text, "--format", "csv", "--endpoint", server.query, "--graph", GRAPH)
        assert (ran.code, ran.out.replace("\r", "")) == (0, out)


def test_sparql_of_each_form(server: Server) -> None:
    at = ["--endpoint", server.query, "--graph", GRAPH]
    # Prefixes are known, as they are in the store.
    ran = run("sparql", "SELECT ?n WHERE { figure:PMC1__f1.html schema:name ?n }", "--format", "csv", *at)
    assert (ran.code, ran.out) == (0, "n\r\nJAK2 activates STAT3\r\n")
    assert run("sparql", "ASK { figure:PMC1__f1.html a schema:ImageObject }", *at).out == "true\n"
    assert run("sparql", "ASK { figure:PMC1__f1.html a schema:Gene }", *at).out == "false\n"
    text = "CONSTRUCT { ?f schema:name ?n } WHERE { ?f a schema:ImageObject ; schema:name ?n }"
    ran = run("sparql", text, "--format", "ntriples", *at)
    assert ran.out == run("sparql", text, "--format", "ntriples", store=seeded_store()).out
    assert len(ran.lines) == len(FIGURES) + 3  # the disputed two, and the seed figure
    assert run("sparql", text, "--format", "csv", *at).code == 2


@pytest.mark.parametrize("text", ["SELECT ?x WHERE { nonsense", "SELECT ?x WHERE { ?x ?y }"])
def test_what_is_no_query_is_said_to_be_none(server: Server, text: str) -> None:
    ran = run("sparql", text, "--endpoint", server.query, "--graph", GRAPH)
    assert (ran.code, ran.out) == (2, "")
    assert "the server does not take this query: " in ran.err
    assert len(ran.err) < 700


@pytest.mark.parametrize("text", ["", "INSERT DATA { <x:s> <x:p> 1 }", "hello", "PREFIX x: <x:> DROP ALL", "# SELECT"])
def test_an_update_is_not_sent(text: str) -> None:
    with FaultyServer() as server:
        ran = run("sparql", text, "--endpoint", server.query)
        assert (ran.code, server.requests) == (2, [])
    assert "not a SPARQL query" in ran.err


def test_options_that_do_not_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("query", "most-figured-genes", "--endpoint", "http://127.0.0.1:1/", store=seeded_store())
    assert (ran.code, ran.err) == (2, "kg: --store and --endpoint exclude each other: one of them is asked\n")
    ran = run("show", "JAK2", "--graph", "x:y", store=seeded_store())
    assert (ran.code, ran.err) == (2, "kg: --graph is about an endpoint: say which with --endpoint URL\n")
    # The environment's store is there all day; an endpoint is asked for now.
    monkeypatch.setenv("KG_STORE", str(seeded_store()))
    with FaultyServer() as server:
        assert run("sparql", "ASK {}", "--endpoint", server.query).out == "true\n"
    with pytest.raises(UsageError, match="exclude each other"):
        kg.sparql("SELECT * {}", store=seeded_store(), endpoint=kg.Endpoint("http://127.0.0.1:1/"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:7878/query",
        "ftp://x/",
        "http://",
        "http://x:99999999/",
        "http://[::1/",
        "http://a b/",
        "file:///x",
    ],
)
def test_what_is_no_url(url: str) -> None:
    ran = run("sparql", "ASK {}", "--endpoint", url)
    assert ran.code == 2
    assert "is not the URL of an endpoint" in ran.err


@pytest.mark.parametrize("iri", ["", "figures", "http://x/ y", "<http://x/>"])
def test_what_is_no_graph(iri: str) -> None:
    ran = run("sparql", "ASK {}", "--endpoint", "http://127.0.0.1:1/", "--graph", iri)
    assert ran.code == 2
    assert "is not the IRI of a graph" in ran.err


# --- long answers


@pytest.mark.parametrize("text", [
    "SELECT ?s ?p ?o WHERE { ?s ?p ?o FILTER(?p != kg:pathwayScore) }",
    "SELECT * WHERE { ?m kg:word ?w }",
    "SELECT ?w WHERE { ?m kg:word ?w }  # many come twice",
    "SELECT DISTINCT ?w WHERE { ?m kg:word ?w } ORDER BY DESC(?w)",
    "SELECT ?f (COUNT(?m) AS ?n) WHERE { ?m oa:hasTarget ?f } GROUP BY ?f ORDER BY DESC(?n)",
    "SELECT ?m ?w WHERE { ?m oa:hasTarget ?f . OPTIONAL { ?m kg:word ?w } } ORDER BY ?m ?w LIMIT 40 OFFSET 3",
])  # fmt: skip
def test_page_by_page_is_the_whole(server: Server, text: str) -> None:
    """Rows that are equal, or tie in the query's own order, come in no order of their own."""
    ours = kg.sparql(text, store=seeded_store())
    whole = kg.sparql(text, endpoint=kg.Endpoint(server.query, graph=GRAPH))
    pages = kg.sparql(text, endpoint=kg.Endpoint(server.query, graph=GRAPH, page_size=30))
    assert len(ours.rows) >= 12
    for table in (whole, pages):
        assert table.columns == ours.columns or "*" in text
        assert sorted(map(str, table.rows)) == sorted(map(str, in_columns(ours, table.columns)))
    if "DISTINCT" in text or "LIMIT" in text:  # their order is total
        assert list(pages.rows) == list(ours.rows)


def in_columns(table: Table, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [tuple(row[table.columns.index(column)] for column in columns) for row in table.rows]


@pytest.mark.parametrize("name", list(catalogue()))
def test_questions_page_by_page(server: Server, name: str) -> None:
    if (server.name, name) in LIMITS:
        return
    example, named = example_of(catalogue()[name])
    ours = kg.query(name, *example, store=seeded_store(), **named).table
    pages = kg.query(name, *example, endpoint=kg.Endpoint(server.query, graph=GRAPH, page_size=4), **named).table
    assert pages.columns == ours.columns
    assert sorted(map(str, pages.rows)) == sorted(map(str, ours.rows))


def test_more_rows_than_virtuoso_gives_at_once(virtuoso_server: Server) -> None:
    """Its 10,000 are not taken for all, though it says nothing of more, and refuses to sort more."""
    triples = "".join(f'<https://example.org/{n}> <https://example.org/n> "{n:05}" .\n' for n in range(25_003))
    virtuoso_server.put(triples.encode(), "https://example.org/numbers")
    endpoint = kg.Endpoint(virtuoso_server.query, graph="https://example.org/numbers")
    for order in ("", "ORDER BY ?n"):
        rows = kg.sparql(f"SELECT ?n WHERE {{ ?s <https://example.org/n> ?n }} {order}", endpoint=endpoint).rows
        assert [row[0].value for row in rows if row[0]] == [f"{n:05}" for n in range(25_003)]


# --- servers that misbehave


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    """A server with 250 numbers."""
    with FaultyServer() as server:
        server.store.extend(Quad(NamedNode(f"x:{n}"), NamedNode("x:n"), Literal(n)) for n in range(250))
        yield server


ALL = "SELECT ?n WHERE { ?s <x:n> ?n } ORDER BY ?n"


def numbers(endpoint: kg.Endpoint, text: str = ALL) -> list[int]:
    return [int(row[0].value) for row in kg.sparql(text, endpoint=endpoint).rows if row[0]]


def quick(server: FaultyServer, waits: list[float] | None = None, **options: Any) -> kg.Endpoint:
    """An endpoint that does not really wait before it tries again; how long it would have goes to ``waits``."""
    client = Client(wait=(waits if waits is not None else []).append, **options)
    return kg.Endpoint(server.query, client=client)


@pytest.mark.parametrize(("cap", "says_cap"), [(100, False), (200, False), (100, True), (7, True), (249, True)])
def test_a_cut_answer_is_not_taken_for_the_whole(faulty: FaultyServer, cap: int, says_cap: bool) -> None:
    """A server may cut at a round number without a word, or at any that it says."""
    faulty.cap, faulty.says_cap = cap, says_cap
    assert numbers(quick(faulty)) == list(range(250))


def test_no_question_is_asked_twice_without_need(faulty: FaultyServer) -> None:
    assert len(numbers(quick(faulty))) == 250
    assert len(numbers(quick(faulty), ALL + " LIMIT 100")) == 100
    assert len(faulty.requests) == 2


@pytest.mark.parametrize(
    "faults", [["503", "503"], ["429"], ["500"], ["drop", "503", "drop-after"], ["half"], ["half", "drop"]]
)
def test_trouble_that_passes(faulty: FaultyServer, faults: list[str]) -> None:
    faulty.faults = list(faults)
    assert numbers(quick(faulty, waits := [])) == list(range(250))
    assert len(waits) == len(faults)
    assert all(0.3 < wait < 3 for wait in waits)


def test_whether_a_graph_is_there_is_asked_once_and_only_of_empty_answers(faulty: FaultyServer) -> None:
    faulty.store.add(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal(1), NamedNode(GRAPH)))
    endpoint = kg.Endpoint(faulty.query, graph=GRAPH, client=Client(wait=lambda _: None))
    assert len(endpoint.ask("SELECT * { ?s ?p ?o }").rows) == 1
    assert len(faulty.requests) == 1
    for _ in range(3):
        assert endpoint.ask("SELECT * { ?s <x:none> ?o }").rows == []
    assert len(faulty.requests) == 5


def test_a_server_that_does_not_say_whether_a_graph_is_there(faulty: FaultyServer) -> None:
    """The empty answer stands."""
    faulty.faults = ["", *["503"] * 5]
    assert (
        kg.Endpoint(faulty.query, graph=GRAPH, client=Client(wait=lambda _: None)).ask("SELECT * { ?s ?p ?o }").rows
        == []
    )


def test_waits_grow_and_end(faulty: FaultyServer) -> None:
    faulty.faults = ["503"] * 9
    with pytest.raises(EndpointError, match=r"the server answers 503 \(tried 5 times\): Come back later$") as caught:
        numbers(quick(faulty, waits := []))
    assert caught.value.status == 503
    assert len(waits) == 4
    assert all(0.8 * 0.5 * 2**n <= wait <= 1.2 * 0.5 * 2**n for n, wait in enumerate(waits))


def test_the_server_says_when_to_come_back(faulty: FaultyServer) -> None:
    faulty.faults, faulty.retry_after = ["429", "503"], "7"
    assert len(numbers(quick(faulty, waits := []))) == 250
    assert waits == [7, 7]


def test_a_server_that_is_too_slow(faulty: FaultyServer) -> None:
    """Asked once: the same question would take as long again."""
    faulty.faults = ["slow"]
    with pytest.raises(
        EndpointError, match=r"no answer within 0\.3 s\. Give it more time with --timeout, or ask for less"
    ):
        numbers(quick(faulty, timeout=0.3))
    assert len(faulty.requests) == 1


@pytest.mark.parametrize("fault", ["drip-head", "drip-body"])
def test_a_server_that_sends_a_byte_at_a_time(faulty: FaultyServer, fault: str) -> None:
    """The answer would take four minutes; each byte comes in time."""
    faulty.faults = [fault]
    with pytest.raises(EndpointError, match=r"no answer within 0\.6 s\. Give it more time"):
        numbers(quick(faulty, timeout=0.6))
    assert len(faulty.requests) == 1
    faulty.faults = []
    assert len(numbers(quick(faulty))) == 250  # another connection


def test_no_server_is_told_at_once() -> None:
    ran = run("sparql", "ASK {}", "--endpoint", "http://127.0.0.1:1/query")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == (
        "kg: http://127.0.0.1:1/query: no server answers there (connection refused). Is it running, and is the address right?\n"
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (301, "the server sends us to http://elsewhere.example/: name that"),
        (307, "the server sends us to http://elsewhere.example/: name that"),
        (403, "the server forbids this: not here"),
        (404, r"nothing answers SPARQL there \(404\)"),
        (501, "the server answers 501: not here"),
        (200, "an answer of type text/plain is no answer to SPARQL"),
    ],
)
def test_answers_that_are_none(faulty: FaultyServer, status: int, told: str) -> None:
    faulty.status["/query"] = status
    with pytest.raises(EndpointError, match=told):
        numbers(quick(faulty))
    assert len(faulty.requests) == 1, "nothing follows, nothing is tried again"


# --- logins


def test_login_comes_from_url_environment_or_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine host.example login ann password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    url = "http://host.example/sparql"
    user = {"KG_ENDPOINT_USER": "eve", "KG_ENDPOINT_PASSWORD": "from-env"}
    assert login_for(url, {}) == Login("ann", "from-netrc")
    assert login_for("http://other.example/", {}) == Login()
    assert login_for(url, user) == Login("eve", "from-env")
    assert login_for(url, {**user, "KG_ENDPOINT_TOKEN": "abc"}) == Login(token="abc")
    assert login_for("http://a%40b:p%3Aw@host.example/", user) == Login("a@b", "p:w")
    with pytest.raises(UsageError, match="KG_ENDPOINT_USER is not"):
        login_for(url, {"KG_ENDPOINT_PASSWORD": "x"})
    with pytest.raises(UsageError, match="no bearer token"):
        login_for(url, {"KG_ENDPOINT_TOKEN": "a\nHost: b"})


def test_basic_login_is_given_when_asked_for(faulty: FaultyServer) -> None:
    faulty.login = ("ann", "pä:ß")
    endpoint = kg.Endpoint(faulty.query, client=Client(Login("ann", "pä:ß")))
    assert len(numbers(endpoint)) == 250
    assert len(numbers(endpoint)) == 250
    assert ["authorization" in request.headers for request in faulty.requests] == [False, True, True]


def test_a_token_is_given(faulty: FaultyServer) -> None:
    faulty.token = "secret-token"
    assert len(numbers(kg.Endpoint(faulty.query, environ={"KG_ENDPOINT_TOKEN": "secret-token"}))) == 250


def test_digest_login(virtuoso_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_ENDPOINT_USER", virtuoso_server.user)
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", virtuoso_server.password)
    assert run("sparql", "ASK { ?s ?p ?o }", "--endpoint", virtuoso_server.update).out == "true\n"
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "wrong")
    ran = run("sparql", "ASK { ?s ?p ?o }", "--endpoint", virtuoso_server.update)
    assert ran.code == 3
    assert "the server wants a login (Digest), or does not take the one given. Set KG_ENDPOINT_USER and" in ran.err


def test_a_login_is_never_shown(faulty: FaultyServer) -> None:
    faulty.login = ("ann", "right")
    ran = run("sparql", "ASK {}", "--endpoint", faulty.query.replace("//", "//ann:hush@"))
    assert ran.code == 3
    assert "hush" not in ran.err


def test_no_login_goes_to_another_server(faulty: FaultyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one of netrc's sent before it is asked for."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password hush\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert len(numbers(kg.Endpoint(faulty.query))) == 250
    assert "authorization" not in faulty.requests[0].headers
