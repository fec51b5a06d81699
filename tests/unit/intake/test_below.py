"""Opening and moving names below a directory others write to."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from jesignd.intake import below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAYS = [below.open_below, below._step_by_step]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "r" / "d").mkdir(parents=True)
    (tmp_path / "r" / "d" / "a").write_bytes(b"inside")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a").write_bytes(b"outside")
    (tmp_path / "r" / "linked").symlink_to(tmp_path / "secret")
    (tmp_path / "r" / "d" / "link").symlink_to("a")
    descriptor = os.open(tmp_path / "r", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("way", WAYS)
def test_a_file_below_is_opened(root: int, way: type(below.open_below)) -> None:
    descriptor = way(root, "d/a", below.FILE)
    assert os.read(descriptor, 10) == b"inside"
    os.close(descriptor)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", ["linked/a", "d/link", "../secret/a", "d/../../secret/a", "/etc/hostname", "linked"])
def test_no_path_leads_through_a_link_or_out(root: int, way: type(below.open_below), path: str) -> None:
    with pytest.raises(OSError) as caught:
        way(root, path, below.FILE)
    assert caught.value.errno in {errno.ELOOP, errno.ENOTDIR, errno.EXDEV}


def test_a_rename_never_replaces(root: int) -> None:
    with below.parent_of(root, "d/a") as (directory, name):
        os.close(os.open("b", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
        with pytest.raises(FileExistsError):
            below.rename_without_replacing((directory, name), (directory, "b"))
        below.rename_without_replacing((directory, name), (root, "c"))
        assert os.listdir(directory).count("a") == 0
    assert os.stat("c", dir_fd=root).st_size == 6


def test_the_last_resort_rename_never_replaces_either(root: int) -> None:
    with pytest.raises(FileExistsError):
        below._rename_where_nobody_is((root, "d"), (root, "linked"))
    below._rename_where_nobody_is((root, "d"), (root, "e"))
    assert "e" in os.listdir(root)


def test_directories_are_made_but_never_through_a_link(root: int) -> None:
    os.close(below.make_directories_below(root, "x/y/z"))
    os.close(below.make_directories_below(root, "x/y/z"))
    with pytest.raises(OSError):
        below.make_directories_below(root, "linked/y")


def test_a_small_file_above_its_limit_is_not_read(root: int) -> None:
    assert below.read_small(root, "d/a", 6)[0] == b"inside"
    with pytest.raises(OSError) as caught:
        below.read_small(root, "d/a", 5)
    assert caught.value.errno == errno.EFBIG


def test_a_file_system_without_exclusive_rename_is_served_by_links(root: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(below, "_NOREPLACE", 0x80)  # a flag no file system knows: refused as NFS refuses the real one
    with below.parent_of(root, "d/a") as (directory, name):
        os.close(os.open("b", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
        with pytest.raises(FileExistsError):
            below.rename_without_replacing((directory, name), (directory, "b"))
        below.rename_without_replacing((directory, name), (directory, "c"))
        assert sorted(os.listdir(directory)) == ["b", "c", "link"]
