"""Records to store and dump: counts that add up, one graph in every format, all or nothing."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from ending import wait_for_the_end_of
from pyoxigraph import RdfFormat
from rdflib.compare import isomorphic
from records import FAMILY, LEFT_OUT, SYMBOL, SYNONYM, gene, write

from kg.checking import check
from kg.cli_build import _print_build
from kg.errors import CannotRun, UsageError
from kg.outcome import Reject
from kg.pipeline import build
from kg.store import build_info, open_store
from kg.tally import BuildResult
from kg.workers import BATCH

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

GOOD = 2 * BATCH + 9
"""Good records of the corpus: three batches."""

ODD_TEXT = 'Tab\there, "quotes", back\\slash, β‐catenin, 𝛼, \u2028, \u0085, \x7f, line\nbreak, é.'


def figid(n: int) -> str:
    return f"PMC{n // 3 + 1}__f{n}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of `GOOD` good records, of papers with three figures each, and three bad ones."""
    folder = tmp_path_factory.mktemp("corpus")
    for n in range(GOOD):
        write(
            folder,
            figid(n),
            figtitle=f"Figure {n}. {ODD_TEXT}",
            papertitle="A title" if n % 3 else "A title.",
            doi="NA" if n % 5 == 0 else f"10.1000/x<{n // 3}>",
            automl_pathway=1 / (n + 1),
            organisms=[["Homo sapiens"], ["NA"], ["Plants"]][n % 3],
            genes=[
                gene("JAK", "JAK", "JAK2", 3717, FAMILY),
                gene(f"w{n}", f"W{n}", f"G{n}", 90_000_000 + n, SYMBOL if n % 2 else SYNONYM),
                gene(f"w{n}", f"W{n}", f"G{n + 1}", 90_000_001 + n, SYNONYM),
            ],
            chemicals=[("ATP", "mesh:D000255", "Adenosine Triphosphate", "ATP", "chebi:15422")],
            diseases=[("LPS", "mesh:C536528", "Van der Woude syndrome", "NA", "doid:0060239")] if n % 2 else None,
            keywords=["JAK2", "STAT3", "nothing"],
        )
    write(folder, "PMC800__title", figtitle=LEFT_OUT)
    write(folder, "PMC801__year", year="20233")
    path = write(folder, "PMC802__yaml")
    path.write_text(path.read_text().replace("figtitle: ", "figtitle: [", 1))
    return folder


class Built:
    """A build with its store, one dump and its reject report."""

    def __init__(self, source: Path, folder: Path, ending: str = ".nt", jobs: int = 1) -> None:
        self.store = folder / "kg.store"
        self.dump = folder / f"dump{ending}"
        self.report = folder / "rejects.jsonl"
        self.result = build([source], store=self.store, dump=self.dump, reject_file=self.report, jobs=jobs)

    def quads(self) -> list[str]:
        return nquads(self.store)


def nquads(store: Path) -> list[str]:
    """The graph in a store as sorted N-Quads."""
    text = open_store(store).dump(format=RdfFormat.N_QUADS)
    assert text is not None
    return sorted(text.decode().split("\n")[:-1])  # not splitlines(): a literal may hold U+2028


