"""Reading the steps of a rule: after how long, under which conditions, how often, what is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.domain.durations import Duration, Unit
from westsync.domain.places import Map, Node, Seq
from westsync.rules.action_specs import CloseTaskSpec
from westsync.rules.condition_reading import Scope, compile_conditions
from westsync.rules.model import Repeat, Step
from westsync.rules.reading import Reader, as_items

if TYPE_CHECKING:
    from westsync.rules.action_specs import ActionSpec
    from westsync.rules.actions import ActionReader
    from westsync.rules.conditions import Condition

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
STEP_KEYS = ("id", "after", "when", "unless", "repeat", "always", "do")
# What happens when a condition clears has this word in its key.
_RESERVED = "clear"
_LEAST_S = 60
# Every decision goes through the repetitions that are due.
_MOST_TIMES = 1000


def read_steps(top: Reader, scope: Scope, actions: ActionReader) -> tuple[Step, ...]:
    """Read the steps of a rule in their order; wrong ones are noted and left out.

    Args:
        top: The rule.
        scope: What conditions may speak about.
        actions: Reads what the steps do.
    """
    node = top.require("steps")
    if node is None:
        return ()
    if isinstance(node, Seq) and not node.items:
        scope.problems.add(node.place, "the rule has no steps and would do nothing")
    steps: list[Step] = []
    for item in as_items(node):
        if not isinstance(item, Map):
            scope.problems.add(item.place, "a step is a mapping with id, after and do")
            continue
        step = _read_step(item, scope, actions)
        if step is not None:
            _check_place(step, steps, item, scope)
            steps.append(step)
    return tuple(steps)


def _check_place(step: Step, earlier: list[Step], node: Map, scope: Scope) -> None:
    if any(step.id == other.id for other in earlier):
        scope.problems.add(node.place, f"step '{step.id}' is there already in this rule")
    later = next((other for other in earlier if step.after.is_shorter_than(other.after)), None)
    if later is not None:
        scope.problems.add(
            node.place,
            f"step '{step.id}' (after {step.after}) stands behind '{later.id}' "
            f"(after {later.after})",
            "order steps by their time",
        )


def _read_step(node: Map, scope: Scope, actions: ActionReader) -> Step | None:
    step = Reader(node, "step", scope.problems)
    step.allow(*STEP_KEYS)
    name = _name(step)
    after = step.duration("after") if step.require("after") is not None else None
    when = _condition(node.get("when"), scope)
    unless = _condition(node.get("unless"), scope)
    repeat = _repeat(step, after)
    always = step.flag("always")
    specs = _actions(step, actions)
    if name is None or after is None:
        return None
    return Step(
        id=name,
        after=after,
        when=when,
        unless=unless,
        repeat=repeat,
        always=always,
        actions=specs,
    )


def _name(step: Reader) -> str | None:
    name = step.text("id") if step.require("id") is not None else None
    if name is not None and (not KEBAB.fullmatch(name) or name == _RESERVED):
        step.problems.add(
            step.at("id"), f"'{name}' is no step id", "write small words joined by hyphens"
        )
    return name


def _condition(node: Node | None, scope: Scope) -> Condition | None:
    return None if node is None else compile_conditions(node, scope)


def _actions(step: Reader, actions: ActionReader) -> tuple[ActionSpec, ...]:
    node = step.require("do")
    if node is None:
        return ()
    if isinstance(node, Seq) and not node.items:
        step.problems.add(node.place, "the step has no actions and would do nothing")
    specs = actions.read_all(step, "do")
    if any(isinstance(spec, CloseTaskSpec) for spec in specs):
        step.problems.add(
            node.place,
            "a step closes no task: the rule's own are closed when it clears",
            "put 'task.close' into on_clear",
        )
    return specs


def _repeat(step: Reader, after: Duration | None) -> Repeat | None:
    node = step.node.get("repeat")
    if node is None:
        return None
    if not isinstance(node, Map):
        step.problems.add(node.place, "repeat is written {every: 30m, max: 3}")
        return None
    repeat = Reader(node, "repeat", step.problems)
    repeat.allow("every", "max")
    every = repeat.duration("every") if repeat.require("every") is not None else None
    most = repeat.number("max", least=1) if repeat.require("max") is not None else None
    if most is not None and most > _MOST_TIMES:
        step.problems.add(repeat.at("max"), f"'max' of repeat must be {_MOST_TIMES} at most")
        return None
    if every is not None and _is_too_often(every):
        step.problems.add(repeat.at("every"), "'every' must be a minute at least")
        return None
    if every is None or most is None:
        return None
    if after is not None and after.is_counted and every.is_counted:
        try:
            Duration(unit=Unit.COUNTED, amount=after.amount + most * every.amount)
        except ValueError as exc:
            step.problems.add(node.place, f"the last repetition comes too late: {exc}")
            return None
    return Repeat(every=every, most=most)


def _is_too_often(every: Duration) -> bool:
    match every.unit:
        case Unit.COUNTED:
            return every.amount < _LEAST_S
        case Unit.WORKDAYS | Unit.DAYS:
            return every.amount == 0
        case Unit.SAME_DAY:
            return False
