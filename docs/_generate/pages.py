"""All generated pages by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs._generate.command_line import commands_page, exit_codes_page
from docs._generate.facts import facts_page
from docs._generate.grammar import actions_page, grammar_page, operators_page
from docs._generate.log_events import log_events_page
from docs._generate.metrics import metrics_page
from docs._generate.settings import settings_page
from docs._generate.suppliers import suppliers_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGES: Mapping[str, Callable[[], str]] = {
    "grammar.md": grammar_page,
    "facts.md": facts_page,
    "operators.md": operators_page,
    "actions.md": actions_page,
    "settings.md": settings_page,
    "suppliers.md": suppliers_page,
    "commands.md": commands_page,
    "exit-codes.md": exit_codes_page,
    "log-events.md": log_events_page,
    "metrics.md": metrics_page,
}
