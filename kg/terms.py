"""RDF terms and statements as text in N-Triples syntax: what flows from `triples` to the dumps.

    iri("https://schema.org/name")                 '<https://schema.org/name>'
    literal("JAK2")                                '"JAK2"'
    literal("0.96", XSD + "double")                '"0.96"^^<http://www.w3.org/2001/XMLSchema#double>'

Each term is written by pyoxigraph, which knows what to escape and what is no IRI; a statement is three of them. A
`pyoxigraph.Triple` of the same costs ten times as much to make, and would have to be written as text three times:
for the shapes, the store's loader and the dump (``decisions/0003-terms-as-text.md``). Statements of one subject go
together as a `Block`, so that what is said of many subjects alike is written as text once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple

from kg.vocab import PREFIXES, RDF

KEPT = 18_000
"""How much a process keeps of what comes again, in each of the forms that it takes on the way from table to dump."""

Statement = tuple[str, str, str]
"""Subject, predicate and object, each in N-Triples syntax."""

Said = tuple[tuple[str, str], ...]
"""Predicates and objects of statements, without their subject."""


class Kept(tuple[tuple[str, str], ...]):
    """Such as comes again. It equals itself alone, so that what is kept of it is found without a look at its terms."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Block(NamedTuple):
    """Statements of one subject: ``head``, then ``rest``, which other subjects may have word for word. No predicate is
    in both.
    """

    subject: str
    head: Said
    rest: Said = ()


@lru_cache(maxsize=KEPT)
def iri(text: str) -> str:
    """An IRI as a term; kept, since most come again. Raises ValueError if it is none."""
    return str(NamedNode(text))


def literal(text: str, datatype: str | None = None) -> str:
    """A literal as a term; ``datatype`` is an IRI (xsd:string if None)."""
    return str(Literal(text, datatype=NamedNode(datatype) if datatype else None))


def statement(triple: Triple) -> Statement:
    """A triple of pyoxigraph's as a statement."""
    return str(triple.subject), str(triple.predicate), written(triple.object)


def written(term: NamedNode | BlankNode | Literal | Triple) -> str:
    """A term of pyoxigraph's as N-Triples writes it, also a triple term (RDF 1.2): as text that is a bare triple."""
    return f"<<( {term} )>>" if isinstance(term, Triple) else str(term)


def triples(statements: Iterable[Statement]) -> Iterator[Triple]:
    """Statements as pyoxigraph's triples."""
    for quad in pyoxigraph.parse(ntriples(statements), format=RdfFormat.N_TRIPLES):
        yield quad.triple


def statements(blocks: Iterable[Block]) -> Iterator[Statement]:
    """The statements of some blocks."""
    for subject, head, rest in blocks:
        for predicate, value in (*head, *rest):
            yield subject, predicate, value


def blocks(statements: Iterable[Statement]) -> Iterator[Block]:
    """Statements as blocks; those of one subject must stand together."""
    for subject, group in groupby(statements, itemgetter(0)):
        yield Block(subject, tuple([(predicate, value) for _, predicate, value in group]))


def ntriples(statements: Iterable[Statement]) -> str:
    """Statements as N-Triples."""
    return "".join([f"{subject} {predicate} {value} .\n" for subject, predicate, value in statements])


def blocks_ntriples(blocks: Iterable[Block]) -> str:
    """Blocks as N-Triples."""
    parts: list[str] = []
    last: Said | None = None
    begun: tuple[str, ...] = ()
    for subject, head, rest in blocks:
        if head is not last:  # all mentions of a figure have one
            last, begun = head, _line_ends(head)
        parts += (subject.join(begun), subject.join(_kept_line_ends(rest)))
    return "".join(parts)


def _line_ends(said: Said) -> tuple[str, ...]:
    """What stands behind the subject on each line of N-Triples; before the first subject, nothing."""
    return ("", *[f" {predicate} {value} .\n" for predicate, value in said])


_kept_line_ends = lru_cache(maxsize=KEPT // 2)(_line_ends)  # the largest of what is kept


def turtle(statements: Iterable[Statement]) -> str:
    """Statements as Turtle that uses the prefixes of `vocab.PREFIXES`, without declaring them; those of one subject
    must stand together to be written as one block.

    >>> gene, kind = iri(PREFIXES["ncbigene"] + "3717"), iri(PREFIXES["schema"] + "Gene")
    >>> print(turtle([(gene, iri(RDF + "type"), kind)]), end="")
    ncbigene:3717 a schema:Gene .
    """
    return blocks_turtle(blocks(statements))


def blocks_turtle(blocks: Iterable[Block]) -> str:
    """Blocks as Turtle, as `turtle` writes it."""
    parts: list[str] = []
    last, begun = None, ""
    for subject, head, rest in blocks:
        if head is not last:  # all mentions of a figure have one
            last, begun = head, _said(head)
        more = f" ;\n\t{_kept_said(rest)}" if rest else ""
        parts.append(f"{_short(subject)} {begun}{more} .\n")
    return "".join(parts)


def _said(said: Said) -> str:
    """Predicates and objects as Turtle writes them behind a subject."""
    parts: list[str] = []
    last = ""
    for predicate, value in said:
        if value[0] == "<":
            value = short(value)
        elif value[-1] != '"':  # what most literals end in; captions, among them, do not come again
            value = _short(value)
        if predicate == last:
            parts.append(f" , {value}")
        else:
            parts.append(f" ;\n\t{_verb(predicate)} {value}" if last else f"{_verb(predicate)} {value}")
            last = predicate
    return "".join(parts)


_kept_said = lru_cache(maxsize=KEPT)(_said)


_PREFIX_OF = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
"""What a local name may be without escapes: a part of PN_LOCAL (https://www.w3.org/TR/turtle/#grammar-production-PN_LOCAL)."""
_TYPED = re.compile(r'(".*"\^\^)(<[^>]*>)', re.DOTALL)


def _short(term: str) -> str:
    if term.startswith("<"):
        split = max(term.rfind("/"), term.rfind("#")) + 1
        prefix = _PREFIX_OF.get(term[1:split])
        return f"{prefix}:{term[split:-1]}" if prefix and _LOCAL.fullmatch(term, split, len(term) - 1) else term
    typed = _TYPED.fullmatch(term) if term.endswith(">") else None
    return typed[1] + short(typed[2]) if typed else term


@lru_cache(maxsize=KEPT)
def short(term: str) -> str:
    """A term as Turtle writes it: IRIs with their prefix, if one fits."""
    return _short(term)


@lru_cache(maxsize=1000)
def _verb(predicate: str) -> str:
    return "a" if predicate == f"<{RDF}type>" else short(predicate)
