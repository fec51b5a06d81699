"""Entry: run a command, and turn whatever went wrong into a sentence and an exit code."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from jesignd.cli import DEFAULT_CONFIG, output, phrases, root
from jesignd.cli.options import Options
from jesignd.errors import JesignError

_USAGE = 2
_FAILED = 1
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code (DESIGN §7)."""
    click.Context.formatter_class = phrases.Formatter
    # What goes wrong is told once, as an error or a finding; the daemon sets its own logs up.
    logging.getLogger("jesignd").addHandler(logging.NullHandler())
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        returned = root.main(arguments, prog_name="jesignd", standalone_mode=False)
    except JesignError as error:
        return output.report(error, _options(arguments))
    except click.ClickException as error:
        return _misused(error, _options(arguments))
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    return returned if isinstance(returned, int) else 0


def _misused(error: click.ClickException, options: Options) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return _USAGE
    if not isinstance(error, click.UsageError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    path = error.ctx.command_path if error.ctx is not None else "jesignd"
    if options.lang == "en":
        lines = (f"Error: {phrases.usage_error(error, 'en')}", f"Help: {path} --help")
    else:
        lines = (f"Erreur : {phrases.usage_error(error, 'fr')}", f"Aide : {path} --help")
    for line in lines:
        click.echo(line, err=True)
    return _USAGE


def _options(arguments: Sequence[str]) -> Options:
    """The options as far as they can be told when parsing failed or the command is over."""
    return Options(
        config=Path(DEFAULT_CONFIG),
        format=_said(arguments, "--format") or "text",
        lang=_said(arguments, "--lang") or phrases.language(None),
    )


def _said(arguments: Sequence[str], name: str) -> str | None:
    for place, argument in enumerate(arguments):
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
        if argument == name and place + 1 < len(arguments):
            return arguments[place + 1]
    return None


if __name__ == "__main__":
    sys.exit(main())
