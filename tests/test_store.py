"""The store on disk: whole or not at all, one writer at a time, nothing left lying about."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from kg.errors import CannotRun
from kg.store import StoreWriter, build_info, default_path, open_store, writing


def ntriples(n: int, name: str = "s") -> list[bytes]:
    return [f"<x:{name}{i}> <x:p> <x:o> .\n".encode() for i in range(n)]


def put(path: Path, n: int, name: str = "s") -> None:
    with StoreWriter(path) as writer:
        writer.start()
        writer.load(ntriples(n, name))
        writer.commit({"triples": writer.finish()})


def subjects(store: pyoxigraph.Store) -> set[str]:
    return {quad.subject.value for quad in store}


def names(folder: Path) -> set[str]:
    """What lies in a folder, the lock aside."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store with three triples."""
    path = tmp_path / "kg.store"
    put(path, 3, "old")
    return path


def is_old(path: Path) -> bool:
    return subjects(open_store(path)) == {"x:old0", "x:old1", "x:old2"} and build_info(path) == {"triples": 3}


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "kg.store"
    put(path, 1000)
    assert subjects(open_store(path)) == {f"x:s{i}" for i in range(1000)}
    assert build_info(path) == {"triples": 1000}


def test_a_store_may_be_empty(tmp_path: Path) -> None:
    put(tmp_path / "s", 0)
    assert len(open_store(tmp_path / "s")) == 0


def test_chunks_may_be_cut_anywhere_or_be_empty(tmp_path: Path) -> None:
    data = b"".join(ntriples(500, "ä" * 40))
    for size in (1, 7, 1 << 21):
        with StoreWriter(tmp_path / "s") as writer:
            writer.start()
            writer.load([b"", *(data[i : i + size] for i in range(0, len(data), size)), b""])
            writer.commit({})
        assert len(open_store(tmp_path / "s")) == 500


def test_a_new_store_takes_the_place_of_the_old(old: Path) -> None:
    put(old, 2, "new")
    assert subjects(open_store(old)) == {"x:new0", "x:new1"}
    assert len(names(old.parent)) == 2  # the link and the one folder


def test_a_store_can_be_read_by_several_at_once(old: Path) -> None:
    first, second = open_store(old), open_store(old)
    assert len(first) == len(second) == 3


def test_who_reads_the_old_store_goes_on_reading_it(old: Path) -> None:
    reader = open_store(old)
    put(old, 2, "new")
    assert subjects(reader) == {"x:old0", "x:old1", "x:old2"}
    assert len(open_store(old)) == 2


def test_without_commit_the_old_store_stays(old: Path) -> None:
    before = names(old.parent)
    with StoreWriter(old) as writer:
        writer.start()
        writer.load(ntriples(5))
    assert is_old(old)
    assert names(old.parent) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, CannotRun, SystemExit, GeneratorExit])
def test_an_error_among_the_chunks_comes_out_as_it_is_and_the_old_store_stays(
    old: Path, error: type[BaseException]
) -> None:
    def chunks() -> Iterator[bytes]:
        yield from ntriples(50_000)
        raise error("stop")

    before = names(old.parent)
    with pytest.raises(error, match="stop"), StoreWriter(old) as writer:
        writer.start()
        writer.load(chunks())
        writer.commit({})
    assert is_old(old)
    assert names(old.parent) == before


def test_an_error_leaves_nothing_where_there_was_no_store(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), StoreWriter(tmp_path / "s") as writer:
        writer.start()
        writer.load(chunks())
    assert names(tmp_path) == set()
    with pytest.raises(CannotRun, match="no store"):
        open_store(tmp_path / "s")


def test_an_error_while_swapping_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = names(old.parent)
    with pytest.raises(CannotRun, match="disk is full") as caught, StoreWriter(old) as writer:
        writer.start()
        writer.load(ntriples(5))
        monkeypatch.setattr(Path, "replace", full)
        writer.commit({})
    assert caught.value.exit_code == 3
    assert is_old(old)
    assert names(old.parent) == before


