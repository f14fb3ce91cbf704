"""Who and what a SOAP request speaks of: looked up, never created (contract 3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.bp30 import CONTRACTS, ITEMS, ORGANISATIONS, PARTIES
from westsync.sandbox.onec.furnishing import ORGANISATION_KIND, PERSON_KIND
from westsync.sandbox.onec.infobase import ref_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.sandbox.onec.infobase import Infobase
    from westsync.sandbox.onec.values import Ref, Row


class Refusal(Exception):
    """The service refuses for a reason of business; the text is its ``ErrorMessage``."""


class Lookup:
    """Finds catalogue items by what people call them."""

    def __init__(self, base: Infobase) -> None:
        """Look into a base."""
        self._base = base

    def organisation(self, inn: str | None) -> Ref:
        """Return the own organisation; without an ИНН the only one.

        Raises:
            Refusal: There is none, or it is not clear which.
        """
        found = [row for row in self._rows(ORGANISATIONS) if inn in {None, "", row["ИНН"]}]
        return self._one(found, ORGANISATIONS, f"Организация с ИНН {inn or '(не указан)'}")

    def party(self, told: Mapping[str, Any]) -> Ref:
        """Return a buyer or supplier by ИНН and КПП, one without ИНН by name.

        Raises:
            Refusal: There is none, or there are several.
        """
        kind = ORGANISATION_KIND if told["IsLegalEntity"] else PERSON_KIND
        rows = [row for row in self._rows(PARTIES) if not row["IsFolder"]]
        if not told["INN"]:
            named = [
                row
                for row in rows
                if told["Name"] in {row["Description"], row["НаименованиеПолное"]}
                and row["ЮридическоеФизическоеЛицо"] == kind
            ]
            return self._one(named, PARTIES, f"Контрагент {told['Name']}")
        same = [row for row in rows if row["ИНН"] == told["INN"]]
        exact = [row for row in same if row["КПП"] == (told["KPP"] or "")]
        return self._one(exact or same, PARTIES, f"Контрагент с ИНН {told['INN']}")

    def contract(
        self, party: Ref, kind: str, number: str | None, day: datetime | None
    ) -> Ref | None:
        """Return a contract by number and date; None if none is named.

        Raises:
            Refusal: There is none, or there are several.
        """
        if not number:
            return None
        found = [
            row
            for row in self._rows(CONTRACTS)
            if row["Owner"] == party
            and row["ВидДоговора"] == kind
            and row["Номер"] == number
            and (day is None or row["Дата"].date() == day.date())
        ]
        return self._one(found, CONTRACTS, f"Договор № {number}")

    def item(self, line: Mapping[str, Any]) -> Ref:
        """Return an article by its code, else by its article number, else by its name.

        Raises:
            Refusal: There is none, or there are several.
        """
        for told, field in (("ItemCode", "Code"), ("Article", "Артикул"), ("Name", "Description")):
            if line[told]:
                found = [
                    row
                    for row in self._rows(ITEMS)
                    if row[field] == line[told] and not row["IsFolder"]
                ]
                return self._one(found, ITEMS, f"Номенклатура {line[told]}")
        raise Refusal("Номенклатура не указана")

    def _rows(self, entity: str) -> list[Row]:
        return [row for row in self._base.store.all(entity) if not row["DeletionMark"]]

    def _one(self, found: list[Row], entity: str, what: str) -> Ref:
        if len(found) != 1:
            raise Refusal(f"{what}: {'не найдено' if not found else 'найдено несколько'}")
        return ref_of(entity, found[0])
