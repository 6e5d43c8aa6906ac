"""Time every stored query inside one process, on a store that is open and warm.

    python bench/queries.py STORE [RUNS]

Prints JSON: a list of {query, arguments, rows, seconds} (or {query, error}), the slowest first. A query is asked with
the examples of its header; where the graph lacks such a thing, with the figure that mentions most genes besides
JAK2, or with its paper: the dearest choice that is easily found. Each is asked once before it is timed.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
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


def main(place: Path, runs: int) -> list[dict[str, Any]]:
    """Time all stored queries on a store."""
    ask = ask_store(open_store(place))
    richest: dict[str, str] = {}
    for row in ask(RICHEST).rows:
        richest = {"figure": getattr(row[0], "value", ""), "paper": getattr(row[1], "value", "")}
    found = [timed(ask, query, richest, runs) for query in catalogue().values()]
    return sorted(found, key=lambda entry: -statistics.median(entry.get("seconds", [0.0])))


def timed(ask: Ask, query: StoredQuery, richest: dict[str, str], runs: int) -> dict[str, Any]:
    """One query: first its examples, then the richest figure or paper."""
    examples = [text for param in query.params for text in param.example]
    others = [
        text for param in query.params for text in ([richest[param.type]] if param.type in richest else param.example)
    ]
    try:
        try:
            return measured(ask, query, examples, runs)
        except NotInGraph:
            return measured(ask, query, others, runs)
    except KgError as error:
        return {"query": query.name, "error": str(error)}


def measured(ask: Ask, query: StoredQuery, arguments: Sequence[str], runs: int) -> dict[str, Any]:
    """Ask once to warm up, then ``runs`` times."""

    def once() -> int:
        return len(answer_with(ask, query, arguments, Options()).table.rows)

    rows = once()
    return {"query": query.name, "arguments": arguments, "rows": rows, "seconds": [clock(once) for _ in range(runs)]}


def clock(what: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)))
