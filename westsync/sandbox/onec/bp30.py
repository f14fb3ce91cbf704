"""The published part of "Бухгалтерия предприятия 3.0": fields of contract 4.7 and no others."""

from __future__ import annotations

from typing import Literal

from westsync.sandbox.onec.schema import (
    EntityType,
    Schema,
    catalog,
    document,
    exchange_plan,
    register,
)

Link = Literal["key", "composite"]
LINKS: tuple[Link, Link] = ("key", "composite")

INVOICE = "Document_СчетНаОплатуПокупателю"
SUPPLIER_INVOICE = "Document_СчетНаОплатуПоставщика"
BANK_IN = "Document_ПоступлениеНаРасчетныйСчет"
CASH_IN = "Document_ПриходныйКассовыйОрдер"
CARD_IN = "Document_ОплатаПлатежнойКартой"
BANK_OUT = "Document_СписаниеСРасчетногоСчета"
SHIPMENT = "Document_РеализацияТоваровУслуг"
FACTURA = "Document_СчетФактураВыданный"
GOODS_IN = "Document_ПоступлениеТоваровУслуг"
ORGANISATIONS = "Catalog_Организации"
PARTIES = "Catalog_Контрагенты"
CONTRACTS = "Catalog_ДоговорыКонтрагентов"
ITEMS = "Catalog_Номенклатура"
UNITS = "Catalog_КлассификаторЕдиницИзмерения"
CURRENCIES = "Catalog_Валюты"
ACCOUNTS = "Catalog_БанковскиеСчета"
INVOICE_FILES = "Catalog_СчетНаОплатуПокупателюПрисоединенныеФайлы"
SUPPLIER_INVOICE_FILES = "Catalog_СчетНаОплатуПоставщикаПрисоединенныеФайлы"
STATUSES = "InformationRegister_СтатусыДокументов"
EXCHANGE = "ExchangePlan_WestSync"

RECEIPTS = (BANK_IN, CASH_IN, CARD_IN)

_PARTIES = f"Организация:{ORGANISATIONS} Контрагент:{PARTIES} ДоговорКонтрагента:{CONTRACTS}"
_LINE = "Содержание:string Количество:quantity Цена:money Сумма:money СтавкаНДС:enum СуммаНДС:money"
_FILE = (
    "Расширение:string Размер:integer ДатаСоздания:moment ТипХраненияФайла:enum "
    "ПодписанЭП:boolean ФайлХранилище:file"
)
_CONTACTS = "Тип:enum Вид:reference Представление:string НомерТелефона:string АдресЭП:string"


def schema(*, payment_link: Link = "key", item_link: Link = "composite") -> Schema:
    """Return the objects of bp30.

    Args:
        payment_link: Form of ``СчетНаОплату`` in payment rows, which differs between releases.
        item_link: Form of ``Номенклатура`` in the rows of an invoice, which does too.
    """
    types = (*_catalogs(), *_invoices(item_link), *_money(payment_link), *_papers(), *_registers())
    return {one.name: one for one in types}


def _link(kind: Link, target: str) -> str:
    return target if kind == "key" else "composite"


def _catalogs() -> tuple[EntityType, ...]:
    return (
        catalog(
            "Организации",
            "Организация",
            "НаименованиеПолное:string ИНН:string КПП:string ОГРН:string Префикс:string "
            f"ЮридическоеФизическоеЛицо:enum ОсновнойБанковскийСчет:{ACCOUNTS}",
        ),
        catalog(
            "Контрагенты",
            "Контрагент",
            "НаименованиеПолное:string ИНН:string КПП:string РегистрационныйНомер:string "
            "ЮридическоеФизическоеЛицо:enum",
            folders=True,
            КонтактнаяИнформация=_CONTACTS,
            ДополнительныеРеквизиты="Свойство:reference Значение:composite",
        ),
        catalog(
            "ДоговорыКонтрагентов",
            "Договор",
            f"Организация:{ORGANISATIONS} ВидДоговора:enum Номер:string Дата:moment "
            f"ВалютаВзаиморасчетов:{CURRENCIES} ТипЦен:reference",
            owner=PARTIES,
        ),
        catalog(
            "Номенклатура",
            "Номенклатура",
            f"НаименованиеПолное:string Артикул:string ЕдиницаИзмерения:{UNITS} Услуга:boolean",
            code_length=11,
            folders=True,
        ),
        catalog("КлассификаторЕдиницИзмерения", "Единица измерения", "", code_length=3),
        catalog("Валюты", "Валюта", "", code_length=3),
        catalog("БанковскиеСчета", "Банковский счет", "НомерСчета:string", owner="composite"),
        catalog(
            "СчетНаОплатуПокупателюПрисоединенныеФайлы",
            "Присоединенный файл",
            f"ВладелецФайла:{INVOICE} {_FILE}",
            code_length=0,
        ),
        catalog(
            "СчетНаОплатуПоставщикаПрисоединенныеФайлы",
            "Присоединенный файл",
            f"ВладелецФайла:{SUPPLIER_INVOICE} {_FILE}",
            code_length=0,
        ),
    )


