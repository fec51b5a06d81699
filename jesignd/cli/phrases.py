"""Phrases: the few sentences click says by itself, in French."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from jesignd.cli import english

if TYPE_CHECKING:
    from collections.abc import Callable

_LANG = "jesignd.lang"

_FRENCH = {
    "Options": "Options",
    "Commands": "Commandes",
    "Positional arguments": "Arguments",
    "Usage:": "Utilisation :",
    "Show this message and exit.": "Afficher cette aide.",
    "[required]": "[obligatoire]",
}


def remember(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """Keep the language where the help, which runs before any command, finds it."""
    del parameter
    ctx.meta[_LANG] = value
    return value


def language(ctx: click.Context | None) -> str:
    """The language asked for so far: the option, else the environment, else French."""
    asked = ctx.meta.get(_LANG) if ctx is not None else None
    return str(asked or ("en" if os.environ.get("JESIGND_LANG") == "en" else "fr"))


def translate(phrase: str, lang: str) -> str:
    """One of click's own phrases in this language; unknown phrases stay as they are."""
    if lang == "en":
        return english.of(phrase)
    return _FRENCH.get(phrase, phrase)


class Formatter(click.HelpFormatter):
    """Help pages whose headings speak the language asked for."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """As click does, with the word in the right language."""
        super().write_usage(prog, args, prefix or translate("Usage:", _current()) + " ")

    def write_heading(self, heading: str) -> None:
        """As click does, with the space French puts before a colon."""
        lang = _current()
        colon = ":" if lang == "en" else "\u00a0:"
        self.write(f"{'':>{self.current_indent}}{translate(heading, lang)}{colon}\n")

    def write_text(self, text: str) -> None:
        """The paragraph, translated where it is ours."""
        super().write_text(translate(text, _current()))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Definitions, each translated where it is ours or click's."""
        lang = _current()
        super().write_dl([(term, _definition(text, lang)) for term, text in rows], col_max, col_spacing)


def _definition(text: str, lang: str) -> str:
    sentence, extra = re.fullmatch(r"(.*?)((?:  \[.*\])?)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if lang == "fr":
        extra = extra.replace("default: ", "par défaut : ").replace("required", "obligatoire")
        extra = extra.replace("env var: ", "variable : ")
    return translate(sentence, lang) + extra


def _current() -> str:
    return language(click.get_current_context(silent=True))


def usage_error(error: click.UsageError, lang: str) -> str:
    """What was wrong with the command line, in one sentence."""
    if lang == "en":
        return error.format_message()
    for kind, say in _SENTENCES:
        if isinstance(error, kind):
            return say(error)
    return error.format_message().replace("Missing command.", "Commande manquante.")


def _no_such_option(error: click.UsageError) -> str:
    assert isinstance(error, click.NoSuchOption)
    return f"option inconnue : {error.option_name}" + _perhaps(error.possibilities)


def _no_such_command(error: click.UsageError) -> str:
    assert isinstance(error, click.exceptions.NoSuchCommand)
    return f"commande inconnue : {error.command_name}" + _perhaps(error.possibilities)


def _missing(error: click.UsageError) -> str:
    assert isinstance(error, click.MissingParameter)
    return f"il manque {_name(error)}"


def _bad_parameter(error: click.UsageError) -> str:
    assert isinstance(error, click.BadParameter)
    choices = error.param.type if error.param is not None else None
    if isinstance(choices, click.Choice):
        return f"valeur inconnue pour {_name(error)} : choisir parmi {', '.join(map(str, choices.choices))}"
    missing = re.fullmatch(r"\w+ '(?P<path>.*)' does not exist\.", error.message, re.DOTALL)
    if missing:
        return f"{_name(error)} : « {missing['path']} » n’existe pas"
    return f"valeur refusée pour {_name(error)} : {error.message}"


def _bad_usage(error: click.UsageError) -> str:
    return f"ligne de commande mal formée : {error.message}"


_SENTENCES: tuple[tuple[type[click.UsageError], Callable[[click.UsageError], str]], ...] = (
    (click.NoSuchOption, _no_such_option),
    (click.exceptions.NoSuchCommand, _no_such_command),
    (click.MissingParameter, _missing),
    (click.BadParameter, _bad_parameter),
    (click.BadArgumentUsage, _bad_usage),
    (click.BadOptionUsage, _bad_usage),
)


def _name(error: click.BadParameter) -> str:
    if isinstance(error.param_hint, str):
        return error.param_hint
    if error.param is not None:
        return error.param.make_metavar(error.ctx) if _is_argument(error) else " / ".join(error.param.opts)  # type: ignore[arg-type]
    return "?"


def _is_argument(error: click.BadParameter) -> bool:
    return isinstance(error.param, click.Argument) and error.ctx is not None


def _perhaps(possibilities: Sequence[str] | None) -> str:
    return f" (vouliez-vous dire {' ou '.join(sorted(possibilities))} ?)" if possibilities else ""
