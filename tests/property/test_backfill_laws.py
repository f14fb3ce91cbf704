"""Laws of a reconciliation: it tells what is not alike, whatever the company looks like."""

from __future__ import annotations

from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.reconciled import agreeing, plant
from tests.fakes.clock import FakeClock
from tests.unit.jobs.reconciled_company import Office, found
from tests.unit.journal.factories import ACCOUNT
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore


@settings(max_examples=15, deadline=None)
@given(
    deals=st.integers(1, 10).map(lambda pairs: 2 * pairs),
    invoices=st.integers(0, 30),
    differences=st.integers(0, 26),
    seed=st.integers(0, 2**16),
)
def test_what_was_planted_is_told_and_nothing_else(
    deals: int, invoices: int, differences: int, seed: int
) -> None:
    both = agreeing(deals, invoices, seed)
    plant(both, differences, seed + 1)
    clock = FakeClock()

    with closing(open_scratch(clock)) as database:
        office = Office(both, SqliteStore(database, ACCOUNT), clock)
        with office.reconciled() as (reconciliation, _):
            shown = found(reconciliation)

    assert shown == both.planted
