"""``westsync plan``: what a cycle would do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.installation import open_for_preview
from westsync.app.planning import Plan, Planned, make_plan
from westsync.cli.beginning import clock_for, configuration, start_log
from westsync.cli.main import DONE, FOUND, UNAVAILABLE, UsageError
from westsync.cli.output import as_text, emit, say, table
from westsync.cli.progress import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from westsync.app.configuration import Configuration


def run(args: argparse.Namespace) -> int:
    """Print the plan, or how it differs from other rules or from a plan that was kept."""
    config = configuration(args).must_be_right()
    start_log(args, config)
    plans = _plans(args, config)
    document = _document(plans)
    if args.save:
        Path(args.save).write_text(as_text(document), encoding="utf-8")
    if args.earlier:
        return _show_difference(_kept(args.earlier), document, as_json=args.json)
    if args.rules:
        draft = configuration(args, rules_from=args.rules).must_be_right()
        return _show_difference(document, _document(_plans(args, draft)), as_json=args.json)
    if args.json:
        emit(document)
    else:
        _show(plans, config.settings.zone)
    whole = all(plan.report.observed.is_whole for plan in plans)
    return DONE if whole else UNAVAILABLE


def _plans(args: argparse.Namespace, config: Configuration) -> list[Plan]:
    clock = clock_for(args, config, writes=False)
    with (
        progress(args, "plan") as done,
        open_for_preview(config, clock, progress=done) as accounts,
    ):
        return [make_plan(account) for account in accounts]


def _kept(file: str) -> Mapping[str, object]:
    try:
        found: Mapping[str, object] = json.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise UsageError(f"{file} is no plan that was kept: {exc}") from exc
    return found


def _document(plans: Sequence[Plan]) -> dict[str, object]:
    return {
        "intents": [_as_json(intent) for plan in plans for intent in plan.intents],
        "unknown": [
            {"object": str(obj), "rule": rule, "why": why}
            for plan in plans
            for obj, rule, why in plan.report.decided.unknown
        ],
        "unavailable": [
            {"source": source, "why": why}
            for plan in plans
            for source, why in plan.report.unavailable
        ],
    }


def _as_json(intent: Planned) -> dict[str, object]:
    return {
        "key": intent.key,
        "rule": intent.rule,
        "step": intent.step,
        "kind": intent.kind,
        "account": intent.account,
        "object": str(intent.obj),
        "to": list(intent.to),
        "title": intent.title,
        "text": intent.text,
        "due": intent.due,
        "state": intent.state,
        "defect": intent.defect,
    }


def _show(plans: Sequence[Plan], zone: ZoneInfo) -> None:
    intents = [intent for plan in plans for intent in plan.intents]
    if not intents:
        say("nothing: the next cycle would write nothing")
    else:
        rows = [_row(intent, zone) for intent in intents]
        table(["state", "kind", "rule", "object", "to", "what", "due"], rows)
    for plan in plans:
        for source, why in plan.report.unavailable:
            say(f"not read: {source}: {why}")
        for obj, rule, why in plan.report.decided.unknown:
            say(f"unknown: {obj} {rule}: {why}")


def _row(intent: Planned, zone: ZoneInfo) -> tuple[object, ...]:
    due = intent.due.astimezone(zone).strftime("%d.%m %H:%M") if intent.due else ""
    what = intent.defect or intent.title or intent.text.partition("\n")[0]
    return (
        intent.state if intent.defect is None else "defect",
        intent.kind,
        intent.rule,
        intent.obj,
        ", ".join(intent.to),
        what,
        due,
    )


def _show_difference(
    before: Mapping[str, object], after: Mapping[str, object], *, as_json: bool
) -> int:
    """Print what is gone, new and moved; exit 1 if anything is."""
    old, new = _by_key(before), _by_key(after)
    gone = [old[key] for key in old.keys() - new.keys()]
    came = [new[key] for key in new.keys() - old.keys()]
    moved = [new[key] for key in old.keys() & new.keys() if old[key]["due"] != new[key]["due"]]
    if as_json:
        emit({"gone": gone, "new": came, "moved": moved})
    else:
        rows = [("-", item) for item in gone] + [("+", item) for item in came]
        rows += [("~", item) for item in moved]
        if rows:
            table(
                ["", "kind", "rule", "object", "to", "what", "due"],
                [
                    (
                        mark,
                        i["kind"],
                        i["rule"],
                        i["object"],
                        ", ".join(map(str, _list(i["to"]))),
                        i["title"] or i["text"],
                        i["due"],
                    )
                    for mark, i in sorted(rows, key=lambda row: str(row[1]["key"]))
                ],
            )
        else:
            say("no difference")
    return FOUND if gone or came or moved else DONE


def _by_key(document: Mapping[str, object]) -> dict[str, dict[str, object]]:
    found = {}
    for item in _list(json.loads(as_text(document))["intents"]):
        if isinstance(item, dict):
            found[str(item["key"])] = item
    return found


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
