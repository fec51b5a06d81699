"""Deciding: each outcome is written down with its event, in the transaction of the decision."""

from __future__ import annotations

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Stage
from jesignd.errors import Code
from jesignd.testing.exports import samples


@pytest.fixture
def decided(line):
    """Drops one payslip and decides about it."""

    def decide(**how):
        document = line.drop_payslip(**how)
        line.run(Stage.RECOGNISE, Stage.AUTHORISE)
        return document

    return decide


def test_an_authorised_document_knows_its_rule_its_route_and_whose_right_it_rests_on(line, decided):
    found = line.document(decided())

    assert found.state is DocumentState.AUTHORISED
    assert (found.rule, found.person) == ("bulletins", line.claire.id)
    firm = line.firms[""].id
    assert found.route == {"profile": "bulletins", "destinations": ["ged"], "price": 5, "firm": firm}
    assert line.events(found.id) == ["received", "recognised", "authorised"]
    assert line.promised(found.id) == [(Stage.SEAL, "", 0, 0.0)]


def test_the_journal_says_what_the_losing_rules_failed_on(line):
    document = line.drop("LDM_000424_2026.pdf", samples.engagement_letter())
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)

    told = line.told(document)[-1].data
    assert told["rule"] == "lettres"
    assert told["considered"][0] == {
        "rule": "bulletins",
        "place": "jesignd.yaml:9",
        "failed": [{"on": "kind", "wanted": "BP", "found": "LDM"}],
    }


def test_a_rule_that_asks_for_signatures_makes_a_draft(line):
    document = line.drop("LDM_000424_2026.pdf", samples.engagement_letter())
    line.run()

    assert line.state(document) is DocumentState.DRAFT
    assert line.events(document)[-1] == "drafted"


def test_a_rule_that_holds_gives_its_own_reason(line):
    document = line.drop("INV_000424_2026.pdf", b"%PDF-1.7\n%%EOF\n")
    line.run()

    assert line.held(document) is Code.RULE
    assert line.document(document).hold.reason.fr == "à classer"
    assert line.events(document)[-1] == "held"


def test_credit_is_promised_in_order_within_a_batch(line):
    line.spend_down_to(12)
    documents = line.drop_payslips(1, 2, 3)
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)

    assert [line.state(one) for one in documents[:2]] == [DocumentState.AUTHORISED] * 2
    assert line.held(documents[2]) is Code.NO_CREDIT


def test_the_same_file_again_is_a_duplicate_of_the_first_even_within_a_batch(line):
    line.write("BP_000424_202610_MAT-00001.pdf", samples.carpenter_payslip())
    line.write("encore/BP_000424_202610_MAT-00001.pdf", samples.carpenter_payslip())
    first, second = (one.id for one in line.receive())
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)

    assert line.state(first) is DocumentState.AUTHORISED
    assert line.state(second) is DocumentState.DUPLICATE
    assert line.told(second)[-1].data["of"] == first


def test_a_later_export_replaces_one_not_sealed_yet_and_its_sender_is_told(line):
    line.write("BP_000424_202610_MAT-00001.pdf", samples.carpenter_payslip())
    line.write("corrigé/BP_000424_202610_MAT-00001.pdf", samples.baker_payslip())
    older, newer = (one.id for one in line.receive())
    line.run(Stage.RECOGNISE, Stage.AUTHORISE)

    assert line.state(older) is DocumentState.REPLACED
    assert line.state(newer) is DocumentState.AUTHORISED
    assert line.events(older)[-1] == "replaced"
    assert (Stage.REPORT, "", 0, 0.0) in line.promised(older)
    line.run()
    assert line.balance() == 995
    assert "REMPLACE" in b"".join(line.files("retours").values()).decode("cp1252")


def test_what_was_replaced_uses_up_no_credit_of_its_batch(line):
    line.spend_down_to(10)
    line.write("BP_000424_202610_MAT-00001.pdf", samples.carpenter_payslip())
    line.write("corrigé/BP_000424_202610_MAT-00001.pdf", samples.baker_payslip())
    line.write("suite/BP_000424_202610_MAT-00002.pdf", samples.surveyor_payslip())
    _, newer, another = (one.id for one in line.receive())

    line.run(Stage.RECOGNISE, Stage.AUTHORISE)

    assert [line.fate(one) for one in (newer, another)] == [DocumentState.AUTHORISED] * 2


def test_decided_in_the_wrong_order_the_later_export_still_wins(line):
    line.write("BP_000424_202610_MAT-00001.pdf", samples.carpenter_payslip())
    line.write("corrigé/BP_000424_202610_MAT-00001.pdf", samples.baker_payslip())
    older, newer = (one.id for one in line.receive())
    line.run(Stage.RECOGNISE)

    line.do(Stage.AUTHORISE, newer, older)

    assert (line.state(older), line.state(newer)) == (DocumentState.REPLACED, DocumentState.AUTHORISED)
    assert line.promised(older) == [(Stage.REPORT, "", 0, 0.0)]


def test_a_document_that_cannot_be_decided_does_not_hold_up_its_batch(line):
    bad, good = line.drop_payslips(1, 2)
    line.run(Stage.RECOGNISE)
    line.spoil_recognition(bad)

    line.run()
    assert line.failures
    for _ in range(3):
        line.wait(1)
        line.reconcile()
    line.run()

    assert line.state(good) is DocumentState.DELIVERED
    assert line.state(bad) is DocumentState.RECOGNISED


def test_done_twice_it_is_decided_once(line, decided):
    document = decided()

    line.do(Stage.AUTHORISE, document)

    assert line.events(document) == ["received", "recognised", "authorised"]
