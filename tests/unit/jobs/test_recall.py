"""A past moment is explained by what was decided then, or by deciding it once more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.jobs.past_company import MINUTE, TUESDAY, a_shop, deal, shipped, with_rules
from westsync.domain.intents import ObjectRef
from westsync.jobs.recall import is_past, recall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.unit.jobs.past_company import Shop
    from westsync.jobs.recall import Recollection

RULE = "first-contact"


@pytest.fixture
def shop() -> Iterator[Shop]:
    with a_shop(with_rules(shipped(), RULE)) as one:
        one.request("43")
        one.run(minutes=12)
        one.comment("43", "Созвонились")
        one.run(minutes=20)
        yield one


def seen(shop: Shop, at: datetime, id_: str = "43") -> Recollection:
    return recall(shop.store, shop.known(), deal(id_), at, ())


def test_a_moment_between_two_decisions_is_decided_once_more(shop: Shop) -> None:
    found = seen(shop, TUESDAY + timedelta(minutes=4))

    assert found.judgement is not None
    outcome = found.judgement.outcomes[RULE]
    assert outcome.verdict is True
    assert outcome.episode is not None
    assert outcome.episode.started_at == TUESDAY
    assert {due.fired for due in outcome.steps} == {-1}
    assert found.stored == {}


def test_the_moment_of_a_decision_is_explained_by_the_decision(shop: Shop) -> None:
    (call, *_) = [one for one in shop.store.outbox.of_object(deal()) if one.step == "call"]

    found = seen(shop, call.decided_at)

    assert found.stored[RULE].key == call.key
    assert found.stored[RULE].trace.splitlines()[0].startswith("ok")


def test_a_decision_explains_nothing_after_the_object_changed(shop: Shop) -> None:
    found = seen(shop, TUESDAY + timedelta(minutes=12, seconds=30))

    assert found.stored == {}
    assert found.judgement is not None
    assert found.judgement.outcomes[RULE].verdict is False


def test_an_object_of_later_was_not_known_and_the_beginning_is_told(shop: Shop) -> None:
    before = seen(shop, TUESDAY - timedelta(hours=1))
    never = recall(shop.store, shop.known(), ObjectRef(kind="client", id="1"), TUESDAY, ())

    assert before.judgement is None
    assert never.judgement is None
    assert never.recorded_since == TUESDAY + MINUTE


def test_every_rule_is_explained_whatever_the_stage(shop: Shop) -> None:
    shop.move("43", "136")
    shop.run(minutes=2)

    found = seen(shop, shop.clock.now())

    assert found.judgement is not None
    assert found.judgement.outcomes[RULE].verdict is False


def test_only_what_lies_before_the_last_cycle_is_past(shop: Shop) -> None:
    assert is_past(shop.store, TUESDAY)
    assert not is_past(shop.store, shop.clock.now())
