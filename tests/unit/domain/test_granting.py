from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.domain.firm import Right
from jesignd.domain.granting import MAX_LINES, Wish, listed, objection_to_wish, right_named, text_rows

DAY = datetime.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a@b.fr\nc@d.fr\n", ["a@b.fr", "c@d.fr"]),
        (b"a@b.fr;Anne\r\nc@d.fr;Cyril\r\n", ["a@b.fr", "c@d.fr"]),
        (b"a@b.fr\tAnne\nc@d.fr\tCyril", ["a@b.fr", "c@d.fr"]),
        (b"a@b.fr,Anne\nc@d.fr,Cyril", ["a@b.fr", "c@d.fr"]),
        ("\ufeffCourriel;Prénom\na@b.fr;Zoé\n".encode(), ["a@b.fr"]),
        ("Courriel;Prénom\na@b.fr;Zoé\n".encode("cp1252"), ["a@b.fr"]),
        (b'"a@b.fr";"Anne; dite Nane"\n', ["a@b.fr"]),
        ("a@b.fr\r\n\r\nc@d.fr".encode("utf-16"), ["a@b.fr", "c@d.fr"]),
    ],
)
def test_lists_as_offices_write_them_are_read(data, expected):
    assert [one.email for one in listed(text_rows(data))] == expected


def test_addresses_are_compared_without_regard_to_case_and_keep_their_lines():
    first, second, third = listed([["A@B.fr"], ["c@d.fr"], [" a@b.FR "]])
    assert (first.line, first.email, first.first_line) == (1, "a@b.fr", None)
    assert (third.line, third.first_line) == (3, 1)
    assert second.first_line is None


def test_rights_may_be_named_or_ticked():
    (one,) = listed([["Courriel", "Préparer", "SIGNER", "Hubemploi"], ["a@b.fr", "x", "non", "X"]])
    assert (one.rights, one.ignored) == ({Right.PREPARE}, ("Hubemploi",))
    (two,) = listed([["a@b.fr", "lancer + sceller", "Cap sur le numérique"]])
    assert (two.rights, two.ignored) == ({Right.LAUNCH, Right.SEAL}, ("Cap sur le numérique",))


@pytest.mark.parametrize(
    "name",
    ["Hubemploi", "Cap sur le numérique", "Bibliordre", "droits administratifs", "Infodoc-expert", "RFC", "Congrès",
     "La Boutique", "Sic numérique", "messagerie", "expertpass", "signer tout", "signature", "co-signer"],
)  # fmt: skip
def test_no_right_of_another_site_ever_becomes_a_power(name):
    assert right_named(name) is None
    (one,) = listed([["a@b.fr", name]])
    assert one.rights == frozenset()


def test_a_list_without_end_is_refused():
    with pytest.raises(ValueError, match="more than"):
        listed([["a@b.fr"]] * (MAX_LINES + 1))


@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_list_is_read_or_refused_as_such(data):
    try:
        found = listed(text_rows(data))
    except ValueError:
        return
    addresses = [one.email for one in found if one.email is not None and one.first_line is None]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        (Wish(frozenset({Right.SEAL}), DAY, DAY), False),
        (Wish(frozenset(), DAY, DAY), True),
        (Wish(frozenset({Right.SEAL}), DAY, DAY - datetime.timedelta(days=1)), True),
        (Wish(frozenset({Right.SEAL}), DAY - datetime.timedelta(days=9), DAY - datetime.timedelta(days=1)), True),
    ],
)
def test_what_can_be_wished_for(wish, refused):
    assert (objection_to_wish(wish, DAY) is not None) is refused
