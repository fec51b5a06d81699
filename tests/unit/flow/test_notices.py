"""Notices: one cause, one remedy, in sentences."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jesignd.errors import Code, Words
from jesignd.flow.notices import error_notice
from jesignd.store.records import Hold

AT = datetime.datetime(2026, 11, 24, 9, 31, tzinfo=datetime.UTC)


def notice(reason: str, hint: str | None = None) -> list[str]:
    hold = Hold(Words(reason, reason), Code.ENCRYPTED, Words(hint, hint) if hint is not None else None)
    return error_notice("BP.pdf", hold, document="doc_1", at=AT).decode("utf-8-sig").split("\r\n")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("le fichier est chiffré", "Le fichier est chiffré."),
        ("Le fichier est chiffré.", "Le fichier est chiffré."),
        ("partage démonté ?", "Partage démonté ?"),
        ("trop de pages…", "Trop de pages…"),
        ("trop de pages...", "Trop de pages…"),
        ("voyez « BP.pdf »", "Voyez « BP.pdf »."),
        ("il manque la fin ;", "Il manque la fin."),
        ("sur deux\nlignes", "Sur deux lignes."),
        ("PVAG ne peut pas être scellé", "PVAG ne peut pas être scellé."),
        ("l’empreinte diffère", "L’empreinte diffère."),
        ("jeton A. R.", "Jeton A. R."),
    ],
)
def test_a_cause_reads_as_a_sentence_however_it_was_written(written, said):
    assert notice(written)[2] == f"Cause (E03) : {said}"


def test_the_whole_reads_well_in_both_languages():
    hold = Hold(
        Words("le PDF est protégé", "the PDF is protected"),
        Code.ENCRYPTED,
        Words("exportez-le sans mot de passe", "export it without a password"),
    )

    told = error_notice("Bulletin d’Éléonore.pdf", hold, document="doc_42", at=AT)

    assert told.decode("utf-8-sig").split("\r\n") == [
        "Le fichier « Bulletin d’Éléonore.pdf » n’a pas été scellé.",
        "",
        "Cause (E03) : Le PDF est protégé.",
        "Remède : Exportez-le sans mot de passe.",
        "",
        "Référence à rappeler : doc_42, le 24/11/2026 à 10:31 (heure de Paris).",
        "",
        "-" * 20,
        "",
        "The file “Bulletin d’Éléonore.pdf” was not sealed.",
        "Cause (E03): The PDF is protected.",
        "Remedy: Export it without a password.",
        "",
    ]


def test_an_amount_keeps_its_no_break_space():
    assert "0,05\u202f€" in notice("il reste 0,05\u202f€")[2]


@given(st.text(min_size=1).filter(lambda text: text.strip(" .;,:\t\r\n")))
def test_whatever_the_reason_it_always_ends_once(reason):
    written = notice(reason, reason)
    assert written[2].endswith((".", "…", "!", "?"))
    assert not written[2].endswith("..")
    assert "\n" not in written[2]
