"""What the connector must be told about an account; nothing of it can be guessed (contract 0)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class DeadlineForm(StrEnum):
    """How a task's deadline is sent: with its time (SPEC) or as a date (LIVE); contract 4.3.2."""

    DATETIME = "datetime"
    DATE = "date"


class NotifyForm(StrEnum):
    """How a comment reaches people: ``participantsToNotify`` or a mention (contract 4.5)."""

    PARTICIPANTS = "participants"
    MENTION = "mention"


class LinkFallback(StrEnum):
    """What to do when a task cannot be linked with its deal (contract 4.3.3)."""

    COMMENT = "comment"
    NONE = "none"


class TransitionForm(StrEnum):
    """Body of ``applyTransition``: the RAML's link or ``{"transition": id}`` (contract 4.1)."""

    RAML = "raml"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class MegaplanConfig:
    """An account as the connector needs it.

    Attributes:
        account: Name of the account in our settings, for messages.
        url: ``https://mp12345678.megaplan.ru``, the permanent host, without a path.
        programs: Our name of a deal program -> its id.
        stages: Our program name -> our stage name -> state id; checked by `verify` only.
        fields: Fact name -> custom field of the deal (``Category<N>CustomField<Name>``).
        me: Employee id of our own account; None asks ``GET /currentUser``.
        marker_field: Custom text field of tasks that carries the marker; None uses the text alone.
        client_city_field: Custom field of clients that holds the city; None if there is none.
        product_supplier_fields: Custom fields of products that name the supplier; there is one
            per category of products (contract 4.11).
        requests_per_second: Pace to begin with.
        requests_ceiling: Pace never to exceed; None takes ``requests_per_second``.
        page_limit: Items of a page, at most 100 (contract 2.5).
        first_page: Items of the first page of a change poll, which is nearly always enough.
        use_bulk: Whether ``POST /bulk`` may be used for reading (contract 4.14).
        task_deadline, notify_form, link_fallback, transition_form: See their types.
        on_behalf_of: Employee id for ``X-User-Id`` with an application token; None sends none.
        zone: IANA zone of the account, in which a date-only deadline ends.
        ca_file: PEM file of a company's own certificate authority.
    """

    account: str
    url: str
    programs: Mapping[str, str]
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    me: str | None = None
    marker_field: str | None = None
    client_city_field: str | None = None
    product_supplier_fields: tuple[str, ...] = ()
    requests_per_second: float = 2.0
    requests_ceiling: float | None = None
    page_limit: int = 100
    first_page: int = 20
    use_bulk: bool = True
    task_deadline: DeadlineForm = DeadlineForm.DATETIME
    notify_form: NotifyForm = NotifyForm.PARTICIPANTS
    link_fallback: LinkFallback = LinkFallback.COMMENT
    transition_form: TransitionForm = TransitionForm.RAML
    on_behalf_of: str | None = None
    zone: str = "Europe/Moscow"
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what would breach the contract.

        Raises:
            ValueError: A page size outside 1..100, or a url that is more than scheme and host.
        """
        for name in ("page_limit", "first_page"):
            if not 1 <= getattr(self, name) <= 100:
                raise ValueError(f"{name} must be 1..100 (contract 2.5), not {getattr(self, name)}")
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            raise ValueError(f"url must be scheme and host only, not {self.url!r}")

    @property
    def base_url(self) -> str:
        """Return scheme, host and port."""
        return self.url.rstrip("/")

    def deal_url(self, deal: str) -> str:
        """Return the address of a deal's card for people (contract 4.3.3)."""
        return f"{self.base_url}/deals/{deal}/card/"

    def task_url(self, task: str) -> str:
        """Return the address of a task's card for people."""
        return f"{self.base_url}/task/{task}/card/"
