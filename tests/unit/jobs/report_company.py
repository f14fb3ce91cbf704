"""The shipped company over a scratch store, for tests of what reports gather."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.fakes.clock import FakeClock
from tests.unit.journal.factories import ACCOUNT
from tests.unit.reports.shipped import CONFIG, settings
from westsync.app.configuration import read_configuration
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
    Touch,
    TouchKind,
)
from westsync.jobs.observe import DEALS
from westsync.jobs.report_sources import Sources
from westsync.journal.cursors import Cursor
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.domain.records import CrmInvoice, FieldValue
    from westsync.jobs.company import Company

MSK = ZoneInfo("Europe/Moscow")
SECRETARY, OLGA, PETR = "1000001", "1000002", "1000003"
NAMES = {SECRETARY: "Сидорова Анна", OLGA: "Петрова Ольга", PETR: "Иванов Пётр", None: ""}
NEW, OFFER, WON, LOST = "127", "130", "139", "140"
TYPES = {
    NEW: StageType.ACTIVE,
    OFFER: StageType.ACTIVE,
    WON: StageType.POSITIVE,
    LOST: StageType.NEGATIVE,
}
PROGRAM = Program(
    id="14",
    name="Продажи",
    states=tuple(State(id=i, name=i, type=t, is_entry=i == NEW) for i, t in TYPES.items()),
    fields=(),
)


def company() -> Company:
    found = read_configuration(CONFIG, {}).companies[ACCOUNT]
    staff = [Employee(id=i, name=name, is_working=True) for i, name in NAMES.items() if i]
    return found.with_observed("1000099", staff, (PROGRAM,))


COMPANY = company()


@dataclass
class Books:
    """A scratch store and what a report of a moment is gathered from."""

    now: datetime
    store: SqliteStore = field(init=False)

    def __post_init__(self) -> None:
        self._database = open_scratch(FakeClock(self.now))
        self.store = SqliteStore(self._database, ACCOUNT)
        self.store.mirror.keep_programs((PROGRAM,))
        with self.store.transaction():
            self.store.cursors.save(DEALS, Cursor(position=None, at=self.now))

    def close(self) -> None:
        self._database.close()

    @property
    def sources(self) -> Sources:
        return Sources(
            store=self.store,
            rows=self.store.report_rows,
            company=COMPANY,
            settings=settings(),
            now=self.now,
        )

    def deal(
        self,
        id: str,  # noqa: A002 - the record's own name
        *,
        at: datetime,
        source: FieldValue = "Сайт",
        manager: str | None = PETR,
        state: str = NEW,
        client: str | None = None,
        invoices: tuple[CrmInvoice, ...] = (),
    ) -> DealRecord:
        record = DealRecord(
            id=id,
            number=id,
            name=f"Заявка {id}",
            program_id="14",
            state_id=state,
            stage_type=TYPES[state],
            manager_id=manager,
            client_id=client,
            client_kind=ClientKind.PERSON,
            created_at=at.astimezone(UTC),
            updated_at=max(at, self.now - timedelta(days=30)).astimezone(UTC),
            stage_entered_at=at.astimezone(UTC),
            price=None,
            invoices=invoices,
            custom={"source": source},
        )
        self.store.mirror.keep_page(Page(deals=(record,)), self.now)
        return record

    def client(self, id: str, *, at: datetime, name: str = "Соколов Игорь") -> None:  # noqa: A002 - as above
        record = ClientRecord(
            id=id,
            kind=ClientKind.PERSON,
            name=name,
            created_at=at.astimezone(UTC),
            updated_at=at.astimezone(UTC),
        )
        self.store.mirror.keep_page(Page(clients=(record,)), self.now)

    def touch(self, deal: str, at: datetime | None, *, read_at: datetime | None = None) -> None:
        """Let the deal's history be read, with a comment of the secretary if a moment is given."""
        touches = () if at is None else (a_touch(at),)
        self.store.mirror.keep_details(
            ObjectRef(kind="deal", id=deal),
            Details(touches=touches, todos=(), tasks=()),
            read_at or self.now,
        )


def a_touch(at: datetime, *, by: str = SECRETARY) -> Touch:
    return Touch(
        id=f"{at:%d%H%M%S}",
        at=at.astimezone(UTC),
        kind=TouchKind.COMMENT,
        author_id=by,
        text="Созвонились",
    )


def at(day: int, hour: int = 10, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=MSK)


def without(sources: Sources, rule: str) -> Sources:
    """Return sources whose company does not have a rule."""
    ruleset = sources.company.ruleset
    kept = tuple(one for one in ruleset.rules if one.id != rule)
    return replace(sources, company=replace(sources.company, ruleset=replace(ruleset, rules=kept)))


def books(now: datetime) -> Iterator[Books]:
    opened = Books(now)
    yield opened
    opened.close()
