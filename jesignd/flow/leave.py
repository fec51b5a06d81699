"""Leave: put a small file where people or their software look, once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jesignd import durable
from jesignd.domain.documents import Digest
from jesignd.errors import ServiceError, Words

if TYPE_CHECKING:
    from pathlib import Path


def leave(path: Path, data: bytes) -> Path:
    """Write under this name, or one near it; where it stands.

    A file of the same contents there is ours, another one moves us to `_2`, `_3`… The directory is not made: one that
    is not there is a share that is not mounted.

    Raises:
        ServiceError: the disk does not do its part.
    """
    digest = Digest(hashlib.sha256(data).hexdigest())
    try:
        for number in range(1, 1000):
            candidate = path if number == 1 else path.with_name(f"{path.stem}_{number}{path.suffix}")
            if candidate.is_file() and not candidate.is_symlink() and candidate.read_bytes() == data:
                durable.temporary_for(candidate, digest).unlink(missing_ok=True)
                return candidate
            try:
                durable.write_new(candidate, [data], 0o640, temporary=durable.temporary_for(candidate, digest))
            except FileExistsError:
                continue
            return candidate
    except OSError as error:
        raise ServiceError(
            Words(
                f"{path.parent} : {error.strerror or error}",
                f"{path.parent}: {error.strerror or error}",
            ),
            hint=Words("vérifiez ce dossier ; le travail reprend de lui-même", "check it; work resumes by itself"),
        ) from error
    raise ServiceError(
        Words(f"{path} : mille fichiers portent déjà ce nom", f"{path}: a thousand files have this name already"),
        hint=Words("rangez ce dossier ; le travail reprend de lui-même", "tidy it; work resumes by itself"),
    )
