"""P4.2-P4.4: the client's invoice is made in 1C, once everything that it needs is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.rules.actions import PRINT_FORMS
from westsync.rules.modules.drafting import closed, step, task, to_head
from westsync.rules.modules.shape import Draft, RuleModule, Use
from westsync.rules.reading import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_REQUISITES = {
    "any": [
        {"client_kind": "person"},
        {
            "all": [
                {"client_kind": "organisation"},
                {"client_inn": {"empty": False}},
            ]
        },
    ]
}
_POSITIONS = [
    {"lines": {"empty": False}},
    {
        "lines": {
            "none": [{"any": [{"price": {"empty": True}}, {"quantity": {"empty": True}}]}],
        }
    },
]
_SUPPLIER_FIRST = {
    "supplier_invoices": {"any": [{"state": {"in": ["received", "handed_over", "paid"]}}]}
}
_CONTRACT = {
    "any": [{"client_kind": "person"}, {"attachments": {"any": [{"kind": "contract"}]}}],
}
# A draft of ours that is not posted yet ends no wish: its posting is part of it.
_NONE_YET = {"invoices": {"none": [{"in_onec": True, "draft": False}]}}
_NEEDS = {"onec": "30m", "megaplan": "30m"}


def expand(use: Use) -> Sequence[Draft]:
    """Return the rules: one that issues, and one for each thing that keeps it from doing so."""
    params = use.params
    stages = [as_text(item) or "" for item in params.items("stages")]
    if not stages:
        params.problems.add(params.place, "client_invoice needs 'stages'", "add stages: [...]")
    supplier_first = params.flag("supplier_invoice_first", default=True)
    contract = params.flag("contract_for_organisations", default=False)
    within = params.text("within") or "30m"
    here: list[object] = [{"stage": {"in": stages}}, _NONE_YET]
    complete: list[object] = [_REQUISITES, *_POSITIONS]
    if contract:
        complete.append(_CONTRACT)
    ready = [*complete, *([_SUPPLIER_FIRST] if supplier_first else [])]
    drafts: list[Draft] = [
        {
            "watch": "deal",
            "needs": _NEEDS,
            "when": [*here, *ready],
            "clock": {"from": "first_seen", "calendar": "always"},
            "steps": [step("issue", "0m", {"invoice.issue": {}})],
        },
        _incomplete(use, here, complete, within),
        _refused(use),
        _left_behind(use, here),
        _told(use),
        _drawn(use),
    ]
    if supplier_first:
        drafts.append(_supplier_first(use, here, complete, within))
    return drafts


def _incomplete(use: Use, here: list[object], complete: list[object], within: str) -> Draft:
    return {
        "id": f"{use.id}-incomplete",
        "title": use.say("incomplete-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [*here, {"not": [{"all": complete}]}],
        "clock": {"from": "stage_entered_at", "calendar": "office"},
        "steps": [
            step("fill-in", within, task(use, "incomplete", "1h")),
            to_head("2h", use.say("incomplete-notice")),
        ],
        "on_clear": closed(use.say("incomplete-done")),
    }


def _supplier_first(use: Use, here: list[object], complete: list[object], within: str) -> Draft:
    return {
        "id": f"{use.id}-supplier-first",
        "step": "P4.4",
        "title": use.say("supplier-first-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [*here, *complete, {"not": [_SUPPLIER_FIRST]}],
        "clock": {"from": "stage_entered_at", "calendar": "office"},
        "steps": [
            step("ask", within, task(use, "supplier-first", "2h")),
            to_head("4h", use.say("supplier-first-notice")),
        ],
        "on_clear": closed(use.say("supplier-first-done")),
    }


def _refused(use: Use) -> Draft:
    return {
        "id": f"{use.id}-refused",
        "title": use.say("refused-rule"),
        "watch": "deal",
        "when": [{"invoice_problem": {"empty": False}}],
        "clock": {"from": "first_seen", "calendar": "office"},
        "steps": [
            step("mend", "0m", task(use, "refused", "1h", auditors=["role:admin"])),
            to_head("2h", use.say("refused-notice")),
        ],
        "on_clear": closed(use.say("refused-done")),
    }


def _left_behind(use: Use, here: list[object]) -> Draft:
    """A draft of ours that the deal no longer asks for: a person decides, nobody posts it."""
    return {
        "id": f"{use.id}-left-behind",
        "title": use.say("left-behind-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [{"invoice_draft": {"empty": False}}, {"not": [{"all": here}]}],
        "clock": {"from": "first_seen", "calendar": "office"},
        "steps": [step("decide", "0m", task(use, "left-behind", "1 workday"))],
        "on_clear": closed(use.say("left-behind-done")),
    }


def _told(use: Use) -> Draft:
    actions: list[object] = [{"deal.comment": {"text": use.say("number-comment")}}]
    field = use.params.text("number_field")
    if field:
        actions.append({"deal.set": {"field": field, "value": "{deal.invoice_number}"}})
    form = use.params.word("print_form", PRINT_FORMS)
    if "print_forms" in use.sources:
        name = use.say("file-name")
        actions.append({"invoice.print": {"form": form or PRINT_FORMS[0], "name": name}})
    elif form:
        use.params.problems.add(
            use.params.at("print_form"),
            "'print_form' needs a channel that makes PDFs",
            "set onec.channels.print_forms: soap, or leave it out",
        )
    return {
        "id": f"{use.id}-number",
        "title": use.say("number-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [
            {"invoices": {"any": [{"in_onec": True, "posted": True}]}},
            {"invoice_number": {"empty": False}},
        ],
        "clock": {"from": "invoice_issued_at", "calendar": "always"},
        "steps": [step("tell", "0m", *actions)],
    }


def _drawn(use: Use) -> Draft:
    return {
        "id": f"{use.id}-drawn",
        "title": use.say("drawn-rule"),
        "watch": "deal",
        "needs": _NEEDS,
        "when": [{"invoices": {"any": [{"posted": True, "status": "created"}]}}],
        "clock": {"from": "first_seen", "calendar": "always"},
        "steps": [step("move", "0m", {"invoice.status": {"status": "drawn"}})],
    }


CLIENT_INVOICE = RuleModule(
    meaning="makes and posts the client's invoice in 1C, or says what keeps it from doing so",
    needs=frozenset({"onec"}),
    params={
        "stages": "stages in which an invoice is due",
        "supplier_invoice_first": "wait for the supplier's invoice, P4.4 (default true)",
        "contract_for_organisations": "wait for a file of kind `contract` (default false)",
        "number_field": "custom field of the deal that gets the number of the issued invoice",
        "print_form": "1C's name of the PDF that is attached where 1C makes PDFs (default "
        "СчетНаОплату; with the stamp: СчетНаОплатуСПечатью)",
        "within": "how long data may be incomplete before the manager is asked (default 30m)",
    },
    expand=expand,
)