@pytest.fixture(scope="module")
def built(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(corpus, tmp_path_factory.mktemp("built"))


def add_up(result: BuildResult) -> None:
    assert result.records == result.figures + result.rejected + result.repeats


# Counts


def test_counts(built: Built) -> None:
    result = built.result
    add_up(result)
    assert (result.records, result.figures, result.rejected, result.repeats) == (GOOD + 3, GOOD, 3, 0)
    store = open_store(built.store)
    assert result.triples == len(store)
    query = "SELECT (COUNT(*) AS ?n) { ?f a <https://schema.org/ImageObject> }"
    ((figures,),) = [tuple(s) for s in store.query(query)]  # type: ignore[union-attr]
    assert int(figures.value) == GOOD
    assert build_info(built.store)["figures"] == GOOD
    assert build_info(built.store)["rejected"] == 3


def test_reject_report(built: Built) -> None:
    lines = [json.loads(line) for line in built.report.read_text("utf-8").splitlines()]
    by_figid = {line["figid"]: line for line in lines}
    assert len(lines) == 3
    assert by_figid.keys() == {"PMC800__title", "PMC801__year", "PMC802__yaml"}
    for name, line in by_figid.items():
        assert line["file"].endswith(f"_figures/{name}.md")
        assert all(reason["message"] for reason in line["reasons"])
    (title,) = by_figid["PMC800__title"]["reasons"]
    assert title["field"] == "figtitle"
    assert title["advice"]
    assert title["shape"].startswith("https://w3id.org/pathway-figure-kg/shapes#")
    (year,) = by_figid["PMC801__year"]["reasons"]
    assert (year["field"], year["value"]) == ("year", "20233")
    (yaml,) = by_figid["PMC802__yaml"]["reasons"]
    assert "line 3" in yaml["message"] or "line 4" in yaml["message"]
    assert "shape" not in yaml


def test_rejects_in_the_result(built: Built) -> None:
    assert {reject.figid for reject in built.result.rejects} == {"PMC800__title", "PMC801__year", "PMC802__yaml"}
    assert sum(built.result.reasons.values()) == 3
    assert built.result.reject_file == str(built.report)
    for reject in built.result.rejects:
        assert isinstance(reject, Reject)
        assert reject.file in str(reject)
        assert reject.reasons[0].message in str(reject)


def test_nothing_of_a_rejected_record_is_in_the_graph(built: Built) -> None:
    text = built.dump.read_text("utf-8")
    for name in ("PMC800", "PMC801", "PMC802"):
        assert name not in text


def test_no_report_if_nothing_is_rejected_and_an_old_one_goes(tmp_path: Path) -> None:
    report = tmp_path / "rejects.jsonl"
    report.write_text("of an earlier build\n")
    result = build([write(tmp_path)], store=tmp_path / "s", reject_file=report)
    assert result.reject_file is None
    assert not report.exists()


def test_without_check_all_that_can_be_read_is_in_the_graph(corpus: Path, tmp_path: Path) -> None:
    result = build([corpus], store=tmp_path / "s", check=False, jobs=1)
    add_up(result)
    assert (result.figures, result.rejected) == (GOOD + 2, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"pmcid": LEFT_OUT},
        {"pmcid": "x y"},
        {"papertitle": "NA"},
        {
            "genes": [
                (*gene("x", "X", "x", 99999999)[:0], "NA", "NA", "x", "x", "X", "x", "99999999", SYMBOL, "", "", "")
            ]
        },
        {"genes": [gene("", "", "NA", "NA", SYMBOL)]},
        {"automl_pathway": ".nan"},
        {"year": "circa 2020"},
    ],
)
def test_without_check_nothing_crashes(tmp_path: Path, changes: dict[str, object]) -> None:
    write(tmp_path, **changes)  # type: ignore[arg-type]
    result = build([tmp_path], store=tmp_path / "s", check=False)
    assert (result.figures, result.rejected) == (1, 0)


def test_unknown_keys_and_lonely_tables_are_told(tmp_path: Path) -> None:
    for name in ("PMC1__a", "PMC1__b"):
        write(tmp_path, name, colour="red")
    (tmp_path / "_data").mkdir()
    lonely = tmp_path / "_data" / "PMC9__z-genes.tsv"
    lonely.write_text("x\n")
    result = build([tmp_path], store=tmp_path / "s")
    assert result.unknown_keys == {"colour": 2}
    assert result.orphan_tables == (str(lonely),)
    assert result.figures == 2


def test_keys_that_stand_twice_are_counted_by_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("PMC1__a", "PMC1__b", "PMC1__c"):
        path = write(tmp_path, name)
        text = path.read_text("utf-8")
        if name != "PMC1__c":
            text = text.replace("year: '2020'\n", "year: '2019'\nyear: '2020'\nyear: '2021'\n")
        else:
            text = text.replace("  license: CC0\n", "  license: CC0\n  license: MIT\n")
        path.write_text(text, "utf-8")
    result = build(tmp_path, store=tmp_path / "s")
    assert result.repeated_keys == {"schema-jsonld: license": 1, "year": 2}
    assert result.figures == 3
    years = [line for line in nquads(tmp_path / "s") if "datePublished" in line]
    assert len(years) == 1
    assert '"2021"' in years[0]
    _print_build(result)
    err = capsys.readouterr().err
    assert "  key 'year' stands twice in 2 records; the last one counts\n" in err
    assert "  key 'schema-jsonld: license' stands twice in 1 record; the last one counts\n" in err


