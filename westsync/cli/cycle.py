"""``westsync cycle``: one full cycle now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.app.installation import open_for_work
from westsync.cli.beginning import clock_for, configuration, start_log
from westsync.cli.main import DONE, FOUND, UNAVAILABLE
from westsync.cli.output import emit, say, table
from westsync.cli.progress import progress

if TYPE_CHECKING:
    import argparse

    from westsync.app.account import OpenAccount
    from westsync.jobs.cycle import CycleReport


def run(args: argparse.Namespace) -> int:
    """Observe, decide, act; print what came of it."""
    config = configuration(args).must_be_right()
    clock = clock_for(args, config, writes=True)
    start_log(args, config)
    reports = {}
    with (
        progress(args, "cycle") as done,
        open_for_work(config, clock, progress=done) as accounts,
    ):
        for account in accounts:
            reports[account.name] = _cycle(account)
    if args.json:
        documents = [as_json(name, report) for name, report in reports.items()]
        emit(documents[0] if len(documents) == 1 else documents)
    else:
        for name, report in reports.items():
            _show(name, report)
    return max(_code(report) for report in reports.values())


def _cycle(account: OpenAccount) -> CycleReport:
    return account.cycle()


def _code(report: CycleReport) -> int:
    if not report.observed.is_whole:
        return UNAVAILABLE
    return FOUND if report.guard or report.decided.held else DONE


def as_json(account: str, report: CycleReport) -> dict[str, object]:
    """Return the report as design 5 promises it."""
    decided = report.decided
    return {
        "account": account,
        "observed": dict(report.counts) | {"quarantined": report.observed.quarantined},
        "decided": {
            "objects": decided.objects,
            "new": len(decided.new),
            "known": decided.known,
            "withdrawn": decided.withdrawn,
            "held": decided.held,
            "unknown": [
                {"object": str(obj), "rule": rule, "why": why} for obj, rule, why in decided.unknown
            ],
            "crashed": [{"object": str(obj), "rule": rule} for obj, rule in decided.crashed],
        },
        "acted": [
            {
                "key": item.key,
                "rule": item.rule,
                "kind": item.kind,
                "state": item.state.value,
                "ref": item.ref,
                "cause": item.cause,
            }
            for item in report.acted
        ],
        "guard": report.guard,
        "unavailable": [{"source": source, "why": why} for source, why in report.unavailable],
        "seconds": round(report.seconds, 3),
    }


def _show(name: str, report: CycleReport) -> None:
    changed = sum(report.counts.values())
    decided = report.decided
    say(
        f"{name}: {changed} changed, {decided.objects} decided, {len(decided.new)} new intents, "
        f"{len(report.acted)} acted, {report.seconds:.1f} s"
    )
    for source, why in report.unavailable:
        say(f"  not read: {source}: {why}")
    if report.guard:
        say(f"  held back: {report.guard}")
    for rule, count in decided.held.items():
        say(f"  held back: {rule}: per_rule_per_hour is reached, {count} objects wait")
    if report.acted:
        table(
            ["state", "kind", "rule", "object", "ref", "note"],
            [
                (item.state.value, item.kind, item.rule, item.obj, item.ref, item.cause)
                for item in report.acted
            ],
        )
