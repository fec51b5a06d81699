"""OCSP: find the answer that the authority signed beforehand to a request (RFC 6960, as RFC 5019 profiles it).

Nothing is signed here: there is no key. So a request's nonce is ignored, and what no answer was signed for (a
certificate of somebody else, or one never issued) is answered by `unauthorized`, as RFC 5019, clause 2.2.3 has it.
"""

from __future__ import annotations

import base64
import binascii
import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.ocsp import OCSPResponseStatus

from jesignd.domain.certificates import SerialNumber
from jesignd.store import revocation

if TYPE_CHECKING:
    from jesignd.store.database import Database
    from jesignd.store.revocation import Signed

LONGEST_REQUEST = 4096
CONTENT_TYPE = "application/ocsp-response"


def answer(request: bytes, *, database: Database, at: datetime.datetime) -> Signed | bytes:
    """What was signed about the certificate asked for; as bare bytes, the reason why there is nothing to rely on."""
    try:
        asked = ocsp.load_der_ocsp_request(request)
        algorithm = asked.hash_algorithm.name
        issuer = asked.issuer_name_hash + asked.issuer_key_hash
        serial = SerialNumber(f"{asked.serial_number:x}")
    except UnsupportedAlgorithm:
        return _unsuccessful(OCSPResponseStatus.UNAUTHORIZED)
    except (ValueError, NotImplementedError):
        return _unsuccessful(OCSPResponseStatus.MALFORMED_REQUEST)
    with database.reading() as transaction:
        found = revocation.answer(transaction, serial, issuer, algorithm=algorithm)
    if found is None:
        return _unsuccessful(OCSPResponseStatus.UNAUTHORIZED)
    if found.until <= at:
        return _unsuccessful(OCSPResponseStatus.TRY_LATER)
    return found


def decoded(path: str) -> bytes:
    """The request in the path of a GET; empty, which is malformed, when it is none."""
    try:
        return base64.b64decode(path, validate=True)
    except (ValueError, binascii.Error):
        return b""


def _unsuccessful(status: OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
