"""The pages of `kg serve`: what they say of the records of `question_records`, and what hostile input comes to."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import rdflib
from question_records import fixture_store, rdflib_graph
from records import FAMILY, SYMBOL, gene, write
from serving import Got, Served, served

import kg
from kg.catalogue import catalogue
from kg.web.accept import best
from kg.web.render import STATIC

HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JAK2 = rdflib.URIRef("https://identifiers.org/ncbigene/3717")


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(fixture_store()) as running:
        yield running


class Page(HTMLParser):
    """What a page says: its text, rows of its tables, links, and elements that could run."""

    def __init__(self, got: Got) -> None:
        super().__init__()
        self.words: list[str] = []
        self._rows: list[list[str]] = []
        self.links: dict[str, str] = {}
        self.scripts: list[dict[str, str | None]] = []
        self.handlers: list[str] = []
        self.loads: list[str] = []
        self.ld = ""
        self._in: list[str] = []
        self._href = ""
        self.feed(got.text)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.handlers += [name for name in found if name.startswith("on")]
        if tag not in ("a", "span", "mark"):
            self._data(" ")
        if tag not in ("input", "meta", "link", "br", "img", "path", "circle", "rect"):
            self._in.append(tag)
        if tag == "script":
            self.scripts.append(found)
        if tag in ("img", "script", "iframe", "object", "embed") and found.get("src"):
            self.loads.append(found["src"] or "")
        if tag == "tr":
            self._rows.append([])
        if tag in ("td", "th") and self._rows:
            self._rows[-1].append("")
        if tag == "a":
            self._href = found.get("href") or ""

    def _data(self, data: str) -> None:
        self.words.append(data)
        if self._rows and self._rows[-1] and {"td", "th"} & set(self._in):
            self._rows[-1][-1] += data

    @property
    def rows(self) -> list[list[str]]:
        return [[" ".join(cell.split()) for cell in row] for row in self._rows]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._in:
            while self._in.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._in and self._in[-1] == "script":
            self.ld += data
            return
        self._data(data)
        if "a" in self._in and data.strip():
            self.links.setdefault(" ".join(data.split()), self._href)


def page(server: Served, path: str, **fields: str) -> Page:
    got = server.ask(path, headers=HTML, **fields)
    assert (got.status, got.type) == (200, "text/html"), got.text
    return Page(got)


# --- what pages say


def test_the_front_page_leads_on(server: Served) -> None:
    found = page(server, "/")
    assert "11 figures" in found.text
    assert "9 papers" in found.text
    for query in catalogue().values():
        assert found.links[query.title] == f"/question/{query.name}"


def test_a_figure_word_by_word(server: Served) -> None:
    found = page(server, "/figure/PMC8__f1")
    assert "article on Homo sapiens" in found.text
    rows = [row for row in found.rows if row and row[0] != "Word"]
    lexicon = {(row[0], row[-5]): row for row in rows}
    assert [row[0] for row in rows if len(row) == 8] == ["ATP.", "BCR", "COX1", "MIA2", "OCT4", "P13K", "WNT"]
    # Word, match, rewritten, lexicon, genes, organism, article supports it, doubts.
    assert lexicon["P13K", "family (FamPlex) FamPlex family or complex (PFOCR 2023)"] == [
        "P13K", "PI3K", "yes", "family (FamPlex) FamPlex family or complex (PFOCR 2023)", "PIK3CA", "Homo sapiens", "yes", "",
    ]  # fmt: skip
    assert ["OCT4", "OCT4", "no", "synonym NCBI Gene synonym (PFOCR 2023)", "POU5F1, POU5F1P3", "Homo sapiens", "yes", "several genes"] in rows  # fmt: skip
    # The second reading of BCR is a row below the first, without the word.
    assert ["BCR", "no", "synonym NCBI Gene synonym (PFOCR 2023)", "RN7SL263P", "Homo sapiens", "yes", "the word is another gene's symbol"] in rows  # fmt: skip
    assert "also a chemical or disease here; metabolite or ion" in found.text
    assert found.links["PIK3CA"] == "/gene/5290"
    assert "drug X (no identifier)" in found.text
    assert found.links["PFOCR"] == "https://pfocr.wikipathways.org/figures/PMC8__f1.html"
    assert found.loads == ["/static/app.js"]  # the image is not loaded before one asks for it


def test_support_and_keywords_and_organisms_of_a_figure(server: Served) -> None:
    assert "All genes: organism in the table only." in page(server, "/figure/PMC3__f1").text
    found = page(server, "/figure/PMC6__f1")
    assert [
        "JAK2 keyword, word not published",
        "",
        "",
        "keyword keyword list of the record (word not published)",
        "JAK2",
        "Homo sapiens",
        "yes",
        "",
    ] in found.rows
    assert "NOTAGENE (no such symbol)" in found.text
    assert "perhaps JAK2" in page(server, "/figure/PMC7__f1").text
    found = page(server, "/figure/PMC9__f2")
    assert "The article is about Escherichia coli; the gene table also has Escherichia coli str. K-12" in found.text


def test_the_image_is_loaded_on_a_click_from_its_source_alone(server: Served) -> None:
    got = server.ask("/figure/PMC1__f1", image="show", headers=HTML)
    image = "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/bin/f1.jpg"
    assert Page(got).loads == ["/static/app.js", image]
    assert "img-src 'self' https://www.ncbi.nlm.nih.gov" in got.headers["content-security-policy"]
    before = server.ask("/figure/PMC1__f1", headers=HTML)
    assert "img-src 'self';" in before.headers["content-security-policy"]
    assert image in Page(before).links["open it there"]


def test_a_gene(server: Served) -> None:
    found = page(server, "/gene/3717")
    assert "JAK2" in found.text
    assert ["All", "1", "3", "1", "1"] in found.rows  # symbol, family, keyword, candidate
    assert [row[0] for row in found.rows if row and row[0].startswith("PMC")] == [
        "PMC1__f1", "PMC2__f1", "PMC1__f2", "PMC3__f1", "PMC6__f1", "PMC7__f1",
    ]  # fmt: skip
    network = json.loads(server.ask("/gene/3717/network.json").text)
    assert [(n["label"], n["centre"], n["figures"]) for n in network["nodes"]] == [
        ("JAK2", True, 0),
        ("STAT3", False, 1),
    ]
    assert [edge["figures"] for edge in network["edges"]] == [1]


def test_a_paper_an_organism_a_chemical_and_a_disease(server: Served) -> None:
    found = page(server, "/paper/PMC9")
    assert "title: Paper nine, revised." in found.text
    assert [row[0] for row in found.rows[1:]] == ["PMC9__f1", "PMC9__f2"]
    found = page(server, "/organism/10090")
    assert "genes of it in figures: 4" in found.text
    assert "figures of articles about it: 1" in found.text
    assert found.links["PMC4__f1"] == "/figure/PMC4__f1"
    assert page(server, "/term/chebi:15422").links["PMC1__f1"] == "/figure/PMC1__f1"
    assert page(server, "/term/doid:162").links["PMC2__f1"] == "/figure/PMC2__f1"


@pytest.mark.parametrize(("path", "place"), [("/gene/jak2", "/gene/3717"), ("/gene/CD45", "/gene/5788"), ("/gene/ncbigene:3717", "/gene/3717"), ("/gene/JAK2.ttl", "/gene/3717.ttl"), ("/paper/pmc9", "/paper/PMC9"), ("/organism/mouse", "/organism/10090"), ("/term/mesh:D003920", None)])  # fmt: skip
def test_other_names_lead_to_the_one_address(path: str, place: str | None, server: Served) -> None:
    got = server.ask(path, headers=HTML)
    assert (got.status, got.headers.get("location")) == ((303, place) if place else (200, None))


@pytest.mark.parametrize("path", ["/gene/NOSUCH", "/gene/999999999", "/figure/PMC9__nothing", "/paper/PMC77777", "/organism/dodo", "/term/chebi:1", "/term/x:1", "/question/none", "/nothing", "/gene", "/gene/", "/figure/", "/static/nothing.js", "/search/x", "//"])  # fmt: skip
def test_what_is_not_there_is_a_page_with_404(path: str, server: Served) -> None:
    got = server.ask(path, headers=HTML)
    assert got.status == 404
    assert got.type == "text/html"


def test_a_name_of_several_things_is_asked_back(server: Served) -> None:
    got = server.ask("/gene/COX1", headers=HTML)
    assert got.status == 400
    assert Page(got).links["ncbigene:4512"] == "/gene/4512"
    assert Page(server.ask("/figure/PMC9__F1", headers=HTML)).links["PMC9__f2"] == "/figure/PMC9__f2"


# --- search


def test_search(server: Served) -> None:
    found = page(server, "/search", q="stat3")
    assert found.links["STAT3"] == "/gene/6774"
    assert found.links["The word STAT3"] == "/question/figures-of-word?word=STAT3"
    assert "Nothing found." in page(server, "/search", q="zzzzz").text
    assert '"tumuor" is in no text; taken for "tumour"' in page(server, "/search", q="tumuor").text
    filtered = page(server, "/search", q="STAT3", kind="figure", year="2021", gene="JAK2")
    assert filtered.links["Jak/Stat3 in cancer"] == "/figure/PMC2__f1"
    assert "1 found" in filtered.text
    got = server.ask("/search", q="x", year="late")
    assert (got.status, "is no year" in got.text) == (400, True)


def test_completion(server: Served) -> None:
    got = server.ask("/complete", q="jak")
    assert got.type == "application/json"
    hits = json.loads(got.text)
    assert hits[0]["value"] == "JAK2"
    assert hits[0]["href"] == "/gene/3717"
    assert [hit["value"] for hit in json.loads(server.ask("/complete", q="jak2", kind="gene").text)] == ["JAK2", "ncbigene:16452"]  # fmt: skip
    assert json.loads(server.ask("/complete").text) == []


# --- questions


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_question_has_a_form_that_answers_its_example(name: str, server: Served) -> None:
    """With what its own header gives as an example: the answer is that of `kg.query`, in a table and as a download."""
    query = catalogue()[name]
    form = page(server, f"/question/{name}")
    assert query.title in form.text
    fields = {param.name: " ".join(param.example) for param in query.params if not getattr(param, "option", False)}
    got = server.ask(f"/question/{name}", headers=HTML, **fields)
    assert got.status in (200, 404)  # some examples are of a figure that is not in this store
    if got.status == 404:
        assert "no figure" in Page(got).text or "no paper" in Page(got).text
        return
    arguments = [value for param in query.params if not getattr(param, "option", False) for value in param.example]
    expected = kg.query(name, *arguments, store=fixture_store())
    rows = server.ask(f"/question/{name}.csv", **fields)
    assert rows.type == "text/csv"
    assert len(rows.text.splitlines()) == 1 + len(expected.table.rows)
    assert rows.text.splitlines()[0] == ",".join(expected.table.columns)
    if expected.table.rows:
        assert expected.shown.summary in Page(got).text


def test_a_word_leads_to_its_figures(server: Served) -> None:
    """From a figure's words, from those that stand for nothing, and from a table of words, to every figure that has it."""
    for start, word, figures in (
        ("/figure/PMC1__f2", "JAK", ["PMC2__f1", "PMC1__f2", "PMC3__f1"]),
        ("/figure/PMC6__f1", "NOTAGENE", ["PMC7__f1", "PMC1__f1", "PMC6__f1"]),
        ("/question/unresolved-keywords", "NOTAGENE", ["PMC7__f1", "PMC1__f1", "PMC6__f1"]),
        ("/question/unresolved-keywords", "drug X", ["PMC8__f1"]),
    ):
        place, _, query = page(server, start).links[word].partition("?")
        assert place == "/question/figures-of-word"
        found = page(server, place, **dict(parse_qsl(query)))
        assert [row[0] for row in found.rows[1:]] == figures


