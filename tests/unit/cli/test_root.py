from __future__ import annotations

import inspect
import resource
import subprocess
import sys

import click
import pytest

from jesignd.__main__ import main
from jesignd.cli import COMMANDS, english, root


def test_help_lists_every_command_in_french_first(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Utilisation : jesignd")
    for name, entry in COMMANDS.items():
        assert f"  {name} " in shown
        assert entry.summary.fr in shown


def test_help_speaks_english_when_asked(capsys):
    assert main(["--lang", "en", "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: jesignd")
    assert COMMANDS["seal"].summary.en in shown


def test_help_imports_nothing_heavy_and_answers_at_once():
    heavy = ("pydantic", "sqlalchemy", "pyhanko", "pikepdf", "dbos", "yaml", "rich", "typst", "jesignd.store")
    code = (
        "import sys; from jesignd.__main__ import main; main(['--help']);"
        f"found = [name for name in {heavy!r} if name in sys.modules]; sys.exit(f'imported {{found}}' if found else 0)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_help_takes_less_than_the_blink_of_an_eye():
    def cpu_seconds(*arguments: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # Processor time beyond the bare interpreter's, the best of several: what else the machine does is not our subject.
    bare = min(cpu_seconds("-c", "pass") for _ in range(3))
    assert min(cpu_seconds("-m", "jesignd", "--help") for _ in range(5)) - bare < 0.2


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_list_exists_and_has_help(name, capsys):
    assert main([name, "--help"]) == 0
    assert f"jesignd {name}" in capsys.readouterr().out


def help_texts(command: click.Command) -> set[str]:
    texts = {inspect.cleandoc(command.help or "")}
    texts |= {option.help for option in command.params if isinstance(option, click.Option) and option.help}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            texts |= help_texts(command.get_command(context, name))
    return texts


def test_every_help_text_has_its_english():
    assert help_texts(root) - {"Show this message and exit."} <= set(english.HELP)


def test_a_list_of_commands_that_click_cut_short_is_english_too(capsys):
    assert main(["--lang", "en", "credit", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "The statement, before tax, tax and gross" in shown
    assert "relevé" not in shown


def test_a_command_and_its_summary_in_the_list_say_the_same():
    context = click.Context(root)
    for name, entry in COMMANDS.items():
        command = root.get_command(context, name)
        assert command is not None
        assert command.help is not None
        assert command.help.splitlines()[0].rstrip(".").startswith(entry.summary.fr.rstrip(".").split(",")[0][:12])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["verfy"], "commande inconnue : verfy"),
        (["--lang", "de", "status"], "valeur inconnue pour --lang : choisir parmi fr, en"),
        (["--fromat", "json", "status"], "option inconnue : --fromat (vouliez-vous dire --format ?)"),
        (["document", "show"], "il manque ID"),
        (["verify", "/nulle/part.pdf"], "« /nulle/part.pdf » n’existe pas"),
    ],
)
def test_a_mistyped_command_line_is_told_in_french_and_exits_2(arguments, sentence, capsys):
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""


def test_a_mistyped_command_line_is_told_in_english_when_asked(capsys):
    assert main(["--lang", "en", "verfy"]) == 2
    assert "No such command" in capsys.readouterr().err


def test_no_command_shows_the_help_on_stderr_and_exits_2(capsys):
    assert main([]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("Utilisation :")
    assert told.out == ""


def test_the_version_is_that_of_the_distribution(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("jesignd ")


def test_a_reader_that_goes_away_gets_no_traceback():
    command = f"{sys.executable} -m jesignd --help | true"
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in answer.stderr


def test_a_missing_configuration_is_an_error_of_the_operator(tmp_path, capsys):
    assert main(["-c", str(tmp_path / "absent.yaml"), "document", "list"]) == 78
    told = capsys.readouterr().err
    assert "absent.yaml" in told
    assert "→" in told
