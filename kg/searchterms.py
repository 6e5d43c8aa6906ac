"""What a person typed into a search, as terms: a word each, or words in quotes, with the other ways to write it.

A term is found ``best`` as it was typed; phrases that only ``also`` stand for it are ranked after. ``TGF-β`` is best
TGF-β, TGFβ, TGF-beta, TGFbeta and TGF beta, whichever of them was typed, and also TGF-B and TGFB, as OCR has it; to
one who types TGFB or TGF-B it is the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kg.errors import UsageError
from kg.fold import WORD, fold, plain, tokens, variants
from kg.spelling import Phrase, behind, spelling

_MOST_WORDS = 32
_MOST_LETTERS = 1_000


class Term(NamedTuple):
    """A word to look for: ``best`` any of these phrases, ``also`` any of those. ``names`` is what a thing of this name
    may be called, folded. With ``begins`` the last word of a phrase is a beginning, if it has that many letters."""

    typed: str
    best: tuple[Phrase, ...]
    also: tuple[Phrase, ...] = ()
    names: tuple[str, ...] = ()
    begins: int = 0

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All of them."""
        return (*self.best, *self.also)

    def is_beginning(self, phrase: Phrase) -> bool:
        """Whether a longer word will do for the last word of a phrase."""
        return bool(self.begins) and len(phrase[-1]) >= self.begins


def terms_of(text: str, is_known: Callable[[str], bool] = lambda _: False) -> list[Term]:
    """The terms of a text, in order; ``is_known`` tells whether some text has a folded word."""
    terms = []
    for quoted, bare in re.findall(r'"([^"]*)"|([^\s"]+)', characters(text)):
        words = tuple(tokens(quoted or bare))
        if quoted and words:
            terms.append(Term(quoted, (words,), names=(fold(quoted).strip(),)))
        elif words:
            terms.append(_term(bare, words, is_known))
    return terms


def asked(text: str, is_known: Callable[[str], bool]) -> list[Term]:
    """The terms of a question. Raises UsageError if there is nothing to look for, or too much."""
    if len(text) > _MOST_LETTERS:
        raise UsageError(f"a text of {len(text):,} characters is not looked for; at most {_MOST_LETTERS:,}")
    terms = terms_of(text, is_known)
    if not terms:
        raise UsageError("nothing to look for: give a word" if not text.strip() else f"{text!r} has no word")
    if len(terms) > _MOST_WORDS:
        raise UsageError(f"{len(terms)} words are not looked for; at most {_MOST_WORDS}")
    return terms


def characters(text: str) -> str:
    """The text without halves of characters, which a shell gives for what is not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def query(terms: Sequence[Term], glue: str, *, best: bool = False) -> str:
    """The terms as a query of FTS5, with AND or OR between them; of their ``best`` phrases alone if so wished."""
    return f" {glue} ".join(
        f"({' OR '.join(_quoted(term, phrase) for phrase in (term.best if best else term.phrases))})" for term in terms
    )


def _quoted(term: Term, phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"{"*" if term.is_beginning(phrase) else ""}'


def _term(typed: str, words: Phrase, is_known: Callable[[str], bool]) -> Term:
    called = (fold(typed).strip(),)
    if found := spelling(typed):
        return Term(typed, found.greek, _without(found.latin, found.greek), found.names)
    phrases = [words, *((other,) for other in variants(typed))]
    if len(words) == 1 and len(words[0]) >= 4 and words[0].isalpha():  # kinase finds kinases, and back
        word = words[0]
        phrases.append((word[:-1] if word.endswith("s") and not word.endswith("ss") else word + "s",))
    if not (greek := list(behind(typed, is_known))):
        return Term(typed, tuple(dict.fromkeys(phrases)), names=called)
    # The Latin letters that were typed come first, however the word was put together: TGF-B as TGFB.
    joined = "".join(WORD.findall(plain(typed)))
    best = [phrase for found in greek for phrase in found.latin if "".join(phrase) == joined]
    also = [phrase for found in greek for phrase in (*found.greek, *found.latin)]
    names = [name for found in greek for name in found.names]
    return Term(typed, tuple(dict.fromkeys(best)), _without(also, best), tuple(dict.fromkeys((*called, *names))))


def _without(phrases: Sequence[Phrase], others: Sequence[Phrase]) -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in dict.fromkeys(phrases) if phrase not in others)
