"""`kg serve` as a SPARQL endpoint: clients that are not ours get right answers, and wrong requests the right code."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph
import pytest
import rdflib
from ending import wait_for_the_end_of
from pyoxigraph import Literal, NamedNode, RdfFormat
from question_records import environment, fixture_store, rdflib_graph
from rdflib.namespace import RDF
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import Got, Served, served
from SPARQLWrapper import CSV, JSON, N3, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from kg import fulltext
from kg.web.endpoint import Limits, asks_service
from kg.web.pages import Site
from kg.web.reply import Refused
from kg.web.worker import Visit

SCHEMA = rdflib.Namespace("https://schema.org/")
KG = "https://w3id.org/pathway-figure-kg/vocab#"
JAK2 = "https://identifiers.org/ncbigene/3717"
FORM = "application/x-www-form-urlencoded"
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""A cartesian product: 10^12 rows and more, even of a small store."""

NAMES_JAK2 = f"SELECT ?f WHERE {{ ?f <{KG}mentionsSymbol> <{JAK2}> }} ORDER BY ?f"
FIGURE = "https://pfocr.wikipathways.org/figures/PMC1__f1.html"
"""The one figure that names human JAK2 by its symbol."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(fixture_store(), "--timeout", "2", "--max-rows", "500", "--max-size", "1", "--queries", "4") as running:
        yield running


# --- clients that are not ours


def test_rdflib_gets_right_answers(server: Served) -> None:
    expected = rdflib_graph(fixture_store())
    for method in ("GET", "POST", "POST_FORM"):
        graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql", method=method))
        assert [str(row[0]) for row in graph.query(NAMES_JAK2)] == [FIGURE]
        assert bool(graph.query(f"ASK {{ <{FIGURE}> a <{SCHEMA}ImageObject> }}"))
        assert set(graph.subjects(RDF.type, SCHEMA.Gene)) == set(expected.subjects(RDF.type, SCHEMA.Gene))
        built = graph.query(f"CONSTRUCT {{ ?g a ?c }} WHERE {{ ?g a <{SCHEMA}Gene> ; a ?c }}").graph
        assert built is not None
        assert set(built) == {
            (g, RDF.type, c) for g in expected.subjects(RDF.type, SCHEMA.Gene) for c in expected.objects(g, RDF.type)
        }


@pytest.mark.parametrize("method", ["GET", "POST", POSTDIRECTLY])
def test_sparqlwrapper_gets_right_answers(method: str, server: Served) -> None:
    wrapper = SPARQLWrapper(f"{server.url}/sparql")
    if method == POSTDIRECTLY:
        wrapper.setMethod("POST")
        wrapper.setRequestMethod(POSTDIRECTLY)
    else:
        wrapper.setMethod(method)
    wrapper.setQuery(NAMES_JAK2)
    wrapper.setReturnFormat(JSON)
    bindings = wrapper.queryAndConvert()["results"]["bindings"]
    assert bindings == [{"f": {"type": "uri", "value": FIGURE}}]
    wrapper.setReturnFormat(XML)
    assert FIGURE in wrapper.queryAndConvert().toxml()
    wrapper.setReturnFormat(CSV)
    assert wrapper.queryAndConvert().decode() == f"f\r\n{FIGURE}\r\n"
    wrapper.setReturnFormat(TSV)
    assert wrapper.queryAndConvert().decode() == f"?f\n<{FIGURE}>\n"
    wrapper.setQuery(f"DESCRIBE <{JAK2}>")
    about = {t for t in rdflib_graph(fixture_store()) if str(t[0]) == JAK2}
    wrapper.setReturnFormat(RDFXML)
    assert set(wrapper.queryAndConvert()) == about
    for format in (TURTLE, N3):
        wrapper.setReturnFormat(format)
        assert set(rdflib.Graph().parse(data=wrapper.query().convert(), format="turtle")) == about


# --- forms of answers


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.9", "text/tab-separated-values"),
        ("text/*", "text/csv"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
        ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
        ("not a media type, text/csv", "text/csv"),
    ],
)
def test_tables_come_as_the_client_accepts_them(accept: str, type: str, server: Served) -> None:
    got = server.sparql(NAMES_JAK2, accept)
    assert (got.status, got.type) == (200, type)
    assert FIGURE in got.text
    assert "accept" in got.headers["vary"].lower()


@pytest.mark.parametrize(
    ("accept", "type", "format"),
    [
        ("text/turtle", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("*/*", "text/turtle", "turtle"),
    ],
)
def test_graphs_come_as_the_client_accepts_them(accept: str, type: str, format: str, server: Served) -> None:
    got = server.sparql(f"CONSTRUCT WHERE {{ <{JAK2}> ?p ?o }}", accept)
    assert (got.status, got.type) == (200, type)
    expected = {t for t in rdflib_graph(fixture_store()) if str(t[0]) == JAK2}
    assert {tuple(map(str, t)) for t in rdflib.Graph().parse(data=got.body, format=format)} == {
        tuple(map(str, t)) for t in expected
    }


INNER = pyoxigraph.Triple(NamedNode("x:s"), NamedNode("x:p"), Literal('a "b"\n', language="en"))


@pytest.mark.parametrize("inner", [INNER, pyoxigraph.Triple(NamedNode("x:s"), NamedNode("x:p"), INNER)])
@pytest.mark.parametrize("format", [RdfFormat.TURTLE, RdfFormat.N_TRIPLES, RdfFormat.RDF_XML])
def test_triple_terms_in_a_graph(format: RdfFormat, inner: pyoxigraph.Triple, server: Served) -> None:
    """Of RDF 1.2, which the engine knows: read by its parser."""
    term = f"<<( x:s x:p {'<<( x:s x:p ' * (inner != INNER)}'a \"b\"\\n'@en {')>>' * (inner != INNER)} )>>"
    query = f"PREFIX x: <x:> CONSTRUCT {{ x:s x:p {term} }} {{}}"
    got = server.sparql(query, format.media_type)
    assert got.status == 200, got.text
    assert [quad.triple for quad in pyoxigraph.parse(got.body, format=format)] == [
        pyoxigraph.Triple(NamedNode("x:s"), NamedNode("x:p"), inner)
    ]
    refused = server.sparql(query, "application/ld+json")
    assert (refused.status, "take Turtle" in refused.text) == (406, True)


def test_ask_answers_in_both_forms(server: Served) -> None:
    assert server.sparql("ASK {}", "application/sparql-results+json").text == '{"head": {}, "boolean": true}\n'
    assert "<boolean>false</boolean>" in server.sparql("ASK { <x:a> ?p ?o }", "application/sparql-results+xml").text


def test_without_a_query_it_says_what_it_is(server: Served) -> None:
    got = server.ask("/sparql", headers={"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=got.body, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = graph.subjects(RDF.type, sd.Service)
    assert str(graph.value(service, sd.endpoint)) == f"{server.url}/sparql"
    assert graph.value(service, sd.supportedLanguage) == sd.SPARQL11Query
    triples = graph.value(graph.value(graph.value(service, sd.defaultDataset), sd.defaultGraph), rdflib.VOID.triples)
    assert int(str(triples)) == len(rdflib_graph(fixture_store()))
    browser = server.ask("/sparql", headers={"accept": "text/html"})
    assert (browser.status, browser.headers["location"]) == (303, "/query")
    assert server.ask("/sparql", headers={"accept": "image/png"}).status == 406


def test_head_options_and_etag(server: Served) -> None:
    path = f"/sparql?{urlencode({'query': NAMES_JAK2})}"
    head = server.ask(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert "POST" in server.ask("/sparql", method="OPTIONS").headers["allow"]
    again = server.ask(path, headers={"if-none-match": head.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_the_dataset_that_the_protocol_names(server: Served) -> None:
    """All triples are in the default graph: of a graph that is not there nothing is found."""
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    whole = len(rdflib_graph(fixture_store()))
    for extra, wanted in (({}, whole), ({"default-graph-uri": "http://example.org/g"}, 0), ({"named-graph-uri": "http://example.org/g"}, 0)):  # fmt: skip
        got = server.ask("/sparql", headers={"accept": "text/csv"}, query=count, **extra)
        assert got.text == f"n\r\n{wanted}\r\n"


# --- what is wrong gets its code


def post(server: Served, body: bytes, type: str, path: str = "/sparql") -> Got:
    return server.ask(path, method="POST", headers={"content-type": type} if type else {}, body=body)


QUERY = quote("ASK {}")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("?query=SELECT", 400, "not a SPARQL query"),
        ("?query=", 400, "empty"),
        ("?query=%20%0A", 400, "empty"),
        ("?other=1", 400, "no query"),
        (f"?query={QUERY}&query={QUERY}", 400, "2 queries"),
        ("?query=%FF%FE", 400, "UTF-8"),
        (f"?query={QUERY}&default-graph-uri=no%20iri", 400, "absolute IRI"),
        (f"?query={QUERY}&named-graph-uri=relative", 400, "absolute IRI"),
        ("?update=CLEAR%20ALL", 403, "read-only"),
        (f"?query={QUERY}&update=CLEAR%20ALL", 403, "read-only"),
        ("?query=" + quote("INSERT DATA { <x:a> <x:b> 1 }"), 400, "not a SPARQL query"),
        ("?query=" + quote("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), 403, "SERVICE"),
        ("?query=" + quote("SELECT (1/0 AS ?x) (<x:f>(1) AS ?y) {}"), 400, "not to be had"),
        ("?" + "&".join(f"a{n}=1" for n in range(1001)), 400, "parameters"),
    ],
)
def test_malformed_gets(path: str, status: int, said: str, server: Served) -> None:
    got = server.ask(f"/sparql{path}")
    assert (got.status, got.type) == (status, "text/plain")
    assert said in got.text


@pytest.mark.parametrize(
    ("body", "type", "path", "status"),
    [
        (b"ASK {}", "application/sparql-query", "/sparql", 200),
        (b"ASK {}", "application/sparql-query; charset=UTF-8", "/sparql", 200),
        (b"query=ASK%20%7B%7D", FORM, "/sparql", 200),
        (b"query=ASK%20%7B%7D", FORM, "/sparql?default-graph-uri=http://example.org/g", 400),
        (b"query=ASK%20%7B%7D", FORM, "/sparql?named-graph-uri=http://example.org/g", 400),
        (b"ASK {}", "application/sparql-query", "/sparql?default-graph-uri=http://example.org/g", 200),
        (b"ASK {}", "application/sparql-query; charset=latin-1", "/sparql", 415),
        (b"ASK {}", "text/plain", "/sparql", 415),
        (b"ASK {}", "", "/sparql", 415),
        (b'{"query": "ASK {}"}', "application/json", "/sparql", 415),
        (b"", "application/sparql-query", "/sparql", 400),
        (b"", FORM, "/sparql", 400),
        (b"\xff\xfe", "application/sparql-query", "/sparql", 400),
        (b"query=%ff", FORM, "/sparql", 400),
        (b"query=\xff", FORM, "/sparql", 400),
        (b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", FORM, "/sparql", 400),
        (b"ASK {}", "application/sparql-query", "/sparql?query=ASK%20%7B%7D", 400),
        (b"query=ASK%20%7B%7D", FORM, "/sparql?query=ASK%20%7B%7D", 400),
        (b"INSERT DATA { <x:a> <x:b> 1 }", "application/sparql-update", "/sparql", 403),
        (b"update=CLEAR%20ALL", FORM, "/sparql", 403),
        (b"ASK {} # " + b"x" * 1_000_000, "application/sparql-query", "/sparql", 413),
    ],
)
def test_posts(body: bytes, type: str, path: str, status: int, server: Served) -> None:
    assert post(server, body, type, path).status == status


def test_a_compressed_body_is_not_understood(server: Served) -> None:
    headers = {"content-type": "application/sparql-query", "content-encoding": "gzip"}
    assert server.ask("/sparql", method="POST", headers=headers, body=b"ASK {}").status == 415


def test_a_body_without_end_is_cut_off(server: Served) -> None:
    """Chunked, so that its length is not said beforehand."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        head = f"POST /sparql HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Type: application/sparql-query\r\n"
        connection.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"#" * 0x10000 + b"\r\n"
        try:
            for _ in range(1000):
                connection.sendall(chunk)
        except OSError:
            pass  # it has been closed, as it should
        try:
            said = connection.recv(65536)
        except ConnectionResetError:
            return
        assert said.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "FOO"])
