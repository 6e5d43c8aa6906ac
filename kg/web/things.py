"""Pages of one thing: a figure, gene, paper, organism, chemical or disease."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from pyoxigraph import NamedNode

from kg import figure, show, vocab
from kg.errors import NotInGraph
from kg.figure import PREFIXES, Mention, Reading, Thing, one, things, values
from kg.lexicon import Lexicon
from kg.lookup import Ask
from kg.results import Table, literal
from kg.support import Support
from kg.vocab import DCTERMS, KG, Tier
from kg.web import schemaorg
from kg.web.grid import Fields, pager, plain
from kg.web.links import outside, page_of
from kg.web.render import away

Values = dict[str, Any]
"""What a template is given."""


class Linked(NamedTuple):
    """A thing with its page here ('' if it has none)."""

    label: str
    href: str


def linked(thing: Thing) -> Linked:
    """A thing with its page."""
    return Linked(thing.label, page_of(thing.iri) or "")


class Part(NamedTuple):
    """A part of a caption; a name that is recognised has a title (what it is taken for), and a link if that is one."""

    text: str
    title: str
    href: str


class Row(NamedTuple):
    """A reading of a word, for the table of a figure."""

    match: str
    rewritten: str
    lexicon: str
    source: str
    reason: str
    genes: tuple[Linked, ...]
    organism: Linked | None
    support: str
    notes: tuple[str, ...]


class Word(NamedTuple):
    """A word with its readings."""

    how: str
    said: str
    readings: tuple[Row, ...]


_SUPPORTED: dict[Support, str] = {
    "article": "yes",
    "table only": "no: the table alone names it",
    "unknown": "not known",
}


def figure_page(ask: Ask, iri: str, fields: Fields) -> Values:
    """A figure, word by word. Raises NotInGraph."""
    facts = figure.facts(ask, iri)
    mentions = figure.mentions(ask, iri)
    supports = figure.supports(mentions, facts.about, facts.table)
    readings = figure.readings(mentions)
    same = set(supports.values())
    all_support = show.SUPPORT[same.pop()] if len(same) == 1 else ""  # what holds of all genes is said once
    about = things(ask, iri, "schema:about")
    table = things(ask, iri, "kg:mentionsOrganism")
    specific = things(ask, iri, "kg:mentionsSpecifically")
    genes = sorted({m.thing for m in mentions if m.thing is not None and m.tier is not None and not m.reason})
    genes.sort(key=lambda gene: (gene.label, gene.iri))
    unnamed = tuple(Linked(name, "") for name in facts.about_names[len(about) :])
    image = next(iter(fields.get("image", ())), "")
    return {
        "template": "figure.html",
        "title": facts.title,
        "facts": facts,
        "place": show.position(facts.position, facts.type),
        "paper": Linked(vocab.stated(facts.paper), page_of(facts.paper) or ""),
        "journal": f"{facts.journal} {facts.year}".strip(),
        "score": show.number(facts.score),
        "about": (*map(linked, about), *unnamed),
        "releases": sorted({m.release for m in mentions if m.release}),
        "links": _figure_links(facts),
        "image": image,
        "image_host": urlsplit(facts.image).hostname or "",
        "caption": highlighted(facts.caption, mentions),
        "words": words(readings, {} if all_support else supports),
        "all_support": all_support,
        "symbols": list(dict.fromkeys(gene.label for gene in genes)),
        "ids": [vocab.curie(gene.iri).removeprefix("ncbigene:") for gene in genes],
        "specific": [gene.label for gene in specific],
        "terms": _terms(mentions),
        "unresolved": figure.unresolved(mentions),
        "disagreement": _disagreement(mentions),
        "organisms_differ": [linked(thing) for thing in table if about and thing not in about],
        "schema_org": schemaorg.figure(facts, about, specific),
    }


def _figure_links(facts: figure.Facts) -> list[tuple[str, str]]:
    found = [("PubMed Central", facts.url), ("PFOCR", facts.iri)]
    for link in facts.links:
        local = link.rpartition("/")[2]
        if "/ndex/" in link:
            found.append((f"NDEx {local}", f"https://www.ndexbio.org/viewer/networks/{local}"))
        elif "/wikipathways/" in link:
            found.append((f"WikiPathways {local}", f"https://www.wikipathways.org/pathways/{local}.html"))
        else:
            found.append((link, link))
    return [(name, url) for name, url in found if away(url)]


def words(readings: Sequence[Reading], supports: Mapping[str, Support]) -> list[Word]:
    """Readings by word."""
    gathered = itertools.groupby(readings, key=lambda r: (r.how, r.said))
    return [Word(how, said, tuple(_row(r, supports) for r in rows)) for (how, said), rows in gathered]


def _row(reading: Reading, supports: Mapping[str, Support]) -> Row:
    support = supports.get(reading.organism.iri) if reading.organism else None
    rewritten = "" if reading.how != "word" else "yes" if "rewritten" in reading.doubts else "no"
    # What has columns of its own is not said again.
    doubted = reading._replace(how="word", doubts=tuple(d for d in reading.doubts if d != "rewritten"))
    return Row(
        match=reading.match,
        rewritten=rewritten,
        lexicon=show.lexicon(reading),
        source=reading.source,
        reason=reading.reason,
        genes=tuple(map(linked, reading.genes)),
        organism=linked(reading.organism) if reading.organism else None,
        support=_SUPPORTED[support] if support else "",
        notes=tuple(show.note(doubted, "article")),
    )


def _terms(mentions: Iterable[Mention]) -> list[Values]:
    found = {(m.said, m.thing) for m in figure.terms(list(mentions)) if m.thing is not None}
    return [
        {"said": said, "label": thing.label, "curie": vocab.curie(thing.iri), "href": page_of(thing.iri) or ""}
        for said, thing in sorted(found)
    ]


def _disagreement(mentions: Sequence[Mention]) -> Values | None:
    found = figure.disagreement(mentions)
    if found is None:
        return None
    return {name: [linked(thing) for thing in those] for name, those in found._asdict().items()}


def highlighted(caption: str, mentions: Sequence[Mention]) -> list[Part]:
    """A caption with the names in it that are recognised in its figure: words, what they match, symbols of genes."""
    stands: dict[str, set[Thing]] = {}
    for m in mentions:
        if m.thing is None or m.reason:
            continue
        names = {m.said.strip(" ,.;:()[]"), m.match}
        if m.tier in (Tier.SYMBOL, None):
            names.add(m.thing.label)
        for name in names:
            if len(name) > 1:
                stands.setdefault(name, set()).add(m.thing)
    if not stands or not caption:
        return [Part(caption, "", "")] if caption else []
    parts, at = [], 0
    for start, end in _places(caption, stands):
        if start > at:
            parts.append(Part(caption[at:start], "", ""))
        name = caption[start:end]
        meant = sorted(stands[name], key=lambda thing: (thing.label, thing.iri))
        title = ", ".join(dict.fromkeys(thing.label for thing in meant[:12])) + (" …" if len(meant) > 12 else "")
        parts.append(Part(name, title, page_of(meant[0].iri) or "" if len(meant) == 1 else ""))
        at = end
    return [*parts, *([Part(caption[at:], "", "")] if at < len(caption) else [])]


_NOT_IN_WORD, _WORD = re.compile(r"(?<!\w)\S"), re.compile(r"\w")


def _places(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where names stand in a text, not within words; of those that begin at one place the longest.

    An expression of all the names would take longer to make than to look, and Python keeps hundreds of them.
    """
    lengths: dict[str, dict[int, None]] = {}  # by first character, the longest first
    for name in sorted(names, key=len, reverse=True):
        lengths.setdefault(name[0], {})[len(name)] = None
    done = 0
    for found in _NOT_IN_WORD.finditer(text):
        start = found.start()
        if start < done:
            continue
        for length in lengths.get(found[0], ()):
            end = start + length
            if text[start:end] in names and end <= len(text) and not _WORD.match(text, end):
                yield start, end
                done = end
                break


