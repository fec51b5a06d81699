from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from jesignd.domain.credit import Cents
from jesignd.domain.documents import DocumentKind
from jesignd.domain.folders import DeliveryMode, SourcePolicy, WatchMode
from jesignd.domain.levels import Act, PadesLevel
from jesignd.domain.sealing import Corner, Mark
from jesignd.errors import SettingsError
from jesignd.settings.load import examine_content, load
from jesignd.settings.model.configuration import Configuration
from jesignd.settings.settings import Settings
from jesignd.settings.source import read
from jesignd.settings.words import words_of

if TYPE_CHECKING:
    import random

    from pydantic_core import ErrorDetails

EXAMPLE = Path(__file__).parents[3] / "config" / "jesignd.yaml"

Load = Callable[..., Settings]
Faults = Callable[..., list[str]]


@pytest.fixture
def example(tmp_path: Path) -> Settings:
    """The commented example that is shipped."""
    path = tmp_path / "jesignd.yaml"
    path.write_bytes(EXAMPLE.read_bytes())
    path.chmod(0o644)
    return load(path)


def test_the_shipped_example_has_neither_fault_nor_warning(example: Settings) -> None:
    assert example.warnings == ()
    assert [rule.name for rule in example.rules][-1] == "reste"


def test_a_rule_knows_the_line_it_is_written_at(settings: Load) -> None:
    (rule,) = settings().rules
    assert rule.place == "jesignd.yaml:20"
    assert (rule.act, rule.profile, rule.destinations) == (Act.SEAL, "bulletins", ("ged",))
    assert rule.when.kinds == {DocumentKind.PAYSLIP}


def test_a_kind_may_be_written_in_small_letters(settings: Load) -> None:
    (rule,) = settings(("kind: BP", "kind: [bp, Nh]")).rules
    assert rule.when.kinds == {DocumentKind.PAYSLIP, DocumentKind.FEE_NOTE}


def test_a_rule_without_act_takes_the_customary_one(settings: Load) -> None:
    (rule,) = settings(("    act: seal\n", "")).rules
    assert rule.act is Act.SEAL


def test_kinds_with_different_customary_acts_need_a_choice(faults: Faults) -> None:
    (fault,) = faults(("kind: BP", "kind: [NH, PLQ]"), ("    act: seal\n", ""))
    assert "la règle doit dire quoi faire" in fault


def test_a_folder_carries_every_term_it_is_watched_on(example: Settings) -> None:
    payroll = example.folders[1]
    assert (payroll.mode, payroll.poll_seconds, payroll.quiet_seconds) == (WatchMode.POLL, 10.0, 5.0)
    assert (payroll.after, payroll.archive) == (SourcePolicy.ARCHIVE, "/srv/archives/paie")
    assert (payroll.max_bytes, payroll.acts_as, payroll.include) == (10_000_000, "a.rollande", ("*.pdf",))


def test_options_of_a_connector_pass_through_as_json(settings: Load) -> None:
    (folder,) = settings(
        ("    acts_as: martin", "    acts_as: martin\n    options: {codage: cp1252, chapitres: [Paie, 3]}")
    ).folders
    assert folder.options == (("codage", '"cp1252"'), ("chapitres", '["Paie", 3]'))


def test_a_folder_may_be_another_firm_s_and_its_mark_names_that_one(settings: Load) -> None:
    firms = 'firms: [{name: Dupont Audit, siren: "732829320"}]\nmandates:'
    made = settings(("mandates:", firms), ("    acts_as: martin", '    acts_as: Martin\n    firm: "732829320"'))
    profiles = made.seal_profiles({"732829320": b"theirs"})
    (folder,) = made.folders
    assert (folder.acts_as, folder.firm) == ("martin", "732829320")
    assert profiles["bulletins@732829320"].firm_name == "Dupont Audit"
    assert (profiles["bulletins@732829320"].logo, profiles["bulletins"].logo) == (b"theirs", None)


def test_a_folder_that_names_the_main_firm_is_as_one_that_names_none(settings: Load) -> None:
    (folder,) = settings(("    acts_as: martin", '    acts_as: martin\n    firm: "123456782"')).folders
    assert folder.firm == ""


def test_kinds_that_need_a_mandate_are_known(settings: Load) -> None:
    assert settings().mandates_for == {DocumentKind.LEGAL_DOCUMENT}


def test_prices_are_in_whole_cents(settings: Load) -> None:
    prices = settings(("mandates:", 'pricing: {seal: "0.07", sign: 0.3}\nmandates:')).prices
    assert (prices.seal, prices.signature) == (Cents(7), Cents(30))


def test_each_rule_that_seals_has_a_profile_of_its_name(settings: Load) -> None:
    mark = "mark: {page: first, corner: top-left, width: 7cm}"
    profile = settings(("level: B-T", f"level: B-T, {mark}")).seal_profiles({"123456782": b"logo"})["bulletins"]
    assert (profile.key, profile.level, profile.firm_name) == ("cachet", PadesLevel.B_T, "Cabinet Dupont")
    assert profile.mark == Mark(page=1, corner=Corner.TOP_LEFT, width_mm=70.0)
    assert profile.logo == b"logo"