def test_other_methods(method: str, server: Served) -> None:
    got = server.ask("/sparql", method=method, body=b"ASK {}")
    assert got.status == 405
    assert "GET" in got.headers["allow"]
    assert server.ask("/gene/3717", method=method).status == 405


def test_not_acceptable(server: Served) -> None:
    assert server.sparql(NAMES_JAK2, "image/png").status == 406
    assert server.sparql(NAMES_JAK2, "text/turtle").status == 406  # of a table
    assert server.sparql("DESCRIBE <x:y>", "text/csv").status == 406  # of a graph


# --- limits


def test_a_query_over_its_time_is_stopped_and_its_place_is_free(server: Served) -> None:
    """More than there are processes, one after the other: a process that went on would be missed."""
    for _ in range(5):
        got = server.sparql(SLOW)
        assert got.status == 503
        assert int(got.headers["retry-after"]) >= 1
        assert "2 s" in got.text
        assert server.sparql("ASK {}").status == 200


def test_many_heavy_queries_leave_room_for_small_ones_and_pages(server: Served) -> None:
    heavy: list[Got] = []
    threads = [threading.Thread(target=lambda: heavy.append(server.sparql(SLOW))) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)  # all that are to be slow are slow by now
    for _ in range(5):
        assert server.ask("/gene/3717").status == 200
        assert server.sparql(NAMES_JAK2).status == 200
    for thread in threads:
        thread.join(60)
    assert {got.status for got in heavy} == {503}
    assert all("retry-after" in got.headers for got in heavy)


