"""A second build of a store reads what has changed alone, and makes what a full build makes."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from pyoxigraph import RdfFormat
from records import FAMILY, FLY, LEFT_OUT, MOUSE, SYMBOL, SYNONYM, gene, write

import kg
from kg.store import LEDGER
from kg.tally import BuildResult, Changes

RECORDS = 30


def figid(n: int) -> str:
    return f"PMC{n // 3 + 1}__f{n}"  # three figures a paper


def put(folder: Path, n: int, dice: random.Random) -> None:
    """Record n, with titles, names and organisms that records of its paper and of its genes may state otherwise."""
    bad = dice.random() < 0.15
    write(
        folder,
        figid(n),
        figtitle=f"Figure {n}, edition {dice.randrange(1000)}",
        papertitle=dice.choice(["A title", "Another title", "A third title"]),
        year="20233" if bad else dice.choice(["2019", "2020", "NA"]),
        doi=dice.choice(["NA", "10.1000/a", "10.1000/b"]),
        journal_title=dice.choice(["J one", "J two"]),
        journal_nlm_ta=dice.choice(["J1", "J 1"]),
        organisms=dice.choice([["Homo sapiens"], ["NA"], ["Danio rerio"], ["Plants"]]),
        genes=[
            gene("JAK", "JAK", "JAK2", 3717, FAMILY),
            gene("x", "X", dice.choice(["aa", "bb", "NA"]), 90_000_001, SYMBOL, dice.choice([FLY, MOUSE])),
            gene("y", "Y", f"G{n}", 91_000_000 + dice.randrange(40), SYNONYM),
        ],
        chemicals=dice.choice(
            [None, [("ATP", "mesh:D000255", dice.choice(["Adenosine", "ATP"]), "ATP", "chebi:15422")]]
        ),
        keywords=dice.choice([(), ("JAK1", "nothing")]),
        **dice.choice([{}, {"novel_key": "x"}]),
    )


def take_out(folder: Path, n: int) -> None:
    for path in [*folder.glob(f"*/{figid(n)}.md"), *folder.glob(f"*/{figid(n)}-*.tsv")]:
        path.unlink()


def made(source: Path, store: Path, **options: Any) -> tuple[BuildResult, dict[str, Any]]:
    """A build, and all that a user can see of it, apart from where it lies and how long it took."""
    report = store.with_suffix(".jsonl")
    result = kg.build(source, store=store, reject_file=report, jobs=1, **options)
    assert result.records == result.figures + result.rejected + result.repeats
    graph = pyoxigraph.Store.read_only(str(store / "oxigraph"))
    quads = graph.dump(format=RdfFormat.N_QUADS)
    assert quads is not None
    seen = {
        "quads": sorted(quads.decode().split("\n")),
        "info": json.loads((store / "build.json").read_text()),
        "rejects": sorted(report.read_text().splitlines()) if report.exists() else [],
        "counts": (result.records, result.figures, result.rejected, result.repeats, result.triples),
        "reasons": result.reasons,
        "keys": result.unknown_keys,
        "warnings": result.warnings,
    }
    return result, seen


@pytest.mark.parametrize("seed", range(6))
def test_a_build_upon_a_build_is_a_full_build(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    source, store = tmp_path / "records", tmp_path / "kg.store"
    there = set(range(RECORDS))
    for n in there:
        put(source, n, dice)
    made(source, store)
    for step in range(4):
        gone = set(dice.sample(sorted(there), 2))
        changed = set(dice.sample(sorted(there - gone), 2))
        new = {RECORDS + step, dice.choice([n for n in range(RECORDS) if n not in there] or [RECORDS + 10 + step])}
        for n in gone:
            take_out(source, n)
        for n in changed | new:
            take_out(source, n)
            put(source, n, dice)
        result, seen = made(source, store)
        assert result.changes == Changes(len(new), len(changed), len(gone), len(there - gone - changed))
        there = there - gone | new
        fresh, wanted = made(source, tmp_path / f"full-{step}")
        assert fresh.changes is None
        assert seen == wanted


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two records of one paper that disagree, six of others, built into ``kg.store`` beside them."""
    source = tmp_path / "records"
    write(source, "PMC1__a", papertitle="Title of a", genes=[gene("x", "X", "Symbol of a", 90_000_001)])
    write(source, "PMC1__b", papertitle="Title of b", genes=[gene("x", "X", "symbol of b", 90_000_001)])
    for n in range(2, 10):
        write(source, f"PMC{n}__f")
    kg.build(source, store=tmp_path / "kg.store", reject_file=None)
    return source


def names(store: Path, thing: str, predicate: str) -> set[str]:
    rows = kg.sparql(f"SELECT ?n {{ {thing} {predicate} ?n }}", store=store).rows
    return {row[0].value for row in rows if row[0] is not None}


