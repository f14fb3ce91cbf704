"""A report on its way: due by the clock, counted in Megaplan, one letter through a real server."""

from __future__ import annotations

import random
import signal
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.e2e.office import SOURCE
from tests.e2e.test_mail import connect_mail
from tests.fakes.mail_server import ACCEPT_AND_SAY_NOTHING, PostOffice, a_post_office

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.office import Office

DIRECTORS = ("director1@example.test", "director2@example.test")


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with a_post_office() as opened:
        yield opened


@pytest.fixture
def reporting(office: Office, mail: PostOffice) -> Office:
    """The office with mail, at the end of a day with one request; its rules are loaded."""
    connect_mail(office, mail)
    client = office.world.create_client(first="Пётр", last="Сидоров", phones=["+79990000001"])
    office.world.clock.set(office.at(9, 30, day=23))
    office.world.create_deal(
        name="Yamaha DTX6", client=client, manager="ivanov", fields={SOURCE: "Сайт"}
    )
    for hour in (11, 20):  # what is due before the test begins is not the test's
        office.cycle(office.at(hour, 5, day=23))
    office.cycle(office.at(9, 35))  # the day after, the directors hear of the request
    mail.received.clear()
    return office


def of_reports(cycle: dict[str, Any]) -> list[str]:
    return [one["state"] for one in cycle["acted"] if one["kind"] == "report.send"]


def test_the_secretarys_report_reaches_both_directors_once_with_its_workbook(
    reporting: Office, mail: PostOffice
) -> None:
    early = reporting.cycle(reporting.at(10, 49))
    due = reporting.cycle(reporting.at(10, 50))
    again = reporting.cycle(reporting.at(11, 0))

    assert (of_reports(early), of_reports(due), of_reports(again)) == ([], ["done"], [])
    (received,) = mail.received
    plain = received.letter.get_body(("plain",))
    html = received.letter.get_body(("html",))
    (file,) = received.letter.iter_attachments()
    workbook = openpyxl.load_workbook(BytesIO(file.get_content()))
    assert received.to == DIRECTORS
    assert plain is not None
    assert html is not None
    assert "23\xa0ноября" in str(plain.get_content())
    assert "<table" in str(html.get_content())
    assert str(file.get_filename()).startswith("secretary-daily-2026-11-23")
    assert len(workbook.sheetnames) >= 2
    assert "с опозданием" not in str(received.letter["Subject"])


def test_a_report_found_late_says_so_and_its_absence_was_told(
    reporting: Office, mail: PostOffice
) -> None:
    late = reporting.cycle(reporting.at(11, 20))

    assert of_reports(late) == ["done"]
    to_directors = [one for one in mail.received if one.to == DIRECTORS]
    assert len(to_directors) == 1
    assert "с опозданием" in str(to_directors[0].letter["Subject"])
    body = to_directors[0].letter.get_body(("plain",))
    assert body is not None
    assert "Отчёт опоздал" in str(body.get_content())


def test_the_first_start_with_mail_sends_no_report_of_before(
    office: Office, mail: PostOffice
) -> None:
    office.cycle(office.at(9, 30, day=23))  # without mail the reports sleep
    connect_mail(office, mail)

    first = office.cycle(office.at(11, 30))
    evening = office.cycle(office.at(19, 45))

    assert of_reports(first) == []
    assert of_reports(evening) == ["done"]
    assert "с опозданием" not in str(mail.received[-1].letter["Subject"])


def test_after_an_outage_of_a_night_both_reports_come_late_and_once(
    reporting: Office, mail: PostOffice
) -> None:
    after = reporting.cycle(reporting.at(11, 20, day=25))
    again = reporting.cycle(reporting.at(11, 25, day=25))

    subjects = [str(one.letter["Subject"]) for one in mail.received if one.to == DIRECTORS]
    assert (of_reports(after), of_reports(again)) == (["done", "done"], [])
    assert sorted(subject.partition(":")[0] for subject in subjects) == [
        "Отчёт РОП",
        "Отчёт секретаря",
    ]
    assert all("с опозданием" in subject for subject in subjects)


def test_a_greylisted_report_comes_once_and_a_refused_one_is_a_dead_letter(
    reporting: Office, mail: PostOffice
) -> None:
    mail.data.extend(["451 4.7.1 Greylisted", "554 5.7.1 Looks like spam"])

    first = reporting.cycle(reporting.at(10, 50))
    refused = reporting.cycle(reporting.at(10, 53))
    told = reporting.cycle(reporting.at(11, 0))

    assert (of_reports(first), of_reports(refused)) == (["postponed"], ["failed"])
    assert [one["kind"] for one in told["acted"]] == ["notify"]  # the admin hears of it
    assert [one.to for one in mail.received] == [("admin1@example.test",)]


def test_a_report_whose_reply_is_lost_is_never_sent_twice(
    reporting: Office, mail: PostOffice
) -> None:
    mail.data.append(ACCEPT_AND_SAY_NOTHING)
    process = reporting.begin_cycle(reporting.at(10, 50))
    assert mail.letter_came.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait()

    states = [of_reports(reporting.cycle(reporting.at(10, minute))) for minute in (51, 54, 57)]

    assert states[-2:] in ([["held"], []], [[], ["held"]])
    assert len([one for one in mail.received if one.to == DIRECTORS]) <= 1


@pytest.mark.parametrize("seed", range(4))
def test_a_report_killed_at_any_moment_arrives_at_most_once_and_is_never_forgotten(
    reporting: Office, mail: PostOffice, seed: int
) -> None:
    process = reporting.begin_cycle(reporting.at(10, 50))
    kill_after = random.Random(seed).uniform(0.2, 1.6)  # a start alone takes about half a second
    try:
        process.wait(kill_after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()

    for minute in (51, 54, 57):
        reporting.cycle(reporting.at(10, minute))

    arrived = [one for one in mail.received if one.to == DIRECTORS]
    held = reporting.run("journal", "list", "--state", "held", "--json").stdout
    assert len(arrived) == 1 or ("report.send" in held and not arrived)
