"""Listing a hot folder: the truth, without opening or following anything."""

from __future__ import annotations

import os
import socket
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.folders import FolderState, SourcePolicy
from jesignd.intake import scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import HotFolder

    MakeFolder = Callable[..., HotFolder]


def paths(hot: HotFolder) -> list[str]:
    return sorted(entry.relative_path for entry in hot.listing().entries)


def test_files_are_listed_with_what_tells_them_apart(hot: HotFolder) -> None:
    file = hot.drop("2026/10/a.pdf")
    (entry,) = hot.listing().entries
    found = file.stat()
    assert entry.relative_path == entry.listed_path == "2026/10/a.pdf"
    assert entry.kind is scan.Kind.FILE
    assert entry.sample == (found.st_size, found.st_mtime_ns, found.st_ino, 1)


def test_temporary_hidden_and_skipped_places_are_not_looked_into(make_folder: MakeFolder) -> None:
    hot = make_folder(skip_directories=("Signés", "a/b"), ignore=("brouillon*",))
    for name in (
        "x.pdf",
        "x.pdf.part",
        "~$x.pdf",
        ".cache/x.pdf",
        "@eaDir/x.pdf",
        "__MACOSX/x.pdf",
        "Signés/x.pdf",
        "a/b/x.pdf",
        "a/c/x.pdf",
        "Brouillon 1.pdf",
        "brouillons/x.pdf",
    ):
        hot.drop(name)
    assert paths(hot) == ["a/c/x.pdf", "x.pdf"]


def test_a_skipped_directory_is_recognised_in_either_unicode_form(make_folder: MakeFolder) -> None:
    hot = make_folder(skip_directories=("Signés",))
    hot.drop(unicodedata.normalize("NFD", "Signés") + "/x.pdf")
    assert paths(hot) == []


def test_where_we_write_ourselves_below_the_folder_is_never_looked_into(
    tmp_path: Path, make_folder: MakeFolder
) -> None:
    inside = tmp_path / "exports" / "_archives"
    hot = make_folder(after=SourcePolicy.ARCHIVE, archive=str(inside), rejects=str(tmp_path / "exports" / "_rejets"))
    hot.drop("_archives/x.pdf")
    hot.drop("_rejets/x.pdf")
    assert paths(hot) == []


def test_a_decomposed_name_is_shown_composed_and_opened_as_listed(hot: HotFolder) -> None:
    listed = unicodedata.normalize("NFD", "é.pdf")
    hot.drop(listed)
    (entry,) = hot.listing().entries
    assert entry.relative_path == "é.pdf"
    assert entry.listed_path == listed


def test_undecodable_names_are_shown_escaped_and_opened_as_listed(hot: HotFolder) -> None:
    Path(os.fsdecode(os.fsencode(hot.path) + b"/\xe9.pdf")).write_bytes(b"x")
    (entry,) = hot.listing().entries
    assert entry.relative_path == "\\xe9.pdf"
    assert os.fsencode(entry.listed_path) == b"\xe9.pdf"


def test_links_and_devices_are_named_for_what_they_are_and_never_followed(hot: HotFolder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "s.pdf").write_bytes(b"x")
    (hot.path / "dir").symlink_to(secret)
    (hot.path / "a.pdf").symlink_to(secret / "s.pdf")
    (hot.path / "loop").symlink_to(hot.path)
    os.mkfifo(hot.path / "f.pdf")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(hot.path / "s.pdf"))
    kinds = {entry.relative_path: entry.kind for entry in hot.listing().entries}
    assert kinds == {
        "dir": scan.Kind.SYMLINK,
        "a.pdf": scan.Kind.SYMLINK,
        "loop": scan.Kind.SYMLINK,
        "f.pdf": scan.Kind.SPECIAL,
        "s.pdf": scan.Kind.SPECIAL,
    }


