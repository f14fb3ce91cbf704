"""Stories of the secretary: what is forgotten when requests and calls come in (P1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import in_order, office
from westsync.cli.stage.lapses import SEEN_LATE_MIN
from westsync.cli.stage.scene import CALL, DIRECTORS, HEAD, SECRETARY, SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.clientele import Client
    from westsync.cli.stage.scene import Deal, Scene


def _late_call(scene: Scene, deal: Deal) -> Iterator[datetime]:
    """The secretary calls at last, and all goes on as it should."""
    scene.say(deal, SECRETARY, "Созвонились с опозданием: заявка принята.")
    scene.fill_city(deal)
    yield scene.soon(1)
    yield from in_order.finished(scene, deal, in_order.handed_over(scene, deal))


def nobody_calls(scene: Scene) -> Iterator[datetime]:
    """P1.1: a trigger fills a field, which is no call; the head hears of it, then it is done."""
    deal = scene.deal(SITE)
    lapse = scene.lapse("P1.1", deal, "nobody calls the client")
    lapse.task(SECRETARY, office.after(deal.opened_at, 5), limit_min=5)
    lapse.notice(HEAD, due=office.after(deal.opened_at, 10))
    yield office.after(deal.opened_at, 2)
    scene.world.trigger_edit(deal.id, {"long_lead": False}, by=SECRETARY)
    yield office.after(deal.opened_at, 14)
    lapse.closed(scene.now)
    yield from _late_call(scene, deal)


def task_is_done(scene: Scene) -> Iterator[datetime]:
    """P1.1: the secretary does what the daemon's task asks for and finishes it herself."""
    deal = scene.deal(SITE)
    lapse = scene.lapse("P1.1", deal, "nobody calls until the task comes")
    lapse.task(SECRETARY, office.after(deal.opened_at, 5), limit_min=5)
    yield office.after(deal.opened_at, 8)
    if task := lapse.task_made():
        scene.score.ended_by_staff(task)
        scene.world.finish_task(task, by=SECRETARY, text="Позвонила, заявка принята.")
    scene.fill_city(deal)
    yield scene.soon(1)
    yield from in_order.finished(scene, deal, in_order.handed_over(scene, deal))


def task_is_edited(scene: Scene) -> Iterator[datetime]:
    """P1.1: the secretary makes the task her own; the daemon may not close it any more."""
    deal = scene.deal(SITE)
    lapse = scene.lapse("P1.1", deal, "nobody calls; the task is rewritten by hand")
    lapse.task(SECRETARY, office.after(deal.opened_at, 5), limit_min=5)
    yield office.after(deal.opened_at, 8)
    task = lapse.task_made()
    if task:
        scene.world.edit_task(task, {"name": "Перезвонить ещё раз в 17:00"}, by=SECRETARY)
    yield from _late_call(scene, deal)
    yield scene.soon(20)
    if task:
        scene.score.ended_by_staff(task)
        scene.world.finish_task(task, by=SECRETARY)


def city_not_asked(scene: Scene) -> Iterator[datetime]:
    """P1.2: the call took place, the city is still unknown."""
    deal = scene.deal(SITE)
    yield office.after(deal.opened_at, 3)
    scene.say(deal, SECRETARY, "Созвонились: заявка принята.")
    lapse = scene.lapse("P1.2", deal, "the call did not ask for the city")
    lapse.task(SECRETARY, scene.soon(10), limit_min=60)
    task = in_order.handed_over(scene, deal)
    yield scene.soon(16)
    scene.fill_city(deal)
    lapse.closed(scene.now)
    yield from in_order.finished(scene, deal, task)


def call_not_classified(scene: Scene) -> Iterator[datetime]:
    """P1.3: an incoming call is entered without its city."""
    deal = scene.deal(CALL)
    lapse = scene.lapse("P1.3", deal, "an incoming call was entered without the city")
    lapse.task(SECRETARY, office.after(deal.opened_at, 10), limit_min=60)
    yield scene.soon(1)
    task = in_order.handed_over(scene, deal)
    yield office.after(deal.opened_at, 17)
    scene.fill_city(deal)
    lapse.closed(scene.now)
    yield from in_order.finished(scene, deal, task)


