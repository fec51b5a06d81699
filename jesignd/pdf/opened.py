"""Opened: one file seen by two independent readers, qpdf (structure) and PDFium (what people see).

Neither is told to repair; both repair what they can. What they had to repair, and whether they agree, is for
`ladder` to judge. PDFium is not thread-safe: one document at a time in a process.
"""

from __future__ import annotations

import io
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from jesignd.pdf import refusals
from jesignd.pdf.signed import bears_signature_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jesignd.errors import DocumentError

READING_FAULTS = (
    pikepdf.PdfError,
    pypdfium2.PdfiumError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    RuntimeError,
    zlib.error,
)
"""What the two libraries raise on foreign files; translated at the door of this room, never inside."""

_viewer_lock = threading.RLock()
_PASSWORD_FAULTS = frozenset({pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY})


@dataclass(frozen=True, slots=True)
class Structure:
    """A file as qpdf reads it; closed with the block that opened it."""

    pdf: pikepdf.Pdf
    pages: int
    warnings: tuple[str, ...]


@contextmanager
def structure(data: bytes) -> Iterator[Structure]:
    """Open with qpdf.

    Raises:
        DocumentError: encrypted (E03), or unreadable even with repairs (E02).
    """
    try:
        pdf = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise refusals.encrypted() from error
    except READING_FAULTS as error:
        raise _refusal(data, error) from error
    with pdf:
        if pdf.is_encrypted:
            raise refusals.encrypted()
        try:
            pages = len(pdf.pages)
            warnings = tuple(str(warning) for warning in pdf.get_warnings())
        except READING_FAULTS as error:
            raise _refusal(data, error) from error
        yield Structure(pdf, pages, warnings)


def _refusal(data: bytes, error: Exception) -> DocumentError:
    if "encrypt" in str(error):
        return refusals.encrypted()
    return refusals.damaged_and_signed() if bears_signature_bytes(data) else refusals.unreadable()


@contextmanager
def viewer(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open with PDFium, alone in this process; fields are drawn as whoever fills them sees them, marks of seals too.

    Raises:
        DocumentError: encrypted (E03), or not shown by PDFium (E02).
    """
    with _viewer_lock:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            # The code is stale when a file has no page: only believed of files that speak of encryption.
            locked = b"/Encrypt" in data and getattr(error, "err_code", None) in _PASSWORD_FAULTS
            raise (refusals.encrypted() if locked else refusals.unreadable()) from error
        try:
            _draw_fields(document)
            yield document
        finally:
            document.close()


def _draw_fields(document: pypdfium2.PdfDocument) -> None:
    """Have PDFium draw fields, which it does only if asked before any page is opened.

    The binding asks for it only if the catalogue has a form. Browsers always do, so fields that no form lists show
    there; and if they showed only after sealing, which adds a form, the seal would change the document.
    """
    settings = pdfium.FPDF_FORMFILLINFO(version=2)
    environment = pdfium.FPDFDOC_InitFormFillEnvironment(document, settings)
    if environment:
        document.formenv = pypdfium2.PdfFormEnv(environment, settings)
