from __future__ import annotations

import json

from jesignd.settings.anatomy import closest, every_section, keys_at
from jesignd.settings.model.configuration import Configuration
from jesignd.settings.model.keys import Pkcs11Key
from jesignd.settings.schema import as_json, json_schema


def test_every_key_of_the_file_is_explained_in_the_schema() -> None:
    schema = json_schema()
    for shape in (schema, *(shape for shape in schema["$defs"].values() if "properties" in shape)):
        assert shape["additionalProperties"] is False
        for key in shape["properties"].values():
            referred = schema["$defs"].get(key.get("$ref", "").rpartition("/")[2], {})
            assert key.get("description") or referred["description"]


def test_defaults_in_the_schema_are_written_as_the_file_writes_them() -> None:
    folder = json_schema()["$defs"]["Folder"]["properties"]
    assert folder["settle"]["default"] == "5s"
    assert folder["max_size"]["default"] == "10MB"


def test_one_item_alone_is_allowed_where_a_list_is() -> None:
    deliver = json_schema()["$defs"]["RuleEntry"]["properties"]["deliver"]
    assert [shape["type"] for shape in deliver["anyOf"]] == ["string", "array"]


def test_the_schema_is_one_json_document() -> None:
    assert json.loads(as_json())["$schema"].startswith("https://json-schema.org/")


def test_the_keys_known_at_a_place_follow_the_form_of_the_key_there() -> None:
    assert keys_at(Configuration, ("keys", "cachet", "pkcs11")) == set(Pkcs11Key.model_fields)
    assert "passphrase" in keys_at(Configuration, ("keys", "cachet"))
    assert keys_at(Configuration, ("rules", 0, "seal", "mark", "visible")) == {
        "page",
        "corner",
        "width",
        "height",
        "margin",
    }


def test_a_suggestion_minds_neither_case_nor_hyphens() -> None:
    assert closest("Acts-As", ["acts_as", "after"]) == "acts_as"
    assert closest("zzz", ["acts_as", "after"]) is None


def test_every_section_is_met_once() -> None:
    names = [section.__name__ for section in every_section(Configuration)]
    assert len(names) == len(set(names))
    assert {"Secret", "VisibleMark", "Limits"} <= set(names)
