from __future__ import annotations

import asyncio
import hashlib

from asn1crypto import cms as asn1
from asn1crypto import core, keys, x509
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jesignd.pades import cms


def attribute_values(attributes: asn1.CMSAttributes) -> dict[str, list[bytes]]:
    return {one["type"].dotted: [value.dump() for value in one["values"]] for one in attributes}


def test_the_signed_attributes_are_those_that_pyhanko_writes_for_pades(office) -> None:
    private = office.authority.seal.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(office.credential.certificate),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    digest = hashlib.sha256(b"document").digest()
    theirs = asyncio.run(signer.signed_attrs(digest, "sha256", attr_settings=PdfCMSSignedAttributes(), use_pades=True))
    template = cms.template(office.credential.certificate, office.credential.chain)
    ours = asn1.CMSAttributes.load(template.signed_attributes(digest))
    assert attribute_values(ours) == attribute_values(theirs)


def test_the_container_is_canonical_der_that_another_parser_reads(office) -> None:
    template = cms.template(office.credential.certificate, office.credential.chain)
    attributes = template.signed_attributes(bytes(32))
    packed = template.package(attributes, office.credential.sign(attributes), None)
    parsed = asn1.ContentInfo.load(packed, strict=True)
    assert parsed.dump(force=True) == packed
    assert parsed["content"]["signer_infos"][0]["sid"].chosen["serial_number"].native == (
        office.authority.seal.certificate.serial_number
    )


def test_a_self_signed_root_is_not_carried_along(office) -> None:
    template = cms.template(office.credential.certificate, office.credential.chain)
    assert office.authority.issuing.der in template.certificates
    assert office.authority.root.der not in template.certificates


@given(st.binary(min_size=32, max_size=32), st.integers(min_value=0, max_value=20_000))
def test_the_size_announced_is_always_enough(office_template, digest: bytes, token_size: int) -> None:
    template, sign = office_template
    attributes = template.signed_attributes(digest)
    packed = template.package(attributes, sign(attributes), core.OctetString(bytes(token_size)).dump())
    assert 0 <= template.size(token_size + 5) - len(packed) <= 16


@given(st.lists(st.integers(min_value=0, max_value=2**40), min_size=1, max_size=8))
def test_object_identifiers_are_always_read_back_alike(arcs: list[int]) -> None:
    dotted = ".".join(map(str, [2, 25, *arcs]))
    assert core.ObjectIdentifier.load(cms.object_identifier(dotted)).dotted == dotted


@given(st.binary(max_size=70_000))
def test_elements_are_always_read_back_alike(content: bytes) -> None:
    assert core.OctetString.load(cms.element(0x04, content), strict=True).native == content
