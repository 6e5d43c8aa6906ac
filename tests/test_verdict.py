"""A record's verdict, put together from parts, is that of its whole graph; what came before does not matter."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from records import FAMILY, FLY, LEFT_OUT, MOUSE, SYNONYM, gene, write

from kg.errors import RecordError
from kg.lexicon import Lexicon
from kg.model import GeneFacts, JournalFacts, OrganismFacts, SharedFacts, TermFacts
from kg.read import Item, find_items
from kg.shapes import Checker
from kg.terms import Block, Said, blocks_ntriples
from kg.verdict import RecordChecker, record_graph
from kg.worker import Setup, Worker

Part = tuple[list[Block], SharedFacts]


@pytest.fixture(scope="module")
def whole() -> Checker:
    return Checker()


def parts(items: list[Item], lexicon: Lexicon, noise: dict[str, str]) -> list[Part]:
    worker = Worker(Setup(lexicon, noise, None, ()))
    found = []
    for item in items:
        try:
            _, own, shared = worker.record(item)
        except RecordError:
            continue
        found.append((own, shared))
    return found


def alike(given: list[Part], lexicon: Lexicon, whole: Checker) -> int:
    """Hold both against each other, one after another with one checker; how many records break something."""
    checker = RecordChecker("shacl", lexicon)
    broken = 0
    for own, shared in given:
        found = checker.check(own, shared)
        assert found == whole.check(record_graph(blocks_ntriples(own), shared, lexicon))
        broken += bool(found)
    return broken


def record(folder: Path, n: int, **changes: Any) -> None:
    write(
        folder,
        f"PMC{n}__f",
        genes=[
            gene("JAK", "JAK", "JAK2", 3717, FAMILY),
            gene("x", "X", "aa", 90_000_001, taxon=MOUSE),
            gene("y", "Y", f"G{n}", 91_000_000 + n % 5, SYNONYM, FLY),
        ],
        chemicals=[("ATP", "mesh:D000255", "Adenosine", "ATP", "chebi:15422")],
        diseases=[("LPS", "mesh:C536528", "Van der Woude syndrome", "NA", "doid:0060239")],
        keywords=["JAK1", "nothing", "IL6"],
        **({"organisms": ["Danio rerio", "Plants"]} | changes),
    )


@pytest.mark.parametrize("seed", range(5))
def test_good_and_bad_records_in_any_order(
    tmp_path: Path, lexicon: Lexicon, noise: dict[str, str], whole: Checker, seed: int
) -> None:
    bad: list[dict[str, Any]] = [
        {"year": "20233"},
        {"doi": "10,1/x"},
        {"papertitle": LEFT_OUT},
        {"figtitle": "NA"},
        {"automl_pathway": 3},
        {"pmcid": "PMC1x"},
        {"pmcid": LEFT_OUT},
        {"figlink": "https://example.org/x"},
    ]
    for n, changes in enumerate([{}, *bad, {}, {"journal_title": "Other", "publisher_name": "NA"}], 1):
        record(tmp_path, n, **changes)
    given = parts(find_items([tmp_path]).items, lexicon, noise)
    random.Random(seed).shuffle(given)
    assert alike([*given, *given], lexicon, whole) == 2 * len(bad)


def damaged_facts(dice: random.Random, shared: SharedFacts) -> SharedFacts:
    """Shared facts with something in them that a shape of their things does not let pass, mostly."""
    things = list(shared.things)
    place = dice.randrange(len(things))
    fact = things[place]
    ways: list[Callable[[], Any]] = [lambda: fact]
    if isinstance(fact, GeneFacts):
        ways = [
            lambda: fact._replace(taxa=()),
            lambda: fact._replace(taxa=("9606", "10090")),
            lambda: fact._replace(taxa=("77777",)),  # of which nothing is said
            lambda: fact._replace(symbols=(*fact.symbols, "")),
        ]
    elif isinstance(fact, TermFacts):
        ways = [
            lambda: fact._replace(kinds=()),
            lambda: fact._replace(names=("",)),
            lambda: fact._replace(exact_match=("https://example.org/x",)),
        ]
    elif isinstance(fact, OrganismFacts):
        ways = [lambda: fact._replace(names=("",)), lambda: fact]
    elif isinstance(fact, JournalFacts):
        ways = [lambda: fact._replace(name=""), lambda: fact._replace(abbreviation="")]
    things[place] = dice.choice(ways)()
    paper = shared.paper
    if paper and dice.random() < 0.5:
        paper = paper._replace(
            **dice.choice([{"title": None}, {"year": "x"}, {"doi": "https://doi.org/x"}, {"keywords": ("",)}])
        )
    return SharedFacts(paper, tuple(things))


@pytest.mark.parametrize("seed", range(40))
def test_damaged_facts_beside_good_ones(
    tmp_path: Path, lexicon: Lexicon, noise: dict[str, str], whole: Checker, seed: int
) -> None:
    dice = random.Random(seed)
    for n in range(1, 7):
        record(tmp_path, n)
    good = parts(find_items([tmp_path]).items, lexicon, noise)
    given = [*good, *((own, damaged_facts(dice, shared)) for own, shared in good for _ in range(3))]
    dice.shuffle(given)
    assert alike(given, lexicon, whole) > 0


def damaged_blocks(dice: random.Random, own: list[Block]) -> list[Block]:
    """What a record states of its figure and mentions, with one statement left out, changed or added."""
    place = dice.randrange(len(own)) if dice.random() < 0.7 else 0
    damaged = list(own)
    part = dice.choice(["head", "rest"]) if own[place].rest else "head"
    said: Said = getattr(own[place], part)
    n = dice.randrange(len(said))
    predicate, value = said[n]
    other = dice.choice(own)
    other_predicate, other_value = dice.choice(other.head + other.rest)
    odd = dice.choice(
        ['""', '"NA"', '"2"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@en', "<https://example.org/x>"]
    )
    changed = dice.choice(
        [
            (),
            ((predicate, other_value),),
            ((other_predicate, value),),
            ((predicate, odd),),
            (said[n], (predicate, other_value)),
            (said[n], (other_predicate, other_value)),
            (said[n], (predicate, odd)),
        ]
    )
    damaged[place] = own[place]._replace(**{part: (*said[:n], *changed, *said[n + 1 :])})
    return damaged


@pytest.mark.parametrize("seed", range(8))
def test_damaged_statements_beside_good_ones(
    tmp_path: Path, lexicon: Lexicon, noise: dict[str, str], whole: Checker, seed: int
) -> None:
    """Links without mentions, mentions without links, wrong values: also of kinds of which good ones were seen."""
    dice = random.Random(seed)
    for n in range(1, 4):
        record(tmp_path, n)
    good = parts(find_items([tmp_path]).items, lexicon, noise)
    damaged = [(damaged_blocks(dice, own), shared) for own, shared in good for _ in range(40)]
    dice.shuffle(damaged)
    assert alike([*good, *damaged, *good, *damaged], lexicon, whole) > 150


def test_a_record_breaks_no_less_for_what_others_have(
    tmp_path: Path, lexicon: Lexicon, noise: dict[str, str], whole: Checker
) -> None:
    """A link of a tier needs its mention in the same record, though all else of its kind is known to be good."""
    for n in (1, 2):
        write(tmp_path, f"PMC{n}__f", genes=[gene("JAK", "JAK", "JAK2", 3717, FAMILY), gene("x", "x", "JAK2", 3717)])
    first, (own, shared) = parts(find_items([tmp_path]).items, lexicon, noise)
    less = [block for block in own if not any(value.endswith("#source-ncbigene_symbol>") for _, value in block.rest)]
    assert len(less) == len(own) - 1
    checker = RecordChecker("shacl", lexicon)
    assert checker.check(*first) == checker.check(own, shared) == []
    found = checker.check(less, shared)
    assert found == whole.check(record_graph(blocks_ntriples(less), shared, lexicon))
    assert {violation.shape.rpartition("#")[2] for violation in found} == {
        "SymbolLinkShape-mention",
        "SpecificLinkShape-mention",
    }


def test_the_damage_does_some_harm(tmp_path: Path, lexicon: Lexicon, noise: dict[str, str], whole: Checker) -> None:
    """Each kind of thing is broken by some damage, so that the comparison compares something."""
    record(tmp_path, 1)
    ((own, shared),) = parts(find_items([tmp_path]).items, lexicon, noise)
    files: set[str] = set()
    for seed in range(300):
        damaged = damaged_facts(random.Random(seed), shared)
        files |= {violation.file for violation in whole.check(record_graph(blocks_ntriples(own), damaged, lexicon))}
    assert {f"shapes/{name}.ttl" for name in ("gene", "paper", "chemical", "journal")} <= files


@pytest.mark.needs_shared
def test_real_records(shared: Path, lexicon: Lexicon, noise: dict[str, str], whole: Checker) -> None:
    given = parts(find_items([shared / "pfocr" / "records"]).items, lexicon, noise)
    assert len(given) == 32
    alike([*given, *given[::-1]], lexicon, whole)
