"""From Megaplan's employees and programs to ours (contract 4.2, 4.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from westsync.connectors.megaplan import wire
from westsync.connectors.megaplan.clients import contacts
from westsync.connectors.megaplan.deals import stage_type
from westsync.connectors.megaplan.values import date_only, items, plain_text, text
from westsync.domain.records import Employee, StageType, State

if TYPE_CHECKING:
    from datetime import date

    from westsync.connectors.megaplan.values import Json


def employee_record(item: dict[str, Json]) -> Employee:
    """Return the employee; without a word to the contrary he works here."""
    employee = msgspec.convert(item, wire.Employee)
    emails = contacts(employee.contact_info, "email")
    return Employee(
        id=employee.id,
        name=plain_text(employee.name),
        is_working=employee.is_working is not False,
        email=emails[0].strip().lower() if emails else None,
        away=_vacation(employee.nearest_vacation),
    )


def program_states(value: object) -> tuple[State, ...]:
    """Return the states of a program in its own order."""
    return tuple(
        State(
            id=text(state.get("id")),
            name=plain_text(state.get("name")) or plain_text(state.get("entryPointName")),
            type=stage_type(state.get("type")) or StageType.ACTIVE,
            is_entry=state.get("isEntry") is True,
        )
        for state in items(value)
        if text(state.get("id"))
    )


def _vacation(value: object) -> tuple[tuple[date, date], ...]:
    if not isinstance(value, dict):
        return ()
    first, last = date_only(value.get("firstDay")), date_only(value.get("lastDay"))
    return ((first, last),) if first is not None and last is not None else ()
