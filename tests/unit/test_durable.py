from __future__ import annotations

import errno
import hashlib
import os

import pytest

from jesignd import durable
from jesignd.domain.documents import Digest

CONTENT = b"VERSION;LOT\r\n"
DIGEST = Digest(hashlib.sha256(CONTENT).hexdigest())


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_crash_left_half_written_is_replaced_by_the_next_attempt(tmp_path):
    final = tmp_path / "CR.csv"
    durable.temporary_for(final, DIGEST).write_bytes(CONTENT[:3])

    durable.write_new(final, [CONTENT], temporary=durable.temporary_for(final, DIGEST))

    assert names(tmp_path) == ["CR.csv"]
    assert final.read_bytes() == CONTENT


def test_a_name_that_is_taken_is_left_as_it_stands_and_nothing_stays_beside_it(tmp_path):
    final = tmp_path / "CR.csv"
    final.write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        durable.write_new(final, [CONTENT], temporary=durable.temporary_for(final, DIGEST))

    assert names(tmp_path) == ["CR.csv"]
    assert final.read_bytes() == b"theirs"


def test_a_share_without_hard_links_gets_its_file_too(tmp_path, monkeypatch):
    def no_links(*_, **__):
        raise OSError(errno.EOPNOTSUPP, "no hard links here")

    monkeypatch.setattr(os, "link", no_links)

    durable.write_new(tmp_path / "CR.csv", [CONTENT])

    assert names(tmp_path) == ["CR.csv"]


def test_a_share_that_cannot_sync_its_names_is_not_an_error_but_a_failing_disk_is(tmp_path, monkeypatch):
    answers = {"number": errno.EINVAL}

    def fail(_):
        raise OSError(answers["number"], "no")

    monkeypatch.setattr(os, "fsync", fail)

    durable.fsync_directory(tmp_path)
    answers["number"] = errno.EIO
    with pytest.raises(OSError, match="no"):
        durable.fsync_directory(tmp_path)
