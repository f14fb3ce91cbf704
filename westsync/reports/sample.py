"""Made-up rows with every case a template must bear: for trying templates when they are loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.domain.intents import ObjectRef
from westsync.reports.gathered import (
    Channel,
    DealLine,
    Fate,
    Gathered,
    Invoice,
    Occurrence,
    Receipt,
    Request,
    Standard,
    Talk,
    Verdict,
)
from westsync.reports.periods import period_before
from westsync.reports.spread import Length

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.working_time import WorkingCalendar
    from westsync.reports.model import Period
    from westsync.reports.words import Words

_MANY = 40  # more than a mail shows
_LONG = "Комплект «Звук & свет» <для зала>, "


def samples(words: Words, office: WorkingCalendar, period: Period) -> Iterator[Gathered]:
    """Yield rows that together ask for every word a report can ask for.

    Args:
        words: Of the configuration.
        office: Its calendar.
        period: Whole days; a week serves every report.
    """
    nothing = Gathered(
        account="main",
        words=words,
        office=office,
        period=period,
        now=period.ends_at,
    )
    yield nothing
    yield replace(
        nothing,
        notes=("=HYPERLINK(1)",),
        requests=tuple(_requests(period)),
        talks=(Talk(ref=ObjectRef(kind="todo", id="1"), person="", is_held=True),),
        answer_limit=timedelta(minutes=10),
        money_from="onec",
        invoices=tuple(_invoices(period)),
        receipts=tuple(_receipts(period)),
        undated_payments=(ObjectRef(kind="invoice", id="9"),),
        standards=(
            Standard(
                rule="first-contact",
                step="P1.1",
                title=_LONG,
                limit=timedelta(minutes=10),
                limit_words="10",
            ),
        ),
        occurrences=tuple(_occurrences(period)),
    )


def _deal(number: int, channel: Channel, manager: str) -> DealLine:
    return DealLine(
        ref=ObjectRef(kind="deal", id=str(number)),
        number=str(number),
        name=_LONG * (number % 3),
        url=f"https://example.test/deals/{number}/card/",
        manager=manager,
        channel=channel,
    )


def _requests(period: Period) -> Iterator[Request]:
    sources = ("Сайт", "Входящий звонок", "Исходящий звонок", "")
    fates = (Fate.WAITING, Fate.DEAL, Fate.LOST)
    for number in range(_MANY):
        channel = tuple(Channel)[number % 4]
        at = period.begins_at + timedelta(minutes=number, hours=10)
        touched = (None, at + timedelta(minutes=3), at + timedelta(days=3))[number % 3]
        yield Request(
            deal=_deal(number, channel, ("Иванов Пётр", "")[number % 2]),
            source=sources[number % 4],
            created_at=at,
            fate=fates[number % 3],
            passed=number % 2 == 0,
            client_is_new=(True, False, None)[number % 3],
            touched_at=touched,
            is_touch_known=number % 5 != 4,
            owes_call=channel is not Channel.INCOMING_CALL,
        )


def _invoices(period: Period) -> Iterator[Invoice]:
    for number, channel in enumerate(Channel):
        yield Invoice(
            ref=ObjectRef(kind="invoice", id=str(number)),
            number=f"ЗТ-{number}",
            dated=period.first,
            client=_LONG,
            amount=Decimal("1234.50") * number,
            deal=None if number == 0 else _deal(number, channel, "Иванов Пётр"),
        )


def _receipts(period: Period) -> Iterator[Receipt]:
    for number, amount in enumerate(("1234567.89", "-100.00", "0.01")):
        yield Receipt(
            ref=ObjectRef(kind="payment", id=str(number)),
            dated=period.first,
            payer=_LONG,
            amount=Decimal(amount),
            invoice="" if number == 0 else f"ЗТ-{number}",
            deal=None if number == 0 else _deal(number, Channel.REQUEST, ""),
        )


def _occurrences(period: Period) -> Iterator[Occurrence]:
    minutes = {Verdict.MET: 3, Verdict.LATE: 4000, Verdict.RUNNING: 5}
    for number in range(12):
        verdict = tuple(Verdict)[number % 3]
        week = period if number % 4 else period_before(period)
        yield Occurrence(
            rule="first-contact",
            ref=ObjectRef(kind="deal", id=str(number)),
            shown=_LONG,
            url="https://example.test/",
            manager=("Иванов Пётр", "")[number % 2],
            started_at=week.begins_at + timedelta(hours=10 + number),
            verdict=verdict,
            length=Length(timedelta(minutes=minutes[verdict]), is_exact=number % 5 != 0),
        )
