"""docs/reference/grammar.md, operators.md and actions.md: the rule language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs._generate.markdown import code, page, table, yaml_block
from docs._generate.rule_prose import (
    ACTION_PROSE,
    CLOCK_RULE_PROSE,
    MODULE_RULE_PROSE,
    MOMENT_PROSE,
    RULE_PROSE,
    SITUATION_PROSE,
    STEP_PROSE,
    TEST_PROSE,
)
from westsync.domain.facts import FactType
from westsync.rules.actions import ACTIONS
from westsync.rules.expressions import MAX_LENGTH
from westsync.rules.grammar import (
    GRAMMAR_VERSION,
    MODULE_RULE_KEYS,
    RULE_KEYS,
    SCHEDULE_RULE_KEYS,
    STEP_KEYS,
)
from westsync.rules.modules import MODULES
from westsync.rules.operators import OPERATORS
from westsync.rules.texts import FILTERS, MAX_RENDERED, SITUATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docs._generate.rule_prose import Prose

_CONDITIONS = """\
A condition is `{fact: value}` (the same as `{fact: {is: value}}`), `{fact: [a, b]}` (the same as
`in`) or `{fact: {operator: argument}}` with one or several of the [operators](operators.md). A list
of conditions means that all must hold; `any`, `all` and `not` group others.

A condition is true, false or **unknown**: unknown if the fact could not be read, or its source is
older than `needs`. `all` is false as soon as one part is false, `any` is true as soon as one part
is true; otherwise one unknown part makes the group unknown. Unknown never fires and never clears.

`expr` is the way out for comparing facts with each other:"""

_EXPR = """\
when:
  - expr: 'deal.price > 100000 and deal.lines_count < 3'
"""

_EXPR_LIMITS = f"""\
An expression has at most {MAX_LENGTH} characters. Names are checked against the facts when the
file is read. There are no regular expressions, no clock and no loops in it; an empty fact makes it
false, an unknown one makes it unknown."""

_DURATIONS = (
    ("`90s` `10m` `1h30m`", "counted on the calendar of the rule's clock: only open hours count"),
    ("`1 workday` `2 workdays`", "the same clock time so many working days later"),
    ("`1 day` `7 days`", "the same clock time so many calendar days later"),
    ("`same day`", "the end of the working day on which the clock started"),
)

_DURATION_NOTE = """\
A bare `1d` is refused: it could be either. On the calendar `always` every minute counts. Ages in
`needs`, `settle` and `reopen` are of the wall clock, so working days are refused there. Pauses are
left out of every kind."""

_TEXTS = f"""\
Texts for staff name values in braces, with filters behind bars: `{{deal.first_touch_at|dt}}`. Paths
are what the rule watches (`deal.`, `client.`, ...) and a [fact](facts.md), and those below.
All are checked when the file is read. A value that is missing and has no `default` makes the intent
a dead letter that says so; nobody ever reads the word None. What a client typed is put in as it is
and not looked at again. Literal braces are written `{{{{` and `}}}}`. A rendered text ends after
{MAX_RENDERED} characters."""

_FRAMES = """\
`config/texts/*.yaml` holds `scripts` (phone scripts that `task.ensure` names), `frames` (what
stands around the text of a task: `task`, `client_task`, `task_task`, `close_note`, with `{text}`
and `{script}` for what the rule says; heads and lines of digests), `phrases` (what the rules of
modules say, by `module.name`) and `words` (units, currency, yes and no, what facts are called)."""

_TEST_EXAMPLE = """\
version: 1
tests:
  - name: a request before a holiday is not late during the holiday
    rule: first-contact
    given: { deal: { id: "43", pipeline: sales, stage: new, created_at: "2025-11-01 16:58" } }
    timeline:
      - { at: "2025-11-05 09:02", expect: [] }
      - { at: "2025-11-05 09:03", expect: [ { task.ensure: { to: sidorova } } ] }
      - at: "2025-11-05 09:05"
        set: { deal: { first_touch_at: "2025-11-05 09:04" } }
        expect: [ task.close ]
