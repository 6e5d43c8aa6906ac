"""BioThings releases as sources: what is read of a document, what is refused, and how answers show it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from records import FAMILY, Graph, gene, write

from kg import archives
from kg.answer import answer
from kg.arguments import Options
from kg.checking import check
from kg.cli import main
from kg.disk import Scratch
from kg.errors import RecordError, UsageError
from kg.pipeline import build
from kg.read import find_items, read_record
from kg.show import show
from kg.tally import BuildResult

FIGID = "PMC10088895__jcav14p0850g001"


def document(figid: str = FIGID, genes: Any = ("3717", "6774"), **changes: Any) -> dict[str, Any]:
    """A document as BioThings publishes it; ``changes`` are of what is in ``associatedWith``."""
    pmcid = figid.partition("__")[0]
    said = {
        "title": "PD-1/PD-L1 pathway plays a role in immunosuppression",
        "pfocrUrl": f"https://pfocr.wikipathways.org/figures/{figid}.html",
        "figureUrl": f"https://www.ncbi.nlm.nih.gov/pmc/articles/{pmcid}/bin/{figid.partition('__')[2]}.jpg",
        "pmc": pmcid,
        "mentions": {
            "chemicals": {"mesh": [], "chebi": ["15422"]},
            "diseases": {"mesh": ["D003920"], "doid": []},
            "genes": {"ncbigene": list(genes) if isinstance(genes, tuple) else genes},
        },
    }
    return {"_id": figid, "associatedWith": said | changes}


def release(path: Path, *lines: dict[str, Any] | str | bytes) -> Path:
    texts = [line if isinstance(line, (str, bytes)) else json.dumps(line) for line in lines]
    data = b"".join((text if isinstance(text, bytes) else text.encode()) + b"\n" for text in texts)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    with Scratch(tmp_path / "scratch") as scratch:
        yield scratch


def built(tmp_path: Path, *sources: Path, **options: Any) -> tuple[BuildResult, Graph]:
    dump = tmp_path / "out.nt"
    result = build(sources, store=tmp_path / "kg.store", dump=dump, **options)
    return result, Graph.load(dump.read_bytes())


def reason(tmp_path: Path, line: dict[str, Any] | str | bytes, **options: Any) -> tuple[str, str, str]:
    """Field, value and message of the one document's reject."""
    path = release(tmp_path / "pfocr.ndjson", line)
    result = build([path], no_store=True, dump=tmp_path / "x.nt", **options)
    assert (result.figures, result.rejected) == (0, 1)
    (reject,) = result.rejects
    assert reject.file == f"{path}:1"
    return reject.reasons[0].field, reject.reasons[0].value, reject.reasons[0].message


# --- what is read -------------------------------------------------------------------------------------------


def test_a_document_becomes_a_figure_with_mentions_without_words(tmp_path: Path) -> None:
    result, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", document()))
    assert (result.figures, result.rejected) == (1, 0)
    assert graph.value(FIGID, "schema:name") == "PD-1/PD-L1 pathway plays a role in immunosuppression"
    assert graph.value(FIGID, "schema:identifier") == FIGID
    assert graph.value(FIGID, "schema:isPartOf") == "pmc:PMC10088895"
    assert (
        graph.value(FIGID, "schema:contentUrl")
        == "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC10088895/bin/jcav14p0850g001.jpg"
    )
    assert graph.value(FIGID, "kg:knownFrom") == "kg:bioThings"
    assert graph.value("pmc:PMC10088895", "schema:name") is None
    assert graph.edges(FIGID) == {
        (edge, gene) for edge in ("mentions", "mentionsKeyword") for gene in ("ncbigene:3717", "ncbigene:6774")
    }
    seen = graph.mention(body="ncbigene:3717")
    assert (seen.word, seen.keyword, seen.match, seen.reason) == (None, None, None, None)
    assert (seen.source, seen.tier, seen.release) == ("biothings_gene", "keyword", None)
    assert seen.stated_in == {"bioThings"}
    assert (seen.ambiguity, seen.suspect) == (None, frozenset())


