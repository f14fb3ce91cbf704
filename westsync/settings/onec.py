"""Settings of a 1C base: which channel tells what, and how often it is asked."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from westsync.settings.addresses import BaseUrl, encrypted
from westsync.settings.kinds import (
    Day,
    Flag,
    Inn,
    Kpp,
    Number,
    Seconds,
    Text,
    TimeOfDay,
    Unfit,
    Zone,
    one_text,
)
from westsync.settings.section import Section

Channel = Literal["odata", "soap", "bank_file", "none"]

# What OData cannot do in some configurations (1C contract 4.8): their invoices are made from
# orders, and УНФ tells money by a register.
_INVOICES_FROM_ORDERS, _MONEY_UNTOLD = frozenset({"ut11", "ka2", "unf"}), frozenset({"unf"})


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

    @field_validator("invoices", "shipments")
    @classmethod
    def _told_by_files(cls, value: str) -> str:
        if value == "bank_file":
            raise Unfit("holds payments only", "write odata, soap or none")
        return value

    @field_validator("payments")
    @classmethod
    def _each_payment_from_one_way(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise Unfit("names a way twice", "leave each once")
        if "none" in value and len(value) > 1:
            raise Unfit("is none and more", "write [none], or leave none out")
        if {"odata", "soap"} <= set(value):
            raise Unfit("tells the same documents twice", "write odata or soap, not both")
        return value


class Scan(Section):
    """How often documents are asked for; seconds, and a time of day in 1C's zone."""

    hot: Seconds = Field(
        default=300,
        ge=30,
        le=86400,
        description="Money and invoices of the last days; shipping papers too while a deal waits.",
    )
    warm: Seconds = Field(
        default=3600, ge=60, le=86400, description="All kinds, of the last weeks."
    )
    cold: TimeOfDay = Field(default="04:00", description="Everything, once a night.")


class VatRateSetting(Section):
    """A rate of VAT and the first day on which invoices carry it (1C contract 7.2)."""

    since: Day = Field(description="First day.")
    percent: Number = Field(ge=0, lt=100, description="Of the price without VAT.")
    name: Text = Field(
        description="1C's name of the rate: БезНДС, НДС0, НДС5, НДС7, НДС10, НДС20, НДС22."
    )


_VAT_RATES = tuple(
    VatRateSetting.model_validate(rate)
    for rate in (
        {"since": "2019-01-01", "percent": 20, "name": "НДС20"},
        {"since": "2026-01-01", "percent": 22, "name": "НДС22"},
    )
)


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
    organization_kpp: Kpp | None = Field(
        default=None,
        description="Its КПП; only needed where branches of the same ИНН are organisations too.",
    )
    timezone: Zone = Field(
        default="Europe/Moscow", description="Zone of the server's moments, which have none."
    )
    channels: Channels = Field(
        default_factory=Channels, validate_default=True, description="Which way what comes."
    )
    bank_folder: Text | None = Field(
        default=None,
        validate_default=True,
        description="Folder into which the bank's exchange files are put.",
    )
    session: Literal["none", "auto", "manual"] = Field(
        default="none",
        description="How infobase sessions are reused: not; by the publication "
        "(reuseSessions=autouse); by westsync with IBSession, where an administrator asks for it.",
    )
    create_counterparties: Flag = Field(
        default=False, description="Whether a buyer that 1C does not know by ИНН is entered there."
    )
    register_supplier_invoices: Flag = Field(
        default=False, description="Whether suppliers' invoices are entered in 1C."
    )
    unknown_item: Literal["escalate", "placeholder"] = Field(
        default="escalate",
        description="What becomes of a position that 1C's catalogue lacks: a person is asked, or "
        "the catch-all article of placeholder_item stands for it.",
    )
    placeholder_item: Text | None = Field(
        default=None,
        validate_default=True,
        description="1C's code of the catch-all article, e.g. 00-00000001.",
    )
    technical_contract: Flag = Field(
        default=False,
        description="Whether an invoice that 1C does not post for want of a contract gets the "
        "contract 'Без договора', created if need be.",
    )
    payment_statuses: Flag = Field(
        default=True,
        description="Whether the accountant's register СтатусыДокументов is read, once an hour.",
    )
    match_by_amount: Flag = Field(
        default=False,
        description="Whether the payer's ИНН and the exact sum are enough to place money.",
    )
    tolerance: Number = Field(
        default=1, ge=0, le=1000, description="Roubles that may lack for an invoice to be paid."
    )
    vat_rates: Annotated[tuple[VatRateSetting, ...], Field(min_length=1)] = Field(
        default=_VAT_RATES, description="Rate of VAT of invoices by date; the latest begun counts."
    )
    lock_patterns: Annotated[tuple[Text, ...], BeforeValidator(one_text)] = Field(
        default=("заблокирован", "блокиров"),
        description="Words by which a refusal of 1C is only a lock that passes.",
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

    @field_validator("placeholder_item")
    @classmethod
    def _article_for_placeholder(cls, value: str | None, info: ValidationInfo) -> str | None:
        wanted = info.data.get("unknown_item") == "placeholder"
        if wanted and value is None:
            raise Unfit("is missing", "name the article, or write unknown_item: escalate")
        if value is not None and not wanted:
            raise Unfit("is never used", "write unknown_item: placeholder, or remove it")
        return value

    @field_validator("lock_patterns")
    @classmethod
    def _lower_case(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(pattern.lower() for pattern in value)

    @field_validator("channels")
    @classmethod
    def _money_that_odata_tells(cls, value: Channels, info: ValidationInfo) -> Channels:
        profile = info.data.get("profile")
        if profile in _MONEY_UNTOLD and "odata" in value.payments:
            raise Unfit(
                f"channels.payments: OData does not tell money of the profile {profile}",
                "write channels.payments: soap, or bank_file with bank_folder",
            )
        return value

    @field_validator("readonly")
    @classmethod
    def _invoices_that_can_be_made(cls, value: bool, info: ValidationInfo) -> bool:
        profile, channels = info.data.get("profile"), info.data.get("channels")
        writes = not value and isinstance(channels, Channels) and channels.invoices == "odata"
        if writes and profile in _INVOICES_FROM_ORDERS:
            raise Unfit(
                f"would make invoices through OData, which the profile {profile} makes from orders",
                "write channels.invoices: soap, or readonly: true",
            )
        return value

    @field_validator("bank_folder")
    @classmethod
    def _folder_for_bank_files(cls, value: str | None, info: ValidationInfo) -> str | None:
        channels = info.data.get("channels")
        if value and isinstance(channels, Channels) and "bank_file" not in channels.payments:
            raise Unfit("is never read", "add bank_file to channels.payments, or remove the folder")
        if not value and isinstance(channels, Channels) and channels.payments == ("bank_file",):
            raise Unfit(
                "bank_folder is missing", "name the folder into which the bank's files are put"
            )
        return value

    def uses(self, channel: str) -> bool:
        """Return whether a channel is configured for any duty."""
        chosen = self.channels
        return channel in {chosen.invoices, chosen.shipments, chosen.print_forms, *chosen.payments}