"""

_KINDS = """\
Every rule is of one of three kinds, and has exactly one of these keys:

- `watch`: a **watch rule** looks at deals, clients or tasks: something must happen within a time,
  come before something else, or be known. Its keys come first below.
- `schedule`: a **clock rule** falls due at a time of day; see [its keys](#keys-of-a-clock-rule).
- `use`: a **module rule** tunes a duty that exchanges something with another system; see
  [its keys](#keys-of-a-module-rule)."""

_CLOCK_RULE = """A clock rule watches its own falling due. Its facts are those of the
[schedule](facts.md#facts-of-a-clock-rule): conditions of its steps write `delivered`, texts
`{schedule.due_at|dt}`. For its people and messages hold the same words as for watch rules, except
that nobody is a manager here, and Megaplan notifies on deals only."""

_CLOCK_RULE_EXAMPLE = """version: 1
rules:
  - id: secretary-daily
    title: "Отчёт секретаря за день"
    only_with: [mail]
    schedule: { at: "10:50", days: workdays, catch_up: 4h }
    report: { name: secretary-daily, attach: xlsx, period: since_last }
    steps:
      - id: send
        after: 0m
        do: [ { report.send: { to: [role:management] } } ]
      - id: not-delivered
        after: 10m
        unless: delivered
        do:
          - notify:
              to: [role:admin]
              via: [email]
              text: "Отчёт за {schedule.due_at|dt} не доставлен"
"""

_LINT = """\
`westsync check` also reads rules for what cannot work though it is well written. What is certain is
a mistake: conditions that exclude each other; a clock that starts at a fact which must be empty; a
step that can never run, because the rule forbids it or it falls due too late; steps that are not in
the order of time; a text that names a value which is missing whenever it is said. What may be meant
so is a note: two rules that may make the same task for one object; a rule that sleeps; a calendar
that does not know the days off of the coming year."""

_WHO = """\
`deal.manager` is the responsible of the deal (`client.responsible`, `task.responsible` for rules
that watch those), `role:secretary` a role and `user:ivanov` a login of westsync.yaml. A list is a
line of succession. For a task the first person is taken who is at work now; a role is asked in the
order of westsync.yaml, and for an absent person his deputy counts. If all are absent, the first who
works here gets it. Nobody at all makes the intent a dead letter."""


def grammar_page() -> str:
    """Return the page of rule and step keys, conditions, durations, texts and tests."""
    return page(
        "Rule files",
        [
            "westsync/rules/grammar.py",
            "westsync/rules/texts.py",
            "docs/_generate/rule_prose.py",
        ],
        "Rules are `config/rules/*.yaml`; neither the order of files nor their names matter. YAML "
        "is read as YAML 1.2: `19:30`, `on` and `no` are texts, a repeated key is a mistake. "
        "`westsync check` names all mistakes at once, each with its place; `westsync schema rules` "
        "serves an editor.",
        yaml_block(f"version: {GRAMMAR_VERSION}\nrules:\n  - id: first-contact\n    ..."),
        _KINDS,
        "## Keys of a rule",
        *_keys(RULE_KEYS, RULE_PROSE),
        "## Keys of a step",
        *_keys(STEP_KEYS, STEP_PROSE),
        "## Keys of a clock rule",
        _CLOCK_RULE,
        _shared(SCHEDULE_RULE_KEYS),
        *_keys(CLOCK_RULE_PROSE, CLOCK_RULE_PROSE),
        yaml_block(_CLOCK_RULE_EXAMPLE),
        "## Keys of a module rule",
        _shared(MODULE_RULE_KEYS),
        *_keys(MODULE_RULE_PROSE, MODULE_RULE_PROSE),
        *_modules(),
        "## Conditions",
        _CONDITIONS,
        yaml_block(_EXPR),
        _EXPR_LIMITS,
        "## Durations",
        table(["written", "is"], _DURATIONS),
        _DURATION_NOTE,
        "## Texts",
        _TEXTS,
        table(["filter", "shows"], ((code(name), does) for name, does in FILTERS.items())),
        table(["path", "is"], _situation()),
        _FRAMES,
        "## What is checked beyond the words",
        _LINT,
        "## Rule tests",
        "Tests are `config/rules/tests/*.yaml`. `westsync test` runs them with the engine of "
        "production and a clock of their own; a reload runs them first and refuses rules that "
        "fail.",
        yaml_block(_TEST_EXAMPLE),
        table(["key of a test", "is"], _named(TEST_PROSE)),
        table(["key of a moment", "is"], _named(MOMENT_PROSE)),
    )


def operators_page() -> str:
    """Return the page of operators."""
    rows = (
        (code(op.name), op.takes, " ".join(str(t) for t in FactType if t in op.types), op.meaning)
        for op in OPERATORS.values()
    )
    return page(
        "Operators",
        ["westsync/rules/operators.py"],
        "What a condition may ask of a [fact](facts.md): `{fact: {operator: argument}}`. Several "
        "operators on one fact must all fit. An empty value fits no operator but `empty` and "
        "`not_in`. Moments are compared with `now` or with office time, durations are counted on "
        "the calendar of the rule's clock.",
        table(["operator", "argument", "fits facts of type", "true if"], rows),
        "`any`, `none` and `all` take conditions on the fields of the entries:",
        yaml_block(
            "when:\n"
            "  - open_tasks: { none: [ { for_manager: true }, { ours: false } ] }\n"
            "  - lines: { any: [ { quantity: { gte: 10 } } ] }\n"
            "  - duplicates: { count: { gte: 1 } }\n"
            "  - updated_at: { older_than: 2 workdays }\n"
            "  - next_task_at: { lt: now }"
        ),
    )


def actions_page() -> str:
    """Return the page of actions."""
    blocks = []
    for name in ACTIONS:
        prose = ACTION_PROSE[name]
        parts = table(["part", "is"], _named(prose.parts))
        blocks += [f"## {name}", prose.does, parts, yaml_block(prose.example)]
    return page(
        "Actions",
        ["westsync/rules/actions.py", "docs/_generate/rule_prose.py"],
        "What a step may do. Each action becomes an intent with a permanent key in the journal "
        "before it is sent, so that it is done once whatever breaks.",
        table(["action", "does"], _named(ACTIONS)),
        *blocks,
        "## Who",
        _WHO,
    )


def _keys(keys: Iterable[str], prose: Mapping[str, Prose]) -> Iterator[str]:
    for key in keys:
        about = prose[key]
        yield f"### {key}"
        yield about.does + (f" Without it: {about.default}." if about.default else " Required.")
        if about.parts:
            yield table(["part", "is"], _named(about.parts))
        if about.example:
            yield yaml_block(about.example)


def _shared(keys: Iterable[str]) -> str:
    """Say which keys of watch rules another kind of rule has as well."""
    same = ", ".join(f"[{key}](#{key})" for key in keys if key in RULE_KEYS)
    return f"As for a watch rule: {same}. Its own:"


def _modules() -> Iterator[str]:
    """Yield what each module is for and what it is told."""
    if not MODULES:
        yield "This version has no modules."
    for name, module in MODULES.items():
        needs = ", ".join(map(code, sorted(module.needs)))
        yield f"### Module {name}"
        yield module.meaning + (f" (needs {needs})" if needs else "")
        if module.params:
            yield table(["param", "is"], _named(module.params))


def _situation() -> Iterator[tuple[str, str]]:
    for path in SITUATION:
        yield code(f"{{{path}}}"), SITUATION_PROSE[path]


def _named(words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, meaning in words.items():
        yield code(name), meaning
