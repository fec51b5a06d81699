"""Reconciling: no document is forgotten, and none is tried for ever."""

from __future__ import annotations

import datetime

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import Stage
from jesignd.errors import Code, DocumentHeld
from jesignd.flow.reconcile import MOST_ATTEMPTS
from jesignd.store import stages
from jesignd.testing.exports import samples


@pytest.mark.parametrize(
    "done",
    [
        (),
        (Stage.RECOGNISE,),
        (Stage.RECOGNISE, Stage.AUTHORISE),
        (Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL),
    ],
)
def test_with_the_whole_engine_lost_in_mid_run_every_document_still_arrives(line, done):
    documents = line.drop_payslips(1, 2)
    line.run(*done) if done else None
    line.lose_jobs()
    line.run()
    assert DocumentState.DELIVERED not in {line.state(one) for one in documents}

    line.now += datetime.timedelta(seconds=6)
    assert line.reconcile() == 1
    line.run()

    assert {line.state(one) for one in documents} == {DocumentState.DELIVERED}
    assert line.key.signed == 2
    assert line.balance() == 990


def test_a_job_that_lives_is_left_alone(line):
    document = line.drop_payslip()
    line.now += datetime.timedelta(minutes=1)

    assert line.reconcile() == 0
    assert line.promised(document)[0][2] == 0


def test_what_fails_as_a_batch_is_tried_one_by_one(line):
    line.drop_payslips(1, 2, 3)
    for _ in range(2):
        line.lose_jobs()
        line.now += datetime.timedelta(minutes=1)
        line.reconcile()

    assert len(line.queue.waiting) == 3


def test_a_document_whose_decision_always_fails_is_held_after_so_many_attempts_and_told(line):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE)
    line.spoil_recognition(document)
    line.run()
    for _ in range(MOST_ATTEMPTS):
        line.now += datetime.timedelta(minutes=11)
        line.reconcile()
        assert line.state(document) is DocumentState.RECOGNISED
        line.now += datetime.timedelta(minutes=11)
        line.run()
    line.now += datetime.timedelta(minutes=11)
    line.reconcile()

    assert line.held(document) is Code.POISON
    assert line.document(document).hold.held_from is DocumentState.RECOGNISED
    assert line.events(document)[-1] == "held"
    assert line.promised(document) == [(Stage.REPORT, "", 0, 0.0)]


def test_a_delivery_that_was_given_up_can_be_taken_up_again(line):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    for _ in range(MOST_ATTEMPTS + 1):
        line.lose_jobs()
        line.now += datetime.timedelta(minutes=11)
        line.reconcile()
    assert line.held(document) is Code.POISON

    line.release(document)
    line.run()

    assert line.state(document) is DocumentState.DELIVERED


def test_a_document_without_any_promise_is_taken_up_in_every_state(line):
    ids = []
    for number, done in enumerate([(), (Stage.RECOGNISE,), (Stage.RECOGNISE, Stage.AUTHORISE), None], 1):
        ids.append(line.drop_payslip(number))
        line.run(
            *(done if done is not None else (Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL))
        ) if done != () else None
    with line.database.transaction() as tx:
        stages.forget(tx, ids)
    line.run()
    assert DocumentState.DELIVERED not in {line.state(one) for one in ids}

    line.now += datetime.timedelta(minutes=2)
    line.reconcile()
    line.run()

    assert {line.state(one) for one in ids} == {DocumentState.DELIVERED}
    assert line.balance() == 1000 - 5 * len(ids)


def test_what_was_done_between_two_looks_is_not_promised_again(line):
    document = line.drop_payslip()
    line.now += datetime.timedelta(minutes=1)
    line.queue.between_looks = line.run

    line.reconcile()

    assert line.state(document) is DocumentState.DELIVERED
    assert line.promised(document) == []


def test_releasing_what_is_not_held_is_refused(line):
    document = line.drop_payslip()

    with pytest.raises(DocumentHeld) as refused:
        line.release(document)

    assert document in refused.value.message.fr


def test_a_person_may_set_aside_the_doubt_that_a_file_is_at_the_wrong_client(line):
    line.drop("BP_000424_202610_MAT-00001.pdf", samples.carpenter_payslip())
    other = line.drop("BP_000999_202610_MAT-00001.pdf", samples.carpenter_payslip())
    line.run()
    assert line.held(other) is Code.WRONG_CLIENT_SUSPECTED

    line.release(other)
    line.run()

    assert line.state(other) is DocumentState.DELIVERED
    released = next(one for one in line.told(other) if one.event.endswith("released"))
    assert released.data == {"by": "claire", "waived": ["E14"]}


def test_what_cannot_be_set_aside_is_looked_at_again_and_held_again(line):
    document = line.drop("INV_000424_2026.pdf", b"%PDF-1.7\n%%EOF\n")
    line.run()

    line.release(document)
    line.run()

    assert line.held(document) is Code.RULE
    assert line.document(document).waived == ()


def test_only_what_was_held_for_these_reasons_is_resumed_however_many_there_are(line):
    line.take_key_away()
    keys = line.drop_payslips(*range(1, 6))
    rule = line.drop("INV_000424_2026.pdf", b"%PDF-1.7\n%%EOF\n")
    line.run()

    assert line.resume(Code.KEY) == 5

    assert {line.state(one) for one in keys} == {DocumentState.RECOGNISED}
    assert line.held(rule) is Code.RULE
