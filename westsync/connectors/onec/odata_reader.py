"""The ledger read through the standard OData interface (1C contract 4)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.connectors.onec import query
from westsync.connectors.onec.articles import by_article
from westsync.connectors.onec.documents import (
    HEAD,
    Factura,
    factura_of,
    invoice_of,
    payment_of,
    shipment_of,
)
from westsync.connectors.onec.orders import Links
from westsync.connectors.onec.parties import Parties, party_in
from westsync.connectors.onec.slices import walk
from westsync.connectors.onec.statuses import Statuses
from westsync.connectors.onec.tables import Table
from westsync.domain.ledger import LedgerHealth, MoneyKind
from westsync.domain.requisites import number_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.slices import Ask
    from westsync.connectors.onec.tables import Row
    from westsync.domain.ledger import (
        Counterparty,
        Item,
        LedgerInvoice,
        LedgerRef,
        Payment,
        Shipment,
    )

ORDER, NEWEST_FIRST = "Date,Ref_Key", "Date desc,Ref_Key desc"
# A Счёт-фактура may be issued some days after the shipment (five by law).
FACTURA_LAG = timedelta(days=14)
_MONEY = {
    "bank_receipt": MoneyKind.BANK,
    "cash_receipt": MoneyKind.CASH,
    "card_receipt": MoneyKind.CARD,
    "payment_out": MoneyKind.OUT,
}

log = structlog.get_logger()


class ODataReader:
    """`westsync.ports.ledger.LedgerReader` of a base; thread-safe as its session is."""

    def __init__(self, base: Base) -> None:
        """Bind; nothing is asked yet."""
        self._base = base
        self._zone = base.config.tz
        self._parties = Parties(base)
        self._links = Links(base)
        self._statuses = Statuses(base)

    def health(self) -> LedgerHealth:
        """Ask for one row of what everything needs, and compare the names (4.9.15)."""
        self._base.ask(
            "organization",
            lambda table: self._base.rows(table, "", table.select("ref", "name"), top=1),
        )
        names = self._base.names()
        return LedgerHealth(
            missing=(*names.missing, *names.absent),
            capabilities=frozenset({"client_ref"} if self._base.honours_keys else ()),
        )

    def counterparties(self, inn: str) -> Sequence[Counterparty]:
        """Return all counterparties with this ИНН, also marked ones."""
        return self._parties.with_inn(inn)

    def items(self, articles: Sequence[str]) -> Mapping[str, Sequence[Item]]:
        """Return the catalogue's items by article; an unknown article is absent."""
        return by_article(self._base, articles)

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return one invoice by key; None if there is none."""
        row = self._base.ask("invoice", lambda table: self._base.entity(table, ref))
        return None if row is None else self._invoices([row], self._statuses.of(ref))[0]

    def find_invoices(self, number: str, dated: date) -> Sequence[LedgerInvoice]:
        """Return invoices with this number, of that day's year; also without its prefix."""
        wanted = number_key(number)
        exact = f"Number eq {query.literal(number.strip())}"
        found = self._in_year(exact, dated)
        if not found and wanted.digits is not None:
            found = self._in_year(f"endswith(Number,{query.literal(str(wanted.digits))})", dated)
        rows = [row for row in found if wanted.means(number_key(row.text("number")))]
        return self._invoices(rows, self._statuses.known())

    def invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk invoices to clients of a window, drafts and marked ones too."""
        statuses = self._statuses.known()
        for rows in self._window("invoice", since, until, _head):
            yield self._invoices(rows, statuses)

    def supplier_invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk suppliers' invoices of a window; none where the base does not publish them."""
        if self._base.has("supplier_invoice"):
            for rows in self._window("supplier_invoice", since, until, _head):
                yield self._invoices(rows, {})

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk money of a window: in by bank, cash and card, and out.

        Cash, cards and money out are left out where the base does not publish them; `health`
        names what is left out.
        """
        self._links.forget()
        for word, kind in _MONEY.items():
            if word != "bank_receipt" and not self._base.has(word):
                continue
            for rows in self._window(word, since, until):
                self._parties.learn(party_in(row) for row in rows)
                self._links.learn(rows)
                yield [self._payment(row, kind) for row in rows]

    def shipments(self, since: date, until: date) -> Iterator[Sequence[Shipment]]:
        """Walk shipments of a window with their Счёт-фактура."""
        facturas = self._facturas(since, until + FACTURA_LAG)
        for rows in self._window("shipment", since, until, Table.select):
            yield [shipment_of(row, self._zone, facturas) for row in rows]

    def print_form(self, ref: LedgerRef, form: str) -> bytes | None:
        """Return nothing: OData has no print forms (4.10)."""
        del ref, form
        return None

    # -- for the writer, which reads back what it wrote ----------------------------------------

    def as_invoice(self, row: Row) -> LedgerInvoice:
        """Return an invoice of an answer to a write."""
        return self._invoices([row], {})[0]

    def around(self, word: str, dated: date, days: int) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk invoices to clients, or suppliers', some days around a date."""
        margin = timedelta(days=days)
        for rows in self._window(word, dated - margin, dated + margin + timedelta(days=1), _head):
            yield self._invoices(rows, {})

    # -- parts ---------------------------------------------------------------------------------

    def _window(
        self,
        word: str,
        since: date,
        until: date,
        select: Callable[[Table], Sequence[str]] | None = None,
        also: Callable[[Table], str] | None = None,
    ) -> Iterator[list[Row]]:
        """Walk the documents of our organisation in a window; empty pages are left out."""
        ours = self._base.organization().ref

        def ask(
            begin: datetime, end: datetime, top: int | None, *, newest_first: bool = False
        ) -> list[Row]:
            def question(table: Table) -> list[Row]:
                chosen = () if select is None else select(table)
                further = "" if also is None else also(table)
                condition = query.all_of(query.in_window(begin, end), _of(table, ours), further)
                order = NEWEST_FIRST if newest_first else ORDER
                return self._base.rows(table, condition, chosen, order=order, top=top)

            return self._base.ask(word, question)

        yield from _ours(ask, since, until, ours)

    def _in_year(self, condition: str, dated: date) -> list[Row]:
        begin, end = date(dated.year, 1, 1), date(dated.year + 1, 1, 1)
        ours = self._base.organization().ref

        def question(table: Table) -> list[Row]:
            window = query.in_window(_midnight(begin), _midnight(end))
            return self._base.rows(
                table, query.all_of(condition, window, _of(table, ours)), _head(table)
            )

        rows = self._base.ask("invoice", question)
        return [row for row in rows if _is_of(row, ours) and _year_of(row) == dated.year]

    def _invoices(
        self, rows: Sequence[Row], statuses: Mapping[LedgerRef, str]
    ) -> list[LedgerInvoice]:
        self._parties.learn(party_in(row) for row in rows)
        rouble = self._base.rouble() if any(row.ref("currency") for row in rows) else None
        return [
            invoice_of(
                row,
                self._zone,
                buyer=self._parties.known(party_in(row)),
                rouble=rouble,
                status=self._statuses.status_of(row, statuses),
            )
            for row in rows
        ]

    def _payment(self, row: Row, kind: MoneyKind) -> Payment:
        return payment_of(
            row,
            self._zone,
            kind,
            payer=self._parties.known(party_in(row)),
            invoice_of_link=self._links.invoice_of,
        )

    def _facturas(self, since: date, until: date) -> Mapping[LedgerRef, Factura]:
        """Return posted Счета-фактуры of sales by their shipment."""
        found: dict[LedgerRef, Factura] = {}
        if not self._base.has("factura"):
            return found
        for rows in self._window("factura", since, until, also=_of_sales):
            for row in rows:
                if _is_of_sales(row) and row.flag("posted") and not row.flag("marked"):
                    shipments, factura = factura_of(row)
                    found |= dict.fromkeys(shipments, factura)
        return found


