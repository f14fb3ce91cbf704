"""Promises of report mail: whole at any size, harmless, and right about its mistakes."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import lxml.html
import pytest

from tests.unit.reports.shipped import LONG_NAME, TUESDAY, a_request, gathered, settings
from westsync.reports.catalogue import build_report
from westsync.reports.gathered import Standard
from westsync.reports.press import BrokenTemplate, Press, bars
from westsync.reports.secretary_daily import NAME

if TYPE_CHECKING:
    from westsync.reports.model import Report

VOID = {"meta", "img", "br", "hr"}
GMAIL_CUTS_AT = 102 * 1024


class Outline(HTMLParser):
    """Checks that tags nest, and gathers what a mail reader would fetch or run."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.rows: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def secretary(count: int, name: str = "") -> Report:
    requests = tuple(
        a_request(
            number,
            manager=f"Менеджер {number}",
            source=f"Источник {number}",
            answered_after=timedelta(hours=2),
            name=name,
        )
        for number in range(count)
    )
    return build_report(NAME, TUESDAY.first, gathered(requests=requests))


def press() -> Press:
    return Press(settings().templates, settings().words)


@pytest.mark.parametrize("count", [0, 1, 30, 500])
def test_a_mail_is_whole_and_not_cut_by_mail_readers_at_any_size(count: int) -> None:
    html = press().html(secretary(count))

    outline = Outline(html)

    assert outline.open == []
    assert len(html.encode()) < GMAIL_CUTS_AT
    assert ("Ещё строк: 480" in html) == (count == 500)
    assert ("За день не поступило ни одного обращения." in html) == (count == 0)


def test_more_columns_than_a_page_is_wide_have_their_words_above_the_figures() -> None:
    standard = Standard(
        rule="first-contact",
        step="P1.1",
        title="Клиенту перезвонили",
        limit=timedelta(minutes=10),
        limit_words="10 мин",
    )
    report = build_report("process-weekly", TUESDAY.first, gathered(standards=(standard,)))

    page: Any = lxml.html.fromstring(press().html(report))

    table = page.xpath("//div[contains(@style, 'overflow-x')]/table")[0]
    head, words, figures = table.xpath("./tr")[:3]
    columns = head.findall("th")
    assert words.text_content().split() == ["Клиенту", "перезвонили", "·", "P1.1", "·", "10", "мин"]
    assert [cell.get("colspan") for cell in words.findall("td")] == [str(len(columns))]
    assert len(figures.findall("td")) == len(columns)
    assert "Шаг" not in head.text_content()


def test_a_mail_fetches_and_runs_nothing() -> None:
    outline = Outline(press().html(secretary(30)))

    assert not {"img", "script", "link", "style", "iframe", "svg"} & set(outline.tags)
    assert {link.split("/")[2] for link in outline.links} == {"mp.example.test"}


def test_what_clients_typed_is_text() -> None:
    html = press().html(secretary(1, name='<script>alert("1")</script>{{ 7 * 7 }}'))

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7 * 7 }}" in html


def test_the_plain_text_says_what_the_html_says() -> None:
    report = secretary(2, name=LONG_NAME)

    text = press().text(report)

    assert "24 ноября" in text.replace("\N{NO-BREAK SPACE}", " ")
    for row in report.tables[0].rows:
        assert str(row.cells[0].value) in text
    assert "<" not in text


def test_a_bar_is_as_long_as_its_figure_is_large() -> None:
    requests = [a_request(n, source="Сайт" if n < 3 else "Почта") for n in range(4)]
    table = build_report(NAME, TUESDAY.first, gathered(requests=tuple(requests))).tables[0]

    assert bars(table) == (100, 33)


def test_a_template_of_a_report_takes_the_place_of_the_common_one() -> None:
    own = Press({**settings().templates, f"{NAME}.html.j2": "{{ period }}"}, settings().words)

    assert own.html(secretary(0)).startswith("24")


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("\n{{ report.titel }}", 2, "UndefinedError"),
        ("\n\n{% for %}", 3, "Expected"),
        ("{{ ''.__class__.__mro__ }}", 1, "SecurityError"),
        ("{% include 'other.j2' %}", 1, "other.j2"),
        ("{% for n in range(10 ** 9) %}{% endfor %}", 1, "OverflowError"),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(source: str, line: int, said: str) -> None:
    broken = Press({"report.html.j2": source}, settings().words)

    with pytest.raises(BrokenTemplate, match=said) as caught:
        broken.html(secretary(0))

    assert (caught.value.name, caught.value.line) == ("report.html.j2", line)
