"""Which stories are played on which day, and at what time they begin."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from westsync.cli.stage import (
    closing,
    in_order,
    lapses_money,
    lapses_p1,
    lapses_p2,
    lapses_p3,
    lapses_p4,
    lapses_p5,
    lapses_p6,
    lapses_p7,
    lapses_p8,
    lapses_p9,
    office,
    trouble,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from westsync.cli.stage.office import WorkDay
    from westsync.cli.stage.scene import Scene

    Story = Callable[[Scene], Iterator[datetime]]

# Stories that end on the day on which they begin, and how many working minutes they take at most.
WITHIN_A_DAY: tuple[tuple[Callable[..., Iterator[datetime]], int], ...] = (
    (lapses_p1.nobody_calls, 110),
    (lapses_p1.city_not_asked, 120),
    (lapses_p1.call_not_classified, 120),
    (lapses_p1.call_missed, 50),
    (lapses_p1.urgent_call, 50),
    (lapses_p1.no_task_for_manager, 90),
    (lapses_p1.twin, 120),
    (lapses_p2.details_not_entered, 110),
    (lapses_p2.promise_broken, 80),
    (lapses_p2.manager_silent, 140),
    (lapses_p2.letter_not_sent, 120),
    (lapses_p2.talk_not_recorded, 50),
    (lapses_p2.refused_three_times, 90),
    (lapses_p9.contact_without_deal, 190),
    (lapses_p1.task_is_done, 110),
    (lapses_p1.task_is_edited, 140),
    (lapses_p1.head_hears_of_missed_call, 80),
    (lapses_p1.stranger_missed, 130),
    (lapses_p1.urgent_field, 50),
    (lapses_p1.twins_are_two, 120),
    (lapses_p2.head_hears_of_promise, 110),
    (lapses_p2.planned_call_forgotten, 80),
    (lapses_p2.head_hears_of_silence, 170),
    (lapses_p2.head_hears_of_letter, 210),
    (lapses_p2.first_talk_not_recorded, 110),
    (lapses_p2.lost_without_reason, 60),
    (lapses_p9.head_hears_of_contact, 310),
    (lapses_p4.data_not_asked_for, 60),
    (lapses_p4.data_not_answered, 70),
    (lapses_p4.letter_to_nobody, 90),
    (lapses_p4.head_hears_of_data, 180),
    (lapses_p7.claim_made, 60),
    (lapses_p7.content_client, 60),
    (closing.sold, 130),
    (lapses_p4.goods_not_entered, 100),
    (lapses_p4.supplier_not_asked, 100),
    (lapses_p4.invoiced_by_hand, 80),
    (lapses_p4.money_named_in_words, 130),
    (lapses_p4.money_of_nobody, 190),
    (lapses_money.in_parts, 150),
    (lapses_money.too_much, 150),
    (lapses_money.given_back, 150),
    (lapses_money.of_a_person, 130),
    (lapses_p5.availability_stands, 280),
    (lapses_p5.supplier_forgotten, 320),
    (lapses_p5.paid_before_supplier_invoice, 180),
    (lapses_p5.purchase_before_money, 150),
    (lapses_p6.papers_at_once, 200),
    (lapses_p3.sold_out, 60),
    (lapses_p3.alike, 60),
    (lapses_p3.unlisted, 60),
    (lapses_p3.list_under_repair, 180),
)
FAULTY_MINUTES = 120
IN_ORDER = ((in_order.in_order, 100), (in_order.in_order, 100), (lapses_p2.refused_in_order, 80))
PER_DAY = 9
# Each day may ask for so many organisations that Megaplan and 1C know already.
_FIRMS_PER_DAY, _FIRMS_AT_LEAST = 5, 20


def firms_wanted(days: int) -> int:
    """Return how many organisations must be known before a play of so many days."""
    return _FIRMS_AT_LEAST + _FIRMS_PER_DAY * days


def programme(scene: Scene) -> list[tuple[datetime, Story]]:
    """Return when each story of the play begins.

    Fewer days than five cannot hold a lapse that ripens for days; those are then not planted.
    """
    days = scene.days
    plan: list[tuple[datetime, Story]] = []
    for index in range(max(len(WITHIN_A_DAY), PER_DAY * len(days))):
        story, minutes = WITHIN_A_DAY[index % len(WITHIN_A_DAY)]
        plan.append((_begin(scene, days[index % len(days)], minutes), story))
    for number, day in enumerate(days):
        plan += [(_begin(scene, day, minutes), story) for story, minutes in IN_ORDER]
        plan.append((day.at("09:00"), _list_of_the_day))
        plan.append((day.at("09:00"), lapses_p8.reports))
        faulty = trouble.ALL[number % len(trouble.ALL)]
        plan.append((_begin(scene, day, FAULTY_MINUTES), faulty))
    plan += [item for number in range(len(days)) for item in _longer(scene, number)]
    return sorted(plan, key=lambda item: item[0])


def _begin(scene: Scene, day: WorkDay, minutes: int) -> datetime:
    """Draw a beginning that leaves the story time to end before the office closes."""
    while True:
        at = day.at("09:01") + (day.closes_at - day.opens_at) * scene.random.random()
        at = at.replace(microsecond=0)
        if office.is_open(at) and office.after(at, minutes).date() == day.on:
            return at


def _longer(scene: Scene, number: int) -> Iterator[tuple[datetime, Story]]:
    """Yield the stories that begin on a day and end on a later one, each in every five days."""
    days, today = scene.days, scene.days[number]
    left = len(days) - 1 - number
    if number % 5 == 0:
        yield today.at("12:56:30"), lapses_p1.nobody_calls  # lunch stands between it and its task
        yield today.at("11:20"), lapses_p6.papers_to_the_driver
    if number % 5 == 1:
        yield today.at("09:30"), lapses_p6.papers_of_today
        yield today.at("14:45"), trouble.lost_reply_of_invoice
    if left >= 1:
        yield _after_hours(today), lapses_p1.nobody_calls
    if number % 5 == 0 and left >= 1:
        yield today.at("09:40"), lapses_p5.purchase_stands
        yield today.at("14:05"), lapses_p6.papers_in_the_evening
        yield today.at("15:10"), lapses_p2.letter_not_checked
        yield today.at("15:25"), lapses_p4.invoice_not_checked
        yield today.at("10:40"), lapses_p9.client_without_deal
    if number % 5 == 0 and left >= 2:
        yield today.at("09:00"), partial(_leave, number=number)
        yield today.at("10:05"), lapses_p9.deal_forgotten
        yield today.at("11:50"), lapses_p7.nobody_asks_after_delivery
        yield today.at("14:30"), lapses_p8.no_news
        yield today.at("11:30"), partial(lapses_p9.client_without_deal, head_hears=True)
    if number % 5 == 0 and left >= 3:
        yield today.at("11:10"), partial(lapses_p9.deal_forgotten, head_hears=True)
    if number % 5 == 1 and left >= 1:
        yield today.at("14:20"), lapses_p2.head_hears_of_unchecked
        yield today.at("10:30"), lapses_p1.management_hears_of_missed_call
        yield today.at("11:45"), partial(lapses_p9.manager_on_leave, leaves=days[number + 1])
    if number == 2 and left >= 1:
        yield today.at("16:05"), partial(lapses_p9.manager_dismissed, gone_by=days[number + 1])


def _after_hours(day: WorkDay) -> datetime:
    """Return a moment when nobody works: on the holiday or Saturday that follows, or at night."""
    morrow = day.at("11:20:10") + timedelta(days=1)
    return day.at("20:40:10") if office.is_open(morrow) else morrow


def _list_of_the_day(scene: Scene) -> Iterator[datetime]:
    """The supplier publishes what he has this morning."""
    scene.supplier.publish()
    yield scene.now


def _leave(scene: Scene, number: int) -> Iterator[datetime]:
    """Петрова is away on the third and fourth day of the five; Megaplan knows it from the first."""
    last = min(number + 3, len(scene.days) - 1)
    scene.grant_leave("petrova", scene.days[number + 2], scene.days[last])
    yield scene.now
