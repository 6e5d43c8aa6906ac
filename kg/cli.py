"""The command line: parse, call, print, exit code. Nothing is imported before a command needs it.

Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 the data did not pass, 2 wrong usage or
input that cannot be read, 3 could not run (store, endpoint, disk).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from kg import __version__
from kg.errors import KgError, UsageError

if TYPE_CHECKING:
    from kg.catalogue import StoredQuery
    from kg.checking import Report
    from kg.results import Table
    from kg.tally import BuildResult

_SHOWN_REJECTS = 20
TABLE_FORMATS = ("table", "csv", "tsv", "json", "xml")
GRAPH_FORMATS = ("turtle", "jsonld", "ntriples")


def say(text: str) -> None:
    """A line to stderr, without characters that steer a terminal."""
    click.echo("".join(ch if ch.isprintable() or ch == "\n" else "\N{REPLACEMENT CHARACTER}" for ch in text), err=True)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    _prepare_streams()
    try:
        code = cli.main(arguments, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except KgError as error:
        say(f"kg: {error}")
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        say("kg: interrupted; the store is as it was")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (BrokenPipeError, SystemExit):  # the latter is how click answers a closed pipe
        # The reader (head, less) has enough.
        _drop_stdout()
        sys.exit(141)
    except OSError as error:
        _drop_stdout()
        say(f"kg: {error.filename or 'the output'}: cannot be written: {error.strerror or error}")
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)


def _prepare_streams() -> None:
    """See to it that there is a stdout, and that a character which the terminal lacks is no error."""
    if sys.stdout is None:  # closed by the caller: >&-
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_stdout() -> None:
    """Let what is still to be written go nowhere: Python would complain when it flushes stdout at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        envvar="KG_STORE",
        show_envvar=True,
        help="The store [default: kg.store].",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="kg")
def cli() -> None:
    """Pathway figures as a knowledge graph: build it from PFOCR records, check it, ask it.

    \b
    kg build SOURCE                                    records to a checked graph in kg.store
    kg query                                           the questions that can be asked
    kg query figures-mentioning-genes JAK2 STAT3       one of them
    kg show FIGURE                                     why a figure mentions what it mentions
    """


# --- build -------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("sources", nargs=-1, metavar="SOURCE...", type=click.Path(path_type=Path))
@_store_option
@click.option(
    "--dump",
    type=click.Path(path_type=Path),
    help="Also write an RDF file: .ttl, .jsonld, .nt, .nq, .trig (.gz, .zst).",
)
@click.option("--no-store", is_flag=True, help="Make no store (with --dump).")
@click.option("--no-check", is_flag=True, help="Do not hold records against the SHACL shapes.")
@click.option(
    "--engine", type=click.Choice(["shacl", "pyshacl"]), default="shacl", show_default=True, help="SHACL engine."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes [default: one for each core].")
@click.option(
    "--reject-file",
    type=click.Path(path_type=Path),
    default=Path("kg.rejects.jsonl"),
    show_default=True,
    help="Report of rejected records (JSON Lines).",
)
@click.option("--full", is_flag=True, help="Read every record, also where the store has it from an earlier build.")
@click.option("--fail-on-reject", is_flag=True, help="Exit with 1 if a record is rejected.")
@click.option(
    "--lexicon",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="GENE_INFO",
    help="NCBI gene_info file (.gz too) for more organisms or newer symbols; may be repeated.",
)
@click.option(
    "--noise", type=click.Path(path_type=Path), help="Word list in place of the shipped one (word, tab, flag)."
)
def build(sources: tuple[Path, ...], fail_on_reject: bool, no_check: bool, jobs: int | None, **options: Any) -> int:
    """Build the graph of PFOCR records.

    SOURCE is a record file, a folder of records, or a checkout of the PFOCR repository; tables
    (<figid>-genes.tsv, -chemicals.tsv, -diseases.tsv) are taken from _data or from beside the records.
    A record that is broken or does not pass the shapes is left out and reported; the rest goes on.

    Into a store that is there, only what is new, changed or gone since its build is read, as long as that is little and
    version, lexicon, shapes and options are the same. The triples are those of a full build.
    """
    from kg.pipeline import build as run

    if not sources:
        raise UsageError("which records? kg build SOURCE... (a file, a folder, a checkout of the PFOCR repository)")
    with _progress() as progress:
        result = run(sources, check=not no_check, jobs=jobs, progress=progress, **options)
    _print_build(result)
    return 1 if fail_on_reject and result.rejected else 0


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar, if there is a terminal to draw it on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("  records"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.speed:,.0f}/s"),
        TimeRemainingColumn(),
    )
    # Drawn when something is done, not by a thread of its own: see `kg.processes`.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=None, speed=0)
        yield lambda done, total: bar.update(task, completed=done, total=total, refresh=True)


