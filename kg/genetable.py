"""A shipped table of genes, as one text with places in it; and how shipped tables are read."""

from __future__ import annotations

import gzip
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from typing import NamedTuple

from kg.vocab import HUMAN

FOLDER = files("kg") / "data" / "lexicon"
"""Where the shipped tables lie."""


class GeneEntry(NamedTuple):
    """A gene: NCBI Gene id, taxon id, current symbol (HGNC's for human genes that HGNC has: ``hgnc``), the symbol
    that NCBI uses where it is another, aliases, previous symbols.
    """

    gene_id: str
    taxon: str
    symbol: str
    ncbi_symbol: str | None
    aliases: tuple[str, ...]
    previous: tuple[str, ...]
    hgnc: bool


_DIGITS = 9
"""Of the longest id of a shipped table; a record may have thousands."""


class ShippedGenes(Mapping[str, GeneEntry]):
    """A shipped table of genes, by id. An entry is made when it is asked for: a build asks for a tenth of them.

    The table stays one text, with places in it in sorted arrays. A process that many others are forked from shares it
    with them for good, as nothing is written to a text that is read; each string or tuple of an index of Python's has a
    counter that is.
    """

    def __init__(self, taxon: str, table: str) -> None:
        self._taxon = taxon
        self._text = text_of(table) + "\n"

    @cached_property
    def _ids(self) -> array[int]:
        """Of each gene its id, above the place of its line."""
        return array("Q", sorted(int(line[: line.index("\t")]) << 32 | at for at, line in _lines(self._text)))

    @cached_property
    def _names(self) -> array[int]:
        """Of each name of a gene in any case a hash, above the place of the gene's line."""
        found = array("Q")
        for at, line in _lines(self._folded):
            _, symbol, ncbi, aliases, previous = line.split("\t")
            found.extend(
                _hashed(name) | at for name in (symbol, ncbi, *aliases.split("|"), *previous.split("|")) if name
            )
        return array("Q", sorted(found))

    @cached_property
    def _folded(self) -> str:
        """The text without case, each character at its place: that is so of all shipped tables."""
        return self._text.casefold()

    def index(self) -> None:
        """Make the indexes now."""
        _ = self._ids, self._names

    def __getitem__(self, gene_id: str) -> GeneEntry:
        if gene_id.isascii() and gene_id.isdecimal() and len(gene_id) <= _DIGITS:
            for at in _places(self._ids, int(gene_id) << 32):
                entry = self._entry(at)
                if entry.gene_id == gene_id:  # and not the same number with zeros before
                    return entry
        raise KeyError(gene_id)

    def __iter__(self) -> Iterator[str]:
        return (line[: line.index("\t")] for _, line in _lines(self._text))

    def __len__(self) -> int:
        return len(self._ids)

    def named(self, text: str) -> Iterator[GeneEntry]:
        """Genes that may have a casefolded name; all that have it are among them."""
        return map(self._entry, dict.fromkeys(_places(self._names, _hashed(text))))

    def scan(self, gene_id: str) -> GeneEntry | None:
        """The same as ``get``, without an index."""
        start = self._text.find(f"\n{gene_id}\t")
        return self._entry(start + 1) if start >= 0 else None

    def with_text(self, text: str) -> Iterator[GeneEntry]:
        """Genes that have a casefolded text, of one character or more, somewhere in their names; without an index."""
        at = self._folded.find(text, self._text.index("\n") + 1)
        while at >= 0:
            yield self._entry(at)
            at = self._folded.find(text, self._text.index("\n", at) + 1)

    def _entry(self, at: int) -> GeneEntry:
        """The gene whose line has this place of the text."""
        line = self._text[self._text.rfind("\n", 0, at) + 1 : self._text.index("\n", at)]
        gene_id, symbol, ncbi, aliases, previous = line.split("\t")
        return GeneEntry(
            gene_id,
            self._taxon,
            symbol,
            ncbi or None,
            split_names(aliases),
            split_names(previous),
            self._taxon == HUMAN,
        )

    def symbols(self) -> Iterator[tuple[str, str, str]]:
        """Of each gene id and symbol, and NCBI's symbol if it is another, else ''."""
        return zip(*columns_of(self._text.removesuffix("\n"), 5)[:3], strict=True)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a table but its head, each with its place."""
    at = text.index("\n") + 1
    for line in text[at:].removesuffix("\n").split("\n"):
        yield at, line
        at += len(line) + 1


def _hashed(name: str) -> int:
    return (hash(name) & 0xFFFFFFFF) << 32


def _places(index: array[int], key: int) -> Iterator[int]:
    """Places in an index that stand below a key."""
    place = bisect_left(index, key)
    while place < len(index) and index[place] >> 32 == key >> 32:
        yield index[place] & 0xFFFFFFFF
        place += 1


def columns_of(text: str, count: int) -> list[list[str]]:
    """The columns of a shipped table, without their heads: of a large table, in a fraction of the time."""
    cells = text.replace("\n", "\t").split("\t")
    return [cells[place::count] for place in range(count, 2 * count)]


def text_of(name: str) -> str:
    """A shipped table by its name, its head first; without a line end behind the last row."""
    return gzip.decompress((FOLDER / f"{name}.tsv.gz").read_bytes()).decode().removesuffix("\n")


def split_names(text: str) -> tuple[str, ...]:
    """The names in a cell."""
    return tuple(text.split("|")) if text else ()
