"""Each thing once: what acting promises when the other side breaks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.journal.factories import DEAL, NOON, a_call, a_comment, an_intent
from tests.unit.journal.test_outbox import entry_of
from westsync.domain.actions import (
    AskSupplier,
    CloseTask,
    JoinDigest,
    MoveDeal,
    Notify,
    SetDealField,
)
from westsync.domain.intents import Key, ObjectRef
from westsync.errors import (
    AccessDenied,
    OutcomeUnknown,
    Rejected,
    Unavailable,
    UnexpectedReply,
)
from westsync.jobs.act import ActSummary, Limits, act
from westsync.jobs.effects import Writers
from westsync.journal.cursors import TASKS, Cursor
from westsync.journal.database import Lapse, Recovery
from westsync.journal.entries import IntentState, Policy, Target
from westsync.ports import Receipt, nothing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.fakes.clock import FakeClock
    from tests.fakes.crm import FakeCrm
    from westsync.domain.actions import Action
    from westsync.journal.store import SqliteStore

SETTLED = timedelta(seconds=181)


def act_now(store: SqliteStore, writers: Writers, clock: FakeClock) -> ActSummary:
    return act(store, writers, clock, Limits(), chance=lambda: 0.5)


def state_of(store: SqliteStore, key: Key) -> IntentState:
    entry = store.outbox.entry(key)
    assert entry is not None
    return entry.state


def cause_of(store: SqliteStore, key: Key) -> str:
    entry = store.outbox.entry(key)
    assert entry is not None
    return entry.cause or ""


@pytest.fixture
def recorded(store: SqliteStore, clock: FakeClock) -> Key:
    """The key of a waiting task for deal 43."""
    intent = an_intent()
    store.outbox.record([intent], clock.now())
    return intent.key


def test_a_task_is_made_and_its_id_is_kept(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    summary = act_now(store, writers, clock)

    (task,) = crm.tasks
    entry = store.outbox.entry(recorded)
    assert entry is not None
    assert (entry.state, entry.ref) == (IntentState.DONE, task)
    assert [(one.kind, one.state, one.ref) for one in summary.acted] == [
        ("task.ensure", IntentState.DONE, task)
    ]


@pytest.mark.usefixtures("recorded")
def test_acting_again_does_nothing(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    act_now(store, writers, clock)
    calls = crm.calls.total()

    summary = act_now(store, writers, clock)

    assert summary.acted == ()
    assert crm.calls.total() == calls


@pytest.mark.parametrize("fault", ["before", "after", "lost", "late"])
def test_a_task_is_made_once_whatever_happens_to_the_connection(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock, recorded: Key, fault: str
) -> None:
    crm.break_next(fault, operation="create_task")  # type: ignore[arg-type]  # parametrised literal

    for _ in range(4):
        act_now(store, Writers(crm=crm), clock)
        clock.advance(SETTLED)

    assert len(crm.tasks) == 1
    assert state_of(store, recorded) is IntentState.DONE


def test_what_is_in_doubt_is_not_touched_before_it_has_settled(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("late", operation="create_task", delay_s=170)
    act_now(store, writers, clock)

    clock.advance(timedelta(seconds=100))
    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.IN_DOUBT
    assert crm.calls["find_task"] == 0


def test_an_effect_found_by_its_marker_is_adopted(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("after", operation="create_task")
    act_now(store, writers, clock)
    clock.advance(SETTLED)

    act_now(store, writers, clock)

    entry = store.outbox.entry(recorded)
    assert entry is not None
    assert entry.ref == next(iter(crm.tasks))
    assert crm.calls["create_task"] == 1


def test_after_three_lost_sends_a_person_decides(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("lost", operation="create_task", times=9)

    for _ in range(6):
        act_now(store, writers, clock)
        clock.advance(SETTLED)

    assert state_of(store, recorded) is IntentState.HELD
    assert crm.calls["create_task"] == 3


def test_a_process_killed_again_and_again_before_its_send_still_owes_the_task(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    for _ in range(5):
        entry = store.outbox.entry(recorded)
        assert entry is not None
        store.delivery.mark_acting(entry, clock.now())  # and killed before anything was sent
        store.delivery.find_interrupted(timedelta(seconds=180), clock.now())
        clock.advance(SETTLED)

    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.DONE
    assert len(crm.tasks) == 1


def test_what_kills_the_process_each_time_is_left_to_a_person(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    for _ in range(10):
        entry = store.outbox.entry(recorded)
        assert entry is not None
        store.delivery.mark_acting(entry, clock.now())
        store.delivery.find_interrupted(timedelta(seconds=180), clock.now())
        clock.advance(SETTLED)

    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.HELD
    assert not crm.tasks


def test_a_person_may_have_a_held_one_sent_again(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("lost", operation="create_task", times=3)
    for _ in range(4):
        act_now(store, writers, clock)
        clock.advance(SETTLED)

    store.outbox.retry(recorded, by="admin1", now=clock.now())
    act_now(store, writers, clock)

    assert len(crm.tasks) == 1
    assert crm.calls["find_task"] == 4  # also before this send


def test_a_refusal_is_a_dead_letter_and_others_go_on(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    other = an_intent(a_comment(), step="other", obj=ObjectRef(kind="deal", id="44"))
    store.outbox.record([other], clock.now())
    crm.break_next("rejected", operation="create_task")

    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.FAILED
    assert "the fake was told to say no" in cause_of(store, recorded)
    assert state_of(store, other.key) is IntentState.DONE


def test_an_object_that_is_gone_is_to_be_read_again(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    crm.drop_deal("43")
    store.outbox.record([an_intent(a_comment())], clock.now())

    summary = act_now(store, writers, clock)

    assert summary.recheck == (DEAL,)


def test_refused_credentials_stop_that_system_only(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock
) -> None:
    outgoing = Outgoing()
    mailed = an_intent(Notify(via="email", to=("a@example.test",), text="Счёт"), step="mail")
    first = an_intent(step="one")
    second = an_intent(step="two", obj=ObjectRef(kind="deal", id="44"))
    store.outbox.record([first, second, mailed], clock.now())
    crm.break_next("denied", operation="create_task")

    summary = act_now(store, Writers(crm=crm, messenger=outgoing), clock)

    assert set(summary.blocked) == {Target.CRM}
    assert crm.calls["create_task"] == 1
    assert state_of(store, mailed.key) is IntentState.DONE
    assert len(outgoing.sent) == 1


def test_a_system_that_fails_in_a_row_is_left_alone_for_this_round(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    store.outbox.record(
        [an_intent(obj=ObjectRef(kind="deal", id=str(number))) for number in range(10)],
        clock.now(),
    )
    crm.break_next("before", operation="create_task", times=10)

    summary = act_now(store, writers, clock)

    assert crm.calls["create_task"] == 3
    assert Target.CRM in summary.blocked


def test_intents_of_one_object_go_in_order_and_block_nobody_else(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    after = an_intent(a_comment(), step="then")
    elsewhere = an_intent(obj=ObjectRef(kind="deal", id="44"))
    store.outbox.record([after, elsewhere], clock.now())
    crm.break_next("lost", operation="create_task")

    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.IN_DOUBT
    assert state_of(store, after.key) is IntentState.WAITING
    assert state_of(store, elsewhere.key) is IntentState.DONE


@pytest.mark.usefixtures("recorded")
def test_a_task_that_was_not_linked_is_linked_by_its_own_intent(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    crm.link_at_creation = False

    summary = act_now(store, writers, clock)

    (task,) = crm.tasks.values()
    assert task.record.deal_ids == ("43",)
    assert [one.kind for one in summary.acted] == ["task.ensure", "task.link"]


@pytest.mark.usefixtures("recorded")
def test_a_task_that_may_be_linked_is_asked_about_before_it_is_linked(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    crm.tells_link = False

    act_now(store, writers, clock)

    assert (crm.calls["is_linked"], crm.calls["link_task"]) == (1, 0)


def test_a_task_is_closed_when_its_end_is_wanted(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    act_now(store, writers, clock)
    close = an_intent(CloseTask(task=recorded, note="Контакт состоялся"), step="clear")

    store.outbox.record([close], clock.now())
    act_now(store, writers, clock)

    assert crm.open_titles == []
    assert state_of(store, close.key) is IntentState.DONE


def test_a_task_that_was_never_sent_is_withdrawn_instead_of_made_and_closed(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    close = an_intent(CloseTask(task=recorded, note="Контакт состоялся"), step="clear")

    store.outbox.record([close], clock.now())
    act_now(store, writers, clock)

    assert crm.tasks == {}
    assert state_of(store, recorded) is IntentState.WITHDRAWN
    assert state_of(store, close.key) is IntentState.DONE


def test_closing_waits_for_a_task_in_doubt(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("late", operation="create_task", delay_s=60)
    act_now(store, writers, clock)
    close = an_intent(CloseTask(task=recorded, note="Контакт состоялся"), step="clear")
    store.outbox.record([close], clock.now())

    act_now(store, writers, clock)
    before = state_of(store, close.key)
    for _ in range(3):
        clock.advance(SETTLED)
        act_now(store, writers, clock)

    assert before is IntentState.WAITING
    assert crm.open_titles == []
    assert len(crm.tasks) == 1


@pytest.mark.parametrize(
    "action",
    [
        a_call(),
        a_comment(),
        Notify(via="megaplan", to=("1000010",), text="Заявка 43 без звонка", deal="43"),
        SetDealField(deal="43", field="city", value="Казань"),
        MoveDeal(deal="43", stage="128", stage_name="qualify"),
    ],
    ids=lambda action: type(action).__name__,
)
@pytest.mark.parametrize("fault", ["before", "after", "lost"])
def test_every_kind_of_action_happens_once(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock, action: Action, fault: str
) -> None:
    intent = an_intent(action)
    store.outbox.record([intent], clock.now())
    crm.break_next(fault)  # type: ignore[arg-type]  # parametrised literal

    for _ in range(4):
        act_now(store, Writers(crm=crm), clock)
        clock.advance(SETTLED)

    assert state_of(store, intent.key) is IntentState.DONE
    assert len(crm.tasks) + len(crm.comments) <= 1


def test_mail_that_is_not_configured_is_a_dead_letter_that_says_so(
    store: SqliteStore, writers: Writers, clock: FakeClock
) -> None:
    intent = an_intent(Notify(via="email", to=("a@example.test",), text="Счёт"))
    store.outbox.record([intent], clock.now())

    act_now(store, writers, clock)

    assert state_of(store, intent.key) is IntentState.FAILED
    assert "no mail is configured" in cause_of(store, intent.key)


def test_a_shadow_intent_is_never_sent(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    store.outbox.record([an_intent(shadow=True)], clock.now())

    act_now(store, writers, clock)

    assert crm.tasks == {}


def test_stopping_starts_no_other_send(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock
) -> None:
    store.outbox.record(
        [an_intent(obj=ObjectRef(kind="deal", id=str(number))) for number in range(5)],
        clock.now(),
    )

    act(store, writers, clock, Limits(), stopping=lambda: len(crm.tasks) >= 2)

    assert len(crm.tasks) == 2


def test_a_mistake_of_ours_in_one_send_stops_nobody_else(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock
) -> None:
    broken = an_intent(SetDealField(deal="43", field="city", value="Казань"))
    sound = an_intent(a_comment(), step="say", obj=ObjectRef(kind="deal", id="44"))
    crm.deal_records["44"] = crm.deal_records["43"]
    crm.deal_records["43"] = None  # type: ignore[assignment]  # this is the mistake
    store.outbox.record([broken, sound], clock.now())

    act_now(store, Writers(crm=crm), clock)

    assert state_of(store, broken.key) is IntentState.IN_DOUBT
    assert state_of(store, sound.key) is IntentState.DONE


def test_what_a_dead_process_was_sending_is_looked_up_first(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    (entry,) = store.delivery.due(clock.now(), 1)
    store.delivery.mark_acting(entry, clock.now())
    crm.create_task(a_call(), entry.marker)  # and here the process died

    act_now(store, writers, clock)
    clock.advance(SETTLED)
    act_now(store, writers, clock)

    assert len(crm.tasks) == 1
    assert state_of(store, recorded) is IntentState.DONE


def test_a_long_outage_is_retried_ever_more_slowly(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("before", times=100)

    pauses = []
    for _ in range(7):
        act_now(store, writers, clock)
        entry = store.outbox.entry(recorded)
        assert entry is not None
        pauses.append((entry.not_before - clock.now()).total_seconds())
        clock.advance(entry.not_before - clock.now())

    assert pauses == sorted(pauses)
    assert pauses[0] == 45
    assert max(pauses) <= 900
    assert state_of(store, recorded) is IntentState.POSTPONED


def test_the_search_begins_before_the_servers_own_clock_at_the_first_send(
    store: SqliteStore, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    server_now = NOON - timedelta(minutes=10)  # our clock is ten minutes ahead
    with store.transaction():
        store.cursors.save(TASKS, Cursor(position=server_now, at=clock.now()))

    act_now(store, writers, clock)

    entry = store.outbox.entry(recorded)
    assert entry is not None
    assert entry.searched_from == server_now - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("policy", "state", "cause"),
    [
        (Policy.HOLD, IntentState.HELD, "sent 1 times, not found afterwards"),
        (Policy.SKIP, IntentState.FAILED, "not worth a repetition"),
    ],
)
def test_what_must_not_be_repeated_blindly_is_not(
    store: SqliteStore,
    crm: FakeCrm,
    clock: FakeClock,
    recorded: Key,
    *,
    policy: Policy,
    state: IntentState,
    cause: str,
) -> None:
    with store.transaction():
        store._database.write("UPDATE intent SET policy = ?", (policy,))
    crm.break_next("lost", operation="create_task")

    for _ in range(2):
        act_now(store, Writers(crm=crm), clock)
        clock.advance(SETTLED)

    assert state_of(store, recorded) is state
    assert cause in cause_of(store, recorded)
    assert crm.calls["create_task"] == 1


def test_the_recovery_epoch_looks_up_before_every_first_send(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    (entry,) = store.delivery.due(clock.now(), 1)
    forgotten = crm.create_task(a_call(), entry.marker)  # in a life that the state has forgotten
    store._database._recovery = Recovery(since=NOON - timedelta(days=2), reason="a backup")

    act_now(store, writers, clock)

    made = store.outbox.entry(recorded)
    assert made is not None
    assert made.ref == forgotten.ref
    assert len(crm.tasks) == 1


@pytest.mark.parametrize(("opened_again_at", "tasks"), [(NOON, 1), (NOON - timedelta(hours=3), 2)])
def test_what_began_before_the_state_was_opened_again_is_looked_up_first(
    store: SqliteStore,
    crm: FakeCrm,
    writers: Writers,
    clock: FakeClock,
    recorded: Key,
    *,
    opened_again_at: datetime,
    tasks: int,
) -> None:
    (entry,) = store.delivery.due(clock.now(), 1)
    crm.create_task(a_call(), entry.marker)
    store._database._lapse = Lapse(since=NOON - timedelta(days=2), until=opened_again_at)

    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.DONE
    assert len(crm.tasks) == tasks


def test_of_several_found_effects_the_oldest_is_adopted(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("after", operation="create_task")
    act_now(store, writers, clock)
    (oldest,) = crm.tasks
    entry = store.outbox.entry(recorded)
    assert entry is not None
    crm.create_task(a_call(), entry.marker)
    clock.advance(SETTLED)

    act_now(store, writers, clock)

    adopted = store.outbox.entry(recorded)
    assert adopted is not None
    assert adopted.ref == oldest


def test_a_look_up_that_fails_leaves_the_doubt_and_sends_nothing(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.break_next("after", operation="create_task")
    act_now(store, writers, clock)
    clock.advance(SETTLED)
    crm.break_next("before", operation="find_task")

    act_now(store, writers, clock)
    while_broken = state_of(store, recorded)
    clock.advance(SETTLED)
    act_now(store, writers, clock)

    assert while_broken is IntentState.IN_DOUBT
    assert state_of(store, recorded) is IntentState.DONE
    assert len(crm.tasks) == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (AccessDenied("megaplan", "GET /task", "401"), IntentState.IN_DOUBT),
        (OutcomeUnknown("megaplan", "GET /task", "timeout"), IntentState.IN_DOUBT),
        (UnexpectedReply("megaplan", "GET /task", "a log-in page"), IntentState.IN_DOUBT),
        (Rejected("megaplan", "GET /task", "not found", 404), IntentState.FAILED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_look_up_that_is_answered_otherwise_never_leads_to_a_send(
    store: SqliteStore,
    crm: FakeCrm,
    clock: FakeClock,
    recorded: Key,
    *,
    error: Exception,
    state: IntentState,
) -> None:
    crm.break_next("after", operation="create_task")
    act_now(store, Writers(crm=crm), clock)
    clock.advance(SETTLED)

    summary = act_now(store, Writers(crm=Answering(crm, "find_task", error)), clock)

    assert state_of(store, recorded) is state
    assert len(crm.tasks) == 1
    assert (summary.recheck == (DEAL,)) == (state is IntentState.FAILED)


def test_an_unavailable_look_up_before_a_first_send_only_postpones(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    crm.tells_link = False
    crm.break_next("before", operation="is_linked")

    act_now(store, writers, clock)

    assert state_of(store, Key(f"{recorded}:link")) is IntentState.POSTPONED


def test_a_conflict_is_looked_up_at_once(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock, recorded: Key
) -> None:
    conflict = Rejected("megaplan", "POST /task", "exists already", 409)
    (entry,) = store.delivery.due(clock.now(), 1)
    crm.create_task(a_call(), entry.marker)

    act_now(store, Writers(crm=Answering(crm, "create_task", conflict)), clock)

    assert state_of(store, recorded) is IntentState.DONE
    assert len(crm.tasks) == 1


def test_a_system_that_asks_to_wait_is_not_asked_again_before(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock
) -> None:
    busy = Unavailable("megaplan", "POST /task", "429", retry_after_s=600)
    answering = Answering(crm, "create_task", busy)
    store.outbox.record(
        [an_intent(obj=ObjectRef(kind="deal", id=str(number))) for number in range(3)],
        clock.now(),
    )

    summary = act_now(store, Writers(crm=answering), clock)

    assert answering.asked == 1
    assert Target.CRM in summary.blocked
    first = store.outbox.in_state(IntentState.POSTPONED)[0]
    assert first.not_before - clock.now() == timedelta(seconds=630)


def test_a_content_that_cannot_be_read_is_a_dead_letter(
    store: SqliteStore, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    with store.transaction():
        store._database.write("UPDATE intent SET payload = x'7b'")

    act_now(store, writers, clock)

    assert state_of(store, recorded) is IntentState.FAILED
    assert "cannot be read as task.ensure" in cause_of(store, recorded)


@pytest.mark.parametrize("end", ["unknown", "failed", "dropped", "forgotten"])
def test_closing_what_is_not_there_to_close_is_done(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock, recorded: Key, end: str
) -> None:
    writers = Writers(crm=crm)
    task = recorded
    match end:
        case "unknown":
            task = Key("main:first-contact:deal-43:20200101T000000Z:call:0:task.ensure")
        case "failed":
            store.delivery.mark_failed(store.delivery.due(NOON, 1)[0], NOON, cause="422")
        case "dropped":
            store.outbox.drop(recorded, by="admin1", now=NOON)
        case _:
            act_now(store, writers, clock)
            with store.transaction():
                store._database.write("UPDATE intent SET payload = NULL WHERE key = ?", (task,))
    close = an_intent(CloseTask(task=task, note="Контакт состоялся"), step="clear")
    store.outbox.record([close], clock.now())

    act_now(store, writers, clock)

    assert state_of(store, close.key) is IntentState.DONE
    assert crm.calls["close_task"] == 0


def test_closing_a_held_task_waits_for_the_person(
    store: SqliteStore, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    store.delivery.mark_held(store.delivery.due(NOON, 1)[0], NOON, cause="not found")
    close = an_intent(CloseTask(task=recorded, note="Контакт состоялся"), step="clear")
    store.outbox.record([close], clock.now())

    act_now(store, writers, clock)

    assert state_of(store, close.key) is IntentState.POSTPONED
    assert cause_of(store, close.key) == "the task itself is held"


A_MAIL = Notify(via="email", to=("a@example.test",), text="Счёт")
A_REQUEST = AskSupplier(
    supplier="lira", to="p@lira.test", deal="43", subject="Наличие", text="P45B: 2 шт."
)


@pytest.mark.parametrize("mail", [A_MAIL, A_REQUEST], ids=["to staff", "to a supplier"])
def test_mail_that_may_have_left_is_left_to_a_person(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock, mail: Notify | AskSupplier
) -> None:
    outgoing = Outgoing(broken=1)
    intent = an_intent(mail)
    store.outbox.record([intent], clock.now())

    for _ in range(3):
        act_now(store, Writers(crm=crm, messenger=outgoing), clock)
        clock.advance(SETTLED)

    assert state_of(store, intent.key) is IntentState.HELD
    assert len(outgoing.sent) == 1


def test_a_process_killed_before_the_letter_left_sends_it_after_all(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock
) -> None:
    outgoing = Outgoing()
    intent = an_intent(A_MAIL)
    store.outbox.record([intent], clock.now())
    store.delivery.mark_acting(entry_of(store, intent), clock.now())

    act_now(store, Writers(crm=crm, messenger=outgoing), clock)

    assert state_of(store, intent.key) is IntentState.DONE
    assert len(outgoing.sent) == 1


def test_a_process_killed_while_the_letter_left_never_sends_it_twice(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock
) -> None:
    outgoing = Outgoing()
    intent = an_intent(A_MAIL)
    store.outbox.record([intent], clock.now())
    marked = store.delivery.mark_acting(entry_of(store, intent), clock.now())
    store.delivery.mark_leaving(marked)

    for _ in range(3):
        act_now(store, Writers(crm=crm, messenger=outgoing), clock)
        clock.advance(SETTLED)

    assert state_of(store, intent.key) is IntentState.HELD
    assert not outgoing.sent


def test_a_line_of_a_digest_is_done_with_the_digest(
    store: SqliteStore, crm: FakeCrm, clock: FakeClock
) -> None:
    digest = an_intent(A_MAIL, step="digest", obj=ObjectRef(kind="person", id="a"))
    line = an_intent(JoinDigest(digests=(digest.key,), line="Сделка 43"))
    store.outbox.record([line, digest], clock.now())
    outgoing = Outgoing()

    for _ in range(2):
        act_now(store, Writers(crm=crm, messenger=outgoing), clock)
        clock.advance(SETTLED)

    assert len(outgoing.sent) == 1
    assert state_of(store, line.key) is IntentState.DONE


def test_nothing_is_sent_that_cannot_be_marked(
    store: SqliteStore, crm: FakeCrm, writers: Writers, clock: FakeClock, recorded: Key
) -> None:
    store._database.broken = True

    with pytest.raises(Unavailable, match="the disk failed"):
        act_now(store, writers, clock)

    assert crm.tasks == {}
    assert state_of(store, recorded) is IntentState.WAITING


class Answering:
    """The fake, with one operation that always answers with an error."""

    def __init__(self, crm: FakeCrm, operation: str, error: Exception) -> None:
        self._crm = crm
        self._operation = operation
        self._error = error
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        if name != self._operation:
            return getattr(self._crm, name)

        def fail(*_: object) -> None:
            self.asked += 1
            raise self._error

        return fail


class Outgoing:
    """A messenger that keeps what it sent, and may lose the first replies."""

    def __init__(self, broken: int = 0) -> None:
        self._broken = broken
        self.sent: list[Notify | AskSupplier] = []
        self.markers: list[str] = []

    def ask(
        self, request: AskSupplier, marker: str, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        return self.send(request, marker, leaving)

    def send(
        self, notice: Notify | AskSupplier, marker: str, leaving: Callable[[], None] = nothing
    ) -> Receipt:
        leaving()
        self.sent.append(notice)
        self.markers.append(marker)
        if len(self.sent) <= self._broken:
            raise OutcomeUnknown("mail", "send", "the connection was cut after the message")
        return Receipt(ref=marker)
