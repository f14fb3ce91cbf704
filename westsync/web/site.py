"""What is answered where: /health, /ready, /metrics and the door for events."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from westsync.pulse import Phase
from westsync.web.figures import figures
from westsync.web.protocol import HEADER_BYTES
from westsync.web.webhook import Door

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from westsync.domain.hints import Arrival
    from westsync.journal.hints import Taken
    from westsync.settings.megaplan import Webhook
    from westsync.web.figures import House

_STARTING = "the first cycle has not ended"
_STOPPING = "the daemon is stopping"


class Site:
    """Answers requests; what it shows may be exchanged while it serves.

    Attributes:
        house: What is shown.
        app: The ASGI application.
    """

    def __init__(self, house: House) -> None:
        """Build the routes."""
        self.house = house
        self._measuring = asyncio.Lock()
        self._door = Door(self._webhook_of, self._keep, house.hinted)
        routes = [
            Route("/health", self._health),
            Route("/ready", self._ready),
            Route("/metrics", self._metrics),
            Route("/webhook/{account}/{secret}", self._door),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
        app.router.redirect_slashes = False
        self.app: ASGIApp = _bounded(app)

    async def _health(self, _: Request) -> Response:
        """Answer whether the process makes progress, by the watchdog's own measure."""
        pulse = self.house.pulse
        alive = pulse.is_alive
        status = HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE
        body = {
            "alive": alive,
            "silent_s": round(pulse.silent_s, 3),
            "limit_s": pulse.limit_s,
        }
        return JSONResponse(body, status)

    async def _ready(self, _: Request) -> Response:
        """Answer whether the first cycle has ended, and how the last one of each account did."""
        pulse = self.house.pulse
        phase = pulse.phase
        accounts = {
            name: {
                "last_cycle": cycles.last.value,
                "age_s": round(pulse.age_s(cycles), 3),
                "seconds": round(cycles.seconds, 3),
            }
            for name, cycles in pulse.cycles.items()
        }
        body: dict[str, object] = {"ready": phase is Phase.READY, "accounts": accounts}
        if phase is Phase.READY:
            return JSONResponse(body)
        body["reason"] = _STARTING if phase is Phase.STARTING else _STOPPING
        return JSONResponse(body, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})

    async def _metrics(self, _: Request) -> Response:
        """Answer with all metrics; they are gathered once at a time, beside the loop."""
        from westsync.web.metrics import CONTENT_TYPE, exposition  # noqa: PLC0415 - once asked for

        async with self._measuring:
            house = self.house
            events = dict(self._door.counts)
            text = await asyncio.to_thread(lambda: exposition(figures(house, events)))
        return Response(text, headers={"Content-Type": CONTENT_TYPE})

    def _webhook_of(self, account: str) -> Webhook | None:
        """Return the settings of an account's door; None if there is no such account or door."""
        found = self.house.configuration.settings.accounts.get(account)
        return None if found is None else found.megaplan.webhook

    def _keep(self, account: str, arrivals: Sequence[Arrival]) -> tuple[Taken, ...]:
        house = self.house
        return house.installation.store(account).hints.keep(arrivals, house.clock.now())


async def _refused(_: Request, exc: Exception) -> Response:
    refusal = cast("HTTPException", exc)  # the only kind that this is registered for
    return JSONResponse({"error": refusal.detail}, refusal.status_code, headers=refusal.headers)


def _bounded(app: ASGIApp) -> ASGIApp:
    """Refuse headers that are too long, or that two readers may understand differently.

    Headers that come whole in one piece pass the bound of the parser, which counts only what is
    still incomplete.
    """

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"]
        size = len(scope["raw_path"]) + len(scope["query_string"])
        size += sum(len(name) + len(value) + 4 for name, value in headers)
        names = [name for name, _ in headers]
        answer = None
        if size > HEADER_BYTES:
            answer = _closing(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif b"transfer-encoding" in names and b"content-length" in names:
            answer = _closing(HTTPStatus.BAD_REQUEST)
        await (answer or app)(scope, receive, send)

    return bounded


def _closing(status: HTTPStatus) -> Response:
    return JSONResponse({"error": status.phrase}, status, headers={"Connection": "close"})