def test_reasons_are_counted_whatever_the_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(3):
        write(tmp_path, f"PMC{n}__a", fields={"figid": f"PMC{n}__b"})
    write(tmp_path, "PMC7__c", year="20233")
    write(tmp_path, "PMC8__c", year="198")
    result = build(tmp_path, store=tmp_path / "s")
    assert result.reasons == {
        "figid does not match the file name": 3,
        "year is not one year of four digits, 1800 to 2099": 2,
    }
    _print_build(result)
    assert "  most common reason: figid does not match the file name (3)\n" in capsys.readouterr().err


# What Python callers may give


def test_one_source_need_not_stand_in_a_list(tmp_path: Path) -> None:
    path = write(tmp_path / "r")
    for source in (path, str(path), tmp_path / "r", str(tmp_path / "r"), [path], (str(path),)):
        assert build(source, store=tmp_path / "s").figures == 1
        assert check(source).records == 1


def test_one_lexicon_file_need_not_stand_in_a_list(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(f"{tmp_path / 'none'}: cannot be read: No such file")):
        build(write(tmp_path), store=tmp_path / "s", lexicon=str(tmp_path / "none"))


def test_a_build_that_would_keep_nothing_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path)
    with pytest.raises(UsageError, match="nothing would be kept"):
        build(path, no_store=True, reject_file=tmp_path / "r")
    assert lies_in(tmp_path) == {"_figures"}


def test_disagreeing_records_of_a_paper_warn_and_reject_nothing(built: Built) -> None:
    assert len([w for w in built.result.warnings if "disagree" in w]) > 10


# The same figid twice


