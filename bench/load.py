"""Load on `kg serve`: many clients with a mix of pages and queries, alone and beside one that asks for too much.

    .venv/bin/python bench/load.py kg.store                  # 50 clients, 60 s, three times
    .venv/bin/python bench/load.py kg.store --clients 10 --seconds 20 --json load.json

Three rounds on servers of their own. In each, ``--clients`` clients ask one thing after the other, without a pause, so
that the machine is always busy: times are those of a full server, and clients and server share its processors. In the
second round one more client sends cartesian products all the while, ``--heavy`` at a time; the third is as the first,
and tells how far the machine is the same. For each round: requests, answers other than 200, the median and 99th
percentile of all, of pages and of queries; the memory of the server (all of its processes, what they share counted
once: PSS) in the first 10 s and after; and the seconds from its start until it said that it was ready.

Exit code 1 if a client of the mix got anything but its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.store import open_store

WARM = 10.0
"""Seconds after which memory should not grow."""
HEAVY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
QUERIES = (
    "SELECT ?f WHERE {{ ?f kg:mentionsSpecifically <{gene}> }} LIMIT 100",
    "SELECT ?t ?y WHERE {{ <{figure}> schema:name ?t ; schema:isPartOf/schema:datePublished ?y }}",
    "SELECT ?w ?g WHERE {{ ?m oa:hasTarget <{figure}> ; kg:word ?w ; oa:hasBody ?g }}",
    "ASK {{ <{figure}> schema:mentions <{gene}> }}",
    "CONSTRUCT WHERE {{ <{gene}> ?p ?o }}",
)
WORDS = "signaling apoptosis TGF-β1 JAK2 wnt insulin mTOR fibrosis hypoxia p53 NFkB autophagy".split()


class Things:
    """What the clients ask for, taken from the store."""

    def __init__(self, store: Path) -> None:
        self._genes = _iris(store, "?x a schema:Gene . FILTER EXISTS { ?f kg:mentionsSpecifically ?x }")
        self._figures = _iris(store, "?x a schema:ImageObject")
        self._papers = _iris(store, "?x a schema:ScholarlyArticle")
        self._symbols = _labels(store)

    def request(self, chance: random.Random) -> tuple[str, str]:
        """A kind of request, and a path: 7 of 10 are pages."""
        gene, figure, paper = chance.choice(self._genes), chance.choice(self._figures), chance.choice(self._papers)
        kind = chance.random()
        if kind < 0.3:
            return "page", f"/figure/{quote(figure.rpartition('/')[2].removesuffix('.html'))}"
        if kind < 0.45:
            return "page", f"/gene/{gene.rpartition('/')[2]}"
        if kind < 0.5:
            return "page", f"/paper/{paper.rpartition('/')[2]}"
        if kind < 0.6:
            return "page", f"/search?q={quote(chance.choice(WORDS))}"
        if kind < 0.68:
            return "page", f"/complete?q={quote(chance.choice(self._symbols)[:3])}"
        if kind < 0.7:
            return "page", "/"
        if kind < 0.8:
            genes = "+".join(map(quote, chance.sample(self._symbols, 2)))
            return "query", f"/question/figures-mentioning-genes?genes={genes}"
        query = chance.choice(QUERIES).format(gene=gene, figure=figure)
        return "query", f"/sparql?query={quote(query)}"


def _iris(store: Path, pattern: str) -> list[str]:
    return _values(store, f"SELECT DISTINCT ?x WHERE {{ {pattern} }} ORDER BY ?x")


def _labels(store: Path) -> list[str]:
    """Symbols of the genes that most figures name."""
    query = (
        "SELECT ?x (COUNT(?f) AS ?n) WHERE { ?f kg:mentionsSpecifically ?g . ?g rdfs:label ?x } "
        "GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 200"
    )
    return _values(store, query)


def _values(store: Path, query: str) -> list[str]:
    from kg.answer import select

    return [row[0].value for row in select(open_store(store), query).rows if row[0] is not None]


class Client:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> int:
        """The status of the answer, once all of it is there."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """Close it; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Round:
    """One round: what was asked, and what came of it."""

    def __init__(self, things: Things, port: int, pid: int) -> None:
        self._things = things
        self._port = port
        self._pid = pid
        self.times: dict[str, list[float]] = {"page": [], "query": []}
        self.wrong: Counter[str] = Counter()
        self.heavy: Counter[int] = Counter()
        self.memory: list[tuple[float, int]] = []
        self.ready = 0.0

    async def run(self, clients: int, heavy: int, seconds: float) -> None:
        """Ask for so many seconds."""
        started = time.monotonic()
        end = started + seconds
        others = [asyncio.create_task(self._hostile(end)) for _ in range(heavy)]
        others.append(asyncio.create_task(self._watch(started, end)))
        await asyncio.gather(*(self._client(n, end) for n in range(clients)))
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _client(self, number: int, end: float) -> None:
        chance = random.Random(number)
        client = Client(self._port)
        while time.monotonic() < end:
            kind, path = self._things.request(chance)
            begun = time.monotonic()
            try:
                status = await client.get(path)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.wrong[f"{type(error).__name__} {path.partition('?')[0]}"] += 1
                client.close()
                continue
            self.times[kind].append(time.monotonic() - begun)
            if status != 200:
                self.wrong[f"{status} {path}"] += 1
        client.close()

    async def _hostile(self, end: float) -> None:
        client = Client(self._port)
        while time.monotonic() < end:
            self.heavy[await client.get(f"/sparql?query={quote(HEAVY)}")] += 1

    async def _watch(self, started: float, end: float) -> None:
        while time.monotonic() < end:
            self.memory.append((time.monotonic() - started, memory(self._pid)))
            await asyncio.sleep(1)

    def summary(self) -> dict[str, Any]:
        """The round in numbers."""
        everything = self.times["page"] + self.times["query"]
        early = [size for at, size in self.memory if at <= WARM]
        late = [size for at, size in self.memory if at > WARM]
        return {
            "ready after, s": round(self.ready, 1),
            "requests": len(everything),
            "not 200": sum(self.wrong.values()),
            "ms": {kind: _percentiles(times) for kind, times in (("all", everything), *self.times.items())},
            "heavy": {str(status): n for status, n in self.heavy.items()},
            "memory, MB": {
                "highest in the first 10 s": max(early, default=0) >> 20,
                "highest later": max(late, default=0) >> 20,
                "last": (self.memory[-1][1] if self.memory else 0) >> 20,
            },
        }


