"""What people type to terms of the graph: genes, organisms, papers, figures, chemicals, diseases.

A name is never guessed at: one meaning is taken (and said, where it is not plain), several are asked back
(AmbiguousName), none is said with near matches (NotInGraph). The rules for genes are section 7 of
``docs/evidence.md``.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode

from kg import vocab
from kg.errors import AmbiguousName, CannotRun, NotInGraph, RecordError, UsageError
from kg.fold import fold, variants
from kg.genetable import GeneEntry
from kg.lexicon import Family, Lexicon
from kg.results import Table
from kg.vocab import CURIES, HUMAN, KG, RDFS, SCHEMA, SKOS

Ask = Callable[[str], Table]
"""Runs a SPARQL SELECT query and gives its table."""

ANY_ORGANISM = "any"
_MEMBERS = 12
"""Most genes of a family that a message names."""

_PREFIXES = (
    f"PREFIX rdfs: <{RDFS}> PREFIX schema: <{SCHEMA}> PREFIX skos: <{SKOS}> PREFIX kg: <{KG}> PREFIX oa: <{vocab.OA}> "
)


class Gene(NamedTuple):
    """A gene of the graph: IRI, label, and its organism's taxon id and name."""

    iri: str
    label: str
    taxon: str
    organism: str

    @property
    def curie(self) -> str:
        """``ncbigene:3717``."""
        return vocab.curie(self.iri)


class Found(NamedTuple):
    """What an argument stands for: one or more IRIs, and a short name of it for table heads."""

    label: str
    iris: tuple[str, ...]


@lru_cache(maxsize=8)
def names(genes: Path | None) -> Lexicon:
    """The shipped lexicon, with a gene_info file's genes. Loaded once: who asks many questions waits for it once.

    Raises CannotRun if the file cannot be read.
    """
    try:
        return Lexicon.load([genes] if genes else [])
    except RecordError as error:
        raise CannotRun(f"{error}. Make the store anew with kg build") from None


def warm(genes: Path | None) -> None:
    """Read the names of genes and of organisms now: for a process whose children are to have them."""
    lexicon = names(genes)
    lexicon.index()
    lexicon.find_organism("human")


