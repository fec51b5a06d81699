#!/usr/bin/env python3
"""Vérifier une délégation et ses actes sans jesignd / Check a delegation and its acts without jesignd.

    python3 verify_delegation.py PREUVE.json --root RACINE.pem [--crl LISTE.crl …] [--act ID] [--file SCELLÉ.pdf]

The proof comes from `jesignd delegation export`, or from `jesignd document proof` for one document. Needs Python 3.9
and `cryptography`, nothing else, no network.
What is checked: who signed the grant, up to a root you trust, at the time of signing, revoked certificates included;
then for each act: the digest it cites, the firm, the person, the power, the days (Paris), the limits, revocation.

Verdicts, and the exit code 0 when every one is `good`, else 1:
  good  not-yet  expired  revoked  out-of-scope  other-person  forged
"""

from __future__ import annotations

import argparse
import base64
import datetime
import fnmatch
import hashlib
import json
import sys
import zoneinfo
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
OPERATIONS = {
    "prepare": {"prepare_signing", "prepare_sealing"},
    "launch": {"prepare_signing", "prepare_sealing", "launch_signing", "cancel"},
    "seal": {"prepare_sealing", "launch_sealing"},
    "sign": {"prepare_signing", "prepare_sealing", "launch_signing", "cancel", "sign"},
}


class Forged(Exception):
    """Nothing it says can be relied on."""


def main() -> int:
    """Print one line for the grant and one for each act; 0 when all is good."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("proof", type=Path, help="file from `jesignd delegation export` or `jesignd document proof`")
    parser.add_argument("--root", type=Path, required=True, action="append", help="a certificate you trust, PEM or DER")
    parser.add_argument("--crl", type=Path, action="append", default=[], help="a revocation list, PEM or DER")
    parser.add_argument("--act", help="look at this act only")
    parser.add_argument("--file", type=Path, help="the sealed file that the proof of a document is about")
    options = parser.parse_args()
    roots = [certificate_from(path.read_bytes()) for path in options.root]
    crls = [crl_from(path.read_bytes()) for path in options.crl]
    try:
        proof = json.loads(options.proof.read_text(encoding="utf-8"))
        crls += [x509.load_der_x509_crl(base64.b64decode(one, validate=True)) for one in proof.get("crls", [])]
        verdicts = judge(proof, roots=roots, crls=crls, only=options.act or proof.get("act"))
        if options.file is not None:
            verdicts.append(of_file(options.file, proof))
    except (Forged, ValueError, KeyError, TypeError) as error:
        verdicts = [("delegation", "forged", str(error) or type(error).__name__)]
    for name, verdict, remark in verdicts:
        print(f"{verdict:13}{name}{'  ' + remark if remark else ''}")
    return 0 if all(verdict == "good" for _, verdict, _ in verdicts) else 1


def judge(
    proof: dict[str, Any],
    *,
    roots: list[x509.Certificate],
    crls: list[x509.CertificateRevocationList],
    only: str | None,
) -> list[tuple[str, str, str]]:
    """Name, verdict and remark of the grant and of each act; Forged when the grant itself is no grant."""
    grant = declaration(proof["statement"], "jesignd-delegation", "granted_at", roots=roots, crls=crls)
    digest = hashlib.sha256(proof["statement"].encode("ascii")).hexdigest()
    revoked_at = None
    for text in proof["revocations"]:
        end = declaration(text, "jesignd-delegation-revocation", "revoked_at", roots=roots, crls=crls)
        if (end["delegation"], end["statement"], end["firm"]["id"]) != (grant["id"], digest, grant["firm"]["id"]):
            raise Forged("a revocation of something else")
        revoked_at = min(filter(None, [revoked_at, instant(end["revoked_at"])]))
    granter, holder = grant["granted_by"]["name"], grant["holder"]["email"]
    rights = "+".join(grant["rights"])
    said = f"{granter} -> {holder}, {rights}, {grant['first_day']}..{grant['last_day']}, sha256:{digest}"
    lists = f" (revocation lists up to {max(one.last_update_utc for one in crls):%Y-%m-%d %H:%M} UTC)" if crls else ""
    said += lists or " (no revocation list: certificates not checked against one)"
    verdicts = [(grant["id"], "good", said)]
    count = cents = 0
    for act in sorted(proof["acts"], key=lambda one: (instant(one["at"]), one["id"])):
        count, cents = count + 1, cents + act["cents"]
        verdict = of_act(act, grant, digest=digest, revoked_at=revoked_at, count=count, cents=cents)
        if only is None or act["id"] == only:
            verdicts.append((act["id"], verdict, f"{act['operation']} {act['at']}"))
    if only is not None and len(verdicts) == 1:
        raise ValueError(f"no act {only} in this proof")
    return verdicts


def of_file(path: Path, proof: dict[str, Any]) -> tuple[str, str, str]:
    """Whether this is the sealed file that the proof names."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    same = digest == proof["file"]["sealed"]
    return path.name, "good" if same else "forged", f"sha256:{digest}"


