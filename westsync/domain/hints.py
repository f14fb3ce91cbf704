"""Hints: what another system's events say of an object, and all that they say (contract 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - part of a public dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.domain.intents import ObjectRef


class Happened(IntEnum):
    """What an event says; of several about one object the greatest counts."""

    UPDATED = 1
    CREATED = 2
    DROPPED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Somebody did something with an object: read it again. Nothing else of an event is believed.

    Attributes:
        received_at: When the newest event about it came (UTC).
        tries: How often it was read since and could not be.
    """

    obj: ObjectRef
    happened: Happened
    received_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One event as it came in.

    Attributes:
        identity: Tells a repetition from another event.
        obj: What it is about; None: nothing that westsync watches.
    """

    identity: bytes
    obj: ObjectRef | None
    happened: Happened = Happened.UPDATED
