"""The keys under which we make things in 1C, so that making twice is making once (8.1)."""

from __future__ import annotations

import uuid

from westsync.domain.ledger import LedgerRef


def invoice_ref(deal: str, number: int) -> LedgerRef:
    """Return the key of the n-th invoice that we make for a deal (1C contract 8.1)."""
    return _ref(f"urn:westsync:megaplan:deal:{deal}:invoice:{number}")


def invoice_marker(deal: str, number: int) -> str:
    """Return what stands in the comment of that invoice, for people (1C contract 8.1)."""
    return f"WS:megaplan:deal:{deal}:invoice:{number}"


def counterparty_ref(inn: str, kpp: str) -> LedgerRef:
    """Return the key of a counterparty that we create (1C contract 8.1)."""
    return _ref(f"urn:westsync:inn:{inn}:kpp:{kpp or '-'}")


def _ref(name: str) -> LedgerRef:
    return LedgerRef(str(uuid.uuid5(uuid.NAMESPACE_URL, name)))
