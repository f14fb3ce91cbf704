"""Reading one watch rule: its parts are read in turn, so that all its mistakes come at once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from westsync.domain.facts import DETAIL_GROUPS
from westsync.domain.places import Map, plain
from westsync.rules.actions import ActionReader
from westsync.rules.clauses import (
    read_ack,
    read_deliver,
    read_inhibitors,
    read_limit,
    read_needs,
    read_reopen,
    refuse_grouping,
)
from westsync.rules.clock_reading import read_calendar, read_clock
from westsync.rules.condition_reading import Scope, compile_conditions
from westsync.rules.model import Mode, Rule
from westsync.rules.reading import Problems, Reader, as_items, as_text
from westsync.rules.step_reading import KEBAB, read_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.facts import FactSpec, Group
    from westsync.domain.places import Node
    from westsync.rules.conditions import Condition
    from westsync.rules.model import ActionSpec, ClockSpec, Step
    from westsync.rules.vocabulary import Vocabulary

WATCHED = ("deal", "client", "task")
_NOT_YET_WATCHED = ("invoice", "payment", "supplier_invoice")
RULE_KEYS = (
    "id",
    "title",
    "owner",
    "step",
    "mode",
    "watch",
    "needs",
    "when",
    "clock",
    "steps",
    "ack",
    "deliver",
    "inhibit_by",
    "group_by",
    "limit",
    "on_clear",
    "reopen",
)
_LONGEST_ID = 64


def read_rule(
    node: Map, vocabulary: Vocabulary, problems: Problems, known: Mapping[str, Map]
) -> Rule | None:
    """Read a rule.

    Args:
        node: Its mapping.
        vocabulary: The names of this company.
        problems: Where mistakes are noted.
        known: All rules by id, for ``inhibit_by``.

    Returns:
        The rule; None if it cannot be made. One that is made may still have noted mistakes.
    """
    top = Reader(node, "rule", problems)
    kind = _watched(top)
    if kind is None:
        return None
    top.allow(*RULE_KEYS)
    facts = vocabulary.catalogue.of(kind)
    calendar_name, calendar = read_calendar(top, vocabulary, problems)
    scope = Scope(kind, facts, vocabulary.counting_on(calendar), problems)
    actions = ActionReader(kind, facts, scope.vocabulary, problems)
    conditions = top.require("when")
    when = None if conditions is None else compile_conditions(conditions, scope)
    clock = read_clock(top, scope, calendar_name, calendar)
    steps = read_steps(top, scope, actions)
    on_clear = actions.read_all(top, "on_clear")
    identity = _identity(top)
    owner = _owner(top, vocabulary)
    needs = read_needs(top)
    ack = read_ack(top, actions)
    deliver = read_deliver(top, vocabulary)
    inhibitors = read_inhibitors(top, known)
    refuse_grouping(top, facts, kind)
    mode = Mode(top.word("mode", [mode.value for mode in Mode], Mode.LIVE.value) or Mode.LIVE)
    per_hour, reopen = read_limit(top), read_reopen(top)
    step_id = top.text("step") or ""
    if when is None or clock is None or identity is None or not steps:
        return None
    decided = _decided_by(when, clock, steps)
    told = _named_by([*on_clear, *(spec for step in steps for spec in step.actions)], kind)
    return Rule(
        id=identity[0],
        title=identity[1],
        owner=owner,
        step_id=step_id,
        mode=mode,
        kind=kind,
        version=_version(node),
        place=node.place,
        needs=needs,
        when=when,
        clock=clock,
        steps=steps,
        ack=ack,
        deliver=deliver,
        inhibit_by=inhibitors,
        per_hour=per_hour,
        on_clear=on_clear,
        reopen_within=reopen,
        stages=_stages(conditions),
        reads={name: facts[name].groups for name in sorted(decided | told) if name in facts},
        details=_details(decided, facts),
        step_details={step.id: _details(_named_by(step.actions, kind), facts) for step in steps},
        clear_details=_details(_named_by(on_clear, kind), facts),
    )


def _watched(top: Reader) -> str | None:
    """Return the kind of object that the rule watches; None if it is no watch rule of ours."""
    kinds = [key for key in ("watch", "use", "schedule") if top.has(key)]
    if len(kinds) != 1:
        top.problems.add(top.place, "a rule has exactly one of 'watch', 'use' and 'schedule'")
        return None
    if kinds[0] != "watch":
        top.problems.add(
            top.node.place_of(kinds[0]),
            f"'{kinds[0]}' rules are not part of this version of westsync",
            "remove the rule or set it aside in a file outside of config/rules",
        )
        return None
    kind = top.text("watch")
    if kind in _NOT_YET_WATCHED:
        top.problems.add(top.at("watch"), f"watching '{kind}' needs 1C, which this version has not")
        return None
    if kind is not None and kind not in WATCHED:
        top.problems.unknown(top.at("watch"), "kind of object", kind, "", WATCHED)
        return None
    return kind


def _identity(top: Reader) -> tuple[str, str] | None:
    top.require("id")
    top.require("title")
    name, title = top.text("id"), top.text("title")
    if name is not None and (not KEBAB.fullmatch(name) or len(name) > _LONGEST_ID):
        top.problems.add(
            top.at("id"), f"'{name}' is no rule id", "write small words joined by hyphens"
        )
    return None if name is None or title is None else (name, title)


def _owner(top: Reader, vocabulary: Vocabulary) -> str | None:
    owner = top.text("owner")
    if owner is not None:
        known = vocabulary.people | vocabulary.roles
        vocabulary.check("person or role", owner, known, top.at("owner"), top.problems)
    return owner


def _decided_by(when: Condition, clock: ClockSpec, steps: Iterable[Step]) -> frozenset[str]:
    """Return the facts that conditions and the clock read."""
    conditions = [when, clock.pause_when]
    for step in steps:
        conditions += [step.when, step.unless]
    names = (condition.reads for condition in conditions if condition is not None)
    return frozenset({clock.start}).union(*names)


def _named_by(actions: Iterable[ActionSpec], kind: str) -> frozenset[str]:
    """Return the facts of the object that the texts of actions name."""
    prefix = f"{kind}."
    paths = {path for spec in actions for text in spec.texts for path in text.paths}
    return frozenset(path.removeprefix(prefix) for path in paths if path.startswith(prefix))


def _details(names: Iterable[str], facts: Mapping[str, FactSpec]) -> frozenset[Group]:
    """Return what must be read per object to know these facts."""
    groups = (facts[name].groups for name in names if name in facts)
    return DETAIL_GROUPS.intersection(group for some in groups for group in some)


def _stages(when: Node | None) -> frozenset[str] | None:
    """Return the stages that a top-level ``stage`` leaf allows; None if there is no such leaf."""
    for item in as_items(when) if when is not None else ():
        node = item.get("stage") if isinstance(item, Map) else None
        if isinstance(node, Map):
            node = node.get("in") or node.get("is")
        if node is not None:
            return frozenset(word for part in as_items(node) if (word := as_text(part)))
    return None


def _version(node: Map) -> str:
    text = json.dumps(plain(node), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:6]
