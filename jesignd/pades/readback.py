"""Readback: look at a seal just made with other eyes than those that made it.

Nothing of the writer's code is used: a small DER reader and byte searches of its own. It is quick enough to run on
every file, and it knows what a seal of ours must look like, so it accepts nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from jesignd.errors import VerificationFailed, Words

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_HEADING = re.compile(rb"(\d+) \d+\Z")
_HEXADECIMAL = re.compile(rb"[0-9A-Fa-f]*")
_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")

_DATA = bytes.fromhex("2a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910022f")
_TIMESTAMP_TOKEN = bytes.fromhex("2a864886f70d010910020e")
_ONE = bytes.fromhex("020101")
_SHA256 = bytes.fromhex("300b0609608648016503040201")
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")


class _Element(NamedTuple):
    tag: int
    whole: bytes
    body: bytes


class _Signer(NamedTuple):
    certificates: tuple[bytes, ...]
    identifier: bytes
    algorithm: bytes
    attributes: bytes
    signature: bytes
    unsigned: tuple[bytes, ...]


def read_back(original: bytes, sealed: bytes, *, certificate: bytes, chain: Sequence[bytes] = ()) -> tuple[str, ...]:
    """The names of the checks passed, in order; `certificate` (DER) is the one that must have sealed.

    With its chain, no certificate from elsewhere may be enclosed.

    Raises:
        VerificationFailed: the file is not the original plus exactly one seal of this certificate over all of it.
    """
    if not original or len(sealed) <= len(original) or not sealed.startswith(original):
        _fail("l’original n’en est pas le début exact", "the original is not its exact beginning")
    update = sealed[len(original) :]
    start, end = _gap(sealed, update)
    _require_linked(update, gap=start - len(original))
    digest = hashlib.sha256(memoryview(sealed)[:start])
    digest.update(memoryview(sealed)[end:])
    try:
        signer = _signer(sealed[start + 1 : end - 1])
        _require_attributes(signer, digest=digest.digest(), certificate=certificate)
        _require_certificate(signer, certificate, chain)
    except (ValueError, IndexError) as error:
        raise _failure("la signature n’est pas lisible", "the signature cannot be read") from error
    _require_signature(signer, certificate)
    return (
        "original-is-prefix",
        "one-new-signature",
        "whole-file-covered",
        "signature-reachable",
        "digest",
        "signed-attributes",
        "certificate",
        "signature-value",
    )


def _gap(sealed: bytes, update: bytes) -> tuple[int, int]:
    """Where the gap begins (its `<`) and ends (after its `>`)."""
    ranges = _RANGE.findall(update)
    if len(ranges) != 1 or update.count(b"/ByteRange") != 1:
        _fail(f"{len(ranges)} nouvelles signatures au lieu d’une", f"{len(ranges)} new signatures instead of one")
    first, start, end, rest = map(int, ranges[0])
    if first != 0 or end + rest != len(sealed) or not len(sealed) - len(update) <= start < end:
        _fail("la signature ne couvre pas tout le fichier", "the signature does not cover the whole file")
    framed = sealed[start : start + 1] == b"<" and sealed[end - 1 : end] == b">"
    hexadecimal = _HEXADECIMAL.fullmatch(sealed, start + 1, end - 1) is not None
    if not framed or not hexadecimal or not sealed[:start].rstrip().endswith(b"/Contents"):
        _fail("ce qui n’est pas couvert n’est pas la signature", "what is not covered is not the signature")
    return start, end


def _require_linked(update: bytes, *, gap: int) -> None:
    """The signature belongs to a field that both the form and a page list, and the new table is the file's last."""
    if _STARTXREF.search(update[-64:]) is None:
        _fail("la fin du fichier est incomplète", "the end of the file is incomplete")
    bodies = _dictionaries(update)
    holder = max((begin, number) for number, (begin, _) in bodies.items() if begin < gap)[1] if bodies else -1
    value = b"/V %d 0 R" % holder
    fields = [number for number, (_, body) in bodies.items() if b"/FT /Sig" in body and value in body]
    if len(fields) != 1:
        _fail("aucun champ ne porte la signature", "no field holds the signature")
    reference = re.compile(rb"(?<!\d)%d 0 R\b" % fields[0])
    plain = b"%d 0 R" % fields[0]
    listed = [n for n, (_, body) in bodies.items() if n != fields[0] and plain in body and reference.search(body)]
    if len(listed) < 2:
        _fail("le formulaire et la page n’ont pas tous deux le champ", "form and page do not both list the field")


def _dictionaries(update: bytes) -> dict[int, tuple[int, bytes]]:
    """By number: where each object of the update begins and what it says, without the contents of streams."""
    found: dict[int, tuple[int, bytes]] = {}
    at = update.find(b" obj\n")
    while at >= 0:
        following = update.find(b" obj\n", at + 5)
        heading = _HEADING.search(update[max(0, at - 24) : at])
        if heading is not None:
            body = update[at + 5 : following if following >= 0 else len(update)]
            found[int(heading[1])] = (at, body.partition(b"stream")[0])
        at = following
    return found


