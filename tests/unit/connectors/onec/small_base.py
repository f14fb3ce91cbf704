"""A base whose answers a test writes, described as the profile expects it."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.fakes.clock import FakeClock
from tests.fakes.http_server import reply, scripted_server
from westsync.connectors.onec.base import Base, Organization
from westsync.connectors.onec.config import OneCConfig
from westsync.connectors.onec.metadata import Published, read_metadata
from westsync.connectors.onec.profiles import Form, profile_of
from westsync.connectors.onec.session import OneCSession
from westsync.connectors.onec.tables import resolve
from westsync.domain.ledger import LedgerRef

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from tests.fakes.http_server import ScriptedServer
    from westsync.connectors.onec.profiles import EntityNames, FieldName

OURS = LedgerRef("11111111-2222-11ee-8c5e-0050569b0c11")
ACCOUNT = LedgerRef("44444444-5555-11ee-8c5e-0050569b0c11")
ROUBLE = LedgerRef("33333333-4444-11ee-8c5e-0050569b0c11")
BUYER = LedgerRef("0a7d1e52-1f0b-11ee-8c5e-0050569b0c11")
ITEM = LedgerRef("55555555-6666-11ee-8c5e-0050569b0c11")
INVOICE = LedgerRef("3c2cc1b3-dc18-576f-9108-5d690ae167d5")
RECEIPT = LedgerRef("5a1f2c80-e1bb-11ef-9a02-0050569b0c11")

ODATA = 'xmlns="http://schemas.microsoft.com/ado/2009/11/edm"'
JSON = {"Content-Type": "application/json;odata=nometadata;charset=utf-8"}


def metadata_xml(
    profile: str = "bp30",
    *,
    without: Collection[str] = (),
    forms: Mapping[str, str] | None = None,
    rows: bool = True,
) -> bytes:
    """Return the description of a base that has all of a profile.

    Args:
        profile: Which.
        without: Entities, or fields as ``Entity.Поле``, that it lacks.
        forms: ``Entity.Поле`` -> ``k`` or ``c`` where it differs from the profile.
        rows: Whether the types of rows are described.
    """
    parts: list[str] = []
    sets: list[str] = []
    for names in profile_of(profile).entities.values():
        if names.entity in without:
            continue
        sections = [
            f'<Property Name="{one.entity}" Type="Collection(StandardODATA.'
            f'{names.entity}_{one.entity}_RowType)"/>'
            for one in names.sections.values()
        ]
        head = _properties(names, names.entity, without, forms or {})
        parts.append(_type("EntityType", names.entity, [*head, *sections]))
        for section in names.sections.values() if rows else ():
            owner = f"{names.entity}_{section.entity}"
            inside = _properties(section, owner, without, forms or {})
            parts.append(_type("ComplexType", f"{owner}_RowType", inside))
        parts.append(f'<Association Name="{names.entity}_x"><End/></Association>')
        sets.append(f'<EntitySet Name="{names.entity}" EntityType="StandardODATA.{names.entity}"/>')
    body = (
        "".join(parts) + f'<EntityContainer Name="EnterpriseV8">{"".join(sets)}</EntityContainer>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">'
        f'<edmx:DataServices><Schema Namespace="StandardODATA" {ODATA}>{body}</Schema>'
        "</edmx:DataServices></edmx:Edmx>"
    ).encode()


def published(profile: str = "bp30", **differences: object) -> Published:
    """Return what is read of such a description."""
    xml = metadata_xml(profile, **differences)  # type: ignore[arg-type]  # passed on as given
    return read_metadata(io.BytesIO(xml), profile_of(profile).names())


class SmallBase:
    """A connector on a server whose answers are written.

    Attributes:
        server: The server.
        base: The connector's base; its names, organisation and rouble are known already.
        clock: Time.
    """

    def __init__(self, server: ScriptedServer, profile: str = "bp30", **config: object) -> None:
        """Connect; nothing is sent."""
        self.server = server
        self.clock = FakeClock()
        settings: dict[str, object] = {
            "account": "main",
            "url": f"{server.url}/base",
            "user": "Интеграция",
            "password": "пароль",
            "organization_inn": "7701234560",
            "profile": profile,
            **config,
        }
        made = OneCConfig(**settings)  # type: ignore[arg-type]  # a test passes what it is about
        self.session = OneCSession(made, self.clock, random=lambda: 0.5)
        self.base = Base(self.session)
        self.describe(published(profile))
        self.base._organization = Organization(ref=OURS, bank_account=ACCOUNT)
        self.base._rouble = ROUBLE
        server.usual = page([])

    def describe(self, what: Published) -> None:
        """Let the base be another one."""
        self.base._names = resolve(profile_of(self.base.config.profile), what)
        self.base._names_from = self.clock.now()

    def answer(self, *answers: bytes) -> None:
        """Write the next answers."""
        self.server.answers.extend(answers)

    def asked(self) -> list[str]:
        """Return method and decoded target of every request."""
        from urllib.parse import unquote  # noqa: PLC0415 - used here alone

        return [f"{one.method} {unquote(one.target)}" for one in self.server.seen]


@contextmanager
def small_base(profile: str = "bp30", **config: object) -> Iterator[SmallBase]:
    """Run a server and a connector for the length of a test."""
    with scripted_server() as server:
        small = SmallBase(server, profile, **config)
        try:
            yield small
        finally:
            small.session.close()


def page(rows: list[dict[str, object]]) -> bytes:
    """Return a list as 1C answers it."""
    return reply({"value": rows}, headers=JSON)


def refusal(code: str, text: str = "Текст", status: int = 500) -> bytes:
    """Return an error as 1C answers it (1C contract 4.6)."""
    error = {"odata.error": {"code": code, "message": {"lang": "ru", "value": text}}}
    return reply(error, status=status, headers=JSON)


def _type(kind: str, name: str, inside: list[str]) -> str:
    return f'<{kind} Name="{name}">{"".join(inside)}</{kind}>'


def _properties(
    names: EntityNames, owner: str, without: Collection[str], forms: Mapping[str, str]
) -> list[str]:
    found: list[str] = []
    for one in names.fields.values():
        path = f"{owner}.{one.name}"
        if path not in without:
            found += _property(one, forms.get(path, one.form.value))
    return found


def _property(one: FieldName, form: str) -> list[str]:
    match Form(form):
        case Form.KEY:
            return [f'<Property Name="{one.name}_Key" Type="Edm.Guid"/>']
        case Form.COMPOSITE:
            return [
                f'<Property Name="{one.name}" Type="Edm.String"/>',
                f'<Property Name="{one.name}_Type" Type="Edm.String"/>',
            ]
        case Form.VALUE:
            return [f'<Property Name="{one.name}" Type="Edm.String"/>']
