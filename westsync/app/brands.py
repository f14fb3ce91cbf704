"""The brands of a configuration, beside the suppliers that may carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.settings import trees
from westsync.settings.brands import read_brands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.app.configuration import Configuration
    from westsync.settings.brands import Brands


def brands_of(configuration: Configuration) -> Brands:
    """Return what ``brands.yaml`` says; a carrier that is no supplier of ours is a mistake.

    Args:
        configuration: As read; a supplier file with mistakes still lends its id.
    """
    return read_brands(configuration.loaded.directory, frozenset(_carriers(configuration)) - {""})


def _carriers(configuration: Configuration) -> Iterator[str]:
    for profile in configuration.suppliers:
        yield from (str(profile.id), profile.supplier)
    for document in configuration.loaded.supplier_documents:
        for key in ("id", "supplier"):
            yield from (name for name, _ in trees.texts(trees.get(document.root, key)))
