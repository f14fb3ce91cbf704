"""What people decided about our articles, and what was asked and answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from westsync.domain.matching.questions import Link
from westsync.domain.stock import SourceId
from westsync.journal.stock_database import read_moment, written

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.matching.questions import Question
    from westsync.domain.stock import StockAnswer
    from westsync.journal.stock_database import StockDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """A link as it is kept.

    Attributes:
        by, at: Who chose, and when (UTC).
        state: ``active``, ``suspended`` (its row became another article) or ``replaced``.
    """

    our_key: str
    source: SourceId
    link: Link
    by: str
    at: datetime | None
    state: str


class StockLinks:
    """Confirmed pairs of our article and a source's row. Nothing is ever deleted."""

    def __init__(self, database: StockDatabase) -> None:
        """Keep them in a stock file."""
        self._database = database

    def active(self, our_key: str, source: SourceId) -> Link | None:
        """Return the link in force; None if there is none, or ours has no key."""
        row = self._database.row(
            "SELECT code, brand, model_key FROM supplier_link"
            " WHERE our_key = ? AND source_id = ? AND state = 'active'",
            (our_key, source),
        )
        if row is None or not our_key:
            return None
        code, brand, models = row
        return Link(code=code or "", brand=brand or "", models=models or "")

    def choose(self, our_key: str, source: SourceId, link: Link, *, by: str, at: datetime) -> None:
        """Record a person's choice; an earlier one of the same article is replaced.

        Args:
            our_key: Our id of the article.
            source: The source of the row.
            link: What the row is known by.
            by: Who chose.
            at: When, UTC.

        Raises:
            ValueError: Our article has no key.
        """
        if not our_key:
            raise ValueError("a choice needs our own id of the article")
        with self._database.transaction(durable=True):
            self._database.write(
                "UPDATE supplier_link SET state = 'replaced'"
                " WHERE our_key = ? AND source_id = ? AND state <> 'replaced'",
                (our_key, source),
            )
            self._database.write(
                "INSERT INTO supplier_link (our_key, source_id, code, brand, model_key, by, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (our_key, source, link.code, link.brand, link.models, by, written(at)),
            )

    def suspend(self, our_key: str, source: SourceId) -> None:
        """Take a link out of force: its row is no longer what the person chose."""
        with self._database.transaction(durable=True):
            self._database.write(
                "UPDATE supplier_link SET state = 'suspended'"
                " WHERE our_key = ? AND source_id = ? AND state = 'active'",
                (our_key, source),
            )

    def of_article(self, our_key: str) -> list[StoredLink]:
        """Return all links our article ever had, newest first."""
        rows = self._database.rows(
            "SELECT our_key, source_id, code, brand, model_key, by, at, state FROM supplier_link"
            " WHERE our_key = ? ORDER BY id DESC",
            (our_key,),
        )
        return [
            StoredLink(
                our_key=key,
                source=SourceId(source),
                link=Link(code=code or "", brand=brand or "", models=models or ""),
                by=by or "",
                at=read_moment(at),
                state=state,
            )
            for key, source, code, brand, models, by, at, state in rows
        ]


class StockLookups:
    """What was asked and what was answered, for explaining an answer later."""

    def __init__(self, database: StockDatabase) -> None:
        """Keep them in a stock file."""
        self._database = database

    def keep(self, question: Question, source: SourceId, answer: StockAnswer, at: datetime) -> None:
        """Record one answer given at a moment (UTC)."""
        asked = {
            name: value
            for name in ("article", "name", "brand", "barcode", "need", "our_key")
            if (value := getattr(question, name))
        }
        said = answer.availability
        given = {
            "status": said.status,
            "qty": [said.qty_min, said.qty_max],
            "as_of": None if answer.as_of is None else written(answer.as_of),
            "stale": answer.stale,
            "ref": answer.source_ref,
            "reason": answer.reason,
        }
        with self._database.transaction():
            self._database.write(
                "INSERT INTO supplier_lookup (at, asked, source_id, level, decision, answer)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    written(at),
                    msgspec.json.encode(asked).decode(),
                    source,
                    answer.level,
                    answer.decision,
                    msgspec.json.encode(given).decode(),
                ),
            )

    def forget_before(self, at: datetime) -> int:
        """Drop answers given before a moment (UTC); return how many."""
        with self._database.transaction():
            return self._database.write("DELETE FROM supplier_lookup WHERE at < ?", (written(at),))
