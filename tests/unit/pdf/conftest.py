"""PDFs made for one question each."""

from __future__ import annotations

import io
import pathlib
import sys

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def saved(pdf: pikepdf.Pdf, **how: object) -> bytes:
    output = io.BytesIO()
    pdf.save(output, fix_metadata_version=False, **how)
    return output.getvalue()


def text_page(pdf: pikepdf.Pdf, *, words: str = "Bulletin de paie", at: tuple[float, float] = (72, 700)) -> None:
    """Add an A4 page with one line of text."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    content = f"BT /F1 12 Tf {at[0]} {at[1]} Td ({words}) Tj ET".encode("latin-1")
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Contents = pdf.make_stream(content)
    page.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))


@pytest.fixture
def payslip() -> bytes:
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.docinfo["/Producer"] = "Logiciel de paie"
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)


@pytest.fixture
def packed_payslip() -> bytes:
    """The same with object streams and a cross-reference stream."""
    pdf = pikepdf.new()
    text_page(pdf)
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_root(**entries: object) -> bytes:
    """A one-page document whose catalog has these entries."""
    pdf = pikepdf.new()
    text_page(pdf)
    for key, value in entries.items():
        pdf.Root[f"/{key}"] = value
    return saved(pdf)


def signed_like(*, closed: bool = False) -> bytes:
    """A document with a filled signature field: the shape of a signature, which is all that is asked here."""
    pdf = pikepdf.new()
    text_page(pdf)
    value = Dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        ByteRange=Array([0, 10, 20, 30]),
        Contents=pikepdf.String("0000"),
    )
    if closed:
        value.Reference = Array(
            [Dictionary(TransformMethod=Name.DocMDP, TransformParams=Dictionary(Type=Name.TransformParams, P=1))]
        )
    field = Dictionary(FT=Name.Sig, T="Signature1", V=pdf.make_indirect(value))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]), SigFlags=3)
    return saved(pdf)


def by_hand(*objects: bytes) -> bytes:
    """A document written out from its numbered objects, the first being the catalog."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    out_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, out_at)


PAGES = (b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>")
