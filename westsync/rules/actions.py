"""Reading the actions of a rule: ``task.ensure``, ``notify`` and the others of the grammar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from westsync.domain.durations import Duration, Unit
from westsync.domain.people import Who, WhoKind
from westsync.domain.places import Map, Node, Place, Scalar
from westsync.rules.action_specs import (
    ActionSpec,
    AskSupplierSpec,
    CloseTaskSpec,
    CommentSpec,
    EnsureTaskSpec,
    InvoiceStatusSpec,
    IssueInvoiceSpec,
    MoveSpec,
    NotifySpec,
    PrintInvoiceSpec,
    ReportSpec,
    SetSpec,
)
from westsync.rules.reading import Problems, Reader, as_text
from westsync.rules.supplier_requests import FOR_SUPPLIERS
from westsync.rules.texts import Template, compile_template, known_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.domain.facts import FactSpec, FactType
    from westsync.rules.vocabulary import Vocabulary

ACTIONS: Mapping[str, str] = {
    "task.ensure": "keep one open task for a person",
    "task.close": "word the note with which the rule's own tasks are closed",
    "deal.comment": "write a comment on the deal, for colleagues only",
    "deal.set": "set a configured custom field of the deal",
    "deal.move": "move the deal along a possible transition",
    "supplier.ask": "mail each supplier once what only he can tell about lines of the deal",
    "notify": "tell people",
    "invoice.issue": "make an invoice in 1C with the deal's positions, and post it",
    "invoice.status": "move the deal's bills in Megaplan to the status that 1C tells",
    "invoice.print": "attach the PDF of the invoice that was issued last to the deal",
    "report.send": "build the report of a clock rule and mail it",
}
CHANNELS = ("megaplan", "email")
BILL_STATUSES = ("drawn", "paid")
# Print forms of an invoice (1C contract 3.4, GetPrintForm).
PRINT_FORMS = ("СчетНаОплату", "СчетНаОплатуСПечатью")
_ADD_MAIL = "add a 'mail:' section"
SAME_DAY = Duration(unit=Unit.SAME_DAY)


@dataclass(frozen=True, slots=True)
class ActionReader:
    """Reads the actions of one rule.

    Attributes:
        kind: What the rule watches.
        facts: Its facts, for texts.
        vocabulary: Known names.
        problems: Where mistakes are noted.
        report: The report of a clock rule; None if it has none.
    """

    kind: str
    facts: Mapping[str, FactSpec]
    vocabulary: Vocabulary
    problems: Problems
    report: ReportSpec | None = None

    def read(self, node: Node) -> ActionSpec | None:
        """Read one action, written ``{task.ensure: {...}}``; None after a mistake."""
        if not isinstance(node, Map) or len(node.entries) != 1:
            self.problems.add(node.place, "an action is written {task.ensure: {...}}")
            return None
        name, place, body = node.entries[0]
        if name not in ACTIONS:
            self.problems.unknown(place, "action", name, "", ACTIONS)
            return None
        if not isinstance(body, Map):
            self.problems.add(body.place, f"'{name}' takes a mapping of its parts")
            return None
        if self.kind != "deal" and name.startswith(("deal.", "invoice.", "supplier.")):
            self.problems.add(place, f"'{name}' needs a deal; the rule watches a {self.kind}")
            return None
        reader = Reader(body, name, self.problems)
        match name:
            case "task.ensure":
                return self._ensure(reader)
            case "task.close":
                reader.allow("note")
                note = self.template(reader, "note")
                return None if note is None else CloseTaskSpec(note=note)
            case "deal.comment":
                reader.allow("text")
                text = self.template(reader, "text")
                return None if text is None else CommentSpec(text=text)
            case "deal.set":
                return self._set(reader)
            case "deal.move":
                return self._move(reader)
            case "supplier.ask":
                return self._ask(reader)
            case "report.send":
                return self._send(reader)
            case "invoice.issue":
                reader.allow()
                return self._of_onec(place, name, IssueInvoiceSpec())
            case "invoice.status":
                reader.allow("status")
                reader.require("status")
                status = reader.word("status", BILL_STATUSES)
                spec = None if status is None else InvoiceStatusSpec(status=status)
                return self._of_onec(place, name, spec)
            case "invoice.print":
                return self._of_onec(place, name, self._print(reader, place))
            case _:
                return self._notify(reader)

    def read_all(self, reader: Reader, key: str) -> tuple[ActionSpec, ...]:
        """Read a list of actions; wrong ones are noted and left out."""
        specs = (self.read(item) for item in reader.items(key))
        return tuple(spec for spec in specs if spec is not None)

    def who(self, reader: Reader, key: str) -> tuple[Who, ...]:
        """Read a list of ``deal.manager``, ``role:name`` and ``user:login``."""
        found = []
        for item in reader.items(key):
            text = as_text(item) or ""
            who = self._one_who(text, item.place)
            if who is not None:
                found.append(who)
        return tuple(found)

    def template(
        self,
        reader: Reader,
        key: str,
        *,
        may_be_empty: bool = False,
        known: Mapping[str, FactType | None] | None = None,
    ) -> Template | None:
        """Read a text that must be there; it names `known` values, by default all of the object."""
        if reader.require(key) is None:
            return None
        text = reader.text(key)
        if text is None:
            return None
        if not text.strip() and not may_be_empty:
            self.problems.add(reader.at(key), f"'{key}' of {reader.what} is empty")
        paths = known_paths(self.kind, self.facts) if known is None else known
        return compile_template(text, reader.at(key), paths, self.problems)

    def _one_who(self, text: str, place: Place) -> Who | None:
        if text in {"deal.manager", "client.responsible", "task.responsible"}:
            if text.partition(".")[0] != self.kind:
                self.problems.add(place, f"'{text}' needs a rule that watches it")
            return Who(WhoKind.MANAGER)
        kind, _, name = text.partition(":")
        if kind == "role" and name:
            self.vocabulary.check("role", name, self.vocabulary.roles, place, self.problems)
            return Who(WhoKind.ROLE, name)
        if kind == "user" and name:
            self.vocabulary.check("person", name, self.vocabulary.people, place, self.problems)
            return Who(WhoKind.USER, name)
        self.problems.add(
            place, f"'{text}' names nobody", "write deal.manager, role:<name> or user:<login>"
        )
        return None

    def required_who(self, reader: Reader, key: str) -> tuple[Who, ...] | None:
        """Read a list of people that must name somebody; None after a mistake."""
        if reader.require(key) is None:
            return None
        if not reader.items(key):
            self.problems.add(reader.at(key), f"'{key}' of {reader.what} names nobody")
        return self.who(reader, key) or None

    def _ensure(self, reader: Reader) -> EnsureTaskSpec | None:
        reader.allow("to", "title", "text", "script", "due", "urgent", "auditors")
        to = self.required_who(reader, "to")
        title = self.template(reader, "title")
        text = self.template(reader, "text") if reader.has("text") else None
        script = self._named(reader, "script", self.vocabulary.scripts)
        due = reader.duration("due") if reader.has("due") else SAME_DAY
        if to is None or title is None or due is None:
            return None
        return EnsureTaskSpec(
            to=to,
            title=title,
            text=text,
            script=script,
            due=due,
            urgent=reader.flag("urgent"),
            auditors=self.who(reader, "auditors"),
        )

    def _named(
        self, reader: Reader, key: str, texts: Mapping[str, tuple[str, Place]]
    ) -> Template | None:
        """Read the name of a text of ``config/texts``; None if there is none, or after a mistake.

        Args:
            reader: Of the action.
            key: ``script`` or ``letter``.
            texts: Those there are.
        """
        name = reader.text(key)
        if name is None:
            return None
        if name not in texts:
            self.problems.unknown(reader.at(key), key, name, "", texts)
            return None
        text, place = texts[name]
        paths = known_paths(self.kind, self.facts)
        return compile_template(text, place, paths, self.problems)

    def _set(self, reader: Reader) -> SetSpec | None:
        reader.allow("field", "value")
        if reader.require("field") is None:
            return None
        field = reader.text("field") or ""
        custom = {name for name, fact in self.facts.items() if fact.custom}
        if field not in custom:
            self.problems.unknown(
                reader.at("field"), "custom field", field, " (see fields: of westsync.yaml)", custom
            )
        value = self.template(reader, "value", may_be_empty=True)
        return None if value is None else SetSpec(field=field, value=value)

    def _move(self, reader: Reader) -> MoveSpec | None:
        reader.allow("stage")
        if reader.require("stage") is None:
            return None
        stage = reader.text("stage") or ""
        names = self.vocabulary.stage_names()
        self.vocabulary.check("stage", stage, names, reader.at("stage"), self.problems)
        return MoveSpec(stage=stage)

    def _print(self, reader: Reader, place: Place) -> PrintInvoiceSpec | None:
        reader.allow("form", "name")
        if "print_forms" not in self.vocabulary.sources:
            self.problems.add(
                place,
                "'invoice.print' needs a channel that makes PDFs",
                "set onec.channels.print_forms: soap",
            )
        form = reader.word("form", PRINT_FORMS) if reader.require("form") is not None else None
        name = self.template(reader, "name")
        return None if form is None or name is None else PrintInvoiceSpec(form=form, name=name)

    def _of_onec(self, place: Place, name: str, spec: ActionSpec | None) -> ActionSpec | None:
        """Return an action that needs 1C; where there is none it is noted."""
        if "onec" not in self.vocabulary.sources:
            self.problems.add(place, f"'{name}' needs 1C", "add an 'onec:' section")
            return None
        return spec

    def _send(self, reader: Reader) -> ReportSpec | None:
        reader.allow("to", "via")
        to = self.required_who(reader, "to")
        ways = [as_text(item) for item in reader.items("via")] or ["email"]
        if ways != ["email"]:
            self.problems.add(reader.at("via"), "a report is mailed", "write via: [email]")
        elif "email" not in self.vocabulary.channels:
            self.problems.add(reader.place, "channel 'email' is not configured", _ADD_MAIL)
        if self.report is None:
            self.problems.add(
                reader.place, "'report.send' needs a clock rule with 'report:'", "add 'report:'"
            )
            return None
        return None if to is None else replace(self.report, to=to)

    def _ask(self, reader: Reader) -> AskSupplierSpec | None:
        """Read a mail to suppliers; its texts name nothing that a supplier must not see."""
        reader.allow("subject", "text")
        subject = self.template(reader, "subject", known=FOR_SUPPLIERS)
        text = self.template(reader, "text", known=FOR_SUPPLIERS)
        if "stock" not in self.vocabulary.sources:
            self.problems.add(
                reader.place, "'supplier.ask' needs supplier stock", "enable a file of suppliers/"
            )
        if "email" not in self.vocabulary.channels:
            self.problems.add(
                reader.place, "'supplier.ask' needs mail, which is not configured", _ADD_MAIL
            )
        if subject is None or text is None:
            return None
        return AskSupplierSpec(subject=subject, text=text)

    def _notify(self, reader: Reader) -> NotifySpec | None:
        reader.allow("to", "via", "text", "letter", "urgent")
        to = self.required_who(reader, "to")
        via = self._ways(reader)
        urgent = reader.flag("urgent")
        letter, text = self._named(reader, "letter", self.vocabulary.letters), None
        if not reader.has("letter") or "megaplan" in via:
            text = self.template(reader, "text")
        elif reader.has("text"):
            self.problems.add(reader.at("text"), "nobody is told this text, the letter is mailed")
        if reader.has("letter") and via and "email" not in via:
            self.problems.add(reader.at("letter"), "a letter is mailed", "add email to 'via'")
        if to is None or (text is None and letter is None) or not via:
            return None
        return NotifySpec(to=to, via=via, text=text, letter=letter, urgent=urgent)

    def _ways(self, reader: Reader) -> tuple[str, ...]:
        """Return the ways of ``via`` that can be gone; the others are noted."""
        via = []
        if reader.require("via") is not None and not reader.items("via"):
            self.problems.add(reader.at("via"), "'via' of notify names no channel")
        for item in reader.items("via"):
            channel = as_text(item) if isinstance(item, Scalar) else None
            if channel not in CHANNELS:
                self.problems.unknown(item.place, "channel", str(channel), "", CHANNELS)
            elif channel not in self.vocabulary.channels:
                self.problems.add(item.place, f"channel '{channel}' is not configured", _ADD_MAIL)
            elif channel == "megaplan" and self.kind != "deal":
                self.problems.add(
                    item.place,
                    f"Megaplan notifies on a deal; the rule watches a {self.kind}",
                    "use task.ensure instead",
                )
            else:
                via.append(channel)
        return tuple(via)
