"""What became of one record: it is in the graph, or left out with reasons."""

from __future__ import annotations

import json
from typing import NamedTuple

from kg.model import PaperFacts


class Reason(NamedTuple):
    """One reason why a record is not in the graph. ``shape`` is empty if it failed before the shapes.

    ``value`` is as the record has it. ``summary`` is field and message without what differs from record to record.
    """

    field: str
    value: str
    message: str
    summary: str
    advice: str = ""
    shape: str = ""
    file: str = ""


class Reject(NamedTuple):
    """A record that is left out, and why."""

    file: str
    figid: str
    reasons: tuple[Reason, ...]

    def as_json(self) -> str:
        """One line of the reject report (JSON Lines)."""
        reasons = [{k: v for k, v in reason._asdict().items() if v} for reason in self.reasons]
        return json.dumps({"file": self.file, "figid": self.figid, "reasons": reasons}, ensure_ascii=False)

    def __str__(self) -> str:
        first = self.reasons[0]
        more = f" (and {len(self.reasons) - 1} more)" if len(self.reasons) > 1 else ""
        where = first.file if first.file and first.file != self.file else ""
        parts = (where, first.field, first.value and repr(first.value[:60]), first.message)
        return f"{self.file}: {' '.join(part for part in parts if part)}{more}"


class Outcome(NamedTuple):
    """One record after its batch: what a later build needs to know of it if the record has not changed.

    ``hash`` is of the record and its tables (`read.content_hash`), empty if they cannot be read. ``reject`` is None for
    a record that is in the graph; then ``paper`` is what it says of its paper, and ``facts`` are the digests
    (`worker.digest`) of what it says of other shared things. Keys are those that no one knows, and those that repeat.
    """

    figid: str
    file: str
    hash: str
    reject: Reject | None
    paper: PaperFacts | None = None
    facts: tuple[int, ...] = ()
    unknown_keys: tuple[str, ...] = ()
    repeated_keys: tuple[str, ...] = ()
