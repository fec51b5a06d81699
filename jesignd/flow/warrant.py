"""Warrant: for documents about to be sealed, whether each still may be; and, once it is, on whose authority it was.

Asked before the key is used, so that nothing is signed that may not be, and again by the transaction that commits, of
each document: what was allowed a second ago counts for nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.authorisation import named
from jesignd.domain.delegations import Allowed, Answer, Delegation, Denied, Operation, Subject
from jesignd.domain.documents import DocumentId, DocumentKind
from jesignd.domain.people import AccountId
from jesignd.errors import NotAllowed
from jesignd.flow import acting, charges
from jesignd.flow.acting import Proposed
from jesignd.flow.records import Route
from jesignd.store import people

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence

    from jesignd.domain.jobs import Transaction
    from jesignd.domain.terms import Terms
    from jesignd.store.documents import Document


def denied(
    transaction: Transaction, documents: Sequence[Document], *, terms: Terms, at: datetime.datetime
) -> dict[DocumentId, NotAllowed]:
    """Those of these documents that may not be sealed at this instant, each with the reason; nothing is written."""
    answers = _by_person(transaction, documents, acting.ask, terms=terms, at=at)
    return refusals(transaction, documents, answers)


def perform(
    transaction: Transaction, documents: Sequence[Document], *, terms: Terms, at: datetime.datetime
) -> dict[DocumentId, Answer]:
    """Answer for each document, and write down the acts allowed; `at` is to be read inside the transaction."""
    return _by_person(transaction, documents, acting.perform, terms=terms, at=at)


def refusals(
    transaction: Transaction, documents: Sequence[Document], answers: Mapping[DocumentId, Answer]
) -> dict[DocumentId, NotAllowed]:
    """The error for each of these documents whose answer is no."""
    refused: dict[DocumentId, NotAllowed] = {}
    for document in documents:
        answer = answers[document.id]
        if isinstance(answer, Denied):
            account = people.find_account(transaction, document.person or "")
            login = account.login if account is not None else document.person or "–"
            refused[document.id] = NotAllowed(named(login, answer.reason), hint=answer.hint, document=document.id)
    return refused


def told_of(under: Delegation | None) -> dict[str, object]:
    """What the journal says of the delegation that something rests on; nothing, for an accountant's own right."""
    return {"delegation": under.id, "statement": under.statement} if under is not None else {}


def under(answer: Answer) -> Delegation | None:
    """The delegation that allows it."""
    return answer.under if isinstance(answer, Allowed) else None


def _by_person(
    transaction: Transaction,
    documents: Sequence[Document],
    question: Callable[..., list[Answer]],
    *,
    terms: Terms,
    at: datetime.datetime,
) -> dict[DocumentId, Answer]:
    """One set of queries for each person a batch acts as, which is one, mostly."""
    by_person: dict[str, list[Document]] = {}
    for document in documents:
        by_person.setdefault(document.person or "", []).append(document)
    answers: dict[DocumentId, Answer] = {}
    for person, theirs in by_person.items():
        proposed = [_proposed(document) for document in theirs]
        given = question(transaction, AccountId(person), proposed, terms=terms, at=at)
        answers.update(zip((document.id for document in theirs), given, strict=True))
    return answers


def _proposed(document: Document) -> Proposed:
    route, recognition = Route.of(document), document.recognition or {}
    kind, client = recognition.get("kind"), recognition.get("client_code")
    subject = Subject(route.firm, DocumentKind(kind) if kind else None, client, route.price)
    return Proposed(charges.act_of(document), Operation.LAUNCH_SEALING, subject, document.id)
