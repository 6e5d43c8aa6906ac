"""The command line: parse, call, print, exit code. Nothing is imported before a command needs it.

Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 the data did not pass, 2 wrong usage or
input that cannot be read, 3 could not run (store, endpoint, disk).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kg import __version__
from kg.cli_build import build, check
from kg.cli_load import load
from kg.cli_plot import plot
from kg.cli_query import query
from kg.cli_search import search
from kg.cli_serve import serve
from kg.errors import KgError, UsageError
from kg.terminal import (
    COMPLETE,
    TABLE_FORMATS,
    asked,
    completion_items,
    drop_stdout,
    endpoint_options,
    prepare_streams,
    print_table,
    say,
    stdout,
    store_option,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from pyoxigraph import Triple

    from kg.catalogue import ParamType
    from kg.results import Row

GRAPH_FORMATS = ("turtle", "jsonld", "ntriples")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    prepare_streams()
    completing = os.environ.get(COMPLETE)
    try:
        code = cli.main(arguments, prog_name="kg", standalone_mode=False)
        sys.stdout.flush()
    except KgError as error:
        if completing:
            sys.exit(0)  # nothing to offer; a message would stand in the line that is being typed
        say(f"kg: {error}")
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        say("kg: interrupted; the store is as it was")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (BrokenPipeError, SystemExit) as error:  # the latter is how click answers a closed pipe
        if completing and isinstance(error, SystemExit):  # or ends what a shell asks of it
            raise
        # The reader (head, less) has enough.
        drop_stdout()
        sys.exit(141)
    except OSError as error:
        drop_stdout()
        say(f"kg: {error.filename or 'the output'}: cannot be written: {error.strerror or error}")
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)


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


for _command in (build, check, query, search, plot, load, serve):
    cli.add_command(_command)


@cli.command()
@click.argument("text", metavar="TEXT|FILE|-")
@store_option
@endpoint_options
@click.option(
    "--format",
    "format",
    type=click.Choice([*TABLE_FORMATS, *GRAPH_FORMATS]),
    help="How to print [default: table, or turtle for graphs].",
)
def sparql(text: str, format: Any, store: Path | None, **endpoint: Any) -> None:
    """Run a SPARQL query on the store or an endpoint: SELECT, ASK, CONSTRUCT or DESCRIBE.

    The prefixes of the graph (schema:, oa:, kg:, ncbigene: …) need not be declared.
    """
    import pyoxigraph

    from kg.answer import columns, graph, rows, run
    from kg.results import Table
    from kg.store import open_store

    query = _query_text(text)
    store, remote = asked(store, **endpoint)
    if remote is not None:
        found = remote.run(query)
        if isinstance(found, Table):
            _print_rows(found.columns, found.rows, format)
        elif isinstance(found, bool):
            _print_boolean(found, format)
        else:
            _print_graph(found, format)
        return
    local = run(open_store(store), query)
    if isinstance(local, pyoxigraph.QueryTriples):
        _print_graph(graph(local), format)
    elif isinstance(local, pyoxigraph.QueryBoolean):
        _print_boolean(bool(local), format)
    else:
        _print_rows(columns(local), rows(local), format)


def _print_graph(triples: Iterable[Triple], format: Any) -> None:
    from kg.dump import Document, fragment
    from kg.terms import statement

    chosen: Any = format or "turtle"
    if chosen not in GRAPH_FORMATS:
        raise UsageError(f"CONSTRUCT and DESCRIBE give a graph: --format {', '.join(GRAPH_FORMATS)}")
    document = Document(chosen)
    piece = fragment(map(statement, triples), chosen)
    sys.stdout.buffer.write(document.header() + document.join(piece) + document.footer())


def _print_boolean(value: bool, format: Any) -> None:
    from kg.results import write_boolean

    chosen = _table_format(format)
    write_boolean(value, chosen, stdout(chosen))


def _print_rows(columns: Sequence[str], rows: Iterable[Row], format: Any) -> None:
    from kg.results import Table, write_rows

    chosen = _table_format(format)
    if chosen == "table":
        print_table(Table(tuple(columns), list(rows)), chosen)
    else:
        write_rows(columns, rows, chosen, stdout(chosen))


def _table_format(format: Any) -> Any:
    if format in GRAPH_FORMATS:
        raise UsageError(f"SELECT and ASK give a table: --format {', '.join(TABLE_FORMATS)}")
    return format or "table"


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


def _things(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What `show` is offered while one types: figures of a paper, or genes."""
    kind: ParamType = "figure" if incomplete.upper().startswith("PMC") else "gene"
    return completion_items(kind, incomplete, context.params.get("store"))


@cli.command()
@click.argument("thing", metavar="ID", shell_complete=_things)
@click.option("--organism", help="What a symbol means: a name, or any [default: human].")
@store_option
@endpoint_options
def show(thing: str, organism: str | None, store: Path | None, **endpoint: Any) -> None:
    """One thing, for a person: ID is a figid, PMC id, DOI, symbol, CURIE or IRI.

    It can be a figure, paper, gene, chemical, disease or organism.
    """
    from kg.results import printable
    from kg.show import show as run

    store, remote = asked(store, **endpoint)
    sheet, notes = run(thing, organism=organism, store=store, endpoint=remote)
    for note in notes:
        say(f"  {note}")
    for line in sheet.head:
        click.echo(printable(line))
    print_table(sheet.table, "table")
    for line in sheet.foot:
        click.echo(printable(line))


@cli.command()
@store_option
@click.option("--format", "format", type=click.Choice([*TABLE_FORMATS, "void"]), default="table", show_default=True)
def stats(store: Path | None, format: Any) -> None:
    """What the graph holds: a table of counts, or a VoID description (Turtle)."""
    from kg import stats as module

    if format == "void":
        click.echo(module.void(store=store).serialize(format="turtle"), nl=False)
    else:
        print_table(module.table(store=store), format)


@cli.command()
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="File: .ttl, .jsonld, .nt, .nq or .trig (.gz, .zst).",
)
@store_option
def export(output: Path, store: Path | None) -> None:
    """Write the whole graph to an RDF file; its ending says the format."""
    from kg.exporting import export as run

    count = run(output, store=store)
    say(f"  {count:,} triples → {output}")
