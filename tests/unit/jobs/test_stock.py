"""Promises of refreshing and asking: a bad list never replaces a good one, and says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.suppliers import ShelfPortal
from tests.unit.jobs.stock_office import LIRA, StockOffice, a_profile, a_stock_office
from westsync.connectors.suppliers.profile import AcceptRules
from westsync.domain.matching.answers import Certainty
from westsync.domain.matching.questions import Question
from westsync.domain.stock import (
    Availability,
    MatchLevel,
    Offer,
    Price,
    PriceRole,
    SourceId,
    StockDecision,
    StockStatus,
)
from westsync.errors import AccessDenied, LockHeld, Rejected, Unavailable, UnexpectedReply
from westsync.jobs.stock_outcomes import Outcome
from westsync.jobs.stock_standing import Trouble, due, standing
from westsync.jobs.stock_timetable import due_at
from westsync.journal.stock_attempts import Attempts
from westsync.ports.stock import Borrowing, StockSource, Timing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOSCOW = ZoneInfo("Europe/Moscow")
DAY = timedelta(days=1)
F310 = "1;F310;Гитара Yamaha F310;Yamaha;5;12990"
F370 = "2;F370;Гитара Yamaha F370;Yamaha;0;15990"
C40 = "3;C40;Гитара Yamaha C40;Yamaha;2;9990"
MANY = [f"{n};A{n};Стойка {n};K&M;1;100" for n in range(10, 20)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[StockOffice]:
    with a_stock_office(tmp_path) as office:
        office.publish(F310, F370, *MANY)
        yield office


def decided(office: StockOffice, article: str, **more: str) -> StockDecision:
    [given] = office.lookup().ask(Question(article=article, **more))  # type: ignore[arg-type]  # texts only
    return given.answer.decision


def test_a_good_list_answers_questions(office: StockOffice) -> None:
    done = office.refresh.refresh(office.source)

    assert done.outcome is Outcome.ACCEPTED
    [given] = office.lookup().ask(Question(article="f310", need=2))
    assert (given.answer.decision, given.certainty) == (StockDecision.YES, Certainty.EXACT)
    assert given.answer.prices[PriceRole.RRP].amount == Decimal(12990)
    assert given.answer.as_of == office.clock.now()
    assert decided(office, "F370") is StockDecision.NO


def test_without_a_list_nothing_is_known(office: StockOffice) -> None:
    [given] = office.lookup().ask(Question(article="F310"))

    assert (given.answer.decision, given.certainty) == (StockDecision.ASK, Certainty.UNKNOWN)


def test_the_first_list_waits_for_a_person(tmp_path: Path) -> None:
    with a_stock_office(tmp_path, a_profile(accept=AcceptRules(min_rows=1))) as office:
        office.publish(F310)
        held = office.refresh.refresh(office.source)
        assert (held.outcome, decided(office, "F310")) == (Outcome.HELD, StockDecision.ASK)
        assert "first" in held.detail

        accepted = office.refresh.accept(office.source, by="ivanov")

        assert accepted is not None
        assert accepted.snapshot is not None
        assert accepted.snapshot.decided_by == "ivanov"
        assert decided(office, "F310") is StockDecision.YES
        assert office.refresh.accept(office.source, by="ivanov") is None


def test_a_list_that_lost_most_rows_is_held_and_the_old_one_answers(office: StockOffice) -> None:
    office.publish(F310, *MANY)
    office.refresh.refresh(office.source)
    office.publish(F370)

    done = office.refresh.refresh(office.source)

    assert done.outcome is Outcome.HELD
    assert "rows_drop" in done.detail
    assert decided(office, "F310") is StockDecision.YES


def test_a_held_list_that_comes_again_is_held_once(office: StockOffice) -> None:
    office.publish(F310, *MANY)
    office.refresh.refresh(office.source)
    office.publish(F370)
    first = office.refresh.refresh(office.source)
    office.clock.advance(DAY)

    again = office.refresh.refresh(office.source)

    assert first.snapshot is not None
    assert again.snapshot is not None
    assert (again.outcome, again.snapshot.id) == (Outcome.HELD, first.snapshot.id)


def test_a_rejected_list_stays_away_and_the_next_one_is_read(office: StockOffice) -> None:
    office.publish(F310, *MANY)
    office.refresh.refresh(office.source)
    office.publish(F370)
    office.refresh.refresh(office.source)

    office.refresh.reject(office.source, by="ivanov")

    assert office.store.snapshots.waiting(LIRA) is None
    office.publish(F310, *MANY, C40)
    assert office.refresh.refresh(office.source).outcome is Outcome.ACCEPTED


def test_an_unusable_file_is_rejected_and_the_old_list_answers(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    office.price_list.write_bytes(b"PK\x03\x04 cut off")

    done = office.refresh.refresh(office.source)

    assert done.outcome is Outcome.REJECTED
    assert done.detail
    assert decided(office, "F310") is StockDecision.YES


def test_an_unchanged_file_is_not_read_again_and_is_as_fresh_as_the_fetch(
    office: StockOffice,
) -> None:
    first = office.refresh.refresh(office.source)
    office.clock.advance(DAY)

    done = office.refresh.refresh(office.source)

    assert first.snapshot is not None
    assert done.snapshot is not None
    assert (done.outcome, done.snapshot.id) == (Outcome.UNCHANGED, first.snapshot.id)
    assert done.snapshot.as_of == office.clock.now()


def test_another_profile_reads_the_same_file_anew(office: StockOffice) -> None:
    first = office.refresh.refresh(office.source)

    done = office.refresh.refresh(replace(office.source, revision="r2"))

    assert first.snapshot is not None
    assert done.snapshot is not None
    assert done.snapshot.id > first.snapshot.id


def test_bytes_that_never_change_are_worth_a_warning(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    office.clock.advance(5 * DAY)

    done = office.refresh.refresh(office.source)

    assert done.outcome is Outcome.UNCHANGED
    assert "unchanged_too_long" in done.detail


def test_old_data_promise_nothing(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    office.clock.advance(4 * DAY)

    [given] = office.lookup().ask(Question(article="F310"))

    assert given.answer.stale
    assert (given.answer.decision, given.certainty) == (StockDecision.ASK, Certainty.UNKNOWN)


def test_data_that_the_server_dates_are_as_old_as_it_says(office: StockOffice) -> None:
    office.fetcher.modified_at = office.clock.now() - 10 * DAY

    done = office.refresh.refresh(office.source)

    assert done.outcome is Outcome.ACCEPTED
    assert "stale" in done.detail
    assert decided(office, "F310") is StockDecision.ASK


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (Unavailable("lira", "GET", "timeout"), Outcome.UNAVAILABLE),
        (AccessDenied("lira", "GET", "401"), Outcome.DENIED),
        (UnexpectedReply("lira", "GET", "a web page came"), Outcome.REJECTED),
        (Rejected("lira", "GET", "404", 404), Outcome.WRONG),
    ],
)
def test_a_failed_fetch_changes_nothing_but_what_is_known_of_the_source(
    office: StockOffice, failure: Unavailable, outcome: Outcome
) -> None:
    office.refresh.refresh(office.source)
    office.fetcher.break_next(failure)

    done = office.refresh.refresh(office.source)

    attempts = office.store.attempts.of(LIRA)
    assert (done.outcome, attempts.outcome, attempts.failures) == (outcome, outcome, 1)
    assert decided(office, "F310") is StockDecision.YES


def test_a_refused_password_is_not_tried_again_by_itself(office: StockOffice) -> None:
    source = replace(office.source, timing=Timing(every=timedelta(hours=1)))
    office.fetcher.break_next(AccessDenied("lira", "GET", "401"))
    office.refresh.refresh(source)
    office.clock.advance(DAY)

    now = office.clock.now()
    assert due(office.store, [source], MOSCOW, now) == []
    assert standing(office.store, source, MOSCOW, now).trouble is Trouble.DENIED
    corrected = replace(source, revision="r2")
    assert due(office.store, [corrected], MOSCOW, now) == [corrected]


def test_a_file_brought_by_hand_wins_until_newer_data_come(
    office: StockOffice, tmp_path: Path
) -> None:
    office.refresh.refresh(office.source)
    brought = tmp_path / "из мессенджера.csv"
    brought.write_text(office.price_list.read_text().replace(";5;", ";0;"))
    office.clock.advance(DAY / 24)

    done = office.refresh.load(office.source, brought, by="ivanov")

    assert (done.outcome, decided(office, "F310")) == (Outcome.ACCEPTED, StockDecision.NO)
    assert office.refresh.refresh(office.source).outcome is Outcome.OLDER
    assert decided(office, "F310") is StockDecision.NO
    office.publish(F310, F370, C40, *MANY)
    assert office.refresh.refresh(office.source).outcome is Outcome.ACCEPTED
    assert decided(office, "F310") is StockDecision.YES


def test_a_source_that_is_being_loaded_is_left_to_whoever_loads_it(office: StockOffice) -> None:
    with office.store.owning(LIRA), pytest.raises(LockHeld):
        office.refresh.refresh(office.source)


def test_the_files_as_they_came_are_kept_and_nothing_else(office: StockOffice) -> None:
    office.refresh.refresh(office.source)

    files = [path for path in office.store.folder.rglob("*") if path.is_file()]

    assert sorted(path.suffix for path in files) == [".gz", ".lock"]


def test_a_copy_that_a_killed_process_half_wrote_is_removed(office: StockOffice) -> None:
    half = office.store.folder / "kept" / LIRA / "0123.new"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")

    office.refresh.refresh(office.source)

    assert not half.exists()


def test_a_held_list_is_a_trouble_with_one_name_until_it_is_settled(tmp_path: Path) -> None:
    with a_stock_office(tmp_path, a_profile(accept=AcceptRules(min_rows=1))) as office:
        office.publish(F310)
        office.refresh.refresh(office.source)
        first = standing(office.store, office.source, MOSCOW, office.clock.now())
        office.refresh.refresh(office.source)
        again = standing(office.store, office.source, MOSCOW, office.clock.now())
        assert (first.trouble, first.episode) == (Trouble.HELD, again.episode)

        office.refresh.accept(office.source, by="ivanov")

        after = standing(office.store, office.source, MOSCOW, office.clock.now())
        assert after.trouble is None


def test_another_file_that_is_held_for_the_same_reason_is_no_news(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    office.publish(F370)
    first = office.refresh.refresh(office.source)
    told = standing(office.store, office.source, MOSCOW, office.clock.now())
    office.publish(C40)

    second = office.refresh.refresh(office.source)

    again = standing(office.store, office.source, MOSCOW, office.clock.now())
    assert first.snapshot is not None
    assert second.snapshot is not None
    assert second.snapshot.id > first.snapshot.id
    assert again.episode == told.episode


def test_a_file_that_a_person_brings_is_never_due(office: StockOffice) -> None:
    timing = Timing(every=timedelta(hours=1))
    fetched = replace(office.source, timing=timing)
    brought = replace(fetched, by_hand=True)

    assert due(office.store, [fetched, brought], MOSCOW, office.clock.now()) == [fetched]


def test_old_data_are_a_trouble(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    office.clock.advance(4 * DAY)

    found = standing(office.store, office.source, MOSCOW, office.clock.now())

    assert found.trouble is Trouble.STALE
    assert found.stale


# -- asking ------------------------------------------------------------------------------------


def test_a_row_that_a_full_list_lost_is_out(office: StockOffice) -> None:
    full = replace(office.source, absence="out")
    office.refresh.refresh(full)
    office.publish(F310, C40, *MANY)
    office.refresh.refresh(full)

    [gone] = office.lookup(sources=[full]).ask(Question(article="F370"))
    [never] = office.lookup(sources=[full]).ask(Question(article="F380"))
    [unknown] = office.lookup().ask(Question(article="F370"))

    assert (gone.answer.decision, gone.certainty) == (StockDecision.NO, Certainty.ABSENT)
    assert never.answer.decision is StockDecision.ASK
    assert unknown.answer.decision is StockDecision.ASK


def test_a_persons_choice_answers_from_now_on(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    lookup = office.lookup()
    question = Question(name="Ямаха F310 гитара для дома", our_key="p1")
    [before] = lookup.ask(question)
    assert before.answer.decision is StockDecision.ASK

    lookup.choose(question, before.answer.candidates[0], by="ivanov")

    [after] = lookup.ask(question)
    assert (after.answer.level, after.answer.decision) == (MatchLevel.LINK, StockDecision.YES)


def test_a_chosen_row_that_became_another_article_is_asked_about_once_more(
    office: StockOffice,
) -> None:
    office.refresh.refresh(office.source)
    lookup = office.lookup()
    question = Question(article="F310", our_key="p1")
    [found] = lookup.ask(question)
    current = office.store.snapshots.current(LIRA)
    assert current is not None
    rows = office.store.search.assortment(LIRA, current.id)
    lookup.choose(question, rows.with_code("F310")[0], by="ivanov")
    office.publish("1;F370;Гитара Yamaha F370;Yamaha;5;12990", C40, *MANY)
    office.refresh.refresh(office.source)

    [changed] = lookup.ask(question)

    assert found.answer.decision is StockDecision.YES
    assert changed.answer.level is MatchLevel.AMBIGUOUS
    assert office.store.links.active("p1", LIRA) is None


def test_the_most_useful_source_answers_first(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    other = StockSource(id=SourceId("other"), title="Другой")

    given = office.lookup(sources=[other, office.source]).ask(Question(article="F310"))
    only = office.lookup(sources=[other, office.source]).ask(
        Question(article="F310"), only=[other.id]
    )

    assert [one.source.id for one in given] == [LIRA, other.id]
    assert [one.source.id for one in only] == [other.id]


def test_a_disabled_source_answers_nothing(office: StockOffice) -> None:
    office.refresh.refresh(office.source)

    assert office.lookup(sources=[replace(office.source, enabled=False)]).ask(Question()) == ()


def test_an_answer_that_was_acted_on_is_remembered(office: StockOffice) -> None:
    office.refresh.refresh(office.source)
    lookup = office.lookup()
    question = Question(article="F310")

    lookup.remember(question, lookup.ask(question)[0])

    assert office.store.lookups.forget_before(office.clock.now() + DAY) == 1


def test_prices_of_a_second_file_complete_the_first(tmp_path: Path) -> None:
    with a_stock_office(tmp_path) as office:
        office.publish("1;F310;Гитара Yamaha F310;Yamaha;5;")
        office.refresh.refresh(office.source)
        prices = SourceId("prices")
        _load_prices(office, prices)
        borrowing = replace(office.source, borrows=Borrowing(source=prices))

        [given] = office.lookup(sources=[borrowing]).ask(Question(article="F310"))

        assert given.answer.prices == {PriceRole.DEALER: Price(amount=Decimal(9000))}


def _load_prices(office: StockOffice, source: SourceId) -> None:
    from tests.unit.journal.stock_lists import loaded  # noqa: PLC0415 - the one test with two files

    price = {PriceRole.DEALER: Price(amount=Decimal(9000))}
    loaded(office.store, [Offer(supplier_code="1", prices=price)], source=source)


# -- portals -----------------------------------------------------------------------------------


@pytest.fixture
def portal(office: StockOffice) -> ShelfPortal:
    some = Availability(status=StockStatus.IN_STOCK, qty_min=3, qty_max=3)
    shown = Offer(row_no=1, vendor_code="C40", name="Гитара Yamaha C40", availability=some)
    return ShelfPortal((shown,), office.clock)


@pytest.fixture
def searchable(office: StockOffice) -> StockSource:
    return replace(office.source, fetches=False, asks_portal=True)


def test_a_portal_is_asked_once_for_one_question(
    office: StockOffice, portal: ShelfPortal, searchable: StockSource
) -> None:
    lookup = office.lookup(portal, [searchable])
    question = Question(article="C40", need=2)

    [first] = lookup.ask(question, ask_portal=True)
    [again] = lookup.ask(question)

    assert (first.answer.decision, again.answer.decision) == (StockDecision.YES, StockDecision.YES)
    assert len(portal.asked) == 1


def test_what_a_portal_showed_is_asked_again_when_it_is_old(
    office: StockOffice, portal: ShelfPortal, searchable: StockSource
) -> None:
    lookup = office.lookup(portal, [searchable])
    lookup.ask(Question(article="C40"), ask_portal=True)
    office.clock.advance(timedelta(hours=3))

    lookup.ask(Question(article="C40"), ask_portal=True)

    assert len(portal.asked) == 2


def test_what_a_portal_showed_counts_with_its_age_until_it_is_too_old(
    office: StockOffice, portal: ShelfPortal, searchable: StockSource
) -> None:
    lookup, shown_at = office.lookup(portal, [searchable]), office.clock.now()
    lookup.ask(Question(article="C40"), ask_portal=True)

    office.clock.advance(searchable.max_age - timedelta(hours=1))
    [late] = lookup.ask(Question(article="C40"))
    office.clock.advance(timedelta(hours=2))
    [too_late] = lookup.ask(Question(article="C40"))

    assert (late.answer.decision, late.answer.as_of) == (StockDecision.YES, shown_at)
    assert too_late.answer.decision is StockDecision.ASK


def test_a_single_hit_of_a_portal_is_no_match_by_itself(
    office: StockOffice, portal: ShelfPortal, searchable: StockSource
) -> None:
    lookup = office.lookup(portal, [searchable])

    [given] = lookup.ask(Question(article="C45", name="Yamaha C45"), ask_portal=True)

    assert given.answer.decision is StockDecision.ASK


def test_a_portal_is_left_alone_where_the_file_decides(
    office: StockOffice, portal: ShelfPortal
) -> None:
    office.refresh.refresh(office.source)
    both = replace(office.source, asks_portal=True)

    [local] = office.lookup(portal, [both]).ask(Question(article="F310"), ask_portal=True)
    assert (local.answer.decision, portal.asked) == (StockDecision.YES, [])

    [shown] = office.lookup(portal, [both]).ask(Question(article="C40"), ask_portal=True)
    assert shown.answer.decision is StockDecision.YES


def test_a_portal_that_fails_promises_nothing(
    office: StockOffice, portal: ShelfPortal, searchable: StockSource
) -> None:
    portal.break_next(AccessDenied("ton", "log in", "captcha"))

    [given] = office.lookup(portal, [searchable]).ask(Question(article="C40"), ask_portal=True)

    assert (given.answer.decision, given.certainty) == (StockDecision.ASK, Certainty.UNKNOWN)
    assert "captcha" in given.answer.reason


# -- timetable ---------------------------------------------------------------------------------

WORK = Timing(every=timedelta(hours=1), window=(time(8), time(20)), days=frozenset(range(6)))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026 on the office's clock; the 24th is a Tuesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("tried", "failures", "now", "expected"),
    [
        (None, 0, at(24, 10), at(24, 10)),
        (None, 0, at(24, 6), at(24, 8)),
        (at(24, 10), 0, at(24, 10, 5), at(24, 11)),
        (at(24, 10), 1, at(24, 10, 1), at(24, 10, 5)),
        (at(24, 10), 2, at(24, 10, 1), at(24, 10, 15)),
        (at(24, 10), 9, at(24, 10, 1), at(24, 11)),
        (at(24, 19, 30), 0, at(24, 19, 31), at(25, 8)),
        (at(28, 19, 30), 0, at(28, 20), at(30, 8)),  # Saturday evening: Monday morning
        (at(24, 10), 0, at(24, 23), at(25, 8)),
    ],
)
def test_a_source_is_due_within_its_hours(
    tried: datetime | None, failures: int, now: datetime, expected: datetime
) -> None:
    attempts = Attempts(tried_at=tried, failures=failures)

    assert due_at(WORK, attempts, MOSCOW, now) == expected


def test_a_window_over_midnight_goes_on_in_the_morning() -> None:
    night = Timing(every=timedelta(hours=1), window=(time(22), time(6)))

    assert due_at(night, Attempts(), MOSCOW, at(24, 3)) == at(24, 3)
    assert due_at(night, Attempts(), MOSCOW, at(24, 12)) == at(24, 22)


def test_the_wish_of_the_other_side_is_honoured() -> None:
    attempts = Attempts(tried_at=at(24, 10), failures=1, not_before=at(24, 12))

    assert due_at(WORK, attempts, MOSCOW, at(24, 10, 1)) == at(24, 12)


def test_a_source_without_a_timetable_is_never_due() -> None:
    assert due_at(Timing(), Attempts(), MOSCOW, at(24, 10)) is None
