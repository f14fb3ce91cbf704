"""``westsync journal``: the outbox and its dead letters."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import TYPE_CHECKING

from westsync.app.installation import open_stores
from westsync.cli.beginning import configuration
from westsync.cli.main import DONE, FOUND, UsageError
from westsync.cli.output import emit, say, table
from westsync.clocks import SystemClock
from westsync.jobs.orders import find
from westsync.journal.entries import Entry, IntentState

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from westsync.journal.audit import AuditRow
    from westsync.journal.port import Store

_ABOUT_ONE = ("show", "retry", "drop")


def run(args: argparse.Namespace) -> int:
    """List, show, retry or drop intents, or verify the audit log."""
    config = configuration(args).must_be_right()
    if args.action in _ABOUT_ONE and args.key is None:
        raise UsageError(f"journal {args.action} needs a KEY; `westsync journal list` shows them")
    if args.action in {"retry", "drop"}:
        from westsync.cli.orders import give  # noqa: PLC0415 - orders need the lock

        return give(config, {"order": args.action, "key": args.key, "by": getpass.getuser()})
    reading = {"list": _list, "show": _show, "verify": _verify}[args.action]
    with open_stores(config, SystemClock()) as stores:
        return reading(args, stores)


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
    found = find(stores, args.key)
    if found is None:
        say(f"there is no intent '{args.key}'")
        return FOUND
    store, entry = found
    history = store.audit.of_key(entry.key)
    if args.json:
        emit(as_json(entry) | {"history": [asdict(row) for row in history]})
        return DONE
    for name, value in as_json(entry).items():
        if value not in (None, "", []):
            shown = "\n                ".join(value) if isinstance(value, list) else value
            say(f"{name:<14}  {shown}")
    say()
    table(
        ["at", "what", "by", "ref", "detail"],
        [
            (f"{row.at.astimezone():%d.%m.%Y %H:%M:%S}", row.what, row.actor, row.ref, _told(row))
            for row in history
        ],
    )
    return DONE


def _told(row: AuditRow) -> str:
    """Return what a line of the history adds; the trace stands above in full."""
    return "" if row.what == "recorded" else row.detail


def _verify(args: argparse.Namespace, stores: Sequence[Store]) -> int:
    """Check that no line of the audit log was changed, or taken out of its middle, by others."""
    broken = stores[0].audit.verify()  # one chain runs through all accounts of the file
    if args.json:
        emit({"sound": broken is None, "first_broken": broken})
    elif broken is None:
        say("the audit log is sound: every line fits the one before it")
    else:
        say(
            f"the audit log was changed outside of westsync: line {broken} does not fit the one "
            "before it. Keep this file as it is, and compare with a backup from before the change"
        )
    return DONE if broken is None else FOUND


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
