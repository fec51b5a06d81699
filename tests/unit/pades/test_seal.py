from __future__ import annotations

import datetime
import hashlib
import io
import re
from collections.abc import Callable

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pades_places import corner
from pyhanko.pdf_utils.reader import PdfFileReader

from jesignd.domain.levels import PadesLevel
from jesignd.domain.sealing import Rung
from jesignd.domain.verdict import Outcome
from jesignd.errors import Code, CredentialError, DocumentError, ServiceError, SettingsError, Words
from jesignd.pades.cms import element
from jesignd.pades.readback import read_back
from jesignd.pades.verify import verify


def assembled(objects: dict[int, bytes], *, size: int | None = None, ending: bytes = b"%%EOF\n") -> bytes:
    """A PDF with a classic table from the bodies of its objects; object 1 is the catalogue."""
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 1\n0000000000 65535 f \n"
    for number, offset in sorted(offsets.items()):
        written += b"%d 1\n%010d 00000 n \n" % (number, offset)
    written += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n" % (size or max(objects) + 1, start)
    return bytes(written + ending)


PLAIN = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
}


def with_changes(**changes: bytes) -> dict[int, bytes]:
    return {**PLAIN, **{int(number[1:]): body for number, body in changes.items()}}


@pytest.mark.parametrize("visible", ["visible", ""])
@pytest.mark.parametrize("paper", ["payslip", "archival_payslip", "booklet"])
def test_what_was_received_is_the_beginning_of_what_is_sealed_and_the_seal_is_valid(
    office, paper: str, visible: str, request: pytest.FixtureRequest
) -> None:
    data = request.getfixturevalue(paper)
    sealed = office.seal(data, placement=corner() if visible else None)
    assert sealed.startswith(data)
    assert read_back(data, sealed, certificate=office.credential.certificate)
    verdict = verify(sealed, anchors=office.anchors, name="bulletin.pdf")
    assert verdict.outcome is Outcome.VALID
    assert verdict.signatures[0].covers_whole_file


def test_the_mark_is_on_the_page_asked_for(office, booklet: bytes) -> None:
    sealed = pypdfium2.PdfDocument(office.seal(booklet, placement=corner(page=7)))
    sealed.init_forms()
    dark = [_darkness(sealed[index]) for index in range(len(sealed))]
    assert max(range(len(dark)), key=dark.__getitem__) == 6


