"""The parts of the benchmark: each runs some commands, round by round, and says what follows from them."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import commands
import measure
from commands import Command
from corpora import Corpora, Corpus, change, copy
from report import Finding, Goal, Row, Section, memory, ratio, seconds


@dataclass
class Case:
    """Something to run: what it writes is removed before each run, and counted after the first."""

    name: str
    command: Command
    out: Path
    folder: Path


@dataclass
class Bench:
    """What all parts need to know."""

    corpora: Corpora
    work: Path
    runs: int = 3
    large_runs: int = 1
    figures: int = 2659
    scales: tuple[int, ...] = (1, 4, 16)
    large_figures: int = 100_000
    increment_figures: int = 20_000
    morph_venv: Path = Path(".venv-bench")
    cores: int = 1
    skip: frozenset[str] = frozenset()
    versions: dict[str, str] = field(default_factory=dict)

    def sizes(self, part: str) -> list[int]:
        """How many figures the corpora of a part have."""
        return {
            "peers": [self.figures],
            "scaling": [self.figures * scale for scale in self.scales],
            "increments": [self.increment_figures],
            "large": [self.large_figures],
        }[part]

    def standard(self, part: str) -> bool:
        """Whether the part runs on the sizes that the goals are meant for."""
        return self.sizes(part) == Bench(self.corpora, self.work).sizes(part)

    def need(self, parts: Sequence[str]) -> None:
        """See to it that all corpora of the parts are there, before anything is timed. Raises NoCorpus."""
        for figures in sorted({size for part in parts for size in self.sizes(part)}):
            self.corpora.get(figures)

    def case(self, name: str, command: Command, out: Path, folder: Path | None = None) -> Case:
        """A case that runs in the work folder unless told otherwise."""
        return Case(name, command, out, folder or self.work)

    def interleave(self, cases: Sequence[Case], corpus: Corpus, runs: int) -> list[Row]:
        """Run all cases in each round, each round starting with another one; a case that fails is left out."""
        rows = [Row(case.name, len(corpus.records)) for case in cases]
        pairs = list(zip(cases, rows, strict=True))
        for turn in range(runs):
            shift = turn % len(pairs)
            for case, row in pairs[shift:] + pairs[:shift]:
                if row.error:
                    continue
                remove(case.out)
                self.sample(row, case.command, case.folder)
                if not row.error and row.triples is None:
                    judge(row, case.out, corpus)
        return rows

    def sample(self, row: Row, command: Command, folder: Path | None = None) -> None:
        """Run once and keep the sample, or why there is none."""
        try:
            sample = measure.run(command, folder or self.work)
        except measure.Failed as error:
            row.error, row.samples = str(error), []
            say(f"{row.name}: {error}")
            return
        row.samples.append(sample)
        say(f"{row.name}: {sample.wall:.2f} s, {sample.peak_all / 1e6:,.0f} MB")

    def dump(self, corpus: Corpus) -> Path:
        """A checked N-Triples dump of the corpus, not timed: what loaders load. Warms files and imports too."""
        out = self.work / f"ready-{len(corpus.records)}.nt"
        corpus.warm()
        measure.run(commands.kg_dump(corpus.folder, out), self.work)
        return out


def say(text: str) -> None:
    """Progress, to stderr."""
    print(text, file=sys.stderr, flush=True)


def remove(place: Path) -> None:
    """Remove a file, a folder, or a store of kg (a link to a folder beside it)."""
    if place.is_symlink():
        shutil.rmtree(place.resolve(), ignore_errors=True)
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def judge(row: Row, out: Path, corpus: Corpus) -> None:
    """Count what was written, and compare it with what the corpus holds."""
    counter: Command = [sys.executable, commands.BENCH / "counts.py", out]
    counts = json.loads(subprocess.run(counter, check=True, capture_output=True, text=True).stdout)
    row.triples = counts["triples"]
    truth = corpus.truth
    wrong = [f"{key} {n}, not {truth[key]}" for key, n in counts.items() if truth.get(key, n) != n]
    row.counts = "; ".join(wrong) or ("right" if truth else "no truth.json")


def peers(bench: Bench) -> Section:
    """The build and what does the same by other means, on one corpus."""
    corpus = bench.corpora.get(bench.figures)
    source, work = corpus.folder, bench.work
    ready = bench.dump(corpus)
    cases = {
        "kg ttl": bench.case("kg build, Turtle, checked", commands.kg_dump(source, work / "k.ttl"), work / "k.ttl"),
        "kg nt": bench.case("kg build, N-Triples, checked", commands.kg_dump(source, work / "k.nt"), work / "k.nt"),
        "kg ttl -": bench.case(
            "kg build, Turtle, no check", commands.kg_dump(source, work / "u.ttl", check=False), work / "u.ttl"
        ),
        "kg nt -": bench.case(
            "kg build, N-Triples, no check", commands.kg_dump(source, work / "u.nt", check=False), work / "u.nt"
        ),
        "kg store": bench.case(
            "kg build, store, checked", commands.kg_store(source, work / "k.store"), work / "k.store"
        ),
        "load": bench.case(
            "Oxigraph's own load of these N-Triples", commands.oxigraph_load(ready, work / "ox"), work / "ox"
        ),
    }
    notes = []
    if "handwritten" not in bench.skip:
        cases |= {
            "hand ttl": bench.case(
                "handwritten.py, Turtle, checked", commands.handwritten(source, work / "h.ttl"), work / "h.ttl"
            ),
            "hand nt": bench.case(
                "handwritten.py, N-Triples, checked", commands.handwritten(source, work / "h.nt"), work / "h.nt"
            ),
            "hand nt -": bench.case(
                "handwritten.py, N-Triples, no check",
                commands.handwritten(source, work / "i.nt", check=False),
                work / "i.nt",
            ),
        }
    if "morph" not in bench.skip:
        python, version = commands.morph_python(bench.morph_venv)
        if python:
            bench.versions["morph-kgc"] = version
            csv = work / "csv"
            measure.run(commands.flatten(source, csv), work)
            for key, mapping, says in (
                ("morph", "edges", "no mentions"),
                ("morph +", "mentions", "with mentions"),
            ):
                out = work / f"m-{mapping}.nt"
                command = commands.morph(python, mapping, csv, out, bench.cores)
                cases[key] = bench.case(f"Morph-KGC, CSV to N-Triples, {says}, no check", command, out, csv)
        else:
            notes.append(version)
    rows = bench.interleave(list(cases.values()), corpus, bench.runs)
    by_key = dict(zip(cases, rows, strict=True))
    wanted = (
        ("hand-written / kg, Turtle, both checked", "hand ttl", "kg ttl", Goal(60, at_least=True)),
        ("hand-written N-Triples, checked / kg Turtle, checked", "hand nt", "kg ttl", Goal(15, at_least=True)),
        ("hand-written N-Triples, no check / kg Turtle, checked", "hand nt -", "kg ttl", None),
        ("hand-written / kg, N-Triples, both checked", "hand nt", "kg nt", None),
        ("hand-written / kg, N-Triples, neither checked", "hand nt -", "kg nt -", None),
        ("kg, N-Triples, no check / Morph-KGC, no mentions", "kg nt -", "morph", Goal(1)),
        ("kg, N-Triples, no check / Morph-KGC, with mentions", "kg nt -", "morph +", Goal(1)),
        ("kg into a store, checked / Oxigraph's own load", "kg store", "load", Goal(1.8)),
    )
    findings = [
        ratio(name, by_key[over], by_key[under], goal)
        for name, over, under, goal in wanted
        if over in by_key and under in by_key
    ]
    return Section(
        f"Peers: {len(corpus.records):,} figures, {bench.runs} runs each, interleaved", rows, findings, notes
    )


def scaling(bench: Bench) -> Section:
    """The build of larger and larger corpora to N-Triples, checked."""
    rows: list[Row] = []
    for scale in bench.scales:
        corpus = bench.corpora.get(bench.figures * scale)
        corpus.warm()
        out = bench.work / "scale.nt"
        case = bench.case(f"kg build, N-Triples, checked, {scale}x", commands.kg_dump(corpus.folder, out), out)
        rows += bench.interleave([case], corpus, bench.runs)
        remove(out)
    first = rows[0]
    findings = [
        ratio(f"seconds a figure, {scale}x / {bench.scales[0]}x", row, first, Goal(1.3), per_figure=True)
        for scale, row in zip(bench.scales[1:], rows[1:], strict=True)
    ]
    return Section(f"Scaling: {bench.runs} runs each", rows, findings)


def large(bench: Bench) -> Section:
    """A large corpus to N-Triples and into the store, beside Oxigraph's own load; then questions on that store."""
    corpus = bench.corpora.get(bench.large_figures)
    work = bench.work
    ready = bench.dump(corpus)
    store = work / "large.store"
    cases = [
        bench.case(
            "kg build, N-Triples, checked", commands.kg_dump(corpus.folder, work / "large.nt"), work / "large.nt"
        ),
        bench.case("kg build, store, checked", commands.kg_store(corpus.folder, store), store),
        bench.case("Oxigraph's own load of these N-Triples", commands.oxigraph_load(ready, work / "ox"), work / "ox"),
    ]
    rows = bench.interleave(cases, corpus, bench.large_runs)
    dump, stored, load = rows
    findings = [
        seconds("kg to N-Triples, checked", dump, 120),
        memory("kg to N-Triples, checked, all processes", dump, 500),
        ratio("kg into a store, checked / Oxigraph's own load", stored, load, Goal(1.8)),
        memory("kg into a store, checked, all processes", stored, 2500),
    ]
    section = Section(f"Large: {len(corpus.records):,} figures, runs: {bench.large_runs}", rows, findings)
    for place in (ready, work / "large.nt", work / "ox"):
        remove(place)
    if stored.samples:
        ask(bench, store, section)
    return section


