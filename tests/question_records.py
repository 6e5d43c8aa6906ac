"""Eleven small records to ask, small enough that every answer can be worked out by hand.

    figure      year  article on   what its table, inline list or keyword list says
    ----------  ----  -----------  ---------------------------------------------------------------------------
    PMC1__f1    2020  human        JAK2 · symbol JAK2, STAT3 · symbol STAT3; WNT · family WNT1 WNT3A;
                                   chemical ATP; keyword NOTAGENE (no such symbol)
    PMC1__f2    2020  human        JAK · family JAK1 JAK2 JAK3 TYK2; STAT3 · symbol; WNT; disease DIABETES
    PMC2__f1    2021  human        one word, Jak/Stat3, with two matches: JAK · family, STAT3 · symbol; WNT;
                                   disease tumour
    PMC3__f1    2019  not known    STAT · synonym of SOAT1, family STAT1 STAT3 STAT4, synonym of the fish's
                (human and fish    stat1b and stat4; JAK; WNT
                in the table)
    PMC4__f1    2022  mouse        Jak2, Stat3, Il6 · symbols of mouse genes; Cd45 · synonym of mouse Ptprc
    PMC5__f1    2010  human        of 2021: CYR61 · symbol (today CCN1); CD45 · synonym of PTPRC;
                                   AKT · synonym of AKT1, family AKT1 AKT2; WNT
    PMC6__f1    2018  human        keywords alone: JAK2, STAT3 (resolved), NOTAGENE
    PMC7__f1    2022  not known    keywords alone: JAK2, STAT3, stat4, NOTAGENE, all open, since no lexicon
                (human and fish)   knows the fish
    PMC8__f1    2023  human        ATP · synonym of ATP8A2 and a chemical; P13K · family PI3K (PIK3CA);
                                   OCT4 · synonym of POU5F1 and POU5F1P3; BCR · symbol, and synonym of RN7SL263P;
                                   COX1 · symbol of 4512 (MT-CO1 today); MIA2 · symbol of 117153; WNT;
                                   chemical "drug X", of which no id is known
    PMC9__f1    2016  human        TP53 · symbol; OCT4 as above.   Alias PMC9__F1
    PMC9__f2    2015  E. coli      recA · symbol, of the strain K-12.   Alias PMC9__F1, too; another title of the paper

JAK, WNT and OCT4 stand for the same genes wherever they come. The pathway score is 0.75; 0.95 in PMC2__f1, not known in
PMC7__f1.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph
import rdflib
from records import FAMILY, MOUSE, SYMBOL, SYNONYM, ZEBRAFISH, gene, inline, short, write

ROOT = Path(__file__).resolve().parent.parent
SEED = "PMC10531214__ijms-24-13764-g001"
SEED_FILE = ROOT / "seeds" / f"{SEED}.md"
SEED_GENES = ROOT / "tests" / "data" / f"{SEED}-genes.tsv"

JAK = [
    gene("JAK", "JAK", symbol, gene_id, FAMILY)
    for symbol, gene_id in (("JAK1", 3716), ("JAK2", 3717), ("JAK3", 3718), ("TYK2", 7297))
]
WNT = [gene("WNT", "WNT", "WNT1", 7471, FAMILY), gene("WNT", "WNT", "WNT3A", 89780, FAMILY)]
OCT4 = [gene("OCT4", "OCT4", "POU5F1", 5460, SYNONYM), gene("OCT4", "OCT4", "POU5F1P3", 642559, SYNONYM)]
STAT3 = gene("STAT3", "STAT3", "STAT3", 6774)
K12 = "Escherichia coli str. K-12 substr. MG1655"

FIGURES = tuple(
    "PMC1__f1 PMC1__f2 PMC2__f1 PMC3__f1 PMC4__f1 PMC5__f1 PMC6__f1 PMC7__f1 PMC8__f1 PMC9__f1 PMC9__f2".split()
)


def write_records(folder: Path) -> Path:
    """Write the records above into a folder laid out as the PFOCR repository is."""
    human = {"organisms": ["Homo sapiens"]}
    fish = {"organisms_ner": ["Danio rerio", "Homo sapiens"]}
    paper1 = {"doi": "10.1000/One", "papertitle": "Paper one.", "year": "2020", **human}
    write(
        folder,
        "PMC1__f1",
        figtitle="JAK2 activates STAT3",
        genes=[gene("JAK2", "JAK2", "JAK2", 3717), STAT3, *WNT],
        chemicals=[("ATP", "mesh:D000255", "ATP", "Adenosine Triphosphate", "chebi:15422")],
        keywords=["JAK2", "STAT3", "ATP", "NOTAGENE"],
        fields=paper1,
    )
    write(
        folder,
        "PMC1__f2",
        figtitle="The JAK family",
        number="F2",
        genes=[*JAK, STAT3, *WNT],
        diseases=[("DIABETES", "mesh:D003920", "DIABETES", "Diabetes Mellitus", "NA")],
        fields=paper1,
    )
    write(
        folder,
        "PMC2__f1",
        figtitle="Jak/Stat3 in cancer",
        genes=[
            *(("9606", "Homo sapiens", "Primates", "Jak/Stat3", *row[4:]) for row in JAK),
            gene("Jak/Stat3", "STAT3", "STAT3", 6774),
            *WNT,
        ],
        diseases=[("tumour", "mesh:D009369", "tumour", "Neoplasms", "doid:162")],
        fields={"doi": "10.1000/two", "papertitle": "Paper two.", "year": "2021", "automl_pathway": 0.95, **human},
    )
    write(
        folder,
        "PMC3__f1",
        figtitle="STAT in fish and man",
        genes=[
            gene("STAT", "STAT", "SOAT1", 6646, SYNONYM),
            gene("STAT", "STAT", "STAT1", 6772, FAMILY),
            gene("STAT", "STAT", "STAT3", 6774, FAMILY),
            gene("STAT", "STAT", "STAT4", 6775, FAMILY),
            gene("STAT", "STAT", "stat1b", 368481, SYNONYM, ZEBRAFISH),
            gene("STAT", "STAT", "stat4", 368519, SYNONYM, ZEBRAFISH),
            *JAK,
            *WNT,
        ],
        fields={"doi": "10.1000/three", "papertitle": "Paper three.", "year": "2019", **fish},
    )
    write(
        folder,
        "PMC4__f1",
        figtitle="Signals of the mouse",
        genes=[
            gene("Jak2", "Jak2", "Jak2", 16452, SYMBOL, MOUSE),
            gene("Stat3", "Stat3", "Stat3", 20848, SYMBOL, MOUSE),
            gene("Il6", "Il6", "Il6", 16193, SYMBOL, MOUSE),
            gene("Cd45", "Cd45", "Ptprc", 19264, SYNONYM, MOUSE),
        ],
        fields={
            "doi": "10.1000/four",
            "papertitle": "Paper four.",
            "year": "2022",
            "organisms": ["Mus musculus"],
            "organisms_ner": ["Mus musculus"],
        },
    )
    write(
        folder,
        "PMC5__f1",
        figtitle="Signals of 2010",
        inline=[
            inline("Cyr61", "CYR61", "hgnc_symbol", "CYR61", "3491"),
            inline("CD45", "CD45", "hgnc_alias_symbol", "PTPRC", "5788"),
            inline("AKT", "AKT", "hgnc_alias_symbol", "AKT1", "207"),
            inline("AKT", "AKT", "bioentities_symbol", "AKT1", "207"),
            inline("AKT", "AKT", "bioentities_symbol", "AKT2", "208"),
            inline("WNT", "WNT", "bioentities_symbol", "WNT1", "7471"),
            inline("WNT", "WNT", "bioentities_symbol", "WNT3A", "89780"),
        ],
        fields={"papertitle": "Paper five.", "year": "2010"},
    )
    write(
        folder,
        "PMC6__f1",
        figtitle="Keywords of man",
        keywords=["JAK2", "STAT3", "NOTAGENE"],
        fields={"doi": "10.1000/six", "papertitle": "Paper six.", "year": "2018", **human},
    )
    write(
        folder,
        "PMC7__f1",
        figtitle="Keywords of fish and man",
        keywords=["JAK2", "STAT3", "stat4", "NOTAGENE"],
        fields={"doi": "10.1000/seven", "papertitle": "Paper seven.", "year": "2022", "automl_pathway": "NA", **fish},
    )
    write(
        folder,
        "PMC8__f1",
        figtitle="Words to doubt",
        genes=[
            gene("ATP.", "ATP", "ATP8A2", 51761, SYNONYM),
            gene("P13K", "PI3K", "PIK3CA", 5290, FAMILY),
            *OCT4,
            gene("BCR", "BCR", "BCR", 613),
            gene("BCR", "BCR", "RN7SL263P", 106480993, SYNONYM),
            gene("COX1", "COX1", "COX1", 4512),
            gene("MIA2", "MIA2", "MIA2", 117153),
            *WNT,
        ],
        chemicals=[
            ("ATP.", "mesh:D000255", "ATP", "Adenosine Triphosphate", "chebi:15422"),
            ("drug X", "NA", "NA", "NA", "NA"),
        ],
        fields={"doi": "10.1000/eight", "papertitle": "Paper eight.", "year": "2023", **human},
    )
    write(
        folder,
        "PMC9__f1",
        figtitle="A tumour suppressor",
        genes=[gene("TP53", "TP53", "TP53", 7157), *OCT4],
        fields={"doi": "10.1000/nine", "papertitle": "Paper nine.", "year": "2016", **human},
    )
    write(
        folder,
        "PMC9__f2",
        figtitle="A graphical abstract",
        number="GA1",
        genes=[("511145", K12, "Bacteria", "recA", "recA", "recA", "947170", SYMBOL, "1", "2", "3")],
        fields={
            "doi": "10.1000/nine",
            "papertitle": "Paper nine, revised.",
            "year": "2015",
            "organisms": ["Escherichia coli"],
            "organisms_ner": [K12],
        },
    )
    return folder


CAPTION = (
    "The first letters of this caption, more than sixty of them, say nothing of interest, but then STAT4, not Stat3, "
    "enters the nucleus of the cell and stays there for a while, as far as anybody knows."
)


def write_disputed(folder: Path) -> Path:
    """Write records that are disputed, into a folder of their own:

    PMC20__f1  2021, human  inline JAK2 · symbol, AKT · family AKT1; in the table JAK2 · symbol, STAT · family STAT3 STAT4;
                            the caption above; score 0.75
    PMC21__f1  2022, human  JAK2 · symbol; in the table mouse, too: Jak2, Stat3 · symbols
    """
    write(
        folder,
        "PMC20__f1",
        figtitle="Two lists",
        caption=CAPTION,
        inline=[
            inline("JAK2", "JAK2", "hgnc_symbol", "JAK2", "3717"),
            inline("AKT", "AKT", "bioentities_symbol", "AKT1", "207"),
        ],
        genes=[
            gene("JAK2", "JAK2", "JAK2", 3717),
            gene("STAT", "STAT", "STAT3", 6774, FAMILY),
            gene("STAT", "STAT", "STAT4", 6775, FAMILY),
        ],
        fields={"papertitle": "Paper twenty.", "year": "2021"},
    )
    write(
        folder,
        "PMC21__f1",
        figtitle="Two species",
        genes=[
            gene("JAK2", "JAK2", "JAK2", 3717),
            gene("Jak2", "Jak2", "Jak2", 16452, SYMBOL, MOUSE),
            gene("Stat3", "Stat3", "Stat3", 20848, SYMBOL, MOUSE),
        ],
        fields={
            "doi": "10.1000/twentyone",
            "papertitle": "Paper twenty-one.",
            "year": "2022",
            "organisms": ["Homo sapiens"],
            "organisms_ner": ["Homo sapiens", "Mus musculus"],
        },
    )
    return folder


@functools.cache
def fixture_store() -> Path:
    """The store of the records above; made once for all test modules."""
    return _built("records")


@functools.cache
def disputed_store() -> Path:
    """The store of the disputed records."""
    return _built("disputed")


@functools.cache
def seeded_store() -> Path:
    """All of them, and the seed figure with its gene table: all that the examples of the stored queries name."""
    return _built("seeded")


def _built(name: str) -> Path:
    import kg

    folder = Path(tempfile.mkdtemp(prefix="kg-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    records = folder / "pfocr"
    if name != "disputed":
        write_records(records)
    if name != "records":
        write_disputed(records)
    if name == "seeded":
        put_seed(records / "_figures", table=True)
    result = kg.build([records], store=folder / name, jobs=1)
    assert result.rejects == ()
    assert result.figures == {"records": len(FIGURES), "disputed": 2, "seeded": len(FIGURES) + 3}[name]
    return folder / name


def put_seed(folder: Path, *, table: bool) -> Path:
    """Copy the seed record into a folder, with its figure's own gene table or alone."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SEED_FILE, folder)
    if table:
        shutil.copy(SEED_GENES, folder)
    return folder


