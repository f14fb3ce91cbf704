"""Promises of ``westsync doctor suppliers``: every source is tried, nothing is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.suppliers import FolderFetcher
from tests.unit.jobs.stock_office import HEADER, a_profile
from westsync.app.stock import SupplierAccess, open_desk
from westsync.app.stock_diagnosis import diagnose_suppliers
from westsync.connectors.suppliers.profile import Format, Read
from westsync.connectors.suppliers.profile_fetch import DiskFetch, ManualFetch
from westsync.connectors.suppliers.profile_portal import PortalProfile, ResultPage
from westsync.domain.matching.brands import BrandTable
from westsync.domain.probes import ProbeResult, Verdict
from westsync.domain.stock import SourceId
from westsync.errors import AccessDenied

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile

FIXED = Read(format=Format.CSV, encoding="utf-8", delimiter=";")
DISK = DiskFetch(path="/prices/*.csv")


@pytest.fixture
def fetcher(tmp_path: Path) -> FolderFetcher:
    price_list = tmp_path / "ostatki.csv"
    price_list.write_text(f"{HEADER}\n1;F310;Yamaha F310;Yamaha;5;9\n", encoding="utf-8")
    return FolderFetcher(price_list)


def tried(folder: Path, fetcher: FolderFetcher, *profiles: Profile) -> dict[str, ProbeResult]:
    access = SupplierAccess(
        profiles=profiles,
        brands=BrandTable(),
        fetcher=fetcher,
        zone=ZoneInfo("Europe/Moscow"),
    )
    with open_desk(access, folder, FakeClock()) as desk:
        found = dict(diagnose_suppliers(desk))
        assert desk.store.snapshots.newest(SourceId("lira")) is None
    return found


def test_a_source_that_is_described_to_the_end_is_fine(
    tmp_path: Path, fetcher: FolderFetcher
) -> None:
    found = tried(tmp_path, fetcher, a_profile(fetch=DISK, read=FIXED))["lira"]

    assert (found.verdict, found.advice) == (Verdict.FINE, "")
    assert "1 items, 1 in stock" in found.seen


def test_what_was_guessed_should_be_written_down(tmp_path: Path, fetcher: FolderFetcher) -> None:
    found = tried(tmp_path, fetcher, a_profile(fetch=DISK))["lira"]

    assert found.verdict is Verdict.CHANGE
    assert "read.format: csv" in found.advice
    assert "read.delimiter: ';'" in found.advice


def test_a_source_that_fails_does_not_stop_the_others(
    tmp_path: Path, fetcher: FolderFetcher
) -> None:
    fetcher.break_next(AccessDenied("lira", "GET", "401"))
    other = replace(a_profile(fetch=DISK, read=FIXED), id=SourceId("other"))

    found = tried(tmp_path, fetcher, a_profile(fetch=DISK), other)

    assert found["lira"].verdict is Verdict.FAILED
    assert "401" in found["lira"].seen
    assert found["other"].verdict is Verdict.FINE


def test_what_cannot_be_fetched_is_skipped_with_what_to_do(
    tmp_path: Path, fetcher: FolderFetcher
) -> None:
    portal = PortalProfile(base_url="https://ton.example", result=ResultPage(row="tr"))
    manual = a_profile(fetch=ManualFetch())
    asked = replace(a_profile(fetch=None, portal=portal), id=SourceId("ton"))
    off = replace(a_profile(fetch=DISK, enabled=False), id=SourceId("off"))

    found = tried(tmp_path, fetcher, manual, asked, off)

    assert found["lira"].verdict is Verdict.SKIPPED
    assert "stock check lira FILE" in found["lira"].advice
    assert "--supplier ton --portal" in found["ton"].advice
    assert "off" not in found
