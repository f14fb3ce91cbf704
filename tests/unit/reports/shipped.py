"""The shipped words and templates of reports, and plain rows for tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.configuration import read_configuration
from westsync.app.reports import report_settings
from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.intents import ObjectRef
from westsync.domain.working_time import WorkingCalendar
from westsync.reports.gathered import Channel, DealLine, Fate, Gathered, Invoice, Request
from westsync.reports.model import Period

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.jobs.report_settings import ReportSettings

CONFIG = Path(__file__).parents[3] / "config"
MOSCOW = "Europe/Moscow"
TUESDAY = Period(first=date(2026, 11, 24), last=date(2026, 11, 24), zone=MOSCOW)
LONG_NAME = "Общество с ограниченной ответственностью «Дворец культуры и спорта», " * 3


@cache
def settings() -> ReportSettings:
    return report_settings(read_configuration(CONFIG, {}))


@cache
def office() -> WorkingCalendar:
    spec = CalendarSpec.parse(
        name="office",
        zone=MOSCOW,
        windows=("09:00-13:00", "14:00-18:00"),
        days="mon-fri",
        country="RU",
    )
    return WorkingCalendar(spec)


def gathered(**rows: object) -> Gathered:
    base: dict[str, object] = {
        "account": "main",
        "words": settings().words,
        "office": office(),
        "period": TUESDAY,
        "now": TUESDAY.ends_at,
        "answer_limit": timedelta(minutes=10),
    }
    return Gathered(**(base | rows))  # type: ignore[arg-type]  # rows are named by each test


def a_line(
    number: int = 1,
    *,
    manager: str = "Иванов Пётр",
    channel: Channel = Channel.REQUEST,
    name: str = "",
) -> DealLine:
    return DealLine(
        ref=ObjectRef(kind="deal", id=str(number)),
        number=str(number),
        name=name,
        url=f"https://mp.example.test/deals/{number}/card/",
        manager=manager,
        channel=channel,
    )


def a_request(
    number: int = 1,
    *,
    at: datetime = TUESDAY.begins_at + timedelta(hours=10),
    answered_after: timedelta | None = timedelta(minutes=5),
    source: str = "Сайт",
    manager: str = "Иванов Пётр",
    channel: Channel = Channel.REQUEST,
    fate: Fate = Fate.DEAL,
    name: str = "",
    known: bool = True,
) -> Request:
    return Request(
        deal=a_line(number, manager=manager, channel=channel, name=name),
        source=source,
        created_at=at,
        fate=fate,
        passed=bool(manager),
        client_is_new=True,
        touched_at=None if answered_after is None else at + answered_after,
        is_touch_known=known,
        owes_call=channel is not Channel.INCOMING_CALL,
    )


def an_invoice(number: int = 1, *, amount: str = "1234.50", manager: str = "Иванов") -> Invoice:
    return Invoice(
        ref=ObjectRef(kind="invoice", id=str(number)),
        number=f"ЗТ-{number}",
        dated=TUESDAY.first,
        client=LONG_NAME,
        amount=Decimal(amount),
        deal=a_line(number, manager=manager),
    )
