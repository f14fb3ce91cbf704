"""``westsync plan``: what a cycle would do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.installation import open_for_preview
from westsync.app.planning import Plan, Planned, make_plan
from westsync.app.rule_difference import compare_rules
from westsync.cli.beginning import clock_for, configuration, start_log
from westsync.cli.main import DONE, UNAVAILABLE, UsageError
from westsync.cli.output import as_text, emit, say, table
from westsync.cli.plan_difference import AHEAD, items_of, show_difference
from westsync.cli.progress import progress

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from westsync.app.configuration import Configuration
    from westsync.app.rule_difference import Ahead, Prospect


def run(args: argparse.Namespace) -> int:
    """Print the plan, or how it differs from other rules or from a plan that was kept."""
    config = configuration(args).must_be_right()
    start_log(args, config)
    if args.rules:
        return _compare(args, config)
    plans = _plans(args, config)
    document = _document(plans)
    if args.save:
        Path(args.save).write_text(as_text(document), encoding="utf-8")
    if args.earlier:
        return show_difference(_kept(args.earlier), document, as_json=args.json)
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


def _compare(args: argparse.Namespace, config: Configuration) -> int:
    """Print what the rules of another directory would do otherwise, now and later."""
    if args.earlier:
        raise UsageError("--rules compares two rule sets, --from two plans; name one of them")
    if not Path(args.rules).is_dir():
        raise UsageError(f"{args.rules} is no directory of rule files")
    draft = configuration(args, rules_from=args.rules).must_be_right()
    clock = clock_for(args, config, writes=False)
    with (
        progress(args, "plan") as done,
        open_for_preview(config, clock, progress=done) as accounts,
    ):
        pairs = [compare_rules(account, draft.companies[account.name]) for account in accounts]
    present, changed = [old for old, _ in pairs], [new for _, new in pairs]
    if args.save:
        document = _document([prospect.plan for prospect in present])
        Path(args.save).write_text(as_text(document), encoding="utf-8")
    code = show_difference(_prospects(present), _prospects(changed), as_json=args.json)
    plans = [prospect.plan for prospect in (*present, *changed)]
    return code if all(plan.report.observed.is_whole for plan in plans) else UNAVAILABLE


def _prospects(prospects: Sequence[Prospect]) -> dict[str, object]:
    """Return a plan with the steps that are not due yet as if they were intents."""
    document = _document([prospect.plan for prospect in prospects])
    planned = items_of(document)
    ahead = [_ahead_as_json(step) for prospect in prospects for step in prospect.ahead]
    return document | {"intents": [*planned, *ahead]}


def _ahead_as_json(step: Ahead) -> dict[str, object]:
    return {
        "key": f"{step.account}:{step.rule}:{step.obj}:{step.step}",
        "rule": step.rule,
        "step": step.step,
        "kind": "step",
        "account": step.account,
        "object": str(step.obj),
        "to": [],
        "title": f"step {step.step}",
        "text": "",
        "due": step.due,
        "state": AHEAD,
        "defect": None,
    }


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
