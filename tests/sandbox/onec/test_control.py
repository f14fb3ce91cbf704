"""The control API moves the base from another process."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.sandbox.conftest import NO_TLS
from tests.sandbox.onec.conftest import INVOICES, PARTIES, RECEIPTS
from westsync.sandbox.onec.control import ACTS
from westsync.sandbox.onec.furnishing import BUYER, ORGANISATION
from westsync.sandbox.onec.world import OneCWorld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.onec.conftest import OData
    from westsync.sandbox.onec import OneCServer

SERVE = """
from datetime import UTC, datetime
from westsync.sandbox.onec import serve
serve(start=datetime(2025, 2, 4, 6, tzinfo=UTC), say=lambda text: print(text, flush=True))
"""


class Remote:
    """Talks to the control API."""

    def __init__(self, server: OneCServer) -> None:
        self.http = httpx.Client(base_url=f"{server.control_url}/", verify=NO_TLS)

    def post(self, path: str, **values: Any) -> Any:
        response = self.http.post(path, json=values)
        assert response.status_code == 200, response.text
        return response.json()

    def get(self, path: str) -> Any:
        return self.http.get(path).json()


@pytest.fixture
def control(onec: OneCServer) -> Iterator[Remote]:
    remote = Remote(onec)
    yield remote
    remote.http.close()


def test_every_act_of_the_table_is_an_act_of_the_world() -> None:
    assert [name for name in ACTS if not callable(getattr(OneCWorld, name, None))] == []


def test_acts_take_texts_for_sums_days_and_moments(control: Remote, odata: OData) -> None:
    invoice = control.post(
        "act/make_invoice", counterparty=BUYER.key, total="10.50", at="2025-02-01T10:00:00"
    )["result"]
    control.post("act/receive", amount=4.2, payer=BUYER.key, links=[[invoice, "4.20"]])
    control.post("act/close_period", until="2025-02-02")
    supplier = control.post("act/add_counterparty", name="Свет")["result"]
    control.post(
        "act/make_supplier_invoice", supplier=supplier, number="7", day="2025-02-03", total=9
    )

    refused = control.http.post("act/edit", json={"key": invoice, "Комментарий": "x"})

    assert odata.rows(INVOICES)[0]["СуммаДокумента"] == 10.5
    assert odata.rows(RECEIPTS)[0]["РасшифровкаПлатежа"][0]["СуммаПлатежа"] == 4.2
    assert refused.status_code == 400
    assert "запрета" in refused.json()["error"]


def test_rows_are_written_and_shown_as_odata_has_them(control: Remote, odata: OData) -> None:
    document = {
        "Date": "2025-02-01T00:00:00",
        "Организация_Key": ORGANISATION.key,
        "Контрагент_Key": BUYER.key,
        "Posted": True,
    }

    key = control.post(f"entities/{INVOICES}", **document)["result"]

    assert control.get(f"entities/{INVOICES}") == odata.rows(INVOICES)
    assert odata.rows(INVOICES)[0]["Ref_Key"] == key
    assert odata.rows(INVOICES)[0]["Posted"] is True


def test_clock_switches_faults_log_and_breaches(control: Remote, odata: OData) -> None:
    control.post("clock", advance_s=3600)
    control.post("switches", if_match="ignored")
    control.post("faults", route=f"GET {PARTIES}", kind="status", status=503)

    odata.get(PARTIES)

    assert control.get("clock") == {"now": "2025-02-04T07:00:00+00:00"}
    assert control.get("switches")["if_match"] == "ignored"
    assert control.get("faults") == []
    assert control.get("counters") == {f"GET {PARTIES}": 1}
    assert control.get("requests")[0]["fault"] == "status"
    assert [breach["rule"] for breach in control.get("breaches")] == ["list-without-window"]
    control.post("reset", seed=1)
    assert control.get("requests") == []


def test_a_bank_file_comes_as_bytes(control: Remote) -> None:
    control.post("act/receive", amount=100, payer=BUYER.key)

    values = {"since": "2025-02-01", "until": "2025-02-05", "layout": {"encoding": "cp866"}}
    content = control.http.post("bank_file", json=values).content

    assert "Сумма=100.00" in content.decode("cp866")


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("act/rob", {}),
        ("act/make_invoice", {}),
        ("switches", {"colour": "red"}),
        ("switches", {"licences": "two"}),
        ("faults", {"route": "*"}),
        ("clock", {"now": "2025-02-04T07:00:00"}),
        ("nothing", {}),
        ("entities/Catalog_Нет", {}),
    ],
)
def test_what_cannot_be_done_is_said(control: Remote, path: str, values: dict[str, Any]) -> None:
    response = control.http.post(path, json=values)

    assert response.status_code == 400
    assert response.json()["error"]


def test_the_same_seed_gives_the_same_keys() -> None:
    keys = [OneCWorld(seed=seed).make_invoice(BUYER.key, 1) for seed in (7, 7, 8)]

    assert keys[0] == keys[1] != keys[2]


def test_it_serves_in_the_foreground_and_stops_on_sigterm() -> None:
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and our own text
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            url = lines[0].split()[2]
            response = httpx.get(f"{url}/odata/standard.odata/", verify=NO_TLS)

            process.send_signal(signal.SIGTERM)
            stopped = process.wait(timeout=10)
        finally:
            process.kill()

    assert response.status_code == 401
    assert "user Интеграция, password пароль" in lines[1]
    assert stopped in {0, -signal.SIGTERM}
