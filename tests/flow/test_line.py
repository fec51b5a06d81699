"""The line, told as stories: the real daemon, real files, real seals."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import subprocess

import pytest

from jesignd.domain.credit import Account, Cents
from jesignd.domain.documents import DocumentState
from jesignd.errors import Code
from jesignd.store import journal, ledger
from jesignd.testing.exports import samples
from jesignd.testing.practice import SIREN

NAME = "BP_000424_202610_MAT-00012.pdf"
LETTER = "LDM_000424_2026.pdf"


def held_code(office, name: str) -> Code | None:
    (found,) = [one for one in office.documents() if one.claimed.relative_path.endswith(name)]
    return found.hold.code if found.hold else None


def test_a_file_dropped_comes_back_sealed_in_its_place(office, payslip):
    office.start()
    office.drop(NAME, payslip)

    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}
    (sealed,) = office.sealed_files()
    assert sealed.relative_to(office.delivered).as_posix() == "000424/BP/BP_000424_202610_MAT-00012_scellé.pdf"
    assert sealed.read_bytes().startswith(payslip)
    assert office.balance() == 4995
    assert office.run_command("verify", str(sealed), "--trust", str(office.root / "racine.pem")).returncode == 0
    if shutil.which("pdfsig"):
        said = subprocess.run(["pdfsig", "-nocert", str(sealed)], capture_output=True, text=True, check=True).stdout
        assert "Signature is Valid" in said
        assert "Total document signed" in said


def test_what_lay_there_before_the_start_is_found(office, payslip):
    office.drop(NAME, payslip)
    office.start()

    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}


def test_the_source_is_left_alone_unless_told_otherwise(office, payslip):
    office.start()
    source = office.drop(NAME, payslip)
    office.wait_until_settled(1)

    assert source.read_bytes() == payslip


@pytest.mark.parametrize("policy", ["archive", "delete"])
def test_a_delivered_source_is_archived_or_deleted_as_its_folder_says(office, payslip, policy):
    place = f"\n    archive: {office.archive}" if policy == "archive" else ""
    office.write_settings(folder=f"after: {policy}{place}")
    office.start()
    source = office.drop(NAME, payslip)

    office.wait_for(lambda: not source.exists())

    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}
    archived = [path.read_bytes() for path in office.archive.rglob("*.pdf")]
    assert archived == ([payslip] if policy == "archive" else [])


def test_the_same_document_exported_again_is_neither_sealed_nor_charged_twice(office, payslip):
    office.start()
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    office.drop(NAME, payslip, into=office.exports / "encore")

    states = [one.state for one in office.documents()] if office.wait_until_settled(2) else []

    assert states == [DocumentState.DELIVERED, DocumentState.DUPLICATE]
    assert len(office.sealed_files()) == 1
    assert office.balance() == 4995


def test_one_file_under_two_clients_is_held_before_it_reaches_the_wrong_one(office, payslip):
    office.start()
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    office.drop("BP_000999_202610_MAT-00012.pdf", payslip)

    office.wait_until_settled(2)

    assert held_code(office, "BP_000999_202610_MAT-00012.pdf") is Code.WRONG_CLIENT_SUSPECTED
    assert len(office.sealed_files()) == 1


def test_a_re_export_with_other_contents_holds_and_once_released_becomes_a_second_version(
    office, payslip, other_payslip
):
    office.start()
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    office.drop(NAME, other_payslip, into=office.exports / "corrigé")
    office.wait_until_settled(2)
    (held,) = [one for one in office.documents() if one.state is DocumentState.HELD]
    assert held.hold.code is Code.RE_EXPORT

    assert office.run_command("document", "release", held.id).returncode == 0

    office.wait_for(lambda: len(office.sealed_files()) == 2)
    first, second = office.sealed_files()
    assert second.name == "BP_000424_202610_MAT-00012_scellé_V2.pdf"
    assert first.read_bytes().startswith(payslip)
    assert second.read_bytes().startswith(other_payslip)


def test_a_protected_file_goes_back_with_its_cause_and_remedy(office):
    office.start()
    office.drop(NAME, samples.encrypted_payslip())

    assert office.wait_until_settled(1) == {NAME: DocumentState.REJECTED}
    office.wait_for(lambda: (office.rejects / "BP_000424_202610_MAT-00012.erreur.txt").exists())
    told = (office.rejects / "BP_000424_202610_MAT-00012.erreur.txt").read_bytes()
    assert told.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in told
    assert "E03" in told.decode("utf-8-sig")
    assert (office.rejects / NAME).exists()
    assert office.balance() == 5000


def test_a_document_nobody_knows_is_held_in_sight(office, payslip):
    office.start()
    office.drop("scan0042.pdf", payslip)

    assert office.wait_until_settled(1) == {"scan0042.pdf": DocumentState.HELD}
    assert "scan0042.pdf" in office.run_command("document", "list").stdout


def test_a_letter_to_be_signed_waits_as_a_draft(office, payslip):
    office.start()
    office.drop(LETTER, payslip)

    assert office.wait_until_settled(1) == {LETTER: DocumentState.DRAFT}


def test_without_credit_it_holds_and_goes_on_by_itself_after_a_top_up(office, payslip):
    office.start()
    with office.store() as database, database.transaction() as transaction:
        ledger.debit(transaction, [("spent", Cents(4997))], at=datetime.datetime.now(datetime.UTC))
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    assert held_code(office, NAME) is Code.NO_CREDIT

    assert office.run_command("credit", "topup", "10,00", "--reference", "virement-1").returncode == 0

    office.wait_for(lambda: len(office.sealed_files()) == 1)
    assert office.balance() == 3 + 1000 - 5


def test_without_the_right_it_holds_and_goes_on_once_the_right_is_given_with_neither_restart_nor_reload(
    office, payslip
):
    assert office.run_command("firm", "leave", SIREN, "claire").returncode == 0
    office.start()
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    assert held_code(office, NAME) is Code.NOT_DELEGATED

    assert office.run_command("firm", "join", SIREN, "claire", "--status", "accountant").returncode == 0

    office.wait_for(lambda: len(office.sealed_files()) == 1)


def test_a_wrong_configuration_is_refused_and_the_former_one_stays_in_force(office, payslip):
    office.start()
    office.config.write_text("version: 1\nfirm: nonsense\n", encoding="utf-8")
    office.reload()
    office.wait_for(lambda: "kept the former configuration" in office.last_words())

    office.drop(NAME, payslip)

    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}


def test_a_share_that_goes_away_is_offline_and_comes_back_by_itself(office, payslip):
    office.start()
    away = office.root / "démonté"
    office.exports.rename(away)
    office.wait_for(lambda: "state=offline" in office.last_words() or "offline" in office.last_words())
    away.rename(office.exports)

    office.drop(NAME, payslip)

    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}


def test_a_second_daemon_on_the_same_state_refuses_to_start(office):
    office.start()

    second = office.run_command("run")

    assert second.returncode == 69
    assert "etat" in second.stderr


def test_of_two_daemons_started_at_once_one_works_and_the_other_refuses(office, payslip):
    command = [*office.command, "-c", str(office.config), "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as other:
        with contextlib.suppress(AssertionError):  # it may be this one that refuses
            office.start()
        office.drop(NAME, payslip)

        assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}
        codes = [other.poll(), office.daemon.poll()]
        other.terminate()
        other.communicate(timeout=60)
    assert sorted(codes, key=str) == [69, None]
    assert office.balance() == 4995


def test_told_to_stop_it_finishes_what_it_has_in_hand(office, payslip):
    office.start()
    for number in range(20):
        office.drop(f"BP_000424_202610_MAT-{number:05d}.pdf", payslip + b"%% %d\n" % number)
    office.wait_for(lambda: len(office.documents()) > 0)

    assert office.stop() == 0

    office.start()
    states = office.wait_until_settled(20)
    assert set(states.values()) == {DocumentState.DELIVERED}
    assert office.balance() == 5000 - 20 * 5


def test_a_test_rule_costs_nothing_says_so_in_the_mark_and_leaves_the_real_seal_to_come(office, payslip):
    rule = "act: seal"
    real = office.config.read_text(encoding="utf-8")
    office.config.write_text(real.replace(rule, f"{rule}\n    test: true"), encoding="utf-8")
    with office.store() as database, database.transaction() as transaction:
        ledger.debit(transaction, [("spent", Cents(5000))], at=datetime.datetime.now(datetime.UTC))
    office.start()
    office.drop(NAME, payslip)
    assert office.wait_until_settled(1) == {NAME: DocumentState.DELIVERED}
    (trial,) = office.sealed_files()
    assert b"/Reason(TEST - sans valeur)" in trial.read_bytes()
    with office.store() as database, database.reading() as transaction:
        (told,) = [line for line in ledger.statement(transaction) if line.reference.startswith("act:seal:")]
        (document,) = office.documents()
        sealed = [one for one in journal.of_document(transaction, document.id) if one.data.get("test")]
    assert (told.amount, told.memo) == (0, "seal TEST")
    assert [one.event.value for one in sealed] == ["document.authorised", "document.sealed"]

    office.config.write_text(real, encoding="utf-8")
    office.top_up(100, "virement")
    office.reload()
    office.wait_for(lambda: "reloaded folders" in (office.root / "journal.log").read_text(encoding="utf-8"))
    trial.unlink()
    office.drop(NAME, payslip, into=office.exports / "pour-de-bon")
    office.wait_until_settled(2)
    (sealed_file,) = office.sealed_files()
    assert b"/Reason(TEST" not in sealed_file.read_bytes()
    assert office.balance() == 95


def test_credit_reserved_for_a_document_that_cannot_be_sealed_is_given_back(office):
    office.start()
    office.drop(NAME, samples.encrypted_payslip())
    assert office.wait_until_settled(1) == {NAME: DocumentState.REJECTED}
    with office.store() as database, database.reading() as transaction:
        steps = [line.reference.partition(":")[0] for line in ledger.statement(transaction)]
        assert steps == ["payment", "reserve", "release"]
        assert ledger.standing(transaction)[Account.RESERVED] == 0
        ledger.check_chain(transaction)
    assert office.balance() == 5000
