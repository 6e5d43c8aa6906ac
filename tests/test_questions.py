"""The stored questions: each answer worked out by hand from the records of `question_records`.

Every question is asked of the store (Oxigraph) and, with the same bound text, of a plain rdflib graph.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import rdflib
from answers import Row, all_asked
from answers_evidence import HS, ONLY_KEYWORDS, SYMBOL_2023
from question_records import (
    SEED,
    Ran,
    answer_rows,
    cells,
    fixture_store,
    put_seed,
    rdflib_ask,
    rdflib_graph,
    run,
    seeded_store,
    to_oxigraph,
)
from records import FAMILY, SYNONYM, gene, short, write

import kg
from kg.answer import answer_with, ask_store
from kg.arguments import Options, read_list
from kg.catalogue import catalogue, get
from kg.results import Table
from kg.store import open_store

ASKED = all_asked()
FAMPLEX = "FamPlex family or complex (PFOCR 2023)"


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


def test_every_stored_query_is_asked_here() -> None:
    assert {one.name for one in ASKED.values()} == set(catalogue())


@pytest.mark.parametrize("title", ASKED)
def test_answer(title: str) -> None:
    one = ASKED[title]
    assert answer_rows(one.name, *one.arguments, **one.keywords) == one.rows


@pytest.mark.parametrize("name", [name for name, query in catalogue().items() if query.union])
@pytest.mark.parametrize("cores", [2, 3, 50])
def test_a_question_in_pieces_has_the_rows_of_the_whole(store: Path, name: str, cores: int) -> None:
    query = get(name)
    texts = []

    def remembered(text: str) -> Table:
        texts.append(text)
        return ask_store(open_store(store))(text)

    least = ["1"] if any(param.name == "least" and not param.option for param in query.params) else []
    answer_with(remembered, query, [*least, "JAK1", "JAK2", "JAK3"], Options())
    text, whole = texts[-1], remembered(texts[-1])
    pieces = ask_store(open_store(store), cores=cores).union(text, query.union, query.once)
    assert {"JAK1", "JAK2", "JAK3"} <= {
        getattr(row[whole.columns.index("symbol")], "value", None) for row in whole.rows
    }
    assert pieces.columns == whole.columns
    assert Counter(pieces.rows) == Counter(whole.rows)


@pytest.mark.parametrize("title", ASKED)
def test_rdflib_gives_the_same_answer(title: str) -> None:
    """The bound text is plain SPARQL 1.1: another engine, and its own order of equals, change nothing."""
    one = ASKED[title]
    in_rdflib = answer_with(rdflib_ask(rdflib_graph(one.store)), get(one.name), one.arguments, one.as_options)
    in_store = kg.query(one.name, *one.arguments, **one.keywords)
    assert in_rdflib.records() == in_store.records()
    assert in_rdflib.shown.summary == in_store.shown.summary
    assert in_rdflib.notes == in_store.notes


def rows_in_rdflib(graph: rdflib.Graph, text: str) -> set[tuple[str, ...]]:
    return {tuple(str(to_oxigraph(term)) for term in row) for row in graph.query(text)}


@pytest.mark.parametrize("name", catalogue())
def test_the_file_itself_runs_in_any_engine(name: str) -> None:
    """As it is, with its example values: what the seed figure and the records above answer to them."""
    store = seeded_store()
    text = get(name).path.read_text("utf-8")
    found = kg.sparql(text, store=store)
    assert found.columns == tuple(get(name).columns)
    rows = {tuple(str(term) for term in row) for row in found.rows}
    assert rows, "the examples are of the seed figure, or of the records above"
    assert rows == rows_in_rdflib(rdflib_graph(store), text)


@pytest.mark.parametrize("name", catalogue())
def test_the_example_of_a_question_can_be_asked(name: str) -> None:
    examples = get(name).example
    ran = run("query", name, *examples, store=seeded_store())
    assert ran.code == 0
    assert len(ran.lines) > 1


# --- Why


def test_why_tells_each_mention_behind_an_answer(store: Path) -> None:
    """In PMC2__f1 one word has two matches: JAK, a family with JAK2 in it, and STAT3."""
    found = kg.query("figures-mentioning-genes", "JAK2", "STAT3", since=2021, until=2021, why=True, store=store)
    told = ("figure", "why_word", "why_match", "why_tier", "why_symbol", "why_support")
    assert [tuple(short(row[column] or "") for column in told) for row in found.records()] == [
        ("PMC2__f1", "Jak/Stat3", "JAK", "kg:family", "JAK2", "article"),
        ("PMC2__f1", "Jak/Stat3", "STAT3", "kg:symbol", "STAT3", "article"),
    ]
    ran = run("query", "figures-mentioning-genes", "JAK2", "STAT3", "--since", "2021", "--why", store=store)
    assert [cells(line) for line in ran.lines] == [
        ["figure", "word", "match", "lexicon", "gene", "organism", "note"],
        ["PMC2__f1", "Jak/Stat3", "JAK", f"family: {FAMPLEX}", "JAK2", f"{HS} (article)"],
        ["PMC2__f1", "Jak/Stat3", "STAT3", f"symbol: {SYMBOL_2023}", "STAT3", f"{HS} (article)"],
        *(
            [
                "PMC7__f1",
                f"{gene} (word not published)",
                f"keyword: {ONLY_KEYWORDS}",
                gene,
                f"{HS} (table only)",
                "lexicon incomplete",
            ]
            for gene in ("JAK2", "STAT3")
        ),
    ]


def test_why_of_the_genes_of_a_figure(store: Path) -> None:
    found = kg.query("genes-of-figure", "PMC1__f1", why=True, limit=2, store=store).records()
    assert [(row["symbol"], row["why_word"], row["why_lexicon"]) for row in found] == [
        ("JAK2", "JAK2", SYMBOL_2023),
        ("STAT3", "STAT3", SYMBOL_2023),
    ]


def test_why_of_a_question_without_a_gene_in_a_figure(store: Path) -> None:
    ran = run("query", "papers-with-most-figures", "--why", store=store)
    assert ran.code == 2
    with pytest.raises(kg.UsageError, match="takes no --why"):
        kg.query("papers-with-most-figures", why=True, store=store)


# --- What is asked for


def test_a_list_can_stand_in_a_file(tmp_path: Path, store: Path) -> None:
    file = tmp_path / "genes.tsv"
    file.write_text("# symbol\tnote\nJAK2\tkinase\n\nSTAT3\tfactor\n", "utf-8")
    asked_by_file = kg.query("figures-mentioning-genes", f"@{file}", store=store)
    assert asked_by_file.records() == kg.query("figures-mentioning-genes", "JAK2", "STAT3", store=store).records()


@pytest.mark.parametrize(("content", "told"), [(b"", "no name in it"), (b"# x\n", "no name"), (b"\xff", "not UTF-8")])
def test_a_file_without_a_list(tmp_path: Path, store: Path, content: bytes, told: str) -> None:
    file = tmp_path / "genes.txt"
    file.write_bytes(content)
    ran = run("query", "figures-mentioning-genes", f"@{file}", store=store)
    assert ran.code == 2
    assert str(file) in ran.err
    assert told in ran.err


def test_commas_and_columns(tmp_path: Path) -> None:
    """Commas stand between names, unless a tab or the file's ending says that there are columns."""
    for name, content, names in (
        ("list.txt", "JAK2,STAT3\nTP53", ["JAK2", "STAT3", "TP53"]),
        ("list.csv", "JAK2,kinase\nSTAT3,factor", ["JAK2", "STAT3"]),
        ("list.tsv", "JAK2\ta, b\nSTAT3\tc", ["JAK2", "STAT3"]),
    ):
        (tmp_path / name).write_text(content, "utf-8")
        assert read_list(tmp_path / name) == names


