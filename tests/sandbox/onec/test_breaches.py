"""The request log knows every breach of the 1C contract, and a clean client has none."""

from __future__ import annotations

import base64
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.conftest import NO_TLS
from tests.sandbox.onec.conftest import INVOICES, JSON, PARTIES, RECEIPTS, REF, by_key, draft
from westsync.sandbox.onec import breaches
from westsync.sandbox.onec.breaches import SECTIONS
from westsync.sandbox.onec.furnishing import BUYER, ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCWorld

WINDOW = "Date ge datetime'2025-02-01T00:00:00' and Date lt datetime'2025-02-04T00:00:00'"
ORDER = "Date,Ref_Key"
LINE = draft()["Товары"][0]


def create(odata: OData, **fields: Any) -> Any:
    return odata.call("POST", INVOICES, json=draft(**fields))


def wrong_password(odata: OData) -> None:
    for _ in range(3):
        httpx.get(str(odata.http.base_url), auth=("nobody", "x"), verify=NO_TLS)


def cp1251(odata: OData) -> None:
    name = base64.b64encode("Интеграция:пароль".encode("cp1251")).decode()
    headers = {"Authorization": f"Basic {name}"}
    httpx.get(str(odata.http.base_url), headers=headers, verify=NO_TLS)


BREACHES: dict[str, Callable[[OData], object]] = {
    "basic-encoding": cp1251,
    "blind-repeat": lambda odata: [create(odata) for _ in range(2)],
    "composite-without-cast": lambda odata: odata.get(
        RECEIPTS, filter=f"{WINDOW} and Контрагент eq guid'{BUYER.key}'"
    ),
    "content-length": lambda odata: odata.call("DELETE", by_key(INVOICES)),
    "content-type": lambda odata: odata.call("POST", INVOICES, content=b'{"Ref_Key": "x"}'),
    "count-with-top": lambda odata: odata.get(PARTIES, inlinecount="allpages", top="5"),
    "create-without-ref": lambda odata: create(odata, Ref_Key=None),
    "data-load-mode": lambda odata: odata.get(
        PARTIES, top="1", headers={"1C_OData-DataLoadMode": "true"}
    ),
    "delete-call": lambda odata: odata.call("DELETE", by_key(INVOICES)),
    "expand-on-object": lambda odata: odata.get(by_key(INVOICES), expand="Контрагент"),
    "filter-on-state": lambda odata: odata.get(INVOICES, filter=f"{WINDOW} and Posted eq true"),
    "format": lambda odata: odata.get(PARTIES, form="json", top="1"),
    "list-without-window": lambda odata: odata.get(INVOICES, filter="Number eq '1'"),
    "moment-with-offset": lambda odata: create(odata, Date="2025-02-01T09:30:00+03:00"),
    "money-places": lambda odata: create(odata, Товары=[LINE | {"Цена": 59999.9999999}]),
    "or-chain": lambda odata: odata.get(
        INVOICES, filter=" or ".join([f"Ref_Key eq guid'{REF}'"] * 11)
    ),
    "party-filter-on-money": lambda odata: odata.get(
        RECEIPTS, filter=f"{WINDOW} and Контрагент_Key eq guid'{BUYER.key}'"
    ),
    "password-again": wrong_password,
    "plus-in-query": lambda odata: odata.raw("GET", PARTIES, "$filter=ИНН+eq+'1'"),
    "posted-in-body": lambda odata: create(odata, Posted=True),
    "put-call": lambda odata: odata.call("PUT", by_key(INVOICES), json={}),
    "row-without-number": lambda odata: create(odata, Товары=[{"Сумма": 1}]),
    "skip-paging": lambda odata: odata.get(INVOICES, filter=WINDOW, top="5", skip="5"),
    "top-without-order": lambda odata: odata.get(INVOICES, filter=WINDOW, top="500"),
    "unknown-address": lambda odata: odata.http.get(odata.http.base_url.join("/else")),
    "unpost-call": lambda odata: odata.call("POST", f"{by_key(INVOICES)}/Unpost"),
    "url-too-long": lambda odata: odata.get(PARTIES, filter=f"ИНН eq '{'1' * 2000}'"),
}


def test_every_breach_that_has_a_name_has_an_example_or_a_test_of_its_own() -> None:
    # "concurrent" needs two connections: test_faults shows it.
    assert set(BREACHES) == set(SECTIONS) - {"concurrent"}


@pytest.mark.parametrize("rule", BREACHES)
def test_a_breach_is_named_with_its_section(odata: OData, base: OneCWorld, rule: str) -> None:
    BREACHES[rule](odata)

    found = {breach.rule: breach for breach in breaches(base.requests)}

    assert rule in found
    assert found[rule].section == SECTIONS[rule]
    assert f"{rule} (1C contract {SECTIONS[rule]})" in str(found[rule])


def test_a_client_that_follows_the_contract_breaks_nothing(odata: OData, base: OneCWorld) -> None:
    mark = {"Content-Type": "application/json; charset=utf-8"}
    odata.get("")
    odata.get("$metadata", form="")
    odata.get("Catalog_Организации", top="1", select="Ref_Key,Description")
    odata.get(PARTIES, filter="ИНН eq '9990000019' and IsFolder eq false")
    odata.get(by_key(INVOICES))
    odata.call("POST", INVOICES, json=draft(), headers=mark)
    odata.call("POST", f"{by_key(INVOICES)}/Post", form="")
    odata.get(by_key(INVOICES))
    base.pay_invoice(REF)
    base.close_period(date(2024, 1, 1))
    odata.get(
        INVOICES,
        filter=f"{WINDOW} and Организация_Key eq guid'{ORGANISATION.key}'",
        orderby=ORDER,
        top="500",
    )
    odata.get(RECEIPTS, filter=WINDOW, orderby=ORDER, top="500")
    odata.get(INVOICES, filter=" or ".join([f"Ref_Key eq guid'{REF}'"] * 10))
    odata.call("PATCH", by_key(INVOICES), json={"DeletionMark": True}, headers=mark)

    assert breaches(base.requests) == []


def test_a_create_that_was_looked_up_in_between_is_no_blind_repeat(
    odata: OData, base: OneCWorld
) -> None:
    base.break_next(f"POST {INVOICES}", "status", status=503)

    create(odata)
    odata.get(by_key(INVOICES))
    create(odata)

    assert base.requests[0].status == 503
    assert "blind-repeat" not in {breach.rule for breach in breaches(base.requests)}


def test_the_log_knows_routes_and_never_a_password(odata: OData, base: OneCWorld) -> None:
    create(odata)
    odata.call("POST", f"{by_key(INVOICES)}/Post()")
    odata.get(f"{INVOICES}/$count")
    odata.raw("GET", "$metadata")
    odata.get("")

    assert list(base.requests.counts()) == [
        f"POST {INVOICES}",
        f"POST {INVOICES}(key)/Post",
        f"GET {INVOICES}/$count",
        "GET $metadata",
        "GET /",
    ]
    shown = str([entry.as_json() for entry in base.requests])
    assert "пароль" not in shown
    assert "Basic" not in shown
    assert base.requests[0].user == "Интеграция"
    assert JSON in base.requests[0].options["$format"]
