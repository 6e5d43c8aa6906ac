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

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from kg.lexicon import Lexicon
from kg.model import Fact, GeneFacts, SharedFacts, SourceFacts, TermFacts
from kg.shapes import Checker, Engine, Violation
from kg.terms import Statement, iri, ntriples
from kg.triples import fact_triples, iri_of_fact, paper_triples
from kg.vocab import KG, RDF

_TYPE = iri(RDF + "type")
_KNOWN_FROM = iri(KG + "knownFrom")
_TEXTS = frozenset(iri(KG + name) for name in ("word", "keyword", "match"))

_Kind = tuple[object, ...]


class _Thing(NamedTuple):
    """A thing as the shapes see it from elsewhere: its term and its classes."""

    term: str
    classes: tuple[str, ...]


class _Group(NamedTuple):
    """Links to and mentions of one thing; or a mention of nothing; or all about things that one mention leads to,
    which has no kind.
    """

    kind: _Kind | None
    things: tuple[str, ...]
    statements: list[Statement]


class RecordChecker:
    """Checks records one by one; one for each process, since it keeps what it has seen.

    With the reference engine (``pyshacl``) whole graphs alone are checked.
    """

    def __init__(self, engine: Engine, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._shapes = Checker(engine)
        self._in_parts = engine != "pyshacl"
        self._things: dict[Fact, _Thing] = {}
        self._kinds: set[_Kind] = set()

    def check(self, own: Sequence[Statement], shared: SharedFacts) -> list[Violation]:
        """As `Checker.check` of the whole graph; ``own`` is what the record alone states, the figure first, with those
        of one subject together.
        """
        if self._in_parts and self._conforms(own, shared):
            return []
        return self._shapes.check(record_graph(ntriples(own), shared, self._lexicon))

    def _conforms(self, own: Sequence[Statement], shared: SharedFacts) -> bool:
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
        statements, groups = _taken_apart(own, classes)
        groups = [group for group in groups if group.kind not in self._kinds]
        for group in groups:
            statements += group.statements
            looked_at |= dict.fromkeys((*(things[term] for term in group.things), *sources))
        if shared.paper:
            statements += paper_triples(shared.paper)
        if self._shapes.check(ntriples(statements) + "".join(_text(fact, self._lexicon) for fact in looked_at)):
            return False
        self._things |= new
        self._kinds.update(group.kind for group in groups if group.kind)
        return True

    def _thing(self, fact: Fact) -> _Thing:
        stated = fact_triples(fact, self._lexicon)
        return _Thing(iri(iri_of_fact(fact)), tuple(value for _, predicate, value in stated if predicate == _TYPE))


def _taken_apart(
    own: Sequence[Statement], classes: Mapping[str, tuple[str, ...]]
) -> tuple[list[Statement], list[_Group]]:
    """What leads to none of some things, and what does, in groups; ``classes`` are those of the things."""
    figure = own[0][0]
    others: list[Statement] = []
    about: defaultdict[str, list[Statement]] = defaultdict(list)
    said: defaultdict[str, set[object]] = defaultdict(set)
    context: list[str] = []
    groups: list[_Group] = []
    open_things: set[str] = set()
    for subject, statements in groupby(own, itemgetter(0)):
        if subject == figure:
            for statement in statements:
                _, predicate, value = statement
                if value in classes:
                    about[value].append(statement)
                    said[value].add(predicate)
                else:
                    others.append(statement)
                    if predicate == _KNOWN_FROM:
                        context.append(value)
            continue
        mention = list(statements)
        kind, leads_to = _kind(mention, figure, classes)
        if not leads_to:
            groups.append(_Group((*context, kind), (), mention))
            continue
        if len(leads_to) > 1:
            open_things |= leads_to
        for value in leads_to:
            about[value] += mention
            said[value].add(kind)
    for thing in about.keys() - open_things:
        groups.append(_Group((*context, classes[thing], frozenset(said[thing])), (thing,), about[thing]))
    if open_things:
        together = dict.fromkeys(statement for thing in sorted(open_things) for statement in about[thing])
        groups.append(_Group(None, tuple(open_things), list(together)))
    return others, groups


def _kind(mention: Sequence[Statement], figure: str, classes: Mapping[str, object]) -> tuple[_Kind, set[str]]:
    """What a mention states, its names left out, and the things that it leads to."""
    kind: list[str] = []
    things: set[str] = set()
    for _, predicate, value in mention:
        if value in classes:
            things.add(value)
            value = "thing"
        elif value == figure:
            value = "figure"
        elif predicate in _TEXTS and value.endswith('"') and value != '""':
            value = "text"
        kind.append(predicate)
        kind.append(value)
    return tuple(kind), things


def record_graph(own: str, shared: SharedFacts, lexicon: Lexicon) -> str:
    """A record as a graph of its own, in N-Triples; ``own`` is what it alone states."""
    paper = ntriples(paper_triples(shared.paper)) if shared.paper else ""
    return "".join((own, paper, *(_text(fact, lexicon) for fact in shared.things)))


@lru_cache(maxsize=100_000)
def _text(fact: Fact, lexicon: Lexicon) -> str:
    return ntriples(fact_triples(fact, lexicon))
