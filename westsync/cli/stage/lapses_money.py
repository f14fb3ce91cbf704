"""Stories of money that is not simply the invoice's sum from the firm that got it (P4.6)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.cli.stage import closing
from westsync.cli.stage.lapses import BOOKED_LATE_MIN
from westsync.cli.stage.scene import DIRECTORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Scene

_TOO_MUCH = Decimal("5000.00")


def in_parts(scene: Scene) -> Iterator[datetime]:
    """P4.6: an advance comes, later the rest; each is told, only the whole moves the purchase."""
    deal = yield from closing.invoiced(scene)
    yield scene.soon(14)
    advance = (deal.total * Decimal("0.4")).quantize(Decimal("0.01"))
    scene.accounting.receive(scene.accounting.invoice_of(deal), amount=advance)
    arrived = closing.money_arrived(scene, deal)
    yield scene.soon(12)
    scene.do(arrived, deal.manager, "Созвонились: аванс пришёл, остаток сегодня.")
    yield scene.soon(16)
    paid_at = scene.now
    yield from closing.paid(scene, deal, amount=deal.total - advance)
    yield from closing.purchased(scene, deal, closing.directors_owe(scene, deal, paid_at))


def too_much(scene: Scene) -> Iterator[datetime]:
    """P4.6: the client pays more than the invoice; the rest is given back, which alarms nobody."""
    deal = yield from closing.invoiced(scene)
    yield scene.soon(14)
    paid_at = scene.now
    asked = scene.lapse("P4.6", deal, "the client paid too much, nobody asks him what to do")
    asked.task(deal.manager, scene.soon(10), late_min=BOOKED_LATE_MIN, says="Переплата")
    invoice = yield from closing.paid(scene, deal, amount=deal.total + _TOO_MUCH)
    owed = closing.directors_owe(scene, deal, paid_at)
    yield scene.soon(12)
    scene.accounting.give_back(invoice, _TOO_MUCH)
    asked.closed(scene.now)
    yield from closing.purchased(scene, deal, owed)


def given_back(scene: Scene) -> Iterator[datetime]:
    """P4.6: the client changes his mind and gets his money back: a director looks, nobody buys."""
    deal = yield from closing.invoiced(scene)
    yield scene.soon(14)
    paid_at = scene.now
    owed = closing.directors_owe(scene, deal, paid_at)
    invoice = yield from closing.paid(scene, deal)
    yield scene.soon(12)
    scene.accounting.give_back(invoice, deal.total)
    gone = scene.lapse("P4.6", deal, "the money went back to the client, the deal stands at paid")
    gone.task(DIRECTORS[0], scene.now, late_min=BOOKED_LATE_MIN, says="стало меньше")
    owed.closed(scene.now)
    yield scene.soon(14)
    scene.do(gone, DIRECTORS[0], "Вернули деньги: клиент отказался от заказа.")
    scene.say(deal, deal.manager, "Причина отказа: объект закрыли, деньги вернули.")
    scene.world.put_deal(deal.id, "lost", by=deal.manager)


def of_a_person(scene: Scene) -> Iterator[datetime]:
    """P4.6: a private person without ИНН and contract pays in cash in the office."""
    deal = yield from closing.invoiced(scene, scene.clientele.person())
    yield scene.soon(14)
    paid_at = scene.now
    yield from closing.paid(scene, deal, means="cash")
    yield from closing.purchased(scene, deal, closing.directors_owe(scene, deal, paid_at))