# --- genes

_EDGES = {
    **{KG + "mentions" + tier.name.capitalize(): tier.label for tier in Tier},
    KG + "mentionsCandidate": "candidate",
}
"""Edge from figure to gene to what it is called, the best first."""


def gene_page(ask: Ask, iri: str, fields: Fields, lexicon: Lexicon) -> Values:
    """A gene: its names, and its figures by tier and year. Raises NotInGraph."""
    node = NamedNode(iri)
    facts = one(
        ask,
        f"SELECT ?label ?taxon ?organism WHERE {{ {node} rdfs:label ?label ; schema:taxonomicRange ?taxon . "
        "?taxon rdfs:label ?organism }",
    )
    if not facts:
        raise NotInGraph(f"{vocab.curie(iri)} is no gene of this graph")
    organism = Thing(facts["taxon"].value, facts["organism"].value)
    label = facts["label"].value
    other = values(ask, iri, "skos:altLabel")
    curie = vocab.curie(iri)
    entry = lexicon.gene(curie.removeprefix("ncbigene:"))
    known = (*entry.aliases, *entry.previous) if entry else ()
    replaced = values(ask, iri, "dcterms:isReplacedBy")
    listed = _listed(ask, f"VALUES ?edge {{ {_edges()} }} ?figure ?edge {node}", "?edge")
    by_year: dict[str, dict[str, int]] = {}
    for each in listed:
        counts = by_year.setdefault(each.year, {})
        counts[_EDGES[each.edge]] = counts.get(_EDGES[each.edge], 0) + 1
    tiers = [tier for tier in _EDGES.values() if any(tier in counts for counts in by_year.values())]
    years = [
        (year or "not known", [by_year[year].get(tier, 0) for tier in tiers]) for year in sorted(by_year, reverse=True)
    ]
    sums = [sum(counts[i] for _, counts in years) for i in range(len(tiers))]
    specifically = one(ask, f"SELECT (COUNT(DISTINCT ?f) AS ?n) WHERE {{ ?f kg:mentionsSpecifically {node} }}")
    # The figures, a page of them: the best evidence first, then the newest.
    page = pager(f"/gene/{quote(curie.partition(':')[2])}", fields, sum(sums))
    best = list(_EDGES)
    listed.sort(key=lambda each: best.index(each.edge))
    found = _titled(ask, listed[max(0, page.first - 1) : page.last], evidence=True)
    outer = [outside(iri)]
    symbol = values(ask, iri, "wp:bdbHgncSymbol")
    links = [link for link in outer if link is not None]
    if symbol:
        name = vocab.stated(symbol[0])
        links.append(("HGNC", f"https://www.genenames.org/tools/search/#!/?query={quote(name, safe='')}"))
    return {
        "template": "gene.html",
        "title": f"{label} ({organism.label})",
        "id": curie.removeprefix("ncbigene:"),
        "label": label,
        "curie": curie,
        "organism": linked(organism),
        "other": other,
        "names": [name for name in dict.fromkeys(known) if name not in (label, *other)],
        "replaced": linked(Thing(replaced[0], vocab.curie(replaced[0]))) if replaced else None,
        "links": links,
        "total": sum(sums),
        "specifically": int(specifically["n"].value),
        "years": years,
        "tiers": tiers,
        "sums": sums,
        "grid": plain(found, "Its figures, those of best evidence first"),
        "pager": page,
        "schema_org": schemaorg.gene(iri, label, other, organism),
    }


