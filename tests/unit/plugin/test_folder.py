"""Delivery to a folder: whole, once, never over anything and never outside."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import time
from pathlib import PurePosixPath

import pytest

from jesignd import durable
from jesignd.domain.documents import Digest
from jesignd.errors import Code, DocumentHeld, ServiceError, VerificationFailed
from jesignd.plugin.transports.folder import Parcel, Receipt, deliver, deliver_all


@pytest.fixture
def ged(tmp_path):
    root = tmp_path / "ged"
    root.mkdir()
    return root


@pytest.fixture
def sealed(tmp_path):
    def make(target, content=b"%PDF-1.7 sealed"):
        digest = Digest(hashlib.sha256(content).hexdigest())
        source = tmp_path / f"{digest}.pdf"
        source.write_bytes(content)
        return Parcel(source, PurePosixPath(target), digest, len(content))

    return make


def files(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())


def test_a_file_arrives_whole_in_folders_made_for_it(ged, sealed):
    parcel = sealed("000424/2026/BP.pdf")

    receipt = deliver(ged, parcel)

    assert receipt == Receipt("000424/2026/BP.pdf", parcel.digest, parcel.size, 1, already=False)
    assert (ged / "000424/2026/BP.pdf").read_bytes() == b"%PDF-1.7 sealed"
    assert files(ged) == ["000424/2026/BP.pdf"]


def test_delivering_again_does_nothing(ged, sealed):
    parcel = sealed("a/BP.pdf")
    first = deliver(ged, parcel)

    again = deliver(ged, parcel)

    assert (again.path, again.already) == (first.path, True)
    assert files(ged) == ["a/BP.pdf"]


def test_a_name_taken_by_something_else_is_never_overwritten(ged, sealed):
    (ged / "BP.pdf").write_bytes(b"theirs")
    (ged / "BP_V2.pdf").symlink_to("/etc/passwd")
    (ged / "BP_V3.pdf").mkdir()

    receipt = deliver(ged, sealed("BP.pdf"))

    assert (receipt.path, receipt.version) == ("BP_V4.pdf", 4)
    assert (ged / "BP.pdf").read_bytes() == b"theirs"


def test_a_delivery_cut_off_before_its_receipt_is_found_again_under_its_version(ged, sealed):
    (ged / "BP.pdf").write_bytes(b"theirs")
    deliver(ged, sealed("BP.pdf"))

    again = deliver(ged, sealed("BP.pdf"))

    assert (again.path, again.already) == ("BP_V2.pdf", True)
    assert files(ged) == ["BP.pdf", "BP_V2.pdf"]


def test_many_are_delivered_with_one_failing_alone(ged, sealed, tmp_path):
    (tmp_path / "outside").mkdir()
    (ged / "link").symlink_to(tmp_path / "outside")
    parcels = [sealed(f"c{number}/BP.pdf", b"%d" % number) for number in range(5)] + [sealed("link/x.pdf")]

    results = deliver_all(ged, parcels)

    assert [isinstance(result, Receipt) for result in results] == [True] * 5 + [False]
    assert isinstance(results[5], DocumentHeld)
    assert results[5].code is Code.DELIVERY_FAILED
    assert list((tmp_path / "outside").iterdir()) == []


def test_two_of_one_call_that_want_one_name_both_arrive(ged, sealed):
    results = deliver_all(ged, [sealed("x.pdf", b"1"), sealed("x.pdf", b"2"), sealed("x.pdf", b"1")])

    assert [result.path for result in results] == ["x.pdf", "x_V2.pdf", "x.pdf"]


@pytest.mark.parametrize("target", ["../x.pdf", "a/../../x.pdf", "/tmp/x.pdf"])
def test_a_path_that_leaves_the_root_is_refused(ged, sealed, target):
    with pytest.raises(DocumentHeld):
        deliver(ged, sealed(target))


def test_a_file_where_a_folder_should_be_holds(ged, sealed):
    (ged / "a").write_bytes(b"")

    with pytest.raises(DocumentHeld):
        deliver(ged, sealed("a/x.pdf"))


def test_a_root_that_is_away_is_waited_for_and_never_made(tmp_path, sealed):
    with pytest.raises(ServiceError):
        deliver(tmp_path / "unmounted", sealed("x.pdf"))

    assert not (tmp_path / "unmounted").exists()


def test_a_source_that_was_altered_is_not_delivered(ged, sealed):
    parcel = sealed("x.pdf")
    parcel.source.write_bytes(b"%PDF-1.7 SEALED")

    with pytest.raises(VerificationFailed):
        deliver(ged, parcel)

    assert files(ged) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("step", ["write", "fsync", "link"])
def test_a_failing_disk_leaves_nothing_and_is_tried_again(ged, sealed, monkeypatch, number, step):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        if step == "write":
            broken.setattr(durable, "write_temporary", fail)
        else:
            broken.setattr(os, step, fail)
        with pytest.raises(ServiceError):
            deliver(ged, sealed("x.pdf"))

    assert files(ged) == []
    assert deliver(ged, sealed("x.pdf")).version == 1


def test_what_reads_back_otherwise_is_not_delivered(ged, sealed, monkeypatch):
    parcel = sealed("x.pdf")
    honest = durable.sync

    def corrupt(paths):
        honest(paths)
        paths[0].write_bytes(b"%PDF-1.7 se_led")

    monkeypatch.setattr(durable, "sync", corrupt)

    with pytest.raises(ServiceError, match="read back"):
        deliver(ged, parcel)
    assert files(ged) == []


def test_a_share_without_hard_links_gets_its_files_too(ged, sealed, monkeypatch):
    def no_links(*_, **__):
        raise OSError(errno.EOPNOTSUPP, "no hard links here")

    monkeypatch.setattr(os, "link", no_links)
    (ged / "x.pdf").write_bytes(b"theirs")

    receipt = deliver(ged, sealed("x.pdf"))

    assert receipt.path == "x_V2.pdf"
    assert files(ged) == ["x.pdf", "x_V2.pdf"]
    assert (ged / "x.pdf").read_bytes() == b"theirs"


def test_a_rename_without_replacing_that_fails_says_so(tmp_path):
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(FileNotFoundError):
        durable.rename_without_replacing(tmp_path / "a", tmp_path / "absent" / "b")


def test_a_very_long_name_gets_its_versions(ged, sealed):
    name = "x" * 251 + ".pdf"
    (ged / name).write_bytes(b"theirs")

    assert deliver(ged, sealed(name)).version == 2


def test_the_same_parcel_twice_in_one_call_is_one_delivery(ged, sealed):
    first, second = deliver_all(ged, [sealed("x.pdf"), sealed("x.pdf")])

    assert first == second
    assert files(ged) == ["x.pdf"]


_LINK_AND_DIE = """
import hashlib, os, pathlib, sys
from jesignd.plugin.transports.folder import Parcel, deliver
link = os.link
def link_and_die(*arguments, **keywords):
    link(*arguments, **keywords)
    os._exit(9)
