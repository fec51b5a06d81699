"""Clearing: the source goes where its folder's policy says, once delivered and not before."""

from __future__ import annotations

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.folders import SourcePolicy
from jesignd.domain.jobs import Stage

NAME = "BP_000424_202610_MAT-00001.pdf"


@pytest.fixture
def archiving(line):
    line.change_folder(after=SourcePolicy.ARCHIVE, archive=str(line.root / "archives"))
    return line


def test_a_source_is_archived_once_delivered(archiving):
    document = archiving.drop_payslip()
    archiving.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    assert NAME in archiving.files("exports")

    archiving.run()

    assert archiving.files("exports") == {}
    assert [name.rsplit("/", 1)[-1] for name in archiving.files("archives")] == [NAME]
    assert archiving.told(document)[-1].data == {"outcome": "archived"}


def test_a_source_left_by_policy_is_not_spoken_of(line):
    document = line.drop_payslip()
    line.run()

    assert NAME in line.files("exports")
    assert "source_cleared" not in line.events(document)


def test_what_changed_since_it_was_taken_is_left_and_said_so(archiving):
    document = archiving.drop_payslip()
    archiving.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    archiving.write(NAME, b"%PDF-1.7\nanother\n%%EOF\n")

    archiving.run()

    assert archiving.files("exports")[NAME] == b"%PDF-1.7\nanother\n%%EOF\n"
    assert archiving.told(document)[-1].data == {"outcome": "changed"}


def test_a_share_that_is_away_is_waited_for_until_the_source_is_cleared(archiving):
    document = archiving.drop_payslip()
    archiving.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    archiving.root.joinpath("exports").rename(archiving.root / "démonté")
    archiving.run()
    assert archiving.state(document) is DocumentState.DELIVERED
    assert archiving.promised(document) == [(Stage.CLEAR, "", 1, 1.0)]
    for _ in range(15):
        archiving.wait(720)

    archiving.root.joinpath("démonté").rename(archiving.root / "exports")
    archiving.wait(720)

    assert archiving.files("exports") == {}
    assert archiving.promised(document) == []


def test_done_twice_it_is_told_once(archiving):
    document = archiving.drop_payslip()
    archiving.run()

    archiving.do(Stage.CLEAR, document)

    assert archiving.told(document)[-1].data["outcome"] in {"archived", "gone"}