class Lookup:
    """Finds things in one graph, asked through ``ask``. ``notes`` gathers what a person should be told.

    ``organism`` is what symbols are of (human by default, ``any`` for all); ``genes`` a gene_info file whose names
    count beside those of the shipped lexicon: the one that a store keeps of its build (`kg.store.user_genes`).
    """

    def __init__(self, ask: Ask, organism: str | None = None, genes: Path | None = None) -> None:
        self.notes: list[str] = []
        self._ask = ask
        self._organism_text = organism
        self._genes_file = genes

    @property
    def _lexicon(self) -> Lexicon:
        return names(self._genes_file)

    @cached_property
    def taxon(self) -> str | None:
        """Taxon id that symbols are of: human unless said otherwise, None for any organism."""
        text = self._organism_text
        if text is None:
            return HUMAN
        if text.lower() == ANY_ORGANISM:
            return None
        return self.organism(text).iris[0][len(CURIES["ncbitaxon"]) :]

    def find(self, kind: str, text: str) -> Found:
        """An argument of a stored query. Raises UsageError, AmbiguousName or NotInGraph."""
        text = text.strip()
        if text.startswith("<") and text.endswith(">"):  # as an answer in TSV has it
            text = text[1:-1]
        if not text:
            raise UsageError(f"empty {kind}")
        if len(text) > 500:
            raise UsageError(f"{text[:40]!r}… is no {kind}: {len(text):,} characters")
        if not is_unicode(text):
            raise UsageError(f"{text!r} is no {kind}: it is not UTF-8")
        finders: dict[str, Callable[[str], Found]] = {
            "gene": self.gene,
            "organism": self.organism,
            "paper": self.paper,
            "figure": self.figure,
            "chemical": lambda t: self._term("chemical", t),
            "disease": lambda t: self._term("disease", t),
        }
        return finders[kind](text)

    # --- genes

    def gene(self, text: str) -> Found:
        """A gene by symbol (any case), alias or previous symbol, CURIE or IRI; also by HGNC's IRI of a symbol.

        A name that nothing has is tried once more with Greek letters by their names or Latin ones, and without
        hyphens: β-catenin, TNFα, TGF-β1. Where such a spelling means several genes, it asks back as that spelling does.
        """
        try:
            return self._gene(text)
        except NotInGraph as unknown:
            for spelling in _spellings(text):
                try:
                    found = self._gene(spelling)
                except AmbiguousName:
                    raise
                except (NotInGraph, UsageError):
                    continue
                self.notes.append(f"{text}: read as {spelling}")
                return found
            raise unknown from None

    def _gene(self, text: str) -> Found:
        iri = _as_iri(text, "ncbigene")
        if iri is not None:
            genes = self._genes_by_iri([iri])
            if not genes:
                raise NotInGraph(f"{text} is no gene of this graph")
            return Found(genes[0].label, (genes[0].iri,))
        if _HGNC.match(text):
            return self._gene_of_hgnc(text)
        if text.isdecimal():
            raise UsageError(f"{text} is no name of a gene. If you mean the NCBI Gene id, say ncbigene:{text}")
        if _is_iri(text):
            raise _foreign(text, "gene")
        named = self._genes_named(_cases(text))
        wanted = [gene for gene in named if self.taxon in (None, gene.taxon)]
        entries = self._entries(text)
        if not named and not entries and _CURIE.match(text):  # symbols can have a colon: His4:CG31611
            raise _foreign(text, "gene")
        if self.taxon is None:
            return self._one_or_ask(text, wanted)
        others = [gene for gene in named if gene.taxon != self.taxon]
        exact = [gene for gene in others if gene.label == text]
        if exact and self._organism_text is None and not wanted and not _has_name(entries, text):
            found = self._one_or_ask(text, exact)
            self.notes.append(
                f"{text}: no human symbol; taken as {exact[0].label} of {exact[0].organism} ({exact[0].curie})"
            )
            return found
        chosen = self._choose(text, wanted, entries, others)
        if chosen is None:
            raise self._no_gene(text, others)
        if others:
            self.notes.append(f"{text}: also in other organisms: {_listed(others)}. Choose with --organism")
        return chosen

    def _gene_of_hgnc(self, text: str) -> Found:
        iri = vocab.hgnc_symbol_iri(_HGNC.sub("", text))
        genes = self._genes(f"?gene <{vocab.WP}bdbHgncSymbol> {NamedNode(iri)} .")
        if not genes:
            raise NotInGraph(f"{text}: no gene of this graph has this symbol of HGNC's")
        return Found(genes[0].label, (genes[0].iri,))

    def _entries(self, text: str) -> list[tuple[GeneEntry, str]]:
        return self._lexicon.find(text, self.taxon) if self.taxon else []

    def _choose(
        self, text: str, named: Sequence[Gene], entries: Sequence[tuple[GeneEntry, str]], others: Sequence[Gene]
    ) -> Found | None:
        """The one gene of the wanted organism that the name means, with an id of earlier days if it had one."""
        symbols = [entry for entry, how in entries if how == "symbol"]
        exact = [entry for entry in symbols if entry.symbol == text]  # hop and Hop are two genes of the fly
        current = {entry.gene_id for entry in exact or symbols}
        if len(current) != 1:
            current = {entry.gene_id for entry, _ in entries}
        by_id = {gene.iri: gene for gene in named}
        iris = {vocab.gene_iri(gene_id) for gene_id in current}
        # A gene that the lexicon lists under its id is found by the lexicon's names for it; one that it does
        # not know is found by the symbol that records use.
        only_in_records = [gene for gene in named if self._lexicon.gene(gene.iri[len(CURIES["ncbigene"]) :]) is None]
        retired = [gene for gene in only_in_records if iris and self._replaced(gene.iri) in iris]
        other = [gene for gene in only_in_records if gene not in retired]
        if not iris:  # no name of the lexicon's: what records call a gene still finds it, whatever its name today
            other = list(named)
        other = [gene for gene in other if gene.label == text] or other
        if len(iris) + len(other) > 1:
            raise self._ask_back(text, entries, other)
        if not iris:
            return Found(other[0].label, (other[0].iri,)) if other else None
        (iri,) = iris
        present = self._genes_by_iri([iri])
        found = [*present, *retired]
        if not found:
            entry = self._lexicon.gene(iri[len(CURIES["ncbigene"]) :])
            label = entry.symbol if entry else text
            elsewhere = f". In other organisms: {_listed(others)}; choose with --organism" if others else ""
            raise NotInGraph(f"{_taken(text, label)}{vocab.curie(iri)}) is named by no figure of this graph{elsewhere}")
        how = next((how for entry, how in entries if vocab.gene_iri(entry.gene_id) == iri), "symbol")
        label = found[0].label
        if how not in ("symbol", "ncbi symbol") or (iri not in by_id and present):
            a = "a" if how.startswith(("p", "s", "n")) else "an"
            family = self._lexicon.family(text) if self.taxon == HUMAN else None  # FamPlex knows human families alone
            also = f"; it is also the family {self._members(family)}" if family and len(family.members) > 1 else ""
            self.notes.append(f"{text}: taken as {label} ({vocab.curie(iri)}), of which it is {a} {how}{also}")
        for gene in retired:
            self.notes.append(f"{text}: with {gene.curie}, its id in some records; today it is {vocab.curie(iri)}")
        return Found(label, tuple(gene.iri for gene in found))

    def _replaced(self, iri: str) -> str | None:
        table = self._ask("SELECT ?new WHERE { " + f"{NamedNode(iri)} <{vocab.DCTERMS}isReplacedBy> ?new }}")
        return table.rows[0][0].value if table.rows and table.rows[0][0] else None

    def _one_or_ask(self, text: str, genes: Sequence[Gene]) -> Found:
        if not genes:
            raise self._no_gene(text, [])
        if len(genes) > 1:
            said = ", ".join(f"{g.label} of {g.organism} ({g.curie})" for g in genes)
            raise AmbiguousName(
                f'"{text}" is several genes: {said}. Say which by CURIE or --organism', [g.curie for g in genes]
            )
        return Found(genes[0].label, (genes[0].iri,))

    def _ask_back(self, text: str, entries: Sequence[tuple[GeneEntry, str]], other: Sequence[Gene]) -> AmbiguousName:
        said: dict[str, tuple[str, str]] = {}
        for entry, how in entries:
            how = "NCBI symbol" if how == "ncbi symbol" else how
            said.setdefault(entry.gene_id, (entry.symbol, f"{how} {_spelled(entry, text)}"))
        parts = [f"{symbol} (ncbigene:{gene_id}, {how})" for gene_id, (symbol, how) in said.items()]
        parts += [f"{gene.label} ({gene.curie}, symbol in records)" for gene in other]
        names = [symbol for symbol, _ in said.values()]
        organism = self._lexicon.organism(self.taxon or "")
        kind = "human" if self.taxon == HUMAN else organism.name if organism else ""
        many = {2: "two", 3: "three", 4: "four"}.get(len(parts), str(len(parts)))
        return AmbiguousName(
            f'"{text}" is {many} {kind} genes: {" and ".join(parts) if len(parts) == 2 else ", ".join(parts)}. '
            f"Say which: {', '.join(names)} or a CURIE.",
            [f"ncbigene:{gene_id}" for gene_id in said],
        )

    def _no_gene(self, text: str, elsewhere: Sequence[Gene]) -> NotInGraph:
        families = self._lexicon.families(text) if self.taxon in (HUMAN, None) else ()
        if len(families) == 1:
            return NotInGraph(
                f'"{text}" is a family or complex, not a gene: {self._members(families[0])}. Ask for its genes'
            )
        if families:
            said = "; ".join(f"{family.label} ({self._members(family)})" for family in families)
            return NotInGraph(f'"{text}" is a name of several families, not a gene: {said}. Ask for their genes')
        if "," in text or " " in text:
            one_by_one = " ".join(re.split(r"[,;\s]+", text.strip(",; ")))
            return NotInGraph(f'no gene "{text}" in this graph. Several genes are given one by one: {one_by_one}')
        near = self._near_genes(text)
        if elsewhere:
            where = ", ".join(f"{g.label} of {g.organism} ({g.curie})" for g in elsewhere)
            return NotInGraph(f'no {self._organism_name()}gene "{text}" in this graph, but: {where}')
        hint = f" Near: {near}" if near else ""
        return NotInGraph(f'no {self._organism_name()}gene "{text}" in this graph.{hint}')

    def _members(self, family: Family) -> str:
        shown = [
            entry.symbol if (entry := self._lexicon.gene(member)) else f"ncbigene:{member}"
            for member in family.members[:_MEMBERS]
        ]
        return ", ".join(shown) + (f" and {more} more" if (more := len(family.members) - len(shown)) else "")

    def _organism_name(self) -> str:
        if self._organism_text is None or self.taxon is None:
            return ""
        organism = self._lexicon.organism(self.taxon)
        return f"{organism.name} " if organism else ""

    def _near_genes(self, text: str) -> str:
        table = self._ask(
            _PREFIXES + "SELECT ?gene ?label ?taxon WHERE "
            "{ ?gene a schema:Gene ; rdfs:label ?label ; schema:taxonomicRange ?taxon } ORDER BY ?gene"
        )
        genes: dict[str, tuple[str, str]] = {}
        wanted = vocab.taxon_iri(self.taxon or HUMAN)
        for gene, label, taxon in _bound(table):
            key = label.value.upper()
            if key not in genes or taxon.value == wanted:
                genes[key] = (gene.value, label.value)
        typed = text.upper()
        near = difflib.get_close_matches(typed, genes, n=12, cutoff=0.6)
        # Symbols of a kind share their start: for JAK22, JAK3 is nearer than PJA2.
        near = sorted(near, key=lambda key: -_shared_start(key, typed))[:3]
        parts = []
        for key in near:
            iri, name = genes[key]
            count = self._ask(
                _PREFIXES + f"SELECT (COUNT(DISTINCT ?f) AS ?n) WHERE {{ ?f schema:mentions {NamedNode(iri)} }}"
            ).rows[0][0]
            figures = int(count.value) if count else 0
            parts.append(f"{name} ({vocab.curie(iri)}, {figures:,} figure{'s' * (figures != 1)})")
        return ", ".join(parts)

    def _genes_by_iri(self, iris: Iterable[str]) -> list[Gene]:
        return self._genes(f"VALUES ?gene {{ {' '.join(str(NamedNode(iri)) for iri in iris)} }}")

    def _genes_named(self, names: Iterable[str]) -> list[Gene]:
        """Genes with one of these as label, or as a symbol that records use."""
        values = " ".join(str(Literal(name)) for name in names)
        return self._genes(f"VALUES ?name {{ {values} }} ?gene rdfs:label|skos:altLabel ?name .")

    def _genes(self, pattern: str) -> list[Gene]:
        table = self._ask(
            _PREFIXES + "SELECT DISTINCT ?gene ?label ?taxon ?organism WHERE { " + pattern + " ?gene a schema:Gene ; "
            "rdfs:label ?label ; schema:taxonomicRange ?taxon . ?taxon rdfs:label ?organism } ORDER BY ?gene"
        )
        start = len(CURIES["ncbitaxon"])
        return [
            Gene(gene.value, label.value, taxon.value[start:], organism.value)
            for gene, label, taxon, organism in _bound(table)
        ]

    # --- other things

    def organism(self, text: str) -> Found:
        """An organism by scientific or common name, NCBITaxon CURIE, IRI or number."""
        iri = _as_iri(text, "ncbitaxon") or (vocab.taxon_iri(text) if text.isdigit() else None)
        if iri is None:
            organism = self._lexicon.find_organism(text)
            iri = vocab.taxon_iri(organism.taxon) if organism else None
        table = self._ask(
            _PREFIXES + "SELECT ?taxon ?name WHERE { ?taxon a schema:Taxon ; rdfs:label ?name } ORDER BY ?name"
        )
        rows = [(taxon.value, name.value) for taxon, name in _bound(table)]
        for taxon, name in rows:
            if taxon == iri or (iri is None and name.lower() == text.lower()):
                if name.lower() != text.lower():
                    self.notes.append(f"{text}: taken as {name} ({vocab.curie(taxon)})")
                return Found(name, (taxon,))
        names = [name for _, name in rows]
        near = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
        if iri is None and _is_foreign(text):
            raise _foreign(text, "organism")
        said = f"Near: {', '.join(near)}" if near else f"It has {_some(names)}"
        raise NotInGraph(f'no organism "{text}" in this graph. {said}')

    def paper(self, text: str) -> Found:
        """A paper by PMC id, DOI, CURIE or IRI."""
        iri = _as_iri(text, "pmc") or (
            vocab.paper_iri(text.upper()) if re.fullmatch(r"PMC\d+", text, re.IGNORECASE) else None
        )
        doi = re.sub(r"^(https?://(dx\.)?doi\.org/|doi:)", "", text, flags=re.IGNORECASE)
        if iri is None and doi.startswith("10."):
            pattern = f"?paper schema:sameAs {NamedNode(vocab.doi_iri(doi))}"
        elif iri is not None:
            pattern = f"VALUES ?paper {{ {NamedNode(iri)} }} ?paper a schema:ScholarlyArticle"
        else:
            raise UsageError(f'"{text}" is no PMC id (PMC10531214), DOI (10.3390/…) or IRI of a paper')
        rows = _bound(self._ask(_PREFIXES + f"SELECT DISTINCT ?paper WHERE {{ {pattern} }}"))
        if not rows:
            raise NotInGraph(f'no paper "{text}" in this graph')
        return Found(vocab.curie(rows[0][0].value), (rows[0][0].value,))

    def figure(self, text: str) -> Found:
        """A figure by figid, alias or IRI."""
        iri = _as_iri(text, "pfocr")
        if iri is not None and not iri.endswith(".html"):
            iri += ".html"
        if iri is None and vocab.FIGID.fullmatch(text):
            iri = vocab.figure_iri(text)
        if iri is not None:
            one = f"SELECT ?f WHERE {{ VALUES ?f {{ {NamedNode(iri)} }} ?f a schema:ImageObject }}"
            if rows := _bound(self._ask(_PREFIXES + one)):
                return Found(vocab.figid_of(rows[0][0].value), (rows[0][0].value,))
        aliased = f"SELECT ?f WHERE {{ ?f schema:alternateName {Literal(text)} ; a schema:ImageObject }} ORDER BY ?f"
        rows = _bound(self._ask(_PREFIXES + aliased))
        if len(rows) > 1:
            figids = [vocab.figid_of(row[0].value) for row in rows]
            raise AmbiguousName(f'"{text}" is the alias of several figures: {", ".join(figids)}', figids)
        if not rows:
            raise NotInGraph(f'no figure "{text}" in this graph{self._figures_of(text)}')
        return Found(vocab.figid_of(rows[0][0].value), (rows[0][0].value,))

    def _figures_of(self, text: str) -> str:
        """The figures of the paper that a figid begins with, as a hint."""
        found = re.match(r"PMC\d+", text)
        if not found:
            return ""
        paper = NamedNode(vocab.paper_iri(found[0]))
        rows = _bound(self._ask(_PREFIXES + f"SELECT ?f WHERE {{ ?f schema:isPartOf {paper} }} ORDER BY ?f LIMIT 5"))
        figids = ", ".join(vocab.figid_of(row[0].value) for row in rows)
        return f". Figures of {found[0]}: {figids}" if figids else ""

    def _term(self, kind: str, text: str) -> Found:
        """A chemical or disease by name, by a figure's word for it, CURIE or IRI."""
        cls = {"chemical": "schema:ChemicalSubstance", "disease": "schema:MedicalCondition"}[kind]
        iri = next((i for p in ("chebi", "mesh", "doid") if (i := _as_iri(text, p))), None)
        if iri is not None:
            node = NamedNode(iri)
            # A branch of VALUES alone finds nothing in Virtuoso.
            pattern = f"{{ VALUES ?t {{ {node} }} ?t a {cls} }} UNION {{ ?t skos:exactMatch {node} }}"
        else:
            values = " ".join(str(Literal(name)) for name in _cases(text))
            pattern = (
                f"VALUES ?name {{ {values} }} {{ ?t rdfs:label|skos:altLabel ?name }} UNION "
                "{ ?m kg:word ?name ; oa:hasBody ?t }"
            )
        select = f"SELECT DISTINCT ?t ?label WHERE {{ {pattern} ?t a {cls} ; rdfs:label ?label }} ORDER BY ?t"
        rows = _bound(self._ask(_PREFIXES + select))
        if len(rows) > 1:
            exact = [row for row in rows if row[1].value.lower() == text.lower()]
            if len(exact) != 1:
                said = ", ".join(f"{label.value} ({vocab.curie(t.value)})" for t, label in rows)
                raise AmbiguousName(f'"{text}" is several {kind}s: {said}. Say which by CURIE')
            rows = exact
        if not rows and iri is None and _is_foreign(text):
            raise _foreign(text, kind)
        if not rows:
            raise NotInGraph(f'no {kind} "{text}" in this graph{self._near_terms(cls, text)}')
        found = Found(rows[0][1].value, (rows[0][0].value,))
        if iri is None and found.label.lower() != text.lower():
            self.notes.append(f"{text}: taken as {found.label} ({vocab.curie(found.iris[0])})")
        return found

    def _near_terms(self, cls: str, text: str) -> str:
        table = self._ask(_PREFIXES + f"SELECT DISTINCT ?label WHERE {{ ?t a {cls} ; rdfs:label ?label }}")
        names = {row[0].value.lower(): row[0].value for row in _bound(table)}
        near = difflib.get_close_matches(text.lower(), names, n=3, cutoff=0.6)
        return f". Near: {', '.join(names[n] for n in near)}" if near else ""