def test_a_list_from_stdin(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "@-", "--format", "csv", store=store, stdin=b"JAK2\nSTAT3\n")
    assert ran.out == run("query", "figures-mentioning-genes", "JAK2", "STAT3", "--format", "csv", store=store).out


def test_names_that_are_not_to_be_had(store: Path) -> None:
    """All of the genes cannot be without one of them; any of them can. All that are missing are told at once."""
    ran = run("query", "figures-mentioning-genes", "JAK2", "NOPE1", "JAK", store=store)
    assert (ran.code, ran.out) == (2, "")
    assert 'no gene "NOPE1"' in ran.err
    assert '"JAK" is a family or complex' in ran.err
    ran = run("query", "figures-mentioning-any-gene", "JAK2", "NOPE1", "JAK", store=store)
    assert ran.code == 0
    assert 'left out: no gene "NOPE1"' in ran.err
    assert 'left out: "JAK" is a family or complex' in ran.err
    alone = run("query", "figures-mentioning-any-gene", "JAK2", store=store)
    assert ran.out == alone.out
    ran = run("query", "figures-mentioning-any-gene", "NOPE1", store=store)
    assert (ran.code, ran.out) == (2, "")
    with pytest.raises(kg.UsageError, match="4 of 2 genes"):
        kg.query("figures-mentioning-some-genes", "4", "JAK2", "STAT3", store=store)


