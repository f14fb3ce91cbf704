"""A file of a folder: the newest complete one, copied as it is."""

from __future__ import annotations

import os
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from westsync.connectors.suppliers.fetching.verdicts import TooLarge
from westsync.connectors.suppliers.profile_fetch import DiskFetch, ManualFetch
from westsync.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from tests.unit.connectors.suppliers.fetching.errands import Errands


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


class Files:
    """Writes files of a certain age."""

    def __init__(self, share: Path, clock: FakeClock) -> None:
        self._share, self._clock = share, clock

    def put(self, name: str, content: bytes, *, age_s: float = 3600) -> None:
        path = self._share / name
        path.write_bytes(content)
        at = self._clock.now().timestamp() - age_s
        os.utime(path, (at, at))


@pytest.fixture
def files(share: Path, clock: FakeClock) -> Files:
    return Files(share, clock)


def test_the_newest_file_that_fits_is_copied(
    errands: Errands, share: Path, files: Files, clock: FakeClock
) -> None:
    files.put("Остатки 01.xlsx", b"old", age_s=9000)
    files.put("ОСТАТКИ 02.XLSX", b"new", age_s=100)
    files.put("цены.xlsx", b"prices", age_s=60)

    found = errands.file(DiskFetch(path=f"{share}/остатки*.xlsx"))

    assert (found.path.read_bytes(), found.name) == (b"new", "ОСТАТКИ 02.XLSX")
    assert found.modified_at == clock.now() - timedelta(seconds=100)


def test_lock_files_and_files_being_written_are_passed_over(
    errands: Errands, share: Path, files: Files
) -> None:
    files.put("a.xlsx", b"complete", age_s=100)
    files.put("~$a.xlsx", b"lock of Excel", age_s=50)
    files.put("b.xlsx", b"half", age_s=3)

    assert errands.file(DiskFetch(path=f"{share}/*.xlsx")).path.read_bytes() == b"complete"


def test_only_half_written_files_are_waited_for(
    errands: Errands, share: Path, files: Files
) -> None:
    files.put("b.xlsx", b"half", age_s=3)

    with pytest.raises(Unavailable, match="being written"):
        errands.run(DiskFetch(path=f"{share}/*.xlsx"))


def test_the_same_file_is_not_copied_twice(errands: Errands, share: Path, files: Files) -> None:
    files.put("a.xlsx", b"1")
    how = DiskFetch(path=f"{share}/a.xlsx")
    errands.file(how)

    assert errands.run(how) is None

    files.put("a.xlsx", b"2", age_s=40)
    assert errands.file(how).path.read_bytes() == b"2"


def test_all_files_come_as_one_and_the_same_ones_as_the_same_bytes(
    errands: Errands, share: Path, files: Files
) -> None:
    files.put("b.csv", b"2")
    files.put("a.csv", b"1")
    how = DiskFetch(path=f"{share}/*.csv", pick="all")

    first = errands.file(how)
    errands.state = ""
    second = errands.file(how)

    with zipfile.ZipFile(first.path) as bundle:
        assert {name: bundle.read(name) for name in bundle.namelist()} == {
            "001_a.csv": b"1",
            "002_b.csv": b"2",
        }
    assert first.sha256 == second.sha256


def test_a_share_that_is_not_mounted_is_waited_for(errands: Errands, share: Path) -> None:
    with pytest.raises(Unavailable, match="mounted"):
        errands.run(DiskFetch(path=f"{share}/gone/*.xlsx"))


def test_a_folder_without_the_file_needs_a_person(errands: Errands, share: Path) -> None:
    (share / "x.xlsx").mkdir()

    with pytest.raises(Rejected, match=r"correct fetch\.path"):
        errands.run(DiskFetch(path=f"{share}/*.xlsx"))


def test_a_file_that_is_too_long_leaves_nothing_behind(
    errands: Errands, share: Path, files: Files
) -> None:
    files.put("a.xlsx", b"0" * 5000)

    with pytest.raises(TooLarge):
        errands.run(DiskFetch(path=f"{share}/a.xlsx", max_bytes=4000))

    assert errands.left_behind() == []


def test_what_a_person_brings_is_not_fetched(errands: Errands) -> None:
    with pytest.raises(Rejected, match="westsync stock load"):
        errands.run(ManualFetch())


def test_a_link_to_nowhere_hides_no_file(errands: Errands, share: Path, files: Files) -> None:
    files.put("price.csv", b"list")
    (share / "price-new.csv").symlink_to(share / "gone.csv")

    assert errands.file(DiskFetch(path=f"{share}/*.csv")).path.read_bytes() == b"list"
