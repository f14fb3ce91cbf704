"""Settings of a 1C base: which channel tells what, and how often it is asked."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from westsync.settings.addresses import BaseUrl, encrypted
from westsync.settings.kinds import Flag, Inn, Seconds, Text, TimeOfDay, Unfit, Zone, one_text
from westsync.settings.section import Section

Channel = Literal["odata", "soap", "bank_file", "none"]


class Channels(Section):
    """Which way each kind of document comes (1C contract 1)."""

    invoices: Channel = Field(default="odata", description="Invoices to clients.")
    payments: Annotated[tuple[Channel, ...], BeforeValidator(one_text)] = Field(
        default=("odata", "bank_file"), description="Money that came in, from one way or several."
    )
    shipments: Channel = Field(default="odata", description="Shipping documents.")
    print_forms: Literal["soap", "none"] = Field(
        default="none", description="PDF of documents; only our own SOAP service has them."
    )


class Scan(Section):
    """How often documents are asked for; seconds, and a time of day in 1C's zone."""

    hot: Seconds = Field(default=300, ge=30, le=86400, description="Documents of the last days.")
    warm: Seconds = Field(default=3600, ge=60, le=86400, description="Documents of open deals.")
    cold: TimeOfDay = Field(default="04:00", description="Everything, once a night.")


class OneCSettings(Section):
    """Section ``accounts.<account>.onec``."""

    plain_http_hosts: tuple[Text, ...] = Field(
        default=(),
        description="Hosts that may be spoken to without TLS: a base inside the office network.",
    )
    url: BaseUrl = Field(description="Address of the published base, e.g. https://host/base.")
    user: Text = Field(description="westsync's own 1C user.")
    password: SecretStr | None = Field(default=None, description="Secret; never in YAML.")
    ca_file: Text | None = Field(
        default=None, description="Certificates (PEM) of the company's own authority."
    )
    profile: Literal["bp30", "ut11", "ka2", "unf"] = Field(
        default="bp30", description="Which configuration the base runs (1C contract 4.7, 4.8)."
    )
    organization_inn: Inn = Field(description="ИНН of the organisation whose documents count.")
    timezone: Zone = Field(
        default="Europe/Moscow", description="Zone of the server's moments, which have none."
    )
    channels: Channels = Field(default_factory=Channels, description="Which way what comes.")
    bank_folder: Text | None = Field(
        default=None, description="Folder into which the bank's exchange files are put."
    )
    readonly: Flag = Field(
        default=True,
        description="Until `westsync doctor onec` has passed invoices are only planned.",
    )
    scan: Scan = Field(default_factory=Scan, description="How often it is asked.")

    @field_validator("url")
    @classmethod
    def _readable_by_us_alone(cls, value: str, info: ValidationInfo) -> str:
        if urlsplit(value).hostname in info.data.get("plain_http_hosts", ()):
            return value
        try:
            return encrypted(value)
        except Unfit:
            raise Unfit(
                "is not encrypted", "write https://, or list the host in plain_http_hosts"
            ) from None

    @field_validator("bank_folder")
    @classmethod
    def _folder_for_bank_files(cls, value: str | None, info: ValidationInfo) -> str | None:
        channels = info.data.get("channels")
        if value and isinstance(channels, Channels) and "bank_file" not in channels.payments:
            raise Unfit("is never read", "add bank_file to channels.payments, or remove the folder")
        return value
