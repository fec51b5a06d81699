from __future__ import annotations

import os
import shutil

import pytest

from jesignd.domain.documents import Claimed, Refused
from jesignd.errors import Code, Words
from jesignd.flow.refuse import forget_gone, refuse, tell
from jesignd.store import refusals

NAME = "BP_000424_202610_MAT-00001.pdf"
NOTICE = "BP_000424_202610_MAT-00001.erreur.txt"


@pytest.fixture
def linked(line):
    """A file with two names, which nobody may take."""
    line.write("ailleurs.pdf", b"%PDF-1.7\n%%EOF\n").rename(line.root / "ailleurs.pdf")
    os.link(line.root / "ailleurs.pdf", line.root / "exports" / NAME)
    return line


def known(line):
    with line.database.reading() as transaction:
        return refusals.list_refusals(transaction)


def test_the_sender_of_a_refused_file_reads_why_where_rejects_are_looked_for(linked):
    linked.receive()

    told = linked.files("rejets")[NOTICE].decode("utf-8-sig")
    assert "n’a pas été pris" in told
    assert "plusieurs noms" in told
    assert f"paie/{NAME}" in told
    assert NAME in linked.files("exports")
    assert NAME not in linked.files("rejets")


def test_it_is_told_once_however_often_the_file_is_seen(linked):
    linked.receive()
    (linked.root / "rejets" / NOTICE).unlink()
    linked.receive()
    tell([linked.folder], database=linked.database)

    assert linked.files("rejets") == {}


def test_the_text_goes_away_when_the_file_is_taken_after_all(linked):
    linked.receive()
    (linked.root / "ailleurs.pdf").unlink()

    (taken,) = linked.receive()

    assert isinstance(taken, Claimed)
    assert linked.files("rejets") == {}


def test_a_text_that_somebody_wrote_over_is_not_removed(linked):
    linked.receive()
    (linked.root / "rejets" / NOTICE).write_bytes(b"vu avec Karim")
    (linked.root / "ailleurs.pdf").unlink()
    linked.receive()

    assert linked.files("rejets") == {NOTICE: b"vu avec Karim"}


def test_a_place_that_is_away_is_told_when_it_is_back(linked):
    (linked.root / "rejets").rename(linked.root / "absent")
    linked.receive()
    shutil.move(linked.root / "absent", linked.root / "rejets")
    assert linked.files("rejets") == {}

    tell([linked.folder], database=linked.database)

    assert NOTICE in linked.files("rejets")


def test_another_cause_replaces_the_text_of_the_former_one(linked):
    linked.receive()
    refused = Refused("paie", NAME, Code.TRUNCATED, Words("il est incomplet", "it is incomplete"))
    refuse(linked.folder, [refused], database=linked.database, at=linked.now)

    (name,) = linked.files("rejets")
    assert name == NOTICE
    assert "incomplet" in linked.files("rejets")[name].decode("utf-8-sig")


def test_a_refused_file_that_somebody_removes_is_forgotten_with_its_text(linked):
    linked.receive()
    assert forget_gone([linked.folder], database=linked.database) == 0
    (linked.root / "exports" / NAME).unlink()

    assert forget_gone([linked.folder], database=linked.database) == 1
    assert known(linked) == []
    assert linked.files("rejets") == {}


def test_nothing_is_forgotten_while_the_folder_is_away(linked):
    linked.receive()
    (linked.root / "exports").rename(linked.root / "parti")

    assert forget_gone([linked.folder], database=linked.database) == 0
    assert len(known(linked)) == 1


def test_a_name_too_long_for_any_disk_is_told_under_a_shorter_one(line):
    name = "é" * 126 + ".pdf"
    refused = Refused("paie", name, Code.FORBIDDEN_FILE, Words("nom trop long", "name too long"))
    refuse(line.folder, [refused], database=line.database, at=line.now)

    (left,) = line.files("rejets")
    assert left == "é" * 100 + ".erreur.txt"
