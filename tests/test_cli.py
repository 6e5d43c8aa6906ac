"""The command line as a user meets it: what it prints where, exit codes, and what it does not import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from question_records import FIGURES, SEED, environment, fixture_store, put_seed, run, write_records
from records import LEFT_OUT, gene, write

import kg
from kg.store import open_store

JAK2 = [gene("JAK2", "JAK2", "JAK2", 3717)]
COMMANDS = ("build", "check", "export", "query", "show", "sparql", "stats")


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


def python(*arguments: str, folder: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(**changes),
        check=False,
    )


# --- help, and what it costs


@pytest.mark.parametrize(
    "code",
    [
        "import kg, kg.cli",
        "import kg.cli\ntry: kg.cli.main(['--help'])\nexcept SystemExit: pass",
        "import kg.cli\ntry: kg.cli.main(['build', '--help'])\nexcept SystemExit: pass",
        "import kg.cli\ntry: kg.cli.main(['--version'])\nexcept SystemExit: pass",
    ],
)
def test_help_imports_nothing_heavy(code: str) -> None:
    heavy = "rdflib pyoxigraph yaml ryaml pyshacl shacl rich oxrdflib kg.lexicon concurrent.futures"
    ran = python("-c", f"{code}\nimport sys\nprint('HEAVY', *sorted(set('{heavy}'.split()) & set(sys.modules)))")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "HEAVY"


def test_help_names_every_command() -> None:
    ran = run("--help")
    assert ran.code == 0
    assert ran.err == ""
    for command in COMMANDS:
        assert f"\n  {command} " in ran.out
    assert "kg query figures-mentioning-genes JAK2 STAT3" in ran.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    ran = run(command, "-h")
    assert ran.code == 0
    assert f"Usage: kg {command}" in ran.out


def test_version() -> None:
    for option in ("--version", "-V"):
        assert run(option).out.split()[-1] == kg.__version__


def test_as_a_module() -> None:
    ran = python("-m", "kg", "--version")
    assert (ran.returncode, ran.stdout.split()[-1]) == (0, kg.__version__)


@pytest.mark.parametrize(
    "arguments",
    [
        ("frobnicate",),
        ("--frobnicate",),
        ("build", "--frobnicate"),
        ("build",),
        ("build", "--jobs", "0", "x"),
        ("build", "--engine", "other", "x"),
        ("export",),
        ("show",),
        ("sparql",),
        ("stats", "--format", "turtle"),
        ("query", "most-figured-genes", "--tier", "gold"),
        ("query", "most-figured-genes", "--limit", "-1"),
        ("query", "most-figured-genes", "--limit", "many"),
        ("query", "most-figured-genes", "JAK2"),
        ("query", "most-figured-genes", "--format", "yaml"),
        ("query", "ambiguous-words", "--tier", "symbol"),
        ("query", "ambiguous-words", "--organism", "mouse"),
        ("query", "figures-mentioning-genes"),
        ("query", "figures-mentioning-genes", "JAK2", "--tier", "symbol", "--specific"),
        ("query", "figures-of-paper"),
        ("query", "figures-of-paper", "PMC1", "PMC2"),
        ("query", "why-gene-in-figure", "PMC1__f1"),
        ("query", "no-such-question"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(arguments: tuple[str, ...], store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE", str(store))
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert "Traceback" not in ran.err


def test_a_question_without_its_argument_gives_an_example(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", store=store)
    assert "For example: kg query figures-mentioning-genes JAK2 STAT3" in ran.err
    ran = run("query", "why-gene-in-figure", "PMC1__f1", store=store)
    assert "GENE" in ran.err


# --- the store


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "most-figured-genes"),
        ("show", "JAK2"),
        ("stats",),
        ("check",),
        ("sparql", "ASK {}"),
        ("export", "-o", "x.nt"),
    ],
    ids=" ".join,
)
def test_without_a_store_is_3_and_says_what_to_do(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KG_STORE", raising=False)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (3, "")
    assert "no store at kg.store" in ran.err
    assert "kg build" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_default_store_is_kg_store_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KG_STORE", raising=False)
    write(tmp_path / "records", genes=JAK2)
    ran = run("build", "records", "--jobs", "1")
    assert ran.code == 0
    assert ran.err.strip().endswith("→ kg.store")
    assert run("query", "figures-mentioning-genes", "JAK2").code == 0
    assert {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")} == {"kg.store", "records"}


def test_the_store_of_the_environment(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_STORE", str(store))
    assert run("query", "figures-mentioning-genes", "TP53").code == 0
    assert run("query", "figures-mentioning-genes", "TP53", store=tmp_path / "other").code == 3


def test_a_group_of_questions_takes_the_store_too(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KG_STORE", raising=False)
    question = ("figures-mentioning-genes", "TP53")
    assert run("query", "--store", tmp_path / "none").out == run("query").out  # the list needs no store
    assert run("query", "--store", store, *question).code == 0
    assert run("query", "--store", tmp_path / "none", *question).code == 3
    assert run("query", "--store", tmp_path / "none", *question, store=store).code == 0  # the nearer one counts
    monkeypatch.setenv("KG_STORE", str(tmp_path / "none"))
    assert run("query", "--store", store, *question).code == 0  # what is typed goes before the environment
    assert run("query", *question).code == 3


def test_asking_writes_nothing(store: Path) -> None:
    def files() -> dict[str, tuple[int, int]]:
        folder = store.resolve()
        return {str(p): (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}

    before = files()
    for arguments in (("query", "most-figured-genes"), ("show", "JAK2"), ("stats",), ("check",), ("sparql", "ASK {}")):
        assert run(*arguments, store=store).code == 0
    assert files() == before


def test_results_go_to_stdout_and_all_else_to_stderr(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "jak2", "STAT3", "--tier", "symbol", "--format", "csv", store=store)
    assert ran.out.splitlines() == [
        "figure,title,year,JAK2_tier,JAK2_words,JAK2_note,JAK2_support,STAT3_tier,STAT3_words,STAT3_note,STAT3_support",
        "https://pfocr.wikipathways.org/figures/PMC1__f1.html,JAK2 activates STAT3,2020,symbol,JAK2,,article,symbol,STAT3,,article",
    ]
    assert "also in other organisms" in ran.err
    assert "1 figure" in ran.err


def test_an_answer_of_nothing_is_a_head_and_exit_0(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "TP53", "BCR", "--format", "tsv", store=store)
    assert (ran.code, len(ran.lines)) == (0, 1)
    assert ran.lines[0].startswith("?figure\t")


# --- sparql


def test_a_select_as_a_table(store: Path) -> None:
    ran = run("sparql", 'SELECT ?gene ?n { ?gene a schema:Gene ; rdfs:label ?n FILTER(?n = "TP53") }', store=store)
    assert ran.code == 0
    assert [line.split() for line in ran.lines] == [["gene", "n"], ["ncbigene:7157", "TP53"]]


def test_a_query_from_a_file_and_from_stdin(store: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) WHERE { ?f a schema:ImageObject }"
    for name in ("query.rq", "query.sparql", "query"):
        (tmp_path / name).write_text(text)
        assert run("sparql", tmp_path / name, store=store).out.split() == ["n", str(len(FIGURES))]
    assert run("sparql", "-", store=store, stdin=text.encode()).out.split() == ["n", str(len(FIGURES))]
    assert run("sparql", text, store=store).out.split() == ["n", str(len(FIGURES))]


def test_the_stored_queries_are_files_to_run(store: Path) -> None:
    from kg.catalogue import get

    ran = run("sparql", get("most-figured-genes").path, "--format", "csv", store=store)
    assert ran.code == 0
    assert ran.lines[1] == "https://identifiers.org/ncbigene/6774,STAT3,3,3,5"


def test_ask(store: Path) -> None:
    assert run("sparql", "ASK { ncbigene:3717 a schema:Gene }", store=store).out == "true\n"
    assert run("sparql", "ASK { ncbigene:1 a schema:Gene }", store=store).out == "false\n"
    said = run("sparql", "ASK {}", "--format", "json", store=store).out
    assert json.loads(said) == {"head": {}, "boolean": True}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize(
    ("option", "format"), [("turtle", "turtle"), ("jsonld", "json-ld"), ("ntriples", "nt"), ("", "turtle")]
)
def test_construct(store: Path, option: str, format: str) -> None:
    query = "CONSTRUCT { ?s schema:name ?n ; a ?t } WHERE { ?s a schema:Gene ; schema:name ?n ; a ?t }"
    ran = run("sparql", query, *(["--format", option] if option else []), store=store)
    assert ran.code == 0
    graph = rdflib.Graph().parse(data=ran.out, format=format)
    assert len(graph) == 30 * 3  # thirty genes, each with a name and two classes
    assert ran.out == run("sparql", query, *(["--format", option] if option else []), store=store).out


def test_describe(store: Path) -> None:
    graph = rdflib.Graph().parse(data=run("sparql", "DESCRIBE pmc:PMC9", store=store).out, format="turtle")
    assert rdflib.Literal("Paper nine.") in set(graph.objects())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INSERT DATA { <x:a> <x:b> <x:c> }", "not a SPARQL query"),
        ("DELETE WHERE { ?s ?p ?o }", "not a SPARQL query"),
        ("DROP ALL", "not a SPARQL query"),
        ("CLEAR DEFAULT", "not a SPARQL query"),
        ("LOAD <http://localhost/>", "not a SPARQL query"),
        ("SELECT * WHERE { ?s ?p }", "not a SPARQL query: error at 1:"),
        ("SELECT * WHERE { ?s unknown:p ?o }", "not a SPARQL query"),
        ("nonsense", "not a SPARQL query"),
        ("", "not a SPARQL query"),
        ("x" * 300, "not a SPARQL query"),
        ("{" * 10_000, "not a SPARQL query"),
        ("\udcff", "not UTF-8"),
        ("missing.rq", "missing.rq: cannot be read: No such file"),
        ("SELECT (<x:f>(1) AS ?x) {}", "not supported"),
    ],
    ids=lambda text: text[:30].encode("ascii", "replace").decode(),
)
def test_what_is_no_query_is_2(store: Path, text: str, said: str) -> None:
    before = set(open_store(store))
    ran = run("sparql", text, store=store)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert set(open_store(store)) == before


def test_input_that_is_not_utf8(store: Path, tmp_path: Path) -> None:
    (tmp_path / "query.rq").write_bytes(b"ASK {} # \xff")
    for ran in (
        run("sparql", tmp_path / "query.rq", store=store),
        run("sparql", "-", store=store, stdin=b"ASK {} # \xff"),
    ):
        assert (ran.code, ran.out) == (2, "")
        assert "not UTF-8" in ran.err


def test_a_service_that_is_not_there_is_3(store: Path) -> None:
    ran = run("sparql", "SELECT * { SERVICE <http://127.0.0.1:9/sparql> { ?s ?p ?o } }", store=store)
    assert (ran.code, ran.out) == (3, "")
    assert "the query cannot be run" in ran.err


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("SELECT * { ?s ?p ?o }", "turtle"),
        ("ASK {}", "jsonld"),
        ("DESCRIBE pmc:PMC1", "csv"),
        ("DESCRIBE pmc:PMC1", "table"),
    ],
)
def test_a_format_that_does_not_fit_is_2(store: Path, text: str, format: str) -> None:
    ran = run("sparql", text, "--format", format, store=store)
    assert (ran.code, ran.out) == (2, "")
    assert "--format" in ran.err


def test_every_prefix_is_there(store: Path) -> None:
    query = "SELECT * { ?figure a doco:Figure ; schema:isPartOf pmc:PMC1 ; kg:mentionsSymbol ncbigene:3717 }"
    assert run("sparql", query, "--format", "tsv", store=store).lines == [
        "?figure",
        "<https://pfocr.wikipathways.org/figures/PMC1__f1.html>",
    ]


# --- what a build says


def build(*arguments: str | Path, folder: Path) -> list[str]:
    ran = run("build", *arguments, "--jobs", "1", "--reject-file", folder / "rejects.jsonl", store=folder / "s")
    assert (ran.code, ran.out) == (0, "")
    return [line.strip() for line in ran.err.splitlines()]


def test_the_counts(tmp_path: Path) -> None:
    said = build(write_records(tmp_path / "r"), folder=tmp_path)
    triples = len(open_store(tmp_path / "s"))
    assert said[-1].startswith(f"11 records: 11 figures in the graph, 0 rejected · {triples:,} triples · ")
    assert said[-1].endswith(f" s → {tmp_path / 's'}")
    # The only other thing to say of these records.
    assert said[:-1] == ["warning: records of pmc:PMC9 disagree on its title, year or the like"]
    assert not (tmp_path / "rejects.jsonl").exists()


def test_rejects(tmp_path: Path) -> None:
    for n in range(1, 5):
        write(tmp_path / "r", f"PMC{n}__f1", year="20233" if n < 4 else "2023", papertitle=LEFT_OUT if n == 3 else "P.")
    said = build(tmp_path / "r", folder=tmp_path)
    assert said[0].startswith(f"rejected {tmp_path / 'r' / '_figures' / 'PMC1__f1.md'}: year '20233' is not one year")
    assert "(and 1 more)" in said[2]
    assert f"4 records: 1 figure in the graph, 3 rejected ({tmp_path / 'rejects.jsonl'})" in said[3]
    assert said[4].startswith("most common reason: ")
    assert said[4].endswith("(3)")
    lines = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert [line["figid"] for line in lines] == ["PMC1__f1", "PMC2__f1", "PMC3__f1"]
    assert {reason["field"] for reason in lines[2]["reasons"]} == {"year", "papertitle"}


def test_many_rejects_are_cut_short_on_the_screen_alone(tmp_path: Path) -> None:
    for n in range(1, 31):
        write(tmp_path / "r", f"PMC{n}__f1", year="20233")
    said = build(tmp_path / "r", folder=tmp_path)
    assert sum(line.startswith("rejected ") for line in said) == 20
    assert "… and 10 more rejected" in said
    assert "30 records: 0 figures in the graph, 30 rejected" in said[-2]
    assert said[-1].endswith("(30)")
    assert len((tmp_path / "rejects.jsonl").read_text().splitlines()) == 30


def test_fail_on_reject_is_1_and_the_store_is_made(tmp_path: Path) -> None:
    write(tmp_path / "r", "PMC1__f1", year="20233")
    write(tmp_path / "r", "PMC2__f1")
    report = ("--reject-file", tmp_path / "rejects.jsonl")
    ran = run("build", tmp_path / "r", "--fail-on-reject", "--jobs", "1", *report, store=tmp_path / "s")
    assert ran.code == 1
    assert len(open_store(tmp_path / "s")) > 0
    (tmp_path / "r" / "_figures" / "PMC1__f1.md").unlink()
    assert run("build", tmp_path / "r", "--fail-on-reject", "--jobs", "1", *report, store=tmp_path / "s").code == 0
    assert not (tmp_path / "rejects.jsonl").exists()  # the report of the build before


def test_an_unknown_key_is_told_once(tmp_path: Path) -> None:
    for n in range(1, 4):
        write(tmp_path / "r", f"PMC{n}__f1", fields={"mood": "good"} | ({"colour": "red"} if n == 1 else {}))
    said = build(tmp_path / "r", folder=tmp_path)
    assert said[:2] == [
        "unknown key 'colour' in 1 record: not in the graph",
        "unknown key 'mood' in 3 records: not in the graph",
    ]
    assert "3 figures in the graph, 0 rejected" in said[2]


def test_tables_without_a_record_are_told(tmp_path: Path) -> None:
    write(tmp_path / "r", "PMC1__f1", genes=JAK2)
    write(tmp_path / "r", "PMC2__f1", genes=JAK2, chemicals=[]).unlink()
    said = build(tmp_path / "r", folder=tmp_path)
    first = tmp_path / "r" / "_data" / "PMC2__f1-chemicals.tsv"
    assert said[0] == f"2 tables without a record, left out (first: {first})"


def test_the_same_record_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, genes=JAK2)
    said = build(tmp_path / "a", tmp_path / "b", folder=tmp_path)
    assert "2 records: 1 figure in the graph, 0 rejected, 1 the same as another" in said[-1]


def test_a_dump_alone(tmp_path: Path) -> None:
    write(tmp_path / "r", genes=JAK2)
    dump = tmp_path / "graph.nt"
    ran = run("build", tmp_path / "r", "--no-store", "--dump", dump, "--jobs", "1", store=tmp_path / "s")
    assert ran.code == 0
    assert ran.err.strip().endswith(f"→ {dump}")
    assert not (tmp_path / "s").exists()
    triples = len(list(pyoxigraph.parse(path=dump, format=pyoxigraph.RdfFormat.N_TRIPLES)))
    assert f" · {triples} triples · " in ran.err
    both = build(tmp_path / "r", "--dump", dump, folder=tmp_path)
    assert both[-1].endswith(f"→ {tmp_path / 's'}, {dump}")


def test_nothing_to_keep_is_wrong_usage(tmp_path: Path) -> None:
    write(tmp_path / "r")
    ran = run("build", tmp_path / "r", "--no-store", store=tmp_path / "s")
    assert ran.code == 2
    assert "--dump" in ran.err


def test_the_whole_way_in_processes_of_its_own(tmp_path: Path) -> None:
    """What `make demo` does, with the installed package or this checkout."""
    put_seed(tmp_path / "seeds", table=False)
    built = python("-m", "kg", "build", "seeds", folder=tmp_path)
    assert (built.returncode, built.stdout) == (0, "")
    assert "1 record: 1 figure in the graph, 0 rejected" in built.stderr
    asked = python("-m", "kg", "query", "figures-mentioning-genes", "JAK2", "STAT3", folder=tmp_path)
    assert asked.returncode == 0
    assert SEED in asked.stdout
    assert asked.stdout.count("keyword, word not published") == 2
    assert "1 figure: 0 name both, 0 one, 1 neither" in asked.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_of_any_encoding(store: Path, tmp_path: Path, encoding: str) -> None:
    """A table has a middle dot, a summary an arrow: not to be known by the terminal is no reason to fail."""

    def printed(*arguments: str) -> bytes:
        ran = subprocess.run(
            [sys.executable, "-m", "kg", *arguments, "--store", str(store)],
            capture_output=True,
            env=environment(PYTHONIOENCODING=encoding),
            check=False,
        )
        assert (ran.returncode, b"Traceback" in ran.stderr) == (0, False)
        return ran.stdout

    assert b"symbol \\xb7 JAK2" in printed("query", "figures-mentioning-genes", "JAK2") or encoding != "ascii"
    assert printed("show", "PMC8__f1")
    assert printed("export", "-o", str(tmp_path / "graph.nt")) == b""
    # The formats for programs are UTF-8, always.
    asked = ("sparql", 'SELECT ("β → ·" AS ?x) {}', "--format")
    assert printed(*asked, "tsv") == '?x\n"β → ·"\n'.encode()
    assert printed(*asked, "csv") == "x\r\nβ → ·\r\n".encode()
    assert "β → ·" in printed(*asked, "json").decode("utf-8")


@pytest.mark.parametrize(
    "command", ["query most-figured-genes", "stats --format tsv", "show JAK2", "sparql ASK{}", "--help"]
)
@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_stream_that_is_closed_is_no_error(store: Path, command: str, closed: str) -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -m kg {command} {closed}"],
        capture_output=True,
        env=environment(KG_STORE=str(store)),
        check=False,
    )
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stderr
    assert bool(ran.stdout) == (closed == "2>&-")
