"""The Quadra connector: dossiers, chapters, lists, signatories and returns, as its README says."""

from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jesignd_quadra.connector import Quadra, QuadraOptions
from jesignd_quadra.index import NATURES
from jesignd_quadra.layout import CHAPTERS, dossier

from jesignd.domain import tabular
from jesignd.domain.documents import Digest, DocumentId, DocumentKind, Period
from jesignd.domain.recognition import Doubtful, Recognised, Unusable
from jesignd.errors import Code
from jesignd.plugin import Attached, Lot, Outcome, ReturnStatus
from jesignd.testing.connectors import bundle, index_bytes

HEADER = (
    "DOSSIER;ETABLISSEMENT;CHAPITRE;NATURE;ANNEE;PERIODE;NUMEMPLOYE;INDICEBULLETIN;LIBELLE;FICHIER;AUTEUR;CHRONO;"
    "PUBLIERWEB"
)
NAME = "BP_000424_202610_MAT-00012.pdf"
ROW = f"424;000;Social;BULLETIN;2026;202610;00012;1;Bulletin été;{NAME};PM;00317;N"
PLACE = f"000424/Social/2026/{NAME}"
PEOPLE_HEADER = "CODE;CIVILITE;NOM;PRENOM;EMAIL;PORTABLE;ROLE;ISCLIENT"
PEOPLE = index_bytes(
    PEOPLE_HEADER,
    [
        "424;Mme;Dupont;Jeanne;jeanne@example.test;0600000000;;O",
        "999;M.;Autre;Jean;;;client;O",
        "000424;M.;Martin;Paul;paul@example.test;;expert;N",
    ],
)


def recognise(path=PLACE, *, rows=None, options=None, header=HEADER, encoding="cp1252", people=None, sidecar=None):
    file = bundle(
        path,
        sidecar=sidecar,
        index=None if rows is None else index_bytes(header, rows, encoding),
        index_name=f"{path.rpartition('/')[0]}/QUADRA_DOC_20261124.csv",
        directories={} if people is None else {"annuaire_quadra.csv": people},
    )
    return Quadra().recognise(file, options or QuadraOptions())


@pytest.mark.parametrize(
    ("written", "code"),
    [("424", "000424"), ("000424", "000424"), ("matth", "MATTH"), ("t00752", "T00752"), (" 7 ", "000007")],
)
def test_a_dossier_has_six_characters_and_zeros_only_when_it_is_a_number(written, code):
    assert dossier(written) == code


@pytest.mark.parametrize("written", ["", "0000424", "4 24", "été", "a/b", "４２４"])
def test_what_is_no_dossier_is_refused(written):
    with pytest.raises(ValueError):
        dossier(written)


@given(st.from_regex(r"[0-9A-Za-z]{1,6}", fullmatch=True))
def test_normalising_a_dossier_twice_always_changes_nothing(written):
    assert dossier(dossier(written)) == dossier(written)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-8"])
def test_index_name_and_folders_agree_on_a_payslip(encoding):
    answer = recognise(rows=[ROW], encoding=encoding)

    assert isinstance(answer, Recognised)
    assert (answer.kind, answer.client_code, answer.period) == (DocumentKind.PAYSLIP, "000424", Period(2026, 10))
    assert (answer.employee, answer.label, answer.origin_id) == ("00012", "Bulletin été", "2026/00317/1")
    assert answer.notes == ()


def test_a_name_without_zeros_is_the_same_dossier():
    assert isinstance(recognise("424/Social/2026/BP_424_202610.pdf"), Recognised)


def test_the_tree_alone_completes_a_neutral_name():
    answer = recognise("MATTH/Généralités/2026/LDM_matth_2026.pdf")

    assert isinstance(answer, Recognised)
    assert answer.client_code == "MATTH"


def test_an_image_style_name_gets_its_kind_from_the_index():
    row = "000424;000;Facturation;NOTE D'HONORAIRES;2026;20261031;;;Honoraires;000424_1475.pdf;PM;00318;N"

    answer = recognise("000424/Facturation/2026/000424_1475.pdf", rows=[row])

    assert isinstance(answer, Recognised)
    assert answer.kind is DocumentKind.FEE_NOTE


