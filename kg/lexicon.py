"""What names mean: genes, families, organisms, and names of MeSH, Disease Ontology and ChEBI terms.

The shipped tables lie in ``kg/data/lexicon``; where each comes from, of what date and under what terms stands in
``tables.tsv`` there (`Lexicon.tables`) and in its README. NCBI gene_info files add organisms, or replace a shipped
one. A table is read when it is first needed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from kg.errors import RecordError
from kg.genetable import FOLDER, GeneEntry, ShippedGenes, columns_of, split_names, text_of
from kg.vocab import CURIES, HUMAN

_GENES = "genes-"
_COMPLETE = frozenset({HUMAN})
"""Organisms whose shipped table is recent and complete: what it lacks is no symbol, and no current id."""
_PARTIAL = frozenset({"7227"})
"""Organisms whose shipped table is old and has gaps at which another organism's gene may have the symbol (the fly's is
of 2016). The rest (mouse) has gaps too, but none that could point to a wrong gene: see the README of the tables."""

_GENE_INFO = ("#tax_id", "GeneID", "Symbol", "Synonyms")
"""Columns that are used of NCBI's gene_info (https://ftp.ncbi.nlm.nih.gov/gene/DATA/README)."""


class Family(NamedTuple):
    """A family or complex of FamPlex; ``members`` are NCBI Gene ids of human genes, transitively."""

    family_id: str
    label: str
    names: tuple[str, ...]
    members: tuple[str, ...]


class Organism(NamedTuple):
    """An organism: taxon id, scientific name, its species' id if it is a strain or subspecies, other names."""

    taxon: str
    name: str
    parent: str | None
    names: tuple[str, ...]


class Table(NamedTuple):
    """Where a table comes from, its date and terms, and the SHA-256 of its text."""

    name: str
    what: str
    source: str
    date: str
    terms: str
    rows: int
    sha256: str


class IdStatus(NamedTuple):
    """An NCBI Gene id that is not current, and the id that its symbol belongs to today."""

    replaced_by: str | None


