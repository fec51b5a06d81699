"""Field: the signature field, its widget on the page, and what the catalogue must say about them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from enum import IntEnum
from typing import TYPE_CHECKING

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from jesignd.domain.sealing import Placement
from jesignd.errors import Code, DocumentError, Words
from jesignd.pades.update import Update, Written, entry, find_page

if TYPE_CHECKING:
    from jesignd.pades.appearance import Appearance, Parts

_MOST_FIELDS = 50_000
_PRINT_AND_LOCKED = 132
_EMPTY_FORM = b"<</Type/XObject/Subtype/Form/BBox[0 0 0 0]/Resources<<>>/Length 0>>\nstream\n\nendstream"
_TURNS = {0: b"", 90: b"/Matrix[0 1 -1 0 0 0]", 180: b"/Matrix[-1 0 0 -1 0 0]", 270: b"/Matrix[0 -1 1 0 0 0]"}
"""By how a viewer turns the page (clockwise): the mark is turned the other way, so that it is seen upright."""

NO_CHANGES_ALLOWED = (
    b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P 1>>>>]"
)
"""The entry of a signature dictionary that certifies the file as it stands (DocMDP, ISO 32000-1, 12.8.2.2)."""


class Changes(IntEnum):
    """What a certification signature allows afterwards (DocMDP, ISO 32000-1, 12.8.2.2)."""

    NONE = 1
    FORMS_AND_SIGNATURES = 2


def signed_before(update: Update, data: bytes) -> bool:
    """Whether the file carries a signature already; in doubt, yes."""
    return b"/ByteRange" in data or any("/V" in field for field in _fields(update) if entry(field, "/FT") == "/Sig")


def require_signable(update: Update) -> None:
    """Return when earlier signatures allow another one.

    Raises:
        DocumentError: the file is certified and no change is allowed any more.
    """
    permissions = _dictionary(update.root, "/Perms")
    certification = None if permissions is None else _dictionary(permissions, "/DocMDP")
    if Changes.NONE in (_allowed(certification), *(_locked(field) for field in _fields(update) if "/V" in field)):
        raise DocumentError(
            Code.ALREADY_SIGNED,
            Words(
                "ce PDF est certifié et n’admet plus aucun ajout, pas même une signature",
                "this PDF is certified and allows no addition, not even a signature",
            ),
            hint=Words("sceller l’original, avant sa certification", "seal the original, before it was certified"),
        )


def add_field(
    update: Update, signature: generic.IndirectObject, *, placement: Placement | None, appearance: Appearance | None
) -> None:
    """Add a new signature field holding `signature`, with its widget on the page of the mark (else the first)."""
    form, fields = _form(update)
    page_ref = find_page(update, placement.page if placement else 1)
    rectangle = placement.rectangle if placement and appearance else (0, 0, 0, 0)
    shown = _add_mark(update, appearance, placement) if appearance and placement else Written(_EMPTY_FORM)
    field = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): generic.pdf_string(_free_name(fields)),
            pdf_name("/TU"): generic.pdf_string("Cachet électronique"),
            pdf_name("/F"): generic.NumberObject(_PRINT_AND_LOCKED),
            pdf_name("/Rect"): generic.ArrayObject(generic.FloatObject(f"{edge:.4f}") for edge in rectangle),
            pdf_name("/P"): page_ref,
            pdf_name("/V"): signature,
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): update.add_object(shown)}),
        }
    )
    field_ref = update.add_object(field)
    fields.append(field_ref)
    update.update_container(fields)
    form[pdf_name("/SigFlags")] = generic.NumberObject(3)
    update.update_container(form)
    _annotate(update, page_ref, field_ref)


def certify(update: Update, signature: generic.IndirectObject) -> None:
    """Have the catalogue say that this signature certifies the document."""
    root = update.root
    permissions = _dictionary(root, "/Perms")
    if permissions is None:
        permissions = generic.DictionaryObject()
        root[pdf_name("/Perms")] = permissions
    permissions[pdf_name("/DocMDP")] = signature
    update.update_container(permissions)
    update.mark_update(update.root_ref)


def _locked(field: generic.DictionaryObject) -> int:
    """What a signed field allows afterwards, by its own lock (ISO 32000-2, table 236) or its signature's."""
    lock = _dictionary(field, "/Lock")
    said = None if lock is None else entry(lock, "/P")
    return min(_allowed(_dictionary(field, "/V")), said if isinstance(said, int) else Changes.FORMS_AND_SIGNATURES)


