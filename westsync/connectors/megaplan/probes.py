"""Live probes of what the contract leaves open (contract 10), without writing anything.

Every probe is one or two reads. What it found names the setting that makes westsync fit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from westsync.connectors.megaplan.programs import read_fields, read_program
from westsync.connectors.megaplan.protocol import (
    Endpoint,
    filter_config,
    page_query,
    program_filter,
)
from westsync.connectors.megaplan.values import items, moment, moment_json, plain_text, text
from westsync.domain.probes import TEST_PREFIX, Verdict, run
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from westsync.connectors.megaplan.config import MegaplanConfig
    from westsync.connectors.megaplan.session import Session
    from westsync.connectors.megaplan.values import Json
    from westsync.domain.probes import Finding, ProbeResult
    from westsync.ports import Clock

BEYOND_LIMIT = 200
RATE_HEADER = re.compile(r"rate-?limit|retry-after", re.IGNORECASE)
RAML_VERSION = re.compile(r"^version:\s*(.+)$", re.MULTILINE)


class ReadingProbes:
    """The read-only part of section 10."""

    def __init__(self, session: Session, config: MegaplanConfig, clock: Clock) -> None:
        """Prepare; nothing is sent."""
        self._session = session
        self._config = config
        self._clock = clock
        self._program = next(iter(config.programs.values()))

    def run(self) -> Iterator[ProbeResult]:
        """Ask everything in the order of the contract."""
        return run(
            [
                (0, "our own account", self._who_am_i),
                (1, "form of a refused token", self._refused_token),
                (3, "version of the API", self._version),
                (4, "programs, states and fields", self._names),
                (4, "supplier of a product", self._product_supplier),
                (5, "'or' in filters", self._or_join),
                (6, "moments in date filters", self._interval_time),
                (7, "largest page", self._largest_page),
                (8, "order of histories", self._order),
                (16, "filter by the marker's field", self._marker_filter),
                (17, "rate limit headers", self._rate_headers),
            ]
        )

    def _who_am_i(self) -> Finding:
        card = self._session.get_entity(Endpoint.CURRENT_USER)
        seen = f"{text(card.get('contentType'))} {text(card.get('id'))}"
        me = text(card.get("id"))
        if self._config.me not in {None, me}:
            return Verdict.CHANGE, seen, f"me: {me!r}"
        return Verdict.FINE, seen, ""

    def _refused_token(self) -> Finding:
        status = self._session.status_without_token(Endpoint.CURRENT_USER)
        form = "HTTP 401" if status == 401 else f"HTTP {status} with an inner status"
        return Verdict.FINE, form, ""

    def _version(self) -> Finding:
        try:
            reply = self._session.get_raw(Endpoint.RAML)
        except Rejected as exc:
            return Verdict.SKIPPED, f"the account does not describe itself ({exc.status})", ""
        found = RAML_VERSION.search(reply.body.decode("utf-8", "replace"))
        version = found[1].strip() if found else "not told"
        return Verdict.FINE, version, ""

    def _names(self) -> Finding:
        said = []
        for name, program in self._config.programs.items():
            found = read_program(self._session, program)
            states = ", ".join(f"{state.id} {state.name}" for state in found.states)
            custom = [field for field in found.fields if "CustomField" in field]
            said.append(f"{name} = {found.id} {found.name}; states {states}; fields {custom}")
        return Verdict.FINE, " | ".join(said), ""

    def _product_supplier(self) -> Finding:
        """Tell whether positions in the list of deals show the custom fields of their products."""
        known = read_fields(self._session, Endpoint.OFFER_EXTRA_FIELDS)
        offered = [f"{one.name} ({one.label})" for one in known if "CustomField" in one.name]
        wanted = self._config.product_supplier_fields
        if not wanted:
            seen = f"custom fields of products: {offered}"
            return Verdict.SKIPPED, seen, "product_supplier_fields, if wanted"
        query = self._deals(BEYOND_LIMIT // 2, fields=("positions",))
        deals = items(self._session.get_list(Endpoint.DEALS, "", query).data)
        rows = [row for deal in deals for row in items(deal.get("positions"))]
        offers = [offer for row in rows if isinstance(offer := row.get("offer"), dict)]
        if not offers:
            return Verdict.SKIPPED, "no deal has a position", ""
        if any(name in offer for offer in offers for name in wanted):
            return Verdict.FINE, "positions show it", ""
        seen = f"none of {len(offers)} positions shows it; brands and search decide instead"
        return Verdict.CHANGE, seen, "product_supplier_fields: [], and 'suppliers' in brands.yaml"

    def _or_join(self) -> Finding:
        term: Json = {
            "contentType": "FilterTermString",
            "field": "name",
            "comparison": "contains",
            "value": TEST_PREFIX,
        }
        try:
            self._session.get_list(
                Endpoint.DEALS, "", self._deals(1, filter_config([term, term], "or"))
            )
        except Rejected as exc:
            return Verdict.FINE, f"refused ({exc.status}); westsync does not use it", ""
        return Verdict.FINE, "accepted; westsync does not use it", ""

    def _interval_time(self) -> Finding:
        now = moment_json(self._clock.now(), self._config.zone)
        term: Json = {
            "contentType": "FilterTermDate",
            "field": "timeUpdated",
            "comparison": "equals",
            "value": {"contentType": "IntervalTime", "from": now, "to": now},
        }
        try:
            self._session.get_list(Endpoint.DEALS, "", self._deals(1, filter_config([term])))
        except Rejected as exc:
            return Verdict.FINE, f"refused ({exc.status}); westsync uses no date filter", ""
        return Verdict.FINE, "accepted; westsync uses no date filter", ""

    def _largest_page(self) -> Finding:
        found = items(self._session.get_list(Endpoint.DEALS, "", self._deals(BEYOND_LIMIT)).data)
        if len(found) > self._config.page_limit:
            return Verdict.FINE, f"{len(found)} deals came for {BEYOND_LIMIT}", ""
        return Verdict.FINE, f"{len(found)} deals came for {BEYOND_LIMIT}; 100 stays the limit", ""

    def _order(self) -> Finding:
        newest = items(self._session.get_list(Endpoint.DEALS, "", self._deals(1)).data)
        if not newest:
            return Verdict.SKIPPED, "there is no deal", ""
        deal = text(newest[0].get("id"))
        query = page_query(limit=self._config.page_limit)
        said = []
        for name, endpoint, key in (
            ("statusHistory", Endpoint.DEAL_STATUS_HISTORY, "toStatusUpdated"),
            ("comments", Endpoint.DEAL_COMMENTS, "timeCreated"),
        ):
            found = items(self._session.get_list(endpoint, deal, query).data)
            said.append(f"{name}: {_order_of([moment(one.get(key)) for one in found])}")
        return Verdict.FINE, "; ".join(said) + "; westsync sorts by itself", ""

    def _marker_filter(self) -> Finding:
        field = self._config.marker_field
        known = read_fields(self._session, Endpoint.TASK_EXTRA_FIELDS)
        offered = [one.name for one in known if one.kind == "StringField" and "Custom" in one.name]
        if field is None:
            return Verdict.SKIPPED, f"text fields of tasks: {offered}", "marker_field, if wanted"
        if field not in offered:
            return Verdict.CHANGE, f"tasks have no {field}", f"marker_field: one of {offered}"
        return Verdict.FINE, f"{field} exists; westsync matches the marker by itself", ""

    def _rate_headers(self) -> Finding:
        reply = self._session.get_raw(Endpoint.CURRENT_USER)
        found = {name: value for name, value in reply.headers.items() if RATE_HEADER.search(name)}
        return Verdict.FINE, str(found) if found else "none", ""

    def _deals(
        self,
        limit: int,
        config: dict[str, Json] | None = None,
        fields: tuple[str, ...] = ("name", "program", "timeUpdated"),
    ) -> dict[str, Json]:
        wanted = program_filter(self._program)
        return page_query(
            limit=limit,
            fields=fields,
            sort_by="timeUpdated",
            list_filter=wanted if config is None else {**wanted, "config": config},
        )


def is_test_entity(name: object) -> bool:
    """Return whether an administrator made an entity for probes that write."""
    return plain_text(name).startswith(TEST_PREFIX)


def _order_of(moments: list[datetime | None]) -> str:
    known = [at for at in moments if at is not None]
    if len(set(known)) < 2:
        return "too few to tell"
    if known == sorted(known):
        return "oldest first"
    return "newest first" if known == sorted(known, reverse=True) else "mixed"
