"""What is asked and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

JSON_CAP_BYTES = 32 * 1024 * 1024
FILE_CAP_BYTES = 200 * 1024 * 1024
READ_DEADLINE_S = 60.0
WRITE_DEADLINE_S = 240.0


class Effect(Enum):
    """What a call does there, which decides whether it may be repeated (reliability 4.1)."""

    READ = "read"
    SET = "set"
    CREATE = "create"

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice is the same as doing it once."""
        return self is not Effect.CREATE


class Priority(IntEnum):
    """Who goes first when the limiter has one slot: live work before backfill."""

    LIVE = 0
    BACKFILL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Attributes:
        method: HTTP method.
        target: Path with its query, exactly as it goes over the wire.
        effect: What it does there.
        body: Bytes to send; None for none.
        headers: Further headers, e.g. ``Content-Type``.
        operation: How messages name the call; ``METHOD path`` without the query if empty.
        priority: Who goes first.
        attempts: Upper bound of tries within this call; None takes the doctrine's number.
        deadline_s: Seconds for the whole call with all tries; None: 60 to read, 240 to write.
        cap_bytes: Largest accepted answer after decompression.
        sink: Where the body is written instead of being kept; must be seekable. None keeps it.
    """

    method: str
    target: str
    effect: Effect
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str = ""
    priority: Priority = Priority.LIVE
    attempts: int | None = None
    deadline_s: float | None = None
    cap_bytes: int = JSON_CAP_BYTES
    sink: BinaryIO | None = None

    @property
    def name(self) -> str:
        """Return the call's name for messages; a query may hold names of people, so it is cut."""
        return self.operation or f"{self.method} {self.target.partition('?')[0]}"

    @property
    def budget_s(self) -> float:
        """Return the seconds that the call may take with all its tries."""
        if self.deadline_s is not None:
            return self.deadline_s
        return READ_DEADLINE_S if self.effect is Effect.READ else WRITE_DEADLINE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A complete answer.

    Attributes:
        status: HTTP status.
        headers: Names in lower case; a repeated header keeps its last value.
        body: Decompressed; empty when the call had a sink.
    """

    status: int
    headers: Mapping[str, str]
    # Not shown: it is long, it holds people's data, and asyncio shows itself every task's result.
    body: bytes = field(repr=False)


class Unreadable(Exception):
    """A decoder's word that a successful answer cannot be understood at all."""


class InnerFailure(Exception):
    """A decoder's word that HTTP said success and the body says otherwise.

    Attributes:
        status: The inner status, read like an HTTP status.
        detail: What the other side said.
    """

    def __init__(self, status: int, detail: str) -> None:
        """Keep what the body said."""
        self.status = status
        self.detail = detail
        super().__init__(f"{status}: {detail}")
