"""What stands in the base on its first day: the company, a buyer, a supplier, an article.

All keys, numbers and names are those of the contract's samples; nothing here exists.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from westsync.sandbox.onec import bp30
from westsync.sandbox.onec.values import Ref

if TYPE_CHECKING:
    from westsync.sandbox.onec.infobase import Infobase

ORGANISATION = Ref(bp30.ORGANISATIONS, "11111111-2222-11ee-8c5e-0050569b0c11")
BUYER = Ref(bp30.PARTIES, "0a7d1e52-1f0b-11ee-8c5e-0050569b0c11")
SUPPLIER = Ref(bp30.PARTIES, "0a7d1e52-1f0c-11ee-8c5e-0050569b0c11")
PERSON = Ref(bp30.PARTIES, "0a7d1e52-1f0d-11ee-8c5e-0050569b0c11")
CONTRACT = Ref(bp30.CONTRACTS, "22222222-3333-11ee-8c5e-0050569b0c11")
ROUBLE = Ref(bp30.CURRENCIES, "33333333-4444-11ee-8c5e-0050569b0c11")
ACCOUNT = Ref(bp30.ACCOUNTS, "44444444-5555-11ee-8c5e-0050569b0c11")
ITEM = Ref(bp30.ITEMS, "55555555-6666-11ee-8c5e-0050569b0c11")
PIECE = Ref(bp30.UNITS, "66666666-7777-11ee-8c5e-0050569b0c11")

OWN_INN = "7701234560"
OWN_ACCOUNT = "40702810200000000001"
ORGANISATION_KIND = "ЮридическоеЛицо"
PERSON_KIND = "ФизическоеЛицо"


def furnish(base: Infobase) -> None:
    """Fill an empty base with the company's catalogues."""
    base.create(ROUBLE.entity, Ref=ROUBLE.key, Code="643", Description="руб.")
    base.create(PIECE.entity, Ref=PIECE.key, Code="796", Description="шт")
    base.create(
        ORGANISATION.entity,
        Ref=ORGANISATION.key,
        Description="Вест технолоджи ООО",
        НаименованиеПолное='ООО "Вест технолоджи"',
        ИНН=OWN_INN,
        КПП="770101001",
        ОГРН="1027700000000",
        ЮридическоеФизическоеЛицо=ORGANISATION_KIND,
        ОсновнойБанковскийСчет=ACCOUNT,
    )
    base.create(
        ACCOUNT.entity,
        Ref=ACCOUNT.key,
        Owner=ORGANISATION,
        Description="Расчетный",
        НомерСчета=OWN_ACCOUNT,
    )
    _parties(base)
    base.create(
        CONTRACT.entity,
        Ref=CONTRACT.key,
        Owner=BUYER,
        Организация=ORGANISATION,
        ВидДоговора="СПокупателем",
        Номер="15/25",
        Дата=datetime.fromisoformat("2025-01-20T00:00:00"),
        Description="15/25 от 20.01.2025",
        ВалютаВзаиморасчетов=ROUBLE,
    )
    base.create(
        ITEM.entity,
        Ref=ITEM.key,
        Code="00-00000042",
        Description="Акустическая система",
        НаименованиеПолное="Акустическая система",
        Артикул="SRM450",
        ЕдиницаИзмерения=PIECE,
    )


def _parties(base: Infobase) -> None:
    for ref, name, inn, kpp in (
        (BUYER, "Сцена", "9990000019", "999001001"),
        (SUPPLIER, "Поставщик звука", "9990000026", "999001001"),
        (PERSON, "Сидоров Пётр Ильич", "999000000143", ""),
    ):
        base.create(
            ref.entity,
            Ref=ref.key,
            Description=f"{name} ООО" if kpp else name,
            НаименованиеПолное=f'ООО "{name}"' if kpp else name,
            ИНН=inn,
            КПП=kpp,
            ЮридическоеФизическоеЛицо=ORGANISATION_KIND if kpp else PERSON_KIND,
        )
