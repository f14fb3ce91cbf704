"""P3.1-P3.5: every line of a deal is answered from suppliers' stock, or somebody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.modules.drafting import IN_OFFICE_HOURS, closed, step, task, to_head
from westsync.rules.modules.shape import Draft, RuleModule, Use
from westsync.rules.reading import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    here: list[object] = [{"stage": {"in": stages}}, {"lines": {"empty": False}}]
    by_mail = use.params.flag("mail_supplier")
    rules = [
        _told(use, here),
        _asked(use, [*here, {"availability": {"any": [_LACKING]}}], "negotiate", "P3.4"),
        _asked(use, [*here, {"availability": {"any": [_DOUBTFUL]}}], "choose", "P3.2"),
        _asked(
            use,
            [*here, {"availability": {"any": [_SILENT]}}],
            "unanswered",
            "P3.4",
            also=use.say("request-sent") if by_mail else "",
        ),
    ]
    return [*rules, _mailed(use, here)] if by_mail else rules


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
        "steps": [step("tell", "0m", *actions)],
    }


def _mailed(use: Use, here: list[object]) -> Draft:
    """New answers are looked through again; each supplier is mailed once all the same."""
    text = use.say("request-text")
    if use.params.flag("reserve"):
        text = f"{text.rstrip()}\n{use.say('request-reserve')}"
    mail = {"subject": use.say("request-subject"), "text": text}
    return {
        "id": f"{use.id}-request",
        "step": "P3.5",
        "title": use.say("request-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [*here, {"availability": {"any": [{"by_mail": True}]}}],
        "clock": {"from": "availability_at", "calendar": "always"},
        "steps": [step("mail", "0m", {"supplier.ask": mail})],
        "deliver": IN_OFFICE_HOURS,
    }


def _asked(use: Use, when: list[object], word: str, standard: str, also: str = "") -> Draft:
    text = _say(use, f"{word}-text")
    within = use.params.text("within") or "1h"
    asked = task(use, word, within, text=f"{text}\n{also}" if also else text)
    return {
        "id": f"{use.id}-{word}",
        "step": standard,
        "title": use.say(f"{word}-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": when,
        "clock": {"from": "first_seen", "calendar": "office"},
        "steps": [
            step("ask", "0m", asked),
            to_head("1 workday", use.say("notice")),
        ],
        "deliver": IN_OFFICE_HOURS,
        "on_clear": closed(use.say("done")),
    }


AVAILABILITY = RuleModule(
    meaning="answers each line of a deal from suppliers' stock, and asks a person where it cannot",
    needs=frozenset({"stock"}),
    params={
        "stages": "stages in which availability is found out",
        "field": "custom field of the deal that takes the answers on one line; none by default",
        "purchase_price": "whether staff see the price that a supplier asks of us: if_no_retail "
        "(default; only where he recommends no price to clients, and called so) or never",
        "mail_supplier": "true mails suppliers what only they can tell, once for each deal and "
        "supplier with `contact.email` (default false)",
        "reserve": "true asks in that mail to reserve what is there (default false)",
        "within": "how soon a person clears up what the data do not tell (default 1h)",
    },
    expand=expand,
)
