"""The catalogue in the forms in which others keep queries, so that it can join theirs.

    sib            sib-swiss/sparql-examples: a Turtle file a query, typed with SHACL's terms, and ``prefixes.ttl``
    grlc           grlc (an API out of a folder of queries): ``#+`` decorators, parameters ``?__gene_iri``
    wikipathways   wikipathways/SPARQLQueries: ``# title:`` comments, parameters ``{{gene}}``

Sources: the README and the SHACL shape of sparql-examples; grlc's documentation and its reading of queries (1.3);
HEADER_CONVENTIONS.md and categories.json of SPARQLQueries.

All that is written comes from `kg.catalogue`. The queries of ``sib`` and ``grlc`` run as they are, with the example
values of our files; those of ``wikipathways`` once their parameters have the defaults that they name. Parameters are
IRIs and plain values: what people type is looked up by ``kg query`` alone. A list has as many places as its example.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from kg.binding import Block, blocks, cells, plain
from kg.catalogue import Param, StoredQuery
from kg.errors import UsageError
from kg.vocab import PREFIXES

Form = Literal["sib", "grlc", "wikipathways"]
FORMS: tuple[Form, ...] = ("sib", "grlc", "wikipathways")
TARGET = "http://127.0.0.1:8000/sparql"
"""Where ``kg serve`` answers by default."""
EXAMPLES = "https://w3id.org/pathway-figure-kg/sparql-examples/"
"""Namespace of the queries in the form of sparql-examples."""

_OF_OPTIONS = {
    "organism": ("organism", "iri", "organism that is counted"),
    "min_score": ("minscore", "number", "least pathway score of a figure, 0 to 1"),
    "since": ("since", "integer", "first year of the papers"),
    "until": ("until", "integer", "last year of the papers"),
}
"""Variables of options that make a parameter elsewhere: name, type, meaning. Those of ``--tier`` stay."""

_WIKIPATHWAYS_CATEGORIES = {
    "curation": "Curation",
    "papers": "Literature",
    "chemicals": "Chemistry",
    "overview": "Metadata",
}
"""Our categories in the vocabulary of SPARQLQueries; all others are General."""


class _Slot(NamedTuple):
    """A place for a value: its name, type (iri, integer, number or literal) and meaning.

    ``term`` is what our file has there, ``value`` the same as a plain value: an IRI in full, a literal's text.
    """

    name: str
    type: str
    help: str
    term: str
    value: str


_Slots = Mapping[str, Mapping[str, _Slot]]
"""Variable to term to the place that stands for it."""


def write(form: Form, folder: Path, queries: Iterable[StoredQuery], target: str = TARGET) -> int:
    """Write the questions into a folder, a file each; gives their number.

    ``target`` is the endpoint that they are said to be for. Files of other names are left alone. Raises UsageError for
    a folder that is a file, and for a target that is no URL; OSError where nothing can be written.
    """
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", target):
        raise UsageError(f"{target!r}: not the URL of an endpoint")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is there, and is no folder")
    queries = list(queries)
    writers: dict[Form, tuple[str, Callable[[StoredQuery, str], str]]] = {
        "sib": ("ttl", sib),
        "grlc": ("rq", grlc),
        "wikipathways": ("rq", lambda query, _: wikipathways(query)),
    }
    ending, text = writers[form]
    files = {}
    for query in queries:
        try:
            files[f"{query.name}.{ending}"] = text(query, target)
        except (KeyError, ValueError) as error:  # an undeclared prefix, a row that is too short
            raise UsageError(f"{query.path}: its VALUES blocks cannot be read: {error}") from None
    if form == "sib":
        files["prefixes.ttl"] = sib_prefixes(queries)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8", newline="\n")
    return len(queries)


def sib(query: StoredQuery, target: str = TARGET) -> str:
    """One Turtle file as in sib-swiss/sparql-examples."""
    from rdflib import Literal as Text

    plain_name = re.fullmatch(r"\w[\w-]*", query.name, re.ASCII)
    name = f"ex:{query.name}" if plain_name else f"<{EXAMPLES}{quote(query.name, safe='')}>"
    keywords = ", ".join(Text(word).n3() for word in (query.category, *query.keywords))
    return (
        f"@prefix ex: <{EXAMPLES}> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix schema: <https://schema.org/> .\n"
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n\n"
        f"{name} a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ;\n"
        f"    rdfs:label {Text(query.title, lang='en').n3()} ;\n"
        f"    rdfs:comment {Text(_description(query), lang='en').n3()} ;\n"
        "    sh:prefixes _:sparql_examples_prefixes ;\n"
        f"    sh:select {Text(_whole(query)).n3()} ;\n"
        f"    schema:keywords {keywords} ;\n"
        f"    schema:target <{target}> .\n"
    )


def sib_prefixes(queries: Iterable[StoredQuery]) -> str:
    """``prefixes.ttl``: the prefixes that the queries use, under the blank node that each of them names."""
    used = {prefix: name for query in queries for prefix, name in _declared(_whole(query)).items()}
    declared = " ,\n".join(
        f'    [ sh:prefix "{prefix}" ; sh:namespace "{namespace}"^^xsd:anyURI ]'
        for prefix, namespace in sorted(used.items())
    )
    return (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
        "_:sparql_examples_prefixes a owl:Ontology ;\n"
        "  owl:imports sh: ;\n"
        f"  sh:declare\n{declared} .\n"
    )


def grlc(query: StoredQuery, target: str = TARGET) -> str:
    """One ``.rq`` file as grlc reads it. A parameter that is not given has the value of our file."""
    import yaml

    slots = _slots(query)
    each = [slot for terms in slots.values() for slot in terms.values()]
    text = _whole(query)
    header: dict[str, Any] = {
        "summary": query.title,
        "description": _description(query) + "".join(f" {slot.name}: {slot.help}." for slot in each),
        "tags": [query.category],
        "endpoint": target,
        "method": "GET",
    }
    if each:
        header["defaults"] = [{slot.name: slot.value} for slot in each if slot.term != _NONE]
    told = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=110)
    if any(slot.type == "integer" for slot in each) and _XSD not in text:
        text = f"{_XSD}\n{text}"  # else grlc writes it before each SELECT, those inside as well
    return "".join(f"#+ {line}\n" for line in told.splitlines()) + "\n" + _replaced(text, slots, _bound_later)


_NONE = "UNDEF"
_EXAMPLE = "_example"
_XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"


def _bound_later(block: Block, rows: list[tuple[str, ...]], slots: _Slots) -> str:
    """The block with its values as examples, and a BIND for each parameter: a row of VALUES can hold no variable.

    The example comes last in COALESCE: so an engine sees that the variable is bound, and looks up rather than scans.
    """
    here = [name for name in block.variables if slots.get(name)]
    columns = [f"?{name}{_EXAMPLE if name in here else ''}" for name in block.variables]
    binds = [
        f"BIND(COALESCE({_given(name, list(slots[name].values()))}, ?{name}{_EXAMPLE}) AS ?{name})" for name in here
    ]
    return "\n".join([_block(columns, rows), *binds])


def _given(name: str, slots: list[_Slot]) -> str:
    """The value that was given for an example, as an expression; unbound, if none was."""
    *others, last = (f"?__{slot.name}_{slot.type}" for slot in slots)
    for slot, value in zip(slots[-2::-1], others[::-1], strict=True):
        last = f"IF(?{name}{_EXAMPLE} = {slot.term}, {value}, {last})"
    return last


def _block(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    said = [f"({' '.join(row)})" for row in dict.fromkeys(map(tuple, rows))]
    inside = f" {said[0]} " if len(said) == 1 else "".join(f"\n  {row}" for row in said) + "\n"
    return f"VALUES ({' '.join(columns)}) {{{inside}}}"


def wikipathways(query: StoredQuery) -> str:
    """One ``.rq`` file as in wikipathways/SPARQLQueries."""
    slots = {var: {t: s for t, s in terms.items() if t != _NONE} for var, terms in _slots(query).items()}
    lines = [f"# title: {_line(query.title)}", f"# category: {_WIKIPATHWAYS_CATEGORIES.get(query.category, 'General')}"]
    lines += [f"# description: {line}" for line in _wrapped(_description(query))]
    lines.append(f"# keywords: {', '.join((query.category, *query.keywords))}")
    for terms in slots.values():
        for slot in terms.values():
            kind = "uri" if slot.type == "iri" else "string"
            lines.append(f"# param: {slot.name} | {kind} | {slot.value} | {slot.help}")
    return "\n".join(lines) + "\n\n" + _replaced(_whole(query), slots, _pasted)


def _pasted(block: Block, rows: list[tuple[str, ...]], slots: _Slots) -> str:
    """The block with ``{{gene}}`` for each parameter's value: text is pasted in there."""
    written = {"iri": "<{{%s}}>", "literal": '"{{%s}}"', "integer": "{{%s}}", "number": "{{%s}}"}

    def cell(name: str, term: str) -> str:
        slot = slots.get(name, {}).get(term)
        return written[slot.type] % slot.name if slot else term

    return _block((f"?{name}" for name in block.variables), (map(cell, block.variables, row) for row in rows))


