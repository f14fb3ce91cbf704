"""What a play tells those who look on, while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class Tone(StrEnum):
    """What a line is about; the watcher sees it as a colour and a sign."""

    LAPSE = "lapse"
    CAUGHT = "caught"
    CLOSED = "closed"
    WRONG = "wrong"
    FAULT = "fault"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something worth telling.

    Attributes:
        at: When, office zone.
        tag: P-id; empty for a line that is about none.
        text: One sentence.
    """

    at: datetime
    tag: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Who looks on.

    Attributes:
        tell: Gets each line.
        pass_time: Gets each moment that the play comes to, office zone.
    """

    tell: Callable[[Line], None] = field(default=lambda _: None)
    pass_time: Callable[[datetime], None] = field(default=lambda _: None)