def test_an_iri_as_an_answer_has_it(store: Path) -> None:
    iri = run("query", "figures-mentioning-genes", "TP53", "--format", "tsv", store=store).lines[1].split("\t")[0]
    assert iri.startswith("<")
    assert run("query", "genes-of-figure", iri, store=store).code == 0


def test_a_file_that_is_not_there(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "@nowhere.txt", store=store)
    assert (ran.code, ran.err) == (2, "kg: nowhere.txt: cannot be read: No such file or directory\n")


def test_years_that_exclude_each_other(store: Path) -> None:
    with pytest.raises(kg.UsageError, match="no year is since 2021 and until 2020"):
        kg.query("figures-mentioning-genes", "JAK2", since=2021, until=2020, store=store)
    with pytest.raises(kg.UsageError, match="takes no --min-score, --since and --until"):
        kg.query("ambiguous-words", since=2021, store=store)
    with pytest.raises(kg.UsageError, match="0 to 1"):
        kg.query("figures-mentioning-genes", "JAK2", min_score=7, store=store)


# --- What is said of the answer, on stderr


def ask(*arguments: str, store: Path, **options: Any) -> Ran:
    return run("query", *arguments, store=store, **options)


SUMMARIES = {
    # By symbol: PMC1__f1 names both, PMC2__f1 and PMC1__f2 name STAT3, the other three neither.
    ("JAK2", "STAT3"): "6 figures: 1 name both, 2 one, 3 neither. Only those that name both by symbol: --tier symbol",
    ("JAK2", "STAT3", "--tier", "symbol"): "1 figure: 1 name both, 0 one, 0 neither. Why: kg show PMC1__f1",
    ("JAK2", "STAT3", "--tier", "family"): (
        "4 figures: 1 name both, 2 one, 1 neither. Only those that name both by symbol: --tier symbol"
    ),
    ("JAK1", "JAK3"): "3 figures: 0 name both, 0 one, 3 neither. Why: kg show PMC2__f1",
    # One gene: JAK2 by symbol in PMC1__f1 alone.
    ("JAK2",): "6 figures: 1 by symbol. Why: kg show PMC1__f1",
    # Three: JAK2, STAT3 and WNT1 in PMC1__f1 (two by symbol), PMC2__f1 and PMC1__f2 (one), PMC3__f1 (none).
    ("JAK2", "STAT3", "WNT1"): "4 figures: 0 name all 3, 1 2, 2 1, 1 none. Why: kg show PMC1__f1",
    ("TP53", "BCR"): "0 figures",
    ("TP53",): "1 figure: 1 by symbol. Why: kg show PMC9__f1",
    ("SOAT1", "--tier", "symbol"): "0 figures",
    ("JAK2", "STAT3", "--limit", "2"): (
        "first 2 of 6 figures: 1 name both, 2 one, 3 neither. Only those that name both by symbol: --tier symbol"
    ),
    ("JAK2", "STAT3", "--organism", "mouse"): "1 figure: 1 name both, 0 one, 0 neither. Why: kg show PMC4__f1",
}


@pytest.mark.parametrize("arguments", SUMMARIES, ids=" ".join)
def test_the_last_line_sums_up(arguments: tuple[str, ...], store: Path) -> None:
    ran = ask("figures-mentioning-genes", *arguments, store=store)
    assert ran.code == 0
    assert ran.err.splitlines()[-1].strip() == SUMMARIES[arguments]


def test_any_of_several_genes_is_summed_up_too(store: Path) -> None:
    ran = ask("figures-mentioning-any-gene", "JAK2", "TP53", store=store)
    # JAK2 in six figures (by symbol in PMC1__f1), TP53 by symbol in PMC9__f1; none has both.
    assert ran.err.splitlines()[-1].strip().startswith("7 figures: 0 name both, 2 one, 5 neither.")


