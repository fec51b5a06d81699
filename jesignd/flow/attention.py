"""Attention: what of the firm's people will stop its documents, or does already, each with the command that helps."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain import remedies
from jesignd.domain.delegations import Allowed, Answer, Delegation, Denied, Operation, Scope, Subject, Why
from jesignd.domain.documents import DocumentKind
from jesignd.domain.firm import Right
from jesignd.domain.levels import Act
from jesignd.domain.people import Firm, FirmId, Status
from jesignd.domain.remedies import Lacking
from jesignd.domain.rights import Standing, may
from jesignd.errors import Words
from jesignd.flow.firms import known
from jesignd.flow.outcomes import RESUMED_BY_RIGHTS
from jesignd.flow.standing import Standings
from jesignd.store import documents, people, personal_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.domain.folders import WatchedFolder
    from jesignd.domain.jobs import Transaction
    from jesignd.settings.settings import Settings
    from jesignd.store.documents import Document

SOON = datetime.timedelta(days=30)
_MOST_HELD = 10_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that stops documents, or will, and what to do."""

    what: Words
    remedy: Words
    urgent: bool
    """It stops documents now."""


def troubles(transaction: Transaction, settings: Settings, *, at: datetime.datetime) -> list[Trouble]:
    """What is to be seen to, what stops documents first."""
    found = [*_folders(transaction, settings, at), *_held(transaction)]
    return sorted(found, key=lambda one: not one.urgent)


def rights_to_seal(
    transaction: Transaction | None, settings: Settings, *, at: datetime.datetime
) -> list[tuple[WatchedFolder, Answer]]:
    """For each folder that a rule seals, whether whoever it acts as may seal something of it at this instant.

    A delegation that is limited will do, if its limits leave something. Without a store, nobody may.
    """
    firms = known(transaction, settings) if transaction is not None else {}
    standings = Standings(transaction, settings.terms()) if transaction is not None else None
    answers: list[tuple[WatchedFolder, Answer]] = []
    for folder, kinds in _sealed(settings):
        here = standings.of(folder.acts_as) if standings is not None else None
        firm = firms[folder.firm].id if folder.firm in firms else FirmId("")
        answers.append((folder, _may_seal(here, firm, kinds, at)))
    return answers


def _may_seal(here: Standing | None, firm: FirmId, kinds: frozenset[DocumentKind], at: datetime.datetime) -> Answer:
    """The best answer to anything of these kinds; for the others, that to nothing in particular."""
    asked = [Subject(firm), *(_within(one.grant.scope, firm, kinds) for one, _ in (here.held if here else ()))]
    answers = [may(here, Operation.LAUNCH_SEALING, subject=subject, at=at) for subject in asked]
    return next((one for one in answers if isinstance(one, Allowed)), answers[0])


def _within(scope: Scope, firm: FirmId, kinds: frozenset[DocumentKind]) -> Subject:
    """Something that the scope covers, of one of these kinds; a glob matches itself."""
    kind = min(scope.kinds & kinds if scope.kinds else kinds, key=lambda one: one.code, default=None)
    return Subject(firm, kind, next(iter(scope.clients), None))


def lacking(transaction: Transaction, settings: Settings, folder: WatchedFolder, *, at: datetime.datetime) -> Lacking:
    """Whoever the folder acts as, with what a command that helps them has to name."""
    nobody = Lacking(folder.acts_as)
    account = people.find_account(transaction, folder.acts_as)
    acting = known(transaction, settings).get(folder.firm)
    if acting is None:
        return nobody
    firm = people.firm(transaction, acting.id)
    email = account.profile.email if account is not None else nobody.email
    return Lacking(folder.acts_as, email, _granter(transaction, firm, at) or nobody.granter, firm.name)


