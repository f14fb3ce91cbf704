"""Breaches of a contract by the client: how one is named."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from westsync.sandbox.standin.requestlog import LoggedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One breach.

    Attributes:
        rule: Name of the rule.
        contract: Whose contract forbids it, as people call it.
        section: Section of that contract.
        request: Number of the request in the log.
        what: Method and path.
        detail: Which option, field, value or number; never personal data.
    """

    rule: str
    contract: str
    section: str
    request: int
    what: str
    detail: str

    def __str__(self) -> str:
        """Render as one line."""
        place = f"{self.contract} {self.section}"
        return f"#{self.request} {self.what}: {self.rule} ({place}): {self.detail}"

    def as_json(self) -> dict[str, Any]:
        """Return the breach for the control API."""
        return asdict(self)


def named(
    found: Iterable[tuple[LoggedRequest, str, str]], contract: str, sections: Mapping[str, str]
) -> list[Breach]:
    """Return breaches with the sections that forbid them, oldest first.

    Args:
        found: Request, rule and detail of each.
        contract: As people call it.
        sections: Rule -> section of the contract.
    """
    breaches = [
        Breach(
            rule=rule,
            contract=contract,
            section=sections[rule],
            request=entry.number,
            what=f"{entry.method} {entry.path}",
            detail=detail,
        )
        for entry, rule, detail in found
    ]
    return sorted(breaches, key=lambda breach: breach.request)
