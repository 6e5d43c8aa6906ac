"""Oxigraph's own load of an N-Triples file: bulk_load from the path, then optimize. The floor under `kg build`.

    python bench/oxigraph_load.py FILE.nt STORE

Prints JSON: seconds of each step.
"""

from __future__ import annotations

import json
import sys
import time

import pyoxigraph


def load(dump: str, folder: str) -> dict[str, float]:
    """Load, compact, flush."""
    store = pyoxigraph.Store(folder)
    start = time.perf_counter()
    store.bulk_load(path=dump, format=pyoxigraph.RdfFormat.N_TRIPLES)
    loaded = time.perf_counter()
    store.optimize()
    store.flush()
    return {"bulk_load": loaded - start, "optimize": time.perf_counter() - loaded}


if __name__ == "__main__":
    print(json.dumps(load(sys.argv[1], sys.argv[2])))