def test_the_two_gene_question(server: Served) -> None:
    found = page(server, "/question/figures-mentioning-genes", genes="JAK2, STAT3")
    assert "6 figures: 1 name both, 2 one, 3 neither" in found.text
    assert found.links["CSV"] == "/question/figures-mentioning-genes.csv?genes=JAK2%2C+STAT3"
    assert found.rows[1][:3] == ["PMC1__f1", "JAK2 activates STAT3", "2020"]
    by_year = [row[2] for row in page(server, "/question/figures-mentioning-genes", genes="JAK2 STAT3", sort="year").rows[1:]]  # fmt: skip
    assert by_year == sorted(by_year)
    assert by_year[::-1] == [row[2] for row in page(server, "/question/figures-mentioning-genes", genes="JAK2 STAT3", sort="-year").rows[1:]]  # fmt: skip
    symbols = page(server, "/question/figures-mentioning-genes", genes="JAK2 STAT3", tier="symbol")
    assert [row[0] for row in symbols.rows[1:]] == ["PMC1__f1"]
    for ending, type in ((".tsv", "text/tab-separated-values"), (".json", "application/sparql-results+json"), (".xml", "application/sparql-results+xml")):  # fmt: skip
        got = server.ask(f"/question/figures-mentioning-genes{ending}", genes="JAK2 STAT3")
        assert (got.status, got.type) == (200, type)
        assert got.headers["content-disposition"] == f'attachment; filename="figures-mentioning-genes{ending}"'


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"genes": "NOSUCH"}, 404, "NOSUCH"),
        ({"genes": "COX1"}, 400, "two human genes"),
        ({"genes": "JAK2", "tier": "best"}, 400, "no tier"),
        ({"genes": "JAK2", "limit": "many"}, 400, "no number"),
        ({"genes": "JAK2", "limit": "-1"}, 400, "limit"),
        ({"genes": "JAK2", "tier": "symbol", "specific": "1"}, 400, "exclude"),
        ({"genes": "JAK2", "organism": "dodo"}, 404, "dodo"),
        ({"genes": "JAK2", "genus": "x"}, 400, "no field"),
        ({"genes": "@/etc/passwd"}, 400, "files are not read"),
        ({"genes": "JAK2 @/etc/passwd"}, 400, "files are not read"),
    ],
)
def test_what_a_form_does_not_take_is_said(fields: dict[str, str], status: int, said: str, server: Served) -> None:
    for ending in ("", ".csv"):
        got = server.ask(f"/question/figures-mentioning-genes{ending}", headers=HTML, **fields)
        assert (got.status, got.type) == (status, "text/html")
        assert said in Page(got).text
        assert "root:" not in got.text


