"""Judgement: one signature of one file, looked at by pyHanko and then by our own rules."""

from __future__ import annotations

import asyncio
import datetime
import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asn1crypto import x509 as asn1
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import CRLValidationError, OCSPValidationError, PathError, ValidationError

from jesignd.domain.levels import LegalLevel
from jesignd.domain.verdict import Modifications, Outcome, SignatureFound, SignatureKind, worst
from jesignd.errors import Words
from jesignd.pades import holder
from jesignd.pades.update import UNREADABLE, entry

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureStatus

UNJUDGEABLE = (
    *UNREADABLE,
    PathError,
    ValidationError,
    CRLValidationError,
    OCSPValidationError,
    SigningError,
    UnsupportedAlgorithm,
    InvalidSignature,
    NameError,
)
"""What the validator is known to let out of a malformed signature; NameError: asn1crypto 1.5.1 on an unknown curve."""

_MODIFICATIONS = {
    ModificationLevel.NONE: Modifications.NONE,
    ModificationLevel.LTA_UPDATES: Modifications.VALIDATION_DATA,
    ModificationLevel.FORM_FILLING: Modifications.FORMS,
    ModificationLevel.ANNOTATIONS: Modifications.ANNOTATIONS,
    ModificationLevel.OTHER: Modifications.FORBIDDEN,
}
_WEAK_DIGESTS = ("md5", "sha1", "md2", "md4", "ripemd160")
_LEAST_RSA_BITS = 2048
_MAY_SIGN = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What may be used to judge: the roots trusted and the validation data in the file (DER)."""

    anchors: tuple[bytes, ...]
    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def context(self, moment: datetime.datetime | None) -> ValidationContext:
        """The validator's setting for certificates at this moment (now when None); nothing is fetched."""
        return ValidationContext(
            trust_roots=[asn1.Certificate.load(one) for one in self.anchors],
            other_certs=[asn1.Certificate.load(one) for one in self.certificates],
            crls=list(self.crls),
            ocsps=list(self.ocsps),
            moment=moment,
            allow_fetching=False,
            revocation_mode="soft-fail",
            retroactive_revinfo=True,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """One signature judged; `revision` orders them. A document time-stamp is judged, but is nobody's act."""

    found: SignatureFound
    revision: int
    is_timestamp: bool = False
    has_token: bool = False


def judge(embedded: EmbeddedPdfSignature, data: bytes, evidence: Evidence) -> Judged:
    """The judgement of one signature or document time-stamp; whatever cannot be read is invalid."""
    stamp = entry(embedded.sig_object, "/Type") == "/DocTimeStamp"
    try:
        judged = _judge_timestamp(embedded, evidence) if stamp else _judge_signature(embedded, evidence)
    except UNJUDGEABLE as error:
        return unjudged(str(embedded.field_name), revision=embedded.signed_revision, reason=type(error).__name__)
    whole, gap_is_value = coverage(embedded, data)
    found = replace(judged.found, covers_whole_file=whole)
    if not gap_is_value:
        words = Words(
            "ce que la signature ne couvre pas n’est pas exactement sa propre valeur",
            "what the signature does not cover is not exactly its own value",
        )
        found = replace(found, outcome=Outcome.INVALID, reasons=(*found.reasons, words))
    return replace(judged, found=found)


def unjudged(field: str, *, revision: int, reason: str) -> Judged:
    """A signature that is there but cannot be read."""
    words = Words(f"signature illisible ({reason})", f"unreadable signature ({reason})")
    return Judged(
        SignatureFound(
            field=field,
            subject="",
            kind=SignatureKind.SIGNATURE,
            legal_level=LegalLevel.SIMPLE,
            pades_level=None,
            time=None,
            time_is_proven=False,
            covers_whole_file=False,
            modifications=Modifications.FORBIDDEN,
            outcome=Outcome.INVALID,
            reasons=(words,),
        ),
        revision,
    )


def coverage(embedded: EmbeddedPdfSignature, data: bytes) -> tuple[bool, bool]:
    """Whether the signature covers the whole file, and whether what it leaves out is exactly its own value."""
    parts = [int(part) for part in embedded.byte_range]
    if len(parts) != 4 or parts[0] != 0 or min(parts) < 0 or parts[1] > parts[2] or parts[2] + parts[3] > len(data):
        return False, False
    _, first, second, rest = parts
    gap = data[first:second]
    try:
        value = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return False, False
    framed = gap[:1] == b"<" and gap[-1:] == b">"
    return second + rest == len(data), framed and value == embedded.pkcs7_content


def _judge_signature(embedded: EmbeddedPdfSignature, evidence: Evidence) -> Judged:
    status, level = _status(embedded, evidence, moment=None)
    stamp = status.timestamp_validity
    sound = stamp is not None and stamp.valid and stamp.intact
    proven = stamp.timestamp if stamp is not None and sound and (stamp.trusted or not evidence.anchors) else None
    if proven is not None and not status.trusted and evidence.anchors:
        status, level = _status(embedded, evidence, moment=proven)
    certificate = embedded.signer_cert
    reasons = [
        *_integrity(status),
        *_changes(status, level),
        *_strength(status, certificate),
        *_trust(status, evidence),
    ]
    if stamp is not None and proven is None:
        reasons.append(_UNTRUSTED_STAMP if sound else _WRONG_STAMP)
    found = SignatureFound(
        field=str(embedded.field_name),
        subject=holder.name(certificate),
        kind=holder.kind(certificate),
        legal_level=holder.legal_level(certificate) if status.trusted else LegalLevel.SIMPLE,
        pades_level=None,
        time=proven or _aware(status.signer_reported_dt),
        time_is_proven=proven is not None,
        covers_whole_file=False,
        modifications=level,
        outcome=worst([Outcome.VALID, *(outcome for outcome, _ in reasons)]),
        reasons=tuple(words for _, words in reasons),
    )
    return Judged(found, embedded.signed_revision, has_token=proven is not None)


def _judge_timestamp(embedded: EmbeddedPdfSignature, evidence: Evidence) -> Judged:
    context = evidence.context(None)
    status = asyncio.run(async_validate_pdf_timestamp(embedded, validation_context=context))
    reasons = [*_integrity(status), *_trust(status, evidence)]
    level = status.modification_level or ModificationLevel.OTHER
    if level == ModificationLevel.OTHER:
        reasons.append((Outcome.INVALID, _CHANGED))
    found = SignatureFound(
        field=str(embedded.field_name),
        subject=holder.name(status.signing_cert),
        kind=SignatureKind.SEAL,
        legal_level=LegalLevel.SIMPLE,
        pades_level=None,
        time=status.timestamp,
        time_is_proven=True,
        covers_whole_file=False,
        modifications=_MODIFICATIONS[level],
        outcome=worst([Outcome.VALID, *(outcome for outcome, _ in reasons)]),
        reasons=tuple(words for _, words in reasons),
    )
    return Judged(found, embedded.signed_revision, is_timestamp=True)


def _status(
    embedded: EmbeddedPdfSignature, evidence: Evidence, *, moment: datetime.datetime | None
) -> tuple[PdfSignatureStatus, Modifications]:
    """The validator's findings; when it stumbles over what was appended, those without a look at that."""
    checks = functools.partial(
        async_validate_pdf_signature,
        embedded,
        signer_validation_context=evidence.context(moment),
        ts_validation_context=evidence.context(None),
        key_usage_settings=_MAY_SIGN,
    )
    try:
        status = asyncio.run(checks())
    except UNJUDGEABLE:
        return asyncio.run(checks(skip_diff=True)), Modifications.UNKNOWN
    return status, _MODIFICATIONS[status.modification_level or ModificationLevel.OTHER]


Reason = tuple[Outcome, Words]

_CHANGED = Words("le document a été modifié après la signature", "the document was changed after it was signed")
_WRONG_STAMP = (
    Outcome.INVALID,
    Words("l’horodatage de la signature est faux", "the signature’s time-stamp is wrong"),
)
_UNTRUSTED_STAMP = (
    Outcome.INDETERMINATE,
    Words("l’horodatage n’est pas reconnu de confiance", "the time-stamp is not known to be trusted"),
)


def _integrity(status: SignatureStatus) -> list[Reason]:
    if not status.intact:
        words = Words("l’empreinte signée n’est plus celle du document", "the digest signed is not the document’s")
        return [(Outcome.INVALID, words)]
    if not status.valid:
        return [(Outcome.INVALID, Words("la valeur de signature est fausse", "the signature value is wrong"))]
    return []


def _changes(status: PdfSignatureStatus, level: Modifications) -> list[Reason]:
    if level is Modifications.UNKNOWN:
        words = Words("ce qui suit la signature n’a pu être analysé", "what follows the signature cannot be analysed")
        return [(Outcome.INDETERMINATE, words)]
    if level is Modifications.FORBIDDEN or status.docmdp_ok is False:
        return [(Outcome.INVALID, _CHANGED)]
    if level is Modifications.ANNOTATIONS:
        return [(Outcome.INDETERMINATE, Words("des annotations ont été ajoutées", "annotations were added"))]
    if status.seed_value_constraint_error is not None:
        words = Words("le champ imposait d’autres conditions", "the field asked for other conditions")
        return [(Outcome.INDETERMINATE, words)]
    return []


def _strength(status: PdfSignatureStatus, certificate: asn1.Certificate) -> list[Reason]:
    reasons: list[Reason] = []
    if status.md_algorithm.lower() in _WEAK_DIGESTS:
        name = status.md_algorithm.upper()
        reasons.append((Outcome.INDETERMINATE, Words(f"empreinte {name} trop faible", f"digest {name} is too weak")))
    key = certificate.public_key
    if key.algorithm == "rsa" and key.bit_size < _LEAST_RSA_BITS:
        words = Words(f"clé RSA de {key.bit_size} bits trop faible", f"RSA key of {key.bit_size} bits is too weak")
        reasons.append((Outcome.INDETERMINATE, words))
    return reasons


def _trust(status: SignatureStatus, evidence: Evidence) -> list[Reason]:
    if status.revoked:
        return [(Outcome.INVALID, Words("le certificat est révoqué", "the certificate is revoked"))]
    if not evidence.anchors:
        words = Words("aucune racine de confiance n’est donnée", "no trusted root is given")
        return [(Outcome.INDETERMINATE, words)]
    if not status.trusted:
        problem = status.trust_problem_indic
        detail = problem.standard_name if problem is not None else "NO_CERTIFICATE_CHAIN_FOUND"
        words = Words(f"certificat non reconnu de confiance ({detail})", f"certificate is not trusted ({detail})")
        return [(Outcome.INDETERMINATE, words)]
    return []


def _aware(at: datetime.datetime | None) -> datetime.datetime | None:
    if at is None or at.tzinfo is not None:
        return at
    return at.replace(tzinfo=datetime.UTC)
