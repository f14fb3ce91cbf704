"""Articles and barcodes as cells hold them (suppliers contract 7.3, 7.4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.suppliers.reading.cleaning import compared, header_name, shown
from westsync.connectors.suppliers.reading.codes import barcode_of, cell_text, code
from westsync.domain.stock import Flag


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("QX1204USB", "QX1204USB"),
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("  AB\u00a012 ", "AB 12"),
        ("00123", "00123"),
        ("-", ""),
        ("https://x.example/1", ""),
        ("Ссылка", ""),
        ("*", ""),
        ("•", ""),
        (None, ""),
        (True, ""),
        (0.0, ""),
    ],
)
def test_codes_are_kept_as_they_are_written(cell: object, text: str) -> None:
    assert code(cell) == (text, ())  # type: ignore[arg-type]  # any cell is allowed


def test_a_number_is_a_code_that_may_have_lost_its_zeros() -> None:
    assert code(327800436.0) == ("327800436", (Flag.FROM_NUMBER,))
    assert code(1.5) == ("1.5", (Flag.FROM_NUMBER,))


@pytest.mark.parametrize("cell", ["4,6E+12", "4.60123E+12", 4.6e15, float("nan"), float("inf")])
def test_a_code_that_lost_its_digits_is_unusable(cell: str | float) -> None:
    assert code(cell) == ("", (Flag.SCIENTIFIC,))


def test_a_code_that_became_a_day_is_unusable() -> None:
    assert code(date(2025, 5, 1)) == ("", (Flag.CODE_AS_DATE,))


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("4006381333931", "4006381333931"),
        (4006381333931.0, "4006381333931"),
        ("036000291452", "0036000291452"),
        ("нет, 4006381333931", "4006381333931"),
    ],
)
def test_a_valid_barcode_is_found(cell: str | float, found: str) -> None:
    assert barcode_of(cell) == (found, ())


@pytest.mark.parametrize("cell", ["4006381333932", "123", "0000000000000"])
def test_an_invalid_barcode_is_not_used(cell: str) -> None:
    assert barcode_of(cell) == ("", (Flag.BARCODE_INVALID,))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    for clean in (shown, compared, header_name):
        once = clean(text)
        assert clean(once) == once


@given(st.text())
def test_no_text_breaks_the_readers_of_codes(text: str) -> None:
    found, _ = code(text)

    assert code(found)[0] in {found, ""}
    assert barcode_of(text)[0].isdigit() or not barcode_of(text)[0]
    assert cell_text(text) == shown(text)
