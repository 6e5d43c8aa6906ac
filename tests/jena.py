"""Apache Jena's SPARQL engine, ARQ, as something that answers SELECT queries: an engine that shares no code with ours.

It stands for all those that people will ask the files of `queries` with. Its process is started when first asked, and ends
with this one. The last line of its stderr is told where it does not answer.
"""

from __future__ import annotations

import atexit
import functools
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

import pyoxigraph
from question_records import ROOT

_PATIENCE = 120
"""Seconds that an answer may take; a first one waits for Java, too."""


class Refused(Exception):
    """Jena does not take the text for a query, or gives up on it."""


class _Jena:
    def __init__(self) -> None:
        self.said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "jena_process.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
            encoding="utf-8",
        )
        atexit.register(self.end)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, **asked: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        late = threading.Timer(_PATIENCE, self.process.kill)
        late.start()
        try:
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            late.cancel()
        if not line:
            self.said.seek(0)
            raise RuntimeError(f"Jena did not answer: {self.said.read()[-2000:].decode(errors='replace')}")
        answer: dict[str, str] = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]


@functools.cache
def _jena() -> _Jena:
    return _Jena()


@functools.cache
def _loaded(store: Path) -> str:
    """The store's triples as Jena holds them: the name of their file."""
    from kg.store import open_store

    with tempfile.NamedTemporaryFile(suffix=".nt") as file:
        open_store(store).dump(file.name, format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
        _jena().ask(load=file.name)
    return file.name


def jena_ask(store: Path) -> Any:
    """A store's triples in Jena, to hand to `kg.answer.answer_with`. Raises Refused for what Jena takes for no query."""
    from kg.results import Table

    def ask(text: str) -> Table:
        said = _jena().ask(graph=_loaded(store), query=text)
        found = pyoxigraph.parse_query_results(said.encode(), format=pyoxigraph.QueryResultsFormat.JSON)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        return Table(tuple(v.value for v in found.variables), [tuple(row) for row in found])

    return ask
