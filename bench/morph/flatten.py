"""Flatten a corpus of the sidecar layout into the CSV files that the RML mappings read.

    python bench/morph/flatten.py CORPUS FOLDER

Writes figures.csv, papers.csv, keywords.csv, genes.csv, organisms.csv, pairs.csv (the best tier of each figure and
gene) and mentions.csv (one row for each row of a gene table). What RML cannot say is worked out here (hashes,
best tiers), rows do not repeat, and none of this is counted as time of Morph-KGC.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

TIERS = {"ncbigene_symbol": "Symbol", "ncbigene_synonym": "Synonym", "famplex_relations": "Family"}
COLUMNS = {
    "figures": "figid figtitle figid_alias caption number figlink figtype automl_pathway pmcid",
    "papers": "pmcid papertitle year reftext doi",
    "keywords": "pmcid keyword",
    "genes": "gene symbol organism",
    "organisms": "organism name",
    "pairs": "figid gene tier",
    "mentions": "figid hash gene word match source",
}


def flatten(corpus: Path, folder: Path) -> None:
    """Write the CSV files of all records into the folder."""
    tables: dict[str, dict[tuple[str, ...], None]] = {name: {} for name in COLUMNS}

    def add(table: str, *cells: object) -> None:
        tables[table][tuple(str(cell) for cell in cells)] = None

    for path in sorted((corpus / "_figures").glob("*.md")):
        record = yaml.load(path.read_text("utf-8").split("---\n")[1], Loader=yaml.CSafeLoader)
        record["figlink"] = "https://www.ncbi.nlm.nih.gov" + record["figlink"]
        record["doi"] = "https://doi.org/" + record["doi"]
        add("figures", *(record[column] for column in COLUMNS["figures"].split()))
        add("papers", *(record[column] for column in COLUMNS["papers"].split()))
        for keyword in record["keywords"].split(" | "):
            add("keywords", record["pmcid"], keyword)
        table = corpus / "_data" / f"{record['figid']}-genes.tsv"
        if not table.exists():
            continue
        best: dict[str, str] = {}
        for row in rows(table):
            gene, source = row["ncbigene_id"], row["source"]
            key = "\x1f".join((f"https://identifiers.org/ncbigene/{gene}", row["word"], row["match"], source))
            digest = hashlib.sha256(key.encode()).hexdigest()[:16]
            add("mentions", record["figid"], digest, gene, row["word"], row["match"], source)
            add("genes", gene, row["ncbigene_symbol"], row["organism_id"])
            add("organisms", row["organism_id"], row["organism_name"])
            best[gene] = min(best.get(gene, source), source, key=list(TIERS).index)
        for gene, source in best.items():
            add("pairs", record["figid"], gene, TIERS[source])
    folder.mkdir(parents=True, exist_ok=True)
    for name, header in COLUMNS.items():
        write(folder / f"{name}.csv", header.split(), tables[name])


def rows(table: Path) -> Iterable[dict[str, str]]:
    """The rows of a gene table."""
    with table.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def write(path: Path, header: Sequence[str], table: Iterable[Sequence[str]]) -> None:
    """Write one CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(table)


if __name__ == "__main__":
    flatten(Path(sys.argv[1]), Path(sys.argv[2]))
