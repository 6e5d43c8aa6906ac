"""One thing of the graph, laid out for a person: a figure has one row for each word, not for each gene."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pyoxigraph import NamedNode

from kg import vocab
from kg.answer import asking
from kg.errors import KgError, NotInGraph, UsageError
from kg.lookup import Ask, Found, Lookup
from kg.results import Table, literal
from kg.support import Support, support
from kg.views import NOT_PUBLISHED, local
from kg.vocab import DCTERMS, HUMAN, KG, OA, RDFS, SCHEMA, Tier

if TYPE_CHECKING:
    from kg.remote import Endpoint

_PREFIXES = (
    f"PREFIX rdfs: <{RDFS}> PREFIX schema: <{SCHEMA}> PREFIX kg: <{KG}> PREFIX oa: <{OA}> "
    f"PREFIX dcterms: <{DCTERMS}> PREFIX skos: <{vocab.SKOS}> "
)


# PMC10531214, pmc:PMC10531214, a DOI, or the IRI of one of them; but PMCH and PMCHL1 are genes.
_PAPER = re.compile(r"\s*((pmc:)?pmc\d+\s*$|doi:|10\.|https?://(dx\.)?doi\.org/|https?://identifiers\.org/pmc/)", re.I)


class Sheet:
    """Lines of text, then a table, then lines of text."""

    def __init__(self, head: list[str], table: Table, foot: list[str]) -> None:
        self.head = head
        self.table = table
        self.foot = foot


def show(
    text: str,
    *,
    organism: str | None = None,
    store: str | Path | None = None,
    endpoint: Endpoint | None = None,
) -> tuple[Sheet, list[str]]:
    """The sheet of one thing, and notes on what the text was taken for.

    ``text`` is a figid or alias, a PMC id or DOI, a gene's symbol, or the CURIE or IRI of a figure, paper, gene,
    chemical, disease or organism. Raises UsageError, NotInGraph or AmbiguousName.
    """
    ask, genes = asking(store, endpoint)
    lookup = Lookup(ask, organism, genes)
    kind, found = _find(lookup, text)
    makers: dict[str, Callable[..., Sheet]] = {"figure": _figure, "paper": _paper, "organism": _organism}
    if kind == "gene":
        return _gene(ask, Lookup(ask, None, genes), *found.iris), lookup.notes
    sheet = _term(ask, kind, found.iris[0]) if kind not in makers else makers[kind](ask, *found.iris)
    return sheet, lookup.notes


_OF_PREFIX = {
    "pfocr": ("figure",),
    "chebi": ("chemical",),
    "doid": ("disease",),
    "mesh": ("chemical", "disease"),
    "ncbitaxon": ("organism",),
}
"""CURIE prefix to what its CURIEs and IRIs can be."""


def _find(lookup: Lookup, text: str) -> tuple[str, Found]:
    """The thing that a text names, and of which kind it is."""
    kinds = _kinds(text.strip())
    first: NotInGraph | None = None
    for kind in kinds:
        try:
            return kind, lookup.find(kind, text)
        except NotInGraph as error:
            first = first or error
    *others, last = kinds
    named = f"{', '.join(others)} or {last}" if others else last
    raise NotInGraph(str(first).replace(f"no {kinds[0]} ", f"no {named} ", 1))


def _kinds(text: str) -> tuple[str, ...]:
    for prefix, kinds in _OF_PREFIX.items():
        if text.lower().startswith((f"{prefix}:", vocab.CURIES[prefix].lower())):
            return kinds
    if "__" in text:
        return ("figure",)
    if _PAPER.match(text):
        return ("paper",)
    return ("gene",) if ":" in text else ("gene", "organism", "chemical", "disease")


def _one(ask: Ask, query: str) -> dict[str, Any]:
    table = ask(_PREFIXES + query)
    return dict(zip(table.columns, table.rows[0], strict=True)) if table.rows else {}


def _values(ask: Ask, subject: str, path: str) -> list[str]:
    table = ask(_PREFIXES + f"SELECT DISTINCT ?v WHERE {{ {NamedNode(subject)} {path} ?v }} ORDER BY ?v")
    return [row[0].value for row in table.rows if row[0] is not None]


def _join(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _figure(ask: Ask, iri: str) -> Sheet:
    node = NamedNode(iri)
    facts = _one(
        ask,
        "SELECT ?title ?position ?score ?type ?caption ?url ?paper ?year ?doi ?journal WHERE { "
        f"{node} schema:name ?title ; schema:isPartOf ?paper . "
        f"OPTIONAL {{ {node} schema:position ?position }} OPTIONAL {{ {node} kg:pathwayScore ?score }} "
        f"OPTIONAL {{ {node} kg:figureType ?type }} OPTIONAL {{ {node} schema:caption ?caption }} "
        f"OPTIONAL {{ {node} schema:url ?url }} OPTIONAL {{ ?paper schema:datePublished ?year }} "
        "OPTIONAL { ?paper schema:sameAs ?doi } OPTIONAL { ?paper schema:isPartOf ?j . ?j schema:name ?name . "
        "OPTIONAL { ?j schema:alternateName ?short } BIND(COALESCE(?short, ?name) AS ?journal) } } ORDER BY ?journal",
    )
    if not facts:
        raise NotInGraph(f"{vocab.figid_of(iri)} has no title or paper in this graph: kg check says why")
    about = _values(ask, iri, "schema:about")
    names = [*_values(ask, iri, "schema:about/rdfs:label"), *_values(ask, iri, "kg:organismName")]
    score = facts["score"]
    paper = vocab.curie(facts["paper"].value).removeprefix("pmc:")
    head = [
        facts["title"].value,
        _join(
            (
                ", ".join(
                    part
                    for part in (
                        f"{_position(facts['position'], facts['type'])} of {paper}",
                        " ".join(t.value for t in (facts["journal"], facts["year"]) if t is not None),
                    )
                    if part
                ),
                _doi(facts["doi"]),
                f"pathway score {_number(score.value)}" if score is not None else "",
                f"article on {', '.join(names)}" if names else "organisms of the article not known",
            )
        ),
    ]
    mentions = _mentions(ask, iri)
    supports = _supports(mentions, set(about), set(_values(ask, iri, "kg:mentionsOrganism")))
    same = set(supports.values())
    if len(same) == 1 and same != {"article"}:  # what holds of all genes is said once
        head.append(f"all genes: {_SUPPORT[same.pop()]}")
        supports = dict.fromkeys(supports, "article")
    foot = [*_terms(mentions), *_unresolved(mentions)]
    table = _words(mentions, supports)
    caption = facts["caption"]
    if caption is not None:
        foot.append(f"caption: {caption.value}")
    foot.append(_join((f"PFOCR {iri}", f"PMC {facts['url'].value}" if facts["url"] is not None else "")))
    return Sheet(head, table, foot)


def _position(position: Any, kind: Any) -> str:
    text = position.value if position is not None else "figure"
    return f"{text} ({kind.value.lower()})" if kind is not None and kind.value != "Figure" else str(text)


def _number(text: str) -> str:
    try:
        return f"{float(text):.2f}"
    except ValueError:  # a graph made without the check
        return text


def _doi(doi: Any) -> str:
    return f"doi:{doi.value.removeprefix('https://doi.org/')}" if doi is not None else ""


def _mentions(ask: Ask, figure: str) -> list[dict[str, Any]]:
    """The figure's mentions, one entry for each thing; ``doubts`` are gathered in a set."""
    node = NamedNode(figure)
    table = ask(
        _PREFIXES + "SELECT ?m ?word ?keyword ?match ?thing ?label ?taxon ?organism ?species ?tier ?source ?ambiguity "
        f"?suspect ?reason WHERE {{ ?m oa:hasTarget {node} ; dcterms:source ?s . ?s rdfs:label ?source . "
        "OPTIONAL { ?s kg:tier ?tier } OPTIONAL { ?m kg:word ?word } OPTIONAL { ?m kg:keyword ?keyword } "
        "OPTIONAL { ?m kg:match ?match } OPTIONAL { ?m kg:ambiguity ?ambiguity } "
        "OPTIONAL { ?m kg:suspect ?suspect } OPTIONAL { ?m kg:reason ?reason } "
        "OPTIONAL { ?m oa:hasBody|kg:candidate ?thing . ?thing rdfs:label ?label OPTIONAL { "
        "?thing schema:taxonomicRange ?taxon . ?taxon rdfs:label ?organism "
        "OPTIONAL { ?taxon schema:parentTaxon ?species } } } } ORDER BY ?m"
    )
    mentions: dict[tuple[Any, Any], dict[str, Any]] = {}
    for row in table.rows:
        entry: dict[str, Any] = dict(zip(table.columns, row, strict=True))
        kept = mentions.setdefault((entry["m"], entry["thing"]), entry | {"doubts": set()})
        kept["doubts"] |= {local(entry["suspect"])} - {""}
    return list(mentions.values())


