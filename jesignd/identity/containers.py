"""Containers: a person's key made here, or bought, locked so that only their PIN opens it (argon2id, AES-256-GCM).

Whoever stole the database would have to try PINs one by one, each at the cost of a tenth of a second and 128 MiB on a
good machine. The container is JSON: its parameters and certificates in clear, bound to the key by the authentication
tag, so that none can be changed.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from argon2.exceptions import Argon2Error
from argon2.low_level import Type, hash_secret_raw
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from jesignd.errors import CredentialError, NotAllowed, Words
from jesignd.identity.credentials import OpenedKey, WrongPin

ARGON2ID = "argon2id"
"""The form, as the store names it."""

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_SALT = 16
_NONCE = 12
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a PIN costs (RFC 9106)."""

    memory_kib: int = 128 << 10
    passes: int = 3
    lanes: int = 4

    def is_bearable(self) -> bool:
        """Whether a container may ask for this: no more than a machine has, no less than counts as a lock."""
        return 8 << 10 <= self.memory_kib <= 1 << 20 and 1 <= self.passes <= 16 and 1 <= self.lanes <= 16


DEFAULT_COST = Cost()


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A P-256 key just made, in memory only until `lock` puts it away."""

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @property
    def public(self) -> bytes:
        """What is certified: DER SubjectPublicKeyInfo."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def lock(self, certificates: Sequence[bytes], pin: bytes, *, cost: Cost = DEFAULT_COST) -> bytes:
        """The container of this key and of its certificate followed by those above it, DER.

        Raises:
            CredentialError: the certificate is another key's.
        """
        if x509.load_der_x509_certificate(certificates[0]).public_key() != self._key.public_key():
            raise CredentialError(Words("ce certificat est celui d’une autre clé", "the certificate is another key’s"))
        return _locked(self._key, certificates, pin, cost)


def new_key() -> FreshKey:
    """A fresh P-256 key."""
    return FreshKey(ec.generate_private_key(ec.SECP256R1()))


def relock(opened: OpenedKey, pin: bytes, *, cost: Cost = DEFAULT_COST) -> bytes:
    """A container of the same key under a new PIN; a key bought as PKCS#12 is better kept so, too."""
    return _locked(opened._key, (opened.certificate, *opened.chain), pin, cost)  # noqa: SLF001 - ours, and nobody else's


def open_container(data: bytes, pin: bytes) -> OpenedKey:
    """Open a container.

    Raises:
        WrongPin: it does not open with this PIN, or was changed: the two look alike.
        CredentialError: it is no container.
    """
    try:
        shape = json.loads(data)
        if shape["version"] != 1 or shape["kdf"] != ARGON2ID:
            raise ValueError("another form")
        cost = Cost(*(int(shape[name]) for name in ("memory_kib", "passes", "lanes")))
        if not cost.is_bearable():
            raise ValueError("unbearable cost")
        certificates = [_bytes(one) for one in shape["certificates"]]
        sealed, salt, nonce = _bytes(shape.pop("key")), _bytes(shape["salt"]), _bytes(shape["nonce"])
        own = x509.load_der_x509_certificate(certificates[0])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CredentialError(Words("conteneur de clé illisible", "the key’s container cannot be read")) from error
    try:
        plain = AESGCM(_derived(pin, salt, cost)).decrypt(nonce, sealed, _canonical(shape))
        key = load_der_private_key(plain, None)
    except (InvalidTag, ValueError) as error:
        raise WrongPin from error
    assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    begins, ends = own.not_valid_before_utc, own.not_valid_after_utc
    return OpenedKey(certificates[0], tuple(certificates[1:]), begins, ends, key)


def _locked(key: PrivateKey, certificates: Sequence[bytes], pin: bytes, cost: Cost) -> bytes:
    if not pin:
        raise NotAllowed(Words("code PIN vide", "empty PIN"))
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    shape: dict[str, Any] = {
        "version": 1,
        "kdf": ARGON2ID,
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": _text(salt),
        "nonce": _text(nonce),
        "certificates": [_text(one) for one in certificates],
    }
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    sealed = AESGCM(_derived(pin, salt, cost)).encrypt(nonce, plain, _canonical(shape))
    return _canonical({**shape, "key": _text(sealed)})


def _derived(pin: bytes, salt: bytes, cost: Cost) -> bytes:
    try:
        return hash_secret_raw(
            pin,
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=_KEY_BYTES,
            type=Type.ID,
        )
    except (Argon2Error, MemoryError) as error:
        raise CredentialError(
            Words("mémoire insuffisante pour ouvrir la clé", "not enough memory to open the key"),
            hint=Words("il en faut 128 Mio", "it takes 128 MiB"),
        ) from error


def _canonical(shape: dict[str, Any]) -> bytes:
    return json.dumps(shape, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
