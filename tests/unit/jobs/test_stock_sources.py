"""How supplier sources stand: kept for the rules, marked when it changes, never forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.unit.jobs.ruled_company import a_company
from tests.unit.jobs.stock_office import LIRA, a_profile, a_stock_office
from westsync.app.configuration import read_configuration
from westsync.connectors.suppliers.guards import GuardCode
from westsync.connectors.suppliers.profile import AcceptRules
from westsync.connectors.suppliers.reading.results import RefusalCode
from westsync.domain.intents import ObjectRef
from westsync.domain.stock_sources import STATES, TROUBLES
from westsync.errors import AccessDenied
from westsync.jobs.facts import FactBook
from westsync.jobs.stock_sources import SourceWatch
from westsync.jobs.stock_standing import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.unit.jobs.stock_office import StockOffice
    from westsync.jobs.company import Company
    from westsync.journal.store import SqliteStore
    from westsync.ports.stock import StockSource

SOURCE = ObjectRef(kind="stock_source", id=LIRA)
SHIPPED = Path(__file__).parents[3] / "config"
MOSCOW = ZoneInfo("Europe/Moscow")
RULES = """\
version: 1
rules:
  - id: stock-source
    step: P3.1
    title: Прайс
    watch: stock_source
    when: [ { state: { in: [held, stale] } } ]
    clock: { from: since, calendar: office }
    steps:
      - { id: task, after: 0m, do: [ { task.ensure: { to: [role:secretary], title: x } } ] }
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[StockOffice]:
    with a_stock_office(tmp_path, a_profile(accept=AcceptRules(min_rows=1))) as office:
        yield office


def company(version: str = "1", rules: str = RULES) -> Company:
    return a_company(rules, version=version, asks_stock=True)


def look(store: SqliteStore, office: StockOffice, *sources: StockSource, version: str = "1") -> int:
    watch = SourceWatch(office.store, sources or (office.source,), MOSCOW)
    return watch.run(store, company(version), office.clock.now())


def facts(store: SqliteStore, office: StockOffice) -> Mapping[str, object]:
    now = office.clock.now()
    found = FactBook(store, company()).facts(SOURCE, now, now)
    assert found is not None
    return found.values


def publish(office: StockOffice) -> None:
    office.publish("1;P45B;Пианино Yamaha P-45;Yamaha;3;45000")
    office.refresh.refresh(office.source)


def test_a_held_list_shows_with_its_reasons_and_is_decided_once(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office)

    changes = look(store, office), look(store, office)

    seen = facts(store, office)
    assert changes == (1, 0)
    assert store.mirror.dirty.objects(10) == (SOURCE,)
    assert (seen["state"], seen["reasons"]) == ("held", ("first",))
    assert (seen["name"], seen["data_at"]) == ("Лира Мьюзик", None)
    assert seen["since"] == office.clock.now()


def test_an_accepted_list_is_fine_and_has_its_age(store: SqliteStore, office: StockOffice) -> None:
    publish(office)
    look(store, office)
    office.refresh.accept(office.source, by="ivanov")

    assert look(store, office) == 1

    seen = facts(store, office)
    assert (seen["state"], seen["since"], seen["reasons"]) == ("fine", None, ())
    assert seen["data_at"] == office.clock.now()


def test_the_moment_of_the_first_trouble_stays_while_another_follows(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office)
    look(store, office)
    began = office.clock.now()
    office.clock.advance(timedelta(days=4))
    office.refresh.accept(office.source, by="ivanov")  # what was held so long is stale

    look(store, office)

    seen = facts(store, office)
    assert (seen["state"], seen["since"]) == ("stale", began)


def test_a_refused_password_shows_with_its_cause(store: SqliteStore, office: StockOffice) -> None:
    publish(office)
    office.fetcher.break_next(AccessDenied("lira", "log in", "401"))
    office.refresh.reject(office.source, by="ivanov")
    office.refresh.refresh(office.source)

    look(store, office)

    seen = facts(store, office)
    assert seen["state"] == "denied"
    assert "401" in str(seen["detail"])


def test_a_source_that_is_switched_off_or_removed_troubles_nobody(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office)
    look(store, office)

    look(store, office, replace(office.source, enabled=False))
    switched_off = facts(store, office)["state"]
    look(store, office)
    look(store, office, replace(office.source, id="other"))  # type: ignore[arg-type]  # an id

    assert (switched_off, facts(store, office)["state"]) == ("off", "off")


def test_after_a_change_of_rules_every_source_is_decided_again(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office)
    look(store, office)

    assert look(store, office, version="2") == 1


def test_the_age_of_what_is_known_goes_on_without_changes(
    store: SqliteStore, office: StockOffice
) -> None:
    publish(office)
    look(store, office)
    office.clock.advance(timedelta(minutes=20))

    changed = look(store, office)

    now = office.clock.now()
    found = FactBook(store, company()).facts(SOURCE, now, now)
    assert changed == 0
    assert found is not None
    assert found.source_as_of["stock"] == now


def test_a_source_that_nobody_looked_at_is_not_decided(
    store: SqliteStore, office: StockOffice
) -> None:
    now = office.clock.now()

    assert FactBook(store, company()).facts(SOURCE, now, now) is None


def test_without_a_rule_nobody_looks(store: SqliteStore, office: StockOffice) -> None:
    publish(office)
    other = RULES.replace("watch: stock_source", "watch: task").replace("since", "created_at")
    other = other.replace("state: { in: [held, stale] }", "open: true")
    watch = SourceWatch(office.store, (office.source,), MOSCOW)

    changed = watch.run(store, company(rules=other), office.clock.now())

    assert (changed, store.mirror.dirty.objects(10)) == (0, ())


def test_every_trouble_is_a_word_of_the_rules() -> None:
    assert {trouble.value for trouble in Trouble} == set(TROUBLES)


def test_every_code_has_a_word_for_staff() -> None:
    labels = read_configuration(SHIPPED, {}).companies["main"].ruleset.words.labels

    codes = {*(code.value for code in GuardCode), *(code.value for code in RefusalCode)}
    warnings = {"stale", "unchanged_too_long", "repaired", "as_of_future", "as_of_unreadable"}
    assert {*TROUBLES, *(codes - warnings)} <= set(labels)
    assert set(STATES) > set(TROUBLES)
