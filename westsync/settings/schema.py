"""JSON Schema of ``westsync.yaml`` for editors (``westsync schema settings``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.settings.model import Settings

if TYPE_CHECKING:
    from pydantic import JsonValue


def settings_schema() -> dict[str, JsonValue]:
    """Return the schema (draft 2020-12) of the settings file.

    Secrets are left out: they must not stand in the file, and an editor should say so.
    """
    schema: dict[str, JsonValue] = Settings.model_json_schema(by_alias=True, mode="validation")
    definitions = schema.get("$defs")
    for definition in definitions.values() if isinstance(definitions, dict) else ():
        properties = definition.get("properties") if isinstance(definition, dict) else None
        if isinstance(properties, dict):
            for name in [name for name, value in properties.items() if _is_secret(value)]:
                del properties[name]
            for value in properties.values():
                _default_as_written(value)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _default_as_written(value: JsonValue) -> None:
    """Write the default of a span as the file would (``60s``); inside it is a number of seconds."""
    if isinstance(value, dict) and value.get("type") == "string":
        default = value.get("default")
        if isinstance(default, int):
            value["default"] = f"{default}s"


def _is_secret(value: JsonValue) -> bool:
    """Return whether a property is one of pydantic's write-only texts."""
    if isinstance(value, dict):
        return value.get("writeOnly") is True or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))
