"""Counts over a graph, as a table or as a VoID description."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from kg import vocab
from kg.answer import ask_store
from kg.results import Table, literal
from kg.store import build_info, open_store
from kg.vocab import DCTERMS, KG, OA, PREFIXES, SCHEMA, Tier

if TYPE_CHECKING:
    import rdflib

_CLASSES = {
    "figures": SCHEMA + "ImageObject",
    "papers": SCHEMA + "ScholarlyArticle",
    "journals": SCHEMA + "Periodical",
    "genes": SCHEMA + "Gene",
    "organisms": SCHEMA + "Taxon",
    "chemicals": SCHEMA + "ChemicalSubstance",
    "diseases": SCHEMA + "MedicalCondition",
    "mentions": OA + "Annotation",
}


def counts(*, store: str | Path | None = None) -> dict[str, int]:
    """What the graph holds: things by class, figure-gene pairs by tier, mentions by what became of them."""
    graph = open_store(store)
    ask = ask_store(graph)

    def count(pattern: str) -> int:
        term = ask(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}").rows[0][0]
        return int(term.value) if term is not None else 0

    found = {name: count(f"?x a {NamedNode(cls)}") for name, cls in _CLASSES.items()}
    found |= {f"figure-gene pairs by {tier.label}": count(f"?f {NamedNode(tier.edge)} ?g") for tier in Tier}
    found["figure-gene pairs, specific"] = count(f"?f <{KG}mentionsSpecifically> ?g")
    found["mentions resolved"] = count(f"?m <{OA}hasBody> ?b")
    found["mentions with candidates"] = count(f"{{ SELECT DISTINCT ?m WHERE {{ ?m <{KG}candidate> ?c }} }}")
    found["mentions unresolved"] = found["mentions"] - found["mentions resolved"] - found["mentions with candidates"]
    found["triples"] = len(graph)
    return found


def table(*, store: str | Path | None = None) -> Table:
    """`counts` as a table; what the build left out is the last lines."""
    rows = [(literal(name), literal(n)) for name, n in counts(store=store).items()]
    info = build_info(store)
    if "rejected" in info:
        rows.append((literal("records rejected by the build"), literal(int(info["rejected"]))))
    return Table(("what", "count"), list(rows))


def void(*, store: str | Path | None = None) -> rdflib.Graph:
    """The dataset described in VoID: triples, distinct things by class, triples by property.

    Terms: https://www.w3.org/TR/void/#statistics
    """
    import rdflib
    from rdflib import RDF, VOID, Literal, URIRef

    source = open_store(store)
    ask = ask_store(source)
    graph = rdflib.Graph(bind_namespaces="core")
    for prefix in ("void", "schema", "kg", "oa", "dcterms"):
        graph.bind(prefix, PREFIXES[prefix])
    dataset = URIRef(vocab.DATASET)
    graph.add((dataset, RDF.type, VOID.Dataset))
    graph.add((dataset, URIRef(DCTERMS + "title"), Literal("Knowledge graph of published pathway figures")))
    graph.add((dataset, VOID.triples, Literal(len(source))))
    for n, row in enumerate(ask("SELECT ?c (COUNT(?x) AS ?n) WHERE { ?x a ?c } GROUP BY ?c ORDER BY ?c").rows):
        part = URIRef(f"{vocab.DATASET}void#class-{n}")
        graph.add((dataset, VOID.classPartition, part))
        graph.add((part, VOID["class"], URIRef(row[0].value if row[0] else "")))
        graph.add((part, VOID.entities, Literal(int(row[1].value if row[1] else 0))))
    for n, row in enumerate(ask("SELECT ?p (COUNT(*) AS ?n) WHERE { ?x ?p ?y } GROUP BY ?p ORDER BY ?p").rows):
        part = URIRef(f"{vocab.DATASET}void#property-{n}")
        graph.add((dataset, VOID.propertyPartition, part))
        graph.add((part, VOID.property, URIRef(row[0].value if row[0] else "")))
        graph.add((part, VOID.triples, Literal(int(row[1].value if row[1] else 0))))
    return graph
