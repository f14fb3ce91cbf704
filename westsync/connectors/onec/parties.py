"""Counterparties: who has an ИНН, and whose ИНН a document names (1C contract 4.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec import query
from westsync.domain.ledger import Counterparty

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Row, Table
    from westsync.domain.ledger import LedgerRef

KNOWN_FOR_S = 24 * 3600.0
MANY = 60
CATALOGUE = "Catalog_Контрагенты"
ORGANISATION, PERSON = "ЮридическоеЛицо", "ФизическоеЛицо"


class Parties:
    """The catalogue of counterparties; those that documents name are remembered for a day."""

    def __init__(self, base: Base) -> None:
        """Bind; nothing is asked yet."""
        self._base = base
        self._known: dict[LedgerRef, Counterparty | None] = {}
        self._known_from = base.session.clock.monotonic()

    def with_inn(self, inn: str) -> Sequence[Counterparty]:
        """Return all with this ИНН, marked ones too."""

        def question(table: Table) -> list[Row]:
            condition = query.all_of(
                f"{table.name('inn')} eq {query.literal(inn)}", no_folder(table)
            )
            return self._base.rows(table, condition, table.select())

        rows = self._base.ask("counterparty", question)
        return [counterparty_of(row) for row in rows if row.text("inn") == inn]

    def persons_named(self, name: str) -> Sequence[Counterparty]:
        """Return private persons without ИНН whose name is exactly this, unmarked ones."""

        def question(table: Table) -> list[Row]:
            condition = query.all_of(
                f"{table.name('name')} eq {query.literal(name)}", no_folder(table)
            )
            return self._base.rows(table, condition, table.select())

        found = [counterparty_of(row) for row in self._base.ask("counterparty", question)]
        return [
            one
            for one in found
            if _same(one.name, name) and not one.inn and not one.is_organisation and not one.marked
        ]

    def learn(self, refs: Iterable[LedgerRef | None]) -> None:
        """Look up those that are not known yet: a few by key, many by reading the catalogue once.

        A page of 500 invoices from years ago names hundreds; ten keys fit in one question (4.4).
        """
        now = self._base.session.clock.monotonic()
        if now - self._known_from > KNOWN_FOR_S:
            self._known, self._known_from = {}, now
        unknown = sorted({ref for ref in refs if ref is not None} - self._known.keys())
        if not unknown:
            return

        def question(table: Table) -> list[Row]:
            if len(unknown) > MANY and no_folder(table):
                return self._base.rows(table, no_folder(table), table.select())
            conditions = (f"{table.name('ref')} eq {query.guid(ref)}" for ref in unknown)
            return self._base.any_of(table, conditions, "", table.select())

        self._known |= dict.fromkeys(unknown)  # a key that points nowhere is asked once as well
        for row in self._base.ask("counterparty", question):
            one = counterparty_of(row)
            self._known[one.ref] = one

    def known(self, ref: LedgerRef | None) -> Counterparty | None:
        """Return one that was learned; None for none, or one that is no longer there."""
        return None if ref is None else self._known.get(ref)


def counterparty_of(row: Row) -> Counterparty:
    """Return a counterparty of the catalogue."""
    inn = row.text("inn").strip()
    kind = row.text("kind")
    return Counterparty(
        ref=row.key(),
        name=row.text("name"),
        inn=inn,
        kpp=row.text("kpp").strip(),
        is_organisation=kind == ORGANISATION if kind else len(inn) == 10,
        marked=row.flag("marked"),
    )


def party_in(row: Row) -> LedgerRef | None:
    """Return the counterparty of a document; None where its place holds somebody else.

    Bank documents also name own organisations, employees and the like there (4.7: composite).
    """
    kind = row.kind_of("counterparty")
    return row.ref("counterparty") if kind in {"", CATALOGUE} else None


def no_folder(table: Table) -> str:
    """Return the condition that a row of a catalogue is no group; empty if it has no groups."""
    column = table.columns.get("is_folder")
    return "" if column is None else f"{column.name} eq false"


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
