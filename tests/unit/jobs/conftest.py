"""A database of each kind, and engines that are stopped whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jesignd.jobs.engine import DbosEngine
from jesignd.store.database import Database

StartEngine = Callable[..., DbosEngine]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jesignd.db'}"
    return str(request.getfixturevalue("new_postgresql")())


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = Database.open(address)
    yield opened
    opened.close()


@pytest.fixture
def new_engine(database: Database) -> Iterator[StartEngine]:
    engines: list[DbosEngine] = []

    def make(node: str = "here", *, workers: int = 4, lanes: int = 8) -> DbosEngine:
        engines.append(DbosEngine(database, node=node, workers=workers, lanes=lanes))
        return engines[-1]

    yield make
    for engine in engines:
        engine.stop(5)
