from __future__ import annotations

import zlib

import pikepdf
import pytest
from conftest import PAGES, by_hand, saved, signed_like, text_page, with_root
from pikepdf import Array, Dictionary, Name

from jesignd.domain.sealing import Rung
from jesignd.errors import Code, DocumentError
from jesignd.pdf.findings import Finding
from jesignd.pdf.inspect import inspect


def refused(data: bytes, **how: int) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        inspect(data, **how)
    assert caught.value.hint is not None
    assert caught.value.message.fr != caught.value.message.en
    return caught.value


def test_an_ordinary_payslip_is_strict_and_nothing_is_found(payslip):
    inspection = inspect(payslip)
    assert inspection.rung is Rung.STRICT
    assert (inspection.pages, inspection.producer) == (1, "Logiciel de paie")
    assert inspection.findings == ()


def test_a_file_with_object_streams_is_strict(packed_payslip):
    assert inspect(packed_payslip).rung is Rung.STRICT


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0" + b"\0" * 3000,
        b"PK\x03\x04" + b"\0" * 100,
        b"<!DOCTYPE html><p>Erreur 500",
        b"\xef\xbb\xbf<html>",
        b"Bonjour",
        b"\xff\xd8\xff\xe0",
        b"MZ" + b"%PDF-1.4\n" * 3,
        b" " * 2000 + b"%PDF-1.4",
    ],
)
def test_what_is_not_a_pdf_is_refused_as_such(data):
    assert refused(data).code is Code.NOT_A_PDF


def test_a_web_page_is_called_a_web_page():
    assert "page web" in refused(b"<html><body>Session expir\xe9e").message.fr


def test_a_truncated_file_is_refused_as_incomplete(payslip):
    error = refused(payslip[: len(payslip) // 2])
    assert error.code is Code.TRUNCATED


def test_an_update_cut_in_transit_is_refused_although_the_first_revision_is_whole(payslip):
    error = refused(payslip + b"7 0 obj\n<< /Type /Annot /Rect [0 0 10 10]")
    assert "incomplet" in error.message.fr


def test_a_letter_about_3_objects_after_the_end_does_not_look_like_a_cut(payslip):
    assert inspect(payslip + b"Il y a 12 3 objets").rung is Rung.TOLERANT


def test_an_empty_file_is_refused_as_incomplete():
    assert refused(b"").code is Code.TRUNCATED


@pytest.mark.parametrize("password", ["", "secret"])
def test_an_encrypted_file_is_refused_with_or_without_a_password(password):
    pdf = pikepdf.new()
    text_page(pdf)
    data = saved(pdf, encryption=pikepdf.Encryption(owner="proprietaire", user=password))
    assert refused(data).code is Code.ENCRYPTED


def test_a_file_above_the_limit_is_refused_with_both_sizes(payslip):
    error = refused(payslip + b" " * 2_000_000, max_bytes=1_000_000)
    assert error.code is Code.TOO_LARGE
    assert "3 Mo" in error.message.fr
    assert "1 Mo" in error.message.fr


def test_a_document_without_pages_is_refused():
    assert "aucune page" in refused(saved(pikepdf.new())).message.fr


def test_a_page_tree_that_bites_its_tail_is_refused():
    pdf = pikepdf.new()
    text_page(pdf)
    looped = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    kid = looped.index(b"/Kids [ ") + 8
    parent = looped[looped.index(b"/Parent ") + 8 :][:5]
    assert refused(looped[:kid] + parent + looped[kid + 5 :]).code is Code.TRUNCATED


def test_a_dynamic_form_is_refused():
    error = refused(with_root(AcroForm=Dictionary(Fields=Array(), XFA=pikepdf.String("<xdp/>"))))
    assert "XFA" in error.message.fr


def test_a_document_certified_against_any_change_is_refused():
    assert refused(signed_like(closed=True)).code is Code.ALREADY_SIGNED


def test_earlier_signatures_are_counted_and_the_file_stays_as_it_is():
    inspection = inspect(signed_like())
    assert inspection.signatures == 1
    assert Finding.SIGNED_EARLIER in inspection.findings
    assert inspection.rung is Rung.STRICT


def test_a_damaged_file_that_is_signed_is_refused_and_never_rebuilt():
    data = signed_like()
    broken = data.replace(b"startxref\n", b"startxref\n1")
    assert "déjà une signature" in refused(broken).message.fr


def test_signature_bytes_outside_any_form_protect_a_file_as_well(payslip):
    marked = payslip.replace(b"%PDF-1.3\n", b"%PDF-1.3\n%/ByteRange [0 1 2 3]\n")
    assert refused(marked).code is Code.TRUNCATED


def test_a_damaged_table_in_an_unsigned_file_leads_to_a_rewriting(payslip):
    inspection = inspect(payslip.replace(b"startxref\n", b"startxref\n1"))
    assert inspection.rung is Rung.REBUILT
    assert Finding.DAMAGED_CROSS_REFERENCE in inspection.findings


def test_a_lying_size_leads_to_a_rewriting(payslip):
    inspection = inspect(payslip.replace(b"/Size 7", b"/Size 3"))
    assert inspection.rung is Rung.REBUILT
    assert Finding.LYING_SIZE in inspection.findings


def test_words_after_the_end_are_tolerated_and_reported(payslip):
    inspection = inspect(payslip + b"-- \nTransfert par Passerelle")
    assert inspection.rung is Rung.TOLERANT
    assert inspection.findings == (Finding.JUNK_AFTER,)


def test_words_before_the_header_lead_to_a_rewriting(payslip):
    inspection = inspect(b"Spool 12\n" + payslip)
    assert inspection.rung is Rung.REBUILT


@pytest.mark.parametrize(
    ("entries", "finding"),
    [
        ({"OpenAction": Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))}, Finding.JAVASCRIPT),
        ({"OpenAction": Dictionary(S=Name.Launch, F=pikepdf.String("cmd.exe"))}, Finding.LAUNCH),
        ({"OpenAction": Dictionary(S=Name.SubmitForm, F=pikepdf.String("x"))}, Finding.SUBMIT_FORM),
        ({"OpenAction": Dictionary(S=Name.ImportData, F=pikepdf.String("x"))}, Finding.IMPORT_DATA),
        ({"Thing": Dictionary(Subtype=Name.RichMedia)}, Finding.MULTIMEDIA),
        ({"OCProperties": Dictionary(D=Dictionary(BaseState=Name.OFF))}, Finding.HIDDEN_LAYERS),
        ({"OCProperties": Dictionary(D=Dictionary(OFF=Array([Dictionary(Name="x")])))}, Finding.HIDDEN_LAYERS),
    ],
)
def test_what_acts_or_hides_is_reported(entries, finding):
    assert inspect(with_root(**entries)).findings == (finding,)


