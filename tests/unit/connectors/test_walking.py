"""Walking lists of servers that page badly, over real HTTP (contract 2.5, reliability 4.2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from tests.fakes.clock import NOON, FakeClock
from tests.fakes.http_server import ScriptedServer, reply, scripted_server
from tests.fakes.tokens import FakeTokens
from westsync.connectors.megaplan.config import MegaplanConfig
from westsync.connectors.megaplan.reader import MegaplanReader
from westsync.connectors.megaplan.session import Session, open_session
from westsync.errors import Rejected, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Iterator

SINCE = NOON - timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as running:
        yield running


@pytest.fixture
def reader(server: ScriptedServer) -> Iterator[MegaplanReader]:
    config = MegaplanConfig(
        account="main",
        url=server.url,
        programs={"sales": "14"},
        requests_per_second=1000,
        first_page=2,
        page_limit=3,
    )
    session: Session = open_session(
        config, "token", clock=FakeClock(), store=FakeTokens(), random=lambda: 0.5
    )
    yield MegaplanReader(session, config)
    session.close()


def a_deal(number: int, minutes_ago: float = 0, program: str = "14") -> dict[str, Any]:
    at = {"contentType": "DateTime", "value": (NOON - timedelta(minutes=minutes_ago)).isoformat()}
    return {
        "contentType": "Deal",
        "id": number,
        "program": {"contentType": "Program", "id": program},
        "state": {"contentType": "ProgramState", "id": 127},
        "timeCreated": at,
        "timeUpdated": at,
    }


def a_page(*found: dict[str, Any], more: bool | None = None) -> bytes:
    pagination = {} if more is None else {"hasMoreNext": more}
    return reply({"meta": {"status": 200, "errors": [], "pagination": pagination}, "data": found})


def queries(server: ScriptedServer) -> list[dict[str, Any]]:
    return [json.loads(unquote(seen.target.partition("?")[2])) for seen in server.seen]


def ids(reader: MegaplanReader) -> list[str]:
    return [deal.id for page in reader.changed_deals(SINCE) for deal in page.deals]


def test_the_next_page_is_asked_for_after_the_last_item(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers += [a_page(a_deal(5), a_deal(4), more=True), a_page(a_deal(3), more=False)]

    assert ids(reader) == ["5", "4", "3"]
    first, second = queries(server)
    assert "pageAfter" not in first
    assert second["pageAfter"] == {"contentType": "Deal", "id": "4"}
    assert [first["limit"], second["limit"]] == [2, 3]


def test_without_a_word_about_more_a_short_page_is_the_last(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers += [a_page(a_deal(5), a_deal(4)), a_page(a_deal(3))]

    assert ids(reader) == ["5", "4", "3"]
    assert len(server.seen) == 2


def test_an_item_that_moved_between_pages_comes_once(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers += [a_page(a_deal(5), a_deal(4), more=True), a_page(a_deal(4), a_deal(3))]

    assert ids(reader) == ["5", "4", "3"]


def test_a_server_that_ignores_the_cursor_is_not_walked_for_ever(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.usual = a_page(a_deal(5), a_deal(4), more=True)

    with pytest.raises(UnexpectedReply, match="twice"):
        ids(reader)

    assert len(server.seen) == 2


def test_the_walk_stops_at_the_first_older_item(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers.append(a_page(a_deal(5), a_deal(4, minutes_ago=61), more=True))

    assert ids(reader) == ["5"]
    assert len(server.seen) == 1


def test_a_server_that_does_not_sort_is_read_to_the_end(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers += [
        a_page(a_deal(4, minutes_ago=90), a_deal(5), more=True),
        a_page(a_deal(3), more=False),
    ]

    assert ids(reader) == ["5", "3"]


def test_an_ignored_filter_widens_nothing(server: ScriptedServer, reader: MegaplanReader) -> None:
    server.answers.append(a_page(a_deal(5), a_deal(4, program="15"), more=False))

    assert ids(reader) == ["5"]


def test_a_bad_item_is_set_aside_and_the_rest_is_used(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    bad = a_deal(4)
    del bad["state"]
    server.answers.append(a_page(a_deal(5), bad, more=False))

    (page,) = reader.changed_deals(SINCE)

    assert [deal.id for deal in page.deals] == ["5"]
    ((number, why),) = page.quarantined
    assert number == "4"
    assert "state" in why


def test_a_cursor_that_stays_refused_is_given_up(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    for _ in range(8):
        server.answers += [a_page(a_deal(5), a_deal(4), more=True), reply({}, 404)]

    with pytest.raises(Rejected):
        ids(reader)

    assert len(server.seen) == 8


def test_a_whole_walk_is_sorted_by_what_does_not_move(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers += [
        a_page(a_deal(9, minutes_ago=1)),
        a_page(a_deal(5), a_deal(4), more=False),
    ]

    pages = list(reader.changed_deals(None))

    assert [query["sortBy"][0]["fieldName"] for query in queries(server)] == [
        "timeUpdated",
        "timeCreated",
    ]
    assert [page.newest_at for page in pages] == [NOON - timedelta(minutes=1)]


def test_closed_tasks_are_asked_for_until_the_account_refuses(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    server.answers += [reply({}, 422), a_page(), a_page()]

    for _ in range(2):
        list(reader.changed_tasks(SINCE))

    assert ["filter" in query for query in queries(server)] == [True, False, False]


def test_projects_in_the_list_of_tasks_are_passed_over(
    server: ScriptedServer, reader: MegaplanReader
) -> None:
    at = {"contentType": "DateTime", "value": NOON.isoformat()}
    common = {"status": "assigned", "timeCreated": at, "activity": at}
    server.answers.append(
        a_page(
            {"contentType": "Project", "id": "1", **common},
            {"contentType": "Task", "id": "1", **common},
            more=False,
        )
    )

    (page,) = reader.changed_tasks(SINCE)

    assert [task.id for task in page.tasks] == ["1"]
    assert page.quarantined == ()
