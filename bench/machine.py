"""Facts of the machine and versions, without which numbers say little."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("pathway-figure-kg", "pyoxigraph", "shacl", "ryaml", "PyYAML", "rdflib", "pyshacl")
ROOT = Path(__file__).resolve().parent.parent


def facts() -> dict[str, Any]:
    """Date, machine, versions, commit, and how busy the machine is at the start."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _line("/proc/cpuinfo", "model name"),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "commit": _commit(),
        "load": os.getloadavg()[0],
    }


def summary(facts: dict[str, Any]) -> str:
    """The same in two lines."""
    versions = ", ".join(f"{name} {found}" for name, found in facts["versions"].items())
    return (
        f"{facts['date'][:10]} · {facts['cores']} cores ({facts['cpu'] or 'unknown CPU'}), {facts['memory']} · "
        f"Python {facts['python']} · commit {facts['commit'] or 'unknown'}\n{versions}"
    )


def _line(file: str, key: str) -> str:
    with suppress(OSError):
        for line in Path(file).read_text("utf-8", "replace").splitlines():
            if line.startswith(key):
                return line.partition(":")[2].strip()
    return ""


def _version(name: str) -> str:
    with suppress(PackageNotFoundError):
        return version(name)
    return ""


def _commit() -> str:
    with suppress(OSError):
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()
    return ""
