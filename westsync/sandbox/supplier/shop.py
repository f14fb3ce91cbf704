"""The stand-in supplier: what he sells, who may look, what is broken today."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from westsync.sandbox.supplier.goods import Good, assortment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MORNING = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
_LOG = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How a dealer shows who he is; all of it is invented.

    Attributes:
        token: For the JSON API and the list by token.
    """

    user: str = "dealer"
    password: str = "dealer-password"  # noqa: S105 - of a stand-in
    token: str = "dealer-token"  # noqa: S105 - of a stand-in


@dataclass(slots=True, kw_only=True)
class SupplierSwitches:
    """What is out of order.

    Attributes:
        status: Every answer is this status; 0: none.
        retry_after: Header ``Retry-After`` of it; empty: none.
        page_for_file: ``login``, ``maintenance`` or ``error``: a page with 200 instead of a file.
        cut_file: Files end in the middle although their length is told.
        validators: Files have ETag and Last-Modified.
        compress: Files come compressed.
        captcha: Pages of the portal show a captcha.
        blocked: Pages of the portal say that access is restricted.
        maintenance: Pages of the portal say that it is being worked on, with 200.
        layout: ``classic``; ``changed``: other classes; ``empty_table``: a table without rows.
        session_requests: A session ends after so many searches, with 200; 0: never.
        lock_after: So many wrong passwords lock the account.
        csrf: The log-in form wants its hidden value back.
        page_size: Rows of a page of results.
        uploading: The list on the FTP server is longer each time it is looked at.
    """

    status: int = 0
    retry_after: str = ""
    page_for_file: str = ""
    cut_file: bool = False
    validators: bool = True
    compress: bool = False
    captcha: bool = False
    blocked: bool = False
    maintenance: bool = False
    layout: str = "classic"
    session_requests: int = 0
    lock_after: int = 3
    csrf: bool = True
    page_size: int = 20
    uploading: bool = False

    def turn(self, **values: object) -> None:
        """Turn switches.

        Raises:
            ValueError: There is no such switch, or a value of another kind.
        """
        known = {one.name for one in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"no switch '{name}'; there are {', '.join(sorted(known))}")
            if type(value) is not type(getattr(self, name)):
                raise ValueError(f"'{name}' must be {type(getattr(self, name)).__name__}")
            setattr(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it came.

    Attributes:
        at: By the shop's clock.
        posted: Names of the fields of its form; never their values.
        asked: What was searched for.
    """

    at: datetime
    method: str
    path: str
    status: int
    agent: str = ""
    posted: tuple[str, ...] = ()
    asked: str = ""


class Shop:
    """A supplier.

    Attributes:
        goods: What he sells, in the order of his lists.
        changed_at: When his lists changed last (UTC).
        account: The only dealer.
        switches: What is out of order.
        seen: The requests, oldest first; the last ten thousand.
        wrong_passwords: How many came in a row.
        sessions: Of the portal: id -> searches made in it.
        lock: Held while a request is answered, and by whoever changes the shop meanwhile.
    """

    def __init__(
        self,
        goods: Iterable[Good] | None = None,
        *,
        account: Account | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Open.

        Args:
            goods: What is sold; fifty invented articles if None.
            account: Of the dealer.
            now: Clock, aware; None: it stands still at a morning.
        """
        self.goods = assortment(50) if goods is None else list(goods)
        self.account = account or Account()
        self.now = now or (lambda: MORNING)
        self.changed_at = self.now()
        self.switches = SupplierSwitches()
        self.seen: deque[Seen] = deque(maxlen=_LOG)
        self.wrong_passwords = 0
        self.sessions: dict[str, int] = {}
        self.lock = threading.RLock()

    @property
    def is_locked(self) -> bool:
        """Whether too many wrong passwords came."""
        return self.wrong_passwords >= self.switches.lock_after

    def restock(self, goods: Iterable[Good]) -> None:
        """Sell other goods from now on."""
        with self.lock:
            self.goods = list(goods)
            self.changed_at = self.now()

    def end_sessions(self) -> None:
        """Log everybody out."""
        with self.lock:
            self.sessions.clear()

    def found(self, asked: str) -> list[Good]:
        """Return what a portal's search shows: rather too much than the right thing only."""
        words = asked.casefold().split()
        if not words:
            return []
        return [
            good
            for good in self.goods
            if all(
                word in f"{good.code} {good.article} {good.name} {good.brand}".casefold()
                for word in words
            )
        ]
