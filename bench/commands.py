"""The commands that are measured, as one would type them."""

from __future__ import annotations

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

BENCH = Path(__file__).resolve().parent
MORPH = BENCH / "morph"

Command = list[str | Path]


def kg_dump(corpus: Path, out: Path, *, check: bool = True) -> Command:
    """`kg build` to a file alone."""
    command: Command = [sys.executable, "-m", "kg", "build", corpus, "--no-store", "--dump", out]
    return [*command, "--reject-file", out.with_suffix(".rejects")] + ([] if check else ["--no-check"])


def kg_store(corpus: Path, store: Path) -> Command:
    """`kg build` into a store, checked."""
    return [sys.executable, "-m", "kg", "build", corpus, "--store", store, "--reject-file", f"{store}.rejects"]


def kg_query(store: Path, *words: str) -> Command:
    """`kg query`."""
    return [sys.executable, "-m", "kg", "query", *words, "--store", store]


def kg_sparql(store: Path, text: str) -> Command:
    """`kg sparql`, the rows as CSV."""
    return [sys.executable, "-m", "kg", "sparql", text, "--store", store, "--format", "csv"]


def handwritten(corpus: Path, out: Path, *, check: bool = True) -> Command:
    """The script that one writes by hand."""
    return [sys.executable, BENCH / "handwritten.py", corpus, out, *(["--check"] if check else [])]


def oxigraph_load(dump: Path, store: Path) -> Command:
    """Oxigraph's own load."""
    return [sys.executable, BENCH / "oxigraph_load.py", dump, store]


def flatten(corpus: Path, folder: Path) -> Command:
    """The corpus as CSV files."""
    return [sys.executable, MORPH / "flatten.py", corpus, folder]


def morph(python: Path, mapping: str, csv: Path, out: Path, cores: int) -> Command:
    """Morph-KGC with one of the mappings; to be run in the folder of the CSV files."""
    parser = ConfigParser(interpolation=None)
    parser.read_string((MORPH / "config.ini").read_text("utf-8").format(
        mapping=MORPH / f"{mapping}.rml.ttl", output=out, cores=cores
    ))  # fmt: skip
    config = csv / f"{mapping}.ini"
    with config.open("w", encoding="utf-8") as file:
        parser.write(file)
    return [python, "-m", "morph_kgc", config]


def morph_python(venv: Path) -> tuple[Path | None, str]:
    """The Python of an environment with Morph-KGC, made if need be, and its version; or None and why not."""
    python = venv / "bin" / "python"
    version: Command = [python, "-c", "import importlib.metadata as m; print(m.version('morph-kgc'))"]
    try:
        if not python.exists() or subprocess.run(version, capture_output=True, text=True, check=False).returncode:
            print(f"installing Morph-KGC into {venv} ...", file=sys.stderr, flush=True)
            venv_command: Command = [sys.executable, "-m", "venv", venv]
            subprocess.run(venv_command, check=True, capture_output=True, text=True)
            pip: Command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, "-r", MORPH / "requirements.txt"], check=True, capture_output=True, text=True)
        return python, subprocess.run(version, check=True, capture_output=True, text=True).stdout.strip()
    except subprocess.CalledProcessError as error:
        last = str(error.stderr or error).strip().splitlines()[-1]
        return None, f"Morph-KGC not run, it cannot be installed: {last}"
