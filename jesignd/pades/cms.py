"""Cms: the signature container (RFC 5652) of a PAdES seal, built from bytes that never change and three that do.

Everything but the document's digest, the signature and the time-stamp token is encoded once per certificate. The signed
attributes are those of a PAdES baseline signature (ETSI EN 319 142-1, clause 6.3): contentType, messageDigest,
signingCertificateV2. Encoding is DER throughout, written here in forty lines rather than through an object model that
costs more than the signature itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import ec

from jesignd.pades import certificates


def element(tag: int, *parts: bytes) -> bytes:
    """One DER element with this tag around these parts."""
    length = sum(map(len, parts))
    if length < 0x80:
        head = bytes((tag, length))
    else:
        octets = length.to_bytes((length.bit_length() + 7) // 8)
        head = bytes((tag, 0x80 | len(octets))) + octets
    return head + b"".join(parts)


def set_of(*parts: bytes, tag: int = 0x31) -> bytes:
    """A DER SET OF: its members in ascending order of their encodings (X.690, clause 11.6)."""
    return element(tag, *sorted(parts))


def object_identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER element."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    body = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        body.extend(reversed(groups))
    return element(0x06, bytes(body))


_SEQUENCE, _OCTETS, _NULL = 0x30, 0x04, b"\x05\x00"
_ONE = element(0x02, b"\x01")
_DATA = object_identifier("1.2.840.113549.1.7.1")
_SIGNED_DATA = object_identifier("1.2.840.113549.1.7.2")
_SHA256 = element(_SEQUENCE, object_identifier("2.16.840.1.101.3.4.2.1"))
_RSA_SHA256 = element(_SEQUENCE, object_identifier("1.2.840.113549.1.1.11"), _NULL)
_ECDSA_SHA256 = element(_SEQUENCE, object_identifier("1.2.840.10045.4.3.2"))
_CONTENT_TYPE = element(_SEQUENCE, object_identifier("1.2.840.113549.1.9.3"), set_of(_DATA))
_MESSAGE_DIGEST = object_identifier("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = object_identifier("1.2.840.113549.1.9.16.2.47")
_TIMESTAMP_TOKEN = object_identifier("1.2.840.113549.1.9.16.2.14")


@dataclass(frozen=True, slots=True)
class CmsTemplate:
    """The parts of a seal's container that are the same for every document sealed with one certificate."""

    signer: bytes
    """`issuerAndSerialNumber`, then the digest algorithm."""
    signing_certificate: bytes
    algorithm: bytes
    certificates: bytes
    signature_size: int
    """The most bytes a signature can take; an ECDSA one may be a few shorter."""

    def signed_attributes(self, digest: bytes) -> bytes:
        """The attributes to sign for a document of this SHA-256, as the SET OF that is signed (RFC 5652, 5.4)."""
        message_digest = element(_SEQUENCE, _MESSAGE_DIGEST, set_of(element(_OCTETS, digest)))
        return set_of(_CONTENT_TYPE, message_digest, self.signing_certificate)

    def package(self, attributes: bytes, signature: bytes, token: bytes | None) -> bytes:
        """The whole container: these signed attributes, their signature and, for B-T, the time-stamp over it."""
        unsigned = b""
        if token is not None:
            unsigned = element(0xA1, element(_SEQUENCE, _TIMESTAMP_TOKEN, set_of(token)))
        signer_info = element(
            _SEQUENCE,
            _ONE,
            self.signer,
            b"\xa0" + attributes[1:],
            self.algorithm,
            element(_OCTETS, signature),
            unsigned,
        )
        signed_data = element(
            _SEQUENCE, _ONE, set_of(_SHA256), element(_SEQUENCE, _DATA), self.certificates, set_of(signer_info)
        )
        return element(_SEQUENCE, _SIGNED_DATA, element(0xA0, signed_data))

    def size(self, token_size: int | None) -> int:
        """The most bytes a container can take with a token of this size."""
        token = None if token_size is None else bytes(token_size)
        return len(self.package(self.signed_attributes(bytes(32)), bytes(self.signature_size), token))


def template(certificate: bytes, chain: tuple[bytes, ...]) -> CmsTemplate:
    """The template for this certificate (DER); of its chain, everything but a self-signed root is carried along.

    Raises:
        CredentialError: the certificate's key may not seal.
    """
    loaded = certificates.load(certificate)
    key = certificates.require_strong_key(loaded)
    elliptic = isinstance(key, ec.EllipticCurvePublicKey)
    raw = x509.Certificate.load(certificate)["tbs_certificate"]
    issuer, serial = raw["issuer"].dump(), raw["serial_number"].dump()
    carried = [one for one in map(certificates.load, chain) if one.issuer != one.subject]
    return CmsTemplate(
        signer=element(_SEQUENCE, issuer, serial) + _SHA256,
        signing_certificate=_signing_certificate(certificate, issuer=issuer, serial=serial),
        algorithm=_ECDSA_SHA256 if elliptic else _RSA_SHA256,
        certificates=set_of(certificate, *map(certificates.der, carried), tag=0xA0),
        signature_size=2 * ((key.key_size + 7) // 8 + 3) + 2 if elliptic else key.key_size // 8,
    )


def _signing_certificate(certificate: bytes, *, issuer: bytes, serial: bytes) -> bytes:
    """ESS signing-certificate-v2 (RFC 5035); SHA-256 is its default algorithm and therefore not written."""
    names = element(_SEQUENCE, element(0xA4, issuer))
    identifier = element(
        _SEQUENCE, element(_OCTETS, hashlib.sha256(certificate).digest()), element(_SEQUENCE, names, serial)
    )
    value = element(_SEQUENCE, element(_SEQUENCE, identifier))
    return element(_SEQUENCE, _SIGNING_CERTIFICATE, set_of(value))
