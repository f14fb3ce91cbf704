"""From a rule's actions to intents: people found, texts rendered, keys made."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from westsync.domain.actions import (
    ACTION_NAMES,
    Action,
    AskSupplier,
    CloseTask,
    CommentDeal,
    EnsureTask,
    MoveDeal,
    Notify,
    SendReport,
    SetDealField,
)
from westsync.domain.facts import Unknown
from westsync.domain.intents import Intent, Key, ObjectRef, intent_key
from westsync.domain.people import Who, WhoKind
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
from westsync.rules.invoice_wishes import invoice_wish, print_wishes, status_wishes
from westsync.rules.model import Mode
from westsync.rules.supplier_requests import supplier_requests
from westsync.rules.wording import Wording, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from westsync.domain.episodes import Episode
    from westsync.domain.facts import Facts
    from westsync.domain.people import Person
    from westsync.rules.model import Rule
    from westsync.rules.situation import Situation
    from westsync.rules.steps import Due

CLEAR = "clear"
_MAIL = "email"
_NOBODY = "nobody is there to do it: no manager, or the named roles have no working member"


class WishMaker:
    """Makes the intents of one episode of one rule about one object."""

    def __init__(self, rule: Rule, facts: Facts, episode: Episode, situation: Situation) -> None:
        """Bind what all intents of the decision share."""
        self._rule = rule
        self._facts = facts
        self._episode = episode
        self._situation = situation
        self._words = Wording(rule, facts, episode, situation)
        self._obj = ObjectRef(kind=facts.kind, id=facts.id)
        self._manager = self._login("manager" if facts.kind == "deal" else "responsible")

    def for_steps(self, due: Iterable[Due]) -> Iterator[Intent]:
        """Yield the intents of the steps that run now."""
        for item in due:
            counted: Counter[str] = Counter()
            for spec in item.step.actions:
                for intent in self._wishes(spec, item.step.id, item.repeat, item, counted):
                    yield replace(intent, due_at=item.at, group=self._group)

    def again(self, due: Due, mark: str) -> Iterator[Intent]:
        """Yield the notices of a step once more, under keys that name the occasion."""
        counted: Counter[str] = Counter()
        for spec in due.step.actions:
            if isinstance(spec, NotifySpec):
                for intent in self._wishes(spec, due.step.id, due.fired, due, counted):
                    yield replace(intent, key=Key(f"{intent.key}.{mark}"), group=self._group)

    def on_clear(self) -> tuple[Intent, ...]:
        """Return what is wanted when the condition ended: own tasks closed, ``on_clear`` done.

        If no step ever ran, nobody was told anything and nothing is wanted.
        """
        if not self._episode.fired:
            return ()
        note = next((s.note for s in self._rule.on_clear if isinstance(s, CloseTaskSpec)), None)
        intents = []
        for task in self._situation.tasks:
            if task.rule == self._rule.id and task.is_open:
                text, defect = self._words.render(note, None, self._words.closing_note)
                close = CloseTask(task=task.key, note=text)
                intents.append(self._intent(close, CLEAR, 0, f"task.close.{task.step}", defect))
        counted: Counter[str] = Counter()
        for spec in self._rule.on_clear:
            if not isinstance(spec, CloseTaskSpec):
                intents.extend(self._wishes(spec, CLEAR, 0, None, counted))
        return tuple(intents)

    # -- one action ----------------------------------------------------------------------------

    def _wishes(
        self, spec: ActionSpec, step: str, repeat: int, due: Due | None, counted: Counter[str]
    ) -> Iterator[Intent]:
        for action, defect in self._actions(spec, step, due):
            name = ACTION_NAMES[type(action)]
            if isinstance(action, Notify):
                name = f"{name}.{action.via}"
            elif isinstance(action, AskSupplier):
                name = f"{name}.{action.supplier}"
            counted[name] += 1
            suffix = name if counted[name] == 1 else f"{name}.{counted[name]}"
            yield self._intent(action, step, repeat, suffix, defect)

    def _actions(
        self, spec: ActionSpec, step: str, due: Due | None
    ) -> Iterator[tuple[Action, str | None]]:
        match spec:
            case EnsureTaskSpec():
                if not self._has_open_task(step):
                    yield self._ensure(spec, due)
            case CommentSpec():
                text, defect = self._words.render(spec.text, due)
                yield CommentDeal(deal=self._deal, text=text), defect
            case SetSpec():
                text, defect = self._words.render(spec.value, due)
                yield SetDealField(deal=self._deal, field=spec.field, value=text), defect
            case MoveSpec():
                yield self._move(spec)
            case NotifySpec():
                yield from self._notify(spec, due)
            case AskSupplierSpec():
                yield from self._ask_suppliers(spec)
            case ReportSpec():
                yield self._report(spec)
            case IssueInvoiceSpec():
                yield invoice_wish(self._facts, self._situation)
            case InvoiceStatusSpec(status=status):
                yield from ((move, None) for move in status_wishes(self._facts, status))
            case PrintInvoiceSpec(form=form):
                name, defect = self._words.render(spec.name, due)
                prints = print_wishes(self._facts, form, _file_name(name))
                yield from ((one, defect) for one in prints)
            case CloseTaskSpec():
                return
            case _:
                assert_never(spec)

    def _has_open_task(self, step: str) -> bool:
        return any(
            task.rule == self._rule.id and task.step == step and task.is_open
            for task in self._situation.tasks
        )

    def _ensure(self, spec: EnsureTaskSpec, due: Due | None) -> tuple[Action, str | None]:
        situation = self._situation
        person = situation.staff.first_of(spec.to, self._manager, situation.now)
        title, defect = self._words.render(spec.title, due)
        text, text_defect = self._words.render(spec.text, due)
        script, script_defect = self._words.render(spec.script, due)
        frame = {"text": text, "script": script}
        body, frame_defect = self._words.render(situation.task_frame, due, extra=frame)
        auditors = situation.staff.all_of(spec.auditors, self._manager, situation.now)
        action = EnsureTask(
            assignee=person.crm_id if person is not None and person.crm_id else "",
            title=" ".join(title.split()),
            body=tidy(body),
            deadline=self._deadline(spec, due),
            urgent=spec.urgent,
            deal=self._deal or None,
            client=self._text("id") if self._facts.kind == "client" else self._text("client_id"),
            client_kind=self._text("kind")
            if self._facts.kind == "client"
            else self._text("client_kind"),
            auditors=tuple(a.crm_id for a in auditors if a.crm_id is not None),
        )
        nobody = _unreachable(person)
        return action, nobody or defect or text_defect or script_defect or frame_defect

    def _deadline(self, spec: EnsureTaskSpec, due: Due | None) -> datetime:
        """Return the limit: counted from the moment the step fell due, pauses left out."""
        clock = self._rule.clock
        origin = due.at if due is not None and due.at is not None else self._situation.now
        deadline = spec.due.due_with_pauses(origin, clock.calendar, self._episode.pauses)
        return deadline or spec.due.due(origin, clock.calendar)

    def _report(self, spec: ReportSpec) -> tuple[Action, str | None]:
        situation = self._situation
        people = situation.staff.all_of(spec.to, None, situation.now)
        addresses = tuple(person.email for person in people if person.email)
        since = self._facts.values.get("last_delivered_at")
        action = SendReport(
            report=spec.report,
            template=spec.template,
            due_at=self._episode.started_at,
            since=since if isinstance(since, datetime) else None,
            period=spec.period,
            to=addresses,
            attach=spec.attach,
            subject=self._rule.title,
        )
        return action, None if addresses else _NOBODY

    def _move(self, spec: MoveSpec) -> tuple[Action, str | None]:
        pipeline = self._text("pipeline") or ""
        state = self._situation.stage_ids.get((pipeline, spec.stage), "")
        defect = None if state else f"pipeline '{pipeline}' has no stage '{spec.stage}'"
        return MoveDeal(deal=self._deal, stage=state, stage_name=spec.stage), defect

    def _notify(self, spec: NotifySpec, due: Due | None) -> Iterator[tuple[Action, str | None]]:
        situation = self._situation
        people = situation.staff.all_of(spec.to, self._manager, situation.now)
        for via in spec.via:
            subject, written = self._rule.title, spec.letter if via == _MAIL else None
            text, defect = self._words.render(written or spec.text, due)
            if written is not None:
                subject, _, text = text.partition("\n")
            addresses = tuple(
                address
                for person in people
                if (address := person.crm_id if via == "megaplan" else person.email) is not None
            )
            notice = Notify(
                via=via,
                to=addresses,
                text=text,
                deal=self._deal or None,
                subject=subject,
                urgent=spec.urgent,
            )
            yield notice, defect if addresses else _NOBODY

    def _ask_suppliers(self, spec: AskSupplierSpec) -> Iterator[tuple[Action, str | None]]:
        """Yield one mail for each supplier; he answers the deal's manager."""
        situation = self._situation
        manager = situation.staff.first_of((Who(WhoKind.MANAGER),), self._manager, situation.now)
        for request in supplier_requests(self._facts, situation.formatter.label("stock_pieces")):
            values = {"supplier.name": request.name, "supplier.lines": "\n".join(request.lines)}
            subject, defect = self._words.render(spec.subject, None, extra=values)
            text, text_defect = self._words.render(spec.text, None, extra=values)
            mail = AskSupplier(
                supplier=request.supplier,
                to=request.to,
                deal=self._deal,
                subject=" ".join(subject.split()),
                text=text,
                reply_to=(manager.email if manager is not None else None) or "",
            )
            yield mail, defect or text_defect

    @property
    def _group(self) -> tuple[str, ...] | None:
        """Return the values in which notices must agree to become one digest."""
        names = self._rule.group_by
        if names is None:
            return None
        return tuple(str(self._facts.values.get(name)) for name in names)

    # -- identity ------------------------------------------------------------------------------

    @property
    def _deal(self) -> str:
        if self._facts.kind == "deal":
            return self._facts.id
        return self._text("deal_id") or ""

    def _text(self, name: str) -> str | None:
        value = self._facts.values.get(name)
        return value if isinstance(value, str) and value else None

    def _login(self, name: str) -> str | None:
        value = self._facts.values.get(name)
        return None if isinstance(value, Unknown) or not isinstance(value, str) else value

    def _intent(
        self, action: Action, step: str, repeat: int, suffix: str, defect: str | None
    ) -> Intent:
        rule, situation = self._rule, self._situation
        return Intent(
            key=intent_key(
                account=situation.account,
                rule=rule.id,
                obj=self._obj,
                episode=self._since(action),
                step=step,
                repeat=repeat,
                action=suffix,
            ),
            account=situation.account,
            rule=rule.id,
            rule_hash=rule.version,
            step=step,
            repeat=repeat,
            obj=self._obj,
            action=action,
            decided_at=situation.now,
            shadow=rule.mode is Mode.SHADOW,
            defect=defect,
            trace=self._words.trace,
        )

    def _since(self, action: Action) -> datetime:
        """Return the moment that a key names: a supplier is mailed once in the life of a deal."""
        created_at = self._facts.values.get("created_at")
        if isinstance(action, AskSupplier) and isinstance(created_at, datetime):
            return created_at
        return self._episode.started_at


def _unreachable(person: Person | None) -> str | None:
    if person is None:
        return _NOBODY
    return None if person.crm_id else f"{person.login} has no account in Megaplan"


def _file_name(text: str) -> str:
    """Return a name that no file system takes for a path."""
    return " ".join(text.replace("/", "-").replace("\\", "-").split())
