"""Configuration commands: check the file, show what it comes to, print its schema."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import click

from jesignd.errors import SettingsError, Words

if TYPE_CHECKING:
    from jesignd.cli.options import Options
    from jesignd.settings.fault import Fault
    from jesignd.settings.load import Examination


@click.group("config")
def config() -> None:
    """Vérifier et montrer la configuration."""


@config.command()
@click.pass_obj
def check(options: Options) -> None:
    """Vérifier la configuration.

    Toutes les fautes sont dites d’un coup, chacune à sa place : fichier:ligne:colonne.
    """
    found = _with_connectors(_examined(options))
    if options.format == "text":
        _say(found, options)
    else:
        _print_records(found, options)
    _stop_on_faults(found)


@config.command()
@click.pass_obj
def show(options: Options) -> None:
    """Montrer la configuration effective.

    Valeurs par défaut comprises ; les secrets n’y paraissent jamais.
    """
    from jesignd.settings.show import as_json, as_yaml

    found = _examined(options)
    if found.settings is None:
        _say(found, options)
        _stop_on_faults(found)
        return
    configuration = found.settings.configuration
    click.echo(as_yaml(configuration) if options.format == "text" else as_json(configuration), nl=False)


@config.command()
def schema() -> None:
    """Écrire le schéma JSON de la configuration.

    Les éditeurs de texte s’en servent pour compléter et vérifier à la frappe.
    """
    from jesignd.settings.schema import as_json

    click.echo(as_json(), nl=False)


def _examined(options: Options) -> Examination:
    from jesignd.settings.load import examine

    return examine(options.config)


def _with_connectors(found: Examination) -> Examination:
    """The same, and what the connectors say of their names and options; asked only of an otherwise good file."""
    if found.settings is None:
        return found
    from jesignd.errors import NotFound, PluginError
    from jesignd.plugin.installed import installed_plugins
    from jesignd.plugin.supervising import Recogniser

    faults: list[Fault] = []
    warnings = list(found.warnings)
    recogniser = Recogniser(installed_plugins())
    try:
        for position, folder in enumerate(found.settings.folders):
            try:
                recogniser.conventions(folder.connector, folder.options)
            except NotFound as error:
                faults.append(found.at(("folders", position, "connector"), error.message))
            except SettingsError as error:
                faults.append(found.at(("folders", position, "options"), error.message))
            except PluginError as error:
                warnings.append(found.at(("folders", position, "connector"), error.message))
    finally:
        recogniser.close()
    settings = None if faults else found.settings
    return dataclasses.replace(
        found, settings=settings, faults=tuple(faults), warnings=tuple(sorted(warnings, key=lambda one: one.place))
    )


def _say(found: Examination, options: Options) -> None:
    file = str(options.config)
    for fault in found.faults:
        click.echo(fault.located(file).in_language(options.lang))
    for warning in found.warnings:
        words = Words(f"avertissement : {warning.words.fr}", f"warning: {warning.words.en}")
        click.echo(type(warning)(warning.place, warning.path, words).located(file).in_language(options.lang))
    if not found.faults:
        click.echo(Words("✓ configuration vérifiée", "✓ configuration checked").in_language(options.lang))


def _print_records(found: Examination, options: Options) -> None:
    records = [_record(fault, "fault", options) for fault in found.faults]
    records += [_record(warning, "warning", options) for warning in found.warnings]
    if options.format == "jsonl":
        for record in records:
            click.echo(json.dumps(record, ensure_ascii=False))
        return
    summary = {"file": str(options.config), "valid": not found.faults, "found": records}
    click.echo(json.dumps(summary, ensure_ascii=False, indent=2))


def _record(fault: Fault, severity: str, options: Options) -> dict[str, object]:
    from jesignd.settings.fault import dotted

    return {
        "severity": severity,
        "file": str(options.config),
        "line": fault.place.line,
        "column": fault.place.column,
        "path": dotted(fault.path),
        "message": {"fr": fault.words.fr, "en": fault.words.en},
    }


def _stop_on_faults(found: Examination) -> None:
    if found.faults:
        click.get_current_context().exit(SettingsError.exit_code)
