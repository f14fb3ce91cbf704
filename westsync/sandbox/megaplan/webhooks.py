"""The emitter of event streams (contract 5, 9.13).

Events are queued as entities change and delivered in order. A delivery that is not answered by
200 in time is repeated, and the events behind it wait.
"""

from __future__ import annotations

import http.client
import json
import threading
import uuid
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from westsync.sandbox.megaplan.rendering import Renderer

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.core import Core
    from westsync.sandbox.megaplan.wire import Doc

STREAMS = {
    "contractors": ("ContractorCompany", "ContractorHuman"),
    "deals": ("Deal",),
    "events": ("Todo",),
    "tasks": ("Task",),
    "projects": ("Project",),
    "employees": ("Employee",),
    "invoices": ("Invoice",),
    "operations": ("FinOperation",),
}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ANSWER_WITHIN_S = 20.0


class Webhooks:
    """One subscriber and the events that wait for it.

    Attributes:
        integration: ``accountInfo.integrationUuid``.
        duplicate_next: How many of the next deliveries are made twice.
        reverse: Deliver the newest first, as when streams overtake each other.
        delivered: Events that were answered by 200.
        attempts: Deliveries tried.
    """

    def __init__(self, core: Core) -> None:
        """Watch an account; nothing is queued before `subscribe`."""
        self._core = core
        self._url: str | None = None
        self._models: frozenset[str] = frozenset()
        self._queue: deque[Doc] = deque()
        self._issued = 0
        self._delivering = threading.Lock()
        self.integration = str(uuid.UUID(int=core.seed + (8 << 124), version=4))
        self.answer_within_s = ANSWER_WITHIN_S
        self.duplicate_next = 0
        self.reverse = False
        self.delivered = 0
        self.attempts = 0
        core.store.watchers.append(self._changed)

    def subscribe(self, url: str, streams: tuple[str, ...] = tuple(STREAMS)) -> None:
        """Send events to an address on loopback.

        Raises:
            ValueError: The address is not on loopback, or there is no such stream.
        """
        if urlsplit(url).hostname not in LOOPBACK:
            raise ValueError(f"{url}: the stand-in sends events to loopback addresses only")
        if unknown := set(streams) - set(STREAMS):
            raise ValueError(f"no stream '{min(unknown)}'; there are {', '.join(STREAMS)}")
        self._url = url
        self._models = frozenset(model for stream in streams for model in STREAMS[stream])

    def unsubscribe(self) -> None:
        """Send nothing any more and forget what waits."""
        self._url = None
        self._queue.clear()

    @property
    def waiting(self) -> int:
        """Number of events not yet delivered."""
        return len(self._queue)

    def deliver(self) -> int:
        """Send what waits until the first failure, and return how many got through."""
        with self._delivering:
            return self._deliver()

    def _deliver(self) -> int:
        passed = 0
        while self._url is not None and self._queue:
            place = -1 if self.reverse else 0
            event = self._queue[place]
            if not self._post(self._url, event):
                break
            if self.duplicate_next:
                self.duplicate_next -= 1
                self._post(self._url, event)
            with suppress(ValueError):  # somebody unsubscribed meanwhile
                self._queue.remove(event)
            self.delivered += 1
            passed += 1
        return passed

    def _changed(self, event: str, doc: Doc) -> None:
        if self._url is None or doc["contentType"] not in self._models:
            return
        self._issued += 1
        self._queue.append(
            {
                "event": event,
                "data": Renderer(self._core, "").listing([doc], (), only=False)[0],
                "accountInfo": {
                    "uuid": str(uuid.UUID(int=self._issued + (self._core.seed << 64), version=4)),
                    "integrationUuid": self.integration,
                    "model": doc["contentType"],
                },
            }
        )

    def _post(self, url: str, event: Doc) -> bool:
        self.attempts += 1
        target = urlsplit(url)
        connection = http.client.HTTPConnection(
            target.hostname or "", target.port or 80, timeout=self.answer_within_s
        )
        try:
            body = json.dumps(event, ensure_ascii=False).encode()
            connection.request(
                "POST", target.path or "/", body, {"Content-Type": "application/json"}
            )
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
