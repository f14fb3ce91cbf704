"""Promises of drill-down: every figure leads to what it was counted from."""

from __future__ import annotations

import pytest

from tests.unit.reports.shipped import TUESDAY, a_request, gathered
from westsync.domain.intents import ObjectRef
from westsync.reports.catalogue import build_report
from westsync.reports.cells import UnknownCell, cell_at, cells_of
from westsync.reports.gathered import Channel
from westsync.reports.model import Kind, Report


def report() -> Report:
    requests = (
        a_request(1, source="Сайт/форма"),
        a_request(2, source="Звонок", channel=Channel.INCOMING_CALL),
        a_request(3, source="Сайт/форма", manager=""),
    )
    return build_report("secretary-daily", TUESDAY.first, gathered(requests=requests))


def deals(*numbers: int) -> tuple[ObjectRef, ...]:
    return tuple(ObjectRef(kind="deal", id=str(number)) for number in numbers)


def test_a_row_with_a_slash_in_its_name_is_found() -> None:
    cell, kind = cell_at(report(), "sources/Сайт/форма/all")

    assert (cell.value, cell.refs, kind) == (2, deals(1, 3), Kind.COUNT)


def test_a_total_and_a_headline_figure_lead_to_all_their_objects() -> None:
    assert cell_at(report(), "sources/total/all")[0].refs == deals(1, 3, 2)
    assert cell_at(report(), "calls")[0].refs == deals(2)


def test_a_count_is_as_large_as_what_stands_behind_it() -> None:
    for path, cell, kind in cells_of(report()):
        if kind is Kind.COUNT:
            assert cell.value == len(cell.refs), path


def test_a_path_that_does_not_exist_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownCell, match="did you mean 'sources/Звонок/all'"):
        cell_at(report(), "sources/Звонк/all")
