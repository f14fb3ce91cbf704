"""Several files of one source as one: a plain zip, whose members the reader takes together."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from westsync.connectors.suppliers.fetching.landing import Landing

BUNDLE = "bundle.zip"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1024 * 1024


def bundle(parts: Iterable[tuple[str, Path]], work: Path, landing: Landing) -> None:
    """Write a zip of the parts; the same parts make the same bytes.

    Args:
        parts: Name of each, a label only, and where it is.
        work: File to build the zip in; removed.
        landing: Takes the bytes.
    """
    try:
        with zipfile.ZipFile(work, "w", zipfile.ZIP_STORED) as archive:
            for number, (name, path) in enumerate(parts, start=1):
                entry = zipfile.ZipInfo(f"{number:03}_{name}", _FIRST_DAY)
                with path.open("rb") as source, archive.open(entry, "w") as member:
                    while chunk := source.read(_CHUNK):
                        member.write(chunk)
        with work.open("rb") as file:
            while chunk := file.read(_CHUNK):
                landing.write(chunk)
    finally:
        work.unlink(missing_ok=True)
