"""Guide: the sheet a firm gives its clients, as a tagged PDF (PDF/UA-1) and as text.

What the firm has not said (its sender's address, its number) is left as a dotted line to be filled in by hand.
"""

from __future__ import annotations

import functools
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import font_source_sans_pro
import typst

from jesignd.errors import SettingsError, Words
from jesignd.papers import guide_words
from jesignd.papers.typography import spaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jesignd.papers.guide_words import Section

_TEMPLATE = Path(__file__).with_name("guide.typ")
_DOTS = "…" * 12
_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Sender:
    """The firm as its clients know it; what is empty becomes a dotted line. `logo`: PNG, JPEG or SVG."""

    firm: str
    sender: str = ""
    """The address that mails come from."""
    contact: str = ""
    phone: str = ""
    logo: bytes | None = None

    def fields(self, lang: str) -> Mapping[str, str]:
        """What the sentences of the guide are filled with."""
        switchboard = Words("le cabinet", "the firm").in_language(lang)
        return {
            "firm": self.firm,
            "sender": self.sender or _DOTS,
            "contact": self.contact or switchboard,
            "phone": self.phone.replace(" ", "\u00a0") or _DOTS,
        }


def draw_guide(sender: Sender, lang: str, *, timestamp: int) -> bytes:
    """The guide as a PDF of one A4 page; the same call gives the same bytes. `timestamp`: seconds, its date.

    Raises:
        SettingsError: the logo cannot be drawn.
    """
    logo = sender.logo
    shown = {
        **content(sender, lang),
        "lang": lang,
        "logo": list(logo) if logo is not None else None,
        "form": _form(logo) if logo is not None else "",
    }
    try:
        pdf = typst.compile(
            _TEMPLATE.read_bytes(),
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise SettingsError(
            Words("le logo n’est pas une image lisible", "the logo is not a readable picture"),
            hint=Words("donnez un fichier PNG, JPEG ou SVG", "give a PNG, JPEG or SVG file"),
        ) from error
    assert isinstance(pdf, bytes)
    return pdf


def write_guide(sender: Sender, lang: str) -> str:
    """The guide as plain text, 76 columns, for a mail or a page."""
    return "\n".join(_lines(content(sender, lang)))


def content(sender: Sender, lang: str) -> dict[str, object]:
    """Title, introduction, steps and sections, filled in and spaced."""
    fields = sender.fields(lang)

    def said(words: Words) -> str:
        return spaced(words.in_language(lang), lang).format(**fields)

    def section(one: Section) -> dict[str, object]:
        return {"heading": said(one.heading), "points": [said(point) for point in one.points]}

    return {
        "firm": sender.firm,
        "title": said(guide_words.TITLE),
        "introduction": said(guide_words.INTRODUCTION),
        "steps": [section(one) for one in guide_words.STEPS],
        "sections": [section(one) for one in guide_words.SECTIONS],
        "alt": said(guide_words.ALT),
        "contact": " · ".join(filter(None, (sender.contact, sender.phone, sender.sender))),
    }


def _lines(shown: dict[str, object]) -> Iterator[str]:
    steps, sections = shown["steps"], shown["sections"]
    assert isinstance(steps, list)
    assert isinstance(sections, list)
    yield str(shown["title"]).upper()
    yield ""
    yield from _wrapped(str(shown["introduction"]))
    yield ""
    for number, step in enumerate(steps, start=1):
        yield f"{number}. {step['heading']}"
        for point in step["points"]:
            yield from _wrapped(point, "   ")
    for one in sections:
        yield ""
        yield one["heading"]
        for point in one["points"]:
            yield from _wrapped(point, "  ", first="- ")
    yield ""
    yield str(shown["firm"])
    if shown["contact"]:
        yield str(shown["contact"])
    yield ""


def _wrapped(text: str, indent: str = "", *, first: str = "") -> list[str]:
    """Lines cut at spaces only where a line may break."""
    kept = text.replace("\u00a0", "\x00").replace("\u202f", "\x01")
    lines = textwrap.wrap(
        kept,
        _WIDTH,
        initial_indent=first or indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\x00", "\u00a0").replace("\x01", "\u202f") for line in lines]


def _form(logo: bytes) -> str:
    if logo.startswith(b"\x89PNG"):
        return "png"
    return "jpg" if logo.startswith(b"\xff\xd8") else "svg"


@functools.cache
def _fonts() -> typst.Fonts:
    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