def call_missed(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P1.4: a call stays without answer; with ``head_hears`` for longer than half an hour."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(12)
    todo = scene.world.add_todo(deal.id, "Звонок клиента", by=manager)
    scene.world.finish_todo(todo, by=manager, status="fail")
    lapse = scene.lapse("P1.4", deal, "the client's call was missed")
    lapse.task(manager, scene.now, limit_min=10, late_min=SEEN_LATE_MIN)
    if head_hears:
        lapse.notice(HEAD, due=scene.soon(30))
    yield scene.soon(36 if head_hears else 20)
    scene.say(deal, manager, "Созвонились, вопрос решён.")
    lapse.closed(scene.now)


def head_hears_of_missed_call(scene: Scene) -> Iterator[datetime]:
    """P1.4, and nobody calls back for half an hour."""
    yield from call_missed(scene, head_hears=True)


def management_hears_of_missed_call(scene: Scene) -> Iterator[datetime]:
    """P1.4, and the whole ladder: head of sales three times, then the directors."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(12)
    missed_at = scene.now
    todo = scene.world.add_todo(deal.id, "Звонок клиента", by=manager)
    scene.world.finish_todo(todo, by=manager, status="fail")
    lapse = scene.lapse("P1.4", deal, "the client's call was missed and is forgotten")
    lapse.task(manager, missed_at, limit_min=10, late_min=SEEN_LATE_MIN)
    for minutes in (30, 150, 270):
        lapse.notice(HEAD, due=office.after(missed_at, minutes))
    next_day = office.workdays_later(missed_at, 1)
    lapse.notice(*DIRECTORS, due=next_day)
    yield office.after(next_day, 15)
    scene.say(deal, scene.stands_in_for(manager, scene.now), "Созвонились, извинились.")
    lapse.closed(scene.now, within_min=75)


def stranger_missed(scene: Scene) -> Iterator[datetime]:
    """P1.4: the one who could not get through has no deal yet."""
    client = scene.client()
    todo = scene.world.add_todo(None, "Звонок", by=SECRETARY, client=client.id)
    scene.world.finish_todo(todo, by=SECRETARY, status="fail")
    lapse = scene.lapse("P1.4", client, "a new client could not get through")
    lapse.task(SECRETARY, scene.now, limit_min=10, late_min=5 + SEEN_LATE_MIN)
    yield scene.soon(25)
    lapse.closed(scene.now, within_min=20)
    yield from call_in_order(scene, client=client)


def call_in_order(scene: Scene, *, client: Client) -> Iterator[datetime]:
    """An incoming call of a client that is entered, classified and handed over at once."""
    deal = scene.deal(CALL, city=True, client=client)
    yield scene.soon(1)
    yield from in_order.finished(scene, deal, in_order.handed_over(scene, deal))


def urgent_call(scene: Scene, *, manager: str | None = None) -> Iterator[datetime]:
    """P1.5: «СРОЧНО» in a comment, and the manager does not call back."""
    deal = yield from in_order.ordered_again(scene, manager or scene.manager())
    yield scene.soon(12)
    yield from asked_urgently(scene, deal, deal.manager)


def asked_urgently(scene: Scene, deal: Deal, to: str) -> Iterator[datetime]:
    """A client asks for an urgent call; ``to`` is who has to make it and makes it late."""
    scene.say(deal, SECRETARY, "СРОЧНО! Клиент просит перезвонить по доставке.")
    lapse = scene.lapse("P1.5", deal, "an urgent call-back is not made")
    lapse.task(to, scene.now, limit_min=10, late_min=SEEN_LATE_MIN)
    lapse.notice(to, due=scene.now, late_min=SEEN_LATE_MIN)
    lapse.letter(to, due=scene.now, late_min=SEEN_LATE_MIN)
    lapse.notice(HEAD, due=scene.soon(10))
    yield scene.soon(14)
    scene.say(deal, to, "Позвонил, доставка согласована.")
    lapse.closed(scene.now)


def urgent_field(scene: Scene) -> Iterator[datetime]:
    """P1.5: the same by the field of the deal, which shows with the next poll."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(12)
    scene.world.edit_deal(deal.id, {"urgent": True}, by=SECRETARY)
    lapse = scene.lapse("P1.5", deal, "the deal is marked urgent, nobody calls")
    lapse.task(manager, scene.now, limit_min=10)
    lapse.notice(manager, due=scene.now)
    lapse.letter(manager, due=scene.now)
    yield scene.soon(8)
    scene.say(deal, manager, "Позвонил, всё уточнил.")
    lapse.closed(scene.now)


def no_task_for_manager(scene: Scene) -> Iterator[datetime]:
    """P1.6: the secretary called and told nobody."""
    deal = scene.deal(SITE)
    yield from in_order.greeted(scene, deal)
    lapse = scene.lapse("P1.6", deal, "the manager got no task after the first contact")
    lapse.task(deal.manager, scene.soon(10), limit_min=60)
    yield scene.soon(18)
    lapse.closed(scene.now)
    yield from in_order.talked(scene, deal, "", at_min=22)
    yield from in_order.written(scene, deal)
    yield from in_order.confirmed(scene, deal)


def twin(scene: Scene, *, by_hand: bool = False) -> Iterator[datetime]:
    """P1.7: a client is entered who is there already, with the same phone."""
    manager = scene.manager()
    first = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(3)
    again = scene.client(phone=first.client.phone)
    deal = scene.deal(CALL, client=again, manager=manager, city=True)
    lapse = scene.lapse("P1.7", deal, f"the client was in Megaplan as {first.client.name}")
    lapse.task(SECRETARY, office.after(deal.opened_at, 30), limit_min=240)
    task = in_order.handed_over(scene, deal)
    yield office.after(deal.opened_at, 38)
    if by_hand and (ours := lapse.task_made()):
        scene.score.ended_by_staff(ours)
        scene.world.finish_task(ours, by=SECRETARY, text="Это разные люди, телефон общий.")
    else:
        lapse.closed(office.after(deal.opened_at, 45), within_min=30)
    yield from in_order.talked(scene, deal, task, at_min=46)
    yield from in_order.written(scene, deal)
    yield from in_order.confirmed(scene, deal)


def twins_are_two(scene: Scene) -> Iterator[datetime]:
    """P1.7, and the secretary finds that they are two people."""
    yield from twin(scene, by_hand=True)
