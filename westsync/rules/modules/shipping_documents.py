"""P6.1, P6.2: the papers are printed from 1C in time and handed to the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.modules.drafting import IN_OFFICE_HOURS, closed, step, task, to_head
from westsync.rules.modules.shape import Draft, RuleModule, Use
from westsync.rules.reading import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEEDS = {"onec": "2h", "megaplan": "30m"}


def expand(use: Use) -> Sequence[Draft]:
    """Return the rules: papers made in time, the set handed over before departure."""
    stages = [as_text(item) or "" for item in use.params.items("stages")]
    if not stages:
        place = use.params.place
        use.params.problems.add(place, "shipping_documents needs 'stages'", "add stages: [...]")
    here: list[object] = [{"stage": {"in": stages}}, {"fully_paid_at": {"empty": False}}]
    return [
        _missing(use, [*here, {"delivery_at": {"empty": False}}], "documents_due_at", "dated"),
        _missing(use, [*here, {"delivery_at": {"empty": True}}], "fully_paid_at", "at-once"),
        _handed_over(use, here),
    ]


def _missing(use: Use, when: list[object], start: str, word: str) -> Draft:
    return {
        "id": f"{use.id}-{word}",
        "watch": "deal",
        "needs": _NEEDS,
        "when": [*when, {"documents_ready": False}],
        "clock": {"from": start, "calendar": "office"},
        "steps": [
            step("print", "0m" if word == "dated" else "10m", task(use, "papers", "1h")),
            to_head("2h", use.say("papers-notice")),
        ],
        "deliver": IN_OFFICE_HOURS,
        "on_clear": closed(use.say("papers-done")),
    }


def _handed_over(use: Use, here: list[object]) -> Draft:
    return {
        "id": f"{use.id}-driver",
        "step": "P6.2",
        "title": use.say("driver-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [*here, {"delivery_at": {"empty": False}}, {"documents_ready": True}],
        "clock": {"from": "documents_due_at", "calendar": "office"},
        "steps": [step("hand-over", "0m", task(use, "driver", "1h", auditors=["role:driver"]))],
        "deliver": IN_OFFICE_HOURS,
        "on_clear": closed(use.say("driver-done")),
    }


SHIPPING_DOCUMENTS = RuleModule(
    meaning="has the shipping papers printed from 1C in time and handed to the driver",
    needs=frozenset({"onec"}),
    params={"stages": "stages between payment and delivery"},
    expand=expand,
)