class Lexicon:
    """The tables of one run. Make one with `load`."""

    def __init__(self, tables: Sequence[Table], user_genes: dict[str, dict[str, GeneEntry]]) -> None:
        self.tables = tuple(tables)
        self._user = user_genes
        self._shipped = {
            table.name.removeprefix(_GENES): table.name for table in tables if table.name.startswith(_GENES)
        }
        self._genes: dict[str, Mapping[str, GeneEntry]] = {}
        self._found: dict[str, GeneEntry | None] = {}
        self._symbols: dict[str, dict[str, tuple[str, ...]]] = {}
        self._names: dict[str, dict[str, tuple[GeneEntry, ...]]] = {}
        self._scans = 0
        self._keeps = True

    @classmethod
    def load(cls, gene_info: Sequence[Path | str] = ()) -> Lexicon:
        """The shipped tables, and a user's NCBI gene_info files (plain or gzipped).

        For an organism that a file has genes of, the file replaces the shipped table; human genes keep HGNC's
        symbol, aliases and previous symbols by id. Raises RecordError naming file, line and column.
        """
        tables = [_table(line) for line in (FOLDER / "tables.tsv").read_text("utf-8").splitlines()[1:]]
        user: dict[str, dict[str, GeneEntry]] = {}
        for path in gene_info:
            table, genes = _read_gene_info(Path(path))
            tables.append(table)
            for gene in genes:
                user.setdefault(gene.taxon, {})[gene.gene_id] = gene
        return cls(tables, user)

    @cached_property
    def fingerprint(self) -> str:
        """A hash over all tables in use: what was built with one lexicon can be told from what was with another."""
        text = "\n".join(f"{table.name} {table.sha256}" for table in self.tables)
        return hashlib.sha256(text.encode()).hexdigest()

    def index(self) -> None:
        """Make the indexes of all genes now, by id and by name, for many that ask: nothing is kept of what they ask."""
        self._scans = _FEW
        self._keeps = False
        for taxon in self._taxa:
            table = self._table(taxon)
            if isinstance(table, ShippedGenes):
                table.index()
            else:
                self._named(taxon)

    def load_all(self) -> None:
        """Read all tables now that a build uses, rather than each when it is first needed."""
        for taxon in self._taxa:
            self.by_symbol(taxon, "")
        _ = self._organism_names, self._organisms, self._terms

    def __getstate__(self) -> dict[str, object]:
        """What another process needs to read the tables itself, which is quicker than to send them."""
        return vars(Lexicon(self.tables, self._user))

    @property
    def _taxa(self) -> tuple[str, ...]:
        """Organisms with a table."""
        return tuple(dict.fromkeys((*self._shipped, *self._user)))

    def user_genes(self, taxa: Collection[str]) -> bytes:
        """What the user's gene_info files say of some organisms, as a gzipped file that `load` reads; b"" if nothing.

        The same files give the same bytes.
        """
        rows = [
            "\t".join((gene.taxon, gene.gene_id, gene.symbol, "|".join(gene.aliases) or "-"))
            for taxon, genes in sorted(self._user.items())
            if taxon in taxa
            for _, gene in sorted(genes.items())
        ]
        return (
            gzip.compress("".join(f"{row}\n" for row in ("\t".join(_GENE_INFO), *rows)).encode(), mtime=0)
            if rows
            else b""
        )

    # --- genes

    def covers(self, taxon: str) -> bool:
        """Whether a symbol that this organism's table lacks can be looked for among the other organisms' symbols."""
        return taxon in self._user or (taxon in self._shipped and taxon not in _PARTIAL)

    def is_complete(self, taxon: str) -> bool:
        """Whether a symbol that this organism's table lacks is none of its symbols."""
        return taxon in self._user or taxon in _COMPLETE

    def todays_symbol(self, gene_id: str) -> str | None:
        """The gene's symbol by a table that is recent enough to name it; None if there is none."""
        entry = self.gene(gene_id)
        return entry.symbol if entry and self.covers(entry.taxon) else None

    def gene(self, gene_id: str) -> GeneEntry | None:
        """The gene of an NCBI Gene id, of any organism that is covered."""
        if gene_id in self._found:
            return self._found[gene_id]
        tables = [self._table(taxon) for taxon in reversed(self._taxa)]
        if self._may_scan():
            entries = (
                table.scan(gene_id) if isinstance(table, ShippedGenes) else table.get(gene_id) for table in tables
            )
        else:
            entries = (table.get(gene_id) for table in tables)
        found = next((entry for entry in entries if entry is not None), None)
        if self._keeps:
            self._found[gene_id] = found
        return found

    def _may_scan(self) -> bool:
        """Whether to look through a table's text, which is quicker than an index for the first few that are asked.

        A command asks for a gene or two; a build, or a list of genes, for thousands.
        """
        self._scans += 1
        return self._scans <= _FEW

    def by_symbol(self, taxon: str, symbol: str) -> tuple[str, ...]:
        """NCBI Gene ids of an organism with this current symbol (HGNC's or NCBI's), in exact case; none without a
        table of the organism.
        """
        if taxon not in self._symbols:
            index: dict[str, tuple[str, ...]] = {}
            for gene_id, name, ncbi_name in _symbols(self._table(taxon)):
                index[name] = (*index[name], gene_id) if name in index else (gene_id,)
                if ncbi_name and ncbi_name != name:
                    index[ncbi_name] = (*index.get(ncbi_name, ()), gene_id)
            self._symbols[taxon] = index
        return self._symbols[taxon].get(symbol, ())

    def id_status(self, gene_id: str, taxon: str, symbol: str | None) -> IdStatus | None:
        """Whether an id is no longer current: a current table of the organism lacks it and gives its symbol to
        another id. None if that cannot be told.
        """
        if symbol is None or (not self.is_complete(taxon)) or gene_id in self._table(taxon):
            return None
        today = self.by_symbol(taxon, symbol)
        return IdStatus(today[0]) if len(today) == 1 else None

    def find(self, text: str, taxon: str | None = None) -> list[tuple[GeneEntry, str]]:
        """Genes that have this name in any case, with how: ``symbol``, ``ncbi symbol``, ``alias`` or ``previous
        symbol``, in that order, each gene once.
        """
        wanted = text.casefold()
        if not wanted:
            return []
        found: list[tuple[int, GeneEntry]] = []
        for each in [taxon] if taxon else self._taxa:
            for gene in self._candidates(each, wanted):
                how = _how(gene, wanted)
                if how is not None:
                    found.append((how, gene))
        found.sort(key=lambda pair: (pair[0], int(pair[1].gene_id)))
        return [(gene, _HOW[how]) for how, gene in found]

    def _candidates(self, taxon: str, wanted: str) -> Iterable[GeneEntry]:
        """Genes of an organism that may have a name; all that have it are among them."""
        table = self._table(taxon)
        if isinstance(table, ShippedGenes):
            return table.with_text(wanted) if self._may_scan() else table.named(wanted)
        return self._named(taxon).get(wanted, ())

    def _named(self, taxon: str) -> dict[str, tuple[GeneEntry, ...]]:
        """Genes of an organism, of which a user gave a table, by each of their names in any case."""
        if taxon not in self._names:
            index: dict[str, tuple[GeneEntry, ...]] = {}
            for gene in self._table(taxon).values():
                names = (gene.symbol, gene.ncbi_symbol, *gene.aliases, *gene.previous)
                for name in {name.casefold() for name in names if name}:
                    index[name] = (*index.get(name, ()), gene)
            self._names[taxon] = index
        return self._names[taxon]

    def _table(self, taxon: str) -> Mapping[str, GeneEntry]:
        if taxon not in self._genes:
            shipped: Mapping[str, GeneEntry] = (
                ShippedGenes(taxon, self._shipped[taxon]) if taxon in self._shipped else {}
            )
            self._genes[taxon] = _merged(shipped, self._user[taxon]) if taxon in self._user else shipped
        return self._genes[taxon]

    # --- families

    def family(self, text: str) -> Family | None:
        """The one family or complex of this id, label or other name, in any case; None if several have the name."""
        found = self.families(text)
        return found[0] if len(found) == 1 else None

    def families(self, text: str) -> tuple[Family, ...]:
        """All families and complexes of a name, in any case: ``hh`` is one of Hedgehog and of HRH."""
        return self._families.get(text.casefold(), ())

    @cached_property
    def _families(self) -> dict[str, tuple[Family, ...]]:
        index: dict[str, tuple[Family, ...]] = {}
        rows = [
            Family(family_id, label, split_names(names), split_names(members))
            for family_id, label, names, members in _rows("families")
        ]
        for family in rows:
            for name in {name.casefold() for name in family.names}:
                index[name] = (*index.get(name, ()), family)
        for family in rows:  # a family's own name goes before another's synonym
            index[family.label.casefold()] = index[family.family_id.casefold()] = (family,)
        return index

    # --- organisms

    def organism_id(self, name: str) -> str | None:
        """Taxon id of a name as records write it: the scientific name or a synonym that means nothing else.

        Linnaeus's mark behind a name (``Oryza sativa L.``) changes nothing of what it means.
        """
        return self._organism_names.get(name.strip().removesuffix(" L."))

    def organism(self, taxon: str) -> Organism | None:
        """The organism of a taxon id, if it is in the table."""
        return self._organisms.get(taxon)

    def find_organism(self, text: str) -> Organism | None:
        """An organism as people type it: any of its names in any case, its number, or its CURIE."""
        number = text.rpartition(":")[2] if text.lower().startswith("ncbitaxon:") else text
        if number.startswith(CURIES["ncbitaxon"]):
            number = number[len(CURIES["ncbitaxon"]) :]
        taxon = number if number in self._organisms else self._typed_names.get(text.strip().casefold())
        return self._organisms.get(taxon) if taxon else None

    @cached_property
    def _organisms(self) -> dict[str, Organism]:
        return {
            taxon: Organism(taxon, name, parent or None, (*split_names(synonyms), *split_names(others)))
            for taxon, name, parent, synonyms, others in _rows("organisms")
        }

    @cached_property
    def _organism_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for taxon, name, _, synonyms, _ in _rows("organisms"):
            names[name] = taxon
            for synonym in split_names(synonyms):
                names.setdefault(synonym, taxon)
        return names

    @cached_property
    def _typed_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for organism in self._organisms.values():
            for other in organism.names:
                names.setdefault(other.casefold(), organism.taxon)
        for organism in self._organisms.values():
            names[organism.name.casefold()] = organism.taxon
        return names

    # --- names of terms

    def term_name(self, curie: str) -> str | None:
        """Name of a MeSH descriptor, DOID or ChEBI term, by lower-case CURIE (``mesh:D003920``, ``chebi:15422``)."""
        return self._terms.get(curie)

    @cached_property
    def _terms(self) -> dict[str, str]:
        curies, names = columns_of(text_of("terms"), 2)
        return dict(zip(curies, names, strict=True))


