"""Who may come in (contract 1, 9.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Api
    from westsync.sandbox import World

FORM = {"username": "ivanov@example.test", "password": "sandbox", "grant_type": "password"}


@pytest.mark.parametrize(
    "encoding",
    [
        {"data": FORM},
        {"json": FORM},
        {"files": {name: (None, value) for name, value in FORM.items()}},
    ],
    ids=["form", "json", "multipart"],
)
def test_a_password_opens_the_door_in_each_encoding(api: Api, encoding: dict[str, object]) -> None:
    answer = api.raw("POST", "/auth/access_token", **encoding).json()

    me = api.raw(
        "GET", "/currentUser", headers={"Authorization": f"Bearer {answer['access_token']}"}
    )
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 172_800
    assert me.json()["data"]["id"] == "1000003"


def test_a_wrong_password_is_refused_as_oauth_does(api: Api) -> None:
    answer = api.grant(**{**FORM, "password": "guess"})

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_grant"


def test_a_refresh_token_rotates_and_the_old_one_lives_only_for_the_leeway(
    api: Api, world: World
) -> None:
    old = api.pair["refresh_token"]

    first = api.grant(grant_type="refresh_token", refresh_token=old).json()
    world.advance(timedelta(seconds=3))
    again = api.grant(grant_type="refresh_token", refresh_token=old).json()
    world.advance(timedelta(seconds=87))
    late = api.grant(grant_type="refresh_token", refresh_token=old)

    assert first["refresh_token"] != old
    assert again["refresh_token"] == first["refresh_token"]
    assert late.status_code == 401


def test_an_expired_token_is_401_until_it_is_refreshed(api: Api, world: World) -> None:
    world.advance(timedelta(hours=48))

    expired = api.get("/currentUser")
    fresh = api.grant(grant_type="refresh_token", refresh_token=api.pair["refresh_token"]).json()
    api.http.headers["Authorization"] = f"Bearer {fresh['access_token']}"

    assert expired.status_code == 401
    assert expired.json()["meta"]["status"] == 401
    assert api.get("/currentUser").status_code == 200


def test_a_refused_token_can_also_hide_inside_a_200(api: Api, world: World) -> None:
    world.turn(unauthorized="inner")

    answer = api.raw("GET", "/currentUser", headers={"Authorization": "Bearer nothing"})

    assert answer.status_code == 200
    assert answer.json()["meta"]["status"] == 401


def test_the_application_token_acts_for_an_employee(api: Api, world: World) -> None:
    token = {"Authorization": f"Bearer {world.tokens.application}"}

    own = api.raw("GET", "/currentUser", headers=token)
    other = api.raw("GET", "/currentUser", headers={**token, "X-User-Id": "1000004"})

    assert own.json()["data"]["id"] == "1000099"
    assert other.json()["data"]["id"] == "1000004"


def test_passwords_never_reach_the_request_log(api: Api, world: World) -> None:
    api.grant(**FORM)

    logged = [entry.body for entry in world.requests]

    assert logged[-1] == ["grant_type", "password", "username"]
    assert "sandbox" not in str(logged)
