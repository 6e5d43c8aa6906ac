"""The catalogue as others keep queries: each file is read back by what reads it there, and gives the rows of ours."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path
from typing import Any

import pyoxigraph
import pyshacl
import pytest
import rdflib
from jena import jena_ask
from question_records import run, seeded_store
from rdflib.namespace import RDF, RDFS
from rdflib.plugins.sparql import prepareQuery
from records import short

import kg
from kg.catalogue import catalogue, get
from kg.exchange import FORMS, TARGET, Form, write

NAMES = list(catalogue())
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SDO = rdflib.Namespace("https://schema.org/")
EXAMPLES = rdflib.Namespace("https://w3id.org/pathway-figure-kg/sparql-examples/")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `kg query --export` writes, a folder a form."""
    made = tmp_path_factory.mktemp("exported")
    for form in FORMS:
        ran = run("query", "--export", form, made / form)
        assert (ran.code, ran.out) == (0, "")
        assert ran.err == f"  {len(NAMES)} questions → {made / form}\n"
    return made


def rows(text: str) -> list[tuple[str, ...]]:
    """What the store of the seed figure and the records answers; a query must declare its prefixes."""
    prepareQuery(text)  # rdflib's parser takes it, too
    found = kg_store().query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    return sorted(tuple(str(term) for term in row) for row in found)


def kg_store() -> pyoxigraph.Store:
    from kg.store import open_store

    return open_store(seeded_store())


def rows_of_file(name: str) -> list[tuple[str, ...]]:
    found = rows(get(name).path.read_text("utf-8"))
    assert found
    return found


# --- sib-swiss/sparql-examples

# What its tests ask of each example: one query, a comment in a language (or HTML), an endpoint; `schema:keyword` is a slip.
SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <https://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
[] a sh:NodeShape ; sh:targetClass sh:SPARQLExecutable ;
  sh:property [ sh:path [ sh:alternativePath ( sh:select sh:ask sh:construct ) ] ; sh:minCount 1 ; sh:maxCount 1 ] ,
    [ sh:path rdfs:comment ; sh:minCount 1 ; sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype rdf:HTML ] ) ] ,
    [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path schema:keyword ; sh:maxCount 0 ] , [ sh:path sh:prefixes ; sh:minCount 1 ; sh:maxCount 1 ] .
"""


@pytest.mark.parametrize("name", NAMES)
def test_sib(name: str, folder: Path) -> None:
    graph = rdflib.Graph().parse(folder / "sib" / f"{name}.ttl")
    query, one = get(name), EXAMPLES[name]
    assert set(graph.subjects()) == {one}
    assert set(graph.objects(one, RDF.type)) == {SH.SPARQLExecutable, SH.SPARQLSelectExecutable}
    assert graph.value(one, RDFS.label) == rdflib.Literal(query.title, lang="en")
    assert str(graph.value(one, RDFS.comment)).startswith(query.description)
    assert {str(word) for word in graph.objects(one, SDO.keywords)} == {query.category, *query.keywords}
    assert graph.value(one, SDO.target) == rdflib.URIRef(TARGET)
    text = str(graph.value(one, SH.select))
    assert "#+" not in text
    assert "#?" not in text
    assert rows(text) == rows_of_file(name)


def test_sib_as_one_graph(folder: Path) -> None:
    """Its own converter puts the files one after the other: all queries then share the declared prefixes."""
    files = [path.read_text("utf-8") for path in sorted((folder / "sib").iterdir())]
    assert len(files) == len(NAMES) + 1
    graph = rdflib.Graph().parse(data="\n".join(files), format="turtle")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(data=SHAPE, format="turtle"))
    assert conforms, told
    assert set(graph.subjects(RDF.type, SH.SPARQLExecutable)) == {EXAMPLES[name] for name in NAMES}
    (prefixes,) = set(graph.objects(None, SH.prefixes))
    declared = {
        str(graph.value(each, SH.prefix)): str(graph.value(each, SH.namespace))
        for each in graph.objects(prefixes, SH.declare)
    }
    assert declared["kg"] == "https://w3id.org/pathway-figure-kg/vocab#"
    assert declared["ncbigene"] == "https://identifiers.org/ncbigene/"
    assert declared["xsd"] == "http://www.w3.org/2001/XMLSchema#"


# --- grlc


@pytest.fixture(scope="session")
def grlc() -> Any:
    """grlc's reader of queries, which the Makefile installs apart from all else."""
    apart = str(Path(sys.prefix) / "apart")
    sys.path.append(apart)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "exec_prefix", apart)  # where it looks for a file with its own version
        return importlib.import_module("grlc.gquery")


