"""The accountant's marks of payment: the register ``СтатусыДокументов`` (4.7, 4.9.10).

Who fills it and when is UNKNOWN. It has no moments, so it is read whole, at most once an hour;
a single invoice's row is read by its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from westsync.connectors.onec import query
from westsync.connectors.onec.documents import status_of
from westsync.connectors.onec.tables import TYPE_PREFIX
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.connectors.onec.base import Base
    from westsync.connectors.onec.tables import Row, Table
    from westsync.domain.ledger import LedgerRef, PaymentStatus

READ_EVERY_S = 3300.0

log = structlog.get_logger()


class Statuses:
    """The register, as far as the settings and the base let it be read."""

    def __init__(self, base: Base) -> None:
        """Bind; nothing is asked yet."""
        self._base = base
        self._known: dict[LedgerRef, str] = {}
        self._read_at: float | None = None

    def known(self) -> Mapping[LedgerRef, str]:
        """Return all marks, not older than an hour; none where the base refuses them."""
        if not self._is_read():
            return {}
        now = self._base.session.clock.monotonic()
        if self._read_at is None or now - self._read_at > READ_EVERY_S:
            try:
                self._known = self._base.ask("status", self._all)
            except Rejected as exc:
                log.warning("onec.statuses_refused", error=exc.detail)
                self._known = {}
            self._read_at = now
        return self._known

    def of(self, ref: LedgerRef) -> Mapping[LedgerRef, str]:
        """Return the mark of one invoice, read now; empty if it has none."""
        if not self._is_read():
            return {}
        try:
            found = self._base.ask("status", lambda table: self._one(table, ref))
        except Rejected as exc:
            log.warning("onec.statuses_refused", error=exc.detail)
            return {}
        return {} if found is None else {ref: found}

    @staticmethod
    def status_of(row: Row, marks: Mapping[LedgerRef, str]) -> PaymentStatus | None:
        """Return the mark of an invoice's row; None if it has none that we know."""
        return status_of(marks.get(row.key(), ""))

    def _is_read(self) -> bool:
        return self._base.config.payment_statuses and self._base.has("status")

    def _all(self, table: Table) -> dict[LedgerRef, str]:
        document = table.columns["document"]
        condition = query.all_of(
            f"{table.name('organization')} eq {query.guid(self._base.organization().ref)}",
            f"{document.name}_Type eq {query.literal(self._kind())}",
        )
        rows = self._base.rows(table, condition, table.select())
        return {
            ref: row.text("status")
            for row in rows
            if (ref := row.ref("document")) is not None and _is_of(row, self._kind())
        }

    def _one(self, table: Table, ref: LedgerRef) -> str | None:
        document = table.columns["document"].name
        key = ", ".join(
            (
                f"{table.name('organization')}={query.guid(self._base.organization().ref)}",
                f"{document}={query.literal(ref)}",
                f"{document}_Type={query.literal(self._kind())}",
            )
        )
        raw = self._base.session.entity(f"{table.entity}({key})")
        return None if raw is None else str(raw.get(table.name("status"), ""))

    def _kind(self) -> str:
        return TYPE_PREFIX + self._base.table("invoice").entity


def _is_of(row: Row, kind: str) -> bool:
    return TYPE_PREFIX + row.kind_of("document") == kind