# --- the same as data


@pytest.mark.parametrize(
    "path", ["/gene/3717", "/figure/PMC1__f1", "/paper/PMC1", "/organism/9606", "/term/chebi:15422"]
)
def test_each_page_is_data_by_accept_and_by_ending(path: str, server: Served) -> None:
    kinds = {"text/turtle": (".ttl", "turtle"), "application/ld+json": (".jsonld", "json-ld"), "application/n-triples": (".nt", "nt")}  # fmt: skip
    graphs = []
    for media_type, (ending, format) in kinds.items():
        accepted = server.ask(path, headers={"accept": media_type})
        ended = server.ask(path + ending, headers=HTML)
        assert (accepted.status, accepted.type, ended.type) == (200, media_type, media_type)
        assert accepted.body == ended.body
        assert "accept" in accepted.headers["vary"].lower()
        assert f"<{path}{ending}>" in accepted.headers["link"]
        graphs.append({tuple(map(str, t)) for t in rdflib.Graph().parse(data=accepted.body, format=format)})
    assert graphs[0] == graphs[1] == graphs[2]
    everything = {tuple(map(str, t)) for t in rdflib_graph(fixture_store())}
    assert graphs[0] <= everything  # and nothing that the graph does not say
    assert server.ask(path, headers={"accept": "image/png"}).status == 406
    assert server.ask(path).type == "text/html"


