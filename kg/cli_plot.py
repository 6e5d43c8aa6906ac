"""``kg plot``: answers where people would rather look; each command is data (`kg.plotdata`), drawn (`kg.plotting`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.terminal import completion_items, say, store_option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from kg.plotdata import Network, Overlap, Years


@click.group()
def plot() -> None:
    """Draw an answer: PNG, SVG, or an HTML page with its numbers (needs the extra "plot").

    \b
    kg plot network JAK2 -o jak2.svg                        genes seen together with a gene
    kg plot years JAK2 STAT3 -o years.png                   figures per year
    kg plot overlap mine=@genes.txt PMC1__f1 -o lists.html  what gene lists and figures share
    """


def _genes(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return completion_items("gene", incomplete, context.params.get("store"))


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What all plots take."""
    for option in (
        store_option,
        click.option("--organism", help="What symbols mean, and what is counted: a name, or any [default: human]."),
        click.option(
            "--tier",
            type=click.Choice(["symbol", "synonym", "family", "keyword", "all"]),
            help="Evidence of that tier or better [default: specific evidence].",
        ),
        click.option(
            "-o", "--output", required=True, type=click.Path(path_type=Path), help="File: .png, .svg or .html."
        ),
    ):
        command = option(command)
    return command


@plot.command()
@click.argument("gene", metavar="GENE", shell_complete=_genes)
@click.option(
    "--genes", "most", type=click.IntRange(1, 60), default=20, show_default=True, help="Most genes around it."
)
@_options
def network(gene: str, most: int, output: Path, tier: str | None, organism: str | None, store: Path | None) -> None:
    """Genes most seen together with GENE, and with one another, as a network.

    Lines are pairs that two different matches name in a figure, none of them in doubt.
    """
    from kg.arguments import Options
    from kg.plotdata import network as data

    _save(lambda: data(gene, Options(tier=tier, organism=organism), most=most, store=store), output)


@plot.command()
@click.argument("genes", metavar="GENE...", nargs=-1, required=True, shell_complete=_genes)
@click.option("--min-score", type=click.FloatRange(0, 1), help="Figures of that pathway score or more.")
@click.option("--since", type=click.IntRange(0, 9999), help="Figures of papers of that year or later.")
@click.option("--until", type=click.IntRange(0, 9999), help="Figures of papers of that year or before.")
@_options
def years(genes: tuple[str, ...], output: Path, store: Path | None, **options: Any) -> None:
    """Figures per year of the paper that name each GENE."""
    from kg.arguments import Options
    from kg.plotdata import years as data

    _save(lambda: data(genes, Options(**options), store=store), output)


@plot.command()
@click.argument("lists", metavar="LIST...", nargs=-1, required=True)
@_options
def overlap(lists: tuple[str, ...], output: Path, tier: str | None, organism: str | None, store: Path | None) -> None:
    """What gene lists share, as an UpSet plot.

    A LIST is @FILE (a name a line), or a figure, whose genes are meant. NAME=@FILE and NAME=FIGURE say what to call it.
    """
    from kg.arguments import Options
    from kg.plotdata import overlap as data

    _save(lambda: data(lists, Options(tier=tier, organism=organism), store=store), output)


def _save(data: Callable[[], Network | Years | Overlap], output: Path) -> None:
    from kg.plotting import check, save

    check(output)  # before a long answer
    made = data()
    for note in made.notes:
        say(f"  {note}")
    save(made, output)
    say(f"  {made.title}: {made.evidence} → {output}")
