"""A file on an FTP server: the newest that fits, and never half of an upload."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import FakeClock
from tests.unit.connectors.suppliers.fetching.errands import Errands
from tests.unit.connectors.suppliers.fetching.ftp_servers import (
    PASSWORD,
    USER,
    plain_ftp,
    tls_ftp,
)
from westsync.connectors.suppliers.fetching.verdicts import TooLarge
from westsync.connectors.suppliers.profile_fetch import FtpFetch, Tls
from westsync.errors import AccessDenied, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MORNING = 1_795_500_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    served = tmp_path / "served"
    (served / "out").mkdir(parents=True)
    return served


def put(folder: Path, name: str, content: bytes, at: int = MORNING) -> None:
    path = folder / "out" / name
    path.write_bytes(content)
    os.utime(path, (at, at))


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with plain_ftp(folder) as served:
        yield served


def at_port(port: int, path: str = "/out/price_*.csv", **more: object) -> FtpFetch:
    known: dict[str, object] = {"user": USER, "password": "${secret:password}"}
    return FtpFetch(host="127.0.0.1", port=port, path=path, **known | more)  # type: ignore[arg-type]  # a test's own words


def test_the_newest_file_that_fits_is_fetched(errands: Errands, folder: Path, port: int) -> None:
    put(folder, "price_20261123.csv", b"yesterday", MORNING - 86400)
    put(folder, "price_20261124.csv", b"today")
    put(folder, "readme.txt", b"-", MORNING + 100)

    found = errands.file(at_port(port), password=PASSWORD)

    assert (found.path.read_bytes(), found.name) == (b"today", "price_20261124.csv")
    assert found.modified_at is not None
    assert found.modified_at.timestamp() == MORNING


def test_a_name_in_russian_is_found(errands: Errands, folder: Path, port: int) -> None:
    put(folder, "Остатки.csv", b"1")

    found = errands.file(at_port(port, "/out/остатки*"), password=PASSWORD)

    assert found.name == "Остатки.csv"


def test_the_same_file_is_not_fetched_twice(errands: Errands, folder: Path, port: int) -> None:
    put(folder, "price_1.csv", b"1")
    errands.file(at_port(port), password=PASSWORD)

    assert errands.run(at_port(port), password=PASSWORD) is None

    put(folder, "price_1.csv", b"2", MORNING + 60)
    assert errands.file(at_port(port), password=PASSWORD).path.read_bytes() == b"2"


def test_a_folder_whose_name_fits_is_passed_over(errands: Errands, folder: Path, port: int) -> None:
    put(folder, "price_1.csv", b"1")
    (folder / "out" / "price_old.csv").mkdir()

    assert errands.file(at_port(port), password=PASSWORD).path.read_bytes() == b"1"


class GrowingClock(FakeClock):
    """While somebody waits, the supplier goes on uploading."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        with self._path.open("ab") as file:
            file.write(b"more")


def test_a_file_that_grows_is_left_for_later(tmp_path: Path, folder: Path, port: int) -> None:
    put(folder, "price_1.csv", b"half of it")
    errands = Errands(tmp_path, GrowingClock(folder / "out" / "price_1.csv"))

    with pytest.raises(Unavailable, match="upload is in progress") as caught:
        errands.run(at_port(port), password=PASSWORD)

    assert caught.value.retry_after_s == 120
    assert errands.left_behind() == []


def test_all_files_come_as_one(errands: Errands, folder: Path, port: int) -> None:
    put(folder, "price_b.csv", b"2")
    put(folder, "price_a.csv", b"1")

    found = errands.file(at_port(port, pick="all"), password=PASSWORD)

    with zipfile.ZipFile(found.path) as bundle:
        assert [bundle.read(name) for name in bundle.namelist()] == [b"1", b"2"]


def test_a_refused_log_in_is_not_repeated(errands: Errands, port: int, clock: FakeClock) -> None:
    with pytest.raises(AccessDenied, match=r"check fetch\.user and the secret"):
        errands.run(at_port(port), password="wrong-password")

    assert clock.waits == []


@pytest.mark.parametrize("path", ["/out/price_*.csv", "/out/price.csv", "/gone/*.csv"])
def test_a_file_that_is_not_there_needs_a_person(errands: Errands, port: int, path: str) -> None:
    with pytest.raises(Rejected, match=r"correct fetch\.path"):
        errands.run(at_port(port, path), password=PASSWORD)


def test_a_file_that_is_too_long_is_cut_while_it_comes(
    errands: Errands, folder: Path, port: int
) -> None:
    put(folder, "price_1.csv", b"0" * 100_000)

    with pytest.raises(TooLarge):
        errands.run(at_port(port, max_bytes=5000), password=PASSWORD)

    assert errands.left_behind() == []


def test_a_server_nobody_reaches_is_tried_again_later(errands: Errands, clock: FakeClock) -> None:
    with pytest.raises(Unavailable):
        errands.run(at_port(1), password=PASSWORD)

    assert clock.waits == [2.0, 10.0]


def test_a_server_that_must_encrypt_and_cannot_hears_no_password(
    errands: Errands, port: int
) -> None:
    with pytest.raises(Unavailable, match="offers no TLS"):
        errands.run(at_port(port, tls="always"), password=PASSWORD)


@pytest.mark.parametrize("tls", ["when_offered", "always"])
def test_log_in_and_data_are_encrypted_where_that_is_offered(
    errands: Errands, certificate: Path, tls: str
) -> None:
    with tls_ftp(certificate, b"over TLS") as server:
        how = at_port(server.port, "/price.csv", tls=tls, trust=Tls(ca_file=str(certificate)))
        found = errands.file(
            FtpFetch(
                host="localhost",
                port=server.port,
                user=how.user,
                password=how.password,
                path=how.path,
                tls=tls,
                trust=how.trust,
            ),
            password=PASSWORD,
        )

    assert found.path.read_bytes() == b"over TLS"
    assert [encrypted for said, encrypted in server.said if said in {"USER", "PASS"}] == [True] * 2
    assert server.resumed == [True]


def test_a_certificate_nobody_vouches_for_hears_no_password(
    errands: Errands, certificate: Path
) -> None:
    with tls_ftp(certificate, b"over TLS") as server:
        with pytest.raises(Rejected, match="not trusted"):
            errands.run(at_port(server.port, "/price.csv"), password=PASSWORD)

        assert "PASS" not in [said for said, _ in server.said]
