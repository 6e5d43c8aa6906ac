"""`kg load`: after trouble the graph is whole, or the command says what to do; never a wrong count called done."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import requests
from faulty import FaultyServer
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad
from question_records import environment, run, seeded_store
from servers import Oxigraph, Server, Virtuoso

import kg
from kg.cli_load import _PRESETS
from kg.errors import CannotRun, EndpointError, UsageError
from kg.http import Client, Login
from kg.loadadvice import advice
from kg.loading import staging
from kg.presets import PRESETS
from kg.store import open_store

ALL = len(open_store(seeded_store()))
"""Triples of the store that is loaded, as the store itself counts them."""
GRAPH = "https://example.org/loaded"
STORES = ("oxigraph", "virtuoso")


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is remembered what was sent: of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "pathway-figure-kg" / "loads"


@pytest.fixture(scope="module", params=STORES)
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def graph(request: pytest.FixtureRequest) -> str:
    """A graph that no other test uses."""
    return f"https://example.org/{abs(hash(request.node.nodeid))}"


def login(server: Server) -> dict[str, str]:
    return {"KG_ENDPOINT_USER": server.user, "KG_ENDPOINT_PASSWORD": server.password} if server.user else {}


def ours() -> set[str]:
    """The triples of the tests' store."""
    return {str(quad.triple) for quad in open_store(seeded_store()).quads_for_pattern(None, None, None, DefaultGraph())}


def theirs(server: Server, graph: str) -> set[str]:
    """The triples of a server's graph, asked by a client that is not ours."""
    answer = requests.get(
        server.graphs,
        params={"graph": graph},
        headers={"Accept": "application/n-triples"},
        auth=server.auth,
        timeout=60,
    )
    answer.raise_for_status()
    return {str(quad.triple) for quad in pyoxigraph.parse(answer.content, format=pyoxigraph.RdfFormat.N_TRIPLES)}


# --- real servers


def test_the_store_is_loaded(server: Server, graph: str) -> None:
    loaded = kg.load(
        server.url, preset=server.name, graph=graph, store=seeded_store(), batch=300, environ=login(server)
    )
    assert (loaded.triples, loaded.counted, loaded.graph, loaded.notes) == (len(ours()), len(ours()), graph, ())
    assert server.count(graph) == len(ours())
    found = theirs(server, graph)
    # Virtuoso writes doubles in a way of its own.
    assert {text for text in found ^ ours() if "double" not in text} == set()