_HOW = ("symbol", "ncbi symbol", "alias", "previous symbol")


def _how(gene: GeneEntry, wanted: str) -> int | None:
    if gene.symbol.casefold() == wanted:
        return 0
    if gene.ncbi_symbol is not None and gene.ncbi_symbol.casefold() == wanted:
        return 1
    if any(alias.casefold() == wanted for alias in gene.aliases):
        return 2
    return 3 if any(name.casefold() == wanted for name in gene.previous) else None


def _table(line: str) -> Table:
    name, what, source, date, terms, rows, sha256 = line.split("\t")
    return Table(name, what, source, date, terms, int(rows), sha256)


def _rows(name: str) -> Iterator[list[str]]:
    """The rows of a shipped table, without its header."""
    return (line.split("\t") for line in text_of(name).splitlines()[1:])


_FEW = 8
"""How often tables are looked through before an index is made: making it costs some ten times as much."""


def _symbols(genes: Mapping[str, GeneEntry]) -> Iterable[tuple[str, str, str | None]]:
    """The same of any table."""
    if isinstance(genes, ShippedGenes):
        return genes.symbols()
    return ((gene.gene_id, gene.symbol, gene.ncbi_symbol) for gene in genes.values())


def _merged(shipped: Mapping[str, GeneEntry], user: dict[str, GeneEntry]) -> dict[str, GeneEntry]:
    """A user's genes of one organism; what HGNC says of a human gene is kept by id."""
    merged = {}
    for gene_id, gene in user.items():
        known = shipped.get(gene_id)
        if known is not None and known.hgnc:
            other = gene.symbol if gene.symbol != known.symbol else None
            aliases = tuple(dict.fromkeys((*known.aliases, *gene.aliases)))
            gene = known._replace(ncbi_symbol=other, aliases=aliases)
        merged[gene_id] = gene
    return merged


