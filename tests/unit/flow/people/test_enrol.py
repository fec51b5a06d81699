from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from jesignd.domain.delegations import Allowed, Denied, Operation, Subject, Why
from jesignd.domain.enrolment import EnrolmentState, IdentityDocument, Item
from jesignd.domain.people import Role
from jesignd.domain.terms import DEFAULT, Terms, TermsKind
from jesignd.errors import CredentialError, DocumentError, NotAllowed, NotFound
from jesignd.flow import acting, enrol, keys
from jesignd.flow.enrol import Issue, Scan
from jesignd.identity.encryption import Encryption
from jesignd.testing.authority import issue_person

KEPT = datetime.timedelta(days=30)
PASSPORT = Scan(IdentityDocument.PASSPORT, b"%PDF-1.7 passeport de Bruno")
PIN = b"975310"


class Authority:
    """The firm's authority, as the enrolment sees it."""

    def __init__(self, cabinet) -> None:
        self._issuing, self._clock = cabinet.authority.issuing, cabinet.clock

    def issue(self, account, firm, *, identity, pin):
        assert firm is not None
        assert identity.digest
        profile = account.profile
        person = issue_person(
            self._issuing, first_name=profile.first_name, last_name=profile.last_name, at=self._clock()
        )
        certificate = person.certificate
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        return Issue(person.der, "pkcs12", person.pkcs12(pin), begins, ends)


@pytest.fixture
def officer(cabinet):
    return cabinet.newcomer("officier", roles=(Role.OFFICER,))


@pytest.fixture
def bruno(cabinet):
    return cabinet.newcomer("bruno")


@pytest.fixture
def complete(cabinet, bruno, encryption):
    """Bruno's enrolment, with everything but the approval."""
    enrol.start(bruno.id, "06 12 34 56 78", **cabinet.on())
    enrol.receive_identity(bruno.id, PASSPORT, encryption=encryption, kept_for=KEPT, **cabinet.on())
    enrol.accept(bruno.id, TermsKind.CONDITIONS, **cabinet.on())
    return bruno


def approve(cabinet, who, officer):
    return enrol.approve(who.id, officer.id, **cabinet.on())


def test_every_missing_item_is_named_until_it_comes(cabinet, bruno, officer, encryption):
    everything = list(Item)
    found = enrol.start(bruno.id, "06 12 34 56 78", **cabinet.on())
    assert list(found.missing) == [item for item in everything if item is not Item.PHONE]
    with pytest.raises(NotAllowed, match="identity document, acceptance of the conditions"):
        approve(cabinet, bruno, officer)
    found = enrol.receive_identity(bruno.id, PASSPORT, encryption=encryption, kept_for=KEPT, **cabinet.on())
    assert Item.IDENTITY not in found.missing
    with pytest.raises(NotAllowed, match="missing: acceptance of the conditions in force"):
        approve(cabinet, bruno, officer)
    enrol.accept(bruno.id, TermsKind.CONDITIONS, **cabinet.on())
    assert approve(cabinet, bruno, officer).missing == (Item.CERTIFICATE,)
    done = enrol.certify(bruno.id, PIN, Authority(cabinet), **cabinet.on())
    assert (done.missing, done.enrolment.state) == ((), EnrolmentState.CERTIFIED)


def test_only_another_person_with_that_role_approves(cabinet, complete, officer):
    with pytest.raises(NotAllowed, match="officer"):
        approve(cabinet, complete, cabinet.claire)
    enrol.start(officer.id, "06 00 00 00 00", **cabinet.on())
    with pytest.raises(NotAllowed, match="own"):
        enrol.approve(officer.id, officer.id, **cabinet.on())
    assert approve(cabinet, complete, officer).enrolment.decided_by == officer.id


def test_no_certificate_comes_before_the_approval_or_twice(cabinet, complete, officer):
    with pytest.raises(NotAllowed):
        enrol.certify(complete.id, PIN, Authority(cabinet), **cabinet.on())
    approve(cabinet, complete, officer)
    enrol.certify(complete.id, PIN, Authority(cabinet), **cabinet.on())
    with pytest.raises(NotAllowed):
        enrol.certify(complete.id, PIN, Authority(cabinet), **cabinet.on())


def test_a_new_version_of_the_conditions_is_accepted_before_the_certificate(cabinet, complete, officer):
    newer = Terms(DEFAULT.conditions + "\n7. Encore.\n", DEFAULT.undertaking)
    approve(cabinet, complete, officer)
    here = {"database": cabinet.database, "clock": cabinet.clock, "terms": newer}
    with pytest.raises(NotAllowed, match="conditions"):
        enrol.certify(complete.id, PIN, Authority(cabinet), **here)
    enrol.accept(complete.id, TermsKind.CONDITIONS, **here)
    enrol.certify(complete.id, PIN, Authority(cabinet), **here)


