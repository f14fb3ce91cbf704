"""Notices, mailboxes and markers of the mail tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from westsync.connectors.mail.config import MailConfig, Tls
from westsync.connectors.mail.messenger import SmtpMessenger
from westsync.domain.actions import Notify
from westsync.domain.intents import Marker

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.ports import Clock

SITE = "https://mp12345678.megaplan.ru"
MARKER = Marker("7k3m9q2x4r8t6v5w")
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ORLOV, GROMOV = "orlov@example.test", "gromov@example.test"


def deal_url(deal: str) -> str:
    return f"{SITE}/deals/{deal}/card/"


def a_notice(
    text: str = "Заявка 43 без звонка клиенту уже 10 мин.",
    *,
    to: tuple[str, ...] = (ORLOV, GROMOV),
    subject: str = "Заявка подтверждена звонком",
    deal: str | None = "43",
) -> Notify:
    return Notify(via="email", to=to, text=text, deal=deal, subject=subject)


def a_mailbox(
    port: int = 2525,
    *,
    host: str = "127.0.0.1",
    tls: Tls = Tls.NONE,
    sender: str = "westsync@example.test",
    user: str | None = None,
    password: str | None = None,
    ca_file: Path | None = None,
    deadline_s: float = 20.0,
) -> MailConfig:
    return MailConfig(
        host=host,
        port=port,
        tls=tls,
        sender=sender,
        site=SITE,
        user=user,
        password=password,
        ca_file=ca_file,
        deadline_s=deadline_s,
    )


def a_messenger(config: MailConfig, clock: Clock) -> SmtpMessenger:
    return SmtpMessenger(config, clock, deal_url=deal_url)
