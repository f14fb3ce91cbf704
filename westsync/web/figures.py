"""What the metrics say at this moment: of the process itself, and of its state file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from westsync import __version__
from westsync.app.installation import open_stores
from westsync.errors import WestsyncError
from westsync.jobs.cycle import GUARD
from westsync.jobs.hint_silence import silent_since
from westsync.jobs.standing import CONFIG_NOTE
from westsync.journal.entries import IntentState
from westsync.pulse import Phase
from westsync.settings.files import read_all, version_of
from westsync.web.metrics import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from westsync.app.account import OpenAccount
    from westsync.app.configuration import Configuration
    from westsync.app.installation import Installation
    from westsync.journal.store import SqliteStore
    from westsync.ports import Clock
    from westsync.pulse import Pulse

_SILENCES = ("ack", "mute", "release")
_DEAD = (IntentState.FAILED, IntentState.HELD)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the web server shows.

    Attributes:
        configuration: What the daemon works by.
        installation: Its state and connections.
        pulse: How it stands.
        clock: Time.
        hinted: Called when an event was kept, so that a cycle may follow.
    """

    configuration: Configuration
    installation: Installation
    pulse: Pulse
    clock: Clock
    hinted: Callable[[], None]


def figures(house: House, events: Mapping[tuple[str, str], int]) -> Iterator[Figure]:
    """Yield the values of all metrics; the state is read on a connection of its own.

    Args:
        house: What is shown.
        events: (account, verdict) -> requests at the door for events.
    """
    yield from _of_process(house)
    for labels, count in events.items():
        yield Figure(metric="westsync_webhook_requests_total", value=count, labels=labels)
    for account in house.installation.accounts:
        yield from _of_connections(account)
    yield from _of_files(house)
    yield from _of_state(house)
    if house.configuration.asks_stock:
        yield from _of_stock(house)


def _of_process(house: House) -> Iterator[Figure]:
    pulse = house.pulse
    yield Figure(metric="westsync_build_info", value=1, labels=(__version__,))
    yield Figure(metric="westsync_ready", value=pulse.phase is Phase.READY)
    yield Figure(metric="westsync_silent_seconds", value=pulse.silent_s)
    for account, cycles in pulse.cycles.items():
        for outcome, count in cycles.counts.items():
            labels = (account, outcome.value)
            yield Figure(metric="westsync_cycles_total", value=count, labels=labels)
        age = pulse.age_s(cycles)
        yield Figure(metric="westsync_cycle_age_seconds", value=age, labels=(account,))
        yield Figure(metric="westsync_cycle_seconds", value=cycles.seconds, labels=(account,))


def _of_connections(account: OpenAccount) -> Iterator[Figure]:
    for system, transport in account.transports.items():
        whose = (account.name, system)
        for outcome, count in transport.outcomes.items():
            labels = (*whose, outcome)
            yield Figure(metric="westsync_requests_total", value=count, labels=labels)
        pace = transport.limiter.per_second
        yield Figure(metric="westsync_requests_per_second", value=pace, labels=whose)
        is_open = transport.state == "open"
        yield Figure(metric="westsync_breaker_open", value=is_open, labels=whose)


def _of_files(house: House) -> Iterator[Figure]:
    loaded = house.configuration.loaded
    there, _ = read_all(loaded.directory)
    stale = version_of(there) != loaded.version
    yield Figure(metric="westsync_configuration_stale", value=stale)


def _of_state(house: House) -> Iterator[Figure]:
    try:
        with open_stores(house.configuration, house.clock) as stores:
            now = house.clock.now()
            found = [f for store in stores for f in _of_account(store, now)]
            found += [f for store in stores for f in _of_events(house, store, now)]
    except WestsyncError as exc:
        log.warning("metrics.incomplete", error=str(exc))
        yield Figure(metric="westsync_state_readable", value=0)
        return
    yield Figure(metric="westsync_state_readable", value=1)
    yield from found


def _of_account(store: SqliteStore, now: datetime) -> Iterator[Figure]:
    account = (store.account,)
    counts = store.outbox.counts()
    for state in IntentState:
        labels = (*account, state.value)
        yield Figure(metric="westsync_intents", value=counts.get(state, 0), labels=labels)
    dead = sum(counts.get(state, 0) for state in _DEAD)
    yield Figure(metric="westsync_dead_letters", value=dead, labels=account)
    waiting = store.episodes.timers_count()
    yield Figure(metric="westsync_timers_waiting", value=waiting, labels=account)
    due = store.episodes.next_due()
    overdue = 0.0 if due is None else max(0.0, (now - due).total_seconds())
    yield Figure(metric="westsync_timer_overdue_seconds", value=overdue, labels=account)
    deals = store.mirror.open_deals_count()
    yield Figure(metric="westsync_open_deals", value=deals, labels=account)
    for source, cursor in store.cursors.all().items():
        age = (now - cursor.at).total_seconds()
        yield Figure(metric="westsync_source_age_seconds", value=age, labels=(*account, source))
    refused = bool(store.keepsakes.get(CONFIG_NOTE))
    yield Figure(metric="westsync_configuration_refused", value=refused, labels=account)
    tripped = bool(store.keepsakes.get(GUARD))
    yield Figure(metric="westsync_brake_tripped", value=tripped, labels=account)
    silences = [silence.what for silence in store.silences.active(now)]
    for what in _SILENCES:
        count = silences.count(what)
        yield Figure(metric="westsync_silences", value=count, labels=(*account, what))
    recovery = store.recovery is not None
    yield Figure(metric="westsync_recovery", value=recovery, labels=account)


def _of_events(house: House, store: SqliteStore, now: datetime) -> Iterator[Figure]:
    company = house.configuration.companies[store.account]
    if not company.hears_events:
        return
    account = (store.account,)
    yield Figure(metric="westsync_hints_waiting", value=store.hints.count(), labels=account)
    silent = silent_since(store, company.calendar, now) is not None
    yield Figure(metric="westsync_webhook_silent", value=silent, labels=account)
    last = store.hints.last_at()
    if last is not None:
        age = (now - last).total_seconds()
        yield Figure(metric="westsync_webhook_age_seconds", value=age, labels=account)


def _of_stock(house: House) -> Iterator[Figure]:
    from westsync.app.suppliers import stock_standings  # noqa: PLC0415 - who has suppliers

    try:
        standings = stock_standings(house.configuration, house.clock)
    except WestsyncError as exc:
        log.warning("metrics.incomplete", error=str(exc))
        return
    now = house.clock.now()
    for found in standings:
        supplier = (str(found.source.id),)
        trouble = found.trouble is not None
        yield Figure(metric="westsync_stock_trouble", value=trouble, labels=supplier)
        if found.current is not None and found.current.as_of is not None:
            age = (now - found.current.as_of).total_seconds()
            yield Figure(metric="westsync_stock_age_seconds", value=age, labels=supplier)
