"""Stories of what the supplier has: none, two alike, not listed; and of his list itself (P3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import in_order
from westsync.cli.stage.casting import ALIKE, SOLD_OUT, UNLISTED, Goods
from westsync.cli.stage.scene import AGAIN, WEB
from westsync.cli.stage.supplier import MAILBOX, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Scene

_EVERY_MIN = 60.0


def sold_out(scene: Scene) -> Iterator[datetime]:
    """P3.4: the supplier has none; the manager is to negotiate with him."""
    yield from _asked(scene, SOLD_OUT, "P3.4", "the supplier has none of it")


def alike(scene: Scene) -> Iterator[datetime]:
    """P3.2: two rows of the list may be it; the manager is to choose."""
    yield from _asked(scene, ALIKE, "P3.2", "two articles of the supplier may be meant")


def unlisted(scene: Scene) -> Iterator[datetime]:
    """P3.4: no list tells of it; the supplier is to be asked."""
    yield from _asked(scene, UNLISTED, "P3.4", "no supplier's list tells of it")


def list_under_repair(scene: Scene) -> Iterator[datetime]:
    """P3.1: the supplier serves a page instead of his list for more than an hour."""
    scene.supplier.close_for_repair()
    lapse = scene.lapse("P3.1", TITLE, "the supplier's list is a page that says 'under repair'")
    lapse.task(WEB, scene.soon(15), late_min=_EVERY_MIN, says=TITLE)
    yield scene.soon(100)
    scene.supplier.open_again()
    lapse.closed(scene.now, within_min=_EVERY_MIN + 15)


def _asked(scene: Scene, goods: Goods, step: str, what: str) -> Iterator[datetime]:
    """A known client orders something about which stock tells too little; a person finds out."""
    manager = scene.manager()
    deal = scene.deal(AGAIN, manager=manager, goods=goods, city=True, by=manager)
    scene.fill_order(deal, manager)
    scene.say(deal, manager, "Договорились: узнаю наличие и перезвоню.")
    scene.move(deal, manager, "qualify", "availability")
    lapse = scene.lapse(step, deal, what)
    lapse.task(manager, scene.now)
    if goods is UNLISTED:
        request = scene.lapse("P3.5", deal, "only the supplier can tell, and he has a mailbox")
        request.letter(MAILBOX, due=scene.now)
    yield scene.soon(18)
    scene.say(deal, manager, "Письмо отправлено: срок от поставщика, запрос данных.")
    scene.move(deal, manager, "offer")
    lapse.closed(scene.now)
    yield from in_order.confirmed(scene, deal)