def in_grlc(grlc: Any, folder: Path, name: str, **given: str) -> list[tuple[str, ...]]:
    """The rows that grlc would get for a call with these parameters."""
    told = grlc.get_metadata((folder / "grlc" / f"{name}.rq").read_text("utf-8"), TARGET)
    return rows(grlc.rewrite_query(told["query"], told["parameters"], given))


@pytest.mark.parametrize("name", NAMES)
def test_grlc(name: str, folder: Path, grlc: Any) -> None:
    query = get(name)
    text = (folder / "grlc" / f"{name}.rq").read_text("utf-8")
    told = grlc.get_metadata(text, TARGET)
    assert (told["type"], told["summary"], told["tags"]) == ("SelectQuery", query.title, [query.category])
    assert told["description"].startswith(query.description)
    assert (told["endpoint"], told["method"]) == (TARGET, "GET")
    assert [str(variable) for variable in told["variables"]] == list(query.columns)
    # As it is, and with what it says are the defaults.
    assert rows(text) == rows_of_file(name)
    defaults = {key: part["default"] for key, part in told["parameters"].items() if "default" in part}
    assert in_grlc(grlc, folder, name, **defaults) == rows_of_file(name)
    for param in query.params:
        of = [key for key in told["parameters"] if re.fullmatch(re.sub(r"\W|_", "", param.name) + r"\d*", key)]
        assert len(of) >= 1
        assert all(f" {key}: " in told["description"] for key in of)


@pytest.mark.parametrize("name", NAMES)
def test_grlc_in_jena(name: str, folder: Path) -> None:
    """What is put in for parameters is as plain SPARQL 1.1 as our files."""
    found = jena_ask(seeded_store())((folder / "grlc" / f"{name}.rq").read_text("utf-8"))
    assert sorted(tuple(str(term) for term in row) for row in found.rows) == rows_of_file(name)


FIGURE = "https://pfocr.wikipathways.org/figures/{}.html"
GENE = "https://identifiers.org/ncbigene/{}"


def column(found: list[tuple[str, ...]], i: int) -> list[str]:
    return sorted({short(row[i].strip("<>")) for row in found})


def test_grlc_with_other_values(folder: Path, grlc: Any) -> None:
    """TP53 and POU5F1 in PMC9__f1; WNT1 and STAT3 both in the first four figures, PMC5__f1 and PMC8__f1 have WNT1 alone."""
    found = in_grlc(grlc, folder, "genes-of-figure", figure=FIGURE.format("PMC9__f1"))
    assert column(found, 0) == ["ncbigene:5460", "ncbigene:642559", "ncbigene:7157"]
    both = {"genes1": GENE.format(7471), "genes2": GENE.format(6774)}
    found = in_grlc(grlc, folder, "figures-mentioning-genes", **both)
    assert column(found, 0) == ["PMC1__f1", "PMC1__f2", "PMC2__f1", "PMC3__f1"]
    found = in_grlc(grlc, folder, "figures-mentioning-genes", **both, since="2020", minscore="0.9")
    assert column(found, 0) == ["PMC2__f1"]
    # Of JAK2, STAT3 and WNT1 at least one, until 2010: PMC5__f1; at least three: as above.
    three = {"genes3": GENE.format(7471)}
    found = in_grlc(grlc, folder, "figures-mentioning-some-genes", **three, least="1", until="2010")
    assert column(found, 0) == ["PMC5__f1"]
    found = in_grlc(grlc, folder, "figures-mentioning-some-genes", **three, least="3")
    assert column(found, 0) == ["PMC1__f1", "PMC1__f2", "PMC2__f1", "PMC3__f1"]


# --- wikipathways/SPARQLQueries

