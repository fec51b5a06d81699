from __future__ import annotations

import datetime
import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pades_places import corner
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from jesignd.domain.levels import LegalLevel, PadesLevel
from jesignd.domain.verdict import Modifications, Outcome, SignatureKind
from jesignd.pades.trust import Endpoint
from jesignd.pades.verify import spoilt_by, verify


@pytest.fixture(scope="module")
def sealed(office, payslip: bytes) -> bytes:
    return office.seal(payslip, placement=corner())


def judged(office, data: bytes) -> Outcome:
    return verify(data, anchors=office.anchors, name="x.pdf").outcome


def appended(data: bytes, change) -> bytes:
    """The file with one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    grown = io.BytesIO()
    writer.write(grown)
    return grown.getvalue()


def test_a_seal_is_told_with_who_what_and_when(office, sealed: bytes) -> None:
    (found,) = verify(sealed, anchors=office.anchors, name="x.pdf").signatures
    assert found.subject == "DEMO cachet Cabinet Démonstration"
    assert found.kind is SignatureKind.SEAL
    assert found.legal_level is LegalLevel.SIMPLE
    assert found.pades_level is PadesLevel.B_B
    assert found.modifications is Modifications.NONE
    assert not found.time_is_proven
    assert abs(found.time - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(hours=1)


def test_the_printed_form_has_the_promised_keys(office, sealed: bytes) -> None:
    told = json.loads(json.dumps(verify(sealed, anchors=office.anchors, name="x.pdf").as_json("en")))
    assert {"file", "verdict", "signatures"} <= set(told)
    promised = {"subject", "kind", "legal_level", "pades_level", "time", "covers_whole_file", "modifications"}
    assert promised <= set(told["signatures"][0])
    assert told["verdict"] == "valid"


def test_a_sound_seal_that_nobody_vouches_for_is_indeterminate(sealed: bytes) -> None:
    verdict = verify(sealed, anchors=(), name="")
    assert verdict.outcome is Outcome.INDETERMINATE
    assert "racine de confiance" in verdict.signatures[0].reasons[0].fr


def test_a_seal_under_another_root_is_indeterminate(sealed: bytes, rsa_office) -> None:
    assert judged(rsa_office, sealed) is Outcome.INDETERMINATE


def test_a_file_without_signature_is_unsigned(office, payslip: bytes) -> None:
    assert judged(office, payslip) is Outcome.UNSIGNED


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_byte_is_never_valid(office, sealed, data) -> None:
    start = sealed.rindex(b"/Contents<") + len(b"/Contents<")
    end = sealed.index(b">", start)
    at = data.draw(st.one_of(st.integers(0, start - 1), st.integers(end, len(sealed) - 1)))
    other = (sealed[at] + data.draw(st.integers(1, 255))) % 256
    assert judged(office, sealed[:at] + bytes([other]) + sealed[at + 1 :]) is not Outcome.VALID


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_junk_is_always_answered_and_never_valid(office, sealed, junk: bytes, cut: int) -> None:
    for data in (junk, sealed[:-cut] + junk if cut else sealed + b"\n" + junk, b"%PDF-1.7\n" + junk):
        assert judged(office, data) is not Outcome.VALID


def test_something_drawn_over_a_sealed_page_is_invalid(office, sealed: bytes) -> None:
    def overlay(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.add_object(generic.StreamObject(stream_data=b"0 0 300 300 re f"))
        writer.add_stream_to_page(0, stream)

    assert judged(office, appended(sealed, overlay)) is Outcome.INVALID


def test_a_file_that_only_grew_by_metadata_is_not_valid(office, sealed: bytes) -> None:
    assert judged(office, appended(sealed, lambda writer: writer.update_root())) is not Outcome.VALID


def test_validation_data_behind_the_last_signature_is_not_called_valid(office, sealed: bytes) -> None:
    def store(writer: IncrementalPdfFileWriter) -> None:
        certificate = writer.add_object(generic.StreamObject(stream_data=office.authority.root.der))
        entries = {generic.pdf_name("/Certs"): generic.ArrayObject([certificate])}
        writer.root[generic.pdf_name("/DSS")] = writer.add_object(generic.DictionaryObject(entries))
        writer.update_root()

    verdict = verify(appended(sealed, store), anchors=office.anchors, name="")
    assert verdict.outcome is Outcome.INDETERMINATE
    assert verdict.signatures[0].modifications is Modifications.VALIDATION_DATA


def test_a_signature_that_no_field_shows_is_not_passed_over(office, sealed: bytes) -> None:
    def hide(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/AcroForm"]
        writer.update_root()

    verdict = verify(appended(sealed, hide), anchors=office.anchors, name="")
    assert verdict.outcome is Outcome.INDETERMINATE
    assert "aucun champ" in verdict.reasons[0].fr


def test_bytes_slipped_beside_the_value_are_noticed(office, sealed: bytes) -> None:
    """The gap is declared larger than the value, and the room used for something else."""
    found = list(re.finditer(rb"\[0 (\d+) (\d+) (\d+)\]", sealed))[-1]
    first, second, _ = map(int, found.groups())
    slipped = b"/Evil true "
    changed = sealed[:second] + slipped + sealed[second:]
    told = b"[0 %d %d %d]" % (first, second + len(slipped), len(sealed) - second)
    changed = changed.replace(found[0], told + b" " * (len(found[0]) - len(told)))
    assert judged(office, changed) in (Outcome.INVALID, Outcome.INDETERMINATE)


def test_a_proven_time_is_told_and_a_forged_one_spoils_the_seal(office, payslip: bytes, timestamps, client_of) -> None:
    client = client_of(Endpoint("Horodateur", timestamps.url))
    good = office.seal(payslip, level=PadesLevel.B_T, timestamp=client.timestamp)
    (found,) = verify(good, anchors=office.anchors, name="").signatures
    assert (found.outcome, found.pades_level, found.time_is_proven) == (Outcome.VALID, PadesLevel.B_T, True)
    forged = office.seal(payslip, level=PadesLevel.B_T, timestamp=lambda _: client.timestamp(bytes(32)))
    (found,) = verify(forged, anchors=office.anchors, name="").signatures
    assert found.outcome is Outcome.INVALID
    assert "horodatage" in found.reasons[-1].fr


def test_a_second_seal_does_not_spoil_the_first(office, payslip: bytes) -> None:
    once = office.seal(payslip, signatures_follow=True)
    assert spoilt_by(once, office.seal(once, placement=corner())) is None


def test_an_addition_that_spoils_an_earlier_signature_is_told(office, sealed: bytes) -> None:
    def overlay(writer: IncrementalPdfFileWriter) -> None:
        writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=b"0 0 9 9 re f")))

    told = spoilt_by(sealed, appended(sealed, overlay))
    assert told is not None
    assert "Cachet1" in told.fr
