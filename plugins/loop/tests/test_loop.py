"""The Loop connector: folders, rubrics, copies, sidecars and people, as its README says."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jesignd_loop.connector import Loop, LoopOptions
from jesignd_loop.layout import KINDS, RUBRICS

from jesignd.domain.documents import DocumentKind as Kind
from jesignd.domain.documents import Period
from jesignd.domain.recognition import Doubtful, Recognised, Source, Trait, Unusable
from jesignd.errors import Code
from jesignd.plugin import Evidence
from jesignd.testing.connectors import bundle

TOP = "CEGID001 - Équerre SARL/2026"
LETTER = f"{TOP}/Lettres de mission/LDM_CEGID001_2026_Présentation.pdf"
PERSON = {
    "ordre": 1,
    "role": "client",
    "nom": "Dupont",
    "prenom": "Jeanne",
    "email": "jeanne@example.test",
    "mobile": "06 00 00 00 00",
}
SIDECAR = {"jesign": 1, "dossier": {"code": "CEGID001"}, "type": "LDM", "periode": "2026", "signataires": [PERSON]}


def recognise(path=LETTER, *, sidecar=None, options=None):
    return Loop().recognise(bundle(path, sidecar=sidecar), options or LoopOptions())


def held(answer, code):
    assert isinstance(answer, Doubtful)
    assert answer.code is code
    return answer.reason.fr


# The tree


@pytest.mark.parametrize(
    ("path", "kind", "client", "period"),
    [
        (LETTER, Kind.ENGAGEMENT_LETTER, "CEGID001", Period(2026)),
        ("CEGID001/2026/Comptes annuels/Comptes définitifs.pdf", Kind.ANNUAL_ACCOUNTS, "CEGID001", Period(2026)),
        ("dos_12-b - A - B/2025/Inventaire/Stock.pdf", Kind.INVENTORY, "DOS_12-B", Period(2025)),
        ("cabinet/2026/Attestations/Assurance.pdf", Kind.ATTESTATION, "CABINET", Period(2026)),
        (f"{TOP}/Comptes courants/Situation.pdf", Kind.CURRENT_ACCOUNT_STATEMENT, "CEGID001", Period(2026)),
        (f"{TOP}/Honoraires/NH_CEGID001_20261031_NUM-F12.pdf", Kind.FEE_NOTE, "CEGID001", Period(2026, 10, 31)),
        (f"{TOP}/Plaquettes/Envois/Sous-dossier/Plaquette.pdf", Kind.ANNUAL_ACCOUNTS, "CEGID001", Period(2026)),
        (f"{TOP}/Production/PLQ_CEGID001_20260630.pdf", Kind.ANNUAL_ACCOUNTS, "CEGID001", Period(2026, 6, 30)),
        (f"{TOP}/Divers/ATT_CEGID001_202604.pdf", Kind.ATTESTATION, "CEGID001", Period(2026, 4)),
        ("LDM_CEGID001_2026.pdf", Kind.ENGAGEMENT_LETTER, "CEGID001", Period(2026)),
        ("Partage/LDM_CEGID001_2026.pdf", Kind.ENGAGEMENT_LETTER, "CEGID001", Period(2026)),
    ],
)
def test_folders_and_names_together_say_what_a_document_is(path, kind, client, period):
    answer = recognise(path)

    assert isinstance(answer, Recognised)
    assert (answer.kind, answer.client_code, answer.period) == (kind, client, period)


def test_a_free_name_is_a_label_and_the_folder_gives_the_clients_name():
    answer = recognise(f"{TOP}/Comptes annuels/Comptes « définitifs ».pdf")

    assert isinstance(answer, Recognised)
    assert answer.label == "Comptes « définitifs »"
    assert {(each.trait, each.value) for each in answer.clues if each.source is Source.FOLDER} == {
        (Trait.CLIENT, "CEGID001"),
        (Trait.CLIENT_NAME, "Équerre SARL"),
        (Trait.PERIOD, "2026"),
        (Trait.KIND, "PLQ"),
    }


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("rubric", ["États de comptes courants", "ETATS DE COMPTES COURANTS", "comptes  courants"])
def test_a_rubric_is_known_in_any_case_with_or_without_its_accents(rubric, form):
    answer = recognise(unicodedata.normalize(form, f"{TOP}/{rubric}/Fin d’année.pdf"))

    assert isinstance(answer, Recognised)
    assert answer.kind is Kind.CURRENT_ACCOUNT_STATEMENT
    assert answer.label == "Fin d’année"


@pytest.mark.parametrize(("rubric", "kinds"), [(name, kinds) for name, kinds in RUBRICS.items() if len(kinds) == 1])
def test_each_rubric_of_one_kind_gives_that_kind(rubric, kinds):
    clues = Loop().recognise(bundle(f"{TOP}/{rubric}/Pièce.pdf"), LoopOptions()).clues

    assert [each.value for each in clues if each.trait is Trait.KIND] == [next(iter(kinds)).code]


def test_a_firm_may_name_its_own_rubrics_and_they_come_first():
    options = LoopOptions(rubrics={"Bilans DÉFINITIFS": "PLQ", "Attestations": "INV"})

    assert recognise(f"{TOP}/bilans definitifs/Exercice.pdf", options=options).kind is Kind.ANNUAL_ACCOUNTS
    assert recognise(f"{TOP}/Attestations/Stock.pdf", options=options).kind is Kind.INVENTORY


def test_a_firm_may_name_its_files_in_its_own_way():
    options = LoopOptions(names=(r"(?P<label>.+) du (?P<period>\d{8})",))

    answer = recognise(f"{TOP}/Honoraires/Facture du 20261031.pdf", options=options)

    assert (answer.kind, answer.period, answer.label) == (Kind.FEE_NOTE, Period(2026, 10, 31), "Facture")


@pytest.mark.parametrize("options", [{"rubrics": {"Paie": "BP"}}, {"rubrics": {"X": "??"}}, {"names": ("(",)}])
def test_settings_that_mean_nothing_are_refused(options):
    with pytest.raises(ValueError):
        LoopOptions(**options)


# What holds


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{TOP}/Divers/Pièce.pdf", Code.UNKNOWN_KIND),
        (f"{TOP}/Production/Pièce.pdf", Code.UNKNOWN_KIND),
        (f"{TOP}/Divers/BP_CEGID001_202610.pdf", Code.UNKNOWN_KIND),
        ("Équerre SARL/2026/Comptes annuels/Pièce.pdf", Code.UNKNOWN_KIND),
        ("CEGID001 -Équerre/2026/Comptes annuels/Pièce.pdf", Code.UNKNOWN_KIND),
        ("CEGID001/2026-2027/Comptes annuels/Pièce.pdf", Code.UNKNOWN_KIND),
        ("CEGID001/0026/Comptes annuels/Pièce.pdf", Code.UNKNOWN_KIND),
        ("CEGID001/2026/Pièce.pdf", Code.UNKNOWN_KIND),
        ("A23456789012345678901/2026/Comptes annuels/Pièce.pdf", Code.UNKNOWN_KIND),
        (f"{TOP}/Honoraires/Facture.pdf", Code.AMBIGUOUS),
        (f"{TOP}/Lettres de mission/LDM_CEGID001_202613.pdf", Code.AMBIGUOUS),
        (f"{TOP}/Lettres de mission/LDM_CEGID-001_2026.pdf", Code.AMBIGUOUS),
        (f"{TOP}/Lettres de mission/LDM_CEGID002_2026.pdf", Code.CONTRADICTION),
        (f"{TOP}/Lettres de mission/LDM_CEGID001_2025.pdf", Code.CONTRADICTION),
        (f"{TOP}/Lettres de mission/PLQ_CEGID001_2026.pdf", Code.CONTRADICTION),
        (f"{TOP}/Gestion interne/PLQ_CEGID001_2026.pdf", Code.CONTRADICTION),
        (f"{TOP}/Production/LDM_CEGID001_2026.pdf", Code.CONTRADICTION),
    ],
)
def test_what_is_not_said_or_said_twice_otherwise_holds(path, code):
    held(recognise(path), code)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"dossier": {"code": "CEGID002"}}, Code.CONTRADICTION),
        ({"type": "PLQ"}, Code.CONTRADICTION),
        ({"periode": "2025"}, Code.CONTRADICTION),
        ({"type": "??"}, Code.UNKNOWN_KIND),
        ({"fichier": "autre.pdf"}, Code.AMBIGUOUS),
        ({"signataires": [{**PERSON, "mobile": ""}]}, Code.SIGNATORY_INCOMPLETE),
        ({"signataires": [{**PERSON, "email": "jeanne"}]}, Code.SIGNATORY_INCOMPLETE),
    ],
)
def test_a_sidecar_that_disagrees_or_lacks_something_holds(changed, code):
    held(recognise(sidecar={**SIDECAR, **changed}), code)


def test_a_sidecar_that_is_no_sidecar_holds():
    held(recognise(sidecar=b"{"), Code.AMBIGUOUS)


@pytest.mark.parametrize("digest", ["0" * 64])
def test_a_file_that_is_not_the_one_announced_goes_back(digest):
    answer = recognise(sidecar={**SIDECAR, "sha256": digest})

    assert isinstance(answer, Unusable)
    assert answer.code is Code.DIGEST_MISMATCH


def test_the_sidecar_names_who_signs_and_a_mobile_is_asked_for_only_where_it_is_wanted():
    answer = recognise(sidecar=SIDECAR)
    without = {**SIDECAR, "signataires": [{**PERSON, "mobile": ""}]}

    assert [person.mobile for person in answer.signatories] == ["+33600000000"]
    assert isinstance(recognise(sidecar=without, options=LoopOptions(mobile_required=False)), Recognised)


# Copies

COPIES = (
    "{}-DESKTOP-AB12CD3",
    "{}-LAPTOP-9QX2K1VB",
    "{}-WIN-0A1B2C3D4E5",
    "{}-desktop-ab12cd3-2",
    "{}-srv.compta.local-safeBackup-0001",
    "{}-ze65-safeBackup-0012",
    "{} (1)",
    "{}(2)",
    "{} - Copie",
    "{} - Copie (3)",
    "{} - Copy",
    "{} (copie en conflit de Paul)",
    "{} (Paul's conflicted copy 2026-10-31)",
    "{}-COMPTA-01",
    "{}-compta-01-2",
    "{}-Étage",
)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("writing", COPIES)
def test_a_copy_born_of_synchronising_holds_whatever_its_folders_say(writing, form):
    options = LoopOptions(machines=("COMPTA-01", "Étage"))
    stem = unicodedata.normalize(form, writing.format("Comptes"))

    assert "copie" in held(recognise(f"{TOP}/Comptes annuels/{stem}.pdf", options=options), Code.AMBIGUOUS)
    neutral = writing.format("LDM_CEGID001_2026_Mission")
    held(recognise(f"{TOP}/Lettres de mission/{neutral}.pdf", options=options), Code.AMBIGUOUS)


@pytest.mark.parametrize(
    "stem",
    ["Comptes-2026", "Desktop-comptes annuels", "Plaquette (version client)", "Comptes-définitifs", "Win-Win SARL"],
)
def test_an_ordinary_name_is_no_copy(stem):
    assert isinstance(recognise(f"{TOP}/Comptes annuels/{stem}.pdf"), Recognised)


# What always holds

CODES = st.from_regex(r"[0-9A-Za-z_-]{1,20}", fullmatch=True)
YEARS = st.integers(1900, 2099)
LABELS = st.text(st.characters(categories=["L", "N"], include_characters=" '&."), min_size=1, max_size=40)


@settings(max_examples=60)
@given(CODES, YEARS, LABELS)
def test_every_tree_of_the_grammar_always_gives_its_client_and_its_year(code, year, name):
    path = f"{code} - x{name}/{year}/Comptes annuels/Exercice.pdf"

    answer = recognise(path)

    assert isinstance(answer, Recognised)
    assert (answer.client_code, answer.period) == (code.upper(), Period(year))


@settings(max_examples=60)
@given(CODES, YEARS, st.from_regex(r"[0-9A-Z]{1,10}", fullmatch=True), YEARS)
def test_a_name_that_differs_from_its_folders_is_never_sealed(code, year, named, named_year):
    answer = recognise(f"{code}/{year}/Lettres de mission/LDM_{named}_{named_year}.pdf")

    agrees = code.upper() == named and year == named_year
    assert isinstance(answer, Recognised if agrees else Doubtful)


@settings(max_examples=100)
@given(st.lists(st.text(max_size=25).map(lambda part: part.replace("/", "_")), max_size=5), st.text(max_size=60))
def test_any_path_always_gets_an_answer_of_a_kind_this_connector_knows(parents, name):
    answer = recognise("/".join([*parents, name.replace("/", "_") or "x"]))

    assert isinstance(answer, Recognised | Doubtful)
    assert not isinstance(answer, Recognised) or answer.kind in KINDS


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_any_sidecar_always_gets_an_answer(data):
    assert isinstance(recognise(sidecar=data), Recognised | Doubtful | Unusable)


def test_the_folder_is_told_to_wait_half_a_minute_and_for_what_is_in_the_cloud():
    conventions = Loop().conventions(LoopOptions())

    assert (conventions.quiet_seconds, conventions.placeholders) == (30.0, True)
    assert conventions.sidecar_suffixes == (".json",)


def test_nothing_claims_to_be_the_vendors():
    assert Loop.manifest.evidence is Evidence.OUR_CONVENTION
