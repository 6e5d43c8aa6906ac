"""What the graph says of one figure: what it is, and each word with what it is taken for, and by which lexicon.

`kg.show` and the pages lay this out; what the terms mean is in ``docs/evidence.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pyoxigraph import NamedNode

from kg import vocab
from kg.errors import NotInGraph
from kg.lookup import Ask
from kg.support import Support, support
from kg.views import local
from kg.vocab import DCTERMS, KG, OA, RDFS, SCHEMA, Tier

PREFIXES = (
    f"PREFIX rdfs: <{RDFS}> PREFIX schema: <{SCHEMA}> PREFIX kg: <{KG}> PREFIX oa: <{OA}> "
    f"PREFIX dcterms: <{DCTERMS}> PREFIX skos: <{vocab.SKOS}> "
)


def one(ask: Ask, query: str) -> dict[str, Any]:
    """The first row of a query's answer, by column; empty if there is none."""
    table = ask(PREFIXES + query)
    return dict(zip(table.columns, table.rows[0], strict=True)) if table.rows else {}


def values(ask: Ask, subject: str, path: str) -> list[str]:
    """What a path leads to from a thing, sorted."""
    table = ask(PREFIXES + f"SELECT DISTINCT ?v WHERE {{ {NamedNode(subject)} {path} ?v }} ORDER BY ?v")
    return [row[0].value for row in table.rows if row[0] is not None]


def things(ask: Ask, subject: str, path: str) -> list[Thing]:
    """What a path leads to from a thing, with labels (the CURIE where there is none), sorted by these."""
    table = ask(
        PREFIXES
        + f"SELECT DISTINCT ?v ?label WHERE {{ {NamedNode(subject)} {path} ?v OPTIONAL {{ ?v rdfs:label ?label }} }}"
    )
    found = {
        Thing(v.value, label.value if label is not None else vocab.curie(v.value)) for v, label in _rows(table.rows)
    }
    return sorted(found, key=lambda thing: (thing.label, thing.iri))


def _rows(rows: Iterable[Sequence[Any]]) -> Iterable[tuple[Any, Any]]:
    return ((row[0], row[1]) for row in rows)


class Thing(NamedTuple):
    """Something with a name."""

    iri: str
    label: str


class Facts(NamedTuple):
    """What is said of a figure but for its words; '' where nothing is. ``score`` is a number as text, ``paper`` an IRI,
    ``about`` organisms of the article, ``table`` those that the gene table names, ``links`` pages elsewhere."""

    iri: str
    title: str
    position: str
    type: str
    score: str
    caption: str
    url: str
    image: str
    paper: str
    paper_title: str
    year: str
    doi: str
    journal: str
    about: tuple[str, ...]
    about_names: tuple[str, ...]
    table: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def figid(self) -> str:
        """The figure's id."""
        return vocab.figid_of(self.iri)


def facts(ask: Ask, iri: str) -> Facts:
    """What is said of a figure. Raises NotInGraph if it has no title or paper."""
    node = NamedNode(iri)
    said = one(
        ask,
        "SELECT ?title ?position ?score ?type ?caption ?url ?image ?paper ?paper_title ?year ?doi ?journal WHERE { "
        f"{node} schema:name ?title ; schema:isPartOf ?paper . "
        f"OPTIONAL {{ {node} schema:position ?position }} OPTIONAL {{ {node} kg:pathwayScore ?score }} "
        f"OPTIONAL {{ {node} kg:figureType ?type }} OPTIONAL {{ {node} schema:caption ?caption }} "
        f"OPTIONAL {{ {node} schema:url ?url }} OPTIONAL {{ {node} schema:contentUrl ?image }} "
        "OPTIONAL { ?paper schema:datePublished ?year } OPTIONAL { ?paper schema:name ?paper_title } "
        "OPTIONAL { ?paper schema:sameAs ?doi } OPTIONAL { ?paper schema:isPartOf ?j . ?j schema:name ?name . "
        "OPTIONAL { ?j schema:alternateName ?short } BIND(COALESCE(?short, ?name) AS ?journal) } } ORDER BY ?journal",
    )
    if not said:
        raise NotInGraph(f"{vocab.figid_of(iri)} has no title or paper in this graph: kg check says why")
    text = {name: term.value if term is not None else "" for name, term in said.items()}
    return Facts(
        iri=iri,
        about=tuple(values(ask, iri, "schema:about")),
        about_names=(*values(ask, iri, "schema:about/rdfs:label"), *values(ask, iri, "kg:organismName")),
        table=tuple(values(ask, iri, "kg:mentionsOrganism")),
        links=tuple(values(ask, iri, "rdfs:seeAlso")),
        **text,
    )


