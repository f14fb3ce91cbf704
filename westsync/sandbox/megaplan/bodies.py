"""Reading of request bodies: what does not fit its type is refused as the server refuses it.

Unknown fields, nested objects without ``contentType``, values of another type and links to
nothing are 422 (contract 2.2, 6); read-only fields are dropped in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.typebook import PRIMITIVES, Field, typebook
from westsync.sandbox.megaplan.wire import Doc, bare, invalid, is_link, read_day, read_moment

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.core import Core

# What LIVE says against the RAML's "required": the server fills these (contract 3, 4.5, 4.3.1).
FILLED_BY_SERVER = frozenset(
    {
        ("Comment", "subject"),
        ("DeadlineChangeRequest", "timeCreated"),
        ("Money", "currency"),
        ("Money", "valueInMain"),
    }
)
ANY_ENTITY = frozenset({"BaseEntity", "BaseValue", "any"})


def accept(core: Core, body: object, types: tuple[str, ...], *, creating: bool) -> Doc:
    """Return the writable fields of a body, links reduced to bare ones.

    Args:
        core: The account, for custom fields and existence of links.
        body: Parsed JSON.
        types: Content types that the endpoint takes; the first is meant when the body names none
            (contract 2.3: updates without it work).
        creating: Whether required fields must be there.

    Raises:
        Refused: 422 with the field.
    """
    if not isinstance(body, dict):
        raise invalid(f"'{_kind(body)}' is not assignable to '{'|'.join(types)}'")
    content_type = str(body.get("contentType", types[0]))
    if content_type not in types:
        raise invalid(f"'{content_type}' is not assignable to '{'|'.join(types)}'", "contentType")
    return _inline(core, body, content_type, creating=creating, path="")


def pointed(core: Core, body: object, types: tuple[str, ...]) -> Doc:
    """Return the entity that a body, being a link, points to.

    Raises:
        Refused: 422, it is no link of these types or points to nothing.
    """
    if not isinstance(body, dict):
        raise invalid(f"'{_kind(body)}' is not assignable to '{'|'.join(types)}'")
    target = _link(core, body, types, "")
    return core.store.need(str(target["contentType"]), str(target["id"]))


def _inline(core: Core, doc: Doc, content_type: str, *, creating: bool, path: str) -> Doc:
    facts = typebook().types.get(content_type)
    if facts is None:
        raise invalid(f"There is no content type '{content_type}'", path or None)
    custom = core.custom.get(content_type, {})
    clean: Doc = {}
    for name, value in doc.items():
        where = f"{path}.{name}" if path else name
        if name in {"contentType", "id"}:
            continue
        if name in custom:
            clean[name] = _custom(core, custom[name], value, where)
        elif name not in facts:
            raise invalid(
                f'There is extra field "{name}", which is not defined for content type '
                f'"{content_type}"',
                where,
            )
        elif not facts[name].readonly:
            clean[name] = _value(core, facts[name], value, where)
    for name, field in facts.items():
        wanted = creating and field.required and (content_type, name) not in FILLED_BY_SERVER
        if wanted and not field.readonly and clean.get(name) is None:
            raise invalid("Поле обязательно для заполнения", f"{path}.{name}" if path else name)
    return clean


def _value(core: Core, field: Field, value: object, where: str) -> object:
    if value is None:
        return None
    if not field.is_list:
        return _one(core, field, value, where)
    if not isinstance(value, list):
        raise invalid(f"'{_kind(value)}' is not assignable to '{_said(field)}'", where)
    return [_one(core, field, item, f"{where}[{n}]") for n, item in enumerate(value)]


def _one(core: Core, field: Field, value: object, where: str) -> object:
    primitives = PRIMITIVES.intersection(field.types)
    if "any" in primitives:
        return value
    if not isinstance(value, dict):
        if not any(_fits(value, name) for name in primitives):
            raise invalid(f"'{_kind(value)}' is not assignable to '{_said(field)}'", where)
        if field.enum and value not in field.enum:
            raise invalid(f"'{value}' is not one of {', '.join(field.enum)}", where)
        return value
    if field.name == "transports" and value == {}:
        return value  # the proven form [{}] of contract 4.5
    content_type = value.get("contentType")
    if content_type is None:
        raise invalid(f"'stdClass' is not assignable to '{_said(field)}'", where)
    if is_link(value):
        return _link(core, value, field.types, where)
    if content_type not in field.types and not ANY_ENTITY.intersection(field.types):
        raise invalid(f"'{content_type}' is not assignable to '{_said(field)}'", where)
    inner = _inline(core, value, str(content_type), creating=True, path=where)
    _check_calendar(value)
    return {"contentType": content_type, **inner}


def _check_calendar(value: Doc) -> None:
    if value["contentType"] == "DateTime":
        read_moment(value)
    if value["contentType"] == "DateOnly" and value.get("year") is not None:
        read_day(value)


def _link(core: Core, value: Doc, types: tuple[str, ...], where: str) -> Doc:
    content_type = value.get("contentType")
    if content_type is None or value.get("id") is None:
        raise invalid(f"'stdClass' is not assignable to '{'|'.join(types)}'", where or None)
    if content_type not in types and not ANY_ENTITY.intersection(types):
        raise invalid(f"'{content_type}' is not assignable to '{'|'.join(types)}'", where or None)
    target = bare(value)
    if core.store.follow(target) is None:
        raise invalid(f"{content_type} {target['id']} not found", where or None)
    return target


def _custom(core: Core, field: Doc, value: object, where: str) -> object:
    """Check a custom field's value by its description (contract 4.11)."""
    kind = field["contentType"]
    if value is None:
        return None
    match kind:
        case "BoolField":
            fits = isinstance(value, bool)
        case "EnumField":
            fits = value == "" or value in field["enumValues"]
        case "DateTimeField":
            fits = isinstance(value, dict) and value.get("contentType") == "DateTime"
            read_moment(value)
        case "RefSetField":
            fits = isinstance(value, list)
            links = value if isinstance(value, list) else []
            return [_link(core, item, ("BaseEntity",), where) for item in links] if fits else None
        case _:
            fits = isinstance(value, str)
    if not fits:
        raise invalid(f"'{_kind(value)}' is not assignable to '{kind}'", where)
    return value


def _fits(value: object, name: str) -> bool:
    match name:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            return True


def _kind(value: object) -> str:
    """Name a JSON value as PHP does, as in the texts that were seen (contract 6)."""
    names = {dict: "stdClass", list: "array", str: "string", bool: "boolean", int: "integer"}
    return names.get(type(value), "double" if isinstance(value, float) else "null")


def _said(field: Field) -> str:
    return "|".join(field.types) + ("[]" if field.is_list else "")
