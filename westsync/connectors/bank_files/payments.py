"""From a statement's documents to payments (1C contract 5.1)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from westsync.domain.ledger import LedgerRef, MoneyKind, Payment
from westsync.domain.purposes import read_purpose
from westsync.domain.requisites import KOPECK

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from westsync.connectors.bank_files.parser import Document

_PURPOSE = "НазначениеПлатежа"
_PURPOSE_PARTS = 6
_LEADING_INN = re.compile(r"^ИНН\s*(\d+)\s*(?:КПП\s*\d+\s*)?", re.IGNORECASE)
_AMOUNT = re.compile(r"\d+(?:[.,-]\d{1,2})?")
_PAYER, _RECIPIENT = "Плательщик", "Получатель"


class BadDocument(ValueError):
    """A document of the statement that cannot be read; says what and how to cure it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """Payer or recipient of a document."""

    accounts: frozenset[str]
    account: str
    inn: str
    name: str


def payment_of(document: Document, ours: frozenset[str], zone: ZoneInfo) -> Payment | None:
    """Return the payment of a document; None for a transfer between our own accounts.

    Args:
        document: As it stands in the file.
        ours: Our own accounts, as the file names them.
        zone: In whose midnight a day begins.

    Raises:
        BadDocument: A sum or date cannot be read, or none of the accounts is ours.
    """
    payer, recipient = _side(document, _PAYER), _side(document, _RECIPIENT)
    is_in = bool(recipient.accounts & ours)
    is_out = bool(payer.accounts & ours)
    if is_in and is_out:
        return None
    if not is_in and not is_out:
        raise BadDocument("neither account is one of ours (РасчСчет); ask the bank for the header")
    written_on = _date(document, "Дата")
    if is_in and not document.values.get("ДатаПоступило"):
        return None  # the money has not arrived yet (contract 5.1)
    moved_on = _date(document, "ДатаПоступило" if is_in else "ДатаСписано", written_on)
    purpose, amount = _purpose(document), _amount(document)
    other = payer if is_in else recipient
    number = document.values.get("Номер", "")
    # Money back to a buyer is negative, as in 1C; only the purpose tells it from other payments.
    is_refund = is_out and read_purpose(purpose).is_refund
    own = min((recipient if is_in else payer).accounts & ours)
    return Payment(
        ref=_ref(
            own,
            "in" if is_in else "out",
            number,
            f"{written_on:%d.%m.%Y}",
            f"{amount}",
            other.account,
            purpose,
        ),
        kind=MoneyKind.BANK if is_in else MoneyKind.OUT,
        number=number,
        at=datetime.combine(moved_on, time(), zone).astimezone(UTC),
        dated=moved_on,
        amount=-amount if is_refund else amount,
        inn=other.inn,
        payer=other.name,
        incoming_number=number,
        incoming_on=written_on,
        purpose=purpose,
        operation=document.kind,
    )


def _side(document: Document, who: str) -> _Side:
    values = document.values
    numbers = [values.get(f"{who}{suffix}", "") for suffix in ("Счет", "РасчСчет")]
    inn = re.split(r"\D", values.get(f"{who}ИНН", "").strip(), maxsplit=1)[0]  # "ИНН/КПП" as well
    before_name = _LEADING_INN.match(values.get(who, ""))
    if not inn and before_name is not None:  # some banks write it nowhere else
        inn = before_name[1]
    name = _LEADING_INN.sub("", values.get(f"{who}1") or values.get(who, ""))
    return _Side(
        accounts=frozenset(filter(None, numbers)),
        account=next(filter(None, numbers), ""),
        inn=inn if inn.strip("0") else "",  # banks write 0 for a person without one
        name=name.strip(),
    )


def _purpose(document: Document) -> str:
    whole = document.values.get(_PURPOSE)
    if whole:
        return whole
    parts = (document.values.get(f"{_PURPOSE}{n}", "") for n in range(1, _PURPOSE_PARTS + 1))
    return " ".join(filter(None, parts))


def _amount(document: Document) -> Decimal:
    text = document.values.get("Сумма", "").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not _AMOUNT.fullmatch(text):
        raise BadDocument(f"Сумма={text!r} is no sum such as 120000.00")
    try:
        return Decimal(re.sub("[,-]", ".", text)).quantize(KOPECK)
    except InvalidOperation:
        raise BadDocument(f"Сумма={text!r} has too many digits") from None


def _date(document: Document, key: str, otherwise: date | None = None) -> date:
    text = document.values.get(key, "")
    if not text and otherwise is not None:
        return otherwise
    try:
        return datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadDocument(f"{key}={text!r} is no date such as 01.02.2025") from None


def _ref(*parts: str) -> LedgerRef:
    """Return a key that is the same in every statement that shows the document, and in any file."""
    return LedgerRef(f"bank:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()}")
