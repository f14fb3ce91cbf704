"""What people do by hand where the base is "Управление торговлей" (contract 4.8).

Orders, invoices made on their basis, money that points at the order. Sums are roubles; moments are
the server's naive wall clock; keys are texts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.sandbox.onec import ut11
from westsync.sandbox.onec.bp30 import PARTIES
from westsync.sandbox.onec.cashier import Cashier
from westsync.sandbox.onec.furnishing import ORGANISATION, ROUBLE
from westsync.sandbox.onec.locking import locked
from westsync.sandbox.onec.values import Ref

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.sandbox.onec.accountant import Money


class Trader(Cashier):
    """The base and the people who trade in it."""

    @locked
    def make_order(self, counterparty: str, total: Money, *, at: datetime | None = None) -> str:
        """Post a buyer's order."""
        row = self.create(
            ut11.ORDER,
            Date=at or self.wall_clock,
            Организация=ORGANISATION,
            Контрагент=Ref(PARTIES, counterparty),
            СуммаДокумента=Decimal(total),
        )
        self.post(ut11.ORDER, row["Ref"])
        return str(row["Ref"])

    @locked
    def bill_order(self, order: str, *, comment: str = "", at: datetime | None = None) -> str:
        """Post an invoice on the basis of an order."""
        basis = self.need(ut11.ORDER, order)
        moment = at or self.wall_clock
        stage = {"LineNumber": 1, "ДатаПлатежа": moment, "ПроцентПлатежа": Decimal(100)}
        row = self.create(
            ut11.INVOICE,
            Date=moment,
            Организация=ORGANISATION,
            Контрагент=basis["Контрагент"],
            ДокументОснование=Ref(ut11.ORDER, order),
            Валюта=ROUBLE,
            СуммаДокумента=basis["СуммаДокумента"],
            Комментарий=comment,
            ЭтапыГрафикаОплаты=({**stage, "СуммаПлатежа": basis["СуммаДокумента"]},),
        )
        self.post(ut11.INVOICE, row["Ref"])
        return str(row["Ref"])

    @locked
    def receive_for_order(
        self, order: str, amount: Money, *, purpose: str = "", at: datetime | None = None
    ) -> str:
        """Enter money by bank whose row points at an order."""
        basis = self.need(ut11.ORDER, order)
        link, total = Ref(ut11.ORDER, order), Decimal(amount)
        line = {"LineNumber": 1, "Заказ": link, "ОснованиеПлатежа": link}
        row = self.create(
            ut11.BANK_IN,
            Date=at or self.wall_clock,
            Организация=ORGANISATION,
            Контрагент=basis["Контрагент"],
            СуммаДокумента=total,
            НазначениеПлатежа=purpose,
            ПроведеноБанком=True,
            ДатаПроведенияБанком=at or self.wall_clock,
            РасшифровкаПлатежа=({**line, "Сумма": total, "СуммаВзаиморасчетов": total},),
        )
        self.post(ut11.BANK_IN, row["Ref"])
        return str(row["Ref"])

    @locked
    def set_order_state(self, order: str, state: str) -> None:
        """Set the state of an order in its register."""
        ref = Ref(ut11.ORDER, order)
        key = self.record_key(ut11.ORDER_STATES, {"Заказ": ref})
        if self.store.get(ut11.ORDER_STATES, key) is not None:
            self.store.remove(ut11.ORDER_STATES, key)
        self.create(ut11.ORDER_STATES, Заказ=ref, Состояние=state, ДатаСобытия=self.wall_clock)
