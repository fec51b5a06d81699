"""The Agiris connector: modules, words, dates and tables of payslips, as its README says."""

from __future__ import annotations

import datetime
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jesignd_agiris.connector import Agiris, AgirisOptions
from jesignd_agiris.layout import KINDS, MODULES
from jesignd_agiris.words import WORDS, kinds_in

from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.documents import Period
from jesignd.domain.recognition import Doubtful, Recognised, Unusable
from jesignd.errors import Code
from jesignd.plugin import Evidence
from jesignd.testing.connectors import bundle, index_bytes

PAY = "ISAPAYE/00042 - Équerre SARL/202610"
HEADER = "MATRICULE;NOM;PRENOM;EMAIL;FICHIER;PERIODE"
FILE = "Bulletin DUPONT 202610.pdf"
ROW = f"00012;DUPONT;Jérémie;jeremie@example.test;{FILE};202610"
MONTH = Period(2026, 10)


def recognise(path, *, rows=None, header=HEADER, encoding="cp1252", data=None, options=None):
    index = data if data is not None else None if rows is None else index_bytes(header, rows, encoding)
    table = f"{path.rpartition('/')[0]}/depot.csv".lstrip("/")
    return Agiris().recognise(bundle(path, index=index, index_name=table), options or AgirisOptions())


def held(answer, code):
    assert isinstance(answer, Doubtful)
    assert answer.code is code
    return answer.reason.fr


# The tree and the names


@pytest.mark.parametrize(
    ("path", "kind", "client", "period"),
    [
        (f"{PAY}/BP_00042_202610_MAT-00012.pdf", Kind.PAYSLIP, "00042", MONTH),
        (f"{PAY}/{FILE}", Kind.PAYSLIP, "00042", MONTH),
        (f"{PAY}/Bulletin DUPONT.pdf", Kind.PAYSLIP, "00042", MONTH),
        (f"{PAY}/FICHE DE PAIE dupont-31102026.pdf", Kind.PAYSLIP, "00042", MONTH),
        (f"{PAY}/Sous-dossier/Bulletin DUPONT.pdf", Kind.PAYSLIP, "00042", MONTH),
        (
            "isapaye/a1b2/2026/Contrat de travail Dupont 311026.pdf",
            Kind.EMPLOYMENT_CONTRACT,
            "A1B2",
            Period(2026, 10, 31),
        ),
        ("IsaPaye/00042/2026/Certificat de travail.pdf", Kind.HR_DOCUMENT, "00042", Period(2026)),
        ("ISAPAYE/00042/202610/Attestation employeur.pdf", Kind.ATTESTATION, "00042", MONTH),
        ("ISACOMPTA/00042/2026/Plaquette 30062026.pdf", Kind.ANNUAL_ACCOUNTS, "00042", Period(2026, 6, 30)),
        ("ISACOMPTA/00042/2026/BILAN.pdf", Kind.ANNUAL_ACCOUNTS, "00042", Period(2026)),
        ("ISACOMPTA/00042/2026/Inventaire_20260630.pdf", Kind.INVENTORY, "00042", Period(2026, 6, 30)),
        ("ISACOMPTA/00042/2026/Comptes courants.pdf", Kind.CURRENT_ACCOUNT_STATEMENT, "00042", Period(2026)),
        ("ISACOMPTA/00042/2026/Note d’honoraires 20261031.pdf", Kind.FEE_NOTE, "00042", Period(2026, 10, 31)),
        ("ISAGI/00042/2026/Lettre de mission.pdf", Kind.ENGAGEMENT_LETTER, "00042", Period(2026)),
        ("ISAGI/00042/202610/Facture 311026.pdf", Kind.FEE_NOTE, "00042", Period(2026, 10, 31)),
        ("JURIDIQUE/00042/2026/PV d'AG-20260630.pdf", Kind.MEETING_MINUTES, "00042", Period(2026, 6, 30)),
        ("JURIDIQUE/00042/2026/PROCES VERBAL 300626.pdf", Kind.MEETING_MINUTES, "00042", Period(2026, 6, 30)),
        ("JURIDIQUE/00042/2026/Statuts à jour.pdf", Kind.LEGAL_DOCUMENT, "00042", Period(2026)),
        ("NH_00042_20261031.pdf", Kind.FEE_NOTE, "00042", Period(2026, 10, 31)),
    ],
)
def test_folders_and_names_together_say_what_a_document_is(path, kind, client, period):
    answer = recognise(path)

    assert isinstance(answer, Recognised)
    assert (answer.kind, answer.client_code, answer.period) == (kind, client, period)