def test_leftovers_of_a_killed_build_are_cleared(old: Path) -> None:
    left = old.parent / ".kg.store-0123abcd"
    left.mkdir()
    (left / "x").write_text("x")
    put(old, 2, "new")
    assert not left.exists()
    assert len(names(old.parent)) == 2


@pytest.mark.parametrize("name", ["kg.store-2", "kg.store-old", "kg.store-12345678"])
def test_a_store_whose_name_begins_alike_is_left_alone(old: Path, name: str) -> None:
    put(old.parent / name, 4, "other")
    put(old, 2, "new")
    assert subjects(open_store(old.parent / name)) == {f"x:other{i}" for i in range(4)}


def test_a_store_with_characters_that_mean_something_to_glob(tmp_path: Path) -> None:
    path = tmp_path / "[kg]*?"
    for n in (1, 2):
        put(path, n)
    assert len(open_store(path)) == 2
    assert len(names(tmp_path)) == 2


HOLD = """
import sys
from kg.store import StoreWriter
with StoreWriter(sys.argv[1]):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def locked(old: Path) -> Iterator[Path]:
    """A store that another process is writing."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(old)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    yield old
    holder.communicate("", timeout=30)


def test_a_store_that_another_process_writes_is_refused(locked: Path) -> None:
    with pytest.raises(CannotRun, match="locked: another kg build") as caught:
        put(locked, 2, "new")
    assert caught.value.exit_code == 3
    assert is_old(locked)  # it can still be read


def test_the_lock_goes_with_its_process(old: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(old)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.kill()
    holder.communicate(timeout=30)
    put(old, 2, "new")
    assert len(open_store(old)) == 2


def test_two_writers_in_one_process(old: Path) -> None:
    with StoreWriter(old), pytest.raises(CannotRun, match="locked"), StoreWriter(old):
        pass
    assert is_old(old)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_no_store_is_not_overwritten(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "mine"
    if kind == "file":
        path.write_text("precious")
    else:
        path.mkdir()
        (path / "precious").write_text("precious")
    with pytest.raises(CannotRun, match="not a store"):
        put(path, 1)
    with pytest.raises(CannotRun, match="not a store"):
        open_store(path)
    assert "precious" in (path.read_text() if kind == "file" else (path / "precious").read_text())


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no store at") as caught:
        open_store(tmp_path / "none")
    assert "kg build" in str(caught.value)
    assert caught.value.exit_code == 3
    assert build_info(tmp_path / "none") == {}


def test_a_store_whose_data_is_broken(old: Path) -> None:
    for path in (old / "oxigraph").iterdir():
        path.write_bytes(b"not RocksDB")
    with pytest.raises(CannotRun, match="cannot be opened"):
        open_store(old)


def test_build_info_that_is_broken_is_none(old: Path) -> None:
    (old / "build.json").write_text("{")
    assert build_info(old) == {}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotRun, match="cannot be written"):
        put(tmp_path / "file" / "kg.store", 1)


def test_default_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_STORE", raising=False)
    assert default_path() == Path("kg.store")
    monkeypatch.setenv("KG_STORE", "/somewhere/else")
    assert default_path() == Path("/somewhere/else")


def test_a_relative_store_is_found_from_where_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(Path("kg.store"), 2)
    assert len(open_store("kg.store")) == 2
    (tmp_path / "moved").mkdir()
    for name in names(tmp_path) - {"moved"}:  # link and folder can be moved together
        (tmp_path / name).rename(tmp_path / "moved" / name)
    assert len(open_store("moved/kg.store")) == 2


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk is full"),
        (OSError("IO error: No space left on device: While appending to file"), "disk is full"),
        (OSError(errno.EFBIG, "File too large"), "grew past"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
)
def test_errors_of_the_disk_say_what_to_do(error: OSError, text: str) -> None:
    with pytest.raises(CannotRun, match=text) as caught, writing(Path("there")):
        raise error
    assert str(caught.value).startswith("there: ")


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), writing(tmp_path):
        raise ValueError("x")
