"""Named points at which the crash harness may end the process; nothing in ordinary life.

Every edge of the journal and of acting (before and after a transaction begins or commits, a send, a
rename) names itself here, so that a test can kill the process exactly there (reliability 3.1).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ARMING_VARIABLE = "WESTSYNC_FAILPOINTS"

_reached: Callable[[str], None] | None = None


def failpoint(name: str) -> None:
    """Say that this point is reached; does nothing unless a test has armed the points.

    Args:
        name: ``part.edge``, e.g. ``journal.commit.before``.
    """
    if _reached is not None:
        _reached(name)


def arm(reached: Callable[[str], None] | None) -> None:
    """Let a test hear of every point; None disarms.

    Args:
        reached: Called with the point's name; it may end the process.

    Raises:
        RuntimeError: The process was not started with ``WESTSYNC_FAILPOINTS`` set, so it is no
            test.
    """
    global _reached  # noqa: PLW0603 - one process has one set of points; they are off in production
    if reached is not None and not os.environ.get(ARMING_VARIABLE):
        raise RuntimeError(f"failpoints are armed only in tests, with {ARMING_VARIABLE} set")
    _reached = reached
