"""Pages of the WestSync service, and payments row by row (contract 3.4)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from westsync.sandbox.onec.bp30 import BANK_IN, BANK_OUT, CASH_IN, PARTIES, RECEIPTS
from westsync.sandbox.onec.settlement import REFUND
from westsync.sandbox.onec.values import EMPTY_MOMENT, Ref, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.sandbox.onec.infobase import Infobase

Values = dict[str, Any]


class Cursor(NamedTuple):
    """Where a page ended: the moment it is ordered by, and the key."""

    at: datetime
    key: str

    def __str__(self) -> str:
        """Render as the opaque text that clients send back."""
        return urlsafe_b64encode(f"{self.at.isoformat()}|{self.key}".encode()).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what a client sent back.

        Raises:
            ValueError: It is no cursor of ours.
        """
        at, _, key = urlsafe_b64decode(text).decode().partition("|")
        return cls(datetime.fromisoformat(at), key)


def page(
    keyed: Iterable[tuple[Cursor, list[Values]]], after: Cursor | None, limit: int
) -> tuple[list[Values], str | None]:
    """Return the items of one page and the cursor of the next, None at the end.

    A document's items stay together, so that a page may exceed the limit.

    Args:
        keyed: Documents with their items, in any order.
        after: End of the page before; None for the first.
        limit: How many items are wanted, at least 1.
    """
    waiting = sorted(
        (one for one in keyed if after is None or one[0] > after), key=lambda one: one[0]
    )
    items: list[Values] = []
    for place, (cursor, own) in enumerate(waiting, 1):
        items += own
        if len(items) >= limit and place < len(waiting):
            return items, str(cursor)
    return items, None


def payments(base: Infobase, since: datetime, until: datetime) -> list[tuple[Cursor, list[Values]]]:
    """Return receipts and refunds of a half-open interval, one item per row.

    Other outgoing money and what is marked for deletion is left out.

    Args:
        base: The base.
        since: First moment, naive wall clock.
        until: First moment after it, naive wall clock.
    """
    return [
        (Cursor(row["Date"], row["Ref"]), _items(base, entity, row))
        for entity in (*RECEIPTS, BANK_OUT)
        for row in base.store.dated(entity, since, until)
        if not row["DeletionMark"] and (entity != BANK_OUT or row["ВидОперации"] == REFUND)
    ]


def _items(base: Infobase, entity: str, row: Row) -> list[Values]:
    sign = -1 if entity == BANK_OUT else 1
    head = _head(base, entity, row, sign)
    lines = row["РасшифровкаПлатежа"]
    linked = [line for line in lines if isinstance(line["СчетНаОплату"], Ref)]
    if not linked:
        return [head] * max(1, len(lines))
    return [head | _link(line, sign) for line in lines]


def _head(base: Infobase, entity: str, row: Row, sign: int) -> Values:
    payer = base.store.follow(row["Контрагент"])
    is_known = payer is not None and row["Контрагент"].entity == PARTIES
    is_bank = entity in {BANK_IN, BANK_OUT}
    incoming = row.get("ДатаВходящегоДокумента", EMPTY_MOMENT)
    purpose = {BANK_IN: "НазначениеПлатежа", BANK_OUT: "НазначениеПлатежа", CASH_IN: "Основание"}
    return {
        "Ref": row["Ref"],
        "Number": row["Number"],
        "Date": row["Date"],
        "IncomingNumber": (row["НомерВходящегоДокумента"] or None) if is_bank else None,
        "IncomingDate": None if incoming == EMPTY_MOMENT else incoming,
        "PayerINN": (payer["ИНН"] or None) if payer and is_known else None,
        "PayerName": payer["Description"] if payer and is_known else None,
        "Amount": sign * row["СуммаДокумента"],
        "Purpose": row[purpose[entity]] if entity in purpose else None,
        "Posted": row["Posted"],
    }


def _link(line: Row, sign: int) -> Values:
    link = line["СчетНаОплату"]
    if not isinstance(link, Ref):
        return {}
    return {"InvoiceRef": link.key, "InvoiceAmount": sign * line["СуммаПлатежа"]}
