"""A build over a Dask cluster is the local build: the same triples, nothing lost or doubled, whatever dies meanwhile."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from question_records import ROOT
from records import FAMILY, SYMBOL, SYNONYM, gene, write
from test_build import lies_in, nquads

import kg.cluster
from kg.archives import Part
from kg.errors import CannotRun, UsageError
from kg.pipeline import build
from kg.read import Item, find_items
from kg.shards import Shards
from kg.tally import BuildResult

RECORDS = 200
BATCH = 16
"""Records a batch here, so that there are 13 of them; else all would be one."""
PARTS = -(-(RECORDS + 2) // BATCH)

NAMES = re.compile(r"(part-\d{5}|shared)-[0-9a-f]{8}\.nq\.gz|manifest\.json")


def figid(n: int) -> str:
    return f"PMC{n // 3 + 1}__f{n}"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 good records, papers with three figures each that differ in their titles, and two bad records."""
    folder = tmp_path_factory.mktemp("corpus")
    for n in range(RECORDS):
        write(
            folder,
            figid(n),
            figtitle=f'Figure {n}: "β", back\\slash, \u2028',
            papertitle="A title" if n % 3 else "A title.",
            genes=[
                gene("JAK", "JAK", "JAK2", 3717, FAMILY),
                gene(f"w{n}", f"W{n}", f"G{n % 50}", 90_000_000 + n % 50, SYMBOL if n % 2 else SYNONYM),
            ],
            keywords=["JAK2", "nothing"],
        )
    write(folder, "PMC800__year", year="20233")
    path = write(folder, "PMC802__yaml")
    path.write_text(path.read_text().replace("figtitle: ", "figtitle: [", 1))
    return folder


class Local:
    """What a build on this machine makes of the corpus."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        self.store = folder / "kg.store"
        self.report = folder / "rejects.jsonl"
        self.result = build([corpus], store=self.store, reject_file=self.report, jobs=1)
        self.quads = nquads(self.store)


@pytest.fixture(scope="module")
def local(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Local:
    return Local(corpus, tmp_path_factory.mktemp("local"))


def new_cluster(workers: int = 2, threads: int = 1, *, processes: bool = True) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=processes,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # None would take a port on all interfaces
        worker_dashboard_address="127.0.0.1:0",
        silence_logs=60,  # above all levels: workers are killed here on purpose
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with new_cluster() as started:
        yield started


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.cluster, "RECORDS", BATCH)


def address(cluster: LocalCluster) -> str:
    return str(cluster.scheduler_address)


class Result:
    """A build over a cluster, without a store unless one is named."""

    def __init__(self, corpus: Path, address: str, folder: Path, **options: Any) -> None:
        self.shards = folder / "shards"
        self.report = folder / "rejects.jsonl"
        options = {"no_store": "store" not in options, **options}
        self.result: BuildResult = build(
            [corpus], dask=address, shards=self.shards.as_uri(), reject_file=self.report, **options
        )

    def is_as(self, local: Local) -> None:
        """The shards hold the local build's triples, each once, and the counts are the same."""
        manifest = json.loads((self.shards / "manifest.json").read_text("utf-8"))
        lines: list[str] = []
        for shard in manifest["shards"]:
            data = (self.shards / shard["file"]).read_bytes()
            text = gzip.decompress(data).decode().split("\n")[:-1]
            assert len(data) == shard["bytes"]
            assert hashlib.sha256(data).hexdigest() == shard["sha256"]
            assert len(text) == shard["triples"]
            lines += text
        assert sorted(lines) == local.quads
        assert lies_in(self.shards) == {shard["file"] for shard in manifest["shards"]} | {"manifest.json"}
        assert [shard["file"].partition("-")[0] for shard in manifest["shards"]] == ["part"] * PARTS + ["shared"]
        assert all(NAMES.fullmatch(name) for name in lies_in(self.shards))
        for name in ("records", "figures", "rejected", "repeats", "triples", "reasons", "warnings"):
            assert getattr(self.result, name) == getattr(local.result, name)
        assert self.report.read_bytes() == local.report.read_bytes()
        assert manifest["build"]["figures"] == RECORDS
        assert manifest["build"]["triples"] == len(local.quads)


