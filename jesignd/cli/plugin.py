"""Plugin: which connectors are installed, on what their knowledge rests, and which plugins are broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from jesignd.cli import output
from jesignd.errors import PluginError, Words
from jesignd.plugin.contract import Evidence
from jesignd.plugin.installed import Installed, installed_plugins
from jesignd.plugin.manager import Plugins

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.plugin.contract import Connector

_EVIDENCE = {
    Evidence.VENDOR_DOC: Words("documentation de l’éditeur", "vendor’s documentation"),
    Evidence.PUBLIC_CODE: Words("code public", "public code"),
    Evidence.OUR_CONVENTION: Words("notre convention", "our convention"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One connector, or one plugin that is broken."""

    plugin: str
    distribution: str
    version: str
    connector: str | None
    title: Words | None
    kinds: tuple[str, ...]
    evidence: Evidence | None
    docs: str | None
    error: Words | None = None
    hint: Words | None = None


@click.group()
def plugin() -> None:
    """Connecteurs installés."""


@plugin.command(name="list")
@click.pass_obj
def list_(options: Options) -> int:
    """Les connecteurs, leur origine, ce que l’on sait de leur logiciel, et les plugins inutilisables."""
    installed = installed_plugins()
    loaded = Plugins.load(installed)
    lines = [
        *(_sound(one, connector) for one in installed for connector in loaded.offers.get(one.name, ())),
        *(_broken(one, loaded.broken[one.name]) for one in installed if one.name in loaded.broken),
    ]
    output.show(lines, options, text=lambda: _text(lines, options.lang))
    return PluginError.exit_code if loaded.broken else 0


def _sound(one: Installed, connector: Connector[Any]) -> Line:
    manifest = connector.manifest
    kinds = tuple(sorted(kind.code for kind in manifest.kinds))
    return Line(
        one.name, one.distribution, one.version, manifest.name, manifest.title, kinds, manifest.evidence, manifest.docs
    )


def _broken(one: Installed, error: PluginError) -> Line:
    return Line(one.name, one.distribution, one.version, None, None, (), None, None, error.message, error.hint)


def _text(lines: list[Line], lang: str) -> list[str]:
    heading = {
        "fr": ("connecteur", "intitulé", "distribution", "s’appuie sur"),
        "en": ("connector", "title", "distribution", "rests on"),
    }[lang]
    rows = [
        (
            line.connector or "",
            line.title.in_language(lang) if line.title else "",
            f"{line.distribution} {line.version}",
            _EVIDENCE[line.evidence].in_language(lang) if line.evidence else "",
        )
        for line in lines
        if line.error is None
    ]
    broken = [
        click.style("✗ ", fg="red")
        + output.printable(f"{line.distribution} {line.version} : {line.error.in_language(lang)}")
        + (output.printable(f" → {line.hint.in_language(lang)}") if line.hint else "")
        for line in lines
        if line.error is not None
    ]
    return [*output.columns(rows, heading=heading), *broken]
