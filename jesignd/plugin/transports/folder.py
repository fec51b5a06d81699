"""Folder: put sealed files in a directory tree, whole, once, and never over or outside anything.

Directories are walked by descriptor, one component at a time, without following links; files are then handled under
`/proc/self/fd/N/`, which names the directory that was opened whatever is renamed above it meanwhile. What was written
is read back from the disk before it gets its name. A root that is not there is a share that is not mounted: it is
waited for, never created.
"""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.domain.documents import Digest
from jesignd.errors import Code, DocumentHeld, JesignError, ServiceError, VerificationFailed, Words
from jesignd.plugin.transports.paths import versioned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_VERSIONS = 99
_BLOCK = 1 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to deliver: where it lies, where it goes below the destination's root, and its digest."""

    source: Path
    target: PurePosixPath
    digest: Digest
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of a delivery: the path below the root under which the file now stands, read back and on the disk."""

    path: str
    digest: Digest
    size: int
    version: int
    """1, or the number in `_Vn`, when the name was taken by something else."""
    already: bool
    """It stood there before this call: an earlier attempt had done it."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A parcel that lies under a temporary name, beside the name it is to have."""

    place: int
    parcel: Parcel
    directory: Path
    temporary: Path


def deliver(root: Path, parcel: Parcel) -> Receipt:
    """Deliver one file; doing it again is harmless.

    Raises:
        ServiceError: the place is away, full or failing; try again later.
        DocumentHeld: the path leads through a link or out of the root, or every version of the name is taken.
        VerificationFailed: our own sealed file no longer has its digest.
    """
    result = deliver_all(root, (parcel,))[0]
    if isinstance(result, JesignError):
        raise result
    return result


def deliver_all(root: Path, parcels: Sequence[Parcel]) -> tuple[Receipt | JesignError, ...]:
    """Deliver many files with one sync for all; an error for each that failed, in order."""
    results: dict[int, Receipt | JesignError] = {}
    firsts: dict[Parcel, int] = {}
    with contextlib.ExitStack() as stack:
        directories = _Directories(root, stack)
        written: list[_Written] = []
        for place, parcel in enumerate(parcels):
            if firsts.setdefault(parcel, place) != place:
                continue
            try:
                directory = directories.at(parcel.target.parent)
                standing = _standing(directory, parcel)
                if standing is not None:
                    durable.temporary_for(directory / parcel.target.name, parcel.digest).unlink(missing_ok=True)
                    results[place] = standing
                    continue
                written.append(_write(place, parcel, directory))
                stack.callback(written[-1].temporary.unlink, missing_ok=True)
            except JesignError as error:
                results[place] = error
            except OSError as error:
                results[place] = _away(root, error)
        results.update(_finish(root, written))
        _settle(root, directories, results)
    return tuple(results[firsts[parcel]] for parcel in parcels)


class _Directories:
    """The directories below one root, opened once each, and closed with the stack."""

    def __init__(self, root: Path, stack: contextlib.ExitStack) -> None:
        self._root = root
        self._stack = stack
        self._open: dict[PurePosixPath, int] = {}

    def at(self, relative: PurePosixPath) -> Path:
        """A path that names this directory for as long as the stack is open; missing directories are made."""
        if relative.is_absolute() or ".." in relative.parts:
            raise _outside(relative)
        return Path(f"/proc/self/fd/{self._descriptor(relative)}")

    def opened(self) -> Iterator[int]:
        """Every directory opened."""
        return iter(self._open.values())

    def _descriptor(self, relative: PurePosixPath) -> int:
        if relative not in self._open:
            if relative == PurePosixPath("."):
                descriptor = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            else:
                descriptor = _enter(self._descriptor(relative.parent), relative)
            self._stack.callback(os.close, descriptor)
            self._open[relative] = descriptor
        return self._open[relative]


def _enter(parent: int, relative: PurePosixPath) -> int:
    with contextlib.suppress(FileExistsError):
        os.mkdir(relative.name, 0o750, dir_fd=parent)
        _sync_names(parent)
    try:
        return os.open(relative.name, _DIRECTORY, dir_fd=parent)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            raise _outside(relative) from error
        raise


def _sync_names(directory: int) -> None:
    """Make the names in an open directory survive a power cut; SMB has no such call, and answers EINVAL."""
    try:
        os.fsync(directory)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise


def _standing(directory: Path, parcel: Parcel) -> Receipt | None:
    """The receipt of an earlier attempt that was cut off before anybody could note it."""
    for version in range(1, MAX_VERSIONS + 1):
        candidate = directory / versioned(parcel.target.name, version)
        if not os.path.lexists(candidate):
            return None
        if _is(candidate, parcel):
            return _receipt(parcel, version, already=True)
    raise _taken(parcel)


