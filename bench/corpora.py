"""Corpora of given sizes: folders that one has, or made by the corpus maker and kept for the next run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


class NoCorpus(Exception):
    """A corpus is neither given nor can be made; says what to do."""


@dataclass(frozen=True)
class Corpus:
    """Records of the sidecar layout: `_figures` and `_data`."""

    folder: Path

    @cached_property
    def records(self) -> list[Path]:
        """The records' files, sorted."""
        return sorted((self.folder / "_figures").glob("*.md"))

    @property
    def truth(self) -> dict[str, Any]:
        """What the maker says it holds; empty if it says nothing."""
        path = self.folder / "truth.json"
        truth: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return truth

    def warm(self) -> None:
        """Read all files once, so that the first to be measured does not pay for the disk."""
        for name in ("_figures", "_data"):
            for path in (self.folder / name).iterdir():
                path.read_bytes()


class Corpora:
    """Gives a corpus of a wanted size: one that was given, else one that ``maker`` writes into ``folder``."""

    def __init__(self, folder: Path, maker: Path) -> None:
        self._folder = folder
        self._maker = maker
        self._given: dict[int, Corpus] = {}

    def give(self, places: Sequence[Path]) -> None:
        """Ready-made corpora, each used where one of its size is needed."""
        for place in places:
            corpus = Corpus(place.resolve())
            if not corpus.records:
                raise NoCorpus(f"{place} holds no corpus: there is no record in {place}/_figures")
            self._given[len(corpus.records)] = corpus

    def get(self, figures: int) -> Corpus:
        """The corpus of so many figures. Raises NoCorpus."""
        if figures in self._given:
            return self._given[figures]
        place = self._folder / f"sidecar-{figures}"
        if not (place / "truth.json").is_file():
            self._make(place, figures)
        return Corpus(place)

    def _make(self, place: Path, figures: int) -> None:
        if not self._maker.is_file():
            has = ", ".join(f"{size:,}" for size in sorted(self._given)) or "none"
            raise NoCorpus(
                f"there is no corpus of {figures:,} figures (given: {has}) and no corpus maker at {self._maker}. "
                "Say where it is with --corpus-maker PATH; or give a folder of that many records (_figures/*.md, "
                "_data/*-genes.tsv) with --corpus FOLDER; or ask for other sizes or fewer parts: see --help"
            )
        print(f"making a corpus of {figures:,} figures ...", file=sys.stderr, flush=True)
        part = place.with_name(place.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(self._maker), str(part), "--figures", str(figures), "--layout", "sidecar"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or not (part / "truth.json").is_file():
            last = "".join(done.stderr.strip().splitlines()[-1:])
            raise NoCorpus(f"the corpus maker {self._maker} failed: {last}")
        shutil.rmtree(place, ignore_errors=True)
        part.rename(place)


def copy(corpus: Corpus, folder: Path) -> Corpus:
    """A copy of the records that can be changed: hard links where the disk has them, `change` breaks them."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("_figures", "_data"):
        shutil.copytree(corpus.folder / name, folder / name, copy_function=_link)
    return Corpus(folder)


def _link(source: str, target: str) -> None:
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def change(corpus: Corpus, every: int) -> int:
    """Change every so-many-th record: another pathway score, and its gene table loses its last row. How many."""
    changed = corpus.records[::every]
    for path in changed:
        text = re.sub(r"(?m)^(automl_pathway: ).*$", r"\g<1>0.123456", path.read_text("utf-8"))
        _replace(path, text)
        table = corpus.folder / "_data" / f"{path.stem}-genes.tsv"
        if table.is_file() and len(rows := table.read_text("utf-8").splitlines(keepends=True)) > 2:
            _replace(table, "".join(rows[:-1]))
    return len(changed)


def _replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(path)  # a new file: the original keeps its text
