"""The stand-in's FTP server, asked by the standard library's client and by ours."""

from __future__ import annotations

import ftplib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from westsync.connectors.suppliers.fetching.fetcher import fetch
from westsync.connectors.suppliers.profile import Profile
from westsync.connectors.suppliers.profile_fetch import FtpFetch
from westsync.connectors.suppliers.secrets import Secrets
from westsync.domain.stock import SourceId
from westsync.errors import Unavailable
from westsync.sandbox.supplier import FtpServer, Shop, lists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.ports.stock import FetchedFile

LIST = "/out/pricelist_20261124.csv"


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def server(shop: Shop) -> Iterator[FtpServer]:
    with FtpServer(shop) as started:
        yield started


@pytest.fixture
def client(server: FtpServer) -> Iterator[ftplib.FTP]:
    with ftplib.FTP(timeout=5) as connected:  # noqa: S321 - that is what is tested
        connected.connect("127.0.0.1", server.port)
        yield connected


def test_the_list_is_found_looked_at_and_read(client: ftplib.FTP, shop: Shop) -> None:
    client.login("dealer", "dealer-password")
    client.cwd("/out")
    content = bytearray()

    client.retrbinary("RETR pricelist_20261124.csv", content.extend)

    assert client.nlst() == ["pricelist_20261124.csv"]
    assert content == lists.as_csv(shop.goods)
    assert client.size(LIST) == len(content)
    assert client.voidcmd(f"MDTM {LIST}") == "213 20261124060000"
    lines: list[str] = []
    client.dir(lines.append)
    assert lines[0].endswith("pricelist_20261124.csv")


def test_nothing_is_told_before_the_log_in(client: ftplib.FTP) -> None:
    with pytest.raises(ftplib.error_perm, match="530"):
        client.login("dealer", "guess")
    with pytest.raises(ftplib.error_perm, match="530"):
        client.nlst("/out")


def test_what_is_not_there_is_told_so(client: ftplib.FTP) -> None:
    client.login("dealer", "dealer-password")

    with pytest.raises(ftplib.error_perm, match="550"):
        client.size("/out/other.csv")
    with pytest.raises(ftplib.error_perm, match="550"):
        client.nlst("/elsewhere")


def fetched(server: FtpServer, folder: Path) -> FetchedFile | None:
    how = FtpFetch(
        host="127.0.0.1",
        port=server.port,
        user="dealer",
        password="${secret:password}",
        path="/out/pricelist_*.csv",
        settle=timedelta(seconds=10),
    )
    return fetch(
        Profile(id=SourceId("sz"), fetch=how),
        into=folder,
        state="",
        clock=FakeClock(),
        secrets=Secrets({"password": "dealer-password"}),
    )


def test_our_own_client_reads_it(server: FtpServer, shop: Shop, tmp_path: Path) -> None:
    found = fetched(server, tmp_path)

    assert found is not None
    assert found.path.read_bytes() == lists.as_csv(shop.goods)
    assert found.modified_at == shop.changed_at


def test_an_upload_in_progress_is_seen_as_one(
    server: FtpServer, shop: Shop, tmp_path: Path
) -> None:
    shop.switches.uploading = True

    with pytest.raises(Unavailable, match="upload is in progress"):
        fetched(server, tmp_path)
