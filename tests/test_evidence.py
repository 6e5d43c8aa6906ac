"""What a mention means: each example of EVIDENCE.md (docs/evidence.md), on a record written for it.

Those marked ``needs_shared`` ask the same of the real record that the example comes from.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from records import (
    COW,
    FAMILY,
    FLY,
    MOUSE,
    SYMBOL,
    SYNONYM,
    ZEBRAFISH,
    Graph,
    gene,
    inline,
    write,
)

if TYPE_CHECKING:
    from kg.lexicon import Lexicon

GraphOf = Callable[..., Graph]
FIGURE = "PMC1__f1"
ROOT = Path(__file__).resolve().parent.parent
SEED = "PMC10531214__ijms-24-13764-g001"


@pytest.fixture(scope="session")
def real(real_records: Path, graph_of: GraphOf) -> Callable[[str], Graph]:
    """``real("PMC100003")``: the graph of that paper's real record, made once."""
    made: dict[str, Graph] = {}

    def one(start: str) -> Graph:
        if start not in made:
            (path,) = (real_records / "_figures").glob(f"{start}__*.md")
            made[start] = graph_of(path)
        return made[start]

    return one


def body(gene_id: int) -> str:
    return f"ncbigene:{gene_id}"


# 1. Tier names the lexicon; ambiguity says how far to trust it


def seed_with_table(folder: Path) -> Path:
    """The seed record with the gene table of its figure beside it."""
    for source in (ROOT / "seeds" / f"{SEED}.md", ROOT / "tests" / "data" / f"{SEED}-genes.tsv"):
        (folder / source.name).write_bytes(source.read_bytes())
    return folder / f"{SEED}.md"


