"""Corpus witness: what pyHanko and PDFium say of a sealed file beside its original; none of our own judgement is used.

Runs in a confined child; `pdfsig` and `qpdf`, which are programs, are asked by the parent.
"""

from __future__ import annotations

import asyncio
import ctypes
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from asn1crypto import x509
from PIL import Image, ImageChops
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

MAX_PICTURED = 25
"""Pages whose rendering is compared; text is compared on all."""
MAX_PIXELS = 3_000_000
BORDER_PIXELS = 3
SMOOTHING = 16
"""Of 255: how much the smoothing of an edge may differ when coordinates are added up in another order."""

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of user space."""


@dataclass(frozen=True, slots=True)
class Testimony:
    """What is wrong with a sealed file (nothing, one hopes), and how many signatures it has."""

    faults: tuple[str, ...]
    signatures: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How one signature stands; higher is better in each."""

    intact: bool
    allowed: bool
    analysed: bool


def pages_shown(original: Path) -> int | None:
    """How many pages PDFium shows of this file; None when it does not open it, or only with a password."""
    try:
        document = pypdfium2.PdfDocument(original.read_bytes())
    except pypdfium2.PdfiumError:
        return None
    try:
        return len(document) or None
    finally:
        document.close()


def testify(original: Path, sealed: Path, rebuilt: bool, root: bytes) -> Testimony:  # noqa: FBT001  # positional on the wire
    """Compare and validate; `root` (DER) is what the seal's certificate leads to."""
    logging.disable(logging.CRITICAL)  # of this child: pyHanko tells each oddity of a foreign file
    before, after = original.read_bytes(), sealed.read_bytes()
    faults: list[str] = []
    if not rebuilt and not after.startswith(before):
        faults.append("the original is not its beginning")
    reader = PdfFileReader(io.BytesIO(after), strict=False)
    signatures = _signatures(reader)
    if "/Encrypt" in reader.trailer:
        faults.append("sealed although encrypted")
    if b"/Encrypt" in before and _is_encrypted(before):
        faults.append("encryption was removed")
    faults += _seal_faults(signatures, root)
    faults += _earlier_faults(before, after)
    faults += _shown_faults(before, after, _mark(signatures))
    return Testimony(tuple(faults), len(signatures))