os.link = link_and_die
source = pathlib.Path(sys.argv[2])
digest = hashlib.sha256(source.read_bytes()).hexdigest()
deliver(pathlib.Path(sys.argv[1]), Parcel(source, pathlib.PurePosixPath("x.pdf"), digest, source.stat().st_size))
"""


def test_a_temporary_name_left_by_a_power_cut_goes_with_the_next_attempt(ged, sealed):
    parcel = sealed("x.pdf")
    cut = subprocess.run([sys.executable, "-c", _LINK_AND_DIE, str(ged), str(parcel.source)], check=False)
    assert (cut.returncode, len(files(ged))) == (9, 2)

    assert deliver(ged, parcel).already
    assert files(ged) == ["x.pdf"]


_DELIVER = """
import sys, pathlib
from jesignd.plugin.transports.folder import Parcel, deliver_all
from jesignd.domain.documents import Digest
import hashlib
root, sources = pathlib.Path(sys.argv[1]), sorted(pathlib.Path(sys.argv[2]).iterdir())
parcels = [
    Parcel(
        each,
        pathlib.PurePosixPath(f"{number % 3}/BP.pdf"),
        Digest(hashlib.sha256(each.read_bytes()).hexdigest()),
        each.stat().st_size,
    )
    for number, each in enumerate(sources)
]
print("ready", flush=True)
for start in range(0, len(parcels), 4):
    deliver_all(root, parcels[start : start + 4])
print("done", flush=True)
"""


@pytest.mark.slow
def test_a_delivery_killed_anywhere_ends_as_one_file_each_and_no_leftovers(ged, tmp_path):
    sources = tmp_path / "sources"
    sources.mkdir()
    for number in range(60):
        (sources / f"{number:03d}").write_bytes(b"%d" % number * 20_000)
    command = [sys.executable, "-c", _DELIVER, str(ged), str(sources)]

    for round_ in range(12):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            child.stdout.readline()
            time.sleep(0.005 * round_)
            child.kill()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    delivered = [path.read_bytes() for path in ged.rglob("*") if path.is_file()]
    assert sorted(delivered) == sorted(path.read_bytes() for path in sources.iterdir())
    assert [name for name in files(ged) if ".part" in name] == []
