"""What a person at a terminal sees while something takes long: commands run on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from question_records import write_records

RECORDS = 11


def on_terminal(*command: str, columns: int = 100) -> tuple[int, str]:
    """Exit code of a Python command whose stdout and stderr are a terminal, and all that came there, without colours."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns)}
    env.pop("NO_COLOR", None)
    process = subprocess.Popen([sys.executable, *command], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    read: list[bytes] = []

    def gather() -> None:
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:  # the other end is closed
                return
            if not some:
                return
            read.append(some)

    gathering = threading.Thread(target=gather)
    gathering.start()
    try:
        code = process.wait(timeout=60)
    finally:
        process.kill()
        gathering.join(timeout=10)
        os.close(ours)
    text = b"".join(read).decode()
    return code, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store that was built at a terminal, and what was seen there."""
    folder = tmp_path_factory.mktemp("terminal")
    write_records(folder / "records")
    code, seen = on_terminal("-m", "kg", "build", str(folder / "records"), "--store", str(folder / "kg.store"))
    assert code == 0, seen
    return folder / "kg.store", seen


def test_a_build_shows_how_far_it_is(built: tuple[Path, str]) -> None:
    _, seen = built
    assert "Traceback" not in seen
    assert re.search(rf"records .*{RECORDS}/{RECORDS}", seen)
    assert f"{RECORDS} records: {RECORDS} figures in the graph, 0 rejected" in seen


def test_a_search_shows_how_far_its_index_is_and_only_once(built: tuple[Path, str]) -> None:
    store, _ = built
    code, seen = on_terminal("-m", "kg", "search", "stat3", "--store", str(store))
    assert code == 0, seen
    assert re.search(r"making the search index.*\n.*steps .*\d+/\d+", seen)
    assert "ncbigene:6774" in seen
    code, seen = on_terminal("-m", "kg", "search", "stat3", "--store", str(store))
    assert code == 0, seen
    assert "steps" not in seen


def test_a_record_that_is_wrong_is_said_below_the_bar(tmp_path: Path) -> None:
    write_records(tmp_path / "records")
    (tmp_path / "records" / "_figures" / "PMC99__bad.md").write_text("no front matter", encoding="utf-8")
    command = ("build", str(tmp_path / "records"), "--store", str(tmp_path / "s"), "--reject-file", str(tmp_path / "r"))
    code, seen = on_terminal("-m", "kg", *command)
    assert code == 0, seen
    assert f"{RECORDS + 1} records: {RECORDS} figures in the graph, 1 rejected" in seen


@pytest.mark.parametrize("steps", ["(0, 0), (5, 0), (5, 0)", "(0, 10), (10, 10)", "", "(1_000_000, 2_000_000)"])
def test_a_bar_of_what_is_not_known_yet(steps: str) -> None:
    """How many in all, or in a second: ``kg load`` counts a file's triples as it sends them."""
    program = (
        "from kg.terminal import progress_bar\n"
        f"with progress_bar('triples') as progress:\n    for step in [{steps}]:\n        progress(*step)\n"
        "print('after')\n"
    )
    code, seen = on_terminal("-c", program)
    assert code == 0, seen
    assert "after" in seen
