"""What a server has taken from here: the parts of a graph, remembered from one run of ``kg load`` to the next.

A file of JSON lines for each graph of each server, in ``$XDG_STATE_HOME/pathway-figure-kg/loads`` (without that
variable: ``~/.local/state/…``). It holds no login and no triples:

    {"endpoint": "http://127.0.0.1:7878/query", "graph": "https://example.org/figures", "size": 50000}
    {"sent": "9f86d081…", "triples": 50000}    written before a part goes out
    {"taken": "9f86d081…"}                     written when the server has said that it has it

A part is known by the SHA-256 of its N-Triples. It is a memory and no proof: the graph may have changed since, so
whoever believes it asks the server (`kg.filling`). A file that cannot be read or written is as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.errors import CannotRun


class Taken:
    """The memory of one graph of one server.

    ``size`` is the number of triples in a part, None if nothing is remembered. ``sent`` are the parts that went out,
    each with its number of triples; ``taken``, among them, those that the server has said to have. ``works``: whether
    it can be written.
    """

    def __init__(self, endpoint: str, graph: str | None) -> None:
        self.size: int | None = None
        self.sent: dict[str, int] = {}
        self.taken: set[str] = set()
        self.works = True
        self._of = {"endpoint": endpoint, "graph": graph}
        self._file = _place(endpoint, graph, ".jsonl")
        self._read()

    def begin(self, size: int) -> None:
        """Forget what was, for parts of that many triples."""
        self.forget()
        self.size = size
        self._write({**self._of, "size": size})

    def sending(self, part: str, triples: int) -> None:
        """A part goes out."""
        if part not in self.sent:
            self.sent[part] = triples
            self._write({"sent": part, "triples": triples})

    def took(self, part: str) -> None:
        """The server has it."""
        if part not in self.taken:
            self.taken.add(part)
            self._write({"taken": part})

    def doubt(self) -> None:
        """The server no longer has what it took."""
        sent, size = self.sent, self.size or 1
        self.begin(size)
        for part, triples in sent.items():
            self.sending(part, triples)

    def forget(self) -> None:
        """Know nothing of this graph."""
        self.size, self.sent, self.taken = None, {}, set()
        with self._trying():
            self._file.unlink(missing_ok=True)

    def becomes(self, graph: Taken) -> None:
        """The server has put this graph into the place of another."""
        graph.begin(self.size or 1)
        for part, triples in self.sent.items():
            graph.sending(part, triples)
            if part in self.taken:
                graph.took(part)
        self.forget()

    def _read(self) -> None:
        try:
            head, *lines = self._file.read_text("utf-8").split("\n")[1:]
            said: Any = json.loads(head)
            if {key: said[key] for key in self._of} != self._of:
                return
            size = int(said["size"])
            for line in lines:
                said = _line(line)
                if "sent" in said:
                    self.sent[str(said["sent"])] = int(said["triples"])
                elif "taken" in said:
                    self.taken.add(str(said["taken"]))
        except (OSError, ValueError, LookupError, TypeError):  # not there, or not ours
            self.sent, self.taken = {}, set()
            return
        self.size = size

    def _write(self, line: dict[str, Any]) -> None:
        with self._trying():
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as out:
                out.write("\n" + json.dumps(line))  # a line that broke off does not spoil the next

    @contextlib.contextmanager
    def _trying(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self.works = False


def _line(text: str) -> dict[str, Any]:
    """A line; one that broke off when the machine went down says nothing."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


@contextlib.contextmanager
def alone(endpoint: str, graph: str | None) -> Iterator[None]:
    """Keep other loads from here out of a graph: two at once would count each other's triples.

    Raises CannotRun if one is at it. The system lets go of the lock when this process ends, however it ends. Where
    nothing can be written, or the system knows no such locks, nobody is kept out.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path = _place(endpoint, graph, ".lock")
            path.parent.mkdir(parents=True, exist_ok=True)
            held = stack.enter_context(path.open("a"))
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                where = f"graph {graph}" if graph is not None else "its default graph"
                raise CannotRun(
                    f"{endpoint}: another kg load is filling {where}. Wait for it to end, then run the command again"
                ) from None
        yield


def _place(endpoint: str, graph: str | None, ending: str) -> Path:
    name = hashlib.sha256(f"{endpoint}\n{graph or ''}".encode()).hexdigest()
    return folder() / f"{name[:32]}{ending}"


def folder() -> Path:
    """Where the memory of all loads is."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "pathway-figure-kg" / "loads"
