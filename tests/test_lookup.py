"""What people type, and what it is taken for: EVIDENCE 7 (docs/evidence.md, section 7), on the records of
`question_records`. Ids and names are facts of NCBI Gene and HGNC, not output of the code.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from question_records import FIGURES, fixture_store, run
from records import COW, FLY, RAT, SYMBOL, gene, write

import kg
from kg.answer import ask_store
from kg.errors import AmbiguousName, NotInGraph, UsageError
from kg.lookup import Found, Lookup
from kg.store import open_store

NCBIGENE = "https://identifiers.org/ncbigene/"


@pytest.fixture(scope="session")
def store() -> Path:
    return fixture_store()


@pytest.fixture
def lookup(store: Path) -> Callable[..., Lookup]:
    def make(organism: str | None = None) -> Lookup:
        return Lookup(ask_store(open_store(store)), organism)

    return make


def ids(found: Found) -> tuple[str, ...]:
    return tuple(iri.removeprefix(NCBIGENE) for iri in found.iris)


# --- genes: what is found

PLAIN = {
    "JAK2": 3717,
    "jak2": 3717,
    "Jak2": 3717,  # the mouse's, were it not for the default
    "jAK2": 3717,
    " STAT3\n": 6774,
    "stat4": 6775,  # the exact symbol of the fish's gene, but man has one of that name, too
    "MT-CO1": 4512,
    "mt-co1": 4512,
    "rn7sl263p": 106480993,
}
BY_ID = {
    "ncbigene:3717": 3717,
    "NCBIGene:3717": 3717,
    "https://identifiers.org/ncbigene/3717": 3717,
    "http://identifiers.org/ncbigene/3717": 3717,
    "ncbigene:16452": 16452,  # an id says its organism
    "ncbigene:117153": 117153,  # not current, and in the graph
}


@pytest.mark.parametrize(("text", "gene_id"), [*PLAIN.items(), *BY_ID.items()])
def test_a_symbol_in_any_case_is_the_human_gene_and_an_id_is_itself(
    lookup: Callable[..., Lookup], text: str, gene_id: int
) -> None:
    assert ids(lookup().find("gene", text)) == (str(gene_id),)


@pytest.mark.parametrize("text", BY_ID)
def test_an_id_needs_no_note(lookup: Callable[..., Lookup], text: str) -> None:
    one = lookup()
    one.find("gene", text)
    assert one.notes == []


def test_other_organisms_that_have_the_symbol_are_listed(lookup: Callable[..., Lookup]) -> None:
    one = lookup()
    one.find("gene", "stat4")
    assert one.notes == ["stat4: also in other organisms: stat4 (Danio rerio, ncbigene:368519). Choose with --organism"]
    one = lookup()
    one.find("gene", "TP53")
    assert one.notes == []


@pytest.mark.parametrize(
    ("organism", "text", "gene_id"),
    [
        ("mouse", "JAK2", 16452),
        ("Mus musculus", "jak2", 16452),
        ("10090", "Jak2", 16452),
        ("NCBITaxon:10090", "ptprc", 19264),
        ("mouse", "cd45", 19264),  # alias of NCBI's mouse gene
        ("zebrafish", "STAT4", 368519),
        ("http://purl.obolibrary.org/obo/NCBITaxon_7955", "stat1b", 368481),
        ("human", "stat4", 6775),
        ("any", "stat1b", 368481),
        ("any", "recA", 947170),
        ("ANY", "TP53", 7157),
    ],
)
def test_an_organism_says_what_a_symbol_means(
    lookup: Callable[..., Lookup], organism: str, text: str, gene_id: int
) -> None:
    assert ids(lookup(organism).find("gene", text)) == (str(gene_id),)


@pytest.mark.parametrize(
    ("text", "gene_id", "organism"),
    [("stat1b", 368481, "Danio rerio"), ("recA", 947170, "Escherichia coli str. K-12 substr. MG1655")],
)
def test_the_exact_symbol_of_another_organism_is_taken_and_said_so(
    lookup: Callable[..., Lookup], text: str, gene_id: int, organism: str
) -> None:
    """RECA was a symbol of human RAD51 once; recA, as typed, no human gene has."""
    one = lookup()
    assert ids(one.find("gene", text)) == (str(gene_id),)
    (note,) = one.notes
    assert f"{organism} (ncbigene:{gene_id})" in note
    assert "no human" in note


@pytest.mark.parametrize("text", ["STAT1B", "Stat1b"])
def test_in_another_case_it_is_not_taken_but_named(lookup: Callable[..., Lookup], text: str) -> None:
    with pytest.raises(NotInGraph, match=r"stat1b of Danio rerio \(ncbigene:368481\)"):
        lookup().find("gene", text)


def test_a_human_gene_that_the_graph_lacks_is_not_the_mouse_gene_of_that_name(lookup: Callable[..., Lookup]) -> None:
    for text in ("IL6", "Il6", "il6"):
        with pytest.raises(NotInGraph, match=r"IL6 \(ncbigene:3569\).*Il6 \(Mus musculus, ncbigene:16193\)"):
            lookup().find("gene", text)


@pytest.mark.parametrize(
    ("text", "gene_id", "name", "how"),
    [
        ("CYR61", 3491, "CCN1", "previous symbol"),
        ("cyr61", 3491, "CCN1", "previous symbol"),
        ("p53", 7157, "TP53", "alias"),
        ("RN7SL263P", 106480993, None, None),
        ("COX1", None, None, None),
        ("OCT4", 5460, "POU5F1", "alias"),
    ],
)
def test_an_old_symbol_or_an_alias_finds_the_gene_of_today(
    lookup: Callable[..., Lookup], text: str, gene_id: int | None, name: str | None, how: str | None
) -> None:
    one = lookup()
    if gene_id is None:
        with pytest.raises(AmbiguousName):
            one.find("gene", text)
        return
    assert ids(one.find("gene", text)) == (str(gene_id),)
    assert [f"{text}: taken as {name} (ncbigene:{gene_id})" in note and str(how) in note for note in one.notes] == (
        [True] if how else []
    )


def test_an_alias_that_is_a_family_too_is_said_to_be_both(lookup: Callable[..., Lookup]) -> None:
    one = lookup()
    assert ids(one.find("gene", "AKT")) == ("207",)
    (note,) = one.notes
    assert "taken as AKT1 (ncbigene:207)" in note
    assert "family AKT1, AKT2, AKT3" in note


@pytest.mark.parametrize("text", ["MIA2", "mia2"])
def test_a_symbol_whose_id_in_records_is_not_current(lookup: Callable[..., Lookup], text: str) -> None:
    """MIA2 is 4253 today and 117153 in a record: the answer is over both, and says so."""
    one = lookup()
    assert ids(one.find("gene", text)) == ("117153",)  # 4253 is in no record
    (note,) = one.notes
    assert "ncbigene:117153" in note
    assert "ncbigene:4253" in note


def test_old_and_new_id_together(tmp_path: Path) -> None:
    write(tmp_path, "PMC1__f1", genes=[gene("MIA2", "MIA2", "MIA2", 117153)])
    write(tmp_path, "PMC2__f1", genes=[gene("MIA2", "MIA2", "MIA2", 4253)])
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    found = kg.query("figures-mentioning-genes", "MIA2", store=tmp_path / "s")
    assert [str(row["figure"])[-13:-5] for row in found.records()] == ["PMC1__f1", "PMC2__f1"]
    assert found.shown.summary == "2 figures: 2 by symbol"
    one = Lookup(ask_store(open_store(tmp_path / "s")))
    assert ids(one.find("gene", "MIA2")) == ("4253", "117153")


def test_symbols_that_records_alone_use(tmp_path: Path) -> None:
    """Genes of organisms that no lexicon covers are found by the symbols of the records; case is not held against them."""
    rows = [gene("Jak2", "Jak2", "Jak2", 24514, SYMBOL, RAT), gene("JAK2", "JAK2", "JAK2", 525246, SYMBOL, COW)]
    write(tmp_path, genes=rows)
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)

    def found(text: str, organism: str | None = None) -> tuple[str, ...]:
        return ids(Lookup(ask_store(open_store(tmp_path / "s")), organism).find("gene", text))

    assert found("JAK2", "rat") == ("24514",)
    assert found("jak2", "cow") == ("525246",)
    with pytest.raises(AmbiguousName, match=r"Bos taurus.*Rattus norvegicus|Rattus norvegicus.*Bos taurus") as raised:
        found("jak2", "any")
    assert set(raised.value.candidates) == {"ncbigene:24514", "ncbigene:525246"}
    with pytest.raises(
        NotInGraph, match=r"JAK2 \(ncbigene:3717\) is named by no figure.*Bos taurus.*Rattus norvegicus"
    ):
        found("JAK2")


def test_case_tells_two_genes_of_the_fly_apart(tmp_path: Path) -> None:
    """hop is the fly's JAK, Hop the organising protein of its heat shock proteins."""
    rows = [gene("hop", "hop", "hop", 32080, SYMBOL, FLY), gene("Hop", "Hop", "Hop", 33202, SYMBOL, FLY)]
    write(tmp_path, genes=rows)
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    for text, gene_id in (("hop", "32080"), ("Hop", "33202")):
        assert ids(Lookup(ask_store(open_store(tmp_path / "s")), "fruit fly").find("gene", text)) == (gene_id,)
    with pytest.raises(AmbiguousName, match="two Drosophila melanogaster genes"):
        Lookup(ask_store(open_store(tmp_path / "s")), "fruit fly").find("gene", "HOP")


