"""CSC: a key that a trust provider keeps, used through its service (Cloud Signature Consortium API, version 2).

The provider sees digests, never a document. Each signature is authorised anew by its owner's PIN, for exactly that
digest; a request to sign is never repeated by itself, since nobody knows whether the first was heard.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from jesignd.domain.statements import Withdrawn
from jesignd.errors import CredentialError, Words
from jesignd.pades import certificates
from jesignd.pades.csc_service import ActivationRefused, Service, ask, unintelligible

_SHA256 = "2.16.840.1.101.3.4.2.1"
_ECDSA = ("1.2.840.10045.4.3.2", "1.2.840.10045.2.1")
_RSA = ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1")
"""With SHA-256, then by the key's kind alone; providers name the one or the other."""
_MOST_PAGES = 50
_PIN, _CODE = "PIN", "OTP"


@dataclass(frozen=True, slots=True)
class RemoteCredential:
    """What the provider says of one key (`credentials/info`)."""

    id: str
    certificate: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    algorithms: tuple[str, ...]
    asks: tuple[str, ...]
    """What authorises a signature, by the names the provider gives it: `PIN`, `OTP`."""


class RemoteKey:
    """A `PersonalSigner` whose key is at the provider's; it holds the PIN for the time of one act."""

    def __init__(
        self, service: Service, credential: RemoteCredential, pin: bytes, *, ask_code: Callable[[str], str] | None
    ) -> None:
        self._service = service
        self._credential = credential
        self._pin = pin
        self._ask_code = ask_code

    def __repr__(self) -> str:
        return f"RemoteKey({self._service.name!r})"

    @property
    def certificate(self) -> bytes:
        """Its owner's certificate, DER."""
        return self._credential.certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above it that the provider gives, DER, the issuer first."""
        return self._credential.chain

    def sign(self, data: bytes) -> bytes:
        """The signature over the data's SHA-256, checked against the certificate before it is believed.

        Raises:
            PinRefused: the PIN or the code is wrong.
            CredentialError: the provider refuses for good, or what it gave is no signature of this key.
            ServiceError: it did not answer, or not properly.
        """
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")
        try:
            signature = self._sign_digest(digest, self._authorise(digest))
        except ActivationRefused:  # It grew old on its way: nothing was signed, so it may be asked for once more.
            signature = self._sign_digest(digest, self._authorise(digest))
        return self._checked(signature, data)

    def _sign_digest(self, digest: str, sad: str) -> bytes:
        answer = ask(
            self._service,
            "signatures/signHash",
            {
                "credentialID": self._credential.id,
                "SAD": sad,
                "hashes": [digest],
                "hashAlgorithmOID": _SHA256,
                "signAlgo": _algorithm(self._credential),
            },
        )
        signatures = answer.get("signatures")
        if not isinstance(signatures, list) or len(signatures) != 1:
            raise unintelligible(self._service, "signatures/signHash")
        return _decoded(self._service, signatures[0])

    def _authorise(self, digest: str) -> str:
        asked = {
            "credentialID": self._credential.id,
            "numSignatures": 1,
            "hashes": [digest],
            "hashAlgorithmOID": _SHA256,
            "authData": [{"id": one, "value": self._proof(one)} for one in self._credential.asks],
        }
        sad = ask(self._service, "credentials/authorize", asked).get("SAD")
        if not isinstance(sad, str) or not sad:
            raise unintelligible(self._service, "credentials/authorize")
        return sad

    def _proof(self, kind: str) -> str:
        if kind == _PIN:
            return self._pin.decode("utf-8")
        if self._ask_code is None:
            raise CredentialError(
                Words("cette clé demande un code à chaque signature", "this key asks for a code at each signature"),
                hint=Words("signez depuis un terminal", "sign at a terminal"),
            )
        return self._ask_code(kind)

    def _checked(self, signature: bytes, data: bytes) -> bytes:
        public = certificates.require_strong_key(x509.load_der_x509_certificate(self.certificate))
        for form in _forms(signature, elliptic=isinstance(public, ec.EllipticCurvePublicKey)):
            try:
                certificates.verify_signature(public, signature=form, data=data)
            except InvalidSignature:
                continue
            return form
        raise CredentialError(
            Words("le prestataire a rendu une signature fausse", "the provider gave a signature that does not verify"),
            hint=Words("signalez-le-lui ; rien n’a été signé", "tell it; nothing was signed"),
        )


def list_credentials(service: Service) -> list[str]:
    """The ids of the keys this token gives access to (`credentials/list`, every page)."""
    found: list[str] = []
    page: dict[str, object] = {}
    for _ in range(_MOST_PAGES):
        answer = ask(service, "credentials/list", {"onlyValid": True, **page})
        ids = answer.get("credentialIDs")
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise unintelligible(service, "credentials/list")
        found += ids
        if not answer.get("nextPageToken"):
            return found
        page = {"pageToken": answer["nextPageToken"]}
    raise unintelligible(service, "credentials/list")


def read_credential(service: Service, credential: str) -> RemoteCredential:
    """What the provider says of this key today (`credentials/info`).

    Raises:
        Withdrawn: it may not sign any more.
        CredentialError: unknown to it, or authorised in a way that does not work from here.
        ServiceError: it did not answer, or not properly.
    """
    asked = {"credentialID": credential, "certificates": "chain", "certInfo": True, "authInfo": True}
    answer = ask(service, "credentials/info", asked)
    key, certificate, authorisation = (_part(service, answer, name) for name in ("key", "cert", "auth"))
    for state, right in ((certificate.get("status", "valid"), "valid"), (key.get("status"), "enabled")):
        if state != right:
            raise Withdrawn(str(state)[:40])
    given = certificate.get("certificates")
    if not isinstance(given, list) or not given:
        raise unintelligible(service, "credentials/info")
    own, *others = (_certificate(service, one) for one in given)
    chain = certificates.order_chain(own, others)
    algorithms = tuple(str(one) for one in key.get("algo", ()))
    return RemoteCredential(
        credential,
        certificates.der(own),
        tuple(certificates.der(one) for one in chain),
        algorithms,
        _asked_for(authorisation),
    )


def _asked_for(authorisation: Mapping[str, Any]) -> tuple[str, ...]:
    """What the owner types; ways that send a browser elsewhere, or a message first, do not work from here."""
    mode = authorisation.get("mode")
    objects = authorisation.get("objects") or []
    kinds = tuple(str(one.get("id")) for one in objects if isinstance(one, dict))
    online = any(isinstance(one, dict) and one.get("type") == "ChallengeResponse" for one in objects)
    if mode == "explicit" and not online and set(kinds) <= {_PIN, _CODE}:
        return kinds or (_PIN,)
    if mode == "implicit":
        return ()
    raise CredentialError(
        Words(
            "le prestataire autorise cette clé autrement que par un code PIN ou un code à usage unique",
            "the provider authorises this key otherwise than by a PIN or a one-time code",
        ),
        hint=Words("demandez-lui une autorisation « explicit »", "ask it for `explicit` authorisation"),
    )


def _algorithm(credential: RemoteCredential) -> str:
    public = x509.load_der_x509_certificate(credential.certificate).public_key()
    ours = _ECDSA if isinstance(public, ec.EllipticCurvePublicKey) else _RSA
    return next((one for one in ours if one in credential.algorithms), ours[0])


def _forms(signature: bytes, *, elliptic: bool) -> list[bytes]:
    """The signature as given, and as DER where an ECDSA one came as its two numbers one after the other."""
    if not elliptic or len(signature) % 2:
        return [signature]
    half = len(signature) // 2
    numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    return [signature, encode_dss_signature(*numbers)]


def _part(service: Service, answer: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = answer.get(name)
    if not isinstance(part, dict):
        raise unintelligible(service, "credentials/info")
    return part


def _certificate(service: Service, text: object) -> x509.Certificate:
    return certificates.load(_decoded(service, text))


def _decoded(service: Service, text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except ValueError as error:
        raise unintelligible(service, "base64") from error
