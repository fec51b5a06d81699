"""Sharing: what takes a minute to make is made by one worker of the test run, and read by the others."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pytest

Made = TypeVar("Made")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What `make` returns for a folder of this run that has this name; a failure is not remembered."""
    here = factory.getbasetemp()
    folder = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / name
    folder.mkdir(exist_ok=True)
    made = folder / "made.pickle"
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            place = folder / f"place-{os.getpid()}"
            place.mkdir()
            made.write_bytes(pickle.dumps(make(place)))
        return pickle.loads(made.read_bytes())  # noqa: S301 - written above, by ourselves
