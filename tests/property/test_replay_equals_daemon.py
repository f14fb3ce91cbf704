"""A replay of the rules that ran finds what the daemon did, on generated days of a company."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.jobs.past_company import TUESDAY, Shop, a_shop, shipped, with_rules
from westsync.domain.intents import ObjectRef
from westsync.jobs.company import Guards

COMMENTS = ("Созвонились, думает", "СРОЧНО перезвонить", "Отказ: дорого", "Другой цвет")
STATES = ("127", "128", "129", "130", "139", "140")
DEALS = ("41", "42")
# What they hang on shows in the lists at once, so the daemon knows it in the very minute.
RULES = (
    "first-contact",
    "request-facts",
    "call-facts",
    "task-for-manager",
    "lost-without-reason",
    "urgent-callback",
)
HALF = timedelta(seconds=30)
FROM = TUESDAY - timedelta(days=1)


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
        wait=st.sampled_from([0, 3, 5, 10, 28]),
        what=st.sampled_from(["request", "move", "comment"]),
        deal=st.sampled_from(DEALS),
        choice=st.integers(0, 20),
    ),
    min_size=2,
    max_size=8,
)


def play(shop: Shop, act: Act) -> None:
    shop.clock.advance(HALF)  # people and the daemon never act in the same instant
    known = act.deal in shop.crm.deal_records
    if act.what == "request" and not known:
        shop.request(act.deal, STATES[act.choice % 2])
    elif act.what == "move" and known:
        shop.move(act.deal, STATES[act.choice % len(STATES)])
    elif act.what == "comment" and known:
        shop.comment(act.deal, COMMENTS[act.choice % len(COMMENTS)])
    shop.clock.advance(HALF)
    shop.cycle()
    shop.run(act.wait)


@settings(deadline=None, max_examples=25)
@given(acts)
def test_a_replay_finds_what_the_daemon_did(day: list[Act]) -> None:
    none = Guards(new_intents_per_cycle=10**9, per_rule_per_hour=10**9, open_deals_drop=1.0)
    with a_shop(replace(with_rules(shipped(), *RULES), guards=none), TUESDAY) as shop:
        shop.request("41")
        shop.cycle()
        for act in day:
            play(shop, act)

        done = shop.simulate(FROM)

        entries = (entry for deal in DEALS for entry in shop.store.outbox.of_object(_ref(deal)))
        recorded = {
            (str(one.obj), one.rule, one.step, one.repeat, one.action)
            for one in entries
            if one.action != "task.link"
        }
        assert {
            (str(one.obj), one.rule, one.step, one.repeat, one.action) for one in done.fired
        } == recorded
        assert done.crashed == {}


def _ref(deal: str) -> ObjectRef:
    return ObjectRef(kind="deal", id=deal)
