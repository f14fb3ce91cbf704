"""A fast Megaplan for measuring: pre-rendered deals, raw HTTP, a rate limit, counters.

It checks and remembers nothing (the sandbox does), so that it costs a fraction of its client.
It answers what a cycle asks: token, staff, program, deals by cursor, one task, no history; and a
plain ``?limit=&after=`` walk over the same bytes for peers that know no other paging. Besides that
``GET /stats`` tells what it counted and ``POST /touch?n=100&at=MOMENT`` changes deals.

Run ``python -m benchmarks.server --deals 20000 [--latency-ms 150] [--rps 5] [--burst 5]``; the
first line of the output is the address.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from benchmarks import generation
from benchmarks.generation import NEWEST, Generator, deal_id, deal_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

API = "/api/v3"
_STRIDE = 7919  # consecutive changes hit deals far from each other, as in life


class Deals:
    """All deals, in the two orders in which they are asked for."""

    def __init__(self, generator: Generator, count: int) -> None:
        """Render them."""
        self._generator = generator
        self._rendered = [generator.deal(index) for index in range(count)]
        self._touched: list[int] = []  # newest change last
        self._rest = sorted(range(count), key=generator.updated_at, reverse=True)
        self._next = 0

    def touch(self, count: int, at: datetime) -> list[str]:
        """Change so many deals at a moment (UTC) and return their ids."""
        changed = [(self._next + step) * _STRIDE % len(self._rendered) for step in range(count)]
        self._next += count
        for index in changed:
            self._rendered[index] = self._generator.deal(index, at)
        again = set(changed)
        self._touched = [index for index in self._touched if index not in again] + changed
        return [deal_id(index) for index in changed]

    def page(self, limit: int, after: str | None, *, changed_first: bool) -> tuple[bytes, bool]:
        """Return a page as JSON items, and whether another one follows.

        Args:
            limit: Items at most.
            after: Id of the last deal of the page before.
            changed_first: By ``timeUpdated`` instead of ``timeCreated``, both newest first.
        """
        order = self._by_change(after) if changed_first else self._by_creation(after)
        chosen = list(itertools.islice(order, limit + 1))
        found = [self._rendered[index] for index in chosen[:limit]]
        return b",".join(found), len(chosen) > limit

    def _by_creation(self, after: str | None) -> Iterable[int]:
        return range(0 if after is None else deal_index(after) + 1, len(self._rendered))

    def _by_change(self, after: str | None) -> Iterable[int]:
        recent = self._touched[::-1]
        known = set(recent)
        rest = (index for index in self._rest if index not in known)
        order = itertools.chain(recent, rest)
        if after is None:
            return order
        wanted = deal_index(after)
        return itertools.islice(itertools.dropwhile(lambda i: i != wanted, order), 1, None)


@dataclass(slots=True)
class Bucket:
    """The account's limit: so many requests a second, a few more at once."""

    rps: float
    burst: float
    _level: float = 0.0
    _at: float = field(default_factory=time.monotonic)

    def takes(self) -> bool:
        """Take one request, or refuse it."""
        if not self.rps:
            return True
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._at) * self.rps)
        self._at = now
        if self._level + 1 > self.burst:
            return False
        self._level += 1
        return True


