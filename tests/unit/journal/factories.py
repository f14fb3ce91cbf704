"""Values for the journal's tests; each names only what the test is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from westsync.domain.actions import ACTION_NAMES, Action, CommentDeal, EnsureTask
from westsync.domain.intents import Intent, Key, ObjectRef, intent_key
from westsync.domain.records import (
    ClientKind,
    ClientRecord,
    DealRecord,
    Page,
    StageType,
    TaskRecord,
)

ACCOUNT = "main"
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DEAL = ObjectRef(kind="deal", id="43")


def a_deal(
    id: str = "43",  # noqa: A002 - the record's own name
    *,
    client: str | None = None,
    name: str = "Заявка",
    stage_type: StageType | None = StageType.ACTIVE,
    state: str = "127",
    gone: bool = False,
) -> DealRecord:
    return DealRecord(
        id=id,
        number=id,
        name=name,
        program_id="14",
        state_id=state,
        stage_type=stage_type,
        manager_id="1000003",
        client_id=client,
        client_kind=ClientKind.PERSON,
        created_at=NOON - timedelta(days=1),
        updated_at=NOON,
        stage_entered_at=None,
        price=None,
        gone=gone,
    )


def a_task(
    id: str = "9911",  # noqa: A002 - the record's own name
    *,
    deals: tuple[str, ...] = ("43",),
    status: str = "assigned",
    marker: str | None = None,
    created_at: datetime = NOON,
    gone: bool = False,
) -> TaskRecord:
    return TaskRecord(
        id=id,
        name="Позвонить",
        status=status,
        responsible_id="1000003",
        owner_id="1000099",
        created_at=created_at,
        active_at=NOON,
        status_at=None,
        deadline=None,
        deal_ids=deals,
        marker=marker,
        gone=gone,
    )


def a_client(
    id: str = "777",  # noqa: A002 - the record's own name
    *,
    phones: tuple[str, ...] = (),
    emails: tuple[str, ...] = (),
    name: str = "Соколов Игорь",
    city: str | None = None,
    inn: str | None = None,
    gone: bool = False,
    created_at: datetime = NOON,
) -> ClientRecord:
    return ClientRecord(
        id=id,
        kind=ClientKind.PERSON,
        name=name,
        created_at=created_at,
        updated_at=NOON,
        phones=phones,
        emails=emails,
        city=city,
        inn=inn,
        gone=gone,
    )


def a_page(
    *records: DealRecord | TaskRecord | ClientRecord, seen: tuple[ClientRecord, ...] = ()
) -> Page:
    return Page(
        deals=tuple(one for one in records if isinstance(one, DealRecord)),
        tasks=tuple(one for one in records if isinstance(one, TaskRecord)),
        clients=tuple(one for one in records if isinstance(one, ClientRecord)),
        clients_seen=seen,
    )


def a_call(*, title: str = "Позвонить", deal: str | None = "43") -> EnsureTask:
    return EnsureTask(
        assignee="1000003",
        title=title,
        body="Узнать, что нужно.",
        deadline=NOON + timedelta(hours=1),
        deal=deal,
    )


def an_intent(
    action: Action | None = None,
    *,
    rule: str = "first-contact",
    obj: ObjectRef = DEAL,
    step: str = "call",
    repeat: int = 0,
    shadow: bool = False,
    defect: str | None = None,
    decided_at: datetime = NOON,
    account: str = ACCOUNT,
    key: Key | None = None,
) -> Intent:
    wanted = action or a_call(deal=obj.id)
    return Intent(
        key=key
        or intent_key(
            account=account,
            rule=rule,
            obj=obj,
            episode=NOON - timedelta(hours=2),
            step=step,
            repeat=repeat,
            action=ACTION_NAMES[type(wanted)],
        ),
        account=account,
        rule=rule,
        rule_hash="a1b2c3",
        step=step,
        repeat=repeat,
        obj=obj,
        action=wanted,
        decided_at=decided_at,
        shadow=shadow,
        defect=defect,
        trace="stage in [new] = new",
    )


def a_comment(text: str = "Счёт поставщика получен", *, deal: str = "43") -> CommentDeal:
    return CommentDeal(deal=deal, text=text)