def test_stat_is_a_family_word_and_an_alias_of_soat1(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(seed_with_table(tmp_path))
    stat3 = graph.mention(word="STAT", body=body(6774))
    assert (stat3.tier, stat3.ambiguity, stat3.release) == ("family", None, "2023")
    soat1 = graph.mention(word="STAT", body=body(6646))
    assert (soat1.tier, soat1.ambiguity) == ("synonym", "familyWord")
    assert graph.tier(SEED, body(6774)) == graph.tier(SEED, body(3717)) == "Family"
    assert graph.tier(SEED, body(6646)) == "Synonym"
    assert not [edge for edge in graph.edges(SEED) if edge[0] in ("mentionsSpecifically", "mentionsSymbol")]


def test_family_words_of_one_species_say_nothing_of_another(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(seed_with_table(tmp_path))
    assert {(seen.body, seen.ambiguity) for seen in graph.mentions(word="STAT", source=SYNONYM)} == {
        (body(6646), "familyWord"),
        (body(368481), "several"),
        (body(368519), "several"),
    }


def test_the_seed_record_alone_says_no_word(graph_of: GraphOf) -> None:
    graph = graph_of(ROOT / "seeds" / f"{SEED}.md")
    assert {seen.word for seen in graph.mentions()} == {None}
    for symbol, gene_id in (("JAK2", 3717), ("STAT3", 6774)):
        seen = graph.mention(keyword=symbol)
        assert (seen.tier, seen.match, seen.release) == ("keyword", None, None)
        assert body(gene_id) in {seen.body, *seen.candidates}
    il6 = graph.mention(keyword="il6")  # the zebrafish gene; IL6 is beside it
    assert body(3569) not in {il6.body, *il6.candidates}
    assert body(3569) in {graph.mention(keyword="IL6").body, *graph.mention(keyword="IL6").candidates}


AMBIGUITY = {
    "familyWord": (
        [gene("AKT", "AKT", "AKT1", 207, SYNONYM), gene("AKT", "AKT", "AKT2", 208, FAMILY)],
        {207: "familyWord", 208: None},
    ),
    "shadowed": (
        [gene("BCR", "BCR", "BCR", 613, SYMBOL), gene("BCR", "BCR", "RN7SL263P", 106480993, SYNONYM)],
        {613: None, 106480993: "shadowed"},
    ),
    "several": (
        [gene("OCT4", "OCT4", "POU5F1", 5460, SYNONYM), gene("OCT4", "OCT4", "POU5F1P3", 642559, SYNONYM)],
        {5460: "several", 642559: "several"},
    ),
    "none": ([gene("CD45", "CD45", "PTPRC", 5788, SYNONYM)], {5788: None}),
    "family before symbol": (
        [
            gene("X", "X", "A", 1, SYNONYM),
            gene("X", "X", "B", 2, FAMILY),
            gene("X", "X", "C", 3, SYMBOL),
            gene("X", "X", "D", 4, SYNONYM),
        ],
        {1: "familyWord", 2: None, 3: None, 4: "familyWord"},
    ),
    "symbol before several": (
        [
            gene("X", "X", "A", 1, SYNONYM),
            gene("X", "X", "C", 3, SYMBOL),
            gene("X", "X", "D", 4, SYNONYM),
        ],
        {1: "shadowed", 3: None, 4: "shadowed"},
    ),
    "case of the match": (
        [gene("x", "x", "A", 1, SYNONYM), gene("X", "X", "D", 4, SYNONYM)],
        {1: "several", 4: "several"},
    ),
    "same word, other match": (
        [gene("AKT/JAK", "AKT", "AKT1", 207, SYNONYM), gene("AKT/JAK", "JAK", "JAK1", 3716, FAMILY)],
        {207: None, 3716: None},
    ),
    "other organism": (
        [
            gene("X", "X", "A", 1, SYNONYM),
            gene("X", "X", "b", 90000002, SYMBOL, MOUSE),
            gene("X", "X", "c", 90000003, FAMILY, FLY),
        ],
        {1: None, 90000002: None, 90000003: None},
    ),
    "repeated row": ([gene("X", "X", "A", 1, SYNONYM), gene("X,", "X", "A", 1, SYNONYM)], {1: None}),
    "own symbol": ([gene("X", "X", "X", 1, SYNONYM), gene("X", "X", "X", 1, SYMBOL)], {1: None}),
    "own family": ([gene("X", "X", "X", 1, SYNONYM), gene("X", "X", "X", 1, FAMILY)], {1: "familyWord"}),
}


@pytest.mark.parametrize(("rows", "expected"), AMBIGUITY.values(), ids=AMBIGUITY.keys())
def test_ambiguity(
    tmp_path: Path, graph_of: GraphOf, rows: list[tuple[str, ...]], expected: dict[int, str | None]
) -> None:
    graph = graph_of(write(tmp_path, genes=rows))
    found = {
        (seen.body, flag)
        for seen in graph.mentions()
        if (flag := seen.ambiguity) is not None or expected[int(str(seen.body).partition(":")[2])] is None
    }
    assert found == {(body(gene_id), flag) for gene_id, flag in expected.items()}
    specifically = {thing for edge, thing in graph.edges(FIGURE) if edge == "mentionsSpecifically"}
    sources = {row[6]: {r[7] for r in rows if r[6] == row[6]} for row in rows}
    assert specifically == {
        body(gene_id) for gene_id, flag in expected.items() if flag is None and sources[str(gene_id)] != {FAMILY}
    }


def test_a_family_word_in_mouse_is_a_list_of_synonyms(tmp_path: Path, graph_of: GraphOf) -> None:
    mouse = (("Hras", 15461), ("Kras", 16653), ("Rem1", 19700))
    rows = [gene("Ras", "RAS", symbol, gene_id, SYNONYM, MOUSE) for symbol, gene_id in mouse]
    rows += [gene("Ras", "RAS", "KRAS", 3845, FAMILY)]
    graph = graph_of(write(tmp_path, genes=rows))
    assert {graph.mention(body=body(gene_id)).ambiguity for _, gene_id in mouse} == {"several"}
    assert not graph.has(FIGURE, "kg:mentionsSpecifically", body(15461))


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("paper", "match", "gene_id", "tier", "ambiguity"),
    [
        ("PMC9322956", "AKT", 207, "synonym", "familyWord"),
        ("PMC9322956", "AKT", 208, "family", None),
        ("PMC1971124", "BCR", 106480993, "synonym", "shadowed"),
        ("PMC4207610", "OCT4", 5460, "synonym", "several"),
        ("PMC4207610", "OCT4", 642559, "synonym", "several"),
        ("PMC4207610", "OCT4", 18999, "synonym", None),
        ("PMC8151260", "CD45", 5788, "synonym", None),
        # mouse `Ras`: its own "synonyms", beside a mouse gene whose symbol is ras
        ("PMC9322956", "RAS", 15461, "synonym", "shadowed"),
        ("PMC9322956", "RAS", 16653, "synonym", "shadowed"),
        ("PMC9322956", "RAS", 19700, "synonym", "shadowed"),
        ("PMC9322956", "RAS", 3845, "family", None),
    ],
)
def test_ambiguity_in_real_records(
    real: Callable[[str], Graph], paper: str, match: str, gene_id: int, tier: str, ambiguity: str | None
) -> None:
    found = real(paper).mentions(match=match, body=body(gene_id), stated_in=frozenset({"sidecar"}))
    assert {(seen.tier, seen.ambiguity) for seen in found} == {(tier, ambiguity)}


@pytest.mark.needs_shared
def test_counts_of_synonym_mentions_in_the_real_tables(real_records: Path, graph_of: GraphOf) -> None:
    """42, 39, 153 and 225, by figure, organism, match and gene: from the graph, and from the tables by hand."""
    graph = graph_of(real_records)
    seen = {
        (m.figure, m.match, m.body, m.ambiguity) for m in graph.mentions(source=SYNONYM) if "sidecar" in m.stated_in
    }
    expected = {"familyWord": 42, "shadowed": 39, "several": 153, None: 225}
    assert Counter(ambiguity for *_, ambiguity in seen) == expected

    by_hand: Counter[str | None] = Counter()
    for path in (real_records / "_data").glob("*-genes.tsv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        synonyms = {(r["organism_id"], r["match"], r["ncbigene_id"]) for r in rows if r["source"] == "ncbigene_synonym"}
        for organism, match, gene_id in synonyms:
            same = [r for r in rows if (r["organism_id"], r["match"]) == (organism, match)]
            others = {r["source"] for r in same if r["ncbigene_id"] != gene_id}
            if any(r["source"] == "famplex_relations" for r in same):
                by_hand["familyWord"] += 1
            elif "ncbigene_symbol" in others:
                by_hand["shadowed"] += 1
            elif others:
                by_hand["several"] += 1
            else:
                by_hand[None] += 1
    assert by_hand == expected


# 3. What the record does not say


def test_a_keyword_has_no_word(tmp_path: Path, graph_of: GraphOf) -> None:
    seen = graph_of(write(tmp_path, keywords=["PTPRC"])).mention(keyword="PTPRC")
    assert seen.word is None
    assert (seen.tier, seen.source, seen.stated_in) == ("keyword", "keyword", frozenset({"keywordList"}))
    assert seen.body == body(5788)


def test_record_and_table_of_different_releases_are_a_union(tmp_path: Path, graph_of: GraphOf) -> None:
    """Like PMC100003: human genes inline, fly genes in the table, one word for both."""
    path = write(
        tmp_path,
        inline=[inline("AR*", "AR", "hgnc_symbol", "AR", "367"), inline("(Src", "SRC", "hgnc_symbol", "SRC", "6714")],
        genes=[gene("AR*", "AR", "ar", 44503, SYMBOL, FLY), gene("(Src", "SRC", "Src42A", 35524, SYNONYM, FLY)],
        keywords=["AR", "SRC"],
    )
    graph = graph_of(path)
    assert {(m.word, m.body, m.release, *m.stated_in) for m in graph.mentions()} == {
        ("AR*", body(367), "2021", "inline"),
        ("(Src", body(6714), "2021", "inline"),
        ("AR*", body(44503), "2023", "sidecar"),
        ("(Src", body(35524), "2023", "sidecar"),
    }
    assert graph.value(body(367), "schema:taxonomicRange") == "taxon:9606"
    assert graph.value(body(44503), "schema:taxonomicRange") == "taxon:7227"


@pytest.mark.needs_shared
def test_real_union_of_human_inline_and_fly_table(real: Callable[[str], Graph]) -> None:
    graph = real("PMC100003")
    assert graph.mention(body=body(367)).stated_in == {"inline"}
    assert graph.mention(body=body(6714)).release == "2021"
    assert graph.mention(body=body(44503)).stated_in == {"sidecar"}
    assert graph.mention(body=body(35524)).release == "2023"


def test_family_inline_and_synonym_in_the_table(tmp_path: Path, graph_of: GraphOf) -> None:
    """Like PMC1971124: the pair's tier is the best, the doubt of either stays."""
    path = write(
        tmp_path,
        inline=[inline("PI3K", "PI3K", "bioentities_symbol", "PIK3CA", "5290")],
        genes=[gene("PI3K", "PI3K", "PIK3CA", 5290, SYNONYM)],
    )
    graph = graph_of(path)
    assert graph.tier(FIGURE, body(5290)) == "Synonym"
    assert {(m.tier, m.ambiguity, m.release) for m in graph.mentions(body=body(5290))} == {
        ("family", None, "2021"),
        ("synonym", "familyWord", "2023"),
    }
    assert not graph.has(FIGURE, "kg:mentionsSpecifically", body(5290))


@pytest.mark.needs_shared
def test_real_family_inline_and_synonym_in_the_table(real: Callable[[str], Graph]) -> None:
    graph = real("PMC1971124")
    (figure,) = graph.figures()
    assert {(m.word, m.tier, m.ambiguity) for m in graph.mentions(body=body(5290))} == {
        ("PI3K", "family", None),
        ("PI3K", "synonym", "familyWord"),
    }
    assert graph.tier(figure, body(5290)) == "Synonym"
    assert not graph.has(figure, "kg:mentionsSpecifically", body(5290))


def test_the_same_statement_in_record_and_table_is_one_mention(tmp_path: Path, graph_of: GraphOf) -> None:
    path = write(
        tmp_path,
        inline=[inline("AR", "AR", "ncbigene_symbol", "AR", "367")],
        genes=[gene("AR", "AR", "AR", 367, SYMBOL)],
    )
    assert graph_of(path).mention().stated_in == {"inline", "sidecar"}


def test_keywords_beside_a_table_of_another_release(tmp_path: Path, graph_of: GraphOf) -> None:
    """Like PMC3246694: the table is mouse only; keywords of other organisms go through the lexicon."""
    path = write(
        tmp_path,
        genes=[gene("NRAS", "NRAS", "Nras", 18176, SYMBOL, MOUSE)],
        keywords=["Nras", "NRAS", "Ras64B"],
        organisms_ner=["Mus musculus", "Homo sapiens", "Drosophila melanogaster"],
    )
    graph = graph_of(path)
    assert graph.mentions(keyword="Nras") == []
    human = graph.mention(keyword="NRAS")
    assert body(4893) in {human.body, *human.candidates}
    fly = graph.mention(keyword="Ras64B")
    assert fly.body is None or fly.body == body(38494)


@pytest.mark.needs_shared
def test_real_keywords_beside_a_table_of_another_release(real: Callable[[str], Graph], real_records: Path) -> None:
    graph = real("PMC3246694")
    (table,) = (real_records / "_data").glob("PMC3246694__*-genes.tsv")
    with table.open(encoding="utf-8", newline="") as file:
        symbols = {r["ncbigene_symbol"] for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    keywords = {m.keyword for m in graph.mentions(source="keyword")}
    assert len(keywords) == 27  # 28 texts that are no symbol of the table, one of them `.na.character`
    assert {"NRAS", "BRAF"} <= keywords
    assert not keywords & symbols
    assert ".na.character" not in keywords
    assert body(4893) in {graph.mention(keyword="NRAS").body, *graph.mention(keyword="NRAS").candidates}


SUPPORT = """
SELECT ?gene ?support {{
  <https://pfocr.wikipathways.org/figures/{figure}.html> schema:mentions ?gene .
  ?gene schema:taxonomicRange ?organism .
  BIND(EXISTS {{ ?organism schema:parentTaxon? ?species .
                <https://pfocr.wikipathways.org/figures/{figure}.html> schema:about ?species }} AS ?article)
  BIND(EXISTS {{ <https://pfocr.wikipathways.org/figures/{figure}.html> schema:about|kg:organismName ?any }} AS ?known)
  BIND(IF(?article, "article", IF(?known, "table only", "unknown")) AS ?support)
}}"""


def test_organism_support_follows_from_the_graph(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [gene("STAT", "STAT", "Stat92E", 42428, SYNONYM, FLY), gene("JAK2", "JAK2", "JAK2", 3717)]
    graph = graph_of(write(tmp_path, genes=rows, organisms=["Homo sapiens"]))
    assert dict(graph.select(SUPPORT.format(figure=FIGURE))) == {body(42428): "table only", body(3717): "article"}
    graph = graph_of(write(tmp_path, genes=rows, organisms=["NA"]))
    assert set(dict(graph.select(SUPPORT.format(figure=FIGURE))).values()) == {"unknown"}


@pytest.mark.needs_shared
def test_in_11_of_17_real_records_the_table_adds_organisms(real_records: Path, graph_of: GraphOf) -> None:
    graph = graph_of(real_records)
    mentions = graph.mentions()
    named = adding = 0
    for figure in graph.figures():
        about = graph.values(figure, "schema:about") | graph.values(figure, "kg:organismName")
        found = {
            graph.value(seen.body, "schema:taxonomicRange")
            for seen in mentions
            if seen.figure == figure and "sidecar" in seen.stated_in and (seen.body or "").startswith("ncbigene:")
        }
        # a strain is supported by its species: Escherichia coli str. K-12 adds nothing to Escherichia coli
        unsupported = {taxon for taxon in found - about if not graph.values(taxon, "schema:parentTaxon") & about}
        if about and found:
            named += 1
            adding += bool(unsupported)
    assert (adding, named) == (11, 17)


def test_one_word_in_five_species_is_one_word(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [
        gene("Akt", "AKT", "X", n, SYNONYM, taxon)
        for n, taxon in enumerate((MOUSE, FLY, COW, ZEBRAFISH, "10116"), 90000001)
    ]
    graph = graph_of(write(tmp_path, genes=rows))
    assert graph.select("SELECT (COUNT(DISTINCT ?w) AS ?n) (COUNT(*) AS ?m) { ?x kg:word ?w }") == [("1", "5")]


# 4. Bare keywords


KEYWORDS = {
    # case: keyword, organisms_ner, organisms, (body, candidates, reason)
    "one hit": ("STAT3", ["Homo sapiens"], ["NA"], (6774, [], None)),
    "case matters": ("il6", ["Homo sapiens"], ["NA"], (None, [], "no such symbol")),
    "case matters in mouse, whose table has gaps": (
        "STAT3",
        ["Mus musculus"],
        ["NA"],
        (None, [], "lexicon incomplete"),
    ),
    "mouse": ("Stat3", ["Mus musculus", "Homo sapiens"], ["NA"], (20848, [], None)),
    "an alias is no symbol": ("CD45", ["Homo sapiens"], ["NA"], (None, [], "no such symbol")),
    "an old symbol is no symbol": ("CYR61", ["Homo sapiens"], ["NA"], (None, [], "no such symbol")),
    "a withdrawn symbol is none": ("STAT", ["Homo sapiens"], ["NA"], (None, [], "no such symbol")),
    "NCBI's symbol": ("COX1", ["Homo sapiens"], ["NA"], (4512, [], None)),
    "HGNC's symbol": ("MT-CO1", ["Homo sapiens"], ["NA"], (4512, [], None)),
    "no organism": ("STAT3", ["NA"], ["NA"], (None, [], "no organism known")),
    "the article's organism, if the table has none": ("STAT3", ["NA"], ["Homo sapiens"], (6774, [], None)),
    "the table's organism before the article's": (
        "STAT3",
        ["Homo sapiens"],
        ["Danio rerio"],
        (6774, [], None),
    ),
    "uncovered organism": (
        "STAT3",
        ["Homo sapiens", "Danio rerio"],
        ["NA"],
        (None, [6774], "lexicon incomplete"),
    ),
    "uncovered organism alone": ("stat3", ["Danio rerio"], ["NA"], (None, [], "lexicon incomplete")),
    "unknown organism": ("STAT3", ["Homo sapiens", "Plants"], ["NA"], (None, [6774], "lexicon incomplete")),
    "unknown organism alone": ("STAT3", ["Plants"], ["NA"], (None, [], "lexicon incomplete")),
    "a fly gene, which no human gene is": (
        "hop",
        ["Homo sapiens", "Drosophila melanogaster"],
        ["NA"],
        (32080, [], None),
    ),
    "a human gene, or one that the fly's table lacks": (
        "STAT3",
        ["Homo sapiens", "Drosophila melanogaster"],
        ["NA"],
        (None, [6774], "lexicon incomplete"),
    ),
    "none that the fly's table has": ("nosuch", ["Drosophila melanogaster"], ["NA"], (None, [], "lexicon incomplete")),
    "a fly gene, or one of an organism without a table": (
        "hop",
        ["Danio rerio", "Drosophila melanogaster"],
        ["NA"],
        (None, [32080], "lexicon incomplete"),
    ),
    "no gene at all": ("tyrosine", ["Homo sapiens"], ["NA"], (None, [], "no such symbol")),
}


@pytest.mark.parametrize(("keyword", "ner", "organisms", "expected"), KEYWORDS.values(), ids=KEYWORDS.keys())
def test_keywords(
    tmp_path: Path,
    graph_of: GraphOf,
    keyword: str,
    ner: list[str],
    organisms: list[str],
    expected: tuple[int | None, list[int], str | None],
) -> None:
    graph = graph_of(write(tmp_path, keywords=[keyword], organisms_ner=ner, organisms=organisms))
    seen = graph.mention(keyword=keyword)
    gene_id, candidates, reason = expected
    assert seen.body == (body(gene_id) if gene_id else None)
    assert seen.candidates == {body(n) for n in candidates}
    assert seen.reason == reason
    resolved = {("mentions", seen.body), ("mentionsKeyword", seen.body)} if gene_id else set()
    assert graph.edges(FIGURE) == resolved | {("mentionsCandidate", body(n)) for n in candidates}


DOUBTED_KEYWORDS = {
    # case: keyword, organisms_ner, body, doubts
    "a metabolite": ("CAMP", ["Homo sapiens"], 820, {"metaboliteOrIon"}),
    "an everyday word": ("REST", ["Homo sapiens"], 5978, {"commonWord"}),
    "none": ("STAT3", ["Homo sapiens"], 6774, set()),
    "no gene at all": ("WATER", ["Homo sapiens"], None, set()),
}


@pytest.mark.parametrize(
    ("keyword", "ner", "gene_id", "doubts"), DOUBTED_KEYWORDS.values(), ids=DOUBTED_KEYWORDS.keys()
)
def test_a_keyword_is_doubted_as_a_word_is(
    tmp_path: Path, graph_of: GraphOf, keyword: str, ner: list[str], gene_id: int | None, doubts: set[str]
) -> None:
    """Its match is not known: it is neither rewritten nor a matter of case."""
    seen = graph_of(write(tmp_path, keywords=[keyword], organisms_ner=ner)).mention(keyword=keyword)
    assert seen.body == (body(gene_id) if gene_id else None)
    assert seen.suspect == doubts


def test_a_keyword_that_is_a_disease_in_another_spelling(tmp_path: Path, graph_of: GraphOf) -> None:
    diseases = [("(pts)", "mesh:D054038", "post thrombotic", "Postthrombotic Syndrome", "NA")]
    seen = graph_of(write(tmp_path, keywords=["PTS"], diseases=diseases)).mention(keyword="PTS")
    assert (seen.body, seen.suspect) == (body(5805), {"alsoOther"})


def test_a_symbol_of_a_fly_is_not_taken_for_a_human_one(tmp_path: Path, graph_of: GraphOf) -> None:
    """Like PMC4033995 alone: COX2 is the fly's gene 19893535; human COX2 is 4513."""
    ner = ["Homo sapiens", "Mus musculus", "Drosophila melanogaster"]
    seen = graph_of(write(tmp_path, keywords=["COX2"], organisms_ner=ner)).mention(keyword="COX2")
    assert seen.body is None
    assert seen.reason in ("lexicon incomplete", "several genes")
    assert body(4513) in seen.candidates


@pytest.mark.needs_shared
def test_the_real_fly_symbol_alone_and_with_its_table(
    tmp_path: Path, real_records: Path, graph_of: GraphOf, real: Callable[[str], Graph]
) -> None:
    (source,) = (real_records / "_figures").glob("PMC4033995__*.md")
    alone = tmp_path / source.name
    alone.write_bytes(source.read_bytes())
    assert graph_of(alone).mention(keyword="COX2").body is None
    graph = real("PMC4033995")
    assert graph.mentions(keyword="COX2") == []
    (figure,) = graph.figures()
    assert graph.tier(figure, body(19893535)) == "Symbol"
    assert not graph.has(figure, "schema:mentions", body(4513))


GENE_INFO = "#tax_id\tGeneID\tSymbol\tLocusTag\tSynonyms\tdbXrefs\n9913\t538598\tIRS1\t-\t-\t-\n"


@pytest.fixture
def cow(tmp_path: Path) -> Lexicon:
    """The shipped lexicon and a user's table of cow genes."""
    from kg.lexicon import Lexicon

    path = tmp_path / "Bos_taurus.gene_info"
    path.write_text(GENE_INFO, encoding="utf-8")
    return Lexicon.load([path])


def test_a_symbol_of_two_species_is_left_open(tmp_path: Path, graph_of: GraphOf, cow: Lexicon) -> None:
    path = write(tmp_path, keywords=["IRS1", "IRS2"], organisms_ner=["Homo sapiens", "Bos taurus"])
    graph = graph_of(path, lexicon=cow)
    irs1 = graph.mention(keyword="IRS1")
    assert (irs1.body, irs1.reason) == (None, "several genes")
    assert irs1.candidates == {body(3667), body(538598)}
    assert graph.mention(keyword="IRS2").body == body(8660)  # all organisms are covered now: one hit
    assert graph.value(body(538598), "schema:taxonomicRange") == "taxon:9913"
    graph = graph_of(path)  # the shipped lexicon has no cow
    assert graph.mention(keyword="IRS1").reason == "lexicon incomplete"
    assert graph.mention(keyword="IRS1").candidates == {body(3667)}


@pytest.mark.needs_shared
def test_a_symbol_of_two_species_in_a_real_record(
    tmp_path: Path, real_records: Path, graph_of: GraphOf, cow: Lexicon
) -> None:
    (source,) = (real_records / "_figures").glob("PMC9322956__*.md")
    alone = tmp_path / source.name
    alone.write_bytes(source.read_bytes())
    seen = graph_of(alone, lexicon=cow).mention(keyword="IRS1")
    assert (seen.body, {body(3667), body(538598)} <= seen.candidates) == (None, True)


NAMED = {
    "gene": (["JAK2"], {"genes": [gene("JAK", "JAK", "JAK2", 3717, FAMILY)]}),
    "gene of another organism": (["IRS1"], {"genes": [gene("x", "IRS1", "IRS1", 538598, SYMBOL, COW)]}),
    "inline gene": (["JAK2"], {"inline": [inline("JAK", "JAK", "bioentities_symbol", "JAK2", "3717")]}),
    "chemical": (["Histamine"], {"chemicals": [("Histamine", "mesh:D006632", "NA", "NA", "NA")]}),
    "chemical with blanks": (["STZ"], {"chemicals": [("STZ ", "mesh:D013311", "NA", "NA", "NA")]}),
    "chemical by its name": (["ATP"], {"chemicals": [("ATP.", "mesh:D000255", "x", "ATP", "chebi:15422")]}),
    "disease by its match": (["Diabetes"], {"diseases": [("dm", "mesh:D003920", "Diabetes", "NA", "NA")]}),
}


@pytest.mark.parametrize(("keywords", "tables"), NAMED.values(), ids=NAMED.keys())
def test_a_keyword_that_the_record_names_makes_no_mention(
    tmp_path: Path, graph_of: GraphOf, keywords: list[str], tables: dict[str, list[tuple[str, ...]]]
) -> None:
    graph = graph_of(write(tmp_path, keywords=keywords, **tables))  # type: ignore[arg-type]
    assert graph.mentions(source="keyword") == []
    assert len(graph.mentions()) == 1


# 5. Names and renames


def test_a_renamed_gene_has_todays_name(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, genes=[gene("CYR61", "CYR61", "CYR61", 3491)]))
    assert graph.values(body(3491), "schema:name") == graph.values(body(3491), "rdfs:label") == {"CCN1"}
    assert graph.values(body(3491), "skos:altLabel") == {"CYR61"}
    assert graph.value(body(3491), "wp:bdbHgncSymbol") == "hgnc.symbol:CCN1"
    assert graph.mention().word == "CYR61"
    assert graph.value(body(3491), "kg:idStatus") is None


def test_a_lexicon_older_than_the_record_names_only_what_the_record_does_not(tmp_path: Path, graph_of: GraphOf) -> None:
    """41957 was Akt1 in the fly table's year, 2016; records of 2023 say Akt."""
    graph = graph_of(write(tmp_path, genes=[gene("Akt", "AKT", "Akt", 41957, SYMBOL, FLY)]))
    assert graph.values(body(41957), "rdfs:label") == graph.values(body(41957), "schema:name") == {"Akt"}
    assert graph.values(body(41957), "skos:altLabel") == set()
    graph = graph_of(write(tmp_path, genes=[gene("Akt", "AKT", "NA", 41957, SYMBOL, FLY)]))
    assert graph.values(body(41957), "rdfs:label") == {"Akt1"}


def test_hgnc_iris_come_from_hgncs_table_by_id(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [
        gene("a", "A", "COX1", 4512),
        gene("b", "B", "Stat3", 20848, SYMBOL, MOUSE),
        gene("c", "C", "JAK2", 99999999),
        gene("d", "D", "stat4", 368519, SYMBOL, ZEBRAFISH),
        gene("e", "E", "STAT3", 6774),
    ]
    graph = graph_of(write(tmp_path, genes=rows))
    found = dict(graph.select("SELECT ?gene ?symbol { ?gene wp:bdbHgncSymbol ?symbol }"))
    assert found == {body(4512): "hgnc.symbol:MT-CO1", body(6774): "hgnc.symbol:STAT3"}


@pytest.mark.parametrize("gene_id", [20997, 99999999])
def test_a_symbol_that_is_not_known_is_a_missing_label(tmp_path: Path, graph_of: GraphOf, gene_id: int) -> None:
    graph = graph_of(write(tmp_path, genes=[gene("BRA", "BRA", "NA", gene_id, SYNONYM, MOUSE)]))
    (name,) = graph.values(body(gene_id), "schema:name")
    assert name not in ("NA", "")
    assert graph.values(body(gene_id), "rdfs:label") == {name}
    assert graph.values(body(gene_id), "skos:altLabel") == set()
    if gene_id == 99999999:
        assert name == body(gene_id)
    assert graph.tier(FIGURE, body(gene_id)) == "Synonym"


@pytest.mark.needs_shared
def test_a_real_symbol_that_is_not_known(real: Callable[[str], Graph]) -> None:
    graph = real("PMC3246694")
    seen = graph.mention(body=body(20997))
    assert (seen.word, seen.match, seen.tier) == ("BRA", "BRA", "synonym")
    assert "NA" not in graph.values(body(20997), "schema:name") | graph.values(body(20997), "skos:altLabel")


def test_a_retired_id_stays_and_says_so(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [gene("MIA2", "MIA2", "MIA2", 117153), gene("STAT3", "STAT3", "STAT3", 6774)]
    graph = graph_of(write(tmp_path, genes=rows))
    assert graph.value(body(117153), "kg:idStatus") == "kg:notCurrent"
    assert graph.value(body(117153), "dcterms:isReplacedBy") == body(4253)
    assert graph.values(body(117153), "rdfs:label") == {"MIA2"}
    assert graph.value(body(117153), "wp:bdbHgncSymbol") is None
    assert graph.tier(FIGURE, body(117153)) == "Symbol"
    assert not graph.has(FIGURE, "schema:mentions", body(4253))
    assert graph.value(body(6774), "kg:idStatus") is None


def test_an_id_that_no_one_knows_is_not_called_retired(tmp_path: Path, graph_of: GraphOf) -> None:
    rows = [
        gene("x", "X", "LOC1", 99999999),
        gene("y", "Y", "STAT3", 99999998, SYMBOL, ZEBRAFISH),
        gene("z", "Z", "NA", 99999997),
    ]
    graph = graph_of(write(tmp_path, genes=rows))
    assert graph.select("SELECT ?g { ?g kg:idStatus ?s }") == []


def test_match_and_word_keep_what_means_not_known_elsewhere(tmp_path: Path, graph_of: GraphOf) -> None:
    graph = graph_of(write(tmp_path, genes=[gene("Na+", "NA", "na", 45338, SYMBOL, FLY)]))
    assert (graph.mention().word, graph.mention().match) == ("Na+", "NA")


@pytest.mark.needs_shared
def test_a_real_match_that_is_na(real: Callable[[str], Graph]) -> None:
    seen = real("PMC9553117").mentions(match="NA")
    assert {m.word for m in seen} >= {"Na+"}
    assert all(m.body for m in seen)


# 6. Noise is flagged, never deleted


ATP = ("ATP", "mesh:D000255", "Adenosine Triphosphate", "ATP", "chebi:15422")
STZ = ("STZ", "mesh:D013311", "NA", "NA", "NA")
DIABETES = ("DIABETES", "mesh:D003920", "NA", "NA", "NA")
NOISE = {
    "P13K": (gene("P13K", "PI3K", "PIK3CA", 5290, SYNONYM), {}, {"rewritten"}),
    "Glia": (gene("Glia", "GIIA", "GANAB", 23193, SYNONYM), {}, {"rewritten", "commonWord"}),
    "AngII": (gene("AngII", "ANG2", "ANGPT2", 285, SYNONYM), {}, {"rewritten"}),
    "and": (gene("and", "AND", "CkIIbeta", 32132, SYNONYM, FLY), {}, {"commonWord"}),
    "ATP": (gene("ATP", "ATP", "ATP8A2", 51761, SYNONYM), {}, {"metaboliteOrIon"}),
    "ATP beside a chemical": (
        gene("ATP.", "ATP", "ATP8A2", 51761, SYNONYM),
        {"chemicals": [ATP]},
        {"metaboliteOrIon", "alsoOther"},
    ),
    "Cl": (gene("Cl", "CL", "cl", 43938, SYMBOL, FLY), {}, {"metaboliteOrIon"}),
    "Cl as C1": (gene("Cl", "C1", "C1QA", 712, FAMILY), {}, {"metaboliteOrIon", "rewritten"}),
    "STZ": (gene("STZ", "STZ", "ST3GAL4", 6484, SYNONYM), {"chemicals": [STZ]}, {"alsoOther"}),
    "DIABETES": (
        gene("DIABETES", "DIABETES", "Lepr", 16847, SYNONYM, MOUSE),
        {"diseases": [DIABETES]},
        {"alsoOther"},
    ),
    "xylem,": (
        gene("xylem,", "XYLEM", "pain", 37985, SYMBOL, FLY),
        {"organisms": ["Homo sapiens"]},
        {"caseOnly"},
    ),
    "xylem, of a fly paper": (
        gene("xylem,", "XYLEM", "pain", 37985, SYMBOL, FLY),
        {"organisms": ["Drosophila melanogaster"]},
        set(),
    ),
    "xylem, of an unknown paper": (
        gene("xylem,", "XYLEM", "pain", 37985, SYMBOL, FLY),
        {"organisms": ["NA"]},
        set(),
    ),
    "STAT3": (gene("STAT3", "STAT3", "STAT3", 6774), {"organisms": ["Mus musculus"]}, set()),
    "STAT3 in case of the article": (
        gene("Stat3", "STAT3", "STAT3", 6774),
        {"organisms": ["Homo sapiens"]},
        set(),
    ),
}


@pytest.mark.parametrize(("row", "more", "flags"), NOISE.values(), ids=NOISE.keys())
def test_suspicions(
    tmp_path: Path, graph_of: GraphOf, row: tuple[str, ...], more: dict[str, list[tuple[str, ...]]], flags: set[str]
) -> None:
    graph = graph_of(write(tmp_path, genes=[row], **more))  # type: ignore[arg-type]
    seen = graph.mention(body=body(int(row[6])))
    assert seen.suspect == flags
    assert graph.has(FIGURE, "schema:mentions", body(int(row[6])))  # flagged, never deleted


def test_a_keyword_that_may_be_a_gene_is_doubted_like_a_word(tmp_path: Path, graph_of: GraphOf) -> None:
    keywords = ["cl", "STAT3", "SET", "and"]
    chemicals = [("Set", "mesh:D000255", "NA", "NA", "NA")]
    ner = ["Drosophila melanogaster", "Homo sapiens"]
    graph = graph_of(write(tmp_path, keywords=keywords, organisms_ner=ner, chemicals=chemicals))
    assert graph.mention(keyword="cl").suspect == {"metaboliteOrIon"}
    assert graph.mention(keyword="STAT3").suspect == set()
    assert "alsoOther" in graph.mention(keyword="SET").suspect
    assert graph.mention(keyword="and").suspect == set()  # no gene of that symbol, so there is nothing to doubt


def test_pain_is_found_by_case_alone(tmp_path: Path, graph_of: GraphOf) -> None:
    row = gene("pain,", "PAIN", "pain", 37985, SYMBOL, FLY)
    seen = graph_of(write(tmp_path, genes=[row], organisms=["Homo sapiens"])).mention()
    assert "caseOnly" in seen.suspect


def test_a_strain_of_the_articles_species_is_supported(tmp_path: Path, graph_of: GraphOf) -> None:
    row = ("511145", "Escherichia coli str. K-12 substr. MG1655", "Bacteria", "gapx", "GAPX", "gapA", "947679")
    row = (*row, SYMBOL, "1", "1", "1")
    graph = graph_of(write(tmp_path, genes=[row], organisms=["Escherichia coli"]))
    assert graph.mention().suspect == frozenset()
    assert graph.value("taxon:511145", "schema:parentTaxon") == "taxon:562"


def test_chemicals_are_not_suspected(tmp_path: Path, graph_of: GraphOf) -> None:
    assert graph_of(write(tmp_path, chemicals=[ATP])).mention().suspect == frozenset()


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    ("paper", "word", "gene_id", "flag"),
    [
        ("PMC9695187", "P13K", 5290, "rewritten"),
        ("PMC6365454", "Glia", 23193, "rewritten"),
        ("PMC7996246", "AngII", 285, "rewritten"),
        ("PMC4034077", "and", 32132, "commonWord"),
        ("PMC10028837", "ATP", 51761, "metaboliteOrIon"),
        ("PMC10029719", "Cl", 43938, "metaboliteOrIon"),
        ("PMC10029719", "Cl", 712, "rewritten"),
        ("PMC9695187", "STZ", 6484, "alsoOther"),
        ("PMC9322956", "DIABETES", 16847, "alsoOther"),
        ("PMC4033995", "pain,", 37985, "caseOnly"),
    ],
)
def test_suspicions_in_real_records(
    real: Callable[[str], Graph], paper: str, word: str, gene_id: int, flag: str
) -> None:
    assert flag in real(paper).mention(word=word, body=body(gene_id)).suspect


@pytest.mark.needs_shared
def test_and_is_doubted_in_all_its_genes(real: Callable[[str], Graph]) -> None:
    found = real("PMC4034077").mentions(word="and")
    assert {seen.body for seen in found} == {body(n) for n in (32132, 32798, 43595, 44913)}
    assert all("commonWord" in seen.suspect for seen in found)
