"""Shared facts over all records: what several records say of one paper, gene or organism, settled.

The outcome is the same in whatever order records are read, and no fact is dropped in silence:

* a paper: the record with the smallest figid decides, property by property; other titles are kept as
  schema:alternateName, other years, DOIs and so on as kg:alsoStated;
* a gene, chemical or organism: the lexicon's name, else the smallest; further names as skos:altLabel.

Records come sorted by figid, and all figures of a paper begin with its PMC id, so a paper is settled as
soon as the next one begins. What is kept to the end grows with the number of genes, not of figures.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Triple

from kg.lexicon import Lexicon
from kg.model import GeneFacts, JournalFacts, OrganismFacts, PaperFacts, SharedFacts, TermFacts, TermKind
from kg.triples import (
    gene_triples,
    journal_triples,
    organism_triples,
    paper_triples,
    source_triples,
    term_triples,
)
from kg.vocab import curie

_SINGLE = ("year", "citation", "doi", "journal", "publisher")


class Settler:
    """Collects the shared facts of accepted records, in order of figid, and gives back settled triples."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.warnings: list[str] = []
        self._lexicon = lexicon
        self._paper: list[tuple[str, PaperFacts]] = []
        self._genes: dict[str, tuple[set[str], set[str]]] = {}
        self._terms: dict[str, tuple[set[TermKind], set[str], set[str]]] = {}
        self._organisms: dict[str, set[str]] = {}
        self._journals: dict[str, set[JournalFacts]] = {}
        self._sources: set[str] = set()

    def add(self, figid: str, facts: SharedFacts) -> Iterator[Triple]:
        """Take one record's facts; gives the triples of the paper before, once a new paper begins."""
        paper = facts.paper
        if paper is not None:
            if self._paper and self._paper[0][1].iri != paper.iri:
                yield from self._settle_paper()
            self._paper.append((figid, paper))
        for gene in facts.genes:
            taxa, symbols = self._genes.setdefault(gene.gene_id, (set(), set()))
            taxa.update(gene.taxa)
            symbols.update(gene.symbols)
        for term in facts.terms:
            kinds, names, matches = self._terms.setdefault(term.iri, (set(), set(), set()))
            kinds.update(term.kinds)
            names.update(term.names)
            matches.update(term.exact_match)
        for organism in facts.organisms:
            self._organisms.setdefault(organism.taxon_id, set()).update(organism.names)
        for journal in facts.journals:
            self._journals.setdefault(journal.iri, set()).add(journal)
        self._sources.update(facts.sources)

    @property
    def taxa(self) -> frozenset[str]:
        """Taxon ids of all organisms so far."""
        return frozenset(self._organisms)

    def finish(self) -> Iterator[Triple]:
        """The last paper, then everything else, sorted by IRI."""
        yield from self._settle_paper()
        for gene_id, (taxa, symbols) in sorted(self._genes.items()):
            gene = GeneFacts(gene_id, self._one_taxon(gene_id, taxa), tuple(sorted(symbols)))
            yield from gene_triples(gene, self._lexicon)
        for iri, (kinds, names, matches) in sorted(self._terms.items()):
            term = TermFacts(iri, tuple(sorted(kinds)), tuple(sorted(names)), tuple(sorted(matches)))
            yield from term_triples(term, self._lexicon)
        for taxon, names in sorted(self._organisms.items()):
            yield from organism_triples(OrganismFacts(taxon, tuple(sorted(names))), self._lexicon)
        for _, journals in sorted(self._journals.items()):
            name = min(journal.name for journal in journals)
            for journal in sorted(journals, key=lambda j: (j.name, j.abbreviation or "")):
                yield from journal_triples(journal._replace(name=name))
        for source in sorted(self._sources):
            yield from source_triples(source)

    def _one_taxon(self, gene_id: str, taxa: set[str]) -> tuple[str, ...]:
        if not taxa:  # no record says; the shapes reject this, but a build may go without them
            return ()
        entry = self._lexicon.gene(gene_id)
        chosen = entry.taxon if entry and entry.taxon in taxa else min(taxa, key=int)
        if len(taxa) > 1:
            self.warnings.append(
                f"gene {gene_id} is stated of organisms {', '.join(sorted(taxa, key=int))}; kept {chosen}"
            )
        return (chosen,)

    def _settle_paper(self) -> Iterator[Triple]:
        if not self._paper:
            return
        stated, self._paper = sorted(self._paper, key=lambda entry: entry[0]), []
        settled = stated[0][1]
        titles: set[str] = set()
        also: list[str] = []
        for figid, other in stated[1:]:
            if other.title and settled.title and other.title != settled.title:
                titles.add(other.title)
            settled = settled._replace(title=settled.title or other.title)
            for field in _SINGLE:
                kept, said = getattr(settled, field), getattr(other, field)
                if kept is None:
                    settled = settled._replace(**{field: said})
                elif said is not None and said != kept:
                    also.append(f"{field} {said}, by {figid}")
            settled = settled._replace(keywords=tuple(dict.fromkeys((*settled.keywords, *other.keywords))))
        if titles or also:
            self.warnings.append(f"records of {curie(settled.iri)} disagree on its title, year or the like")
        yield from paper_triples(settled, sorted(titles), also)
