"""Receiving: what was taken is a document with its first job, or nothing at all."""

from __future__ import annotations

import os

from jesignd.domain.documents import Claimed, DocumentState, Refused
from jesignd.domain.jobs import Stage
from jesignd.errors import Code
from jesignd.store import refusals


def test_a_file_taken_is_a_document_whose_recognition_is_promised(line):
    document = line.drop_payslip()

    assert line.state(document) is DocumentState.RECEIVED
    assert line.events(document) == ["received"]
    assert line.promised(document) == [(Stage.RECOGNISE, "", 0, 0.0)]
    assert (
        line.vault.read(line.document(document).claimed.digest)
        == line.files("exports")["BP_000424_202610_MAT-00001.pdf"]
    )


def test_files_taken_together_share_one_job(line):
    documents = line.drop_payslips(3, 1, 2)

    assert [line.document(one).sequence for one in documents] == [1, 2, 3]
    assert len(line.queue.waiting) == 1


def test_more_files_than_a_batch_holds_are_promised_in_several(line):
    for number in range(70):
        line.write(f"BP_000424_202610_MAT-{number:05d}.pdf", b"%%PDF-1.7\n%% %d\n%%%%EOF\n" % number)

    assert len(line.receive()) == 70
    assert len(line.queue.waiting) == 2


def test_a_file_listed_twice_is_one_document(line):
    first = line.drop_payslip()

    (again,) = line.receive()

    assert again.id == first
    assert line.events(first) == ["received"]
    assert len(line.queue.waiting) == 1


def test_a_file_that_may_not_be_taken_is_told_once_however_often_it_is_seen(line):
    line.write("ailleurs.pdf", b"%PDF-1.7\n%%EOF\n").rename(line.root / "ailleurs.pdf")
    os.link(line.root / "ailleurs.pdf", line.root / "exports" / "BP_000424_202610.pdf")

    outcomes = [*line.receive(), *line.receive()]

    assert [one.code for one in outcomes if isinstance(one, Refused)] == [Code.FORBIDDEN_FILE] * 2
    with line.database.reading() as tx:
        assert [one.refused.relative_path for one in refusals.list_refusals(tx)] == ["BP_000424_202610.pdf"]
    assert line.house_events()[-1:] == ["document.refused"]
    assert line.house_events().count("document.refused") == 1


def test_a_file_refused_and_then_mended_is_no_longer_told_as_refused(line):
    link = line.root / "exports" / "BP_000424_202610.pdf"
    line.write("ailleurs.pdf", b"%PDF-1.7\n%%EOF\n").rename(line.root / "ailleurs.pdf")
    os.link(line.root / "ailleurs.pdf", link)
    line.receive()
    (line.root / "ailleurs.pdf").unlink()

    (taken,) = line.receive()

    assert isinstance(taken, Claimed)
    with line.database.reading() as tx:
        assert refusals.list_refusals(tx) == []


def test_a_folder_where_nothing_could_be_taken_promises_nothing(line):
    os.mkfifo(line.root / "exports" / "BP_000424_202610.pdf")
    line.receive()

    assert line.queue.waiting == set()
