"""Masked texts tell the facts what the texts told them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.jobs.past_company import TUESDAY, a_shop, shipped, with_rules
from westsync.jobs.remember import keep_history, senses_of
from westsync.journal.history_masking import SIGN, Masker

SETUP = shipped().setup
MASKER = Masker(b"a secret of this installation", senses_of(SETUP))
WORDS = sorted({word for group in SETUP.words.values() for word in group})

texts = st.lists(
    st.sampled_from(
        [*WORDS, *SETUP.negations, *(word.upper() for word in WORDS), "клиент", "Иванов", ",", "ла"]
    ),
    max_size=8,
).flatmap(lambda parts: st.sampled_from([" ", "", ", ", "\n"]).map(lambda glue: glue.join(parts)))


@given(texts)
def test_a_masked_comment_says_the_same_words(text: str) -> None:
    masked = MASKER.comment(text)

    assert {group: SETUP.says(group, masked) for group in SETUP.words} == {
        group: SETUP.says(group, text) for group in SETUP.words
    }
    assert bool(masked.strip()) == bool(text.strip())
    assert "иванов" not in masked.casefold()


@pytest.mark.parametrize(
    "name",
    [
        "Счет от поставщика Иванов.pdf",
        "supplier invoice 12.pdf",
        "Договор с Ивановым.docx",
        "реквизиты ООО Ромашка.doc",
        "паспорт.jpg",
        "фото барабанов.jpg",
        "",
    ],
)
def test_a_masked_file_is_of_the_same_kind(name: str) -> None:
    masked = MASKER.file_name(name)

    assert SETUP.attachment_kind(masked) == SETUP.attachment_kind(name)
    assert "иванов" not in masked.casefold()


def test_a_pattern_that_its_own_letters_do_not_fit_hides_the_kind_and_not_the_person() -> None:
    setup = replace(SETUP, attachment_kinds={"act": ("act[!!]*.pdf",)})

    masked = Masker(b"a secret of this installation", senses_of(setup)).file_name("act Иванов.pdf")

    assert masked.startswith(SIGN)


def test_the_history_is_started_once_and_shortened_every_night() -> None:
    with a_shop(with_rules(shipped())) as shop:
        shop.request("43")
        shop.cycle()
        shop.move("43", "128")
        shop.run(minutes=1)

        keep_history(shop.store, TUESDAY)
        keep_history(shop.store, TUESDAY + timedelta(days=500))

        rows = shop.store.mirror.history.rows("deal", "43")
        assert len(rows) == 1
