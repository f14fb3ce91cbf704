"""P3.1-P3.4: every line of a deal is answered from suppliers' stock, or a person is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.modules.shape import Draft, RuleModule, Use
from westsync.rules.reading import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_MANAGER = ["deal.manager", "role:head_of_sales"]
_NEEDS = {"stock": "2h", "megaplan": "30m"}
_LACKING = {"verdict": "exact", "decision": {"in": ["no", "partial", "expected", "ask"]}}
_DOUBTFUL = {"verdict": {"in": ["likely", "ambiguous"]}}
_SILENT = {"verdict": {"in": ["absent", "unknown"]}}
_IF_NO_RETAIL, _NEVER = "if_no_retail", "never"
_WITHOUT_PURCHASE = ("{deal.availability|list}", "{deal.availability|retail}")


def expand(use: Use) -> Sequence[Draft]:
    """Return the rules: the answer as a comment, and a task for each kind of doubt."""
    stages = [as_text(item) or "" for item in use.params.items("stages")]
    if not stages:
        place = use.params.place
        use.params.problems.add(place, "availability needs 'stages'", "add stages: [...]")
    within = use.params.text("within") or "1h"
    here: list[object] = [{"stage": {"in": stages}}, {"lines": {"empty": False}}]
    return [
        _told(use, here),
        _asked(use, [*here, {"availability": {"any": [_LACKING]}}], "negotiate", "P3.4", within),
        _asked(use, [*here, {"availability": {"any": [_DOUBTFUL]}}], "choose", "P3.2", within),
        _asked(use, [*here, {"availability": {"any": [_SILENT]}}], "unanswered", "P3.4", within),
    ]


def _say(use: Use, word: str) -> str:
    """Return a phrase; where no price of ours may be shown, its answers leave them out."""
    phrase = use.say(word)
    shown = use.params.word("purchase_price", (_IF_NO_RETAIL, _NEVER)) or _IF_NO_RETAIL
    return phrase if shown == _IF_NO_RETAIL else phrase.replace(*_WITHOUT_PURCHASE)


def _told(use: Use, here: list[object]) -> Draft:
    """Every new answer is a new comment: the clock starts anew when the answers change."""
    actions: list[object] = [{"deal.comment": {"text": _say(use, "comment")}}]
    if field := use.params.text("field"):
        actions.append({"deal.set": {"field": field, "value": use.say("field")}})
    return {
        "watch": "deal",
        "needs": _NEEDS,
        "when": [*here, {"availability": {"empty": False}}],
        "clock": {"from": "availability_at", "calendar": "always"},
        "steps": [{"id": "tell", "after": "0m", "do": actions}],
    }


def _asked(use: Use, when: list[object], word: str, step: str, within: str) -> Draft:
    return {
        "id": f"{use.id}-{word}",
        "step": step,
        "title": use.say(f"{word}-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": when,
        "clock": {"from": "first_seen", "calendar": "office"},
        "steps": [
            {
                "id": "ask",
                "after": "0m",
                "do": [
                    {
                        "task.ensure": {
                            "to": _MANAGER,
                            "title": use.say(f"{word}-title"),
                            "text": _say(use, f"{word}-text"),
                            "due": within,
                        }
                    }
                ],
            },
            {
                "id": "to-head",
                "after": "1 workday",
                "do": [
                    {
                        "notify": {
                            "to": ["role:head_of_sales"],
                            "via": ["megaplan"],
                            "text": use.say("notice"),
                        }
                    }
                ],
            },
        ],
        "deliver": {"calendar": "office", "outside": "defer"},
        "on_clear": [{"task.close": {"note": use.say("done")}}],
    }


AVAILABILITY = RuleModule(
    meaning="answers each line of a deal from suppliers' stock, and asks a person where it cannot",
    needs=frozenset({"stock"}),
    params={
        "stages": "stages in which availability is found out",
        "field": "custom field of the deal that takes the answers on one line; none by default",
        "purchase_price": "whether staff see the price that a supplier asks of us: if_no_retail "
        "(default; only where he recommends no price to clients, and called so) or never",
        "within": "how soon a person clears up what the data do not tell (default 1h)",
    },
    expand=expand,
)
