"""A small company for rule tests: its names, its calendars, its people, and objects to look at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from westsync.domain.absences import Absences
from westsync.domain.actions import ACTION_NAMES, CloseTask, EnsureTask
from westsync.domain.calendar_spec import CalendarSpec
from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.facts import Facts, FactType, Group
from westsync.domain.people import Person, Staff
from westsync.domain.working_time import WorkingCalendar
from westsync.rules.ruleset import RuleSet, Texts, build_ruleset
from westsync.rules.situation import Outcome, OwnTask, Situation
from westsync.rules.texts import Formatter, Words
from westsync.rules.vocabulary import Vocabulary
from westsync.rules.watch import decide
from westsync.settings import yaml12

if TYPE_CHECKING:
    from westsync.domain.episodes import Episode
    from westsync.domain.intents import Intent
    from westsync.domain.places import Node
    from westsync.rules.model import Rule

ZONE = ZoneInfo("Europe/Moscow")
CATALOGUE = catalogue()
OFFICE = WorkingCalendar(
    CalendarSpec.parse(
        name="office",
        zone="Europe/Moscow",
        windows=["09:00-13:00", "14:00-18:00"],
        days="mon-fri",
        country="RU",
    )
)
ALWAYS = WorkingCalendar(
    CalendarSpec.parse(name="always", zone="Europe/Moscow", windows=["00:00-24:00"], days="mon-sun")
)
PEOPLE = (
    Person(login="ivanov", name="Иванов Пётр", crm_id="1000003", email="ivanov@example.test"),
    Person(login="sidorova", name="Сидорова Анна", crm_id="1000001", email="sid@example.test"),
    Person(login="orlov", name="Орлов Олег", crm_id="1000005", email="orlov@example.test"),
    Person(login="guest", name="Гость", crm_id=None),
)
ROLES = {"secretary": ("sidorova",), "head_of_sales": ("orlov",), "nobody": ()}
STAFF = Staff(PEOPLE, ROLES, Absences(()))
VOCABULARY = Vocabulary(
    stages={"sales": ("new", "qualify", "offer", "waiting", "won", "lost"), "rent": ("asked",)},
    people=frozenset(person.login for person in PEOPLE),
    roles=frozenset(ROLES),
    calendars={"office": OFFICE, "always": ALWAYS},
    zone=ZONE,
    catalogue=CATALOGUE,
    channels=frozenset({"megaplan", "email"}),
    sources=frozenset({"megaplan", "stock"}),
)
WORDS = Words(
    minutes="мин",
    hours="ч",
    days="дн",
    currency="₽",
    yes="да",
    no="нет",
    labels={"city": "город", "stage": "этап"},
)
FORMATTER = Formatter(ZONE, WORDS, STAFF.names)
EMPTY: dict[str, dict[str, Any]] = {
    kind: {
        name: () if spec.type in {FactType.TEXTS, FactType.RECORDS} else None
        for name, spec in specs.items()
    }
    for kind, specs in CATALOGUE.kinds.items()
}
GROUPS = {
    kind: {name: spec.groups for name, spec in specs.items()}
    for kind, specs in CATALOGUE.kinds.items()
}
STAGE_IDS = {("sales", "qualify"): "128", ("sales", "lost"): "140"}


def msk(text: str) -> datetime:
    """Return a time of the office, ``2026-11-24 10:05``, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def node(text: str, file: str = "rules.yaml") -> Node:
    """Return the top node of a YAML text that has no mistakes of its own."""
    document = yaml12.parse(text.encode(), file=file)
    assert not document.problems, document.problems
    assert document.root is not None
    return document.root


def compiled(
    *texts: str, vocabulary: Vocabulary = VOCABULARY, shared: Texts | None = None
) -> tuple[RuleSet, list[str]]:
    """Return the rules of some files and every mistake as people read it."""
    nodes = [node(text) for text in texts]
    ruleset, problems = build_ruleset(nodes, shared or Texts(words=WORDS), vocabulary)
    return ruleset, [str(problem) for problem in problems]


def rules_of(text: str, **how: Texts) -> RuleSet:
    """Return the rules of a file without mistakes."""
    ruleset, problems = compiled(text, **how)  # type: ignore[arg-type]  # only ``shared``
    assert problems == []
    return ruleset


SIMPLE = """\
version: 1
rules:
  - id: call
    step: P1.1
    title: Звонок
    watch: {watch}
    when: {when}
    clock: {clock}
    steps: {steps}
"""


