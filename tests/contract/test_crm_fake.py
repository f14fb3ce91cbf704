"""The fake keeps the promises of the CRM ports."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from tests.contract.crm_contract import (
    MANAGER,
    Break,
    Company,
    CrmContract,
    staff,
)
from tests.fakes.clock import FakeClock
from tests.fakes.crm import FakeCrm
from westsync.domain.records import ClientKind, DealRecord, StageType, Touch, TouchKind


class FakeCompany(Company):
    """The fake and the people who act on it."""

    def __init__(self) -> None:
        """Start with the staff and no deals."""
        self.clock = FakeClock()
        self.crm = FakeCrm(self.clock, page_size=20)
        self.crm.transitions = {("127", "128")}
        self.reader = self.crm
        self.writer = self.crm
        self._numbers = count(501)
        for employee in staff():
            self.crm.put_employee(employee)

    def enter_deal(self, name: str) -> str:
        """Let the manager enter a deal."""
        number = str(next(self._numbers))
        now = self.clock.now()
        self.crm.put_deal(
            DealRecord(
                id=number,
                number=number,
                name=name,
                program_id="14",
                state_id="127",
                stage_type=StageType.ACTIVE,
                manager_id=MANAGER,
                client_id=None,
                client_kind=ClientKind.UNKNOWN,
                created_at=now,
                updated_at=now,
                stage_entered_at=now,
                price=None,
            )
        )
        return number

    def comment(self, deal: str, text: str) -> None:
        """Let the manager comment."""
        touch = Touch(
            id=f"Comment/{next(self._numbers)}",
            at=self.clock.now(),
            kind=TouchKind.COMMENT,
            author_id=MANAGER,
            text=text,
        )
        self.crm.touch(deal, touch)

    def delete_deal(self, deal: str) -> None:
        """Delete a deal."""
        self.crm.drop_deal(deal)

    def edit_task(self, task: str) -> None:
        """Let the manager change a task."""
        self.crm.edit_task(task, by=MANAGER)

    def finish_task(self, task: str) -> None:
        """Let the responsible finish a task."""
        self.crm.finish_task(task, "done")

    def dismiss(self, employee: str) -> None:
        """Dismiss an employee."""
        self.crm.put_employee(replace(self.crm.staff[employee], is_working=False))

    def break_next(self, fault: Break) -> None:
        """Break the next call."""
        self.crm.break_next(fault)


class TestFakeCrm(CrmContract):
    """The suite on the fake."""

    history_shows_our_comments = False

    @pytest.fixture
    def crm(self) -> Company:
        """Return the fake."""
        return FakeCompany()