def _edges() -> str:
    return " ".join(f"<{edge}>" for edge in _EDGES)


_NEIGHBOURS = 14


def network(ask: Ask, iri: str) -> Values:
    """The genes that most figures name specifically beside a gene, and how many figures name any two of them so."""
    label = next(iter(values(ask, iri, "rdfs:label")), "")
    if not label:
        raise NotInGraph(f"{vocab.curie(iri)} is no gene of this graph")
    beside = ask(
        PREFIXES + f"SELECT ?other ?label ?n WHERE {{ {{ SELECT ?other (COUNT(DISTINCT ?f) AS ?n) WHERE {{ "
        f"?f kg:mentionsSpecifically {NamedNode(iri)}, ?other . FILTER(?other != {NamedNode(iri)}) }} GROUP BY ?other "
        f"ORDER BY DESC(?n) ?other LIMIT {_NEIGHBOURS} }} ?other rdfs:label ?label }} ORDER BY DESC(?n) ?other"
    )
    nodes = [{"id": iri, "label": label, "href": page_of(iri), "centre": True, "figures": 0}]
    for row in beside.rows:
        other, name, n = (term.value for term in row if term is not None)
        nodes.append({"id": other, "label": name, "href": page_of(other), "centre": False, "figures": int(n)})
    members = " ".join(f"<{node['id']}>" for node in nodes)
    # Each side by itself, so that engines match two lists, rather than look up each figure for each gene.
    sides = " ".join(
        f"{{ SELECT ?f ?{name} WHERE {{ VALUES ?{name} {{ {members} }} ?f kg:mentionsSpecifically ?{name} }} }}"
        for name in "ab"
    )
    pairs = ask(f"SELECT ?a ?b (COUNT(*) AS ?n) WHERE {{ {sides} }} GROUP BY ?a ?b")
    edges = []
    for row in pairs.rows:
        a, b, n = (term.value for term in row if term is not None)
        if a < b:
            edges.append({"source": a, "target": b, "figures": int(n)})
    return {"nodes": nodes, "edges": edges}


