"""What a file is by its content, and archives (suppliers contract 4, 11)."""

from __future__ import annotations

import gzip
import io
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.unit.connectors.suppliers.reading.conftest import Read, a_profile
from tests.unit.connectors.suppliers.reading.files import (
    bare_sheet,
    csv_text,
    inline,
    old_workbook,
    workbook,
    zipped,
)
from westsync.connectors.suppliers.profile import Format, ReadLimits, Unpack
from westsync.connectors.suppliers.profile import Read as Reading
from westsync.connectors.suppliers.reading.detection import Wrapping, detect
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode

if TYPE_CHECKING:
    from pathlib import Path

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"Rar!\x1a\x07", Wrapping.RAR),
        (b"7z\xbc\xaf\x27\x1c", Wrapping.SEVEN_ZIP),
        (gzip.compress(b"a;b", mtime=0), Wrapping.GZIP),
        (OLE + "Workbook".encode("utf-16-le"), Format.XLS),
        (OLE + "Book".encode("utf-16-le"), Format.XLS),
        ("\ufeff<?xml version='1.0'?><yml_catalog/>".encode(), Format.YML),
        ("<?xml version='1.0'?><КоммерческаяИнформация/>".encode(), Format.COMMERCEML),
        ("<КоммерческаяИнформация/>".encode("utf-16"), Format.COMMERCEML),
        (b"<?xml version='1.0'?><list/>", Format.XML),
        (b"  <!DOCTYPE html><html></html>", Format.HTML),
        (b"<table><tr></table>", Format.HTML),
        (b' [{"a": 1}]', Format.JSON),
        ("Код;Имя".encode("cp1251"), Format.CSV),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(
    tmp_path: Path, content: bytes, kind: Format | Wrapping
) -> None:
    path = tmp_path / "price.xls"
    path.write_bytes(content)

    assert detect(path) is kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", RefusalCode.EMPTY),
        (b" \r\n\x00", RefusalCode.EMPTY),
        (OLE, RefusalCode.WRONG_TYPE),
        (OLE + "EncryptedPackage".encode("utf-16-le"), RefusalCode.PASSWORD_PROTECTED),
        (b"PK\x03\x04" + b"x" * 500, RefusalCode.TRUNCATED),
        (bytes(range(256)) * 40, RefusalCode.WRONG_TYPE),
        (b"\x00\x01" * 4000, RefusalCode.WRONG_TYPE),
        (b"%PDF-1.4\n" + b"1 0 obj\n" * 90, RefusalCode.WRONG_TYPE),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", RefusalCode.WRONG_TYPE),
        (gzip.compress(b"a;b" * 9000, mtime=0)[:-20], RefusalCode.TRUNCATED),
    ],
)
def test_what_is_no_list_is_refused_by_name(read: Read, content: bytes, code: RefusalCode) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)

    assert refused.value.refusal.code is code
    assert len(refused.value.refusal.detail) > 20


@pytest.mark.parametrize("name", ["price.csv", "price.xls", "price.ods", "price.xlsb", "price"])
def test_a_workbook_is_told_by_its_content_not_by_its_name(
    read: Read, tmp_path: Path, name: str
) -> None:
    found = read(workbook(tmp_path / name))

    assert (found.reading.kind, found.reading.items) == (Format.XLSX, 3)


def test_an_old_workbook_is_read_whatever_it_is_called(read: Read, tmp_path: Path) -> None:
    rows = (("Код", "Наименование", "Остаток"), ("A-1", "Гитара", 5), ("A-2", "Бас", "нет"))

    found = read(old_workbook(tmp_path / "price.xlsx", rows))

    assert found.reading.kind is Format.XLS
    assert found.offer("A-1").availability.qty_max == 5
    assert found.offer("A-2").name == "Бас"


def test_a_member_without_a_name_is_none(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"price.csv": csv_text().encode()})
    with zipfile.ZipFile(path, "a") as archive, archive.open(zipfile.ZipInfo(""), "w") as member:
        member.write(b"junk")

    assert read(path).reading.items == 3


def test_another_kind_than_the_profile_says_is_refused(read: Read, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read(workbook(tmp_path / "a.csv"), a_profile(read=Reading(format=Format.CSV)))

    assert refused.value.refusal.code is RefusalCode.WRONG_TYPE


@pytest.mark.parametrize("wanted", ["", "~остатки.*\\.csv$", "остатки*.CSV"])
def test_the_list_is_found_in_an_archive(read: Read, tmp_path: Path, wanted: str) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {
            "папка/остатки 20.11.csv": csv_text().encode("cp1251"),
            "~$остатки.csv": b"lock",
            "readme.pdf": b"%PDF",
        },
    )

    assert read(path, a_profile(unpack=Unpack(member=wanted))).reading.items == 3