def _print_build(result: BuildResult) -> None:
    for reject in result.rejects[:_SHOWN_REJECTS]:
        say(f"  rejected {reject}")
    more = result.rejected - min(_SHOWN_REJECTS, len(result.rejects))
    if more:
        say(f"  … and {more:,} more rejected")
    for key, count in result.unknown_keys.items():
        say(f"  unknown key {key!r} in {count:,} {_s(count, 'record')}: not in the graph")
    for key, count in result.repeated_keys.items():
        say(f"  key {key!r} stands twice in {count:,} {_s(count, 'record')}; the last one counts")
    if result.orphan_tables:
        n = len(result.orphan_tables)
        say(f"  {n:,} {_s(n, 'table')} without a record, left out (first: {result.orphan_tables[0]})")
    for warning in result.warnings[:5]:
        say(f"  warning: {warning}")
    if len(result.warnings) > 5:
        say(f"  … and {len(result.warnings) - 5:,} more warnings: kg check")
    if result.changes:
        new, changed, gone, same = result.changes
        say(f"  since the last build: {new:,} new, {changed:,} changed, {gone:,} gone, {same:,} as before")
    report = f" ({result.reject_file})" if result.reject_file else ""
    repeats = f", {result.repeats:,} the same as another" if result.repeats else ""
    places = ", ".join(place for place in (result.store, result.dump) if place)
    say(
        f"  {result.records:,} {_s(result.records, 'record')}: {result.figures:,} {_s(result.figures, 'figure')} in "
        f"the graph, {result.rejected:,} rejected{report}{repeats} · {result.triples:,} triples · "
        f"{_duration(result.seconds)} → {places}"
    )
    if result.rejected > 1:
        reason, count = next(iter(result.reasons.items()))
        say(f"  most common reason: {reason} ({count:,})")


def _s(n: int, word: str) -> str:
    return word if n == 1 else word + "s"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


# --- check -------------------------------------------------------------------------------------------------


@cli.command()
@click.argument("sources", nargs=-1, metavar="[FILE...]", type=click.Path(path_type=Path))
@_store_option
@click.option("--format", "format", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True)
@click.option(
    "--engine", type=click.Choice(["shacl", "pyshacl"]), default="shacl", show_default=True, help="SHACL engine."
)
@click.option("--lexicon", multiple=True, type=click.Path(path_type=Path), metavar="GENE_INFO", help="As for kg build.")
def check(sources: tuple[Path, ...], store: Path | None, format: str, engine: Any, lexicon: tuple[Path, ...]) -> int:
    """Hold records, RDF files or the store against the SHACL shapes.

    FILE is a record (.md), a folder of records, or an RDF file (.ttl, .nt, .jsonld, .nq, .trig); without one,
    the store is checked. Exits with 1 if anything is violated.
    """
    from kg.checking import check as run

    report = run(sources, store=store, engine=engine, lexicon=lexicon)
    if format == "json":
        _print_check_json(report)
    elif format == "turtle":
        from kg.shapes import report_graph

        click.echo(report_graph(report.results).serialize(format="turtle"), nl=False)
    else:
        _print_check(report)
    warnings = len(report.findings) - report.violations
    counts = ((report.records, "record"), (report.violations, "violation"), (warnings, "warning"))
    say(", ".join(f"{n:,} {_s(n, word)}" for n, word in counts))
    return 0 if report.conforms else 1