# --- genes: what is asked back, or said not to be there


def test_an_alias_of_several_genes_is_asked_back(store: Path) -> None:
    """NCBI calls 4512 COX1; COX1 is an alias of PTGS1 as well."""
    ran = run("query", "figures-mentioning-genes", "COX1", store=store)
    assert (ran.code, ran.out) == (2, "")
    for part in ("MT-CO1", "ncbigene:4512", "PTGS1", "ncbigene:5742", "two human genes"):
        assert part in ran.err
    with pytest.raises(AmbiguousName) as raised:
        kg.query("figures-mentioning-genes", "cox1", store=store)
    assert raised.value.candidates == ("ncbigene:4512", "ncbigene:5742")
    assert "COX1" in str(raised.value)
    assert "cox1, " not in str(raised.value)  # the names are written as the lexicon has them


@pytest.mark.parametrize("text", ["COX-1", "cox-1"])
def test_a_spelling_that_means_several_genes_is_asked_back_too(store: Path, text: str) -> None:
    """No gene is called COX-1; without the hyphen it is an alias of two."""
    with pytest.raises(AmbiguousName, match="two human genes") as raised:
        kg.query("figures-mentioning-genes", text, store=store)
    assert raised.value.candidates == ("ncbigene:4512", "ncbigene:5742")


