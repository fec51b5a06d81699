"""Rights: the one function that says whether a person may do something, at an instant, and on whose authority."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jesignd.domain.credit import Cents
from jesignd.domain.delegations import (
    CONFERRED,
    Absence,
    Allowed,
    Answer,
    Delegation,
    Denied,
    Operation,
    Subject,
    Used,
    Why,
)
from jesignd.domain.firm import Right
from jesignd.domain.people import NEVER_ACT, Account, AccountId, FirmId, Membership, Status
from jesignd.errors import Words


@dataclass(frozen=True, slots=True)
class Certified:
    """When a person's own certificate counts: from its beginning up to its end or its revocation."""

    since: datetime.datetime
    until: datetime.datetime
    revoked_at: datetime.datetime | None = None
    qualified: bool = False
    """Its issuer says that it is a qualified certificate (QcCompliance, ETSI EN 319 412-5)."""

    def counts(self, at: datetime.datetime) -> bool:
        """Whether one may sign with it at this instant."""
        return self.since <= at < self.until and (self.revoked_at is None or at < self.revoked_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything known here that bears on what one person may do."""

    account: Account
    memberships: Sequence[Membership]
    """Theirs, and those of whoever delegated to them."""
    held: Sequence[tuple[Delegation, Used]] = ()
    certificates: Sequence[Certified] = ()
    conditions_at: datetime.datetime | None = None
    """When they accepted the conditions in force; None if they accepted older ones, or none."""
    undertaking_at: datetime.datetime | None = None
    """The same for what a delegate undertakes."""


OPERATIONS: Mapping[Operation, Words] = {
    Operation.PREPARE_SIGNING: Words("préparer une collecte de signatures", "prepare a signing"),
    Operation.LAUNCH_SIGNING: Words("lancer une collecte de signatures", "launch a signing"),
    Operation.PREPARE_SEALING: Words("préparer un scellement", "prepare a sealing"),
    Operation.LAUNCH_SEALING: Words("lancer un scellement", "launch a sealing"),
    Operation.APPROVE: Words("approuver une collecte", "approve a signing"),
    Operation.SIGN: Words("signer", "sign"),
    Operation.DELEGATE: Words("déléguer", "delegate"),
    Operation.CANCEL: Words("annuler une collecte", "cancel a signing"),
}

RIGHTS: Mapping[Right, Words] = {
    Right.PREPARE: Words("préparer", "prepare"),
    Right.LAUNCH: Words("lancer", "launch"),
    Right.SEAL: Words("sceller", "seal"),
    Right.SIGN: Words("signer", "sign"),
}


def may(standing: Standing | None, operation: Operation, *, subject: Subject, at: datetime.datetime) -> Answer:
    """Whether the person may do this to that at this instant; no unless something says yes (F29–F45)."""
    if standing is None or not standing.account.is_open(at):
        return _denied(Why.NOBODY, operation)
    if standing.account.roles & NEVER_ACT:
        return _denied(Why.ROLE, operation)
    if is_accountant(standing.memberships, standing.account.id, subject.firm, at=at):
        missing = _missing_of_accountant(standing, operation, subject=subject, at=at)
        return Allowed(operation) if missing is None else _denied(missing, operation)
    return _by_delegation(standing, operation, subject=subject, at=at)


def spent(standing: Standing, answer: Allowed, price: Cents) -> Standing:
    """The same standing with one more act done under the delegation that allowed it."""
    if answer.under is None:
        return standing
    held = [
        (one, Used(used.acts + 1, Cents(used.cents + price)) if one.id == answer.under.id else used)
        for one, used in standing.held
    ]
    return replace(standing, held=held)


def has_qualified_certificate(standing: Standing | None, at: datetime.datetime) -> bool:
    """Whether one of the person's certificates is qualified and counts at this instant."""
    return standing is not None and any(one.qualified and one.counts(at) for one in standing.certificates)


def is_accountant(memberships: Sequence[Membership], person: AccountId, firm: FirmId, *, at: datetime.datetime) -> bool:
    """Whether the person is an accountant of this firm at this instant."""
    return any(
        one.account == person and one.firm == firm and one.status is Status.ACCOUNTANT and one.covers(at, at)
        for one in memberships
    )


def stand_in(absences: Sequence[Absence], person: AccountId, firm: FirmId, *, at: datetime.datetime) -> AccountId:
    """Who receives what waits for this person: themselves, their stand-in, or the stand-in's own, and so on.

    Where everybody in the row is away, it stays with the person.
    """
    asked = {person}
    here = person
    while away := next((one for one in absences if (one.absent, one.firm) == (here, firm) and one.covers(at)), None):
        here = away.stand_in
        if here in asked:
            return person
        asked.add(here)
    return here


def _missing_of_accountant(
    standing: Standing, operation: Operation, *, subject: Subject, at: datetime.datetime
) -> Why | None:
    if operation is Operation.APPROVE and subject.prepared_by in {None, standing.account.id}:
        return Why.OWN_WORK
    if operation is Operation.SIGN and not _is_certified(standing, at):
        return Why.NOT_ENROLLED
    return None if _accepted(standing.conditions_at, at) else Why.CONDITIONS


def _by_delegation(standing: Standing, operation: Operation, *, subject: Subject, at: datetime.datetime) -> Answer:
    """The least limited of the delegations that allow it; else the reason that was nearest to a yes."""
    nearest: tuple[Why, Delegation | None] = (Why.NO_RIGHT, None)
    order = list(Why)
    for delegation, used in sorted(standing.held, key=_least_limited):
        why = _objection(standing, delegation, used=used, operation=operation, subject=subject, at=at)
        if why is None:
            return Allowed(operation, delegation)
        if order.index(why) >= order.index(nearest[0]) or nearest[1] is None:
            nearest = (why, delegation)
    return _denied(nearest[0], operation, nearest[1])


def _least_limited(held: tuple[Delegation, Used]) -> tuple[bool, datetime.datetime, str]:
    return held[0].grant.scope.is_limited, held[0].grant.granted_at, held[0].id


def _objection(
    standing: Standing,
    delegation: Delegation,
    *,
    used: Used,
    operation: Operation,
    subject: Subject,
    at: datetime.datetime,
) -> Why | None:
    return (
        _objection_to_right(delegation, operation, subject)
        or _objection_to_people(standing, delegation, at)
        or _objection_to_time(delegation, at)
        or _objection_to_subject(delegation, used, subject)
        or _missing_of_delegate(standing, operation, at)
    )


def _objection_to_right(delegation: Delegation, operation: Operation, subject: Subject) -> Why | None:
    if delegation.grant.firm != subject.firm:
        return Why.OTHER_FIRM
    if not any(operation in CONFERRED[right] for right in delegation.grant.rights):
        return Why.NO_RIGHT
    return None


def _objection_to_people(standing: Standing, delegation: Delegation, at: datetime.datetime) -> Why | None:
    """Both must have stayed since: who leaves the firm and comes back needs a new delegation, or gives one."""
    grant, received_at = delegation.grant, delegation.received_at
    if delegation.holder != standing.account.id or received_at is None or received_at > at:
        return Why.NO_RIGHT
    theirs = [one for one in standing.memberships if one.firm == grant.firm]
    if not any(one.account == standing.account.id and one.covers(received_at, at) for one in theirs):
        return Why.LEFT
    granters = [one for one in theirs if one.account == grant.granted_by and one.status is Status.ACCOUNTANT]
    stayed = any(one.covers(grant.granted_at, max(at, grant.granted_at)) for one in granters)
    return None if stayed else Why.DELEGATOR_LEFT


def _objection_to_time(delegation: Delegation, at: datetime.datetime) -> Why | None:
    if delegation.is_revoked(at):
        return Why.REVOKED
    if at >= delegation.grant.ends_at:
        return Why.EXPIRED
    return Why.NOT_YET if at < delegation.grant.starts_at else None


def _objection_to_subject(delegation: Delegation, used: Used, subject: Subject) -> Why | None:
    scope = delegation.grant.scope
    if not scope.covers(subject):
        return Why.OUT_OF_SCOPE
    too_many = scope.acts is not None and used.acts + 1 > scope.acts
    too_much = scope.cents is not None and used.cents + subject.price > scope.cents
    return Why.SPENT if too_many or too_much else None


def _missing_of_delegate(standing: Standing, operation: Operation, at: datetime.datetime) -> Why | None:
    if operation is Operation.SIGN:
        if not _is_certified(standing, at):
            return Why.NOT_ENROLLED
        if not _accepted(standing.conditions_at, at):
            return Why.CONDITIONS
    return None if _accepted(standing.undertaking_at, at) else Why.UNDERTAKING


def _is_certified(standing: Standing, at: datetime.datetime) -> bool:
    return any(one.counts(at) for one in standing.certificates)


def _accepted(when: datetime.datetime | None, at: datetime.datetime) -> bool:
    return when is not None and when <= at


def _denied(why: Why, operation: Operation, delegation: Delegation | None = None) -> Denied:
    reason, hint = _SAID[why]
    what = OPERATIONS[operation]
    grant = delegation.grant if delegation else None
    fields = {
        "id": grant.id if grant else "",
        "first": f"{grant.first_day:%d/%m/%Y}" if grant else "",
        "last": f"{grant.last_day:%d/%m/%Y}" if grant else "",
    }
    filled = Words(reason.fr.format(what=what.fr, **fields), reason.en.format(what=what.en, **fields))
    return Denied(why, filled, hint)


_GRANT = Words(
    "un expert-comptable du cabinet peut déléguer ce pouvoir : jesignd delegation grant",
    "an accountant of the firm may delegate this power: jesignd delegation grant",
)
_SAID: Mapping[Why, tuple[Words, Words]] = {
    Why.NOBODY: (
        Words("aucun compte ouvert : {what} est refusé", "no open account: may not {what}"),
        Words("créez le compte : jesignd user add", "create the account: jesignd user add"),
    ),
    Why.ROLE: (
        Words(
            "un administrateur ou un auditeur n’agit pas : {what} est refusé",
            "an administrator or an auditor does not act: may not {what}",
        ),
        Words("agissez avec un autre compte, sans ce rôle", "act from another account, without that role"),
    ),
    Why.OTHER_FIRM: (
        Words(
            "les délégations reçues valent pour un autre cabinet : {what} est refusé ici",
            "the delegations received are another firm's: may not {what} here",
        ),
        _GRANT,
    ),
    Why.NO_RIGHT: (Words("aucune délégation ne permet de {what}", "no delegation allows to {what}"), _GRANT),
    Why.OWN_WORK: (
        Words("nul n’approuve son propre travail", "nobody approves their own work"),
        Words("lancez-la vous-même, ou demandez à un confrère", "launch it yourself, or ask another accountant"),
    ),
    Why.LEFT: (
        Words(
            "la personne a quitté le cabinet : sa délégation {id} ne vaut plus",
            "the person left the firm: their delegation {id} no longer counts",
        ),
        Words("après un retour, il faut une nouvelle délégation", "after a return, a new delegation is needed"),
    ),
    Why.DELEGATOR_LEFT: (
        Words(
            "l’expert-comptable qui a délégué n’exerce plus dans ce cabinet : {id} ne vaut plus",
            "the accountant who delegated no longer practises in this firm: {id} no longer counts",
        ),
        _GRANT,
    ),
    Why.REVOKED: (Words("la délégation {id} a été révoquée", "delegation {id} was revoked"), _GRANT),
    Why.EXPIRED: (
        Words("la délégation {id} a expiré le {last} au soir", "delegation {id} expired at the end of {last}"),
        _GRANT,
    ),
    Why.NOT_YET: (
        Words("la délégation {id} ne commence que le {first}", "delegation {id} only begins on {first}"),
        Words("attendez ce jour, ou faites-en accorder une autre", "wait until then, or have another granted"),
    ),
    Why.OUT_OF_SCOPE: (
        Words(
            "la délégation {id} ne couvre ni cette nature de document ni ce dossier",
            "delegation {id} does not cover this kind of document or this client",
        ),
        _GRANT,
    ),
    Why.SPENT: (
        Words("la délégation {id} est épuisée : nombre ou montant atteint", "delegation {id} is spent"),
        _GRANT,
    ),
    Why.NOT_ENROLLED: (
        Words("aucun certificat personnel en cours de validité", "no valid personal certificate"),
        Words("enregistrez-vous : jesignd enrol start", "enrol: jesignd enrol start"),
    ),
    Why.CONDITIONS: (
        Words(
            "les conditions en vigueur n’ont pas été acceptées par cette personne",
            "this person has not accepted the conditions in force",
        ),
        Words("lisez-les et acceptez-les : jesignd enrol accept", "read and accept them: jesignd enrol accept"),
    ),
    Why.UNDERTAKING: (
        Words(
            "l’engagement du délégataire n’a pas encore été accepté",
            "the delegate has not accepted the undertaking yet",
        ),
        Words("lisez-le et acceptez-le : jesignd delegation accept", "accept it: jesignd delegation accept"),
    ),
}
