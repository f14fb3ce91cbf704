"""JSON Schema of ``suppliers/*.yaml`` for editors (``westsync schema suppliers``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.settings.supplier_source import FETCHES, SupplierSettings

if TYPE_CHECKING:
    from pydantic import BaseModel, JsonValue

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def suppliers_schema() -> dict[str, JsonValue]:
    """Return the schema (draft 2020-12) of a supplier file; ``fetch`` is one of its kinds."""
    schema = _of(SupplierSettings)
    definitions, properties = schema["$defs"], schema["properties"]
    assert isinstance(definitions, dict)  # noqa: S101 - pydantic's form
    assert isinstance(properties, dict)  # noqa: S101 - pydantic's form
    choices: list[JsonValue] = [{"type": "null"}]
    for model in dict.fromkeys(FETCHES.values()):
        own = _of(model)
        own_definitions, own_properties = own["$defs"], own["properties"]
        if isinstance(own_definitions, dict) and isinstance(own_properties, dict):
            definitions.update(own_definitions)
            choices.append(own_properties["fetch"])
    properties["fetch"] = {"anyOf": choices, "default": None, "description": "How its file is got."}
    for definition in (schema, *definitions.values()):
        _defaults_as_written(definition)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _of(model: type[BaseModel]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = model.model_json_schema(by_alias=True, mode="validation")
    return found


def _defaults_as_written(definition: JsonValue) -> None:
    """Write the default of a span as a file would (``2h``); inside it is a number of seconds."""
    properties = definition.get("properties") if isinstance(definition, dict) else None
    for value in properties.values() if isinstance(properties, dict) else ():
        if isinstance(value, dict) and value.get("type") == "string":
            default = value.get("default")
            if isinstance(default, int):
                value["default"] = _span(default)


def _span(seconds: int) -> str:
    for size, sign in _UNITS:
        if seconds % size == 0:
            return f"{seconds // size}{sign}"
    return f"{seconds}s"