def test_a_delegate_signs_only_once_enrolled(cabinet, complete, officer):
    from jesignd.domain.firm import Right

    cabinet.grants("bruno@jlm.example", Right.SIGN)
    cabinet.undertakes(complete)

    def signs():
        with cabinet.database.reading() as transaction:
            one = acting.Proposed("sign:1", Operation.SIGN, Subject(cabinet.firm.id))
            (answer,) = acting.ask(transaction, complete.id, [one], terms=DEFAULT, at=cabinet.clock())
        return answer

    assert signs().why is Why.NOT_ENROLLED
    approve(cabinet, complete, officer)
    enrol.certify(complete.id, PIN, Authority(cabinet), **cabinet.on())
    assert isinstance(signs(), Allowed)
    cabinet.clock.advance(days=3 * 365 + 1)
    assert isinstance(signs(), Denied)


def test_the_key_opens_with_the_pin_its_owner_chose(cabinet, complete, officer):
    approve(cabinet, complete, officer)
    enrol.certify(complete.id, PIN, Authority(cabinet), **cabinet.on())
    assert keys.open_key(complete.id, PIN, database=cabinet.database, clock=cabinet.clock).certificate
    for _ in range(3):
        with pytest.raises(CredentialError):
            keys.open_key(complete.id, b"0000", database=cabinet.database, clock=cabinet.clock)
    with pytest.raises(CredentialError, match="locked"):
        keys.open_key(complete.id, PIN, database=cabinet.database, clock=cabinet.clock)


def test_two_wrong_pins_are_forgotten_by_a_right_one(cabinet):
    for _ in range(3):
        for _ in range(2):
            with pytest.raises(CredentialError):
                keys.open_key(cabinet.claire.id, b"0000", database=cabinet.database, clock=cabinet.clock)
        assert cabinet.signer()
        cabinet._signers.clear()


def test_an_identity_document_lies_encrypted_and_is_destroyed_in_time(cabinet, complete, encryption):
    shown = enrol.show_identity(complete.id, database=cabinet.database, encryption=encryption)
    assert shown == PASSPORT.data
    path = cabinet.database.url.removeprefix("sqlite:///")
    raw = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal"))
    assert b"passeport de Bruno" not in raw
    with pytest.raises(CredentialError):
        enrol.show_identity(complete.id, database=cabinet.database, encryption=Encryption(b"t" * 48))
    cabinet.clock.advance(days=29, hours=23)
    assert enrol.purge_identities(database=cabinet.database, clock=cabinet.clock) == 0
    cabinet.clock.advance(hours=1)
    assert enrol.purge_identities(database=cabinet.database, clock=cabinet.clock) == 1
    assert enrol.purge_identities(database=cabinet.database, clock=cabinet.clock) == 0
    with pytest.raises(NotFound):
        enrol.show_identity(complete.id, database=cabinet.database, encryption=encryption)
    found = enrol.progress(complete.id, database=cabinet.database, terms=DEFAULT)
    assert found.enrolment.identity.digest


def test_an_enrolment_whose_document_was_destroyed_is_not_approved(cabinet, complete, officer):
    cabinet.clock.advance(days=31)
    enrol.purge_identities(database=cabinet.database, clock=cabinet.clock)
    with pytest.raises(NotAllowed, match="purged"):
        approve(cabinet, complete, officer)


def test_a_refusal_destroys_the_document_at_once_and_another_enrolment_may_begin(
    cabinet, complete, officer, encryption
):
    found = enrol.refuse(complete.id, officer.id, "photo illisible", **cabinet.on())
    assert (found.enrolment.state, found.enrolment.reason) == (EnrolmentState.REFUSED, "photo illisible")
    with pytest.raises(NotFound):
        enrol.show_identity(complete.id, database=cabinet.database, encryption=encryption)
    cabinet.clock.advance(seconds=1)
    again = enrol.start(complete.id, "06 12 34 56 78", **cabinet.on())
    assert Item.IDENTITY in again.missing


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"PK\x03\x04", b"%PDF-" + b"x" * (10 << 20)], ids=len)
def test_what_is_no_scan_is_refused(cabinet, bruno, encryption, data):
    enrol.start(bruno.id, "06 12 34 56 78", **cabinet.on())
    scan = Scan(IdentityDocument.PASSPORT, data)
    with pytest.raises(DocumentError):
        enrol.receive_identity(bruno.id, scan, encryption=encryption, kept_for=KEPT, **cabinet.on())


def test_neither_a_landline_nor_an_administrator_enrols(cabinet, bruno):
    with pytest.raises(NotAllowed):
        enrol.start(bruno.id, "01 23 45 67 89", **cabinet.on())
    admin = cabinet.newcomer("admin", status=None, roles=(Role.ADMIN,))
    with pytest.raises(NotAllowed):
        enrol.start(admin.id, "06 12 34 56 78", **cabinet.on())
