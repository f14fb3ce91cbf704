"""``expr``: checked when it is read, never surprising when it runs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.rules.company import CATALOGUE, facts, mistakes, msk
from westsync.domain.places import Place
from westsync.rules.expressions import MAX_LENGTH, compile_expression
from westsync.rules.reading import Problems

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = msk("2026-11-24 12:00")


def answer(text: str, kind: str = "deal", **values: Any) -> bool:
    """Return what an expression without mistakes says of an object."""
    problems = Problems()
    compiled = compile_expression(text, kind, CATALOGUE.of(kind), Place(file="r"), problems)
    assert problems.found == []
    assert compiled is not None
    known: Mapping[str, object] = facts(kind, NOON, **values).values
    return compiled[1](known)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("deal.price >= 100", {"price": Decimal(100)}, True),
        (
            "deal.price >= deal.invoice_total * 0.3",
            {"price": Decimal(30), "invoice_total": Decimal(100)},
            True,
        ),
        (
            "deal.price >= deal.invoice_total * 0.3",
            {"price": Decimal(29), "invoice_total": Decimal(100)},
            False,
        ),
        ("deal.refusals > 2", {"refusals": 3}, True),
        ("deal.urgent and deal.city == 'Тула'", {"urgent": True, "city": "Тула"}, True),
        ("'city' in deal.missing", {"missing": ("city",)}, True),
        (
            "deal.stage_entered_at > deal.created_at",
            {"stage_entered_at": NOON, "created_at": NOON - timedelta(hours=1)},
            True,
        ),
        ("deal.stage == 'new' or deal.manager == 'ivanov'", {"stage": "won"}, True),
    ],
)
def test_an_expression_compares_facts_with_each_other(
    text: str, values: dict[str, Any], expected: bool
) -> None:
    assert answer(text, **values) is expected


@pytest.mark.parametrize(
    "text", ["deal.price > 3", "deal.price < 3", "deal.price == 3", "not (deal.price > 3)"]
)
def test_an_empty_fact_makes_every_comparison_false(text: str) -> None:
    assert answer(text, price=None) is False


def test_a_division_by_nothing_is_false_and_not_a_crash() -> None:
    assert answer("deal.price / deal.lines_count > 3", price=Decimal(9), lines_count=0) is False


def test_a_client_and_a_task_have_expressions_of_their_own() -> None:
    assert answer("client.deals_count == 0", kind="client", deals_count=0) is True
    assert answer("task.open", kind="task", open=False) is False


REFUSED = {
    "deal.prise > 3": "expr: unknown attribute 'prise'; did you mean 'price'?",
    "dael.price > 3": "expr: unknown name 'dael'; write deal.<fact>",
    "(deal).price > 3": "expr: 'deal' alone is no value; write deal.<fact>",
    "deal == null": "expr: 'deal' alone is no value; write deal.<fact>",
    "price > 3": "expr: unknown name 'price'; write deal.<fact>",
    'deal.name =~ "a+"': ("expr: regular expressions are not offered; use the operator 'contains'"),
    'deal.name !~~ "a+"': (
        "expr: regular expressions are not offered; use the operator 'contains'"
    ),
    "deal.created_at < $now": (
        "expr: the clock is not offered; use 'older_than', 'changed_within' or 'lt: now'"
    ),
    "deal.created_at < $today": (
        "expr: the clock is not offered; use 'older_than', 'changed_within' or 'lt: now'"
    ),
    "[x for x in deal.missing]": (
        "expr: comprehensions are not offered; use any, none, all or count on the list"
    ),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_an_expression_must_not_do_is_refused_with_the_cure(text: str) -> None:
    quoted = text.replace("'", "''")

    assert mistakes(when=f"[ {{ expr: '{quoted}' }} ]") == [REFUSED[text]]


@pytest.mark.parametrize(
    "text", ["deal.price > 'a'", "deal.price >", "deal.open_tasks.name == 'x'"]
)
def test_an_expression_whose_types_or_grammar_do_not_fit_is_refused(text: str) -> None:
    quoted = text.replace("'", "''")

    (told,) = mistakes(when=f"[ {{ expr: '{quoted}' }} ]")

    assert told.startswith("expr: ")


def test_words_in_quotes_are_data_and_not_operators() -> None:
    assert answer("deal.name == 'a =~ $now for b'", name="a =~ $now for b") is True


def test_an_expression_may_have_300_characters_and_no_more() -> None:
    longest = "deal.price > 3".ljust(MAX_LENGTH)

    assert answer(longest, price=Decimal(4)) is True
    assert mistakes(when=f"[ {{ expr: '{longest} ' }} ]") == [
        "expr: longer than 300 characters; split it into several conditions"
    ]


def test_an_expression_tells_which_facts_it_reads_however_they_are_written() -> None:
    text = "deal.price > 3 and deal&.invoice_total < 4 and deal.city == 'deal.name'"

    compiled = compile_expression(text, "deal", CATALOGUE.of("deal"), Place(file="r"), Problems())

    assert compiled is not None
    assert compiled[0] == {"price", "invoice_total", "city"}
