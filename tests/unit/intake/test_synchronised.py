"""Folders that a cloud keeps in step, and lots that go only as a whole: what a connector may ask of the intake."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.folders import Conventions, FolderState, IndexConvention
from jesignd.errors import Code
from jesignd.intake import reasons

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import HotFolder

    MakeFolder = Callable[..., HotFolder]

SYNCHRONISED = Conventions(quiet_seconds=30.0, placeholders=True)
WHOLE = Conventions(sidecar_suffixes=(), index=IndexConvention(r".+\.csv", None, "FICHIER", whole=True))


@pytest.fixture
def cloud(make_folder: MakeFolder) -> HotFolder:
    return make_folder(conventions=SYNCHRONISED)


@pytest.fixture
def drops(make_folder: MakeFolder) -> HotFolder:
    return make_folder(conventions=WHOLE)


def left_elsewhere(path: Path, size: int = 300) -> os.stat_result:
    """A file with a size and no block on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    found = path.stat()
    assert (found.st_size, found.st_blocks) == (size, 0)
    return found


def come_down(path: Path, data: bytes, before: os.stat_result) -> None:
    """The contents arrive: neither name, size, time nor inode tell."""
    with path.open("r+b") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def names(bundles: object) -> list[str]:
    return [bundle.primary.relative_path for bundle in bundles]  # type: ignore[attr-defined]


def test_a_synchronised_file_is_ready_after_the_longer_of_the_two_quiet_times(cloud: HotFolder) -> None:
    cloud.drop("a.pdf")

    assert cloud.look() == []
    assert cloud.look(after=29) == []
    assert names(cloud.look(after=2)) == ["a.pdf"]


def test_hearing_a_synchronised_file_closed_proves_nothing(cloud: HotFolder) -> None:
    cloud.drop("a.pdf")

    assert cloud.look("a.pdf") == []
    assert cloud.look("a.pdf", after=29) == []
    assert names(cloud.look(after=2)) == ["a.pdf"]


def test_a_folder_may_be_slower_than_its_convention(make_folder: MakeFolder) -> None:
    slow = make_folder(conventions=SYNCHRONISED, quiet_seconds=50.0)
    slow.drop("a.pdf")

    assert slow.look() + slow.look(after=49) == []
    assert names(slow.look(after=2)) == ["a.pdf"]


def test_a_placeholder_is_waited_for_then_told_and_never_opened(cloud: HotFolder) -> None:
    left_elsewhere(cloud.path / "a.pdf")
    read_before = (cloud.path / "a.pdf").stat().st_atime_ns

    assert cloud.look() + cloud.look(after=59) == []
    assert cloud.refused == []
    assert cloud.look(after=2) == []
    assert [(one.code, one.reason) for one in cloud.refused] == [(Code.TRUNCATED, reasons.PLACEHOLDER)]
    assert cloud.look(after=600) == []
    assert len(cloud.refused) == 1
    assert (cloud.path / "a.pdf").stat().st_atime_ns == read_before


def test_a_placeholder_that_comes_down_is_taken_though_its_size_and_time_stay(cloud: HotFolder) -> None:
    data = cloud.pdf(1)
    before = left_elsewhere(cloud.path / "a.pdf", len(data))
    cloud.look()
    cloud.look(after=100)

    come_down(cloud.path / "a.pdf", data, before)
    after = (cloud.path / "a.pdf").stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)
    cloud.look()
    (bundle,) = cloud.look(after=31)

    assert bundle.primary.relative_path == "a.pdf"


def test_a_document_waits_for_a_sidecar_that_is_still_elsewhere(cloud: HotFolder) -> None:
    cloud.drop("a.pdf")
    before = left_elsewhere(cloud.path / "a.json", 2)

    assert cloud.look() + cloud.look(after=40) + cloud.look(after=40) == []
    assert cloud.codes() == {"a.pdf": Code.TRUNCATED}
    come_down(cloud.path / "a.json", b"{}", before)
    cloud.look()
    (bundle,) = cloud.look(after=31)

    assert [part.entry.relative_path for part in bundle.companions] == ["a.json"]


