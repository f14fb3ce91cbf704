"""Stories of clients without deals and deals without anybody (P9), and of staff who are away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import in_order, office
from westsync.cli.stage.lapses import SEEN_LATE_MIN
from westsync.cli.stage.lapses_p1 import asked_urgently, call_in_order
from westsync.cli.stage.lapses_p8 import news_owed
from westsync.cli.stage.scene import HEAD, SECRETARY
from westsync.cli.stage.watcher import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Scene

# Clients are polled every five minutes, and the calls of one without a deal are read again then.
_CLIENT_LATE_MIN = 5 + SEEN_LATE_MIN
# The longer an episode lasts, the less often its details are read: at least once an hour.
_OLD_MIN = 75.0


def client_without_deal(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P9.1: a client is entered and forgotten, for one working day or for two."""
    client = scene.client()
    entered_at = scene.now
    lapse = scene.lapse("P9.1", client, "a client is entered without a deal")
    lapse.task(
        SECRETARY, office.workdays_later(entered_at, 1), limit_min=240, late_min=_CLIENT_LATE_MIN
    )
    if head_hears:
        late_at = office.workdays_later(entered_at, 2)
        lapse.task(HEAD, late_at, limit_min=240, late_min=_CLIENT_LATE_MIN)
    yield office.after(office.workdays_later(entered_at, 2 if head_hears else 1), 30)
    lapse.closed(scene.now, within_min=_OLD_MIN)
    yield from call_in_order(scene, client=client)


def contact_without_deal(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P9.2: somebody talked with a client and made no deal, for one hour or for three."""
    client = scene.client()
    todo = scene.world.add_todo(None, "Звонок клиента", by=SECRETARY, client=client.id)
    scene.world.finish_todo(todo, by=SECRETARY)
    lapse = scene.lapse("P9.2", client, "a contact with a client left no deal")
    lapse.task(SECRETARY, scene.soon(60), limit_min=60, late_min=_CLIENT_LATE_MIN)
    if head_hears:
        lapse.task(HEAD, scene.soon(180), limit_min=120, late_min=_CLIENT_LATE_MIN)
    yield scene.soon(200 if head_hears else 80)
    lapse.closed(scene.now, within_min=30)
    yield from call_in_order(scene, client=client)


def head_hears_of_contact(scene: Scene) -> Iterator[datetime]:
    """P9.2, three hours after the contact."""
    yield from contact_without_deal(scene, head_hears=True)


def deal_forgotten(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P9.3: nobody touches a deal and nothing is planned, for two working days or for three."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager, plans=False)
    quiet_since = scene.now
    lapse = scene.lapse("P9.3", deal, "nothing is planned; the deal will be forgotten")
    due = office.workdays_later(quiet_since, 2)
    lapse.task(scene.stands_in_for(manager, due), due, limit_min=240)
    news = news_owed(scene, deal, quiet_since)
    if head_hears:
        lapse.notice(HEAD, due=office.workdays_later(quiet_since, 3))
    yield office.after(office.workdays_later(quiet_since, 3 if head_hears else 2), 25)
    scene.say(deal, scene.stands_in_for(manager, scene.now), "Клиент вернётся к нам через неделю.")
    scene.plan(deal, HEAD, scene.after_the_play, "Позвонить через неделю")
    lapse.closed(scene.now, within_min=_OLD_MIN)
    news.closed(scene.now, within_min=_OLD_MIN)


def manager_on_leave(scene: Scene, leaves: office.WorkDay) -> Iterator[datetime]:
    """P1.5 during the leave of the manager: his deputy is asked."""
    deal = yield from in_order.ordered_again(scene, "petrova")
    yield leaves.at("10:20")
    yield from asked_urgently(scene, deal, scene.stands_in_for("petrova", scene.now))


def manager_dismissed(scene: Scene, gone_by: office.WorkDay) -> Iterator[datetime]:
    """P1.5 about the deal of somebody who works here no more: the role of managers is asked."""
    deal = yield from in_order.ordered_again(scene, "driver1")
    yield scene.soon(30)
    scene.tell(Tone.STAFF, "Кузнецов Иван leaves the company; a deal of his stays open", "")
    scene.world.dismiss("driver1")
    yield gone_by.at("11:15")
    yield from asked_urgently(scene, deal, "ivanov")
