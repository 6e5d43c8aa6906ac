"""Time every stored query inside one process, on a store that is open and warm.

    python bench/queries.py STORE [RUNS]

Prints JSON: a list of {query, arguments, rows, seconds} (or {query, error}), the slowest first. A query is asked with
the examples of its header; where the graph lacks such a thing, with the figure that mentions most genes besides
JAK2, or with its paper: the dearest choice that is easily found. Each is asked once before it is timed, in a process of
its own that is ended after `LONGEST` seconds: the engine has no time limit. A question that says of itself that it is
slow is asked once alone.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kg.answer import answer_with, ask_store
from kg.arguments import Options
from kg.catalogue import StoredQuery, catalogue
from kg.errors import KgError, NotInGraph
from kg.lookup import Ask
from kg.store import open_store

RICHEST = """
SELECT ?figure ?paper {
  { SELECT ?figure (COUNT(?gene) AS ?n) {
      ?figure schema:mentions <https://identifiers.org/ncbigene/3717> , ?gene } GROUP BY ?figure }
  ?figure schema:isPartOf ?paper
} ORDER BY DESC(?n) ?figure LIMIT 1
"""


LONGEST = 90.0
"""Seconds after which a question is given up."""


def main(place: Path, runs: int) -> list[dict[str, Any]]:
    """Time all stored queries on a store."""
    richest: dict[str, str] = {}
    for row in ask_store(open_store(place))(RICHEST).rows:
        richest = {"figure": getattr(row[0], "value", ""), "paper": getattr(row[1], "value", "")}
    found = [limited(place, query, richest, runs) for query in catalogue().values()]
    return sorted(found, key=lambda entry: -statistics.median(entry.get("seconds", [0.0])))


def limited(place: Path, query: StoredQuery, richest: Mapping[str, str], runs: int) -> dict[str, Any]:
    """One query, in a process that can be ended."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=asked, args=(place, query.name, dict(richest), runs, there))
    process.start()
    there.close()
    try:
        if here.poll(LONGEST):
            return dict(here.recv())
        return {"query": query.name, "error": f"not answered in {LONGEST:.0f} s"}
    except EOFError:
        return {"query": query.name, "error": "its process ended without an answer"}
    finally:
        process.kill()
        process.join()


def asked(place: Path, name: str, richest: Mapping[str, str], runs: int, there: Connection) -> None:
    """One query in this process; what was measured goes into the pipe."""
    there.send(timed(ask_store(open_store(place)), catalogue()[name], richest, runs))


def timed(ask: Ask, query: StoredQuery, richest: Mapping[str, str], runs: int) -> dict[str, Any]:
    """One query: first its examples, then the richest figure or paper."""
    try:
        try:
            return measured(ask, query, {}, runs)
        except NotInGraph:
            return measured(ask, query, richest, runs)
    except KgError as error:
        return {"query": query.name, "error": str(error)}


def measured(ask: Ask, query: StoredQuery, instead: Mapping[str, str], runs: int) -> dict[str, Any]:
    """Ask once to warm up, then ``runs`` times; ``instead``: type of a parameter to what to give for its example."""
    texts = {p: [instead[p.type]] if p.type in instead else list(p.example) for p in query.params}
    positional = [text for p in query.params if not p.option for text in texts[p]]
    options = Options(named={p.name: texts[p] for p in query.params if p.option and texts[p]})

    def once() -> int:
        return len(answer_with(ask, query, positional, options).table.rows)

    rows = once()
    said = [text for p in query.params for text in texts[p]]
    times = [clock(once) for _ in range(1 if query.slow else runs)]
    return {"query": query.name, "arguments": said, "rows": rows, "seconds": times, "slow": query.slow}


def clock(what: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)))