def _is(candidate: Path, parcel: Parcel) -> bool:
    """Whether this is the very file; a link or a directory is not."""
    try:
        if candidate.lstat().st_size != parcel.size:
            return False
        return durable.digest_of(candidate)[0] == parcel.digest
    except (IsADirectoryError, FileNotFoundError):
        return False
    except OSError as error:
        if error.errno == errno.ELOOP:
            return False
        raise


def _write(place: int, parcel: Parcel, directory: Path) -> _Written:
    temporary = durable.temporary_for(directory / parcel.target.name, parcel.digest)
    temporary.unlink(missing_ok=True)
    try:
        digest, _ = durable.write_temporary(temporary, _chunks(parcel.source), mode=0o640)
        if digest != parcel.digest:
            raise VerificationFailed(
                Words(
                    "le fichier scellé ne correspond plus à son empreinte", "the sealed file no longer has its digest"
                )
            )
    except (JesignError, OSError):
        temporary.unlink(missing_ok=True)
        raise
    return _Written(place, parcel, directory, temporary)


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _finish(root: Path, written: Sequence[_Written]) -> dict[int, Receipt | JesignError]:
    """Sync all, then read each back from the disk and give it its name."""
    if not written:
        return {}
    try:
        durable.sync([each.temporary for each in written])
    except OSError as error:
        return {each.place: _away(root, error) for each in written}
    results: dict[int, Receipt | JesignError] = {}
    for each in written:
        try:
            _forget_cached(each.temporary)
            if durable.digest_of(each.temporary)[0] != each.parcel.digest:
                results[each.place] = _damaged(root)
                continue
            results[each.place] = _name(each)
        except JesignError as error:
            results[each.place] = error
        except OSError as error:
            results[each.place] = _away(root, error)
    return results


def _forget_cached(path: Path) -> None:
    """Ask the kernel to drop its copy, so that reading back reads the disk (or the server) and not our own memory."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # Where that is not possible, what is read back is the cache: still a check, of less.
        with contextlib.suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _name(written: _Written) -> Receipt:
    """Take the first free version of the name; never anybody else's."""
    parcel = written.parcel
    for version in range(1, MAX_VERSIONS + 1):
        candidate = written.directory / versioned(parcel.target.name, version)
        if durable.take_name(written.temporary, candidate):
            return _receipt(parcel, version, already=False)
        if _is(candidate, parcel):
            return _receipt(parcel, version, already=True)
    raise _taken(parcel)


def _settle(root: Path, directories: _Directories, results: dict[int, Receipt | JesignError]) -> None:
    """Make the new names survive a power cut; where that fails, nothing of this call counts as delivered."""
    if not any(isinstance(result, Receipt) for result in results.values()):
        return
    try:
        for descriptor in directories.opened():
            _sync_names(descriptor)
    except OSError as error:
        for place, result in results.items():
            if isinstance(result, Receipt):
                results[place] = _away(root, error)


def _receipt(parcel: Parcel, version: int, *, already: bool) -> Receipt:
    path = parcel.target.with_name(versioned(parcel.target.name, version))
    return Receipt(str(path), parcel.digest, parcel.size, version, already)


def _away(root: Path, error: OSError) -> ServiceError:
    why = error.strerror or type(error).__name__
    return ServiceError(
        Words(f"livraison impossible dans {root} : {why}", f"cannot deliver to {root}: {why}"),
        hint=Words(
            "Vérifier que le dossier est monté, accessible et non plein.", "Check that it is mounted and not full."
        ),
    )


def _damaged(root: Path) -> ServiceError:
    return ServiceError(
        Words(
            f"ce qui est relu dans {root} n’est pas ce qui y fut écrit",
            f"what is read back in {root} is not what was written",
        ),
        hint=Words("Vérifier le disque ou le partage.", "Check the disk or the share."),
    )


def _outside(relative: PurePosixPath) -> DocumentHeld:
    return DocumentHeld(
        Code.DELIVERY_FAILED,
        Words(
            f"« {relative} » sort du dossier de livraison ou passe par un lien",
            f"“{relative}” leaves the destination or follows a link",
        ),
        hint=Words("Remplacer le lien par un vrai dossier.", "Put a real folder where the link is."),
    )


def _taken(parcel: Parcel) -> DocumentHeld:
    return DocumentHeld(
        Code.DELIVERY_FAILED,
        Words(
            f"« {parcel.target} » et ses {MAX_VERSIONS} versions sont pris",
            f"“{parcel.target}” and {MAX_VERSIONS} versions are taken",
        ),
        hint=Words("Ranger ce dossier, puis libérer le document.", "Tidy this folder, then release the document."),
    )
