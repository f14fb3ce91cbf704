"""Time turned into ticks: APScheduler, and nothing else of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

if TYPE_CHECKING:
    from collections.abc import Callable


class Ticker:
    """`westsync.ports.Engine` with APScheduler: it calls, it remembers nothing."""

    def __init__(self, zone: str) -> None:
        """Prepare; nothing is called before `start`."""
        self._zone = ZoneInfo(zone)
        self._scheduler = BackgroundScheduler(
            timezone=self._zone,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def every(self, seconds: float, tick: Callable[[], None], *, name: str) -> None:
        """Call ``tick`` at this interval; a late tick still comes, once."""
        self._scheduler.add_job(
            tick, IntervalTrigger(seconds=max(1, int(seconds))), id=name, replace_existing=True
        )

    def daily(self, at: str, tick: Callable[[], None], *, name: str) -> None:
        """Call ``tick`` every day at ``HH:MM`` of the office zone; a missed one is made up."""
        hour, minute = at.split(":")
        trigger = CronTrigger(hour=int(hour), minute=int(minute), timezone=self._zone)
        self._scheduler.add_job(tick, trigger, id=name, replace_existing=True)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop; no tick starts afterwards."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
