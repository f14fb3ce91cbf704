"""Promises of what the journal keeps for reports: created deals, episodes of the past."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.unit.journal.factories import DEAL, NOON, a_deal, a_page
from westsync.domain.episodes import Episode, Phase

if TYPE_CHECKING:
    from westsync.domain.intents import ObjectRef
    from westsync.journal.store import SqliteStore

RULE = "first-contact"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_episode(*, started: timedelta = timedelta(), phase: Phase = Phase.OPEN) -> Episode:
    return Episode(rule=RULE, phase=phase, started_at=NOON + started, noticed_at=NOON + started)


def save(store: SqliteStore, *episodes: Episode) -> None:
    with store.transaction():
        store.episodes.save_decision(DEAL, episodes, None)


def forget(store: SqliteStore) -> None:
    with store.transaction():
        store.episodes.forget(DEAL, [RULE])


def seen(store: SqliteStore, *, back: timedelta = DAY) -> list[tuple[ObjectRef, Episode, bool]]:
    rows = store.report_rows.episodes(NOON - back, NOON + DAY)
    return sorted(rows, key=lambda row: row[1].started_at)


def test_an_episode_that_is_remembered_is_not_past(store: SqliteStore) -> None:
    save(store, an_episode())

    assert seen(store) == [(DEAL, an_episode(), False)]


def test_an_episode_whose_place_the_next_one_took_is_kept(store: SqliteStore) -> None:
    first, second = an_episode(), an_episode(started=HOUR)

    save(store, first)
    save(store, second)

    assert seen(store) == [(DEAL, first, True), (DEAL, second, False)]


def test_an_episode_that_only_went_on_is_one_episode(store: SqliteStore) -> None:
    save(store, an_episode(phase=Phase.POSSIBLE))
    save(store, replace(an_episode(), fired={"call": 0}))

    assert seen(store) == [(DEAL, replace(an_episode(), fired={"call": 0}), False)]


def test_a_possible_episode_that_never_came_to_pass_is_kept(store: SqliteStore) -> None:
    possible = an_episode(phase=Phase.POSSIBLE)

    save(store, possible)
    forget(store)

    assert seen(store) == [(DEAL, possible, True)]


def test_the_same_situation_seen_again_and_forgotten_again_is_one(store: SqliteStore) -> None:
    for _ in range(3):
        save(store, an_episode(phase=Phase.POSSIBLE))
        forget(store)

    assert len(seen(store)) == 1


def test_starts_within_one_second_are_told_apart_from_one_that_went_on(store: SqliteStore) -> None:
    save(store, an_episode(started=timedelta(microseconds=5)))
    save(store, an_episode(started=timedelta(microseconds=5), phase=Phase.CLEARED))

    assert [(episode.phase, is_past) for _, episode, is_past in seen(store)] == [
        (Phase.CLEARED, False)
    ]


def test_ten_weeks_of_the_past_are_kept(store: SqliteStore) -> None:
    for days in (0, 30, 69, 71, 141):
        save(store, an_episode(started=(days - 141) * DAY))
    forget(store)

    starts = [(NOON - episode.started_at).days for _, episode, _ in seen(store, back=200 * DAY)]

    assert starts == [70, 0]


def test_deals_are_found_by_the_moment_they_were_made(store: SqliteStore) -> None:
    made = [
        replace(a_deal(str(n)), created_at=NOON + n * HOUR, updated_at=NOON + DAY) for n in range(4)
    ]
    gone = replace(made[1], gone=True)
    store.mirror.keep_page(a_page(*made), NOON)
    store.mirror.keep_page(a_page(gone), NOON)

    found = store.report_rows.deals_created(NOON, NOON + 3 * HOUR)

    assert [deal.id for deal in found] == ["0", "2"]


def test_all_deals_are_walked_in_batches(store: SqliteStore) -> None:
    deals = [replace(a_deal(str(n)), created_at=NOON, updated_at=NOON) for n in range(2001)]
    store.mirror.keep_page(a_page(*deals), NOON)

    assert len(store.report_rows.deals_created(NOON, NOON + HOUR)) == 2001