def test_the_same_record_twice_is_in_the_graph_once(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(tmp_path / folder, genes=[gene("x", "X", "JAK2", 3717)])
    result = build([tmp_path / "b", tmp_path / "a"], store=tmp_path / "s")
    add_up(result)
    assert (result.records, result.figures, result.rejected, result.repeats) == (2, 1, 0, 1)


def test_of_two_records_with_one_figid_the_second_is_rejected_and_names_the_first(tmp_path: Path) -> None:
    first = write(tmp_path / "a", figtitle="First")
    second = write(tmp_path / "b", figtitle="Second")
    same = write(tmp_path / "c", figtitle="First")
    outcomes = []
    for sources in ([tmp_path / x for x in "abc"], [tmp_path / x for x in "cba"]):
        result = build(sources, store=tmp_path / "s", reject_file=tmp_path / "r.jsonl")
        add_up(result)
        assert (result.records, result.figures, result.rejected, result.repeats) == (3, 1, 1, 1)
        (line,) = map(json.loads, (tmp_path / "r.jsonl").read_text("utf-8").splitlines())
        assert (line["file"], line["figid"]) == (str(second), "PMC1__f1")
        assert str(first) in line["reasons"][0]["message"]
        assert str(same) not in line["reasons"][0]["message"]
        outcomes.append(nquads(tmp_path / "s"))
    assert outcomes[0] == outcomes[1]
    assert any('"First"' in line for line in outcomes[0])


def test_records_that_differ_only_in_a_table_differ(tmp_path: Path) -> None:
    write(tmp_path / "a", genes=[gene("x", "X", "JAK2", 3717)])
    write(tmp_path / "b", genes=[])
    result = build([tmp_path], store=tmp_path / "s")
    assert (result.figures, result.rejected, result.repeats) == (1, 1, 0)


# Formats


def parsed(path: Path) -> rdflib.Graph | rdflib.Dataset:
    formats = {".ttl": "turtle", ".jsonld": "json-ld", ".nt": "nt", ".nq": "nquads", ".trig": "trig"}
    data = path.read_bytes()
    if path.suffix == ".gz":
        data, path = gzip.decompress(data), path.with_suffix("")
    graph = rdflib.Dataset() if path.suffix in (".nq", ".trig") else rdflib.Graph()
    return graph.parse(data=data, format=formats[path.suffix]) and graph


def triples(graph: rdflib.Graph) -> set[tuple[rdflib.term.Node, ...]]:
    found = set(graph)
    assert not any(isinstance(term, rdflib.BNode) for triple in found for term in triple[:3])
    return {triple[:3] for triple in found}


ENDINGS = [".ttl", ".jsonld", ".nt", ".nq", ".trig", ".ttl.gz", ".nt.gz"]


@pytest.fixture(scope="module")
def dumps(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dumps")
    for ending in ENDINGS:
        build([corpus], no_store=True, dump=folder / f"x{ending}", jobs=1)
    return {ending: folder / f"x{ending}" for ending in ENDINGS}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_says_the_same_in_rdflib(dumps: dict[str, Path], built: Built, ending: str) -> None:
    expected = rdflib.Graph().parse(data="\n".join(built.quads()) + "\n", format="nt")
    found = triples(parsed(dumps[ending]))
    assert found == triples(expected)
    assert len(found) == built.result.triples


def test_formats_are_isomorphic(dumps: dict[str, Path]) -> None:
    graphs = [parsed(dumps[ending]) for ending in (".ttl", ".jsonld", ".nt")]
    assert isomorphic(graphs[0], graphs[1])
    assert isomorphic(graphs[0], graphs[2])


@pytest.mark.parametrize(
    ("ending", "format"),
    [
        (".ttl", RdfFormat.TURTLE),
        (".jsonld", RdfFormat.JSON_LD),
        (".nt", RdfFormat.N_TRIPLES),
        (".nq", RdfFormat.N_QUADS),
        (".trig", RdfFormat.TRIG),
    ],
)
def test_every_format_says_the_same_in_oxigraph(
    dumps: dict[str, Path], built: Built, ending: str, format: RdfFormat
) -> None:
    store = pyoxigraph.Store()
    store.load(path=str(dumps[ending]), format=format)
    text = store.dump(format=RdfFormat.N_QUADS)
    assert text is not None
    assert sorted(text.decode().split("\n")[:-1]) == built.quads()


def test_a_dump_beside_the_store_is_the_dump_alone(dumps: dict[str, Path], built: Built) -> None:
    assert built.dump.read_bytes() == dumps[".nt"].read_bytes()
    assert sorted(built.dump.read_text("utf-8").split("\n")[:-1]) == built.quads()


def test_an_export_has_the_triples_of_the_dump(built: Built, tmp_path: Path) -> None:
    from kg.exporting import export

    count = export(tmp_path / "x.nt", store=built.store)
    lines = (tmp_path / "x.nt").read_bytes().splitlines()
    assert count == len(lines) == built.result.triples
    assert sorted(lines) == sorted(built.dump.read_bytes().splitlines())


def test_turtle_and_jsonld_are_compact(dumps: dict[str, Path]) -> None:
    assert "ncbigene:3717" in dumps[".ttl"].read_text("utf-8")
    text = dumps[".jsonld"].read_text("utf-8")
    assert "β‐catenin" in text  # letters, not \\u escapes
    document = json.loads(text)
    assert document["@context"]["kg"] == "https://w3id.org/pathway-figure-kg/vocab#"
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert nodes["ncbigene:3717"]["schema:name"] == "JAK2"
    assert nodes["ncbigene:3717"]["schema:taxonomicRange"] == "obo:NCBITaxon_9606"


def test_there_are_no_blank_nodes(built: Built) -> None:
    assert "_:" not in {line.split(" ")[0][:2] for line in built.quads()}
    assert not any(" _:" in line.partition('"')[0] for line in built.quads())


@pytest.mark.parametrize("name", ["x.rdf", "x", "x.gz", "x.json", "x.ttl.bz2"])
def test_a_dump_of_unknown_format(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="what format"):
        build([write(tmp_path)], dump=tmp_path / name, store=tmp_path / "s")
    assert not (tmp_path / name).exists()


# The same again


def test_two_builds_in_two_processes_give_the_same_bytes(corpus: Path, built: Built, tmp_path: Path) -> None:
    code = (
        "import sys; from kg.pipeline import build; "
        "build([sys.argv[1]], store=sys.argv[2] + '/s', dump=sys.argv[2] + '/x.jsonld.gz', jobs=1)"
    )
    outcomes = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", code, str(corpus), str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent,
            check=True,
        )
        outcomes.append(((folder / "x.jsonld.gz").read_bytes(), nquads(folder / "s")))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1] == built.quads()


