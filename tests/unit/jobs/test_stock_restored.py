"""A stock file that is gone, old, or put back: what can be fetched is, what people said is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.unit.jobs.stock_office import LIRA, a_profile, a_stock_office
from westsync.connectors.suppliers.profile import AcceptRules
from westsync.domain.matching.questions import Link, Question
from westsync.domain.stock import StockDecision
from westsync.errors import StateError
from westsync.jobs.stock_outcomes import Outcome
from westsync.jobs.stock_standing import Trouble, standing
from westsync.journal.stock import FILE_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.jobs.stock_office import StockOffice

HOLDING = a_profile(accept=AcceptRules(min_rows=1))
THERE = "1;F310;Гитара Yamaha F310;Yamaha;5;12990"
SOLD = "1;F310;Гитара Yamaha F310;Yamaha;0;12990"
MORE = [f"{n};A{n};Стойка {n};K&M;1;100" for n in range(10, 20)]


def decided(office: StockOffice) -> StockDecision:
    [given] = office.lookup().ask(Question(article="F310"))
    return given.answer.decision


def back_up(folder: Path) -> Path:
    """Copy the stock file as the guide says, beside whoever has it open."""
    copy = folder / "backup.db"
    with (
        closing(sqlite3.connect(folder / "state" / FILE_NAME)) as here,
        closing(sqlite3.connect(copy)) as there,
    ):
        here.backup(there)
    return copy


def put_back(folder: Path, copy: Path | None) -> None:
    for path in (folder / "state").glob(f"{FILE_NAME}*"):
        path.unlink()
    if copy is not None:
        copy.rename(folder / "state" / FILE_NAME)


def test_without_the_file_sources_are_fetched_anew(tmp_path: Path) -> None:
    with a_stock_office(tmp_path) as office:
        office.publish(THERE, *MORE)
        office.refresh.refresh(office.source)
    put_back(tmp_path, None)

    with a_stock_office(tmp_path) as office:
        lost = decided(office)
        done = office.refresh.refresh(office.source)

        assert lost is StockDecision.ASK
        assert done.outcome is Outcome.ACCEPTED
        assert decided(office) is StockDecision.YES


def test_without_the_file_what_a_person_accepted_waits_for_a_person_again(tmp_path: Path) -> None:
    with a_stock_office(tmp_path, HOLDING) as office:
        office.publish(THERE, *MORE)
        office.refresh.refresh(office.source)
        office.refresh.accept(office.source, by="ivanov")
    put_back(tmp_path, None)

    with a_stock_office(tmp_path, HOLDING) as office:
        done = office.refresh.refresh(office.source)

        assert (done.outcome, decided(office)) == (Outcome.HELD, StockDecision.ASK)
        office.refresh.accept(office.source, by="ivanov")
        assert decided(office) is StockDecision.YES


def test_an_old_file_answers_with_its_age_and_ends_with_the_newest_list(tmp_path: Path) -> None:
    with a_stock_office(tmp_path) as office:
        office.publish(THERE, *MORE)
        office.refresh.refresh(office.source)
        copy = back_up(tmp_path)
        office.publish(SOLD, *MORE)
        office.clock.advance(office.source.max_age * 2)
        office.refresh.refresh(office.source)
        newest = decided(office)
        later = office.clock.now()
    put_back(tmp_path, copy)

    with a_stock_office(tmp_path) as office:
        office.clock.advance(later - office.clock.now())
        old = decided(office)
        done = office.refresh.refresh(office.source)

        assert (newest, old) == (StockDecision.NO, StockDecision.ASK)
        assert (done.outcome, decided(office)) == (Outcome.ACCEPTED, StockDecision.NO)


def test_what_people_decided_comes_back_with_the_file(tmp_path: Path) -> None:
    with a_stock_office(tmp_path, HOLDING) as office:
        office.publish(THERE, *MORE)
        office.refresh.refresh(office.source)
        office.refresh.accept(office.source, by="ivanov")
        now = office.clock.now()
        office.store.links.choose("ours-1", LIRA, Link(code="1"), by="ivanov", at=now)
        copy = back_up(tmp_path)
    put_back(tmp_path, copy)

    with a_stock_office(tmp_path, HOLDING) as office:
        done = office.refresh.refresh(office.source)

        assert done.outcome is Outcome.UNCHANGED
        assert decided(office) is StockDecision.YES
        assert office.store.links.active("ours-1", LIRA) == Link(code="1")


def test_a_list_that_was_held_then_is_held_again(tmp_path: Path) -> None:
    with a_stock_office(tmp_path, HOLDING) as office:
        office.publish(THERE, *MORE)
        office.refresh.refresh(office.source)
        copy = back_up(tmp_path)
        office.refresh.accept(office.source, by="ivanov")
    put_back(tmp_path, copy)

    with a_stock_office(tmp_path, HOLDING) as office:
        now = office.clock.now()

        found = standing(office.store, office.source, ZoneInfo("Europe/Moscow"), now)

        assert (found.trouble, decided(office)) == (Trouble.HELD, StockDecision.ASK)


def test_a_damaged_file_is_refused_with_the_cure(tmp_path: Path) -> None:
    with a_stock_office(tmp_path) as office:
        office.publish(THERE, *MORE)
        office.refresh.refresh(office.source)
    put_back(tmp_path, None)
    (tmp_path / "state" / FILE_NAME).write_bytes(b"no database" * 1000)

    with pytest.raises(StateError, match="aside"), a_stock_office(tmp_path):
        pass