def test_the_data_of_a_figure_has_its_mentions(server: Served) -> None:
    got = server.ask("/figure/PMC1__f1.ttl")
    graph = rdflib.Graph().parse(data=got.body, format="turtle")
    oa = rdflib.Namespace("http://www.w3.org/ns/oa#")
    figure = rdflib.URIRef("https://pfocr.wikipathways.org/figures/PMC1__f1.html")
    assert set(graph.subjects(oa.hasTarget, figure)) == set(
        rdflib_graph(fixture_store()).subjects(oa.hasTarget, figure)
    )
    assert graph.value(JAK2, rdflib.RDFS.label) is not None


def test_schema_org_is_embedded(server: Served) -> None:
    said = json.loads(page(server, "/figure/PMC1__f1").ld)
    assert (said["@type"], said["@id"]) == ("ImageObject", "https://pfocr.wikipathways.org/figures/PMC1__f1.html")
    assert {"@type": "Gene", "@id": str(JAK2), "name": "JAK2"} in said["mentions"]
    assert said["isPartOf"]["sameAs"] == "https://doi.org/10.1000/one"
    assert json.loads(page(server, "/gene/3717").ld)["@type"] == "Gene"
    assert json.loads(page(server, "/paper/PMC1").ld)["@type"] == "ScholarlyArticle"


# --- hostile input

