"""A new object before anybody filled it in."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.sandbox.onec.schema import FieldKind
from westsync.sandbox.onec.values import EMPTY_MOMENT, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.sandbox.onec.schema import EntityType, Field

EMPTY: dict[FieldKind, object] = {
    FieldKind.STRING: "",
    FieldKind.LONG_TEXT: "",
    FieldKind.BOOLEAN: False,
    FieldKind.MOMENT: EMPTY_MOMENT,
    FieldKind.MONEY: Decimal(0),
    FieldKind.QUANTITY: Decimal(0),
    FieldKind.INTEGER: 0,
    FieldKind.ENUM: "",
    FieldKind.KEY: "",
    FieldKind.REFERENCE: None,
    FieldKind.COMPOSITE: None,
    FieldKind.FILE: None,
}


def blank_row(fields: Mapping[str, Field]) -> Row:
    """Return a row of a tabular section with nothing filled in."""
    return {name: EMPTY[one.kind] for name, one in fields.items()}


def blank(kind: EntityType) -> Row:
    """Return an object with nothing filled in and empty sections."""
    return blank_row(kind.fields) | dict.fromkeys(kind.sections, ())
