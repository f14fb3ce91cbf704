"""What people enter into the catalogues by hand; keys are texts."""

from __future__ import annotations

from datetime import date, datetime

from westsync.sandbox.onec import bp30
from westsync.sandbox.onec.furnishing import (
    ORGANISATION,
    ORGANISATION_KIND,
    PERSON_KIND,
    PIECE,
    ROUBLE,
)
from westsync.sandbox.onec.infobase import Infobase
from westsync.sandbox.onec.values import Ref


class Clerk(Infobase):
    """The base and the people who keep its catalogues."""

    def add_counterparty(
        self, name: str, inn: str = "", kpp: str = "", *, key: str | None = None
    ) -> str:
        """Add a buyer or supplier; one with a КПП is an organisation."""
        row = self.create(
            bp30.PARTIES,
            Ref=key,
            Description=name,
            НаименованиеПолное=name,
            ИНН=inn,
            КПП=kpp,
            ЮридическоеФизическоеЛицо=ORGANISATION_KIND if kpp else PERSON_KIND,
        )
        return str(row["Ref"])

    def add_contract(
        self,
        counterparty: str,
        number: str,
        day: date | None = None,
        *,
        kind: str = "СПокупателем",
        key: str | None = None,
    ) -> str:
        """Add a contract with a counterparty; dated today by default."""
        signed = day or self.wall_clock.date()
        row = self.create(
            bp30.CONTRACTS,
            Ref=key,
            Owner=Ref(bp30.PARTIES, counterparty),
            Организация=ORGANISATION,
            ВидДоговора=kind,
            Номер=number,
            Дата=midnight(signed),
            Description=f"{number} от {signed:%d.%m.%Y}",
            ВалютаВзаиморасчетов=ROUBLE,
        )
        return str(row["Ref"])

    def add_item(
        self, name: str, article: str = "", *, code: str = "", key: str | None = None
    ) -> str:
        """Add an article to the catalogue."""
        row = self.create(
            bp30.ITEMS,
            Ref=key,
            Code=code,
            Description=name,
            НаименованиеПолное=name,
            Артикул=article,
            ЕдиницаИзмерения=PIECE,
        )
        return str(row["Ref"])


def midnight(day: date) -> datetime:
    """Return the beginning of a day on the server's wall clock."""
    return datetime.combine(day, datetime.min.time())