def test_a_mark_that_is_none_is_an_invisible_seal(settings: Load) -> None:
    assert settings(("level: B-T", "level: B-T, mark: none")).seal_profiles({})["bulletins"].mark is None


def test_the_database_lies_in_the_state_unless_said_otherwise(settings: Load) -> None:
    assert settings().database_url() == "sqlite:////srv/essai/etat/jesignd.db"


def test_a_database_address_may_be_a_secret(settings: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE", "postgresql+psycopg://jesignd:sesame@base/jesignd")
    found = settings(("state: /srv/essai/etat", "state: /srv/essai/etat\n  database: {env: BASE}"))
    assert found.database_url() == "postgresql+psycopg://jesignd:sesame@base/jesignd"
    assert "sesame" not in repr(found)


def test_a_sub_folder_of_results_is_never_read_again(settings: Load) -> None:
    found = settings(("path: /srv/essai/ged}", 'mode: subfolder, subfolder: "Signés [1]"}'))
    assert found.destinations["ged"].mode is DeliveryMode.SUBFOLDER
    assert found.folders[0].ignore == ("Signés [[]1]",)


def test_a_rule_below_one_that_takes_everything_is_warned_of(settings: Load) -> None:
    rest = "rules:\n  - {name: tout, act: hold}\n"
    (warning,) = settings(("rules:\n", rest)).warnings
    assert "jesignd.yaml:21:5: rules[1]: jamais atteinte : « tout »" in warning.fr


def test_a_rule_below_a_narrower_one_is_not_warned_of(settings: Load) -> None:
    narrower = "rules:\n  - {name: un, when: {kind: BP, client: '0001*'}, act: hold}\n"
    assert settings(("rules:\n", narrower)).warnings == ()


def test_a_key_no_rule_uses_is_warned_of(settings: Load) -> None:
    (warning,) = settings(("keys:\n", "keys:\n  vieux: {backend: pkcs12, file: /srv/essai/cles/vieux.p12}\n")).warnings
    assert "« vieux » ne sert à aucune règle" in warning.fr


def test_kinds_taken_above_no_longer_forbid_sealing_the_rest(settings: Load) -> None:
    to_sign = "rules:\n  - {name: signer, when: {kind: [LDM, PVAG, CT, JUR, DEP, PC]}, act: sign}\n"
    assert len(settings(("rules:\n", to_sign), ("    when: {kind: BP}\n", "")).rules) == 2


def test_faults_between_sound_parts_are_told_beside_faults_of_form(faults: Faults) -> None:
    told = faults(("siren: ", "sirene: "), ("deliver: ged", "deliver: nulle-part"))
    assert any("sirene" in fault for fault in told)
    assert any("destination inconnue" in fault for fault in told)


def test_a_faulty_item_is_still_known_by_its_name(faults: Faults) -> None:
    (fault,) = faults(("{name: ged, path: /srv/essai/ged}", "{name: ged, path: ged}"))
    assert "chemin relatif" in fault


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path / "absent.yaml")
    assert len(refused.value.faults) == 1


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        load(tmp_path)


@given(st.binary(max_size=300))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_bytes_ever_raise_anything_but_a_settings_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "jesignd.yaml"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SettingsError) as refused:
        load(path)
    assert refused.value.faults


@given(st.randoms(use_true_random=False), st.integers(min_value=1, max_value=4))
@hypothesis_settings(deadline=None, max_examples=150)
def test_no_damage_to_the_example_ever_raises(random_: random.Random, damages: int) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for _ in range(damages):
        _damage(lines, random_)
    found = examine_content("\n".join(lines).encode(), Path("/nowhere/jesignd.yaml"))
    assert (found.settings is None) == bool(found.faults)
    assert all(1 <= fault.place.line <= len(lines) + 1 for fault in found.faults)


def _damage(lines: list[str], random_: random.Random) -> None:
    at = random_.randrange(len(lines))
    line = lines[at]
    cut = random_.randrange(len(line) + 1)
    lines[at : at + 1] = random_.choice(
        [
            [],
            [line, line],
            [line[:cut]],
            [line[:cut] + random_.choice("[]{}:-\"'&*!|>%@`\t #") + line[cut:]],
            ["  " + line],
        ]
    )


_WRONG: tuple[object, ...] = (None, 3, -1, 1.5, True, "x", "", [], {}, [1], [[]], {"a": 1}, "/", "é" * 300)


def test_whatever_stands_in_the_place_of_a_value_has_words_of_ours() -> None:
    data = read(EXAMPLE.read_bytes()).data
    for path in list(_paths(data)):
        for wrong in _WRONG:
            for error in _errors(_with(data, path, wrong)):
                assert "valeur refusée (" not in words_of(error).fr, (path, wrong)


def _errors(data: object) -> list[ErrorDetails]:
    try:
        Configuration.model_validate_json(json.dumps(data))
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def _paths(data: object, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for step, value in steps for found in ((*above, step), *_paths(value, (*above, step)))]


def _with(data: object, path: tuple[str | int, ...], value: object) -> object:
    if not path:
        return value
    changed = dict(data) if isinstance(data, dict) else list(data)  # type: ignore[call-overload]
    changed[path[0]] = _with(changed[path[0]], path[1:], value)
    return changed
