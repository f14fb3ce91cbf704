"""Facts about talks, letters and lost deals: what P2.1, P2.4, P2.5 and P2.7 rest on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from westsync.domain.absences import Absences
from westsync.domain.catalogue.kinds import catalogue
from westsync.domain.people import Staff
from westsync.domain.records import (
    ClientKind,
    DealRecord,
    Details,
    StageType,
    TodoRecord,
    Touch,
    TouchKind,
)
from westsync.rules.deal_facts import deal_facts
from westsync.rules.deal_seen import Observed
from westsync.rules.fact_setup import CONTACT, LETTER_SENT, REFUSAL, FactSetup

TEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
SECRETARY, MANAGER = "1000001", "1000003"
SETUP = FactSetup(
    catalogue=catalogue(),
    url="https://megaplan.example",
    me="1000099",
    zone=ZoneInfo("Europe/Moscow"),
    staff=Staff((), {}, Absences(())),
    pipelines={"14": "sales"},
    stages={("14", "129"): "availability", ("14", "130"): "offer", ("14", "140"): "lost"},
    stage_types={
        "129": StageType.ACTIVE,
        "130": StageType.ACTIVE,
        "140": StageType.NEGATIVE,
    },
    stage_roles={"offer": ("offer",)},
    words={CONTACT: ("созвонились",), LETTER_SENT: ("письмо отправлено",), REFUSAL: ("отказ",)},
)


def minutes(count: int) -> datetime:
    """Return so many minutes after ten o'clock in the office."""
    return TEN + timedelta(minutes=count)


def a_call(at: datetime, by: str, status: str = "finished") -> TodoRecord:
    """Return a call that was held, or is planned for a moment."""
    planned = status == "scheduled"
    return TodoRecord(
        id=f"call-{at:%H%M}-{by}",
        name="Звонок",
        category="call",
        status=status,
        responsible_id=by,
        created_at=TEN,
        starts_at=at if planned else None,
        finished_at=None if planned else at,
    )


def a_comment(at: datetime, text: str, by: str = MANAGER) -> Touch:
    """Return a comment of an employee."""
    return Touch(id=f"comment-{at:%H%M}", at=at, kind=TouchKind.COMMENT, author_id=by, text=text)


def facts_of(
    *,
    state: str = "129",
    entered: datetime = TEN,
    manager: str | None = MANAGER,
    touches: tuple[Touch, ...] = (),
    todos: tuple[TodoRecord, ...] = (),
) -> dict[str, object]:
    """Return the facts of a deal with this history and these calls."""
    deal = DealRecord(
        id="1",
        number="1",
        name="Yamaha DTX6",
        program_id="14",
        state_id=state,
        stage_type=None,
        manager_id=manager,
        client_id=None,
        client_kind=ClientKind.PERSON,
        created_at=TEN,
        updated_at=TEN,
        stage_entered_at=entered,
        price=None,
    )
    details = Details(touches=touches, todos=todos, tasks=())
    return dict(deal_facts(Observed(deal=deal, client=None, details=details), SETUP).values)


def test_the_secretarys_call_is_no_talk_of_the_manager() -> None:
    facts = facts_of(todos=(a_call(minutes(4), SECRETARY),))

    assert facts["manager_talk_at"] is None
    assert facts["last_client_contact_at"] == minutes(4)


def test_the_latest_talk_of_the_manager_counts_whether_called_or_commented() -> None:
    facts = facts_of(
        todos=(a_call(minutes(4), MANAGER), a_call(minutes(30), SECRETARY)),
        touches=(a_comment(minutes(20), "Созвонились, берёт две"),),
    )

    assert facts["manager_talk_at"] == minutes(20)


def test_without_a_manager_nobody_talked_as_manager() -> None:
    facts = facts_of(manager=None, todos=(a_call(minutes(4), SECRETARY),))

    assert facts["manager_talk_at"] is None


def test_the_nearest_planned_call_is_known_until_it_was_held() -> None:
    planned = facts_of(
        todos=(
            a_call(minutes(90), MANAGER, "scheduled"),
            a_call(minutes(60), MANAGER, "scheduled"),
        )
    )
    held = facts_of(todos=(a_call(minutes(60), MANAGER),))

    assert planned["planned_call_at"] == minutes(60)
    assert held["planned_call_at"] is None


def test_a_stage_moved_after_the_letter_is_no_second_letter() -> None:
    facts = facts_of(
        state="130",
        entered=minutes(50),
        touches=(a_comment(minutes(10), "Письмо отправлено"),),
        todos=(a_call(minutes(40), MANAGER),),
    )

    assert facts["letter_sent_at"] == minutes(10)
    assert facts["letter_confirmed_at"] == minutes(40)


def test_without_a_comment_the_stage_tells_that_the_letter_went_out() -> None:
    facts = facts_of(state="130", entered=minutes(50))

    assert facts["letter_sent_at"] == minutes(50)


def test_a_comment_written_while_closing_is_the_reason_of_a_lost_deal() -> None:
    facts = facts_of(
        state="140",
        entered=minutes(60),
        touches=(
            a_comment(minutes(5), "Клиент просит счёт"),
            a_comment(minutes(55), "Купил у конкурента"),
        ),
    )

    assert facts["lost_reason"] == "Купил у конкурента"


def test_an_old_comment_is_no_reason_of_a_lost_deal() -> None:
    facts = facts_of(
        state="140", entered=minutes(60), touches=(a_comment(minutes(5), "Клиент просит счёт"),)
    )

    assert facts["lost_reason"] is None


def test_an_open_deal_is_lost_for_no_reason_but_a_refusal() -> None:
    open_deal = facts_of(touches=(a_comment(minutes(5), "Думает"),))
    refused = facts_of(touches=(a_comment(minutes(5), "Отказ: дорого"),))

    assert open_deal["lost_reason"] is None
    assert refused["lost_reason"] == "Отказ: дорого"
