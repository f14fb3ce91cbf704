"""Four hundred payments as payers write them, each with what it truly is for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.unit.domain.ledger_documents import a_payment, an_invoice, ref
from westsync.domain.ledger import LedgerInvoice, LedgerRef, MoneyKind, Payment

if TYPE_CHECKING:
    from random import Random

NEW_YEAR = date(2025, 1, 1)
MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
HEADS = (
    "Оплата по счету № ",
    "Оплата по сч.№",
    "ОПЛАТА СЧЕТА N ",
    "Опл. сч. ",
    "Оплата за звуковое оборудование по счёту №",
    "Предоплата 50% по счету-договору № ",
    "Оплата счета на оплату №",
    "За товар, счет #",
    "оплата по счеиу № ",
    "оплата по сечту №",
    "Доплата по счету No. ",
)
TAILS = (
    ". В т.ч. НДС 20% - 20000.00",
    " Без налога (НДС)",
    ", НДС не облагается",
    " за микрофоны, 2 шт. Сумма 120000-00",
    " по договору № 15 от 03.01.2025",
    "",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WildPayment:
    """A payment and the truth about it.

    Attributes:
        shares: What it is for; empty if it is for no invoice, or nobody can know.
        style: How it was written.
        is_matchable: The purpose and payer say all that the contract asks for.
        meant: The invoice that a person should be shown; None if nothing points at one.
    """

    payment: Payment
    style: str
    shares: dict[LedgerRef, Decimal] = field(default_factory=dict)
    is_matchable: bool = False
    meant: LedgerRef | None = None


def inn_of(number: int) -> str:
    """Return a valid ИНН of an organisation."""
    digits = f"78{number:07d}"
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return digits + str(sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11 % 10)


class Market:
    """Buyers, their invoices of two years and of two number series, and payments for them."""

    def __init__(self, random: Random) -> None:
        """Make buyers and invoices."""
        self._random = random
        self._buyers = [inn_of(number) for number in range(40)]
        self.invoices: list[LedgerInvoice] = []
        for year, start in ((2024, date(2024, 3, 1)), (2025, NEW_YEAR)):
            for number in range(1, 201):
                day = start + timedelta(days=number * 300 // 200)
                series = random.choice(("0000", "ВТ00"))
                self.invoices.append(
                    an_invoice(
                        f"{series}-{number:06d}",
                        dated=day,
                        ref=ref(f"{series}-{number}-{year}"),
                        total=Decimal(random.randrange(1000_00, 500_000_00)) / 100,
                        inn=random.choice(self._buyers),
                    )
                )
        self._fresh = [one for one in self.invoices if one.dated.year == 2025]
        random.shuffle(self._fresh)

    def payments(self, count: int) -> list[WildPayment]:
        """Return payments of all styles; an invoice is paid by at most one story."""
        styles = (
            [self._whole] * 10
            + [self._undated] * 4
            + [self._partial, self._over, self._double, self._two, self._two] * 2
            + [self._third_party, self._wrong_year, self._wrong_date, self._wrong_number]
            + [self._refund_in, self._nameless, self._torn, self._not_an_invoice]
        )
        found: list[WildPayment] = []
        while len(found) < count:
            found += self._random.choice(styles)()
        return found[:count]

    # -- stories -------------------------------------------------------------------------------

    def _whole(self) -> list[WildPayment]:
        invoice = self._take()
        return [self._for(invoice, invoice.total, self._dated(invoice), "whole")]

    def _undated(self) -> list[WildPayment]:
        invoice = self._take()
        purpose = f"{self._random.choice(HEADS[:8])}{self._quoted(invoice)}{self._tail()}"
        payment = self._for(invoice, invoice.total, purpose, "undated")
        return [replace(payment, is_matchable=self._is_only(invoice, payment.payment))]

    def _partial(self) -> list[WildPayment]:
        invoice = self._take()
        half = (invoice.total / 2).quantize(Decimal("0.01"))
        return [self._for(invoice, half, self._dated(invoice), "partial")]

    def _over(self) -> list[WildPayment]:
        invoice = self._take()
        return [self._for(invoice, invoice.total + 5000, self._dated(invoice), "over")]

    def _double(self) -> list[WildPayment]:
        invoice = self._take()
        return [self._for(invoice, invoice.total, self._dated(invoice), "double") for _ in range(2)]

    def _two(self) -> list[WildPayment]:
        first = self._take()
        second = next((one for one in self._fresh if one.inn == first.inn), None)
        if second is None:
            return []
        self._fresh.remove(second)
        sign = self._random.choice(("№", "N "))
        purpose = (
            f"Оплата по счетам {sign}{self._quoted(first)} от {first.dated:%d.%m.%y}"
            f"{self._random.choice((', ', ' и ', '; '))}"
            f"{sign}{self._quoted(second)} от {second.dated:%d.%m.%Y}{self._tail()}"
        )
        amount = first.total + second.total
        paid = self._for(max(first, second, key=lambda one: one.dated), amount, purpose, "two")
        shares = {first.ref: first.total, second.ref: second.total}
        return [replace(paid, shares=shares, meant=first.ref)]

    def _third_party(self) -> list[WildPayment]:
        invoice = self._take()
        paid = self._for(invoice, invoice.total, self._dated(invoice), "third party")
        other = self._random.choice([inn for inn in self._buyers if inn != invoice.inn])
        payment = replace(paid.payment, inn=other)
        return [replace(paid, payment=payment, is_matchable=False)]

    def _wrong_year(self) -> list[WildPayment]:
        invoice = self._take()
        wrong = invoice.dated.replace(year=2024, day=min(invoice.dated.day, 28))
        return [self._misdated(invoice, wrong, "wrong year")]

    def _wrong_date(self) -> list[WildPayment]:
        invoice = self._take()
        return [self._misdated(invoice, invoice.dated + timedelta(days=1), "wrong date")]

    def _wrong_number(self) -> list[WildPayment]:
        """A slip in the number; the sum may still point at the invoice."""
        invoice = self._take()
        digits = int(invoice.number[-6:])
        purpose = f"Оплата по счету № {digits + 1000} от {invoice.dated:%d.%m.%Y}"
        paid = self._for(invoice, invoice.total, purpose, "wrong number")
        return [replace(paid, is_matchable=False)]

    def _refund_in(self) -> list[WildPayment]:
        invoice = self._take()
        purpose = f"Возврат ошибочно перечисленного по счету № {self._quoted(invoice)}"
        paid = self._for(invoice, invoice.total, purpose, "refund")
        return [replace(paid, shares={}, is_matchable=False)]

    def _nameless(self) -> list[WildPayment]:
        invoice = self._take()
        paid = self._for(invoice, invoice.total, "Оплата за товар. НДС 20%", "nameless")
        return [replace(paid, is_matchable=False)]

    def _torn(self) -> list[WildPayment]:
        invoice = self._take()
        digits = f"{int(invoice.number[-6:]):03d}"
        purpose = f"оплата по счету № {digits[0]} {digits[1:]} от {invoice.dated:%d.%m.%Y}"
        paid = self._for(invoice, invoice.total, purpose, "torn")
        return [replace(paid, is_matchable=False)]

    def _not_an_invoice(self) -> list[WildPayment]:
        purpose = self._random.choice(
            (
                "Оплата за товар по счет-фактуре 77 от 01.02.2025",
                "Перевод на расчетный счет 40702810200000000001",
                "По договору № 12 от 01.02.2025",
                "Проценты за счет средств банка 5 от 01.02.2025",
            )
        )
        amount = Decimal(self._random.randrange(1_00, 900_00)) / 100
        payer = self._random.choice(self._buyers)
        payment = a_payment(str(amount), purpose, dated=date(2025, 11, 1), inn=payer)
        return [WildPayment(payment=payment, style="no invoice")]

    # -- how it is written ---------------------------------------------------------------------

    def _for(
        self, invoice: LedgerInvoice, amount: Decimal, purpose: str, style: str
    ) -> WildPayment:
        day = invoice.dated + timedelta(days=self._random.randrange(20))
        kind = self._random.choice((MoneyKind.BANK, MoneyKind.BANK, MoneyKind.CASH))
        payment = a_payment(str(amount), purpose, dated=day, inn=invoice.inn, kind=kind)
        return WildPayment(
            payment=payment,
            style=style,
            shares={invoice.ref: payment.amount},
            is_matchable=True,
            meant=invoice.ref,
        )

    def _misdated(self, invoice: LedgerInvoice, wrong: date, style: str) -> WildPayment:
        purpose = f"Оплата по счету № {self._quoted(invoice)} от {wrong:%d.%m.%Y}"
        paid = self._for(invoice, invoice.total, purpose, style)
        taken = any(
            one.inn == invoice.inn and one.dated == wrong and one.number[-6:] == invoice.number[-6:]
            for one in self.invoices
        )
        # The wrong date may be the right one of another invoice: then nobody can know.
        shares = {} if taken else paid.shares
        return replace(paid, shares=shares, is_matchable=False)

    def _dated(self, invoice: LedgerInvoice) -> str:
        day = invoice.dated
        written = self._random.choice(
            (
                f"{day:%d.%m.%Y}",
                f"{day:%d.%m.%y}г",
                f"{day.day}.{day.month}.{day.year}",
                f"{day.day} {MONTHS[day.month - 1]} {day.year} г.",
                f"{day:%d/%m/%Y}",
            )
        )
        glue = self._random.choice((" от ", " ОТ ", "от ", ", от "))
        return f"{self._random.choice(HEADS)}{self._quoted(invoice)}{glue}{written}{self._tail()}"

    def _quoted(self, invoice: LedgerInvoice) -> str:
        series, digits = invoice.number.split("-")
        short = str(int(digits))
        if series == "0000":
            return self._random.choice((invoice.number, short, digits))
        return self._random.choice((invoice.number, f"ВТ-{short}", f"BT-{short}", short))

    def _tail(self) -> str:
        return self._random.choice(TAILS)

    def _take(self) -> LedgerInvoice:
        return self._fresh.pop() if self._fresh else self._more()

    def _more(self) -> LedgerInvoice:
        """Issue one more invoice, of a day on which everything else was issued before."""
        number = len(self.invoices) + 1
        invoice = an_invoice(
            f"0000-{number:06d}",
            dated=date(2025, 10, 1) + timedelta(days=number % 25),
            total=Decimal(self._random.randrange(1000_00, 500_000_00)) / 100,
            inn=self._random.choice(self._buyers),
        )
        self.invoices.append(invoice)
        return invoice

    def _is_only(self, invoice: LedgerInvoice, payment: Payment) -> bool:
        """Return whether number and payer alone say which invoice it is (7.4 c)."""
        since = payment.dated - timedelta(days=400)
        return not any(
            one.inn == invoice.inn
            and one.ref != invoice.ref
            and one.number[-6:] == invoice.number[-6:]
            and since <= one.dated <= payment.dated
            for one in self.invoices
        )
