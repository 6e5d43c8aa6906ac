"""A corpus of 2,659 figures with real mentions, in both layouts, against the counts of its maker.

Asked in plain SPARQL on the store, so that nothing of the stored queries is trusted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph
import pytest
import yaml

from kg import quickyaml
from kg.frontmatter import front_matter
from kg.pipeline import build
from kg.store import open_store
from kg.tally import BuildResult

pytestmark = pytest.mark.needs_shared

FIGURES = 2659
PYYAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PREFIXES = """
PREFIX schema: <https://schema.org/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kg: <https://w3id.org/pathway-figure-kg/vocab#>
PREFIX ncbigene: <https://identifiers.org/ncbigene/>
"""
JAK2, STAT3 = "ncbigene:3717", "ncbigene:6774"
TIERS = ("Symbol", "Synonym", "Family", "Keyword")


class Corpus(NamedTuple):
    records: Path
    truth: dict[str, Any]
    result: BuildResult
    store: pyoxigraph.Store

    def rows(self, query: str) -> set[tuple[str, ...]]:
        solutions = self.store.query(PREFIXES + query)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        width = range(len(solutions.variables))
        return {tuple(str(solution[i].value) for i in width) for solution in solutions}

    def count(self, pattern: str, what: str = "DISTINCT ?x") -> int:
        ((n,),) = self.rows(f"SELECT (COUNT({what}) AS ?n) {{ {pattern} }}")
        return int(n)

    def both(self, edge: str) -> int:
        """Figures that mention JAK2 and STAT3 by this edge."""
        return self.count(f"?x {edge} {JAK2} , {STAT3}")


@pytest.fixture(scope="session", params=["sidecar", "inline"])
def corpus(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return made(request.param, shared, tmp_path_factory)


_made: dict[str, Corpus] = {}


def made(layout: str, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus of this layout, written and built once."""
    if layout not in _made:
        folder = tmp_path_factory.mktemp(layout)
        subprocess.run(
            [
                sys.executable,
                shared / "make_corpus.py",
                folder / "records",
                "--figures",
                str(FIGURES),
                "--layout",
                layout,
            ],
            check=True,
            capture_output=True,
        )
        truth = json.loads((folder / "records" / "truth.json").read_text())
        result = build([folder / "records"], store=folder / "kg.store", reject_file=folder / "rejects.jsonl")
        _made[layout] = Corpus(folder / "records", truth, result, open_store(folder / "kg.store"))
    return _made[layout]


def test_the_yaml_of_every_record_is_read_as_pyyaml_reads_it(corpus: Corpus) -> None:
    quick = 0
    for path in sorted((corpus.records / "_figures").iterdir()):
        data = path.read_bytes()
        text = data.decode().removeprefix("---\n").partition("\n---\n")[0] + "\n"
        assert front_matter(data, file=path.name).mapping == yaml.load(text, Loader=PYYAML)
        quick += quickyaml.load(text)[0]
    assert quick > 0.9 * FIGURES, "the native parser is hardly used: the build is slower than it need be"


def test_all_records_are_in_the_graph(corpus: Corpus) -> None:
    result = corpus.result
    assert (result.records, result.figures, result.rejected, result.repeats) == (FIGURES, FIGURES, 0, 0)
    assert result.unknown_keys == {}
    assert result.triples == len(corpus.store)


def test_figures_papers_and_genes(corpus: Corpus) -> None:
    truth = corpus.truth
    assert corpus.count("?x a schema:ImageObject") == truth["figures"] == FIGURES
    assert corpus.count("?x a schema:ScholarlyArticle") == truth["papers"]
    assert corpus.count("?figure schema:isPartOf ?x . ?figure a schema:ImageObject") == truth["papers"]
    assert corpus.count("?x a schema:Gene") == truth["genes"]


def test_distinct_figure_gene_pairs(corpus: Corpus) -> None:
    pairs = corpus.count("?figure schema:mentions ?gene . ?gene a schema:Gene", "*")
    assert pairs == corpus.truth["figure_gene_pairs"]
    by_tier = [corpus.count(f"?figure kg:mentions{tier} ?gene", "*") for tier in TIERS]
    assert sum(by_tier) == pairs
    assert by_tier[3] == 0  # the keywords are the symbols of the table's genes


def test_pairs_of_the_mentions_are_the_pairs_of_the_edges(corpus: Corpus) -> None:
    query = "SELECT DISTINCT ?f ?g { ?m oa:hasTarget ?f ; oa:hasBody ?g }"
    assert corpus.rows(query) == corpus.rows("SELECT ?f ?g { ?f schema:mentions ?g }")


def test_jak2_and_stat3(corpus: Corpus) -> None:
    assert corpus.both("schema:mentions") == corpus.truth["jak2_and_stat3"] == 51
    assert corpus.both("kg:mentionsSymbol") == corpus.truth["jak2_and_stat3_direct"] == 16
    assert corpus.both("kg:mentionsSpecifically") == 16
    one = corpus.count(
        f"?x schema:mentions {JAK2} , {STAT3} . "
        f"OPTIONAL {{ ?x kg:mentionsSymbol ?a FILTER(?a = {JAK2}) }} "
        f"OPTIONAL {{ ?x kg:mentionsSymbol ?b FILTER(?b = {STAT3}) }} FILTER(BOUND(?a) != BOUND(?b))"
    )
    assert one == 13
    assert 51 - 16 - one == 22


def test_every_mention_has_a_word_a_source_and_a_place(corpus: Corpus) -> None:
    mentions = corpus.count("?x a oa:Annotation")
    assert 0 < mentions <= corpus.truth["mentions"]  # rows can repeat
    assert corpus.count(
        "?x a oa:Annotation ; kg:word ?w ; dcterms:source ?s ; kg:statedIn ?p ; oa:hasBody ?b", "*"
    ) == (mentions)


def test_warnings_reject_nothing_and_are_few(corpus: Corpus) -> None:
    assert len(corpus.result.warnings) < 10


@pytest.mark.parametrize("tier", TIERS)
def test_both_layouts_give_the_same_pairs_at_each_tier(
    shared: Path, tmp_path_factory: pytest.TempPathFactory, tier: str
) -> None:
    query = f"SELECT ?f ?g {{ ?f kg:mentions{tier} ?g }}"
    sidecar, inline = (made(layout, shared, tmp_path_factory).rows(query) for layout in ("sidecar", "inline"))
    assert sidecar == inline
    assert bool(sidecar) == (tier != "Keyword")


def test_both_layouts_agree_on_what_is_specific_and_ambiguous(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for query in (
        "SELECT ?f ?g { ?f kg:mentionsSpecifically ?g }",
        "SELECT DISTINCT ?f ?g ?w ?m ?a { ?x oa:hasTarget ?f ; oa:hasBody ?g ; kg:word ?w ; kg:match ?m ; kg:ambiguity ?a }",
        "SELECT DISTINCT ?f ?g ?w ?s { ?x oa:hasTarget ?f ; oa:hasBody ?g ; kg:word ?w ; kg:suspect ?s FILTER(?s != kg:caseOnly) }",
    ):
        sidecar, inline = (made(layout, shared, tmp_path_factory).rows(query) for layout in ("sidecar", "inline"))
        assert sidecar == inline
        assert sidecar
