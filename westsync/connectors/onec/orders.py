"""УТ and КА: money names an order, and the invoice's basis names the same order (4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec import query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Row, Table
    from westsync.domain.ledger import LedgerRef

_WORDS = ("order", "basis")


class Links:
    """Finds the invoice that a row of a payment means."""

    def __init__(self, base: Base) -> None:
        """Bind; nothing is asked yet."""
        self._base = base
        self._by_order: dict[LedgerRef, LedgerRef | None] = {}

    def learn(self, payments: Iterable[Row]) -> None:
        """Look up the invoices of orders that a page of payments names."""
        orders = {
            (link.kind_of(word), ref)
            for payment in payments
            for link in payment.rows("links")
            for word in _WORDS
            if (ref := link.ref(word)) is not None and self._is_order(link, word)
        }
        unknown = sorted(pair for pair in orders if pair[1] not in self._by_order)
        if not unknown:
            return

        def question(table: Table) -> list[Row]:
            # Without a cast the comparison of a composite field is always false (4.4).
            conditions = (
                f"{table.name('basis')} eq cast({query.guid(ref)}, {query.literal(kind)})"
                for kind, ref in unknown
            )
            return self._base.any_of(table, conditions, "", table.select("ref", "basis", "marked"))

        found: dict[LedgerRef, set[LedgerRef]] = {}
        for row in self._base.ask("invoice", question):
            order = row.ref("basis")
            if order is not None and not row.flag("marked"):
                found.setdefault(order, set()).add(row.key())
        for _, order in unknown:
            invoices = found.get(order, set())
            # Several invoices of one order: the money is not linked with any of them.
            self._by_order[order] = next(iter(invoices)) if len(invoices) == 1 else None

    def invoice_of(self, link: Row) -> LedgerRef | None:
        """Return the invoice that a row names by itself or by its order; None if none."""
        direct = link.ref("invoice")
        if direct is not None:
            return direct
        for word in _WORDS:
            ref = link.ref(word)
            if ref is None:
                continue
            if self._is_order(link, word):
                return self._by_order.get(ref)
            if link.kind_of(word) == self._base.table("invoice").entity:
                return ref
        return None

    def forget(self) -> None:
        """Look everything up anew: an order may have got its invoice since."""
        self._by_order = {}

    def _is_order(self, link: Row, word: str) -> bool:
        return link.kind_of(word).startswith("Document_Заказ")
