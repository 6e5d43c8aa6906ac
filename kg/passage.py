"""The part of a thing's texts that is shown for a search: where most of its terms are, with these marked."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kg.fold import WORD, plain, tokens, variants
from kg.searchterms import Term

_PASSAGE = 180
"""Letters of a passage, about."""
_CHUNK = re.compile(r"[^\W_]+(?:[-‐-―−/·.'’,:+][^\W_]+)*")


class Piece(NamedTuple):
    """A part of a passage; ``found`` if it is one of the words that were looked for."""

    text: str
    found: bool


class Span(NamedTuple):
    """Where a term is in a text: its start and end, and which term."""

    start: int
    end: int
    term: int


def passage(texts: Mapping[str, str], terms: Sequence[Term]) -> tuple[str, tuple[Piece, ...]]:
    """The text, and the part of it, that has most of the terms; of equal ones the first. The title, which is shown
    anyway, is the passage only where no other text has as many, and then it is whole. The beginning of the first other
    text if no text has a term."""
    best: tuple[int, str, int, int, list[Span]] | None = None
    for where in sorted(texts, key=lambda name: name == "title"):
        spans = _spans(texts[where], terms)
        for i, span in enumerate(spans):
            end = bisect.bisect_right(spans, span.start + _PASSAGE, key=lambda span: span.end)
            distinct = len({span.term for span in spans[i:end]})
            if best is None or distinct > best[0]:
                best = (distinct, where, span.start, spans[max(i, end - 1)].end, spans)
    if best is None:
        where, text = next(((w, t) for w, t in texts.items() if t and w != "title"), ("", ""))
        return where, (Piece(_cut(text), False),) if text else ()
    _, where, start, end, spans = best
    text = texts[where]
    if where == "title":
        return where, tuple(_marked(text, 0, len(text), spans))
    room = max(0, _PASSAGE - (end - start)) // 2
    return where, tuple(_marked(text, *_outward(text, start - room, end + room), spans))


def _marked(text: str, start: int, end: int, spans: Sequence[Span]) -> list[Piece]:
    pieces = [Piece("…", False)] if start > 0 else []
    at = start
    for span in spans:
        if span.start < at or span.end > end:
            continue
        if span.start > at:
            pieces.append(Piece(text[at : span.start], False))
        pieces.append(Piece(text[span.start : span.end], True))
        at = span.end
    if at < end:
        pieces.append(Piece(text[at:end], False))
    if end < len(text):
        pieces.append(Piece("…", False))
    return pieces


def _spans(text: str, terms: Sequence[Term]) -> list[Span]:
    """Where the text has a phrase of a term, as it is or written in one; the longest where several begin."""
    if not terms or not text:
        return []
    phrases = sorted(
        ((phrase, term.is_beginning(phrase), n) for n, term in enumerate(terms) for phrase in term.phrases),
        key=lambda each: -len(each[0]),
    )
    single = [each for each in phrases if len(each[0]) == 1]
    words = [
        (found.start(), found.end(), token)
        for found in WORD.finditer(text)
        for token in tokens(found[0]) or [plain(found[0])]
    ]
    spans = []
    for found in _CHUNK.finditer(text):
        joined = ((each, n) for each in variants(found[0]) for (word,), begins, n in single if _is(each, word, begins))
        if hit := next(joined, None):
            spans.append(Span(found.start(), found.end(), hit[1]))
    read = [token for _, _, token in words]
    for i, (start, _, _) in enumerate(words):
        for phrase, begins, n in phrases:
            *first, last = read[i : i + len(phrase)]
            if len(first) == len(phrase) - 1 and tuple(first) == phrase[:-1] and _is(last, phrase[-1], begins):
                spans.append(Span(start, words[i + len(phrase) - 1][1], n))
                break
    return _apart(spans)


def _is(word: str, wanted: str, begins: bool) -> bool:
    return word.startswith(wanted) if begins else word == wanted


def _apart(spans: Sequence[Span]) -> list[Span]:
    """Those spans that do not overlap, the earlier and longer first."""
    kept = list[Span]()
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _outward(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds, moved inward to blanks so that no word is cut, and into the text."""
    start, end = max(0, start), min(len(text), end)
    if start > 0 and (blank := text.find(" ", start, start + 20)) >= 0:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", end - 20, end)) >= 0:
        end = blank
    return start, end


def _cut(text: str) -> str:
    start, end = _outward(text, 0, _PASSAGE)
    return text[start:end] + ("…" if end < len(text) else "")
