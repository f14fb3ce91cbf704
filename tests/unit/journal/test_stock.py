"""Promises of the stock memory: what is published is whole, what is not is seen by nobody."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clock import NOON
from tests.unit.journal.stock_lists import LIRA, an_offer, loaded
from westsync.domain.matching.brands import BrandTable
from westsync.domain.matching.questions import Link, Question
from westsync.domain.stock import (
    Availability,
    Flag,
    MatchLevel,
    Price,
    PriceRole,
    SourceId,
    StockAnswer,
    StockDecision,
    StockStatus,
    Verdict,
)
from westsync.errors import LockHeld, StateError
from westsync.failpoints import ARMING_VARIABLE
from westsync.journal import stock_loading, stock_schema
from westsync.journal.stock import FILE_NAME, open_stock
from westsync.journal.stock_attempts import Attempts
from westsync.ports.stock import Finding
from westsync.ports.stock_rows import decode_rows, encode_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from westsync.journal.stock import StockStore
    from westsync.journal.stock_search import Assortment

BRANDS = BrandTable({"Yamaha": ["Ямаха"]})
DAY = timedelta(days=1)
RICH = an_offer(
    row_no=7,
    sheet="Прайс",
    supplier_code="00-123",
    vendor_code="F310",
    barcode="4006381333931",
    brand="Yamaha",
    name="Гитара Yamaha F310",
    category="Гитары / Акустические",
    unit="шт",
    pack="1",
    availability=Availability(
        status=StockStatus.EXPECTED,
        qty_min=0,
        qty_max=0,
        eta_from=date(2026, 12, 1),
        eta_to=date(2026, 12, 5),
        note="approx",
    ),
    stock_by_place={"Москва": Availability(status=StockStatus.OUT, qty_min=0, qty_max=0)},
    prices={PriceRole.RRP: Price(amount=Decimal("12990.50"), currency="RUB")},
    flags=(Flag.FROM_NUMBER, Flag.FRACTION),
    raw={"quantity": "ожидается", "vendor_code": "F310 "},
)


_OF_VERSION_1 = """
INSERT INTO supplier_snapshot (id, source_id, fetched_at, first_at, as_of, items, verdict) VALUES
    (3, 'lira', '2026-11-01T09:00:00.000000+00:00', '2026-11-01T09:00:00.000000+00:00',
     '2026-11-01T09:00:00.000000+00:00', 1, 'accepted');
INSERT INTO supplier_current VALUES ('lira', 3);
INSERT INTO supplier_offer (id, snapshot_id, row_no, vendor_code, vendor_key, vendor_loose, name,
    status) VALUES (11, 3, 7, 'F310', 'F310', 'F310', 'Гитара F310', 'out');
INSERT INTO supplier_model VALUES (3, 'F310', 11);
INSERT INTO supplier_words (rowid, words) VALUES (11, 'ГИТАРА F310');
PRAGMA user_version = 1;
PRAGMA application_id = 0x77737331;
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StockStore]:
    with open_stock(tmp_path, BRANDS) as store:
        yield store


def codes(store: StockStore, source: SourceId = LIRA) -> list[str]:
    current = store.snapshots.current(source)
    assert current is not None
    rows = store.search.assortment(source, current.id)
    return [row.supplier_code for code in "ABCDE" for row in rows.with_code(code)]


def assortment(store: StockStore) -> Assortment:
    current = store.snapshots.current(LIRA)
    assert current is not None
    return store.search.assortment(LIRA, current.id)


def _counted(store: StockStore) -> dict[str, int]:
    """Return how many rows each table of a list has."""
    tables = ("supplier_offer", "supplier_words", "supplier_listed")
    return {
        table: store._database.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - named above
        for table in tables
    }


def test_an_offer_comes_back_as_it_was_staged(store: StockStore) -> None:
    snapshot = loaded(store, [RICH])

    [found] = store.search.assortment(LIRA, snapshot).with_code("F310")

    assert (found.source, found.snapshot) == (LIRA, snapshot)
    [kept] = decode_rows(SourceId(""), encode_rows([found]))
    assert kept == RICH


