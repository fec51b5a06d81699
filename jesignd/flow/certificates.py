"""Certificates: issue to whoever was approved, renew before the end, and say whose end is near.

The authority never sees a private key: a person's is made and locked under their PIN before anything is kept.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jesignd.domain import certificates as rules
from jesignd.domain.certificates import Issued, Reminder, SerialNumber, Subject
from jesignd.domain.events import Event
from jesignd.domain.people import Account, AccountId, Firm
from jesignd.domain.terms import Terms, TermsKind
from jesignd.errors import NotAllowed, Words
from jesignd.flow import enrol
from jesignd.flow.authority import Issuing
from jesignd.flow.enrol import Issue, Progress
from jesignd.flow.issued import note
from jesignd.flow.keys import digest_of, open_key
from jesignd.identity import containers, revocation_codes
from jesignd.identity.containers import ARGON2ID, DEFAULT_COST, Cost
from jesignd.identity.credentials import OpenedKey
from jesignd.pki import authority as pki
from jesignd.pki import keys as pki_keys
from jesignd.pki import profiles
from jesignd.pki.profiles import LegalPerson, NaturalPerson
from jesignd.store import certificates, journal, people, personal_keys
from jesignd.store.database import Database
from jesignd.store.personal_keys import PersonalKey

if TYPE_CHECKING:
    from jesignd.domain.enrolment import Identity
    from jesignd.domain.jobs import Transaction


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate just issued to a person. The code is shown to them now, and never again."""

    issued: Issued
    revocation_code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealKey:
    """A firm's seal: its certificate, and the PKCS#12 file to keep where the configuration says (`keys:`)."""

    issued: Issued
    file: bytes = field(repr=False)
    revocation_code: str = field(repr=False)


@dataclass(slots=True)
class OwnAuthority:
    """A `CertificateIssuer`: our own authority, for one person at a time."""

    issuing: Issuing
    database: Database
    clock: Callable[[], datetime.datetime]
    revocation_code: str = field(default_factory=revocation_codes.new_code, repr=False)
    cost: Cost = DEFAULT_COST

    def issue(self, account: Account, firm: Firm | None, *, identity: Identity, pin: bytes) -> Issue:
        """A certificate for this person, in no firm's name, with a new key that only the PIN opens (RFC 5280).

        Raises:
            NotAllowed: the PIN is too simple, or the name cannot be certified.
            CredentialError: the authority ends before the certificate would.
        """
        del firm, identity
        return self._issue(account.id, _person(account), pin, renews=None)

    def renew(self, former: Issued, pin: bytes) -> Issue:
        """As `issue`, for the person whom the former certificate names; a PIN of theirs is not judged again."""
        assert former.account is not None
        person = _named(former)
        return self._issue(former.account, person, pin, renews=former.serial)

    def _issue(self, account: AccountId, person: NaturalPerson, pin: bytes, *, renews: SerialNumber | None) -> Issue:
        if renews is None:
            _require_pin(pin)
        issuing, key = self.issuing, containers.new_key()
        der = pki.issue_person(
            issuing.authority,
            person,
            key.public,
            at=self.clock(),
            years=issuing.years,
            addresses=issuing.addresses,
        )
        container = key.lock((der, *issuing.authority.certificates), pin, cost=self.cost)
        issued = _issued(der, issuing, code=self.revocation_code, at=self.clock(), account=account, renews=renews)
        return Issue(der, ARGON2ID, container, issued.not_before, issued.not_after, issued)


def certify(account: AccountId, pin: bytes, issuer: OwnAuthority, *, terms: Terms) -> tuple[Progress, Certified]:
    """Issue the certificate of an approved enrolment, under the PIN its owner chooses.

    Raises:
        NotAllowed: the enrolment is not approved, the conditions changed since, or the PIN is too simple.
        NotFound: there is no enrolment.
    """
    progress = enrol.certify(account, pin, issuer, database=issuer.database, terms=terms, clock=issuer.clock)
    assert progress.enrolment.certificate is not None
    with issuer.database.reading() as transaction:
        issued = certificates.certificate(transaction, progress.enrolment.certificate)
    return progress, Certified(issued, issuer.revocation_code)


def renew(account: AccountId, pin: bytes, issuer: OwnAuthority, *, terms: Terms) -> Certified:
    """Replace the person's certificate, in its last months, by one with a new key under the same PIN.

    The former goes on to its own end. Opening its key is what proves that its owner asks.

    Raises:
        NotFound: they have no valid key of ours.
        CredentialError: wrong PIN, or the key is locked.
        NotAllowed: too early, another name than the one that was checked, or new conditions are to be accepted first.
    """
    database, clock = issuer.database, issuer.clock
    former = _renewable(account, database=database, terms=terms, at=clock())
    open_key(account, pin, database=database, clock=clock, certificate=former.digest)
    issue = issuer.renew(former, pin)
    assert issue.issued is not None
    with database.transaction() as transaction:
        at = clock()
        _still_renewable(transaction, former, at=at)
        note(transaction, issue.issued)
        certificate = digest_of(issue.certificate)
        key = PersonalKey(certificate, account, issue.form, issue.container, issue.not_before, issue.not_after, at)
        personal_keys.attach(transaction, key)
        told = {"account": account, "certificate": certificate, "renews": former.digest}
        journal.record(transaction, Event.KEY_ATTACHED, None, told, at=at)
    return Certified(issue.issued, issuer.revocation_code)


