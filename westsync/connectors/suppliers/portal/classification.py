"""What an answer of a portal is, decided before anything of it is parsed (contract 9)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from westsync.connectors.suppliers.portal.page import Page
    from westsync.connectors.suppliers.profile_portal import Detect, ResultPage


class Kind(StrEnum):
    """What an answer is."""

    RETRY_LATER = "retry_later"
    BLOCKED = "blocked"
    CAPTCHA = "captcha"
    LOGGED_OUT = "logged_out"
    LAYOUT_CHANGED = "portal_layout_changed"
    EMPTY = "empty"
    FINE = "fine"


def classified(page: Page, detect: Detect, *, on_login: bool = False) -> Kind:
    """Return what any answer is, in the contract's order.

    Args:
        page: The answer.
        detect: Signs of the profile.
        on_login: It is the log-in page, where the form is no sign of being logged out.
    """
    status = page.status
    if status == 429 or status >= 500 or status == 408:
        return Kind.RETRY_LATER
    if status == 403 or page.shows(detect.blocked):
        return Kind.BLOCKED
    if page.shows(detect.captcha):
        return Kind.CAPTCHA
    if page.shows(detect.maintenance):
        return Kind.RETRY_LATER
    if not on_login and (status == 401 or page.shows(detect.login_required)):
        return Kind.LOGGED_OUT
    # A log-in page may come as 401, and so may the answer to a wrong password.
    is_answered = 200 <= status < 300 or (on_login and status == 401)
    if not is_answered or not page.is_html:
        return Kind.LAYOUT_CHANGED
    return Kind.FINE


def classified_result(page: Page, detect: Detect, result: ResultPage) -> Kind:
    """Return what the answer to a search is; that nothing was found must be proved."""
    kind = classified(page, detect)
    if kind is not Kind.FINE:
        return kind
    has_rows = page.tree.css_first(result.row) is not None
    if not has_rows and page.shows(result.empty):
        return Kind.EMPTY
    if not has_rows or (result.must_have and page.tree.css_first(result.must_have) is None):
        return Kind.LAYOUT_CHANGED
    return Kind.FINE
