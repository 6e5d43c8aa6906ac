"""Bad input through the command line: a clear error, the right exit code, and the rest unharmed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from records import LEFT_OUT, SYMBOL, gene, table, write

from kg.cli import main
from kg.store import open_store

ROOT = Path(__file__).resolve().parent.parent
JAK2 = gene("JAK2", "JAK2", "JAK2", 3717)


class Bad(NamedTuple):
    """A broken record: what makes it, and what its reject must say."""

    make: Callable[[Path, str], object]
    field: str
    says: str
    figid: str | None = None  # where the record says another than its file's name


def text(change: Callable[[bytes], bytes]) -> Callable[[Path, str], object]:
    """A good record, its bytes changed."""

    def make(folder: Path, figid: str) -> None:
        path = write(folder, figid, genes=[JAK2])
        path.write_bytes(change(path.read_bytes()))

    return make


def fields(**changes: Any) -> Callable[[Path, str], object]:
    return lambda folder, figid: write(folder, figid, fields=changes)


def says_figid(value: object) -> Callable[[Path, str], object]:
    """A good record that says another figid than its file's name, or none."""

    def make(folder: Path, figid: str) -> None:
        write(folder, figid, fields={"figid": value})

    return make


def genes(*rows: tuple[str, ...]) -> Callable[[Path, str], object]:
    return lambda folder, figid: write(folder, figid, genes=rows)


def broken_table(kind: str, content: bytes) -> Callable[[Path, str], object]:
    def make(folder: Path, figid: str) -> None:
        write(folder, figid, genes=[JAK2])
        (folder / "_data" / f"{figid}-{kind}.tsv").write_bytes(content)

    return make


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
HEADER = "organism_id\torganism_name\torganism_group\tword\tmatch\tncbigene_symbol\tncbigene_id\tsource"

