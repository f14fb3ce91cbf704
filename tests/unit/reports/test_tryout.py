"""Promises of trying words and templates before a report is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.reports.shipped import settings
from westsync.reports.tryout import try_out
from westsync.reports.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class Short(Words):
    """The shipped words less some."""

    def __init__(self, *missing: str) -> None:
        known = settings().word_places
        super().__init__({k: settings().words.say(k) for k in known if k not in missing})


def mistakes(
    templates: Mapping[str, str], words: Words | None = None
) -> list[tuple[str, int, str]]:
    found = try_out(words or settings().words, templates)
    return [(one.template or one.key, one.line, one.text) for one in found]


def test_what_is_shipped_has_no_mistake() -> None:
    assert mistakes(settings().templates) == []


def test_all_missing_words_are_found_at_once() -> None:
    words = Short("months.may", "values.total", "workbook.summary", "mail.built")

    found = mistakes(settings().templates, words)

    assert sorted(key for key, _, _ in found) == [
        "mail.built",
        "months.may",
        "values.total",
        "workbook.summary",
    ]


def test_a_mistake_that_only_shows_with_rows_is_found() -> None:
    only_with_rows = (
        "{% for t in report.tables %}{% for r in t.rows %}\n{{ r.name }}{% endfor %}{% endfor %}"
    )

    found = mistakes({**settings().templates, "report.txt.j2": only_with_rows})

    assert [(name, line) for name, line, _ in found] == [("report.txt.j2", 2)]


def test_a_template_that_a_rule_names_must_suit_some_report() -> None:
    suits_one = "{{ report.tables[5].title }}"

    assert mistakes({**settings().templates, "mine.html.j2": suits_one}) == []
    assert (
        mistakes({**settings().templates, "mine.html.j2": "{{ nothing }}"})[0][0] == "mine.html.j2"
    )


def test_without_a_common_template_nothing_can_be_drawn() -> None:
    found = mistakes({"report.html.j2": "{{ report.title }}"})

    assert [(name, text) for name, _, text in found] == [
        ("report.txt.j2", "there is no template 'report.txt.j2'")
    ]
