"""``kg search``: full text, for a person or as JSON."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.terminal import progress_bar, say, stdout, store_option

if TYPE_CHECKING:
    from kg.searching import Hit, Results

_KINDS = ("gene", "figure", "paper", "organism", "chemical", "disease")


@click.command()
@click.argument("text", nargs=-1, required=True, metavar="TEXT...")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only these; repeat for several.")
@click.option("--organism", help="Only what has to do with this organism; symbols mean its genes.")
@click.option("--year", help="Only of these years: 2020, 2015-2020, 2015- or -2020.")
@click.option("--gene", help="Only figures that mention this gene, and their papers.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Most hits.")
@click.option("--format", "format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@store_option
def search(
    text: tuple[str, ...],
    kinds: tuple[str, ...],
    organism: str | None,
    year: str | None,
    gene: str | None,
    limit: int,
    format: str,
    store: Path | None,
) -> None:
    """Find figures, papers, genes, organisms, chemicals and diseases by their texts.

    Titles, captions, words of figures, papers and names are looked through; all words must be found, "in quotes" one
    after the other. Greek letters and their names are the same: TGF-β, TGFβ, TGF-beta and TGFbeta find the same, in the
    same order, and after it what has TGF-B or TGFB, as letters are often read; TGFB finds it the other way round. A
    mistyped word finds the nearest. The first search of a store makes its index.

    \b
    kg search TGF-beta1 fibrosis
    kg search '"wnt signaling"' --gene CTNNB1 --year 2015-
    """
    from kg.fulltext import index_path, is_made
    from kg.results import printable
    from kg.searching import search as run

    if not is_made(store):
        say("  making the search index, once for each build …")
        with progress_bar("steps") as progress:
            index_path(store, progress)
    found = run(
        " ".join(text), kinds=kinds, organism=organism, year=year, gene=gene, limit=limit, offset=0, store=store
    )
    for note in found.notes:
        say(f"  {note}")
    if format == "json":
        _print_json(found)
    else:
        for hit in found.hits:
            _print(hit)
        more = f"; the first {len(found.hits):,} are shown" if len(found.hits) < found.total else ""
        say(f"  {found.total:,} found{more}" if found.total else "  nothing found")
        if found.words:
            asked = shlex.join(["kg", "query", "figures-of-word", printable(found.words[0])])
            say(f"  what the word is taken for in figures: {asked}")


def _print(hit: Hit) -> None:
    from kg.results import printable

    many = f"{hit.figures:,} figure{'' if hit.figures == 1 else 's'}" if hit.kind != "figure" else ""
    # A detail that says the id again (a figure's, a chemical's) says nothing new.
    detail = hit.detail.replace(hit.id, "").strip()
    told = " · ".join(part for part in (hit.kind, hit.id, detail, many) if part)
    passage = "".join(click.style(printable(p.text), bold=True) if p.found else printable(p.text) for p in hit.passage)
    # The words are marked where they are: in the title, or in a part of another text below it.
    click.echo(passage if hit.where == "title" else printable(hit.title))
    click.echo(f"  {printable(told)}")
    if passage and hit.where != "title":
        click.echo(f"  {hit.where}: {passage}")


def _print_json(found: Results) -> None:
    import json

    hits = [
        hit._asdict() | {"passage": [{"text": piece.text, "found": piece.found} for piece in hit.passage]}
        for hit in found.hits
    ]
    said = {"total": found.total, "notes": found.notes, "words": found.words, "hits": hits}
    stdout("json").write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")
