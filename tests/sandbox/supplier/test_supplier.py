"""The stand-in supplier behaves as the suppliers contract says, whoever asks."""

from __future__ import annotations

import base64
import io
import json
import ssl
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import httpx
import pytest
from python_calamine import CalamineWorkbook

from westsync.sandbox.supplier import Account, Shop, SupplierServer, assortment

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading authorities takes longer than a test
BASIC = ("dealer", "dealer-password")
FORM = {"AUTH_FORM": "Y", "USER_LOGIN": "dealer", "USER_PASSWORD": "dealer-password"}


@pytest.fixture(scope="module")
def _started() -> Iterator[SupplierServer]:
    with SupplierServer() as server:
        yield server


@pytest.fixture
def shop(_started: SupplierServer) -> Shop:
    _started.shop = Shop()
    return _started.shop


@pytest.fixture
def http(_started: SupplierServer, shop: Shop) -> Iterator[httpx.Client]:
    del shop
    with httpx.Client(base_url=_started.url, verify=NO_TLS, follow_redirects=True) as client:
        yield client


def log_in(http: httpx.Client, **form: str) -> httpx.Response:
    page = http.get("/?login=yes").text
    sessid = page.partition('name="sessid" value="')[2].partition('"')[0]
    return http.post("/?login=yes", data={"sessid": sessid, **FORM, **form})


def test_the_workbook_is_newer_than_its_name_and_has_a_double_header(http: httpx.Client) -> None:
    content = http.get("/upload/ostatki.xls").content

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("TDSheet")
    rows = sheet.to_python(skip_empty_area=False)
    assert str(rows[0][0]).endswith(": 24.11.26 09:00:00")
    assert rows[2][4:6] == ["Москва", ""]
    assert rows[3][4:6] == ["Остаток", "Резерв"]
    assert rows[-1][0] == "Итого"


def test_the_feed_needs_the_password_and_is_well_formed(http: httpx.Client, shop: Shop) -> None:
    refused = http.get("/export/feed.xml", auth=("dealer", "guess"))
    feed = http.get("/export/feed.xml", auth=BASIC)

    assert refused.status_code == 401
    offers = ET.fromstring(feed.content).findall("shop/offers/offer")  # noqa: S314 - our own
    assert len(offers) == len(shop.goods)
    assert offers[0].findall("outlets/outlet")


def test_the_list_by_token_is_cp1251_with_sixteen_columns(http: httpx.Client) -> None:
    assert http.get("/export/price.csv").status_code == 403

    content = http.get("/export/price.csv", headers={"Api-token": "dealer-token"}).content

    lines = content.decode("cp1251").split("\r\n")
    assert {len(line.split(";")) for line in lines[:-1]} == {16}


def test_only_the_list_of_the_day_is_there(http: httpx.Client) -> None:
    assert http.get("/export/pricelist_20261124.csv").status_code == 200
    assert http.get("/export/pricelist_20261123.csv").status_code == 404