def _replaced(text: str, slots: _Slots, make: Callable[[Block, list[tuple[str, ...]], _Slots], str]) -> str:
    """The query with each block that has parameters made anew, as far to the right as it stood."""
    done = 0
    pieces = []
    for block in blocks(text):
        if slots.keys().isdisjoint(block.variables):
            continue
        before = text[done : block.begin]
        indent = "\n" + " " * (len(before) - before.rfind("\n") - 1 if before.endswith(" ") else 0)
        pieces += [before, make(block, cells(text, block), slots).replace("\n", indent)]
        done = block.end + 1
    return "".join([*pieces, text[done:]])


def _whole(query: StoredQuery) -> str:
    """The query alone, with all prefixes that it uses: a user's own may leave out those that our stores know."""
    text = plain(query.text)
    missing = [
        f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n"
        for prefix in sorted(PREFIXES.keys() - _declared(text).keys())
        if re.search(rf"(?<![\w</#:]){prefix}:(?!//)", text)
    ]
    return "".join(missing) + text


def _declared(text: str) -> dict[str, str]:
    """Prefixes that a query declares, with their namespaces."""
    return {m[1]: m[2] for m in re.finditer(r"^\s*PREFIX\s+([\w.-]*):\s*<([^>]*)>", text, re.MULTILINE | re.IGNORECASE)}


