"""JSON as 1C speaks it: sums are exact, a BOM may come first (1C contract 2.4)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from westsync.transport import Unreadable

if TYPE_CHECKING:
    from westsync.connectors.onec.values import Json
    from westsync.transport import Reply

_BOM = b"\xef\xbb\xbf"
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def encode(body: dict[str, Json]) -> bytes:
    """Return JSON in which money is a number with its own places, never a float."""
    return _ENCODER.encode(body)


def list_in(reply: Reply) -> list[dict[str, Json]]:
    """Return the list of an answer.

    Raises:
        Unreadable: There is none in it.
    """
    found = _decoded(reply)
    rows = found.get("value") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise Unreadable("no list in the answer")
    whole = [row for row in rows if isinstance(row, dict)]
    if len(whole) != len(rows):
        raise Unreadable("the list holds something that is no object")
    return whole


def object_in(reply: Reply) -> dict[str, Json]:
    """Return the object of an answer.

    Raises:
        Unreadable: It is none.
    """
    found = _decoded(reply)
    if not isinstance(found, dict):
        raise Unreadable("no object in the answer")
    return found


def _decoded(reply: Reply) -> Json:
    try:
        found: Json = _DECODER.decode(reply.body.removeprefix(_BOM))
    except msgspec.DecodeError as exc:
        raise Unreadable(f"not JSON: {exc}") from exc
    return found
