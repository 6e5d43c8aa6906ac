"""A build that takes over from the store what has not changed: only new, changed and gone records are touched.

    changes_since(ledger, items, workers)             by content hash
    amend(writer, changes, setup, workers, tally)     the same triples as a full build would make

What a record alone says goes with it. What several records say (a paper's title, a gene's name) is settled anew
wherever a fact has got its first stater or lost its last, from the facts that the ledger keeps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kg.ledger import Ledger
from kg.model import Fact
from kg.outcome import Outcome
from kg.read import Item
from kg.shared import Settled, organisms_of, settle, settle_paper
from kg.store import LEDGER, StoreWriter, writing
from kg.tally import Changes, Tally
from kg.terms import Statement, ntriples
from kg.triples import iri_of_fact
from kg.vocab import figure_iri
from kg.worker import Batch, Setup
from kg.workers import Workers

_FEW = 0.25
"""Share of records up to which taking over is quicker than a full build, whose bulk load sorts everything once."""


class Found(NamedTuple):
    """What has changed: items to read, figids to forget, files of records that have moved, and the counts."""

    items: list[Item]
    forget: list[str]
    moved: list[tuple[str, str]]
    counts: Changes

    @property
    def are_few(self) -> bool:
        """Whether it is worth taking over the rest."""
        touched = self.counts.new + self.counts.changed + self.counts.gone
        return self.counts.same > 0 and touched <= _FEW * (touched + self.counts.same)


def changes_since(ledger: Path, items: Sequence[Item], workers: Workers) -> Found:
    """Hold items against what a ledger knows of them. A ledger that cannot be read knows nothing."""
    try:
        opened = Ledger(ledger)
        known = opened.known()
        opened.close(keep=False)
    except sqlite3.Error:
        known = {}
    if not known:
        return Found(list(items), [], [], Changes(len(items), 0, 0, 0))
    new: list[Item] = []
    changed: list[Item] = []
    told_anew: list[Item] = []
    moved: list[tuple[str, str]] = []
    same = 0
    for item, hashed in zip(items, workers.hashes(items), strict=True):
        before = known.pop(item.figid, None)
        if before is None:
            new.append(item)
        elif not hashed or hashed != before.hash:  # one that could not be read may be readable now
            changed.append(item)
        else:
            same += 1
            if item.file != before.file:
                if before.rejected:  # its reasons name its files
                    told_anew.append(item)
                else:
                    moved.append((item.file, item.figid))
    todo = sorted([*new, *changed, *told_anew], key=lambda item: item.figid)
    forget = [*(item.figid for item in (*changed, *told_anew)), *known]
    return Found(todo, forget, moved, Changes(len(new), len(changed), len(known), same))


class Amended(NamedTuple):
    """The new store: its triples, all warnings by the thing that they are of, taxon ids of its organisms."""

    triples: int
    warnings: dict[str, list[str]]
    taxa: frozenset[str]


def amend(writer: StoreWriter, found: Found, setup: Setup, workers: Workers, tally: Tally) -> Amended:
    """Make the new store from a copy of the old."""
    batches = workers.batches(list(found.items))
    writer.start(copy=True)
    with writing(writer.path):
        ledger = Ledger(writer.folder / LEDGER)
        stated = ledger.stated()
        before = set(stated)
        forgotten = [outcome for outcome in ledger.outcomes(found.forget) if outcome.reject is None]
        papers = {outcome.paper.iri for outcome in forgotten if outcome.paper}
        for outcome in forgotten:
            stated.subtract(outcome.facts)
        ledger.remove(found.forget)
        ledger.move(found.moved)
    writer.remove((figure_iri(outcome.figid) for outcome in forgotten), with_targets=True)
    taken: list[Outcome] = []
    writer.load(_pieces(batches, ledger, taken, tally))
    for outcome in taken:
        if outcome.reject is None:
            stated.update(outcome.facts)
            papers |= {outcome.paper.iri} if outcome.paper else set()
    with writing(writer.path):
        facts = dict(ledger.facts())
        after = {digest for digest, count in stated.items() if count > 0}
        settled = _settled(ledger, papers, facts, before, after, setup)
        ledger.warn({thing: each.warnings for thing, each in settled.items()})
        warnings = ledger.warnings()
        for outcome in ledger.outcomes():
            tally.take(outcome)
        tally.figures = ledger.figures()
        ledger.close()
    writer.remove(settled)
    statements: list[Statement] = [statement for each in settled.values() for statement in each.statements]
    writer.load([ntriples(statements).encode()])
    tally.done(found.counts.new + found.counts.changed + found.counts.same - len(found.items))
    taxa = organisms_of(facts[digest] for digest in after)
    return Amended(writer.finish(optimize=False), warnings, taxa)


def _pieces(batches: Iterator[Batch], ledger: Ledger, taken: list[Outcome], tally: Tally) -> Iterator[bytes]:
    for batch in batches:
        ledger.add(batch.outcomes, batch.facts)
        taken += batch.outcomes
        yield batch.pieces[0]
        tally.done(len(batch.outcomes))


def _settled(
    ledger: Ledger, papers: set[str], all_facts: dict[int, Fact], before: set[int], after: set[int], setup: Setup
) -> dict[str, Settled]:
    """Every thing that other facts are stated of now than before: what the graph is to say of it, if anything."""
    settled: dict[str, Settled] = {}
    for paper in sorted(papers):
        stated = ledger.paper(paper)
        settled[paper] = settle_paper(stated) if stated else Settled([], [])
    touched = before ^ after
    if touched:
        things: dict[str, list[Fact]] = {}
        touched_things = {iri_of_fact(all_facts[digest]) for digest in touched}
        for digest in after:
            fact = all_facts[digest]
            thing = iri_of_fact(fact)
            if thing in touched_things:
                things.setdefault(thing, []).append(fact)
        for thing in sorted(touched_things):
            facts = things.get(thing)
            settled[thing] = settle(facts, setup.lexicon) if facts else Settled([], [])
    return settled
