"""Publish: give sealed files their names for good, once; and find again what an interrupted run published.

A report lies beside each file, under a name that holds the file's digest, and gets its name first: whatever file is
found under a published name, its report is there too.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.domain.sealing import Sealed
from jesignd.durable import digest_of
from jesignd.errors import VerificationFailed, Words
from jesignd.flow.disk import disk_failed
from jesignd.flow.records import sealed_from_json, sealed_to_json
from jesignd.store.documents import Document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Made:
    """A sealed file and its report; `temporary` None: it stands under its published name already."""

    document: Document
    sealed: Sealed
    temporary: Path | None = None


def found_again(document: Document, vault: Vault) -> Made | None:
    """What an earlier run published for this document and epoch, checked against its report; None: nothing.

    Raises:
        VerificationFailed: the file there is not what its report says.
    """
    published = vault.sealed_path(document.id, document.epoch)
    if not published.exists():
        return None
    digest, size = digest_of(published)
    try:
        sealed = sealed_from_json(_report_path(published, digest).read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise _doubtful(document, published) from error
    if (sealed.digest, sealed.size) != (digest, size):
        raise _doubtful(document, published)
    return Made(document, sealed)


def _doubtful(document: Document, published: Path) -> VerificationFailed:
    return VerificationFailed(
        Words(
            "un fichier scellé avant un arrêt brutal ne correspond à aucun rapport de scellement",
            "a file sealed before a sudden stop has no sealing report that fits it",
        ),
        hint=Words(
            f"mettez de côté {published}, puis rechargez la configuration : le document sera scellé à nouveau",
            f"put {published} aside, then reload the configuration: the document will be sealed again",
        ),
        document=document.id,
    )


def publish(made: Sequence[Made], *, vault: Vault) -> list[Made]:
    """Publish the new files of a batch with one sync; where a name was taken meanwhile, what stands there counts.

    Raises:
        ServiceError: the disk is full or fails; what was published already is found again by the next attempt.
    """
    fresh = [(one, one.temporary) for one in made if one.temporary is not None]
    reports: list[tuple[Path, Path]] = []
    files: list[tuple[Path, Path]] = []
    for one, temporary in fresh:
        published = vault.sealed_path(one.document.id, one.document.epoch)
        reports.append((temporary.with_suffix(".report"), _report_path(published, one.sealed.digest)))
        files.append((temporary, published))
    try:
        for (one, _), (report, _) in zip(fresh, reports, strict=True):
            _write_report(report, one.sealed)
        won = vault.publish([*reports, *files])[len(reports) :] if fresh else []
    except BaseException:
        for temporary, _ in (*reports, *files):
            discard(temporary)
        raise
    lost = {one.document.id for (one, _), first in zip(fresh, won, strict=True) if not first}
    return [(found_again(one.document, vault) or one) if one.document.id in lost else one for one in made]


def withdraw(document: Document, vault: Vault) -> None:
    """Remove what was published for a document that turned out not to be allowed, under the epoch it then had.

    Should the disk not let us, it is never looked for again all the same: the document has another epoch.
    """
    published = vault.sealed_path(document.id, document.epoch)
    discard(published)
    with contextlib.suppress(OSError):
        for report in published.parent.glob(f"{published.stem}.*.json"):
            discard(report)


def discard(temporary: Path) -> None:
    """Give its space back, if the disk lets us; else the next start does."""
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def _write_report(report: Path, sealed: Sealed) -> None:
    try:
        report.write_bytes(sealed_to_json(sealed))
    except OSError as error:
        raise disk_failed(error) from error


def _report_path(published: Path, digest: str) -> Path:
    return published.with_name(f"{published.stem}.{digest[:16]}.json")
