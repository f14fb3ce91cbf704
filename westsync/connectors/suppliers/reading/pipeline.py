"""One file from bytes to staged offers; runs inside the limited child (suppliers contract 4-7)."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.reading import moments
from westsync.connectors.suppliers.reading.default_fields import completed
from westsync.connectors.suppliers.reading.expected_kind import need_expected
from westsync.connectors.suppliers.reading.feeds import (
    Around,
    commerceml_records,
    json_records,
    xml_records,
)
from westsync.connectors.suppliers.reading.offer_rows import OfferRows, RowReader
from westsync.connectors.suppliers.reading.plan import PlanMaker
from westsync.connectors.suppliers.reading.quantity import Quantities
from westsync.connectors.suppliers.reading.records import JsonPaths, XmlPaths
from westsync.connectors.suppliers.reading.results import (
    FileRefused,
    Layout,
    Note,
    Reading,
    RefusalCode,
)
from westsync.connectors.suppliers.reading.staging import Staging
from westsync.connectors.suppliers.reading.stated_moment import StatedMoment
from westsync.connectors.suppliers.reading.stock_cells import StockCells
from westsync.connectors.suppliers.reading.table_files import TABLES, Tables
from westsync.connectors.suppliers.reading.tables import TableCounts, read_sheet
from westsync.connectors.suppliers.reading.unpacking import unpack
from westsync.connectors.suppliers.reading.xml_events import Repaired, is_cut

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.reading.fields import Lookups
    from westsync.connectors.suppliers.reading.sheets import Row
    from westsync.connectors.suppliers.reading.unpacking import Part

_ROOT_DATES = {Format.YML: "date", Format.COMMERCEML: "ДатаФормирования"}
_RECORDS = {Format.YML: "offer", Format.XML: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the child is to do.

    Attributes:
        path: The fetched file.
        name: What it was called where it came from.
        staging: File to write offers to; must not exist.
        work: Empty folder for inflated members.
        now: Present moment, UTC.
    """

    path: Path
    name: str
    profile: Profile
    staging: Path
    work: Path
    now: datetime


def read_file(task: Task) -> Reading:
    """Read one file into its staging file.

    XML is read strictly first; only if that fails, and the profile allows it, through the repair.

    Raises:
        FileRefused: The file is unusable.
    """
    profile = task.profile
    parts = unpack(task.path, profile.unpack, profile.limits, task.work)
    for part in parts:
        need_expected(part, profile.read.format)
    try:
        return _attempt(task, parts)
    except LookupError as exc:
        if isinstance(exc, KeyError | IndexError):
            raise
        raise FileRefused(
            RefusalCode.DAMAGED, f"{exc}: nobody knows this encoding; set read.encoding"
        ) from exc


def _attempt(task: Task, parts: list[Part]) -> Reading:
    """Read strictly, and if that fails with a repair."""
    try:
        return _Reader(task, parts, repair=False).read()
    except ParseError as exc:
        if not task.profile.read.repair or is_cut(exc):
            raise _unreadable(exc) from exc
    task.staging.unlink()
    try:
        return _Reader(task, parts, repair=True).read()
    except ParseError as exc:
        raise _unreadable(exc) from exc