def _allowed(certification: generic.DictionaryObject | None) -> int:
    if certification is None or "/Reference" not in certification:
        return Changes.FORMS_AND_SIGNATURES
    with contextlib.suppress(KeyError, IndexError, TypeError):
        for reference in certification["/Reference"]:
            if reference.get_object()["/TransformMethod"] == "/DocMDP":
                parameters = reference.get_object()["/TransformParams"]
                return int(parameters["/P"]) if "/P" in parameters else Changes.FORMS_AND_SIGNATURES
    return Changes.FORMS_AND_SIGNATURES


def _add_mark(update: Update, appearance: Appearance, placement: Placement) -> Written:
    """Append everything the mark refers to and return the form itself, turned as the page asks."""
    numbers = [update.allocate_placeholder().idnum for _ in appearance.objects]
    for number, parts in zip(numbers, appearance.objects, strict=True):
        update.add_object(Written(_filled(parts, numbers)), idnum=number)
    turn = _TURNS[placement.rotation % 360]
    return Written(appearance.before_matrix + turn + _filled(appearance.after_matrix, numbers))


def _filled(parts: Parts, numbers: list[int]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else b"%d 0 R" % numbers[part] for part in parts)


def _form(update: Update) -> tuple[generic.DictionaryObject, generic.ArrayObject]:
    """The interactive form and its list of fields, made when missing."""
    root = update.root
    form = _dictionary(root, "/AcroForm")
    if form is None:
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        root[pdf_name("/AcroForm")] = update.add_object(form)
        update.mark_update(update.root_ref)
    fields = entry(form, "/Fields")
    if not isinstance(fields, generic.ArrayObject):
        fields = generic.ArrayObject()
        form[pdf_name("/Fields")] = fields
        update.update_container(form)
    return form, fields


def _annotate(update: Update, page_ref: generic.IndirectObject, widget: generic.IndirectObject) -> None:
    page = page_ref.get_object()
    annotations = entry(page, "/Annots")
    if isinstance(annotations, generic.ArrayObject):
        annotations.append(widget)
        if isinstance(page.raw_get("/Annots"), generic.IndirectObject):
            update.mark_update(page.raw_get("/Annots"))
            return
    else:
        page[pdf_name("/Annots")] = generic.ArrayObject([widget])
    update.mark_update(page_ref)


def _free_name(fields: generic.ArrayObject) -> str:
    taken = set()
    for ref in fields:
        field = ref.get_object()
        if isinstance(field, generic.DictionaryObject):
            taken.add(str(entry(field, "/T")))
    return next(name for number in range(1, len(taken) + 2) if (name := f"Cachet{number}") not in taken)


def _fields(update: Update) -> Iterator[generic.DictionaryObject]:
    """Every field of the form, each once; the type is looked for in the field alone, as signature fields have it."""
    form = _dictionary(update.root, "/AcroForm")
    top = None if form is None else entry(form, "/Fields")
    waiting = list(top) if isinstance(top, generic.ArrayObject) else []
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_FIELDS:
        field = waiting.pop().get_object()
        if not isinstance(field, generic.DictionaryObject) or id(field) in seen:
            continue
        seen.add(id(field))
        yield field
        kids = entry(field, "/Kids")
        if isinstance(kids, generic.ArrayObject):
            waiting.extend(kids)


def _dictionary(holder: generic.DictionaryObject, key: str) -> generic.DictionaryObject | None:
    value = entry(holder, key)
    return value if isinstance(value, generic.DictionaryObject) else None
