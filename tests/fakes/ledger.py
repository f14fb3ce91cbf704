"""A 1C in memory that is read like the contract says and can be told to lapse.

`FakeLedger` is the port `LedgerReader`. A test plays the accountant with ``put`` and ``delete``,
and the server's lapses with ``break_next``, ``empty_next`` and ``hide_next``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from westsync.domain.ledger import (
    Counterparty,
    Item,
    LedgerHealth,
    LedgerInvoice,
    LedgerRef,
    Payment,
    Shipment,
)
from westsync.domain.requisites import number_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from westsync.errors import ConnectorError

Document = LedgerInvoice | Payment | Shipment
D = TypeVar("D", LedgerInvoice, Payment, Shipment)


class FakeLedger:
    """Documents of one organisation.

    Attributes:
        asked: Every read, e.g. ``payments 2026-11-21 2026-11-26`` or ``invoice <ref>``.
        page_size: Documents on a page.
    """

    def __init__(self, page_size: int = 2) -> None:
        """Begin empty."""
        self.asked: list[str] = []
        self.page_size = page_size
        self._kept: dict[tuple[str, LedgerRef], Document] = {}
        self._counterparties: list[Counterparty] = []
        self._items: list[Item] = []
        self._errors: dict[str, list[tuple[int, ConnectorError]]] = {}
        self._empty: Counter[str] = Counter()
        self._hidden: dict[str, set[LedgerRef]] = {}
        self.health_error: ConnectorError | None = None

    # -- the accountant ------------------------------------------------------------------------

    def put(self, *documents: Document) -> None:
        """Write documents; one with the same key is replaced."""
        for document in documents:
            self._kept[_shelf(document), document.ref] = document

    def put_supplier_invoice(self, invoice: LedgerInvoice) -> None:
        """Write a supplier's invoice."""
        self._kept["supplier_invoices", invoice.ref] = invoice

    def put_counterparty(self, counterparty: Counterparty) -> None:
        """Write a counterparty."""
        self._counterparties.append(counterparty)

    def put_item(self, item: Item) -> None:
        """Write an article."""
        self._items.append(item)

    def delete(self, ref: LedgerRef) -> None:
        """Delete a document for good."""
        self._kept = {key: one for key, one in self._kept.items() if key[1] != ref}

    # -- lapses of the server ------------------------------------------------------------------

    def break_next(self, kind: str, error: ConnectorError, after_pages: int = 0) -> None:
        """Have the next walk through a kind (``payments``, ...) break off after some pages."""
        self._errors.setdefault(kind, []).append((after_pages, error))

    def empty_next(self, kind: str, times: int = 1) -> None:
        """Have the next walks through a kind show nothing."""
        self._empty[kind] = times

    def hide_next(self, kind: str, *refs: LedgerRef) -> None:
        """Have the next walk through a kind leave out some documents."""
        self._hidden[kind] = set(refs)

    # -- LedgerReader --------------------------------------------------------------------------

    def health(self) -> LedgerHealth:
        """Return that all is well, or fail as told."""
        self.asked.append("health")
        if self.health_error is not None:
            raise self.health_error
        return LedgerHealth(configuration="Бухгалтерия предприятия 3.0")

    def counterparties(self, inn: str) -> Sequence[Counterparty]:
        """Return all counterparties with this ИНН."""
        return [one for one in self._counterparties if one.inn == inn]

    def items(self, articles: Sequence[str]) -> Mapping[str, Sequence[Item]]:
        """Return items by article."""
        found = {a: [one for one in self._items if one.article == a] for a in articles}
        return {article: items for article, items in found.items() if items}

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return an invoice to a client by key."""
        self.asked.append(f"invoice {ref}")
        found = self._kept.get(("invoices", ref))
        return found if isinstance(found, LedgerInvoice) else None

    def find_invoices(self, number: str, dated: date) -> Sequence[LedgerInvoice]:
        """Return invoices with this number, of that day's year."""
        key = number_key(number)
        return [
            one
            for (shelf, _), one in self._kept.items()
            if shelf == "invoices"
            and isinstance(one, LedgerInvoice)
            and number_key(one.number) == key
            and one.dated.year == dated.year
        ]

    def invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk invoices to clients."""
        return self._walk("invoices", LedgerInvoice, since, until)

    def supplier_invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk suppliers' invoices."""
        return self._walk("supplier_invoices", LedgerInvoice, since, until)

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk money."""
        return self._walk("payments", Payment, since, until)

    def shipments(self, since: date, until: date) -> Iterator[Sequence[Shipment]]:
        """Walk shipments."""
        return self._walk("shipments", Shipment, since, until)

    def print_form(self, ref: LedgerRef, form: str) -> bytes | None:
        """Return nothing: this base has no print forms."""
        del ref, form
        return None

    def _walk(self, shelf: str, kind: type[D], since: date, until: date) -> Iterator[Sequence[D]]:
        self.asked.append(f"{shelf} {since} {until}")
        errors = self._errors.get(shelf, [])
        breaks_after, error = errors.pop(0) if errors else (0, None)
        hidden = self._hidden.pop(shelf, set())
        shown = [
            one
            for (kept_on, ref), one in self._kept.items()
            if kept_on == shelf and ref not in hidden and isinstance(one, kind)
        ]
        shown = [one for one in shown if since <= one.dated < until]
        if self._empty[shelf]:
            self._empty[shelf] -= 1
            shown = []
        shown.sort(key=lambda one: (one.at, one.ref))
        pages = [
            shown[begin : begin + self.page_size] for begin in range(0, len(shown), self.page_size)
        ]
        for number, page in enumerate(pages):
            if error is not None and number == breaks_after:
                raise error
            yield page
        if error is not None and breaks_after >= len(pages):
            raise error


def _shelf(document: Document) -> str:
    match document:
        case LedgerInvoice():
            return "invoices"
        case Payment():
            return "payments"
        case Shipment():
            return "shipments"
