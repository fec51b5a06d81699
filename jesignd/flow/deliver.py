"""Deliver: put sealed files where their rule says; a delivery that fails is tried again, and never seals again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.documents import DocumentId, DocumentState
from jesignd.domain.events import Event
from jesignd.domain.folders import DeliveryMode, Destination, SourcePolicy, WatchedFolder
from jesignd.domain.jobs import Batch, Promiser, Stage, Transaction, retry_delay
from jesignd.errors import Code, CredentialError, JesignError, ServiceError, Words
from jesignd.flow.promises import promise_again, promise_each
from jesignd.flow.records import recognised_from
from jesignd.intake.scan import prove
from jesignd.plugin.transports.folder import Parcel, Receipt, deliver_all
from jesignd.plugin.transports.paths import target_path
from jesignd.store import deliveries, documents, journal, stages
from jesignd.store.deliveries import Delivered, DeliveryState
from jesignd.store.documents import Changes, Document, Move
from jesignd.store.records import Hold

if TYPE_CHECKING:
    import datetime

    from jesignd.store.database import Database
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """Where files come from and where they may go, by name."""

    folders: Mapping[str, WatchedFolder]
    destinations: Mapping[str, Destination]


def deliver_batch(
    batch: Batch,
    *,
    database: Database,
    vault: Vault,
    places: Places,
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Deliver the documents of the batch to the destination its lane names, and write down each receipt."""
    with database.reading() as transaction:
        waiting = _waiting(transaction, batch)
    results = _deliver_all(waiting, batch.lane, vault=vault, places=places)
    at = clock()
    with database.transaction() as transaction:
        stages.finish(transaction, Stage.DELIVER, batch.documents, lane=batch.lane)
        receipts = [
            Delivered(document.id, batch.lane, receipt.path, receipt.digest)
            for document in waiting
            if isinstance(receipt := results[document.id], Receipt)
        ]
        deliveries.record_delivered(transaction, receipts, at=at)
        arrived = [document for document in waiting if isinstance(results[document.id], Receipt)]
        _complete(transaction, arrived, folders=places.folders, engine=engine, at=at)
        failed = {document.id: error for document in waiting if isinstance(error := results[document.id], JesignError)}
        _failed(transaction, failed, batch=batch, engine=engine, at=at)
    log.info("delivered destination=%s documents=%d of=%d", batch.lane, len(receipts), len(waiting))


def _waiting(transaction: Transaction, batch: Batch) -> list[Document]:
    pending = {
        one.document
        for one in deliveries.of_documents(transaction, batch.documents)
        if one.destination == batch.lane and one.state is DeliveryState.PENDING
    }
    return [
        document
        for document in documents.get_many(transaction, batch.documents)
        if document.id in pending and _is_sealed(document)
    ]


def _is_sealed(document: Document) -> bool:
    """Also one held because another destination gave up: a dead place blocks only itself."""
    if document.state is DocumentState.HELD and document.hold is not None:
        return document.hold.held_from is DocumentState.SEALED
    return document.state is DocumentState.SEALED


def _deliver_all(
    waiting: Sequence[Document], lane: str, *, vault: Vault, places: Places
) -> dict[DocumentId, Receipt | JesignError]:
    """Deliver with one sync for all that go below the same root; an error for each that failed."""
    results: dict[DocumentId, Receipt | JesignError] = {}
    by_root: dict[Path, list[tuple[DocumentId, Parcel]]] = {}
    for document in waiting:
        try:
            root, parcel = _addressed(document, lane, vault=vault, places=places)
        except JesignError as error:
            results[document.id] = error
        else:
            by_root.setdefault(root, []).append((document.id, parcel))
    for root, bound in by_root.items():
        receipts = deliver_all(root, [parcel for _, parcel in bound])
        results.update({document: receipt for (document, _), receipt in zip(bound, receipts, strict=True)})
    return results


def _addressed(document: Document, lane: str, *, vault: Vault, places: Places) -> tuple[Path, Parcel]:
    destination = places.destinations.get(lane)
    if destination is None:
        raise _unconfigured(Words(f"la destination « {lane} »", f"destination “{lane}”"))
    assert document.sealed is not None
    root = _root(document, destination, places)
    target = target_path(destination, document.claimed, recognised_from(document.recognition or {}))
    source = vault.sealed_path(document.id, document.epoch)
    return root, Parcel(source, target, document.sealed.digest, document.sealed.size)