def test_jobs_do_not_matter(corpus: Path, built: Built, tmp_path: Path) -> None:
    two = Built(corpus, tmp_path, jobs=2)
    assert two.dump.read_bytes() == built.dump.read_bytes()
    assert two.report.read_bytes() == built.report.read_bytes()
    assert two.quads() == built.quads()
    for name in ("records", "figures", "rejected", "repeats", "triples", "reasons", "warnings", "rejects"):
        assert getattr(two.result, name) == getattr(built.result, name)


def test_a_verdict_does_not_depend_on_what_else_is_there(corpus: Path, built: Built, tmp_path: Path) -> None:
    alone = {}
    for name in ("PMC800__title", "PMC801__year", "PMC802__yaml", figid(0), figid(GOOD - 1)):
        result = build([corpus / "_figures" / f"{name}.md"], no_store=True, dump=tmp_path / "x.nt")
        add_up(result)
        assert result.records == 1
        alone[name] = result.rejects
    assert alone.pop(figid(0)) == alone.pop(figid(GOOD - 1)) == ()
    assert {reject for rejects in alone.values() for reject in rejects} == set(built.result.rejects)


def test_both_engines_give_the_same_rejects(tmp_path: Path) -> None:
    write(tmp_path, "PMC1__good", genes=[gene("x", "X", "JAK2", 3717)])
    write(tmp_path, "PMC2__bad", year="20233", doi="nonsense", automl_pathway="high", figtitle="NA")
    rejects = [
        build([tmp_path], no_store=True, dump=tmp_path / "x.nt", engine=engine).rejects
        for engine in ("shacl", "pyshacl")
    ]
    assert rejects[0] == rejects[1]
    assert {reason.field for reason in rejects[0][0].reasons} >= {"year", "doi", "figtitle"}


