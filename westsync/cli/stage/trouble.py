"""What goes wrong between the daemon, Megaplan and 1C, so that never-twice is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.stage import closing, in_order, office
from westsync.cli.stage.scene import HEAD, SECRETARY, SITE
from westsync.cli.stage.watcher import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.cli.stage.scene import Scene


def _struck(scene: Scene, what: str, route: str, kind: str, **how: object) -> Iterator[datetime]:
    """A request nobody calls about, and a fault about the time of the daemon's answer to it.

    What was made although the reply was lost is there in time; what was refused is tried again
    within the minute. So a fault excuses no delay.
    """
    deal = scene.deal(SITE)
    lapse = scene.lapse("P1.1", deal, "nobody calls the client")
    lapse.task(SECRETARY, office.after(deal.opened_at, 5), limit_min=5)
    lapse.notice(HEAD, due=office.after(deal.opened_at, 10))
    yield office.after(deal.opened_at, 4)
    scene.tell(Tone.FAULT, what, "")
    scene.world.break_next(route, kind, **how)
    yield office.after(deal.opened_at, 19)
    scene.say(deal, SECRETARY, "Созвонились с опозданием: заявка принята.")
    scene.fill_city(deal)
    lapse.closed(scene.now)
    task = in_order.handed_over(scene, deal)
    yield scene.soon(1)
    yield from in_order.finished(scene, deal, task)


def lost_reply(scene: Scene) -> Iterator[datetime]:
    """The task is made and the connection drops before the answer."""
    what = "the next new task is made, but the reply is lost"
    yield from _struck(scene, what, "POST /task", "commit_then_drop")


def error_after_commit(scene: Scene) -> Iterator[datetime]:
    """The task is made and the proxy says 500."""
    what = "the next new task is made, but the answer says 500"
    yield from _struck(scene, what, "POST /task", "commit_then_500")


def lost_reply_of_notice(scene: Scene) -> Iterator[datetime]:
    """The notice is written and the connection drops."""
    what = "the next notice is written, but the reply is lost"
    yield from _struck(scene, what, "POST /deal/{id}/comments", "commit_then_drop")


def too_many_requests(scene: Scene) -> Iterator[datetime]:
    """Megaplan refuses a task for load; it certainly was not made."""
    what = "the next new task is refused: 429, come back in 20 s"
    yield from _struck(scene, what, "POST /task", "status", status=429, retry_after="20")


def token_refused(scene: Scene) -> Iterator[datetime]:
    """A request is refused with 401: the tokens are renewed."""
    what = "the next poll is refused: 401"
    yield from _struck(scene, what, "GET /deal", "status", status=401)


def lost_reply_of_invoice(scene: Scene) -> Iterator[datetime]:
    """1C writes the client's invoice and the connection drops before the answer."""
    scene.tell(Tone.FAULT, "the next new invoice is written in 1C, but the reply is lost", "")
    scene.accounting.lose_next_reply()
    yield from closing.invoiced(scene)


# Of Megaplan, one a day.
ALL = (lost_reply, error_after_commit, lost_reply_of_notice, too_many_requests, token_refused)