def test_a_script_is_found_inside_object_streams_and_behind_escaped_names():
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=pikepdf.String("1")))
    packed = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/JavaScript" not in packed
    assert inspect(packed).findings == (Finding.JAVASCRIPT,)
    plain = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    escaped = plain.replace(b"/JS (1)", b"/#4a#53(1)").replace(b"/JavaScript", b"/J#61vaScript")
    assert b"/JavaScript" not in escaped
    assert Finding.JAVASCRIPT in inspect(escaped).findings


def test_attachments_are_named():
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.attachments["factur-x.xml"] = b"<x/>"
    inspection = inspect(saved(pdf))
    assert inspection.attachments == ("factur-x.xml",)
    assert Finding.EMBEDDED_FILES in inspection.findings


@pytest.mark.parametrize(
    ("xmp", "claim"),
    [
        ("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>", "1b"),
        ("<rdf:Description pdfaid:part='3' pdfaid:conformance='A'/>", "3a"),
        ('<rdf:Description pdfaid:part="4"/>', "4"),
        ("<x/>", None),
    ],
)
def test_the_claimed_archive_level_is_read_however_it_is_written(xmp, claim):
    pdf = pikepdf.new()
    text_page(pdf)
    pdf.Root.Metadata = pdf.make_stream(xmp.encode(), Type=Name.Metadata, Subtype=Name.XML)
    assert inspect(saved(pdf)).pdfa == claim
    assert inspect(saved(pdf, compress_streams=True)).pdfa == claim


def test_metadata_that_unpack_to_a_bomb_are_refused_before_any_viewer_opens_them():
    bomb = zlib.compress(bytes(40 << 20), 9)
    stream = b"<</Type/Metadata/Subtype/XML/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(bomb), bomb)
    data = by_hand(b"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>", *PAGES, stream)
    assert refused(data).code is Code.POISON


@pytest.mark.parametrize(
    "fields",
    [
        (b"<</T(a)/FT/Sig/Kids[4 0 R 5 0 R]>>", b"<</T(b)/Kids[4 0 R]>>"),
        (*(b"<</Kids[%d 0 R %d 0 R]>>" % (number, number) for number in range(5, 30)), b"<</T(leaf)/FT/Tx>>"),
    ],
    ids=["loop", "doubling"],
)
def test_fields_that_a_reader_would_never_finish_are_refused(fields):
    catalogue = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>"
    assert refused(by_hand(catalogue, *PAGES, *fields)).code is Code.POISON


def test_a_field_listed_twice_is_no_reason_to_refuse():
    catalogue = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 4 0 R]>>>>"
    assert inspect(by_hand(catalogue, *PAGES, b"<</T(a)/FT/Tx>>")).signatures == 0


def test_a_signed_field_that_locks_the_whole_document_is_refused():
    catalogue = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>"
    field = b"<</T(a)/FT/Sig/V<</Type/Sig>>/Lock<</Type/SigFieldLock/Action/All/P 1>>>>"
    assert refused(by_hand(catalogue, *PAGES, field)).code is Code.ALREADY_SIGNED


def test_a_form_left_to_the_viewer_to_draw_is_noted():
    catalogue = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</NeedAppearances true/Fields[4 0 R]>>>>"
    found = inspect(by_hand(catalogue, *PAGES, b"<</T(a)/FT/Tx>>")).findings
    assert Finding.FORM_DRAWN_BY_VIEWER in found


def test_a_tree_of_attachments_without_end_is_cut_short():
    tree = b"<</Kids[4 0 R 4 0 R]/Names[(x)<</F(a.xml)>>]>>"
    data = by_hand(b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 4 0 R>>>>", *PAGES, tree)
    assert len(inspect(data).attachments) <= 1000


def test_every_finding_has_words_in_both_languages():
    assert all(finding.words.fr and finding.words.en for finding in Finding)
