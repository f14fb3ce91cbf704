"""The catalogue of one configuration: the facts of every kind of object that rules watch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from westsync.domain.catalogue.client import CLIENT
from westsync.domain.catalogue.deal_card import DEAL_CARD
from westsync.domain.catalogue.deal_money import DEAL_MONEY
from westsync.domain.catalogue.deal_talk import DEAL_TALK
from westsync.domain.catalogue.entries import configured, text
from westsync.domain.catalogue.ledger import LEDGER
from westsync.domain.catalogue.payment import PAYMENT
from westsync.domain.catalogue.schedule import SCHEDULE
from westsync.domain.catalogue.stock_source import STOCK_SOURCE
from westsync.domain.catalogue.task import TASK
from westsync.domain.facts import DETAIL_GROUPS, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.domain.facts import FactSpec, Group

_KINDS: Mapping[str, tuple[FactSpec, ...]] = {
    "deal": (*DEAL_CARD, *DEAL_TALK, *DEAL_MONEY),
    "client": CLIENT,
    "task": TASK,
    "payment": PAYMENT,
    "ledger": LEDGER,
    "stock_source": STOCK_SOURCE,
    "schedule": SCHEDULE,
}

BUILT_IN_CUSTOM = frozenset(spec.name for spec in _KINDS["deal"] if spec.custom)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The facts of each kind of object, with the configured custom fields added.

    Attributes:
        kinds: Kind -> fact name -> fact.
        blanks: Kind -> what every fact is before anything was read.
        groups: Kind -> fact name -> what must be read for it.
        custom: Facts of a deal that are known only by a configured custom field.
    """

    kinds: Mapping[str, Mapping[str, FactSpec]]
    blanks: Mapping[str, Mapping[str, Unknown]] = field(init=False, repr=False, compare=False)
    groups: Mapping[str, Mapping[str, frozenset[Group]]] = field(
        init=False, repr=False, compare=False
    )
    custom: tuple[FactSpec, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out once what is the same for every object."""
        blanks = {
            kind: {name: _blank(spec) for name, spec in facts.items()}
            for kind, facts in self.kinds.items()
        }
        groups = {
            kind: {name: spec.groups for name, spec in facts.items()}
            for kind, facts in self.kinds.items()
        }
        object.__setattr__(self, "blanks", blanks)
        object.__setattr__(self, "groups", groups)
        deal = self.kinds.get("deal", {})
        object.__setattr__(self, "custom", tuple(spec for spec in deal.values() if spec.custom))

    def of(self, kind: str) -> Mapping[str, FactSpec]:
        """Return the facts of a kind; empty for a kind nobody knows."""
        return self.kinds.get(kind, {})


def catalogue(custom_fields: Iterable[str] | None = None) -> Catalogue:
    """Return the catalogue for one configuration.

    Args:
        custom_fields: Fact names that have a custom field configured; a custom fact without one
            is left out, a name the catalogue does not know becomes a text fact. None keeps all
            built-in custom facts and adds none (reference page, schema).
    """
    kinds = {kind: {spec.name: spec for spec in facts} for kind, facts in _KINDS.items()}
    if custom_fields is not None:
        fields = set(custom_fields)
        deal = {n: spec for n, spec in kinds["deal"].items() if not spec.custom or n in fields}
        for name in sorted(fields - deal.keys()):
            (deal[name],) = configured(text(name, "custom field of the deal"))
        kinds["deal"] = deal
    return Catalogue(kinds)


def _blank(spec: FactSpec) -> Unknown:
    unread = spec.groups & DETAIL_GROUPS
    return Unknown("not read yet" if unread else f"{min(spec.groups)} is not connected", unread)
