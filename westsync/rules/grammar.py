"""From rule files to compiled rules; every mistake of every file at once, at its place."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from westsync.domain.facts import DETAIL_GROUPS, SOURCES, FactSpec, FactType
from westsync.domain.places import Map, Node, Scalar, Seq, plain
from westsync.rules.actions import ActionReader
from westsync.rules.conditions import Condition, Scope, compile_conditions
from westsync.rules.model import (
    FIRST_SEEN,
    Ack,
    ClockSpec,
    Deliver,
    Mode,
    Outside,
    Repeat,
    Rule,
    Step,
)
from westsync.rules.reading import Problems, Reader, as_items, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.facts import Group
    from westsync.domain.working_time import WorkingCalendar
    from westsync.rules.vocabulary import Vocabulary

GRAMMAR_VERSION = 1
WATCHED = ("deal", "client", "task")
NOT_YET_WATCHED = ("invoice", "payment", "supplier_invoice")
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
STEP_KEYS = ("id", "after", "when", "unless", "repeat", "always", "do")
_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CLEAR = "clear"


def read_rules(
    documents: Iterable[Node], vocabulary: Vocabulary, problems: Problems
) -> tuple[Rule, ...]:
    """Compile all rule files of a configuration.

    Args:
        documents: The files' top nodes; their order does not matter.
        vocabulary: The names of this company.
        problems: Where mistakes are noted; a rule with mistakes is left out of the result.

    Returns:
        The sound rules, sorted by id.
    """
    nodes = [rule for document in documents for rule in _rule_nodes(document, problems)]
    known = _ids(nodes, problems)
    rules = []
    for node in nodes:
        before = len(problems.found)
        rule = _RuleReader(node, vocabulary, problems, known).read()
        if rule is not None and len(problems.found) == before:
            rules.append(rule)
    _check_inhibitors(rules, problems)
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _rule_nodes(document: Node, problems: Problems) -> list[Map]:
    if not isinstance(document, Map):
        problems.add(document.place, "a rule file is a mapping with 'version' and 'rules'")
        return []
    top = Reader(document, "the rule file", problems)
    top.allow("version", "rules")
    if top.require("version") is not None and top.number("version") != GRAMMAR_VERSION:
        problems.add(top.at("version"), f"this westsync reads version {GRAMMAR_VERSION} of rules")
    node = top.require("rules")
    found = []
    for item in as_items(node) if node is not None else ():
        if isinstance(item, Map):
            found.append(item)
        else:
            problems.add(item.place, "a rule is a mapping that begins with '- id: name'")
    return found


def _ids(nodes: list[Map], problems: Problems) -> Mapping[str, Map]:
    known: dict[str, Map] = {}
    for node in nodes:
        entry = node.get("id")
        name = as_text(entry) if entry is not None else None
        if name is None or entry is None:
            continue
        if name in known:
            problems.add(entry.place, f"rule '{name}' is there already, at {known[name].place}")
        known.setdefault(name, node)
    return known


def _check_inhibitors(rules: list[Rule], problems: Problems) -> None:
    """Note rules that inhibit each other in a ring: none of them could ever speak."""
    by_id = {rule.id: rule for rule in rules}
    for rule in rules:
        seen, queue = set[str](), list(rule.inhibit_by)
        while queue:
            name = queue.pop()
            if name == rule.id:
                problems.add(rule.place, f"rule '{rule.id}' inhibits itself through inhibit_by")
                break
            if name not in seen and name in by_id:
                seen.add(name)
                queue.extend(by_id[name].inhibit_by)


@dataclass(frozen=True, slots=True)
class _RuleReader:
    """Reads one rule."""

    node: Map
    vocabulary: Vocabulary
    problems: Problems
    known: Mapping[str, Map]

    def read(self) -> Rule | None:
        top = Reader(self.node, "rule", self.problems)
        if not self._is_watch_rule(top):
            return None
        top.allow(*RULE_KEYS)
        kind = top.text("watch") or "deal"
        facts = self.vocabulary.catalogue.of(kind)
        calendar_name, calendar = self._calendar(top)
        vocabulary = self.vocabulary.counting_on(calendar)
        scope = Scope(kind, facts, vocabulary, self.problems)
        when_node = top.require("when")
        when = compile_conditions(when_node, scope) if when_node is not None else None
        clock = self._clock(top, scope, calendar_name, calendar)
        actions = ActionReader(kind, facts, vocabulary, self.problems)
        steps = self._steps(top, scope, actions)
        on_clear = tuple(
            spec for item in top.items("on_clear") if (spec := actions.read(item)) is not None
        )
        identity = self._identity(top)
        if when is None or clock is None or identity is None or not steps:
            return None
        reads = _reads(when, clock, steps, facts)
        return Rule(
            id=identity[0],
            title=identity[1],
            owner=self._owner(top),
            step_id=top.text("step") or "",
            mode=Mode(top.word("mode", [mode.value for mode in Mode], "live") or "live"),
            kind=kind,
            version=_version(self.node),
            place=self.node.place,
            needs=self._needs(top),
            when=when,
            clock=clock,
            steps=steps,
            ack=self._ack(top, actions),
            deliver=self._deliver(top),
            inhibit_by=self._inhibit_by(top),
            group_by=self._group_by(top, facts),
            per_hour=self._per_hour(top),
            on_clear=on_clear,
            reopen_within=self._reopen(top),
            stages=_stages(when_node),
            reads=reads,
            details=frozenset().union(*reads.values()) & DETAIL_GROUPS,
        )

    def _is_watch_rule(self, top: Reader) -> bool:
        kinds = [key for key in ("watch", "use", "schedule") if top.has(key)]
        if len(kinds) != 1:
            self.problems.add(
                top.place, "a rule has exactly one of 'watch', 'use' and 'schedule'", None
            )
            return False
        if kinds[0] != "watch":
            self.problems.add(
                self.node.place_of(kinds[0]),
                f"'{kinds[0]}' rules are not part of this version of westsync",
                "remove the rule or set it aside in a file outside of config/rules",
            )
            return False
        watched = top.text("watch")
        if watched in NOT_YET_WATCHED:
            self.problems.add(
                top.at("watch"), f"watching '{watched}' needs 1C, which this version has not"
            )
            return False
        if watched not in WATCHED:
            self.problems.unknown(top.at("watch"), "kind of object", str(watched), "", WATCHED)
            return False
        return True

    def _identity(self, top: Reader) -> tuple[str, str] | None:
        top.require("id")
        top.require("title")
        name, title = top.text("id"), top.text("title")
        if name is not None and (not _KEBAB.fullmatch(name) or len(name) > 64):
            self.problems.add(
                top.at("id"), f"'{name}' is no rule id", "write small words joined by hyphens"
            )
            return None
        return None if name is None or title is None else (name, title)

    def _owner(self, top: Reader) -> str | None:
        owner = top.text("owner")
        if owner is not None:
            known = self.vocabulary.people | self.vocabulary.roles
            self.vocabulary.check("person or role", owner, known, top.at("owner"), self.problems)
        return owner

    def _calendar(self, top: Reader) -> tuple[str, WorkingCalendar | None]:
        clock = top.node.get("clock")
        name = "office" if "office" in self.vocabulary.calendars else "always"
        if isinstance(clock, Map):
            reader = Reader(clock, "clock", self.problems)
            name = reader.word("calendar", self.vocabulary.calendars, name) or name
        return name, self.vocabulary.calendars.get(name)

    def _clock(
        self, top: Reader, scope: Scope, calendar_name: str, calendar: WorkingCalendar | None
    ) -> ClockSpec | None:
        node = top.require("clock")
        if not isinstance(node, Map):
            if node is not None:
                self.problems.add(node.place, "clock is a mapping, e.g. {from: created_at}")
            return None
        clock = Reader(node, "clock", self.problems)
        clock.allow("from", "calendar", "pause_when", "settle")
        start = clock.text("from") if clock.require("from") is not None else None
        if start is not None and start != FIRST_SEEN:
            self._check_moment(clock, start, scope)
        pause_node = node.get("pause_when")
        settle = self._wall(clock, "settle")
        if start is None or calendar is None:
            return None
        return ClockSpec(
            start=start,
            calendar_name=calendar_name,
            calendar=calendar,
            pause_when=None if pause_node is None else compile_conditions(pause_node, scope),
            settle=settle or timedelta(0),
        )

    def _check_moment(self, clock: Reader, start: str, scope: Scope) -> None:
        fact = scope.facts.get(start)
        moments = [name for name, spec in scope.facts.items() if spec.type is FactType.MOMENT]
        if fact is None:
            where = f" of {scope.kind}"
            self.problems.unknown(clock.at("from"), "fact", start, where, [*moments, FIRST_SEEN])
        elif fact.type is not FactType.MOMENT:
            self.problems.add(
                clock.at("from"), f"a clock starts at a moment; '{start}' is a {fact.type}"
            )

    def _steps(self, top: Reader, scope: Scope, actions: ActionReader) -> tuple[Step, ...]:
        node = top.require("steps")
        steps: list[Step] = []
        for item in as_items(node) if node is not None else ():
            if not isinstance(item, Map):
                self.problems.add(item.place, "a step is a mapping with id, after and do")
                continue
            step = self._step(item, scope, actions)
            if step is None:
                continue
            if any(step.id == other.id for other in steps):
                self.problems.add(item.place, f"step '{step.id}' is there already in this rule")
            earlier = steps[-1] if steps else None
            if earlier is not None and step.after.is_shorter_than(earlier.after):
                self.problems.add(
                    item.place,
                    f"step '{step.id}' (after {step.after}) stands behind '{earlier.id}' "
                    f"(after {earlier.after})",
                    "order steps by their time",
                )
            steps.append(step)
        if node is not None and isinstance(node, Seq) and not node.items:
            self.problems.add(node.place, "the rule has no steps and would do nothing")
        return tuple(steps)

    def _step(self, node: Map, scope: Scope, actions: ActionReader) -> Step | None:
        step = Reader(node, "step", self.problems)
        step.allow(*STEP_KEYS)
        name = step.text("id") if step.require("id") is not None else None
        if name is not None and (not _KEBAB.fullmatch(name) or name == _CLEAR):
            self.problems.add(step.at("id"), f"'{name}' is no step id")
        after = step.duration("after") if step.require("after") is not None else None
        when, unless = node.get("when"), node.get("unless")
        specs = tuple(spec for item in step.items("do") if (spec := actions.read(item)) is not None)
        if step.require("do") is None or name is None or after is None:
            return None
        return Step(
            id=name,
            after=after,
            when=None if when is None else compile_conditions(when, scope),
            unless=None if unless is None else compile_conditions(unless, scope),
            repeat=self._repeat(step),
            always=step.flag("always"),
            actions=specs,
        )

    def _repeat(self, step: Reader) -> Repeat | None:
        node = step.node.get("repeat")
        if node is None:
            return None
        if not isinstance(node, Map):
            self.problems.add(node.place, "repeat is written {every: 30m, max: 3}")
            return None
        repeat = Reader(node, "repeat", self.problems)
        repeat.allow("every", "max")
        every = repeat.duration("every") if repeat.require("every") is not None else None
        most = repeat.number("max", least=1) if repeat.require("max") is not None else None
        if every is not None and every.is_counted and every.amount < 60:
            self.problems.add(repeat.at("every"), "'every' must be a minute at least")
            return None
        return None if every is None or most is None else Repeat(every=every, most=most)

    def _needs(self, top: Reader) -> Mapping[str, timedelta]:
        node = top.node.get("needs")
        if node is None:
            return {}
        if not isinstance(node, Map):
            self.problems.add(node.place, "needs is written {source: oldest age}")
            return {}
        needs = Reader(node, "needs", self.problems)
        found = {}
        for source, place, _ in node.entries:
            if source not in SOURCES:
                self.problems.unknown(place, "source", source, "", SOURCES)
                continue
            age = self._wall(needs, source)
            if age is not None:
                found[source] = age
        return found

    def _ack(self, top: Reader, actions: ActionReader) -> Ack | None:
        node = top.node.get("ack")
        if node is None:
            return None
        if not isinstance(node, Map):
            self.problems.add(node.place, "ack is written {by: [role:x], mutes: 1h}")
            return None
        ack = Reader(node, "ack", self.problems)
        ack.allow("by", "mutes")
        by = actions.who(ack, "by")
        mutes = ack.duration("mutes") if ack.require("mutes") is not None else None
        return None if mutes is None or not by else Ack(by=by, mutes=mutes)

    def _deliver(self, top: Reader) -> Deliver | None:
        node = top.node.get("deliver")
        if node is None:
            return None
        if not isinstance(node, Map):
            self.problems.add(node.place, "deliver is written {calendar: office, outside: defer}")
            return None
        deliver = Reader(node, "deliver", self.problems)
        deliver.allow("calendar", "outside")
        name = deliver.word("calendar", self.vocabulary.calendars, "office")
        outside = deliver.word("outside", [o.value for o in Outside], "defer")
        calendar = self.vocabulary.calendars.get(name or "")
        if calendar is None or outside is None:
            return None
        return Deliver(calendar=calendar, outside=Outside(outside))

    def _inhibit_by(self, top: Reader) -> tuple[str, ...]:
        names = []
        for item in top.items("inhibit_by"):
            name = as_text(item)
            if name is None or name not in self.known:
                self.problems.unknown(item.place, "rule", str(name), "", self.known)
            else:
                names.append(name)
        return tuple(names)

    def _group_by(self, top: Reader, facts: Mapping[str, FactSpec]) -> tuple[str, ...]:
        names = []
        for item in top.items("group_by"):
            name = as_text(item)
            if name is None or name not in facts:
                self.problems.unknown(item.place, "fact", str(name), "", facts)
            else:
                names.append(name)
        if names:
            self.problems.add(
                top.at("group_by"), "'group_by' is not part of this version of westsync"
            )
        return tuple(names)

    def _per_hour(self, top: Reader) -> int | None:
        node = top.node.get("limit")
        if node is None:
            return None
        if not isinstance(node, Map):
            self.problems.add(node.place, "limit is written {per_hour: 30}")
            return None
        limit = Reader(node, "limit", self.problems)
        limit.allow("per_hour")
        return limit.number("per_hour", least=1)

    def _reopen(self, top: Reader) -> timedelta | None:
        node = top.node.get("reopen")
        if node is None or (isinstance(node, Scalar) and node.value == "new"):
            return None
        if isinstance(node, Map) and node.keys() == ("same_within",):
            return self._wall(Reader(node, "reopen", self.problems), "same_within")
        self.problems.add(node.place, "reopen is 'new' or {same_within: 1h}")
        return None

    def _wall(self, reader: Reader, key: str) -> timedelta | None:
        """Read a duration of the wall clock."""
        duration = reader.duration(key)
        if duration is None:
            return None
        try:
            return duration.wall()
        except ValueError as exc:
            self.problems.add(reader.at(key), str(exc))
            return None


def _reads(
    when: Condition, clock: ClockSpec, steps: tuple[Step, ...], facts: Mapping[str, FactSpec]
) -> Mapping[str, frozenset[Group]]:
    conditions = [when, clock.pause_when]
    for step in steps:
        conditions += [step.when, step.unless]
    names = {name for condition in conditions if condition for name in condition.reads}
    return {name: facts[name].groups for name in sorted(names | {clock.start}) if name in facts}


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
