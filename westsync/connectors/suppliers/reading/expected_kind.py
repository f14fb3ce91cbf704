"""Whether a file is of the kind that its source is said to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.connectors.suppliers.profile import Format
from westsync.connectors.suppliers.reading.results import FileRefused, RefusalCode

if TYPE_CHECKING:
    from westsync.connectors.suppliers.reading.unpacking import Part

_SAME = (
    frozenset({Format.XLSX, Format.XLS, Format.XLSB, Format.ODS}),
    frozenset({Format.YML, Format.XML}),
)
"""Kinds that are read alike, so that one may be called the other."""


def need_expected(part: Part, wanted: Format) -> None:
    """Refuse a file of another kind than the profile expects, naming both.

    Raises:
        FileRefused: It is one.
    """
    if wanted in {Format.AUTO, part.kind}:
        return
    if any({wanted, part.kind} <= same for same in _SAME):
        return
    if part.kind is Format.HTML:
        raise FileRefused(
            RefusalCode.NOT_A_FILE_HTML,
            f"a web page came instead of {wanted} (log-in or maintenance?); open its address in a"
            " browser",
        )
    raise FileRefused(
        RefusalCode.WRONG_TYPE,
        f"the file is {part.kind}, the source says {wanted}; correct read.format, or ask the"
        " supplier",
    )
