"""What the graph says of one thing, as RDF: what a page is in Turtle, N-Triples and JSON-LD."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import NamedNode

from kg.errors import UsageError
from kg.vocab import OA, RDFS, SCHEMA
from kg.web.endpoint import Limits, graph_bytes, too_many, typed
from kg.web.reply import Reply

TYPES = {
    "text/html": "html",
    "text/turtle": "turtle",
    "application/ld+json": "jsonld",
    "application/n-triples": "ntriples",
}
"""Media types of a page, the best first."""
ENDINGS = {
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".nt": "application/n-triples",
    ".html": "text/html",
}

_INTO = {
    "figure": (OA + "hasTarget",),
    "paper": (SCHEMA + "isPartOf",),
    "gene": (SCHEMA + "mentions",),
    "term": (SCHEMA + "mentions",),
    "organism": (SCHEMA + "about",),
}
"""Kind of page to properties that lead to the thing and belong to it. Of a figure's mentions all is said, of others the
property alone."""


def document(store: pyoxigraph.Store, kind: str, iri: str, media_type: str, limits: Limits) -> Reply:
    """All that is said of a thing, and labels of what it leads to. Raises Refused beyond the limits."""
    node = NamedNode(iri)
    found = [quad.triple for quad in store.quads_for_pattern(node, None, None, None)]
    for predicate in _INTO[kind]:
        for quad in store.quads_for_pattern(None, NamedNode(predicate), node, None):
            if kind == "figure":
                found += [each.triple for each in store.quads_for_pattern(quad.subject, None, None, None)]
            else:
                found.append(quad.triple)
            if len(found) > limits.rows:
                raise too_many("triples", limits)
    label = NamedNode(RDFS + "label")
    named = {triple.object for triple in found if isinstance(triple.object, NamedNode)} - {node}
    for thing in named:
        found += [quad.triple for quad in store.quads_for_pattern(thing, label, None, None)]
    if not found:
        raise UsageError(f"nothing is said of {iri}")
    order = sorted(set(found), key=lambda triple: (triple.subject != node, str(triple)))
    return Reply(200, typed(media_type), graph_bytes(order, TYPES[media_type]))
