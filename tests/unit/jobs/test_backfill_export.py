"""Findings as files that people open in a spreadsheet."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from westsync.domain.backfill import Category, Difference, Finding, Owner, Subject
from westsync.domain.places import Map, Scalar
from westsync.jobs.backfill.export import export
from westsync.jobs.backfill.words import COLUMNS, KEYS, BackfillWords
from westsync.settings import yaml12

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIPPED = Path(__file__).parents[3] / "config" / "reports" / "backfill.yaml"
COUNTS = {(Subject.INVOICES, Category.DIFFERS): 1}


def shipped_words() -> BackfillWords:
    root = yaml12.parse(SHIPPED.read_bytes(), file="backfill.yaml").root
    assert isinstance(root, Map)
    texts: dict[str, str] = {}
    for key, _, node in root.entries:
        if isinstance(node, Map):
            inside = [(k, n) for k, _, n in node.entries if isinstance(n, Scalar)]
            texts |= {f"{key}.{name}": str(one.value or "") for name, one in inside}
        elif isinstance(node, Scalar):
            texts[key] = str(node.value)
    return BackfillWords(texts)


def a_finding(name: str = "Клиент") -> Finding:
    return Finding(
        subject=Subject.INVOICES,
        category=Category.DIFFERS,
        reason="fields_differ",
        deal="43",
        number="0000-000123",
        dated=date(2026, 2, 1),
        inn="0012345678",
        name=name,
        amount=Decimal("-1250.50"),
        differences=(Difference(field="date", megaplan="", onec="2026-02-01", owner=Owner.ONEC),),
    )


def csv_row(path: Path, finding: Finding) -> dict[str, str]:
    export(path, [(finding, "told")], COUNTS, shipped_words())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.DictReader(file, delimiter=";"))


def test_every_word_is_shipped_and_no_word_is_idle() -> None:
    assert set(shipped_words().texts) == set(KEYS)


@pytest.mark.parametrize("name", ["=1+1", "+7 916", "-x", "@sum", "\t=1"])
def test_what_people_typed_is_no_formula_in_a_csv(name: str, tmp_path: Path) -> None:
    row = csv_row(tmp_path / "found.csv", a_finding(name))

    assert row["Название"] == f"'{name}"


def test_a_negative_sum_stays_a_sum_in_a_csv(tmp_path: Path) -> None:
    row = csv_row(tmp_path / "found.csv", a_finding())

    assert row["Сумма"] == "-1250.50"


def test_a_row_says_both_values_and_whose_word_counts(tmp_path: Path) -> None:
    row = csv_row(tmp_path / "found.csv", a_finding())

    assert row["Отличия"] == "дата: в Мегаплане не заполнено, в 1С 01.02.2026 (верно: 1С)"
    assert row["Сделано"] == "сообщено в сделке"


def test_a_sheet_keeps_numbers_dates_and_leading_zeros(tmp_path: Path) -> None:
    path = tmp_path / "found.xlsx"

    export(path, [(a_finding("=1+1"), "none")], COUNTS, shipped_words())

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Строки").to_python()
    row = dict(zip(COLUMNS, sheet[1], strict=True))
    assert row["amount"] == -1250.5
    assert row["dated"] == date(2026, 2, 1)
    assert (row["inn"], row["name"]) == ("0012345678", "=1+1")


def test_a_file_that_breaks_off_does_not_appear(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[Finding, str]]:
        yield a_finding(), "none"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        export(tmp_path / "found.csv", broken(), COUNTS, shipped_words())

    assert list(tmp_path.iterdir()) == []