def change_pin(
    account: AccountId,
    pin: bytes,
    new_pin: bytes,
    *,
    database: Database,
    clock: Callable[[], datetime.datetime],
    cost: Cost = DEFAULT_COST,
) -> None:
    """Lock the person's newest valid key under another PIN; a key bought as PKCS#12 is then locked as ours are.

    Raises:
        NotFound: they have none.
        CredentialError: wrong PIN, or the key is locked.
        NotAllowed: the new PIN is too simple.
    """
    _require_pin(new_pin)
    opened = open_key(account, pin, database=database, clock=clock)
    assert isinstance(opened, OpenedKey), "those that are here are"
    container = containers.relock(opened, new_pin, cost=cost)
    certificate = digest_of(opened.certificate)
    with database.transaction() as transaction:
        at = clock()
        key = PersonalKey(certificate, account, ARGON2ID, container, opened.not_before, opened.not_after, at)
        personal_keys.attach(transaction, key)
        told = {"account": account, "certificate": certificate}
        journal.record(transaction, Event.KEY_PIN_CHANGED, None, told, at=at)


def issue_seal(
    firm: Firm,
    *,
    issuing: Issuing,
    passphrase: bytes,
    demonstration: bool,
    database: Database,
    clock: Callable[[], datetime.datetime],
) -> SealKey:
    """A seal certificate for a firm, with a new key in a file that the passphrase opens.

    Raises:
        NotAllowed: the firm has no SIREN.
        CredentialError: the passphrase is too short, or the authority ends before the certificate would.
    """
    key, code = pki_keys.new_key(), revocation_codes.new_code()
    common_name = f"{'DEMO ' if demonstration else ''}Cachet {firm.name}"
    der = pki.issue_firm(
        issuing.authority,
        LegalPerson(firm.name, common_name, firm.siren),
        pki_keys.public(key),
        at=clock(),
        years=issuing.years,
        addresses=issuing.addresses,
    )
    file = pki_keys.seal_file(key, der, chain=issuing.authority.certificates, passphrase=passphrase)
    issued = _issued(der, issuing, code=code, at=clock(), firm=firm)
    with database.transaction() as transaction:
        note(transaction, issued)
    return SealKey(issued, file, code)


def renewals_due(at: datetime.datetime, *, database: Database) -> list[Reminder]:
    """Whom to tell that their certificate ends (J-90, J-30, J-7), the most urgent first; see `reminded`."""
    horizon = at + datetime.timedelta(days=rules.REMINDERS[0])
    with database.reading() as transaction:
        return rules.reminders_due(certificates.ending_before(transaction, horizon, since=at), at)


def reminded(reminder: Reminder, *, database: Database) -> bool:
    """Note that the owner was told; False when somebody else told them meanwhile."""
    with database.transaction() as transaction:
        return certificates.reminded(transaction, reminder.certificate.serial, reminder.days)


def _renewable(account: AccountId, *, database: Database, terms: Terms, at: datetime.datetime) -> Issued:
    with database.reading() as transaction:
        one = people.account(transaction, account)
        held = certificates.of_account(transaction, account)
        version = terms.version(TermsKind.CONDITIONS)
        accepted = people.accepted_at(transaction, account, TermsKind.CONDITIONS, version=version)
    objection: Words | None = Words("pas de certificat de notre autorité", "no certificate of our authority")
    if held:
        objection = rules.may_renew(held[0], at)
    if objection is None and not one.is_open(at):
        objection = Words("ce compte est clos", "this account is closed")
    if objection is None and accepted is None:
        objection = Words("les conditions en vigueur sont à accepter d’abord", "accept the conditions in force first")
    if objection is None and profiles.person_name(_named(held[0])) != profiles.person_name(_person(one)):
        objection = Words("le nom a changé depuis le contrôle d’identité", "the name changed since it was checked")
    if objection is not None:
        raise _no_renewal(objection)
    return held[0]


def _still_renewable(transaction: Transaction, former: Issued, *, at: datetime.datetime) -> None:
    """Making a key takes a moment: a revocation, or another renewal, may have come in between."""
    held = certificates.of_account(transaction, former.account) if former.account else []
    now = next(one for one in held if one.serial == former.serial)
    objection = rules.may_renew(now, at)
    if objection is None and any(one.renews == former.serial and one.revoked_at is None for one in held):
        objection = Words("il vient d’être renouvelé", "it was just renewed")
    if objection is not None:
        raise _no_renewal(objection)


def _no_renewal(objection: Words) -> NotAllowed:
    return NotAllowed(
        Words(f"pas de renouvellement : {objection.fr}", f"no renewal: {objection.en}"),
        hint=Words("sinon, un nouvel enregistrement : jesignd enrol start", "or enrol again: jesignd enrol start"),
    )


def _issued(
    der: bytes,
    issuing: Issuing,
    *,
    code: str,
    at: datetime.datetime,
    account: AccountId | None = None,
    firm: Firm | None = None,
    renews: SerialNumber | None = None,
) -> Issued:
    serial, begins, ends = pki.summary(der)
    return Issued(
        serial=serial,
        authority=issuing.authority.id,
        subject=Subject.FIRM if firm else Subject.PERSON,
        digest=digest_of(der),
        der=der,
        not_before=begins,
        not_after=ends,
        issued_at=at,
        account=account,
        firm=firm.id if firm else None,
        renews=renews,
        revocation_code=revocation_codes.keep(code),
    )


def _person(account: Account) -> NaturalPerson:
    profile = account.profile
    return NaturalPerson(profile.first_name, profile.last_name, account.id.removeprefix("per_").upper())


def _named(former: Issued) -> NaturalPerson:
    """Whoever that certificate names: what was checked then, not what a profile says today."""
    return profiles.read_person(former.der)


def _require_pin(pin: bytes) -> None:
    objection = rules.pin_objection(pin.decode("utf-8", "replace"))
    if objection is not None:
        raise NotAllowed(
            objection, hint=Words("six chiffres sans suite, ou mieux, une phrase", "six unordered digits, or a phrase")
        )
