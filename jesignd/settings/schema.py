"""Schema: the file's shape as JSON Schema, from the same model that reads it."""

from __future__ import annotations

import json

from pydantic.json_schema import GenerateJsonSchema

from jesignd.settings.model.configuration import Configuration


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12); what it cannot say (references, legal floors, overlaps) only `config check` sees."""
    schema = Configuration.model_json_schema(mode="validation", by_alias=True)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}


def as_json() -> str:
    """The schema as a file's content."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
