"""Section: what every part of the file is made of, as pydantic types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from jesignd.domain.credit import Cents
from jesignd.errors import Words
from jesignd.settings import values

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class Section(BaseModel):
    """A mapping of the file: unknown keys are refused, nothing is converted silently, nothing changes afterwards.

    The string below a field is its documentation for people, in French; `config/README.md` and the schema show it.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


def refusal(words: Words) -> PydanticCustomError:
    """An error for pydantic to carry, whose words come out again in `words.py`."""
    return PydanticCustomError("refused", "{en}", {"fr": words.fr, "en": words.en})


def _reading(parse: Callable[[str], Value], words: Words) -> BeforeValidator:
    def read(value: object) -> Value:
        if not isinstance(value, str):
            raise refusal(words)
        try:
            return parse(value)
        except values.NotThis as error:
            raise refusal(error.words) from error

    return BeforeValidator(read)


def _price(value: object) -> Cents:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise refusal(values.PRICE)
    try:
        return values.parse_price(value)
    except values.NotThis as error:
        raise refusal(error.words) from error


Duration = Annotated[
    float,
    _reading(values.parse_duration, values.DURATION),
    PlainSerializer(values.write_duration),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? ?(ms|s|m|min|h|d|j)$", "title": "Durée"}),
]
Size = Annotated[
    int,
    _reading(values.parse_size, values.SIZE),
    PlainSerializer(values.write_size),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? ?([kMG]?[Bo]|[KMG]i[Bo])$", "title": "Taille"}),
]
Length = Annotated[
    float,
    _reading(values.parse_length, values.LENGTH),
    PlainSerializer(values.write_length),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? ?(mm|cm)$", "title": "Longueur"}),
]
Price = Annotated[
    int,
    BeforeValidator(_price),
    PlainSerializer(values.write_price),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d{1,2})?$", "title": "Prix en euros HT"}),
]


def between(low: str, high: str, *, read: Callable[[str], float]) -> AfterValidator:
    """Bounds written as the file writes them, so that the refusal says `100ms`, not 0.1."""
    least, most = read(low), read(high)

    def check(value: float) -> float:
        if not least <= value <= most:
            raise refusal(Words(f"valeurs admises : de {low} à {high}", f"allowed: {low} to {high}"))
        return value

    return AfterValidator(check)


def _matching(pattern: str, words: Words) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise refusal(words)
        return text

    return AfterValidator(check)


_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
Name = Annotated[
    str,
    _matching(
        _NAME,
        Words(
            "un nom est fait de lettres sans accent, chiffres, « . », « _ » et « - », sans espace (64 au plus)",
            "a name is made of unaccented letters, digits, `.`, `_` and `-`, without spaces (64 at most)",
        ),
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$", "title": "Nom"}),
]
_PERSON = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}"
PersonId = Annotated[
    str,
    _matching(
        _PERSON,
        Words(
            "un identifiant est fait de lettres sans accent, chiffres et « . _ @ + - » (80 au plus)",
            "an id is made of unaccented letters, digits and `. _ @ + -` (80 at most)",
        ),
    ),
    WithJsonSchema({"type": "string", "pattern": f"^{_PERSON}$", "title": "Identifiant"}),
]


def _line(text: str) -> str:
    if not text.strip() or len(text) > 200 or not text.isprintable():
        raise refusal(Words("une ligne de texte, de 1 à 200 caractères", "one line of text, 1 to 200 characters"))
    return text


Line = Annotated[str, AfterValidator(_line)]
"""A line of text for people."""


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise refusal(
            Words(
                "chemin relatif : écrivez-le en entier depuis « / » (ni « ~ » ni variable)",
                "relative path: write it whole, from `/` (no `~`, no variable)",
            )
        )
    if len(text.encode()) > 3000 or not text.isprintable() or ".." in text.split("/"):
        raise refusal(
            Words("chemin refusé : ni « .. » ni caractère invisible", "path refused: no `..`, no hidden character")
        )
    return text


AbsolutePath = Annotated[
    str, AfterValidator(_path), WithJsonSchema({"type": "string", "pattern": "^/", "title": "Chemin absolu"})
]


def _web_address(text: str) -> str:
    if re.fullmatch(r"https?://[^\s/@?#]+(?:[/?][^\s@#]*)?", text) is None or len(text) > 2000:
        raise refusal(
            Words(
                "adresse attendue : http(s)://machine/chemin, sans identifiant ni mot de passe",
                "an address is http(s)://host/path, without user or password",
            )
        )
    return text


WebAddress = Annotated[
    str, AfterValidator(_web_address), WithJsonSchema({"type": "string", "pattern": "^https?://", "title": "Adresse"})
]


def _location(text: str) -> str:
    return _path(text) if text.startswith("/") else _web_address(text)


Location = Annotated[
    str,
    AfterValidator(_location),
    WithJsonSchema({"type": "string", "pattern": "^(/|https?://)", "title": "Chemin ou adresse"}),
]


class _Several:
    """Lets a list field be written as one item alone, and says so in the schema."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        listed = handler(schema)
        return {"anyOf": [listed["items"], listed]}

    @staticmethod
    def _listed(value: object) -> object:
        if isinstance(value, list):
            return tuple(value)
        return (value,) if isinstance(value, str) else value


SEVERAL = _Several()
"""One item, or a list of them, as the file may write it."""
