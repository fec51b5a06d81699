from __future__ import annotations

import datetime

import pytest

from jesignd.domain.people import Profile, Role, Status, email
from jesignd.errors import CredentialError, NotAllowed
from jesignd.flow import keys, logins, people
from jesignd.flow.logins import LOCKED_FOR, MOST_FAILURES, Proof
from jesignd.identity import codes
from jesignd.store import people as stored
from jesignd.testing.authority import issue_person, make_authority

PASSWORD = "cheval correct agrafe batterie"


def authenticate(cabinet, encryption, *, password=PASSWORD, code=None, login="claire"):
    return logins.authenticate(
        Proof(login, password, code), database=cabinet.database, encryption=lambda: encryption, clock=cabinet.clock
    )


@pytest.fixture
def known(cabinet):
    """Claire has a password."""
    logins.set_password(cabinet.claire.id, PASSWORD, **cabinet.here())
    return cabinet


def test_one_person_belongs_to_two_firms_with_one_account(cabinet):
    other = people.add_firm("JLM – Rouen", "732829320", **cabinet.here())
    people.join(cabinet.claire.id, other.id, Status.ACCOUNTANT, **cabinet.here())
    with cabinet.database.reading() as transaction:
        here = stored.members(transaction, cabinet.firm.id, at=cabinet.clock())
        there = stored.members(transaction, other.id, at=cabinet.clock())
    assert [one.id for one, _ in here] == [one.id for one, _ in there] == [cabinet.claire.id]


def test_joining_again_as_the_same_changes_nothing(cabinet):
    cabinet.clock.advance(days=1)
    people.join(cabinet.claire.id, cabinet.firm.id, Status.ACCOUNTANT, **cabinet.here())
    with cabinet.database.reading() as transaction:
        (stay,) = stored.memberships_of(transaction, [cabinet.claire.id])
    assert stay.left_at is None


def test_a_new_stay_never_reaches_back_even_when_the_clock_does(cabinet):
    cabinet.clock.advance(days=20)
    people.leave(cabinet.claire.id, cabinet.firm.id, **cabinet.here())
    cabinet.clock.advance(days=-10)
    people.join(cabinet.claire.id, cabinet.firm.id, Status.ACCOUNTANT, **cabinet.here())
    with cabinet.database.reading() as transaction:
        first, second = stored.memberships_of(transaction, [cabinet.claire.id])
    assert second.since > first.left_at


@pytest.mark.parametrize(
    ("login", "address"),
    [("claire", "x@jlm.example"), ("autre", "claire@jlm.example"), ("", "x@y.fr"), ("a b", "x@y.fr")],
)
def test_a_login_and_an_address_are_one_persons(cabinet, login, address):
    profile = Profile("A", "B", email(address))
    with pytest.raises(NotAllowed):
        people.add_account(people.Newcomer(login, profile), **cabinet.here())


def test_an_administrator_belongs_to_no_firm(cabinet):
    with pytest.raises(NotAllowed):
        cabinet.newcomer("admin", roles=(Role.ADMIN,))
    admin = cabinet.newcomer("admin", status=None, roles=(Role.ADMIN,))
    with pytest.raises(NotAllowed):
        people.join(admin.id, cabinet.firm.id, Status.STAFF, **cabinet.here())
    people.set_roles(cabinet.claire.id, frozenset({Role.AUDITOR}), **cabinet.here())
    with cabinet.database.reading() as transaction:
        assert stored.members(transaction, cabinet.firm.id, at=cabinet.clock()) == []


def test_a_password_and_then_a_code_show_who_one_is(known, encryption):
    assert authenticate(known, encryption).id == known.claire.id
    database = known.database
    address = logins.start_totp(known.claire.id, database=database, encryption=encryption, issuer="Cabinet")
    secret = secret_of(address)
    assert authenticate(known, encryption).id == known.claire.id

    def code() -> str:
        return codes.at_step(secret, int(known.clock().timestamp()) // 30)

    logins.confirm_totp(known.claire.id, code(), encryption=encryption, **known.here())
    with pytest.raises(NotAllowed):
        authenticate(known, encryption)
    with pytest.raises(NotAllowed):
        authenticate(known, encryption, code=code())
    known.clock.advance(seconds=30)
    assert authenticate(known, encryption, code=code()).id == known.claire.id
    with pytest.raises(NotAllowed):
        authenticate(known, encryption, code=code())


def secret_of(address: str) -> bytes:
    import base64
    import urllib.parse

    return base64.b32decode(urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["secret"][0])


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(known, encryption):
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotAllowed, match="wrong"):
            authenticate(known, encryption, password="faux")
    with pytest.raises(NotAllowed, match="locked"):
        authenticate(known, encryption)
    known.clock.at += LOCKED_FOR - datetime.timedelta(microseconds=1)
    with pytest.raises(NotAllowed, match="locked"):
        authenticate(known, encryption)
    known.clock.at += datetime.timedelta(microseconds=1)
    assert authenticate(known, encryption).id == known.claire.id


@pytest.mark.parametrize("login", ["claire", "personne", "clos"])
def test_nobody_learns_whether_a_login_exists(cabinet, encryption, login):
    clos = cabinet.newcomer("clos")
    people.close(clos.id, **cabinet.here())
    with pytest.raises(NotAllowed) as refused:
        authenticate(cabinet, encryption, login=login)
    assert refused.value.message.en == "wrong login, password or code"


def test_a_key_is_attached_to_one_person_only_and_while_it_counts(cabinet):
    authority = make_authority(now=cabinet.clock())
    person = issue_person(authority.issuing, first_name="Ines", last_name="Petit", at=cabinet.clock())
    ines = cabinet.newcomer("ines")
    keys.attach_pkcs12(ines.id, person.pkcs12(b"1"), b"1", **cabinet.here())
    with pytest.raises(NotAllowed):
        keys.attach_pkcs12(cabinet.claire.id, person.pkcs12(b"1"), b"1", **cabinet.here())
    cabinet.clock.advance(days=3 * 366)
    with pytest.raises(CredentialError):
        keys.attach_pkcs12(ines.id, person.pkcs12(b"1"), b"1", **cabinet.here())


def test_attaching_again_unlocks_a_key(cabinet):
    person = issue_person(cabinet.authority.issuing, first_name="I", last_name="P", at=cabinet.clock())
    ines = cabinet.newcomer("ines")
    keys.attach_pkcs12(ines.id, person.pkcs12(b"1111"), b"1111", **cabinet.here())
    for _ in range(3):
        with pytest.raises(CredentialError):
            keys.open_key(ines.id, b"2222", database=cabinet.database, clock=cabinet.clock)
    keys.attach_pkcs12(ines.id, person.pkcs12(b"3333"), b"3333", **cabinet.here())
    assert keys.open_key(ines.id, b"3333", database=cabinet.database, clock=cabinet.clock).certificate == person.der


def test_a_firm_has_one_name_and_a_true_siren(cabinet):
    for name, siren in (("JLM – Pont-Audemer", None), ("", None), ("Autre", "123456789")):
        with pytest.raises(NotAllowed):
            people.add_firm(name, siren, **cabinet.here())
