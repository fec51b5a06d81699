"""Report: tell the sender what became of each document: rejects beside their cause, and return files."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.domain.documents import CompanionRole, Digest, DocumentId, DocumentState
from jesignd.domain.folders import WatchedFolder
from jesignd.domain.jobs import Batch, Stage
from jesignd.errors import JesignError, ServiceError, Words
from jesignd.flow.notices import error_notice
from jesignd.flow.outcomes import outcome_of
from jesignd.plugin.contract import Attached, Lot
from jesignd.plugin.returning import return_file, return_name
from jesignd.plugin.transports.folder import Parcel, deliver
from jesignd.store import deliveries, documents, stages

if TYPE_CHECKING:
    import datetime

    from jesignd.plugin.supervising import Recogniser
    from jesignd.store.database import Database
    from jesignd.store.deliveries import Delivery
    from jesignd.store.documents import Document
    from jesignd.store.vault import Vault

log = logging.getLogger(__name__)


def report_batch(
    batch: Batch,
    *,
    database: Database,
    vault: Vault,
    recogniser: Recogniser,
    folders: Mapping[str, WatchedFolder],
    clock: Callable[[], datetime.datetime],
) -> None:
    """Write what the senders of these documents are to find; doing it again writes nothing twice."""
    with database.reading() as transaction:
        told = documents.get_many(transaction, batch.documents)
        arrived = deliveries.of_documents(transaction, batch.documents)
    for name, members in _by_folder(told).items():
        folder = folders.get(name)
        if folder is not None:
            _give_back(folder, members, vault=vault)
            _return(folder, members, vault=vault, recogniser=recogniser, arrived=arrived)
    with database.transaction() as transaction:
        stages.finish(transaction, Stage.REPORT, batch.documents)
    log.info("reported documents=%d at=%s", len(told), clock().isoformat(timespec="seconds"))


def _by_folder(told: Sequence[Document]) -> dict[str, list[Document]]:
    by_folder: dict[str, list[Document]] = {}
    for document in told:
        by_folder.setdefault(document.claimed.folder, []).append(document)
    return by_folder


def _give_back(folder: WatchedFolder, members: Sequence[Document], *, vault: Vault) -> None:
    """Put each rejected file, and the text that says why, where its sender looks."""
    if folder.rejects is None:
        return
    root = Path(folder.rejects)
    for document in members:
        if document.state is DocumentState.REJECTED and document.hold is not None:
            name = PurePosixPath(document.claimed.relative_path).name
            source = vault.path(document.claimed.digest)
            receipt = deliver(root, Parcel(source, PurePosixPath(name), document.claimed.digest, document.claimed.size))
            text = error_notice(name, document.hold, document=document.id, at=document.changed_at)
            _write_once(root / PurePosixPath(receipt.path).with_suffix(".erreur.txt"), text)


def _return(
    folder: WatchedFolder,
    members: Sequence[Document],
    *,
    vault: Vault,
    recogniser: Recogniser,
    arrived: Sequence[Delivery],
) -> None:
    """One return file a lot, and the one the folder's own software reads, where its connector makes one."""
    if folder.returns is None:
        return
    names = _signed_names(arrived)
    for lot_name, of_lot in _by_lot(members).items():
        outcomes = tuple(outcome_of(document, names.get(document.id, "")) for document in of_lot)
        lot = Lot(lot_name, outcomes, _index_of(of_lot[0], vault))
        instant = max(document.changed_at for document in of_lot)
        root = Path(folder.returns)
        _write_once(root / return_name(folder.name, lot_name, instant), return_file(lot))
        try:
            own = recogniser.return_file(folder, lot)
        except ServiceError:
            raise
        except JesignError as error:
            log.warning("return file not made folder=%s: %s", folder.name, error.message.en)
            continue
        if own is not None:
            _write_once(root / own.name, own.data)


def _signed_names(arrived: Sequence[Delivery]) -> dict[DocumentId, str]:
    return {one.document: one.path for one in arrived if one.path is not None}


def _by_lot(members: Sequence[Document]) -> dict[str, list[Document]]:
    """By announced lot; documents that came alone make one lot named after the first of them."""
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


def _write_once(path: Path, data: bytes) -> None:
    """Write under this name; a file of the same contents there is ours, another one moves us to `_2`, `_3`…"""
    digest = Digest(hashlib.sha256(data).hexdigest())
    try:
        durable.make_directories(path.parent, 0o750)
        for number in range(1, 1000):
            candidate = path if number == 1 else path.with_name(f"{path.stem}_{number}{path.suffix}")
            if candidate.is_file() and not candidate.is_symlink() and candidate.read_bytes() == data:
                durable.temporary_for(candidate, digest).unlink(missing_ok=True)
                return
            try:
                durable.write_new(candidate, [data], 0o640, temporary=durable.temporary_for(candidate, digest))
            except FileExistsError:
                continue
            return
    except OSError as error:
        raise ServiceError(
            Words(
                f"{path.parent} : {error.strerror or error}",
                f"{path.parent}: {error.strerror or error}",
            ),
            hint=Words("vérifiez ce répertoire ; le travail reprend de lui-même", "check it; work resumes by itself"),
        ) from error
