"""Run a command as whole processes and measure it: wall time, CPU time, memory.

A command gets a session of its own, so that every process it starts can be found, whoever their parent is. /proc is
read ten times a second (Linux only; more often, and the looking takes a tenth of a processor from what is measured):

* ``peak_all``: the largest sum of the memory of all its processes at one time; a page that processes share counts in
  parts that make one (proportional set size), looked at every half second: it costs more to find out.
* ``peak_one``: the largest resident memory that any one of them ever had (the kernel's own high-water mark).
* ``cpu``: the CPU seconds of all of them, as last seen. Far from ``wall`` times cores: something else was running.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

INTERVAL = 0.1
"""Seconds between two looks at the processes."""

_TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A command that did not exit with 0; says which, and the end of what it wrote."""


@dataclass(frozen=True)
class Sample:
    """One run: seconds and bytes, and what the command printed."""

    wall: float
    cpu: float
    peak_all: int
    peak_one: int
    printed: str = ""


@dataclass
class _Watch:
    """What has been seen of the processes of one session."""

    session: int
    peak_all: int = 0
    peak_one: int = 0
    cpu: dict[int, float] = field(default_factory=dict)
    looks: int = 0

    def look(self) -> None:
        """Look at all processes of the session once."""
        together = 0
        share = self.looks % 5 == 0
        self.looks += 1
        for pid in (int(name) for name in os.listdir("/proc") if name.isdigit()):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                # pid (name) state ppid pgrp session …: what follows the name, which may hold anything
                fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                if int(fields[3]) != self.session:
                    continue
                self.cpu[pid] = (int(fields[11]) + int(fields[12])) / _TICK
                if share:
                    together += _bytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")
                self.peak_one = max(self.peak_one, _bytes(Path(f"/proc/{pid}/status"), "VmHWM:"))
        self.peak_all = max(self.peak_all, together)

    def until(self, done: threading.Event) -> None:
        """Look again and again until told."""
        while not done.wait(INTERVAL):
            self.look()


def _bytes(file: Path, name: str) -> int:
    """Bytes that a file of /proc gives under a name; 0 of a process that has ended and is not yet waited for."""
    lines = (line.split() for line in file.read_text("utf-8", "replace").splitlines())
    return next((int(line[1]) * 1024 for line in lines if line and line[0] == name), 0)


def run(command: Sequence[str | Path], folder: Path) -> Sample:
    """Run a command in a folder to its end and measure it. Raises Failed if it does not exit with 0."""
    os.sync()  # what earlier runs wrote is not to be written out during this one
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdout=out, stderr=err, start_new_session=True
        )
        watch = _Watch(process.pid)
        done = threading.Event()
        thread = threading.Thread(target=watch.until, args=(done,))
        thread.start()
        try:
            code = process.wait()
            wall = time.perf_counter() - start
        finally:
            done.set()
            thread.join()
            with contextlib.suppress(ProcessLookupError):  # what it left behind, or Ctrl-C here
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        printed, complaints = (_text(stream) for stream in (out, err))
    if code != 0:
        tail = "\n".join((complaints or printed).strip().splitlines()[-5:])
        raise Failed(f"exit code {code}: {' '.join(map(str, command))}\n{tail}")
    return Sample(wall, sum(watch.cpu.values()), watch.peak_all, watch.peak_one, printed)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")
