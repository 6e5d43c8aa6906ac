"""A BioThings release of PFOCR (``.ndjson``, ``.ndjson.gz``): one JSON document a line, each a record that lists ids.

    lines(path, scratch)           -> figid and place of each document
    read_document(data, file=…)    -> Record

The shape is that of https://biothings.ncats.io/pfocr, whose three releases (``strict``, ``synonyms``, ``all``) look
alike. What is read of it and what is left out stands in ``docs/graph.md``.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import unquote

from kg.archives import LIMIT, Line, shown
from kg.disk import Scratch, Spool
from kg.errors import RecordError, UsageError
from kg.model import GeneRow, Record, TermKind, TermRow
from kg.tables import known, number
from kg.vocab import BIOTHINGS_GENE, BIOTHINGS_TERM, FIGID

ENDINGS = (".ndjson", ".ndjson.gz")

_IMAGE = re.compile(r"\.(jpe?g|png|gif|tiff?)$", re.IGNORECASE)
"""Releases up to 2022 have the name of the image as ``_id``; figids, and the figures' pages, are without its ending."""
_FIGURE_URL = re.compile(r"https?://www\.ncbi\.nlm\.nih\.gov/pmc/articles/(PMC\d+)/bin/([^/?#]+)")
_TERMS: tuple[tuple[str, TermKind, tuple[str, ...]], ...] = (
    ("chemicals", "chemical", ("mesh", "chebi")),
    ("diseases", "disease", ("mesh", "doid")),
)
_OUTER = frozenset({"_id", "_score", "_version", "associatedWith"})
_INNER = frozenset({"title", "pmc", "figureUrl", "pfocrUrl", "mentions"})

Document = dict[str, Any]


def is_release(path: Path) -> bool:
    """Whether the name says that the file is a release."""
    return path.name.lower().endswith(ENDINGS)


def lines(path: Path, scratch: Scratch | None) -> Iterator[tuple[str | None, Line]]:
    """Each line with a document: the figid that it states (None if it cannot be told), and its place.

    A gzipped file is unpacked to ``scratch``. Raises UsageError for a file that cannot be read, is damaged or has no
    line; CannotRun if there is no room to unpack it.
    """
    if not path.name.lower().endswith(".gz"):
        try:
            with path.open("rb") as file:
                yield from _lines(path, file, os.path.abspath(path), None)  # noqa: PTH100 - resolve() would follow links
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
        return
    if scratch is None:
        raise RuntimeError("a packed release needs a place for a temporary file")
    spool = scratch.spool()
    try:
        with gzip.open(path) as unpacked:
            yield from _lines(path, cast(IO[bytes], unpacked), str(spool.path), spool)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(f"{path}: not gzip, as its name says, or cut short ({error}): get it again") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    spool.close()


def _lines(path: Path, file: IO[bytes], place: str, spool: Spool | None) -> Iterator[tuple[str | None, Line]]:
    offset, n, found = 0, 0, False
    while data := file.readline(LIMIT + 1):
        n += 1
        if spool:
            spool.write(data)
        start, size = offset, len(data)
        while not data.endswith(b"\n") and (more := file.readline(LIMIT)):
            data = more  # the rest of a line that is too long: not read, and not written
            size += len(more)
        offset = start + (min(size, LIMIT + 1) if spool else size)
        if size <= LIMIT and not data.strip():
            continue
        found = True
        name = f"{path}:{n}"
        if size > LIMIT:
            yield None, Line(name, place, start, size, trouble="is longer than any document: not read")
        else:
            line = Line(name, place, start, size)
            yield _stated(data, shown(line)), line
    if not found:
        raise UsageError(f"{path}: no records: a BioThings release has a JSON document on each line")


def _stated(data: bytes, file: str) -> str | None:
    try:
        return _figid(_load(data, file))
    except RecordError:
        return None  # reading the line says why


def _load(data: bytes, file: str) -> Document:
    try:
        text = data.decode("utf-8-sig")
        # NaN is what R writes for NA, and is no JSON.
        document = json.loads(text, parse_constant=lambda _: None)
        if "\\ud" in text.lower():
            json.dumps(document, ensure_ascii=False).encode()  # halves of surrogate pairs
    except UnicodeDecodeError as error:
        raise RecordError(
            f"is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start} of the line",
            file=file,
            summary="not UTF-8",
        ) from None
    except UnicodeEncodeError:
        raise RecordError("has half of a surrogate pair, which is no character", file=file) from None
    except json.JSONDecodeError as error:
        raise RecordError(
            f"is not JSON: {error.msg} at column {error.colno}", file=file, summary="line is not JSON"
        ) from None
    except (ValueError, RecursionError) as error:
        raise RecordError(f"is not JSON that can be read: {error}", file=file, summary="line is not JSON") from None
    if not isinstance(document, dict):
        raise RecordError("is not a JSON object", file=file)
    return document


