"""Promises of the log: one event is one line, and nobody's data is in it."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from westsync.domain.intents import ObjectRef, intent_key
from westsync.errors import Rejected
from westsync.logs import configure
from westsync.redaction import MAX_TEXT, allowed, masked, never_show, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTROL = ["\n", "\r", "\r\n", "\t", "\0", "\b", "\v", "\f", "\x1b[2J", "\x1b]0;title\x07"]
INVISIBLE = ["\x7f", "\x85", "\u2028", "\u2029", "\u200b", "\u202e", "\ufeff", "\ud800"]
FORGED = [
    'x\n{"at": "2026-01-01", "level": "error", "event": "forged"}',
    "x\r\n<0>kernel panic",
    '", "level": "error", "x": "',
    "x\n\n\n",
    "x\x1b[31mred",
    "x\x9b31mred",
    "%s %d %n {0} {x}",
]
INJECTIONS = [
    *CONTROL,
    *(f"deal{part}forged.event key=1" for part in CONTROL),
    *INVISIBLE,
    *(f"a{part}b" for part in INVISIBLE),
    *FORGED,
    *(f"Bearer abc{part}def" for part in CONTROL[:7]),
]

CANARIES = [
    "4510 123456",  # passport
    "4510123456",
    "45 10 №123456",
    "112-233-445 95",  # SNILS
    "11223344595",
    "+7 (916) 123-45-67",  # phone
    "89161234567",
    "8-916-123-45-67",
    "+7.916.123.45.67",
    "petrov.canary@example.test",  # mail
    "канарейка@почта.рф",
    "4111 1111 1111 1111",  # card
    "4111111111111111",
    "7701234567890",  # account
    "eyJhbGciOiJIUzI1NiJ9-a1b2c3d4e5f6",  # tokens
    "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
    "ул. Ленина, д. 5, кв. 17",  # address
    "Канарейкин Пётр Сергеевич",  # name
    "ООО «Канарейка»",
    "паспорт выдан ОВД Канавино",
]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    configure("auto", verbosity=-1)


def fail_with(error: Exception, cause: Exception | None) -> None:
    raise error from cause


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_there_are_at_least_fifty_injections_and_twenty_canaries() -> None:
    assert len(INJECTIONS) >= 50
    assert len(CANARIES) == 20


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("bad", INJECTIONS)
def test_no_value_breaks_out_of_its_line(
    bad: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("console" if form == "console" else "json")
    log = structlog.get_logger("t")

    log.info("intent.failed", error=bad, key=bad, title=bad, states={bad: 1}, deal=[bad])
    log.info(bad, error="x")
    log.info("intent.failed", **{bad: "x"})

    written = capsys.readouterr().err
    assert written.count("\n") == 3
    assert all(char == "\n" or (char.isprintable() and char.isascii()) for char in written)
    assert "\n<" not in written


@pytest.mark.parametrize("canary", CANARIES)
def test_no_personal_data_is_written_wherever_it_stands(
    canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("json", verbosity=1)
    log = structlog.get_logger("t").bind(account="main", client=canary)

    log.info("deal.seen", name=canary, deal=canary, key=canary, raw=canary.encode(), trace=canary)
    log.warning("intent.failed", error=f"refused: {canary}", reason=[canary], note={"a": canary})
    log.error("intent.failed", error=Rejected("megaplan", "POST /task", canary, status=422))
    try:
        fail_with(Rejected("megaplan", "GET /deal", canary), ValueError(canary))
    except Rejected:
        log.exception("rule.crashed", rule=canary)
    try:
        fail_with(KeyError(canary), None)
    except KeyError:
        log.exception("rule.crashed", rule="p1-1")
    logging.getLogger("zeep").warning("body: %s", canary)
    logging.getLogger("zeep").warning(f"body: {canary}")  # noqa: G004 - libraries do this

    written = capsys.readouterr().err
    assert written.count("\n") == 7
    # Moments and hashes have digits of their own, which may be those of a canary.
    told = re.sub(r'"at": "[^"]+"|~[0-9a-f]{8}', "", written)
    for part in (canary, max(canary.split(), key=len), json.dumps(canary)[1:-1]):
        assert part not in told


def test_identifiers_counts_moments_and_states_are_written_as_they_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json")
    key = intent_key(
        account="main",
        rule="first-contact",
        obj=ObjectRef(kind="deal", id="1000043"),
        episode=datetime(2025, 11, 1, 13, 58, tzinfo=UTC),
        step="call",
        repeat=0,
        action="task.ensure.0",
    )

    structlog.get_logger("westsync.daemon").bind(account="main").info(
        "cycle.planned",
        key=key,
        deal="1000099",
        marker="ws:7k3m9q2x4r8t6v5w",
        new=3,
        wait_s=1.5,
        first=True,
        ref=None,
        due_at=datetime(2025, 11, 5, 6, 8, tzinfo=UTC),
        duration=timedelta(seconds=90),
        states={"done": 4, "in_doubt": 1},
        rule=["p1-1", "p1-2"],
    )

    (line,) = lines(capsys)
    assert line.pop("at")
    assert line == {
        "level": "info",
        "event": "cycle.planned",
        "logger": "westsync.daemon",
        "account": "main",
        "key": key,
        "deal": "1000099",
        "marker": "ws:7k3m9q2x4r8t6v5w",
        "new": 3,
        "wait_s": 1.5,
        "first": True,
        "ref": None,
        "due_at": "2025-11-05T06:08:00+00:00",
        "duration": 90.0,
        "states": {"done": 4, "in_doubt": 1},
        "rule": ["p1-1", "p1-2"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "megaplan: POST /api/v3/task: 422 field Category1000061CustomFieldGorod is unknown",
        "config/rules/p1.yaml:9:9: unknown stage 'nwe'; did you mean 'new'?",
        "no answer from 192.168.100.200:8321 since 2025-11-01T13:58:00+03:00",
        "document 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is not posted",
    ],
)
def test_what_a_person_needs_to_act_is_kept(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:pw@mp.test/api", "https://***@mp.test/api"),
        ('GET /deal?{"q": "Smith", "b": 1} is 400', "GET /deal?... is 400"),
        ("GET /x?access=abc is 400", "GET /x?... is 400"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("password='hunter2', user", "password='***', user"),
        ('{"refresh_token": "abc"}', '{"refresh_token": "***"}'),
    ],
)
def test_credentials_and_queries_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_secret_that_was_named_is_never_shown(capsys: pytest.CaptureFixture[str]) -> None:
    never_show("correct-horse")
    configure("json")

    structlog.get_logger("t").info("x.done", error="with correct-horse in it", deal="correct-horse")

    assert "correct-horse" not in capsys.readouterr().err


def test_two_hidden_values_can_be_told_apart_and_not_read() -> None:
    first, same, other = allowed("title", "Ivan"), allowed("name", "Ivan"), allowed("name", "Petr")

    assert first == same != other
    assert "Ivan" not in str(first)


@pytest.mark.parametrize("value", [object(), b"x", 10**9, float("nan"), float("inf"), {"a": {}}])
def test_every_value_can_be_written(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")

    structlog.get_logger("t").info("x.done", value=value)

    assert "NaN" not in capsys.readouterr().err


@given(st.text())
def test_a_masked_text_is_one_short_line(text: str) -> None:
    shown = masked(text)

    assert len(shown) <= MAX_TEXT
    assert one_line(shown) == shown
    assert len(shown.splitlines()) <= 1


@given(st.text(alphabet="0123456789", min_size=9, max_size=20))
def test_no_number_as_long_as_a_phone_is_an_identifier(number: str) -> None:
    assert allowed("deal", number) != number
    assert number not in masked(f"client {number} refused")


def test_an_exception_is_told_by_kind_cause_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")

    try:
        full = OSError(28, "No space left on device", "state.db")
        fail_with(Rejected("journal", "commit", "disk full"), full)
    except Rejected:
        structlog.get_logger("t").exception("entry.crashed", entry="7")

    (line,) = lines(capsys)
    assert line["error"] == "Rejected: journal: commit: disk full"
    trace = line["trace"]
    assert isinstance(trace, list)
    assert trace[0].startswith("test_logs.py:")
    assert "caused by OSError: ENOSPC" in trace


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [(-1, ["warning", "error"]), (0, ["info", "warning", "error"]), (1, None)],
)
def test_verbosity_chooses_the_levels(
    verbosity: int, shown: list[str] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("json", verbosity)
    log = structlog.get_logger("t")

    for write in (log.debug, log.info, log.warning, log.error):
        write("x.done")

    levels = [line["level"] for line in lines(capsys)]
    assert levels == (shown or ["debug", "info", "warning", "error"])


def test_a_pipe_gets_json_and_console_gets_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure("auto")
    structlog.get_logger("t").info("x.done", deal="43")
    assert lines(capsys)[0]["deal"] == "43"

    configure("console")
    structlog.get_logger("t").info("x.done", deal="43", error="two words")
    words = capsys.readouterr().err.split(maxsplit=2)
    assert words[1] == "info"
    assert words[2].split(maxsplit=1) == ["x.done", 'deal=43 error="two words"\n']


def test_journald_gets_the_priority_of_the_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    status = os.fstat(2)
    monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
    configure("json")

    structlog.get_logger("t").error("x.failed")

    assert capfd.readouterr().err.startswith('<3>{"at"')


def test_a_stream_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    configure("json")

    for broken in (closed, None):
        monkeypatch.setattr(sys, "stderr", broken)
        structlog.get_logger("t").error("x.failed")

    assert closed.closed


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, where nobody has configured anything."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True
    )


def test_before_it_is_configured_only_warnings_are_shown_and_redacted_too() -> None:
    done = run(
        "import logging, structlog; log = structlog.get_logger(); import westsync.logs\n"
        "log.info('x.begun'); log.warning('x.failed', title='Ivan', reason='tel. 89161234567')\n"
        "logging.getLogger('zeep').info('body'); logging.getLogger('zeep').warning('Ivan')\n"
    )

    first, second = (json.loads(line) for line in done.stderr.splitlines())
    assert done.stdout == ""
    assert (first["event"], first["reason"]) == ("x.failed", "tel. <number>")
    assert (second["event"], second["component"]) == ("library.warned", "zeep")
    assert "Ivan" not in done.stderr


def test_configuring_reaches_loggers_that_have_written_already(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json", verbosity=-1)
    log = structlog.get_logger("t")
    log.info("x.begun")

    configure("json", verbosity=0)
    log.info("x.done")

    assert [line["event"] for line in lines(capsys)] == ["x.done"]


def test_configuring_twice_writes_the_warning_of_a_library_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json")
    configure("json")

    logging.getLogger("apscheduler").warning("missed %s", "job")
    logging.getLogger("apscheduler").error("died")

    events = [(line["event"], line["component"], line.get("note")) for line in lines(capsys)]
    assert events == [
        ("library.warned", "apscheduler", "missed %s"),
        ("library.failed", "apscheduler", None),
    ]


def test_what_is_bound_around_a_piece_of_work_stands_in_its_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json")
    log = structlog.get_logger("t")

    with structlog.contextvars.bound_contextvars(account="main", client="Ivan"):
        log.info("x.begun")
    log.info("x.done")

    begun, done = lines(capsys)
    assert begun["account"] == "main"
    assert begun["client"] != "Ivan"
    assert "account" not in done


def test_an_error_that_causes_itself_is_told_to_its_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("json")
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first

    structlog.get_logger("t").error("x.failed", exc_info=first)

    (line,) = lines(capsys)
    assert line["trace"] == ["caused by KeyError", "caused by ValueError"]
