"""Enrol: gather what proves a person, have it approved by somebody else, then have a certificate issued."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from jesignd.domain import enrolment as rules
from jesignd.domain.certificates import Issued
from jesignd.domain.documents import Digest
from jesignd.domain.enrolment import Enrolment, EnrolmentId, EnrolmentState, Identity, IdentityDocument, Item
from jesignd.domain.events import Event
from jesignd.domain.people import Account, AccountId, Firm, Role, mobile
from jesignd.domain.terms import Terms, TermsKind
from jesignd.errors import Code, DocumentError, NotAllowed, NotFound, Words
from jesignd.flow.issued import note
from jesignd.flow.keys import digest_of
from jesignd.store import enrolments, journal, people, personal_keys
from jesignd.store.personal_keys import PersonalKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.domain.jobs import Transaction
    from jesignd.identity.encryption import Encryption
    from jesignd.store.database import Database

LARGEST_SCAN = 10 << 20
_PURPOSE = "identity"
_SCANS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True, slots=True)
class Issue:
    """A certificate as issued: the container only its owner's PIN opens, and what the certificate says."""

    certificate: bytes
    """DER."""
    form: str
    """Who can open the container; see `flow.keys.OPENERS`."""
    container: bytes
    not_before: datetime.datetime
    not_after: datetime.datetime
    issued: Issued | None = None
    """What our own authority is to note of it; None from a trust provider."""


class CertificateIssuer(Protocol):
    """The firm's authority, or a trust provider."""

    def issue(self, account: Account, firm: Firm | None, *, identity: Identity, pin: bytes) -> Issue:
        """A certificate for this person, with its key in a container that only the PIN opens."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an enrolment is, and what is missing, in order."""

    enrolment: Enrolment
    missing: tuple[Item, ...]


def start(
    account: AccountId, phone: str, *, database: Database, terms: Terms, clock: Callable[[], datetime.datetime]
) -> Progress:
    """Begin, or go on with, the enrolment of a person; an open one only gets the new number.

    Raises:
        NotAllowed: the account never acts, or this is no mobile number.
    """
    try:
        number = mobile(phone)
    except ValueError as error:
        raise NotAllowed(
            Words(f"« {phone} » n’est pas un numéro de mobile", f"“{phone}” is not a mobile number"),
            hint=Words("écrivez 06… ou +33 6…", "write 06… or +33 6…"),
        ) from error
    at = clock()
    with database.transaction() as transaction:
        one = people.account(transaction, account)
        if not one.is_open(at) or one.roles & {Role.ADMIN, Role.AUDITOR}:
            raise NotAllowed(
                Words("un compte clos, administrateur ou auditeur ne s’enregistre pas", "this account does not enrol")
            )
        found = enrolments.latest(transaction, one.id)
        if found is None or found.state is not EnrolmentState.OPEN:
            found = Enrolment(EnrolmentId(f"enr_{uuid.uuid4().hex}"), one.id, EnrolmentState.OPEN, at, phone=number)
            enrolments.insert(transaction, found)
            _told(transaction, Event.ENROLMENT_STARTED, found, at=at)
        else:
            enrolments.set_phone(transaction, found.id, number)
            _told(transaction, Event.ENROLMENT_COMPLETED, found, at=at, item=Item.PHONE.value)
        return _progress(transaction, one.id, terms=terms)


@dataclass(frozen=True, slots=True)
class Scan:
    """An identity document as received: a PDF, a JPEG or a PNG, of 10 MB at most."""

    document: IdentityDocument
    data: bytes


def receive_identity(
    account: AccountId,
    scan: Scan,
    *,
    database: Database,
    encryption: Encryption,
    terms: Terms,
    kept_for: datetime.timedelta,
    clock: Callable[[], datetime.datetime],
) -> Progress:
    """Keep the scan, encrypted, until it is to be destroyed.

    Raises:
        DocumentError: it is no scan that can be shown, or too large.
        NotFound: there is no open enrolment.
    """
    if not scan.data.startswith(_SCANS) or len(scan.data) > LARGEST_SCAN:
        raise DocumentError(
            Code.TOO_LARGE if len(scan.data) > LARGEST_SCAN else Code.NOT_A_PDF,
            Words("pièce d’identité refusée : PDF, JPEG ou PNG, 10 Mo au plus", "PDF, JPEG or PNG, 10 MB at most"),
        )
    at = clock()
    digest = Digest(hashlib.sha256(scan.data).hexdigest())
    with database.transaction() as transaction:
        found = _open_enrolment(transaction, account)
        identity = Identity(scan.document, digest, at, at + kept_for)
        encrypted = encryption.encrypt(scan.data, purpose=_PURPOSE, owner=found.id)
        enrolments.set_identity(transaction, found.id, identity, encrypted)
        _told(transaction, Event.ENROLMENT_COMPLETED, found, at=at, item=Item.IDENTITY.value)
        return _progress(transaction, account, terms=terms)


