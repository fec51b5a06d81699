"""Timestamp token: ask for trusted time (RFC 3161) and believe only an answer that answers."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import algos, cms, parser, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from jesignd.pades import certificates
from jesignd.pades.cms import element

CLOCK_TOLERANCE = datetime.timedelta(minutes=5)
"""How far the authority's clock and ours may be apart before the answer is refused."""

_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class Unbelievable(ValueError):
    """The answer is not a proper time-stamp over what was asked; the message is for the log and the operator."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request for a token over `digest`; the nonce ties the answer to it."""

    digest: bytes
    nonce: int

    @property
    def encoded(self) -> bytes:
        """The DER `TimeStampReq`."""
        request = tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                    "hashed_message": self.digest,
                },
                "nonce": self.nonce,
                "cert_req": True,
            }
        )
        encoded: bytes = request.dump()
        return encoded


def ask(digest: bytes) -> Question:
    """A new question about this SHA-256 digest."""
    return Question(digest, secrets.randbits(63) | 1 << 62)


def token_in(answer: bytes, question: Question, *, anchors: Sequence[bytes], now: datetime.datetime) -> bytes:
    """The DER token of a `TimeStampResp`, when it holds what was asked and its signature is sound.

    With anchors (DER), the authority's certificate must be one of them or have been issued under one.

    Raises:
        Unbelievable: refused, about something else, badly signed, or by somebody who may not give the time.
    """
    try:
        encoded = _granted(answer)
        token = cms.ContentInfo.load(encoded, strict=True)
        info = _info(token)
        _require_answer(info, question, now)
        require_sound(token, anchors)
    except Unbelievable:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        raise Unbelievable(f"unreadable answer ({type(error).__name__})") from error
    return encoded


def certificates_in(token: bytes) -> tuple[bytes, ...]:
    """The certificates a token carries, DER, the authority's own first."""
    signed = cms.ContentInfo.load(token)["content"]
    carried = [one.chosen for one in signed["certificates"]]
    own = _own(signed)
    return (own.dump(), *(one.dump() for one in carried if one.dump() != own.dump()))


def require_sound(token: cms.ContentInfo, anchors: Sequence[bytes]) -> None:
    """Return when the token is signed by the certificate it names, which may stamp and descends from an anchor."""
    signed = token["content"]
    (signer,) = signed["signer_infos"]
    certificate = _own(signed)
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    content = signed["encap_content_info"]["content"]
    digest_name = signer["digest_algorithm"]["algorithm"].native
    if digest_name not in _DIGESTS:
        raise Unbelievable(f"weak digest {digest_name}")
    if attributes["content_type"][0].native != "tst_info":
        raise Unbelievable("the signed content type is not a time-stamp")
    if attributes["message_digest"][0].native != hashlib.new(digest_name, bytes(content)).digest():
        raise Unbelievable("the content is not what was signed")
    _require_designated(attributes, certificate.dump())
    loaded = x509.load_der_x509_certificate(certificate.dump())
    _require_signature(loaded, signer)
    _require_purpose(loaded, _info(token)["gen_time"].native)
    if anchors:
        _require_descent(loaded, [one.chosen.dump() for one in signed["certificates"]], anchors)


def _granted(answer: bytes) -> bytes:
    """The token's own bytes out of a `TimeStampResp`; a refusal has none."""
    _, _, _, _, content, _ = parser.parse(answer, strict=True)
    information = parser.peek(content)
    status = tsp.PKIStatusInfo.load(content[:information])["status"].native
    if status not in ("granted", "granted_with_mods"):
        raise Unbelievable(f"the authority refused: {status}")
    token: bytes = content[information:]
    return token


def _info(token: cms.ContentInfo) -> tsp.TSTInfo:
    if token["content_type"].native != "signed_data":
        raise Unbelievable("not a signed token")
    encapsulated = token["content"]["encap_content_info"]
    if encapsulated["content_type"].native != "tst_info":
        raise Unbelievable("not a time-stamp token")
    return encapsulated["content"].parsed


def _require_answer(info: tsp.TSTInfo, question: Question, now: datetime.datetime) -> None:
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256":
        raise Unbelievable("another digest algorithm than asked")
    if imprint["hashed_message"].native != question.digest:
        raise Unbelievable("a stamp over something else")
    if info["nonce"].native != question.nonce:
        raise Unbelievable("the answer to another question (nonce)")
    if abs(info["gen_time"].native - now) > CLOCK_TOLERANCE:
        raise Unbelievable("its clock and ours are too far apart")


def _own(signed: cms.SignedData) -> asn1.Certificate:
    (signer,) = signed["signer_infos"]
    identifier = signer["sid"].chosen
    for candidate in (one.chosen for one in signed["certificates"]):
        if signer["sid"].name == "issuer_and_serial_number":
            named = candidate.issuer == identifier["issuer"]
            if named and candidate.serial_number == identifier["serial_number"].native:
                return candidate
        elif candidate.key_identifier == identifier.native:
            return candidate
    raise Unbelievable("the authority's certificate is not enclosed")


def _require_designated(attributes: dict[str, object], certificate: bytes) -> None:
    """ESS signing-certificate (RFC 2634) or -v2 (RFC 5816): the certificate cannot be swapped for another."""
    if "signing_certificate_v2" in attributes:
        first = attributes["signing_certificate_v2"][0]["certs"][0]  # type: ignore[index]
        digest_name = first["hash_algorithm"]["algorithm"].native
    elif "signing_certificate" in attributes:
        first = attributes["signing_certificate"][0]["certs"][0]  # type: ignore[index]
        digest_name = "sha1"
    else:
        raise Unbelievable("the token does not designate its certificate")
    if first["cert_hash"].native != hashlib.new(digest_name, certificate, usedforsecurity=False).digest():
        raise Unbelievable("the token designates another certificate")


def _require_signature(certificate: x509.Certificate, signer: cms.SignerInfo) -> None:
    key, signature = certificate.public_key(), signer["signature"].native
    data = element(0x31, signer["signed_attrs"].contents)
    algorithm = signer["signature_algorithm"]
    digest = _DIGESTS[signer["digest_algorithm"]["algorithm"].native]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pss":
            salt = algorithm["parameters"]["salt_length"].native
            key.verify(signature, data, padding.PSS(padding.MGF1(digest), salt), digest)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), digest)
        else:
            raise Unbelievable("a kind of key that is not accepted")
    except InvalidSignature as error:
        raise Unbelievable("its signature is wrong") from error


def _require_purpose(certificate: x509.Certificate, at: datetime.datetime) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise Unbelievable("its certificate is not for time-stamping") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise Unbelievable("its certificate is not for time-stamping only (RFC 3161, 2.3)")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Unbelievable("its certificate was not valid at that time")


def _require_descent(certificate: x509.Certificate, carried: Sequence[bytes], anchors: Sequence[bytes]) -> None:
    trusted = [x509.load_der_x509_certificate(one) for one in anchors]
    between = [x509.load_der_x509_certificate(one) for one in carried]
    below = certificate
    for _ in range(8):
        if below in trusted or any(certificates.issued(above, below) for above in trusted):
            return
        above = next((one for one in between if one != below and certificates.issued(one, below)), None)
        if above is None:
            break
        below = above
    raise Unbelievable("its certificate does not descend from those configured")