def test_a_shared_fact_goes_with_its_last_stater(two: Path) -> None:
    store = two.parent / "kg.store"
    assert names(store, "pmc:PMC1", "schema:alternateName") == {"Title of b"}
    (two / "_figures" / "PMC1__a.md").unlink()
    result = kg.build(two, store=store, reject_file=None)
    assert result.changes == Changes(0, 0, 1, 9)
    assert result.warnings == ()
    assert names(store, "pmc:PMC1", "schema:name") == {"Title of b"}
    assert names(store, "pmc:PMC1", "schema:alternateName") == set()
    assert names(store, "ncbigene:90000001", "rdfs:label") == {"symbol of b"}
    assert names(store, "ncbigene:90000001", "skos:altLabel") == set()
    (two / "_figures" / "PMC1__b.md").unlink()
    kg.build(two, store=store, reject_file=None)
    assert names(store, "pmc:PMC1", "?p") == names(store, "ncbigene:90000001", "?p") == set()


def test_a_table_that_changes_changes_its_record(two: Path) -> None:
    store = two.parent / "kg.store"
    (two / "_data" / "PMC1__b-genes.tsv").unlink()
    result = kg.build(two, store=store, reject_file=None)
    assert result.changes == Changes(0, 1, 0, 9)
    assert names(store, "ncbigene:90000001", "skos:altLabel") == set()


def test_nothing_changed(two: Path) -> None:
    store = two.parent / "kg.store"
    before = names(store, "?s", "rdfs:label")
    result = kg.build(two, store=store, reject_file=None)
    assert result.changes == Changes(0, 0, 0, 10)
    assert names(store, "?s", "rdfs:label") == before


def test_a_record_that_moves_is_as_before(two: Path) -> None:
    store = two.parent / "kg.store"
    shutil.move(two, two.with_name("elsewhere"))
    result = kg.build(two.with_name("elsewhere"), store=store, reject_file=None)
    assert result.changes == Changes(0, 0, 0, 10)


def test_a_rejected_record_is_told_again_with_its_file_of_today(two: Path) -> None:
    store, report = two.parent / "kg.store", two.parent / "r.jsonl"
    write(two, "PMC3__f", year="20233")
    assert kg.build(two, store=store, reject_file=report).rejected == 1
    first = report.read_text()
    shutil.move(two, two.with_name("elsewhere"))
    result = kg.build(two.with_name("elsewhere"), store=store, reject_file=report)
    assert result.changes == Changes(0, 0, 0, 10)
    assert report.read_text() == first.replace(str(two), str(two.with_name("elsewhere")))
    (reject,) = result.rejects
    assert str(two.with_name("elsewhere")) in reject.file


def test_a_record_that_could_not_be_read_is_tried_again(two: Path) -> None:
    store = two.parent / "kg.store"
    path = two / "_figures" / "PMC3__f.md"
    text = path.read_text()
    path.unlink()
    path.symlink_to(two / "nowhere")
    assert kg.build(two, store=store, reject_file=None).rejected == 1
    path.unlink()
    path.write_text(text)
    result = kg.build(two, store=store, reject_file=None)
    assert (result.changes, result.rejected) == (Changes(0, 1, 0, 9), 0)


def test_another_way_to_build_is_a_full_build(two: Path, tmp_path: Path) -> None:
    store = two.parent / "kg.store"
    noise = tmp_path / "noise.tsv"
    noise.write_text("x\tcommonWord\n")
    assert kg.build(two, store=store, reject_file=None, noise=noise).changes is None
    assert kg.build(two, store=store, reject_file=None, noise=noise).changes is not None
    assert kg.build(two, store=store, reject_file=None, check=False).changes is None
    assert kg.build(two, store=store, reject_file=None, check=False, full=True).changes is None


def test_many_changes_are_a_full_build(two: Path) -> None:
    for n in range(2, 6):
        write(two, f"PMC{n}__f", figtitle="Other")
    assert kg.build(two, store=two.parent / "kg.store", reject_file=None).changes is None


@pytest.mark.parametrize("harm", ["missing", "garbage", "empty"])
def test_without_a_good_ledger_all_is_read(two: Path, harm: str) -> None:
    store = two.parent / "kg.store"
    ledger = store / LEDGER
    if harm == "missing":
        ledger.unlink()
    else:
        ledger.write_bytes(b"not SQLite at all" * 300 if harm == "garbage" else b"")
    result = kg.build(two, store=store, reject_file=None)
    assert (result.changes, result.figures) == (None, 10)
    assert kg.build(two, store=store, reject_file=None).changes == Changes(0, 0, 0, 10)


def test_a_dump_holds_all_of_the_graph(two: Path) -> None:
    store, dump = two.parent / "kg.store", two.parent / "x.nt"
    write(two, "PMC3__f", figtitle=LEFT_OUT)
    result = kg.build(two, store=store, reject_file=None, dump=dump)
    assert (result.changes, result.figures, result.dump) == (Changes(0, 1, 0, 9), 9, str(dump))
    assert len(dump.read_text().splitlines()) == result.triples


def test_the_old_store_is_untouched_until_the_end(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = two.parent / "kg.store"
    before, lies = names(store, "?f", "schema:identifier"), {path.name for path in two.parent.iterdir()}
    (two / "_figures" / "PMC3__f.md").unlink()

    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.increment._settled", stop)
    with pytest.raises(KeyboardInterrupt):
        kg.build(two, store=store, reject_file=None)
    assert names(store, "?f", "schema:identifier") == before
    assert {path.name for path in two.parent.iterdir()} == lies | {".kg.store.lock"}
