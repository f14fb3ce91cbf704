"""Promises of walking a window: every document once, in bounded questions (1C contract 4.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from westsync.connectors.onec import slices
from westsync.connectors.onec.tables import Row, Table
from westsync.errors import UnexpectedReply

BEGIN = datetime(2025, 2, 1)  # noqa: DTZ001 - wall clocks of the server
END = BEGIN + timedelta(days=2)
TABLE = Table(entity="Document_X", columns={})
PAGE = slices.PAGE


class Documents:
    """A base with documents at some seconds."""

    def __init__(self, seconds: list[int], *, ordered: bool = True, heeds_top: bool = True) -> None:
        self.rows = [
            Row({"Ref_Key": str(n), "Date": (BEGIN + timedelta(seconds=s)).isoformat()}, TABLE)
            for n, s in enumerate(seconds)
        ]
        self.ordered = ordered
        self.heeds_top = heeds_top
        self.questions = 0

    def __call__(
        self, since: datetime, until: datetime, top: int | None, *, newest_first: bool = False
    ) -> list[Row]:
        self.questions += 1
        found = [
            row
            for row in self.rows
            if since.isoformat() <= str(row.raw["Date"]) < until.isoformat()
        ]
        if self.ordered:
            found.sort(key=lambda row: str(row.raw["Date"]), reverse=newest_first)
        return found[:top] if self.heeds_top else found

    def walked(self) -> list[str]:
        pages = slices.walk(self, BEGIN, END)
        return sorted(str(row.raw["Ref_Key"]) for page in pages for row in page)

    def all(self) -> list[str]:
        return sorted(str(row.raw["Ref_Key"]) for row in self.rows)


SECONDS = st.lists(
    st.one_of(st.integers(0, 172_799), st.sampled_from([0, 5, 86_400, 172_799])),
    max_size=40,
)


@given(SECONDS, st.booleans(), st.booleans(), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_every_document_is_walked_once(
    seconds: list[int], ordered: bool, heeds_top: bool, size: int
) -> None:
    documents = Documents(seconds, ordered=ordered, heeds_top=heeds_top)
    slices.PAGE = size
    try:
        walked = documents.walked()
    finally:
        slices.PAGE = PAGE

    assert walked == documents.all()


def test_a_base_that_keeps_the_order_is_asked_hardly_more_than_needed() -> None:
    documents = Documents([30 * n for n in range(5000)])

    assert documents.walked() == documents.all()
    assert documents.questions <= 12


def test_a_second_with_more_than_a_page_is_read_whole() -> None:
    documents = Documents([7] * (PAGE + 20) + [8, 9])

    assert documents.walked() == documents.all()


def test_documents_of_other_dates_are_an_unfitting_answer() -> None:
    def deaf(
        since: datetime, until: datetime, top: int | None, *, newest_first: bool = False
    ) -> list[Row]:
        del since, until, top, newest_first
        return [Row({"Ref_Key": "1", "Date": "2024-01-01T00:00:00"}, TABLE)]

    with pytest.raises(UnexpectedReply, match="does not heed"):
        list(slices.walk(deaf, BEGIN, END))
