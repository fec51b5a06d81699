"""Archival files stay what they were: PDF/A as claimed, and the invoice data of Factur-X untouched to the byte."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
import typst
from pikepdf import Name
from PIL import Image
from sealing_bench import Bench

from jesignd.domain.sealing import Corner, Mark, Rung

INVOICE = "<?xml version='1.0' encoding='UTF-8'?><rsm:CrossIndustryInvoice xmlns:rsm='x'>é</rsm:CrossIndustryInvoice>"
PAGE = """#set document(title: "Note d’honoraires", author: "Cabinet")
#set page(paper: "a4")
#set text(lang: "fr")
= Note d’honoraires
#table(columns: 3, ..range(30).map(str))
"""
ATTACHED = """#pdf.attach(
  "factur-x.xml", bytes(sys.inputs.invoice), relationship: "data", mime-type: "text/xml", description: "Factur-X")
"""


def archival(standard: str) -> bytes:
    source = PAGE + (ATTACHED if standard == "a-3b" else "")
    return typst.compile(source.encode(), pdf_standards=[standard], sys_inputs={"invoice": INVOICE})


def logo() -> bytes:
    """Half transparent, which PDF/A-1 does not know."""
    output = io.BytesIO()
    Image.new("RGBA", (80, 40), (10, 90, 40, 120)).save(output, "PNG")
    return output.getvalue()


@pytest.fixture(params=["a-1b", "a-2b", "a-3b"])
def standard(request) -> str:
    return request.param


@pytest.fixture
def before(standard) -> bytes:
    return archival(standard)


@pytest.fixture
def sealed(before, tmp_path):
    return Bench(tmp_path, logo=logo()).seal(before, Mark(corner=Corner.AUTO))


@pytest.fixture
def update(before, sealed) -> bytes:
    """What the seal added."""
    assert sealed[1].startswith(before)
    return sealed[1][len(before) :]


def test_the_claim_is_seen_and_the_file_needs_no_repair(standard, sealed):
    assert sealed[0].inspection.pdfa == standard.removeprefix("a-")
    assert sealed[0].inspection.rung is Rung.STRICT


def test_metadata_output_intent_and_information_are_those_of_the_original(before, sealed):
    with pikepdf.open(io.BytesIO(before)) as was, pikepdf.open(io.BytesIO(sealed[1])) as now:
        assert now.Root.Metadata.objgen == was.Root.Metadata.objgen
        assert now.Root.Metadata.read_raw_bytes() == was.Root.Metadata.read_raw_bytes()
        intents = [[one.DestOutputProfile.read_bytes() for one in pdf.Root.OutputIntents] for pdf in (was, now)]
        assert intents[0] == intents[1] != []
        assert now.trailer.get("/Info") == was.trailer.get("/Info")
        assert bytes(now.trailer.ID[0]) == bytes(was.trailer.ID[0])
        assert now.pdf_version == was.pdf_version


def test_nothing_that_the_standard_forbids_is_added(update):
    for forbidden in (
        b"/SMask",
        b"/ca ",
        b"/CA ",
        b"/Transparency",
        b"/Encrypt",
        b"/JavaScript",
        b"/AA",
        b"/LZWDecode",
    ):
        assert forbidden not in update
    assert b"/NeedAppearances" not in update


def test_every_font_added_is_embedded_and_every_colour_is_tied_to_a_profile(before, sealed):
    with pikepdf.open(io.BytesIO(before)) as was, pikepdf.open(io.BytesIO(sealed[1])) as now:
        added = [thing for thing in now.objects if isinstance(thing, pikepdf.Object) and thing.objgen not in known(was)]
        descriptors = [thing for thing in added if kind(thing, "/Type") == Name.FontDescriptor]
        assert descriptors
        assert all(any(f"/FontFile{number}" in one for number in ("", 2, 3)) for one in descriptors)
        pictures = [thing for thing in added if kind(thing, "/Subtype") == Name.Image]
        assert len(pictures) == 1
        assert pictures[0].ColorSpace[0] == Name.ICCBased


def known(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    return {thing.objgen for thing in pdf.objects if isinstance(thing, pikepdf.Object)}


def kind(thing: pikepdf.Object, key: str) -> object:
    return thing.get(key) if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) else None


def test_the_mark_is_an_annotation_that_prints_and_has_one_appearance(sealed):
    with pikepdf.open(io.BytesIO(sealed[1])) as pdf:
        (widget,) = pdf.pages[0].Annots
        assert int(widget.F) & 0b100111 == 0b000100, (
            "printed; not invisible, hidden, or for no view (ISO 19005-1, 6.5.3)"
        )
        assert list(widget.AP.keys()) == ["/N"]
        assert isinstance(widget.AP.N, pikepdf.Stream)


def test_the_bytes_added_are_spaced_as_the_standard_wants(before, update):
    objects = re.findall(rb"(.)(\d+ \d+) obj(.)", update, re.DOTALL)
    assert objects
    assert all(before in b"\r\n" and after in b"\r\n" for before, _, after in objects)
    assert len(re.findall(rb"[\r\n]endobj[\r\n]", update)) == len(objects)
    assert re.search(rb"%%EOF\r?\n?\Z", update)
    assert (b"/ObjStm" in update) <= (b"/ObjStm" in before)
    assert (b"/XRef" in update) <= (b"/XRef" in before)


def test_streams_are_as_long_as_they_say(before, sealed):
    with pikepdf.open(io.BytesIO(sealed[1])) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_what_is_attached_stays_byte_by_byte_and_as_related(before, sealed, standard):
    with pikepdf.open(io.BytesIO(before)) as was, pikepdf.open(io.BytesIO(sealed[1])) as now:
        assert attached(now) == attached(was)
        assert bool(attached(now)) is (standard == "a-3b")
        if standard == "a-3b":
            assert attached(now)["factur-x.xml"][0] == INVOICE.encode()
            assert sealed[0].inspection.attachments == ("factur-x.xml",)


def attached(pdf: pikepdf.Pdf) -> dict[str, tuple[bytes, object, object]]:
    return {
        name: (spec.get_file().read_bytes(), spec.relationship, spec.get_file().mime_type)
        for name, spec in pdf.attachments.items()
    }
