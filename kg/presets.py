"""What is known of triple stores that `kg load` can load: paths, limits, manners. Sources beside it.

``url`` is what a user gives. Paths are appended to it: ``query`` and ``update`` of the SPARQL 1.1 Protocol, ``graphs``
of the Graph Store Protocol (None: not spoken there). ``tested``: against the real server in this project's tests; the
others follow their documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from kg.http import checked_url


class Preset(NamedTuple):
    """One kind of server; see the module.

    ``batch``: triples in one POST of the Graph Store Protocol. ``update_batch``: triples in one INSERT DATA.
    ``needs_graph``: its default graph is missing, or the union of all graphs. ``moves``: MOVE puts a graph into
    another's place in one step that readers see whole; ``moves_most``: of that many triples at most, in the old and
    the new graph together, where there is an old one (None: no limit is known). ``says``: a regular expression for what
    tells it from others, in its header ``Server`` or in its address.
    """

    title: str
    url: str
    query: str
    update: str
    graphs: str | None
    tested: bool = False
    batch: int = 50_000
    update_batch: int = 1_000
    needs_graph: bool = False
    moves: bool = True
    moves_most: int | None = None
    post_option: str = ""
    says: str = ""


PRESETS: dict[str, Preset] = {
    # https://github.com/oxigraph/oxigraph/tree/main/cli. With no_transaction a POST goes through the bulk loader, which
    # is two to four times as fast; a part that breaks off half-way is sent again as any other.
    "oxigraph": Preset(
        "Oxigraph",
        "http://127.0.0.1:7878",
        "/query",
        "/update",
        "/store",
        tested=True,
        post_option="no_transaction",
        says=r"^Oxigraph/",
    ),
    # https://vos.openlinksw.com/owiki/wiki/VOS/VirtGraphProtocolCURLExamples. One PUT of 819,000 triples left part of
    # them; INSERT DATA fails near 5,000; INSERT without GRAPH is refused. Readers wait while MOVE runs;
    # 954,000 triples in the place of as many are beyond its transaction log (SR325), which it may say after minutes.
    "virtuoso": Preset(
        "Virtuoso",
        "http://127.0.0.1:8890",
        "/sparql",
        "/sparql-auth",
        "/sparql-graph-crud-auth",
        tested=True,
        needs_graph=True,
        moves_most=1_000_000,
        says=r"^Virtuoso/",
    ),
    # https://jena.apache.org/documentation/fuseki2/fuseki-data-service-endpoints: a data service and its endpoints.
    "fuseki": Preset(
        "Apache Jena Fuseki", "http://127.0.0.1:3030/DATASET", "/query", "/update", "/data", says="Fuseki"
    ),
    # https://rdf4j.org/documentation/reference/rest-api/: a repository, its statements, its graphs. The default graph
    # is the union of all.
    "graphdb": Preset(
        "GraphDB",
        "http://127.0.0.1:7200/repositories/NAME",
        "",
        "/statements",
        "/rdf-graphs/service",
        needs_graph=True,
        says=r"^GraphDB/|^https?://[^/]+/repositories/[^/]+",
    ),
    # https://docs.qlever.dev: all at one address, writing with the server's access token (KG_ENDPOINT_TOKEN). The
    # default graph is the union of all; MOVE, COPY and CLEAR are not spoken.
    "qlever": Preset("QLever", "http://127.0.0.1:7001", "", "", "", needs_graph=True, moves=False),
    # https://docs.aws.amazon.com/neptune/latest/userguide/ (sparql-graph-store-protocol, sparql-api-reference). The
    # default graph is the union of all.
    "neptune": Preset(
        "Amazon Neptune",
        "https://CLUSTER:8182",
        "/sparql",
        "/sparql",
        "/sparql/gsp/",
        needs_graph=True,
        says=r"\.neptune\.amazonaws\.com(:|/|$)",
    ),
}

GENERIC = Preset("SPARQL 1.1", "http://HOST/sparql", "", "", None, moves=False)
"""Of a server that is not known: one address for queries and updates, and nothing else taken for granted."""


def base_url(url: str, preset: Preset) -> str:
    """The address that a preset's paths are appended to, also where one of them is given."""
    base = checked_url(url).rstrip("/")
    for path in (preset.query, preset.update, preset.graphs or ""):
        stripped = path.rstrip("/")
        if stripped and base.endswith(stripped):
            return base.removesuffix(stripped)
    return base


def recognised(url: str, headers: Mapping[str, str]) -> str | None:
    """The name of the preset that a server seems to go with, by its address and the headers of an answer."""
    for name, preset in PRESETS.items():
        if preset.says and any(re.search(preset.says, text) for text in (headers.get("Server", ""), checked_url(url))):
            return name
    return None
