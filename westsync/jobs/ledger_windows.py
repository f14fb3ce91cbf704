"""Which window of 1C's documents is read when (1C contract 4.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.journal.ledger import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

# In the order in which they are read.
KINDS = (Kind.PAYMENTS, Kind.INVOICES, Kind.SHIPMENTS, Kind.SUPPLIER_INVOICES)
MOSCOW = ZoneInfo("Europe/Moscow")


class Tier(StrEnum):
    """How wide a look is."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"

    @property
    def kinds(self) -> frozenset[Kind]:
        """What is read with it; shipments also with the narrowest while a deal waits for papers."""
        narrow = frozenset({Kind.PAYMENTS, Kind.INVOICES})
        return narrow if self is Tier.HOT else frozenset(KINDS)

    @property
    def covers(self) -> tuple[Tier, ...]:
        """The tiers that it does the work of."""
        tiers = (Tier.HOT, Tier.WARM, Tier.COLD)
        return tiers[: tiers.index(self) + 1]

    @property
    def wider(self) -> Tier:
        """The next wider tier; the widest is itself."""
        return Tier.WARM if self is Tier.HOT else Tier.COLD


# Days back and days ahead of today that are read, both included. Dates in the future happen.
_REACH = {Tier.HOT: (3, 1), Tier.WARM: (45, 1), Tier.COLD: (400, 60)}


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span ``[since, until)`` of dates of the 1C server's zone."""

    since: date
    until: date


def at_any_time(_now: datetime) -> bool:
    """Say that it is working time: the company has no calendar for this."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often 1C is asked.

    Attributes:
        hot: Between looks at the last days, in working time.
        quiet: The same otherwise; below the usual ``needs: {onec: 30m}``, so that a rule does
            not become blind between two looks.
        warm: Between looks at the last weeks, and at older open invoices.
        cold_at: When everything is read once a day, in the server's zone.
        zone: Of the 1C server; its dates bound the windows.
        is_working: Whether people work at a moment.
    """

    hot: timedelta = timedelta(minutes=5)
    quiet: timedelta = timedelta(minutes=25)
    warm: timedelta = timedelta(hours=1)
    cold_at: time = time(4)
    zone: ZoneInfo = MOSCOW
    is_working: Callable[[datetime], bool] = at_any_time

    def window(self, tier: Tier, now: datetime) -> Window:
        """Return what a look of this width reads."""
        back, ahead = _REACH[tier]
        today = now.astimezone(self.zone).date()
        return Window(today - timedelta(days=back), today + timedelta(days=ahead + 1))

    def last_due(self, tier: Tier, now: datetime) -> datetime:
        """Return the latest moment at which a look was due; one before it is too old."""
        match tier:
            case Tier.HOT:
                pause = self.hot if self.is_working(now) else max(self.quiet, self.hot)
                return now - pause + timedelta(microseconds=1)
            case Tier.WARM:
                return now - self.warm + timedelta(microseconds=1)
            case Tier.COLD:
                here = now.astimezone(self.zone)
                due = datetime.combine(here.date(), self.cold_at, self.zone)
                due = due if due <= here else due - timedelta(days=1)
                return due.astimezone(UTC)
