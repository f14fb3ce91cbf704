"""What the inside asks of the accounting system (1C contract 9).

Reader and writer are separate types: a base in ``readonly`` mode is a program without the writer.
Every method raises only the errors of `westsync.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from westsync.domain.ledger import (
        Buyer,
        Counterparty,
        InvoiceSpec,
        Item,
        LedgerHealth,
        LedgerInvoice,
        LedgerRef,
        Payment,
        Shipment,
    )


class LedgerReader(Protocol):
    """What we read. Windows are half open, ``[since, until)``, dates of the server's zone.

    A walk either comes to its end or raises: a window is never half told (1C contract 8.3).
    """

    def health(self) -> LedgerHealth:
        """Return what the base says of itself.

        Raises:
            AccessDenied: The credentials were refused, or a right is missing.
            Unavailable: Nobody answered, or no licence is free.
        """
        ...

    def counterparties(self, inn: str) -> Sequence[Counterparty]:
        """Return all counterparties with this ИНН, also marked ones."""
        ...

    def items(self, articles: Sequence[str]) -> Mapping[str, Sequence[Item]]:
        """Return the catalogue's items by article; an unknown article is absent."""
        ...

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return one invoice by key; None if there is none (look before repeating)."""
        ...

    def find_invoices(self, number: str, dated: date) -> Sequence[LedgerInvoice]:
        """Return invoices with this number as printed, of that day's year."""
        ...

    def invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk invoices to clients of a window, drafts and marked ones too."""
        ...

    def supplier_invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk suppliers' invoices of a window."""
        ...

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk money of a window: in by bank, cash and card, and out."""
        ...

    def shipments(self, since: date, until: date) -> Iterator[Sequence[Shipment]]:
        """Walk shipments of a window with their Счёт-фактура."""
        ...

    def print_form(self, ref: LedgerRef, form: str) -> bytes | None:
        """Return a document as PDF; None if the channel has no print forms (1C contract 4.10)."""
        ...


class LedgerWriter(Protocol):
    """What we write: one step at a time, each looked up before it is repeated (1C contract 8.2).

    Every method raises `Rejected` (a refusal with 1C's own text), `Unavailable` (certainly not
    done), `OutcomeUnknown` (look by key before repeating) or `AccessDenied`.
    """

    def ensure_counterparty(self, buyer: Buyer) -> Counterparty:
        """Return the buyer's counterparty; created only if the settings allow it.

        Raises:
            Rejected: Several fit, or none does and none may be created; a person decides.
        """
        ...

    def look_up(self, spec: InvoiceSpec) -> LedgerInvoice | None:
        """Return what an earlier attempt made, by key or by its marker; None if nothing.

        A base may ignore the key that we choose: then only the marker tells.
        """
        ...

    def create_invoice(self, spec: InvoiceSpec) -> LedgerInvoice:
        """Create the draft (or, where the channel is atomic, the posted invoice) under our key.

        One that exists already is returned as it is. A base that ignores our key gives its own:
        only the returned one counts from then on.
        """
        ...

    def post_invoice(self, ref: LedgerRef, version: str = "") -> LedgerInvoice:
        """Post the draft; posting twice is harmless. Returned as read back.

        Args:
            ref: Its key in 1C.
            version: The draft's version after our own last write: one that somebody else has
                written since is refused. Empty does not compare.
        """
        ...

    def register_supplier_invoice(
        self, spec: InvoiceSpec, number: str, dated: date
    ) -> LedgerInvoice:
        """Enter a supplier's invoice as a draft; ``spec.buyer`` is the supplier.

        Args:
            spec: Its contents, our key and marker.
            number: As printed on it.
            dated: Likewise.
        """
        ...
