"""Faults on purpose: what breaks, where, how often (contract 9.12, reliability 4.2)."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class FaultKind(StrEnum):
    """What goes wrong.

    ``status``, ``html_login`` and ``drop_before`` come before anything was done; ``delay``,
    ``commit_then_drop``, ``commit_then_500``, ``truncated`` and ``empty_body`` after it was done;
    ``apply_late`` drops the connection now and does it ``seconds`` later.
    """

    STATUS = "status"
    HTML_LOGIN = "html_login"
    DROP_BEFORE = "drop_before"
    DELAY = "delay"
    COMMIT_THEN_DROP = "commit_then_drop"
    COMMIT_THEN_500 = "commit_then_500"
    TRUNCATED = "truncated"
    EMPTY_BODY = "empty_body"
    EMPTY_LIST = "empty_list"
    STALE = "stale"
    APPLY_LATE = "apply_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        route: Glob over ``METHOD /path/{id}`` or over the concrete path, e.g. ``POST /task``,
            ``GET /deal/501``, ``GET /deal*``, ``*``. Paths are those below ``/api/v3``; besides
            ``POST /api/file`` and ``GET /attach``.
        kind: What goes wrong.
        times: How often; None for ever.
        nth: The first matching request that is hit, counted from 1.
        probability: Chance that a matching request is hit, drawn from the plan's seed.
        status: For ``status``: what is answered; from 500 on with an HTML page, as proxies do.
        retry_after: For ``status``: value of the header ``Retry-After``, verbatim; None: none.
        seconds: For ``delay`` real seconds; for ``stale`` and ``apply_late`` seconds of the
            stand-in's clock.
    """

    route: str
    kind: FaultKind
    times: int | None = 1
    nth: int = 1
    probability: float = 1.0
    status: int = 500
    retry_after: str | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what could never strike.

        Raises:
            ValueError: A number is out of its range.
        """
        if not 0 < self.probability <= 1 or self.nth < 1 or self.seconds < 0:
            raise ValueError("a fault needs 0 < probability <= 1, nth >= 1 and seconds >= 0")
        if not 300 <= self.status <= 599 or (self.times is not None and self.times < 1):
            raise ValueError("a fault needs a status of 300..599 and times >= 1 (or null)")

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Fault:
        """Build a fault from JSON.

        Raises:
            ValueError: A key is unknown, ``route`` or ``kind`` is missing, or a value is wrong.
        """
        known = {field.name for field in fields(cls)}
        if unknown := set(values) - known:
            raise ValueError(f"a fault has no '{min(unknown)}'; it has {sorted(known)}")
        if not {"route", "kind"} <= set(values):
            raise ValueError("a fault needs 'route' and 'kind'")
        kind = FaultKind(str(values["kind"]))
        return cls(**{**values, "kind": kind})  # type: ignore[arg-type]  # keys checked; wrong types fail the range checks


@dataclass(slots=True, kw_only=True)
class _Armed:
    """A fault in the plan with its counts and the moment it was armed."""

    fault: Fault
    at: datetime
    written: int
    seen: int = 0
    struck: int = 0


class FaultPlan:
    """The faults that are armed; the first that strikes wins."""

    def __init__(self, seed: int = 0) -> None:
        """Start without faults.

        Args:
            seed: Draws of `Fault.probability` come from here.
        """
        self._random = random.Random(seed)  # noqa: S311 - reproducible draws, no secret
        self._armed: list[_Armed] = []

    def add(self, fault: Fault, *, at: datetime, written: int) -> None:
        """Arm a fault.

        Args:
            fault: What goes wrong.
            at: Present moment of the stand-in.
            written: Number of the store's last write; ``stale`` shows that state.
        """
        self._armed.append(_Armed(fault=fault, at=at, written=written))

    def clear(self) -> None:
        """Disarm everything."""
        self._armed.clear()

    @property
    def armed(self) -> tuple[Fault, ...]:
        """Faults that can still strike."""
        return tuple(item.fault for item in self._armed if not _is_spent(item))

    def strike(self, *names: str, now: datetime) -> tuple[Fault, int] | None:
        """Return the fault that hits a request, and the write number it was armed at.

        Args:
            names: Names of the request: its route and its concrete path, each with the method.
            now: Present moment of the stand-in.
        """
        for item in self._armed:
            fault = item.fault
            if _is_spent(item) or not any(fnmatchcase(name, fault.route) for name in names):
                continue
            if fault.kind is FaultKind.STALE:
                if (now - item.at).total_seconds() < fault.seconds:
                    return fault, item.written
                continue
            item.seen += 1
            if item.seen >= fault.nth and self._random.random() < fault.probability:
                item.struck += 1
                return fault, item.written
        return None


def _is_spent(item: _Armed) -> bool:
    if item.fault.kind is FaultKind.STALE:
        return False
    return item.fault.times is not None and item.struck >= item.fault.times