How = Literal["word", "keyword", "id"]
"""What a mention is of: a word of the figure; a keyword of the record, or an id, whose word is not published."""


class Mention(NamedTuple):
    """One mention and one thing that it is, or may be (with ``reason``), taken for; none if it stands for nothing.

    ``tier`` is None for chemicals and diseases, ``species`` that of an organism that is a strain; ``release`` is ''
    where the source's name does not tell; ``stated`` says where (sidecar, inline, keywordList, bioThings).
    """

    iri: str
    how: How
    said: str
    match: str
    thing: Thing | None
    organism: Thing | None
    species: str
    tier: Tier | None
    source: str
    release: str
    ambiguity: str
    doubts: frozenset[str]
    reason: str
    stated: frozenset[str]


def mentions(ask: Ask, figure: str) -> list[Mention]:
    """The figure's mentions, one entry for each thing."""
    table = ask(
        PREFIXES + "SELECT ?m ?word ?keyword ?match ?thing ?label ?taxon ?organism ?species ?tier ?source ?release "
        f"?ambiguity ?suspect ?reason ?stated WHERE {{ ?m oa:hasTarget {NamedNode(figure)} ; dcterms:source ?s . "
        "?s rdfs:label ?source . OPTIONAL { ?m kg:statedIn ?stated } "
        "OPTIONAL { ?s kg:tier ?tier } OPTIONAL { ?s kg:release ?release } "
        "OPTIONAL { ?m kg:word ?word } OPTIONAL { ?m kg:keyword ?keyword } "
        "OPTIONAL { ?m kg:match ?match } OPTIONAL { ?m kg:ambiguity ?ambiguity } "
        "OPTIONAL { ?m kg:suspect ?suspect } OPTIONAL { ?m kg:reason ?reason } "
        "OPTIONAL { ?m oa:hasBody|kg:candidate ?thing . ?thing rdfs:label ?label OPTIONAL { "
        "?thing schema:taxonomicRange ?taxon . ?taxon rdfs:label ?organism "
        "OPTIONAL { ?taxon schema:parentTaxon ?species } } } } ORDER BY ?m"
    )
    found: dict[tuple[Any, Any], Mention] = {}
    for row in table.rows:
        entry: dict[str, Any] = dict(zip(table.columns, row, strict=True))
        key = (entry["m"], entry["thing"])
        known = found.get(key) or _mention(entry)
        found[key] = known._replace(
            doubts=known.doubts | ({local(entry["suspect"])} - {""}),
            stated=known.stated | ({local(entry["stated"])} - {""}),
        )
    return list(found.values())


def _mention(entry: Mapping[str, Any]) -> Mention:
    text = {name: term.value if term is not None else "" for name, term in entry.items()}
    how: How = "word" if entry["word"] is not None else "keyword" if entry["keyword"] is not None else "id"
    return Mention(
        iri=text["m"],
        how=how,
        said=text["word"] if how == "word" else text["keyword"],
        match=text["match"],
        thing=Thing(text["thing"], text["label"]) if entry["thing"] is not None else None,
        organism=Thing(text["taxon"], text["organism"]) if entry["taxon"] is not None else None,
        species=text["species"],
        tier=Tier[local(entry["tier"]).upper()] if entry["tier"] is not None else None,
        source=text["source"],
        release=text["release"],
        ambiguity=local(entry["ambiguity"]),
        doubts=frozenset(),
        reason=local(entry["reason"]),
        stated=frozenset(),
    )


