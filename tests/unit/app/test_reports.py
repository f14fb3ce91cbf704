"""Promises of reading ``config/reports``: every mistake at its place, with its cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from westsync.app.configuration import read_configuration
from westsync.app.reports import report_problems, report_settings
from westsync.errors import ConfigError
from westsync.reports.gathered import Channel

SHIPPED = Path(__file__).parents[3] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "config")
    return tmp_path / "config"


def edit(config: Path, old: str, new: str) -> None:
    file = config / "reports" / "reports.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def problems(config: Path) -> list[str]:
    return [str(problem) for problem in report_problems(read_configuration(config, {}))]


def test_what_is_shipped_is_right(config: Path) -> None:
    assert problems(config) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "total: Итого",
            "totl: Итого",
            "there are no words for 'values.total'; did you mean 'values.totl'?",
        ),
        ("from_onec:", "from_1c:", "there are no words for 'sales-daily.from_onec'"),
        (
            "outgoing_call:\n    -",
            "outgoing_cal:\n    -",
            "unknown channel 'outgoing_cal'; did you mean 'outgoing_call'?",
        ),
        ("    - Исходящий звонок", "    - телефон", "source 'телефон' is in two channels"),
        ("to-head", "to-haed", "unknown step 'to-haed' of rule 'first-contact'"),
        ("first-contact: to", "first-contct: to", "unknown rule 'first-contct' in limits"),
        ("version: 1", "version: 2", "'version' must be 1"),
        ("words:", "wrods:", "unknown key 'wrods' of reports; did you mean 'words'?"),
        ("  mail:\n", "  mail:\n    bilt: x\n", "no report says 'mail.bilt'"),
        ("  mail:\n", "  mail:\n    list: [1]\n", "'mail.list' must be a text"),
    ],
)
def test_a_mistake_in_the_words_is_named_with_its_place(
    config: Path, old: str, new: str, said: str
) -> None:
    edit(config, old, new)

    found = problems(config)

    (named,) = (line for line in found if said in line)
    assert "reports.yaml:" in named


def test_a_rule_that_is_off_may_keep_its_limit(config: Path) -> None:
    rules = config / "rules" / "p1-secretary.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(
        text.replace("    step: P1.1\n", "    step: P1.1\n    mode: off\n", 1), "utf-8"
    )

    assert problems(config) == []


def test_a_template_that_is_not_utf8_is_named(config: Path) -> None:
    (config / "reports" / "report.html.j2").write_bytes("Отчёт".encode("cp1251"))

    assert any("report.html.j2" in line and "UTF-8" in line for line in problems(config))


def test_a_company_without_reports_is_right_and_cannot_report(config: Path) -> None:
    shutil.rmtree(config / "reports")

    assert problems(config) == []
    with pytest.raises(ConfigError, match=r"reports\.yaml"):
        report_settings(read_configuration(config, {}))


@pytest.mark.parametrize(
    ("source", "channel"),
    [
        ("входящий ЗВОНОК", Channel.INCOMING_CALL),
        (" Телефон ", Channel.INCOMING_CALL),
        ("Исходящий звонок", Channel.OUTGOING_CALL),
        (("Сайт", "Звонок"), Channel.INCOMING_CALL),
        ("Сайт", Channel.REQUEST),
        ("", Channel.UNKNOWN),
        (None, Channel.UNKNOWN),
        ((), Channel.UNKNOWN),
    ],
)
def test_a_source_tells_the_channel(source: object, channel: Channel) -> None:
    settings = report_settings(read_configuration(SHIPPED, {}))

    assert settings.channel_of(source) is channel
