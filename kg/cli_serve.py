"""``kg serve``: the store as a SPARQL endpoint and as pages."""

from __future__ import annotations

from pathlib import Path

import click

from kg.terminal import say, store_option


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port; 0 for a free one.")
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="A name that a proxy asks for this server by (the Host header); repeat for several.",
)
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Seconds of a query.")
@click.option("--max-rows", type=click.IntRange(1), default=100_000, show_default=True, help="Rows of an answer.")
@click.option("--max-size", type=click.IntRange(1), default=50, show_default=True, help="Megabytes of an answer.")
@click.option(
    "--queries",
    type=click.IntRange(1, 256),
    default=4,
    show_default=True,
    help="Queries at once; half as many may be long.",
)
@click.option(
    "--memory", type=click.IntRange(128), default=2048, show_default=True, help="Megabytes of a query's process."
)
@click.option("--log", is_flag=True, help="A line to stderr for each request, in the Common Log Format.")
@store_option
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    timeout: float,
    max_rows: int,
    max_size: int,
    queries: int,
    memory: int,
    log: bool,
    store: Path | None,
) -> None:
    """Serve the store over HTTP, read-only: pages for people, and SPARQL 1.1 at /sparql.

    Needs the extra: pip install 'pathway-figure-kg[serve]'. Whoever puts it before others does so behind a proxy, whose
    name for it is given by --allow-host. A query that takes too long, or whose answer is too large, is stopped; Ctrl-C
    or SIGTERM ends the server.
    """
    from kg.errors import CannotRun
    from kg.fulltext import is_made
    from kg.store import default_path, open_store

    try:
        from kg.web.app import Sizes
        from kg.web.endpoint import Limits
        from kg.web.server import Address, Told, serve
        from kg.web.worker import Setup
    except ImportError as error:
        raise CannotRun(f"kg serve needs the extra (no {error.name}): pip install 'pathway-figure-kg[serve]'") from None
    place = store or default_path()
    open_store(place)  # says what is wrong, before anything is started
    if not is_made(place):
        say("  making the search index, once for each build …")
    limits = Limits(max_rows, max_size * 1_000_000, timeout)
    serve(
        Address(host, port, names),
        Setup(str(place.absolute()), limits, memory),
        Sizes(queries, pages=2),
        Told(
            waiting=lambda: say("  reading ahead, so that the first pages come as soon as later ones …"),
            ready=lambda url: say(f"  {place} at {url} (Ctrl-C stops)"),
        ),
        log=log,
    )
