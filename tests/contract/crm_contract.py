"""What every CRM behind the ports must do, run on the fake and on the real connector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pytest

from westsync.domain.actions import (
    CloseTask,
    CommentDeal,
    EnsureTask,
    MoveDeal,
    Notify,
    SetDealField,
)
from westsync.domain.intents import Key, Marker, ObjectRef
from westsync.domain.records import Detail, Employee, TouchKind
from westsync.errors import OutcomeUnknown, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.clock import FakeClock
    from westsync.domain.records import DealRecord, TaskRecord
    from westsync.ports import CrmReader, CrmWriter

MARKER = Marker("7k3m9q2x4r8t6v5w")
OTHER = Marker("0000000000000000")
MANAGER = "1000003"
SECRETARY = "1000001"
CLOSE = CloseTask(task=Key("k"), note="Контакт состоялся 24.11 12:05")
Break = Literal["before", "after", "lost"]


class Company(ABC):
    """A CRM with people in it, as a test sees it."""

    reader: CrmReader
    writer: CrmWriter
    clock: FakeClock

    @abstractmethod
    def enter_deal(self, name: str) -> str:
        """Let the manager enter a deal in stage 127; return its id."""

    @abstractmethod
    def comment(self, deal: str, text: str) -> None:
        """Let the manager comment on a deal."""

    @abstractmethod
    def delete_deal(self, deal: str) -> None:
        """Delete a deal."""

    @abstractmethod
    def edit_task(self, task: str) -> None:
        """Let the manager change the task's name."""

    @abstractmethod
    def finish_task(self, task: str) -> None:
        """Let the responsible finish the task."""

    @abstractmethod
    def dismiss(self, employee: str) -> None:
        """Dismiss an employee."""

    @abstractmethod
    def break_next(self, fault: Break) -> None:
        """Break the next write: before it is done, after it, or on the way there."""

    @property
    def second(self) -> datetime:
        """The present in whole seconds, the resolution of the CRM's moments."""
        return self.clock.now().replace(microsecond=0)

    def pass_time(self, **by: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**by))