def test_a_list_is_seen_only_when_it_is_accepted(store: StockStore) -> None:
    loaded(store, [an_offer(supplier_code="A")])

    loaded(store, [an_offer(supplier_code="B")], verdict=Verdict.HELD)
    assert codes(store) == ["A"]

    held = store.snapshots.waiting(LIRA)
    assert held is not None
    store.loading.decide(held.id, Verdict.ACCEPTED, held.findings, by="ivanov", at=NOON)
    assert codes(store) == ["B"]


def test_lists_longer_than_a_chunk_are_copied_whole(
    store: StockStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_loading, "CHUNK", 2)

    loaded(store, [an_offer(supplier_code=code) for code in "ABCDE"])

    assert codes(store) == list("ABCDE")


def test_a_delta_leaves_what_it_does_not_mention(
    store: StockStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_loading, "CHUNK", 2)
    whole = loaded(
        store,
        [an_offer(supplier_code=code, name=f"Yamaha {code}100") for code in "ABCD"]
        + [an_offer(vendor_code="E", name="Yamaha E100")],
    )
    none = Availability(status=StockStatus.OUT, qty_min=0, qty_max=0)
    delta = loaded(store, [an_offer(supplier_code="B", availability=none)], verdict=Verdict.HELD)

    store.loading.inherit(delta, whole)
    store.loading.decide(delta, Verdict.ACCEPTED, (), by="ivanov", at=NOON)

    rows = store.search.assortment(LIRA, delta)
    assert [len(rows.with_code(code)) for code in "ABCDE"] == [1] * 5
    assert rows.with_code("B")[0].availability == none
    assert len(rows.with_models(frozenset({"D100"}))) == 1
    current = store.snapshots.current(LIRA)
    assert current is not None
    assert (current.items, current.in_stock) == (5, 4)


def test_a_new_list_writes_only_the_rows_whose_content_changed(store: StockStore) -> None:
    offers = [an_offer(row_no=n, supplier_code=f"A-{n}", name=f"Бас {n}") for n in range(50)]
    loaded(store, offers)
    before = _counted(store)

    moved = [replace(offer, row_no=offer.row_no + 1) for offer in offers]
    moved[7] = replace(moved[7], availability=Availability(status=StockStatus.OUT))
    loaded(store, moved, sha256="b")

    assert before == {"supplier_offer": 50, "supplier_words": 50, "supplier_listed": 50}
    assert _counted(store) == {"supplier_offer": 51, "supplier_words": 51, "supplier_listed": 100}
    [seventh] = assortment(store).with_code("A7")
    assert (seventh.row_no, seventh.availability.status) == (8, StockStatus.OUT)


def test_a_row_that_stands_twice_is_found_twice(store: StockStore) -> None:
    loaded(store, [an_offer(row_no=n, supplier_code="A", name="Бас B-12") for n in (1, 2)])

    found = assortment(store)

    assert [row.row_no for row in found.with_code("A")] == [1, 2]
    assert [row.row_no for row in found.with_models(frozenset(["B12"]))] == [1, 2]


def test_rows_that_an_older_list_shares_outlive_it(store: StockStore) -> None:
    for number in range(3):
        own = an_offer(supplier_code="B", name=f"Бас B-{number}12")
        loaded(store, [an_offer(supplier_code="A"), own], sha256=f"{number}")

    store.sweeping.sweep(LIRA)

    assert _counted(store) == {"supplier_offer": 3, "supplier_words": 3, "supplier_listed": 4}
    assert codes(store) == ["A", "B"]


