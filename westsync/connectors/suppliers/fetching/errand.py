"""One fetch: whose, where to, what is remembered, and with which secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from westsync.connectors.suppliers.fetching.patience import Patience

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.secrets import Secrets
    from westsync.domain.stock import SourceId
    from westsync.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What every way of fetching needs.

    Attributes:
        into: Folder for the file.
        state: What the fetch before noted; empty: fetch whatever is there.
        zone: Of the office, for the day in dated names.
    """

    profile: Profile
    into: Path
    state: str
    clock: Clock
    secrets: Secrets
    zone: ZoneInfo

    @property
    def source(self) -> SourceId:
        """The source."""
        return self.profile.id

    def fill(self, text: str) -> str:
        """Return a text of the profile with its secrets.

        Raises:
            AccessDenied: One is not there.
        """
        return self.secrets.fill(text, self.profile.id)

    def patience(self, operation: str, total: timedelta) -> Patience:
        """Return the time for it, running from now on."""
        return Patience(self.clock, self.profile.id, operation).begin(total)