def test_an_answer_beyond_the_limits_is_refused_not_cut(server: Served) -> None:
    got = server.sparql("SELECT * { ?s ?p ?o }")
    assert got.status == 500
    assert "500 rows" in got.text
    assert server.sparql("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle").status == 500
    blank = "BIND(CONCAT(STR(?o), " + ", ".join(['"' + "x" * 1000 + '"'] * 3) + ") AS ?long)"
    got = server.sparql(f"SELECT ?long {{ ?s ?p ?o {blank} }} LIMIT 500")
    assert got.status == 500
    assert "1,000,000 bytes" in got.text
    assert server.sparql("SELECT * { ?s ?p ?o } LIMIT 500").status == 200


def test_a_client_that_goes_away_frees_its_process() -> None:
    with served(fixture_store(), "--timeout", "60", "--queries", "1") as one:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                one.sparql(SLOW, timeout=0.5)
        assert one.sparql("ASK {}", timeout=20).status == 200


def test_more_than_there_is_room_for_is_told_to_come_back() -> None:
    with served(fixture_store(), "--timeout", "2", "--queries", "1") as one:
        found: list[Got] = []
        threads = [threading.Thread(target=lambda: found.append(one.sparql(SLOW))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert {got.status for got in found} == {503}
        assert all(int(got.headers["retry-after"]) >= 1 for got in found)
        assert one.sparql("ASK {}").status == 200


def test_a_query_that_wants_all_memory_ends_alone() -> None:
    with served(fixture_store(), "--timeout", "60", "--memory", "256", "--queries", "1") as one:
        got = one.sparql("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g ?b LIMIT 1")
        assert got.status == 500
        assert "memory" in got.text
        assert one.sparql("ASK {}").status == 200


# --- SERVICE


class _Listener:
    """A server that counts who asks it."""

    def __init__(self) -> None:
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked += 1
                self.send_response(500)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture(scope="module")
def listener() -> Iterator[_Listener]:
    made = _Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


CALL = "{ ?s ?p ?o }"
SERVICES = [
    f"SELECT * {{ SERVICE ex:s {CALL} }}",
    f"SELECT * {{ SeRvIcE SILENT ex:s {CALL} }}",
    f"SELECT * {{ SERVICE:s {CALL} }}",
    f"SELECT * {{ SERVICESILENT:s {CALL} }}",
    f"SELECT * {{ ?s ?p 1SERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p trueSERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p ex:.SERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p ?o.SERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p ?o FILTER(?o = ex:o)SERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p ?o FILTER(?o < 2)SERVICE ex:s {CALL} FILTER(?o > 0) }}",
    f"SELECT * {{ ?s ?p ?o FILTER(?o != <http://a\\u0041#x>)SERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p ?o FILTER(?o != '''a'b''c\\'''')SERVICE ex:s {CALL} }}",
    f"SELECT * {{ ?s ?p ?o #\rSERVICE ex:s {CALL}\n}}",
    f"SELECT * {{ BIND(ex:s AS ?y)SERVICE?y{CALL} }}",
    f"SELECT * {{ \\u0053ERVICE ex:s {CALL} }}",
    f"ASK {{ FILTER EXISTS {{ SERVICE ex:s {CALL} }} }}",
    f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ SELECT * {{ SERVICE ex:s {CALL} }} }} }}",
]
"""Ways to write it, all of which this engine or another takes (it needs no blank around a keyword)."""


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused_however_it_is_written(query: str, server: Served, listener: _Listener) -> None:
    got = server.sparql(f"PREFIX ex: <{listener.url}> PREFIX : <{listener.url}> {query}")
    assert (got.status, listener.asked) == (403, 0)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?service { ?service wp:service "SERVICE <x:y> {}" } # SERVICE',
        "SELECT * { <http://x/SERVICE> ?p 'SERVICE' , '''a'SERVICE''' , \"\"\"\"SERVICE\"\"\" , \"x\"@en-service }",
        "SELECT $SERVICE { ?s kg:SERVICE, kg:x.SERVICE, kg:a-SERVICE $SERVICE }",
    ],
)
def test_the_word_itself_may_be_said(query: str, server: Served) -> None:
    assert not asks_service(query)
    assert server.sparql(query).status in (200, 400)  # the last are not all SPARQL; but none is refused for SERVICE


