"""Stories of the managers: talks, promises, letters and refusals (P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import in_order, office
from westsync.cli.stage.lapses import SEEN_LATE_MIN
from westsync.cli.stage.scene import HEAD, SECRETARY, SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Scene


def details_not_entered(scene: Scene) -> Iterator[datetime]:
    """P2.1: the manager talked, the deal does not show about what."""
    deal = scene.deal(SITE)
    yield from in_order.greeted(scene, deal)
    task = in_order.handed_over(scene, deal)
    yield office.after(deal.opened_at, 30)
    scene.say(deal, deal.manager, "Созвонились, обсудили заказ.")
    scene.move(deal, deal.manager, "qualify")
    lapse = scene.lapse("P2.1", deal, "goods and delivery were not entered after the talk")
    lapse.task(deal.manager, scene.soon(10), limit_min=60)
    yield scene.soon(17)
    scene.fill_order(deal, deal.manager)
    scene.world.finish_task(task, by=deal.manager)
    scene.move(deal, deal.manager, "availability")
    lapse.closed(scene.now)
    yield from in_order.written(scene, deal, in_min=5)
    yield from in_order.confirmed(scene, deal)


def promise_broken(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P2.2: a promised time passes; with ``head_hears`` by more than half an hour."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    promised_at = scene.soon(scene.random.randint(25, 40))
    task = scene.plan(deal, manager, promised_at, "Перезвонить с ответом поставщика")
    yield promised_at
    lapse = scene.lapse("P2.2", deal, "the promised time passes without a call")
    lapse.notice(manager, due=office.after(promised_at, 5), late_min=SEEN_LATE_MIN)
    if head_hears:
        lapse.notice(HEAD, due=office.after(promised_at, 30), late_min=SEEN_LATE_MIN)
    yield office.after(promised_at, 42 if head_hears else 16)
    scene.world.finish_task(task, by=manager, text="Перезвонил.")


def head_hears_of_promise(scene: Scene) -> Iterator[datetime]:
    """P2.2, and the client still waits half an hour later."""
    yield from promise_broken(scene, head_hears=True)


def planned_call_forgotten(scene: Scene) -> Iterator[datetime]:
    """P2.2: the promise stands in the calendar as a call."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    promised_at = scene.soon(30)
    todo = scene.world.add_todo(deal.id, "Позвонить с ценой", by=manager, at=promised_at)
    yield promised_at
    lapse = scene.lapse("P2.2", deal, "a planned call does not take place")
    lapse.notice(manager, due=office.after(promised_at, 5), late_min=SEEN_LATE_MIN)
    yield office.after(promised_at, 17)
    scene.world.finish_todo(todo, by=manager)
    scene.say(deal, manager, "Созвонились: цена подтверждена.")


