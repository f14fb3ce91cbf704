"""Kinds of setting values: how each is written in YAML, and what it is inside.

A value that does not fit raises `Unfit`, whose text does not repeat it; `mistakes` shows the value
where that is safe.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, WithJsonSchema

from westsync.domain.requisites import is_kpp
from westsync.domain.windows import Window, parse_days, parse_windows


class Unfit(ValueError):
    """A value that a setting cannot take.

    Attributes:
        cure: What to write instead; None if the text says it.
    """

    def __init__(self, text: str, cure: str | None = None) -> None:
        """Say what is wrong, and what to write."""
        self.cure = cure
        super().__init__(text)


_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_CUSTOM_FIELD = re.compile(r"Category[0-9]+CustomField[A-Za-z0-9_]+")
_SECONDS = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


def _some_text(value: str) -> str:
    if not value.strip():
        raise Unfit("must not be empty")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value) or "__" in value:
        # Two underscores part the names of environment variables.
        raise Unfit("is not a name", "use a-z, 0-9 and single _, and begin with a letter")
    return value


def _login(value: str) -> str:
    if not _LOGIN.fullmatch(value):
        raise Unfit("is not a login", "use a-z, 0-9, '_', '.' and '-'")
    return value


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise Unfit("is not an id of Megaplan", 'write its digits in quotes, e.g. "127"')
    return value


def _custom_field(value: str) -> str:
    if not _CUSTOM_FIELD.fullmatch(value):
        raise Unfit(
            "is not the name of a custom field",
            "write it like Category1000061CustomFieldGorod, as 'westsync doctor megaplan' lists it",
        )
    return value


def _flag(value: object) -> object:
    """Accept also the texts true and false, which is all that an environment variable can say."""
    if isinstance(value, bool):
        return value
    if value in {"true", "false"}:
        return value == "true"
    raise Unfit("must be true or false", "in YAML 1.2 'yes', 'no', 'on' and 'off' are text")


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise Unfit("must be a number, not true or false")
    return value


def _seconds(value: object) -> int:
    if isinstance(value, str) and value and (found := _SECONDS.fullmatch(value)):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds
    raise Unfit("must be a length of time", "write it like 60s, 5m or 1h30m")


def _time_of_day(value: str) -> str:
    if not _TIME.fullmatch(value):
        raise Unfit("must be a time of day", 'write it like "03:30"')
    return value


def _day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Unfit("must be a date", "write it like 2026-11-01")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unfit("there is no such day in the calendar") from None


def one_text(value: object) -> object:
    """Return a text as a list of one: the short way of writing it."""
    return (value,) if isinstance(value, str) else value


def _window(value: str) -> str:
    Window.parse(value)
    return value


def _windows(value: tuple[str, ...]) -> tuple[str, ...]:
    parse_windows(value)
    return value


def _weekdays(value: tuple[str, ...]) -> tuple[str, ...]:
    parse_days(value)
    return value


def _zone(value: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - only who reads settings

    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit("is not a time zone", "write an IANA name like Europe/Moscow") from None
    return value


def _inn(value: str) -> str:
    """Check form and check digits: a mistyped ИНН would match somebody else's documents."""
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", value):
        raise Unfit("is not an ИНН", 'write its 10 or 12 digits in quotes, e.g. "7701234560"')
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    for place in (9,) if len(value) == 10 else (10, 11):
        total = sum(int(d) * w for d, w in zip(value, weights[11 - place :], strict=False))
        if total % 11 % 10 != int(value[place]):
            raise Unfit("is not an ИНН: its check digit is wrong", "compare it with the document")
    return value


def _kpp(value: str) -> str:
    """Check the form; a КПП has no check digit."""
    if not is_kpp(value):
        raise Unfit("is not a КПП", 'write its 9 characters in quotes, e.g. "770101001"')
    return value


def _path_secret(value: SecretStr) -> SecretStr:
    # 128 bits are 22 characters of base64 (reliability 7.2); the path must not need escaping.
    if not re.fullmatch(r"[A-Za-z0-9_-]{22,128}", value.get_secret_value()):
        raise Unfit("must be 22 to 128 characters of A-Z a-z 0-9 _ -", "make a new random one")
    return value


_SPAN = {"type": "string", "pattern": r"^([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "examples": ["60s"]}
_DATE = {"type": "string", "format": "date"}

Text = Annotated[str, AfterValidator(_some_text)]
Name = Annotated[str, AfterValidator(_name)]
Login = Annotated[str, AfterValidator(_login)]
Id = Annotated[str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": _ID.pattern})]
CustomField = Annotated[
    str,
    AfterValidator(_custom_field),
    WithJsonSchema({"type": "string", "pattern": f"^{_CUSTOM_FIELD.pattern}$"}),
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Count = Annotated[int, BeforeValidator(_number)]
Number = Annotated[float, BeforeValidator(_number)]
Seconds = Annotated[int, BeforeValidator(_seconds), WithJsonSchema(_SPAN)]
TimeOfDay = Annotated[
    str,
    AfterValidator(_time_of_day),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_DATE)]
Zone = Annotated[str, AfterValidator(_zone)]
Names = Annotated[tuple[Name, ...], BeforeValidator(one_text), Field(min_length=1)]
Weekdays = Annotated[tuple[str, ...], BeforeValidator(one_text), AfterValidator(_weekdays)]
Windows = Annotated[tuple[Annotated[str, AfterValidator(_window)], ...], AfterValidator(_windows)]
Inn = Annotated[str, AfterValidator(_inn)]
Kpp = Annotated[str, AfterValidator(_kpp)]
PathSecret = Annotated[SecretStr, AfterValidator(_path_secret)]
