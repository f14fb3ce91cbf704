"""Read, normalise and stage a long price list as westsync does, in the limited child.

``python -m benchmarks.peers.westsync_reading table|feed FILE`` prints how many offers there were,
and in a second line the peak memory, in megabytes, of the larger of the two processes.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.answers import peak_rss_mb
from westsync.clocks import SystemClock
from westsync.connectors.suppliers.profile import AcceptRules, Profile, ReadLimits
from westsync.connectors.suppliers.profile_fields import Field, Fields, Place, PriceField, Stock
from westsync.connectors.suppliers.reading.results import Reading
from westsync.connectors.suppliers.reading.source import read_source
from westsync.domain.stock import PriceRole, SourceId


def _at(name: str, *, required: bool = False) -> Field:
    return Field(column=(name,), required=required)


TABLE = Profile(
    id=SourceId("bench"),
    fields=Fields(
        supplier_code=_at("Код", required=True),
        vendor_code=_at("Артикул"),
        barcode=_at("Штрихкод"),
        name=_at("Наименование", required=True),
        brand=_at("Бренд"),
        category=_at("Категория"),
        unit=_at("Ед."),
        stock=Stock(
            places=(
                Place(name="Москва", available=_at("Остаток Москва")),
                Place(name="СПб", available=_at("Остаток СПб")),
            )
        ),
        prices=(
            (PriceRole.DEALER, PriceField(field=_at("Цена дилер"))),
            (PriceRole.RRP, PriceField(field=_at("РРЦ"))),
        ),
    ),
    accept=AcceptRules(min_rows=1),
    limits=ReadLimits(memory_mib=4000, seconds=600, staging_mib=4096),
)
PROFILES = {"table": TABLE, "feed": replace(TABLE, fields=Fields())}  # a feed brings its own fields


def read(path: Path, profile: Profile) -> int:
    """Return how many offers a list has.

    Raises:
        ValueError: It could not be read, or not rightly.
    """
    with tempfile.TemporaryDirectory(prefix="westsync-bench-", dir=path.parent) as folder:
        staging = Path(folder) / "staging.rows"
        found = read_source(path, profile, staging=staging, clock=SystemClock())
    if not isinstance(found, Reading) or found.missing or found.bad_rows:
        raise ValueError(str(found))
    return found.items


if __name__ == "__main__":
    print(read(Path(sys.argv[2]), PROFILES[sys.argv[1]]))
    print(max(peak_rss_mb(), getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024))
