"""What only a portal can tell is asked beside the cycles, once, and a deal waits for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.suppliers import ShelfPortal
from tests.unit.jobs.stock_office import a_stock_office
from tests.unit.jobs.test_availability import DEAL, PIANO, company, decided, facts, keep
from westsync.domain.availability import Hurdle
from westsync.domain.facts import Unknown
from westsync.domain.matching.questions import Question
from westsync.domain.stock import Availability, Offer, SourceId, StockStatus
from westsync.errors import AccessDenied, ConnectorError, Unavailable, UnexpectedReply
from westsync.jobs.availability import Inquiry
from westsync.jobs.cycle import idle
from westsync.jobs.portal_asking import PortalAsking
from westsync.jobs.portal_questions import PortalQuestions
from westsync.jobs.stock_lookup import StockLookup
from westsync.jobs.stock_suppliers import SupplierBook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.unit.jobs.stock_office import StockOffice
    from westsync.journal.store import SqliteStore
    from westsync.ports.stock import StockSource

CAPTCHA = AccessDenied("lira", "log in", "captcha")
NIGHT = Unavailable("lira", "ask", "it is asked only from 08:00 to 20:00", 9 * 3600.0)
SOON = Unavailable("lira", "ask", "the connection failed", 300.0)
REBUILT = UnexpectedReply("lira", "read the page", "no row has 'td.code' any more")


def never() -> bool:
    return False


@dataclass(slots=True, kw_only=True)
class Dealing:
    """A deal that hangs on a supplier with nothing but a portal."""

    store: SqliteStore
    office: StockOffice
    source: StockSource
    portal: ShelfPortal
    questions: PortalQuestions

    def cycle(self, *, asks: bool = True) -> int:
        """Ask the stock memory as a cycle does; without `asks` as a preview does."""
        questions = self.questions if asks else None
        lookup = StockLookup(
            self.office.store, [self.source], self.office.clock, questions=questions
        )
        book = SupplierBook([self.source], self.office.store.brands, {})
        inquiry = Inquiry(self.office.store, [self.source], book, lookup, questions)
        return inquiry.run(self.store, company(), self.office.clock.now(), idle)

    def ask_portals(self) -> bool:
        """Ask as the stock thread does."""
        lookup = self.office.lookup(self.portal, [self.source])
        sources = {self.source.id: self.source}
        asking = PortalAsking(self.questions, lookup, sources, self.office.clock)
        return asking.run(never, at_most_s=60.0)

    def answer(self) -> Mapping[str, object] | Unknown:
        """Return the answer to the deal's line as rules see it."""
        told = facts(self.store, self.office).values["availability"]
        if isinstance(told, Unknown):
            return told
        assert isinstance(told, tuple)
        return dict(told[0])


@pytest.fixture
def dealing(store: SqliteStore, tmp_path: Path) -> Iterator[Dealing]:
    with a_stock_office(tmp_path) as office:
        some = Availability(status=StockStatus.IN_STOCK, qty_min=3, qty_max=3)
        row = Offer(row_no=1, vendor_code="P45B", name="Пианино Yamaha P-45", availability=some)
        keep(store, office, PIANO)
        yield Dealing(
            store=store,
            office=office,
            source=replace(office.source, fetches=False, asks_portal=True),
            portal=ShelfPortal((row,), office.clock),
            questions=PortalQuestions(office.clock.now()),
        )


def test_a_deal_waits_for_the_portal_and_is_then_decided(dealing: Dealing) -> None:
    waited = dealing.cycle(), dealing.answer()
    decided(dealing.store)

    changed = dealing.ask_portals()
    dealing.cycle()

    assert waited[0] == 0
    assert isinstance(waited[1], Unknown)
    assert changed
    answer = dealing.answer()
    assert isinstance(answer, dict)
    assert (answer["decision"], answer["hurdle"]) == ("yes", None)
    assert answer["as_of"] == dealing.office.clock.now()
    assert dealing.store.mirror.dirty.objects(10) == (DEAL,)


def test_a_portal_is_asked_once_for_all_deals_and_cycles(dealing: Dealing) -> None:
    for _ in range(3):
        dealing.cycle()
    dealing.ask_portals()
    dealing.cycle()
    dealing.ask_portals()

    assert len(dealing.portal.asked) == 1


@pytest.mark.parametrize(
    ("failure", "hurdle"),
    [(CAPTCHA, "stopped"), (NIGHT, "later"), (REBUILT, "changed")],
    ids=["captcha", "night", "layout"],
)
def test_a_portal_that_will_not_tell_is_unknown_with_the_reason(
    dealing: Dealing, failure: ConnectorError, hurdle: str
) -> None:
    dealing.cycle()
    dealing.portal.break_next(failure)

    changed = dealing.ask_portals()
    dealing.cycle()

    assert changed
    answer = dealing.answer()
    assert isinstance(answer, dict)
    assert (answer["verdict"], answer["hurdle"]) == ("unknown", hurdle)


