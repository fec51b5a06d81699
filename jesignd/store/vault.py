"""Vault: originals and companions by their digest, sealed files by document and epoch; checked whenever read.

What is here was on the disk for good before any row speaks of it. Many files share one sync: that is what makes a
batch of 64 cost little more than one file.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.errors import ServiceError, VerificationFailed, Words

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from jesignd.domain.documents import Digest, DocumentId

log = logging.getLogger(__name__)


class Vault:
    """The vault in this folder, which is ours alone and on one file system. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self._originals = root / "originals"
        self._sealed = root / "sealed"
        self._temporary = root / "temporary"
        with _translated():
            for folder in (self._originals, self._sealed, self._temporary):
                durable.make_directories(folder)
                folder.chmod(0o700)
            for folder in (self._originals, self._sealed):
                _make_shards(folder)

    @property
    def temporary_folder(self) -> Path:
        """Where to write what `publish` is to take in: same file system, emptied of leftovers at each start."""
        return self._temporary

    @contextmanager
    def batch(self) -> Iterator[Keeping]:
        """Keep many files with one sync. They are there once this ends; an exception inside keeps none.

        Raises:
            ServiceError: the disk is full or fails; nothing was kept.
        """
        keeping = Keeping(self._temporary)
        try:
            yield keeping
            with _translated():
                self._settle([(temporary, self.path(digest)) for temporary, digest in keeping.kept])
        finally:
            for temporary, _ in keeping.kept:
                _discard(temporary)

    def path(self, digest: Digest) -> Path:
        """Where the file with this digest is, or would be."""
        return self._originals / digest[:2] / digest

    def read(self, digest: Digest) -> bytes:
        """The bytes with this digest.

        Raises:
            VerificationFailed: they are gone, or are no longer what was kept.
            ServiceError: the disk fails.
        """
        return self._read(self.path(digest), digest)

    def read_sealed(self, document: DocumentId, epoch: int, digest: Digest) -> bytes:
        """The sealed bytes of this document, which have this digest; raises as `read` does."""
        return self._read(self.sealed_path(document, epoch), digest)

    def sealed_path(self, document: DocumentId, epoch: int) -> Path:
        """The one name under which this document's sealed file is published; it says nothing of the bytes."""
        return self._sealed / document.removeprefix("doc_")[:2] / f"{document}.{epoch}.pdf"

    def publish(self, pairs: Sequence[tuple[Path, Path]]) -> list[bool]:
        """Give these temporary files their final names, on the disk for good; False where the name was taken.

        The temporary files are gone afterwards. A name that was taken is left as it stands: somebody published before.
        """
        with _translated():
            return self._settle(pairs)

    def discard_leftovers(self, before: datetime.datetime) -> int:
        """Remove temporary files last written before this instant (the one we took the lock at); their number."""
        discarded = 0
        with _translated():
            for leftover in self._temporary.iterdir():
                if leftover.lstat().st_mtime < before.timestamp():
                    leftover.unlink(missing_ok=True)
                    discarded += 1
        if discarded:
            log.info("discarded leftovers files=%d", discarded)
        return discarded

    @staticmethod
    def _settle(pairs: Sequence[tuple[Path, Path]]) -> list[bool]:
        if not pairs:
            return []
        durable.sync([temporary for temporary, _ in pairs])
        revealed = [durable.reveal(temporary, final) for temporary, final in pairs]
        # Also where the name was taken: whoever took it may not have come to its own sync yet.
        durable.sync_names({final.parent for _, final in pairs})
        return revealed

    @staticmethod
    def _read(path: Path, digest: Digest) -> bytes:
        with _translated():
            try:
                content = path.read_bytes()
            except FileNotFoundError as error:
                raise _gone(digest) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise _altered(digest)
        return content


class Keeping:
    """A batch under way: a `Keeper` whose files appear when the batch ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.kept: list[tuple[Path, Digest]] = []

    def keep(self, chunks: Iterable[bytes]) -> tuple[Digest, int]:
        """Keep these bytes; their SHA-256 and their number.

        Raises:
            ServiceError: the disk is full or fails. What goes wrong with the source is raised as it is.
        """
        temporary = durable.temporary_beside(self._folder / "_")
        source = _Source(chunks)
        try:
            with _translated():
                digest, size = durable.write_temporary(temporary, source)
        except BaseException:
            _discard(temporary)
            if source.failure is not None:
                raise source.failure from None
            raise
        self.kept.append((temporary, digest))
        return digest, size


class _Source:
    """Chunks that remember their own failure, so that a share that went away is not taken for our disk."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.failure: OSError | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except OSError as error:
            self.failure = error
            raise


def _make_shards(folder: Path) -> None:
    """All at once, with one sync: made when first needed, each would cost the batch that needs it a sync of its own."""
    missing = [shard for number in range(256) if not (shard := folder / f"{number:02x}").is_dir()]
    for shard in missing:
        shard.mkdir(mode=0o700, exist_ok=True)
    if missing:
        durable.fsync_directory(folder)


def _discard(temporary: Path) -> None:
    try:
        temporary.unlink(missing_ok=True)
    except OSError:
        log.warning("left a temporary file behind")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceError(
            Words(f"Le coffre n’a pas pu écrire ou lire : {error.strerror}.", f"The vault failed: {error.strerror}."),
            hint=Words(
                "Vérifiez la place et les droits du dossier d’état ; le travail reprend de lui-même.",
                "Check space and rights of the state folder; work resumes by itself.",
            ),
        ) from error


def _gone(digest: Digest) -> VerificationFailed:
    return VerificationFailed(
        Words(f"Le fichier {digest} a disparu du coffre.", f"The file {digest} is gone from the vault."),
        hint=_RESTORE,
    )


def _altered(digest: Digest) -> VerificationFailed:
    return VerificationFailed(
        Words(
            f"Le fichier {digest} du coffre n’est plus celui qui y a été mis.",
            f"The file {digest} in the vault is no longer what was put there.",
        ),
        hint=_RESTORE,
    )


_RESTORE = Words(
    "Vérifiez le disque et restaurez ce fichier depuis la dernière sauvegarde.",
    "Check the disk and restore this file from the last backup.",
)
