"""``westsync simulate``: what rules would have done in a stretch of the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.simulation import Task, run_simulation
from westsync.cli.beginning import configuration, moment
from westsync.cli.main import DONE, UsageError
from westsync.cli.output import emit, say, table
from westsync.cli.progress import progress
from westsync.jobs.simulate import Span, summarise

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from westsync.app.configuration import Configuration
    from westsync.app.simulation import Outcome
    from westsync.jobs.company import Company
    from westsync.jobs.simulate import Load, RuleLoad, Summary

_DATE = len("2026-11-24")
_NOTHING_RECORDED = "nothing is recorded yet; the daemon records what it observes from its start on"


def run(args: argparse.Namespace) -> int:
    """Replay the past of every account, or of one, and print what would have been done."""
    config = configuration(args, rules_from=_rules(args)).must_be_right()
    span = _span(args, config)
    names = list(config.companies) if args.account is None else [args.account]
    if args.account is not None and args.account not in config.companies:
        raise UsageError(f"there is no account '{args.account}'")
    documents = []
    for name in names:
        task = Task(
            directory=config.loaded.directory,
            rules_from=Path(args.rules) if args.rules else None,
            account=name,
            span=span,
            log_level=int(args.verbose) - 1,
        )
        with progress(args, "simulate") as done:
            outcome = run_simulation(task, done)
        page = _Page(outcome, span)
        documents.append(page.as_json()) if args.json else page.show()
    if args.json:
        emit(documents)
    return DONE


def _rules(args: argparse.Namespace) -> str | None:
    if args.rules is not None and not Path(args.rules).is_dir():
        raise UsageError(f"{args.rules} is no directory of rule files")
    return None if args.rules is None else str(args.rules)


def _span(args: argparse.Namespace, config: Configuration) -> Span:
    """Return the asked stretch; a date as its end is counted in.

    Raises:
        UsageError: It is none, or it ends before it begins.
    """
    since, until = moment(args.since, config), moment(args.until, config)
    if len(args.until) == _DATE:
        until += timedelta(days=1)
    if until <= since:
        raise UsageError(f"from {args.since} to {args.until} is no stretch of time")
    return Span(since=since, until=until)


class _Page:
    """The simulation of one account."""

    def __init__(self, outcome: Outcome, asked: Span) -> None:
        self._company: Company = outcome.company
        self._zone: ZoneInfo = outcome.company.setup.zone
        self._outcome = outcome
        self._asked, self._span = asked, outcome.span
        self._summary: Summary = summarise(outcome.done, outcome.company)

    def show(self) -> None:
        done = self._outcome.done
        say(
            f"{self._company.account}: {self._at(self._span.since)} to {self._at(self._span.until)}"
            f", {done.objects} objects, decided {done.decisions} times"
        )
        table(
            ["rule", "fires", "objects", "actions", "first", "last", "busiest day", "busiest hour"],
            [self._rule_row(rule) for rule in self._summary.rules],
        )
        say()
        table(
            ["person", "gets", "first", "last", "busiest day", "busiest hour"],
            [
                (self._name(login), *self._cells(load))
                for login, load in self._summary.people.items()
            ],
        )
        say()
        self._show_clock(self._summary.everything)
        for note in self._notes():
            say(f"note: {note}")

    def as_json(self) -> dict[str, object]:
        return {
            "account": self._company.account,
            "from": self._span.since,
            "to": self._span.until,
            "recorded_since": self._outcome.recorded_since,
            "objects": self._outcome.done.objects,
            "decisions": self._outcome.done.decisions,
            "rules": [self._rule_json(rule) for rule in self._summary.rules],
            "people": [
                {"person": login, "name": self._name(login), **self._load_json(load)}
                for login, load in self._summary.people.items()
            ],
            "all": self._load_json(self._summary.everything),
            "notes": list(self._notes()),
        }

    # -- texts ---------------------------------------------------------------------------------

    def _rule_row(self, rule: RuleLoad) -> tuple[object, ...]:
        count, *when = self._cells(rule.fires)
        actions = ", ".join(f"{name} {many}" for name, many in sorted(rule.actions.items()))
        return (rule.rule, count, rule.objects, actions, *when)

    def _cells(self, load: Load) -> tuple[object, ...]:
        day = load.peak_day and f"{load.peak_day[0]:%d.%m.%Y} {load.peak_day[1]}x"
        hour = load.peak_hour and f"{self._at(load.peak_hour[0])} {load.peak_hour[1]}x"
        first, last = (at and self._at(at) for at in (load.first, load.last))
        return (load.count, first, last, day, hour)

    def _show_clock(self, load: Load) -> None:
        """Print how the steps spread over the days and over the hours of a day."""
        if not load.count:
            return
        table(["day", "fires"], [(f"{day:%d.%m.%Y %a}", n) for day, n in load.by_day.items()])
        say()
        table(["hour", "fires"], [(f"{hour:02}:00", n) for hour, n in load.by_hour.items()])

    def _notes(self) -> Iterator[str]:
        since = self._outcome.recorded_since
        if since is None:
            yield _NOTHING_RECORDED
        elif since > self._span.since:
            yield f"recorded since {self._at(since)} only; before that nothing fires"
        if self._span.until < self._asked.until:
            yield f"observed until {self._at(self._span.until)} only"
        for rule in self._summary.rules:
            if rule.hours_over_limit:
                yield (
                    f"{rule.rule}: {rule.hours_over_limit} hours with more than the flood brake or "
                    "its limit lets through; there the rest would have waited"
                )
            if rule.defects[0]:
                yield f"{rule.rule}: {rule.defects[0]} could not have been sent: {rule.defects[1]}"
            if rule.unknown[0]:
                yield f"{rule.rule}: {rule.unknown[0]} decisions unknown: {rule.unknown[1]}"
            if rule.crashed:
                yield f"{rule.rule}: failed {rule.crashed} times; see the log"

    def _name(self, login: str) -> str:
        return self._company.staff.names.get(login, login)

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"

    # -- JSON ----------------------------------------------------------------------------------

    def _rule_json(self, load: RuleLoad) -> dict[str, object]:
        rule = self._company.ruleset.rule(load.rule)
        return {
            "rule": load.rule,
            "version": rule.version if rule is not None else None,
            "step": rule.step_id if rule is not None else None,
            "title": rule.title if rule is not None else None,
            "mode": rule.mode.value if rule is not None else None,
            **self._load_json(load.fires),
            "objects": load.objects,
            "actions": dict(sorted(load.actions.items())),
            "hours_over_limit": load.hours_over_limit,
            "defects": load.defects[0],
            "defect": load.defects[1],
            "unknown": load.unknown[0],
            "unknown_why": load.unknown[1],
            "crashed": load.crashed,
        }

    def _load_json(self, load: Load) -> Mapping[str, object]:
        return {
            "fires": load.count,
            "first": self._moment(load.first),
            "last": self._moment(load.last),
            "by_day": {day.isoformat(): count for day, count in load.by_day.items()},
            "by_hour": {f"{hour:02}": count for hour, count in load.by_hour.items()},
            "peak_day": load.peak_day
            and {"day": load.peak_day[0].isoformat(), "fires": load.peak_day[1]},
            "peak_hour": load.peak_hour
            and {"from": load.peak_hour[0].isoformat(), "fires": load.peak_hour[1]},
        }

    def _moment(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self._zone)
