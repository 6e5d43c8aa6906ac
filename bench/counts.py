"""Count what a dump or a store holds: triples, figures, papers, distinct figure-gene pairs.

    python bench/counts.py FILE.ttl|FILE.nt|STORE

Prints JSON. The benchmark compares it with the truth.json of the corpus, so that nobody is fast by leaving out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SCHEMA = "https://schema.org/"
GENE = "https://identifiers.org/ncbigene/"


def count(triples: Iterable[pyoxigraph.Triple | pyoxigraph.Quad]) -> dict[str, int]:
    """The counts of some triples. A file must have no triple twice."""
    figures, papers, pairs = set(), set(), set()  # of hashes: 100,000 figures have 3 million pairs
    n = 0
    for triple in triples:
        n += 1
        predicate, value = triple.predicate.value, triple.object
        if not isinstance(value, pyoxigraph.NamedNode):
            continue
        if predicate == TYPE:
            if value.value == SCHEMA + "ImageObject":
                figures.add(hash(triple.subject))
            elif value.value == SCHEMA + "ScholarlyArticle":
                papers.add(hash(triple.subject))
        elif predicate == SCHEMA + "mentions" and value.value.startswith(GENE):
            pairs.add(hash((triple.subject, value)))
    return {"triples": n, "figures": len(figures), "papers": len(papers), "figure_gene_pairs": len(pairs)}


def read(path: Path) -> Iterable[pyoxigraph.Quad]:
    """The triples of a dump, or of a store that kg or Oxigraph's loader made."""
    if path.is_dir():
        inner = path / "oxigraph"
        return pyoxigraph.Store.read_only(str(inner if inner.is_dir() else path))
    return pyoxigraph.parse(path=path)


if __name__ == "__main__":
    print(json.dumps(count(read(Path(sys.argv[1])))))
