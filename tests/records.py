"""Small records for tests: written as PFOCR writes them, and read back as a graph to ask.

write(tmp_path, figid="PMC1__f1", genes=[gene("JAK", "JAK", "JAK2", 3717, FAMILY)])   -> the record's file
graph_of(path).mentions(word="JAK")                                                   -> what the graph says
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph
import yaml

if TYPE_CHECKING:
    from kg.lexicon import Lexicon
    from kg.shapes import Checker
    from kg.terms import Statement

HUMAN, MOUSE, RAT, FLY, ZEBRAFISH, COW = "9606", "10090", "10116", "7227", "7955", "9913"
ORGANISMS = {
    HUMAN: ("Homo sapiens", "Primates"),
    MOUSE: ("Mus musculus", "Rodents"),
    RAT: ("Rattus norvegicus", "Rodents"),
    FLY: ("Drosophila melanogaster", "Invertebrates"),
    ZEBRAFISH: ("Danio rerio", "Vertebrates"),
    COW: ("Bos taurus", "Mammals"),
}
SYMBOL, SYNONYM, FAMILY = "ncbigene_symbol", "ncbigene_synonym", "famplex_relations"

GENE_COLUMNS = (
    "organism_id organism_name organism_group word match ncbigene_symbol ncbigene_id source "
    "count_direct count_synonym count_match"
).split()
CHEMICAL_COLUMNS = "word mesh match name chebi".split()
DISEASE_COLUMNS = "word mesh match name doid".split()

LEFT_OUT = object()
"""As a field's value: the record has no such key."""

IRI = {
    "schema": "https://schema.org/",
    "oa": "http://www.w3.org/ns/oa#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "wp": "http://vocabularies.wikipathways.org/wp#",
    "kg": "https://w3id.org/pathway-figure-kg/vocab#",
    "ncbigene": "https://identifiers.org/ncbigene/",
    "pmc": "https://identifiers.org/pmc/",
    "taxon": "http://purl.obolibrary.org/obo/NCBITaxon_",
    "chebi": "https://identifiers.org/chebi/CHEBI:",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "doid": "http://purl.obolibrary.org/obo/DOID_",
    "hgnc.symbol": "https://identifiers.org/hgnc.symbol/",
}
"""Written out once more than in the code: these IRIs are promises, and a test must notice if one changes."""


def gene(
    word: str, match: str, symbol: str, gene_id: int | str, source: str = SYMBOL, taxon: str = HUMAN
) -> tuple[str, ...]:
    """A row of a genes table with 11 columns."""
    name, group = ORGANISMS[taxon]
    return (taxon, name, group, word, match, symbol, str(gene_id), source, "1", "2", "3")


def inline(word: str, symbol: str, source: str, hgnc_symbol: str, entrez: str) -> dict[str, str]:
    """An item of an inline ``genes`` list, as records of 2021 have it: ``symbol`` is what the word matched."""
    return {
        "word": word,
        "symbol": symbol,
        "source": source,
        "hgnc_symbol": hgnc_symbol,
        "entrez": entrez,
    }


def fields_2023(figid: str, keywords: Sequence[str] = ()) -> dict[str, Any]:
    """A record of 2023, whole, of an article about nothing stated; figure genes human."""
    pmcid, _, name = figid.partition("__")
    return {
        "figid": figid,
        "figtitle": "Signaling in a cell",
        "organisms": ["NA"],
        "organisms_ner": ["Homo sapiens"],
        "pmcid": pmcid,
        "filename": f"{name}.jpg",
        "figlink": f"/pmc/articles/{pmcid}/figure/{name}/",
        "number": "F1",
        "caption": "A signal passes through a cell.",
        "papertitle": "How a signal passes through a cell.",
        "reftext": "Ann Example, et al. J Ex. 2020;1:1.",
        "year": "2020",
        "doi": "10.1000/example.1",
        "journal_title": "Journal of Examples",
        "journal_nlm_ta": "J Ex",
        "publisher_name": "Example House",
        "keywords": "signal | cell",
        "automl_pathway": 0.75,
        "figid_alias": f"{pmcid}__F1",
        "figtype": "Figure",
        "redirect_from": f"/figures/{pmcid}__F1",
        "ndex": "",
        "seo": "CreativeWork",
        "schema-jsonld": {
            "@context": "https://schema.org/",
            "@id": f"https://pfocr.wikipathways.org/figures/{figid}.html",
            "@type": "Dataset",
            "description": "A signal passes through a cell.",
            "license": "CC0",
            "name": "CreativeWork",
            "creator": {"@type": "Organization", "name": "WikiPathways"},
            "keywords": list(keywords),
        },
    }


