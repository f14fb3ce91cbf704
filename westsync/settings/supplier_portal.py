"""Settings of a supplier file's ``portal`` (suppliers contract 9, 13.4)."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from westsync.connectors.suppliers import profile_portal as plain
from westsync.settings.kinds import Count, Text, Unfit, Zone
from westsync.settings.section import LateSection
from westsync.settings.supplier_kinds import Css, Hours, PortalUrl, Span, Texts, hours

_KNOWN = frozenset({"article", "brand", "model", "name"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class SignSettings(LateSection):
    """By what a page is recognised; any of the members."""

    url: Text | None = Field(default=None, description="Part of the final address.")
    css: Css | None = Field(default=None, description="Selector that finds something.")
    text: Texts = Field(default=(), description="Texts of the page, case ignored.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.url is None and self.css is None and not self.text:
            raise Unfit("recognises nothing", "write url:, css: or text:")
        return self

    def to_sign(self) -> plain.Sign:
        """Return it as connectors know it."""
        return plain.Sign(url=self.url or "", css=self.css or "", text=self.text)


class PaceSettings(LateSection):
    """How slowly the portal is asked."""

    min_interval: Span = Field(default=5, ge=1, le=3600, description="Between two requests.")
    jitter: Span = Field(default=3, ge=0, le=3600, description="Random time on top.")
    per_hour: Count = Field(default=60, ge=1, le=3600, description="Requests in an hour.")
    per_day: Count = Field(default=300, ge=1, le=20_000, description="Requests in a day.")
    window: Hours | None = Field(default="08:00-20:00", description="Hours; null: always.")
    zone: Zone = Field(default="Europe/Moscow", description="On whose clock the hours are.")

    def to_pace(self) -> plain.Pace:
        """Return it as connectors know it."""
        return plain.Pace(
            min_interval=timedelta(seconds=self.min_interval),
            jitter=timedelta(seconds=self.jitter),
            per_hour=self.per_hour,
            per_day=self.per_day,
            window=hours(self.window),
            zone=self.zone,
        )


class CsrfSettings(LateSection):
    """Where the value against forged forms is."""

    input: Text | None = Field(default=None, description="Name of a hidden input.")
    meta: Text | None = Field(default=None, description="Name of a meta tag.")
    cookie: Text | None = Field(default=None, description="Name of a cookie.")
    response_header: Text | None = Field(default=None, description="Header of an answer.")
    header: Text = Field(default="X-CSRF-Token", description="Header that carries the latter 3.")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = (self.input, self.meta, self.cookie, self.response_header)
        if sum(place is not None for place in places) != 1:
            raise Unfit("is in one place", "write one of input, meta, cookie, response_header")
        return self

    def to_csrf(self) -> plain.Csrf:
        """Return it as connectors know it."""
        return plain.Csrf(
            input=self.input or "",
            meta=self.meta or "",
            cookie=self.cookie or "",
            response_header=self.response_header or "",
            header=self.header,
        )


class LoginSettings(LateSection):
    """The log-in form."""

    page: Text = Field(description="Path of the page with the form.")
    form: Css = Field(default="form", description="Selector of the form.")
    fields: dict[Text, str] = Field(min_length=1, description="Name -> value, ${secret:NAME}.")
    csrf: CsrfSettings | None = Field(default=None, description="Where the CSRF value is.")
    success: SignSettings = Field(description="What is seen after a right log-in.")
    failure: SignSettings | None = Field(default=None, description="What a refusal looks like.")
    per_hour: Count = Field(default=2, ge=1, le=2, description="Log-ins in an hour.")
    per_day: Count = Field(default=6, ge=1, le=6, description="Log-ins in a day.")

    def to_login(self) -> plain.Login:
        """Return it as connectors know it."""
        return plain.Login(
            page=self.page,
            form=self.form,
            fields=tuple(self.fields.items()),
            csrf=None if self.csrf is None else self.csrf.to_csrf(),
            success=self.success.to_sign(),
            failure=plain.Sign() if self.failure is None else self.failure.to_sign(),
            per_hour=self.per_hour,
            per_day=self.per_day,
        )


class SessionSettings(LateSection):
    """How long a log-in is used."""

    max_age: Span = Field(default=8 * 3600, ge=60, le=30 * 86400, description="Of its cookies.")


class DetectSettings(LateSection):
    """What tells a page from a result."""

    login_required: SignSettings | None = Field(default=None, description="Logged out.")
    captcha: SignSettings | None = Field(default=None, description="A person must prove himself.")
    blocked: SignSettings | None = Field(default=None, description="We are not welcome.")
    maintenance: SignSettings | None = Field(default=None, description="Come back later.")

    def to_detect(self) -> plain.Detect:
        """Return it as connectors know it."""
        return plain.Detect(
            blocked=_sign(self.blocked),
            captcha=_sign(self.captcha),
            maintenance=_sign(self.maintenance),
            login_required=_sign(self.login_required),
        )


class SearchSettings(LateSection):
    """One way to search."""

    by: Literal["article", "name"] = Field(description="What is searched for.")
    get: Text | None = Field(default=None, description="Path, asked with GET.")
    post: Text | None = Field(default=None, description="Path, asked with POST.")
    params: dict[Text, str] = Field(
        min_length=1, description="Parameters with {article}, {brand}, {model}, {name}."
    )

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if (self.get is None) == (self.post is None):
            raise Unfit("needs one path", "write get: or post:")
        named = {name for text in self.params.values() for name in _PLACEHOLDER.findall(text)}
        if unknown := sorted(named - _KNOWN):
            raise Unfit(
                f"has the unknown placeholder {{{unknown[0]}}}",
                "known are {article}, {brand}, {model}, {name}",
            )
        wanted = {"article"} if self.by == "article" else {"model", "name"}
        if not named & wanted:
            raise Unfit(
                "does not say what it searches for",
                f"put {{{min(wanted)}}} into one of params",
            )
        return self

    def to_search(self) -> plain.Search:
        """Return it as connectors know it."""
        return plain.Search(
            by=self.by,
            path=self.post or self.get or "",
            method="GET" if self.post is None else "POST",
            params=tuple(self.params.items()),
        )


class NextPageSettings(LateSection):
    """Where a long result goes on."""

    css: Css = Field(description="Selector of the link.")
    most: Count = Field(default=3, alias="max", ge=1, le=20, description="Pages to read at most.")


class ResultSettings(LateSection):
    """How a page of results is read."""

    row: Css = Field(description="Selector of one offer.")
    must_have: Css | None = Field(default=None, description="Without it the layout has changed.")
    empty: SignSettings = Field(description="Proof that nothing was found.")
    next_page: NextPageSettings | None = Field(default=None, description="Further pages.")

    def to_result(self) -> plain.ResultPage:
        """Return it as connectors know it."""
        return plain.ResultPage(
            row=self.row,
            must_have=self.must_have or "",
            empty=self.empty.to_sign(),
            next_page="" if self.next_page is None else self.next_page.css,
            pages=1 if self.next_page is None else self.next_page.most,
        )


class PortalSettings(LateSection):
    """A web portal that is searched when a deal needs it."""

    base_url: PortalUrl = Field(description="Scheme and host; paths are appended.")
    transport: Literal["http", "browser"] = Field(
        default="http", description="browser: a person logs in and brings the cookies."
    )
    pace: PaceSettings = Field(default_factory=PaceSettings, description="How slowly.")
    login: LoginSettings | None = Field(default=None, description="The log-in; null: open.")
    session: SessionSettings = Field(default_factory=SessionSettings, description="Its age.")
    detect: DetectSettings = Field(default_factory=DetectSettings, description="Odd pages.")
    search: Annotated[tuple[SearchSettings, ...], Field(min_length=1)] = Field(
        description="Ways to search, tried in order."
    )
    result: ResultSettings = Field(description="The page of results.")

    @model_validator(mode="after")
    def _can_tell(self) -> Self:
        if self.login is not None and self.detect.login_required is None:
            raise Unfit(
                "cannot tell that it was logged out",
                "add detect.login_required, often css: of the form",
            )
        return self

    def to_portal(self) -> plain.PortalProfile:
        """Return it as connectors know it."""
        return plain.PortalProfile(
            base_url=self.base_url,
            transport=self.transport,
            pace=self.pace.to_pace(),
            login=None if self.login is None else self.login.to_login(),
            session_age=timedelta(seconds=self.session.max_age),
            detect=self.detect.to_detect(),
            search=tuple(search.to_search() for search in self.search),
            result=self.result.to_result(),
        )


def _sign(told: SignSettings | None) -> plain.Sign | None:
    return None if told is None else told.to_sign()
