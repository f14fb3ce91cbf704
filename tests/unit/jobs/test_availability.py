"""What the lines of a deal are answered, when they are asked about, and when a deal hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.unit.jobs.ruled_company import a_company
from tests.unit.jobs.stock_office import a_stock_office
from tests.unit.journal.factories import a_deal, a_page
from westsync.domain.facts import Unknown
from westsync.domain.intents import ObjectRef
from westsync.domain.records import Line
from westsync.jobs.availability import Inquiry
from westsync.jobs.cycle import idle
from westsync.jobs.facts import FactBook
from westsync.jobs.stock_suppliers import SupplierBook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.unit.jobs.stock_office import StockOffice
    from westsync.domain.facts import Facts
    from westsync.jobs.company import Company
    from westsync.journal.store import SqliteStore

DEAL = ObjectRef(kind="deal", id="43")
PIANO = Line(article="P45B", name="Пианино Yamaha P-45", quantity=Decimal(2), price=None)
RULES = """\
version: 1
rules:
  - id: told
    step: P3.3
    title: Наличие
    watch: deal
    when: [ { stage: { in: [new] } }, { availability: { empty: false } } ]
    clock: { from: availability_at, calendar: office }
    steps:
      - { id: tell, after: 0m, do: [ { deal.comment: { text: "{deal.availability|list}" } } ] }
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[StockOffice]:
    with a_stock_office(tmp_path) as office:
        yield office


def company() -> Company:
    return a_company(RULES, asks_stock=True)


def keep(store: SqliteStore, office: StockOffice, *lines: Line, state: str = "127") -> None:
    deal = replace(a_deal("43", state=state), lines=lines)
    store.mirror.keep_page(a_page(deal), office.clock.now())


def publish(office: StockOffice, *rows: str) -> None:
    office.publish(*rows)
    office.refresh.refresh(office.source)


def ask(store: SqliteStore, office: StockOffice) -> int:
    book = SupplierBook([office.source], office.store.brands, {})
    inquiry = Inquiry(office.store, [office.source], book, office.lookup())
    return inquiry.run(store, company(), office.clock.now(), idle)


def decided(store: SqliteStore) -> None:
    """Take all marks away, as decisions do."""
    with store.transaction():
        for obj in store.mirror.dirty.objects(100):
            store.mirror.dirty.clear(obj)


def facts(store: SqliteStore, office: StockOffice) -> Facts:
    now = office.clock.now()
    found = FactBook(store, company()).facts(DEAL, now, now)
    assert found is not None
    return found


def the_answer(store: SqliteStore, office: StockOffice) -> Mapping[str, object]:
    answers = facts(store, office).values["availability"]
    assert isinstance(answers, tuple)
    return dict(answers[0])


def test_a_line_is_answered_with_quantity_price_supplier_and_date(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office, "1;P45B;Пианино Yamaha P-45;Yamaha;3;45000")
    keep(store, office, PIANO)

    ask(store, office)

    answer = the_answer(store, office)
    assert (answer["verdict"], answer["decision"]) == ("exact", "yes")
    assert (answer["quantity"], answer["price"]) == (Decimal(3), Decimal(45000))
    assert answer["supplier"] == "Лира Мьюзик"
    assert isinstance(answer["as_of"], datetime)


def test_a_supplier_that_was_never_read_promises_nothing(
    store: SqliteStore, office: StockOffice
) -> None:
    keep(store, office, PIANO)

    ask(store, office)

    assert the_answer(store, office)["verdict"] == "unknown"


def test_a_product_whose_supplier_is_not_connected_names_him_for_a_person(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office, "1;F310;Гитара Yamaha F310;Yamaha;3;15000")
    keep(store, office, replace(PIANO, supplier="Арсенал"))

    ask(store, office)

    answer = the_answer(store, office)
    assert (answer["verdict"], answer["supplier"]) == ("absent", "Арсенал")
    assert (answer["by_mail"], answer["supplier_id"]) == (False, None)


def test_a_deal_in_another_stage_is_not_asked_about(
    store: SqliteStore, office: StockOffice
) -> None:
    keep(store, office, PIANO, state="131")

    ask(store, office)

    assert isinstance(facts(store, office).values["availability"], Unknown)


def test_the_same_answer_moves_nothing_and_a_new_one_has_the_deal_decided(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office, "1;P45B;Пианино Yamaha P-45;Yamaha;3;45000")
    keep(store, office, PIANO)
    ask(store, office)
    first = facts(store, office).values["availability_at"]
    decided(store)

    office.clock.advance(timedelta(hours=2))
    publish(office, "1;P45B;Пианино Yamaha P-45;Yamaha;9;45000")
    more_than_enough = ask(store, office), facts(store, office).values["availability_at"]
    untouched = store.mirror.dirty.objects(10)
    office.clock.advance(timedelta(hours=2))
    publish(office, "1;P45B;Пианино Yamaha P-45;Yamaha;1;45000")
    too_few = ask(store, office)

    assert more_than_enough == (0, first)
    assert untouched == ()
    assert too_few == 1
    assert store.mirror.dirty.objects(10) == (DEAL,)
    assert facts(store, office).values["availability_at"] == office.clock.now()


def test_data_that_grew_old_are_asked_again_without_a_new_list(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office, "1;P45B;Пианино Yamaha P-45;Yamaha;3;45000")
    keep(store, office, PIANO)
    ask(store, office)
    decided(store)

    office.clock.advance(office.source.max_age + timedelta(hours=1))
    ask(store, office)

    assert the_answer(store, office)["verdict"] == "unknown"
    assert store.mirror.dirty.objects(10) == (DEAL,)


def test_a_deal_that_comes_back_to_the_stage_is_told_anew(
    store: SqliteStore, office: StockOffice
) -> None:
    keep(store, office, PIANO)
    ask(store, office)
    first = facts(store, office).values["availability_at"]

    office.clock.advance(timedelta(hours=2))
    keep(store, office, PIANO, state="131")
    ask(store, office)
    office.clock.advance(timedelta(hours=2))
    keep(store, office, PIANO)
    ask(store, office)

    assert facts(store, office).values["availability_at"] != first


def test_of_a_deal_that_left_the_stage_it_is_known_that_it_hangs_on_no_answer(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office, "1;P45B;Пианино Yamaha P-45;Yamaha;3;45000")
    keep(store, office, PIANO)
    never_asked = facts(store, office).source_as_of.get("stock")
    ask(store, office)

    keep(store, office, PIANO, state="130")
    ask(store, office)

    left = facts(store, office)
    assert never_asked is None
    assert left.source_as_of["stock"] == office.clock.now()
    assert isinstance(left.values["availability"], Unknown)