_CURIE = re.compile(r"(?P<prefix>[A-Za-z][\w.-]*):(?P<local>\S+)")
_HGNC = re.compile(r"(https?://identifiers\.org/hgnc\.symbol/|hgnc\.symbol:)(?=.)", re.IGNORECASE)
_NCBI_GENE = re.compile(r"(entrez|entrezgene|geneid|gene|ncbi|ncbi[._-]?gene):(?P<id>\d+)", re.IGNORECASE)
_NCBI_PAGE = re.compile(r"https?://(www\.)?ncbi\.nlm\.nih\.gov/gene/(?P<id>\d+)/?", re.IGNORECASE)

_UNDERSTOOD = {
    "gene": "ncbigene:3717, hgnc.symbol:JAK2",
    "chemical": "chebi:15422, mesh:D000255",
    "disease": "doid:162, mesh:D003920",
    "organism": "ncbitaxon:9606",
}
"""Kind of thing to CURIEs with the prefixes that name one."""


def _is_iri(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _is_foreign(text: str) -> bool:
    """Whether this looks like an IRI or CURIE; for texts that are none of ours."""
    return _is_iri(text) or _CURIE.fullmatch(text) is not None


def _foreign(text: str, kind: str) -> UsageError:
    """An IRI or CURIE that cannot name a thing of this kind: say what can."""
    ncbi = _NCBI_GENE.fullmatch(text) or _NCBI_PAGE.fullmatch(text) if kind == "gene" else None
    meant = f" If you mean the NCBI Gene id, say ncbigene:{ncbi['id']}." if ncbi else ""
    shown = text if len(text) <= 100 else f"{text[:100]}…"
    said = f"{shown} is no IRI" if _is_iri(text) else f"{text.partition(':')[0]}: is no prefix"
    return UsageError(f"{said} of a {kind} here.{meant} Such as these are understood: {_UNDERSTOOD[kind]}")


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:5]) or "none"
    return f"{shown} and {len(names) - 5:,} more" if len(names) > 5 else shown


