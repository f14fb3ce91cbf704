"""1C's values inside the stand-in, and what they look like empty (contract 2.4).

A row is kept under the names of the configuration (``Контрагент``), not of the wire
(``Контрагент_Key``), so that OData, SOAP and the accountant work on one state. Money is `Decimal`
roubles; moments are naive, the wall clock of the 1C server, because 1C knows no other.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

# Rows of a foreign configuration: their values are checked against its schema, not by mypy.
Row = dict[str, Any]

EMPTY_KEY = "00000000-0000-0000-0000-000000000000"
EMPTY_MOMENT = datetime.fromisoformat("0001-01-01T00:00:00")  # naive, as every moment of 1C


class Ref(NamedTuple):
    """A reference: entity set, e.g. ``Catalog_Контрагенты``, and key, a canonical UUID."""

    entity: str
    key: str


class EnumValue(NamedTuple):
    """A value of an enumeration inside a composite field: ``СтатусОплатыСчета``, ``Оплачен``."""

    enum: str
    name: str


def canonical(text: str) -> str:
    """Return a UUID in its canonical lower-case form.

    Raises:
        ValueError: It is no UUID.
    """
    if len(text) != 36:
        raise ValueError(f"'{text}' is no UUID")
    return str(UUID(text))


def trimmed(number: Decimal) -> Decimal:
    """Return the same number written without trailing zeros and without an exponent."""
    return Decimal(format(number.normalize(), "f")) if number else Decimal(0)


def wall_clock(text: str) -> datetime:
    """Read a naive moment ``2025-02-01T09:30:00`` (contract 2.4).

    Raises:
        ValueError: It is none, or it carries an offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is not None or "T" not in text:
        raise ValueError(f"'{text}' is no naive date and time like 2025-02-01T09:30:00")
    return at.replace(microsecond=0)


def version(write: int) -> str:
    """Return the opaque ``DataVersion`` of the n-th write of the infobase."""
    return b64encode(struct.pack(">II", write & 0xFFFFFFFF, 0)).decode()
