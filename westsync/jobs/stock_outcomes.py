"""What an attempt at a source of supplier stock comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.errors import AccessDenied, ConnectorError, Unavailable, UnexpectedReply

if TYPE_CHECKING:
    from westsync.journal.stock_snapshots import Snapshot
    from westsync.ports.stock import StockSource


class Outcome(StrEnum):
    """What an attempt at a source came to.

    Attributes:
        UNCHANGED: The source gives what we have.
        OLDER: What came is not newer than what a person loaded.
        UNAVAILABLE: Nobody answered, or later was asked for; tried again soon.
        DENIED: A password or token was refused; not tried again by itself.
        WRONG: The address or the reply is not what the profile says; a person corrects it.
    """

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    OLDER = "older"
    UNAVAILABLE = "unavailable"
    DENIED = "denied"
    WRONG = "wrong"


REACHED = frozenset(
    {Outcome.ACCEPTED, Outcome.HELD, Outcome.REJECTED, Outcome.UNCHANGED, Outcome.OLDER}
)
"""Outcomes of attempts that got the source's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh came to.

    Attributes:
        snapshot: The one the outcome is about; None if no file came.
        detail: The cause, for people; empty if all is well.
    """

    source: StockSource
    outcome: Outcome
    snapshot: Snapshot | None = None
    detail: str = ""


def outcome_of(exc: ConnectorError) -> Outcome:
    """Return what it means that a file could not be fetched."""
    match exc:
        case Unavailable():
            return Outcome.UNAVAILABLE
        case AccessDenied():
            return Outcome.DENIED
        case UnexpectedReply():
            return Outcome.REJECTED
        case _:
            return Outcome.WRONG
