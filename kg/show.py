"""One thing of the graph, laid out for a person: a figure has one row for each word, not for each gene."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyoxigraph import NamedNode

from kg import figure, vocab
from kg.answer import asking
from kg.errors import KgError, NotInGraph, UsageError
from kg.figure import PREFIXES as _PREFIXES
from kg.figure import Mention, Reading
from kg.figure import one as _one
from kg.figure import values as _values
from kg.lookup import Ask, Found, Lookup
from kg.results import Table, literal
from kg.support import Support
from kg.views import NOT_PUBLISHED, local
from kg.vocab import HUMAN, Tier

if TYPE_CHECKING:
    from kg.remote import Endpoint

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


def _join(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _figure(ask: Ask, iri: str) -> Sheet:
    facts = figure.facts(ask, iri)
    paper = vocab.curie(facts.paper).removeprefix("pmc:")
    place = f"{position(facts.position, facts.type)} of {paper}"
    head = [
        facts.title,
        _join(
            (
                ", ".join(part for part in (place, f"{facts.journal} {facts.year}".strip()) if part),
                _doi(facts.doi),
                f"pathway score {number(facts.score)}" if facts.score else "",
                f"article on {', '.join(facts.about_names)}"
                if facts.about_names
                else "organisms of the article not known",
            )
        ),
    ]
    mentions = figure.mentions(ask, iri)
    supports = figure.supports(mentions, facts.about, facts.table)
    same = set(supports.values())
    if len(same) == 1 and same != {"article"}:  # what holds of all genes is said once
        head.append(f"all genes: {SUPPORT[same.pop()]}")
        supports = dict.fromkeys(supports, "article")
    foot = _terms(mentions)
    foot += [f"unresolved ({reason}): {', '.join(words)}" for reason, words in figure.unresolved(mentions).items()]
    if facts.caption:
        foot.append(f"caption: {facts.caption}")
    foot.append(_join((f"PFOCR {iri}", f"PMC {facts.url}" if facts.url else "")))
    return Sheet(head, _words(figure.readings(mentions), supports), foot)


def position(place: str, kind: str) -> str:
    """Where in its paper a figure is, and what it is if it is no plain figure.

    >>> position("F1", "Figure"), position("", "Graphical abstract")
    ('F1', 'figure (graphical abstract)')
    """
    text = place or "figure"
    return f"{text} ({kind.lower()})" if kind and kind != "Figure" else text


def number(text: str) -> str:
    """A number with two digits after the point."""
    try:
        return f"{float(text):.2f}"
    except ValueError:  # a graph made without the check
        return text


def _doi(doi: str) -> str:
    return f"doi:{doi.removeprefix('https://doi.org/')}" if doi else ""


def _terms(mentions: Sequence[Mention]) -> list[str]:
    """Chemicals and diseases in a line, if there are any."""
    terms = set()
    for m in figure.terms(mentions):
        if m.thing is not None:
            curie = vocab.curie(m.thing.iri)
            named = f"{m.thing.label} ({curie})" if m.thing.label != curie else curie
            terms.add(f"{m.said} → {named}" if m.said else f"{named}, {NOT_PUBLISHED}")
    return [f"chemicals and diseases: {'; '.join(sorted(terms))}"] if terms else []


class _Row(NamedTuple):
    """A row of a figure's table, as it is sorted; its genes are those of one word, organism, lexicon and note."""

    keyword: bool
    folded: str
    word: str
    tier: Tier
    organism: str
    note: str
    lexicon: str


def _words(readings: Sequence[Reading], supports: Mapping[str, Support]) -> Table:
    """One row for each word, organism, lexicon and note."""
    rows: dict[_Row, set[str]] = {}
    for r in readings:
        human = r.organism is None or r.organism.iri == vocab.taxon_iri(HUMAN)
        organism = "" if human or r.organism is None else r.organism.label
        notes = note(r, supports.get(r.organism.iri, "unknown") if r.organism else "unknown")
        word = r.said if r.how == "word" else f"({r.how})"
        row = _Row(r.how != "word", word.casefold(), word, r.tier, organism, "; ".join(notes), lexicon(r))
        rows.setdefault(row, set()).update(gene.label for gene in r.genes)
    cells = []
    before = None
    for row in sorted(rows):
        names = ", ".join(sorted(rows[row])) + (f" ({row.organism})" if row.organism else "")
        shown = "" if row.word == before and row.word else row.word
        cells.append(tuple(literal(c) for c in (shown, names, row.lexicon, row.note)))
        before = row.word
    return Table(("word", "stands_for", "lexicon", "note"), cells)


def lexicon(reading: Reading) -> str:
    """Which kind of lexicon, and of families whose."""
    if reading.tier is Tier.FAMILY:
        return f"family ({'Bioentities' if 'Bioentities' in reading.source else 'FamPlex'})"
    return reading.tier.label


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


SUPPORT: dict[Support, str] = {
    "article": "",
    "table only": "organism in the table only",
    "unknown": "organism support unknown",
}


def note(reading: Reading, support: Support) -> list[str]:
    """What speaks against a reading, in words."""
    notes = [NOT_PUBLISHED] if reading.how != "word" else []
    if reading.reason:
        notes.append(f"candidate: {reading.reason}")
    if reading.ambiguity:
        notes.append(_AMBIGUITY[reading.ambiguity])
    if reading.match and "rewritten" in reading.doubts:
        notes.append(f"read as {reading.match}")
    notes += [_SUSPECT[doubt] for doubt in reading.doubts if doubt != "rewritten"]
    return [*notes, SUPPORT[support]] if SUPPORT[support] else notes


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
                _doi(facts["doi"].value if facts["doi"] is not None else ""),
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
