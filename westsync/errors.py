"""Every deliberate error of westsync, sorted by what the caller does next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from westsync.domain.places import Problem
    from westsync.domain.refusals import Refusal


class WestsyncError(Exception):
    """Something went wrong in a way that westsync foresaw."""


class ConfigError(WestsyncError):
    """The configuration files are wrong; a person edits them (exit 78).

    Attributes:
        problems: Every mistake that was found, in the order of the files.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Carry all problems at once; the text lists each on its own line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StateError(WestsyncError):
    """The state file cannot be trusted as it is; a person decides (exit 78)."""


class LockHeld(WestsyncError):
    """Another process owns this state (exit 75).

    Attributes:
        owner_pid: Process id written in the lock file, None if it could not be read.
    """

    def __init__(self, path: str, owner_pid: int | None) -> None:
        """Name the lock file and its owner."""
        self.owner_pid = owner_pid
        super().__init__(
            f"{path} is held by process {owner_pid or 'unknown'}; stop that westsync first"
        )


class GuardTripped(WestsyncError):
    """The cycle looks wrong; nothing is written."""


class ConnectorError(WestsyncError):
    """Another system said or did something.

    Attributes:
        system: Which system, e.g. ``megaplan``.
        operation: What we were doing, e.g. ``POST /task``.
    """

    def __init__(self, system: str, operation: str, detail: str) -> None:
        """Say who, doing what, what came back."""
        self.system = system
        self.operation = operation
        self.detail = detail
        super().__init__(f"{system}: {operation}: {detail}")


class Unavailable(ConnectorError):
    """Try again later; nothing happened there.

    Attributes:
        retry_after_s: Seconds the other side asked us to wait; None if it did not say.
    """

    def __init__(
        self, system: str, operation: str, detail: str, retry_after_s: float | None = None
    ) -> None:
        """Keep the wish of the other side."""
        super().__init__(system, operation, detail)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(ConnectorError):
    """A write may or may not have happened; look before repeating."""


class Rejected(ConnectorError):
    """Understood and refused; repeating will not help.

    Attributes:
        status: The status that said so (HTTP or inner); None if there was none.
        refusal: What staff can mend, to be worded for them; None if it is for the administrator.
    """

    def __init__(
        self,
        system: str,
        operation: str,
        detail: str | Refusal,
        status: int | None = None,
    ) -> None:
        """Keep the status: 404 and 403 also say something about the object."""
        super().__init__(system, operation, str(detail))
        self.status = status
        self.refusal = None if isinstance(detail, str) else detail


class AccessDenied(ConnectorError):
    """Credentials or rights are missing; a person acts (exit 77)."""


class UnexpectedReply(ConnectorError):
    """The answer does not fit our model of that system; nothing of it was kept."""
