"""Episodes, timers, cursors, silences, tokens and the audit log remember what they should."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.journal.factories import DEAL, NOON, an_intent
from westsync.domain.episodes import Episode, Pause, Phase
from westsync.domain.intents import ObjectRef
from westsync.errors import WestsyncError
from westsync.journal.codec import from_us, to_us
from westsync.journal.cursors import Cursor
from westsync.journal.store import SqliteStore
from westsync.ports import TokenPair

if TYPE_CHECKING:
    from westsync.journal.database import Database

OTHER = ObjectRef(kind="deal", id="44")
HOUR = timedelta(hours=1)


def an_episode(rule: str = "first-contact") -> Episode:
    return Episode(
        rule=rule,
        phase=Phase.OPEN,
        started_at=NOON,
        noticed_at=NOON + timedelta(seconds=1),
        pauses=(Pause(since=NOON, until=NOON + HOUR), Pause(since=NOON + 2 * HOUR)),
        fired={"call": 1},
    )


def save(
    store: SqliteStore, obj: ObjectRef, *episodes: Episode, next_at: datetime | None = None
) -> None:
    with store.transaction():
        store.episodes.save_decision(obj, episodes, next_at)


def test_an_episode_is_remembered_as_it_was(store: SqliteStore) -> None:
    save(store, DEAL, an_episode(), an_episode("other"))

    assert store.episodes.of(DEAL) == {
        "first-contact": an_episode(),
        "other": an_episode("other"),
    }
    assert store.episodes.of(OTHER) == {}


def test_a_decision_replaces_what_it_decided_and_leaves_the_rest(store: SqliteStore) -> None:
    save(store, DEAL, an_episode(), an_episode("crashed"))

    save(store, DEAL, replace(an_episode(), fired={"call": 2}))

    assert store.episodes.of(DEAL)["first-contact"].fired == {"call": 2}
    assert store.episodes.of(DEAL)["crashed"] == an_episode("crashed")


def test_an_unchanged_decision_writes_nothing(store: SqliteStore, database: Database) -> None:
    save(store, DEAL, an_episode(), next_at=NOON + HOUR)
    before = database.seq

    save(store, DEAL, an_episode(), next_at=NOON + HOUR)

    assert database.seq == before


def test_a_decision_takes_the_dirty_mark_away(store: SqliteStore) -> None:
    with store.transaction():
        store.mirror.dirty.mark([DEAL, OTHER], NOON)

    save(store, DEAL)

    assert store.mirror.dirty.objects(10) == (OTHER,)


def test_the_longest_changed_is_decided_first(store: SqliteStore) -> None:
    with store.transaction():
        store.mirror.dirty.mark([OTHER], NOON)
        store.mirror.dirty.mark([DEAL], NOON - HOUR)
        store.mirror.dirty.mark([OTHER], NOON - 2 * HOUR)  # the mark that is there stays

    assert store.mirror.dirty.objects(10) == (DEAL, OTHER)
    assert store.mirror.dirty.objects(1) == (DEAL,)


def test_a_rule_that_is_gone_is_forgotten(store: SqliteStore) -> None:
    save(store, DEAL, an_episode(), an_episode("old"))

    with store.transaction():
        store.episodes.forget(DEAL, ["old"])

    assert set(store.episodes.of(DEAL)) == {"first-contact"}


def test_an_object_is_due_when_its_timer_comes(store: SqliteStore) -> None:
    save(store, DEAL, next_at=NOON + HOUR)
    save(store, OTHER, next_at=NOON)

    assert store.episodes.next_due() == NOON
    assert store.episodes.due_objects(NOON, 10) == (OTHER,)
    assert store.episodes.due_objects(NOON + HOUR, 10) == (OTHER, DEAL)
    assert store.episodes.due_objects(NOON + HOUR, 1) == (OTHER,)


def test_a_timer_is_moved_and_removed_with_the_decision(store: SqliteStore) -> None:
    save(store, DEAL, next_at=NOON)
    save(store, DEAL, next_at=NOON + HOUR)
    moved = store.episodes.next_due()

    save(store, DEAL, next_at=None)

    assert moved == NOON + HOUR
    assert store.episodes.next_due() is None


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=3))]),
    )
)
def test_a_moment_survives_exactly(moment: datetime) -> None:
    assert from_us(to_us(moment)) == moment
    assert from_us(to_us(moment)).tzinfo is UTC


def test_a_naive_moment_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        to_us(datetime(2026, 11, 24))  # noqa: DTZ001 - this is the mistake


def test_a_watermark_never_goes_back(store: SqliteStore) -> None:
    with store.transaction():
        store.cursors.save("megaplan.deals", Cursor(position=NOON, at=NOON, listed_count=7))
        store.cursors.save("megaplan.deals", Cursor(position=NOON - HOUR, at=NOON + HOUR))
        store.cursors.save("megaplan.deals", Cursor(position=None, at=NOON + HOUR))

    cursor = store.cursors.get("megaplan.deals")

    assert cursor == Cursor(position=NOON, at=NOON + HOUR, listed_count=0)
    assert store.cursors.all() == {"megaplan.deals": cursor}


def test_a_source_never_read_has_no_cursor(store: SqliteStore) -> None:
    assert store.cursors.get("onec.payments") is None


def test_an_ack_silences_one_rule_about_one_object_for_a_while(store: SqliteStore) -> None:
    store.silences.ack("first-contact", DEAL, until=NOON + HOUR, by="orlov", now=NOON)

    quiet = store.silences.quiet(NOON)

    found = quiet.ack("first-contact", DEAL)
    assert found is not None
    assert (found.until, found.by) == (NOON + HOUR, "orlov")
    assert quiet.ack("first-contact", OTHER) is None
    assert quiet.ack("other", DEAL) is None


@pytest.mark.parametrize("scope", ["first-contact", "deal-43", "*"])
def test_a_mute_covers_a_rule_an_object_or_everything(store: SqliteStore, scope: str) -> None:
    store.silences.mute(scope, until=NOON + HOUR, by="admin1", now=NOON)

    quiet = store.silences.quiet(NOON)

    assert quiet.muted_until("first-contact", DEAL) == NOON + HOUR
    assert (quiet.muted_until("other", OTHER) is not None) == (scope == "*")
    assert store.silences.quiet(NOON + HOUR).muted_until("first-contact", DEAL) is None


def test_the_later_end_of_two_mutes_holds(store: SqliteStore) -> None:
    store.silences.mute("*", until=NOON + HOUR, by="admin1", now=NOON)
    store.silences.mute("deal-43", until=NOON + 2 * HOUR, by="admin1", now=NOON)

    quiet = store.silences.quiet(NOON)

    assert quiet.muted_until("first-contact", DEAL) == NOON + 2 * HOUR


def test_a_release_lifts_the_brake_of_a_rule_for_a_while(store: SqliteStore) -> None:
    store.silences.release("first-contact", until=NOON + HOUR, by="admin1", now=NOON)

    assert store.silences.released_until("first-contact", NOON) == NOON + HOUR
    assert store.silences.released_until("other", NOON) is None
    assert store.silences.released_until("first-contact", NOON + HOUR) is None


def test_a_silence_without_a_future_end_is_refused(store: SqliteStore) -> None:
    with pytest.raises(WestsyncError, match="has passed already"):
        store.silences.mute("*", until=NOON, by="admin1", now=NOON)


def test_what_is_silent_now_is_visible_with_who_did_it(store: SqliteStore) -> None:
    store.silences.mute("*", until=NOON + HOUR, by="admin1", now=NOON)
    store.silences.release("*", until=NOON + 2 * HOUR, by="admin2", now=NOON)

    assert [(one.what, one.by) for one in store.silences.active(NOON + HOUR)] == [
        ("release", "admin2")
    ]
    assert store.audit.verify() is None


def test_a_token_pair_survives(store: SqliteStore) -> None:
    pair = TokenPair(access="a", refresh="r", expires_at=NOON, logins=(NOON - HOUR,))

    before = store.tokens.load()
    store.tokens.save(replace(pair, access="old"))
    store.tokens.save(pair)

    assert before is None
    assert store.tokens.load() == pair


def test_a_keepsake_is_the_value_put_last(store: SqliteStore, database: Database) -> None:
    store.keepsakes.put("megaplan.requests_per_second", "3.0")
    store.keepsakes.put("megaplan.requests_per_second", "3.1")

    assert store.keepsakes.get("megaplan.requests_per_second") == "3.1"
    assert store.keepsakes.get("unknown") is None
    assert SqliteStore(database, "branch").keepsakes.get("megaplan.requests_per_second") is None


def test_the_audit_log_tells_the_history_of_an_intent(store: SqliteStore) -> None:
    intent = an_intent()
    store.outbox.record([intent], NOON)
    store.outbox.withdraw([intent.key], NOON + HOUR, "cleared")

    recorded, withdrawn = store.audit.of_key(intent.key)

    assert (recorded.what, recorded.detail, recorded.target) == (
        "recorded",
        intent.trace,
        "deal-43",
    )
    assert (withdrawn.what, withdrawn.detail, withdrawn.at) == ("withdrawn", "cleared", NOON + HOUR)
    assert withdrawn.rule_hash == intent.rule_hash


@pytest.mark.parametrize("order", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_audit_log_cannot_be_rewritten(
    store: SqliteStore, database: Database, order: str
) -> None:
    store.silences.mute("*", until=NOON + HOUR, by="admin1", now=NOON)

    def rewrite() -> None:
        with database.transaction():
            database.write(order)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rewrite()


def test_a_change_in_the_middle_of_the_audit_log_is_found(
    store: SqliteStore, database: Database
) -> None:
    for hours in range(1, 2500):
        with database.transaction():
            store.audit.append(at=NOON, what="mute", target=f"rule-{hours}")
    sound = store.audit.verify()

    with database.transaction():
        database.write("DROP TRIGGER audit_keeps")
        database.write("UPDATE audit SET actor = 'nobody' WHERE number = 1234")

    assert sound is None
    assert store.audit.verify() == 1234


def test_all_of_a_decision_is_kept_or_nothing(store: SqliteStore) -> None:
    def decide() -> None:
        with store.transaction():
            store.episodes.save_decision(DEAL, [an_episode()], NOON)
            store.outbox.record([an_intent()], NOON)
            store.cursors.save("megaplan.deals", Cursor(position=NOON, at=NOON))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide()

    assert store.episodes.of(DEAL) == {}
    assert store.outbox.entry(an_intent().key) is None
    assert store.cursors.get("megaplan.deals") is None
    assert store.episodes.next_due() is None


def test_the_episodes_of_a_rule_are_found_while_they_last(store: SqliteStore) -> None:
    save(store, DEAL, an_episode(), an_episode("other"))
    save(store, OTHER, replace(an_episode(), phase=Phase.CLEARED))

    assert store.episodes.open_of(["first-contact"]) == ((DEAL, an_episode()),)
    assert store.episodes.open_of([]) == ()
