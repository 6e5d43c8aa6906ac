"""All real records: in the graph, or rejected for a reason that a curator agrees with.

The tables are read a second time here, with the csv module and nothing of the package.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pyoxigraph import RdfFormat
from records import Graph, graph

from kg.pipeline import build
from kg.tally import BuildResult

if TYPE_CHECKING:
    from kg.lexicon import Lexicon

pytestmark = pytest.mark.needs_shared

REJECTED: dict[str, str] = {}
"""figid to the field for which a real record is rightly left out. None is: all can be read and hold together."""

TAXA = {
    "Homo sapiens": 9606,
    "Mus musculus": 10090,
    "Rattus norvegicus": 10116,
    "Drosophila melanogaster": 7227,
    "Danio rerio": 7955,
    "Bos taurus": 9913,
    "Sus scrofa": 9823,
    "Escherichia coli": 562,
    "Escherichia coli str. K-12 substr. MG1655": 511145,
    "Saccharomyces cerevisiae S288C": 559292,
    "Arabidopsis thaliana": 3702,
    "Severe acute respiratory syndrome coronavirus 2": 2697049,
}
NOT_KNOWN = {"", "NA", ".na.character"}
KINDS = ("genes", "chemicals", "diseases")


@pytest.fixture(scope="module")
def built(real_records: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[BuildResult, Graph]:
    folder = tmp_path_factory.mktemp("real")
    result = build([real_records], no_store=True, dump=folder / "x.nt", reject_file=folder / "rejects.jsonl", jobs=2)
    return result, Graph.load((folder / "x.nt").read_bytes(), RdfFormat.N_TRIPLES)


@pytest.fixture(scope="module")
def real(built: tuple[BuildResult, Graph]) -> Graph:
    return built[1]


@pytest.fixture(scope="module")
def documents(real_records: Path) -> dict[str, dict[str, Any]]:
    """figid to front matter."""
    return {
        path.stem: next(yaml.safe_load_all(path.read_text("utf-8-sig")))
        for path in sorted((real_records / "_figures").glob("*.md"))
    }


def rows(real_records: Path, figid: str, kind: str) -> list[dict[str, str]]:
    path = real_records / "_data" / f"{figid}-{kind}.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def stated(real_records: Path, documents: dict[str, dict[str, Any]]) -> set[tuple[str, str, str, str, str, str]]:
    """(figid, word, match, gene, source, place) of all gene rows and inline genes."""
    found = set()
    for figid, document in documents.items():
        for r in rows(real_records, figid, "genes"):
            found.add((figid, r["word"], r["match"], f"ncbigene:{r['ncbigene_id']}", r["source"], "sidecar"))
        for g in document.get("genes") or []:
            found.add((figid, g["word"], g["symbol"], f"ncbigene:{g['entrez']}", g["source"], "inline"))
    return found


def test_every_record_is_in_the_graph_or_rejected_for_a_good_reason(
    built: tuple[BuildResult, Graph], documents: dict[str, dict[str, Any]]
) -> None:
    result, real = built
    assert result.records == len(documents) == 32
    assert result.records == result.figures + result.rejected + result.repeats
    assert {reject.figid: reject.reasons[0].field for reject in result.rejects} == REJECTED
    assert real.figures() == documents.keys() - REJECTED.keys()


def test_no_key_of_a_real_record_is_unknown(built: tuple[BuildResult, Graph]) -> None:
    assert built[0].unknown_keys == {}
    assert built[0].orphan_tables == ()


def test_gene_mentions_are_the_rows_of_the_tables(
    real: Graph, stated: set[tuple[str, str, str, str, str, str]]
) -> None:
    found = {
        (m.figure, m.word, m.match, m.body, m.source, place)
        for m in real.mentions()
        if m.source != "keyword" and (m.body or "").startswith("ncbigene:")
        for place in m.stated_in
    }
    assert found == stated
    assert len(stated) > 1000


def test_figure_gene_pairs_and_their_tiers(real: Graph, stated: set[tuple[str, str, str, str, str, str]]) -> None:
    tiers = {
        "ncbigene_symbol": 1,
        "hgnc_symbol": 1,
        "ncbigene_synonym": 2,
        "hgnc_alias_symbol": 2,
        "hgnc_prev_symbol": 2,
        "famplex_relations": 3,
        "bioentities_symbol": 3,
    }
    best: dict[tuple[str, str], int] = {}
    for figid, _, _, gene, source, _ in stated:
        best[figid, gene] = min(best.get((figid, gene), 9), tiers[source])
    keyword_only = {
        (m.figure, m.body) for m in real.mentions(source="keyword") if m.body and (m.figure, m.body) not in best
    }
    for edge, tier in (("kg:mentionsSymbol", 1), ("kg:mentionsSynonym", 2), ("kg:mentionsFamily", 3)):
        assert set(real.select(f"SELECT ?f ?g {{ ?f {edge} ?g }}")) == {p for p, t in best.items() if t == tier}
    assert set(real.select("SELECT ?f ?g { ?f kg:mentionsKeyword ?g }")) == keyword_only
    genes = real.select("SELECT ?f ?g { ?f schema:mentions ?g . ?g a schema:Gene }")
    assert set(genes) == best.keys() | keyword_only


def test_genes_have_their_tables_organism_and_every_symbol(real: Graph, real_records: Path) -> None:
    taxa: dict[str, set[str]] = {}
    symbols: dict[str, set[str]] = {}
    for figid in real.figures():
        for r in rows(real_records, figid, "genes"):
            taxa.setdefault(r["ncbigene_id"], set()).add(r["organism_id"])
            symbols.setdefault(r["ncbigene_id"], set()).update({r["ncbigene_symbol"]} - NOT_KNOWN)
    assert all(len(t) == 1 for t in taxa.values())
    range_of = {(str(g), str(t)) for g, t in real.select("SELECT ?g ?t { ?g schema:taxonomicRange ?t }")}
    for gene_id, (taxon,) in taxa.items():
        assert (f"ncbigene:{gene_id}", f"taxon:{taxon}") in range_of
    names = {(str(g), str(n)) for g, n in real.select("SELECT ?g ?n { ?g schema:name|skos:altLabel ?n }")}
    for gene_id, said in symbols.items():
        assert {(f"ncbigene:{gene_id}", symbol) for symbol in said} <= names


@pytest.mark.parametrize("kind", ["chemicals", "diseases"])
def test_chemicals_and_diseases(
    real: Graph, real_records: Path, documents: dict[str, dict[str, Any]], kind: str
) -> None:
    expected = set()
    for figid, document in documents.items():
        for r in rows(real_records, figid, kind):
            best = r.get({"chemicals": "chebi", "diseases": "doid"}[kind], "NA")
            mesh = r.get("mesh") or r["identifier"].removeprefix("MESH:")
            expected.add((figid, r["word"], best if best not in NOT_KNOWN else f"mesh:{mesh.removeprefix('mesh:')}"))
        for term in document.get(kind) or []:
            named = term["identifier"] not in NOT_KNOWN
            expected.add((figid, term["word"], f"mesh:{term['identifier']}" if named else None))
    cls = {"chemicals": "schema:ChemicalSubstance", "diseases": "schema:MedicalCondition"}[kind]
    things = {thing for (thing,) in real.select(f"SELECT ?t {{ ?t a {cls} }}")}
    found = {
        (m.figure, m.word, m.body)
        for m in real.mentions()
        if m.source != "keyword" and (m.body in things or m.body is None)
    }
    nameless = {entry for entry in expected if entry[2] is None}
    assert nameless <= found
    assert {entry for entry in found if entry[2]} == expected - nameless


def texts(value: object) -> Iterator[str]:
    for text in value if isinstance(value, list) else [value]:
        if text is not None and str(text).strip() not in NOT_KNOWN:
            yield str(text).strip()


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("figtitle", "schema:name"),
        ("figid_alias", "schema:alternateName"),
        ("caption", "schema:caption"),
        ("number", "schema:position"),
        ("figtype", "kg:figureType"),
        ("papertitle", "schema:isPartOf/(schema:name|schema:alternateName)"),
        ("year", "schema:isPartOf/schema:datePublished"),
        ("reftext", "schema:isPartOf/(dcterms:bibliographicCitation|kg:alsoStated)"),
        ("journal_title", "schema:isPartOf/schema:isPartOf/schema:name"),
        ("publisher_name", "schema:isPartOf/schema:publisher/schema:name"),
    ],
)
def test_texts_of_each_record_are_in_the_graph(
    real: Graph, documents: dict[str, dict[str, Any]], key: str, path: str
) -> None:
    said = {(figid, text) for figid, document in documents.items() for text in texts(document.get(key))}
    found = {(str(f), str(o)) for f, o in real.select(f"SELECT ?f ?o {{ ?f a schema:ImageObject ; {path} ?o }}")}
    assert said <= found
    assert len(said) > 10


def test_organisms_of_each_record_are_in_the_graph(real: Graph, documents: dict[str, dict[str, Any]]) -> None:
    for key, known, unknown in (
        ("organisms", "schema:about", "kg:organismName"),
        ("organisms_ner", "kg:mentionsOrganism", "kg:mentionsOrganismName"),
    ):
        for figid, document in documents.items():
            names = set(texts(document.get(key)))
            if key == "organisms_ner" and not names:  # then the table's own count: the next test
                continue
            found = real.values(figid, known)
            assert len(found) + len(real.values(figid, unknown)) == len(names), (figid, key)
            assert real.values(figid, unknown) <= names
            assert found >= {f"taxon:{TAXA[name]}" for name in names & TAXA.keys()}, (figid, key)


def test_organisms_of_a_table_without_a_list_of_them(real: Graph) -> None:
    """The table beside PMC100003, a record of 2021 about man, has flies alone."""
    figid = "PMC100003__mb2410470011"
    assert real.values(figid, "kg:mentionsOrganism") == {"taxon:7227"}
    assert real.values(figid, "schema:about") == {"taxon:9606"}


def test_every_keyword_is_a_mention_or_named_by_the_record(
    real: Graph, real_records: Path, documents: dict[str, dict[str, Any]]
) -> None:
    mentions = real.mentions(source="keyword")
    for figid, document in documents.items():
        keywords = set(texts(document["schema-jsonld"].get("keywords")))
        made = {m.keyword for m in mentions if m.figure == figid}
        assert made <= keywords
        named = {r["ncbigene_symbol"] for r in rows(real_records, figid, "genes")}
        named |= {g["hgnc_symbol"] for g in document.get("genes") or []}
        for kind in ("chemicals", "diseases"):
            named |= {
                text.strip() for r in rows(real_records, figid, kind) for text in (r["word"], r.get("name") or "")
            }
            named |= {text for r in rows(real_records, figid, kind) for text in (r["word"], r.get("match") or "")}
            named |= {term["word"] for term in document.get(kind) or []}
        assert made == keywords - named, figid


def test_a_score_is_the_records_own(real: Graph, documents: dict[str, dict[str, Any]]) -> None:
    for figid, document in documents.items():
        score = document.get("automl_pathway", document.get("pathway_score"))
        assert float(str(real.value(figid, "kg:pathwayScore"))) == pytest.approx(float(score), abs=0)


def test_not_known_is_no_literal_except_as_word_or_match(real: Graph) -> None:
    rows = real.select('SELECT ?p ?o { ?s ?p ?o FILTER(STR(?o) IN ("NA", ".na.character", "")) }')
    assert {p for p, _ in rows} <= {"kg:word", "kg:match"}


def test_the_record_alone_resolves_no_keyword_wrongly(
    tmp_path: Path, real_records: Path, documents: dict[str, dict[str, Any]], lexicon: Lexicon, noise: dict[str, str]
) -> None:
    """Records without their tables; the tables say which gene each symbol is."""
    counts: Counter[str] = Counter()
    wrong = []
    for figid in documents:
        (tmp_path / f"{figid}.md").write_bytes((real_records / "_figures" / f"{figid}.md").read_bytes())
    alone = graph([tmp_path], lexicon, noise)
    for figid, document in documents.items():
        truth: dict[str, set[str]] = {}
        for r in rows(real_records, figid, "genes"):
            truth.setdefault(r["ncbigene_symbol"], set()).add(f"ncbigene:{r['ncbigene_id']}")
        for m in alone.mentions(source="keyword", figure=figid):
            if str(m.keyword) not in truth:
                continue
            counts["resolved" if m.body else "left open"] += 1
            if m.body and truth[str(m.keyword)] != {m.body}:
                wrong.append((figid, m.keyword, m.body, truth[str(m.keyword)]))
        del document
    assert wrong == []
    assert counts["resolved"] > 50


def test_mentions_of_one_record_stay_the_same_in_company(
    real: Graph, real_records: Path, graph_of: Callable[..., Graph]
) -> None:
    for path in sorted((real_records / "_figures").glob("PMC10030845__*.md")):  # two figures of one paper
        alone = graph_of(path)
        assert {m for m in real.mentions() if m.figure == path.stem} == set(alone.mentions())


def test_reject_report_is_not_written_if_nothing_is_rejected(built: tuple[BuildResult, Graph]) -> None:
    result, _ = built
    lines = Path(result.reject_file).read_text("utf-8").splitlines() if result.reject_file else []
    assert [json.loads(line)["figid"] for line in lines] == sorted(REJECTED)
