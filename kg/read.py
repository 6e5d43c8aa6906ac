"""Sources to records: files, folders, checkouts of the PFOCR repository or archives of one, BioThings releases.

    find_items(sources)    -> Listing     names only, sorted by figid; cheap, holds no content
    without_doubles(items) -> Doubles     one item a figid
    read_record(item)      -> Record      one record with its tables; raises RecordError

Which key of a record goes where is said once, in ``docs/graph.md``; keys left out on purpose are in
``LEFT_OUT`` here, anything else is reported as an unknown key.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, NamedTuple

from kg import biothings
from kg.archives import Archive, Line, Part, Ref, is_archive, open_archive, printable, read_bytes, shown
from kg.disk import Scratch
from kg.errors import RecordError, UsageError
from kg.frontmatter import front_matter
from kg.model import GeneRow, Record, TermKind, TermRow
from kg.tables import gene_rows, inline_term, known, number, term_rows, verbatim
from kg.vocab import FIGID, HUMAN

Sources = str | Path | Sequence[str | Path]
"""One path or several."""

TEXT_FIELDS: dict[str, str] = {
    "figtitle": "title",
    "figid_alias": "alias",
    "pmcid": "pmcid",
    "filename": "filename",
    "figlink": "figlink",
    "number": "number",
    "caption": "caption",
    "figtype": "figure_type",
    "ndex": "ndex",
    "wpid": "wpid",
    "papertitle": "paper_title",
    "reftext": "citation",
    "year": "year",
    "doi": "doi",
    "journal_title": "journal",
    "journal_nlm_ta": "journal_abbreviation",
    "publisher_name": "publisher",
}
"""Record key to attribute of `Record`, for keys that hold one text."""

OTHER_FIELDS = frozenset(
    {
        "figid",
        "organisms",
        "organisms_ner",
        "keywords",
        "automl_pathway",
        "pathway_score",
        "schema-jsonld",
        "genes",
        "chemicals",
        "diseases",
    }
)
LEFT_OUT = frozenset({"pmc_ranked_result_index", "annotations", "redirect_from", "seo"})
JSONLD_LEFT_OUT = frozenset({"@context", "@id", "@type", "name", "license", "creator"})
JSONLD_FIELDS = frozenset({"description", "keywords"})

_NOT_RECORDS = frozenset({"readme.md", "changelog.md", "contributing.md", "license.md", "index.md"})
_SEPARATOR = re.compile(r"\s+\|\s+")
_SIDECARS = ("genes", "chemicals", "diseases")


class Item(NamedTuple):
    """One record to read: the figid that its file name states, its file, and the tables beside it.

    ``path`` is the record's file, its place in an archive, or a line of a BioThings release, which states its figid.
    """

    figid: str
    path: Ref
    genes: Ref | None = None
    chemicals: Ref | None = None
    diseases: Ref | None = None

    @property
    def file(self) -> str:
        """The record's file, as people are told of it."""
        return shown(self.path)

    @property
    def from_biothings(self) -> bool:
        """Whether this is a document of BioThings, which says less than a record of PFOCR."""
        return isinstance(self.path, Line)


class Listing(NamedTuple):
    """What the sources hold: records sorted by figid and file, documents of BioThings after records of PFOCR; tables
    that belong to no record.
    """

    items: list[Item]
    orphan_tables: list[str]


class Doubles(NamedTuple):
    """One item a figid; how many others say the same; those that do not, each with what is wrong."""

    items: list[Item]
    repeats: int
    errors: list[tuple[Item, RecordError]]


def as_paths(sources: Sources) -> tuple[str | Path, ...]:
    """The paths, also where one alone is given: a text would else be taken letter by letter."""
    return (sources,) if isinstance(sources, (str, Path)) else tuple(sources)


