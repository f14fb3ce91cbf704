"""Clients: whom 1C's invoices name by ИНН beside the payers that Megaplan knows.

Megaplan owns its clients: nothing is changed there, the report and a comment tell what to mend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.backfill import Category, Difference, Finding, Owner, Remedy, Span, Subject
from westsync.domain.requisites import is_inn
from westsync.jobs.backfill.bills import REJECTED, is_cancelled
from westsync.jobs.backfill.knots import inns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from westsync.domain.ledger import LedgerInvoice
    from westsync.domain.records import DealRecord
    from westsync.journal.backfill import Workbook
    from westsync.ports.ledger import LedgerReader


class ClientComparison:
    """Compares the buyers of one working file."""

    def __init__(self, workbook: Workbook, span: Span, ledger: LedgerReader | None) -> None:
        """Work on what was read for a span.

        Args:
            workbook: What was read.
            span: Which days.
            ledger: To ask for counterparties without an invoice, one request each; None leaves
                that out, because a missing invoice tells of its buyer already.
        """
        self._workbook = workbook
        self._store = workbook.store
        self._span = span
        self._ledger = ledger

    def findings(self) -> Iterator[Finding]:
        """Yield every finding, in the order of the ИНН."""
        met: set[str] = set()
        for party, invoices in self._workbook.buyers(self._span):
            issued = [one for one in invoices if one.posted and not is_cancelled(one)]
            if issued and is_inn(party):
                met.add(party)
                yield from self._of_buyer(party, issued)
        if self._ledger is not None:
            yield from self._of_megaplan(met, self._ledger)

    def _of_buyer(self, inn: str, invoices: Sequence[LedgerInvoice]) -> Iterator[Finding]:
        clients = tuple(dict.fromkeys(p.client_id for p in self._store.mirror.payers_with(inn)))
        if len(clients) == 1:
            yield self._finding(Category.MATCH, "same", inn, invoices, client=clients[0])
        elif clients:
            yield self._finding(
                Category.AMBIGUOUS,
                "several_clients",
                inn,
                invoices,
                client=clients[0],
                candidates=tuple(self._name(client) for client in clients),
            )
        else:
            yield from self._of_unknown(inn, invoices)

    def _of_unknown(self, inn: str, invoices: Sequence[LedgerInvoice]) -> Iterator[Finding]:
        """Say what is wrong with a buyer whom no payer names; where his deals are known, there."""
        deals = [deal for one in invoices for deal in self._deals_of(one)]
        if any(inns_of(self._store, deal) for deal in deals):
            return  # the deal's client has another ИНН: the invoice's own row says so
        if not deals:
            yield self._finding(Category.MISSING_IN_MEGAPLAN, "buyer_unknown", inn, invoices)
            return
        lacking = Difference(field="inn", megaplan="", onec=inn, owner=Owner.MEGAPLAN)
        yield self._finding(
            Category.DIFFERS,
            "client_without_inn",
            inn,
            invoices,
            client=deals[0].client_id or "",
            deal=deals[0].id,
            differences=(lacking,),
            remedy=Remedy.COMMENT,
        )

    def _deals_of(self, invoice: LedgerInvoice) -> Iterator[DealRecord]:
        claimed = self._workbook.claimed_by(invoice.ref)
        for deal_id in [claimed] if claimed else self._store.ledger.deals_of(invoice.ref):
            deal = self._store.mirror.deal(deal_id)
            if deal is not None:
                yield deal

    # -- from the other side -------------------------------------------------------------------

    def _of_megaplan(self, met: set[str], ledger: LedgerReader) -> Iterator[Finding]:
        """Ask 1C for the clients that have a bill and whom none of its invoices named."""
        for deal in self._workbook.deals():
            bills = [one for one in deal.invoices if one.status != REJECTED]
            if not any(one.issued_on is not None and one.issued_on in self._span for one in bills):
                continue
            for inn in sorted(inns_of(self._store, deal) - met):
                met.add(inn)
                if is_inn(inn):
                    yield self._of_client(inn, deal, ledger)

    def _of_client(self, inn: str, deal: DealRecord, ledger: LedgerReader) -> Finding:
        known = [one for one in ledger.counterparties(inn) if not one.marked]
        if not known:
            category, reason = Category.MISSING_IN_1C, "client_not_in_onec"
        elif len({one.kpp for one in known}) < len(known):
            category, reason = Category.AMBIGUOUS, "several_counterparties"
        else:
            category, reason = Category.MATCH, "same"
        return Finding(
            subject=Subject.CLIENTS,
            category=category,
            reason=reason,
            deal=deal.id,
            client=deal.client_id or "",
            inn=inn,
            name=self._name(deal.client_id or ""),
            candidates=tuple(one.name for one in known) if len(known) > 1 else (),
            remedy=Remedy.NONE if category is Category.MATCH else Remedy.COMMENT,
        )

    # -- parts ---------------------------------------------------------------------------------

    def _finding(
        self,
        category: Category,
        reason: str,
        inn: str,
        invoices: Sequence[LedgerInvoice],
        *,
        client: str = "",
        deal: str = "",
        differences: tuple[Difference, ...] = (),
        candidates: tuple[str, ...] = (),
        remedy: Remedy = Remedy.NONE,
    ) -> Finding:
        first = invoices[0]
        return Finding(
            subject=Subject.CLIENTS,
            category=category,
            reason=reason,
            client=client,
            deal=deal,
            ref=first.counterparty or "",
            number=first.number,
            dated=first.dated,
            inn=inn,
            name=self._name(client),
            amount=sum((one.total for one in invoices[1:]), first.total),
            differences=differences,
            candidates=candidates,
            remedy=remedy,
        )

    def _name(self, client_id: str) -> str:
        client = self._store.mirror.client(client_id) if client_id else None
        return client_id and f"#{client_id}" if client is None else f"#{client_id} {client.name}"
