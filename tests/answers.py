"""Answers to stored questions, worked out by hand from the records of `question_records`.

Each module ``answers_*`` adds some; `test_questions` asks all of them, of every engine that is to give the same.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, NamedTuple

Row = tuple[str | None, ...]


class Asked(NamedTuple):
    name: str
    arguments: tuple[str, ...]
    options: dict[str, Any]
    rows: list[Row]


ASKED: dict[str, Asked] = {}


def asked(title: str, name: str, *arguments: str, rows: list[Row], **options: Any) -> None:
    assert title not in ASKED
    ASKED[title] = Asked(name, arguments, options, rows)


def all_asked() -> dict[str, Asked]:
    """What all modules ``answers_*`` ask."""
    for path in sorted(Path(__file__).parent.glob("answers_*.py")):
        importlib.import_module(path.stem)
    return ASKED
