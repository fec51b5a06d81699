"""Saboteur plugins: each hurts only its own document, is named, and the others are served."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from jesignd.confined import Limits
from jesignd.domain.documents import Claimed, Companion, CompanionRole, Digest
from jesignd.domain.folders import WatchedFolder
from jesignd.domain.recognition import Doubtful, Recognised, Unusable
from jesignd.errors import NotFound, PluginError, SettingsError, VerificationFailed
from jesignd.plugin.contract import Attached, Lot, Outcome, ReturnStatus
from jesignd.plugin.installed import Installed, installed_plugins
from jesignd.plugin.recognising import RecogniseRequest
from jesignd.plugin.supervising import STRIKES, Recogniser

SABOTEURS = Path(__file__).parents[2] / "saboteurs"
BUILT_IN = Installed("neutral", "jesignd.plugin.neutral", None, "jesignd")
LIMITS = Limits(memory_bytes=768 << 20, cpu_seconds=2, wall_seconds=2.0, file_bytes=1 << 20)
NAME = "BP_000424_202610.pdf"


def saboteur(name):
    return Installed(name, file=SABOTEURS / f"{name}.py")


def folder(connector, **options):
    pairs = tuple(options.items())
    return WatchedFolder("paie", "/srv/paie", connector, acts_as="martin", options=pairs)


@pytest.fixture
def request_for(tmp_path):
    def make(name=NAME, companions=()):
        document = tmp_path / "document"
        document.write_bytes(b"%PDF-1.7\n%%EOF\n")
        digest = Digest(hashlib.sha256(document.read_bytes()).hexdigest())
        paths, claimed = [], []
        for role, companion_name, data in companions:
            path = tmp_path / f"companion{len(paths)}"
            path.write_bytes(data)
            paths.append(path)
            claimed.append(Companion(role, companion_name, Digest(hashlib.sha256(data).hexdigest())))
        file = Claimed("paie", name, name, 15, 1, 1, digest, tuple(claimed))
        return RecogniseRequest(file, document, tuple(paths))

    return make


@pytest.fixture
def recogniser():
    made = []

    def make(*names):
        made.append(Recogniser((BUILT_IN, *map(saboteur, names)), limits=LIMITS))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_document_is_recognised_in_a_child(recogniser, request_for):
    answer = recogniser().recognise(folder("neutral"), request_for())

    assert isinstance(answer, Recognised)
    assert answer.client_code == "000424"


def test_companions_reach_the_connector(recogniser, request_for):
    sidecar = (CompanionRole.SIDECAR, "BP_000424_202610.json", b'{"jesign": 1, "sha256": "' + b"0" * 64 + b'"}')

    answer = recogniser().recognise(folder("neutral"), request_for(companions=[sidecar]))

    assert isinstance(answer, Unusable)


def test_doubtful_and_unusable_are_told_apart_on_the_wire(recogniser, request_for):
    assert isinstance(recogniser().recognise(folder("neutral"), request_for("scan.pdf")), Doubtful)


@pytest.mark.parametrize(
    "name",
    [
        "raises",
        "exits",
        "loops",
        "sleeps",
        "devours",
        "forks",
        "chatters",
        "vanishes",
        "murders",
        "mistypes",
        "leaks",
        "fills",
        "impersonates",
        "lies",
        "tampers",
    ],
)
def test_a_saboteur_hurts_only_its_own_document_and_is_named(recogniser, request_for, name):
    both = recogniser(name)
    document = request_for()

    with pytest.raises(PluginError) as caught:
        both.recognise(folder(name), document)

    assert caught.value.plugin == name
    assert name in caught.value.message.fr
    assert caught.value.document == document.claimed.id
    assert NAME not in caught.value.message.fr
    assert isinstance(both.recognise(folder("neutral"), request_for()), Recognised)


@pytest.mark.parametrize(
    "how",
    ["client", "no clues", "absent source", "other kind", "hidden contradiction", "beyond measure", "not even fields"],
)
def test_a_lie_is_found_out(recogniser, request_for, how):
    with pytest.raises(PluginError) as caught:
        recogniser("lies").recognise(folder("lies", how=f'"{how}"'), request_for())

    assert caught.value.plugin == "lies"


def test_a_liar_who_tells_the_truth_is_believed(recogniser, request_for):
    assert isinstance(recogniser("lies").recognise(folder("lies", how='"truth"'), request_for()), Recognised)


@pytest.mark.parametrize("name", ["misspells", "explodes", "dies_early", "hangs_early", "steals_name"])
def test_a_plugin_that_cannot_be_loaded_is_listed_and_the_rest_live(recogniser, request_for, name):
    both = recogniser(name)

    listed = {each.plugin.name: each for each in both.listed()}

    assert listed[name].broken.plugin == name
    assert listed["neutral"].broken is None
    assert listed["neutral"].manifests[0].name == "neutral"
    assert isinstance(both.recognise(folder("neutral"), request_for()), Recognised)
    with pytest.raises(PluginError):
        both.recognise(folder(name), request_for())


def test_a_plugin_that_crashes_three_times_in_a_row_is_disabled_until_reload(recogniser, request_for):
    both = recogniser("vanishes")
    for _ in range(STRIKES):
        with pytest.raises(PluginError, match="dies"):
            both.recognise(folder("vanishes"), request_for())

    began = time.monotonic()
    with pytest.raises(PluginError, match="disabled"):
        both.recognise(folder("vanishes"), request_for())
    assert time.monotonic() - began < 0.1
    assert isinstance(both.recognise(folder("neutral"), request_for()), Recognised)

    both.reload()
    with pytest.raises(PluginError, match="dies"):
        both.recognise(folder("vanishes"), request_for())


def test_an_exception_is_no_strike(recogniser, request_for):
    both = recogniser("raises")
    for _ in range(STRIKES + 1):
        with pytest.raises(PluginError, match="KeyError"):
            both.recognise(folder("raises"), request_for())


def test_many_are_answered_in_order_and_one_doubt_is_its_own(recogniser, request_for):
    answers = recogniser().recognise_many(
        folder("neutral"), [request_for("BP_1_202610.pdf"), request_for("scan.pdf"), request_for("BP_3_202610.pdf")]
    )

    assert [type(answer) for answer in answers] == [Recognised, Doubtful, Recognised]
    assert answers[2].client_code == "3"


def test_a_hang_among_many_costs_the_plugin_its_service_and_no_more(recogniser, request_for):
    both = recogniser("vanishes")

    answers = both.recognise_many(folder("vanishes"), [request_for()] * 10)

    assert all(isinstance(answer, PluginError) for answer in answers)
    assert "disabled" in answers[-1].message.en


def test_a_damaged_vault_is_our_failure_and_not_the_plugins(recogniser, request_for):
    sidecar = (CompanionRole.SIDECAR, "BP_000424_202610.json", b'{"jesign": 1}')
    request = request_for(companions=[sidecar])
    request.companions[0].write_bytes(b'{"jesign": 2}')

    with pytest.raises(VerificationFailed):
        recogniser().recognise(folder("neutral"), request)


def test_conventions_come_from_the_connector_and_its_options(recogniser):
    conventions = recogniser().conventions("neutral", (("index_required", "true"),))

    assert conventions.index_required
    assert conventions.index.file_column == "FICHIER"


def test_a_wrong_option_is_the_operators_to_mend(recogniser):
    with pytest.raises(SettingsError, match="index_required"):
        recogniser().conventions("neutral", (("index_requierd", "true"),))


def test_an_unknown_connector_is_not_found_with_a_suggestion(recogniser):
    with pytest.raises(NotFound) as caught:
        recogniser().conventions("neutrall")

    assert "neutral" in caught.value.hint.fr


def test_a_connector_makes_the_return_file_of_its_software():
    header = "DOSSIER;CHAPITRE;NATURE;ANNEE;PERIODE;FICHIER;CHRONO"
    index = Attached("QUADRA_DOC_7.csv", f"{header}\r\n000424;Social;BULLETIN;2026;202610;{NAME};1\r\n".encode())
    outcome = Outcome("doc_1", NAME, Digest("a" * 64), ReturnStatus.SEALED, signed_name="x.pdf")
    recogniser = Recogniser(installed_plugins())
    try:
        made = recogniser.return_file(folder("quadra"), Lot("QUADRA_DOC_7.csv", (outcome,), index))
        assert recogniser.return_file(folder("neutral"), Lot("LOT_1", (outcome,))) is None
    finally:
        recogniser.close()

    assert made.name == "QUADRA_RETOUR_7.csv"
    assert b"x.pdf" in made.data


def test_nobody_was_killed():
    assert os.getppid() > 0
