"""A client that says exactly what it is told, and a world to say it to."""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from westsync.sandbox import Server, Switches, World

if TYPE_CHECKING:
    from collections.abc import Iterator

TUESDAY = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading authorities takes longer than a test
NEWEST = [{"contentType": "SortField", "fieldName": "timeUpdated", "desc": True}]


def link(content_type: str, entity_id: str | int) -> dict[str, Any]:
    return {"contentType": content_type, "id": entity_id}


def encoded(query: dict[str, Any]) -> str:
    """One JSON object, nothing left safe (contract 2.2)."""
    return quote(json.dumps(query, ensure_ascii=False), safe="")


class Api:
    """Speaks API v3 as an employee, over a real socket."""

    def __init__(self, server: Server, login: str = "westsync@example.test") -> None:
        self.http = httpx.Client(
            base_url=server.url, headers={"User-Agent": "westsync/test"}, timeout=5, verify=NO_TLS
        )
        self.pair = self.grant(username=login, password="sandbox", grant_type="password").json()
        self.http.headers["Authorization"] = f"Bearer {self.pair['access_token']}"

    def grant(self, **form: str) -> httpx.Response:
        return self.http.post("/api/v3/auth/access_token", data=form)

    def raw(self, method: str, path: str, **how: Any) -> httpx.Response:
        return self.http.request(method, f"/api/v3{path}", **how)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.raw("GET", f"{path}?{encoded(query)}" if query else path)

    def post(self, path: str, body: object) -> httpx.Response:
        return self.raw("POST", path, json=body)

    def data(self, path: str, **query: Any) -> Any:
        """Return ``data`` of a GET that must succeed."""
        response = self.get(path, **query)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def made(self, path: str, body: object) -> Any:
        """Return ``data`` of a POST that must succeed."""
        response = self.post(path, body)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def new_task(self, **fields: Any) -> Any:
        body = {"contentType": "Task", "name": "Перезвонить", "isUrgent": False}
        return self.made("/task", {**body, "isTemplate": False, **fields})


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    """Start once; each test gets a fresh account in it."""
    with Server(World(start=TUESDAY)) as server:
        yield server


@pytest.fixture
def server(_server: Server) -> Server:
    _server.world.reset(seed=0, start=TUESDAY)
    _server.world.switches = Switches()
    return _server


@pytest.fixture
def world(server: Server) -> World:
    return server.world


@pytest.fixture
def api(server: Server) -> Iterator[Api]:
    api = Api(server)
    yield api
    api.http.close()


@pytest.fixture
def deal(world: World) -> str:
    client = world.create_client(first="Пётр", last="Сидоров", phones=["+79990000000"])
    return world.create_deal(name="Заявка с сайта 10482", client=client, manager="ivanov")