def test_an_image_style_name_alone_is_of_unknown_kind():
    answer = recognise("000424/Facturation/2026/000424_1475.pdf")

    assert isinstance(answer, Doubtful)
    assert answer.code is Code.UNKNOWN_KIND


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        (f"000425/Social/2026/{NAME}", None),
        (f"000424/Social/2025/{NAME}", None),
        (f"000424/Juridique/2026/{NAME}", None),
        (PLACE, [ROW.replace("424;000", "425;000")]),
        (PLACE, [ROW.replace("202610;", "202611;", 1)]),
        (PLACE, [ROW.replace(";00012;", ";00013;")]),
        (PLACE, [ROW.replace("BULLETIN;", "CONTRAT;")]),
        (PLACE, [ROW.replace(";Social;", ";Juridique;")]),
    ],
)
def test_every_contradiction_holds_the_document(path, rows):
    answer = recognise(path, rows=rows)

    assert isinstance(answer, Doubtful)
    assert answer.code is Code.CONTRADICTION


def test_a_chapter_without_accents_or_capitals_is_the_same():
    assert isinstance(recognise("424/GENERALITES/2026/BP_424_202610.pdf"), Doubtful)
    assert isinstance(recognise("424/Ge\u0301ne\u0301ralite\u0301s/2026/LDM_424_2026.pdf"), Recognised)


@pytest.mark.parametrize("path", [f"DATABASE/cpta/{NAME}", f"Quadra/database/paie/000424/{NAME}"])
def test_quadras_own_data_are_never_taken(path):
    answer = recognise(path)

    assert isinstance(answer, Doubtful)
    assert "DATABASE" in answer.reason.fr


def test_an_unknown_nature_leaves_the_kind_to_the_name_with_a_note():
    answer = recognise(rows=[ROW.replace("BULLETIN;", "FICHE;")])

    assert isinstance(answer, Recognised)
    assert "NATURE" in answer.notes[0].fr


def test_a_firm_may_name_its_own_natures():
    row = ROW.replace("BULLETIN;", "Fiche rectifiée;").replace(NAME, "000424_9.pdf")

    answer = recognise(
        "000424/Social/2026/000424_9.pdf", rows=[row], options=QuadraOptions(natures={"FICHE RECTIFIEE": "BP"})
    )

    assert isinstance(answer, Recognised)


@pytest.mark.parametrize(
    "row", [ROW.replace(";202610;", ";202613;"), ROW.replace("424;000", "0000424;000"), ROW + ";x"]
)
def test_a_row_that_is_not_understood_goes_back(row):
    answer = recognise(rows=[row])

    assert isinstance(answer, Unusable)
    assert answer.code is Code.INDEX_ROW_INVALID


def test_a_list_without_a_needed_column_goes_back():
    assert isinstance(recognise(rows=[], header="DOSSIER;FICHIER"), Unusable)


def test_a_document_without_the_list_its_folder_asks_for_is_an_orphan():
    answer = recognise(options=QuadraOptions(index_required=True))

    assert isinstance(answer, Doubtful)
    assert "orphelin" in answer.reason.fr


def test_the_directory_names_who_signs_in_their_order():
    answer = recognise("000424/Généralités/2026/LDM_000424_2026.pdf", people=PEOPLE)

    assert isinstance(answer, Recognised)
    assert [(person.order, person.last_name, person.role) for person in answer.signatories] == [
        (1, "Dupont", "client"),
        (2, "Martin", "expert"),
    ]
    assert answer.signatories[0].mobile == "+33600000000"


def test_somebody_who_cannot_be_reached_holds_only_what_they_sign():
    held = recognise("000999/Généralités/2026/LDM_000999_2026.pdf", people=PEOPLE)
    sealed = recognise("000999/Social/2026/BP_000999_202610.pdf", people=PEOPLE)

    assert isinstance(held, Doubtful)
    assert held.code is Code.SIGNATORY_INCOMPLETE
    assert isinstance(sealed, Recognised)
    assert sealed.signatories == ()


