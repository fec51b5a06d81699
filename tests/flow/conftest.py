from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from jesignd.testing.exports import samples
from jesignd.testing.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A firm with fifty euros and no daemon yet."""
    office = Office(tmp_path / "cabinet")
    office.top_up(5000)
    yield office
    if office.daemon is not None:
        with contextlib.suppress(ProcessLookupError):
            office.kill()


@pytest.fixture(scope="session")
def payslip() -> bytes:
    return samples.carpenter_payslip()


@pytest.fixture(scope="session")
def other_payslip() -> bytes:
    return samples.baker_payslip()
