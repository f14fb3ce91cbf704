"""Zips inflated with a count of what really comes out, because headers lie (contract 11)."""

from __future__ import annotations

import contextlib
import re
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from westsync.connectors.suppliers.reading.cleaning import shown
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.connectors.suppliers.profile import ReadLimits

MIB = 1024 * 1024
_CHUNK = MIB
_RATIO = 200
_RATIO_FROM = 100 * MIB
_SCAN_UP_TO = 50 * MIB


class Inflated:
    """How much came out of the archives of one file."""

    def __init__(self, limits: ReadLimits) -> None:
        """Start with nothing.

        Args:
            limits: Of the source.
        """
        self._limits = limits
        self._total = 0

    def members(self, count: int) -> None:
        """Refuse an archive with more members than anybody packs."""
        if count > self._limits.members:
            raise FileRefused(
                RefusalCode.ARCHIVE_BOMB,
                f"{count} members in the archive, {self._limits.members} are allowed",
            )

    def add(self, count: int, packed: int) -> None:
        """Count bytes that came out of so many packed ones.

        Raises:
            FileRefused: It is more than a price list ever is.
        """
        self._total += count
        if self._total > self._limits.inflated_mib * MIB or (
            self._total > _RATIO_FROM and self._total > packed * _RATIO
        ):
            raise FileRefused(
                RefusalCode.ARCHIVE_BOMB,
                f"more than {self._total // MIB} MiB came out of {packed // 1024} KiB; if the list"
                " is honest, raise limits.inflated_mib of the source",
            )


def check_workbook(path: Path, limits: ReadLimits) -> None:
    """Refuse a zipped workbook that would inflate, or allocate, beyond its limits.

    calamine allocates rows x columns of the bounding box, so two far corners are enough to
    abort the process (suppliers contract 5.1); small files are looked through for them.

    Raises:
        FileRefused: It is a bomb, or damaged.
    """
    inflated = Inflated(limits)
    with opened_zip(path) as archive, path.open("rb") as file:
        members = archive.infolist()
        inflated.members(len(members))
        small = sum(member.file_size for member in members) <= _SCAN_UP_TO
        packed = path.stat().st_size
        for member in members:
            box = _Box() if small and _is_sheet(member.filename) else None
            for chunk in inflated_bytes(file, member):
                inflated.add(len(chunk), packed)
                if box is not None:
                    box.see(chunk)
            if box is not None and box.cells() > limits.cells:
                raise FileRefused(
                    RefusalCode.ARCHIVE_BOMB,
                    f"{shown(member.filename)}: a cell stands so far out that the table would have"
                    f" {box.rows} x {box.columns} cells; delete it, or raise limits.cells",
                )


class _Box:
    """How far the cells of a worksheet reach, told from its text."""

    _FAR = re.compile(rb'r="([A-Z]{2,3})[0-9]')
    _ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([0-9]{1,7})"')

    def __init__(self) -> None:
        """Start with a sheet of one row and of the columns A to Z."""
        self.rows = 1
        self.columns = 26
        self._rest = b""

    def see(self, chunk: bytes) -> None:
        """Look through the next part; what is cut in two is seen with the part after it.

        Rows ascend, so the last one of a part is its farthest: reading all of them would cost as
        much as reading the sheet. A sheet that lies even here meets the limit of memory.
        """
        text = self._rest + chunk
        far = set(self._FAR.findall(text))
        if far:
            self.columns = max(self.columns, *(_column(name) for name in far))
        last = self._ROW.search(text, max(text.rfind(b"row "), 4) - 4)
        if last is not None:
            self.rows = max(self.rows, int(last[1]))
        self._rest = text[-200:]

    def cells(self) -> int:
        """Return the cells of the bounding box."""
        return self.rows * self.columns


def _column(letters: bytes) -> int:
    """Return the number of a column from its letters, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _is_sheet(name: str) -> bool:
    """Whether a member is a worksheet; some exporters write backslashes and capitals."""
    return "worksheets/" in name.replace("\\", "/").lower()


def member_label(member: zipfile.ZipInfo) -> str:
    """Return a member's name for people; old packers wrote Russian names in cp866."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("cp866")
    return shown(name)


def opened_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise FileRefused(
            RefusalCode.TRUNCATED, f"the zip has no readable end ({exc}); fetch it again"
        ) from exc


def inflated_bytes(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes, however many there really are.

    `zipfile` stops at the size the header states, and so would not notice a lying one.
    """
    if member.header_offset < 0:
        # What stands before the archive was cut off, so that its own offsets point outside it.
        raise _damaged(member)
    file.seek(member.header_offset)
    head = file.read(30)
    if len(head) < 30 or not head.startswith(b"PK\x03\x04"):
        raise _damaged(member)
    name_length, extra_length = struct.unpack("<HH", head[26:30])
    file.seek(member.header_offset + 30 + name_length + extra_length)
    left, out, check = member.compress_size, 0, 0
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise FileRefused(
            RefusalCode.WRONG_TYPE,
            f"{member_label(member)}: packed by method {member.compress_type}; ask for a plain zip",
        )
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    machine = zlib.decompressobj(-15)
    try:
        while left > 0 or machine.unconsumed_tail:
            packed = machine.unconsumed_tail or file.read(min(_CHUNK // 4, left))
            if not packed:
                raise _damaged(member)
            left -= 0 if machine.unconsumed_tail else len(packed)
            chunk = machine.decompress(packed, _CHUNK) if deflated else packed
            out += len(chunk)
            check = zlib.crc32(chunk, check)
            yield chunk
            if deflated and machine.eof:
                break
        tail = machine.flush() if deflated else b""
        out += len(tail)
        check = zlib.crc32(tail, check)
        yield tail
    except zlib.error as exc:
        raise _damaged(member) from exc
    if out != member.file_size or check != member.CRC:
        raise _damaged(member)


def _damaged(member: zipfile.ZipInfo) -> FileRefused:
    """Return the refusal of a member whose bytes are not what its header says."""
    return FileRefused(
        RefusalCode.TRUNCATED,
        f"{member_label(member)}: the archive is cut or its header lies; fetch it again",
    )