def find_items(sources: Sources, scratch: Scratch | None = None) -> Listing:
    """List the records of all sources, sorted by (figid, file). Reads names only (of a BioThings release: each line).

    ``scratch`` is where a source that is packed as one stream (``.tar.gz``, ``.ndjson.gz``) is unpacked to; the items
    can be read as long as it is there. Raises UsageError for a source that is not there, cannot be read or holds no
    record; CannotRun if there is no room to unpack it.
    """
    items: dict[Hashable, Item] = {}
    orphans: list[str] = []
    once: set[str] = set()
    real_folder = lru_cache(maxsize=100)(os.path.realpath)
    for source in as_paths(sources):
        path = Path(source)
        found: Iterable[Item]
        if path.is_dir():
            found = _in_folder(_Disk(path), orphans)
            if not found:
                raise UsageError(
                    f"{path}: no records in this folder. Records are <figid>.md files, in the folder "
                    "itself or in _figures/ as in the PFOCR repository"
                )
        elif path.is_file():
            if path.suffix == ".md":
                found = [_item(_Disk(path.parent), path.parent, path.name)]
            elif is_archive(path) or biothings.is_release(path):
                if os.path.realpath(path) in once:
                    continue
                once.add(os.path.realpath(path))
                found = _in_archive(path, orphans, scratch) if is_archive(path) else _in_release(path, scratch)
            else:
                raise UsageError(
                    f"{path}: not a record file (<figid>.md), a folder or an archive of them (.zip, .tar, .tar.gz), "
                    "or a BioThings release (.ndjson)"
                )
        elif path.exists():
            raise UsageError(f"{path}: neither a file nor a folder")
        else:
            raise UsageError(f"{path}: no such file or folder")
        for item in found:
            # The same file named twice (seeds and seeds/x.md) is one record, not two.
            items.setdefault(item.path if isinstance(item.path, Part) else _real(item.path, real_folder), item)
    ordered = sorted(items.values(), key=lambda item: (item.figid, item.from_biothings, item.file))
    return Listing(ordered, sorted(set(orphans)))


def _real(path: str, real_folder: Callable[[str], str]) -> str:
    """As `os.path.realpath`, which looks at each folder of a path; for the files of one folder that is done once."""
    if os.path.islink(path):  # noqa: PTH114 - this is done for each file, and a Path takes longer to make
        return os.path.realpath(path)
    folder, name = os.path.split(path)
    return f"{real_folder(folder)}/{name}"


@lru_cache(maxsize=1000)
def _before(folder: PurePath) -> str:
    """What stands before a name in the path of a file in this folder: '' for the current one."""
    return str(folder / "_")[:-1]


class _Disk:
    """A folder on disk, with what lies beside it."""

    def __init__(self, top: Path) -> None:
        self._top = top

    def walk(self) -> Iterator[tuple[PurePath, list[str]]]:
        """Each folder with the names of its files. Raises UsageError if one cannot be read."""
        try:
            for top, names, files in os.walk(self._top, onerror=_raise):
                names[:] = sorted(n for n in names if not n.startswith("."))
                yield Path(top), files
        except OSError as error:
            raise UsageError(f"{error.filename or self._top}: cannot be read: {error.strerror}") from None

    def names(self, folder: PurePath) -> Collection[str]:
        """What is in a folder; nothing if it is not there."""
        return os.listdir(folder) if Path(folder).is_dir() else ()

    def ref(self, folder: PurePath, name: str) -> Ref:
        return _before(folder) + name

    def is_figures(self, folder: PurePath) -> bool:
        """Whether this is the ``_figures`` of a checkout, also if it was named as ``.``."""
        return Path(os.path.abspath(folder)).name == "_figures"  # noqa: PTH100 - resolve() would follow links


class _Packed:
    """The same of an archive. Its names are names alone: one with ``..`` in it leads nowhere."""

    def __init__(self, archive: Archive) -> None:
        self._folders = archive.folders

    def walk(self) -> Iterator[tuple[PurePath, list[str]]]:
        for folder, members in sorted(self._folders.items()):
            hidden = any(part.startswith(".") and part != ".." for part in folder.parts)
            if not hidden and "__MACOSX" not in folder.parts:  # what macOS adds to an archive, and to no folder
                yield folder, list(members)

    def names(self, folder: PurePath) -> Collection[str]:
        return self._folders.get(PurePosixPath(folder), ())

    def ref(self, folder: PurePath, name: str) -> Ref:
        return self._folders[PurePosixPath(folder)][name]

    def is_figures(self, folder: PurePath) -> bool:
        return folder.name == "_figures"


