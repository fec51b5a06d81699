"""A database of each kind, a clock, and files as they are claimed."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jesignd.domain.documents import Claimed, Digest
from jesignd.store.database import Database

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)

Claim = Callable[..., Claimed]


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
def sqlite(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'jesignd.db'}")
    yield opened
    opened.close()


@pytest.fixture
def noon() -> datetime.datetime:
    return NOON


@pytest.fixture
def claim() -> Claim:
    """A file as claimed; each name is another file, with other bytes unless a digest is given."""

    def make(name: str = "BP_C001_202610.pdf", *, folder: str = "paie", content: str | None = None) -> Claimed:
        digest = Digest(hashlib.sha256((content or name).encode()).hexdigest())
        return Claimed(
            folder=folder, relative_path=name, listed_path=name, size=100, mtime_ns=1, inode=7, digest=digest
        )

    return make
