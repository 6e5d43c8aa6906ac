"""The shapes held against one record as a data graph of its own, without looking twice at what many records state.

A record's graph is what it alone states (figure, mentions) and what it states of shared things (its paper, genes …),
and the latter come again in record after record: two fifths of all triples. So parts are looked at first:

    figure, mentions, sources, and the types of the other things                   the shapes of these classes
    paper, journals, organisms, and those other things that have not been seen    the other shapes

Where no part breaks anything, the whole graph does not: no shape looks from a figure or mention at anything of another
thing but its class, nor from one of these things at anything of another but its class. Where one does, the verdict is
that of the whole graph (always so for a paper without a title, which is no violation if its figure is known from
BioThings). Tests hold the verdicts against those of whole graphs.
"""

from __future__ import annotations

from functools import lru_cache

from kg.lexicon import Lexicon
from kg.model import Fact, JournalFacts, OrganismFacts, SharedFacts, SourceFacts
from kg.shapes import Checker, Engine, Violation
from kg.terms import Statement, iri, ntriples
from kg.triples import fact_triples, paper_triples
from kg.vocab import RDF

_OWN = ("figure", "mention", "source")
"""Files of the shapes that look at what a record alone states."""
_TYPE = iri(RDF + "type")


class RecordChecker:
    """Checks records one by one; one for each process, since it keeps what it has seen of shared things.

    With the reference engine (``pyshacl``) whole graphs alone are checked.
    """

    def __init__(self, engine: Engine, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._whole = Checker(engine)
        self._in_parts = engine != "pyshacl"
        self._own = Checker(engine, files=lambda name: name in _OWN)
        self._things = Checker(engine, files=lambda name: name not in _OWN)
        self._types: dict[Fact, str] = {}
        self._broken: set[Fact] = set()

    def check(self, own: str, shared: SharedFacts) -> list[Violation]:
        """As `Checker.check` of the whole graph; ``own`` is what the record alone states, as N-Triples."""
        if self._in_parts and self._conforms(own, shared):
            return []
        return self._whole.check(record_graph(own, shared, self._lexicon))

    def _conforms(self, own: str, shared: SharedFacts) -> bool:
        paper = list(paper_triples(shared.paper)) if shared.paper else []
        texts = [ntriples(paper)]
        new = []
        for fact in shared.things:
            if fact in self._types and not isinstance(fact, (OrganismFacts, JournalFacts)):
                continue
            statements = list(fact_triples(fact, self._lexicon))
            text = ntriples(statements)
            texts.append(text)
            new.append(fact)
            # A source is looked at with the mentions, which depend on its tier.
            self._types[fact] = text if isinstance(fact, SourceFacts) else _types(statements)
        broken = {violation.focus for violation in self._things.check("".join(texts))}
        if broken - {shared.paper.iri if shared.paper else ""}:
            self._broken.update(new)  # some of them; the others are looked at in whole graphs from now on, too
        if broken or not self._broken.isdisjoint(shared.things):
            return False
        types = (self._types[fact] for fact in shared.things)
        return not self._own.check("".join((own, _types(paper), *types)))


def _types(statements: list[Statement]) -> str:
    return ntriples([statement for statement in statements if statement[1] == _TYPE])


def record_graph(own: str, shared: SharedFacts, lexicon: Lexicon) -> str:
    """A record as a graph of its own, in N-Triples; ``own`` is what it alone states."""
    paper = ntriples(paper_triples(shared.paper)) if shared.paper else ""
    return "".join((own, paper, *(_text(fact, lexicon) for fact in shared.things)))


@lru_cache(maxsize=100_000)
def _text(fact: Fact, lexicon: Lexicon) -> str:
    return ntriples(fact_triples(fact, lexicon))
