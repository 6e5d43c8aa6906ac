"""In a worker process: what stands at a path, as a page or as RDF.

/                     front page                     /figure/FIGID   /gene/NCBI-ID     each also as
/search  /complete    full text                      /paper/PMCID    /organism/TAXON   .ttl .jsonld .nt
/questions            stored questions               /term/CURIE     chemicals, diseases
/question/NAME        one, with its answer           /gene/NCBI-ID/network.json
/query                the SPARQL editor
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from kg import catalogue, searching
from kg.answer import ask_store
from kg.errors import AmbiguousName, CannotRun, KgError, NotInGraph
from kg.fulltext import KINDS, connect, index_path, is_made
from kg.lexicon import Lexicon
from kg.lookup import Found, Lookup, names
from kg.store import build_info, engine_folder, open_store, user_genes
from kg.vocab import FIGID, expand_curie, figure_iri
from kg.web import questions, rdf, render, things
from kg.web.accept import best
from kg.web.endpoint import Limits
from kg.web.grid import Fields, pager
from kg.web.links import page_of
from kg.web.reply import HTML, Refused, Reply, phrase
from kg.web.worker import Visit

_HITS = 20
_LATER = (("retry-after", "10"),)
_KINDS = ("figure", "gene", "paper", "organism", "term")
"""Kinds of things that have pages."""

_OVERVIEWS = {
    "gene": "/question/most-figured-genes",
    "figure": "/question/figures-per-organism-and-year",
    "paper": "/question/papers-with-most-figures",
}
"""Kind of thing to the question that tells of all of them."""

_EXAMPLE = """# The figures that name both JAK2 and STAT3 specifically
PREFIX kg: <https://w3id.org/pathway-figure-kg/vocab#>
PREFIX ncbigene: <https://identifiers.org/ncbigene/>
PREFIX schema: <https://schema.org/>
SELECT ?figure ?title WHERE {
  ?figure kg:mentionsSpecifically ncbigene:3717, ncbigene:6774 ;
          schema:name ?title .
}
LIMIT 20
"""


class Site:
    """The pages of one store. Raises CannotRun if there is no store."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.store = open_store(folder)
        self.ask = ask_store(self.store, cores=1)  # others ask at the same time
        self.genes = user_genes(folder)

    @cached_property
    def triples(self) -> int:
        """Triples of the store, as the build counted them."""
        known = build_info(self.folder).get("triples")
        return known if isinstance(known, int) else len(self.store)

    @property
    def lexicon(self) -> Lexicon:
        """Names of genes and organisms."""
        return names(self.genes)

    def prepare(self) -> None:
        """Make what is made on first use. Raises CannotRun."""
        index_path(self.folder)

    def look(self) -> None:
        """Raises CannotRun if the store is no longer there."""
        engine_folder(self.folder)

    def _indexed(self) -> str:
        """The store's folder, to search in. Raises Refused while its index is being made: that takes longer than a page
        may, and is not for each worker to begin.
        """
        if not is_made(self.folder):
            raise Refused(503, "another build has come, and its search index is being made. Try again later", _LATER)
        return self.folder

    def visit(self, job: Visit, limits: Limits) -> Reply:
        """What stands at a path. Raises Refused only for what has no page: people are told of errors on one."""
        try:
            return self._route(job, limits)
        except AmbiguousName as error:
            choices = [(name, page_of(_iri(name)) or "") for name in error.candidates]
            return problem(_status(error), str(error), [(text, href) for text, href in choices if href])
        except KgError as error:
            return problem(_status(error), str(error))

    def _route(self, job: Visit, limits: Limits) -> Reply:
        fields = _gathered(job.fields)
        first, _, rest = job.path.strip("/").partition("/")
        if rest:
            if first == "question":
                return self._question(rest, fields, limits)
            if first == "gene" and rest.endswith("/network.json"):
                return _json(things.network(self.ask, self._find("gene", rest.partition("/")[0]).iris[0]))
            if first in _KINDS:
                return self._thing(first, rest, fields, job, limits)
        elif job.path == f"/{first}":
            plain: dict[str, Callable[[Fields, Visit, Limits], Reply]] = {
                "": self._home,
                "search": self._search,
                "complete": self._complete,
                "questions": self._questions,
                "query": self._query,
            }
            if first in plain:
                return plain[first](fields, job, limits)
        return problem(404, f"there is no page {job.path[:200]}")

    # --- things

    def _find(self, kind: str, text: str) -> Found:
        lookup = Lookup(self.ask, None, self.genes)
        if kind == "gene" and text.isascii() and text.isdecimal():
            text = f"ncbigene:{text}"
        return lookup.find(kind, text)

    def _thing(self, kind: str, rest: str, fields: Fields, job: Visit, limits: Limits) -> Reply:
        name, found, forced = self._found(kind, rest)
        iri = found.iris[0]
        path = page_of(iri) or ""
        media_type = forced or best(job.accept, list(rdf.TYPES))
        if media_type is None:
            raise Refused(406, f"this page is to be had as {', '.join(rdf.TYPES)}")
        if unquote(path) != f"/{kind}/{name}":  # by another name: there is one address for each thing
            ending = next((e for e, m in rdf.ENDINGS.items() if m == forced), "")
            return Reply(303, HTML, b"", (("location", path + ending), ("vary", "accept")))
        data_links = [
            (label, f"{path}{ending}")
            for label, ending in (("Turtle", ".ttl"), ("JSON-LD", ".jsonld"), ("N-Triples", ".nt"))
        ]
        alternates = ", ".join(f'<{url}>; rel="alternate"; type="{_DATA_TYPES[label]}"' for label, url in data_links)
        headers: tuple[tuple[str, str], ...] = (
            ("vary", "accept"),
            ("link", f'<{_ascii(iri)}>; rel="describes", {alternates}'),
        )
        if media_type != "text/html":
            reply = rdf.document(self.store, kind, iri, media_type, limits)
            return reply._replace(headers=(*reply.headers, *headers))
        values = self._page(kind, iri, fields)
        values |= {"data_links": data_links, "data_types": _DATA_TYPES}
        if values.get("image") == "show":  # loaded from where it is published, now that someone has asked for it
            headers = (*headers, ("x-images", "ncbi"))
        return html(values, headers=headers)

    def _found(self, kind: str, rest: str) -> tuple[str, Found, str | None]:
        """The thing of a path: its name there, and the media type that an ending asks for (None: none does)."""
        ending = next((each for each in rdf.ENDINGS if rest.endswith(each)), "")
        for cut in dict.fromkeys((ending, "")):  # a figid may end so itself
            name = rest.removesuffix(cut) if cut else rest
            try:
                return name, self._named(kind, name), rdf.ENDINGS.get(cut)
            except KgError:
                if not cut:
                    raise
        raise AssertionError

    def _named(self, kind: str, name: str) -> Found:
        if kind != "term":
            return self._find(kind, name)
        if name.partition(":")[0].lower() not in ("chebi", "mesh", "doid"):
            raise NotInGraph(f"no chemical or disease {name[:100]!r}: say chebi:15422, mesh:D003920 or doid:162")
        try:
            return self._find("chemical", name)
        except NotInGraph:
            return self._find("disease", name)

    def _page(self, kind: str, iri: str, fields: Fields) -> dict[str, Any]:
        match kind:
            case "figure":
                return things.figure_page(self.ask, iri, fields)
            case "gene":
                return things.gene_page(self.ask, iri, fields, self.lexicon)
            case "paper":
                return things.paper_page(self.ask, iri, fields)
            case "organism":
                return things.organism_page(self.ask, iri, fields, self.lexicon)
            case _:
                is_chemical = self.ask(f"SELECT * WHERE {{ <{iri}> a schema:ChemicalSubstance }}").rows
                return things.term_page(self.ask, "chemical" if is_chemical else "disease", iri, fields)

    # --- the others

    def _home(self, _fields: Fields, _job: Visit, _limits: Limits) -> Reply:
        found: dict[str, int] = {}
        if is_made(self.folder):
            with closing(connect(self.folder)) as db:
                found = dict(db.execute("SELECT kind, count(*) FROM doc GROUP BY kind").fetchall())
        counts = [
            (found[kind], f"{kind}{'s' if found[kind] != 1 else ''}", _OVERVIEWS.get(kind, f"/search?kind={kind}"))
            for kind in KINDS
            if kind in found
        ]
        return html(
            {
                "template": "home.html",
                "title": "Front page",
                "counts": counts,
                "triples": self.triples,
                "categories": questions.by_category(),
            }
        )

    def _search(self, fields: Fields, _job: Visit, _limits: Limits) -> Reply:
        given = {name: "".join(fields.get(name, ())[:1]).strip() for name in ("q", "kind", "gene", "organism", "year")}
        values: dict[str, Any] = {
            "template": "search.html",
            "title": f"Search: {given['q']}" if given["q"] else "Search",
            **given,
            "kinds": KINDS,
            "problem": "",
            "notes": (),
            "words": (),
            "hits": None,
        }
        if not given["q"]:
            return html(values)
        size = _HITS
        try:
            offset = (max(1, min(500, _page_number(fields))) - 1) * size
            found = searching.search(
                given["q"],
                kinds=[given["kind"]] if given["kind"] else (),
                organism=given["organism"] or None,
                year=given["year"] or None,
                gene=given["gene"] or None,
                limit=size,
                offset=offset,
                store=self._indexed(),
                ask=self.ask,
            )
        except KgError as error:
            return html(values | {"problem": str(error)}, 400)
        hits = [
            {
                "title": hit.title,
                "kind": hit.kind,
                "href": page_of(hit.iri) or "",
                "told": _told(hit),
                "where": hit.where,
                "passage": hit.passage,
            }
            for hit in found.hits
        ]
        shown = pager("/search", fields, found.total, size)
        asking = questions.asking("figures-of-word")
        words = [(word, asking(word)) for word in found.words]
        return html(values | {"hits": hits, "notes": found.notes, "words": words, "total": found.total, "pager": shown})

    def _complete(self, fields: Fields, _job: Visit, _limits: Limits) -> Reply:
        typed = "".join(fields.get("q", ())[:1])
        kinds = [kind for kind in fields.get("kind", ()) if kind in KINDS]
        hits = searching.complete(typed, kinds=kinds, store=self._indexed())
        return _json([{"value": _value(hit, kinds), "label": _label(hit), "href": page_of(hit.iri)} for hit in hits])

    def _questions(self, _fields: Fields, _job: Visit, _limits: Limits) -> Reply:
        return html(
            {"template": "questions.html", "title": "Questions", "categories": questions.by_category()},
        )

    def _question(self, rest: str, fields: Fields, limits: Limits) -> Reply:
        ending = next((each for each in questions.DOWNLOADS if rest.endswith(each)), "")
        name = rest.removesuffix(ending)
        if name not in catalogue.catalogue():
            raise NotInGraph(f'there is no question "{name[:100]}"')
        query = catalogue.get(name)
        questions.refuse_unknown(query, fields)
        if ending:
            return questions.download(questions.ask_question(self.ask, query, fields, self.genes), ending, limits)
        if not questions.is_asked(query, fields):
            return html(questions.question_page(query, fields, None, ""))
        try:
            answer = questions.ask_question(self.ask, query, fields, self.genes)
        except KgError as error:
            return html(questions.question_page(query, fields, None, str(error)), _status(error))
        return html(questions.question_page(query, fields, answer, ""))

    def _query(self, _fields: Fields, job: Visit, limits: Limits) -> Reply:
        values = {
            "template": "query.html",
            "title": "SPARQL",
            "endpoint": f"{job.origin}/sparql",
            "query": _EXAMPLE,
            "seconds": f"{limits.seconds:g}",
            "rows": limits.rows,
        }
        # The editor sets styles of its own.
        return html(values, headers=(("x-styles", "inline"),))


