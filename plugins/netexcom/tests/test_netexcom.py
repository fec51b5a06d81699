"""The NETexcom connector: the neutral convention, word for word, and the names of folders that a firm gives."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jesignd_netexcom.connector import Netexcom, NetexcomOptions

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import Doubtful, Recognised, Source, Unusable
from jesignd.errors import Code
from jesignd.plugin import Evidence, Lot
from jesignd.plugin.neutral import Neutral, NeutralOptions
from jesignd.testing.connectors import bundle, index_bytes

NAME = "BP_000424_202610_MAT-00012.pdf"
FOLDERS = {"Bulletins de paie": "BP", "Honoraires": "NH", "Été": "INV"}
HEADER = "VERSION;DOSSIER;TYPE;PERIODE;MATRICULE;NUMERO;LIBELLE;FICHIER;TAILLE;SHA256;ID_ORIGINE;SIGNATAIRES"
ROW = f"1;000424;BP;202610;00012;;Bulletin d’été;{NAME};;;QP-1;"


def recognise(path=NAME, *, rows=None, encoding="cp1252", options=None, **beside):
    index = None if rows is None else index_bytes(HEADER, rows, encoding)
    return Netexcom().recognise(bundle(path, index=index, **beside), options or NetexcomOptions(folders=FOLDERS))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"Bulletins de paie/{NAME}", "BP"),
        (f"000424/2026/BULLETINS  DE PAIE/octobre/{NAME}", "BP"),
        ("honoraires/NH_000424_20261031.pdf", "NH"),
        ("ete/INV_000424_2026.pdf", "INV"),
        ("Été/INV_000424_2026_Fin d’été.pdf", "INV"),
        (f"Divers/{NAME}", "BP"),
        (NAME, "BP"),
    ],
)
def test_a_folder_that_agrees_or_says_nothing_lets_its_document_go(path, kind, form):
    answer = recognise(unicodedata.normalize(form, path))

    assert isinstance(answer, Recognised)
    assert (answer.kind.code, answer.client_code) == (kind, "000424")


def test_a_folder_of_another_kind_holds_and_both_sides_are_shown():
    answer = recognise(f"Honoraires/{NAME}")

    assert isinstance(answer, Doubtful)
    assert answer.code is Code.CONTRADICTION
    assert "« BP » (BP_000424_202610_MAT-00012.pdf) ≠ « NH » (Honoraires)" in answer.reason.fr


def test_two_folders_of_different_kinds_hold():
    assert recognise(f"Honoraires/Bulletins de paie/{NAME}").code is Code.CONTRADICTION


def test_a_name_without_its_kind_gets_it_from_its_folder():
    options = NetexcomOptions(folders=FOLDERS, names=(r"(?P<client>\w+)-(?P<period>\d{6})-(?P<employee>\d+)",))

    answer = recognise("Bulletins de paie/000424-202610-00012.pdf", options=options)
    nowhere = recognise("Divers/000424-202610-00012.pdf", options=options)

    assert (answer.kind, answer.period, answer.employee) == (DocumentKind.PAYSLIP, Period(2026, 10), "00012")
    assert nowhere.code is Code.UNKNOWN_KIND


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_a_batch_index_is_the_neutral_one(encoding):
    answer = recognise(rows=[ROW], encoding=encoding)

    assert isinstance(answer, Recognised)
    assert (answer.label, answer.origin_id) == ("Bulletin d’été", "QP-1")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (ROW.replace("1;", "2;", 1), Code.INDEX_ROW_INVALID),
        (ROW.replace(";BP;", ";XX;"), Code.INDEX_ROW_INVALID),
        (ROW.replace(";BP;", ";NH;"), Code.CONTRADICTION),
        (ROW.replace(";202610;", ";202613;"), Code.INDEX_ROW_INVALID),
        (ROW.replace("000424;BP", "000425;BP"), Code.CONTRADICTION),
        (ROW.replace(";;;QP", f";;{'0' * 64};QP"), Code.DIGEST_MISMATCH),
        (ROW.replace(";;;QP", ";1;;QP"), Code.DIGEST_MISMATCH),
        (ROW.replace(NAME, "autre.pdf"), Code.INDEX_ROW_INVALID),
        (f"{ROW}1|client|Dupont|Jeanne||", Code.SIGNATORY_INCOMPLETE),
        (f"{ROW};", Code.INDEX_ROW_INVALID),
    ],
)
def test_a_malformed_row_has_its_code(row, code):
    assert recognise(rows=[row]).code is code


@pytest.mark.parametrize("options", [{"folders": {"X": "??"}}, {"names": ("(",)}, {"index_pattern": "("}], ids=str)
def test_settings_that_mean_nothing_are_refused(options):
    with pytest.raises(ValueError):
        NetexcomOptions(**options)


@settings(max_examples=100)
@given(
    st.one_of(
        st.text(max_size=60), st.from_regex(r"(BP|NH|LDM|X)_[0-9A-Z]{1,11}_[0-9]{4,8}(_.{0,9})?", fullmatch=True)
    ),
    st.none() | st.binary(max_size=200),
    st.none() | st.binary(max_size=200),
)
def test_without_folder_names_every_answer_is_the_neutral_connectors(stem, sidecar, index):
    file = bundle(f"a/{stem.replace('/', '_')}.pdf", sidecar=sidecar, index=index)

    answer = Netexcom().recognise(file, NetexcomOptions())

    assert answer == Neutral().recognise(file, NeutralOptions())


@settings(max_examples=60)
@given(st.sampled_from(DocumentKind), st.sampled_from(sorted(FOLDERS)))
def test_a_document_is_never_taken_from_a_folder_of_another_kind(kind, folder):
    answer = recognise(f"{folder}/{kind.code}_000424_2026.pdf")

    assert FOLDERS[folder] == kind.code or not isinstance(answer, Recognised)
    assert isinstance(answer, Recognised | Doubtful | Unusable)


def test_what_belongs_together_is_the_neutral_convention():
    options = NetexcomOptions(sidecar_required=True, index_required=True, index_pattern="X.csv")

    assert Netexcom().conventions(options) == Neutral().conventions(options.neutral)
    assert Netexcom().return_rows(Lot("LOT_1.csv", ()), options) is None


def test_a_required_companion_that_is_not_there_holds():
    assert isinstance(recognise(options=NetexcomOptions(sidecar_required=True)), Doubtful)
    assert recognise(options=NetexcomOptions(index_required=True)).code is Code.INDEX_ROW_INVALID


def test_nothing_claims_to_be_the_vendors():
    assert Netexcom.manifest.evidence is Evidence.OUR_CONVENTION
    assert "neutre" in Netexcom.manifest.title.fr
    assert Source.FOLDER in {clue.source for clue in recognise(f"Bulletins de paie/{NAME}").clues}
