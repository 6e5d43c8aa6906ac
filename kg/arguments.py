"""From what is typed to what is bound: arguments and options of a stored question as RDF terms."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from kg import vocab
from kg.binding import Cell
from kg.catalogue import Param, StoredQuery
from kg.errors import AmbiguousName, KgError, NotInGraph, UsageError
from kg.lookup import Found, Lookup
from kg.vocab import KG, Tier

TIERS = ("symbol", "synonym", "family", "keyword", "all")
_NOTHING = vocab.BASE + "nothing"
"""An IRI that no graph says anything of."""
MOST_NAMES = 20_000
"""Most names that a list may have: as many as there are genes of one organism."""

LARGEST = 2**31 - 1
"""Largest number that an argument may be: all SPARQL engines can count that far."""

Values = dict[str, list[tuple[Cell, ...] | Cell]]
"""Variables to terms, as `kg.binding.bind` takes them."""


class Options(NamedTuple):
    """How a question is asked.

    ``tier``: that tier or better; None is the question's own default. ``specific``: symbol mentions and
    synonym mentions without ambiguity only. ``organism``: what symbols mean and what counts are over
    (human by default, ``any`` for all). ``limit``: most rows. ``min_score``, ``since``, ``until``: figures of that
    pathway score or more (0 to 1), of papers of these years alone. ``why``: each mention behind an answer, too.
    ``named``: arguments that are given by name.
    """

    tier: str | None = None
    specific: bool = False
    organism: str | None = None
    limit: int | None = None
    min_score: float | None = None
    since: int | None = None
    until: int | None = None
    why: bool = False
    named: Mapping[str, Sequence[str]] = {}


class Input(NamedTuple):
    """One thing that was asked for: what was typed, what it was taken for, or why it was not."""

    param: str
    text: str
    found: Found | None
    problem: str = ""


def check_options(query: StoredQuery, options: Options) -> None:
    """Raise UsageError for options that the question does not take, or that say nothing."""
    restricts = (options.min_score, options.since, options.until) != (None, None, None)
    for given, option, told in (
        (options.tier or options.specific, "tier", "--tier and no --specific"),
        (options.organism, "organism", "--organism"),
        (restricts, "figures", "--min-score, --since and --until"),
    ):
        if given and option not in query.options:
            raise UsageError(f"{query.name} takes no {told}")
    if options.why and not query.why:
        raise UsageError(f"{query.name} takes no --why: its rows are not of a gene in a figure")
    if options.tier and options.specific:
        raise UsageError("--tier and --specific exclude each other: --specific is symbols and unambiguous synonyms")
    if options.tier and options.tier not in TIERS:
        raise UsageError(f"no tier {options.tier!r}: {', '.join(TIERS)}")
    if options.limit is not None and options.limit < 0:
        raise UsageError("limit: the most rows cannot be less than none")
    if options.min_score is not None and not 0 <= options.min_score <= 1:
        raise UsageError(f"min score: {options.min_score} is none: pathway scores are 0 to 1")
    if options.since is not None and options.until is not None and options.since > options.until:
        raise UsageError(f"no year is since {options.since} and until {options.until}")
    strange = set(options.named) - {param.name for param in query.params if param.option}
    if strange:
        raise UsageError(f"{query.name} has no argument named {min(strange)!r}")


def assign(query: StoredQuery, arguments: Sequence[str], named: Mapping[str, Sequence[str]]) -> dict[Param, list[str]]:
    """Which argument belongs to which parameter: by name, or by position, where one that repeats takes the rest.

    Raises UsageError where one is missing, or too many are there.
    """
    rest = _expanded(query, arguments)
    given = {}
    for param in query.params:
        if param.option:
            texts = _expanded(query, named.get(param.name, ()))
        else:
            texts, rest = (rest, []) if param.many else (rest[:1], rest[1:])
        texts = texts or list(param.default)
        if not texts and not param.option:
            raise UsageError(
                f"{query.name} needs {param.name.upper()} ({param.help}). "
                f"For example: kg query {query.name} {' '.join(query.example)}"
            )
        if len(texts) > 1 and not param.many:
            raise UsageError(f"{query.name} takes one {param.name}, not {len(texts):,}")
        given[param] = texts
    if rest:
        names = (p.name.upper() + ("…" if p.many else "") for p in query.params if not p.option)
        raise UsageError(f"{query.name} takes {' '.join(names) or 'no argument'}; too many: {' '.join(rest)[:80]}")
    return given


def _expanded(query: StoredQuery, texts: Sequence[str]) -> list[str]:
    """The arguments, with ``@FILE`` as the names in that file."""
    found: list[str] = []
    for text in texts:
        if not isinstance(text, str):  # a list of genes, where each is an argument of its own
            raise UsageError(f"{query.name}: an argument is a text, not {text!r:.60}; give several one by one")
        found += read_list(text[1:]) if text.startswith("@") else [text]
    if len(found) > MOST_NAMES:
        raise UsageError(f"{query.name}: {len(found):,} names are too many: {MOST_NAMES:,} at most")
    return found


def read_list(file: str | Path) -> list[str]:
    """Names from a file, or from stdin (``-``); lines that start with # are comments.

    Of lines with tabs, and of a ``.csv`` file, the first column is taken; else commas stand between names. Raises
    UsageError for a file that is not there, is not UTF-8, or has no name.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else Path(file).read_bytes()
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{file}: cannot be read: it is not UTF-8") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # a name that no file can have
        raise UsageError(f"{str(file)!r}: cannot be read: {error}") from None
    columns = str(file).lower().endswith(".csv")
    cells: list[str] = []
    for line in lines:
        if not line.startswith("#"):
            parts = [line.split("\t")[0]] if "\t" in line else line.split(",")
            cells += parts[:1] if columns else parts
    names = [name for cell in cells if (name := cell.strip().strip('"'))]
    if not names:
        raise UsageError(f"{file}: no name in it: one is expected on each line")
    return names