def a_task(deal: str | None = None, **changes: object) -> EnsureTask:
    """Return a task of ours for the manager."""
    made = EnsureTask(
        assignee=MANAGER,
        title="Позвонить по заявке <10482> & Co",
        body='Срок ответа 10 минут.\nКлиент: "Ромашка" <ООО>',
        deadline=datetime(2026, 11, 24, 11, 5, tzinfo=UTC),
        urgent=True,
        deal=deal,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name, a factory's liberty


class CrmContract(ABC):
    """The promises; a subclass provides the fixture ``crm``.

    Attributes:
        history_shows_our_comments: Whether the CRM keeps a journal of our own doings.
        links_at_creation: Whether it honours the deal of a new task (contract 4.3.2).
    """

    history_shows_our_comments = True
    links_at_creation = True

    @pytest.fixture
    @abstractmethod
    def crm(self) -> Company:
        """Return a CRM with its people."""

    # Reading.

    def test_we_know_who_we_are(self, crm: Company) -> None:
        assert crm.reader.me().id == "1000099"

    def test_staff_is_told_with_the_dismissed_ones(self, crm: Company) -> None:
        crm.dismiss(SECRETARY)

        working = {one.id: one.is_working for one in crm.reader.employees()}

        assert working[MANAGER]
        assert not working[SECRETARY]

    def test_a_new_deal_is_seen_with_its_stage_and_manager(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка с сайта")

        (found,) = deals(crm, since=None)

        assert (found.id, found.name) == (deal, "Заявка с сайта")
        assert (found.state_id, found.manager_id) == ("127", MANAGER)
        assert found.created_at == crm.second

    def test_only_what_changed_since_the_watermark_is_seen(self, crm: Company) -> None:
        crm.enter_deal("old")
        crm.pass_time(minutes=30)
        watermark = crm.clock.now()
        new = crm.enter_deal("new")

        found = deals(crm, since=watermark)

        assert [deal.id for deal in found] == [new]

    def test_an_idle_poll_brings_the_end_of_the_walk(self, crm: Company) -> None:
        crm.enter_deal("old")
        crm.pass_time(minutes=30)

        pages = list(crm.reader.changed_deals(crm.clock.now()))

        assert [deal for page in pages for deal in page.deals] == []
        assert pages[-1].is_last

    @pytest.mark.parametrize("since_minutes", [None, 600])
    def test_every_deal_of_several_pages_is_seen_once(
        self, crm: Company, since_minutes: int | None
    ) -> None:
        entered = {crm.enter_deal(f"deal {number}") for number in range(45)}
        since = None
        if since_minutes is not None:
            since = crm.clock.now() - timedelta(minutes=since_minutes)

        found = [deal.id for deal in deals(crm, since=since)]

        assert len(found) == 45
        assert set(found) == entered

    def test_the_newest_change_of_the_walk_is_told(self, crm: Company) -> None:
        crm.enter_deal("first")
        crm.pass_time(minutes=1)
        crm.enter_deal("second")

        pages = list(crm.reader.changed_deals(crm.clock.now() - timedelta(hours=1)))

        assert max(page.newest_at for page in pages if page.newest_at) == crm.second

    def test_a_persons_comment_is_a_touch_of_the_deal(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        crm.pass_time(minutes=3)
        crm.comment(deal, "Созвонились, жду реквизиты")
        ref = ObjectRef(kind="deal", id=deal)

        ((seen, details),) = crm.reader.details({ref: frozenset({Detail.HISTORY, Detail.TODOS})})

        assert seen == ref
        assert details.touches is not None
        comments = [one for one in details.touches if one.kind is TouchKind.COMMENT]
        assert [(one.author_id, one.text) for one in comments] == [
            (MANAGER, "Созвонились, жду реквизиты")
        ]
        assert comments[0].at == crm.second
        assert details.todos == ()
        assert details.tasks is None

    def test_a_deal_that_is_gone_is_told_apart_from_one_that_is_quiet(self, crm: Company) -> None:
        kept, lost = crm.enter_deal("kept"), crm.enter_deal("lost")
        crm.delete_deal(lost)
        wanted = {
            ObjectRef(kind="deal", id=kept): frozenset({Detail.TASKS}),
            ObjectRef(kind="deal", id=lost): frozenset({Detail.TASKS}),
        }

        gone = {ref.id: details.gone for ref, details in crm.reader.details(wanted)}

        assert gone == {kept: False, lost: True}

    def test_single_objects_are_read_and_those_that_are_gone_are_named(self, crm: Company) -> None:
        kept, lost = crm.enter_deal("kept"), crm.enter_deal("lost")
        made = crm.writer.create_task(a_task(kept), MARKER).ref
        crm.delete_deal(lost)
        refs = [
            ObjectRef(kind="deal", id=kept),
            ObjectRef(kind="deal", id=lost),
            ObjectRef(kind="task", id=made),
            ObjectRef(kind="task", id="999999999"),
            ObjectRef(kind="client", id="999999998"),
        ]

        pages = list(crm.reader.objects(refs))

        assert [deal.id for page in pages for deal in page.deals] == [kept]
        assert [(task.id, task.marker) for page in pages for task in page.tasks] == [(made, MARKER)]
        assert [gone for page in pages for gone in page.gone] == [refs[1], refs[3], refs[4]]

    def test_a_card_says_the_same_as_the_list(self, crm: Company) -> None:
        deal = crm.enter_deal("one")
        crm.writer.create_task(a_task(deal), MARKER)
        deals = [one for page in crm.reader.changed_deals(None) for one in page.deals]
        tasks = [one for page in crm.reader.changed_tasks(None) for one in page.tasks]
        refs = [ObjectRef(kind="deal", id=one.id) for one in deals]
        refs += [ObjectRef(kind="task", id=one.id) for one in tasks]

        pages = list(crm.reader.objects(refs))

        assert len(refs) == 2
        assert [one for page in pages for one in page.deals] == deals
        assert [one for page in pages for one in page.tasks] == tasks

    # Tasks.

    def test_a_task_of_ours_comes_back_as_it_was_made(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")

        receipt = crm.writer.create_task(a_task(deal), MARKER)

        (found,) = tasks(crm)
        assert found.id == receipt.ref
        assert found.name == "Позвонить по заявке <10482> & Co"
        assert found.marker == MARKER
        assert found.is_open
        assert (found.responsible_id, found.owner_id) == (MANAGER, "1000099")
        assert found.deadline == datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
        assert found.deal_ids == ((deal,) if self.links_at_creation else ())

    def test_a_dismissed_employee_gets_no_task(self, crm: Company) -> None:
        crm.dismiss(MANAGER)

        with pytest.raises(Rejected, match=MANAGER):
            crm.writer.create_task(a_task(), MARKER)

        assert tasks(crm) == []

    @pytest.mark.parametrize("fault", ["after", "lost"])
    def test_a_broken_create_is_in_doubt_and_the_look_up_tells(
        self, crm: Company, fault: Break
    ) -> None:
        since = crm.clock.now()
        crm.break_next(fault)
        with pytest.raises(OutcomeUnknown):
            crm.writer.create_task(a_task(), MARKER)
        crm.pass_time(seconds=180)

        found = crm.writer.find_task(MARKER, since, None)

        assert len(found) == (1 if fault == "after" else 0)

    def test_a_create_that_was_refused_for_now_did_not_happen(self, crm: Company) -> None:
        crm.break_next("before")

        with pytest.raises(Unavailable):
            crm.writer.create_task(a_task(), MARKER)

        assert crm.writer.find_task(MARKER, crm.clock.now(), None) == ()

    def test_a_look_up_finds_the_oldest_first_and_nobody_elses(self, crm: Company) -> None:
        since = crm.clock.now()
        crm.break_next("after")
        with pytest.raises(OutcomeUnknown):
            crm.writer.create_task(a_task(), MARKER)
        crm.writer.create_task(a_task(), OTHER)
        crm.pass_time(seconds=5)
        (first,) = crm.writer.find_task(MARKER, since, None)
        second = crm.writer.create_task(a_task(), MARKER)

        found = crm.writer.find_task(MARKER, since, None)

        assert [receipt.ref for receipt in found] == [first.ref, second.ref]

    def test_a_look_up_also_searches_the_deals_own_tasks(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        made = crm.writer.create_task(a_task(deal), MARKER)
        crm.writer.link_task(made.ref, deal)
        crm.pass_time(days=2)

        found = crm.writer.find_task(MARKER, crm.clock.now(), deal)

        assert [receipt.ref for receipt in found] == [made.ref]

    def test_linking_is_seen_and_linking_again_changes_nothing(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        task = crm.writer.create_task(a_task(), MARKER).ref
        before = crm.writer.is_linked(task, deal)

        receipts = [crm.writer.link_task(task, deal) for _ in range(2)]

        assert not before
        assert [receipt.linked for receipt in receipts] == [True, True]
        assert crm.writer.is_linked(task, deal)

    def test_an_untouched_task_is_closed(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        made = a_task(deal)
        task = crm.writer.create_task(made, MARKER).ref

        receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

        assert receipt.note.startswith("closed")
        (found,) = tasks(crm)
        assert not found.is_open

    def test_a_task_that_a_person_edited_is_left_alone(self, crm: Company) -> None:
        made = a_task()
        task = crm.writer.create_task(made, MARKER).ref
        crm.edit_task(task)

        receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

        assert receipt.note.startswith("left alone")
        (found,) = tasks(crm)
        assert found.is_open

    def test_closing_what_is_closed_changes_nothing(self, crm: Company) -> None:
        made = a_task()
        task = crm.writer.create_task(made, MARKER).ref
        crm.writer.close_task(task, CLOSE, OTHER, made)
        (before,) = tasks(crm)

        receipt = crm.writer.close_task(task, CLOSE, OTHER, made)

        assert receipt.note == "already closed"
        assert tasks(crm) == [before]

    def test_a_finished_task_is_seen_as_finished(self, crm: Company) -> None:
        task = crm.writer.create_task(a_task(), MARKER).ref
        crm.pass_time(minutes=7)
        crm.finish_task(task)

        (found,) = tasks(crm)

        assert found.is_finished
        assert found.active_at == found.status_at == crm.second

    # Comments and notices.

    def test_a_comment_is_found_again_by_its_marker(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        comment = CommentDeal(deal=deal, text="Счёт <12> & оплата")

        made = crm.writer.comment_deal(comment, MARKER)

        found = crm.writer.find_comment(MARKER, deal, crm.clock.now())
        assert [receipt.ref for receipt in found] == [made.ref]
        assert crm.writer.find_comment(OTHER, deal, crm.clock.now()) == ()

    @pytest.mark.parametrize("fault", ["after", "lost"])
    def test_a_broken_comment_is_in_doubt_and_the_look_up_tells(
        self, crm: Company, fault: Break
    ) -> None:
        deal = crm.enter_deal("Заявка")
        crm.break_next(fault)
        with pytest.raises(OutcomeUnknown):
            crm.writer.comment_deal(CommentDeal(deal=deal, text="Оплата пришла"), MARKER)

        found = crm.writer.find_comment(MARKER, deal, crm.clock.now())

        assert len(found) == (1 if fault == "after" else 0)

    def test_a_notice_is_a_comment_that_is_found_again(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        notice = Notify(via="megaplan", to=(MANAGER,), text="Заявка без звонка", deal=deal)

        made = crm.writer.notify(notice, MARKER)

        found = crm.writer.find_comment(MARKER, deal, crm.clock.now())
        assert [receipt.ref for receipt in found] == [made.ref]

    def test_our_own_comment_is_ours_in_the_history(self, crm: Company) -> None:
        if not self.history_shows_our_comments:
            pytest.skip("this history holds only what people did")
        deal = crm.enter_deal("Заявка")
        crm.writer.comment_deal(CommentDeal(deal=deal, text="Оплата пришла"), MARKER)
        ref = ObjectRef(kind="deal", id=deal)

        ((_, details),) = crm.reader.details({ref: frozenset({Detail.HISTORY})})

        assert details.touches is not None
        authors = [one.author_id for one in details.touches if one.kind is TouchKind.COMMENT]
        assert authors == ["1000099"]

    # Deals.

    def test_a_field_is_set_once(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        change = SetDealField(deal=deal, field="city", value="Тверь & Ко")

        first = crm.writer.set_field(change)
        (after_first,) = deals(crm, since=None)
        crm.pass_time(minutes=1)
        second = crm.writer.set_field(change)

        (after_second,) = deals(crm, since=None)
        assert first.note == ""
        assert second.note == "already set"
        assert after_second.custom["city"] == "Тверь & Ко"
        assert after_second.updated_at == after_first.updated_at

    def test_a_file_is_attached_once_beside_those_of_people_and_found_by_its_name(
        self, crm: Company
    ) -> None:
        deal = crm.enter_deal("Заявка")
        old, ours = (crm.writer.upload_file(name, b"%PDF") for name in ("старый.pdf", "Счёт.pdf"))
        before = crm.writer.find_files(deal, "Счёт.pdf")

        crm.writer.attach_files(deal, [old])
        notes = [crm.writer.attach_files(deal, [ours]).note for _ in range(2)]

        (found,) = deals(crm, since=None)
        assert [one.id for one in found.attachments] == [old, ours]
        assert notes == ["", "already attached"]
        assert list(before) == []
        assert [one.ref for one in crm.writer.find_files(deal, "Счёт.pdf")] == [ours]

    def test_a_deal_moves_along_a_transition_and_only_once(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        move = MoveDeal(deal=deal, stage="128", stage_name="qualify")

        notes = [crm.writer.move_deal(move).note for _ in range(2)]

        (found,) = deals(crm, since=None)
        assert found.state_id == "128"
        assert found.stage_entered_at == crm.second
        assert notes == ["", "already there"]

    def test_a_deal_does_not_jump(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")

        with pytest.raises(Rejected):
            crm.writer.move_deal(MoveDeal(deal=deal, stage="139", stage_name="won"))

        (found,) = deals(crm, since=None)
        assert found.state_id == "127"

    def test_nothing_can_be_done_with_a_deal_that_is_gone(self, crm: Company) -> None:
        deal = crm.enter_deal("Заявка")
        crm.delete_deal(deal)

        with pytest.raises(Rejected) as caught:
            crm.writer.comment_deal(CommentDeal(deal=deal, text="..."), MARKER)

        assert caught.value.status in {403, 404}


def deals(crm: Company, since: datetime | None) -> list[DealRecord]:
    """Return the deals of a whole walk."""
    return [deal for page in crm.reader.changed_deals(since) for deal in page.deals]


def tasks(crm: Company) -> list[TaskRecord]:
    """Return the tasks of a whole walk."""
    since = crm.clock.now() - timedelta(days=30)
    return [task for page in crm.reader.changed_tasks(since) for task in page.tasks]


def staff() -> Sequence[Employee]:
    """Return the employees that the suite knows by id."""
    return (
        Employee(id=MANAGER, name="Иванов Пётр", is_working=True),
        Employee(id=SECRETARY, name="Сидорова Анна", is_working=True),
    )
