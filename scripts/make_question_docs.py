"""Write the reference of the stored questions, each with a real answer: ``make_question_docs.py docs/questions.md``.

The answers come from the store that the tests ask: the seed figure with its gene table, and the records of
``tests/question_records.py``.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests")]

from question_records import FIGURES, run, seeded_store  # noqa: E402

from kg.catalogue import Param, StoredQuery, catalogue  # noqa: E402

ROWS = 5
HEAD = f"""# The questions

Made from the headers of [queries/](../queries) by `make docs`; do not edit.

Each question is asked by `kg query NAME`, by `kg.query("NAME", …)` in Python, or by its SPARQL file in any engine,
which runs as it is with its example. The answers shown are real, but of a small graph: the seed figure with its gene
table, and {len(FIGURES)} records made up for the tests. {ROWS} rows are shown at most. Options of many questions:

| option | on questions that | does |
|---|---|---|
| `--tier TIER` | tell [evidence](evidence.md) | evidence of that tier or better |
| `--specific` | the same | symbols, and synonyms that mean one gene alone |
| `--organism NAME` | have genes | what symbols mean, and what is counted; human by default, `any` for all |
| `--min-score X` | are about figures | figures of that pathway score (0 to 1) or more |
| `--since YEAR`, `--until YEAR` | the same | figures of papers of these years alone |
| `--why` | have genes in figures | each mention behind the answer: word, match, lexicon, gene |
| `--limit N`, `--format csv\\|tsv\\|json\\|xml` | all | the first rows; the W3C result formats, with all columns |
"""


def reference() -> str:
    """The whole document."""
    questions = catalogue()
    categories = sorted({query.category for query in questions.values()})
    parts = [HEAD]
    for category in categories:
        of = [query for query in questions.values() if query.category == category]
        parts.append(f"**{category.capitalize()}**\n")
        parts.append("\n".join(f"* [{query.title}](#{query.name})" for query in of) + "\n")
    for category in categories:
        for query in questions.values():
            if query.category == category:
                parts.append(section(query))
    return "\n".join(parts)


def section(query: StoredQuery) -> str:
    """One question."""
    lines = [f"## {query.name}", "", f"**{query.title}.** {query.description}", ""]
    for param in query.params:
        lines.append(f"* {told(param)}")
    options = [f"`--{name}`" for option in query.options for name in OPTIONS[option]] + ["`--why`"] * query.why
    if options:
        lines.append(f"* options: {', '.join(options)}")
    if query.counts:
        lines.append("* counts: over specific evidence and human genes, unless told otherwise")
    if len(lines) > 4:
        lines.append("")
    lines += ["```console", *answer(query), "```", ""]
    file = f"[queries/{query.name}.rq](../queries/{query.name}.rq)"
    lines += [f"SPARQL: {file}, with these columns:", "", "| column | what it holds |", "|---|---|"]
    lines += [f"| {name} | {meaning.replace('|', '/')} |" for name, meaning in query.columns.items()]
    return "\n".join(lines) + "\n"


OPTIONS = {
    "tier": ("tier", "specific"),
    "organism": ("organism",),
    "figures": ("min-score", "since", "until"),
}


def told(param: Param) -> str:
    name = f"--{param.name}" if param.option else param.name.upper()
    many = "; many, or `@FILE`" if param.many else ""
    lenient = "; unknown names are listed" if param.lenient else ""
    default = f"; default: {' '.join(param.default)}" if param.default else ""
    return f"`{name}` ({param.type}): {param.help}{many}{lenient}{default}"


def answer(query: StoredQuery) -> list[str]:
    """What the question's example prints: the command, the table, and what is said beside it."""
    limited = ["--limit", str(ROWS)] if _rows(query) > ROWS else []
    arguments = [query.name, *query.example, *limited]
    ran = run("query", *arguments, store=seeded_store())
    assert ran.code == 0, ran.err
    return [f"$ kg query {shlex.join(arguments)}", *(line.rstrip() for line in (ran.out + ran.err).splitlines())]


def _rows(query: StoredQuery) -> int:
    return len(run("query", query.name, *query.example, "--format", "tsv", store=seeded_store()).lines) - 1


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
