"""What was is kept as it changes, and tells nothing about persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.journal.factories import ACCOUNT, DEAL, NOON, a_client, a_deal, a_page, a_task
from westsync.domain.records import (
    Attachment,
    Details,
    FieldValue,
    Payer,
    StageType,
    TodoRecord,
    Touch,
    TouchKind,
)
from westsync.journal.history import Part, pack, unpack
from westsync.journal.history_masking import SIGN, Masker, Senses, unmasked_deal
from westsync.journal.history_tracks import (
    detail_tracks,
    read_client,
    read_deal,
    read_task,
    record_track,
)

if TYPE_CHECKING:
    from datetime import datetime

    from westsync.domain.records import DealRecord
    from westsync.journal.database import Database
    from westsync.journal.history import History
    from westsync.journal.mirror import Mirror
    from westsync.journal.store import SqliteStore

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SECRET = b"a secret of this installation"


@pytest.fixture
def mirror(store: SqliteStore) -> Mirror:
    return store.mirror


@pytest.fixture
def history(mirror: Mirror) -> History:
    return mirror.history


def a_touch(id_: str, text: str = "", at: datetime = NOON) -> Touch:
    return Touch(id=id_, at=at, kind=TouchKind.COMMENT, author_id="1000003", text=text)


def a_call(id_: str = "7", name: str = "Звонок") -> TodoRecord:
    return TodoRecord(
        id=id_,
        name=name,
        category="call",
        status="scheduled",
        responsible_id="1000003",
        created_at=NOON,
        starts_at=None,
        finished_at=None,
    )


def states(history: History, id_: str = "43") -> list[str | None]:
    deal = record_track(history.rows("deal", id_), read_deal)
    return [None if one is None else one.state_id for one in deal.versions]


def parts(history: History, kind: str, id_: str) -> list[Part]:
    return [part for part, _, _ in history.rows(kind, id_)]


# -- recording -------------------------------------------------------------------------------------


def test_every_version_of_a_deal_is_kept_with_the_moment_at_which_it_was_seen(
    mirror: Mirror, history: History
) -> None:
    for minute, state in enumerate(("127", "128", "128", "129")):
        mirror.keep_page(a_page(a_deal(state=state)), NOON + minute * MINUTE)

    deal = record_track(history.rows("deal", "43"), read_deal)
    assert states(history) == ["127", "128", "129"]
    assert deal.moments == (NOON, NOON + MINUTE, NOON + 3 * MINUTE)
    assert deal.at(NOON - MINUTE) is None
    assert deal.at(NOON + 2 * MINUTE) == deal.versions[1]


def test_what_did_not_change_writes_nothing(mirror: Mirror, database: Database) -> None:
    page = a_page(a_deal(client="777"), a_task(), a_client(phones=("79990000001",)))
    details = Details(touches=(a_touch("1"),), todos=(a_call(),), tasks=(a_task(),))
    mirror.keep_page(page, NOON)
    mirror.keep_details(DEAL, details, NOON)
    before = database.rows("SELECT * FROM history")

    mirror.keep_page(page, NOON + MINUTE)
    mirror.keep_details(DEAL, details, NOON + MINUTE)

    assert database.rows("SELECT * FROM history") == before


def test_a_transaction_that_fails_leaves_no_history(mirror: Mirror, database: Database) -> None:
    def fail() -> None:
        with database.transaction():
            mirror.keep_page(a_page(a_deal()), NOON)
            raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        fail()

    assert mirror.history.ids("deal") == ()


def test_objects_that_go_and_come_back_are_seen_to_do_so(mirror: Mirror, history: History) -> None:
    mirror.keep_page(a_page(a_deal(), a_task(), a_client()), NOON)
    mirror.keep_page(
        a_page(a_deal(gone=True), a_task(gone=True), a_client(gone=True)), NOON + MINUTE
    )
    mirror.keep_page(a_page(a_deal(), a_task(), a_client()), NOON + 2 * MINUTE)

    assert states(history) == ["127", None, "127"]
    task = record_track(history.rows("task", "9911"), read_task)
    client = record_track(history.rows("client", "777"), read_client)
    assert [one is None for one in task.versions] == [False, True, False]
    assert [one is None for one in client.versions] == [False, True, False]


def test_an_entry_of_the_crm_history_is_kept_once(mirror: Mirror, history: History) -> None:
    mirror.keep_details(DEAL, Details(touches=(a_touch("1"),)), NOON)
    mirror.keep_details(DEAL, Details(touches=(a_touch("1"), a_touch("2"))), NOON + MINUTE)
    mirror.keep_details(DEAL, Details(touches=(a_touch("2"),)), NOON + 2 * MINUTE)

    tracks = detail_tracks(history.rows("deal", "43"))
    assert parts(history, "deal", "43") == [Part.HISTORY, Part.HISTORY]
    assert [touch.id for touch in tracks.touches or ()] == ["1", "2"]


def test_that_nothing_was_found_is_known_too(mirror: Mirror, history: History) -> None:
    unread = detail_tracks(history.rows("deal", "43"))

    mirror.keep_details(DEAL, Details(touches=(), todos=(), tasks=()), NOON)

    read = detail_tracks(history.rows("deal", "43"))
    assert (unread.touches, unread.todos.moments) == (None, ())
    assert (read.touches, read.todos.at(NOON), read.links.at(NOON)) == ((), (), ())


def test_the_inn_of_a_payer_belongs_to_the_client(mirror: Mirror, history: History) -> None:
    mirror.keep_page(a_page(a_client()), NOON)
    mirror.keep_payers([Payer(id="1", client_id="777", inn="7701234560", kpp=None)], NOON + MINUTE)

    client = record_track(history.rows("client", "777"), read_client)
    assert [one is not None and one.inn is not None for one in client.versions] == [False, True]


def test_a_state_of_an_older_westsync_begins_its_history_once(
    mirror: Mirror, history: History, database: Database
) -> None:
    mirror.keep_page(a_page(a_deal(client="777"), a_task(), a_client()), NOON)
    mirror.keep_details(DEAL, Details(touches=(a_touch("1"),), todos=(), tasks=()), NOON)
    with database.transaction():
        database.write("DELETE FROM history")

    counts = [mirror.start_history(NOON + DAY), mirror.start_history(NOON + 2 * DAY)]

    assert counts == [3, 0]
    assert history.begins_at() == NOON + DAY
    assert set(parts(history, "deal", "43")) == {Part.RECORD, Part.HISTORY, Part.TODOS, Part.TASKS}


# -- masking ---------------------------------------------------------------------------------------

PERSONAL = (
    "Соколов",
    "Игорь",
    "79991234567",
    "sokolov@example.test",
    "770123456078",
    "паспорт 4509",
    "Ленина, 5",
    "барабаны внуку",
)


def test_nothing_of_a_person_stands_in_the_history(mirror: Mirror, database: Database) -> None:
    client = a_client(
        name="Соколов Игорь", phones=("79991234567",), emails=("sokolov@example.test",)
    )
    deal = replace(
        a_deal(client="777", name="Соколов Игорь, барабаны внуку"),
        attachments=(Attachment(id="1", name="паспорт 4509 Соколов.pdf", at=NOON),),
        custom={"note": "ул. Ленина, 5", "tags": ("Игорь",)},
    )
    task = replace(a_task(), name="Позвонить Игорю: 79991234567")
    mirror.keep_page(a_page(client, deal, task), NOON)
    mirror.keep_payers([Payer(id="1", client_id="777", inn="770123456078", kpp=None)], NOON)
    comment = a_touch("1", "Игорь просил прислать на sokolov@example.test, паспорт 4509")
    mirror.keep_details(
        DEAL, Details(touches=(comment,), todos=(a_call(name="Соколов Игорь"),), tasks=()), NOON
    )

    kept = [unpack(row[0]).decode() for row in database.rows("SELECT record FROM history")]

    assert len(kept) >= 6
    assert [word for word in PERSONAL for text in kept if word.casefold() in text.casefold()] == []


def test_equal_values_stay_equal_and_empty_ones_empty() -> None:
    masker = Masker(SECRET)

    assert masker.text("Соколов") == masker.text(" соколов ") != masker.text("Соколова")
    assert masker.text("Соколов").startswith(SIGN)
    assert (masker.text(""), masker.text("  "), masker.comment("")) == ("", "  ", "")
    assert masker.text("Соколов") != Masker(b"the secret of another one").text("Соколов")


def test_what_rules_compare_and_tells_of_nobody_stays(mirror: Mirror, history: History) -> None:
    custom: dict[str, FieldValue] = {"source": "Сайт", "city": "Тула", "urgent": True, "left": 5}
    mirror.keep_page(a_page(replace(a_deal(), custom=custom)), NOON)

    deal = record_track(history.rows("deal", "43"), read_deal).at(NOON)

    assert deal is not None
    assert deal.custom == custom
    assert (deal.number, deal.manager_id, deal.state_id) == ("43", "1000003", "127")


def test_a_comment_keeps_its_words_and_a_file_its_kind(mirror: Mirror, history: History) -> None:
    history.keep_senses(
        Senses(said=lambda text: ["отказ"] if "отказ" in text else [], file_name=lambda _: "счет")
    )
    file = Attachment(id="1", name="Счет постав. Соколов.pdf", at=NOON)
    mirror.keep_page(a_page(replace(a_deal(), attachments=(file,))), NOON)
    mirror.keep_details(DEAL, Details(touches=(a_touch("1", "Соколов: отказ"),)), NOON)

    deal = record_track(history.rows("deal", "43"), read_deal).at(NOON)
    touches = detail_tracks(history.rows("deal", "43")).touches

    assert deal is not None
    assert deal.attachments[0].name == "счет"
    assert touches is not None
    assert touches[0].text.startswith(f"отказ · {SIGN}")


def test_who_knows_a_word_finds_it_again_in_a_custom_field() -> None:
    masker = Masker(SECRET)
    deal = replace(a_deal(), custom={"payment": "Наличные", "note": "позже"})

    found = unmasked_deal(masker.deal(deal), {masker.text("наличные"): "наличные"})

    assert found.custom["payment"] == "наличные"
    assert str(found.custom["note"]).startswith(SIGN)


@given(st.binary(max_size=2000))
def test_what_was_packed_comes_back(record: bytes) -> None:
    assert unpack(pack(record)) == record


def test_a_version_takes_little_room(mirror: Mirror, history: History) -> None:
    for minute in range(20):
        mirror.keep_page(a_page(a_deal(name=f"Заявка {minute}")), NOON + minute * MINUTE)

    assert history.bytes_kept() / 20 < 200


# -- forgetting ------------------------------------------------------------------------------------


def three_versions(mirror: Mirror, deal: DealRecord) -> None:
    for day, state in enumerate(("127", "128", "129")):
        mirror.keep_page(a_page(replace(deal, state_id=state)), NOON + day * DAY)


def test_versions_that_a_later_one_replaced_go_when_they_are_too_old(
    mirror: Mirror, history: History
) -> None:
    three_versions(mirror, a_deal())

    dropped = history.forget_old(NOON + 11 * DAY, kept=10 * DAY)

    assert dropped == 1
    assert states(history) == ["128", "129"]
    assert history.begins_at() == NOON + DAY


def test_an_open_deal_stays_known_however_old_it_is(mirror: Mirror, history: History) -> None:
    three_versions(mirror, a_deal())
    mirror.keep_details(DEAL, Details(touches=(a_touch("1"),)), NOON)

    history.forget_old(NOON + 500 * DAY)

    assert states(history) == ["129"]
    assert Part.HISTORY in parts(history, "deal", "43")
    assert history.begins_at() == NOON + 100 * DAY


def test_a_closed_deal_goes_when_all_of_it_is_too_old(mirror: Mirror, history: History) -> None:
    three_versions(mirror, a_deal("43", stage_type=StageType.POSITIVE, client="777"))
    mirror.keep_page(a_page(a_client(), a_task(status="completed")), NOON)

    history.forget_old(NOON + 500 * DAY)

    assert (history.ids("deal"), history.ids("client"), history.ids("task")) == ((), (), ())


def test_where_there_is_no_room_the_oldest_go_first(mirror: Mirror, history: History) -> None:
    for day in range(100):
        mirror.keep_page(a_page(a_deal(name=f"Заявка {day}")), NOON + day * DAY)
    room = history.bytes_kept()

    dropped = history.forget_old(NOON + 100 * DAY, most_bytes=room // 2)

    assert dropped > 0
    assert history.bytes_kept() <= room // 2
    begins_at = history.begins_at()
    assert begins_at is not None
    assert begins_at > NOON + 40 * DAY
    assert states(history)[-1] == "127"


def test_nothing_to_forget_writes_nothing(mirror: Mirror, history: History) -> None:
    three_versions(mirror, a_deal())

    assert history.forget_old(NOON + 3 * DAY) == 0
    assert history.begins_at() == NOON


def test_each_account_has_a_history_of_its_own(store: SqliteStore, database: Database) -> None:
    other = type(store)(database, f"{ACCOUNT}-2")
    store.mirror.keep_page(a_page(a_deal()), NOON)

    other.mirror.history.forget_old(NOON + 500 * DAY)

    assert other.mirror.history.ids("deal") == ()
    assert store.mirror.history.ids("deal") == ("43",)
