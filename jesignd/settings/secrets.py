"""Secrets: read where they lie, at the moment they are used, and never kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from jesignd.errors import CredentialError, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jesignd.settings.model.keys import Secret

MAX_BYTES = 64 << 10


def resolve(secret: Secret, environment: Mapping[str, str] | None = None) -> bytes:
    """The secret's bytes, without the end of line an editor leaves behind it.

    Raises:
        CredentialError: it is not there, empty, too large, or others may read it. Never says what it holds.
    """
    environment = os.environ if environment is None else environment
    if secret.env is not None:
        value = os.fsencode(environment.get(secret.env, ""))
    elif secret.credential is not None:
        value = _of_systemd(secret, environment)
    else:
        value = _of_owner(secret)
    value = value.removesuffix(b"\n").removesuffix(b"\r")
    if not value:
        raise _unusable(secret, Words("absent ou vide", "missing or empty"))
    return value


def _of_systemd(secret: Secret, environment: Mapping[str, str]) -> bytes:
    directory = environment.get("CREDENTIALS_DIRECTORY", "")
    if not directory:
        raise CredentialError(
            Words(
                f"secret « {secret.label()} » : systemd n’en a remis aucun",
                f"secret `{secret.label()}`: systemd gave none",
            ),
            hint=Words(
                f"ajoutez `LoadCredential={secret.credential}:/chemin` au service, et lancez-le par systemd",
                f"add `LoadCredential={secret.credential}:/path` to the unit, and start it under systemd",
            ),
        )
    content, _ = _content(secret, Path(directory) / str(secret.credential))
    return content


def _of_owner(secret: Secret) -> bytes:
    """A file's secret; systemd guards its own credentials, a file has only its permissions."""
    content, status = _content(secret, Path(str(secret.file)))
    if status.st_mode & 0o077 or status.st_uid not in {0, os.geteuid()}:
        raise CredentialError(
            Words(
                f"secret « {secret.label()} » : d’autres peuvent le lire",
                f"secret `{secret.label()}`: others may read it",
            ),
            hint=Words("chmod 600, et le donner à l’utilisateur du service", "chmod 600, owned by the service's user"),
        )
    return content


def _content(secret: Secret, path: Path) -> tuple[bytes, os.stat_result]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise _unusable(secret, Words("ne peut pas être lu", "cannot be read")) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise _unusable(secret, Words("n’est pas un petit fichier ordinaire", "is not a small plain file"))
        return os.read(descriptor, MAX_BYTES), status
    finally:
        os.close(descriptor)


def _unusable(secret: Secret, why: Words) -> CredentialError:
    return CredentialError(Words(f"secret « {secret.label()} » : {why.fr}", f"secret `{secret.label()}`: {why.en}"))
