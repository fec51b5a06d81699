"""Recognise: ask each folder's connector what its documents are, and keep on what evidence it says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentState
from jesignd.domain.events import Event
from jesignd.domain.folders import WatchedFolder
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction
from jesignd.domain.recognition import Doubtful, Recognised, Recognition, Unusable
from jesignd.errors import Code, DocumentError, DocumentHeld, JesignError, PluginError, ServiceError, Words
from jesignd.flow.outcomes import code_of
from jesignd.flow.promises import promise_each
from jesignd.flow.records import plain_clues, plain_recognised
from jesignd.plugin.recognising import RecogniseRequest
from jesignd.store import documents, journal, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    import datetime

    from jesignd.plugin.supervising import Recogniser
    from jesignd.store.database import Database
    from jesignd.store.journal import Entry
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)


def recognise_batch(
    batch: Batch,
    *,
    database: Database,
    vault: Vault,
    recogniser: Recogniser,
    folders: Mapping[str, WatchedFolder],
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Recognise the documents of a batch that still wait for it; doubts hold, unusable files are rejected."""
    with database.reading() as transaction:
        waiting = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.RECEIVED
        ]
    answers = _ask(waiting, vault=vault, recogniser=recogniser, folders=folders)
    at = clock()
    moves = [_move(document, answers[document.id]) for document in waiting]
    with database.transaction() as transaction:
        moved = documents.move_many(transaction, moves, at=at)
        stages.finish(transaction, Stage.RECOGNISE, batch.documents)
        kept = [move for move in moves if move.document in moved]
        journal.record_many(transaction, [_event(move) for move in kept], at=at)
        _go_on(transaction, kept, engine=engine, at=at)
    log.info("recognised documents=%d of=%d", sum(map(_is_recognised, kept)), len(waiting))


def _ask(
    waiting: Sequence[Document], *, vault: Vault, recogniser: Recogniser, folders: Mapping[str, WatchedFolder]
) -> dict[str, Recognition]:
    by_folder: dict[str, list[Document]] = {}
    for document in waiting:
        by_folder.setdefault(document.claimed.folder, []).append(document)
    answers: dict[str, Recognition] = {}
    for name, members in by_folder.items():
        folder = folders.get(name)
        if folder is None:
            answers.update({document.id: _unconfigured(name) for document in members})
            continue
        requests = [request_for(document, vault) for document in members]
        for document, said in zip(members, _ask_folder(recogniser, folder, requests), strict=True):
            answers[document.id] = _as_recognition(said, document) if isinstance(said, JesignError) else said
    return answers


def _ask_folder(
    recogniser: Recogniser, folder: WatchedFolder, requests: Sequence[RecogniseRequest]
) -> Sequence[Recognition | JesignError]:
    try:
        return recogniser.recognise_many(folder, requests)
    except ServiceError:
        raise
    except JesignError as error:
        return [error] * len(requests)


def request_for(document: Document, vault: Vault) -> RecogniseRequest:
    """Where the connector finds the document's bytes and those that came with it."""
    companions = tuple(vault.path(companion.digest) for companion in document.claimed.companions)
    return RecogniseRequest(document.claimed, vault.path(document.claimed.digest), companions)


def _as_recognition(error: JesignError, document: Document) -> Recognition:
    """A failure turned into what the document becomes: a plugin's fault holds it, and is named."""
    if isinstance(error, DocumentError) and not isinstance(error, DocumentHeld):
        return Unusable(error.code, error.message, error.hint)
    # Words that a plugin chose may name people: they are for the store, not for the log.
    log.warning("not recognised document=%s error=%s", document.id, type(error).__name__)
    if isinstance(error, PluginError):
        return Doubtful(Code.POISON, error.message, error.hint or _PLUGIN_HINT)
    return Doubtful(code_of(error), error.message, error.hint)


_PLUGIN_HINT = Words(
    "prévenez l’auteur du connecteur, puis libérez ce document (jesignd document release)",
    "tell the connector’s author, then release this document (jesignd document release)",
)


def _unconfigured(folder: str) -> Doubtful:
    return Doubtful(
        Code.RULE,
        Words(f"le dossier « {folder} » n’est plus configuré", f"folder “{folder}” is no longer configured"),
        Words(
            "remettez-le dans la configuration et rechargez-la : le document repartira",
            "put it back into the configuration and reload: the document goes on",
        ),
    )


def _move(document: Document, answer: Recognition) -> Move:
    if isinstance(answer, Recognised):
        known = Changes(recognition=plain_recognised(answer), origin_key=answer.origin_key)
        return Move(document.id, DocumentState.RECEIVED, DocumentState.RECOGNISED, known)
    to = DocumentState.HELD if isinstance(answer, Doubtful) else DocumentState.REJECTED
    hold = Hold(answer.reason, answer.code, answer.hint, held_from=DocumentState.RECEIVED)
    return Move(document.id, DocumentState.RECEIVED, to, Changes(recognition=plain_clues(answer.clues), hold=hold))


def _is_recognised(move: Move) -> bool:
    return move.to is DocumentState.RECOGNISED


def _event(move: Move) -> Entry:
    recognition = move.changes["recognition"] or {}
    if _is_recognised(move):
        told = {"kind": recognition["kind"], "clues": recognition["clues"]}
        return Event.RECOGNISED, move.document, told
    hold = move.changes["hold"]
    event = Event.HELD if move.to is DocumentState.HELD else Event.REJECTED
    return event, move.document, {"code": hold.code if hold else None, "clues": recognition["clues"]}


def _go_on(transaction: Transaction, moves: list[Move], *, engine: Promiser, at: datetime.datetime) -> None:
    recognised = [move.document for move in moves if _is_recognised(move)]
    told = [move.document for move in moves if not _is_recognised(move)]
    promise_each(transaction, Stage.AUTHORISE, recognised, engine=engine, at=at)
    promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)
