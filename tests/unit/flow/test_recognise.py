"""Recognising: a document is known, doubtful or unusable, on evidence that is kept; a plugin hurts only its own."""

from __future__ import annotations

import json

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Stage
from jesignd.errors import Code


def test_a_recognised_document_keeps_its_evidence_and_goes_on_to_be_decided(line):
    document = line.drop_payslip()

    line.step()

    found = line.document(document)
    assert found.state is DocumentState.RECOGNISED
    assert found.recognition["client_code"] == "000424"
    assert {clue["trait"] for clue in found.recognition["clues"]} >= {"kind", "client", "period"}
    assert line.events(document) == ["received", "recognised"]
    assert line.promised(document) == [(Stage.AUTHORISE, "", 0, 0.0)]


def test_a_doubt_holds_with_what_was_read_and_is_reported(line):
    document = line.drop("facture du mois.pdf", b"%PDF-1.7\n%%EOF\n")

    line.step()

    assert line.held(document) in {Code.UNKNOWN_KIND, Code.UNKNOWN_CLIENT, Code.AMBIGUOUS}
    assert line.document(document).hold.held_from is DocumentState.RECEIVED
    assert line.events(document) == ["received", "held"]
    assert line.promised(document) == [(Stage.REPORT, "", 0, 0.0)]


def test_two_sources_that_contradict_each_other_hold_with_both_values(line):
    name = "BP_000424_202610_MAT-00001.pdf"
    line.write(name.replace(".pdf", ".json"), json.dumps({"jesign": 1, "dossier": {"code": "000999"}}).encode())
    document = line.drop(name, b"%PDF-1.7\n%%EOF\n")

    line.step()

    assert line.held(document) is Code.CONTRADICTION
    reason = line.document(document).hold.reason.fr
    assert "000424" in reason
    assert "000999" in reason


def test_a_file_announced_with_another_digest_goes_back(line):
    name = "BP_000424_202610_MAT-00001.pdf"
    line.write(name.replace(".pdf", ".json"), json.dumps({"jesign": 1, "sha256": "0" * 64}).encode())
    document = line.drop(name, b"%PDF-1.7\n%%EOF\n")

    line.step()

    assert line.document(document).hold.code is Code.DIGEST_MISMATCH


def test_a_plugin_that_fails_holds_its_documents_and_is_named(line, caplog):
    line.plugin("raises")
    document = line.drop_payslip()

    line.step()

    assert "MAT-00001" not in caplog.text
    assert line.held(document) is Code.POISON
    hold = line.document(document).hold
    assert "raises" in hold.reason.fr
    assert hold.hint is not None


def test_a_plugin_that_hangs_does_not_hold_up_the_documents_of_another_folder(line):
    line.plugin("sleeps")
    stuck = line.drop_payslip(1)
    good = line.drop_payslip_elsewhere(2)

    line.step()

    assert line.held(stuck) is Code.POISON
    assert line.state(good) is DocumentState.RECOGNISED


def test_a_folder_taken_out_of_the_configuration_holds_its_documents_until_it_is_back(line):
    document = line.drop_payslip()
    away = line.folders.pop("paie")
    line.run()
    assert line.held(document) is Code.RULE

    line.folders["paie"] = away
    assert line.resume(Code.RULE) == 1
    line.run()

    assert line.state(document) is DocumentState.DELIVERED


def test_done_twice_it_is_written_once(line):
    document = line.drop_payslip()
    line.do(Stage.RECOGNISE, document)
    line.do(Stage.RECOGNISE, document)

    assert line.events(document) == ["received", "recognised"]
