"""Live probes of what the contract leaves open (1C contract 11), without writing anything."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from westsync.connectors.onec import query
from westsync.connectors.onec.config import SessionMode
from westsync.connectors.onec.odata_reader import ORDER
from westsync.connectors.onec.profiles import Form
from westsync.connectors.onec.tables import TYPE_PREFIX
from westsync.domain.probes import Finding, Probe, ProbeResult, Verdict, run
from westsync.errors import AccessDenied, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Row, Table

RECENT = timedelta(days=60)
SAMPLE = 50
SLOW_S = 3.0
_DIGIT = re.compile(r"[0-9]")


class ReadingProbes:
    """The read-only part of section 11, through OData."""

    def __init__(self, base: Base) -> None:
        """Prepare; nothing is sent."""
        self._base = base
        self._zone = base.config.tz
        self._recent: dict[str, Sequence[Row]] = {}

    def run(self) -> Iterator[ProbeResult]:
        """Ask everything in the order of the contract.

        Raises:
            AccessDenied: The credentials were refused; nothing more can be asked.
        """
        probes: list[Probe] = [
            (1, "composition and profile", self._names),
            (2, "time zone of the server", self._time_zone),
            (3, "session and latency", self._latency),
            (4, "form of a refused password", self._refused_password),
            (5, "filters, order and counting", self._queries),
            (6, "filter by a composite reference", self._composite),
            (7, "link of payments with invoices", self._links),
            (8, "register of payment states", self._statuses),
            (9, "numbers of invoices", self._numbers),
            (15, "УПД, or ТОРГ-12 with Счёт-фактура", self._papers),
            (16, "attached files", self._attachments),
        ]
        yield from run([(number, name, lenient(ask)) for number, name, ask in probes])

    def _names(self) -> Finding:
        published = self._base.session.root()
        if not published:
            return (
                Verdict.CHANGE,
                "the composition of the OData interface is empty",
                "tick the objects in 'Настройка стандартного интерфейса OData', tab 'Состав'",
            )
        names = self._base.names()
        seen = f"{names.profile.title}: {len(published)} objects published"
        if names.missing:
            lacking = ", ".join(names.missing)
            return Verdict.CHANGE, f"{seen}, without {lacking}", "publish them, or set profile"
        if names.absent:
            lacking = ", ".join(names.absent)
            return Verdict.FINE, f"{seen}, without {lacking}; they are left out", ""
        return Verdict.FINE, seen, ""

    def _time_zone(self) -> Finding:
        rows = self._recently("invoice")
        newest = max((row.moment("date", self._zone) for row in rows), default=None)
        if newest is None:
            return Verdict.SKIPPED, "no invoices to look at", ""
        ahead = newest - self._base.session.clock.now()
        seen = f"the newest invoice is dated {newest.astimezone(self._zone):%d.%m.%Y %H:%M}"
        if timedelta(0) < ahead < timedelta(hours=14):
            hours = ahead / timedelta(hours=1)
            return (
                Verdict.CHANGE,
                f"{seen}, {hours:.1f} h ahead of now in {self._base.config.zone}",
                "timezone: that of the 1C server",
            )
        return Verdict.FINE, f"{seen}; taken for {self._base.config.zone}", ""

    def _latency(self) -> Finding:
        session = self._base.session
        took = []
        for _ in range(3):
            began = session.clock.monotonic()
            self._base.ask("organization", lambda t: self._base.rows(t, "", t.select(), top=1))
            took.append(session.clock.monotonic() - began)
        first, best = took[0], min(took[1:])
        seen = f"session: {session.config.session}; first {first:.1f} s, then {best:.1f} s"
        if best > SLOW_S and session.config.session is SessionMode.NONE:
            return Verdict.CHANGE, seen, "publish with reuseSessions=autouse, then session: auto"
        return Verdict.FINE, seen, ""

    def _refused_password(self) -> Finding:
        said = self._base.session.status_with_password("-")
        if said == "accepted":
            return Verdict.CHANGE, "any password is accepted", "give the 1C user a password"
        return Verdict.FINE, said, ""

    def _queries(self) -> Finding:
        rows = self._recently("invoice")
        said = ["filter by Date is heeded"]
        dates = [row.text("date") for row in rows]
        in_order = dates == sorted(dates)
        said.append("order is kept" if in_order else "order is NOT kept: windows are halved")
        if rows:
            said.append(self._by_keys([row.key() for row in rows[:2]]))
        said.append(self._counted())
        return Verdict.FINE, "; ".join(said), ""

    def _by_keys(self, keys: Sequence[str]) -> str:
        found = self._base.ask(
            "invoice",
            lambda table: self._base.any_of(
                table, [f"Ref_Key eq {query.guid(key)}" for key in keys], "", ["Ref_Key"]
            ),
        )
        fits = {row.key() for row in found} == set(keys)
        return "filter by Ref_Key is heeded" if fits else "filter by Ref_Key is NOT heeded"

    def _counted(self) -> str:
        table = self._base.table("organization")
        asked = {"$inlinecount": "allpages", "$top": "0"}
        try:
            rows = self._base.session.rows(table.entity, asked)
        except Rejected as exc:
            return f"$inlinecount with $top is refused ({exc.status})"
        return "$inlinecount with $top is " + ("heeded" if not rows else "not heeded: not used")

    def _composite(self) -> Finding:
        row = next((one for one in self._recently("bank_receipt") if one.ref("counterparty")), None)
        if row is None or row.table.columns["counterparty"].form is not Form.COMPOSITE:
            return Verdict.SKIPPED, "no receipt with a composite counterparty to look at", ""
        name = row.table.columns["counterparty"].name
        kind = row.kind_of("counterparty")
        condition = f"{name} eq cast({query.guid(row.ref('counterparty') or '')}, '{kind}')"
        try:
            found = self._base.rows(row.table, condition, ["Ref_Key"], top=1)
        except Rejected as exc:
            return Verdict.FINE, f"cast is refused ({exc.status}); not used for this profile", ""
        seen = "finds the row" if found else "finds nothing: compared in westsync"
        return Verdict.FINE, f"cast {seen}", ""

    def _links(self) -> Finding:
        rows = [row for row in self._recently("bank_receipt") if row.flag("posted")]
        if not rows:
            return Verdict.SKIPPED, "no receipts to look at", ""
        section = rows[0].table.sections.get("links")
        columns = [] if section is None else section.select()
        linked = sum(
            1
            for row in rows
            if any(
                link.ref(word)
                for link in row.rows("links")
                for word in ("invoice", "order", "basis")
            )
        )
        seen = f"{linked} of {len(rows)} receipts are linked; fields {', '.join(columns)}"
        if not linked:
            return Verdict.FINE, seen, "money is matched by its purpose; ask for links in 1C"
        return Verdict.FINE, seen, ""

    def _statuses(self) -> Finding:
        if not self._base.has("status"):
            return Verdict.SKIPPED, "the register СтатусыДокументов is not published", ""
        kind = TYPE_PREFIX + self._base.table("invoice").entity

        def question(table: Table) -> list[Row]:
            condition = f"{table.name('document')}_Type eq {query.literal(kind)}"
            return self._base.rows(table, condition, table.select(), top=SAMPLE)

        found = Counter(row.text("status") or "empty" for row in self._base.ask("status", question))
        return Verdict.FINE, f"values: {dict(found)}" if found else "no rows", ""

    def _numbers(self) -> Finding:
        shapes = Counter(_DIGIT.sub("9", row.text("number")) for row in self._recently("invoice"))
        if not shapes:
            return Verdict.SKIPPED, "no invoices to look at", ""
        return Verdict.FINE, ", ".join(f"{shape} ({n})" for shape, n in shapes.most_common(5)), ""

    def _papers(self) -> Finding:
        if not self._base.has("shipment"):
            return Verdict.SKIPPED, "shipments are not published", ""
        rows = [row for row in self._recently("shipment") if row.flag("posted")]
        upd = sum(row.flag("is_upd") for row in rows)
        return Verdict.FINE, f"{upd} of {len(rows)} shipments are УПД", ""

    def _attachments(self) -> Finding:
        owner = self._base.table("invoice").entity.removeprefix("Document_")
        wanted = f"Catalog_{owner}ПрисоединенныеФайлы"
        if wanted in self._base.session.root():
            return Verdict.FINE, f"{wanted} is published; westsync does not read it", ""
        return Verdict.SKIPPED, f"{wanted} is not published", ""

    def _recently(self, word: str) -> Sequence[Row]:
        """Return up to fifty documents of the last weeks, read once."""
        if word not in self._recent:
            today = self._base.session.clock.now().astimezone(self._zone).date()
            begin = datetime.combine(today - RECENT, time())
            end = datetime.combine(today + timedelta(days=2), time())

            def question(table: Table) -> list[Row]:
                return self._base.rows(table, query.in_window(begin, end), order=ORDER, top=SAMPLE)

            self._recent[word] = self._base.ask(word, question)
        return self._recent[word]


def lenient(ask: Callable[[], Finding]) -> Callable[[], Finding]:
    """Return a probe in which a missing right to one object does not end the others."""

    def asked() -> Finding:
        try:
            return ask()
        except AccessDenied as exc:
            if exc.detail.startswith(("401", "403")):
                raise
            return Verdict.CHANGE, exc.detail, "give westsync's user the right to read it"

    return asked
