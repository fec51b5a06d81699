"""Schema: the file's shape as JSON Schema, from the same model that reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from jesignd.settings.anatomy import every_section
from jesignd.settings.model.configuration import Configuration

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12); what it cannot say (references, legal floors, overlaps) only `config check` sees."""
    schema = Configuration.model_json_schema(mode="validation")
    definitions = schema["$defs"]
    for section in every_section(Configuration):
        _describe(section, schema if section is Configuration else definitions[section.__name__])
    for definition in definitions.values():
        if "enum" in definition:
            definition.pop("description", None)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def as_json() -> str:
    """The schema as a file's content."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def written_default(field: FieldInfo) -> Any:
    """The default as the file would write it (`5s`, `10MB`); None for a field that has none to show."""
    if field.is_required():
        return None
    default = field.get_default(call_default_factory=True, validated_data={})
    return TypeAdapter(field.rebuild_annotation()).dump_python(default, mode="json", exclude_none=True)


def _describe(section: type[BaseModel], schema: dict[str, Any]) -> None:
    """Defaults in the file's own writing, and no titles made from English names."""
    for name, field in section.model_fields.items():
        shape = schema["properties"][name]
        if shape.get("title") == name.replace("_", " ").title():
            shape.pop("title")
        default = written_default(field)
        if default is None:
            shape.pop("default", None)
        else:
            shape["default"] = default