def test_the_command_line(server: Server, graph: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in login(server).items():
        monkeypatch.setenv(name, value)
    ran = run("load", server.url, "--preset", server.name, "--graph", graph, store=seeded_store())
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"  {ALL:,} triples loaded, {ALL:,} counted there → {server.query} graph {graph}\n"
    # And again: nothing doubled, and nothing sent.
    again = run("load", server.query, "--preset", server.name, "--graph", graph, store=seeded_store())
    told = "  all triples were there from an earlier run: none was sent again\n"
    assert again == (0, "", told + ran.err)


def test_a_file_is_loaded(server: Server, graph: str, tmp_path: Path) -> None:
    for ending in ("ttl", "nt.gz", "jsonld", "nt.zst"):
        file = tmp_path / f"figures.{ending}"
        kg.export(file, store=seeded_store())
        loaded = kg.load(
            server.url, preset=server.name, graph=graph, source=file, batch=1000, environ=login(server), replace=True
        )
        assert (loaded.triples, loaded.counted) == (ALL, ALL)
    assert server.count(graph) == ALL


def test_replace_leaves_nothing_of_the_old(server: Server, graph: str) -> None:
    server.put(b'<https://example.org/old> <https://schema.org/name> "old" .\n', graph)
    with pytest.raises(UsageError, match=r"holds 1 triples already.* Nothing was sent\. With --add .* with --replace"):
        kg.load(server.url, preset=server.name, graph=graph, store=seeded_store(), environ=login(server))
    assert server.count(graph) == 1
    loaded = kg.load(server.url, preset=server.name, graph=graph, store=seeded_store(), environ=login(server), add=True)
    assert (loaded.counted, server.count(graph), loaded.notes) == (ALL + 1, ALL + 1, ())
    loaded = kg.load(
        server.url, preset=server.name, graph=graph, store=seeded_store(), environ=login(server), replace=True
    )
    assert (loaded.counted, server.count(graph), server.count(staging(graph))) == (ALL, ALL, 0)


def test_what_a_broken_replace_left_aside_does_no_harm(server: Server, graph: str) -> None:
    server.put(b'<https://example.org/left> <https://schema.org/name> "left" .\n', staging(graph))
    loaded = kg.load(
        server.url, preset=server.name, graph=graph, store=seeded_store(), environ=login(server), replace=True
    )
    assert (loaded.counted, server.count(graph), server.count(staging(graph))) == (ALL, ALL, 0)


def test_an_older_version_that_looks_alike_is_replaced(server: Server, graph: str, tmp_path: Path) -> None:
    """The same number of triples, the same first and last: not taken for the new graph."""
    lines = [f'<https://example.org/{n:02}> <https://example.org/n> "{n}" .\n' for n in range(20)]
    old, new = tmp_path / "old.nt", tmp_path / "new.nt"
    old.write_text("".join(lines))
    lines[10] = '<https://example.org/10> <https://example.org/n> "ten" .\n'
    new.write_text("".join(lines))
    where: dict[str, Any] = {"preset": server.name, "graph": graph, "environ": login(server)}
    kg.load(server.url, source=old, **where)
    with pytest.raises(UsageError, match="holds 20 triples already"):
        kg.load(server.url, source=new, **where)
    server.put(old.read_bytes(), staging(graph))
    kg.load(server.url, source=new, replace=True, **where)
    assert any('"ten"' in text for text in theirs(server, graph))
    assert len(theirs(server, graph)) == 20


def test_updates_where_there_is_no_graph_store(server: Server, graph: str) -> None:
    loaded = kg.load(
        server.query,
        update_url=server.update,
        graph=graph,
        store=seeded_store(),
        environ=login(server),
    )
    assert (loaded.counted, server.count(graph)) == (ALL, ALL)
    assert "no Graph Store Protocol there" in loaded.notes[0]
    assert {text for text in theirs(server, graph) ^ ours() if "double" not in text} == set()


def test_the_default_graph_of_oxigraph(tmp_path: Path) -> None:
    with Oxigraph(tmp_path) as server:
        for _ in range(2):
            loaded = kg.load(server.url, preset="oxigraph", store=seeded_store(), replace=True)
            assert (loaded.graph, loaded.counted) == (None, ALL)
        assert len(kg.sparql("SELECT * { ?s ?p ?o }", endpoint=kg.Endpoint(server.query)).rows) == ALL
        assert len(kg.sparql("SELECT * { GRAPH ?g { ?s ?p ?o } }", endpoint=kg.Endpoint(server.query)).rows) == 0


def test_readers_never_see_half_a_graph(oxigraph_server: Server, graph: str) -> None:
    kg.load(oxigraph_server.url, preset="oxigraph", graph=graph, store=seeded_store())
    seen = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(oxigraph_server.count(graph))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            kg.load(oxigraph_server.url, preset="oxigraph", graph=graph, store=seeded_store(), replace=True, batch=100)
    finally:
        done.set()
        reader.join()
    assert seen == {ALL}


@pytest.fixture(params=STORES)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server of its own. Virtuoso, where some small graphs were loaded and counted before, takes a minute and more
    for each count of a large one.
    """
    folder = tmp_path / "server"
    folder.mkdir()
    with {"oxigraph": Oxigraph, "virtuoso": Virtuoso}[request.param](folder) as server:
        yield server


@pytest.mark.needs_shared
def test_the_whole_corpus(fresh: Server, graph: str, corpus_store: Path) -> None:
    """2,659 figures, some 0.95 million triples."""
    server = fresh
    loaded = kg.load(server.url, preset=server.name, graph=graph, store=corpus_store, environ=login(server))
    assert loaded.counted == server.count(graph) == len(open_store(corpus_store)) > 900_000
    # The questions have the same answers there, in the same order.
    endpoint = kg.Endpoint(server.query, graph=graph, timeout=300)
    for name, arguments in (("figures-mentioning-genes", ["JAK2", "STAT3"]), ("most-figured-genes", [])):
        assert (
            kg.query(name, *arguments, endpoint=endpoint).table == kg.query(name, *arguments, store=corpus_store).table
        )
    if server.name == "virtuoso":  # which does not move that much into the place of as much
        again = kg.load(
            server.url, preset=server.name, graph=graph, store=corpus_store, environ=login(server), replace=True
        )
        assert again.counted == loaded.counted == server.count(graph)
        assert server.count(staging(graph)) == 0
        assert any("emptied first" in note for note in again.notes)


@pytest.fixture(scope="module")
def corpus_store(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    script = next(path for path in (shared / "pfocr" / "make_corpus.py", shared / "make_corpus.py") if path.exists())
    subprocess.run(
        [sys.executable, str(script), str(folder / "records"), "--figures", "2659", "--layout", "sidecar"],
        check=True,
        capture_output=True,
    )
    result = kg.build([folder / "records"], store=folder / "kg.store", check=False)
    assert result.figures == 2659
    return folder / "kg.store"


# --- a load, or a server, that is killed


def wait_for(server: FaultyServer, requests: int) -> None:
    end = time.monotonic() + 60
    while len(server.requests) < requests:
        assert time.monotonic() < end, "the command does not ask"
        time.sleep(0.01)


def test_a_load_that_was_killed_is_completed_by_the_next(tmp_path: Path) -> None:
    with FaultyServer() as server:
        server.faults = ["", "", "", "", "slow"]  # the empty POST, the count, and two parts
        command = [sys.executable, "-m", "kg", "load", server.query, "--graph", GRAPH, "--store", str(seeded_store())]
        command += ["--graphs-url", f"{server.url}/store", "--batch", "200"]
        process = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE)
        wait_for(server, 5)
        process.kill()
        process.communicate()
        assert 0 < len(server.store) < ALL
        ran = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        assert (ran.returncode, len(server.store)) == (0, ALL)
        assert "  400 triples were there from an earlier run, and were not sent again" in ran.stderr
        assert f"{ALL:,} triples loaded, {ALL:,} counted there" in ran.stderr


def test_an_interrupted_load_says_what_to_do(tmp_path: Path) -> None:
    with FaultyServer() as server:
        server.faults, server.paths = ["", "slow"], {"/query"}
        command = [sys.executable, "-m", "kg", "load", server.query, "--store", str(seeded_store())]
        heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background does not hear it
        process = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True, preexec_fn=heard)
        wait_for(server, 2)
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted; the graph may hold a part. Run the same command again to complete it" in err
    assert "Traceback" not in err


def test_a_server_that_is_killed_and_comes_back(tmp_path: Path) -> None:
    """Killed when half is there, and started again: the load that waits for it ends right."""
    server = Oxigraph(tmp_path).start()
    parts = 0

    def progress(done: int, total: int) -> None:
        nonlocal parts
        parts += 1
        if parts == 4:
            server.kill()
            threading.Timer(1.0, server.start).start()

    try:
        loaded = kg.load(server.url, preset="oxigraph", graph=GRAPH, store=seeded_store(), batch=200, progress=progress)
        assert (loaded.counted, server.count(GRAPH)) == (ALL, ALL)
    finally:
        server.stop()


def test_a_server_that_does_not_come_back(tmp_path: Path) -> None:
    with Oxigraph(tmp_path) as server:
        client = Client(wait=lambda _: None)
        with pytest.raises(EndpointError, match="the connection was lost"):
            kg.load(
                server.url,
                preset="oxigraph",
                store=seeded_store(),
                batch=200,
                progress=lambda done, total: server.kill(),
                client=client,
            )


# --- a server that misbehaves


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def loaded(server: FaultyServer, waits: list[float] | None = None, **options: Any) -> kg.Loaded:
    """Load the tests' store in parts of 300, without really waiting."""
    options.setdefault(
        "client", Client(wait=(waits if waits is not None else []).append, timeout=options.pop("limit", 60))
    )
    given: dict[str, Any] = {
        "graph": GRAPH,
        "store": seeded_store(),
        "batch": 300,
        "graphs_url": f"{server.url}/store",
        "update_url": f"{server.url}/update",
    }
    return kg.load(server.query, **{**given, **options})


@pytest.mark.parametrize("by_post", [True, False])
@pytest.mark.parametrize(
    "faults",
    [
        ["", "503", "503"],
        ["", "drop"],
        ["", "drop-after", "", "drop-after"],
        ["", "429", "drop", "500"],
        ["", "", "", "half", "", "503"],
        ["", *["drop", ""] * 9],
    ],
)
def test_trouble_that_passes(faulty: FaultyServer, faults: list[str], by_post: bool) -> None:
    faulty.faults = ["", *faults]
    result = loaded(faulty, waits := [], **({} if by_post else {"graphs_url": None}))
    assert (result.triples, result.counted, len(faulty.store)) == (ALL, ALL, ALL)
    assert waits
    posts = [request for request in faulty.done("POST", "/store") if request.body]
    updates = faulty.done("POST", "/update")
    assert (bool(posts), bool(updates)) == (by_post, not by_post)
    assert all(request.body.count(b"\n") <= 300 for request in posts)
    assert all(request.form["update"].count(" .\n") <= 300 for request in updates)


def test_a_slow_server_gets_the_part_again(faulty: FaultyServer) -> None:
    faulty.faults = ["", "", "slow"]
    assert loaded(faulty, limit=0.5).counted == len(faulty.store) == ALL


def test_trouble_that_stays_is_an_error(faulty: FaultyServer) -> None:
    faulty.faults = ["", "", "", *["503"] * 20]
    with pytest.raises(EndpointError, match=r"the server answers 503 \(tried 5 times\): Come back later"):
        loaded(faulty)
    assert len(faulty.store) == 300
    faulty.faults = []
    assert loaded(faulty).counted == len(faulty.store) == ALL


@pytest.mark.parametrize("lost", [1, 300])
def test_triples_that_a_server_lost_are_missed(faulty: FaultyServer, lost: int) -> None:
    """It said that it took them."""

    def lose(done: int, total: int) -> None:
        if done == total:
            for quad in list(faulty.store)[:lost]:
                faulty.store.remove(quad)

    with pytest.raises(
        EndpointError, match=rf"holds {ALL - lost:,} triples after {ALL:,} were sent: the server has lost"
    ):
        loaded(faulty, progress=lose)


# --- the next run sends what is missing


def sent(server: FaultyServer) -> int:
    """Triples that came in POSTs so far; they are forgotten."""
    count = sum(request.body.count(b"\n") for request in server.done("POST", "/store"))
    server.requests.clear()
    return count


def broken(server: FaultyServer, parts: int, **options: Any) -> None:
    """A load that breaks after some parts: the server has them, and the next one that it did not answer for."""
    server.faults = ["", "", *[""] * parts, *["drop-after"] * 5]
    with pytest.raises(EndpointError, match="the connection was lost"):
        loaded(server, **options)
    server.faults = []
    assert len(server.store) == 300 * (parts + 1)
    sent(server)


def test_what_was_taken_is_not_sent_again(faulty: FaultyServer) -> None:
    broken(faulty, 2)
    result = loaded(faulty)
    assert (result.triples, result.counted, len(faulty.store)) == (ALL, ALL, ALL)
    assert result.notes == ("600 triples were there from an earlier run, and were not sent again",)
    assert sent(faulty) == ALL - 600  # also the part of which nobody knew
    assert loaded(faulty).counted == ALL
    assert sent(faulty) == 0


@pytest.mark.parametrize("batch", [100, 70, 5000])
def test_parts_are_known_again_when_requests_have_another_size(faulty: FaultyServer, batch: int) -> None:
    """A request that was too large is what one mends so."""
    broken(faulty, 2)
    assert loaded(faulty, batch=batch).counted == len(faulty.store) == ALL
    assert max(request.body.count(b"\n") for request in faulty.done("POST", "/store")) == min(batch, 300)
    assert sent(faulty) == ALL - 600


def test_a_graph_that_was_dropped_meanwhile(faulty: FaultyServer) -> None:
    loaded(faulty)
    faulty.store.clear()
    sent(faulty)
    assert loaded(faulty).counted == len(faulty.store) == ALL
    assert sent(faulty) == ALL


@pytest.mark.parametrize("left", [1, 299, 300, 900, ALL - 1])
@pytest.mark.parametrize("after", ["success", "break"])
def test_a_graph_that_has_lost_some_meanwhile(faulty: FaultyServer, left: int, after: str) -> None:
    """A server that was killed and has forgotten what it took; or somebody who deletes."""
    if after == "success":
        loaded(faulty)
    else:
        broken(faulty, 4)
    for quad in list(faulty.store)[left:]:
        faulty.store.remove(quad)
    result = loaded(faulty)
    assert (result.counted, len(faulty.store), in_graph(faulty)) == (ALL, ALL, ours())


def test_a_graph_that_is_another_one_meanwhile(faulty: FaultyServer) -> None:
    """With as many triples: its count alone would pass for ours."""
    loaded(faulty)
    faulty.store.clear()
    old_graph(faulty, ALL)
    with pytest.raises(EndpointError, match=rf"holds {2 * ALL:,} triples, {ALL:,} more than it should"):
        loaded(faulty)
    assert loaded(faulty, add=True).counted == 2 * ALL


def test_a_memory_that_cannot_be_kept(faulty: FaultyServer, memory: Path) -> None:
    memory.parent.mkdir(parents=True)
    memory.write_text("a file, where a folder should be")
    result = loaded(faulty)
    assert (result.counted, len(faulty.store)) == (ALL, ALL)
    assert result.notes == (
        "what was sent cannot be remembered (no place to write): after a break all would be sent again",
    )
    sent(faulty)
    with pytest.raises(UsageError, match="With --add they stay and these join them"):
        loaded(faulty)
    assert sent(faulty) == 0
    assert loaded(faulty, add=True).counted == len(faulty.store) == ALL


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]\n", b"\xff", b'{"endpoint": 1}\n{"taken": 2}\n'])
def test_a_memory_that_is_broken(faulty: FaultyServer, memory: Path, damage: bytes) -> None:
    loaded(faulty)
    (file,) = memory.glob("*.jsonl")
    file.write_bytes(damage)
    with pytest.raises(UsageError, match=f"holds {ALL:,} triples already"):
        loaded(faulty)
    assert loaded(faulty, add=True).counted == ALL


