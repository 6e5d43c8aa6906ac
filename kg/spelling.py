"""Ways to write a name that has a Greek letter: by the letter, by its name, or by the Latin letter that stands for it.

    TGF-β  TGFβ  TGF-beta  TGFbeta  TGF beta       one Spelling: its Greek phrases
    TGF-B  TGFB                                    its Latin phrases: typed so, or so read by OCR

A name is taken apart into pieces (``tgf``, β) and put together in all ways, as sequences of folded words (`kg.fold`).
Names of letters are known within words where they are long enough to mean nothing else (``IFNgamma``, but not the chi
of ``children``), others where hyphens set them apart (``PKC-eta``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kg.fold import GREEK, LATIN, WORD, plain

Phrase = tuple[str, ...]
"""Folded words, one after the other."""

_LETTER: Final = {name: letter for letter, name in GREEK.items() if letter != "ς"} | {"lamda": "λ"}
"""Name to letter."""
_WITHIN: Final = "alpha|beta|gamma|delta|epsilon|zeta|theta|kappa|lambda|omega|sigma"
_PIECE: Final = re.compile(rf"{_WITHIN}|[α-ω]|\d+|(?:(?!{_WITHIN})[^\W\d_α-ω])+")
_READ_AS: Final = {"γ": "gy"}
"""Letters for which OCR has another than people type."""
_SEEN: Final = "αβγδεζκλσω"
"""Letters that are looked for behind a Latin one: those of names of genes."""
_MOST_PIECES: Final = 5
_MOST_READINGS: Final = 3
"""Letters of one name that are read in two ways each, so that there are eight together."""
_SHORTEST, _LONGEST = 3, 12
"""Letters of a word in which a Latin letter may stand for a Greek one."""


class Spelling(NamedTuple):
    """All ways to write one name: ``greek`` by letters or their names, ``latin`` by Latin letters for them; ``names``
    are the same as folded text, with hyphens or blanks or in one."""

    greek: tuple[Phrase, ...]
    latin: tuple[Phrase, ...]
    names: tuple[str, ...]


def spelling(typed: str) -> Spelling | None:
    """How else a word with a Greek letter, or with the name of one, is written; None if it has none.

    >>> spelling("TGF-β") == spelling("TGFbeta"), spelling("TGF-beta").greek, spelling("children")
    (True, (('tgfbeta',), ('tgf', 'beta')), None)
    """
    parts = WORD.findall(plain(typed))
    pieces = []
    for part in parts:
        whole = _LETTER.get(part) if len(parts) > 1 else None
        pieces += [whole] if whole else [_LETTER.get(piece, piece) for piece in _PIECE.findall(part)]
    return _spelling(pieces) if any(piece in GREEK for piece in pieces) else None


def behind(typed: str, is_known: Callable[[str], bool]) -> Iterator[Spelling]:
    """The names with a Greek letter that a word with a Latin one may stand for, if some text has them in one word.

    >>> [found.greek for found in behind("TGF-B", {"tgfbeta"}.__contains__)]
    [(('tgfbeta',), ('tgf', 'beta'))]
    """
    word = "".join(WORD.findall(plain(typed)))
    if not (word.isascii() and _SHORTEST <= len(word) <= _LONGEST):
        return
    for i, ch in enumerate(word):
        for letter in _SEEN:
            if ch in _latin(letter) and is_known(word[:i] + GREEK[letter] + word[i + 1 :]):
                yield _spelling([*_PIECE.findall(word[:i]), letter, *_PIECE.findall(word[i + 1 :])])


def _latin(letter: str) -> str:
    """The Latin letters for a Greek one; its name if it has none."""
    return _READ_AS.get(letter) or LATIN.get(letter) or GREEK[letter]


def _spelling(pieces: Sequence[str]) -> Spelling:
    greek = [GREEK.get(piece, piece) for piece in pieces]
    # A letter alone stands for too much.
    choices = [tuple(_latin(piece)) if piece in LATIN else (GREEK.get(piece, piece),) for piece in pieces]
    latin = list(_readings(choices)) if len(pieces) > 1 else []
    # So does the article: "TNF, a cytokine" is not TNF-α.
    phrases = [phrase for each in latin for phrase in _phrases(each) if "a" not in phrase]
    names = [name for each in (greek, *latin) for name in _joined(each, ("", "-", " "))]
    return Spelling(tuple(_phrases(greek)), tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(names)))


def _readings(choices: Sequence[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """One of the choices of each piece; where many pieces have several, the same in all of them."""
    if sum(len(each) > 1 for each in choices) > _MOST_READINGS:
        return [tuple(each[place] for each in choices) for place in (0, -1)]
    return itertools.product(*choices)


def _phrases(pieces: Sequence[str]) -> list[Phrase]:
    return [tuple(text.split()) for text in _joined(pieces, ("", " "))]


def _joined(pieces: Sequence[str], glues: Sequence[str]) -> Iterator[str]:
    """The pieces with any of the glues in each joint; with one in all joints if there are many."""
    joints = len(pieces) - 1
    if joints < _MOST_PIECES:
        choices: Iterable[Sequence[str]] = itertools.product(glues, repeat=joints)
    else:
        choices = [(glue,) * joints for glue in glues]
    for chosen in choices:
        yield "".join(part for pair in zip(pieces, (*chosen, ""), strict=True) for part in pair)
