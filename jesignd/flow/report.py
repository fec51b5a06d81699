"""Report: tell the sender what became of each document: rejects beside their cause, and return files."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jesignd.domain.documents import CompanionRole, DocumentId, DocumentState
from jesignd.domain.folders import WatchedFolder
from jesignd.domain.jobs import Batch, Promiser, Stage
from jesignd.errors import JesignError, PluginError
from jesignd.flow.leave import leave
from jesignd.flow.notices import error_notice
from jesignd.flow.outcomes import outcome_of
from jesignd.flow.promises import promise_until_told
from jesignd.plugin.contract import Attached, Lot, ReturnFile
from jesignd.plugin.returning import return_file, return_name
from jesignd.plugin.transports.folder import Parcel, deliver
from jesignd.store import deliveries, documents, stages

if TYPE_CHECKING:
    import datetime

    from jesignd.plugin.supervising import Recogniser
    from jesignd.store.database import Database
    from jesignd.store.deliveries import Delivery
    from jesignd.store.documents import Document
    from jesignd.store.records import Hold
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)


def report_batch(
    batch: Batch,
    *,
    database: Database,
    vault: Vault,
    recogniser: Recogniser,
    folders: Mapping[str, WatchedFolder],
    engine: Promiser,
    clock: Callable[[], datetime.datetime],
) -> None:
    """Write what the senders of these documents are to find; doing it again writes nothing twice.

    A place that is away is waited for, however long, and keeps nobody else waiting.
    """
    untold: list[DocumentId] = []
    with database.reading() as transaction:
        told = documents.get_many(transaction, batch.documents)
        arrived = deliveries.of_documents(transaction, batch.documents)
    settled = [document for document in told if document.state not in _ON_THEIR_WAY]
    untold += [document.id for document in told if document.state in _ON_THEIR_WAY]
    for name, members in _by_folder(settled).items():
        folder = folders.get(name)
        if folder is not None:
            given_back = _give_back(folder, members, vault=vault)
            returned = _return(folder, given_back, vault=vault, recogniser=recogniser, arrived=arrived)
            done = {document.id for document in returned}
            untold += [document.id for document in members if document.id not in done]
    at = clock()
    with database.transaction() as transaction:
        stages.finish(transaction, Stage.REPORT, batch.documents)
        promise_until_told(transaction, batch, untold, engine=engine, at=at)
    log.info("reported documents=%d of=%d", len(told) - len(untold), len(told))


_ON_THEIR_WAY = frozenset({DocumentState.RECEIVED, DocumentState.RECOGNISED, DocumentState.AUTHORISED})
"""Released before their sender was told: what is to be told is what becomes of them now."""


def _by_folder(told: Sequence[Document]) -> dict[str, list[Document]]:
    by_folder: dict[str, list[Document]] = {}
    for document in told:
        by_folder.setdefault(document.claimed.folder, []).append(document)
    return by_folder


def _give_back(folder: WatchedFolder, members: Sequence[Document], *, vault: Vault) -> list[Document]:
    """Put each rejected file, and the text that says why, where its sender looks; those for which nothing is left."""
    given_back: list[Document] = []
    for document in members:
        try:
            if folder.rejects is not None and document.state is DocumentState.REJECTED and document.hold is not None:
                _give_back_one(Path(folder.rejects), document, document.hold, vault=vault)
        except JesignError as error:
            log.warning("not given back folder=%s document=%s %s", folder.name, document.id, type(error).__name__)
        else:
            given_back.append(document)
    return given_back


def _give_back_one(root: Path, document: Document, hold: Hold, *, vault: Vault) -> None:
    claimed = document.claimed
    name = PurePosixPath(claimed.relative_path).name
    parcel = Parcel(vault.path(claimed.digest), PurePosixPath(name), claimed.digest, claimed.size)
    receipt = deliver(root, parcel)
    text = error_notice(name, hold, document=document.id, at=document.changed_at)
    leave(root / PurePosixPath(receipt.path).with_suffix(".erreur.txt"), text)


def _return(
    folder: WatchedFolder,
    members: Sequence[Document],
    *,
    vault: Vault,
    recogniser: Recogniser,
    arrived: Sequence[Delivery],
) -> list[Document]:
    """One return file a lot, and the one the folder's own software reads, where its connector makes one.

    Those for which nothing is left to tell.
    """
    if folder.returns is None:
        return list(members)
    names = _signed_names(arrived)
    returned: list[Document] = []
    for lot_name, of_lot in _by_lot(members).items():
        outcomes = tuple(outcome_of(document, names.get(document.id, "")) for document in of_lot)
        name = return_name(folder.name, lot_name, max(document.changed_at for document in of_lot))
        root = Path(folder.returns)
        try:
            lot = Lot(lot_name, outcomes, _index_of(of_lot[0], vault))
            leave(root / name, return_file(lot))
            own = _own_return_file(folder, lot, recogniser)
            if own is not None:
                leave(root / own.name, own.data)
        except JesignError as error:
            log.warning("not returned folder=%s documents=%d %s", folder.name, len(of_lot), type(error).__name__)
        else:
            returned += of_lot
    return returned


def _own_return_file(folder: WatchedFolder, lot: Lot, recogniser: Recogniser) -> ReturnFile | None:
    """What the connector makes of the lot; a plugin that fails at it is named, and nobody waits for it."""
    try:
        return recogniser.return_file(folder, lot)
    except PluginError as error:
        log.warning("return file not made folder=%s plugin=%s", folder.name, error.plugin)
        return None


def _signed_names(arrived: Sequence[Delivery]) -> dict[DocumentId, str]:
    return {one.document: one.path for one in arrived if one.path is not None}


def _by_lot(members: Sequence[Document]) -> dict[str, list[Document]]:
    """By announced lot; documents that came alone make one lot named after the first of them."""
    if not members:
        return {}
    alone = min(members, key=lambda document: document.sequence).id.removeprefix("doc_")[:8]
    by_lot: dict[str, list[Document]] = {}
    for document in members:
        announced = PurePosixPath(document.claimed.lot).stem if document.claimed.lot else alone
        by_lot.setdefault(announced, []).append(document)
    return by_lot


def _index_of(document: Document, vault: Vault) -> Attached | None:
    for companion in document.claimed.companions:
        if companion.role is CompanionRole.INDEX:
            return Attached(companion.relative_path, vault.read(companion.digest))
    return None
