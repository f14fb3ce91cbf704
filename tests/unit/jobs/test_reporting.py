"""Promises of what reports gather: answers, money of 1C, episodes, and what they say is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from tests.unit.domain.ledger_documents import a_payment, an_invoice, linked
from tests.unit.jobs.report_company import (
    OFFER,
    PETR,
    SECRETARY,
    Books,
    a_touch,
    at,
    books,
    without,
)
from westsync.domain.episodes import Episode, Pause, Phase
from westsync.domain.intents import ObjectRef
from westsync.domain.ledger import MoneyKind
from westsync.domain.records import TodoRecord
from westsync.errors import UnexpectedReply
from westsync.jobs.reporting import (
    draw,
    gather,
    keep,
    make_report,
    period_asked,
    period_due,
)
from westsync.journal.ledger import Kind, Pass
from westsync.reports.cells import cell_at
from westsync.reports.gathered import Verdict
from westsync.reports.spread import Length

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from westsync.jobs.report_sources import Sources
    from westsync.reports.gathered import Occurrence, Receipt
    from westsync.reports.model import Report

TUESDAY = date(2026, 11, 24)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def evening() -> Iterator[Books]:
    """The books on Tuesday at 19:30."""
    yield from books(at(24, 19, 30))


def report_of(name: str, sources: Sources, day: date = TUESDAY) -> Report:
    return make_report(name, period_asked(name, day, sources), sources)


def value(report: Report, path: str) -> object:
    return cell_at(report, path)[0].value


# -- requests --------------------------------------------------------------------------------------


def test_an_answer_that_was_not_read_is_unknown_and_not_late(evening: Books) -> None:
    evening.deal("501", at=at(24, 9))

    report = report_of("secretary-daily", evening.sources)

    assert (value(report, "late"), value(report, "answers/Сайт/unread")) == (0, 1)
    assert any("не прочитана у 1" in note for note in report.notes)


def test_that_nobody_answered_is_believed_for_half_an_hour(evening: Books) -> None:
    evening.deal("501", at=at(24, 9))
    evening.deal("502", at=at(24, 9))
    evening.touch("501", None, read_at=at(24, 19, 10))
    evening.touch("502", None, read_at=at(24, 18, 50))

    report = report_of("secretary-daily", evening.sources)

    assert (value(report, "late"), value(report, "answers/Сайт/unread")) == (1, 1)


def test_with_a_connection_only_unknown_answers_are_read(evening: Books) -> None:
    crm = FakeCrm(FakeClock(evening.now))
    for number, source in ((501, "Сайт"), (502, "Сайт"), (503, "Входящий звонок")):
        deal = evening.deal(str(number), at=at(24, 9), source=source)
        crm.put_deal(deal)
    evening.touch("501", at(24, 9, 5))
    crm.touches["502"] = [a_touch(at(24, 9, 30))]
    crm.touches["503"] = [a_touch(at(24, 9, 30))]

    report = report_of("secretary-daily", replace(evening.sources, reader=crm))

    assert (value(report, "answers/Сайт/in_time"), value(report, "late")) == (1, 1)
    read = [
        evening.store.mirror.details(ObjectRef(kind="deal", id=i)).read_at for i in ("502", "503")
    ]
    assert [bool(one) for one in read] == [True, False]
    assert report.notes == ("Состоявшиеся звонки не посчитаны: Megaplan о них не спрашивали.",)


def test_a_crm_that_does_not_answer_leaves_a_note_and_a_report(evening: Books) -> None:
    crm = FakeCrm(FakeClock(evening.now))
    crm.put_deal(evening.deal("501", at=at(24, 9)))
    crm.break_next("before")

    report = report_of("secretary-daily", replace(evening.sources, reader=crm))

    assert value(report, "requests") == 1
    assert "время ответа по ним неизвестно" in report.notes[0]


def test_what_came_on_the_days_off_stands_in_mondays_report_apart(evening: Books) -> None:
    evening.deal("501", at=at(21, 12))
    evening.deal("502", at=at(22, 23, 59))
    evening.deal("503", at=at(23, 0, 0))

    report = report_of("secretary-daily", evening.sources, date(2026, 11, 23))

    assert value(report, "requests") == 1
    assert value(report, "days_off/21.11.2026/all") == 1
    assert value(report, "days_off/22.11.2026/all") == 1


def test_a_deal_of_a_secretary_is_not_passed_on(evening: Books) -> None:
    evening.deal("501", at=at(24, 9), manager=SECRETARY)
    evening.deal("502", at=at(24, 9), manager=None)
    evening.deal("503", at=at(24, 9), manager=PETR)

    report = report_of("secretary-daily", evening.sources)

    assert value(report, "managers/Не передана менеджеру/all") == 2
    assert value(report, "managers/Иванов Пётр/all") == 1


def test_without_a_rule_of_p11_answers_are_not_judged(evening: Books) -> None:
    evening.deal("501", at=at(24, 9))

    report = report_of("secretary-daily", without(evening.sources, "first-contact"))

    assert "answers" not in {table.id for table in report.tables}
    assert any("P1.1" in note for note in report.notes)


class Talks:
    """The CRM's list of todos, told what to say."""

    def __init__(self, *found: TodoRecord, breaks: bool = False) -> None:
        self._found = found
        self._breaks = breaks

    def closed_talks(self, begins_at: datetime, ends_at: datetime) -> Sequence[TodoRecord]:
        assert begins_at < ends_at
        if self._breaks:
            raise UnexpectedReply("megaplan", "GET /todo", "more than 50 pages")
        return self._found


