"""A client that says exactly what it is told, and a 1C base to say it to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from tests.sandbox.conftest import NO_TLS
from westsync.sandbox.onec import OneCServer, OneCSwitches, OneCWorld
from westsync.sandbox.onec.furnishing import ACCOUNT, BUYER, CONTRACT, ITEM, ORGANISATION, ROUBLE

if TYPE_CHECKING:
    from collections.abc import Iterator

TUESDAY = datetime(2025, 2, 4, 6, 0, tzinfo=UTC)
SAFE = "$'(),=;:/@*!~-._"
JSON = "json;odata=nometadata"
INVOICES = "Document_СчетНаОплатуПокупателю"
RECEIPTS = "Document_ПоступлениеНаРасчетныйСчет"
PARTIES = "Catalog_Контрагенты"
REF = "3c2cc1b3-dc18-576f-9108-5d690ae167d5"


def draft(**fields: Any) -> dict[str, Any]:
    """The invoice of contract 4.9.5."""
    line = {
        "LineNumber": "1",
        "Номенклатура": ITEM.key,
        "Номенклатура_Type": "StandardODATA.Catalog_Номенклатура",
        "Содержание": "Акустическая система SRM450",
        "Количество": 2,
        "Цена": 60000.00,
        "Сумма": 120000.00,
        "СтавкаНДС": "НДС20",
        "СуммаНДС": 20000.00,
    }
    document = {
        "Ref_Key": REF,
        "Date": "2025-02-01T09:30:00",
        "Организация_Key": ORGANISATION.key,
        "Контрагент_Key": BUYER.key,
        "ДоговорКонтрагента_Key": CONTRACT.key,
        "ВалютаДокумента_Key": ROUBLE.key,
        "СтруктурнаяЕдиница_Key": ACCOUNT.key,
        "СуммаВключаетНДС": True,
        "СуммаДокумента": 120000.00,
        "Комментарий": "WS:megaplan:deal:1000345:invoice:1",
        "Товары": [line],
    }
    return document | fields


def by_key(entity: str, key: str = REF) -> str:
    return f"{entity}(guid'{key}')"


class OData:
    """Speaks OData as a user, over a real socket, with every character as it is told."""

    def __init__(self, server: OneCServer, user: str = "Интеграция") -> None:
        self.http = httpx.Client(
            base_url=f"{server.url}/odata/standard.odata/",
            auth=httpx.BasicAuth(user, "пароль"),
            headers={"Accept": f"application/{JSON}"},
            timeout=5,
            verify=NO_TLS,
        )

    def raw(self, method: str, path: str, query: str = "", **how: Any) -> httpx.Response:
        return self.http.request(method, quote(path, safe=SAFE) + f"?{query}", **how)

    def call(self, method: str, path: str, *, form: str = JSON, **how: Any) -> httpx.Response:
        options = {f"${name}": how.pop(name) for name in list(how) if name in OPTIONS}
        options = {"$format": form, **options} if form else options
        query = "&".join(f"{name}={quote(text, safe=SAFE)}" for name, text in options.items())
        return self.raw(method, path, query, **how)

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.call("GET", path, **how)

    def rows(self, entity: str, **options: str) -> list[dict[str, Any]]:
        response = self.get(entity, **options)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["value"]
        return found

    def row(self, path: str, **options: str) -> dict[str, Any]:
        response = self.get(path, **options)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def made(self, **fields: Any) -> dict[str, Any]:
        response = self.call("POST", INVOICES, json=draft(**fields))
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json()
        return found


OPTIONS = ("filter", "select", "expand", "orderby", "top", "skip", "inlinecount")


def code(response: httpx.Response) -> str:
    return str(response.json()["odata.error"]["code"])


@pytest.fixture(scope="session")
def _onec() -> Iterator[OneCServer]:
    """Start once; each test gets a fresh base in it."""
    with OneCServer(OneCWorld(start=TUESDAY)) as server:
        yield server


@pytest.fixture
def onec(_onec: OneCServer) -> OneCServer:
    _onec.world.reset(seed=0, start=TUESDAY)
    _onec.world.switches = OneCSwitches()
    return _onec


@pytest.fixture
def base(onec: OneCServer) -> OneCWorld:
    return onec.world


@pytest.fixture
def odata(onec: OneCServer) -> Iterator[OData]:
    client = OData(onec)
    yield client
    client.http.close()