BAD: dict[str, Bad] = {
    # cannot be read
    "utf8": Bad(text(lambda data: data.replace(b"Signaling", b"Signaling \xe9")), "", "not UTF-8"),
    "utf16": Bad(text(lambda data: data.decode().encode("utf-16")), "", "not UTF-8"),
    "empty": Bad(text(lambda data: b""), "", "no front matter"),
    "page": Bad(text(lambda data: b"# A page\n"), "", "no front matter"),
    "unterminated": Bad(text(lambda data: data.rstrip(b"\n-")), "", "does not end"),
    "yaml": Bad(text(lambda data: data.replace(b"figtitle: ", b"figtitle: ]")), "", "line 3"),
    "bomb": Bad(text(lambda data: data.replace(b"---\n", b"---\n" + BOMB.encode(), 1)), "", "aliases"),
    "deep": Bad(text(lambda data: data.replace(b"---\n", b"---\nx: " + b"[" * 100_000 + b"\n", 1)), "", "YAML"),
    "list": Bad(text(lambda data: b"---\n- a\n---\n"), "", "not a mapping"),
    "hugenumber": Bad(text(lambda data: data.replace(b"year: '2020'", b"year: 0x" + b"F" * 5000)), "year", ""),
    # the figid
    "nofigid": Bad(says_figid(LEFT_OUT), "figid", "is missing"),
    "nafigid": Bad(says_figid("NA"), "figid", "is missing"),
    "otherfigid": Bad(says_figid("PMC77__other"), "figid", "does not match the file name", "PMC77__other"),
    "irifigid": Bad(says_figid("a b<c>"), "figid", "not a figid", "a b<c>"),
    "pmcid": Bad(fields(pmcid="PMC1"), "pmcid", "not the paper"),
    # of the wrong kind
    "boolean": Bad(fields(number=False), "number", "boolean"),
    "mapping": Bad(fields(caption={"a": 1}), "caption", "must be text"),
    # the tables
    "column": Bad(broken_table("genes", HEADER.replace("match\t", "").encode() + b"\n"), "header", "no column match"),
    "shortrow": Bad(broken_table("genes", HEADER.encode() + b"\n9606\tHomo sapiens\n"), "row 2", "2 cells"),
    "longrow": Bad(broken_table("genes", HEADER.encode() + b"\n" + b"x\t" * 8 + b"x\n"), "row 2", "9 cells"),
    "geneid": Bad(genes(JAK2, gene("x", "X", "X", "3717x")), "row 3, column ncbigene_id", "not a number"),
    "taxon": Bad(genes((*("human", *JAK2[1:]),)), "row 2, column organism_id", "not a number"),
    "zeroid": Bad(genes(gene("x", "X", "X", "0")), "row 2, column ncbigene_id", "start at 1"),
    "zerotaxon": Bad(genes((*("00", *JAK2[1:]),)), "row 2, column organism_id", "start at 1"),
    "otherhost": Bad(fields(figlink="https://evil.example/x"), "figlink", "https://evil.example/x"),
    "slashes": Bad(fields(figlink="//evil.example/x"), "figlink", "//evil.example/x"),
    "scheme": Bad(fields(figlink="http:evil.example"), "figlink", "http:evil.example"),
    "source": Bad(genes(gene("x", "X", "X", 1, "a_guess")), "genes: source", "none that PFOCR uses"),
    "emptytable": Bad(broken_table("genes", b""), "header", "no column"),
    "latin1table": Bad(broken_table("chemicals", b"word\tmesh\tmatch\tname\tchebi\n\xe9"), "", "not UTF-8"),
    "chemicals": Bad(broken_table("chemicals", b"word\tmesh\n"), "header", "no column match, name, chebi"),
    "diseases": Bad(broken_table("diseases", b"word\ttype\tidentifier\nx\n"), "row 2", "1 cells"),
    # what the shapes find
    "title": Bad(fields(figtitle=".na.character"), "figtitle", ""),
    "papertitle": Bad(fields(papertitle=LEFT_OUT), "papertitle", ""),
    "nopaper": Bad(fields(pmcid=LEFT_OUT), "pmcid", ""),
    "year": Bad(fields(year="20233"), "year", "year"),
    "years": Bad(fields(year="2020-2021"), "year", "year"),
    "doi": Bad(fields(doi="see the paper"), "doi", ""),
    "score": Bad(fields(automl_pathway="1.5"), "automl_pathway / pathway_score", ""),
    "scoretext": Bad(fields(automl_pathway="high"), "automl_pathway / pathway_score", ""),
    "scorenan": Bad(fields(automl_pathway=float("nan")), "automl_pathway / pathway_score", ""),
    "scoreinf": Bad(fields(automl_pathway=float("-inf")), "automl_pathway / pathway_score", ""),
    "noword": Bad(genes(gene(" ", "JAK2", "JAK2", 3717)), "word / keywords", ""),
    "noorganism": Bad(
        genes(("NA", "NA", "NA", "x", "X", "X", "99999999", SYMBOL, "1", "1", "1")), "genes: organism_id", ""
    ),
}
ONLY_FILE = {"utf8", "utf16", "empty", "page", "unterminated", "yaml", "bomb", "deep", "list"}


def figid_of(name: str) -> str:
    return f"PMC5__{name}"


