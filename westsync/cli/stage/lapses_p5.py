"""Stories of the purchase: its steps stand still, or come out of order (P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import closing, in_order, office
from westsync.cli.stage.lapses import PAPERS_LATE_MIN
from westsync.cli.stage.scene import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Scene


def availability_stands(scene: Scene) -> Iterator[datetime]:
    """P5.1: the client asks for another article, and for four hours nobody finds out."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    scene.world.put_deal(deal.id, "availability", by=manager)
    scene.availability_asked(deal)
    lapse = scene.lapse("P5.1", deal, "nobody finds out whether the goods are there")
    lapse.task(manager, scene.soon(240), limit_min=120)
    yield scene.soon(252)
    scene.say(deal, manager, "Созвонились: товар есть, срок прежний.")
    scene.move(deal, manager, "offer")
    lapse.closed(scene.now)


def supplier_forgotten(scene: Scene) -> Iterator[datetime]:
    """P5.2: four hours without the supplier's invoice, for which the client's waits (P4.4)."""
    deal = yield from closing.decided(scene)
    scene.move(deal, deal.manager, "supplier_invoice")
    waits = scene.lapse("P4.4", deal, "the supplier's invoice is not asked for")
    waits.task(deal.manager, scene.soon(30), limit_min=120)
    waits.notice(HEAD, due=scene.soon(240))
    lapse = scene.lapse("P5.2", deal, "the supplier's invoice does not come")
    lapse.task(deal.manager, scene.soon(240), limit_min=120)
    yield scene.soon(250)
    scene.attach_supplier_invoice(deal)
    waits.closed(scene.now)
    lapse.closed(scene.now)
    closing.invoice_due(scene, deal)
    yield scene.soon(15)
    yield from closing.sent(scene, deal)


def paid_before_supplier_invoice(scene: Scene) -> Iterator[datetime]:
    """P5.3: the client has paid, and an hour later there is no supplier's invoice to buy by."""
    deal, invoice, early = yield from closing.billed_too_early(scene)
    yield scene.soon(15)
    paid_at = scene.now
    scene.accounting.receive(invoice)
    arrived = closing.money_arrived(scene, deal)
    lapse = scene.lapse("P5.3", deal, "the client has paid, no supplier's invoice is there")
    lapse.task(deal.manager, scene.soon(60), limit_min=120)
    yield scene.soon(9)
    scene.do(arrived, deal.manager, "Созвонились: деньги пришли.")
    scene.world.put_deal(deal.id, "paid", by=deal.manager)
    yield office.after(paid_at, 68)
    scene.attach_supplier_invoice(deal)
    early.closed(scene.now)
    lapse.closed(scene.now)
    yield from closing.purchased(scene, deal, closing.directors_owe(scene, deal, paid_at))


def purchase_before_money(scene: Scene) -> Iterator[datetime]:
    """P5.4: the goods are ordered, and the client has paid nothing; then he does."""
    deal = yield from closing.invoiced(scene)
    yield scene.soon(8)
    scene.world.put_deal(deal.id, "purchase", by=deal.manager)
    lapse = scene.lapse("P5.4", deal, "the purchase began before the client's money")
    lapse.task(deal.manager, scene.soon(10), limit_min=120)
    yield scene.soon(22)
    paid_at = scene.now
    scene.accounting.receive(scene.accounting.invoice_of(deal))
    lapse.closed(scene.now)
    arrived = closing.money_arrived(scene, deal)
    owed = closing.directors_owe(scene, deal, paid_at)
    yield scene.soon(9)
    scene.do(arrived, deal.manager, "Созвонились: деньги пришли, товар уже заказан.")
    yield scene.soon(14)
    scene.accounting.pay_supplier(deal)
    owed.closed(scene.now, within_min=PAPERS_LATE_MIN + 15)


def purchase_stands(scene: Scene) -> Iterator[datetime]:
    """P5.5: everything is paid, and a working day later nothing is ordered."""
    deal = yield from closing.invoiced(scene)
    yield scene.soon(12)
    paid_at = scene.now
    yield from closing.paid(scene, deal)
    owed = closing.directors_owe(scene, deal, paid_at)
    yield office.after(paid_at, 25)
    scene.accounting.pay_supplier(deal)
    owed.closed(scene.now, within_min=PAPERS_LATE_MIN + 15)
    due = office.workdays_later(paid_at, 1)
    lapse = scene.lapse("P5.5", deal, "all is paid, nothing is ordered")
    lapse.task(scene.stands_in_for(deal.manager, due), due, limit_min=240)
    yield office.after(due, 25)
    scene.move(deal, scene.stands_in_for(deal.manager, scene.now), "purchase")
    lapse.closed(scene.now)
