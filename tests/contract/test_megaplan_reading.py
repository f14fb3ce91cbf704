"""Reading an account: how many requests, and what its doubts do to the answers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.contract.crm_contract import MARKER, a_task, tasks
from westsync.domain.intents import ObjectRef
from westsync.domain.records import ClientKind, Detail, StageType, TouchKind
from westsync.errors import Unavailable

if TYPE_CHECKING:
    from tests.contract.conftest import Account
    from westsync.domain.records import Details

PETROVA = "1000002"
MARKER_FIELD = "Category130CustomFieldWestsyncKey"
EVERYTHING = frozenset(Detail)


def of_deal(deal: str) -> ObjectRef:
    return ObjectRef(kind="deal", id=deal)


def test_an_idle_poll_costs_one_request_per_kind(account: Account) -> None:
    crm = account.connect()
    for number in range(30):
        crm.enter_deal(f"deal {number}")
    crm.pass_time(hours=1)
    crm.reader.me()
    before = len(account.world.requests)
    since = account.clock.now() - timedelta(minutes=10)

    list(crm.reader.changed_deals(since))
    list(crm.reader.changed_tasks(since))
    list(crm.reader.changed_clients(since))

    assert len(account.world.requests) - before == 3
    assert crm.breaches() == []


def test_a_full_first_page_is_followed_by_large_ones(account: Account) -> None:
    crm = account.connect()
    for number in range(130):
        crm.enter_deal(f"deal {number}")

    pages = list(crm.reader.changed_deals(account.clock.now() - timedelta(hours=1)))

    assert [len(page.deals) for page in pages] == [20, 100, 10]
    assert crm.asked("GET /deal") == 3


def test_a_deal_is_read_with_everything_that_rules_use(account: Account) -> None:
    client = account.world.create_client(
        first="Пётр", last="Сидоров", phones=["8 (999) 000-00-01"], emails=["P.S@Example.Test"]
    )
    deal = account.world.create_deal(
        name="Заявка",
        client=client,
        manager="ivanov",
        fields={"city": "Тверь", "urgent": True},
        lines=[("Микрофон", 2, 1250.5)],
    )
    account.world.attach_file(deal, "Счёт поставщика.pdf", by="ivanov")
    account.clock.advance(timedelta(minutes=1))
    account.world.move_deal(deal, "qualify", by="ivanov")
    crm = account.connect()

    (page,) = crm.reader.changed_deals(account.clock.now() - timedelta(hours=1))

    (found,) = page.deals
    assert found.stage_type is StageType.ACTIVE
    assert found.stage_entered_at == crm.second
    assert (found.client_id, found.client_kind) == (client, ClientKind.PERSON)
    assert (found.custom["city"], found.custom["urgent"]) == ("Тверь", True)
    assert [(line.name, line.quantity, line.price) for line in found.lines] == [
        ("Микрофон", Decimal(2), Decimal("1250.5"))
    ]
    assert [one.name for one in found.attachments] == ["Счёт поставщика.pdf"]
    assert found.hidden == ()
    assert page.quarantined == ()


def test_clients_are_read_without_addresses_and_with_normal_phones(account: Account) -> None:
    account.world.create_client(
        company_name='ООО "Ромашка"', phones=["8 (999) 000-00-01"], emails=["Info@Example.Test"]
    )
    crm = account.connect()

    found = [
        client
        for page in crm.reader.changed_clients(None)
        for client in page.clients
        if client.emails
    ]

    (client,) = found
    assert (client.kind, client.name) == (ClientKind.ORGANISATION, 'ООО "Ромашка"')
    assert (client.phones, client.emails) == (("79990000001",), ("info@example.test",))
    assert crm.breaches() == []


def test_payers_tell_the_inn_of_clients(account: Account) -> None:
    client = account.world.create_client(company_name="ООО Ромашка", inn="7701234567")
    crm = account.connect()

    found = [payer for page in crm.reader.payers() for payer in page]

    assert [(payer.client_id, payer.inn) for payer in found if payer.inn == "7701234567"] == [
        (client, "7701234567")
    ]


def test_a_hidden_field_is_hidden_and_not_empty(account: Account) -> None:
    account.world.turn(hidden_fields=["Deal.Category1000061CustomFieldGorod", "Deal.price"])
    crm = account.connect()
    crm.enter_deal("Заявка")

    ((found,),) = [page.deals for page in crm.reader.changed_deals(None)]

    assert set(found.hidden) == {"city", "price"}
    assert "city" not in found.custom
    assert found.custom["source"] is None


def test_vacations_are_known_from_the_staff_list(account: Account) -> None:
    account.world.send_on_leave("ivanov", date(2026, 12, 1), date(2026, 12, 14))
    crm = account.connect()

    away = {one.id: one.away for one in crm.reader.employees()}

    assert away["1000003"] == ((date(2026, 12, 1), date(2026, 12, 14)),)


def test_programs_come_with_states_and_field_names(account: Account) -> None:
    crm = account.connect()

    (program,) = crm.reader.programs()

    assert program.id == "14"
    assert [state.id for state in program.states] == [str(number) for number in range(127, 141)]
    assert {state.id: state.type for state in program.states}["140"] is StageType.NEGATIVE
    assert "Category1000061CustomFieldGorod" in program.fields


def test_details_of_many_deals_share_requests(account: Account) -> None:
    crm = account.connect()
    refs = [of_deal(crm.enter_deal(f"deal {number}")) for number in range(10)]
    crm.reader.me()
    before = len(account.world.requests)

    found = dict(crm.reader.details(dict.fromkeys(refs, EVERYTHING)))

    assert list(found) == refs
    assert all(not details.failed for details in found.values())
    assert len(account.world.requests) - before == 2
    assert crm.asked("POST /bulk") == 2


def test_an_account_without_bulk_is_asked_once_for_it(account: Account) -> None:
    account.world.turn(bulk=False)
    crm = account.connect()
    refs = [of_deal(crm.enter_deal(f"deal {number}")) for number in range(10)]

    found = dict(crm.reader.details(dict.fromkeys(refs, EVERYTHING)))

    assert all(details.touches is not None for details in found.values())
    assert crm.asked("POST /bulk") == 1
    assert crm.asked("GET /deal/{id}/linkedTasks") == 10


def test_a_bulk_that_always_breaks_is_given_up_when_single_reads_work(account: Account) -> None:
    account.world.break_next("POST /bulk", "status", status=500, times=None)
    crm = account.connect()
    ref = of_deal(crm.enter_deal("Заявка"))

    details = [dict(crm.reader.details({ref: EVERYTHING}))[ref] for _ in range(2)]

    assert [one.failed for one in details] == [{}, {}]
    assert crm.asked("POST /bulk") == 3


def test_one_unreadable_detail_leaves_the_others(account: Account) -> None:
    account.world.turn(bulk=False)
    crm = account.connect(use_bulk=False)
    ref = of_deal(crm.enter_deal("Заявка"))
    account.world.break_next("GET /deal/{id}/todos", "status", status=403, times=None)

    details = dict(crm.reader.details({ref: EVERYTHING}))[ref]

    assert set(details.failed) == {"todos"}
    assert details.todos is None
    assert details.touches is not None
    assert details.tasks == ()
    assert not details.gone


def test_a_long_history_is_read_to_its_end(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    for number in range(230):
        crm.comment(deal, f"comment {number}")

    details = dict(crm.reader.details({of_deal(deal): frozenset({Detail.HISTORY})}))[of_deal(deal)]

    assert comments_of(details) == [f"comment {number}" for number in range(230)]


def comments_of(details: Details) -> list[str]:
    assert details.touches is not None
    said = [touch for touch in details.touches if touch.kind is TouchKind.COMMENT]
    return [touch.text for touch in sorted(said, key=lambda touch: int(touch.text.split()[1]))]


def test_what_a_trigger_did_is_told_apart_from_a_person(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    account.world.trigger_edit(deal, {"city": "Тверь"}, by="ivanov")
    account.world.edit_deal(deal, {"source": "Сайт"}, by="petrova")
    account.world.move_deal(deal, "qualify", by="ivanov")

    details = dict(crm.reader.details({of_deal(deal): frozenset({Detail.HISTORY})}))[of_deal(deal)]

    assert details.touches is not None
    acts = {
        (touch.kind, touch.generated_by): touch
        for touch in details.touches
        if touch.kind is not TouchKind.CREATION
    }
    assert set(acts) == {
        (TouchKind.EDIT, "trigger"),
        (TouchKind.EDIT, None),
        (TouchKind.STAGE, None),
    }
    assert acts[TouchKind.EDIT, None].author_id == PETROVA
    assert "state=128" in acts[TouchKind.STAGE, None].fields


def test_calls_are_read_with_their_outcome(account: Account) -> None:
    crm = account.connect()
    deal = crm.enter_deal("Заявка")
    todo = account.world.add_todo(deal, "Звонок", by="ivanov", category="call")
    account.clock.advance(timedelta(minutes=4))
    account.world.finish_todo(todo, by="ivanov", status="success")

    details = dict(crm.reader.details({of_deal(deal): frozenset({Detail.TODOS})}))[of_deal(deal)]

    assert details.todos is not None
    (found,) = details.todos
    assert (found.id, found.category, found.status) == (todo, "call", "success")
    assert found.finished_at == crm.second


def test_history_of_a_client_is_read_on_its_concrete_path(account: Account) -> None:
    client = account.world.create_client(first="Пётр", last="Сидоров")
    crm = account.connect()
    ref = ObjectRef(kind="client", id=client)

    details = dict(crm.reader.details({ref: frozenset({Detail.HISTORY, Detail.TASKS})}))[ref]

    assert details.touches is not None
    assert set(details.failed) == {"tasks"}
    assert crm.asked("GET /contractorHuman/{id}/history") + crm.asked("POST /bulk") >= 1


def test_a_task_carries_its_marker_in_the_configured_field(account: Account) -> None:
    crm = account.connect(marker_field=MARKER_FIELD)
    made = crm.writer.create_task(a_task(), MARKER)
    account.world.edit_task(made.ref, {"subject": "переписано", "statement": ""}, by="ivanov")

    (found,) = tasks(crm)

    assert found.marker == MARKER
    assert crm.breaches() == []


def test_a_transient_empty_list_is_an_empty_page_and_not_an_error(account: Account) -> None:
    crm = account.connect()
    crm.enter_deal("Заявка")
    account.world.break_next("GET /deal", "empty_list")

    pages = list(crm.reader.changed_deals(account.clock.now() - timedelta(hours=1)))

    assert [page.deals for page in pages] == [()]
    assert pages[0].newest_at is None


def test_a_log_in_page_instead_of_a_list_is_never_an_empty_list(account: Account) -> None:
    crm = account.connect()
    account.world.break_next("GET /deal", "html_login", times=None)

    with pytest.raises(Unavailable, match="log-in page"):
        list(crm.reader.changed_deals(None))


def test_a_cursor_that_is_gone_starts_the_walk_anew_and_loses_nothing(account: Account) -> None:
    crm = account.connect()
    entered = {crm.enter_deal(f"deal {number}") for number in range(130)}
    pages = crm.reader.changed_deals(account.clock.now() - timedelta(hours=1))
    seen = {deal.id for deal in next(pages).deals}
    account.world.break_next("GET /deal", "status", status=404)

    seen |= {deal.id for page in pages for deal in page.deals}

    assert seen == entered


def test_a_server_with_shorter_pages_than_asked_for_is_read_whole(account: Account) -> None:
    account.world.turn(max_limit=20)
    crm = account.connect()
    for number in range(45):
        crm.enter_deal(f"deal {number}")

    found = [deal.id for page in crm.reader.changed_deals(None) for deal in page.deals]

    assert len(found) == len(set(found)) == 45