def manager_silent(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P2.3: the client hears nothing of his manager for an hour, or for an hour and a half."""
    deal = scene.deal(SITE)
    yield from in_order.greeted(scene, deal)
    task = in_order.handed_over(scene, deal, within_min=230)
    yield office.after(deal.opened_at, 45)
    lapse = scene.lapse("P2.3", deal, "the manager does not call within the hour")
    lapse.task(deal.manager, office.after(deal.opened_at, 60), limit_min=30)
    if head_hears:
        lapse.notice(HEAD, due=office.after(deal.opened_at, 90))
    cured_min = 96.0 if head_hears else 70.0
    yield office.after(deal.opened_at, cured_min)
    lapse.closed(scene.now)
    yield from in_order.talked(scene, deal, task, at_min=cured_min)
    yield from in_order.written(scene, deal)
    yield from in_order.confirmed(scene, deal)


def head_hears_of_silence(scene: Scene) -> Iterator[datetime]:
    """P2.3, and the hour and a half are over."""
    yield from manager_silent(scene, head_hears=True)


def letter_not_sent(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P2.4: no confirmation letter within half an hour of the talk, or within two hours."""
    deal = scene.deal(SITE)
    yield from in_order.greeted(scene, deal)
    task = in_order.handed_over(scene, deal)
    yield office.after(deal.opened_at, 30)
    talk_at = scene.now
    yield from in_order.talked(scene, deal, task, at_min=30)
    lapse = scene.lapse("P2.4", deal, "the confirmation letter is not sent")
    lapse.task(deal.manager, office.after(talk_at, 30), limit_min=30)
    if head_hears:
        lapse.notice(HEAD, due=office.after(talk_at, 120))
    yield office.after(talk_at, 128 if head_hears else 40)
    yield from in_order.written(scene, deal, in_min=1)
    lapse.closed(scene.now)
    yield from in_order.confirmed(scene, deal)


def head_hears_of_letter(scene: Scene) -> Iterator[datetime]:
    """P2.4, and two hours later there is still no letter."""
    yield from letter_not_sent(scene, head_hears=True)


def letter_not_checked(scene: Scene, *, head_hears: bool = False) -> Iterator[datetime]:
    """P2.5: nobody asks on the same day whether the letter came; a matter for the next morning."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager, confirms=False)
    sent_at = scene.now
    lapse = scene.lapse("P2.5", deal, "nobody asks whether the letter arrived")
    evening = _closing(scene, sent_at)
    tomorrow = office.workdays_later(sent_at, 1)
    lapse.task(scene.stands_in_for(manager, tomorrow), evening, limit_min=60)
    if head_hears:
        lapse.notice(HEAD, due=tomorrow)
        yield office.after(tomorrow, 12)
    else:
        yield office.after(evening, 25)
    scene.say(deal, scene.stands_in_for(manager, scene.now), "Клиент письмо получил.")
    lapse.closed(scene.now, within_min=60)


def head_hears_of_unchecked(scene: Scene) -> Iterator[datetime]:
    """P2.5, and a working day later still nobody has asked."""
    yield from letter_not_checked(scene, head_hears=True)


def talk_not_recorded(scene: Scene) -> Iterator[datetime]:
    """P2.6: a call was held, nothing was written."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(12)
    todo = scene.world.add_todo(deal.id, "Звонок клиенту", by=manager)
    scene.world.finish_todo(todo, by=manager)
    lapse = scene.lapse("P2.6", deal, "a call was held and nothing written")
    lapse.task(manager, scene.soon(10), limit_min=60)
    yield scene.soon(18)
    scene.say(deal, manager, "Клиент просит доставку после обеда, адрес прежний.")
    lapse.closed(scene.now)


def first_talk_not_recorded(scene: Scene) -> Iterator[datetime]:
    """P2.6: the secretary held the first call and wrote nothing."""
    deal = scene.deal(SITE, city=True)
    yield office.after(deal.opened_at, 3)
    todo = scene.world.add_todo(deal.id, "Звонок по заявке", by=SECRETARY)
    scene.world.finish_todo(todo, by=SECRETARY)
    lapse = scene.lapse("P2.6", deal, "the first call left no word in the deal")
    lapse.task(SECRETARY, scene.soon(10), limit_min=60)
    task = in_order.handed_over(scene, deal)
    yield scene.soon(18)
    scene.say(deal, SECRETARY, "Заявка принята, клиент ждёт звонка менеджера.")
    lapse.closed(scene.now)
    yield from in_order.finished(scene, deal, task)


def refused_three_times(scene: Scene) -> Iterator[datetime]:
    """P2.7: three refusals, and the deal stays open."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    for reason in ("дорого", "подумает до весны", "нашёл дешевле"):
        yield scene.soon(14)
        scene.say(deal, manager, f"Отказ: {reason}.")
    lapse = scene.lapse("P2.7", deal, "the third refusal, and the deal stays open")
    lapse.task(manager, scene.soon(10), limit_min=240)
    yield scene.soon(18)
    scene.move(deal, manager, "lost")
    lapse.closed(scene.now)


def lost_without_reason(scene: Scene) -> Iterator[datetime]:
    """P2.7: a deal is closed as lost without a word."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    yield scene.soon(20)
    scene.move(deal, manager, "lost")
    lapse = scene.lapse("P2.7", deal, "the deal is closed as lost without a reason")
    lapse.task(manager, scene.soon(10), limit_min=240)
    yield scene.soon(18)
    scene.say(deal, manager, "Клиент купил с рук.")
    lapse.closed(scene.now)


def refused_in_order(scene: Scene) -> Iterator[datetime]:
    """Refusals that are worked up and end in a closed deal, as the standard wants it."""
    manager = scene.manager()
    deal = yield from in_order.ordered_again(scene, manager)
    for reason in ("дорого", "далеко везти"):
        yield scene.soon(15)
        scene.say(deal, manager, f"Возражение: {reason}.")
    yield scene.soon(15)
    scene.say(deal, manager, "Отказ: бюджет ушёл на ремонт.")
    yield scene.soon(3)
    scene.move(deal, manager, "lost")


def _closing(scene: Scene, at: datetime) -> datetime:
    return next(day.closes_at for day in scene.days if day.on == at.date())
