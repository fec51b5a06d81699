from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pades_places import corner

from jesignd.domain.levels import PadesLevel
from jesignd.errors import VerificationFailed
from jesignd.pades.readback import read_back
from jesignd.pades.trust import Endpoint
from jesignd.testing.authority import make_authority


@pytest.fixture(scope="module")
def sealed(office, payslip: bytes) -> bytes:
    return office.seal(payslip, placement=corner())


def gap(sealed: bytes) -> tuple[int, int]:
    start = sealed.rindex(b"/Contents<") + len(b"/Contents")
    return start, sealed.index(b">", start) + 1


def test_a_good_seal_passes_every_check(office, payslip: bytes, sealed: bytes) -> None:
    passed = read_back(payslip, sealed, certificate=office.credential.certificate)
    assert passed == (
        "original-is-prefix",
        "one-new-signature",
        "whole-file-covered",
        "signature-reachable",
        "digest",
        "signed-attributes",
        "certificate",
        "signature-value",
    )


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_other_byte_anywhere_is_always_noticed(office, payslip, sealed, data) -> None:
    start, end = gap(sealed)
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = (sealed[at] + data.draw(st.integers(1, 255))) % 256
    changed = sealed[:at] + bytes([other]) + sealed[at + 1 :]
    if start < at < end - 1 and changed[at : at + 1].upper() == sealed[at : at + 1].upper():
        return
    with pytest.raises(VerificationFailed):
        read_back(payslip, changed, certificate=office.credential.certificate, chain=office.credential.chain)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_length_but_the_right_one_is_always_noticed(office, payslip, sealed, data) -> None:
    cut = data.draw(st.integers(0, len(sealed) - 1))
    for changed in (sealed[:cut], sealed + sealed[-cut - 1 :]):
        with pytest.raises(VerificationFailed):
            read_back(payslip, changed, certificate=office.credential.certificate)


def test_another_original_is_noticed(office, payslip: bytes, archival_payslip: bytes, sealed: bytes) -> None:
    for other in (archival_payslip, b"", payslip + b"x", sealed):
        with pytest.raises(VerificationFailed):
            read_back(other, sealed, certificate=office.credential.certificate)


def test_a_seal_by_somebody_else_is_noticed(office, payslip: bytes, sealed: bytes) -> None:
    with pytest.raises(VerificationFailed, match="certificate"):
        read_back(payslip, sealed, certificate=make_authority().seal.der)


def test_a_time_stamp_over_something_else_is_noticed(office, payslip: bytes, timestamps, client_of) -> None:
    client = client_of(Endpoint("Horodateur", timestamps.url))
    good = office.seal(payslip, level=PadesLevel.B_T, timestamp=client.timestamp)
    assert read_back(payslip, good, certificate=office.credential.certificate)
    bad = office.seal(payslip, level=PadesLevel.B_T, timestamp=lambda _: client.timestamp(bytes(32)))
    with pytest.raises(VerificationFailed, match="time-stamp"):
        read_back(payslip, bad, certificate=office.credential.certificate)


def test_an_unsealed_copy_is_noticed(office, payslip: bytes) -> None:
    for same in (payslip, payslip + b"\n", payslip + b"\n% jesignd\n"):
        with pytest.raises(VerificationFailed):
            read_back(payslip, same, certificate=office.credential.certificate)


def test_a_second_signature_in_the_update_is_noticed(office, payslip: bytes) -> None:
    once = office.seal(payslip, signatures_follow=True)
    twice = office.seal(once)
    assert read_back(once, twice, certificate=office.credential.certificate)
    with pytest.raises(VerificationFailed, match="2 new signatures"):
        read_back(payslip, twice, certificate=office.credential.certificate)


@pytest.mark.parametrize(("found", "put"), [(b"/V ", b"/W "), (b"/Annots", b"/Annoys"), (b"/FT /Sig", b"/FT /Sog")])
def test_a_seal_that_no_field_shows_is_noticed(office, payslip, found: bytes, put: bytes) -> None:
    """The writer is made to write a file whose signature is right and cannot be reached."""
    from jesignd.pades import seal as line

    honest = line.Update.append_to

    def dishonest(update):
        stream = honest(update)
        grown = bytearray(stream.getvalue())
        at = grown.index(found, len(payslip))
        grown[at : at + len(found)] = put
        stream.seek(0)
        stream.write(grown)
        return stream

    line.Update.append_to = dishonest
    try:
        sealed = office.seal(payslip)
    finally:
        line.Update.append_to = honest
    if found == b"/Annots":
        return
    with pytest.raises(VerificationFailed, match="field"):
        read_back(payslip, sealed, certificate=office.credential.certificate)