def _shared_start(one: str, other: str) -> int:
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _has_name(entries: Sequence[tuple[GeneEntry, str]], text: str) -> bool:
    """Whether a gene has this as its symbol (in any case), or as an alias or earlier symbol exactly as typed."""
    return any(how in ("symbol", "ncbi symbol") or text in (*entry.aliases, *entry.previous) for entry, how in entries)


def _spelled(entry: GeneEntry, text: str) -> str:
    """The name as the lexicon writes it."""
    names = (entry.symbol, entry.ncbi_symbol, *entry.aliases, *entry.previous)
    return next((name for name in names if name and name.casefold() == text.casefold()), text)


def _spellings(text: str) -> list[str]:
    """Other ways to write a name that is one word, best first."""
    if ":" in text or len(text.split()) != 1:
        return []
    found = [*([] if text.isascii() else [fold(text)]), *variants(text)]
    return [spelling for spelling in dict.fromkeys(found) if spelling != text.lower()]


def is_unicode(text: str) -> bool:
    """Whether these are characters; what a shell gives that is not UTF-8 comes as halves of some."""
    return not any("\ud800" <= ch <= "\udfff" for ch in text)


def _listed(genes: Sequence[Gene]) -> str:
    return ", ".join(sorted({f"{gene.label} ({gene.organism}, {gene.curie})" for gene in genes}))


def _taken(text: str, label: str) -> str:
    return f"{label} (" if label.lower() == text.lower() else f"{text}, that is {label} ("


def _cases(text: str) -> tuple[str, ...]:
    """The name as typed and in the usual ways of writing symbols; an index finds these, a scan would not."""
    return tuple(dict.fromkeys((text, text.upper(), text.lower(), text.capitalize())))


def _as_iri(text: str, prefix: str) -> str | None:
    """The IRI that a CURIE or IRI of this kind stands for, else None. Raises UsageError for a broken one."""
    start = CURIES[prefix]
    if text.startswith(("http://", "https://")):
        secure = text.replace("http://identifiers.org/", "https://identifiers.org/")
        iri = secure if secure.startswith(start) else None
    elif text.partition(":")[0].lower() == prefix:
        iri = vocab.expand_curie(text)
    else:
        return None
    if iri is None:
        return None
    try:
        return NamedNode(iri).value
    except ValueError:
        raise UsageError(f"{text!r} is not an IRI or CURIE: it has characters that none can have") from None


def _bound(table: Table) -> list[tuple[Any, ...]]:
    return [row for row in table.rows if all(term is not None for term in row)]
