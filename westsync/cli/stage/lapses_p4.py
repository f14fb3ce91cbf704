"""Stories of deals that are closed: data, invoices, letters, money (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import closing, in_order, office
from westsync.cli.stage.lapses import BOOKED_LATE_MIN
from westsync.cli.stage.scene import DIRECTORS, HEAD

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


def goods_not_entered(scene: Scene) -> Iterator[datetime]:
    """P4.2: the invoice is due, and the deal does not say for what; then it is made."""
    deal = yield from closing.decided(scene)
    scene.world.set_lines(deal.id, [], by=deal.manager)
    scene.move(deal, deal.manager, "supplier_invoice")
    scene.attach_supplier_invoice(deal)
    lapse = scene.lapse("P4.2", deal, "the invoice lacks its positions")
    lapse.task(deal.manager, scene.soon(30), limit_min=60)
    yield scene.soon(38)
    scene.world.set_lines(deal.id, [deal.line], by=deal.manager)
    lapse.closed(scene.now)
    closing.invoice_due(scene, deal)
    yield scene.soon(15)
    yield from closing.sent(scene, deal)


def supplier_not_asked(scene: Scene) -> Iterator[datetime]:
    """P4.4: the client's invoice waits for the supplier's, which nobody asks for."""
    deal = yield from closing.decided(scene)
    scene.move(deal, deal.manager, "supplier_invoice")
    lapse = scene.lapse("P4.4", deal, "the supplier's invoice is not asked for")
    lapse.task(deal.manager, scene.soon(30), limit_min=120)
    yield scene.soon(40)
    scene.attach_supplier_invoice(deal)
    lapse.closed(scene.now)
    closing.invoice_due(scene, deal)
    yield scene.soon(15)
    yield from closing.sent(scene, deal)


def invoiced_by_hand(scene: Scene) -> Iterator[datetime]:
    """P4.4: the client's invoice is made by hand and goes out before the supplier's is there."""
    deal, _, lapse = yield from closing.billed_too_early(scene)
    yield scene.soon(25)
    scene.attach_supplier_invoice(deal)
    lapse.closed(scene.now)


def money_named_in_words(scene: Scene) -> Iterator[datetime]:
    """P4.6: the accountant links no invoice; number and date in the payer's words place it."""
    yield from closing.sold(scene, linked=False)


def money_of_nobody(scene: Scene) -> Iterator[datetime]:
    """P4.6: a firm has two open invoices, and its payment tells of neither: a director decides."""
    first = yield from closing.invoiced(scene)
    second = yield from closing.invoiced(scene, first.client)
    yield scene.soon(20)
    paid_at, invoice = scene.now, scene.accounting.invoice_of(second)
    payment, order = scene.accounting.receive(
        invoice, linked=False, purpose="Оплата за оборудование"
    )
    asked = scene.lapse("P4.6", f"payment {order}", "a payment does not say for what it is")
    asked.task(DIRECTORS[0], scene.soon(10), late_min=BOOKED_LATE_MIN, says=f"платёж {order} ")
    yield scene.soon(28)
    scene.accounting.place(payment, invoice)
    asked.closed(scene.now)
    arrived = closing.money_arrived(scene, second, paid_at)
    owed = closing.directors_owe(scene, second, paid_at)
    yield scene.soon(12)
    scene.do(arrived, second.manager, "Созвонились: оплата нашлась.")
    scene.world.put_deal(second.id, "paid", by=second.manager)
    yield from closing.purchased(scene, second, owed)


def _invoiced(scene: Scene, deal: Deal) -> None:
    """Take a deal to its sent invoice in order: first the data and the supplier's invoice."""
    manager = deal.manager
    scene.move(deal, manager, "requisites")
    scene.say(deal, manager, "Запросил данные, клиент прислал, данные получены.")
    scene.world.attach_file(deal.id, f"Счет поставщика {deal.id}.pdf", by=manager)
    scene.world.put_deal(deal.id, "invoice_sent", by=manager)
