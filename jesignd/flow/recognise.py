"""Recognise: ask the folder's connector what each document is, and keep on what evidence it says so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentState
from jesignd.domain.events import Event
from jesignd.domain.jobs import Batch, Engine, Stage, Transaction
from jesignd.domain.recognition import Doubtful, Recognised, Recognition, Unusable
from jesignd.errors import Code, DocumentError, DocumentHeld, JesignError, PluginError, ServiceError, Words
from jesignd.flow.promises import promise_each
from jesignd.flow.records import plain_clues, plain_recognised
from jesignd.store import documents, journal, stages
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    import datetime

    from jesignd.flow.parallel import Spread
    from jesignd.store.database import Database
    from jesignd.store.journal import Entry

log = logging.getLogger(__name__)

Recognise = Callable[[Document], Recognition]
"""Asks the right connector, in a confined child."""


def recognise(
    batch: Batch,
    *,
    database: Database,
    ask: Recognise,
    spread: Spread,
    engine: Engine,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Recognise the documents of a batch that still wait for it; doubts hold, unusable files are rejected."""
    with database.reading() as transaction:
        waiting = [
            document
            for document in documents.get_many(transaction, batch.documents)
            if document.state is DocumentState.RECEIVED
        ]
    answers = spread.over(lambda document: _recognise_one(document, ask), waiting)
    at = clock()
    moves = [_move(document, answer) for document, answer in zip(waiting, answers, strict=True)]
    with database.transaction() as transaction:
        moved = documents.move_many(transaction, moves, at=at)
        stages.finish(transaction, Stage.RECOGNISE, batch.documents)
        kept = [move for move in moves if move.document in moved]
        journal.record_many(transaction, [_event(move) for move in kept], at=at)
        _go_on(transaction, kept, engine=engine, at=at)
    log.info("recognised documents=%d of=%d", sum(1 for move in kept if _is_recognised(move)), len(waiting))


def _recognise_one(document: Document, ask: Recognise) -> Recognition:
    """The answer, with a plugin's failure turned into a doubt that names it."""
    try:
        return ask(document)
    except ServiceError:
        raise
    except DocumentHeld as error:
        return Doubtful(error.code, error.message, error.hint)
    except DocumentError as error:
        return Unusable(error.code, error.message, error.hint)
    except PluginError as error:
        log.warning("plugin failed plugin=%s document=%s: %s", error.plugin, document.id, error.message.en)
        return Doubtful(Code.POISON, error.message, error.hint or _PLUGIN_HINT)
    except JesignError as error:
        return Doubtful(Code.POISON, error.message, error.hint or _PLUGIN_HINT)


_PLUGIN_HINT = Words(
    "prévenez l'auteur du connecteur, puis relancez ce document (jesignd document release)",
    "tell the connector's author, then release this document (jesignd document release)",
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


def _go_on(transaction: Transaction, moves: list[Move], *, engine: Engine, at: datetime.datetime) -> None:
    recognised = [move.document for move in moves if _is_recognised(move)]
    told = [move.document for move in moves if not _is_recognised(move)]
    promise_each(transaction, Stage.AUTHORISE, recognised, engine=engine, at=at)
    promise_each(transaction, Stage.REPORT, told, engine=engine, at=at)