SCRIPT = "<script>alert(1)</script>"
EVIL = '"><img src=x onerror=alert(1)>'
BREAK = "</script><script>alert(2)</script>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Records that can contain anything."""
    folder = tmp_path_factory.mktemp("hostile")
    write(
        folder / "records",
        "PMC1__f1",
        figtitle=SCRIPT,
        caption=f"{BREAK} {EVIL} JAK2 and <b>JAK</b>",
        genes=[
            gene(SCRIPT, "JAK2", "JAK2", 3717, SYMBOL),
            gene(EVIL, EVIL, "STAT3", 6774, FAMILY),
            gene("javascript:alert(3)", "x", SCRIPT, 99_999_999, SYMBOL),
        ],
        chemicals=[(EVIL, "mesh:D000255", EVIL, SCRIPT, "chebi:15422")],
        keywords=[SCRIPT, EVIL],
        fields={
            "papertitle": BREAK,
            "journal_title": SCRIPT,
            "publisher_name": EVIL,
            "keywords": f"{SCRIPT} | {EVIL}",
            "reftext": BREAK,
            "figtype": SCRIPT,
            "number": EVIL,
            "organisms": [SCRIPT],
        },
    )
    result = kg.build([folder / "records"], store=folder / "kg.store", jobs=1, check=False)
    assert result.figures == 1
    with served(folder / "kg.store") as running:
        yield running


def test_a_word_that_is_not_resolved_leads_to_all_figures_that_have_it(server: Served) -> None:
    link = page(server, "/figure/PMC7__f1").links["NOTAGENE"]
    found = Page(server.ask(link, headers=HTML))
    assert {href for href in found.links.values() if href.startswith("/figure/")} == {
        "/figure/PMC1__f1",
        "/figure/PMC6__f1",
        "/figure/PMC7__f1",
    }


