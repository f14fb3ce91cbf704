"""The journal and a real mail server together: each notice once, whatever the server does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.crm import FakeCrm
from tests.fakes.mail_server import ACCEPT_AND_DROP, ACCEPT_AND_SAY_NOTHING, DROP, PostOffice
from tests.unit.connectors.mail.correspondence import (
    GROMOV,
    ORLOV,
    a_mailbox,
    a_messenger,
    a_notice,
)
from tests.unit.journal.factories import ACCOUNT, an_intent
from westsync.jobs.act import Limits, act
from westsync.jobs.effects import Writers
from westsync.journal.entries import IntentState, Target
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.clock import FakeClock
    from westsync.jobs.act import ActSummary
    from westsync.journal.entries import Entry

SETTLED = timedelta(seconds=181)


class Mailroom:
    """A store with one notice to send, and the round of acting."""

    def __init__(self, store: SqliteStore, clock: FakeClock, office: PostOffice) -> None:
        self.store = store
        self.clock = clock
        self.intent = an_intent(a_notice())
        self._writers = Writers(
            crm=FakeCrm(clock),
            messenger=a_messenger(a_mailbox(office.port, deadline_s=1.0), clock),
        )
        store.outbox.record([self.intent], clock.now())

    def act(self) -> ActSummary:
        return act(self.store, self._writers, self.clock, Limits(), chance=lambda: 0.5)

    def act_for_an_hour(self) -> None:
        for _ in range(20):
            self.act()
            self.clock.advance(SETTLED)

    @property
    def entry(self) -> Entry:
        entry = self.store.outbox.entry(self.intent.key)
        assert entry is not None
        return entry


@pytest.fixture
def mailroom(clock: FakeClock, office: PostOffice) -> Iterator[Mailroom]:
    database = open_scratch(clock)
    yield Mailroom(SqliteStore(database, ACCOUNT), clock, office)
    database.close()


def test_a_notice_is_mailed_once_and_its_message_id_is_kept(
    mailroom: Mailroom, office: PostOffice
) -> None:
    mailroom.act_for_an_hour()

    assert mailroom.entry.state is IntentState.DONE
    assert office.message_ids == [f"<{mailroom.entry.ref}>"]


@pytest.mark.parametrize(
    "reply", ["451 4.7.1 Greylisted", "421 4.3.2 Shutting down", "452 4.3.1 No space"]
)
def test_a_greylisted_letter_comes_later_and_once(
    mailroom: Mailroom, office: PostOffice, reply: str
) -> None:
    office.data.append(reply)
    office.refuse(GROMOV, "450 4.2.0 Greylisted")

    mailroom.act()
    first = mailroom.entry.state
    mailroom.act_for_an_hour()

    assert first is IntentState.POSTPONED
    assert mailroom.entry.state is IntentState.DONE
    assert len(office.received) == 1


@pytest.mark.parametrize(
    ("fault", "copies"), [(DROP, 0), (ACCEPT_AND_DROP, 1), (ACCEPT_AND_SAY_NOTHING, 1)]
)
def test_a_letter_that_may_have_left_is_never_sent_twice(
    mailroom: Mailroom, office: PostOffice, fault: str, copies: int
) -> None:
    office.data.append(fault)

    mailroom.act()
    in_doubt = mailroom.entry.state
    mailroom.act_for_an_hour()

    assert in_doubt is IntentState.IN_DOUBT
    assert mailroom.entry.state is IntentState.HELD
    assert "sent 1 times, not found afterwards" in (mailroom.entry.cause or "")
    assert len(office.received) == copies


def test_a_person_has_a_held_letter_sent_again_under_the_same_message_id(
    mailroom: Mailroom, office: PostOffice
) -> None:
    office.data.append(ACCEPT_AND_DROP)
    mailroom.act_for_an_hour()

    mailroom.store.outbox.retry(mailroom.intent.key, by="admin1", now=mailroom.clock.now())
    mailroom.act_for_an_hour()

    assert mailroom.entry.state is IntentState.DONE
    assert len(office.received) == 2
    assert len(set(office.message_ids)) == 1


def test_a_process_that_died_before_the_letter_left_leaves_it_to_the_next_one(
    mailroom: Mailroom, office: PostOffice
) -> None:
    (entry,) = mailroom.store.delivery.due(mailroom.clock.now(), 1)
    mailroom.store.delivery.mark_acting(entry, mailroom.clock.now())  # and here it died

    mailroom.act_for_an_hour()

    assert mailroom.entry.state is IntentState.DONE
    assert len(office.received) == 1


def test_a_refusal_is_a_dead_letter_that_says_so(mailroom: Mailroom, office: PostOffice) -> None:
    office.data.append("554 5.7.1 Looks like spam")

    mailroom.act_for_an_hour()

    assert mailroom.entry.state is IntentState.FAILED
    assert mailroom.entry.cause == "mail: DATA: 554 5.7.1 Looks like spam"
    assert office.greeted == 1


def test_a_person_may_have_a_dead_letter_sent_again(mailroom: Mailroom, office: PostOffice) -> None:
    office.data.append("554 5.7.1 Looks like spam")
    mailroom.act()

    mailroom.store.outbox.retry(mailroom.intent.key, by="admin1", now=mailroom.clock.now())
    mailroom.act_for_an_hour()

    assert mailroom.entry.state is IntentState.DONE
    assert len(office.received) == 1


def test_those_who_are_refused_are_counted_and_not_named(
    mailroom: Mailroom, office: PostOffice
) -> None:
    office.refuse(GROMOV, f"550 5.1.1 <{GROMOV}>: no such user")

    mailroom.act()

    assert mailroom.entry.state is IntentState.DONE
    assert mailroom.entry.note == "1 of 2 addresses were refused"
    assert [received.to for received in office.received] == [(ORLOV,)]


def test_a_server_that_refuses_us_keeps_the_letters_waiting(
    mailroom: Mailroom, office: PostOffice
) -> None:
    office.mail.append("550 5.7.1 Not your address")

    summary = mailroom.act()
    waiting = mailroom.entry
    mailroom.act_for_an_hour()

    assert set(summary.blocked) == {Target.MAIL}
    assert waiting.state is IntentState.POSTPONED
    assert "may this log-in write as from: says?" in (waiting.cause or "")
    assert mailroom.entry.state is IntentState.DONE
    assert len(office.received) == 1