@pytest.mark.parametrize("cut", [1, 40, 78])
def test_a_memory_whose_last_line_broke_off(faulty: FaultyServer, memory: Path, cut: int) -> None:
    """The machine went down while it was written. What it says on top is still true, and it can be written on."""
    broken(faulty, 2)
    (file,) = memory.glob("*.jsonl")
    lines = file.read_bytes().rstrip(b"\n").split(b"\n")[:-1]  # without the part of which nobody knew
    file.write_bytes(b"\n".join(lines)[:-cut])
    faulty.store.update(f"DELETE WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")
    quads = list(open_store(seeded_store()).quads_for_pattern(None, None, None, DefaultGraph()))
    faulty.store.extend(Quad(*quad.triple, NamedNode(GRAPH)) for quad in quads[:600])
    assert loaded(faulty).counted == len(faulty.store) == ALL
    assert sent(faulty) == ALL - 300
    assert loaded(faulty).counted == ALL
    assert sent(faulty) == 0


def test_what_is_remembered_holds_no_login(faulty: FaultyServer, memory: Path) -> None:
    faulty.login = ("ann", "hush")
    url = faulty.query.replace("//", "//ann:hush@")
    kg.load(url, graph=GRAPH, store=seeded_store(), update_url=f"{faulty.url}/update", environ={})
    (file,) = memory.glob("*.jsonl")
    assert "ann" not in file.read_text()
    assert "hush" not in file.read_text()


