"""What people silenced or released, each with an expiry; who did it stands in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from westsync.errors import WestsyncError
from westsync.journal.audit import Audit
from westsync.journal.codec import from_us, to_us

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.intents import ObjectRef
    from westsync.journal.database import Database

EVERYTHING = "*"
_ACK = "ack"
_MUTE = "mute"
_RELEASE = "release"
# An episode that outlives its ack is told again within minutes; after an outage within days.
_ACK_REMEMBERED = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One decision of a person.

    Attributes:
        what: ``ack`` (one episode), ``mute`` (a rule, an object or all) or ``release`` (the flood
            brake of a rule or of all is lifted).
        scope: ``rule/deal-43`` for an ack; rule id, ``deal-43`` or ``*`` otherwise.
        until: It ends by itself then (UTC).
        by: Who said so.
        at: When (UTC).
    """

    what: str
    scope: str
    until: datetime
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """All acknowledgements and mutes that hold at one moment, to be asked often.

    Attributes:
        acks: ``rule/deal-43`` -> the last acknowledgement, also one that ended lately.
        mutes: Scope -> until when (UTC).
    """

    acks: Mapping[str, Silence]
    mutes: Mapping[str, datetime]

    def ack(self, rule: str, obj: ObjectRef) -> Silence | None:
        """Return the last acknowledgement of a rule about an object; None if there is none."""
        return self.acks.get(_ack_scope(rule, obj)) if self.acks else None

    def muted_until(self, rule: str, obj: ObjectRef) -> datetime | None:
        """Return until when a rule, this object or everything is muted; None if nothing is."""
        if not self.mutes:
            return None
        ends = [self.mutes.get(scope) for scope in (EVERYTHING, rule, str(obj))]
        return max((end for end in ends if end is not None), default=None)


class Silences:
    """Acknowledgements, mutes and releases of one account."""

    def __init__(self, database: Database, account: str) -> None:
        """Work on one account of a state."""
        self._database = database
        self._account = account
        self._audit = Audit(database, account)

    def ack(self, rule: str, obj: ObjectRef, *, until: datetime, by: str, now: datetime) -> None:
        """Silence what a rule says about one object.

        Raises:
            WestsyncError: ``until`` is not after ``now``.
        """
        self._put(_ack_scope(rule, obj), what=_ACK, until=until, by=by, now=now)

    def forget_ack(self, rule: str, obj: ObjectRef) -> None:
        """Let an acknowledgement die with the episode it was about; needs a transaction."""
        self._database.write(
            "DELETE FROM silence WHERE account = ? AND what = ? AND scope = ?",
            (self._account, _ACK, _ack_scope(rule, obj)),
        )

    def mute(self, scope: str, *, until: datetime, by: str, now: datetime) -> None:
        """Silence a rule id, an object (``deal-43``) or everything (``*``).

        Raises:
            WestsyncError: ``until`` is not after ``now``.
        """
        self._put(scope, what=_MUTE, until=until, by=by, now=now)

    def release(self, scope: str, *, until: datetime, by: str, now: datetime) -> None:
        """Lift the flood brake of a rule id or of everything (``*``).

        Raises:
            WestsyncError: ``until`` is not after ``now``.
        """
        self._put(scope, what=_RELEASE, until=until, by=by, now=now)

    def released_until(self, rule: str, now: datetime) -> datetime | None:
        """Return until when the flood brake of a rule is lifted; None if it is on."""
        ends = [self._until(_RELEASE, scope, now) for scope in (EVERYTHING, rule)]
        return max((end for end in ends if end is not None), default=None)

    def quiet(self, now: datetime) -> Quiet:
        """Return all acknowledgements and mutes that count now; there are never many."""
        known = self.active(now - _ACK_REMEMBERED)
        return Quiet(
            acks={one.scope: one for one in known if one.what == _ACK},
            mutes={one.scope: one.until for one in known if one.what == _MUTE and one.until > now},
        )

    def active(self, now: datetime) -> tuple[Silence, ...]:
        """Return everything that holds now, for reports and `westsync status`."""
        rows = self._database.rows(
            "SELECT what, scope, until, by, at FROM silence WHERE account = ? AND until > ?",
            (self._account, to_us(now)),
        )
        return tuple(
            Silence(what=what, scope=scope, until=from_us(until), by=by, at=from_us(at))
            for what, scope, until, by, at in rows
        )

    def _put(self, scope: str, *, what: str, until: datetime, by: str, now: datetime) -> None:
        if until <= now:
            raise WestsyncError(f"{what} {scope}: the end {until.isoformat()} has passed already")
        with self._database.transaction():
            self._database.write(
                "INSERT INTO silence VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " until = excluded.until, by = excluded.by, at = excluded.at",
                (self._account, what, scope, to_us(until), by, to_us(now)),
            )
            self._audit.append(
                at=now, what=what, actor=by, target=scope, detail=f"until {until.isoformat()}"
            )

    def _until(self, what: str, scope: str, now: datetime) -> datetime | None:
        row = self._database.row(
            "SELECT until FROM silence WHERE account = ? AND what = ? AND scope = ? AND until > ?",
            (self._account, what, scope, to_us(now)),
        )
        return None if row is None else from_us(row[0])


def _ack_scope(rule: str, obj: ObjectRef) -> str:
    return f"{rule}/{obj}"
