"""A small right configuration, and a way to make it wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from westsync.settings import loading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SMALL = """\
version: 1
timezone: Europe/Moscow
active_from: 2026-11-01
accounts:
  main:
    megaplan:
      url: https://mp12345678.megaplan.ru
      login: westsync@example.test
      me: "1000099"
      programs: { sales: "14" }
      stages: { sales: { new: "127", paid: "134", delivered: "137" } }
      roles: { delivered: delivered }
      fields: { city: Category1000061CustomFieldGorod }
      required: { sales: { new: [city] } }
people:
  ivanov: { name: Иванов, megaplan: "1000003", email: ivanov@example.test, deputy: petrova }
  petrova: { name: Петрова, megaplan: "1000002" }
roles:
  secretary: [petrova]
  manager: [ivanov, petrova]
  admin: [ivanov]
calendars:
  office: { country: RU, windows: ["09:00-13:00", "14:00-18:00"], days: mon-fri }
guards: { new_intents_per_cycle: 50 }
http: { listen: null }
log: { format: auto }
"""


class ConfigDirectory:
    """A configuration directory on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("westsync.yaml", SMALL)

    def write(self, name: str, text: str) -> None:
        """Write a file below the directory."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def edit(self, *replacements: tuple[str, str]) -> None:
        """Replace parts of ``westsync.yaml``; each must be there."""
        text = (self.path / "westsync.yaml").read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        self.write("westsync.yaml", text)

    def read(
        self, environ: Mapping[str, str] | None = None, credentials: Path | None = None
    ) -> loading.Loaded:
        """Read the configuration."""
        return loading.read(self.path, environ or {}, credentials)

    def complaints(self, environ: Mapping[str, str] | None = None) -> list[str]:
        """Read the configuration and return its problems as an administrator sees them."""
        return [str(problem) for problem in self.read(environ).problems]
