"""Calls to other systems over HTTP: paced, bounded, and honest about what may have happened.

One `Transport` per system and account. It decides nothing about the other system's meaning; it
turns what happened on the wire into the errors of `westsync.errors`, sorted by what the caller
does next (reliability 2.3), and repeats only what is safe to repeat (reliability 4.1).
"""

import sys
from types import ModuleType

if "httpx" not in sys.modules:
    # httpx imports its own command line wherever rich and click are installed, as they are for our
    # tables: 100 modules, 50 ms and 6 MB that a daemon carries for nothing.
    _command_line = ModuleType("httpx._main")
    # The one name that httpx takes from it; httpx writes its own module name into it.
    _command_line.main = lambda: None  # type: ignore[attr-defined]  # a module has any attribute
    sys.modules["httpx._main"] = _command_line

from westsync.transport.calls import (
    Call,
    Effect,
    InnerFailure,
    Priority,
    Reply,
    Unreadable,
)
from westsync.transport.client import Transport, plain_decode
from westsync.transport.limiter import RateLimiter
from westsync.transport.outcomes import failure_of_status, retry_after_s

__all__ = [
    "Call",
    "Effect",
    "InnerFailure",
    "Priority",
    "RateLimiter",
    "Reply",
    "Transport",
    "Unreadable",
    "failure_of_status",
    "plain_decode",
    "retry_after_s",
]