def _figid(document: Document) -> str | None:
    stated = document.get("_id")
    return _IMAGE.sub("", stated) if isinstance(stated, str) else None


def read_document(data: bytes, *, file: str) -> Record:
    """One document as a record: title, paper and image of a figure, and ids of genes, chemicals and diseases.

    Raises RecordError, naming the field, where the line is not JSON, has no ``_id`` or title, or is otherwise wrong.
    """
    document = _load(data, file)
    if document.get("_id") is None:
        raise RecordError("is missing: a document must say its figure", file=file, field="_id")
    figid = _figid(document)
    if figid is None:
        raise _wrong_type("_id", "a text", document["_id"], file)
    if not (figid.isascii() and FIGID.fullmatch(figid)):
        raise RecordError(
            "is not a figid: PMC, digits, two underscores, then letters, digits, . _ or -",
            file=file,
            record=figid,
            field="_id",
            value=figid,
        )
    try:
        return _record(document, figid, file)
    except RecordError as error:
        error.record = figid
        raise


def _record(document: Document, figid: str, file: str) -> Record:
    said = _mapping(document, "associatedWith", "", file)
    if not said:
        raise RecordError("is missing", file=file, field="associatedWith")
    title = _text(said, "title", "associatedWith.", file)
    if title is None:
        raise RecordError("is missing", file=file, field="associatedWith.title")
    paper = figid.partition("__")[0]
    pmcid = _text(said, "pmc", "associatedWith.", file) or paper
    if pmcid != paper:
        raise RecordError(
            f"is not the paper that the figid names ({paper}): correct one of them",
            file=file,
            field="associatedWith.pmc",
            value=pmcid,
            summary="is not the paper that the figid names",
        )
    unknown = [key for key in document if key not in _OUTER]
    unknown += [f"associatedWith.{key}" for key in said if key not in _INNER]
    address = _text(said, "figureUrl", "associatedWith.", file)
    image = _FIGURE_URL.fullmatch(address) if address else None
    if address and (image is None or image[1] != paper):
        unknown.append("associatedWith.figureUrl (of another form)")
        image = None
    mentions = _mapping(said, "mentions", "associatedWith.", file)
    where = "associatedWith.mentions."
    genes = _ids(mentions, "genes", ("ncbigene",), unknown, file)
    terms = [
        TermRow(kind, None, None, None, (text if ":" in text else f"{scheme}:{text}",), BIOTHINGS_TERM, "bioThings")
        for key, kind, schemes in _TERMS
        for scheme, text in _ids(mentions, key, schemes, unknown, file)
    ]
    unknown += [where + key for key in mentions if key not in ("genes", *(key for key, _, _ in _TERMS))]
    return Record(
        figid=figid,
        origin=file,
        title=title,
        pmcid=pmcid,
        filename=unquote(image[2]) if image else None,
        genes=tuple(
            GeneRow(
                word=None,
                match=None,
                symbol=None,
                gene_id=number(text.removeprefix("NCBIGene:"), file=file, field=f"{where}genes.ncbigene"),
                taxon_id=None,
                taxon_name=None,
                source=BIOTHINGS_GENE,
                stated_in="bioThings",
            )
            for _, text in genes
        ),
        terms=tuple(terms),
        unknown_keys=tuple(unknown),
        from_biothings=True,
    )


def _ids(mentions: Document, key: str, schemes: Iterable[str], unknown: list[str], file: str) -> list[tuple[str, str]]:
    """Scheme and id of each thing of a kind. BioThings writes a list of one as the one, and none as nothing."""
    where = f"associatedWith.mentions.{key}"
    by_scheme = _mapping(mentions, key, "associatedWith.mentions.", file)
    unknown += [f"{where}.{scheme}" for scheme in by_scheme if scheme not in schemes]
    found: dict[tuple[str, str], None] = {}
    for scheme in schemes:
        value = by_scheme.get(scheme)
        for each in value if isinstance(value, list) else [value]:
            text = known(_scalar(each, f"{where}.{scheme}", file))
            if text:
                found[scheme, text] = None
    return list(found)


def _mapping(document: Mapping[str, Any], key: str, where: str, file: str) -> Document:
    value = document.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong_type(where + key, "an object", value, file)
    return value


def _text(document: Mapping[str, Any], key: str, where: str, file: str) -> str | None:
    value = document.get(key)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, (int, float)):
        raise _wrong_type(where + key, "a text", value, file)
    return known(_scalar(value, where + key, file))


def _scalar(value: object, field: str, file: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _wrong_type(field, "a text or a number", value, file)
    return str(value)


def _wrong_type(field: str, wanted: str, value: object, file: str) -> RecordError:
    kinds = {"list": "a list", "dict": "an object", "str": "a text", "bool": "true or false"}
    kind = kinds.get(type(value).__name__, "a number")
    return RecordError(f"is {kind}, must be {wanted}", file=file, field=field)