def test_an_unchanged_file_is_told_so(http: httpx.Client, shop: Shop) -> None:
    tag = http.get("/upload/ostatki.xls").headers["ETag"]

    again = http.get("/upload/ostatki.xls", headers={"If-None-Match": tag})
    shop.restock(assortment(3))
    changed = http.get("/upload/ostatki.xls", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200


def test_the_api_gives_a_token_then_a_file_in_base64(http: httpx.Client) -> None:
    wrong = http.post("/api/auth/", json={"login": "dealer", "password": "guess"}).json()
    token = http.post("/api/auth/", json={"login": "dealer", "password": BASIC[1]}).json()["token"]

    answer = http.post("/api/pricelist/get/", json={"token": token}).json()

    assert wrong == {"error": "Неверный логин или пароль"}
    assert base64.b64decode(answer["file_content"]).startswith(b"PK")


def test_the_api_gives_pages_up_to_an_empty_one(http: httpx.Client, shop: Shop) -> None:
    bearer = {"Authorization": "Bearer dealer-token"}
    found, offset = [], 0

    while page := http.get("/api/products", params={"offset": offset}, headers=bearer).json()[
        "products"
    ]:
        found += page
        offset += len(page)

    assert [row["id"] for row in found] == [good.code for good in shop.goods]
    assert http.get("/api/products").status_code == 401


def test_the_portal_is_closed_until_the_form_is_filled_rightly(
    http: httpx.Client, shop: Shop
) -> None:
    before = http.get("/catalog/search/", params={"q": "MX-105"})
    welcome = log_in(http)
    after = http.get("/catalog/search/", params={"q": "MX-105"})

    assert (before.status_code, "form_auth" in before.text) == (200, True)
    assert "logout=yes" in welcome.text
    assert after.text.count('class="item"') == 1
    assert [seen.posted for seen in shop.seen if seen.posted] == [
        ("AUTH_FORM", "USER_LOGIN", "USER_PASSWORD", "sessid")
    ]


def test_a_forged_form_is_refused(http: httpx.Client, shop: Shop) -> None:
    answer = log_in(http, sessid="forged")

    assert "errortext" in answer.text
    assert shop.sessions == {}


def test_wrong_passwords_lock_the_account(http: httpx.Client, shop: Shop) -> None:
    for _ in range(3):
        log_in(http, USER_PASSWORD="guess")

    answer = log_in(http)

    assert shop.is_locked
    assert "captcha_word" in answer.text


def test_a_session_ends_after_so_many_searches(http: httpx.Client, shop: Shop) -> None:
    shop.switches.session_requests = 1
    log_in(http)

    first = http.get("/catalog/search/", params={"q": "MX-105"})
    second = http.get("/catalog/search/", params={"q": "MX-105"})

    assert "catalog" in first.text
    assert (second.status_code, "form_auth" in second.text) == (200, True)


@pytest.mark.parametrize(
    ("switch", "sign"),
    [
        ("captcha", "smart-captcha"),
        ("blocked", "Доступ ограничен"),
        ("maintenance", "технические работы"),
    ],
)
def test_odd_pages_come_with_status_200(
    http: httpx.Client, shop: Shop, switch: str, sign: str
) -> None:
    shop.switches.turn(**{switch: True})

    answer = http.get("/catalog/search/", params={"q": "MX"})

    assert (answer.status_code, sign in answer.text) == (200, True)


def test_results_come_in_pages_and_nothing_is_told_in_words(http: httpx.Client, shop: Shop) -> None:
    shop.switches.page_size = 4
    log_in(http)

    many = http.get("/catalog/search/", params={"q": "пульт"}).text
    none = http.get("/catalog/search/", params={"q": "<b>нет такого</b>"}).text

    assert many.count('class="item"') == 4
    assert 'class="next"' in many
    assert "ничего не найдено" in none
    assert "<b>" not in none


def test_switches_and_requests_can_be_reached_from_another_process(
    http: httpx.Client, shop: Shop
) -> None:
    turned = http.post("/_sandbox/switches", json={"status": 503, "retry_after": "7"})
    answer = http.get("/upload/ostatki.xls")
    wrong = http.post("/_sandbox/switches", json={"statis": 1})

    assert turned.json()["status"] == 503
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert "no switch 'statis'" in wrong.json()["error"]
    assert [seen["path"] for seen in http.get("/_sandbox/requests").json()] == [
        "/upload/ostatki.xls"
    ]
    assert len(shop.seen) == 1


def test_what_was_posted_is_noted_without_its_values(http: httpx.Client, shop: Shop) -> None:
    log_in(http)

    noted = json.dumps([str(seen) for seen in shop.seen])
    assert Account().password not in noted


def test_the_same_seed_makes_the_same_goods() -> None:
    assert assortment(20, seed=4) == assortment(20, seed=4)
    assert assortment(20, seed=4) != assortment(20, seed=5)
