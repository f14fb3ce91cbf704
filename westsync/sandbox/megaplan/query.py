"""The query string: one percent-encoded JSON object without a key (contract 2.2, 9.2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from westsync.sandbox.megaplan.wire import Doc


def read_query(raw: str) -> Doc:
    """Return the parameters; anything but a JSON object is ignored, as ``limit=5`` is.

    Args:
        raw: The query string as it came.
    """
    text = unquote_plus(raw.removesuffix("="))
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
