"""How the fields of a row appear on the wire (contract 2.4, 4.3)."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.schema import FieldKind, Part
from westsync.sandbox.onec.values import EMPTY_KEY, EnumValue, Ref, Row, trimmed

if TYPE_CHECKING:
    from decimal import Decimal

    from westsync.sandbox.onec.schema import EntityType, Property
    from westsync.sandbox.onec.store import Store

NAMESPACE = "StandardODATA"
UNDEFINED = f"{NAMESPACE}.Undefined"
BINARY = "application/octet-stream"


def shown(one: Property, row: Row) -> Any:  # noqa: ANN401 - a JSON value of a foreign schema
    """Return the value of a property as JSON has it; numbers are `Decimal`, Int64 is a text."""
    value = row.get(one.field.name)
    match one.part:
        case Part.KEY:
            return value.key if value else EMPTY_KEY
        case Part.COMPOSITE:
            return _composite(value)
        case Part.TYPE:
            return type_name(value)
        case Part.CONTENT:
            return b64encode(value).decode() if value else ""
        case Part.MEDIA_TYPE:
            return BINARY if value else ""
        case Part.WHOLE:
            return _whole(one.field.kind, value)


def _whole(kind: FieldKind, value: Any) -> Any:  # noqa: ANN401 - as above
    match kind:
        case FieldKind.MONEY | FieldKind.QUANTITY:
            amount: Decimal = value
            return trimmed(amount)
        case FieldKind.INTEGER:
            return str(value or 0)
        case FieldKind.MOMENT:
            return value.isoformat(timespec="seconds")
        case _:
            return value


def _composite(value: object) -> str:
    match value:
        case Ref():
            return value.key
        case EnumValue():
            return value.name
        case None:
            return ""
        case _:
            return str(value)


def type_name(value: object) -> str:
    """Return what stands in ``X_Type`` beside a composite value."""
    match value:
        case Ref():
            return f"{NAMESPACE}.{value.entity}"
        case EnumValue():
            return f"UnavailableEnums.{value.enum}"
        case None | "":
            return UNDEFINED
        case _:
            return "Edm.String"


def presentation(kind: EntityType, row: Row) -> str:
    """Return how 1C shows an object to people."""
    if kind.is_document:
        return f"{kind.title} {row['Number']} от {row['Date']:%d.%m.%Y %H:%M:%S}"
    return str(row.get("Description", ""))


def field_presentation(store: Store, schema: dict[str, EntityType], value: object) -> str:
    """Return how 1C shows a field's value to people."""
    if isinstance(value, Ref):
        row = store.follow(value)
        return presentation(schema[value.entity], row) if row and value.entity in schema else ""
    if hasattr(value, "strftime"):
        return f"{value:%d.%m.%Y %H:%M:%S}"
    if isinstance(value, bool):
        return "Да" if value else "Нет"
    return _composite(value)


def entry_path(kind: EntityType, row: Row) -> str:
    """Return the address of a row relative to the root, e.g. ``Catalog_X(guid'...')``."""
    if not kind.dimensions:
        return f"{kind.name}(guid'{row['Ref']}')"
    shown_keys = ", ".join(
        f"{name}=guid'{shown(one, row)}'"
        if one.edm == "Edm.Guid"
        else f"{name}='{shown(one, row)}'"
        for name, one in kind.properties.items()
        if one.field.name in kind.dimensions
    )
    return f"{kind.name}({shown_keys})"
