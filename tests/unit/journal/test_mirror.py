"""What is kept, and what must be decided again because of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.clock import FakeClock
from tests.unit.journal.factories import ACCOUNT, DEAL, NOON, a_client, a_deal, a_page, a_task
from westsync.domain.intents import ObjectRef
from westsync.domain.records import (
    Detail,
    Details,
    Employee,
    Payer,
    Program,
    StageType,
    State,
    TodoRecord,
    Touch,
    TouchKind,
)
from westsync.journal.clients import CROWD
from westsync.journal.opening import open_scratch
from westsync.journal.store import SqliteStore

if TYPE_CHECKING:
    from westsync.journal.database import Database
    from westsync.journal.mirror import Mirror


@pytest.fixture
def mirror(store: SqliteStore) -> Mirror:
    return store.mirror


def deal(number: str) -> ObjectRef:
    return ObjectRef(kind="deal", id=number)


def client(number: str) -> ObjectRef:
    return ObjectRef(kind="client", id=number)


def task(number: str) -> ObjectRef:
    return ObjectRef(kind="task", id=number)


def settle(mirror: Mirror, database: Database) -> None:
    """Forget all marks, as if everything had been decided."""
    with database.transaction():
        for obj in mirror.dirty.objects(1000):
            mirror.dirty.clear(obj)


def test_a_new_deal_is_kept_and_must_be_decided(mirror: Mirror) -> None:
    touched = mirror.keep_page(a_page(a_deal("43")), NOON)

    assert touched == (DEAL,)
    assert mirror.deal("43") == a_deal("43")
    assert mirror.dirty.objects(10) == (DEAL,)


def test_a_page_seen_again_changes_nothing(mirror: Mirror, database: Database) -> None:
    page = a_page(a_deal("43", client="777"), a_task(), a_client(phones=("79990000000",)))
    mirror.keep_page(page, NOON)
    settle(mirror, database)
    before = database.seq

    touched = mirror.keep_page(page, NOON + timedelta(minutes=1))

    assert touched == ()
    assert database.seq == before


def test_the_same_object_twice_on_a_page_counts_once(mirror: Mirror) -> None:
    touched = mirror.keep_page(a_page(a_deal("43"), a_deal("43")), NOON)

    assert touched == (DEAL,)


def test_a_changed_task_concerns_the_deals_it_hangs_on_and_those_it_left(
    mirror: Mirror, database: Database
) -> None:
    mirror.keep_page(a_page(a_deal("43"), a_deal("44"), a_task("9", deals=("43",))), NOON)
    settle(mirror, database)

    touched = mirror.keep_page(a_page(a_task("9", deals=("44",))), NOON)

    assert touched == (task("9"), deal("43"), deal("44"))
    assert [one.id for one in mirror.tasks_of("44")] == ["9"]
    assert mirror.tasks_of("43") == ()


def test_a_changed_client_concerns_his_open_deals_only(mirror: Mirror, database: Database) -> None:
    won = a_deal("44", client="777", stage_type=StageType.POSITIVE)
    mirror.keep_page(a_page(a_deal("43", client="777"), won, a_client("777")), NOON)
    settle(mirror, database)

    touched = mirror.keep_page(a_page(a_client("777", name="Соколова")), NOON)

    assert touched == (client("777"), deal("43"))


def test_a_new_phone_concerns_the_deals_of_the_client_who_has_it_too(
    mirror: Mirror, database: Database
) -> None:
    phone = ("79990000000",)
    mirror.keep_page(
        a_page(a_client("1", phones=phone), a_client("2", name="Иная"), a_deal("43", client="1")),
        NOON,
    )
    settle(mirror, database)

    joined = mirror.keep_page(a_page(a_client("2", name="Иная", phones=phone)), NOON)
    parted = mirror.keep_page(a_page(a_client("2", name="Иная")), NOON)

    assert joined == (client("2"), deal("43"))
    assert parted == (client("2"), deal("43"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (a_client("1", phones=("7999",)), a_client("2", name="Б", phones=("7999",)), "phone"),
        (a_client("1", emails=("a@b.ru",)), a_client("2", name="Б", emails=("a@b.ru",)), "email"),
        (a_client("1", inn="77"), a_client("2", name="Б", inn="77"), "inn"),
        (
            a_client("1", name="ООО «Королёв»", city="Орёл"),
            a_client("2", name='ооо "Королев" ', city="орел"),
            "name_city",
        ),
    ],
    ids=["phone", "email", "inn", "name and city"],
)
def test_two_clients_with_one_key_are_twins(
    mirror: Mirror, one: object, other: object, same: str
) -> None:
    mirror.keep_page(a_page(one, other, a_client("3", name="Третий")), NOON)  # type: ignore[arg-type]  # parametrised

    (twin,) = mirror.twins("1")

    assert (twin.client.id, twin.same) == ("2", (same,))
    assert [back.client.id for back in mirror.twins("2")] == ["1"]


def test_a_name_alone_makes_no_twin(mirror: Mirror) -> None:
    mirror.keep_page(a_page(a_client("1", city="Орёл"), a_client("2")), NOON)

    assert mirror.twins("1") == ()


def test_a_key_that_a_crowd_shares_is_no_evidence(mirror: Mirror) -> None:
    crowd = [a_client(str(number), name=f"К{number}", phones=("7999",)) for number in range(60)]
    mirror.keep_page(a_page(*crowd[:CROWD]), NOON)
    while_few = mirror.twins("0")

    mirror.keep_page(a_page(*crowd[CROWD:]), NOON)

    assert len(while_few) == CROWD - 1
    assert mirror.twins("0") == ()


def test_an_inn_is_the_payers_and_makes_twins(mirror: Mirror, database: Database) -> None:
    mirror.keep_page(
        a_page(a_client("1", name="А"), a_client("2", name="Б"), a_deal("43", client="1")), NOON
    )
    first = Payer(id="p1", client_id="1", inn="7701234560", kpp=None)
    mirror.keep_payers([first, Payer(id="p9", client_id="9", inn="1", kpp=None)], NOON)
    settle(mirror, database)

    touched = mirror.keep_payers(
        [first, Payer(id="p2", client_id="2", inn="7701234560", kpp="1")], NOON
    )

    assert touched == (client("2"), deal("43"))
    known = mirror.client("2")
    assert known is not None
    assert known.inn == "7701234560"
    assert [twin.same for twin in mirror.twins("1")] == [("inn",)]
    assert [payer.id for payer in mirror.payers_with("7701234560")] == ["p1", "p2"]
    assert [payer.id for payer in mirror.payers_of("2")] == ["p2"]


def test_a_payer_that_moves_concerns_both_clients(mirror: Mirror, database: Database) -> None:
    mirror.keep_page(a_page(a_client("1", name="А"), a_client("2", name="Б")), NOON)
    mirror.keep_payers([Payer(id="p", client_id="1", inn="77", kpp=None)], NOON)
    settle(mirror, database)

    touched = mirror.keep_payers([Payer(id="p", client_id="2", inn="77", kpp=None)], NOON)

    assert set(touched) == {client("1"), client("2")}


def test_client_keys_are_not_kept_in_clear(mirror: Mirror, database: Database) -> None:
    mirror.keep_page(a_page(a_client("1", phones=("79990001122",))), NOON)

    cells = [cell for row in database.rows("SELECT * FROM client_key") for cell in row]

    assert cells
    assert not any("79990001122" in str(cell) for cell in cells)


@pytest.mark.parametrize("by", ["record", "word"])
def test_what_is_gone_is_remembered_and_comes_back_whole(
    mirror: Mirror, database: Database, by: str
) -> None:
    page = a_page(a_deal("43", client="777"), a_task("9"), a_client("777", phones=("7",)))
    mirror.keep_page(page, NOON)
    settle(mirror, database)

    if by == "word":
        touched = mirror.mark_gone([DEAL, task("9"), client("777")], NOON)
    else:
        gone = a_page(
            a_deal("43", name="", gone=True), a_task("9", gone=True), a_client("777", gone=True)
        )
        touched = mirror.keep_page(gone, NOON)

    assert set(touched) == {DEAL, task("9"), client("777")}
    kept = mirror.deal("43")
    assert kept is not None
    assert (kept.gone, kept.name) == (True, "Заявка")
    assert (mirror.open_deals_count(), mirror.tasks_of("43")) == (0, ())
    assert mirror.mark_gone([DEAL, task("9"), client("777")], NOON) == ()

    mirror.keep_page(page, NOON)
    assert mirror.deal("43") == a_deal("43", client="777")
    assert mirror.open_deals_count() == 1
    assert mirror.client("777") == a_client("777", phones=("7",))


def test_an_unknown_kind_of_object_cannot_be_gone(mirror: Mirror) -> None:
    assert mirror.mark_gone([ObjectRef(kind="payment", id="1")], NOON) == ()


def test_what_was_never_seen_is_none(mirror: Mirror) -> None:
    assert mirror.deal("1") is None
    assert mirror.task("1") is None
    assert mirror.client("1") is None
    assert mirror.employee("1") is None


def test_deals_of_a_client_come_oldest_first(mirror: Mirror) -> None:
    young = replace(a_deal("41", client="777"), created_at=NOON)
    mirror.keep_page(a_page(young, a_deal("43", client="777"), a_deal("44")), NOON)

    assert [one.id for one in mirror.deals_of("777")] == ["43", "41"]


def test_a_client_without_a_deal_is_found_while_he_is_young(mirror: Mirror) -> None:
    mirror.keep_page(
        a_page(
            a_client("1", name="А"),
            a_client("2", name="Б"),
            a_client("3", name="В", created_at=NOON - timedelta(days=9)),
            a_deal("43", client="2"),
        ),
        NOON,
    )

    found = mirror.clients_without_deals(NOON - timedelta(days=1))

    assert [one.id for one in found] == ["1"]


def test_open_deals_can_be_walked_in_batches(mirror: Mirror) -> None:
    closed = a_deal("42", stage_type=StageType.NEGATIVE)
    mirror.keep_page(a_page(closed, *(a_deal(str(n)) for n in (10, 20, 30))), NOON)

    first = mirror.open_deals(limit=2)

    assert first == ("10", "20")
    assert mirror.open_deals(after=first[-1], limit=2) == ("30",)


def test_staff_and_programs_are_kept_as_last_read(mirror: Mirror) -> None:
    state = State(id="127", name="Новая", type=StageType.ACTIVE)
    sales = Program(id="14", name="Продажи", states=(state,), fields=("city",))
    mirror.keep_employees([Employee(id="2", name="Орлов", is_working=True)])
    mirror.keep_employees([Employee(id="2", name="Орлов", is_working=False)])
    mirror.keep_programs([sales])

    assert mirror.employee("2") == Employee(id="2", name="Орлов", is_working=False)
    assert mirror.employees() == (Employee(id="2", name="Орлов", is_working=False),)
    assert mirror.programs() == (sales,)


def a_touch(number: str, minutes: int = 0) -> Touch:
    return Touch(
        id=number, at=NOON + timedelta(minutes=minutes), kind=TouchKind.COMMENT, author_id="3"
    )


def test_a_history_is_only_ever_added_to(mirror: Mirror) -> None:
    mirror.keep_details(DEAL, Details(touches=(a_touch("2", 2), a_touch("1", 1))), NOON)
    mirror.keep_details(DEAL, Details(touches=(a_touch("3", 3), a_touch("2", 2))), NOON)

    kept = mirror.details(DEAL)

    assert kept.details.touches == (a_touch("1", 1), a_touch("2", 2), a_touch("3", 3))
    assert kept.read_at == {Detail.HISTORY: NOON}


def test_todos_are_replaced(mirror: Mirror) -> None:
    todo = TodoRecord(
        id="1",
        name="Звонок",
        category="call",
        status="scheduled",
        responsible_id=None,
        created_at=NOON,
        starts_at=None,
        finished_at=None,
    )
    mirror.keep_details(DEAL, Details(todos=(todo,)), NOON)
    mirror.keep_details(DEAL, Details(todos=()), NOON)

    assert mirror.details(DEAL).details.todos == ()


def test_linked_tasks_become_tasks_of_the_deal_and_leave_with_the_link(mirror: Mirror) -> None:
    hidden = a_task("9", deals=())  # the task itself does not show its deal
    touched = mirror.keep_details(DEAL, Details(tasks=(hidden,)), NOON)
    linked = mirror.details(DEAL).details.tasks

    mirror.keep_details(DEAL, Details(tasks=()), NOON)

    assert task("9") in touched
    assert linked == (hidden,)
    assert mirror.details(DEAL).details.tasks == ()


def test_a_detail_that_could_not_be_read_is_unknown_and_its_content_is_not_lost(
    mirror: Mirror,
) -> None:
    mirror.keep_details(DEAL, Details(touches=(a_touch("1"),)), NOON)
    later = NOON + timedelta(hours=1)
    mirror.keep_details(DEAL, Details(failed={"history": "403", "todos": "500"}), later)
    while_failed = mirror.details(DEAL)

    mirror.keep_details(DEAL, Details(touches=(a_touch("2"),)), later)

    assert while_failed.details.touches is None
    assert while_failed.details.failed == {"history": "403", "todos": "500"}
    assert while_failed.read_at == {Detail.HISTORY: later, Detail.TODOS: later}
    assert mirror.details(DEAL).details.touches == (a_touch("1"), a_touch("2"))


def test_an_object_whose_details_are_gone_is_gone(mirror: Mirror) -> None:
    mirror.keep_page(a_page(a_deal("43")), NOON)

    touched = mirror.keep_details(DEAL, Details(gone=True), NOON)

    kept = mirror.deal("43")
    assert touched == (DEAL,)
    assert kept is not None
    assert kept.gone


def test_details_never_read_are_none(mirror: Mirror) -> None:
    kept = mirror.details(client("777"))

    assert kept.details == Details()
    assert kept.read_at == {}


def test_accounts_do_not_see_each_other(database: Database) -> None:
    one, other = SqliteStore(database, "main"), SqliteStore(database, "branch")
    one.mirror.keep_page(a_page(a_deal("43"), a_client("1", phones=("7",))), NOON)
    other.mirror.keep_page(a_page(a_client("2", name="Б", phones=("7",))), NOON)

    assert other.mirror.deal("43") is None
    assert (one.mirror.open_deals_count(), other.mirror.open_deals_count()) == (1, 0)
    assert one.mirror.twins("1") == ()


pages = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3"]),
        st.sampled_from([StageType.ACTIVE, StageType.POSITIVE, None]),
        st.booleans(),
    ),
    max_size=12,
)


@given(pages=pages)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_tally_of_open_deals_is_always_their_number(
    pages: list[tuple[str, StageType | None, bool]],
) -> None:
    database = open_scratch(FakeClock())
    mirror = SqliteStore(database, ACCOUNT).mirror

    for number, stage_type, gone in pages:
        mirror.keep_page(a_page(a_deal(number, stage_type=stage_type, gone=gone)), NOON)

        assert mirror.open_deals_count() == len(mirror.open_deals())
    database.close()