def test_label_and_organism_of_a_gene_are_the_lexicons(tmp_path: Path) -> None:
    _, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", document(genes=("3491", "16452"))))
    assert graph.value("ncbigene:3491", "rdfs:label") == "CCN1"  # CYR61 till 2018
    assert graph.value("ncbigene:3491", "schema:taxonomicRange") == "taxon:9606"
    assert graph.value("ncbigene:16452", "rdfs:label") == "Jak2"
    assert graph.value("ncbigene:16452", "schema:taxonomicRange") == "taxon:10090"


def test_chemicals_and_diseases(tmp_path: Path) -> None:
    mentions = {
        "chemicals": {"mesh": "C000657245", "chebi": ["CHEBI:15422", 63620]},
        "diseases": {"mesh": ["D003920"], "doid": ["DOID:9352", "9352"]},
    }
    result, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", document(mentions=mentions)))
    assert result.rejected == 0
    named = {seen.body: (seen.word, seen.source, seen.tier) for seen in graph.mentions()}
    things = {"chebi:15422", "chebi:63620", "mesh:C000657245", "mesh:D003920", "doid:9352"}
    assert named == dict.fromkeys(things, (None, "biothings_term", None))
    assert graph.value("chebi:15422", "rdfs:label") == "ATP"
    assert graph.value("chebi:63620", "rdfs:label") == "chebi:63620"  # of which the lexicon has no name


@pytest.mark.parametrize(
    ("value", "expected"),
    [(["3717", "3717"], {"3717"}), ("3717", {"3717"}), (3717, {"3717"}), (["NCBIGene:3717"], {"3717"}), ([], set()), (None, set())],
)  # fmt: skip
def test_lists_of_one_and_of_none_as_biothings_writes_them(
    tmp_path: Path, scratch: Scratch, value: object, expected: set[str]
) -> None:
    (item,) = find_items([release(tmp_path / "pfocr.ndjson", document(genes=value))]).items
    assert {row.gene_id for row in read_record(item).genes} == expected


def test_a_document_without_mentions_is_a_figure_all_the_same(tmp_path: Path) -> None:
    result, _ = built(tmp_path, release(tmp_path / "pfocr.ndjson", document(mentions={})))
    assert (result.figures, result.rejected) == (1, 0)


def test_ids_of_earlier_releases_are_names_of_images(tmp_path: Path) -> None:
    older = document("PMC4821805__elife-12318-fig1")
    older["_id"] += ".jpg"
    result, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", older))
    assert result.rejected == 0
    assert graph.figures() == {"PMC4821805__elife-12318-fig1"}


@pytest.mark.parametrize("pmc", ["NaN", "null", '"NA"'])
def test_a_paper_that_is_not_known_is_that_of_the_figid(tmp_path: Path, pmc: str) -> None:
    line = json.dumps(document(pmc="@")).replace('"@"', pmc)
    _, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", line))
    assert graph.value(FIGID, "schema:isPartOf") == "pmc:PMC10088895"


def test_keys_that_no_one_knows_are_told(tmp_path: Path) -> None:
    odd = document(doi="x", figureUrl="https://example.org/x.jpg")
    odd["associatedWith"]["mentions"] |= {"variants": {}, "genes": {"hgnc": ["JAK2"]}}
    odd["more"] = 1
    result, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", odd))
    assert list(result.unknown_keys) == [
        "associatedWith.doi",
        "associatedWith.figureUrl (of another form)",
        "associatedWith.mentions.genes.hgnc",
        "associatedWith.mentions.variants",
        "more",
    ]
    assert graph.value(FIGID, "schema:contentUrl") is None


