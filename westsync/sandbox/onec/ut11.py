"""The reading part of "Управление торговлей 11": names of contract 4.8 and no others."""

from __future__ import annotations

from westsync.sandbox.onec.bp30 import ORGANISATIONS, PARTIES
from westsync.sandbox.onec.bp30 import schema as accounting
from westsync.sandbox.onec.schema import Schema, document, register

ORDER = "Document_ЗаказКлиента"
INVOICE = "Document_СчетНаОплатуКлиенту"
BANK_IN = "Document_ПоступлениеБезналичныхДенежныхСредств"
ORDER_STATES = "InformationRegister_СостоянияЗаказовКлиентов"

_SHARED = ("Catalog_", "Document_РеализацияТоваровУслуг", "Document_СчетФактураВыданный")
_BUYER = f"Организация:{ORGANISATIONS} Партнер:reference Контрагент:{PARTIES}"


def schema() -> Schema:
    """Return the objects of ut11; what both configurations have is that of bp30."""
    shared = {name: one for name, one in accounting().items() if name.startswith(_SHARED)}
    files = {name for name in shared if name.endswith("ПрисоединенныеФайлы")}
    types = (
        document(
            "ЗаказКлиента", "Заказ клиента", f"{_BUYER} СуммаДокумента:money Комментарий:long_text"
        ),
        document(
            "СчетНаОплатуКлиенту",
            "Счет на оплату клиенту",
            f"{_BUYER} ДокументОснование:composite Валюта:Catalog_Валюты Аннулирован:boolean "
            "СуммаДокумента:money Комментарий:long_text",
            ЭтапыГрафикаОплаты="ДатаПлатежа:moment ПроцентПлатежа:money СуммаПлатежа:money",
        ),
        document(
            "ПоступлениеБезналичныхДенежныхСредств",
            "Поступление безналичных ДС",
            f"Организация:{ORGANISATIONS} Контрагент:{PARTIES} СуммаДокумента:money "
            "ХозяйственнаяОперация:enum НазначениеПлатежа:long_text ПроведеноБанком:boolean "
            "ДатаПроведенияБанком:moment",
            РасшифровкаПлатежа="Заказ:composite ОснованиеПлатежа:composite Сумма:money "
            "СуммаВзаиморасчетов:money",
        ),
        document("ЗаказПоставщику", "Заказ поставщику", f"{_BUYER} СуммаДокумента:money"),
        register(
            "СостоянияЗаказовКлиентов",
            "Состояния заказов клиентов",
            "Заказ:composite",
            "Состояние:enum ДатаСобытия:moment",
        ),
    )
    kept = {name: one for name, one in shared.items() if name not in files}
    return kept | {one.name: one for one in types}
