"""Reasons to doubt a gene mention (``kg:suspect``). Flags only: nothing is deleted for them.

The rules are of EVIDENCE section 6 (``docs/evidence.md``); the word list is data, ``kg/data/noise.tsv``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from kg.errors import RecordError
from kg.terms import KEPT

FLAGS = ("rewritten", "commonWord", "metaboliteOrIon", "alsoOther", "caseOnly")
_LISTED = ("commonWord", "metaboliteOrIon")


def load_noise(path: str | Path | None = None) -> dict[str, str]:
    """Word (case-folded, without outer punctuation) to flag, from the shipped list or a file like it.

    Raises RecordError naming the line for a line that is not ``word<TAB>flag`` with a known flag.
    """
    source = Path(path) if path else files("kg") / "data" / "noise.tsv"
    try:
        text = source.read_text("utf-8")
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", file=str(source)) from None
    except UnicodeDecodeError as error:
        raise RecordError(f"cannot be read: not UTF-8, byte at offset {error.start}", file=str(source)) from None
    noise: dict[str, str] = {}
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#") or line == "word\tflag":
            continue
        word, _, flag = line.partition("\t")
        if flag not in _LISTED:
            raise RecordError(
                f"must be a word, a tab, and one of {', '.join(_LISTED)}", file=str(source), field=f"line {n}"
            )
        noise[core(word)] = flag
    return noise


@lru_cache(maxsize=KEPT)
def core(word: str) -> str:
    """A word case-folded, without punctuation and blanks around it.

    >>> core("(Src"), core("Ca2+"), core(" ATP. ")
    ('src', 'ca2', 'atp')
    """
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end].casefold()


@lru_cache(maxsize=2_000)
def _characters(text: str) -> Counter[str]:
    spelled = "".join(
        unicodedata.name(ch, "").rpartition(" ")[2] if "GREEK" in unicodedata.name(ch, "") else ch for ch in text
    )
    return Counter(ch for ch in unicodedata.normalize("NFKD", spelled).casefold() if ch.isalnum())


def rewritten(word: str, match: str) -> bool:
    """Whether the match has letters or digits that the word lacks, Greek letters counting as their names.

    >>> rewritten("P13K", "PI3K"), rewritten("(Src", "SRC"), rewritten("β-catenin", "beta-catenin")
    (True, False, False)
    """
    return bool(_characters(match) - _characters(word))


def suspicions(
    word: str,
    match: str | None,
    *,
    noise: Mapping[str, str],
    also_other: bool,
    article_disagrees: bool,
) -> tuple[str, ...]:
    """Flags for one gene mention, in the order of `FLAGS`.

    ``also_other``: the record has the word's core as one of a chemical or disease, too; ``article_disagrees``: the
    article's organisms are known and the gene's is none of them.
    """
    word_core, match_core, is_rewritten, by_case = _compared(word, match)
    listed = (noise.get(word_core), noise.get(match_core))
    if not (is_rewritten or by_case or also_other) and listed == (None, None):
        return ()
    found = {
        "rewritten": is_rewritten,
        "commonWord": "commonWord" in listed,
        "metaboliteOrIon": "metaboliteOrIon" in listed,
        "alsoOther": also_other,
        "caseOnly": article_disagrees and by_case,
    }
    return tuple(flag for flag in FLAGS if found[flag])


@lru_cache(maxsize=KEPT)
def _compared(word: str, match: str | None) -> tuple[str, str, bool, bool]:
    """Cores of word and match; whether the match has what the word lacks; whether they differ in case alone."""
    word_core = core(word)
    if match is None:
        return word_core, word_core, False, False
    match_core = core(match)
    alike = word_core == match_core and match.isascii() and word.isascii()  # told without counting characters
    return word_core, match_core, not alike and rewritten(word, match), word_core == match_core and match not in word
