"""What a file is, by its content and never by its name (suppliers contract 4)."""

from __future__ import annotations

import contextlib
import mmap
import re
import struct
import zipfile
import zlib
from enum import StrEnum
from typing import TYPE_CHECKING
from xml.parsers import expat

from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.reading.encodings import SAMPLE_BYTES, guess_encoding
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode

if TYPE_CHECKING:
    from pathlib import Path


class Wrapping(StrEnum):
    """A file that holds other files."""

    ZIP = "zip"
    GZIP = "gzip"
    RAR = "rar"
    SEVEN_ZIP = "7z"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DBF_VERSIONS = frozenset({0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5})
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|meta|body|table|style|div|center|title)\b", re.IGNORECASE
)
_NOT_LISTS = ((b"%PDF", "a PDF, whose tables cannot be read"), (b"MIME-Version:", "a web archive"))
_SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_ROOTS = {"yml_catalog": Format.YML, "КоммерческаяИнформация": Format.COMMERCEML}


def detect(path: Path) -> Format | Wrapping:
    """Return what the file is.

    Raises:
        FileRefused: It is empty, a cut archive, an encrypted workbook, or XML with entities.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if not head.strip(b"\0 \r\n\t"):
        raise FileRefused(RefusalCode.EMPTY, "the file is empty; fetch it again")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if head.startswith(_OLE):
        return _ole(path)
    if head.startswith(b"\x1f\x8b"):
        return Wrapping.GZIP
    for sign, what in _NOT_LISTS:
        if head.startswith(sign):
            raise FileRefused(RefusalCode.WRONG_TYPE, f"{what}; ask for XLSX or CSV")
    if head.startswith(b"Rar!"):
        return Wrapping.RAR
    if head.startswith(b"7z\xbc\xaf"):
        return Wrapping.SEVEN_ZIP
    if _is_dbf(head, path.stat().st_size):
        return Format.DBF
    return _text(head)


def _zipped(path: Path) -> Format | Wrapping:
    """Tell workbooks from archives by what is inside."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").lower() for name in archive.namelist()}
            if "mimetype" in names and _is_opendocument(archive):
                return Format.ODS
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as exc:
        raise FileRefused(
            RefusalCode.TRUNCATED, f"the zip has no readable end ({exc}); fetch it again"
        ) from exc
    if "xl/workbook.bin" in names:
        return Format.XLSB
    return Format.XLSX if "[content_types].xml" in names else Wrapping.ZIP


def _is_opendocument(archive: zipfile.ZipFile) -> bool:
    """Whether the member ``mimetype`` names OpenDocument."""
    name = next(name for name in archive.namelist() if name.lower() == "mimetype")
    with archive.open(name) as member:
        return b"opendocument" in member.read(100)


def _ole(path: Path) -> Format:
    """Tell old workbooks from other compound files by the names of their streams."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise FileRefused(
                RefusalCode.PASSWORD_PROTECTED,
                "the workbook is encrypted; ask the supplier for one without a password",
            )
        for stream in ("Workbook", "Book", "WORKBOOK", "BOOK"):
            if content.find(stream.encode("utf-16-le")) >= 0:
                return Format.XLS
    raise FileRefused(
        RefusalCode.WRONG_TYPE, "an old Office file without a workbook: cut off, or of Word?"
    )


def _is_dbf(head: bytes, size: int) -> bool:
    """Whether the first byte is a DBF version and the header's lengths fit the file."""
    if len(head) < 65 or head[0] not in _DBF_VERSIONS:
        return False
    records, header, record = struct.unpack("<IHH", head[4:12])
    if header < 65 or not record or header > size or header + records * record > size + record:
        return False
    return head[header - 1 : header] == b"\r" or head[header - 264 : header - 263] == b"\r"


def _text(head: bytes) -> Format:
    """Tell XML, HTML and JSON from plain text."""
    encoding = guess_encoding(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff \r\n\t")
    if text.startswith("<"):
        return _marked_up(head, text)
    if text.startswith(("{", "[")):
        return Format.JSON
    if _is_binary(text[:4096]):
        raise FileRefused(
            RefusalCode.WRONG_TYPE,
            "neither a workbook, an archive, XML nor text; look at what the supplier sends",
        )
    return Format.CSV


def _is_binary(text: str) -> bool:
    """Whether more than a twentieth of the signs are controls; a stray NUL makes no binary."""
    return sum(sign < " " and sign not in "\t\r\n\x1a" for sign in text) * 20 > len(text)


def _marked_up(head: bytes, text: str) -> Format:
    """Tell the kinds of XML by their root, and HTML by its looks."""
    declared = text[:2048].lower()
    if not declared.startswith("<?xml") and _HTML.search(text[:2048]):
        return Format.HTML
    if "<!ENTITY" in text.upper():
        raise FileRefused(
            RefusalCode.ENTITY_DECLARED,
            "the XML declares entities, which no price list needs; ask the supplier",
        )
    root = _root(head)
    namespace, _, name = root.rpartition("}")
    if name.lower() in {"html", "table"}:
        return Format.HTML
    if name == "Workbook" and namespace == _SPREADSHEETML:
        return Format.SPREADSHEETML
    if not name:
        return Format.HTML if _HTML.search(text[:2048]) else _root_by_looks(text)
    return _ROOTS.get(name, Format.XML)


def _root(head: bytes) -> str:
    """Return the root element as ``namespace}name``; empty if the head is not well-formed."""
    found: list[str] = []

    def start(name: str, _: object) -> None:
        if not found:
            found.append(name)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    # A repair may still make sense of what is broken; the root was usually seen before the error.
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError):
        parser.Parse(head, False)
    return found[0] if found else ""


def _root_by_looks(text: str) -> Format:
    """Tell XML that expat refuses from its first lines."""
    for name, kind in _ROOTS.items():
        if f"<{name}" in text:
            return kind
    return Format.SPREADSHEETML if _SPREADSHEETML in text else Format.XML
