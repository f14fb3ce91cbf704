"""Fetches of one source, each into a folder of its own, with the state of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers.fetching.fetcher import fetch
from westsync.connectors.suppliers.profile import Format, Profile, Read
from westsync.connectors.suppliers.secrets import Secrets
from westsync.domain.stock import SourceId

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from westsync.connectors.suppliers.profile_fetch import Fetch
    from westsync.ports.stock import FetchedFile

SOURCE = SourceId("lira")


class Errands:
    """Runs fetches.

    Attributes:
        state: What the last one noted.
        into: Folder of the last one.
    """

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.state = ""
        self.into = folder
        self._folder, self._clock, self._count = folder, clock, 0

    def run(
        self, how: Fetch, *, expected: Format = Format.AUTO, **secrets: str
    ) -> FetchedFile | None:
        """Fetch; None if nothing changed."""
        self._count += 1
        self.into = self._folder / f"fetch-{self._count}"
        self.into.mkdir()
        found = fetch(
            Profile(id=SOURCE, fetch=how, read=Read(format=expected)),
            into=self.into,
            state=self.state,
            clock=self._clock,
            secrets=Secrets(secrets),
        )
        if found is not None:
            self.state = found.state
        return found

    def file(self, how: Fetch, *, expected: Format = Format.AUTO, **secrets: str) -> FetchedFile:
        """Fetch what must have changed."""
        found = self.run(how, expected=expected, **secrets)
        assert found is not None
        return found

    def left_behind(self) -> list[str]:
        """Return what the last fetch left in its folder."""
        return sorted(path.name for path in self.into.iterdir())