def ask(bench: Bench, store: Path, section: Section) -> None:
    """Stored questions: one as whole command, all inside a process that is warm."""
    question = ("figures-mentioning-genes", "JAK2", "STAT3")
    command = Row("kg query " + " ".join(question), 0)
    for _ in range(max(5, bench.runs)):
        if not command.error:
            bench.sample(command, commands.kg_query(store, *question))
    section.rows.append(command)
    timer = Row("bench/queries.py: every stored query, 5 times", 0)
    bench.sample(timer, [sys.executable, commands.BENCH / "queries.py", store, "5"])
    if timer.error:
        section.rows.append(timer)
        return
    asked = json.loads(timer.samples[0].printed)
    section.data["queries"] = asked
    for entry in asked:
        if "error" in entry:
            section.notes.append(f"{entry['query']}: not asked: {entry['error']}")
    jak2 = [entry for entry in asked if entry["query"] == question[0]]
    section.findings += [inside(entry, 0.25) for entry in jak2]
    section.findings.append(seconds("the same as a whole command", command, 0.6))
    others = [entry for entry in asked if "seconds" in entry and entry not in jak2]
    section.findings += [inside(entry, None if entry["slow"] else 2) for entry in others]
    section.notes += [f"{entry['query']} says why it is slow: {entry['slow']}" for entry in others if entry["slow"]]