def _darkness(page: pypdfium2.PdfPage) -> int:
    shown = page.render(scale=1).to_pil().convert("L").crop((36, page.get_height() - 99, 212, page.get_height() - 36))
    return sum(255 - value for value in shown.tobytes())


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_mark_is_upright_as_people_see_the_page(office, rotation: int) -> None:
    data = assembled(with_changes(o3=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Rotate %d>>" % rotation))
    sealed = pypdfium2.PdfDocument(office.seal(data, placement=corner(rotation=rotation)))
    sealed.init_forms()
    page = sealed[0].render(scale=2).to_pil().convert("L")
    box = page.point(lambda value: 255 if value < 200 else 0).getbbox()
    assert box is not None
    shown = page.crop(box)
    assert shown.width > 2 * shown.height
    # The frame's thick bar is at the left of an upright mark.
    assert _ink(shown, 0) > 1.5 * _ink(shown, shown.width - 2)


def _ink(image, left: int) -> int:
    return sum(255 - value for value in image.crop((left, 0, left + 2, image.height)).tobytes())


def test_a_first_seal_certifies_against_any_change(office, payslip: bytes) -> None:
    sealed = office.seal(payslip)
    assert b"/TransformMethod/DocMDP" in sealed[len(payslip) :]
    assert b"/V/1.2/P 1>>" in sealed[len(payslip) :]


def test_a_seal_that_signatures_will_follow_leaves_room_for_them(office, payslip: bytes) -> None:
    once = office.seal(payslip, signatures_follow=True)
    twice = office.seal(once, placement=corner())
    assert b"/DocMDP" not in once + twice
    verdict = verify(twice, anchors=office.anchors, name="")
    assert verdict.outcome is Outcome.VALID
    assert [one.field for one in verdict.signatures] == ["Cachet1", "Cachet2"]


def test_a_file_certified_against_any_change_is_refused(office, payslip: bytes) -> None:
    with pytest.raises(DocumentError) as refused:
        office.seal(office.seal(payslip))
    assert refused.value.code is Code.ALREADY_SIGNED


def test_an_encrypted_file_is_refused_as_such(office) -> None:
    data = assembled({**PLAIN, 4: b"<</Filter/Standard/V 1/R 2>>"}).replace(
        b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 4 0 R"
    )
    with pytest.raises(DocumentError) as refused:
        office.seal(data)
    assert refused.value.code is Code.ENCRYPTED


@pytest.mark.parametrize("rung", list(Rung))
def test_no_live_object_is_overwritten_when_the_size_lies(office, rung: Rung) -> None:
    hidden = b"<</Length 9>>\nstream\nBT ET q Q\nendstream"
    data = assembled(
        {**with_changes(o3=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 9 0 R>>"), 9: hidden}, size=4
    )
    try:
        sealed = office.seal(data, rung=rung, placement=corner())
    except DocumentError:
        assert rung is not Rung.TOLERANT
        return
    new = {int(number) for number in re.findall(rb"(?m)^(\d+) 0 obj", sealed[len(data) :])}
    assert new & {1, 2, 9} <= {1}
    assert min(new - {1, 3}) > 9


def test_a_number_that_is_only_referred_to_is_not_taken(office) -> None:
    data = assembled(with_changes(o3=b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[40 0 R]>>"))
    sealed = office.seal(data, rung=Rung.TOLERANT)
    assert b"\n40 0 obj" not in sealed


def test_a_file_without_a_last_line_end_is_continued_on_a_new_line(office) -> None:
    data = assembled(PLAIN, ending=b"%%EOF")
    sealed = office.seal(data)
    assert sealed.startswith(data + b"\n")
    assert verify(sealed, anchors=office.anchors, name="").outcome is Outcome.VALID


@pytest.mark.parametrize(
    "catalogue",
    [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/NeedAppearances true>>>>",
        b"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>",
        b"<</Type/Catalog/Pages 2 0 R/AcroForm null/Perms null/DSS null>>",
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields null>>>>",
        b"<</Type/Catalog/Pages 2 0 R/Perms<<>>/AcroForm<</Fields 5 0 R>>>>",
        b"<</Type/Catalog/Pages 2 0 R/Metadata 7 0 R/Version/1.3>>",
    ],
)
def test_every_way_of_writing_a_form_is_completed_and_not_replaced(office, catalogue: bytes) -> None:
    more = {
        4: b"<</Fields[6 0 R]/DA(/Helv 0 Tf)>>",
        5: b"[6 0 R]",
        6: b"<</FT/Tx/T(Cachet1)/V(x)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]/P 3 0 R>>",
        7: b"<</Type/Metadata/Subtype/XML/Length 10>>\nstream\n<a:b>&zzz;\nendstream",
    }
    data = assembled({**with_changes(o1=catalogue), **more})
    sealed = office.seal(data, placement=corner())
    assert verify(sealed, anchors=office.anchors, name="").outcome is Outcome.VALID
    reader = PdfFileReader(io.BytesIO(sealed))
    names = [field.get_object()["/T"] for field in reader.root["/AcroForm"]["/Fields"]]
    kept = b"4 0 R" in catalogue or b"5 0 R" in catalogue
    assert names == (["Cachet1", "Cachet2"] if kept else ["Cachet1"])


@pytest.mark.parametrize("annotations", [b"/Annots[5 0 R]", b"/Annots 4 0 R", b"/Annots null", b"/Annots[]"])
def test_annotations_already_there_stay(office, annotations: bytes) -> None:
    more = {4: b"[5 0 R]", 5: b"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>"}
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%s>>" % annotations
    sealed = office.seal(assembled({**with_changes(o3=page), **more}), placement=corner())
    reader = PdfFileReader(io.BytesIO(sealed))
    kinds = [one.get_object()["/Subtype"] for one in reader.root["/Pages"]["/Kids"][0]["/Annots"]]
    assert kinds == (["/Text", "/Widget"] if b"0 R" in annotations else ["/Widget"])


def test_a_page_that_is_not_there_is_refused(office, payslip: bytes) -> None:
    with pytest.raises(DocumentError, match="no page 9"):
        office.seal(payslip, placement=corner(page=9))


def test_pages_are_counted_in_order_whatever_the_counts_say(office) -> None:
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 77>>",
        3: b"<</Type/Pages/Parent 2 0 R/Kids[4 0 R 5 0 R]/Count 1>>",
        4: b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 200 200]>>",
        5: b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 200 200]>>",
        6: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    }
    sealed = office.seal(assembled(objects), rung=Rung.TOLERANT, placement=corner(page=3))
    assert b"/P 6 0 R" in sealed


def test_a_page_tree_that_bites_its_tail_ends(office) -> None:
    data = assembled(with_changes(o2=b"<</Type/Pages/Kids[2 0 R]/Count 1>>"))
    for rung in Rung:
        with pytest.raises(DocumentError):
            office.seal(data, rung=rung)


@pytest.mark.parametrize("lock", [b"/Lock<</Type/SigFieldLock/Action/All/P 1>>", b"/V 5 0 R"])
def test_a_lock_against_any_change_is_respected(office, lock: bytes) -> None:
    value = b"" if b"/V" in lock else b"/V<</Type/Sig>>"
    more = {
        4: b"<</FT/Sig/T(Signature1)/Rect[0 0 0 0]%s%s>>" % (lock, value),
        5: b"<</Type/Sig/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]>>",
    }
    catalogue = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>"
    with pytest.raises(DocumentError) as refused:
        office.seal(assembled({**with_changes(o1=catalogue), **more}))
    assert refused.value.code is Code.ALREADY_SIGNED


def test_a_certificate_that_ran_out_while_the_daemon_ran_seals_no_more(office, payslip: bytes) -> None:
    with pytest.raises(CredentialError, match="expired"):
        office.seal(payslip, at=office.authority.seal.certificate.not_valid_after_utc + datetime.timedelta(seconds=1))


@pytest.mark.parametrize("level", [PadesLevel.B_T, PadesLevel.B_LT])
def test_a_level_without_its_means_is_a_settings_error(office, payslip: bytes, level: PadesLevel) -> None:
    with pytest.raises(SettingsError):
        office.seal(payslip, level=level)


def test_errors_of_those_who_sign_or_stamp_pass_unchanged(office, payslip: bytes) -> None:
    def gone(_: bytes) -> bytes:
        raise CredentialError(Words("jeton absent", "token gone"))

    def silent(_: bytes) -> bytes:
        raise ServiceError(Words("rien", "nothing"))

    with pytest.raises(ServiceError):
        office.seal(payslip, level=PadesLevel.B_T, timestamp=silent)
    broken = type(office)(office.authority, _Signer(office.credential, gone))
    with pytest.raises(CredentialError):
        broken.seal(payslip)


class _Signer:
    """A credential whose device fails."""

    def __init__(self, credential, sign: Callable[[bytes], bytes]) -> None:
        self.certificate, self.chain, self.sign = credential.certificate, credential.chain, sign


def test_a_token_larger_than_its_gap_gets_a_larger_gap(office, payslip: bytes) -> None:
    asked: list[bytes] = []

    def stamp(digest: bytes) -> bytes:
        asked.append(digest)
        return element(0x30, element(0x04, digest), bytes(40_000))

    sealed = office.seal(payslip, level=PadesLevel.B_T, timestamp=stamp)
    assert len(asked) == 2
    assert read_back(payslip, sealed, certificate=office.credential.certificate)
    office.seal(payslip, level=PadesLevel.B_T, timestamp=stamp)
    assert len(asked) == 3
    office.seal(payslip, level=PadesLevel.B_T, timestamp=lambda _: b"\x30\x00")


def test_metadata_are_left_alone(office, archival_payslip: bytes) -> None:
    update = office.seal(archival_payslip, placement=corner())[len(archival_payslip) :]
    assert b"/ModDate" not in update
    assert b"xmpmeta" not in update


def test_what_is_added_is_fit_for_an_archival_file(office, archival_payslip: bytes) -> None:
    for placement in (corner(), None):
        update = office.seal(archival_payslip, placement=placement)[len(archival_payslip) :]
        for forbidden in (b"/SMask", b"/Group", b"/DeviceRGB", b"/ca ", b"/LZW"):
            assert forbidden not in update
        assert b"/F 132" in update
        assert b"/AP" in update


def test_a_seal_with_an_rsa_key_is_as_good(rsa_office, payslip: bytes) -> None:
    sealed = rsa_office.seal(payslip, placement=corner())
    assert read_back(payslip, sealed, certificate=rsa_office.credential.certificate)
    assert verify(sealed, anchors=rsa_office.anchors, name="").outcome is Outcome.VALID


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_is_always_sealed_soundly_or_refused_with_a_reason(office, archival_payslip, data) -> None:
    broken = bytearray(archival_payslip)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(broken) - 1))
        length = data.draw(st.integers(0, 40))
        broken[at : at + length] = data.draw(st.binary(max_size=40))
    rung = data.draw(st.sampled_from(list(Rung)))
    try:
        sealed = office.seal(bytes(broken), rung=rung, placement=corner())
    except DocumentError:
        return
    assert read_back(bytes(broken), sealed, certificate=office.credential.certificate)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_pdf_are_always_refused(office, junk: bytes) -> None:
    for data in (junk, b"%PDF-1.7\n" + junk, b"%PDF-1.4\n" + junk + b"\nstartxref\n9\n%%EOF\n"):
        with pytest.raises(DocumentError):
            office.seal(data, rung=Rung.TOLERANT)


def test_two_seals_of_one_file_differ_only_in_what_must(office, payslip: bytes) -> None:
    first, second = office.seal(payslip), office.seal(payslip)
    assert hashlib.sha256(first).digest() != hashlib.sha256(second).digest()
    assert len(first) == len(second)
