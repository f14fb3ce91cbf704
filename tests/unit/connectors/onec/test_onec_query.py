"""Promises of the query strings: what travels is what the contract shows (1C contract 4.1, 4.9)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from westsync.connectors.onec import query

START, END = datetime(2025, 2, 1), datetime(2025, 2, 4)  # noqa: DTZ001 - wall clocks of the server


def test_a_window_of_payments_is_asked_as_in_the_contract() -> None:
    target = query.target(
        "Document_ПоступлениеНаРасчетныйСчет",
        query.options(condition=query.in_window(START, END), order="Date,Ref_Key", top=500),
    )

    assert unquote(target) == (
        "/odata/standard.odata/Document_ПоступлениеНаРасчетныйСчет?$format=json;odata=nometadata"
        "&$filter=Date ge datetime'2025-02-01T00:00:00' and Date lt datetime'2025-02-04T00:00:00'"
        "&$orderby=Date,Ref_Key&$top=500"
    )
    assert "Date%20ge%20datetime'2025-02-01T00:00:00'" in target


def test_a_document_is_posted_at_the_address_of_the_contract() -> None:
    path = query.posting_path(
        "Document_СчетНаОплатуПокупателю", "3c2cc1b3-dc18-576f-9108-5d690ae167d5"
    )

    assert path == (
        "Document_СчетНаОплатуПокупателю(guid'3c2cc1b3-dc18-576f-9108-5d690ae167d5')/Post"
    )


def test_a_quote_inside_a_text_is_doubled() -> None:
    assert query.literal("ООО 'Ромашка'") == "'ООО ''Ромашка'''"


@pytest.mark.parametrize(
    ("char", "travels"), [(" ", "%20"), ("+", "%2B"), ("&", "%26"), ("#", "%23"), ("%", "%25")]
)
def test_what_means_something_in_a_url_is_escaped(char: str, travels: str) -> None:
    assert query.encoded(f"a{char}b") == f"a{travels}b"


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_its_question(text: str) -> None:
    safe = text.encode("utf-8", "ignore").decode()
    condition = f"Артикул eq {query.literal(safe)}"

    target = query.target("Catalog_Номенклатура", query.options(condition=condition))

    parts = urlsplit(target)
    assert "+" not in target
    assert " " not in target
    assert parts.fragment == ""
    values = dict(one.split("=", 1) for one in parts.query.split("&"))
    assert unquote(values["$filter"]) == condition


@given(st.lists(st.text(min_size=1, max_size=80), max_size=60), st.integers(300, 1800))
def test_alternatives_are_cut_and_none_is_lost(conditions: list[str], room: int) -> None:
    given_ = [one.encode("utf-8", "ignore").decode() for one in conditions]

    groups = list(query.alternatives(given_, room))

    assert [one for group in groups for one in group] == given_
    for group in groups:
        assert len(group) <= 10
        assert len(group) == 1 or len(query.encoded(" or ".join(group))) <= room
