"""Read a long price list and do nothing with it, or as westsync does.

``python -m benchmarks.peers.price_list WAY FILE`` prints how many rows there were.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from westsync.connectors.suppliers.profile import Profile


def by_calamine(path: Path) -> int:
    """Walk the rows of the first sheet."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows()) - 1


def by_openpyxl(path: Path) -> int:
    """Walk the rows of the first sheet in its mode for reading alone."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    return sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1


def by_pandas(path: Path) -> int:
    """Make a frame of texts."""
    import pandas as pd  # type: ignore[import-untyped]  # only if somebody has it installed

    return len(pd.read_csv(path, sep=";", encoding="cp1251", dtype=str))


def by_csv(path: Path) -> int:
    """Walk the rows."""
    with path.open(encoding="cp1251", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=";")) - 1


def by_westsync(path: Path) -> int:
    """Read, normalise and stage, in the limited child."""
    from westsync.clocks import SystemClock
    from westsync.connectors.suppliers.reading.results import Reading
    from westsync.connectors.suppliers.reading.source import read_source

    with tempfile.TemporaryDirectory(prefix="westsync-bench-", dir=path.parent) as folder:
        staging = Path(folder) / "staging.db"
        found = read_source(path, _profile(), staging=staging, clock=SystemClock())
    if not isinstance(found, Reading):
        raise TypeError(found.detail)
    if found.missing or found.bad_rows:
        raise ValueError(f"missing {found.missing}, bad rows {found.bad_rows}")
    return found.items


def _profile() -> Profile:
    """Return what a careful person writes for these lists; a feed brings its own fields."""
    from westsync.connectors.suppliers.profile import AcceptRules, Profile, ReadLimits
    from westsync.connectors.suppliers.profile_fields import (
        Field,
        Fields,
        Place,
        PriceField,
        Stock,
    )
    from westsync.domain.stock import PriceRole, SourceId

    def at(name: str, *, required: bool = False) -> Field:
        return Field(column=(name,), required=required)

    return Profile(
        id=SourceId("bench"),
        fields=Fields(
            supplier_code=at("Код", required=True),
            vendor_code=at("Артикул"),
            barcode=at("Штрихкод"),
            name=at("Наименование", required=True),
            brand=at("Бренд"),
            category=at("Категория"),
            unit=at("Ед."),
            stock=Stock(
                places=(
                    Place(name="Москва", available=at("Остаток Москва")),
                    Place(name="СПб", available=at("Остаток СПб")),
                )
            ),
            prices=(
                (PriceRole.DEALER, PriceField(field=at("Цена дилер"))),
                (PriceRole.RRP, PriceField(field=at("РРЦ"))),
            ),
        ),
        accept=AcceptRules(min_rows=1, bad_rows=Decimal("0.1")),
        limits=ReadLimits(memory_mib=4000, seconds=600, staging_mib=4096),
    )


def by_westsync_feed(path: Path) -> int:
    """Read a YML catalogue by the fields that the format brings."""
    from dataclasses import replace

    from westsync.clocks import SystemClock
    from westsync.connectors.suppliers.profile_fields import Fields
    from westsync.connectors.suppliers.reading.results import Reading
    from westsync.connectors.suppliers.reading.source import read_source

    profile = replace(_profile(), fields=Fields())
    with tempfile.TemporaryDirectory(prefix="westsync-bench-", dir=path.parent) as folder:
        staging = Path(folder) / "staging.db"
        found = read_source(path, profile, staging=staging, clock=SystemClock())
    if not isinstance(found, Reading):
        raise TypeError(found.detail)
    return found.items


WAYS: dict[str, Callable[[Path], int]] = {
    "calamine": by_calamine,
    "openpyxl": by_openpyxl,
    "pandas": by_pandas,
    "csv": by_csv,
    "westsync": by_westsync,
    "westsync-feed": by_westsync_feed,
}


if __name__ == "__main__":
    print(WAYS[sys.argv[1]](Path(sys.argv[2])))
