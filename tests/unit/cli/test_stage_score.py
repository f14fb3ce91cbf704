"""The judge of the demo must be able to say no: late, early, twice, in vain, and not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from westsync.cli.stage import office
from westsync.cli.stage.lapses import About, Lapse
from westsync.cli.stage.score import Row, Score
from westsync.sandbox import World
from westsync.sandbox.mail import Mailroom
from westsync.sandbox.megaplan import company
from westsync.sandbox.onec import OneCWorld
from westsync.sandbox.onec.furnishing import BUYER

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=office.ZONE)
MARKER = "ws:7k3m9q2x4r8t6v5w"


class Court:
    """A deal about which something may be said, and the judge."""

    def __init__(self) -> None:
        self.world = World(start=MONDAY)
        self.deal = self.world.create_deal(name="Yamaha", manager="ivanov")
        self.base = OneCWorld(source=lambda: self.world.now)
        self.mailroom = Mailroom()
        self.score = Score(
            world=self.world,
            base=self.base,
            me=company.WESTSYNC,
            step_of_notice=lambda _: "P1.1",
            mailroom=self.mailroom,
            behind_letter=lambda id_: (
                ("P1.1", self.deal) if id_.startswith("ws.") else (None, None)
            ),
        )

    def plant(self, step: str = "P1.1") -> Lapse:
        lapse = Lapse(
            step=step,
            about=About(kind="Deal", id=self.deal),
            number="1",
            what="nobody calls",
            planted_at=MONDAY,
        )
        self.score.lapses.append(lapse)
        return lapse

    def task(self, after_min: float, *, marker: str = MARKER, to: str = "sidorova") -> str:
        self.world.set_now(MONDAY + timedelta(minutes=after_min))
        return self.world.create_task(
            "Позвонить по заявке",
            by="westsync",
            responsible=to,
            deal=self.deal,
            body=f"<p>Звонок клиенту (P1.1)</p><p>{marker}</p>",
        )

    def notice(self) -> None:
        told = '<megaplan:mention to="Employee/1000004"></megaplan:mention>'
        text = f"<p>{told}Нет звонка</p><p>{MARKER}</p>"
        self.world.comment(self.deal, by="westsync", text=text)

    def invoice(self, *, post: bool = True) -> None:
        comment = f"WS:megaplan:deal:{self.deal}:invoice:1"
        self.base.make_invoice(BUYER.key, 1000, comment=comment, post=post)

    def letter(self, after_min: float, id_: str = "ws.1@example.test") -> None:
        content = f"Date: x\r\nFrom: a@x.test\r\nTo: b@x.test\r\nSubject: s\r\nMessage-ID: <{id_}>"
        at = MONDAY + timedelta(minutes=after_min)
        to = ("ivanov@example.test",)
        assert (
            self.mailroom.accept("a@x.test", to, f"{content}\r\n\r\nbody\r\n".encode(), at) is None
        )

    def row(self, step: str = "P1.1") -> Row:
        self.score.look()
        return next(row for row in self.score.rows() if row.step == step)


@pytest.fixture
def court() -> Court:
    return Court()


def test_a_task_in_its_time_catches_the_lapse(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))

    court.task(6)

    assert court.row() == Row(step="P1.1", planted=1, caught=1)


@pytest.mark.parametrize("after_min", [4.9, 7.1])
def test_an_early_or_late_task_is_missed_and_false(court: Court, after_min: float) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))

    court.task(after_min)

    assert court.row() == Row(step="P1.1", planted=1, missed=1, false=1)


def test_a_task_for_somebody_else_is_missed_and_false(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))

    court.task(6, to="ivanov")

    assert court.row() == Row(step="P1.1", planted=1, missed=1, false=1)


def test_a_task_without_the_expected_deadline_does_not_count(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5), limit_min=5)

    court.task(6)

    assert court.row().missed == 1


def test_silence_is_a_miss(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))

    assert court.row() == Row(step="P1.1", planted=1, missed=1)


def test_a_word_about_a_deal_in_good_order_is_false(court: Court) -> None:
    court.task(6)

    assert court.row() == Row(step="P1.1", false=1)


@pytest.mark.parametrize("marker", [MARKER, "ws:0000000000000000"])
def test_a_second_open_task_for_the_same_is_doubled(court: Court, marker: str) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))

    court.task(6)
    court.task(6.5, marker=marker)

    assert court.row() == Row(step="P1.1", planted=1, caught=1, doubled=1)


def test_two_notices_with_one_marker_are_doubled(court: Court) -> None:
    court.plant().notice("orlov", due=MONDAY)
    court.notice()
    court.notice()

    assert court.row() == Row(step="P1.1", planted=1, caught=1, doubled=1)


def test_closing_a_task_that_was_not_cured_is_false(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))
    task = court.task(6)
    court.score.look()

    court.world.act_on_task(task, "act_cancel", by="westsync")

    assert court.row() == Row(step="P1.1", planted=1, caught=1, false=1)


def test_a_task_that_staff_finished_is_no_closing(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5))
    task = court.task(6)

    court.score.ended_by_staff(task)
    court.world.act_on_task(task, "act_cancel", by="westsync")

    assert court.row() == Row(step="P1.1", planted=1, caught=1)


def test_a_posted_invoice_catches_what_was_due(court: Court) -> None:
    court.plant("P4.2").invoice(MONDAY)

    court.invoice()

    assert court.row("P4.2") == Row(step="P4.2", planted=1, caught=1)


def test_an_invoice_that_is_only_a_draft_is_none(court: Court) -> None:
    court.plant("P4.2").invoice(MONDAY)

    court.invoice(post=False)

    assert court.row("P4.2") == Row(step="P4.2", planted=1, missed=1)


@pytest.mark.parametrize("post", [True, False])
def test_a_second_invoice_for_the_same_is_doubled_though_a_draft(
    court: Court, *, post: bool
) -> None:
    court.plant("P4.2").invoice(MONDAY)

    court.invoice()
    court.invoice(post=post)
    court.score.look()

    assert court.row("P4.2") == Row(step="P4.2", planted=1, caught=1, doubled=1)


def test_a_task_with_other_words_does_not_count(court: Court) -> None:
    court.plant().task("sidorova", MONDAY + timedelta(minutes=5), says="платёж 701 ")

    court.task(6)

    assert court.row() == Row(step="P1.1", planted=1, missed=1, false=1)


def test_a_letter_catches_its_lapse_once_and_the_same_letter_again_is_a_double(
    court: Court,
) -> None:
    court.plant().letter("ivanov", due=MONDAY)

    court.letter(1)
    first = replace(court.row())
    court.letter(2)
    second = court.row()

    assert (first.caught, first.false, first.doubled) == (1, 0, 0)
    assert (second.caught, second.false, second.doubled) == (1, 0, 1)


def test_a_letter_that_comes_late_or_that_nobody_wrote_is_false(court: Court) -> None:
    court.plant().letter("ivanov", due=MONDAY)

    court.letter(9)
    court.letter(1, "spam@example.test")

    assert (court.row().caught, court.row().false, court.row("?").false) == (0, 1, 1)


def test_a_report_is_due_also_when_nobody_works(court: Court) -> None:
    lapse = court.plant("P8.2")
    lapse.about = None
    lapse.report("ivanov", due=office.evening(MONDAY))
    court.score.behind_letter = lambda _: ("P8.2", None)

    court.letter((office.evening(MONDAY) - MONDAY) / timedelta(minutes=1))

    assert court.row("P8.2").caught == 1
