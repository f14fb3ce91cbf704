"""Another process drives the stand-in over loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Api
    from westsync.sandbox import World


def control(api: Api, method: str, what: str, body: object = None) -> Any:
    response = api.http.request(method, f"/_sandbox/{what}", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_clock_is_set_and_advanced(api: Api, world: World) -> None:
    control(api, "POST", "clock", {"now": "2026-11-25T09:00:00+03:00"})
    now = control(api, "POST", "clock", {"advance_s": 90})

    assert now == {"now": "2026-11-25T06:01:30+00:00"}
    assert world.now.isoformat() == now["now"]


def test_people_act(api: Api, world: World) -> None:
    client = control(api, "POST", "act/create_client", {"first": "Пётр", "inn": "770123456789"})
    body = {"by": "sidorova", "client": client["result"], "lines": [["Yamaha", 2, 10.5]]}
    deal = control(api, "POST", "act/create_deal", body)["result"]
    control(api, "POST", "act/move_deal", {"deal": deal, "stage": "qualify", "by": "ivanov"})
    todo = {"deal": deal, "name": "Звонок", "by": "ivanov", "at": "2026-11-24T12:00:00+03:00"}
    control(api, "POST", "act/add_todo", todo)

    assert world.stage_of(deal) == "qualify"
    assert api.data(f"/deal/{deal}")["price"]["value"] == 21
    assert len(control(api, "GET", "entities/Todo")) == 1


def test_switches_faults_log_counters_and_breaches(api: Api) -> None:
    control(api, "POST", "switches", {"bulk": False})
    fault = {"route": "GET /deal", "kind": "status", "status": 503, "times": None}
    control(api, "POST", "faults", fault)
    broken = api.raw("GET", "/deal?limit=5")
    control(api, "DELETE", "faults")

    log = control(api, "GET", "requests?since=1")
    assert control(api, "GET", "switches")["bulk"] is False
    assert broken.status_code == 503
    assert control(api, "GET", "faults") == []
    assert [(entry["route"], entry["status"]) for entry in log] == [("GET /deal", 503)]
    assert control(api, "GET", "counters")["GET /deal"] == 1
    assert control(api, "GET", "breaches")[0]["rule"] == "params-query"


def test_tokens_can_be_revoked_and_the_world_begun_again(api: Api, world: World, deal: str) -> None:
    assert deal
    control(api, "POST", "tokens", {"revoke": "access"})
    refused = api.get("/currentUser").status_code
    fresh = api.grant(grant_type="refresh_token", refresh_token=api.pair["refresh_token"])
    control(api, "POST", "reset", {"seed": 5, "now": "2026-12-01T06:00:00+00:00"})

    assert refused == 401
    assert fresh.status_code == 200
    assert world.store.all("Deal") == []
    assert world.now.isoformat() == "2026-12-01T06:00:00+00:00"


@pytest.mark.parametrize(
    ("method", "what", "body", "message"),
    [
        ("POST", "switches", {"bulc": True}, "no switch 'bulc'"),
        ("POST", "switches", {"link_with": "maybe"}, "cannot be 'maybe'"),
        ("POST", "clock", {"now": "2026-11-25T09:00:00"}, "is naive"),
        ("POST", "faults", {"route": "*"}, "needs 'route' and 'kind'"),
        ("POST", "act/fly", {}, "no act 'fly'"),
        ("POST", "act/create_deal", {"by": "nobody"}, "no employee 'nobody'"),
        ("POST", "act/create_deal", {"wings": 2}, "wings"),
        ("POST", "webhooks", {"url": "http://example.test/"}, "loopback"),
        ("POST", "clock", [], "JSON object"),
        ("GET", "nonsense", None, "no such control"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(
    api: Api, method: str, what: str, body: object, message: str
) -> None:
    response = api.http.request(method, f"/_sandbox/{what}", json=body)

    assert response.status_code == 400
    assert message in response.json()["error"]
