"""Rights, told as stories: a real daemon whose folders act as people, who may or may not, and for two firms."""

from __future__ import annotations

from pathlib import Path

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.firm import Right
from jesignd.errors import Code
from jesignd.store import delegations, ledger, people
from jesignd.testing.cabinet import PIN, Cabinet
from jesignd.testing.practice import SIREN, open_practice

NAME = "BP_000424_202610_MAT-00012.pdf"
AUDIT = "123456782"
_FOLDER = """\

  - name: audit
    connector: neutral
    path: {root}/exports-audit
    acts_as: claire
    firm: "123456782"
    settle: 300ms
    rescan_every: 1s"""


def fate(office, name: str) -> DocumentState | Code | None:
    (found,) = [one for one in office.documents() if Path(one.claimed.relative_path).name == name]
    return found.hold.code if found.hold else found.state


def test_a_delegate_seals_from_the_grant_on_and_no_longer_once_it_is_revoked(office, payslip, other_payslip):
    with office.store() as database:
        cabinet = Cabinet(database, office.now, office.authority)
        cabinet.undertakes(cabinet.newcomer("ines"))
    office.config.write_text(office.config.read_text(encoding="utf-8").replace("acts_as: claire", "acts_as: ines"))
    office.start()
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    assert fate(office, NAME) is Code.NOT_DELEGATED

    given = office.run_command(
        "delegation",
        "grant",
        "ines@jlm.example",
        "--by",
        "claire",
        "--right",
        "sceller",
        "--until",
        "2099-12-31",
        typed=PIN.decode(),
    )
    assert given.returncode == 0, given.stderr
    office.wait_for(lambda: len(office.sealed_files()) == 1)
    with office.store() as database, database.reading() as tx:
        (held,) = delegations.received_by(tx, people.account(tx, "ines").id)
        (act,) = delegations.acts_under(tx, held.id)
    assert (held.grant.rights, act.statement) == ({Right.SEAL}, held.statement)

    assert office.run_command("delegation", "revoke", held.id, "--by", "claire", typed=PIN.decode()).returncode == 0
    office.drop("BP_000424_202611_MAT-00013.pdf", other_payslip)
    office.wait_until_settled(2)

    assert fate(office, "BP_000424_202611_MAT-00013.pdf") is Code.NOT_DELEGATED
    assert len(office.sealed_files()) == 1


def test_two_firms_of_one_instance_have_their_own_rights_credit_and_mark(office, payslip, other_payslip):
    theirs = office.root / "exports-audit"
    theirs.mkdir()
    (theirs / ".jesignd-root").write_text("audit\n", encoding="ascii")
    office.write_settings(
        folder=_FOLDER.format(root=office.root), extra=f'firms: [{{name: Équerre Audit, siren: "{AUDIT}"}}]'
    )
    office.start()
    office.drop(NAME, payslip)
    office.drop("BP_000999_202610_MAT-00001.pdf", other_payslip, into=theirs)
    office.wait_until_settled(2)
    assert fate(office, "BP_000999_202610_MAT-00001.pdf") is Code.NOT_DELEGATED

    assert office.run_command("firm", "join", AUDIT, "claire", "--status", "accountant").returncode == 0
    office.wait_for(lambda: fate(office, "BP_000999_202610_MAT-00001.pdf") is Code.NO_CREDIT)
    assert office.run_command("credit", "topup", "1", "--firm", AUDIT).returncode == 0
    office.wait_for(lambda: len(office.sealed_files()) == 2)

    with office.store() as database, database.reading() as tx:
        main, audit = people.firm(tx, SIREN), people.firm(tx, AUDIT)
        firms = {act.firm for act in delegations.acts_on(tx, [one.id for one in office.documents()])}
        assert firms == {main.id, audit.id}
        assert (ledger.balance(tx), ledger.balance(tx, audit.id)) == (4995, 95)


@pytest.mark.slow
def test_a_right_that_another_program_wrote_is_seen_by_the_daemon_itself(office, payslip):
    assert office.run_command("firm", "leave", SIREN, "claire").returncode == 0
    office.start()
    office.drop(NAME, payslip)
    office.wait_until_settled(1)
    assert fate(office, NAME) is Code.NOT_DELEGATED

    with office.store() as database:
        open_practice(database, clock=office.now)

    office.wait_for(lambda: len(office.sealed_files()) == 1, seconds=45)
