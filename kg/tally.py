"""What a build did: counts, the reject report, and the result that is given back."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

from kg.dump import open_output
from kg.outcome import Outcome, Reject
from kg.store import writing

Progress = Callable[[int, int], None]
"""Called with records done and records in all."""


class Changes(NamedTuple):
    """How many records a build found new, changed, gone and as before, against the store that was there."""

    new: int
    changed: int
    gone: int
    same: int


@dataclass(frozen=True)
class BuildResult:
    """What a build did. ``records`` = ``figures`` + ``rejected`` + ``repeats``, always.

    ``repeats`` are records that stand twice in the sources with the same content (in the graph once).
    ``reasons`` counts rejected records by their first reason, in words that are the same for all records that have it,
    most first. ``unknown_keys`` counts records by key that no one knows, ``repeated_keys`` by key that stands more
    than once in one mapping; its last value is in the graph. ``changes`` is None for a build that read every
    record. ``shards`` is where a cluster wrote them.
    """

    records: int
    figures: int
    rejected: int
    repeats: int
    triples: int
    seconds: float
    store: str | None
    dump: str | None
    reject_file: str | None
    reasons: dict[str, int] = field(default_factory=dict)
    unknown_keys: dict[str, int] = field(default_factory=dict)
    repeated_keys: dict[str, int] = field(default_factory=dict)
    orphan_tables: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    rejects: tuple[Reject, ...] = ()
    changes: Changes | None = None
    shards: str | None = None


class Tally:
    """Counts what becomes of records as they come, and writes the reject report."""

    def __init__(self, total: int, reject_file: str | Path | None, progress: Progress | None) -> None:
        self.figures = 0
        self.rejected = 0
        self._total = total
        self._done = 0
        self._progress = progress
        self._reasons: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._repeated: Counter[str] = Counter()
        self._samples: list[Reject] = []
        self._reject_file = Path(reject_file) if reject_file else None
        self._report: IO[bytes] | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if self._reject_file and self._reject_file.is_file():
            with writing(self._reject_file):
                self._reject_file.unlink()  # a report of an earlier build would mislead
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def done(self, records: int) -> None:
        """Count records, and tell how far we are."""
        self._done += records
        if self._progress:
            self._progress(self._done, self._total)

    def take(self, outcome: Outcome) -> None:
        """Count one record."""
        self._unknown.update(outcome.unknown_keys)
        self._repeated.update(outcome.repeated_keys)
        if outcome.reject:
            self.reject(outcome.reject)
        else:
            self.figures += 1

    def reject(self, reject: Reject) -> None:
        """Count and report a record that is left out."""
        self.rejected += 1
        self._reasons[reject.reasons[0].summary] += 1
        if len(self._samples) < 1000:
            self._samples.append(reject)
        if self._reject_file:
            if self._report is None:
                self._report = self._stack.enter_context(open_output(self._reject_file))
            with writing(self._reject_file):
                self._report.write(reject.as_json().encode() + b"\n")

    def result(
        self,
        *,
        repeats: int,
        seconds: float,
        triples: int,
        store: Path | None,
        dump: str | Path | None,
        orphan_tables: tuple[str, ...],
        warnings: tuple[str, ...],
        changes: Changes | None = None,
        shards: str | Path | None = None,
    ) -> BuildResult:
        """The counts. Every record is in the graph, rejected, or a repeat of one that is."""
        return BuildResult(
            records=self._total,
            figures=self.figures,
            rejected=self.rejected,
            repeats=repeats,
            triples=triples,
            seconds=seconds,
            store=str(store) if store else None,
            dump=str(dump) if dump else None,
            reject_file=str(self._reject_file) if self._report else None,
            reasons=dict(self._reasons.most_common()),
            unknown_keys=dict(sorted(self._unknown.items())),
            repeated_keys=dict(sorted(self._repeated.items())),
            orphan_tables=orphan_tables,
            warnings=warnings,
            rejects=tuple(self._samples),
            changes=changes,
            shards=str(shards) if shards else None,
        )
