"""An attachment of the newest letter that fits; the mailbox stays as staff left it."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.clock import NOON
from tests.unit.connectors.suppliers.fetching.mailbox import (
    PASSWORD,
    TOKEN,
    USER,
    Mailbox,
    Stored,
    serving,
)
from westsync.connectors.suppliers.fetching.imap_client import mailbox_name
from westsync.connectors.suppliers.profile_fetch import ImapFetch, Tls
from westsync.errors import AccessDenied, Rejected, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from tests.unit.connectors.suppliers.fetching.errands import Errands

HOUR = timedelta(hours=1)


@pytest.fixture
def mailbox(certificate: Path) -> Iterator[Mailbox]:
    with serving(Mailbox(), certificate) as served:
        yield served


@pytest.fixture
def how(mailbox: Mailbox, certificate: Path) -> Any:
    def fetch(**more: Any) -> ImapFetch:
        known: dict[str, Any] = {
            "host": "localhost",
            "port": mailbox.port,
            "user": USER,
            "password": "${secret:password}",
            "senders": ("stock@x.example",),
            "subject": "~остатки",
            "attachment": r"~\.(zip|xlsx?)$",
            "tls": Tls(ca_file=str(certificate)),
        }
        return ImapFetch(**{**known, **more})

    return fetch


def test_the_attachment_of_the_newest_letter_is_taken(
    errands: Errands, mailbox: Mailbox, how: Any
) -> None:
    mailbox.put(NOON - 2 * HOUR, attachments={"Остатки.xlsx": b"newest", "logo.png": b"-"})
    mailbox.put(NOON - 5 * HOUR, attachments={"Остатки.xlsx": b"older"})

    found = errands.file(how(), password=PASSWORD)

    assert (found.path.read_bytes(), found.name) == (b"newest", "Остатки.xlsx")
    assert found.modified_at == NOON - 2 * HOUR


def test_nothing_in_the_mailbox_changes(errands: Errands, mailbox: Mailbox, how: Any) -> None:
    mailbox.put(NOON - HOUR, attachments={"a.xlsx": b"1"})

    errands.file(how(), password=PASSWORD)

    words = " ".join(mailbox.commands)
    assert "EXAMINE" in words
    assert "BODY.PEEK[]" in words
    assert not {"SELECT", "STORE", "EXPUNGE"} & set(words.split())


def test_a_letter_is_taken_once_and_a_newer_one_then(
    errands: Errands, mailbox: Mailbox, how: Any
) -> None:
    mailbox.put(NOON - 3 * HOUR, attachments={"a.xlsx": b"1"})
    errands.file(how(), password=PASSWORD)

    assert errands.run(how(), password=PASSWORD) is None

    mailbox.put(NOON - HOUR, attachments={"a.xlsx": b"2"})
    assert errands.file(how(), password=PASSWORD).path.read_bytes() == b"2"


def test_a_folder_that_was_made_anew_is_read_again(
    errands: Errands, mailbox: Mailbox, how: Any
) -> None:
    mailbox.put(NOON - HOUR, attachments={"a.xlsx": b"1"})
    errands.file(how(), password=PASSWORD)
    mailbox.validity = 8

    assert errands.run(how(), password=PASSWORD) is not None


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param({"sender": "spam@y.example"}, id="other sender"),
        pytest.param({"subject": "Акция"}, id="other subject"),
        pytest.param({"subject": "Re: остатки, вопрос"}, id="excluded subject"),
        pytest.param({"attachments": {"a.pdf": b"1"}}, id="other attachment"),
        pytest.param({"attachments": {}}, id="no attachment"),
    ],
)
def test_letters_that_do_not_fit_are_passed_over(
    errands: Errands, mailbox: Mailbox, how: Any, letter: dict[str, Any]
) -> None:
    mailbox.put(NOON - 5 * HOUR, attachments={"a.xlsx": b"right"})
    mailbox.put(NOON - HOUR, **{"attachments": {"a.xlsx": b"wrong"}, **letter})

    found = errands.file(how(subject_excludes="Re:"), password=PASSWORD)

    assert found.path.read_bytes() == b"right"


@pytest.mark.parametrize(
    "head",
    [b'From: "', b"From: <", b"From: undisclosed-recipients:;a>", b"From: .=?utf-8?q?:)"],
)
def test_a_strangers_letter_that_is_not_well_formed_hides_nothing(
    errands: Errands, mailbox: Mailbox, how: Any, head: bytes
) -> None:
    mailbox.put(NOON - 5 * HOUR, attachments={"a.xlsx": b"right"})
    mailbox.letters.append(Stored(200, NOON - HOUR, head + b"\r\nSubject: =?\r\n\r\nspam\r\n"))

    assert errands.file(how(), password=PASSWORD).path.read_bytes() == b"right"


def test_a_letter_that_is_too_old_is_no_news(errands: Errands, mailbox: Mailbox, how: Any) -> None:
    mailbox.put(NOON - timedelta(days=4), attachments={"a.xlsx": b"1"})

    with pytest.raises(Unavailable, match="no letter of the last 3 days"):
        errands.run(how(), password=PASSWORD)


def test_several_attachments_come_as_one(errands: Errands, mailbox: Mailbox, how: Any) -> None:
    mailbox.put(NOON - HOUR, attachments={"а.xlsx": b"1", "б.xlsx": b"2"})

    found = errands.file(how(), password=PASSWORD)

    with zipfile.ZipFile(found.path) as bundle:
        assert [bundle.read(name) for name in bundle.namelist()] == [b"1", b"2"]


def test_a_letter_that_is_too_long_is_not_even_read(
    errands: Errands, mailbox: Mailbox, how: Any
) -> None:
    mailbox.put(NOON - HOUR, attachments={"a.xlsx": b"0" * 1_000_000})

    with pytest.raises(Unavailable):
        errands.run(how(max_bytes=10_000), password=PASSWORD)

    assert not any("BODY.PEEK[]" in command for command in mailbox.commands)


def test_a_token_logs_in_where_passwords_do_not(
    errands: Errands, mailbox: Mailbox, how: Any
) -> None:
    mailbox.put(NOON - HOUR, attachments={"a.xlsx": b"1"})

    found = errands.file(how(password="", token="${secret:token}"), token=TOKEN)

    assert found.path.read_bytes() == b"1"


def test_a_refused_log_in_is_not_repeated(
    errands: Errands, mailbox: Mailbox, how: Any, clock: FakeClock
) -> None:
    with pytest.raises(AccessDenied, match="app password"):
        errands.run(how(), password="wrong-password")

    assert sum(command.startswith("LOGIN") for command in mailbox.commands) == 1
    assert clock.waits == []


def test_a_folder_that_is_not_there_needs_a_person(errands: Errands, how: Any) -> None:
    with pytest.raises(Rejected, match=r"correct fetch\.folder"):
        errands.run(how(folder="Прайсы"), password=PASSWORD)


def test_a_certificate_nobody_vouches_for_hears_no_password(
    errands: Errands, mailbox: Mailbox, how: Any
) -> None:
    with pytest.raises(Rejected, match="not trusted"):
        errands.run(how(tls=Tls()), password=PASSWORD)

    assert mailbox.commands == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", "INBOX"),
        ("Прайсы", "&BB8EQAQwBDkEQQRL-"),
        ("A&B", "A&-B"),
        ('Z"\\', 'Z\\"\\\\'),
        ("台北", "&U,BTFw-"),
    ],
)
def test_folders_are_named_as_imap_does(name: str, written: str) -> None:
    assert mailbox_name(name) == written
