"""Reading one watch rule: its parts are read in turn, so that all its mistakes come at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.facts import DETAIL_GROUPS
from westsync.domain.places import Map
from westsync.rules.actions import ActionReader
from westsync.rules.clauses import (
    read_ack,
    read_deliver,
    read_grouping,
    read_inhibitors,
    read_limit,
    read_needs,
    read_reopen,
)
from westsync.rules.clock_reading import read_calendar, read_clock
from westsync.rules.condition_reading import Scope, compile_conditions
from westsync.rules.model import Mode, Rule
from westsync.rules.reading import Problems, Reader, as_items, as_text
from westsync.rules.rule_parts import decided_by, read_identity, read_owner, version_of
from westsync.rules.step_reading import read_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.facts import FactSpec, Group
    from westsync.domain.places import Node
    from westsync.rules.action_specs import ActionSpec
    from westsync.rules.vocabulary import Vocabulary

WATCHED = ("deal", "client", "task", "payment", "ledger", "stock_source")
RULE_KEYS = (
    "id",
    "title",
    "owner",
    "step",
    "mode",
    "only_with",
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
    identity = read_identity(top)
    owner = read_owner(top, vocabulary)
    needs = read_needs(top, vocabulary)
    ack = read_ack(top, actions)
    deliver = read_deliver(top, vocabulary)
    inhibitors = read_inhibitors(top, known)
    group_by = read_grouping(top, facts, kind)
    mode = Mode(top.word("mode", [mode.value for mode in Mode], Mode.LIVE.value) or Mode.LIVE)
    per_hour, reopen = read_limit(top), read_reopen(top)
    step_id = top.text("step") or ""
    if when is None or clock is None or identity is None or not steps:
        return None
    decided = decided_by(when, clock, steps)
    told = _named_by([*on_clear, *(spec for step in steps for spec in step.actions)], kind)
    return Rule(
        id=identity[0],
        title=identity[1],
        owner=owner,
        step_id=step_id,
        mode=mode,
        kind=kind,
        version=version_of(node),
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
        group_by=group_by,
    )


def _watched(top: Reader) -> str | None:
    """Return the kind of object that the rule watches; None if there is no such kind."""
    kind = top.text("watch")
    if kind is not None and kind not in WATCHED:
        top.problems.unknown(top.at("watch"), "kind of object", kind, "", WATCHED)
        return None
    return kind


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
