"""Bank statements ``kl_to_1c.txt`` written from the money in the base (contract 5.1, 10.14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from westsync.sandbox.onec.bp30 import BANK_IN, BANK_OUT
from westsync.sandbox.onec.clerk import midnight
from westsync.sandbox.onec.furnishing import ORGANISATION, OWN_ACCOUNT
from westsync.sandbox.onec.values import EMPTY_MOMENT, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.sandbox.onec.infobase import Infobase

Encoding = Literal["cp1251", "cp866", "utf-8", "utf-8-sig"]
OTHER_ACCOUNT = "40702810800000000002"
OWN_BIC, OTHER_BIC = "044525225", "044525974"
OPENING = Decimal("10000.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a bank writes its files.

    Attributes:
        encoding: Of the bytes.
        says: What ``Кодировка`` says; None: the truth (UTF-8 says Windows, as banks do).
        newline: Between lines.
        finished: The last line is there; else the file is still being written.
        kopecks: Sums have their fraction even if it is zero.
    """

    encoding: Encoding = "cp1251"
    says: Literal["Windows", "DOS"] | None = None
    newline: Literal["\r\n", "\n"] = "\r\n"
    finished: bool = True
    kopecks: bool = True


def statement(base: Infobase, since: date, until: date, layout: Layout | None = None) -> bytes:
    """Return the bank's statement of the company's account.

    Args:
        base: Its documents of money in and out by bank, posted or not, as the bank knows nothing
            of postings; those marked for deletion never happened.
        since: First day.
        until: Last day, included.
        layout: How the bank writes.
    """
    how = layout or Layout()
    found = sorted(_documents(base, since, until), key=lambda pair: pair[1]["Date"])
    lines = [*_head(base, since, until, how), *_account(found, since, until, how)]
    for entity, row in found:
        lines += _document(base, entity, row, how)
    lines += ["КонецФайла"] if how.finished else []
    return (how.newline.join(lines) + how.newline).encode(how.encoding)


def _documents(base: Infobase, since: date, until: date) -> Iterator[tuple[str, Row]]:
    begin, end = midnight(since), midnight(until) + timedelta(days=1)
    for entity in (BANK_IN, BANK_OUT):
        for row in base.store.dated(entity, begin, end):
            if not row["DeletionMark"]:
                yield entity, row


def _head(base: Infobase, since: date, until: date, how: Layout) -> Iterator[str]:
    now = base.wall_clock
    yield "1CClientBankExchange"
    yield "ВерсияФормата=1.03"
    yield f"Кодировка={how.says or ('DOS' if how.encoding == 'cp866' else 'Windows')}"
    yield "Отправитель=Банк-Клиент"
    yield "Получатель="
    yield f"ДатаСоздания={now:%d.%m.%Y}"
    yield f"ВремяСоздания={now:%H:%M:%S}"
    yield from _period(since, until)


def _period(since: date, until: date) -> Iterator[str]:
    yield f"ДатаНачала={since:%d.%m.%Y}"
    yield f"ДатаКонца={until:%d.%m.%Y}"
    yield f"РасчСчет={OWN_ACCOUNT}"


def _account(found: list[tuple[str, Row]], since: date, until: date, how: Layout) -> Iterator[str]:
    money_in = sum((row["СуммаДокумента"] for kind, row in found if kind == BANK_IN), Decimal(0))
    money_out = sum((row["СуммаДокумента"] for kind, row in found if kind == BANK_OUT), Decimal(0))
    yield "СекцияРасчСчет"
    yield from _period(since, until)
    yield f"НачальныйОстаток={_sum(OPENING, how)}"
    yield f"ВсегоПоступило={_sum(money_in, how)}"
    yield f"ВсегоСписано={_sum(money_out, how)}"
    yield f"КонечныйОстаток={_sum(OPENING + money_in - money_out, how)}"
    yield "КонецРасчСчет"


def _document(base: Infobase, entity: str, row: Row, how: Layout) -> Iterator[str]:
    incoming = row["ДатаВходящегоДокумента"]
    written = row["Date"] if incoming == EMPTY_MOMENT else incoming
    is_in = entity == BANK_IN
    own = base.store.follow(ORGANISATION)
    other = base.store.follow(row["Контрагент"])
    yield "СекцияДокумент=Платежное поручение"
    yield f"Номер={row['НомерВходящегоДокумента']}"
    yield f"Дата={written:%d.%m.%Y}"
    yield f"Сумма={_sum(row['СуммаДокумента'], how)}"
    payer, payee = (other, own) if is_in else (own, other)
    yield from _side("Плательщик", payer, is_own=not is_in)
    yield "ДатаСписано=" + ("" if is_in else f"{row['Date']:%d.%m.%Y}")
    yield from _side("Получатель", payee, is_own=is_in)
    yield "ДатаПоступило=" + (f"{row['Date']:%d.%m.%Y}" if is_in else "")
    yield "ВидОплаты=01"
    yield "Очередность=5"
    yield f"НазначениеПлатежа={row['НазначениеПлатежа']}"
    yield "КонецДокумента"


def _side(word: str, party: Row | None, *, is_own: bool) -> Iterator[str]:
    name = party["НаименованиеПолное"] if party else ""
    inn = party["ИНН"] if party else ""
    account, bic = (OWN_ACCOUNT, OWN_BIC) if is_own else (OTHER_ACCOUNT, OTHER_BIC)
    yield f"{word}Счет={account}"
    yield f"{word}=" + (f"ИНН {inn} {name}" if inn else name)
    yield f"{word}ИНН={inn}"
    yield f"{word}КПП={party['КПП'] if party else ''}"
    yield f"{word}1={name}"
    yield f"{word}РасчСчет={account}"
    yield f"{word}БИК={bic}"


def _sum(amount: Decimal, how: Layout) -> str:
    if not how.kopecks and amount == amount.to_integral_value():
        return f"{amount:.0f}"
    return f"{amount:.2f}"
