"""Samples to numbers that can be read: medians, ratios with their goals, tables as text and as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from measure import Sample


@dataclass
class Row:
    """One thing that was run: its samples, in order of the rounds, or why there are none."""

    name: str
    figures: int
    samples: list[Sample] = field(default_factory=list)
    error: str = ""
    triples: int | None = None
    counts: str = ""
    """Whether its output held what the corpus holds."""

    @property
    def wall(self) -> list[float]:
        """Wall seconds of each run."""
        return [sample.wall for sample in self.samples]


class Goal(NamedTuple):
    """What a number must reach: at least or at most ``limit``."""

    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        """Whether the number reaches it."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass
class Finding:
    """A number that follows from the samples: a ratio (unit x), seconds, MB. None if what it needs did not run."""

    name: str
    value: float | None
    unit: str = "x"
    low: float | None = None
    high: float | None = None
    goal: Goal | None = None


@dataclass
class Section:
    """One part of the benchmark."""

    title: str
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)

    def drop_goals(self) -> None:
        """Hold nothing against its goal: the corpora are of other sizes than the goals are meant for."""
        if any(finding.goal for finding in self.findings):
            self.notes.append("No goals are shown: they are meant for corpora of other sizes.")
        for finding in self.findings:
            finding.goal = None


def ratio(name: str, over: Row, under: Row, goal: Goal | None = None, *, per_figure: bool = False) -> Finding:
    """Median of one divided by median of the other; lowest and highest ratio of two runs of one round beside it."""
    if not over.samples or not under.samples:
        return Finding(name, None, goal=goal)
    scale = under.figures / over.figures if per_figure else 1.0
    rounds = [a / b * scale for a, b in zip(over.wall, under.wall, strict=False)]
    value = statistics.median(over.wall) / statistics.median(under.wall) * scale
    return Finding(name, value, low=min(rounds), high=max(rounds), goal=goal)


def seconds(name: str, row: Row, limit: float) -> Finding:
    """The median wall time, which must be at most ``limit``."""
    value = statistics.median(row.wall) if row.samples else None
    return Finding(name, value, "s", min(row.wall, default=None), max(row.wall, default=None), Goal(limit))


def memory(name: str, row: Row, limit: float) -> Finding:
    """The highest peak of all processes together, of all runs, in MB; it must be at most ``limit``."""
    value = max((sample.peak_all for sample in row.samples), default=None)
    return Finding(name, None if value is None else value / 1e6, "MB", goal=Goal(limit))


def text(sections: Iterable[Section]) -> str:
    """All sections as tables for a terminal."""
    return "\n\n".join("\n".join(_section(section, _aligned)) for section in sections)


def markdown(sections: Iterable[Section]) -> str:
    """All sections as Markdown tables."""
    return "\n\n".join("\n".join(_section(section, _piped)) for section in sections)


_RUNS = ("", "wall, s", "min–max", "ms/figure", "all, MB", "largest, MB", "triples", "counts")
_FINDINGS = ("", "", "min–max", "goal", "")


def _section(section: Section, table: Any) -> Iterable[str]:
    yield from ([f"**{section.title}**", ""] if table is _piped else [section.title])
    yield from table(_RUNS, [_run_cells(row) for row in section.rows])
    if section.findings:
        yield ""
        yield from table(_FINDINGS, [_finding_cells(finding) for finding in section.findings])
    failed = [f"{row.name}: {row.error}" for row in section.rows if row.error]
    if failed or section.notes:
        yield ""
        yield from failed + section.notes


def _run_cells(row: Row) -> Sequence[str]:
    if not row.samples:
        return (row.name, "not run", "", "", "", "", "", "")
    median = statistics.median(row.wall)
    return (
        row.name,
        _number(median),
        f"{_number(min(row.wall))}–{_number(max(row.wall))}",
        _number(1000 * median / row.figures) if row.figures else "",
        f"{max(sample.peak_all for sample in row.samples) / 1e6:,.0f}",
        f"{max(sample.peak_one for sample in row.samples) / 1e6:,.0f}",
        "" if row.triples is None else f"{row.triples:,}",
        row.counts,
    )


def _finding_cells(finding: Finding) -> Sequence[str]:
    goal = finding.goal
    wanted = f"{'≥' if goal.at_least else '≤'} {goal.limit:g} {finding.unit}" if goal else ""
    if finding.value is None:
        return (finding.name, "not known", "", wanted, "")
    spread = "" if finding.low is None or finding.high is None else f"{_number(finding.low)}–{_number(finding.high)}"
    verdict = ("met" if goal.met(finding.value) else "NOT met") if goal else ""
    return (finding.name, f"{_number(finding.value)} {finding.unit}", spread, wanted, verdict)


def _number(value: float) -> str:
    """Three figures that mean something: 0.0123, 1.23, 12.3, 1,234."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for cells in (header, *rows):
        first, *rest = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        yield "  ".join(("  " + first, *rest)).rstrip()


def _piped(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(header)} |"
    yield "|---" + "|---:" * (len(header) - 1) + "|"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"