def a_talk(number: int, **parts: Any) -> TodoRecord:
    plain: dict[str, Any] = {
        "id": str(number),
        "name": "Звонок",
        "category": "call",
        "status": "success",
        "responsible_id": PETR,
        "created_at": at(24, 9),
        "starts_at": None,
        "finished_at": at(24, 11),
    }
    return TodoRecord(**plain | parts)


def test_talks_are_counted_by_person_and_only_those_that_took_place_that_day(
    evening: Books,
) -> None:
    talks = Talks(
        a_talk(1),
        a_talk(2, status="fail"),
        a_talk(3, category="event"),
        a_talk(4, status="scheduled", finished_at=None),
        a_talk(5, finished_at=at(25, 0, 0)),
        a_talk(6, responsible_id="1000099"),
    )

    report = report_of("secretary-daily", replace(evening.sources, talks=talks))

    assert value(report, "talks/Иванов Пётр/held") == 1
    assert value(report, "talks/Иванов Пётр/unanswered") == 1
    assert len(next(t for t in report.tables if t.id == "talks").rows) == 1


def test_talks_that_cannot_be_read_leave_a_note(evening: Books) -> None:
    report = report_of("secretary-daily", replace(evening.sources, talks=Talks(breaks=True)))

    assert any("more than 50 pages" in note for note in report.notes)


def test_a_report_says_that_the_mirror_is_old(evening: Books) -> None:
    evening.now = at(25, 11)

    report = report_of("secretary-daily", evening.sources)

    assert report.notes[0].startswith("Megaplan прочитан последний раз 24.11.2026 19:30")


def test_a_late_report_says_so(evening: Books) -> None:
    sources = evening.sources
    period = period_asked("sales-daily", TUESDAY, sources)

    report = make_report("sales-daily", period, sources, due_at=at(24, 19, 30))

    assert report.notes[0] == "Отчёт опоздал: он должен был прийти 24.11.2026 19:30."


# -- money of 1C -----------------------------------------------------------------------------------


def receipts_of(evening: Books) -> tuple[Receipt, ...]:
    sources = replace(evening.sources, ledger=evening.store.report_money)
    period = period_asked("sales-daily", TUESDAY, sources)
    return gather("sales-daily", period, sources).receipts


def keep_documents(evening: Books, kind: Kind, *documents: Any) -> None:
    evening.store.ledger.keep(Pass(kind=kind, changed=documents), evening.now)


