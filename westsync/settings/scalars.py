"""What an unquoted YAML scalar means: the core schema of YAML 1.2 (chapter 10.3.2).

Only this table decides. ``19:30``, ``on``, ``no``, ``yes`` and dates are therefore text, ``010``
is ten and ``0o17`` is fifteen, where YAML 1.1 readers see 1170 minutes, truths and octals.
"""

from __future__ import annotations

import re

Value = str | int | float | bool | None

_WORDS: dict[str, Value] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMBER_BEGINS = frozenset("+-.0123456789")
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o([0-7]+)")
_HEX = re.compile(r"0x([0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")

# No number of a configuration needs more; a longer one is an article or an id without quotes,
# and int() of thousands of digits takes quadratic time.
MAX_DIGITS = 30

CORE_TAGS = {
    "tag:yaml.org,2002:str": "text",
    "tag:yaml.org,2002:int": "a whole number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:seq": "a list",
    "tag:yaml.org,2002:map": "a mapping",
}


def resolve(text: str) -> Value:
    """Return the value of a plain (unquoted) scalar.

    Raises:
        ValueError: It looks like a number that no setting can hold: more than 30 characters, or
            beyond the range of a float.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_BEGINS:
        return text
    return _number(text)


def _number(text: str) -> Value:
    if _FLOAT.fullmatch(text) or _HEX.fullmatch(text) or _OCTAL.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"a number of {len(text)} characters")
    elif sign := _INFINITE.fullmatch(text):
        return float(f"{sign[1]}inf")
    elif _NAN.fullmatch(text):
        return float("nan")
    else:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if digits := _OCTAL.fullmatch(text):
        return int(digits[1], 8)
    if digits := _HEX.fullmatch(text):
        return int(digits[1], 16)
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number beyond the range of a float")
    return value


def tagged(text: str, tag: str) -> Value:
    """Return the value of a scalar whose tag is written out.

    Args:
        text: The scalar's text.
        tag: A full tag of the core schema, or ``!``, which means text.

    Raises:
        ValueError: The text does not fit the tag, or the tag is not one of the core schema.
    """
    if tag in {"!", "tag:yaml.org,2002:str"}:
        return text
    value = resolve(text)
    fits = {
        "tag:yaml.org,2002:int": type(value) is int,
        "tag:yaml.org,2002:float": type(value) in {int, float},
        "tag:yaml.org,2002:bool": type(value) is bool,
        "tag:yaml.org,2002:null": value is None,
    }
    if tag not in fits:
        raise ValueError("a tag outside of YAML's core schema")
    if not fits[tag]:
        raise ValueError(f"not {CORE_TAGS[tag]}, as its tag says")
    return float(value) if tag.endswith("float") and isinstance(value, int) else value
