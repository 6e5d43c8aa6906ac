"""``kg load``: the graph into a triple store that runs elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.terminal import progress_bar, say, store_option

# The names of `kg.presets`, which is not imported for --help of other commands; a test holds them together.
_PRESETS = ("oxigraph", "virtuoso", "fuseki", "graphdb", "qlever", "neptune")


@click.command()
@click.argument("endpoint", metavar="ENDPOINT")
@store_option
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Load this RDF file, not the store: .nt, .nq, .ttl, .trig, .jsonld, .rdf (.gz, .zst).",
)
@click.option("--preset", type=click.Choice(_PRESETS), help="Which server it is: its paths and limits are known.")
@click.option("--graph", metavar="IRI", help="Named graph to load into [default: the server's default graph].")
@click.option("--replace", is_flag=True, help="Make the graph hold these triples and no others.")
@click.option("--add", is_flag=True, help="Load into a graph that holds other triples, which stay.")
@click.option("--update-url", metavar="URL", help="Without a preset: where updates go [default: ENDPOINT].")
@click.option("--graphs-url", metavar="URL", help="Without a preset: where the Graph Store Protocol is spoken.")
@click.option(
    "--batch", type=click.IntRange(min=1), help="Most triples in one request [default: 50000, as the preset says]."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="Longest wait for one answer.",
)
def load(endpoint: str, store: Path | None, **options: Any) -> int:
    """Load the store, or an RDF file, into a running triple store.

    ENDPOINT is the server's address with --preset: http://127.0.0.1:7878 (oxigraph), http://127.0.0.1:8890 (virtuoso),
    http://HOST:3030/DATASET (fuseki), http://HOST:7200/repositories/NAME (graphdb), http://HOST:7001 (qlever),
    https://CLUSTER:8182 (neptune). Without one, it is the address for SPARQL queries.

    Login: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN, or ~/.netrc.

    Before and at the end the server counts, and the count must be right. Nothing is sent into a graph that holds
    something else, unless --add or --replace says what becomes of that. After a break, the same command sends what is
    missing.

    With --replace, the new graph is loaded aside and takes the place of the old one in one step, where the server can
    do that (not qlever, and not without a preset). Recipes for each server: docs/triple-stores.md.
    """
    from kg.loading import load as run

    source = options["source"]
    with progress_bar("triples") as progress:
        try:
            result = run(
                endpoint,
                # A file and a store exclude each other; the environment's store is no contradiction.
                store=_said(store) if source else store,
                progress=progress,
                notify=lambda text: say(f"  {text}"),
                **options,
            )
        except KeyboardInterrupt:
            say("kg: interrupted; the graph may hold a part. Run the same command again to complete it")
            return 130
    graph = f" graph {result.graph}" if result.graph else ""
    say(f"  {result.triples:,} triples loaded, {result.counted:,} counted there → {result.endpoint}{graph}")
    return 0


def _said(store: Path | None) -> Path | None:
    from click.core import ParameterSource

    source = click.get_current_context().get_parameter_source("store")
    return store if source is ParameterSource.COMMANDLINE else None
