"""The four shipped sources work as they are, but for their addresses: fetched, read, searched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.connectors.suppliers.fetching.ftp_servers import plain_ftp
from westsync.connectors.suppliers.fetching.fetcher import fetch
from westsync.connectors.suppliers.profile_fetch import FtpFetch, HttpFetch
from westsync.connectors.suppliers.reading.results import Reading
from westsync.connectors.suppliers.reading.source import read_source
from westsync.connectors.suppliers.secrets import Secrets
from westsync.sandbox.supplier import lists
from westsync.settings import yaml12
from westsync.settings.suppliers import read_suppliers

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from westsync.connectors.suppliers.profile import Profile
    from westsync.sandbox.supplier import SupplierServer

FOLDER = Path(__file__).parents[5] / "config" / "suppliers"
SECRETS = Secrets(
    {
        "rig_user": "dealer",
        "rig_password": "dealer-password",
        "sz_user": "dealer",
        "sz_password": "dealer-password",
    }
)


def shipped(name: str) -> Profile:
    document = yaml12.parse((FOLDER / f"{name}.yaml").read_bytes(), file=name)
    return read_suppliers([document], {}).profiles[0]


def read(profile: Profile, folder: Path, clock: FakeClock) -> Reading:
    found = fetch(profile, into=folder, state="", clock=clock, secrets=SECRETS)
    assert found is not None
    reading = read_source(
        found.path, profile, staging=folder / "staging.db", clock=clock, name=found.name
    )
    assert isinstance(reading, Reading), reading
    return reading


def test_the_example_of_the_howto_is_a_right_source() -> None:
    howto = FOLDER.parents[1] / "docs" / "howto" / "connect-a-supplier.md"
    (example,) = re.findall(r"```yaml\n(.*?)```", howto.read_text(encoding="utf-8"), re.DOTALL)

    found = read_suppliers([yaml12.parse(example.encode(), file=howto.name)], {})

    assert found.problems == ()
    assert [profile.id for profile in found.profiles] == ["struna"]


@pytest.mark.parametrize("source", [("lira_music", "lira.example"), ("rig_shop", "rig.example")])
def test_a_source_by_link_is_fetched_and_read(
    source: tuple[str, str], supplier: SupplierServer, tmp_path: Path, clock: FakeClock
) -> None:
    name, host = source
    profile = shipped(name)
    assert isinstance(profile.fetch, HttpFetch)
    url = profile.fetch.url.replace(f"https://{host}", supplier.url)

    reading = read(replace(profile, fetch=replace(profile.fetch, url=url)), tmp_path, clock)

    assert (reading.items, reading.bad_rows) == (50, 0)
    assert reading.unknown_quantities == 0
    assert reading.as_of == supplier.shop.changed_at


def test_the_source_on_an_ftp_server_is_fetched_and_read(
    supplier: SupplierServer, tmp_path: Path, clock: FakeClock
) -> None:
    profile = shipped("svet_i_zvuk")
    assert isinstance(profile.fetch, FtpFetch)
    served = tmp_path / "served" / "out"
    served.mkdir(parents=True)
    (served / "pricelist_20261124.csv").write_bytes(lists.as_csv(supplier.shop.goods))

    with plain_ftp(served.parent) as port:
        here = replace(profile.fetch, host="127.0.0.1", port=port)
        reading = read(replace(profile, fetch=here), tmp_path, clock)

    assert (reading.items, reading.bad_rows) == (50, 0)
    assert reading.as_of == datetime(2026, 11, 24, tzinfo=UTC) - timedelta(hours=3)