def test_without_its_marker_a_folder_is_offline_never_empty(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    (hot.path / ".jesignd-root").unlink()
    listing = hot.listing()
    assert listing.state is FolderState.OFFLINE
    assert not listing.whole
    assert listing.entries == listing.absent == ()
    assert listing.reason is not None
    assert ".jesignd-root" in listing.reason.fr


@pytest.mark.parametrize("content", [b"", b"autre", b"\xff\xfe"])
def test_a_marker_of_another_folder_proves_nothing(hot: HotFolder, content: bytes) -> None:
    (hot.path / ".jesignd-root").write_bytes(content)
    assert hot.listing().state is FolderState.OFFLINE


@pytest.mark.parametrize("content", [b"paie", b"\xef\xbb\xbfpaie\r\n", b"  paie \n"])
def test_a_marker_written_by_notepad_is_as_good(hot: HotFolder, content: bytes) -> None:
    (hot.path / ".jesignd-root").write_bytes(content)
    assert hot.listing().state is FolderState.ONLINE


def test_a_marker_that_is_a_link_or_a_pipe_proves_nothing(hot: HotFolder, tmp_path: Path) -> None:
    marker = hot.path / ".jesignd-root"
    marker.unlink()
    os.mkfifo(marker)
    assert hot.listing().state is FolderState.OFFLINE
    marker.unlink()
    (tmp_path / "elsewhere").write_text("paie")
    marker.symlink_to(tmp_path / "elsewhere")
    assert hot.listing().state is FolderState.OFFLINE


def test_a_folder_that_does_not_exist_is_offline(hot: HotFolder, tmp_path: Path) -> None:
    hot.path.rename(tmp_path / "moved")
    assert scan.prove(hot.folder) is not None
    assert scan.look(hot.folder, ["a.pdf"]).state is FolderState.OFFLINE


def test_marking_a_folder_twice_leaves_its_marker_as_it_was(hot: HotFolder) -> None:
    before = (hot.path / ".jesignd-root").stat().st_ino
    scan.mark(hot.folder)
    assert (hot.path / ".jesignd-root").stat().st_ino == before


def test_looking_at_names_says_which_are_there_and_which_are_gone(hot: HotFolder) -> None:
    hot.drop("d/a.pdf")
    listing = scan.look(hot.folder, ["d/a.pdf", "d/b.pdf", "e/c.pdf", "d/x.part"])
    assert [entry.listed_path for entry in listing.entries] == ["d/a.pdf"]
    assert sorted(listing.absent) == ["d/b.pdf", "e/c.pdf"]
    assert not listing.whole


def test_looking_through_a_linked_directory_sees_nothing(hot: HotFolder, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "a.pdf").write_bytes(b"x")
    (hot.path / "d").symlink_to(tmp_path / "s")
    assert scan.look(hot.folder, ["d/a.pdf", "../s/a.pdf"]).entries == ()


def test_each_directory_is_announced_before_it_is_listed(hot: HotFolder) -> None:
    hot.drop("d/e/a.pdf")
    heard: list[str] = []
    listing = scan.scan(hot.folder, before_listing=lambda directory: heard.append(directory.listed_path))
    assert heard == ["", "d", "d/e"] == [directory.listed_path for directory in listing.directories]


def test_a_file_that_appears_after_the_announcement_is_listed(hot: HotFolder) -> None:
    listing = scan.scan(hot.folder, before_listing=lambda _: hot.drop("late.pdf"))
    assert [entry.listed_path for entry in listing.entries] == ["late.pdf"]


def test_depth_is_bounded_and_said(hot: HotFolder) -> None:
    hot.drop("/".join(["d"] * (scan.DEEPEST + 3)) + "/a.pdf")
    hot.drop("b.pdf")
    listing = hot.listing()
    assert [entry.relative_path for entry in listing.entries] == ["b.pdf"]
    assert len(listing.unreadable) == 1


def test_a_directory_that_cannot_be_read_is_said_and_the_others_are_listed(open_to_all: HotFolder) -> None:
    hot = open_to_all
    hot.drop("closed/a.pdf")
    hot.drop("open/b.pdf")
    (hot.path / "closed").chmod(0)
    with hot.as_an_ordinary_user():
        listing = hot.listing()
    (hot.path / "closed").chmod(0o700)
    assert listing.unreadable == ("closed",)
    assert [entry.relative_path for entry in listing.entries] == ["open/b.pdf"]


def test_ten_thousand_names_are_listed_in_a_fraction_of_a_second(hot: HotFolder) -> None:
    for number in range(10_000):
        os.close(os.open(hot.path / f"BP_{number:06}_202610.pdf", os.O_CREAT | os.O_WRONLY))
    started = time.process_time()
    assert len(hot.listing().entries) == 10_000
    assert time.process_time() - started < 0.5
