"""Full-text search over figures, papers, genes, organisms, chemicals and diseases: what `kg search` and the pages ask.

All words of a text must be in one thing, in any of its texts. If none has them all, words may be beginnings of
longer ones; if still none has, words that no text has are taken for the nearest ones that some text has; at last any
of the words will do. What was taken for what is told in ``notes``.
"""

from __future__ import annotations

import bisect
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from kg import vocab
from kg.errors import UsageError
from kg.fold import WORD, fold, plain, tokens, variants
from kg.fulltext import KINDS, connect, less_one

Kind = Literal["gene", "figure", "paper", "organism", "chemical", "disease"]

_WEIGHTS = "8.0, 6.0, 1.0, 3.0, 0.7"
"""Of title, names, text, words, context."""
_MOST_WORDS = 32
_MOST_LETTERS = 1_000
_FEWEST_LETTERS = 2
"""Letters that a completion needs: one is the beginning of too much."""
_PASSAGE = 180
"""Letters of a passage, about."""


class Piece(NamedTuple):
    """A part of a passage; ``found`` if it is one of the words that were looked for."""

    text: str
    found: bool


class Hit(NamedTuple):
    """One thing that was found. ``id`` is its CURIE or figid; ``detail`` tells it from others of its title (organism of
    a gene, year of a figure); ``where`` is the text that the passage is of: title, names, caption, keywords, words or
    paper. ``figures`` is the number of figures that mention it or are of it."""

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
    """Hits, best first; ``total`` is how many there are without a limit; ``notes`` what was taken for what."""

    hits: tuple[Hit, ...]
    total: int
    notes: tuple[str, ...]