def _print_check(report: Report) -> None:
    before = None
    for finding in report.findings:
        if finding.record != before:
            click.echo(finding.record)
            before = finding.record
        value = repr(finding.value[:80]) if finding.value else ""
        where = f"  [{finding.file}, {finding.shape.rpartition('#')[2]}]" if finding.shape else ""
        kind = "warning: " if finding.severity == "warning" else ""
        click.echo(f"  {finding.field or 'record'}  {value}{'  ' if value else ''}{kind}{finding.message}{where}")
        if finding.advice:
            click.echo(f"      {finding.advice}")


def _print_check_json(report: Report) -> None:
    import json

    document = {
        "conforms": report.conforms,
        "records": report.records,
        "findings": [finding._asdict() for finding in report.findings],
    }
    click.echo(json.dumps(document, indent=1, ensure_ascii=False))


# --- query -------------------------------------------------------------------------------------------------


class _Questions(click.Group):
    """The catalogue as subcommands, each made from its query's header."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from kg.catalogue import catalogue

        return list(catalogue())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from kg.catalogue import get

        return _question(get(cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from kg.catalogue import catalogue

        with formatter.section("Questions"):
            formatter.write_dl([(name, query.title) for name, query in catalogue().items()])


@cli.group(cls=_Questions, invoke_without_command=True, subcommand_metavar="[NAME [ARG...]]")
@click.pass_context
def query(context: click.Context) -> None:
    """Ask a stored question; without a name, list them. kg query NAME --help tells its arguments and columns."""
    if context.invoked_subcommand is None:
        from kg.catalogue import catalogue

        for name, stored in catalogue().items():
            arguments = " ".join(p.name.upper() + ("..." if p.many else "") for p in stored.params)
            click.echo(f"  {name} {arguments}".ljust(48) + f" {stored.title}")


def _question(stored: StoredQuery) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(
            ["arguments"], nargs=-1, metavar=" ".join(p.name.upper() + ("..." if p.many else "") for p in stored.params)
        )
        if stored.params
        else click.Argument(["arguments"], nargs=-1, metavar="")
    ]
    if "tier" in stored.options:
        default = "specific evidence" if stored.counts else "all"
        parameters.append(
            click.Option(
                ["--tier"],
                type=click.Choice(["symbol", "synonym", "family", "keyword", "all"]),
                help=f"Evidence of that tier or better [default: {default}].",
            )
        )
        parameters.append(
            click.Option(["--specific"], is_flag=True, help="Symbols, and synonyms that mean one gene alone.")
        )
    if "organism" in stored.options:
        parameters.append(
            click.Option(
                ["--organism"], help="What symbols mean, and what is counted: a name, or any [default: human]."
            )
        )
    parameters += [
        click.Option(["--limit"], type=click.IntRange(min=0), help="Most rows [default: all]."),
        _format_option(TABLE_FORMATS),
        click.Option(
            ["--store"],
            type=click.Path(path_type=Path),
            envvar="KG_STORE",
            show_envvar=True,
            help="The store [default: kg.store].",
        ),
    ]

    def run(arguments: tuple[str, ...], limit: int | None, format: Any, store: Path | None, **options: Any) -> None:
        from kg.answer import Options, answer

        result = answer(stored.name, arguments, Options(limit=limit, **options), store=store)
        for note in result.notes:
            say(f"  {note}")
        _print_table(result.shown.short if format == "table" else result.shown.full, format)
        step = f". {result.shown.next_step}" if result.shown.next_step else ""
        say(f"  {result.shown.summary}{step}")

    example = " ".join(["kg query", stored.name, *(e for p in stored.params for e in p.example)])
    columns = "\n".join(f"{name}: {meaning}" for name, meaning in stored.columns.items())
    arguments = "\n".join(f"{p.name.upper()}: {p.help}" for p in stored.params)
    told = f"{arguments}\n\n\b\n" if arguments else ""
    return click.Command(
        stored.name,
        params=parameters,
        callback=run,
        help=f"{stored.title}.\n\n{stored.description}\n\n\b\n{told}Example: {example}\n\n\b\nColumns:\n{columns}",
    )


def _format_option(formats: Sequence[str]) -> click.Option:
    return click.Option(
        ["--format"], type=click.Choice(formats), default="table", show_default=True, help="How to print."
    )


def _print_table(table: Table, format: Any) -> None:
    from kg.results import write

    write(table, format, _stdout(format), width=_terminal_width())


def _stdout(format: str) -> TextIO:
    """Where to write: the W3C formats are UTF-8 whatever the terminal, and know their own line ends."""
    if format != "table" and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout


def _terminal_width() -> int | None:
    if not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


# --- sparql, show, stats, export -----------------------------------------------------------------------------


@cli.command()
@click.argument("text", metavar="TEXT|FILE|-")
@_store_option
@click.option(
    "--format",
    "format",
    type=click.Choice([*TABLE_FORMATS, *GRAPH_FORMATS]),
    help="How to print [default: table, or turtle for graphs].",
)
def sparql(text: str, store: Path | None, format: Any) -> None:
    """Run a SPARQL query on the store: SELECT, ASK, CONSTRUCT or DESCRIBE.

    The prefixes of the graph (schema:, oa:, kg:, ncbigene: …) need not be declared.
    """
    import pyoxigraph

    from kg.answer import columns, graph, rows, run
    from kg.dump import Document, fragment
    from kg.results import Table, write_boolean, write_rows
    from kg.store import open_store
    from kg.terms import statement

    found = run(open_store(store), _query_text(text))
    if isinstance(found, pyoxigraph.QueryTriples):
        chosen: Any = format or "turtle"
        if chosen not in GRAPH_FORMATS:
            raise UsageError(f"CONSTRUCT and DESCRIBE give a graph: --format {', '.join(GRAPH_FORMATS)}")
        document = Document(chosen)
        triples = fragment(map(statement, graph(found)), chosen)
        sys.stdout.buffer.write(document.header() + document.join(triples) + document.footer())
        return
    chosen = format or "table"
    if chosen not in TABLE_FORMATS:
        raise UsageError(f"SELECT and ASK give a table: --format {', '.join(TABLE_FORMATS)}")
    if isinstance(found, pyoxigraph.QueryBoolean):
        write_boolean(bool(found), chosen, _stdout(chosen))
    elif chosen == "table":
        _print_table(Table(columns(found), list(rows(found))), chosen)
    else:
        write_rows(columns(found), rows(found), chosen, _stdout(chosen))


def _query_text(text: str) -> str:
    """The query that an argument stands for: itself, the content of a file, or of stdin."""
    try:
        if text == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        if text.endswith((".rq", ".sparql")) or _is_file(text):
            return Path(text).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{text}: cannot be read: it is not UTF-8") from None
    except OSError as error:
        raise UsageError(f"{text}: cannot be read: {error.strerror}") from None
    return text


def _is_file(text: str) -> bool:
    try:
        return "{" not in text and Path(text).is_file()
    except (OSError, ValueError):  # no name that a file can have
        return False


@cli.command()
@click.argument("thing", metavar="ID")
@click.option("--organism", help="What a symbol means: a name, or any [default: human].")
@_store_option
def show(thing: str, organism: str | None, store: Path | None) -> None:
    """One figure, paper or gene, for a person: ID is a figid, PMC id, DOI, symbol, CURIE or IRI."""
    from kg.results import printable
    from kg.show import show as run

    sheet, notes = run(thing, organism=organism, store=store)
    for note in notes:
        say(f"  {note}")
    for line in sheet.head:
        click.echo(printable(line))
    _print_table(sheet.table, "table")
    for line in sheet.foot:
        click.echo(printable(line))


@cli.command()
@_store_option
@click.option("--format", "format", type=click.Choice([*TABLE_FORMATS, "void"]), default="table", show_default=True)
def stats(store: Path | None, format: Any) -> None:
    """What the graph holds: a table of counts, or a VoID description (Turtle)."""
    from kg import stats as module

    if format == "void":
        click.echo(module.void(store=store).serialize(format="turtle"), nl=False)
    else:
        _print_table(module.table(store=store), format)


@cli.command()
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="File: .ttl, .jsonld, .nt, .nq or .trig (.gz, .zst).",
)
@_store_option
def export(output: Path, store: Path | None) -> None:
    """Write the whole graph to an RDF file; its ending says the format."""
    from kg.exporting import export as run

    count = run(output, store=store)
    say(f"  {count:,} triples → {output}")
