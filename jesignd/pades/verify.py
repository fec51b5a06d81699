"""Verify: judge the signatures of any file, and never say `valid` of one that was changed afterwards.

The cryptography and the analysis of later changes are pyHanko's. On top stand rules that published attacks made
necessary: what a signature does not cover is exactly its own value; the newest signature covers the whole file; a
time-stamp that does not hold spoils its signature; a signature that lies in the file but cannot be reached is never
passed over in silence. Validation data that others append after the last signature is covered by nobody, so such a file
is `indeterminate` until a document time-stamp covers it; our own seals carry that data inside.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asn1crypto import crl as asn1_crl
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from jesignd.domain.levels import PadesLevel
from jesignd.domain.verdict import Modifications, Outcome, SignatureFound, Verdict, worst
from jesignd.errors import Words
from jesignd.pades.judgement import UNJUDGEABLE, Evidence, Judged, judge, unjudged
from jesignd.pades.update import UNREADABLE, entry

_RANGE = re.compile(rb"/ByteRange[\0\t\n\f\r ]*\[")
_MOST_SIGNATURES = 100
_UNCOVERED = Words(
    "des ajouts suivent la dernière signature et aucune signature ne les couvre",
    "there are additions after the last signature that no signature covers",
)
_UNCOVERED_DATA = Words(
    "des données de validation, sans autre changement, suivent la dernière signature ; un horodatage du document "
    "les couvrirait",
    "validation data, and no other change, follow the last signature; a document time-stamp would cover them",
)
_PADES = "/ETSI.CAdES.detached"


def verify(data: bytes, *, anchors: Sequence[bytes], name: str) -> Verdict:
    """What may be said of this file's signatures; it does not raise because of what the file contains.

    `anchors` are the roots trusted (DER). Without them a sound signature is `indeterminate`: nobody vouches for it.
    """
    try:
        reader = _open(data)
        if "/Encrypt" in reader.trailer:
            words = Words("fichier chiffré : signatures non examinées", "encrypted file: signatures were not examined")
            return Verdict(name, Outcome.INDETERMINATE, reasons=(words,))
        evidence = _evidence(reader, tuple(anchors))
        judged = list(_judged(reader, data, evidence))
    except UNREADABLE as error:
        kind = type(error).__name__
        words = Words(f"structure du fichier illisible ({kind})", f"the file’s structure cannot be read ({kind})")
        return Verdict(name, Outcome.INDETERMINATE, reasons=(words,))
    reasons = _unreachable(reader, data, known=len(judged))
    judged = _newest_covers(judged)
    outcome = worst([*(one.found.outcome for one in judged), *(Outcome.INDETERMINATE for _ in reasons)])
    return Verdict(name, outcome, tuple(one.found for one in judged if not one.is_timestamp), reasons)


def spoilt_by(before: bytes, after: bytes) -> Words | None:
    """Why a seal added to an already signed file spoils an earlier signature; None when all stand as they stood.

    Signatures that were not sound before are not held against the seal.
    """
    earlier = {one.field: one for one in verify(before, anchors=(), name="").signatures}
    later = {one.field: one for one in verify(after, anchors=(), name="").signatures}
    spoilt = [
        field
        for field, one in earlier.items()
        if one.outcome is not Outcome.INVALID and (field not in later or _is_spoilt(one, later[field]))
    ]
    if not spoilt:
        return None
    return Words(
        f"sceller ce fichier invaliderait une signature antérieure ({', '.join(spoilt)})",
        f"sealing this file would spoil an earlier signature ({', '.join(spoilt)})",
    )


def _is_spoilt(earlier: SignatureFound, later: SignatureFound) -> bool:
    unclear = later.modifications is Modifications.UNKNOWN and earlier.modifications is not Modifications.UNKNOWN
    return unclear or later.outcome is Outcome.INVALID


def _open(data: bytes) -> PdfFileReader:
    """Strictly if possible; odd but harmless files (those of office software, for one) as other readers read them."""
    with contextlib.suppress(*UNREADABLE):
        strict = PdfFileReader(io.BytesIO(data), strict=True)
        list(enumerate_sig_fields(strict))
        if not strict.xrefs.hybrid_xrefs_present:
            return strict
    return PdfFileReader(io.BytesIO(data), strict=False)


def _judged(reader: PdfFileReader, data: bytes, evidence: Evidence) -> Iterator[Judged]:
    revisions = reader.xrefs.total_revisions
    for index, (name, value, field) in enumerate(enumerate_sig_fields(reader, filled_status=True)):
        if index >= _MOST_SIGNATURES:
            yield unjudged("", revision=revisions, reason="too many")
            return
        try:
            if isinstance(value.get_object(), generic.NullObject):
                continue
            embedded = EmbeddedPdfSignature(reader, field, name)
        except UNJUDGEABLE as error:
            yield unjudged(str(name), revision=revisions, reason=type(error).__name__)
            continue
        one = judge(embedded, data, evidence)
        yield replace(one, found=replace(one.found, pades_level=_level(embedded, one, evidence)))


def _newest_covers(judged: list[Judged]) -> list[Judged]:
    """The newest signature must cover the whole file."""
    if not judged:
        return judged
    newest = max(range(len(judged)), key=lambda index: judged[index].revision)
    found = judged[newest].found
    if found.covers_whole_file or found.outcome is Outcome.INVALID:
        return judged
    words = _UNCOVERED_DATA if found.modifications is Modifications.VALIDATION_DATA else _UNCOVERED
    spoilt = replace(found, outcome=worst([found.outcome, Outcome.INDETERMINATE]), reasons=(*found.reasons, words))
    return [replace(one, found=spoilt) if index == newest else one for index, one in enumerate(judged)]


def _unreachable(reader: PdfFileReader, data: bytes, *, known: int) -> tuple[Words, ...]:
    """Signatures whose bytes are in the file although no field leads to them."""
    expected = known
    with contextlib.suppress(*UNREADABLE):
        expected += "/UR3" in (entry(reader.root, "/Perms") or {})
    if len(_RANGE.findall(data)) <= expected:
        return ()
    words = Words(
        "le fichier contient une signature qu’aucun champ ne montre",
        "the file holds a signature that no field shows",
    )
    return (words,)


def _evidence(reader: PdfFileReader, anchors: tuple[bytes, ...]) -> Evidence:
    store = entry(reader.root, "/DSS")
    if not isinstance(store, generic.DictionaryObject):
        return Evidence(anchors)
    kept = {key: _streams(store, key) for key in ("/Certs", "/CRLs", "/OCSPs")}
    return Evidence(anchors, kept["/Certs"], kept["/CRLs"], kept["/OCSPs"])


def _streams(store: generic.DictionaryObject, key: str) -> tuple[bytes, ...]:
    listed = entry(store, key)
    if not isinstance(listed, generic.ArrayObject):
        return ()
    objects = [one.get_object() for one in listed]
    return tuple(one.data for one in objects if isinstance(one, generic.StreamObject))


def _level(embedded: EmbeddedPdfSignature, judged: Judged, evidence: Evidence) -> PadesLevel | None:
    """The baseline level that the file shows (ETSI EN 319 142-1, clause 6); B-LTA is not looked for yet."""
    if judged.is_timestamp or entry(embedded.sig_object, "/SubFilter") != _PADES:
        return None
    if not judged.has_token:
        return PadesLevel.B_B
    with contextlib.suppress(*UNJUDGEABLE):
        issuer = embedded.signer_cert.issuer
        if evidence.ocsps or any(asn1_crl.CertificateList.load(one).issuer == issuer for one in evidence.crls):
            return PadesLevel.B_LT
    return PadesLevel.B_T