def _slots(query: StoredQuery) -> dict[str, dict[str, _Slot]]:
    """The places for values that a query has, by variable and by the term that its file has there."""
    of = {p.var: (re.sub(r"\W|_", "", p.name), *_type(p)) for p in query.params}
    of |= {name: told for name, told in _OF_OPTIONS.items() if name in query.variables and name not in of}
    terms: dict[str, dict[str, None]] = {name: {} for name in of}
    for block in blocks(query.text):
        for row in cells(query.text, block):
            for name, term in zip(block.variables, row, strict=True):
                if name in terms:
                    terms[name][term] = None
    for of_var in terms.values():
        if len(of_var) > 1:  # nothing stands for what is not there
            of_var.pop(_NONE, None)
    prefixes = {**PREFIXES, **_declared(query.text)}
    return {
        var: {
            term: _Slot(f"{name}{n}" if len(terms[var]) > 1 else name, kind, help, term, _value(term, prefixes))
            for n, term in enumerate(terms[var], 1)
        }
        for var, (name, kind, help) in of.items()
    }


def _type(param: Param) -> tuple[str, str]:
    """Type and meaning elsewhere, where things are said by IRI alone."""
    plain_values = {"integer": "integer", "text": "literal"}
    if param.type in plain_values:
        return plain_values[param.type], _line(param.help).replace("|", "/")
    return "iri", f"IRI of {'an' if param.type[0] in 'aeiou' else 'a'} {param.type}"


def _value(term: str, prefixes: Mapping[str, str]) -> str:
    """The plain value of a term of a query: an IRI in full, a literal's text."""
    from rdflib.util import from_n3

    prefix, colon, local = term.partition(":")
    if term[0] not in "<\"'" and colon:
        return prefixes[prefix] + local
    return str(from_n3(term)) if term[0] in "<\"'" else term


def _description(query: StoredQuery) -> str:
    said = query.description or f"{query.title}."
    if query.view != "rows" or query.collect or query.also:
        said += f" (These are the rows that `kg query {query.name}` makes its answer of.)"
    return said


def _line(text: str) -> str:
    return " ".join(text.split())


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 100)
