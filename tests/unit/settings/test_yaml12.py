"""The corpus of bad YAML (reliability 5.1, 70 cases) and what right YAML means."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from westsync.domain.places import Map, Scalar, Seq, plain
from westsync.settings import yaml12
from westsync.settings.yaml12 import Document, parse, read_yaml

if TYPE_CHECKING:
    from pathlib import Path


def bomb(levels: int) -> str:
    """Return lists of ten aliases each, ten to the power of `levels` values if written out."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*l{level - 1}"] * 10)
        lines.append(f"l{level}: &l{level} [{aliases}]")
    return "\n".join(lines)


# (text, place of the first problem, a word of its text, a word of its cure)
SYNTAX = [
    pytest.param("a: [1, 2\nb: 3", "2:2", "expected ','", "1:4", id="open bracket"),
    pytest.param("a: {b: 1\nc: 2", "2:2", "not valid YAML", "1:4", id="open brace"),
    pytest.param("a: 'x\nb: y", "2:5", "end of stream", "1:4", id="open single quote"),
    pytest.param('a: "x\nb: y', "2:5", "end of stream", "1:4", id="open double quote"),
    pytest.param('a: "\\q"', "1:5", "escape", "double the backslash", id="unknown escape"),
    pytest.param("a: b: c", "1:5", "mapping values", "quote a text", id="colon in text"),
    pytest.param("a: 1\n b: 2", "2:3", "mapping values", "indentation", id="odd indentation"),
    pytest.param("a\nb: c", "2:2", "mapping values", "indentation", id="key without colon"),
    pytest.param("- a\nb: c", "2:1", "'-'", "list", id="mapping after list"),
    pytest.param("a: - b", "1:4", "sequence entries", "own line", id="list on the key's line"),
    pytest.param("a: @x", "1:4", "cannot start", "begins with '@'", id="reserved sign"),
    pytest.param("a: }", "1:4", "node content", "bracket", id="bracket that nobody opened"),
    pytest.param("a: 'x'y", "1:7", "expected key", "quotes", id="text after quote"),
    pytest.param("a: |x\n  b", "1:5", "comment or line break", "next line", id="block header"),
    pytest.param("p: [*счет*]", "1:6", "alphabetic", "begins with '*'", id="pattern unquoted"),
]
KEYS = [
    pytest.param("a: 1\na: 2", "2:1", "second time; first at 1:1", "remove", id="twice"),
    pytest.param("a: {b: 1, b: 2}", "1:11", "first at 1:5", "remove", id="twice in braces"),
    pytest.param("'a': 1\na: 2", "2:1", "second time", "remove", id="twice, once quoted"),
    pytest.param("1: x", "1:1", "'1' is not text", '"1"', id="number"),
    pytest.param("true: x", "1:1", "'true' is not text", '"true"', id="truth"),
    pytest.param("~: x", "1:1", "'~' is not text", '"~"', id="null"),
    pytest.param("t: {{ deal.name }}", "1:5", "cannot be a key", "quotes", id="mapping"),
    pytest.param("<<: {a: 1}", "1:1", "merge key", "write the keys out", id="merge"),
]
ALIASES = [
    pytest.param(bomb(9), "5:5", "200000 values", "fewer aliases", id="billion laughs"),
    pytest.param(bomb(30), "5:5", "200000 values", "fewer aliases", id="deeper bomb"),
    pytest.param("a: &x [*x]", "1:8", "inside of itself", "write", id="list in itself"),
    pytest.param("a: &x {b: {c: *x}}", "1:15", "inside of itself", "write", id="deep in itself"),
    pytest.param("a: *x", "1:4", "nothing above", "&x", id="unknown"),
    pytest.param("a: *x\nb: &x 1", "1:4", "nothing above", "&x", id="before its anchor"),
]
TAGS = [
    pytest.param("a: !!python/object:os.system x", "1:4", "tag", "!!python", id="python object"),
    pytest.param("a: !!python/name:os.system", "1:4", "tag", "!!python", id="python name"),
    pytest.param("a: !!binary aGk=", "1:4", "tag", "!!binary", id="binary"),
    pytest.param("a: !!timestamp 2026-01-01", "1:4", "tag", "!!timestamp", id="timestamp"),
    pytest.param("a: !local {b: c}", "1:4", "tag", "!local", id="local"),
    pytest.param("a: !!int abc", "1:4", "not a whole number", "!!int", id="int that is none"),
]
DEPTH = [
    pytest.param("[" * 1000, "1:61", "60 levels", "flatten", id="brackets"),
    pytest.param("{a: " * 1000, "1:241", "60 levels", "flatten", id="braces"),
    pytest.param(
        "\n".join("  " * n + "a:" for n in range(1000)),
        "61:121",
        "60 levels",
        "flatten",
        id="block",
    ),
]
BYTES = [
    pytest.param("имя: Иванов".encode("cp1251"), "1:1", "not UTF-8", "имя: Иванов", id="cp1251"),
    pytest.param("a: Ж".encode("utf-16"), "1:1", "UTF-16", "UTF-8", id="UTF-16 with mark"),
    pytest.param("a: 1".encode("utf-16-le"), "1:2", "U+0000", "UTF-16", id="UTF-16 without"),
    pytest.param("a: Ж".encode("utf-32"), "1:1", "UTF-32", "UTF-8", id="UTF-32"),
    pytest.param(b"a: 1\nb: \x00", "2:4", "U+0000", "remove", id="NUL"),
    pytest.param(b"a: \xed\xa0\x80", "1:4", "surrogate", "character", id="surrogate"),
    pytest.param(b"\xef\xbb\xbfab: 1\n: \xff", "2:3", "not UTF-8", "UTF-8", id="after a BOM"),
    pytest.param("a: x\u2028y".encode(), "1:5", "U+2028", "line break", id="line separator"),
]
NUMBERS = [
    pytest.param("a: " + "9" * 5000, "1:4", "5000 characters", "quotes", id="5000 digits"),
    pytest.param("a: -" + "9" * 5000, "1:4", "5001 characters", "quotes", id="negative"),
    pytest.param("a: 0x" + "f" * 5000, "1:4", "5002 characters", "quotes", id="hexadecimal"),
    pytest.param("a: 1e999999", "1:4", "range of a float", "quotes", id="huge exponent"),
    pytest.param("a: !!int " + "9" * 5000, "1:4", "5000 characters", "!!int", id="tagged"),
    pytest.param("a: 0." + "3" * 5000, "1:4", "5002 characters", "quotes", id="long fraction"),
]
TABS_AND_DOCUMENTS = [
    pytest.param("a:\n\tb: 1", "2:1", "tab", "spaces", id="tab below a key"),
    pytest.param("a:\n  b: 1\n\tc: 2", "3:1", "tab", "spaces", id="tab after spaces"),
    pytest.param("\ta: 1", "1:1", "tab", "spaces", id="tab at the beginning"),
    pytest.param("- a\n\t- b", "2:1", "tab", "spaces", id="tab before an item"),
    pytest.param("a: 1\n---\nb: 2", "2:1", "second document", "---", id="two documents"),
    pytest.param("%YAML 1.1\n---\na: 1", "1:1", "another version", "%YAML", id="other version"),
]


