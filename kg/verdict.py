"""The shapes held against one record as a data graph of its own, without looking again at what comes again and again.

A record's graph is a figure with its paper, journals and organisms; and around it the things that it mentions (genes,
chemicals, diseases), each with the figure's links to it and the mentions that name it. Links and mentions are of one
kind if they differ in names alone: in which thing of the same classes it is, and in the texts of word, keyword and
match. Of each record a part of its graph is looked at first:

    figure, paper, journals, organisms                    always
    what the record states of a thing itself              until the same was seen where nothing was broken
    links to and mentions of a thing, or of nothing       until some of the same kind were
    mentions of several things (open candidates)          always, with all that there is of these things

Where that breaks nothing, the whole graph does not either, since no shape

* looks from a figure or mention at anything of a thing but its classes, from a thing at anything of another thing but
  its classes, or from a mention at anything of its figure but classes, links to the same thing, and kg:knownFrom;
* cares how many things a figure mentions, or how many mentions of one kind a thing has;
* asks of the text of a word, keyword or match more than not to be empty.

(`kg.normalise` states whatever a record leads to: organisms of genes, sources of mentions.) Where it breaks something,
the verdict is that of the whole graph; always so for a paper without a title, which is no violation if its figure is
known from BioThings. Tests hold the verdicts against those of whole graphs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.lexicon import Lexicon
from kg.model import Fact, GeneFacts, SharedFacts, SourceFacts, TermFacts
from kg.shapes import Checker, Engine, Violation
from kg.terms import KEPT, Block, Said, blocks_ntriples, iri, ntriples
from kg.triples import fact_triples, head_of_mention, iri_of_fact, paper_triples
from kg.vocab import KG, OA, RDF

_TYPE = iri(RDF + "type")
_KNOWN_FROM = iri(KG + "knownFrom")
_LEADING = frozenset((iri(OA + "hasBody"), iri(KG + "candidate")))
_TEXTS = frozenset(iri(KG + name) for name in ("word", "keyword", "match"))

_Kind = tuple[object, ...]


class _Thing(NamedTuple):
    """A thing as the shapes see it from elsewhere: its term and its classes."""

    term: str
    classes: tuple[str, ...]


class RecordChecker:
    """Checks records one by one; one for each process, since it keeps what it has seen.

    With the reference engine (``pyshacl``) whole graphs alone are checked.
    """

    def __init__(self, engine: Engine, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._shapes = Checker(engine)
        self._in_parts = engine != "pyshacl"
        self._things: dict[Fact, _Thing] = {}
        self._classes: dict[tuple[str, ...], tuple[str, ...]] = {}
        """Each sequence of classes once: there are as many as there are kinds of things."""
        self._kinds: set[_Kind] = set()

    def check(self, own: Sequence[Block], shared: SharedFacts) -> list[Violation]:
        """As `Checker.check` of the whole graph; ``own`` is what the record alone states, its figure first."""
        if self._in_parts and self._conforms(own, shared):
            return []
        return self._shapes.check(record_graph(blocks_ntriples(own), shared, self._lexicon))

    def _conforms(self, own: Sequence[Block], shared: SharedFacts) -> bool:
        new: dict[Fact, _Thing] = {}
        things: dict[str, Fact] = {}
        classes: dict[str, tuple[str, ...]] = {}
        sources: list[Fact] = []
        looked_at: dict[Fact, None] = {}
        for fact in shared.things:
            if isinstance(fact, (GeneFacts, TermFacts)):
                thing = self._things.get(fact)
                if thing is None:
                    thing = new[fact] = self._thing(fact)
                    looked_at[fact] = None
                things[thing.term] = fact
                classes[thing.term] = thing.classes
            elif isinstance(fact, SourceFacts):
                sources.append(fact)
            else:
                looked_at[fact] = None
        blocks, kinds, named = self._unseen(own, classes)
        looked_at |= dict.fromkeys(things[term] for term in named)
        if len(blocks) > 1:
            looked_at |= dict.fromkeys(sources)
        texts = [blocks_ntriples(blocks), *(_text(fact, self._lexicon) for fact in looked_at)]
        if shared.paper:
            texts.append(ntriples(paper_triples(shared.paper)))
        if self._shapes.check("".join(texts)):
            return False
        self._things |= new
        self._kinds |= kinds
        return True

    def _thing(self, fact: Fact) -> _Thing:
        stated = fact_triples(fact, self._lexicon)
        classes = tuple([value for _, predicate, value in stated if predicate == _TYPE])
        return _Thing(iri(iri_of_fact(fact)), self._classes.setdefault(classes, classes))

    def _unseen(
        self, own: Sequence[Block], classes: Mapping[str, tuple[str, ...]]
    ) -> tuple[list[Block], set[_Kind], set[str]]:
        """What is looked at: first what the figure states that leads to none of some things, then links and mentions;
        their kinds; and which things they are of. ``classes`` are those of the things.
        """
        figure, *mentions = own
        links: dict[str, list[str]] = {thing: [] for thing in classes}
        others: list[tuple[str, str]] = []
        for said in figure.head:
            predicate, value = said
            if value in links:
                links[value].append(predicate)
            else:
                others.append(said)
        known_from = tuple([value for predicate, value in others if predicate == _KNOWN_FROM])
        head = head_of_mention(figure.subject)
        blocks = [Block(figure.subject, tuple(others))]
        kinds: set[_Kind] = set()
        of: dict[str, list[tuple[int, Block]]] = {}
        named: set[str] = set()
        for mention in mentions:
            kind, leads_to = _kind(mention.rest)
            there = [thing for thing in leads_to if thing in classes]
            for thing in there:
                of.setdefault(thing, []).append((kind, mention))
            if len(leads_to) > 1 or len(there) < len(leads_to) or mention.head != head:
                blocks.append(mention)
                named.update(there)
            elif not leads_to and (known_from, kind) not in self._kinds:
                blocks.append(mention)
                kinds.add((known_from, kind))
        for thing, predicates in links.items():
            mentioned = of.get(thing, ())
            kind_of_thing = (known_from, classes[thing], tuple(predicates), frozenset([kind for kind, _ in mentioned]))
            if thing not in named:
                if kind_of_thing in self._kinds:
                    continue
                kinds.add(kind_of_thing)
                named.add(thing)
            said_of = tuple([(predicate, thing) for predicate in predicates])
            blocks += (Block(figure.subject, said_of), *(mention for _, mention in mentioned))
        return blocks, kinds, named


_numbers: dict[tuple[str, ...], int] = {}
"""Each kind of mention's number in this process: of what a mention says, names left out."""


@lru_cache(maxsize=KEPT)
def _kind(said: Said) -> tuple[int, tuple[str, ...]]:
    """The number of a mention's kind, and the things that it leads to."""
    kind: list[str] = []
    things: dict[str, None] = {}
    for predicate, value in said:
        if predicate in _LEADING:
            things[value] = None
            value = "thing"
        elif predicate in _TEXTS and value.endswith('"') and value != '""':
            value = "text"
        kind += (predicate, value)
    return _numbers.setdefault(tuple(kind), len(_numbers)), tuple(things)


def record_graph(own: str, shared: SharedFacts, lexicon: Lexicon) -> str:
    """A record as a graph of its own, in N-Triples; ``own`` is what it alone states."""
    paper = ntriples(paper_triples(shared.paper)) if shared.paper else ""
    return "".join((own, paper, *(_text(fact, lexicon) for fact in shared.things)))


@lru_cache(maxsize=1_000)
def _text(fact: Fact, lexicon: Lexicon) -> str:
    return ntriples(fact_triples(fact, lexicon))
