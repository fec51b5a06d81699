"""Signed: which signatures, usage rights and forms a document already carries, and whether more are allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pikepdf import Name

from jesignd.pdf import refusals
from jesignd.pdf.catalog import dictionary, entry, items

if TYPE_CHECKING:
    import pikepdf

MAX_FIELDS = 100_000
_BYTE_RANGE = re.compile(rb"/ByteRange[\0\t\n\f\r ]*\[")


@dataclass(frozen=True, slots=True)
class Signatures:
    """What the form and the permissions say."""

    signatures: int = 0
    empty_fields: int = 0
    closed: bool = False
    """A signature allows no change at all (DocMDP or its field's lock, P = 1; ISO 32000-2 §12.8.2.2, table 236)."""
    usage_rights: bool = False
    dynamic_form: bool = False
    drawn_by_viewer: bool = False
    """The form leaves it to the program to draw its fields (`/NeedAppearances`)."""


def look(pdf: pikepdf.Pdf) -> Signatures:
    """Walk the form's fields; cycles and depth are bounded.

    Raises:
        DocumentError: the fields hang together so that walking them as other programs do would not end (E16).
    """
    form = pdf.Root.get("/AcroForm")
    permissions = pdf.Root.get("/Perms")
    certified = entry(permissions, "/DocMDP")
    if dictionary(form) is None and dictionary(permissions) is None:
        return Signatures()
    _require_a_tree(form)
    fields = _signature_fields(form)
    signed = [(field, value) for field in fields if (value := dictionary(entry(field, "/V"))) is not None]
    values = [value for _, value in signed]
    authors = values if dictionary(certified) is None else [*values, certified]
    return Signatures(
        signatures=len(values),
        empty_fields=len(fields) - len(values),
        closed=any(_allows_nothing(value) for value in authors) or any(_locks_all(field) for field, _ in signed),
        usage_rights=any(entry(permissions, key) is not None for key in ("/UR3", "/UR")),
        dynamic_form=entry(form, "/XFA") is not None,
        drawn_by_viewer=bool(entry(form, "/NeedAppearances")),
    )


def bears_signature_bytes(data: bytes) -> bool:
    """Whether the raw bytes hold a signature's byte range anywhere; asked before any rewriting, form or no form."""
    return _BYTE_RANGE.search(data) is not None


def _require_a_tree(form: object) -> None:
    """Readers that follow every path must come to an end: twenty-five fields with the same two kids are 33 million."""
    pending = list(items(entry(form, "/Fields")))
    met = 0
    while pending:
        met += 1
        if met > MAX_FIELDS:
            raise refusals.endless_form()
        pending += items(entry(pending.pop(), "/Kids"))


def _signature_fields(form: object) -> list[object]:
    found: list[object] = []
    pending: list[tuple[object, object]] = [(field, None) for field in items(entry(form, "/Fields"))]
    seen: set[tuple[int, int]] = set()
    while pending and len(seen) < MAX_FIELDS:
        field, inherited = pending.pop()
        node = dictionary(field)
        if node is None or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen if node.is_indirect else (-len(seen) - 1, 0))
        kind = node.get("/FT", inherited)
        kids = [kid for kid in items(node.get("/Kids")) if entry(kid, "/T") is not None]
        if kids:
            pending += [(kid, kind) for kid in kids]
        elif kind == Name.Sig:
            found.append(node)
    return found


def _locks_all(field: object) -> bool:
    return entry(entry(field, "/Lock"), "/P") == 1


def _allows_nothing(signature: object) -> bool:
    for reference in items(entry(signature, "/Reference")):
        if entry(reference, "/TransformMethod") == Name.DocMDP:
            return entry(entry(reference, "/TransformParams"), "/P") == 1
    return False
