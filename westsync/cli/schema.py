"""``westsync schema``: JSON Schema for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.cli.main import DONE
from westsync.cli.output import emit

if TYPE_CHECKING:
    import argparse


def run(args: argparse.Namespace) -> int:
    """Print the schema of the settings, of supplier files or of rule files."""
    if args.what == "settings":
        from westsync.settings.schema import settings_schema  # noqa: PLC0415 - one of three

        emit(settings_schema())
    elif args.what == "suppliers":
        from westsync.settings.supplier_schema import suppliers_schema  # noqa: PLC0415 - as above

        emit(suppliers_schema())
    else:
        from westsync.rules.schema import rules_schema  # noqa: PLC0415 - as above

        emit(rules_schema())
    return DONE