class _Term(NamedTuple):
    """A word to look for: any of these phrases (sequences of folded words), the last word a beginning if ``begins``."""

    typed: str
    phrases: tuple[tuple[str, ...], ...]
    begins: bool = False

    @property
    def fts(self) -> str:
        star = "*" if self.begins else ""
        return "(" + " OR ".join(f'"{" ".join(words)}"{star}' for words in self.phrases) + ")"

    def matches(self, word: str) -> bool:
        """Whether a folded word is one of those looked for."""
        return any(word in words or (self.begins and word.startswith(words[-1])) for words in self.phrases)


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
) -> Results:
    """Find things by their texts, best first.

    ``kinds`` are those of `KINDS` to look among (all); ``organism`` and ``gene``, as people type them, keep what has to
    do with them: figures that mention the gene or are about the organism, and the papers of these; ``year`` is ``2020``
    or ``2015-2020``. Raises UsageError for what cannot be looked for, AmbiguousName or NotInGraph for gene and
    organism, CannotRun without a store. The first search of a store makes its index.
    """
    from kg.answer import ask_store
    from kg.lookup import Lookup
    from kg.store import open_store, user_genes

    notes: list[str] = []
    things: list[str] = []
    if gene or organism:
        lookup = Lookup(ask_store(open_store(store)), organism, user_genes(store))
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
        text = _characters(text)
        typed = _typed(text)
        for note, terms, glue in self._attempts(typed):
            if terms and (total := self._count(terms, glue)):
                hits = self._hits(terms, glue, text, limit, offset)
                return Results(tuple(hits), total, tuple([*notes, note] if note else notes))
        return Results((), 0, tuple(notes))

    def _attempts(self, typed: Sequence[_Term]) -> Iterable[tuple[str, Sequence[_Term], str]]:
        """Ways to take the words, the strictest first: a note, the terms, and what is between them."""
        yield "", typed, " AND "
        yield "", [term._replace(begins=_long(term)) for term in typed], " AND "
        nearest, slips = self._corrected(typed)
        if slips:
            said = ", ".join(f'"{wrong}" is in no text; taken for "{right}"' for wrong, right in slips)
            yield said, nearest, " AND "
        if len(typed) > 1:
            yield "no text has all of these words; these have some", nearest, " OR "

    # --- asking the index

    def _count(self, terms: Sequence[_Term], glue: str) -> int:
        found = self._db.execute(
            f"SELECT count(*) FROM fts JOIN doc ON doc.id = fts.rowid WHERE fts MATCH ?{self._filter}",
            (_match(terms, glue), *self._values),
        )
        return int(found.fetchone()[0])

    def _hits(self, terms: Sequence[_Term], glue: str, text: str, limit: int, offset: int) -> list[Hit]:
        # What is called exactly this comes first, whatever else has the word.
        found = self._db.execute(
            "WITH called AS (SELECT doc FROM name WHERE folded = ?) "
            "SELECT doc.*, doc.id IN called AS exact FROM fts JOIN doc ON doc.id = fts.rowid "
            f"WHERE fts MATCH ?{self._filter} "
            f"ORDER BY exact DESC, CASE WHEN exact THEN -doc.figures ELSE bm25(fts, {_WEIGHTS}) END, doc.id "
            "LIMIT ? OFFSET ?",
            (fold(text.strip()), _match(terms, glue), *self._values, limit, offset),
        )
        return [_hit(row, terms) for row in found]

    def _corrected(self, typed: Sequence[_Term]) -> tuple[list[_Term], list[tuple[str, str]]]:
        """The terms, with words that no text has replaced by the nearest that some text has; and these pairs."""
        terms, slips = [], list[tuple[str, str]]()
        for term in typed:
            if self._db.execute("SELECT 1 FROM fts WHERE fts MATCH ? LIMIT 1", (term.fts,)).fetchone():
                terms.append(term)
                continue
            near = self._near(tokens(term.typed))
            if near is None:
                terms.append(term)
                continue
            slips.append((term.typed, " ".join(near)))
            terms.append(_Term(term.typed, (tuple(near),)))
        return terms, slips

    def _near(self, words: Sequence[str]) -> list[str] | None:
        """Each word, or the nearest that is in the index, the commonest of those; None if one has no such."""
        found = []
        for word in words:
            if self._db.execute("SELECT 1 FROM term WHERE term = ?", (word,)).fetchone():
                found.append(word)
                continue
            less = set(less_one(word))
            if len(word) >= 7:  # two slips
                less |= {twice for once in list(less) for twice in less_one(once)}
            rows = self._db.execute(
                "SELECT DISTINCT slip.term, term.docs FROM slip JOIN term USING (term) "
                "WHERE less IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(less)),),
            ).fetchall()
            most = 1 if len(word) < 7 else 2
            near = [(d, word[0] != term[0], -docs, term) for term, docs in rows if (d := distance(word, term)) <= most]
            if not near:
                return None
            found.append(min(near)[3])
        return found

    def complete(self, text: str, limit: int) -> list[Hit]:
        text = _characters(text[:_MOST_LETTERS])
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
            terms = [term._replace(begins=True) for term in _terms(text)]
            if terms:
                found += self._db.execute(
                    "SELECT doc.*, 1 FROM fts JOIN doc ON doc.id = fts.rowid WHERE fts MATCH ? "
                    f"AND doc.kind IN ('figure', 'paper'){self._filter} ORDER BY rank LIMIT ?",
                    (f"{{title}} : ({_match(terms, ' AND ')})", *self._values, limit),
                ).fetchall()
        rows = {row[0]: row for row in reversed(found)}
        return [_hit(rows[number], ()) for number in list(dict.fromkeys(row[0] for row in found))[:limit]]