def _ours(ask: Ask, since: date, until: date, ours: LedgerRef) -> Iterator[list[Row]]:
    for rows in walk(ask, _midnight(since), _midnight(until)):
        kept = [row for row in rows if _is_of(row, ours)]
        if kept:
            yield kept


def _of(table: Table, organization: LedgerRef) -> str:
    """Return the condition that a document is of our organisation; empty if it has no such."""
    column = table.columns.get("organization")
    return "" if column is None else f"{column.name} eq {query.guid(organization)}"


def _of_sales(table: Table) -> str:
    """Return the condition that a Счёт-фактура is for a sale and not for an advance (4.9.12)."""
    column, words = table.columns.get("kind"), table.words.get("sale", ())
    if column is None or not words:
        return ""
    return f"{column.name} eq {query.literal(words[0])}"


def _is_of_sales(row: Row) -> bool:
    return "kind" not in row.table.columns or row.text("kind") in row.table.words.get("sale", ())


def _is_of(row: Row, organization: LedgerRef) -> bool:
    return "organization" not in row.table.columns or row.ref("organization") == organization


def _year_of(row: Row) -> int | None:
    day = row.day("date")
    return None if day is None else day.year


def _head(table: Table) -> list[str]:
    """Return what is asked of an invoice; its stages where it has no sum of its own (4.8)."""
    chosen = table.select(*HEAD)
    if "total" not in table.columns and "stages" in table.sections:
        section = table.sections["stages"]
        chosen += [f"{section.entity}/{name}" for name in section.select()]
    return chosen


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
