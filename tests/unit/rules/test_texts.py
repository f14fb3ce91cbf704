"""Texts for staff: what they may name, how values are shown, and what never happens."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.rules.company import CATALOGUE, FORMATTER, VOCABULARY, msk, node
from westsync.domain.facts import Unknown
from westsync.domain.places import Place
from westsync.rules.reading import Problems
from westsync.rules.ruleset import read_texts
from westsync.rules.texts import (
    MAX_RENDERED,
    MissingValue,
    Template,
    Words,
    compile_template,
    known_paths,
)

PATHS = known_paths("deal", CATALOGUE.of("deal"))
HERE = Place(file="t.yaml", line=3, column=5)


def template(text: str) -> Template:
    """Return a text without mistakes."""
    problems = Problems()
    compiled = compile_template(text, HERE, PATHS, problems)
    assert problems.found == []
    return compiled


def rendered(text: str, **values: Any) -> str:
    """Return a text about a deal with these facts."""
    known = {f"deal.{name}": value for name, value in values.items()}
    return FORMATTER.render(template(text), known | {"episode.age": timedelta(minutes=95)})


def told(text: str) -> list[str]:
    """Return the mistakes of a text."""
    problems = Problems()
    compile_template(text, HERE, PATHS, problems)
    return [str(problem) for problem in problems.found]


SHOWN: list[tuple[str, dict[str, Any], str]] = [
    ("Заявка {deal.number}!", {"number": "43"}, "Заявка 43!"),
    ("{deal.created_at|dt}", {"created_at": msk("2026-11-24 10:05")}, "24.11.2026 10:05"),
    ("{deal.created_at}", {"created_at": msk("2026-11-24 10:05")}, "24.11.2026 10:05"),
    ("{episode.age|dur}", {}, "1 ч 35 мин"),
    ("{deal.price|money}", {"price": Decimal(120000)}, "120\u00a0000,00\u00a0₽"),
    ("{deal.price}", {"price": Decimal("0.5")}, "0,50\u00a0₽"),
    ("{deal.lines_count}", {"lines_count": 3}, "3"),
    ("{deal.refusals}", {"refusals": 0}, "0"),
    ("{deal.urgent}", {"urgent": True}, "да"),
    ("{deal.urgent}", {"urgent": False}, "нет"),
    ("{deal.manager}", {"manager": "ivanov"}, "Иванов Пётр"),
    ("{deal.manager}", {"manager": "#1000077"}, "#1000077"),
    ("{deal.city|upper}", {"city": "тула"}, "ТУЛА"),
    ("{deal.city|default:не указан}", {"city": None}, "не указан"),
    ("{deal.city|default:не указан}", {"city": "Тула"}, "Тула"),
    ("{deal.city|upper|default:нет города}", {"city": ""}, "нет города"),
    ("{deal.city|default:как знать}", {"city": Unknown("not read yet")}, "как знать"),
    ("{deal.missing|list}", {"missing": ("city", "source")}, "город, source"),
    ("{deal.client_phones|list}", {"client_phones": ("79001", "79002")}, "79001, 79002"),
    (
        "{deal.duplicates|list}",
        {"duplicates": ({"id": "7", "name": "Ромашка"}, {"id": "8", "name": None})},
        "Ромашка, 8",
    ),
    ("{deal.payments|list}", {"payments": ({"number": "12", "amount": 3},)}, "12"),
    ("{{deal.number}}", {}, "{deal.number}"),
    ("{ deal.number }", {"number": "43"}, "43"),
]


@pytest.mark.parametrize(("text", "values", "expected"), SHOWN)
def test_a_value_is_shown_the_way_people_write_it(
    text: str, values: dict[str, Any], expected: str
) -> None:
    assert rendered(text, **values) == expected


AN_ANSWER: dict[str, Any] = {
    "name": "Пианино",
    "article": "P45B",
    "verdict": "exact",
    "decision": "no",
    "quantity": Decimal(0),
    "price": Decimal(45000),
    "purchase_price": Decimal(30000),
    "supplier": "Лира",
    "contact": "Пётр",
}
ONLY_OURS = AN_ANSWER | {"price": None}


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (AN_ANSWER, {"list": "stock_price 45", "retail": "stock_price 45", "brief": "45"}),
        (ONLY_OURS, {"list": "stock_purchase_price 30", "retail": "", "brief": ""}),
    ],
    ids=["retail", "ours only"],
)
def test_a_price_says_which_one_it_is_and_ours_is_told_only_alone(
    answer: dict[str, Any], shown: dict[str, str]
) -> None:
    texts = {how: rendered(f"{{deal.availability|{how}}}", availability=(answer,)) for how in shown}

    assert all(shown[how] in text for how, text in texts.items())
    assert [how for how, text in texts.items() if "30\u00a0000" in text] == (
        ["list"] if answer is ONLY_OURS else []
    )


def test_a_brief_answer_is_one_line_without_contacts() -> None:
    text = rendered("{deal.availability|brief}", availability=(AN_ANSWER, AN_ANSWER))

    assert "\n" not in text
    assert "Пётр" not in text
    assert text.count("P45B") == 2


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(seconds=59), "0 мин"),
        (timedelta(minutes=60), "1 ч"),
        (timedelta(days=2, hours=3, minutes=4), "2 дн 3 ч"),
        (timedelta(days=2, minutes=4), "2 дн 4 мин"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(
    length: timedelta, expected: str
) -> None:
    assert FORMATTER.duration(length) == expected


@pytest.mark.parametrize("value", [None, "", (), Unknown("hidden in Megaplan")])
def test_a_missing_value_is_an_error_and_never_the_word_none(value: object) -> None:
    with pytest.raises(MissingValue) as caught:
        rendered("{deal.client_name}", client_name=value)

    assert caught.value.path == "deal.client_name"
    assert str(caught.value).startswith("{deal.client_name} ")


def test_an_unknown_value_says_why_it_is_not_there() -> None:
    with pytest.raises(MissingValue, match="hidden in Megaplan"):
        rendered("{deal.city}", city=Unknown("hidden in Megaplan"))


@pytest.mark.parametrize(
    "typed",
    [
        "{deal.price}",
        "{{x}}",
        "{",
        "}",
        "<b>жирно</b> & <script>",
        "{deal.city|default:x}",
        "%s $x",
    ],
)
def test_what_a_client_typed_is_put_in_as_it_is(typed: str) -> None:
    assert rendered("<{deal.client_name}>", client_name=typed, price=Decimal(1)) == f"<{typed}>"


def test_a_client_who_is_called_like_a_login_keeps_his_name() -> None:
    assert rendered("{deal.client_name}", client_name="ivanov") == "ivanov"


def test_a_text_has_ten_thousand_characters_at_most() -> None:
    assert rendered("{deal.name}", name="я" * (MAX_RENDERED + 1)) == "я" * MAX_RENDERED


def test_a_part_of_a_frame_that_is_empty_leaves_nothing() -> None:
    problems = Problems()
    frame = compile_template("a{script}b", HERE, {"script": None}, problems)

    assert FORMATTER.render(frame, {"script": ""}) == "ab"


MISTAKES = {
    "{deal.nmae}": "unknown value 'deal.nmae' in a text; did you mean 'deal.name'?",
    "{Deal Name}": "unknown placeholder 'Deal Name' in a text",
    "{}": "unknown placeholder '' in a text",
    "{deal.name|uper}": "unknown filter 'uper' of {deal.name}; did you mean 'upper'?",
    "{deal.name|default}": "'default' of {deal.name} has no words; write default:words",
    "{deal.name|dt}": "filter 'dt' does not fit {deal.name}",
    "{deal.created_at|dur}": "filter 'dur' does not fit {deal.created_at}",
    "{deal.created_at|money}": "filter 'money' does not fit {deal.created_at}",
    "{deal.price|list}": "filter 'list' does not fit {deal.price}",
    "one { two": "a lone '{' in a text; write '{{'",
    "one } two": "a lone '}' in a text; write '}}'",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_a_text_is_told_at_its_place(text: str) -> None:
    (line,) = told(text)

    assert line.startswith("t.yaml:3:5: ")
    assert MISTAKES[text] in line


def test_the_length_of_an_episode_and_the_step_may_be_named() -> None:
    text = template("{episode.age|dur} {rule.title} {rule.step} {step.due|dt} {now|dt} {step.id}")

    assert text.paths == {
        "episode.age",
        "rule.title",
        "rule.step",
        "step.due",
        "now",
        "step.id",
    }


TEXT_FILES = {
    "[]": "t:1:1: a text file is a mapping with 'version'",
    "frames: {}": "t:1:1: the text file has no 'version'; add 'version:'",
    "version: 1\nscript: {}": (
        "t:2:1: unknown key 'script' of the text file; did you mean 'scripts'?"
    ),
    "version: 1\nscripts: [ a ]": "t:2:10: scripts are a mapping of names to texts",
    "version: 1\nscripts: { a: [ b ] }": "t:2:15: script 'a' must be a text",
    "version: 1\nletters: { a: [ b ] }": "t:2:15: letter 'a' must be a text",
    "version: 1\nframes: { tsk: b }": "t:2:11: unknown frame 'tsk' of frames; did you mean 'task'?",
    "version: 1\nwords: [ a ]": "t:2:8: words are a mapping",
    "version: 1\nwords: { minuts: a }": "t:2:10: unknown word 'minuts'; did you mean 'minutes'?",
    "version: 1\nwords: { minutes: [ a ] }": "t:2:19: word 'minutes' has the wrong form",
    "version: 1\nwords: { labels: a }": "t:2:18: word 'labels' has the wrong form",
}


@pytest.mark.parametrize("text", TEXT_FILES)
def test_a_wrong_text_file_is_told(text: str) -> None:
    problems = Problems()

    read_texts([node(text, file="t")], problems)

    assert [str(problem) for problem in problems.found] == [TEXT_FILES[text]]


def test_a_script_that_stands_twice_is_told_with_the_place_of_the_first() -> None:
    problems = Problems()
    one = node("version: 1\nscripts: { a: b }", file="one")
    two = node("version: 1\nscripts: { a: b }", file="two")

    read_texts([one, two], problems)

    assert [str(problem) for problem in problems.found] == [
        "two:2:12: script 'a' is there already, at one:2:15"
    ]


def test_texts_bring_scripts_frames_and_words() -> None:
    problems = Problems()
    text = """
version: 1
scripts: { a: hello }
frames: { task: '{text}' }
words: { minutes: мин, yes: да, labels: { city: город } }
"""

    texts = read_texts([node(text)], problems)

    assert problems.found == []
    assert texts.scripts["a"][0] == "hello"
    assert texts.frames["task"][0] == "{text}"
    assert texts.words == Words(minutes="мин", yes="да", labels={"city": "город"})


def test_the_catalogue_of_this_company_is_what_texts_may_name() -> None:
    names = {path for path in PATHS if path.startswith("deal.")}

    assert names == {f"deal.{name}" for name in VOCABULARY.catalogue.of("deal")}
