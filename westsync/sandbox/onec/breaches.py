"""Breaches of the contract by the client, found in the request log.

What 1C forgives in silence, or punishes on a busy day, is named here with the section that
forbids it. `rules_reading` and `rules_writing` look at one request; `repeats` at what came before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.sandbox.onec.repeats import repeated
from westsync.sandbox.onec.rules_reading import reading_rules
from westsync.sandbox.onec.rules_writing import writing_rules
from westsync.sandbox.standin.breaches import Breach, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from westsync.sandbox.onec.requestlog import Request

SECTIONS = {
    "basic-encoding": "2.2",
    "blind-repeat": "8.2",
    "composite-without-cast": "4.4",
    "concurrent": "2.3",
    "content-length": "4.1",
    "content-type": "4.5",
    "count-with-top": "4.4",
    "create-without-ref": "8.1",
    "data-load-mode": "4.5",
    "delete-call": "4.5",
    "expand-on-object": "4.4",
    "filter-on-state": "4.9",
    "format": "4.1",
    "list-without-window": "4.4",
    "moment-with-offset": "2.4",
    "money-places": "2.4",
    "or-chain": "4.4",
    "party-filter-on-money": "4.4",
    "password-again": "2.2",
    "plus-in-query": "4.1",
    "posted-in-body": "4.5",
    "put-call": "4.5",
    "row-without-number": "4.5",
    "skip-paging": "4.4",
    "top-without-order": "4.4",
    "unknown-address": "2.1",
    "unpost-call": "8.2",
    "url-too-long": "4.4",
}
LONGEST_URL = 2000


def breaches(requests: Sequence[Request]) -> list[Breach]:
    """Return every breach in a log, oldest first.

    Args:
        requests: The log, or a slice of it.
    """
    found = [(entry, rule, detail) for entry in requests for rule, detail in _rules(entry)]
    return named([*found, *repeated(requests)], "1C contract", SECTIONS)


def _rules(entry: Request) -> Iterator[tuple[str, str]]:
    for note in entry.notes:
        yield note, f"status {entry.status}"
    if entry.in_flight > 1:
        yield "concurrent", f"{entry.in_flight} requests at once"
    if entry.url_length > LONGEST_URL:
        yield "url-too-long", f"{entry.url_length} characters"
    if entry.route is None:
        yield "unknown-address", f"status {entry.status}"
    elif not entry.route.startswith(("SOAP ", "WSDL ")):
        yield from reading_rules(entry)
        yield from writing_rules(entry)
