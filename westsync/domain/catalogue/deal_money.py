"""The facts of a deal about bills, payments, papers and stock."""

from __future__ import annotations

from westsync.domain.catalogue.entries import (
    choice,
    flag,
    moment,
    money,
    number,
    read_with,
    records,
    text,
    texts,
)
from westsync.domain.facts import Group

_INVOICE = (
    text("crm_id", "id of the bill in Megaplan; empty for one that only 1C has"),
    text("number", "number of the bill; as 1C prints it where 1C has it"),
    text("status", "created, drawn, paid or rejected"),
    money("total", "sum; 1C's where 1C has it"),
    moment("issued_at", "date of the bill"),
    flag("in_onec", "1C has it: by the marker, or by number with ИНН or date and sum"),
    flag("posted", "posted in 1C, which makes it issued"),
    text("ref", "its key in 1C; empty if 1C does not have it"),
    flag("draft", "made by us in 1C, and neither posted nor cancelled"),
    number("ours", "which of our invoices for the deal it is; empty for a person's"),
    choice(
        "payment",
        "how far it is paid by 1C; empty if 1C does not have it or does not decide",
        *("unpaid", "partly", "paid", "cancelled"),
    ),
    money("paid", "money that counts for it"),
    money("remaining", "what is still to be paid; negative if too much was"),
    money("overpaid", "what was paid too much, above the tolerance"),
    choice(
        "proof",
        "what the payment rests on: money, the document's mark, the accountant's register",
        *("money", "document", "register"),
    ),
    texts("notes", "what to know of it: no_money_found, unposted, foreign_currency"),
)

_SUPPLIER_INVOICE = (
    text("number", "number"),
    choice("state", "how far it is", "requested", "received", "handed_over", "paid"),
    money("amount", "roubles"),
    moment("attached_at", "when it was attached to the deal"),
)

_PAYMENT = (
    text("number", "number of the payment order"),
    moment("at", "when it arrived"),
    money("amount", "roubles for this deal; negative if they went back"),
    choice("kind", "how it came", "bank", "cash", "card", "out"),
    text("payer", "who paid"),
    choice(
        "proof",
        "the accountant's link, or what was matched",
        *("1c", "number_date_inn", "number_inn", "amount_inn"),
    ),
)

_PAYMENT_QUESTION = (
    text("number", "number of the payment order"),
    moment("at", "when it arrived"),
    money("amount", "roubles that are not placed"),
    text("payer", "who paid"),
    text("purpose", "what he wrote"),
    text("invoice", "number of the deal's bill that it may be for"),
    choice(
        "hint",
        "what speaks for it",
        *("number_date", "number_payer", "payer_amount", "number", "payer"),
    ),
    flag("alone", "no other bill is a candidate"),
)

_SHIPMENT = (
    text("kind", "which document: УПД, ТОРГ-12, Счёт-фактура"),
    text("number", "number"),
    moment("at", "date of the shipment"),
    money("total", "sum; empty for a Счёт-фактура"),
)

_STOCK_ANSWER = (
    choice("verdict", "how sure", "exact", "likely", "ambiguous", "absent", "unknown"),
    choice(
        "decision",
        "what follows for the needed quantity",
        *("yes", "no", "partial", "expected", "ask"),
    ),
    text("name", "the position"),
    text("article", "its article"),
    number("need", "pieces wanted"),
    number("quantity", "pieces"),
    money("price", "roubles that clients are asked for; no price of ours"),
    money("purchase_price", "roubles that the supplier asks of us"),
    text("supplier", "who has it, or should be asked"),
    choice("chosen_by", "what told the supplier", "field", "brand", "search"),
    text("supplier_id", "his id, if he is certain"),
    text("supplier_email", "his address for requests"),
    flag("by_mail", "only he can tell, and his address is known"),
    moment("as_of", "date of the data"),
    text("expected", "day on which goods are expected"),
    text("contact", "the supplier's manager"),
    choice(
        "hurdle",
        "why the supplier's portal has not told",
        *("waiting", "later", "stopped", "changed"),
    ),
    texts("candidates", "rows that may be it, for a person to choose"),
)

DEAL_MONEY = (
    *read_with(
        {Group.DEAL},
        records("invoices", "bills to the client", *_INVOICE),
        money("invoice_total", "sum of the bills that are not rejected"),
        moment(
            "invoice_issued_at",
            "when the first bill that is not rejected was issued; of one that 1C does not have yet,"
            " the closing of its day",
        ),
        records("supplier_invoices", "suppliers' bills for the deal", *_SUPPLIER_INVOICE),
        moment(
            "documents_due_at",
            "when the papers must be ready: an hour before the close of the working day before"
            " the delivery, or when the client has paid all if that is later",
        ),
    ),
    *read_with(
        {Group.ONEC},
        text("invoice_number", "number of the last invoice that is posted in 1C"),
        text("invoice_problem", "why an invoice that was asked for is not made"),
        text("invoice_draft", "number of our own invoice that 1C has unposted"),
        records("payments", "payments of the client", *_PAYMENT),
        records(
            "payment_questions",
            "payments that may be for a bill of the deal and that a person must place",
            *_PAYMENT_QUESTION,
        ),
        money("paid_total", "money that arrived"),
        moment("first_paid_at", "first payment"),
        moment("last_paid_at", "latest payment; a refund is none"),
        moment("fully_paid_at", "when the bills were paid in full"),
        money("overpaid_total", "what was paid too much"),
        moment(
            "paid_fell_at",
            "when less was last found paid than before: a payment disappeared",
        ),
        records("shipments", "shipping documents in 1C", *_SHIPMENT),
        flag("documents_ready", "Счёт, Счёт-фактура or УПД, ТОРГ-12 are there"),
    ),
    *read_with(
        {Group.STOCK},
        records("availability", "stock answer per position", *_STOCK_ANSWER),
        moment("availability_at", "since when the stock answers say the same"),
    ),
)