def test_no_triple_depends_on_the_order_of_lines_or_on_packing(tmp_path: Path) -> None:
    lines = [document(f"PMC{n}__x", genes=("3717",)) for n in (3, 1, 20)]
    dumps = []
    for name, ordered in (("a.ndjson", lines), ("b.ndjson", ["", *lines[::-1]]), ("c.ndjson.gz", lines)):
        build([release(tmp_path / name, *ordered)], no_store=True, dump=tmp_path / "x.nt")
        dumps.append((tmp_path / "x.nt").read_bytes())
    assert dumps[0] == dumps[1] == dumps[2]


def test_a_second_build_reads_what_has_changed(tmp_path: Path) -> None:
    lines = [document(f"PMC{n}__x", genes=("3717",)) for n in range(1, 9)]
    store = tmp_path / "kg.store"
    build([release(tmp_path / "pfocr.ndjson", *lines)], store=store)
    lines[2] = document("PMC3__x", genes=("6774",))
    result = build([release(tmp_path / "pfocr.ndjson.gz", *lines[::-1])], store=store)
    assert result.changes == (0, 1, 0, 7)


# --- what is refused ----------------------------------------------------------------------------------------


def test_a_gene_that_the_lexicon_does_not_know(tmp_path: Path) -> None:
    line = document(genes=("3717", "99999991", "99999992"))
    field, value, message = reason(tmp_path, line)
    assert (field, value) == ("associatedWith.mentions.genes.ncbigene", "99999991, 99999992")
    assert "not in the lexicon" in message
    assert "--lexicon" in message
    genes = tmp_path / "gene_info"
    rows = "".join(f"7955\t{n}\tg{n}\t-\n" for n in (99999991, 99999992))
    genes.write_text(f"#tax_id\tGeneID\tSymbol\tSynonyms\n{rows}")
    result, graph = built(tmp_path, tmp_path / "pfocr.ndjson", lexicon=[genes])
    assert result.rejected == 0
    assert graph.value("ncbigene:99999991", "rdfs:label") == "g99999991"
    assert graph.value("ncbigene:99999991", "schema:taxonomicRange") == "taxon:7955"


BROKEN: list[tuple[dict[str, Any] | str | bytes, str, str]] = [
    ("not JSON", "", "is not JSON"),
    ('{"_id": "PMC1__x"', "", "is not JSON"),
    ("[]", "", "is not a JSON object"),
    ('"PMC1__x"', "", "is not a JSON object"),
    ("[" * 100_000, "", "is not JSON"),
    (b'{"_id": "PMC1__x\xe9"}', "", "is not UTF-8: byte 0xe9 at offset 16"),
    ('{"_id": "PMC1__x\\ud800"}', "", "half of a surrogate pair"),
    ('{"_id": ' + "9" * 5000 + "}", "", "is not JSON"),
    ("{}", "_id", "is missing"),
    ({"_id": 7}, "_id", "is a number, must be a text"),
    ({"_id": ["PMC1__x"]}, "_id", "is a list, must be a text"),
    ({"_id": "x"}, "_id", "is not a figid"),
    ({"_id": "PMC1__a b"}, "_id", "is not a figid"),
    ({"_id": "PMC1__x"}, "associatedWith", "is missing"),
    ({"_id": "PMC1__x", "associatedWith": "x"}, "associatedWith", "is a text, must be an object"),
    (document(title=None), "associatedWith.title", "is missing"),
    (document(title=".na.character"), "associatedWith.title", "is missing"),
    (document(title={}), "associatedWith.title", "is an object, must be a text"),
    (document(title=True), "associatedWith.title", "is true or false, must be a text"),
    (document(pmc="PMC1"), "associatedWith.pmc", "is not the paper"),
    (document(pmc=10088895), "associatedWith.pmc", "is a number, must be a text"),
    (document(mentions=[]), "associatedWith.mentions", "is a list, must be an object"),
    (document(mentions={"genes": ["3717"]}), "associatedWith.mentions.genes", "is a list, must be an object"),
    (document(genes=["JAK2"]), "associatedWith.mentions.genes.ncbigene", "is not a number"),
    (document(genes=[[]]), "associatedWith.mentions.genes.ncbigene", "is a list, must be a text or a number"),
    (document(genes=[True]), "associatedWith.mentions.genes.ncbigene", "is true or false"),
    (document(genes={"id": 1}), "associatedWith.mentions.genes.ncbigene", "is an object"),
    (document(genes=["0"]), "associatedWith.mentions.genes.ncbigene", "start at 1"),
]


