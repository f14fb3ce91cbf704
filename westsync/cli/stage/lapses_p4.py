"""Stories of deals that are closed: data, the letter with the invoice, the call after it (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import in_order, office
from westsync.cli.stage.scene import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Deal, Scene


def data_not_asked_for(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P4.1: the client says yes, and nobody asks for his data, at once or for two hours."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(5)
    scene.move(deal, manager, "requisites")
    lapse = scene.lapse("P4.1", deal, "the client said yes, his data are not asked for")
    lapse.task(manager, scene.soon(10), limit_min=30)
    if head_hears:
        lapse.notice(HEAD, due=scene.soon(120))
    yield scene.soon(128 if head_hears else 20)
    scene.say(deal, manager, "Данные запрошены, клиент пришлёт сегодня.")
    lapse.closed(scene.now)


def head_hears_of_data(scene: Scene) -> Iterator[datetime]:
    """P4.1, and two hours later the client still was not asked."""
    yield from data_not_asked_for(scene, head_hears=True)


def data_not_answered(scene: Scene) -> Iterator[datetime]:
    """P4.1: the data came, and the client hears no «received»."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(3)
    scene.move(deal, manager, "requisites")
    scene.say(deal, manager, "Запросил данные получателя.")
    yield scene.soon(12)
    scene.world.attach_file(deal.id, f"Реквизиты {deal.id}.pdf", by=manager)
    lapse = scene.lapse("P4.1", deal, "the client's data came, nobody told him so")
    lapse.task(manager, scene.soon(10), limit_min=20)
    yield scene.soon(18)
    scene.say(deal, manager, "Данные получены, клиенту сообщили.")
    lapse.closed(scene.now)


def letter_to_nobody(scene: Scene) -> Iterator[datetime]:
    """P4.3: the deal says that the invoice was sent, no letter to the three addresses is noted."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(4)
    _invoiced(scene, deal)
    lapse = scene.lapse("P4.3", deal, "no letter with the invoice went to the three addresses")
    lapse.task(manager, scene.soon(30), limit_min=30)
    yield scene.soon(40)
    scene.say(deal, manager, "Счёт отправлен: клиенту и обоим директорам.")
    lapse.closed(scene.now)


def invoice_not_checked(scene: Scene) -> Iterator[datetime]:
    """P4.5: nobody asks on the same day whether the invoice came; a matter for the next morning."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(4)
    _invoiced(scene, deal)
    scene.say(deal, manager, "Счёт отправлен: клиенту и обоим директорам.")
    sent_at = scene.now
    lapse = scene.lapse("P4.5", deal, "nobody asks whether the invoice arrived")
    evening = next(day.closes_at for day in scene.days if day.on == sent_at.date())
    tomorrow = office.workdays_later(sent_at, 1)
    lapse.task(scene.stands_in_for(manager, tomorrow), evening, limit_min=60)
    yield office.after(evening, 25)
    scene.say(deal, scene.stands_in_for(manager, scene.now), "Счёт получен, оплатят до пятницы.")
    lapse.closed(scene.now, within_min=60)


def _invoiced(scene: Scene, deal: Deal) -> None:
    """Take a deal to its sent invoice in order: first the data and the supplier's invoice."""
    manager = deal.manager
    scene.move(deal, manager, "requisites")
    scene.say(deal, manager, "Запросил данные, клиент прислал, данные получены.")
    scene.world.attach_file(deal.id, f"Счет поставщика {deal.id}.pdf", by=manager)
    scene.world.put_deal(deal.id, "invoice_sent", by=manager)
