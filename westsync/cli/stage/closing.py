"""A sale from the client's yes to the purchase, in pieces, with everything that 1C sees of it.

What the daemon itself has to do on the way (make the invoice, enter the money, have the directors
pay the supplier) is planted like a lapse: it must come, once and in time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from westsync.cli.stage import in_order, office
from westsync.cli.stage.lapses import BOOKED_LATE_MIN, PAPERS_LATE_MIN
from westsync.cli.stage.scene import DIRECTORS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime
    from decimal import Decimal

    from westsync.cli.stage.clientele import Client
    from westsync.cli.stage.lapses import Lapse
    from westsync.cli.stage.scene import Deal, Scene

# The standard gives half an hour. A write in doubt is left alone for three minutes.
_INVOICE_LATE_MIN = 8.0


def decided(scene: Scene, client: Client | None = None) -> Generator[datetime, None, Deal]:
    """A firm says yes and its data are there.

    Args:
        scene: The company.
        client: One that has ordered nothing yet if None.
    """
    who = client or scene.clientele.firm()
    deal = yield from in_order.ordered_again(scene, scene.manager(), client=who)
    yield scene.soon(4)
    scene.move(deal, deal.manager, "requisites")
    scene.say(deal, deal.manager, "Запросил данные, клиент прислал, данные получены.")
    return deal


def invoice_due(scene: Scene, deal: Deal) -> None:
    """Nothing is missing any more: the invoice is made, posted, and its number told."""
    lapse = scene.lapse("P4.2", deal, "all is there for the client's invoice, it is not made")
    lapse.invoice(scene.now, late_min=_INVOICE_LATE_MIN)
    lapse.word(scene.now, late_min=_INVOICE_LATE_MIN + BOOKED_LATE_MIN)


def sent(scene: Scene, deal: Deal) -> Iterator[datetime]:
    """The invoice goes to three addresses (P4.3), the client says that he has it (P4.5)."""
    scene.world.put_deal(deal.id, "invoice_sent", by=deal.manager)
    scene.say(deal, deal.manager, "Счёт отправлен: клиенту и обоим директорам.")
    yield scene.soon(3)
    scene.say(deal, deal.manager, "Счёт получен, оплатят сегодня.")


def invoiced(scene: Scene, client: Client | None = None) -> Generator[datetime, None, Deal]:
    """A sale up to the invoice that the client has: first the supplier's, then his (P4.4)."""
    deal = yield from decided(scene, client)
    scene.move(deal, deal.manager, "supplier_invoice")
    yield scene.soon(6)
    scene.attach_supplier_invoice(deal)
    invoice_due(scene, deal)
    yield scene.soon(15)
    yield from sent(scene, deal)
    return deal


def billed_too_early(scene: Scene) -> Generator[datetime, None, tuple[Deal, str, Lapse]]:
    """Manager and accountant make the invoice by hand under one number; no supplier is asked.

    Returns:
        The deal, the key of the invoice, the lapse of P4.4.
    """
    deal = yield from decided(scene)
    bill = scene.world.issue_invoice(deal.id, deal.total, by=deal.manager, status="drawn")
    number = int(scene.world.store.need("Invoice", bill)["number"])
    invoice = scene.accounting.invoice_by_hand(deal, number=f"ВТ00-{number:06}")
    known = scene.lapse("P4.2", deal, "an invoice was made by hand, the deal lacks its number")
    known.word(scene.now, late_min=BOOKED_LATE_MIN)
    lapse = scene.lapse("P4.4", deal, "the client's invoice went out before the supplier's")
    lapse.task(deal.manager, scene.soon(10), limit_min=60)
    yield from sent(scene, deal)
    return deal, invoice, lapse


def money_arrived(scene: Scene, deal: Deal, since: datetime | None = None) -> Lapse:
    """Money for a deal is placed in 1C: it is entered, and the manager is to tell the client.

    Args:
        scene: The company.
        deal: Whose.
        since: When it came, if that was not now.
    """
    lapse = scene.lapse("P4.6", deal, "the client's money is in 1C, nobody has told him")
    lapse.word(scene.now, late_min=BOOKED_LATE_MIN)
    lapse.task(
        deal.manager,
        scene.now,
        limit_min=10 if since is None else None,
        late_min=BOOKED_LATE_MIN,
        says="Сообщить клиенту",
    )
    return lapse


def directors_owe(scene: Scene, deal: Deal, since: datetime) -> Lapse:
    """The client paid all: a director is to pay the supplier; due ten minutes after a moment."""
    lapse = scene.lapse("P4.7", deal, "the client has paid, the supplier is not paid")
    lapse.task(DIRECTORS[0], max(scene.now, office.after(since, 10)), late_min=BOOKED_LATE_MIN)
    return lapse


def paid(
    scene: Scene,
    deal: Deal,
    *,
    amount: Decimal | None = None,
    linked: bool = True,
    means: Literal["bank", "cash"] = "bank",
) -> Generator[datetime, None, str]:
    """The client pays, and hears so; the deal stands at ``paid`` ten minutes later.

    Args:
        scene: The company.
        deal: Whose.
        amount: Roubles; None is the whole invoice.
        linked: Whether the accountant chooses the invoice.
        means: How the money comes.

    Returns:
        Key of his invoice.
    """
    invoice = scene.accounting.invoice_of(deal)
    scene.accounting.receive(invoice, amount=amount, linked=linked, means=means)
    arrived = money_arrived(scene, deal)
    yield scene.soon(9)
    scene.do(arrived, deal.manager, "Созвонились: деньги пришли, заказываем у поставщика.")
    scene.world.put_deal(deal.id, "paid", by=deal.manager)
    return invoice


def purchased(scene: Scene, deal: Deal, owed: Lapse) -> Iterator[datetime]:
    """A director pays the supplier, the purchase begins."""
    yield scene.soon(14)
    scene.accounting.pay_supplier(deal)
    owed.closed(scene.now, within_min=PAPERS_LATE_MIN + 15)
    scene.move(deal, deal.manager, "purchase")


def sold(scene: Scene, *, linked: bool = True) -> Generator[datetime, None, Deal]:
    """A sale in order, up to the purchase; the money may come without a link to the invoice."""
    deal = yield from invoiced(scene)
    yield scene.soon(scene.random.uniform(10, 30))
    paid_at = scene.now
    yield from paid(scene, deal, linked=linked)
    yield from purchased(scene, deal, directors_owe(scene, deal, paid_at))
    return deal
