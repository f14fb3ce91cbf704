"""A promise is recorded once, kept until it is done, and taken back only if nothing was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import (
    ACCOUNT,
    DEAL,
    NOON,
    a_call,
    a_comment,
    a_page,
    a_task,
    an_intent,
)
from westsync.domain.actions import CloseTask, Notify
from westsync.domain.intents import Key, ObjectRef, marker_of
from westsync.errors import StateError, WestsyncError
from westsync.journal.database import Recovery
from westsync.journal.entries import IntentState, Policy, Target
from westsync.journal.store import SqliteStore
from westsync.ports import Receipt

if TYPE_CHECKING:
    from westsync.domain.intents import Intent
    from westsync.journal.database import Database
    from westsync.journal.entries import Entry

SETTLE = timedelta(seconds=180)


def record(store: SqliteStore, *intents: Intent) -> tuple[Key, ...]:
    return store.outbox.record(intents, NOON).new


def entry_of(store: SqliteStore, intent: Intent) -> Entry:
    entry = store.outbox.entry(intent.key)
    assert entry is not None
    return entry


def make(store: SqliteStore, intent: Intent, ref: str = "9911", *, linked: bool = True) -> None:
    record(store, intent)
    marked = store.delivery.mark_acting(entry_of(store, intent), NOON)
    store.delivery.mark_done(marked, Receipt(ref=ref, linked=linked), NOON)


def test_wanting_twice_is_wanting_once(store: SqliteStore) -> None:
    first = record(store, an_intent())

    assert first == (an_intent().key,)
    assert record(store, an_intent()) == ()
    assert len(store.outbox.of_object(DEAL)) == 1


def test_a_recorded_intent_says_everything_about_itself(
    store: SqliteStore, database: Database
) -> None:
    intent = an_intent(a_call())

    record(store, intent)

    entry = entry_of(store, intent)
    assert (entry.key, entry.rule, entry.step, entry.obj) == (
        intent.key,
        intent.rule,
        intent.step,
        intent.obj,
    )
    assert (entry.action, entry.payload) == ("task.ensure", a_call())
    assert (entry.state, entry.target, entry.policy) == (
        IntentState.WAITING,
        Target.CRM,
        Policy.RESEND,
    )
    assert entry.marker == marker_of(intent.key, database.installation)
    assert (entry.attempts, entry.doubts, entry.ref) == (0, 0, None)
    assert store.outbox.with_marker(entry.marker) == entry


def test_the_same_key_with_another_content_keeps_the_first_and_says_so(store: SqliteStore) -> None:
    record(store, an_intent(a_call(title="Позвонить")))

    second = store.outbox.record([an_intent(a_call(title="Написать"))], NOON)

    assert (second.new, second.differing) == ((), (an_intent().key,))
    assert entry_of(store, an_intent()).payload == a_call(title="Позвонить")


def test_a_shadow_intent_is_recorded_and_never_due(store: SqliteStore) -> None:
    record(store, an_intent(shadow=True))

    assert entry_of(store, an_intent()).state is IntentState.SHADOWED
    assert store.delivery.due(NOON, 10) == ()


def test_a_defective_intent_is_a_dead_letter_at_once(store: SqliteStore) -> None:
    record(store, an_intent(defect="nobody of role:secretary is available"))

    entry = entry_of(store, an_intent())
    assert (entry.state, entry.cause) == (
        IntentState.FAILED,
        "nobody of role:secretary is available",
    )


def test_an_intent_of_another_account_is_a_mistake(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="is of account branch"):
        record(store, an_intent(account="branch"))


def test_what_was_never_sent_can_be_withdrawn_and_wanted_again(store: SqliteStore) -> None:
    record(store, an_intent())

    assert store.outbox.withdraw([an_intent().key], NOON, "cleared") == (an_intent().key,)
    assert store.delivery.due(NOON, 10) == ()
    assert record(store, an_intent()) == (an_intent().key,)
    assert entry_of(store, an_intent()).state is IntentState.WAITING


def test_what_certainly_did_not_happen_can_be_withdrawn(store: SqliteStore) -> None:
    record(store, an_intent())
    marked = store.delivery.mark_acting(entry_of(store, an_intent()), NOON)
    store.delivery.mark_postponed(marked, NOON, not_before=NOON, cause="connection refused")

    assert store.outbox.withdraw([an_intent().key], NOON, "cleared") == (an_intent().key,)


def test_what_may_have_happened_cannot_be_withdrawn(store: SqliteStore) -> None:
    record(store, an_intent())
    marked = store.delivery.mark_acting(entry_of(store, an_intent()), NOON)
    while_acting = store.outbox.withdraw([an_intent().key], NOON, "cleared")
    store.delivery.mark_in_doubt(marked, NOON, not_before=NOON, cause="no reply")
    in_doubt = store.outbox.withdraw([an_intent().key], NOON, "cleared")
    store.delivery.mark_postponed(marked, NOON, not_before=NOON, cause="later")

    assert (while_acting, in_doubt) == ((), ())
    assert store.outbox.withdraw([an_intent().key], NOON, "cleared") == ()
    assert store.outbox.withdraw([Key("unknown")], NOON, "cleared") == ()


def test_after_amnesia_a_task_cannot_be_taken_for_never_made(
    store: SqliteStore, database: Database
) -> None:
    record(store, an_intent(), an_intent(a_comment(), step="say"))
    database._recovery = Recovery(since=NOON, reason="a backup was put back")

    withdrawn = store.outbox.withdraw(
        [an_intent().key, an_intent(a_comment(), step="say").key], NOON, "cleared"
    )

    assert withdrawn == (an_intent(a_comment(), step="say").key,)


def test_the_end_of_a_task_that_was_never_sent_takes_both_back(store: SqliteStore) -> None:
    close = an_intent(CloseTask(task=an_intent().key, note="Готово"), step="clear")
    record(store, an_intent())

    record(store, close)

    assert entry_of(store, an_intent()).state is IntentState.WITHDRAWN
    assert entry_of(store, close).state is IntentState.DONE
    assert store.delivery.due(NOON, 10) == ()


def test_the_end_of_a_task_that_was_made_waits_to_be_sent(store: SqliteStore) -> None:
    make(store, an_intent())
    close = an_intent(CloseTask(task=an_intent().key, note="Готово"), step="clear")

    record(store, close)

    assert [one.key for one in store.delivery.due(NOON, 10)] == [close.key]


def test_states_of_keys_can_be_asked_together(store: SqliteStore) -> None:
    record(store, an_intent())

    known = store.outbox.known([an_intent().key, Key("unknown")])

    assert known == {an_intent().key: IntentState.WAITING}


def test_the_outbox_can_be_listed_in_batches_and_counted(store: SqliteStore) -> None:
    for number in range(3):
        record(store, an_intent(obj=ObjectRef(kind="deal", id=str(number))))

    first = store.outbox.in_state(IntentState.WAITING, limit=2)
    rest = store.outbox.in_state(IntentState.WAITING, after=first[-1].number)

    assert [one.obj.id for one in (*first, *rest)] == ["0", "1", "2"]
    assert store.outbox.counts() == {IntentState.WAITING: 3}


def test_the_flood_brake_counts_what_a_rule_decided_lately_without_links(
    store: SqliteStore,
) -> None:
    make(store, an_intent(), linked=False)
    record(store, an_intent(rule="other", step="x"))
    record(store, an_intent(step="old", decided_at=NOON - timedelta(hours=2)))

    assert store.outbox.count_recent("first-contact", NOON - timedelta(hours=1)) == 1


def test_the_tasks_of_an_object_are_known_by_rule_step_and_episode(store: SqliteStore) -> None:
    make(store, an_intent())
    record(store, an_intent(step="to-head"), an_intent(a_comment(), step="say"))
    record(store, an_intent(step="dropped"))
    store.outbox.withdraw([an_intent(step="dropped").key], NOON, "cleared")

    first, second = store.outbox.tasks_made(DEAL)

    assert (first.rule, first.step, first.state, first.ref) == (
        "first-contact",
        "call",
        IntentState.DONE,
        "9911",
    )
    assert first.episode == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert (second.step, second.ref) == ("to-head", None)


def test_our_own_echo_can_be_told_by_the_last_send(store: SqliteStore) -> None:
    before = store.outbox.last_effect_at(DEAL)
    make(store, an_intent())

    assert before is None
    assert store.outbox.last_effect_at(DEAL) == NOON


def test_a_dead_letter_can_be_retried_with_its_history_kept(store: SqliteStore) -> None:
    record(store, an_intent())
    marked = store.delivery.mark_acting(entry_of(store, an_intent()), NOON)
    store.delivery.mark_failed(marked, NOON, cause="422 name")

    store.outbox.retry(an_intent().key, by="admin1", now=NOON)

    (entry,) = store.delivery.due(NOON, 10)
    assert (entry.attempts, entry.state) == (1, IntentState.POSTPONED)  # so it is looked up first
    assert [(row.what, row.actor) for row in store.audit.of_key(an_intent().key)][-1] == (
        "retry",
        "admin1",
    )


def test_a_dropped_intent_is_never_wanted_again(store: SqliteStore) -> None:
    record(store, an_intent(defect="no text"))

    store.outbox.drop(an_intent().key, by="admin1", now=NOON)

    assert entry_of(store, an_intent()).state is IntentState.WITHDRAWN
    assert record(store, an_intent()) == ()
    assert store.audit.of_key(an_intent().key)[-1].what == "drop"


def test_orders_about_what_cannot_be_ordered_are_refused_with_the_reason(
    store: SqliteStore,
) -> None:
    make(store, an_intent())

    with pytest.raises(WestsyncError, match="no such intent"):
        store.outbox.retry(Key("unknown"), by="admin1", now=NOON)
    with pytest.raises(WestsyncError, match="is done; only failed and held"):
        store.outbox.retry(an_intent().key, by="admin1", now=NOON)
    with pytest.raises(WestsyncError, match="is done; it can no longer be dropped"):
        store.outbox.drop(an_intent().key, by="admin1", now=NOON)


def test_contents_are_forgotten_after_thirty_days_but_not_of_open_tasks(store: SqliteStore) -> None:
    made, said = an_intent(), an_intent(a_comment(), step="say")
    make(store, made, "9911")
    make(store, said, "31")
    store.mirror.keep_page(a_page(a_task("9911")), NOON)

    early = store.outbox.clear_payloads(NOON + timedelta(days=29))
    late = store.outbox.clear_payloads(NOON + timedelta(days=31))
    store.mirror.keep_page(a_page(a_task("9911", status="completed")), NOON)
    closed = store.outbox.clear_payloads(NOON + timedelta(days=31))

    assert (early, late, closed) == (0, 1, 1)
    assert (entry_of(store, said).payload, entry_of(store, said).ref) == (None, "31")
    with pytest.raises(WestsyncError, match="no longer kept"):
        store.outbox.retry(said.key, by="admin1", now=NOON)


def test_a_content_that_cannot_be_read_is_none(store: SqliteStore, database: Database) -> None:
    record(store, an_intent())
    with database.transaction():
        database.write("UPDATE intent SET payload = x'7b'")

    assert entry_of(store, an_intent()).payload is None


def test_mail_does_not_wait_for_the_crm(store: SqliteStore) -> None:
    mailed = an_intent(Notify(via="email", to=("a@example.test",), text="Счёт"), step="mail")
    record(store, an_intent(), mailed)

    due = store.delivery.due(NOON, 10)

    assert [one.key for one in due] == [an_intent().key, mailed.key]
    assert [one.key for one in store.delivery.due(NOON, 10, without=[Target.CRM])] == [mailed.key]
    assert store.delivery.due(NOON, 10, without=[Target.CRM, Target.MAIL]) == ()


def test_an_open_intent_holds_back_the_later_ones_of_its_object_only(store: SqliteStore) -> None:
    later = an_intent(a_comment(), step="say")
    elsewhere = an_intent(obj=ObjectRef(kind="deal", id="44"))
    record(store, an_intent(), later, elsewhere)
    marked = store.delivery.mark_acting(entry_of(store, an_intent()), NOON)
    store.delivery.mark_in_doubt(marked, NOON, not_before=NOON + SETTLE, cause="no reply")

    now, then = store.delivery.due(NOON, 10), store.delivery.due(NOON + SETTLE, 10)

    assert [one.key for one in now] == [elsewhere.key]
    assert [one.key for one in then] == [elsewhere.key, an_intent().key]


@pytest.mark.parametrize("end", ["done", "failed", "held"])
def test_a_finished_or_held_intent_lets_the_next_one_go(store: SqliteStore, end: str) -> None:
    later = an_intent(a_comment(), step="say")
    record(store, an_intent(), later)
    entry = entry_of(store, an_intent())

    match end:
        case "done":
            store.delivery.mark_done(entry, Receipt(ref="1", linked=True), NOON)
        case "failed":
            store.delivery.mark_failed(entry, NOON, cause="422")
        case _:
            store.delivery.mark_held(entry, NOON, cause="not found")

    assert [one.key for one in store.delivery.due(NOON, 10)] == [later.key]


def test_the_next_moment_of_sending_leaves_out_what_is_held_back(store: SqliteStore) -> None:
    record(store, an_intent(), an_intent(a_comment(), step="say"))
    nothing_sent = store.delivery.next_due()
    marked = store.delivery.mark_acting(entry_of(store, an_intent()), NOON)
    store.delivery.mark_in_doubt(marked, NOON, not_before=NOON + SETTLE, cause="no reply")

    assert nothing_sent == NOON
    assert store.delivery.next_due() == NOON + SETTLE


def test_nothing_open_means_no_next_moment(store: SqliteStore) -> None:
    assert store.delivery.next_due() is None


def test_what_is_done_cannot_be_marked_again(store: SqliteStore) -> None:
    make(store, an_intent())

    with pytest.raises(StateError, match="no longer open"):
        store.delivery.mark_acting(entry_of(store, an_intent()), NOON)


def test_a_dead_process_leaves_doubt_that_settles_from_the_send(store: SqliteStore) -> None:
    record(store, an_intent())
    store.delivery.mark_acting(entry_of(store, an_intent()), NOON)
    restarted_at = NOON + timedelta(seconds=30)

    found = store.delivery.find_interrupted(SETTLE, restarted_at)

    entry = entry_of(store, an_intent())
    assert found == (an_intent().key,)
    assert (entry.state, entry.doubts) == (IntentState.IN_DOUBT, 1)
    assert entry.not_before == NOON + SETTLE


def test_a_task_not_seen_on_its_deal_gets_one_link_intent(store: SqliteStore) -> None:
    make(store, an_intent(), linked=False)

    (link,) = store.delivery.due(NOON, 10)

    assert (link.action, link.key) == ("task.link", f"{an_intent().key}:link")
    assert link.rule == "first-contact"


def test_a_task_without_a_deal_needs_no_link(store: SqliteStore) -> None:
    lead = ObjectRef(kind="client", id="777")

    make(store, an_intent(a_call(deal=None), obj=lead), linked=False)

    assert store.delivery.due(NOON, 10) == ()


def test_accounts_do_not_see_each_others_intents(store: SqliteStore, database: Database) -> None:
    record(store, an_intent())
    other = SqliteStore(database, "branch")

    assert other.outbox.entry(an_intent().key) is None
    assert other.delivery.due(NOON, 10) == ()
    assert other.outbox.withdraw([an_intent().key], NOON, "") == ()
    assert store.account == ACCOUNT