def show_identity(account: AccountId, *, database: Database, encryption: Encryption) -> bytes:
    """The scan, for the officer who looks at it.

    Raises:
        NotFound: none came, or it was destroyed.
    """
    with database.reading() as transaction:
        found = enrolments.latest(transaction, account)
        kept = enrolments.identity_scan(transaction, found.id) if found else None
    if found is None or kept is None:
        raise NotFound(Words("aucune pièce d’identité conservée", "no identity document is kept"))
    return encryption.decrypt(kept, purpose=_PURPOSE, owner=found.id)


def accept(
    account: AccountId,
    kind: TermsKind,
    *,
    database: Database,
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> Digest:
    """Write down that the person accepted the text in force; its version."""
    at = clock()
    with database.transaction() as transaction:
        one = people.account(transaction, account)
        version = people.accept(transaction, one.id, kind, accepted=terms, at=at)
        told = {"account": one.id, "kind": kind.value, "version": version}
        journal.record(transaction, Event.TERMS_ACCEPTED, None, told, at=at)
    return version


def approve(
    account: AccountId,
    officer: AccountId,
    *,
    database: Database,
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> Progress:
    """Approve an enrolment that has everything.

    Raises:
        NotAllowed: not an officer, their own enrolment, or something is missing; every item is named.
        NotFound: there is no enrolment.
    """
    with database.transaction() as transaction:
        at = clock()
        found = _enrolment(transaction, account)
        _officer(transaction, officer, at=at)
        objection = rules.objection(found, officer, _conditions_at(transaction, account, terms))
        if objection is not None:
            raise NotAllowed(objection)
        enrolments.decide(transaction, found.id, state=EnrolmentState.APPROVED, by=officer, at=at)
        _told(transaction, Event.ENROLMENT_DECIDED, found, at=at, by=officer, state=EnrolmentState.APPROVED.value)
        return _progress(transaction, account, terms=terms)


def refuse(
    account: AccountId,
    officer: AccountId,
    reason: str,
    *,
    database: Database,
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> Progress:
    """Refuse an open enrolment; the scan is destroyed at once.

    Raises:
        NotAllowed: not an officer, their own enrolment, or it was decided before.
        NotFound: there is no open enrolment.
    """
    with database.transaction() as transaction:
        at = clock()
        found = _open_enrolment(transaction, account)
        _officer(transaction, officer, at=at)
        if officer == account:
            raise NotAllowed(Words("nul ne décide de son propre enregistrement", "nobody decides on their own"))
        state = EnrolmentState.REFUSED
        enrolments.decide(transaction, found.id, state=state, by=officer, at=at, reason=reason)
        enrolments.hasten_purge(transaction, found.id, at=at)
        _purge(transaction, at=at)
        _told(transaction, Event.ENROLMENT_DECIDED, found, at=at, by=officer, state=state.value)
        return _progress(transaction, account, terms=terms)


def certify(
    account: AccountId,
    pin: bytes,
    issuer: CertificateIssuer,
    *,
    database: Database,
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> Progress:
    """Have the certificate issued for an approved enrolment; the person chooses the PIN.

    Raises:
        NotAllowed: the enrolment is not approved, or the conditions changed since.
        NotFound: there is no enrolment.
    """
    with database.reading() as transaction:
        one = people.account(transaction, account)
        found = _enrolment(transaction, account)
        firm = _firm_of(transaction, account, at=clock())
        conditions_at = _conditions_at(transaction, account, terms)
    missing = rules.missing(found, conditions_at)
    if missing != (Item.CERTIFICATE,) or found.identity is None:
        names = ", ".join(rules.ITEMS[item].fr for item in missing if item is not Item.CERTIFICATE) or "rien"
        english = ", ".join(rules.ITEMS[item].en for item in missing if item is not Item.CERTIFICATE) or "nothing"
        raise NotAllowed(Words(f"pas de certificat à délivrer ; il manque : {names}", f"missing: {english}"))
    issued = issuer.issue(one, firm, identity=found.identity, pin=pin)
    certificate = digest_of(issued.certificate)
    with database.transaction() as transaction:
        at = clock()
        if not enrolments.certify(transaction, found.id, certificate):
            raise NotAllowed(Words("ce certificat a déjà été délivré", "this certificate was issued before"))
        if issued.issued is not None:
            note(transaction, issued.issued)
        begins, ends = issued.not_before, issued.not_after
        bought = issued.certificate if issued.issued is None else None
        key = PersonalKey(certificate, account, issued.form, issued.container, begins, ends, at, der=bought)
        personal_keys.attach(transaction, key)
        told = _told(transaction, Event.ENROLMENT_CERTIFIED, found, at=at, certificate=certificate)
        journal.record(transaction, Event.KEY_ATTACHED, None, told, at=at)
        return _progress(transaction, account, terms=terms)


def purge_identities(*, database: Database, clock: Callable[[], datetime.datetime]) -> int:
    """Destroy the identity documents whose time has come; how many. For a timer, and for a command."""
    at = clock()
    with database.transaction() as transaction:
        return _purge(transaction, at=at)


def progress(account: AccountId, *, database: Database, terms: Terms) -> Progress:
    """How far the person's last enrolment is.

    Raises:
        NotFound: there is none.
    """
    with database.reading() as transaction:
        return _progress(transaction, account, terms=terms)


def _purge(transaction: Transaction, *, at: datetime.datetime) -> int:
    purged = enrolments.purge_identities(transaction, at=at)
    for enrolment in purged:
        journal.record(transaction, Event.IDENTITY_PURGED, None, {"enrolment": enrolment}, at=at)
    return len(purged)


def _progress(transaction: Transaction, account: AccountId, *, terms: Terms) -> Progress:
    found = _enrolment(transaction, account)
    return Progress(found, rules.missing(found, _conditions_at(transaction, account, terms)))


def _conditions_at(transaction: Transaction, account: AccountId, terms: Terms) -> datetime.datetime | None:
    kind = TermsKind.CONDITIONS
    return people.accepted_at(transaction, account, kind, version=terms.version(kind))


def _firm_of(transaction: Transaction, account: AccountId, *, at: datetime.datetime) -> Firm | None:
    stays = [one for one in people.memberships_of(transaction, [account]) if one.covers(at, at)]
    return people.firm(transaction, stays[0].firm) if stays else None


def _enrolment(transaction: Transaction, account: AccountId) -> Enrolment:
    found = enrolments.latest(transaction, account)
    if found is None:
        raise NotFound(
            Words("aucun enregistrement commencé", "no enrolment was started"),
            hint=Words("jesignd enrol start", "jesignd enrol start"),
        )
    return found


def _open_enrolment(transaction: Transaction, account: AccountId) -> Enrolment:
    found = _enrolment(transaction, account)
    if found.state is not EnrolmentState.OPEN:
        raise NotFound(
            Words("aucun enregistrement en cours", "no enrolment is open"),
            hint=Words("jesignd enrol start en ouvre un autre", "jesignd enrol start opens another"),
        )
    return found


def _officer(transaction: Transaction, officer: AccountId, *, at: datetime.datetime) -> None:
    one = people.account(transaction, officer)
    if Role.OFFICER not in one.roles or not one.is_open(at):
        raise NotAllowed(
            Words("seul un préposé à l’enregistrement approuve", "only a registration officer approves"),
            hint=Words("jesignd user role donne ce rôle", "jesignd user role gives this role"),
        )


def _told(
    transaction: Transaction, event: Event, enrolment: Enrolment, *, at: datetime.datetime, **more: object
) -> dict[str, object]:
    told: dict[str, object] = {"enrolment": enrolment.id, "account": enrolment.account, **more}
    journal.record(transaction, event, None, told, at=at)
    return told
