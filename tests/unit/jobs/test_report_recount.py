"""Figures equal an independent recount from the raw records, on random days (issue 7).

The recount is written another way on purpose: dates as text, working time minute by minute, the
production calendar from hand-written tables, no function of the reports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.production_calendars import SHORT_DAYS, WEEKDAYS_OFF, WORKING_SATURDAYS, dates
from tests.unit.jobs.report_company import (
    LOST,
    MSK,
    NAMES,
    NEW,
    OFFER,
    OLGA,
    PETR,
    SECRETARY,
    WON,
    Books,
)
from westsync.domain.records import CrmInvoice
from westsync.jobs.reporting import make_report, period_asked

if TYPE_CHECKING:
    from westsync.reports.model import Report, Value

CALLS = {"Входящий звонок", "Телефон"}
SOURCES = ("Сайт", "Входящий звонок", "телефон ", "Исходящий звонок", "", None, "Почта")


@dataclass(frozen=True)
class Raw:
    """One deal as it lies in the CRM."""

    id: str
    at: datetime
    source: str | None
    manager: str | None
    state: str
    client_at: datetime | None
    touched_at: datetime | None


@st.composite
def worlds(draw: st.DrawFn) -> tuple[date, tuple[Raw, ...]]:
    day = draw(st.dates(date(2025, 1, 13), date(2026, 12, 28)))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=MSK)
    deals = []
    for number in range(draw(st.integers(0, 14))):
        created = noon + timedelta(minutes=draw(st.integers(-3 * 1440, 1440)))
        client = draw(st.sampled_from((None, -3000, -1, 0, 200)))
        touched = draw(st.sampled_from((None, 0, 4, 10, 11, 90, 700, 5000)))
        deals.append(
            Raw(
                id=str(500 + number),
                at=created,
                source=draw(st.sampled_from(SOURCES)),
                manager=draw(st.sampled_from((SECRETARY, OLGA, PETR, None))),
                state=draw(st.sampled_from((NEW, OFFER, WON, LOST))),
                client_at=None if client is None else created + timedelta(minutes=client),
                touched_at=None if touched is None else created + timedelta(minutes=touched),
            )
        )
    return day, tuple(deals)


# -- the recount -----------------------------------------------------------------------------------


@cache
def open_minutes(day: str) -> frozenset[int]:
    """Return the minutes of a local date that the office works, from the published calendar."""
    one = date.fromisoformat(day)
    off = dates(one.year, WEEKDAYS_OFF[one.year])
    works = (one.weekday() < 5 and one not in off) or one in dates(
        one.year, WORKING_SATURDAYS[one.year]
    )
    if not works:
        return frozenset()
    end = 17 if one in dates(one.year, SHORT_DAYS[one.year]) else 18
    return frozenset((*range(9 * 60, 13 * 60), *range(14 * 60, end * 60)))


def worked(begin: datetime, end: datetime) -> int:
    minute, count = begin, 0
    while minute < end:
        count += minute.hour * 60 + minute.minute in open_minutes(minute.strftime("%Y-%m-%d"))
        minute += timedelta(minutes=1)
    return count


def is_call(raw: Raw) -> bool:
    return (raw.source or "").strip().lower() in {call.lower() for call in CALLS}


def recount(day: date, deals: tuple[Raw, ...], now: datetime) -> dict[str, object]:
    found: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    waits = []
    for raw in deals:
        if raw.at.strftime("%Y-%m-%d") != str(day):
            continue
        found["calls" if is_call(raw) else "requests"] += 1
        sources[(raw.source or "").strip() or "Источник не указан"] += 1
        found["deals"] += raw.state in {OFFER, WON}
        if raw.client_at is not None and raw.client_at.strftime("%Y-%m-%d") >= str(day):
            found["new_clients"] += 1
        if raw.manager in {OLGA, PETR}:
            found["passed"] += 1
            passed[NAMES[raw.manager]] += 1
        if not is_call(raw):
            minutes = worked(raw.at, raw.touched_at or now)
            if raw.touched_at is not None or minutes > 10:
                waits.append(minutes)
    waits.sort()
    return {
        **{key: found[key] for key in ("calls", "requests", "deals", "new_clients", "passed")},
        "late": sum(minutes > 10 for minutes in waits),
        "median": waits[(len(waits) + 1) // 2 - 1] if waits else None,
        "sources": dict(sources),
        "managers": dict(passed),
    }


# -- what the report says --------------------------------------------------------------------------


def figure(report: Report, key: str) -> Value:
    return next(one.cell.value for one in report.figures if one.id == key)


def column(report: Report, table: str, key: str) -> dict[str, int]:
    found = next(one for one in report.tables if one.id == table)
    position = found.position(key)
    return {str(row.cells[0].value): row.cells[position].value for row in found.rows}  # type: ignore[misc]  # counts


def said(report: Report) -> dict[str, object]:
    median = figure(report, "median")
    managers = column(report, "managers", "all")
    managers.pop("Не передана менеджеру", None)
    return {
        **{key: figure(report, key) for key in ("calls", "requests", "deals", "new_clients")},
        "passed": figure(report, "passed"),
        "late": figure(report, "late"),
        "median": median // timedelta(minutes=1) if isinstance(median, timedelta) else None,
        "sources": column(report, "sources", "all"),
        "managers": managers,
    }


def filled(deals: tuple[Raw, ...], now: datetime) -> Books:
    books = Books(now)
    for raw in deals:
        if raw.client_at is not None:
            books.client(f"c{raw.id}", at=raw.client_at)
        books.deal(
            raw.id,
            at=raw.at,
            source=raw.source,
            manager=raw.manager,
            state=raw.state,
            client=f"c{raw.id}" if raw.client_at is not None else None,
        )
        books.touch(raw.id, raw.touched_at)
    return books


def a_raw(when: datetime, touched_after: int) -> Raw:
    return Raw("500", when, "Сайт", PETR, OFFER, when, when + timedelta(minutes=touched_after))


@settings(max_examples=40)
@given(worlds())
@example((date(2025, 11, 1), (a_raw(datetime(2025, 11, 1, 16, 58, tzinfo=MSK), 6000),)))
@example((date(2025, 12, 31), (a_raw(datetime(2025, 12, 31, 23, 59, tzinfo=MSK), 17000),)))
@example((date(2026, 11, 3), (a_raw(datetime(2026, 11, 3, 16, 55, tzinfo=MSK), 3000),)))
@example((date(2026, 2, 28), (a_raw(datetime(2026, 2, 28, 0, 0, tzinfo=MSK), 5000),)))
def test_the_secretarys_report_equals_a_recount_on_any_day(
    world: tuple[date, tuple[Raw, ...]],
) -> None:
    day, deals = world
    now = datetime(day.year, day.month, day.day, 12, tzinfo=MSK) + timedelta(days=15)
    books = filled(deals, now)

    report = make_report(
        "secretary-daily", period_asked("secretary-daily", day, books.sources), books.sources
    )

    books.close()
    assert said(report) == recount(day, deals, now)


@st.composite
def bills(draw: st.DrawFn) -> tuple[tuple[str, str, date | None, datetime | None, Decimal], ...]:
    """Return bills of deals: deal, status, date, moment of payment, sum."""
    moments = st.datetimes(datetime(2026, 10, 30), datetime(2026, 11, 2, 23))  # noqa: DTZ001 - made aware below
    return tuple(
        (
            str(500 + draw(st.integers(0, 3))),
            draw(st.sampled_from(("created", "drawn", "paid", "rejected"))),
            draw(st.none() | st.dates(date(2026, 10, 30), date(2026, 11, 2))),
            draw(st.none() | moments.map(lambda at: at.replace(tzinfo=MSK))),
            draw(st.decimals("0.01", "999999.99", places=2)),
        )
        for _ in range(draw(st.integers(0, 12)))
    )


@pytest.mark.parametrize(
    "begins",
    [date(2026, 10, 30), date(2025, 12, 30), date(2025, 10, 31), date(2026, 2, 27)],
    ids=["month", "year", "working Saturday", "February"],
)
@settings(max_examples=20)
@given(bills=bills(), days_on=st.integers(0, 3))
def test_the_sales_report_equals_a_recount_through_the_end_of_a_month(
    bills: tuple[tuple[str, str, date | None, datetime | None, Decimal], ...],
    days_on: int,
    begins: date,
) -> None:
    shift = begins - date(2026, 10, 30)
    day = begins + timedelta(days=days_on)
    bills = tuple(
        (deal, status, on and on + shift, paid_at and paid_at + shift, total)
        for deal, status, on, paid_at, total in bills
    )
    books = Books(datetime(2026, 11, 3, 9, tzinfo=MSK) + shift)
    by_deal: dict[str, list[CrmInvoice]] = defaultdict(list)
    for number, (deal, status, issued_on, paid_at, total) in enumerate(bills):
        by_deal[deal].append(
            CrmInvoice(
                id=str(number),
                number=str(number),
                status=status,
                total=total,
                issued_on=issued_on,
                paid_at=paid_at,
            )
        )
    sources = {"500": "Сайт", "501": "Входящий звонок", "502": "Исходящий звонок", "503": None}
    for deal, owned in by_deal.items():
        books.deal(
            deal,
            at=datetime(2026, 10, 1, tzinfo=MSK) + shift,
            source=sources[deal],
            manager=OLGA if deal == "500" else PETR,
            invoices=tuple(owned),
        )

    report = make_report(
        "sales-daily", period_asked("sales-daily", day, books.sources), books.sources
    )
    books.close()

    issued = [b for b in bills if b[1] in {"drawn", "paid"} and str(b[2]) == str(day)]
    paid = [
        b for b in bills if b[1] == "paid" and b[3] is not None and f"{b[3]:%Y-%m-%d}" == str(day)
    ]
    assert figure(report, "issued") == len(issued)
    assert figure(report, "issued_sum") == sum((b[4] for b in issued), Decimal(0))
    assert figure(report, "paid") == len(paid)
    assert figure(report, "paid_sum") == sum((b[4] for b in paid), Decimal(0))
    olgas = [b[4] for b in issued if b[0] == "500"]
    assert column(report, "managers", "issued_sum").get(NAMES[OLGA], 0) == sum(olgas)
    calls = [b for b in issued if b[0] == "501"]
    assert column(report, "channels", "issued")["Входящие звонки"] == len(calls)
    without_day = [b for b in bills if b[1] == "paid" and b[3] is None]
    assert any("без дня оплаты" in note for note in report.notes) == bool(without_day)