def test_a_replace_that_broke_goes_on(faulty: FaultyServer) -> None:
    """The graph aside is completed, not made anew."""
    old_graph(faulty)
    faulty.faults = ["", "", "", "", *["503"] * 5]
    with pytest.raises(EndpointError, match="503"):
        replaced(faulty)
    assert len(in_graph(faulty, staging(GRAPH))) == 600
    sent(faulty)
    assert replaced(faulty).counted == ALL
    assert in_graph(faulty) == ours()
    assert sent(faulty) == ALL - 600
    # What is known of the graph aside is known of the graph.
    assert loaded(faulty).counted == ALL
    assert sent(faulty) == 0


# --- a graph that holds something else


def test_nothing_is_sent_to_a_graph_that_holds_something_else(faulty: FaultyServer) -> None:
    old_graph(faulty, 5)
    before = in_graph(faulty)
    ran = run(
        "load", faulty.query, "--graphs-url", f"{faulty.url}/store", "--graph", GRAPH, store=seeded_store()
    )  # fmt: skip
    assert (ran.code, ran.out) == (2, "")
    assert f"{faulty.query}: graph {GRAPH} holds 5 triples already" in ran.err
    assert "Nothing was sent. With --add they stay and these join them; with --replace the graph holds" in ran.err
    assert (in_graph(faulty), sent(faulty)) == (before, 0)


