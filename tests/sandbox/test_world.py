"""People act at the clock's moment; the same acts give the same account."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.sandbox import Refused, Server, Switches, World, serve
from westsync.sandbox.megaplan.company import PERSON, STAGES
from westsync.sandbox.standin.clock import WorldClock
from westsync.sandbox.standin.joined import JoinedTransport

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def play(world: World) -> None:
    """Live an hour of the company."""
    client = world.create_client(first="Пётр", last="Сидоров", phones=["+79990000000"])
    deal = world.create_deal(client=client, manager="ivanov", lines=[("Yamaha DTX6", 1, 90_000.0)])
    world.advance(timedelta(minutes=10))
    world.comment(deal, by="ivanov", text="созвонились")
    todo = world.add_todo(deal, "Звонок", by="ivanov", at=world.now + timedelta(hours=1))
    world.move_deal(deal, "qualify", by="ivanov")
    task = world.create_task("Предложение", by="ivanov", deal=deal, deadline=world.now)
    world.advance(timedelta(minutes=50))
    world.finish_todo(todo, by="ivanov")
    world.finish_task(task, by="ivanov", text="готово")
    world.attach_file(deal, "реквизиты.pdf", by="ivanov")
    world.issue_invoice(deal, Decimal(90_000), by="ivanov", status="drawn")


def contents(world: World) -> object:
    kinds = ("Deal", "Task", "Todo", "Comment", "Changeset", "Invoice", "DealStatusHistory")
    return {kind: world.store.all(kind) for kind in kinds}


def test_the_same_acts_give_the_same_account() -> None:
    one, two = World(start=START, seed=3), World(start=START, seed=3)

    play(one)
    play(two)

    assert contents(one) == contents(two)
    assert one.tokens.application == two.tokens.application
    assert one.tokens.application != World(start=START, seed=4).tokens.application


def test_a_reset_world_is_as_good_as_new() -> None:
    used, fresh = World(start=START, seed=3), World(start=START, seed=3)
    play(used)

    used.reset(start=START)
    play(used)
    play(fresh)

    assert contents(used) == contents(fresh)


def test_nobody_moves_a_deal_where_no_transition_leads() -> None:
    world = World(start=START)
    deal = world.create_deal()

    with pytest.raises(ValueError, match="cannot pass from new to delivered"):
        world.move_deal(deal, "delivered", by="ivanov")
    world.put_deal(deal, "delivered", by="admin1")

    assert world.stage_of(deal) == "delivered"


def test_every_stage_can_be_reached_step_by_step() -> None:
    world = World(start=START)
    deal = world.create_deal()

    for stage in list(STAGES)[1:-1]:
        world.move_deal(deal, stage, by="ivanov")

    assert world.stage_of(deal) == "won"
    assert len(world.store.all("DealStatusHistory")) == len(STAGES) - 2


def test_people_are_held_to_the_same_rules_as_the_api() -> None:
    world = World(start=START)
    task = world.create_task("Проверить", by="orlov", responsible="ivanov")

    with pytest.raises(Refused, match="No act_cancel rights"):
        world.act_on_task(task, "act_cancel", by="ivanov")
    with pytest.raises(KeyError, match="no employee 'nobody'"):
        world.comment("501", by="nobody", text="x")


def test_the_daemon_has_its_own_account() -> None:
    assert PERSON["westsync"].id == "1000099"
    assert PERSON["ivanov"].id == "1000003"


@given(
    shifts=st.lists(st.timedeltas(timedelta(days=-2), timedelta(days=2)), max_size=5),
    running=st.booleans(),
)
def test_a_clock_stands_where_it_was_put(shifts: list[timedelta], running: bool) -> None:
    source: Callable[[], datetime] | None = (lambda: START + timedelta(days=9)) if running else None
    clock = WorldClock(START, source)

    for shift in shifts:
        clock.advance(shift)

    assert clock.now == START + sum(shifts, timedelta())


def test_a_running_clock_follows_its_source() -> None:
    moments = iter([START, START, START + timedelta(seconds=5)])
    clock = WorldClock(START + timedelta(days=1), lambda: next(moments))

    assert clock.now == START + timedelta(days=1)
    assert clock.now == START + timedelta(days=1, seconds=5)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="is naive"):
        World(start=datetime(2026, 11, 24, 9, 0))  # noqa: DTZ001 - the mistake under test


def test_switches_know_their_positions() -> None:
    turned = Switches().turned({"hidden_fields": ["Deal.price"], "list_lag_s": 2})

    assert turned.hidden_fields == ("Deal.price",)
    with pytest.raises(ValueError, match="cannot be 1"):
        turned.turned({"bulk": 1})


def test_a_taken_port_is_an_os_error() -> None:
    with Server() as server, pytest.raises(OSError, match="in use"):
        serve(port=server.port, say=lambda _: None)


def test_a_server_that_was_not_started_has_no_address() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = Server().url


class Wire(asyncio.Transport):
    """Keeps each segment apart."""

    def __init__(self) -> None:
        super().__init__()
        self.segments: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.segments.append(bytes(data))

    def is_closing(self) -> bool:
        return False


def test_header_and_body_leave_as_one_segment() -> None:
    wire = Wire()

    async def answer() -> None:
        joined = JoinedTransport(wire)
        joined.write(b"header ")
        joined.write(b"body")
        await asyncio.sleep(0)

    asyncio.run(answer())

    assert wire.segments == [b"header body"]