@pytest.mark.parametrize(
    ("source", "place", "text", "cure"),
    [*SYNTAX, *KEYS, *ALIASES, *TAGS, *DEPTH, *BYTES, *NUMBERS, *TABS_AND_DOCUMENTS],
)
def test_bad_yaml_is_one_problem_with_its_place_and_a_cure(
    source: str | bytes, place: str, text: str, cure: str
) -> None:
    document = parse(source, file="rules.yaml")

    first = document.problems[0]
    assert str(first.place) == f"rules.yaml:{place}"
    assert text in first.text
    assert first.cure is not None
    assert cure in first.cure


TRAPS = [
    pytest.param("19:30", "19:30", id="sexagesimal time"),
    pytest.param("190:20:30", "190:20:30", id="sexagesimal number"),
    pytest.param("on", "on", id="on"),
    pytest.param("no", "no", id="no"),
    pytest.param("Yes", "Yes", id="Yes"),
    pytest.param("010", 10, id="leading zero"),
    pytest.param("0o17", 15, id="octal"),
    pytest.param("0x1F", 31, id="hexadecimal"),
    pytest.param("1_000", "1_000", id="underscore"),
    pytest.param("1e3", 1000.0, id="exponent"),
    pytest.param("2026-11-01", "2026-11-01", id="date"),
    pytest.param(".5", 0.5, id="fraction without zero"),
]


@pytest.mark.parametrize(("source", "value"), TRAPS)
def test_a_trap_of_yaml_1_1_is_read_as_yaml_1_2(source: str, value: object) -> None:
    document = parse(f"a: {source}", file="rules.yaml")

    assert isinstance(document.root, Map)
    node = document.root.get("a")
    assert isinstance(node, Scalar)
    assert (node.value, type(node.value), node.source) == (value, type(value), source)
    assert document.problems == ()


def test_the_corpus_has_the_seventy_cases_of_the_plan() -> None:
    families = [SYNTAX, KEYS, TRAPS, ALIASES, TAGS, DEPTH, BYTES, NUMBERS, TABS_AND_DOCUMENTS]

    assert [len(cases) for cases in families] == [15, 8, 12, 6, 6, 3, 8, 6, 6]
    assert sum(len(cases) for cases in families) == 70


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("~", None),
        ("", None),
        ("NULL", None),
        ("True", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("+12", 12),
        ("-0", 0),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("+", "+"),
        (".", "."),
        ("1.", 1.0),
        ("1.2.3", "1.2.3"),
        ("0o8", "0o8"),
        ("+0x1", "+0x1"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!float 1", 1.0),
        ("!!int '7'", 7),
        ("!!bool 'true'", True),
        ("!!null ''", None),
    ],
)
def test_the_core_schema_decides_what_a_scalar_means(source: str, value: object) -> None:
    root = parse(f"- {source}", file="f").root

    assert isinstance(root, Seq)
    [node] = root.items
    assert isinstance(node, Scalar)
    assert (node.value, type(node.value)) == (value, type(value))


