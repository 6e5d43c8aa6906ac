"""One figure, paper or gene, laid out for a person: a figure has one row for each word, not for each gene."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from kg import vocab
from kg.answer import ask_store
from kg.errors import NotInGraph, UsageError
from kg.lookup import Ask, Lookup
from kg.results import Table, literal
from kg.store import open_store
from kg.views import NOT_PUBLISHED, local
from kg.vocab import DCTERMS, HUMAN, KG, OA, RDFS, SCHEMA, Tier

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


def show(text: str, *, organism: str | None = None, store: str | Path | None = None) -> tuple[Sheet, list[str]]:
    """The sheet of a figure, paper or gene, and notes on what the text was taken for.

    ``text`` is a figid or alias, PMC id or DOI, symbol, CURIE or IRI. Raises NotInGraph or AmbiguousName.
    """
    ask = ask_store(open_store(store))
    lookup = Lookup(ask, organism)
    kind = _kind(text)
    found = lookup.find(kind, text)
    maker = {"figure": _figure, "paper": _paper, "gene": _gene}[kind]
    sheet = maker(ask, found.iris[0]) if kind != "gene" else _gene(ask, *found.iris)
    return sheet, lookup.notes


def _kind(text: str) -> str:
    if text.lower().startswith((vocab.CURIES["pfocr"], "pfocr:")) or "__" in text:
        return "figure"
    return "paper" if _PAPER.match(text) else "gene"


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
        "SELECT ?title ?position ?score ?type ?caption ?url ?paper ?papertitle ?year ?doi ?journal WHERE { "
        f"{node} schema:name ?title ; schema:isPartOf ?paper . ?paper schema:name ?papertitle . "
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
                _position(facts["position"], facts["type"])
                + f" of {paper}, "
                + " ".join(t.value for t in (facts["journal"], facts["year"]) if t is not None),
                _doi(facts["doi"]),
                f"pathway score {_number(score.value)}" if score is not None else "",
                f"article on {', '.join(names)}" if names else "organisms of the article not known",
            )
        ),
    ]
    mentions = _mentions(ask, iri)
    parents = {
        row[0].value: row[1].value
        for row in ask(_PREFIXES + "SELECT ?t ?p WHERE { ?t schema:parentTaxon ?p }").rows
        if row[0] is not None and row[1] is not None
    }
    table, unresolved, terms = _words(mentions, set(about), parents, bool(names))
    foot = [*terms, *unresolved]
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
    node = NamedNode(figure)
    table = ask(
        _PREFIXES + "SELECT ?m ?word ?keyword ?match ?thing ?label ?taxon ?organism ?tier ?source ?ambiguity "
        f"?suspect ?reason ?intable WHERE {{ ?m oa:hasTarget {node} ; dcterms:source ?s . ?s rdfs:label ?source . "
        "OPTIONAL { ?s kg:tier ?tier } OPTIONAL { ?m kg:word ?word } OPTIONAL { ?m kg:keyword ?keyword } "
        "OPTIONAL { ?m kg:match ?match } OPTIONAL { ?m kg:ambiguity ?ambiguity } "
        "OPTIONAL { ?m kg:suspect ?suspect } OPTIONAL { ?m kg:reason ?reason } "
        "OPTIONAL { ?m oa:hasBody|kg:candidate ?thing . "
        "?thing rdfs:label ?label OPTIONAL { ?thing schema:taxonomicRange ?taxon . ?taxon rdfs:label ?organism } } "
        f"BIND(EXISTS {{ {node} kg:mentionsOrganism ?taxon }} AS ?intable) }} ORDER BY ?m"
    )
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _words(
    mentions: Sequence[dict[str, Any]], about: set[str], parents: dict[str, str], article_known: bool
) -> tuple[Table, list[str], list[str]]:
    """One row for each word, organism, lexicon and note; unresolved words and chemicals as lines."""
    rows: dict[tuple[str, ...], set[str]] = {}
    order: dict[tuple[str, ...], tuple[Any, ...]] = {}
    loose: dict[str, set[str]] = {}
    terms: set[str] = set()
    suspects: dict[str, set[str]] = {}
    for m in mentions:
        if m["suspect"] is not None:
            suspects.setdefault(m["m"].value, set()).add(local(m["suspect"]))
    for m in mentions:
        word = m["word"].value if m["word"] is not None else m["keyword"].value if m["keyword"] is not None else ""
        if m["thing"] is None:
            loose.setdefault(local(m["reason"]), set()).add(word)
            continue
        if m["tier"] is None:
            terms.add(f"{word} → {m['label'].value} ({vocab.curie(m['thing'].value)})")
            continue
        taxon = m["taxon"].value
        tier = Tier[local(m["tier"]).upper()]
        note = _note(m, suspects.get(m["m"].value, set()), about, parents, article_known)
        lexicon = _lexicon(tier, m["source"].value)
        shown = "(keyword)" if m["word"] is None else word.strip()
        organism = "" if taxon == vocab.taxon_iri(HUMAN) else m["organism"].value
        key = (shown, organism, lexicon, note)
        rows.setdefault(key, set()).add(m["label"].value)
        order[key] = (m["word"] is None, shown.casefold(), shown, tier, organism, note)
    cells = []
    before = None
    for row in sorted(rows, key=lambda k: order[k]):
        word, organism, lexicon, note = row
        genes = ", ".join(sorted(rows[row])) + (f" ({organism})" if organism else "")
        cells.append(tuple(literal(c) for c in ("" if word == before and word else word, genes, lexicon, note)))
        before = word
    lines = [
        f"{'unresolved' if reason != 'lexicon incomplete' else 'not looked up'} ({reason}): {', '.join(sorted(words))}"
        for reason, words in sorted(loose.items())
    ]
    named = [f"chemicals and diseases: {'; '.join(sorted(terms))}"] if terms else []
    return Table(("word", "stands_for", "lexicon", "note"), cells), lines, named


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


def _note(m: dict[str, Any], suspects: set[str], about: set[str], parents: dict[str, str], article_known: bool) -> str:
    notes = [NOT_PUBLISHED] if m["word"] is None else []
    if m["reason"] is not None:
        notes.append(f"candidate: {local(m['reason'])}")
    if m["ambiguity"] is not None:
        notes.append(_AMBIGUITY[local(m["ambiguity"])])
    if m["match"] is not None and "rewritten" in suspects:
        notes.append(f"read as {m['match'].value}")
    notes += [_SUSPECT[s] for s in sorted(suspects - {"rewritten"})]
    taxon = m["taxon"].value
    if taxon not in about and parents.get(taxon) not in about and (article_known or taxon != vocab.taxon_iri(HUMAN)):
        in_table = m["intable"] is not None and m["intable"].value == "true"
        notes.append("organism in the table only" if in_table else "organism not supported")
    return "; ".join(notes)


def _paper(ask: Ask, iri: str) -> Sheet:
    node = NamedNode(iri)
    facts = _one(
        ask,
        f"SELECT ?title ?year ?citation ?doi WHERE {{ {node} schema:name ?title . "
        f"OPTIONAL {{ {node} schema:datePublished ?year }} OPTIONAL {{ {node} schema:sameAs ?doi }} "
        f"OPTIONAL {{ {node} dcterms:bibliographicCitation ?citation }} }}",
    )
    head = [
        facts["title"].value,
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


def _gene(ask: Ask, iri: str, *more: str) -> Sheet:
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
    specific = _one(
        ask,
        f"SELECT (COUNT(DISTINCT ?f) AS ?n) WHERE {{ VALUES ?gene {{ {values} }} ?f kg:mentionsSpecifically ?gene }}",
    )
    label = facts["label"].value
    foot = [
        f"specifically named (symbol or clear synonym): figures {int(specific['n'].value):,}",
        f"its figures: kg query figures-mentioning-genes {label}",
    ]
    return Sheet([line for line in head if line], Table(("mentioned_by", "figures", "words"), rows), foot)
