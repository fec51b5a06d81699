"""The watch: hints shorten, listings decide, and a folder that is not there is never empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Office

    OpenOffice = Callable[..., Office]


def test_a_file_renamed_into_place_is_handed_over_at_once(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=30.0)
    at = office.hot.rename_in("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])
    assert office.at["a.pdf"] - at < 0.15


def test_a_file_closed_after_writing_is_handed_over_at_once(open_office: OpenOffice) -> None:
    office = open_office(quiet_seconds=30.0)
    office.hot.drop("a.pdf")
    assert office.wait_for(lambda: office.paths() == ["a.pdf"])


def test_files_already_there_at_start_are_found(open_office: OpenOffice) -> None:
    office = open_office(start=False)
    office.hot.drop("before.pdf")
    office.hot.drop("deep/er/before.pdf")
    office.watch.start()
    assert office.wait_for(lambda: office.paths() == ["before.pdf", "deep/er/before.pdf"])