def test_an_unreadable_directory_holds_what_is_to_be_signed():
    assert isinstance(recognise("424/Généralités/2026/LDM_424_2026.pdf", people=b"CODE;NOM\r\n"), Doubtful)


def test_the_return_list_repeats_each_row_and_says_what_became_of_it():
    at = datetime.datetime(2026, 11, 24, 23, 30, tzinfo=datetime.UTC)
    outcome = Outcome(
        DocumentId("doc_1"), PLACE, Digest("a" * 64), ReturnStatus.SEALED, signed_name="BP_scellé.pdf", signed_at=at
    )
    index = Attached("QUADRA_DOC_20261124.csv", index_bytes(HEADER, [ROW, ROW.replace(NAME, PLACE.replace("/", "\\"))]))

    made = Quadra().return_rows(Lot("QUADRA_DOC_20261124.csv", (outcome,), index), QuadraOptions())

    assert made.name == "QUADRA_RETOUR_20261124.csv"
    table = tabular.read(made.data)
    assert table.columns == (*HEADER.split(";"), "CHRONO_ORIGINE", "FICHIER_SIGNE", "DATESIGNATURE", "ETAT")
    cells = table.rows[0].cells
    assert cells["FICHIER"].startswith("000424")
    assert (cells["CHRONO_ORIGINE"], cells["ETAT"]) == ("00317", "SCELLE")
    assert cells["DATESIGNATURE"] == "25/11/2026"
    assert len(table.rows) == 1


def test_documents_that_came_alone_have_no_return_list():
    assert Quadra().return_rows(Lot("sans", ()), QuadraOptions()) is None


def test_the_folder_is_told_which_files_belong_together():
    conventions = Quadra().conventions(QuadraOptions())

    assert conventions.index.end_suffix == ".fin"
    assert conventions.directories == ("annuaire_quadra.csv",)
    assert conventions.never_below == ("DATABASE",)
    assert conventions.sidecar_suffixes == (".json",)


MALFORMED = [
    ("a thirteenth month", ROW.replace(";202610;", ";202613;"), Code.INDEX_ROW_INVALID),
    ("a month in letters", ROW.replace(";202610;", ";octobre;"), Code.INDEX_ROW_INVALID),
    ("no period at all", ROW.replace(";2026;202610;", ";;;"), Code.INDEX_ROW_INVALID),
    ("a year of another business", ROW.replace(";2026;202610;", ";1789;;"), Code.INDEX_ROW_INVALID),
    ("a dossier of seven characters", ROW.replace("424;000", "0000424;000"), Code.INDEX_ROW_INVALID),
    ("a dossier with an accent", ROW.replace("424;000", "été;000"), Code.INDEX_ROW_INVALID),
    ("another dossier", ROW.replace("424;000", "425;000"), Code.CONTRADICTION),
    ("another month", ROW.replace(";202610;", ";202609;"), Code.CONTRADICTION),
    ("another year", ROW.replace(";2026;202610;", ";2025;202510;"), Code.CONTRADICTION),
    ("another employee", ROW.replace(";00012;", ";00099;"), Code.CONTRADICTION),
    ("another nature", ROW.replace(";BULLETIN;", ";CONTRAT DE TRAVAIL;"), Code.CONTRADICTION),
    ("another chapter", ROW.replace(";Social;", ";Généralités;"), Code.CONTRADICTION),
    ("an endless label", ROW.replace("Bulletin été", "é" * 301), Code.INDEX_ROW_INVALID),
    ("a control character", ROW.replace(";00012;", ";000\x0712;"), Code.INDEX_ROW_INVALID),
    ("a cell too many", f"{ROW};", Code.INDEX_ROW_INVALID),
    ("a cell too few", ROW.rpartition(";")[0], Code.INDEX_ROW_INVALID),
    ("an open quote", ROW.replace("Bulletin été;", '"Bulletin été;'), Code.INDEX_ROW_INVALID),
    ("another file", ROW.replace(NAME, "autre.pdf"), Code.INDEX_ROW_INVALID),
    ("a file elsewhere", ROW.replace(NAME, f"..\\{NAME}"), Code.INDEX_ROW_INVALID),
    ("an empty file", ROW.replace(NAME, ""), Code.INDEX_ROW_INVALID),
    ("the file twice", f"{ROW}\r\n{ROW}", Code.AMBIGUOUS),
    ("the file twice, by two writings", f"{ROW}\r\n{ROW.replace(NAME, '.' + chr(92) + NAME.lower())}", Code.AMBIGUOUS),
    ("a broken row elsewhere", f"{ROW}\r\n424;000", Code.INDEX_ROW_INVALID),
]


