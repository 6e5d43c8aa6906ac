"""Compact JSON-LD, node by node: Oxigraph's writer knows no prefixes, and other writers hold the graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import UsageError
from kg.vocab import PREFIXES, XSD

_IRI_VALUED = """
dcterms:isReplacedBy dcterms:license dcterms:source kg:ambiguity kg:candidate kg:idStatus kg:knownFrom
kg:mentionsCandidate kg:mentionsFamily kg:mentionsKeyword kg:mentionsOrganism kg:mentionsSpecifically
kg:mentionsSymbol kg:mentionsSynonym kg:statedIn kg:suspect kg:tier oa:hasBody oa:hasTarget rdfs:seeAlso schema:about
schema:contentUrl schema:isPartOf schema:mentions schema:parentTaxon schema:publisher schema:sameAs
schema:taxonomicRange schema:url skos:exactMatch void:vocabulary wp:bdbHgncSymbol
""".split()
_TYPED = {"kg:pathwayScore": "xsd:double", "kg:withoutWords": "xsd:boolean", "schema:datePublished": "xsd:gYear"}

CONTEXT: dict[str, Any] = {
    **dict(sorted(PREFIXES.items())),
    **{term: {"@type": "@id"} for term in _IRI_VALUED},
    **{term: {"@type": datatype} for term, datatype in _TYPED.items()},
}
"""The ``@context`` of every JSON-LD that this package writes."""

_STRING = XSD + "string"
_RDF_TYPE = PREFIXES["rdf"] + "type"


def compact(iri: str) -> str:
    """The IRI with a prefix of `CONTEXT`, if one fits."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and not iri.startswith("//", len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def nodes(triples: Iterable[Triple]) -> Iterator[str]:
    """One JSON object per run of triples with one subject, as a line of text without its comma."""
    current: Any = None
    node: dict[str, Any] = {}
    for subject, predicate, value in triples:
        if subject != current:
            if node:
                yield _dumps(node)
            current, node = subject, {"@id": _reference(subject)}
        if predicate.value == _RDF_TYPE and isinstance(value, NamedNode):
            _put(node, "@type", compact(value.value))
        else:
            key = compact(predicate.value)
            _put(node, key, _value(key, value))
    if node:
        yield _dumps(node)


def _dumps(node: dict[str, Any]) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def _put(node: dict[str, Any], key: str, value: Any) -> None:
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _reference(term: Any) -> str:
    if isinstance(term, NamedNode):
        return compact(term.value)
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    raise UsageError("JSON-LD has no triple terms (RDF 1.2), and this graph has: take Turtle or N-Triples")


def _value(key: str, term: Any) -> Any:
    if isinstance(term, Literal):
        datatype = term.datatype.value
        if term.language:
            return {"@value": term.value, "@language": term.language}
        if key in _TYPED and datatype == XSD + _TYPED[key].partition(":")[2]:
            return term.value
        if datatype == _STRING and key not in _TYPED and key not in CONTEXT:
            return term.value
        return {"@value": term.value, "@type": compact(datatype)}
    reference = _reference(term)
    return reference if isinstance(CONTEXT.get(key), dict) and key not in _TYPED else {"@id": reference}


def header() -> str:
    """What stands before the first node of a document."""
    return '{"@context":' + json.dumps(CONTEXT, separators=(",", ":")) + ',\n"@graph":[\n'


FOOTER = "\n]}\n"
