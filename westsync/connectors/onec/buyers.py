"""Which counterparty of 1C a buyer is (1C contract 4.9.2): found, created, or left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.drafts import counterparty_body
from westsync.connectors.onec.outcomes import AlreadyExists
from westsync.connectors.onec.parties import Parties, counterparty_of
from westsync.connectors.onec.tables import Row
from westsync.domain.ledger import LedgerRef
from westsync.domain.ledger_keys import counterparty_ref
from westsync.domain.refusals import (
    BuyerKeptOtherwise,
    BuyerMarked,
    BuyersAlike,
    BuyerUnknown,
    BuyerWithoutInn,
    PersonsAlike,
    PersonUnknown,
)
from westsync.errors import OutcomeUnknown, Rejected, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.connectors.onec.base import Base
    from westsync.domain.ledger import Buyer, Counterparty

_DOING = "find the buyer"


def ensure(base: Base, buyer: Buyer) -> Counterparty:
    """Return the buyer's counterparty; created only if the settings allow it.

    A private person without ИНН is known by the full name alone, and never created: our key is
    made of the ИНН.

    Raises:
        Rejected: Several fit, or none does and none may be created; a person decides.
    """
    parties = Parties(base)
    if buyer.inn:
        found = choose(parties.with_inn(buyer.inn), buyer.kpp, buyer.inn)
    else:
        found = _person(parties, buyer)
    if found is not None:
        return found
    if not base.config.create_counterparties:
        raise Rejected(SYSTEM, _DOING, BuyerUnknown(inn=buyer.inn))
    return _create(base, buyer)


def choose(found: Sequence[Counterparty], kpp: str, inn: str) -> Counterparty | None:
    """Return the counterparty with ИНН and КПП, else the only one with the ИНН; None for none.

    Marked ones do not count.

    Raises:
        Rejected: Several fit.
    """
    living = [one for one in found if not one.marked]
    exact = [one for one in living if one.kpp == kpp]
    if len(exact) == 1:
        return exact[0]
    if len(living) > 1:
        names = tuple(f"{one.name} ({one.kpp or '-'})" for one in living)
        raise Rejected(SYSTEM, _DOING, BuyersAlike(inn=inn, names=names))
    return living[0] if living else None


def _person(parties: Parties, buyer: Buyer) -> Counterparty:
    if buyer.is_organisation:
        raise Rejected(SYSTEM, _DOING, BuyerWithoutInn(name=buyer.name))
    found = parties.persons_named(buyer.name)
    if not found:
        raise Rejected(SYSTEM, _DOING, PersonUnknown(name=buyer.name))
    if len(found) > 1:
        raise Rejected(SYSTEM, _DOING, PersonsAlike(name=buyer.name, count=len(found)))
    return found[0]


def _create(base: Base, buyer: Buyer) -> Counterparty:
    ref = counterparty_ref(buyer.inn, buyer.kpp)
    table = base.table("counterparty")
    try:
        raw = base.session.create(table.entity, counterparty_body(table, ref, buyer))
    except AlreadyExists:
        row = base.entity(table, ref)
        if row is None:
            raise OutcomeUnknown(
                SYSTEM, _DOING, "1C says that it exists and does not show it"
            ) from None
        return _living(counterparty_of(row))
    try:
        made = counterparty_of(Row(raw, table))
    except UnexpectedReply as exc:  # it is written, whatever the answer looks like
        raise OutcomeUnknown(SYSTEM, exc.operation, exc.detail) from exc
    if made.ref != LedgerRef(ref):
        base.note_other_key()
    if made.inn != buyer.inn:
        raise Rejected(SYSTEM, _DOING, BuyerKeptOtherwise(sent=buyer.inn, kept=made.inn))
    return made


def _living(one: Counterparty) -> Counterparty:
    if one.marked:
        raise Rejected(SYSTEM, _DOING, BuyerMarked(name=one.name))
    return one