def _in_archive(path: Path, orphans: list[str], scratch: Scratch | None) -> list[Item]:
    found = _in_folder(_Packed(open_archive(path, _is_wanted, scratch)), orphans)
    if not found:
        raise UsageError(
            f"{path}: no records in this archive. Records are <figid>.md files, as in _figures/ of the PFOCR repository"
        )
    return found


def _is_wanted(name: str) -> bool:
    return name.endswith((".md", *_TABLES)) and not name.startswith("._")  # as macOS packs what it knows of a file


def _in_release(path: Path, scratch: Scratch | None) -> Iterator[Item]:
    for figid, line in biothings.lines(path, scratch):
        yield Item(figid or line.shown, line)


def _in_folder(place: _Disk | _Packed, orphans: list[str]) -> list[Item]:
    figure_folders: list[PurePath] = []
    others: list[PurePath] = []
    for here, files in place.walk():
        if place.is_figures(here):
            figure_folders.append(here)
        elif any(f.endswith(".md") and f.lower() not in _NOT_RECORDS for f in files):
            others.append(here)
    # Other pages of a checkout are no records; a folder beside a checkout may hold some.
    checkouts = {here.parent for here in figure_folders}
    others = [here for here in others if checkouts.isdisjoint((here, *here.parents))]
    items: list[Item] = []
    for here in (*figure_folders, *others):
        data = _data_folders(place, here)
        stems = set()
        for name in sorted(place.names(here)):
            if name.endswith(".md") and (here in figure_folders or name.lower() not in _NOT_RECORDS):
                items.append(_item(place, here, name, data))
                stems.add(name[: -len(".md")])
        for data_folder, tables in data.items():
            orphans.extend(
                shown(place.ref(data_folder, table))
                for table in sorted(tables)
                if table.rpartition("-")[0] not in stems
            )
    return items


def _raise(error: OSError) -> None:
    raise error


_TABLES = tuple(f"-{kind}.tsv" for kind in _SIDECARS)


def _data_folders(place: _Disk | _Packed, folder: PurePath) -> dict[PurePath, frozenset[str]]:
    """Where tables of the records in ``folder`` may lie, with their names: ``_data`` first, then beside them."""
    checkout = folder.parent if folder.name == "_figures" else folder / os.pardir
    places = [(checkout if place.is_figures(folder) else folder) / "_data", folder]
    return {where: frozenset(name for name in place.names(where) if name.endswith(_TABLES)) for where in places}


def _item(
    place: _Disk | _Packed, folder: PurePath, name: str, data: Mapping[PurePath, frozenset[str]] | None = None
) -> Item:
    figid = name[: -len(".md")]
    tables = _data_folders(place, folder) if data is None else data

    def table(kind: str) -> Ref | None:
        name = f"{figid}-{kind}.tsv"
        for where, names in tables.items():
            if name in names:
                return place.ref(where, name)
        return None

    return Item(printable(figid), place.ref(folder, name), *(table(kind) for kind in _SIDECARS))


class Content(NamedTuple):
    """The bytes of a record and of the tables beside it, None for a table that is not there."""

    record: bytes
    genes: bytes | None
    chemicals: bytes | None
    diseases: bytes | None


def load(item: Item) -> Content:
    """Read the files of an item. Raises RecordError if one cannot be read."""
    genes, chemicals, diseases = (read_bytes(ref) if ref else None for ref in item[2:])
    return Content(read_bytes(item.path), genes, chemicals, diseases)


def content_hash(content: Content) -> str:
    """SHA-256 over a record and its tables: two contents with one hash say the same."""
    digest = hashlib.sha256()
    for kind, data in zip(("record", *_SIDECARS), content, strict=True):
        digest.update(f"{kind}:{len(data) if data is not None else -1}:".encode() + (data or b""))
    return digest.hexdigest()


