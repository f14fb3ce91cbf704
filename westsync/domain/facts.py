"""The fact catalogue: every fact that rules and texts may use, with its type and source.

One entry here is all it takes: the linter, the expression types, the reference page and
`westsync explain` follow from it (style.md). Values are computed in `westsync.rules.facts_*`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


class FactType(StrEnum):
    """How a fact's value looks and which operators fit it.

    ``stage``, ``pipeline`` and ``person`` are texts whose words come from the configuration.
    """

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MOMENT = "moment"
    FLAG = "flag"
    PERSON = "person"
    STAGE = "stage"
    PIPELINE = "pipeline"
    CHOICE = "choice"
    TEXTS = "texts"
    RECORDS = "records"


class Group(StrEnum):
    """What is read together and therefore has one age.

    ``deal``, ``task_list`` and ``client`` come with every poll; ``history``, ``todos`` and
    ``tasks`` are read per object when a decision needs them; the rest are other sources.
    """

    DEAL = "deal"
    CLIENT = "client"
    HISTORY = "history"
    TODOS = "todos"
    TASKS = "tasks"
    ONEC = "onec"
    STOCK = "stock"
    CLOCK = "clock"


DETAIL_GROUPS = frozenset({Group.HISTORY, Group.TODOS, Group.TASKS})

SOURCE_OF_GROUP: Mapping[Group, str] = {
    Group.DEAL: "megaplan",
    Group.CLIENT: "megaplan",
    Group.HISTORY: "megaplan",
    Group.TODOS: "megaplan",
    Group.TASKS: "megaplan",
    Group.ONEC: "onec",
    Group.STOCK: "stock",
    Group.CLOCK: "clock",
}

SOURCES = frozenset(SOURCE_OF_GROUP.values()) - {"clock"}  # the clock is never stale


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """One fact of the catalogue.

    Attributes:
        name: As rules write it.
        type: Decides the operators that fit.
        groups: What must have been read to know it.
        meaning: One clause for the reference page.
        choices: Allowed words of a ``choice``.
        items: Fields of each entry of ``records``.
        custom: True if the fact is known only when a custom field is configured for it.
    """

    name: str
    type: FactType
    groups: frozenset[Group]
    meaning: str
    choices: tuple[str, ...] = ()
    items: tuple[FactSpec, ...] = ()
    custom: bool = False

    def item(self, name: str) -> FactSpec | None:
        """Return the field of a list entry, None if entries have no such field."""
        return next((spec for spec in self.items if spec.name == name), None)


def _fact(
    name: str, kind: FactType, meaning: str, *groups: Group, choices: tuple[str, ...] = ()
) -> FactSpec:
    return FactSpec(
        name=name,
        type=kind,
        groups=frozenset(groups or (Group.DEAL,)),
        meaning=meaning,
        choices=choices,
    )


def _list(name: str, meaning: str, items: tuple[FactSpec, ...], *groups: Group) -> FactSpec:
    return FactSpec(
        name=name,
        type=FactType.RECORDS,
        groups=frozenset(groups or (Group.DEAL,)),
        meaning=meaning,
        items=items,
    )


def _custom(name: str, kind: FactType, meaning: str) -> FactSpec:
    return FactSpec(
        name=name, type=kind, groups=frozenset({Group.DEAL}), meaning=meaning, custom=True
    )


_TOUCH = (Group.HISTORY, Group.TODOS, Group.TASKS)
_T = FactType

_TASK_ITEMS = (
    _fact("id", _T.TEXT, "task id"),
    _fact("name", _T.TEXT, "title"),
    _fact("responsible", _T.PERSON, "who has to do it"),
    _fact("deadline", _T.MOMENT, "until when"),
    _fact("status", _T.TEXT, "Megaplan's status"),
    _fact("open", _T.FLAG, "not yet done, cancelled or expired"),
    _fact("ours", _T.FLAG, "made by this daemon"),
    _fact("for_manager", _T.FLAG, "the responsible of the task is the deal's manager"),
    _fact("rule", _T.TEXT, "the rule that made it, if ours"),
    _fact("created_at", _T.MOMENT, "when it was made"),
)

_LINE_ITEMS = (
    _fact("article", _T.TEXT, "article of the product"),
    _fact("name", _T.TEXT, "what it is"),
    _fact("quantity", _T.NUMBER, "how many"),
    _fact("price", _T.MONEY, "roubles for one"),
)

_ATTACHMENT_ITEMS = (
    _fact("name", _T.TEXT, "file name"),
    _fact("at", _T.MOMENT, "when it came"),
    _fact("kind", _T.TEXT, "kind by the name patterns of attachment_kinds"),
)

_INVOICE_ITEMS = (
    _fact("crm_id", _T.TEXT, "id of the bill in Megaplan; empty for one that only 1C has"),
    _fact("number", _T.TEXT, "number of the bill; as 1C prints it where 1C has it"),
    _fact("status", _T.TEXT, "created, drawn, paid or rejected"),
    _fact("total", _T.MONEY, "sum; 1C's where 1C has it"),
    _fact("issued_at", _T.MOMENT, "date of the bill"),
    _fact("in_onec", _T.FLAG, "1C has it: by the marker, or by number with ИНН or date and sum"),
    _fact("posted", _T.FLAG, "posted in 1C, which makes it issued"),
    _fact(
        "payment",
        _T.CHOICE,
        "how far it is paid by 1C; empty if 1C does not have it or does not decide",
        choices=("unpaid", "partly", "paid", "cancelled"),
    ),
    _fact("paid", _T.MONEY, "money that counts for it"),
    _fact("remaining", _T.MONEY, "what is still to be paid; negative if too much was"),
    _fact("overpaid", _T.MONEY, "what was paid too much, above the tolerance"),
    _fact(
        "proof",
        _T.CHOICE,
        "what the payment rests on: money, the document's mark, the accountant's register",
        choices=("money", "document", "register"),
    ),
    _fact("notes", _T.TEXTS, "what to know of it: no_money_found, unposted, foreign_currency"),
)

_CLIENT_ITEMS = (
    _fact("id", _T.TEXT, "contractor id"),
    _fact("name", _T.TEXT, "name"),
    _fact("by", _T.TEXTS, "what is the same: phone, email, inn, name and city"),
)

_DEAL: tuple[FactSpec, ...] = (
    _fact("id", _T.TEXT, "id in Megaplan"),
    _fact("number", _T.TEXT, "number that people see"),
    _fact("name", _T.TEXT, "title of the deal"),
    _fact("url", _T.TEXT, "web address of the card"),
    _fact("pipeline", _T.PIPELINE, "configured name of the program"),
    _fact("stage", _T.STAGE, "configured name of the state"),
    _fact(
        "stage_type",
        _T.CHOICE,
        "what the state means for the outcome",
        choices=("active", "positive", "negative"),
    ),
    _fact("created_at", _T.MOMENT, "when the deal was created (timeCreated)"),
    _fact("updated_at", _T.MOMENT, "last change (timeUpdated)"),
    _fact("stage_entered_at", _T.MOMENT, "when the present stage was entered (stateTimeUpdated)"),
    _fact("manager", _T.PERSON, "responsible of the deal"),
    _fact("client_id", _T.TEXT, "contractor id"),
    _fact("client_name", _T.TEXT, "name of the client", Group.CLIENT),
    _fact(
        "client_kind",
        _T.CHOICE,
        "person or organisation",
        choices=("person", "organisation", "unknown"),
    ),
    _fact("client_phones", _T.TEXTS, "phones, digits with country code", Group.CLIENT),
    _fact("client_emails", _T.TEXTS, "mail addresses", Group.CLIENT),
    _fact("client_inn", _T.TEXT, "ИНН from the client's payer", Group.CLIENT),
    _fact("client_kpp", _T.TEXT, "КПП from the client's payer", Group.CLIENT),
    _fact("client_city", _T.TEXT, "city of the client, else of the deal", Group.CLIENT),
    _custom("source", _T.TEXT, "where the request came from"),
    _custom("urgent", _T.FLAG, "marked as urgent"),
    _custom("long_lead", _T.FLAG, "marked as a long-lead order"),
    _custom("city", _T.TEXT, "city of the delivery"),
    _custom("delivery_at", _T.MOMENT, "agreed delivery; a date counts from its midnight"),
    _custom("delivery_kind", _T.TEXT, "own driver, transport company or pickup"),
    _fact(
        "missing",
        _T.TEXTS,
        "facts that the pipeline requires at this stage and that are empty",
        Group.DEAL,
        Group.CLIENT,
    ),
    _list("lines", "positions of the offer", _LINE_ITEMS),
    _fact("lines_count", _T.NUMBER, "how many positions"),
    _fact("price", _T.MONEY, "total of the deal"),
    _fact("first_touch_at", _T.MOMENT, "earliest human touch", *_TOUCH),
    _fact("last_touch_at", _T.MOMENT, "latest human touch", *_TOUCH),
    _fact(
        "last_client_contact_at",
        _T.MOMENT,
        "latest finished call or meeting, or comment with a contact word",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "missed_call_at",
        _T.MOMENT,
        "latest call that was not answered and after which nobody contacted the client",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "callback_asked_at",
        _T.MOMENT,
        "latest comment with a callback word, or set field `urgent`, not answered by a contact",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "letter_sent_at",
        _T.MOMENT,
        "confirmation letter: a comment with its words, else entry into the stage of role offer",
        Group.HISTORY,
    ),
    _fact(
        "letter_confirmed_at",
        _T.MOMENT,
        "the client has the letter: a comment saying so, or a finished call after it",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "manager_contact_at",
        _T.MOMENT,
        "latest touch by the deal's manager himself",
        *_TOUCH,
    ),
    _fact(
        "manager_talk_at",
        _T.MOMENT,
        "latest finished call or meeting, or comment with a contact word, by the deal's manager",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "planned_call_at",
        _T.MOMENT,
        "nearest call or meeting that is planned and not over",
        Group.TODOS,
    ),
    _fact(
        "quiet_since",
        _T.MOMENT,
        "latest of creation, entry into the stage and human touch",
        *_TOUCH,
    ),
    _fact(
        "unrecorded_contact_at",
        _T.MOMENT,
        "latest finished call or meeting after which nobody wrote or changed anything",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact("last_refusal_at", _T.MOMENT, "latest comment with a refusal word", Group.HISTORY),
    _fact(
        "lost_reason",
        _T.TEXT,
        "last comment with a refusal word; of a lost deal else the comment at its closing",
        Group.HISTORY,
    ),
    _list("open_tasks", "open tasks of the deal", _TASK_ITEMS, Group.TASKS),
    _list("tasks", "all tasks of the deal", _TASK_ITEMS, Group.TASKS),
    _fact("next_task_at", _T.MOMENT, "nearest deadline of an open task", Group.TASKS),
    _fact(
        "promised_at",
        _T.MOMENT,
        "nearest deadline of an open task or planned call of people, not of this daemon",
        Group.TASKS,
        Group.TODOS,
    ),
    _list("attachments", "files of the deal", _ATTACHMENT_ITEMS),
    _fact(
        "client_data_received_at",
        _T.MOMENT,
        "first attachment of kind requisites",
    ),
    _list("invoices", "bills to the client", _INVOICE_ITEMS),
    _fact("invoice_total", _T.MONEY, "sum of the bills that are not rejected"),
    _fact("invoice_number", _T.TEXT, "number of the last invoice that is posted in 1C", Group.ONEC),
    _fact("invoice_problem", _T.TEXT, "why an invoice that was asked for is not made", Group.ONEC),
    _fact("last_paid_at", _T.MOMENT, "latest payment", Group.ONEC),
    _fact(
        "documents_due_at",
        _T.MOMENT,
        "when the papers must be ready: an hour before the close of the working day before the"
        " delivery",
    ),
    _fact("invoice_issued_at", _T.MOMENT, "date of the first bill that is not rejected"),
    _fact(
        "data_requested_at",
        _T.MOMENT,
        "latest comment that says the client was asked for his data",
        Group.HISTORY,
    ),
    _fact(
        "data_acknowledged_at",
        _T.MOMENT,
        "first talk, or comment saying that the client was told, after his data came",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "invoice_letter_at",
        _T.MOMENT,
        "latest comment that says the letter with the bill went out",
        Group.HISTORY,
    ),
    _fact(
        "invoice_sent_at",
        _T.MOMENT,
        "when the bill was sent: entry into the stage of role invoice_sent, else its letter",
        Group.HISTORY,
    ),
    _fact(
        "invoice_confirmed_at",
        _T.MOMENT,
        "first finished call, or comment saying that the client has the bill, after it was sent",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact("delivered_at", _T.MOMENT, "entry into the stage of role delivered", Group.HISTORY),
    _fact(
        "quality_call_at",
        _T.MOMENT,
        "first finished call or meeting, or comment with a contact, quality or claim word, "
        "after the delivery",
        Group.HISTORY,
        Group.TODOS,
    ),
    _fact(
        "claim_at",
        _T.MOMENT,
        "comment with a claim word that opened the latest claim; one within three days of "
        "another goes on with it",
        Group.HISTORY,
    ),
    _fact("claim", _T.TEXT, "text of that comment", Group.HISTORY),
    _list("duplicates", "other clients who look like the same one", _CLIENT_ITEMS, Group.CLIENT),
    _fact("refusals", _T.NUMBER, "comments with a refusal word", Group.HISTORY),
    _fact("paid_total", _T.MONEY, "money that arrived", Group.ONEC),
    _fact("first_paid_at", _T.MOMENT, "first payment", Group.ONEC),
    _fact("fully_paid_at", _T.MOMENT, "when the bills were paid in full", Group.ONEC),
    _fact("overpaid_total", _T.MONEY, "what was paid too much", Group.ONEC),
    _fact(
        "paid_fell_at",
        _T.MOMENT,
        "when less was last found paid than before: a payment disappeared",
        Group.ONEC,
    ),
    _list(
        "payment_questions",
        "payments that may be for a bill of the deal and that a person must place",
        (
            _fact("number", _T.TEXT, "number of the payment order"),
            _fact("at", _T.MOMENT, "when it arrived"),
            _fact("amount", _T.MONEY, "roubles that are not placed"),
            _fact("payer", _T.TEXT, "who paid"),
            _fact("purpose", _T.TEXT, "what he wrote"),
            _fact("invoice", _T.TEXT, "number of the deal's bill that it may be for"),
            _fact(
                "hint",
                _T.CHOICE,
                "what speaks for it",
                choices=("number_date", "number_payer", "payer_amount", "number", "payer"),
            ),
            _fact("alone", _T.FLAG, "no other bill is a candidate"),
        ),
        Group.ONEC,
    ),
    _list(
        "payments",
        "payments of the client",
        (
            _fact("number", _T.TEXT, "number of the payment order"),
            _fact("at", _T.MOMENT, "when it arrived"),
            _fact("amount", _T.MONEY, "roubles for this deal; negative if they went back"),
            _fact(
                "kind",
                _T.CHOICE,
                "how it came",
                choices=("bank", "cash", "card", "out"),
            ),
            _fact("payer", _T.TEXT, "who paid"),
            _fact(
                "proof",
                _T.CHOICE,
                "the accountant's link, or what was matched",
                choices=("1c", "number_date_inn", "number_inn", "amount_inn"),
            ),
        ),
        Group.ONEC,
    ),
    _list(
        "supplier_invoices",
        "suppliers' bills for the deal",
        (
            _fact("number", _T.TEXT, "number"),
            _fact(
                "state",
                _T.CHOICE,
                "how far it is",
                choices=("requested", "received", "handed_over", "paid"),
            ),
            _fact("amount", _T.MONEY, "roubles"),
            _fact("attached_at", _T.MOMENT, "when it was attached to the deal"),
        ),
    ),
    _list(
        "shipments",
        "shipping documents in 1C",
        (
            _fact("kind", _T.TEXT, "which document: УПД, ТОРГ-12, Счёт-фактура"),
            _fact("number", _T.TEXT, "number"),
            _fact("at", _T.MOMENT, "date of the shipment"),
            _fact("total", _T.MONEY, "sum; empty for a Счёт-фактура"),
        ),
        Group.ONEC,
    ),
    _fact("documents_ready", _T.FLAG, "Счёт, Счёт-фактура or УПД, ТОРГ-12 are there", Group.ONEC),
    _list(
        "availability",
        "stock answer per position",
        (
            _fact(
                "verdict",
                _T.CHOICE,
                "how sure",
                choices=("exact", "likely", "ambiguous", "absent", "unknown"),
            ),
            _fact(
                "decision",
                _T.CHOICE,
                "what follows for the needed quantity",
                choices=("yes", "no", "partial", "expected", "ask"),
            ),
            _fact("name", _T.TEXT, "the position"),
            _fact("article", _T.TEXT, "its article"),
            _fact("need", _T.NUMBER, "pieces wanted"),
            _fact("quantity", _T.NUMBER, "pieces"),
            _fact("price", _T.MONEY, "roubles"),
            _fact("supplier", _T.TEXT, "who has it"),
            _fact("as_of", _T.MOMENT, "date of the data"),
            _fact("expected", _T.TEXT, "day on which goods are expected"),
            _fact("contact", _T.TEXT, "the supplier's manager"),
            _fact("candidates", _T.TEXTS, "rows that may be it, for a person to choose"),
        ),
        Group.STOCK,
    ),
    _fact(
        "availability_at",
        _T.MOMENT,
        "since when the stock answers say the same",
        Group.STOCK,
    ),
)

_CLIENT: tuple[FactSpec, ...] = (
    _fact("id", _T.TEXT, "contractor id", Group.CLIENT),
    _fact("name", _T.TEXT, "name", Group.CLIENT),
    _fact("url", _T.TEXT, "web address of the card", Group.CLIENT),
    _fact(
        "kind",
        _T.CHOICE,
        "person or organisation",
        Group.CLIENT,
        choices=("person", "organisation", "unknown"),
    ),
    _fact("phones", _T.TEXTS, "phones, digits with country code", Group.CLIENT),
    _fact("emails", _T.TEXTS, "mail addresses", Group.CLIENT),
    _fact("inn", _T.TEXT, "ИНН from the payer", Group.CLIENT),
    _fact("created_at", _T.MOMENT, "when the client was entered", Group.CLIENT),
    _fact("updated_at", _T.MOMENT, "last change", Group.CLIENT),
    _fact("responsible", _T.PERSON, "who looks after the client", Group.CLIENT),
    _fact("deals_count", _T.NUMBER, "deals of the client", Group.CLIENT, Group.DEAL),
    _fact("last_contact_at", _T.MOMENT, "latest finished call or meeting", Group.TODOS),
    _fact("missed_call_at", _T.MOMENT, "latest call that was not answered", Group.TODOS),
    _list("duplicates", "other clients who look like the same one", _CLIENT_ITEMS, Group.CLIENT),
)

_TASK: tuple[FactSpec, ...] = (
    _fact("id", _T.TEXT, "task id"),
    _fact("name", _T.TEXT, "title"),
    _fact("url", _T.TEXT, "web address of the card"),
    _fact("responsible", _T.PERSON, "who has to do it"),
    _fact("deadline", _T.MOMENT, "until when"),
    _fact("status", _T.TEXT, "Megaplan's status"),
    _fact("open", _T.FLAG, "not yet done, cancelled or expired"),
    _fact("ours", _T.FLAG, "made by this daemon"),
    _fact("rule", _T.TEXT, "the rule that made it, if ours"),
    _fact("created_at", _T.MOMENT, "when it was made"),
    _fact("updated_at", _T.MOMENT, "last activity"),
    _fact("deal_id", _T.TEXT, "first deal that the task hangs on"),
)

_PAYMENT: tuple[FactSpec, ...] = (
    _fact("id", _T.TEXT, "key of the document in 1C, or of the bank's row", Group.ONEC),
    _fact("number", _T.TEXT, "number of the payment order, else of the document", Group.ONEC),
    _fact("at", _T.MOMENT, "when it arrived", Group.ONEC),
    _fact("amount", _T.MONEY, "the part that nobody could place", Group.ONEC),
    _fact("payer", _T.TEXT, "who paid", Group.ONEC),
    _fact("inn", _T.TEXT, "ИНН of who paid", Group.ONEC),
    _fact("purpose", _T.TEXT, "purpose as the payer wrote it", Group.ONEC),
    _fact("open", _T.FLAG, "nobody could place it yet", Group.ONEC),
    _list(
        "candidates",
        "invoices that it may be for, best first",
        (
            _fact("number", _T.TEXT, "number of the invoice"),
            _fact("at", _T.TEXT, "its date"),
            _fact("hint", _T.TEXT, "what speaks for it"),
        ),
        Group.ONEC,
    ),
    _fact("deal_id", _T.TEXT, "deal of the only candidate", Group.ONEC),
)

_SCHEDULE: tuple[FactSpec, ...] = (
    _fact("id", _T.TEXT, "id of the rule", Group.CLOCK),
    _fact("due_at", _T.MOMENT, "when it fell due this time", Group.CLOCK),
    _fact("delivered", _T.FLAG, "the report of this time was sent", Group.CLOCK),
    _fact(
        "last_delivered_at",
        _T.MOMENT,
        "when the last report that was sent had fallen due",
        Group.CLOCK,
    ),
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The facts of each kind of object, with the configured custom fields added.

    Attributes:
        kinds: Kind -> fact name -> fact.
        blanks: Kind -> what every fact is before anything was read.
        groups: Kind -> fact name -> what must be read for it.
        custom: Facts of a deal that are known only by a configured custom field.
    """

    kinds: Mapping[str, Mapping[str, FactSpec]]
    blanks: Mapping[str, Mapping[str, Unknown]] = field(init=False, repr=False, compare=False)
    groups: Mapping[str, Mapping[str, frozenset[Group]]] = field(
        init=False, repr=False, compare=False
    )
    custom: tuple[FactSpec, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay out once what is the same for every object."""
        blanks = {
            kind: {name: _blank(spec) for name, spec in facts.items()}
            for kind, facts in self.kinds.items()
        }
        groups = {
            kind: {name: spec.groups for name, spec in facts.items()}
            for kind, facts in self.kinds.items()
        }
        object.__setattr__(self, "blanks", blanks)
        object.__setattr__(self, "groups", groups)
        deal = self.kinds.get("deal", {})
        object.__setattr__(self, "custom", tuple(spec for spec in deal.values() if spec.custom))

    def of(self, kind: str) -> Mapping[str, FactSpec]:
        """Return the facts of a kind; empty for a kind nobody knows."""
        return self.kinds.get(kind, {})


def catalogue(custom_fields: Iterable[str] | None = None) -> Catalogue:
    """Return the catalogue for one configuration.

    Args:
        custom_fields: Fact names that have a custom field configured; a custom fact without one
            is left out, a name the catalogue does not know becomes a text fact. None keeps all
            built-in custom facts and adds none (reference page, schema).
    """
    deal = {spec.name: spec for spec in _DEAL}
    if custom_fields is not None:
        configured = set(custom_fields)
        deal = {n: spec for n, spec in deal.items() if not spec.custom or n in configured}
        for name in sorted(configured - deal.keys()):
            deal[name] = _custom(name, FactType.TEXT, "custom field of the deal")
    return Catalogue(
        {
            "deal": deal,
            "client": {spec.name: spec for spec in _CLIENT},
            "task": {spec.name: spec for spec in _TASK},
            "payment": {spec.name: spec for spec in _PAYMENT},
            "schedule": {spec.name: spec for spec in _SCHEDULE},
        }
    )


BUILT_IN_CUSTOM = frozenset(spec.name for spec in _DEAL if spec.custom)


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of a fact that nobody knows now; neither fires nor clears anything.

    Attributes:
        why: For people: ``not read yet``, ``hidden in Megaplan``, ``onec is not connected``.
        groups: What would have to be read to know it; empty if reading does not help.
    """

    why: str
    groups: frozenset[Group] = frozenset()


def _blank(spec: FactSpec) -> Unknown:
    unread = spec.groups & DETAIL_GROUPS
    return Unknown("not read yet" if unread else f"{min(spec.groups)} is not connected", unread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one object at one moment.

    Attributes:
        kind, id: The object.
        values: Fact name -> value; `Unknown` where nobody knows; None (or an empty tuple) = empty.
            Moments are aware UTC, money and numbers Decimal, persons logins of the configuration
            (``#1000003`` for an employee who is not in it), records tuples of mappings.
        as_of: Group -> when it was read (UTC); a group that was never read is absent.
        source_as_of: Source -> last successful observation, for ``needs``.
        notes: Fact name -> what explain should add, e.g. which edits did not count.
        groups: Fact name -> what was read for it, from the catalogue.
    """

    kind: str
    id: str
    values: Mapping[str, object]
    as_of: Mapping[Group, datetime] = field(default_factory=dict)
    source_as_of: Mapping[str, datetime] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, frozenset[Group]] = field(default_factory=dict)
