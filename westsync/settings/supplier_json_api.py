"""Settings of a supplier's JSON API: log-in, request, pages (suppliers contract 3, 13.5)."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from westsync.connectors.suppliers import profile_fetch as plain
from westsync.settings.kinds import Count, Number, Text, Unfit
from westsync.settings.section import LateSection
from westsync.settings.supplier_fetch import FetchSettings, TlsSettings
from westsync.settings.supplier_kinds import SourceUrl, Span


class JsonCall(LateSection):
    """One call of a JSON API."""

    get: SourceUrl | None = Field(default=None, description="Address, asked with GET.")
    post: SourceUrl | None = Field(default=None, description="Address, asked with POST.")
    params: dict[Text, str] = Field(default={}, description="Query parameters.")
    body: JsonValue = Field(default=None, alias="json", description="Body; {token}, secrets.")
    bearer: Text | None = Field(default=None, description="${secret:NAME} or {token}.")
    headers: dict[Text, str] = Field(default={}, description="Further headers.")
    error: Text | None = Field(default=None, description="Path of a text that says: it failed.")

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.get is None) == (self.post is None):
            raise Unfit("needs one address", "write get: or post:")
        if self.body is not None and self.post is None:
            raise Unfit("json is never sent", "write post: instead of get:")
        return self

    def to_call(self, file_base64: str = "") -> plain.JsonRequest:
        """Return it as connectors know it."""
        return plain.JsonRequest(
            method="GET" if self.post is None else "POST",
            url=self.post or self.get or "",
            params=tuple(self.params.items()),
            body="" if self.body is None else json.dumps(self.body, ensure_ascii=False),
            bearer=self.bearer or "",
            headers=tuple(self.headers.items()),
            error=self.error or "",
            file_base64=file_base64,
        )


class JsonLoginSettings(JsonCall):
    """The call that gives a token."""

    token: Text = Field(description="Path of the token in the answer.")


class JsonRequestSettings(JsonCall):
    """The call that gives the data."""

    file_base64: Text | None = Field(default=None, description="Path of a file in the answer.")


class PagingSettings(LateSection):
    """How a list is walked."""

    kind: Literal["offset", "page", "cursor"] = Field(description="What moves.")
    param: Text = Field(description="Query parameter that moves.")
    step: Count = Field(default=100, ge=1, le=100_000, description="Rows of a page.")
    first: Count | None = Field(default=None, ge=0, description="First value; page: 1, else 0.")
    next: Text | None = Field(default=None, description="cursor: path of the next one.")
    total: Text | None = Field(default=None, description="Path of the number of rows.")

    @model_validator(mode="after")
    def _cursor_goes_on(self) -> Self:
        if (self.kind == "cursor") != (self.next is not None):
            raise Unfit("next belongs to kind: cursor", "say where the next cursor is")
        return self

    def to_paging(self) -> plain.Paging:
        """Return it as connectors know it."""
        natural = 1 if self.kind == "page" else 0
        return plain.Paging(
            kind=self.kind,
            param=self.param,
            step=self.step,
            first=natural if self.first is None else self.first,
            next=self.next or "",
            total=self.total or "",
        )


class JsonApiSettings(FetchSettings):
    """A JSON API."""

    kind: Literal["json_api"] = Field(description="A JSON API.")
    request: JsonRequestSettings = Field(description="The call that gives the data.")
    login: JsonLoginSettings | None = Field(default=None, description="The call before it.")
    paging: PagingSettings | None = Field(default=None, description="The data come in pages.")
    items: Text | None = Field(default=None, description="Path of the rows in each answer.")
    tls: TlsSettings = Field(default=TlsSettings(), description="How TLS is checked.")
    pause: Number = Field(default=0, ge=0, le=60, description="Seconds between two calls.")
    timeout: Span = Field(default=600, ge=5, le=7200, description="For everything.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.paging is not None and self.request.file_base64 is not None:
            raise Unfit("a file has no pages", "keep paging or file_base64")
        if self.login is None and "{token}" in str(self.request):
            raise Unfit("nothing gives the {token}", "add login:")
        if self.tls.insecure:
            raise Unfit("tls.insecure would hand the token to anybody", "write pin_sha256:")
        return self

    def to_fetch(self, max_bytes: int) -> plain.JsonApiFetch:
        """Return it as connectors know it."""
        login = self.login
        return plain.JsonApiFetch(
            request=self.request.to_call(self.request.file_base64 or ""),
            login=None
            if login is None
            else plain.JsonLogin(request=login.to_call(), token=login.token),
            paging=None if self.paging is None else self.paging.to_paging(),
            items=self.items or "",
            tls=self.tls.to_tls(),
            pause=Decimal(str(self.pause)) if self.pause else None,
            max_bytes=self.max_bytes or max_bytes,
            timeout=timedelta(seconds=self.timeout),
        )
