from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jesignd.cli.config import config
from jesignd.cli.options import Options
from jesignd.errors import SettingsError

EXAMPLE = Path(__file__).parents[3] / "config" / "jesignd.yaml"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The shipped example, where only its owner may change it."""
    path = tmp_path / "jesignd.yaml"
    path.write_bytes(EXAMPLE.read_bytes())
    path.chmod(0o644)
    return path


def _run(*arguments: str, options: Options) -> Result:
    return CliRunner().invoke(config, list(arguments), obj=options)


def test_a_good_configuration_is_said_to_be_good(example: Path) -> None:
    result = _run("check", options=Options(example))
    assert (result.exit_code, result.stdout) == (0, "✓ configuration vérifiée\n")


def test_the_check_speaks_english_when_asked(example: Path) -> None:
    assert _run("check", options=Options(example, lang="en")).stdout == "✓ configuration checked\n"


def test_a_warning_is_printed_and_does_not_fail(example: Path) -> None:
    example.write_text(
        example.read_text(encoding="utf-8")
        .replace("deliver: [dossiers-clients, ged]", "deliver: ged")
        .replace("deliver: [dossiers-clients]", "deliver: ged"),
        encoding="utf-8",
    )
    result = _run("check", options=Options(example))
    assert result.exit_code == 0
    assert "destinations[1]: avertissement : « dossiers-clients » ne sert à aucune règle" in result.stdout


def test_a_connector_nobody_offers_is_a_fault_at_its_line(example: Path) -> None:
    text = example.read_text(encoding="utf-8").replace("connector: neutral", "connector: neutrale", 1)
    example.write_text(text, encoding="utf-8")
    result = _run("check", options=Options(example))
    line = 1 + text[: text.index("neutrale")].count("\n")
    assert result.exit_code == 78
    assert f"{example}:{line}:16: folders[0].connector: " in result.stdout
    assert "neutral" in result.stdout


def test_an_option_its_connector_does_not_know_is_a_fault_at_its_line(example: Path) -> None:
    text = example.read_text(encoding="utf-8").replace("connector: neutral", "options: {inconnue: 3}", 1)
    example.write_text(text, encoding="utf-8")
    result = _run("check", options=Options(example))
    assert result.exit_code == 78
    assert "folders[0].options: connecteur neutral : option inconnue « inconnue »" in result.stdout


def test_a_good_configuration_is_valid_in_json(example: Path) -> None:
    answer = json.loads(_run("check", options=Options(example, format="json")).stdout)
    assert answer == {"file": str(example), "valid": True, "found": []}


def test_the_effective_configuration_is_shown_as_yaml_or_json(example: Path) -> None:
    assert 'poll_every: "10s"' in _run("show", options=Options(example)).stdout
    assert json.loads(_run("show", options=Options(example, format="json")).stdout)["version"] == 1


def test_a_faulty_configuration_is_not_shown_but_its_faults_are(example: Path) -> None:
    example.write_text("version: 3\n", encoding="utf-8")
    result = _run("show", options=Options(example))
    assert result.exit_code == 78
    assert "version" in result.stdout


def test_a_configuration_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    assert isinstance(_run("check", options=Options(tmp_path / "absent.yaml")).exception, SettingsError)


def test_the_schema_needs_no_configuration(tmp_path: Path) -> None:
    result = _run("schema", options=Options(tmp_path / "absent.yaml"))
    assert json.loads(result.stdout)["properties"]["version"]