CATEGORIES = {"Metadata", "Data Sources", "Communities", "Collaborations", "General", "Literature", "Data Export",
              "Curation", "Chemistry", "DSMN", "Authors"}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_wikipathways(name: str, folder: Path) -> None:
    """Its conventions: fields in order, up to the first blank line, and nowhere else; a value for each place."""
    query = get(name)
    text = (folder / "wikipathways" / f"{name}.rq").read_text("utf-8")
    header, _, body = text.partition("\n\n")
    fields = [re.fullmatch(r"# (\w+): (.+)", line) for line in header.splitlines()]
    assert all(fields)
    told = [(field[1], field[2]) for field in fields if field]
    order = [name for n, (name, _) in enumerate(told) if n == 0 or told[n - 1][0] != name]
    assert order == ["title", "category", "description", "keywords"] + ["param"] * ("param" in dict(told))
    assert dict(told)["title"] == query.title
    assert dict(told)["category"] in CATEGORIES
    assert " ".join(value for key, value in told if key == "description").startswith(query.description)
    assert not re.search(r"# (title|category|description|keywords|param):", body)
    params = [value.split(" | ") for key, value in told if key == "param"]
    assert all(len(param) == 4 and param[1] in ("uri", "string") for param in params)
    assert {param[0] for param in params} == set(re.findall(r"\{\{(\w+)\}\}", body))
    assert ("<{{" in body) == any(param[1] == "uri" for param in params)
    for place, _, value, _ in params:
        body = body.replace("{{" + place + "}}", value)
    assert rows(body) == rows_of_file(name)


# --- the command


def test_the_endpoint_can_be_named(tmp_path: Path) -> None:
    url = "https://example.org/sparql"
    assert run("query", "--export", "sib", tmp_path / "s", "--target", url).code == 0
    assert f"schema:target <{url}>" in (tmp_path / "s" / "figures-of-paper.ttl").read_text("utf-8")
    assert run("query", "--export", "grlc", tmp_path / "g", "--target", url).code == 0
    assert f"#+ endpoint: {url}\n" in (tmp_path / "g" / "figures-of-paper.rq").read_text("utf-8")


