"""A small configuration without mistakes, in which tests plant them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from westsync.app.brands import brands_of
from westsync.app.configuration import read_configuration
from westsync.app.reports import report_problems
from westsync.errors import ConfigError
from westsync.settings.files import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from westsync.app.configuration import Configuration
    from westsync.domain.places import Problem

SETTINGS = """\
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
      stages: { sales: { new: "127", offer: "131", won: "137" } }
      fields: { city: Category1000061CustomFieldGorod, delivery_at: Category1000061CustomFieldData }
      required: { sales: { new: [city] } }
    onec:
      url: https://1c.example.test/base
      user: westsync
      channels: { print_forms: soap }
      organization_inn: "7701234560"
    mail: { smtp: "smtp://mail.example.test:587?tls=starttls", from: westsync@example.test }
people:
  ivanov: { name: Иванов, megaplan: "1000003", email: ivanov@example.test, deputy: petrova }
  petrova: { name: Петрова, megaplan: "1000002" }
roles:
  secretary: [petrova]
  head_of_sales: [ivanov]
  driver: [petrova]
  management: [ivanov]
  admin: [ivanov]
calendars:
  office: { country: RU, windows: ["09:00-13:00", "14:00-18:00"], days: mon-fri }
  always: { windows: ["00:00-24:00"], days: mon-sun }
"""

RULES = """\
version: 1
rules:
  - id: first-contact
    step: P1.1
    title: "Звонок за 10 минут"
    owner: secretary
    watch: deal
    needs: { megaplan: 30m }
    when:
      - pipeline: sales
      - stage: { in: [new] }
      - first_touch_at: { empty: true }
      - expr: 'deal.price >= 0'
    clock: { from: created_at, calendar: office, settle: 2m }
    steps:
      - id: call
        after: 5m
        do:
          - task.ensure:
              to: [role:secretary]
              title: "Позвонить по заявке {deal.number}"
              script: greeting
              due: 5m
      - id: to-head
        after: 10m
        repeat: { every: 30m, max: 3 }
        do:
          - notify:
              to: [role:management]
              via: [megaplan, email]
              text: "Нет звонка {episode.age|dur}: {deal.url}"
    ack: { by: [role:management], mutes: 1h }
    deliver: { calendar: office, outside: defer }
    limit: { per_hour: 30 }
    reopen: { same_within: 1h }
    on_clear:
      - task.close: { note: "Контакт {deal.first_touch_at|dt|default:был}" }
  - id: sales-daily
    title: "Отчёт"
    schedule: { at: "19:45", days: [mon, fri], calendar: office, catch_up: 4h }
    report: { name: sales-daily, attach: xlsx, period: since_last }
    steps:
      - id: send
        after: 0m
        do: [ report.send: { to: [role:management], via: [email] } ]
"""

TRIALS = """\
version: 1
tests:
  - name: an untouched request is a task after five minutes
    rule: first-contact
    given:
      deal: { id: "43", pipeline: sales, stage: new, created_at: "2026-11-24 10:00", price: 5 }
    timeline:
      - { at: "2026-11-24 10:04", expect: [] }
      - { at: "2026-11-24 10:05", expect: [ { task.ensure: { to: petrova } } ] }
      - at: "2026-11-24 10:06"
        set: { deal: { first_touch_at: "2026-11-24 10:06" } }
        expect_verdict: false
        expect: []
"""

TEXTS = """\
version: 1
scripts:
  greeting: |
    Добрый день! По заявке {deal.number}.
frames:
  task: |
    {rule.title} ({rule.step})
    {text} {script}
words:
  hours: ч
  labels: { city: город }
"""

CALENDAR = """\
version: 1
year: 2026
calendars: [office]
days:
  2026-12-30: ["09:00-13:00"]
  2026-12-31: off
"""

SUPPLIER = """\
id: rig
title: Риг
enabled: true
schedule: { every: 1h, window: "08:00-20:00", days: Mon-Sat }
fetch:
  kind: http
  url: "https://rig.example/export/feed.xls"
  max_bytes: 33554432
read: { format: auto, hidden_sheets: skip }
table:
  sheets: ["TDSheet"]
  header: { within: 40, rows: 2, join: " / ", min_hits: 3 }
fields:
  supplier_code: { column: ["Код"], required: true }
  name: { column: ["Наименование"], required: true }
  stock:
    places:
      - name: Москва
        available: { column: ["Москва / Остаток"] }
  prices:
    rrp: { column: ["Цена / РРЦ"] }
quantity:
  blank: out
  map:
    "***": { status: in_stock, qty_min: 10 }
price: { currency: RUB }
match: { keys: [supplier_code] }
accept: { min_rows: 300, max_age: 10d, absence: out }
"""

BRANDS = """\
AKG: []
Alesis: [Алесис]
"""

# The phrases of rule modules come with the modules, so they are those that are shipped.
PHRASES = (Path(__file__).parents[3] / "config" / "texts" / "modules.yaml").read_text("utf-8")

FILES: Mapping[str, str] = {
    "westsync.yaml": SETTINGS,
    "rules/own.yaml": RULES,
    "rules/tests/own.yaml": TRIALS,
    "texts/own.yaml": TEXTS,
    "texts/modules.yaml": PHRASES,
    "calendars/2026.yaml": CALENDAR,
    "suppliers/rig.yaml": SUPPLIER,
    "brands.yaml": BRANDS,
}


def write(directory: Path, files: Mapping[str, str]) -> None:
    """Write the files of a configuration."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def problems(directory: Path, *, reports: bool = True) -> tuple[Configuration, tuple[Problem, ...]]:
    """Read a configuration as ``check``, ``test`` and a reload do; return all its mistakes.

    Args:
        directory: Where it is.
        reports: Also draw each report once, which takes its time.
    """
    config = read_configuration(directory, {})
    of_brands = brands_of(config).problems
    of_reports = report_problems(config) if reports else ()
    found = (*config.problems, *of_brands, *of_reports)
    if not found:
        try:
            config.run_trials()
        except ConfigError as exc:
            found = tuple(exc.problems)
    return config, found


def told(directory: Path) -> list[str]:
    """Return the mistakes of a configuration with paths as below its directory."""
    _, found = problems(directory)
    return [str(problem).removeprefix(f"{shown(directory)}/") for problem in found]


def failures(directory: Path) -> Iterator[str]:
    """Yield what the rule tests of a right configuration complain about."""
    config, found = problems(directory)
    assert found == ()
    for result in config.run_trials():
        yield from result.failures