def test_shards_are_the_local_build(corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    made = Result(corpus, address(cluster), tmp_path, progress=lambda done, total: seen.append((done, total)))
    made.is_as(local)
    assert made.result.shards == made.shards.as_uri()
    assert made.result.store is None
    assert seen[-1] == (RECORDS + 2, RECORDS + 2)
    assert lies_in(tmp_path) == {"shards", "rejects.jsonl"}
    again = Result(corpus, address(cluster), tmp_path)  # in place of the first
    again.is_as(local)


def test_the_cluster_keeps_nothing_of_a_build(corpus: Path, cluster: LocalCluster, tmp_path: Path) -> None:
    Result(corpus, address(cluster), tmp_path)
    with Client(address(cluster)) as client:
        assert set(client.run(lambda: len(kg.cluster._builds)).values()) == {0}
        assert not any(key.startswith("kg-") for keys in client.has_what().values() for key in keys)


def test_a_store_is_loaded_from_the_shards(corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path) -> None:
    store = tmp_path / "kg.store"
    made = Result(corpus, address(cluster), tmp_path, store=store, dump=tmp_path / "x.nt")
    made.is_as(local)
    assert nquads(store) == local.quads
    assert sorted((tmp_path / "x.nt").read_text("utf-8").split("\n")[:-1]) == local.quads
    # The ledger is that of a local build, which takes over from it.
    third = find_items(corpus).items[2]
    text = Path(third.path).read_text("utf-8")
    try:
        Path(third.path).write_text(text.replace("Figure 10", "Other 10").replace("year: '2020'", "year: '2021'"))
        amended = build([corpus], store=store, reject_file=tmp_path / "r", jobs=1)
        assert amended.changes == (0, 1, 0, RECORDS + 1)
        build([corpus], store=tmp_path / "full", reject_file=tmp_path / "r", jobs=1)
        assert nquads(store) == nquads(tmp_path / "full") != local.quads
    finally:
        Path(third.path).write_text(text)


def test_relative_paths(
    corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers stand in other folders than the one who types."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records").symlink_to(corpus)
    build(["records"], dask=address(cluster), shards="out/shards", no_store=True, reject_file="r")
    manifest = json.loads(Path("out/shards/manifest.json").read_text("utf-8"))
    lines = [
        line
        for shard in manifest["shards"]
        for line in gzip.decompress(Path("out/shards", shard["file"]).read_bytes()).decode().split("\n")[:-1]
    ]
    assert sorted(lines) == local.quads


def test_the_command(corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "build", str(corpus), "--dask", address(cluster), "--shards", "shards"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "202 records: 200 figures in the graph, 2 rejected" in done.stderr
    assert "→ shards, kg.store" in done.stderr
    assert nquads(tmp_path / "kg.store") == local.quads


# Workers that die


def once(marker: str, *fields: Any) -> Item:
    """An item that kills the process which unpacks it, but for the first time alone."""
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return Item(*fields)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


class Deadly(Item):
    """An item that kills a worker process when it gets there; ``marker`` makes it do so once."""

    marker = ""

    def __reduce__(self) -> tuple[Any, ...]:
        return (once, (self.marker, *self)) if self.marker else (os._exit, (9,))


def with_deadly(monkeypatch: pytest.MonkeyPatch, corpus: Path, kind: type[Item], place: int) -> None:
    listing = find_items([corpus])
    listing.items[place] = kind(*listing.items[place])
    monkeypatch.setattr("kg.pipeline.find_items", lambda *_: listing)


@pytest.mark.parametrize("place", [0, RECORDS // 2, RECORDS + 1])
def test_a_worker_killed_at_a_batch(
    corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    marker = tmp_path / "killed"
    with_deadly(monkeypatch, corpus, type("Once", (Deadly,), {"marker": str(marker)}), place)
    folder = tmp_path / "out"
    made = Result(corpus, address(cluster), folder, store=folder / "kg.store")
    assert marker.exists(), "no worker was killed"
    made.is_as(local)
    assert nquads(folder / "kg.store") == local.quads


def test_both_workers_killed_with_results_that_were_not_yet_fetched(
    corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path
) -> None:
    with Client(address(cluster)) as client:
        client.wait_for_workers(2, timeout=60)  # one may have been killed by the test before
        pids = list(client.run(os.getpid).values())
    assert len(pids) == 2

    def kill(done: int, total: int) -> None:
        if done > 4 * BATCH:
            while pids:
                os.kill(pids.pop(), signal.SIGKILL)

    made = Result(corpus, address(cluster), tmp_path, progress=kill)
    assert not pids
    made.is_as(local)


def test_a_batch_that_kills_every_worker(
    corpus: Path, cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old"
    build([write(tmp_path / "record", "PMC999__old")], store=old, jobs=1)
    before = nquads(old)
    with_deadly(monkeypatch, corpus, Deadly, RECORDS // 2)
    with pytest.raises(CannotRun, match="workers died one after the other at the 16 records from PMC") as caught:
        Result(corpus, address(cluster), tmp_path, store=old)
    # Dask counts against every batch that a worker held when it died, so that a neighbour may be named.
    first, last = re.findall(r"PMC\d+__f\d+", str(caught.value))
    figids = [item.figid for item in find_items([corpus]).items]
    assert abs(figids.index(first) - RECORDS // 2) < 8 * BATCH
    assert figids.index(last) == figids.index(first) + BATCH - 1
    assert nquads(old) == before
    assert not (tmp_path / "shards").exists()


# Clusters that are not there, or go


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_scheduler(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.cluster, "CONNECT", 1.0)
    place = f"tcp://127.0.0.1:{unused_port()}"
    with pytest.raises(CannotRun, match=f"{place}: no Dask scheduler answers there"):
        Result(corpus, place, tmp_path)
    assert lies_in(tmp_path) == set()


@pytest.mark.parametrize("place", ["nonsense://127.0.0.1:1", "127.0.0.1"])
def test_no_address(corpus: Path, tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="not the address of a Dask scheduler"):
        Result(corpus, place, tmp_path)


def test_a_cluster_without_workers(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kg.cluster, "_LOOK", 0.2)
    monkeypatch.setattr(kg.cluster, "PATIENCE", 1.0)
    with (
        new_cluster(0) as empty,
        pytest.raises(CannotRun, match="has had no worker"),
    ):
        Result(corpus, address(empty), tmp_path)
    assert lies_in(tmp_path) == set()


def test_a_scheduler_that_is_killed(corpus: Path, tmp_path: Path) -> None:
    port = unused_port()
    place = f"tcp://127.0.0.1:{port}"
    options = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", place, *options],
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", place, "--no-nanny", "--nthreads", "1", *options],
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    folder = tmp_path / "out"
    try:
        with pytest.raises(CannotRun, match=f"{place}: the Dask scheduler is gone"):
            Result(
                corpus,
                place,
                folder,
                store=folder / "kg.store",
                progress=lambda done, total: scheduler.kill() if done > 2 * BATCH else None,
            )
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait(30)
    assert not (folder / "kg.store").exists()
    assert not (folder / "shards" / "manifest.json").exists()


def test_an_interrupt(corpus: Path, cluster: LocalCluster, tmp_path: Path) -> None:
    old = tmp_path / "old"
    build([write(tmp_path / "record", "PMC999__old")], store=old, jobs=1)
    before = nquads(old)

    def interrupt(done: int, total: int) -> None:
        if done > 2 * BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Result(corpus, address(cluster), tmp_path, store=old, progress=interrupt)
    assert nquads(old) == before
    assert not (tmp_path / "shards" / "manifest.json").exists()
    with Client(address(cluster)) as client:
        assert not any(key.startswith("kg-") for keys in client.processing().values() for key in keys)
        assert set(client.run(lambda: len(kg.cluster._builds)).values()) == {0}


def test_an_interrupt_leaves_an_earlier_result(
    corpus: Path, local: Local, cluster: LocalCluster, tmp_path: Path
) -> None:
    made = Result(corpus, address(cluster), tmp_path)

    def interrupt(done: int, total: int) -> None:
        if done > 2 * BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Result(corpus, address(cluster), tmp_path, progress=interrupt)
    manifest = json.loads((made.shards / "manifest.json").read_text("utf-8"))
    for shard in manifest["shards"]:
        assert hashlib.sha256((made.shards / shard["file"]).read_bytes()).hexdigest() == shard["sha256"]
    Result(corpus, address(cluster), tmp_path).is_as(local)


def test_workers_that_do_not_see_the_sources(corpus: Path, cluster: LocalCluster, tmp_path: Path) -> None:
    """On them every record would be one that cannot be read: that is no verdict on records."""
    listing = find_items([corpus])
    listing.items[40] = listing.items[40]._replace(path="/on/no/machine.md")
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CannotRun, match=r"/on/no/machine.md: not there for a"):
        patch.setattr("kg.pipeline.find_items", lambda *_: listing)
        Result(corpus, address(cluster), tmp_path)


def test_workers_with_another_version(
    corpus: Path, cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kg.cluster, "_installed", lambda: "of another version")
    with pytest.raises(CannotRun, match="another version of kg"):
        Result(corpus, address(cluster), tmp_path)


def test_shards_that_this_process_does_not_see(corpus: Path, cluster: LocalCluster, tmp_path: Path) -> None:
    """``memory://`` is another place in each process."""
    with pytest.raises(CannotRun, match="was written and is not there"):
        build([corpus], dask=address(cluster), shards="memory://kg-test", no_store=True, reject_file=tmp_path / "r")


def test_without_the_extra(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "kg.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotRun, match=re.escape("pip install 'pathway-figure-kg[dask]'")):
        build([corpus], dask="tcp://127.0.0.1:1", shards="file:///x", no_store=True)


@pytest.mark.parametrize(
    "options",
    [
        {"dask": "tcp://127.0.0.1:1"},
        {"shards": "file:///x"},
        {"dask": "tcp://127.0.0.1:1", "shards": "x", "no_store": True, "dump": "x.nt"},
    ],
)
def test_what_does_not_go_together(corpus: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"go together|leave out"):
        build([corpus], **options)


# The files


def test_work_that_was_given_up_writes_nothing(corpus: Path, tmp_path: Path) -> None:
    """A task that goes on after its build has ended: Dask cannot stop it."""
    shards = Shards(tmp_path / "shards")
    with pytest.raises(CannotRun, match="not told of this build"):
        kg.cluster.shard(shards.build, "part-00000", pickle.dumps(find_items([corpus]).items[:2]))
    assert lies_in(tmp_path) == set()


def test_a_place_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(CannotRun, match=r"is not empty .*manifest\.json"), Shards(tmp_path):
        pass
    (tmp_path / "manifest.json").write_text("nonsense")
    with pytest.raises(CannotRun, match="is not empty"), Shards(tmp_path):
        pass
    (tmp_path / "manifest.json").rename(tmp_path / "thesis.txt")
    with pytest.raises(CannotRun, match=r"is not empty .*thesis\.txt"), Shards(tmp_path):
        pass
    with pytest.raises(CannotRun, match="is a file"), Shards(tmp_path / "thesis.txt"):
        pass
    assert lies_in(tmp_path) == {"thesis.txt"}


def test_a_file_beside_a_result_of_ours_is_left(tmp_path: Path) -> None:
    for n in (3, 2):
        with Shards(tmp_path) as shards:
            for each in range(n):
                shards.add(shards.write(f"part-{each:05d}", [b"<x:s> <x:p> <x:o> .\n"]))
            shards.commit({})
        (tmp_path / "README").write_text("mine")
    assert len(lies_in(tmp_path)) == 2 + 2
    assert "README" in lies_in(tmp_path)


def test_what_killed_builds_left_goes(tmp_path: Path) -> None:
    (tmp_path / "part-00007-0123abcd.nq.gz").write_bytes(b"half")
    (tmp_path / "part-00008-0123abcd.nq.gz.89abcdef.tmp").write_bytes(b"less")
    with Shards(tmp_path) as shards:
        shards.add(shards.write("shared", [b"<x:s> <x:p> <x:o> .\n"]))
        shards.commit({})
    assert lies_in(tmp_path) == {"manifest.json", f"shared-{shards.build}.nq.gz"}


def test_the_same_shard_twice_is_the_same_bytes(tmp_path: Path) -> None:
    with Shards(tmp_path / "x") as shards:
        first = shards.write("part-00000", [b"<x:s> <x:p> 1 .\n", b"", b"<x:s> <x:p> 2 .\n<x:s> <x:p> 3 .\n"])
        again = shards.write("part-00000", [b"<x:s> <x:p> 1 .\n<x:s> <x:p> 2 .\n<x:s> <x:p> 3 .\n"])
        assert first == again
        assert first.triples == 3
        assert lies_in(tmp_path / "x") == {first.file}
    assert lies_in(tmp_path) == set()  # it was not committed


def test_a_shard_that_was_changed_is_told(tmp_path: Path) -> None:
    with Shards(tmp_path) as shards:
        shard = shards.write("part-00000", [b"<x:s> <x:p> <x:o> .\n"])
        shards.add(shard)
        shards.commit({})
        assert b"".join(shards.chunks()) == b"<x:s> <x:p> <x:o> .\n"
        (tmp_path / shard.file).write_bytes(gzip.compress(b"<x:s> <x:p> <x:other> .\n"))
        with pytest.raises(CannotRun, match=f"{shard.file} is not what was written"):
            list(shards.chunks())


def test_an_object_store(tmp_path: Path) -> None:
    """``memory://`` stands for those where a file is there when all of it has come, and there are no folders."""
    with Shards("memory://kg-objects/a/b") as shards:
        shards.add(shards.write("part-00000", [b"<x:s> <x:p> <x:o> .\n"] * 3))
        shards.commit({})
    assert b"".join(shards.chunks()) == b"<x:s> <x:p> <x:o> .\n" * 3
    with Shards("memory://kg-objects/a/b") as given_up:
        given_up.write("part-00000", [b"<x:s> <x:p> <x:o> .\n"])
    assert b"".join(shards.chunks()) == b"<x:s> <x:p> <x:o> .\n" * 3
    with pytest.raises(CannotRun, match="is not empty"), Shards("memory://kg-objects/a"):
        pass


@pytest.mark.parametrize("url", ["nonsense://x/y", "foo+bar://x"])
def test_a_url_of_no_kind(url: str) -> None:
    with pytest.raises(UsageError, match="not a path for shards"):
        Shards(url)


def test_a_place_that_cannot_be_written(corpus: Path, cluster: LocalCluster, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotRun, match=r"shards: cannot be written: Not a directory"):
        build([corpus], dask=address(cluster), shards=tmp_path / "file" / "shards", no_store=True)


def test_threads_of_one_worker_do_not_share_what_is_not_to_be_shared(
    corpus: Path, local: Local, tmp_path: Path
) -> None:
    with new_cluster(1, 4, processes=False) as threads:
        Result(corpus, address(threads), tmp_path).is_as(local)


def test_items_are_sent_whole() -> None:
    item = Item("PMC1__f", "a.md", "b.tsv", None, "/c/d.tsv")
    found = kg.cluster._absolute(item)
    assert found == ("PMC1__f", str(Path.cwd() / "a.md"), str(Path.cwd() / "b.tsv"), None, "/c/d.tsv")


def test_parts_of_archives_are_sent_whole() -> None:
    part = Part("x.zip/a.md", "x.zip", 10, 20)
    (_, found, *_) = kg.cluster._absolute(Item("PMC1__f", part))
    assert found == Part("x.zip/a.md", str(Path.cwd() / "x.zip"), 10, 20)


@pytest.mark.parametrize("name", ["x.tar.gz", "x.tgz", "x.ndjson.gz"])
def test_a_packed_source_is_refused(tmp_path: Path, name: str) -> None:
    """It is unpacked on this machine, where the cluster's workers do not look."""
    with pytest.raises(UsageError, match="unpack it first"):
        build(tmp_path / name, store=tmp_path / "s", dask="tcp://127.0.0.1:1", shards=tmp_path / "shards")