class _Reader:
    """One attempt at a file."""

    def __init__(self, task: Task, parts: list[Part], *, repair: bool) -> None:
        """Open the staging file.

        Args:
            task: From the parent.
            parts: Files to read, of one kind.
            repair: Whether XML goes through the repair.
        """
        self._task = task
        self._parts = parts
        self._kind = parts[0].kind
        self._repair = repair
        self._profile = completed(task.profile, self._kind)
        self._lookups: Lookups = {}
        self._layouts: list[Layout] = []
        self._notes: dict[Note, None] = dict.fromkeys([Note.REPAIRED] if repair else [])
        self._counts = TableCounts()
        self._encoding = self._delimiter = ""
        self._stated = StatedMoment(self._profile.accept.as_of, task.now)
        today = task.now.date()
        excluded = frozenset(self._profile.fields.stock.excluded)
        self._stock = StockCells(Quantities(self._profile.quantity, today), today, excluded)

    def read(self) -> Reading:
        """Read all parts."""
        with Staging(self._task.staging) as staging:
            rows = OfferRows(staging, self._stock, self._profile.price)
            if self._kind in TABLES:
                self._tables(rows)
            elif self._kind is Format.JSON:
                self._json(rows)
            else:
                self._xml(rows)
            rows.finish()
        return self._reading(rows)

    def _tables(self, rows: OfferRows) -> None:
        """Read sheets; those without a header do no harm if others have one."""
        unread: list[Layout] = []
        for part in self._parts:
            tables = Tables(part, self._profile, repair=self._repair)
            for sheet in tables.sheets():
                layout, head = read_sheet(sheet, self._profile, rows, self._counts, self._lookups)
                (unread if layout.missing == ("header",) else self._layouts).append(layout)
                self._see_cells(head)
            self._encoding, self._delimiter = tables.encoding, tables.delimiter
            if tables.undecodable:
                self._notes[Note.UNDECODABLE] = None
        if not self._layouts:
            if self._kind is Format.HTML and self._profile.read.format is not Format.HTML:
                raise FileRefused(
                    RefusalCode.NOT_A_FILE_HTML,
                    "a web page without the list's columns came instead of the file (log-in or"
                    " maintenance?); open its address in a browser",
                )
            self._layouts = unread

    def _json(self, rows: OfferRows) -> None:
        """Read the objects of a JSON document."""
        around = Around(self._path_rule(), self._lookups)
        self._encoding = self._profile.read.encoding or "utf-8-sig"
        for part in self._parts:
            reader = self._record_reader(rows, JsonPaths(), part.name)
            records = json_records(part.path, self._encoding, self._profile.read.items, around)
            self._stage(reader, records)
        self._saw(around)

    def _xml(self, rows: OfferRows) -> None:
        """Read the elements of a feed."""
        around = Around(self._path_rule(), self._lookups)
        encoding = self._profile.read.encoding
        self._encoding = encoding
        reader = self._record_reader(rows, XmlPaths(), "")
        with ExitStack() as stack:
            files = [self._opened(stack, part.path) for part in self._parts]
            if self._kind is Format.COMMERCEML:
                self._stage(reader, commerceml_records(files, around, encoding))
            else:
                item = self._item()
                for file in files:
                    self._stage(reader, xml_records(file, item, around, encoding))
        if around.delta:
            self._notes[Note.DELTA] = None
        self._saw(around)

    def _opened(self, stack: ExitStack, path: Path) -> IO[bytes] | Repaired:
        """Open an XML file, through the repair if this is the second attempt."""
        file = stack.enter_context(path.open("rb"))
        return Repaired(file) if self._repair else file

    def _item(self) -> str:
        """Return the element of one offer."""
        item = self._profile.read.item or _RECORDS[self._kind]
        if not item:
            raise FileRefused(
                RefusalCode.WRONG_TYPE,
                "an XML of the supplier's own; set read.item to the element of one offer",
            )
        return item

    def _record_reader(
        self, rows: OfferRows, locator: XmlPaths | JsonPaths, name: str
    ) -> RowReader:
        """Compile the fields for records."""
        plan = PlanMaker(locator, self._lookups).plan(self._profile.fields)
        layout = Layout(
            name=name,
            header=tuple(plan.columns),
            columns=plan.columns,
            missing=plan.missing,
            absent=plan.absent,
        )
        self._layouts.append(layout)
        return RowReader(rows, plan, name, skip=self._counts.skip, fleeting=True)

    @staticmethod
    def _stage(reader: RowReader, records: Iterable[object]) -> None:
        """Stage records."""
        for number, record in enumerate(records, start=1):
            reader.read(record, number)
        reader.flush()

    def _path_rule(self) -> str:
        """Return the path of the moment, if the profile names one."""
        rule = self._profile.accept.as_of
        return rule.path if rule is not None else ""

    def _saw(self, around: Around) -> None:
        """Take the moment a feed states."""
        stated = _ROOT_DATES.get(self._kind, "")
        self._stated.note(around.found, around.wanted)
        if self._profile.accept.as_of is None and stated:
            self._stated.note(around.root.get(stated, ""), f"@{stated}")

    def _see_cells(self, head: list[Row]) -> None:
        """Look for the moment in the cells above the data."""
        rule = self._profile.accept.as_of
        if rule is not None and rule.cell:
            self._stated.note(moments.in_cells(head, rule), "cell")

    def _reading(self, rows: OfferRows) -> Reading:
        """Put the result together."""
        tally, counts = rows.tally, self._counts
        self._stated.look_in(self._task.name, *(part.name for part in self._parts))
        as_of, doubt = self._stated.read()
        if doubt is not None:
            self._notes[doubt] = None
        return Reading(
            staging=str(self._task.staging),
            kind=self._kind,
            encoding=self._encoding,
            delimiter=self._delimiter,
            layouts=tuple(self._layouts),
            fingerprint=_fingerprint(self._layouts),
            items=tally.items,
            in_stock=tally.in_stock,
            categories=counts.categories,
            skipped=counts.skipped,
            bad_rows=tally.bad_rows,
            unknown_quantities=tally.unknown_quantities,
            flags={flag: times for flag, times in tally.flags.items() if times},
            notes=tuple(self._notes),
            quantities=self._stock.told(),
            as_of=as_of,
            as_of_source=self._stated.source if as_of else "",
            compared_prices=rows.prices.compared,
            broken_order=rows.prices.broken_order,
            roles=self._profile.sells_in,
            skipped_samples=tuple(counts.samples),
        )


def _unreadable(error: ParseError) -> FileRefused:
    """Return the refusal of XML that cannot be read."""
    if is_cut(error):
        return FileRefused(
            RefusalCode.TRUNCATED, f"the XML ends before its root does ({error}); fetch it again"
        )
    return FileRefused(
        RefusalCode.DAMAGED, f"the XML is broken ({error}); ask the supplier to mend the export"
    )


def _fingerprint(layouts: list[Layout]) -> str:
    """Return a hash of the headers with their sheets."""
    text = "\n".join("\t".join((layout.name, *layout.header)) for layout in layouts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
