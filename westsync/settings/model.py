"""``westsync.yaml`` as typed values (design 4)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationInfo, field_validator

from westsync.domain.calendar_spec import CalendarSpec, Override
from westsync.domain.windows import parse_windows, shortened
from westsync.settings.addresses import Email, Listen, is_loopback, split_host
from westsync.settings.kinds import (
    Count,
    Day,
    Id,
    Login,
    Name,
    Number,
    Text,
    Unfit,
    Weekdays,
    Windows,
    Zone,
)
from westsync.settings.mail import MailSettings
from westsync.settings.megaplan import MegaplanSettings
from westsync.settings.onec import OneCSettings
from westsync.settings.section import Section

# Roles of the company's process (process.md) and the one that hears of westsync's own troubles.
STANDARD_ROLES = ("secretary", "manager", "head_of_sales", "management", "driver", "admin")


class AccountSettings(Section):
    """One company's systems; every key, table and log line carries the account's name."""

    megaplan: MegaplanSettings = Field(description="The CRM.")
    onec: OneCSettings | None = Field(default=None, description="1C; null: not connected.")
    mail: MailSettings | None = Field(default=None, description="Mailbox; null: no mail is sent.")


class AbsenceSettings(Section):
    """Days on which a person is away, both included."""

    first: Day = Field(alias="from", description="First day away.")
    last: Day = Field(alias="to", description="Last day away.")
    reason: Text | None = Field(default=None, description="For people only.")


class PersonSettings(Section):
    """A member of staff."""

    name: Text = Field(description="Surname and first name, as texts show it.")
    megaplan: Id | None = Field(default=None, description="Employee id; null: gets no tasks.")
    email: Email | None = Field(default=None, description="Address for mail; null: gets none.")
    deputy: Login | None = Field(default=None, description="Who stands in while away.")
    absences: tuple[AbsenceSettings, ...] = Field(
        default=(), description="Absences beside those that Megaplan knows."
    )

    @field_validator("absences")
    @classmethod
    def _end_after_begin(cls, value: tuple[AbsenceSettings, ...]) -> tuple[AbsenceSettings, ...]:
        for absence in value:
            if absence.last < absence.first:
                raise Unfit(f"the absence from {absence.first} ends before it begins")
        return value


class CalendarSettings(Section):
    """A named calendar of working time."""

    country: Literal["RU"] | None = Field(
        default=None, description="Whose public holidays and transferred days count; null: none."
    )
    windows: Windows = Field(description="Spans of a working day, from morning to evening.")
    days: Weekdays = Field(description="Working days of an ordinary week: mon-fri, or a list.")
    short_day_minutes: Count = Field(
        default=60, ge=0, le=720, description="How much earlier the day before a holiday ends."
    )
    timezone: Zone | None = Field(default=None, description="Zone; null: the settings' zone.")

    @field_validator("short_day_minutes")
    @classmethod
    def _something_is_left(cls, value: int, info: ValidationInfo) -> int:
        windows = info.data.get("windows", ())
        if windows and not shortened(parse_windows(windows), value):
            raise Unfit("leaves nothing of the day", "write less than the windows together")
        return value

    def spec(self, name: str, zone: str, overrides: Mapping[date, Override]) -> CalendarSpec:
        """Return the calendar as working time is computed from it.

        Args:
            name: What rules call it.
            zone: The settings' zone, for a calendar without its own.
            overrides: Dates about which the company decided otherwise (``calendars/*.yaml``).
        """
        return CalendarSpec.parse(
            name=name,
            zone=self.timezone or zone,
            windows=self.windows,
            days=self.days,
            country=self.country,
            short_day_minutes=self.short_day_minutes,
            overrides=overrides,
        )


class GuardSettings(Section):
    """Brakes that stop a cycle before anything is written (design 1)."""

    new_intents_per_cycle: Count = Field(
        default=50, ge=1, le=100_000, description="More new intents in one cycle trip the brake."
    )
    per_rule_per_hour: Count = Field(
        default=30, ge=1, le=100_000, description="More of one rule within an hour trip it."
    )
    open_deals_drop: Number = Field(
        default=0.3, gt=0, le=1, description="Share of open deals whose vanishing is implausible."
    )


class HttpSettings(Section):
    """Our own web server: /health, /ready, /metrics and the webhook's path."""

    listen: Listen | None = Field(default=None, description="Host and port; null: off.")

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port to listen on; None when the server is off."""
        return split_host(self.listen) if self.listen else None

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach the server."""
        return self.address is not None and not is_loopback(self.address[0])


class LogSettings(Section):
    """How the log looks."""

    format: Literal["auto", "console", "json"] = Field(
        default="auto", description="auto: console on a terminal, json otherwise."
    )


class Settings(Section):
    """Everything that ``westsync.yaml``, the environment and the credentials say."""

    version: Literal[1] = Field(description="Version of this file's form.")
    state: Text = Field(
        default="westsync.db",
        description="State file, relative to $STATE_DIRECTORY if set, else to this file.",
    )
    timezone: Zone = Field(default="Europe/Moscow", description="The office's zone.")
    active_from: Day = Field(
        description="Nothing older than the first moment of this day is acted on, except by "
        "backfill."
    )
    accounts: dict[Name, AccountSettings] = Field(min_length=1, description="The systems.")
    people: dict[Login, PersonSettings] = Field(description="Staff by login.")
    roles: dict[Name, tuple[Login, ...]] = Field(
        description="Role -> who fills it, the first available one first."
    )
    calendars: dict[Name, CalendarSettings] = Field(
        min_length=1, description="Calendars by the names that rules use."
    )
    guards: GuardSettings = Field(default_factory=GuardSettings, description="Brakes.")
    http: HttpSettings = Field(default_factory=HttpSettings, description="Our own web server.")
    log: LogSettings = Field(default_factory=LogSettings, description="The log.")

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def active_since(self) -> datetime:
        """First moment (UTC) that rules act on: the office's midnight of ``active_from``."""
        return datetime.combine(self.active_from, time.min, self.zone).astimezone(UTC)

    def hears_events(self, account: str) -> bool:
        """Return whether an account's events are wanted and there is a server to take them."""
        wanted = self.accounts[account].megaplan.webhook
        return wanted is not None and self.http.listen is not None

    def missing_webhook_secrets(self) -> tuple[tuple[str, ...], ...]:
        """Return the paths of secrets without which wanted events cannot be taken."""
        return tuple(
            ("accounts", name, "megaplan", "webhook", "path_secret")
            for name, account in self.accounts.items()
            if self.hears_events(name)
            and account.megaplan.webhook is not None
            and account.megaplan.webhook.path_secret is None
        )

    def missing_secrets(self) -> tuple[tuple[str, ...], ...]:
        """Return the paths of secrets without which a configured system cannot be talked to.

        For Megaplan either a token or login and password will do (contract 1.2, 1.4): the password
        is named when a login is configured, else the token. Mail without ``user`` may do without.
        """
        missing: list[tuple[str, ...]] = []
        for name, account in self.accounts.items():
            megaplan, onec, mail = account.megaplan, account.onec, account.mail
            if megaplan.token is None and (megaplan.login is None or megaplan.password is None):
                secret = "password" if megaplan.login else "token"
                missing.append(("accounts", name, "megaplan", secret))
            if onec is not None and onec.password is None:
                missing.append(("accounts", name, "onec", "password"))
            if mail is not None and mail.user and mail.password is None:
                missing.append(("accounts", name, "mail", "password"))
        return tuple(missing)
