"""What a mail server says decides what follows: sent, later, never, or nobody knows."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.mail_server import (
    ACCEPT_AND_DROP,
    ACCEPT_AND_SAY_NOTHING,
    DROP,
    PASSWORD,
    USER,
    PostOffice,
    a_post_office,
    scripted,
)
from tests.unit.connectors.mail.correspondence import (
    GROMOV,
    MARKER,
    ORLOV,
    a_mailbox,
    a_messenger,
    a_notice,
)
from westsync.connectors.mail.config import Tls
from westsync.connectors.mail.deadline import Deadline
from westsync.domain.actions import AskSupplier
from westsync.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, Unavailable

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from tests.fakes.clock import FakeClock


def test_a_notice_becomes_one_letter_for_all(office: PostOffice, clock: FakeClock) -> None:
    receipt = a_messenger(a_mailbox(office.port), clock).send(a_notice(), MARKER)

    (received,) = office.received
    assert received.to == (ORLOV, GROMOV)
    assert received.sender == "westsync@example.test"
    assert received.letter["Message-ID"] == f"<{receipt.ref}>"
    assert receipt.ref == f"ws.{MARKER}@example.test"
    assert receipt.note == ""


A_REQUEST = AskSupplier(
    supplier="lira",
    to="petr@lira.test",
    deal="43",
    subject="Наличие, запрос 43",
    text="Добрый день!\n• P45B Пианино: 2 шт.",
    reply_to="ivanov@example.test",
)


def test_a_supplier_reads_what_the_request_says_and_nothing_else(
    office: PostOffice, clock: FakeClock
) -> None:
    receipt = a_messenger(a_mailbox(office.port), clock).ask(A_REQUEST, MARKER)

    (received,) = office.received
    plain, page = (received.letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    assert received.to == ("petr@lira.test",)
    assert receipt.ref == f"ws.{MARKER}@example.test"
    assert received.letter["Reply-To"] == "ivanov@example.test"
    assert received.letter["Subject"] == "Наличие, запрос 43"
    assert str(plain.get_content()).splitlines() == A_REQUEST.text.splitlines()
    assert "megaplan" not in str(page.get_content())


def test_a_supplier_answers_the_mailbox_if_the_manager_has_no_address(
    office: PostOffice, clock: FakeClock
) -> None:
    a_messenger(a_mailbox(office.port), clock).ask(replace(A_REQUEST, reply_to=""), MARKER)

    assert office.received[0].letter["Reply-To"] is None


def test_a_supplier_without_a_real_address_is_told_with_the_place_of_the_cure(
    office: PostOffice, clock: FakeClock
) -> None:
    with pytest.raises(Rejected, match=r"suppliers/\*\.yaml, contact\.email"):
        a_messenger(a_mailbox(office.port), clock).ask(replace(A_REQUEST, to="по звонку"), MARKER)


def test_the_machine_tells_its_address_and_not_its_name(
    office: PostOffice, clock: FakeClock
) -> None:
    a_messenger(a_mailbox(office.port), clock).send(a_notice(), MARKER)

    assert office.names == ["[127.0.0.1]"]


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("451 4.7.1 Greylisted, try again", Unavailable),
        ("421 4.3.2 Shutting down", Unavailable),
        ("554 5.7.1 Looks like spam", Rejected),
        ("999 what", OutcomeUnknown),
        (DROP, OutcomeUnknown),
        (ACCEPT_AND_DROP, OutcomeUnknown),
    ],
)
def test_the_reply_to_the_letter_decides(
    office: PostOffice, clock: FakeClock, mood: str, error: type[ConnectorError]
) -> None:
    office.data.append(mood)

    with pytest.raises(error):
        a_messenger(a_mailbox(office.port), clock).send(a_notice(), MARKER)

    assert office.greeted == 1


def test_a_server_that_says_nothing_after_the_letter_leaves_the_outcome_unknown(
    office: PostOffice, clock: FakeClock
) -> None:
    office.data.append(ACCEPT_AND_SAY_NOTHING)
    mailbox = a_mailbox(office.port, deadline_s=0.5)

    with pytest.raises(OutcomeUnknown, match=r"no complete answer within 0\.5 s; the letter may"):
        a_messenger(mailbox, clock).send(a_notice(), MARKER)


@pytest.mark.parametrize("reply", ["450 4.2.0 Greylisted", "421 4.3.2 Closing", "451 4.3.0 Later"])
def test_a_later_to_one_recipient_keeps_the_whole_letter_back(
    office: PostOffice, clock: FakeClock, reply: str
) -> None:
    office.refuse(GROMOV, reply)
    messenger = a_messenger(a_mailbox(office.port), clock)

    with pytest.raises(Unavailable):
        messenger.send(a_notice(), MARKER)
    messenger.send(a_notice(), MARKER)

    assert [received.to for received in office.received] == [(ORLOV, GROMOV)]


@pytest.mark.parametrize(
    "reply", ["550 5.1.1 <gromov@example.test>: no such user", "452 4.2.2 Full"]
)
def test_a_recipient_who_is_refused_does_not_keep_the_letter_from_the_others(
    office: PostOffice, clock: FakeClock, reply: str
) -> None:
    office.refuse(GROMOV, reply)

    receipt = a_messenger(a_mailbox(office.port), clock).send(a_notice(), MARKER)

    assert [received.to for received in office.received] == [(ORLOV,)]
    assert receipt.note == "1 of 2 addresses were refused"


def test_an_address_that_no_mail_can_reach_counts_as_refused(
    office: PostOffice, clock: FakeClock
) -> None:
    notice = a_notice(to=(ORLOV, "Орлов, тел. 5-15\r\nRCPT TO:<x@y.z>", "ORLOV@example.test"))

    receipt = a_messenger(a_mailbox(office.port), clock).send(notice, MARKER)

    assert [received.to for received in office.received] == [(ORLOV,)]
    assert receipt.note == "1 of 2 addresses were refused"


def test_a_letter_that_all_recipients_are_refused_for_is_rejected_without_naming_them(
    office: PostOffice, clock: FakeClock
) -> None:
    office.refuse(ORLOV, f"550 5.1.1 <{ORLOV}>: no such user")
    office.refuse(GROMOV, "550 5.1.1 no such user")

    with pytest.raises(Rejected, match="no recipient is accepted: 550") as caught:
        a_messenger(a_mailbox(office.port), clock).send(a_notice(), MARKER)

    assert caught.value.status == 550
    assert ORLOV not in str(caught.value)
    assert office.received == []


def test_a_full_mailbox_is_waited_for_if_nobody_else_is_there(
    office: PostOffice, clock: FakeClock
) -> None:
    office.refuse(ORLOV, "452 4.2.2 Full")

    with pytest.raises(Unavailable, match="452"):
        a_messenger(a_mailbox(office.port), clock).send(a_notice(to=(ORLOV,)), MARKER)


def test_a_notice_that_nobody_can_get_is_rejected_before_anything_is_asked(
    office: PostOffice, clock: FakeClock
) -> None:
    with pytest.raises(Rejected, match=r"people\.\*\.email"):
        a_messenger(a_mailbox(office.port), clock).send(a_notice(to=("нет почты",)), MARKER)

    assert office.greeted == 0


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("451 4.3.0 Later", Unavailable),
        ("552 5.3.4 Too large", Rejected),
        ("550 5.7.1 Not your address", AccessDenied),
        ("530 5.7.0 Log in first", AccessDenied),
    ],
)
def test_the_reply_to_the_sender_decides(
    office: PostOffice, clock: FakeClock, reply: str, error: type[ConnectorError]
) -> None:
    office.mail.append(reply)

    with pytest.raises(error):
        a_messenger(a_mailbox(office.port), clock).send(a_notice(), MARKER)

    assert office.received == []


def test_recipients_who_need_a_log_in_are_no_refusal_of_recipients(
    office: PostOffice, clock: FakeClock
) -> None:
    office.refuse(ORLOV, "530 5.7.0 Authentication required")

    with pytest.raises(AccessDenied):
        a_messenger(a_mailbox(office.port), clock).send(a_notice(to=(ORLOV,)), MARKER)


def test_nobody_listening_means_not_sent(clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(Unavailable, match="ConnectionRefusedError"):
        a_messenger(a_mailbox(port), clock).send(a_notice(), MARKER)


def test_a_name_that_nobody_knows_means_not_sent(clock: FakeClock) -> None:
    mailbox = a_mailbox(host="nowhere.invalid", tls=Tls.STARTTLS)

    with pytest.raises(Unavailable, match="gaierror"):
        a_messenger(mailbox, clock).send(a_notice(), MARKER)


@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        (b"421 4.3.2 busy\r\n", Unavailable),
        (b"554 5.7.1 we do not talk to you\r\n", AccessDenied),
        (b"HTTP/1.1 400 Bad Request\r\n", Unavailable),
        (b"", Unavailable),
        (b"220 ready\r\n", Unavailable),  # and then nothing more: hung up on EHLO
        (b"2" * 10_000, AccessDenied),  # smtplib takes an endless line for a 500
    ],
)
def test_a_greeting_that_is_no_welcome_means_not_sent(
    clock: FakeClock, greeting: bytes, error: type[ConnectorError]
) -> None:
    with scripted(lambda line: line.sendall(greeting)) as port, pytest.raises(error):
        a_messenger(a_mailbox(port), clock).send(a_notice(), MARKER)


def test_a_greeting_that_never_ends_is_cut_at_the_deadline(clock: FakeClock) -> None:
    def drip(line: socket.socket) -> None:
        while True:
            line.sendall(b"220-still here\r\n")

    with scripted(drip) as port, pytest.raises(Unavailable, match=r"within 0\.3 s"):
        a_messenger(a_mailbox(port, deadline_s=0.3), clock).send(a_notice(), MARKER)


def test_a_silent_tls_handshake_is_cut_at_the_deadline(clock: FakeClock) -> None:
    def listen(line: socket.socket) -> None:
        while line.recv(4096):
            pass

    with scripted(listen) as port, pytest.raises(Unavailable, match=r"within 0\.3 s"):
        a_messenger(a_mailbox(port, tls=Tls.TLS, deadline_s=0.3), clock).send(a_notice(), MARKER)


def test_a_server_that_does_not_say_goodbye_changes_nothing(clock: FakeClock) -> None:
    def rude(line: socket.socket) -> None:
        with line.makefile("rb") as said, suppress(OSError):
            line.sendall(b"220 ready\r\n")
            for word in said:
                if word.upper().startswith(b"DATA"):
                    line.sendall(b"354 go on\r\n")
                    while said.readline() != b".\r\n":
                        pass
                if word.upper().startswith(b"QUIT"):
                    return
                line.sendall(b"250 fine\r\n")

    with scripted(rude) as port:
        receipt = a_messenger(a_mailbox(port), clock).send(a_notice(), MARKER)

    assert receipt.note == ""


@pytest.mark.parametrize(
    ("reply", "error"),
    [(b"451 later\r\n", Unavailable), (b"554 no\r\n", Rejected), (b"250 what\r\n", Unavailable)],
)
def test_a_server_that_does_not_let_the_letter_begin_has_not_got_it(
    clock: FakeClock, reply: bytes, error: type[ConnectorError]
) -> None:
    def reluctant(line: socket.socket) -> None:
        with line.makefile("rb") as said:
            line.sendall(b"220 ready\r\n")
            for word in said:
                line.sendall(reply if word.upper().startswith(b"DATA") else b"250 fine\r\n")

    with scripted(reluctant) as port, pytest.raises(error):
        a_messenger(a_mailbox(port), clock).send(a_notice(), MARKER)


# -- encryption and log-in -----------------------------------------------------------------------


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
def test_a_letter_goes_encrypted_and_with_a_log_in(
    clock: FakeClock, server_tls: ssl.SSLContext, certificate: Path, tls: Tls
) -> None:
    at_once = tls is Tls.TLS
    with a_post_office(tls=server_tls, from_first_byte=at_once, log_in=True) as office:
        mailbox = a_mailbox(
            office.port, host="localhost", tls=tls, password=PASSWORD, ca_file=certificate
        )
        a_messenger(mailbox, clock).send(a_notice(), MARKER)

    assert len(office.received) == 1
    assert office.logins == [(USER, PASSWORD)]


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
@pytest.mark.parametrize("wrong", ["unknown authority", "wrong name"])
def test_a_certificate_that_cannot_be_believed_means_not_sent(
    clock: FakeClock, server_tls: ssl.SSLContext, certificate: Path, tls: Tls, wrong: str
) -> None:
    with a_post_office(tls=server_tls, from_first_byte=tls is Tls.TLS, log_in=True) as office:
        mailbox = a_mailbox(
            office.port,
            host="127.0.0.1" if wrong == "wrong name" else "localhost",
            tls=tls,
            password=PASSWORD,
            ca_file=None if wrong == "unknown authority" else certificate,
        )
        with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
            a_messenger(mailbox, clock).send(a_notice(), MARKER)

    assert office.logins == []


def test_a_server_without_encryption_gets_neither_password_nor_letter(
    office: PostOffice, clock: FakeClock
) -> None:
    mailbox = a_mailbox(office.port, tls=Tls.STARTTLS, password=PASSWORD)

    with pytest.raises(Unavailable, match="offers no encryption"):
        a_messenger(mailbox, clock).send(a_notice(), MARKER)

    assert (office.logins, office.received) == ([], [])


def test_a_wrong_password_is_not_tried_again_and_again(
    clock: FakeClock, server_tls: ssl.SSLContext, certificate: Path
) -> None:
    with a_post_office(tls=server_tls, log_in=True) as office:
        mailbox = a_mailbox(
            office.port, host="localhost", tls=Tls.STARTTLS, password="wrong", ca_file=certificate
        )
        messenger = a_messenger(mailbox, clock)
        with pytest.raises(AccessDenied, match="535") as first:
            messenger.send(a_notice(), MARKER)
        tried = len(office.logins)
        with pytest.raises(AccessDenied, match="not asked again yet"):
            messenger.send(a_notice(), MARKER)
        told_again = len(office.logins)
        clock.advance(timedelta(minutes=21))
        with pytest.raises(AccessDenied, match="535"):
            messenger.send(a_notice(), MARKER)

    assert (tried, told_again, len(office.logins)) == (tried, tried, 2 * tried)
    assert "wrong" not in str(first.value)
    assert "secret of accounts.*.mail" in str(first.value)


def test_a_password_that_smtp_cannot_carry_is_told_and_not_shown(
    clock: FakeClock, server_tls: ssl.SSLContext, certificate: Path
) -> None:
    with a_post_office(tls=server_tls, log_in=True) as office:
        mailbox = a_mailbox(
            office.port, host="localhost", tls=Tls.STARTTLS, password="пароль", ca_file=certificate
        )
        with pytest.raises(AccessDenied, match="Latin letters") as caught:
            a_messenger(mailbox, clock).send(a_notice(), MARKER)

    assert "пароль" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert "пароль" not in repr(mailbox)


def test_a_server_that_knows_no_log_in_is_told_to_a_person(clock: FakeClock) -> None:
    def plain(line: socket.socket) -> None:
        with line.makefile("rb") as said:
            line.sendall(b"220 ready\r\n")
            for _ in said:
                line.sendall(b"250 mail.example.test\r\n")

    with scripted(plain) as port, pytest.raises(AccessDenied, match="AUTH"):
        a_messenger(a_mailbox(port, password=PASSWORD), clock).send(a_notice(), MARKER)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"454 4.7.0 Temporary authentication failure\r\n", Unavailable),
        (b"421 4.3.2 Closing\r\n", Unavailable),
        (b"534 5.7.9 Needs a password for programs\r\n", AccessDenied),
        (b"", Unavailable),  # hangs up
    ],
)
def test_the_reply_to_the_log_in_decides(
    clock: FakeClock, reply: bytes, error: type[ConnectorError]
) -> None:
    def doorkeeper(line: socket.socket) -> None:
        with line.makefile("rb") as said:
            line.sendall(b"220 ready\r\n")
            for word in said:
                if not word.upper().startswith(b"EHLO"):
                    line.sendall(reply)
                    return
                line.sendall(b"250-mail.example.test\r\n250 AUTH PLAIN\r\n")

    with scripted(doorkeeper) as port, pytest.raises(error):
        a_messenger(a_mailbox(port, password=PASSWORD), clock).send(a_notice(), MARKER)


def test_a_connection_that_comes_after_the_deadline_is_not_used() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadline(0.0) as deadline:
        deadline._timer.join()

        with pytest.raises(TimeoutError):
            deadline.watch(ours)

    assert deadline.has_passed
