"""Prepare: the one rewriting, for files too damaged to append to, and the whole preparation of a file for its seal.

A rewriting is deterministic, so that doing it again after a crash gives the same bytes.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import pikepdf
from pikepdf import Name

from jesignd.domain.sealing import Inspection, Mark, Placement, Rung
from jesignd.pdf import refusals, signed, xref
from jesignd.pdf.catalog import dictionary
from jesignd.pdf.compare import first_difference
from jesignd.pdf.geometry import place, place_opened
from jesignd.pdf.inspect import before_opening, inspect_opened
from jesignd.pdf.ladder import is_harmless
from jesignd.pdf.opened import READING_FAULTS, structure

STRAY_NUMBER_SIGN = "name with stray #"
"""qpdf's words of a name that it writes again as it was and that stricter readers refuse, with whatever holds it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ready for its seal. `data` is what was received, unless the inspection says `REBUILT`."""

    data: bytes
    inspection: Inspection
    placement: Placement | None


def prepare(data: bytes, *, mark: Mark | None, max_bytes: int | None = None) -> Prepared:
    """Inspect, rebuild if it must and may be, and place the mark, opening the file once for all three.

    Raises:
        DocumentError, DocumentHeld: as `inspect`, `rebuild` and `place`.
    """
    sections = before_opening(data, max_bytes=max_bytes)
    with structure(data) as opened:
        inspection = inspect_opened(data, opened, sections=sections)
        if inspection.rung is not Rung.REBUILT:
            return Prepared(data, inspection, None if mark is None else place_opened(data, opened, mark))
    rebuilt = rebuild(data)
    return Prepared(rebuilt, inspection, None if mark is None else place(rebuilt, mark))


def rebuild(data: bytes) -> bytes:
    """The same document, written anew and well-formed; shown to read and look the same.

    Raises:
        DocumentError: encrypted (E03); signed, unreadable, or not the same afterwards (E02).
    """
    with structure(data) as opened:
        try:
            found = signed.look(opened.pdf)
            if found.signatures or found.usage_rights or signed.bears_signature_bytes(data):
                raise refusals.damaged_and_signed()
            if any(STRAY_NUMBER_SIGN in warning for warning in opened.warnings):
                _set_resources_apart(opened.pdf)
            rebuilt = _written_anew(opened.pdf)
            _require_well_formed(rebuilt)
        except READING_FAULTS as error:
            raise refusals.unreadable() from error
    if first_difference(data, rebuilt, placement=None) is not None:
        raise refusals.changed_by_mending()
    return rebuilt


def _written_anew(pdf: pikepdf.Pdf) -> bytes:
    pdf.Root.Type = Name.Catalog
    if "/Parent" in pdf.Root.Pages:
        del pdf.Root.Pages["/Parent"]
    # qpdf writes a trailer without /Size when there was none to begin with; the number itself it corrects.
    pdf.trailer["/Size"] = len(pdf.objects) + 1
    output = io.BytesIO()
    with warnings.catch_warnings():
        # pikepdf warns of fields that no form lists, as if we were about to make a new document of the pages.
        warnings.simplefilter("ignore")
        pdf.save(
            output,
            deterministic_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            # Otherwise pikepdf parses the XMP, and puts an empty one in the place of what it cannot parse.
            fix_metadata_version=False,
        )
    return output.getvalue()


def _set_resources_apart(pdf: pikepdf.Pdf) -> None:
    """Keep odd names out of the objects a seal touches; spelling them anew would change what some viewers show."""
    for page in pdf.pages:
        resources = dictionary(page.obj.get("/Resources"))
        if resources is not None and not resources.is_indirect:
            page.obj["/Resources"] = pdf.make_indirect(resources)


def _require_well_formed(rebuilt: bytes) -> None:
    with structure(rebuilt) as opened:
        if xref.read(rebuilt).oddities or not all(
            is_harmless(warning) or STRAY_NUMBER_SIGN in warning for warning in opened.warnings
        ):
            raise refusals.unreadable()
