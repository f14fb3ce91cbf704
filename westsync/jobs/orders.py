"""Orders of people: ack, mute, release, retry, drop.

The state has one writer. A command that finds the daemon running leaves its order as a file beside
the state; the daemon carries orders out before each cycle. A file appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.intents import MARKER_PREFIX, Key, Marker, ObjectRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from westsync.journal.entries import Entry
    from westsync.journal.port import Store

log = structlog.get_logger()


class Refusal(Exception):
    """An order that cannot be carried out, in words for the person who gave it."""


def carry_out(stores: Sequence[Store], order: Mapping[str, object], now: datetime) -> list[str]:
    """Carry one order out and say what was done, account by account.

    Args:
        stores: Of all accounts.
        order: ``order`` (ack, mute, release, retry, drop), ``by``, what it is about, and perhaps
            the one ``account`` that it concerns.
        now: UTC.

    Raises:
        Refusal: No account has such an intent, or it cannot be retried or dropped as it stands.
    """
    kind, by = str(order["order"]), str(order["by"])
    if kind in {"retry", "drop"}:
        return [_about_intent(stores, kind, str(order["key"]), by, now)]
    until = now + timedelta(seconds=float(str(order["seconds"])))
    concerned = [s for s in stores if order.get("account") in {None, s.account}]
    return [_quieten(store, kind, order, by, until, now) for store in concerned]


def _quieten(  # noqa: PLR0917 - one silence, spelled out
    store: Store,
    kind: str,
    order: Mapping[str, object],
    by: str,
    until: datetime,
    now: datetime,
) -> str:
    shown = f"until {until.astimezone():%d.%m.%Y %H:%M}"
    with store.transaction():
        if kind == "ack":
            obj = _object(str(order["object"]))
            rule = str(order["rule"])
            store.silences.ack(rule, obj, until=until, by=by, now=now)
            store.mirror.dirty.mark([obj], now)
            return f"{store.account}: {rule} is silent about {obj} {shown}"
        scope = str(order["scope"])
        if kind == "mute":
            store.silences.mute(scope, until=until, by=by, now=now)
            return f"{store.account}: {scope} is muted {shown}"
        store.silences.release(scope, until=until, by=by, now=now)
        return f"{store.account}: the brake of {scope} is lifted {shown}"


def find(stores: Sequence[Store], word: str) -> tuple[Store, Entry] | None:
    """Find an intent by its key or its marker in the account that has it."""
    for store in stores:
        entry = store.outbox.entry(Key(word)) or store.outbox.with_marker(
            Marker(word.removeprefix(MARKER_PREFIX))
        )
        if entry is not None:
            return store, entry
    return None


def _about_intent(stores: Sequence[Store], kind: str, word: str, by: str, now: datetime) -> str:
    found = find(stores, word)
    if found is None:
        raise Refusal(f"there is no intent '{word}'; `westsync journal list` shows them")
    store, entry = found
    try:
        if kind == "retry":
            store.outbox.retry(entry.key, by=by, now=now)
            return f"{entry.key}: will be sent again, looked up first"
        store.outbox.drop(entry.key, by=by, now=now)
    except ValueError as exc:
        raise Refusal(str(exc)) from exc
    return f"{entry.key}: given up"


def _object(text: str) -> ObjectRef:
    kind, _, id_ = text.partition("-")
    return ObjectRef(kind=kind, id=id_)


def leave(state: Path, order: Mapping[str, object]) -> None:
    """Leave an order beside the state for the process that owns it."""
    directory = _directory(state)
    directory.mkdir(mode=0o700, exist_ok=True)
    name = secrets.token_hex(8)
    draft = directory / f".{name}"
    draft.write_text(json.dumps(order), encoding="utf-8")
    os.replace(draft, directory / f"{name}.json")  # noqa: PTH105 - atomic, and says so


def take(state: Path, stores: Sequence[Store], now: datetime) -> int:
    """Carry out the orders that were left, and return how many; a bad one is set aside."""
    done = 0
    for path in sorted(_directory(state).glob("*.json")):
        try:
            order = json.loads(path.read_text("utf-8"))
            for told in carry_out(stores, order, now):
                log.info("order.done", note=told)
        except (Refusal, ValueError, KeyError) as exc:
            log.error("order.refused", file=path.name, error=str(exc))  # noqa: TRY400 - the words are the news
        path.unlink(missing_ok=True)
        done += 1
    return done


def _directory(state: Path) -> Path:
    return state.with_name(f"{state.name}.orders")