def test_a_label_keeps_its_words_and_loses_its_date():
    assert recognise(f"{PAY}/{FILE}").label == "Bulletin DUPONT"
    assert recognise("ISACOMPTA/00042/2026/Facture 12345678.pdf").code is Code.AMBIGUOUS
    assert recognise("ISACOMPTA/00042/2026/Plaquette 12345678.pdf").label == "Plaquette 12345678"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("label", ["Procès-verbal", "PROCES VERBAL", "procès_verbal"])
def test_words_are_known_in_any_case_with_or_without_their_accents(label, form):
    path = unicodedata.normalize(form, f"JURIDIQUE/00042 - Équerre/2026/{label} 20260630.pdf")

    assert recognise(path).kind is Kind.MEETING_MINUTES


@pytest.mark.parametrize("word", WORDS)
def test_each_word_gives_its_kind_alone_and_among_others(word):
    assert kinds_in(word, {}) == {WORDS[word]}
    assert kinds_in(f"00012 {word.upper()} Dupont", {}) == {WORDS[word]}


def test_a_word_inside_another_says_nothing():
    assert kinds_in("Rebilan contratuel, pvc", {}) == frozenset()


def test_a_firms_own_words_come_before_ours():
    own = {"Attestation de vigilance": "RH", "solde de congés": "RH"}

    assert recognise(f"{PAY}/Attestation de vigilance.pdf", options=AgirisOptions(words=own)).kind is Kind.HR_DOCUMENT
    assert recognise(f"{PAY}/SOLDE DE CONGES.pdf", options=AgirisOptions(words=own)).kind is Kind.HR_DOCUMENT


@pytest.mark.parametrize(
    "options", [{"words": {"Dépôt": "DEP"}}, {"words": {"X": "??"}}, {"index_pattern": "("}], ids=str
)
def test_settings_that_mean_nothing_are_refused(options):
    with pytest.raises(ValueError):
        AgirisOptions(**options)


# What holds


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{PAY}/Divers.pdf", Code.UNKNOWN_KIND),
        (f"{PAY}/20261031.pdf", Code.UNKNOWN_KIND),
        ("ISAFACT/00042/2026/Facture 20261031.pdf", Code.UNKNOWN_CLIENT),
        ("ISACOMPTA/00042/Bilan 2026.pdf", Code.UNKNOWN_CLIENT),
        ("ISACOMPTA/00042-b/2026/Bilan.pdf", Code.UNKNOWN_CLIENT),
        ("ISACOMPTA/00042 Équerre/2026/Bilan.pdf", Code.UNKNOWN_CLIENT),
        ("ISAPAYE/00042/202613/Bulletin DUPONT.pdf", Code.UNKNOWN_CLIENT),
        ("ISACOMPTA/12345678901/2026/Bilan.pdf", Code.UNKNOWN_CLIENT),
        ("JURIDIQUE/00042/2026/Rapport assemblée.pdf", Code.UNKNOWN_KIND),
        ("JURIDIQUE/00042/2026/PV de cession 20260630.pdf", Code.AMBIGUOUS),
        ("JURIDIQUE/00042/2026/PV.pdf", Code.AMBIGUOUS),
        ("ISAPAYE/00042/2012/Contrat 201210.pdf", Code.AMBIGUOUS),
        (f"{PAY}/Bulletins 202610.pdf", Code.AMBIGUOUS),
        (f"{PAY}/Fiches de paie.pdf", Code.AMBIGUOUS),
        (f"{PAY}/BP_00042_202613.pdf", Code.AMBIGUOUS),
        (f"{PAY}/BP_00042.pdf", Code.AMBIGUOUS),
        (f"{PAY}/BP_00043_202610.pdf", Code.CONTRADICTION),
        (f"{PAY}/BP_00042_202611.pdf", Code.CONTRADICTION),
        (f"{PAY}/Bulletin DUPONT 202611.pdf", Code.CONTRADICTION),
        (f"{PAY}/Bilan.pdf", Code.CONTRADICTION),
        (f"{PAY}/PLQ_00042_20261031.pdf", Code.CONTRADICTION),
        ("ISACOMPTA/00042/2026/Lettre de mission.pdf", Code.CONTRADICTION),
        ("ISAGI/00042/2026/Statuts.pdf", Code.CONTRADICTION),
        ("JURIDIQUE/00042/2026/LDM_00042_2026.pdf", Code.CONTRADICTION),
        ("PC_00042_2026.pdf", Code.UNKNOWN_KIND),
        ("DEP_00042_2026.pdf", Code.UNKNOWN_KIND),
    ],
)
def test_what_is_not_said_or_said_twice_otherwise_holds(path, code):
    held(recognise(path), code)


def test_a_firm_may_take_its_batches_whole_and_a_listed_payslip_is_never_one():
    assert isinstance(recognise(f"{PAY}/Bulletins.pdf", options=AgirisOptions(batches="whole")), Recognised)
    assert recognise(f"{PAY}/Bulletins.pdf", rows=["00012;;;;Bulletins.pdf;202610"]).employee == "00012"