def fields_2021(figid: str, genes: Sequence[Mapping[str, Any]] = (), keywords: Sequence[str] = ()) -> dict[str, Any]:
    """A record of 2021, whole: the human genes stand in it, there is no DOI and no journal."""
    newer = fields_2023(figid, keywords)
    kept = (
        "figid figtitle pmcid filename figlink number caption papertitle reftext year figid_alias figtype "
        "redirect_from ndex seo schema-jsonld"
    ).split()
    return {key: newer[key] for key in kept} | {
        "pmc_ranked_result_index": "14449",
        "pathway_score": 0.75,
        "organisms": "Homo sapiens",
        "annotations": [],
        "genes": list(genes),
        "chemicals": [],
        "diseases": [],
    }


def front_matter(fields: Mapping[str, Any]) -> str:
    """A record's file: its fields as YAML between two lines of dashes."""
    kept = {key: value for key, value in fields.items() if value is not LEFT_OUT}
    text = yaml.safe_dump(kept, sort_keys=False, allow_unicode=True, width=80)
    return f"---\n{text}---\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as PFOCR writes it: a header, tabs, no quoting."""
    return "".join("\t".join(cells) + "\n" for cells in (columns, *rows))


def write(
    folder: Path,
    figid: str = "PMC1__f1",
    *,
    genes: Iterable[Sequence[str]] | None = None,
    chemicals: Iterable[Sequence[str]] | None = None,
    diseases: Iterable[Sequence[str]] | None = None,
    keywords: Sequence[str] = (),
    inline: Sequence[Mapping[str, Any]] | None = None,
    name: str = "",
    fields: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Path:
    """Write a record into ``folder/_figures`` and its tables into ``folder/_data``; give the record's file.

    A record of 2023, or one of 2021 if ``inline`` genes are given. ``fields`` and ``changes`` replace or add
    fields.
    """
    document = fields_2023(figid, keywords) if inline is None else fields_2021(figid, inline, keywords)
    path = folder / "_figures" / f"{name or figid}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(front_matter(document | dict(fields or {}) | changes), encoding="utf-8")
    tables = (
        ("genes", GENE_COLUMNS, genes),
        ("chemicals", CHEMICAL_COLUMNS, chemicals),
        ("diseases", DISEASE_COLUMNS, diseases),
    )
    for kind, columns, rows in tables:
        if rows is not None:
            (folder / "_data").mkdir(exist_ok=True)
            (folder / "_data" / f"{path.stem}-{kind}.tsv").write_text(
                table(columns, rows), encoding="utf-8", newline=""
            )
    return path


class Seen(NamedTuple):
    """A mention as the graph has it: local names of ``kg:`` terms, CURIEs of things."""

    figure: str
    body: str | None
    candidates: frozenset[str]
    reason: str | None
    word: str | None
    keyword: str | None
    match: str | None
    source: str
    tier: str | None
    release: str | None
    stated_in: frozenset[str]
    ambiguity: str | None
    suspect: frozenset[str]


def short(iri: str) -> str:
    """``ncbigene:3717``, ``kg:familyWord``; figures as their figid."""
    start = "https://pfocr.wikipathways.org/figures/"
    if iri.startswith(start):  # a mention stays `figid.html#mention-…`
        return iri[len(start) :].removesuffix(".html")
    for prefix, namespace in IRI.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


class Graph:
    """Some triples, to ask as a user would: by property, not by the code that made them."""

    def __init__(self, triples: Iterable[Statement]) -> None:
        self.store = pyoxigraph.Store()
        lines = "".join(f"{' '.join(triple)} .\n" for triple in triples)
        self.store.load(input=lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES)

    @classmethod
    def load(cls, data: bytes, format: pyoxigraph.RdfFormat = pyoxigraph.RdfFormat.N_TRIPLES) -> Graph:
        graph = cls(())
        graph.store.load(input=data, format=format)
        return graph

    def select(self, query: str) -> list[tuple[str | None, ...]]:
        """Rows of a SELECT; IRIs as `short`, literals as their text."""
        prefixes = "".join(f"PREFIX {p}: <{n}>\n" for p, n in IRI.items())
        solutions = self.store.query(prefixes + query)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        width = range(len(solutions.variables))
        return [tuple(_text(solution[i]) for i in width) for solution in solutions]

    def values(self, subject: str, predicate: str) -> set[str]:
        """Objects of ``subject predicate ?o``, both as prefixed names (a figure by its figid)."""
        rows = self.select(f"SELECT ?o {{ {term(subject)} {predicate} ?o }}")
        return {value for (value,) in rows if value is not None}

    def value(self, subject: str, predicate: str) -> str | None:
        """The one object, or None; two are an error."""
        found = self.values(subject, predicate)
        assert len(found) <= 1, found
        return next(iter(found), None)

    def has(self, subject: str, predicate: str, value: str) -> bool:
        return value in self.values(subject, predicate)

    def edges(self, figure: str) -> set[tuple[str, str]]:
        """Shortcut edges from a figure to genes: (local name of the edge, CURIE)."""
        rows = self.select(
            f"SELECT ?edge ?thing {{ {term(figure)} ?edge ?thing . "
            'FILTER(STRSTARTS(STR(?thing), "https://identifiers.org/ncbigene/")) }'
        )
        return {(str(edge).partition(":")[2], str(thing)) for edge, thing in rows}

    def tier(self, figure: str, thing: str) -> str | None:
        """The tier of a pair: Symbol, Synonym, Family or Keyword, by its edge."""
        tiers = {"mentionsSymbol", "mentionsSynonym", "mentionsFamily", "mentionsKeyword"}
        found = {edge for edge, gene in self.edges(figure) if gene == thing and edge in tiers}
        assert len(found) <= 1, found
        return next(iter(found), "").removeprefix("mentions") or None

    def mentions(self, **wanted: Any) -> list[Seen]:
        """Mentions with all the given values, e.g. ``word="JAK", body="ncbigene:3717"``."""
        rows = self.select(
            """SELECT ?mention ?p ?o ?tier ?release { ?mention a oa:Annotation ; ?p ?o .
               OPTIONAL { ?o kg:tier ?tier } OPTIONAL { ?o kg:release ?release } }"""
        )
        by_mention: dict[str, dict[str, set[str]]] = {}
        for mention, predicate, value, tier, release in rows:
            said = by_mention.setdefault(str(mention), {})
            said.setdefault(str(predicate), set()).add(str(value))
            if predicate == "dcterms:source":
                said.setdefault("tier", set()).update({tier} if tier else ())
                said.setdefault("release", set()).update({release} if release else ())
        found = [_seen(said) for said in by_mention.values()]
        return [seen for seen in found if all(getattr(seen, k) == v for k, v in wanted.items())]

    def mention(self, **wanted: Any) -> Seen:
        """The one mention with all the given values."""
        found = self.mentions(**wanted)
        assert len(found) == 1, found
        return found[0]

    def figures(self) -> set[str]:
        return {str(figure) for (figure,) in self.select("SELECT ?f { ?f a schema:ImageObject }")}


def _text(value: Any) -> str | None:
    if isinstance(value, pyoxigraph.NamedNode):
        return short(value.value)
    assert not isinstance(value, pyoxigraph.BlankNode), "the graph has no blank nodes"
    return None if value is None else str(value.value)


def term(name: str) -> str:
    """A prefixed name or figid in SPARQL syntax."""
    prefix, colon, rest = name.partition(":")
    if not colon:
        return f"<https://pfocr.wikipathways.org/figures/{name}.html>"
    return f"<{IRI[prefix]}{rest}>"


def _seen(said: Mapping[str, set[str]]) -> Seen:
    def one(predicate: str) -> str | None:
        values = said.get(predicate, set())
        assert len(values) <= 1, (predicate, values)
        return next(iter(values), None)

    def kg(predicate: str) -> str | None:
        value = one(predicate)
        return value.removeprefix("kg:") if value else None

    def several(predicate: str) -> frozenset[str]:
        return frozenset(value.removeprefix("kg:") for value in said.get(predicate, set()))

    return Seen(
        figure=one("oa:hasTarget") or "",
        body=one("oa:hasBody"),
        candidates=several("kg:candidate"),
        reason=one("kg:reason"),
        word=one("kg:word"),
        keyword=one("kg:keyword"),
        match=one("kg:match"),
        source=(kg("dcterms:source") or "").removeprefix("source-"),
        tier=kg("tier"),
        release=one("release"),
        stated_in=several("kg:statedIn"),
        ambiguity=kg("kg:ambiguity"),
        suspect=several("kg:suspect"),
    )


def graph(
    sources: Sequence[str | Path], lexicon: Lexicon, noise: Mapping[str, str], checker: Checker | None = None
) -> Graph:
    """The graph of some records, made in this process; each record passes the shapes (if a checker is given)."""
    from kg.normalise import Normaliser
    from kg.read import find_items, read_record
    from kg.shared import Settler
    from kg.terms import ntriples, statements
    from kg.triples import figure_blocks
    from kg.verdict import record_graph

    triples: list[Statement] = []
    normaliser = Normaliser(lexicon, noise)
    settler = Settler(lexicon)
    for item in find_items(sources).items:
        figure = normaliser.figure(read_record(item))
        own = list(statements(figure_blocks(figure)))
        if checker:
            assert checker.check(record_graph(ntriples(own), figure.shared, lexicon)) == []
        triples += own
        if figure.shared.paper:
            triples += settler.add_paper(item.figid, figure.shared.paper)
        for fact in figure.shared.things:
            settler.add(fact)
    triples += settler.finish()
    return Graph(triples)
