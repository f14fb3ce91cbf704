"""How offers, answers, sources and readings are shown: a row for people, JSON for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.output import say, table
from westsync.connectors.suppliers.reading.results import Reading
from westsync.domain.stock import StockStatus
from westsync.rules.traces import age_word

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from westsync.app.stock import Checked
    from westsync.domain.stock import Availability, Offer, Price, PriceRole
    from westsync.jobs.stock_lookup import SourceAnswer
    from westsync.jobs.stock_outcomes import Refreshed
    from westsync.jobs.stock_standing import Standing
    from westsync.journal.stock_snapshots import Snapshot

_QUANTITIES_SHOWN = 30


def stock_words(said: Availability) -> str:
    """Return an availability in a few words: "5", "from 11", "1-4 (low)", "expected 2026-12-01"."""
    least, most = said.qty_min, said.qty_max
    if said.status in {StockStatus.IN_STOCK, StockStatus.LOW} and least is not None:
        if most is None:
            number = f"from {least}"
        else:
            number = str(least) if least == most else f"{least}-{most}"
        return f"{number} (low)" if said.status is StockStatus.LOW else number
    day = f" {said.eta_from}" if said.eta_from else ""
    until = f"..{said.eta_to}" if said.eta_to and said.eta_to != said.eta_from else ""
    return f"{said.status}{day}{until}"


def price_words(prices: Mapping[PriceRole, Price]) -> str:
    """Return prices in a few words: "rrp 12990.00 RUB"."""
    return ", ".join(
        f"{role} {price.amount:.2f} {price.currency}" for role, price in prices.items()
    )


def offer_row(row: Offer) -> tuple[object, ...]:
    """Return an offer as a row of a table."""
    return (
        row.source,
        row.supplier_code,
        row.vendor_code,
        row.brand,
        row.name,
        stock_words(row.availability),
        price_words(row.prices),
    )


def offer_json(row: Offer) -> dict[str, object]:
    """Return an offer as plain values."""
    return {
        "source": row.source,
        "snapshot": row.snapshot,
        "sheet": row.sheet,
        "row": row.row_no,
        "supplier_code": row.supplier_code,
        "vendor_code": row.vendor_code,
        "barcode": row.barcode,
        "brand": row.brand,
        "name": row.name,
        "category": row.category,
        "unit": row.unit,
        "availability": availability_json(row.availability),
        "places": {name: availability_json(part) for name, part in row.stock_by_place.items()},
        "prices": prices_json(row.prices),
        "flags": list(row.flags),
        "raw": dict(row.raw),
    }


def availability_json(said: Availability) -> dict[str, object]:
    """Return an availability as plain values; days as ``YYYY-MM-DD``."""
    return {
        "status": said.status,
        "qty_min": said.qty_min,
        "qty_max": said.qty_max,
        "exact": said.exact,
        "eta_from": said.eta_from,
        "eta_to": said.eta_to,
        "note": said.note,
    }


def prices_json(prices: Mapping[PriceRole, Price]) -> dict[str, object]:
    """Return prices as plain values; amounts become texts with two decimals."""
    return {
        role: {"amount": price.amount, "currency": price.currency} for role, price in prices.items()
    }


def answer_row(given: SourceAnswer, now: datetime) -> tuple[object, ...]:
    """Return an answer as a row of a table."""
    answer = given.answer
    return (
        given.source.id,
        answer.decision,
        given.certainty,
        answer.level,
        stock_words(answer.availability),
        price_words(answer.prices),
        age_word(now, answer.as_of) if answer.as_of else "never",
        answer.reason,
    )


def answer_json(given: SourceAnswer) -> dict[str, object]:
    """Return an answer as plain values."""
    answer = given.answer
    return {
        "source": given.source.id,
        "supplier": given.source.title,
        "decision": answer.decision,
        "verdict": given.certainty,
        "level": answer.level,
        "availability": availability_json(answer.availability),
        "prices": prices_json(answer.prices),
        "as_of": answer.as_of,
        "fetched_at": answer.fetched_at,
        "source_kind": answer.source_kind,
        "source_ref": answer.source_ref,
        "stale": answer.stale,
        "candidates": [offer_json(row) for row in answer.candidates],
        "reason": answer.reason,
    }


def refreshed_json(done: Refreshed) -> dict[str, object]:
    """Return what a refresh came to as plain values."""
    return {
        "source": done.source.id,
        "outcome": done.outcome.value,
        "snapshot": None if done.snapshot is None else snapshot_json(done.snapshot),
        "detail": done.detail,
    }


def snapshot_json(snapshot: Snapshot) -> dict[str, object]:
    """Return a snapshot as plain values."""
    return {
        "id": snapshot.id,
        "verdict": snapshot.verdict.value,
        "items": snapshot.items,
        "in_stock": snapshot.in_stock,
        "as_of": snapshot.as_of,
        "fetched_at": snapshot.fetched_at,
        "kind": snapshot.kind,
        "manual": snapshot.manual,
        "sha256": snapshot.sha256,
        "decided_by": snapshot.decided_by,
        "findings": [
            {"code": one.code, "verdict": one.verdict.value, "detail": one.detail}
            for one in snapshot.findings
        ],
    }


def standing_row(one: Standing, now: datetime) -> tuple[object, ...]:
    """Return how a source stands as a row of a table."""
    current = one.current
    return (
        one.source.id,
        current.items if current else "",
        current.in_stock if current else "",
        age_word(now, current.as_of) if current and current.as_of else "never",
        f"{one.due_at:%Y-%m-%d %H:%M} UTC" if one.due_at else "",
        one.trouble.value if one.trouble else ("ok" if one.source.enabled else "disabled"),
        one.detail,
    )


def standing_json(one: Standing) -> dict[str, object]:
    """Return how a source stands as plain values."""
    return {
        "source": one.source.id,
        "title": one.source.title,
        "enabled": one.source.enabled,
        "current": None if one.current is None else snapshot_json(one.current),
        "waiting": None if one.waiting is None else snapshot_json(one.waiting),
        "stale": one.stale,
        "due_at": one.due_at,
        "last_outcome": one.attempts.outcome or None,
        "failures": one.attempts.failures,
        "trouble": None if one.trouble is None else one.trouble.value,
        "detail": one.detail,
    }


def checked_json(checked: Checked) -> dict[str, object]:
    """Return how a file is read as plain values."""
    read = checked.outcome
    common: dict[str, object] = {
        "source": checked.source.id,
        "verdict": checked.judgement.verdict.value,
        "findings": [
            {"code": one.code, "verdict": one.verdict.value, "detail": one.detail}
            for one in checked.judgement.findings
        ],
    }
    if not isinstance(read, Reading):
        return common
    return common | {
        "kind": read.kind.value,
        "encoding": read.encoding,
        "delimiter": read.delimiter,
        "items": read.items,
        "in_stock": read.in_stock,
        "bad_rows": read.bad_rows,
        "unknown_quantities": read.unknown_quantities,
        "as_of": read.as_of,
        "as_of_source": read.as_of_source,
        "layouts": [
            {
                "name": layout.name,
                "header": list(layout.header),
                "columns": dict(layout.columns),
                "missing": list(layout.missing),
                "absent": list(layout.absent),
            }
            for layout in read.layouts
        ],
        "flags": {flag.value: count for flag, count in read.flags.items()},
        "notes": [note.value for note in read.notes],
        "quantities": [
            {
                "text": one.text,
                "count": one.count,
                "understood": one.understood,
                **availability_json(one.availability),
            }
            for one in read.quantities
        ],
        "sample": [offer_json(row) for row in checked.sample],
    }


def say_checked(checked: Checked) -> None:
    """Show a person how a file is read: the main tool for describing a source."""
    read = checked.outcome
    if isinstance(read, Reading):
        _say_reading(read)
        table(
            ["row", "code", "article", "brand", "name", "stock", "prices"],
            [(row.row_no, *offer_row(row)[1:]) for row in checked.sample],
            title="first rows",
        )
        _say_quantities(read)
    say(f"\nverdict: {checked.judgement.verdict}")
    for found in checked.judgement.findings:
        say(f"  {found.verdict:<9} {found.code}: {found.detail}")


def _say_reading(read: Reading) -> None:
    details = [read.kind.value, read.encoding, read.delimiter and f"delimiter {read.delimiter!r}"]
    say(", ".join(detail for detail in details if detail))
    say(
        f"{read.items} items, {read.in_stock} in stock, {read.bad_rows} bad rows,"
        f" {read.categories} headings, {read.skipped} rows left out"
    )
    if read.as_of:
        say(f"data of {read.as_of:%Y-%m-%d %H:%M} UTC ({read.as_of_source})")
    for layout in read.layouts:
        say(f"\n{layout.name or 'header'}: {' | '.join(layout.header)}")
        for name, column in layout.columns.items():
            say(f"  {name:<16} {column}")
        for what in layout.missing:
            say(f"  missing: {what}")
        for what in layout.absent:
            say(f"  not in the file: {what}")
    say()


def _say_quantities(read: Reading) -> None:
    shown = read.quantities[:_QUANTITIES_SHOWN]
    say()
    table(
        ["text of stock", "rows", "understood as"],
        [
            (one.text, one.count, stock_words(one.availability) if one.understood else "?")
            for one in shown
        ],
        title="what the stock column says, not understood first",
    )
    if len(read.quantities) > len(shown):
        say(f"... and {len(read.quantities) - len(shown)} other texts (--json shows more)")
