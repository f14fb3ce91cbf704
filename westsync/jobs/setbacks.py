"""What can come back instead of a receipt, sorted by what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import structlog

from westsync.errors import AccessDenied, OutcomeUnknown, Rejected, Unavailable, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.domain.refusals import Refusal

T = TypeVar("T")

_CONFLICT = 409  # "maybe ours already": the look-up tells, and needs no settle time

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """It certainly did not happen; try again. ``retry_after_s``: seconds the other side wishes."""

    cause: str
    retry_after_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may or may not have happened. ``at_once``: it can be looked up without settling."""

    cause: str
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A definite no.

    Attributes:
        status: The status that said so; None if there was none.
        refusal: What staff can mend; None if it is for the administrator.
    """

    cause: str
    status: int | None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Credentials or rights; the whole system is left alone."""

    cause: str


Setback = Later | Unknown | Refused | Denied


def attempt(call: Callable[[], T], *, key: str) -> T | Setback:
    """Call another system and return what it said or what went wrong.

    The fence around one entry: a mistake of ours in one send must not stop the others, and since
    nobody knows how far it came, its outcome is unknown.

    Args:
        call: One call of a port.
        key: Of the intent, for the log.
    """
    try:
        return call()
    except Unavailable as exc:
        return Later(cause=str(exc), retry_after_s=exc.retry_after_s)
    except Rejected as exc:
        if exc.status == _CONFLICT:
            return Unknown(cause=str(exc), at_once=True)
        return Refused(cause=str(exc), status=exc.status, refusal=exc.refusal)
    except AccessDenied as exc:
        return Denied(cause=str(exc))
    except (OutcomeUnknown, UnexpectedReply) as exc:
        return Unknown(cause=str(exc))
    except Exception as exc:
        log.exception("intent.crashed", key=key)
        return Unknown(cause=f"a bug of ours: {exc!r}")
