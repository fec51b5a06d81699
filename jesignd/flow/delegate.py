"""Delegate: an accountant grants, revokes and arranges absences; delegates accept what they undertake."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jesignd.domain.delegations import (
    Absence,
    Delegation,
    DelegationId,
    Grant,
    Operation,
    Revocation,
    Scope,
    Subject,
)
from jesignd.domain.documents import Digest
from jesignd.domain.events import Event
from jesignd.domain.granting import Listed, Wish, objection_to_holder, objection_to_wish
from jesignd.domain.paris import day
from jesignd.domain.people import AccountId, Firm, FirmId
from jesignd.domain.rights import is_accountant
from jesignd.domain.statements import of_grant, of_revocation
from jesignd.errors import NotAllowed, Words
from jesignd.flow import letters
from jesignd.flow.acting import demand
from jesignd.flow.keys import digest_of
from jesignd.flow.people import make_member
from jesignd.identity import statements
from jesignd.identity.statements import Statement
from jesignd.store import delegations, journal, people, personal_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import Account
    from jesignd.domain.statements import PersonalSigner
    from jesignd.domain.terms import Terms
    from jesignd.store.database import Database


_EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Order:
    """What an accountant wants granted: the same rights and days to everybody listed."""

    firm: FirmId
    granter: AccountId
    lines: Sequence[Listed]
    wish: Wish
    scope: Scope = _EVERYTHING


class Outcome(StrEnum):
    """What became of one line."""

    GRANTED = "granted"
    PENDING = "pending"
    """Granted; it counts once somebody has an account with this address."""
    MERGED = "merged"
    """The same address stood on an earlier line, which counts for both."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line, and the rights of other sites it named, which were ignored."""

    line: int
    text: str
    outcome: Outcome
    delegation: DelegationId | None = None
    reason: Words | None = None
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A grant drawn up and signed, not yet in force."""

    line: Listed
    grant: Grant
    statement: Statement


def grant(
    order: Order,
    signer: PersonalSigner,
    *,
    database: Database,
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> list[LineResult]:
    """Grant to everybody on the list to whom it can be granted: all of them at once, or, if something fails, nobody.

    What is signed before the transaction is worth nothing until it has asked again, inside, whether it may be.

    Raises:
        NotAllowed: the granter may not delegate here, the key is not theirs, or nobody could be granted this.
    """
    with database.reading() as transaction:
        firm = people.firm(transaction, order.firm)
        granter = people.account(transaction, order.granter)
    at = clock()
    objection = None if any(one.rights for one in order.lines) else objection_to_wish(order.wish, day(at))
    if objection is not None:
        raise NotAllowed(objection)
    drawn = [_draw(one, order, firm=firm, granter=granter, signer=signer, at=at) for one in order.lines]
    with database.transaction() as transaction:
        subject = Subject(order.firm)
        demand(transaction, order.granter, Operation.DELEGATE, subject=subject, terms=terms, at=at)
        _own_key(transaction, order.granter, signer, at=at)
        return [_enforce(transaction, one, granter=granter, at=at) if isinstance(one, _Drawn) else one for one in drawn]


def revoke(
    delegation: DelegationId,
    by: AccountId,
    signer: PersonalSigner,
    *,
    database: Database,
    terms: Terms,
    clock: Callable[[], datetime.datetime],
) -> bool:
    """Take a delegation back, from this instant on; False when it was revoked before.

    Raises:
        NotAllowed: whoever asks is no accountant of that firm, or the key is not theirs.
    """
    with database.transaction() as transaction:
        at = clock()
        found = delegations.get(transaction, delegation)
        firm = people.firm(transaction, found.grant.firm)
        person = people.account(transaction, by)
        demand(transaction, by, Operation.DELEGATE, subject=Subject(firm.id), terms=terms, at=at)
        _own_key(transaction, by, signer, at=at)
        # Signed with the lock held: what is done until this commit is done before the instant signed here, or refused.
        payload = of_revocation(found.id, statement=found.statement, firm=firm, by=person, at=at)
        statement = statements.make(payload, signer)
        revocation = Revocation(at, by, statement.digest)
        if not delegations.revoke(transaction, found.id, revocation=revocation, statement=statement.text):
            return False
        told = {"delegation": found.id, "by": by, "statement": statement.digest}
        journal.record(transaction, Event.DELEGATION_REVOKED, None, told, at=at)
        letters.delegation_revoked(transaction, found, at=at)
    return True


def declare_absence(
    absence: Absence, by: AccountId, *, database: Database, terms: Terms, clock: Callable[[], datetime.datetime]
) -> None:
    """Send what waits for somebody to their stand-in on these days; both are named wherever it shows.

    Raises:
        NotAllowed: both must belong to the firm, and an accountant's stand-in be an accountant; whoever declares it
            must be the person or an accountant of the firm.
    """
    with database.transaction() as transaction:
        at = clock()
        if by != absence.absent:
            demand(transaction, by, Operation.DELEGATE, subject=Subject(absence.firm), terms=terms, at=at)
        objection = _objection_to_absence(transaction, absence, at=at)
        if objection is not None:
            raise NotAllowed(objection)
        delegations.declare_absence(transaction, absence, by=by, at=at)
        told = {"absent": absence.absent, "stand_in": absence.stand_in, "firm": absence.firm, "by": by}
        journal.record(transaction, Event.ABSENCE_DECLARED, None, told, at=at)


def end_absences(
    firm: FirmId, absent: AccountId, *, database: Database, clock: Callable[[], datetime.datetime], by: str
) -> int:
    """The person is back; how many absences that ended."""
    at = clock()
    with database.transaction() as transaction:
        ended = delegations.end_absences(transaction, firm, absent, at=at)
        if ended:
            told = {"absent": absent, "firm": firm, "by": by}
            journal.record(transaction, Event.ABSENCE_ENDED, None, told, at=at)
    return ended


def _draw(
    line: Listed,
    order: Order,
    *,
    firm: Firm,
    granter: Account,
    signer: PersonalSigner,
    at: datetime.datetime,
) -> _Drawn | LineResult:
    """The signed grant of one line, or why there is none."""
    if line.email is None:
        reason = Words("ce n’est pas une adresse de courriel", "this is not an e-mail address")
        return LineResult(line.line, line.text, Outcome.REFUSED, None, reason, line.ignored)
    if line.first_line is not None:
        reason = Words(f"déjà à la ligne {line.first_line}", f"already on line {line.first_line}")
        return LineResult(line.line, line.text, Outcome.MERGED, None, reason, line.ignored)
    wish = Wish(line.rights or order.wish.rights, order.wish.first_day, order.wish.last_day)
    objection = objection_to_wish(wish, day(at))
    if objection is not None:
        return LineResult(line.line, line.text, Outcome.REFUSED, None, objection, line.ignored)
    granted = Grant(
        DelegationId(f"del_{uuid.uuid4().hex}"),
        firm.id,
        granter.id,
        line.email,
        wish.rights,
        wish.first_day,
        wish.last_day,
        at,
        order.scope,
    )
    return _Drawn(line, granted, statements.make(of_grant(granted, firm=firm, granter=granter), signer))


def _enforce(transaction: Transaction, drawn: _Drawn, *, granter: Account, at: datetime.datetime) -> LineResult:
    granted, line = drawn.grant, drawn.line
    holder = people.find_account(transaction, granted.email)
    clients = people.client_emails(transaction, [granted.email], firms_=[granted.firm])
    objection = objection_to_holder(granted.email, holder, granter=granter, clients=clients, at=at)
    if objection is not None:
        return LineResult(line.line, line.text, Outcome.REFUSED, None, objection, line.ignored)
    if holder is not None:
        make_member(transaction, holder.id, granted.firm, at=at)
    received_at = at if holder is not None else None
    delegation = Delegation(granted, drawn.statement.digest, holder.id if holder else None, received_at)
    delegations.insert(transaction, delegation, drawn.statement.text)
    told = {
        "delegation": granted.id,
        "by": granted.granted_by,
        "holder": delegation.holder,
        "statement": delegation.statement,
    }
    journal.record(transaction, Event.DELEGATION_GRANTED, None, told, at=at)
    letters.delegation_received(transaction, delegation, at=at)
    outcome = Outcome.GRANTED if holder is not None else Outcome.PENDING
    return LineResult(line.line, line.text, outcome, granted.id, None, line.ignored)


def _own_key(transaction: Transaction, person: AccountId, signer: PersonalSigner, *, at: datetime.datetime) -> Digest:
    certificate = digest_of(signer.certificate)
    keys = personal_keys.of_people(transaction, [person])
    if not any(key.certificate == certificate and key.certified.counts(at) for key in keys):
        raise NotAllowed(
            Words(
                "cette clé n’est pas celle de cette personne, ou ne vaut plus",
                "this key is not that person's, or no longer counts",
            ),
            hint=Words("jesignd user key attache une clé à son titulaire", "jesignd user key attaches a key"),
        )
    return certificate


def _objection_to_absence(transaction: Transaction, absence: Absence, *, at: datetime.datetime) -> Words | None:
    if absence.stand_in == absence.absent:
        return Words("nul ne se remplace soi-même", "nobody stands in for themselves")
    if absence.last_day < max(absence.first_day, day(at)):
        return Words("l’absence est déjà finie", "the absence is over already")
    both = (absence.absent, absence.stand_in)
    stays = [one for one in people.memberships_of(transaction, both) if one.firm == absence.firm and one.covers(at, at)]
    if {one.account for one in stays} != set(both):
        return Words("les deux personnes doivent être du cabinet", "both must belong to the firm")
    accountants = {one for one in both if is_accountant(stays, one, absence.firm, at=at)}
    if accountants == {absence.absent}:
        return Words(
            "le remplaçant d’un expert-comptable est un expert-comptable",
            "an accountant's stand-in is an accountant",
        )
    return None
