"""The index of `kg search`: a SQLite file beside the store's data, made on first use.

One row of ``doc`` for each figure, paper, gene, organism, chemical and disease, with its texts as they are; the same
texts folded (`kg.fold`) in a contentless FTS5 table; ``link`` says which figures and papers have to do with which gene
or organism; ``name`` has what things are called, for completion; ``slip`` has each word less one letter, by which a
mistyped word finds its neighbours (symmetric deletes).

The file lies in the store's folder, so that it goes when a build swaps in another. Where that folder cannot be
written, it is made in a temporary one (`keep_spare`). Why SQLite: ``decisions/0012-search.md``.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import itertools
import os
import secrets
import shutil
import sqlite3
import tempfile
from array import array
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode

from kg import vocab
from kg.answer import columns, run
from kg.disk import hold, remove_left
from kg.errors import CannotRun
from kg.fold import fold, tokens, variants
from kg.garbage import settle, uncollected
from kg.lexicon import Lexicon
from kg.store import build_info, default_path, open_store, user_genes
from kg.vocab import KG, SCHEMA

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""

FILE = "search-1.sqlite"
"""The number is that of the schema: another version of this package looks for another file."""

KINDS = ("gene", "figure", "paper", "organism", "chemical", "disease")

_SCHEMA = """
CREATE TABLE doc (
    id INTEGER PRIMARY KEY, kind TEXT, iri TEXT, title TEXT, detail TEXT, year INTEGER, figures INTEGER,
    names TEXT, text TEXT, words TEXT, context TEXT
);
CREATE VIRTUAL TABLE fts USING fts5(title, names, text, words, context, content='', prefix='3',
    tokenize="unicode61 remove_diacritics 0");