def without_doubles(items: Sequence[Item]) -> Doubles:
    """Of items with one figid, in the order of a listing, the first; the others repeat it or are wrong."""
    kept: list[Item] = []
    errors: list[tuple[Item, RecordError]] = []
    repeats = 0
    for figid, group in itertools.groupby(items, key=lambda item: item.figid):
        first, *others = group
        kept.append(first)
        for other in others:
            try:
                same = load(other) == load(first)
            except RecordError as error:
                errors.append((other, error))
                continue
            if same:
                repeats += 1
                continue
            differs = RecordError(
                f"comes twice with different content; the one that is read is {first.file}. Keep one of the two",
                file=other.file,
                record=figid,
                field="figid",
                value=figid,
                summary="comes twice with different content",
            )
            errors.append((other, differs))
    return Doubles(kept, repeats, errors)


def read_record(item: Item, content: Content | None = None) -> Record:
    """Read one record and the tables beside it; ``content`` is what `load` gave, if that is known.

    Raises RecordError, naming file, record and field, where something cannot be read as what it should be.
    What can be read but is wrong (a year of five digits) is left to the shapes.
    """
    content = content or load(item)
    if item.from_biothings:
        record = biothings.read_document(content.record, file=item.file)
        if record.figid != item.figid:
            raise RecordError("changed while it was read: run the command again", file=item.file, record=item.figid)
        return record
    document, repeated = front_matter(content.record, file=item.file)
    figid = _figid(document, item)
    try:
        return _record(document, figid, item, content, repeated)
    except RecordError as error:
        error.record = figid
        raise


def _figid(document: Mapping[str, Any], item: Item) -> str:
    figid = _text(document, "figid", item.file)
    if figid is None:
        raise RecordError("is missing: a record must say its figid", file=item.file, field="figid")
    if not (figid.isascii() and FIGID.fullmatch(figid)):  # \d takes digits of any script
        raise RecordError(
            "is not a figid: PMC, digits, two underscores, then letters, digits, . _ or -",
            file=item.file,
            record=figid,
            field="figid",
            value=figid,
        )
    if figid != item.figid:
        raise RecordError(
            f"does not match the file name {item.figid + '.md'!r}: rename the file or correct the figid",
            file=item.file,
            record=figid,
            field="figid",
            value=figid,
            summary="does not match the file name",
        )
    return figid