@pytest.mark.parametrize(("row", "code"), [pytest.param(*case[1:], id=case[0]) for case in MALFORMED])
def test_a_malformed_row_has_its_code(row, code):
    answer = recognise(rows=[row])

    assert isinstance(answer, Doubtful | Unusable)
    assert answer.code is code


@pytest.mark.parametrize("left_out", ["DOSSIER", "CHAPITRE", "NATURE", "ANNEE", "PERIODE", "FICHIER", "CHRONO"])
def test_a_list_without_one_of_its_columns_goes_back_and_names_it(left_out):
    answer = recognise(rows=[], header=HEADER.replace(left_out, "X"))

    assert isinstance(answer, Unusable)
    assert left_out in answer.reason.fr


def test_a_euro_sign_of_another_alphabet_is_told():
    answer = recognise(rows=[ROW.replace("été", "100 €")], encoding="iso-8859-15")

    assert isinstance(answer, Recognised)
    assert "€" in answer.notes[0].fr


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accented_file_is_found_in_either_form_and_any_case(form):
    row = unicodedata.normalize(form, ROW.replace(NAME, "BP_424_202610_MAT-00012_ÉTÉ.PDF"))

    answer = recognise("424/Social/2026/BP_424_202610_MAT-00012_été.pdf", rows=[row], encoding="utf-8-sig")

    assert isinstance(answer, Recognised)


@pytest.mark.parametrize("nature", NATURES)
def test_every_nature_is_known_in_small_letters_too(nature):
    row = ROW.replace("BULLETIN;", f"{nature.lower()};").replace(NAME, "000424_9.pdf").replace(";Social;", ";Fiscal;")
    answer = recognise("000424/Fiscal/2026/000424_9.pdf", rows=[row])

    said = [clue.value for clue in answer.clues if clue.trait.value == "kind"]
    assert said == [NATURES[nature].code]


@pytest.mark.parametrize("chapter", [name for name, kinds in CHAPTERS.items() if kinds])
@given(kind=st.sampled_from(DocumentKind))
def test_a_kind_always_holds_outside_its_chapter(chapter, kind):
    period = {"BP": "202610", "NH": "20261031", "PVAG": "20261031"}.get(kind.code, "2026")

    answer = recognise(f"424/{chapter}/2026/{kind.code}_424_{period}.pdf")

    assert isinstance(answer, Recognised) == (kind in CHAPTERS[chapter])


PERSON = {"ordre": 1, "role": "gérant", "nom": "Blanc", "prenom": "Anne", "email": "anne@example.test"}
SIDECAR = {"jesign": 1, "dossier": {"code": "424"}, "type": "LDM", "periode": "2026", "signataires": [PERSON]}


def test_a_sidecar_with_a_short_dossier_agrees_and_its_people_come_before_the_directorys():
    answer = recognise("000424/Généralités/2026/LDM_424_2026.pdf", sidecar=SIDECAR, people=PEOPLE)

    assert isinstance(answer, Recognised)
    assert [person.last_name for person in answer.signatories] == ["Blanc"]


@pytest.mark.parametrize("code", ["425", "0000424", "4-24"])
def test_a_sidecar_of_another_dossier_holds(code):
    answer = recognise("000424/Généralités/2026/LDM_424_2026.pdf", sidecar={**SIDECAR, "dossier": {"code": code}})

    assert answer.code is Code.CONTRADICTION


@given(st.text(max_size=60), st.binary(max_size=200))
def test_any_name_and_any_list_get_an_answer(name, data):
    file = bundle(f"424/Social/{name.replace('/', '_')}", index=data, index_name="QUADRA_DOC_1.csv")

    assert isinstance(Quadra().recognise(file, QuadraOptions()), Recognised | Doubtful | Unusable)
