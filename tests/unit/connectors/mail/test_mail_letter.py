"""What people get: headers that every mail program understands, a text and a page that agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.connectors.mail.correspondence import (
    GROMOV,
    MARKER,
    NOON,
    ORLOV,
    SITE,
    a_mailbox,
    a_notice,
    deal_url,
)
from westsync.connectors.mail.addresses import deliverable, sorted_out
from westsync.connectors.mail.config import MailConfig, Tls
from westsync.connectors.mail.letter import compose
from westsync.connectors.mail.markup import page

if TYPE_CHECKING:
    from email.message import EmailMessage

    from westsync.domain.actions import Notify

# What people and clients write: any letter of any script, marks, line ends, invisible characters.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


def written(notice: Notify, *, mailbox: MailConfig | None = None) -> EmailMessage:
    """Return the letter as the other side reads it from its bytes."""
    letter = compose(
        notice,
        MARKER,
        to=sorted_out(notice.to)[0],
        deal_url=None if notice.deal is None else deal_url(notice.deal),
        config=mailbox or a_mailbox(),
        now=NOON,
    )
    return message_from_bytes(letter.as_bytes(), policy=SMTP)


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_only_an_urgent_letter_is_marked_as_important() -> None:
    urgent, usual = written(replace(a_notice(), urgent=True)), written(a_notice())

    assert (urgent["Importance"], urgent["X-Priority"]) == ("high", "1")
    assert (usual["Importance"], usual["X-Priority"]) == (None, None)


class _Page(HTMLParser):
    """What a mail program shows of a page: its words, and where its links lead."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self._silent = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._silent = tag == "title"
        self.links += [str(value) for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words += data.split()


def test_the_headers_say_who_to_whom_what_and_when() -> None:
    letter = written(a_notice())

    assert letter["From"] == "westsync <westsync@example.test>"
    assert letter["To"] == f"{ORLOV}, {GROMOV}"
    assert letter["Subject"] == "Заявка подтверждена звонком"
    assert letter["Date"].datetime == NOON
    assert letter["Message-ID"] == "<ws.7k3m9q2x4r8t6v5w@example.test>"
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_russian_subject_goes_over_the_wire_in_plain_ascii_and_short_lines() -> None:
    raw = compose(
        a_notice(subject="Обещанное время звонка прошло, клиент ждёт ответа " * 3),
        MARKER,
        to=(ORLOV,),
        deal_url=None,
        config=a_mailbox(),
        now=NOON,
    ).as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_text_and_page_say_the_same_and_both_lead_to_the_deal() -> None:
    letter = written(a_notice("Клиент <Иванов & Ко> ждёт\nзвонка\n\nСумма 1 200 ₽"))

    plain, markup = text_of(letter), _Page(text_of(letter, "html"))
    assert plain.splitlines() == [
        "Клиент <Иванов & Ко> ждёт",
        "звонка",
        "",
        "Сумма 1 200 ₽",
        "",
        deal_url("43"),
    ]
    assert markup.words == f"{letter['Subject']} {plain}".split()
    assert markup.links == [deal_url("43")]


def test_a_deal_that_the_text_names_is_not_named_twice() -> None:
    letter = written(a_notice(f"Без звонка: {deal_url('43')}."))

    assert text_of(letter).strip() == f"Без звонка: {deal_url('43')}."
    assert _Page(text_of(letter, "html")).links == [deal_url("43")]


def test_a_letter_about_no_deal_has_no_link() -> None:
    letter = written(a_notice("Отчёт готов", deal=None))

    assert text_of(letter).splitlines() == ["Отчёт готов"]
    assert _Page(text_of(letter, "html")).links == []


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/deals/43",
        f"{SITE}.evil.example/deals/43",
        "https://mp12345678.megaplan.ru@evil.example/",
        "http://mp12345678.megaplan.ru/deals/43",
        "https://[broken/",
        "javascript:alert(1)",
    ],
)
def test_only_the_companys_own_megaplan_becomes_a_link(address: str) -> None:
    markup = _Page(page("Сделка", [f"Смотрите {address} сейчас"], SITE))

    assert markup.links == []
    assert address in markup.words


