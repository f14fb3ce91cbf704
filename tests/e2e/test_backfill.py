"""``westsync backfill`` as it is run: the installed command, Megaplan and 1C on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.office import TUESDAY, Office, an_office
from tests.e2e.test_kills import kill_at_request
from westsync.sandbox.onec.breaches import breaches
from westsync.sandbox.onec.furnishing import BUYER
from westsync.sandbox.onec.server import OneCServer
from westsync.sandbox.onec.world import PASSWORD, USER, OneCWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANAGER = "1000003"
SPAN = ("--since", "2026-11-20", "--at", TUESDAY.isoformat())
INN = "9990000019"
"""ИНН of the buyer whom the stand-in of 1C knows."""


@dataclass
class Books:
    """An office with a 1C."""

    office: Office
    onec: OneCWorld
    client: str = ""

    def deal_with_bill(self, total: str, status: str = "drawn") -> tuple[str, str, str]:
        """Make a deal of the buyer with a bill of today; return deal, bill and number."""
        world = self.office.world
        if not self.client:
            self.client = world.create_client(company_name="Сцена", inn=INN)
        deal = world.create_deal(name="Сцена", client=self.client)
        bill = world.issue_invoice(deal, Decimal(total), by=MANAGER, status=status)
        return deal, bill, str(world.store.need("Invoice", bill)["number"])

    def invoice(self, number: str, total: str) -> str:
        """Let the accountant write the invoice of that number, of today."""
        full = f"0000-{int(number):06d}"
        return self.onec.make_invoice(BUYER.key, Decimal(total), number=full)

    def backfill(self, *more: str) -> tuple[int, dict[str, Any]]:
        done = self.office.run("--json", "backfill", *SPAN, *more)
        assert done.stdout, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, document


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    base = OneCWorld(start=TUESDAY)
    server = OneCServer(base).start()
    try:
        with an_office(tmp_path) as office:
            prefix = "WESTSYNC__ACCOUNTS__MAIN__ONEC__"
            office.env |= {
                f"{prefix}URL": server.url,
                f"{prefix}USER": USER,
                f"{prefix}PASSWORD": PASSWORD,
                f"{prefix}ORGANIZATION_INN": "7701234560",
            }
            yield Books(office, base)
    finally:
        server.stop()


def codes(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["subject"], row["code"]) for row in document["rows"]]


def test_agreeing_systems_end_with_0(books: Books) -> None:
    _, _, number = books.deal_with_bill("120000.00")
    books.invoice(number, "120000.00")

    code, document = books.backfill()

    assert (code, document["rows"]) == (0, [])
    assert {"subject": "invoices", "category": "match", "count": 1} in document["counts"]


def test_differences_end_with_1_and_are_written_into_a_file(books: Books, tmp_path: Path) -> None:
    _, _, number = books.deal_with_bill("120000.00")
    books.invoice(number, "120500.00")
    out = tmp_path / "found.csv"

    code, document = books.backfill("--out", str(out))

    assert (code, codes(document)) == (1, [("invoices", "fields_differ")])
    assert "120500.00" in out.read_text("utf-8-sig")


def test_nothing_is_written_without_an_order(books: Books) -> None:
    _, _, number = books.deal_with_bill("120000.00")
    books.onec.pay_invoice(books.invoice(number, "120000.00"))

    books.backfill()

    world, onec = books.office.world, books.onec
    written = [one for one in (*world.requests, *onec.requests) if one.method != "GET"]
    assert {one.path for one in written} <= {"/api/v3/auth/access_token"}
    assert breaches(onec.requests) == []


def test_a_paid_bill_is_noted_once_and_a_second_run_finds_nothing(books: Books) -> None:
    _, bill, number = books.deal_with_bill("120000.00")
    books.onec.pay_invoice(books.invoice(number, "120000.00"))

    first, document = books.backfill("--apply", "missing_in_megaplan")
    second, again = books.backfill("--apply", "missing_in_megaplan")

    assert books.office.world.store.need("Invoice", bill)["status"] == "paid"
    assert (first, document["applied"]["new"]) == (0, 1)
    assert (second, again["rows"], again["applied"]["new"]) == (0, [], 0)


def test_a_system_that_is_away_ends_with_69_and_the_next_run_goes_on(books: Books) -> None:
    _, _, number = books.deal_with_bill("120000.00")
    books.invoice(number, "120000.00")
    password = books.office.env.pop("WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__URL")
    books.office.env["WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__URL"] = "http://127.0.0.1:9"

    away = books.office.run("backfill", *SPAN)
    books.office.env["WESTSYNC__ACCOUNTS__MAIN__MEGAPLAN__URL"] = password
    code, _ = books.backfill()

    assert (away.returncode, code) == (69, 0)


@pytest.mark.parametrize("requests", [5, 6, 9, 11])
def test_a_run_that_is_killed_at_any_request_ends_like_one_that_is_not(
    requests: int, books: Books
) -> None:
    bills = [books.deal_with_bill("120000.00") for _ in range(3)]
    for _, _, number in bills:
        books.onec.pay_invoice(books.invoice(number, "120000.00"))
    order = ("backfill", *SPAN, "--apply", "missing_in_megaplan")
    process = subprocess.Popen(  # noqa: S603 - our own program with our own words
        [sys.executable, "-m", "westsync", "--config", str(books.office.config), *order],
        env=books.office.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    kill_at_request(books.office, process, requests)
    for after in ("00", "05"):  # what the killed one was sending is looked up in time
        at = TUESDAY.replace(minute=int(after)).isoformat()
        code, document = books.backfill("--apply", "missing_in_megaplan", "--at", at)

    assert (code, document["remaining"]) == (0, 0)
    statuses = [books.office.world.store.need("Invoice", bill)["status"] for _, bill, _ in bills]
    assert statuses == ["paid"] * 3
