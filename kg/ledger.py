"""What a store remembers of the records it was built from, so that the next build need read only what has changed.

A SQLite file beside the store's data: each record's content hash and what became of it, the shared facts that it
states (by digest), the facts themselves, and the warnings. A shared fact is in the graph as long as one record states
it. The file is written with its store and swapped in with it; it has no journal, since a half-written one is thrown
away.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.model import Fact, GeneFacts, JournalFacts, OrganismFacts, PaperFacts, SourceFacts, TermFacts
from kg.outcome import Outcome, Reason, Reject

_SCHEMA = """
CREATE TABLE record (
    figid TEXT PRIMARY KEY, file TEXT, hash TEXT, reject TEXT, paper TEXT, says TEXT, facts BLOB, keys TEXT
) WITHOUT ROWID;
CREATE TABLE fact (digest INTEGER PRIMARY KEY, kind TEXT, says TEXT);
CREATE TABLE warning (thing TEXT PRIMARY KEY, texts TEXT) WITHOUT ROWID;
"""
_COLUMNS = "figid, file, hash, reject, says, facts, keys"
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (GeneFacts, TermFacts, OrganismFacts, JournalFacts, SourceFacts)
}


class Known(NamedTuple):
    """What decides whether a record must be read again."""

    file: str
    hash: str
    rejected: bool


class Ledger:
    """One ledger file. Make a new one with `create`, open one that is there with the constructor; `close` writes it."""

    def __init__(self, path: Path) -> None:
        # The store's loader may draw the triples, and so the outcomes, from a thread of its own.
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("BEGIN")

    @classmethod
    def create(cls, path: Path) -> Ledger:
        """An empty ledger in a new file."""
        ledger = cls(path)
        for statement in _SCHEMA.split(";\n")[:-1]:
            ledger._db.execute(statement)
        return ledger

    def close(self, *, keep: bool = True) -> None:
        """Write what is not yet written (or drop it), and close the file."""
        if keep:
            # Papers are asked for by record, when a paper's records change.
            self._db.execute("CREATE INDEX IF NOT EXISTS record_paper ON record (paper)")
        self._db.execute("COMMIT" if keep else "ROLLBACK")
        self._db.close()

    # --- writing

    def add(self, outcomes: Iterable[Outcome], facts: Mapping[int, Fact]) -> None:
        """Records, in place of what was known of them, and facts that they state."""
        self._db.executemany(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    outcome.figid,
                    outcome.file,
                    outcome.hash,
                    json.dumps(outcome.reject) if outcome.reject else None,
                    outcome.paper.iri if outcome.paper else None,
                    json.dumps(outcome.paper) if outcome.paper else None,
                    array("Q", outcome.facts).tobytes(),
                    json.dumps([outcome.unknown_keys, outcome.repeated_keys])
                    if outcome.unknown_keys or outcome.repeated_keys
                    else None,
                )
                for outcome in outcomes
            ],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO fact VALUES (?, ?, ?)",
            [(_signed(digest), type(fact).__name__, json.dumps(fact)) for digest, fact in facts.items()],
        )

    def remove(self, figids: Iterable[str]) -> None:
        """Forget records. Facts that none states any more stay, unused."""
        self._db.executemany("DELETE FROM record WHERE figid = ?", [(figid,) for figid in figids])

    def move(self, places: Iterable[tuple[str, str]]) -> None:
        """Files in which records (file, figid) stand now."""
        self._db.executemany("UPDATE record SET file = ? WHERE figid = ?", places)

    def warn(self, warnings: Mapping[str, Sequence[str]]) -> None:
        """Warnings of some things (by IRI), in place of those before; an empty list removes them."""
        self._db.executemany("DELETE FROM warning WHERE thing = ?", [(thing,) for thing in warnings])
        self._db.executemany(
            "INSERT INTO warning VALUES (?, ?)",
            [(thing, json.dumps(texts)) for thing, texts in warnings.items() if texts],
        )

    # --- reading

    def known(self) -> dict[str, Known]:
        """Figid to file, content hash and verdict, of all records."""
        rows = self._db.execute("SELECT figid, file, hash, reject IS NOT NULL FROM record")
        return {figid: Known(file, hashed, bool(rejected)) for figid, file, hashed, rejected in rows}

    def outcomes(self, figids: Iterable[str] | None = None) -> Iterator[Outcome]:
        """What became of some records, or of all that are left out or have keys to tell of."""
        if figids is None:
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM record WHERE reject IS NOT NULL OR keys IS NOT NULL ORDER BY figid"
            )
            yield from map(_outcome, rows)
            return
        for figid in figids:
            yield from map(_outcome, self._db.execute(f"SELECT {_COLUMNS} FROM record WHERE figid = ?", (figid,)))

    def figures(self) -> int:
        """How many records are in the graph."""
        (count,) = self._db.execute("SELECT COUNT(*) FROM record WHERE reject IS NULL").fetchone()
        return int(count)

    def stated(self) -> Counter[int]:
        """Digest of each fact to the number of records in the graph that state it."""
        counts: Counter[int] = Counter()
        for (facts,) in self._db.execute("SELECT facts FROM record WHERE reject IS NULL"):
            counts.update(array("Q", facts))
        return counts

    def facts(self) -> Iterator[tuple[int, Fact]]:
        """All facts by digest, those that no record states any more among them."""
        for digest, kind, says in self._db.execute("SELECT digest, kind, says FROM fact"):
            yield digest & 0xFFFF_FFFF_FFFF_FFFF, _KINDS[kind](*_tuples(json.loads(says)))

    def paper(self, iri: str) -> list[tuple[str, PaperFacts]]:
        """What records in the graph say of a paper, by figid."""
        rows = self._db.execute("SELECT figid, says FROM record WHERE paper = ? ORDER BY figid", (iri,))
        return [(figid, PaperFacts(*_tuples(json.loads(says)))) for figid, says in rows]

    def warnings(self) -> dict[str, list[str]]:
        """Warnings by the thing that they are of, sorted."""
        return {
            thing: json.loads(texts)
            for thing, texts in self._db.execute("SELECT thing, texts FROM warning ORDER BY thing")
        }


def _signed(digest: int) -> int:
    """64 bits as SQLite's integers have them."""
    return digest - (1 << 64) if digest >= 1 << 63 else digest


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples that they were."""
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _outcome(row: tuple[Any, ...]) -> Outcome:
    figid, file, hashed, reject, says, facts, keys = row
    unknown, repeated = _tuples(json.loads(keys)) if keys else ((), ())
    return Outcome(
        figid,
        file,
        hashed,
        _reject(json.loads(reject)) if reject else None,
        PaperFacts(*_tuples(json.loads(says))) if says else None,
        tuple(array("Q", facts)),
        unknown,
        repeated,
    )


def _reject(value: list[Any]) -> Reject:
    file, figid, reasons = value
    return Reject(file, figid, tuple(Reason(*reason) for reason in reasons))
