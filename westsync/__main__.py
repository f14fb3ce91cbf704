"""``python -m westsync`` and the installed command ``westsync``."""

from __future__ import annotations

import sys

from westsync.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
