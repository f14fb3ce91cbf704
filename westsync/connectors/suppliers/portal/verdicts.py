"""Why a portal gave no answer; most of these stop the source until a person acts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.errors import AccessDenied, ConnectorError, UnexpectedReply

if TYPE_CHECKING:
    from westsync.domain.stock import SourceId


class Stop(StrEnum):
    """What makes us leave a portal alone (suppliers contract 9)."""

    PASSWORD_REFUSED = "password_refused"  # noqa: S105 - a verdict, not a password
    CAPTCHA = "captcha"
    BLOCKED = "blocked"
    LAYOUT_CHANGED = "portal_layout_changed"


class PasswordRefused(AccessDenied):
    """The log-in was refused. It is never tried again: repeated failures lock the account."""


class CaptchaShown(AccessDenied):
    """The portal wants to see a person; a captcha is never solved by us."""


class Blocked(AccessDenied):
    """The portal does not want us."""


class LayoutChanged(UnexpectedReply):
    """The page does not look as the profile says; it was kept for a person to compare."""


_CURES = {
    Stop.PASSWORD_REFUSED: "correct the secret; it is tried again with the new one",
    Stop.CAPTCHA: "log in by hand (войдите вручную), then resume the source",
    Stop.BLOCKED: "talk to the supplier, then resume the source",
    Stop.LAYOUT_CHANGED: "compare the kept page with the profile and correct it",
}


def stopped(stop: Stop, source: SourceId, operation: str, detail: str) -> ConnectorError:
    """Return the error of a stop, with what a person does about it."""
    kinds: dict[Stop, type[ConnectorError]] = {
        Stop.PASSWORD_REFUSED: PasswordRefused,
        Stop.CAPTCHA: CaptchaShown,
        Stop.BLOCKED: Blocked,
        Stop.LAYOUT_CHANGED: LayoutChanged,
    }
    return kinds[stop](source, operation, f"{stop}: {detail}; {_CURES[stop]}")
