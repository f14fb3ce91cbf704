"""A simulation finds what the daemon did, and what other rules would have done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.jobs.past_company import MINUTE, MSK, TUESDAY, a_shop, deal, shipped, with_rules
from tests.unit.rules.company import rule_text, rules_of
from westsync.domain.intents import ObjectRef
from westsync.jobs.replay import Fired
from westsync.jobs.simulate import Simulated, Span, load, simulate, summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.jobs.past_company import Shop
    from westsync.jobs.company import Company

FIRST_CONTACT = "first-contact"
FROM = TUESDAY - timedelta(days=1)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with a_shop(with_rules(shipped(), FIRST_CONTACT, "task-for-manager", "forgotten-deal")) as one:
        yield one


def recorded(shop: Shop, id_: str = "43") -> set[tuple[str, str, int, str]]:
    entries = shop.store.outbox.of_object(deal(id_))
    return {
        (one.rule, one.step, one.repeat, one.action)
        for one in entries
        if one.action not in {"task.link", "digest.join"}
    }


def simulated(done: Simulated, id_: str = "43") -> set[tuple[str, str, int, str]]:
    return {
        (one.rule, one.step, one.repeat, one.action) for one in done.fired if one.obj == deal(id_)
    }


def test_it_finds_what_the_daemon_did(shop: Shop) -> None:
    shop.request("43")
    shop.run(minutes=45)
    shop.comment("43", "Созвонились")
    shop.run(minutes=5)
    shop.move("43", "128")
    shop.run(minutes=30)
    shop.request("44")
    shop.run(minutes=12)

    done = shop.simulate(FROM)

    assert len(recorded(shop, "43")) > 4
    assert simulated(done, "43") == recorded(shop, "43")
    assert simulated(done, "44") == recorded(shop, "44")
    assert done.unknown == {}


def test_it_fires_at_the_minute_at_which_the_daemon_did(shop: Shop) -> None:
    shop.request("43")
    shop.run(minutes=45)

    found = {(one.step, one.repeat, one.action): one.at for one in shop.simulate(FROM).fired}

    for entry in shop.store.outbox.of_object(deal()):
        if entry.action != "task.link":
            at = found[entry.step, entry.repeat, entry.action]
            assert abs(at - entry.decided_at) <= MINUTE


def drafted(company: Company, text: str) -> Company:
    ruleset = rules_of(text)
    names = {"sales": "14"}
    setup = replace(company.setup, pipelines={id_: name for name, id_ in names.items()})
    return replace(company, ruleset=ruleset, setup=setup)


def test_a_draft_rule_on_comments_is_tried_on_deals_that_no_rule_asked_about(shop: Shop) -> None:
    shop.request("43")
    shop.run(minutes=20)
    shop.comment("43", "Отказ: дорого")
    shop.run(minutes=20)
    draft = drafted(
        shop.company,
        rule_text(when="[ { refusals: { gt: 0 } } ]", clock="{ from: last_refusal_at }"),
    )

    done = shop.simulate(FROM, draft)

    assert [(one.rule, one.action) for one in done.fired] == [("call", "deal.comment")]
    said_at = TUESDAY + timedelta(minutes=20)
    assert done.fired[0].at - said_at == timedelta(minutes=10)


def test_what_was_never_read_is_unknown_and_fires_nothing(shop: Shop) -> None:
    quiet = with_rules(shop.company)
    with a_shop(quiet) as other:
        other.request("43")
        other.run(minutes=30)

        done = other.simulate(FROM, with_rules(shipped(), FIRST_CONTACT))

    assert done.fired == []
    count, why = done.unknown[FIRST_CONTACT]
    assert count > 0
    assert "never read" in why


def test_only_what_fires_within_the_stretch_is_counted(shop: Shop) -> None:
    shop.request("43")
    shop.run(minutes=45)
    everything = shop.simulate(FROM)

    later = shop.simulate(TUESDAY + timedelta(minutes=20))

    assert 0 < len(later.fired) < len(everything.fired)
    assert all(one in everything.fired for one in later.fired)


def test_a_slower_rule_fires_later_and_less(shop: Shop) -> None:
    shop.request("43")
    shop.run(minutes=30)
    rule = shop.company.ruleset.rule(FIRST_CONTACT)
    assert rule is not None
    slow = replace(rule, steps=rule.steps[:1])
    draft = replace(shop.company, ruleset=replace(shop.company.ruleset, rules=(slow,)))

    done = shop.simulate(FROM, draft)

    assert [one.step for one in done.fired] == ["call"]


def test_a_deal_that_is_gone_fires_nothing_any_more(shop: Shop) -> None:
    shop.request("43")
    shop.run(minutes=2)
    shop.crm.drop_deal("43")
    shop.store.mirror.mark_gone([deal()], shop.clock.now())
    shop.run(minutes=30)

    assert shop.simulate(FROM).fired == []


def test_parts_add_up_to_the_whole(shop: Shop) -> None:
    for number in range(5):
        shop.request(str(100 + number))
        shop.run(minutes=3)
    past, company = shop.past(), shop.known()
    span = Span(since=FROM, until=shop.clock.now())
    whole = simulate(past, company, past.objects(), span, lambda: None)

    parts = Simulated()
    for part in range(2):
        parts.add(simulate(past, company, past.objects()[part::2], span, lambda: None))

    def key(one: Fired) -> tuple[str, datetime, str, str]:
        return str(one.obj), one.at, one.step, one.action

    assert sorted(parts.fired, key=key) == sorted(whole.fired, key=key)
    assert (parts.objects, parts.decisions) == (whole.objects, whole.decisions)


# -- counting --------------------------------------------------------------------------------------


def fired(
    at: datetime,
    *,
    step: str = "call",
    action: str = "task.ensure",
    to: tuple[str, ...] = ("sidorova",),
    id_: str = "43",
    defect: str | None = None,
) -> Fired:
    return Fired(
        at=at,
        rule=FIRST_CONTACT,
        step=step,
        repeat=0,
        action=action,
        obj=ObjectRef(kind="deal", id=id_),
        to=to,
        defect=defect,
    )


def test_rules_people_days_and_hours_are_counted_in_office_time() -> None:
    midnight = datetime(2026, 11, 25, 0, 10, tzinfo=MSK)
    done = Simulated(
        fired=[
            fired(TUESDAY + timedelta(minutes=5)),
            fired(TUESDAY + timedelta(minutes=50), id_="44"),
            fired(midnight, step="to-head", action="notify", to=("orlov", "sidorova")),
            fired(midnight, step="clear", action="task.close", to=()),
        ]
    )

    summary = summarise(done, with_rules(shipped(), FIRST_CONTACT))

    (rule,) = summary.rules
    assert (rule.fires.count, rule.objects) == (3, 2)
    assert rule.actions == {"task.ensure": 2, "notify": 1, "task.close": 1}
    assert {f"{day}": count for day, count in rule.fires.by_day.items()} == {
        "2026-11-24": 2,
        "2026-11-25": 1,
    }
    assert rule.fires.by_hour == {0: 1, 9: 2}
    assert rule.fires.peak_hour == (TUESDAY, 2)
    assert rule.fires.last == midnight
    assert {person: found.count for person, found in summary.people.items()} == {
        "orlov": 1,
        "sidorova": 3,
    }


def test_several_actions_of_one_step_are_one_firing() -> None:
    done = Simulated(fired=[fired(TUESDAY), fired(TUESDAY, action="notify", to=("orlov",))])

    (rule,) = summarise(done, with_rules(shipped(), FIRST_CONTACT)).rules

    assert rule.fires.count == 1


def test_hours_above_the_flood_brake_and_what_could_not_be_sent_are_told() -> None:
    many = [fired(TUESDAY + timedelta(seconds=n), id_=str(n)) for n in range(31)]
    few = [fired(TUESDAY + timedelta(hours=2, seconds=n), id_=str(n)) for n in range(30)]
    done = Simulated(fired=[*many, *few, fired(TUESDAY, defect="nobody to send it to")])

    (rule,) = summarise(done, with_rules(shipped(), FIRST_CONTACT)).rules

    assert rule.hours_over_limit == 1
    assert rule.defects == (1, "nobody to send it to")


def test_a_rule_that_never_fired_is_shown_as_such() -> None:
    (rule,) = summarise(Simulated(), with_rules(shipped(), FIRST_CONTACT)).rules

    assert rule.fires == load([], MSK)
    assert rule.fires.peak_day is None
