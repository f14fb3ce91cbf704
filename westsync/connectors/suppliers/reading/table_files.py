"""Which reader gives the sheets of a file; heavy libraries are loaded only for their own format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.reading.csv_rows import CsvFile, undecodable
from westsync.connectors.suppliers.reading.inflating import check_workbook
from westsync.connectors.suppliers.reading.spreadsheetml import spreadsheetml_sheets
from westsync.connectors.suppliers.reading.xml_events import Repaired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.reading.sheets import Sheet
    from westsync.connectors.suppliers.reading.unpacking import Part

_ZIPPED = frozenset({Format.XLSX, Format.XLSB, Format.ODS})
TABLES = _ZIPPED | {Format.XLS, Format.CSV, Format.DBF, Format.HTML, Format.SPREADSHEETML}
"""Formats that are read as tables; the others are read as records."""


class Tables:
    """The tables of one file.

    Attributes:
        encoding, delimiter: Of text; empty where there is none, known once sheets were walked.
        undecodable: Bytes were found that the encoding does not have.
    """

    def __init__(self, part: Part, profile: Profile, *, repair: bool) -> None:
        """Choose a reader.

        Args:
            part: The file.
            profile: Of the source.
            repair: Whether XML goes through the repair.
        """
        self._part = part
        self._profile = profile
        self._repair = repair
        self.encoding = profile.read.encoding
        self.delimiter = ""
        self.undecodable = False

    def sheets(self) -> Iterator[Sheet]:
        """Yield the sheets to read.

        Raises:
            FileRefused: The file is a bomb, encrypted or damaged.
            xml.etree.ElementTree.ParseError: SpreadsheetML is not well-formed.
        """
        kind, name = self._part.kind, self._part.name
        match kind:
            case Format.CSV:
                yield self._csv(name)
            case Format.DBF:
                yield self._dbf(name)
            case Format.HTML:
                yield from self._html(name)
            case Format.SPREADSHEETML:
                yield from self._spreadsheetml(name)
            case _:
                yield from self._workbook(name)

    def _workbook(self, name: str) -> Iterator[Sheet]:
        """Read a workbook, with styles only if the profile needs them."""
        if self._part.kind in _ZIPPED:
            check_workbook(self._part.path, self._profile.limits)
        if self._profile.read.styles and self._part.kind is Format.XLSX:
            from westsync.connectors.suppliers.reading.styled_workbooks import (  # noqa: PLC0415 - loads openpyxl
                styled_sheets,
            )

            yield from styled_sheets(self._part.path, self._profile, name)
        else:
            from westsync.connectors.suppliers.reading.workbooks import (  # noqa: PLC0415 - loads calamine
                workbook_sheets,
            )

            yield from workbook_sheets(self._part.path, self._profile, name)

    def _csv(self, name: str) -> Sheet:
        """Read a delimited text."""
        file = CsvFile(self._part.path, self._profile.read)
        self.encoding, self.delimiter = file.encoding, file.delimiter
        self.undecodable = undecodable(self._part.path, file.encoding)
        return file.sheet(name)

    def _dbf(self, name: str) -> Sheet:
        """Read a dBASE table."""
        from westsync.connectors.suppliers.reading.dbf_rows import (  # noqa: PLC0415 - loads dbfread
            dbf_encoding,
            dbf_sheet,
        )

        self.encoding = self.encoding or dbf_encoding(self._part.path)
        return dbf_sheet(self._part.path, self.encoding, name)

    def _html(self, name: str) -> Iterator[Sheet]:
        """Read the tables of a page."""
        from westsync.connectors.suppliers.reading.html_tables import (  # noqa: PLC0415 - loads selectolax
            html_encoding,
            html_sheets,
        )

        self.encoding = self.encoding or html_encoding(self._part.path)
        yield from html_sheets(self._part.path, self.encoding, self._profile.table.css, name)

    def _spreadsheetml(self, name: str) -> Iterator[Sheet]:
        """Read SpreadsheetML."""
        with self._part.path.open("rb") as file:
            source = Repaired(file) if self._repair else file
            yield from spreadsheetml_sheets(source, self._profile.table.sheets, name)
