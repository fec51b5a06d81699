"""Inspect: say what a file is before anything is done to it, and how it may be sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jesignd.domain.sealing import Inspection
from jesignd.pdf import active, catalog, first_look, ladder, refusals, signed, xref
from jesignd.pdf.findings import Finding
from jesignd.pdf.opened import READING_FAULTS, Structure, structure, viewer
from jesignd.pdf.xref_stream import Damaged

if TYPE_CHECKING:
    from jesignd.pdf.signed import Signatures
    from jesignd.pdf.xref import Sections


def inspect(data: bytes, *, max_bytes: int | None = None) -> Inspection:
    """What the file holds and the rung of the ladder it stands on.

    Raises:
        DocumentError: not a PDF (E01), truncated or unreadable (E02), encrypted (E03), larger than `max_bytes` (E04),
            or certified against any change (E11).
    """
    sections = before_opening(data, max_bytes=max_bytes)
    with structure(data) as opened:
        return inspect_opened(data, opened, sections=sections)


def before_opening(data: bytes, *, max_bytes: int | None) -> Sections | None:
    """What the cross-reference sections say (None: unreadable as written); refuses what needs no library to refuse."""
    if max_bytes is not None and len(data) > max_bytes:
        raise refusals.too_large(len(data), max_bytes)
    first_look.require_pdf(data)
    try:
        sections = xref.read(data)
    except Damaged:
        return None
    if sections.encrypted:
        raise refusals.encrypted()
    return sections


def inspect_opened(data: bytes, opened: Structure, *, sections: Sections | None) -> Inspection:
    """`inspect`, for a file qpdf has already opened."""
    try:
        signatures = signed.look(opened.pdf)
        _require_open_to_seals(signatures)
        if opened.pages == 0:
            raise refusals.without_pages()
        # Before the viewer opens the file: it unpacks metadata whole, however large they are.
        claimed = catalog.pdfa(opened.pdf)
        with viewer(data) as shown:
            viewer_pages = len(shown)
        facts = ladder.Facts(
            oddities=None if sections is None else frozenset(sections.oddities),
            warnings=opened.warnings,
            structure_pages=opened.pages,
            viewer_pages=viewer_pages,
            protected=_is_protected(data, signatures),
            complete=first_look.is_complete(data),
        )
        rung = ladder.rung(facts)
        found = ladder.findings(facts) | active.search(data, sections, opened.pdf) | _of_content(opened, signatures)
        return Inspection(
            rung=rung,
            pages=opened.pages,
            producer=catalog.producer(opened.pdf),
            signatures=signatures.signatures,
            pdfa=claimed,
            attachments=catalog.attachments(opened.pdf),
            findings=tuple(sorted(found)),
        )
    except READING_FAULTS as error:
        raise refusals.unreadable() from error


def _is_protected(data: bytes, signatures: Signatures) -> bool:
    return bool(signatures.signatures) or signatures.usage_rights or signed.bears_signature_bytes(data)


def _require_open_to_seals(signatures: Signatures) -> None:
    if signatures.closed:
        raise refusals.closed_by_its_author()
    if signatures.dynamic_form:
        raise refusals.dynamic_form()


def _of_content(opened: Structure, signatures: Signatures) -> set[Finding]:
    present = {
        Finding.HIDDEN_LAYERS: catalog.hides_layers(opened.pdf),
        Finding.SIGNED_EARLIER: signatures.signatures > 0,
        Finding.EMPTY_SIGNATURE_FIELD: signatures.empty_fields > 0,
        Finding.USAGE_RIGHTS: signatures.usage_rights,
        Finding.FORM_DRAWN_BY_VIEWER: signatures.drawn_by_viewer,
    }
    return {finding for finding, is_there in present.items() if is_there}
