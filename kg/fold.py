"""Text as search compares it: without case, accents and typographic variety; Greek letters by their names.

    fold("TGF-β1")      "tgf-beta1"
    tokens("TGF-β1")    ["tgf", "beta1"]
    variants("TGF-β1")  {"tgfbeta1", "tgfb1"}     the same written in one, and with Latin letters for Greek

What a person types and what a figure says go through the same functions, so that either spelling finds the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

GREEK: Final = {
    unicodedata.lookup(f"GREEK SMALL LETTER {name}"): name.lower()
    for name in (
        "ALPHA BETA GAMMA DELTA EPSILON ZETA ETA THETA IOTA KAPPA LAMDA MU NU XI OMICRON PI RHO SIGMA TAU UPSILON PHI "
        "CHI PSI OMEGA"
    ).split()
} | {"λ": "lambda", "ς": "sigma"}
"""Letter to name. Unicode writes LAMDA, people do not."""
LATIN: Final = dict(zip("αβγδεζηικλμνορστυω", "abgdezhiklmnorstuw", strict=True))
"""Letter to the Latin one that people type for it (NFkB, TGFb)."""

WORD: Final = re.compile(r"[^\W_]+")
_COMPOUND: Final = re.compile(r"[^\W_]+(?:[-‐-―−/·.'’,:+][^\W_]+)+|[^\W_]*[α-ωΑ-Ωµ][^\W_]*")
"""What may be written in one as well, or has Greek letters."""


def fold(text: str) -> str:
    """Text without case and accents, Greek letters by their names.

    >>> fold("Naïve NF-κB"), fold("µM")
    ('naive nf-kappab', 'mum')
    """
    if text.isascii():
        return text.lower()
    return _folded(text) if len(text) <= _WORD else _fold(text)


_WORD = 24
"""Letters of what is kept: words come again, texts do not."""


def _fold(text: str) -> str:
    return _decomposed(text).translate(_FOLDED)


_folded = lru_cache(maxsize=2_000)(_fold)


def plain(text: str) -> str:
    """Text without case and accents; Greek letters stay."""
    return text.lower() if text.isascii() else _decomposed(text).translate(_PLAIN)


def _decomposed(text: str) -> str:
    """Case first: the capital of a Greek letter is folded to the small one."""
    return unicodedata.normalize("NFKD", text.casefold())


class _WithoutMarks(dict[int, str | int | None]):
    """A table for `str.translate` that takes out combining marks. It keeps what it is asked for of the letters of texts
    as they are; what a client may send beyond, up to a million, it looks up each time.
    """

    def __missing__(self, code: int) -> int | None:
        found = None if unicodedata.combining(chr(code)) else code
        if code < _KEPT:
            self[code] = found
        return found


_KEPT: Final = 0x3000
"""Where Unicode's alphabets and punctuation end and East Asian scripts begin."""


_PLAIN: Final = _WithoutMarks()
_FOLDED: Final = _WithoutMarks({ord(letter): name for letter, name in GREEK.items()})


def tokens(text: str) -> list[str]:
    """The words of a text, folded, in order.

    >>> tokens("Wnt/β-catenin signalling")
    ['wnt', 'beta', 'catenin', 'signalling']
    """
    return WORD.findall(fold(text))


def variants(text: str) -> Iterator[str]:
    """What the compounds of a text, and its words with Greek letters, are when written in one or in Latin letters.

    >>> sorted(variants("IL-6 and TGF-β1"))
    ['il6', 'tgfb1', 'tgfbeta1']
    """
    for found in _COMPOUND.findall(text):
        parts = WORD.findall(plain(found))
        for table in (GREEK, LATIN):
            joined = "".join(table.get(ch, GREEK.get(ch, ch)) for part in parts for ch in part)
            if table is GREEK and len(parts) == 1:
                continue  # that is its token
            if table is GREEK or any(ch in LATIN for part in parts for ch in part):
                yield joined
