"""A little triple store over HTTP that can be told to misbehave: SPARQL queries and updates, Graph Store Protocol.

    with FaultyServer() as server:
        server.faults = ["503", "drop"]      # of the next two requests; then it behaves
        server.cap = 100                     # most rows of an answer; it does not say so

Faults:

    503, 429, 500     that status, with nothing done
    drop              the connection is closed, with nothing done
    drop-after        all is done, then the connection is closed without an answer
    half              half of an answer is sent
    slow              nothing comes until the server is closed, or for a minute
    drip-head         all is done; the head of the answer comes byte by byte, four a second
    drip-body         the same of its body
"""

from __future__ import annotations

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pyoxigraph
from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat


class Request:
    """What a request asked for, for tests to look at."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = urlsplit(path).path
        self.params = {key: values[0] for key, values in parse_qs(urlsplit(path).query, keep_blank_values=True).items()}
        self.headers = headers
        self.body = body
        form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        self.form = {k: v[0] for k, v in parse_qs(body.decode()).items()} if form else {}


class FaultyServer:
    """See the module. ``requests`` are all that came; ``store`` is what it holds."""

    def __init__(self) -> None:
        self.store = pyoxigraph.Store()
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self.cap: int | None = None
        self.says_cap = False
        self.count: str | None = None  # what it answers to any query
        self.login: tuple[str, str] | None = None
        self.token = ""
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.retry_after = ""
        self.status: dict[str, int] = {}  # path to a status that it always answers
        self.paths: set[str] = set()  # other servers' paths, where what is meant follows from what comes
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def query(self) -> str:
        return f"{self.url}/query"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(10)

    def done(self, method: str, path: str) -> list[Request]:
        return [request for request in self.requests if (request.method, request.path) == (method, path)]


class _Http(ThreadingHTTPServer):
    owner: FaultyServer
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that has gone is part of the game


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _any(self) -> None:
        owner = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        with owner.lock:
            owner.requests.append(request)
            fault = owner.faults.pop(0) if owner.faults else ""
        if fault == "slow":
            owner.closing.wait(60)
        if fault in ("drop", "slow"):
            self.close_connection = True
            return
        if fault.isdecimal():
            extra = {"Retry-After": owner.retry_after} if owner.retry_after else {}
            self._answer(int(fault), b"<html><title>x</title><body>Come  back\nlater</body></html>", "text/html", extra)
            return
        if request.path in owner.status:
            self._answer(
                owner.status[request.path], b"not here", "text/plain", {"Location": "http://elsewhere.example/"}
            )
            return
        if not self._let_in():
            how = 'Basic realm="x"' if owner.login else "Bearer"
            self._answer(401, b"who are you?", "text/plain", {"WWW-Authenticate": how})
            return
        try:
            with owner.lock:
                status, answer, kind, extra = self._do(request)
        except (SyntaxError, ValueError) as error:
            status, answer, kind, extra = 400, str(error).encode(), "text/plain", {}
        if fault == "drop-after":
            self.close_connection = True
            return
        if fault.startswith("drip"):
            self._drip(fault == "drip-head")
            return
        self._answer(status, answer, kind, extra, half=fault == "half")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any

    def _let_in(self) -> bool:
        owner = self.server.owner
        given = self.headers.get("Authorization", "")
        if owner.token:
            return given == f"Bearer {owner.token}"
        if owner.login:
            return given == "Basic " + base64.b64encode(":".join(owner.login).encode()).decode()
        return True

    def _drip(self, head: bool) -> None:
        said = "HTTP/1.1 200 OK\r\n" if head else "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        self.close_connection = True
        self.wfile.write(said.encode())
        for _ in range(240):
            self.wfile.write(b"x")
            self.wfile.flush()
            if self.server.owner.closing.wait(0.25):
                return

    def _answer(self, status: int, body: bytes, kind: str, extra: dict[str, str], *, half: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in extra.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if half else body)
        self.close_connection = self.close_connection or half

    def _do(self, request: Request) -> tuple[int, bytes, str, dict[str, str]]:
        owner, store = self.server.owner, self.server.owner.store
        path = request.path
        if path in owner.paths:
            path = "/query" if "query" in request.form else "/update" if "update" in request.form else "/store"
        if path == "/query":
            default = request.form.get("default-graph-uri")
            found = store.query(request.form["query"], **({"default_graph": [NamedNode(default)]} if default else {}))
            if isinstance(found, pyoxigraph.QueryTriples):
                return 200, found.serialize(format=RdfFormat.N_TRIPLES), "application/n-triples", {}
            answer = found.serialize(format=QueryResultsFormat.JSON)
            if owner.count is not None:
                answer = _said("n", owner.count)
            if owner.cap is not None and isinstance(found, pyoxigraph.QuerySolutions):
                answer = _cut(answer, owner.cap)
            extra = {"X-SPARQL-MaxRows": str(owner.cap)} if owner.says_cap else {}
            return 200, answer, "application/sparql-results+json", extra
        if path == "/update":
            store.update(request.form["update"])
            return 204, b"", "text/plain", {}
        if path == "/store":
            graph: Any = NamedNode(request.params["graph"]) if "graph" in request.params else pyoxigraph.DefaultGraph()
            if request.method in ("PUT", "DELETE"):
                store.clear_graph(graph)
            if request.method in ("PUT", "POST"):
                store.load(request.body, format=RdfFormat.N_TRIPLES, to_graph=graph)
            return 204, b"", "text/plain", {}
        return 404, b"no such path", "text/plain", {}


def _said(name: str, value: str) -> bytes:
    import json

    row = {name: {"type": "literal", "value": value}}
    return json.dumps({"head": {"vars": [name]}, "results": {"bindings": [row]}}).encode()


def _cut(answer: bytes, rows: int) -> bytes:
    import json

    document = json.loads(answer)
    document["results"]["bindings"] = document["results"]["bindings"][:rows]
    return json.dumps(document).encode()
