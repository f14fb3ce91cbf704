"""Calls and meetings of a day, read from a list that may ignore its filter."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from westsync.connectors.megaplan import talks
from westsync.errors import UnexpectedReply

if TYPE_CHECKING:
    from tests.contract.conftest import Account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_calls_and_meetings_closed_in_a_stretch_are_returned_and_nothing_else(
    account: Account,
) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Yamaha")
    begins = account.clock.now()

    def closed(category: str, status: str = "success") -> str:
        todo = account.world.add_todo(deal, "Звонок", by="ivanov", category=category)
        account.world.finish_todo(todo, by="ivanov", status=status)
        return todo

    before = closed("call")
    crm.pass_time(hours=1)
    held, failed = closed("meeting"), closed("call", "fail")
    closed("event")
    account.world.add_todo(deal, "Ещё не сделано", by="ivanov", category="call")
    crm.pass_time(hours=1)
    after = closed("call")

    found = crm.reader.closed_talks(begins + HOUR, begins + 2 * HOUR)

    assert [(todo.id, todo.status) for todo in found] == [(held, "success"), (failed, "fail")]
    assert {todo.responsible_id for todo in found} == {"1000003"}
    everything = crm.reader.closed_talks(begins - DAY, begins + DAY)
    assert {todo.id for todo in everything} == {before, held, failed, after}
    assert crm.breaches() == []


def test_more_pages_than_can_be_walked_are_an_error_and_not_half_an_answer(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "LONGEST_WALK_PAGES", 2)
    crm = account.connect(page_limit=2)
    deal = crm.enter_deal("Yamaha")
    for _ in range(5):
        todo = account.world.add_todo(deal, "Звонок", by="ivanov", category="call")
        account.world.finish_todo(todo, by="ivanov")
    now = account.clock.now()

    with pytest.raises(UnexpectedReply, match="not honoured"):
        crm.reader.closed_talks(now - DAY, now + DAY)
