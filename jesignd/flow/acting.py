"""Acting: ask for each act, inside the transaction that writes it down, whether it may be done; and write it down.

A check made once for a batch and remembered is how a public authority came to issue three million certificates it had
to take back: here each document asks anew, and nobody else writes between the answer and the act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jesignd.domain.delegations import Allowed, Answer, Denied, Operation, Subject
from jesignd.domain.documents import DocumentId
from jesignd.domain.people import AccountId
from jesignd.domain.rights import may, spent
from jesignd.errors import NotAllowed
from jesignd.flow.standing import standing
from jesignd.store import delegations
from jesignd.store.delegations import Act

if TYPE_CHECKING:
    import datetime

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.terms import Terms


@dataclass(frozen=True, slots=True)
class Proposed:
    """An act somebody is about to do. The same id told twice is one act."""

    id: str
    operation: Operation
    subject: Subject
    document: DocumentId | None = None


def ask(
    transaction: Transaction,
    person: AccountId,
    proposed: Sequence[Proposed],
    *,
    terms: Terms,
    at: datetime.datetime,
) -> list[Answer]:
    """Whether each of these acts may be done, in order, those before it counted; nothing is written."""
    return [answer for answer, _ in _answers(transaction, person, proposed, terms=terms, at=at)]


def perform(
    transaction: Transaction,
    person: AccountId,
    proposed: Sequence[Proposed],
    *,
    terms: Terms,
    at: datetime.datetime,
) -> list[Answer]:
    """Answer for each act, and write down those allowed with the digest of the delegation they are done under.

    `at` is to be read from the clock inside the transaction: an instant from before one's turn to write could be
    earlier than a revocation committed meanwhile.
    """
    answered = _answers(transaction, person, proposed, terms=terms, at=at)
    delegations.record_acts(transaction, [act for _, act in answered if act is not None])
    return [answer for answer, _ in answered]


def demand(
    transaction: Transaction,
    person: AccountId,
    operation: Operation,
    *,
    subject: Subject,
    terms: Terms,
    at: datetime.datetime,
) -> Allowed:
    """Make sure the person may do this.

    Raises:
        NotAllowed: says why, and what to do.
    """
    answer = may(standing(transaction, person, terms=terms), operation, subject=subject, at=at)
    if isinstance(answer, Denied):
        raise NotAllowed(answer.reason, hint=answer.hint)
    return answer


def _answers(
    transaction: Transaction,
    person: AccountId,
    proposed: Sequence[Proposed],
    *,
    terms: Terms,
    at: datetime.datetime,
) -> list[tuple[Answer, Act | None]]:
    here = standing(transaction, person, terms=terms)
    known = delegations.acts(transaction, [one.id for one in proposed])
    answers: list[tuple[Answer, Act | None]] = []
    for one in proposed:
        if one.id in known:
            answers.append((_done_before(transaction, known[one.id], one, person=person), None))
            continue
        answer = may(here, one.operation, subject=one.subject, at=at)
        if isinstance(answer, Denied) or here is None:
            answers.append((answer, None))
            continue
        answers.append((answer, _act(one, answer, person=person, at=at)))
        here = spent(here, answer, one.subject.price)
    return answers


def _done_before(transaction: Transaction, act: Act, one: Proposed, *, person: AccountId) -> Allowed:
    """What allowed this very act when it was written down."""
    if (act.person, act.operation, act.document) != (person, one.operation, one.document):
        raise ValueError(f"another act has this id: {one.id}")
    return Allowed(act.operation, delegations.get(transaction, act.delegation) if act.delegation else None)


def _act(one: Proposed, answer: Allowed, *, person: AccountId, at: datetime.datetime) -> Act:
    return Act(
        id=one.id,
        person=person,
        firm=one.subject.firm,
        operation=one.operation,
        at=at,
        document=one.document,
        kind=one.subject.kind,
        client_code=one.subject.client_code,
        cents=one.subject.price,
        delegation=answer.under.id if answer.under else None,
        statement=answer.under.statement if answer.under else None,
    )
