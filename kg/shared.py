"""Shared facts over all records: what several records say of one paper, gene or organism, settled.

The outcome is the same in whatever order records are read, and no fact is dropped in silence:

* a paper: the record with the smallest figid decides, property by property; other titles are kept as
  schema:alternateName, other years, DOIs and so on as kg:alsoStated;
* a gene, chemical or organism: the lexicon's name, else the smallest; further names as skos:altLabel.

Records come sorted by figid, and all figures of a paper begin with its PMC id, so a paper is settled as
soon as the next one begins. What is kept to the end grows with the number of genes, not of figures.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.genetable import GeneEntry
from kg.lexicon import Lexicon
from kg.model import Fact, GeneFacts, JournalFacts, OrganismFacts, PaperFacts, SourceFacts, TermFacts
from kg.terms import Statement
from kg.triples import fact_triples, iri_of_fact, paper_triples
from kg.vocab import curie

_SINGLE = ("year", "citation", "doi", "journal", "publisher")


def other_organism(gene: GeneFacts, lexicon: Lexicon) -> GeneEntry | None:
    """The lexicon's entry of a gene that is stated of another organism than the lexicon's, which is a doubt, no error.

    A strain or subspecies of the lexicon's organism is no other.
    """
    entry = lexicon.gene(gene.gene_id)
    if entry is None or not gene.taxa:
        return None
    stated = {*gene.taxa, *(organism.parent for taxon in gene.taxa if (organism := lexicon.organism(taxon)))}
    return None if entry.taxon in stated else entry


class Settled(NamedTuple):
    """What the graph says of a thing, and what of it a person should be told."""

    statements: list[Statement]
    warnings: list[str]


class Settler:
    """Collects the shared facts of accepted records, in order of figid, and gives back settled triples."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.warnings: dict[str, list[str]] = {}
        self._lexicon = lexicon
        self._paper: list[tuple[str, PaperFacts]] = []
        self._facts: dict[str, set[Fact]] = {}

    def add_paper(self, figid: str, paper: PaperFacts) -> list[Statement]:
        """Take what a record says of its paper; gives the triples of the paper before, once a new one begins."""
        settled = self._settle_paper() if self._paper and self._paper[0][1].iri != paper.iri else []
        self._paper.append((figid, paper))
        return settled

    def add(self, fact: Fact) -> None:
        """Take what some record says of another thing."""
        self._facts.setdefault(iri_of_fact(fact), set()).add(fact)

    @property
    def taxa(self) -> frozenset[str]:
        """Taxon ids of all organisms so far."""
        return organisms_of(fact for facts in self._facts.values() for fact in facts)

    def finish(self) -> Iterator[Statement]:
        """The last paper, then everything else, sorted by IRI."""
        yield from self._settle_paper()
        for thing, facts in sorted(self._facts.items()):
            yield from self._told(thing, settle(facts, self._lexicon))

    def _settle_paper(self) -> list[Statement]:
        stated, self._paper = self._paper, []
        return self._told(stated[0][1].iri, settle_paper(stated)) if stated else []

    def _told(self, thing: str, settled: Settled) -> list[Statement]:
        if settled.warnings:
            self.warnings[thing] = settled.warnings
        return settled.statements


def organisms_of(facts: Iterable[Fact]) -> frozenset[str]:
    """Taxon ids of the organisms among some facts."""
    return frozenset(fact.taxon_id for fact in facts if isinstance(fact, OrganismFacts))


def settle_paper(stated: Sequence[tuple[str, PaperFacts]]) -> Settled:
    """One paper, from what each of its records (figid, facts) says."""
    first, *others = sorted(stated, key=lambda entry: entry[0])
    settled = first[1]
    titles: set[str] = set()
    also: list[str] = []
    for figid, other in others:
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
    warnings = [f"records of {curie(settled.iri)} disagree on its title, year or the like"] if titles or also else []
    return Settled(list(paper_triples(settled, sorted(titles), also)), warnings)


def settle(facts: Collection[Fact], lexicon: Lexicon) -> Settled:
    """One thing other than a paper, from all the different facts that records state of it."""
    if len(facts) == 1:
        (fact,) = facts
        if not isinstance(fact, GeneFacts) or (len(fact.taxa) == 1 and other_organism(fact, lexicon) is None):
            return Settled(list(fact_triples(fact, lexicon)), [])  # as below: nothing to settle
    settled: list[Fact] = []
    warnings: list[str] = []
    genes = [fact for fact in facts if isinstance(fact, GeneFacts)]
    terms = [fact for fact in facts if isinstance(fact, TermFacts)]
    organisms = [fact for fact in facts if isinstance(fact, OrganismFacts)]
    journals = [fact for fact in facts if isinstance(fact, JournalFacts)]
    if genes:
        gene, warnings = _one_gene(genes, lexicon)
        settled.append(gene)
    if terms:
        kinds, names, same = (sorted({each for term in terms for each in term[place]}) for place in (1, 2, 3))
        settled.append(TermFacts(terms[0].iri, tuple(kinds), tuple(names), tuple(same)))  # type: ignore[arg-type]
    if organisms:
        names = sorted({name for organism in organisms for name in organism.names})
        settled.append(OrganismFacts(organisms[0].taxon_id, tuple(names)))
    name = min((journal.name for journal in journals), default="")
    settled += (j._replace(name=name) for j in sorted(journals, key=lambda j: (j.name, j.abbreviation or "")))
    settled += (fact for fact in facts if isinstance(fact, SourceFacts))
    statements = [statement for fact in settled for statement in fact_triples(fact, lexicon)]
    return Settled(list(dict.fromkeys(statements)), warnings)


def _one_gene(genes: Sequence[GeneFacts], lexicon: Lexicon) -> tuple[GeneFacts, list[str]]:
    gene_id = genes[0].gene_id
    taxa = sorted({taxon for gene in genes for taxon in gene.taxa}, key=int)
    symbols = tuple(sorted({symbol for gene in genes for symbol in gene.symbols}))
    if not taxa:  # no record says; the shapes reject this, but a build may go without them
        return GeneFacts(gene_id, (), symbols), []
    entry = lexicon.gene(gene_id)
    chosen = entry.taxon if entry and entry.taxon in taxa else taxa[0]
    warnings = [f"gene {gene_id} is stated of organisms {', '.join(taxa)}; kept {chosen}"] if len(taxa) > 1 else []
    gene = GeneFacts(gene_id, (chosen,), symbols)
    other = other_organism(gene, lexicon)
    if other:
        warnings.append(
            f"gene {gene_id} is stated of organism {chosen}, and is {other.symbol} of organism {other.taxon} in the "
            f"lexicon; kept {chosen}"
        )
    return gene, warnings