CREATE TABLE link (thing INTEGER, doc INTEGER, PRIMARY KEY (thing, doc)) WITHOUT ROWID;
CREATE TABLE name (folded TEXT, figures INTEGER, doc INTEGER, shown TEXT);
CREATE TABLE term (term TEXT PRIMARY KEY, docs INTEGER) WITHOUT ROWID;
CREATE TABLE slip (less TEXT, term TEXT, PRIMARY KEY (less, term)) WITHOUT ROWID
"""
_INDEXES = """
CREATE INDEX doc_iri ON doc (iri);
CREATE INDEX doc_kind ON doc (kind);
CREATE INDEX name_folded ON name (folded, figures DESC)
"""

_SHORTEST, _LONGEST = 4, 24
"""Letters of a word that is looked up when mistyped."""


class Doc(NamedTuple):
    """A thing as the index holds it. ``detail`` tells apart what has one title; ``names`` are other names and ids;
    ``context`` what is said of the paper or organism around it."""

    kind: str
    iri: str
    title: str
    detail: str
    year: int | None
    figures: int
    names: str
    text: str
    words: str
    context: str


def is_made(store: str | Path | None = None) -> bool:
    """Whether a store has its index, so that nobody has to wait for it."""
    return _path((Path(store) if store else default_path()).resolve()).is_file()


def index_path(store: str | Path | None = None, progress: Progress | None = None) -> Path:
    """The index of a store; made if there is none, and ``progress`` is told how far it is. Raises CannotRun if there is
    no store or no room."""
    place = (Path(store) if store else default_path()).resolve()
    path = _path(place)
    if not path.is_file():
        open_store(store)  # says what is wrong if there is none
        _make(path, place, progress)
    return path


def connect(store: str | Path | None = None) -> sqlite3.Connection:
    """The index of a store, to read."""
    path = index_path(store)
    try:
        # Immutable: no locks, no journal; what replaces the file is another one.
        return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise CannotRun(f"{path}: cannot be opened: {error}. Remove it; it is made anew") from None


def keep_spare(folder: str | Path) -> None:
    """Have the indexes of stores whose folders cannot be written to in this folder, which others may be told of, too.
    Else they are in one of this process, which goes with it.
    """
    global _spare
    _spare = Path(folder)


_spare: Path | None = None


def _path(place: Path) -> Path:
    """Where the index of a store is, or would be made."""
    path = place / FILE
    if path.is_file() or os.access(place, os.W_OK) or not place.is_dir():
        return path
    global _spare
    if _spare is None:
        _spare = Path(tempfile.mkdtemp(prefix="kg-search-"))
        atexit.register(shutil.rmtree, _spare, ignore_errors=True)
    build = f"{place}\n{place.stat().st_mtime_ns}"  # another may come to be there
    return _spare / hashlib.sha256(build.encode()).hexdigest()[:16] / FILE


_PART = f".{FILE}-"
"""What the name of an index that is being made starts with."""


def _make(path: Path, place: Path, progress: Progress | None) -> None:
    part = path.with_name(_PART + secrets.token_hex(4))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_left(path.parent, _PART)
        part.touch(exist_ok=False)
        lock = hold(part)
        try:
            _fill(part, place, progress)
            part.replace(path)
        finally:
            os.close(lock)
    except (sqlite3.Error, OSError, BrokenExecutor) as error:
        raise CannotRun(f"the search index cannot be written to {path.parent}: {error}") from None
    finally:
        part.unlink(missing_ok=True)


def remove_parts(store: str | Path) -> None:
    """Remove what processes that were killed have left of an index."""
    remove_left(Path(store).resolve(), _PART)


def _fill(path: Path, place: Path, progress: Progress | None) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;" + _SCHEMA)
        db.execute("BEGIN")
        genes = user_genes(place)
        store = open_store(place)
        with uncollected(), _workers(place) as workers:
            lexicon = Lexicon.load([genes] if genes else [])
            _Filler(db, place, store, lexicon, workers, progress or (lambda _done, _all: None)).fill()
        db.execute("COMMIT")
    finally:
        db.close()


_CLASSES = ("Gene", "Taxon", "ChemicalSubstance", "MedicalCondition", "ScholarlyArticle", "ImageObject")
_THINGS = f"VALUES ?class {{ {' '.join('schema:' + each for each in _CLASSES)} }} ?t a ?class"
_THE_REST = 5
"""What comes after all things takes a fifth of their time (19 s of 121, of 100,000 figures): it counts as so many."""
_NAMED_FIGURE = "?f a schema:ImageObject ; schema:name ?t"
_PREFIXES = "".join(f"PREFIX {p}: <{vocab.PREFIXES[p]}> " for p in ("schema", "rdfs", "skos", "oa", "dcterms", "kg"))


_FEW = 300_000
"""Triples of a store whose index is made before worker processes have begun."""


@contextlib.contextmanager
def _workers(place: Path) -> Iterator[Executor | None]:
    """What does some of the work meanwhile; None where that is not worth it."""
    cores = os.cpu_count() or 1
    triples = build_info(place).get("triples")
    if cores == 1 or not isinstance(triples, int) or triples < _FEW:
        yield None
        return
    from kg.processes import pool  # not for a search

    with pool(cores, settle) as workers:
        yield workers


class _Filler:
    """Fills one index from one store."""

    def __init__(
        self,
        db: sqlite3.Connection,
        place: Path,
        store: pyoxigraph.Store,
        lexicon: Lexicon,
        workers: Executor | None,
        progress: Progress,
    ) -> None:
        self._db = db
        self._place = place
        self._store = store
        self._lexicon = lexicon
        self._workers = workers
        self._progress = progress
        self._inserted = self._all = 0
        self._ids: dict[str, int] = {}
        self._naming: set[str] = set()
        """Words of titles and names."""

    def fill(self) -> None:
        ((count,),) = self._rows(f"SELECT (COUNT(?t) AS ?n) WHERE {{ {_THINGS} }}")
        self._all = int(count) + int(count) // _THE_REST
        words = self._done(_words, str(self._place))
        figures = self._figures_of_things()
        for docs in (self._genes(figures), self._organisms(figures), self._terms(figures), self._papers(figures)):
            self._add(docs)
        for (figure,) in self._rows(f"SELECT DISTINCT ?f WHERE {{ {_NAMED_FIGURE} }}"):
            self._number(figure)
        ties = self._done(_ties, str(self._place), self._ids)
        self._add(self._figures(words()))
        self._terms_of_index()
        self._db.execute("INSERT INTO fts (fts) VALUES ('optimize')")
        self._link(ties())
        for statement in _INDEXES.split(";"):
            self._db.execute(statement)
        self._progress(self._all, self._all)

    def _done(self, work: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
        """What some work gives; it is done meanwhile, if anybody can, else when it is asked for."""
        return self._workers.submit(work, *arguments).result if self._workers else partial(work, *arguments)

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows of values; None where nothing is bound."""
        found = run(self._store, _PREFIXES + query)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        width = range(len(columns(found)))
        for row in found:
            yield tuple(row[i].value if row[i] is not None else None for i in width)

    def _number(self, iri: str) -> int:
        return self._ids.setdefault(iri, len(self._ids) + 1)

    def _add(self, docs: Iterable[Doc]) -> None:
        """Rows of the three tables that are of one thing each, 500 things at a time: a call costs as much as a row."""
        docs = iter(docs)
        under_way: deque[Callable[[], _Prepared]] = deque()
        while some := list(itertools.islice(docs, 500)):
            numbered = [(self._number(doc.iri), doc) for doc in some]
            under_way.append(self._done(_prepared, numbered))
            self._db.executemany(
                "INSERT INTO doc VALUES (?,?,?,?,?,?,?,?,?,?,?)", [(number, *doc) for number, doc in numbered]
            )
            if len(under_way) > _UNDER_WAY:
                self._insert(under_way.popleft()())
        for prepared in under_way:
            self._insert(prepared())

    def _insert(self, prepared: _Prepared) -> None:
        self._db.executemany(
            "INSERT INTO fts (rowid, title, names, text, words, context) VALUES (?,?,?,?,?,?)", prepared.texts
        )
        self._db.executemany("INSERT INTO name VALUES (?,?,?,?)", prepared.names)
        self._naming |= prepared.naming
        self._inserted += len(prepared.texts)
        self._progress(self._inserted, self._all)

    # --- things

    def _figures_of_things(self) -> Counter[str]:
        """How many figures mention, or are of, a thing."""
        count: Counter[str] = Counter()
        for edge in ("mentions", "isPartOf"):  # counted by the engine: most of its pairs would cost more to bring here
            rows = self._rows(f"SELECT ?t (COUNT(?f) AS ?n) WHERE {{ ?f schema:{edge} ?t }} GROUP BY ?t")
            count.update({thing: int(number) for thing, number in rows})
        count.update(organism for _, organism in _organism_pairs(self._store))
        return count

    def _several(self, query: str) -> dict[str, list[str]]:
        gathered: dict[str, list[str]] = defaultdict(list)
        for thing, value in self._rows(query):
            gathered[thing].append(value)
        return gathered

    def _genes(self, figures: Counter[str]) -> Iterator[Doc]:
        other = self._several("SELECT ?t ?v WHERE { ?t a schema:Gene ; skos:altLabel ?v } ORDER BY ?v")
        query = (
            "SELECT ?g ?label ?organism WHERE { ?g a schema:Gene ; rdfs:label ?label "
            "OPTIONAL { ?g schema:taxonomicRange/rdfs:label ?organism } }"
        )
        for iri, label, organism in self._rows(query):
            curie = vocab.curie(iri)
            entry = self._lexicon.gene(curie.removeprefix("ncbigene:"))
            known = (entry.symbol, entry.ncbi_symbol or "", *entry.aliases, *entry.previous) if entry else ()
            names = [name for name in dict.fromkeys((*other[iri], *known, curie)) if name and name != label]
            yield Doc("gene", iri, label, organism or "", None, figures[iri], "\n".join(names), "", "", organism or "")

    def _organisms(self, figures: Counter[str]) -> Iterator[Doc]:
        for iri, label in self._rows("SELECT ?t ?label WHERE { ?t a schema:Taxon ; rdfs:label ?label }"):
            curie = vocab.curie(iri)
            entry = self._lexicon.organism(curie.removeprefix("ncbitaxon:"))
            names = [*(entry.names if entry else ()), curie]
            yield Doc("organism", iri, label, curie, None, figures[iri], "\n".join(names), "", "", "")

    def _terms(self, figures: Counter[str]) -> Iterator[Doc]:
        for kind, cls in (("chemical", "ChemicalSubstance"), ("disease", "MedicalCondition")):
            other = self._several(f"SELECT ?t ?v WHERE {{ ?t a schema:{cls} ; skos:altLabel ?v }} ORDER BY ?v")
            same = self._several(f"SELECT ?t ?v WHERE {{ ?t a schema:{cls} ; skos:exactMatch ?v }} ORDER BY ?v")
            for iri, label in self._rows(f"SELECT ?t ?label WHERE {{ ?t a schema:{cls} ; rdfs:label ?label }}"):
                curie = vocab.curie(iri)
                names = [*other[iri], curie, *map(vocab.curie, same[iri])]
                yield Doc(kind, iri, label, curie, None, figures[iri], "\n".join(names), "", "", "")

    def _papers(self, figures: Counter[str]) -> Iterator[Doc]:
        keywords = self._several("SELECT ?t ?v WHERE { ?t schema:keywords ?v } ORDER BY ?v")
        query = (
            "SELECT ?p (SAMPLE(?title) AS ?name) (SAMPLE(?y) AS ?year) (SAMPLE(?doi) AS ?same) "
            "(SAMPLE(?j) AS ?journal) (SAMPLE(?c) AS ?citation) WHERE { ?p a schema:ScholarlyArticle "
            "OPTIONAL { ?p schema:name ?title } "
            "OPTIONAL { ?p schema:datePublished ?y } OPTIONAL { ?p schema:sameAs ?doi } "
            "OPTIONAL { ?p schema:isPartOf/schema:name ?j } OPTIONAL { ?p dcterms:bibliographicCitation ?c } } "
            "GROUP BY ?p"
        )
        for iri, title, year, doi, journal, citation in self._rows(query):
            pmcid = vocab.stated(iri)
            names = [pmcid, *([vocab.stated(doi)] if doi else [])]
            detail = " ".join(part for part in (journal, year) if part)
            context = " ".join(part for part in (citation, journal) if part)
            text = "; ".join(keywords[iri])
            yield Doc(
                "paper", iri, title or pmcid, detail, _year(year), figures[iri], "\n".join(names), text, "", context
            )

    def _figures(self, words: _Words) -> Iterator[Doc]:
        also = self._several("SELECT ?t ?v WHERE { ?t a schema:ImageObject ; schema:alternateName ?v } ORDER BY ?v")
        query = (
            "SELECT ?f (SAMPLE(?t) AS ?title) (SAMPLE(?c) AS ?caption) (SAMPLE(?y) AS ?year) (SAMPLE(?pt) AS ?paper) "
            f"WHERE {{ {_NAMED_FIGURE} OPTIONAL {{ ?f schema:caption ?c }} OPTIONAL {{ "
            "?f schema:isPartOf ?p OPTIONAL { ?p schema:datePublished ?y } OPTIONAL { ?p schema:name ?pt } } } "
            "GROUP BY ?f"
        )
        for iri, title, caption, year, paper in self._rows(query):
            figid = vocab.figid_of(iri)
            yield Doc(
                "figure",
                iri,
                title,
                " ".join(part for part in (figid, year) if part),
                _year(year),
                1,
                "\n".join((figid, *also[iri])),
                caption or "",
                words.of(iri),
                paper or "",
            )

    # --- what ties them

    def _link(self, ties: array[int]) -> None:
        unlike = (pair for i, pair in enumerate(ties) if not i or pair != ties[i - 1])
        self._db.executemany("INSERT INTO link VALUES (?,?)", ((pair >> 32, pair & 0xFFFFFFFF) for pair in unlike))

    def _terms_of_index(self) -> None:
        self._db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, fts, row)")
        self._db.execute("INSERT INTO term SELECT term, doc FROM temp.vocabulary")
        read = self._db.execute(
            f"SELECT term, docs FROM term WHERE length(term) BETWEEN {_SHORTEST} AND {_LONGEST} "
            "AND NOT term GLOB '[0-9]*'"
        )
        # A word of one text alone is as likely to be a slip itself.
        kept = (term for term, docs in read.fetchall() if docs > 1 or term in self._naming)
        self._db.execute("CREATE TABLE temp.slips (less TEXT, term TEXT)")
        slips = ((less, term) for term in kept for less in less_one(term))
        self._db.executemany("INSERT INTO temp.slips VALUES (?,?)", slips)
        self._db.execute("INSERT INTO slip SELECT DISTINCT less, term FROM temp.slips ORDER BY less, term")