def _supports(mentions: Sequence[dict[str, Any]], about: set[str], table: set[str]) -> dict[str, Support]:
    """Organism support by organism, for all organisms of genes."""
    return {
        m["taxon"].value: support(
            m["taxon"].value, m["species"].value if m["species"] is not None else None, about=about, table=table
        )
        for m in mentions
        if m["taxon"] is not None
    }


def _terms(mentions: Sequence[dict[str, Any]]) -> list[str]:
    """Chemicals and diseases in a line, if there are any."""
    terms = set()
    for m in mentions:
        if m["thing"] is not None and m["tier"] is None:
            curie = vocab.curie(m["thing"].value)
            label = m["label"].value
            named = f"{label} ({curie})" if label != curie else curie
            terms.add(f"{_spelling(m)} → {named}" if _spelling(m) else f"{named}, {NOT_PUBLISHED}")
    return [f"chemicals and diseases: {'; '.join(sorted(terms))}"] if terms else []


def _unresolved(mentions: Sequence[dict[str, Any]]) -> list[str]:
    """Words and keywords that stand for nothing, a line for each reason."""
    loose: dict[str, set[str]] = {}
    for m in mentions:
        if m["thing"] is None:
            loose.setdefault(local(m["reason"]), set()).add(_spelling(m))
    return [f"unresolved ({reason}): {', '.join(sorted(words))}" for reason, words in sorted(loose.items())]


