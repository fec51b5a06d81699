"""Authority: the demonstration's root, seal and time-stamping unit, kept from one run to the next."""

from __future__ import annotations

import datetime
import os
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from jesignd.testing.authority import Authority, Issued, crl, make_authority

if TYPE_CHECKING:
    from pathlib import Path

    from jesignd.testing.exports import Company

_NAMES = {"root": "racine", "issuing": "autorite", "seal": "cachet", "timestamp": "horodatage"}
_LEAST = datetime.timedelta(days=30)


def authority_in(
    folder: Path, *, firm: Company, now: datetime.datetime, since: datetime.datetime | None = None
) -> tuple[Authority, bool]:
    """The authority kept there, or a new one, good `since` then; whether it is new.

    Revocation lists are fresh in both cases.
    """
    kept = _load(folder, now)
    authority = kept or make_authority(firm_name=firm.name, siren=firm.siren, now=since or now)
    authority = replace(authority, crls=(crl(authority.root, at=now), crl(authority.issuing, at=now)))
    if kept is None:
        _save(authority, folder)
    (folder / "racine.pem").write_bytes(authority.root.pem)
    (folder / "racine.crl").write_bytes(authority.crls[0])
    (folder / "autorite.crl").write_bytes(authority.crls[1])
    return authority, kept is None


def _save(authority: Authority, folder: Path) -> None:
    passphrase = secrets.token_urlsafe(24).encode()
    chain = {"seal": (authority.issuing, authority.root), "timestamp": (authority.issuing, authority.root)}
    for part, name in _NAMES.items():
        write_private(folder / f"{name}.p12", getattr(authority, part).pkcs12(passphrase, chain.get(part, ())))
    write_private(folder / "cachet.pass", passphrase)


def _load(folder: Path, now: datetime.datetime) -> Authority | None:
    try:
        passphrase = (folder / "cachet.pass").read_bytes()
        parts = {part: _issued(folder / f"{name}.p12", passphrase) for part, name in _NAMES.items()}
    except (OSError, ValueError):
        return None
    if any(part.certificate.not_valid_after_utc < now + _LEAST for part in parts.values()):
        return None
    return Authority(parts["root"], parts["issuing"], parts["seal"], parts["timestamp"], ())


def _issued(path: Path, passphrase: bytes) -> Issued:
    key, certificate, _ = pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate is None:
        raise ValueError(f"{path.name} holds no key of ours")
    return Issued(certificate, key)


def write_private(path: Path, data: bytes) -> None:
    """Write the file anew, for its owner's eyes only."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
