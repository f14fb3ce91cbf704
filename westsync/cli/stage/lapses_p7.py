"""Stories of deals that were delivered: the quality call, a claim, a content client (P7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.cli.stage import in_order, office
from westsync.cli.stage.lapses import SEEN_LATE_MIN
from westsync.cli.stage.scene import DIRECTORS, SECRETARY

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Deal, Scene

# The longer an episode lasts, the less often its details are read: at least once an hour.
_OLD_MIN = 75.0


def nobody_asks_after_delivery(scene: Scene) -> Iterator[datetime]:
    """P7.1: two calendar days after the delivery nobody has called the client."""
    deal = yield from _delivered(scene)
    lapse = scene.lapse("P7.1", deal, "nobody asks the client after the delivery")
    due = scene.now + timedelta(days=2)
    lapse.task(SECRETARY, due, limit_min=240)
    yield office.after(due, 30)
    scene.say(deal, SECRETARY, "Созвонились: клиент доволен, всё работает.")
    lapse.closed(scene.now, within_min=_OLD_MIN)


def claim_made(scene: Scene) -> Iterator[datetime]:
    """P7.2: the client complains; both directors read of it."""
    deal = yield from _delivered(scene)
    yield scene.soon(8)
    scene.say(deal, SECRETARY, "Претензия: на корпусе трещина, просит замену.")
    lapse = scene.lapse("P7.2", deal, "the client complains about the goods")
    lapse.notice(*DIRECTORS, due=scene.now, late_min=SEEN_LATE_MIN)
    yield scene.soon(20)


def content_client(scene: Scene) -> Iterator[datetime]:
    """The quality call takes place and the client is content: nobody is told anything."""
    deal = yield from _delivered(scene)
    yield scene.soon(15)
    scene.say(deal, SECRETARY, "Созвонились: претензий нет, клиент доволен.")


def _delivered(scene: Scene) -> Generator[datetime, None, Deal]:
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(4)
    scene.world.put_deal(deal.id, "delivered", by=manager)
    return deal
