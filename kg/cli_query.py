"""``kg query``: the stored questions as commands, each made from its query's header."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kg.terminal import (
    TABLE_FORMATS,
    asked,
    completion_items,
    endpoint_options,
    format_option,
    print_table,
    say,
    store_option,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.catalogue import Folders, Param, StoredQuery


class _Questions(click.Group):
    """The catalogue as subcommands, each made from its query's header."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from kg.catalogue import catalogue

        return list(catalogue(_folders(ctx)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from kg.catalogue import get

        return _question(get(cmd_name, _folders(ctx)))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from kg.catalogue import catalogue

        with formatter.section("Questions"):
            formatter.write_dl([(name, query.title) for name, query in catalogue(_folders(ctx)).items()])


def _folders(context: click.Context) -> Folders:
    from kg.catalogue import user_folders

    return user_folders(context.params.get("queries") or ())


@click.group("query", cls=_Questions, invoke_without_command=True, subcommand_metavar="[NAME [ARG...]]")
@store_option
@click.option(
    "--queries",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A folder with questions of your own (.rq files), as well [default: those of KG_QUERIES].",
)
@click.option(
    "--export",
    type=(click.Choice(["sib", "grlc", "wikipathways"]), click.Path(path_type=Path)),
    metavar="FORM DIR",
    help="Write the questions as others keep theirs: sib (sparql-examples), grlc or wikipathways.",
)
@click.option("--target", metavar="URL", help="Endpoint that exported questions are for [default: that of kg serve].")
@click.pass_context
def query(
    context: click.Context,
    store: Path | None,
    queries: tuple[Path, ...],
    export: tuple[Any, Path] | None,
    target: str | None,
) -> None:
    """Ask a stored question; without a name, list them. kg query NAME --help tells its arguments and columns."""
    context.obj = store  # for a question whose own --store is not given
    if export is not None:
        _export(context, *export, target)
    elif target is not None:
        raise click.UsageError("--target goes with --export")
    elif context.invoked_subcommand is None:
        from kg.catalogue import catalogue

        found = catalogue(_folders(context))
        heads = {name: f"{name} {_usage(stored)}".rstrip() for name, stored in found.items()}
        for category in dict.fromkeys(stored.category for stored in found.values()):
            click.echo(category)
            for name, stored in found.items():
                if stored.category == category:
                    click.echo(f"  {heads[name].ljust(max(map(len, heads.values())))}  {stored.title}")


def _export(context: click.Context, form: Any, folder: Path, target: str | None) -> None:
    from kg.catalogue import catalogue
    from kg.exchange import TARGET, write

    if context.invoked_subcommand is not None:
        raise click.UsageError("--export writes all questions: it takes no NAME")
    count = write(form, folder, catalogue(_folders(context)).values(), target or TARGET)
    say(f"  {count:,} questions → {folder}")


def _usage(stored: StoredQuery) -> str:
    """Arguments of a question as they are typed; those with a default in brackets."""
    shown = (p.name.upper() + ("..." if p.many else "") for p in stored.params if not p.option)
    defaults = (bool(p.default) for p in stored.params if not p.option)
    return " ".join(f"[{name}]" if default else name for name, default in zip(shown, defaults, strict=True))


def _question(stored: StoredQuery) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(["arguments"], nargs=-1, metavar=_usage(stored), shell_complete=_completed(stored))
    ]
    parameters += [_named(param) for param in stored.params if param.option]
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
    if "figures" in stored.options:
        parameters += [
            click.Option(["--min-score"], type=click.FloatRange(0, 1), help="Figures of that pathway score or more."),
            click.Option(["--since"], type=click.IntRange(0, 9999), help="Figures of papers of that year or later."),
            click.Option(["--until"], type=click.IntRange(0, 9999), help="Figures of papers of that year or before."),
        ]
    if stored.why:
        parameters.append(
            click.Option(["--why"], is_flag=True, help="Each mention behind the answer: word, match, lexicon, gene.")
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
        format: Any,
        store: Path | None,
        endpoint: str | None,
        graph: str | None,
        timeout: float | None,
        page_size: int | None,
        **options: Any,
    ) -> None:
        from kg.answer import answer
        from kg.arguments import Options

        if context.get_parameter_source("store") is not ParameterSource.COMMANDLINE:
            store = context.obj  # kg query --store STORE NAME: said, and so before the environment's
        named = {p.name: _list(options.pop(_python_name(p))) for p in stored.params if p.option}
        queries = context.parent.params.get("queries", ()) if context.parent else ()
        store, remote = asked(store, endpoint, graph, timeout, page_size)
        result = answer(
            stored.name, arguments, Options(**options, named=named), store=store, endpoint=remote, queries=queries
        )
        for note in result.notes:
            say(f"  {note}")
        print_table(result.shown.short if format == "table" else result.shown.full, format)
        step = f". {result.shown.next_step}" if result.shown.next_step else ""
        say(f"  {result.shown.summary}{step}")

    example = " ".join(["kg query", stored.name, *stored.example])
    columns = "\n".join(f"{name}: {meaning}" for name, meaning in stored.columns.items())
    if stored.shows:
        columns = f"{stored.shows[0].upper()}{stored.shows[1:]}\n\n\b\nColumns of the query file:\n{columns}"
    arguments = "\n".join(_told(p) for p in stored.params if not p.option)
    slow = f"\n\nSlow on a large graph: {stored.slow}." if stored.slow else ""
    told = f"{arguments}\n\n\b\n" if arguments else ""
    command = click.Command(
        stored.name,
        params=parameters,
        callback=run,
        help=f"{stored.title}.\n\n{stored.description}{slow}\n\n\b\n{told}Example: {example}\n\n\b\nColumns:\n"
        + columns,
    )
    return store_option(endpoint_options(command))


def _told(param: Param) -> str:
    default = f" [default: {' '.join(param.default)}]" if param.default else ""
    many = "; @FILE for a list in a file" if param.many else ""
    return f"{param.name.upper()}: {param.help}{many}{default}"


def _python_name(param: Param) -> str:
    return param.name.replace("-", "_")


def _named(param: Param) -> click.Option:
    help = _told(param).partition(": ")[2]
    return click.Option(
        [f"--{param.name}"],
        multiple=param.many,
        metavar=param.type.upper(),
        help=help[0].upper() + help[1:] + ".",
        shell_complete=_completed_option(param),
    )


def _list(value: Any) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _completed(stored: StoredQuery) -> Any:
    """Shell completion of a question's arguments: what the store has of the kind that comes next."""

    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        typed = context.params.get("arguments") or ()
        positional = [param for param in stored.params if not param.option]
        if not positional or (len(typed) >= len(positional) and not positional[-1].many):
            return []
        kind = positional[min(len(typed), len(positional) - 1)].type
        return completion_items(kind, incomplete, _store(context))

    return complete


def _store(context: click.Context) -> Path | None:
    """The store of a command line that is being typed: no command has run yet."""
    if context.get_parameter_source("store") is not ParameterSource.COMMANDLINE and context.parent:
        context = context.parent
    store: Path | None = context.params.get("store")
    return store


def _completed_option(param: Param) -> Any:
    def complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return completion_items(param.type, incomplete, _store(context))

    return complete