def test_from_does_not_fetch(server: Served, listener: _Listener) -> None:
    got = server.sparql(f"SELECT * FROM <{listener.url}> {{ ?s ?p ?o }}", "application/sparql-results+json")
    assert (json.loads(got.text)["results"]["bindings"], listener.asked) == ([], 0)


# --- the process


def test_sigterm_ends_it_cleanly_and_it_is_quiet() -> None:
    with served(fixture_store()) as running:
        assert running.sparql("ASK {}").status == 200
        assert running.ask("/healthz").text == "ok\n"
        running.sparql("not a query")
        assert running.stop() == 0
        told = [line for line in running.lines if not line.rstrip().endswith("…")]  # what takes a moment
        assert len(told) == 1  # where it listens, and no more


def test_sigterm_while_it_starts() -> None:
    """When the process that makes workers is there, and they are not yet."""
    command = [sys.executable, "-m", "kg", "serve", "--store", str(fixture_store()), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment())
    try:
        end = time.monotonic() + 60
        while not (started := children(process.pid)) and time.monotonic() < end:
            time.sleep(0.01)
        process.terminate()
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert started
    assert (process.returncode, "Traceback" in said) == (0, False)
    wait_for_the_end_of(started)


def test_another_build_without_an_index_is_served(tmp_path: Path) -> None:
    """As a build leaves it: the server makes the index of its own accord."""
    for name in ("one", "two"):
        shutil.copytree(fixture_store().resolve(), tmp_path / name, ignore=shutil.ignore_patterns("*search*"))
    (tmp_path / "store").symlink_to("one")
    with served(tmp_path / "store") as running:
        assert running.ask("/search?q=JAK2").status == 200
        (tmp_path / "next").symlink_to("two")
        (tmp_path / "next").replace(tmp_path / "store")
        statuses = [running.ask("/healthz").status, running.ask("/").status, running.ask("/gene/3717").status]
        end = time.monotonic() + 60
        while (got := running.ask("/search?q=JAK2")).status == 503 and time.monotonic() < end:
            assert "search index is being made" in got.text
            assert int(got.headers["retry-after"]) > 0
            time.sleep(0.1)
        assert running.stop() == 0
    assert (statuses, got.status, "/gene/3717" in got.text) == ([200, 200, 200], 200, True)
    assert [path.name for path in (tmp_path / "two").glob("*search*")] == [fulltext.FILE]