def _signatures(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """Every signature pyHanko can make something of; fields that hold nothing, or rubbish, are passed over."""
    found = []
    for name, value, field in enumerate_sig_fields(reader, filled_status=True):
        try:
            if isinstance(value.get_object(), generic.DictionaryObject):
                found.append(EmbeddedPdfSignature(reader, field, name))
        except Exception:  # noqa: BLE001, S112  # rubbish in an earlier field; ours is missed by its own check
            continue
    return found


def _is_encrypted(data: bytes) -> bool:
    try:
        return "/Encrypt" in PdfFileReader(io.BytesIO(data), strict=False).trailer
    except Exception:  # noqa: BLE001  # the library lets out anything on foreign files; PDFium is asked as well
        return False


def _seal_faults(signatures: list[EmbeddedPdfSignature], root: bytes) -> list[str]:
    """The newest signature must be ours: trusted, intact, over the whole file, within what earlier ones allow."""
    if not signatures:
        return ["pyHanko finds no signature"]
    newest = max(signatures, key=lambda one: one.signed_revision)
    context = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
    try:
        status = asyncio.run(
            async_validate_pdf_signature(
                newest,
                signer_validation_context=context,
                key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
            )
        )
    except Exception as error:  # noqa: BLE001  # as above: any failure to validate is the fault reported
        return [f"pyHanko cannot validate: {type(error).__name__} {error}"]
    faults = [] if status.bottom_line else [f"pyHanko: {status.summary()}"]
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        faults.append(f"pyHanko: covers {status.coverage.name}")
    return faults


def _earlier_faults(before: bytes, after: bytes) -> list[str]:
    earlier, later = _standings(before), _standings(after)
    faults = []
    for name, was in earlier.items():
        if not was.intact:
            continue
        now = later.get(name)
        if now is None:
            faults.append(f"earlier signature {name} is gone")
        elif was.intact > now.intact or was.allowed > now.allowed or was.analysed > now.analysed:
            faults.append(f"earlier signature {name} was {was}, is {now}")
    return faults


def _standings(data: bytes) -> dict[str, Standing]:
    try:
        signatures = _signatures(PdfFileReader(io.BytesIO(data), strict=False))
    except Exception:  # noqa: BLE001  # a file pyHanko cannot read has no signature that it could find spoilt
        return {}
    return {str(one.field_name): _standing(one) for one in signatures}


def _standing(signature: EmbeddedPdfSignature) -> Standing:
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    for skipped in (False, True):
        try:
            status = asyncio.run(
                async_validate_pdf_signature(signature, signer_validation_context=context, skip_diff=skipped)
            )
        except Exception:  # noqa: BLE001, S112  # once more without the analysis; then it counts as not intact
            continue
        level = status.modification_level or ModificationLevel.NONE
        allowed = level is not ModificationLevel.OTHER and status.docmdp_ok is not False
        return Standing(status.intact and status.valid, skipped or allowed, not skipped)
    return Standing(intact=False, allowed=False, analysed=False)


def _mark(signatures: list[EmbeddedPdfSignature]) -> Rectangle | None:
    """Where the newest field is drawn, in user space."""
    newest = max(signatures, key=lambda one: one.signed_revision, default=None)
    if newest is None or "/Rect" not in newest.sig_field:
        return None
    left, bottom, right, top = (float(edge) for edge in newest.sig_field["/Rect"])
    return (left, bottom, right, top)


def _shown_faults(before: bytes, after: bytes, mark: Rectangle | None) -> list[str]:
    old, new = pypdfium2.PdfDocument(before), pypdfium2.PdfDocument(after)
    try:
        for document in (old, new):
            _draw_fields(document)
        if len(old) != len(new):
            return [f"{len(old)} pages before, {len(new)} after"]
        return list(_page_faults(old, new, mark))
    finally:
        new.close()
        old.close()


def _draw_fields(document: pypdfium2.PdfDocument) -> None:
    """As browsers do, form or no form, before any page is opened; otherwise PDFium draws no field and no mark."""
    settings = pdfium.FPDF_FORMFILLINFO(version=2)
    environment = pdfium.FPDFDOC_InitFormFillEnvironment(document, settings)
    if environment:
        document.formenv = pypdfium2.PdfFormEnv(environment, settings)


def _page_faults(old: pypdfium2.PdfDocument, new: pypdfium2.PdfDocument, mark: Rectangle | None) -> Iterator[str]:
    every = max(1, len(old) // MAX_PICTURED)
    for index in range(len(old)):
        one, other = _page(old, index), _page(new, index)
        if one is None or other is None:
            if one is not other:
                yield f"page {index + 1} is shown in one of the two only"
            continue
        if _text(one) != _text(other):
            yield f"page {index + 1}: text differs"
        if index % every and index != len(old) - 1:
            continue
        found = _picture_difference(one, other, mark)
        if found is not None:
            yield f"page {index + 1}: looks different at {found}"


def _page(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage | None:
    try:
        return document[index]
    except pypdfium2.PdfiumError:
        return None


def _text(page: pypdfium2.PdfPage) -> str:
    return page.get_textpage().get_text_range()


def _picture_difference(
    one: pypdfium2.PdfPage, other: pypdfium2.PdfPage, mark: Rectangle | None
) -> tuple[int, int, int, int] | None:
    """Where the two pages differ (pixels) apart from the mark, which is looked up in the page sealed."""
    width, height = one.get_size()
    scale = min(1.3, (MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    was, now = (page.render(scale=scale).to_pil().convert("RGB") for page in (one, other))
    if was.size != now.size:
        return (0, 0, *now.size)
    if mark is not None and _lies_on(other, mark):
        box = _box(other, mark, now.size)
        hole = Image.new("RGB", (box[2] - box[0], box[3] - box[1]))
        was.paste(hole, box[:2])
        now.paste(hole, box[:2])
    difference = ImageChops.difference(was, now)
    strongest = max(highest for _, highest in difference.getextrema())
    return difference.getbbox() if strongest > SMOOTHING else None


def _box(page: pypdfium2.PdfPage, mark: Rectangle, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where the mark is drawn, as PDFium maps the page's user space to pixels, with a border."""
    points = []
    for x, y in (mark[:2], mark[2:]):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, size[0], size[1], 0, x, y, across, down)
        points.append((across.value, down.value))
    (x0, y0), (x1, y1) = points
    left, right, high, low = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return (left - BORDER_PIXELS, high - BORDER_PIXELS, right + BORDER_PIXELS, low + BORDER_PIXELS)


def _lies_on(page: pypdfium2.PdfPage, mark: Rectangle) -> bool:
    """Whether the page has an annotation just there."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            edges = pdfium.FS_RECTF()
            found = pdfium.FPDFAnnot_GetRect(annotation, edges)
            at = (edges.left, edges.bottom, edges.right, edges.top)
            if found and all(abs(a - b) < 0.05 for a, b in zip(at, mark, strict=True)):
                return True
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return False
