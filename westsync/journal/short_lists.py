"""Employees and programs of the mirror: short lists that are read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.records import Employee, Program
from westsync.journal.codec import decoder, encode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from westsync.journal.database import Database

_read_employee = decoder(Employee)
_read_program = decoder(Program)


class ShortLists:
    """The short lists of one account. Writing methods need a transaction."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account

    def keep_employees(self, employees: Iterable[Employee]) -> None:
        """Store all employees as they were just read."""
        self._keep("employee", employees)

    def keep_programs(self, programs: Iterable[Program]) -> None:
        """Store all configured programs as they were just read."""
        self._keep("program", programs)

    def employee(self, employee_id: str) -> Employee | None:
        """Return an employee; None if the CRM does not have him."""
        row = self._database.row(
            "SELECT record FROM employee WHERE account = ? AND id = ?",
            (self._account, employee_id),
        )
        return None if row is None else _read_employee(row[0])

    def employees(self) -> tuple[Employee, ...]:
        """Return all employees, also dismissed ones, in the order of their ids."""
        rows = self._database.rows(
            "SELECT record FROM employee WHERE account = ? ORDER BY id", (self._account,)
        )
        return tuple(_read_employee(record) for (record,) in rows)

    def programs(self) -> tuple[Program, ...]:
        """Return the configured programs as last read, in the order of their ids."""
        rows = self._database.rows(
            "SELECT record FROM program WHERE account = ? ORDER BY id", (self._account,)
        )
        return tuple(_read_program(record) for (record,) in rows)

    def _keep(
        self, table: Literal["employee", "program"], records: Iterable[Employee | Program]
    ) -> None:
        for record in records:
            self._database.write(
                f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET"  # noqa: S608 - a literal
                f" record = excluded.record WHERE excluded.record <> {table}.record",
                (self._account, record.id, encode(record)),
            )