def test_a_page_does_not_wait_for_an_index(tmp_path: Path) -> None:
    shutil.copytree(fixture_store().resolve(), tmp_path / "s", ignore=shutil.ignore_patterns("*search*"))
    site = Site(str(tmp_path / "s"))
    limits = Limits(1000, 10**7, 10)
    for path in ("/search", "/complete"):
        with pytest.raises(Refused) as refused:
            site.visit(Visit("http://localhost", path, (("q", "JAK2"),), None), limits)
        assert refused.value.status == 503
    assert site.visit(Visit("http://localhost", "/", (), None), limits).status == 200
    assert not list((tmp_path / "s").glob("*search*"))


def test_a_store_that_has_gone_is_told(tmp_path: Path) -> None:
    shutil.copytree(fixture_store().resolve(), tmp_path / "s")
    with served(tmp_path / "s") as running:
        shutil.rmtree(tmp_path / "s")
        got = running.ask("/healthz")
    assert (got.status, "no store at" in got.text) == (503, True)


def test_sigterm_while_a_query_runs() -> None:
    with served(fixture_store(), "--timeout", "100") as running:
        threading.Thread(target=lambda: _ignore(running), daemon=True).start()
        time.sleep(0.5)
        assert running.stop() == 0


def _ignore(running: Served) -> None:
    with contextlib.suppress(OSError):
        running.sparql(SLOW)


