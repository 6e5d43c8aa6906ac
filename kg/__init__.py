"""A knowledge graph of published pathway figures.

    import kg

    kg.build(["pfocr-database"], store="kg.store")          # BuildResult
    kg.check(store="kg.store").conforms                      # True
    kg.query("figures-mentioning-genes", "JAK2", "STAT3").records()
    kg.sparql("SELECT * WHERE { ?s ?p ?o } LIMIT 5").rows    # SELECT alone; others through open_graph()
    kg.search("TGF-beta1", year="2015-").hits                # full text, ranked, with passages
    kg.export("figures.ttl.gz")
    kg.load("http://127.0.0.1:7878", preset="oxigraph")      # into a triple store that runs elsewhere
    graph = kg.open_graph()                                  # an rdflib.Graph over the store

Errors are subclasses of `KgError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import AmbiguousName, CannotRun, EndpointError, KgError, NoSuchGraph, NotInGraph, RecordError, UsageError

if TYPE_CHECKING:
    import rdflib

    from kg.answer import Answer
    from kg.checking import Report, check
    from kg.exporting import export
    from kg.loading import Loaded, load
    from kg.pipeline import build
    from kg.remote import Endpoint
    from kg.results import Table
    from kg.searching import search
    from kg.tally import BuildResult

__version__ = "0.1.0"

__all__ = [
    "AmbiguousName",
    "Answer",
    "BuildResult",
    "CannotRun",
    "Endpoint",
    "EndpointError",
    "KgError",
    "Loaded",
    "NoSuchGraph",
    "NotInGraph",
    "RecordError",
    "Report",
    "Table",
    "UsageError",
    "__version__",
    "build",
    "check",
    "export",
    "load",
    "open_graph",
    "query",
    "search",
    "sparql",
]

_LAZY = {
    "Answer": "kg.answer",
    "BuildResult": "kg.tally",
    "Endpoint": "kg.remote",
    "Report": "kg.checking",
    "Table": "kg.results",
    "build": "kg.pipeline",
    "check": "kg.checking",
    "Loaded": "kg.loading",
    "export": "kg.exporting",
    "load": "kg.loading",
    "search": "kg.searching",
}
"""Public names that live elsewhere; imported when first used, so that `import kg` stays quick."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value
    return value


def query(
    name: str,
    *arguments: str,
    tier: str | None = None,
    specific: bool = False,
    organism: str | None = None,
    limit: int | None = None,
    min_score: float | None = None,
    since: int | None = None,
    until: int | None = None,
    why: bool = False,
    store: str | Path | None = None,
    endpoint: Endpoint | None = None,
    queries: Sequence[str | Path] = (),
    **named: str | Sequence[str],
) -> Answer:
    """Answer a stored question, as ``kg query`` does; `kg.catalogue.catalogue()` lists them.

    ``tier`` is ``symbol``, ``synonym``, ``family``, ``keyword`` or ``all``: that tier or better. ``min_score`` (0 to
    1), ``since`` and ``until`` (years) restrict the figures; ``why`` gives a row for each mention. With ``endpoint``
    (``kg.Endpoint("http://127.0.0.1:7878/query")``) another triple store answers. ``queries`` are folders with
    questions of your own; ``named`` are arguments that ``kg query`` takes by name (``without=["JAK2"]``).
    Raises UsageError, AmbiguousName or NotInGraph for arguments, CannotRun without a store, EndpointError without an
    answer, NoSuchGraph where the endpoint's graph is empty or not there.
    """
    from kg.answer import answer
    from kg.arguments import Options

    by_name = {key.replace("_", "-"): (value,) if isinstance(value, str) else value for key, value in named.items()}
    options = Options(tier, specific, organism, limit, min_score, since, until, why, by_name)
    return answer(name, arguments, options, store=store, endpoint=endpoint, queries=queries)


def sparql(text: str, *, store: str | Path | None = None, endpoint: Endpoint | None = None) -> Table:
    """The table of a SPARQL SELECT query on the store or an endpoint; prefixes of the graph need not be declared.

    SELECT only: raises UsageError for ASK, CONSTRUCT and DESCRIBE, which `open_graph` and `Endpoint.run` answer, and
    for what is no query. Raises CannotRun without a store, EndpointError without an answer.
    """
    from kg.answer import asking

    ask, _ = asking(store, endpoint)
    return ask(text)


def open_graph(store: str | Path | None = None) -> rdflib.Graph:
    """The store as a read-only rdflib Graph: its triples stay on disk, SPARQL runs in Oxigraph.

    Plain texts come as literals of datatype xsd:string, which rdflib does not take for equal to literals without
    one: compare with ``Literal("JAK2", datatype=XSD.string)``, or compare ``str(...)``. Raises CannotRun without a
    store.
    """
    import rdflib
    from oxrdflib import OxigraphStore
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

    from kg.store import open_store
    from kg.vocab import PREFIXES

    graph = rdflib.Graph(
        store=OxigraphStore(store=open_store(store)),
        identifier=DATASET_DEFAULT_GRAPH_ID,  # else rdflib looks into a named graph that is not there
        bind_namespaces="none",
    )
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
