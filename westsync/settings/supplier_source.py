"""Settings of one supplier source: all sections of a file of ``suppliers`` together."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from westsync.connectors.suppliers import profile as connector
from westsync.domain.stock import SourceId
from westsync.domain.windows import parse_days
from westsync.ports.stock import SupplierContact
from westsync.settings.kinds import Flag, Name, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_fetch import (
    DiskSettings,
    FetchSettings,
    FtpSettings,
    HttpSettings,
    ImapSettings,
    ManualSettings,
)
from westsync.settings.supplier_fields import FieldsSettings
from westsync.settings.supplier_json_api import JsonApiSettings
from westsync.settings.supplier_kinds import Days, Hours, Span, hours
from westsync.settings.supplier_layout import (
    LimitSettings,
    ReadSettings,
    TableSettings,
    UnpackSettings,
)
from westsync.settings.supplier_portal import PortalSettings
from westsync.settings.supplier_rules import (
    AcceptSettings,
    JoinSettings,
    MatchSettings,
    PriceRulesSettings,
    QuantitySettings,
)
from westsync.settings.supplier_secrets import fill

_MIB = 1024 * 1024
_LARGE = frozenset({"yml", "xml", "commerceml", "spreadsheetml"})


class ContactSettings(LateSection):
    """The supplier's manager, whom a person asks; texts may be ${secret:NAME}."""

    name: str = Field(default="", description="Name.")
    email: str = Field(default="", description="Mail address.")
    phone: str = Field(default="", description="Phone.")
    messenger: str = Field(default="", description="Messenger.")
    hours: str = Field(default="", description="When he answers, as people say it.")


class ScheduleSettings(LateSection):
    """When the source is fetched."""

    every: Span | None = Field(default=None, ge=60, description="Pause; null: by hand.")
    window: Hours | None = Field(default=None, description="Hours of fetching; null: always.")
    days: Days = Field(default=("mon-sun",), description="Days of the week: Mon-Sat.")
    on_demand: Flag = Field(default=False, description="Only when a deal asks (portals).")

    def to_schedule(self) -> connector.Schedule:
        """Return it as connectors know it."""
        return connector.Schedule(
            every=None if self.every is None else timedelta(seconds=self.every),
            window=hours(self.window),
            days=parse_days(self.days),
            on_demand=self.on_demand,
        )


class SupplierSettings(LateSection):
    """One source; what ``fetch`` holds is checked by the model of its kind, see `FETCHES`."""

    id: Name = Field(description="Name of the source, never changed: data are kept under it.")
    title: Text = Field(description="What people call it.")
    enabled: Flag = Field(default=True, description="Whether it is used.")
    supplier: Name | None = Field(default=None, description="Common name of several sources.")
    names: tuple[Text, ...] = Field(
        default=(),
        description="What our products call the supplier, besides id, supplier and title (P3.1).",
    )
    contact: ContactSettings = Field(default_factory=ContactSettings, description="Whom to ask.")
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings, description="When.")
    fetch: dict[str, object] | None = Field(default=None, description="How its file is got.")
    unpack: UnpackSettings = Field(default_factory=UnpackSettings, description="Archives.")
    read: ReadSettings = Field(default_factory=ReadSettings, description="Format of the file.")
    table: TableSettings = Field(default_factory=TableSettings, description="Layout of tables.")
    fields: FieldsSettings = Field(default_factory=FieldsSettings, description="What is where.")
    quantity: QuantitySettings = Field(default_factory=QuantitySettings, description="Its words.")
    price: PriceRulesSettings = Field(default_factory=PriceRulesSettings, description="Its money.")
    match: MatchSettings = Field(default_factory=MatchSettings, description="Finding articles.")
    accept: AcceptSettings = Field(default_factory=AcceptSettings, description="Guards.")
    limits: LimitSettings = Field(default_factory=LimitSettings, description="Of the reader.")
    join: JoinSettings | None = Field(default=None, description="A second source of his.")
    portal: PortalSettings | None = Field(default=None, description="His web portal.")
    notes: str = Field(default="", description="For people.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.fetch is None and self.portal is None:
            raise Unfit("the source has neither fetch nor portal", "say where its data come from")
        if self.fetch is not None and self.accept.min_rows is None:
            raise Unfit(
                "accept.min_rows is missing", "write how many rows a whole list has at least"
            )
        if self.schedule.every is not None and self.fetch is None:
            raise Unfit("schedule.every fetches nothing", "write on_demand: true, or add fetch:")
        if (
            self.portal is not None
            and self.fields.supplier_code is None
            and self.fields.name is None
        ):
            raise Unfit("fields say nothing of the portal's rows", "add supplier_code and name")
        return self

    def to_profile(
        self, fetch: FetchSettings | None, *, revision: str, secrets: Mapping[str, str]
    ) -> connector.Profile:
        """Return the source as connectors know it.

        Args:
            fetch: Its section ``fetch``, checked.
            revision: Hash of what bears upon reading it.
            secrets: Name -> secret; those of ``contact`` and ``unpack`` are put in here.
        """
        contact = {name: fill(text, secrets) for name, text in self.contact.model_dump().items()}
        largest = 512 * _MIB if self.read.format in _LARGE else 64 * _MIB
        join = self.join
        return connector.Profile(
            id=SourceId(self.id),
            title=self.title,
            enabled=self.enabled,
            revision=revision,
            supplier=self.supplier or self.id,
            names=self.names,
            contact=SupplierContact(**contact),
            schedule=self.schedule.to_schedule(),
            fetch=None if fetch is None else fetch.to_fetch(largest),
            unpack=self.unpack.to_unpack(secrets),
            read=self.read.to_read(),
            table=self.table.to_table(),
            fields=self.fields.to_fields(),
            quantity=self.quantity.to_quantity(),
            price=self.price.to_price(),
            match=self.match.to_match(),
            accept=self.accept.to_accept(),
            limits=self.limits.to_limits(),
            join=None
            if join is None
            else connector.Join(source=SourceId(join.source), on=join.on, take=join.take),
            portal=None if self.portal is None else self.portal.to_portal(),
            notes=self.notes,
        )


class HttpPart(LateSection):
    """A file that has a link."""

    fetch: HttpSettings


class FtpPart(LateSection):
    """A file that has an FTP server."""

    fetch: FtpSettings


class ImapPart(LateSection):
    """A file that has a mailbox."""

    fetch: ImapSettings


class DiskPart(LateSection):
    """A file that has a folder."""

    fetch: DiskSettings


class ManualPart(LateSection):
    """A file that has a person who brings the list."""

    fetch: ManualSettings


class JsonApiPart(LateSection):
    """A file that has a JSON API."""

    fetch: JsonApiSettings


FetchPart = HttpPart | FtpPart | ImapPart | DiskPart | ManualPart | JsonApiPart
FETCHES: dict[str, type[FetchPart]] = {
    "http": HttpPart,
    "ftp": FtpPart,
    "ftps": FtpPart,
    "imap": ImapPart,
    "disk": DiskPart,
    "manual": ManualPart,
    "json_api": JsonApiPart,
}
"""Model of the section ``fetch`` by its ``kind``, so that each mistake finds its own model."""