def test_processes_that_are_killed_are_replaced() -> None:
    """By whoever runs out of memory: first a worker, then the one that makes workers, and all of them with it."""
    with served(fixture_store()) as running:
        (nursery,) = children(running.process.pid)
        workers = children(nursery)
        for victim, dead in ((workers[0], workers[:1]), (nursery, [nursery, *workers])):
            os.kill(victim, signal.SIGKILL)
            wait_for_the_end_of(dead)
            for _ in range(8):
                assert running.ask("/gene/3717").status == 200
                assert running.sparql("ASK {}").status == 200


def test_nothing_is_left_when_the_server_is_killed() -> None:
    with served(fixture_store()) as running:
        (nursery,) = children(running.process.pid)
        left = [nursery, *children(nursery)]
        running.process.kill()
        running.process.wait()
        wait_for_the_end_of(left)


def test_answers_take_no_more_memory() -> None:
    """Since workers are as large from the start as they will be; else they would grow by a tenth here."""
    with served(fixture_store()) as running:
        before = memory(running.process.pid)
        for _ in range(20):
            for path in ("/", "/gene/3717", "/figure/PMC1__f1", "/paper/PMC1", "/search?q=JAK", "/complete?q=JA"):
                assert running.ask(path).status == 200
            for _ in range(4):  # each worker in turn
                assert running.ask("/question/figures-mentioning-genes", genes="JAK2 STAT3").status == 200
                assert running.sparql("ASK {}").status == 200
        after = memory(running.process.pid)
    assert after < 1.03 * before


def memory(parent: int) -> int:
    """Of a process and all below it, what they share counted once: PSS, in KB."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{parent}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) + sum(map(memory, children(parent)))


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_the_log_is_common_and_cannot_be_forged() -> None:
    with served(fixture_store(), "--log") as running:
        running.ask("/gene/3717")
        with socket.create_connection(("127.0.0.1", running.port), timeout=60) as connection:
            connection.sendall(b'GET /x"\x1b[31m HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
            connection.recv(65536)
        running.stop()
    lines = [line for line in running.lines if "HTTP/1.1" in line]
    assert any(line.startswith("127.0.0.1 - - [") and '"GET /gene/3717 HTTP/1.1" 200 ' in line for line in lines)
    assert all("\x1b" not in line for line in running.lines)


def test_a_port_that_is_taken(server: Served) -> None:
    from question_records import run

    ran = run("serve", "--port", str(server.port), store=fixture_store())
    assert ran.code == 3
    assert f"127.0.0.1:{server.port}" in ran.err
    assert "Traceback" not in ran.err


def test_without_a_store(tmp_path: Path) -> None:
    from question_records import run

    ran = run("serve", "--port", "0", store=tmp_path / "none")
    assert (ran.code, "no store" in ran.err) == (3, True)


def test_a_new_build_is_served_without_a_new_start(tmp_path: Path) -> None:
    from records import write

    import kg

    write(tmp_path / "records", "PMC1__f1", figtitle="Before")
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    with served(tmp_path / "s") as running:
        assert "Before" in running.ask("/figure/PMC1__f1").text
        write(tmp_path / "records", "PMC1__f1", figtitle="After")
        kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
        for _ in range(6):
            assert "After" in running.ask("/figure/PMC1__f1").text
            assert "After" in running.sparql("SELECT ?t { ?f a schema:ImageObject ; schema:name ?t }").text
        assert "After" in running.ask("/search?q=after").text
