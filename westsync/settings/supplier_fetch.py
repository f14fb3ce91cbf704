"""Settings of a supplier file's ``fetch``, one model per kind (suppliers contract 3)."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from westsync.connectors.suppliers import profile_fetch as plain
from westsync.settings.kinds import Count, Flag, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_kinds import Bytes, Pattern, Pin, SourceUrl, Span, Texts

_HIGHEST_PORT = 65535


def _absolute(value: str) -> str:
    if not Path(value).is_absolute():
        raise Unfit("is not an absolute path", "begin it with /")
    return value


AbsolutePath = Annotated[Text, AfterValidator(_absolute)]
Port = Annotated[Count, Field(ge=1, le=_HIGHEST_PORT)]


class TlsSettings(LateSection):
    """How the server's certificate is checked; left out: as everywhere."""

    ca_file: AbsolutePath | None = Field(default=None, description="PEM of his own authority.")
    pin_sha256: Pin | None = Field(default=None, description="Digest of his certificate, hex.")
    insecure: Flag = Field(
        default=False, description="No check at all; refuses to send credentials."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.ca_file is not None) + (self.pin_sha256 is not None) + self.insecure > 1:
            raise Unfit("says several things", "keep one of ca_file, pin_sha256, insecure")
        return self

    def to_tls(self) -> plain.Tls:
        """Return it as connectors know it."""
        return plain.Tls(
            ca_file=self.ca_file or "", pin_sha256=self.pin_sha256 or "", insecure=self.insecure
        )


class AuthSettings(LateSection):
    """How we show the server who we are."""

    kind: Literal["none", "basic", "bearer", "header", "query"] = Field(description="Which way.")
    user: Text | None = Field(default=None, description="For basic.")
    password: Text | None = Field(default=None, description="For basic; ${secret:NAME}.")
    token: Text | None = Field(default=None, description="For bearer, header, query; a secret.")
    name: Text | None = Field(default=None, description="Header or parameter (header, query).")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "none": (),
            "basic": ("user", "password"),
            "bearer": ("token",),
            "header": ("name", "token"),
            "query": ("name", "token"),
        }[self.kind]
        for part in ("user", "password", "token", "name"):
            if (getattr(self, part) is not None) != (part in needed):
                words = " and ".join(needed) or "nothing"
                raise Unfit(f"'{self.kind}' needs {words} and no more", f"look at '{part}'")
        return self

    def to_auth(self) -> plain.Auth:
        """Return it as connectors know it."""
        return plain.Auth(
            kind=self.kind,
            user=self.user or "",
            password=self.password or "",
            token=self.token or "",
            name=self.name or "",
        )


class FetchSettings(LateSection):
    """What all ways of fetching have in common."""

    max_bytes: Bytes | None = Field(
        default=None, description="Longest file; null: 64 MiB, for XML 512 MiB."
    )

    def to_fetch(self, max_bytes: int) -> plain.Fetch:
        """Return it as connectors know it.

        Args:
            max_bytes: The default for the source's format.
        """
        raise NotImplementedError


