"""Sealing: exactly one sealed file and one debit a document, whatever fails and however often it is done again."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import RETRY_MINUTES, Stage
from jesignd.domain.levels import PadesLevel
from jesignd.errors import Code, ServiceError
from jesignd.flow import sealing
from jesignd.store import reservations
from jesignd.testing.exports import samples
from jesignd.testing.timestamp_server import Fault


@pytest.fixture
def authorised(line):
    """Documents up to the point of being sealed."""

    def make(*numbers):
        documents = line.drop_payslips(*(numbers or (1,)))
        line.run(Stage.RECOGNISE, Stage.AUTHORISE)
        return documents

    return make


def without_reservations(line, documents):
    """As documents stand that a version without reservations had authorised."""
    with line.database.transaction() as tx:
        reservations.release(tx, documents, at=line.now)


def test_a_sealed_document_is_charged_told_and_sent_on_in_one_go(line, authorised):
    (document,) = authorised()

    line.run(Stage.SEAL)

    found = line.document(document)
    assert found.state is DocumentState.SEALED
    sealed = line.vault.read_sealed(document, 0, found.sealed.digest)
    assert sealed.startswith(line.vault.read(found.claimed.digest))
    assert line.balance() == 995
    told = line.told(document)[-1].data
    assert (told["act"], told["person"], told["level"]) == (f"seal:{document}:0", line.claire.id, "B-B")
    assert line.promised(document) == [(Stage.DELIVER, "ged", 0, 0.0)]
    assert line.leftovers() == []


def test_what_was_decided_is_what_is_sealed_though_its_rule_became_a_trial_or_ceased_to_be_one_meanwhile(
    line, authorised
):
    (real,) = authorised(1)
    line.rules[0] = replace(line.rules[0], test=True)
    (trial,) = authorised(2)

    line.do(Stage.SEAL, real, trial)

    files = {one: line.vault.read_sealed(one, 0, line.document(one).sealed.digest) for one in (real, trial)}
    assert b"/Reason(TEST" not in files[real]
    assert b"/Reason(TEST" in files[trial]
    assert line.balance() == 995


def test_sealed_twice_at_the_same_time_it_is_one_file_and_one_debit(line, authorised):
    documents = authorised(1, 2)
    ready = threading.Barrier(2)

    def seal():
        ready.wait()
        line.do(Stage.SEAL, *documents)

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [line.state(one) for one in documents] == [DocumentState.SEALED] * 2
    assert line.balance() == 990
    assert [line.events(one).count("sealed") for one in documents] == [1, 1]


def test_what_another_run_has_committed_uses_up_no_credit_of_this_one(line, authorised):
    line.spend_down_to(10)
    first, second = authorised(1, 2)
    without_reservations(line, [first, second])
    batch = line.made(first, second)
    line.do(Stage.SEAL, first)

    line.commit(batch)

    assert line.fate(second) is DocumentState.SEALED
    assert line.balance() == 0


def test_published_but_not_committed_it_is_found_again_and_not_signed_twice(line, authorised):
    (document,) = authorised()
    line.made(document)
    assert line.key.signed == 1

    line.run(Stage.SEAL)

    assert line.key.signed == 1
    assert line.state(document) is DocumentState.SEALED
    assert line.balance() == 995


def test_a_published_file_that_its_report_does_not_fit_is_held_and_never_delivered(line, authorised):
    (document,) = authorised()
    line.made(document)
    published = line.vault.sealed_path(document, 0)
    published.chmod(0o600)
    published.write_bytes(published.read_bytes() + b"\n")

    line.run()

    assert line.held(document) is Code.KEY
    assert str(published) in line.document(document).hold.hint.fr
    assert line.files("ged") == {}
    assert line.balance() == 1000


def test_a_published_file_set_aside_is_sealed_anew(line, authorised):
    (document,) = authorised()
    line.made(document)
    published = line.vault.sealed_path(document, 0)
    published.write_bytes(b"%PDF-1.7\nsomething else")
    line.run()
    published.unlink()

    line.resume(Code.KEY)
    line.run()

    assert line.state(document) is DocumentState.DELIVERED
    assert line.balance() == 995


def test_time_stamping_down_for_a_day_is_retried_at_the_known_delays_then_held(line, authorised, timestamps):
    line.stamp_with(timestamps)
    timestamps.fault = Fault.SERVER_ERROR
    (document,) = authorised()

    for attempt, minutes in enumerate(RETRY_MINUTES, 1):
        line.run()
        assert line.state(document) is DocumentState.AUTHORISED
        assert line.promised(document) == [(Stage.SEAL, "", attempt, float(minutes))]
        line.let_pass(minutes)
    line.run()

    assert line.held(document) is Code.SERVICE
    assert line.balance() == 1000
    assert line.leftovers() == []


def test_time_stamping_back_within_the_day_seals_by_itself(line, authorised, timestamps):
    line.stamp_with(timestamps)
    timestamps.fault = Fault.REFUSED
    good = authorised(1, 2)
    line.run()
    assert [line.state(one) for one in good] == [DocumentState.AUTHORISED] * 2

    timestamps.fault = None
    line.wait(1)

    assert [line.state(one) for one in good] == [DocumentState.DELIVERED] * 2
    assert {line.document(one).sealed.report["level"] for one in good} == {"B-T"}
    assert line.balance() == 990


def test_a_key_that_is_gone_holds_and_goes_on_when_it_is_back(line, authorised):
    line.take_key_away()
    (document,) = authorised()
    line.run()
    assert line.held(document) is Code.KEY
    assert "doctor" in line.document(document).hold.hint.fr

    line.bring_key_back()
    assert line.resume(Code.KEY) == 1
    line.run()

    assert line.state(document) is DocumentState.DELIVERED


def test_a_file_that_makes_its_readers_fail_goes_back_alone(line):
    good = line.drop_payslip(1)
    bomb = line.drop("BP_000424_202610_MAT-00002.pdf", b"%PDF-1.7\n" + b"[" * 200_000 + b"\n%%EOF\n")
    line.run()

    assert line.state(good) is DocumentState.DELIVERED
    assert line.state(bomb) is DocumentState.REJECTED
    assert line.document(bomb).hold.code in {Code.TRUNCATED, Code.POISON}
    assert line.balance() == 995


def test_a_child_that_somebody_kills_is_no_fault_of_the_file(line, authorised):
    (document,) = authorised()
    line.kill_while_signing()

    line.run()
    assert line.state(document) is DocumentState.AUTHORISED
    assert line.promised(document) == [(Stage.SEAL, "", 1, 1.0)]
    line.wait(1)

    assert line.state(document) is DocumentState.DELIVERED


def test_a_disk_that_fails_is_waited_for_and_charges_nothing(line, authorised):
    documents = authorised(1, 2)
    line.break_publishing()
    line.run()
    assert [line.promised(one) for one in documents] == [[(Stage.SEAL, "", 1, 1.0)]] * 2
    assert line.leftovers() == []
    assert (line.spent(), line.reserved()) == (0, 10)

    line.mend_publishing()
    line.wait(1)

    assert [line.state(one) for one in documents] == [DocumentState.DELIVERED] * 2


def test_an_original_that_has_rotted_in_the_vault_is_never_sealed(line, authorised):
    (document,) = authorised()
    original = line.vault.path(line.document(document).claimed.digest)
    original.chmod(0o600)
    original.write_bytes(samples.baker_payslip())

    line.run()

    assert line.held(document) is Code.KEY
    assert line.key.signed == 0


def test_what_is_authorised_is_paid_for_whatever_is_spent_meanwhile(line, authorised):
    documents = authorised(1, 2)
    assert line.reserved() == 10
    line.spend_down_to(0)

    line.run()

    assert [line.state(one) for one in documents] == [DocumentState.DELIVERED] * 2
    assert (line.balance(), line.reserved()) == (0, 0)


def test_credit_that_runs_out_seals_exactly_the_first_and_a_top_up_the_rest_without_signing_again(line, authorised):
    documents = authorised(1, 2, 3, 4)
    without_reservations(line, documents)
    line.spend_down_to(10)

    line.run()

    assert [line.state(one) for one in documents[:2]] == [DocumentState.DELIVERED] * 2
    assert [line.held(one) for one in documents[2:]] == [Code.NO_CREDIT] * 2
    assert line.balance() == 0
    assert "0,00" in line.document(documents[2]).hold.reason.fr
    signed = line.key.signed

    line.top_up(100, "virement-2")
    assert line.resume(Code.NO_CREDIT) == 2
    line.run()

    assert [line.state(one) for one in documents] == [DocumentState.DELIVERED] * 4
    assert line.key.signed == signed
    assert line.balance() == 90


def test_the_oldest_go_first_when_a_top_up_does_not_do_for_all(line, authorised):
    documents = authorised(1, 2, 3)
    without_reservations(line, documents)
    line.spend_down_to(0)
    line.run()

    line.top_up(5, "virement-2")
    line.resume(Code.NO_CREDIT)
    line.run()

    assert line.state(documents[0]) is DocumentState.DELIVERED
    assert [line.held(one) for one in documents[1:]] == [Code.NO_CREDIT] * 2


def test_a_file_that_may_not_be_sealed_goes_back_with_its_code(line):
    document = line.drop("BP_000424_202610_MAT-00001.pdf", samples.encrypted_payslip())
    line.run()

    assert line.state(document) is DocumentState.REJECTED
    assert line.document(document).hold.code is Code.ENCRYPTED
    assert line.events(document) == ["received", "recognised", "authorised", "rejected"]
    assert line.balance() == 1000


def test_the_level_asked_for_is_the_level_given(line, authorised, timestamps, crls):
    line.stamp_with(timestamps, level=PadesLevel.B_LT, crls=crls)
    (document,) = authorised()

    line.run()

    assert line.document(document).sealed.report["level"] == "B-LT"


def test_a_disk_that_refuses_even_to_clean_up_is_still_the_disk_s_fault(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise OSError(errno.EIO, "refused")

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)

    with pytest.raises(ServiceError):
        sealing._write(SimpleNamespace(target=tmp_path / "x.sealing"), b"%PDF")
