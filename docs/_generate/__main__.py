"""Write the reference pages: ``python -m docs._generate``."""

from __future__ import annotations

import sys
from pathlib import Path

from docs._generate.pages import PAGES

REFERENCE = Path(__file__).parents[1] / "reference"


def main() -> None:
    """Write each page that differs from what the code says, and name it."""
    REFERENCE.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        path = REFERENCE / name
        text = make()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote docs/reference/{name}\n")


if __name__ == "__main__":
    main()
