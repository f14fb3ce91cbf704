"""The log-in form of a page: what a browser would send (suppliers contract 9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.connectors.suppliers.portal.page import Page
    from westsync.connectors.suppliers.profile_portal import Csrf, Login


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """What is posted.

    Attributes:
        url: Absolute address.
        values: Names and values, secrets among them.
        headers: The value against forged forms, if it goes there.
    """

    url: str
    values: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class FormMissing(Exception):
    """The page has not the form of the profile; the text says what is missing."""


def filled_form(
    page: Page, login: Login, values: Mapping[str, str], cookies: Mapping[str, str]
) -> FilledForm:
    """Fill the form: all its hidden inputs, then our fields.

    Args:
        page: With the form.
        login: Of the profile.
        values: Our fields, secrets resolved.
        cookies: Those of the portal.

    Raises:
        FormMissing: Form, field or CSRF value is not there: the password goes nowhere.
    """
    form = page.tree.css_first(login.form)
    if form is None:
        raise FormMissing(f"there is no form '{login.form}'")
    inputs = form.css("input")
    named = {name for node in inputs if (name := node.attributes.get("name"))}
    lacking = [name for name in values if name not in named]
    if lacking:
        raise FormMissing(f"the form has no input '{lacking[0]}'")
    sent = {
        name: node.attributes.get("value") or ""
        for node in inputs
        if (node.attributes.get("type") or "").lower() == "hidden"
        and (name := node.attributes.get("name"))
    }
    headers = {} if login.csrf is None else csrf_headers(page, login.csrf, cookies)
    if login.csrf is not None and login.csrf.input and not sent.get(login.csrf.input):
        raise FormMissing(f"the hidden input '{login.csrf.input}' is missing or empty")
    url = urljoin(page.url, form.attributes.get("action") or page.url)
    return FilledForm(url=url, values=sent | dict(values), headers=headers)


def csrf_headers(page: Page, csrf: Csrf, cookies: Mapping[str, str]) -> dict[str, str]:
    """Return the header that carries the value against forged forms; none if an input does.

    Raises:
        FormMissing: The value is not where the profile says.
    """
    if csrf.input:
        return {}
    if csrf.meta:
        metas = page.tree.css("meta")
        found = [node for node in metas if node.attributes.get("name") == csrf.meta]
        value, where = (found[0].attributes.get("content") if found else ""), "meta tag"
    elif csrf.cookie:
        value, where = cookies.get(csrf.cookie, ""), "cookie"
    else:
        value, where = page.headers.get(csrf.response_header.lower(), ""), "response header"
    if not value:
        name = csrf.meta or csrf.cookie or csrf.response_header
        raise FormMissing(f"the {where} '{name}' is missing or empty")
    return {csrf.header: value}
