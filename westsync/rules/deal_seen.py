"""What was observed about one deal, before anybody makes facts of it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.domain.availability import DealAnswers
    from westsync.domain.facts import Group
    from westsync.domain.records import ClientRecord, DealRecord, Details, TaskRecord
    from westsync.rules.ledger_picture import LedgerSeen

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Another client who looks like the same one.

    Attributes:
        by: What is the same: ``phone``, ``email``, ``inn``, ``name and city``.
    """

    id: str
    name: str
    by: tuple[str, ...]


class Observed(NamedTuple):
    """Everything that was observed about one deal.

    Attributes:
        client: None if the deal has none, or it was not read yet.
        details: What was read per deal; its absent parts are unknown.
        tasks: Tasks from the polled list that hang on the deal.
        task_rules: Task id -> rule that made it.
        closed_by_us: Ids of tasks that the daemon closed.
        twins: Other clients like this one.
        ledger: What 1C shows; None if no 1C was ever read.
        invoice_problem: Why an invoice that we asked for is not made; None if none is stuck.
        stock: What suppliers answered to its lines; None if nobody asked.
        as_of: Group -> when it was read.
        source_as_of: Source -> last successful observation.
    """

    deal: DealRecord
    client: ClientRecord | None
    details: Details
    tasks: tuple[TaskRecord, ...] = ()
    task_rules: Mapping[str, str] = _NOTHING
    closed_by_us: frozenset[str] = frozenset()
    twins: tuple[Twin, ...] = ()
    ledger: LedgerSeen | None = None
    invoice_problem: str | None = None
    stock: DealAnswers | None = None
    as_of: Mapping[Group, datetime] = _NOTHING
    source_as_of: Mapping[str, datetime] = _NOTHING