class Account:
    """What is answered to which request."""

    def __init__(self, deals: Deals, bucket: Bucket) -> None:
        """Start with clean counters."""
        self._deals = deals
        self._bucket = bucket
        self.requests: Counter[str] = Counter()
        self.refused = 0
        self.sent_bytes = 0

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body."""
        path, _, query = target.partition("?")
        if not path.startswith("/api/"):
            return self._control(path, query)
        self.requests[f"{method} {path.removeprefix(API)}"] += 1
        if not self._bucket.takes():
            self.refused += 1
            return 429, _envelope(b"[]", 429)
        return 200, self._read(path.removeprefix(API), query, body)

    def _control(self, path: str, query: str) -> tuple[int, bytes]:
        if path == "/touch":
            asked = parse_qs(query)
            ids = self._deals.touch(int(asked["n"][0]), datetime.fromisoformat(asked["at"][0]))
            return 200, json.dumps(ids).encode()
        used = time.process_time()
        stats = {"requests": dict(self.requests), "refused": self.refused, "cpu_s": used}
        return 200, json.dumps({**stats, "sent_bytes": self.sent_bytes}).encode()

    def _read(self, path: str, query: str, body: bytes) -> bytes:
        if path == "/deal":
            return self._page_of_deals(query)
        if path == "/bulk":
            calls = len(json.loads(body)["calls"])
            return _envelope(b"[" + b",".join([_envelope(b"[]", 200)] * calls) + b"]")
        fixed = _FIXED.get(path)
        return fixed if fixed is not None else _envelope(b"[]")

    def _page_of_deals(self, query: str) -> bytes:
        if query.startswith("limit="):
            plain = parse_qs(query)
            limit, after, changed_first = (
                int(plain["limit"][0]),
                plain.get("after", [None])[0],
                False,
            )
        else:
            asked = json.loads(unquote(query))
            limit, after = asked["limit"], asked.get("pageAfter", {}).get("id")
            changed_first = asked["sortBy"][0]["fieldName"] == "timeUpdated"
        items, more = self._deals.page(limit, after, changed_first=changed_first)
        return _envelope(b"[" + items + b"]", more=more)


def _envelope(data: bytes, status: int = 200, *, more: bool = False) -> bytes:
    pagination = b'{"hasMoreNext":%s}' % (b"true" if more else b"false")
    return b'{"meta":{"status":%d,"errors":[],"pagination":%s},"data":%s}' % (
        status,
        pagination,
        data,
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


_TASK = {
    "contentType": "Task",
    "id": "700001",
    "name": "Позвонить",
    "status": "assigned",
    "responsible": {"contentType": "Employee", "id": "1000003"},
    "owner": {"contentType": "Employee", "id": "1000003"},
    "timeCreated": {"contentType": "DateTime", "value": NEWEST.isoformat()},
    "activity": {"contentType": "DateTime", "value": NEWEST.isoformat()},
    "deals": [],
}
_GRANT = {"access_token": "bench", "refresh_token": "bench", "expires_in": 172_800}
_FIXED = {
    "/auth/access_token": _json(_GRANT),
    "/currentUser": _envelope(_json(generation.employees()[-1])),
    "/employee": _envelope(_json(generation.employees())),
    f"/program/{generation.PROGRAM}": _envelope(_json(generation.program())),
    f"/program/{generation.PROGRAM}/fields": _envelope(_json(generation.program_fields())),
    "/task": _envelope(_json([_TASK])),
}
_REASONS = {200: b"OK", 429: b"Too Many Requests"}


class Connection(asyncio.Protocol):
    """One client's connection; requests are answered in their order."""

    def __init__(self, account: Account, latency_s: float) -> None:
        """Wait for bytes."""
        self._account = account
        self._latency_s = latency_s
        self._waiting = b""
        self._send: Callable[[bytes], None] = lambda _: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream was expected")
        self._send = transport.write

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end]
            length = _content_length(head)
            if len(self._waiting) < end + 4 + length:
                return
            body = self._waiting[end + 4 : end + 4 + length]
            self._waiting = self._waiting[end + 4 + length :]
            method, target, _ = head.partition(b"\r\n")[0].decode("ascii").split(" ")
            self._reply(*self._account.answer(method, target, body))

    def _reply(self, status: int, body: bytes) -> None:
        # A refusal names no Retry-After: Megaplan documents none (performance.md 2.3).
        head = b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (
            status,
            _REASONS[status],
            len(body),
        )
        self._account.sent_bytes += len(body)
        if self._latency_s:
            asyncio.get_running_loop().call_later(self._latency_s, self._send, head + body)
        else:
            self._send(head + body)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _serve(options: argparse.Namespace) -> None:
    deals = Deals(Generator(seed=options.seed), options.deals)
    account = Account(deals, Bucket(options.rps, options.burst))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(account, options.latency_ms / 1000), "127.0.0.1", 0
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description="a fast Megaplan for measuring")
    parser.add_argument("--deals", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--rps", type=float, default=0.0, help="0: no limit")
    parser.add_argument("--burst", type=float, default=5.0)
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