def supports(found: Sequence[Mention], about: Sequence[str], table: Sequence[str]) -> dict[str, Support]:
    """Organism support by organism, for all organisms of genes."""
    return {
        m.organism.iri: support(m.organism.iri, m.species or None, about=set(about), table=set(table))
        for m in found
        if m.organism is not None
    }


class Reading(NamedTuple):
    """What one word is taken for by one lexicon: some genes of one organism, with what speaks against it."""

    how: How
    said: str
    tier: Tier
    organism: Thing | None
    source: str
    release: str
    match: str
    ambiguity: str
    doubts: tuple[str, ...]
    reason: str
    stated: tuple[str, ...]
    genes: tuple[Thing, ...]


def readings(found: Sequence[Mention]) -> list[Reading]:
    """Words and keywords with the genes that they stand for, or may. A gene that the word names by a better lexicon
    without ambiguity is not repeated for a worse one. Words first, by spelling; of one word, the best lexicon first.
    """
    genes = [m for m in found if m.thing is not None and m.tier is not None]
    sure: dict[tuple[Any, ...], Tier] = {}
    for m in genes:
        if not m.ambiguity and not m.reason:
            key = (m.how, _merged(m), m.thing)
            sure[key] = min(sure.get(key, Tier.KEYWORD), _tier(m))
    gathered: dict[Reading, set[Thing]] = {}
    for m in genes:
        if _tier(m) > sure.get((m.how, _merged(m), m.thing), Tier.KEYWORD):
            continue
        reading = Reading(
            m.how, m.said.strip(), _tier(m), m.organism, m.source, m.release, m.match, m.ambiguity,
            tuple(sorted(m.doubts)), m.reason, tuple(sorted(m.stated)), (),
        )  # fmt: skip
        if m.thing is not None:
            gathered.setdefault(reading, set()).add(m.thing)
    rows = [
        reading._replace(genes=tuple(sorted(things, key=lambda t: (t.label, t.iri))))
        for reading, things in gathered.items()
    ]
    return sorted(rows, key=_order)


def _tier(mention: Mention) -> Tier:
    return mention.tier or Tier.KEYWORD


def _merged(mention: Mention) -> str:
    """What makes two mentions mentions of one word: keywords count as one, since their words are not known."""
    return mention.said.strip() if mention.how == "word" else ""


def _order(reading: Reading) -> tuple[Any, ...]:
    organism = reading.organism.label if reading.organism else ""
    return (reading.how != "word", reading.said.casefold(), reading.said, reading.tier, organism, *reading[4:11])


def terms(found: Sequence[Mention]) -> list[Mention]:
    """Mentions of chemicals and diseases."""
    return [m for m in found if m.thing is not None and m.tier is None]


def unresolved(found: Sequence[Mention]) -> dict[str, list[str]]:
    """Words and keywords that stand for nothing, by reason."""
    loose: dict[str, set[str]] = {}
    for m in found:
        if m.thing is None:
            loose.setdefault(m.reason, set()).add(m.said)
    return {reason: sorted(words) for reason, words in sorted(loose.items())}


class Disagreement(NamedTuple):
    """Genes that only one of a record's two lists names: the list inside of it (2021), the table beside it (2023)."""

    inline_only: tuple[Thing, ...]
    table_only: tuple[Thing, ...]


def disagreement(found: Sequence[Mention]) -> Disagreement | None:
    """Where a record's own list of genes and its table differ; None if it has not both, or they agree."""
    named: dict[str, set[Thing]] = {"inline": set(), "sidecar": set()}
    for m in found:
        if m.thing is not None and m.tier is not None:
            for where in m.stated & named.keys():
                named[where].add(m.thing)
    inline, table = named["inline"], named["sidecar"]
    if not inline or not table or inline == table:
        return None
    return Disagreement(tuple(sorted(inline - table, key=_label)), tuple(sorted(table - inline, key=_label)))


def _label(thing: Thing) -> tuple[str, str]:
    return thing.label, thing.iri