# --- papers, organisms, terms


def paper_page(ask: Ask, iri: str, fields: Fields) -> Values:
    """A paper and its figures. Raises NotInGraph."""
    node = NamedNode(iri)
    said = one(
        ask,
        "SELECT ?title ?year ?citation ?doi ?journal ?publisher WHERE { "
        f"{node} a ?kind OPTIONAL {{ {node} schema:name ?title }} "
        f"OPTIONAL {{ {node} schema:datePublished ?year }} OPTIONAL {{ {node} schema:sameAs ?doi }} "
        f"OPTIONAL {{ {node} <{DCTERMS}bibliographicCitation> ?citation }} "
        f"OPTIONAL {{ {node} schema:isPartOf/schema:name ?journal }} "
        f"OPTIONAL {{ {node} schema:publisher/schema:name ?publisher }} }} ORDER BY ?journal ?publisher",
    )
    if not said:
        raise NotInGraph(f"no paper {vocab.curie(iri)} in this graph")
    facts = {name: term.value if term is not None else "" for name, term in said.items()}
    figures = ask(
        PREFIXES + "SELECT ?figure ?position ?title (COUNT(DISTINCT ?gene) AS ?genes) WHERE { "
        f"?figure schema:isPartOf {node} ; schema:name ?title . OPTIONAL {{ ?figure schema:position ?position }} "
        "OPTIONAL { ?figure schema:mentions ?gene . ?gene a schema:Gene } } "
        "GROUP BY ?figure ?position ?title ORDER BY ?position ?figure"
    )
    heading = facts.pop("title")
    parts = [Thing(row[0].value, row[2].value) for row in figures.rows if row[0] is not None and row[2] is not None]
    more = outside(iri)
    return {
        "template": "paper.html",
        "title": heading or vocab.stated(iri),
        "heading": heading or "Title not known",
        "pmcid": vocab.stated(iri),
        **facts,
        "keywords": values(ask, iri, "schema:keywords"),
        "also": [
            *(f"title: {title}" for title in values(ask, iri, "schema:alternateName")),
            *values(ask, iri, "kg:alsoStated"),
        ],
        "links": [more] if more else [],
        "grid": plain(figures, "Figures, with the number of genes that each mentions"),
        "schema_org": schemaorg.paper(iri, heading, facts["year"], facts["doi"], facts["journal"], parts),
    }


