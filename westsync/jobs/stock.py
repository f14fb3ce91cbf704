"""Refreshing one source of supplier stock: fetch, read, judge, stage, publish.

A bad file never replaces the last good snapshot (suppliers contract 10): it is rejected, or held
until a person looks at it. Killed at any moment, the next refresh starts anew and nothing that was
published is harmed.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from westsync.domain.stock import Verdict
from westsync.errors import ConnectorError, Unavailable
from westsync.failpoints import failpoint
from westsync.jobs import stock_files
from westsync.jobs.stock_outcomes import REACHED, Outcome, Refreshed, outcome_of
from westsync.journal.stock_loading import Arrival
from westsync.ports.stock import FetchedFile, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from westsync.domain.stock import SnapshotId
    from westsync.journal.stock import StockStore
    from westsync.journal.stock_attempts import Attempts
    from westsync.journal.stock_snapshots import Snapshot
    from westsync.ports import Clock
    from westsync.ports.stock import FileReading, SourceFetcher, SourceReader, StockSource

GUARDS = "guards"
"""Who decided, where no person did."""

_FUTURE = timedelta(days=1)
_LOOKUPS_KEPT = timedelta(days=90)

log = structlog.get_logger()


class StockRefresh:
    """Loads sources into the store."""

    def __init__(
        self, store: StockStore, fetcher: SourceFetcher, reader: SourceReader, clock: Clock
    ) -> None:
        """Take where to keep snapshots, and who fetches and reads files."""
        self._store = store
        self._fetcher = fetcher
        self._reader = reader
        self._clock = clock

    def refresh(self, source: StockSource) -> Refreshed:
        """Fetch a source and publish what came, if the guards let it.

        Raises:
            LockHeld: Another process loads the source just now.
            StateError: The stock file is damaged.
            Unavailable: Our own disk is full or fails.
        """
        with self._owning(source) as work:
            before = self._store.attempts.of(source.id)
            try:
                file = self._fetcher.fetch(source.id, into=work, state=self._state(source, before))
            except ConnectorError as exc:
                return self._failed(source, before, exc)
            failpoint("stock.fetched")
            done = self._unchanged(source) if file is None else self._came(source, file, work)
            state = before.fetch_state if file is None else file.state
            self._note(source, before, done, state=state)
        log.info("stock.refreshed", source=source.id, outcome=str(done.outcome), cause=done.detail)
        return done

    def load(self, source: StockSource, path: Path, *, by: str) -> Refreshed:
        """Take a file that a person brought; it wins until newer data are fetched.

        Args:
            source: Whose file it is.
            path: The file; it is left where it is.
            by: Who brought it.

        Raises:
            LockHeld: Another process loads the source just now.
            OSError: The file cannot be read.
        """
        with self._owning(source) as work:
            copy = work / "brought"
            shutil.copyfile(path, copy)
            file = FetchedFile(
                path=copy, name=path.name, sha256=_hash(copy), size=copy.stat().st_size
            )
            done = self._take(source, file, work, by=by)
        log.info("stock.loaded", source=source.id, outcome=str(done.outcome), by=by)
        return done

    def accept(self, source: StockSource, *, by: str) -> Refreshed | None:
        """Publish the held snapshot of a source; None if none is held.

        Args:
            source: The source.
            by: Who decided.

        Raises:
            LockHeld: Another process loads the source just now.
        """
        return self._settle(source, Verdict.ACCEPTED, Outcome.ACCEPTED, by)

    def reject(self, source: StockSource, *, by: str) -> Refreshed | None:
        """Put the held snapshot of a source away for good; None if none is held."""
        return self._settle(source, Verdict.REJECTED, Outcome.REJECTED, by)

    # -- a file that came ----------------------------------------------------------------------

    def _came(self, source: StockSource, file: FetchedFile, work: Path) -> Refreshed:
        """Take a fetched file, unless it says nothing new."""
        snapshots = self._store.snapshots
        current = snapshots.current(source.id)
        for known in (snapshots.waiting(source.id), current):
            if known is not None and _same(known, file, source):
                return self._still(source, known)
        if current is not None and current.manual and not self._is_newer(file, current):
            return _older(source, current)
        return self._take(source, file, work, by="")

    def _take(self, source: StockSource, file: FetchedFile, work: Path, *, by: str) -> Refreshed:
        """Read, judge, stage and publish a file."""
        store, now = self._store, self._clock.now()
        snapshot = store.loading.begin(
            Arrival(
                source=source.id,
                fetched_at=now,
                sha256=file.sha256,
                size=file.size,
                file_name=file.name,
                manual=bool(by),
                revision=source.revision,
            )
        )
        stock_files.keep(file.path, store.folder, source.id, file.sha256, now)
        staging = work / "staging.rows"
        reading = self._reader.read(source.id, file.path, name=file.name, staging=staging)
        failpoint("stock.read")
        verdict, findings = self._judged(source, snapshot, reading, file)
        failpoint("stock.staged")
        store.loading.decide(snapshot, verdict, findings, by=by or GUARDS, at=now)
        store.sweeping.sweep(source.id)
        stock_files.forget(store.folder, source.id, now)
        store.lookups.forget_before(now - _LOOKUPS_KEPT)
        store.portal_answers.forget_before(now - _LOOKUPS_KEPT)
        return Refreshed(
            source=source,
            outcome=Outcome(verdict.value),
            snapshot=store.snapshots.with_id(snapshot),
            detail="; ".join(f"{found.code}: {found.detail}" for found in findings),
        )

    def _judged(
        self, source: StockSource, snapshot: SnapshotId, reading: FileReading, file: FetchedFile
    ) -> tuple[Verdict, tuple[Finding, ...]]:
        """Judge a reading beside the past, and stage its rows if anybody may ever need them."""
        store, now, summary = self._store, self._clock.now(), reading.summary
        stated = summary.as_of if summary is not None else None
        if stated is None and file.modified_at is not None and file.modified_at <= now + _FUTURE:
            stated = file.modified_at
        as_of = stated or now
        past = store.snapshots.past(source.id, file.sha256)
        judged = reading.judge(past, as_of=as_of, now=now)
        if summary is not None and judged.verdict is not Verdict.REJECTED:
            store.loading.stage(snapshot, summary, as_of=as_of, stated=stated is not None)
            current = store.snapshots.current(source.id)
            if current is not None and (summary.is_delta or source.absence == "unchanged"):
                store.loading.inherit(snapshot, current.id)
        return judged.verdict, judged.findings

    # -- nothing new ---------------------------------------------------------------------------

    def _unchanged(self, source: StockSource) -> Refreshed:
        """Return what it means that the fetcher found nothing new."""
        snapshots = self._store.snapshots
        known = snapshots.waiting(source.id) or snapshots.current(source.id)
        if known is None:
            detail = "the source says 'unchanged', but there is nothing to compare with"
            return Refreshed(source=source, outcome=Outcome.WRONG, detail=detail)
        if known.manual:
            # What did not change is the file from before: it says nothing of the one brought.
            return _older(source, known)
        return self._still(source, known)

    def _still(self, source: StockSource, known: Snapshot) -> Refreshed:
        """Confirm a snapshot: the source still gives its bytes."""
        now = self._clock.now()
        self._store.loading.confirm(known.id, now)
        held = known.verdict is Verdict.HELD
        details = [f"{found.code}: {found.detail}" for found in known.findings if held]
        if now - known.first_at > source.max_unchanged:
            details.append(
                f"unchanged_too_long: the same bytes since {known.first_at:%Y-%m-%d}; is the"
                " export still running?"
            )
        return Refreshed(
            source=source,
            outcome=Outcome.HELD if held else Outcome.UNCHANGED,
            snapshot=self._store.snapshots.with_id(known.id),
            detail="; ".join(details),
        )

    def _is_newer(self, file: FetchedFile, manual: Snapshot) -> bool:
        """Whether a fetched file is newer than one a person brought.

        Without a moment of its own it counts as newer if it is another one than the last that
        was fetched before.
        """
        if file.modified_at is not None and manual.as_of is not None:
            return file.modified_at > manual.as_of
        before = self._store.snapshots.fetched_before_manual(manual)
        return before is None or before.sha256 != file.sha256

    # -- attempts ------------------------------------------------------------------------------

    def _state(self, source: StockSource, before: Attempts) -> str:
        """Return what the fetcher noted, if 'unchanged' would be an answer we can use.

        After another profile, or a file that was rejected, everything is fetched and read anew.
        """
        newest = self._store.snapshots.newest(source.id)
        if newest is None or newest.verdict is Verdict.REJECTED or not newest.has_rows:
            return ""
        if newest.revision != source.revision or before.fetch_revision != source.revision:
            return ""
        return before.fetch_state

    def _failed(self, source: StockSource, before: Attempts, exc: ConnectorError) -> Refreshed:
        """Note an attempt that brought no file."""
        outcome = outcome_of(exc)
        done = Refreshed(source=source, outcome=outcome, detail=str(exc))
        wait = exc.retry_after_s if isinstance(exc, Unavailable) else None
        self._note(source, before, done, state=before.fetch_state, wait_s=wait)
        log.warning("stock.refresh_failed", source=source.id, outcome=str(outcome), cause=str(exc))
        return done

    def _note(
        self,
        source: StockSource,
        before: Attempts,
        done: Refreshed,
        *,
        state: str,
        wait_s: float | None = None,
    ) -> None:
        """Keep what an attempt came to."""
        now = self._clock.now()
        reached = done.outcome in REACHED and done.snapshot is not None
        self._store.attempts.save(
            source.id,
            replace(
                before,
                tried_at=now,
                reached_at=now if reached else before.reached_at,
                outcome=str(done.outcome),
                detail=done.detail,
                failures=0 if reached else before.failures + 1,
                not_before=None if wait_s is None else now + timedelta(seconds=wait_s),
                fetch_state=state,
                fetch_revision=source.revision,
            ),
        )

    def _settle(
        self, source: StockSource, verdict: Verdict, outcome: Outcome, by: str
    ) -> Refreshed | None:
        """Give the held snapshot a person's verdict."""
        store = self._store
        with store.owning(source.id):
            held = store.snapshots.waiting(source.id)
            if held is None:
                return None
            now = self._clock.now()
            store.loading.decide(held.id, verdict, held.findings, by=by, at=now)
            store.sweeping.sweep(source.id)
            before = store.attempts.of(source.id)
            store.attempts.save(source.id, replace(before, outcome=str(outcome), detail=""))
        log.info("stock.decided", source=source.id, verdict=str(verdict), by=by)
        return Refreshed(source=source, outcome=outcome, snapshot=store.snapshots.with_id(held.id))

    @contextmanager
    def _owning(self, source: StockSource) -> Iterator[Path]:
        """Own a source, and have an empty folder; what a killed process left is removed first."""
        work = self._store.folder / "work" / source.id
        with self._store.owning(source.id):
            self._store.sweeping.sweep(source.id)
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700, parents=True)
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)


def _older(source: StockSource, manual: Snapshot) -> Refreshed:
    """Return that what the source gives is not newer than what a person brought."""
    detail = "newer data were loaded by hand"
    return Refreshed(source=source, outcome=Outcome.OLDER, snapshot=manual, detail=detail)


def _same(known: Snapshot, file: FetchedFile, source: StockSource) -> bool:
    """Whether a file is the one a snapshot was read from, by the same profile."""
    return known.sha256 == file.sha256 and known.revision == source.revision


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