def _percentiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times) or [0.0]
    return {f"p{p}": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 1) for p in (50, 95, 99)}


def memory(pid: int) -> int:
    """The memory of a process and all that descend from it, in bytes."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parent = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(name))
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        try:
            found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) * 1024 if found else 0
    return total


def measured(things: Things, store: Path, clients: int, heavy: int, seconds: float, options: list[str]) -> Round:
    """One round on a server of its own."""
    command = [sys.executable, "-m", "kg", "serve", "--store", str(store), "--port", "0", *options]
    with tempfile.TemporaryFile("w+") as said:
        started = time.monotonic()
        server = subprocess.Popen(command, stderr=said)
        try:
            port = None
            while port is None:
                if server.poll() is not None:
                    raise SystemExit(f"kg serve has ended with {server.returncode}")
                time.sleep(0.1)
                said.seek(0)
                found = re.search(r"http://[^/]+:(\d+)/", said.read())
                port = int(found[1]) if found else None
            done = Round(things, port, server.pid)
            done.ready = time.monotonic() - started
            asyncio.run(done.run(clients, heavy, seconds))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    return done


def main() -> int:
    """Run the rounds and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--heavy", type=int, default=1, help="cartesian products at a time")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    parser.add_argument("options", nargs="*", help="options of kg serve, after --")
    given = parser.parse_args()
    things = Things(given.store)
    numbers = {}
    wrong = 0
    for name, heavy in (("alone", 0), ("beside cartesian products", given.heavy), ("alone again", 0)):
        done = measured(things, given.store, given.clients, heavy, given.seconds, given.options)
        numbers[name] = done.summary()
        print(name, json.dumps(numbers[name], indent=1), sep="\n", flush=True)
        for what, n in done.wrong.most_common(5):
            print(f"  {n} × {what}")
        wrong += sum(done.wrong.values())
    if given.json:
        given.json.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
