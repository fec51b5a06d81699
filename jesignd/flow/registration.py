"""Registration: look up how far the firm's accountants are on the way to a certificate."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jesignd.domain.enrolment import EnrolmentState
from jesignd.domain.people import Role, Status
from jesignd.domain.registration import Accountant, Authority, Officer, Registration
from jesignd.domain.terms import TermsKind
from jesignd.flow.firms import known as known_firms
from jesignd.store import enrolments, logins, people, personal_keys, revocation

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.people import Account
    from jesignd.domain.terms import Terms
    from jesignd.settings.settings import Settings

_CHECKED = frozenset({EnrolmentState.APPROVED, EnrolmentState.CERTIFIED})


def gather(transaction: Transaction | None, settings: Settings, *, at: datetime.datetime) -> Registration:
    """The accountant of the main firm who is farthest, and what there is to help; with no store, nobody."""
    configured = settings.configuration
    authority = Authority.NONE if configured.pki is None else Authority.TO_BE_MADE
    found, officer = None, None
    if transaction is not None:
        if configured.pki is not None and revocation.list_authorities(transaction):
            authority = Authority.READY
        ours = accountants(transaction, settings, at)
        everybody = [_accountant(transaction, one, settings.terms(), at=at) for one in ours]
        found = max(everybody, key=lambda one: (one.done, one.certificate), default=None)
        officer = _officer(transaction, found, at=at)
    keeps_papers = configured.enrolment.secret is not None
    return Registration(shlex.quote(settings.firm.name), found, officer, authority, keeps_papers)


def accountants(transaction: Transaction, settings: Settings, at: datetime.datetime) -> list[Account]:
    """The main firm's accountants, by login."""
    main = known_firms(transaction, settings).get("")
    if main is None:
        return []
    members = people.members(transaction, main.id, at=at)
    return [account for account, status in members if status is Status.ACCOUNTANT and account.is_open(at)]


def _accountant(transaction: Transaction, account: Account, terms: Terms, *, at: datetime.datetime) -> Accountant:
    enrolment = enrolments.latest(transaction, account.id)
    if enrolment is not None and enrolment.state is EnrolmentState.REFUSED:
        enrolment = None  # another one is to be started
    keys = [one for one in personal_keys.of_people(transaction, [account.id]) if one.certified.counts(at)]
    bought = any(enrolment is None or one.certificate != enrolment.certificate for one in keys)
    kind = TermsKind.CONDITIONS
    accepted = people.accepted_at(transaction, account.id, kind, version=terms.version(kind))
    phone = enrolment.phone if enrolment is not None else account.profile.phone if bought else None
    checked = enrolment is not None and enrolment.state in _CHECKED
    return Accountant(
        account.login,
        account.profile.name,
        password=logins.read(transaction, account.id).password is not None,
        phone=bool(phone),
        identity=bought or checked or (enrolment is not None and enrolment.identity is not None),
        conditions=accepted is not None,
        approved=bought or checked,
        certificate=bool(keys),
    )


def _officer(transaction: Transaction, other: Accountant | None, *, at: datetime.datetime) -> Officer | None:
    """One who can approve now, if there is one."""
    able = [
        Officer(one.login, logins.read(transaction, one.id).password is not None)
        for one in people.list_accounts(transaction)
        if Role.OFFICER in one.roles and one.is_open(at) and (other is None or one.login != other.login)
    ]
    return max(able, key=lambda one: one.has_password, default=None)
