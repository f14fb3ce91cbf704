"""``westsync status``: is it well?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.app.installation import open_stores
from westsync.cli.beginning import configuration
from westsync.cli.main import DONE
from westsync.cli.output import emit, say, table
from westsync.clocks import SystemClock
from westsync.jobs.cycle import GUARD, LAST_CYCLE
from westsync.jobs.hint_silence import silent_since
from westsync.jobs.standing import CONFIG_NOTE, LOADED_VERSION
from westsync.journal.entries import IntentState
from westsync.rules.traces import age_word

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from westsync.app.configuration import Configuration
    from westsync.jobs.company import Company
    from westsync.journal.port import Store


def run(args: argparse.Namespace) -> int:
    """Print last cycle, ages of sources, waiting and failed intents, next timers."""
    config = configuration(args)
    clock = SystemClock()
    with open_stores(config, clock) as stores:
        documents = [_document(store, config, clock.now()) for store in stores]
    stock = _stock(config, clock)
    for document in documents if stock else ():
        document["stock"] = stock
    if args.json:
        emit(documents)
        return DONE
    for document in documents:
        _show(document, clock.now())
    _show_stock(stock, clock.now())
    return DONE


def _stock(config: Configuration, clock: SystemClock) -> list[dict[str, object]]:
    """Return how each enabled source of supplier stock stands."""
    if not config.asks_stock:
        return []
    from westsync.app.suppliers import stock_standings  # noqa: PLC0415 - who has suppliers

    return [
        {
            "source": str(found.source.id),
            "as_of": found.current.as_of if found.current is not None else None,
            "trouble": found.trouble.value if found.trouble is not None else None,
            "detail": found.detail or None,
        }
        for found in stock_standings(config, clock)
    ]


def _show_stock(stock: list[dict[str, object]], now: datetime) -> None:
    from datetime import datetime as moment  # noqa: PLC0415 - the name is taken by annotations

    for one in stock:
        at = one["as_of"]
        age = f"of {age_word(now, at)} ago" if isinstance(at, moment) else "never read"
        trouble = f"; {one['trouble']}: {one['detail']}" if one["trouble"] else ""
        say(f"  stock {one['source']:<12} {age}{trouble}")


def _document(store: Store, config: Configuration, now: datetime) -> dict[str, object]:
    loaded = store.keepsakes.get(LOADED_VERSION)
    return {
        "account": store.account,
        "last_cycle": store.keepsakes.get(LAST_CYCLE),
        "guard": store.keepsakes.get(GUARD) or None,
        "configuration": {
            "running": loaded,
            "files": config.loaded.version,
            "older_than_files": loaded is not None and loaded != config.loaded.version,
            "note": store.keepsakes.get(CONFIG_NOTE) or None,
        },
        "recovery": store.recovery.reason if store.recovery is not None else None,
        "sources": {name: cursor.at for name, cursor in store.cursors.all().items()},
        "intents": {state.value: count for state, count in store.outbox.counts().items()},
        "webhooks": _events(store, config.companies[store.account], now),
        "open_deals": store.mirror.open_deals_count(),
        "next_timer": store.episodes.next_due(),
        "next_send": store.delivery.next_due(),
        "silences": [
            {"what": s.what, "scope": s.scope, "until": s.until, "by": s.by}
            for s in store.silences.active(now)
        ],
        "failed": [
            {"key": e.key, "rule": e.rule, "kind": e.action, "cause": e.cause}
            for state in (IntentState.FAILED, IntentState.HELD)
            for e in store.outbox.in_state(state, limit=20)
        ],
    }


def _events(store: Store, company: Company, now: datetime) -> dict[str, object] | None:
    """Return how Megaplan's events come in; None if they are not wanted."""
    if not company.hears_events:
        return None
    return {
        "last": store.hints.last_at(),
        "waiting": store.hints.count(),
        "silent_since": silent_since(store, company.calendar, now),
    }


def _show(document: dict[str, object], now: datetime) -> None:
    from datetime import datetime as moment  # noqa: PLC0415 - the name is taken by annotations

    say(f"account {document['account']}")
    last = document["last_cycle"]
    if isinstance(last, str):
        say(f"  last cycle     {age_word(now, moment.fromisoformat(last))} ago ({last})")
    else:
        say("  last cycle     never")
    configuration_ = document["configuration"]
    if isinstance(configuration_, dict):
        if configuration_["older_than_files"]:
            say(
                f"  configuration  {configuration_['running']}: older than the files "
                f"({configuration_['files']}); reload, or see why it was refused"
            )
        if configuration_["note"]:
            say(f"  refused        {configuration_['note']}")
    for name in ("guard", "recovery"):
        if document[name]:
            say(f"  {name:<13}  {document[name]}")
    sources = document["sources"]
    if isinstance(sources, dict):
        for name, at in sources.items():
            say(f"  {name:<18} read {age_word(now, at)} ago")
    _show_events(document["webhooks"], now)
    say(f"  open deals     {document['open_deals']}")
    intents = document["intents"]
    if isinstance(intents, dict):
        counted = ", ".join(f"{count} {state}" for state, count in intents.items() if count)
        say(f"  intents        {counted or 'none yet'}")
    for name in ("next_timer", "next_send"):
        at = document[name]
        if isinstance(at, moment):
            say(f"  {name.replace('_', ' '):<13}  {at.astimezone():%d.%m.%Y %H:%M:%S}")
    silences = document["silences"]
    if isinstance(silences, list) and silences:
        table(
            ["silenced", "scope", "until", "by"],
            [
                (s["what"], s["scope"], f"{s['until'].astimezone():%d.%m.%Y %H:%M}", s["by"])
                for s in silences
            ],
        )
    failed = document["failed"]
    if isinstance(failed, list) and failed:
        table(["dead letter", "rule", "kind", "cause"], [tuple(f.values()) for f in failed])


def _show_events(events: object, now: datetime) -> None:
    from datetime import datetime as moment  # noqa: PLC0415 - the name is taken by annotations

    if not isinstance(events, dict):
        say("  webhooks       not configured; polling does without")
        return
    last, silent = events["last"], events["silent_since"]
    told = f"last {age_word(now, last)} ago" if isinstance(last, moment) else "none came yet"
    if isinstance(silent, moment):
        told += f"; silent for {age_word(now, silent)} although there are changes"
    waiting = f", {events['waiting']} to be read" if events["waiting"] else ""
    say(f"  webhooks       {told}{waiting}")