def _signer(hexadecimal: bytes) -> _Signer:
    """The container's parts, as ours are written (RFC 5652, clause 5): one signer, definite lengths, zeros behind."""
    raw = bytes.fromhex(hexadecimal.decode())
    container, padding_ = _element(raw, 0)
    if raw[padding_:].strip(b"\0"):
        _fail("des octets suivent la signature", "bytes follow the signature")
    kind, wrapped = _children(container.body)
    (signed,) = _children(wrapped.body)
    version, digests, content, embedded, signers = _children(signed.body)
    (signer,) = _children(signers.body)
    signer_version, identifier, digest, attributes, algorithm, value, *unsigned = _children(signer.body)
    tags = [one.tag for one in (container, wrapped, signed, digests, content, embedded, signers, signer, identifier)]
    fixed = (version.whole, signer_version.whole, digests.body, digest.whole)
    inner = [(one.tag, one.body) for one in _children(content.body)]
    enclosed = tuple(one.whole for one in _children(embedded.body))
    frame = [0x30, 0xA0, 0x30, 0x31, 0x30, 0xA0, 0x31, 0x30, 0x30]
    if (kind.tag, kind.body) != (6, _SIGNED_DATA) or tags != frame or inner != [(6, _DATA)]:
        _fail("la signature n’est pas celle d’un fichier joint", "the signature is not a detached one")
    if fixed != (_ONE, _ONE, _SHA256, _SHA256) or (attributes.tag, value.tag) != (0xA0, 4):
        _fail("la signature n’a pas la forme attendue", "the signature does not have the shape expected")
    attributes_signed = b"\x31" + attributes.whole[1:]
    return _Signer(
        enclosed,
        identifier.body,
        algorithm.whole,
        attributes_signed,
        value.body,
        tuple(one.whole for one in unsigned),
    )


def _require_attributes(signer: _Signer, *, digest: bytes, certificate: bytes) -> None:
    found: dict[bytes, _Element] = {}
    for attribute in _children(_element(signer.attributes, 0)[0].body):
        kind, values = _children(attribute.body)
        (found[kind.body],) = _children(values.body)
    if set(found) != {_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE} or found[_CONTENT_TYPE].body != _DATA:
        _fail("les attributs signés ne sont pas ceux attendus", "the signed attributes are not those expected")
    if found[_MESSAGE_DIGEST].body != digest:
        _fail("l’empreinte signée n’est pas celle du fichier", "the digest signed is not the file’s")
    identifier = _children(_children(_children(found[_SIGNING_CERTIFICATE].body)[0].body)[0].body)[0]
    if identifier.body != hashlib.sha256(certificate).digest():
        _fail("le certificat désigné n’est pas celui du cachet", "the certificate designated is not the seal’s")


def _require_certificate(signer: _Signer, certificate: bytes, chain: Sequence[bytes]) -> None:
    fields = _children(_children(_children(certificate)[0].body)[0].body)
    numbered = fields[1:] if fields[0].tag == 0xA0 else fields
    serial, issuer = numbered[0], numbered[2]
    if signer.certificates.count(certificate) != 1 or signer.identifier != issuer.whole + serial.whole:
        _fail("le certificat joint n’est pas celui du cachet", "the certificate enclosed is not the seal’s")
    if chain and not set(signer.certificates) <= {certificate, *chain}:
        _fail("un certificat joint n’est pas de la chaîne", "a certificate enclosed is not of the chain")


def _require_signature(signer: _Signer, certificate: bytes) -> None:
    key = _public_key(certificate)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and signer.algorithm == _ECDSA_SHA256:
            key.verify(signer.signature, signer.attributes, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and signer.algorithm == _RSA_SHA256:
            key.verify(signer.signature, signer.attributes, padding.PKCS1v15(), hashes.SHA256())
        else:
            _fail("le type de clé est inattendu", "the kind of key is unexpected")
    except InvalidSignature as error:
        raise _failure("la valeur de signature est fausse", "the signature value is wrong") from error
    _require_stamp(signer)


def _require_stamp(signer: _Signer) -> None:
    """What is not signed is nothing, or one time-stamp over this very signature; it was checked when it arrived."""
    if not signer.unsigned:
        return
    imprint = b"\x04\x20" + hashlib.sha256(signer.signature).digest()
    if len(signer.unsigned) != 1 or _TIMESTAMP_TOKEN not in signer.unsigned[0] or imprint not in signer.unsigned[0]:
        _fail("l’horodatage joint n’est pas celui de cette signature", "the time-stamp is not this signature’s")


@functools.lru_cache(maxsize=64)
def _public_key(certificate: bytes) -> object:
    return x509.load_der_x509_certificate(certificate).public_key()


def _element(data: bytes, at: int) -> tuple[_Element, int]:
    """The DER element that begins here, and where the next one would."""
    tag, length, begin = data[at], data[at + 1], at + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4:
            raise ValueError("length of a kind that is not DER")
        length, begin = int.from_bytes(data[begin : begin + octets]), begin + octets
    end = begin + length
    if end > len(data):
        raise ValueError("element longer than what holds it")
    return _Element(tag, data[at:end], data[begin:end]), end


def _children(data: bytes) -> list[_Element]:
    elements, at = [], 0
    while at < len(data):
        element, at = _element(data, at)
        elements.append(element)
    return elements


def _failure(french: str, english: str) -> VerificationFailed:
    return VerificationFailed(
        Words(f"relecture du document scellé : {french}", f"reading the sealed document back: {english}"),
        hint=Words(
            "rien n’a été livré ; signalez ce fichier, il révèle une anomalie de jesignd ou du matériel",
            "nothing was delivered; report this file, it shows a fault of jesignd or of the machine",
        ),
    )


def _fail(french: str, english: str) -> NoReturn:
    raise _failure(french, english)
