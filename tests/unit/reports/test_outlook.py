"""Every mail of ours holds in Outlook's Word engine, on phones and in dark modes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.word_engine import defects
from tests.unit.reports.shipped import (
    LONG_NAME,
    TUESDAY,
    a_request,
    an_invoice,
    gathered,
    office,
    settings,
)
from westsync.connectors.mail.markup import page
from westsync.reports.catalogue import REPORTS, build_report
from westsync.reports.press import Press
from westsync.reports.sample import samples

SITE = "https://mp12345678.megaplan.ru"


def drawn(name: str, count: int) -> str:
    requests = tuple(
        a_request(
            number,
            manager=f"Менеджер {number}",
            source=f"Источник {number}",
            answered_after=timedelta(hours=2),
            name=LONG_NAME,
        )
        for number in range(count)
    )
    invoices = tuple(an_invoice(number, manager=f"Менеджер {number}") for number in range(count))
    report = build_report(name, TUESDAY.first, gathered(requests=requests, invoices=invoices))
    return Press(settings().templates, settings().words).html(report)


@pytest.mark.parametrize("count", [0, 1, 30])
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_holds_in_outlook_at_any_size(name: str, count: int) -> None:
    assert defects(drawn(name, count)) == []


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_with_everything_in_it_holds_in_outlook(name: str) -> None:
    press = Press(settings().templates, settings().words)

    for rows in samples(settings().words, office(), TUESDAY):
        assert defects(press.html(build_report(name, TUESDAY.first, rows))) == []


@pytest.mark.parametrize("count", [0, 1, 30])
def test_a_digest_and_an_escalation_hold_in_outlook(count: int) -> None:
    lines = ["Просрочено:", ""]
    lines += [f"• {LONG_NAME}: {SITE}/deals/{number}/card/" for number in range(count)]

    assert defects(page("Пока westsync не работал", lines, SITE)) == []


TOLD = {
    '<div style="display:flex">x</div>': "display of <div>",
    '<div style="background-image:url(a.png)">x</div>': "background-image of <div>",
    '<div style="width:calc(1px)">x</div>': "width: calc(1px)",
    "<svg></svg>": "<svg>",
    '<img src="cid:a">': "a picture without words or width",
    "<table><tr><td>x</td></tr></table>": "a table without width",
    '<p style="color:#cccccc">бледно</p>': "'бледно' is hard to read, #cccccc on #ffffff",
    '<p class="big">x</p>': "<p> with a background picture, class or id",
}


@pytest.mark.parametrize("planted", TOLD)
def test_what_outlook_would_break_is_told(planted: str) -> None:
    broken = page("Тема", ["слова"], SITE).replace("слова", planted)

    assert TOLD[planted] in defects(broken)


def test_a_page_that_tells_outlook_nothing_is_told() -> None:
    bare = "<html><body><p>слова</p></body></html>"

    assert defects(bare) == [
        "no doctype",
        "no charset",
        "no viewport for phones",
        "dark modes are not told that the colours are meant",
        "Outlook is not told how wide the page is",
        "'слова' has no colour or no ground",
    ]
