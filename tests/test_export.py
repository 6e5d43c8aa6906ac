"""The store as a file: the same graph in every format, the same bytes every time, read by rdflib unchanged."""

from __future__ import annotations

import builtins
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
import zstandard
from question_records import fixture_store, rdflib_graph, run, write_records
from rdflib.compare import isomorphic

import kg
from kg.errors import CannotRun, UsageError
from kg.store import open_store
from kg.vocab import PREFIXES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

FORMATS = {".ttl": "turtle", ".jsonld": "json-ld", ".nt": "nt", ".nq": "nquads", ".trig": "trig"}


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


@pytest.fixture(scope="module")
def exported(store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One export in each format, by ending."""
    folder = tmp_path_factory.mktemp("exported")
    made = {}
    for ending in FORMATS:
        kg.export(folder / f"graph{ending}", store=store)
        made[ending] = (folder / f"graph{ending}").read_bytes()
    return made


def parsed(data: bytes, format: str) -> rdflib.Graph:
    """A document as rdflib reads it; in formats that have named graphs, all must be in the default graph."""
    if format not in ("nquads", "trig"):
        return rdflib.Graph().parse(data=data, format=format)
    dataset = rdflib.Dataset(default_union=False)
    dataset.parse(data=data, format=format)
    assert len(list(dataset.quads((None, None, None, None)))) == len(dataset.default_graph)
    return dataset.default_graph


@pytest.mark.parametrize("ending", FORMATS)
def test_rdflib_reads_the_same_graph_from_every_format(exported: dict[str, bytes], ending: str, store: Path) -> None:
    assert isomorphic(parsed(exported[ending], FORMATS[ending]), rdflib_graph(store))


@pytest.mark.parametrize("ending", FORMATS)
def test_oxigraph_reads_the_same_graph_from_every_format(exported: dict[str, bytes], ending: str, store: Path) -> None:
    format = pyoxigraph.RdfFormat.from_extension(ending.lstrip("."))
    assert set(pyoxigraph.parse(exported[ending], format=format)) == set(open_store(store))


@pytest.mark.parametrize("ending", FORMATS)
def test_two_exports_are_the_same_bytes(exported: dict[str, bytes], ending: str, store: Path, tmp_path: Path) -> None:
    kg.export(tmp_path / f"again{ending}", store=store)
    assert (tmp_path / f"again{ending}").read_bytes() == exported[ending]
    for name in ("a", "b"):
        kg.export(tmp_path / f"{name}{ending}.gz", store=store)
    packed = (tmp_path / f"a{ending}.gz").read_bytes()
    assert packed == (tmp_path / f"b{ending}.gz").read_bytes()
    assert gzip.decompress(packed) == exported[ending]


def test_a_dump_while_building_is_the_same_graph(exported: dict[str, bytes], tmp_path: Path) -> None:
    records = write_records(tmp_path / "records")
    for ending in FORMATS:
        kg.build([records], store=tmp_path / "s", dump=tmp_path / f"dump{ending}", jobs=1)
        dumped = parsed((tmp_path / f"dump{ending}").read_bytes(), FORMATS[ending])
        assert isomorphic(dumped, parsed(exported[ending], FORMATS[ending]))
    lines = [sorted(data.splitlines()) for data in ((tmp_path / "dump.nq").read_bytes(), exported[".nq"])]
    assert lines[0] == lines[1]


@pytest.mark.parametrize("ending", [".nt", ".nq"])
def test_each_triple_stands_once(exported: dict[str, bytes], ending: str, store: Path) -> None:
    lines = exported[ending].splitlines()
    assert len(lines) == len(set(lines)) == len(open_store(store))


@pytest.mark.parametrize("ending", [".ttl", ".trig"])
def test_turtle_has_prefixes(exported: dict[str, bytes], ending: str) -> None:
    lines = exported[ending].decode().splitlines()
    head, body = lines[: len(PREFIXES)], "\n".join(lines[len(PREFIXES) :])
    assert set(head) == {f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in PREFIXES.items()}
    assert "@prefix" not in body
    assert "ncbigene:3717 " in body
    assert "schema:mentions " in body
    assert "<https://identifiers.org/ncbigene/" not in body


def test_jsonld_is_compact(exported: dict[str, bytes]) -> None:
    document = json.loads(exported[".jsonld"])
    assert set(document) == {"@context", "@graph"}
    context = document["@context"]
    assert {name: context[name] for name in PREFIXES} == PREFIXES
    assert context["schema:mentions"] == {"@type": "@id"}
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"]), "all that is said of a thing stands together"
    jak2 = nodes["ncbigene:3717"]
    assert set(jak2["@type"]) == {"schema:Gene", "wp:GeneProduct"}
    assert jak2["schema:name"] == jak2["rdfs:label"] == "JAK2"
    assert jak2["schema:taxonomicRange"] == "obo:NCBITaxon_9606"
    figure = nodes["figure:PMC1__f1.html"]
    assert set(figure["kg:mentionsSymbol"]) == {"ncbigene:3717", "ncbigene:6774"}
    assert figure["kg:pathwayScore"] == "0.75"
    keys = {key for node in document["@graph"] for key in node}
    assert not [key for key in keys if key.startswith("http")], "each property has a prefix"


def test_no_blank_nodes(exported: dict[str, bytes]) -> None:
    assert b"_:" not in exported[".nt"]


# --- the command


def test_the_command_says_what_it_wrote(store: Path, tmp_path: Path) -> None:
    ran = run("export", "-o", tmp_path / "graph.nt", store=store)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.strip() == f"{len(open_store(store)):,} triples → {tmp_path / 'graph.nt'}"
    assert [path.name for path in tmp_path.iterdir()] == ["graph.nt"]


@pytest.mark.parametrize("name", ["graph.rdf", "graph", "graph.gz", "graph.ttl.bz2", "graph.xml", "ttl", ".ttl.gz.zip"])
def test_an_ending_that_is_no_format(store: Path, tmp_path: Path, name: str) -> None:
    ran = run("export", "-o", tmp_path / name, store=store)
    assert ran.code == 2
    assert "what format?" in ran.err
    assert ".jsonld" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_endings_in_capitals(store: Path, tmp_path: Path, exported: dict[str, bytes]) -> None:
    kg.export(tmp_path / "GRAPH.NT", store=store)
    assert (tmp_path / "GRAPH.NT").read_bytes() == exported[".nt"]


def test_without_a_store(tmp_path: Path) -> None:
    ran = run("export", "-o", tmp_path / "graph.nt", store=tmp_path / "none")
    assert ran.code == 3
    assert "no store" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(store: Path, tmp_path: Path) -> None:
    ran = run("export", "-o", tmp_path / "no" / "graph.nt", store=store)
    assert ran.code == 3
    assert str(tmp_path / "no" / "graph.nt") in ran.err


def test_a_full_disk(store: Path, tmp_path: Path) -> None:
    full = tmp_path / "graph.nt"
    full.symlink_to("/dev/full")
    ran = run("export", "-o", full, store=store)
    assert ran.code == 3
    assert "the disk is full" in ran.err
    assert "Traceback" not in ran.err


def test_what_was_there_stays_if_the_export_fails(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import kg.exporting

    target = tmp_path / "graph.ttl"
    target.write_text("before")

    def broken(*_: Any) -> bytes:
        raise CannotRun("broken")

    monkeypatch.setattr(kg.exporting, "fragment", broken)
    with pytest.raises(CannotRun, match="broken"):
        kg.export(target, store=store)
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["graph.ttl"]


def test_zst_without_its_library_says_what_to_install(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "zstandard":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "zstandard", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    ran = run("export", "-o", tmp_path / "graph.nt.zst", store=store)
    assert ran.code == 3
    assert "pathway-figure-kg[zst]" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_zst(store: Path, tmp_path: Path, exported: dict[str, bytes]) -> None:
    for name in ("a", "b"):
        kg.export(tmp_path / f"{name}.nt.zst", store=store)
    packed = (tmp_path / "a.nt.zst").read_bytes()
    assert packed == (tmp_path / "b.nt.zst").read_bytes()
    with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        assert reader.read() == exported[".nt"]


def test_from_python(store: Path, tmp_path: Path) -> None:
    assert kg.export(str(tmp_path / "graph.nt"), store=str(store)) == len(open_store(store))
    with pytest.raises(UsageError):
        kg.export(tmp_path / "graph.rdf", store=store)
