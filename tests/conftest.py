"""Fixtures of all test modules, and the marker for tests on the real data.

Real data lies in a folder ``shared`` beside the repository. Who has no such folder runs the other tests;
on the CI server it must be there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from records import Graph
    from servers import Oxigraph, Virtuoso

    from kg.lexicon import Lexicon

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_shared: needs the folder `shared` beside the repository")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if SHARED.is_dir():
        return
    left_out = [item for item in items if item.get_closest_marker("needs_shared")]
    if not left_out:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"{SHARED} is not there: on the CI server the tests on real data must run")
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session", autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands write where they are called (kg.rejects.jsonl, which a good build removes) is not to touch what
    somebody who runs the tests has there.
    """
    here = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    yield
    os.chdir(here)


@pytest.fixture(scope="session")
def shared() -> Path:
    return SHARED


@pytest.fixture(scope="session")
def real_records(shared: Path) -> Path:
    return shared / "pfocr" / "records"


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    from kg.lexicon import Lexicon

    return Lexicon.load()


@pytest.fixture(scope="session")
def noise() -> dict[str, str]:
    from kg.noise import load_noise

    return load_noise()


@pytest.fixture(scope="session")
def graph_of(lexicon: Lexicon, noise: dict[str, str]) -> Callable[..., Graph]:
    """``graph_of(path, …)``: the records as one graph; each must pass the shapes on its own."""
    from records import graph

    from kg.shapes import Checker

    checker = Checker()

    def make(*sources: str | Path, lexicon: Lexicon = lexicon) -> Graph:
        return graph(sources, lexicon, noise, checker)

    return make


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oxigraph]:
    """Oxigraph's server, for all tests of the run: each keeps to graphs of its own."""
    from servers import Oxigraph

    with Oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """Virtuoso, likewise."""
    from servers import Virtuoso

    with Virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server
