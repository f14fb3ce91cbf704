"""The benchmarks measure nothing here; what they say must be true all the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from benchmarks.__main__ import SUITES, main
from benchmarks.filled_state import pages
from benchmarks.generation import Generator, deal_id
from benchmarks.lines import Line, Target, Verdict
from benchmarks.peers import plain, westsync_pull
from benchmarks.processes import serving

if TYPE_CHECKING:
    from pathlib import Path


def a_line(
    *, ours: list[float], theirs: list[float], target: Target | None, invalid: str = ""
) -> Line:
    return Line(
        suite="pull",
        what="n=20000",
        unit="s",
        ours=ours,
        peer="plain-script",
        theirs=theirs,
        target=target,
        invalid=invalid,
    )


def test_a_line_shows_the_pairwise_ratios_and_the_target() -> None:
    line = a_line(ours=[1, 2, 3], theirs=[4, 4, 4], target=Target(limit=0.6, on_ratio=True))

    assert str(line) == (
        "pull  n=20000  westsync 2 s  plain-script 4 s  ratio 0.5 (0.25..0.75, 3 pairs)"
        "  target ratio <= 0.6  ok"
    )


@pytest.mark.parametrize(
    ("target", "invalid", "verdict"),
    [
        (None, "", Verdict.SHOWN),
        (Target(limit=2), "", Verdict.OK),
        (Target(limit=1.9), "", Verdict.MISS),
        (Target(limit=2.1, at_least=True), "", Verdict.MISS),
        (Target(limit=0.5, on_ratio=True), "", Verdict.OK),
        (Target(limit=2), "the two databases differ", Verdict.INVALID),
    ],
)
def test_a_wrong_answer_is_never_called_fast(
    target: Target | None, invalid: str, verdict: Verdict
) -> None:
    line = a_line(ours=[2], theirs=[4], target=target, invalid=invalid)

    assert line.verdict is verdict


def test_the_same_seed_gives_the_same_deals() -> None:
    deals = [Generator(seed=7).deal(index) for index in range(50)]

    assert deals == [Generator(seed=7).deal(index) for index in range(50)]
    assert deals != [Generator(seed=8).deal(index) for index in range(50)]
    assert {round(len(deal), -2) for deal in deals} == {3900}


def test_the_connector_reads_every_generated_deal() -> None:
    read = [deal for page in pages(250, seed=1) for deal in page.deals]

    assert [deal.id for deal in read] == [deal_id(index) for index in range(250)]
    assert not any(deal.hidden for deal in read)


@pytest.mark.slow
def test_both_sides_of_a_pull_end_with_the_same_deals(tmp_path: Path) -> None:
    with serving(250, seed=1) as server:
        server.touch(7, datetime(2026, 11, 24, 9, tzinfo=UTC).isoformat())

        ours = westsync_pull.pull(server.url, str(tmp_path / "ours.db"))
        theirs = plain.pull(server.url, str(tmp_path / "theirs.db"))

    assert ours.count == 250
    assert ours.agrees_with(theirs)


def test_every_suite_says_what_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0

    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == list(SUITES)
    assert all(line.split(maxsplit=1)[1].startswith("P") for line in said)
