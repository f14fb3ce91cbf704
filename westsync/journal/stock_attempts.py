"""How each source is getting on: last attempt, last success, setbacks, what the fetcher noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.journal.stock_database import read_moment, written
from westsync.ports.stock_rows import decode_rows, encode_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from westsync.domain.stock import Offer, SourceId
    from westsync.journal.stock_database import StockDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """What the last attempts at a source came to.

    Attributes:
        tried_at: Last attempt (UTC); None: never.
        reached_at: Last time its file was got, changed or not.
        outcome: Of the last attempt (`westsync.jobs.stock_outcomes.Outcome`); empty: never tried.
        detail: The cause, for people.
        failures: Attempts since the last success.
        not_before: The next attempt is not made before this moment; None: no such wish.
        fetch_state: What the fetcher wants to be told the next time.
        fetch_revision: Of the profile `fetch_state` belongs to.
    """

    tried_at: datetime | None = None
    reached_at: datetime | None = None
    outcome: str = ""
    detail: str = ""
    failures: int = 0
    not_before: datetime | None = None
    fetch_state: str = ""
    fetch_revision: str = ""


class StockAttempts:
    """Keeps the attempts of every source."""

    def __init__(self, database: StockDatabase) -> None:
        """Keep them in a stock file."""
        self._database = database

    def of(self, source: SourceId) -> Attempts:
        """Return the attempts at one source."""
        row = self._database.row(
            "SELECT tried_at, reached_at, outcome, detail, failures, not_before, fetch_state,"
            " fetch_revision FROM supplier_state WHERE source_id = ?",
            (source,),
        )
        if row is None:
            return Attempts()
        tried_at, reached_at, outcome, detail, failures, not_before, state, revision = row
        return Attempts(
            tried_at=read_moment(tried_at),
            reached_at=read_moment(reached_at),
            outcome=outcome or "",
            detail=detail or "",
            failures=failures,
            not_before=read_moment(not_before),
            fetch_state=state,
            fetch_revision=revision,
        )

    def save(self, source: SourceId, attempts: Attempts) -> None:
        """Keep the attempts at one source."""
        with self._database.transaction():
            self._database.write(
                "INSERT OR REPLACE INTO supplier_state (source_id, tried_at, reached_at, outcome,"
                " detail, failures, not_before, fetch_state, fetch_revision)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    source,
                    _or_none(attempts.tried_at),
                    _or_none(attempts.reached_at),
                    attempts.outcome,
                    attempts.detail,
                    attempts.failures,
                    _or_none(attempts.not_before),
                    attempts.fetch_state,
                    attempts.fetch_revision,
                ),
            )


class PortalAnswers:
    """What portals showed, so that nothing is asked twice within ``accept.cache``."""

    def __init__(self, database: StockDatabase) -> None:
        """Keep them in a stock file."""
        self._database = database

    def recent(
        self, source: SourceId, asked: str, since: datetime
    ) -> tuple[tuple[Offer, ...], datetime] | None:
        """Return the rows shown for a question and when (UTC); None if never or before `since`."""
        row = self._database.row(
            "SELECT rows, at FROM supplier_portal WHERE source_id = ? AND asked = ? AND at >= ?",
            (source, asked, written(since)),
        )
        at = None if row is None else read_moment(row[1])
        if row is None or at is None:
            return None
        return decode_rows(source, row[0]), at

    def keep(self, source: SourceId, asked: str, rows: Iterable[Offer], at: datetime) -> None:
        """Keep the rows a portal showed for a question at a moment (UTC)."""
        with self._database.transaction():
            self._database.write(
                "INSERT OR REPLACE INTO supplier_portal (source_id, asked, at, rows)"
                " VALUES (?, ?, ?, ?)",
                (source, asked, written(at), encode_rows(rows)),
            )

    def forget_before(self, at: datetime) -> int:
        """Drop what was shown before a moment (UTC); return how many answers."""
        with self._database.transaction():
            return self._database.write("DELETE FROM supplier_portal WHERE at < ?", (written(at),))


def _or_none(moment: datetime | None) -> str | None:
    return None if moment is None else written(moment)
