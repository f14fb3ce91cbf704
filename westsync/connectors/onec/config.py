"""What the connector must be told about a base; what is UNKNOWN in the contract is a switch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

SYSTEM = "onec"
ODATA_ROOT = "/odata/standard.odata/"
SERVICE_PATH = "/ws/westsync.1cws"
LOCK_PATTERNS = ("заблокирован", "блокиров")


class SessionMode(StrEnum):
    """How infobase sessions are reused (1C contract 2.3): not, by the publication, by us."""

    NONE = "none"
    AUTO = "auto"
    MANUAL = "manual"


class UnknownItem(StrEnum):
    """What becomes of an invoice's position that 1C's catalogue does not have."""

    ESCALATE = "escalate"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, kw_only=True)
class OneCConfig:
    """A base as the connector needs it.

    Attributes:
        account: Name of the account in our settings, for messages.
        url: What the web client uses, e.g. ``https://1c.example.test/base``.
        user, password: Of westsync's own 1C user; often Cyrillic, sent as UTF-8.
        organization_inn, organization_kpp: Organisation whose documents count; without a КПП it
            must be the only one with this ИНН.
        profile: Key of the table of entities and fields: ``bp30``, ``ut11``, ``ka2``, ``unf``.
        zone: IANA zone of the server's clock.
        session: How infobase sessions are reused.
        create_counterparties: Whether an unknown buyer is entered in the catalogue.
        register_supplier_invoices: Whether suppliers' invoices may be entered.
        technical_contract: Whether an invoice that 1C does not post for want of a contract gets
            the contract "Без договора".
        unknown_item, placeholder_item: What becomes of a position 1C does not know; the code of
            the catch-all article.
        payment_statuses: Whether the accountant's register of payment states is read.
        lock_patterns: Words, lower case, by which a refusal is only a lock that passes.
        ca_file: PEM file of a company's own certificate authority.
    """

    account: str
    url: str
    user: str
    password: str = field(repr=False)
    organization_inn: str
    organization_kpp: str = ""
    profile: str = "bp30"
    zone: str = "Europe/Moscow"
    session: SessionMode = SessionMode.NONE
    create_counterparties: bool = False
    register_supplier_invoices: bool = False
    technical_contract: bool = False
    unknown_item: UnknownItem = UnknownItem.ESCALATE
    placeholder_item: str = ""
    payment_statuses: bool = True
    lock_patterns: tuple[str, ...] = LOCK_PATTERNS
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be asked.

        Raises:
            ValueError: The url is no http address, or the catch-all article is not named.
        """
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            raise ValueError(f"url must be the address of a published base, not {self.url!r}")
        if self.unknown_item is UnknownItem.PLACEHOLDER and not self.placeholder_item:
            raise ValueError("unknown_item: placeholder needs the code of the catch-all article")

    @property
    def base_url(self) -> str:
        """Return scheme, host, port and the base's path."""
        return self.url.rstrip("/")

    @cached_property
    def tz(self) -> ZoneInfo:
        """Return the zone of the server's clock."""
        return ZoneInfo(self.zone)

    def is_lock(self, said: str) -> bool:
        """Return whether a refusal says that somebody holds the object just now."""
        lowered = said.lower()
        return any(pattern in lowered for pattern in self.lock_patterns)


def carries_marker(comment: str, marker: str) -> bool:
    """Return whether a comment, to which staff may have added, carries a marker as a whole word.

    ``...:invoice:1`` is not found in ``...:invoice:12``.
    """
    return re.search(rf"(?<![\w:]){re.escape(marker)}(?![\w:])", comment) is not None
