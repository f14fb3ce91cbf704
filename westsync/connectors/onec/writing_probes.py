"""Probes that write (1C contract 11, marked W), only on drafts made for them.

An administrator makes a counterparty named ``[westsync test] ...``. The probes create one draft
invoice for it, whose comment begins with the same words, and mark it for deletion at the end.
Without such a counterparty nothing is written.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from westsync.connectors.onec.drafts import invoice_body
from westsync.connectors.onec.odata_writer import CLIENT
from westsync.connectors.onec.outcomes import AlreadyExists, Conflict, Refused
from westsync.connectors.onec.parties import counterparty_of, no_folder
from westsync.connectors.onec.probes import lenient
from westsync.connectors.onec.query import all_of, literal
from westsync.connectors.onec.tables import Row
from westsync.domain.ledger import Buyer, InvoiceLine, InvoiceSpec, LedgerRef
from westsync.domain.probes import TEST_PREFIX, Finding, Probe, ProbeResult, Verdict, run
from westsync.domain.requisites import vat_included
from westsync.errors import ConnectorError, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Table
    from westsync.connectors.onec.values import Json
    from westsync.domain.ledger import Counterparty

PRICE = Decimal("100.00")
STALE_VERSION = "AAAAAAAAAAA="


@dataclass(slots=True, kw_only=True)
class _Trial:
    """What the probes work on.

    Attributes:
        ref: Key of the draft: ours, or the one that 1C gave it.
        raw: The draft as 1C answered; None until it is made.
        body: What was sent.
    """

    buyer: Counterparty
    ref: LedgerRef = field(default_factory=lambda: LedgerRef(str(uuid.uuid4())))
    raw: dict[str, Json] | None = None
    body: dict[str, Json] = field(default_factory=dict)


class WritingProbes:
    """The writing part of section 11, through OData."""

    def __init__(self, base: Base) -> None:
        """Prepare; nothing is sent."""
        self._base = base

    def run(self) -> Iterator[ProbeResult]:
        """Ask everything in the order of the contract, then mark the draft for deletion."""
        buyer = self._test_buyer() if self._base.names().profile.creates else None
        if buyer is None:
            yield ProbeResult(
                number=10,
                name="a buyer to write for",
                verdict=Verdict.SKIPPED,
                seen="nothing was written: there is no such counterparty",
                advice=f"make a counterparty named '{TEST_PREFIX} doctor' and run this again",
            )
            return
        trial = _Trial(buyer=buyer)
        probes: list[Probe] = [
            (10, "our key, and the same key again", lambda: self._keys(trial)),
            (13, "positions and the sum", lambda: self._positions(trial)),
            (11, "If-Match", lambda: self._if_match(trial)),
            (12, "posting", lambda: self._posting(trial)),
            (14, "a private person without a contract", lambda: self._contract(trial)),
        ]
        try:
            yield from run([(number, name, lenient(ask)) for number, name, ask in probes])
        finally:
            self._cancel(trial)

    def _test_buyer(self) -> Counterparty | None:
        def question(table: Table) -> list[Row]:
            named = f"startswith({table.name('name')},{literal(TEST_PREFIX)})"
            return self._base.rows(table, all_of(named, no_folder(table)), table.select())

        found = [counterparty_of(row) for row in self._base.ask("counterparty", question)]
        return next(
            (one for one in found if one.name.startswith(TEST_PREFIX) and not one.marked), None
        )

    def _keys(self, trial: _Trial) -> Finding:
        table = self._base.table(CLIENT)
        trial.body = self._body(table, trial)
        trial.raw = self._base.session.create(table.entity, trial.body)
        made = Row(trial.raw, table).key()
        if made != trial.ref:
            trial.ref = made
            self._base.note_other_key()
            return Verdict.FINE, "Ref_Key is ignored; invoices are found by their marker", ""
        try:
            self._base.session.create(table.entity, trial.body)
        except AlreadyExists as exc:
            return Verdict.FINE, f"Ref_Key is kept; again: code 15 with HTTP {exc.status}", ""
        return Verdict.CHANGE, "the same Ref_Key was taken twice", "tell the developers of westsync"

    def _positions(self, trial: _Trial) -> Finding:
        made = Row(_raw(trial), self._base.table(CLIENT))
        lines = list(made.rows("lines"))
        kept = sum(line.ref("item") is not None for line in lines)
        seen = f"{kept} of 1 positions kept; total {made.text('total') or made.value('total')}"
        if kept != 1:
            return Verdict.CHANGE, seen, "the base drops positions: channels.invoices: soap"
        return Verdict.FINE, seen, ""

    def _if_match(self, trial: _Trial) -> Finding:
        table = self._base.table(CLIENT)
        comment = table.columns.get("comment")
        if comment is None:
            return Verdict.SKIPPED, "the invoice has no comment", ""
        change: dict[str, Json] = {comment.name: f"{TEST_PREFIX} If-Match"}
        _raw(trial)
        try:
            self._base.session.change(table.entity, trial.ref, change, STALE_VERSION)
        except Conflict:
            return Verdict.FINE, "a stale version is refused (412)", ""
        return Verdict.FINE, "If-Match is ignored; westsync compares before it writes", ""

    def _posting(self, trial: _Trial) -> Finding:
        _raw(trial)
        table = self._base.table(CLIENT)
        try:
            self._base.session.post_document(table.entity, trial.ref)
        except Refused as exc:
            return Verdict.CHANGE, exc.detail, "see what 1C wants: contract, rights, closed period"
        row = self._base.entity(table, trial.ref)
        if row is None or not row.flag("posted"):
            return Verdict.CHANGE, "1C answered and did not post", "look at the draft in 1C"
        return Verdict.FINE, f"{row.text('number')} is posted", ""

    def _contract(self, trial: _Trial) -> Finding:
        if trial.buyer.is_organisation:
            return Verdict.SKIPPED, "the test counterparty is an organisation", ""
        row = self._base.entity(self._base.table(CLIENT), trial.ref)
        if row is not None and row.flag("posted") and row.ref("contract") is None:
            return Verdict.FINE, "posted without a contract", ""
        return Verdict.CHANGE, "not posted without a contract", "technical_contract: true"

    def _body(self, table: Table, trial: _Trial) -> dict[str, Json]:
        items = self._base.table("item")
        found = self._base.rows(items, no_folder(items), items.select(), top=1)
        if not found:
            raise Rejected("onec", "probe", "the catalogue has no article")
        line = InvoiceLine(
            name=f"{TEST_PREFIX} doctor",
            quantity=Decimal(1),
            price=PRICE,
            amount=PRICE,
            vat_rate="НДС20",
            vat_amount=vat_included(PRICE, Decimal(20)),
        )
        spec = InvoiceSpec(
            ref=trial.ref,
            marker=f"{TEST_PREFIX} doctor {trial.ref}",
            dated_at=self._base.session.clock.now(),
            buyer=Buyer(name=trial.buyer.name),
            lines=(line,),
        )
        return invoice_body(
            table,
            spec,
            self._base.config.tz,
            organization=self._base.organization(),
            counterparty=trial.buyer.ref,
            contract=None,
            rouble=self._base.rouble(),
            items=[found[0].key()],
            item_entity=items.entity,
        )

    def _cancel(self, trial: _Trial) -> None:
        """Mark the draft; it carries the words of a test, a person may do it as well."""
        if trial.raw is None:
            return
        entity = self._base.table(CLIENT).entity
        with suppress(ConnectorError):
            row = self._base.entity(self._base.table(CLIENT), trial.ref)
            if row is not None and row.flag("posted"):
                return  # unposting is a matter for people
            version = "" if row is None else row.text("version")
            self._base.session.change(entity, trial.ref, {"DeletionMark": True}, version)


def _raw(trial: _Trial) -> dict[str, Json]:
    if trial.raw is None:
        raise Rejected("onec", "probe", "there is no draft, its creation failed")
    return trial.raw
