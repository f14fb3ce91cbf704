"""Acts of people and requests of clients exclude each other."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable


class Lockable(Protocol):
    """What has a lock that a request holds as well.

    Attributes:
        lock: Reentrant.
    """

    lock: threading.RLock


P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Lockable)


def locked(
    method: Callable[Concatenate[S, P], R],
) -> Callable[Concatenate[S, P], R]:
    """Let a method hold the lock of its object from beginning to end."""

    @wraps(method)
    def holding(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return holding
