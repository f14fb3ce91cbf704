"""Bodies that come in: JSON of the wire to fields of the configuration (contract 4.5)."""

from __future__ import annotations

import json
from base64 import b64decode
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from westsync.sandbox.onec.accountant import RATES
from westsync.sandbox.onec.blank import EMPTY, blank_row
from westsync.sandbox.onec.furnishing import ORGANISATION_KIND, PERSON_KIND
from westsync.sandbox.onec.odata.address import key_of, read_path
from westsync.sandbox.onec.refusals import (
    BAD_FORMAT,
    BAD_VALUE,
    DUPLICATE_PROPERTY,
    ConfigurationRefused,
    OneCRefused,
)
from westsync.sandbox.onec.schema import FieldKind, Part
from westsync.sandbox.onec.values import EMPTY_KEY, EnumValue, Ref, Row, canonical, wall_clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from westsync.sandbox.onec.infobase import Infobase
    from westsync.sandbox.onec.schema import EntityType, Property

BIND = "@odata.bind"
ENUMS = {
    "СтавкаНДС": RATES | {""},
    "ЮридическоеФизическоеЛицо": frozenset({ORGANISATION_KIND, PERSON_KIND, ""}),
}
_PLACES = {FieldKind.MONEY: Decimal("0.01"), FieldKind.QUANTITY: Decimal("0.001")}


def read_json(body: bytes) -> dict[str, Any]:
    """Read a body; numbers are `Decimal`.

    Raises:
        OneCRefused: Code 2: it is no JSON object. Code 18: a name stands twice.
    """
    try:
        document = json.loads(
            body.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=Decimal,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError) as exc:
        raise OneCRefused(BAD_FORMAT, f"Неверный формат запроса: {exc}") from exc
    if not isinstance(document, dict):
        raise OneCRefused(BAD_FORMAT, "Неверный формат запроса: ожидается объект")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise OneCRefused(DUPLICATE_PROPERTY, f'Свойство "{twice}" указано дважды')
    return found


class Incoming:
    """Reads bodies for one kind of object."""

    def __init__(self, base: Infobase, kind: EntityType) -> None:
        """Read for a kind of object of a base."""
        self._base = base
        self._kind = kind

    def fields(self, document: Mapping[str, Any]) -> Row:
        """Return the fields a body gives; what the configuration does not have is passed over.

        Raises:
            OneCRefused: Code 4: a value is of the wrong type. Code -1: a row has no number.
        """
        found = self._read(self._kind.properties, document)
        for name, section in self._kind.sections.items():
            if name in document:
                found[name] = self._lines(name, section.properties, document[name])
        found.pop("DataVersion", None)
        return found

    def _lines(
        self, name: str, properties: Mapping[str, Property], lines: object
    ) -> tuple[Row, ...]:
        if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
            raise _bad(name, "ожидается массив строк")
        if any("LineNumber" not in line for line in lines):
            raise ConfigurationRefused("Значение не является значением объектного типа (Строка)")
        empty = blank_row(self._kind.sections[name].fields)
        read = [empty | self._read(properties, line) for line in lines]
        return tuple(sorted(read, key=lambda line: int(line["LineNumber"])))

    def _read(self, properties: Mapping[str, Property], document: Mapping[str, Any]) -> Row:
        found: Row = {}
        for name, value in document.items():
            one = properties.get(name)
            if name.endswith(BIND):
                found |= self._bound(properties, name.removesuffix(BIND), value)
            elif one is not None and one.part not in {Part.TYPE, Part.MEDIA_TYPE}:
                found[one.field.name] = self._value(one, value, document)
        return found

    def _bound(self, properties: Mapping[str, Property], name: str, value: object) -> Row:
        """Read ``"X@odata.bind": "Catalog_Y(guid'...')"``."""
        one = properties.get(f"{name}_Key", properties.get(name))
        if one is None:
            return {}
        if not value:
            return {one.field.name: None}
        segments = read_path(str(value).rpartition("standard.odata/")[2])
        if len(segments) != 1 or segments[0].arguments is None:
            raise _bad(name, "ожидается ссылка вида Catalog_X(guid'...')")
        target = self._base.type_of(segments[0].name)
        return {one.field.name: Ref(target.name, key_of(self._base, target, segments[0].arguments))}

    def _value(self, one: Property, value: object, document: Mapping[str, Any]) -> object:
        if value is None:
            return EMPTY[one.field.kind]
        try:
            if one.part is Part.COMPOSITE:
                return self._composite(str(value), document.get(f"{one.name}_Type"))
            if one.part is Part.CONTENT:
                return b64decode(_text(value), validate=True)
            return self._simple(one, value)
        except (ValueError, ArithmeticError) as exc:
            raise _bad(one.name, str(exc)) from exc

    def _simple(self, one: Property, value: object) -> object:
        kind = one.field.kind
        match kind:
            case FieldKind.KEY | FieldKind.REFERENCE:
                key = canonical(_text(value))
                if kind is FieldKind.KEY:
                    return "" if key == EMPTY_KEY else key
                return None if key == EMPTY_KEY else Ref(one.field.target or "", key)
            case FieldKind.MONEY | FieldKind.QUANTITY:
                return _number(value).quantize(_PLACES[kind], ROUND_HALF_UP)
            case FieldKind.INTEGER:
                return int(value) if isinstance(value, str) else int(_number(value))
            case FieldKind.MOMENT:
                return wall_clock(_text(value))
            case FieldKind.BOOLEAN:
                if not isinstance(value, bool):
                    raise ValueError(f"'{value}' не Булево")  # noqa: TRY004 - as below
                return value
            case _:
                return self._string(one, _text(value))

    def _string(self, one: Property, text: str) -> str:
        known = ENUMS.get(one.name)
        if one.field.kind is FieldKind.ENUM and known is not None and text not in known:
            raise ValueError(f"нет значения перечисления '{text}'")
        return text.rstrip(" ")

    def _composite(self, text: str, type_: object) -> object:
        if type_ is None and text:
            raise ValueError("не указан тип значения составного типа")
        name = str(type_ or "")
        if name in {"", "StandardODATA.Undefined"}:
            return None
        if name == "Edm.String":
            return text
        if name.startswith("UnavailableEnums."):
            return EnumValue(name.partition(".")[2], text)
        entity = name.removeprefix("StandardODATA.")
        if entity not in self._base.schema:
            raise ValueError(f"тип '{name}' не найден")
        key = canonical(text)
        return None if key == EMPTY_KEY else Ref(entity, key)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"'{value}' не Строка")  # noqa: TRY004 - becomes a refusal like the others
    return value


def _number(value: object) -> Decimal:
    if not isinstance(value, Decimal):
        raise ValueError(f"'{value}' не Число")  # noqa: TRY004 - as above
    return value


def _bad(name: str, text: str) -> OneCRefused:
    return OneCRefused(BAD_VALUE, f'Ошибка преобразования значения свойства "{name}": {text}')