def test_a_new_version_is_not_mixed_with_the_old(faulty: FaultyServer, tmp_path: Path) -> None:
    old, new = tmp_path / "old.nt", tmp_path / "new.nt"
    old.write_text("".join(f'<x:{n}> <x:n> "{n}" .\n' for n in range(1000)))
    new.write_text("".join(f'<x:{n}> <x:n> "{n}" .\n' for n in range(10, 1010)))
    loaded(faulty, source=old, store=None)
    with pytest.raises(UsageError, match="holds 1,000 triples already"):
        loaded(faulty, source=new, store=None)
    assert len(faulty.store) == 1000
    assert replaced(faulty, source=new, store=None).counted == len(faulty.store) == 1000


def test_add_says_what_the_counts_can_tell(faulty: FaultyServer) -> None:
    old_graph(faulty, 5)
    result = loaded(faulty, add=True)
    assert (result.counted, result.notes) == (ALL + 5, ())
    # Again: known from here, so the count is exact.
    assert loaded(faulty, add=True).notes == ("all triples were there from an earlier run: none was sent again",)
    assert len(in_graph(faulty)) == ALL + 5


def test_add_where_some_were_there(faulty: FaultyServer) -> None:
    old_graph(faulty, 5)
    quads = list(open_store(seeded_store()).quads_for_pattern(None, None, None, DefaultGraph()))
    faulty.store.extend(Quad(*quad.triple, NamedNode(GRAPH)) for quad in quads[:7])
    result = loaded(faulty, add=True)
    assert result.counted == len(in_graph(faulty)) == ALL + 5
    assert result.notes == (
        f"graph {GRAPH} held 12 triples: {ALL - 7:,} of {ALL:,} are new. The others were there already; that none was "
        "lost cannot be seen from the count",
    )


@pytest.mark.parametrize("lost", [6, ALL])
def test_add_to_a_server_that_loses(faulty: FaultyServer, lost: int) -> None:
    """Less than what was sent, or than what was there, is seen in any case."""
    old_graph(faulty, 5)

    def lose(done: int, total: int) -> None:
        if done == total:
            for quad in list(faulty.store)[:lost]:
                faulty.store.remove(quad)

    with pytest.raises(EndpointError, match=rf"holds {ALL + 5 - lost:,} triples after {ALL:,} were sent to 5"):
        loaded(faulty, add=True, progress=lose)


