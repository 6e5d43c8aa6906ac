"""The word of the index that a mistyped one may be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from kg.fulltext import less_one

_TWO_SLIPS = 7
"""Letters of a word in which two may be wrong; in a shorter one only one."""


def is_known(db: sqlite3.Connection, word: str) -> bool:
    """Whether some text of an index has a folded word."""
    return db.execute("SELECT 1 FROM term WHERE term = ?", (word,)).fetchone() is not None


def nearest(db: sqlite3.Connection, words: Sequence[str]) -> list[str] | None:
    """Each word, or the nearest that is in the index, the commonest of those; None if one has no such."""
    found = []
    for word in words:
        if is_known(db, word):
            found.append(word)
            continue
        most = 1 if len(word) < _TWO_SLIPS else 2
        less = set(less_one(word))
        if most == 2:
            less |= {twice for once in list(less) for twice in less_one(once)}
        rows = db.execute(
            "SELECT DISTINCT slip.term, term.docs FROM slip JOIN term USING (term) "
            "WHERE less IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(less)),),
        ).fetchall()
        near = [(d, word[0] != term[0], -docs, term) for term, docs in rows if (d := distance(word, term)) <= most]
        if not near:
            return None
        found.append(min(near)[3])
    return found


def distance(one: str, other: str) -> int:
    """Edits between two words: a letter more, less or other, or two letters swapped (optimal string alignment).

    >>> distance("stta3", "stat3"), distance("catenin", "cateninn"), distance("", "ab")
    (1, 1, 2)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