def test_another_reason_of_a_silent_portal_is_no_news_of_the_deal(dealing: Dealing) -> None:
    for failure in (NIGHT, CAPTCHA):
        dealing.cycle()
        decided(dealing.store)
        dealing.office.clock.advance(timedelta(hours=10))
        dealing.cycle()
        dealing.portal.break_next(failure)
        dealing.ask_portals()

    changed = dealing.cycle()

    answer = dealing.answer()
    assert changed == 0
    assert dealing.store.mirror.dirty.objects(10) == ()
    assert isinstance(answer, dict)
    assert answer["hurdle"] == "stopped"


def test_a_stopped_portal_is_left_alone_for_a_while_and_tells_nothing_new(
    dealing: Dealing,
) -> None:
    dealing.cycle()
    dealing.portal.break_next(CAPTCHA)
    dealing.ask_portals()

    at_once = dealing.ask_portals()
    dealing.office.clock.advance(timedelta(minutes=6))
    dealing.portal.break_next(CAPTCHA)
    later = dealing.ask_portals()

    assert (at_once, later) == (False, False)
    assert len(dealing.portal.asked) == 2


def test_a_portal_that_a_person_opened_again_answers(dealing: Dealing) -> None:
    dealing.cycle()
    dealing.portal.break_next(CAPTCHA)
    dealing.ask_portals()
    dealing.cycle()

    dealing.office.clock.advance(timedelta(minutes=6))
    changed = dealing.ask_portals()
    dealing.cycle()

    answer = dealing.answer()
    assert changed
    assert isinstance(answer, dict)
    assert answer["decision"] == "yes"


def test_a_brief_failure_is_waited_for_but_not_for_ever(dealing: Dealing) -> None:
    dealing.cycle()
    dealing.portal.break_next(SOON)
    dealing.ask_portals()
    dealing.cycle()
    at_first = dealing.answer()

    for _ in range(3):
        dealing.office.clock.advance(timedelta(minutes=6))
        dealing.portal.break_next(SOON)
        dealing.ask_portals()
        dealing.cycle()

    assert isinstance(at_first, Unknown)
    answer = dealing.answer()
    assert isinstance(answer, dict)
    assert (answer["verdict"], answer["hurdle"]) == ("unknown", "waiting")


def test_an_old_answer_stands_until_the_newer_one_is_there(dealing: Dealing) -> None:
    dealing.cycle()
    dealing.ask_portals()
    dealing.cycle()
    decided(dealing.store)
    shown_at = dealing.office.clock.now()

    dealing.office.clock.advance(timedelta(hours=3))
    dealing.cycle()
    meanwhile = dealing.answer()
    dealing.ask_portals()
    dealing.cycle()

    assert isinstance(meanwhile, dict)
    assert (meanwhile["decision"], meanwhile["as_of"]) == ("yes", shown_at)
    answer = dealing.answer()
    assert isinstance(answer, dict)
    assert answer["as_of"] == dealing.office.clock.now()
    assert dealing.store.mirror.dirty.objects(10) == ()


def test_a_preview_leaves_a_deal_waiting(dealing: Dealing) -> None:
    dealing.cycle()

    dealing.cycle(asks=False)

    assert isinstance(dealing.answer(), Unknown)
    assert dealing.portal.asked == []


def test_a_new_process_asks_again_what_the_former_one_still_owed(dealing: Dealing) -> None:
    dealing.cycle()
    decided(dealing.store)
    dealing.office.clock.advance(timedelta(minutes=1))
    dealing.questions = PortalQuestions(dealing.office.clock.now())

    dealing.cycle()

    assert dealing.questions.due(dealing.office.clock.now()) is not None


def test_one_question_that_always_fails_lets_the_others_through(dealing: Dealing) -> None:
    clock, lira = dealing.office.clock, SourceId("lira")
    bad, good = Question(article="BAD"), Question(article="GOOD")
    dealing.questions.want(lira, bad, clock.now())
    clock.advance(timedelta(seconds=1))
    dealing.questions.want(lira, good, clock.now())

    dealing.questions.failed(lira, bad, REBUILT, clock.now())
    clock.advance(timedelta(minutes=6))

    assert dealing.questions.due(clock.now()) == (lira, good)


def test_what_nobody_wants_any_more_is_not_asked(dealing: Dealing) -> None:
    dealing.cycle()

    dealing.office.clock.advance(timedelta(hours=3))
    dealing.ask_portals()

    assert dealing.portal.asked == []


def test_a_question_to_a_supplier_that_is_gone_is_dropped(dealing: Dealing) -> None:
    now = dealing.office.clock.now()
    dealing.questions.want(SourceId("gone"), Question(article="P45B"), now)

    dealing.ask_portals()

    assert dealing.questions.due(now) is None


def test_a_bell_rings_for_each_new_question_once(dealing: Dealing) -> None:
    rings: list[str] = []
    dealing.questions.on_question(lambda: rings.append("ring"))
    now, lira = dealing.office.clock.now(), SourceId("lira")

    first = dealing.questions.want(lira, Question(article="P45B"), now)
    again = dealing.questions.want(lira, Question(article="p45b"), now)

    assert (first, again) == (Hurdle.WAITING, Hurdle.WAITING)
    assert rings == ["ring"]
