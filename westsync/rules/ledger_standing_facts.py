"""What rules see of 1C as a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.domain.facts import Facts, Group

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.catalogue.kinds import Catalogue
    from westsync.domain.ledger_standing import LedgerStanding


def ledger_standing_facts(
    id_: str,
    standing: LedgerStanding,
    catalogue: Catalogue,
    *,
    read_at: datetime | None,
    seen_at: datetime,
) -> Facts:
    """Return the facts of 1C as a source.

    Args:
        id_: As rules and commands call it.
        standing: How it answered last.
        catalogue: Types of the facts.
        read_at: Since when (UTC) its money is not known any better; None if it never was read.
        seen_at: When (UTC) that was looked at.
    """
    return Facts(
        kind="ledger",
        id=id_,
        values={
            "id": id_,
            "state": standing.state,
            "detail": standing.detail or None,
            "since": standing.since,
            "read_at": read_at,
        },
        as_of={Group.ONEC: seen_at},
        source_as_of={"onec": seen_at},
        groups=catalogue.groups["ledger"],
    )
