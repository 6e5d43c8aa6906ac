"""RDF terms and statements as text in N-Triples syntax: what flows from `triples` to the dumps.

    iri("https://schema.org/name")                 '<https://schema.org/name>'
    literal("JAK2")                                '"JAK2"'
    literal("0.96", XSD + "double")                '"0.96"^^<http://www.w3.org/2001/XMLSchema#double>'

Each term is written by pyoxigraph, which knows what to escape and what is no IRI; a statement is three of them. A
`pyoxigraph.Triple` of the same costs ten times as much to make, and would have to be written as text three times:
for the shapes, the store's loader and the dump (``decisions/0003-terms-as-text.md``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from kg.vocab import PREFIXES, RDF

Statement = tuple[str, str, str]
"""Subject, predicate and object, each in N-Triples syntax."""


@lru_cache(maxsize=200_000)
def iri(text: str) -> str:
    """An IRI as a term; kept, since most come again. Raises ValueError if it is none."""
    return str(NamedNode(text))


def literal(text: str, datatype: str | None = None) -> str:
    """A literal as a term; ``datatype`` is an IRI (xsd:string if None)."""
    return str(Literal(text, datatype=NamedNode(datatype) if datatype else None))


def statement(triple: Triple) -> Statement:
    """A triple of pyoxigraph's as a statement."""
    return str(triple.subject), str(triple.predicate), str(triple.object)


def triples(statements: Iterable[Statement]) -> Iterator[Triple]:
    """Statements as pyoxigraph's triples."""
    for quad in pyoxigraph.parse(ntriples(statements), format=RdfFormat.N_TRIPLES):
        yield quad.triple


def ntriples(statements: Iterable[Statement]) -> str:
    """Statements as N-Triples."""
    return "".join([f"{subject} {predicate} {value} .\n" for subject, predicate, value in statements])


def turtle(statements: Iterable[Statement]) -> str:
    """Statements as Turtle that uses the prefixes of `vocab.PREFIXES`, without declaring them; those of one subject
    must stand together to be written as one block.

    >>> gene, kind = iri(PREFIXES["ncbigene"] + "3717"), iri(PREFIXES["schema"] + "Gene")
    >>> print(turtle([(gene, iri(RDF + "type"), kind)]), end="")
    ncbigene:3717 a schema:Gene .
    """
    parts: list[str] = []
    last_subject = last_predicate = ""
    for subject, predicate, value in statements:
        if subject != last_subject:
            parts.append(f"{' .' + chr(10) if parts else ''}{short(subject)} {_verb(predicate)} {short(value)}")
            last_subject, last_predicate = subject, predicate
        elif predicate != last_predicate:
            parts.append(f" ;\n\t{_verb(predicate)} {short(value)}")
            last_predicate = predicate
        else:
            parts.append(f" , {short(value)}")
    if parts:
        parts.append(" .\n")
    return "".join(parts)


_PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
"""What a local name may be without escapes: a part of PN_LOCAL (https://www.w3.org/TR/turtle/#grammar-production-PN_LOCAL)."""
_TYPED = re.compile(r'(".*"\^\^)(<[^>]*>)', re.DOTALL)


@lru_cache(maxsize=200_000)
def short(term: str) -> str:
    """A term as Turtle writes it: IRIs with their prefix, if one fits."""
    if term.startswith("<"):
        split = max(term.rfind("/"), term.rfind("#")) + 1
        prefix = _PREFIX_OF.get(term[1:split])
        return f"{prefix}:{term[split:-1]}" if prefix and _LOCAL.fullmatch(term, split, len(term) - 1) else term
    typed = _TYPED.fullmatch(term) if term.endswith(">") else None
    return typed[1] + short(typed[2]) if typed else term


@lru_cache(maxsize=1000)
def _verb(predicate: str) -> str:
    return "a" if predicate == f"<{RDF}type>" else short(predicate)
