"""The working file of a reconciliation: it goes on where it was, or begins anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import ACCOUNT, NOON
from westsync.domain.backfill import Span, Subject
from westsync.errors import LockHeld
from westsync.journal.backfill import COMPARED, Run
from westsync.journal.backfill_opening import discard_workbook, open_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.clock import FakeClock

SPAN = Span(since=date(2026, 1, 1), until=date(2026, 11, 1))


def a_run(*, span: Span = SPAN, version: str = "1", after: timedelta = timedelta(0)) -> Run:
    return Run(span=span, only=(Subject.INVOICES,), began_at=NOON + after, version=version)


@dataclass
class Shelf:
    """Where the working file lies."""

    path: Path
    clock: FakeClock

    def begin(self, *steps: str) -> None:
        """Work until these steps are done, and be killed."""
        with open_workbook(self.path, ACCOUNT, self.clock, a_run()) as workbook:
            for step in steps:
                workbook.note_done(step)

    def goes_on(self, run: Run, step: str = "invoices") -> bool:
        with open_workbook(self.path, ACCOUNT, self.clock, run) as workbook:
            return workbook.is_done(step)


@pytest.fixture
def shelf(tmp_path: Path, clock: FakeClock) -> Shelf:
    return Shelf(tmp_path / "state.backfill-main", clock)


def test_the_same_question_goes_on(shelf: Shelf) -> None:
    shelf.begin("invoices")

    assert shelf.goes_on(a_run(after=timedelta(hours=5)))


@pytest.mark.parametrize(
    "other",
    [
        a_run(span=Span(since=date(2026, 2, 1), until=SPAN.until)),
        a_run(version="2"),
        a_run(after=timedelta(hours=6)),
    ],
    ids=["another span", "another configuration", "too old"],
)
def test_another_question_begins_anew(other: Run, shelf: Shelf) -> None:
    shelf.begin("invoices")

    assert not shelf.goes_on(other)


def test_what_is_compared_is_acted_on_within_an_hour_or_read_anew(shelf: Shelf) -> None:
    shelf.begin("invoices", COMPARED)

    assert shelf.goes_on(a_run(after=timedelta(minutes=59)))
    assert not shelf.goes_on(a_run(after=timedelta(minutes=61)))


def test_a_damaged_file_is_thrown_away(shelf: Shelf) -> None:
    shelf.begin("invoices")
    shelf.path.write_bytes(b"no database" * 1_000)

    assert not shelf.goes_on(a_run())


def test_a_discarded_file_leaves_nothing_that_stops_the_next_run(shelf: Shelf) -> None:
    shelf.begin("invoices")

    discard_workbook(shelf.path)

    assert not shelf.path.exists()
    assert not shelf.goes_on(a_run())


def test_two_reconciliations_do_not_work_in_one_file(shelf: Shelf) -> None:
    with (
        open_workbook(shelf.path, ACCOUNT, shelf.clock, a_run()),
        pytest.raises(LockHeld),
        open_workbook(shelf.path, ACCOUNT, shelf.clock, a_run()),
    ):
        pass