def _spelling(mention: dict[str, Any]) -> str:
    said = mention["word"] if mention["word"] is not None else mention["keyword"]
    return said.value if said is not None else ""


class _Row(NamedTuple):
    """A row of a figure's table, as it is sorted; its genes are those of one word, organism, lexicon and note."""

    keyword: bool
    folded: str
    word: str
    tier: Tier
    organism: str
    note: str
    lexicon: str


def _words(mentions: Sequence[dict[str, Any]], supports: Mapping[str, Support]) -> Table:
    """One row for each word, organism, lexicon and note. A gene that the word names by a better lexicon without
    ambiguity is not repeated for a worse one.
    """
    genes = [m for m in mentions if m["thing"] is not None and m["tier"] is not None]
    sure: dict[tuple[str, str], Tier] = {}
    for m in genes:
        if m["ambiguity"] is None and m["reason"] is None:
            key = (_shown(m), m["thing"].value)
            sure[key] = min(sure.get(key, Tier.KEYWORD), _tier(m))
    rows: dict[_Row, set[str]] = {}
    for m in genes:
        tier = _tier(m)
        if tier > sure.get((_shown(m), m["thing"].value), Tier.KEYWORD):
            continue
        taxon = m["taxon"].value if m["taxon"] is not None else ""
        organism = m["organism"].value if taxon and taxon != vocab.taxon_iri(HUMAN) else ""
        note = _note(m, supports.get(taxon, "unknown"))
        word = _shown(m)
        row = _Row(m["word"] is None, word.casefold(), word, tier, organism, note, _lexicon(tier, m["source"].value))
        rows.setdefault(row, set()).add(m["label"].value)
    cells = []
    before = None
    for row in sorted(rows):
        names = ", ".join(sorted(rows[row])) + (f" ({row.organism})" if row.organism else "")
        shown = "" if row.word == before and row.word else row.word
        cells.append(tuple(literal(c) for c in (shown, names, row.lexicon, row.note)))
        before = row.word
    return Table(("word", "stands_for", "lexicon", "note"), cells)


def _tier(mention: dict[str, Any]) -> Tier:
    return Tier[local(mention["tier"]).upper()]


