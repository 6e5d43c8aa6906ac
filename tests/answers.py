"""Answers to stored questions, worked out by hand from the records of `question_records`.

Each module ``answers_*`` adds some; `test_questions` asks all of them, of every engine that is to give the same.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, NamedTuple

from question_records import disputed_store, fixture_store

from kg.arguments import Options

Row = tuple[str | None, ...]


class Asked(NamedTuple):
    """A question and its answer: ``options`` as `kg.arguments.Options` has them, ``named`` arguments, and whether it is
    asked of the disputed records.
    """

    name: str
    arguments: tuple[str, ...]
    options: dict[str, Any]
    named: dict[str, str | list[str]]
    disputed: bool
    rows: list[Row]

    @property
    def store(self) -> Path:
        """The store that is asked."""
        return disputed_store() if self.disputed else fixture_store()

    @property
    def keywords(self) -> dict[str, Any]:
        """All that `kg.query` takes by name."""
        return {**self.options, **self.named, "store": self.store}

    @property
    def as_options(self) -> Options:
        named = {key: [value] if isinstance(value, str) else value for key, value in self.named.items()}
        return Options(**self.options, named=named)


ASKED: dict[str, Asked] = {}


def asked(
    title: str,
    name: str,
    *arguments: str,
    rows: list[Row],
    named: dict[str, str | list[str]] | None = None,
    disputed: bool = False,
    **options: Any,
) -> None:
    assert title not in ASKED
    ASKED[title] = Asked(name, arguments, options, named or {}, disputed, rows)


def all_asked() -> dict[str, Asked]:
    """What all modules ``answers_*`` ask."""
    for path in sorted(Path(__file__).parent.glob("answers_*.py")):
        importlib.import_module(path.stem)
    return ASKED
