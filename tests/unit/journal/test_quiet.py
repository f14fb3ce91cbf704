"""What holds at one moment is the same, asked once for all or one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import DEAL, NOON
from westsync.domain.intents import ObjectRef

if TYPE_CHECKING:
    from westsync.journal.store import SqliteStore

HOUR = timedelta(hours=1)
OTHER = ObjectRef(kind="deal", id="44")


@pytest.mark.parametrize("scope", [None, "first-contact", "deal-43", "*"])
@pytest.mark.parametrize("later", [timedelta(0), 2 * HOUR])
def test_asked_for_all_at_once_silences_are_the_same_as_one_by_one(
    store: SqliteStore, scope: str | None, later: timedelta
) -> None:
    silences = store.silences
    if scope is not None:
        silences.mute(scope, until=NOON + HOUR, by="orlov", now=NOON)
        silences.ack("promise-kept", DEAL, until=NOON + HOUR, by="orlov", now=NOON)

    quiet = silences.quiet(NOON + later)

    for rule in ("first-contact", "promise-kept"):
        for obj in (DEAL, OTHER):
            assert quiet.muted_until(rule, obj) == silences.muted_until(rule, obj, NOON + later)
            ack, until = quiet.ack(rule, obj), silences.acked_until(rule, obj, NOON + later)
            assert until in {None, ack.until if ack is not None else None}
            assert until is not None or ack is None or ack.until <= NOON + later