def _read_gene_info(path: Path) -> tuple[Table, list[GeneEntry]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", file=str(path)) from None
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise RecordError(f"is not gzip, as its name says: {error}", file=str(path)) from None
    try:
        lines = io.StringIO(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordError(f"is not UTF-8: byte at offset {error.start}", file=str(path)) from None
    genes = list(_gene_info(lines, str(path)))
    if not genes:
        raise RecordError("has no genes", file=str(path))
    digest = hashlib.sha256(data).hexdigest()
    return Table(path.name, "NCBI gene_info", str(path), "", "", len(genes), digest), genes


def _gene_info(lines: Iterable[str], file: str) -> Iterator[GeneEntry]:
    places: list[int] = []
    width = 0
    for number, line in enumerate(lines, 1):
        cells = line.rstrip("\r\n").split("\t")
        if number == 1:
            missing = [column for column in _GENE_INFO if column not in cells]
            if missing:
                raise RecordError(
                    f"has no column {', '.join(missing)}: an NCBI gene_info file begins with a header line",
                    file=file,
                    field="line 1",
                )
            places, width = [cells.index(column) for column in _GENE_INFO], len(cells)
            continue
        if cells == [""]:
            continue
        if len(cells) != width:
            raise RecordError(f"has {len(cells)} cells, the header {width}", file=file, field=f"line {number}")
        taxon, gene_id, symbol, synonyms = (cells[place] for place in places)
        for column, value in (("#tax_id", taxon), ("GeneID", gene_id)):
            if not (value.isascii() and value.isdigit()):
                raise RecordError("is not a number", file=file, field=f"line {number}, column {column}", value=value)
        if symbol not in ("NEWENTRY", "-", ""):  # a place kept for a gene that has no record yet
            yield GeneEntry(gene_id, taxon, symbol, None, split_names(synonyms) if synonyms != "-" else (), (), False)