def test_a_graph_store_that_answers_404_is_done_without(faulty: FaultyServer) -> None:
    faulty.status["/store"] = 404
    result = loaded(faulty)
    assert (result.counted, len(faulty.store)) == (ALL, ALL)
    assert "no Graph Store Protocol there" in result.notes[0]


@pytest.mark.parametrize("status", [301, 403, 400])
def test_a_server_that_does_not_let_us(faulty: FaultyServer, status: int) -> None:
    faulty.status["/store"] = status
    with pytest.raises(EndpointError):
        loaded(faulty)
    assert (len(faulty.store), len(faulty.requests)) == (0, 1)


def old_graph(server: FaultyServer, count: int = 5) -> None:
    """Some triples; as many as will be loaded is the hardest case."""
    server.store.extend(Quad(NamedNode(f"x:{n}"), NamedNode("x:n"), Literal(n), NamedNode(GRAPH)) for n in range(count))


def in_graph(server: FaultyServer, graph: str = GRAPH) -> set[str]:
    return {str(quad.triple) for quad in server.store.quads_for_pattern(None, None, None, NamedNode(graph))}


def replaced(server: FaultyServer, **options: Any) -> kg.Loaded:
    """Oxigraph's preset: it has the paths of the faulty server, and MOVE."""
    return loaded(server, preset="oxigraph", replace=True, update_url=None, graphs_url=None, **options)


def test_a_graph_is_not_replaced_by_nothing(faulty: FaultyServer, tmp_path: Path) -> None:
    old_graph(faulty)
    before = in_graph(faulty)
    (tmp_path / "empty.nt").write_bytes(b"# a dump that came out empty\n")
    with pytest.raises(UsageError, match=r"empty\.nt has not one triple"):
        replaced(faulty, source=tmp_path / "empty.nt", store=None)
    assert in_graph(faulty) == before


def test_a_request_that_is_too_large_for_the_server(faulty: FaultyServer) -> None:
    faulty.faults = ["", "", "413"]  # the empty POST, the count, and the first part
    with pytest.raises(EndpointError, match=r"too large for the server .*--batch"):
        loaded(faulty)


@pytest.mark.parametrize("count", ["9" * 5000, "-5", "1.5", "", "٣"])
def test_a_count_that_is_none(faulty: FaultyServer, count: str) -> None:
    faulty.count = count
    with pytest.raises(EndpointError, match="a question for a number is answered with something else"):
        loaded(faulty)


@pytest.mark.parametrize("old", [0, 5, ALL, 3000])
def test_replace(faulty: FaultyServer, old: int) -> None:
    old_graph(faulty, old)
    assert replaced(faulty).counted == ALL
    assert in_graph(faulty) == ours()
    assert in_graph(faulty, staging(GRAPH)) == set()


@pytest.mark.parametrize(("old", "most", "in_one_step"), [(5, ALL + 5, True), (6, ALL + 5, False), (0, ALL - 1, True)])
def test_more_than_a_server_is_known_to_move_is_not_tried(
    faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch, old: int, most: int, in_one_step: bool
) -> None:
    """The old graph and the new one count together; where there is no old one, MOVE has nothing to remove."""
    monkeypatch.setitem(PRESETS, "oxigraph", PRESETS["oxigraph"]._replace(moves_most=most))
    old_graph(faulty, old)
    result = replaced(faulty)
    assert result.counted == ALL
    assert in_graph(faulty) == ours()
    assert in_graph(faulty, staging(GRAPH)) == set()
    assert sum("MOVE" in request.form.get("update", "") for request in faulty.requests) == 1
    assert any("the old graph is emptied first" in note for note in result.notes) == (not in_one_step)


@pytest.mark.parametrize("fault", ["drop", "drop-after", "503", "500", "half"])
@pytest.mark.parametrize("old", [0, ALL])
def test_trouble_with_the_one_step(faulty: FaultyServer, fault: str, old: int) -> None:
    """MOVE is sent once, and what became of it is looked at: the graph is the old or the new one, and we know which."""
    old_graph(faulty, old)
    before = in_graph(faulty)

    def progress(done: int, total: int) -> None:
        if done == total:
            faulty.faults = ["", fault]  # the count, then MOVE

    try:
        result = replaced(faulty, progress=progress)
    except EndpointError as error:
        assert fault in ("drop", "503")  # a proxy's 503 does not say what the server behind it does
        assert "run the command again" in str(error)
        assert in_graph(faulty) == before
        result = replaced(faulty)
    assert result.counted == ALL
    assert in_graph(faulty) == ours()
    assert in_graph(faulty, staging(GRAPH)) == set()
    assert any("not replaced in one step" in note for note in result.notes) == (fault == "500")


