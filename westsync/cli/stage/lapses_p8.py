"""Stories of reports (P8.1, P8.2), and of offers and invoices without news (P8.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.cli.stage import in_order, office
from westsync.cli.stage.scene import DIRECTORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.lapses import Lapse
    from westsync.cli.stage.scene import Deal, Scene

_OLD_MIN = 75.0
_TEN = timedelta(hours=10)


def reports(scene: Scene) -> Iterator[datetime]:
    """P8.1, P8.2: nobody has to do anything for the reports of the day, and they come."""
    (today,) = (day for day in scene.days if day.on == scene.now.date())
    due = [("P8.1", "secretary's report", "10:50"), ("P8.2", "sales report", "19:45")]
    if today.on.weekday() == 0:
        due.append(("P8.2", "week's report", "09:30"))
    for step, name, clock in due:
        lapse = scene.lapse(step, name, "the directors read it in their mail", told=False)
        lapse.report(*DIRECTORS, due=today.at(clock))
    yield scene.now


def no_news(scene: Scene) -> Iterator[datetime]:
    """P8.3: an invoice is out, and for two mornings nobody asks what became of it."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(4)
    scene.move(deal, manager, "requisites")
    scene.say(deal, manager, "Запросил данные, клиент прислал, данные получены.")
    scene.world.attach_file(deal.id, f"Счет поставщика {deal.id}.pdf", by=manager)
    scene.world.put_deal(deal.id, "invoice_sent", by=manager)
    scene.say(deal, manager, "Счёт отправлен: клиенту и обоим директорам.")
    yield scene.soon(6)
    scene.say(deal, manager, "Счёт получен, клиент ждёт бухгалтера.")
    lapse = news_owed(scene, deal, scene.now)
    yield office.after(_owed_at(scene.now), 25)
    scene.say(deal, scene.stands_in_for(manager, scene.now), "Клиент оплатит завтра.")
    lapse.closed(scene.now, within_min=_OLD_MIN)


def news_owed(scene: Scene, deal: Deal, quiet_since: datetime) -> Lapse:
    """Plant that nobody touches an offer or invoice until the second ten o'clock from now."""
    due = _owed_at(quiet_since)
    lapse = scene.lapse("P8.3", deal, "nobody finds out what became of the offer or invoice")
    lapse.task(scene.stands_in_for(deal.manager, due), due)
    return lapse


def _owed_at(quiet_since: datetime) -> datetime:
    """Return the second ten o'clock of working days after a moment of a working day."""
    midnight = quiet_since.replace(hour=0, minute=0, second=0, microsecond=0)
    ten = midnight + _TEN
    return office.workdays_later(ten, 1 if quiet_since < ten else 2)