# The table


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "iso-8859-15"])
def test_a_row_adds_the_employee_in_every_encoding(encoding):
    answer = recognise(f"{PAY}/{FILE}", rows=[ROW], encoding=encoding)

    assert isinstance(answer, Recognised)
    assert (answer.employee, answer.period, answer.notes) == ("00012", MONTH, ())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_an_accented_file_is_found_in_either_form_and_any_case(form, encoding):
    row = unicodedata.normalize(form, "00012;;;;.\\BULLETIN JÉRÉMIE.PDF;202610")

    answer = recognise(f"{PAY}/Bulletin Jérémie.pdf", rows=[row], encoding=encoding)

    assert answer.employee == "00012"


def test_a_listed_file_of_the_payroll_module_is_a_payslip_unless_its_name_says_otherwise():
    row = "00012;;;;Dupont Jeanne.pdf;202610"
    answer = recognise(f"{PAY}/Dupont Jeanne.pdf", rows=[row])
    contract = recognise(f"{PAY}/Contrat Dupont.pdf", rows=[row.replace("Dupont Jeanne", "Contrat Dupont")])

    assert (answer.kind, answer.employee) == (Kind.PAYSLIP, "00012")
    assert contract.kind is Kind.EMPLOYMENT_CONTRACT
    held(recognise("ISAGI/00042/2026/D.pdf", rows=["00012;;;;D.pdf;2026"]), Code.UNKNOWN_KIND)
    held(recognise(f"{PAY}/D.pdf", rows=[";;;;D.pdf;202610"]), Code.UNKNOWN_KIND)


def test_a_column_nobody_knows_is_passed_over_with_a_note():
    answer = recognise(f"{PAY}/{FILE}", rows=[f"{ROW};x"], header=f"{HEADER};SERVICE")

    assert "SERVICE" in answer.notes[0].fr


MALFORMED = [
    ("another month", [ROW.replace(";202610", ";202611")], Code.CONTRADICTION),
    ("a thirteenth month", [ROW.replace(";202610", ";202613")], Code.INDEX_ROW_INVALID),
    ("a month in letters", [ROW.replace(";202610", ";octobre 2026")], Code.INDEX_ROW_INVALID),
    ("a month with a slash", [ROW.replace(";202610", ";10/2026")], Code.INDEX_ROW_INVALID),
    ("an endless number", [ROW.replace("00012", "0" * 301)], Code.INDEX_ROW_INVALID),
    ("a control character", [ROW.replace("00012", "000\x0712")], Code.INDEX_ROW_INVALID),
    ("the file twice", [ROW, ROW], Code.AMBIGUOUS),
    ("the file twice, by two writings", [ROW, ROW.replace(FILE, f".\\{FILE.upper()}")], Code.AMBIGUOUS),
    ("another file only", [ROW.replace(FILE, "Autre.pdf")], Code.INDEX_ROW_INVALID),
    ("no row at all", [], Code.INDEX_ROW_INVALID),
    ("a cell too many", [f"{ROW};"], Code.INDEX_ROW_INVALID),
    ("a cell too few", [ROW.rpartition(";")[0]], Code.INDEX_ROW_INVALID),
    ("an open quote", [ROW.replace("DUPONT;", '"DUPONT;')], Code.INDEX_ROW_INVALID),
    ("a broken row elsewhere", [ROW, "00013;X"], Code.INDEX_ROW_INVALID),
]


@pytest.mark.parametrize(("rows", "code"), [pytest.param(*case[1:], id=case[0]) for case in MALFORMED])
def test_a_malformed_row_has_its_code(rows, code):
    answer = recognise(f"{PAY}/{FILE}", rows=rows)

    assert isinstance(answer, Doubtful | Unusable)
    assert answer.code is code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\x00\x01\x02",
        b"\xff\xfeM",
        b"\xef\xbb\xbf\xff",
        b"MATRICULE;FICHIER\r\n",
        b"NOM;PRENOM;EMAIL;FICHIER;PERIODE\r\n",
        b"MATRICULE,NOM,PRENOM,EMAIL,FICHIER,PERIODE\r\n",
        b"MATRICULE;MATRICULE;FICHIER;PERIODE\r\n",
        ROW.encode(),
        b"%PDF-1.7\n%%EOF\n",
    ],
    ids=repr,
)
def test_a_table_that_cannot_be_read_goes_back_with_its_name(data):
    answer = recognise(f"{PAY}/{FILE}", data=data)

    assert isinstance(answer, Unusable)
    assert answer.code is Code.INDEX_ROW_INVALID
    assert "depot.csv" in answer.reason.fr