@pytest.mark.parametrize("path", ["/", "/figure/PMC1__f1", "/figure/PMC1__f1?image=show", "/gene/3717", "/gene/99999999", "/paper/PMC1", "/term/chebi:15422", "/search?q=script", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E", "/question/genes-of-figure?figure=PMC1__f1", "/question/unresolved-keywords", "/question/ambiguous-words", "/question/genes-of-figure?figure=%3Cscript%3Ealert(1)%3C/script%3E", "/gene/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/%3Cscript%3E", "/question/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E", "/question/genes-of-figure?figure=PMC1__f1&sort=%22%3E%3Cscript%3E", "/question/genes-of-figure?%3Cscript%3E=1", "/query?query=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E", "/organism/%3Cscript%3E"])  # fmt: skip
def test_script_in_records_and_requests_is_text(path: str, hostile: Served) -> None:
    got = hostile.ask(path, headers=HTML)
    assert got.status in (200, 303, 400, 404)
    assert got.type == "text/html"
    found = Page(got)
    assert found.handlers == []
    for script in found.scripts:
        assert (script.get("src") or "").startswith("/static/") or script.get("type") == "application/ld+json"
    for load in found.loads:
        assert load.startswith(("/static/", "https://www.ncbi.nlm.nih.gov/"))
    for href in found.links.values():
        assert href.startswith(("/", "https://", "http://", "?", "#"))
    if found.ld:
        json.loads(found.ld)  # not broken off by what a title says
    policy = got.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert got.headers["x-content-type-options"] == "nosniff"


def test_words_come_through_as_they_are(hostile: Served) -> None:
    found = page(hostile, "/figure/PMC1__f1")
    assert any(row and row[0] == SCRIPT for row in found.rows)
    assert SCRIPT in found.text
    assert json.loads(found.ld)["name"] == SCRIPT


def raw(server: Served, request: bytes) -> bytes:
    """The answer to bytes as they are: clients mend much before they send it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


SECRETS = [b"root:", b"[build-system]", b"import ", b"def "]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/../../web/app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/%2e%2e%2f%2e%2e%2f__init__.py",
        "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/....//app.py", "/static/..%5capp.py", "/static/%00", "/static/app.css%00.js",
        "/../../../../etc/passwd", "/figure/..%2f..%2f..%2fetc%2fpasswd", "/figure/../../../etc/passwd.ttl", "/question/../../etc/passwd", "/question/..%2f..%2fREADME.csv",
        "/static/%252e%252e/app.py", "/static/~root/.profile", "file:///etc/passwd", "/static/./../app.py",
    ],
)  # fmt: skip
def test_no_path_leads_out(path: str, server: Served) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    status = int(answer.split()[1])
    assert status in (303, 400, 404)
    assert not any(secret in answer for secret in SECRETS)


@pytest.mark.parametrize("path", ["/gene/JAK2%0d%0aSet-Cookie:%20x=1", "/figure/PMC1__f1%0d%0aX-Evil:%201", "/search?q=%0d%0aX-Evil:%201", "/question/figures-mentioning-genes.csv?genes=JAK2%0d%0aX-Evil:1", "/sparql?query=ASK%7B%7D%0d%0aX-Evil:1", "/gene/cd45%0d%0a"])  # fmt: skip
def test_no_header_is_injected(path: str, server: Served) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nx-evil" not in head
    assert b"\r\nset-cookie" not in head


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.2", "", "localhost@evil.example", "evil.example#localhost", "[::2]", "0.0.0.0"])  # fmt: skip
def test_another_name_is_not_answered(host: str, server: Served) -> None:
    """DNS rebinding: the browser asks 127.0.0.1, but by the name of the page that it has been sent by."""
    for path in ("/", "/sparql?query=ASK%7B%7D", "/static/app.css", "/healthz"):
        answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.split()[1] in (b"421", b"400")


def test_no_or_two_names_are_not_answered(server: Served) -> None:
    for hosts in ("", "Host: localhost\r\nHost: evil.example\r\n"):
        answer = raw(server, f"GET / HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
        assert answer.split()[1] in (b"421", b"400")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "LOCALHOST:1234", "[::1]:80", "kg.example", "kg.example:443", "other.example"]
)
def test_its_own_names_are_answered(host: str) -> None:
    with served(fixture_store(), "--allow-host", "kg.example", "--allow-host", "other.example:8443") as running:
        assert running.ask("/healthz", headers={"host": host}).status == 200


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/gene/JAK2", "/gene/%2f%2fevil.example", "/\\evil.example", "/gene//evil.example/JAK2", "/static//evil.example/..", "/%2f%2fevil.example/"])  # fmt: skip
def test_no_redirect_leads_elsewhere(path: str, server: Served) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    place = re.search(rb"\r\nlocation: ([^\r]*)", answer.partition(b"\r\n\r\n")[0].lower())
    if place:
        assert re.match(rb"/[^/\\]", place[1])


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", (400, 414, 431)),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", (400, 431)),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 999999999999\r\n\r\n", (413,)),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", (400,)),
        (b"POST /gene/3717 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", (405,)),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", (200, 400, 505)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", (400,)),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (200, 400)),
    ],
)  # fmt: skip
def test_what_is_no_request_is_no_end(request_: bytes, statuses: tuple[int, ...], server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(request_)
        try:
            answer = connection.recv(65536)
        except ConnectionResetError:
            answer = b""
    if answer:
        assert int(answer.split()[1]) in statuses
    assert server.ask("/healthz").status == 200


@pytest.mark.parametrize("path", ["/search?q=" + "x" * 2000, "/search?q=" + "a+" * 100, "/complete?q=" + "x" * 20_000, "/question/figures-mentioning-genes?genes=" + "x" * 3000, "/gene/" + "x" * 3000, "/search?q=%00", "/search?q=%FF", "/gene/%FF", "/search?q=x&page=999999999999", "/gene/3717?page=-1", "/gene/3717?page=9999", "/question/most-figured-genes?page=%C2%B2", "/search?q=x&page=%C2%B2"])  # fmt: skip
def test_odd_requests_are_answered(path: str, server: Served) -> None:
    assert server.ask(path, headers=HTML).status in (200, 400, 404)


def test_nothing_can_be_written(server: Served) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("/", "/gene/3717", "/search", "/question/most-figured-genes", "/static/app.css", "/healthz"):
            assert server.ask(path, method=method, body=b"x").status == 405


def test_no_cookie_is_set(server: Served) -> None:
    for path in ("/", "/gene/3717", "/search?q=x", "/sparql?query=ASK%7B%7D"):
        assert "set-cookie" not in server.ask(path).headers


# --- what is served from the package


def test_vendored_files_are_what_the_table_says() -> None:
    import hashlib

    rows = [line.split("\t") for line in (STATIC / "vendor" / "VENDORED.tsv").read_text("utf-8").splitlines()]
    assert rows[0] == ["package", "version", "licence", "file", "sha256"]
    there = {path.name for path in (STATIC / "vendor").iterdir()} - {"VENDORED.tsv"}
    assert {row[3] for row in rows[1:]} == there
    for _, _, licence, file, digest in rows[1:]:
        assert licence == "MIT"
        assert hashlib.sha256((STATIC / "vendor" / file).read_bytes()).hexdigest() == digest


def test_static_files(server: Served) -> None:
    for file, type in (("app.css", "text/css"), ("vendor/cytoscape.min.js", "text/javascript"), ("icon.svg", "image/svg+xml")):  # fmt: skip
        got = server.ask(f"/static/{file}")
        assert (got.status, got.type) == (200, type)
        assert server.ask(f"/static/{file}", headers={"if-none-match": got.headers["etag"]}).status == 304


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/turtle", "text/turtle"),
        ("text/turtle, text/html", "text/html"),
        ("text/turtle, text/html;q=0.9", "text/turtle"),
        ("text/*;q=0.5, text/html;q=0.1", "text/turtle"),
        ("TEXT/TURTLE", "text/turtle"),
        ("text/turtle;q=2", "text/turtle"),
        ("text/turtle;q=0", None),
        ("text/turtle;q=x", None),
        ("image/png", None),
        (",;/", None),
    ],
)
def test_negotiation(accept: str | None, wanted: str | None) -> None:
    assert best(accept, ["text/html", "text/turtle"]) == wanted


def test_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    from question_records import run

    for name in [name for name in sys.modules if name.startswith("kg.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ran = run("serve", store=fixture_store())
    assert (ran.code, "pathway-figure-kg[serve]" in ran.err) == (3, True)


def test_links_to_where_a_figure_is_elsewhere(tmp_path: Path) -> None:
    ids = {"ndex": "9be4b2a1-0000-11ee-aa50-005056ae23aa", "wpid": "WP1234"}
    write(tmp_path / "records", "PMC1__f1", genes=[gene("JAK2", "JAK2", "JAK2", 3717)], fields=ids)
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    with served(tmp_path / "s") as running:
        links = page(running, "/figure/PMC1__f1").links
    assert links["PubMed Central"] == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1/figure/f1/"
    assert links[f"NDEx {ids['ndex']}"] == f"https://www.ndexbio.org/viewer/networks/{ids['ndex']}"
    assert links["WikiPathways WP1234"] == "https://www.wikipathways.org/pathways/WP1234.html"


def test_where_record_and_table_disagree(tmp_path: Path) -> None:
    from records import inline

    write(
        tmp_path / "records",
        "PMC1__f1",
        inline=[inline("AR", "AR", "hgnc_symbol", "AR", "367"), inline("JAK2", "JAK2", "hgnc_symbol", "JAK2", "3717")],
        genes=[gene("JAK2", "JAK2", "JAK2", 3717), gene("STAT3", "STAT3", "STAT3", 6774)],
    )
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    with served(tmp_path / "s") as running:
        found = page(running, "/figure/PMC1__f1")
    assert "Only the record's own list names AR" in found.text
    assert "Only the table names STAT3" in found.text
    assert "PFOCR release 2021 and 2023" in found.text


def test_names_in_a_caption_are_marked(tmp_path: Path) -> None:
    write(
        tmp_path / "records",
        "PMC1__f1",
        caption="JAK2, and JAK2b not; JAK is a family; β-catenin (CTNNB1) too. STAT3 beta is the longer one, STAT3bis none; STAT3",
        genes=[
            gene("JAK2", "JAK2", "JAK2", 3717),
            gene("JAK", "JAK", "JAK1", 3716, FAMILY),
            gene("JAK", "JAK", "JAK2", 3717, FAMILY),
            gene("CTNNB1", "CTNNB1", "CTNNB1", 1499),
            gene("STAT3 beta", "STAT3", "STAT3", 6774),
        ],
    )
    kg.build([tmp_path / "records"], store=tmp_path / "s", jobs=1)
    with served(tmp_path / "s") as running:
        text = running.ask("/figure/PMC1__f1", headers=HTML).text
    caption = text.partition("<h2>Caption</h2>")[2].partition("</p>")[0]
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", caption) == ["JAK2", "JAK", "CTNNB1", "STAT3 beta", "STAT3"]
    assert '<a href="/gene/3717" title="JAK2"><mark>JAK2</mark></a>' in caption
    assert '<mark title="JAK1, JAK2">JAK</mark>' in caption
