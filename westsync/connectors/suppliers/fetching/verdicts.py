"""What came and is no file to be read: the reasons a person is told (suppliers contract 10)."""

from __future__ import annotations

from typing import ClassVar

from westsync.errors import UnexpectedReply


class NotUsable(UnexpectedReply):
    """Something came, and it is not the file.

    Attributes:
        verdict: Code of the contract, the same that the reader's refusals have.
    """

    verdict: ClassVar[str] = "not_usable"

    def __init__(self, system: str, operation: str, detail: str) -> None:
        """Begin the message with the code."""
        super().__init__(system, operation, f"{self.verdict}: {detail}")


class NotAFile(NotUsable):
    """A page came where a file was expected: a log-in, maintenance, an error shown with 200."""

    verdict = "not_a_file_html"


class Truncated(NotUsable):
    """Less came than was announced."""

    verdict = "truncated"


class TooLarge(NotUsable):
    """More came than ``fetch.max_bytes`` allows; reading stopped there."""

    verdict = "too_large"


class Empty(NotUsable):
    """Nothing came."""

    verdict = "empty"
