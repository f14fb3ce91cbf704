"""Files of suppliers, made by code: no real price list is kept here."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from openpyxl.styles import PatternFill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl.styles.colors import Color

HEADER = ("Код", "Артикул", "Наименование", "Бренд", "Остаток", "РРЦ", "Дилер")
ROWS = (
    ("A-1", "F310", "Гитара F310", "Yamaha", 5, 12990, 9000),
    ("A-2", "QX1204USB", "Пульт QX1204USB", "Behringer", "нет", "1 234,50", "990,00"),
    ("A-3", "DR-1.5", "Чехол DR-1.5", "Dunlop", "> 10", 100.5, 80),
)


def workbook(
    path: Path,
    rows: Iterable[Sequence[Any]] = (HEADER, *ROWS),
    *,
    sheet: str = "TDSheet",
    at: tuple[int, int] = (0, 0),
    merges: Iterable[tuple[int, int, int, int, str]] = (),
    hidden: Mapping[str, Iterable[Sequence[Any]]] | None = None,
) -> Path:
    """Write an XLSX; `merges` are first row, first column, last row, last column, text."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows, start=at[0]):
            page.write_row(number, at[1], row)
        for merge in merges:
            page.merge_range(*merge)
        for name, others in (hidden or {}).items():
            other = book.add_worksheet(name)
            other.hide()
            for number, row in enumerate(others):
                other.write_row(number, 0, row)
    return path


def styled_workbook(path: Path, yellow: str | Color = "FFFFFF00") -> Path:
    """Write an XLSX in which yellow means stock and a number format keeps zeros."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Код", "Модель", "Заметка дилера"])
    page.append([123, "F310", "секрет"])
    page.append([124, "F370", "секрет"])
    page["A2"].number_format = page["A3"].number_format = "00000"
    page["B2"].fill = PatternFill("solid", fgColor=yellow)
    page.column_dimensions["C"].hidden = True
    book.save(path)
    return path


def csv_text(rows: Iterable[Sequence[Any]] = (HEADER, *ROWS), delimiter: str = ";") -> str:
    """Return rows as delimited text without quotes."""
    return "".join(delimiter.join(map(str, row)) + "\r\n" for row in rows)


def yml(offers: str, date: str = "2026-11-20 10:00", head: str = "") -> str:
    """Return a YML feed around offers."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<yml_catalog date="{date}"><shop>'
        '<categories><category id="1">Гитары</category>'
        '<category id="2" parentId="1">Акустические</category></categories>'
        f"<offers>{offers}</offers></shop></yml_catalog>"
    )


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def members_of(path: Path) -> dict[str, bytes]:
    """Return what a zip holds."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bare_sheet(path: Path, cells: str, dimension: str = "A1") -> Path:
    """Write an XLSX whose one sheet has these cells as XML, and states this dimension."""
    with io.BytesIO() as memory:
        with xlsxwriter.Workbook(memory) as book:
            book.add_worksheet("Лист1")
        memory.seek(0)
        with zipfile.ZipFile(memory) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>'
    ).encode()
    return zipped(path, members)


def inline(reference: str, text: str) -> str:
    """Return a cell with an inline text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def spreadsheetml(rows: str) -> str:
    """Return SpreadsheetML 2003 around rows."""
    return (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Прайс"><Table>{rows}</Table></Worksheet></Workbook>'
    )


def dbf(path: Path, fields: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> Path:
    """Write a dBASE III table of texts in cp866; a row whose first cell is ``*`` is deleted."""
    record = 1 + sum(width for _, width in fields)
    head = struct.pack("<BBBBIHH20x", 3, 126, 11, 24, len(rows), 33 + 32 * len(fields), record)
    parts = [head]
    parts += [
        struct.pack("<11sc4xBB14x", name.encode("ascii"), b"C", width, 0) for name, width in fields
    ]
    parts.append(b"\r")
    for row in rows:
        deleted, cells = (b"*", row[1:]) if row[0] == "*" else (b" ", row)
        texts = [
            cell.encode("cp866").ljust(width)[:width]
            for cell, (_, width) in zip(cells, fields, strict=True)
        ]
        parts.append(deleted + b"".join(texts))
    path.write_bytes(b"".join([*parts, b"\x1a"]))
    return path


def old_workbook(path: Path, rows: Sequence[Sequence[str | int]]) -> Path:
    """Write an XLS: BIFF8 records in the one stream of a compound file."""
    records: list[bytes] = []
    for number, row in enumerate(rows):
        for at, value in enumerate(row):
            place = struct.pack("<HHH", number, at, 0)
            if isinstance(value, int):
                records.append(_biff(0x0203, place + struct.pack("<d", value)))
            else:
                text = value.encode("utf-16-le")
                records.append(_biff(0x0204, place + struct.pack("<HB", len(value), 1) + text))
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    sheet = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0)) + _biff(0x0200, size)
    sheet += b"".join(records) + _biff(0x000A, b"")
    start = _biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x05, 0, 0, 0, 0))
    start += _biff(0x0042, struct.pack("<H", 1200))
    name = struct.pack("<HBB", 0, 6, 0) + b"Sheet1"
    offset = len(start) + 4 + 4 + len(name) + 4
    stream = start + _biff(0x0085, struct.pack("<I", offset) + name) + _biff(0x000A, b"") + sheet
    path.write_bytes(_compound("Workbook", stream))
    return path


def _biff(kind: int, content: bytes) -> bytes:
    """Return one record of a BIFF stream."""
    return struct.pack("<HH", kind, len(content)) + content


def _compound(name: str, stream: bytes) -> bytes:
    """Return a compound file with one stream, long enough to need no short sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
                        0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    head += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    chain = [*range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{2 + sectors}I", 0xFFFFFFFD, 0xFFFFFFFE, *chain).ljust(512, b"\xff")
    root = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0)
    folder = (root + _entry(name, 2, child=0xFFFFFFFF, start=2, size=len(stream))).ljust(512, b"\0")
    return head + table + folder + stream


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    """Return one entry of a compound file's directory."""
    text = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def opendocument(path: Path, rows: Sequence[Sequence[str | int]]) -> Path:
    """Write an ODS."""
    table = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        f' xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0"'
        f' xmlns:text="{office}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Прайс">{table}</table:table>'
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0"/>'
    return zipped(
        path,
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        },
    )


def _ods_cell(value: str | int) -> str:
    """Return a cell of an ODS."""
    if isinstance(value, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return (
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    )
