"""How values are written for Russian readers: «1 234,50 ₽», «1 ч 30 мин», «24 ноября 2026»."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.reports.model import Kind

if TYPE_CHECKING:
    from westsync.reports.model import Cell, Period, Value
    from westsync.reports.words import Words

NBSP = "\N{NO-BREAK SPACE}"
DASH = "\N{EM DASH}"
_MINUS = "\N{MINUS SIGN}"
_CENT = Decimal("0.01")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""Keys of words; what they say is Russian."""


class Formats:
    """Writes values in one zone with one language's words."""

    def __init__(self, words: Words, zone: str) -> None:
        """Bind words and the IANA zone of all shown moments."""
        self._words = words
        self._zone = ZoneInfo(zone)

    def shown(self, cell: Cell, kind: Kind) -> str:
        """Return a cell for people; a dash for what is not known."""
        if cell.value is None:
            return DASH
        text = self._value(cell.value, kind)
        return self._words.say("values.at_most", value=text) if cell.at_most else text

    def _value(self, value: Value, kind: Kind) -> str:
        match value:
            case timedelta():
                return self.length(value)
            case datetime():
                return self.moment(value)
            case date():
                return f"{value:%d.%m.%Y}"
            case Decimal():
                return self._decimal(value, kind)
            case int():
                return grouped(value)
            case _:
                return str(value)

    def _decimal(self, value: Decimal, kind: Kind) -> str:
        match kind:
            case Kind.SHARE:
                return f"{whole_percent(value)}{NBSP}%"
            case Kind.CHANGE:
                points = whole_percent(value)
                sign = "+" if points > 0 else (_MINUS if points < 0 else "")
                return f"{sign}{abs(points)}{NBSP}{self._words.say('values.points')}"
            case _:
                return self.money(value)

    def moment(self, at: datetime) -> str:
        """Return date and time of the zone: ``24.11.2026 10:05``."""
        return f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"

    def money(self, amount: Decimal) -> str:
        """Return roubles with two places: ``1 234,50 ₽``."""
        cents = amount.quantize(_CENT, ROUND_HALF_UP)
        text = f"{abs(cents):,.2f}".replace(",", NBSP).replace(".", ",")
        return f"{_MINUS if cents < 0 else ''}{text}{NBSP}{self._words.say('values.currency')}"

    def length(self, length: timedelta) -> str:
        """Return counted time in hours and minutes; days would not be working days."""
        hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
        hours_word = f"{grouped(hours)}{NBSP}{self._words.say('values.hours')}"
        minutes_word = f"{minutes}{NBSP}{self._words.say('values.minutes')}"
        if not hours:
            return minutes_word
        return f"{hours_word} {minutes_word}" if minutes else hours_word

    def period(self, period: Period) -> str:
        """Return days in words; month and year are said once where they are the same."""
        first, last = period.first, period.last
        if first == last:
            weekday = self._words.say(f"weekdays.{WEEKDAYS[first.weekday()]}")
            return f"{self.long_day(first)}, {weekday}"
        if first.year != last.year:
            begin = self.long_day(first)
        elif first.month != last.month:
            begin = f"{first.day}{NBSP}{self._month(first)}"
        else:
            begin = str(first.day)
        return f"{begin} \N{EN DASH} {self.long_day(last)}"

    def long_day(self, day: date) -> str:
        """Return ``24 ноября 2026``."""
        return f"{day.day}{NBSP}{self._month(day)}{NBSP}{day.year}"

    def _month(self, day: date) -> str:
        return self._words.say(f"months.{MONTHS[day.month - 1]}")


def grouped(number: int) -> str:
    """Return a number with its thousands apart; the minus is a minus, not a hyphen."""
    text = f"{abs(number):,}".replace(",", NBSP)
    return f"{_MINUS}{text}" if number < 0 else text


def whole_percent(share: Decimal) -> int:
    """Return a share as whole percent, halves away from zero."""
    return int((share * 100).quantize(Decimal(1), ROUND_HALF_UP))
