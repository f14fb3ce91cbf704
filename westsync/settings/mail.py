"""Settings of the mailbox that westsync writes from."""

from pydantic import Field, SecretStr

from westsync.settings.addresses import Email, SmtpUrl
from westsync.settings.kinds import Text
from westsync.settings.section import Section


class MailSettings(Section):
    """Section ``accounts.<account>.mail``."""

    smtp: SmtpUrl = Field(
        description="Mail server, with ?tls=starttls, tls or none (none only on loopback)."
    )
    sender: Email = Field(alias="from", description="Address that staff see as the sender.")
    user: Text | None = Field(
        default=None, description="Login at the mail server; null: the sender's address."
    )
    password: SecretStr | None = Field(default=None, description="Secret; never in YAML.")
