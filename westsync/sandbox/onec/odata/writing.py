"""POST, PATCH, PUT, DELETE, posting (contract 4.5, 10.5-10.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from westsync.sandbox.onec.answer import Answer
from westsync.sandbox.onec.blank import blank
from westsync.sandbox.onec.odata.address import key_of
from westsync.sandbox.onec.odata.appearance import entry_path
from westsync.sandbox.onec.odata.incoming import Incoming, read_json
from westsync.sandbox.onec.refusals import (
    BAD_FORMAT,
    METHOD_NOT_ALLOWED,
    MISSING_PROPERTY,
    TABULAR_ROW,
    OneCRefused,
)
from westsync.sandbox.onec.values import EMPTY_MOMENT

if TYPE_CHECKING:
    from westsync.sandbox.onec.infobase import Infobase
    from westsync.sandbox.onec.odata.address import Arguments
    from westsync.sandbox.onec.odata.reading import Reading
    from westsync.sandbox.onec.schema import EntityType
    from westsync.sandbox.onec.values import Row

PRECONDITION_FAILED = 412
SAFE = "$'(),=;:/@*!~-._"


class Writing:
    """Changes of the base that come over OData."""

    def __init__(self, base: Infobase, reading: Reading, root: str) -> None:
        """Write into a base.

        Args:
            base: The base.
            reading: Shows what was written, in the form that was asked for.
            root: Address of the OData root, without a slash at the end.
        """
        self._base = base
        self._reading = reading
        self._root = root

    def create(self, kind: EntityType, body: bytes) -> Answer:
        """Write a new object as a draft; 201 with ``Location`` and the whole object.

        Raises:
            OneCRefused: Code 5: ``Date`` is missing. Code 15: the key is taken. Others of
                `Incoming`.
        """
        fields = Incoming(self._base, kind).fields(read_json(body))
        if kind.is_document and fields.get("Date", EMPTY_MOMENT) == EMPTY_MOMENT:
            raise OneCRefused(MISSING_PROPERTY, 'Отсутствует обязательное свойство "Date"')
        if not self._base.switches.client_ref:
            fields.pop("Ref", None)
        fields.pop("Posted", None)
        row = self._base.create(kind.name, **fields)
        answer = self._reading.entry(kind, row, status=201)
        answer.headers["Location"] = f"{self._root}/{quote(entry_path(kind, row), safe=SAFE)}"
        return answer

    def change(
        self,
        kind: EntityType,
        arguments: Arguments,
        body: bytes,
        *,
        if_match: str | None,
        whole: bool = False,
    ) -> Answer:
        """Replace the fields that a body gives, with ``whole`` all others by empty ones.

        Raises:
            OneCRefused: Code 9: there is no such object. 412: another ``DataVersion``. Others of
                `Incoming`.
        """
        key = key_of(self._base, kind, arguments)
        old = self._base.need(kind.name, key)
        self._compare(old, if_match)
        fields = Incoming(self._base, kind).fields(read_json(body))
        kept = ("Ref", "Posted", *kind.dimensions)
        given = {name: value for name, value in fields.items() if name not in kept}
        if whole:
            system = (*kept, "Number", "Code", "DataVersion")
            given = {n: v for n, v in blank(kind).items() if n not in system} | given
        if given.get("DeletionMark") and old.get("Posted"):
            given["Posted"] = False
        return self._reading.entry(kind, self._base.change(kind.name, key, **given))

    def delete(self, kind: EntityType, arguments: Arguments, *, if_match: str | None) -> Answer:
        """Delete an object for good."""
        key = key_of(self._base, kind, arguments)
        self._compare(self._base.need(kind.name, key), if_match)
        self._base.delete(kind.name, key)
        return Answer(status=204)

    def post(self, kind: EntityType, arguments: Arguments, name: str) -> Answer:
        """Call ``Post`` or ``Unpost``.

        Raises:
            OneCRefused: Code 19: the object is no document. Code -1: posting is refused.
        """
        if not kind.is_document:
            raise OneCRefused(METHOD_NOT_ALLOWED, f'"{kind.name}" не проводится')
        key = key_of(self._base, kind, arguments)
        if name == "Post":
            self._base.post(kind.name, key)
        else:
            self._base.unpost(kind.name, key)
        return Answer(status=200)

    def _compare(self, row: Row, if_match: str | None) -> None:
        """Heed ``If-Match`` where the base does (contract 4.5, 10.6)."""
        if if_match is None or self._base.switches.if_match == "ignored":
            return
        wanted = if_match.strip().removeprefix("W/").strip('"')
        if wanted not in {"*", row["DataVersion"]}:
            text = "Версия объекта не совпадает с указанной в If-Match"
            raise OneCRefused(BAD_FORMAT, text, status=PRECONDITION_FAILED)


def refuse_row() -> OneCRefused:
    """Return the refusal of a tabular row that is created by itself."""
    return OneCRefused(TABULAR_ROW, "Строка табличной части не создается отдельно от объекта")