def test_a_document_taken_before_room_was_made_on_the_disk_stays_taken(cloud: HotFolder) -> None:
    path = cloud.drop("a.pdf")
    before = path.stat()
    cloud.claim(cloud.settle())
    cloud.claim(cloud.look(after=31))

    os.truncate(path, 0)
    os.truncate(path, before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert cloud.look() + cloud.look(after=100) + cloud.look(after=100) == []
    assert cloud.refused == []


def test_a_placeholder_known_from_before_a_restart_is_not_told(cloud: HotFolder) -> None:
    found = left_elsewhere(cloud.path / "a.pdf")
    cloud.known.add(("a.pdf", found.st_size, found.st_mtime_ns, found.st_ino))

    assert cloud.look() + cloud.look(after=100) == []
    assert cloud.refused == []


def test_a_file_without_blocks_is_an_ordinary_one_where_nothing_is_synchronised(hot: HotFolder) -> None:
    left_elsewhere(hot.path / "a.pdf")

    hot.settle()

    assert hot.codes() == {"a.pdf": Code.NOT_A_PDF}


def test_no_document_of_a_whole_lot_goes_before_the_last_has_come(drops: HotFolder) -> None:
    drops.drop("d/drop.csv", b"FICHIER\r\na.pdf\r\nb.pdf\r\nc.pdf\r\n")
    drops.drop("d/a.pdf", drops.pdf(1))
    drops.drop("d/b.pdf", drops.pdf(2))

    assert drops.settle() == []
    drops.drop("d/c.pdf", drops.pdf(3))
    early = drops.look()
    ready = early + drops.look(after=6)

    assert sorted(names(ready)) == ["d/a.pdf", "d/b.pdf", "d/c.pdf"]
    assert {bundle.lot for bundle in ready} == {"d/drop.csv"}


def test_a_whole_lot_goes_without_what_never_came_once_the_wait_is_over(drops: HotFolder) -> None:
    drops.drop("d/drop.csv", b"FICHIER\r\na.pdf\r\nb.pdf\r\n")
    drops.drop("d/a.pdf")

    assert drops.settle() == []
    assert names(drops.look(after=60)) == ["d/a.pdf"]
    drops.look(after=60)
    assert drops.codes() == {"d/b.pdf": Code.INDEX_ROW_INVALID}


def test_a_document_that_comes_after_its_lot_went_is_still_announced(drops: HotFolder) -> None:
    drops.drop("d/drop.csv", b"FICHIER\r\na.pdf\r\nb.pdf\r\n")
    drops.drop("d/a.pdf", drops.pdf(1))
    drops.settle()
    drops.claim(drops.look(after=60))
    drops.look(after=60)

    drops.drop("d/b.pdf", drops.pdf(2))
    (late,) = drops.settle()

    assert late.lot == "d/drop.csv"


def test_a_document_waits_while_an_index_beside_it_is_still_being_written(drops: HotFolder) -> None:
    drops.drop("d/a.pdf")
    drops.look()
    drops.now += 4
    drops.drop("d/drop.csv", b"FICHIER\r\na.pdf\r\n")
    drops.drop("e/b.pdf", drops.pdf(2))
    drops.look()

    assert drops.look(after=2) == []
    ready = drops.look(after=4)
    assert sorted((bundle.primary.relative_path, bundle.lot) for bundle in ready) == [
        ("d/a.pdf", "d/drop.csv"),
        ("e/b.pdf", None),
    ]


def test_an_index_that_cannot_be_read_holds_nothing_back_for_ever(drops: HotFolder) -> None:
    drops.drop("d/drop.csv", b"NOM\r\na\r\n")
    drops.drop("d/a.pdf")

    assert names(drops.settle()) == ["d/a.pdf"]
    assert drops.codes() == {"d/drop.csv": Code.INDEX_ROW_INVALID}


def test_an_index_taken_away_holds_nothing_back(drops: HotFolder) -> None:
    index = drops.drop("d/drop.csv", b"FICHIER\r\na.pdf\r\nb.pdf\r\n")
    drops.drop("d/a.pdf")
    drops.settle()

    index.unlink()
    drops.look()

    (bundle,) = drops.look(after=60)
    assert bundle.lot is None


@pytest.mark.parametrize("place", ["DATABASE", "database/paie", "Serveur/Database/x"])
def test_a_folder_among_live_data_is_never_looked_into(tmp_path: Path, make_folder: MakeFolder, place: str) -> None:
    live = tmp_path / place
    live.mkdir(parents=True)
    (live / "a.pdf").write_bytes(b"%PDF-")
    (tmp_path / "exports").symlink_to(live)
    hot = make_folder(conventions=Conventions(never_below=("DATABASE",)))

    listing = hot.listing()

    assert listing.state is FolderState.OFFLINE
    assert listing.reason is not None
    assert "jamais sous" in listing.reason.fr
    assert listing.entries == ()
