"""From what happened on the wire to what the caller does next (reliability 2.3)."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from westsync.errors import (
    AccessDenied,
    ConnectorError,
    OutcomeUnknown,
    Rejected,
    Unavailable,
)
from westsync.transport.calls import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DEFAULT_RETRY_AFTER_S = 30.0
ABSURD_RETRY_AFTER_S = 24 * 3600.0


def failure_of_status(
    system: str, operation: str, status: int, detail: str, effect: Effect
) -> ConnectorError:
    """Return the error that a status means for the caller.

    A definite no is any 4xx that is not listed otherwise (contract 7: 400-499 except 408, 409 and
    429). 401 comes back as `AccessDenied` so that whoever owns the token can renew it once.

    Args:
        system: Who said it, for the message.
        operation: What we asked, for the message.
        status: HTTP or inner status, not a success.
        detail: What the other side said.
        effect: What the call would have done.
    """
    said = f"{status}: {detail}" if detail else str(status)
    match status:
        case 401:
            return AccessDenied(system, operation, said)
        case 429:
            return Unavailable(system, operation, said, DEFAULT_RETRY_AFTER_S)
        case 409 if effect is not Effect.READ:
            return OutcomeUnknown(system, operation, said)
        case 408 | 409:
            return perhaps(system, operation, said, effect)
        case _ if 300 <= status < 400:
            redirected = f"{said}; redirects are not followed, set the final address as url"
            if effect is Effect.CREATE:
                return OutcomeUnknown(system, operation, redirected)
            return Rejected(system, operation, redirected, status)
        case _ if 400 <= status < 500:
            return Rejected(system, operation, said, status)
        case _:
            return perhaps(system, operation, said, effect)


def perhaps(system: str, operation: str, detail: str, effect: Effect) -> ConnectorError:
    """Return the error for a call that may or may not have been carried out."""
    if effect.repeatable:
        return Unavailable(system, operation, detail)
    return OutcomeUnknown(system, operation, detail)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds that a ``Retry-After`` asks for.

    A date counts from the answer's own ``Date``, so that a wrong clock on either side does not
    shorten the wait. Missing, negative, unreadable and longer than a day all mean 30 s.

    Args:
        headers: Lower-case names.
        now: Our clock, for an answer without ``Date``.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    else:
        until, since = _http_date(text), _http_date(headers.get("date", "")) or now
        if until is None:
            return DEFAULT_RETRY_AFTER_S
        seconds = (until - since).total_seconds()
    return seconds if 0 <= seconds <= ABSURD_RETRY_AFTER_S else DEFAULT_RETRY_AFTER_S


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
