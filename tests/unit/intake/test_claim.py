"""Claiming: the bytes kept are those of the file that settled, or nothing is kept under its name."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.documents import Claimed, Digest, Refused
from jesignd.errors import Code
from jesignd.intake import claim, scan
from jesignd.intake.bundles import Bundle, Postponed, Proof, Setback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from .conftest import HotFolder

    MakeFolder = Callable[..., HotFolder]

SECRET = b"%PDF-1.7 payslip of somebody else %%EOF"


def bundle_of(hot: HotFolder, name: str) -> Bundle:
    (entry,) = scan.look(hot.folder, [name]).entries
    return Bundle(entry, (), Proof.QUIET)


def test_a_settled_file_is_kept_and_its_source_left_as_it_was(hot: HotFolder) -> None:
    file = hot.drop("d/a.pdf", hot.pdf(1))
    before = file.stat()
    outcome = claim.claim(hot.folder, bundle_of(hot, "d/a.pdf"), hot.keeper)
    assert isinstance(outcome, Claimed)
    assert hot.keeper.kept[outcome.digest] == hot.pdf(1)
    assert (outcome.relative_path, outcome.size, outcome.inode) == ("d/a.pdf", before.st_size, before.st_ino)
    assert file.stat() == before


def test_companions_are_kept_and_shared_ones_only_once(hot: HotFolder) -> None:
    for number in range(3):
        hot.drop(f"{number}.pdf", hot.pdf(number))
        hot.drop(f"{number}.json", b"{}")
    outcomes = hot.claim(hot.settle())
    assert [len(outcome.companions) for outcome in outcomes if isinstance(outcome, Claimed)] == [1, 1, 1]


def link_absolute(hot: HotFolder, secret: Path) -> str:
    (hot.path / "a.pdf").symlink_to(secret)
    return "a.pdf"


def link_relative(hot: HotFolder, secret: Path) -> str:
    (hot.path / "a.pdf").symlink_to(os.path.relpath(secret, hot.path))
    return "a.pdf"


def link_to_a_neighbour(hot: HotFolder, _: Path) -> str:
    hot.drop("b.txt", SECRET)
    (hot.path / "a.pdf").symlink_to("b.txt")
    return "a.pdf"


def link_dangling(hot: HotFolder, _: Path) -> str:
    (hot.path / "a.pdf").symlink_to("nowhere")
    return "a.pdf"


def link_to_itself(hot: HotFolder, _: Path) -> str:
    (hot.path / "a.pdf").symlink_to("a.pdf")
    return "a.pdf"


def link_to_a_link(hot: HotFolder, secret: Path) -> str:
    (hot.path / "b.lnk").symlink_to(secret)
    (hot.path / "a.pdf").symlink_to("b.lnk")
    return "a.pdf"


def link_to_a_directory(hot: HotFolder, secret: Path) -> str:
    (hot.path / "a.pdf").symlink_to(secret.parent)
    return "a.pdf"


def link_in_the_path(hot: HotFolder, secret: Path) -> str:
    (hot.path / "d").symlink_to(secret.parent)
    return f"d/{secret.name}"


def link_deep_in_the_path(hot: HotFolder, secret: Path) -> str:
    (hot.path / "x").mkdir()
    (hot.path / "x" / "d").symlink_to(secret.parent)
    return f"x/d/{secret.name}"


def link_to_a_pipe(hot: HotFolder, secret: Path) -> str:
    os.mkfifo(secret.parent / "pipe")
    (hot.path / "a.pdf").symlink_to(secret.parent / "pipe")
    return "a.pdf"


def link_to_a_device(hot: HotFolder, _: Path) -> str:
    (hot.path / "a.pdf").symlink_to("/dev/zero")
    return "a.pdf"


def link_to_an_open_file(hot: HotFolder, secret: Path) -> str:
    (hot.path / "a.pdf").symlink_to(f"/proc/self/fd/{os.open(secret, os.O_RDONLY)}")
    return "a.pdf"


LINKS = [
    link_absolute,
    link_relative,
    link_to_a_neighbour,
    link_dangling,
    link_to_itself,
    link_to_a_link,
    link_to_a_directory,
    link_in_the_path,
    link_deep_in_the_path,
    link_to_a_pipe,
    link_to_a_device,
    link_to_an_open_file,
]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    directory = tmp_path / "other client"
    directory.mkdir()
    file = directory / "s.pdf"
    file.write_bytes(SECRET)
    return file


@pytest.mark.parametrize("make_link", LINKS, ids=lambda make: make.__name__)
def test_no_shape_of_symbolic_link_is_ever_followed(
    hot: HotFolder, secret: Path, make_link: Callable[[HotFolder, Path], str]
) -> None:
    name = make_link(hot, secret)
    assert hot.settle() == []
    assert set(hot.codes().values()) == {Code.FORBIDDEN_FILE}
    # Even if settling believed it: the file behind the link is described, the name is the link's.
    there = secret.stat()
    entry = scan.Entry(
        name, name, scan.Kind.FILE, there.st_size, there.st_mtime_ns, there.st_ino, there.st_nlink, there.st_uid
    )
    outcome = claim.claim(hot.folder, Bundle(entry, (), Proof.QUIET), hot.keeper)
    assert not isinstance(outcome, Claimed)
    assert hot.keeper.kept == {}


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


def make_directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [make_pipe, make_socket, make_directory])
def test_what_replaced_a_settled_file_and_is_no_file_is_refused_without_waiting_on_it(
    hot: HotFolder, make: Callable[[Path], None]
) -> None:
    file = hot.drop("a.pdf")
    bundle = bundle_of(hot, "a.pdf")
    file.unlink()
    make(file)
    outcome = claim.claim(hot.folder, bundle, hot.keeper)
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.FORBIDDEN_FILE
    assert hot.keeper.kept == {}


def test_a_hard_link_made_after_settling_is_refused(hot: HotFolder, tmp_path: Path) -> None:
    file = hot.drop("a.pdf")
    bundle = bundle_of(hot, "a.pdf")
    os.link(file, tmp_path / "kept by somebody")
    outcome = claim.claim(hot.folder, bundle, hot.keeper)
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.FORBIDDEN_FILE


def test_a_hard_link_to_a_file_of_another_owner_is_refused(hot: HotFolder, secret: Path) -> None:
    os.link(secret, hot.path / "a.pdf")
    if os.geteuid() == 0:
        os.chown(secret, 12345, 12345)
    assert hot.settle() == []
    assert hot.codes() == {"a.pdf": Code.FORBIDDEN_FILE}


@pytest.mark.parametrize("change", ["rewritten", "replaced", "grown", "shortened", "touched"])
def test_a_file_changed_since_it_settled_is_left_for_another_look(hot: HotFolder, change: str) -> None:
    file = hot.drop("a.pdf", hot.pdf(1))
    bundle = bundle_of(hot, "a.pdf")
    match change:
        case "rewritten":
            file.write_bytes(hot.pdf(2))
        case "replaced":
            hot.rename_in("a.pdf", hot.pdf(1))
        case "grown":
            file.write_bytes(hot.pdf(1) + b"x")
        case "shortened":
            os.truncate(file, 10)
        case _:
            os.utime(file, ns=(1, 1))
    assert claim.claim(hot.folder, bundle, hot.keeper) == Postponed("paie", "a.pdf", Setback.CHANGED)
    assert hot.keeper.kept == {}


def test_a_file_that_went_away_is_no_fault(hot: HotFolder) -> None:
    file = hot.drop("a.pdf")
    bundle = bundle_of(hot, "a.pdf")
    file.unlink()
    assert claim.claim(hot.folder, bundle, hot.keeper) == Postponed("paie", "a.pdf", Setback.GONE)


class MeddlingKeeper:
    """Lets something happen between the first and the second block of what it keeps."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def keep(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        size = 0
        for chunk in chunks:
            if size == 0:
                self._happens()
            size += len(chunk)
        return Digest("0" * 64), size


