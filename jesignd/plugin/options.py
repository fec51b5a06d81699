"""Options: check what the configuration gives a connector against the connector's own schema."""

from __future__ import annotations

import dataclasses
import difflib
import typing
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from jesignd.errors import SettingsError, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jesignd.plugin.contract import Connector
    from jesignd.plugin.payments import PaymentMethod


def read_options(connector: Connector[Any] | PaymentMethod[Any], pairs: Sequence[tuple[str, str]]) -> Any:
    """The connector's options, from (key, JSON value) pairs; what is not given keeps its default.

    Raises:
        SettingsError: an option nobody knows (with the nearest one), or a value of another type; every fault is told.
    """
    schema = connector.options_schema
    hints = typing.get_type_hints(schema)
    known = [field.name for field in dataclasses.fields(schema)]
    values: dict[str, Any] = {}
    faults: list[Words] = []
    for key, text in pairs:
        if key not in known:
            faults.append(_unknown(key, known))
            continue
        try:
            values[key] = TypeAdapter(hints[key]).validate_json(text, strict=True)
        except ValidationError as error:
            said = error.errors(include_url=False, include_input=False)[0]["msg"]
            faults.append(Words(f"« {key} » : valeur refusée ({said})", f"“{key}”: value refused ({said})"))
    if faults:
        raise _refused(connector, faults)
    try:
        return schema(**values)
    except ValueError as error:
        raise _refused(connector, [Words(str(error), str(error))]) from error


def _unknown(key: str, known: Sequence[str]) -> Words:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    suggestion = Words(f" : vouliez-vous « {near[0]} » ?", f": did you mean “{near[0]}”?") if near else Words("", "")
    return Words(f"option inconnue « {key} »{suggestion.fr}", f"unknown option “{key}”{suggestion.en}")


def _refused(connector: Connector[Any] | PaymentMethod[Any], faults: list[Words]) -> SettingsError:
    name = connector.manifest.name
    return SettingsError(
        Words(
            f"connecteur {name} : " + " ; ".join(fault.fr for fault in faults),
            f"connector {name}: " + "; ".join(fault.en for fault in faults),
        ),
        hint=Words(f"jesignd plugin check {name} montre ses options", f"jesignd plugin check {name} shows its options"),
        faults=tuple(faults),
    )
