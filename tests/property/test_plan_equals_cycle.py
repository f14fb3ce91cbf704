"""A plan is what the cycle then does, on generated days of a company (issue 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.jobs.past_company import TUESDAY, Shop, a_shop, shipped
from westsync.app.planning import plan_of
from westsync.domain.actions import EnsureTask
from westsync.domain.records import TodoRecord
from westsync.jobs.company import Guards

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.app.planning import Plan
    from westsync.jobs.company import Company

COMMENTS = (
    "Созвонились, думает",
    "СРОЧНО перезвонить",
    "Письмо отправлено",
    "Письмо получил",
    "Отказ: дорого",
    "Другой цвет",
)
STATES = ("127", "128", "129", "130", "131", "139", "140")
DEALS = ("41", "42", "43")


@dataclass(frozen=True)
class Act:
    """What somebody does, so many minutes after what was done before."""

    wait: int
    what: str
    deal: str
    choice: int


acts = st.lists(
    st.builds(
        Act,
        wait=st.sampled_from([0, 1, 5, 6, 11, 16, 29, 61, 150, 60 * 24, 60 * 24 * 4]),
        what=st.sampled_from(["request", "move", "comment", "call", "finish", "edit", "cycle"]),
        deal=st.sampled_from(DEALS),
        choice=st.integers(0, 20),
    ),
    min_size=3,
    max_size=12,
)


def company() -> Company:
    """Return the shipped company without brakes, which a plan never has."""
    none = Guards(new_intents_per_cycle=10**9, per_rule_per_hour=10**9, open_deals_drop=1.0)
    return replace(shipped(), guards=none, sends_mail=False)


def play(shop: Shop, act: Act) -> None:
    shop.clock.advance(timedelta(minutes=act.wait))
    known = act.deal in shop.crm.deal_records
    match act.what:
        case "request" if not known:
            shop.request(act.deal, STATES[act.choice % 3])
        case "move" if known:
            shop.move(act.deal, STATES[act.choice % len(STATES)])
        case "comment" if known:
            shop.comment(act.deal, COMMENTS[act.choice % len(COMMENTS)])
        case "call" if known:
            hold_call(shop, act)
        case "finish":
            with_a_task(shop, act, shop.crm.finish_task)
        case "edit":
            with_a_task(shop, act, lambda task: shop.crm.edit_task(task, by="1000003"))
        case _:
            pass  # there is no such deal yet, or there is one already


def hold_call(shop: Shop, act: Act) -> None:
    now = shop.clock.now()
    calls = shop.crm.todos.setdefault(act.deal, [])
    calls.append(
        TodoRecord(
            id=f"{act.deal}{len(calls)}",
            name="Звонок",
            category="call",
            status=("finished", "fail", "scheduled")[act.choice % 3],
            responsible_id="1000003",
            created_at=now,
            starts_at=now + timedelta(hours=1),
            finished_at=now if act.choice % 3 < 2 else None,
        )
    )


def with_a_task(shop: Shop, act: Act, do: Callable[[str], None]) -> None:
    tasks = [task for task, kept in shop.crm.tasks.items() if kept.record.is_open]
    if tasks:
        do(tasks[act.choice % len(tasks)])


def planned(shop: Shop) -> Plan:
    with shop.store.copied(shop.clock) as copy:
        return plan_of(replace(shop.desk(writes=False), store=copy))


@settings(deadline=None, max_examples=30)
@given(acts)
def test_a_plan_is_what_the_cycle_then_does(day: list[Act]) -> None:
    with a_shop(company(), TUESDAY) as shop:
        shop.request("41", "127")
        shop.request("42", "128")
        for act in day:
            play(shop, act)

            plan = planned(shop)
            report = shop.cycle()

            new = {intent.key: intent for intent in plan.intents if intent.state == "new"}
            assert sorted(new) == sorted(intent.key for intent in report.decided.new)
            for key, intent in new.items():
                entry = shop.store.outbox.entry(key)  # type: ignore[arg-type]  # a Key
                assert entry is not None
                assert (entry.action, entry.obj) == (intent.kind, intent.obj)
                if isinstance(entry.payload, EnsureTask):
                    task = entry.payload
                    assert (task.title, task.deadline) == (intent.title, intent.due)
            withdrawn = [one.key for one in plan.intents if one.state == "withdrawn"]
            assert all(was_withdrawn(shop, key) for key in withdrawn)
            assert plan.report.decided.unknown == report.decided.unknown


def was_withdrawn(shop: Shop, key: str) -> bool:
    entry = shop.store.outbox.entry(key)  # type: ignore[arg-type]  # a Key
    return entry is not None and entry.state == "withdrawn"