def test_progress_ends_with_all_records(corpus: Path, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    build(
        [corpus],
        no_store=True,
        dump=tmp_path / "x.nt",
        jobs=1,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert calls[-1] == (GOOD + 3, GOOD + 3)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


# What fails leaves all as it was


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of another record."""
    write(tmp_path / "old", "PMC999__old")
    build([tmp_path / "old"], store=tmp_path / "kg.store")
    return tmp_path / "kg.store"


def is_old(store: Path) -> bool:
    return any("PMC999__old" in line for line in nquads(store))


def lies_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("after", [1, 40, GOOD + 3])
def test_an_interrupt_leaves_the_old_store(corpus: Path, old: Path, jobs: int, after: int) -> None:
    before = lies_in(old.parent)

    def interrupt(done: int, total: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build([corpus], store=old, dump=old.parent / "x.nt", jobs=jobs, progress=interrupt)
    assert is_old(old)
    assert lies_in(old.parent) == before
    assert multiprocessing.active_children() == []


def script(code: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    """Some Python, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ctrl_c_ends_the_command_with_130_and_leaves_the_old_store(corpus: Path, old: Path) -> None:
    code = (
        "import os, signal, sys, kg.pipeline as b\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "def stop(done, total):\n"
        "    if done > 32: os.kill(os.getpid(), signal.SIGINT)\n"
        "build = b.build\n"
        "b.build = lambda *a, **k: build(*a, **{**k, 'progress': stop})\n"
        "from kg.cli import main\n"
        "main(['build', sys.argv[1], '--store', sys.argv[2], '--reject-file', sys.argv[2] + '.jsonl'])"
    )
    done = script(code, corpus, old)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr
    assert is_old(old)


@pytest.fixture
def full(old: Path) -> Path:
    """A link to a device that is always full. (A link, so that a slip does not remove the device itself.)"""
    if not Path("/dev/full").is_char_device():
        pytest.fail("this test needs /dev/full")
    link = old.parent / "full"
    link.symlink_to("/dev/full")
    return link


@pytest.mark.parametrize("ending", ["nt", "nt.gz", "jsonld"])
@pytest.mark.parametrize("small", [False, True])
def test_a_dump_to_a_full_device(corpus: Path, old: Path, full: Path, tmp_path: Path, ending: str, small: bool) -> None:
    link = full.rename(full.with_suffix(f".{ending}"))
    source = write(tmp_path) if small else corpus
    before = lies_in(old.parent)
    with pytest.raises(CannotRun, match="disk is full") as caught:
        build([source], store=old, dump=link, jobs=2)
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith(f"{link}: ")
    assert is_old(old)
    assert lies_in(old.parent) == before


def test_a_reject_report_to_a_full_device(corpus: Path, old: Path, full: Path) -> None:
    with pytest.raises(CannotRun, match="disk is full"):
        build([corpus], store=old, reject_file=full, jobs=1)
    assert full.is_char_device()
    assert is_old(old)


def test_a_reject_report_to_a_device_leaves_the_device(corpus: Path, tmp_path: Path) -> None:
    null = tmp_path / "null"
    null.symlink_to("/dev/null")
    build([corpus], store=tmp_path / "s", reject_file=null, jobs=1)
    assert null.is_char_device()


LIMITED = """
import resource, sys
from kg.pipeline import build
from kg.errors import CannotRun
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    build([sys.argv[1]], store=sys.argv[2], dump=sys.argv[4] if len(sys.argv) > 4 else None, jobs=int(sys.argv[5]))
except CannotRun as error:
    print(error)
    sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("dump", ["", "dump.nt"], ids=["store", "dump"])
def test_a_disk_that_takes_no_more(corpus: Path, old: Path, dump: str, jobs: str) -> None:
    before = lies_in(old.parent)
    target = str(old.parent / dump) if dump else ""
    code = LIMITED if dump else LIMITED.replace("sys.argv[4] if len(sys.argv) > 4 else None", "None")
    done = subprocess.run(
        [sys.executable, "-c", code, str(corpus), str(old), "30000", target, jobs],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "grew past" in done.stdout or "cannot be written" in done.stdout or "full" in done.stdout
    assert is_old(old)
    assert lies_in(old.parent) == before


def test_a_dump_where_none_can_be_written(old: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be written"):
        build([write(tmp_path)], store=old, dump=tmp_path / "nowhere" / "x.ttl")
    assert is_old(old)


def test_a_dump_that_fails_leaves_the_old_dump(corpus: Path, old: Path) -> None:
    dump = old.parent / "x.ttl"
    dump.write_text("# of an earlier build\n")

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build([corpus], store=old, dump=dump, jobs=1, progress=interrupt)
    assert dump.read_text() == "# of an earlier build\n"


def test_a_store_that_another_process_writes(corpus: Path, old: Path) -> None:
    hold = "import sys\nfrom kg.store import StoreWriter\nwith StoreWriter(sys.argv[1]):\n print(1, flush=True)\n sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(old)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(CannotRun, match="locked"):
            build([corpus], store=old, jobs=1)
        assert is_old(old)
    finally:
        holder.communicate("", timeout=30)


def test_a_build_that_is_killed_leaves_no_workers(corpus: Path, old: Path) -> None:
    """By whoever runs out of memory: they would wait for work for ever."""
    code = (
        "import multiprocessing, os, signal, sys, kg\n"
        "def told(done, total):\n"
        "    if not done: return\n"
        "    print(*(each.pid for each in multiprocessing.active_children()), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "kg.build([sys.argv[1]], store=sys.argv[2], jobs=2, progress=told)\n"
    )
    done = script(code, corpus, old)
    workers = [int(pid) for pid in done.stdout.split("\n")[0].split()]
    assert (done.returncode, len(workers)) == (-signal.SIGKILL, 2)
    wait_for_the_end_of(workers)
    assert is_old(old)


def test_processes_of_a_fork_server_end_with_their_maker(old: Path) -> None:
    """They are used where the maker has threads, as one that has opened a store; their parent is the fork server, which
    is to end, too.
    """
    code = (
        "import multiprocessing, os, signal, sys\n"
        "from multiprocessing import forkserver\n"
        "from kg.processes import pool\n"
        "from kg.store import open_store\n"
        "store = open_store(sys.argv[1])\n"
        "with pool(1, len, ()) as workers:\n"
        "    workers.submit(os.getpid).result()\n"
        "    pids = [each.pid for each in multiprocessing.active_children()]\n"
        "    print(*pids, forkserver._forkserver._forkserver_pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = script(code, old)
    pids = [int(pid) for pid in done.stdout.split()]
    assert (done.returncode, len(pids)) == (-signal.SIGKILL, 2), done.stderr
    wait_for_the_end_of(pids)


def test_a_worker_that_dies_is_told(corpus: Path, old: Path) -> None:
    code = (
        "import os, sys, kg.pipeline as b\n"
        "from kg.errors import CannotRun\n"
        "from kg.read import Item\n"
        "class Poison(Item):\n"
        "    def __reduce__(self): return os._exit, (9,)\n"  # what a worker does on receiving it
        "listing = b.find_items([sys.argv[1]])\n"
        "listing.items[-1] = Poison(*listing.items[-1])\n"
        "b.find_items = lambda sources, scratch: listing\n"
        "try:\n"
        "    b.build([sys.argv[1]], store=sys.argv[2], jobs=2)\n"
        "except CannotRun as error:\n"
        "    print(error); sys.exit(error.exit_code)\n"
    )
    done = script(code, corpus, old)
    assert done.returncode == 3, done.stderr
    assert "worker process died" in done.stdout
    assert is_old(old)


def test_sources_that_cannot_be_read_leave_the_old_store(old: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        build([tmp_path / "nowhere"], store=old)
    assert is_old(old)


def test_all_records_rejected_leave_a_store_that_has_figures_as_it_was(tmp_path: Path) -> None:
    store, report = tmp_path / "store", tmp_path / "rejects.jsonl"
    build([write(tmp_path / "good", "PMC1__a")], store=store, reject_file=report, jobs=1)
    before = (build_info(store), nquads(store))
    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("PMC2__b", "PMC3__c"):
        (bad / f"{name}.md").write_text("no record\n")
    with pytest.raises(UsageError, match=r"none of 2 records .*rejects.jsonl.* with 1 figures?\."):
        build([bad], store=store, reject_file=report, jobs=1)
    assert (build_info(store), nquads(store)) == before
    assert len(report.read_text().splitlines()) == 2


def test_all_records_rejected_is_an_empty_graph_not_an_error(tmp_path: Path) -> None:
    write(tmp_path, figtitle="NA")
    result = build([tmp_path], store=tmp_path / "s")
    assert (result.figures, result.rejected) == (0, 1)
    assert result.triples == len(open_store(tmp_path / "s")) > 0  # the dataset's description


def test_building_from_a_thread(corpus: Path, tmp_path: Path) -> None:
    results: list[BuildResult] = []
    thread = threading.Thread(target=lambda: results.append(build([corpus], store=tmp_path / "s", jobs=2)))
    thread.start()
    thread.join(60)
    assert results[0].figures == GOOD


SCRIPT = """
import sys
import kg
print("here", flush=True)
for n in (1, 2, 3):  # the second time, this process has used Oxigraph, the SHACL engine and their threads
    result = kg.build([sys.argv[1]], store=sys.argv[2], dump=sys.argv[2] + ".nt", jobs=2)
    rows = kg.sparql("SELECT ?s { ?s a <https://schema.org/ImageObject> }", store=sys.argv[2]).rows
    conforms = kg.check(store=sys.argv[2]).conforms
    print(result.figures, len(rows), conforms, flush=True)
"""


def test_a_script_may_build_ask_and_build_again(corpus: Path, tmp_path: Path) -> None:
    """Without ``if __name__ == "__main__"``, as people write scripts; its lines run once, and nothing waits for ever."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(corpus), str(tmp_path / "s")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["here", *[f"{GOOD} {GOOD} True"] * 3]


def test_relative_paths_are_of_the_folder_that_one_is_in(corpus: Path, tmp_path: Path) -> None:
    """Also after a change of folder, of which worker processes know nothing by themselves."""
    code = (
        "import os, sys, kg, kg.checking, kg.pipeline\n"
        "kg.checking.BATCH = 8\n"
        "os.chdir(sys.argv[1])\n"
        "print(kg.build('.', store=sys.argv[2], jobs=2).figures)\n"
        "os.chdir(os.path.dirname(sys.argv[2]))\n"
        "print(kg.check(store=os.path.basename(sys.argv[2]), jobs=2).records)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(corpus), str(tmp_path / "s")],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == [str(GOOD), str(GOOD)], done.stderr


@pytest.fixture(autouse=True)
def _no_signal_left() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is before
