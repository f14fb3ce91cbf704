"""P4.6: money that arrived is entered in the CRM at once, and the client is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.modules.drafting import IN_OFFICE_HOURS, closed, step, task
from westsync.rules.modules.shape import Draft, RuleModule, Use
from westsync.rules.reading import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDS = {"onec": "30m", "megaplan": "30m"}
_WATCHERS = ["role:management"]


def expand(use: Use) -> Sequence[Draft]:
    """Return the rules: money told, bills moved on, questions asked, losses escalated."""
    params = use.params
    watchers = [as_text(item) or "" for item in params.items("watchers")] or _WATCHERS
    within = params.text("tell_within") or "10m"
    return [
        _arrived(use, within),
        _paid(use),
        _unplaced(use, watchers),
        _overpaid(use, watchers),
        _fell(use, watchers),
    ]


def _arrived(use: Use, within: str) -> Draft:
    return {
        "watch": "deal",
        "needs": _NEEDS,
        "when": [{"paid_total": {"gt": 0}}, {"stage_type": {"not_in": ["negative"]}}],
        "clock": {"from": "last_paid_at", "calendar": "office"},
        "steps": [
            {
                "id": "enter",
                "after": "0m",
                "always": True,
                "do": [
                    {"deal.comment": {"text": use.say("arrived-comment")}},
                    task(use, "arrived", within),
                ],
            },
        ],
        "deliver": IN_OFFICE_HOURS,
    }


def _paid(use: Use) -> Draft:
    return {
        "id": f"{use.id}-status",
        "title": use.say("status-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [
            {"invoices": {"any": [{"payment": "paid", "status": {"in": ["created", "drawn"]}}]}}
        ],
        "clock": {"from": "first_seen", "calendar": "always"},
        "steps": [step("move", "0m", {"invoice.status": {"status": "paid"}})],
    }


def _unplaced(use: Use, watchers: list[str]) -> Draft:
    return {
        "id": f"{use.id}-question",
        "title": use.say("question-rule"),
        "watch": "payment",
        "needs": {"onec": "2h"},
        "when": [{"open": True}],
        "clock": {"from": "at", "calendar": "office"},
        "steps": [
            step("place", "10m", task(use, "question", "same day", to=watchers)),
        ],
        "deliver": IN_OFFICE_HOURS,
        "on_clear": closed(use.say("question-done")),
    }


def _overpaid(use: Use, watchers: list[str]) -> Draft:
    return {
        "id": f"{use.id}-overpaid",
        "title": use.say("overpaid-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [{"overpaid_total": {"gt": 0}}],
        "clock": {"from": "last_paid_at", "calendar": "office"},
        "steps": [
            step("agree", "10m", task(use, "overpaid", "1 workday", to=["deal.manager", *watchers]))
        ],
        "deliver": IN_OFFICE_HOURS,
        "on_clear": closed(use.say("overpaid-done")),
    }


def _fell(use: Use, watchers: list[str]) -> Draft:
    return {
        "id": f"{use.id}-fell",
        "title": use.say("fell-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [{"paid_fell_at": {"empty": False}}],
        "clock": {"from": "paid_fell_at", "calendar": "office"},
        "steps": [step("look", "0m", task(use, "fell", "1h", to=watchers, urgent=True))],
        "deliver": IN_OFFICE_HOURS,
    }


PAYMENTS = RuleModule(
    meaning="enters money from 1C or the bank in the deal, and asks where it cannot be placed",
    needs=frozenset({"onec"}),
    params={
        "watchers": "who decides where money belongs (default role:management)",
        "tell_within": "how soon the client is told (default 10m)",
    },
    expand=expand,
)