def test_new_spellings_of_brands_reach_rows_that_did_not_change(tmp_path: Path) -> None:
    offer = an_offer(supplier_code="A", name="Пианино Ямаха P-45")

    for brands, sha256 in ((BrandTable(), "a"), (BRANDS, "b")):
        with open_stock(tmp_path, brands) as store:
            loaded(store, [offer], sha256=sha256)
            rows = _counted(store)["supplier_offer"]

    assert rows == 2


def test_a_stock_file_of_the_first_version_keeps_its_lists(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as base:
        for statement in stock_schema._FIRST:
            base.execute(statement)
        base.executescript(_OF_VERSION_1)

    with open_stock(tmp_path, BRANDS) as store:
        [by_code] = assortment(store).with_code("F310")
        [by_model] = assortment(store).with_models(frozenset(["F310"]))
        [by_word] = store.search.find("гитара")
        for sha256 in "bc":
            loaded(store, [an_offer(supplier_code=sha256)], sha256=sha256)
        store.sweeping.sweep(LIRA)
        left = _counted(store)

    assert by_code == by_model == by_word
    assert (by_code.row_no, by_code.name) == (7, "Гитара F310")
    assert left == {"supplier_offer": 2, "supplier_words": 2, "supplier_listed": 2}


def test_only_two_accepted_and_three_held_lists_keep_their_rows(store: StockStore) -> None:
    for number in range(4):
        accepted = an_offer(supplier_code="A", name=f"accepted {number}")
        held = an_offer(supplier_code="B", name=f"held {number}")
        loaded(store, [accepted], sha256=f"a{number}")
        loaded(store, [held], verdict=Verdict.HELD, sha256=f"h{number}")

    store.sweeping.sweep(LIRA)

    with closing(sqlite3.connect(store.folder.parent / FILE_NAME)) as base:
        left = base.execute(
            "SELECT verdict, count(*) FROM supplier_snapshot WHERE NOT emptied GROUP BY verdict"
        ).fetchall()
        rows = base.execute("SELECT count(*) FROM supplier_offer").fetchone()[0]
        words = base.execute("SELECT count(*) FROM supplier_words").fetchone()[0]
    assert dict(left) == {"accepted": 2, "held": 3}
    assert (rows, words) == (5, 5)
    assert codes(store) == ["A"]


def test_the_current_list_is_never_swept(store: StockStore) -> None:
    first = loaded(store, [an_offer(supplier_code="A")])
    for _ in range(3):
        loaded(store, [an_offer(supplier_code="B")])
    store.loading.decide(first, Verdict.ACCEPTED, (), by="ivanov", at=NOON)

    store.sweeping.sweep(LIRA)

    assert codes(store) == ["A"]


def test_a_list_without_rows_cannot_be_accepted(store: StockStore) -> None:
    held = loaded(store, [an_offer(supplier_code="A")], verdict=Verdict.HELD)
    for number in range(3):
        loaded(store, [an_offer(supplier_code="B")], verdict=Verdict.HELD, sha256=f"{number}")
    store.sweeping.sweep(LIRA)

    with pytest.raises(ValueError, match="no rows any more"):
        store.loading.decide(held, Verdict.ACCEPTED, (), by="ivanov", at=NOON)


def test_a_held_list_older_than_the_current_one_waits_for_nobody(store: StockStore) -> None:
    loaded(store, [an_offer(supplier_code="A")], verdict=Verdict.HELD)

    loaded(store, [an_offer(supplier_code="B")])

    assert store.snapshots.waiting(LIRA) is None


def test_findings_are_kept_with_the_list(store: StockStore) -> None:
    finding = Finding(code="rows_drop", verdict=Verdict.HELD, detail="5 items, usually 100")

    loaded(store, [an_offer(supplier_code="A")], verdict=Verdict.HELD, findings=[finding])

    held = store.snapshots.waiting(LIRA)
    assert held is not None
    assert held.findings == (finding,)


def test_the_past_is_what_was_accepted(store: StockStore) -> None:
    price = {PriceRole.RRP: Price(amount=Decimal(100))}
    loaded(store, [an_offer(supplier_code="A")], sha256="a")
    loaded(store, [an_offer(supplier_code="B", prices=price), an_offer(name="без кода")])
    loaded(store, [an_offer(supplier_code="C")] * 9, verdict=Verdict.HELD)

    past = store.snapshots.past(LIRA, "aa")
    other = store.snapshots.past(LIRA, "bb")

    assert past is not None
    assert other is not None
    assert (past.items, past.in_stock, past.revision) == ((2, 1), 2, "r1")
    assert list(past.former) == [("B", '{"rrp":["100","RUB"]}')]
    assert (past.unchanged_since, other.unchanged_since) == (NOON, None)
    assert store.snapshots.past(SourceId("new"), "aa") is None


@pytest.mark.parametrize(("stated", "as_of"), [(True, NOON), (False, NOON + DAY)])
def test_the_same_bytes_again_are_as_old_as_the_supplier_says(
    store: StockStore, stated: bool, as_of: object
) -> None:
    snapshot = loaded(store, [an_offer(supplier_code="A")], stated=stated)

    store.loading.confirm(snapshot, NOON + DAY)

    current = store.snapshots.current(LIRA)
    assert current is not None
    assert (current.as_of, current.fetched_at, current.first_at) == (as_of, NOON + DAY, NOON)


def test_people_find_rows_by_the_beginnings_of_words_and_by_codes(store: StockStore) -> None:
    loaded(store, [RICH, an_offer(supplier_code="B", name="Гитара Yamaha F370")])
    loaded(
        store, [an_offer(name="Гитара Yamaha F310 старая")], source=SourceId("hid"),
        verdict=Verdict.HELD,
    )  # fmt: skip

    assert [row.vendor_code for row in store.search.find("гит f310")] == ["F310"]
    assert [row.vendor_code for row in store.search.find("00-123")] == ["F310"]
    assert len(store.search.find("гитара")) == 2
    assert store.search.find("барабан") == []
    assert store.search.find('" OR *') == []


def test_matching_asks_nothing_that_reads_a_whole_list(store: StockStore) -> None:
    snapshot = loaded(store, [RICH])
    rows = store.search.assortment(LIRA, snapshot)
    with closing(sqlite3.connect(store.folder.parent / FILE_NAME)) as base:
        asked: list[str] = []
        connection = store._database._connection
        connection.set_trace_callback(asked.append)
        rows.with_code("F310")
        rows.with_barcode("4006381333931")
        rows.with_models(frozenset({"F310", "310"}))
        connection.set_trace_callback(None)
        plans = [step[3] for sql in asked for step in base.execute(f"EXPLAIN QUERY PLAN {sql}")]

    assert len(asked) == 3
    assert sum("INDEX so_" in step for step in plans) == 3
    assert not [step for step in plans if step.startswith("SCAN") and "m" not in step.split()]


def test_a_choice_replaces_the_one_before_and_can_be_suspended(store: StockStore) -> None:
    links = store.links
    links.choose("p1", LIRA, Link(code="A"), by="ivanov", at=NOON)
    links.choose("p1", LIRA, Link(code="B", brand="YAMAHA", models="F310"), by="orlov", at=NOON)

    assert links.active("p1", LIRA) == Link(code="B", brand="YAMAHA", models="F310")
    assert links.active("p1", SourceId("other")) is None
    assert [stored.state for stored in links.of_article("p1")] == ["active", "replaced"]

    links.suspend("p1", LIRA)
    assert links.active("p1", LIRA) is None


def test_an_article_without_a_key_cannot_be_linked(store: StockStore) -> None:
    with pytest.raises(ValueError, match="our own id"):
        store.links.choose("", LIRA, Link(code="A"), by="ivanov", at=NOON)


def test_answers_are_remembered_for_a_while(store: StockStore) -> None:
    given = StockAnswer(level=MatchLevel.ARTICLE, decision=StockDecision.YES, as_of=NOON)
    store.lookups.keep(Question(article="F310", need=2), LIRA, given, NOON)

    assert store.lookups.forget_before(NOON) == 0
    assert store.lookups.forget_before(NOON + DAY) == 1


def test_attempts_are_kept(store: StockStore) -> None:
    assert store.attempts.of(LIRA) == Attempts()
    tried = Attempts(tried_at=NOON, outcome="unavailable", failures=2, not_before=NOON + DAY)

    store.attempts.save(LIRA, tried)

    assert store.attempts.of(LIRA) == tried


def test_what_a_portal_showed_is_reused_until_it_is_too_old(store: StockStore) -> None:
    store.portal_answers.keep(LIRA, "F310", [RICH], NOON)

    known = store.portal_answers.recent(LIRA, "F310", NOON)
    assert known is not None
    assert known[0][0].vendor_code == "F310"
    assert store.portal_answers.recent(LIRA, "F310", NOON + DAY) is None
    assert store.portal_answers.recent(LIRA, "F370", NOON) is None


def test_one_process_at_a_time_loads_a_source(store: StockStore) -> None:
    with store.owning(LIRA), pytest.raises(LockHeld), store.owning(LIRA):
        pytest.fail("two own one source")

    with store.owning(LIRA):
        pass


def test_a_reader_does_not_wait_for_a_load(store: StockStore, tmp_path: Path) -> None:
    loaded(store, [an_offer(supplier_code="A")])

    with open_stock(tmp_path, BRANDS) as reader, store._database.transaction():
        store._database.write("DELETE FROM supplier_offer")
        assert codes(reader) == ["A"]


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked into" * 20])
def test_a_damaged_file_is_never_repaired_silently(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)

    with pytest.raises(StateError, match="cannot be trusted"), open_stock(tmp_path, BRANDS):
        pytest.fail("it was opened")


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as base:
        base.execute("CREATE TABLE theirs (a)")

    with pytest.raises(StateError, match="not a stock file"), open_stock(tmp_path, BRANDS):
        pytest.fail("it was opened")


_KILLED = """
import os, sys
from pathlib import Path
from westsync.failpoints import arm
from westsync.journal import stock_loading, stock_schema
from tests.unit.journal.stock_lists import an_offer, loaded
from tests.unit.journal.test_stock import BRANDS
from westsync.journal.stock import open_stock

stock_loading.CHUNK = 2
left = int(sys.argv[2])
def reached(name):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
arm(reached)
with open_stock(Path(sys.argv[1]), BRANDS) as store:
    loaded(store, [an_offer(supplier_code=code) for code in "ABCDE"], sha256="new")
"""


@pytest.mark.parametrize("edge", range(0, 16, 2))
def test_killed_anywhere_the_old_list_or_the_new_one_answers_whole(
    tmp_path: Path, edge: int
) -> None:
    with open_stock(tmp_path, BRANDS) as store:
        loaded(store, [an_offer(supplier_code="A")])

    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _KILLED, str(tmp_path), str(edge)],
        env={**os.environ, ARMING_VARIABLE: "1"},
        cwd=Path(__file__).parents[3],
        check=False,
    )

    with open_stock(tmp_path, BRANDS) as store:
        assert codes(store) in (["A"], list("ABCDE"))
        loaded(store, [an_offer(supplier_code=code) for code in "BC"], sha256="next")
        store.sweeping.sweep(LIRA)
        assert codes(store) == ["B", "C"]
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as base:
            verdicts = dict(base.execute("SELECT id, verdict FROM supplier_snapshot").fetchall())
            unswept = base.execute(
                "SELECT count(*) FROM supplier_offer WHERE id NOT IN (SELECT offer_id FROM"
                " supplier_listed JOIN supplier_snapshot AS s ON s.id = snapshot_id"
                " WHERE NOT s.emptied)"
            ).fetchone()[0]
        assert "staged" not in verdicts.values()
        assert unswept == 0