def test_the_candidates_are_answers_to_the_question(store: Path) -> None:
    for candidate in ("MT-CO1", "ncbigene:4512"):
        ran = run("query", "figures-mentioning-genes", candidate, store=store)
        assert ran.code == 0
        assert "1 figure" in ran.err


def test_a_label_is_a_column_as_it_is(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "MT-CO1", store=store)
    assert ran.lines[0].split() == ["figure", "year", "MT-CO1", "organism", "support"]
    found = kg.query("figures-mentioning-genes", "MT-CO1", store=store)
    assert found.table.columns[3:] == (
        "MT_CO1_tier",
        "MT_CO1_words",
        "MT_CO1_note",
        "MT_CO1_support",
    )  # SPARQL variables


@pytest.mark.parametrize("text", ["JAK", "jak"])
def test_a_family_is_said_to_be_one(store: Path, text: str) -> None:
    ran = run("query", "figures-mentioning-genes", text, store=store)
    assert (ran.code, ran.out) == (2, "")
    assert f'"{text}" is a family or complex, not a gene: JAK1, JAK2, JAK3, TYK2' in ran.err


def test_a_family_is_human(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(NotInGraph, match=r'no Mus musculus gene "JAK" in this graph\.'):
        lookup("mouse").find("gene", "JAK")
    with pytest.raises(NotInGraph, match="is a family or complex"):
        lookup("any").find("gene", "JAK")


@pytest.mark.parametrize("text", ["hh", "HH"])
def test_a_name_of_two_families_is_not_taken_for_one(lookup: Callable[..., Lookup], text: str) -> None:
    """FamPlex: HH is a name of Hedgehog, and of the histamine receptors."""
    with pytest.raises(NotInGraph) as raised:
        lookup().find("gene", text)
    for part in ("several families", "Hedgehog (", "SHH", "HRH (", "HRH1"):
        assert part in str(raised.value)


def test_an_unknown_gene_names_near_ones_with_their_figures(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "JAK22", store=store)
    assert (ran.code, ran.out) == (2, "")
    # schema:mentions: JAK2 in five figures, JAK1 and JAK3 in three each.
    assert 'no gene "JAK22" in this graph' in ran.err
    assert "JAK2 (ncbigene:3717, 5 figures)" in ran.err
    assert "JAK3 (ncbigene:3718, 3 figures)" in ran.err
    assert ran.err.index("JAK2 (") < ran.err.index("JAK3 (")


def test_an_unknown_gene_like_none_is_said_so(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(NotInGraph, match=r'no gene "qqqqqq" in this graph\.$'):
        lookup().find("gene", "qqqqqq")


def test_one_unknown_gene_among_known_ones_is_an_error(store: Path) -> None:
    ran = run("query", "figures-mentioning-genes", "JAK2", "JAK22", "STAT3", store=store)
    assert (ran.code, ran.out) == (2, "")
    assert "JAK22" in ran.err


def test_a_gene_of_the_lexicon_that_no_figure_names(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(NotInGraph, match=r"BRCA1 \(ncbigene:672\) is named by no figure of this graph"):
        lookup().find("gene", "brca1")


def test_a_gene_of_another_organism_than_the_one_asked_for(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(NotInGraph, match=r"Danio rerio.*TP53 of Homo sapiens \(ncbigene:7157\)"):
        lookup("zebrafish").find("gene", "TP53")


NOT_GUESSED = (
    "ncbigene:99999999",
    "ncbigene:JAK2",
    "ncbigene:",
    "https://identifiers.org/ncbigene/99999999",
    "https://identifiers.org/ncbigene/3717/",
    "https://identifiers.org/hgnc/6192",
    "https://example.org/JAK2",
    "hgnc:6192",
    "3717",
    "https://identifiers.org/ncbigene/3717#x",
)


UNDERSTOOD = "Such as these are understood: ncbigene:3717, hgnc.symbol:JAK2"
SAID = {
    "3717": "3717 is no name of a gene. If you mean the NCBI Gene id, say ncbigene:3717",
    "entrez:3717": f"entrez: is no prefix of a gene here. If you mean the NCBI Gene id, say ncbigene:3717. {UNDERSTOOD}",
    "GeneID:3717": f"GeneID: is no prefix of a gene here. If you mean the NCBI Gene id, say ncbigene:3717. {UNDERSTOOD}",
    "ncbi:3717": f"ncbi: is no prefix of a gene here. If you mean the NCBI Gene id, say ncbigene:3717. {UNDERSTOOD}",
    "HGNC:6192": f"HGNC: is no prefix of a gene here. {UNDERSTOOD}",
    "chebi:15422": f"chebi: is no prefix of a gene here. {UNDERSTOOD}",
    "https://identifiers.org/hgnc/6192": f"https://identifiers.org/hgnc/6192 is no IRI of a gene here. {UNDERSTOOD}",
    "https://www.ncbi.nlm.nih.gov/gene/3717": (
        "https://www.ncbi.nlm.nih.gov/gene/3717 is no IRI of a gene here. If you mean the NCBI Gene id, say "
        f"ncbigene:3717. {UNDERSTOOD}"
    ),
}


@pytest.mark.parametrize("text", SAID)
@pytest.mark.parametrize("organism", [None, "mouse", "any"])
def test_what_is_an_id_of_another_kind_is_told_how_to_say_it(
    lookup: Callable[..., Lookup], text: str, organism: str | None
) -> None:
    with pytest.raises(UsageError) as raised:
        lookup(organism).find("gene", text)
    assert str(raised.value) == SAID[text]


@pytest.mark.parametrize(
    ("kind", "text", "understood"),
    [
        ("chemical", "drugbank:DB00171", "chebi:15422, mesh:D000255"),
        ("disease", "umls:C0011849", "doid:162, mesh:D003920"),
        ("organism", "taxon:9606", "ncbitaxon:9606"),
        ("organism", "https://www.uniprot.org/taxonomy/9606", "ncbitaxon:9606"),
    ],
)
def test_prefixes_of_other_things(lookup: Callable[..., Lookup], kind: str, text: str, understood: str) -> None:
    with pytest.raises(UsageError, match=f" of a {kind} here. Such as these are understood: {understood}$"):
        lookup().find(kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "https://identifiers.org/hgnc.symbol/JAK2",
        "http://identifiers.org/hgnc.symbol/JAK2",
        "hgnc.symbol:JAK2",
        "HGNC.symbol:JAK2",
    ],
)
def test_hgncs_iri_of_a_symbol_is_the_gene(lookup: Callable[..., Lookup], text: str) -> None:
    one = lookup("mouse")  # an IRI says its organism
    assert ids(one.find("gene", text)) == ("3717",)
    assert one.notes == ["mouse: taken as Mus musculus (ncbitaxon:10090)"] or one.notes == []


@pytest.mark.parametrize(
    "text", ["https://identifiers.org/hgnc.symbol/jak2", "hgnc.symbol:BRCA1", "hgnc.symbol:CYR61", "hgnc.symbol:COX1"]
)
def test_hgncs_iri_of_a_symbol_is_not_guessed_at(lookup: Callable[..., Lookup], text: str) -> None:
    """Another case, a gene that no figure names, a symbol of earlier days, a symbol that is NCBI's alone."""
    with pytest.raises(NotInGraph, match="no gene of this graph has this symbol of HGNC's"):
        lookup().find("gene", text)


def test_a_symbol_with_a_colon_is_a_symbol(tmp_path: Path) -> None:
    """The fly's histone genes are called so."""
    name = "His4:CG31611"
    write(tmp_path, genes=[gene("H4", name, name, 318846, SYMBOL, FLY)])
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    one = Lookup(ask_store(open_store(tmp_path / "s")), "fruit fly")
    assert ids(one.find("gene", name)) == ("318846",)


@pytest.mark.parametrize("text", NOT_GUESSED)
def test_curies_and_iris_are_never_guessed_at(lookup: Callable[..., Lookup], text: str) -> None:
    one = lookup()
    with pytest.raises((NotInGraph, UsageError)):
        one.find("gene", text)
    assert one.notes == []


# --- what must not get through

HOSTILE = {
    "an update": '"} INSERT DATA { <x:a> <x:b> <x:c> } #',
    "the end of a literal": '" } UNION { ?gene a schema:Gene',
    "an IRI's end": "ncbigene:3717> ?p ?o . <x:a",
    "an IRI with quotes": 'https://identifiers.org/ncbigene/3717"> . <x:a',
    "angle brackets": "<>",
    "a line break": "JAK2\nSTAT3",
    "a line break in an IRI": "https://identifiers.org/ncbigene/37\n17",
    "quotes": '"JAK2"',
    "three quotes": "'''JAK2'''",
    "a backslash": "JAK2\\",
    "an escape": "\\u0022JAK2",
    "a brace": "JAK2}",
    "a variable": "?gene",
    "a comment": "#",
    "10 kB": "JAK2" * 2560,
    "10 kB of an IRI": NCBIGENE + "1" * 10_240,
    "nothing": "",
    "blanks": "  \t",
    "a null": "JAK2\x00",
    "an escape sequence": "\x1b[31mJAK2",
    "not UTF-8": "JAK2\udcff",
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize(
    "arguments", [("query", "figures-mentioning-genes"), ("query", "genes-seen-with-gene"), ("show",)]
)
def test_a_hostile_gene_is_an_error(store: Path, case: str, arguments: tuple[str, ...]) -> None:
    before = len(open_store(store))
    ran = run(*arguments, HOSTILE[case], store=store)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kg: ")
    assert len(ran.err) < 500
    assert "\x1b" not in ran.err
    assert len(open_store(store)) == before
    assert run("sparql", "ASK { <x:a> ?p ?o }", store=store).out == "false\n"


KINDS = {
    "figure": ("genes-of-figure", "https://pfocr.wikipathways.org/figures/{}.html"),
    "paper": ("figures-of-paper", "https://identifiers.org/pmc/{}"),
    "paper by DOI": ("figures-of-paper", "10.1000/{}"),
    "chemical": ("figures-by-chemical", "chebi:{}"),
    "disease": ("figures-by-disease", "mesh:{}"),
    "figure by alias": ("genes-of-figure", "{}"),
    "chemical by name": ("figures-by-chemical", "{}"),
    "disease by name": ("figures-by-disease", "{}"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", [case for case in HOSTILE if case not in ("nothing", "blanks")])
def test_a_hostile_name_of_anything_else_is_an_error(store: Path, kind: str, case: str) -> None:
    name, shape = KINDS[kind]
    ran = run("query", name, shape.format(HOSTILE[case]), store=store)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kg: ")


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_organism_is_an_error(store: Path, case: str) -> None:
    if HOSTILE[case] == "":  # as if there were no option
        return
    ran = run("query", "most-figured-genes", "--organism", HOSTILE[case], store=store)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("kg: ")


def test_a_word_that_is_no_sparql_is_found_as_it_is(tmp_path: Path) -> None:
    """Real symbols have odd characters; what can break a query must still be findable."""
    odd = 'a"b\\c<d>{e}#'
    write(tmp_path, genes=[gene(odd, odd, odd, 1234567, SYMBOL, RAT)])
    assert kg.build([tmp_path], store=tmp_path / "s", jobs=1).rejects == ()
    assert len(kg.query("figures-mentioning-genes", odd, store=tmp_path / "s", organism="rat").records()) == 1


# --- other things


@pytest.mark.parametrize(
    "text",
    [
        "PMC1__f1",
        "PMC1__F1 ",
        "https://pfocr.wikipathways.org/figures/PMC1__f1.html",
        "pfocr:PMC1__f1",
        "pfocr:PMC1__f1.html",
    ],
)
def test_a_figure_by_figid_alias_or_iri(tmp_path: Path, text: str) -> None:
    write(tmp_path, "PMC1__f1")
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    found = Lookup(ask_store(open_store(tmp_path / "s"))).find("figure", text)
    assert found == Found("PMC1__f1", ("https://pfocr.wikipathways.org/figures/PMC1__f1.html",))


def test_an_alias_of_two_figures_is_asked_back(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(AmbiguousName, match="PMC9__f1, PMC9__f2") as raised:
        lookup().find("figure", "PMC9__F1")
    assert raised.value.candidates == ("PMC9__f1", "PMC9__f2")


def test_an_unknown_figure_names_those_of_its_paper(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(NotInGraph, match=r'no figure "PMC9__f3".*PMC9__f1, PMC9__f2'):
        lookup().find("figure", "PMC9__f3")
    with pytest.raises(NotInGraph, match=r'no figure "PMC77__f3" in this graph$'):
        lookup().find("figure", "PMC77__f3")


@pytest.mark.parametrize("text", ["PMC77", "10.1000/none", "doi:10.1000/none", "pmc:PMC77"])
def test_an_unknown_paper(lookup: Callable[..., Lookup], text: str) -> None:
    with pytest.raises(NotInGraph, match="no paper"):
        lookup().find("paper", text)


def test_what_is_no_paper_says_what_is_one(lookup: Callable[..., Lookup]) -> None:
    with pytest.raises(UsageError, match="PMC id"):
        lookup().find("paper", "Example et al.")


@pytest.mark.parametrize(
    "text", ["10.1000/One", "doi:10.1000/ONE", "https://doi.org/10.1000/one", "http://dx.doi.org/10.1000/one"]
)
def test_a_doi_in_any_case_and_form(lookup: Callable[..., Lookup], text: str) -> None:
    assert lookup().find("paper", text).iris == ("https://identifiers.org/pmc/PMC1",)


def test_a_chemical_or_disease_by_the_figures_word_says_what_it_is(lookup: Callable[..., Lookup]) -> None:
    one = lookup()
    assert one.find("disease", "diabetes").iris == ("http://id.nlm.nih.gov/mesh/D003920",)
    assert one.notes == ["diabetes: taken as Diabetes Mellitus (mesh:D003920)"]
    with pytest.raises(NotInGraph, match="Near: Diabetes Mellitus"):
        lookup().find("disease", "diabetes melitus")
    with pytest.raises(NotInGraph, match='no chemical "doid:162"'):
        lookup().find("chemical", "doid:162")


def test_a_word_of_two_chemicals_is_asked_back(tmp_path: Path) -> None:
    write(
        tmp_path,
        chemicals=[
            ("Ca", "mesh:D002118", "Ca", "Calcium", "NA"),
            ("Ca", "mesh:D002104", "Ca", "Cadmium", "NA"),
        ],
    )
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    one = Lookup(ask_store(open_store(tmp_path / "s")))
    with pytest.raises(AmbiguousName, match=r"Cadmium \(mesh:D002104\), Calcium \(mesh:D002118\)"):
        one.find("chemical", "ca")
    assert one.find("chemical", "calcium").iris == ("http://id.nlm.nih.gov/mesh/D002118",)


@pytest.mark.parametrize(
    "text", ["mouse", "Mus musculus", "mus musculus", "10090", "ncbitaxon:10090", "NCBITaxon:10090"]
)
def test_an_organism_as_people_type_it(lookup: Callable[..., Lookup], text: str) -> None:
    found = lookup().find("organism", text)
    assert found == Found("Mus musculus", ("http://purl.obolibrary.org/obo/NCBITaxon_10090",))


@pytest.mark.parametrize("text", ["yeast", "Martian", "4932", "Mus"])
def test_an_organism_that_the_graph_lacks(store: Path, text: str) -> None:
    ran = run("query", "most-figured-genes", "--organism", text, store=store)
    assert (ran.code, ran.out) == (2, "")
    assert f'no organism "{text}" in this graph' in ran.err
    assert "Mus musculus" in ran.err


def test_human_is_no_guess_where_there_is_no_human_gene(tmp_path: Path) -> None:
    write(tmp_path, genes=[gene("Jak2", "Jak2", "Jak2", 24514, SYMBOL, RAT)])
    kg.build([tmp_path], store=tmp_path / "s", jobs=1)
    assert kg.query("most-figured-genes", store=tmp_path / "s").records() == []
    assert len(kg.query("most-figured-genes", store=tmp_path / "s", organism="rat").records()) == 1


def test_every_figure_of_the_fixture_is_found(lookup: Callable[..., Lookup]) -> None:
    one = lookup()
    assert [one.find("figure", figid).label for figid in FIGURES] == list(FIGURES)


@pytest.mark.parametrize(
    ("typed", "read_as", "symbol"),
    [
        ("TNFα", "tnfa", "TNF"),  # HGNC's alias is TNFA
        ("β-catenin", "beta-catenin", "CTNNB1"),
        ("TGF-β1", "tgfb1", "TGFB1"),
        ("STAT-3", "stat3", "STAT3"),
    ],
)
def test_greek_letters_and_hyphens_find(tmp_path: Path, typed: str, read_as: str, symbol: str) -> None:
    rows = [("TNF", 7124), ("CTNNB1", 1499), ("TGFB1", 7040), ("STAT3", 6774)]
    write(tmp_path / "r", genes=[gene(name, name, name, number) for name, number in rows])
    kg.build([tmp_path / "r"], store=tmp_path / "s", jobs=1)
    found = kg.query("figures-mentioning-genes", typed, store=tmp_path / "s")
    assert found.records()[0][f"{symbol}_tier"] == "symbol"
    assert f"{typed}: read as {read_as}" in found.notes
