"""Clearing the source of a delivered document: left, archived or deleted, never by mistake."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jesignd import durable
from jesignd.domain.documents import Claimed
from jesignd.domain.folders import SourcePolicy
from jesignd.errors import ServiceError
from jesignd.intake import below
from jesignd.intake.clear import Cleared, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import HotFolder

    MakeFolder = Callable[..., HotFolder]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def archiving(make_folder: MakeFolder, archive: Path) -> HotFolder:
    return make_folder(after=SourcePolicy.ARCHIVE, archive=str(archive))


@pytest.fixture
def deleting(make_folder: MakeFolder) -> HotFolder:
    return make_folder(after=SourcePolicy.DELETE)


def claim_all(hot: HotFolder) -> list[Claimed]:
    return [outcome for outcome in hot.claim(hot.settle()) if isinstance(outcome, Claimed)]


def names_in(path: Path) -> list[str]:
    return sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file())


def test_left_sources_stay_as_they_are(hot: HotFolder) -> None:
    file = hot.drop("a.pdf")
    (claimed,) = claim_all(hot)
    assert clear(hot.folder, claimed) == "left"
    assert file.exists()


def test_an_archived_source_keeps_its_place_in_the_tree(archiving: HotFolder, archive: Path) -> None:
    archiving.drop("000424/2026/a.pdf", archiving.pdf(1))
    (claimed,) = claim_all(archiving)
    assert clear(archiving.folder, claimed) is Cleared.ARCHIVED
    assert (archive / "000424/2026/a.pdf").read_bytes() == archiving.pdf(1)
    assert names_in(archiving.path) == [".jesignd-root"]


def test_a_deleted_source_is_gone(deleting: HotFolder) -> None:
    deleting.drop("d/a.pdf")
    (claimed,) = claim_all(deleting)
    assert clear(deleting.folder, claimed) is Cleared.DELETED
    assert names_in(deleting.path) == [".jesignd-root"]


def test_clearing_twice_is_clearing_once(archiving: HotFolder, archive: Path) -> None:
    archiving.drop("a.pdf")
    (claimed,) = claim_all(archiving)
    assert [clear(archiving.folder, claimed) for _ in range(3)] == [Cleared.ARCHIVED] * 3
    assert names_in(archive) == ["a.pdf"]


def test_a_source_somebody_took_away_is_gone(deleting: HotFolder) -> None:
    file = deleting.drop("d/a.pdf")
    (claimed,) = claim_all(deleting)
    file.unlink()
    assert clear(deleting.folder, claimed) is Cleared.GONE
    file.parent.rmdir()
    assert clear(deleting.folder, claimed) is Cleared.GONE


@pytest.mark.parametrize("fixture", ["archiving", "deleting"])
@pytest.mark.parametrize("stat", ["another stat", "the same stat"])
def test_a_source_that_changed_since_is_left(fixture: str, stat: str, request: pytest.FixtureRequest) -> None:
    hot: HotFolder = request.getfixturevalue(fixture)
    file = hot.drop("a.pdf", hot.pdf(1))
    (claimed,) = claim_all(hot)
    file.write_bytes(hot.pdf(2))
    if stat == "the same stat":
        os.utime(file, ns=(claimed.mtime_ns, claimed.mtime_ns))
    assert clear(hot.folder, claimed) is Cleared.CHANGED
    assert file.read_bytes() == hot.pdf(2)
    assert names_in(hot.path) == [".jesignd-root", "a.pdf"]


def test_a_new_export_under_the_same_name_is_never_touched(archiving: HotFolder, archive: Path) -> None:
    archiving.drop("a.pdf", archiving.pdf(1))
    (first,) = claim_all(archiving)
    assert clear(archiving.folder, first) is Cleared.ARCHIVED
    archiving.drop("a.pdf", archiving.pdf(2))
    (second,) = claim_all(archiving)
    assert clear(archiving.folder, second) is Cleared.ARCHIVED
    assert clear(archiving.folder, first) is Cleared.ARCHIVED
    assert names_in(archive) == ["a.pdf", f"a~{second.digest[:8]}.pdf"]


def test_the_same_bytes_archived_before_are_not_archived_twice(archiving: HotFolder, archive: Path) -> None:
    for _ in range(2):
        archiving.rename_in("a.pdf", archiving.pdf(1))
        (claimed,) = claim_all(archiving)
        assert clear(archiving.folder, claimed) is Cleared.ARCHIVED
    assert names_in(archive) == ["a.pdf"]


def test_an_archive_on_another_file_system_receives_a_whole_copy_first(make_folder: MakeFolder, tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        if os.environ.get("JESIGND_REQUIRE_TOOLS") == "1":
            pytest.fail("a second file system is required: /dev/shm")
        pytest.skip("no second file system here")
    archive = other / f"jesignd-test-{os.getpid()}"
    hot = make_folder(after=SourcePolicy.ARCHIVE, archive=str(archive))
    hot.drop("d/a.pdf", hot.pdf(1))
    (claimed,) = claim_all(hot)
    try:
        assert [clear(hot.folder, claimed) for _ in range(2)] == [Cleared.ARCHIVED] * 2
        assert names_in(archive) == ["d/a.pdf"]
        assert names_in(hot.path) == [".jesignd-root"]
    finally:
        (archive / "d" / "a.pdf").unlink()
        (archive / "d").rmdir()
        archive.rmdir()


class Killed(BaseException):
    """Stands for kill -9 at this call."""


@pytest.mark.parametrize("fixture", ["archiving", "deleting"])
@pytest.mark.parametrize("at", range(6))
def test_a_kill_between_any_two_steps_is_finished_by_the_next_call(
    fixture: str, at: int, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hot: HotFolder = request.getfixturevalue(fixture)
    hot.drop("a.pdf", hot.pdf(1))
    hot.drop("a.json", b"{}")
    (claimed,) = claim_all(hot)
    left = at

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal left
            if left == 0:
                raise Killed
            left -= 1
            return real(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(below, "rename_without_replacing", dying(below.rename_without_replacing))
        patch.setattr(os, "unlink", dying(os.unlink))
        patch.setattr(os, "fsync", dying(os.fsync))
        with contextlib.suppress(Killed):
            clear(hot.folder, claimed)
    again = clear(hot.folder, claimed)
    assert again in {Cleared.ARCHIVED, Cleared.DELETED, Cleared.GONE}
    assert names_in(hot.path) == [".jesignd-root"]
    if hot.folder.archive:
        assert names_in(Path(hot.folder.archive)) == ["a.json", "a.pdf"]


def test_sidecar_and_marker_follow_and_indexes_and_lists_stay(make_folder: MakeFolder, archive: Path) -> None:
    hot = make_folder(after=SourcePolicy.ARCHIVE, archive=str(archive))
    rules = dataclasses.replace(hot.folder.conventions, marker_suffixes=(".ok",), directories=("gens.csv",))
    hot = make_folder(after=SourcePolicy.ARCHIVE, archive=str(archive), conventions=rules)
    for name in ("é.pdf", "é.ok", "gens.csv"):
        hot.drop(name)
    hot.drop(unicodedata.normalize("NFD", "é.json"), b"{}")
    (claimed,) = claim_all(hot)
    assert len(claimed.companions) == 3
    assert clear(hot.folder, claimed) is Cleared.ARCHIVED
    assert names_in(hot.path) == [".jesignd-root", "gens.csv"]


def test_a_sidecar_another_document_needs_stays(make_folder: MakeFolder) -> None:
    hot = make_folder(after=SourcePolicy.DELETE, include=("*.pdf", "*.pdfa"))
    hot.drop("a.json", b"{}")
    hot.drop("a.pdf", hot.pdf(1))
    hot.drop("a.pdfa", hot.pdf(2))
    first, second = claim_all(hot)
    clear(hot.folder, first)
    assert (hot.path / "a.json").exists()
    clear(hot.folder, second)
    assert not (hot.path / "a.json").exists()


def test_a_sidecar_that_changed_since_is_left(deleting: HotFolder) -> None:
    deleting.drop("a.json", b"{}")
    deleting.drop("a.pdf")
    (claimed,) = claim_all(deleting)
    deleting.drop("a.json", b"[]")
    assert clear(deleting.folder, claimed) is Cleared.DELETED
    assert names_in(deleting.path) == [".jesignd-root", "a.json"]


def test_no_link_planted_in_an_archive_below_the_folder_is_followed(make_folder: MakeFolder, tmp_path: Path) -> None:
    hot = make_folder(after=SourcePolicy.ARCHIVE, archive=str(tmp_path / "exports" / "_archives"))
    (tmp_path / "elsewhere").mkdir()
    hot.drop("d/a.pdf")
    (claimed,) = claim_all(hot)
    (hot.path / "_archives").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServiceError):
        clear(hot.folder, claimed)
    assert names_in(tmp_path / "elsewhere") == []
    (hot.path / "_archives").unlink()
    assert clear(hot.folder, claimed) is Cleared.ARCHIVED
    assert (hot.path / "_archives/d/a.pdf").exists()


def test_an_offline_folder_is_tried_again_later(deleting: HotFolder, tmp_path: Path) -> None:
    deleting.drop("a.pdf")
    (claimed,) = claim_all(deleting)
    deleting.path.rename(tmp_path / "away")
    with pytest.raises(ServiceError):
        clear(deleting.folder, claimed)
    deleting.path.mkdir()  # not mounted: empty, so that the source would seem to be gone
    with pytest.raises(ServiceError):
        clear(deleting.folder, claimed)


def test_the_archived_bytes_are_the_claimed_ones(archiving: HotFolder, archive: Path) -> None:
    archiving.drop("a.pdf", archiving.pdf(3))
    (claimed,) = claim_all(archiving)
    clear(archiving.folder, claimed)
    assert durable.digest_of(archive / "a.pdf") == (claimed.digest, claimed.size)
