"""Encryption: what must lie in the database unreadable (identity documents, secrets of one-time codes).

AES-256-GCM under a key derived from the operator's secret, one per purpose. What is encrypted is bound to whom it
belongs to: moved to somebody else's row it no longer opens.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jesignd.errors import CredentialError, Words

SHORTEST_SECRET = 32
_VERSION = b"\x01"
_NONCE = 12


class Encryption:
    """The operator's secret, ready for use; it is never shown."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise CredentialError(
                Words(
                    f"le secret des enregistrements a moins de {SHORTEST_SECRET} octets",
                    f"the enrolment secret has fewer than {SHORTEST_SECRET} bytes",
                ),
                hint=Words("openssl rand -base64 48 > fichier", "openssl rand -base64 48 > file"),
            )
        self._secret = secret

    def encrypt(self, data: bytes, *, purpose: str, owner: str) -> bytes:
        """The data, unreadable without the secret, for this purpose and owner only."""
        nonce = os.urandom(_NONCE)
        return _VERSION + nonce + self._cipher(purpose).encrypt(nonce, data, owner.encode())

    def decrypt(self, kept: bytes, *, purpose: str, owner: str) -> bytes:
        """The data again.

        Raises:
            CredentialError: another secret, another owner, or somebody changed it.
        """
        nonce, body = kept[1 : 1 + _NONCE], kept[1 + _NONCE :]
        try:
            if kept[:1] != _VERSION:
                raise InvalidTag
            return self._cipher(purpose).decrypt(nonce, body, owner.encode())
        except (InvalidTag, ValueError) as error:
            raise CredentialError(
                Words(
                    "une donnée chiffrée ne s’ouvre pas : le secret a changé, ou elle a été altérée",
                    "encrypted data does not open: the secret changed, or it was tampered with",
                ),
                hint=Words("remettez l’ancien secret en place", "put the former secret back"),
            ) from error

    def _cipher(self, purpose: str) -> AESGCM:
        derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"jesignd/{purpose}".encode())
        return AESGCM(derived.derive(self._secret))