def test_questions_of_ones_own_go_along(tmp_path: Path) -> None:
    """One without a header, without declared prefixes, and with quotes in it; our stores take such a query."""
    (tmp_path / "own").mkdir()
    own = 'SELECT ?word WHERE { ?m kg:word ?word ; oa:hasTarget ?f FILTER(?word != "a \\"b\\" \\\\ c") }'
    (tmp_path / "own" / "my-words.rq").write_text(own, "utf-8")
    expected = sorted(tuple(str(term) for term in row) for row in kg.sparql(own, store=seeded_store()).rows)
    assert expected
    for form in FORMS:
        assert run("query", "--queries", tmp_path / "own", "--export", form, tmp_path / form).code == 0
    turtle = rdflib.Graph().parse(tmp_path / "sib" / "my-words.ttl")
    assert rows(str(turtle.value(EXAMPLES["my-words"], SH.select))) == expected
    assert str(turtle.value(EXAMPLES["my-words"], RDFS.comment))
    assert rows((tmp_path / "grlc" / "my-words.rq").read_text("utf-8")) == expected
    assert rows((tmp_path / "wikipathways" / "my-words.rq").read_text("utf-8")) == expected


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--export", "sib", "FILE"), "is there, and is no folder"),
        (("--export", "sib", "NEW", "--target", "<x> . DROP"), "not the URL of an endpoint"),
        (("--export", "sib", "NEW", "figures-of-paper"), "it takes no NAME"),
        (("--export", "rdf", "NEW"), "'rdf' is not one of"),
        (("--export", "sib"), "requires 2 arguments"),
        (("--target", "http://x/"), "--target goes with --export"),
    ],
)
def test_what_cannot_be_exported(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    places = {"FILE": str(tmp_path / "file"), "NEW": str(tmp_path / "new")}
    ran = run("query", *(places.get(each, each) for each in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert not (tmp_path / "new").exists()


def test_a_question_of_ones_own_that_cannot_be_exported(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "short.rq"
    header = OF_ALL_KINDS.partition("SELECT")[0]
    for block in ("(ncbigene:1 UNDEF UNDEF UNDEF)", "(nowhere:1 UNDEF UNDEF UNDEF UNDEF)"):
        file.write_text(header + "SELECT * { VALUES (?gene ?paper ?word ?tier ?least) { " + block + " } }", "utf-8")
        ran = run("query", "--queries", tmp_path / "own", "--export", "grlc", tmp_path / "new")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"kg: {file}: its VALUES blocks cannot be read: ")
        assert not (tmp_path / "new").exists()


def test_a_name_that_no_prefixed_name_can_have(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "my words (2).rq").write_text("SELECT ?s WHERE { ?s a schema:Gene }", "utf-8")
    assert run("query", "--queries", tmp_path / "own", "--export", "sib", tmp_path / "sib").code == 0
    turtle = rdflib.Graph().parse(tmp_path / "sib" / "my words (2).ttl")
    assert set(turtle.subjects()) == {EXAMPLES["my%20words%20%282%29"]}


@pytest.mark.parametrize("form", FORMS)
def test_two_exports_are_the_same_bytes(form: Form, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(form, tmp_path / name, catalogue().values())
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


OF_ALL_KINDS = r"""#+ title: All kinds of parameters
#+ description: Figures with one of the genes, by a word, of a tier, in a paper.
#+ category: own
#+ params:
#+   - {name: genes, var: gene, type: gene, many: true, lenient: true, example: [JAK2, STAT3], help: "symbols | IRIs"}
#+   - {name: not-in, var: paper, type: paper, option: true, help: a paper to leave out}
#+   - {name: word, type: text, option: true, example: 'a "b" \ c', help: a word to leave out}
#+   - {name: tier, type: tier, option: true, default: symbol, example: symbol, help: a tier}
#+   - {name: least-number, var: least, type: integer, option: true, default: 1, example: 1, help: how many}
#+ columns:
#+   figure: the figure

SELECT ?figure (COUNT(DISTINCT ?gene) AS ?n) WHERE {
  VALUES (?gene ?paper ?word ?tier ?least) {
    # JAK2
    (<https://identifiers.org/ncbigene/3717> UNDEF "a \"b\" \\ c" kg:symbol 1)
    (ncbigene:6774 UNDEF "a \"b\" \\ c" kg:symbol 1)
  }
  ?mention oa:hasBody ?gene ; oa:hasTarget ?figure ; kg:word ?seen ; dcterms:source/kg:tier ?tier .
  ?figure schema:isPartOf ?of .
  FILTER(?seen != ?word && (!BOUND(?paper) || ?of != ?paper))
}
GROUP BY ?figure ?least
HAVING (COUNT(DISTINCT ?gene) >= ?least)
ORDER BY ?figure
"""


def test_parameters_of_all_kinds(tmp_path: Path, grlc: Any) -> None:
    """By symbol: JAK2 and STAT3 in PMC1__f1, one of them in PMC1__f2, PMC2__f1 and the disputed records."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "all-kinds.rq").write_text(OF_ALL_KINDS, "utf-8")
    for form in FORMS:
        assert run("query", "--queries", tmp_path / "own", "--export", form, tmp_path / form).code == 0
    expected = ["PMC1__f1", "PMC1__f2", "PMC20__f1", "PMC21__f1", "PMC2__f1"]
    text = (tmp_path / "grlc" / "all-kinds.rq").read_text("utf-8")
    assert column(rows(text), 0) == expected
    told = grlc.get_metadata(text, TARGET)["parameters"]
    assert {name: part.get("default") for name, part in told.items()} == {
        "genes1": GENE.format(3717),
        "genes2": GENE.format(6774),
        "notin": None,
        "word": 'a "b" \\ c',
        "tier": "https://w3id.org/pathway-figure-kg/vocab#symbol",
        "leastnumber": "1",
    }

    def asked(**given: str) -> list[str]:
        return column(in_grlc(grlc, tmp_path, "all-kinds", **given), 0)

    assert asked(leastnumber="2") == ["PMC1__f1"]
    assert asked(word="STAT3") == ["PMC1__f1", *expected[2:]]
    assert asked(notin="https://identifiers.org/pmc/PMC1") == expected[2:]
    family = "https://w3id.org/pathway-figure-kg/vocab#family"
    six = ["PMC1__f1", "PMC1__f2", "PMC2__f1", "PMC3__f1", "PMC5__f1", "PMC8__f1"]
    assert set(six) <= set(asked(genes1=GENE.format(7471), tier=family))
    turtle = rdflib.Graph().parse(tmp_path / "sib" / "all-kinds.ttl")
    assert column(rows(str(turtle.value(EXAMPLES["all-kinds"], SH.select))), 0) == expected
    header, _, body = (tmp_path / "wikipathways" / "all-kinds.rq").read_text("utf-8").partition("\n\n")
    params = [line.removeprefix("# param: ").split(" | ") for line in header.splitlines() if line.startswith("# param")]
    assert [param[:2] for param in params] == [
        ["genes1", "uri"],
        ["genes2", "uri"],
        ["word", "string"],
        ["tier", "uri"],
        ["leastnumber", "string"],
    ]
    for place, _, value, _ in params:
        body = body.replace("{{" + place + "}}", "nothing" if place == "word" else value)
    assert column(rows(body), 0) == expected