def test_with_1c_posted_documents_of_the_day_count_and_lead_to_their_deals(
    evening: Books,
) -> None:
    evening.deal("501", at=at(20), source="Исходящий звонок", state=OFFER)
    ours = an_invoice("1", TUESDAY, comment="WS:megaplan:deal:501:invoice:1", total="100.00")
    others = [
        an_invoice("2", TUESDAY, posted=False),
        an_invoice("3", TUESDAY, marked=True),
        an_invoice("4", TUESDAY - timedelta(days=1)),
        an_invoice("5", TUESDAY, total="7.00"),
    ]
    keep_documents(evening, Kind.INVOICES, ours, *others)
    keep_documents(
        evening,
        Kind.PAYMENTS,
        a_payment("60.00", dated=TUESDAY, rows=linked(ours, amounts=("60.00",))),
    )

    report = report_of("sales-daily", replace(evening.sources, ledger=evening.store.report_money))

    assert value(report, "issued_sum") == Decimal("107.00")
    assert value(report, "channels/outgoing_call/issued_sum") == Decimal("100.00")
    assert value(report, "channels/outgoing_call/paid_sum") == Decimal("60.00")
    assert value(report, "managers/Сделка не найдена/issued_sum") == Decimal("7.00")
    assert cell_at(report, "managers/Иванов Пётр/paid_sum")[0].refs == (
        ObjectRef(kind="deal", id="501"),
    )
    assert report.notes == ("Счета и оплаты взяты из 1С.",)


def test_a_payment_is_divided_among_invoices_and_the_rest_belongs_to_none(
    evening: Books,
) -> None:
    one, two = an_invoice("1", TUESDAY, total="30.00"), an_invoice("2", TUESDAY, total="50.00")
    keep_documents(evening, Kind.INVOICES, one, two)
    keep_documents(
        evening, Kind.PAYMENTS, a_payment("100.00", dated=TUESDAY, rows=linked(one, two))
    )

    found = receipts_of(evening)

    assert sorted((one.invoice, one.amount) for one in found) == [
        ("", Decimal("20.00")),
        ("1", Decimal("30.00")),
        ("2", Decimal("50.00")),
    ]
    assert len({one.ref for one in found}) == 1


def test_a_bank_row_and_its_document_are_one_payment(evening: Books) -> None:
    booked = a_payment("100.00", dated=TUESDAY)
    row = replace(booked, ref=type(booked.ref)("bank:abc"))
    keep_documents(evening, Kind.PAYMENTS, booked, row)

    assert [one.ref.id for one in receipts_of(evening)] == [booked.ref]


def test_refunds_lessen_the_day_and_other_money_is_not_the_buyers(evening: Books) -> None:
    keep_documents(
        evening,
        Kind.PAYMENTS,
        a_payment("100.00", dated=TUESDAY),
        a_payment("-30.00", dated=TUESDAY, operation="ВозвратПокупателю"),
        a_payment("500.00", dated=TUESDAY, operation="ПолучениеКредита"),
        a_payment("900.00", dated=TUESDAY, kind=MoneyKind.OUT, operation="ОплатаПоставщику"),
        a_payment("70.00", dated=TUESDAY, posted=False),
    )

    assert sum(one.amount for one in receipts_of(evening)) == Decimal("70.00")


# -- episodes --------------------------------------------------------------------------------------


def episodes_of(evening: Books) -> dict[str, Occurrence]:
    sources = evening.sources
    period = period_asked("process-weekly", TUESDAY, sources)
    found = gather("process-weekly", period, sources).occurrences
    return {one.ref.id: one for one in found}


def remember(evening: Books, deal: str, episode: Episode, *, forgotten: bool = False) -> None:
    evening.deal(deal, at=at(24, 9))
    ref = ObjectRef(kind="deal", id=deal)
    with evening.store.transaction():
        evening.store.episodes.save_decision(ref, (episode,), None)
        if forgotten:
            evening.store.episodes.forget(ref, [episode.rule])


def an_episode(**parts: Any) -> Episode:
    plain: dict[str, Any] = {
        "rule": "first-contact",
        "phase": Phase.OPEN,
        "started_at": at(24, 9),
        "noticed_at": at(24, 9),
    }
    return Episode(**plain | parts)


def test_an_episode_is_late_when_the_step_of_its_limit_ran(evening: Books) -> None:
    reminded = an_episode(phase=Phase.CLEARED, cleared_at=at(24, 9, 9), fired={"call": 0})
    escalated = replace(reminded, cleared_at=at(24, 9, 30), fired={"call": 0, "to-head": 2})
    remember(evening, "501", reminded)
    remember(evening, "502", escalated)
    remember(evening, "503", an_episode(fired={"call": 0}))

    found = episodes_of(evening)

    assert {key: (one.verdict, one.length) for key, one in found.items()} == {
        "501": (Verdict.MET, Length(9 * MINUTE)),
        "502": (Verdict.LATE, Length(30 * MINUTE)),
        "503": (Verdict.RUNNING, Length(10 * MINUTE)),
    }