@pytest.mark.parametrize(("line", "field", "says"), BROKEN, ids=range(len(BROKEN)))
def test_a_line_that_is_broken_is_rejected_with_its_place(
    tmp_path: Path, line: dict[str, Any] | str | bytes, field: str, says: str
) -> None:
    found, _, message = reason(tmp_path, line)
    assert found == field
    assert says in message


def test_broken_lines_leave_the_others_alone(tmp_path: Path) -> None:
    path = release(tmp_path / "pfocr.ndjson", "{", document("PMC1__a"), "", "{", document("PMC2__b"))
    result, graph = built(tmp_path, path, reject_file=tmp_path / "r.jsonl")
    assert (result.records, result.figures, result.rejected) == (4, 2, 2)
    assert graph.figures() == {"PMC1__a", "PMC2__b"}
    told = [json.loads(line)["file"] for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert told == [f"{path}:1", f"{path}:4"]


def test_ids_of_no_scheme_stay_unresolved(tmp_path: Path) -> None:
    _, graph = built(tmp_path, release(tmp_path / "pfocr.ndjson", document(mentions={"chemicals": {"chebi": ["ATP"]}})))
    assert graph.mention().reason == "identifier not understood"


@pytest.mark.parametrize("name", ["pfocr.ndjson", "pfocr.ndjson.gz"])
def test_a_line_longer_than_any_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    from kg import biothings

    monkeypatch.setattr(biothings, "LIMIT", 5000)
    monkeypatch.setattr(archives, "LIMIT", 5000)
    long = document("PMC2__b", title="x" * 20_000)
    path = release(tmp_path / name, document("PMC1__a"), long, document("PMC3__c"))
    result, graph = built(tmp_path, path)
    assert graph.figures() == {"PMC1__a", "PMC3__c"}
    assert result.rejects[0].file == f"{path}:2"
    assert "longer than any document" in result.rejects[0].reasons[0].message


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda data: data[:-20], "cut short"),
        (lambda data: gzip.decompress(data), "not gzip, as its name says"),
        (lambda data: gzip.compress(b"\n\n"), "no records"),
    ],
)
def test_a_release_that_is_damaged_or_empty(
    tmp_path: Path, scratch: Scratch, spoil: Callable[[bytes], bytes], says: str
) -> None:
    path = release(tmp_path / "pfocr.ndjson.gz", document())
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(UsageError, match=says) as caught:
        find_items([path], scratch)
    assert str(path) in str(caught.value)


def test_a_release_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = release(tmp_path / "pfocr.ndjson", document())
    (item,) = find_items([path]).items
    for other in (b"{}\n", json.dumps(document(FIGID[:-1] + "9")).encode() + b"\n"):
        path.write_bytes(other)
        with pytest.raises(RecordError, match="changed while it was read"):
            read_record(item)


# --- beside records of PFOCR --------------------------------------------------------------------------------


def test_a_record_goes_before_a_document_of_its_figure(tmp_path: Path) -> None:
    write(tmp_path / "z", FIGID, genes=[gene("JAK", "JAK", "JAK2", 3717, FAMILY)])
    path = release(tmp_path / "a.ndjson", document())
    result, graph = built(tmp_path, path, tmp_path / "z")
    assert (result.figures, result.rejected) == (1, 1)
    assert result.rejects[0].file == f"{path}:1"
    assert graph.mention().word == "JAK"


def test_one_paper_known_from_both_has_its_title(tmp_path: Path) -> None:
    write(tmp_path / "z", "PMC10088895__other")
    _, graph = built(tmp_path, release(tmp_path / "a.ndjson", document()), tmp_path / "z")
    assert graph.value("pmc:PMC10088895", "schema:name") == "How a signal passes through a cell."
    report = check(store=tmp_path / "kg.store")
    assert report.findings == ()


