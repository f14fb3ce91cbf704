"""P10: rules on deals per second, beside a loop written by hand and beside rule-engine.

Twenty rules of six conditions, dispatched by stage. An evaluation is one rule on one deal, also
where the dispatch spares it. All sides must find the same number of hits.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from time import process_time
from typing import TYPE_CHECKING

import rule_engine

from benchmarks.company import ACCOUNT, RULES, company, conditions
from benchmarks.filled_state import pages
from benchmarks.generation import NEWEST
from benchmarks.lines import Line, Target
from westsync.domain.facts import Group
from westsync.domain.records import Details
from westsync.rules.deal_facts import deal_facts
from westsync.rules.deal_seen import Observed
from westsync.rules.watch import Situation, decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.options import Options
    from westsync.domain.facts import Facts
    from westsync.domain.records import DealRecord
    from westsync.jobs.company import Company

NAME = "rules"
MEANING = "P10: rules on deals per second"

SIZE = 20_000
_SLOW_SHARE = 10  # rule-engine gets every tenth deal
_FULL = 100_000  # deals of the full evaluation that is reckoned from the measured ones
_NOW = NEWEST + timedelta(minutes=10)
_NOTHING_READ = Details()


def measure(options: Options) -> Iterator[Line]:
    """Evaluate with all sides in turn."""
    size = options.size or SIZE
    house = _House(company(), [deal for page in pages(size, options.seed) for deal in page.deals])
    some = house.facts[::_SLOW_SHARE]
    engine = _engine_rules()
    per_rule_ns: dict[str, list[float]] = {}
    hits: dict[str, set[int]] = {"all": set(), "some": set()}

    def timed(name: str, deals: int, hits_of: str, work: Callable[[], int]) -> None:
        begin = process_time()
        found = work()
        ns = (process_time() - begin) * 1e9 / (deals * RULES)
        per_rule_ns.setdefault(name, []).append(ns)
        hits[hits_of].add(found)

    for _ in range(options.reps):
        timed("conditions", size, "all", lambda: house.conditions_hold(house.facts))
        timed("by-hand", size, "all", lambda: _by_hand(house.facts))
        timed("some", len(some), "some", lambda: house.conditions_hold(some))
        timed("rule-engine", len(some), "some", lambda: _by_engine(engine, some))
        timed("decide", size, "all", lambda: house.decided(house.facts))
        timed("all", size, "all", lambda: house.decided(map(house.facts_of, house.deals)))
    invalid = "" if all(len(found) == 1 for found in hits.values()) else f"hits differ: {hits}"
    answers = f"same {max(hits['all'])} hits"
    line = partial(Line, suite=NAME, answers=answers, invalid=invalid)
    yield line(
        what=f"n={size} x {RULES} rules, conditions by dispatch",
        unit="ns",
        ours=per_rule_ns["conditions"],
        peer="loop-by-hand",
        theirs=per_rule_ns["by-hand"],
    )
    yield line(
        what=f"n={len(some)} x {RULES} rules, conditions by dispatch",
        unit="ns",
        ours=per_rule_ns["some"],
        peer="rule-engine",
        theirs=per_rule_ns["rule-engine"],
        target=Target(limit=1 / 25, on_ratio=True),
        answers=f"same {max(hits['some'])} hits",
    )
    yield line(
        what=f"n={size} evaluations of conditions per second",
        unit="M/s",
        ours=[1e3 / ns for ns in per_rule_ns["conditions"]],
        target=Target(limit=3, at_least=True),
    )
    yield Line(
        suite=NAME,
        what=f"n={size} share of the rules that is evaluated",
        unit="x",
        ours=[house.evaluated_share()],
        target=Target(limit=0.25),
    )
    yield line(
        what=f"n={size} whole decisions (episodes, steps, due times) per second",
        unit="M/s",
        ours=[1e3 / ns for ns in per_rule_ns["decide"]],
    )
    yield line(
        what=f"{_FULL} deals x {RULES} rules, facts made and everything decided (reckoned)",
        unit="s",
        ours=[ns * _FULL * RULES / 1e9 for ns in per_rule_ns["all"]],
        target=Target(limit=10),
    )


class _House:
    """The company, its deals, and what its rules see of them."""

    def __init__(self, employer: Company, deals: Sequence[DealRecord]) -> None:
        self.deals = deals
        self._setup = employer.setup
        self._ruleset = employer.ruleset
        self._situation = Situation(
            now=_NOW,
            account=ACCOUNT,
            staff=employer.staff,
            formatter=employer.formatter,
            task_frame=employer.ruleset.task_frames["deal"],
            close_frame=employer.ruleset.close_frames["deal"],
            active_from=employer.active_from,
            fresh_since=_NOW,
        )
        self.facts = [self.facts_of(deal) for deal in deals]

    def facts_of(self, deal: DealRecord) -> Facts:
        seen = Observed(
            deal=deal,
            client=None,
            details=_NOTHING_READ,
            as_of={Group.DEAL: _NOW},
            source_as_of={"megaplan": _NOW},
        )
        return deal_facts(seen, self._setup)

    def conditions_hold(self, facts: Sequence[Facts]) -> int:
        hits = 0
        for one in facts:
            for rule in self._ruleset.for_object("deal", _stage(one), ()):
                hits += rule.when.test(one.values, _NOW) is True
        return hits

    def decided(self, facts: Sequence[Facts] | Iterator[Facts]) -> int:
        hits = 0
        for one in facts:
            for rule in self._ruleset.for_object("deal", _stage(one), ()):
                hits += decide(rule, one, None, self._situation).verdict is True
        return hits

    def evaluated_share(self) -> float:
        evaluated = sum(
            len(self._ruleset.for_object("deal", _stage(one), ())) for one in self.facts
        )
        return evaluated / (len(self.facts) * RULES)


def _stage(facts: Facts) -> str:
    return str(facts.values["stage"])


def _by_hand(facts: Sequence[Facts]) -> int:
    """Find the hits with a loop that knows the rules, as fast as plain Python does it."""
    rules = [conditions(number) for number in range(RULES)]
    hits = 0
    for one in facts:
        values = one.values
        for first, second, source, price in rules:
            hits += (
                values["pipeline"] == "sales"
                and values["stage"] in (first, second)
                and values["stage_type"] == "active"
                and values["source"] != source
                and values["price"] is not None
                and values["price"] >= price  # type: ignore[operator]  # money, or nothing
                and values["manager"] is not None
            )
    return hits


def _engine_rules() -> list[rule_engine.Rule]:
    texts = (
        f'pipeline == "sales" and (stage == "{first}" or stage == "{second}")'
        f' and stage_type == "active" and source != "{source}"'
        f" and price >= {price} and manager != null"
        for first, second, source, price in (conditions(number) for number in range(RULES))
    )
    return [rule_engine.Rule(text) for text in texts]


def _by_engine(rules: Sequence[rule_engine.Rule], facts: Sequence[Facts]) -> int:
    names = ("pipeline", "stage", "stage_type", "source", "price", "manager")
    hits = 0
    for one in facts:
        values = {name: one.values[name] for name in names}
        for rule in rules:
            hits += rule.matches(values)
    return hits
