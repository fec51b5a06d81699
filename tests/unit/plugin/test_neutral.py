"""The neutral connector: sidecar, index row and name gathered into one answer, or held with both sides shown."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest

from jesignd.domain.documents import DocumentKind, Period
from jesignd.domain.recognition import Doubtful, Recognised, Source, Trait, Unusable
from jesignd.errors import Code
from jesignd.plugin.neutral import Neutral, NeutralOptions
from jesignd.testing.connectors import SAMPLE, bundle, index_bytes

NAME = "BP_000424_202610_MAT-00012.pdf"
HEADER = "VERSION;DOSSIER;TYPE;PERIODE;MATRICULE;NUMERO;LIBELLE;FICHIER;TAILLE;SHA256;ID_ORIGINE;SIGNATAIRES"
DIGEST = hashlib.sha256(SAMPLE).hexdigest()
ROW = f"1;000424;BP;202610;00012;;Été ; 1;{NAME};{len(SAMPLE)};{DIGEST};QP-1;".replace("Été ; 1", '"Été ; 1"')


def recognise(*arguments, options=None, **keywords):
    return Neutral().recognise(bundle(*arguments, **keywords), options or NeutralOptions())


def test_a_name_alone_is_enough():
    answer = recognise(NAME)

    assert isinstance(answer, Recognised)
    assert (answer.kind, answer.client_code, answer.period) == (DocumentKind.PAYSLIP, "000424", Period(2026, 10))
    assert answer.employee == "00012"
    assert {clue.source for clue in answer.clues} == {Source.NAME}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-8"])
def test_an_index_row_is_read_in_every_encoding(encoding):
    answer = recognise(NAME, index=index_bytes(HEADER, [ROW], encoding))

    assert isinstance(answer, Recognised)
    assert (answer.label, answer.origin_id) == ("Été ; 1", "QP-1")
    assert any(clue.where == "LOT_20261124_001.csv, ligne 2" for clue in answer.clues)


def test_accents_decomposed_on_disk_match_those_composed_in_the_index():
    name = "LDM_000424_2026_Équerre.pdf"
    row = f"1;000424;LDM;2026;;;;{name};;;;"

    answer = recognise(unicodedata.normalize("NFD", name), index=index_bytes(HEADER, [row]))

    assert isinstance(answer, Recognised)


def test_signatories_of_an_index_row_come_in_their_order():
    people = "2|expert|Martin|Paul|paul@example.test|/1|client|Le Du/Pont|Jeanne|jeanne@example.test|+33600000000"
    row = f'1;000424;LDM;2026;;;;LDM_000424_2026.pdf;;;;"{people}"'

    answer = recognise("LDM_000424_2026.pdf", index=index_bytes(HEADER, [row]))

    assert [person.last_name for person in answer.signatories] == ["Le Du/Pont", "Martin"]


def test_contradicting_sources_hold_and_show_both_values():
    sidecar = {"jesign": 1, "dossier": {"code": "000425"}, "type": "BP"}

    answer = recognise(NAME, sidecar=sidecar)

    assert isinstance(answer, Doubtful)
    assert answer.code is Code.CONTRADICTION
    assert "000425" in answer.reason.fr
    assert "000424" in answer.reason.fr
    assert NAME in answer.reason.fr
    assert len(answer.clues) == 6


def test_sources_that_name_other_signatories_hold():
    person = {"ordre": 1, "role": "client", "nom": "A", "prenom": "B", "email": "autre@example.test"}
    row = "1;000424;LDM;2026;;;;LDM_000424_2026.pdf;;;;1|client|A|B|a@example.test|"

    answer = recognise(
        "LDM_000424_2026.pdf", sidecar={"jesign": 1, "signataires": [person]}, index=index_bytes(HEADER, [row])
    )

    assert isinstance(answer, Doubtful)
    assert answer.code is Code.CONTRADICTION


@pytest.mark.parametrize(
    ("sidecar", "code"),
    [
        ({"type": "BP", "periode": "2026-10"}, Code.UNKNOWN_CLIENT),
        ({"dossier": {"code": "1"}, "periode": "2026-10"}, Code.UNKNOWN_KIND),
        ({"dossier": {"code": "1"}, "type": "BP"}, Code.AMBIGUOUS),
    ],
)
def test_what_nobody_says_holds_with_a_remedy(sidecar, code):
    answer = recognise("scan.pdf", sidecar={"jesign": 1, **sidecar})

    assert isinstance(answer, Doubtful)
    assert answer.code is code
    assert answer.hint is not None


def test_the_reason_says_what_is_wrong_with_a_name_that_almost_fits():
    answer = recognise("BP_000424_202613.pdf")

    assert isinstance(answer, Doubtful)
    assert "202613" in answer.reason.fr


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("BP_1_202610.pdf", True),
        ("BP_1_2026.pdf", False),
        ("BP_1_20261031.pdf", False),
        ("NH_1_20261031.pdf", True),
        ("NH_1_202610.pdf", False),
        ("PVAG_1_20260630.pdf", True),
        ("LDM_1_2026.pdf", True),
        ("PLQ_1_20261231.pdf", True),
        ("PLQ_1_202612.pdf", False),
        ("INV_1_2026.pdf", True),
        ("ECC_1_2026.pdf", True),
        ("RH_1_202610.pdf", True),
        ("ATT_1_2026.pdf", True),
    ],
)
def test_the_period_is_as_exact_as_its_kind_asks(name, fits):
    assert isinstance(recognise(name), Recognised if fits else Doubtful)


def test_a_year_and_a_closing_date_of_it_do_not_contradict():
    answer = recognise("PLQ_1_2026.pdf", sidecar={"jesign": 1, "periode": "2026-12-31"})

    assert isinstance(answer, Recognised)
    assert answer.period == Period(2026, 12, 31)


@pytest.mark.parametrize(("column", "value"), [(8, "1"), (9, "0" * 64)])
def test_a_file_announced_with_another_size_or_digest_goes_back(column, value):
    cells = [
        cell if number != column else value for number, cell in enumerate(ROW.replace('"Été ; 1"', "x").split(";"))
    ]

    answer = recognise(NAME, index=index_bytes(HEADER, [";".join(cells)]))

    assert isinstance(answer, Unusable)
    assert answer.code is Code.DIGEST_MISMATCH


@pytest.mark.parametrize(
    "row",
    [
        f"2;000424;BP;202610;;;;{NAME};;;;",
        f"1;000424;XX;202610;;;;{NAME};;;;",
        f"1;000424;BP;202613;;;;{NAME};;;;",
        f"1;000424;BP;202610;;;;{NAME};dix;;;",
        f"1;000424;BP;202610;;;{NAME};;;",
        f'1;000424;BP;202610;;;"x;{NAME};;;;',
    ],
)
def test_an_invalid_row_goes_back_with_its_line(row):
    answer = recognise(NAME, index=index_bytes(HEADER, [row]))

    assert isinstance(answer, Unusable)
    assert answer.code is Code.INDEX_ROW_INVALID
    assert "2" in answer.reason.fr


def test_an_index_without_a_needed_column_goes_back():
    answer = recognise(NAME, index=index_bytes("VERSION;DOSSIER;TYPE;FICHIER", [f"1;000424;BP;{NAME}"]))

    assert isinstance(answer, Unusable)
    assert "PERIODE" in answer.reason.fr


def test_a_row_with_an_incomplete_signatory_holds():
    row = "1;000424;LDM;2026;;;;LDM_000424_2026.pdf;;;;1|client|A|B||"

    answer = recognise("LDM_000424_2026.pdf", index=index_bytes(HEADER, [row]))

    assert isinstance(answer, Doubtful)
    assert answer.code is Code.SIGNATORY_INCOMPLETE
    assert "ligne 2" in answer.reason.fr


def test_a_file_its_index_does_not_list_is_an_orphan():
    answer = recognise("BP_000425_202610.pdf", index=index_bytes(HEADER, [ROW]))

    assert isinstance(answer, Doubtful)
    assert "orphelin" in answer.reason.fr


def test_a_file_without_the_index_its_folder_asks_for_is_an_orphan():
    answer = recognise(NAME, options=NeutralOptions(index_required=True))

    assert isinstance(answer, Doubtful)
    assert "orphelin" in answer.reason.fr


def test_a_file_without_the_sidecar_its_folder_asks_for_holds():
    assert isinstance(recognise(NAME, options=NeutralOptions(sidecar_required=True)), Doubtful)


def test_a_file_listed_twice_holds_with_both_lines():
    answer = recognise(NAME, index=index_bytes(HEADER, [ROW, ROW]))

    assert isinstance(answer, Doubtful)
    assert "2, 3" in answer.reason.fr


def test_a_file_is_found_by_its_path_below_the_index_with_either_slash():
    row = rf"1;000424;BP;202610;;;;sous\{NAME};;;;"

    answer = recognise(f"lot/sous/{NAME}", index=index_bytes(HEADER, [row]), index_name="lot/LOT_1.csv")

    assert isinstance(answer, Recognised)


def test_an_unknown_column_and_a_lost_euro_sign_are_noted():
    header, row = f"{HEADER};COULEUR", f"1;000424;BP;202610;00012;;12 ¤;{NAME};;;;;bleu"

    answer = recognise(NAME, index=index_bytes(header, [row], "latin-1"))

    assert isinstance(answer, Recognised)
    assert ["COULEUR" in note.fr or "¤" in note.fr for note in answer.notes] == [True, True]


def test_the_sidecar_speaks_before_the_index_where_they_need_not_agree():
    answer = recognise(NAME, sidecar={"jesign": 1, "libelle": "du fichier"}, index=index_bytes(HEADER, [ROW]))

    assert isinstance(answer, Recognised)
    assert answer.label == "du fichier"
    assert [clue.source for clue in answer.clues if clue.trait is Trait.LABEL] == [Source.SIDECAR, Source.INDEX]


def test_a_firm_may_add_its_own_way_of_naming():
    options = NeutralOptions(names=(r"(?P<client>\d+) (?P<kind>[a-z]+) (?P<period>\d{6})",))

    answer = recognise("424 bp 202610.pdf", options=options)

    assert isinstance(answer, Recognised)
    assert answer.client_code == "424"


def test_a_row_for_a_file_of_the_same_name_elsewhere_is_not_taken():
    answer = recognise(f"c/{NAME}", index=index_bytes(HEADER, [ROW]))

    assert isinstance(answer, Doubtful)
    assert "orphelin" in answer.reason.fr
