"""Words: what pydantic finds wrong, said to an operator in both languages.

A value is only ever repeated where it is one of a closed set; anything else might be a secret in the wrong place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jesignd.errors import Words
from jesignd.settings.anatomy import closest, keys_at
from jesignd.settings.fault import Fault
from jesignd.settings.model.configuration import Configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from jesignd.settings.fault import KeyPath
    from jesignd.settings.source import Source


_FIXED: Mapping[str, Words] = {
    "missing": Words("clé obligatoire, absente", "required key, missing"),
    "union_tag_not_found": Words("clé obligatoire, absente", "required key, missing"),
    "int_type": Words("un nombre entier est attendu, sans guillemets", "a whole number is expected, without quotes"),
    "bool_type": Words("true ou false est attendu, sans guillemets", "true or false is expected, without quotes"),
    "tuple_type": Words(
        "une liste est attendue : [a, b] ou des lignes « - »", "a list is expected: [a, b] or `-` lines"
    ),
    "dict_type": Words("des lignes « clé: valeur » sont attendues ici", "`key: value` lines are expected here"),
    "model_type": Words("des lignes « clé: valeur » sont attendues ici", "`key: value` lines are expected here"),
    "model_attributes_type": Words(
        "des lignes « clé: valeur » sont attendues ici", "`key: value` lines are expected here"
    ),
    "too_short": Words("la liste ne peut pas être vide", "the list may not be empty"),
    "string_pattern_mismatch": Words(
        "cette valeur n’a pas la forme attendue", "this value does not have the expected form"
    ),
    "string_too_long": Words("texte trop long", "text too long"),
    "date_type": Words("une date s’écrit AAAA-MM-JJ", "a date is written YYYY-MM-DD"),
    "date_parsing": Words("une date s’écrit AAAA-MM-JJ", "a date is written YYYY-MM-DD"),
    "date_from_datetime_parsing": Words("une date s’écrit AAAA-MM-JJ", "a date is written YYYY-MM-DD"),
    "date_from_datetime_inexact": Words(
        "une date s’écrit AAAA-MM-JJ, sans heure", "a date is written YYYY-MM-DD, without a time"
    ),
}

_COLLECTIONS = frozenset({"tuple_type", "dict_type", "model_type", "model_attributes_type"})
_EMPTY = Words("rien sous cette clé : remplissez-la ou retirez-la", "nothing below this key: fill it in or remove it")


def fault_of(error: ErrorDetails, source: Source) -> Fault:
    """The fault with its place in the file: the key for an unknown key, the value otherwise."""
    path = source.known(error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        return Fault(source.place_of_key(path), path, words_of(error))
    place = source.place_of(path)
    if kind in {"missing", "union_tag_not_found"}:
        context = error.get("ctx", {})
        name = str(error["loc"][-1]) if kind == "missing" else str(context.get("discriminator", "")).strip("'")
        return Fault(source.place_of_key(path), (*path, name), _FIXED["missing"])
    return Fault(place, path, words_of(error))


def words_of(error: ErrorDetails) -> Words:
    """The error's sentence."""
    kind = error["type"]
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(error["loc"])
    if error.get("input", "") is None and kind in _COLLECTIONS:
        return _EMPTY
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _MADE:
        return _MADE[kind](context, error.get("input"))
    return Words(f"valeur refusée ({kind})", f"value refused ({kind})")


_PEOPLE = Words(
    "les personnes et leurs droits ne s’écrivent plus ici : voyez `jesignd user`, `jesignd firm`, `jesignd delegation`",
    "people and their rights are not written here any more: see `jesignd user`, `jesignd firm`, `jesignd delegation`",
)


def _unknown_key(path: KeyPath) -> Words:
    if path == ("people",):
        return _PEOPLE
    key, allowed = str(path[-1]), keys_at(Configuration, path[:-1])
    if meant := closest(key, allowed):
        return Words(f"clé inconnue ; vouliez-vous dire « {meant} » ?", f"unknown key; did you mean `{meant}`?")
    listed = ", ".join(sorted(allowed))
    return Words(f"clé inconnue ; clés possibles : {listed}", f"unknown key; keys allowed: {listed}")


def _refused(context: Mapping[str, Any], _: object) -> Words:
    return Words(context["fr"], context["en"])


def _text(_: Mapping[str, Any], value: object) -> Words:
    if isinstance(value, (bool, int, float)):
        return Words(
            "un texte est attendu, et ceci se lit comme un nombre ou true/false : mettez-le entre guillemets",
            "a text is expected, and this reads as a number or true/false: put it between quotes",
        )
    if value is None:
        return Words("valeur absente : un texte est attendu", "no value: a text is expected")
    return Words("un texte est attendu", "a text is expected")


def _closed(context: Mapping[str, Any], value: object) -> Words:
    expected = context.get("expected") or context.get("expected_tags") or ""
    return _one_of(re.findall(r"'([^']*)'", expected) or [expected], value)


def _one_of(choices: list[str], value: object) -> Words:
    listed = ", ".join(choices)
    fr, en = f"valeurs possibles : {listed}", f"allowed values: {listed}"
    if isinstance(value, str) and (meant := closest(value, choices)):
        fr += f" ; vouliez-vous dire « {meant} » ?"
        en += f"; did you mean `{meant}`?"
    return Words(fr, en)


def _tag(context: Mapping[str, Any], _: object) -> Words:
    return _closed({"expected": context["expected_tags"]}, context["tag"])


def _bound(fr: str, en: str, key: str) -> Callable[[Mapping[str, Any], object], Words]:
    def words(context: Mapping[str, Any], _: object) -> Words:
        return Words(f"{fr} {context[key]:g}", f"{en} {context[key]:g}")

    return words


_MADE: Mapping[str, Callable[[Mapping[str, Any], object], Words]] = {
    "refused": _refused,
    "string_type": _text,
    "enum": _closed,
    "literal_error": _closed,
    "union_tag_invalid": _tag,
    "greater_than": _bound("doit dépasser", "must be above", "gt"),
    "greater_than_equal": _bound("au moins", "at least", "ge"),
    "less_than": _bound("doit rester sous", "must be below", "lt"),
    "less_than_equal": _bound("au plus", "at most", "le"),
}
