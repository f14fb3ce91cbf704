"""The side that is never killed: the CRM, the clock, and the people who work in it.

The CRM is the tests' fake: it is not idempotent, and can lose replies or apply requests late. The
subject reaches it through a socket; a request that was sent is applied also if the sender died.
"""

from __future__ import annotations

import pickle
import select
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fakes.clock import NOON, FakeClock
from tests.fakes.crm import FakeCrm
from westsync.domain.records import ClientKind, DealRecord, StageType
from westsync.errors import ConnectorError

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from westsync.domain.records import TaskRecord
    from westsync.ports import Receipt

DEALS = ("41", "42", "43")
NEW, ANSWERED = "127", "128"
_WRITES = ("create_task", "link_task", "close_task", "comment_deal", "notify", "set_field",
           "move_deal")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How the network and the CRM behave during a schedule.

    Attributes:
        faults: (fault of `FakeCrm.break_next`, operation) in the order they come.
        list_lag_s: Seconds until a new task or comment shows in any list.
        late_s: For the fault ``late``: seconds until the effect can be seen.
    """

    faults: tuple[tuple[str, str], ...] = ()
    list_lag_s: float = 0.0
    late_s: float = 60.0


FAIR = Weather()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a life tells at its end: how many failpoints it reached, and their names."""

    reached: int
    names: tuple[str, ...]


class Failure:
    """An error of a port on its way to the subject; errors do not survive pickling as they are."""

    def __init__(self, error: ConnectorError) -> None:
        self.kind = type(error)
        self.values = vars(error)

    def to_raise(self) -> ConnectorError:
        error = self.kind.__new__(self.kind)
        error.__dict__.update(self.values)
        return error


class LaggingCrm(FakeCrm):
    """The fake, whose lists show new things only after a while."""

    def __init__(self, clock: FakeClock, weather: Weather) -> None:
        super().__init__(clock)
        self.link_at_creation = False  # so that every task needs its own link intent
        self._lag = timedelta(seconds=weather.list_lag_s)
        for fault, operation in weather.faults:
            self.break_next(fault, operation=operation, delay_s=weather.late_s)  # type: ignore[arg-type]  # data of a schedule

    def _seen(self) -> list[TaskRecord]:
        shown = self._clock.now() - self._lag
        return [task for task in super()._seen() if task.created_at <= shown]

    def find_comment(self, marker: str, deal: str, since: datetime) -> Sequence[Receipt]:
        found = super().find_comment(marker, deal, since)  # type: ignore[arg-type]  # a marker
        shown = self._clock.now() - self._lag
        return tuple(one for one in found if self.comments[one.ref].at <= shown)


class World:
    """One schedule's CRM, clock and people.

    Attributes:
        crm: The stand-in.
        clock: Moves only when a subject says that it waits.
        reports: What each life that came to its end told.
    """

    def __init__(self, weather: Weather = FAIR) -> None:
        self.clock = FakeClock(NOON)
        self.crm = LaggingCrm(self.clock, weather)
        self.reports: list[Report] = []
        self._days = iter(self._people())
        for deal in DEALS:
            self.crm.put_deal(_a_deal(deal))

    def serve(self, channels: Sequence[socket.socket]) -> None:
        """Answer until every subject has hung up or died."""
        talking = list(channels)
        while talking:
            ready, _, _ = select.select(talking, [], [])
            for channel in ready:
                request = receive(channel)
                if request is None:
                    talking.remove(channel)
                    continue
                answer = self._answer(*request)
                # It may have died while it waited; what it asked for is done all the same.
                with suppress(BrokenPipeError, ConnectionResetError):
                    send(channel, answer)

    def effects(self) -> Counter[tuple[object, ...]]:
        """Return everything that was done in the CRM, as people see it."""
        found: Counter[tuple[object, ...]] = Counter()
        for task in self.crm.tasks.values():
            record = task.record
            found["task", record.name, record.deal_ids, record.status, task.closing_note] += 1
        for comment in self.crm.comments.values():
            found["comment", comment.deal, comment.text, comment.to] += 1
        for deal in self.crm.deal_records.values():
            found["deal", deal.id, deal.state_id, tuple(sorted(deal.custom.items()))] += 1
        return found

    def marked(self) -> dict[str, list[str]]:
        """Return the ids of the objects that carry each marker."""
        found: dict[str, list[str]] = {}
        for task in self.crm.tasks.values():
            found.setdefault(task.record.marker or "", []).append(task.record.id)
        for comment in self.crm.comments.values():
            found.setdefault(comment.marker, []).append(comment.id)
        return found

    def writes(self) -> int:
        """Return how many writing requests came in so far."""
        return sum(self.crm.calls[name] for name in _WRITES)

    def _answer(self, name: str, args: tuple[Any, ...]) -> object:
        match name:
            case "now":
                return self.clock.now()
            case "advance_to":
                self.clock.advance(max(args[0] - self.clock.now(), timedelta(0)))
                return self.clock.now()
            case "report":
                self.reports.append(args[0])
                return True
            case "idle":
                return next(self._days, False)
            case _:
                try:
                    result = getattr(self.crm, name)(*args)
                    return list(result) if isinstance(result, Iterator) else result
                except ConnectorError as exc:
                    return Failure(exc)

    def _people(self) -> Iterator[bool]:
        """Play what staff do each time the daemon has nothing left to do; True: something."""
        self.clock.advance(timedelta(minutes=30))
        for deal in DEALS[:2]:
            now = self.clock.now()
            self.crm.put_deal(
                replace(self.crm.deal_records[deal], state_id=ANSWERED, updated_at=now)
            )
        yield True
        self.clock.advance(timedelta(minutes=30))
        self.crm.put_deal(_a_deal("44", at=self.clock.now()))
        yield True


def send(channel: socket.socket, value: object) -> None:
    """Send one value in one segment."""
    body = pickle.dumps(value)
    channel.sendall(struct.pack("!I", len(body)) + body)


def receive(channel: socket.socket) -> Any:
    """Return the next value; None if the other side is gone."""
    head = _exactly(channel, 4)
    if head is None:
        return None
    body = _exactly(channel, struct.unpack("!I", head)[0])
    return None if body is None else pickle.loads(body)  # noqa: S301 - our own child wrote it


def _exactly(channel: socket.socket, size: int) -> bytes | None:
    parts = b""
    while len(parts) < size:
        try:
            part = channel.recv(size - len(parts))
        except ConnectionResetError:
            return None
        if not part:
            return None
        parts += part
    return parts


def _a_deal(deal: str, at: datetime = NOON) -> DealRecord:
    return DealRecord(
        id=deal,
        number=deal,
        name=f"Заявка {deal}",
        program_id="14",
        state_id=NEW,
        stage_type=StageType.ACTIVE,
        manager_id="1000003",
        client_id=None,
        client_kind=ClientKind.PERSON,
        created_at=at,
        updated_at=at,
        stage_entered_at=None,
        price=None,
    )
