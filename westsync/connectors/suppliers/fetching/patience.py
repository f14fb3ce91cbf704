"""How long a fetch may take, and how often a broken one is tried again (suppliers contract 3)."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from westsync.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import timedelta

    from westsync.domain.stock import SourceId
    from westsync.ports import Clock

T = TypeVar("T")

PAUSES_S = (2.0, 10.0)
"""Waits before the second and third try; later tries are the timetable's."""
LONGEST_WAIT_S = 60.0
"""Whoever asks us to wait longer is asked again by the timetable."""


@dataclass(slots=True)
class Patience:
    """The time left for one fetch."""

    clock: Clock
    source: SourceId
    operation: str
    _until: float = 0.0

    def begin(self, total: timedelta) -> Patience:
        """Let the time run from now on."""
        self._until = self.clock.monotonic() + total.total_seconds()
        return self

    @property
    def left_s(self) -> float:
        """Seconds that are left; zero when the time is over."""
        return max(0.0, self._until - self.clock.monotonic())

    def check(self) -> None:
        """Go on only while there is time.

        Raises:
            Unavailable: The time is over.
        """
        if not self.left_s:
            raise Unavailable(self.source, self.operation, "it takes longer than fetch.timeout")

    def again(self, attempt: int, exc: Unavailable) -> None:
        """Wait before another try.

        Raises:
            Unavailable: The error itself, if it was the last try, the time is too short, or the
                other side wants a longer pause.
        """
        if attempt >= len(PAUSES_S):
            raise exc
        pause = max(PAUSES_S[attempt], exc.retry_after_s or 0.0)
        if pause > LONGEST_WAIT_S or pause >= self.left_s:
            raise exc
        self.clock.wait(pause)


def persistently(patience: Patience, attempt: Callable[[], T]) -> T:
    """Do something that may fail for a moment, up to three times.

    Raises:
        Unavailable: It failed each time.
    """
    for turn in range(len(PAUSES_S) + 1):
        try:
            return attempt()
        except Unavailable as exc:
            patience.again(turn, exc)
    raise AssertionError  # the last `again` raises


@contextmanager
def cut_after(seconds: float, line: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut a connection down when the time is over, however slowly its bytes drip.

    A timeout of a socket starts anew with every byte, and `ftplib` and `imaplib` know no other.

    Args:
        seconds: From now on.
        line: Gives the connection as it then is; TLS replaces it.
    """

    def cut() -> None:
        open_line = line()
        if open_line is not None:
            with suppress(OSError):
                open_line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True  # a process that ends does not wait for it
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
