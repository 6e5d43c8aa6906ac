"""Every error that this package raises on purpose.

    KgError                     anything a person can act on; carries the exit code of the command line
    ├── UsageError        (2)   wrong arguments, or input that is not there or cannot be read
    │   ├── RecordError   (2)   one record, table or lexicon file is broken: file, record, field
    │   └── AmbiguousName (2)   a name that stands for several things; asks back
    ├── NotInGraph        (2)   the thing asked for is not in this graph; names near matches
    ├── NoSuchGraph       (2)   the named graph that was asked is empty, or not there; names others
    └── CannotRun         (3)   store, endpoint or disk: nothing wrong with the data
        └── EndpointError (3)   an endpoint does not answer, or answers with an error: its HTTP status

Messages are for people: what is wrong, where, and what to do. `str(error)` is the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACE = re.compile(r"row \d+(, column )?|, item \d+")


class KgError(Exception):
    """Base of all errors of this package."""

    exit_code = 2


class UsageError(KgError):
    """The call is wrong, or the input cannot be read."""


class RecordError(UsageError):
    """One record (or a table beside it) is broken.

    ``file`` is the path as the user gave it, ``record`` the figid if it is known, ``field`` the key,
    column or ``row N, column C``, ``value`` the value as the record has it. ``message`` goes on from field and
    value and repeats neither. ``summary`` is a sentence for counting: field and message without what differs from
    record to record (rows, items, values, paths). The argument ``summary`` is for messages that hold such.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        record: str = "",
        field: str = "",
        value: str = "",
        summary: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.record = record
        self.field = field
        self.value = value
        self.summary = f"{_PLACE.sub('', field)} {summary or message}".strip()

    def __str__(self) -> str:
        said = f"{self.value[:60]!r} {self.message}" if self.value else self.message
        return ": ".join(part for part in (self.file, self.field, said) if part)


class AmbiguousName(UsageError):
    """A name stands for several things; ``candidates`` are ways of saying which."""

    def __init__(self, message: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class NotInGraph(KgError):
    """What was asked for is not in this graph."""


class NoSuchGraph(KgError):
    """The named graph of an endpoint is empty, or is not there."""


class CannotRun(KgError):
    """The store, the endpoint or the disk does not let us go on."""

    exit_code = 3


class EndpointError(CannotRun):
    """An endpoint does not answer, or answers with an error; ``status`` is that of HTTP, None without an answer."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