def of_act(
    act: dict[str, Any],
    grant: dict[str, Any],
    *,
    digest: str,
    revoked_at: datetime.datetime | None,
    count: int,
    cents: int,
) -> str:
    """The verdict on one act; `count` and `cents` include it."""
    at, scope = instant(act["at"]), grant["scope"]
    first = max(instant(grant["granted_at"]), midnight(grant["first_day"]))
    after = midnight(grant["last_day"], days=1)
    kinds, clients = scope["kinds"], [one.casefold() for one in scope["clients"]]
    client = (act["client"] or "").casefold()
    checks = [
        ("forged", act["statement"] == digest and act["firm"] == grant["firm"]["id"]),
        ("other-person", act["person"]["email"] == grant["holder"]["email"]),
        ("out-of-scope", any(act["operation"] in OPERATIONS[right] for right in grant["rights"])),
        ("revoked", revoked_at is None or at < revoked_at),
        ("not-yet", first <= at),
        ("expired", at < after),
        ("out-of-scope", not kinds or act["kind"] in kinds),
        ("out-of-scope", not clients or any(fnmatch.fnmatchcase(client, one) for one in clients)),
        ("out-of-scope", scope["acts"] is None or count <= scope["acts"]),
        ("out-of-scope", scope["cents"] is None or cents <= scope["cents"]),
    ]
    return next((verdict for verdict, holds in checks if not holds), "good")


def declaration(
    text: str,
    kind: str,
    when: str,
    *,
    roots: list[x509.Certificate],
    crls: list[x509.CertificateRevocationList],
) -> dict[str, Any]:
    """What was signed, once its signature and the signer's certificates have been checked at the time of signing."""
    first, second, third = text.split(".")
    header, payload = json.loads(decoded(first)), json.loads(decoded(second))
    chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in header["x5c"]]
    check_signature(header["alg"], chain[0], decoded(third), f"{first}.{second}".encode("ascii"))
    if payload["type"] != kind or payload["version"] != 1 or header["typ"] != kind:
        raise Forged(f"this is no {kind}")
    check_chain(chain, instant(payload[when]), roots=roots, crls=crls)
    return dict(payload)


def check_signature(algorithm: str, certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    """Forged unless the signature is that certificate's."""
    key = certificate.public_key()
    try:
        if algorithm == "ES256" and isinstance(key, ec.EllipticCurvePublicKey) and len(signature) == 64:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        elif algorithm == "RS256" and isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise Forged(f"algorithm {algorithm} with another key")
    except InvalidSignature as error:
        raise Forged("the signature does not verify") from error


def check_chain(
    chain: list[x509.Certificate],
    at: datetime.datetime,
    *,
    roots: list[x509.Certificate],
    crls: list[x509.CertificateRevocationList],
) -> None:
    """Forged unless each certificate was good at that instant and issued by the next, up to a root that is trusted."""
    usage = chain[0].extensions.get_extension_for_class(x509.KeyUsage).value
    if not (usage.digital_signature or usage.content_commitment):
        raise Forged("the signer's certificate is not for signing")
    here = chain[0]
    for depth in range(6):
        if not here.not_valid_before_utc <= at < here.not_valid_after_utc:
            raise Forged(f"certificate not valid on {at.date()}: {here.subject.rfc4514_string()}")
        if here in roots:
            return
        issuer = next((one for one in [*roots, *chain[1:]] if issued(one, here)), None)
        if issuer is None:
            break
        authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not authority.ca or (authority.path_length is not None and authority.path_length < depth):
            raise Forged("a certificate issued by somebody who is no authority")
        check_not_revoked(here, issuer, at, crls)
        here = issuer
    raise Forged("the signer's certificate leads to no root that is trusted")


def check_not_revoked(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    at: datetime.datetime,
    crls: list[x509.CertificateRevocationList],
) -> None:
    """Forged when a list of its issuer says the certificate was revoked by then."""
    key = issuer.public_key()
    for crl in crls:
        if crl.issuer != issuer.subject:
            continue
        if not crl.is_signature_valid(key):  # type: ignore[arg-type]
            raise Forged("a revocation list that its issuer did not sign")
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and entry.revocation_date_utc <= at:
            raise Forged(f"the certificate was revoked on {entry.revocation_date_utc.date()}")


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the one signed the other."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def instant(text: str) -> datetime.datetime:
    """An instant in UTC, from RFC 3339."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def midnight(day: str, days: int = 0) -> datetime.datetime:
    """The first instant in Paris of that day, or of one some days later."""
    date = datetime.date.fromisoformat(day) + datetime.timedelta(days=days)
    return datetime.datetime.combine(date, datetime.time(), PARIS).astimezone(datetime.timezone.utc)


def decoded(segment: str) -> bytes:
    """The bytes of one part of a JWS."""
    return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)


def certificate_from(data: bytes) -> x509.Certificate:
    """A certificate, PEM or DER."""
    pem = data.lstrip().startswith(b"-----BEGIN")
    return x509.load_pem_x509_certificate(data) if pem else x509.load_der_x509_certificate(data)


def crl_from(data: bytes) -> x509.CertificateRevocationList:
    """A revocation list, PEM or DER."""
    pem = data.lstrip().startswith(b"-----BEGIN")
    return x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data)


if __name__ == "__main__":
    sys.exit(main())