class HttpSettings(FetchSettings):
    """A file by link."""

    kind: Literal["http"] = Field(description="A file by link.")
    url: SourceUrl = Field(description="May hold {date:%d.%m.%y}, {timestamp}, ${secret:NAME}.")
    method: Literal["GET", "POST"] = Field(default="GET", description="How it is asked for.")
    headers: dict[Text, str] = Field(default={}, description="Further headers.")
    form: dict[Text, str] = Field(default={}, description="Fields of a form, with POST.")
    auth: AuthSettings = Field(default=AuthSettings(kind="none"), description="Who we are.")
    tls: TlsSettings = Field(default=TlsSettings(), description="How TLS is checked.")
    lookback_days: Count = Field(default=0, ge=0, le=60, description="Days to try for {date}.")
    timeout: Span = Field(default=300, ge=5, le=7200, description="For the whole download.")

    @field_validator("form")
    @classmethod
    def _posted(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if value and info.data.get("method") != "POST":
            raise Unfit("is never sent", "write method: POST")
        return value

    @field_validator("lookback_days")
    @classmethod
    def _dated(cls, value: int, info: ValidationInfo) -> int:
        if value and "{date:" not in str(info.data.get("url", "{date:")):
            raise Unfit("has no date to look back with", "put {date:%d.%m.%y} into url")
        return value

    @field_validator("tls")
    @classmethod
    def _keeps_credentials(cls, value: TlsSettings, info: ValidationInfo) -> TlsSettings:
        auth = info.data.get("auth")
        shown = isinstance(auth, AuthSettings) and auth.kind != "none"
        told = (info.data.get("url", ""), info.data.get("headers"), info.data.get("form"))
        if value.insecure and (shown or "${secret:" in str(told)):
            raise Unfit(
                "insecure would hand the credentials to anybody",
                "write pin_sha256: or ca_file: instead",
            )
        return value

    def to_fetch(self, max_bytes: int) -> plain.HttpFetch:
        """Return it as connectors know it."""
        return plain.HttpFetch(
            url=self.url,
            method=self.method,
            headers=tuple(self.headers.items()),
            form=tuple(self.form.items()),
            auth=self.auth.to_auth(),
            tls=self.tls.to_tls(),
            lookback_days=self.lookback_days,
            max_bytes=self.max_bytes or max_bytes,
            timeout=timedelta(seconds=self.timeout),
        )


class FtpSettings(FetchSettings):
    """A file on an FTP server."""

    kind: Literal["ftp", "ftps"] = Field(description="ftps: always with TLS.")
    host: Text = Field(description="Host name.")
    port: Port = Field(default=21, description="Port of the control connection.")
    user: Text = Field(default="anonymous", description="Log-in.")
    password: str = Field(default="", description="${secret:NAME}.")
    path: AbsolutePath = Field(description="The last part may be a pattern: /out/price_*.csv.")
    pick: Literal["newest", "all"] = Field(default="newest", description="Of those that match.")
    tls: Literal["never", "when_offered", "always"] = Field(
        default="when_offered", description="Explicit TLS."
    )
    trust: TlsSettings = Field(default=TlsSettings(), description="How TLS is checked.")
    settle: Span = Field(default=10, ge=0, le=300, description="So long the size must not change.")
    timeout: Span = Field(default=300, ge=5, le=7200, description="For everything.")

    @field_validator("trust")
    @classmethod
    def _keeps_credentials(cls, value: TlsSettings, info: ValidationInfo) -> TlsSettings:
        if value.insecure and info.data.get("password"):
            raise Unfit("insecure would hand the password to anybody", "write pin_sha256:")
        return value

    def to_fetch(self, max_bytes: int) -> plain.FtpFetch:
        """Return it as connectors know it."""
        return plain.FtpFetch(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            path=self.path,
            pick=self.pick,
            tls="always" if self.kind == "ftps" else self.tls,
            trust=self.trust.to_tls(),
            settle=timedelta(seconds=self.settle),
            max_bytes=self.max_bytes or max_bytes,
            timeout=timedelta(seconds=self.timeout),
        )


class ImapSettings(FetchSettings):
    """An attachment of the newest fitting letter."""

    kind: Literal["imap"] = Field(description="An attachment in a mailbox.")
    host: Text = Field(description="Host name.")
    port: Port = Field(default=993, description="993: TLS from the first byte; 143: STARTTLS.")
    user: Text = Field(description="Log-in.")
    password: Text | None = Field(default=None, description="${secret:NAME}, an app password.")
    token: Text | None = Field(default=None, description="${secret:NAME}, XOAUTH2 instead.")
    folder: Text = Field(default="INBOX", description="Folder; it is opened read-only.")
    senders: Texts = Field(default=(), alias="from", description="Addresses; none: anybody.")
    subject: Pattern = Field(default="", description="Text the subject contains, or ~regex.")
    subject_excludes: Pattern = Field(default="", description="Text it must not contain.")
    attachment: Pattern = Field(default="", description="File name: text in it, or ~regex.")
    tls: TlsSettings = Field(default=TlsSettings(), description="How TLS is checked.")
    max_age: Span = Field(default=3 * 86400, ge=3600, description="Older letters do not count.")
    timeout: Span = Field(default=300, ge=5, le=7200, description="For everything.")

    @model_validator(mode="after")
    def _logs_in(self) -> Self:
        if (self.password is None) == (self.token is None):
            raise Unfit("needs password or token", "write one of them as ${secret:NAME}")
        if self.tls.insecure:
            raise Unfit("tls.insecure would hand the password to anybody", "write pin_sha256:")
        return self

    def to_fetch(self, max_bytes: int) -> plain.ImapFetch:
        """Return it as connectors know it."""
        return plain.ImapFetch(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password or "",
            token=self.token or "",
            folder=self.folder,
            senders=self.senders,
            subject=self.subject,
            subject_excludes=self.subject_excludes,
            attachment=self.attachment,
            tls=self.tls.to_tls(),
            max_age=timedelta(seconds=self.max_age),
            max_bytes=self.max_bytes or max_bytes,
            timeout=timedelta(seconds=self.timeout),
        )


class DiskSettings(FetchSettings):
    """A file in a folder or mounted share."""

    kind: Literal["disk"] = Field(description="A folder.")
    path: AbsolutePath = Field(description="The last part may be a pattern.")
    pick: Literal["newest", "all"] = Field(default="newest", description="Of those that match.")
    settle: Span = Field(default=30, ge=0, le=3600, description="Younger files are being written.")

    def to_fetch(self, max_bytes: int) -> plain.DiskFetch:
        """Return it as connectors know it."""
        return plain.DiskFetch(
            path=self.path,
            pick=self.pick,
            settle=timedelta(seconds=self.settle),
            max_bytes=self.max_bytes or max_bytes,
        )


class ManualSettings(FetchSettings):
    """Files that a person brings."""

    kind: Literal["manual"] = Field(description="westsync stock load SUPPLIER FILE.")

    def to_fetch(self, max_bytes: int) -> plain.ManualFetch:
        """Return it as connectors know it."""
        return plain.ManualFetch(max_bytes=self.max_bytes or max_bytes)
