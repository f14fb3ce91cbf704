"""Stories of the delivery: papers that are not printed, papers that the driver needs (P6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.cli.stage import closing, office
from westsync.cli.stage.lapses import BOOKED_LATE_MIN, PROMPT_MIN

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from westsync.cli.stage.lapses import Lapse
    from westsync.cli.stage.scene import Deal, Scene

_HOUR = timedelta(hours=1)
# Awaited papers are looked for every five minutes, and the answer to them takes a cycle.
_SEEN_MIN = BOOKED_LATE_MIN + PROMPT_MIN


def papers_at_once(scene: Scene) -> Iterator[datetime]:
    """P6.1: the goods leave at once, and ten minutes after the money no paper is printed."""
    deal = yield from closing.invoiced(scene)
    scene.world.edit_deal(deal.id, {"delivery_at": None}, by=deal.manager)
    yield scene.soon(10)
    lapse = scene.lapse("P6.1", deal, "the goods leave at once, the papers are not printed")
    lapse.task(deal.manager, scene.soon(10), limit_min=60, late_min=BOOKED_LATE_MIN)
    owed = closing.directors_owe(scene, deal, scene.now)
    invoice = yield from closing.paid(scene, deal)
    yield scene.soon(12)
    scene.accounting.ship(invoice)
    lapse.closed(scene.now, within_min=_SEEN_MIN)
    yield from closing.purchased(scene, deal, owed)
    yield scene.soon(60)


def papers_of_today(scene: Scene) -> Iterator[datetime]:
    """P6.1, P6.2: delivered on the day of the money; papers are late, then go to the driver."""
    deal = yield from closing.invoiced(scene)
    today = next(day for day in scene.days if day.on == scene.now.date())
    scene.world.edit_deal(deal.id, {"delivery_at": today.closes_at}, by=deal.manager)
    yield scene.soon(10)
    owed = closing.directors_owe(scene, deal, scene.now)
    invoice = yield from closing.paid(scene, deal)
    lapse = scene.lapse("P6.1", deal, "paid, to be delivered today, the papers are not printed")
    lapse.task(deal.manager, scene.now)
    yield scene.soon(4)
    scene.accounting.ship(invoice)
    lapse.closed(scene.now, within_min=_SEEN_MIN)
    driver = _driver_waits(scene, deal, scene.now)
    yield from closing.purchased(scene, deal, owed)
    yield scene.soon(70)
    _delivered(scene, deal, driver)


def papers_in_the_evening(scene: Scene) -> Iterator[datetime]:
    """P6.1, P6.2: the delivery is tomorrow; an hour before closing no paper is printed."""
    deal, invoice, due = yield from _sold_for_tomorrow(scene)
    lapse = scene.lapse("P6.1", deal, "the delivery is tomorrow, the papers are not printed")
    lapse.task(deal.manager, due, limit_min=60)
    yield office.after(due, 14)
    scene.accounting.ship(invoice)
    lapse.closed(scene.now, within_min=_SEEN_MIN)
    driver = _driver_waits(scene, deal, scene.now)
    yield office.after(due, 130)
    _delivered(scene, deal, driver)


def papers_to_the_driver(scene: Scene) -> Iterator[datetime]:
    """P6.2: the papers are printed in time and lie there; the driver leaves this evening."""
    deal, invoice, due = yield from _sold_for_tomorrow(scene)
    yield scene.soon(20)
    scene.accounting.ship(invoice)
    driver = scene.lapse("P6.2", deal, "the driver has not got the papers")
    driver.task(deal.manager, due, limit_min=60)
    yield office.after(due, 25)
    _delivered(scene, deal, driver)


def _sold_for_tomorrow(scene: Scene) -> Generator[datetime, None, tuple[Deal, str, datetime]]:
    """A sale whose goods leave tomorrow; gives the key of the invoice and when papers are due."""
    deal = yield from closing.invoiced(scene)
    tomorrow = office.workdays_later(scene.now, 1).replace(hour=15, minute=0, second=0)
    scene.world.edit_deal(deal.id, {"delivery_at": tomorrow}, by=deal.manager)
    yield scene.soon(10)
    owed = closing.directors_owe(scene, deal, scene.now)
    invoice = yield from closing.paid(scene, deal)
    yield from closing.purchased(scene, deal, owed)
    today = next(day for day in scene.days if day.on == scene.now.date())
    return deal, invoice, today.closes_at - _HOUR


def _driver_waits(scene: Scene, deal: Deal, since: datetime) -> Lapse:
    """The papers are printed after they were due: the driver is to have them as soon as seen."""
    driver = scene.lapse("P6.2", deal, "the driver has not got the papers")
    driver.task(scene.stands_in_for(deal.manager, since), since, late_min=_SEEN_MIN)
    return driver


def _delivered(scene: Scene, deal: Deal, driver: Lapse) -> None:
    scene.world.put_deal(deal.id, "delivered", by=scene.stands_in_for(deal.manager, scene.now))
    driver.closed(scene.now)
