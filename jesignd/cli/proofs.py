"""Proofs: write one down where it is wanted, as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jesignd.cli import output
from jesignd.durable import write_new
from jesignd.errors import NotAllowed, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jesignd.cli.options import Options


def write_proof(proof: Mapping[str, object], target: Path | None, options: Options) -> None:
    """Into the file, under a name that is free; on stdout where none is named.

    Raises:
        NotAllowed: the file cannot be written there.
    """
    text = json.dumps(proof, indent=2)
    if target is None:
        click.echo(text)
        return
    try:
        write_new(target, [text.encode() + b"\n"])
    except OSError as error:
        raise NotAllowed(Words(f"{target} : {error.strerror}", f"{target}: {error.strerror}")) from error
    output.show({"file": str(target)}, options, text=lambda: [str(target)])
