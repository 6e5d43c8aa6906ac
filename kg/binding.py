"""How arguments come into a stored query: through its VALUES blocks, as terms that the RDF library serialises.

    VALUES (?arg ?gene ?edge ?wanted) { ("JAK2" ncbigene:3717 kg:mentionsSymbol 1) }

The rows of a block, examples in the file, are replaced by the product of what its variables are to be. A sub-select
that needs an argument has a block of its own, since nothing from outside reaches into it
(``decisions/0015-two-blocks.md``). A block none of whose variables is bound is the query's own and stays.

What only some askers want stands between two comments, and is left out for the others:

    #? figures
    … (restricts ?figure by ?min_score, ?since and ?until)
    #.

In the file as it is, such a part is there, with values that let everything pass. A part named ``once`` is there for
all askers; of the pieces of a query (`apart`) only the first has it. Nothing that a user types is ever pasted into a
query.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from kg.results import Term

_ROWS = r"""(?P<rows>(?:[^}"'<]|<[^>]*>|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*)"""
"""What stands between the braces of a block; a brace in a literal or an IRI does not end it."""
_VALUES = re.compile(r"\bVALUES\s*(?:\((?P<vars>[^)]*)\)|(?P<var>\?\w+))\s*\{" + _ROWS + r"\}")
_TERM = re.compile(
    r"""#[^\n]*|<[^>]*>|(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')(?:@[\w-]+|\^\^(?:<[^>]*>|[\w.-]*:[\w.-]+))?|[^\s()<"']+"""
)
_PART = re.compile(r"^[ \t]*#\? *(?P<name>\w+)[^\n]*\n(?P<body>.*?)^[ \t]*#\.[^\n]*\n", re.MULTILINE | re.DOTALL)

ONCE = "once"

Cell = Term | None
"""A term, or None for UNDEF."""


class Block(NamedTuple):
    """A VALUES block: its variables in order, whether its rows stand in parentheses, and where they stand.

    It begins at ``begin``, its closing brace stands at ``end``.
    """

    variables: tuple[str, ...]
    parenthesised: bool
    start: int
    end: int
    begin: int


@lru_cache(maxsize=500)
def blocks(text: str) -> tuple[Block, ...]:
    """The VALUES blocks of a query as it is stored, in order."""
    return _blocks(text)


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(
        Block(tuple((m["vars"] or m["var"]).replace("?", " ").split()), m["var"] is None, *m.span("rows"), m.start())
        for m in _VALUES.finditer(text)
    )


def cells(text: str, block: Block) -> list[tuple[str, ...]]:
    """The rows of a block of the query, each term as it is written there.

    Raises ValueError where a row has fewer terms than the block has variables.
    """
    found = [m[0] for m in _TERM.finditer(text[block.start : block.end]) if not m[0].startswith("#")]
    return list(zip(*[iter(found)] * len(block.variables), strict=True))


def parts(text: str) -> frozenset[str]:
    """Names of the parts of a query that only some askers want."""
    return frozenset(m["name"] for m in _PART.finditer(text)) - {ONCE}


def plain(text: str) -> str:
    """The query alone: without its header and the marks of its parts."""
    lines = (line for line in text.splitlines() if not re.match(r"#\+|\s*#\?|\s*#\.", line))
    return "\n".join(lines).strip() + "\n"


def bind(text: str, values: Mapping[str, Sequence[tuple[Cell, ...] | Cell]], wanted: Collection[str] = ()) -> str:
    """The query with its VALUES blocks holding the product of ``values``, and those parts that are ``wanted``.

    ``values`` maps a variable, or several joined by a space (``"arg gene"``) whose values belong together, to its
    terms; None is UNDEF.
    """
    text = _PART.sub(lambda part: _kept(part, wanted), text)
    groups = {tuple(names.split()): choices for names, choices in values.items()}
    bound = {name for names in groups for name in names}
    done = 0
    pieces = []
    for block in blocks(text):
        if not bound.isdisjoint(block.variables):
            pieces += [text[done : block.start], "\n", *_rows(block, groups), "  "]
            done = block.end
    return "".join([*pieces, text[done:]])


def _kept(part: re.Match[str], wanted: Collection[str]) -> str:
    if part["name"] == ONCE:
        return part[0]
    return part["body"] if part["name"] in wanted else ""


def apart(text: str, variable: str, most: int) -> list[str]:
    """The query as up to ``most`` queries, each with some of the rows of those blocks that hold this variable alone;
    the first has the part that is wanted once.

    >>> apart("SELECT * { VALUES (?gene) { (1) (2) (3) } }", "gene", 2)
    ['SELECT * { VALUES (?gene) { (1) (2) } }', 'SELECT * { VALUES (?gene) { (3) } }']
    """
    (block,) = (each for each in _blocks(text) if each.variables == (variable,))
    rows = [f"({term})" if block.parenthesised else term for (term,) in cells(text, block)]
    each = max(1, math.ceil(len(rows) / most))
    pieces = [
        f"{text[: block.start]} {' '.join(rows[start : start + each])} {text[block.end :]}"
        for start in range(0, len(rows), each)
    ]
    without = [_PART.sub(lambda part: "" if part["name"] == ONCE else part[0], piece) for piece in pieces[1:]]
    return [*pieces[:1], *without] or [text]


def _rows(block: Block, groups: Mapping[tuple[str, ...], Sequence[tuple[Cell, ...] | Cell]]) -> list[str]:
    used = {names: choices for names, choices in groups.items() if not set(names).isdisjoint(block.variables)}
    place = {name: (g, i) for g, names in enumerate(used) for i, name in enumerate(names)}
    rows: dict[str, None] = {}
    for combination in itertools.product(*used.values()):
        flat = [entry if isinstance(entry, tuple) else (entry,) for entry in combination]
        cells = " ".join(_cell(flat[place[name][0]][place[name][1]]) for name in block.variables)
        rows[f"    ({cells})\n" if block.parenthesised else f"    {cells}\n"] = None  # each once
    return list(rows)


def _cell(term: Cell) -> str:
    return "UNDEF" if term is None else str(term)
