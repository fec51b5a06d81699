"""Refuse: files that may not be taken stay where they are; people are told, in `status` and beside their rejects.

The text is left after the refusal is written down, and again at each tick until it could be: a share that is away makes
nobody lose it. It goes away with its cause, unless somebody has changed it.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jesignd.domain.events import Event
from jesignd.domain.folders import FolderState
from jesignd.errors import Code, ServiceError
from jesignd.flow.leave import leave
from jesignd.flow.notices import refusal_notice
from jesignd.intake.scan import scan
from jesignd.store import journal, refusals

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Sequence

    from jesignd.domain.documents import Refused
    from jesignd.domain.folders import WatchedFolder
    from jesignd.domain.jobs import Transaction
    from jesignd.store.database import Database
    from jesignd.store.refusals import Refusal

log = logging.getLogger(__name__)

_LONGEST_STEM = 200
"""In bytes of UTF-8."""


def refuse(folder: WatchedFolder, refused: Sequence[Refused], *, database: Database, at: datetime.datetime) -> None:
    """Remember files that may not be taken, once each, so that people see them and why."""
    with database.transaction() as transaction:
        for one in refused:
            if refusals.remember(transaction, one, at=at):
                journal.record(transaction, Event.REFUSED, None, {"folder": one.folder, "code": one.code.value}, at=at)
    log.warning("refused files=%d", len(refused))
    tell([folder], database=database)


def tell(folders: Iterable[WatchedFolder], *, database: Database) -> None:
    """Leave the texts that are still to be left; what a place that is away keeps from us is tried at the next call."""
    with database.reading() as transaction:
        known = refusals.list_refusals(transaction)
    for folder in folders:
        if folder.rejects is None:
            continue
        for one in known:
            if one.refused.folder == folder.name and not one.is_told:
                _tell_one(Path(folder.rejects), one, database=database)


def _tell_one(rejects: Path, one: Refusal, *, database: Database) -> None:
    try:
        _withdraw(rejects, one)
        left = leave(rejects / _notice_name(one.refused), refusal_notice(one.refused, at=one.at))
    except ServiceError as error:
        log.warning("refusal not told folder=%s %s", one.refused.folder, error.message.en)
        return
    with database.transaction() as transaction:
        refusals.told(transaction, one.refused, left.name)


def _notice_name(refused: Refused) -> str:
    """`NOM.erreur.txt`, cut where the name is too long to be anybody's: that is often why it was refused."""
    stem = PurePosixPath(refused.relative_path).stem
    return f"{stem.encode()[:_LONGEST_STEM].decode(errors='ignore')}.erreur.txt"


def taken(transaction: Transaction, folder: WatchedFolder, paths: Collection[str]) -> list[Refusal]:
    """These files were taken after all: forget that they were refused; whose texts are then to be withdrawn."""
    over = [
        one for one in refusals.list_refusals(transaction, folder=folder.name) if one.refused.relative_path in paths
    ]
    for one in over:
        refusals.forget(transaction, folder.name, one.refused.relative_path)
    return over


def withdraw(folder: WatchedFolder, over: Iterable[Refusal]) -> None:
    """Remove the texts of refusals that are over; one that somebody has changed stays."""
    if folder.rejects is not None:
        for one in over:
            _withdraw(Path(folder.rejects), one)


def _withdraw(rejects: Path, one: Refusal) -> None:
    """By its own words: a text of the same name that is not ours is never touched."""
    if one.notice is None:
        return
    text = rejects / one.notice
    opening = refusal_notice(one.refused, at=one.at).split(b"\r\n")[0]
    reference = f" {one.refused.folder}/{one.refused.relative_path}, ".encode()
    with contextlib.suppress(OSError):
        if text.is_symlink() or not text.is_file():
            return
        found = text.read_bytes()
        if found.startswith(opening) and reference in found:
            text.unlink()


def forget_gone(folders: Iterable[WatchedFolder], *, database: Database) -> int:
    """Forget the refused files that are no longer there, with their texts; how many.

    A row of an index whose file never came speaks of no file: it stands until the file is taken.
    """
    with database.reading() as transaction:
        known = [one for one in refusals.list_refusals(transaction) if one.refused.code is not Code.INDEX_ROW_INVALID]
    forgotten = 0
    for folder in folders:
        here = [one for one in known if one.refused.folder == folder.name]
        gone = _gone(folder, here) if here else []
        if gone:
            with database.transaction() as transaction:
                over = taken(transaction, folder, {one.refused.relative_path for one in gone})
            withdraw(folder, over)
            forgotten += len(over)
    if forgotten:
        log.info("forgot refused files=%d", forgotten)
    return forgotten


def _gone(folder: WatchedFolder, refused: Sequence[Refusal]) -> list[Refusal]:
    """Those that a whole listing of a folder that is there does not show."""
    listing = scan(folder)
    if listing.state is not FolderState.ONLINE or not listing.whole or listing.unreadable:
        return []
    there = {entry.relative_path for entry in listing.entries}
    return [one for one in refused if one.refused.relative_path not in there]
