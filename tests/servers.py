"""Triple stores that are not ours, as processes of the tests: on a free port of 127.0.0.1, stopped by their own id.

    with Oxigraph(folder) as server:
        server.put(ntriples, graph="https://example.org/g")
        requests.post(server.query, data={"query": "ASK {}"})

A server that is not installed skips the test, and fails it where all must run (`needed`). The fixtures ``oxigraph_server`` and ``virtuoso_server`` (``conftest.py``)
start one of each for the whole run; who kills one starts one of one's own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
import requests
from requests.auth import AuthBase, HTTPDigestAuth

_START = 60
"""Seconds that a server may take to start; it takes one or two."""


def needed(program: str, package: str) -> str:
    """Where a program of the system is, which ``make`` cannot install; ``.ci/run`` does, and says that it must be there."""
    found = shutil.which(program)
    if found is None:
        told = f"{program} is not installed: apt-get install {package} (.ci/run does)"
        if os.environ.get("KG_TEST_ALL"):
            pytest.fail(told)
        pytest.skip(told)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server process. Its data is in ``folder`` and outlives it: who starts it again there finds what was loaded."""

    name = user = password = ""
    _query = _update = _graphs = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def query(self) -> str:
        return self.url + self._query

    @property
    def update(self) -> str:
        return self.url + self._update

    @property
    def graphs(self) -> str:
        """Where the Graph Store Protocol is spoken."""
        return self.url + self._graphs

    def _command(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._prepare()
        log = self.folder / "server.log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(self._command(), cwd=self.folder, stdout=out, stderr=subprocess.STDOUT)
        end = time.monotonic() + _START
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                pytest.fail(f"{self.name} does not start: {log.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(0.05)
        return self

    def _prepare(self) -> None:
        pass

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self) -> None:
        """As the kernel does it when memory runs out."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def auth(self) -> AuthBase | None:
        return None

    def put(self, ntriples: bytes, graph: str) -> None:
        """Make this the content of a named graph, by a client that is not ours."""
        answer = requests.put(
            self.graphs,
            params={"graph": graph},
            data=ntriples,
            headers={"Content-Type": "application/n-triples"},
            auth=self.auth,
            timeout=60,
        )
        assert answer.ok, answer.text

    def count(self, graph: str) -> int:
        """Triples of a named graph, asked by a client that is not ours."""
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        answer = requests.post(
            self.query, data={"query": text}, headers={"Accept": "application/sparql-results+json"}, timeout=60
        )
        answer.raise_for_status()
        found: Any = answer.json()["results"]["bindings"][0]["n"]["value"]
        return int(found)


class Oxigraph(Server):
    """Oxigraph's own server, from the environment (PyPI ``oxigraph``)."""

    name = "oxigraph"

    _query, _update, _graphs = "/query", "/update", "/store"

    def _command(self) -> list[str]:
        program = Path(sys.executable).with_name("oxigraph")
        if not program.exists():
            pytest.fail("the Oxigraph server is not installed: pip install oxigraph (make test does)")
        return [str(program), "serve", "--location", str(self.folder / "data"), "--bind", f"127.0.0.1:{self.port}"]


class Virtuoso(Server):
    """Virtuoso 7, of Debian (``virtuoso-opensource-7-bin``), with the limits of its usual settings."""

    name = "virtuoso"
    user, password = "dba", "secret"

    _query, _update, _graphs = "/sparql", "/sparql-auth", "/sparql-graph-crud-auth"

    @property
    def auth(self) -> AuthBase:
        return HTTPDigestAuth(self.user, self.password)

    def _command(self) -> list[str]:
        program = needed("virtuoso-t", "virtuoso-opensource-7-bin")
        return [program, "+configfile", "virtuoso.ini", "+foreground"]

    def _prepare(self) -> None:
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)  # left by a server that was killed
        settings = self.folder / "virtuoso.ini"
        if settings.exists():
            return
        settings.write_text(_VIRTUOSO.format(sql=free_port(), http=self.port), "utf-8")
        new = ["+pwdold", "dba", "+pwddba", self.password, "+pwddav", self.password]  # makes the database, and ends
        subprocess.run([*self._command(), *new], cwd=self.folder, capture_output=True, check=False, timeout=_START)


_VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
ResultSetMaxRows = 10000
"""