def _shown(mention: dict[str, Any]) -> str:
    if mention["word"] is None:
        return "(keyword)" if mention["keyword"] is not None else "(id)"
    text: str = mention["word"].value
    return text.strip()


def _lexicon(tier: Tier, source: str) -> str:
    if tier is Tier.FAMILY:
        return f"family ({'Bioentities' if 'Bioentities' in source else 'FamPlex'})"
    return tier.label


_AMBIGUITY = {
    "familyWord": "the word also stands for a family",
    "shadowed": "the word is another gene's symbol",
    "several": "several genes",
}
_SUSPECT = {
    "rewritten": "match differs from word",
    "commonWord": "common word",
    "metaboliteOrIon": "metabolite or ion",
    "alsoOther": "also a chemical or disease here",
    "caseOnly": "matches by case alone",
}


_SUPPORT: dict[Support, str] = {
    "article": "",
    "table only": "organism in the table only",
    "unknown": "organism support unknown",
}


def _note(m: dict[str, Any], support: Support) -> str:
    notes = [NOT_PUBLISHED] if m["word"] is None else []
    if m["reason"] is not None:
        notes.append(f"candidate: {local(m['reason'])}")
    if m["ambiguity"] is not None:
        notes.append(_AMBIGUITY[local(m["ambiguity"])])
    doubts = m["doubts"]
    if m["match"] is not None and "rewritten" in doubts:
        notes.append(f"read as {m['match'].value}")
    notes += [_SUSPECT[s] for s in sorted(doubts - {"rewritten"})]
    return "; ".join([*notes, _SUPPORT[support]] if _SUPPORT[support] else notes)


def _paper(ask: Ask, iri: str) -> Sheet:
    node = NamedNode(iri)
    facts = _one(
        ask,
        f"SELECT ?title ?year ?citation ?doi WHERE {{ {node} a ?paper . OPTIONAL {{ {node} schema:name ?title }} "
        f"OPTIONAL {{ {node} schema:datePublished ?year }} OPTIONAL {{ {node} schema:sameAs ?doi }} "
        f"OPTIONAL {{ {node} dcterms:bibliographicCitation ?citation }} }}",
    )
    head = [
        facts["title"].value if facts["title"] is not None else "title not known",
        _join(
            (
                vocab.curie(iri),
                facts["citation"].value if facts["citation"] is not None else "",
                _doi(facts["doi"]),
            )
        ),
    ]
    figures = ask(
        _PREFIXES + "SELECT ?figure ?position ?title (COUNT(DISTINCT ?gene) AS ?genes) WHERE { "
        f"?figure schema:isPartOf {node} ; schema:name ?title . OPTIONAL {{ ?figure schema:position ?position }} "
        "OPTIONAL { ?figure schema:mentions ?gene . ?gene a schema:Gene } } "
        "GROUP BY ?figure ?position ?title ORDER BY ?position ?figure"
    )
    foot = [f"also titled: {t}" for t in _values(ask, iri, "schema:alternateName")]
    foot += [f"also stated: {t}" for t in _values(ask, iri, "kg:alsoStated")]
    keywords = _values(ask, iri, "schema:keywords")
    foot += [f"keywords: {', '.join(keywords)}"] if keywords else []
    return Sheet(head, figures, foot)