def inside(entry: dict[str, Any], limit: float | None) -> Finding:
    """The median time of one stored question, asked inside a process that is warm; no limit for one that says why."""
    taken = entry["seconds"]
    name = " ".join([entry["query"], *(text.rpartition("/")[2] for text in entry["arguments"])])
    return Finding(
        f"{name}, warm", statistics.median(taken), "s", min(taken), max(taken), Goal(limit) if limit else None
    )


CHANGED = "SELECT (COUNT(?f) AS ?n) { ?f kg:pathwayScore ?score FILTER(?score = 0.123456e0) }"


def increments(bench: Bench) -> Section:
    """A build, a change of 1 % of the records, and the same build into the same store again."""
    corpus = bench.corpora.get(bench.increment_figures)
    store = bench.work / "increment.store"
    figures = len(corpus.records)
    first, second = Row("first kg build, store, checked", figures), Row("second, after 1 % has changed", figures)
    for _ in range(bench.runs):
        changing = copy(corpus, bench.work / "changing")
        changing.warm()
        remove(store)
        bench.sample(first, commands.kg_store(changing.folder, store))
        if first.error:
            break
        changed = change(changing, every=100)
        bench.sample(second, commands.kg_store(changing.folder, store))
        if second.error:
            break
        found = int(measure.run(commands.kg_sparql(store, CHANGED), bench.work).printed.split()[-1])
        second.counts = "right" if found == changed else f"{found} of {changed} changes in the store"
    remove(bench.work / "changing")
    finding = ratio("second build / first build", second, first, Goal(0.1))
    return Section(f"Increments: {figures:,} figures, runs: {bench.runs}", [first, second], [finding])


PARTS = {"peers": peers, "scaling": scaling, "increments": increments, "large": large}
