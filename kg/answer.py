"""Ask a stored question: arguments to terms, terms bound, the query run, the rows made readable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg import vocab
from kg.catalogue import Param, StoredQuery, bind, get
from kg.errors import CannotRun, UsageError
from kg.lookup import Ask, Found, Lookup
from kg.results import Row, Table, Term
from kg.store import open_store, user_genes
from kg.views import VIEWS, Shown, collect
from kg.vocab import KG, Tier

TIERS = ("symbol", "synonym", "family", "keyword", "all")


class Options(NamedTuple):
    """How a question is asked.

    ``tier``: that tier or better; None is the question's own default. ``specific``: symbol mentions and
    synonym mentions without ambiguity only. ``organism``: what symbols mean and what counts are over
    (human by default, ``any`` for all). ``limit``: most rows.
    """

    tier: str | None = None
    specific: bool = False
    organism: str | None = None
    limit: int | None = None


class Answer(NamedTuple):
    """The rows in full and for a person, what was taken for what, and a line that sums up."""

    query: StoredQuery
    shown: Shown
    notes: tuple[str, ...]

    @property
    def table(self) -> Table:
        """All columns and rows, as RDF terms."""
        return self.shown.full

    def records(self) -> list[dict[str, str | None]]:
        """The rows as dictionaries of plain texts (IRIs in full), None where nothing is bound."""
        return [
            {c: None if t is None else t.value for c, t in zip(self.table.columns, row, strict=True)}
            for row in self.table.rows
        ]


def ask_store(store: pyoxigraph.Store) -> Ask:
    """A store as something that answers SELECT queries with tables."""

    def ask(text: str) -> Table:
        return select(store, text)

    return ask


def select(store: pyoxigraph.Store, text: str) -> Table:
    """The table of a SELECT query. Raises UsageError if the text is no SELECT query."""
    found = run(store, text)
    if not isinstance(found, pyoxigraph.QuerySolutions):
        raise UsageError("not a SELECT query: ASK, CONSTRUCT and DESCRIBE have no table (kg.open_graph answers them)")
    return Table(columns(found), list(rows(found)))


def run(
    store: pyoxigraph.Store,
    text: str,
    *,
    default_graphs: list[NamedNode] | None = None,
    named_graphs: list[NamedNode] | None = None,
) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples:
    """Run any SPARQL query, over the graphs that it names itself or over these. Raises UsageError where it is not one,
    CannotRun where the engine gives up.
    """
    graphs: dict[str, Any] = {}  # an argument that is given, though None, would count
    if default_graphs is not None:
        graphs["default_graph"] = default_graphs
    if named_graphs is not None:
        graphs["named_graphs"] = named_graphs
    try:
        return store.query(text, prefixes=vocab.PREFIXES, **graphs)
    except SyntaxError as error:
        raise UsageError(f"not a SPARQL query: {' '.join(str(error).split())}") from None
    except UnicodeEncodeError:
        raise UsageError("not a SPARQL query: it is not UTF-8") from None
    except RuntimeError as error:
        raise UsageError(f"the query asks for what is not to be had: {error}") from None
    except OSError as error:
        raise _cannot(error) from None


def _cannot(error: Exception) -> CannotRun:
    return CannotRun(f"the query cannot be run: {error}")


def columns(found: pyoxigraph.QuerySolutions) -> tuple[str, ...]:
    """Names of the variables of a SELECT query."""
    return tuple(variable.value for variable in found.variables)


def rows(found: pyoxigraph.QuerySolutions) -> Iterator[Row]:
    """Rows of a SELECT query as they come. Raises CannotRun where the engine, or an endpoint it asks, gives up."""
    solutions = iter(found)
    while True:
        try:
            row = next(solutions, None)
        except (OSError, RuntimeError) as error:
            raise _cannot(error) from None
        if row is None:
            return
        yield tuple(row)


def graph(found: pyoxigraph.QueryTriples) -> list[pyoxigraph.Triple]:
    """The triples of a CONSTRUCT or DESCRIBE query, sorted, each once. Raises CannotRun as `rows` does."""
    try:
        return sorted(set(found), key=str)  # a construct can repeat itself, and has no order
    except (OSError, RuntimeError) as error:
        raise _cannot(error) from None


def answer(
    name: str, arguments: Sequence[str] = (), options: Options | None = None, *, store: str | Path | None = None
) -> Answer:
    """Answer a stored question from a store. Raises the errors of `kg.lookup` and `kg.store`."""
    query = get(name)
    ask = ask_store(open_store(store))
    return answer_with(ask, query, arguments, options or Options(), genes=user_genes(store))


def answer_with(
    ask: Ask, query: StoredQuery, arguments: Sequence[str], options: Options, *, genes: Path | None = None
) -> Answer:
    """Answer a stored question through anything that answers SELECT queries.

    ``genes`` is a gene_info file whose names are understood beside those of the shipped lexicon.
    """
    _check_options(query, options)
    for argument in arguments:
        if not isinstance(argument, str):  # a list of genes, where each is an argument of its own
            raise UsageError(f"{query.name}: an argument is a text, not {argument!r:.60}; give several one by one")
    lookup = Lookup(ask, options.organism, genes)
    given = _assign(query, arguments)
    found: list[Found] = []
    values: dict[str, list[Any]] = {}
    for param, texts in given:
        if param.type == "text":
            values[param.var] = [Literal(text) for text in texts]
        elif param.type == "integer":
            values[param.var] = [Literal(_integer(param, text)) for text in texts]
        else:
            things = list(dict.fromkeys(lookup.find(param.type, text) for text in texts))
            found += things
            values |= _thing_values(query, param, things)
    values |= _option_values(query, options, lookup)
    table = ask(bind(query, values))
    # An aggregate over nothing may be one row of nothing.
    bound = [row for row in table.rows if any(term is not None for term in row)]
    table = collect(Table(table.columns, bound), query.collect)
    shown = VIEWS[query.view](table, found)
    return Answer(query, _limited(shown, options.limit), tuple(lookup.notes))


def _check_options(query: StoredQuery, options: Options) -> None:
    if (options.tier or options.specific) and "tier" not in query.options:
        raise UsageError(f"{query.name} takes no --tier and no --specific")
    if options.organism and "organism" not in query.options:
        raise UsageError(f"{query.name} takes no --organism")
    if options.tier and options.specific:
        raise UsageError("--tier and --specific exclude each other: --specific is symbols and unambiguous synonyms")
    if options.tier and options.tier not in TIERS:
        raise UsageError(f"no tier {options.tier!r}: {', '.join(TIERS)}")
    if options.limit is not None and options.limit < 0:
        raise UsageError("--limit must not be negative")


def _assign(query: StoredQuery, arguments: Sequence[str]) -> list[tuple[Param, list[str]]]:
    """Which argument belongs to which parameter, by position; one that repeats takes the rest."""
    rest = list(arguments)
    given = []
    for param in query.params:
        texts, rest = (rest, []) if param.many else (rest[:1], rest[1:])
        if not texts:
            example = " ".join(e for p in query.params for e in p.example)
            raise UsageError(
                f"{query.name} needs {param.name.upper()} ({param.help}). For example: kg query {query.name} {example}"
            )
        given.append((param, texts))
    if rest:
        takes = " ".join(p.name.upper() + ("…" if p.many else "") for p in query.params) or "no argument"
        raise UsageError(f"{query.name} takes {takes}; too many: {' '.join(rest)[:80]}")
    return given


def _integer(param: Param, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{param.name.upper()} must be a whole number, not {text[:40]!r}") from None


def _thing_values(query: StoredQuery, param: Param, things: Sequence[Found]) -> dict[str, list[Any]]:
    nodes = [(Literal(str(i)), NamedNode(iri)) for i, thing in enumerate(things) for iri in thing.iris]
    if "arg" in query.variables:
        return {f"arg {param.var}": nodes, "wanted": [Literal(len(things))]}
    return {param.var: [node for _, node in nodes]}


def _option_values(query: StoredQuery, options: Options, lookup: Lookup) -> dict[str, list[Term | None]]:
    variables = query.variables
    specific = options.specific or (query.counts and options.tier is None)
    tiers = (
        [Tier.SYMBOL, Tier.SYNONYM]
        if specific
        else [t for t in Tier if options.tier in (None, "all") or t <= Tier[(options.tier or "").upper()]]
    )
    values: dict[str, list[Term | None]] = {}
    if "edge" in variables:
        edges = [KG + "mentionsSpecifically"] if specific else [tier.edge for tier in tiers]
        if Tier.KEYWORD in tiers and not query.counts:
            edges.append(KG + "mentionsCandidate")  # shown as such; never counted
        values["edge"] = [NamedNode(edge) for edge in edges]
    if "worst" in variables:
        values["worst"] = [Literal(int(max(tiers)))]
    if "specific" in variables:
        values["specific"] = [Literal(specific)]
    if "organism" in variables:
        values["organism"] = [NamedNode(vocab.taxon_iri(lookup.taxon)) if lookup.taxon else None]
    return values


def _limited(shown: Shown, limit: int | None) -> Shown:
    if limit is None or limit >= len(shown.full.rows):
        return shown
    return shown._replace(
        full=shown.full._replace(rows=shown.full.rows[:limit]),
        short=shown.short._replace(rows=shown.short.rows[:limit]),
        summary=f"first {limit:,} of {shown.summary}",
    )
