"""What `verify` and the probes find out about an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from westsync.connectors.megaplan.config import TransitionForm
from westsync.connectors.megaplan.probes import ReadingProbes
from westsync.connectors.megaplan.verification import verify
from westsync.connectors.megaplan.writing_probes import WritingProbes
from westsync.domain.probes import Verdict

if TYPE_CHECKING:
    from tests.contract.conftest import Account
    from tests.contract.megaplan_company import MegaplanCompany
    from westsync.domain.probes import ProbeResult

TEST_DEAL = "[westsync test] doctor"


def written(crm: MegaplanCompany) -> dict[int, ProbeResult]:
    probes = WritingProbes(crm.session, crm.config, crm.clock)
    return {result.number: result for result in probes.run()}


def posts(account: Account) -> list[str]:
    return [
        str(entry.route)
        for entry in account.world.requests
        if entry.method == "POST" and "access_token" not in str(entry.route)
    ]


def test_a_right_configuration_has_no_problems(account: Account) -> None:
    crm = account.connect(stages={"sales": {"new": "127", "lost": "140"}}, me="1000099")

    assert verify(crm.session, crm.config) == ()
    assert crm.breaches() == []


def test_every_wrong_name_is_told_with_its_cure(account: Account) -> None:
    crm = account.connect(
        programs={"sales": "14", "service": "99"},
        stages={"sales": {"won": "999"}},
        fields={"city": "Category1000061CustomFieldGorot"},
        marker_field="Category130CustomFieldWestsyncKez",
        product_supplier_fields=("Category2000001CustomFieldPostavschik",),
        me="1000003",
    )

    problems = "\n".join(verify(crm.session, crm.config))

    assert "me: the log-in belongs to employee 1000099" in problems
    assert "programs.service" in problems
    assert "stages.sales.won" in problems
    assert "139 Завершена" in problems
    assert "did you mean 'Category1000061CustomFieldGorod'?" in problems
    assert "did you mean 'Category130CustomFieldWestsyncKey'?" in problems
    assert "product_supplier_fields: products have no field" in problems


def test_a_single_stage_that_is_gone_does_not_stop_the_others(account: Account) -> None:
    crm = account.connect(stages={"sales": {"new": "127", "won": "999"}}, me="1000099")

    assert verify(crm.session, crm.config) == ()


def test_reading_probes_write_nothing_and_all_succeed(account: Account) -> None:
    crm = account.connect()
    crm.enter_deal("Заявка")

    results = list(ReadingProbes(crm.session, crm.config, crm.clock).run())

    assert {result.verdict for result in results} <= {Verdict.FINE, Verdict.SKIPPED}
    assert [result.number for result in results] == sorted(result.number for result in results)
    assert posts(account) == []


@pytest.mark.parametrize(
    ("lines", "verdict"), [([("Пульт", 1, 100.0)], Verdict.CHANGE), ([], Verdict.SKIPPED)]
)
def test_the_supplier_of_products_is_looked_for_in_positions(
    account: Account, lines: list[tuple[str, int, float]], verdict: Verdict
) -> None:
    crm = account.connect(product_supplier_fields=("Category2000001CustomFieldPostavschik",))
    account.world.create_deal(name="Заявка", manager="ivanov", lines=lines)

    results = list(ReadingProbes(crm.session, crm.config, crm.clock).run())

    [found] = [one for one in results if one.name == "supplier of a product"]
    assert found.verdict is verdict
    assert ("brands.yaml" in found.advice) == (verdict is Verdict.CHANGE)


@pytest.mark.parametrize("form", ["http", "inner"])
def test_the_form_of_a_refusal_is_seen(account: Account, form: str) -> None:
    account.world.turn(unauthorized=form)
    crm = account.connect()

    results = {one.number: one for one in ReadingProbes(crm.session, crm.config, crm.clock).run()}

    assert ("inner" in results[1].seen) == (form == "inner")


def test_without_a_deal_made_for_it_nothing_is_written(account: Account) -> None:
    crm = account.connect()
    crm.enter_deal("Заявка")

    results = written(crm)

    assert [result.verdict for result in results.values()] == [Verdict.SKIPPED]
    assert posts(account) == []


def test_writing_probes_touch_only_their_deal_and_clean_up(account: Account) -> None:
    crm = account.connect()
    other = crm.enter_deal("Заявка")
    deal = crm.enter_deal(TEST_DEAL)

    results = written(crm)

    assert {result.verdict for result in results.values()} <= {Verdict.FINE, Verdict.SKIPPED}
    assert "honoured" in results[9].seen
    touched = {entry.path for entry in account.world.requests if entry.method == "POST"}
    assert not any(f"/deal/{other}" in path for path in touched)
    assert any(f"/deal/{deal}" in path for path in touched)
    assert [task["status"] for task in account.world.store.all("Task")] == ["cancelled"]


def test_a_reluctant_account_is_told_what_to_set(account: Account) -> None:
    account.world.turn(
        deals_on_create=False, link_with="404", deadline_time=False, transition_body="sdk"
    )
    crm = account.connect(transition_form=TransitionForm.RAML)
    crm.enter_deal(TEST_DEAL)

    results = written(crm)

    assert results[12].advice == "task_deadline: date"
    assert results[11].advice == "state_transition_form: short"
    assert results[10].verdict is Verdict.FAILED  # there is no task to link


def test_an_account_that_links_nothing_is_told_so(account: Account) -> None:
    account.world.turn(deals_on_create=False, link_with="404")
    crm = account.connect()
    crm.enter_deal(TEST_DEAL)

    results = written(crm)

    assert "ignored" in results[9].seen
    assert results[10].advice == "link_fallback: comment"
