"""Anchors: the roots that verification trusts, read from files or folders of certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from jesignd.errors import CredentialError, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SUFFIXES = {".pem", ".crt", ".cer", ".der"}


def read_anchors(paths: Iterable[Path]) -> list[bytes]:
    """The certificates (DER) in these files; of a folder, in its `.pem`, `.crt`, `.cer` and `.der` files.

    Raises:
        CredentialError: a file cannot be read, or holds no certificate.
    """
    found: list[bytes] = []
    for path in paths:
        files = sorted(one for one in path.iterdir() if one.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
        for file in files:
            found += _certificates(file)
    return list(dict.fromkeys(found))


def _certificates(path: Path) -> list[bytes]:
    try:
        data = path.read_bytes()
        if b"-----BEGIN" in data:
            certificates = x509.load_pem_x509_certificates(data)
        else:
            certificates = [x509.load_der_x509_certificate(data)]
    except (OSError, ValueError) as error:
        raise CredentialError(
            Words(f"{path} : aucun certificat lisible", f"{path}: no readable certificate"),
            hint=Words(
                "une racine de confiance est un certificat PEM ou DER", "a trusted root is a PEM or DER certificate"
            ),
        ) from error
    return [certificate.public_bytes(Encoding.DER) for certificate in certificates]
