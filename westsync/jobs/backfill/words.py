"""How findings are said to Russian readers; the words stand in ``config/reports/backfill.yaml``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from westsync.jobs.backfill.bills import money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.backfill import Category, Difference, Finding, Subject

# Every code that a finding may carry; each needs its words.
REASONS = (
    "bill_not_in_megaplan",
    "bill_not_in_onec",
    "bill_not_in_onec_of_lost_deal",
    "buyer_not_in_megaplan",
    "buyer_unknown",
    "client_not_in_onec",
    "client_without_inn",
    "dead_letter",
    "deal_is_gone",
    "deal_without_bill",
    "fields_differ",
    "made_twice",
    "marked",
    "marker_unknown",
    "no_invoice",
    "paid_in_part",
    "paid_not_noted",
    "paid_without_money",
    "refund_of_no_invoice",
    "refund_of_which_invoice",
    "same",
    "several_bills_fit",
    "several_clients",
    "several_counterparties",
    "several_invoices_fit",
    "task_deleted",
    "task_doubled",
    "which_invoice",
)
FIELDS = ("date", "inn", "number", "paid", "posted", "status", "total")
VALUES = ("cancelled", "created", "draft", "drawn", "empty", "paid", "rejected", "valid")
COLUMNS = (
    "subject",
    "category",
    "reason",
    "deal",
    "bill",
    "client",
    "task",
    "ref",
    "number",
    "dated",
    "inn",
    "name",
    "amount",
    "differences",
    "owner",
    "candidates",
    "done",
)
STANDINGS = ("none", "new", "waiting", "failed", "done", "told", "undone")
KEYS = (
    *(f"reasons.{one}" for one in REASONS),
    *(f"fields.{one}" for one in FIELDS),
    *(f"values.{one}" for one in VALUES),
    *(f"columns.{one}" for one in COLUMNS),
    *(f"standings.{one}" for one in STANDINGS),
    *(f"categories.{one}" for one in ("match", "missing_in_1c", "missing_in_megaplan")),
    *(f"categories.{one}" for one in ("differs", "ambiguous")),
    *(f"subjects.{one}" for one in ("invoices", "payments", "clients", "tasks")),
    *(f"owners.{one}" for one in ("1c", "megaplan")),
    *(f"sheets.{one}" for one in ("summary", "rows")),
    "difference",
    "comment",
    "candidates",
)


class BackfillWords:
    """Says findings.

    Attributes:
        texts: All words by dotted keys; every one of `KEYS` is there.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Hold the texts; ``{name}`` in one is a place to be filled."""
        self.texts = texts

    def reason(self, finding: Finding) -> str:
        """Return why a finding is what it is."""
        return self.texts[f"reasons.{finding.reason}"]

    def category(self, category: Category) -> str:
        """Return the name of a category."""
        return self.texts[f"categories.{category.value}"]

    def subject(self, subject: Subject) -> str:
        """Return the name of what is compared."""
        return self.texts[f"subjects.{subject.value}"]

    def difference(self, one: Difference) -> str:
        """Return a field with both its values."""
        return _filled(
            self.texts["difference"],
            field=self.texts[f"fields.{one.field}"],
            megaplan=self._value(one.megaplan),
            onec=self._value(one.onec),
            owner=self.texts[f"owners.{one.owner.value}"],
        )

    def row(self, finding: Finding, standing: str) -> dict[str, str | date | None]:
        """Return the cells of a finding by the names of `COLUMNS`."""
        owners = dict.fromkeys(self.texts[f"owners.{d.owner.value}"] for d in finding.differences)
        return {
            "subject": self.subject(finding.subject),
            "category": self.category(finding.category),
            "reason": self.reason(finding),
            "deal": finding.deal,
            "bill": finding.bill,
            "client": finding.client,
            "task": finding.task,
            "ref": finding.ref,
            "number": finding.number,
            "dated": finding.dated,
            "inn": finding.inn,
            "name": finding.name,
            "amount": money(finding.amount),
            "differences": "; ".join(self.difference(one) for one in finding.differences),
            "owner": ", ".join(owners),
            "candidates": "; ".join(finding.candidates),
            "done": self.texts[f"standings.{standing}"],
        }

    def comment(self, finding: Finding) -> str:
        """Return what the people of the deal are told."""
        lines = [
            _filled(
                self.texts["comment"],
                subject=self.subject(finding.subject),
                number=finding.number or "-",
                dated=f"{finding.dated:%d.%m.%Y}" if finding.dated else "-",
                amount=money(finding.amount) or "-",
                reason=self.reason(finding),
            ).strip()
        ]
        lines += [self.difference(one) for one in finding.differences]
        if finding.candidates:
            listed = "; ".join(finding.candidates)
            lines.append(_filled(self.texts["candidates"], candidates=listed))
        return "\n".join(lines)

    def _value(self, value: str) -> str:
        if not value:
            return self.texts["values.empty"]
        try:
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        except ValueError:
            return self.texts.get(f"values.{value}", value)


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
