"""Ask a stored question: arguments to terms, terms bound, the query run, the rows made readable."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode

from kg import vocab
from kg.arguments import Input, Options, assign, check_options, resolve, values, wanted_parts
from kg.binding import apart, bind
from kg.catalogue import Folders, StoredQuery, get, user_folders
from kg.errors import CannotRun, NotInGraph, UsageError
from kg.garbage import uncollected
from kg.lookup import Ask, Lookup
from kg.ordering import ordered, split
from kg.results import Row, Table
from kg.store import open_store, user_genes
from kg.views import ORDERED_BY_VIEW, VIEWS, Asked, Shown, collect
from kg.why import with_reasons

if TYPE_CHECKING:
    from kg.remote import Endpoint


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


class StoreAsk:
    """A store as something that answers SELECT queries with tables; ``cores`` bounds how many it may use for one."""

    def __init__(self, store: pyoxigraph.Store, cores: int) -> None:
        self._store = store
        self._cores = cores

    def __call__(self, text: str) -> Table:
        """Raises UsageError if the text is no SELECT query, CannotRun where the engine gives up."""
        return select(self._store, text)

    def union(self, text: str, variable: str, once: Collection[str] = ()) -> Table:
        """The rows of a query that can be asked in pieces by this variable, asked at once. Raises as a call does.

        Columns that are asked for ``once`` are those of the first piece's rows with the same first column. The engine
        lets go of the interpreter's lock while it looks for the next row.
        """
        pieces = apart(text, variable, self._cores)
        if len(pieces) == 1:
            return self(text)
        pool = ThreadPoolExecutor(len(pieces))
        try:
            tables = list(pool.map(self, pieces))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # nobody waits for the others where one cannot be run
        found = [row for table in tables[1:] for row in table.rows]
        if once and found:
            places = {i for i, column in enumerate(tables[0].columns) if column in once}
            known = {row[0]: row for row in tables[0].rows}
            if not all(row[0] in known for row in found):
                return self(text)
            found = [_filled(row, known[row[0]], places) for row in found]
        return Table(tables[0].columns, [*tables[0].rows, *found])


def _filled(row: Row, known: Row, places: Collection[int]) -> Row:
    return tuple(known[i] if i in places else term for i, term in enumerate(row))


def ask_store(store: pyoxigraph.Store, cores: int | None = None) -> StoreAsk:
    """A store as something that answers SELECT queries with tables, on all cores if nothing else is said."""
    return StoreAsk(store, cores or os.cpu_count() or 1)


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
    name: str,
    arguments: Sequence[str] = (),
    options: Options | None = None,
    *,
    store: str | Path | None = None,
    endpoint: Endpoint | None = None,
    queries: Sequence[str | Path] = (),
) -> Answer:
    """Answer a stored question from a store or an endpoint; ``queries`` are folders with questions of the asker's own.

    Raises the errors of `kg.catalogue`, `kg.arguments`, `kg.lookup`, `kg.store` and `kg.remote`.
    """
    folders = user_folders(queries)
    query = get(name, folders)
    ask, genes = asking(store, endpoint)
    return answer_with(ask, query, arguments, options or Options(), genes=genes, folders=folders)


def asking(store: str | Path | None, endpoint: Endpoint | None) -> tuple[Ask, Path | None]:
    """What answers SELECT queries, a store or an endpoint; and the gene_info file that the store was built with."""
    if endpoint is None:
        return ask_store(open_store(store)), user_genes(store)
    if store is not None:
        raise UsageError("a store and an endpoint exclude each other: one of them is asked")
    return endpoint.ask, None


def answer_with(
    ask: Ask,
    query: StoredQuery,
    arguments: Sequence[str],
    options: Options,
    *,
    genes: Path | None = None,
    folders: Folders = (),
) -> Answer:
    """Answer a stored question through anything that answers SELECT queries.

    ``genes`` is a gene_info file whose names are understood beside those of the shipped lexicon.
    """
    with uncollected():
        return _answer_with(ask, query, arguments, options, genes, folders)


def _answer_with(
    ask: Ask, query: StoredQuery, arguments: Sequence[str], options: Options, genes: Path | None, folders: Folders
) -> Answer:
    check_options(query, options)
    lookup = Lookup(ask, options.organism, genes)
    given = assign(query, arguments, options.named)
    inputs = resolve(given, lookup)
    if query.view != "coverage":  # which has a row for each name
        _refuse_nothing([each for found in inputs.values() for each in found])

    def table(of: StoredQuery) -> Table:
        text = bind(of.text, values(of, given, inputs, options, lookup), wanted_parts(options))
        text, keys = split(text)
        try:
            found = ask.union(text, of.union, of.once) if of.union and isinstance(ask, StoreAsk) else ask(text)
        except UsageError as error:  # of the file, not of what was asked
            raise UsageError(f"{of.path}: {error}") from None
        if of.view not in ORDERED_BY_VIEW:
            found = ordered(found, keys)
        # An aggregate over nothing may be one row of nothing.
        bound = [row for row in found.rows if any(term is not None for term in row)]
        return collect(Table(found.columns, bound), of.collect)

    rows = table(query)
    asked = Asked(
        query,
        tuple(each for param in query.params for each in inputs.get(param, ())),
        {param.name: tuple(texts) for param, texts in given.items()},
        {name: table(get(name, folders)) for name in query.also},
        lookup,
    )
    shown = _limited(VIEWS[query.view](rows, asked), options.limit)
    if options.why:
        shown = with_reasons(shown, asked, ask)
    left_out = query.view != "coverage"  # there, each is a row
    if query.leads and not shown.next_step and shown.full.rows:
        column, name = next(iter(query.leads.items()))
        shown = shown._replace(next_step=f"{get(name, folders).title}: kg query {name} {column.upper()}")
    missing = [f"left out: {each.problem}" for each in asked.inputs if left_out and not each.found]
    return Answer(query, shown, tuple(dict.fromkeys((*lookup.notes, *missing))))


def _refuse_nothing(inputs: Sequence[Input]) -> None:
    """Raise NotInGraph where nothing of what was asked for is to be had."""
    if inputs and not any(each.found for each in inputs):
        raise NotInGraph("\n".join(each.problem for each in inputs))


def _limited(shown: Shown, limit: int | None) -> Shown:
    if limit is None or limit >= len(shown.full.rows):
        return shown
    return shown._replace(
        full=shown.full._replace(rows=shown.full.rows[:limit]),
        short=shown.short._replace(rows=shown.short.rows[:limit]),
        summary=f"first {limit:,} of {shown.summary}",
    )
