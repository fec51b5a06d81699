"""Somebody has their account deleted: what proves acts stays, what is personal goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jesignd.domain.enrolment import IdentityDocument
from jesignd.domain.firm import Right
from jesignd.domain.people import Account, email
from jesignd.errors import NotAllowed, NotFound
from jesignd.flow import deletion, enrol, keys, logins
from jesignd.flow.people import Newcomer, add_account
from jesignd.identity import statements
from jesignd.store import delegations, enrolments, people
from jesignd.testing.cabinet import PIN, Cabinet

if TYPE_CHECKING:
    from jesignd.identity.encryption import Encryption

SCAN = b"%PDF-1.7 C4N4RY passeport"


@pytest.fixture
def claire(cabinet: Cabinet, encryption: Encryption) -> Account:
    """An accountant with a password, papers, and a delegation she gave."""
    import datetime

    one = cabinet.claire
    logins.set_password(one.id, "cheval correct agrafe batterie", **cabinet.here())
    enrol.start(one.id, "06 98 76 54 32", **cabinet.on())
    scan = enrol.Scan(IdentityDocument.PASSPORT, SCAN)
    enrol.receive_identity(one.id, scan, encryption=encryption, kept_for=datetime.timedelta(days=30), **cabinet.on())
    cabinet.newcomer("paul")
    cabinet.grants("paul@jlm.example", Right.SEAL)
    return one


def test_nothing_personal_stays_but_what_was_signed(cabinet: Cabinet, claire: Account) -> None:
    deletion.delete_own(claire, **cabinet.timed())
    with cabinet.database.reading() as transaction:
        kept = people.account(transaction, claire.id)
        papers = enrolments.latest(transaction, claire.id)
        (granted,) = delegations.given_by(transaction, claire.id)
        statement, _ = delegations.statements(transaction, granted.id)
        assert papers is not None
        assert enrolments.identity_scan(transaction, papers.id) is None
        assert people.find_account(transaction, "claire") is None
    assert (kept.profile.name, kept.login, kept.is_open(cabinet.clock())) == ("", claire.id, False)
    assert (papers.phone, papers.identity is not None) == (None, True)
    assert statements.read(statement).payload["granted_by"]["name"] == "Claire Martin", "signed evidence stays whole"


def test_the_key_is_destroyed(cabinet: Cabinet, claire: Account) -> None:
    deletion.delete_own(claire, **cabinet.timed())
    with pytest.raises(NotFound):
        keys.open_key(claire.id, PIN, **cabinet.timed())
    cabinet.database.close()
    folder = Path(cabinet.database.url.removeprefix("sqlite:///")).parent
    held = (folder / "jesignd.db").read_bytes()
    assert b"+33698765432" not in held


def test_the_login_and_address_are_free_again(cabinet: Cabinet, claire: Account) -> None:
    deletion.delete_own(claire, **cabinet.timed())
    again = Newcomer("claire", claire.profile.__class__("Claire", "Durand", email("claire@jlm.example")))
    assert add_account(again, **cabinet.here())[0].id != claire.id


def test_it_is_done_once(cabinet: Cabinet, claire: Account) -> None:
    deletion.delete_own(claire, **cabinet.timed())
    with pytest.raises(NotAllowed):
        deletion.delete_own(claire, **cabinet.timed())
