"""Sealing and verifying from the command line: real keys, real children, one store."""

from __future__ import annotations

import json

import pytest

from jesignd.store import delegations, ledger, people
from jesignd.testing.exports import FIRM, samples


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "à sceller"
    folder.mkdir()
    (folder / "inventaire.pdf").write_bytes(samples.garage_inventory())
    return folder


def balance(office) -> int:
    with office.database.reading() as transaction:
        return ledger.balance(transaction)


def test_a_sealed_file_is_valid_paid_once_and_begins_with_the_original(keyed, inbox, tmp_path, capsys):
    out = tmp_path / "out"
    assert keyed.types("seal", str(inbox), "-o", str(out), "--rule", "inventaires") == 0
    sealed = out / "inventaire_scellé.pdf"
    assert sealed.read_bytes().startswith((inbox / "inventaire.pdf").read_bytes())
    assert balance(keyed) == 995
    capsys.readouterr()
    assert keyed.types("--format", "json", "verify", str(sealed)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "valid"
    assert told["signatures"][0]["kind"] == "seal"
    assert keyed.types("seal", str(inbox), "-o", str(tmp_path / "encore"), "--rule", "inventaires") == 0
    assert balance(keyed) == 995


def test_who_could_read_the_original_can_read_the_sealed_file(keyed, inbox, tmp_path):
    (inbox / "inventaire.pdf").chmod(0o640)
    assert keyed.types("seal", str(inbox), "-o", str(tmp_path / "out"), "--rule", "inventaires") == 0
    assert (tmp_path / "out" / "inventaire_scellé.pdf").stat().st_mode & 0o777 == 0o640


def test_some_refused_exits_3_and_says_why_for_each(keyed, inbox, tmp_path, capsys):
    (inbox / "protégé.pdf").write_bytes(samples.encrypted_payslip())
    out = tmp_path / "out"
    arguments = ("--format", "jsonl", "seal", str(inbox), "-o", str(out), "--rule", "inventaires")
    assert keyed.types(*arguments) == 3
    told = {
        json.loads(line)["file"].rsplit("/", 1)[-1]: json.loads(line) for line in capsys.readouterr().out.splitlines()
    }
    assert told["protégé.pdf"]["code"] == "E03"
    assert told["protégé.pdf"]["sealed_as"] is None
    assert [path.name for path in out.iterdir()] == ["inventaire_scellé.pdf"]


def test_nothing_is_ever_replaced(keyed, inbox, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "inventaire_scellé.pdf").write_bytes(b"mine")
    assert keyed.types("seal", str(inbox), "-o", str(out), "--rule", "inventaires") == 1
    assert (out / "inventaire_scellé.pdf").read_bytes() == b"mine"
    told = capsys.readouterr().out
    assert "existe déjà" in told
    assert "E13" not in told


def test_what_was_sealed_earlier_into_a_folder_inside_is_not_sealed_again(keyed, inbox, capsys):
    arguments = ("seal", str(inbox), "-o", str(inbox / "scellés"), "--rule", "inventaires")
    assert keyed.types(*arguments) == 0
    assert keyed.types(*arguments) == 1
    assert [path.name for path in (inbox / "scellés").iterdir()] == ["inventaire_scellé.pdf"]


def test_two_files_of_one_name_do_not_replace_each_other(keyed, inbox, tmp_path, capsys):
    other = tmp_path / "autre" / "inventaire.pdf"
    other.parent.mkdir()
    other.write_bytes(samples.garage_inventory() + b"\n")
    out = tmp_path / "out"
    files = (str(inbox / "inventaire.pdf"), str(other))
    assert keyed.types("seal", *files, "-o", str(out), "--rule", "inventaires") == 3
    assert len(list(out.iterdir())) == 1
    told = capsys.readouterr()
    assert told.out.count("existe déjà") == 1
    assert "2 fichiers : 1 scellé, 1 non scellé" in told.err


def test_a_folder_without_a_pdf_is_told_so(keyed, tmp_path, capsys):
    empty = tmp_path / "vide"
    empty.mkdir()
    assert keyed.types("seal", str(empty), "-o", str(tmp_path / "out"), "--rule", "inventaires") == 4
    assert "aucun PDF" in capsys.readouterr().err


def test_without_credit_nothing_is_written(keyed, inbox, tmp_path, capsys):
    with keyed.database.transaction() as transaction:
        ledger.debit(transaction, [("all", 1000)], at=ledger_now())  # type: ignore[list-item]
    out = tmp_path / "out"
    assert keyed.types("seal", str(inbox), "-o", str(out), "--rule", "inventaires") == 6
    assert list(out.iterdir()) == []


def ledger_now():
    from jesignd.cli.access import now

    return now()


def test_a_rule_must_be_named_where_several_seal(keyed, inbox, tmp_path, capsys):
    assert keyed.types("seal", str(inbox), "-o", str(tmp_path / "out")) == 4
    assert "--rule" in capsys.readouterr().err


def test_nobody_seals_in_the_name_of_somebody_whose_right_has_ended(keyed, inbox, tmp_path, capsys):
    assert keyed.types("firm", "leave", FIRM.siren, "i.menard") == 0
    arguments = ("seal", str(inbox), "-o", str(tmp_path / "out"), "--rule", "inventaires")
    assert keyed.types(*arguments) == 5
    assert keyed.types(*arguments, "--as", "i.menard") == 5
    assert keyed.types(*arguments, "--as", "personne") == 4


def test_each_seal_is_an_act_of_whoever_it_was_made_as(keyed, inbox, tmp_path):
    out = tmp_path / "out"
    assert keyed.types("seal", str(inbox), "-o", str(out), "--rule", "inventaires", "--as", "i.menard") == 0
    assert keyed.types("seal", str(inbox), "-o", str(tmp_path / "again"), "--rule", "inventaires") == 0

    with keyed.database.reading() as transaction:
        account = people.account(transaction, "i.menard")
        (line,) = [one for one in ledger.statement(transaction) if one.reference.startswith("act:")]
        (act,) = delegations.acts(transaction, [f"{line.reference.removeprefix('act:')}:{account.id}"]).values()
    assert (act.person, act.cents, act.delegation) == (account.id, 5, None)


def test_a_firm_that_the_configuration_does_not_name_seals_nothing(keyed, inbox, tmp_path, capsys):
    arguments = ("seal", str(inbox), "-o", str(tmp_path / "out"), "--rule", "inventaires", "--firm", "123456782")
    assert keyed.types(*arguments) == 4
    assert FIRM.siren in capsys.readouterr().err

    text = keyed.place.config.read_text(encoding="utf-8")
    keyed.place.config.write_text(f'{text}firms: [{{name: Audit, siren: "123456782"}}]\n', encoding="utf-8")
    assert keyed.types(*arguments) == 5
    assert keyed.types("firm", "join", "123456782", "i.menard", "--status", "accountant") == 0
    assert keyed.types(*arguments) == 6
    assert keyed.types("credit", "topup", "0,10", "--firm", "Audit") == 0
    assert keyed.types(*arguments) == 0
    capsys.readouterr()
    assert keyed.types("--format", "json", "credit", "balance", "--firm", "123456782") == 0
    assert json.loads(capsys.readouterr().out)["balance_cents"] == 5
    assert balance(keyed) == 1000


def test_an_altered_file_is_not_valid_and_exits_8(keyed, inbox, tmp_path, capsys):
    out = tmp_path / "out"
    assert keyed.types("seal", str(inbox), "-o", str(out), "--rule", "inventaires") == 0
    sealed = out / "inventaire_scellé.pdf"
    data = bytearray(sealed.read_bytes())
    data[200] ^= 1
    sealed.write_bytes(data)
    capsys.readouterr()
    assert keyed.types("verify", str(sealed)) == 8
    assert "valide" not in capsys.readouterr().out.splitlines()[0].replace("NON VALIDE", "")


def test_an_unsigned_file_is_told_so(keyed, inbox, capsys):
    assert keyed.types("verify", str(inbox / "inventaire.pdf")) == 8
    assert "non signé" in capsys.readouterr().out


def test_rubbish_gets_a_verdict_not_a_traceback(keyed, tmp_path, capsys):
    path = tmp_path / "rubbish.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    assert keyed.types("verify", str(path)) == 8


def test_a_sound_seal_nobody_vouches_for_is_indeterminate(keyed, inbox, tmp_path, capsys):
    from jesignd.__main__ import main

    out = tmp_path / "out"
    assert keyed.types("seal", str(inbox), "-o", str(out), "--rule", "inventaires") == 0
    capsys.readouterr()
    assert (
        main(["-c", str(tmp_path / "none.yaml"), "--format", "json", "verify", str(out / "inventaire_scellé.pdf")]) == 8
    )
    assert json.loads(capsys.readouterr().out)["verdict"] == "indeterminate"
