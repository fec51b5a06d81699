"""Asking: passwords and PINs, typed unseen or piped in, never an argument or a variable others could read."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import click

from jesignd.errors import NotAllowed, Words

if TYPE_CHECKING:
    from jesignd.cli.options import Options

PASSWORD = Words("Mot de passe", "Password")
NEW_PASSWORD = Words("Nouveau mot de passe", "New password")
AGAIN = Words("Encore une fois", "Once more")
PIN = Words("Code de la clé personnelle", "PIN of the personal key")
CODE = Words("Code à six chiffres", "Six-digit code")

_LONGEST = 1024


def secret(what: Words, options: Options) -> str:
    """What is typed, unseen; without a terminal, the next line of standard input.

    Raises:
        NotAllowed: nothing came.
    """
    prompt = what.in_language(options.lang)
    if sys.stdin.isatty():
        typed = getpass.getpass(f"{prompt}{' ' if options.lang == 'fr' else ''}: ")
    else:
        typed = sys.stdin.readline(_LONGEST).rstrip("\r\n")
    if not typed:
        raise NotAllowed(
            Words(f"rien n’a été saisi : {what.fr.lower()}", f"nothing was typed: {what.en.lower()}"),
            hint=Words("sans terminal, une ligne par secret sur l’entrée standard", "without a terminal: on stdin"),
        )
    return typed


def new_password(options: Options) -> str:
    """A password typed twice; without a terminal, once.

    Raises:
        NotAllowed: the two differ, or nothing came.
    """
    first = secret(NEW_PASSWORD, options)
    if sys.stdin.isatty() and secret(AGAIN, options) != first:
        raise NotAllowed(Words("les deux saisies diffèrent", "the two differ"))
    return first


def confirmed(what: Words, options: Options) -> bool:
    """Whether somebody at a terminal says yes; without one, yes."""
    return not sys.stdin.isatty() or click.confirm(what.in_language(options.lang), default=False, err=True)


def at_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()
