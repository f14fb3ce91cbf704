"""P4.6: money that arrived is entered in the CRM at once, and the client is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.modules.shape import Draft, RuleModule, Use
from westsync.rules.reading import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_MANAGER = ["deal.manager", "role:head_of_sales"]
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
                    {
                        "deal.comment": {
                            "text": use.say("arrived-comment"),
                        }
                    },
                    {
                        "task.ensure": {
                            "to": _MANAGER,
                            "title": use.say("arrived-title"),
                            "text": use.say("arrived-text"),
                            "due": within,
                        }
                    },
                ],
            },
        ],
        "deliver": {"calendar": "office", "outside": "defer"},
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
        "steps": [{"id": "move", "after": "0m", "do": [{"invoice.status": {"status": "paid"}}]}],
    }


def _unplaced(use: Use, watchers: list[str]) -> Draft:
    text = use.say("question-text")
    return {
        "id": f"{use.id}-question",
        "title": use.say("question-rule"),
        "watch": "payment",
        "needs": {"onec": "2h"},
        "when": [{"open": True}],
        "clock": {"from": "at", "calendar": "office"},
        "steps": [
            {
                "id": "place",
                "after": "10m",
                "do": [
                    {
                        "task.ensure": {
                            "to": watchers,
                            "title": use.say("question-title"),
                            "text": text,
                            "due": "same day",
                        }
                    }
                ],
            },
        ],
        "deliver": {"calendar": "office", "outside": "defer"},
        "on_clear": [{"task.close": {"note": use.say("question-done")}}],
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
            {
                "id": "agree",
                "after": "10m",
                "do": [
                    {
                        "task.ensure": {
                            "to": ["deal.manager", *watchers],
                            "title": use.say("overpaid-title"),
                            "text": use.say("overpaid-text"),
                            "due": "1 workday",
                        }
                    }
                ],
            }
        ],
        "deliver": {"calendar": "office", "outside": "defer"},
        "on_clear": [{"task.close": {"note": use.say("overpaid-done")}}],
    }


def _fell(use: Use, watchers: list[str]) -> Draft:
    return {
        "id": f"{use.id}-fell",
        "title": use.say("fell-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [{"paid_fell_at": {"empty": False}}],
        "clock": {"from": "paid_fell_at", "calendar": "office"},
        "steps": [
            {
                "id": "look",
                "after": "0m",
                "do": [
                    {
                        "task.ensure": {
                            "to": watchers,
                            "title": use.say("fell-title"),
                            "text": use.say("fell-text"),
                            "due": "1h",
                            "urgent": True,
                        }
                    }
                ],
            }
        ],
        "deliver": {"calendar": "office", "outside": "defer"},
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
