"""Intervals of time in filters; days are meant in the account's zone (contract 2.9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.sandbox.megaplan.bodies import accept
from westsync.sandbox.megaplan.wire import Doc, invalid, read_moment

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.core import Core

SPANS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "workDay": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "quarter": timedelta(days=91),
    "year": timedelta(days=365),
}


def interval(core: Core, value: object) -> tuple[datetime | None, datetime | None]:
    """Return [since, until); days are meant in the account's zone."""
    kind = value.get("contentType") if isinstance(value, dict) else None
    if not isinstance(value, dict) or kind is None:
        raise invalid("'stdClass' is not assignable to 'IntervalDates|IntervalTime'")
    one_day = timedelta(days=1)
    match kind:
        case "DateOnly":
            return day_starts(core, value), day_starts(core, value) + one_day
        case "IntervalDates":
            since, until = (_bound(core, value.get(end), "DateOnly") for end in ("from", "to"))
            return since, until + one_day if until else None
        case "IntervalTime":
            since, until = (_bound(core, value.get(end), "DateTime") for end in ("from", "to"))
            return since, until + timedelta(seconds=1) if until else None
        case "FilterTermDateValue":
            return _relative(core, value)
        case _:
            raise invalid(f"'{kind}' is not assignable to 'IntervalDates|IntervalTime'")


def _bound(core: Core, value: object, kind: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("contentType") != kind:
        raise invalid(f"'stdClass' is not assignable to '{kind}'")
    return day_starts(core, value) if kind == "DateOnly" else read_moment(value)


def day_starts(core: Core, value: Doc) -> datetime:
    """Return the moment at which a ``DateOnly`` begins in the account's zone.

    Raises:
        Refused: 422, it is no calendar date.
    """
    accept(core, value, ("DateOnly",), creating=False)
    try:
        year, month, day = int(value["year"]), int(value["month"]) + 1, int(value["day"])
        return datetime(year, month, day, tzinfo=core.zone)
    except (KeyError, TypeError, ValueError) as exc:
        raise invalid("DateOnly is not a calendar date; month counts from zero") from exc


def _relative(core: Core, value: Doc) -> tuple[datetime | None, datetime | None]:
    """Read ``FilterTermDateValue``; the semantics are INFERRED, a month is 30 days (2.9)."""
    mode, count = str(value.get("mode")), value.get("value")
    now = core.now
    if isinstance(count, dict) and count.get("contentType") == "DateOnly":
        start = day_starts(core, count)
        end = start + timedelta(days=1)
        return {
            "before": (None, start),
            "before_or_equal": (None, end),
            "later": (end, None),
            "later_or_equal": (start, None),
        }.get(mode, (start, end))
    span = SPANS.get(str(value.get("unit")))
    if span is None or not isinstance(count, int):
        raise invalid("FilterTermDateValue needs mode, unit and a whole value")
    ends: dict[str, tuple[datetime | None, datetime | None]] = {
        "past": (now - span * count, now + timedelta(seconds=1)),
        "next": (now, now + span * count),
        "current": (now - span, now + span),
        "before_on": (None, now - span * count),
        "before_from": (None, now - span * count),
        "later_on": (now + span * count, None),
        "later_from": (now + span * count, None),
    }
    if mode not in ends:
        raise invalid(f"'{mode}' needs a DateOnly", "mode")
    return ends[mode]
