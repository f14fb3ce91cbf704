"""Who may open a state file, and when westsync says that it has forgotten something."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.unit.journal.factories import ACCOUNT, NOON, a_deal, a_page, an_intent
from westsync.domain.intents import marker_of
from westsync.errors import LockHeld, StateError
from westsync.journal.database import Lapse
from westsync.journal.generation import read_generation
from westsync.journal.opening import machine_id, open_for_reading, open_scratch, open_state
from westsync.journal.schema import VERSION
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from westsync.journal.database import Database


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "westsync.db"


def keep_a_deal(database: Database, deal: str = "43") -> None:
    SqliteStore(database, ACCOUNT).mirror.keep_page(a_page(a_deal(deal)), NOON)


def test_what_was_kept_is_there_after_a_restart(path: Path, clock: FakeClock) -> None:
    with closing(open_state(path, clock)) as database:
        keep_a_deal(database)

    with closing(open_state(path, clock)) as database:
        assert SqliteStore(database, ACCOUNT).mirror.deal("43") == a_deal("43")


def test_every_start_has_its_own_number_and_the_same_installation(
    path: Path, clock: FakeClock
) -> None:
    with closing(open_state(path, clock)) as first:
        pass
    with closing(open_state(path, clock)) as second:
        pass

    assert second.epoch > first.epoch
    assert second.installation == first.installation
    assert len(second.installation) >= 16


def test_two_installations_never_share_a_marker(tmp_path: Path, clock: FakeClock) -> None:
    key = an_intent().key

    with (
        closing(open_state(tmp_path / "a.db", clock)) as one,
        closing(open_state(tmp_path / "b.db", clock)) as other,
    ):
        assert marker_of(key, one.installation) != marker_of(key, other.installation)


def test_the_files_can_be_read_by_their_owner_only(path: Path, clock: FakeClock) -> None:
    with closing(open_state(path, clock)) as database:
        keep_a_deal(database)

        modes = {found.name: found.stat().st_mode & 0o077 for found in path.parent.iterdir()}

    assert set(modes) >= {"westsync.db", "westsync.db.lock", "westsync.db.generation"}
    assert not any(modes.values()), modes


def test_a_second_daemon_is_told_who_holds_the_state(path: Path, clock: FakeClock) -> None:
    with closing(open_state(path, clock)), pytest.raises(LockHeld) as told:
        open_state(path, clock)

    assert told.value.owner_pid == os.getpid()
    assert str(os.getpid()) in str(told.value)


def test_the_lock_is_free_after_a_close_and_not_inherited_by_children(
    path: Path, clock: FakeClock
) -> None:
    database = open_state(path, clock)
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
    )
    database.close()

    with closing(open_state(path, clock)):
        child.communicate(b"\n")

    assert child.returncode == 0


def test_a_stale_process_can_no_longer_write(path: Path, clock: FakeClock) -> None:
    stale = open_state(path, clock)
    assert stale._lock is not None
    stale._lock.release()  # a thawed copy of a machine does not know that it lost its lock
    with closing(open_state(path, clock)) as owner:
        keep_a_deal(owner)

        with pytest.raises(StateError, match="another westsync has taken over"):
            keep_a_deal(stale, "44")

        assert SqliteStore(owner, ACCOUNT).mirror.deal("44") is None
    stale._connection.close()


def test_a_reader_sees_the_state_of_a_running_daemon_and_cannot_write(
    path: Path, clock: FakeClock
) -> None:
    with (
        closing(open_state(path, clock)) as database,
        closing(open_for_reading(path, clock)) as reader,
    ):
        keep_a_deal(database)

        assert SqliteStore(reader, ACCOUNT).mirror.deal("43") == a_deal("43")
        with pytest.raises(StateError, match="reading only"):
            keep_a_deal(reader, "44")


def test_reading_needs_a_state_that_exists(path: Path, clock: FakeClock) -> None:
    with pytest.raises(StateError, match="does not exist yet"):
        open_for_reading(path, clock)


def test_a_scratch_copy_starts_with_the_state_and_leaves_it_alone(
    path: Path, clock: FakeClock
) -> None:
    with closing(open_state(path, clock)) as database:
        keep_a_deal(database)
        with closing(open_scratch(clock, copy_of=path)) as scratch:
            keep_a_deal(scratch, "44")

            assert SqliteStore(scratch, ACCOUNT).mirror.deal("43") == a_deal("43")
            assert scratch.installation == database.installation
        assert SqliteStore(database, ACCOUNT).mirror.deal("44") is None


def test_a_scratch_copy_of_nothing_is_empty(path: Path, clock: FakeClock) -> None:
    with closing(open_scratch(clock, copy_of=path)) as scratch:
        assert SqliteStore(scratch, ACCOUNT).mirror.open_deals_count() == 0
    assert not path.exists()


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.write_bytes(b""), "it is empty"),
        (lambda path: path.write_bytes(b"not a database, " * 100), "cannot be trusted"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "cannot be trusted"),
        (spoil, "cannot be trusted"),
    ],
    ids=["empty", "foreign", "truncated", "overwritten"],
)
def test_a_damaged_state_is_refused_with_what_to_do(
    path: Path,
    clock: FakeClock,
    damage: object,
    said: str,
) -> None:
    with closing(open_state(path, clock)) as database:
        for deal in range(200):
            keep_a_deal(database, str(deal))
    assert callable(damage)
    damage(path)

    with pytest.raises(StateError, match=said) as told:
        open_state(path, clock)

    assert "backup" in str(told.value)
    with pytest.raises(StateError, match=said):  # and not because it is locked
        open_state(path, clock)


def test_another_programs_database_is_not_taken(path: Path, clock: FakeClock) -> None:
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE t (x)")

    for opening in (open_state, open_for_reading):
        with pytest.raises(StateError, match="not a state file of westsync"):
            opening(path, clock)


def test_a_state_of_a_newer_version_is_refused(path: Path, clock: FakeClock) -> None:
    open_state(path, clock).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")

    with pytest.raises(StateError, match="newer westsync"):
        open_state(path, clock)


def test_a_reader_asks_for_an_upgrade_of_an_older_state(path: Path, clock: FakeClock) -> None:
    open_state(path, clock).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION - 1}")

    with pytest.raises(StateError, match="older westsync"):
        open_for_reading(path, clock)


def test_ordinary_restarts_and_crashes_are_no_amnesia(path: Path, clock: FakeClock) -> None:
    with closing(open_state(path, clock)) as database:
        for deal in range(150):
            keep_a_deal(database, str(deal))
    crashed = open_state(path, clock)
    keep_a_deal(crashed)
    assert crashed._lock is not None
    crashed._connection.close()
    crashed._lock.release()

    with closing(open_state(path, clock)) as database:
        assert database.recovery is None


def test_a_backup_that_was_put_back_begins_the_recovery_epoch(path: Path, clock: FakeClock) -> None:
    saved_at = clock.now()
    with closing(open_state(path, clock)) as database:
        keep_a_deal(database)
        database.backup(path.with_name("backup.db"))
        clock.advance(timedelta(hours=5))
        keep_a_deal(database, "44")
    shutil.copy(path.with_name("backup.db"), path)

    with closing(open_state(path, clock)) as database:
        assert database.recovery is not None
        assert database.recovery.since == saved_at - timedelta(days=1)
        assert "a backup was put back" in database.recovery.reason


def test_a_backup_is_noticed_also_if_only_one_send_came_after_it(
    path: Path, clock: FakeClock
) -> None:
    database = open_state(path, clock)
    store = SqliteStore(database, ACCOUNT)
    store.outbox.record([an_intent()], clock.now())
    database.backup(path.with_name("backup.db"))
    (entry,) = store.delivery.due(clock.now(), 1)
    store.delivery.mark_acting(entry, clock.now())
    assert database._lock is not None
    database._connection.close()  # the process dies here
    database._lock.release()
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(path.with_name("backup.db"), path)

    with closing(open_state(path, clock)) as restored:
        assert restored.recovery is not None


def test_what_a_backup_forgot_is_remembered_as_a_lapse_beyond_the_recovery_epoch(
    path: Path, clock: FakeClock
) -> None:
    saved_at = clock.now()
    with closing(open_state(path, clock)) as database:
        keep_a_deal(database)
        database.backup(path.with_name("backup.db"))
        clock.advance(timedelta(hours=5))
        keep_a_deal(database, "44")
    shutil.copy(path.with_name("backup.db"), path)
    restored_at = clock.now()

    with closing(open_state(path, clock)) as database:
        database.end_recovery()
    with closing(open_state(path, clock)) as database:
        lapse = database.lapse

    assert lapse == Lapse(since=saved_at - timedelta(days=1), until=restored_at)


@pytest.mark.parametrize(
    ("pause", "lapses"), [(timedelta(minutes=50), False), (timedelta(minutes=70), True)]
)
def test_a_whole_directory_that_was_put_back_is_known_by_the_pause(
    path: Path, clock: FakeClock, pause: timedelta, lapses: bool
) -> None:
    saved_at = clock.now()
    with closing(open_state(path, clock)) as database:
        keep_a_deal(database)
    clock.advance(pause)

    with closing(open_state(path, clock)) as database:
        lapse = database.lapse

    assert lapse == (Lapse(since=saved_at, until=clock.now()) if lapses else None)


@pytest.mark.parametrize(
    ("began", "later", "since"),
    [
        (timedelta(hours=-3), timedelta(0), timedelta(hours=-2)),
        (timedelta(hours=-1), timedelta(days=3), timedelta(minutes=-75)),
        (timedelta(hours=-1), timedelta(days=15), None),
        (timedelta(0), timedelta(0), None),
    ],
)
def test_only_what_began_before_the_opening_may_be_forgotten(
    clock: FakeClock, began: timedelta, later: timedelta, since: timedelta | None
) -> None:
    opened = clock.now()
    lapse = Lapse(since=opened - timedelta(hours=2), until=opened)

    found = lapse.forgotten_since(opened + began, opened + later)

    assert found == (None if since is None else opened + since)


def test_the_recovery_epoch_lasts_over_restarts_until_it_is_ended(
    path: Path, clock: FakeClock
) -> None:
    open_state(path, clock).close()
    open_state(path, clock, adopt=True).close()

    with closing(open_state(path, clock)) as database:
        assert database.recovery is not None
        SqliteStore(database, ACCOUNT).end_recovery()
        assert database.recovery is None
    with closing(open_state(path, clock)) as database:
        assert database.recovery is None


def test_another_hosts_state_is_refused_until_a_person_adopts_it(
    path: Path, clock: FakeClock
) -> None:
    open_state(path, clock, machine="host-a").close()

    with pytest.raises(StateError, match="westsync adopt"):
        open_state(path, clock, machine="host-b")
    with closing(open_state(path, clock, machine="host-b", adopt=True)) as adopted:
        assert adopted.recovery is not None
    with closing(open_state(path, clock, machine="host-b")) as again:
        assert again.recovery is not None


def test_a_host_without_identity_is_not_compared(path: Path, clock: FakeClock) -> None:
    open_state(path, clock, machine="host-a").close()

    with closing(open_state(path, clock, machine="")) as database:
        assert database.recovery is None


def test_a_lost_state_is_not_begun_anew_silently(path: Path, clock: FakeClock) -> None:
    with closing(open_state(path, clock)) as database:
        installation = database.installation
    path.unlink()

    with pytest.raises(StateError, match="is gone although"):
        open_state(path, clock)
    with closing(open_state(path, clock, adopt=True)) as anew:
        assert anew.installation == installation  # so that our own markers are recognised
        assert anew.recovery is not None
        assert anew.recovery.since == clock.now() - timedelta(days=30)


def test_an_unreadable_generation_file_is_no_evidence(path: Path, clock: FakeClock) -> None:
    open_state(path, clock).close()
    side_file = path.with_name("westsync.db.generation")
    side_file.write_text("what is this", "ascii")

    with closing(open_state(path, clock)) as database:
        assert database.recovery is None
    kept = read_generation(side_file)
    assert kept is not None
    assert kept.epoch == database.epoch


def test_what_a_crash_left_of_a_new_state_is_cleared_away(path: Path, clock: FakeClock) -> None:
    path.with_name("westsync.db.new").write_bytes(b"half of a database")

    open_state(path, clock).close()

    assert not path.with_name("westsync.db.new").exists()


def test_a_long_check_is_cut_short_and_the_state_opens(path: Path, clock: FakeClock) -> None:
    with closing(open_state(path, clock)) as database:
        for deal in range(2000):
            keep_a_deal(database, str(deal))

    with closing(open_state(path, HurriedClock(clock))) as database:
        assert SqliteStore(database, ACCOUNT).mirror.open_deals_count() == 2000


class HurriedClock:
    """A clock on which every look costs a minute."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.now = clock.now
        self.wait = clock.wait

    def monotonic(self) -> float:
        self._clock.advance(timedelta(minutes=1))
        return self._clock.monotonic()


def test_the_host_identity_is_stable_and_not_the_machine_id_itself() -> None:
    assert machine_id() == machine_id()
    assert machine_id() == "" or len(machine_id()) == 32


def test_a_directory_that_is_missing_is_named_with_its_cure(
    tmp_path: Path, clock: FakeClock
) -> None:
    with pytest.raises(StateError, match=r"nowhere: westsync cannot write .*under `state:`"):
        open_state(tmp_path / "nowhere" / "westsync.db", clock)
