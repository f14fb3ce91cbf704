"""From settings to the ledger: which channel tells what, and who may write (1C contract 1)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from westsync.connectors.onec.config import OneCConfig, SessionMode, UnknownItem
from westsync.connectors.onec.profiles import profile_of
from westsync.domain.ledger import LedgerHealth
from westsync.errors import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date

    from westsync.connectors.bank_files.folder import BankFolder
    from westsync.connectors.onec.base import Base, Memory
    from westsync.connectors.onec.session import OneCSession
    from westsync.domain.ledger import (
        Counterparty,
        Item,
        LedgerInvoice,
        LedgerRef,
        Payment,
        Shipment,
    )
    from westsync.ports import Clock
    from westsync.ports.ledger import LedgerReader, LedgerWriter
    from westsync.settings.onec import OneCSettings

MoneyWalk: TypeAlias = "Callable[[date, date], Iterator[Sequence[Payment]]]"

INVOICES, SUPPLIER_INVOICES = "invoices", "supplier_invoices"
PAYMENTS, SHIPMENTS = "payments", "shipments"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedLedger:
    """One account's 1C, by its configured channels.

    Attributes:
        reader: All channels as one.
        writer: Where invoices are written; None in a readonly base, a preview, or without a
            channel for invoices.
        told: Which documents the channels tell: ``invoices``, ``supplier_invoices``,
            ``payments``, ``shipments``; the rest stays unknown.
        session: The connection; None if everything comes from files.
        base: The OData part, for the doctor; None without one.
    """

    reader: LedgerReader
    writer: LedgerWriter | None
    told: frozenset[str]
    session: OneCSession | None
    base: Base | None

    def close(self) -> None:
        """Close the connection."""
        if self.session is not None:
            self.session.close()


def onec_config(account: str, settings: OneCSettings) -> OneCConfig:
    """Return what the connector must know, from the settings."""
    password = settings.password
    return OneCConfig(
        account=account,
        url=str(settings.url),
        user=settings.user,
        password="" if password is None else password.get_secret_value(),
        organization_inn=settings.organization_inn,
        organization_kpp=settings.organization_kpp or "",
        profile=settings.profile,
        zone=settings.timezone,
        session=SessionMode(settings.session),
        create_counterparties=settings.create_counterparties,
        register_supplier_invoices=settings.register_supplier_invoices,
        technical_contract=settings.technical_contract,
        unknown_item=UnknownItem(settings.unknown_item),
        placeholder_item=settings.placeholder_item or "",
        payment_statuses=settings.payment_statuses,
        lock_patterns=settings.lock_patterns,
        ca_file=Path(settings.ca_file) if settings.ca_file else None,
    )


def connect_ledger(
    account: str,
    settings: OneCSettings,
    clock: Clock,
    memory: Memory | None = None,
    *,
    writes: bool = True,
    directory: Path | None = None,
) -> ConnectedLedger:
    """Connect the channels of an account; nothing is sent yet.

    Args:
        account: Name of the account.
        settings: Its section ``onec``, with the password.
        clock: Time.
        memory: Keeps the base's names over a restart (the account's keepsakes).
        writes: False builds no writer, whatever the settings say.
        directory: What a relative bank folder is relative to; None: the working directory.
    """
    channels = settings.channels
    used = [name for name in ("odata", "soap") if settings.uses(name)]
    parts = _Parts(account, settings, clock, memory) if used else None
    readers = {} if parts is None else parts.readers(used)
    money: list[MoneyWalk] = [
        readers[name].payments for name in channels.payments if name in readers
    ]
    if "bank_file" in channels.payments and settings.bank_folder:
        money.append(bank_folder(settings, clock, directory).payments)
    reader = RoutedReader(
        catalogue=readers.get("odata") or readers.get("soap"),
        invoices=readers.get(channels.invoices),
        payments=money,
        shipments=readers.get(channels.shipments),
        print_forms=readers.get(channels.print_forms),
    )
    told = {
        INVOICES: channels.invoices in readers,
        SUPPLIER_INVOICES: "odata" in readers
        and "supplier_invoice" in profile_of(settings.profile).entities,
        PAYMENTS: bool(money),
        SHIPMENTS: channels.shipments in readers,
    }
    may_write = writes and not settings.readonly and parts is not None
    return ConnectedLedger(
        reader=reader,
        writer=parts.writer(channels.invoices) if parts is not None and may_write else None,
        told=frozenset(kind for kind, is_told in told.items() if is_told),
        session=None if parts is None else parts.session,
        base=parts.base if parts is not None and "odata" in readers else None,
    )


class _Parts:
    """The parts of a base, each made only where a channel needs it: zeep is heavy."""

    def __init__(
        self, account: str, settings: OneCSettings, clock: Clock, memory: Memory | None
    ) -> None:
        from westsync.connectors.onec.base import Base  # noqa: PLC0415 - only accounts with 1C
        from westsync.connectors.onec.session import OneCSession  # noqa: PLC0415 - likewise

        self.config = onec_config(account, settings)
        self.session = OneCSession(self.config, clock)
        self.base = Base(self.session, memory)

    def readers(self, used: Collection[str]) -> Mapping[str, LedgerReader]:
        """Return the readers that are needed, by channel."""
        found: dict[str, LedgerReader] = {}
        if "odata" in used:
            from westsync.connectors.onec.odata_reader import (  # noqa: PLC0415 - likewise
                ODataReader,
            )

            found["odata"] = self._odata = ODataReader(self.base)
        if "soap" in used:
            from westsync.connectors.onec.soap_reader import SoapReader  # noqa: PLC0415 - likewise
            from westsync.connectors.onec.soap_service import SoapService  # noqa: PLC0415 - zeep

            self._service = SoapService(self.session)
            found["soap"] = self._soap = SoapReader(self._service, self.config.tz)
        return found

    def writer(self, channel: str) -> LedgerWriter | None:
        """Return the writer of a channel that has a reader; None if it cannot write."""
        if channel == "odata":
            from westsync.connectors.onec.odata_writer import (  # noqa: PLC0415 - likewise
                ODataWriter,
            )

            return ODataWriter(self.base, self._odata)
        if channel == "soap":
            from westsync.connectors.onec.soap_writer import SoapWriter  # noqa: PLC0415 - likewise

            return SoapWriter(self._service, self._soap, self.config)
        return None


def bank_folder(settings: OneCSettings, clock: Clock, directory: Path | None) -> BankFolder:
    """Return the watched folder of an account that has one.

    Args:
        settings: With ``bank_folder``.
        clock: Time.
        directory: What a relative folder is relative to; None: the working directory.
    """
    from westsync.connectors.bank_files.folder import BankFolder  # noqa: PLC0415 - who has one

    folder = (directory or Path()) / str(settings.bank_folder)
    return BankFolder(folder, ZoneInfo(settings.timezone), clock)


class RoutedReader:
    """`LedgerReader` that asks for each duty the channel that is configured for it."""

    def __init__(
        self,
        *,
        catalogue: LedgerReader | None,
        invoices: LedgerReader | None,
        payments: Sequence[MoneyWalk],
        shipments: LedgerReader | None,
        print_forms: LedgerReader | None,
    ) -> None:
        """Bind the channels.

        Args:
            catalogue: Who knows counterparties and articles, and answers for the base's health.
            invoices: Who tells invoices; None: nobody.
            payments: Who tells money, in this order.
            shipments: Who tells shipments; None: nobody.
            print_forms: Who makes PDFs; None: nobody.
        """
        self._catalogue = catalogue
        self._invoices = invoices
        self._payments = tuple(payments)
        self._shipments = shipments
        self._print_forms = print_forms

    def health(self) -> LedgerHealth:
        """Return what every channel says of the base, as one."""
        asked = {
            id(one): one
            for one in (self._catalogue, self._invoices, self._shipments, self._print_forms)
            if one is not None
        }
        found = [one.health() for one in asked.values()]
        return LedgerHealth(
            configuration=next((h.configuration for h in found if h.configuration), ""),
            server_time=next((h.server_time for h in found if h.server_time), None),
            missing=tuple(name for health in found for name in health.missing),
            capabilities=frozenset().union(*(health.capabilities for health in found)),
        )

    def counterparties(self, inn: str) -> Sequence[Counterparty]:
        """Return all counterparties with this ИНН; none where no channel has the catalogue."""
        return () if self._catalogue is None else self._catalogue.counterparties(inn)

    def items(self, articles: Sequence[str]) -> Mapping[str, Sequence[Item]]:
        """Return items by article; none where no channel has the catalogue."""
        return {} if self._catalogue is None else self._catalogue.items(articles)

    def invoice(self, ref: LedgerRef) -> LedgerInvoice | None:
        """Return one invoice by key; None if there is none."""
        return self._needed(self._invoices, INVOICES).invoice(ref)

    def find_invoices(self, number: str, dated: date) -> Sequence[LedgerInvoice]:
        """Return invoices with this number, of that day's year."""
        return self._needed(self._invoices, INVOICES).find_invoices(number, dated)

    def invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk invoices to clients of a window."""
        yield from self._needed(self._invoices, INVOICES).invoices(since, until)

    def supplier_invoices(self, since: date, until: date) -> Iterator[Sequence[LedgerInvoice]]:
        """Walk suppliers' invoices of a window."""
        yield from self._needed(self._catalogue, SUPPLIER_INVOICES).supplier_invoices(since, until)

    def payments(self, since: date, until: date) -> Iterator[Sequence[Payment]]:
        """Walk money of a window through every channel that tells it.

        The same payment from two channels comes twice under two keys; settling counts it once.
        """
        for walk in self._payments:
            yield from walk(since, until)

    def shipments(self, since: date, until: date) -> Iterator[Sequence[Shipment]]:
        """Walk shipments of a window."""
        yield from self._needed(self._shipments, SHIPMENTS).shipments(since, until)

    def print_form(self, ref: LedgerRef, form: str) -> bytes | None:
        """Return a document as PDF; None if no channel makes any."""
        return None if self._print_forms is None else self._print_forms.print_form(ref, form)

    @staticmethod
    def _needed(channel: LedgerReader | None, duty: str) -> LedgerReader:
        if channel is None:
            raise Rejected("onec", f"read {duty}", "no channel tells them; see onec.channels")
        return channel
