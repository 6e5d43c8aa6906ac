"""As much of a SPARQL query's text as an endpoint's client must know: of which kind it is, and where to cut it.

No parser: a scanner that knows comments, IRIs, strings and brackets, so that a word in one of these is never taken for
a keyword. Queries in a dialect of their server's (``bif:contains``) pass as well. Grammar:
https://www.w3.org/TR/sparql11-query/#sparqlGrammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import UsageError

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
              | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<name>(?P<prefix>(?:[^\W\d_][\w.-]*)?):(?:[\w.:%-]|\\.)*)
  | (?P<word>[^\W\d][\w-]*)
  | (?P<number>\d[\w.]*)
  | (?P<bracket>[{}()\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_MODIFIERS = ("LIMIT", "OFFSET", "VALUES")
"""What may stand behind ORDER BY."""


@dataclass(frozen=True)
class QueryText:
    """One query; places are offsets in ``text``.

    ``body`` is where the query begins, behind BASE and PREFIX; ``datasets`` where its FROM clauses are; ``tail`` where
    ORDER BY ends, or would be; ``limit`` that of the query itself, None without one. ``undeclared`` are prefixes
    that are used and not declared.
    """

    text: str
    form: str
    body: int
    datasets: tuple[tuple[int, int], ...]
    ordered: bool
    limit: int | None
    tail: int
    undeclared: frozenset[str]

    def with_prefixes(self, known: Mapping[str, str]) -> QueryText:
        """The query with those of the known prefixes declared that it uses and does not declare."""
        missing = "".join(f"PREFIX {p}: <{known[p]}>\n" for p in sorted(self.undeclared) if p in known)
        return parse(missing + self.text) if missing else self

    def limited(self, most: int) -> str:
        """The text with a limit; with its own, if it has one."""
        if self.limit is not None:
            return self.text
        return f"{self.text[: self.tail]}\nLIMIT {most}\n{self.text[self.tail :]}"

    def page(self, columns: Sequence[str], limit: int, offset: int) -> str:
        """Rows ``offset`` to ``offset + limit`` of the answer, in an order that leaves nothing open.

        The whole query is a sub-select, ordered within by its own ORDER BY and then by all columns. LIMIT and OFFSET
        stand outside: within, Virtuoso refuses to sort more than 10,000 rows (SR353). That a sub-select's order lasts
        is not in the standard; it does in the engines at hand, and no other way works in both.
        """
        variables = " ".join(f"?{column}" for column in columns)
        order = variables if self.ordered else f"ORDER BY {variables}"
        head = self._without_datasets(self.body, self.tail)
        datasets = " ".join(self.text[start:end] for start, end in self.datasets)
        return (
            f"{self.text[: self.body]}SELECT {variables} {datasets} WHERE {{ {{\n"
            f"{head}\n{order}\n{self.text[self.tail :]}\n}} }}\nLIMIT {limit} OFFSET {offset}"
        )

    def _without_datasets(self, start: int, end: int) -> str:
        parts = []
        for begin, stop in self.datasets:
            parts.append(self.text[start:begin])
            start = stop
        return "".join([*parts, self.text[start:end]])


def parse(text: str) -> QueryText:
    """Look through a query. Raises UsageError for what is no query: nothing at all, or an update."""
    tokens = list(_tokens(text))
    form, body, declared = _prologue(tokens)
    used = {match["prefix"] for match, _ in tokens if match["name"] is not None}
    # What counts is said outside of all brackets, behind the keyword.
    outer = [match for match, depth in tokens if depth == 0 and match.start() >= body]
    datasets, ordered, limit, tail = [], False, None, len(text)
    closed = False
    for match, following in zip(outer, [*outer[1:], None], strict=True):
        word = (match["word"] or "").upper()
        closed = closed or match["bracket"] == "}"
        if word == "FROM" and not closed and following is not None:
            named = (following["word"] or "").upper() == "NAMED"
            last = outer[outer.index(following) + 1] if named and following is not outer[-1] else following
            datasets.append((match.start(), last.end()))
        elif word == "ORDER" and closed:
            ordered = True
        elif word in _MODIFIERS and closed:
            tail = min(tail, match.start())
            if word == "LIMIT" and following is not None and (following["number"] or "").isdecimal():
                limit = int(following["number"])
    return QueryText(text, form, body, tuple(datasets), ordered, limit, tail, frozenset(used - declared))


def _prologue(tokens: Sequence[tuple[re.Match[str], int]]) -> tuple[str, int, set[str]]:
    """The query's form, where it begins, and the prefixes that are declared before it."""
    declared: set[str] = set()
    previous = ""
    for match, _ in tokens:
        if previous == "PREFIX" and match["prefix"] is not None:
            declared.add(match["prefix"])
        previous = (match["word"] or "").upper()
        if previous in FORMS:
            return previous, match.start(), declared
        in_prologue = match["iri"] or match["name"] or match["string"] or previous in ("PREFIX", "BASE", "DEFINE")
        if not in_prologue:  # DEFINE is Virtuoso's
            break
    raise UsageError(f"not a SPARQL query: it must be one of {', '.join(FORMS)}")


def _tokens(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Tokens other than comments, with how deep in brackets each stands; a bracket stands outside of what it holds."""
    depth = 0
    for match in _TOKEN.finditer(text):
        bracket = match["bracket"]
        if bracket is not None and bracket in "})]":
            depth -= 1
        if match["comment"] is None:
            yield match, depth
        if bracket is not None and bracket in "{([":
            depth += 1
