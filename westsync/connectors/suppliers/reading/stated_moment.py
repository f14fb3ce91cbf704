"""The one moment that a file states for its data, wherever in it that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers.reading import moments
from westsync.connectors.suppliers.reading.results import Note

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.connectors.suppliers.profile import AsOf


class StatedMoment:
    """What was found; the first place that states something counts.

    Attributes:
        source: Where it was found; empty: nowhere.
    """

    def __init__(self, rule: AsOf | None, now: datetime) -> None:
        """Begin with nothing found.

        Args:
            rule: Where the profile says that it stands; None: only where the format says so.
            now: Present moment, UTC.
        """
        self._rule = rule
        self._now = now
        self._text = self.source = ""

    def note(self, text: str, source: str) -> None:
        """Take what a place states; nothing, or the second place, changes nothing."""
        if text and not self._text:
            self._text, self.source = text, source

    def look_in(self, *names: str) -> None:
        """Look into the names of the file and its parts, if the profile says so."""
        if self._rule is not None and self._rule.file_name:
            for name in names:
                self.note(moments.in_name(name, self._rule), "file name")

    def read(self) -> tuple[datetime | None, Note | None]:
        """Return the moment (UTC) and what is wrong with it.

        One that is unreadable or to come is not used; None without a note where nothing is stated.
        """
        if not self._text:
            return None, None
        rule = self._rule
        shape, zone = (rule.format, rule.zone) if rule is not None else ("", "Europe/Moscow")
        at = moments.moment(self._text, shape, zone)
        if at is None:
            return None, Note.AS_OF_UNREADABLE
        return (None, Note.AS_OF_FUTURE) if at > self._now + moments.FARTHEST else (at, None)
