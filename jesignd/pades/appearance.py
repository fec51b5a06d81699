"""Appearance: the visible mark of a seal, drawn once a minute and appended to any number of files.

Typst draws it as PDF/A-1b: fonts embedded and already subset, no transparency, colours tied to a profile; so it can be
put into any file, archival ones too, without making it less than it was. What comes out is kept as bytes with holes for
object numbers; a seal fills the holes.
"""

from __future__ import annotations

import datetime
import functools
import io
import json
import re
import secrets
import zoneinfo
from dataclasses import dataclass, replace
from pathlib import Path

import font_source_sans_pro
import typst
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from jesignd.domain.sealing import Mark, Placement, SealProfile
from jesignd.errors import SettingsError, Words

POINTS_PER_MM = 72 / 25.4
_PARIS = zoneinfo.ZoneInfo("Europe/Paris")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_MOST_LOGO_PIXELS = 700
_SAME_PROPORTION = 0.03
_STRIP_HEIGHT_MM = 8.0
_HOLE_MARK = b"\x00hole-" + secrets.token_hex(16).encode() + b"\x00"
_HOLE = re.compile(re.escape(_HOLE_MARK) + rb"(\d+)" + re.escape(_HOLE_MARK))

Parts = tuple[bytes | int, ...]
"""Bytes as they are written, and numbers of objects of the same mark, to be written as references."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """A mark as PDF objects. The form to show is cut where its matrix goes; `objects` are what it refers to."""

    width: float
    height: float
    before_matrix: bytes
    after_matrix: Parts
    objects: tuple[Parts, ...]


def moment(at: datetime.datetime) -> str:
    """`le 31 octobre 2026 à 14 h 05`, in Paris, as French typography writes it."""
    local = at.astimezone(_PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    return f"le {day} {_MONTHS[local.month - 1]} {local.year} à {local.hour} h {local.minute:02d}"


def draw(profile: SealProfile, at: datetime.datetime, placement: Placement | None) -> Appearance | None:
    """The profile's mark at this minute, for the room it was given; None when the seal is invisible.

    Raises:
        SettingsError: the logo cannot be used.
    """
    if profile.mark is None or placement is None:
        return None
    return _drawn(profile, fitted(profile.mark, placement), at.replace(second=0, microsecond=0))


def fitted(mark: Mark, placement: Placement) -> Mark:
    """The mark as asked for, or in the proportions of the room when they are others; the viewer scales it to size."""
    left, bottom, right, top = placement.shown
    proportion = (right - left) / (top - bottom)
    if abs(proportion * mark.height_mm / mark.width_mm - 1) < _SAME_PROPORTION:
        return mark
    return replace(mark, width_mm=round(proportion * _STRIP_HEIGHT_MM, 0), height_mm=_STRIP_HEIGHT_MM)


def draw_pdf(profile: SealProfile, mark: Mark, at: datetime.datetime) -> bytes:
    """The mark alone as a one-page PDF/A-1b, for previews and for `draw`."""
    content = {
        "firm": profile.firm_name,
        "statement": "Document scellé électroniquement",
        "at": moment(at),
        "demonstration": _disclaimer(profile),
        "logo": list(flatten_logo(profile.logo)) if profile.logo else [],
        "width": round(mark.width_mm * POINTS_PER_MM, 2),
        "height": round(mark.height_mm * POINTS_PER_MM, 2),
    }
    drawn = typst.compile(
        Path(__file__).with_name("mark.typ").read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"mark": json.dumps(content)},
        format="pdf",
        pdf_standards=["a-1b"],
        pdf_tags=False,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(drawn, bytes)
    return drawn


def _disclaimer(profile: SealProfile) -> str:
    if profile.test:
        return "TEST – sans valeur"
    return "DÉMONSTRATION – sans valeur" if profile.demonstration else ""


@functools.lru_cache(maxsize=16)
def flatten_logo(logo: bytes) -> bytes:
    """The logo as an opaque PNG on white, no wider or higher than a mark can show.

    Raises:
        SettingsError: it is not a PNG, JPEG or SVG that can be read.
    """
    try:
        raster = _rasterise(logo) if _is_svg(logo) else logo
        with Image.open(io.BytesIO(raster), formats=("PNG", "JPEG")) as opened:
            opened.thumbnail((_MOST_LOGO_PIXELS, _MOST_LOGO_PIXELS))
            coloured = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, typst.TypstError, Image.DecompressionBombError) as error:
        raise SettingsError(
            Words(
                "le logo n’est pas une image PNG, JPEG ou SVG lisible", "the logo is not a readable PNG, JPEG or SVG"
            ),
            hint=Words("exportez-le de nouveau, en PNG par exemple", "export it again, as PNG for instance"),
        ) from error
    white = Image.new("RGB", coloured.size, "white")
    white.paste(coloured, mask=coloured.getchannel("A"))
    flattened = io.BytesIO()
    white.save(flattened, "PNG")
    return flattened.getvalue()


@functools.lru_cache(maxsize=64)
def _drawn(profile: SealProfile, mark: Mark, minute: datetime.datetime) -> Appearance:
    reader = PdfFileReader(io.BytesIO(draw_pdf(profile, mark, minute)))
    page = reader.root["/Pages"]["/Kids"][0]
    return _Extraction().appearance(page)


@functools.lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _is_svg(logo: bytes) -> bool:
    return b"<svg" in logo[:4096]


def _rasterise(svg: bytes) -> bytes:
    source = b"#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(json(bytes(sys.inputs.logo))))"
    drawn = typst.compile(
        source, font_paths=_fonts(), sys_inputs={"logo": json.dumps(list(svg))}, format="png", ppi=300
    )
    assert isinstance(drawn, bytes)
    return drawn


class _Extraction:
    """Walks from a page to everything its content needs, numbering objects in the order they are met."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._waiting: list[generic.PdfObject] = []

    def appearance(self, page: generic.DictionaryObject) -> Appearance:
        left, bottom, right, top = (float(edge) for edge in page["/MediaBox"])
        content = page["/Contents"].encoded_data
        head = b"<</Type/XObject/Subtype/Form/FormType 1/BBox[%g %g %g %g]" % (left, bottom, right, top)
        tail = b"/Filter/FlateDecode/Length %d/Resources " % len(content)
        end = b">>\nstream\n" + content + b"\nendstream"
        resources = self._parts(page.raw_get("/Resources"))
        objects: list[Parts] = []
        while len(objects) < len(self._waiting):
            objects.append(self._parts(self._waiting[len(objects)]))
        return Appearance(
            right - left, top - bottom, before_matrix=head, after_matrix=(tail, *resources, end), objects=tuple(objects)
        )

    def _parts(self, value: generic.PdfObject) -> Parts:
        written = io.BytesIO()
        self._renumbered(value).write_to_stream(written, None)
        pieces = _HOLE.split(written.getvalue())
        return tuple(int(piece) if index % 2 else piece for index, piece in enumerate(pieces))

    def _renumbered(self, value: generic.PdfObject) -> generic.PdfObject:
        if isinstance(value, generic.IndirectObject):
            if value.idnum not in self._numbers:
                self._numbers[value.idnum] = len(self._waiting)
                self._waiting.append(value.get_object())
            return _Hole(self._numbers[value.idnum])
        if isinstance(value, generic.ArrayObject):
            return generic.ArrayObject([self._renumbered(value.raw_get(index)) for index in range(len(value))])
        if isinstance(value, generic.DictionaryObject):
            entries = {key: self._renumbered(value.raw_get(key)) for key in value}
            if isinstance(value, generic.StreamObject):
                return generic.StreamObject(entries, encoded_data=value.encoded_data)
            return generic.DictionaryObject(entries)
        return value


class _Hole(generic.PdfObject):
    """Stands for a reference until its number is known."""

    def __init__(self, number: int) -> None:
        self._number = number

    def write_to_stream(self, stream: io.BytesIO, *_: object, **__: object) -> None:
        stream.write(_HOLE_MARK + b"%d" % self._number + _HOLE_MARK)
