"""Claim: take a settled file out of the hot folder exactly once.

The bytes kept are the bytes hashed, read from one file held open; it is the file that settled, before and after it.
Nothing of the source is touched: `clear` does that once its document is delivered.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from jesignd.domain.documents import Claimed, Companion, Refused
from jesignd.errors import Code, Words
from jesignd.intake import below, reasons
from jesignd.intake.bundles import Bundle, Part, Postponed, Setback

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jesignd.domain.documents import Digest, Keeper
    from jesignd.domain.folders import WatchedFolder

LARGEST_COMPANION = 5_000_000

_BLOCK = 1 << 20
_LINK_IN_THE_WAY = {errno.ELOOP, errno.ENOTDIR, errno.EXDEV, errno.ENXIO, errno.EISDIR, errno.ENODEV}
_GONE = {errno.ENOENT, errno.ESTALE}

Kept = dict[tuple[str, int, int, int], Companion]
"""Companions already kept for this batch, by listed path, size, time and inode."""


class _Setback(Exception):
    def __init__(self, setback: Setback) -> None:
        super().__init__(setback.value)
        self.setback = setback


class _Refusal(Exception):
    def __init__(self, code: Code, reason: Words) -> None:
        super().__init__(reason.en)
        self.code = code
        self.reason = reason


def claim(folder: WatchedFolder, bundle: Bundle, keeper: Keeper) -> Claimed | Refused | Postponed:
    """Copy a document and its companions into the keeper.

    Raises:
        OSError: the keeper could not keep the bytes; errors of the source are outcomes, not exceptions.
    """
    return claim_many(folder, [bundle], keeper)[0]


def claim_many(folder: WatchedFolder, bundles: Sequence[Bundle], keeper: Keeper) -> list[Claimed | Refused | Postponed]:
    """Claim each document, in order; companions they share are read and kept once."""
    kept: Kept = {}
    try:
        with below.root_of(folder) as root:
            return [_claim_one(folder, bundle, keeper, root=root, kept=kept) for bundle in bundles]
    except below.RootLost:
        return [Postponed(folder.name, bundle.primary.relative_path, Setback.GONE) for bundle in bundles]


def _claim_one(
    folder: WatchedFolder, bundle: Bundle, keeper: Keeper, *, root: int, kept: Kept
) -> Claimed | Refused | Postponed:
    path = bundle.primary.relative_path
    try:
        companions = tuple(_keep_companion(part, keeper, root=root, kept=kept) for part in bundle.companions)
        digest, size = _keep_document(folder, bundle, keeper, root)
    except _Setback as setback:
        return Postponed(folder.name, path, setback.setback)
    except _Refusal as refusal:
        return Refused(folder.name, path, refusal.code, refusal.reason)
    if bundle.digest is not None and digest != bundle.digest:
        return Postponed(folder.name, path, Setback.UNPROVEN)
    entry = bundle.primary
    return Claimed(
        folder=folder.name,
        relative_path=path,
        listed_path=entry.listed_path,
        size=size,
        mtime_ns=entry.mtime_ns,
        inode=entry.inode,
        digest=digest,
        companions=companions,
        lot=bundle.lot,
    )


def _keep_document(folder: WatchedFolder, bundle: Bundle, keeper: Keeper, root: int) -> tuple[Digest, int]:
    entry = bundle.primary
    descriptor = _open(root, entry.listed_path)
    try:
        _check(descriptor, entry.sample)
        if entry.size > folder.max_bytes:
            raise _Refusal(Code.TOO_LARGE, reasons.too_large(entry.size, folder.max_bytes))
        digest, size = keeper.keep(_blocks(descriptor, entry.size))
        _check(descriptor, entry.sample)
    finally:
        os.close(descriptor)
    if size != entry.size:
        raise _Setback(Setback.CHANGED)
    return digest, size


def _keep_companion(part: Part, keeper: Keeper, *, root: int, kept: Kept) -> Companion:
    entry = part.entry
    identity = (entry.listed_path, *entry.sample[:3])
    if (already := kept.get(identity)) is not None:
        return already
    if entry.size > LARGEST_COMPANION:
        raise _Refusal(Code.TOO_LARGE, reasons.COMPANION_TOO_LARGE)
    descriptor = _open(root, entry.listed_path)
    try:
        _check(descriptor, entry.sample)
        data = b"".join(_blocks(descriptor, entry.size))
        _check(descriptor, entry.sample)
    finally:
        os.close(descriptor)
    digest, size = keeper.keep([data])
    if size != entry.size:
        raise _Setback(Setback.CHANGED)
    kept[identity] = Companion(part.role, entry.relative_path, digest)
    return kept[identity]


def _open(root: int, listed_path: str) -> int:
    try:
        return below.open_below(root, listed_path)
    except OSError as error:
        if error.errno in _LINK_IN_THE_WAY:
            raise _Refusal(Code.FORBIDDEN_FILE, reasons.SYMLINK) from error
        raise _Setback(Setback.GONE if error.errno in _GONE else Setback.LOCKED) from error


def _check(descriptor: int, sample: tuple[int, int, int, int]) -> None:
    """That this is the regular file which settled, under its one name."""
    try:
        found = os.fstat(descriptor)
    except OSError as error:
        raise _Setback(Setback.GONE) from error
    if not stat.S_ISREG(found.st_mode):
        raise _Refusal(Code.FORBIDDEN_FILE, reasons.SPECIAL)
    if found.st_nlink > 1:
        raise _Refusal(Code.FORBIDDEN_FILE, reasons.HARD_LINK)
    if (found.st_size, found.st_mtime_ns, found.st_ino) != sample[:3]:
        raise _Setback(Setback.CHANGED)


def _blocks(descriptor: int, size: int) -> Iterator[bytes]:
    """The bytes of the file, never more than settled plus one block; its errors must not pass for the keeper's."""
    left = size + 1
    while left > 0:
        try:
            block = os.read(descriptor, min(left, _BLOCK))
        except OSError as error:
            raise _Setback(Setback.LOCKED) from error
        if not block:
            return
        left -= len(block)
        yield block
