"""docs/reference/settings.md: every key of westsync.yaml, from the models that read it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from docs._generate.markdown import code, page, table
from westsync.settings.model import STANDARD_ROLES, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Schema = dict[str, Any]

_EACH: Final = {
    "accounts": ("account",),
    "people": ("login",),
    "roles": ("role",),
    "calendars": ("calendar",),
    "programs": ("program",),
    "stages": ("program", "stage"),
    "fields": ("fact",),
    "required": ("program", "stage"),
    "attachment_kinds": ("kind",),
}
"""What the keys of a mapping, and of the mappings inside it, are called."""

_LIMITS: Final = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
)


def settings_page() -> str:
    """Return the page."""
    schema: Schema = Settings.model_json_schema(by_alias=True, mode="validation")
    return page(
        "Settings",
        [
            "westsync/settings/model.py",
            "westsync/settings/megaplan.py",
            "westsync/settings/onec.py",
            "westsync/settings/mail.py",
        ],
        "The keys of `westsync.yaml`; [config/westsync.yaml](../../config/westsync.yaml) is a "
        "complete example with comments. `westsync check` names every mistake with its place. "
        "Lengths of time are written `60s`, `5m` or `1h30m`, ids in quotes.",
        "Every key can be set by the environment: `WESTSYNC__` and its path in capital letters, "
        "with two underscores for each dot, e.g. `WESTSYNC__HTTP__LISTEN`. **Secrets** never stand "
        "in the file: they come from the environment, or from a file of mode 0600 with the dotted "
        "path as its name, e.g. `accounts.main.megaplan.password`, in `$CREDENTIALS_DIRECTORY`.",
        f"Roles of the company's process: {', '.join(map(code, STANDARD_ROLES))}. Others may be "
        "added.",
        *_sections(schema, schema, ""),
    )


def _sections(section: Schema, root: Schema, path: str) -> Iterator[str]:
    """Yield the table of a section, then those of the sections inside it."""
    if path:
        yield f"## {path}"
        yield _prose(str(section.get("description", "")))
    required = section.get("required", [])
    inner: list[tuple[str, Schema]] = []
    rows = []
    for key, field in section["properties"].items():
        below, mapped = _section_in(field, root)
        written = key + (f".<{_EACH[key][0]}>" if mapped else "")
        if below is not None:
            inner.append((f"{path}.{written}" if path else written, below))
        meaning = str(field.get("description", ""))
        rows.append((code(key), _kind(key, field), _default(key, field, required), meaning))
    yield table(["key", "is", "default", "meaning"], rows)
    for name, below in inner:
        yield from _sections(below, root, name)


def _section_in(field: Schema, root: Schema) -> tuple[Schema | None, bool]:
    """Return the section that a key holds, and whether it holds many by name."""
    for form in _forms(field):
        if "$ref" in form:
            return _named(form["$ref"], root), False
        inside = form.get("additionalProperties")
        if isinstance(inside, dict) and "$ref" in inside:
            return _named(inside["$ref"], root), True
        items = form.get("items")
        if isinstance(items, dict) and "$ref" in items:
            return _named(items["$ref"], root), False
    return None, False


def _named(ref: str, root: Schema) -> Schema:
    found: Schema = root["$defs"][ref.rpartition("/")[2]]
    return found


def _forms(field: Schema) -> list[Schema]:
    """Return the forms a value may have; ``null`` is told by the meaning of its default."""
    forms: list[Schema] = field.get("anyOf", [field])
    return [form for form in forms if form.get("type") != "null"]


def _kind(key: str, field: Schema) -> str:
    (form, *others) = _forms(field)
    if others:
        raise ValueError(f"{key}: a setting of several forms needs words of its own here")
    bounds = field | form
    limits = [text.format(bounds[name]) for name, text in _LIMITS if name in bounds]
    return ", ".join([_word(form, _EACH.get(key, ())), *limits])


def _word(form: Schema, names: Sequence[str]) -> str:
    if "$ref" in form:
        return "section"
    if form.get("writeOnly"):
        return "**secret**"
    if "enum" in form:
        return " or ".join(code(str(word)) for word in form["enum"])
    if "const" in form:
        return code(str(form["const"]))
    match form.get("type"):
        case "array":
            return f"list of {_word(form['items'], names)}"
        case "object":
            return f"{names[0]} → {_word(form['additionalProperties'], names[1:])}"
        case "boolean":
            return "`true` or `false`"
        case "integer":
            return "whole number"
        case "number":
            return "number"
        case _:
            return _text(form)


def _text(form: Schema) -> str:
    """Name the kind of a text by what it must look like."""
    pattern = str(form.get("pattern", ""))
    if "examples" in form:
        return "length of time"
    if "CustomField" in pattern:
        return "custom field"
    if pattern.startswith("[1-9]"):
        return "id"
    if ":[0-5]" in pattern:
        return "time of day"
    return {"date": "date", "uri": "address", "email": "mail address"}.get(
        str(form.get("format")), "text"
    )


def _default(key: str, field: Schema, required: list[str]) -> str:
    if key in required:
        return "**required**"
    default = field.get("default")
    if any(form.get("writeOnly") for form in _forms(field)):
        return ""
    if default is None:
        return "" if "default" not in field else code("null")
    if isinstance(default, int) and any("examples" in form for form in _forms(field)):
        return code(_span(default))
    return code(default if isinstance(default, str) else json.dumps(default, ensure_ascii=False))


def _span(seconds: int) -> str:
    """Write seconds as the file does."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number)


def _prose(docstring: str) -> str:
    """Join the lines of a docstring; one that only names the section's place says nothing here."""
    if docstring.startswith("Section ``"):
        return ""
    return " ".join(docstring.split()).replace("``", "`")
