"""Reporting: the sender finds each file's fate where they look for it, once."""

from __future__ import annotations

import csv
import io

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Stage
from jesignd.testing.exports import samples

NAME = "BP_000424_202610_MAT-00001.pdf"
PROTECTED = samples.encrypted_payslip()
NOTICE = "BP_000424_202610_MAT-00001.erreur.txt"


def rows(line) -> list[dict[str, str]]:
    """Every line of every return file."""
    return [
        row
        for data in line.files("retours").values()
        for row in csv.DictReader(io.StringIO(data.decode("cp1252")), delimiter=";")
    ]


@pytest.fixture
def rejected(line):
    document = line.drop(NAME, PROTECTED)
    line.run()
    assert line.state(document) is DocumentState.REJECTED
    return document


def test_a_rejected_file_lies_beside_a_text_that_a_secretary_can_follow(line, rejected):
    files = line.files("rejets")

    assert files[NAME] == PROTECTED
    assert files[NOTICE].startswith(b"\xef\xbb\xbf")
    told = files[NOTICE].decode("utf-8-sig").split("\r\n")
    assert told[:4] == [
        f"Le fichier « {NAME} » n’a pas été scellé.",
        "",
        "Cause (E03) : Ce PDF est protégé (mot de passe ou restrictions) : il ne peut pas être scellé.",
        "Remède : Exportez-le sans mot de passe ni restriction, puis redéposez-le.",
    ]
    assert rejected in told[5]
    assert "\n" not in "".join(told)


def test_told_again_nothing_is_written_twice(line, rejected):
    before = line.files("rejets"), line.files("retours")

    line.do(Stage.REPORT, rejected)

    assert (line.files("rejets"), line.files("retours")) == before


def test_a_second_reject_of_that_name_stands_beside_the_first(line, rejected):
    line.drop(f"encore/{NAME}", samples.truncated_payslip())
    line.run()

    files = line.files("rejets")
    assert files[NAME] == PROTECTED
    assert files["BP_000424_202610_MAT-00001_V2.pdf"] == samples.truncated_payslip()
    assert "E02" in files["BP_000424_202610_MAT-00001_V2.erreur.txt"].decode("utf-8-sig")


def test_somebody_elses_text_of_that_name_is_not_overwritten(line):
    (line.root / "rejets" / NOTICE).write_bytes(b"notes")
    line.drop(NAME, PROTECTED)
    line.run()

    files = line.files("rejets")
    assert files[NOTICE] == b"notes"
    assert "E03" in files["BP_000424_202610_MAT-00001.erreur_2.txt"].decode("utf-8-sig")


def test_the_return_file_says_what_became_of_each_document(line, rejected):
    sealed = line.drop_payslip(2)
    line.run()

    told = {row["ID_JESIGND"]: row for row in rows(line)}
    assert told[rejected]["STATUT"] == "REJETE"
    assert told[rejected]["CODE"] == "E03"
    assert told[sealed]["STATUT"] == "SCELLE"
    assert told[sealed]["SHA256_SIGNE"] == line.document(sealed).sealed.digest
    assert told[sealed]["FICHIER_SIGNE"] == "BP_000424_202610_MAT-00002_scellé.pdf"


def test_a_place_that_is_away_is_waited_for_and_keeps_no_other_folder_waiting(line):
    line.change_folder(rejects=str(line.root / "absent"))
    away = line.drop(NAME, PROTECTED)
    elsewhere = line.drop_payslip_elsewhere(2)
    line.run()

    assert [row["ID_JESIGND"] for row in rows(line)] == [elsewhere]
    assert not (line.root / "absent").exists()
    assert line.promised(away) == [(Stage.REPORT, "", 1, 1.0)]

    for _ in range(20):
        line.wait(720)
    assert line.promised(away)[0][0] is Stage.REPORT
    (line.root / "absent").mkdir()
    line.wait(720)

    assert set(line.files("absent")) == {NAME, NOTICE}
    assert line.promised(away) == []
    assert sorted(row["ID_JESIGND"] for row in rows(line)) == sorted([away, elsewhere])


def test_a_share_for_return_files_that_is_away_is_never_made(line):
    line.change_folder(returns=str(line.root / "absent"))
    document = line.drop_payslip()
    line.run()

    assert not (line.root / "absent").exists()
    assert line.promised(document) == [(Stage.REPORT, "", 1, 1.0)]


def test_a_folder_without_places_for_reports_owes_nobody_any(line):
    line.change_folder(rejects=None, returns=None)
    document = line.drop(NAME, PROTECTED)
    line.run()

    assert line.state(document) is DocumentState.REJECTED
    assert line.promised(document) == []