def test_all_members_that_fit_make_one_snapshot(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {name: csv_text().encode() for name in ("a.csv", "b.csv")})

    found = read(path)

    assert found.reading.items == 6
    assert {one.sheet for one in found.offers} == {"a.csv", "b.csv"}


def test_archives_may_lie_in_one_another_but_not_without_end(read: Read, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "1.zip", {"a.csv": csv_text().encode()})
    twice = zipped(tmp_path / "2.zip", {"1.zip": inner.read_bytes()})
    thrice = zipped(tmp_path / "3.zip", {"2.zip": twice.read_bytes()})

    assert read(twice).reading.items == 3
    with pytest.raises(FileRefused) as refused:
        read(thrice)
    assert refused.value.refusal.code is RefusalCode.ARCHIVE_BOMB


def test_names_in_an_archive_are_only_labels(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"../../../evil.csv": csv_text().encode()})

    assert read(path).reading.items == 3
    assert not list(tmp_path.parent.rglob("evil.csv"))


def test_an_archive_without_a_list_is_refused(read: Read, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read(zipped(tmp_path / "a.zip", {"readme.pdf": b"%PDF"}))

    assert refused.value.refusal.code is RefusalCode.NO_MEMBER


def test_what_inflates_too_far_is_a_bomb_before_it_is_written(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": bytes(3 * 1024 * 1024)})

    with pytest.raises(FileRefused) as refused:
        read(path, a_profile(limits=ReadLimits(inflated_mib=2)))

    assert refused.value.refusal.code is RefusalCode.ARCHIVE_BOMB


def test_too_many_members_are_a_bomb(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{n}.csv": b"a" for n in range(20)})

    with pytest.raises(FileRefused) as refused:
        read(path, a_profile(limits=ReadLimits(members=10)))

    assert refused.value.refusal.code is RefusalCode.ARCHIVE_BOMB


def test_a_header_that_lies_about_the_size_is_found_out(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": csv_text().encode() * 100})
    true_size = len(csv_text().encode()) * 100
    path.write_bytes(
        path.read_bytes().replace(true_size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    )

    with pytest.raises(FileRefused) as refused:
        read(path)

    assert refused.value.refusal.code is RefusalCode.TRUNCATED


def test_two_far_corners_are_named_as_what_they_are(read: Read, tmp_path: Path) -> None:
    cells = (
        f'<row r="1">{inline("A1", "Код")}</row><row r="1048576">{inline("XFD1048576", "x")}</row>'
    )

    with pytest.raises(FileRefused, match="16384 cells") as refused:
        read(bare_sheet(tmp_path / "a.xlsx", cells))

    assert refused.value.refusal.code is RefusalCode.ARCHIVE_BOMB


def test_a_long_list_with_many_columns_is_no_bomb(read: Read, tmp_path: Path) -> None:
    cells = (
        f'<row r="1">{inline("A1", "Код")}{inline("B1", "Наименование")}</row>'
        f'<row r="70000">{inline("A70000", "A-1")}{inline("B70000", "x")}</row>'
    )

    assert read(bare_sheet(tmp_path / "a.xlsx", cells)).offer("A-1").row_no == 70000


def test_an_archive_with_a_password_is_refused(read: Read, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": csv_text().encode()})
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert archive.infolist()[0].header_offset == 0
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))

    with pytest.raises(FileRefused) as refused:
        read(path)

    assert refused.value.refusal.code is RefusalCode.PASSWORD_PROTECTED


def test_a_workbook_cut_anywhere_is_refused(read: Read, tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx").read_bytes()

    for part in range(1, 20):
        with pytest.raises(FileRefused) as refused:
            read(whole[: len(whole) * part // 20])
        assert refused.value.refusal.code is RefusalCode.TRUNCATED


def test_a_foreign_archive_without_its_unpacker_says_what_to_install(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert shutil.which("bsdtar") is None

    with pytest.raises(FileRefused, match="libarchive-tools"):
        read(b"Rar!\x1a\x07\x00" + bytes(100))


def test_an_archive_whose_front_was_cut_off_is_refused(read: Read, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", {"a.csv": csv_text().encode() * 50}).read_bytes()

    with pytest.raises(FileRefused) as refused:
        read(b"PK\x03\x04" + whole[40:])

    assert refused.value.refusal.code is RefusalCode.TRUNCATED