_DATA_TYPES = {"Turtle": "text/turtle", "JSON-LD": "application/ld+json", "N-Triples": "application/n-triples"}


def templates() -> None:
    """Compile all templates, and read the catalogue."""
    render.load_all()
    catalogue.catalogue()


def html(values: dict[str, Any], status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A page from its template's values."""
    return Reply(status, HTML, render.render(values["template"], **values), headers)


def problem(status: int, message: str, choices: list[tuple[str, str]] | None = None) -> Reply:
    """A page that says what is wrong."""
    values = {"template": "problem.html", "title": phrase(status), "message": message, "choices": choices or []}
    return html(values, status)


def _ascii(iri: str) -> str:
    """An IRI as a header may have it."""
    return quote(iri, safe="%/:=&?~#+!$,;'@()*[]")


def _status(error: KgError) -> int:
    if isinstance(error, NotInGraph):
        return 404
    return 500 if isinstance(error, CannotRun) else 400


def _iri(candidate: str) -> str:
    """The IRI of one of the things that a name may mean: a CURIE or a figid."""
    return figure_iri(candidate) if FIGID.fullmatch(candidate) else expand_curie(candidate) or candidate


def _json(value: Any) -> Reply:
    return Reply(200, "application/json", json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _gathered(fields: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def _page_number(fields: Fields) -> int:
    text = "".join(fields.get("page", ())[:1])
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _told(hit: searching.Hit) -> str:
    many = f"{hit.figures:,} figure{'' if hit.figures == 1 else 's'}" if hit.kind != "figure" else ""
    detail = hit.detail.replace(hit.id, "").strip()
    return " · ".join(part for part in (hit.id, detail, many) if part)


def _value(hit: searching.Hit, kinds: list[str]) -> str:
    """What a completion puts into the field: in a field for one kind of thing a name that means it and no other."""
    if not kinds:
        return hit.title
    if hit.kind == "gene":
        return hit.title if hit.detail == "Homo sapiens" else hit.id
    return hit.title if hit.kind == "organism" else hit.id.removeprefix("pmc:")


def _label(hit: searching.Hit) -> str:
    return f"{hit.title} · {hit.kind} · {_told(hit)}"
