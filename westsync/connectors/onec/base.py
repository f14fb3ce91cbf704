"""One base: its session, its names, and what never changes in it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
import structlog

from westsync.connectors.onec import query
from westsync.connectors.onec.config import SYSTEM
from westsync.connectors.onec.metadata import NotMetadata, Published, read_metadata
from westsync.connectors.onec.outcomes import Misfit
from westsync.connectors.onec.profiles import profile_of
from westsync.connectors.onec.tables import Names, Row, Table, resolve
from westsync.errors import Rejected, UnexpectedReply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from westsync.connectors.onec.config import OneCConfig
    from westsync.connectors.onec.session import OneCSession
    from westsync.domain.ledger import LedgerRef

T = TypeVar("T")

NAMES_LAST = timedelta(days=1)
RELOAD_EVERY_S = 3600.0
IN_MEMORY_BYTES = 4 * 1024 * 1024
ROUBLE = "643"
_NAMES, _CLIENT_REF = "onec.names", "onec.client_ref"

log = structlog.get_logger()


class Memory(Protocol):
    """Short texts that outlive the process."""

    def get(self, name: str, /) -> str | None:
        """Return a text; None if there is none."""
        ...

    def put(self, name: str, value: str, /) -> None:
        """Keep a text."""
        ...


class NoMemory:
    """Texts that are forgotten with the process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[str, str] = {}

    def get(self, name: str, /) -> str | None:
        """Return a text; None if there is none."""
        return self._kept.get(name)

    def put(self, name: str, value: str, /) -> None:
        """Keep a text."""
        self._kept[name] = value


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Our own company in the base.

    Attributes:
        bank_account: Its main account; None if none is named.
    """

    ref: LedgerRef
    bank_account: LedgerRef | None


class Base:
    """A base that is asked by our own words.

    Attributes:
        session: The connection.
        config: How it was told to behave.
    """

    def __init__(self, session: OneCSession, memory: Memory | None = None) -> None:
        """Bind; nothing is asked yet.

        Args:
            session: The connection.
            memory: Keeps the base's names for a day, also over a restart: their description is
                tens of megabytes.
        """
        self.session = session
        self.config: OneCConfig = session.config
        self._memory = memory or NoMemory()
        self._names: Names | None = None
        self._names_from: datetime | None = None
        self._reloaded_at: float | None = None
        self._organization: Organization | None = None
        self._rouble: LedgerRef | None = None

    # -- names ---------------------------------------------------------------------------------

    def names(self) -> Names:
        """Return the base's names, asked at most once a day.

        Raises:
            UnexpectedReply: What the base sent is no description.
        """
        now = self.session.clock.now()
        if self._names is None or self._names_from is None or now - self._names_from > NAMES_LAST:
            published, at = self._remembered(now) or (self._download(), now)
            self._names = resolve(profile_of(self.config.profile), published)
            self._names_from = at
        return self._names

    def table(self, word: str) -> Table:
        """Return an entity of the profile.

        Raises:
            Misfit: The profile has no such thing, or the base does not publish it.
        """
        names = self.names()
        table = names.tables.get(word)
        if table is not None:
            return table
        expected = names.profile.entities.get(word)
        if expected is None:
            text = f"the profile {names.profile.key} has no {word}; set another channel for it"
        else:
            lacking = [one for one in names.missing if one.startswith(expected.entity)]
            text = (
                f"the base does not publish {', '.join(lacking) or expected.entity}; tick it in "
                "the composition of the OData interface, or set another profile"
            )
        raise Misfit(SYSTEM, f"read {word}", text)

    def has(self, word: str) -> bool:
        """Return whether the base publishes an entity of the profile."""
        return word in self.names().tables

    def ask(self, word: str, question: Callable[[Table], T]) -> T:
        """Ask something about an entity; names that no longer fit are read again, once an hour.

        Args:
            word: Our word for the entity.
            question: Reads, or writes once: a misfit is a certain no, so that nothing is done
                twice (4.6: names are read again once, then a person is told).
        """
        try:
            return question(self.table(word))
        except Misfit as exc:
            now = self.session.clock.monotonic()
            if word not in profile_of(self.config.profile).entities:
                raise
            if self._reloaded_at is not None and now - self._reloaded_at < RELOAD_EVERY_S:
                raise
            self._reloaded_at = now
            log.warning("onec.names_reloaded", account=self.config.account, error=exc.detail)
        self._names = None
        self._memory.put(_NAMES, "")
        return question(self.table(word))

    def _download(self) -> Published:
        wanted = list(profile_of(self.config.profile).names())
        with SpooledTemporaryFile(IN_MEMORY_BYTES) as sink:
            self.session.metadata(sink)  # type: ignore[arg-type]  # a file in all but its class
            sink.seek(0)
            try:
                published = read_metadata(sink, wanted)  # type: ignore[arg-type]  # as above
            except NotMetadata as exc:
                raise UnexpectedReply(SYSTEM, "GET $metadata", str(exc)) from exc
        kept = [self.config.base_url, self.config.profile, self.session.clock.now().isoformat()]
        self._memory.put(_NAMES, msgspec.json.encode([*kept, published.encode()]).decode())
        return published

    def _remembered(self, now: datetime) -> tuple[Published, datetime] | None:
        kept = self._memory.get(_NAMES)
        with suppress(msgspec.MsgspecError, ValueError):
            url, profile, at, published = msgspec.json.decode(kept or "", type=list[str])
            read_at = datetime.fromisoformat(at)
            if (url, profile) == (self.config.base_url, self.config.profile) and (
                now - read_at <= NAMES_LAST
            ):
                return Published.decode(published), read_at
        return None

    # -- lists ---------------------------------------------------------------------------------

    def rows(
        self,
        table: Table,
        condition: str,
        select: Iterable[str] = (),
        *,
        order: str = "",
        top: int | None = None,
    ) -> list[Row]:
        """Read a list of an entity.

        Args:
            table: The entity.
            condition: ``$filter``.
            select: Properties; all without any.
            order: ``$orderby``.
            top: ``$top``.
        """
        asked = query.options(condition=condition, select=select, order=order, top=top)
        return [Row(raw, table) for raw in self.session.rows(table.entity, asked)]

    def entity(self, table: Table, ref: str) -> Row | None:
        """Read one object by its key; None if there is none."""
        raw = self.session.entity(query.entity_path(table.entity, ref))
        return None if raw is None else Row(raw, table)

    def any_of(
        self, table: Table, conditions: Iterable[str], also: str, select: Iterable[str]
    ) -> list[Row]:
        """Read the objects of which one of many conditions holds, in questions of bearable length.

        Args:
            table: The entity.
            conditions: Any of these.
            also: A condition that all must fulfil; may be empty.
            select: Properties.
        """
        chosen = list(select)
        fixed = query.target(
            table.entity, query.options(condition=query.all_of("()", also), select=chosen)
        )
        room = query.LONGEST_URL - len(self.config.base_url) - len(fixed)
        found: list[Row] = []
        for group in query.alternatives(conditions, room):
            found += self.rows(table, query.all_of(query.any_of(group), also), chosen)
        return found

    # -- what never changes --------------------------------------------------------------------

    def organization(self) -> Organization:
        """Return our own company.

        Raises:
            Rejected: The base has none with the configured ИНН, or several.
        """
        if self._organization is None:
            self._organization = self.ask("organization", self._find_organization)
        return self._organization

    def _find_organization(self, table: Table) -> Organization:
        """Ask by ИНН, and by КПП where branches have the same ИНН (4.9.1)."""
        inn, kpp = self.config.organization_inn, self.config.organization_kpp
        by_kpp = bool(kpp) and "kpp" in table.columns
        condition = query.all_of(
            f"{table.name('inn')} eq {query.literal(inn)}",
            f"{table.name('kpp')} eq {query.literal(kpp)}" if by_kpp else "",
        )
        rows = self.rows(table, condition, table.select())
        ours = [
            row
            for row in rows
            if row.text("inn") == inn
            and not row.flag("marked")
            and (not by_kpp or row.text("kpp") == kpp)
        ]
        if len(ours) != 1:
            raise Rejected(
                SYSTEM,
                "find our organisation",
                f"{len(ours) or 'no'} organisations have the ИНН {inn}; see organization_inn, and "
                "organization_kpp for one of several",
            )
        return Organization(ref=ours[0].key(), bank_account=ours[0].ref("bank_account"))

    def rouble(self) -> LedgerRef | None:
        """Return the key of the rouble; None if the base does not publish currencies."""
        if self._rouble is None and self.has("currency"):
            self._rouble = self.ask("currency", self._find_rouble)
        return self._rouble

    def _find_rouble(self, table: Table) -> LedgerRef | None:
        condition = f"{table.name('code')} eq {query.literal(ROUBLE)}"
        rows = self.rows(table, condition, table.select())
        return next((row.key() for row in rows if row.text("code") == ROUBLE), None)

    # -- what was learned ----------------------------------------------------------------------

    @property
    def honours_keys(self) -> bool:
        """Whether the base keeps the key that we choose, as far as is known (8.2)."""
        return self._memory.get(_CLIENT_REF) != "false"

    def note_other_key(self) -> None:
        """Remember that the base gave an object of ours a key of its own."""
        if self.honours_keys:
            log.error("onec.key_ignored", account=self.config.account)
            self._memory.put(_CLIENT_REF, "false")