def _root(document: Document, destination: Destination, places: Places) -> Path:
    """The directory below which the file goes; a watched tree must prove that it is there, as for taking files."""
    if destination.mode is not DeliveryMode.SUBFOLDER:
        return Path(destination.path)
    name = document.claimed.folder
    folder = places.folders.get(name)
    if folder is None:
        raise _unconfigured(Words(f"le dossier « {name} »", f"folder “{name}”"))
    if (offline := prove(folder)) is not None:
        raise ServiceError(offline, hint=Words("remontez le partage", "mount the share again"))
    return Path(folder.path)


def _unconfigured(what: Words) -> CredentialError:
    return CredentialError(
        Words(f"{what.fr} n’est plus dans la configuration", f"{what.en} is no longer in the configuration"),
        hint=Words(
            "remettez-le, rechargez la configuration, puis : jesignd document retry",
            "put it back, reload, then: jesignd document retry",
        ),
    )


def _complete(
    transaction: Transaction,
    arrived: Sequence[Document],
    *,
    folders: Mapping[str, WatchedFolder],
    engine: Promiser,
    at: datetime.datetime,
) -> None:
    """Those that have arrived everywhere are done; their sender is told, and their source may be cleared."""
    rows = deliveries.of_documents(transaction, [document.id for document in arrived])
    missing = {row.document for row in rows if row.state is not DeliveryState.DELIVERED}
    moves = [
        Move(document.id, DocumentState.SEALED, DocumentState.DELIVERED)
        for document in arrived
        if document.id not in missing
    ]
    moved = documents.move_many(transaction, moves, at=at)
    done = [document for document in arrived if document.id in moved]
    entries = [(Event.DELIVERED, row.document, {"destination": row.destination, "digest": row.digest})
               for row in rows if row.document in moved]  # fmt: skip
    journal.record_many(transaction, entries, at=at)
    promise_each(transaction, Stage.REPORT, [one.id for one in done], engine=engine, at=at)
    cleared = [one.id for one in done if _is_cleared(folders.get(one.claimed.folder))]
    promise_each(transaction, Stage.CLEAR, cleared, engine=engine, at=at)


def _is_cleared(folder: WatchedFolder | None) -> bool:
    """A folder that is not configured now may be again when its turn comes."""
    return folder is None or folder.after is not SourcePolicy.LEAVE


def _failed(
    transaction: Transaction,
    failed: Mapping[DocumentId, JesignError],
    *,
    batch: Batch,
    engine: Promiser,
    at: datetime.datetime,
) -> None:
    """Try again later, as long as waiting may help; then hold, without ever sealing again."""
    delay = retry_delay(batch.attempt)
    waiting: list[DocumentId] = []
    given_up: list[Move] = []
    for document, error in failed.items():
        again = at + delay if delay is not None and isinstance(error, ServiceError) else None
        deliveries.record_failed(transaction, document, batch.lane, reason=error.message, again=again, at=at)
        if again is not None:
            waiting.append(document)
        else:
            hold = Hold(error.message, Code.DELIVERY_FAILED, error.hint or _RETRY, held_from=DocumentState.SEALED)
            given_up.append(Move(document, DocumentState.SEALED, DocumentState.HELD, Changes(hold=hold)))
    told = {"destination": batch.lane, "attempt": batch.attempt}
    journal.record_many(transaction, [(Event.DELIVERY_FAILED, document, told) for document in failed], at=at)
    if delay is not None:
        promise_again(transaction, batch, waiting, engine=engine, at=at, delay=delay)
    moved = documents.move_many(transaction, given_up, at=at)
    held = [move.document for move in given_up if move.document in moved]
    code = {"code": Code.DELIVERY_FAILED.value, "destination": batch.lane}
    journal.record_many(transaction, [(Event.HELD, document, code) for document in held], at=at)
    promise_each(transaction, Stage.REPORT, held, engine=engine, at=at)


_RETRY = Words(
    "vérifiez la destination, puis : jesignd document retry", "check the destination, then: jesignd document retry"
)
