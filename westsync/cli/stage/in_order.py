"""A deal as the standard wants it, in pieces: about none of this may the daemon say a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import office
from westsync.cli.stage.scene import AGAIN, SECRETARY, SITE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from westsync.cli.stage.clientele import Client
    from westsync.cli.stage.scene import Deal, Scene

_TALKS = (
    "Созвонились: берёт, ждёт подтверждение.",
    "Позвонил, обсудили комплект и срок.",
    "Договорились о цене и доставке.",
)


def greeted(scene: Scene, deal: Deal) -> Iterator[datetime]:
    """The secretary calls within three minutes and asks for the city (P1.1, P1.2)."""
    yield office.after(deal.opened_at, scene.random.uniform(1.5, 3.0))
    scene.say(deal, SECRETARY, "Созвонились: заявка принята, менеджер свяжется в течение часа.")
    scene.fill_city(deal)


def handed_over(scene: Scene, deal: Deal, *, within_min: float = 57) -> str:
    """The secretary sets the manager a task to contact the client (P1.6); returns its id."""
    limit = office.after(deal.opened_at, within_min)
    return scene.plan(deal, SECRETARY, limit, f"Связаться с клиентом: {deal.client.name}")


def talked(
    scene: Scene, deal: Deal, task: str, *, at_min: float | None = None
) -> Iterator[datetime]:
    """The manager calls within the hour and enters what was agreed (P2.1, P2.3, P2.6).

    Args:
        scene: The company.
        deal: In stage new.
        task: The task that this does; empty if there is none.
        at_min: Working minutes after the deal was opened; None draws them.
    """
    minutes = scene.random.uniform(20, 42) if at_min is None else at_min
    yield office.after(deal.opened_at, minutes)
    scene.say(deal, deal.manager, scene.random.choice(_TALKS))
    scene.move(deal, deal.manager, "qualify")
    if not task:
        scene.move(deal, deal.manager, "availability")
    yield scene.soon(scene.random.uniform(1, 5))
    scene.fill_order(deal, deal.manager)
    if task:
        scene.world.finish_task(task, by=deal.manager)
        scene.move(deal, deal.manager, "availability")


def written(scene: Scene, deal: Deal, *, in_min: float | None = None) -> Iterator[datetime]:
    """The confirmation letter goes out within half an hour of the talk (P2.4)."""
    yield scene.soon(scene.random.uniform(8, 18) if in_min is None else in_min)
    scene.say(deal, deal.manager, "Письмо отправлено: заказ и запрос данных получателя.")
    scene.move(deal, deal.manager, "offer")


def confirmed(scene: Scene, deal: Deal) -> Iterator[datetime]:
    """The client confirms the letter on the same day (P2.5); the next step is planned (P9.3)."""
    yield scene.soon(scene.random.uniform(10, 25))
    scene.say(deal, deal.manager, "Клиент письмо получил, обещал ответить.")
    scene.plan(deal, deal.manager, scene.after_the_play, "Узнать решение клиента")


def finished(scene: Scene, deal: Deal, task: str) -> Iterator[datetime]:
    """Everything from the manager's talk on."""
    yield from talked(scene, deal, task)
    yield from written(scene, deal)
    yield from confirmed(scene, deal)


def ordered_again(
    scene: Scene,
    manager: str,
    *,
    client: Client | None = None,
    confirms: bool = True,
    plans: bool = True,
) -> Generator[datetime, None, Deal]:
    """A known client orders in one talk with his manager; the deal stands at ``offer`` at once.

    Args:
        scene: The company.
        manager: Login of the responsible.
        client: A new one if None.
        confirms: The client confirms the letter (P2.5).
        plans: The manager plans the next step (P9.3).

    Returns:
        The deal.
    """
    deal = scene.deal(AGAIN, manager=manager, client=client, city=True, by=manager)
    scene.fill_order(deal, manager)
    scene.say(deal, manager, "Договорились: заказ прежний, срок прежний.")
    scene.move(deal, manager, "qualify", "availability")
    yield scene.soon(2)
    scene.say(deal, manager, "Письмо отправлено: подтверждение заказа.")
    scene.move(deal, manager, "offer")
    if confirms:
        yield scene.soon(2)
        scene.say(deal, manager, "Клиент письмо получил, ждёт счёт.")
    if plans:
        scene.plan(deal, manager, scene.after_the_play, "Проверить оплату")
    return deal


def in_order(scene: Scene) -> Iterator[datetime]:
    """A request of the site that is handled well from beginning to end."""
    deal = scene.deal(SITE)
    yield from greeted(scene, deal)
    yield scene.soon(1)
    yield from finished(scene, deal, handed_over(scene, deal))


def to_the_end(scene: Scene, story: Iterator[datetime]) -> Iterator[datetime]:
    """Tell a story, and close its deals half an hour after it is over.

    Stories take turns, so the deals of this one are those that it enters while it has the word.
    """
    own: list[Deal] = []
    while True:
        known = len(scene.entered)
        moment = next(story, None)
        own += scene.entered[known:]
        if moment is None:
            break
        yield moment
    if own:
        yield scene.soon(scene.random.uniform(25, 40))
    for deal in own:
        scene.win(deal)
