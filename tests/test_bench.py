"""The benchmark on a corpus of a few records: the table's shape, the arithmetic of ratios, what it says if it cannot run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import corpora
import measure
import pytest
import report
from conftest import ROOT
from measure import Sample
from records import SYMBOL, SYNONYM, gene, write
from report import Finding, Goal, Row, Section

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="memory is read from Linux' /proc")


def corpus(folder: Path, figures: int) -> Path:
    """Figures of two papers, each with two genes, one of them named twice."""
    for n in range(figures):
        genes = [
            gene("JAK2", "JAK2", "JAK2", 3717),
            gene("Jtk", "JTK10", "JAK2", 3717, SYNONYM),
            gene("STAT3", "STAT3", "STAT3", 6774, SYMBOL),
        ]
        write(folder, f"PMC{1 + n % 2}__f{n}", genes=genes)
    truth = {"figures": figures, "papers": 2, "figure_gene_pairs": 2 * figures}
    (folder / "truth.json").write_text(json.dumps(truth))
    return folder


def bench(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        ROOT / "bench" / "run.py",
        "--work",
        tmp_path / "work",
        "--corpus-maker",
        tmp_path / "none",
    ]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)


def row(*wall: float, figures: int = 10, memory: int = 0) -> Row:
    return Row("a row", figures, [Sample(seconds, seconds, memory, memory) for seconds in wall])


# --- the whole -----------------------------------------------------------------------------------------------


def test_all_parts_on_tiny_corpora(tmp_path: Path) -> None:
    four, eight = corpus(tmp_path / "four", 4), corpus(tmp_path / "eight", 8)
    done = bench(
        tmp_path, "--corpus", four, "--corpus", eight, "--figures", "4", "--scales", "1,2", "--large", "--large-figures", "8",
        "--increment-figures", "4", "--skip", "morph", "--runs", "2", "--json", tmp_path / "b.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    titles = [line for line in lines if line.startswith(("Peers", "Scaling", "Increments", "Large"))]
    assert [title.split(":")[0] for title in titles] == ["Peers", "Scaling", "Increments", "Large"]
    header = lines[lines.index(titles[0]) + 1]
    assert header.split("  ")[-1] == "counts"
    for name in (
        "kg build, Turtle, checked",
        "kg build, N-Triples, no check",
        "kg build, store, checked",
        "Oxigraph's own load of these N-Triples",
        "handwritten.py, Turtle, checked",
        "handwritten.py, N-Triples, no check",
    ):
        (line,) = [line for line in lines[: lines.index(titles[1])] if line.strip().startswith(name)]
        assert line.endswith("right")
        assert len(line) == len(header)
    assert "NOT met" not in done.stdout  # no goals on corpora of other sizes
    assert not [path for path in (tmp_path / "work").iterdir() if path.name.startswith("run-")]

    saved = json.loads((tmp_path / "b.json").read_text())
    assert saved["machine"]["cores"] == len(os.sched_getaffinity(0))
    assert saved["machine"]["versions"]["pyoxigraph"]
    peers, scaling, increments, large = saved["sections"]
    assert all(len(run["samples"]) == 2 for run in peers["rows"] + scaling["rows"] + increments["rows"])
    assert {run["counts"] for run in peers["rows"]} == {"right"}
    assert increments["rows"][1]["counts"] == "right"
    asked = {entry["query"]: entry for entry in large["data"]["queries"]}
    assert asked["figures-mentioning-genes"]["rows"] == 8
    assert len(asked["figures-mentioning-genes"]["seconds"]) == 5


def test_markdown(tmp_path: Path) -> None:
    done = bench(
        tmp_path, "--corpus", corpus(tmp_path / "four", 4), "--figures", "4", "--scales", "1", "--only", "scaling",
        "--runs", "1", "--markdown",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    table = [line for line in done.stdout.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert table[2].startswith("| kg build, N-Triples, checked, 1x |")


def test_wrong_counts_are_told(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "four", 4)
    (folder / "truth.json").write_text(json.dumps({"figures": 5, "papers": 2}))
    done = bench(tmp_path, "--corpus", folder, "--figures", "4", "--scales", "1", "--only", "scaling", "--runs", "1")
    assert done.returncode == 1
    assert "figures 4, not 5" in done.stdout


def test_no_corpus_and_no_maker(tmp_path: Path) -> None:
    done = bench(tmp_path, "--only", "scaling")
    assert done.returncode == 2
    assert "no corpus of 2,659 figures" in done.stderr
    assert "--corpus-maker PATH" in done.stderr
    assert "--corpus FOLDER" in done.stderr
    assert "Traceback" not in done.stderr


# --- the arithmetic --------------------------------------------------------------------------------------------


def test_a_ratio_is_of_medians_with_the_range_of_the_rounds() -> None:
    found = report.ratio("slow / fast", row(100, 130, 120), row(2, 1, 4), Goal(60, at_least=True))
    assert found.value == 120 / 2
    assert (found.low, found.high) == (30, 130)
    assert found.goal is not None
    assert found.goal.met(60)
    assert not found.goal.met(59.9)


def test_a_ratio_by_figure() -> None:
    found = report.ratio("16x / 1x", row(32, figures=160), row(2, figures=10), Goal(1.3), per_figure=True)
    assert found.value == found.low == found.high == 1


def test_a_ratio_to_what_did_not_run_is_not_known() -> None:
    section = Section("s", [row(), row(1)], [report.ratio("a / b", row(), row(1), Goal(1))])
    shown = report.text([section])
    assert "not run" in shown
    assert "not known" in shown
    assert "met" not in shown


def test_memory_is_the_highest_of_all_runs_and_time_the_median() -> None:
    assert report.memory("m", Row("r", 1, [Sample(1, 1, 4_000_000, 1), Sample(1, 1, 6_000_000, 1)]), 5).value == 6
    assert report.seconds("t", row(1, 9, 2), 2).value == 2


def test_a_table_says_whether_a_goal_is_met() -> None:
    findings = [Finding("x", 61.2, low=59, high=64, goal=Goal(60, at_least=True)), Finding("y", 2, goal=Goal(1.8))]
    first, second = report.text([Section("s", [row(1)], findings)]).splitlines()[-2:]
    assert first.split() == ["x", "61.2", "x", "59.0–64.0", "≥", "60", "x", "met"]
    assert second.split() == ["y", "2.00", "x", "≤", "1.8", "x", "NOT", "met"]


# --- what is measured ----------------------------------------------------------------------------------------


def test_memory_of_processes_is_added_up_and_the_largest_known(tmp_path: Path) -> None:
    hold = "import time; x = bytearray(b'x') * 60_000_000; time.sleep(0.6)"
    script = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}; p.wait()"
    sample = measure.run([sys.executable, "-c", script], tmp_path)
    assert sample.wall > 0.6
    assert 60e6 < sample.peak_one < 110e6
    assert 120e6 < sample.peak_all < 220e6


def test_a_command_that_fails_says_which_and_why(tmp_path: Path) -> None:
    with pytest.raises(measure.Failed, match=r"exit code 3: .*\nwhy"):
        measure.run([sys.executable, "-c", "import sys; print('why', file=sys.stderr); sys.exit(3)"], tmp_path)


def test_a_change_leaves_the_original_as_it_was(tmp_path: Path) -> None:
    original = corpora.Corpus(corpus(tmp_path / "four", 4))
    before = {path: path.read_bytes() for path in original.folder.rglob("*") if path.is_file()}
    copied = corpora.copy(original, tmp_path / "copy")
    assert corpora.change(copied, every=3) == 2
    assert {path: path.read_bytes() for path in original.folder.rglob("*") if path.is_file()} == before
    same = [a.read_bytes() == b.read_bytes() for a, b in zip(original.records, copied.records, strict=True)]
    assert same == [False, True, True, False]
