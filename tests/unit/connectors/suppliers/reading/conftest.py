"""Reading a file in this process: the child has tests of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from westsync.connectors.suppliers.profile import Profile
from westsync.connectors.suppliers.profile_fields import Field, Fields, PriceField, Stock
from westsync.connectors.suppliers.reading.pipeline import Task, read_file
from westsync.connectors.suppliers.reading.staging import offers
from westsync.domain.stock import Offer, PriceRole, SourceId

if TYPE_CHECKING:
    from pathlib import Path

    from westsync.connectors.suppliers.reading.results import Reading

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

USUAL = Fields(
    supplier_code=Field(column=("Код",), required=True),
    vendor_code=Field(column=("Артикул", "Артикул производителя")),
    name=Field(column=("Наименование", "Номенклатура"), required=True),
    brand=Field(column=("Бренд",)),
    stock=Stock(field=Field(column=("Остаток",))),
    prices=(
        (PriceRole.RRP, PriceField(field=Field(column=("РРЦ",)))),
        (PriceRole.DEALER, PriceField(field=Field(column=("Дилер",)))),
    ),
)


def a_profile(**sections: Any) -> Profile:
    """Return a profile of a flat table, with some sections replaced."""
    return Profile(**{"id": SourceId("lira"), "fields": USUAL, **sections})


@dataclass(frozen=True)
class Outcome:
    """A reading with its offers."""

    reading: Reading
    offers: list[Offer]

    def offer(self, code: str) -> Offer:
        """Return the only offer with this supplier's code."""
        (found,) = [one for one in self.offers if one.supplier_code == code]
        return found


Read = Callable[..., Outcome]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes, text or a file by a profile."""

    def read_it(
        source: Path | bytes | str, profile: Profile | None = None, name: str = ""
    ) -> Outcome:
        folder = tmp_path / f"reading-{sum(1 for _ in tmp_path.iterdir())}"
        work = folder / "work"
        work.mkdir(parents=True)
        path = source
        if isinstance(path, str):
            path = path.encode()
        if isinstance(path, bytes):
            (folder / "file").write_bytes(path)
            path = folder / "file"
        staging = folder / "staging.db"
        task = Task(
            path=path,
            name=name,
            profile=profile or a_profile(),
            staging=staging,
            work=work,
            now=NOW,
        )
        reading = read_file(task)
        return Outcome(reading, list(offers(staging)))

    return read_it