def _invoices(item_link: Link) -> tuple[EntityType, ...]:
    item = _link(item_link, ITEMS)
    return (
        document(
            "СчетНаОплатуПокупателю",
            "Счет на оплату покупателю",
            f"{_PARTIES} ВалютаДокумента:{CURRENCIES} СтруктурнаяЕдиница:{ACCOUNTS} "
            "Руководитель:reference СуммаВключаетНДС:boolean СуммаДокумента:money "
            "Комментарий:long_text",
            Товары=f"Номенклатура:{item} {_LINE} ИдентификаторСтроки:string",
        ),
        document(
            "СчетНаОплатуПоставщика",
            "Счет на оплату поставщика",
            f"{_PARTIES} НомерВходящегоДокумента:string ДатаВходящегоДокумента:moment "
            f"БанковскийСчетКонтрагента:{ACCOUNTS} СуммаДокумента:money Комментарий:long_text",
            Товары=f"Номенклатура:{ITEMS} {_LINE}",
        ),
    )


def _money(payment_link: Link) -> tuple[EntityType, ...]:
    rows = (
        f"ДоговорКонтрагента:{CONTRACTS} СчетНаОплату:{_link(payment_link, INVOICE)} "
        "СуммаПлатежа:money СуммаВзаиморасчетов:money СтавкаНДС:enum СуммаНДС:money "
        "СпособПогашенияЗадолженности:enum"
    )
    head = f"ВидОперации:enum Организация:{ORGANISATIONS} Контрагент:composite"
    bank = (
        f"{head} СчетОрганизации:{ACCOUNTS} ДоговорКонтрагента:{CONTRACTS} СуммаДокумента:money "
        "НазначениеПлатежа:long_text НомерВходящегоДокумента:string ДатаВходящегоДокумента:moment "
        "ДокументОснование:composite СчетУчетаРасчетовСКонтрагентом:reference"
    )
    return (
        document(
            "ПоступлениеНаРасчетныйСчет",
            "Поступление на расчетный счет",
            bank,
            РасшифровкаПлатежа=rows,
        ),
        document(
            "ПриходныйКассовыйОрдер",
            "Приходный кассовый ордер",
            f"{head} СчетКасса:reference ДоговорКонтрагента:{CONTRACTS} СуммаДокумента:money "
            "Основание:string",
            РасшифровкаПлатежа=rows,
        ),
        document(
            "ОплатаПлатежнойКартой",
            "Оплата платежной картой",
            f"{head} ДоговорКонтрагента:{CONTRACTS} СуммаДокумента:money",
            РасшифровкаПлатежа=rows,
        ),
        document(
            "СписаниеСРасчетногоСчета",
            "Списание с расчетного счета",
            bank,
            РасшифровкаПлатежа=rows,
        ),
    )


def _papers() -> tuple[EntityType, ...]:
    line = f"Номенклатура:{ITEMS} ЕдиницаИзмерения:{UNITS} {_LINE}"
    return (
        document(
            "РеализацияТоваровУслуг",
            "Реализация товаров и услуг",
            f"ВидОперации:enum {_PARTIES} Склад:reference СчетНаОплатуПокупателю:{INVOICE} "
            "СуммаДокумента:money СуммаВключаетНДС:boolean ЭтоУниверсальныйДокумент:boolean "
            f"ВидЭлектронногоДокумента:enum Грузоотправитель:{PARTIES} Грузополучатель:{PARTIES} "
            "Комментарий:long_text",
            Товары=f"{line} СчетНаОплатуПокупателю:{INVOICE}",
            Услуги=f"Номенклатура:{ITEMS} {_LINE}",
        ),
        document(
            "СчетФактураВыданный",
            "Счет-фактура выданный",
            f"ВидСчетаФактуры:enum {_PARTIES} ДокументОснование:composite ДатаВыставления:moment "
            "КодВидаОперации:string СуммаДокумента:money СуммаНДСДокумента:money",
            ДокументыОснования="ДокументОснование:composite",
        ),
        document(
            "ПоступлениеТоваровУслуг",
            "Поступление товаров и услуг",
            f"ВидОперации:enum {_PARTIES} НомерВходящегоДокумента:string "
            "ДатаВходящегоДокумента:moment СуммаДокумента:money СуммаВключаетНДС:boolean "
            "Комментарий:long_text",
            Товары=line,
        ),
        document(
            "СчетФактураПолученный",
            "Счет-фактура полученный",
            f"ВидСчетаФактуры:enum {_PARTIES} ДокументОснование:composite "
            "НомерВходящегоДокумента:string ДатаВходящегоДокумента:moment СуммаДокумента:money",
            ДокументыОснования="ДокументОснование:composite",
        ),
    )


def _registers() -> tuple[EntityType, ...]:
    key = f"Организация:{ORGANISATIONS} Документ:composite"
    return (
        register(
            "СтатусыДокументов",
            "Статусы документов",
            key,
            "Статус:composite ДополнительныйСтатус:composite",
        ),
        register("СрокиОплатыДокументов", "Сроки оплаты документов", key, "СрокОплаты:moment"),
        exchange_plan("WestSync", "Обмен с westsync"),
    )
