"""A year of a company, as the daemon would have recorded it: deals that go their way, or stall.

People mostly keep the standards: a request is called about within minutes, the next step is
planned, and some deals wait far too long somewhere. Everything goes through the mirror at the
moment at which it would have been seen, so the history is the one that production writes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.generation import PROGRAM, SOURCES, STATES
from westsync.domain.intents import ObjectRef
from westsync.domain.records import (
    ClientKind,
    ClientRecord,
    DealRecord,
    Details,
    Employee,
    Page,
    Program,
    StageType,
    State,
    TaskRecord,
    TodoRecord,
    Touch,
    TouchKind,
)
from westsync.jobs.observe import ME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.journal.store import SqliteStore

BEGIN = datetime(2025, 11, 1, tzinfo=UTC)
DAYS = 365
_WAY = tuple(STATES)[:12]
_WON, _LOST = "139", "140"
_MANAGERS = ("1000002", "1000003")
_COMMENTS = (
    "Созвонились, клиент думает",
    "Договорились о доставке",
    "Клиент просит счёт",
    "Отправил подборку",
    "Письмо отправлено, ждём ответа",
    "Клиент просит другой цвет",
    "Отказ: дорого",
    "СРОЧНО перезвонить",
)
_OPENS, _CLOSES, _FRIDAY = 6, 15, 4  # hours UTC, of an office in Moscow
_SEEN_LATER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is seen of a deal at one moment."""

    at: datetime
    deal: DealRecord
    details: Details


def fill_year(store: SqliteStore, deals: int, seed: int) -> int:
    """Let so many deals go through a year; return how many changes were recorded."""
    store.keepsakes.put(ME, "1000099")
    store.mirror.keep_employees(
        Employee(id=f"10000{number:02}", name=f"Сотрудник {number}", is_working=True)
        for number in (1, 2, 3, 4, 10, 11, 12, 13, 99)
    )
    states = tuple(
        State(id=state, name=state, type=StageType(kind)) for state, kind in STATES.items()
    )
    store.mirror.keep_programs([Program(id=PROGRAM, name="Продажи", states=states, fields=())])
    count = 0
    for index in range(deals):
        client = _client(index)
        with store.transaction():
            for change in changes(index, seed):
                seen_at = change.at + _SEEN_LATER
                page = Page(deals=(change.deal,), clients_seen=(client,))
                store.mirror.keep_page(page, seen_at)
                ref = ObjectRef(kind="deal", id=change.deal.id)
                store.mirror.keep_details(ref, change.details, seen_at)
                store.mirror.dirty.clear(ref)
                count += 1
    return count


def changes(index: int, seed: int) -> Iterator[Change]:
    """Yield what happens to one deal, in order."""
    draw = random.Random(f"{seed}/{index}/year")
    at = _at_work(draw, BEGIN + timedelta(minutes=draw.randrange(DAYS * 1440)))
    wait = timedelta(minutes=draw.choice((3, 4, 6, 8, 60)))
    deal = _deal(index, draw, at)
    work = _Work(deal.id, draw)
    yield Change(at=at, deal=deal, details=work.details())
    for state in (*_WAY[1 : draw.randrange(2, 12)], draw.choice((_WON, _LOST))):
        if draw.random() < 0.02:
            return  # nobody cares for it any more
        at = _at_work(draw, at + wait)
        wait = timedelta(hours=draw.expovariate(1 / (60 if draw.random() < 0.02 else 8)))
        deal = replace(
            deal,
            state_id=state,
            stage_type=StageType(STATES[state]),
            stage_entered_at=at,
            updated_at=at,
            custom={**deal.custom, "city": deal.custom["city"] or draw.choice((None, "Тула"))},
        )
        work.happen(at, state)
        yield Change(at=at, deal=deal, details=work.details())


class _Work:
    """What people do with one deal."""

    def __init__(self, deal: str, draw: random.Random) -> None:
        self._deal = deal
        self._draw = draw
        self._touches: list[Touch] = []
        self._todos: list[TodoRecord] = []
        self._tasks: list[TaskRecord] = []

    def happen(self, at: datetime, state: str) -> None:
        draw = self._draw
        who = draw.choice(_MANAGERS)
        self._touch(at, TouchKind.STAGE, who, fields=(f"state={state}",))
        if draw.random() < 0.8:
            self._touch(at, TouchKind.COMMENT, who, text=draw.choice(_COMMENTS))
        if draw.random() < 0.5:
            self._todos.append(
                TodoRecord(
                    id=f"{self._deal}7{len(self._todos)}",
                    name="Звонок",
                    category="call",
                    status="fail" if draw.random() < 0.15 else "finished",
                    responsible_id=who,
                    created_at=at - timedelta(minutes=5),
                    starts_at=None,
                    finished_at=at,
                )
            )
        self._tasks = [
            replace(task, status="completed", status_at=at, active_at=at)
            if task.status == "assigned" and draw.random() < 0.95
            else task
            for task in self._tasks
        ]
        if draw.random() < 0.9:
            self._tasks.append(
                TaskRecord(
                    id=f"{self._deal}8{len(self._tasks)}",
                    name="Написать клиенту",
                    status="assigned",
                    responsible_id=who,
                    owner_id=who,
                    created_at=at,
                    active_at=at,
                    status_at=at,
                    deadline=at + timedelta(days=draw.randrange(2, 8)),
                    deal_ids=(self._deal,),
                )
            )

    def details(self) -> Details:
        return Details(
            touches=tuple(self._touches), todos=tuple(self._todos), tasks=tuple(self._tasks)
        )

    def _touch(
        self,
        at: datetime,
        kind: TouchKind,
        who: str,
        *,
        text: str = "",
        fields: tuple[str, ...] = (),
    ) -> None:
        id_ = f"{self._deal}9{len(self._touches)}"
        self._touches.append(
            Touch(id=id_, at=at, kind=kind, author_id=who, text=text, fields=fields)
        )


def _deal(index: int, draw: random.Random, at: datetime) -> DealRecord:
    return DealRecord(
        id=str(500_000 + index),
        number=str(index),
        name=f"Заявка {index}",
        program_id=PROGRAM,
        state_id=_WAY[0],
        stage_type=StageType.ACTIVE,
        manager_id=draw.choice(_MANAGERS),
        client_id=f"{2_000_000 + index // 2}",
        client_kind=ClientKind.PERSON,
        created_at=at,
        updated_at=at,
        stage_entered_at=at,
        price=None,
        custom={
            "source": draw.choice(SOURCES),
            "city": draw.choice(("Москва", None)),
            "delivery_at": None,
            "delivery_kind": None,
            "urgent": draw.random() < 0.05,
            "long_lead": False,
        },
    )


def _client(index: int) -> ClientRecord:
    return ClientRecord(
        id=f"{2_000_000 + index // 2}",
        kind=ClientKind.PERSON,
        name=f"Клиент {index // 2}",
        created_at=BEGIN,
        updated_at=BEGIN,
        phones=(f"79{index // 2:09d}",),
    )


def _at_work(draw: random.Random, at: datetime) -> datetime:
    """Move a moment into the office hours of a weekday, never back."""
    if at.hour >= _CLOSES:
        at = at.replace(hour=_OPENS, minute=draw.randrange(60)) + timedelta(days=1)
    elif at.hour < _OPENS:
        at = at.replace(hour=_OPENS, minute=draw.randrange(60))
    while at.weekday() > _FRIDAY:
        at += timedelta(days=1)
    return at
