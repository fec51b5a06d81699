"""Files put on disk for good: whole or not at all, never over another."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jesignd import durable
from jesignd.domain.documents import Digest

CONTENT = b"VERSION;LOT\r\n"
DIGEST = Digest(hashlib.sha256(CONTENT).hexdigest())
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@unhurried
@given(chunks=st.lists(st.binary(max_size=4096), max_size=8))
def test_what_was_written_always_stands_there_whole_with_its_digest_and_size(tmp_path_factory, chunks):
    final = tmp_path_factory.mktemp("new") / "BP.pdf"

    digest, size = durable.write_new(final, chunks)

    whole = b"".join(chunks)
    assert final.read_bytes() == whole
    assert (digest, size) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert (digest, size) == durable.digest_of(final)
    assert names_in(final.parent) == ["BP.pdf"]


def test_what_is_written_is_for_the_owner_alone_unless_told_otherwise(tmp_path):
    durable.write_new(tmp_path / "a", [b"x"])
    durable.write_new(tmp_path / "b", [b"x"], 0o640)

    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in "ab"] == [0o600, 0o640]


@pytest.mark.parametrize("stand", ["file", "directory", "dangling link"])
def test_a_name_that_is_taken_keeps_what_stands_there(tmp_path, stand):
    final = tmp_path / "BP.pdf"
    if stand == "file":
        final.write_bytes(b"somebody else's")
    elif stand == "directory":
        final.mkdir()
    else:
        final.symlink_to(tmp_path / "nowhere")

    with pytest.raises(FileExistsError):
        durable.write_new(final, [b"ours"])

    assert names_in(tmp_path) == ["BP.pdf"]
    assert not (tmp_path / "nowhere").exists()
    assert stand != "file" or final.read_bytes() == b"somebody else's"


def test_a_source_that_fails_leaves_nothing_behind(tmp_path):
    def failing():
        yield b"half"
        raise OSError("the share went away")

    with pytest.raises(OSError, match="went away"):
        durable.write_new(tmp_path / "BP.pdf", failing())

    assert names_in(tmp_path) == []


def test_of_many_who_want_one_name_exactly_one_gets_it_and_whole(tmp_path):
    final = tmp_path / "BP.pdf"
    ready = threading.Barrier(8)
    won: list[bytes] = []

    def want(number: int) -> None:
        data = bytes([number]) * 100_000
        ready.wait()
        try:
            durable.write_new(final, [data])
        except FileExistsError:
            return
        won.append(data)

    threads = [threading.Thread(target=want, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert final.read_bytes() == won[0]
    assert names_in(tmp_path) == ["BP.pdf"]


def test_somebody_who_looks_meanwhile_sees_all_of_it_or_nothing(tmp_path):
    final = tmp_path / "BP.pdf"
    seen: set[int] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if final.exists():
                seen.add(final.stat().st_size)

    watcher = threading.Thread(target=look)
    watcher.start()
    durable.write_new(final, (bytes(1 << 16) for _ in range(64)))
    done.set()
    watcher.join()

    assert seen <= {64 << 16}


def test_losing_a_name_gives_the_temporary_file_up(tmp_path):
    (tmp_path / "BP.pdf").write_bytes(b"first")
    temporary = durable.temporary_beside(tmp_path / "BP.pdf")
    durable.write_temporary(temporary, [b"second"])

    assert durable.reveal(temporary, tmp_path / "BP.pdf") is False

    assert names_in(tmp_path) == ["BP.pdf"]


def test_losing_a_name_may_keep_the_temporary_file_for_another(tmp_path):
    (tmp_path / "BP.pdf").write_bytes(b"first")
    temporary = durable.temporary_beside(tmp_path / "BP.pdf")
    durable.write_temporary(temporary, [b"second"])

    assert durable.take_name(temporary, tmp_path / "BP.pdf") is False
    assert durable.take_name(temporary, tmp_path / "BP_2.pdf") is True

    assert names_in(tmp_path) == ["BP.pdf", "BP_2.pdf"]


def test_where_there_are_no_hard_links_a_rename_replaces_nothing_either(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(name.encode())

    assert durable.rename_without_replacing(tmp_path / "one", tmp_path / "BP.pdf") is True
    assert durable.rename_without_replacing(tmp_path / "two", tmp_path / "BP.pdf") is False
    assert (tmp_path / "BP.pdf").read_bytes() == b"one"
    with pytest.raises(FileNotFoundError):
        durable.rename_without_replacing(tmp_path / "absent", tmp_path / "other")


@given(name=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_a_temporary_name_is_always_hidden_short_and_the_same_for_the_same_bytes(name):
    final, digest, other = Path("/srv/ged") / name, Digest("0" * 64), Digest("1" * 64)

    temporary = durable.temporary_for(final, digest)

    assert temporary == durable.temporary_for(final, digest)
    assert temporary != durable.temporary_for(final, other)
    assert temporary.name.startswith(".jesignd-")
    assert len(os.fsencode(temporary.name)) < 64


def test_a_symbolic_link_is_never_followed_for_a_digest(tmp_path):
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(OSError):
        durable.digest_of(tmp_path / "link")


def test_directories_are_made_with_their_parents_and_again_without_harm(tmp_path):
    wanted = tmp_path / "a" / "b" / "c"

    durable.make_directories(wanted)
    durable.make_directories(wanted)

    assert stat.S_IMODE(wanted.stat().st_mode) == 0o700


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_any_number_of_files_is_synced_and_an_absent_one_is_told(tmp_path, count):
    paths = [tmp_path / str(number) for number in range(count)]
    for path in paths:
        path.write_bytes(b"x")

    durable.sync(paths)

    with pytest.raises(OSError):
        durable.sync([tmp_path / "absent" / "file"] * count)


def test_what_a_crash_left_half_written_is_replaced_by_the_next_attempt(tmp_path):
    final = tmp_path / "CR.csv"
    durable.temporary_for(final, DIGEST).write_bytes(CONTENT[:3])

    durable.write_new(final, [CONTENT], temporary=durable.temporary_for(final, DIGEST))

    assert names_in(tmp_path) == ["CR.csv"]
    assert final.read_bytes() == CONTENT


def test_a_share_without_hard_links_gets_its_file_too(tmp_path, monkeypatch):
    def no_links(*_, **__):
        raise OSError(errno.EOPNOTSUPP, "no hard links here")

    monkeypatch.setattr(os, "link", no_links)

    durable.write_new(tmp_path / "CR.csv", [CONTENT])

    assert names_in(tmp_path) == ["CR.csv"]


def test_a_share_that_cannot_sync_its_names_is_not_an_error_but_a_failing_disk_is(tmp_path, monkeypatch):
    answers = {"number": errno.EINVAL}

    def fail(_):
        raise OSError(answers["number"], "no")

    monkeypatch.setattr(os, "fsync", fail)

    durable.fsync_directory(tmp_path)
    answers["number"] = errno.EIO
    with pytest.raises(OSError, match="no"):
        durable.fsync_directory(tmp_path)