class _Prepared(NamedTuple):
    """Rows of some things for ``fts`` and ``name``, and the words of their titles and names."""

    texts: list[tuple[Any, ...]]
    names: list[tuple[str, int, int, str]]
    naming: set[str]


_UNDER_WAY = 6
"""How many times 500 things are being prepared, or wait to be taken."""


def _prepared(numbered: list[tuple[int, Doc]]) -> _Prepared:
    return _Prepared(
        [
            (number, *map(_indexed, (doc.title, doc.names, doc.text, doc.words, doc.context)))
            for number, doc in numbered
        ],
        [row for number, doc in numbered for row in _names(number, doc)],
        {word for _, doc in numbered for text in (doc.title, doc.names) for word in tokens(text)},
    )


def _pairs(store: pyoxigraph.Store, predicate: str) -> Iterator[tuple[str, str]]:
    """Subjects and objects of a property."""
    for quad in store.quads_for_pattern(None, NamedNode(predicate), None, None):
        yield quad.subject.value, quad.object.value  # type: ignore[union-attr]


def _organism_pairs(store: pyoxigraph.Store) -> set[tuple[str, str]]:
    """Figures and the organisms that their articles are about, or their tables name."""
    return {*_pairs(store, SCHEMA + "about"), *_pairs(store, KG + "mentionsOrganism")}


