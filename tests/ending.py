"""Processes that must end."""

from __future__ import annotations

import time
from pathlib import Path


def wait_for_the_end_of(pids: list[int]) -> None:
    end = time.monotonic() + 30
    while any(map(runs, pids)):
        assert time.monotonic() < end, "a process goes on"
        time.sleep(0.1)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