def test_other_questions_count_rows(store: Path) -> None:
    assert ask("ambiguous-words", store=store).err.strip() == (
        "5 rows. The figures behind a word: kg query figures-of-word MATCH"
    )
    assert ask("figures-by-disease", "mesh:D003920", store=store).err.strip() == "1 row"
    assert ask("most-figured-genes", "--limit", "2", store=store).err.strip() == "first 2 of 9 rows"


def test_a_person_sees_the_evidence(store: Path) -> None:
    ran = ask("figures-mentioning-genes", "JAK2", "STAT3", store=store)
    assert [cells(line) for line in ran.lines] == [
        ["figure", "year", "JAK2", "STAT3", "organism support"],
        ["PMC1__f1", "2020", "symbol · JAK2", "symbol · STAT3", "article"],
        ["PMC2__f1", "2021", "family · Jak/Stat3", "symbol · Jak/Stat3", "article"],
        ["PMC1__f2", "2020", "family · JAK", "symbol · STAT3", "article"],
        ["PMC3__f1", "2019", "family · JAK", "family · STAT", "table only"],
        ["PMC6__f1", "2018", *["keyword, word not published"] * 2, "article"],
        ["PMC7__f1", "2022", *["keyword, word not published, candidate: lexicon incomplete"] * 2, "table only"],
    ]


def test_a_doubt_is_shown_beside_its_word(store: Path) -> None:
    ran = ask("figures-mentioning-genes", "AKT1", store=store)
    assert cells(ran.lines[1]) == ["PMC5__f1", "2010", "synonym · AKT (familyWord)", "article"]
    ran = ask("figures-mentioning-genes", "ATP8A2", store=store)
    assert cells(ran.lines[1])[2] == "synonym · ATP. (alsoOther, metaboliteOrIon)"


def test_one_word_without_a_doubt_is_enough(tmp_path: Path) -> None:
    """PIK3CA by two families: P13K was rewritten, PI3K was not. AKT1 by two synonyms: one is ambiguous, one is doubted."""
    family = [gene(word, "PI3K", "PIK3CA", 5290, FAMILY) for word in ("P13K", "PI3K")]
    akt = [
        gene("AKT", "AKT", "AKT1", 207, SYNONYM),
        gene("AKT", "AKT", "AKT2", 208, FAMILY),
        gene("PKB", "PKBalpha", "AKT1", 207, SYNONYM),
    ]
    write(tmp_path / "r", "PMC1__f1", genes=[*family, *akt], organisms=["Homo sapiens"])
    write(tmp_path / "r", "PMC2__f1", genes=[*family[:1], *akt], organisms=["Mus musculus"], organisms_ner=["NA"])
    kg.build([tmp_path / "r"], store=tmp_path / "s", jobs=1)
    found = kg.query("figures-mentioning-genes", "PIK3CA", "AKT1", store=tmp_path / "s").records()
    assert [[row[f"PIK3CA_{part}"] for part in ("words", "note", "support")] for row in found] == [
        ["P13K, PI3K", None, "article"],
        ["P13K", "rewritten", "table only"],
    ]
    assert {row["AKT1_note"] for row in found} == {"familyWord, rewritten"}
    assert {row["AKT1_words"] for row in found} == {"AKT, PKB"}


def test_doubts_of_another_match_of_the_word_stay_with_it(tmp_path: Path) -> None:
    """One word read in two ways: the way that needs no rewriting is without a doubt."""
    rows = [gene("Stat3", "STAT3", "STAT3", 6774, SYNONYM), gene("Stat3", "APRF", "STAT3", 6774, SYNONYM)]
    write(tmp_path / "r", genes=rows)
    kg.build([tmp_path / "r"], store=tmp_path / "s", jobs=1)
    (row,) = kg.query("figures-mentioning-any-gene", "STAT3", store=tmp_path / "s").records()
    assert (row["STAT3_words"], row["STAT3_note"]) == ("Stat3", None)


