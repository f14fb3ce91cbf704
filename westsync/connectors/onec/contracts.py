"""Contracts with counterparties (1C contract 4.9.3, 7.1)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from westsync.connectors.onec import query
from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.drafts import contract_body
from westsync.connectors.onec.outcomes import AlreadyExists
from westsync.domain.ledger import LedgerRef
from westsync.domain.refusals import ContractsAlike, ContractUnknown, TechnicalContractsAlike
from westsync.errors import Rejected

if TYPE_CHECKING:
    from datetime import date

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Row, Table

WITH_BUYER, WITH_SUPPLIER = "СПокупателем", "СПоставщиком"
TECHNICAL = "Без договора"
_DOING = "find the contract"
_TECHNICAL_NAMES = frozenset({"без договора", "основной", "основной договор"})


class Contracts:
    """The catalogue of contracts of one organisation."""

    def __init__(self, base: Base) -> None:
        """Bind; nothing is asked yet."""
        self._base = base

    def find(self, owner: LedgerRef, number: str, on: date | None, kind: str) -> LedgerRef:
        """Return the contract with this number.

        Args:
            owner: Counterparty.
            number: As the CRM has it.
            on: Its date; None does not compare it.
            kind: ``СПокупателем`` or ``СПоставщиком``.

        Raises:
            Rejected: There is none, or several.
        """
        found = [
            row
            for row in self._of(owner, kind)
            if _folded(row.text("number")) == _folded(number)
            and (on is None or row.day("date") in {None, on})
        ]
        if len(found) == 1:
            return found[0].key()
        if found:
            alike = ContractsAlike(number=number, count=len(found))
            raise Rejected(SYSTEM, _DOING, alike)
        raise Rejected(SYSTEM, _DOING, ContractUnknown(number=number, dated=on))

    def technical(self, owner: LedgerRef) -> LedgerRef:
        """Return the contract that stands where there is none; created if need be.

        Raises:
            Rejected: There are several.
        """
        found = [row for row in self._of(owner, WITH_BUYER) if _is_technical(row)]
        if len(found) > 1:
            named = [row for row in found if _folded(row.text("name")) == _folded(TECHNICAL)]
            if len(named) != 1:
                raise Rejected(SYSTEM, _DOING, TechnicalContractsAlike(count=len(found)))
            found = named
        return found[0].key() if found else self._create_technical(owner)

    def _create_technical(self, owner: LedgerRef) -> LedgerRef:
        table = self._base.table("contract")
        ref = LedgerRef(
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:westsync:contract:{owner}:technical"))
        )
        body = contract_body(
            table,
            ref,
            TECHNICAL,
            owner=owner,
            organization=self._base.organization().ref,
            kind=WITH_BUYER,
            rouble=self._base.rouble(),
        )
        try:
            made = self._base.session.create(table.entity, body)
        except AlreadyExists:
            return ref
        return LedgerRef(str(made.get("Ref_Key", ref)))

    def _of(self, owner: LedgerRef, kind: str) -> list[Row]:
        ours = self._base.organization().ref

        def question(table: Table) -> list[Row]:
            organization = table.columns.get("organization")
            condition = query.all_of(
                f"{table.name('owner')} eq {query.guid(owner)}",
                "" if organization is None else f"{organization.name} eq {query.guid(ours)}",
                f"{table.name('kind')} eq {query.literal(kind)}",
            )
            return self._base.rows(table, condition, table.select())

        return [
            row
            for row in self._base.ask("contract", question)
            if row.ref("owner") == owner and row.text("kind") == kind and not row.flag("marked")
        ]


def _is_technical(row: Row) -> bool:
    return not row.text("number").strip() and _folded(row.text("name")) in _TECHNICAL_NAMES


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()
