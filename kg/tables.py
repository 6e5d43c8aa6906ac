"""The TSV tables beside a record: ``_data/<figid>-genes.tsv``, ``-chemicals.tsv``, ``-diseases.tsv``.

Header line, tab-separated, no quoting. Words are raw OCR and kept to the letter, trailing spaces included.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import lru_cache

from kg.errors import RecordError
from kg.frontmatter import decode
from kg.model import GeneRow, TermKind, TermRow
from kg.terms import KEPT

NOT_KNOWN = frozenset({"", "NA", ".na.character"})
"""What PFOCR writes for "not known" in id, name, symbol, count, title and organism fields."""

GENE_COLUMNS = ("organism_id", "organism_name", "word", "match", "ncbigene_symbol", "ncbigene_id", "source")
GENE_LEFT_OUT = frozenset({"organism_group", "count_direct", "count_synonym", "count_match"})
_ID_COLUMN: dict[TermKind, str] = {"chemical": "chebi", "disease": "doid"}
_IDENTIFIER = re.compile(r"(?:(?P<prefix>[A-Za-z]+):)?(?P<local>\S+)")

Row = dict[str, str]


def known(text: str | None) -> str | None:
    """The text without outer white space, or None where PFOCR means "not known"."""
    if text is None:
        return None
    text = text.strip()
    return None if text in NOT_KNOWN else text


def verbatim(text: str) -> str | None:
    """A word or match: kept to the letter (``NA`` too); None only if there is nothing to see."""
    return text if text.strip() else None


def gene_rows(data: bytes, *, file: str) -> tuple[list[GeneRow], list[str]]:
    """Rows of a genes table, and the columns that nobody knows.

    Raises RecordError naming row and column for a missing column, a row of the wrong length, or an id that
    is not a number.
    """
    header, lines = _lines(data, GENE_COLUMNS, file=file)
    header = sys.intern(header)
    genes = []
    for n, line in lines:
        try:
            genes.append(_gene(header, line))
        except RecordError as error:
            raise _in_row(error, n, file) from None
    unknown = [c for c in header.split("\t") if c not in GENE_COLUMNS and c not in GENE_LEFT_OUT]
    return genes, unknown


@lru_cache(maxsize=KEPT)
def _gene(header: str, line: str) -> GeneRow:
    """A line of a genes table; most stand in other tables too. Raises RecordError, with the column as field."""
    row = _row(header, line)
    return GeneRow(
        word=verbatim(row["word"]),
        match=verbatim(row["match"]),
        symbol=known(row["ncbigene_symbol"]),
        gene_id=number(row["ncbigene_id"], file="", field="ncbigene_id"),
        taxon_id=number(row["organism_id"], file="", field="organism_id"),
        taxon_name=known(row["organism_name"]),
        source=known(row["source"]) or "",
        stated_in="sidecar",
    )


def term_rows(data: bytes, kind: TermKind, *, file: str) -> tuple[list[TermRow], list[str]]:
    """Rows of a chemicals or diseases table in any of its three layouts, and the columns that nobody knows."""
    columns = decode(data, file=file).partition("\n")[0].split("\t")
    if "identifier" in columns:
        wanted: tuple[str, ...] = ("word", "source" if "source" in columns else "type", "identifier")
    else:
        wanted = ("word", "mesh", "match", "name", _ID_COLUMN[kind])
    header, lines = _lines(data, wanted, file=file)
    terms = []
    for n, line in lines:
        try:
            terms.append(_term(kind, _row(header, line)))
        except RecordError as error:
            raise _in_row(error, n, file) from None
    return terms, [c for c in header.split("\t") if c not in wanted]


def _term(kind: TermKind, row: Row) -> TermRow:
    if "identifier" in row:
        return inline_term(kind, row["word"], row.get("source"), row["identifier"], "sidecar")
    name = known(row["name"])
    ids = tuple(text for column in (_ID_COLUMN[kind], "mesh") if (text := known(row[column])))
    return TermRow(
        kind=kind,
        word=verbatim(row["word"]),
        # Here "NA" beside an unknown name is the gap of a left join, not the letters N and A.
        match=verbatim(row["match"]) if name or known(row["match"]) else None,
        name=name,
        ids=ids,
        # The tagger's id is MeSH; ChEBI and DOID were mapped from it.
        source=id_source(ids[-1]) if ids else "not_stated",
        stated_in="sidecar",
    )


def inline_term(kind: TermKind, word: str, source: str | None, identifier: str | None, stated_in: str) -> TermRow:
    """A chemical or disease of the layouts ``word source identifier`` and ``word type identifier``."""
    source, identifier = known(source), known(identifier)
    if identifier and source and ":" not in identifier:
        identifier = f"{source}:{identifier}"
    return TermRow(
        kind=kind,
        word=verbatim(word),
        match=None,
        name=None,
        ids=(identifier,) if identifier else (),
        source=id_source(identifier) if identifier else "not_stated",
        stated_in="sidecar" if stated_in == "sidecar" else "inline",
    )


def id_source(identifier: str) -> str:
    """The source of an id: its prefix in lower case, ``not_stated`` if it has none."""
    found = _IDENTIFIER.fullmatch(identifier)
    return (found["prefix"] or "not_stated").lower() if found else "not_stated"


def number(text: str | None, *, file: str, field: str, record: str = "") -> str | None:
    """An NCBI id: digits without leading zeros, from 1; None if not known. Raises RecordError otherwise."""
    value = known(text)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise RecordError(
            "is not a number (an NCBI id is digits alone; write NA if it is not known)",
            file=file,
            record=record,
            field=field,
            value=value,
        )
    if not value.strip("0"):
        raise RecordError(
            "is not an NCBI id: they start at 1 (write NA if it is not known)",
            file=file,
            record=record,
            field=field,
            value=value,
        )
    return value.lstrip("0")


def _lines(data: bytes, wanted: tuple[str, ...], *, file: str) -> tuple[str, Iterator[tuple[int, str]]]:
    """Header and rows of a table, these with their numbers. Raises RecordError where a column is missing."""
    header, *lines = decode(data, file=file).split("\n")
    columns = header.split("\t")
    missing = [column for column in wanted if column not in columns]
    if missing:
        raise RecordError(
            f"has no column {', '.join(missing)}. Its header: {' '.join(columns)[:200] or '(empty)'}",
            file=file,
            field="header",
            summary=f"has no column {', '.join(missing)}",
        )
    return header, ((n, line) for n, line in enumerate(lines, 2) if line)  # numbered as an editor numbers lines


def _row(header: str, line: str) -> Row:
    """Cells of a row by column. Raises RecordError, without a place, where there are too many or too few."""
    columns, cells = header.split("\t"), line.split("\t")
    if len(cells) != len(columns):
        raise RecordError(
            f"has {len(cells)} cells, the header {len(columns)} columns",
            value=line[:100],
            summary="a table's row has too many or too few cells",
        )
    return dict(zip(columns, cells, strict=True))


def _in_row(error: RecordError, n: int, file: str) -> RecordError:
    """The same error with its place in a table."""
    if error.field:
        return RecordError(error.message, file=file, field=f"row {n}, column {error.field}", value=error.value)
    return RecordError(error.message, file=file, field=f"row {n}", value=error.value, summary=error.summary)
