"""Reading one clock rule: it becomes a rule that watches its own falling due.

So everything that watch rules have holds for it as well: steps, keys, traces, rule tests.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from westsync.domain.places import Map, Scalar
from westsync.rules.action_specs import ReportSpec
from westsync.rules.actions import ActionReader
from westsync.rules.clauses import read_deliver, read_needs
from westsync.rules.condition_reading import Scope
from westsync.rules.model import ClockSpec, Mode, Rule
from westsync.rules.reading import Problems, Reader, as_text
from westsync.rules.rule_parts import decided_by, read_identity, read_owner, version_of
from westsync.rules.schedules import DUE_AT, WEEKDAYS, InTime, Schedule
from westsync.rules.step_reading import read_steps

if TYPE_CHECKING:
    from westsync.rules.model import Step
    from westsync.rules.vocabulary import Vocabulary

KIND = "schedule"
SCHEDULE_RULE_KEYS = (
    "id",
    "title",
    "owner",
    "step",
    "mode",
    "only_with",
    "schedule",
    "needs",
    "report",
    "steps",
    "deliver",
)
SCHEDULE_KEYS = ("at", "days", "calendar", "catch_up")
REPORT_KEYS = ("name", "template", "attach", "period")
PERIODS = ("since_last", "own")
ATTACHMENTS = ("xlsx",)
_WHOLE_WEEKS = ("workdays", "daily")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def read_schedule_rule(node: Map, vocabulary: Vocabulary, problems: Problems) -> Rule | None:
    """Read a rule with ``schedule``; None if it cannot be made.

    Args:
        node: Its mapping.
        vocabulary: The names of this company.
        problems: Where mistakes are noted.
    """
    top = Reader(node, "rule", problems)
    top.allow(*SCHEDULE_RULE_KEYS)
    facts = vocabulary.catalogue.of(KIND)
    schedule, calendar_name = _schedule(top, vocabulary)
    calendar = schedule.calendar if schedule is not None else vocabulary.calendars.get("office")
    scope = Scope(KIND, facts, vocabulary.counting_on(calendar), problems)
    identity = read_identity(top)
    report = _report(top, vocabulary, identity[0] if identity is not None else "")
    actions = ActionReader(KIND, facts, scope.vocabulary, problems, report)
    steps = tuple(_sent_late(step) for step in read_steps(top, scope, actions))
    owner = read_owner(top, vocabulary)
    needs, deliver = read_needs(top, vocabulary), read_deliver(top, vocabulary)
    mode = Mode(top.word("mode", [mode.value for mode in Mode], Mode.LIVE.value) or Mode.LIVE)
    step_id = top.text("step") or ""
    if schedule is None or identity is None or not steps:
        return None
    when = InTime(schedule, top.at("schedule"))
    clock = ClockSpec(
        start=DUE_AT,
        calendar_name=calendar_name,
        calendar=schedule.calendar,
        pause_when=None,
        settle=timedelta(0),
    )
    return Rule(
        id=identity[0],
        title=identity[1],
        owner=owner,
        step_id=step_id,
        mode=mode,
        kind=KIND,
        version=version_of(node),
        place=node.place,
        needs=needs,
        when=when,
        clock=clock,
        steps=steps,
        deliver=deliver,
        reads={name: facts[name].groups for name in sorted(decided_by(when, clock, steps))},
        step_details={step.id: frozenset() for step in steps},
        schedule=schedule,
    )


def _sent_late(step: Step) -> Step:
    """Return the step so that a report found late is sent late, though later steps are due."""
    sends = any(isinstance(spec, ReportSpec) for spec in step.actions)
    return replace(step, always=True) if sends else step


def _schedule(top: Reader, vocabulary: Vocabulary) -> tuple[Schedule | None, str]:
    node = top.node.get("schedule")
    default = "office" if "office" in vocabulary.calendars else "always"
    if not isinstance(node, Map):
        form = '{at: "10:50", days: workdays, calendar: office}'
        top.problems.add(top.at("schedule"), f"schedule is written {form}")
        return None, default
    reader = Reader(node, "schedule", top.problems)
    reader.allow(*SCHEDULE_KEYS)
    name = reader.word("calendar", vocabulary.calendars, default) or default
    calendar = vocabulary.calendars.get(name)
    at = _time_of_day(reader)
    weekdays, known = _days(reader)
    catch_up = reader.wall_duration("catch_up")
    if at is None or calendar is None or not known:
        return None, name
    return Schedule(at=at, calendar=calendar, weekdays=weekdays, catch_up=catch_up), name


def _time_of_day(reader: Reader) -> time | None:
    if reader.require("at") is None:
        return None
    text = reader.text("at") or ""
    found = _TIME.fullmatch(text)
    if found is None:
        reader.problems.add(
            reader.at("at"), f"'{text}' is no time of day", 'write hours and minutes: "10:50"'
        )
        return None
    return time(int(found[1]), int(found[2]))


def _days(reader: Reader) -> tuple[frozenset[int] | None, bool]:
    """Return (days of the week, or None for working days; whether they could be read)."""
    items = reader.items("days")
    words = [as_text(item) for item in items]
    if reader.has("days") and not items:
        reader.problems.add(reader.at("days"), "'days' names no day")
        return None, False
    if not items or words == ["workdays"]:
        return None, True
    if words == ["daily"]:
        return frozenset(range(7)), True
    known = True
    for item, word in zip(items, words, strict=True):
        if word in _WHOLE_WEEKS:
            known = False
            reader.problems.add(item.place, f"'{word}' stands alone", f"write days: {word}")
        elif word not in WEEKDAYS:
            known = False
            choices = (*_WHOLE_WEEKS, *WEEKDAYS)
            reader.problems.unknown(item.place, "day", str(word), "", choices)
    return frozenset(WEEKDAYS.index(word) for word in words if word in WEEKDAYS), known


def _report(top: Reader, vocabulary: Vocabulary, rule: str) -> ReportSpec | None:
    node = top.node.get("report")
    if node is None:
        return None
    if not isinstance(node, Map):
        top.problems.add(node.place, "report is written {name: secretary-daily, attach: xlsx}")
        return None
    reader = Reader(node, "report", top.problems)
    reader.allow(*REPORT_KEYS)
    name = reader.text("name", rule) or rule
    if name not in vocabulary.reports:
        place = reader.at("name") if reader.has("name") else top.at("id")
        top.problems.unknown(place, "report", name, "", vocabulary.reports)
    template = reader.text("template") or ""
    if template and template not in vocabulary.report_templates:
        top.problems.unknown(
            reader.at("template"), "template", template, "", vocabulary.report_templates
        )
    attach = []
    for item in reader.items("attach"):
        word = as_text(item) if isinstance(item, Scalar) else None
        if word not in ATTACHMENTS:
            top.problems.unknown(item.place, "attachment", str(word), "", ATTACHMENTS)
        else:
            attach.append(word)
    period = reader.word("period", PERIODS, "own") or "own"
    return ReportSpec(
        report=name,
        template=template,
        period="" if period == "own" else period,
        attach=tuple(attach),
    )