def _record(document: Mapping[str, Any], figid: str, item: Item, content: Content, repeated: tuple[str, ...]) -> Record:
    file = item.file
    texts = {attribute: _text(document, key, file) for key, attribute in TEXT_FIELDS.items()}
    unknown = [str(key) for key in document if not (key in TEXT_FIELDS or key in OTHER_FIELDS or key in LEFT_OUT)]
    pmcid = texts["pmcid"]
    if pmcid and re.fullmatch(r"PMC\d+", pmcid) and not figid.startswith(pmcid + "__"):
        raise RecordError(
            f"is not the paper that the figid names ({figid.partition('__')[0]}): correct one of them",
            file=file,
            field="pmcid",
            value=pmcid,
            summary="is not the paper that the figid names",
        )
    jsonld = document.get("schema-jsonld") or {}
    if not isinstance(jsonld, dict):
        raise _wrong_type("schema-jsonld", "a mapping", jsonld, file)
    unknown += [f"schema-jsonld: {key}" for key in jsonld if not (key in JSONLD_LEFT_OUT or key in JSONLD_FIELDS)]
    genes = _inline_genes(document, file)
    terms = [*_inline_terms(document, "chemical", file), *_inline_terms(document, "disease", file)]
    if item.genes and content.genes is not None:
        rows, more = gene_rows(content.genes, file=shown(item.genes))
        genes += rows
        unknown += [f"genes table: {column}" for column in more]
    tables: tuple[tuple[TermKind, Ref | None, bytes | None], ...] = (
        ("chemical", item.chemicals, content.chemicals),
        ("disease", item.diseases, content.diseases),
    )
    for kind, ref, data in tables:
        if ref and data is not None:
            found, more = term_rows(data, kind, file=shown(ref))
            terms += found
            unknown += [f"{kind}s table: {column}" for column in more]
    score = _text(document, "automl_pathway", file) or _text(document, "pathway_score", file)
    paper_keywords: tuple[str, ...] = tuple(
        part
        for text in _texts(document, "keywords", file)
        for part in _SEPARATOR.split(" ".join(text.split()))
        if known(part)
    )
    return Record(
        figid=figid,
        origin=file,
        **texts,  # type: ignore[arg-type]  # keys of TEXT_FIELDS alone
        description=_text(jsonld, "description", file, "schema-jsonld: description"),
        score=score,
        paper_keywords=paper_keywords,
        organisms=_distinct(_texts(document, "organisms", file)),
        organisms_ner=_distinct(_texts(document, "organisms_ner", file)),
        keywords=_distinct(_texts(jsonld, "keywords", file, "schema-jsonld: keywords")),
        genes=tuple(genes),
        terms=tuple(terms),
        unknown_keys=tuple(unknown),
        repeated_keys=repeated,
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _inline_genes(document: Mapping[str, Any], file: str) -> list[GeneRow]:
    rows = []
    for n, entry in enumerate(_maps(document, "genes", file), 1):
        field = f"genes, item {n}"
        rows.append(
            GeneRow(
                word=_verbatim(entry, "word", file, field),
                match=_verbatim(entry, "symbol", file, field),
                symbol=_text(entry, "hgnc_symbol", file, f"{field}, hgnc_symbol"),
                gene_id=number(_text(entry, "entrez", file, f"{field}, entrez"), file=file, field=f"{field}, entrez"),
                # Inline genes come from HGNC and Bioentities, which know human genes alone.
                taxon_id=HUMAN,
                taxon_name="Homo sapiens",
                source=_text(entry, "source", file, f"{field}, source") or "",
                stated_in="inline",
            )
        )
    return rows


def _inline_terms(document: Mapping[str, Any], kind: TermKind, file: str) -> list[TermRow]:
    key = f"{kind}s"
    return [
        inline_term(
            kind,
            _verbatim(entry, "word", file, f"{key}, item {n}") or "",
            _text(entry, "source", file, f"{key}, item {n}, source"),
            _text(entry, "identifier", file, f"{key}, item {n}, identifier"),
            "inline",
        )
        for n, entry in enumerate(_maps(document, key, file), 1)
    ]


def _maps(document: Mapping[str, Any], key: str, file: str) -> list[dict[str, Any]]:
    value = document.get(key) or []
    if not isinstance(value, list):
        raise _wrong_type(key, "a list", value, file)
    for n, entry in enumerate(value, 1):
        if not isinstance(entry, dict):
            raise _wrong_type(f"{key}, item {n}", "a mapping (word, source, …)", entry, file)
    return value


def _scalar(value: object, field: str, file: str) -> str | None:
    """A YAML scalar as text. Numbers are accepted where a text is wanted; booleans are refused."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise RecordError(
            "is a YAML boolean: words such as NO, On or yes must stand in quotes",
            file=file,
            field=field,
            value=str(value).lower(),
        )
    if isinstance(value, (list, dict, set, bytes)):
        raise _wrong_type(field, "text", value, file)
    try:
        return str(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        raise RecordError("is a number of thousands of digits", file=file, field=field) from None


def _text(document: Mapping[str, Any], key: str, file: str, field: str = "") -> str | None:
    value = document.get(key)
    if isinstance(value, list) and len(value) == 1:  # `[NA]`, as organisms have it
        value = value[0]
    return known(_scalar(value, field or key, file))


def _verbatim(entry: Mapping[str, Any], key: str, file: str, field: str) -> str | None:
    return verbatim(_scalar(entry.get(key), f"{field}, {key}", file) or "")


def _texts(document: Mapping[str, Any], key: str, file: str, field: str = "") -> list[str]:
    value = document.get(key)
    values = value if isinstance(value, list) else [value]
    texts = [
        known(
            v if type(v) is str else _scalar(v, f"{field or key}, item {n}" if len(values) > 1 else field or key, file)
        )
        for n, v in enumerate(values, 1)
    ]
    return [text for text in texts if text]


def _wrong_type(field: str, wanted: str, value: object, file: str) -> RecordError:
    kinds = {"list": "a list", "dict": "a mapping", "str": "text"}
    kind = type(value).__name__
    return RecordError(f"is {kinds.get(kind, f'a {kind}')}, must be {wanted}", file=file, field=field)