def test_a_move_that_takes_longer_than_the_time_limit(faulty: FaultyServer) -> None:
    """It is not sent again; we look until it is done."""
    old_graph(faulty)
    looks = 0

    def progress(done: int, total: int) -> None:
        if done == total:
            faulty.faults = ["", "slow"]

    def wait(seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            faulty.store.update(f"MOVE GRAPH <{staging(GRAPH)}> TO GRAPH <{GRAPH}>")

    result = replaced(faulty, progress=progress, client=Client(wait=wait, timeout=1))
    assert (result.counted, in_graph(faulty), looks) == (ALL, ours(), 3)
    assert sum("MOVE" in request.form.get("update", "") for request in faulty.requests) == 1


def test_a_move_that_never_ends(faulty: FaultyServer) -> None:
    old_graph(faulty)
    before = in_graph(faulty)

    def progress(done: int, total: int) -> None:
        if done == total:
            faulty.faults = ["", "slow"]

    with pytest.raises(
        EndpointError, match=r"the server may still be at work\. When it has come to rest, run the command"
    ):
        replaced(faulty, progress=progress, client=Client(wait=lambda _: None, timeout=1))
    assert in_graph(faulty) == before


def test_where_there_is_no_move(faulty: FaultyServer) -> None:
    """Said, since readers see half a graph meanwhile."""
    old_graph(faulty)
    result = loaded(faulty, replace=True)
    assert in_graph(faulty) == ours()
    assert result.notes == ("no MOVE there: until the end the graph holds a part of the new one",)


@pytest.mark.parametrize("how", ["basic", "token"])
def test_login(faulty: FaultyServer, how: str) -> None:
    faulty.login, faulty.token = (("ann", "secret"), "") if how == "basic" else (None, "t0ken")
    with pytest.raises(EndpointError, match="wants a login"):
        loaded(faulty)
    login = Login("ann", "secret") if how == "basic" else Login(token="t0ken")
    assert loaded(faulty, client=Client(login)).counted == ALL


# --- what is asked for


def test_presets() -> None:
    assert tuple(PRESETS) == _PRESETS
    assert [name for name, preset in PRESETS.items() if preset.tested] == list(STORES)


@pytest.mark.parametrize("where", ["url", "query", "graphs"])
def test_a_server_says_which_preset_is_its(
    server: Server, graph: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the command to type; and that command does it."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    address = getattr(server, where)
    ran = run("load", address, "--graph", graph, store=seeded_store())
    assert (ran.code, ran.out) == (3, "")
    *_, who, command = ran.err.splitlines()
    assert who.startswith(f"  The server says that it is {server.name.title()}/")
    assert "no Graph Store Protocol" not in ran.err  # nobody has asked for it
    words = ["kg", "load", server.url, "--preset", server.name, "--graph", graph, "--store", str(seeded_store())]
    assert command.split() == words
    for name, value in login(server).items():
        monkeypatch.setenv(name, value)
    assert run(*words[1:]).code == 0
    assert server.count(graph) == ALL


def test_another_servers_preset(server: Server, graph: str) -> None:
    (other,) = set(STORES) - {server.name}
    with pytest.raises(
        EndpointError, match=rf"(?s)404.*says that it is {server.name.title()}.*--preset {server.name} "
    ):
        kg.load(server.url, preset=other, graph=graph, store=seeded_store(), environ=login(server))


@pytest.mark.parametrize(
    ("address", "header", "preset", "base"),
    [
        ("http://127.0.0.1/repositories/x/rdf-graphs/service", "", "graphdb", "http://127.0.0.1/repositories/x"),
        ("http://127.0.0.1/repositories/x", "GraphDB/10.6 RDF4J/4.3", "graphdb", "http://127.0.0.1/repositories/x"),
        ("http://127.0.0.1/ds/query", "Apache Jena Fuseki (4.9.0)", "fuseki", "http://127.0.0.1/ds"),
        ("https://a.b.eu-west-1.neptune.amazonaws.com:8182/", "", "neptune", "https://a.b.eu-west-1.neptune.amazonaws.com:8182"),
    ],
)  # fmt: skip
def test_servers_that_are_recognised(address: str, header: str, preset: str, base: str) -> None:
    told = advice(address, {"Server": header}, preset=None, update=address, graph=GRAPH, options={"--replace": True})
    assert told.splitlines()[-1] == f"  kg load {base} --preset {preset} --graph {GRAPH} --replace"
    assert advice(address, {"Server": header}, preset=preset, update=address, graph=GRAPH, options={}) == ""


def test_a_server_that_nobody_knows(faulty: FaultyServer) -> None:
    ran = run("load", faulty.query, "--graph", GRAPH, store=seeded_store())
    assert (ran.code, ran.out) == (3, "")
    assert f"Without --preset, updates go to {faulty.query}." in ran.err
    assert "--update-url" in ran.err
    assert "or name it with --preset: oxigraph, virtuoso, fuseki" in ran.err


@pytest.mark.parametrize(
    ("preset", "base", "query", "update", "graphs"),
    [
        ("fuseki", "/ds", "/ds/query", "/ds/update", "/ds/data"),
        ("graphdb", "/repositories/x", "/repositories/x", "/repositories/x/statements", "/repositories/x/rdf-graphs/service"),
        ("qlever", "", "", "", ""),
        ("neptune", "", "/sparql", "/sparql", "/sparql/gsp/"),
    ],
)  # fmt: skip
def test_paths_of_servers_that_are_not_to_be_had(preset: str, base: str, query: str, update: str, graphs: str) -> None:
    """By their documentation: requests in the order in which they come, each to its path."""
    with FaultyServer() as server:
        server.paths = {query or "/", update or "/", graphs or "/"}
        kg.load(server.url + base, preset=preset, graph=GRAPH, store=seeded_store(), replace=True)
        assert in_graph(server) == ours()
        for request in server.requests:
            meant = query if "query" in request.form else update if "update" in request.form else graphs
            assert request.path == (meant or "/")


@pytest.mark.parametrize("preset", ["virtuoso", "graphdb", "qlever", "neptune"])
def test_a_graph_must_be_named_where_there_is_no_default_graph(preset: str) -> None:
    ran = run("load", "http://127.0.0.1:1", "--preset", preset, store=seeded_store())
    assert ran.code == 2
    assert "name one with --graph" in ran.err


def test_no_store_no_server_no_file(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no store at"):
        kg.load("http://127.0.0.1:1", preset="oxigraph", store=tmp_path / "none")
    ran = run("load", "http://127.0.0.1:1", "--preset", "oxigraph", store=seeded_store())
    assert (ran.code, ran.out) == (3, "")
    assert "no server answers there (connection refused)" in ran.err
    assert run("load", "http://127.0.0.1:1", "--from", tmp_path / "none.nt").code in (2, 3)
    ran = run("load", "http://127.0.0.1:1", "--from", tmp_path / "x.nt", store=seeded_store())
    assert (ran.code, "exclude each other" in ran.err) == (2, True)
    with pytest.raises(UsageError, match="exclude each other"):
        kg.load("http://127.0.0.1:1", replace=True, add=True, store=seeded_store())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("broken.nt", b"<x:s> <x:p> .\n", "not N-Triples"),
        ("cut.nt.gz", gzip.compress(b'<x:s> <x:p> "o" .\n' * 5000, mtime=0)[:-20], "cannot be read"),
        ("none.nt.gz", b"no gzip", "cannot be read"),
        ("none.nt.zst", b"no zstd", "cannot be read"),
        ("blank.ttl", b"<x:s> <x:p> [] .\n", "has blank nodes"),
        ("strange.csv", b"a,b\n", "what format"),
    ],
)
def test_files_that_cannot_be_loaded(
    faulty: FaultyServer, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content)
    ran = run("load", faulty.query, "--graph", GRAPH, "--from", tmp_path / name)
    assert ran.code == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_two_loads_into_one_graph_at_once(faulty: FaultyServer) -> None:
    """The second is refused; into another graph it goes, and when the first is done."""
    code = [sys.executable, "-m", "kg", "load", faulty.query, "--update-url", f"{faulty.url}/update"]
    code += ["--graph", GRAPH, "--store", str(seeded_store())]
    second: list[subprocess.CompletedProcess[str]] = []

    def meanwhile(done: int, total: int) -> None:
        if not second:
            elsewhere = [GRAPH + "/other" if part == GRAPH else part for part in code]
            second.extend(
                subprocess.run(command, capture_output=True, text=True, timeout=60) for command in (code, elsewhere)
            )

    loaded(faulty, progress=meanwhile)
    refused, elsewhere = second
    assert refused.returncode == 3
    assert f"{faulty.query}: another kg load is filling graph {GRAPH}. Wait for it to end" in refused.stderr
    assert elsewhere.returncode == 0, elsewhere.stderr
    for graph in (GRAPH, GRAPH + "/other"):
        assert len(list(faulty.store.quads_for_pattern(None, None, None, NamedNode(graph)))) == ALL
    again = subprocess.run(code, capture_output=True, text=True, timeout=60)
    assert (again.returncode, "none was sent again" in again.stderr) == (0, True)


def test_a_file_with_triples_that_come_twice_is_told(faulty: FaultyServer, tmp_path: Path) -> None:
    file = tmp_path / "twice.nt"
    file.write_bytes(b'<x:s> <x:p> "o" .\n' * 2)
    with pytest.raises(EndpointError, match=r"holds 1 triples after 2 were sent.* or the file has some twice"):
        loaded(faulty, source=file, store=None)


def test_progress_reaches_the_end(faulty: FaultyServer) -> None:
    seen: list[tuple[int, int]] = []
    loaded(faulty, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(min(done, ALL), ALL) for done in range(300, ALL + 300, 300)]
