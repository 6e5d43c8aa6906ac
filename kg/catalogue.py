"""Stored queries as data: one ``.rq`` file a question, described in its own header.

A file is plain SPARQL 1.1 that runs in any engine as it is, with its example values. Lines ``#+`` at the top are
YAML (the decorator style of grlc): title, description, category, keywords, params, options, columns. The first
VALUES block of the query binds its arguments; `bind` replaces the rows of that block by terms which the RDF
library serialises. Nothing that a user types is ever pasted into a query.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import yaml

from kg.errors import UsageError
from kg.resources import resource
from kg.results import Term

ParamType = Literal["gene", "organism", "paper", "figure", "chemical", "disease", "text", "integer"]
Option = Literal["tier", "organism"]

_TYPES = ("gene", "organism", "paper", "figure", "chemical", "disease", "text", "integer")
_VALUES = re.compile(r"VALUES\s*\((?P<vars>[^)]*)\)\s*\{(?P<rows>[^}]*)\}")


class Param(NamedTuple):
    """An argument of a question: ``var`` is its variable in the VALUES block, ``many`` that it repeats."""

    name: str
    var: str
    type: ParamType
    many: bool
    help: str
    example: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class StoredQuery:
    """One question of the catalogue. ``counts``: it counts, so it is specific and human by
    default. ``view`` (see `kg.views`) makes rows readable; values of the columns in ``collect`` are joined."""

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
    text: str
    path: Path

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables of the block that binds arguments, in order; none if the query takes no argument."""
        found = _VALUES.search(self.text)
        return tuple(found["vars"].replace("?", " ").split()) if found else ()


@cache
def catalogue() -> dict[str, StoredQuery]:
    """All stored queries, by name, sorted."""
    return {path.stem: parse(path) for path in sorted(resource("queries").glob("*.rq"))}


def get(name: str) -> StoredQuery:
    """The query of that name. Raises UsageError that names near ones."""
    queries = catalogue()
    if name not in queries:
        import difflib

        near = difflib.get_close_matches(name, queries, n=3, cutoff=0.4)
        hint = f" Near: {', '.join(near)}." if near else ""
        raise UsageError(f'no stored query "{name}".{hint} All of them: kg query')
    return queries[name]


def parse(path: Path) -> StoredQuery:
    """Read one ``.rq`` file. Raises UsageError naming file and key if its header is not as it must be."""
    text = path.read_text("utf-8")
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    try:
        header: Any = yaml.safe_load("\n".join(lines))
        params = tuple(_param(entry) for entry in header.get("params", ()))
        query = StoredQuery(
            name=path.stem,
            title=header["title"],
            description=" ".join(header["description"].split()),
            category=header["category"],
            keywords=tuple(header.get("keywords", ())),
            params=params,
            options=tuple(header.get("options", ())),
            columns=dict(header["columns"]),
            counts=bool(header.get("counts", False)),
            view=header.get("view", "rows"),
            collect=tuple(header.get("collect", ())),
            text=text,
            path=path,
        )
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(f"{path}: the #+ header is not as it must be: {error}") from None
    return query


def _param(entry: Mapping[str, Any]) -> Param:
    if entry["type"] not in _TYPES:
        raise ValueError(f"parameter type {entry['type']!r} is none of {', '.join(_TYPES)}")
    example = entry.get("example", ())
    return Param(
        name=entry["name"],
        var=entry.get("var", entry["name"]),
        type=cast(ParamType, entry["type"]),
        many=bool(entry.get("many", False)),
        help=entry["help"],
        example=tuple(str(e) for e in (example if isinstance(example, list) else [example])),
        optional=bool(entry.get("optional", False)),
    )


def bind(query: StoredQuery, values: Mapping[str, Sequence[tuple[Term | None, ...] | Term | None]]) -> str:
    """The query with its VALUES block holding the product of ``values``, serialised by the library.

    ``values`` maps a variable, or several joined by a space (``"arg gene"``) whose values belong together,
    to its terms; None is UNDEF.
    """
    found = _VALUES.search(query.text)
    if found is None:
        return query.text
    groups = {tuple(names.split()): choices for names, choices in values.items()}
    place = {name: (g, i) for g, names in enumerate(groups) for i, name in enumerate(names)}
    rows = []
    for combination in itertools.product(*groups.values()):
        flat = [entry if isinstance(entry, tuple) else (entry,) for entry in combination]
        cells = (flat[place[name][0]][place[name][1]] for name in query.variables)
        rows.append(f"    ({' '.join(_cell(cell) for cell in cells)})")
    start, end = found.span("rows")
    return query.text[:start] + "\n" + "\n".join(rows) + "\n  " + query.text[end:]


def _cell(term: Term | None) -> str:
    return "UNDEF" if term is None else str(term)
