"""Stored queries as data: one ``.rq`` file a question, described in its own header.

A file is plain SPARQL 1.1 that runs in any engine as it is, with its example values. Lines ``#+`` at the top are
YAML (the decorator style of grlc): title, description, category, keywords, params, options, columns. How arguments
come into the text is told in `kg.binding`.

The package's own questions stand in ``queries/``; folders of a user's (``--queries DIR``, ``KG_QUERIES``) join them.
A file without a header is a question without arguments, called by its name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from kg.binding import blocks
from kg.errors import UsageError
from kg.resources import resource

ParamType = Literal["gene", "organism", "paper", "figure", "chemical", "disease", "tier", "integer", "text"]
Option = Literal["tier", "organism", "figures"]

TYPES: tuple[ParamType, ...] = (
    "gene",
    "organism",
    "paper",
    "figure",
    "chemical",
    "disease",
    "tier",
    "integer",
    "text",
)
OPTIONS: dict[Option, frozenset[str]] = {
    "tier": frozenset({"edge", "worst", "specific"}),
    "organism": frozenset({"organism"}),
    "figures": frozenset({"min_score", "since", "until"}),
}
"""Options that many questions share, and the variables by which they come into a query.

``tier`` is ``--tier`` and ``--specific``; ``figures`` is ``--min-score``, ``--since`` and ``--until``.
"""
ENVIRONMENT = "KG_QUERIES"
"""Environment variable: folders with a user's own questions, separated as in PATH."""

Folders = tuple[Path, ...]


class Param(NamedTuple):
    """An argument of a question.

    ``var`` is its variable in the VALUES blocks, ``many`` that it repeats (or comes from a file: ``@genes.txt``),
    ``option`` that it is given by name (``--without JAK2``), ``default`` what it is if not given, ``lenient`` that a
    name which nothing in the graph has is listed rather than refused: one of a list of hundreds is no reason to stop.
    """

    name: str
    var: str
    type: ParamType
    many: bool
    help: str
    example: tuple[str, ...]
    default: tuple[str, ...]
    option: bool
    lenient: bool


@dataclass(frozen=True)
class StoredQuery:
    """One question of the catalogue.

    ``counts``: it counts, so it is specific and human by default. ``view`` (see `kg.views`) makes rows readable;
    values of the columns in ``collect`` are joined. ``also`` are questions whose tables the view needs beside, asked
    with the same options. ``why`` says that rows are of a gene in a figure, whose mentions ``--why`` adds. ``slow`` is
    the reason why an answer over a whole PFOCR takes more than 2 seconds, "" if it does not. ``shows`` tells of the
    columns of the answer where a view makes others of those of the query. ``union`` is a variable whose values can be
    asked for apart, at once, as the answer is all of theirs put together; "" if there is none. ``once`` are columns
    that depend on the first column alone, so that one of those pieces asks for them, if all have the same first column.
    ``leads`` has columns whose values another question of the catalogue takes as its first argument: column to name.
    """

    name: str
    title: str
    description: str
    category: str
    keywords: tuple[str, ...]
    params: tuple[Param, ...]
    options: tuple[Option, ...]
    columns: dict[str, str]
    counts: bool
    view: str
    collect: tuple[str, ...]
    also: tuple[str, ...]
    why: bool
    slow: str
    shows: str
    union: str
    once: tuple[str, ...]
    leads: dict[str, str]
    text: str
    path: Path

    @property
    def variables(self) -> frozenset[str]:
        """Variables that arguments and options are bound to."""
        return frozenset(name for block in blocks(self.text) for name in block.variables)

    @property
    def example(self) -> tuple[str, ...]:
        """Arguments, as on a command line, that the query as it stands in its file is asked with."""
        by_name = [part for p in self.params if p.option for value in p.example for part in (f"--{p.name}", value)]
        return (*(value for p in self.params if not p.option for value in p.example), *by_name)


def user_folders(named: Sequence[str | Path] = ()) -> Folders:
    """Folders of a user's own questions: those named, else those of the environment.

    Raises UsageError for one that is no folder.
    """
    folders = [Path(each) for each in named or os.environ.get(ENVIRONMENT, "").split(os.pathsep) if str(each)]
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no such folder of questions (--queries, {ENVIRONMENT})")
    return tuple(folders)


def catalogue(folders: Folders = ()) -> dict[str, StoredQuery]:
    """All stored queries, by name, sorted; with those of the user's ``folders``.

    Raises UsageError for a file that is not as it must be, and for a name that comes twice.
    """
    return {name: parse(path) for name, path in sorted(_paths(folders).items())}


def get(name: str, folders: Folders = ()) -> StoredQuery:
    """The query of that name. Raises UsageError that names near ones."""
    paths = _paths(folders)
    if name not in paths:
        import difflib

        near = difflib.get_close_matches(name, paths, n=3, cutoff=0.4)
        hint = f" Near: {', '.join(near)}." if near else ""
        raise UsageError(f'no stored query "{name}".{hint} All of them: kg query')
    return parse(paths[name])


def _paths(folders: Folders) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in (resource("queries"), *folders):
        for path in sorted(folder.glob("*.rq")):
            if path.stem in found:
                raise UsageError(f"{path}: a question of that name is there: {found[path.stem]}. Rename the file")
            found[path.stem] = path
    return found


@lru_cache(maxsize=500)
def _parsed(path: Path, changed: int) -> StoredQuery:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: cannot be read: it is not UTF-8") from None
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header: Any = _yaml("\n".join(lines)) if lines else {"title": path.stem, "description": "", "columns": {}}
        query = StoredQuery(
            name=path.stem,
            title=str(header["title"]),
            description=" ".join(header["description"].split()),
            category=header["category"] if lines else "own",
            keywords=tuple(header.get("keywords", ())),
            params=tuple(_param(entry) for entry in header.get("params", ())),
            options=tuple(header.get("options", ())),
            columns=dict(header["columns"]),
            counts=bool(header.get("counts", False)),
            view=header.get("view", "rows"),
            collect=tuple(header.get("collect", ())),
            also=tuple(header.get("also", ())),
            why=bool(header.get("why", False)),
            slow=header.get("slow", ""),
            shows=" ".join(header.get("shows", "").split()),
            union=header.get("union", ""),
            once=tuple(header.get("once", ())),
            leads=dict(header.get("leads", {})),
            text=text,
            path=path,
        )
        _hold_together(query)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else error
        raise UsageError(f"{path}: the #+ header is not as it must be: {said}") from None
    return query


def parse(path: Path) -> StoredQuery:
    """Read one ``.rq`` file. Raises UsageError naming file and key if its header is not as it must be."""
    try:
        return _parsed(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _yaml(text: str) -> Any:
    import yaml

    # The loader in C, where it is: a command that lists the catalogue reads all headers.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _param(entry: Mapping[str, Any]) -> Param:
    if entry["type"] not in TYPES:
        raise ValueError(f"parameter type {entry['type']!r} is none of {', '.join(TYPES)}")
    return Param(
        name=entry["name"],
        var=entry.get("var", entry["name"]),
        type=cast(ParamType, entry["type"]),
        many=bool(entry.get("many", False)),
        help=entry["help"],
        example=_texts(entry.get("example", ())),
        default=_texts(entry.get("default", ())),
        option=bool(entry.get("option", False)),
        lenient=bool(entry.get("lenient", False)),
    )


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in (value if isinstance(value, (list, tuple)) else [value]))


def _hold_together(query: StoredQuery) -> None:
    """Raise ValueError where header and text do not fit: what is typed would not come into the query."""
    unknown = set(query.options) - set(OPTIONS)
    if unknown:
        raise ValueError(f"options: {', '.join(sorted(unknown))}: known are {', '.join(OPTIONS)}")
    for param in query.params:
        if param.var not in query.variables:
            raise ValueError(f"params: {param.name}: no VALUES block has ?{param.var}")
    if query.union and [block.variables for block in blocks(query.text)].count((query.union,)) != 1:
        raise ValueError(f"union: not one VALUES block holds ?{query.union} alone")
    if query.once and not (query.union and set(query.once) <= set(query.columns)):
        raise ValueError("once: there is no union, or no such column")
    for column in query.leads:
        if column not in query.columns or column in query.collect:
            raise ValueError(f"leads: {column} is no column of one value")
    positional = [param for param in query.params if not param.option]
    if any(param.many for param in positional[:-1]):
        raise ValueError("params: only the last of those without a name can be many")
    allowed = {"arg", "wanted", *(p.var for p in query.params), *(v for o in query.options for v in OPTIONS[o])}
    for block in blocks(query.text):
        strange = set(block.variables) - allowed
        if strange and strange != set(block.variables):  # a block of constants is the query's own
            raise ValueError(f"?{min(strange)} of a VALUES block is no parameter and of no option")
