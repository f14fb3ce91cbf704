"""`SourceFetcher`: one door to all ways of getting a source's file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from westsync.connectors.suppliers.fetching.errand import Errand
from westsync.connectors.suppliers.profile_fetch import (
    DiskFetch,
    FtpFetch,
    HttpFetch,
    ImapFetch,
    JsonApiFetch,
    ManualFetch,
)
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile
    from westsync.connectors.suppliers.secrets import Secrets
    from westsync.domain.stock import SourceId
    from westsync.ports import Clock
    from westsync.ports.stock import FetchedFile

MOSCOW = ZoneInfo("Europe/Moscow")


class Fetcher:
    """Fetches the files of sources; the port `SourceFetcher`."""

    def __init__(
        self, profiles: Iterable[Profile], *, secrets: Secrets, clock: Clock, zone: ZoneInfo
    ) -> None:
        """Know the sources; nothing is sent.

        Args:
            profiles: All sources.
            secrets: What their texts refer to.
            clock: Time.
            zone: Of the office, for the day in dated names.
        """
        self._profiles = {profile.id: profile for profile in profiles}
        self._secrets, self._clock, self._zone = secrets, clock, zone

    def fetch(self, source: SourceId, *, into: Path, state: str) -> FetchedFile | None:
        """Fetch the file of a source into a folder; None: it did not change since `state`.

        Raises:
            Unavailable, AccessDenied, Rejected, UnexpectedReply: As `fetch`.
        """
        return fetch(
            self._profiles[source],
            into=into,
            state=state,
            clock=self._clock,
            secrets=self._secrets,
            zone=self._zone,
        )


def fetch(
    profile: Profile,
    *,
    into: Path,
    state: str,
    clock: Clock,
    secrets: Secrets,
    zone: ZoneInfo = MOSCOW,
) -> FetchedFile | None:
    """Fetch the file of a source; None: it did not change since `state`.

    The file is complete when it is there: written beside, hashed, synced, then renamed.

    Args:
        profile: Of the source.
        into: Folder of this fetch alone.
        state: What the fetch before noted; empty: fetch whatever is there.
        clock: Time.
        secrets: What the profile's texts refer to.
        zone: Of the office, for the day in dated names.

    Raises:
        Unavailable: Nobody answered, the upload is in progress, later was asked for.
        AccessDenied: A password or token was refused or is missing; a person acts.
        Rejected: The address is wrong, or the source has no file to fetch.
        UnexpectedReply: What came is no file: `NotAFile`, `Truncated`, `TooLarge`, `Empty`.
    """
    errand = Errand(
        profile=profile, into=into, state=state, clock=clock, secrets=secrets, zone=zone
    )
    # Each way brings libraries of its own; a source pays for the one that it uses.
    match profile.fetch:
        case HttpFetch() as how:
            from westsync.connectors.suppliers.fetching.http import fetch_http  # noqa: PLC0415

            return fetch_http(errand, how)
        case FtpFetch() as how:
            from westsync.connectors.suppliers.fetching.ftp import fetch_by_ftp  # noqa: PLC0415

            return fetch_by_ftp(errand, how)
        case ImapFetch() as how:
            from westsync.connectors.suppliers.fetching.mail import fetch_by_mail  # noqa: PLC0415

            return fetch_by_mail(errand, how)
        case DiskFetch() as how:
            from westsync.connectors.suppliers.fetching.disk import (  # noqa: PLC0415
                fetch_from_disk,
            )

            return fetch_from_disk(errand, how)
        case JsonApiFetch() as how:
            from westsync.connectors.suppliers.fetching.json_api import fetch_json  # noqa: PLC0415

            return fetch_json(errand, how)
        case ManualFetch():
            text = "its files are brought by a person: westsync stock load SUPPLIER FILE"
            raise Rejected(profile.id, "fetch", text)
        case None:
            text = "the source has no file to fetch, only a portal"
            raise Rejected(profile.id, "fetch", text)
