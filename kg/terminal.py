"""What all commands share: the streams that they write to, and the options that several of them take."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from click.core import ParameterSource

from kg.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.catalogue import ParamType
    from kg.remote import Endpoint
    from kg.results import Table

C = TypeVar("C", bound=Callable[..., Any] | click.Command)

COMPLETE = "_KG_COMPLETE"
"""Environment variable by which a shell asks what could come next, as click has it: ``bash_complete``, …"""
TABLE_FORMATS = ("table", "csv", "tsv", "json", "xml")


def say(text: str) -> None:
    """A line to stderr, without characters that steer a terminal."""
    click.echo("".join(ch if ch.isprintable() or ch == "\n" else "\N{REPLACEMENT CHARACTER}" for ch in text), err=True)


def prepare_streams() -> None:
    """See to it that there is a stdout, and that a character which the terminal lacks is no error."""
    if sys.stdout is None:  # closed by the caller: >&-
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def drop_stdout() -> None:
    """Let what is still to be written go nowhere: Python would complain when it flushes stdout at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar of how many of ``what`` are done, of how many; None if there is no terminal to draw it on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many in a second; nothing before that is known."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (f"  {what}", BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    # Drawn when something is done, not by a thread of its own: see `kg.processes`.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None, refresh=True)


def store_option(command: C) -> C:
    """``--store``, or the environment's."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        envvar="KG_STORE",
        show_envvar=True,
        help="The store [default: kg.store].",
    )(command)


def endpoint_options(command: C) -> C:
    """``--endpoint`` and what belongs to it; `asked` makes one of them."""
    options = (
        click.option(
            "--endpoint",
            metavar="URL",
            help="Ask this SPARQL endpoint, not the store. Login: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or "
            "KG_ENDPOINT_TOKEN, or ~/.netrc.",
        ),
        click.option("--graph", metavar="IRI", help="The endpoint's named graph to ask [default: its default graph]."),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="Longest wait for one answer of the endpoint [default: 60].",
        ),
        click.option(
            "--page-size",
            type=click.IntRange(min=1),
            metavar="ROWS",
            help="Most rows to ask the endpoint for at once [default: 10000].",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def asked(
    store: Path | None, endpoint: str | None, graph: str | None, timeout: float | None, page_size: int | None
) -> tuple[Path | None, Endpoint | None]:
    """The store or the endpoint that a command is to ask. Raises UsageError for options that do not fit together."""
    if endpoint is None:
        for name, value in (("--graph", graph), ("--timeout", timeout), ("--page-size", page_size)):
            if value is not None:
                raise UsageError(f"{name} is about an endpoint: say which with --endpoint URL")
        return store, None
    context: click.Context | None = click.get_current_context()
    while context is not None:  # the environment's store is no contradiction
        if context.get_parameter_source("store") is ParameterSource.COMMANDLINE:
            raise UsageError("--store and --endpoint exclude each other: one of them is asked")
        context = context.parent
    from kg.remote import PAGE_SIZE, TIMEOUT, Endpoint

    return None, Endpoint(
        endpoint,
        graph=graph,
        timeout=timeout or TIMEOUT,
        page_size=page_size or PAGE_SIZE,
        notify=lambda text: say(f"  {text}"),
    )


def format_option(formats: Sequence[str]) -> click.Option:
    """``--format``, a table for a person by default."""
    return click.Option(
        ["--format"], type=click.Choice(formats), default="table", show_default=True, help="How to print."
    )


def completion_items(kind: ParamType, incomplete: str, store: Path | None) -> list[CompletionItem]:
    """What the store has of a kind that starts so, for the shell that asks."""
    from click.shell_completion import CompletionItem

    from kg.completion import completions

    # Bash takes what it is offered as it is: a name of two words would be two arguments.
    in_bash = os.environ.get(COMPLETE, "").startswith("bash")
    return [
        CompletionItem(re.sub(r"([^\w@%+=:,./-])", r"\\\1", text) if in_bash else text, help=told)
        for text, told in completions(kind, incomplete, store=store)
    ]


def print_table(table: Table, format: Any) -> None:
    """A table to stdout, in one of `TABLE_FORMATS`; for a person, as wide as the terminal."""
    from kg.results import write

    write(table, format, stdout(format), width=_terminal_width())


def stdout(format: str) -> TextIO:
    """Where to write: the W3C formats are UTF-8 whatever the terminal, and know their own line ends."""
    if format != "table" and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout


def _terminal_width() -> int | None:
    if not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns
