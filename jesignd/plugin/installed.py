"""Installed: which plugins are there, without running a line of them.

Threat: whoever may drop an export must not thereby drop code. A one-file plugin is therefore refused inside any folder
that holds data, and where another user could change it. Residual risk: entry points are trusted as far as the
environment they are installed in is.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jesignd.errors import SettingsError, Words

GROUP = "jesignd"
_OWN_DISTRIBUTION = "jesignd"


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin that is there: an entry point's module, or one file."""

    name: str
    reference: str = ""
    file: Path | None = None
    distribution: str = ""
    version: str = ""


def installed_plugins(files: Sequence[Path] = (), *, data_folders: Sequence[Path] = ()) -> tuple[Installed, ...]:
    """Every plugin there is: built-ins first, then other distributions by name, then the files given.

    Raises:
        SettingsError: a file that may not be loaded, and why.
    """
    found = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution = entry.dist.name if entry.dist else ""
        version = entry.dist.version if entry.dist else ""
        found.append(Installed(entry.name, entry.value, None, distribution, version))
    found.sort(key=lambda plugin: (plugin.distribution != _OWN_DISTRIBUTION, plugin.name))
    return (*dict.fromkeys(found), *(one_file_plugin(path, data_folders=data_folders) for path in files))


def one_file_plugin(path: Path, *, data_folders: Sequence[Path] = ()) -> Installed:
    """A plugin in one Python file, if it lies where only its owner can have put it.

    Raises:
        SettingsError: not a plain `.py` file, in a data folder, or changeable by others.
    """
    name = path.stem
    if path.suffix != ".py" or re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) is None:
        raise _refused(path, Words("il faut un fichier « nom.py »", "a file “name.py” is needed"))
    try:
        real = path.resolve(strict=True)
        looked_at = [(real, real.stat()), (real.parent, real.parent.stat())]
    except OSError as error:
        raise _refused(path, Words(f"illisible ({error.strerror})", f"unreadable ({error.strerror})")) from error
    if not stat.S_ISREG(looked_at[0][1].st_mode):
        raise _refused(path, Words("ce n’est pas un fichier ordinaire", "not a regular file"))
    for folder in data_folders:
        if real.is_relative_to(folder.resolve()):
            raise _refused(
                path, Words(f"il est dans le dossier de données {folder}", f"it lies in data folder {folder}")
            )
    for place, facts in looked_at:
        if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise _refused(path, Words(f"d’autres peuvent modifier {place}", f"others may change {place}"))
        if facts.st_uid not in {0, os.geteuid()}:
            raise _refused(
                path, Words(f"{place} appartient à un autre utilisateur", f"{place} belongs to another user")
            )
    return Installed(name, file=real)


def _refused(path: Path, why: Words) -> SettingsError:
    return SettingsError(
        Words(f"plugin {path} refusé : {why.fr}", f"plugin {path} refused: {why.en}"),
        hint=Words(
            "Le placer hors des dossiers de données, modifiable par son seul propriétaire (chmod go-w).",
            "Put it outside the data folders, writable by its owner only (chmod go-w).",
        ),
    )