def test_the_most_figured_are_those_without_a_doubt(tmp_path: Path) -> None:
    """ATP in three figures, JAK2 in two, TP53 twice as it is, once rewritten (OCR's way), once by a common word too."""
    atp, jak2 = gene("ATP", "ATP", "ATP8A2", 51761, SYNONYM), gene("JAK2", "JAK2", "JAK2", 3717)
    tp53 = gene("TP53", "TP53", "TP53", 7157)
    rewritten, family = gene("TPS3", "TP53", "TP53", 7157), gene("and", "AND", "TP53", 7157, FAMILY)
    write(tmp_path / "r", "PMC1__f1", genes=[atp, jak2, tp53])
    write(tmp_path / "r", "PMC2__f1", genes=[atp, jak2, rewritten])
    write(tmp_path / "r", "PMC3__f1", genes=[atp, tp53, family])
    kg.build([tmp_path / "r"], store=tmp_path / "s", jobs=1)

    def ranked(**options: Any) -> list[Row]:
        return [row[1:] for row in answer_rows("most-figured-genes", store=tmp_path / "s", **options)]

    assert ranked() == [("TP53", "3", "3", "3"), ("JAK2", "2", "2", "2"), ("ATP8A2", "0", "3", "3")]
    # The family word counts where families do.
    assert ranked(tier="family") == [("TP53", "2", "3", "3"), ("JAK2", "2", "2", "2"), ("ATP8A2", "0", "3", "3")]
    assert ranked(tier="symbol") == [("TP53", "3", "3", "3"), ("JAK2", "2", "2", "2")]


@pytest.mark.needs_shared
def test_of_the_real_records_atp8a2_does_not_lead(real_records: Path, tmp_path: Path) -> None:
    """EVIDENCE 2: five of 32 figures have ATP, each of them in doubt."""
    kg.build([real_records], store=tmp_path / "s", reject_file=tmp_path / "rejects")
    rows = kg.query("most-figured-genes", store=tmp_path / "s").records()
    (place,) = (n for n, row in enumerate(rows) if row["symbol"] == "ATP8A2")
    assert (rows[place]["clear_figures"], rows[place]["figures"]) == ("0", "5")
    assert all(row["clear_figures"] != "0" for row in rows[:100])
    assert place > 100
    assert (rows[0]["symbol"], rows[0]["clear_figures"]) == ("STAT3", "7")


def test_our_own_terms_are_shown_short(store: Path) -> None:
    ran = ask("doubtful-words", store=store)
    assert cells(ran.lines[3]) == ["P13K", "rewritten", "1", "PIK3CA"]


# --- The seed figure: alone, and with the gene table of its figure


def built(folder: Path, *, table: bool) -> Path:
    put_seed(folder / "records", table=table)
    ran = run("build", folder / "records", "--jobs", "1", store=folder / "kg.store")
    assert ran.code == 0
    assert "1 record: 1 figure in the graph, 0 rejected" in ran.err
    return folder / "kg.store"


def test_the_seed_record_alone_says_keyword(tmp_path: Path) -> None:
    ran = ask("figures-mentioning-genes", "JAK2", "STAT3", store=built(tmp_path, table=False))
    figure, year, *evidence, support = cells(ran.lines[1])
    assert (ran.code, len(ran.lines), figure, year) == (0, 2, SEED, "2023")
    assert (len(evidence), support) == (2, "table only")
    assert all(shown.startswith("keyword, word not published") for shown in evidence)
    assert "1 figure: 0 name both, 0 one, 1 neither" in ran.err


def test_the_seed_record_with_its_table_says_family(tmp_path: Path) -> None:
    store = built(tmp_path, table=True)
    ran = ask("figures-mentioning-genes", "JAK2", "STAT3", store=store)
    assert [cells(line) for line in ran.lines[1:]] == [[SEED, "2023", "family · JAK", "family · STAT", "table only"]]
    assert "1 figure: 0 name both, 0 one, 1 neither" in ran.err
    none = ask("figures-mentioning-genes", "JAK2", "STAT3", "--tier", "symbol", store=store)
    assert (none.code, len(none.lines)) == (0, 1)
    assert "0 figures" in none.err
    assert ask("figures-mentioning-genes", "JAK2", "STAT3", "--specific", store=store).err.strip() == "0 figures"


def test_the_genes_of_the_seed_figure_are_those_of_its_table(tmp_path: Path) -> None:
    """Facts: `JAK` is four genes, `STAT` SOAT1 by synonym and seven genes by family, and two of the fish."""
    family = {3716, 3717, 3718, 7297, 6772, 6773, 6774, 6775, 6776, 6777, 6778}
    synonym = {6646, 368481, 368519}
    rows = answer_rows("genes-of-figure", SEED, store=built(tmp_path, table=True))
    by_tier = {
        tier: {int((row[0] or "").removeprefix("ncbigene:")) for row in rows if row[3] == f"kg:{tier}"}
        for tier in ("symbol", "synonym", "family")
    }
    assert by_tier == {"symbol": set(), "synonym": synonym, "family": family}