@pytest.mark.parametrize("how", ["written", "truncated", "appended"])
def test_a_file_that_changes_while_it_is_copied_is_not_claimed(hot: HotFolder, how: str) -> None:
    file = hot.drop("a.pdf", hot.pdf(1, 3_000_000))

    def happens() -> None:
        match how:
            case "written":
                with file.open("r+b") as open_file:
                    open_file.seek(2_900_000)
                    open_file.write(b"other")
            case "truncated":
                os.truncate(file, 2_000_000)
            case _:
                with file.open("ab") as open_file:
                    open_file.write(b"more")

    outcome = claim.claim(hot.folder, bundle_of(hot, "a.pdf"), MeddlingKeeper(happens))
    assert outcome == Postponed("paie", "a.pdf", Setback.CHANGED)


def test_a_rename_during_the_copy_changes_nothing_of_what_is_kept(hot: HotFolder) -> None:
    hot.drop("a.pdf", hot.pdf(1, 3_000_000))
    outcome = claim.claim(
        hot.folder, bundle_of(hot, "a.pdf"), MeddlingKeeper(lambda: hot.rename_in("a.pdf", hot.pdf(2)))
    )
    assert isinstance(outcome, Claimed)
    assert outcome.size == len(hot.pdf(1, 3_000_000))


