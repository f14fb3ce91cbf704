"""Creates that were sent twice (contract 7, reliability 2.3).

There is no idempotency key, so a create is sent once. Sending it again is right only when the
first certainly was not executed, or when its outcome was unknown and the client has looked for it
in between; and never more than three times.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from westsync.sandbox.megaplan.requestlog import Request

CREATE = re.compile(r"POST /(\w+|\w+/\{\w+\}/(comments|todos|payers))")
NOT_CREATES = frozenset({"POST /bulk", "POST /auth/access_token"})
MARKER = re.compile(r"ws:[0-9a-hjkmnp-tv-z]{16}")
NOT_EXECUTED = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422, 429})
BLIND = frozenset(
    {"commit_then_drop", "commit_then_500", "truncated", "empty_body", "delay", "html_login"}
)
# What a client reads to find a create again: words of the routes of reads.
LOOKS = {"comments": ("comment", "history"), "contractorHuman": ("contractor",)}
LOOKS["contractorCompany"] = LOOKS["contractorHuman"]
MAX_SENDS = 3


def repeated(requests: Sequence[Request]) -> Iterator[tuple[Request, str]]:
    """Yield each create that should not have been sent again, with the reason."""
    sends: dict[str, list[Request]] = {}
    reads: list[Request] = []
    for entry in requests:
        if entry.method == "GET" or entry.route == "POST /bulk":
            reads.append(entry)
        if not CREATE.fullmatch(entry.route or "") or entry.route in NOT_CREATES:
            continue
        for key in _keys(entry):
            earlier = [old for old in sends.setdefault(key, []) if not _was_refused(old)]
            if earlier and (why := _objection(earlier, reads)):
                yield entry, why
                break
        for key in _keys(entry):
            sends[key].append(entry)


def _keys(entry: Request) -> list[str]:
    """Return what makes two creates the same: their markers, or else path and body."""
    text = json.dumps(entry.body, ensure_ascii=False, sort_keys=True)
    markers = sorted(set(MARKER.findall(text)))
    return [f"{entry.route} {marker}" for marker in markers] or [f"{entry.path} {text}"]


def _was_refused(entry: Request) -> bool:
    return entry.status in NOT_EXECUTED or entry.inner_status in NOT_EXECUTED


def _was_sought(sent: Request, reads: list[Request]) -> bool:
    """Whether anything was read since that could have shown the created object."""
    noun = (sent.route or "").rpartition("/")[2]
    words = LOOKS.get(noun, (noun.removesuffix("s"),))
    return any(
        read.route == "POST /bulk" or any(word in (read.route or "").lower() for word in words)
        for read in reads
        if read.number > sent.number
    )


def _objection(earlier: list[Request], reads: list[Request]) -> str | None:
    last = earlier[-1]
    if last.status == 200 and last.fault not in BLIND:
        return f"#{last.number} had already done it"
    if not _was_sought(last, reads):
        return f"outcome of #{last.number} was unknown and nobody looked"
    if len(earlier) >= MAX_SENDS:
        return f"sent {len(earlier) + 1} times"
    return None
