"""What is planted, and what must follow from it: written down before anything has happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from westsync.cli.stage import office

if TYPE_CHECKING:
    from datetime import datetime

# A minute until the next poll and a minute for the work itself.
PROMPT_MIN = 2.0
# What no list shows (comments and calls, contract 2.10) is read again every `recheck_every`.
SEEN_LATE_MIN = 5.0 + PROMPT_MIN
# 1C is looked at every five minutes for money, invoices and papers that somebody waits for, every
# hour for suppliers' invoices (1C contract 4.11).
BOOKED_LATE_MIN = 5.0
PAPERS_LATE_MIN = 60.0


class Kind(StrEnum):
    """What the daemon can do to the company in this play."""

    TASK = "task"
    NOTICE = "notice"
    CLOSED = "closed"
    INVOICE = "invoice"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The deal or client that something is about: content type and id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the daemon did, as people see it in Megaplan, 1C and their mail.

    Attributes:
        step: P-id of the standard.
        about: None if it is about a payment that nobody can place, or a supplier.
        to: Logins of those who got the task or the notice; of a closed task: who had it. A word
            in the deal and an invoice are to nobody.
        at: When it appeared there (UTC, whole seconds).
        ref: Id of the task or comment, number of the invoice, Message-ID of the letter.
        words: Title of the task, text of the notice, whom the invoice is for, subject of the
            letter.
        deadline: Of a task (UTC).
    """

    kind: Kind
    step: str
    about: About | None
    to: frozenset[str]
    at: datetime
    ref: str
    words: str
    deadline: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Expected:
    """One effect that must come, to certain people, within its time.

    Attributes:
        to: Logins of exactly those who must get it.
        since, until: From when it may come and until when it must have come.
        deadline: That the task must have; None: not looked at.
        says: What its words must contain.
        found: The effect, once it came.
    """

    kind: Kind
    to: frozenset[str]
    since: datetime
    until: datetime
    deadline: datetime | None = None
    says: str = ""
    found: Effect | None = None

    def fits(self, effect: Effect) -> bool:
        """Whether an effect is the one that was expected; not if it came early or late."""
        return (
            self.found is None
            and effect.kind is self.kind
            and effect.to == self.to
            and self.says in effect.words
            and self.since <= effect.at <= self.until
            and (self.deadline is None or effect.deadline == self.deadline)
        )


@dataclass(slots=True, kw_only=True)
class Lapse:
    """One thing that staff fail to do, or that is the daemon's own to do.

    Attributes:
        step: P-id of the standard that it concerns.
        about: The deal or client; None for a payment that nobody can place, and a supplier.
        number: Number of the deal, or name of the client, for people.
        what: The lapse in a few words.
        expected: What must follow.
    """

    step: str
    about: About | None
    number: str
    what: str
    planted_at: datetime
    expected: list[Expected] = field(default_factory=list)

    def task(
        self,
        to: str,
        due: datetime,
        *,
        limit_min: float | None = None,
        late_min: float = 0.0,
        says: str = "",
    ) -> None:
        """Expect a task.

        Args:
            to: Login of who must get it.
            due: When it falls due; it may not come earlier.
            limit_min: Working minutes from there to its deadline; None: not looked at.
            late_min: Working minutes that it may come later than the usual two.
            says: What its title must contain.
        """
        limit = None if limit_min is None else office.after(due, limit_min)
        self._expect(Kind.TASK, frozenset({to}), due, late_min=late_min, limit=limit, says=says)

    def notice(self, *to: str, due: datetime, late_min: float = 0.0) -> None:
        """Expect one notice to all of some people; other arguments as for `task`."""
        self._expect(Kind.NOTICE, frozenset(to), due, late_min=late_min)

    def letter(self, *to: str, due: datetime, late_min: float = 0.0) -> None:
        """Expect one letter to all of some people; other arguments as for `task`."""
        self._expect(Kind.LETTER, frozenset(to), due, late_min=late_min)

    def report(self, *to: str, due: datetime) -> None:
        """Expect a report by mail, at its time also when nobody works, and not marked late."""
        until = due + timedelta(minutes=PROMPT_MIN)
        self.expected.append(Expected(kind=Kind.LETTER, to=frozenset(to), since=due, until=until))

    def word(self, due: datetime, *, late_min: float = 0.0) -> None:
        """Expect a comment in the deal that is to nobody; other arguments as for `task`."""
        self._expect(Kind.NOTICE, frozenset(), due, late_min=late_min)

    def invoice(self, due: datetime, *, late_min: float = 0.0) -> None:
        """Expect an invoice in 1C, posted; other arguments as for `task`."""
        self._expect(Kind.INVOICE, frozenset(), due, late_min=late_min)

    def closed(self, since: datetime, *, within_min: float = 12.0) -> None:
        """Expect the tasks to be closed by the daemon some time after the cure.

        Args:
            since: When staff have caught up, or will have.
            within_min: Working minutes that the daemon has to notice it.
        """
        for task in [item for item in self.expected if item.kind is Kind.TASK]:
            self._expect(
                Kind.CLOSED, task.to, since, late_min=within_min - PROMPT_MIN, says=task.says
            )

    def task_made(self) -> str:
        """Return the id of the task that the daemon made; empty if it did not."""
        made = (e.found for e in self.expected if e.kind is Kind.TASK and e.found is not None)
        return next((effect.ref for effect in made), "")

    @property
    def is_caught(self) -> bool:
        """Whether everything came that had to come."""
        return all(item.found is not None for item in self.expected)

    def _expect(
        self,
        kind: Kind,
        to: frozenset[str],
        due: datetime,
        *,
        late_min: float,
        limit: datetime | None = None,
        says: str = "",
    ) -> None:
        since = office.opening(due)
        until = office.after(due, PROMPT_MIN + late_min) + timedelta(seconds=1)
        self.expected.append(
            Expected(kind=kind, to=to, since=since, until=until, deadline=limit, says=says)
        )
