"""docs/reference/suppliers.md: every key of suppliers/*.yaml, from the models that read it."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, cast

from docs._generate.markdown import code, page, table
from westsync.settings.supplier_schema import suppliers_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]

_FIELD: Final = "FieldSettings"
_TYPES: Final = {
    "boolean": "`true` or `false`",
    "integer": "whole number",
    "number": "number",
    "object": "keys and values",
    "string": "text",
}


def suppliers_page() -> str:
    """Return the page."""
    schema = cast("Schema", suppliers_schema())
    return page(
        "Supplier files",
        [
            "westsync/settings/supplier_source.py",
            "westsync/settings/supplier_layout.py",
            "westsync/settings/supplier_field.py",
        ],
        "The keys of `config/suppliers/*.yaml`, one file for each source. How to write one: "
        "[Connect a supplier](../howto/connect-a-supplier.md). `westsync check` names every "
        "mistake with its place, `westsync stock check SUPPLIER FILE` shows what is read, and "
        "`westsync schema suppliers` serves an editor.",
        *_section(schema, schema),
        *chain.from_iterable(_named(name, schema) for name in _in_order(schema)),
    )


def _in_order(schema: Schema) -> list[str]:
    """Return the names of all sections, each behind the one that first speaks of it."""
    names: list[str] = []
    waiting = [schema]
    while waiting:
        found = [name for name in _references(waiting.pop(0)["properties"]) if name not in names]
        for name in dict.fromkeys(found):
            definition = schema["$defs"][name]
            if "properties" in definition:
                names.append(name)
                waiting.append(definition)
    return names


def _references(part: object) -> Iterator[str]:
    """Yield the sections that a part of the schema names."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        yield from chain.from_iterable(map(_references, part.values()))
    elif isinstance(part, list):
        yield from chain.from_iterable(map(_references, part))


def _named(name: str, schema: Schema) -> Iterator[str]:
    """Yield the heading of a section, its meaning and its table."""
    definition = schema["$defs"][name]
    yield f"## {_title(name)}"
    yield " ".join(str(definition.get("description", "")).split()).replace("``", "`")
    field = schema["$defs"][_FIELD]["properties"]
    if name != _FIELD and field.keys() <= definition["properties"].keys():
        yield f"All keys of {_link(_FIELD)}, and:"
        own = {key: it for key, it in definition["properties"].items() if key not in field}
        definition = definition | {"properties": own}
    yield from _section(definition, schema)


def _section(definition: Schema, schema: Schema) -> Iterator[str]:
    """Yield the table of a section's keys."""
    required = definition.get("required", [])
    rows = [
        (
            code(key),
            " or ".join(dict.fromkeys(_words(field, schema))),
            "**required**" if key in required else _default(field),
            str(field.get("description", "")),
        )
        for key, field in definition["properties"].items()
    ]
    if rows:
        yield table(["key", "is", "default", "meaning"], rows)


def _words(form: Schema, schema: Schema) -> Iterator[str]:
    """Yield what a value may be; null is told by the default."""
    if "anyOf" in form:
        for one in form["anyOf"]:
            if one.get("type") != "null":
                yield from _words(one, schema)
    elif "$ref" in form:
        name = form["$ref"].rpartition("/")[2]
        yield _link(name) if "properties" in schema["$defs"][name] else "any value"
    elif "enum" in form or "const" in form:
        yield from (code(str(word)) or "empty" for word in form.get("enum", [form.get("const")]))
    elif form.get("type") == "array":
        yield f"list of {' or '.join(_words(form['items'], schema))}"
    elif isinstance(form.get("additionalProperties"), dict):
        yield f"text → {' or '.join(_words(form['additionalProperties'], schema))}"
    else:
        kinds = form.get("type", "string")
        yield from (_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _default(field: Schema) -> str:
    """Return a default as a file would say it; that of a section is the section's own."""
    default = field.get("default")
    if "default" not in field or default == {} or (isinstance(default, dict) and default):
        return ""
    return code(default if isinstance(default, str) else json.dumps(default, ensure_ascii=False))


def _title(name: str) -> str:
    """Return a section's name as words: ``PriceRulesSettings`` is "Price rules"."""
    words = "".join(f" {sign}" if sign.isupper() else sign for sign in name)
    return words.removesuffix(" Settings").strip().capitalize()


def _link(name: str) -> str:
    """Return a link to a section of this page."""
    title = _title(name)
    return f"[{title}](#{title.lower().replace(' ', '-')})"
