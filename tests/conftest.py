"""What all tests share: no test is judged by its wall time."""

from __future__ import annotations

from hypothesis import settings

import westsync.logs  # noqa: F401 - nothing is logged unredacted, here as in production

settings.register_profile("westsync", deadline=None)
settings.load_profile("westsync")