def test_nan_is_not_a_number() -> None:
    node = parse(".nan", file="f").root

    assert isinstance(node, Scalar)
    assert isinstance(node.value, float)
    assert math.isnan(node.value)


def test_every_node_and_key_knows_its_place() -> None:
    root = parse("# first\nsales:\n  - {id: '14',  name: Продажи}\n", file="f").root

    assert isinstance(root, Map)
    assert str(root.place_of("sales")) == "f:2:1"
    programs = root.get("sales")
    assert isinstance(programs, Seq)
    [program] = programs.items
    assert isinstance(program, Map)
    assert str(program.place) == "f:3:5"
    assert str(program.place_of("name")) == "f:3:17"
    name = program.get("name")
    assert isinstance(name, Scalar)
    assert str(name.place) == "f:3:23"


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", file="f")

    assert document.root is not None
    assert plain(document.root) == {"a": 1, "b": 2}
    assert isinstance(document.root, Map)
    assert str(document.root.place_of("b")) == "f:2:1"


def test_an_alias_stands_for_the_value_of_the_nearest_anchor_above() -> None:
    document = parse("a: &x [1]\nb: *x\nc: &x 2\nd: *x", file="f")

    assert document.root is not None
    assert plain(document.root) == {"a": [1], "b": [1], "c": 2, "d": 2}


def test_all_mistakes_that_leave_the_file_readable_are_told_at_once() -> None:
    document = parse("a: 1\na: 2\nb: !x 3\n1: 4\nc: 5", file="f")

    assert [problem.place.line for problem in document.problems] == [2, 3, 4]
    assert document.root is not None
    assert plain(document.root) == {"a": 1, "b": "3", "c": 5}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "---"])
def test_a_file_without_content_is_null(text: str) -> None:
    document = parse(text, file="f")

    assert document.problems == ()
    assert isinstance(document.root, Scalar)
    assert document.root.value is None


def test_a_missing_file_a_directory_and_a_huge_file_are_problems(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    huge.write_bytes(b"# " + b"x" * 1_000_000)

    documents = [read_yaml(path, file="f") for path in (tmp_path / "no.yaml", tmp_path, huge)]

    assert [document.root for document in documents] == [None, None, None]
    assert [str(document.problems[0]).split(";")[0] for document in documents] == [
        "f:1:1: there is no such file",
        "f:1:1: this is not a file",
        "f:1:1: the file is longer than 1000 KB",
    ]


def test_a_readable_file_is_called_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\na: 2", encoding="utf-8")

    assert read_yaml(path).problems[0].place.file == str(path)
    assert read_yaml(path, file="config/a.yaml").problems[0].place.file == "config/a.yaml"


def test_a_line_with_a_secret_is_not_quoted_as_a_guess_of_its_encoding() -> None:
    document = parse("password: пароль".encode("cp1251"), file="f")

    assert "пароль" not in str(document.problems[0])


@pytest.mark.parametrize(
    ("source", "place", "text", "cure"), [*SYNTAX, *KEYS, *ALIASES, *TAGS, *TABS_AND_DOCUMENTS]
)
def test_without_libyaml_the_same_files_are_refused_on_the_same_line(
    source: str, place: str, text: str, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del text, cure  # the two parsers word and cure some errors differently
    monkeypatch.setattr(yaml12, "_LOADER", yaml.SafeLoader)

    document = parse(source, file="f")

    assert document.problems[0].cure
    assert document.problems[0].place.line == int(place.partition(":")[0])


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])).filter(
    lambda text: not set(text) & {"\ufeff", "\ufffe", "\uffff", "\x7f"}
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(texts, values, max_size=4),
    max_leaves=15,
)


@given(json_values)
def test_law_json_is_read_as_json(value: object) -> None:
    document = parse(json.dumps(value, ensure_ascii=False, indent=1), file="f")

    assert document.problems == ()
    assert document.root is not None
    assert plain(document.root) == value


@given(st.binary(max_size=200) | st.text("a:-[]{}&*!|>'\"%@`#,?\t\n \ud800é", max_size=60))
def test_law_whatever_the_bytes_there_is_a_document_or_a_problem(source: bytes | str) -> None:
    document = parse(source, file="f")

    assert isinstance(document, Document)
    assert document.root is not None or document.problems
