"""``westsync journal``: the outbox and its dead letters."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from westsync.app.installation import open_stores
from westsync.cli.beginning import configuration
from westsync.cli.main import DONE, FOUND, UsageError
from westsync.cli.output import emit, say, table
from westsync.clocks import SystemClock
from westsync.domain.intents import MARKER_PREFIX, Key, Marker
from westsync.journal.entries import Entry, IntentState

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from westsync.journal.port import Store


def run(args: argparse.Namespace) -> int:
    """List, show, retry or drop intents."""
    config = configuration(args).must_be_right()
    if args.action != "list" and args.key is None:
        raise UsageError(f"journal {args.action} needs a KEY; `westsync journal list` shows them")
    if args.action in {"retry", "drop"}:
        from westsync.cli.orders import give  # noqa: PLC0415 - orders need the lock

        return give(config, {"order": args.action, "key": args.key, "by": getpass.getuser()})
    with open_stores(config, SystemClock()) as stores:
        if args.action == "list":
            return _list(args, stores)
        return _show(args, stores)


def _list(args: argparse.Namespace, stores: Sequence[Store]) -> int:
    states = list(IntentState)
    if args.state:
        if args.state not in {state.value for state in IntentState}:
            known = ", ".join(state.value for state in IntentState)
            raise UsageError(f"there is no state '{args.state}'; known are {known}")
        states = [IntentState(args.state)]
    entries = [
        entry
        for store in stores
        for state in states
        for entry in store.outbox.in_state(state, limit=args.limit)
    ][: args.limit]
    if args.json:
        emit([as_json(entry) for entry in entries])
    elif entries:
        table(
            ["state", "kind", "rule", "object", "ref", "marker", "cause"],
            [(e.state.value, e.action, e.rule, e.obj, e.ref, e.marker, e.cause) for e in entries],
        )
    else:
        say("none")
    return DONE


def _show(args: argparse.Namespace, stores: Sequence[Store]) -> int:
    entry = next((found for s in stores if (found := find(s, args.key)) is not None), None)
    if entry is None:
        say(f"there is no intent '{args.key}'")
        return FOUND
    if args.json:
        emit(as_json(entry))
        return DONE
    for name, value in as_json(entry).items():
        if value not in (None, "", []):
            shown = "\n                ".join(value) if isinstance(value, list) else value
            say(f"{name:<14}  {shown}")
    return DONE


def find(store: Store, word: str) -> Entry | None:
    """Return an intent by its key or its marker."""
    entry = store.outbox.entry(Key(word))
    return entry or store.outbox.with_marker(Marker(word.removeprefix(MARKER_PREFIX)))


def as_json(entry: Entry) -> dict[str, object]:
    """Return an intent as plain values."""
    return {
        "key": entry.key,
        "marker": entry.marker,
        "state": entry.state.value,
        "kind": entry.action,
        "rule": f"{entry.rule}@{entry.rule_hash}",
        "step": entry.step,
        "object": str(entry.obj),
        "attempts": entry.attempts,
        "decided_at": entry.decided_at,
        "not_before": entry.not_before,
        "last_sent_at": entry.last_sent_at,
        "ref": entry.ref,
        "note": entry.note,
        "cause": entry.cause,
        "request": str(entry.payload) if entry.payload is not None else None,
        "trace": entry.trace.splitlines(),
    }
