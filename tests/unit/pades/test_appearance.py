from __future__ import annotations

import datetime
import io

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pades_places import corner
from PIL import Image

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Mark, Placement, SealProfile
from jesignd.errors import SettingsError
from jesignd.pades import appearance

AT = datetime.datetime(2026, 10, 31, 13, 5, 42, tzinfo=datetime.UTC)
LONG = (
    "Société d’expertise comptable et de commissariat aux comptes Dupont-Lefèvre, Garçon, Moëns & Associés – "
    "Bureau de Saint-Germain-en-Laye et de la vallée de Chevreuse réunies"
)


MARK = Mark()


def profile(firm: str = "Cabinet Éléonore", *, mark: Mark | None = MARK, **more: object) -> SealProfile:
    return SealProfile("p", firm, "cachet", PadesLevel.B_B, mark, **more)


def picture(mode: str = "RGBA", colour: object = (10, 90, 40, 120), kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new(mode, (300, 200), colour).save(written, kind)
    return written.getvalue()


def page(of: SealProfile, at: datetime.datetime = AT) -> pypdfium2.PdfPage:
    return pypdfium2.PdfDocument(appearance.draw_pdf(of, of.mark, at))[0]


def text(of: SealProfile, at: datetime.datetime = AT) -> str:
    return page(of, at).get_textpage().get_text_range().replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (AT, "le 31 octobre 2026 à 14 h 05"),
        (datetime.datetime(2026, 7, 1, 22, 30, tzinfo=datetime.UTC), "le 2 juillet 2026 à 0 h 30"),
        (datetime.datetime(2026, 2, 28, 23, 0, tzinfo=datetime.UTC), "le 1er mars 2026 à 0 h 00"),
        (datetime.datetime(2026, 10, 25, 0, 59, tzinfo=datetime.UTC), "le 25 octobre 2026 à 2 h 59"),
        (datetime.datetime(2026, 10, 25, 1, 59, tzinfo=datetime.UTC), "le 25 octobre 2026 à 2 h 59"),
    ],
)
def test_the_moment_is_told_in_french_and_in_paris(at: datetime.datetime, said: str) -> None:
    assert appearance.moment(at) == said


def test_the_mark_says_who_sealed_and_when_with_its_accents() -> None:
    said = text(profile("Cabinet Éléonore Œuvré"))
    assert "Cabinet Éléonore Œuvré" in said
    assert "Document scellé électroniquement" in said
    assert "le 31 octobre 2026 à 14 h 05" in said
    assert "DÉMONSTRATION" not in said


def test_a_demonstration_says_that_it_is_one() -> None:
    assert "DÉMONSTRATION" in text(profile(demonstration=True))


def test_what_people_wrote_is_never_read_as_markup() -> None:
    assert "#panic() $x$ *gras* @ref" in text(profile("#panic() $x$ *gras* @ref"))


@pytest.mark.parametrize("width", [30.0, 62.0, 120.0])
@pytest.mark.parametrize("demonstration", ["demonstration", ""])
def test_a_long_name_stays_inside_the_frame(width: float, demonstration: str) -> None:
    mark = Mark(width_mm=width, height_mm=22)
    drawn = page(profile(LONG, mark=mark, demonstration=bool(demonstration), logo=picture()))
    shown = drawn.get_textpage()
    right = max(shown.get_charbox(index)[2] for index in range(shown.count_chars()))
    low = min(shown.get_charbox(index)[1] for index in range(shown.count_chars()))
    assert right <= width * appearance.POINTS_PER_MM
    assert low >= 0
    if width >= 62:
        assert LONG.split()[-1] in shown.get_text_range()


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_name_at_all_can_always_be_drawn(firm: str) -> None:
    assert appearance.draw(profile(firm), AT, corner()) is not None


@pytest.mark.parametrize(
    "logo",
    [
        picture(),
        picture("P", 3),
        picture("LA", (120, 10)),
        picture("RGB", (1, 2, 3), "JPEG"),
        picture("CMYK", (10, 20, 30, 40), "JPEG"),
        b'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="9"><path d="M0 0h9v9z" opacity=".4"/></svg>',
    ],
)
def test_a_logo_of_any_usual_kind_loses_its_transparency(logo: bytes) -> None:
    drawn = appearance.draw_pdf(profile(logo=logo), Mark(), AT)
    assert b"/SMask" not in drawn
    assert b"/Image" in drawn


@pytest.mark.parametrize("logo", [b"junk", b"<svg", b"GIF89a", picture()[:60]])
def test_a_logo_that_cannot_be_read_is_a_settings_error(logo: bytes) -> None:
    with pytest.raises(SettingsError) as refused:
        appearance.flatten_logo(logo)
    assert "logo" in refused.value.message.fr


def test_fonts_are_embedded_and_nothing_is_transparent() -> None:
    drawn = appearance.draw_pdf(profile(), Mark(), AT)
    assert b"/FontFile2" in drawn
    assert b"/CIDSet" in drawn
    for forbidden in (b"/SMask", b"/ca ", b"/CA ", b"/Group", b"/DeviceRGB"):
        assert forbidden not in drawn


def test_one_drawing_serves_a_whole_minute() -> None:
    mine = profile("Cabinet une minute")
    drawn = appearance.draw(mine, AT, corner())
    assert appearance.draw(mine, AT.replace(second=1), corner(page=2)) is drawn
    assert appearance.draw(mine, AT + datetime.timedelta(minutes=1), corner()) is not drawn


def test_an_invisible_seal_has_no_drawing() -> None:
    assert appearance.draw(profile(mark=None), AT, corner()) is None


def room(width: float, height: float) -> Placement:
    box = (20.0, 20.0, 20.0 + width, 20.0 + height)
    return Placement(1, box, 0, 1.0, box)


def test_a_mark_that_was_shrunk_is_the_same_drawing() -> None:
    mine = profile("Cabinet rétréci")
    assert appearance.draw(mine, AT, room(0.55 * 175.75, 0.55 * 62.36)) is appearance.draw(mine, AT, corner())


def test_a_low_and_wide_room_gets_a_drawing_of_its_proportions() -> None:
    drawn = appearance.draw(profile(), AT, room(226.8, 22.7))
    assert drawn is not None
    assert drawn.width / drawn.height == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize("firm", ["Cabinet Éléonore", LONG])
@pytest.mark.parametrize("logo", [None, picture()])
@pytest.mark.parametrize("demonstration", [False, True])
def test_a_strip_says_all_that_a_mark_says_in_letters_one_can_read(firm, logo, demonstration) -> None:
    strip = profile(firm, mark=Mark(width_mm=80, height_mm=8), logo=logo, demonstration=demonstration)
    shown = page(strip).get_textpage()
    said = " ".join(shown.get_text_range().replace("\xa0", " ").split())
    for words in (firm, "Document scellé électroniquement", appearance.moment(AT).replace("\xa0", " ")):
        assert words in said
    assert ("sans valeur" in said) is demonstration
    heights = [top - bottom for _, bottom, _, top in map(shown.get_charbox, range(shown.count_chars())) if top > bottom]
    assert max(heights) > 3
