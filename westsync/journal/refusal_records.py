"""Refusals as they stand in the journal: the code, and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from westsync.domain.refusals import REFUSALS, Refusal, RefusalCode
from westsync.journal.codec import encode

if TYPE_CHECKING:
    from typing import Any


def refusal_record(refusal: Refusal) -> bytes:
    """Return the record of a refusal."""
    return encode({"code": refusal.code, "of": refusal})


def read_refusal(record: bytes | None) -> Refusal | None:
    """Return a recorded refusal; None if there is none, or none that this version knows."""
    if record is None:
        return None
    try:
        kept: dict[str, Any] = msgspec.json.decode(record)
        return msgspec.convert(kept["of"], REFUSALS[RefusalCode(kept["code"])])
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError):
        return None
