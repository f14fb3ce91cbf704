"""An escalation by mail: from the deal in Megaplan to one letter, through a real mail server."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.office import SOURCE
from tests.fakes.mail_server import (
    ACCEPT_AND_SAY_NOTHING,
    DROP,
    SAY_NOTHING,
    PostOffice,
    a_post_office,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.office import Office

ORLOV = "orlov@example.test"
TO_HEAD = "via: [megaplan]"


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with a_post_office() as opened:
        yield opened


def connect_mail(office: Office, mail: PostOffice) -> None:
    """Do in the shipped configuration what its comments say, for a server on this machine."""
    settings = office.config / "westsync.yaml"
    text = settings.read_text(encoding="utf-8")
    assert "    # mail:\n" in text
    address = f"smtp://127.0.0.1:{mail.port}?tls=none"
    section = f"    mail: {{ smtp: '{address}', from: westsync@example.test }}\n"
    settings.write_text(text.replace("    # mail:\n", section), encoding="utf-8")


def mail_the_escalation(office: Office) -> None:
    """Have the first rule, P1.1, tell the head of sales in both ways."""
    rules = office.config / "rules" / "p1-secretary.yaml"
    text = rules.read_text(encoding="utf-8")
    assert TO_HEAD in text
    rules.write_text(text.replace(TO_HEAD, "via: [megaplan, email]", 1), encoding="utf-8")


def point_to(office: Office, old: int, new: int) -> None:
    """Have the settings name another port of the mail server."""
    settings = office.config / "westsync.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(f":{old}?tls", f":{new}?tls"), encoding="utf-8")


@pytest.fixture
def mailing(office: Office, mail: PostOffice) -> Office:
    """The office with mail, a rule that uses it, and a request that nobody calls about.

    Without the reports: they wake with mail, and have their own play in test_report_mail.
    """
    connect_mail(office, mail)
    for reports in office.config.glob("rules/**/p8-reports.yaml"):
        reports.unlink()
    mail_the_escalation(office)
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
    )
    return office


def by_mail(cycle: dict[str, Any]) -> list[str]:
    """Return what became of the notices by mail in one cycle."""
    return [one["state"] for one in cycle["acted"] if one["key"].endswith(":notify.email")]


def test_an_escalation_reaches_the_head_of_sales_by_mail_once(
    mailing: Office, mail: PostOffice
) -> None:
    early = mailing.cycle(mailing.at(9, 9))
    late = mailing.cycle(mailing.at(9, 10))
    again = mailing.cycle(mailing.at(9, 11))

    assert (by_mail(early), by_mail(late), by_mail(again)) == ([], ["done"], [])
    (received,) = mail.received
    body = received.letter.get_body(("plain",))
    assert body is not None
    assert received.to == (ORLOV,)
    assert "без звонка клиенту уже 10 мин" in str(body.get_content())
    assert "/deals/" in str(body.get_content())
    assert received.letter["Date"].datetime == mailing.at(9, 10)


@pytest.mark.parametrize("fault", ["450 4.2.0 Greylisted", "refused connection"])
def test_what_was_certainly_not_sent_comes_with_the_next_cycle_of_another_process(
    mailing: Office, mail: PostOffice, fault: str
) -> None:
    if fault == "refused connection":
        point_to(mailing, mail.port, 1)
    else:
        mail.refuse(ORLOV, fault)

    first = mailing.cycle(mailing.at(9, 10))
    point_to(mailing, 1, mail.port)
    then = mailing.cycle(mailing.at(9, 12))

    assert (by_mail(first), by_mail(then)) == (["postponed"], ["done"])
    assert len(mail.received) == 1


def test_a_refused_recipient_is_a_dead_letter_and_his_address_in_no_log(
    mailing: Office, mail: PostOffice
) -> None:
    mail.refuse(ORLOV, f"550 5.1.1 <{ORLOV}>: no such user")
    mailing.world.clock.set(mailing.at(9, 10))

    done = mailing.run("cycle", "--at", mailing.at(9, 10).isoformat())
    again = mailing.cycle(mailing.at(9, 30))
    dead = mailing.run("journal", "list", "--state", "failed", "--json")

    assert '"intent.failed"' in done.stderr
    assert ORLOV not in done.stderr
    assert "no recipient is accepted: 550 5.1.1 <<mail>>: no such user" in dead.stdout
    assert by_mail(again) == []
    assert mail.received == []


def test_a_lost_connection_after_the_letter_is_left_to_a_person(
    mailing: Office, mail: PostOffice
) -> None:
    mail.data.append(DROP)

    first = mailing.cycle(mailing.at(9, 10))
    too_early = mailing.cycle(mailing.at(9, 12))
    then = mailing.cycle(mailing.at(9, 14))

    assert (by_mail(first), by_mail(too_early), by_mail(then)) == (["in_doubt"], [], ["held"])


@pytest.mark.parametrize("mood", [SAY_NOTHING, ACCEPT_AND_SAY_NOTHING])
def test_a_process_killed_while_the_letter_left_never_sends_it_twice(
    mailing: Office, mail: PostOffice, mood: str
) -> None:
    mail.data.append(mood)
    mailing.world.clock.set(mailing.at(9, 10))
    words = ["cycle", "--at", mailing.at(9, 10).isoformat()]
    with subprocess.Popen(  # noqa: S603 - our own program with our own words
        [sys.executable, "-m", "westsync", "--config", str(mailing.config), *words],
        env=mailing.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert mail.letter_came.wait(30)
        process.kill()

    restarted = mailing.cycle(mailing.at(9, 11))
    then = mailing.cycle(mailing.at(9, 14))

    assert (by_mail(restarted), by_mail(then)) == ([], ["held"])
    assert len(mail.message_ids) <= 1


def test_mail_in_a_rule_of_an_account_without_mail_is_told_at_its_place(office: Office) -> None:
    mail_the_escalation(office)

    told = office.run("check")

    assert told.returncode == 78
    assert "p1-secretary.yaml:47:" in told.stdout
    assert "channel 'email' is not configured; add a 'mail:' section" in told.stdout


def test_mail_in_a_rule_of_an_account_with_mail_is_right(mailing: Office) -> None:
    assert mailing.run("check").returncode == 0


def test_a_sender_that_no_mail_can_carry_is_told_at_its_place(mailing: Office) -> None:
    settings = mailing.config / "westsync.yaml"
    text = settings.read_text(encoding="utf-8")
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.startswith("    mail:"))
    settings.write_text(text.replace("from: westsync@", "from: вестсинк@"), encoding="utf-8")

    told = mailing.run("cycle", "--at", mailing.at(9, 10).isoformat())

    assert told.returncode == 78
    assert f"westsync.yaml:{line}:" in told.stderr
    assert "the sender's address must be plain" in told.stderr


def test_a_drill_never_mails_through_a_real_server(mailing: Office) -> None:
    settings = mailing.config / "westsync.yaml"
    text = settings.read_text(encoding="utf-8")
    other = re.sub(r"smtp://127\.0\.0\.1:\d+\?tls=none", "smtp://mail.example.test?tls=tls", text)
    settings.write_text(other, encoding="utf-8")

    refused = mailing.run("cycle", "--at", mailing.at(9, 10).isoformat())

    assert refused.returncode == 64
    assert "loopback" in refused.stderr