def test_a_file_above_the_limit_is_refused_unread_in_words_with_both_sizes(make_folder: MakeFolder) -> None:
    hot = make_folder(max_bytes=1_000_000)
    hot.drop("a.pdf", hot.pdf(1, 1_500_000))
    outcome = claim.claim(hot.folder, bundle_of(hot, "a.pdf"), hot.keeper)
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.TOO_LARGE
    assert "1,5 Mo" in outcome.reason.fr
    assert "1.0 MB" in outcome.reason.en
    assert hot.keeper.kept == {}


def test_a_companion_above_its_limit_refuses_its_document(hot: HotFolder) -> None:
    hot.drop("a.json", b" " * (claim.LARGEST_COMPANION + 1))
    hot.drop("a.pdf")
    (outcome,) = hot.claim(hot.settle())
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.TOO_LARGE


def test_a_companion_that_changed_postpones_its_document(hot: HotFolder) -> None:
    hot.drop("a.json", b"{}")
    hot.drop("a.pdf")
    bundles = hot.settle()
    hot.drop("a.json", b'{"type": "BP"}')
    assert hot.claim(bundles) == [Postponed("paie", "a.pdf", Setback.CHANGED)]
    (outcome,) = hot.claim(hot.settle())
    assert isinstance(outcome, Claimed)
    assert hot.keeper.kept[outcome.companions[0].digest] == b'{"type": "BP"}'


def test_a_locked_file_is_postponed(open_to_all: HotFolder) -> None:
    hot = open_to_all
    hot.drop("a.pdf").chmod(0)
    with hot.as_an_ordinary_user():
        outcome = claim.claim(hot.folder, bundle_of(hot, "a.pdf"), hot.keeper)
    assert outcome == Postponed("paie", "a.pdf", Setback.LOCKED)


def test_a_vanished_folder_postpones_everything(hot: HotFolder, tmp_path: Path) -> None:
    hot.drop("a.pdf")
    bundle = bundle_of(hot, "a.pdf")
    hot.path.rename(tmp_path / "away")
    assert claim.claim_many(hot.folder, [bundle, bundle], hot.keeper) == [Postponed("paie", "a.pdf", Setback.GONE)] * 2


class FullKeeper:
    def keep(self, _: Iterable[bytes]) -> tuple[Digest, int]:
        raise OSError(28, os.strerror(28))


def test_a_full_disk_of_ours_is_never_blamed_on_the_file(hot: HotFolder) -> None:
    hot.drop("a.pdf")
    with pytest.raises(OSError, match="No space"):
        claim.claim(hot.folder, bundle_of(hot, "a.pdf"), FullKeeper())


def test_whoever_swaps_files_under_our_hands_never_gets_mixed_bytes_kept(hot: HotFolder, secret: Path) -> None:
    """Two PDFs and a link to another client's file change places without pause (renameat2 EXCHANGE)."""
    contents = {hot.pdf(1, 200_000), hot.pdf(2, 200_000)}
    first, second = contents
    hot.drop("a.pdf", first)
    hot.drop("b.pdf", second)
    (hot.path / "c.pdf").symlink_to(secret)
    libc = ctypes.CDLL(None)
    stopping = threading.Event()

    def swap() -> None:
        a, b, c = (os.fsencode(hot.path / name) for name in ("a.pdf", "b.pdf", "c.pdf"))
        while not stopping.is_set():
            libc.renameat2(-100, a, -100, b, 2)
            libc.renameat2(-100, a, -100, c, 2)

    swapper = threading.Thread(target=swap)
    swapper.start()
    claimed = 0
    try:
        for _ in range(400):
            entries = scan.look(hot.folder, ["a.pdf"]).entries
            bundles = [Bundle(entry, (), Proof.QUIET) for entry in entries if entry.kind is scan.Kind.FILE]
            outcomes = claim.claim_many(hot.folder, bundles, hot.keeper)
            for outcome in outcomes:
                if isinstance(outcome, Claimed):
                    claimed += 1
                    assert outcome.size == len(hot.keeper.kept[outcome.digest])
    finally:
        stopping.set()
        swapper.join()
    assert claimed > 0
    assert set(hot.keeper.kept.values()) <= contents
