"""Stored questions as forms, and their answers as tables and downloads; all of it made from the query's header."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg import catalogue
from kg.answer import Answer, answer_with
from kg.arguments import TIERS, Options
from kg.catalogue import Param, StoredQuery
from kg.errors import UsageError
from kg.lookup import Ask
from kg.results import RowFormat, Table, write_rows
from kg.views import Shown
from kg.web.endpoint import Limits, too_many
from kg.web.grid import Fields, link, paged
from kg.web.reply import Refused, Reply

DOWNLOADS: dict[str, tuple[RowFormat, str]] = {
    ".csv": ("csv", "text/csv; charset=utf-8"),
    ".tsv": ("tsv", "text/tab-separated-values; charset=utf-8"),
    ".json": ("json", "application/sparql-results+json"),
    ".xml": ("xml", "application/sparql-results+xml"),
}
"""Ending of a path to the W3C format of a table, and its media type."""

_ORGANISM = "A name, or any; human if left empty."
_OPTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "organism": (("organism", "Organism", _ORGANISM),),
    "figures": (
        ("min_score", "Pathway score at least", "0 to 1"),
        ("since", "Published since", "year"),
        ("until", "Published until", "year"),
    ),
}
"""Option of a question to the fields of its form: name, label, help. ``tier`` is a choice and a box of its own."""
_NUMBERS: dict[str, type[int] | type[float]] = {"min_score": float, "since": int, "until": int, "limit": int}
_COMPLETED = {"gene", "organism", "paper", "figure", "chemical", "disease"}


class Field(NamedTuple):
    """A field of a form. ``kind`` is text, choice or check; ``complete`` the kind of thing to complete (None: none)."""

    name: str
    kind: str
    label: str
    help: str
    value: Any
    required: bool = False
    wide: bool = False
    many: bool = False
    number: bool = False
    complete: str | None = None
    choices: tuple[tuple[str, str], ...] = ()


def by_category() -> list[tuple[str, list[StoredQuery]]]:
    """All questions, by category."""
    found: dict[str, list[StoredQuery]] = {}
    for query in catalogue.catalogue().values():
        found.setdefault(query.category, []).append(query)
    return sorted(found.items())


def fields_of(query: StoredQuery, given: Fields) -> list[Field]:
    """The form of a question, filled in with what is given."""

    def value(name: str) -> str:
        return " ".join(given.get(name, ()))

    made = []
    for param in query.params:
        default = " ".join(param.default)
        made.append(
            Field(
                name=param.name,
                kind="text",
                label=param.name.replace("-", " ").replace("_", " ").capitalize(),
                help=f"{param.help}. For example: {' '.join(param.example)}"
                + (f". If empty: {default}" if default else ""),
                value=value(param.name),
                required=_required(param),
                wide=param.many,
                many=param.many,
                number=param.type == "integer",
                complete=param.type if param.type in _COMPLETED else None,
            )
        )
    if "tier" in query.options:
        usual = "specific evidence" if query.counts else "all evidence"
        choices = (("", usual), *((tier, f"{tier} or better" if tier != "all" else "all evidence") for tier in TIERS))
        made.append(Field("tier", "choice", "Evidence", "", value("tier"), choices=choices))
        told = "Symbols, and synonyms that mean one gene alone"
        made.append(Field("specific", "check", "Specific only", told, bool(value("specific"))))
    for option in query.options:
        for name, label, told in _OPTIONS.get(option, ()):
            completed = "organism" if name == "organism" else None
            made.append(Field(name, "text", label, told, value(name), number=name in _NUMBERS, complete=completed))
    made.append(Field("limit", "text", "Most rows", "All if left empty.", value("limit"), number=True))
    return made


def _required(param: Param) -> bool:
    return not (param.option or param.default)


def is_asked(query: StoredQuery, given: Fields) -> bool:
    """Whether all that a question needs is given; one that needs nothing is asked at once."""
    return all(any(map(str.strip, given.get(param.name, ()))) for param in query.params if _required(param))


def ask_question(ask: Ask, query: StoredQuery, given: Fields, genes: Path | None) -> Answer:
    """The answer to a question whose form has been filled in. Raises the errors of `kg.answer`."""
    positional: list[str] = []
    named: dict[str, list[str]] = {}
    for param in query.params:
        texts = _texts(param, given.get(param.name, ()))
        if param.option:
            if texts:
                named[param.name] = texts
        else:
            positional += texts
    options: dict[str, Any] = {"named": named} if named else {}
    for name in ("tier", "organism"):
        if text := "".join(given.get(name, ())[:1]).strip():
            options[name] = text
    if any(given.get("specific", ())):
        options["specific"] = True
    for name, make in _NUMBERS.items():
        if text := "".join(given.get(name, ())[:1]).strip():
            try:
                options[name] = make(text)
            except ValueError:
                raise UsageError(f"{name.replace('_', ' ')}: {text[:40]!r} is no number") from None
    return answer_with(ask, query, positional, Options(**options), genes=genes)


def _texts(param: Param, given: Sequence[str]) -> list[str]:
    """What a field of the form says, in parts: names of genes have no blanks, those of other things may."""
    apart = r"[\s,;]+" if param.type == "gene" else r"\s*[;\n]\s*"
    texts = [text for each in given for text in re.split(apart, each.strip()) if text] if param.many else list(given)
    texts = [text.strip() for text in texts if text.strip()]
    if any(text.startswith("@") for text in texts):  # on a command line, a file
        raise UsageError(f"{param.name}: files are not read here: give the names themselves")
    return texts


def download(answer: Answer, ending: str, limits: Limits) -> Reply:
    """An answer as a file. Raises Refused beyond the limits."""
    format, media_type = DOWNLOADS[ending]
    if len(answer.table.rows) > limits.rows:
        raise too_many("rows", limits)
    out = io.StringIO(newline="")
    write_rows(answer.table.columns, answer.table.rows, format, out)
    name = f"{answer.query.name}{ending}"
    disposition = ("content-disposition", f'attachment; filename="{name}"')
    return Reply(200, media_type, out.getvalue().encode("utf-8", "replace"), (disposition,))


def question_page(query: StoredQuery, given: Fields, answer: Answer | None, problem: str) -> dict[str, Any]:
    """The page of a question: its form, and the answer or what is wrong."""
    path = f"/question/{query.name}"
    example = {param.name: param.example for param in query.params if param.example}
    values: dict[str, Any] = {
        "template": "question.html",
        "title": query.title,
        "query": query,
        "fields": fields_of(query, given),
        "example": link(path, example) if example else "",
        "problem": problem,
        "grid": None,
    }
    if answer is None:
        return values
    leads = {column: asking(name) for column, name in query.leads.items()}
    grid, pager = paged(_with_titles(answer.shown), answer.shown.summary, path, given, query.columns, leads)
    asked = {name: texts for name, texts in given.items() if name not in ("sort", "page")}
    return values | {
        "grid": grid,
        "pager": pager,
        "notes": answer.notes,
        "summary": answer.shown.summary,
        "downloads": [(ending[1:].upper(), link(path + ending, asked)) for ending in DOWNLOADS],
    }


def asking(name: str) -> Callable[[str], str]:
    """What makes of a value the path of a question about it.

    >>> asking("figures-of-word")("Jak/Stat 3")
    '/question/figures-of-word?word=Jak%2FStat+3'
    """
    field = catalogue.get(name).params[0].name
    return lambda value: link(f"/question/{name}", {field: [value]})


def _with_titles(shown: Shown) -> Table:
    """The table for a person, with the titles of figures: a page has room for them, a terminal has not."""
    short, full = shown.short, shown.full
    if "figure" not in short.columns or "title" not in full.columns or "title" in short.columns:
        return short
    after, title = short.columns.index("figure") + 1, full.columns.index("title")
    columns = (*short.columns[:after], "title", *short.columns[after:])
    rows = zip(short.rows, full.rows, strict=True)
    return Table(columns, [(*row[:after], whole[title], *row[after:]) for row, whole in rows])


def refuse_unknown(query: StoredQuery, given: Fields) -> None:
    """Raise Refused for a field that the question has not: a misspelt one would be left out unseen."""
    known = {field.name for field in fields_of(query, {})} | {"sort", "page"}
    strange = sorted(set(given) - known)
    if strange:
        raise Refused(400, f"{query.name} has no field {strange[0][:40]!r}: {', '.join(sorted(known))}")