def test_a_document_without_the_table_its_folder_asks_for_is_an_orphan():
    assert "orphelin" in held(
        recognise(f"{PAY}/{FILE}", options=AgirisOptions(index_required=True)), Code.INDEX_ROW_INVALID
    )


# The sidecar

PERSON = {"ordre": 1, "role": "gérant", "nom": "Dupont", "prenom": "Jeanne", "email": "jeanne@example.test"}
SIDECAR = {"jesign": 1, "dossier": {"code": "00042"}, "type": "JUR", "periode": "2026", "signataires": [PERSON]}


def with_sidecar(**changed):
    return Agiris().recognise(bundle("JURIDIQUE/00042/2026/Pièce.pdf", sidecar={**SIDECAR, **changed}), AgirisOptions())


def test_a_sidecar_gives_the_kind_and_who_signs():
    answer = with_sidecar()

    assert (answer.kind, [person.last_name for person in answer.signatories]) == (Kind.LEGAL_DOCUMENT, ["Dupont"])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"dossier": {"code": "00043"}}, Code.CONTRADICTION),
        ({"periode": "2025"}, Code.CONTRADICTION),
        ({"type": "BP"}, Code.CONTRADICTION),
        ({"type": "XX"}, Code.UNKNOWN_KIND),
        ({"sha256": "0" * 64}, Code.DIGEST_MISMATCH),
        ({"fichier": "Autre.pdf"}, Code.AMBIGUOUS),
        ({"signataires": [{**PERSON, "nom": ""}]}, Code.SIGNATORY_INCOMPLETE),
    ],
)
def test_a_sidecar_that_disagrees_or_lacks_something_holds(changed, code):
    assert with_sidecar(**changed).code is code


# What always holds

DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))


@settings(max_examples=80)
@given(DAYS, st.sampled_from(["%Y%m%d", "%d%m%Y"]), st.sampled_from(" _-"))
def test_eight_digits_are_always_read_as_the_one_day_they_are(day, writing, separator):
    answer = recognise(f"ISAPAYE/00042/{day:%Y}/Contrat{separator}{day.strftime(writing)}.pdf")

    assert isinstance(answer, Recognised)
    assert answer.period == Period(day.year, day.month, day.day)


@settings(max_examples=80)
@given(DAYS)
def test_six_digits_are_never_read_as_another_month_than_the_one_meant(day):
    answer = recognise(f"ISAPAYE/00042/{day:%Y}/Contrat {day:%Y%m}.pdf")

    assert isinstance(answer, Doubtful) or answer.period == Period(day.year, day.month)
    assert isinstance(answer, Recognised) or 2001 <= day.year <= 2012 or 1901 <= day.year <= 1912


@settings(max_examples=60)
@given(st.sampled_from(sorted(MODULES)), st.sampled_from(sorted(KINDS, key=lambda kind: kind.code)))
def test_a_kind_always_holds_outside_its_modules(module, kind):
    answer = recognise(f"{module}/00042/2026/{kind.code}_00042_20261031.pdf")

    if kind not in MODULES[module]:
        held(answer, Code.CONTRADICTION)
    else:
        assert isinstance(answer, Recognised) or kind is Kind.PAYSLIP


@settings(max_examples=60)
@given(st.from_regex(r"[0-9A-Za-z]{1,10}", fullmatch=True), st.from_regex(r"[0-9A-Z]{1,10}", fullmatch=True))
def test_a_name_of_another_dossier_than_its_folder_is_never_sealed(folder, named):
    answer = recognise(f"ISAPAYE/{folder}/202610/BP_{named}_202610.pdf")

    assert isinstance(answer, Recognised if folder.upper() == named else Doubtful)


@settings(max_examples=100)
@given(st.lists(st.text(max_size=25).map(lambda part: part.replace("/", "_")), max_size=5), st.text(max_size=60))
def test_any_path_always_gets_an_answer_of_a_kind_this_connector_knows(parents, name):
    answer = recognise("/".join([*parents, name.replace("/", "_") or "x"]))

    assert isinstance(answer, Recognised | Doubtful)
    assert not isinstance(answer, Recognised) or answer.kind in KINDS


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_any_table_always_gets_an_answer(data):
    assert isinstance(recognise(f"{PAY}/{FILE}", data=data), Recognised | Doubtful | Unusable)


def test_the_folder_is_told_that_a_drop_goes_as_a_whole():
    conventions = Agiris().conventions(AgirisOptions())

    assert conventions.index.whole
    assert conventions.index.end_suffix is None
    assert conventions.sidecar_suffixes == (".json",)


def test_nothing_claims_to_be_the_vendors():
    assert Agiris.manifest.evidence is Evidence.OUR_CONVENTION