def organism_page(ask: Ask, iri: str, fields: Fields, lexicon: Lexicon) -> Values:
    """An organism and the figures of articles about it. Raises NotInGraph."""
    node = NamedNode(iri)
    label = next(iter(values(ask, iri, "rdfs:label")), "")
    if not label:
        raise NotInGraph(f"no organism {vocab.curie(iri)} in this graph")
    curie = vocab.curie(iri)
    entry = lexicon.organism(curie.partition(":")[2])
    names = [name for name in (entry.names if entry else ()) if name != label]
    species = things(ask, iri, "schema:parentTaxon")
    counts = {
        name: int(one(ask, f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}")["n"].value)
        for name, pattern in {
            "genes": f"?x a schema:Gene ; schema:taxonomicRange {node}",
            "in_table": f"?x kg:mentionsOrganism {node}",
        }.items()
    }
    listed = _listed(ask, f"?figure schema:about {node}")
    counts["about"] = len(listed)
    page = pager(f"/organism/{quote(curie.partition(':')[2])}", fields, len(listed))
    more = outside(iri)
    return {
        "template": "organism.html",
        "title": label,
        "label": label,
        "curie": curie,
        "names": names,
        "species": linked(species[0]) if species else None,
        **counts,
        "links": [more] if more else [],
        "grid": plain(_titled(ask, listed[max(0, page.first - 1) : page.last]), "Figures, the newest first"),
        "pager": page,
        "schema_org": schemaorg.named("Taxon", iri, label, names),
    }


class _Listed(NamedTuple):
    """A figure of a list: its IRI, its year ('' if not known), and the edge that it is there for, if that counts."""

    figure: str
    year: str
    edge: str = ""


def _listed(ask: Ask, pattern: str, edge: str = "") -> list[_Listed]:
    """Each ``?figure`` of a pattern, with each ``?edge`` if that is asked for, the newest first.

    Sorted here: engines read each IRI anew at every comparison, and some 10,000 figures mention a gene such as AKT1.
    """
    found = ask(
        PREFIXES + f"SELECT DISTINCT ?figure ?year {edge} WHERE {{ {pattern} "
        "OPTIONAL { ?figure schema:isPartOf/schema:datePublished ?published } BIND(STR(?published) AS ?year) }"
    )
    listed = [_Listed(*(term.value if term is not None else "" for term in row)) for row in found.rows]
    listed.sort(key=lambda each: each.figure)
    listed.sort(key=lambda each: each.year, reverse=True)
    return listed


def _titled(ask: Ask, listed: Sequence[_Listed], *, evidence: bool = False) -> Table:
    """A part of such a list with titles, as a table."""
    wanted = " ".join(f"<{each.figure}>" for each in listed)
    found = ask(f"SELECT ?figure ?title WHERE {{ VALUES ?figure {{ {wanted} }} ?figure schema:name ?title }}")
    titles = {row[0].value: row[1] for row in found.rows if row[0] is not None}
    rows = [
        (
            NamedNode(each.figure),
            titles.get(each.figure),
            literal(each.year) if each.year else None,
            *([literal(_EDGES[each.edge])] if evidence else []),
        )
        for each in listed
    ]
    return Table(("figure", "title", "year", *(["evidence"] if evidence else [])), rows)


def term_page(ask: Ask, kind: str, iri: str, fields: Fields) -> Values:
    """A chemical or disease, the words for it, and its figures."""
    node = NamedNode(iri)
    curie = vocab.curie(iri)
    label = next(iter(values(ask, iri, "rdfs:label")), curie)
    other = values(ask, iri, "skos:altLabel")
    seen = ask(
        PREFIXES + "SELECT ?word (COUNT(DISTINCT ?figure) AS ?figures) WHERE { "
        f"?m oa:hasBody {node} ; oa:hasTarget ?figure OPTIONAL {{ ?m kg:word ?seen }} "
        'BIND(COALESCE(?seen, "(word not published)") AS ?word) } GROUP BY ?word '
        "ORDER BY DESC(?figures) ?word LIMIT 50"
    )
    listed = _listed(ask, f"?figure schema:mentions {node}")
    page = pager(f"/term/{quote(curie)}", fields, len(listed))
    more = outside(iri)
    return {
        "template": "term.html",
        "title": label,
        "kind": kind,
        "label": label,
        "curie": curie,
        "other": other,
        "same": [vocab.curie(same) for same in values(ask, iri, "skos:exactMatch")],
        "links": [more] if more else [],
        "words": plain(seen, "Words of figures, the commonest first"),
        "grid": plain(_titled(ask, listed[max(0, page.first - 1) : page.last]), "Figures, the newest first"),
        "pager": page,
        "schema_org": schemaorg.named(
            {"chemical": "ChemicalSubstance", "disease": "MedicalCondition"}[kind], iri, label, other
        ),
    }
