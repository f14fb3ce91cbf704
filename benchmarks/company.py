"""The company whose rules are measured: the shipped example, and twenty rules on lists alone."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.processes import ROOT
from westsync.app.configuration import read_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.jobs.company import Company

SHIPPED = ROOT / "config"
ACCOUNT = "main"

RULES = 20
STAGES = (
    "new",
    "qualify",
    "availability",
    "offer",
    "requisites",
    "supplier_invoice",
    "invoice_sent",
    "paid",
    "purchase",
    "shipping",
)
SOURCES = ("Сайт", "Почта", "Лид", "Входящий звонок", "Повторный контакт")


def conditions(number: int) -> tuple[str, str, str, int]:
    """Return what the rule of a number asks for: two stages, a source, and a least price."""
    stages = STAGES[number % len(STAGES)], STAGES[(number + 3) % len(STAGES)]
    return *stages, SOURCES[number % len(SOURCES)], 50_000 + 25_000 * number


def rules_text() -> str:
    """Return twenty rules of the shipped shape whose facts the lists of deals show.

    Six conditions each, as in performance.md 6.1. The clock counts in working time; the step is
    far away, so that what is measured is deciding and not acting.
    """
    lines = ["version: 1", "rules:"]
    for number in range(RULES):
        first, second, source, price = conditions(number)
        lines += [
            f"  - id: bench-{number}",
            "    step: P9.3",
            f"    title: Правило {number}",
            "    watch: deal",
            "    needs: { megaplan: 10 days }" if number % 4 == 0 else "    owner: admin",
            "    when:",
            "      - pipeline: sales",
            f"      - stage: {{ in: [{first}, {second}] }}",
            "      - stage_type: active",
            f"      - source: {{ not_in: ['{source}'] }}",
            f"      - price: {{ gte: {price} }}",
            "      - manager: { empty: false }",
            "    clock: { from: stage_entered_at, calendar: office }",
            "    steps:",
            "      - id: remind",
            "        after: 2000h",
            "        do:",
            "          - task.ensure:",
            "              to: [deal.manager]",
            "              title: Сделка {deal.number}",
            "              due: 1h",
        ]
    return "\n".join(lines) + "\n"


@contextmanager
def configured(*, url: str = "", shipped_rules: bool = False) -> Iterator[Path]:
    """Make a copy of the shipped configuration for as long as the block lasts.

    Args:
        url: Address of the account; empty: nobody is asked.
        shipped_rules: Keep the shipped rules instead of the twenty above.
    """
    with tempfile.TemporaryDirectory(prefix="westsync-bench-") as directory:
        config = Path(directory) / "config"
        shutil.copytree(SHIPPED, config)
        if not shipped_rules:
            for old in (*config.glob("rules/*.yaml"), *config.glob("rules/tests/*.yaml")):
                old.unlink()
            (config / "rules" / "bench.yaml").write_text(rules_text(), encoding="utf-8")
        settings = config / "westsync.yaml"
        text = settings.read_text(encoding="utf-8")
        # The generated deals are up to a year old, and none of them is to be passed over.
        text = text.replace("active_from: 2026-11-01", "active_from: 2020-01-01")
        text = text.replace("https://mp12345678.megaplan.ru", url or "http://127.0.0.1:9")
        settings.write_text(text, encoding="utf-8")
        yield config


def company(*, shipped_rules: bool = False) -> Company:
    """Return the company of a configuration, with its rules compiled."""
    with configured(shipped_rules=shipped_rules) as directory:
        return read_configuration(directory, {}).must_be_right().companies[ACCOUNT]