class _Words(NamedTuple):
    """Words and keywords, each held once, whatever the number of figures; and their places, in order, by figure."""

    spelled: list[str]
    places: dict[str, array[int]]

    def of(self, figure: str) -> str:
        """Those of a figure, a line each."""
        return "\n".join([self.spelled[n] for n in dict.fromkeys(self.places.get(figure, ()))])


def _words(place: str) -> _Words:
    store = open_store(place)
    numbers: dict[str, int] = {}
    places: dict[str, array[int]] = {}
    for predicate in (KG + "word", KG + "keyword"):
        for mention, word in _pairs(store, predicate):
            figure = mention.partition("#")[0]
            places.setdefault(figure, array("I")).append(numbers.setdefault(" ".join(word.split()), len(numbers)))
    return _Words(list(numbers), places)


def _ties(place: str, ids: Mapping[str, int]) -> array[int]:
    """Rows of ``link`` in order, the number of the thing in the upper 32 bits; some may come twice."""
    store = open_store(place)
    paper_of = {figure: ids.get(paper) for figure, paper in _pairs(store, SCHEMA + "isPartOf")}
    found: array[int] = array("Q")
    for figure, thing in itertools.chain(_pairs(store, SCHEMA + "mentions"), _organism_pairs(store)):
        if thing in ids and figure in ids:
            found.append(ids[thing] << 32 | ids[figure])
            if paper := paper_of.get(figure):
                found.append(ids[thing] << 32 | paper)
    for gene, organism in _pairs(store, SCHEMA + "taxonomicRange"):
        if gene in ids and organism in ids:
            found.append(ids[organism] << 32 | ids[gene])
    return array("Q", sorted(found))


def _names(number: int, doc: Doc) -> Iterator[tuple[str, int, int, str]]:
    """Rows of what a thing is called."""
    named = [doc.title, *doc.names.split("\n")] if doc.kind != "paper" else doc.names.split("\n")
    for name in dict.fromkeys(named):
        if name:
            yield fold(name), doc.figures, number, name


def less_one(term: str) -> Iterator[str]:
    """A word less each of its letters, and itself."""
    yield term
    for i in range(len(term)):
        yield term[:i] + term[i + 1 :]


def _indexed(text: str) -> str:
    """A text as FTS5 takes it: its folded words, and what its compounds are when written in one."""
    return " ".join([_tokens(line) if len(line) < 40 else _every_token(line) for line in text.split("\n")])


def _every_token(text: str) -> str:
    return " ".join((*tokens(text), *variants(text)))


_tokens = lru_cache(maxsize=200_000)(_every_token)  # words of figures come again and again


def _year(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