@given(subject=TEXTS, text=TEXTS)
def test_whatever_people_write_stays_text(subject: str, text: str) -> None:
    letter = written(a_notice(text, subject=subject, deal=None))

    markup = _Page(text_of(letter, "html"))
    assert markup.tags <= {"html", "head", "meta", "title", "body", "table", "tr", "td", "p", "br"}
    assert markup.links == []
    assert markup.words == [*str(letter["Subject"]).split(), *text_of(letter).split()]
    assert letter.keys() == written(a_notice()).keys()
    assert not letter.defects


@given(st.text(st.sampled_from("абв xyz\r\n\x00\u2028:,<>@"), max_size=250))
def test_no_subject_can_add_a_header(subject: str) -> None:
    letter = written(a_notice(subject=subject))

    assert letter.keys() == written(a_notice()).keys()
    assert letter["To"] == f"{ORLOV}, {GROMOV}"


def test_a_notice_without_a_subject_takes_its_first_line() -> None:
    assert written(a_notice("\nСрочно!\nПозвоните", subject=""))["Subject"] == "Срочно!"
    assert written(a_notice("", subject="", deal=None))["Subject"] == "westsync"


def test_the_same_notice_gives_the_same_letter_but_for_its_date() -> None:
    notice, mailbox = a_notice(), a_mailbox()

    first, second = (
        compose(notice, MARKER, to=(ORLOV,), deal_url=None, config=mailbox, now=now)
        for now in (NOON, NOON + timedelta(minutes=3))
    )
    del first["Date"], second["Date"]

    assert first.as_bytes() == second.as_bytes()


def test_an_international_domain_is_carried_in_ascii() -> None:
    letter = written(a_notice(to=("orlov@почта.рф",)), mailbox=a_mailbox(sender="ws@почта.рф"))

    assert letter["To"] == "orlov@xn--80a1acny.xn--p1ai"
    assert letter["Message-ID"] == f"<ws.{MARKER}@xn--80a1acny.xn--p1ai>"


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "orlov",
        "@example.test",
        "orlov@",
        "орлов@example.test",
        "or lov@example.test",
        "a@b@example.test",
        "orlov@example.test>",
        "orlov@example..test",
        "orlov@-example.test",
        ".orlov@example.test",
        "orlov@example.test\nBcc: x@y.z",
        f"{'o' * 65}@example.test",
        f"orlov@{'a' * 64}.test",
    ],
)
def test_what_is_no_plain_address_is_not_written_to(raw: str) -> None:
    assert deliverable(raw) is None


@given(st.emails())
def test_an_address_is_deliverable_in_a_form_that_stays_itself(raw: str) -> None:
    once = deliverable(raw)

    assert once is not None
    assert deliverable(once) == once


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.test:2525?tls=starttls", "mail.example.test", 2525, Tls.STARTTLS),
        ("smtp://mail.example.test?tls=starttls", "mail.example.test", 587, Tls.STARTTLS),
        ("smtp://mail.example.test/?tls=tls", "mail.example.test", 465, Tls.TLS),
        ("smtp://[::1]?tls=none", "::1", 25, Tls.NONE),
    ],
)
def test_the_usual_port_may_be_left_out(url: str, host: str, port: int, tls: Tls) -> None:
    mailbox = MailConfig.at(url, sender="ws@example.test", site=SITE, user=None, password=None)

    assert (mailbox.host, mailbox.port, mailbox.tls) == (host, port, tls)
    assert mailbox.login == "ws@example.test"


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://mail.example.test?tls=none", "ws@example.test"),
        ("smtp://mail.example.test", "ws@example.test"),
        ("https://mail.example.test?tls=tls", "ws@example.test"),
        ("smtp://mail.example.test?tls=tls", "вася@example.test"),
    ],
)
def test_a_mailbox_that_could_not_write_or_would_be_overheard_is_refused(
    url: str, sender: str
) -> None:
    with pytest.raises(ValueError, match=r"encrypted|plain|written like|valid Tls"):
        MailConfig.at(url, sender=sender, site=SITE, user=None, password=None)
