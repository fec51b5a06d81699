from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from jesignd.errors import SettingsError
from jesignd.papers.guide import Sender, draw_guide, write_guide
from jesignd.papers.typography import spaced
from jesignd.testing.exports import papers

AT = 1_793_610_000
SENDER = Sender(
    "Cabinet Ménard & Associés",
    sender="signature@cabinet-menard.example",
    contact="Inès Ménard",
    phone="01 23 45 67 89",
    logo=papers.logo().encode(),
)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 80), "#12305a").save(out, "PNG")
    return out.getvalue()


def text_of(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0]
    return " ".join(
        page.get_textpage()
        .get_text_bounded()
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("\x02", "-")
        .replace("\ufffe", "-")
        .split()
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "sender",
    [
        SENDER,
        Sender("Cabinet"),
        replace(SENDER, firm="Société d’expertise comptable et de commissariat aux comptes des Deux-Rives et Associés"),
        replace(SENDER, logo=png()),
    ],
    ids=["whole", "bare", "long name", "wide logo"],
)
def test_the_guide_is_one_tagged_page_in_its_language(sender, lang):
    with pikepdf.open(io.BytesIO(draw_guide(sender, lang, timestamp=AT))) as pdf:
        assert len(pdf.pages) == 1
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang).startswith(lang)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert sender.firm in metadata["dc:title"]


def test_the_guide_says_how_where_from_and_whom_to_call():
    shown = text_of(draw_guide(SENDER, "fr", timestamp=AT))
    for sentence in (
        "Signer sur votre téléphone, en deux minutes",
        "Il vient de signature@cabinet-menard.example.",
        "« Courrier indésirable »",
        "un numéro de carte ou vos coordonnées bancaires",
        "Appelez Inès Ménard au 01 23 45 67 89.",
    ):
        assert sentence in shown


def test_the_text_says_the_same_as_the_page():
    words = set(text_of(draw_guide(SENDER, "fr", timestamp=AT)).replace("-", " ").split())
    written = write_guide(SENDER, "fr").replace("\u00a0", " ").replace("\u202f", " ").replace("-", " ")
    title, rest = written.split("\n", 1)
    assert title == "SIGNER SUR VOTRE TÉLÉPHONE, EN DEUX MINUTES"
    assert set(rest.split()) - words - {"1.", "2.", "3.", "4."} == set()
    assert max(map(len, written.splitlines())) <= 76


def test_what_the_firm_has_not_said_is_left_to_be_written_by_hand():
    assert "Il vient de …………" in write_guide(Sender("Cabinet"), "fr")
    assert "Call the firm on …………" in write_guide(Sender("Cabinet"), "en")


def test_what_people_wrote_is_shown_as_it_is_never_read_as_markup():
    wild = Sender("#panic() {firm} *Cabinet* \\ $x$", sender="{phone}")
    assert "#panic() {firm} *Cabinet* \\ $x$ vous envoie" in text_of(draw_guide(wild, "fr", timestamp=AT))


def test_the_same_guide_is_drawn_with_the_same_bytes():
    assert draw_guide(SENDER, "fr", timestamp=AT) == draw_guide(SENDER, "fr", timestamp=AT)


def test_a_logo_that_is_no_picture_is_an_error_of_the_operator():
    with pytest.raises(SettingsError):
        draw_guide(replace(SENDER, logo=b"\x89PNG\r\n\x1a\nrien"), "fr", timestamp=AT)


def test_french_puts_no_break_spaces_where_a_line_must_not_break():
    assert spaced("Qui ? « Nous » : vous ; lui !", "fr") == (
        "Qui\u202f? «\u00a0Nous\u00a0»\u00a0: vous\u202f; lui\u202f!"
    )
    assert spaced("Who ? We", "en") == "Who ? We"
