"""The door for Megaplan's events: ``POST /webhook/ACCOUNT/SECRET`` (contract 5)."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from westsync.journal.hints import Taken
from westsync.web.events import Foreign, Unreadable, read_event
from westsync.web.reception import Reception

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from westsync.settings.megaplan import Webhook
    from westsync.web.reception import Keep

BODY_BYTES = 64 * 1024
BODY_WITHIN_S = 5.0
RETRY_AFTER_S = 30

log = structlog.get_logger()


class Verdict(StrEnum):
    """How a request at the door ended: what became of the event, or why there is none."""

    NEW = "new"
    REPEATED = "repeated"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    FULL = "full"
    NOT_KEPT = "not_kept"
    STRANGER = "stranger"
    MISUSED = "misused"
    TOO_LONG = "too_long"
    TOO_SLOW = "too_slow"


_OF_TAKEN = {
    Taken.NEW: Verdict.NEW,
    Taken.REPEATED: Verdict.REPEATED,
    Taken.IGNORED: Verdict.IGNORED,
    Taken.FULL: Verdict.FULL,
    None: Verdict.NOT_KEPT,
}
# Megaplan holds all later events back until one is answered by 200: what is no use to us is taken.
_STATUS = {
    Verdict.FULL: HTTPStatus.SERVICE_UNAVAILABLE,
    Verdict.NOT_KEPT: HTTPStatus.SERVICE_UNAVAILABLE,
    Verdict.STRANGER: HTTPStatus.NOT_FOUND,
    Verdict.MISUSED: HTTPStatus.METHOD_NOT_ALLOWED,
    Verdict.TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Verdict.TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
}
_HEADERS: Mapping[Verdict, dict[str, str]] = {
    Verdict.FULL: {"Retry-After": str(RETRY_AFTER_S)},
    Verdict.NOT_KEPT: {"Retry-After": str(RETRY_AFTER_S)},
    Verdict.STRANGER: {"Connection": "close"},
    Verdict.MISUSED: {"Allow": "POST", "Connection": "close"},
    Verdict.TOO_LONG: {"Connection": "close"},
    Verdict.TOO_SLOW: {"Connection": "close"},
}


class Door:
    """Takes events in. Only the path's secret opens it; the body is a hint and never believed.

    Attributes:
        counts: (account, verdict) -> requests since the start; strangers have no account.
    """

    def __init__(
        self,
        webhook_of: Callable[[str], Webhook | None],
        keep: Keep,
        hinted: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            webhook_of: Settings of an account's door; None: it has none.
            keep: Keeps events durably; may block.
            hinted: Called when something new was kept.
        """
        self.counts: Counter[tuple[str, str]] = Counter()
        self._webhook_of = webhook_of
        self._reception = Reception(keep, hinted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; 200 only after what it says is on the disk."""
        answer = await self._answer(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        account = request.path_params["account"]
        webhook = self._webhook_of(account)
        if not _is_let_in(webhook, request.path_params["secret"]) or webhook is None:
            return self._told("", Verdict.STRANGER)
        verdict = await self._verdict(account, webhook, request)
        return self._told(account, verdict)

    async def _verdict(self, account: str, webhook: Webhook, request: Request) -> Verdict:
        if request.method != "POST":
            return Verdict.MISUSED
        body = await _body(request)
        if isinstance(body, Verdict):
            return body
        try:
            arrival = read_event(body, webhook.integration_uuid)
        except Unreadable:
            return Verdict.UNREADABLE
        except Foreign:
            if not self.counts[account, Verdict.FOREIGN]:
                log.warning("webhook.foreign", account=account)
            return Verdict.FOREIGN
        return _OF_TAKEN[await self._reception.take(account, arrival)]

    def _told(self, account: str, verdict: Verdict) -> Response:
        self.counts[account, verdict] += 1
        status = _STATUS.get(verdict, HTTPStatus.OK)
        said = {"error": status.phrase} if status is not HTTPStatus.OK else {"event": verdict.value}
        return JSONResponse(said, status, headers=_HEADERS.get(verdict))


def _is_let_in(webhook: Webhook | None, secret: str) -> bool:
    """Compare in constant time; an account without a door is compared as well."""
    wanted = webhook.path_secret if webhook is not None else None
    expected = wanted.get_secret_value() if wanted is not None else ""
    same = hmac.compare_digest(secret.encode(), expected.encode())
    return same and wanted is not None


async def _body(request: Request) -> bytes | Verdict:
    """Return the whole body, or why it was not read to its end."""
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > BODY_BYTES:
        return Verdict.TOO_LONG
    body = b""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for piece in request.stream():
                body += piece
                if len(body) > BODY_BYTES:
                    return Verdict.TOO_LONG
    except (TimeoutError, ClientDisconnect):
        return Verdict.TOO_SLOW
    return body