def test_tables_cannot_claim_to_be_of_biothings(tmp_path: Path) -> None:
    write(tmp_path / "z", "PMC1__x", genes=[gene("JAK2", "JAK2", "JAK2", 3717, "biothings_gene")])
    result = build([tmp_path / "z"], no_store=True, dump=tmp_path / "x.nt")
    assert "none that PFOCR uses" in result.rejects[0].reasons[0].message


def test_check_warns_of_the_title_that_is_not_known(tmp_path: Path) -> None:
    path = release(tmp_path / "pfocr.ndjson", document())
    build([path], store=tmp_path / "kg.store")
    for report in (check([path]), check(store=tmp_path / "kg.store")):
        assert report.conforms
        (finding,) = report.findings
        assert (finding.severity, finding.field) == ("warning", "papertitle")
        assert "BioThings publishes no titles" in finding.message


def test_both_engines_take_documents(tmp_path: Path) -> None:
    path = release(tmp_path / "pfocr.ndjson", document())
    assert check([path], engine="pyshacl") == check([path])
    assert build([path], no_store=True, dump=tmp_path / "x.nt", engine="pyshacl").rejected == 0


# --- answers ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One figure known from BioThings, another with a family word."""
    folder = tmp_path_factory.mktemp("asked")
    family = [gene("JAK", "JAK", "JAK2", 3717, FAMILY), gene("STAT", "STAT", "STAT3", 6774, FAMILY)]
    write(folder / "r", "PMC1__f1", genes=family)
    build([folder / "r", release(folder / "pfocr.ndjson", document())], store=folder / "kg.store")
    return folder / "kg.store"


def test_a_look_up_shows_that_the_word_is_not_published(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["query", "figures-mentioning-genes", "JAK2", "STAT3", "--store", str(store)])
    assert caught.value.code == 0
    first, second = [line for line in capsys.readouterr().out.splitlines() if "PMC" in line]
    assert "family · JAK" in first
    assert FIGID in second
    assert "keyword, word not published" in second


def test_specific_evidence_leaves_it_out(store: Path) -> None:
    rows = answer("figures-mentioning-genes", ("JAK2",), Options(tier="family"), store=store).records()
    assert [row["figure"].rpartition("/")[2] for row in rows] == ["PMC1__f1.html"]
    assert answer("most-figured-genes", (), Options(), store=store).records() == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("figures-mentioning-any-gene", ("JAK2",)),
        ("genes-of-figure", (FIGID,)),
        ("why-gene-in-figure", (FIGID, "JAK2")),
        ("figures-by-chemical", ("chebi:15422",)),
        ("figures-by-disease", ("mesh:D003920",)),
        ("figures-of-paper", ("PMC10088895",)),
        ("papers-with-most-figures", ()),
    ],
)
def test_questions_find_it(store: Path, name: str, arguments: tuple[str, ...]) -> None:
    rows = answer(name, arguments, Options(), store=store).records()
    assert any("PMC10088895" in str(value) or value == "JAK2" for row in rows for value in row.values())


@pytest.mark.parametrize("thing", [FIGID, "PMC10088895", "JAK2", "chebi:15422", "mesh:D003920"])
def test_show_does_too(store: Path, capsys: pytest.CaptureFixture[str], thing: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["show", thing, "--store", str(store)])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "None" not in out


def test_show_of_the_figure(store: Path) -> None:
    sheet, _ = show(FIGID, store=store)
    assert sheet.head[1].startswith("figure of PMC10088895 · ")
    (row,) = sheet.table.rows
    assert [cell.value for cell in row if cell is not None] == ["(id)", "JAK2, STAT3", "keyword", "word not published"]
    assert "chemicals and diseases: ATP (chebi:15422), word not published" in sheet.foot[0]
    assert show("PMC10088895", store=store)[0].head[0] == "title not known"
