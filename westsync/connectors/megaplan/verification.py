"""Whether the names of the configuration exist in the account (contract 4.2, 4.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.connectors.megaplan.programs import read_fields, read_program
from westsync.connectors.megaplan.protocol import Endpoint
from westsync.connectors.megaplan.values import text
from westsync.domain.places import did_you_mean
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.domain.records import Program


_log = structlog.get_logger(__name__)


def verify(session: Session, config: MegaplanConfig) -> tuple[str, ...]:
    """Return what the account does not have, each with its cure; empty if all is there.

    Args:
        session: Whom to ask: two requests per program, up to three more for our own account,
            tasks and products.
        config: What is to be there.

    Raises:
        AccessDenied: The credentials were refused.
        Unavailable: The account did not answer; nothing is known then.
    """
    return tuple(_problems(session, config))


def _problems(session: Session, config: MegaplanConfig) -> Iterator[str]:
    yield from _own_account(session, config)
    programs: dict[str, Program] = {}
    for name, program in config.programs.items():
        try:
            programs[name] = read_program(session, program)
        except Rejected as exc:
            yield (
                f"programs.{name}: the account shows no program {program!r} ({exc.detail}); "
                "take the id from the program's address, or give westsync access to it"
            )
    for name, stages in config.stages.items():
        if name in programs:
            yield from _stages(name, stages, programs[name])
    if programs:
        yield from _fields(config.fields, programs)
    if (marker := config.marker_field) is not None:
        known = {field.name for field in read_fields(session, Endpoint.TASK_EXTRA_FIELDS)}
        if marker not in known:
            yield f"marker_field: tasks have no field {marker!r}{_cure(marker, known)}"
    if config.product_supplier_fields:
        known = {field.name for field in read_fields(session, Endpoint.OFFER_EXTRA_FIELDS)}
        for field in config.product_supplier_fields:
            if field not in known:
                text_ = f"product_supplier_fields: products have no field {field!r}"
                yield text_ + _cure(field, known)


def _own_account(session: Session, config: MegaplanConfig) -> Iterator[str]:
    card = session.get_entity(Endpoint.CURRENT_USER)
    me = text(card.get("id"))
    if config.me is not None and config.on_behalf_of is None and me != config.me:
        yield f"me: the log-in belongs to employee {me}, not {config.me}; set me to {me!r}"


def _stages(program: str, stages: Mapping[str, str], known: Program) -> Iterator[str]:
    """Yield the stages that do not exist if none does; a single one is only warned of.

    A stage that an administrator has removed from the program must not stop all the others.
    """
    ids = {state.id: state.name for state in known.states}
    offered = ", ".join(f"{one} {name}" for one, name in ids.items())
    missing = [
        f"stages.{program}.{stage}: the program has no state {state!r}; it has {offered}"
        for stage, state in stages.items()
        if state not in ids
    ]
    if missing and len(missing) == len(stages):
        yield from missing
        return
    for text_ in missing:
        _log.warning("config.stage_unknown", error=text_)


def _fields(fields: Mapping[str, str], programs: Mapping[str, Program]) -> Iterator[str]:
    """A field of deals belongs to one program, so any of the configured ones may have it."""
    known = {field for program in programs.values() for field in program.fields}
    for fact, field in fields.items():
        if field not in known:
            yield f"fields.{fact}: deals have no field {field!r}{_cure(field, known)}"


def _cure(name: str, known: set[str]) -> str:
    near = did_you_mean(name, sorted(known))
    return f"; {near}" if near else ""
