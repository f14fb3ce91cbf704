"""Promises of the probes: they end with advice, and write only where they may (contract 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import reply
from tests.unit.connectors.onec.small_base import page, refusal, small_base
from tests.unit.connectors.onec.test_onec_writing import SCENE, SPEAKER
from westsync.connectors.onec.probes import ReadingProbes
from westsync.connectors.onec.writing_probes import WritingProbes
from westsync.domain.probes import Verdict
from westsync.errors import AccessDenied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.connectors.onec.small_base import SmallBase
    from westsync.domain.probes import ProbeResult


@pytest.fixture
def onec() -> Iterator[SmallBase]:
    """Return a connector to a written server."""
    with small_base() as small:
        yield small


def by_number(results: Iterator[ProbeResult]) -> dict[int, ProbeResult]:
    return {one.number: one for one in results}


def test_an_empty_composition_is_told_with_its_cure(onec: SmallBase) -> None:
    found = by_number(ReadingProbes(onec.base).run())

    assert found[1].verdict is Verdict.CHANGE
    assert "Состав" in found[1].advice


def test_every_probe_ends_on_an_empty_base(onec: SmallBase) -> None:
    found = by_number(ReadingProbes(onec.base).run())

    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16]
    assert all(one.verdict is not Verdict.FAILED for one in found.values())
    assert all(one.method == "GET" for one in onec.server.seen)


def test_a_missing_right_to_one_object_does_not_end_the_others(onec: SmallBase) -> None:
    onec.answer(page([{"name": "Catalog_Организации"}]), refusal("20", "Нет прав", 401))

    found = by_number(ReadingProbes(onec.base).run())

    assert found[2].verdict is Verdict.CHANGE
    assert "right" in found[2].advice
    assert found[9].verdict is not Verdict.FAILED


def test_a_refused_password_ends_everything(onec: SmallBase) -> None:
    onec.server.usual = reply(b"", status=401)

    with pytest.raises(AccessDenied):
        list(ReadingProbes(onec.base).run())


def test_nothing_is_written_without_a_counterparty_made_for_it(onec: SmallBase) -> None:
    onec.answer(page([SCENE]))

    (found,) = WritingProbes(onec.base).run()

    assert found.verdict is Verdict.SKIPPED
    assert "[westsync test]" in found.advice
    assert all(one.method == "GET" for one in onec.server.seen)


def test_a_failed_draft_skips_nothing_silently_and_writes_no_more(onec: SmallBase) -> None:
    onec.answer(page([{**SCENE, "Description": "[westsync test] doctor"}]), page([SPEAKER]))
    onec.answer(refusal("-1", "Нет прав на запись"))

    found = by_number(WritingProbes(onec.base).run())

    assert [one.method for one in onec.server.seen].count("POST") == 1
    assert {one.verdict for one in found.values()} == {Verdict.FAILED, Verdict.SKIPPED}