def _characters(text: str) -> str:
    """The text without halves of characters, which a shell gives for what is not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _typed(text: str) -> list[_Term]:
    """What a person typed as terms. Raises UsageError if there is nothing to look for."""
    if len(text) > _MOST_LETTERS:
        raise UsageError(f"a text of {len(text):,} characters is not looked for; at most {_MOST_LETTERS:,}")
    terms = _terms(text)
    if not terms:
        raise UsageError("nothing to look for: give a word" if not text.strip() else f"{text!r} has no word")
    if len(terms) > _MOST_WORDS:
        raise UsageError(f"{len(terms)} words are not looked for; at most {_MOST_WORDS}")
    return terms


def _terms(text: str) -> list[_Term]:
    terms = []
    for quoted, bare in re.findall(r'"([^"]*)"|([^\s"]+)', text):
        typed = quoted or bare
        words = tuple(tokens(typed))
        if not words:
            continue
        phrases = [words]
        if not quoted:
            phrases += [(other,) for other in variants(typed)]
            if len(words) == 1 and len(words[0]) >= 4 and words[0].isalpha():  # kinase finds kinases, and back
                word = words[0]
                phrases.append((word[:-1] if word.endswith("s") and not word.endswith("ss") else word + "s",))
        terms.append(_Term(typed, tuple(dict.fromkeys(phrases))))
    return terms


def _long(term: _Term) -> bool:
    return all(len(words[-1]) >= 3 for words in term.phrases)


def _match(terms: Sequence[_Term], glue: str) -> str:
    return glue.join(term.fts for term in terms)


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


# --- what is shown


def _hit(row: Sequence[Any], terms: Sequence[_Term]) -> Hit:
    _, kind, iri, title, detail, year, figures, names, text, words, context, _ = row
    texts = {
        "caption" if kind == "figure" else "keywords": text,
        "words": words.replace("\n", " · "),
        "names": names.replace("\n", ", "),
        "paper" if kind == "figure" else "citation": context,
    }
    where, passage = _passage(texts, terms)
    return Hit(cast(Kind, kind), iri, vocab.curie(iri), title, detail, year, figures, where, passage)


def _passage(texts: dict[str, str], terms: Sequence[_Term]) -> tuple[str, tuple[Piece, ...]]:
    """The part of a thing's texts with most of the terms in it; the beginning of the first if none has one."""
    best: tuple[int, str, int, int, list[tuple[int, int, int]]] | None = None
    for where, text in texts.items():
        spans = _spans(text, terms)
        for i, (start, _, _) in enumerate(spans):
            end = bisect.bisect_right(spans, start + _PASSAGE, key=lambda span: span[1])
            distinct = len({term for _, _, term in spans[i:end]})
            if best is None or distinct > best[0]:
                best = (distinct, where, start, spans[max(i, end - 1)][1], spans)
    if best is None:
        where, text = next(((w, t) for w, t in texts.items() if t), ("", ""))
        return where, (Piece(_cut(text, 0, _PASSAGE), False),) if text else ()
    _, where, start, end, spans = best
    text = texts[where]
    room = max(0, _PASSAGE - (end - start)) // 2
    start, end = _outward(text, start - room, end + room)
    pieces = [Piece("…", False)] if start > 0 else []
    at = start
    for a, b, _ in spans:
        if a < start or b > end:
            continue
        if a > at:
            pieces.append(Piece(text[at:a], False))
        pieces.append(Piece(text[a:b], True))
        at = b
    if at < end:
        pieces.append(Piece(text[at:end], False))
    if end < len(text):
        pieces.append(Piece("…", False))
    return where, tuple(pieces)


def _spans(text: str, terms: Sequence[_Term]) -> list[tuple[int, int, int]]:
    """Where words of the text are that the terms look for: start, end, which term."""
    if not terms:
        return []
    which: Callable[[str], int | None] = lambda word: next(  # noqa: E731 - said once, used twice
        (n for n, term in enumerate(terms) if term.matches(word)), None
    )
    spans = []
    for found in _CHUNK.finditer(text):
        chunk = found[0]
        whole = next((n for v in variants(chunk) if (n := which(v)) is not None), None)
        if whole is not None:
            spans.append((found.start(), found.end(), whole))
            continue
        for word in WORD.finditer(chunk):
            parts = tokens(word[0]) or [plain(word[0])]
            n = next((n for part in parts if (n := which(part)) is not None), None)
            if n is not None:
                spans.append((found.start() + word.start(), found.start() + word.end(), n))
    return spans


_CHUNK = re.compile(r"[^\W_]+(?:[-‐-―−/·.'’,:+][^\W_]+)*")


def _outward(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds, moved inward to blanks so that no word is cut, and into the text."""
    start, end = max(0, start), min(len(text), end)
    if start > 0 and (blank := text.find(" ", start, start + 20)) >= 0:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", end - 20, end)) >= 0:
        end = blank
    return start, end


def _cut(text: str, start: int, end: int) -> str:
    start, end = _outward(text, start, end)
    return text[start:end] + ("…" if end < len(text) else "")