def _sealed(settings: Settings) -> Iterator[tuple[WatchedFolder, frozenset[DocumentKind]]]:
    """Folders of which a rule seals something, and the kinds that rules seal there."""
    for folder in settings.folders:
        rules = [rule for rule in settings.rules if folder.name in (rule.when.folders or {folder.name})]
        sealing = [rule.when.kinds or frozenset(DocumentKind) for rule in rules if rule.act is Act.SEAL]
        if sealing:
            yield folder, frozenset[DocumentKind]().union(*sealing)


def _granter(transaction: Transaction, firm: Firm, at: datetime.datetime) -> str | None:
    """An accountant of the firm who can delegate now, before one who cannot."""
    ours = [one for one, status in people.members(transaction, firm.id, at=at) if status is Status.ACCOUNTANT]
    keys = personal_keys.of_people(transaction, [one.id for one in ours])
    able = {one.account for one in keys if one.certified.counts(at)}
    return next((one.login for one in sorted(ours, key=lambda one: (one.id not in able, one.login))), None)


def _folders(transaction: Transaction, settings: Settings, at: datetime.datetime) -> Iterator[Trouble]:
    """Who may not seal for a folder, and whose right to ends within thirty days."""
    standings = Standings(transaction, settings.terms())
    soon: dict[str, tuple[Delegation, WatchedFolder]] = {}
    for folder, answer in rights_to_seal(transaction, settings, at=at):
        who = lacking(transaction, settings, folder, at=at)
        if isinstance(answer, Denied):
            what = Words(
                f"dossier {folder.name}, {folder.acts_as} : {answer.reason.fr}",
                f"folder {folder.name}, {folder.acts_as}: {answer.reason.en}",
            )
            yield Trouble(what, _typed(remedies.command(answer.why, who)), urgent=True)
        elif (ending := _ending(standings.of(folder.acts_as), answer, at)) is not None:
            soon.setdefault(ending.id, (ending, folder))
    for delegation, folder in soon.values():
        yield _expiring(delegation, folder, lacking(transaction, settings, folder, at=at))


def _ending(standing: Standing | None, answer: Allowed, at: datetime.datetime) -> Delegation | None:
    """The last of the delegations on which the person seals, when it ends within thirty days; None: they go on."""
    if standing is None or answer.under is None:
        return None
    firm, later = answer.under.grant.firm, at + SOON
    if isinstance(_may_seal(standing, firm, frozenset(DocumentKind), later), Allowed):
        return None
    given = [one for one, _ in standing.held if one.grant.firm == firm and Right.SEAL in one.grant.rights]
    good = [one for one in given if not one.is_revoked(at) and at < one.grant.ends_at <= later]
    return max(good, key=lambda one: one.grant.ends_at, default=None)


def _expiring(delegation: Delegation, folder: WatchedFolder, who: Lacking) -> Trouble:
    last = delegation.grant.last_day
    what = Words(
        f"la délégation de {folder.acts_as} pour {folder.name} finit le {last:%d/%m/%Y}",
        f"the delegation of {folder.acts_as} for {folder.name} ends on {last.isoformat()}",
    )
    return Trouble(what, _typed(remedies.command(Why.EXPIRED, who)), urgent=False)


def _held(transaction: Transaction) -> Iterator[Trouble]:
    """Documents that wait for a right or a mandate, counted by reason."""
    by_reason: dict[Words, list[Document]] = {}
    for one in documents.held_for(transaction, RESUMED_BY_RIGHTS, limit=_MOST_HELD):
        if one.hold is not None:
            by_reason.setdefault(one.hold.reason, []).append(one)
    for reason, those in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        hold, count = those[0].hold, len(those)
        what = Words(f"{count} en attente – {reason.fr}", f"{count} waiting – {reason.en}")
        hint = hold.hint if hold is not None else None
        yield Trouble(what, hint or _typed(f"document why {those[0].id}"), urgent=True)


def _typed(command: str) -> Words:
    return Words(f"jesignd {command}", f"jesignd {command}")