def test_a_duty_done_before_its_first_step_is_met_and_took_at_most_that_long(
    evening: Books,
) -> None:
    remember(evening, "501", an_episode(phase=Phase.POSSIBLE), forgotten=True)
    remember(evening, "502", an_episode(phase=Phase.POSSIBLE))

    found = episodes_of(evening)

    assert list(found) == ["501"]
    assert found["501"].verdict is Verdict.MET
    assert found["501"].length == Length(5 * MINUTE, is_exact=False)


def test_pauses_do_not_count_and_lunch_does_not_either(evening: Books) -> None:
    pause = Pause(since=at(24, 10), until=at(24, 11))
    remember(
        evening,
        "501",
        an_episode(
            started_at=at(24, 9),
            phase=Phase.CLEARED,
            cleared_at=at(24, 14, 30),
            pauses=(pause,),
            fired={"to-head": 0},
        ),
    )

    assert episodes_of(evening)["501"].length == Length(timedelta(hours=3, minutes=30))


def test_the_trend_compares_with_the_week_before(evening: Books) -> None:
    late = an_episode(phase=Phase.CLEARED, cleared_at=at(24, 12), fired={"to-head": 0})
    remember(evening, "501", replace(late, started_at=at(17, 9), cleared_at=at(17, 12)))
    remember(evening, "502", replace(late, fired={}, cleared_at=at(24, 9, 3)))
    remember(evening, "503", replace(late, started_at=at(9, 9)))

    report = report_of("process-weekly", evening.sources)

    assert value(report, "episodes") == 1
    assert value(report, "standards/first-contact/before") == 0
    assert value(report, "standards/first-contact/trend") == 1
    assert value(report, "standards/first-contact/limit") == "10 мин"


def test_an_object_that_is_gone_is_left_out(evening: Books) -> None:
    remember(evening, "501", an_episode(fired={"to-head": 0}))
    evening.store.mirror.mark_gone([ObjectRef(kind="deal", id="501")], evening.now)

    assert episodes_of(evening) == {}


# -- files -----------------------------------------------------------------------------------------


def test_the_files_of_a_report_are_whole_and_replace_older_ones(
    evening: Books, tmp_path: Path
) -> None:
    sources = evening.sources
    drawn = draw(report_of("sales-daily", sources), sources)

    for _ in range(2):
        written = keep(drawn, tmp_path / "reports")

    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [
        "sales-daily-2026-11-24.html",
        "sales-daily-2026-11-24.txt",
        "sales-daily-2026-11-24.xlsx",
    ]
    assert written[0].read_text(encoding="utf-8") == drawn.html


def test_a_report_without_a_date_is_about_its_own_day(evening: Books) -> None:
    sources = evening.sources

    days = {
        name: period_asked(name, None, sources).first
        for name in ("secretary-daily", "sales-daily", "process-weekly")
    }

    assert days == {
        "secretary-daily": date(2026, 11, 23),
        "sales-daily": TUESDAY,
        "process-weekly": date(2026, 11, 16),
    }


@pytest.mark.parametrize(
    ("name", "due", "since", "days"),
    [
        ("secretary-daily", at(23, 11), None, (20, 20)),
        ("secretary-daily", at(23, 11), at(20, 11), (20, 22)),
        ("secretary-daily", at(24, 11), at(23, 11), (23, 23)),
        ("sales-daily", at(23, 19, 45), at(20, 19, 45), (21, 23)),
        ("sales-daily", at(24, 19, 45), at(23, 19, 45), (24, 24)),
        ("sales-daily", at(24, 19, 45), at(24, 19, 45), (24, 24)),
        ("process-weekly", at(23, 9), at(16, 9), (16, 22)),
    ],
)
def test_since_the_last_report_no_day_is_left_out_and_none_comes_twice(
    evening: Books, name: str, due: datetime, since: datetime | None, days: tuple[int, int]
) -> None:
    period = period_due(name, due, since, evening.sources)

    assert (period.first.day, period.last.day) == days
