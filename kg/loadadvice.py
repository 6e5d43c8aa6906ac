"""What to do if a server does not take a load: which preset it goes with, and the command to type."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from kg import vocab
from kg.presets import PRESETS, base_url, recognised


def advice(
    url: str,
    headers: Mapping[str, str],
    *,
    preset: str | None,
    update: str,
    graph: str | None,
    options: Mapping[str, str | Path | bool | None],
) -> str:
    """Lines to follow an error, none if the preset seems to be the right one.

    ``headers`` are those of an answer, ``update`` is where updates went, ``options`` what else the command was given.
    """
    found = recognised(url, headers)
    if found is None:
        return "" if preset else _other(update)
    if found == preset:
        return ""
    known = PRESETS[found]
    words = ["kg", "load", base_url(url, known), "--preset", found]
    if graph or known.needs_graph:
        words += ["--graph", graph or vocab.DATASET]
    for name, value in options.items():
        if value:
            words += [name] if value is True else [name, str(value)]
    said = headers.get("Server", "").split(" ")[0][:100]
    who = f"The server says that it is {said}" if said else f"This looks like {known.title}"
    return f"\n  {who}. With its preset, it is asked at the right places:\n  {shlex.join(words)}"


def _other(update: str) -> str:
    return (
        f"\n  Without --preset, updates go to {update}. If the server takes them elsewhere, say so with --update-url,\n"
        "  and with --graphs-url where it speaks the Graph Store Protocol; or name it with --preset: "
        f"{', '.join(PRESETS)}"
    )