def resolve(given: Mapping[Param, Sequence[str]], lookup: Lookup) -> dict[Param, list[Input]]:
    """What is meant by each argument that names a thing, in the order of the arguments.

    Raises the errors of `kg.lookup`, unless the parameter is lenient and the name is merely not to be had.
    """
    found: dict[Param, list[Input]] = {}
    for param, texts in given.items():
        if param.type in ("text", "integer", "tier"):
            continue
        found[param] = []
        problems: list[KgError] = []
        for text in texts:
            try:
                found[param].append(Input(param.name, text, lookup.find(param.type, text)))
            except (NotInGraph, AmbiguousName, UsageError) as error:
                problems.append(error)
                found[param].append(Input(param.name, text, None, str(error)))
        if problems and not param.lenient:  # told all at once: who has a list mends it once
            raise problems[0] if len(problems) == 1 else NotInGraph("\n".join(map(str, problems)))
    return found


def values(
    query: StoredQuery,
    given: Mapping[Param, Sequence[str]],
    inputs: Mapping[Param, Sequence[Input]],
    options: Options,
    lookup: Lookup,
) -> Values:
    """Terms for all variables of the question's VALUES blocks."""
    bound: Values = {}
    for param, texts in given.items():
        things = list(dict.fromkeys(each.found for each in inputs.get(param, ()) if each.found))
        if param.type == "text":
            bound[param.var] = [_text(param, text) for text in texts]
        elif param.type == "integer":
            bound[param.var] = [Literal(_integer(param, text)) for text in texts]
        elif param.type == "tier":
            bound[param.var] = [NamedNode(_tier(param, text).iri) for text in texts]
        elif {"arg", param.var} <= query.variables and not param.option:
            bound[f"arg {param.var}"] = [
                (Literal(str(i)), NamedNode(iri)) for i, thing in enumerate(things) for iri in thing.iris
            ]
            bound.setdefault("wanted", [Literal(len(things))])
        else:
            bound[param.var] = [NamedNode(iri) for thing in things for iri in thing.iris]
        if param.option and not texts:
            # Of a list, no term at all would be an empty block, which not every engine takes.
            bound[param.var] = [NamedNode(_NOTHING)] if param.many else [None]
        if param.var == "wanted":
            _hold_to(param, texts, inputs)
    return _of_options(query, options, lookup) | bound


def _hold_to(param: Param, texts: Sequence[str], inputs: Mapping[Param, Sequence[Input]]) -> None:
    """Raise UsageError where more genes are asked for than are named."""
    named = {each.found or each.text for other, found in inputs.items() if not other.option for each in found}
    if texts and not 1 <= _integer(param, texts[0]) <= len(named):
        raise UsageError(f"{param.name.upper()}: {texts[0]} of {len(named)} genes is no number of them")


def _text(param: Param, text: str) -> Literal:
    try:
        return Literal(text)
    except ValueError:
        raise UsageError(f"{param.name.upper()}: {text[:40]!r} is not UTF-8") from None


def _integer(param: Param, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise UsageError(f"{param.name.upper()} must be a whole number, not {text[:40]!r}") from None
    if abs(number) > LARGEST:
        raise UsageError(f"{param.name.upper()}: {text[:40]} is too large: {LARGEST:,} at most")
    return number


def _tier(param: Param, text: str) -> Tier:
    if text not in TIERS[:-1]:
        raise UsageError(f"{param.name.upper()}: no tier {text[:40]!r}: {', '.join(TIERS[:-1])}")
    return Tier[text.upper()]


def _of_options(query: StoredQuery, options: Options, lookup: Lookup) -> Values:
    specific = options.specific or (query.counts and options.tier is None)
    tiers = (
        [Tier.SYMBOL, Tier.SYNONYM]
        if specific
        else [t for t in Tier if options.tier in (None, "all") or t <= Tier[(options.tier or "").upper()]]
    )
    edges = [KG + "mentionsSpecifically"] if specific else [tier.edge for tier in tiers]
    if Tier.KEYWORD in tiers and not query.counts:
        edges.append(KG + "mentionsCandidate")  # shown as such; never counted
    found: Values = {
        "edge": [NamedNode(edge) for edge in edges],
        "worst": [Literal(int(max(tiers)))],
        "specific": [Literal(specific)],
        "min_score": [Literal(float(options.min_score or 0))],
        "since": [Literal(options.since or 0)],
        "until": [Literal(9999 if options.until is None else options.until)],
    }
    if "organism" in query.variables:
        found["organism"] = [NamedNode(vocab.taxon_iri(lookup.taxon)) if lookup.taxon else None]
    return {name: terms for name, terms in found.items() if name in query.variables}


def wanted_parts(options: Options) -> list[str]:
    """Parts of a question (see `kg.binding`) that these options ask for."""
    return ["figures"] if (options.min_score, options.since, options.until) != (None, None, None) else []