def rule_text(
    *,
    watch: str = "deal",
    when: str = "[ { stage: { in: [new] } } ]",
    clock: str = "{ from: created_at, calendar: office }",
    steps: str = "[ { id: tell, after: 10m, do: [ { deal.comment: { text: hello } } ] } ]",
    more: str = "",
) -> str:
    """Return a file with one rule; ``more`` are further keys, a line each."""
    text = SIMPLE.format(watch=watch, when=when, clock=clock, steps=steps)
    return text + "".join(f"    {line}\n" for line in more.splitlines())


def a_rule(**parts: str) -> Rule:
    """Return one rule; see `rule_text`."""
    (rule,) = rules_of(rule_text(**parts)).rules
    return rule


def mistakes(**parts: str) -> list[str]:
    """Return the mistakes of one rule without file and place."""
    _, problems = compiled(rule_text(**parts))
    return [problem.partition(" ")[2] for problem in problems]


def step_text(
    name: str, after: str, do: str = "deal.comment: { text: hello }", more: str = ""
) -> str:
    """Return one step in one line."""
    extra = f", {more}" if more else ""
    return f"{{ id: {name}, after: {after}, do: [ {{ {do} }} ]{extra} }}"


def steps_text(*steps: str) -> str:
    """Return the list of some steps."""
    return "[ " + ", ".join(steps) + " ]"


def deal(at: datetime, *, ages: dict[Group, datetime] | None = None, **values: Any) -> Facts:
    """Return the facts of a deal, all read at a moment; what is not named is empty."""
    return facts("deal", at, ages=ages, **values)


def facts(
    of: str, at: datetime, *, ages: dict[Group, datetime] | None = None, **values: Any
) -> Facts:
    """Return the facts of an object, all read at a moment; what is not named is empty."""
    own = {"number": "43", "manager": "ivanov"} if of == "deal" else {}
    unknown = values.keys() - EMPTY[of].keys()
    assert not unknown, f"no facts of a {of}: {unknown}"
    return Facts(
        kind=of,
        id="43",
        values={**EMPTY[of], "id": "43", **own, **values},
        as_of=dict.fromkeys(Group, at) | (ages or {}),
        source_as_of={"megaplan": at},
        groups=GROUPS[of],
    )


@cache
def frames() -> RuleSet:
    """Return a rule set for its frames."""
    return rules_of(rule_text())


def situation(now: datetime, **more: Any) -> Situation:
    """Return a world in which nothing keeps a rule from speaking."""
    basis = Situation(
        now=now,
        account="main",
        staff=STAFF,
        formatter=FORMATTER,
        task_frame=frames().task_frames["deal"],
        close_frame=frames().close_frames["deal"],
        stage_ids=STAGE_IDS,
    )
    return basis._replace(**more)


def short(intent: Intent) -> str:
    """Return step, repetition and action of an intent: ``tell:0:deal.comment``."""
    return f"{intent.step}:{intent.repeat}:{ACTION_NAMES[type(intent.action)]}"


@dataclass
class Life:
    """One object in the eyes of one rule, looked at again and again.

    Attributes:
        rule: The rule.
        values: The object's facts; a test changes them.
        episode: What the rule remembers.
        tasks: What it made.
        outcome: What the last look came to.
        ages: Groups that were read at another time than the look.
        world: What is special about the situation.
    """

    rule: Rule
    values: dict[str, Any]
    episode: Episode | None = None
    tasks: tuple[OwnTask, ...] = ()
    outcome: Outcome | None = None
    ages: dict[Group, datetime] = field(default_factory=dict)
    world: dict[str, Any] = field(default_factory=dict)

    def look(self, at: datetime, **changes: Any) -> list[str]:
        """Have the rule decide, keep what it remembers, and return what it wants in short."""
        return [short(intent) for intent in self.intents(at, **changes)]

    def intents(self, at: datetime, **changes: Any) -> tuple[Intent, ...]:
        """Have the rule decide, keep what it remembers, and return what it wants."""
        self.values |= changes
        seen = facts(self.rule.kind, at, ages=self.ages, **self.values)
        now = situation(at, tasks=self.tasks, **self.world)
        outcome = decide(self.rule, seen, self.episode, now)
        self.outcome = outcome
        if not outcome.wanted:
            self.episode = outcome.episode
            self._keep(outcome.intents)
        return outcome.intents

    def close(self, step: str) -> None:
        """Have a person close the task of a step."""
        self.tasks = tuple(
            replace(task, is_open=False) if task.step == step else task for task in self.tasks
        )

    def _keep(self, intents: tuple[Intent, ...]) -> None:
        for intent in intents:
            if isinstance(intent.action, EnsureTask):
                made = OwnTask(key=intent.key, rule=intent.rule, step=intent.step, is_open=True)
                self.tasks = (*self.tasks, made)
            elif isinstance(intent.action, CloseTask):
                key = intent.action.task
                self.tasks = tuple(
                    replace(t, is_open=False) if t.key == key else t for t in self.tasks
                )
