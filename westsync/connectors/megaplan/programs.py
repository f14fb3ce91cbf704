"""Programs with their states and fields (contract 4.2, 4.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.connectors.megaplan.people import program_states
from westsync.connectors.megaplan.protocol import Endpoint, page_query
from westsync.connectors.megaplan.values import plain_text, text
from westsync.connectors.megaplan.walking import Listing, walk
from westsync.domain.records import Program
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from westsync.connectors.megaplan.session import Session

FIELDS_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKind:
    """A field that an account offers.

    Attributes:
        name: Name for requests.
        label: Russian label that people see.
        kind: Type of its description, e.g. ``StringField``, ``EnumField``.
        choices: Allowed labels of an enumeration; empty for everything else.
    """

    name: str
    label: str
    kind: str
    choices: tuple[str, ...] = ()


def read_programs(session: Session, programs: Iterable[str]) -> tuple[Program, ...]:
    """Return programs by id.

    Raises:
        Rejected: There is no such program, or it is hidden from our account.
    """
    return tuple(read_program(session, program) for program in dict.fromkeys(programs))


def read_program(session: Session, program: str) -> Program:
    """Return one program; states that its card does not show are asked for separately."""
    card = session.get_entity(Endpoint.PROGRAM, program, "Program")
    states = program_states(card.get("states"))
    if not states:
        query = page_query(limit=FIELDS_LIMIT)
        states = program_states(session.get_list(Endpoint.PROGRAM_STATES, program, query).data)
    return Program(
        id=text(card.get("id")),
        name=plain_text(card.get("name")),
        states=states,
        fields=tuple(field.name for field in deal_fields(session, program)),
    )


def deal_fields(session: Session, program: str) -> tuple[FieldKind, ...]:
    """Return the fields of a program's deals; from all deals' where the program's are not told."""
    try:
        found = read_fields(session, Endpoint.PROGRAM_FIELDS, program)
    except Rejected:
        found = ()
    return found or read_fields(session, Endpoint.DEAL_EXTRA_FIELDS)


def read_fields(session: Session, endpoint: Endpoint, entity: str = "") -> tuple[FieldKind, ...]:
    """Return the field descriptions that an endpoint lists, all pages."""
    listing = Listing(endpoint=endpoint, entity=entity)
    pages = walk(session, listing, None, first_page=FIELDS_LIMIT, limit=FIELDS_LIMIT)
    return tuple(
        FieldKind(
            name=text(field.get("name")),
            label=plain_text(field.get("hrName")),
            kind=text(field.get("contentType")),
            choices=_choices(field.get("enumValues")),
        )
        for page in pages
        for field in page.found
        if text(field.get("name"))
    )


def _choices(value: object) -> tuple[str, ...]:
    return tuple(text(one) for one in value if text(one)) if isinstance(value, list) else ()
