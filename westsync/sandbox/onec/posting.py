"""What the configuration checks before it posts a document (contract 10.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.onec.furnishing import ORGANISATION_KIND
from westsync.sandbox.onec.refusals import ConfigurationRefused

if TYPE_CHECKING:
    from datetime import date

    from westsync.sandbox.onec.store import Store
    from westsync.sandbox.onec.values import Row

WITHOUT_PARTY = frozenset({"ПеречислениеНалога", "ПереводНаДругойСчет"})
"""Taxes and transfers between own accounts have no counterparty (contract 4.7)."""


def need_postable(row: Row, store: Store, contract_for: str) -> None:
    """Refuse a document that is marked or not filled in.

    Args:
        row: The document.
        store: Knows its counterparty.
        contract_for: ``nobody``, ``organisations`` or ``everybody``: who needs a contract, which
            nobody knows (contract 11.14).

    Raises:
        ConfigurationRefused: With the text a person would see.
    """
    if row["DeletionMark"]:
        raise ConfigurationRefused("Помеченный на удаление документ не может быть проведен!")
    for name in ("Организация", "Контрагент"):
        if name in row and not row[name] and row.get("ВидОперации") not in WITHOUT_PARTY:
            raise ConfigurationRefused(f'Поле "{name}" не заполнено')
    if "ДоговорКонтрагента" in row and not row["ДоговорКонтрагента"]:
        party = store.follow(row["Контрагент"])
        is_organisation = party is not None and (
            party["ЮридическоеФизическоеЛицо"] == ORGANISATION_KIND
        )
        if contract_for == "everybody" or (contract_for == "organisations" and is_organisation):
            raise ConfigurationRefused('Поле "Договор" не заполнено')


def need_open_period(row: Row, closed_until: date | None) -> None:
    """Refuse a change of a document in the closed period.

    Args:
        row: The document.
        closed_until: Last closed day; None: nothing is closed.

    Raises:
        ConfigurationRefused: Its date is in the closed period.
    """
    at = row.get("Date")
    if closed_until is not None and at is not None and at.date() <= closed_until:
        raise ConfigurationRefused(
            f"Дата {at:%d.%m.%Y} раньше даты запрета изменения {closed_until:%d.%m.%Y}. "
            "Изменения запрещены"
        )
