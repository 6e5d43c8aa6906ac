"""Full-text search over figures, papers, genes, organisms, chemicals and diseases: what `kg search` and the pages ask.

All words of a text must be in one thing, in any of its texts, and in any spelling (`kg.searchterms`): what has them as
they were typed is ranked before what has Latin letters for their Greek ones, or these for Latin ones. If none has them
all, words may be beginnings of longer ones; if still none has, words that no text has are taken for the nearest ones
that some text has; at last any of the words will do. What was taken for what is told in ``notes``.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from kg import vocab
from kg.errors import UsageError
from kg.fold import fold, tokens
from kg.fulltext import KINDS, connect
from kg.nearest import is_known, nearest
from kg.passage import Piece, passage
from kg.searchterms import Term, asked, characters, query, terms_of

if TYPE_CHECKING:
    from kg.lookup import Ask

Kind = Literal["gene", "figure", "paper", "organism", "chemical", "disease"]

_WEIGHTS = "8.0, 6.0, 1.0, 3.0, 0.7"
"""Of title, names, text, words, context."""
_MOST_LETTERS = 1_000
"""Letters of a completion that are looked at."""
_FEWEST_LETTERS = 2
"""Letters that a completion needs: one is the beginning of too much."""
_FIGURES_OF_WORDS = 300
"""Figures that are looked at for ways to write a word,"""
_MOST_WORDS = 5
"""and ways that are told."""
_BEGINNING = 3
"""Letters of a word that may be the beginning of a longer one."""


class Hit(NamedTuple):
    """One thing that was found. ``id`` is its CURIE or figid; ``detail`` tells it from others of its title (organism of
    a gene, year of a figure); ``where`` is the text that the passage is of: title (the whole of it, where no other text
    has as many of the words), caption, keywords, words, names, paper, citation or organism. ``figures`` is the number
    of figures that mention it or are of it."""

    kind: Kind
    iri: str
    id: str
    title: str
    detail: str
    year: int | None
    figures: int
    where: str
    passage: tuple[Piece, ...]


class Results(NamedTuple):
    """Hits, best first; ``total`` is how many there are without a limit; ``notes`` what was taken for what; ``words``
    are words of figures and keywords that are the whole text but for case, accents and Greek letters, as they are
    written there: the question figures-of-word tells what each is taken for, or that it stands for nothing."""

    hits: tuple[Hit, ...]
    total: int
    notes: tuple[str, ...]
    words: tuple[str, ...] = ()


def search(
    text: str,
    *,
    kinds: Sequence[str] = (),
    organism: str | None = None,
    year: str | int | None = None,
    gene: str | None = None,
    limit: int = 20,
    offset: int = 0,
    store: str | Path | None = None,
    ask: Ask | None = None,
) -> Results:
    """Find things by their texts, best first.

    ``kinds`` are those of `KINDS` to look among (all); ``organism`` and ``gene``, as people type them, keep what has to
    do with them: figures that mention the gene or are about the organism, and the papers of these; ``year`` is ``2020``
    or ``2015-2020``. ``ask`` asks the store, for whoever has it open. Raises UsageError for what cannot be looked for,
    AmbiguousName or NotInGraph for gene and organism, CannotRun without a store. The first search of a store makes its
    index.
    """
    from kg.answer import ask_store
    from kg.lookup import Lookup
    from kg.store import open_store, user_genes

    notes: list[str] = []
    things: list[str] = []
    if gene or organism:
        lookup = Lookup(ask or ask_store(open_store(store)), organism, user_genes(store))
        things += lookup.find("organism", organism).iris if organism else ()
        things += lookup.find("gene", gene).iris[:1] if gene else ()
        notes += dict.fromkeys(lookup.notes)
    with closing(connect(store)) as db:
        return _Search(db, kinds, things, _years(year)).run(text, notes, limit, offset)


def complete(text: str, *, kinds: Sequence[str] = (), limit: int = 10, store: str | Path | None = None) -> list[Hit]:
    """What a text may be the beginning of: names that begin with it, those of most figures first, then figures and
    papers with a word in their title that does. Raises as `search`."""
    with closing(connect(store)) as db:
        return _Search(db, kinds, (), None).complete(text, limit)


def _years(year: str | int | None) -> tuple[int, int] | None:
    if year is None or year == "":
        return None
    found = re.fullmatch(r"\s*(\d{4})?\s*(-|–|\.\.)?\s*(\d{4})?\s*", str(year))
    if not found or not (found[1] or found[3]) or (found[1] and found[3] and not found[2]):
        raise UsageError(f'"{str(year)[:40]}" is no year: say 2020, 2015-2020, 2015- or -2020')
    first = int(found[1] or 0)
    last = int(found[3] or (9999 if found[2] else first))
    if first > last:
        raise UsageError(f"years {first} to {last}: the first is after the last")
    return first, last


class _Search:
    """One question to one index."""

    def __init__(
        self, db: sqlite3.Connection, kinds: Sequence[str], things: Sequence[str], years: tuple[int, int] | None
    ) -> None:
        self._db = db
        for kind in kinds:
            if kind not in KINDS:
                raise UsageError(f"no kind {kind[:40]!r}: {', '.join(KINDS)}")
        clauses, values = [], list[Any]()
        if kinds:
            clauses.append("doc.kind IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(kinds)))
        for thing in things:
            clauses.append("doc.id IN (SELECT doc FROM link WHERE thing = (SELECT id FROM doc WHERE iri = ? LIMIT 1))")
            values.append(thing)
        if years:
            clauses.append("doc.year BETWEEN ? AND ?")
            values += years
        self._filter = "".join(f" AND {clause}" for clause in clauses)
        self._values = values

    def run(self, text: str, notes: list[str], limit: int, offset: int) -> Results:
        text = characters(text)
        typed = asked(text, partial(is_known, self._db))
        names = typed[0].names if len(typed) == 1 else (fold(text.strip()),)
        for note, terms, glue in self._attempts(typed):
            if terms and (total := self._count(terms, glue)):
                hits = self._hits(terms, glue, names, limit, offset)
                return Results(tuple(hits), total, tuple([*notes, note] if note else notes), self._words(typed, names))
        return Results((), 0, tuple(notes))

    def _attempts(self, typed: Sequence[Term]) -> Iterable[tuple[str, Sequence[Term], str]]:
        """Ways to take the words, the strictest first: a note, the terms, and what is between them."""
        yield "", typed, "AND"
        yield "", [term._replace(begins=_BEGINNING) for term in typed], "AND"
        corrected, slips = self._corrected(typed)
        if slips:
            said = ", ".join(f'"{wrong}" is in no text; taken for "{right}"' for wrong, right in slips)
            yield said, corrected, "AND"
        if len(typed) > 1:
            yield "no text has all of these words; these have some", corrected, "OR"

    # --- asking the index

    def _count(self, terms: Sequence[Term], glue: str) -> int:
        found = self._db.execute(
            f"SELECT count(*) FROM fts JOIN doc ON doc.id = fts.rowid WHERE fts MATCH ?{self._filter}",
            (query(terms, glue), *self._values),
        )
        return int(found.fetchone()[0])

    def _hits(self, terms: Sequence[Term], glue: str, names: Sequence[str], limit: int, offset: int) -> list[Hit]:
        best, every = query(terms, glue, best=True), query(terms, glue)
        matches = [f"SELECT rowid, 0 AS later, bm25(fts, {_WEIGHTS}) AS score FROM fts WHERE fts MATCH ?"]
        values = [best]
        if every != best:
            matches.append(f"SELECT rowid, 1, bm25(fts, {_WEIGHTS}) FROM fts WHERE fts MATCH ?")
            values.append(f"({every}) NOT ({best})")
        # What is called exactly this comes first, whatever else has the word.
        found = self._db.execute(
            "WITH called AS (SELECT doc FROM name WHERE folded IN (SELECT value FROM json_each(?))), "
            f"matched AS ({' UNION ALL '.join(matches)}) "
            "SELECT doc.*, doc.id IN called AS exact FROM matched JOIN doc ON doc.id = matched.rowid "
            f"WHERE true{self._filter} ORDER BY exact DESC, CASE WHEN exact THEN -doc.figures ELSE later END, "
            "CASE WHEN exact THEN 0 ELSE score END, doc.id LIMIT ? OFFSET ?",
            (json.dumps(names), *values, *self._values, limit, offset),
        )
        return [_hit(row, terms) for row in found]

    def _words(self, typed: Sequence[Term], names: Sequence[str]) -> tuple[str, ...]:
        """Words that are called so, the commonest first, of the figures that are looked at."""
        found = self._db.execute(
            "SELECT words FROM doc WHERE kind = 'figure' AND id IN (SELECT rowid FROM fts WHERE fts MATCH ?) LIMIT ?",
            (f"{{words}} : ({query(typed, 'AND')})", _FIGURES_OF_WORDS),
        )
        wanted = [tokens(name) for name in names]
        lines = Counter(line for (words,) in found for line in words.split("\n") if tokens(line) in wanted)
        return tuple(sorted(lines, key=lambda word: (-lines[word], len(word), word))[:_MOST_WORDS])

    def _corrected(self, typed: Sequence[Term]) -> tuple[list[Term], list[tuple[str, str]]]:
        """The terms, with words that no text has replaced by the nearest that some text has; and these pairs."""
        terms, slips = [], list[tuple[str, str]]()
        for term in typed:
            if self._db.execute("SELECT 1 FROM fts WHERE fts MATCH ? LIMIT 1", (query([term], "AND"),)).fetchone():
                terms.append(term)
                continue
            near = nearest(self._db, tokens(term.typed))
            if near is None:
                terms.append(term)
                continue
            slips.append((term.typed, " ".join(near)))
            terms.append(Term(term.typed, (tuple(near),)))
        return terms, slips

    def complete(self, text: str, limit: int) -> list[Hit]:
        text = characters(text[:_MOST_LETTERS])
        start = fold(text).strip()
        if len(start) < _FEWEST_LETTERS:
            return []
        # First what is called so, then what begins so or is also called so, then what has another name that begins so.
        found = self._db.execute(
            "SELECT doc.*, min((name.folded != ?1) + (name.shown != doc.title)) AS other FROM name "
            f"JOIN doc ON doc.id = name.doc WHERE name.folded >= ?1 AND name.folded < ?2{self._filter} "
            "GROUP BY doc.id ORDER BY other > 0, doc.kind = 'figure', other, doc.figures DESC, length(doc.title), "
            "doc.id LIMIT ?",
            (start, start + "\U0010ffff", *self._values, limit),
        ).fetchall()
        if len(found) < limit:
            terms = [term._replace(begins=1) for term in terms_of(text)]
            if terms:
                found += self._db.execute(
                    "SELECT doc.*, 1 FROM fts JOIN doc ON doc.id = fts.rowid WHERE fts MATCH ? "
                    f"AND doc.kind IN ('figure', 'paper'){self._filter} ORDER BY rank LIMIT ?",
                    (f"{{title}} : ({query(terms, 'AND')})", *self._values, limit),
                ).fetchall()
        rows = {row[0]: row for row in reversed(found)}
        return [_hit(rows[number], ()) for number in list(dict.fromkeys(row[0] for row in found))[:limit]]


_CONTEXT = {"figure": "paper", "paper": "citation"}
"""Kind of thing to what its context is; to the others it is the organism."""


def _hit(row: Sequence[Any], terms: Sequence[Term]) -> Hit:
    _, kind, iri, title, detail, year, figures, names, text, words, context, _ = row
    texts = {
        "title": title,
        "caption" if kind == "figure" else "keywords": text,
        "words": words.replace("\n", " · "),
        "names": names.replace("\n", ", "),
        _CONTEXT.get(kind, "organism"): context,
    }
    where, pieces = passage(texts, terms)
    return Hit(cast(Kind, kind), iri, vocab.curie(iri), title, detail, year, figures, where, pieces)
