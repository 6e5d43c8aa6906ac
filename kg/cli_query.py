"""``kg query``: the stored questions as commands, each made from its query's header."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kg.terminal import TABLE_FORMATS, asked, endpoint_options, format_option, print_table, say, store_option

if TYPE_CHECKING:
    from kg.catalogue import StoredQuery


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


@click.group("query", cls=_Questions, invoke_without_command=True, subcommand_metavar="[NAME [ARG...]]")
@store_option
@click.pass_context
def query(context: click.Context, store: Path | None) -> None:
    """Ask a stored question; without a name, list them. kg query NAME --help tells its arguments and columns."""
    context.obj = store  # for a question whose own --store is not given
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
        format_option(TABLE_FORMATS),
    ]

    @click.pass_context
    def run(
        context: click.Context,
        /,
        arguments: tuple[str, ...],
        limit: int | None,
        format: Any,
        store: Path | None,
        endpoint: str | None,
        graph: str | None,
        timeout: float | None,
        page_size: int | None,
        **options: Any,
    ) -> None:
        from kg.answer import Options, answer

        if context.get_parameter_source("store") is not ParameterSource.COMMANDLINE:
            store = context.obj  # kg query --store STORE NAME: said, and so before the environment's
        store, remote = asked(store, endpoint, graph, timeout, page_size)
        result = answer(stored.name, arguments, Options(limit=limit, **options), store=store, endpoint=remote)
        for note in result.notes:
            say(f"  {note}")
        print_table(result.shown.short if format == "table" else result.shown.full, format)
        step = f". {result.shown.next_step}" if result.shown.next_step else ""
        say(f"  {result.shown.summary}{step}")

    example = " ".join(["kg query", stored.name, *(e for p in stored.params for e in p.example)])
    columns = "\n".join(f"{name}: {meaning}" for name, meaning in stored.columns.items())
    arguments = "\n".join(f"{p.name.upper()}: {p.help}" for p in stored.params)
    told = f"{arguments}\n\n\b\n" if arguments else ""
    command = click.Command(
        stored.name,
        params=parameters,
        callback=run,
        help=f"{stored.title}.\n\n{stored.description}\n\n\b\n{told}Example: {example}\n\n\b\nColumns:\n{columns}",
    )
    return store_option(endpoint_options(command))
