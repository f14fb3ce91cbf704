"""The limited child: whatever a file does to it, the parent gets a typed answer (contract 11)."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.unit.connectors.suppliers.reading.conftest import a_profile
from tests.unit.connectors.suppliers.reading.files import (
    HEADER,
    bare_sheet,
    csv_text,
    inline,
    workbook,
)
from westsync.clocks import DrillClock
from westsync.connectors.suppliers.profile import QuantityRules, ReadLimits
from westsync.connectors.suppliers.reading import source
from westsync.connectors.suppliers.reading.results import Reading, Refusal, RefusalCode
from westsync.connectors.suppliers.reading.source import read_source
from westsync.connectors.suppliers.reading.staging import offers
from westsync.domain.stock import Availability, StockStatus

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.connectors.suppliers.profile import Profile

CLOCK = DrillClock(datetime(2026, 11, 24, 9, tzinfo=UTC))


def read(path: Path, profile: Profile | None = None) -> Reading | Refusal:
    return read_source(
        path, profile or a_profile(), staging=path.parent / "staging.db", clock=CLOCK
    )


def test_a_list_is_read_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")

    found = read(path)

    assert isinstance(found, Reading)
    assert (found.items, found.staging) == (3, str(tmp_path / "staging.db"))
    assert next(offers(tmp_path / "staging.db", limit=1)).supplier_code == "A-1"
    assert {one.name for one in tmp_path.iterdir()} == {"a.xlsx", "staging.db"}


def test_reading_again_replaces_what_was_staged(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx")
    read(path)

    again = read(path)

    assert isinstance(again, Reading)
    assert len(list(offers(tmp_path / "staging.db"))) == 3


def test_a_refusal_leaves_no_staging_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 cut")

    found = read(path)

    assert isinstance(found, Refusal)
    assert found.code is RefusalCode.TRUNCATED
    assert not (tmp_path / "staging.db").exists()


def test_memory_that_runs_out_ends_the_child_and_not_us(tmp_path: Path) -> None:
    corner = inline("XFD60000", "x")
    cells = f'<row r="1">{inline("A1", "Код")}</row><row r="60000">{corner}</row>'
    path = bare_sheet(tmp_path / "a.xlsx", cells)
    limits = ReadLimits(cells=10**12, memory_mib=400)

    found = read(path, a_profile(limits=limits))

    assert isinstance(found, Refusal)
    assert found.code is RefusalCode.READER_CRASHED
    assert "memory allocation of" in found.detail
    assert "note:" not in found.detail


def test_time_that_runs_out_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([HEADER, ("A-1", "", "x", "", "a" * 190 + "!", 1, 1)]))
    unknown = Availability(status=StockStatus.UNKNOWN)
    endless = QuantityRules(map=(("~^(a+)+$", unknown),))

    found = read(path, a_profile(quantity=endless, limits=ReadLimits(seconds=1)))

    assert isinstance(found, Refusal)
    assert found.code is RefusalCode.READER_TIMEOUT


def test_a_child_that_may_not_write_is_a_crash_with_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([HEADER, *((f"A-{n}", "", "x" * 200, "", 1) for n in range(9000))]))

    found = read(path, a_profile(limits=ReadLimits(staging_mib=1)))

    assert isinstance(found, Refusal)
    assert found.code is RefusalCode.READER_CRASHED


@pytest.mark.parametrize(
    "deed",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "subprocess.run(['/bin/true'])",
        "os.system('true')",
    ],
)
def test_the_confined_process_has_no_network_and_no_programs(deed: str) -> None:
    script = f"""
        import os, socket, subprocess
        from westsync.connectors.suppliers.profile import ReadLimits
        from westsync.connectors.suppliers.reading.limits import confine
        confine(ReadLimits())
        {deed}
    """

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "the reader of supplier files may" in done.stderr


def test_secrets_of_the_parent_do_not_reach_the_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WESTSYNC__SUPPLIERS__LIRA", "geheim")

    assert "geheim" not in source._environment().values()
    assert set(source._environment()) <= {"PATH", "TZDIR", "TMPDIR", "LANG", "PYTHONIOENCODING"}


def test_a_killed_child_is_a_crash() -> None:
    found = source._result(-signal.SIGKILL, b"", b"", 120)
    cut = source._result(0, b'{"items": 1', b"", 120)

    assert isinstance(found, Refusal)
    assert "SIGKILL" in found.detail
    assert isinstance(cut, Refusal)
    assert cut.code is RefusalCode.READER_CRASHED


def test_a_crash_is_told_by_its_cause_and_not_by_notes_for_programmers() -> None:
    panic = b"thread panicked\nPanicException: range start index 116 out of range\n"
    aborted = b"memory allocation of 99 bytes failed\nnote: run with `RUST_BACKTRACE=1`\n"

    cut = source._result(1, b"", panic, 120)
    bomb = source._result(-signal.SIGABRT, b"", aborted, 120)

    assert isinstance(cut, Refusal)
    assert isinstance(bomb, Refusal)
    assert "PanicException: range start index 116 out of range; fetch it again" in cut.detail
    assert "SIGABRT: memory allocation of 99 bytes failed; if the file is honest" in bomb.detail


_READER = """
import os, signal, sys
from westsync.connectors.suppliers.reading.limits import die_with
die_with(int(sys.argv[1]))
print(os.getpid(), flush=True)
signal.pause()
"""


def test_a_reader_does_not_outlive_its_parent() -> None:
    parent = (
        "import os, subprocess, sys;"
        f"subprocess.run([sys.executable, '-c', {_READER!r}, str(os.getpid())])"
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", parent], stdout=subprocess.PIPE
    ) as started:
        assert started.stdout is not None
        reader = int(started.stdout.readline())

        started.kill()

        assert started.stdout.read() == b""  # the end comes when the reader, too, has let go
    assert reader != started.pid


def test_a_reader_whose_parent_is_gone_already_ends_at_once() -> None:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _READER, "1"], capture_output=True, check=False
    )

    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")
