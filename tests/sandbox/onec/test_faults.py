"""Faults strike where they are armed, before or after the write (contract 10.11)."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.sandbox.onec.conftest import INVOICES, PARTIES, OData, by_key, draft
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.furnishing import BUYER

if TYPE_CHECKING:
    from westsync.sandbox.onec import OneCServer, OneCWorld

CREATE = f"POST {INVOICES}"


@pytest.mark.parametrize(
    ("kind", "is_written"),
    [("drop_before", False), ("commit_then_drop", True)],
)
def test_a_broken_connection_leaves_or_does_not_leave_a_document(
    odata: OData, base: OneCWorld, kind: str, is_written: bool
) -> None:
    base.break_next(CREATE, kind)

    with pytest.raises(httpx.RemoteProtocolError):
        odata.call("POST", INVOICES, json=draft())

    assert odata.get(by_key(INVOICES)).status_code == (200 if is_written else 404)
    assert base.requests[0].status == 0


def test_500_after_the_commit_has_no_json(odata: OData, base: OneCWorld) -> None:
    base.break_next(CREATE, "commit_then_500")

    response = odata.call("POST", INVOICES, json=draft())

    assert response.status_code == 500
    assert response.headers["Content-Type"].startswith("text/html")
    assert odata.get(by_key(INVOICES)).status_code == 200


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_proxy_answers_for_the_base(odata: OData, base: OneCWorld, status: int) -> None:
    base.break_next(f"GET {PARTIES}", "status", status=status, retry_after="7", nth=2)

    responses = [odata.get(PARTIES) for _ in range(3)]

    assert [one.status_code for one in responses] == [200, status, 200]
    assert responses[1].headers["Retry-After"] == "7"


def test_json_may_end_in_the_middle(odata: OData, base: OneCWorld) -> None:
    base.break_next(f"GET {PARTIES}", "truncated")

    response = odata.get(PARTIES)

    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_a_slow_base_may_write_after_the_client_gave_up(odata: OData, base: OneCWorld) -> None:
    base.break_next(CREATE, "apply_late", seconds=10)
    with pytest.raises(httpx.RemoteProtocolError):
        odata.call("POST", INVOICES, json=draft())

    before = odata.get(by_key(INVOICES)).status_code
    base.advance(timedelta(seconds=10))
    after = odata.get(by_key(INVOICES)).status_code

    assert (before, after) == (404, 200)


def test_a_list_is_empty_once_or_lacks_a_row_once(odata: OData, base: OneCWorld) -> None:
    base.break_next(f"GET {PARTIES}", "empty_list")
    base.hide_once(BUYER.key)

    empty = odata.rows(PARTIES)
    odata.rows("Catalog_Валюты")
    lacking = odata.rows(PARTIES)
    whole = odata.rows(PARTIES)

    assert empty == []
    assert BUYER.key not in {row["Ref_Key"] for row in lacking}
    assert len(whole) == 3


def test_a_stale_list_shows_the_past_and_an_object_the_present(
    odata: OData, base: OneCWorld
) -> None:
    first = base.make_invoice(BUYER.key, 100)
    base.break_next(f"GET {INVOICES}", "stale", seconds=60)
    base.edit(first, Комментарий="новое")
    base.make_invoice(BUYER.key, 200)

    stale = odata.rows(INVOICES, filter="Date ge datetime'2025-01-01T00:00:00'")
    fresh = odata.row(by_key(INVOICES, first))

    assert [row["Комментарий"] for row in stale] == [""]
    assert fresh["Комментарий"] == "новое"


def test_a_slow_answer_lets_others_pass_and_shows_as_concurrency(
    onec: OneCServer, odata: OData, base: OneCWorld
) -> None:
    base.break_next("GET Catalog_Валюты", "delay", seconds=30)
    slow = OData(onec)
    slow.http.timeout = httpx.Timeout(0.2)

    def ask() -> None:
        with pytest.raises(httpx.ReadTimeout):
            slow.get("Catalog_Валюты")

    thread = threading.Thread(target=ask)
    thread.start()
    while not base.requests:
        odata.http.get(f"{onec.control_url}/clock")
    odata.get(PARTIES)
    thread.join()
    slow.http.close()
    odata.get(PARTIES)

    assert [entry.in_flight for entry in base.requests[1:]] == [2, 1]


def test_two_clients_at_once_are_a_breach(onec: OneCServer, base: OneCWorld) -> None:
    base.turn(latency_s=0.1)
    clients = [OData(onec) for _ in range(2)]

    threads = [threading.Thread(target=client.get, args=(PARTIES,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.http.close()

    assert "concurrent" in {breach.rule for breach in breaches(base.requests)}