class Outcome(NamedTuple):
    code: int
    err: str
    rejects: dict[str, dict[str, Any]]
    store: Path
    folder: Path


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All bad records and two good ones, built by the command."""
    folder = tmp_path_factory.mktemp("bad")
    for name, bad in BAD.items():
        bad.make(folder / "records", figid_of(name))
    write(folder / "records", "PMC1__good", genes=[JAK2])
    write(folder / "records", "PMC9__good", genes=[JAK2])
    store, report = folder / "kg.store", folder / "rejects.jsonl"
    done = run("build", folder / "records", "--store", store, "--reject-file", report)
    assert report.exists(), done.stderr
    lines = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    return Outcome(done.returncode, done.stderr, {Path(line["file"]).stem: line for line in lines}, store, folder)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_rejects_alone_exit_with_0_and_all_is_counted(outcome: Outcome) -> None:
    assert outcome.code == 0
    n = len(BAD)
    assert f"{n + 2} records: 2 figures in the graph, {n} rejected" in outcome.err
    assert "Traceback" not in outcome.err


def test_the_rest_is_unharmed(outcome: Outcome) -> None:
    query = "SELECT ?id { ?f a <https://schema.org/ImageObject> ; <https://schema.org/identifier> ?id }"
    solutions = open_store(outcome.store).query(query)
    assert {s["id"].value for s in solutions} == {"PMC1__good", "PMC9__good"}  # type: ignore[union-attr]


def test_every_bad_record_is_in_the_report_and_no_other(outcome: Outcome) -> None:
    assert outcome.rejects.keys() == {figid_of(name) for name in BAD}


@pytest.mark.parametrize("name", BAD)
def test_the_report_says_where_and_why(outcome: Outcome, name: str) -> None:
    line, bad = outcome.rejects[figid_of(name)], BAD[name]
    assert line["file"] == str(outcome.folder / "records" / "_figures" / f"{figid_of(name)}.md")
    assert line["figid"] == (bad.figid or figid_of(name))
    reasons = [
        reason
        for reason in line["reasons"]
        if reason.get("field", "") == bad.field and bad.says in reason["message"] + reason.get("value", "")
    ]
    assert reasons, line["reasons"]
    if name in ("column", "shortrow", "longrow", "geneid", "taxon", "emptytable", "latin1table"):
        assert reasons[0]["file"].endswith(".tsv")
    if "shape" in reasons[0]:
        assert reasons[0]["advice"]


@pytest.mark.parametrize("name", ["year", "geneid", "yaml"])
def test_a_line_on_stderr_for_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    BAD[name].make(tmp_path, figid_of(name))
    assert kg("build", tmp_path, "--store", tmp_path / "s", "--reject-file", tmp_path / "r") == 0
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = [line for line in err.splitlines() if line.strip().startswith("rejected")]
    assert f"{figid_of(name)}.md" in line
    assert BAD[name].says in line


@pytest.mark.parametrize(
    ("name", "value", "summary"),
    [
        ("otherfigid", "PMC77__other", "figid does not match the file name"),
        ("pmcid", "PMC1", "pmcid is not the paper that the figid names"),
        ("geneid", "3717x", "ncbigene_id is not a number (an NCBI id is digits alone; write NA if it is not known)"),
        ("shortrow", "9606\tHomo sapiens", "a table's row has too many or too few cells"),
        ("source", "a_guess", "genes: source is none that PFOCR uses"),
        ("boolean", "false", "number is a YAML boolean: words such as NO, On or yes must stand in quotes"),
        ("yaml", "", "YAML does not parse"),
        ("utf8", "", "not UTF-8"),
        ("year", "20233", "year is not one year of four digits, 1800 to 2099"),
    ],
)
def test_the_report_has_the_value_and_a_summary_without_it(
    outcome: Outcome, name: str, value: str, summary: str
) -> None:
    reason = outcome.rejects[figid_of(name)]["reasons"][0]
    assert (reason.get("value", ""), reason["summary"]) == (value, summary)
    assert not value or value not in reason["message"]


def test_summaries_do_not_tell_records_apart(outcome: Outcome) -> None:
    for line in outcome.rejects.values():
        for reason in line["reasons"]:
            assert "PMC5" not in reason["summary"]
            assert str(outcome.folder) not in reason["summary"]


def kg(*arguments: object) -> int:
    """The command in this process; its exit code."""
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_fail_on_reject(tmp_path: Path) -> None:
    BAD["year"].make(tmp_path / "bad", "PMC5__year")
    write(tmp_path / "good")
    options = ("--store", tmp_path / "s", "--reject-file", tmp_path / "r", "--fail-on-reject")
    assert kg("build", tmp_path, *options) == 1
    assert len(open_store(tmp_path / "s")) > 20
    assert kg("build", tmp_path / "good", *options) == 0


@pytest.mark.parametrize("make_old", [False, True])
@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("nowhere", "no such file or folder"),
        ("empty", "no records in this folder"),
        ("table.tsv", "not a record file"),
    ],
)
def test_sources_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, says: str, make_old: bool
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "table.tsv").write_text("x")
    write(tmp_path / "good")
    store = tmp_path / "kg.store"
    if make_old:
        assert kg("build", tmp_path / "good", "--store", store, "--reject-file", tmp_path / "r") == 0
    capsys.readouterr()
    arguments = ("build", tmp_path / "good", tmp_path / source, "--store", store, "--reject-file", tmp_path / "r")
    assert kg(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("kg: ")
    assert str(tmp_path / source) in err
    assert says in err
    assert store.exists() == make_old


@pytest.mark.parametrize(
    "arguments",
    [
        ("build",),
        ("build", "{good}", "--no-store"),
        ("build", "{good}", "--dump", "{tmp}/x.doc"),
        ("build", "{good}", "--jobs", "0"),
        ("build", "{good}", "--lexicon", "{tmp}/none"),
        ("build", "{good}", "--noise", "{tmp}/none"),
        ("build", "{good}", "--engine", "other"),
        ("build", "{good}", "--store", "{tmp}/s", "--unknown"),
    ],
)
def test_wrong_usage_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    good = write(tmp_path / "good")
    code = kg(*(argument.format(good=good, tmp=tmp_path) for argument in arguments))
    assert code == 2
    assert capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"good"}


def test_a_store_that_is_none_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "good")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "precious").write_text("x")
    assert kg("build", good, "--store", tmp_path / "s", "--reject-file", tmp_path / "r") == 3
    assert "not a store" in capsys.readouterr().err
    assert (tmp_path / "s" / "precious").read_text() == "x"


def test_a_full_disk_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "good")
    full = tmp_path / "full.nt"
    full.symlink_to("/dev/full")
    assert kg("build", good, "--store", tmp_path / "s", "--reject-file", tmp_path / "r", "--dump", full) == 3
    assert "disk is full" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


# Odd, not bad: must be in the graph, or rejected with a reason; never the end of the build

ODD: dict[str, Callable[[Path, str], object]] = {
    "replacement": fields(filename="a\ufffdb.jpg", doi="10.1000/\ufffd", journal_title="J\ufffd"),
    "private": fields(publisher_name="\ue000", figlink="/a\U000f0000"),
    "noncharacter": fields(filename="a\ufdd0", reftext="\uffff"),
    "controls": text(
        lambda data: data.replace(b"Signaling in a cell", b'"a\\0b\\x01c\\x1b[31md\\u2028e\\x85f\\uFFFE"')
    ),
    "surrogate": text(lambda data: data.replace(b"Signaling in a cell", b'"a\\ud800b"')),
    "bidi": fields(figtitle="a\u202eb\u200f"),
    "longtext": fields(caption="x" * 100_000),
    "manykeywords": lambda folder, figid: write(folder, figid, keywords=[f"k{n}" for n in range(1000)]),
    "iriorganism": fields(organisms=["<script>", 'a"b\\c', "NA, Homo sapiens"]),
    "ndex": fields(ndex="not a uuid <x>", wpid="WP 1"),
    "hugeid": genes(gene("x", "X", "X", "9" * 5000)),
    "word": genes(gene("\x00\x1f", "\u2028", "a<b>", 99999999), gene("x" * 5000, "X", "Y", 99999998)),
    "date": fields(year="!!timestamp 2020-01-01", keywords={"a"} and ["x | | y", "|"]),
    "keys": text(lambda data: data.replace(b"seo: CreativeWork", b"seo: x\n1: 2\nnull: 3\n[a, b]: 4\ntrue: 5")),
    "selfkey": text(lambda data: data.replace(b"seo: CreativeWork", b"seo: x\nseo: y\nyear: '2021'")),
    "emptyjsonld": fields(**{"schema-jsonld": None}),
    "chemicalid": lambda folder, figid: write(
        folder, figid, chemicals=[("x", "mesh:<>", "NA", "NA", "chebi:x y"), ("", "NA", "NA", "NA", "NA")]
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_values_do_not_end_the_build(tmp_path: Path, name: str) -> None:
    import pyoxigraph
    import rdflib

    from kg.pipeline import build

    ODD[name](tmp_path / "r", "PMC5__odd")
    write(tmp_path / "r", "PMC1__good", genes=[JAK2])
    results = [
        build([tmp_path / "r"], store=tmp_path / "s", dump=tmp_path / f"x.{ending}", jobs=1)
        for ending in ("ttl", "jsonld", "nt")
    ]
    for result in results:
        assert result.records == result.figures + result.rejected == 2
        assert result.figures >= 1
        assert [r.figid for r in result.rejects] in ([], ["PMC5__odd"])
    # what was written can be read by others, and says the same
    expected = open_store(tmp_path / "s").dump(
        format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph()
    )
    assert expected is not None
    reference = set(rdflib.Graph().parse(data=expected.decode(), format="nt"))
    for ending, format in (("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt")):
        assert set(rdflib.Graph().parse(str(tmp_path / f"x.{ending}"), format=format)) == reference


def test_tables_are_what_the_tests_say() -> None:
    assert table(HEADER.split("\t"), []) == HEADER + "\n"
