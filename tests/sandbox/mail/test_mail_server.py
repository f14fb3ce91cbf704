"""The stand-in's mail server takes whole letters and is strict about how they are handed over."""

from __future__ import annotations

import smtplib
import socket
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest

from westsync.sandbox.mail import Mailroom, MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture
def port(room: Mailroom) -> Iterator[int]:
    with MailServer(room, lambda: NOW) as server:
        yield int(server.url.removesuffix("?tls=none").rpartition(":")[2])


def a_letter(**headers: str) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    given = {"From": "ws@example.test", "To": "ivanov@example.test", "Subject": "СРОЧНО!"}
    given |= {"Date": "Tue, 24 Nov 2026 11:00:00 +0300", "Message-ID": "<ws.1@example.test>"}
    for name, value in (given | headers).items():
        if value:
            letter[name] = value
    letter.set_content("Перезвоните.\n..две точки в начале\n.\nконец\n", cte="8bit")
    return letter


def talk(port: int, *lines: bytes) -> list[str]:
    """Say lines as they are; return the code of each reply."""
    codes = []
    with socket.create_connection(("127.0.0.1", port), 10) as line, line.makefile("rb") as replies:
        replies.readline()
        for said in lines:
            line.sendall(said)
            while (reply := replies.readline())[3:4] == b"-":
                pass
            codes.append(reply[:3].decode())
    return codes


def test_a_letter_arrives_whole_with_its_envelope(port: int, room: Mailroom) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        client.sendmail("ws@example.test", ["a@example.test", "b@example.test"], bytes(a_letter()))

    (letter,) = room.letters
    assert (letter.sender, letter.to) == ("ws@example.test", ("a@example.test", "b@example.test"))
    assert (letter.id, letter.at) == ("ws.1@example.test", NOW)
    assert letter.message["Subject"] == "СРОЧНО!"
    assert "..две точки в начале\n.\nконец" in letter.body("plain").replace("\r", "")
    assert letter.body("html") == ""


def test_two_letters_may_go_over_one_connection(port: int, room: Mailroom) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        for number in (1, 2):
            letter = bytes(a_letter(**{"Message-ID": f"<{number}@example.test>"}))
            client.sendmail("ws@example.test", ["a@example.test"], letter)

    assert [letter.id for letter in room.letters] == ["1@example.test", "2@example.test"]


@pytest.mark.parametrize("missing", ["Date", "From", "Message-ID", "To", "Subject"])
def test_what_is_no_letter_is_refused(port: int, room: Mailroom, missing: str) -> None:
    with (
        smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client,
        pytest.raises(smtplib.SMTPDataError, match=missing),
    ):
        client.sendmail("ws@example.test", ["a@x.test"], bytes(a_letter(**{missing: ""})))

    assert room.letters == []


EHLO, MAIL, RCPT = b"EHLO me\r\n", b"MAIL FROM:<a@x.test>\r\n", b"RCPT TO:<b@x.test>\r\n"


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ((MAIL,), ["503"]),
        ((EHLO, RCPT), ["250", "503"]),
        ((EHLO, MAIL, b"DATA\r\n"), ["250", "250", "503"]),
        ((EHLO, MAIL, MAIL), ["250", "250", "503"]),
        ((EHLO, b"MAIL FROM: a@x.test\r\n"), ["250", "501"]),
        ((EHLO, MAIL, b"RCPT TO:<nobody>\r\n"), ["250", "250", "501"]),
        ((EHLO, b"VRFY b\r\n"), ["250", "502"]),
        ((b"EHLO\r\n",), ["501"]),
        ((b"EHLO me\n",), ["500"]),
        ((EHLO, MAIL, RCPT, b"DATA\r\n", b"a: b\nc\r\n.\r\n"), [*["250"] * 3, "354", "500"]),
        ((EHLO, MAIL, RCPT, b"DATA\r\n", b"x" * 999 + b"\r\n.\r\n"), [*["250"] * 3, "354", "500"]),
        ((EHLO, MAIL, b"RSET\r\n", RCPT), ["250", "250", "250", "503"]),
    ],
)
def test_the_order_and_form_of_commands_are_heeded(
    port: int, room: Mailroom, said: tuple[bytes, ...], codes: list[str]
) -> None:
    assert talk(port, *said) == codes
    assert room.letters == []


def test_a_letter_that_breaks_off_is_none(port: int, room: Mailroom) -> None:
    talk(port, EHLO, MAIL, RCPT, b"DATA\r\n")
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(EHLO + MAIL + RCPT + b"DATA\r\nSubject: half\r\n")

    assert room.letters == []