class Ran(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class _Stream(io.TextIOWrapper):
    """A standard stream in memory; what goes to its buffer counts, too."""

    def __init__(self, content: bytes = b"", encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(content), encoding=encoding, newline="", write_through=True)

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode("utf-8")


@contextlib.contextmanager
def _stdin(content: bytes) -> Iterator[None]:
    import sys

    before, sys.stdin = sys.stdin, _Stream(content)
    try:
        yield
    finally:
        sys.stdin = before


def run(*arguments: str | Path, store: Path | None = None, stdin: bytes = b"") -> Ran:
    """Run the command line in this process, as ``kg ARGUMENTS`` (a traceback fails the test)."""
    from kg.cli import main

    given = [str(argument) for argument in arguments]
    if store is not None:
        given += ["--store", str(store)]
    out, err = _Stream(), _Stream()
    code: Any = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _stdin(stdin):
        try:
            main(given)
        except SystemExit as exit_:
            code = exit_.code
    assert isinstance(code, int)
    return Ran(code, out.text(), err.text())


def cells(line: str) -> list[str]:
    """The cells of a line of a table for a person: columns stand two blanks apart, at least."""
    return [cell.strip() for cell in line.strip().split("  ") if cell.strip()]


def answer_rows(name: str, *arguments: str, store: Path, **options: Any) -> list[tuple[str | None, ...]]:
    """The answer to a stored question: IRIs in short form, literals as their text, None for nothing."""
    import kg

    found = kg.query(name, *arguments, store=store, **options)
    return [tuple(None if value is None else short(value) for value in record.values()) for record in found.records()]


def rdflib_ask(graph: rdflib.Graph) -> Any:
    """An rdflib graph as something that answers SELECT queries, to hand to `kg.answer.answer_with`."""
    from kg.results import Table

    def ask(text: str) -> Table:
        result = graph.query(text)
        columns = tuple(str(variable) for variable in result.vars or ())
        return Table(columns, [tuple(to_oxigraph(term) for term in row) for row in result])

    return ask


def to_oxigraph(term: Any) -> Any:
    """A term of rdflib as one of Oxigraph."""
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return pyoxigraph.NamedNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    datatype = str(term.datatype) if term.datatype else "http://www.w3.org/2001/XMLSchema#string"
    return pyoxigraph.Literal(str(term), datatype=pyoxigraph.NamedNode(datatype))


@functools.cache
def rdflib_graph(store: Path) -> rdflib.Graph:
    """A store's triples in a plain rdflib graph, in memory."""
    from kg.store import open_store

    data = open_store(store).dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.DefaultGraph())
    return rdflib.Graph().parse(data=data, format="nt")


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without the variables that steer ``kg``, for a process of its own."""
    kept = {key: value for key, value in os.environ.items() if key != "KG_STORE"}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}