def _gene(ask: Ask, lookup: Lookup, iri: str, *more: str) -> Sheet:
    node = NamedNode(iri)
    facts = _one(
        ask,
        f"SELECT ?label ?organism WHERE {{ {node} rdfs:label ?label ; schema:taxonomicRange/rdfs:label ?organism }}",
    )
    if not facts:
        raise UsageError(f"{vocab.curie(iri)} is not a gene of this graph")
    altlabels = _values(ask, iri, "skos:altLabel")
    status = _values(ask, iri, "dcterms:isReplacedBy")
    head = [
        f"{facts['label'].value} · {facts['organism'].value} · {vocab.curie(iri)}",
        _join(
            (
                f"in records also: {', '.join(altlabels)}" if altlabels else "",
                f"no longer current, see {vocab.curie(status[0])}" if status else "",
                f"with its earlier id {', '.join(vocab.curie(i) for i in more)}" if more else "",
            )
        ),
    ]
    values = " ".join(str(NamedNode(i)) for i in (iri, *more))
    table = ask(
        _PREFIXES + "SELECT ?tier (COUNT(DISTINCT ?figure) AS ?figures) (COUNT(DISTINCT ?spelling) AS ?words) "
        f"WHERE {{ VALUES ?gene {{ {values} }} ?m oa:hasBody ?gene ; oa:hasTarget ?figure ; "
        "dcterms:source/kg:tier ?tier . "
        "OPTIONAL { ?m kg:word ?spelling } } GROUP BY ?tier"
    )
    ranked = sorted(
        ((Tier[local(row[0]).upper()], row) for row in table.rows if row[0] is not None), key=lambda r: r[0]
    )
    rows = [(literal(tier.label), row[1], row[2]) for tier, row in ranked]

    def figures(pattern: str) -> int:
        count = _one(ask, f"SELECT (COUNT(DISTINCT ?f) AS ?n) WHERE {{ VALUES ?gene {{ {values} }} {pattern} }}")
        return int(count["n"].value)

    if candidate := figures("?f kg:mentionsCandidate ?gene"):
        rows.append((literal("candidate"), literal(candidate), literal(0)))
    specific = "?f kg:mentionsSpecifically ?gene"
    doubted = figures(f"{specific} . ?m oa:hasTarget ?f ; oa:hasBody ?gene ; kg:suspect ?doubt")
    foot = [
        f"specifically named (by symbol, or by a synonym without ambiguity): figures {figures(specific):,}"
        + (f", with a doubt {doubted:,}" if doubted else ""),
        f"its figures: kg query figures-mentioning-genes {_asked_by(lookup, facts['label'].value, iri)}",
    ]
    return Sheet([line for line in head if line], Table(("mentioned_by", "figures", "words"), rows), foot)


def _asked_by(lookup: Lookup, label: str, iri: str) -> str:
    """What to ask for a gene by: its symbol if that by itself means this gene, else its CURIE."""
    try:
        found = lookup.gene(label).iris
    except KgError:
        found = ()
    return label if found[:1] == (iri,) else vocab.curie(iri)


def _term(ask: Ask, kind: str, iri: str) -> Sheet:
    """A chemical or disease: its names, and the words that figures have for it."""
    node = NamedNode(iri)
    label = _values(ask, iri, "rdfs:label")[0]
    same = [vocab.curie(other) for other in _values(ask, iri, "skos:exactMatch")]
    also = _values(ask, iri, "skos:altLabel")
    head = [
        _join((label if label != vocab.curie(iri) else "", kind, vocab.curie(iri))),
        _join(
            (f"the same as {', '.join(same)}" if same else "", f"in records also: {', '.join(also)}" if also else "")
        ),
    ]
    words = ask(
        _PREFIXES + "SELECT ?word (COUNT(DISTINCT ?figure) AS ?figures) WHERE { "
        f"?m oa:hasBody {node} ; oa:hasTarget ?figure OPTIONAL {{ ?m kg:word ?seen }} "
        f'BIND(COALESCE(?seen, "({NOT_PUBLISHED})") AS ?word) }} GROUP BY ?word ORDER BY DESC(?figures) ?word'
    )
    foot = [f"its figures: kg query figures-by-{kind} {vocab.curie(iri)}"]
    return Sheet([line for line in head if line], words, foot)


def _organism(ask: Ask, iri: str) -> Sheet:
    node = NamedNode(iri)
    name = _values(ask, iri, "rdfs:label")[0]
    species = _values(ask, iri, "schema:parentTaxon")
    head = [_join((name, vocab.curie(iri), f"of the species {vocab.curie(species[0])}" if species else ""))]
    counts = {
        "genes in figures": f"?x a schema:Gene ; schema:taxonomicRange {node}",
        "figures whose article is about it": f"?x schema:about {node}",
        "figures whose gene table names it": f"?x kg:mentionsOrganism {node}",
    }
    rows = []
    for what, pattern in counts.items():
        found = _one(ask, f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {pattern} }}")
        rows.append((literal(what), found["n"]))
    foot = [f'its genes: kg query most-figured-genes --organism "{name}"']
    return Sheet(head, Table(("what", "count"), rows), foot)
